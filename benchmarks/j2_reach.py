"""J2: how many facilities of each service every home reaches within 1,250 m of walking."""

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
# Pairs of a few facilities are looked at one by one; slow engines are asked for so many only.
TRIED = 200


def tried(count: int) -> Any:
    """Facilities whose pairs are compared one by one."""
    return np.unique(np.linspace(0, count - 1, min(TRIED, count)).astype(int))


def ours(case: str, clock: Clock) -> dict[str, Any]:
    import lifecircle as lc

    homes, places = city.tables(case)
    city.warm("reach")
    net = city.network(case)
    settled_mb = common.peak_mb()
    with clock.parts(SNAPPING), clock.stage("whole"):
        times = lc.travel_times(
            net, homes, places, walker=common.walker(), limit_min=LIMIT_MIN, snap_m=SNAP_M
        )
    clock.split("whole", "search", SNAPPING)
    with clock.stage("count"):
        table = times.counts(labels=places["service"])
    chosen = tried(len(places))
    minutes = np.full((len(homes), len(chosen)), np.nan, dtype=np.float32)
    column = np.full(len(places), -1)
    column[chosen] = np.arange(len(chosen))
    kept = column[times.destination] >= 0
    minutes[times.origin[kept], column[times.destination[kept]]] = times.minutes[kept]
    facts = {"pairs": len(times.minutes), "MB before the search": settled_mb}
    return {"counts": table.to_numpy(), "minutes": minutes, "facts": facts}


def exact_scipy(case: str, clock: Clock) -> dict[str, Any]:
    arrays = city.load(case)
    chosen = tried(len(arrays["service"]))
    with clock.stage(f"search, {len(chosen)} facilities"):
        columns = [engines.exact_nearest(arrays, np.array([row]), LIMIT_M) for row in chosen]
    minutes = np.column_stack(columns) / SPEED_M_S / 60.0
    return {"minutes": minutes.astype(np.float32), "facts": {"another question": True}}


def scipy_nodes(case: str, clock: Clock) -> dict[str, Any]:
    from scipy.sparse import csgraph

    arrays = city.load(case)
    with clock.stage("build"):
        graph = engines.csr(arrays["ends"], arrays["length_m"], len(arrays["node_xy"]))
    with clock.stage("snap"):
        home, place = engines.nearest_nodes(arrays)
    labels, column = np.unique(arrays["service"], return_inverse=True)
    table = np.zeros((len(arrays["node_xy"]), len(labels)), dtype=np.int32)
    with clock.stage("search"):
        for begin in range(0, len(place), 50):
            chunk = place[begin : begin + 50]
            metres = csgraph.dijkstra(graph, indices=chunk, limit=LIMIT_M)
            source, node = np.nonzero(np.isfinite(metres))
            np.add.at(table, (node, column[begin + source]), 1)
        counted = table[home]
    return {"counts": counted}


def pandana(case: str, clock: Clock) -> dict[str, Any]:
    import pandas as pd

    arrays = city.load(case)
    with clock.stage("build"):
        net = engines.pandana_network(arrays)
    with clock.stage("precompute"):
        net.precompute(LIMIT_M)
    with clock.stage("snap"):
        home, place = (
            net.get_node_ids(pd.Series(xy[:, 0]), pd.Series(xy[:, 1])).to_numpy()
            for xy in (arrays["home_xy"], arrays["place_xy"])
        )
    columns = []
    with clock.stage("query"):
        for service in np.unique(arrays["service"]):
            net.set(pd.Series(place[arrays["service"] == service]), name="here")
            found = net.aggregate(LIMIT_M, type="count", decay="flat", name="here")
            columns.append(found.to_numpy()[home])
    return {"counts": np.column_stack(columns).astype(np.int32)}


def networkx(case: str, clock: Clock) -> dict[str, Any]:
    import networkx as nx

    arrays = city.load(case)
    with clock.stage("build"):
        graph = engines.networkx_graph(arrays)
    with clock.stage("snap"):
        home, place = engines.nearest_nodes(arrays)
    labels, column = np.unique(arrays["service"], return_inverse=True)
    table = np.zeros((len(arrays["node_xy"]), len(labels)), dtype=np.int32)
    with clock.stage("search"):
        for row, node in enumerate(place.tolist()):
            found = nx.single_source_dijkstra_path_length(
                graph, node, cutoff=LIMIT_M, weight="length"
            )
            table[np.fromiter(found.keys(), dtype=np.int64), column[row]] += 1
        counted = table[home]
    return {"counts": counted}


def ego_graph(case: str, clock: Clock) -> dict[str, Any]:
    import networkx as nx

    arrays = city.load(case)
    graph = engines.networkx_graph(arrays)
    _, place = engines.nearest_nodes(arrays)
    chosen = tried(len(arrays["service"]))
    with clock.stage(f"search, {len(chosen)} facilities"):
        for node in place[chosen].tolist():
            nx.ego_graph(graph, node, radius=LIMIT_M, distance="length")
    return {"facts": {"another question": True}}


def cityseer(case: str, clock: Clock) -> dict[str, Any]:
    import geopandas as gpd
    import networkx as nx
    import shapely
    from cityseer.metrics import layers
    from cityseer.tools import io
    from scipy.spatial import cKDTree

    arrays = city.load(case)
    xy, ends = arrays["node_xy"] + 500_000.0, arrays["ends"]
    crs = "EPSG:32622"  # any metric system: only differences count
    with clock.stage("build"):
        graph = nx.MultiGraph(crs=crs)
        for node, (x, y) in enumerate(xy.tolist()):
            graph.add_node(str(node), x=x, y=y)
        for (a, b), metres in zip(ends.tolist(), arrays["length_m"].tolist(), strict=True):
            if a != b and metres > 0 and (xy[a] != xy[b]).any():
                graph.add_edge(str(a), str(b), geom=shapely.LineString([xy[a], xy[b]]))
        nodes, _, structure = io.network_structure_from_nx(graph)
    labels = np.unique(arrays["service"])
    data = gpd.GeoDataFrame(
        {"service": [f"s{label}" for label in arrays["service"]]},
        geometry=gpd.GeoSeries.from_xy(*(arrays["place_xy"] + 500_000.0).T, crs=crs),
    )
    keys = [f"s{label}" for label in labels]
    with clock.stage("query"):
        found = layers.compute_accessibilities(
            data, "service", keys, nodes, structure,
            max_netw_assign_dist=SNAP_M, distances=[int(LIMIT_M)], decay_fn="1",
        )  # fmt: skip
    columns = [f"cc_{key}_{int(LIMIT_M)}" for key in keys]
    at = cKDTree(np.column_stack([found["x"], found["y"]])).query(arrays["home_xy"] + 500_000.0)[1]
    return {"counts": np.round(found[columns].to_numpy()[at]).astype(np.int32)}


ENGINES = {
    OURS: ours,
    "scipy, exact, 200 facilities": exact_scipy,
    "scipy": scipy_nodes,
    "pandana": pandana,
    "networkx": networkx,
    "networkx ego_graph, 200 facilities": ego_graph,
    "cityseer": cityseer,
}

if __name__ == "__main__":
    common.run_job(
        "j2_reach",
        ENGINES,
        ("city-250k", "porto-alegre", "las-palmas"),
        prepare=city.make,
        once=(
            "networkx",
            "networkx ego_graph, 200 facilities",
            "scipy, exact, 200 facilities",
            "cityseer",
        ),
    )
