"""Surveyors' metres: which zone of CGCS2000 they are in, and which axis is which."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from lifecircle.crs import CGCS2000, WGS84, metres_advice
from lifecircle.crs.national import (
    WEB_MERCATOR_ZONES,
    meridian_of,
    meridian_of_system,
    meridian_system,
    northing_first,
    without_zone,
    zone_system,
    zones,
)
from lifecircle.errors import CrsError
from lifecircle.tables.findings import tell

Floats = NDArray[np.float64]

_MOST_DEGREES = 360.0


def settle(
    layer: gpd.GeoDataFrame, system: CRS | None, *, table: str
) -> tuple[gpd.GeoDataFrame, CRS | None]:
    """Metres of CGCS2000 in the system that their numbers tell, the easting first.

    Degrees CGCS2000 are degrees WGS-84 and stay as they are.

    Parameters
    ----------
    layer
        Geometry as it stands in the file, with the system that the file states, if any.
    system
        What ``coordinates=`` names; EPSG:4490 for CGCS2000 without a zone.
    table
        Name of the table, for messages.

    Returns
    -------
    tuple of GeoDataFrame and CRS or None
        The layer, and the system that remains to be given to it.

    Raises
    ------
    CrsError
        If CGCS2000 is named and the numbers do not tell which zone, or tell another one than is
        named; if nothing is named and they may be of CGCS2000 or of a web map.

    Examples
    --------
    >>> peg = gpd.GeoDataFrame(geometry=gpd.points_from_xy([38_401_234.0], [3_116_000.0]))
    >>> settle(peg, CGCS2000, table="facilities")[0].crs.to_epsg()
    4526
    """
    stated = layer.crs
    if stated is not None and not stated.is_geographic:
        named_alike = system == CGCS2000 and stated.geodetic_crs == CGCS2000
        return _turned(layer, stated, table), None if named_alike else system
    xy = _vertices(layer)
    if not len(xy) or np.median(np.abs(xy).max(axis=1)) <= _MOST_DEGREES:
        alike = stated is not None and stated.equals(WGS84, ignore_axis_order=True)
        return layer, None if system == CGCS2000 and alike else system
    if system is not None and system.is_geographic and system != CGCS2000:
        return layer, system
    turned = northing_first(*xy.T).mean() > 0.5
    easting, northing = xy.T[::-1] if turned else xy.T
    if system is not None and system.is_projected and not meridian_of_system(system):
        return _turned(layer, system, table), system
    found = _system_of(easting, northing, system, table)
    if found is None:
        return layer, system
    layer = _turned(layer, found, table).set_crs(found, allow_override=True)
    return _in_one_zone(layer, easting, found), found


def _system_of(easting: Floats, northing: Floats, system: CRS | None, table: str) -> CRS | None:
    """System that eastings tell, together with what is named; None where nothing is."""
    carried = zones(easting)
    carried = carried[carried > 0]
    named = 0 if system is None else meridian_of_system(system)
    example = f"({easting[0]:.8g}, {northing[0]:.8g})"
    if len(carried) * 2 > len(easting):
        zone = int(np.bincount(carried).argmax())
        if named and named != meridian_of(zone):
            raise CrsError(
                f"{table}: the eastings, such as {easting[0]:.8g}, carry zone {zone}, central "
                f"meridian {meridian_of(zone)}° E; coordinates= says {named}° E. Say 'CGCS2000' "
                "alone, or correct the eastings."
            )
        if system is None:
            _check_told_apart(zone, example, table)
            found = f"{zone_system(zone).name} (EPSG:{zone_system(zone).to_epsg()})"
            tell(
                f"{table}: the eastings carry zone {zone}, such as {example}, and no system is "
                f"stated that fits; read as {found}. If they were surveyed in Xi'an 1980 or "
                "Beijing 1954, name that EPSG code with coordinates=: it is up to 150 m elsewhere."
            )
        return zone_system(zone)
    if system is None:
        return None
    plausible = without_zone(easting).mean() > 0.5
    if named and plausible:
        return meridian_system(named) if "zone" in system.name else system
    name = f"CGCS2000 {named}E" if named else "CGCS2000"
    advice = "They are not metres of CGCS2000 in China: name the EPSG code of the survey."
    if plausible:
        advice = metres_advice(float(easting[0]), float(northing[0]))
    raise CrsError(
        f"{table}: coordinates= says {name}; the file holds metres such as {example}. {advice}"
    )


def _check_told_apart(zone: int, example: str, table: str) -> None:
    """Stop at metres that may as well be those of a web map."""
    if zone not in WEB_MERCATOR_ZONES:
        return
    raise CrsError(
        f"{table}: metres such as {example} state no system that fits, and may be of two: CGCS2000 "
        f"in the 6° zone {zone} ({meridian_of(zone)}° E, the far west), or Web Mercator of a web "
        "map (117° to 135° E, the east). Say coordinates='CGCS2000' or 'EPSG:3857'."
    )


def _vertices(layer: gpd.GeoDataFrame) -> Floats:
    """Vertices that are somewhere, shape (n, 2)."""
    xy: Floats = shapely.get_coordinates(layer.geometry.to_numpy())
    return xy[np.isfinite(xy).all(axis=1)]


def _turned(layer: gpd.GeoDataFrame, system: CRS, table: str) -> gpd.GeoDataFrame:
    """Layer with the easting first, where it is in such metres and the northing stands there."""
    operation = system.coordinate_operation
    if operation is None or "Transverse Mercator" not in operation.method_name:
        return layer
    xy = _vertices(layer)
    first = northing_first(*xy.T)
    if not len(xy) or first.mean() <= 0.5:
        return layer
    x, y = xy[first][0]
    tell(
        f"{table}: X holds the northing and Y the easting, as surveyors write them (such as X "
        f"{x:.8g}, Y {y:.8g}). They were exchanged in all {len(layer)} rows."
    )
    shapes = shapely.transform(layer.geometry.to_numpy(), lambda both: both[:, ::-1])
    return layer.set_geometry(gpd.GeoSeries(shapes, index=layer.index, crs=layer.crs))


def _in_one_zone(layer: gpd.GeoDataFrame, easting: Floats, system: CRS) -> gpd.GeoDataFrame:
    """Layer with vertices of neighbouring zones in the system of most."""
    main = meridian_of_system(system)
    others = [zone for zone in np.unique(zones(easting)) if zone and zone_system(zone) != system]
    if not others or not main:
        return layer

    def moved(xy: Floats) -> Floats:
        there, carried = xy.copy(), zones(xy[:, 0])
        for zone in others:
            rows = carried == zone
            lead = Transformer.from_crs(zone_system(zone), system, always_xy=True)
            there[rows] = np.column_stack(lead.transform(*xy[rows].T))
        return there

    shapes = shapely.transform(layer.geometry.to_numpy(), moved)
    return layer.set_geometry(gpd.GeoSeries(shapes, index=layer.index, crs=system))
