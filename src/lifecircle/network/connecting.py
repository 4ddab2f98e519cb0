"""Gates that no mapped street passes, joined to the streets by straight ways.

Outside to the nearest street in sight. Inside a compound to its nearest street; where a compound
has no mapped street, its gates to each other. Inside, straight lines are lengthened by the detour
that people make around buildings. Closed gates are joined as well: to open one changes what the
gate costs and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import shapely
from numpy.typing import NDArray

from lifecircle.network import grid
from lifecircle.network.cutting import Links, cut_stretches, rebuilt
from lifecircle.network.gating import GAP_M, Gates, Passages
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.links import CONNECTION, STREET
from lifecircle.network.sight import Sight, visible_streets
from lifecircle.network.walls import Drawn, Zone

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Longest straight way from a gate to a street outside, and to one inside its compound.
OUTSIDE_M = 100.0
INSIDE_M = 500.0


@dataclass(frozen=True, eq=False)
class Connected:
    """Streets with all gates joined to them.

    Parameters
    ----------
    network
        Streets; links at gates and connections follow behind.
    edge_zone
        Zone of each edge, -1 for links, shape (m,).
    passages
        The new links at gates; they are edges ``first`` and following.
    first
        Edge of the first new link.
    leading_nowhere
        Gates of which a side meets no street, shape (k,).
    """

    network: WalkNetwork
    edge_zone: NDArray[np.int32]
    passages: Passages
    first: int
    leading_nowhere: Integers


def connect_gates(
    network: WalkNetwork, sight: Sight, gates: Gates, wanted: Integers, detour: float
) -> Connected:
    """Join gates to the streets on both of their sides.

    Parameters
    ----------
    network
        Streets, taken apart at the walls.
    sight
        Walls.
    gates
        All gates.
    wanted
        Those that no street passes, shape (w,).
    detour
        How much longer a way inside a compound is than the straight line.

    Returns
    -------
    Connected
    """
    sides_m, zone, inner = _sides(sight, gates, wanted)
    usable = network.edge_link == STREET
    cells = grid.street_grid(network.edge_points_m, network.edge_first_point, usable)
    flat_m, flat_inner = sides_m.reshape(-1, 2), inner.ravel()
    edge = np.full(len(flat_m), -1, dtype=np.int32)
    share, away_m = np.zeros(len(flat_m)), np.full(len(flat_m), np.inf)
    for rows, limit_m in ((flat_inner, INSIDE_M), (~flat_inner, OUTSIDE_M)):
        if rows.any():
            found = visible_streets(network, sight, flat_m[rows], cells, limit_m)
            edge[rows], share[rows], away_m[rows] = found
    joined = np.flatnonzero(edge >= 0)
    side_node = network.node_count + np.arange(len(flat_m))
    meets, at_edge, at_share, at_node, met_m = _meeting_nodes(
        network, edge[joined], share[joined], network.node_count + len(flat_m)
    )
    factor = np.where(flat_inner, detour, 1.0)
    ways = [
        *zip(
            side_node[joined].tolist(),
            meets.tolist(),
            (away_m * factor)[joined].tolist(),
            strict=True,
        ),
        *_across(flat_m, side_node, zone.ravel(), flat_inner & (edge < 0), detour),
    ]
    way_ends = np.array([way[:2] for way in ways], dtype=np.int64).reshape(-1, 2)
    links = Links(
        np.concatenate([side_node.reshape(-1, 2), way_ends]),
        np.concatenate([gates.code[wanted], np.full(len(ways), CONNECTION, dtype=np.int8)]).astype(
            np.int8
        ),
        np.concatenate([np.zeros(len(wanted)), [way[2] for way in ways]]),
    )
    stretches, _ = cut_stretches(network, at_edge, at_share, at_node)
    built = rebuilt(network, stretches, links, np.concatenate([flat_m, met_m]))
    edge_zone = np.concatenate(
        [sight.edge_zone[stretches.parent], np.full(len(links.code), -1)]
    ).astype(np.int32)
    admitted: list[Zone] = [gates.compounds[g] for g in wanted.tolist()]
    gate_links = Links(side_node.reshape(-1, 2), gates.code[wanted], np.zeros(len(wanted)))
    lost = (edge.reshape(-1, 2) < 0) & ~inner
    return Connected(
        built,
        edge_zone,
        Passages(gate_links, wanted, admitted, [(g,) for g in wanted.tolist()]),
        len(stretches.parent),
        wanted[lost.any(axis=1)],
    )


def _sides(
    sight: Sight, gates: Gates, wanted: Integers
) -> tuple[Floats, NDArray[np.int32], NDArray[np.bool_]]:
    """Both sides of gates: places (w, 2, 2), zones, and whether inside the gate's compound."""
    place = gates.wall_m[wanted]
    normal = np.zeros(place.shape)
    walls = sight.walls
    # the wall's direction at the gate: that of its segment nearest to it
    starts, ends = walls.points_m[:-1], walls.points_m[1:]
    real = np.ones(len(starts), dtype=bool)
    real[walls.first[1:-1] - 1] = False
    real &= (starts != ends).any(axis=1)
    rows = np.flatnonzero(real)
    if len(rows) and len(wanted):
        lines = shapely.linestrings(np.stack([starts[rows], ends[rows]], axis=1))
        nearest = shapely.STRtree(lines).query_nearest(shapely.points(place), all_matches=False)
        along = (ends - starts)[rows[nearest[1]]]
        along /= np.hypot(*along.T)[:, None]
        normal[nearest[0]] = np.column_stack([-along[:, 1], along[:, 0]])
    sides_m = np.stack([place + GAP_M * normal, place - GAP_M * normal], axis=1)
    zone = sight.zones.of_points(sides_m.reshape(-1, 2)).reshape(-1, 2)
    inner = np.zeros(zone.shape, dtype=bool)
    for row, g in enumerate(wanted.tolist()):
        own = set(gates.compounds[g])
        held = [len(own.intersection(sight.zones.sets[z])) for z in zone[row].tolist()]
        inner[row] = [count > 0 for count in held]  # both, where two compounds share the wall
    return sides_m, zone, inner


def _meeting_nodes(
    network: WalkNetwork,
    edge: NDArray[np.int32],
    share: Floats,
    first_node: int,
) -> tuple[Integers, Integers, Floats, Integers, Floats]:
    """Nodes at which connections meet streets, and the cuts that make the new ones."""
    length_m = network.edge_length_m[edge]
    meets = np.empty(len(edge), dtype=np.int64)
    at_start, at_end = share * length_m < GAP_M, (1.0 - share) * length_m < GAP_M
    meets[at_end] = network.edge_ends[edge[at_end], 1]
    meets[at_start] = network.edge_ends[edge[at_start], 0]
    inner = np.flatnonzero(~(at_start | at_end))
    spots, which = np.unique(
        np.column_stack([edge[inner].astype(np.float64), share[inner]]),
        axis=0,
        return_inverse=True,
    )
    meets[inner] = first_node + which.ravel()
    at_edge, at_share = spots[:, 0].astype(np.int64), spots[:, 1]
    node = first_node + np.arange(len(spots))
    places_m = Drawn.of(network).places(at_edge, at_share)
    return meets, at_edge, at_share, np.column_stack([node, node]), places_m


def _across(
    sides_m: Floats,
    node: Integers,
    zone: NDArray[np.int32],
    lonely: NDArray[np.bool_],
    detour: float,
) -> list[tuple[int, int, float]]:
    """Ways between the gates of compounds without mapped streets."""
    ways = []
    for number in np.unique(zone[lonely]).tolist():
        rows = np.flatnonzero(lonely & (zone == number))
        for one, two in combinations(rows.tolist(), 2):
            length_m = float(np.hypot(*(sides_m[one] - sides_m[two])))
            ways.append((int(node[one]), int(node[two]), detour * length_m))
    return ways
