"""The network as arrays: what goes in comes out, and what is wrong is refused with its place."""

import dataclasses

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

import towns
from lifecircle.errors import CrsError, EmptyNetworkError, NetworkError
from lifecircle.network.graph import Streets, WalkNetwork, build_network

GEOD = pyproj.Geod(ellps="WGS84")


def streets(lonlat, ends, length_m=None, highway="residential"):
    """Straight streets between nodes in degrees."""
    lonlat = np.asarray(lonlat, dtype=float)
    ends = np.asarray(ends, dtype=np.int64).reshape(-1, 2)
    count = len(ends)
    return Streets(
        node_ids=np.arange(10, 10 + len(lonlat)),
        node_lonlat=lonlat,
        ends=ends,
        points_lonlat=lonlat[ends].reshape(-1, 2),
        first_point=np.arange(0, 2 * count + 1, 2),
        highway=np.full(count, highway, dtype=object),
        name=np.full(count, "", dtype=object),
        osm_id=np.arange(count),
        length_m=None if length_m is None else np.asarray(length_m, dtype=float),
    )


SQUARE = [(112.99, 28.16), (112.992, 28.16), (112.992, 28.162), (112.99, 28.162)]


def test_measured_lengths_are_geodesic_to_one_in_a_hundred_thousand():
    network = build_network(streets(SQUARE, [(0, 1), (1, 2), (2, 3), (3, 0)]))
    for (start, end), length_m in zip(network.edge_ends, network.edge_length_m, strict=True):
        lonlat = [SQUARE[network.node_ids[node] - 10] for node in (start, end)]
        true_m = GEOD.line_length([p[0] for p in lonlat], [p[1] for p in lonlat])
        assert length_m == pytest.approx(true_m, rel=1e-5)


def test_a_bent_street_is_as_long_as_its_bends():
    network = towns.crescent()
    assert sorted(network.edge_length_m) == pytest.approx([100.0, 500.0], abs=1e-6)


def test_stated_lengths_are_kept_as_they_are():
    network = build_network(streets(SQUARE, [(0, 1), (1, 2)], length_m=[250.0, 0.0]))
    assert sorted(network.edge_length_m) == [0.0, 250.0]


def test_every_edge_keeps_its_own_ends_length_kind_and_line():
    base = streets(SQUARE, [(3, 0), (1, 2), (0, 1)], length_m=[1.0, 2.0, 3.0])
    base = dataclasses.replace(
        base,
        highway=np.array(["steps", "footway", "path"], dtype=object),
        name=np.array(["甲", "乙", "丙"], dtype=object),
    )
    frame = build_network(base).edges_frame().sort_values("osm_id")
    assert frame["osm_id"].to_list() == [0, 1, 2]
    assert [set(pair) for pair in zip(frame["from_node"], frame["to_node"], strict=True)] == [
        {13, 10},
        {11, 12},
        {10, 11},
    ]
    assert frame["length_m"].to_list() == [1.0, 2.0, 3.0]
    assert frame["highway"].to_list() == ["steps", "footway", "path"]
    assert frame["name"].to_list() == ["甲", "乙", "丙"]
    for row, (start, end) in zip(frame.itertuples(), [(3, 0), (1, 2), (0, 1)], strict=True):
        ends = np.array(row.geometry.coords)
        assert np.abs(ends - [SQUARE[start], SQUARE[end]]).max() < 1e-9


def test_the_first_vertex_of_each_edge_is_its_first_node():
    network = towns.planar_town(3)
    first, last = network.edge_first_point[:-1], network.edge_first_point[1:] - 1
    starts, ends = network.edge_ends.T
    assert np.abs(network.edge_points_m[first] - network.node_xy_m[starts]).max() < 1e-6
    assert np.abs(network.edge_points_m[last] - network.node_xy_m[ends]).max() < 1e-6


def test_arcs_lead_both_ways_along_every_street_and_once_along_a_loop():
    network = towns.town({"A": (0, 0), "B": (100, 0)}, "AB", "AB", ("A", "A", {"via": [(0, 50)]}))
    first, head, edge = network.arcs
    arcs = sorted(
        (int(node), int(head[arc]), int(edge[arc]))
        for node in range(2)
        for arc in range(first[node], first[node + 1])
    )
    loop = int(np.flatnonzero(network.edge_ends[:, 0] == network.edge_ends[:, 1])[0])
    lone = network.edge_ends[loop, 0]
    expected = [(int(lone), int(lone), loop)]
    for number, (start, end) in enumerate(network.edge_ends.tolist()):
        if number != loop:
            expected += [(start, end, number), (end, start, number)]
    assert arcs == sorted(expected)


def test_parts_that_are_not_connected_are_numbered_from_the_largest():
    network = towns.island()
    part = dict(zip(network.node_ids, network.component.tolist(), strict=True))
    assert part == {"A": 0, "B": 0, "E": 0, "C": 1, "D": 1}


def test_a_lonely_node_is_a_part_of_its_own():
    network = towns.town({"A": (0, 0), "B": (50, 0), "Z": (200, 200)}, "AB")
    part = dict(zip(network.node_ids, network.component.tolist(), strict=True))
    assert part == {"A": 0, "B": 0, "Z": 1}


def test_bounds_and_hull_hold_every_vertex():
    network = towns.crescent()
    assert network.bounds_m == pytest.approx((-50, 0, 50, 200), abs=1e-6)
    west, south, east, north = network.bounds_lonlat
    ends = gpd.GeoSeries(gpd.points_from_xy([-50, 50], [0, 200]), crs=towns.TOWN).to_crs(4326)
    assert (west, east) == pytest.approx(tuple(ends.x), abs=1e-6)
    assert (south, north) == pytest.approx(tuple(ends.y), abs=1e-6)
    assert network.hull_m.area == pytest.approx(100 * 200, abs=1e-3)


def test_a_network_shows_its_size_and_place():
    text = repr(towns.ladder())
    assert text.startswith("WalkNetwork: 6 nodes, 7 edges, 0.7 km; lon 112.989")


def test_arrays_of_a_network_cannot_be_written_to():
    network = towns.ladder()
    arrays = [
        getattr(network, f.name)
        for f in dataclasses.fields(network)
        if isinstance(getattr(network, f.name), np.ndarray)
    ]
    assert len(arrays) == 12
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[0]


def test_building_leaves_the_streets_writeable_and_as_they_were():
    given = streets(SQUARE, [(2, 3), (0, 1)], length_m=[7.0, 8.0])
    before = {
        f.name: np.copy(getattr(given, f.name))
        for f in dataclasses.fields(given)
        if isinstance(getattr(given, f.name), np.ndarray)
    }
    assert len(before) == 9
    network = build_network(given)
    for name, value in before.items():
        assert np.array_equal(getattr(given, name), value), name
        assert getattr(given, name).flags.writeable, name
    assert not np.shares_memory(network.edge_length_m, given.length_m)


def test_neighbours_on_the_ground_are_neighbours_in_memory():
    rng = np.random.default_rng(1)
    lonlat = rng.uniform([112.98, 28.15], [113.0, 28.17], (400, 2))
    network = build_network(streets(lonlat, [(i, i + 1) for i in range(399)]))
    step_m = np.hypot(*np.diff(network.node_xy_m, axis=0).T)
    unordered_m = np.hypot(*np.diff(lonlat, axis=0).T) * 1e5
    assert np.median(step_m) < np.median(unordered_m) / 4


def test_one_node_with_one_loop_is_a_network():
    assert towns.ring().edge_length_m.tolist() == pytest.approx([800.0], abs=1e-6)


def test_streets_of_no_length_at_one_place_are_a_network():
    network = towns.town({"A": (0, 0), "B": (0, 0)}, "AB")
    assert network.edge_length_m.tolist() == [0.0]


def test_no_street_at_all_is_refused():
    with pytest.raises(EmptyNetworkError, match=r"no walkable street.*motorways or private"):
        build_network(streets(SQUARE, []))


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -1.0])
def test_a_length_that_is_no_length_is_refused_with_its_ends(wrong):
    with pytest.raises(NetworkError, match=r"1 of 2 edges have a length .*11–12.*leave 'length'"):
        build_network(streets(SQUARE, [(0, 1), (1, 2)], length_m=[5.0, wrong]))


def test_all_that_is_wrong_with_a_network_comes_in_one_message():
    broken = [*SQUARE, (np.nan, 28.16), (112.99, np.inf)]
    with pytest.raises(NetworkError) as caught:
        build_network(streets(broken, [(0, 4), (1, 5), (2, 3)], length_m=[1.0, -2.0, np.nan]))
    text = str(caught.value)
    assert "2 nodes have coordinates that are not numbers (positions 4, 5)" in text
    assert "2 vertices have coordinates that are not numbers" in text
    assert "2 of 3 edges have a length that is negative or not a number" in text


def test_streets_spread_over_a_country_are_refused():
    with pytest.raises(NetworkError, match=r"spread over \d+ km\. Cut them to the district"):
        build_network(streets([(112.0, 28.0), (116.0, 28.0)], [(0, 1)]))


def test_streets_across_the_180th_meridian_are_out_of_scope():
    with pytest.raises(NetworkError, match="180th meridian is out of scope"):
        build_network(streets([(-179.9, 0.0), (179.9, 0.0)], [(0, 1)]))


def test_streets_at_a_pole_are_refused():
    with pytest.raises(CrsError, match="swapped"):
        build_network(streets([(0.0, 89.0), (0.01, 89.0)], [(0, 1)]))


def test_swapped_coordinates_are_refused_with_a_hint():
    swapped = [(lat, lon) for lon, lat in SQUARE]
    with pytest.raises(CrsError, match=r"longitude and latitude swapped"):
        build_network(streets(swapped, [(0, 1)]))


def test_edges_frame_is_in_degrees_and_in_the_order_of_the_edges():
    network = towns.planar_town(5)
    frame = network.edges_frame()
    assert frame.crs.to_epsg() == 4326
    assert frame["edge"].to_list() == list(range(network.edge_count))
    lines = frame.to_crs(network.crs).geometry
    starts = np.array([line.coords[0] for line in lines])
    assert np.abs(starts - network.node_xy_m[network.edge_ends[:, 0]]).max() < 1e-3
    assert lines.length.to_numpy() == pytest.approx(network.edge_length_m, abs=1e-3)


def test_two_builds_of_the_same_streets_are_the_same():
    one, other = towns.planar_town(8), towns.planar_town(8)
    for name in ("node_ids", "edge_ends", "edge_length_m", "edge_points_m", "edge_highway"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert isinstance(one, WalkNetwork)


def test_steps_are_known_by_their_kind():
    network = towns.stairs()
    kinds = dict(zip(network.edge_highway.tolist(), network.is_steps.tolist(), strict=True))
    assert kinds == {"steps": True, "": False}
    assert shapely.length(network.hull_m) > 0
