"""Things that are no networks, no points or no names: one message each, never a traceback."""

from __future__ import annotations

import copy
import pickle

import geopandas as gpd
import networkx as nx
import pandas as pd
import pytest

import lifecircle as lc
import towns
from assessment import village


def graph(**edge: object) -> nx.MultiGraph:
    made = nx.MultiGraph(crs=edge.pop("crs", "EPSG:4326"))
    made.add_node(1, x=112.99, y=28.16)
    made.add_node(2, x=112.991, y=28.16)
    made.add_edge(1, 2, **edge)
    return made


@pytest.mark.parametrize(
    ("thing", "error", "words"),
    [
        (None, lc.NetworkError, "expected a networkx graph, got NoneType"),
        ("streets.graphml", lc.NetworkError, "expected a networkx graph, got str"),
        (graph(crs="EPSG:99999999"), lc.CrsError, "no coordinate reference system"),
        (graph(geometry="LINESTRING("), lc.NetworkError, "which is no line"),
        (graph(geometry=5), lc.NetworkError, "which is no line"),
    ],
)
def test_what_is_no_graph_is_told(thing, error, words):
    with pytest.raises(error, match=words):
        lc.WalkNetwork.from_networkx(thing)


def test_ids_too_large_for_the_machine_are_ids_all_the_same():
    big = nx.relabel_nodes(graph(), {1: 2**63, 2: 2**64})
    assert sorted(lc.WalkNetwork.from_networkx(big).node_ids.tolist()) == [2**63, 2**64]


def test_a_bare_column_of_points_is_a_table_of_points():
    homes, shops = towns.points((-50, 0), (50, 0)), towns.points((100, 0))
    whole = towns.walk(towns.ladder(), homes, shops)
    bare = towns.walk(towns.ladder(), homes.geometry, shops.geometry)
    assert bare.to_frame().equals(whole.to_frame())
    assert len(lc.isochrones(towns.ladder(), shops.geometry, minutes=[1])) == 1
    with pytest.raises(lc.InputError, match="origins: expected a GeoDataFrame of points, got Data"):
        towns.walk(towns.ladder(), pd.DataFrame({"people": [1]}), shops)


@pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")
def test_swapped_coordinates_and_metres_are_guessed_from_where_the_streets_are():
    network = village.street()
    homes = village.residents().to_crs(4326)
    swapped = homes.assign(
        geometry=gpd.points_from_xy(homes.geometry.y, homes.geometry.x, crs=4326)
    )
    places = village.facilities()
    with pytest.raises(lc.SnapError, match="look swapped"):
        lc.travel_times(network, swapped, places)
    metres = village.residents().set_crs(4326, allow_override=True)
    with pytest.raises(lc.SnapError, match="look like metres"):
        lc.travel_times(network, metres, places)


def test_a_network_in_parts_is_told_even_if_nothing_joins_the_small_one():
    nodes = {"A": (0, 0), "B": (100, 0), "C": (0, 900), "D": (100, 900)}
    network = towns.town(nodes, "AB", "CD")
    with pytest.warns(lc.LifecircleWarning, match=r"50\.0% of the nodes are not connected"):
        lc.travel_times(network, towns.points((10, 0)), towns.points((90, 0)))


@pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")
def test_coverage_of_a_service_off_the_streets_is_unknown():
    homes = village.residents()
    places = village.facilities().assign(geometry=[village.at(0, 400), village.at(1000)])
    times = lc.travel_times(village.street(), homes, places)
    found = lc.coverage(times, homes, places, minutes=[15], by="service").set_index("service")
    assert pd.isna(found.loc["kindergarten", "covered_share"])
    assert found.loc["elderly_day_care", "covered_share"] == 1.0


def test_columns_named_twice_or_like_a_figure_are_refused():
    homes, places = village.residents(), village.facilities()
    times = lc.travel_times(village.street(), homes, places)
    for by in (("service", "service"), ("minutes",), ("people", "service")):
        with pytest.raises(lc.InputError, match="name each column once"):
            lc.coverage(times, homes, places, by=by)


@pytest.mark.parametrize("wrong", [-1, 0, float("nan"), "x", None, True])
def test_a_study_refuses_a_distance_that_is_none(wrong):
    with pytest.raises(lc.InputError, match="snap_m="):
        village.study(snap_m=wrong)


@pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")
def test_walkers_named_twice_or_alone_are_measured_once():
    once = lc.evaluate(village.study(), walkers="elderly").coverage
    twice = lc.evaluate(village.study(), walkers=["elderly", lc.ELDERLY]).coverage
    pd.testing.assert_frame_equal(once, twice)
    assert len(once) == 3 * 2 * 3


def test_copies_of_a_network_take_the_streets_and_stay_read_only():
    network = lc.load_demo().network
    lc.isochrones(network, lc.load_demo().facilities.head(1))
    for made in (pickle.loads(pickle.dumps(network)), copy.deepcopy(network)):
        assert made.made == {}
        assert not made.edge_length_m.flags.writeable
        assert (made.edge_length_m == network.edge_length_m).all()


@pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")
def test_a_second_geometry_can_be_written(tmp_path):
    places = village.facilities()
    places["entrance"] = places.geometry
    places["since"] = pd.to_timedelta([1, 2], unit="D")
    written = lc.write_evaluation(lc.evaluate(village.study(facilities=places)), tmp_path)
    assert "POINT" in gpd.read_file(written["results.gpkg"], layer="facilities")["entrance"][0]
