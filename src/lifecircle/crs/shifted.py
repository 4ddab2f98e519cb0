"""The shifted systems of Chinese maps: GCJ-02 (高德, 腾讯) and BD-09 (百度).

The shift is published as formulas only; the inverse is found by fixed point, to 1e-6 m.

Where a place is decides whether it is shifted: inside the box below it is, outside nothing changes,
in every direction of conversion and in whatever system the place is given. The box is that of the
published formulas and reaches more than 100 km beyond China on all sides, so that the few hundred
metres along its edge that belong to it in one system and not in the other hold no place in China.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lifecircle.errors import CrsError

Array = NDArray[np.float64]
Move = Callable[[Array, Array], tuple[Array, Array]]

# West, east, south and north bounds outside which no shift is applied, as in every published form
# of the formula.
_SHIFTED_AREA = (72.004, 137.8347, 0.8293, 55.8271)
# Semi-major axis and squared eccentricity of the Krassovsky 1940 ellipsoid, on which GCJ-02's
# offsets are computed.
_AXIS_M = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BAIDU_PI = np.pi * 3000.0 / 180.0

COORDINATES = ("WGS-84", "GCJ-02", "BD-09", "CGCS2000")
_SPELLINGS = {
    "WGS-84": ("wgs84", "epsg4326", "4326", "gps"),
    "GCJ-02": ("gcj02", "gcj", "amap", "gaode", "高德", "tencent", "腾讯", "火星坐标"),
    "BD-09": ("bd09", "bd09ll", "baidu", "百度"),
    "CGCS2000": (
        "cgcs2000", "epsg4490", "4490", "国家2000", "大地2000", "2000国家大地坐标系",
        "国家大地2000", "国家2000坐标系", "国家2000大地坐标系",
    ),
}  # fmt: skip


def coordinates_name(coordinates: str) -> str:
    """Canonical spelling of a coordinate system's name.

    Parameters
    ----------
    coordinates
        Such as ``"gcj02"``, ``"Amap"``, ``"百度"``, ``"wgs84"``, ``"EPSG:4326"``, ``"国家2000"``.

    Returns
    -------
    str
        ``"WGS-84"``, ``"GCJ-02"``, ``"BD-09"`` or ``"CGCS2000"``.

    Raises
    ------
    CrsError
        If it is none of these.

    Examples
    --------
    >>> coordinates_name("gcj02")
    'GCJ-02'
    """
    key = "".join(char for char in str(coordinates).lower() if char.isalnum())
    for name, spellings in _SPELLINGS.items():
        if key in spellings:
            return name
    raise CrsError(
        f"coordinates={coordinates!r} is not known: use one of {', '.join(COORDINATES[:3])} or "
        "CGCS2000 (Amap and Tencent give GCJ-02, Baidu BD-09, surveyors CGCS2000), or an EPSG code "
        "such as 'EPSG:4547'."
    )


def to_wgs84(lon: ArrayLike, lat: ArrayLike, coordinates: str) -> tuple[Array, Array]:
    """Degrees in one of the systems of Chinese data → degrees WGS-84.

    Parameters
    ----------
    lon, lat
        Degrees, shape (n,).
    coordinates
        ``"WGS-84"``, ``"GCJ-02"``, ``"BD-09"`` or ``"CGCS2000"``; spelling and case are forgiving.
        Degrees CGCS2000 (EPSG:4490) are degrees WGS-84: between the two nothing is computed.

    Returns
    -------
    tuple of arrays
        Longitude and latitude, degrees, shape (n,). Points outside China are unchanged.

    Raises
    ------
    CrsError
        For a system that is not one of these.

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
    if name == "GCJ-02":
        return _where_shifted(lon, lat, lambda x, y: _inverse(x, y, _gcj02))
    if name == "BD-09":
        return _where_shifted(lon, lat, lambda x, y: _inverse(*_inverse(x, y, _bd09), _gcj02))
    return lon, lat


def from_wgs84(lon: ArrayLike, lat: ArrayLike, coordinates: str) -> tuple[Array, Array]:
    """Degrees WGS-84 → degrees in one of the systems of Chinese data.

    Parameters
    ----------
    lon, lat
        Degrees WGS-84, shape (n,).
    coordinates
        As for :func:`to_wgs84`.

    Returns
    -------
    tuple of arrays
        Longitude and latitude, degrees, shape (n,). Points outside China are unchanged.

    Raises
    ------
    CrsError
        For a system that is not one of these.

    Examples
    --------
    >>> lon, lat = from_wgs84([112.98763], [28.16597], "Amap")
    >>> round(float(lon[0]), 4), round(float(lat[0]), 4)
    (112.9932, 28.1626)
    """
    name = coordinates_name(coordinates)
    if name == "GCJ-02":
        return wgs84_to_gcj02(lon, lat)
    if name == "BD-09":
        return wgs84_to_bd09(lon, lat)
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def in_shifted_area(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Whether places lie where GCJ-02 and BD-09 differ from WGS-84.

    Parameters
    ----------
    lon, lat
        Degrees in any of the systems, shape (n,).

    Returns
    -------
    array of bool, shape (n,)
        False for places that are nowhere.

    Examples
    --------
    >>> in_shifted_area([112.99, 2.35], [28.16, 48.86]).tolist()
    [True, False]
    """
    west, east, south, north = _SHIFTED_AREA
    lon = np.asarray(lon, dtype=np.float64)
    lat = np.asarray(lat, dtype=np.float64)
    return np.asarray((lon > west) & (lon < east) & (lat > south) & (lat < north))


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
    return _where_shifted(lon, lat, _gcj02)


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Array, Array]:
    """Degrees GCJ-02 → degrees BD-09, as Baidu shows them.

    Parameters
    ----------
    lon, lat
        Degrees GCJ-02, shape (n,).

    Returns
    -------
    tuple of arrays
        Longitude and latitude, degrees BD-09, shape (n,). Unchanged outside China.

    Examples
    --------
    >>> lon, lat = gcj02_to_bd09([112.99323], [28.16258])
    >>> round(float(lon[0]), 3), round(float(lat[0]), 3)
    (113.0, 28.168)
    """
    return _where_shifted(lon, lat, _bd09)


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Array, Array]:
    """Degrees WGS-84 → degrees BD-09, as Baidu shows them.

    Parameters
    ----------
    lon, lat
        Degrees WGS-84, shape (n,).

    Returns
    -------
    tuple of arrays
        Longitude and latitude, degrees BD-09, shape (n,). Unchanged outside China.

    Examples
    --------
    >>> lon, lat = wgs84_to_bd09([112.98763], [28.16597])
    >>> round(float(lon[0]), 3), round(float(lat[0]), 3)
    (113.0, 28.168)
    """
    return _where_shifted(lon, lat, lambda x, y: _bd09(*_gcj02(x, y)))


def _where_shifted(lon: ArrayLike, lat: ArrayLike, move: Move) -> tuple[Array, Array]:
    """Copies of coordinates, moved where they lie inside the box, the same elsewhere."""
    lon, lat = np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)
    inside = in_shifted_area(lon, lat)
    if inside.any():
        lon[inside], lat[inside] = move(lon[inside], lat[inside])
    return lon, lat


def _gcj02(lon: Array, lat: Array) -> tuple[Array, Array]:
    """GCJ-02 of places in WGS-84, wherever they lie."""
    east, north = _gcj02_shift(lon, lat)
    return lon + east, lat + north


def _bd09(lon: Array, lat: Array) -> tuple[Array, Array]:
    """BD-09 of places in GCJ-02, wherever they lie."""
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


def _inverse(lon: Array, lat: Array, forward: Move) -> tuple[Array, Array]:
    """Fixed point of ``forward(guess) = given``; contracts by 2e-2 or more a step.

    Only within a millimetre of 105° E, where the formula has the root of the distance to that
    meridian, it contracts less: such places are taken on alone.
    """
    guess_lon, guess_lat = lon.copy(), lat.copy()
    rows = np.arange(lon.size)
    for _ in range(25):
        there_lon, there_lat = forward(guess_lon[rows], guess_lat[rows])
        off_lon, off_lat = lon[rows] - there_lon, lat[rows] - there_lat
        guess_lon[rows] += off_lon
        guess_lat[rows] += off_lat
        rows = rows[np.maximum(np.abs(off_lon), np.abs(off_lat)) > 1e-12]  # 1e-7 m
        if not rows.size:
            break
    return guess_lon, guess_lat
