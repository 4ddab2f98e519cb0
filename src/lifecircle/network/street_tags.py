"""What a source says of its streets beside kind and name: words, and the width as a number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Columns of text in ``WalkNetwork.edge_tags``, by the key of OpenStreetMap; ``width`` makes the
# column ``width_m``.
WORDS = ("wheelchair", "surface", "lit", "incline")
KEYS = (*WORDS, "width")
WIDTH = "width_m"

_UNITS_M = {"": 1.0, "m": 1.0, "米": 1.0, "cm": 0.01, "厘米": 0.01, "ft": 0.3048, "'": 0.3048}
_METRES = re.compile(r"(\d+(?:[.,]\d{1,2}|\.\d+)?) ?(m|米|cm|厘米|ft|')?")
_FEET_AND_INCHES = re.compile(r"(\d+)' ?(\d+(?:\.\d+)?)(?:\"|'')")
_INCH_M = 0.0254


@lru_cache(maxsize=4096)
def width_m(text: str) -> float:
    r"""Width of a street in metres from how it is written.

    Parameters
    ----------
    text
        Such as ``"2.5"``, ``"2,5 m"``, ``"250 cm"``, ``"8'"`` or ``"8'6\""``.

    Returns
    -------
    float
        Metres; not a number where it is no single number above 0 in a unit of length.

    Examples
    --------
    >>> width_m("2,5"), width_m("8'"), width_m("narrow")
    (2.5, 2.4384, nan)
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    plain = plain.replace("′", "'").replace("″", '"').replace("’", "'").replace("”", '"')
    plain = re.sub(r" ?(metres?|meters?)$", "m", re.sub(r" ?(feet|foot)$", "ft", plain))
    if parts := _FEET_AND_INCHES.fullmatch(plain):
        metres = float(parts[1]) * _UNITS_M["ft"] + float(parts[2]) * _INCH_M
    elif parts := _METRES.fullmatch(plain):
        metres = float(parts[1].replace(",", ".")) * _UNITS_M[parts[2] or ""]
    else:
        return float("nan")
    return round(metres, 6) if metres > 0 else float("nan")


def tag_columns(said: Mapping[str, Mapping[int, str]], count: int) -> dict[str, NDArray[Any]]:
    """Columns of streets from what is written about some of them.

    Parameters
    ----------
    said
        Key of OpenStreetMap → row of a street → text.
    count
        How many streets there are.

    Returns
    -------
    dict
        Name of each column → its values, shape (m,): texts, ``""`` where nothing is said, and
        widths in metres as ``width_m``, not a number where unknown. Columns in which nothing is
        said are left out.

    Examples
    --------
    >>> tag_columns({"lit": {0: "yes"}, "surface": {}, "width": {1: "2 m"}}, 2)
    {'lit': array(['yes', ''], dtype=object), 'width_m': array([nan,  2.])}
    """
    columns: dict[str, NDArray[Any]] = {}
    for key, texts in said.items():
        rows = [row for row, text in texts.items() if text]
        if key == "width":
            widths = np.full(count, np.nan)
            widths[rows] = [width_m(texts[row]) for row in rows]
            if np.isfinite(widths).any():
                columns[WIDTH] = widths
        elif rows:
            columns[key] = np.full(count, "", dtype=object)
            columns[key][rows] = [texts[row] for row in rows]
    return columns


def longer(columns: Mapping[str, NDArray[Any]], count: int) -> dict[str, NDArray[Any]]:
    """Columns with so many edges more at their end, of which nothing is said.

    Parameters
    ----------
    columns
        Columns of streets, each of shape (m,).
    count
        How many edges more.

    Returns
    -------
    dict
        The columns with shape (m + count,).

    Examples
    --------
    >>> longer({"lit": np.array(["yes"], dtype=object)}, 1)
    {'lit': array(['yes', ''], dtype=object)}
    """
    made = {}
    for name, column in columns.items():
        nothing: Any = np.nan if column.dtype.kind == "f" else ""
        if column.dtype.kind not in "fOU":
            nothing = np.zeros((), column.dtype)
        made[name] = np.concatenate([column, np.full(count, nothing, dtype=column.dtype)])
    return made
