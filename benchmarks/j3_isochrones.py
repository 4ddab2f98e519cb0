"""J3: areas within 5, 10 and 15 minutes of 50 places, and how near they are to the truth.

The truth is a dense random sample: 10,000 points around each place, each with its exact walking
time on the streets and at the speed of the engine that drew the area. The agreement is the share of
the sample inside both, of that inside either (IoU).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import city
import common
import numpy as np
import shapely
from common import OURS, WORK, Clock

BANDS, ORIGINS, SAMPLE = (5.0, 10.0, 15.0), 50, 10_000
# The adults' speed, 1.2 m/s; Valhalla takes km/h.
SPEED_M_S = 1.2
SPEED_KM_H = SPEED_M_S * 3.6
ORDINARY = ("residential", "tertiary", "secondary", "living_street", "unclassified")


def prepare(case: str) -> None:
    """Draw places and samples and find the truth, in processes of their own."""
    for name in ("truth", "tiles"):
        subprocess.run([sys.executable, __file__, "--prepare", name, case], check=False)


def make_truth(case: str) -> None:
    """Places, samples and their minutes on our streets."""
    path = WORK / f"{case}-isochrones.npz"
    if path.exists():
        return
    import geopandas as gpd

    import lifecircle as lc

    net, rng = city.network(case), np.random.default_rng(3)
    part = net.component[net.edge_ends[:, 0]] == 0
    usual = np.flatnonzero(part & np.isin(net.edge_highway.astype(str), ORDINARY))
    length_m = net.edge_length_m[usual]
    edges = rng.choice(usual, ORIGINS, p=length_m / length_m.sum())
    begin = net.edge_first_point[edges]
    middle = (net.edge_points_m[begin] + net.edge_points_m[begin + 1]) / 2
    places = middle + rng.uniform(-15, 15, middle.shape)
    reach_m = SPEED_M_S * BANDS[-1] * 60 + 150.0
    angle, away = rng.random((2, ORIGINS, SAMPLE))
    away_m = reach_m * np.sqrt(away)
    turn = 2 * np.pi * angle
    sample = places[:, None, :] + np.stack([away_m * np.cos(turn), away_m * np.sin(turn)], axis=2)
    minutes = np.full((ORIGINS, SAMPLE), np.inf, dtype=np.float32)
    for row in range(ORIGINS):
        here, there = (
            gpd.GeoDataFrame(geometry=gpd.GeoSeries.from_xy(*xy.T, crs=net.crs))
            for xy in (sample[row], places[[row]])
        )
        times = lc.travel_times(net, here, there, walker=lc.ADULT, limit_min=BANDS[-1])
        minutes[row, times.origin] = times.minutes
    lonlat = [
        gpd.GeoSeries.from_xy(*xy.reshape(-1, 2).T, crs=net.crs)
        .to_crs(4326)
        .get_coordinates()
        .to_numpy()
        for xy in (places, sample)
    ]
    np.savez(path, places=lonlat[0], sample=lonlat[1].reshape(sample.shape), ours=minutes)


def valhalla_config(case: str) -> Path:
    return WORK / f"valhalla-{case}.json"


def make_tiles(case: str) -> None:
    """Valhalla's tiles of a city, and its own times to the sample."""
    import valhalla

    config_path = valhalla_config(case)
    if not config_path.exists():
        tiles = WORK / f"valhalla-{case}"
        shutil.rmtree(tiles, ignore_errors=True)
        tiles.mkdir()
        config = valhalla.get_config(tile_extract="", tile_dir=str(tiles))
        config["mjolnir"]["concurrency"] = 2
        limits = config["service_limits"]
        limits["max_timedep_distance_matrix"] = 0
        limits["pedestrian"].update(
            max_matrix_distance=200_000.0, max_matrix_location_pairs=20_000, max_locations=20_000
        )
        limits["isochrone"]["max_locations"] = 1
        config["mjolnir"]["logging"] = {"type": ""}
        config["loki"]["logging"] = {"type": "", "long_request": 1e9}
        partial = config_path.with_suffix(".partial")
        partial.write_text(json.dumps(config))
        builder = Path(valhalla.PYVALHALLA_DIR) / "bin" / "valhalla_build_tiles"
        command = [str(builder), "-c", str(partial), str(city.osm_path(case))]
        subprocess.run(command, check=True, capture_output=True)
        partial.rename(config_path)
    path = WORK / f"{case}-valhalla.npz"
    if path.exists():
        return
    with np.load(WORK / f"{case}-isochrones.npz") as arrays:
        places, sample = arrays["places"], arrays["sample"]
    actor = valhalla.Actor(str(config_path))
    minutes = np.full((ORIGINS, SAMPLE), np.inf, dtype=np.float32)
    for row in range(ORIGINS):
        access_s, known = walked_off(actor, sample[row])
        first_s, _ = walked_off(actor, places[[row]])
        for chunk in np.array_split(np.flatnonzero(known), max(1, int(known.sum()) // 500)):
            request = {
                "sources": [location(places[row])],
                "targets": [location(xy) for xy in sample[row, chunk]],
                **costing(),
                "verbose": True,
            }
            found = json.loads(actor.matrix(json.dumps(request)))["sources_to_targets"][0]
            seconds = np.array([np.inf if c["time"] is None else c["time"] for c in found])
            minutes[row, chunk] = (seconds + access_s[chunk] + first_s[0]) / 60.0
    np.savez(path, minutes=minutes)


def walked_off(actor: Any, lonlat: Any) -> tuple[Any, Any]:
    """Seconds straight to Valhalla's nearest street, and whether it lies within 100 m."""
    seconds = np.full(len(lonlat), np.inf)
    for chunk in np.array_split(np.arange(len(lonlat)), max(1, len(lonlat) // 500)):
        request = {
            "locations": [location(xy) for xy in lonlat[chunk]],
            **costing(),
            "verbose": True,
        }
        for row, answer in zip(chunk, json.loads(actor.locate(json.dumps(request))), strict=True):
            away = [edge["distance"] for edge in answer.get("edges") or []]
            if away and min(away) <= 100.0:
                seconds[row] = min(away) / SPEED_M_S
    return seconds, np.isfinite(seconds)


def location(lonlat: Any) -> dict[str, float]:
    return {"lon": float(lonlat[0]), "lat": float(lonlat[1])}


def costing() -> dict[str, Any]:
    """Costs of time alone: no preferences for sidewalks or against stairs."""
    plain = dict.fromkeys(("walkway_factor", "sidewalk_factor", "alley_factor"), 1.0)
    options = {
        "walking_speed": SPEED_KM_H, "step_penalty": 0, "driveway_factor": 1.0, "use_hills": 1.0,
        "service_penalty": 0, "service_factor": 1.0, **plain,
    }  # fmt: skip
    return {"costing": "pedestrian", "costing_options": {"pedestrian": options}}


def loaded(case: str, truth: str = "ours") -> tuple[Any, Any, Any]:
    with np.load(WORK / f"{case}-isochrones.npz") as arrays:
        places, sample = arrays["places"], arrays["sample"]
        minutes = arrays["ours"]
    if truth == "valhalla":
        with np.load(WORK / f"{case}-valhalla.npz") as arrays:
            minutes = arrays["minutes"]
    return places, sample, minutes


def judged(shapes: list[list[Any]], case: str, clock: Clock, truth: str = "ours") -> dict[str, Any]:
    """Mean IoU per band, and milliseconds per place."""
    _, sample, minutes = loaded(case, truth)
    facts: dict[str, Any] = {}
    for column, band in enumerate(BANDS):
        scores = []
        for row, bands in enumerate(shapes):
            shape = bands[column]
            if shape is None or shape.is_empty:
                scores.append(0.0)
                continue
            shapely.prepare(shape)
            inside = shapely.contains_xy(shape, sample[row])
            reached = minutes[row] <= band
            either = (inside | reached).sum()
            if reached.any():
                scores.append((inside & reached).sum() / either)
        facts[f"IoU {band:g} min"] = float(np.mean(scores))
    for name, stage in clock.stages.items():
        if "50 places" in name:
            facts[f"ms a place, {name}"] = stage["processor_s"] / ORIGINS * 1000
    return {"facts": facts}


def points(case: str, crs: Any = None) -> Any:
    import geopandas as gpd

    places, _, _ = loaded(case)
    frame = gpd.GeoDataFrame(geometry=gpd.GeoSeries.from_xy(*places.T, crs=4326))
    return frame if crs is None else frame.to_crs(crs)


def lifecircle_at(cell_m: float) -> Any:
    def engine(case: str, clock: Clock) -> dict[str, Any]:
        import lifecircle as lc

        city.warm("isochrones")
        net, places = city.network(case), points(case)
        with clock.stage("lattice and first 50 places"):
            lc.isochrones(net, places, minutes=BANDS, walker=lc.ADULT, cell_m=cell_m)
        with clock.stage("50 places"):
            table = lc.isochrones(net, places, minutes=BANDS, walker=lc.ADULT, cell_m=cell_m)
        shapes = [[None] * len(BANDS) for _ in range(ORIGINS)]
        for label, band, shape in zip(
            table["origin_id"], table["minutes"], table.geometry, strict=True
        ):
            shapes[int(label)][BANDS.index(band)] = shape
        return judged(shapes, case, clock)

    return engine


def valhalla_with(**options: float) -> Any:
    def engine(case: str, clock: Clock) -> dict[str, Any]:
        import valhalla

        actor = valhalla.Actor(str(valhalla_config(case)))
        places, _, _ = loaded(case)
        contours = [{"time": band} for band in BANDS]

        def ask(xy: Any) -> list[Any]:
            request = {
                "locations": [location(xy)], "contours": contours, "polygons": True,
                **options, **costing(),
            }  # fmt: skip
            answer = json.loads(actor.isochrone(json.dumps(request)))
            found = {
                float(feature["properties"]["contour"]): shapely.make_valid(
                    shapely.geometry.shape(feature["geometry"])
                )
                for feature in answer["features"]
            }
            return [found.get(band) for band in BANDS]

        with clock.stage("first 50 places"):
            for xy in places:
                ask(xy)
        with clock.stage("50 places"):
            shapes = [ask(xy) for xy in places]
        return judged(shapes, case, clock, "valhalla")

    return engine


def osmnx_with(shape_of: Any) -> Any:
    def engine(case: str, clock: Clock) -> dict[str, Any]:
        import networkx as nx
        import osmnx as ox

        with clock.stage("graph"):
            graph = ox.project_graph(city.network(case).to_networkx())
            for _, _, data in graph.edges(data=True):
                data["time"] = data["length"] / (SPEED_M_S * 60.0)
        places = points(case, graph.graph["crs"])
        shapes = []
        with clock.stage("50 places"):
            for x, y in zip(places.geometry.x, places.geometry.y, strict=True):
                node = ox.distance.nearest_nodes(graph, x, y)
                row = [
                    shape_of(nx.ego_graph(graph, node, radius=band, distance="time"))
                    for band in BANDS
                ]
                shapes.append(row)
        import geopandas as gpd

        flat = gpd.GeoSeries([s for row in shapes for s in row], crs=graph.graph["crs"])
        flat = flat.to_crs(4326).to_list()
        shapes = [flat[i : i + len(BANDS)] for i in range(0, len(flat), len(BANDS))]
        return judged(shapes, case, clock)

    return engine


def hull(graph: Any) -> Any:
    """The convex hull of the recipe."""
    return shapely.MultiPoint([(d["x"], d["y"]) for _, d in graph.nodes(data=True)]).convex_hull


def buffered(graph: Any) -> Any:
    """The buffered streets of the recipe: 25 m around edges, 50 m around nodes, one union."""
    nodes = shapely.buffer(
        shapely.points([(d["x"], d["y"]) for _, d in graph.nodes(data=True)]), 50.0
    )
    lines = [
        d["geometry"]
        if "geometry" in d
        else shapely.LineString([(graph.nodes[n]["x"], graph.nodes[n]["y"]) for n in (u, v)])
        for u, v, d in graph.edges(data=True)
    ]
    return shapely.union_all(np.concatenate([nodes, shapely.buffer(lines, 25.0)]))


ENGINES = {
    OURS: lifecircle_at(10.0),  # the spacing that isochrones() takes by itself
    "lifecircle, 20 m lattice": lifecircle_at(20.0),
    "valhalla": valhalla_with(),
    "valhalla, finest": valhalla_with(denoise=0.0, generalize=0.0),
    "osmnx recipe, buffered streets": osmnx_with(buffered),
    "osmnx recipe, convex hull": osmnx_with(hull),
}

if __name__ == "__main__":
    if "--prepare" in sys.argv:
        name, case = sys.argv[2:4]
        {"truth": make_truth, "tiles": make_tiles}[name](case)
    else:
        common.run_job(
            "j3_isochrones", ENGINES, tuple(city.OSM_FILES), prepare=prepare,
            once=("osmnx recipe, buffered streets",),
        )  # fmt: skip
