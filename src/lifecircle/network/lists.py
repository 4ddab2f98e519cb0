"""Lists that stand one after another in an array, and where each begins."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


def lists_taken(first: NDArray[Any], rows: NDArray[Any]) -> tuple[Integers, Integers]:
    """Some of the lists that stand one after another in an array.

    Parameters
    ----------
    first
        Where each list begins, shape (n + 1,).
    rows
        Which lists, in which order, shape (r,).

    Returns
    -------
    first
        Where they begin when they alone stand one after another, shape (r + 1,).
    taken
        Positions of what they hold in the array.

    Examples
    --------
    >>> begins, taken = lists_taken(np.array([0, 2, 3, 5]), np.array([2, 0]))
    >>> begins.tolist(), taken.tolist()
    ([0, 2, 4], [3, 4, 0, 1])
    """
    begins = np.asarray(first[rows], dtype=np.int64)
    counts = np.asarray(first[rows + 1], dtype=np.int64) - begins
    new = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return new, np.arange(new[-1]) + np.repeat(begins - new[:-1], counts)
