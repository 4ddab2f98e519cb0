"""Where streets cross walls that enclose no compound: a fence, the wall along a railway.

Such a wall has sides but no inside. Where several walls meet at one place they part it into
sectors, and a street that leaves it into another sector than it came from crosses a wall.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.network.graph import WalkNetwork
from lifecircle.network.walls import Meetings, WallLines

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
    edge, share, wall = meetings.edge[lone], meetings.share[lone], meetings.wall[lone]
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
        angles = [turn for i in spot for turn in walls.directions(int(wall[i]), place[i])]
        before, behind = _sector(angles, ahead[0][spot[0]]), _sector(angles, ahead[1][spot[-1]])
        if before != behind and before and behind:
            cuts.append((int(edge[spot[0]]), float(share[spot[0]])))
    nodes = network.edge_ends[edge[at_node], np.argmin(to_end[at_node], axis=1)]
    met = pd.Series(wall[at_node]).groupby(nodes).agg(set)
    _take_sides(network, walls, meetings, met, side)
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
    met: Any,
    side: NDArray[np.int8],
) -> None:
    """On which side of the walls each street begins that leaves a node on a wall."""
    if not len(met):
        return
    nodes = met.index.to_numpy()
    edge, end = np.nonzero(np.isin(network.edge_ends, nodes))
    whole_m = np.maximum(meetings.drawn.whole_m[edge], 1e-9)
    look = np.minimum(2 * _LOOK_M, whole_m / 2) / whole_m
    ahead = meetings.drawn.places(edge, np.where(end == 0, look, 1.0 - look))
    angles: dict[int, list[float]] = {}
    for node, found in met.items():
        at = network.node_xy_m[node]
        ways = [angle for wall in sorted(found) for angle in walls.directions(int(wall), at)]
        angles[int(node)] = ways if len(ways) > 1 else []
    for e, i, place in zip(edge.tolist(), end.tolist(), ahead, strict=True):
        node = int(network.edge_ends[e, i])
        if network.edge_link[e] == 0:
            side[e, i] = _sector(angles[node], place - network.node_xy_m[node])
    _stay_on_a_side(network, side, edge, end)


def _stay_on_a_side(
    network: WalkNetwork, side: NDArray[np.int8], edge: Integers, end: Integers
) -> None:
    """Streets that leave a node along its wall go with the first of those that do not."""
    lowest: dict[int, int] = {}
    for e, i in zip(edge.tolist(), end.tolist(), strict=True):
        node, number = int(network.edge_ends[e, i]), int(side[e, i])
        if number:
            lowest[node] = min(lowest.get(node, number), number)
    for e, i in zip(edge.tolist(), end.tolist(), strict=True):
        if side[e, i] == 0 and network.edge_link[e] == 0:
            side[e, i] = lowest.get(int(network.edge_ends[e, i]), 0)


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
