"""The network from networkx graphs and back."""

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import towns
from lifecircle.errors import EmptyNetworkError, NetworkError
from lifecircle.network.graph import WalkNetwork
from oracle import disagreements


def directed(**nodes):
    """An empty directed graph as osmnx makes it, nodes at metres of the town."""
    graph = nx.MultiDiGraph(crs=towns.TOWN)
    for name, (x, y) in nodes.items():
        graph.add_node(name, x=x, y=y)
    return graph


def lengths(graph):
    return sorted(WalkNetwork.from_networkx(graph).edge_length_m.tolist())


def test_both_directions_of_a_street_are_one_street():
    graph = directed(A=(0, 0), B=(100, 0))
    line = shapely.LineString([(0, 0), (50, 20), (100, 0)])
    graph.add_edge("A", "B", length=110.0, osmid=7, geometry=line)
    graph.add_edge("B", "A", length=110.0, osmid=7, geometry=shapely.reverse(line))
    assert lengths(graph) == [110.0]


def test_a_street_drawn_one_way_is_walked_both_ways():
    graph = directed(A=(0, 0), B=(60, 0))
    graph.add_edge("A", "B", length=60.0)
    network = WalkNetwork.from_networkx(graph)
    times = towns.walk(network, towns.points((60, 0)), towns.points((0, 0)))
    assert times.minutes.tolist() == pytest.approx([1.0], abs=1e-6)


def test_directions_of_different_length_are_two_streets():
    graph = directed(A=(0, 0), B=(100, 0))
    graph.add_edge("A", "B", length=100.0, osmid=7)
    graph.add_edge("B", "A", length=140.0, osmid=8)
    assert lengths(graph) == [100.0, 140.0]


def test_two_one_way_streets_of_different_shape_are_two_streets_without_any_length():
    graph = directed(A=(0, 0), B=(100, 0))
    graph.add_edge("A", "B", geometry=shapely.LineString([(0, 0), (50, 200), (100, 0)]))
    graph.add_edge("B", "A")
    assert lengths(graph) == pytest.approx([100.0, 2 * np.hypot(50, 200)], abs=1e-6)


def test_the_two_sides_of_a_divided_road_are_two_streets_though_equally_long():
    graph = directed(A=(-50, 0), B=(50, 0))
    for start, end, middle in (("A", "B", (0, 60)), ("B", "A", (0, -60))):
        ends = [(graph.nodes[node]["x"], graph.nodes[node]["y"]) for node in (start, end)]
        line = shapely.LineString([ends[0], middle, ends[1]])
        graph.add_edge(start, end, osmid=7, length=line.length, geometry=line)
    network = WalkNetwork.from_networkx(graph)
    assert network.edge_count == 2
    # from the middle of one side to that of the other, by way of A or B
    times = towns.walk(network, towns.points((0, 60)), towns.points((0, -60)))
    assert times.minutes.tolist() == pytest.approx([2 * np.hypot(50, 60) / 60], abs=1e-5)


def test_lengths_written_as_text_tell_two_streets_apart():
    graph = directed(A=(0, 0), B=(100, 0))
    graph.add_edge("A", "B", length="150.0")
    graph.add_edge("B", "A", length="100.0")
    assert lengths(graph) == [100.0, 150.0]


def test_a_street_without_a_length_is_measured_and_the_others_keep_theirs():
    graph = directed(A=(0, 0), B=(100, 0), C=(200, 0))
    graph.add_edge("A", "B", length=130.0)
    graph.add_edge("B", "C")
    assert lengths(graph) == pytest.approx([100.0, 130.0], abs=1e-6)


def test_parallel_streets_stay_parallel():
    graph = directed(A=(0, 0), B=(100, 0))
    for start, end in ("AB", "BA"):
        graph.add_edge(start, end, length=100.0, osmid=1)
        graph.add_edge(start, end, length=100.0, osmid=1)
        graph.add_edge(start, end, length=120.0, osmid=2)
    assert lengths(graph) == [100.0, 100.0, 120.0]


@pytest.mark.parametrize("kind", [nx.Graph, nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph])
def test_every_kind_of_graph_is_understood(kind):
    graph = kind(crs=towns.TOWN)
    graph.add_node(1, x=0.0, y=0.0)
    graph.add_node(2, x=100.0, y=0.0)
    graph.add_node(3, x=100.0, y=50.0)
    graph.add_edge(1, 2, length=100.0)
    graph.add_edge(3, 2, length=50.0)
    network = WalkNetwork.from_networkx(graph)
    assert sorted(network.edge_length_m) == [50.0, 100.0]
    assert sorted(network.node_ids.tolist()) == [1, 2, 3]


def test_a_line_drawn_against_its_edge_is_turned_round():
    graph = directed(A=(0, 0), B=(100, 0))
    graph.add_edge("A", "B", geometry=shapely.LineString([(100, 0), (100, 40), (0, 0)]))
    network = WalkNetwork.from_networkx(graph)
    start = network.node_xy_m[network.edge_ends[0, 0]]
    assert np.hypot(*(network.edge_points_m[0] - start)) < 1e-6


def test_a_line_written_as_text_is_read():
    graph = directed(A=(0, 0), B=(100, 0))
    graph.add_edge("A", "B", geometry="LINESTRING (0 0, 50 50, 100 0)")
    assert lengths(graph) == pytest.approx([2 * np.hypot(50, 50)], abs=1e-6)


def test_a_graph_that_names_no_system_is_in_degrees():
    graph = nx.MultiGraph()
    graph.add_node(1, x=112.99, y=28.16)
    graph.add_node(2, x=112.991, y=28.16)
    graph.add_edge(1, 2)
    assert lengths(graph) == pytest.approx([98.22], abs=0.02)


def test_lists_keep_their_first_name_and_their_stairs():
    graph = directed(A=(0, 0), B=(100, 0))
    graph.add_edge(
        "A", "B", highway=["footway", "steps"], name=["韶山路", "x"], osmid=[42, 43], length=1.0
    )
    graph.add_edge("B", "A", highway=float("nan"), name=None, osmid="?", length=2.0)
    frame = WalkNetwork.from_networkx(graph).edges_frame().sort_values("length_m")
    assert frame["highway"].to_list() == ["steps", ""]
    assert frame["name"].to_list() == ["韶山路", ""]
    assert frame["osm_id"].to_list() == [42, 0]


def test_a_graph_without_edges_is_refused():
    with pytest.raises(EmptyNetworkError, match="no edges, so there is nowhere to walk"):
        WalkNetwork.from_networkx(directed(A=(0, 0)))


def test_nodes_without_a_place_are_refused_by_name():
    graph = directed(A=(0, 0), B=(100, 0))
    graph.add_node("Z")
    graph.add_node("Y", x="east", y=3)
    graph.add_edge("A", "Z")
    with pytest.raises(NetworkError, match=r"2 of 4 nodes have no number in 'x' or 'y' .*Z, Y"):
        WalkNetwork.from_networkx(graph)


@pytest.mark.parametrize("wrong", [float("nan"), -3.0, "long"])
def test_a_length_that_is_no_length_is_refused_by_its_ends(wrong):
    graph = directed(A=(0, 0), B=(100, 0))
    graph.add_edge("A", "B", length=wrong)
    with pytest.raises(NetworkError, match=r"1 of 1 edges have a length .*A–B"):
        WalkNetwork.from_networkx(graph)


def test_nothing_is_written_into_the_graph():
    graph = directed(A=(0, 0), B=(100, 0))
    graph.add_edge("A", "B", length=100.0, highway=["steps"])
    before = (dict(graph.graph), dict(graph.nodes(data=True)), list(graph.edges(data=True)))
    before = repr(before)
    WalkNetwork.from_networkx(graph)
    after = (dict(graph.graph), dict(graph.nodes(data=True)), list(graph.edges(data=True)))
    assert repr(after) == before


def test_a_graph_handed_back_has_both_directions_and_the_source_s_words():
    graph = towns.stairs().to_networkx()
    assert graph.graph["crs"] == "epsg:4326"
    assert graph.number_of_nodes() == 5
    assert graph.number_of_edges() == 10
    (stairs,) = graph["A"]["B"].values()
    (back,) = graph["B"]["A"].values()
    assert stairs["highway"] == back["highway"] == "steps"
    assert stairs["length"] == pytest.approx(50.0, abs=1e-6)
    assert stairs["geometry"].coords[0] == back["geometry"].coords[-1]
    assert (graph.nodes["A"]["x"], graph.nodes["A"]["y"]) == pytest.approx(
        stairs["geometry"].coords[0]
    )


@pytest.mark.filterwarnings("ignore:network. the lengths stated")  # weird lengths are meant
@given(weird=towns.weird_towns())
def test_there_and_back_again_is_the_same_network(weird):
    network, _ = weird
    again = WalkNetwork.from_networkx(network.to_networkx())
    assert again.node_count == network.node_count
    assert again.edge_count == network.edge_count

    def edges(of):
        frame = of.edges_frame()
        return sorted(
            (*sorted((a, b)), round(length_m, 6), kind)
            for a, b, length_m, kind in zip(
                frame["from_node"],
                frame["to_node"],
                frame["length_m"],
                frame["highway"],
                strict=True,
            )
        )

    assert edges(again) == edges(network)


@given(seed=st.integers(0, 10_000))
def test_times_survive_the_way_through_networkx(seed):
    network = towns.planar_town(seed, crossings=25)
    places = towns.points(*np.random.default_rng(seed).uniform(-400, 400, (12, 2)))
    again = WalkNetwork.from_networkx(network.to_networkx())
    times = towns.walk(again, places, places, snap_m=1000)
    assert disagreements(times, network, places, places, walker=towns.ONE, snap_m=1000) == []
