"""Gates: which wall each stands in, which streets pass it, and how it is joined to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from lifecircle.network.borders import Borders, zone_at
from lifecircle.network.cutting import Links, Stretches, cut_stretches
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.links import GATE_CLOSED, GATE_RESIDENTS, NEW_WAYS, STREET
from lifecircle.network.lone_walls import AT_NODE_M
from lifecircle.network.walls import Drawn, Zone, Zones, place_ends

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Streets are drawn to this short of a wall, and gates have their two sides this far from it.
GAP_M = 0.002
# Ends of lone walls this near to a gate are its posts.
_POST_M = 10.0
# A gate this near to a street where no wall is drawn stands in the street itself.
_IN_STREET_M = 0.5
# Outlines whose distances from a gate differ by less than this share the wall it stands in.
_SHARED_M = 3.0


@dataclass(frozen=True, eq=False)
class Gates:
    """Gates as arrays.

    Parameters
    ----------
    xy_m
        Where each stands, metres, shape (g, 2).
    code
        Whom it admits (:mod:`lifecircle.network.links`), shape (g,).
    compounds
        Walled compounds whose people it belongs to, of each.
    wall_m
        Nearest place of the wall it stands in, its own place where it stands in none, shape
        (g, 2).
    in_wall
        Whether it stands in a wall, shape (g,).
    """

    xy_m: Floats
    code: NDArray[np.int8]
    compounds: list[Zone]
    wall_m: Floats
    in_wall: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Crossings:
    """Places where a street, or two at a node, cross a wall.

    Parameters
    ----------
    xy_m
        Metres, shape (x, 2).
    nodes
        Node on either side, shape (x, 2).
    sides
        Compounds that either side lies in; the same ones at a lone wall.
    gates
        Gates that are passed there, one for each wall, -1 for the wall of a compound without any;
        empty where there is no way through.
    """

    xy_m: Floats
    nodes: Integers
    sides: list[tuple[Zone, Zone]]
    gates: list[tuple[int, ...]]


@dataclass(frozen=True, eq=False)
class Parted:
    """Streets taken apart where they cross walls.

    Parameters
    ----------
    stretches
        Parts of the streets.
    stretch_zone
        Zone of each, shape (p,).
    new_xy_m
        Places of the new nodes, metres, shape (k, 2).
    crossings
        Where what hung together no longer does.
    """

    stretches: Stretches
    stretch_zone: NDArray[np.int32]
    new_xy_m: Floats
    crossings: Crossings


def closed_gaps(walls_m: NDArray[Any], gates_m: Floats) -> NDArray[Any]:
    """Lone walls with the gaps at gates closed: the walls' ends beside a gate are its posts.

    Parameters
    ----------
    walls_m
        Lines, metres, shape (w,).
    gates_m
        Gates that stand in no compound's outline, metres, shape (g, 2).

    Returns
    -------
    array of lines
    """
    if not len(walls_m) or not len(gates_m):
        return walls_m
    closed = shapely.get_point(walls_m, 0) == shapely.get_point(walls_m, -1)
    ends = shapely.get_coordinates([shapely.get_point(walls_m[~closed], side) for side in (0, -1)])
    if not len(ends):
        return walls_m
    tree = cKDTree(ends)
    posts = []
    for gate in gates_m:
        near = ends[tree.query_ball_point(gate, _POST_M)]
        near = near[np.hypot(*(near - gate).T) > GAP_M]
        if len(np.unique(near.round(2), axis=0)) >= 2:
            posts += [shapely.LineString([post, gate]) for post in near]
    return np.concatenate([walls_m, posts]) if posts else walls_m


def gates_in_walls(
    xy_m: Floats,
    code: NDArray[np.int8],
    stated: list[int],
    zones: Zones,
    lone_m: NDArray[Any],
    reach_m: float,
) -> Gates:
    """Gates, and the wall that each stands in.

    Parameters
    ----------
    xy_m, code
        As for :class:`Gates`.
    stated
        Walled compound that the table names for each, -1 for none.
    zones
        Walled compounds.
    lone_m
        Lone walls.
    reach_m
        How far a gate may lie from its wall, metres.

    Returns
    -------
    Gates
    """
    points = shapely.points(xy_m)
    outlines = shapely.boundary(zones.shapes_m)
    lone = _nearest_wall(points, lone_m, reach_m)
    away_m = shapely.distance(points, lone)
    away_m = np.where(np.isnan(away_m), np.inf, away_m)
    compounds: list[Zone] = [(c,) if c >= 0 else () for c in stated]
    gate, near = (
        zones.outline_tree.query(points, predicate="dwithin", distance=reach_m)
        if len(outlines)
        else np.empty((2, 0), dtype=np.int64)
    )
    far_m = shapely.distance(points[gate], outlines[near])
    nearest_m = np.full(len(xy_m), np.inf)
    np.minimum.at(nearest_m, gate, far_m)
    # the nearest outline, and those that share that wall; none if another wall is nearer
    own = (far_m <= nearest_m[gate] + _SHARED_M) & (nearest_m[gate] <= away_m[gate] + _SHARED_M)
    for g, c in sorted(zip(gate[own].tolist(), near[own].tolist(), strict=True)):
        if stated[g] < 0:
            compounds[g] = (*compounds[g], c)
    wall_m, in_wall = xy_m.copy(), np.isfinite(away_m)
    places = shapely.shortest_line(points[in_wall], lone[in_wall])
    wall_m[in_wall] = shapely.get_coordinates(shapely.get_point(places, 1))
    for g, theirs in enumerate(compounds):
        if theirs:
            lines = [shapely.shortest_line(points[g], outlines[c]) for c in theirs]
            nearest = min(lines, key=lambda line: line.length)
            wall_m[g], in_wall[g] = nearest.coords[-1], True
    return Gates(xy_m, code, compounds, wall_m, in_wall)


def _nearest_wall(points: NDArray[Any], walls_m: NDArray[Any], reach_m: float) -> NDArray[Any]:
    """Nearest lone wall of each gate, ``None`` where none is within reach."""
    found = np.full(len(points), None, dtype=object)
    if len(walls_m) and len(points):
        gate, wall = shapely.STRtree(walls_m).query_nearest(
            points, max_distance=reach_m, all_matches=False
        )
        found[gate] = walls_m[wall]
    return found


def part_streets(network: WalkNetwork, borders: Borders, zones: Zones, places_m: Floats) -> Parted:
    """Streets cut where they cross walls, and nodes on walls taken apart.

    Parameters
    ----------
    network
        Streets.
    borders
        Where they cross.
    zones
        Walled compounds.
    places_m
        Place of each crossing of ``borders``, metres, shape (c, 2).

    Returns
    -------
    Parted
    """
    end_nodes, split = _split_nodes(network, borders)
    count, copies = network.node_count, len(split)
    cuts = len(borders.edge)
    cut_nodes = count + copies + np.arange(2 * cuts).reshape(-1, 2)
    stretches, after = cut_stretches(
        network, borders.edge, borders.share, cut_nodes, GAP_M, end_nodes
    )
    zone = borders.edge_zone[stretches.parent, 0].copy()
    zone[after] = borders.part_zone[:, 1]
    zone[network.edge_link[stretches.parent] != 0] = -1
    pairs: list[tuple[int, Any, Any]] = []
    first: dict[int, list[Any]] = {}
    for copy, (node, node_zone, side) in enumerate(split):
        known = first.setdefault(node, [])
        own = (node if not known else count + copy, node_zone, side)
        pairs += [(node, other, own) for other in known]
        known.append(own)
    between = [(one[1], two[1]) for _, one, two in pairs] + borders.part_zone.tolist()
    nodes = np.array([(one[0], two[0]) for _, one, two in pairs], dtype=np.int64)
    new_xy_m = np.concatenate(
        [network.node_xy_m[[node for node, *_ in split]].reshape(-1, 2), np.repeat(places_m, 2, 0)]
    )
    crossings = Crossings(
        np.concatenate([network.node_xy_m[[node for node, *_ in pairs]].reshape(-1, 2), places_m]),
        np.concatenate([nodes.reshape(-1, 2), cut_nodes]),
        [(zones.sets[one], zones.sets[two]) for one, two in between],
        [()] * len(between),
    )
    return Parted(stretches, zone, new_xy_m, crossings)


def _split_nodes(
    network: WalkNetwork, borders: Borders
) -> tuple[Integers, list[tuple[int, int, int]]]:
    """Nodes at both ends of each edge when nodes on walls are taken apart, and their copies.

    Copies are node, zone and side; the first of each node is the node itself.
    """
    street = network.edge_link == STREET
    ends, places = network.edge_ends.astype(np.int64), place_ends(network)
    key = borders.edge_zone.astype(np.int64) * 64 + borders.side
    low, high = _key_range(places[street], key[street], network.node_count)
    parted = (low < high)[places]
    # a crossing goes with the footway that ends at it: the end that has but one street
    least, most = _key_range(ends[street], key[street], network.node_count)
    count = np.bincount(ends[street].ravel(), minlength=network.node_count)
    new_way = np.isin(network.edge_link, NEW_WAYS)
    at_wall = parted & new_way[:, None]  # on either side; its ends are not one place
    key[at_wall] = low[places[at_wall]]
    for e in np.flatnonzero(~street & ~new_way & parted[:, 0]).tolist():
        one, two = ends[e].tolist()
        own = min(
            (n for n in (one, two) if least[n] == most[n]), key=lambda n: count[n], default=-1
        )
        key[e] = least[own] if own >= 0 else low[places[e, 0]]
    found, at = np.unique(np.column_stack([ends[parted], key[parted]]), axis=0, return_inverse=True)
    first = np.ones(len(found), dtype=bool)
    first[1:] = found[1:, 0] != found[:-1, 0]
    copy = np.where(first, found[:, 0], network.node_count + np.arange(len(found)))
    end_nodes = ends.copy()
    end_nodes[parted] = copy[at.ravel()]
    split = [(int(n), int(k) // 64, int(k) % 64) for n, k in found.tolist()]
    return end_nodes, split


def _key_range(at: Integers, key: Integers, count: int) -> tuple[Integers, Integers]:
    """Least and greatest key at each of ``count`` nodes or places."""
    low = np.full(count, np.iinfo(np.int64).max)
    high = np.full(count, -1, dtype=np.int64)
    np.minimum.at(low, at.ravel(), key.ravel())
    np.maximum.at(high, at.ravel(), key.ravel())
    return low, high


def with_gates(
    crossings: Crossings, gates: Gates, gateless: frozenset[int], reach_m: float
) -> Crossings:
    """Crossings with the gates that are passed at each.

    Parameters
    ----------
    crossings
        Crossings.
    gates
        Gates.
    gateless
        Compounds without any gate: their own people cross their border where a street does.
    reach_m
        How far a gate may lie from a street that passes it, metres.

    Returns
    -------
    Crossings
        At a compound's border its nearest gate; where several borders are crossed at once, as
        between two estates wall to wall, a gate in each. At a lone wall the nearest gate.
    """
    if not len(crossings.nodes):
        return crossings
    near: list[set[int]] = [set() for _ in crossings.nodes]
    if len(gates.xy_m):
        for places_m in (gates.xy_m, gates.wall_m):
            found = cKDTree(places_m).query_ball_point(crossings.xy_m, reach_m)
            near = [known.union(more) for known, more in zip(near, found, strict=True)]
    passed = []
    for i, (one, two) in enumerate(crossings.sides):
        by_distance = sorted(near[i], key=lambda g: (_away_m(gates, g, crossings.xy_m[i]), g))
        crossed = sorted(set(one) ^ set(two))
        if not crossed:  # gates that stand in the outline of a compound open that one
            lone = [g for g in by_distance if not gates.compounds[g]]
            passed.append(tuple(lone[:1]))
            continue
        own = [
            next((g for g in by_distance if c in gates.compounds[g]), -1 if c in gateless else None)
            for c in crossed
        ]
        kept = [g for g in dict.fromkeys(own) if g is not None]
        passed.append(() if None in own else tuple(kept))
    return replace(crossings, gates=passed)


def _away_m(gates: Gates, gate: int, place_m: Floats) -> float:
    """Metres from a gate, or from where it stands in its wall, to a place."""
    return min(float(np.hypot(*(place_m - places[gate]))) for places in (gates.xy_m, gates.wall_m))


@dataclass(frozen=True, eq=False)
class Passages:
    """Links at gates, and whom they admit.

    Parameters
    ----------
    links
        Edges of no length.
    gate
        Gate of each, -1 where a street leaves a compound without any, shape (l,).
    admitted
        Compounds whose people may pass where not everybody may, of each.
    passed
        All gates that are passed at each, -1 for the border of a compound without any.
    """

    links: Links
    gate: Integers
    admitted: list[Zone]
    passed: list[tuple[int, ...]]


def passages(
    crossings: Crossings, gates: Gates, gateless: frozenset[int], zones: Zones
) -> Passages:
    """What links both sides of each crossing.

    Parameters
    ----------
    crossings
        Crossings with their gates.
    gates
        Gates.
    gateless
        Compounds without any gate.
    zones
        Walled compounds.

    Returns
    -------
    Passages
        Through several gates at once those pass whom every one of them admits.
    """
    areas_m2 = shapely.area(zones.shapes_m)
    ends, codes, gate, admitted, through = [], [], [], [], []
    for nodes, sides, passed in zip(
        crossings.nodes.tolist(), crossings.sides, crossings.gates, strict=True
    ):
        if not passed:
            continue
        crossed = set(sides[0]) ^ set(sides[1])
        own = [gates.compounds[g] if g >= 0 else tuple(crossed & gateless) for g in passed]
        code = [int(gates.code[g]) if g >= 0 else GATE_RESIDENTS for g in passed]
        people = [who for who, c in zip(own, code, strict=True) if c == GATE_RESIDENTS]
        # those of the innermost wall, if they belong to the other walls as well
        people.sort(key=lambda who: -min(areas_m2[list(who)], default=0.0))
        theirs = [side for side in sides if all(set(who) & set(side) for who in people)]
        kind = max(code)  # open < residents < closed
        if kind == GATE_RESIDENTS and len(people) > 1 and not theirs:
            kind = GATE_CLOSED
        ends.append(nodes)
        codes.append(kind)
        gate.append(max(passed))
        through.append(passed)
        admitted.append(people[-1] if people else own[0])
    count = len(ends)
    links = Links(
        np.array(ends, dtype=np.int64).reshape(-1, 2),
        np.array(codes, dtype=np.int8),
        np.zeros(count),
    )
    return Passages(links, np.array(gate, dtype=np.int64), admitted, through)


def gates_in_streets(
    network: WalkNetwork, gates: Gates, passed: set[int]
) -> tuple[Integers, Integers, Floats]:
    """Gates that stand in a street where it crosses no wall.

    Parameters
    ----------
    network
        Streets.
    gates
        Gates.
    passed
        Gates that a street passes anyway.

    Returns
    -------
    gate, edge, share
        The gates, and where they stand, shape (k,).
    """
    beside_m = np.hypot(*(gates.wall_m - gates.xy_m).T)
    free = [
        g
        for g, own in enumerate(gates.compounds)
        if g not in passed and not own and not (gates.in_wall[g] and beside_m[g] < _IN_STREET_M)
    ]
    if not free:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0)
    street = np.flatnonzero(network.edge_link == 0)
    vertex = np.repeat(np.arange(network.edge_count), np.diff(network.edge_first_point))
    lines = shapely.linestrings(network.edge_points_m, indices=vertex)
    points = shapely.points(gates.xy_m[free])
    found, at = shapely.STRtree(lines[street]).query_nearest(
        points, max_distance=_IN_STREET_M, all_matches=False
    )
    share = shapely.line_locate_point(lines[street[at]], points[found], normalized=True)
    return np.array(free)[found], street[at], np.asarray(share)


def with_street_gates(
    network: WalkNetwork, borders: Borders, edge: Integers, share: Floats
) -> Borders:
    """Borders with a crossing at each gate that closes a street by itself.

    Parameters
    ----------
    network
        Streets.
    borders
        Where they cross walls.
    edge, share
        Where the gates stand, shape (k,). At a node every street is parted from every other.

    Returns
    -------
    Borders
    """
    side = borders.side.copy()
    end = np.where(share < 0.5, 0, 1)
    inner, whole_m = np.ones(len(edge), dtype=bool), Drawn.of(network).whole_m
    for i, (e, at) in enumerate(zip(edge.tolist(), end.tolist(), strict=True)):
        if min(share[i], 1.0 - share[i]) * whole_m[e] >= AT_NODE_M:
            continue
        inner[i] = False
        ends = place_ends(network)
        for number, (other, which) in enumerate(np.argwhere(ends == ends[e, at])):
            if network.edge_link[other] == 0 and side[other, which] == 0:
                side[other, which] = number + 1
    zone = zone_at(
        edge[inner],
        share[inner],
        borders.edge,
        borders.share,
        borders.part_zone,
        borders.edge_zone,
    )
    return Borders(
        np.concatenate([borders.edge, edge[inner]]),
        np.concatenate([borders.share, share[inner]]),
        np.concatenate([borders.part_zone, np.column_stack([zone, zone])]).astype(np.int32),
        borders.edge_zone,
        side,
    )
