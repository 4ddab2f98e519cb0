"""How far the streets reach beyond an area: what lies further out is unknown, not empty."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from lifecircle.network.graph import WalkNetwork


def margin_m(network: WalkNetwork, areas: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """How far the streets go beyond each of some areas.

    Parameters
    ----------
    network
        Streets.
    areas
        Polygons in any reference system, such as units.

    Returns
    -------
    array, shape (n,)
        Metres from the area to the convex hull of the streets, 0 where it sticks out.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> study = load_demo()
    >>> bool(margin_m(study.network, study.units).min() > 1080)
    True
    """
    shapes = np.asarray(areas.geometry.to_crs(network.crs).array)
    hull: Any = network.hull_m
    if shapely.get_type_id(hull) != 3:  # one straight street bounds no area
        return np.zeros(len(shapes))
    beyond_m = shapely.distance(shapes, shapely.get_exterior_ring(hull)).astype(float)
    return np.where(shapely.contains(hull, shapes), np.round(beyond_m, 1), 0.0)
