"""Where on Earth: a metric system for a place, and China's shifted coordinates.

Everything is measured in a transverse Mercator system laid through the middle of the data with
scale 1 there. Within 30 km of that middle a metre of the map is a metre on the ground to 1 in
90,000 (UTM is off by 1 in 2,500 over most of its zone), so 15 minutes of walking are right to a
hundredth of a second.

GCJ-02 and BD-09 are the shifted systems that Chinese maps use (高德, 腾讯; 百度). The shift is
published as formulas only; the inverse is found by fixed point.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS

from lifecircle.errors import CrsError

Array = NDArray[np.float64]

WGS84 = CRS.from_epsg(4326)

# The bounds outside which no shift is applied, as in every published form of the formula.
_CHINA_LON = (72.004, 137.8347)
_CHINA_LAT = (0.8293, 55.8271)
# Semi-major axis and squared eccentricity of the Krassovsky 1940 ellipsoid, on which GCJ-02's
# offsets are computed.
_AXIS_M = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BAIDU_PI = np.pi * 3000.0 / 180.0

COORDINATES = ("WGS-84", "GCJ-02", "BD-09")


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


def to_wgs84(lon: ArrayLike, lat: ArrayLike, coordinates: str) -> tuple[Array, Array]:
    """Degrees in a shifted Chinese system → degrees WGS-84.

    Parameters
    ----------
    lon, lat
        Degrees, shape (n,).
    coordinates
        ``"WGS-84"``, ``"GCJ-02"`` or ``"BD-09"``; spelling and case are forgiving.

    Returns
    -------
    tuple of arrays
        Longitude and latitude, degrees, shape (n,). Points outside China are unchanged.

    Raises
    ------
    CrsError
        For a system that is not one of the three.

    Examples
    --------
    The metro stop 砂子塘 as Amap gives it:

    >>> lon, lat = to_wgs84([112.99323], [28.16258], "GCJ-02")
    >>> round(float(lon[0]), 4), round(float(lat[0]), 4)
    (112.9876, 28.166)
    """
    lon = np.atleast_1d(np.asarray(lon, dtype=np.float64))
    lat = np.atleast_1d(np.asarray(lat, dtype=np.float64))
    name = coordinates_name(coordinates)
    if name == "WGS-84":
        return lon, lat
    if name == "GCJ-02":
        return _inverse(lon, lat, wgs84_to_gcj02)
    return _inverse(*_inverse(lon, lat, gcj02_to_bd09), wgs84_to_gcj02)


def coordinates_name(coordinates: str) -> str:
    """Canonical spelling of a coordinate system's name.

    Parameters
    ----------
    coordinates
        Such as ``"gcj02"``, ``"Amap"``, ``"百度"``, ``"wgs84"``, ``"EPSG:4326"``.

    Returns
    -------
    str
        ``"WGS-84"``, ``"GCJ-02"`` or ``"BD-09"``.

    Raises
    ------
    CrsError
        If it is none of the three.

    Examples
    --------
    >>> coordinates_name("gcj02")
    'GCJ-02'
    """
    key = "".join(char for char in str(coordinates).lower() if char.isalnum())
    names = {
        "WGS-84": ("wgs84", "epsg4326", "4326", "gps"),
        "GCJ-02": ("gcj02", "gcj", "amap", "gaode", "高德", "tencent", "腾讯", "火星坐标"),
        "BD-09": ("bd09", "bd09ll", "baidu", "百度"),
    }
    for name, spellings in names.items():
        if key in spellings:
            return name
    raise CrsError(
        f"coordinates={coordinates!r} is not known: use one of {', '.join(COORDINATES)} "
        "(Amap and Tencent give GCJ-02, Baidu BD-09), or an EPSG code such as 'EPSG:4547'."
    )


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Array, Array]:
    """Degrees WGS-84 → degrees GCJ-02, as Amap and Tencent show them.

    Parameters
    ----------
    lon, lat
        Degrees WGS-84, shape (n,).

    Returns
    -------
    tuple of arrays
        Longitude and latitude, degrees GCJ-02, shape (n,). Unchanged outside China.

    Examples
    --------
    >>> lon, lat = wgs84_to_gcj02([112.98763], [28.16597])
    >>> round(float(lon[0]), 4), round(float(lat[0]), 4)
    (112.9932, 28.1626)
    """
    lon = np.asarray(lon, dtype=np.float64)
    lat = np.asarray(lat, dtype=np.float64)
    inside = (
        (lon > _CHINA_LON[0])
        & (lon < _CHINA_LON[1])
        & (lat > _CHINA_LAT[0])
        & (lat < _CHINA_LAT[1])
    )
    shift_lon, shift_lat = _gcj02_shift(lon, lat)
    return np.where(inside, lon + shift_lon, lon), np.where(inside, lat + shift_lat, lat)


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Array, Array]:
    """Degrees GCJ-02 → degrees BD-09, as Baidu shows them.

    Parameters
    ----------
    lon, lat
        Degrees GCJ-02, shape (n,).

    Returns
    -------
    tuple of arrays
        Longitude and latitude, degrees BD-09, shape (n,).

    Examples
    --------
    >>> lon, lat = gcj02_to_bd09([112.99323], [28.16258])
    >>> round(float(lon[0]), 3), round(float(lat[0]), 3)
    (113.0, 28.168)
    """
    lon = np.asarray(lon, dtype=np.float64)
    lat = np.asarray(lat, dtype=np.float64)
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU_PI)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU_PI)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _gcj02_shift(lon: Array, lat: Array) -> tuple[Array, Array]:
    """Offset of GCJ-02 from WGS-84 in degrees."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    waves = 20.0 * (np.sin(6.0 * np.pi * x) + np.sin(2.0 * np.pi * x))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (
        waves
        + 20.0 * np.sin(np.pi * x)
        + 40.0 * np.sin(np.pi * x / 3.0)
        + 150.0 * np.sin(np.pi * x / 12.0)
        + 300.0 * np.sin(np.pi * x / 30.0)
    ) * (2.0 / 3.0)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (
        waves
        + 20.0 * np.sin(np.pi * y)
        + 40.0 * np.sin(np.pi * y / 3.0)
        + 160.0 * np.sin(np.pi * y / 12.0)
        + 320.0 * np.sin(np.pi * y / 30.0)
    ) * (2.0 / 3.0)
    radians = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY_SQUARED * np.sin(radians) ** 2
    meridian = _AXIS_M * (1.0 - _ECCENTRICITY_SQUARED) / magic**1.5
    return (
        np.degrees(east / (_AXIS_M / np.sqrt(magic) * np.cos(radians))),
        np.degrees(north / meridian),
    )


def _inverse(lon: Array, lat: Array, forward: Any) -> tuple[Array, Array]:
    """Fixed point of ``forward(guess) = given``; contracts by 1e-2 or more a step."""
    guess_lon, guess_lat = lon.copy(), lat.copy()
    for _ in range(12):
        there_lon, there_lat = forward(guess_lon, guess_lat)
        off_lon, off_lat = lon - there_lon, lat - there_lat
        guess_lon, guess_lat = guess_lon + off_lon, guess_lat + off_lat
        if not (np.maximum(np.abs(off_lon), np.abs(off_lat)) > 1e-12).any():  # 1e-7 m
            break
    return guess_lon, guess_lat
