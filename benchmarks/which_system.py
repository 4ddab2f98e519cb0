"""Coordinate systems: how fast they are converted, and how often the streets tell the right one.

``python which_system.py`` prints two Markdown tables; ``--repeat N`` takes N times as many cases.
Streets of cities elsewhere are laid through Chinese places, where the shift is applied to places
drawn beside them; real places of Chinese extracts are shifted as they are.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from common import SHARED

# Where a shift of its own applies: the east and the north of the offset differ between these.
CITIES = {
    "Changsha": (112.99, 28.16), "Beijing": (116.40, 39.90), "Shanghai": (121.47, 31.23),
    "Guangzhou": (113.26, 23.13), "Chengdu": (104.07, 30.66), "Urumqi": (87.60, 43.80),
    "Harbin": (126.60, 45.75), "Xi'an": (108.94, 34.26),
}  # fmt: skip
STREETS = {
    "Las Palmas": "las_palmas/las_palmas_20230221.osm.pbf",
    "Porto Alegre": "porto_alegre/poa_osm.osm.pbf",
    "São Paulo": "sao_paulo/spo_osm.osm.pbf",
    "Helsinki": "helsinki/helsinki_centre.osm.pbf",
}
CHINESE = {
    "Beijing BUPT": "beijing_bupt/bupt_campus.osm",
    "Beijing BJTU": "beijing_bjtu/bjtu_area.osm",
    "Changsha HNU": "changsha_hnu/hnu_taozihu.osm",
    "Guixi": "guixi_jiangxi/guixi.osm",
    "Shanghai SU": "shanghai_su/shu_baoshan_2021.osm",
}
# What a table is, and what it is said to be.
TRUTHS = (
    ("WGS-84", "WGS-84"), ("GCJ-02", "WGS-84"), ("BD-09", "WGS-84"), ("WGS-84", "GCJ-02"),
    ("BD-09", "GCJ-02"),
)  # fmt: skip
COUNTS = (20, 50, 200)
Case = tuple[str, int, Any, Any, str, str, str]  # kind, count, layer, network, stated, truths


def conversions(count: int = 1_000_000) -> str:
    """Table of processor seconds, the best of three."""
    from lifecircle.crs import to_wgs84, wgs84_to_bd09, wgs84_to_gcj02

    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(75, 134, count), rng.uniform(18, 53, count)
    lines = [
        "| conversion of 1,000,000 places | s | off after the way back, m |",
        "|---|---:|---:|",
    ]
    for name, forward in (("GCJ-02", wgs84_to_gcj02), ("BD-09", wgs84_to_bd09)):
        taken, there = best_of(lambda forward=forward: forward(lon, lat))
        lines.append(f"| WGS-84 → {name} | {taken:.2f} | |")
        taken, back = best_of(lambda name=name, there=there: to_wgs84(*there, name))
        off_m = 111_320 * np.hypot(back[0] - lon, back[1] - lat).max()
        lines.append(f"| {name} → WGS-84 | {taken:.2f} | {off_m:.1e} |")
    return "\n".join(lines)


def best_of(work: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    taken = []
    for _ in range(times):
        begin = time.process_time()
        done = work()
        taken.append(time.process_time() - begin)
    return min(taken), done


def drawn_cases(repeat: int, rng: np.random.Generator) -> Iterator[Case]:
    """Places beside the streets of four cities, at set-backs, in eight cities of China."""
    import lifecircle as lc
    from lifecircle.crs import local_crs

    kinds = {
        "set back 8–25 m": (8, 25, True),
        "set back 8–25 m, other streets may be nearer": (8, 25, False),
        "set back 8–60 m": (8, 60, True),
        "set back 8–100 m": (8, 100, True),
        "anywhere": (0, 0, False),
        "shifted otherwise by 100–400 m": (8, 25, True),
    }
    for path in STREETS.values():
        streets = lc.read_walk_network(SHARED / "data" / path)
        for lonlat in CITIES.values():
            network = dataclasses.replace(streets, crs=local_crs(*lonlat))
            for kind, (low, high, free) in kinds.items():
                for count in COUNTS * repeat:
                    told = not kind.startswith(("anywhere", "shifted"))
                    for truth, stated in TRUTHS if told else TRUTHS[:1]:
                        xy = beside(network, count, low, high, free=free, rng=rng)
                        if kind.startswith("anywhere"):
                            xy += rng.uniform(-200, 200, xy.shape)
                        elif not told:
                            turn = rng.uniform(0, 2 * np.pi)
                            xy += rng.uniform(100, 400) * np.array([np.cos(turn), np.sin(turn)])
                        layer = as_read(xy, network.crs, truth, stated)
                        yield kind, count, layer, network, stated, truth if told else "", "WGS-84"


def beside(
    network: Any, count: int, low: float, high: float, *, free: bool, rng: np.random.Generator
) -> Any:
    """Places beside the streets within 1.2 km of a random one, metres.

    ``free``: no street passes nearer than ``low``, as where something is built.
    """
    points, first = network.edge_points_m, network.edge_first_point
    inner = np.ones(len(points) - 1, dtype=bool)
    inner[first[1:-1] - 1] = False
    start, way = points[:-1][inner], np.diff(points, axis=0)[inner]
    length = np.hypot(*way.T)
    centre = start[rng.choice(len(start), p=length / length.sum())]
    near = np.hypot(*(start - centre).T) < 1200
    start, way, length = start[near], way[near], length[near]
    chosen = rng.choice(len(start), 8 * count, p=length / length.sum())
    aside = np.column_stack([-way[:, 1], way[:, 0]])[chosen] / length[chosen][:, None]
    aside *= (
        rng.choice([-1, 1], len(chosen))[:, None] * rng.uniform(low, high, len(chosen))[:, None]
    )
    xy = start[chosen] + rng.random(len(chosen))[:, None] * way[chosen] + aside
    if free:
        xy = xy[distance_m(network, xy) >= low - 1e-6]
    return xy[:count]


def distance_m(network: Any, xy: Any) -> Any:
    import lifecircle as lc
    from lifecircle.network.snapping import snap

    return snap(network, xy, walker=lc.ADULT, snap_m=1000.0).access_m


def as_read(xy: Any, crs: Any, truth: str, stated: str) -> Any:
    """Layer of places as it is read: what is truly in one system, read as if in another."""
    import geopandas as gpd

    from lifecircle.crs import from_wgs84, to_wgs84

    true = gpd.GeoSeries(gpd.points_from_xy(*np.asarray(xy).T), crs=crs).to_crs(4326)
    lon, lat = to_wgs84(*from_wgs84(true.x, true.y, truth), stated)
    layer = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=4326)
    layer.attrs["lifecircle"] = {"coordinates": stated}
    return layer


def real_cases(repeat: int, rng: np.random.Generator) -> Iterator[Case]:
    """Facilities and buildings of extracts, as they stand there."""
    import lifecircle as lc
    from lifecircle.crs import local_crs

    for city, path in {**CHINESE, **STREETS}.items():
        file = SHARED / "data" / path
        network = lc.read_walk_network(file)
        readers = {"facilities": lc.read_osm_facilities, "buildings": lc.read_osm_buildings}
        for what, reader in readers.items():
            points = reader(file).to_crs(network.crs).geometry.representative_point()
            xy = np.column_stack([points.x, points.y])
            xy = xy[distance_m(network, xy) < 150]
            if len(xy) < COUNTS[0]:
                continue
            for lonlat in CITIES.values() if city in STREETS else [None]:
                place = network
                if lonlat:
                    place = dataclasses.replace(network, crs=local_crs(*lonlat))
                for count in sorted({min(count, len(xy)) for count in COUNTS}):
                    times = repeat * (1 if lonlat else 4) if count < len(xy) else 1
                    for truth, stated in TRUTHS * times:
                        some = xy[rng.choice(len(xy), count, replace=False)]
                        layer = as_read(some, place.crs, truth, stated)
                        where = "abroad" if lonlat else "in China"
                        yield (
                            f"OSM {what}, {where}",
                            count if count in COUNTS else 0,
                            layer,
                            place,
                            stated,
                            truth,
                            "WGS-84",
                        )


def outline_cases(repeat: int, rng: np.random.Generator) -> Iterator[Case]:
    """Outlines: of blocks between streets, drawn 5 m off, and of squares that heed no street."""
    import geopandas as gpd
    import shapely

    import lifecircle as lc
    from lifecircle.crs import local_crs

    for path in STREETS.values():
        streets = lc.read_walk_network(SHARED / "data" / path)
        for lonlat in CITIES.values():
            network = dataclasses.replace(streets, crs=local_crs(*lonlat))
            lines = network.edges_frame().to_crs(network.crs).geometry.to_numpy()
            faces = np.array(shapely.get_parts(shapely.polygonize(lines)))
            faces = faces[shapely.area(faces) > 10_000]
            middles = shapely.get_coordinates(shapely.centroid(faces))
            for _ in range(repeat):
                centre = middles[rng.integers(len(faces))]
                order = np.argsort(np.hypot(*(middles - centre).T))
                drawn = shapely.simplify(faces[order[:12]], 3.0)
                blocks = [
                    shapely.Polygon(corners + rng.normal(0, 5, corners.shape))
                    for corners in (np.array(face.exterior.coords)[:-1] for face in drawn)
                ]
                squares = [
                    shapely.box(x, y, x + 500, y + 500)
                    for x, y in centre
                    + 500 * np.array([[i, j] for i in range(3) for j in range(3)])
                ]
                for kind, shapes, truths in (
                    ("outlines along streets", np.array(blocks), TRUTHS),
                    ("outlines that heed no street", np.array(squares), TRUTHS[:1]),
                ):
                    for truth, stated in truths:
                        layer = gpd.GeoDataFrame(
                            geometry=shapely.transform(
                                shapes,
                                lambda xy, n=network, t=truth, s=stated: degrees(xy, n.crs, t, s),
                            ),
                            crs=4326,
                        )
                        layer.attrs["lifecircle"] = {"coordinates": stated}
                        yield kind, len(shapes), layer, network, stated, truth, "WGS-84"


def degrees(xy: Any, crs: Any, truth: str, stated: str) -> Any:
    points = as_read(xy, crs, truth, stated).geometry
    return np.column_stack([points.x, points.y])


def amap_cases(repeat: int, rng: np.random.Generator) -> Iterator[Case]:
    """Places of Amap and its roads in Hangzhou, either of them, or both, converted."""
    import geopandas as gpd
    import pandas as pd

    import lifecircle as lc

    folder = SHARED / "data" / "hangzhou_amap"
    table = pd.read_csv(folder / "amap_poi_hangzhou_gcj02.csv", dtype=str)
    roads = gpd.read_file(folder / "amap_roads_hangzhou_gcj02.geojson")
    lonlat = table[["lng_gcj02", "lat_gcj02"]].to_numpy(dtype=float)
    for streets in ("WGS-84", "GCJ-02"):  # what the streets are after reading
        network = lc.read_walk_network(roads, coordinates="GCJ-02" if streets == "WGS-84" else None)
        for kind, rows in table.groupby("src").indices.items():
            for count in [count for count in COUNTS if count <= len(rows)]:
                for stated in ("WGS-84", "GCJ-02") * repeat:
                    some = lonlat[rng.choice(rows, count, replace=False)]
                    layer = as_read(some, 4326, "WGS-84", stated)
                    truth, seen = "GCJ-02", streets
                    if streets == "GCJ-02" and stated == "WGS-84":
                        truth, seen = "WGS-84", "WGS-84"  # both are not: they agree, none can tell
                    on_streets = kind in ("busstation", "subwaystation")
                    label = "stops and stations" if on_streets else "schools, offices, museums"
                    yield f"Amap {label}", count, layer, network, stated, truth, seen


def told(cases: Iterator[Case]) -> str:
    """Table of how often there was a verdict, and a right one."""
    import pandas as pd

    import lifecircle as lc

    rows = []
    for kind, count, layer, network, stated, truth, streets in cases:
        for key in [key for key in network.made if key[0] == "which coordinates"]:
            del network.made[key]  # what was told before is kept there
        begin = time.perf_counter()
        seen = lc.which_coordinates(layer, network)
        taken = time.perf_counter() - begin
        # Converted for nothing, and streets in the other system, are one and the same to the eye.
        alike = {("WGS-84", "WGS-84"), (stated, stated)}
        same = {(seen.verdict, seen.streets)}
        same = same | alike if stated != "WGS-84" and same & alike else same
        rows.append({
            "kind": kind, "places": count, "speaks": seen.verdict is not None,
            "right": (truth, streets) in same, "alarm": bool(seen.message),
            "as stated": not truth or (truth == stated and streets == "WGS-84"), "s": taken,
        })  # fmt: skip
        if len(rows) % 200 == 0:
            print(f"  {len(rows)} cases, {kind}", file=sys.stderr, flush=True)
    table = pd.DataFrame(rows)
    lines = [
        "| places | number | cases | verdicts | right | false alarms where all is as stated | ms |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for (kind, count), group in table.groupby(["kind", "places"], sort=False):
        lines.append(line(kind, f"{count or 'all there are'}", group))
    for part, mask in (
        ("all set back 8–25 m", table["kind"].str.startswith("set back 8–25 m")),
        ("all", table["kind"] != ""),
    ):
        lines.append(line(f"**{part}**", "", table[mask]))
    return "\n".join(lines)


def line(kind: str, count: str, group: Any) -> str:
    spoken, stated = group[group["speaks"]], group[group["as stated"]]
    right = f"{spoken['right'].mean():.1%}" if len(spoken) else ""
    alarms = f"{int(stated['alarm'].sum())} of {len(stated)}" if len(stated) else ""
    return (
        f"| {kind} | {count} | {len(group)} | {group['speaks'].mean():.0%} | {right} | {alarms} | "
        f"{1000 * group['s'].median():.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=1)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    print(conversions())
    rng = np.random.default_rng(20250801)
    cases = (
        case
        for made in (drawn_cases, outline_cases, real_cases, amap_cases)
        for case in made(options.repeat, rng)
    )
    print()
    print(told(cases))


if __name__ == "__main__":
    main()
