"""Cells as people read them, and text that any document can hold."""

from __future__ import annotations

import math
import unicodedata
from typing import Any

from lifecircle.outputs.legend import share_text
from lifecircle.tables.values import CONTROL_PICTURES

Cell = float | str | None
"""A number, a text, or ``None`` where there is nothing to tell. What is not known is a word."""

NOT_APPLICABLE = "—"
"""Stands in text where a cell has nothing to tell."""

DIGITS = {
    "people": 0,
    "count": 0,
    "cny": 0,
    "metres": 0,
    "minutes": 1,
    "score": 1,
    "mean": 1,
    "area": 2,
    "speed": 1,
    "figure": 2,
}
"""Kinds of numbers and how many digits behind the point are shown; a share is shown in per cent."""

_NOT_IN_XML = dict.fromkeys((*range(0x80, 0x85), *range(0x86, 0xA0), 0xFFFE, 0xFFFF), "\ufffd")
_TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def shown(cell: Cell, kind: str) -> str:
    """A cell as people read it, in tables and in sentences alike.

    Parameters
    ----------
    cell
        Number, text or nothing.
    kind
        Of its column.

    Returns
    -------
    str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> [shown(26822.0, "people"), shown(0.9999, "share"), shown("未知", "share"), shown(None, "")]
    ['26,822', '99.9%', '未知', '—']
    """
    if cell is None:
        return NOT_APPLICABLE
    if isinstance(cell, str):
        return visible(cell)
    if kind == "share":
        return close_percent(share_text(cell, NOT_APPLICABLE))
    text = f"{cell:,.{DIGITS.get(kind, 2)}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.,") else text


def close_percent(text: str) -> str:
    """Text in which no line can end between a number and its per cent sign.

    Parameters
    ----------
    text
        Words of this project, not of data.

    Returns
    -------
    str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> close_percent("66.3 %（17,791 / 26,822 人）")
    '66.3%（17,791 / 26,822 人）'
    """
    return text.replace(" %", "%")


def number(value: Any) -> float:
    """A cell of a table as a number.

    Parameters
    ----------
    value
        Any value.

    Returns
    -------
    float
        NaN if it is none.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> number(5), number(None)
    (5.0, nan)
    """
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def visible(text: object) -> str:
    r"""Text that a document can hold: what has no shape gets one, what turns the line is closed.

    Parameters
    ----------
    text
        Any value.

    Returns
    -------
    str
        Control characters are replaced by their pictures, halves of a character by ``�``. Text
        that turns the direction of writing turns nothing behind it.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> visible("a\x00b\n\ud800")
    'a␀b␊�'
    """
    line = signs(text)
    turns = sum(unicodedata.bidirectional(letter) in _TURNING for letter in line)
    return f"\u2068{line}{chr(0x202C) * turns}\u2069" if turns else line


def signs(text: object) -> str:
    r"""Text in which whatever XML cannot hold is a sign that can be seen.

    Parameters
    ----------
    text
        Any value.

    Returns
    -------
    str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> signs("\x07\t𠮷")
    '␇␉𠮷'
    """
    line = str(text).translate(CONTROL_PICTURES).translate(_NOT_IN_XML)
    return line.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
