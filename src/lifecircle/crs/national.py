"""The surveyor's metres: CGCS2000 (国家2000) in Gauss-Krüger zones of 3° and 6°.

An easting says which zone it is in if it carries the zone number before its six digits of metres:
40,514,433 is zone 40. The numbers 13 to 23 are zones of 6° (central meridian 6 n - 3), 25 to 45
zones of 3° (central meridian 3 n), so they tell themselves apart. An easting without the number
(514,433) may be in any zone. Zones of 3° and 6° on one meridian are the same projection.

Surveyors call the northing X and the easting Y. Northings of China are 1.9 to 6 million metres,
eastings 0.1 to 0.9 or 13 to 46 million, so the magnitude tells which is which.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS

from lifecircle.crs.shifted import coordinates_name
from lifecircle.errors import CrsError

Floats = NDArray[np.float64]

CGCS2000 = CRS.from_epsg(4490)

# First zone, last zone and EPSG code of the first, zones of 6° and of 3°.
_SIX, _THREE = (13, 23, 4491), (25, 45, 4513)
_FIRST_MERIDIAN, _LAST_MERIDIAN, _FIRST_WITHOUT_ZONE = 75, 135, 4534  # 3°, without zone number
_WITHOUT_ZONE_6 = (4502, 4512)
_EASTING_M = (1e5, 9e5)
_NORTHING_M = (1.9e6, 6.0e6)
_M_PER_DEGREE_LATITUDE = 110_700.0  # of the meridian's arc, in China to 0.1°
# What a web map calls metres looks like these zones: 13 to 15 million there is 117° to 135° E.
WEB_MERCATOR_ZONES = range(13, 16)
# Central meridian: latitudes between which it crosses China with its zone of 3°, and cities there.
_MERIDIANS = {
    75: (35, 41, "Kashgar"), 78: (30, 43, ""), 81: (29, 46, ""), 84: (27, 48, ""),
    87: (27, 50, "Ürümqi"), 90: (27, 48, "Lhasa"), 93: (26, 46, "Hami"), 96: (27, 44, ""),
    99: (21, 43, ""), 102: (21, 43, "Kunming, Xining"), 105: (22, 43, "Chengdu, Lanzhou, Yinchuan"),
    108: (18, 44, "Xi'an, Chongqing, Guiyang, Nanning"), 111: (18, 46, "Hohhot, Haikou"),
    114: (21, 47, "Changsha, Wuhan, Guangzhou, Zhengzhou"),
    117: (22, 50, "Beijing, Tianjin, Jinan, Hefei, Nanchang"),
    120: (21, 54, "Shanghai, Nanjing, Hangzhou, Fuzhou"), 123: (24, 54, "Shenyang, Dalian"),
    126: (40, 54, "Harbin, Changchun"), 129: (41, 50, "Mudanjiang"), 132: (42, 49, ""),
    135: (45, 49, ""),
}  # fmt: skip
_FILLING = re.compile(
    r"[36][-_ ]?degree|[36]度分?带|gauss[-_ ]?kruger|gk|central|meridian|cm|中央|经线|子午线|第"
    r"|[\s/_,，、:：()（）-]"
)
_HINT = re.compile(r"(?P<zone>zone|带号)?(?P<number>\d{2,3})(?P<unit>e|°e?|度|度带|带|zone)?")


def national_system(coordinates: str) -> CRS | None:
    """Reference system that a name of CGCS2000 stands for.

    Parameters
    ----------
    coordinates
        ``"CGCS2000"`` alone, or with a central meridian or a zone: ``"CGCS2000 114E"``,
        ``"国家2000 中央经线114度"``, ``"CGCS2000 zone 38"``, ``"CGCS2000 38带"``.

    Returns
    -------
    pyproj.CRS or None
        EPSG:4490 for the name alone; the system of the meridian without, of the zone with the
        zone number in the eastings; None where the text does not begin with such a name.

    Raises
    ------
    CrsError
        If what follows the name is neither a meridian nor a zone.

    Examples
    --------
    >>> national_system("CGCS2000 114E").to_epsg(), national_system("CGCS2000 zone 38").to_epsg()
    (4547, 4526)
    """
    text = str(coordinates).strip().lower().replace("　", " ")
    for length in range(len(text), 0, -1):
        try:
            if coordinates_name(text[:length]) == "CGCS2000":
                break
        except CrsError:
            continue
    else:
        return None
    rest = _FILLING.sub("", text[length:])
    if not rest:
        return CGCS2000
    found = _HINT.fullmatch(rest)
    number = int(found["number"]) if found else 0
    meridian = found is not None and not found["zone"] and found["unit"] not in {"带", "zone"}
    if meridian and _FIRST_MERIDIAN <= number <= _LAST_MERIDIAN and number % 3 == 0:
        return meridian_system(number)
    if found is not None and found["unit"] not in {"e", "°", "°e", "度"} and meridian_of(number):
        return zone_system(number)
    raise CrsError(
        f"coordinates={coordinates!r}: after CGCS2000 give a central meridian of a 3° or 6° zone "
        "(75, 78 … 135), such as 'CGCS2000 114E', or a zone (13 to 23, 25 to 45), such as "
        "'CGCS2000 zone 38'."
    )


def zones(easting_m: ArrayLike) -> NDArray[np.int64]:
    """Zone numbers that eastings carry.

    Parameters
    ----------
    easting_m
        Metres, shape (n,).

    Returns
    -------
    array of int, shape (n,)
        13 to 23 (6°) or 25 to 45 (3°); 0 where there is no number.

    Examples
    --------
    >>> zones([40_514_433.0, 20_514_433.0, 514_433.0]).tolist()
    [40, 20, 0]
    """
    easting_m = np.asarray(easting_m, dtype=np.float64)
    number, metres = np.divmod(np.where(np.isfinite(easting_m), easting_m, 0.0), 1e6)
    known = ((number >= _SIX[0]) & (number <= _SIX[1])) | (
        (number >= _THREE[0]) & (number <= _THREE[1])
    )
    inside = (metres >= _EASTING_M[0]) & (metres <= _EASTING_M[1])
    return np.where(known & inside, number, 0).astype(np.int64)


def meridian_of(zone: int) -> int:
    """Central meridian of a zone.

    Parameters
    ----------
    zone
        13 to 23 (6°) or 25 to 45 (3°).

    Returns
    -------
    int
        Degrees east; 0 for a number that is no zone of China.

    Examples
    --------
    >>> meridian_of(38), meridian_of(19), meridian_of(24)
    (114, 111, 0)
    """
    if _SIX[0] <= zone <= _SIX[1]:
        return 6 * zone - 3
    return 3 * zone if _THREE[0] <= zone <= _THREE[1] else 0


def zone_system(zone: int) -> CRS:
    """System of a zone, with the zone number in its eastings.

    Parameters
    ----------
    zone
        13 to 23 (6°) or 25 to 45 (3°).

    Returns
    -------
    pyproj.CRS

    Examples
    --------
    >>> zone_system(40).name
    'CGCS2000 / 3-degree Gauss-Kruger zone 40'
    """
    first, last, code = _SIX if zone <= _SIX[1] else _THREE
    return CRS.from_epsg(code + min(zone, last) - first)


def meridian_system(meridian: int) -> CRS:
    """System on a central meridian, without zone number.

    Parameters
    ----------
    meridian
        Degrees east, 75, 78 … 135.

    Returns
    -------
    pyproj.CRS

    Examples
    --------
    >>> meridian_system(120).name
    'CGCS2000 / 3-degree Gauss-Kruger CM 120E'
    """
    return CRS.from_epsg(_FIRST_WITHOUT_ZONE + (meridian - _FIRST_MERIDIAN) // 3)


def meridian_of_system(system: CRS) -> int:
    """Central meridian of one of the national systems in metres.

    Parameters
    ----------
    system
        Any reference system.

    Returns
    -------
    int
        Degrees east; 0 for any other system.

    Examples
    --------
    >>> meridian_of_system(CRS.from_epsg(4547)), meridian_of_system(CRS.from_epsg(32649))
    (114, 0)
    """
    code = system.to_epsg() or 0
    for first, last, start in (_SIX, _THREE):
        if start <= code <= start + last - first:
            return meridian_of(code - start + first)
    if _WITHOUT_ZONE_6[0] <= code <= _WITHOUT_ZONE_6[1]:
        return _FIRST_MERIDIAN + 6 * (code - _WITHOUT_ZONE_6[0])
    meridian = _FIRST_MERIDIAN + 3 * (code - _FIRST_WITHOUT_ZONE)
    return meridian if _FIRST_MERIDIAN <= meridian <= _LAST_MERIDIAN else 0


def northing_first(x: ArrayLike, y: ArrayLike) -> NDArray[np.bool_]:
    """Whether pairs of metres are northing and easting, as surveyors write X and Y.

    Parameters
    ----------
    x, y
        Metres, shape (n,).

    Returns
    -------
    array of bool, shape (n,)

    Examples
    --------
    >>> northing_first([3_116_000.0, 514_433.0], [514_433.0, 3_116_000.0]).tolist()
    [True, False]
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    return _is_northing(x) & (without_zone(y) | (zones(y) > 0))


def without_zone(easting_m: ArrayLike) -> NDArray[np.bool_]:
    """Whether numbers may be eastings without a zone number.

    Parameters
    ----------
    easting_m
        Metres, shape (n,).

    Returns
    -------
    array of bool, shape (n,)

    Examples
    --------
    >>> without_zone([514_433.0, 40_514_433.0, 112.99]).tolist()
    [True, False, False]
    """
    easting_m = np.asarray(easting_m, dtype=np.float64)
    return np.asarray((easting_m >= _EASTING_M[0]) & (easting_m <= _EASTING_M[1]))


def metres_advice(x: float, y: float) -> str:
    """What to do with metres whose system is not stated.

    Parameters
    ----------
    x, y
        Coordinates of one row, metres, in whichever order.

    Returns
    -------
    str
        For eastings without a zone number the central meridians that are possible there.

    Examples
    --------
    >>> metres_advice(514_433.0, 5_300_000.0)[:70]
    "Name the survey's meridian with coordinates=, such as 'CGCS2000 117E':"
    """
    if northing_first(x, y).all():
        x, y = y, x
    if zones(x).all():
        return "Their eastings carry a zone number: read them with coordinates='CGCS2000'."
    if not (without_zone(x).all() and _is_northing(np.asarray(y)).all()):
        return (
            "Name that system with coordinates=, such as 'EPSG:4547' (CGCS2000, 114° E) or "
            "'CGCS2000 114E'."
        )
    latitude = y / _M_PER_DEGREE_LATITUDE
    possible = [
        (meridian, cities)
        for meridian, (south, north, cities) in _MERIDIANS.items()
        if south - 0.5 <= latitude <= north + 0.5
    ]
    listed = "; ".join(
        f"{meridian}° E, EPSG:{meridian_system(meridian).to_epsg()}{cities and f' ({cities})'}"
        for meridian, cities in possible
    )
    example = min(possible, key=lambda item: (not item[1], abs(item[0] - 114)), default=(114, ""))
    return (
        f"Name the survey's meridian with coordinates=, such as 'CGCS2000 {example[0]}E': eastings "
        f"without a zone number do not tell it. At latitude {latitude:.1f}° it may be {listed}. It "
        "is most often the multiple of 3 nearest to the place; a 6° zone on the same meridian is "
        "the same."
    )


def _is_northing(values: Floats) -> NDArray[np.bool_]:
    """Whether numbers may be northings in China."""
    return np.asarray((values >= _NORTHING_M[0]) & (values <= _NORTHING_M[1]))
