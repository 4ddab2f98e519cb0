"""What is doubtful in a table before it is read: places, systems, shapes, doubles, numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lifecircle.crs import to_wgs84
from lifecircle.inputs.coordinate_columns import pair_of, pairs_of_numbers
from lifecircle.inputs.header_names import EAST, LAT, LOCATION, LON, NORTH, STATED
from lifecircle.inputs.inspection_kinds import column_of, id_column
from lifecircle.inputs.text import column_key
from lifecircle.tables.values import Mask, as_ids, as_numbers

Array = NDArray[np.float64]

METRES_PER_DEGREE = 111_320.0
_CHINA = (73.0, 135.0, 3.0, 54.0)  # west, east, south, north
_SAME_M = 3.0
_FAR_KM, _FAR_TIMES = 30.0, 8.0  # both further than this and so many times as far as most
_MOST = 0.5
_NAMED_KINDS = ("facilities", "residents", "compounds", "units", "unknown")
_AMAP_ID = re.compile(r"B0[0-9A-Z]{8}")
_SAYS = (
    ("GCJ-02", re.compile(r"gcj[-_ ]?0?2|火星坐标|高德|amap|gaode", re.IGNORECASE)),
    ("BD-09", re.compile(r"bd[-_ ]?0?9|百度|baidu", re.IGNORECASE)),
)


class Problem(NamedTuple):
    """One thing that is doubtful: a word for it, and what its sentence names.

    Parameters
    ----------
    code
        What it is; :mod:`lifecircle.inputs.inspection_words` says it in sentences.
    facts
        Counts, columns, first rows.
    """

    code: str
    facts: dict[str, Any]


def said_system(frame: pd.DataFrame, file: str) -> tuple[str, str] | None:
    """System that a file says to be in by its names, if it is a shifted one.

    Parameters
    ----------
    frame
        As it stands in the file.
    file
        Name of the file.

    Returns
    -------
    tuple of str or None
        ``"GCJ-02"`` or ``"BD-09"``, and what says so: ``"columns"``, ``"file"``, ``"source"`` (a
        column 来源) or ``"amap_ids"`` (ids as 高德 gives them).

    Examples
    --------
    >>> said_system(pd.DataFrame(columns=["lng_gcj02", "lat_gcj02"]), "poi.csv")
    ('GCJ-02', 'columns')
    """
    columns = {column_key(name): name for name in frame.columns}
    for system, _ in _SAYS:
        if pair_of(columns, *STATED[system]):
            return system, "columns"
    for system, pattern in _SAYS:
        if pattern.search(file):
            return system, "file"
    for key in ("source", "来源", "数据来源"):
        if key in columns:
            words = frame[columns[key]].dropna().astype(str)
            for system, pattern in _SAYS:
                if len(words) and words.str.contains(pattern).mean() > _MOST:
                    return system, "source"
    ids = id_column(frame, "facilities") or id_column(frame, "")
    texts = [] if ids is None else [str(value) for value in frame[ids].head(200)]
    if texts and sum(bool(_AMAP_ID.fullmatch(text)) for text in texts) > _MOST * len(texts):
        return "GCJ-02", "amap_ids"
    return None


def place_columns(frame: pd.DataFrame) -> dict[str, str]:
    """Columns of a table that hold its places.

    Parameters
    ----------
    frame
        As it stands in the file.

    Returns
    -------
    dict
        ``lon`` and ``lat`` → column, twice the same where both stand in one cell; empty where
        there are none.

    Examples
    --------
    >>> place_columns(pd.DataFrame({"X": ["112.9"], "Y": ["28.1"]}))
    {'lon': 'X', 'lat': 'Y'}
    """
    columns = {column_key(name): name for name in reversed(frame.columns)}
    pairs = (STATED["WGS-84"], (LON, LAT), (EAST, NORTH), STATED["GCJ-02"], STATED["BD-09"])
    found = next((pair for names in pairs if (pair := pair_of(columns, *names))), None)
    if found is None:
        for key in map(column_key, LOCATION):
            if key not in columns:
                continue
            numbers = pairs_of_numbers(frame[columns[key]])
            if len(numbers) and np.isfinite(numbers).all(axis=1).mean() > _MOST:
                found = (columns[key], columns[key])
                break
    return {} if found is None else dict(zip(("lon", "lat"), found, strict=True))


def places_of(frame: pd.DataFrame) -> Array | None:
    """Numbers of the places as they stand in a file, nothing converted.

    Parameters
    ----------
    frame
        A layer, or a table with columns of coordinates.

    Returns
    -------
    array, shape (n, 2), or None
        Of lines and polygons the middle of their bounds; not-a-number where there is nothing.

    Examples
    --------
    >>> places_of(pd.DataFrame({"坐标": ["112.9,28.1"]})).tolist()
    [[112.9, 28.1]]
    """
    if isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name is not None:
        west, south, east, north = shapely.bounds(frame.geometry.to_numpy()).T
        return np.column_stack([(west + east) / 2, (south + north) / 2])
    found = place_columns(frame)
    if not found:
        return None
    if found["lon"] == found["lat"]:
        return pairs_of_numbers(frame[found["lon"]])
    return np.column_stack([as_numbers(frame[name]).to_numpy() for name in found.values()])


def check_numbers_of_places(xy: Array, *, degrees: bool) -> list[Problem]:
    """What is doubtful in the numbers of places.

    Parameters
    ----------
    xy
        As they stand in the file, shape (n, 2).
    degrees
        Whether they are taken for degrees: stated so, or nothing is stated.

    Returns
    -------
    list of Problem

    Examples
    --------
    >>> check_numbers_of_places(np.array([[28.16, 112.99]]), degrees=True)[0].code
    'swapped'
    """
    found = []
    finite: Mask = np.asarray(np.isfinite(xy).all(axis=1))
    x, y = np.where(finite[:, None], xy, 0.0).T
    nowhere = ~finite
    if nowhere.any():
        found.append(about("no_coordinates", nowhere))
    origin = finite & (np.abs(x) < 1e-6) & (np.abs(y) < 1e-6)
    if origin.any():
        found.append(about("at_zero", origin))
    if not degrees:
        return found
    finite &= ~origin
    swapped = finite & (
        (in_china(y, x) & ~in_china(x, y))
        | ((np.abs(x) <= 90) & (np.abs(y) > 90) & (np.abs(y) <= 180))
    )
    if swapped.any():
        found.append(about("swapped", swapped, {"example": _example(xy, swapped)}))
    metres: Mask = finite & ~swapped & ((np.abs(x) > 180) | (np.abs(y) > 90))
    if metres.any():
        found.append(
            about(
                "metres_as_degrees",
                metres,
                {"example": _example(xy, metres), "guess": guess_of_metres(*xy[metres][0])},
            )
        )
    return found


def guess_of_metres(x: float, y: float) -> str:
    """System that metres look like in China: how to name it, ``""`` where nothing tells.

    Parameters
    ----------
    x, y
        One place.

    Returns
    -------
    str
        An EPSG code where the easting carries its zone; else what to ask for.

    Examples
    --------
    >>> guess_of_metres(38401234.0, 3116000.0), guess_of_metres(401234.0, 3116000.0)
    ('CGCS2000 EPSG:4526', 'CGCS2000')
    """
    for easting, northing, turned in ((x, y, ""), (y, x, " XY")):
        zone, rest = divmod(easting, 1e6)
        if not (1.6e6 < northing < 6.1e6 and 1e5 < rest < 9e5):
            continue
        if zone == 0:
            return f"CGCS2000{turned}"
        if 25 <= zone <= 45:
            return f"CGCS2000 EPSG:{4513 + int(zone) - 25}{turned}"
        if 16 <= zone <= 23:
            return f"CGCS2000 EPSG:{4491 + int(zone) - 13}{turned}"
        if 13 <= zone <= 15:
            return f"EPSG:3857 / CGCS2000 EPSG:{4491 + int(zone) - 13}"
    return "EPSG:3857" if 8.1e6 < x < 15.1e6 and 3e5 < y < 7.4e6 else ""


def in_china(lon: Array, lat: Array) -> NDArray[np.bool_]:
    """Whether places lie in the box around China.

    Parameters
    ----------
    lon, lat
        Degrees, shape (n,).

    Returns
    -------
    array of bool, shape (n,)

    Examples
    --------
    >>> in_china(np.array([113.0, 2.35]), np.array([28.2, 48.85])).tolist()
    [True, False]
    """
    west, east, south, north = _CHINA
    return (lon > west) & (lon < east) & (lat > south) & (lat < north)


def check_twin_columns(frame: pd.DataFrame) -> list[Problem]:
    """Compare columns of coordinates that say their system with those that say nothing.

    Parameters
    ----------
    frame
        As it stands in the file.

    Returns
    -------
    list of Problem
        ``"not_converted"`` where both are the same numbers, ``"twin_system"`` where the plain
        ones are the others in GCJ-02 or BD-09.

    Examples
    --------
    >>> twins = pd.DataFrame({"lng": [113], "lat": [28], "lng_wgs84": [113], "lat_wgs84": [28]})
    >>> check_twin_columns(twins)[0].code
    'not_converted'
    """
    columns = {column_key(name): name for name in reversed(frame.columns)}
    plain, stated = pair_of(columns, LON, LAT), pair_of(columns, *STATED["WGS-84"])
    if not plain or not stated:
        return []
    lon, lat = (as_numbers(frame[name]).to_numpy() for name in plain)
    there_lon, there_lat = (as_numbers(frame[name]).to_numpy() for name in stated)
    known = np.isfinite([lon, lat, there_lon, there_lat]).all(axis=0)
    if not known.any():
        return []
    for system in ("WGS-84", "GCJ-02", "BD-09"):
        east, north = to_wgs84(lon[known], lat[known], system)
        off_m = METRES_PER_DEGREE * np.hypot(
            (east - there_lon[known]) * np.cos(np.radians(north)), north - there_lat[known]
        )
        if (off_m < _SAME_M).mean() > _MOST:
            code = "not_converted" if system == "WGS-84" else "twin_system"
            return [Problem(code, {"plain": plain, "stated": stated, "system": system})]
    return []


def check_shapes(layer: gpd.GeoDataFrame) -> list[Problem]:
    """Shapes that are missing, empty, cross themselves, are of several kinds, or lie far off.

    Parameters
    ----------
    layer
        As it stands in the file.

    Returns
    -------
    list of Problem

    Examples
    --------
    >>> layer = gpd.GeoDataFrame(geometry=[shapely.Point(0, 0), None], crs=4326)
    >>> check_shapes(layer)
    [Problem(code='null_geometry', facts={'rows': 1, 'first': ['2']})]
    """
    shapes = layer.geometry.to_numpy()
    missing, empty = shapely.is_missing(shapes), shapely.is_empty(shapes)
    finite = np.isfinite(shapely.bounds(shapes)).all(axis=1)
    invalid = finite & ~shapely.is_valid(shapes)
    masks = {"null_geometry": missing, "empty_geometry": empty, "invalid_geometry": invalid}
    found = [about(code, mask) for code, mask in masks.items() if mask.any()]
    kinds = layer.geometry.geom_type.dropna().str.removeprefix("Multi").value_counts()
    if len(kinds) > 1:
        counts = {str(kind): int(count) for kind, count in kinds.items()}
        found.append(Problem("mixed_shapes", {"kinds": counts}))
    return found


def check_far(layer: gpd.GeoDataFrame) -> list[Problem]:
    """Rows that lie, or reach, far beyond where most are.

    Parameters
    ----------
    layer
        In degrees WGS-84.

    Returns
    -------
    list of Problem

    Examples
    --------
    >>> places = gpd.points_from_xy([*np.linspace(112.9, 113, 50), 116.4], [28.2] * 51)
    >>> check_far(gpd.GeoDataFrame(geometry=places, crs=4326))[0].facts["first"]
    ['51']
    """
    bounds = shapely.bounds(layer.geometry.to_numpy())
    known = np.isfinite(bounds).all(axis=1)
    if known.sum() < 10:
        return []
    west, south, east, north = bounds.T
    x, y = np.nanmedian((west + east) / 2), np.nanmedian((south + north) / 2)
    across = np.maximum(np.abs(west - x), np.abs(east - x)) * np.cos(np.radians(y))
    along = np.maximum(np.abs(south - y), np.abs(north - y))
    far_km = np.where(known, np.hypot(across, along), 0.0) * METRES_PER_DEGREE / 1000
    usual_km = float(np.quantile(far_km[known], 0.75))
    away = far_km > max(_FAR_KM, _FAR_TIMES * usual_km)
    return [about("far_away", away, {"km": round(float(far_km.max()), 1)})] if away.any() else []


def check_doubles(frame: pd.DataFrame, xy: Array | None, kind: str) -> list[Problem]:
    """Ids that stand twice, and rows of the same name at the same place or address.

    Parameters
    ----------
    frame
        As it stands in the file.
    xy
        Places of the rows, shape (n, 2); None where there are none.
    kind
        Kind of table that it looks like.

    Returns
    -------
    list of Problem
        ``rows`` counts those that repeat one before.

    Examples
    --------
    >>> check_doubles(pd.DataFrame({"id": ["1", "1"], "名称": ["a", "b"]}), None, "units")[0][0]
    'double_ids'
    """
    found = []
    column = id_column(frame, kind)
    if column is not None:
        ids = as_ids(frame[column])
        again = (ids.duplicated() & (ids != "")).to_numpy()
        tiles = "tile" in map(column_key, frame.columns)
        if again.any() and (tiles or kind != "streets"):  # a street is many rows of one id
            code = "tiles" if tiles else "double_ids"
            facts = {"column": str(column), "ids": [str(one) for one in ids[again].unique()[:3]]}
            found.append(about(code, again, facts))
    name, address = column_of(frame, "name"), column_of(frame, "address")
    if name is None or kind not in _NAMED_KINDS or "tile" in map(column_key, frame.columns):
        return found  # streets and tiles have many rows of a name
    key = pd.DataFrame({"name": as_ids(frame[name]).to_numpy()})
    given = (key["name"] != "").to_numpy(dtype=np.bool_, copy=True)
    if address is not None:
        key["place"] = as_ids(frame[address]).to_numpy()
        given &= (key["place"] != "").to_numpy()
    elif xy is not None:
        key["x"], key["y"] = np.round(xy, 5).T
        given &= np.isfinite(xy).all(axis=1)
    else:
        return found
    again = key.duplicated().to_numpy() & given
    if again.any():
        columns = [str(column) for column in (name, address) if column is not None]
        found.append(about("double_rows", again, {"columns": columns}))
    return found


def about(code: str, mask: Mask, facts: Mapping[str, Any] | None = None) -> Problem:
    """Problem of the rows of a mask: how many, and the first of them, counted from 1.

    Parameters
    ----------
    code
        Word for the problem.
    mask
        Rows that have it, array of bool.
    facts
        What else its sentence names.

    Returns
    -------
    Problem

    Examples
    --------
    >>> about("at_zero", np.array([False, True])).facts
    {'rows': 1, 'first': ['2']}
    """
    rows = [str(row + 1) for row in np.flatnonzero(mask)[:5]]
    return Problem(code, {"rows": int(mask.sum()), "first": rows, **(facts or {})})


def _example(xy: Array, mask: NDArray[np.bool_]) -> str:
    """First place of a mask."""
    x, y = xy[np.argmax(mask)]
    return f"{x:.10g}, {y:.10g}"
