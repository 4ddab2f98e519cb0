"""Shapes and columns as small plain lists, for a page.

Coordinates are whole millionths of a degree (0.1 m), longitude before latitude, each vertex as the
step from the one before: a third of the size of GeoJSON.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEGREE_M = 111_320.0
"""Length of a degree of latitude, m; for what the eye sees, not for numbers."""


def packed_lines(lines: NDArray[Any], unit: int = 1) -> list[list[int]]:
    """Vertices of each line.

    Parameters
    ----------
    lines
        Lines or rings, shape (n,), degrees.
    unit
        Millionths of a degree that are counted in.

    Returns
    -------
    list of list of int
        Longitude and latitude of the first vertex, then the steps, in units. Empty lines are left
        out, and so are vertices on the one before them.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> packed_lines(np.array([shapely.LineString([(1, 2), (1.5, 2), (1.5, 1.999999)])]))
    [[1000000, 2000000, 500000, 0, 0, -1]]
    """
    lonlat, line = shapely.get_coordinates(lines, return_index=True)
    whole = np.rint(lonlat * (1e6 / unit)).astype(np.int64)
    follows = line[1:] == line[:-1]
    if unit > 1:  # coarse enough for vertices to meet
        moved = np.r_[True, ~follows | (whole[1:] != whole[:-1]).any(axis=1)]
        whole, line = whole[moved], line[moved]
        follows = line[1:] == line[:-1]
    steps = whole.copy()
    steps[1:][follows] = (whole[1:] - whole[:-1])[follows]
    flat = steps.ravel().tolist()
    edges = np.searchsorted(line, np.arange(len(lines) + 1)) * 2
    return [flat[a:b] for a, b in itertools.pairwise(edges.tolist()) if b > a]


def packed_points(points: gpd.GeoSeries) -> list[int]:
    """All points one after another, as the vertices of one line.

    Parameters
    ----------
    points
        Points, shape (n,), degrees.

    Returns
    -------
    list of int
        Longitude and latitude of the first, then the steps, in 1e-6 degrees.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> packed_points(gpd.GeoSeries(gpd.points_from_xy([1, 2], [3, 3])))
    [1000000, 3000000, 1000000, 0]
    """
    lonlat = np.column_stack([points.x.to_numpy(), points.y.to_numpy()])
    whole = np.rint(lonlat * 1e6).astype(np.int64)
    steps: list[int] = np.diff(whole, axis=0, prepend=np.zeros((1, 2), np.int64)).ravel().tolist()
    return steps


def packed_polygons(shape: shapely.Geometry, unit: int = 1) -> list[list[list[int]]]:
    """Polygons of a shape.

    Parameters
    ----------
    shape
        Polygon or MultiPolygon, degrees; other parts are left out.
    unit
        As :func:`packed_lines` takes it.

    Returns
    -------
    list
        Of polygons, each a list of rings (outer first, then holes), each as
        :func:`packed_lines` packs it.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> packed_polygons(shapely.Polygon([(0, 0), (1, 0), (0, 1)]))
    [[[0, 0, 1000000, 0, -1000000, 1000000, 0, -1000000]]]
    """
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return [
        packed_lines(np.array([part.exterior, *part.interiors], dtype=object), unit)
        for part in parts
        if not part.is_empty
    ]


def numbers(values: pd.Series, digits: int = 2) -> list[float | int | None]:
    """Plain numbers of a column.

    Parameters
    ----------
    values
        Numbers, or text that reads as numbers.
    digits
        Decimals that are kept.

    Returns
    -------
    list
        Whole numbers as integers; None where unknown.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> numbers(pd.Series([3.0, 2.456, float("nan")]))
    [3, 2.46, None]
    """
    rounded = pd.to_numeric(values, errors="coerce").astype("float64").round(digits)
    return [
        None if not math.isfinite(value) else int(value) if value == int(value) else value
        for value in rounded.tolist()
    ]


def texts(frame: pd.DataFrame, column: str) -> list[str]:
    """Texts of a column.

    Parameters
    ----------
    frame
        Table.
    column
        Its column; it may be absent.

    Returns
    -------
    list of str
        One per row, empty where there is none.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> texts(pd.DataFrame({"name": ["a", None]}), "name")
    ['a', '']
    """
    if column not in frame.columns:
        return [""] * len(frame)
    values = frame[column]
    missing = values.isna().tolist()
    return ["" if gone else str(value) for value, gone in zip(values, missing, strict=True)]


def flags(frame: pd.DataFrame, column: str) -> list[bool]:
    """Whether each row of a column is marked.

    Parameters
    ----------
    frame
        Table.
    column
        Its column of truth values; it may be absent.

    Returns
    -------
    list of bool
        One per row, False where nothing is said.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> flags(pd.DataFrame({"unsnapped": [True, None]}), "unsnapped"), flags(pd.DataFrame(), "a")
    ([True, False], [])
    """
    if column not in frame.columns:
        return [False] * len(frame)
    return [bool(one) for one in frame[column].astype("boolean").fillna(False)]  # noqa: FBT003
