"""J6: OpenStreetMap file → network, and 300,000 points → the nearest street."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import city
import common
import numpy as np
import shapely
from common import OURS, SNAP_M, WORK, Clock

THREE = "las-palmas-three-times"
POINTS = 300_000


def osm_file(case: str) -> Path:
    return WORK / f"{THREE}.osm.pbf" if case == THREE else city.osm_path(case)


def prepare(case: str) -> None:
    subprocess.run([sys.executable, __file__, "--prepare", case], check=True)


def make_files(case: str) -> None:
    """The larger file, and streets alone as XML for osmnx, which reads no pbf."""
    import osmium

    if case == THREE and not osm_file(case).exists():
        with osmium.SimpleWriter(str(osm_file(case))) as writer:
            for kind in (osmium.osm.NODE, osmium.osm.WAY):
                for copy in range(3):
                    copy_objects(writer, kind, copy)
    streets = WORK / f"{case}.osm"
    if not streets.exists():
        path = str(osm_file(case))
        there = {node.id for node in osmium.FileProcessor(path, osmium.osm.NODE)}
        chosen, cut = osmium.IdTracker(), {}
        ways = osmium.FileProcessor(path, osmium.osm.WAY)
        for way in ways.with_filter(osmium.filter.KeyFilter("highway")):
            chosen.add_way(way.id)
            chosen.add_references(way)
            nodes = [node.ref for node in way.nodes]
            # the edge of an extract cuts ways, and osmnx stops at a node that is not there
            if not there.issuperset(nodes):
                cut[way.id] = [node for node in nodes if node in there]
        both = osmium.FileProcessor(path, osmium.osm.NODE | osmium.osm.WAY)
        with osmium.SimpleWriter(str(streets)) as writer:
            for item in both.with_filter(chosen.id_filter()):
                if item.is_way() and item.id in cut:
                    writer.add_way(item.replace(nodes=cut[item.id]))
                else:
                    writer.add(item)


def copy_objects(writer: Any, kind: Any, copy: int) -> None:
    """Objects of Las Palmas once more, a little further east and with other ids."""
    import osmium

    shift = copy * 20_000_000_000
    for item in osmium.FileProcessor(str(city.osm_path("las-palmas")), kind):
        if kind == osmium.osm.NODE:
            place = (item.location.lon + 0.2 * copy, item.location.lat)
            writer.add_node(item.replace(id=item.id + shift, location=place))
        else:
            nodes = [node.ref + shift for node in item.nodes]
            writer.add_way(item.replace(id=item.id + shift, nodes=nodes))


def read_ours(case: str, clock: Clock) -> dict[str, Any]:
    import lifecircle as lc
    import lifecircle.inputs.streets

    with clock.stage("read"):
        net = lc.read_walk_network(osm_file(case))
        arcs = net.arcs
    facts = {"nodes": net.node_count, "edges": net.edge_count, "arcs": len(arcs[1])}
    return {"facts": {**facts, "km": float(net.edge_length_m.sum() / 1000)}}


def read_pyrosm(case: str, clock: Clock, calls: int = 1) -> dict[str, Any]:
    import pyrosm

    for _ in range(calls - 1):
        pyrosm.OSM(str(osm_file(case))).get_network("walking", nodes=True)
    with clock.stage("read"):
        nodes, edges = pyrosm.OSM(str(osm_file(case))).get_network("walking", nodes=True)
    facts = {"nodes": len(nodes), "edges": len(edges), "km": float(edges["length"].sum() / 1000)}
    return {"facts": facts}


def read_osmnx(case: str, clock: Clock) -> dict[str, Any]:
    import osmnx as ox

    with clock.stage("read"):
        graph = ox.graph_from_xml(WORK / f"{case}.osm", simplify=True, retain_all=True)
    metres = sum(data["length"] for _, _, data in graph.edges(data=True))
    return {
        "facts": {
            "nodes": len(graph),
            "edges": graph.number_of_edges(),
            "km": metres / 1000,
            "size of the XML, streets alone, MB": (WORK / f"{case}.osm").stat().st_size / 1e6,
        }
    }


def streets_and_points(case: str) -> tuple[Any, Any]:
    net = city.network(case)
    return net, city.places_along(net, POINTS, np.random.default_rng(4), away_m=40.0)


def snap_ours(case: str, clock: Clock) -> dict[str, Any]:
    from lifecircle.network.snapping import snap

    city.warm()
    net, xy = streets_and_points(case)
    with clock.parts({"grid": ("lifecircle.network.snapping:_street_grid",)}), clock.stage("all"):
        found = snap(net, xy, walker=common.walker(), snap_m=SNAP_M)
    clock.split("all", "snap", ["grid"])
    return {"metres": np.where(found.edge >= 0, found.access_m, np.nan)}


def snap_tree(case: str, clock: Clock, *, in_order: bool = False) -> dict[str, Any]:
    net, xy = streets_and_points(case)
    edge = np.repeat(np.arange(net.edge_count), np.diff(net.edge_first_point))
    lines = shapely.linestrings(net.edge_points_m, indices=edge)
    with clock.stage("tree"):
        tree = shapely.STRtree(lines)
    with clock.stage("snap"):
        order = np.arange(len(xy))
        if in_order:
            import geopandas as gpd

            order = np.argsort(gpd.GeoSeries.from_xy(*xy.T).hilbert_distance())
        points = shapely.points(xy[order])
        (row, _), away = tree.query_nearest(
            points, max_distance=SNAP_M, return_distance=True, all_matches=False
        )
    metres = np.full(len(xy), np.nan)
    metres[order[row]] = away
    return {"metres": metres}


def snap_osmnx(case: str, clock: Clock) -> dict[str, Any]:
    import osmnx as ox

    net, xy = streets_and_points(case)
    graph = ox.project_graph(net.to_networkx(), to_crs=net.crs)
    with clock.stage("snap"):
        _, away = ox.distance.nearest_edges(graph, *xy.T, return_dist=True)
    metres = np.asarray(away)
    return {"metres": np.where(metres <= SNAP_M, metres, np.nan)}


def snap_nodes(case: str, clock: Clock) -> dict[str, Any]:
    from scipy.spatial import cKDTree

    net, xy = streets_and_points(case)
    with clock.stage("tree"):
        tree = cKDTree(net.node_xy_m)
    with clock.stage("snap"):
        metres, _ = tree.query(xy)
    apart = {"mean metres to a node": float(metres.mean())}
    return {"facts": apart}


READ = {
    OURS: read_ours,
    "pyrosm, first call": read_pyrosm,
    "pyrosm, second call": lambda case, clock: read_pyrosm(case, clock, 2),
    "osmnx graph_from_xml": read_osmnx,
}
SNAP = {
    OURS: snap_ours,
    "shapely STRtree": snap_tree,
    "shapely STRtree, points sorted": lambda case, clock: snap_tree(case, clock, in_order=True),
    "osmnx nearest_edges": snap_osmnx,
    "scipy cKDTree, to nodes": snap_nodes,
}

if __name__ == "__main__":
    if "--prepare" in sys.argv:
        make_files(sys.argv[2])
    else:
        name = "j6_read_and_snap"
        real = tuple(city.OSM_FILES)
        common.run_job("j6_read", READ, (*real, THREE), prepare=prepare, script=name)
        common.run_job(
            "j6_snap", SNAP, ("city-250k", "las-palmas"), script=name, once=("osmnx nearest_edges",)
        )
