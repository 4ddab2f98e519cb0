"""Walks over the streets: what they cost, and the searches that find the shortest."""

from __future__ import annotations

import warnings
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.errors import (
    InputError,
    LifecircleWarning,
    MissingColumnError,
    SnapError,
    some,
)
from lifecircle.network import pairs, search
from lifecircle.network.costs import edge_costs
from lifecircle.network.doors import doors_xy_m
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.snapping import (
    Snapped,
    as_points,
    by_label,
    in_pieces,
    points_xy_m,
    snap,
)
from lifecircle.network.travel_times import TravelTimes, check_limit_min, point_ids
from lifecircle.network.walkers import ADULT, Walker, find_walker

# Fewer places than one in so many nodes: each is searched from alone, near by.
FEW_PLACES = 50
# A table with more pairs than this is refused; while it is made a pair takes so many bytes.
MAX_PAIRS = 2**31 - 1
PAIR_BYTES = 24


def travel_times(
    network: WalkNetwork,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    *,
    walker: Walker | str = ADULT,
    limit_min: float = 15.0,
    snap_m: float = 100.0,
) -> TravelTimes:
    """Walking minutes from people to facilities over the streets.

    The way is a straight leg from the home to the nearest point of the nearest walkable street, the
    shortest path along the streets, and a straight leg to the facility. Both ends may join a street
    anywhere along it, and two points of one street may walk along it directly. Exact: equal to
    Dijkstra's answer on the graph with both points inserted.

    Parameters
    ----------
    network
        Streets.
    origins
        People's places: points in any reference system, ids in ``resident_id`` (else the index).
    destinations
        Facilities: points in any reference system, ids in ``facility_id`` (else the index). Those
        with ``entrances`` (WKT, degrees WGS-84) are reached at the nearest of these.
    walker
        Who walks, or the name of a default walker.
    limit_min
        Longest walk, minutes; exactly at the limit counts as reached.
    snap_m
        Longest straight leg between a point and a street, metres. Points further off are listed in
        ``unsnapped_origins`` and ``unsnapped_destinations`` and told in a warning.

    Returns
    -------
    TravelTimes

    Raises
    ------
    InputError
        If there are no origins, or a limit is not a number above 0.
    CrsError, GeometryError
        If points have no reference system, or some are missing or not finite.
    SnapError
        If no origin at all, or no destination at all, lies near a street.

    Notes
    -----
    Cost: one bounded search per destination, memory in proportion to the pairs found.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> study = load_demo()
    >>> times = travel_times(study.network, study.residents, study.facilities)
    >>> bool(times.minutes.max() <= 15)
    True
    """
    limit_min, walker = check_limit_min(limit_min), find_walker(walker)
    origins, destinations = as_points(origins, "origins"), as_points(destinations, "destinations")
    homes, places, row = _joined(network, origins, destinations, walker, snap_m)
    origin_ids = point_ids(origins, "resident_id")
    destination_ids = point_ids(destinations, "facility_id")
    _check_room(network, walker, homes, places, limit_min)
    first, destination, ordered = _rows(
        *_search(network, walker, homes, places, limit_min),
        (len(origins), len(places.edge)),
        limit_min,
    )
    if len(row) > len(destinations):  # some facilities have several entrances: the nearest counts
        first, destination, ordered = pairs.shortest_of_each(first, row[destination], ordered)
    return TravelTimes(
        origin_ids,
        destination_ids,
        limit_min,
        first,
        destination,
        ordered,
        pd.Index(origin_ids[homes.edge < 0]),
        pd.Index(destination_ids[_lost(places, row, len(destinations))]),
        walker,
    )


def nearest_minutes(
    network: WalkNetwork,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    *,
    by: str = "service",
    walker: Walker | str = ADULT,
    limit_min: float = 15.0,
    snap_m: float = 100.0,
) -> pd.DataFrame:
    """Minutes from each home to the nearest facility of each service.

    The same figures as ``travel_times(…).nearest(…)``, from one search per service instead of one
    per facility: for whole cities where only the nearest counts.

    Parameters
    ----------
    network, origins, destinations, walker, limit_min, snap_m
        As for :func:`travel_times`.
    by
        Column of ``destinations`` with a label per facility, such as ``"service"``.

    Returns
    -------
    DataFrame, one row per origin with its id as index, one float32 column per label
        Minutes, NaN where none lies within ``limit_min`` or the home is too far from any street.

    Raises
    ------
    MissingColumnError
        If there is no column ``by``.
    InputError, CrsError, GeometryError, SnapError
        As for :func:`travel_times`.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> study = load_demo()
    >>> table = nearest_minutes(study.network, study.residents, study.facilities)
    >>> bool(table["kindergarten"].max() <= 15)
    True
    """
    limit_min, walker = check_limit_min(limit_min), find_walker(walker)
    origins, destinations = as_points(origins, "origins"), as_points(destinations, "destinations")
    if by not in destinations.columns:
        raise MissingColumnError(
            f"destinations: there is no column {by!r}; found {some(destinations.columns, 12)}."
        )
    homes, places, row = _joined(network, origins, destinations, walker, snap_m)
    origin_ids = point_ids(origins, "resident_id")
    rows = by_label(destinations[by], row)
    labels = list(rows)
    # Homes street by street: what the search wrote for a street is still in the cache.
    order = np.argsort(homes.edge, kind="stable")
    sorted_homes = homes.take(order)
    table = np.empty((len(labels), len(origins)), dtype=np.float32)
    for place, label in enumerate(labels):
        near = places.take(rows[label])
        seconds = nearest_seconds(network, walker, near, sorted_homes, limit_min * 60.0)
        table[place] = seconds / 60.0
    table[~(table <= np.float32(limit_min))] = np.nan
    found = np.empty((len(origins), len(labels)), dtype=np.float32)
    found[order] = table.T
    return pd.DataFrame(found, index=origin_ids, columns=pd.Index(labels))


def nearest_seconds(
    network: WalkNetwork, walker: Walker, places: Snapped, points: Snapped, limit_s: float
) -> NDArray[np.float64]:
    """Seconds from points to the nearest of several places, by one search from all of them.

    Parameters
    ----------
    network
        Streets.
    walker
        Who walks.
    places, points
        Where they join the streets, shapes (p,) and (n,).
    limit_s
        Nodes further away than this are not visited, seconds.

    Returns
    -------
    array, shape (n,)
        Infinite where none was reached; may exceed the limit by the last stretch of street.
    """
    costs = edge_costs(network, walker)
    access_s = places.access_m / walker.speed_m_s
    first, head, _ = network.arcs
    few = len(places.edge) * FEW_PLACES <= network.node_count
    by_place = np.argsort(places.edge, kind="stable")  # neighbours one after another
    places, access_s = places.take(by_place), access_s[by_place]
    spread = search.node_seconds_nearby if few else search.node_seconds
    reached, reached_s = spread(
        first,
        head,
        costs.arc_s,
        network.edge_ends,
        costs.forward_s,
        costs.backward_s,
        places.edge,
        places.share,
        access_s,
        limit_s + search.TOLERANCE_S,
    )
    place_first, place_order = by_edge(network, places.edge)
    return np.asarray(
        search.point_seconds(
            reached,
            reached_s,
            network.node_count,
            network.edge_ends,
            costs.forward_s,
            costs.backward_s,
            place_first,
            place_order,
            places.share,
            access_s,
            points.edge,
            points.share,
            points.access_m / walker.speed_m_s,
        )
    )


def by_edge(network: WalkNetwork, edge: NDArray[np.int32]) -> tuple[Any, Any]:
    """Points listed by the edge they lie on.

    Parameters
    ----------
    network
        Streets.
    edge
        Edge of each point, -1 for none, shape (n,).

    Returns
    -------
    first
        Where the points of each edge begin, shape (m + 1,).
    order
        Points, edge after edge; those without an edge are left out.
    """
    order = np.argsort(edge, kind="stable").astype(np.int32)
    order = order[np.count_nonzero(edge < 0) :]
    first = np.zeros(network.edge_count + 1, dtype=np.int64)
    np.cumsum(np.bincount(edge[edge >= 0], minlength=network.edge_count), out=first[1:])
    return first, order


def _joined(
    network: WalkNetwork,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    walker: Walker,
    snap_m: float,
) -> tuple[Snapped, Snapped, NDArray[np.int32]]:
    """Join both tables to the streets, and tell what could not be joined.

    Facilities by their entrances: the last array says which facility each belongs to.
    """
    if len(origins) == 0:
        raise InputError("origins: the table is empty; there is nobody to walk.")
    people = "residents" if "resident_id" in origins else "origins"
    services = "facilities" if "facility_id" in destinations else "destinations"
    homes = snap(network, points_xy_m(origins, network, people), walker=walker, snap_m=snap_m)
    there_m, row = doors_xy_m(destinations, network, services)
    places = snap(network, there_m, walker=walker, snap_m=snap_m)
    for what, column, table, lost in (
        (people, "resident_id", origins, homes.edge < 0),
        (services, "facility_id", destinations, _lost(places, row, len(destinations))),
    ):
        _report_unsnapped(what, point_ids(table, column), lost, network, table, snap_m)
    _report_islands(network, homes, places)
    return homes, places, row


def _lost(places: Snapped, row: NDArray[np.int32], count: int) -> NDArray[np.bool_]:
    """Facilities none of whose entrances lies near a street, shape (count,)."""
    lost: NDArray[np.bool_] = np.bincount(row[places.edge >= 0], minlength=count) == 0
    return lost


def _check_room(
    network: WalkNetwork, walker: Walker, homes: Snapped, places: Snapped, limit_min: float
) -> None:
    """Refuse a table that would not fit, before it is made."""
    if len(homes.edge) * len(places.edge) <= MAX_PAIRS:
        return
    tried = np.unique(np.linspace(0, len(places.edge) - 1, 64).astype(int))
    found, _ = _search(network, walker, homes, places.take(tried), limit_min)
    count = sum(len(part[2]) for part in found) / len(tried) * len(places.edge)
    if count > MAX_PAIRS:
        raise InputError(
            f"travel times: about {count / 1e9:,.1f} billion pairs within {limit_min:g} minutes "
            f"would need {count * PAIR_BYTES / 1e9:,.0f} GB. Evaluate one district at a time, use "
            "a shorter limit, or nearest_minutes() if only the nearest counts."
        )


def _search(
    network: WalkNetwork, walker: Walker, homes: Snapped, places: Snapped, limit_min: float
) -> tuple[list[tuple[Any, ...]], NDArray[np.int32]]:
    """Pairs found, and who is who among the people found.

    Some facilities at a time: their positions, how many people each reaches, those people one
    facility after another, and their minutes.
    """
    costs = edge_costs(network, walker)
    first, head, arc_edge = network.arcs
    people_first, who = by_edge(network, homes.edge)
    shared = (first, head, arc_edge, costs.arc_s, network.edge_ends)
    people = (
        people_first.astype(np.int32),
        homes.share[who],
        homes.access_m[who] / walker.speed_m_s,
    )
    # Neighbouring facilities one after another walk the same streets: they are still in the cache.
    order = np.argsort(places.edge, kind="stable").astype(np.int32)
    facilities = (
        places.edge[order],
        places.share[order],
        (places.access_m / walker.speed_m_s)[order],
    )

    def piece(begin: int, end: int) -> tuple[Any, ...]:
        found = search.reach(
            *shared,
            costs.forward_s,
            costs.backward_s,
            *people,
            *facilities,
            limit_min * 60.0,
            begin,
            end,
        )
        return (order[begin:end], *found)

    return in_pieces(piece, len(order), smallest=8), who


def _rows(
    parts: list[tuple[Any, ...]],
    who: NDArray[np.int32],
    size: tuple[int, int],
    limit_min: float,
) -> tuple[Any, Any, Any]:
    """Compressed rows of a table of some size, facilities ascending; takes the parts apart.

    Pairs a hair over the limit, let in by the tolerance of the search, are left out.
    """
    counts = np.zeros(len(who), dtype=np.int32)
    for _, _, person, minutes in parts:
        pairs.count_pairs(person, minutes, limit_min, counts)
    first, at = pairs.row_starts(counts, who, size[0])
    destination = np.empty(first[-1], dtype=np.int32)
    ordered = np.empty(first[-1], dtype=np.float32)
    while parts:
        pairs.place_pairs(*parts.pop(), limit_min, at, destination, ordered)
    pairs.sort_rows(first, destination, ordered, size[1])
    return first, destination, ordered


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
    warnings.warn(
        f"{what}: {len(lost)} of {len(ids)} points lie further than {snap_m:g} m from any street "
        f"and are left out ({some(lost)}). Check their coordinates, or raise snap_m.",
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
