"""What people type into cells: numbers, ids, and nothing."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

_BLANKS = frozenset({"", "-", "--", "—", "/", "na", "n/a", "nan", "null", "none", "<na>"})
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


def as_numbers(values: pd.Series[Any]) -> pd.Series[float]:
    """Numbers of a column as people type them.

    Parameters
    ----------
    values
        Numbers or text, shape (n,). Full-width digits, spaces around and separators of thousands
        are understood.

    Returns
    -------
    Series of float, shape (n,), index of ``values``
        Not-a-number where there is nothing, or no number.

    Examples
    --------
    >>> as_numbers(pd.Series(["１２０．５", "1,234", "many", ""])).to_list()
    [120.5, 1234.0, nan, nan]
    """
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        plain = pd.Series([_plain(value) for value in values], dtype=object)
        numbers = pd.to_numeric(plain, errors="coerce").to_numpy(dtype=np.float64)
    return pd.Series(numbers, index=values.index, name=values.name)


def is_blank(values: pd.Series[Any]) -> Mask:
    """Cells in which nothing stands.

    Parameters
    ----------
    values
        Anything, shape (n,).

    Returns
    -------
    array of bool, shape (n,)
        Also true where a sign for nothing stands, such as a dash or ``NA``.

    Examples
    --------
    >>> is_blank(pd.Series(["a", " ", None, "—", 0], dtype=object)).tolist()
    [False, True, True, True, False]
    """
    missing = values.isna().to_numpy(dtype=np.bool_)
    if pd.api.types.is_numeric_dtype(values.dtype):
        return missing
    signs = [isinstance(value, str) and value.strip().lower() in _BLANKS for value in values]
    return missing | np.array(signs, dtype=np.bool_)


def as_ids(values: pd.Series[Any]) -> pd.Series[str]:
    """Ids as text.

    Parameters
    ----------
    values
        Ids, shape (n,).

    Returns
    -------
    Series of str, shape (n,), index of ``values``
        101.0 is ``"101"``, ``"007"`` stays as it is, nothing is ``""``.

    Examples
    --------
    >>> as_ids(pd.Series([101.0, "007 ", None], dtype=object)).to_list()
    ['101', '007', '']
    """
    texts = [
        "" if nothing else str(int(value)) if _is_whole(value) else str(value).strip()
        for value, nothing in zip(values, is_blank(values), strict=True)
    ]
    return pd.Series(texts, index=values.index, name=values.name, dtype="str")


CONTROL_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "␡"}
"""Pictures of control characters, for :meth:`str.translate`."""


def shown_percent(share: float) -> float:
    """Per cent to a tenth, as every text shows a share.

    Parameters
    ----------
    share
        0–1.

    Returns
    -------
    float
        Rounded down, so that nothing looks reached that is not, but never down to none.

    Examples
    --------
    >>> [shown_percent(share) for share in (0.898591, 0.84996, 0.99996, 1.0, 0.0001)]
    [89.8, 84.9, 99.9, 100.0, 0.1]
    """
    tenths = math.floor(share * 1000 + 1e-6)
    return (max(tenths, 1) if share > 0 else tenths) / 10


def _plain(value: Any) -> Any:
    """Half-width text of a number without separators of thousands."""
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFKC", value).strip().replace("\u2212", "-")
    return text.replace(",", "") if _THOUSANDS.fullmatch(text) else text


def _is_whole(value: Any) -> bool:
    """Whether a value is a float without a fraction, as spreadsheets make of ids."""
    return isinstance(value, float | np.floating) and float(value).is_integer()
