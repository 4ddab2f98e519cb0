"""The shortest walk of one person, stretch by stretch: what stands behind a number of minutes."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from lifecircle.crs import WGS84
from lifecircle.errors import InputError, LifecircleWarning
from lifecircle.network.costs import Costs, edge_costs
from lifecircle.network.doors import outlines_m
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.joining import Joined, join_tables
from lifecircle.network.links import CONNECTION, CROSSINGS, GATES, NEW_WAY
from lifecircle.network.passes import own_gates
from lifecircle.network.snapping import Snapped, as_points
from lifecircle.network.walkers import ADULT, Walker, find_walker
from lifecircle.network.walls import Drawn

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Most walks are found within the first of these, seconds; who is not is looked for further off.
_LIMITS_S = (900.0, 3600.0, np.inf)


@dataclass(frozen=True)
class _Stretch:
    """A part of an edge, from one share of it to another."""

    edge: int
    begin: float
    end: float


@dataclass(frozen=True)
class _Way:
    """A walk from a home's join to a place's join; ``stretches`` is ``None`` straight across."""

    seconds: float
    home: int
    place: int
    stretches: list[_Stretch] | None


@dataclass(frozen=True)
class _Entry:
    """A join that leads to a node at one end of its edge."""

    join: int
    node: int
    seconds: float
    stretch: _Stretch


def walk_path(
    network: WalkNetwork,
    origin: gpd.GeoDataFrame | gpd.GeoSeries,
    destination: gpd.GeoDataFrame | gpd.GeoSeries,
    *,
    walker: Walker | str = ADULT,
    snap_m: float = 100.0,
) -> gpd.GeoDataFrame:
    """Shortest walk from one point to another, in the order in which it is walked.

    It is the walk whose minutes :func:`lifecircle.travel_times` gives, however long it is.

    Parameters
    ----------
    network
        Streets, and walls if there are any.
    origin
        Where the walk starts: one point in any reference system, perhaps with ``entrances``.
    destination
        Where it ends: one point, perhaps with ``entrances`` or an ``outline``.
    walker
        Who walks, or the name of a default walker.
    snap_m
        Longest straight leg between a point and a street, metres.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        One row for each ``part``: ``access``, ``street``, ``steps``, ``crossing``, ``gate``,
        ``connection`` (a straight way that no map shows), ``egress``. ``name`` of the street, or
        id of the gate; ``length_m`` (m), ``minutes`` of this part and ``minutes_total`` up to its
        end (min), ``highway`` and the line. Within a compound without mapped paths lengths are
        longer than the line by the detour. Empty where there is no way.

    Raises
    ------
    InputError
        If origin or destination is not one point, or ``snap_m`` is not a number above 0.
    CrsError, GeometryError
        If a point has no reference system, is missing or is not finite.
    SnapError
        If no street is near to one of them.

    Notes
    -----
    Residents' gates are passed by the people of their compound: those who start inside it.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> study = load_demo()
    >>> path = walk_path(study.network, study.residents.iloc[[0]], study.facilities.iloc[[0]])
    >>> path["part"].iloc[0], path["part"].iloc[-1]
    ('access', 'egress')
    """
    walker = find_walker(walker)
    origin, destination = as_points(origin, "origin"), as_points(destination, "destination")
    for what, table in (("origin", origin), ("destination", destination)):
        if len(table) != 1:
            raise InputError(
                f"{what}: {len(table)} rows, but a path leads from one point to one. Pick a row, "
                "such as table.iloc[[0]], or use travel_times for many."
            )
    joined = join_tables(network, origin, destination, walker, snap_m)
    way = _shortest(network, edge_costs(network, walker), joined, walker.speed_m_s)
    if way is None:
        warnings.warn(
            "walk path: there is no way from the origin to the destination for a "
            f"{walker.name} walker; the path is empty. Walls without a gate, closed gates, or "
            "streets that do not meet stand between (see wall_findings and diagnose_network).",
            LifecircleWarning,
            stacklevel=2,
        )
        return _table(network, [])
    if way.stretches is None:
        ends_m = np.stack([joined.homes_m[way.home], joined.places_m[way.place]])
        metres = way.seconds * walker.speed_m_s
        return _table(network, [_Row("connection", "", metres, way.seconds, "", ends_m)])
    costs = edge_costs(network, walker)
    walked = [_walked(network, costs, stretch) for stretch in way.stretches]
    legs = _legs(network, destination, joined, way, (walked[0].line_m[0], walked[-1].line_m[-1]))
    rows = [
        _Row(part, "", length_m, length_m / walker.speed_m_s, "", line_m)
        for part, length_m, line_m in legs
    ]
    # who joins at the inner side of a gate stands at it and has not passed it
    walked = [
        row
        for row, stretch in zip(walked, way.stretches, strict=True)
        if row.part != "gate" or stretch.begin != stretch.end
    ]
    return _table(network, [rows[0], *_merged(walked), rows[1]])


def _shortest(network: WalkNetwork, costs: Costs, joined: Joined, speed_m_s: float) -> _Way | None:
    """The shortest of all ways: straight within a compound, along one street, or over nodes."""
    ways = [
        _Way(metres / speed_m_s, home, place, None)
        for home, place, metres in zip(
            joined.direct_home.tolist(),
            joined.direct_place.tolist(),
            joined.direct_m.tolist(),
            strict=True,
        )
    ]
    ways += _along_one_edge(costs, joined, speed_m_s)
    starts = list(_entries(network, costs, joined.homes, speed_m_s, leaving=True))
    ends = list(_entries(network, costs, joined.places, speed_m_s, leaving=False))
    gates = own_gates(network, np.array([start.node for start in starts], dtype=np.int64))
    for own in {tuple(one.tolist()) for one in gates}:
        people = [
            start for start, one in zip(starts, gates, strict=True) if tuple(one.tolist()) == own
        ]
        way = _over_nodes(_arcs(network, costs, own), network.node_count, people, ends)
        ways += [] if way is None else [way]
    return min(ways, key=lambda way: way.seconds, default=None)


def _part_s(stretch: _Stretch, costs: Costs) -> float:
    """Seconds along a stretch; no part of an edge costs nothing, whoever may use it."""
    share = stretch.end - stretch.begin
    if share == 0.0:
        return 0.0
    whole_s = costs.forward_s if share > 0 else costs.backward_s
    return abs(share) * float(whole_s[stretch.edge])


def _along_one_edge(costs: Costs, joined: Joined, speed_m_s: float) -> Iterator[_Way]:
    """Ways between joins of one edge that lead by no node."""
    homes, places = joined.homes, joined.places
    for home, place in np.argwhere(homes.edge[:, None] == places.edge[None, :]).tolist():
        if homes.edge[home] >= 0:
            stretch = _Stretch(
                int(homes.edge[home]), float(homes.share[home]), float(places.share[place])
            )
            legs_m = float(homes.access_m[home] + places.access_m[place])
            seconds = _part_s(stretch, costs) + legs_m / speed_m_s
            if np.isfinite(seconds):
                yield _Way(seconds, home, place, [stretch])


def _entries(
    network: WalkNetwork, costs: Costs, joins: Snapped, speed_m_s: float, *, leaving: bool
) -> Iterator[_Entry]:
    """Ways from joins to both ends of their edges, or from there to the joins."""
    for join in np.flatnonzero(joins.edge >= 0).tolist():
        edge, share = int(joins.edge[join]), float(joins.share[join])
        for side in (0, 1):
            stretch = _Stretch(edge, *((share, side) if leaving else (side, share)))
            seconds = _part_s(stretch, costs) + float(joins.access_m[join]) / speed_m_s
            if np.isfinite(seconds):
                yield _Entry(join, int(network.edge_ends[edge, side]), seconds, stretch)


@dataclass(frozen=True, eq=False)
class _Arcs:
    """The cheapest arc from each node to each of its neighbours, in order of both."""

    tail: Integers
    head: Integers
    seconds: Floats
    edge: Integers
    forward: NDArray[np.bool_]


def _arcs(network: WalkNetwork, costs: Costs, own: tuple[int, ...]) -> _Arcs:
    """Arcs that everybody may walk, and the gates that are somebody's own."""
    first, head, edge = (column.astype(np.int64) for column in network.arcs)
    tail = np.repeat(np.arange(network.node_count), np.diff(first))
    seconds = np.where(np.isin(edge, own), 0.0, costs.arc_away_s)
    order = np.lexsort((seconds, head, tail))
    order = order[np.isfinite(seconds[order])]
    cheapest = np.ones(len(order), dtype=bool)
    cheapest[1:] = (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0)
    kept = order[cheapest]
    forward = network.edge_ends[edge[kept], 0] == tail[kept]
    return _Arcs(tail[kept], head[kept], seconds[kept], edge[kept], forward)


def _over_nodes(
    arcs: _Arcs, node_count: int, starts: list[_Entry], ends: list[_Entry]
) -> _Way | None:
    """The shortest way from any start to any end."""
    start_at: dict[int, _Entry] = {}
    for start in sorted(starts, key=lambda one: -one.seconds):
        start_at[start.node] = start
    source = node_count  # a node of its own from which all starts leave
    graph = sparse.csr_array(
        (
            np.concatenate([arcs.seconds, [start.seconds for start in start_at.values()]]),
            (
                np.concatenate([arcs.tail, np.full(len(start_at), source)]),
                np.concatenate([arcs.head, np.array(list(start_at), dtype=np.int64)]),
            ),
        ),
        shape=(node_count + 1, node_count + 1),
    )
    for limit_s in _LIMITS_S:
        reached_s, before = csgraph.dijkstra(
            graph, indices=source, limit=limit_s, return_predecessors=True
        )
        end = min(ends, key=lambda one: reached_s[one.node] + one.seconds, default=None)
        if end is None:
            return None
        seconds = float(reached_s[end.node] + end.seconds)
        if seconds <= limit_s and np.isfinite(seconds):
            nodes = [end.node]
            while before[nodes[-1]] != source:
                nodes.append(int(before[nodes[-1]]))
            start = start_at[nodes[-1]]
            stretches = [start.stretch, *_between(arcs, nodes[::-1], node_count), end.stretch]
            return _Way(seconds, start.join, end.join, stretches)
    return None


def _between(arcs: _Arcs, nodes: list[int], node_count: int) -> list[_Stretch]:
    """Whole edges from node to node."""
    key = arcs.tail * node_count + arcs.head
    wanted = np.array(nodes[:-1], dtype=np.int64) * node_count + np.array(nodes[1:], dtype=np.int64)
    return [
        _Stretch(int(arcs.edge[at]), 0.0, 1.0)
        if arcs.forward[at]
        else _Stretch(int(arcs.edge[at]), 1.0, 0.0)
        for at in np.searchsorted(key, wanted).tolist()
    ]


@dataclass(frozen=True, eq=False)
class _Row:
    """One row of the table, its line in metres, shape (k, 2)."""

    part: str
    name: str
    length_m: float
    seconds: float
    highway: str
    line_m: Floats


def _walked(network: WalkNetwork, costs: Costs, stretch: _Stretch) -> _Row:
    """What a stretch is, and where it leads."""
    edge, link = stretch.edge, int(network.edge_link[stretch.edge])
    part, name = "street", str(network.edge_name[edge])
    if link in CROSSINGS:
        part = "crossing"
    elif link in (CONNECTION, NEW_WAY):
        part = "connection"
    elif link in GATES.values():
        part, name = "gate", _gate_id(network, edge)
    elif network.is_steps[edge]:
        part = "steps"
    seconds = _part_s(stretch, costs)
    return _Row(
        part,
        name,
        abs(stretch.end - stretch.begin) * float(network.edge_length_m[edge]),
        0.0 if part == "gate" else seconds,  # whoever is led through one may pass it
        str(network.edge_highway[edge]),
        _drawn(network, stretch),
    )


def _gate_id(network: WalkNetwork, edge: int) -> str:
    """Id of a gate, nothing where a street leaves a compound without any."""
    walls = network.walls
    row = int(walls.gate[np.flatnonzero(walls.gate_edge == edge)[0]])
    return str(walls.gate_ids[row]) if row >= 0 else ""


def _drawn(network: WalkNetwork, stretch: _Stretch) -> Floats:
    """The line of a stretch as it is walked, metres, shape (k, 2)."""
    drawn, edge = Drawn.of(network), stretch.edge
    low, high = sorted((stretch.begin, stretch.end))
    ends = drawn.places(np.array([edge, edge]), np.array([low, high]))
    vertices = slice(*network.edge_first_point[edge : edge + 2].tolist())
    behind, whole_m = drawn.behind[vertices], drawn.whole_m[edge]
    inner = (behind > low * whole_m) & (behind < high * whole_m)
    line = np.concatenate([ends[:1], network.edge_points_m[vertices][inner], ends[1:]])
    return line if stretch.begin <= stretch.end else line[::-1]


def _legs(
    network: WalkNetwork,
    destination: gpd.GeoDataFrame,
    joined: Joined,
    way: _Way,
    street_m: tuple[Floats, Floats],
) -> list[tuple[str, float, Floats]]:
    """Straight legs at both ends: part, length in metres, and line."""
    access = np.stack([joined.homes_m[way.home], street_m[0]])
    egress = np.stack([street_m[1], joined.places_m[way.place]])
    if joined.leg_m[way.place] > 0:  # from the street beside an area into it
        areas, _ = outlines_m(network, destination, "destination")
        into = shapely.shortest_line(shapely.Point(egress[-1]), areas[0])
        egress = np.concatenate([egress, shapely.get_coordinates(into)[1:]])
    return [
        ("access", float(joined.homes.access_m[way.home]), access),
        ("egress", float(joined.places.access_m[way.place]), egress),
    ]


def _merged(walked: list[_Row]) -> list[_Row]:
    """Stretches of one street, or halves of one crossing, as one row; without mere points."""
    rows: list[_Row] = []
    for row in walked:
        still = row.seconds == row.length_m == 0.0 and bool((row.line_m == row.line_m[0]).all())
        if still and row.part not in ("crossing", "gate"):
            continue
        before = rows[-1] if rows else None
        if before and (before.part, before.name, before.highway) == (
            row.part,
            row.name,
            row.highway,
        ):
            rows[-1] = replace(
                before,
                length_m=before.length_m + row.length_m,
                seconds=before.seconds + row.seconds,
                line_m=np.concatenate([before.line_m, row.line_m]),
            )
        else:
            rows.append(row)
    return rows


def _table(network: WalkNetwork, rows: list[_Row]) -> gpd.GeoDataFrame:
    """Rows as a table; times add up."""
    minutes = np.array([row.seconds for row in rows], dtype=np.float64) / 60.0
    table = pd.DataFrame(
        {
            "part": pd.Series([row.part for row in rows], dtype="str"),
            "name": pd.Series([row.name for row in rows], dtype="str"),
            "length_m": np.array([row.length_m for row in rows], dtype=np.float64),
            "minutes": minutes,
            "minutes_total": np.cumsum(minutes),
            "highway": pd.Series([row.highway for row in rows], dtype="str"),
        }
    )
    lines = [shapely.LineString(_without_repeats(row.line_m)) for row in rows]
    return gpd.GeoDataFrame(table, geometry=lines, crs=network.crs).to_crs(WGS84)


def _without_repeats(line_m: Floats) -> Floats:
    """A line without the same place twice in a row; a mere point stays two."""
    moved = np.ones(len(line_m), dtype=bool)
    moved[1:] = (line_m[1:] != line_m[:-1]).any(axis=1)
    return line_m[moved] if moved.sum() > 1 else line_m[[0, -1]]
