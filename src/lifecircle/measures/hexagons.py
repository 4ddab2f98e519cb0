"""Hexagons, a point up, that places are counted in, and what their people have: for the eye."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray


def hexagon_of(
    x_m: ArrayLike, y_m: ArrayLike, cell_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Axial coordinates of the hexagon that holds each point.

    Rounded in cube coordinates: of the three, which sum to 0, the one that was rounded by the most
    follows from the others.

    Parameters
    ----------
    x_m, y_m
        Metres, shape (n,).
    cell_m
        Width of a hexagon, from side to opposite side, m.

    Returns
    -------
    tuple of array of int, shape (n,)
        ``q`` to the east and ``r`` to the north-east.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> [axis.tolist() for axis in hexagon_of([0.0, 100.0, 50.0], [0.0, 0.0, 86.6], 100.0)]
    [[0, 1, 0], [0, 0, 1]]
    """
    x, y = np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)
    r = y / (cell_m / np.sqrt(3.0)) * (2.0 / 3.0)
    q = x / cell_m - r / 2.0
    cube = np.stack([q, r, -q - r])
    whole = np.rint(cube)
    worst = np.abs(whole - cube).argmax(axis=0)
    at = np.arange(cube.shape[1])
    whole[worst, at] -= whole.sum(axis=0)
    return whole[0].astype(np.int64), whole[1].astype(np.int64)


def hexagon_centres(q: ArrayLike, r: ArrayLike, cell_m: float) -> NDArray[np.float64]:
    """Middles of hexagons.

    Parameters
    ----------
    q, r
        Axial coordinates, shape (n,).
    cell_m
        Width of a hexagon, m.

    Returns
    -------
    array, shape (n, 2)
        Metres.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> hexagon_centres([0, 1], [0, 0], 100.0).tolist()
    [[0.0, 0.0], [100.0, 0.0]]
    """
    column, row = np.asarray(q, dtype=np.float64), np.asarray(r, dtype=np.float64)
    side = cell_m / np.sqrt(3.0)
    return np.stack([cell_m * (column + row / 2.0), 1.5 * side * row], axis=-1)


def hexagons(q: ArrayLike, r: ArrayLike, cell_m: float) -> NDArray[Any]:
    """Hexagons as polygons.

    Parameters
    ----------
    q, r
        Axial coordinates, shape (n,).
    cell_m
        Width of a hexagon, m.

    Returns
    -------
    array of Polygon, shape (n,)
        In metres.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> [round(one.area) for one in hexagons([0, 1], [0, 0], 100.0)]
    [8660, 8660]
    """
    turn = np.radians(30.0 + 60.0 * np.arange(6))
    corners = cell_m / np.sqrt(3.0) * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    centres = hexagon_centres(q, r, cell_m)
    return np.asarray(shapely.polygons(centres[:, None, :] + corners[None, :, :]))


def hexagons_over(
    x_m: NDArray[np.float64], y_m: NDArray[np.float64], *, most: int
) -> tuple[float, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Hexagons that places lie in, as narrow as there are not too many: 100 m, 150 m, 300 m ….

    Parameters
    ----------
    x_m, y_m
        Places, metres, shape (n,).
    most
        Hexagons at most.

    Returns
    -------
    width_m
        From side to opposite side, metres.
    cell
        Hexagon of each place, 0 … c - 1, shape (n,).
    q, r
        Their axial coordinates, shape (c,).

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> width_m, cell, q, r = hexagons_over(np.array([0.0, 5.0, 400.0]), np.zeros(3), most=10)
    >>> width_m, cell.tolist(), q.tolist()
    (100.0, [0, 0, 1], [0, 4])
    """
    width_m = 100.0
    while True:
        pairs = np.stack(hexagon_of(x_m, y_m, width_m), axis=1)
        cells, cell = np.unique(pairs, axis=0, return_inverse=True)
        if len(cells) <= most:
            return width_m, cell.ravel(), cells[:, 0], cells[:, 1]
        width_m *= 1.5 if math.log10(width_m) % 1 < 0.1 else 2.0


def cell_sums(column: pd.Series, cell: NDArray[np.int64]) -> NDArray[np.float64]:
    """People in each cell; unknown where they are unknown in one of its places.

    Parameters
    ----------
    column
        People of each place, shape (n,).
    cell
        Cell of each place, shape (n,).

    Returns
    -------
    array, shape (c,)

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> cell_sums(pd.Series([1.0, 2.0, np.nan]), np.array([0, 0, 1])).tolist()
    [3.0, nan]
    """
    values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64)
    return np.bincount(cell, values).astype(np.float64)


def cell_means(
    column: pd.Series, people: NDArray[np.float64], cell: NDArray[np.int64], count: int
) -> NDArray[np.float64]:
    """Mean of a figure by people, of those of whom it is known.

    Parameters
    ----------
    column, people, cell
        Figure, people and cell of each place, shape (n,).
    count
        Number of cells.

    Returns
    -------
    array, shape (count,)
        NaN where it is known of nobody.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> cell_means(pd.Series([1.0, 4.0, np.nan]), np.array([2.0, 1.0, 9.0]), np.zeros(3, int), 1)
    array([2.])
    """
    values = column.to_numpy(dtype=np.float64)
    known = ~np.isnan(values)
    weight = np.bincount(cell[known], people[known], count)
    total = np.bincount(cell[known], (people * values)[known], count)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(weight > 0, total / weight, np.nan)


def cell_medians(
    column: pd.Series, people: NDArray[np.float64], cell: NDArray[np.int64], count: int
) -> NDArray[np.float64]:
    """Minutes that half of the people of each cell do not exceed.

    Parameters
    ----------
    column, people, cell
        Minutes (NaN: not reached), people and cell of each place, shape (n,).
    count
        Number of cells.

    Returns
    -------
    array, shape (count,)
        NaN where half do not arrive at all, and where nobody lives.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> cell_medians(pd.Series([4.0, 9.0, np.nan]), np.ones(3), np.zeros(3, int), 1)
    array([9.])
    """
    minutes = column.to_numpy(dtype=np.float64)
    order = np.lexsort((minutes, cell))  # NaN comes last
    where, weight = cell[order], people[order]
    summed = np.cumsum(weight)
    total = np.bincount(cell, people, count)
    before = np.cumsum(total) - total
    half = np.flatnonzero(summed - before[where] >= total[where] / 2)
    found = np.full(count, np.nan)
    cells, first = np.unique(where[half], return_index=True)
    found[cells] = minutes[order][half[first]]
    return np.where(total > 0, found, np.nan)
