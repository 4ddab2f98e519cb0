"""Where the name of a unit stands, on pages and in print alike."""

from __future__ import annotations

import math

import numpy as np
import shapely


def middle_of(shape: shapely.Geometry) -> shapely.Point:
    """A place well inside a unit: the centre of the largest circle in its largest part.

    Parameters
    ----------
    shape
        Polygon or MultiPolygon.

    Returns
    -------
    Point

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> middle_of(shapely.box(0, 0, 2, 2)).distance(shapely.Point(1, 1)) < 0.1
    True
    """
    parts = shapely.get_parts(shape)
    largest = parts[int(np.argmax(shapely.area(parts)))]
    circle = shapely.maximum_inscribed_circle(largest, tolerance=math.sqrt(largest.area) / 50)
    return shapely.get_point(circle, 0)


def upper_edge(shape: shapely.Geometry) -> shapely.Point:
    """Where a unit's name stands if its children's fill it: its upper edge, half-way across.

    Parameters
    ----------
    shape
        Polygon or MultiPolygon.

    Returns
    -------
    Point

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> upper_edge(shapely.box(0, 0, 2, 1)).wkt
    'POINT (1 1)'
    """
    west, south, east, north = shape.bounds
    middle = (west + east) / 2
    cut = shape.intersection(shapely.LineString([(middle, south), (middle, north)]))
    return shapely.Point(middle, north if cut.is_empty else cut.bounds[3])
