"""Waits at crossings, kerbs and what else is tagged: from the file to the minutes."""

from __future__ import annotations

import itertools
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import lifecircle as lc
import towns
from lifecircle.inputs.osm import read_osm_streets
from lifecircle.inputs.osm_ways import lines_of_elements
from lifecircle.network.costs import edge_costs
from lifecircle.network.crossings import node_mark, with_crossings
from lifecircle.network.exchange import streets_from_networkx
from lifecircle.network.graph import Streets, build_network
from lifecircle.network.links import CROSSING, KERB, SIGNALS
from lifecircle.network.street_tags import width_m
from oracle import disagreements

pytestmark = pytest.mark.filterwarnings("ignore:network. .* of the nodes are not connected")

# A thousandth of a degree of latitude here, metres; nodes of the drawings are that far apart.
STEP_M = 110.86
WAITS = lc.Walker("waits", 1.0, crossing_s=10.0, signals_s=40.0)
PLAIN = lc.Walker("plain", 1.0)
ROAD, PATH = {"highway": "primary"}, {"highway": "footway"}
ZEBRA, LIGHTS = {"highway": "crossing"}, {"highway": "crossing", "crossing": "traffic_signals"}


def draw(path: Path, nodes: dict, *ways: tuple[dict, list]) -> lc.WalkNetwork:
    """Network of nodes ``{id: (east, north, tags)}`` in steps of 0.001 degrees, and of ways."""

    def tags(items: dict) -> str:
        return "".join(f"<tag k='{key}' v='{value}'/>" for key, value in items.items())

    text = "".join(
        f"<node id='{node}' lon='{112.99 + east / 1000:.7f}' lat='{28.16 + north / 1000:.7f}'>"
        f"{tags(more[0] if more else {})}</node>"
        for node, (east, north, *more) in nodes.items()
    ) + "".join(
        f"<way id='{900 + way}'>{''.join(f'<nd ref={chr(34)}{n}{chr(34)}/>' for n in refs)}"
        f"{tags(labels)}</way>"
        for way, (labels, refs) in enumerate(ways)
    )
    file = path / "town.osm"
    file.write_text(f"<osm version='0.6'>{text}</osm>", encoding="utf-8")
    return lc.read_walk_network(file)


def street_s(network: lc.WalkNetwork, start: int, end: int, walker: lc.Walker) -> float:
    """Seconds from node to node by networkx, over the costs of the edges."""
    costs, graph = edge_costs(network, walker), nx.MultiDiGraph()
    for (a, b), there_s, back_s in zip(
        network.edge_ends.tolist(), costs.forward_s, costs.backward_s, strict=True
    ):
        graph.add_edge(a, b, s=there_s)
        graph.add_edge(b, a, s=back_s)
    return nx.shortest_path_length(graph, start, end, weight="s")


def extra_s(network: lc.WalkNetwork, start: int, end: int, walker: lc.Walker = WAITS) -> float:
    """Seconds from node to node beyond what walking alone takes."""
    ends = [network.node_ids.tolist().index(node) for node in (start, end)]
    there_s = street_s(network, *ends, walker)
    linked = network.edge_ends[network.edge_link > 0]
    if not np.isin(ends, linked).any():  # who stands at a crossing may stand on either side of it
        places = gpd.GeoSeries.from_xy(*network.node_xy_m[ends].T, crs=network.crs)
        times = towns.walk(network, places[:1].reset_index(drop=True), places[1:], walker=walker)
        assert times.minutes[0] * 60 == pytest.approx(there_s, abs=1e-3)
    return round(there_s - street_s(network, *ends, PLAIN), 2)


def crossroads(tags: dict) -> dict:
    """A footway 1–3–5 over a road 2–3–4 at node 3."""
    return {1: (0, 1), 2: (-1, 0), 3: (0, 0, tags), 4: (1, 0), 5: (0, -1)}


@pytest.mark.parametrize(
    ("tags", "wait_s"),
    [
        (ZEBRA, 10),
        ({"crossing": "marked"}, 10),
        ({"highway": "crossing", "crossing": "unmarked"}, 10),
        (LIGHTS, 40),
        ({"crossing": "traffic_signals;marked"}, 40),
        ({"highway": "crossing", "crossing:signals": "yes"}, 40),
        ({"highway": "traffic_signals", "crossing": "marked"}, 40),
        ({"highway": "crossing", "crossing": "no"}, 0),
        ({"crossing": "no"}, 0),
        ({"railway": "level_crossing", "crossing": "uncontrolled"}, 0),
        ({"highway": "traffic_signals"}, 0),  # a footway meets there, and it is no crossing
        ({"highway": "bus_stop"}, 0),
    ],
)
def test_who_walks_over_a_crossing_waits_once_and_who_passes_does_not(tmp_path, tags, wait_s):
    network = draw(tmp_path, crossroads(tags), (PATH, [1, 3, 5]), (ROAD, [2, 3, 4]))
    assert extra_s(network, 1, 5) == extra_s(network, 5, 1) == wait_s
    assert extra_s(network, 2, 4) == 0
    # who comes over the path and goes on along the road has crossed half of it
    assert extra_s(network, 1, 4) == extra_s(network, 4, 1) == wait_s / 2
    assert (network.edge_link > 0).sum() == (2 if wait_s else 0)


@pytest.mark.parametrize("kind", ["path", "pedestrian", "steps", "cycleway", "crossing"])
def test_every_kind_of_way_on_foot_waits(tmp_path, kind):
    ways = (({"highway": kind}, [1, 3, 5]), (ROAD, [2, 3, 4]))
    assert extra_s(draw(tmp_path, crossroads(ZEBRA), *ways), 1, 5) == 10


def test_streets_that_cross_at_a_crossing_do_not_wait(tmp_path):
    ways = (({"highway": "residential"}, [1, 3, 5]), (ROAD, [2, 3, 4]))
    network = draw(tmp_path, crossroads(LIGHTS), *ways)
    assert network.edge_link.max() == 0
    assert extra_s(network, 1, 5) == 0


def test_a_crossing_on_the_carriageway_alone_costs_nobody(tmp_path):
    network = draw(tmp_path, crossroads(LIGHTS), (ROAD, [2, 3, 4]))
    assert (network.edge_count, network.edge_link.max()) == (1, 0)


def test_a_crossing_in_the_middle_of_a_path_costs_its_wait_where_no_road_is_walked(tmp_path):
    ways = (PATH, [1, 3, 5]), ({"highway": "motorway"}, [2, 3, 4])
    network = draw(tmp_path, crossroads(ZEBRA), *ways)
    assert network.edge_count == 4
    assert extra_s(network, 1, 5) == 10


def test_the_two_nodes_of_a_divided_road_are_two_waits(tmp_path):
    nodes = {1: (0, 2), 2: (0, 1, LIGHTS), 3: (0, 0, LIGHTS), 4: (0, -1)}
    nodes |= {5: (-1, 1), 6: (1, 1), 7: (-1, 0), 8: (1, 0)}
    network = draw(tmp_path, nodes, (PATH, [1, 2, 3, 4]), (ROAD, [5, 2, 6]), (ROAD, [7, 3, 8]))
    assert extra_s(network, 1, 4) == 80


def test_a_walk_that_ends_before_the_crossing_does_not_wait(tmp_path):
    network = draw(tmp_path, crossroads(LIGHTS), (PATH, [1, 3, 5]), (ROAD, [2, 3, 4]))
    homes = gpd.GeoSeries.from_xy([112.99], [28.1609], crs=4326)
    near = gpd.GeoSeries.from_xy([112.99, 112.99], [28.1601, 28.1599], crs=4326)
    minutes = towns.walk(network, homes, near, walker=WAITS).minutes.astype(float)
    assert minutes[0] * 60 == pytest.approx(0.8 * STEP_M, abs=0.1)
    assert minutes[1] * 60 == pytest.approx(STEP_M + 40, abs=0.1)


def test_nobody_joins_the_streets_at_a_link(tmp_path):
    network = draw(tmp_path, crossroads(LIGHTS), (PATH, [1, 3, 5]), (ROAD, [2, 3, 4]))
    there = gpd.GeoSeries.from_xy([112.99], [28.16], crs=4326)
    from lifecircle.network.snapping import points_xy_m, snap

    joined = snap(network, points_xy_m(there, network), walker=WAITS, snap_m=10)
    assert network.edge_link[joined.edge[0]] == 0


# ------------------------------------------------------------------------- ways drawn as crossings


def beside(tags: dict, crossing: dict) -> tuple:
    """Pavements 1–2–3 and 4–5–6 on both sides of a road 7–8–9, and a way 2–8–5 over it."""
    nodes = {1: (-1, 1), 2: (0, 1), 3: (1, 1), 4: (-1, -1), 5: (0, -1), 6: (1, -1)}
    nodes |= {7: (-1, 0), 8: (0, 0, crossing), 9: (1, 0)}
    return nodes, (PATH, [1, 2, 3]), (PATH, [4, 5, 6]), (ROAD, [7, 8, 9]), (tags, [2, 8, 5])


DRAWN = {"highway": "footway", "footway": "crossing", "crossing": "traffic_signals"}


@pytest.mark.parametrize(
    ("tags", "wait_s"),
    [
        (DRAWN, 40),
        ({**DRAWN, "crossing": "uncontrolled"}, 10),
        ({"highway": "footway", "footway": "crossing"}, 10),
        ({"highway": "crossing"}, 10),
        ({"highway": "cycleway", "cycleway": "crossing", "crossing:signals": "yes"}, 40),
        ({**DRAWN, "crossing": "no"}, 0),
        ({"highway": "footway", "footway": "sidewalk"}, 0),
    ],
)
def test_a_way_drawn_as_a_crossing_costs_once_and_nothing_to_who_passes_its_end(
    tmp_path, tags, wait_s
):
    network = draw(tmp_path, *beside(tags, {}))
    assert extra_s(network, 2, 5) == extra_s(network, 5, 2) == wait_s
    assert extra_s(network, 1, 6) == wait_s
    assert extra_s(network, 1, 3) == extra_s(network, 7, 9) == 0


def test_a_way_and_the_node_on_it_are_one_crossing(tmp_path):
    network = draw(tmp_path, *beside(DRAWN, LIGHTS))
    assert extra_s(network, 2, 5) == 40
    assert (network.edge_link > 0).sum() == 2


def test_a_crossing_drawn_over_no_road_at_all_costs_once(tmp_path):
    network = draw(tmp_path, {1: (0, 1), 2: (0, 0), 3: (0, -1)}, (PATH, [1, 2]), (DRAWN, [2, 3]))
    assert extra_s(network, 1, 3) == 40


# ------------------------------------------------------------------------- lights of junctions


def test_lights_of_a_junction_without_paths_cost_everybody_who_passes_once(tmp_path):
    lights = {"highway": "traffic_signals"}
    network = draw(tmp_path, crossroads(lights), (ROAD, [1, 3, 5]), (ROAD, [2, 3, 4]))
    for start, end in itertools.permutations([1, 2, 4, 5], 2):
        assert extra_s(network, start, end) == 40


def test_lights_along_a_street_are_no_junction(tmp_path):
    lights = {"highway": "traffic_signals"}
    nodes = {1: (0, 1), 3: (0, 0, lights), 5: (0, -1)}
    network = draw(tmp_path, nodes, (ROAD, [1, 3]), (ROAD, [3, 5]))
    assert extra_s(network, 1, 5) == 0


# ------------------------------------------------------------------------- kerbs and wheelchairs


@pytest.mark.parametrize(
    "tags", [{**ZEBRA, "kerb": "raised"}, {"barrier": "kerb", "kerb": "raised"}]
)
def test_a_raised_kerb_stops_a_wheelchair_and_nobody_else(tmp_path, tags):
    network = draw(tmp_path, crossroads(tags), (PATH, [1, 3, 5]), (ROAD, [2, 3, 4]))
    assert set(network.edge_tags["kerb"]) == {"", "raised"}
    assert extra_s(network, 1, 5) == (10 if "highway" in tags else 0)
    ends = gpd.GeoSeries.from_xy([112.99, 112.99], [28.161, 28.159], crs=4326)
    home, there = ends[:1], ends[1:]
    assert len(towns.walk(network, home, there, walker=lc.WHEELCHAIR).minutes) == 0
    assert len(towns.walk(network, home, there, walker=lc.STROLLER).minutes) == 1
    links = set(network.edge_link.tolist())
    assert links == ({0, CROSSING} if "highway" in tags else {0, KERB})


def test_a_lowered_kerb_stops_nobody(tmp_path):
    tags = {**ZEBRA, "kerb": "lowered"}
    network = draw(tmp_path, crossroads(tags), (PATH, [1, 3, 5]), (ROAD, [2, 3, 4]))
    ends = gpd.GeoSeries.from_xy([112.99, 112.99], [28.161, 28.159], crs=4326)
    assert len(towns.walk(network, ends[:1], ends[1:], walker=lc.WHEELCHAIR).minutes) == 1


def test_what_is_closed_to_wheelchairs_is_closed_to_the_wheelchair(tmp_path):
    nodes = {1: (0, 1), 2: (0, 0), 3: (0, -1), 4: (1, 0)}
    closed = {**PATH, "wheelchair": "no"}
    network = draw(tmp_path, nodes, (closed, [1, 2, 3]), (PATH, [1, 4, 3]))
    ends = gpd.GeoSeries.from_xy([112.99, 112.99], [28.161, 28.159], crs=4326)
    straight_s = towns.walk(network, ends[:1], ends[1:], walker=lc.ADULT).minutes[0] * 60 * 1.2
    around_s = towns.walk(network, ends[:1], ends[1:], walker=lc.WHEELCHAIR).minutes[0] * 60 * 0.8
    assert straight_s == pytest.approx(2 * STEP_M, abs=0.1)
    assert around_s > 2.6 * STEP_M


# ------------------------------------------------------------------------- what else is tagged


def test_words_and_widths_of_streets_are_columns(tmp_path):
    nodes = {1: (0, 1), 2: (0, 0), 3: (0, -1)}
    said = {**PATH, "surface": "asphalt", "lit": "yes", "width": "2,5 m", "incline": "up"}
    network = draw(tmp_path, nodes, (said, [1, 2]), ({**PATH, "wheelchair": "limited"}, [2, 3]))
    assert set(network.edge_tags) == {"surface", "lit", "width_m", "incline", "wheelchair"}
    frame = network.edges_frame().sort_values("osm_id")
    assert frame["surface"].to_list() == ["asphalt", ""]
    assert frame["wheelchair"].to_list() == ["", "limited"]
    assert frame["width_m"].to_list()[0] == 2.5
    assert np.isnan(frame["width_m"].to_list()[1])
    assert "link" not in frame


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("2", 2), ("2.5", 2.5), ("2,5", 2.5), ("2.5 m", 2.5), ("3m", 3), ("2 metres", 2),
        ("250 cm", 2.5), ("8'", 2.4384), ("8 ft", 2.4384), ("8'6\"", 2.5908), ("８", 8),
        ("2米", 2),
    ],
)  # fmt: skip
def test_widths_are_read_in_the_forms_people_write(text, metres):
    assert width_m(text) == pytest.approx(metres)


@pytest.mark.parametrize("text", ["", "narrow", "2-3", "2;3", "0", "-2", "~2", "1,200", "m", "inf"])
def test_a_width_that_is_no_single_length_is_unknown(text):
    assert np.isnan(width_m(text))


def test_the_same_word_is_kept_once(tmp_path):
    nodes = {n: (0, n) for n in range(1, 6)}
    ways = [({**PATH, "surface": "paving_stones"}, [n, n + 1]) for n in range(1, 5)]
    surfaces = draw(tmp_path, nodes, *ways).edge_tags["surface"]
    assert len({id(word) for word in surfaces}) == 1


def test_columns_of_road_lines_are_read_and_kept():
    lines = gpd.GeoDataFrame(
        {"highway": ["footway", "residential"], "wheelchair": ["no", None], "路宽": [2.5, np.nan]},
        geometry=gpd.GeoSeries.from_wkt(
            [
                "LINESTRING (112.99 28.16, 112.991 28.16)",
                "LINESTRING (112.991 28.16, 112.992 28.16)",
            ]
        ),
        crs=4326,
    )
    network = lc.read_walk_network(lines)
    frame = network.edges_frame().sort_values("highway")
    assert frame["wheelchair"].to_list() == ["no", ""]
    assert frame["width_m"].to_list()[0] == 2.5
    assert "surface" not in frame


# ------------------------------------------------------------------------- ids, parts, graphs


def test_nodes_that_are_put_in_have_ids_that_no_node_has(tmp_path):
    low = -(2**40)
    nodes = {-1: (0, 1), -2: (0, 0, ZEBRA), low: (0, -1), low - 2: (0, -2)}
    network = draw(tmp_path, nodes, (PATH, [-1, -2, low, low - 2]))
    ids = network.node_ids.tolist()
    assert len(set(ids)) == len(ids) == network.node_count
    assert {-1, -2, low - 2} <= set(ids)


@given(
    ids=st.lists(
        st.one_of(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**40) - 9, -(2**40) + 9)),
        min_size=1,
        max_size=20,
        unique=True,
    ),
    texts=st.booleans(),
)
def test_new_ids_never_meet_old_ones(ids, texts):
    count = len(ids)
    given_ids = np.array(
        [f"crossing {one % 5}{one}" for one in ids] if texts else ids, dtype=object
    )
    lonlat = np.column_stack([112.99 + np.arange(count) / 1e4, np.full(count, 28.16)])
    kinds = np.full(count, "path", dtype=object)
    loops = Streets(
        given_ids if texts else given_ids.astype(np.int64), lonlat,
        np.repeat(np.arange(count), 2).reshape(-1, 2), np.repeat(lonlat, 2, axis=0),
        2 * np.arange(count + 1), kinds, kinds, np.zeros(count, dtype=np.int64),
    )  # fmt: skip
    crossed = with_crossings(loops, np.ones(count, dtype=np.int8))
    assert len(set(crossed.node_ids.tolist())) == len(crossed.node_ids) == 3 * count
    assert crossed.node_ids[:count].tolist() == given_ids.tolist()


def test_a_part_of_a_file_waits_as_the_whole_does(tmp_path):
    nodes = crossroads(LIGHTS)
    draw(tmp_path, nodes, (PATH, [1, 3, 5]), (ROAD, [2, 3, 4]))
    north = (112.9899, 28.1605, 112.9901, 28.1611)  # the crossing itself lies outside
    part = build_network(read_osm_streets(tmp_path / "town.osm", within=north))
    assert (part.edge_link > 0).sum() == 1
    both = (112.9899, 28.1585, 112.9901, 28.1611)
    whole = build_network(read_osm_streets(tmp_path / "town.osm", within=both))
    assert extra_s(whole, 1, 5) == 40


def test_a_graph_that_is_handed_back_keeps_waits_kerbs_and_words(tmp_path):
    tags = {**LIGHTS, "kerb": "raised"}
    said = {**PATH, "surface": "asphalt", "width": "2.5"}
    network = draw(tmp_path, crossroads(tags), (said, [1, 3, 5]), (ROAD, [2, 3, 4]))
    graph = network.to_networkx()
    links = [data for *_, data in graph.edges(data=True) if data.get("link")]
    assert [(data["link"], data["length"], data["kerb"]) for data in links] == [
        (SIGNALS, 0.0, "raised")
    ] * 4
    again = lc.WalkNetwork.from_networkx(graph)
    assert np.array_equal(again.edge_link, network.edge_link)
    assert extra_s(again, 1, 5) == 40
    for name in ("surface", "kerb"):
        assert again.edge_tags[name].tolist() == network.edge_tags[name].tolist()
    assert np.array_equal(again.edge_tags["width_m"], network.edge_tags["width_m"], equal_nan=True)


def test_nodes_of_a_graph_of_osmnx_are_crossings_too():
    graph = nx.MultiDiGraph(crs=towns.TOWN)
    for name, at in {"a": (0, 100), "b": (0, 0), "c": (0, -100), "d": (90, 0)}.items():
        graph.add_node(name, x=at[0], y=at[1])
    graph.nodes["b"]["highway"] = "crossing"
    for start, end in ("ab", "bc"):
        graph.add_edge(start, end, highway=["footway", "path"], length=100.0)
        graph.add_edge(end, start, highway=["footway", "path"], length=100.0)
    graph.add_edge("b", "d", highway="primary", length=90.0)
    before = repr(dict(graph.nodes(data=True)))
    network = lc.WalkNetwork.from_networkx(graph)
    assert extra_s(network, "a", "c") == 10
    assert extra_s(network, "a", "d") == 5
    assert repr(dict(graph.nodes(data=True))) == before
    assert set(network.node_ids) == {"a", "b", "c", "d", "crossing 1", "crossing 2"}


def test_streets_merged_from_several_say_what_hinders_most():
    graph = nx.MultiGraph(crs=towns.TOWN)
    graph.add_node(1, x=0.0, y=0.0)
    graph.add_node(2, x=100.0, y=0.0)
    graph.add_edge(1, 2, wheelchair=["yes", "no"], width=["3", "narrow", "2"], lit=["yes", "no"])
    tags = streets_from_networkx(graph).tags
    assert (tags["wheelchair"][0], tags["width_m"][0], tags["lit"][0]) == ("no", 2.0, "yes")


def test_what_overpass_sends_waits_as_the_file_does():
    nodes = [
        {"type": "node", "id": 1, "lon": 112.99, "lat": 28.161},
        {"type": "node", "id": 3, "lon": 112.99, "lat": 28.16, "tags": LIGHTS},
        {"type": "node", "id": 5, "lon": 112.99, "lat": 28.159},
    ]
    way = {"type": "way", "id": 9, "nodes": [1, 3, 5], "tags": {**PATH, "lit": "no"}}
    from lifecircle.inputs.noding import cut_at_junctions

    network = build_network(cut_at_junctions(lines_of_elements([*nodes, way], "Overpass"), "x"))
    assert extra_s(network, 1, 5) == 40
    assert network.edge_tags["lit"].tolist().count("no") == 2


# ------------------------------------------------------------------------- against the oracle


@given(seed=st.integers(0, 10_000))
def test_times_over_random_crossings_are_those_of_networkx(seed):
    rng = np.random.default_rng(seed)
    streets = streets_from_networkx(towns.planar_town(seed, crossings=25).to_networkx())
    kinds = rng.choice(["footway", "residential", "steps"], len(streets.ends)).astype(object)
    streets = Streets(**{**vars(streets), "highway": kinds})
    marks = rng.choice([0, 1, 2, 4, 8, 9], len(streets.node_ids)).astype(np.int8)
    network = build_network(with_crossings(streets, marks))
    places = towns.points(*rng.uniform(-400, 400, (12, 2)))
    for walker in (lc.ADULT, lc.WHEELCHAIR, WAITS):
        times = towns.walk(network, places, places, walker=walker, snap_m=300)
        assert disagreements(times, network, places, places, walker=walker, snap_m=300) == []


def test_a_mark_says_all_that_a_node_is():
    everything = {"highway": "traffic_signals", "crossing": "marked", "kerb": "raised"}
    assert node_mark(everything) == SIGNALS | 4 | 8
    assert node_mark({}) == 0


# ------------------------------------------------------------------------- real streets


@pytest.fixture(scope="module")
def las_palmas(shared_data):
    return lc.read_walk_network(shared_data / "las_palmas" / "las_palmas_20230221.osm.pbf")


def test_las_palmas_has_the_links_that_its_crossings_ask_for(las_palmas):
    counts = np.bincount(las_palmas.edge_link, minlength=3)
    assert counts[CROSSING] + counts[SIGNALS] == (las_palmas.node_ids <= -(2**40)).sum()
    assert 600 < counts[CROSSING] < 900
    assert 200 < counts[SIGNALS] < 400
    assert (las_palmas.edge_length_m[las_palmas.edge_link > 0] == 0).all()


def test_a_wheelchair_in_las_palmas_never_uses_steps(las_palmas):
    steps = las_palmas.is_steps
    assert steps.sum() > 700
    costs = edge_costs(las_palmas, lc.WHEELCHAIR)
    assert np.isinf(costs.forward_s[steps]).all()
    assert np.isinf(costs.backward_s[steps]).all()
    _, _, edge = las_palmas.arcs
    assert np.isinf(costs.arc_s[steps[edge]]).all()
    # every time is that of the streets without any stairs
    rng = np.random.default_rng(7)
    at = las_palmas.node_xy_m[rng.choice(las_palmas.node_count, 60)]
    near = np.argsort(np.hypot(*(las_palmas.node_xy_m - at[0]).T))[:3000:60]
    places = gpd.GeoDataFrame(
        geometry=shapely.points(las_palmas.node_xy_m[near]), crs=las_palmas.crs
    ).reset_index(drop=True)
    times = towns.walk(las_palmas, places, places, walker=lc.WHEELCHAIR)
    wrong = disagreements(times, las_palmas, places, places, walker=lc.WHEELCHAIR)
    assert wrong == []
    assert len(times.minutes) > 100
