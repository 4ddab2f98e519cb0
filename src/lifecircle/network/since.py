"""Travel times of changed streets or facilities: only what can be different is searched again.

A walk can only be another one where it passes a place that changed. The nodes at which the two
networks differ, and the joins of homes that differ, are found by comparing them place by place; no
walk from a facility that lies further than the limit from all of these, with every residents' gate
open, can have changed. The minutes of all other facilities are searched anew, so that the table
equals that of a search from nothing.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lifecircle.errors import LifecircleWarning
from lifecircle.network import pairs, search
from lifecircle.network.costs import Costs, edge_costs
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.joining import Joined, join_tables
from lifecircle.network.links import GATE_RESIDENTS
from lifecircle.network.travel_times import TravelTimes, point_ids
from lifecircle.network.walkers import Walker
from lifecircle.network.walking import table_of

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Hashes = NDArray[np.uint64]

# Places and lengths are compared to a tenth of a millimetre.
_PER_M = 10_000.0


@dataclass(frozen=True, eq=False)
class Before:
    """What was searched before.

    Parameters
    ----------
    network
        Streets of then.
    origins, destinations
        Homes and facilities of then.
    times
        Their travel times.
    snap_m
        Longest straight way to a street then, metres.
    """

    network: WalkNetwork
    origins: gpd.GeoDataFrame
    destinations: gpd.GeoDataFrame
    times: TravelTimes
    snap_m: float


def travel_times_since(
    before: Before,
    network: WalkNetwork,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    *,
    walker: Walker,
    snap_m: float,
) -> TravelTimes:
    """The travel times that :func:`lifecircle.travel_times` would find, by fewer searches.

    Parameters
    ----------
    before
        What was searched before, for the same walker and homes of the same ids in the same order.
    network, origins, destinations, walker, snap_m
        As for :func:`lifecircle.travel_times`; the limit is that of before.

    Returns
    -------
    TravelTimes

    Raises
    ------
    InputError, CrsError, GeometryError, SnapError
        As for :func:`lifecircle.travel_times`.

    Examples
    --------
    >>> from lifecircle import ADULT, load_demo, travel_times
    >>> study = load_demo()
    >>> homes, shops = study.residents, study.facilities
    >>> before = Before(study.network, homes, shops.iloc[1:], travel_times(
    ...     study.network, homes, shops.iloc[1:]), 100.0)
    >>> now = travel_times_since(before, study.network, homes, shops, walker=ADULT, snap_m=100.0)
    >>> now.minutes.shape == travel_times(study.network, homes, shops).minutes.shape
    True
    """
    joined = join_tables(network, origins, destinations, walker, snap_m)
    origin_ids = point_ids(origins, "resident_id")
    destination_ids = point_ids(destinations, "facility_id")
    with warnings.catch_warnings():  # told when it was searched
        warnings.simplefilter("ignore", LifecircleWarning)
        old = join_tables(
            before.network, before.origins, before.destinations, walker, before.snap_m
        )
    limit_s = before.times.limit_min * 60.0
    old_row = before.times.destinations.get_indexer(destination_ids)
    changed = _places_differ(before.destinations, destinations, old_row)
    sides = _Side(before.network, old, walker), _Side(network, joined, walker)
    changed |= _joins_differ(sides, old_row)
    changed |= _direct_ways_differ(sides, old_row)
    if before.network is not network or before.snap_m != snap_m:
        near = _near_changes(sides, len(origin_ids), limit_s)
        changed |= near[1]
        kept = old_row >= 0
        changed[kept] |= near[0][old_row[kept]]
    rows = np.flatnonzero(changed)
    fresh = table_of(network, walker, _only(joined, rows), before.times.limit_min)
    first, destination, minutes = _merged(before.times, fresh, rows, np.where(changed, -1, old_row))
    return TravelTimes(
        origin_ids,
        destination_ids,
        before.times.limit_min,
        first,
        destination,
        minutes,
        pd.Index(origin_ids[joined.lost_homes]),
        pd.Index(destination_ids[joined.lost_places]),
        walker,
    )


def same_homes(before: gpd.GeoDataFrame, now: gpd.GeoDataFrame) -> bool:
    """Whether two tables of homes have the same ids, places and entrances, row by row.

    Parameters
    ----------
    before, now
        Residents.

    Returns
    -------
    bool

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> homes = load_demo().residents
    >>> same_homes(homes, homes.copy()), same_homes(homes, homes.iloc[1:])
    (True, False)
    """
    if before is now:
        return True
    if len(before) != len(now) or before.crs != now.crs:
        return False
    if not np.array_equal(point_ids(before, "resident_id"), point_ids(now, "resident_id")):
        return False
    if not np.array_equal(np.asarray(before.geometry.array), np.asarray(now.geometry.array)):
        return False
    texts = [
        table["entrances"].fillna("").astype(str).to_list() if "entrances" in table else []
        for table in (before, now)
    ]
    return bool(texts[0] == texts[1])


class _Side:
    """One of the two networks with its joins, told so that both can be compared."""

    def __init__(self, network: WalkNetwork, joined: Joined, walker: Walker) -> None:
        self.network, self.joined, self.walker = network, joined, walker
        self.costs = edge_costs(network, walker)

    def home_keys(self) -> Hashes:
        """A number for each join of a home that tells where and how far."""
        joined = self.joined
        return _mixed(
            joined.home_row.astype(np.int64),
            *self._join_keys(joined.homes, joined.homes_m),
        )

    def place_keys(self, row: Integers) -> Hashes:
        """The same for facilities, under the rows given."""
        joined = self.joined
        return _mixed(row, *self._join_keys(joined.places, joined.places_m))

    def _join_keys(self, snapped: Any, at_m: Floats) -> list[Any]:
        """Where joins meet the streets: the drawn place, not the edge, whose number may change."""
        from lifecircle.network.walls import Drawn  # noqa: PLC0415

        edge = np.maximum(snapped.edge, 0)
        met_m = Drawn.of(self.network).places(edge, snapped.share)
        met_m[snapped.edge < 0] = 0.0
        access = np.where(np.isfinite(snapped.access_m), snapped.access_m, -1.0)
        return [
            _rounded(met_m[:, 0]),
            _rounded(met_m[:, 1]),
            _rounded(access),
            _rounded(at_m[:, 0]),
            _rounded(at_m[:, 1]),
            (snapped.edge >= 0).astype(np.int64),
        ]

    def direct_keys(self, row: Integers) -> tuple[Hashes, Integers]:
        """A number for each way inside a compound, and the row of its facility."""
        joined = self.joined
        place = row[joined.direct_place]
        home = joined.home_row[joined.direct_home].astype(np.int64)
        return _mixed(place, home, _rounded(joined.direct_m)), place

    def nodes(self) -> Hashes:
        """A number for each node that tells its place and every edge that ends there."""
        network = self.network
        place = _rounded(network.node_xy_m)
        spot = _mixed(place[:, 0], place[:, 1])
        cost = np.where(np.isfinite(self.costs.forward_s), self.costs.forward_s, -1.0)
        back = np.where(np.isfinite(self.costs.backward_s), self.costs.backward_s, -1.0)
        ends = network.edge_ends
        what = _mixed(_rounded(network.edge_length_m), network.edge_link.astype(np.int64))
        told = np.zeros(network.node_count, dtype=np.uint64)
        for side, way, other in ((0, cost, back), (1, back, cost)):
            number = _mixed(
                what, spot[ends[:, 1 - side]], _rounded(way), _rounded(other), self._shape()
            )
            np.add.at(told, ends[:, side], number)
        return _mixed(spot, told)

    def _shape(self) -> Hashes:
        """A number for the drawing of each edge, whichever way it runs."""
        points = _rounded(self.network.edge_points_m)
        number = _mixed(points[:, 0], points[:, 1])
        return np.add.reduceat(number, self.network.edge_first_point[:-1])

    def reached(self, nodes: Integers, limit_s: float) -> NDArray[np.bool_]:
        """Facilities that somebody could reach from some nodes within a limit, shape (places,)."""
        network, places = self.network, self.joined.places
        count = len(self.joined.lost_places)
        if not len(nodes):
            return np.zeros(count, dtype=bool)
        seconds = self._seconds(nodes, limit_s)
        ends = network.edge_ends[np.maximum(places.edge, 0)]
        way_s = seconds[ends].min(axis=1) + places.access_m / self.walker.speed_m_s
        near = (places.edge >= 0) & (way_s <= limit_s + search.TOLERANCE_S)
        return np.bincount(self.joined.place_row[near], minlength=count) > 0

    def _seconds(self, nodes: Integers, limit_s: float) -> Floats:
        """Fewest seconds from any of some nodes, as if every residents' gate were open."""
        network, costs = self.network, _all_gates_open(self.network, self.costs)
        first, head, _ = network.arcs
        edge = np.zeros(network.node_count, dtype=np.int32)
        share = np.zeros(network.node_count)
        for side in (0, 1):
            edge[network.edge_ends[:, side]] = np.arange(network.edge_count)
            share[network.edge_ends[:, side]] = side
        room = len(head) + 2 * len(nodes) + 4
        seconds = np.full(network.node_count, np.inf)
        search.spread_from(
            first,
            head,
            costs.arc_away_s,
            network.edge_ends,
            np.full(network.edge_count, np.inf),
            np.full(network.edge_count, np.inf),
            edge[nodes],
            share[nodes],
            np.zeros(len(nodes)),
            limit_s + search.TOLERANCE_S,
            seconds,
            np.empty(network.node_count + 1, dtype=np.int32),
            np.empty(room),
            np.empty(room, dtype=np.int32),
        )
        return seconds


def _all_gates_open(network: WalkNetwork, costs: Costs) -> Costs:
    """Costs of somebody who may pass every residents' gate."""
    shut = network.edge_link == GATE_RESIDENTS
    if not shut.any():
        return costs
    _, _, edge = network.arcs
    at = shut[edge]
    return replace(
        costs,
        arc_s=np.where(at, 0.0, costs.arc_s),
        arc_away_s=np.where(at, 0.0, costs.arc_away_s),
    )


def _rounded(values: Any) -> Integers:
    return np.rint(np.asarray(values, dtype=np.float64) * _PER_M).astype(np.int64)


def _mixed(*columns: Any) -> Hashes:
    """One number of several columns of whole numbers, another one wherever they differ."""
    with np.errstate(over="ignore"):
        mixed = np.zeros(len(columns[0]), dtype=np.uint64)
        for column in columns:
            mixed ^= np.asarray(column).astype(np.int64).view(np.uint64)
            mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            mixed ^= mixed >> np.uint64(31)
    return mixed


def _apart(one: Hashes, two: Hashes) -> NDArray[np.bool_]:
    """Which of the first do not stand as often among the second."""
    kinds, at, count = np.unique(one, return_inverse=True, return_counts=True)
    other, other_count = np.unique(two, return_counts=True)
    place = np.searchsorted(other, kinds)
    place = np.minimum(place, max(len(other) - 1, 0))
    known = np.zeros(len(kinds), dtype=bool)
    if len(other):
        known = (other[place] == kinds) & (other_count[place] == count)
    return ~known[at.ravel()]


def _places_differ(
    before: gpd.GeoDataFrame, now: gpd.GeoDataFrame, old_row: Integers
) -> NDArray[np.bool_]:
    """Facilities that are new or stand elsewhere, be it by a hair, by their new rows.

    Joins are compared to a tenth of a millimetre, which may be a bit of a minute.
    """
    changed = old_row < 0
    if before.crs != now.crs:
        return np.ones(len(old_row), dtype=bool)
    kept = np.flatnonzero(~changed)
    old, new = (np.asarray(table.geometry.array) for table in (before, now))
    changed[kept] = ~shapely.equals_exact(old[old_row[kept]], new[kept], tolerance=0.0)
    for name in ("entrances", "outline"):
        if name in before or name in now:
            texts = [
                np.asarray(
                    table[name].fillna("").astype(str) if name in table else [""] * len(table)
                )
                for table in (before, now)
            ]
            changed[kept] |= texts[0][old_row[kept]] != texts[1][kept]
    return changed


def _joins_differ(sides: tuple[_Side, _Side], old_row: Integers) -> NDArray[np.bool_]:
    """Facilities that join the streets at other places than before, by their new rows."""
    old, new = sides
    row_of_old = _new_rows(old_row, len(old.joined.lost_places))
    keys_old = old.place_keys(row_of_old[old.joined.place_row])
    keys_new = new.place_keys(new.joined.place_row.astype(np.int64))
    changed = np.zeros(len(old_row), dtype=bool)
    changed[new.joined.place_row[_apart(keys_new, keys_old)]] = True
    gone = row_of_old[old.joined.place_row[_apart(keys_old, keys_new)]]
    changed[gone[gone >= 0]] = True
    return changed


def _direct_ways_differ(sides: tuple[_Side, _Side], old_row: Integers) -> NDArray[np.bool_]:
    """Facilities with other ways inside their compounds than before, by their new rows."""
    old, new = sides
    row_of_old = _new_rows(old_row, len(old.joined.lost_places))
    keys_old, place_old = old.direct_keys(row_of_old[old.joined.place_row])
    keys_new, place_new = new.direct_keys(new.joined.place_row.astype(np.int64))
    changed = np.zeros(len(old_row), dtype=bool)
    for place, apart in (
        (place_new, _apart(keys_new, keys_old)),
        (place_old, _apart(keys_old, keys_new)),
    ):
        rows = place[apart]
        changed[rows[rows >= 0]] = True
    return changed


def _new_rows(old_row: Integers, count: int) -> Integers:
    """New row of each old facility, -1 of one that is gone."""
    rows = np.full(count, -1, dtype=np.int64)
    kept = np.flatnonzero(old_row >= 0)
    rows[old_row[kept]] = kept
    return rows


def _near_changes(
    sides: tuple[_Side, _Side], homes: int, limit_s: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Facilities from which somebody may pass a place that changed: of before, and of now."""
    old, new = sides
    if _pockets(old) or _pockets(new):  # who passes a gate of nobody's depends on all others
        counts = [len(side.joined.lost_places) for side in sides]
        return np.ones(counts[0], dtype=bool), np.ones(counts[1], dtype=bool)
    nodes = old.nodes(), new.nodes()
    keys = old.home_keys(), new.home_keys()
    moved = np.zeros(homes, dtype=bool)
    for side, mine, others in ((old, keys[0], keys[1]), (new, keys[1], keys[0])):
        moved[side.joined.home_row[_apart(mine, others)]] = True
    found = []
    for side, mine, others in ((old, nodes[0], nodes[1]), (new, nodes[1], nodes[0])):
        at = side.joined.homes.edge[moved[side.joined.home_row]]
        ends = side.network.edge_ends[at[at >= 0]].ravel()
        changed = np.concatenate([np.flatnonzero(_apart(mine, others)), ends])
        found.append(side.reached(np.unique(changed).astype(np.int64), limit_s))
    return found[0], found[1]


def _pockets(side: _Side) -> bool:
    """Whether residents' gates that belong to no compound stand in the streets."""
    walls = side.network.walls
    return walls is not None and bool(walls.facts.nameless)


def _only(joined: Joined, rows: Integers) -> Joined:
    """Joins of all homes and of some facilities."""
    place = np.full(len(joined.lost_places), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    kept = np.flatnonzero(place[joined.place_row] >= 0)
    at = np.full(len(joined.place_row), -1, dtype=np.int64)
    at[kept] = np.arange(len(kept))
    direct = np.flatnonzero(at[joined.direct_place] >= 0)
    return replace(
        joined,
        places=joined.places.take(kept),
        place_row=place[joined.place_row[kept]].astype(np.int32),
        lost_places=joined.lost_places[rows],
        direct_home=joined.direct_home[direct],
        direct_place=at[joined.direct_place[direct]].astype(np.int32),
        direct_m=joined.direct_m[direct],
        places_m=joined.places_m[kept],
        leg_m=joined.leg_m[kept],
    )


def _merged(
    before: TravelTimes, fresh: tuple[Any, Any, Any], rows: Integers, old_row: Integers
) -> tuple[Any, Any, Any]:
    """Rows of homes: the minutes of before where facilities were kept, the fresh ones else."""
    new_row = _new_rows(old_row, len(before.destinations))
    place = new_row[before.destination]
    kept = place >= 0
    first = np.concatenate([[0], np.cumsum(kept)])[before.first].astype(np.int64)
    fresh_first, fresh_place, fresh_minutes = fresh
    homes = len(before.origins)
    merged: tuple[Any, Any, Any] = pairs.merge_rows(
        np.concatenate([first, first[-1] + fresh_first[1:]]),
        np.concatenate([place[kept], rows[fresh_place]]).astype(np.int32),
        np.concatenate([before.minutes[kept], fresh_minutes]),
        np.tile(np.arange(homes, dtype=np.int32), 2),
        homes,
        len(old_row),
    )
    return merged
