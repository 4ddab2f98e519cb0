"""People and facilities join the streets, and what cannot is told."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.errors import InputError, LifecircleWarning, SnapError, some
from lifecircle.network.doors import Doors, doors_xy_m, facility_doors
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.snapping import Snapped, by_gate, joins, points_xy_m
from lifecircle.network.travel_times import point_ids
from lifecircle.network.walkers import Walker
from lifecircle.network.wall_findings import tell_of_compounds

Floats = NDArray[np.float64]
Positions = NDArray[np.int32]


# A facility this near to the outline of its compound may well be entered from the street.
NEAR_OUTLINE_M = 15.0


@dataclass(frozen=True, eq=False)
class Joined:
    """Where the places of two tables join the streets.

    Parameters
    ----------
    homes, home_row
        Every join of a home, and its row in the table, rising, shape (h,). A home has several where
        it has several entrances, or leaves a compound by several gates.
    places, place_row
        The same for facilities, shape (p,).
    lost_homes, lost_places
        Rows of either table that no street is near to, shapes (n,) and (m,).
    direct_home, direct_place, direct_m
        Pairs of joins in the same compound without mapped paths, and the way between them there,
        metres, shape (k,).
    homes_m, places_m
        The point or door that each join belongs to, metres, shapes (h, 2) and (p, 2).
    leg_m
        Straight way from each door of a facility to its area, a part of its ``access_m``, metres,
        shape (p,).
    """

    homes: Snapped
    home_row: Positions
    places: Snapped
    place_row: Positions
    lost_homes: NDArray[np.bool_]
    lost_places: NDArray[np.bool_]
    direct_home: Positions
    direct_place: Positions
    direct_m: Floats
    homes_m: Floats
    places_m: Floats
    leg_m: Floats


def join_tables(
    network: WalkNetwork,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    walker: Walker,
    snap_m: float,
    *,
    doors: Doors | None = None,
    strict: bool = True,
) -> Joined:
    """Join both tables to the streets, and tell what could not be joined.

    Parameters
    ----------
    network
        Streets.
    origins, destinations, walker, snap_m
        As for :func:`lifecircle.travel_times`.
    doors
        Doors of the destinations where they are known already, as
        :func:`~lifecircle.network.doors.facility_doors` gives them.
    strict
        Whether it is an error that no point at all lies near a street, as it is of a whole place.

    Returns
    -------
    Joined

    Raises
    ------
    InputError, CrsError, GeometryError, SnapError
        As for :func:`lifecircle.travel_times`.
    """
    if len(origins) == 0:
        raise InputError("origins: the table is empty; there is nobody to walk.")
    people = "residents" if "resident_id" in origins else "origins"
    services = "facilities" if "facility_id" in destinations else "destinations"
    homes_m, home_row = doors_xy_m(origins, network, people)
    places_m, place_row, leg_m = doors or facility_doors(network, destinations, services)
    homes, door = joins(network, homes_m, walker=walker, snap_m=snap_m)
    places, place_door = joins(network, places_m, walker=walker, snap_m=snap_m)
    places = replace(places, access_m=places.access_m + leg_m[place_door])
    direct = _direct(network, (homes_m, door, homes), (places_m, place_door, places))
    home_row, place_row = home_row[door], place_row[place_door]
    lost_homes = _lost(homes, home_row, len(origins))
    lost_places = _lost(places, place_row, len(destinations))
    for what, column, table, lost in (
        (people, "resident_id", origins, lost_homes),
        (services, "facility_id", destinations, lost_places),
    ):
        if strict or not lost.all():
            _report_unsnapped(what, point_ids(table, column), lost, network, table, snap_m)
    tell_of_compounds(network, origins)
    if network.walls is not None:
        _report_enclosed(network, places, place_row, destinations)
    _report_islands(network, homes, places)
    return Joined(
        homes,
        home_row,
        places,
        place_row,
        lost_homes,
        lost_places,
        *direct,
        homes_m[door],
        places_m[place_door],
        leg_m[place_door],
    )


def _direct(
    network: WalkNetwork,
    people: tuple[Floats, Positions, Snapped],
    facilities: tuple[Floats, Positions, Snapped],
) -> tuple[Positions, Positions, Floats]:
    """Ways inside compounds without mapped paths: from homes to facilities of the same compound.

    Both as places, the place of each join, and the joins.
    """
    homes_m, door, homes = people
    places_m, place_door, places = facilities
    none = np.empty(0, dtype=np.int32)
    at_home, at_place = by_gate(network, homes), by_gate(network, places)
    if not (at_home.any() and at_place.any()):
        return none, none, np.empty(0)
    walls = network.walls
    from_rows, to_rows = np.flatnonzero(at_home), np.flatnonzero(at_place)
    # once for every two places, not for each of their gates
    from_rows = from_rows[np.unique(door[from_rows], return_index=True)[1]]
    to_rows = to_rows[np.unique(place_door[to_rows], return_index=True)[1]]
    from_zone = walls.sight.zones.of_points(homes_m[door[from_rows]])
    to_zone = walls.sight.zones.of_points(places_m[place_door[to_rows]])
    home, place = [none], [none]
    for zone in np.intersect1d(from_zone, to_zone).tolist():
        one, two = from_rows[from_zone == zone], to_rows[to_zone == zone]
        home.append(np.repeat(one, len(two)).astype(np.int32))
        place.append(np.tile(two, len(one)).astype(np.int32))
    rows, columns = np.concatenate(home), np.concatenate(place)
    way_m = homes_m[door[rows]] - places_m[place_door[columns]]
    return rows, columns, walls.barriers.detour * np.hypot(*way_m.T)


def _lost(places: Snapped, row: Positions, count: int) -> NDArray[np.bool_]:
    """Rows none of whose places lies near a street, shape (count,)."""
    lost: NDArray[np.bool_] = np.bincount(row[places.edge >= 0], minlength=count) == 0
    return lost


def _report_unsnapped(
    what: str,
    ids: pd.Index,
    unsnapped: NDArray[np.bool_],
    network: WalkNetwork,
    points: gpd.GeoDataFrame,
    snap_m: float,
) -> None:
    lost = ids[unsnapped]
    if len(lost) == 0:
        return
    if len(lost) == len(ids):
        west, south, east, north = network.bounds_lonlat
        at = points.geometry.iloc[:1].to_crs(4326)
        hint = "Do both cover the same place, in the coordinate systems they state?"
        if west <= at.y.iloc[0] <= east and south <= at.x.iloc[0] <= north:
            hint = "Longitude and latitude look swapped."
        elif abs(at.x.iloc[0]) > 180 or abs(at.y.iloc[0]) > 90:
            hint = "These look like metres, not degrees: state their own coordinate system."
        raise SnapError(
            f"{what}: none of the {len(ids)} points lies within {snap_m:g} m of a street. The "
            f"streets lie between lon {west:.4f} and {east:.4f}, lat {south:.4f} and {north:.4f}; "
            f"the first point is at lon {at.x.iloc[0]:.4f}, lat {at.y.iloc[0]:.4f}. " + hint
        )
    behind = "" if network.walls is None else " that no wall keeps them from"
    warnings.warn(
        f"{what}: {len(lost)} of {len(ids)} points lie further than {snap_m:g} m from any street"
        f"{behind} and are left out ({some(lost)}). Check their coordinates, or raise snap_m.",
        LifecircleWarning,
        stacklevel=4,
    )


def _report_enclosed(
    network: WalkNetwork, places: Snapped, row: Positions, table: gpd.GeoDataFrame
) -> None:
    """Tell of facilities in compounds that only residents may enter, shops on the street above all.

    A shop on the street whose point lies a little inside the outline looks like one of them.
    """
    walls = network.walls
    part = walls.open_parts(network)
    ends = network.edge_ends[np.maximum(places.edge, 0)]
    node = np.where(places.share < 0.5, ends[:, 0], ends[:, 1])
    shut = (places.edge >= 0) & (walls.node_zone[node] > 0) & (part[node] != part.max())
    open_row = np.bincount(row[(places.edge >= 0) & ~shut], minlength=len(table))
    shut_row = np.bincount(row[shut], minlength=len(table))
    enclosed = np.flatnonzero((shut_row > 0) & (open_row == 0))
    if not len(enclosed):
        return
    xy_m = points_xy_m(table.iloc[enclosed], network)
    near = walls.from_outline_m(xy_m) <= NEAR_OUTLINE_M
    ids = point_ids(table, "facility_id")[enclosed]
    warnings.warn(
        f"facilities: {len(enclosed)} of {len(table)} stand in compounds that only their residents "
        f"may enter ({some(ids)}); nobody else is counted as reaching them. {near.sum()} of them "
        f"lie within {NEAR_OUTLINE_M:g} m of the outline ({some(ids[near])}): if these face the "
        "street, move their points out to it, or give their entrances.",
        LifecircleWarning,
        stacklevel=4,
    )


def _report_islands(network: WalkNetwork, homes: Snapped, places: Snapped) -> None:
    part = network.component
    off = [
        int(np.count_nonzero(part[network.edge_ends[on.edge[on.edge >= 0], 0]] > 0))
        for on in (homes, places)
    ]
    share = float(np.mean(part > 0))
    if any(off) or share >= 0.05:
        warnings.warn(
            f"network: {share:.1%} of the nodes are not connected with the rest; {off[0]} origins "
            f"and {off[1]} destinations join such parts and reach only what lies on the same part.",
            LifecircleWarning,
            stacklevel=4,
        )
