"""Graphs of the peers, made from plain arrays, and the exact answer by scipy."""

from __future__ import annotations

from typing import Any

import numpy as np


def nearest_nodes(arrays: dict[str, Any]) -> tuple[Any, Any]:
    """Nearest node of each home and facility; points further off than 100 m too, as peers do."""
    from scipy.spatial import cKDTree

    tree = cKDTree(arrays["node_xy"])
    return tree.query(arrays["home_xy"])[1], tree.query(arrays["place_xy"])[1]


def csr(
    ends: Any, length: Any, node_count: int, one_way: tuple[Any, Any, Any] | None = None
) -> Any:
    """Streets both ways as a scipy matrix, parallel ones by their shortest."""
    from scipy import sparse

    tail, head = np.concatenate([ends[:, 0], ends[:, 1]]), np.concatenate([ends[:, 1], ends[:, 0]])
    cost = np.concatenate([length, length])
    if one_way is not None:
        tail, head, cost = (
            np.concatenate([a, b]) for a, b in zip((tail, head, cost), one_way, strict=True)
        )
        node_count += 1
    order = np.lexsort((cost, head, tail))
    tail, head, cost = tail[order], head[order], cost[order]
    first = np.ones(len(tail), dtype=bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    # scipy takes a stored zero for no street
    cost = np.maximum(cost[first], 1e-9)
    return sparse.csr_array((cost, (tail[first], head[first])), shape=(node_count, node_count))


def exact_nearest(arrays: dict[str, Any], rows: Any, limit_m: float) -> Any:
    """Metres from each home to the nearest of some facilities, both ends anywhere along a street.

    The same question that lifecircle answers, asked of scipy: one more node stands for all
    facilities, with an arc to either end of each one's street.
    """
    from scipy.sparse import csgraph

    ends, length = arrays["our_ends"], arrays["our_length_m"]
    rows = rows[arrays["place_edge"][rows] >= 0]
    edge, share = arrays["place_edge"][rows], arrays["place_share"][rows]
    access = arrays["place_access_m"][rows]
    node_count = len(arrays["node_xy"])
    spread = (
        np.full(2 * len(rows), node_count),
        np.concatenate([ends[edge, 0], ends[edge, 1]]),
        np.concatenate([access + share * length[edge], access + (1 - share) * length[edge]]),
    )
    graph = csr(ends, length, node_count, spread)
    metres = csgraph.dijkstra(graph, indices=node_count, limit=limit_m)
    return home_metres(arrays, metres, rows, limit_m)


def home_metres(arrays: dict[str, Any], metres: Any, rows: Any, limit_m: float) -> Any:
    """Metres at homes from the metres at nodes, and straight along a street they share."""
    ends, length = arrays["our_ends"], arrays["our_length_m"]
    home, share = arrays["home_edge"], arrays["home_share"]
    known = home >= 0
    at = np.maximum(home, 0)
    best = np.minimum(
        metres[ends[at, 0]] + share * length[at], metres[ends[at, 1]] + (1 - share) * length[at]
    )
    order = np.argsort(arrays["place_edge"][rows], kind="stable")
    rows = rows[order]
    on_edge = arrays["place_edge"][rows]
    begin, end = np.searchsorted(on_edge, at), np.searchsorted(on_edge, at, side="right")
    step = 0
    while (more := begin + step < end).any():
        place = rows[np.minimum(begin + step, len(rows) - 1)]
        along = (
            arrays["place_access_m"][place]
            + np.abs(arrays["place_share"][place] - share) * length[at]
        )
        best = np.where(more, np.minimum(best, along), best)
        step += 1
    best = best + arrays["home_access_m"]
    return np.where(known & (best <= limit_m + 1e-6), best, np.nan)


def pandana_network(arrays: dict[str, Any]) -> Any:
    import pandana
    import pandas as pd

    nodes, ends = arrays["node_xy"], arrays["ends"]
    return pandana.Network(
        pd.Series(nodes[:, 0]),
        pd.Series(nodes[:, 1]),
        pd.Series(ends[:, 0]),
        pd.Series(ends[:, 1]),
        pd.DataFrame({"metres": arrays["length_m"]}),
    )


def networkx_graph(arrays: dict[str, Any]) -> Any:
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(range(len(arrays["node_xy"])))
    for (a, b), metres in zip(arrays["ends"].tolist(), arrays["length_m"].tolist(), strict=True):
        if not graph.has_edge(a, b) or graph.edges[a, b]["length"] > metres:
            graph.add_edge(a, b, length=metres)
    return graph


def super_source(arrays: dict[str, Any], place_node: Any, service: int) -> Any:
    """Nodes with a facility of a service."""
    return np.unique(place_node[arrays["service"] == service])
