"""Figures of standards as they are written: ranges, bounds, and how sure each of them is."""

from __future__ import annotations

import math
import re
import unicodedata

CONFIDENCES = ("seen", "derived", "memory_sure", "memory_unsure", "own")
TO_BE_VERIFIED = "待核 / to be verified"

_NUMBER = r"\d+(?:\.\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\s*[-–—~～至]\s*({_NUMBER})")
_BOUND = re.compile(rf"(>=|>|≥|<=|<|≤)\s*({_NUMBER})")
_PLAIN = re.compile(_NUMBER)


def bounds(text: str) -> tuple[float, float]:
    """Lower and upper end of a figure as standards write it.

    Parameters
    ----------
    text
        ``"300"``, ``"300-500"``, ``"5~10"``, ``">5000"``, ``"<=300"``; empty where the standard
        says nothing.

    Returns
    -------
    lower, upper
        Equal for a plain number, infinite or 0 beyond a bound, NaN for an empty text.

    Raises
    ------
    ValueError
        If the text is no figure.

    Examples
    --------
    >>> bounds("300-500"), bounds("１２０"), bounds(">5000")
    ((300.0, 500.0), (120.0, 120.0), (5000.0, inf))
    """
    plain = unicodedata.normalize("NFKC", text).replace(",", "").strip()
    if not plain:
        return math.nan, math.nan
    if found := _RANGE.fullmatch(plain):
        lower, upper = float(found[1]), float(found[2])
        if lower > upper:
            raise ValueError(text)
        return lower, upper
    if found := _BOUND.fullmatch(plain):
        number = float(found[2])
        return (number, math.inf) if found[1] in {">", ">=", "≥"} else (0.0, number)
    if _PLAIN.fullmatch(plain):
        return float(plain), float(plain)
    raise ValueError(text)


def least_sure(*confidences: str) -> str:
    """The weakest of several confidences: a verdict is as sure as its weakest figure.

    Parameters
    ----------
    *confidences
        Of ``CONFIDENCES``.

    Returns
    -------
    str

    Examples
    --------
    >>> least_sure("seen", "derived")
    'derived'
    """
    return max(confidences, key=CONFIDENCES.index)


def verify_mark(confidence: str) -> str:
    """Mark that stands beside every figure that was not seen in a published text.

    Parameters
    ----------
    confidence
        Of ``CONFIDENCES``.

    Returns
    -------
    str
        Empty for ``"seen"``.

    Examples
    --------
    >>> verify_mark("memory_sure"), verify_mark("seen")
    ('待核 / to be verified', '')
    """
    return "" if confidence == "seen" else TO_BE_VERIFIED
