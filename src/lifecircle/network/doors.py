"""Doors of facilities: the places where walks to them end.

Where entrances are known, these. A place that was given as an area, without entrances, is entered
over its edge: wherever a street comes within 30 m of the edge, a door stands on the street, every
20 m at most, with the straight way from there to the area; on streets inside it is no way at all.
Only streets near the edge count, since who walks further in has come past it. Where a wall stands
between the street and the area there is no door. Everything else is reached at its point.
"""

from __future__ import annotations

import numbers
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from lifecircle.errors import GeometryError, InputError, some
from lifecircle.network.gaps import edge_lines
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.links import STREET
from lifecircle.network.snapping import Floats, points_xy_m, transform_between
from lifecircle.tables.values import is_blank

EDGE_M = 30.0
DOOR_STEP_M = 20.0
# Whether a wall stands in the way is asked from a little before the door to a little behind the
# edge, so that walls on the very edge and gates in them count.
_BEFORE_DOOR_M, _BEHIND_EDGE_M = 0.1, 1.0
_BAND_CORNER = 16  # pieces of a quarter circle; true to 4 cm
_POLYGON, _MULTIPOLYGON, _LINE = 3, 6, 1


def doors_xy_m(
    points: gpd.GeoDataFrame, network: WalkNetwork, what: str = "points"
) -> tuple[Floats, NDArray[np.int32]]:
    """Where walks to facilities end: at their entrances where these are known, else at the points.

    Parameters
    ----------
    points
        Points in any reference system, perhaps with the text column ``entrances``: WKT of a point
        or several, degrees WGS-84.
    network
        Network whose ``crs`` is used.
    what
        Name of the table in messages.

    Returns
    -------
    xy_m
        Metres, shape (d, 2), d not below the number of rows.
    row
        Position in ``points`` of the facility that each belongs to, rising, shape (d,).

    Raises
    ------
    CrsError, GeometryError
        As for :func:`points_xy_m`, or if the text of entrances cannot be read; lists the rows.
    """
    xy_m = points_xy_m(points, network, what)
    rows = np.arange(len(points), dtype=np.int32)
    if "entrances" not in points.columns:
        return xy_m, rows
    texts = points["entrances"]
    told = (texts.notna() & (texts.astype(str).str.strip() != "")).to_numpy()
    shapes = shapely.from_wkt(texts[told].astype(str).to_numpy(), on_invalid="ignore")
    lonlat, owner = shapely.get_coordinates(shapes, return_index=True)
    places = np.isin(shapely.get_type_id(shapes), (0, 4)) & ~shapely.is_empty(shapes)
    places &= np.bincount(owner[~np.isfinite(lonlat).all(axis=1)], minlength=len(shapes)) == 0
    if not places.all():
        bad = points.index[told][~places]
        raise GeometryError(
            f"{what}: the entrances of {len(bad)} of {len(points)} rows (rows {some(bad)}) are no "
            "WKT of points in degrees WGS-84, such as 'MULTIPOINT ((112.991 28.16))'. Mend or "
            "empty them."
        )
    to_m = transform_between(pyproj.CRS.from_epsg(4326), network.crs)
    doors_m = np.column_stack(to_m(lonlat[:, 0], lonlat[:, 1]))
    all_rows = np.concatenate([rows[~told], rows[told][owner]])
    order = np.argsort(all_rows, kind="stable")
    return np.concatenate([xy_m[~told], doors_m])[order], all_rows[order]


Doors = tuple[Floats, NDArray[np.int32], Floats]
"""Doors of facilities, as :func:`facility_doors` gives them."""


def doors_of(doors: Doors, facilities: NDArray[np.bool_]) -> Doors:
    """Doors of some of the facilities.

    Parameters
    ----------
    doors
        Of all of them.
    facilities
        Which, shape (f,).

    Returns
    -------
    Doors
        Their rows counted anew.

    Examples
    --------
    >>> every = np.zeros((3, 2)), np.array([0, 1, 1], dtype=np.int32), np.array([0.0, 5.0, 7.0])
    >>> doors_of(every, np.array([False, True]))[1:]
    (array([0, 0], dtype=int32), array([5., 7.]))
    """
    xy_m, row, leg_m = doors
    kept = facilities[row]
    new = np.cumsum(facilities) - 1
    return xy_m[kept], new[row[kept]].astype(np.int32), leg_m[kept]


def facility_doors(
    network: WalkNetwork,
    facilities: gpd.GeoDataFrame,
    what: str = "facilities",
    *,
    edge_m: float = EDGE_M,
) -> Doors:
    """Where walks to facilities leave the street, and how far it is from there.

    Parameters
    ----------
    network
        Streets, and walls if there are any.
    facilities
        Points in any reference system, perhaps with the text columns ``entrances`` (WKT of points)
        and ``outline`` (WKT of a polygon), degrees WGS-84.
    what
        Name of the table in messages.
    edge_m
        How near a street must come to the edge of an area, metres.

    Returns
    -------
    xy_m
        Metres in ``network.crs``, shape (d, 2): entrances; of areas without, places on the streets
        beside them; else the points.
    row
        Position in ``facilities`` of each door's facility, rising, each at least once, shape (d,).
    leg_m
        Straight way from the door to the area, metres; 0 at entrances, points, and inside,
        shape (d,).

    Raises
    ------
    CrsError, GeometryError
        As for :func:`doors_xy_m`, or if the text of an outline cannot be read; lists the rows.
    InputError
        If ``edge_m`` is not a number of metres above 0.
    """
    given: Any = edge_m
    real = isinstance(given, numbers.Real) and not isinstance(given, bool)
    if not (real and np.isfinite(edge_m) and edge_m > 0):
        raise InputError(f"edge_m={edge_m!r}: give a number of metres above 0, such as 30.")
    xy_m, row = doors_xy_m(facilities, network, what)
    leg_m = np.zeros(len(row))
    areas, of_row = outlines_m(network, facilities, what)
    if not len(areas):
        return xy_m, row, leg_m
    at_m, owner, far_m = _beside_streets(network, areas, edge_m)
    free = _not_walled_off(network, areas, owner, at_m)
    at_m, owner, far_m = at_m[free], owner[free], far_m[free]
    other = ~np.isin(row, of_row[owner])
    rows = np.concatenate([row[other], of_row[owner]])
    order = np.argsort(rows, kind="stable")
    return (
        np.concatenate([xy_m[other], at_m])[order],
        rows[order],
        np.concatenate([leg_m[other], far_m])[order],
    )


def outlines_m(
    network: WalkNetwork, facilities: gpd.GeoDataFrame, what: str = "facilities"
) -> tuple[NDArray[Any], NDArray[np.int32]]:
    """Areas of facilities without entrances.

    Parameters
    ----------
    network
        Network whose ``crs`` is used.
    facilities
        Points, perhaps with the text columns ``entrances`` and ``outline``.
    what
        Name of the table in messages.

    Returns
    -------
    areas
        Polygons, metres, shape (k,).
    row
        Row of each, shape (k,).

    Raises
    ------
    GeometryError
        If the text of an outline cannot be read; lists the rows.
    """
    if "outline" not in facilities.columns:
        return np.empty(0, dtype=object), np.empty(0, dtype=np.int32)
    told = ~is_blank(facilities["outline"])
    texts = facilities["outline"][told].astype(str).to_numpy()
    with np.errstate(invalid="ignore"):
        shapes = shapely.from_wkt(texts, on_invalid="ignore")
    areas = np.isin(shapely.get_type_id(shapes), (_POLYGON, _MULTIPOLYGON))
    areas &= ~shapely.is_empty(shapes) & np.isfinite(shapely.bounds(shapes)).all(axis=1)
    if not areas.all():
        bad = facilities.index[told][~areas]
        raise GeometryError(
            f"{what}: the outlines of {len(bad)} of {len(facilities)} rows (rows {some(bad)}) are "
            "no WKT of polygons in degrees WGS-84. Mend or empty them."
        )
    rows = np.flatnonzero(told).astype(np.int32)
    if "entrances" in facilities.columns:
        bare = is_blank(facilities["entrances"])[rows]
        shapes, rows = shapes[bare], rows[bare]
    to_m = transform_between(pyproj.CRS.from_epsg(4326), network.crs)
    shapes = shapely.transform(shapes, lambda xy: np.column_stack(to_m(xy[:, 0], xy[:, 1])))
    crossing = ~shapely.is_valid(shapes)
    shapes[crossing] = shapely.make_valid(shapes[crossing], method="structure")
    return shapes, rows


def _streets(network: WalkNetwork) -> tuple[NDArray[Any], Any]:
    """Streets as lines, and a tree over them, made once per network."""
    if "street lines" not in network.made:
        lines = shapely.multilinestrings(edge_lines(network)[network.edge_link == STREET])
        # Whole from junction to junction, so that doors stay where they are when a gate or a new
        # way cuts a street in two.
        merged = np.asarray(shapely.get_parts(shapely.line_merge(lines)))
        rings = np.flatnonzero(shapely.is_closed(merged) & (shapely.get_num_points(merged) > 3))
        areas = [shapely.Polygon(shapely.get_coordinates(merged[ring])) for ring in rings]
        merged[rings] = shapely.get_exterior_ring(shapely.normalize(np.array(areas, dtype=object)))
        network.made["street lines"] = merged, shapely.STRtree(merged)
    return network.made["street lines"]  # type: ignore[no-any-return]


def _beside_streets(
    network: WalkNetwork, areas: NDArray[Any], edge_m: float
) -> tuple[Floats, NDArray[np.int64], Floats]:
    """Places on streets near the edges of areas, the area of each, and the way to it."""
    lines, tree = _streets(network)
    edges = shapely.boundary(areas)
    owner, street = tree.query(edges, predicate="dwithin", distance=edge_m)
    bands = shapely.buffer(edges, edge_m, quad_segs=_BAND_CORNER)
    shapely.prepare(bands)
    near = lines[street]
    part_way = ~shapely.covers(bands[owner], near)
    near[part_way] = shapely.intersection(near[part_way], bands[owner[part_way]])
    pieces, owner = _lines_in(near, owner)
    steps = np.maximum(np.ceil(shapely.length(pieces) / DOOR_STEP_M), 1).astype(np.int64)
    piece = np.repeat(np.arange(len(pieces)), steps + 1)
    number = np.arange(len(piece)) - np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)
    share = number / steps[piece]
    beside = shapely.disjoint(pieces, areas[owner])
    nearest = shapely.get_point(shapely.shortest_line(pieces[beside], areas[owner[beside]]), 0)
    # Of a street that enters the middle of what lies inside, for its edge may be a wall.
    inside, of_inside = _lines_in(
        shapely.intersection(pieces[~beside], areas[owner[~beside]]), owner[~beside]
    )
    places = np.concatenate(
        [
            shapely.line_interpolate_point(pieces[piece], share, normalized=True),
            nearest,
            shapely.line_interpolate_point(inside, 0.5, normalized=True),
        ]
    )
    owner = np.concatenate([owner[piece], owner[beside], of_inside])
    at_m = shapely.get_coordinates(places)
    # The end of one street is the beginning of the next: once is enough.
    keys = np.column_stack([owner, np.round(at_m * 1000)])
    first = np.sort(np.unique(keys, axis=0, return_index=True)[1])
    return at_m[first], owner[first], shapely.distance(places[first], areas[owner[first]])


def _lines_in(
    shapes: NDArray[Any], owner: NDArray[np.int64]
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The lines among the parts of shapes, and the owner of each."""
    parts, row = shapely.get_parts(shapes, return_index=True)
    lines = (shapely.get_type_id(parts) == _LINE) & (shapely.length(parts) > 0)
    return parts[lines], owner[row[lines]]


def _not_walled_off(
    network: WalkNetwork, areas: NDArray[Any], owner: NDArray[np.int64], at_m: Floats
) -> NDArray[np.bool_]:
    """Whether no wall stands between each place and the inside of its area."""
    free = np.ones(len(at_m), dtype=np.bool_)
    crossed = getattr(network.walls, "crossed", None)
    if crossed is None or not len(at_m):
        return free
    inner = shapely.buffer(areas, -_BEHIND_EDGE_M)
    inner = np.where(shapely.is_empty(inner), areas, inner)[owner]
    places = shapely.points(at_m)
    far_m = shapely.distance(places, inner)
    legs = np.flatnonzero(far_m > 0)
    lines = shapely.shortest_line(places[legs], inner[legs])
    ends_m = shapely.get_coordinates(shapely.get_point(lines, -1))
    back_m = (at_m[legs] - ends_m) / far_m[legs, None] * _BEFORE_DOOR_M
    free[legs] = ~np.asarray(crossed(at_m[legs] + back_m, ends_m), dtype=np.bool_)
    return free
