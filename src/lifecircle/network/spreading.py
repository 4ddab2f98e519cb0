"""Searches from several places at once: how far every node is from the nearest of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lifecircle.network import buckets, search
from lifecircle.network.costs import edge_costs
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.passes import Passes, passes_of
from lifecircle.network.snapping import Snapped
from lifecircle.network.walkers import Walker

# Fewer places than one in so many nodes: each is searched from alone, near by.
FEW_PLACES = 50


def nearest_seconds(
    network: WalkNetwork, walker: Walker, places: Snapped, points: Snapped, limit_s: float
) -> NDArray[np.float64]:
    """Seconds from points to the nearest of several places, by one search from all of them.

    Parameters
    ----------
    network
        Streets.
    walker
        Who walks.
    places, points
        Where they join the streets, shapes (p,) and (n,).
    limit_s
        Nodes further away than this are not visited, seconds.

    Returns
    -------
    array, shape (n,)
        Infinite where none was reached; may exceed the limit by the last stretch of street.
    """
    reached, reached_s = spread_seconds(network, walker, places, limit_s)
    reached, reached_s = search.enter_reached(
        passes_for(network, walker, limit_s).arrays,
        reached,
        reached_s,
        network.node_count,
        limit_s + search.TOLERANCE_S,
    )
    return seconds_at(network, walker, (reached, reached_s), places, points)


def spread_seconds(
    network: WalkNetwork, walker: Walker, places: Snapped, limit_s: float
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Nodes within the limit of the nearest of several places, by ways open to everybody.

    Parameters
    ----------
    network
        Streets.
    walker
        Who walks.
    places
        Where they join the streets, shape (p,).
    limit_s
        Nodes further away than this are not visited, seconds.

    Returns
    -------
    reached, reached_s
        Nodes, and their seconds towards the nearest place.
    """
    costs = edge_costs(network, walker)
    first, head, _ = network.arcs
    few = len(places.edge) * FEW_PLACES <= network.node_count
    places = places.take(np.argsort(places.edge, kind="stable"))  # neighbours one after another
    spread = search.node_seconds_nearby if few else buckets.node_seconds
    reached, reached_s = spread(
        first,
        head,
        costs.arc_s,
        network.edge_ends,
        costs.forward_s,
        costs.backward_s,
        places.edge,
        places.share,
        places.access_m / walker.speed_m_s,
        limit_s + search.TOLERANCE_S,
    )
    return reached, reached_s


def seconds_at(
    network: WalkNetwork,
    walker: Walker,
    reached: tuple[NDArray[np.int32], NDArray[np.float64]],
    places: Snapped,
    points: Snapped,
) -> NDArray[np.float64]:
    """Seconds from points to the nearest of several places, by the seconds of the nodes.

    Parameters
    ----------
    network
        Streets.
    walker
        Who walks.
    reached
        Nodes and their seconds.
    places, points
        Where they join the streets, shapes (p,) and (n,).

    Returns
    -------
    array, shape (n,)
        Infinite where none was reached.
    """
    costs = edge_costs(network, walker)
    place_first, place_order = by_edge(network, places.edge)
    return np.asarray(
        search.point_seconds(
            *reached,
            network.node_count,
            network.edge_ends,
            costs.forward_s,
            costs.backward_s,
            place_first,
            place_order,
            places.share,
            places.access_m / walker.speed_m_s,
            points.edge,
            points.share,
            points.access_m / walker.speed_m_s,
        )
    )


def by_edge(network: WalkNetwork, edge: NDArray[np.int32]) -> tuple[Any, Any]:
    """Points listed by the edge they lie on.

    Parameters
    ----------
    network
        Streets.
    edge
        Edge of each point, -1 for none, shape (n,).

    Returns
    -------
    first
        Where the points of each edge begin, shape (m + 1,).
    order
        Points, edge after edge; those without an edge are left out.
    """
    order = np.argsort(edge, kind="stable").astype(np.int32)
    order = order[np.count_nonzero(edge < 0) :]
    first = np.zeros(network.edge_count + 1, dtype=np.int64)
    np.cumsum(np.bincount(edge[edge >= 0], minlength=network.edge_count), out=first[1:])
    return first, order


def passes_for(
    network: WalkNetwork, walker: Walker, limit_s: float, *, back: bool = False
) -> Passes:
    """A walker's own ways out of compounds, found once for the longest walk so far.

    Parameters
    ----------
    network
        Streets.
    walker
        Who walks.
    limit_s
        Longest walk, seconds.
    back
        Whether they come home by them.

    Returns
    -------
    Passes
    """
    costs = edge_costs(network, walker)
    back = back and costs.forward_s is not costs.backward_s
    key = ("passes", walker.pace, back)
    known_s, passes = network.made.get(key, (-1.0, None))
    if passes is None or known_s < limit_s:
        passes = passes_of(network, costs.reversed() if back else costs, limit_s)
        network.made[key] = (limit_s, passes)
    found: Passes = passes
    return found
