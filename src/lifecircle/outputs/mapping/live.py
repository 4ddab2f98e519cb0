"""The live circle: the walking network packed into the page, for clicks anywhere on the map.

The page snaps a clicked place, searches the streets and reads off the nearest facilities by the
rules of :func:`lifecircle.travel_times`; ``templates/live_network.js`` does so. Coordinates are
whole centimetres, so that its minutes differ from those of Python by less than what is shown; with
walls tenths of millimetres, since streets that end at a wall end 2 mm from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from lifecircle.assessment.study import Study
from lifecircle.network.costs import edge_costs, joinable_edges, ways_key
from lifecircle.network.doors import Doors, doors_of, facility_doors
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.links import STREET
from lifecircle.network.lists import lists_taken
from lifecircle.network.passes import groups_of
from lifecircle.network.snapping import by_gate, joins
from lifecircle.network.walkers import WALKERS, Walker
from lifecircle.outputs.legend import BAND_COLOURS, spread
from lifecircle.outputs.mapping.live_places import page_places
from lifecircle.outputs.mapping.live_words import live_words
from lifecircle.outputs.number_bytes import Packed
from lifecircle.outputs.shown import whole_of
from lifecircle.outputs.words import fill, words

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_EDGES = 45_000
"""Edges that a page carries at most."""
MOST_CHARACTERS = 1_300_000
"""Characters that all of it may take in a page, which shall not weigh more than 4 MB."""

CELL_M = 12.0
"""Spacing of the lattice that shapes are drawn on in the page, metres. The page counts from a
multiple of it, so that isochrones of the same spacing are drawn on the same points."""

_CM = 100.0
_PER_M, _PER_M_WITH_WALLS = 100, 10_000
# Flags of an edge, beside what it stands for (the upper four bits).
_STARTS_ON, _ENDS_ON, _OTHER_LENGTH, _OWN_ENDS = 1, 2, 4, 8


@dataclass(frozen=True, eq=False)
class _Part:
    """Part of a network that a page carries, its positions counted anew.

    Parameters
    ----------
    network
        All of it.
    edges, nodes
        Positions of what is carried, rising.
    edge_at, node_at
        New position of each, -1 where it is left out.
    low_m
        South-west corner that coordinates are counted from.
    per_m
        Units of coordinates in a metre.
    exact_m
        Where a click's walks lie within the part: west, south, east, north; ``None``: everywhere.
    """

    network: WalkNetwork
    edges: Integers
    nodes: Integers
    edge_at: Integers
    node_at: Integers
    low_m: Floats
    per_m: int
    exact_m: tuple[float, ...] | None

    def units(self, xy_m: Any) -> Integers:
        """Whole units from the corner."""
        return np.rint((np.asarray(xy_m) - self.low_m) * self.per_m).astype(np.int64)


def live_layer(study: Study) -> dict[str, Any]:
    """All that the page needs to compute walks from any place.

    Parameters
    ----------
    study
        Its streets, facilities, walkers, minutes and ``snap_m`` count.

    Returns
    -------
    dict
        ``words`` and either ``left_out`` (why nothing can be computed) or ``minutes``, ``snap_m``,
        ``places`` (polynomials between degrees and metres), ``exact_m``, ``network``, ``walls``,
        ``walkers`` and ``ways`` (streets closed to some walkers, and where facilities join).

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> layer = live_layer(load_demo())
    >>> [walker["key"] for walker in layer["walkers"]][:3], layer["minutes"]
    (['adult', 'elderly', 'frail'], [5.0, 10.0, 15.0])
    """
    text = live_words(study.language)
    walkers = _walkers(study)
    part = _part(study, walkers)
    if not len(part.edges):
        return {"words": text, "left_out": text["no_streets"]}
    left_out = fill(text["left_out"], {"count": f"{len(part.edges):,}"})
    if len(part.edges) > MOST_EDGES or not walkers:
        return {"words": text, "left_out": left_out}
    packed = Packed()
    _pack_streets(packed, part)
    streets = packed.text()
    ways: list[bytes] = []
    classes: list[dict[str, Any]] = []
    listed = []
    for walker in walkers:
        key = ways_key(study.network, walker)
        if key not in ways:
            ways.append(key)
            classes.append(_ways(part, study, walker))
        listed.append(_walker(part, walker, ways.index(key), study.language))
    walls = _walls(part)
    packs = [streets, *([walls["packed"]] if walls else [])]
    packs += [one["packed"] for one in classes] + [one["costs"] for one in listed]
    if sum(map(len, packs)) > MOST_CHARACTERS:
        return {"words": text, "left_out": left_out}
    return {
        "words": text,
        "minutes": [float(one) for one in sorted(study.minutes)],
        "colours": spread(BAND_COLOURS, len(study.minutes)),
        "snap_m": float(study.snap_m),
        "places": page_places(part.network, part.low_m, part.edges),
        "exact_m": None
        if part.exact_m is None
        else [round(value, 2) for value in _from_corner(part)],
        "cell_m": CELL_M,
        "per_m": part.per_m,
        "counts": [len(part.nodes), len(part.edges)],
        "network": streets,
        "walls": walls,
        "walkers": listed,
        "ways": classes,
    }


def _walkers(study: Study) -> list[Walker]:
    """Walkers to choose from who may use any street at all, the study's own after the defaults."""
    named = {**WALKERS, **study.walkers}
    return [one for one in named.values() if joinable_edges(study.network, one).any()]


def _from_corner(part: _Part) -> list[float]:
    west, south, east, north = part.exact_m or (0.0,) * 4
    x, y = part.low_m
    return [west - x, south - y, east - x, north - y]


def _part(study: Study, walkers: list[Walker]) -> _Part:
    """The whole network, or as much as walks from in and around the units may need."""
    network = study.network
    kept = np.ones(network.edge_count, dtype=bool)
    exact_m = None
    if (network.edge_count > MOST_EDGES or whole_of(study)) and len(study.units):
        reach_m = max(study.minutes) * 60 * max([one.speed_m_s for one in walkers], default=0.0)
        west, south, east, north = (
            float(value) for value in study.units.to_crs(network.crs).total_bounds
        )
        snap_m = float(study.snap_m)
        exact_m = (west - snap_m, south - snap_m, east + snap_m, north + snap_m)
        box = shapely.box(west, south, east, north).buffer(reach_m + 2 * snap_m).bounds
        points, first = network.edge_points_m, network.edge_first_point[:-1]
        low = np.minimum.reduceat(points, first)
        high = np.maximum.reduceat(points, first)
        kept = (high >= box[:2]).all(axis=1) & (low <= box[2:]).all(axis=1)
        # Nobody joins a street twice as far off as he may, and a way leads along whole edges.
    edges = np.flatnonzero(kept)
    nodes = np.unique(network.edge_ends[edges]).astype(np.int64)
    edge_at = np.full(network.edge_count, -1, dtype=np.int64)
    edge_at[edges] = np.arange(len(edges))
    node_at = np.full(network.node_count, -1, dtype=np.int64)
    node_at[nodes] = np.arange(len(nodes))
    low_m = np.floor(np.asarray(network.bounds_m[:2]) / CELL_M) * CELL_M
    per_m = _PER_M if network.walls is None else _PER_M_WITH_WALLS
    return _Part(network, edges, nodes, edge_at, node_at, low_m, per_m, exact_m)


def _pack_streets(packed: Packed, part: _Part) -> None:
    """Nodes, edges, their lines and lengths, and who lives behind which gates."""
    network, edges = part.network, part.edges
    node_at = part.units(network.node_xy_m[part.nodes])
    packed.steps(node_at)
    ends = part.node_at[network.edge_ends[edges]]
    packed.steps(ends[:, 0])
    packed.signed(ends[:, 1] - ends[:, 0])
    first, at = lists_taken(network.edge_first_point, edges)
    count = np.diff(first)
    point_at = part.units(network.edge_points_m[at])
    begins, last = _starts(count), _starts(count) + count - 1
    at_nodes = (point_at[begins] == node_at[ends[:, 0]]).all(axis=1)
    at_nodes &= (point_at[last] == node_at[ends[:, 1]]).all(axis=1)
    more_m = network.edge_length_m[edges] - _drawn_m(point_at / part.per_m, count)
    more_cm = np.rint(more_m * _CM).astype(np.int64)
    other = more_cm != 0
    goes_on = network.edge_goes_on[edges]
    flags = np.where(goes_on[:, 0], _STARTS_ON, 0) + np.where(goes_on[:, 1], _ENDS_ON, 0)
    flags += np.where(other, _OTHER_LENGTH, 0) + np.where(at_nodes, 0, _OWN_ENDS)
    packed.unsigned(flags + 16 * network.edge_link[edges].astype(np.int64))
    packed.unsigned(count)
    packed.signed(more_cm[other])
    # Vertices between the ends, and the ends where they are not the nodes' places, as steps from
    # the edge's first node.
    inner = np.ones(len(point_at), dtype=bool)
    inner[begins[at_nodes]] = False
    inner[last[at_nodes]] = False
    edge = np.repeat(np.arange(len(edges)), count)[inner]
    before = np.vstack([node_at[ends[edge[:1], 0]], point_at[inner][:-1]])
    fresh = np.ones(len(edge), dtype=bool)
    fresh[1:] = edge[1:] != edge[:-1]
    before[fresh] = node_at[ends[edge[fresh], 0]]
    packed.signed(point_at[inner] - before)
    _runs(packed, network.edge_rank[edges].astype(np.int64) - np.arange(len(edges)))
    _pack_groups(packed, part)


def _pack_groups(packed: Packed, part: _Part) -> None:
    """Nodes of each group of people with gates of their own, and those gates."""
    network = part.network
    edge_of = {}
    if network.walls is not None:
        for edge in network.walls.gate_edge.tolist():
            edge_of[tuple(network.edge_ends[edge].tolist())] = int(part.edge_at[edge])
    groups = []
    for nodes, sides in groups_of(network):
        own = [edge_of[tuple(pair)] for pair in sides.tolist()]
        here = part.node_at[nodes]
        if (here >= 0).any():
            groups.append((np.sort(here[here >= 0]), sorted(one for one in own if one >= 0)))
    packed.unsigned([len(groups)])
    for here, own in groups:
        packed.rows(here)
        packed.rows(own)


def _walls(part: _Part) -> dict[str, Any] | None:
    """Walls, compounds and which street lies in which; nothing without walls."""
    walls = part.network.walls
    if walls is None:
        return None
    sight = walls.sight
    sight.zones.number_faces()
    packed = Packed()
    lines = sight.walls
    packed.unsigned([len(lines.first) - 1])
    packed.unsigned(np.diff(lines.first))
    line_owner = lines.owner[lines.first[:-1]] if len(lines.owner) else lines.owner
    packed.unsigned(line_owner.astype(np.int64) + 1)
    packed.steps(part.units(lines.points_m))
    packed.rows(sorted(sight.gateless))
    street = part.edges[part.network.edge_link[part.edges] == STREET]
    sets = list(sight.zones.sets)
    packed.unsigned([len(sets)])
    for members in sets:
        packed.rows(members)
    _runs(packed, sight.edge_zone[part.edges])
    _runs(packed, np.rint(sight.tolerance_m[part.edges] * _CM).astype(np.int64))
    with_streets = set(np.unique(sight.edge_zone[street]).tolist())
    ends: list[NDArray[np.float64]] = []
    zones = []
    for zone in range(1, len(sets)):
        found = walls.inner_ends(zone)
        kept = part.edge_at[found[:, 0].astype(np.int64)] >= 0
        if kept.any():
            zones.append(zone)
            ends.append(found[kept])
    packed.unsigned([len(zones)])
    for zone, found in zip(zones, ends, strict=True):
        packed.unsigned([zone, len(found)])
        packed.unsigned(part.edge_at[found[:, 0].astype(np.int64)])
        packed.unsigned(found[:, 1].astype(np.int64))
        packed.signed(part.units(found[:, 2:]))
    return {
        "packed": packed.text(),
        "detour": float(walls.barriers.detour),
        "streetless": sorted(set(zones) - with_streets),
    }


def _walker(part: _Part, walker: Walker, ways: int, language: str) -> dict[str, Any]:
    """A walker: name, speed, and the edges that cost other than their length at that speed."""
    text, own = words(language), live_words(language)
    costs = edge_costs(part.network, walker)
    plain_s = part.network.edge_length_m[part.edges] / walker.speed_m_s
    forward_s, backward_s = costs.forward_s[part.edges], costs.backward_s[part.edges]
    with np.errstate(invalid="ignore"):
        off = ~(np.abs(forward_s - plain_s) < 1e-3) | ~(np.abs(backward_s - plain_s) < 1e-3)
    rows = np.flatnonzero(off)
    packed = Packed()
    packed.rows(rows)
    for seconds in (forward_s[rows], backward_s[rows]):
        whole = np.where(np.isfinite(seconds), np.rint(seconds * 100) + 1, 0)
        packed.unsigned(whole.astype(np.int64))
    name = text.get(f"walker_{walker.name}", walker.name)
    label = fill(own["walker_speed"], {"walker": name, "speed": f"{walker.speed_m_s:g}"})
    return {
        "key": walker.name,
        "label": label,
        "speed_m_s": walker.speed_m_s,
        "ways": ways,
        "costs": packed.text(),
    }


def _ways(part: _Part, study: Study, walker: Walker) -> dict[str, Any]:
    """Streets that those who walk like this may not join, and where facilities join the others."""
    network, whole = part.network, whole_of(study)
    doors = getattr(study, "doors", None) or facility_doors(network, study.facilities)
    if whole is not None:  # the rows of what the page shows
        doors = doors_of(doors, whole.around)
    packed = Packed()
    joinable = joinable_edges(network, walker)[part.edges]
    street = network.edge_link[part.edges] == STREET
    packed.rows(np.flatnonzero(street & ~joinable))
    if len(doors[1]):
        _pack_places(packed, part, doors, walker, study.snap_m)
    else:
        packed.unsigned([0])
    return {"packed": packed.text()}


def _pack_places(packed: Packed, part: _Part, doors: Doors, walker: Walker, snap_m: float) -> None:
    """Joins of facilities: facility, edge, share of the edge behind it, straight way, door."""
    network = part.network
    doors_m, row, leg_m = doors
    snapped, door = joins(network, doors_m, walker=walker, snap_m=snap_m)
    kept = np.flatnonzero((snapped.edge >= 0) & (part.edge_at[snapped.edge] >= 0))
    edge, door = snapped.edge[kept], door[kept]
    access_m = snapped.access_m[kept] + leg_m[door]
    at_gate = by_gate(network, snapped)[kept]
    packed.unsigned([len(kept)])
    packed.steps(row[door])
    packed.steps(part.edge_at[edge])
    packed.unsigned(np.rint(snapped.share[kept] * 2**20))
    packed.unsigned(np.rint(access_m * _CM))
    gates = np.flatnonzero(at_gate)
    packed.rows(gates)
    if len(gates):
        places_m = doors_m[door[gates]]
        packed.unsigned(network.walls.sight.zones.of_points(places_m))
        packed.signed(part.units(places_m))


def _drawn_m(points_m: Floats, count: Integers) -> Floats:
    """Length of each line as the page measures it, metres."""
    step = np.hypot(*np.diff(points_m, axis=0, prepend=points_m[:1]).T)
    begins = _starts(count)
    step[begins] = 0.0
    return np.asarray(np.add.reduceat(step, begins))


def _runs(packed: Packed, values: Any) -> None:
    """Values that stay the same for long: where they change, and by how much."""
    numbers = np.asarray(values, dtype=np.int64)
    step = np.diff(numbers, prepend=0)
    rows = np.flatnonzero(step)
    packed.rows(rows)
    packed.signed(step[rows])


def _starts(counts: Integers) -> Integers:
    return np.asarray(np.cumsum(counts) - counts)
