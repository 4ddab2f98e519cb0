"""Checks of where things are: reference systems, points and polygons."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from lifecircle.crs import WGS84, metres_advice
from lifecircle.errors import CrsError, GeometryError, some
from lifecircle.tables.findings import Findings
from lifecircle.tables.values import Mask

Array = NDArray[np.float64]

_GEOD = Geod(ellps="WGS84")
_CHINA = (73.0, 135.0, 3.0, 54.0)  # west, east, south, north, degrees
_MAX_LATITUDE_DEG = 85.0
_MAX_UNIT_KM2 = 5000.0  # more than any urban district: a province, or the wrong layer
_MIN_UNIT_M2 = 1.0
_MAX_REPAIR_SHARE = 0.01
_MIN_OVERLAP_SHARE = 0.001
OUTLINE_M2 = 1000.0  # of a smaller area the edge is some 20 m from its middle at most
_POINT, _MULTIPOINT, _POLYGON, _MULTIPOLYGON = 0, 4, 3, 6


def in_degrees(table: gpd.GeoDataFrame, findings: Findings) -> gpd.GeoDataFrame:
    """Rows with a geometry, in EPSG:4326, as far as that is possible.

    Parameters
    ----------
    table
        Any geometries with a CRS.
    findings
        Takes what is wrong; rows without a geometry are dropped with a doubt.

    Returns
    -------
    GeoDataFrame
        In its own CRS where there are errors.

    Examples
    --------
    >>> place = gpd.GeoDataFrame(geometry=gpd.points_from_xy([28.1], [112.9], crs=4326))
    >>> findings = Findings("facilities", pd.Series(["F1"]))
    >>> _ = in_degrees(place, findings)
    >>> str(findings.errors[0])[:72]
    'facilities: 1 of 1 rows (ids F1) have longitude and latitude swapped, su'
    """
    gone = (table.geometry.isna() | table.geometry.is_empty).to_numpy()
    findings.doubt(gone, "have no geometry and were left out.")
    if gone.any():
        table = table[~gone].reset_index(drop=True)
        findings.keep(~gone)
    if table.empty:
        return table.to_crs(WGS84) if table.crs else table.set_crs(WGS84)
    before = len(findings.errors)
    bounds = shapely.bounds(table.geometry.to_numpy())
    _check_finite(table, findings)
    if table.crs is None or not (table.crs.is_geographic or table.crs.is_projected):
        findings.errors.append(
            CrsError(
                f"{findings.table}: the coordinates (first row: {bounds[0, 0]:.6g}, "
                f"{bounds[0, 1]:.6g}) have no reference system. Set it where the file was made, "
                "or name it with coordinates=, such as 'WGS-84', 'GCJ-02' or 'EPSG:4547'."
            )
        )
    elif table.crs.is_geographic:
        _check_degrees(bounds, findings)
    if len(findings.errors) == before:
        there = table if table.crs == WGS84 else table.to_crs(WGS84)
        _check_on_earth(table, there, findings)
        flat = shapely.force_2d(there.geometry.to_numpy())
        table = there.set_geometry(gpd.GeoSeries(flat, index=there.index, crs=WGS84))
    findings.placed = len(findings.errors) == before
    return table


def to_points(table: gpd.GeoDataFrame, findings: Findings) -> tuple[gpd.GeoDataFrame, Mask]:
    """Points, and points inside polygons.

    Parameters
    ----------
    table
        Points and polygons. Lines are an error.
    findings
        Takes what is wrong.

    Returns
    -------
    tuple of GeoDataFrame and array of bool, shape (n,)
        The points, and which of them were polygons.

    Examples
    --------
    >>> house = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 2, 2)], crs=4326)
    >>> points, moved = to_points(house, Findings("residents", pd.Series(["R1"])))
    >>> points.geometry[0].wkt, moved.tolist()
    ('POINT (1 1)', [True])
    """
    shapes = table.geometry.to_numpy()
    kinds = shapely.get_type_id(shapes)
    single = (kinds == _MULTIPOINT) & (shapely.get_num_geometries(shapes) == 1)
    areas = (kinds == _POLYGON) | (kinds == _MULTIPOLYGON)
    other = ~(areas | single | (kinds == _POINT))
    names = some(dict.fromkeys(shape.geom_type for shape in shapes[other]))
    findings.wrong(
        GeometryError,
        other,
        f"are neither points nor polygons ({names}). Give each row one point; in a GIS, "
        "'multipart to singleparts' takes several apart.",
    )
    if other.any() or not findings.placed:
        return table, areas
    points = shapes.copy()
    points[single] = shapely.get_geometry(shapes[single], 0)
    inside = shapes[areas]
    crossing = ~shapely.is_valid(inside)
    inside[crossing] = _valid(inside[crossing])
    flat = shapely.is_empty(inside)  # a polygon without an area still has a place
    inside[flat] = shapely.centroid(shapely.envelope(shapes[areas][flat]))
    points[areas] = shapely.point_on_surface(inside)
    return table.set_geometry(gpd.GeoSeries(points, index=table.index, crs=table.crs)), areas


def outline_texts(shapes: NDArray[Any]) -> list[str]:
    """Outlines of areas that are too large for a point to stand for them, as text.

    Parameters
    ----------
    shapes
        Any geometries in degrees WGS-84, shape (n,).

    Returns
    -------
    list of str
        WKT of polygons of 1,000 m² or more, mended, to a centimetre; ``""`` of everything else.

    Examples
    --------
    >>> outline_texts(np.array([shapely.box(113, 28, 113.001, 28.001), shapely.Point(0, 0)]))
    ['POLYGON ((113.001 28, 113.001 28.001, 113 28.001, 113 28, 113.001 28))', '']
    """
    texts = [""] * len(shapes)
    areas = np.flatnonzero(np.isin(shapely.get_type_id(shapes), (_POLYGON, _MULTIPOLYGON)))
    for row in areas:
        shape = shapes[row] if shapely.is_valid(shapes[row]) else _valid(shapes[[row]])[0]
        if geodesic_area_m2(shape) >= OUTLINE_M2:
            texts[row] = shapely.to_wkt(shape, rounding_precision=7)
    return texts


def to_polygons(table: gpd.GeoDataFrame, findings: Findings) -> gpd.GeoDataFrame:
    """Valid polygons of a reasonable size, with their area on the ellipsoid.

    Parameters
    ----------
    table
        Polygons in EPSG:4326.
    findings
        Takes what is wrong. Polygons without an area are dropped with a doubt, self-crossing ones
        repaired with a doubt, or an error where the repair changes the area by more than 1 %.

    Returns
    -------
    GeoDataFrame
        With ``area_ha``.

    Examples
    --------
    >>> square = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 0.01, 0.01)], crs=4326)
    >>> to_polygons(square, Findings("units", pd.Series(["U1"])))["area_ha"].round(1).to_list()
    [123.1]
    """
    shapes = table.geometry.to_numpy()
    kinds = shapely.get_type_id(shapes)
    other = (kinds != _POLYGON) & (kinds != _MULTIPOLYGON)
    names = some(dict.fromkeys(shape.geom_type for shape in shapes[other]))
    findings.wrong(
        GeometryError,
        other,
        f"are not polygons ({names}). Units are areas: choose the layer with the boundaries.",
    )
    if other.any() or not findings.placed:
        return table
    before = len(findings.errors)
    crossing = ~shapely.is_valid(shapes)
    repaired = shapes.copy()
    repaired[crossing] = _valid(shapes[crossing])
    drawn, whole = shapely.area(shapes), shapely.area(repaired)
    changed = crossing & (np.abs(whole - drawn) > _MAX_REPAIR_SHARE * np.maximum(whole, drawn))
    areas_m2 = np.array([geodesic_area_m2(shape) for shape in repaired])
    flat = areas_m2 < _MIN_UNIT_M2
    findings.wrong(
        GeometryError,
        changed & ~flat,
        "cross themselves, and their area depends on how that is mended. Draw them anew in a GIS "
        "('check validity' shows where).",
    )
    findings.wrong(
        GeometryError,
        areas_m2 > _MAX_UNIT_KM2 * 1e6,
        f"are larger than {_MAX_UNIT_KM2:,.0f} km². Units are districts or smaller: is it the "
        "right layer, and the right reference system?",
    )
    if flat.all():
        findings.wrong(GeometryError, flat, "have no area. Units are polygons with an inside.")
    if len(findings.errors) > before:
        return table
    findings.doubt(crossing & ~flat, "crossed themselves and were mended; no area changed by 1 %.")
    findings.doubt(flat, "have no area and were left out.")
    findings.keep(~flat)
    table = table.set_geometry(gpd.GeoSeries(repaired, index=table.index, crs=table.crs))
    table["area_ha"] = areas_m2 / 1e4
    return table[~flat].reset_index(drop=True)


def doubt_overlaps(table: gpd.GeoDataFrame, level: pd.Series[str], findings: Findings) -> None:
    """Doubt units of one level that lie over each other: people there are counted in each.

    Parameters
    ----------
    table
        Valid polygons in EPSG:4326 with ``area_ha``.
    level
        Level of each.
    findings
        Takes the doubt. Overlaps below 0.1 % of the smaller unit are drawing noise.

    Examples
    --------
    >>> twice = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 0.01, 0.01)] * 2, crs=4326)
    >>> findings = Findings("units", pd.Series(["A", "B"]))
    >>> doubt_overlaps(twice.assign(area_ha=123.1), pd.Series(["unit", "unit"]), findings)
    >>> findings.doubts[0][:59]
    'units: 2 of 2 rows (ids A, B) overlap on the same level (A '
    """
    shapes = table.geometry.to_numpy()
    names = level.to_numpy()
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = (left < right) & (names[left] == names[right])
    left, right = left[pairs], right[pairs]
    common = shapely.area(shapely.intersection(shapes[left], shapes[right]))
    smaller = np.minimum(shapely.area(shapes[left]), shapely.area(shapes[right]))
    real = common > _MIN_OVERLAP_SHARE * smaller
    left, right, share = left[real], right[real], common[real] / shapely.area(shapes[left[real]])
    if not len(left):
        return
    size_ha = share * table["area_ha"].to_numpy()[left]
    ids = findings.ids.to_numpy()
    listed = some(
        f"{ids[one]} and {ids[two]} by {ha:.2f} ha"
        for one, two, ha in zip(left, right, size_ha, strict=True)
    )
    mask = np.zeros(len(table), dtype=np.bool_)
    mask[left] = mask[right] = True
    findings.doubt(
        mask,
        f"overlap on the same level ({listed}); people and facilities there count in each. Give "
        "nested units their own 'level', or mend the boundaries.",
        stays="overlaps",
    )


def geodesic_area_m2(shape: Any) -> float:
    """Area of a polygon on the ellipsoid.

    Parameters
    ----------
    shape
        Valid polygon or multipolygon, or nothing, degrees WGS-84; the direction of its rings does
        not matter.

    Returns
    -------
    float
        Square metres.

    Examples
    --------
    >>> round(geodesic_area_m2(shapely.box(112.98, 28.16, 112.99, 28.17)))
    1088402
    """
    total = 0.0
    for part in shapely.get_parts(shape) if not shape.is_empty else ():
        outer, *holes = (
            abs(_GEOD.polygon_area_perimeter(*shapely.get_coordinates(ring).T)[0])
            for ring in shapely.get_rings(part)
        )
        total += outer - sum(holes)
    return total


def _valid(shapes: NDArray[Any]) -> NDArray[Any]:
    """Polygons without self-crossings; lobes stay, what lies over itself counts once."""
    return np.asarray(shapely.make_valid(shapes, method="structure", keep_collapsed=False))


def _check_finite(table: gpd.GeoDataFrame, findings: Findings) -> None:
    """Note rows with a vertex that is nowhere."""
    vertices, row = shapely.get_coordinates(table.geometry.to_numpy(), return_index=True)
    nowhere = np.zeros(len(table), dtype=np.bool_)
    nowhere[row[~np.isfinite(vertices).all(axis=1)]] = True
    findings.wrong(
        GeometryError,
        nowhere,
        "have coordinates that are blank, not numbers or infinite. Fill them in, or delete the "
        "rows.",
    )


def _check_degrees(bounds: Array, findings: Findings) -> None:
    """Note rows whose numbers are not longitude and latitude."""
    west, south, east, north = np.where(np.isfinite(bounds), bounds, 0.0).T
    x, y = (west + east) / 2, (south + north) / 2
    most_x, most_y = np.maximum(abs(west), abs(east)), np.maximum(abs(south), abs(north))
    possible = (most_x <= 180) & (most_y <= 90)
    swapped = np.where(
        possible, _in_china(y, x) & ~_in_china(x, y), (most_x <= 90) & (most_y <= 180)
    )
    example = _example(x, y, swapped)
    findings.wrong(
        CrsError,
        swapped,
        f"have longitude and latitude swapped, such as {example}: read as lon, lat that is not "
        "in China, or not on Earth. Swap the two columns, or correct the layer.",
    )
    metres = ~possible & ~swapped
    example = _example(x, y, metres)
    findings.wrong(
        CrsError,
        metres,
        f"have coordinates such as {example}, which cannot be degrees: they look like metres of a "
        f"projected system. {metres_advice(*_first(x, y, metres))}",
    )


def _check_on_earth(table: gpd.GeoDataFrame, there: gpd.GeoDataFrame, findings: Findings) -> None:
    """Note rows that cannot be in their reference system, or lie where nothing is measured."""
    given = shapely.bounds(table.geometry.to_numpy())
    bounds = shapely.bounds(there.geometry.to_numpy())
    finite = np.isfinite(bounds).all(axis=1)
    bounds = np.where(np.isfinite(bounds), bounds, 0.0)
    # Degrees that are called metres land beside the system's origin, on the equator.
    degrees = _in_china(given[:, 0], given[:, 1]) & (abs(bounds[:, 1]) < 1)
    degrees &= not table.crs.is_geographic
    wrong = ~finite | degrees
    example = _example(given[:, 0], given[:, 1], wrong)
    findings.wrong(
        CrsError,
        wrong,
        f"have coordinates such as {example}, which cannot be in {table.crs.name}. Correct the "
        "reference system of the file, or the one named with coordinates= (8-digit eastings carry "
        "a zone number and need the system with that zone).",
    )
    west, south, east, north = bounds.T
    polar = np.maximum(abs(south), abs(north)) > _MAX_LATITUDE_DEG
    findings.wrong(
        GeometryError,
        polar & ~wrong,
        f"lie beyond {_MAX_LATITUDE_DEG:.0f}° of latitude, where lifecircle does not measure.",
    )
    if finite.all() and east.max() - west.min() > 180:
        findings.wrong(
            GeometryError,
            (east == east.max()) | (west == west.min()),
            "make the table reach over more than 180° of longitude. Tables across the "
            "antimeridian cannot be measured: cut them there.",
        )


def _in_china(lon: Array, lat: Array) -> Mask:
    """Whether places lie in the box around China."""
    west, east, south, north = _CHINA
    return (lon > west) & (lon < east) & (lat > south) & (lat < north)


def _example(x: Array, y: Array, mask: Mask) -> str:
    """Coordinates of the first row of a mask."""
    return "({:.6g}, {:.6g})".format(*_first(x, y, mask))


def _first(x: Array, y: Array, mask: Mask) -> tuple[float, float]:
    """Coordinates of the first row of a mask, as numbers."""
    row = int(np.argmax(mask))
    return float(x[row]), float(y[row])
