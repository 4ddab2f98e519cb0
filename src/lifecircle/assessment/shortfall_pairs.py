"""Homes and facilities with the way between them: what is left if some are missing."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Minutes = NDArray[np.float32]


class Pairs:
    """Homes and facilities with the way between them, nearest first within each home.

    Parameters
    ----------
    first
        Where the pairs of each home begin, shape (homes + 1,).
    place
        Facility of each pair.
    way
        Minutes or metres of each pair.
    """

    def __init__(self, first: NDArray[np.int64], place: NDArray[np.int64], way: Minutes) -> None:
        self.first, self.place, self.way = first, place, way

    @classmethod
    def none(cls, homes: int) -> Pairs:
        """No pair at all."""
        empty = np.empty(0, dtype=np.int64)
        return cls(np.zeros(homes + 1, dtype=np.int64), empty, empty.astype(np.float32))

    @classmethod
    def sorted(
        cls, home: NDArray[Any], place: NDArray[np.int64], way: Minutes, homes: int
    ) -> Pairs:
        """Pairs in any order, put in theirs."""
        order = np.lexsort((way, home))
        count = np.bincount(home, minlength=homes)
        first = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
        return cls(first, place[order], way[order])

    def nearest_left(self, missing: NDArray[np.bool_], begin: int, end: int) -> Minutes:
        """The way to the nearest facility that is not missing.

        Parameters
        ----------
        missing
            Whether a facility is missing in a draw, shape (facilities, draws).
        begin, end
            Homes that are looked at.

        Returns
        -------
        array, shape (end - begin, draws)
            Infinite where none is left among the pairs.

        Notes
        -----
        Most homes have their nearest in most draws: only where it is missing the next is looked
        at, a tenth of the work each time.
        """
        first, last = self.first[begin:end], self.first[begin + 1 : end + 1]
        left = np.full((end - begin, missing.shape[1]), np.inf, dtype=np.float32)
        some_way = np.flatnonzero(first < last)
        at = first[some_way]
        gone = missing[self.place[at]]
        left[some_way] = np.where(gone, np.float32(np.inf), self.way[at][:, None])
        row, draw = np.nonzero(gone)
        home, step = some_way[row], 1
        while len(home):
            pair = first[home] + step
            there = pair < last[home]
            home, draw, pair = home[there], draw[there], pair[there]
            gone = missing[self.place[pair], draw]
            left[home[~gone], draw[~gone]] = self.way[pair[~gone]]
            home, draw, step = home[gone], draw[gone], step + 1
        return left
