"""Small tables of squares and points for the tests of tables."""

import geopandas as gpd
import numpy as np
from shapely import Point, box

LON, LAT = 112.99, 28.16


def squares(*sizes_deg, crs=4326, **columns):
    """Squares side by side, west to east, each of the given size."""
    west = np.concatenate([[0], np.cumsum(sizes_deg)[:-1]]) + LON
    shapes = [box(x, LAT, x + size, LAT + size) for x, size in zip(west, sizes_deg, strict=True)]
    return gpd.GeoDataFrame(geometry=shapes, crs=crs).assign(**columns)


def points(*places, crs=4326, **columns):
    """Points at given coordinates."""
    shapes = [Point(place) for place in places]
    return gpd.GeoDataFrame(geometry=shapes, crs=crs).assign(**columns)


def clinics(*places, crs=4326, **columns):
    return points(*places, crs=crs, service="clinic", **columns)


def homes(*places, crs=4326, people=10, **columns):
    return points(*places, crs=crs, people=people, **columns)
