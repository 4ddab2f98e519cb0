"""Text of data as a figure can show it: in lines that fit, whatever characters it has."""

from __future__ import annotations

import unicodedata

MISSING_SIGN = "〓"
"""What printers set where they have no type for a character."""
# Characters without a shape of their own that a line of text may lose without loss.
SILENT = {"\u200b", "\u200c", "\u200d", "\u2060", "\ufe0e", "\ufe0f", "\ufeff"}


def plain_line(text: object, most: float | None = None) -> str:
    r"""Text of data as one line: what has no shape becomes a visible sign, what is long is cut.

    Parameters
    ----------
    text
        Any value.
    most
        Width that there is, in Chinese characters.

    Returns
    -------
    str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> plain_line("一\n二\x07\u202e三"), plain_line("砂子塘社区服务中心", 5.2)
    ('一 二〓〓三', '砂子塘社…')
    """
    letters = []
    for letter in str(text):
        kind = unicodedata.category(letter)
        if letter in SILENT:
            continue
        if letter in "\t\n\r\x0b\x0c" or kind in {"Zl", "Zp", "Zs"}:
            letters.append(" ")
        else:
            letters.append(MISSING_SIGN if kind in {"Cc", "Cf", "Cs"} else letter)
        if most is not None and len(letters) > 4 * most + 8:
            break  # wider than there is in any case
    line = "".join(letters).strip()
    if most is None or text_width(line) <= most:
        return line
    while line and text_width(line) > most - 1:
        line = line[:-1]
    return line.rstrip() + "…"


def text_width(text: str) -> float:
    """Width of a line, in Chinese characters; a Latin letter takes about 0.54 of one.

    Parameters
    ----------
    text
        One line.

    Returns
    -------
    float

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> text_width("公园"), text_width("ab")
    (2.06, 1.08)
    """
    wide = sum(unicodedata.east_asian_width(letter) in "WFA" for letter in text)
    # Letters are set to whole dots of the picture, which makes a line a little longer.
    return 1.03 * wide + 0.54 * (len(text) - wide)


def wrapped(text: object, width: float, most_lines: int = 2) -> str:
    r"""Text of data in a few lines, cut where it is longer.

    Parameters
    ----------
    text
        Any value.
    width
        Of a line, in Chinese characters.
    most_lines
        Lines at most.

    Returns
    -------
    str
        Lines parted by line ends.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> wrapped("砂子塘社区服务中心", 6.2)
    '砂子塘社区服\n务中心'
    >>> wrapped("community service centre", 9)
    'community\nservice centre'
    """
    line = plain_line(text, width * most_lines + 2)
    lines: list[str] = []
    while line and len(lines) < most_lines - 1 and text_width(line) > width:
        at = len(line)
        while at > 1 and text_width(line[:at]) > width:
            at -= 1
        at = _break(line, at)
        lines.append(line[:at].rstrip())
        line = line[at:].lstrip()
    return "\n".join([*lines, plain_line(line, width)] if line else lines)


def _break(line: str, at: int) -> int:
    """Where a line is better broken than at the last letter that fits."""
    opened = max(line.rfind(sign, 0, at) for sign in "（(")
    # What stands in brackets stays together, and so does a Latin word, if it is not too long.
    if opened > at / 3 and not any(sign in line[opened:at] for sign in "）)"):
        return opened
    blank = line.rfind(" ", 0, at + 1)
    if line[at - 1].isascii() and line[at].isascii() and blank > at / 2:
        return blank
    return at - 1 if line[at] in "，。、；：）)" and at > 1 else at
