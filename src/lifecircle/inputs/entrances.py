"""Entrances: the points at which walks to a building or place end, as a text of each row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

_STEP_DEG = 1e-7  # to which OpenStreetMap knows places


def points_of_text(text: Any) -> set[tuple[float, float]]:
    """Points of a text of entrances.

    Parameters
    ----------
    text
        WKT of a point or several, or anything that is none.

    Returns
    -------
    set of tuple
        Longitude and latitude, degrees.

    Examples
    --------
    >>> points_of_text("MULTIPOINT ((112.991 28.16))"), points_of_text(None)
    ({(112.991, 28.16)}, set())
    """
    shape = shapely.from_wkt(text, on_invalid="ignore") if isinstance(text, str) else None
    if shape is None:
        return set()
    return {rounded(*xy) for xy in shapely.get_coordinates(shape)}


def rounded(lon: float, lat: float) -> tuple[float, float]:
    """Degrees to a millimetre.

    Parameters
    ----------
    lon, lat
        Degrees.

    Returns
    -------
    tuple of float

    Examples
    --------
    >>> rounded(112.990000001, 28.16)
    (112.99, 28.16)
    """
    return round(float(lon), 8), round(float(lat), 8)


def text_of_points(points: Iterable[tuple[float, float]]) -> str:
    """Text of entrances, the points in order.

    Parameters
    ----------
    points
        Longitude and latitude, degrees WGS-84.

    Returns
    -------
    str
        WKT MULTIPOINT; ``""`` if there are none.

    Examples
    --------
    >>> text_of_points([(112.991, 28.16), (112.99, 28.16)])
    'MULTIPOINT ((112.99 28.16), (112.991 28.16))'
    """
    listed = sorted(rounded(*point) for point in points)
    if not listed:
        return ""
    return f"MULTIPOINT ({', '.join(f'({lon!r} {lat!r})' for lon, lat in listed)})"


def on_outlines(shapes: NDArray[Any], lonlat: NDArray[np.float64]) -> list[str]:
    """Text of the entrances of each shape: those places that are vertices of it.

    Parameters
    ----------
    shapes
        Polygons in degrees, shape (n,).
    lonlat
        Places of entrances, degrees, shape (k, 2).

    Returns
    -------
    list of str
        One per shape, ``""`` where there are none.

    Examples
    --------
    >>> house = np.array([shapely.box(112.99, 28.16, 112.991, 28.161)])
    >>> on_outlines(house, np.array([[112.991, 28.16], [112.9905, 28.16]]))
    ['MULTIPOINT ((112.991 28.16))']
    """
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    found = np.isin(_keys(xy), _keys(lonlat))
    doors: dict[int, set[tuple[float, float]]] = {}
    for row, place in zip(owner[found].tolist(), xy[found].tolist(), strict=True):
        doors.setdefault(row, set()).add(rounded(*place))
    return [text_of_points(doors.get(row, ())) for row in range(len(shapes))]


def of_buildings(points: NDArray[Any], buildings: NDArray[Any], entrances: list[str]) -> list[str]:
    """Text of the entrances of the building that each point lies in.

    Parameters
    ----------
    points
        Points in degrees, shape (n,).
    buildings
        Polygons in degrees, shape (b,).
    entrances
        Their entrances, as :func:`on_outlines` gives them, shape (b,).

    Returns
    -------
    list of str
        Of several buildings those of the smallest; ``""`` where a point lies in none that has any,
        or on the outline, which is a door already.

    Examples
    --------
    >>> house = np.array([shapely.box(0, 0, 2, 2)])
    >>> of_buildings(shapely.points([[1, 1], [0, 1]]), house, ["MULTIPOINT ((0 0))"])
    ['MULTIPOINT ((0 0))', '']
    """
    texts = [""] * len(points)
    known = np.flatnonzero([bool(text) for text in entrances])
    if not len(known) or not len(points):
        return texts
    tree = shapely.STRtree(buildings[known])
    point, house = tree.query(points, predicate="within")
    order = np.argsort(-shapely.area(buildings[known[house]]), kind="stable")  # smallest last
    for row, number in zip(point[order].tolist(), known[house[order]].tolist(), strict=True):
        texts[row] = entrances[number]
    return texts


def _keys(lonlat: NDArray[np.float64]) -> NDArray[np.int64]:
    """One whole number for each place."""
    steps = np.round(lonlat / _STEP_DEG).astype(np.int64)
    return np.asarray(steps[:, 0] * 2**32 + steps[:, 1])
