"""The streets tell which coordinate system a table is in, or nothing is told."""

import dataclasses
import warnings

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely

import lifecircle as lc
from lifecircle.crs import from_wgs84, local_crs, to_wgs84
from lifecircle.errors import CrsError, InputError
from lifecircle.network.snapping import snap

CHANGSHA, BEIJING, URUMQI = (112.99, 28.16), (116.40, 39.90), (87.60, 43.80)


def town(lonlat, *, seed=1, side=26):
    """Streets of an old town: a grid whose lines lie 60 to 140 m apart, 2.6 km across, in metres.

    ::

        o--o----o-o     lines at random distances, so that no shift of the whole
        |  |    | |     lays it upon itself
        o--o----o-o
    """
    rng = np.random.default_rng(seed)
    x = np.cumsum(rng.uniform(60, 140, side))
    y = np.cumsum(rng.uniform(60, 140, side))
    graph = nx.grid_2d_graph(side, side)
    nx.set_node_attributes(graph, {n: {"x": x[n[0]], "y": y[n[1]]} for n in graph})
    graph.graph["crs"] = local_crs(*lonlat)
    return lc.WalkNetwork.from_networkx(nx.MultiGraph(graph))


def beside(network, count, rng, low=8.0, high=25.0):
    """Places beside streets in the middle of a network, none nearer than ``low``, metres."""
    points, first = network.edge_points_m, network.edge_first_point
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    found = []
    while len(found) < count:
        edge = rng.integers(network.edge_count)
        start, end = points[first[edge] : first[edge + 1]][[0, -1]]
        way = end - start
        aside = np.array([-way[1], way[0]]) / max(np.hypot(*way), 1e-9) * rng.choice([-1, 1])
        place = start + rng.random() * way + rng.uniform(low, high) * aside
        if np.hypot(*(place - middle)) > 900:
            continue
        if snap(network, place[None], walker=lc.ADULT, snap_m=500).access_m[0] >= low - 1e-6:
            found.append(place)
    return np.array(found)


def as_read(xy, network, truth, stated="WGS-84"):
    """Layer of what is truly in one system, read as if in another."""
    true = gpd.GeoSeries(gpd.points_from_xy(*xy.T), crs=network.crs).to_crs(4326)
    lon, lat = to_wgs84(*from_wgs84(true.x, true.y, truth), stated)
    layer = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=4326)
    layer.attrs["lifecircle"] = {"coordinates": stated if stated != "WGS-84" else "WGS 84"}
    return layer


@pytest.mark.parametrize(
    "lonlat", [CHANGSHA, BEIJING, URUMQI], ids=["Changsha", "Beijing", "Ürümqi"]
)
@pytest.mark.parametrize("count", [40, 150])
def test_places_beside_streets_tell_their_system(lonlat, count, rng):
    network = town(lonlat)
    xy = beside(network, count, rng)
    for truth in ("WGS-84", "GCJ-02", "BD-09"):
        seen = lc.which_coordinates(as_read(xy, network, truth), network)
        assert (seen.verdict, seen.stated, seen.streets) == (truth, "WGS-84", "WGS-84")
        assert count * 0.8 <= seen.places_count <= count
        assert 8 <= seen.distance_m[truth] <= 25
        assert (seen.message == "") == (truth == "WGS-84")


def test_the_message_says_what_by_which_evidence_and_what_to_do(rng):
    network = town(CHANGSHA)
    layer = as_read(beside(network, 60, rng), network, "GCJ-02")
    seen = lc.which_coordinates(layer, network, table="clinics")
    near, far = (round(seen.distance_m[name]) for name in ("GCJ-02", "WGS-84"))
    assert seen.message == (
        f"clinics: these look like GCJ-02 declared as WGS-84 ({seen.places_count} places, median "
        f"distance to the nearest street {near} m against {far} m; none of 300 other shifts fits "
        "as well). Read them with coordinates='GCJ-02'."
    )


def test_places_converted_for_nothing_and_streets_in_gcj02_are_told(rng):
    network = town(CHANGSHA)
    xy = beside(network, 60, rng)
    twice = lc.which_coordinates(as_read(xy, network, "WGS-84", "GCJ-02"), network)
    assert (twice.verdict, twice.stated) == ("WGS-84", "GCJ-02")
    assert "look like WGS-84 that was converted from GCJ-02 all the same" in twice.message
    assert "Read them without coordinates='GCJ-02'" in twice.message
    # The same to the eye: places that are right and say so, streets that are not.
    undeclared = as_read(xy, network, "WGS-84", "GCJ-02")
    undeclared.attrs.clear()
    streets = lc.which_coordinates(undeclared, network)
    assert (streets.verdict, streets.streets) == ("WGS-84", "GCJ-02")
    assert "the streets look like GCJ-02 declared as WGS-84" in streets.message
    assert "Read the streets with coordinates='GCJ-02'" in streets.message


@pytest.mark.parametrize(("truth", "stated"), [("BD-09", "GCJ-02"), ("GCJ-02", "BD-09")])
def test_one_shifted_system_taken_for_the_other_is_told(truth, stated, rng):
    network = town(BEIJING)
    seen = lc.which_coordinates(as_read(beside(network, 60, rng), network, truth, stated), network)
    assert seen.verdict == truth
    assert f"look like {truth} declared as {stated}" in seen.message
    assert f"Read them with coordinates='{truth}'" in seen.message


def test_outlines_along_streets_tell_their_system_and_squares_that_heed_none_do_not():
    network = town(CHANGSHA)
    lines = network.edges_frame().to_crs(network.crs).geometry.to_numpy()
    faces = np.array(shapely.get_parts(shapely.polygonize(lines)))
    middles = shapely.get_coordinates(shapely.centroid(faces))
    blocks = faces[np.argsort(np.hypot(*(middles - middles.mean(axis=0)).T))[:40]]
    squares = [
        shapely.box(x, y, x + 333, y + 333) for x in (-500, -167, 166) for y in (-450, -117, 216)
    ]

    def shifted(shapes):
        true = gpd.GeoSeries(shapes, crs=network.crs).to_crs(4326).to_numpy()
        moved = shapely.transform(true, lambda xy: np.column_stack(from_wgs84(*xy.T, "GCJ-02")))
        return gpd.GeoDataFrame(geometry=moved, crs=4326)

    right = gpd.GeoDataFrame(geometry=blocks, crs=network.crs)
    assert lc.which_coordinates(right, network, table="units").verdict == "WGS-84"
    seen = lc.which_coordinates(shifted(blocks), network, table="units")
    assert seen.verdict == "GCJ-02"
    assert seen.message.startswith("units: these look like GCJ-02 declared as WGS-84")
    assert lc.which_coordinates(shifted(squares), network, table="units").verdict is None


def test_nothing_is_told_of_places_anywhere_or_shifted_in_another_way(rng):
    network = town(CHANGSHA)
    for turn in range(6):
        anywhere = rng.uniform(-900, 900, (150, 2))
        aside = 250 * np.array([np.cos(turn), np.sin(turn)])
        for xy in (anywhere, beside(network, 60, rng) + aside):
            seen = lc.which_coordinates(as_read(xy, network, "WGS-84"), network)
            assert seen.message == ""


def test_a_street_along_which_the_shift_runs_tells_nothing(rng):
    """One straight street in the direction of GCJ-02's offset: shifted places stay beside it."""
    crs = local_crs(*CHANGSHA)
    shifted = gpd.GeoSeries([shapely.Point(*map(float, from_wgs84(*CHANGSHA, "GCJ-02")))], crs=4326)
    there = np.array(shifted.to_crs(crs)[0].coords[0])
    there -= np.array(gpd.GeoSeries([shapely.Point(*CHANGSHA)], crs=4326).to_crs(crs)[0].coords[0])
    graph = nx.path_graph(13, create_using=nx.MultiGraph)
    graph.graph["crs"] = crs
    nx.set_node_attributes(
        graph, {k: {"x": (k - 6) * there[0], "y": (k - 6) * there[1]} for k in graph}
    )
    network = lc.WalkNetwork.from_networkx(graph)
    for truth in ("WGS-84", "GCJ-02"):
        layer = as_read(beside(network, 60, rng), network, truth)
        seen = lc.which_coordinates(layer, network)
        assert seen.distance_m["GCJ-02"] == pytest.approx(seen.distance_m["WGS-84"], abs=2.0)
        assert (seen.verdict, seen.message) == (None, "")


def test_few_places_one_place_many_times_and_places_abroad_tell_nothing(rng):
    network = town(CHANGSHA)
    few = beside(network, 14, rng)
    assert lc.which_coordinates(as_read(few, network, "GCJ-02"), network).verdict is None
    many = as_read(np.repeat(few, 20, axis=0), network, "GCJ-02")
    seen = lc.which_coordinates(many, network)
    assert (seen.verdict, seen.places_count) == (None, 14)
    abroad = town((24.94, 60.17))
    seen = lc.which_coordinates(as_read(beside(abroad, 60, rng), abroad, "WGS-84"), abroad)
    assert (seen.verdict, seen.distance_m) == (None, {})


def test_the_verdict_does_not_depend_on_the_order_of_rows_and_changes_nothing(rng):
    network = town(BEIJING)
    layer = as_read(beside(network, 80, rng), network, "GCJ-02")
    before = layer.copy()
    seen = lc.which_coordinates(layer, network)
    network.made.clear()
    assert lc.which_coordinates(layer.iloc[::-1], network) == seen
    assert lc.which_coordinates(layer.to_crs(32650), network).verdict == seen.verdict
    assert layer.geometry.geom_equals_exact(before.geometry, 0).all()
    assert layer.attrs == before.attrs


def test_rows_without_a_place_are_passed_over(rng):
    network = town(CHANGSHA)
    layer = as_read(beside(network, 40, rng), network, "GCJ-02")
    holes = gpd.GeoDataFrame(geometry=[None, shapely.Point()], crs=4326)
    assert lc.which_coordinates(pd.concat([layer, holes]), network).verdict == "GCJ-02"
    assert lc.which_coordinates(layer.iloc[:0], network).places_count == 0


def test_what_is_no_layer_is_refused():
    network = town(CHANGSHA, side=3)
    with pytest.raises(InputError, match=r"homes: expected a GeoDataFrame .*read_facilities"):
        lc.which_coordinates(pd.DataFrame({"a": [1]}), network, table="homes")
    bare = gpd.GeoDataFrame(geometry=gpd.points_from_xy([1], [2]))
    with pytest.raises(CrsError, match=r"facilities: 1 rows have no coordinate reference system"):
        lc.which_coordinates(bare, network)


# --- real streets -----------------------------------------------------------------------------


def test_real_places_of_central_helsinki_laid_through_china(helsinki_pbf):
    """1,400 real facilities by real streets, where GCJ-02 moves them another way each."""
    streets, facilities = quietly(lc.read_walk_network, lc.read_osm_facilities, path=helsinki_pbf)
    points = facilities.to_crs(streets.crs).geometry
    xy = np.column_stack([points.x, points.y])
    for lonlat in (CHANGSHA, BEIJING, URUMQI):
        network = dataclasses.replace(streets, crs=local_crs(*lonlat))
        for truth in ("WGS-84", "GCJ-02", "BD-09"):
            assert lc.which_coordinates(as_read(xy, network, truth), network).verdict == truth


@pytest.mark.parametrize("folder", ["beijing_bupt/bupt_campus", "beijing_bjtu/bjtu_area"])
def test_buildings_of_real_chinese_streets(shared_data, folder):
    path = shared_data / f"{folder}.osm"
    network, buildings = quietly(lc.read_walk_network, lc.read_osm_buildings, path=path)
    points = buildings.to_crs(network.crs).geometry.representative_point()
    xy = np.column_stack([points.x, points.y])
    for truth in ("WGS-84", "GCJ-02", "BD-09"):
        seen = lc.which_coordinates(as_read(xy, network, truth), network)
        assert seen.verdict in ({truth} if "bupt" in folder else {truth, None})


def test_stops_of_amap_tell_that_they_or_the_roads_of_amap_are_in_gcj02(shared_data):
    folder = shared_data / "hangzhou_amap"
    places = pd.read_csv(folder / "amap_poi_hangzhou_gcj02.csv", dtype=str)
    stops = places[places["src"] == "busstation"]
    lonlat = stops[["lng_gcj02", "lat_gcj02"]].astype(float)
    layer = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*lonlat.to_numpy().T), crs=4326)
    roads = gpd.read_file(folder / "amap_roads_hangzhou_gcj02.geojson")
    (converted,) = quietly(lc.read_walk_network, path=roads, coordinates="GCJ-02")
    seen = lc.which_coordinates(layer, converted)
    assert (seen.verdict, seen.streets) == ("GCJ-02", "WGS-84")
    assert seen.distance_m["GCJ-02"] < 5
    (shifted,) = quietly(lc.read_walk_network, path=roads)
    right = as_read(lonlat.to_numpy(), layer, "WGS-84", "GCJ-02")
    seen = lc.which_coordinates(right, shifted)
    assert (seen.stated, seen.verdict, seen.streets) == ("GCJ-02", "WGS-84", "WGS-84")
    assert "or the streets are GCJ-02" in seen.message
    assert lc.which_coordinates(right, converted).verdict == "GCJ-02"  # as stated
    assert lc.which_coordinates(right, converted).message == ""


def quietly(*readers, path, **options):
    """What readers read of a file, without what they tell of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", lc.LifecircleWarning)
        return [reader(path, **options) for reader in readers]
