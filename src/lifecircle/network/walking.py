"""Walks over the streets: what they cost, and the searches that find the shortest."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.errors import InputError, LifecircleWarning, SnapError, some
from lifecircle.network import search
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.snapping import Snapped, in_pieces, points_xy_m, snap, usable_edges
from lifecircle.network.travel_times import TravelTimes, check_limit_min, point_ids
from lifecircle.network.walkers import ADULT, Walker


def travel_times(
    network: WalkNetwork,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    *,
    walker: Walker = ADULT,
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
        Facilities: points in any reference system, ids in ``facility_id`` (else the index).
    walker
        Who walks.
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
    limit_min = check_limit_min(limit_min)
    if len(origins) == 0:
        raise InputError("origins: the table is empty; there is nobody to walk.")
    homes = snap(network, points_xy_m(origins, network), walker=walker, snap_m=snap_m)
    places = snap(network, points_xy_m(destinations, network), walker=walker, snap_m=snap_m)
    origin_ids = point_ids(origins, "resident_id")
    destination_ids = point_ids(destinations, "facility_id")
    lost_origins = _report_unsnapped("origins", origin_ids, homes, network, origins, snap_m)
    lost_destinations = _report_unsnapped(
        "destinations", destination_ids, places, network, destinations, snap_m
    )
    _report_islands(network, homes, places)
    counts, person, minutes = _search(network, walker, homes, places, limit_min)
    first, destination, ordered = search.rows_by_person(counts, person, minutes, len(origins))
    kept = ordered <= np.float32(limit_min)
    if not kept.all():  # a hair over the limit, let in by the tolerance of the search
        first = np.concatenate([[0], np.cumsum(kept)])[first]
        destination, ordered = destination[kept], ordered[kept]
    return TravelTimes(
        origin_ids,
        destination_ids,
        limit_min,
        first,
        destination,
        ordered,
        lost_origins,
        lost_destinations,
        walker,
    )


@dataclass(frozen=True, eq=False)
class Costs:
    """What each edge costs a walker, in seconds, and the same along the arcs of the search.

    Parameters
    ----------
    forward_s, backward_s
        Seconds along an edge and against it, infinite where it cannot be used, shape (m,).
    arc_s
        Seconds of each arc, walked towards the node it leaves, shape (a,).
    """

    forward_s: NDArray[np.float64]
    backward_s: NDArray[np.float64]
    arc_s: NDArray[np.float64]


def edge_costs(network: WalkNetwork, walker: Walker) -> Costs:
    """Seconds that each edge costs a walker.

    Parameters
    ----------
    network
        Streets.
    walker
        Who walks.

    Returns
    -------
    Costs
    """
    usable = usable_edges(network, walker)
    seconds = np.where(usable, network.edge_length_m / walker.speed_m_s, np.inf)
    _, _, edge = network.arcs
    return Costs(seconds, seconds, seconds[edge])


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


def _search(
    network: WalkNetwork, walker: Walker, homes: Snapped, places: Snapped, limit_min: float
) -> tuple[Any, Any, Any]:
    """Pairs, facility after facility: people per facility, their positions and minutes."""
    costs = edge_costs(network, walker)
    first, head, arc_edge = network.arcs
    people_first, people_order = by_edge(network, homes.edge)
    shared = (first, head, arc_edge, costs.arc_s, network.edge_ends)
    people = (people_first, people_order, homes.share, homes.access_m / walker.speed_m_s)
    # Neighbouring facilities one after another walk the same streets: they are still in the cache.
    order = np.argsort(places.edge, kind="stable")
    back = np.argsort(order, kind="stable")
    facilities = (
        places.edge[order],
        places.share[order],
        (places.access_m / walker.speed_m_s)[order],
    )

    def piece(begin: int, end: int) -> Any:
        return search.reach(
            *shared,
            costs.forward_s,
            costs.backward_s,
            *people,
            *facilities,
            limit_min * 60.0,
            begin,
            end,
        )

    parts = in_pieces(piece, len(order), smallest=8)
    counts = np.concatenate([part[0] for part in parts])
    person = np.concatenate([part[1] for part in parts])
    minutes = np.concatenate([part[2] for part in parts])
    begin = np.concatenate([[0], np.cumsum(counts)])
    taken = np.repeat(
        begin[:-1][back] - np.concatenate([[0], np.cumsum(counts[back])])[:-1], counts[back]
    ) + np.arange(len(person))
    return counts[back], person[taken], minutes[taken]


def _report_unsnapped(
    what: str,
    ids: pd.Index,
    snapped: Snapped,
    network: WalkNetwork,
    points: gpd.GeoDataFrame,
    snap_m: float,
) -> pd.Index:
    lost: pd.Index = pd.Index(ids[snapped.edge < 0])
    if len(lost) == 0:
        return lost
    if len(lost) == len(ids):
        west, south, east, north = network.bounds_lonlat
        at = points.geometry.iloc[:1].to_crs(4326)
        raise SnapError(
            f"{what}: none of the {len(ids)} points lies within {snap_m:g} m of a street. The "
            f"streets lie between lon {west:.4f} and {east:.4f}, lat {south:.4f} and {north:.4f}; "
            f"the first point is at lon {at.x.iloc[0]:.4f}, lat {at.y.iloc[0]:.4f}. Do both cover "
            "the same place, in the coordinate systems they state?"
        )
    warnings.warn(
        f"{what}: {len(lost)} of {len(ids)} points lie further than {snap_m:g} m from any street "
        f"and are left out ({some(lost)}). Check their coordinates, or raise snap_m.",
        LifecircleWarning,
        stacklevel=3,
    )
    return lost


def _report_islands(network: WalkNetwork, homes: Snapped, places: Snapped) -> None:
    part = network.component
    off = [
        int(np.count_nonzero(part[network.edge_ends[on.edge[on.edge >= 0], 0]] > 0))
        for on in (homes, places)
    ]
    if any(off):
        share = float(np.mean(part > 0))
        warnings.warn(
            f"network: {share:.1%} of the nodes are not connected with the rest; {off[0]} origins "
            f"and {off[1]} destinations join such parts and reach only what lies on the same part.",
            LifecircleWarning,
            stacklevel=3,
        )
