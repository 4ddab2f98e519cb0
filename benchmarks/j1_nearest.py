"""J1: minutes to the nearest facility of each of 20 services, for all homes."""

from __future__ import annotations

from typing import Any

import city
import common
import engines
import numpy as np
from common import LIMIT_M, LIMIT_MIN, OURS, SNAP_M, SPEED_M_S, Clock

SNAPPING = {
    "project": ("lifecircle.network.walking:points_xy_m",),
    "snap": ("lifecircle.network.walking:snap",),
}


def ours(case: str, clock: Clock) -> dict[str, Any]:
    import lifecircle as lc

    homes, places = city.tables(case)
    city.warm("nearest")
    if case in city.SIDES:
        with clock.stage("build"):
            net = city.network(case)
    else:
        net = city.network(case)
    with clock.parts(SNAPPING), clock.stage("whole"):
        table = lc.nearest_minutes(
            net, homes, places, walker=common.walker(), limit_min=LIMIT_MIN, snap_m=SNAP_M
        )
    clock.split("whole", "search", SNAPPING)
    return {"minutes": table.to_numpy()}


def exact_scipy(case: str, clock: Clock) -> dict[str, Any]:
    arrays = city.load(case)
    columns = []
    with clock.stage("search"):
        for service in np.unique(arrays["service"]):
            rows = np.flatnonzero(arrays["service"] == service)
            columns.append(engines.exact_nearest(arrays, rows, LIMIT_M))
        minutes = np.column_stack(columns) / SPEED_M_S / 60.0
    return {"minutes": minutes.astype(np.float32)}


def scipy_nodes(case: str, clock: Clock) -> dict[str, Any]:
    from scipy.sparse import csgraph

    arrays = city.load(case)
    with clock.stage("build"):
        graph = engines.csr(arrays["ends"], arrays["length_m"], len(arrays["node_xy"]))
    with clock.stage("snap"):
        home, place = engines.nearest_nodes(arrays)
    metres = []
    with clock.stage("search"):
        for service in np.unique(arrays["service"]):
            nodes = engines.super_source(arrays, place, service)
            found = csgraph.dijkstra(graph, indices=nodes, limit=LIMIT_M, min_only=True)
            metres.append(found[home])
        minutes = np.column_stack(metres) / SPEED_M_S / 60.0
    return {"minutes": np.where(np.isfinite(minutes), minutes, np.nan).astype(np.float32)}


def pandana(case: str, clock: Clock) -> dict[str, Any]:
    import pandas as pd

    arrays = city.load(case)
    with clock.stage("build"):
        net = engines.pandana_network(arrays)
    with clock.stage("precompute"):
        net.precompute(LIMIT_M)
    with clock.stage("snap"):
        home = net.get_node_ids(
            pd.Series(arrays["home_xy"][:, 0]), pd.Series(arrays["home_xy"][:, 1])
        ).to_numpy()
    columns = []
    with clock.stage("query"):
        for service in np.unique(arrays["service"]):
            xy = arrays["place_xy"][arrays["service"] == service]
            net.set_pois(f"s{service}", LIMIT_M, 1, pd.Series(xy[:, 0]), pd.Series(xy[:, 1]))
            found = net.nearest_pois(LIMIT_M, f"s{service}", num_pois=1, max_distance=np.nan)
            columns.append(found[1].to_numpy()[home])
        minutes = np.column_stack(columns) / SPEED_M_S / 60.0
    return {"minutes": minutes.astype(np.float32)}


def networkit(case: str, clock: Clock) -> dict[str, Any]:
    import networkit as nk

    arrays = city.load(case)
    count = len(arrays["node_xy"])
    with clock.stage("snap"):
        home, place = engines.nearest_nodes(arrays)
    columns = []
    with clock.stage("build"):
        ends = arrays["ends"]
        coo = (arrays["length_m"], (ends[:, 0].astype(np.uint64), ends[:, 1].astype(np.uint64)))
        graph = nk.GraphFromCoo(coo, n=count, weighted=True, directed=False)
    with clock.stage("search"):
        for service in np.unique(arrays["service"]):
            source = graph.addNode()
            for node in engines.super_source(arrays, place, service).tolist():
                graph.addEdge(source, node, 0.0)
            search = nk.distance.Dijkstra(graph, source, storePaths=False)
            search.run()
            columns.append(np.asarray(search.getDistances())[home])
            graph.removeNode(source)
        metres = np.column_stack(columns)
    minutes = np.where(metres <= LIMIT_M, metres / SPEED_M_S / 60.0, np.nan)
    return {"minutes": minutes.astype(np.float32)}


def igraph(case: str, clock: Clock) -> dict[str, Any]:
    import igraph as ig

    arrays = city.load(case)
    count = len(arrays["node_xy"])
    with clock.stage("snap"):
        home, place = engines.nearest_nodes(arrays)
    columns = []
    with clock.stage("build and search"):
        for service in np.unique(arrays["service"]):
            nodes = engines.super_source(arrays, place, service)
            spread = np.column_stack([np.full(len(nodes), count), nodes])
            graph = ig.Graph(count + 1, np.concatenate([arrays["ends"], spread]))
            weights = np.concatenate([arrays["length_m"], np.zeros(len(nodes))])
            found = graph.distances(source=count, weights=weights)[0]
            columns.append(np.asarray(found)[home])
    metres = np.column_stack(columns)
    minutes = np.where(metres <= LIMIT_M, metres / SPEED_M_S / 60.0, np.nan)
    return {"minutes": minutes.astype(np.float32)}


def rustworkx(case: str, clock: Clock) -> dict[str, Any]:
    import rustworkx as rx

    arrays = city.load(case)
    count = len(arrays["node_xy"])
    with clock.stage("snap"):
        home, place = engines.nearest_nodes(arrays)
    with clock.stage("build"):
        graph = rx.PyGraph()
        graph.add_nodes_from([None] * count)
        ends, length = arrays["ends"], arrays["length_m"]
        graph.add_edges_from(
            list(zip(ends[:, 0].tolist(), ends[:, 1].tolist(), length.tolist(), strict=True))
        )
    columns = []
    with clock.stage("search"):
        for service in np.unique(arrays["service"]):
            source = graph.add_node(None)
            nodes = engines.super_source(arrays, place, service).tolist()
            graph.add_edges_from([(source, node, 0.0) for node in nodes])
            found = rx.dijkstra_shortest_path_lengths(graph, source, float)
            metres = np.full(count + 1, np.inf)
            metres[np.fromiter(found.keys(), dtype=np.int64)] = np.fromiter(found.values(), float)
            columns.append(metres[home])
            graph.remove_node(source)
    metres = np.column_stack(columns)
    minutes = np.where(metres <= LIMIT_M, metres / SPEED_M_S / 60.0, np.nan)
    return {"minutes": minutes.astype(np.float32)}


def networkx(case: str, clock: Clock) -> dict[str, Any]:
    import networkx as nx

    arrays = city.load(case)
    with clock.stage("build"):
        graph = engines.networkx_graph(arrays)
    with clock.stage("snap"):
        home, place = engines.nearest_nodes(arrays)
    columns = []
    with clock.stage("search"):
        for service in np.unique(arrays["service"]):
            nodes = engines.super_source(arrays, place, service).tolist()
            found = nx.multi_source_dijkstra_path_length(
                graph, set(nodes), cutoff=LIMIT_M, weight="length"
            )
            metres = np.full(len(arrays["node_xy"]), np.nan)
            metres[np.fromiter(found.keys(), dtype=np.int64)] = np.fromiter(found.values(), float)
            columns.append(metres[home])
    minutes = np.column_stack(columns) / SPEED_M_S / 60.0
    return {"minutes": minutes.astype(np.float32)}


ENGINES = {
    OURS: ours,
    "scipy, exact": exact_scipy,
    "scipy": scipy_nodes,
    "pandana": pandana,
    "networkit": networkit,
    "igraph": igraph,
    "rustworkx": rustworkx,
    "networkx": networkx,
}

if __name__ == "__main__":
    common.run_job(
        "j1_nearest", ENGINES, ("city-250k", "porto-alegre", "las-palmas"), prepare=city.make
    )
