"""Ways that a scenario makes: links between two places of the streets that nobody joins.

People go on joining the streets where they did before, so that a new way can only shorten walks.
It runs through walls: whoever plans one opens what stands in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from lifecircle.network.cutting import Links, cut_stretches, rebuilt
from lifecircle.network.gaps import edge_lines
from lifecircle.network.graph import WalkNetwork, put_in_order
from lifecircle.network.links import CROSSING, SIGNALS, STREET
from lifecircle.network.walls import Drawn

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]

NEW = "new way"
"""Class of the ways that a scenario makes."""

WAITS = {"": 0, "crossing": CROSSING, "signals": SIGNALS}
"""Words for how long people wait on a new way."""

# A place this near to the end of a street is its end.
_AT_END_M = 1e-3
# A way this short has no direction.
_LEAST_M = 1e-6


@dataclass(frozen=True, eq=False)
class NewWays:
    """Ways to be made, straight from one place on a street to another.

    Parameters
    ----------
    edge, share
        Street at both ends of each, and the share of its drawn length that lies behind the place,
        shape (k, 2).
    code
        What each is: ``NEW_WAY`` or ``PROPOSED_WAY`` (:mod:`lifecircle.network.links`), shape (k,).
    wait
        ``CROSSING`` or ``SIGNALS`` where people wait for it as at a crossing, 0 for none, shape
        (k,).
    """

    edge: Positions
    share: Floats
    code: NDArray[np.int8]
    wait: NDArray[np.int8]

    @classmethod
    def of(cls, ways: Sequence[tuple[Any, Any, int, int]]) -> NewWays:
        """Ways from rows of edges, shares, code and wait.

        Parameters
        ----------
        ways
            One row each.

        Returns
        -------
        NewWays

        Examples
        --------
        >>> from lifecircle.network.links import NEW_WAY
        >>> NewWays.of([((3, 7), (0.0, 0.5), NEW_WAY, 0)]).share.tolist()
        [[0.0, 0.5]]
        """
        return cls(
            np.array([way[0] for way in ways], dtype=np.int64).reshape(-1, 2),
            np.array([way[1] for way in ways], dtype=np.float64).reshape(-1, 2),
            np.array([way[2] for way in ways], dtype=np.int8),
            np.array([way[3] for way in ways], dtype=np.int8),
        )


def nearest_streets(
    network: WalkNetwork, xy_m: Floats, within_m: float
) -> tuple[Positions, Floats, Floats]:
    """Nearest street of each place, whatever stands between.

    Parameters
    ----------
    network
        Streets.
    xy_m
        Places, metres in ``network.crs``, shape (n, 2).
    within_m
        Longest straight way, metres.

    Returns
    -------
    edge, share, away_m
        The street, -1 where none is near; the share of its drawn length behind the nearest place;
        and how far that is, shape (n,).

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> network = load_demo().network.plain
    >>> edge, _, away_m = nearest_streets(network, network.node_xy_m[:3], 5.0)
    >>> bool((edge >= 0).all()), away_m.round(3).tolist()
    (True, [0.0, 0.0, 0.0])
    """
    lines, street, tree = street_lines(network)
    edge = np.full(len(xy_m), -1, dtype=np.int64)
    share, away_m = np.zeros(len(xy_m)), np.full(len(xy_m), np.inf)
    points = shapely.points(xy_m)
    row, near = tree.query_nearest(points, max_distance=within_m, all_matches=False)
    edge[row] = street[near]
    share[row] = shapely.line_locate_point(lines[near], points[row], normalized=True)
    away_m[row] = shapely.distance(lines[near], points[row])
    return edge, share, away_m


def street_lines(network: WalkNetwork) -> tuple[NDArray[Any], Positions, Any]:
    """Drawings of the streets, the edge of each, and a tree over them, made once per network.

    Parameters
    ----------
    network
        Streets.

    Returns
    -------
    lines, edge, tree
        Metres in ``network.crs``, shape (s,); links and streets without length are left out.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> lines, edge, _ = street_lines(load_demo().network)
    >>> len(lines) == len(edge)
    True
    """
    if "streets and their edges" not in network.made:
        lines = edge_lines(network)
        street = np.flatnonzero((network.edge_link == STREET) & (shapely.length(lines) > 0))
        lines = lines[street]
        network.made["streets and their edges"] = lines, street, shapely.STRtree(lines)
    return network.made["streets and their edges"]  # type: ignore[no-any-return]


def with_new_ways(network: WalkNetwork, ways: NewWays) -> WalkNetwork:
    """Streets with new ways, without walls.

    Parameters
    ----------
    network
        Streets without walls.
    ways
        What is made.

    Returns
    -------
    WalkNetwork
        The streets are cut where a way meets them; every length adds up to the old one. The ways
        are the last of ``made["new ways"]``, edges in the order of ``ways``.
    """
    if not len(ways.code):
        return network
    edge, share = ways.edge.ravel(), ways.share.ravel()
    node, cuts, met_m = _nodes_at(network, edge, share)
    stretches, _ = cut_stretches(
        network, edge[cuts], share[cuts], np.column_stack([node[cuts], node[cuts]])
    )
    links, more_m = _links(network, ways, node.reshape(-1, 2), met_m)
    linked = rebuilt(network, stretches, links, np.concatenate([met_m, more_m]))
    ordered, _, order = put_in_order(linked)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    first = len(stretches.parent)
    ordered.made["new ways"] = place[first : first + len(ways.code)]
    return ordered


def _nodes_at(
    network: WalkNetwork, edge: Positions, share: Floats
) -> tuple[Positions, Positions, Floats]:
    """Node of each place on a street, which of them cut it, and where those lie."""
    along_m = share * Drawn.of(network).whole_m[edge]
    rest_m = (1.0 - share) * Drawn.of(network).whole_m[edge]
    node = np.where(along_m <= _AT_END_M, network.edge_ends[edge, 0], -1).astype(np.int64)
    node = np.where((rest_m <= _AT_END_M) & (node < 0), network.edge_ends[edge, 1], node)
    inside = np.flatnonzero(node < 0)
    order = inside[np.lexsort((along_m[inside], edge[inside]))]
    fresh = np.ones(len(order), dtype=bool)
    same = (np.diff(edge[order]) == 0) & (np.diff(along_m[order]) <= _AT_END_M)
    fresh[1:] = ~same
    cuts = order[fresh]
    node[order] = network.node_count + np.cumsum(fresh) - 1
    return node, cuts, Drawn.of(network).places(edge[cuts], share[cuts])


def _links(
    network: WalkNetwork, ways: NewWays, node: Positions, met_m: Floats
) -> tuple[Links, Floats]:
    """The ways, and at their ends the waits; and the places of the nodes between."""
    place_m = np.concatenate([network.node_xy_m, met_m])
    length_m = np.hypot(*(place_m[node[:, 1]] - place_m[node[:, 0]]).T)
    waiting = np.flatnonzero(ways.wait > 0)
    between = len(place_m) + np.arange(2 * len(waiting)).reshape(-1, 2)
    ends = node.copy()
    ends[waiting] = between
    half = np.column_stack([node[waiting].ravel(), between.ravel()])
    return (
        Links(
            np.concatenate([ends, half.reshape(-1, 2)]),
            np.concatenate([ways.code, np.repeat(ways.wait[waiting], 2)]).astype(np.int8),
            np.concatenate([np.maximum(length_m, _LEAST_M), np.zeros(len(half))]),
            NEW,
        ),
        place_m[node[waiting].ravel()].reshape(-1, 2),
    )
