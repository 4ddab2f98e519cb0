"""Hexagons, a point up, that places are counted in: for the eye."""

from __future__ import annotations

from typing import Any

import numpy as np
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
