"""Where a street ends just short of another: gaps that are most often slips of the drawing.

A *dangling end* is a node at which a single street ends. It has a gap where another street, or a
later stretch of its own, comes near and the walk there along the streets is long: more than four
times the gap and more than 30 m. A hairpin that comes back beside itself is none; nor are the two
carriageways of one street that end side by side, as they do where an extract was cut.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from lifecircle.network.graph import WalkNetwork
from lifecircle.network.links import STREET

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]

REPAIR = "repair"
"""Class of the links that repair makes; they never count as streets of their own."""

# A walk that is not longer than this, or than four times the gap, needs no other.
_SHORT_WALK_M = 30.0
_DETOUR = 4.0
# A street of the same name that lies more than 60° off the way ahead is the other carriageway.
_SIDEWAYS = 0.5
# A place this near to the end of a street is its end.
AT_END_M = 1e-3


@dataclass(frozen=True, eq=False)
class Gaps:
    """Dangling ends and the place on another street that each comes near.

    Parameters
    ----------
    node
        Position of each dangling end, rising, shape (g,).
    edge
        Street that it comes near, shape (g,).
    share
        Share of that street's drawn length that lies behind the nearest place, 0–1, shape (g,).
    node_to
        Node at the nearest place, -1 where the street runs on, shape (g,).
    gap_m
        Straight distance, metres, shape (g,).
    to_xy_m
        The nearest place, metres, shape (g, 2).
    """

    node: Positions
    edge: Positions
    share: Floats
    node_to: Positions
    gap_m: Floats
    to_xy_m: Floats

    def take(self, rows: Any) -> Gaps:
        """Some of the gaps.

        Parameters
        ----------
        rows
            Positions or a mask.

        Returns
        -------
        Gaps

        Examples
        --------
        >>> none = np.empty(0, dtype=np.int64)
        >>> gaps = Gaps(none, none, np.empty(0), none, np.empty(0), np.empty((0, 2)))
        >>> len(gaps.take([]).node)
        0
        """
        return Gaps(**{name: getattr(self, name)[rows] for name in self.__dataclass_fields__})


def find_gaps(
    network: WalkNetwork, within_m: float, walls: Any = None, *, detour: float = _DETOUR
) -> Gaps:
    """Dangling ends within a distance of another street that they are not joined with.

    Two ends that face each other are one gap. Nothing is a gap that a wall parts.

    Parameters
    ----------
    network
        Streets.
    within_m
        Largest gap, metres.
    walls
        Walls as they were built into a network, where not those of ``network`` itself.
    detour
        How many times the gap the walk around must be at least.

    Returns
    -------
    Gaps
        The nearest other street of each end.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> gaps = find_gaps(load_demo().network, 2.0)
    >>> bool((gaps.gap_m <= 2.0).all())
    True
    """
    lines = edge_lines(network)
    drawn_m = shapely.length(lines)
    node, own = _dangling(network)
    ends = shapely.points(network.node_xy_m[node])
    street = np.flatnonzero(
        (network.edge_link == STREET) & (network.edge_highway != REPAIR) & (drawn_m > 0)
    )
    row, near = shapely.STRtree(lines[street]).query(ends, "dwithin", within_m)
    edge = street[near]
    along_m = shapely.line_locate_point(lines[edge], ends[row])
    apart = edge != own[row]
    returns = _returning(network, lines, node, own, within_m)
    row = np.concatenate([row[apart], returns[0]])
    along_m = np.concatenate([along_m[apart], returns[1]])
    edge = np.concatenate([edge[apart], own[returns[0]]])
    to = shapely.line_interpolate_point(lines[edge], along_m)
    gaps = Gaps(
        node=node[row],
        edge=edge,
        share=along_m / drawn_m[edge],
        node_to=_node_there(network, edge, along_m, drawn_m[edge]),
        gap_m=shapely.distance(ends[row], to),
        to_xy_m=shapely.get_coordinates(to),
    )
    gaps = gaps.take(~_is_carriageway(network, gaps, own[row]))
    gaps = gaps.take(_nothing_between(network, walls, gaps))
    walk_m = _walks(network, gaps, within_m * detour)
    gaps = gaps.take(walk_m > np.maximum(detour * gaps.gap_m, _SHORT_WALK_M))
    gaps = gaps.take(np.lexsort((gaps.edge, gaps.gap_m, gaps.node)))
    _, first = np.unique(gaps.node, return_index=True)
    return _once(gaps.take(first))


def edge_lines(network: WalkNetwork) -> NDArray[Any]:
    """Drawing of each edge.

    Parameters
    ----------
    network
        Streets.

    Returns
    -------
    array of LineString, shape (m,)
        Metres in ``network.crs``.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> network = load_demo().network
    >>> len(edge_lines(network)) == network.edge_count
    True
    """
    edge = np.repeat(np.arange(network.edge_count), np.diff(network.edge_first_point))
    return np.asarray(shapely.linestrings(network.edge_points_m, indices=edge))


def _dangling(network: WalkNetwork) -> tuple[Positions, Positions]:
    """Nodes at which a single street ends, and that street; links of repair do not count."""
    kept = np.flatnonzero(network.edge_highway != REPAIR)
    ends = network.edge_ends[kept]
    own = np.full(network.node_count, -1, dtype=np.int64)
    own[ends.ravel()] = np.repeat(kept, 2)
    node = np.flatnonzero(np.bincount(ends.ravel(), minlength=network.node_count) == 1)
    return node, own[node]


def _returning(
    network: WalkNetwork, lines: NDArray[Any], node: Positions, own: Positions, within_m: float
) -> tuple[Positions, Floats]:
    """Ends to which their own street comes back: rows of ``node``, and metres along the street."""
    around = shapely.buffer(shapely.points(network.node_xy_m[node]), 1.02 * within_m)
    inside = shapely.intersection(around, lines[own])
    rows, along_m = [], []
    for row in np.flatnonzero(shapely.get_num_geometries(inside) > 1).tolist():
        line, end = lines[own[row]], shapely.Point(network.node_xy_m[node[row]])
        turned = network.edge_ends[own[row], 0] != node[row]
        line = shapely.reverse(line) if turned else line
        there_m = _nearest_beyond(line, end, _SHORT_WALK_M)
        if there_m is None or line.interpolate(there_m).distance(end) > within_m:
            continue
        rows.append(row)
        along_m.append(line.length - there_m if turned else there_m)
    return np.array(rows, dtype=np.int64), np.array(along_m, dtype=np.float64)


def _nearest_beyond(line: Any, end: Any, begin_m: float) -> float | None:
    """Metres along a line to the place nearest to its beginning, of those beyond some metres."""
    xy = shapely.get_coordinates(line)
    behind = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    if behind[-1] <= begin_m:
        return None
    begin = shapely.get_coordinates(line.interpolate(begin_m))
    rest = shapely.LineString(np.vstack([begin, xy[behind > begin_m]]))
    return begin_m + float(rest.project(end))


def _node_there(
    network: WalkNetwork, edge: Positions, along_m: Floats, drawn_m: Floats
) -> Positions:
    """Node at a place on each edge, -1 where there is none."""
    there = np.full(len(edge), -1, dtype=np.int64)
    there = np.where(drawn_m - along_m <= AT_END_M, network.edge_ends[edge, 1], there)
    return np.where(along_m <= AT_END_M, network.edge_ends[edge, 0], there)


def _is_carriageway(network: WalkNetwork, gaps: Gaps, own: Positions) -> NDArray[np.bool_]:
    """Whether each gap lies beside the end of a street, not ahead, and its name is the same."""
    first, last = network.edge_first_point[own], network.edge_first_point[own + 1] - 1
    starts = network.edge_ends[own, 0] == gaps.node
    before = network.edge_points_m[np.where(starts, first + 1, last - 1)]
    here = network.node_xy_m[gaps.node]
    ahead, across = here - before, gaps.to_xy_m - here
    along = (ahead * across).sum(axis=1)
    sideways = along < _SIDEWAYS * np.hypot(*ahead.T) * np.hypot(*across.T)
    name = network.edge_name[own]
    same = (name == network.edge_name[gaps.edge]) & (name != "") & (gaps.edge != own)
    return np.asarray(same & sideways, dtype=bool)


def _nothing_between(network: WalkNetwork, walls: Any, gaps: Gaps) -> NDArray[np.bool_]:
    """Whether no wall stands in each gap, as far as the walls can tell."""
    walls = network.walls if walls is None else walls
    if walls is None or not len(gaps.node):
        return np.ones(len(gaps.node), dtype=bool)
    return ~np.asarray(walls.crossed(network.node_xy_m[gaps.node], gaps.to_xy_m), dtype=bool)


def _walks(network: WalkNetwork, gaps: Gaps, longest_m: float) -> Floats:
    """Walk along the streets from each end to the place across its gap, metres.

    Infinite where it is longer than any that matters. Closed gates are walked through: nobody
    mends a wall by a link beside its gate.
    """
    limit_m = max(longest_m, _SHORT_WALK_M)
    first, head, of = (array.tolist() for array in network.arcs)
    length_m = network.edge_length_m.tolist()
    walks = np.full(len(gaps.node), np.inf)
    reached: dict[int, dict[int, float]] = {}
    columns = (gaps.node, gaps.edge, gaps.share, network.edge_ends[gaps.edge])
    for row, (node, edge, share, (start, end)) in enumerate(
        zip(*(column.tolist() for column in columns), strict=True)
    ):
        if node not in reached:
            reached[node] = _reached(node, limit_m, (first, head, of, length_m))
        metres = reached[node]
        walks[row] = min(
            metres.get(start, np.inf) + share * length_m[edge],
            metres.get(end, np.inf) + (1.0 - share) * length_m[edge],
        )
    return walks


def _reached(node: int, limit_m: float, arcs: tuple[list[Any], ...]) -> dict[int, float]:
    """Metres from a node to each node within a limit."""
    first, head, of, length_m = arcs
    metres: dict[int, float] = {}
    waiting = [(0.0, node)]
    while waiting:
        here_m, here = heapq.heappop(waiting)
        if here in metres:
            continue
        metres[here] = here_m
        for arc in range(first[here], first[here + 1]):
            there_m = here_m + length_m[of[arc]]
            if there_m <= limit_m and head[arc] not in metres:
                heapq.heappush(waiting, (there_m, head[arc]))
    return metres


def _once(gaps: Gaps) -> Gaps:
    """Gaps of which two ends that face each other make one: that of the first."""
    across = dict(zip(gaps.node.tolist(), gaps.node_to.tolist(), strict=True))
    kept = [
        not (there < node and across.get(there) == node)
        for node, there in zip(gaps.node.tolist(), gaps.node_to.tolist(), strict=True)
    ]
    return gaps.take(np.array(kept, dtype=bool))
