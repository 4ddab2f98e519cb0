"""Whole numbers in few bytes, for a page.

Each number takes as many groups of seven bits as it needs, the lowest first; the eighth bit of a
byte says that more follow. Signed numbers are folded first: 0, -1, 1, -2 … become 0, 1, 2, 3 ….
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


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
