"""Streets cut, taken apart at their nodes, and linked anew: one network into another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lifecircle.network import grid, hits
from lifecircle.network.graph import WalkNetwork

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# A street that is cut this near to one of its bends is cut there.
_AT_BEND_M = 1e-6


@dataclass(frozen=True, eq=False)
class Stretches:
    """Edges to be: stretches of the edges of a network, in its old order along each edge.

    Parameters
    ----------
    parent
        Edge that each is a stretch of, shape (p,).
    share
        Shares of the edge at which it begins and ends, shape (p, 2).
    ends
        Nodes at both ends, shape (p, 2); old nodes keep their positions, new ones follow.
    drawn
        Shares between which it is drawn, shape (p, 2): a stretch that ends at a wall is drawn a
        little short of it, so that its end lies on one side.
    """

    parent: Integers
    share: Floats
    ends: Integers
    drawn: Floats


@dataclass(frozen=True, eq=False)
class Links:
    """Edges that are no stretch of street.

    Parameters
    ----------
    ends
        Nodes at both ends, shape (l, 2).
    code
        What each stands for (:mod:`lifecircle.network.links`), shape (l,).
    length_m
        Metres, shape (l,).
    highway
        Class of all of them, as it stands beside the classes of streets.
    """

    ends: Integers
    code: NDArray[np.int8]
    length_m: Floats
    highway: str = ""


def cut_stretches(
    network: WalkNetwork,
    edge: Integers,
    share: Floats,
    nodes: Integers,
    gap_m: float = 0.0,
    end_nodes: Integers | None = None,
) -> tuple[Stretches, Integers]:
    """Stretches of a network whose edges are cut.

    Parameters
    ----------
    network
        Streets.
    edge, share
        Edge that each cut is made in, and the share of its length that lies before, shape (c,).
    nodes
        Node at which the part before the cut ends and the one at which the part behind it begins,
        shape (c, 2): the same one where the street goes on.
    gap_m
        How far from a cut the drawing of both parts ends, metres.
    end_nodes
        Nodes at both ends of each edge where they are no longer the old ones, shape (m, 2); where
        they differ the drawing ends as far from them.

    Returns
    -------
    stretches
        By edge, and along each edge.
    after
        Which of them begins at each cut, shape (c,).
    """
    order = np.lexsort((share, edge))
    edge, share, nodes = edge[order], share[order], nodes[order]
    cuts = np.bincount(edge, minlength=network.edge_count)
    parent = np.repeat(np.arange(network.edge_count), cuts + 1)
    first = np.cumsum(cuts + 1) - (cuts + 1)
    last = first + cuts
    # the part before each cut: those of its edge begin at `first`
    before = first[edge] + np.arange(len(edge)) - (np.cumsum(cuts) - cuts)[edge]
    _, drawn_m = grid.running_length(network.edge_points_m, network.edge_first_point)
    gap = np.divide(gap_m, drawn_m, out=np.zeros(len(drawn_m)), where=drawn_m > 0)
    bounds = np.tile([0.0, 1.0], (len(parent), 1))
    bounds[before, 1], bounds[before + 1, 0] = share, share
    short = np.zeros(bounds.shape)
    short[before, 1], short[before + 1, 0] = -gap[edge], gap[edge]
    node = np.empty(bounds.shape, dtype=np.int64)
    kept = network.edge_ends.astype(np.int64)
    end_nodes = kept if end_nodes is None else end_nodes
    node[first, 0], node[last, 1] = end_nodes[:, 0], end_nodes[:, 1]
    node[before, 1], node[before + 1, 0] = nodes[:, 0], nodes[:, 1]
    moved = end_nodes != kept
    short[first, 0] += np.where(moved[:, 0], gap, 0.0)
    short[last, 1] -= np.where(moved[:, 1], gap, 0.0)
    drawn = bounds + short
    tight = drawn[:, 1] < drawn[:, 0]  # too short to be drawn short of anything
    drawn[tight] = bounds[tight].mean(axis=1, keepdims=True)
    after = np.empty(len(order), dtype=np.int64)
    after[order] = before + 1
    return Stretches(parent, bounds, node, drawn), after


def rebuilt(
    network: WalkNetwork, stretches: Stretches, links: Links, new_xy_m: Floats
) -> WalkNetwork:
    """Network of stretches and links, in the order given.

    Parameters
    ----------
    network
        Streets that the stretches are parts of.
    stretches
        What remains of them.
    links
        What is added.
    new_xy_m
        Places of the new nodes, metres, shape (k, 2).

    Returns
    -------
    WalkNetwork
        Edges: the stretches, then the links. Nodes: the old ones, then the new ones, with ids
        above all old ones.
    """
    behind, _ = grid.running_length(network.edge_points_m, network.edge_first_point)
    points_m, first_point = hits.cut_lines(
        network.edge_points_m,
        network.edge_first_point,
        behind,
        stretches.parent,
        stretches.drawn,
    )
    node_xy_m = np.concatenate([network.node_xy_m, new_xy_m])
    straight = node_xy_m[links.ends].reshape(-1, 2)
    first_link = first_point[-1] + 2 * np.arange(1, len(links.code) + 1)
    parent, none = stretches.parent, len(links.code)
    length_m = network.edge_length_m[parent] * np.diff(stretches.share, axis=1)[:, 0]
    rank = np.empty(len(parent) + none, dtype=np.int32)
    by_street = np.lexsort((stretches.share[:, 0], network.edge_rank[parent]))
    rank[by_street], rank[len(parent) :] = np.arange(len(parent)), len(parent) + np.arange(none)
    whole = (stretches.share == (0.0, 1.0)).all(axis=1)
    goes_on = np.zeros((len(parent) + none, 2), dtype=bool)
    # a street that is cut at a wall does not go on: it is drawn short of it
    at_end, drawn = stretches.share == (0.0, 1.0), stretches.share == stretches.drawn
    middle = ~at_end & ~_at_bends(network, behind, stretches)
    goes_on[: len(parent)] = ((network.edge_goes_on[parent] & at_end) | middle) & drawn
    length_m[whole] = network.edge_length_m[parent[whole]]
    return WalkNetwork(
        crs=network.crs,
        node_ids=_more_ids(network.node_ids, len(new_xy_m)),
        node_xy_m=node_xy_m,
        edge_ends=np.concatenate([stretches.ends, links.ends]).astype(np.int32),
        edge_length_m=np.concatenate([length_m, links.length_m]),
        edge_points_m=np.concatenate([points_m, straight]),
        edge_first_point=np.concatenate([first_point, first_link]).astype(np.int64),
        edge_highway=np.concatenate(
            [network.edge_highway[parent], np.full(none, links.highway, dtype=object)]
        ),
        edge_name=_longer(network.edge_name[parent], none),
        edge_osm_id=_longer(network.edge_osm_id[parent], none),
        edge_link=np.concatenate([network.edge_link[parent], links.code]).astype(np.int8),
        edge_rank=rank,
        edge_goes_on=goes_on,
        edge_tags={key: _longer(column[parent], none) for key, column in network.edge_tags.items()},
        node_elevation_m=_heights(network, stretches, links, len(new_xy_m)),
        repairs=network.repairs,
    )


def _at_bends(network: WalkNetwork, behind_m: Floats, stretches: Stretches) -> NDArray[np.bool_]:
    """Whether the ends of stretches lie at a bend of their street, shape (p, 2).

    There the street does not go on straight: the bend is the nearest place for whoever stands in
    front of it, of the part before as of the part behind.
    """
    first = network.edge_first_point
    whole_m = behind_m[first[1:] - 1]
    base_m = np.cumsum(whole_m + 1.0) - (whole_m + 1.0)  # streets one after another, 1 m apart
    bend_m = behind_m + np.repeat(base_m, np.diff(first))
    at_m = base_m[stretches.parent, None] + stretches.share * whole_m[stretches.parent, None]
    after = np.clip(np.searchsorted(bend_m, at_m), 1, len(bend_m) - 1)
    near_m = np.minimum(np.abs(bend_m[after] - at_m), np.abs(bend_m[after - 1] - at_m))
    found: NDArray[np.bool_] = near_m <= _AT_BEND_M
    return found


def _longer(column: NDArray[Any], count: int) -> NDArray[Any]:
    """Column with ``count`` more rows of which nothing is known."""
    unknown: Any = np.nan if column.dtype.kind == "f" else 0 if column.dtype.kind in "iu" else ""
    return np.concatenate([column, np.full(count, unknown, dtype=column.dtype)])


def _more_ids(ids: NDArray[Any], count: int) -> NDArray[Any]:
    """Ids with ``count`` new ones."""
    if count == 0:
        return ids
    if ids.dtype.kind in "iu":
        above = max(int(ids.max()), 0) + 1
        return np.concatenate([ids, np.arange(above, above + count, dtype=np.int64)])
    taken, number = set(ids.tolist()), 0
    fresh: list[str] = []
    while len(fresh) < count:
        number += 1
        if f"gate {number}" not in taken:
            fresh.append(f"gate {number}")
    more = np.empty(count, dtype=object)
    more[:] = fresh
    return np.concatenate([ids.astype(object), more])


def _heights(network: WalkNetwork, stretches: Stretches, links: Links, count: int) -> Floats | None:
    """Heights of the nodes: where a street was cut, as its slope between its ends says."""
    known = network.node_elevation_m
    if known is None:
        return None
    heights = np.concatenate([known, np.full(count, np.nan)])
    start, end = (known[network.edge_ends[stretches.parent, side]] for side in (0, 1))
    for side in (0, 1):
        node = stretches.ends[:, side]
        new = node >= len(known)
        at = start + stretches.share[:, side] * (end - start)
        heights[node[new]] = at[new]
    for one, other in (links.ends.T, links.ends.T[::-1]):  # both sides of a gate are level
        lost = np.isnan(heights[one])
        heights[one[lost]] = heights[other[lost]]
    return heights
