"""Whole numbers in few bytes, for a page.

Each number takes as many groups of seven bits as it needs, the lowest first; the eighth bit of a
byte says that more follow. Signed numbers are folded first: 0, -1, 1, -2 … become 0, 1, 2, 3 ….
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEAST_PACKED = 200
"""Shorter lists of numbers stay as they are."""

_NUMBERS = {int, float, type(None)}
_SAME, _MOST = 1e-6, 2.0**50


class Packed:
    """Numbers one after another, as they are read back in the page.

    Examples
    --------
    >>> packed = Packed()
    >>> packed.unsigned([1, 300])
    >>> packed.signed([-1])
    >>> packed.text()
    'AawCAQ=='
    """

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def unsigned(self, values: ArrayLike) -> None:
        """Add numbers that are not negative.

        Parameters
        ----------
        values
            Whole numbers, any shape.

        Raises
        ------
        ValueError
            If one is negative.

        Examples
        --------
        >>> packed = Packed()
        >>> packed.unsigned(np.arange(3))
        >>> packed.text()
        'AAEC'
        """
        numbers = np.asarray(values).ravel().astype(np.int64)
        if (numbers < 0).any():
            raise ValueError("unsigned: a number is negative.")
        self._parts.append(_groups(numbers.astype(np.uint64)))

    def signed(self, values: ArrayLike) -> None:
        """Add numbers of either sign.

        Parameters
        ----------
        values
            Whole numbers, any shape.

        Examples
        --------
        >>> packed = Packed()
        >>> packed.signed([0, -1, 1])
        >>> packed.text()
        'AAEC'
        """
        numbers = np.asarray(values).ravel().astype(np.int64)
        self._parts.append(_groups(((numbers << 1) ^ (numbers >> 63)).astype(np.uint64)))

    def steps(self, values: ArrayLike) -> None:
        """Add numbers as the step from the one before; columns of a table each by itself.

        Parameters
        ----------
        values
            Whole numbers, shape (n,) or (n, k).

        Examples
        --------
        >>> packed = Packed()
        >>> packed.steps([[10, 20], [11, 19]])
        >>> packed.text()
        'FCgCAQ=='
        """
        table = np.asarray(values, dtype=np.int64)
        self.signed(np.diff(table, axis=0, prepend=np.zeros_like(table[:1])))

    def rows(self, rows: Any) -> None:
        """Add rising positions: how many, and the gaps between them.

        Parameters
        ----------
        rows
            Positions, rising, shape (n,).

        Examples
        --------
        >>> packed = Packed()
        >>> packed.rows([3, 4])
        >>> packed.text()
        'AgMB'
        """
        positions = np.asarray(rows, dtype=np.int64)
        self.unsigned([len(positions)])
        self.unsigned(np.diff(positions, prepend=0))

    def text(self) -> str:
        """Everything so far, as text for a page.

        Returns
        -------
        str
            Base 64.

        Examples
        --------
        >>> Packed().text()
        ''
        """
        return base64.b64encode(b"".join(self._parts)).decode("ascii")


def with_packed_lists(value: Any) -> Any:
    """Data of a page, in which long lists of numbers are bytes.

    Parameters
    ----------
    value
        Plain Python numbers, text, lists and dicts; nothing in it is changed.

    Returns
    -------
    Any
        The same, but for lists of at least ``LEAST_PACKED`` numbers of at most two digits behind
        the point: ``digits``, ``least``, ``count`` and ``bytes``, which ``templates/reader.js``
        reads.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> with_packed_lists({"a": [1.5, None] * 100, "b": [1]})["b"]
    [1]
    >>> with_packed_lists([1.5, None] * 100)["digits"]
    1
    """
    if isinstance(value, dict):
        return {key: with_packed_lists(one) for key, one in value.items()}
    if isinstance(value, list):
        if len(value) >= LEAST_PACKED and {*map(type, value)} <= _NUMBERS:
            return _packed_list(value)
        return [with_packed_lists(one) for one in value]
    return value


def _packed_list(values: list[Any]) -> Any:
    """Numbers as bytes, 0 for what is not known; the list itself if digits would be lost."""
    known = np.array([value is not None for value in values])
    numbers = np.array([0.0 if value is None else value for value in values], dtype=np.float64)
    for digits in range(3):
        scaled = numbers * 10**digits
        whole = np.rint(scaled)
        if np.abs(scaled - whole).max() < _SAME and np.abs(whole).max() < _MOST:
            least = int(whole[known].min(initial=0))
            packed = Packed()
            packed.unsigned(np.where(known, whole.astype(np.int64) - least + 1, 0))
            return {"digits": digits, "least": least, "count": len(values), "bytes": packed.text()}
    return values


def _groups(numbers: NDArray[np.uint64]) -> bytes:
    """Groups of seven bits of each number, the lowest first."""
    count = np.ones(len(numbers), dtype=np.int64)
    rest = numbers >> np.uint64(7)
    while rest.any():
        count += rest > 0
        rest = rest >> np.uint64(7)
    begins = np.cumsum(count) - count
    made = np.zeros(int(count.sum()), dtype=np.uint8)
    for group in range(int(count.max(initial=0))):
        has = count > group
        bits = (numbers[has] >> np.uint64(7 * group)) & np.uint64(127)
        more = np.where(count[has] > group + 1, 128, 0).astype(np.uint64)
        made[begins[has] + group] = bits | more
    return made.tobytes()
