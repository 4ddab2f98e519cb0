"""Streets cut to a window: walks inside take what they take on all streets, to the last bit."""

import pickle
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import towns
import walled
from lifecircle.errors import InputError, LifecircleWarning
from lifecircle.measures.isochrones import service_areas
from lifecircle.network.barriers import with_barriers
from lifecircle.network.flat import PAGE_EDGES, flat_network
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.mapped import open_arrays, open_mapped, write_arrays, write_mapped
from lifecircle.network.parts import cut_network
from lifecircle.network.walking import travel_times
from sample import SAMPLE

LIMIT_MIN = 1.5
REACH_M = 1.01 * 60 * LIMIT_MIN + 5.0


def minutes(network, homes, shops, **options):
    """Rows of the table of minutes, by both ids."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        times = travel_times(network, homes, shops, walker=towns.ONE, **options)
    return times.to_frame().set_index(["origin_id", "destination_id"])["minutes"].sort_index()


def wider(bounds, by_m):
    west, south, east, north = bounds
    return west - by_m, south - by_m, east + by_m, north + by_m


@given(st.data())
def test_walks_in_a_walled_town_are_the_same_in_a_part_of_it(data):
    town = data.draw(walled.walled_towns())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        whole = with_barriers(town.plain(), town.barriers())
    places = np.array(walled.spots(data.draw, town, 14))
    x, y = (data.draw(st.floats(0.0, 320.0)) for _ in range(2))
    inside = np.abs(places - [x, y]).max(axis=1) <= 60.0
    if not inside.any():
        inside[0], (x, y) = True, places[0]
    core = places[inside].min(axis=0).tolist() + places[inside].max(axis=0).tolist()
    low, high = np.array(core[:2]) - REACH_M, np.array(core[2:]) + REACH_M
    near = ((places >= low) & (places <= high)).all(axis=1)
    ids = np.array([f"P{number}" for number in range(len(places))])
    homes = towns.points(*places[inside], resident_id=ids[inside])
    shops = towns.points(*places[near], facility_id=ids[near])
    part = cut_network(flat_network(whole), wider(core, REACH_M + walled.SNAP_M + 5.0))
    try:
        expected = minutes(whole, homes, shops, limit_min=LIMIT_MIN)
    except Exception as error:
        with pytest.raises(type(error)):
            minutes(part, homes, shops, limit_min=LIMIT_MIN)
        return
    found = minutes(part, homes, shops, limit_min=LIMIT_MIN)
    pd.testing.assert_series_equal(found, expected, check_exact=True)


def test_walks_and_areas_in_parts_of_the_sample_are_those_of_all_of_it():
    network = SAMPLE.network
    flat = flat_network(network)
    homes, shops = SAMPLE.residents, SAMPLE.facilities
    at = shapely.get_coordinates(homes.geometry.to_crs(network.crs).to_numpy())
    there = shapely.get_coordinates(shops.geometry.to_crs(network.crs).to_numpy())
    whole = minutes(network, homes, shops, limit_min=5)
    for corner in at[::60]:
        core = (*(corner - 150.0), *(corner + 150.0))
        here = ((at >= core[:2]) & (at <= core[2:])).all(axis=1)
        near = ((there >= corner - 150 - 320) & (there <= corner + 150 + 320)).all(axis=1)
        part = cut_network(flat, wider(core, 320.0 + 100.0 + 50.0))
        assert part.edge_count < network.edge_count
        found = minutes(part, homes[here], shops[near], limit_min=5)
        rows = whole.index.get_level_values(0).isin(homes["resident_id"][here])
        pd.testing.assert_series_equal(found, whole[rows], check_exact=True)
        one = service_areas(network, shops[near].to_crs(network.crs), minutes=[2], by="group")
        two = service_areas(part, shops[near].to_crs(network.crs), minutes=[2], by="group")
        middle = shapely.box(*core)
        for first, second in zip(one.geometry, two.geometry, strict=True):
            apart = shapely.symmetric_difference(
                shapely.intersection(first, middle), shapely.intersection(second, middle)
            )
            assert apart.area < 1e-6


def test_a_part_keeps_what_the_whole_knows():
    flat = flat_network(SAMPLE.network)
    part = cut_network(flat, (-300.0, -300.0, 300.0, 300.0))
    whole = SAMPLE.network
    assert part.hull_m.equals(whole.hull_m)
    assert part.crs == whole.crs
    position = {one: number for number, one in enumerate(whole.node_ids.tolist())}
    nodes = np.array([position[one] for one in part.node_ids.tolist()])
    assert (np.diff(nodes) > 0).all()  # in their order
    assert (part.component == whole.component[nodes]).all()
    assert (part.node_xy_m == whole.node_xy_m[nodes]).all()
    edges = part.edges_frame()
    every = whole.edges_frame()
    same = every.merge(edges[["from_node", "to_node", "osm_id", "length_m"]], how="inner")
    assert len(same) >= len(edges)
    assert part.walls.plain.edge_count < whole.plain.edge_count
    gates = part.walls.barriers.gates
    assert 0 < len(gates) < len(whole.walls.barriers.gates)
    assert set(part.walls.gate_ids) == set(gates["gate_id"])


def test_a_part_with_no_street_has_the_nearest_page_of_them():
    part = cut_network(flat_network(SAMPLE.network), (9e4, 9e4, 9e4 + 1, 9e4 + 1))
    assert 0 < part.edge_count <= 3 * PAGE_EDGES


def test_streets_that_state_less_than_they_are_drawn_widen_the_window():
    network = towns.town(
        {"a": (0, 0), "b": (100, 0), "c": (200, 0)}, ("a", "b", {"length": 10}), ("b", "c")
    )
    # 100 m for 10: 89.9 m too far, and as much again for either end of a walk
    assert flat_network(network).about["excess_m"] == pytest.approx(3 * (100 - 1.01 * 10), abs=0.1)
    assert flat_network(SAMPLE.network).about["excess_m"] < 1.0


def test_streets_on_disk_are_the_same_streets(tmp_path):
    network = SAMPLE.network
    write_mapped(flat_network(network), tmp_path)
    flat = flat_network(network)
    opened = open_mapped(tmp_path, flat.tables)
    window = (-400.0, -200.0, 100.0, 300.0)
    one, two = cut_network(flat, window), cut_network(opened, window)
    for name in ("node_ids", "edge_ends", "edge_points_m", "edge_name", "edge_link", "edge_rank"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name
    assert one.walls.admitted == two.walls.admitted
    assert not opened.arrays["edge_points_m"].flags.writeable
    assert isinstance(pickle.loads(pickle.dumps(two)), WalkNetwork)


def test_arrays_of_every_kind_come_back(tmp_path):
    given = {
        "whole": np.arange(5, dtype=np.int8),
        "none": np.empty((0, 4)),
        "true": np.array([True, False]),
        "cube": np.ones((2, 3, 4), dtype=np.float32),
    }
    write_arrays(given, {"a": [1]}, tmp_path, "x")
    arrays, about = open_arrays(tmp_path, "x")
    assert about == {"a": [1]}
    for name, array in given.items():
        assert arrays[name].dtype == array.dtype
        assert np.array_equal(arrays[name], array)
    write_arrays({}, {}, tmp_path, "nothing")
    assert open_arrays(tmp_path, "nothing") == ({}, {})


@pytest.mark.parametrize("harm", ["cut", "gone", "other"])
def test_streets_that_were_harmed_are_one_message(tmp_path, harm):
    write_mapped(flat_network(SAMPLE.network), tmp_path)
    content = tmp_path / "streets.bin"
    if harm == "cut":
        content.write_bytes(content.read_bytes()[:1000])
    elif harm == "gone":
        content.unlink()
    else:
        (tmp_path / "streets.json").write_text('{"format": "x", "size_bytes": 1}')
    with pytest.raises(InputError, match="Prepare the store again"):
        open_mapped(tmp_path)


def test_names_tags_and_heights_come_back():
    network = towns.town(
        {"甲": (0, 0), "乙": (100, 0), "丙": (100, 100)},
        ("甲", "乙", {"name": "韶山中路", "surface": "asphalt", "highway": "primary"}),
        ("乙", "丙", {"name": "", "highway": "footway"}),
    )
    part = cut_network(flat_network(network), (-1.0, -1.0, 1.0, 1.0))
    assert set(part.edge_name) == {"韶山中路", ""}  # whole to the next junction
    assert set(part.node_ids) == {"甲", "乙", "丙"}
    assert sorted(part.edge_tags) == sorted(network.edge_tags)
    assert isinstance(part.edges_frame(), gpd.GeoDataFrame)
