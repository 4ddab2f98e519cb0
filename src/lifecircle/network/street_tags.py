"""What a source says of its streets beside kind and name: words, and the width as a number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
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


def tag_columns(texts: Mapping[str, Iterable[str]]) -> dict[str, NDArray[Any]]:
    """Columns of streets from what is written about each.

    Parameters
    ----------
    texts
        Key of OpenStreetMap → text of each street, ``""`` where nothing is said.

    Returns
    -------
    dict
        Name of each column → its values, shape (m,): texts, widths in metres as ``width_m``.
        Columns in which nothing is said are left out.

    Examples
    --------
    >>> tag_columns({"lit": ["yes", ""], "surface": ["", ""], "width": ["", "2 m"]})
    {'lit': array(['yes', ''], dtype=object), 'width_m': array([nan,  2.])}
    """
    columns: dict[str, NDArray[Any]] = {}
    for key, values in texts.items():
        column = np.array([*values, None], dtype=object)[:-1]
        if key == "width":
            widths = np.array([width_m(text) if text else np.nan for text in column], dtype=float)
            if np.isfinite(widths).any():
                columns[WIDTH] = widths
        elif any(column):
            columns[key] = column
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
