"""Where streets cross walls that enclose no compound: a fence, the wall along a railway.

Such a wall has sides but no inside. Where several walls meet at one place they part it into
sectors, and a street that leaves it into another sector than it came from crosses a wall.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from lifecircle.network.graph import WalkNetwork
from lifecircle.network.links import STREET
from lifecircle.network.walls import Meetings, WallLines, place_ends

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# A street is cut at a wall no nearer to its end than this; nearer, its end stands on the wall.
AT_NODE_M = 0.3
# Crossings of one street this near to each other are one.
ONE_CUT_M = 0.05
# From how far along a street it is seen on which side of a wall it goes on.
_LOOK_M = 0.5
# A street whose direction is that of a wall runs along it and crosses nothing there.
_ALONG_RADIANS = np.radians(3.0)


def lone_crossings(
    network: WalkNetwork,
    walls: WallLines,
    meetings: Meetings,
    lone: NDArray[np.bool_],
) -> tuple[Integers, Floats, NDArray[np.int8]]:
    """Cuts at lone walls, and the side of a wall on which each end of an edge begins.

    Parameters
    ----------
    network
        Streets.
    walls
        Walls.
    meetings
        Where the streets meet them.
    lone
        Meetings with lone walls, shape (n,).

    Returns
    -------
    edge, share
        Cuts, shape (c,).
    side
        Sector between the walls into which each end of an edge leaves its node, 0 where its node
        stands on no wall, shape (m, 2).
    """
    side = np.zeros((network.edge_count, 2), dtype=np.int8)
    edge, share = meetings.edge[lone], meetings.share[lone]
    whole_m = meetings.drawn.whole_m
    run_m = share * whole_m[edge]
    place = meetings.drawn.places(edge, share)
    to_end = np.column_stack([run_m, whole_m[edge] - run_m])
    at_node = to_end.min(axis=1) < AT_NODE_M
    look = np.minimum(_LOOK_M, to_end / 2) / whole_m[edge][:, None]
    ahead = [
        meetings.drawn.places(edge, share + sign * look[:, i]) - place
        for i, sign in ((0, -1.0), (1, 1.0))
    ]
    cuts: list[tuple[int, float]] = []
    for spot in _spots(edge, run_m, np.flatnonzero(~at_node)):
        angles = walls.directions(place[spot[0]])
        before, behind = _sector(angles, ahead[0][spot[0]]), _sector(angles, ahead[1][spot[-1]])
        if before != behind and before and behind:
            cuts.append((int(edge[spot[0]]), float(share[spot[0]])))
    met = network.edge_ends[edge[at_node], np.argmin(to_end[at_node], axis=1)]
    _take_sides(network, walls, meetings, np.unique(met), side)
    cut = np.array(cuts, dtype=np.float64).reshape(-1, 2)
    return cut[:, 0].astype(np.int64), cut[:, 1], side


def _spots(edge: Integers, run_m: Floats, rows: Integers) -> list[list[int]]:
    """Meetings of one street at one place, together."""
    spots: list[list[int]] = []
    for i in rows.tolist():
        last = spots[-1][-1] if spots else -1
        if last >= 0 and edge[last] == edge[i] and run_m[i] - run_m[last] < ONE_CUT_M:
            spots[-1].append(i)
        else:
            spots.append([i])
    return spots


def _take_sides(
    network: WalkNetwork,
    walls: WallLines,
    meetings: Meetings,
    nodes: Integers,
    side: NDArray[np.int8],
) -> None:
    """On which side of the walls each street begins that leaves a place on a wall."""
    if not len(nodes):
        return
    ends = place_ends(network)
    number = np.zeros(network.node_count, dtype=np.int64)
    number[network.edge_ends] = ends
    angles = {int(number[node]): _angles_at(walls, network.node_xy_m[node]) for node in nodes}
    edge, end = np.nonzero(np.isin(ends, list(angles)) & (network.edge_link == STREET)[:, None])
    whole_m = np.maximum(meetings.drawn.whole_m[edge], 1e-9)
    look = np.minimum(2 * _LOOK_M, whole_m / 2) / whole_m
    ahead = meetings.drawn.places(edge, np.where(end == 0, look, 1.0 - look))
    at = ends[edge, end].tolist()
    for e, i, place, there in zip(edge.tolist(), end.tolist(), at, ahead, strict=True):
        side[e, i] = _sector(angles[place], there - network.node_xy_m[network.edge_ends[e, i]])
    # streets that leave along a wall go with the first of those that do not
    lowest: dict[int, int] = {}
    for e, i, place in zip(edge.tolist(), end.tolist(), at, strict=True):
        if side[e, i]:
            lowest[place] = min(lowest.get(place, int(side[e, i])), int(side[e, i]))
    for e, i, place in zip(edge.tolist(), end.tolist(), at, strict=True):
        if side[e, i] == 0:
            side[e, i] = lowest.get(place, 0)


def _angles_at(walls: WallLines, node_m: Floats) -> list[float]:
    """Directions of the walls at the place on them that is nearest to a node."""
    tree, _ = walls.lone_segments
    nearest = tree.geometries[tree.nearest(shapely.Point(node_m))]
    spot = shapely.get_coordinates(shapely.shortest_line(nearest, shapely.Point(node_m)))[0]
    return walls.directions(spot)


def _sector(angles: list[float], way: Floats) -> int:
    """Number of the sector between walls that a way lies in, from 1.

    0 if they part nothing, or if the way runs along one of them.
    """
    distinct = sorted({round(angle, 6) for angle in angles})
    if len(distinct) < 2:
        return 0
    turn = float(np.arctan2(way[1], way[0]))
    apart = np.abs((np.array(distinct) - turn + np.pi) % (2 * np.pi) - np.pi)
    if apart.min() < _ALONG_RADIANS:
        return 0
    return int(np.searchsorted(distinct, turn, side="right")) % len(distinct) + 1
