"""Where on Earth: a metric system for a place, and the systems that Chinese data comes in.

Everything is measured in a transverse Mercator system laid through the middle of the data with
scale 1 there. Within 30 km of that middle a metre of the map is a metre on the ground to 1 in
90,000 (UTM is off by 1 in 2,500 over most of its zone), so 15 minutes of walking are right to a
hundredth of a second.

``shifted`` holds the systems of Chinese maps (GCJ-02, BD-09), ``national`` the surveyor's metres
(CGCS2000).
"""

from __future__ import annotations

import numpy as np
from pyproj import CRS

from lifecircle.crs.national import CGCS2000, metres_advice, national_system
from lifecircle.crs.shifted import (
    COORDINATES,
    coordinates_name,
    from_wgs84,
    gcj02_to_bd09,
    in_shifted_area,
    to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from lifecircle.errors import CrsError

__all__ = [
    "CGCS2000",
    "COORDINATES",
    "WGS84",
    "coordinates_name",
    "from_wgs84",
    "gcj02_to_bd09",
    "in_shifted_area",
    "local_crs",
    "metres_advice",
    "national_system",
    "to_wgs84",
    "wgs84_to_bd09",
    "wgs84_to_gcj02",
]

WGS84 = CRS.from_epsg(4326)


def local_crs(lon: float, lat: float) -> CRS:
    """Metric system laid through a place.

    Parameters
    ----------
    lon, lat
        Middle of the data, degrees WGS-84. Rounded to 0.01° so that neighbours share a system.

    Returns
    -------
    pyproj.CRS
        Transverse Mercator, metres, scale 1 on its central meridian, origin at the place.

    Raises
    ------
    CrsError
        For a place within 4° of a pole or that is not on Earth.

    Examples
    --------
    >>> local_crs(112.99, 28.16).axis_info[0].unit_name
    'metre'
    """
    if not (np.isfinite(lon) and np.isfinite(lat)) or abs(lat) > 86 or abs(lon) > 180:
        raise CrsError(
            f"coordinates around lon {lon:g}, lat {lat:g} are not degrees on land: "
            "are longitude and latitude swapped, or are these metres?"
        )
    return CRS.from_proj4(
        f"+proj=tmerc +lat_0={round(lat, 2)} +lon_0={round(lon, 2)} +k=1 +x_0=0 +y_0=0 "
        "+datum=WGS84 +units=m +no_defs +type=crs"
    )
