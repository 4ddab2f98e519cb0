"""The cases that the jobs run on: drawn cities of any size, Porto Alegre and Las Palmas.

``python city.py`` draws the cities. A case is kept as plain arrays in the work folder, so that a
peer's process reads the same streets and points without importing lifecircle.

Drawn city: a lattice of crossings 80 m apart, each moved by up to 24 m, three quarters of the
streets between neighbours kept, every street bent once; the same density at every size: 1.2 homes a
crossing, 20 services with 2 facilities per thousand crossings each. About one facility of a service
lies within 1,250 m of a home.
"""

from __future__ import annotations

from typing import Any

import common
import numpy as np

SIDES = {"city-62k": 250, "city-250k": 500, "city-1m": 1000}
SPACING_M, JITTER_M, BEND_M = 80.0, 24.0, 8.0
SERVICES, HOMES_PER_NODE, PLACES_PER_NODE = 20, 1.2, 0.002
MIDDLE = (112.99, 28.16)
OSM_FILES = {
    "porto-alegre": ("porto_alegre", "poa_osm.osm.pbf"),
    "las-palmas": ("las_palmas", "las_palmas_20230221.osm.pbf"),
}


def osm_path(case: str) -> Any:
    """OpenStreetMap file of a real city."""
    path = common.SHARED.joinpath("data", *OSM_FILES[case])
    if not path.exists():
        raise SystemExit(f"{path} is not there. Say where with LIFECIRCLE_SHARED (see README.md).")
    return path


def draw_streets(side: int, seed: int = 1) -> dict[str, Any]:
    """Streets of a drawn city, metres around its middle."""
    from scipy import sparse

    rng = np.random.default_rng(seed)
    row, column = np.divmod(np.arange(side * side), side)
    node_xy = np.column_stack([column, row]) * SPACING_M
    node_xy = node_xy + rng.uniform(-JITTER_M, JITTER_M, node_xy.shape)
    here = np.arange(side * side)
    right, up = here[column < side - 1], here[row < side - 1]
    ends = np.concatenate([np.column_stack([right, right + 1]), np.column_stack([up, up + side])])
    ends = ends[rng.random(len(ends)) < 0.75]
    graph = sparse.coo_array((np.ones(len(ends)), ends.T), shape=(len(here), len(here)))
    _, part = sparse.csgraph.connected_components(graph, directed=False)
    kept = part == np.bincount(part).argmax()
    position = np.cumsum(kept) - 1
    ends = position[ends[kept[ends[:, 0]]]]
    node_xy = node_xy[kept] - side * SPACING_M / 2
    start, stop = node_xy[ends[:, 0]], node_xy[ends[:, 1]]
    across = (stop - start)[:, ::-1] * [-1.0, 1.0] / np.hypot(*(stop - start).T)[:, None]
    bend = (start + stop) / 2 + across * rng.uniform(-BEND_M, BEND_M, len(ends))[:, None]
    return {"node_xy": node_xy, "ends": ends, "points": np.stack([start, bend, stop], axis=1)}


def drawn_network(side: int) -> Any:
    """A drawn city as a network of lifecircle."""
    from lifecircle.network.graph import Streets, build_network

    common.WORK.mkdir(parents=True, exist_ok=True)
    path = common.WORK / f"streets-{side}.npz"
    if not path.exists():
        import pyproj

        from lifecircle.crs import WGS84, local_crs

        drawn = draw_streets(side)
        to_degrees = pyproj.Transformer.from_crs(local_crs(*MIDDLE), WGS84, always_xy=True)
        points = drawn["points"].reshape(-1, 2)
        np.savez(
            path,
            ends=drawn["ends"],
            node_lonlat=np.column_stack(to_degrees.transform(*drawn["node_xy"].T)),
            points_lonlat=np.column_stack(to_degrees.transform(*points.T)),
        )
    with np.load(path) as arrays:
        ends, nodes, points = (arrays[n] for n in ("ends", "node_lonlat", "points_lonlat"))
    text = np.empty((2, len(ends)), dtype=object)
    text[0], text[1] = "residential", ""  # one word each, as a reader of files keeps it
    return build_network(
        Streets(
            node_ids=np.arange(len(nodes)),
            node_lonlat=nodes,
            ends=ends,
            points_lonlat=points,
            first_point=np.arange(len(ends) + 1) * 3,
            highway=text[0],
            name=text[1],
            osm_id=np.zeros(len(ends), dtype=np.int64),
        )
    )


def network(case: str) -> Any:
    """The streets of a case."""
    if case in SIDES:
        return drawn_network(SIDES[case])
    import lifecircle as lc

    return lc.read_walk_network(osm_path(case))


def places_along(net: Any, count: int, rng: Any, away_m: float = 20.0) -> Any:
    """Points beside streets drawn by their length, metres, shape (count, 2)."""
    edge = rng.choice(net.edge_count, count, p=net.edge_length_m / net.edge_length_m.sum())
    begin = net.edge_first_point[edge]
    segment = begin + (rng.random(count) * (net.edge_first_point[edge + 1] - 1 - begin)).astype(int)
    one, two = net.edge_points_m[segment], net.edge_points_m[segment + 1]
    return one + (two - one) * rng.random((count, 1)) + rng.uniform(-away_m, away_m, (count, 2))


def make(case: str) -> None:
    """Keep a case as plain arrays: metres in the network's system, and degrees for our tables."""
    path = common.WORK / f"{case}.npz"
    if path.exists():
        return
    import geopandas as gpd

    import lifecircle as lc
    from lifecircle.network.snapping import snap

    common.WORK.mkdir(parents=True, exist_ok=True)
    net = network(case)
    rng = np.random.default_rng(2)
    if case == "las-palmas":
        homes, places = (
            table.to_crs(net.crs)
            for table in (
                lc.read_osm_buildings(osm_path(case)),
                lc.read_osm_facilities(osm_path(case)),
            )
        )
        home_xy = homes.representative_point().get_coordinates().to_numpy()
        place_xy = places.get_coordinates().to_numpy()
        service = np.unique(places["service"].to_numpy().astype(str), return_inverse=True)[1]
    else:
        home_xy = places_along(net, round(net.node_count * HOMES_PER_NODE), rng)
        each = round(net.node_count * PLACES_PER_NODE)
        service = np.repeat(np.arange(SERVICES), each)
        place_xy = places_along(net, len(service), rng)
    homes, places = (
        snap(net, xy, walker=common.walker(), snap_m=common.SNAP_M) for xy in (home_xy, place_xy)
    )
    degrees = [
        gpd.GeoSeries.from_xy(*xy.T, crs=net.crs).to_crs(4326).get_coordinates().to_numpy()
        for xy in (home_xy, place_xy)
    ]
    # Peers get a drawn city in the order it was drawn, a real one in the order of our network.
    if case in SIDES:
        with np.load(common.WORK / f"streets-{SIDES[case]}.npz") as arrays:
            back = np.empty(net.node_count, dtype=np.int64)
            back[net.node_ids] = np.arange(net.node_count)
            node_xy, ends = net.node_xy_m[back], arrays["ends"]
        order = np.lexsort((ends.max(axis=1), ends.min(axis=1)))
        theirs = np.sort(net.node_ids[net.edge_ends], axis=1)
        mine = np.lexsort((theirs[:, 1], theirs[:, 0]))
        length_m = np.empty(len(ends))
        length_m[order] = net.edge_length_m[mine]
    else:
        node_xy, ends, length_m = net.node_xy_m, net.edge_ends, net.edge_length_m
    np.savez(
        path,
        node_xy=node_xy,
        ends=ends,
        length_m=length_m,
        home_xy=home_xy,
        home_lonlat=degrees[0],
        people=rng.integers(1, 200, len(home_xy)).astype(float),
        place_xy=place_xy,
        place_lonlat=degrees[1],
        service=service,
        capacity=rng.integers(10, 200, len(place_xy)).astype(float),
        our_ends=net.edge_ends,
        our_length_m=net.edge_length_m,
        home_edge=homes.edge,
        home_share=homes.share,
        home_access_m=homes.access_m,
        place_edge=places.edge,
        place_share=places.share,
        place_access_m=places.access_m,
    )


def load(case: str, names: tuple[str, ...] = ()) -> dict[str, Any]:
    """Arrays of a case, all or those named."""
    with np.load(common.WORK / f"{case}.npz") as arrays:
        return {name: arrays[name] for name in names or arrays.files}


def tables(case: str) -> tuple[Any, Any]:
    """Homes and facilities of a case as our tables."""
    import geopandas as gpd

    arrays = load(case, ("home_lonlat", "place_lonlat", "people", "service", "capacity"))
    homes = gpd.GeoDataFrame(
        {"resident_id": np.arange(len(arrays["people"])), "people": arrays["people"]},
        geometry=gpd.GeoSeries.from_xy(*arrays["home_lonlat"].T, crs=4326),
    )
    places = gpd.GeoDataFrame(
        {
            "facility_id": np.arange(len(arrays["service"])),
            "service": arrays["service"],
            "capacity": arrays["capacity"],
        },
        geometry=gpd.GeoSeries.from_xy(*arrays["place_lonlat"].T, crs=4326),
    )
    return homes, places


def warm(*jobs: str) -> None:
    """Load the compiled kernels of some jobs, or all, on a village: no measurement compiles."""
    import geopandas as gpd

    import lifecircle as lc

    net = drawn_network(4)
    homes = gpd.GeoDataFrame(
        {"resident_id": range(16), "people": 1.0, "service": 0, "capacity": 1.0},
        geometry=gpd.GeoSeries.from_xy(*net.node_xy_m.T, crs=net.crs).to_crs(4326),
    )
    places = homes.rename(columns={"resident_id": "facility_id"}).head(3)
    times = lc.travel_times(net, homes, places, walker=common.walker())
    times.counts(labels=places["service"])
    if not jobs or "nearest" in jobs:
        lc.nearest_minutes(net, homes, places, by="service", walker=common.walker())
        times.nearest(places["service"])
    if not jobs or "catchment" in jobs:
        lc.two_step_fca(times, homes, places)
    if not jobs or "isochrones" in jobs:
        lc.isochrones(net, places.head(1), walker=common.walker())


if __name__ == "__main__":
    common.WORK.mkdir(parents=True, exist_ok=True)
    for name in SIDES:
        make(name)
        print(name, {key: value.shape for key, value in load(name).items()})
