"""Walks over the streets: what they cost, and the searches that find the shortest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.errors import InputError, MissingColumnError, UnknownNameError, some
from lifecircle.network import pairs, search
from lifecircle.network.costs import edge_costs
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.joining import Joined, join_tables
from lifecircle.network.snapping import as_points, by_label, in_pieces
from lifecircle.network.spreading import by_edge, nearest_seconds, passes_for
from lifecircle.network.travel_times import TravelTimes, check_limit_min, point_ids
from lifecircle.network.walkers import ADULT, Walker, find_walker

# A table with more pairs than this is refused; while it is made a pair takes so many bytes.
MAX_PAIRS = 2**31 - 1
PAIR_BYTES = 24
TRIPS = ("there", "back", "round")


def travel_times(
    network: WalkNetwork,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    *,
    walker: Walker | str = ADULT,
    limit_min: float = 15.0,
    snap_m: float = 100.0,
    trip: str = "there",
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
    trip
        ``"there"`` from the homes to the facilities, ``"back"`` the other way, ``"round"`` there
        and back: the minutes of both together, and the limit for both together. They differ where
        slopes do.

    Returns
    -------
    TravelTimes

    Raises
    ------
    InputError
        If there are no origins, a limit is not a number above 0, or there is no such trip.
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
    if trip not in TRIPS:
        raise UnknownNameError("trip", trip, TRIPS)
    origins, destinations = as_points(origins, "origins"), as_points(destinations, "destinations")
    joined = join_tables(network, origins, destinations, walker, snap_m)
    check_room(network, walker, joined, limit_min)
    ways = {"there": (False,), "back": (True,), "round": (False, True)}[trip]
    tables = [table_of(network, walker, joined, limit_min, back=back) for back in ways]
    rows = (
        tables[0] if len(tables) == 1 else _both(tables[0], tables[1], len(destinations), limit_min)
    )
    return times_of_rows(origins, destinations, joined, rows, limit_min, walker)


def times_of_rows(
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    joined: Joined,
    rows: tuple[Any, Any, Any],
    limit_min: float,
    walker: Walker,
) -> TravelTimes:
    """Rows of a table as travel times, with the ids of both tables.

    Parameters
    ----------
    origins, destinations
        The tables.
    joined
        Where they join the streets.
    rows
        As :func:`table_of` gives them.
    limit_min
        Longest walk, minutes.
    walker
        Who walks.

    Returns
    -------
    TravelTimes
    """
    origin_ids = point_ids(origins, "resident_id")
    destination_ids = point_ids(destinations, "facility_id")
    first, destination, minutes = rows
    return TravelTimes(
        origin_ids,
        destination_ids,
        limit_min,
        first,
        destination,
        minutes,
        pd.Index(origin_ids[joined.lost_homes]),
        pd.Index(destination_ids[joined.lost_places]),
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
    joined = join_tables(network, origins, destinations, walker, snap_m)
    return nearest_table(network, walker, origins, joined, destinations[by], limit_min)


def nearest_table(
    network: WalkNetwork,
    walker: Walker,
    origins: gpd.GeoDataFrame,
    joined: Joined,
    label: pd.Series[Any],
    limit_min: float,
) -> pd.DataFrame:
    """Minutes from each home to the nearest facility of each label.

    Parameters
    ----------
    network, walker, origins, limit_min
        As for :func:`nearest_minutes`.
    joined
        Where homes and facilities join the streets.
    label
        Label of each facility.

    Returns
    -------
    DataFrame
    """
    rows = by_label(label, joined.place_row)
    labels = list(rows)
    # Homes street by street: what the search wrote for a street is still in the cache.
    order = np.argsort(joined.homes.edge, kind="stable")
    sorted_homes = joined.homes.take(order)
    starts = np.searchsorted(joined.home_row, np.arange(len(origins)))
    table = np.empty((len(origins), len(labels)), dtype=np.float32)
    seconds = np.empty(len(order))
    for place, name in enumerate(labels):
        near = joined.places.take(rows[name])
        seconds[order] = nearest_seconds(network, walker, near, sorted_homes, limit_min * 60.0)
        within = np.isin(joined.direct_place, rows[name])
        direct_s = joined.direct_m[within] / walker.speed_m_s
        np.minimum.at(seconds, joined.direct_home[within], direct_s)
        table[:, place] = np.minimum.reduceat(seconds, starts) / 60.0
    table[~(table <= np.float32(limit_min))] = np.nan
    ids = point_ids(origins, "resident_id")
    return pd.DataFrame(table, index=ids, columns=pd.Index(labels))


def table_of(
    network: WalkNetwork, walker: Walker, joined: Joined, limit_min: float, *, back: bool = False
) -> tuple[Any, Any, Any]:
    """Rows of homes with the facilities within the limit, and the minutes there or back.

    Parameters
    ----------
    network
        Streets.
    walker
        Who walks.
    joined
        Where both tables join the streets.
    limit_min
        Longest walk, minutes.
    back
        Whether from the facilities to the homes.

    Returns
    -------
    first, destination, minutes
        As of :class:`~lifecircle.network.travel_times.TravelTimes`.
    """
    parts, who = _search(network, walker, joined, limit_min, back=back)
    size = len(joined.homes.edge), len(joined.places.edge)
    rows = _rows(parts, who, size, limit_min)
    if size[0] > len(joined.lost_homes) or len(joined.direct_m):
        # some homes have several doors, or ways within their compound: the shortest counts
        rows = _by_home(joined, rows, walker, limit_min)
    if size[1] > len(joined.lost_places):  # the same with facilities
        rows = pairs.shortest_of_each(rows[0], joined.place_row[rows[1]], rows[2])
    return rows


def _both(
    there: tuple[Any, Any, Any], back: tuple[Any, Any, Any], count: int, limit_min: float
) -> tuple[Any, Any, Any]:
    """Rows with the minutes there and back together."""
    keys = []
    for first, place, _ in (there, back):
        row = np.repeat(np.arange(len(first) - 1, dtype=np.int64), np.diff(first))
        keys.append(row * count + place)
    _, one, two = np.intersect1d(keys[0], keys[1], assume_unique=True, return_indices=True)
    minutes = there[2][one] + back[2][two]
    kept = minutes <= np.float32(limit_min)
    one = one[kept]
    row = keys[0][one] // count
    first = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(there[0]) - 1))])
    return first.astype(np.int64), there[1][one], minutes[kept]


def check_room(network: WalkNetwork, walker: Walker, joined: Joined, limit_min: float) -> None:
    """Refuse a table that would not fit, before it is made.

    Parameters
    ----------
    network, walker, limit_min
        As for :func:`travel_times`.
    joined
        Where homes and facilities join the streets.

    Raises
    ------
    InputError
        If it would have more pairs than can be counted.
    """
    homes, places = joined.homes, joined.places
    if len(homes.edge) * len(places.edge) <= MAX_PAIRS:
        return
    tried = np.unique(np.linspace(0, len(places.edge) - 1, 64).astype(int))
    found, _ = _search(network, walker, replace(joined, places=places.take(tried)), limit_min)
    count = sum(len(part[2]) for part in found) / len(tried) * len(places.edge)
    if count > MAX_PAIRS:
        raise InputError(
            f"travel times: about {count / 1e9:,.1f} billion pairs within {limit_min:g} minutes "
            f"would need {count * PAIR_BYTES / 1e9:,.0f} GB. Evaluate one district at a time, use "
            "a shorter limit, or nearest_minutes() if only the nearest counts."
        )


def _search(
    network: WalkNetwork,
    walker: Walker,
    joined: Joined,
    limit_min: float,
    *,
    back: bool = False,
) -> tuple[list[tuple[Any, ...]], NDArray[np.int32]]:
    """Pairs found, and who is who among the people found.

    Some facilities at a time: their positions, how many people each reaches, those people one
    facility after another, and their minutes.
    """
    costs, homes, places = edge_costs(network, walker), joined.homes, joined.places
    costs = costs.reversed() if back else costs
    passes = passes_for(network, walker, limit_min * 60.0, back=back).arrays
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
            passes,
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


def _by_home(
    joined: Joined, rows: tuple[Any, Any, Any], walker: Walker, limit_min: float
) -> tuple[Any, Any, Any]:
    """Rows of joins as rows of homes: the shortest by any door, or straight in a compound."""
    first, place, minutes = rows
    direct_min = (joined.direct_m / walker.speed_m_s / 60.0).astype(np.float32)
    near = direct_min <= np.float32(limit_min)
    count = np.bincount(joined.direct_home[near], minlength=len(joined.home_row))
    owner = np.concatenate([joined.home_row, joined.home_row])
    order = np.argsort(joined.direct_home[near], kind="stable")
    merged: tuple[Any, Any, Any] = pairs.merge_rows(
        np.concatenate([first, first[-1] + np.cumsum(count)]),
        np.concatenate([place, joined.direct_place[near][order]]),
        np.concatenate([minutes, direct_min[near][order]]),
        owner,
        len(joined.lost_homes),
        len(joined.place_row),
    )
    return merged
