"""Repair closes gaps of the drawing, lists each link, and changes nothing else."""

from __future__ import annotations

import pickle
import warnings

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings

import lifecircle as lc
from lifecircle.network.barriers import Barriers, with_barriers
from lifecircle.network.cutting import Links, cut_stretches, rebuilt
from lifecircle.network.gaps import edge_lines, find_gaps
from lifecircle.network.graph import WalkNetwork
from towns import (
    TOWN,
    crescent,
    double_gate,
    ladder,
    planar_town,
    points,
    ring,
    town,
    walk,
    weird_towns,
)


def walled(network, *lines):
    walls = gpd.GeoDataFrame(geometry=[shapely.LineString(line) for line in lines], crs=TOWN)
    return with_barriers(network, Barriers(walls=walls))


def gapped(gap_m=8.0, **streets):
    """A main street of 200 m, and a lane of 100 m that ends ``gap_m`` short of its middle.

    ::

              L              y = 100 + gap
              |
              S              y = gap
        A ----------- B      y = 0
      x -100         100
    """
    nodes = {"A": (-100, 0), "B": (100, 0), "S": (0, gap_m), "L": (0, gap_m + 100)}
    return town(nodes, ("A", "B", {"name": "韶山路", **streets}), ("S", "L", {"name": "一巷"}))


def as_graph(network):
    """The streets as networkx sees them, with metres."""
    graph = nx.MultiGraph()
    graph.add_nodes_from(network.node_ids.tolist())
    for (start, end), metres in zip(
        network.node_ids[network.edge_ends].tolist(), network.edge_length_m.tolist(), strict=True
    ):
        graph.add_edge(start, end, m=metres)
    return graph


# --- towns worked out by hand ---------------------------------------------------------------------


def test_a_gap_is_closed_by_a_link_of_its_true_length_and_listed():
    mended, links = lc.repair_network(gapped(0.8))
    assert links["length_m"].to_list() == pytest.approx([0.8], abs=1e-6)
    row = links.iloc[0]
    assert (row["from_node"], row["from_street"], row["to_street"]) == ("S", "一巷", "韶山路")
    assert row["to_node"] in set(mended.node_ids.tolist())
    place = links.to_crs(TOWN).geometry.iloc[0]
    assert shapely.get_coordinates(place) == pytest.approx(np.array([[0, 0.8], [0, 0]]), abs=1e-6)
    assert (row["lon"], row["lat"]) == pytest.approx((112.99, 28.16), abs=1e-5)
    # L to B: 100 + 0.8 + 100
    times = walk(mended, points((0, 100.8)), points((100, 0)))
    assert times.minutes[0] * 60 == pytest.approx(200.8, abs=1e-3)
    assert (mended.edge_highway == "repair").sum() == 1


def test_the_street_that_is_met_is_cut_and_both_parts_keep_what_is_said_of_it():
    network = gapped(0.5, highway="residential", osmid=77, length=300.0)
    mended, _ = lc.repair_network(network)
    parts = np.flatnonzero(mended.edge_osm_id == 77)
    assert mended.edge_length_m[parts].tolist() == pytest.approx([150.0, 150.0])
    assert mended.edge_length_m[parts].sum() == 300.0
    assert set(mended.edge_name[parts]) == {"韶山路"}
    assert set(mended.edge_highway[parts]) == {"residential"}


def test_by_default_a_break_of_two_metres_stays_for_a_closed_gate_looks_like_it():
    network = gapped(2.0)
    mended, links = lc.repair_network(network)
    assert mended is network
    assert len(links) == 0
    assert list(links.columns) == [
        "from_node", "to_node", "length_m", "from_street", "to_street", "lon", "lat", "geometry"
    ]  # fmt: skip
    assert network.repairs is None
    assert len(lc.repair_network(network, gap_m=2.1)[1]) == 1


@pytest.mark.parametrize("gap_m", [0, -1, 15.1, float("nan"), float("inf"), True, "2", None])
def test_a_gap_that_is_no_number_of_metres_up_to_fifteen_is_refused(gap_m):
    with pytest.raises(lc.InputError, match="above 0 and at most 15"):
        lc.repair_network(gapped(), gap_m=gap_m)


def test_a_hairpin_is_no_gap():
    # out 50 m, and back beside itself 5 m apart: round the head it is 2 x x + 5 m
    nodes = {"A": (-100, 0), "B": (0, 0), "C": (-3, 5)}
    network = town(nodes, ("A", "B"), ("B", "C", {"via": [(7, 0), (7, 5)]}))
    assert len(find_gaps(network, 15.0).node) == 0
    # a lane that leaves the street at a sharp corner ends near it, but the walk is short
    spur = town({"A": (-100, 0), "B": (0, 0), "C": (-14, 4)}, "AB", "BC")
    assert len(find_gaps(spur, 15.0).node) == 0


def test_a_long_street_that_comes_back_to_its_beginning_has_a_gap():
    # the ring of 4 x 200 m lacks its last 6 m
    square = [(100, -100), (100, 100), (-100, 100)]
    network = town({"N": (-100, -100), "M": (-100, -94)}, ("N", "M", {"via": square}))
    mended, links = lc.repair_network(network, gap_m=10)
    assert links["length_m"].to_list() == pytest.approx([6.0], abs=1e-6)
    assert {links["from_node"][0], links["to_node"][0]} == {"N", "M"}
    # from 50 m up the west side to 50 m along the south side: 44 + 6 + 50 m by the link
    times = walk(mended, points((-100, -50)), points((-50, -100)))
    assert times.minutes[0] * 60 == pytest.approx(100, abs=1e-3)


def test_the_end_of_a_street_meets_the_middle_of_the_same_street():
    # a P: the bow comes back to its own stem, 4 m short of it
    bow = [(0, 200), (100, 200), (100, 100)]
    network = town({"S": (0, 0), "E": (4, 100)}, ("S", "E", {"via": bow}))
    mended, links = lc.repair_network(network, gap_m=5)
    assert len(links) == 1
    times = walk(mended, points((0, 0)), points((100, 100)))
    assert times.minutes[0] * 60 == pytest.approx(100 + 4 + 96, abs=1e-3)


def test_a_loop_is_cut_where_a_lane_ends_before_it():
    loop = ring()
    nodes = {"N": (-100, -100), "S": (107, 0), "T": (207, 0)}
    network = town(nodes, ("N", "N", {"via": [(100, -100), (100, 100), (-100, 100)]}), ("S", "T"))
    mended, _ = lc.repair_network(network, gap_m=8)
    assert mended.edge_length_m.sum() == pytest.approx(loop.edge_length_m.sum() + 107)
    # N to T by either way round: 300 + 7 + 100, or 500 + 107
    times = walk(mended, points((207, 0)), points((-100, -100)))
    assert times.minutes[0] * 60 == pytest.approx(407, abs=1e-3)


def test_of_two_parallel_streets_the_nearer_is_cut_and_the_other_left():
    nodes = {"A": (-100, 0), "B": (100, 0), "S": (0, 3), "L": (0, 103)}
    straight, bent = {"name": "直"}, {"name": "弯", "via": [(0, -20)]}
    network = town(nodes, ("A", "B", straight), ("A", "B", bent), ("S", "L"))
    mended, links = lc.repair_network(network, gap_m=4)
    assert links["to_street"].to_list() == ["直"]
    assert (mended.edge_name == "直").sum() == 2
    assert (mended.edge_name == "弯").sum() == 1


def test_two_gaps_at_one_place_meet_in_one_node():
    nodes = {
        "A": (-100, 0),
        "B": (100, 0),
        "S": (0, 3),
        "L": (0, 103),
        "U": (0, -4),
        "V": (0, -104),
    }
    network = town(nodes, "AB", "SL", "UV")
    mended, links = lc.repair_network(network, gap_m=5)
    assert len(links) == 2
    assert links["to_node"][0] == links["to_node"][1]
    assert mended.node_count == network.node_count + 1
    times = walk(mended, points((0, 103)), points((0, -104)))
    assert times.minutes[0] * 60 == pytest.approx(207, abs=1e-3)


def test_two_ends_that_face_each_other_are_one_gap():
    nodes = {"A": (-100, 0), "B": (-2, 0), "C": (2, 0), "D": (100, 0)}
    mended, links = lc.repair_network(town(nodes, "AB", "CD"), gap_m=5)
    assert (len(links), mended.node_count) == (1, 4)
    assert {links["from_node"][0], links["to_node"][0]} == {"B", "C"}


def test_an_end_that_meets_another_end_is_joined_with_the_street_behind_it_too():
    # B and C are 1 m apart, the street through Y 1.5 m from B and from C
    nodes = {"A": (-100, 0.5), "B": (-0.5, 0.5), "C": (0.5, 0.5), "D": (100, 0.5)}
    nodes |= {"X": (-200, -1), "Y": (200, -1)}
    mended, links = lc.repair_network(town(nodes, "AB", "CD", "XY"), gap_m=2)
    assert int(mended.component.max()) == 0
    assert len(links) >= 2


def test_a_street_whose_end_lies_on_another_is_linked_by_nothing_long():
    mended, links = lc.repair_network(gapped(0.0))
    assert links["length_m"].to_list() == pytest.approx([0.0], abs=1e-9)
    times = walk(mended, points((0, 100)), points((100, 0)))
    assert times.minutes[0] * 60 == pytest.approx(200, abs=1e-3)


def test_lines_that_cross_without_a_node_are_a_flyover_and_stay():
    nodes = {"A": (-100, 0), "B": (100, 0), "C": (0, -100), "D": (0, 100)}
    network = town(nodes, "AB", "CD")
    assert lc.repair_network(network, gap_m=15)[0] is network


def test_no_link_crosses_a_wall():
    network = walled(gapped(8.0), [(-50, 4), (50, 4)])
    assert lc.repair_network(network, gap_m=15)[0] is network
    # the wall is short: the lane below it is further off, but free
    beside = walled(gapped(8.0), [(200, 4), (300, 4)])
    mended, links = lc.repair_network(beside, gap_m=15)
    assert len(links) == 1
    assert len(mended.walls.barriers.walls) == 1


def test_a_gate_that_is_closed_is_not_gone_round_by_a_link():
    network = double_gate()
    assert lc.repair_network(network, gap_m=15)[0] is network


def test_two_carriageways_of_one_street_that_end_side_by_side_are_no_gap():
    nodes = {"A": (0, 0), "B": (300, 0), "C": (0, 8), "D": (300, 8)}
    two = [("A", "B", {"name": "韶山路"}), ("C", "D", {"name": "韶山路"})]
    assert len(find_gaps(town(nodes, *two), 15.0).node) == 0
    others = [("A", "B", {"name": "韶山路"}), ("C", "D", {"name": "一巷"})]
    assert len(find_gaps(town(nodes, *others), 15.0).node) == 2


def test_tags_links_and_heights_are_carried_and_heights_interpolated():
    network = gapped(0.5)
    lane = int(np.flatnonzero(network.edge_name == "一巷")[0])
    surface = np.array(["asphalt", "asphalt"], dtype=object)
    surface[lane] = "gravel"
    height = np.zeros(4)
    height[network.node_ids.tolist().index("A")] = 10.0
    height[network.node_ids.tolist().index("B")] = 20.0
    tagged = WalkNetwork(
        **{
            name: getattr(network, name)
            for name in network.__dataclass_fields__
            if name not in {"made", "edge_tags", "node_elevation_m"}
        },
        edge_tags={
            "surface": surface,
            "width_m": np.array([2.0, 3.0]),
            "lit": np.array([True, False]),
        },
        node_elevation_m=height,
    )
    mended, links = lc.repair_network(tagged)
    link = int(np.flatnonzero(mended.edge_highway == "repair")[0])
    assert mended.edge_tags["surface"][link] == ""
    assert np.isnan(mended.edge_tags["width_m"][link])
    assert not mended.edge_tags["lit"][link]
    assert sorted(mended.edge_tags["surface"]) == ["", "asphalt", "asphalt", "gravel"]
    new = mended.node_ids.tolist().index(links["to_node"][0])
    assert mended.node_elevation_m[new] == pytest.approx(15.0)
    assert len(mended.edge_link) == mended.edge_count


def test_new_nodes_have_ids_of_their_own_whatever_the_old_ones_are():
    for ids in (["repair 1", "B", "S", "L"], [7, 8, 9, 12], ["a", "b", "c", "d"]):
        places = [(-100, 0), (100, 0), (0, 0.5), (0, 100)]
        network = town(dict(zip(ids, places, strict=True)), (ids[0], ids[1]), (ids[2], ids[3]))
        mended, links = lc.repair_network(network)
        assert len(set(mended.node_ids.tolist())) == mended.node_count == 5
        assert mended.node_ids.dtype.kind == network.node_ids.dtype.kind
        assert links["to_node"][0] not in ids


# --- what holds of any streets --------------------------------------------------------------------


def linked_by_hand(network, gap_m):
    """Graph with the links of one round: each street cut at its places, in networkx alone."""
    graph = as_graph(network)
    gaps = find_gaps(network, gap_m)
    cuts: dict[int, list[tuple[float, object]]] = {}
    links = []
    for row, (node, edge, share, there) in enumerate(
        zip(gaps.node, gaps.edge, gaps.share, gaps.node_to, strict=True)
    ):
        to = ("cut", row) if there < 0 else network.node_ids[there]
        if there < 0:
            cuts.setdefault(int(edge), []).append((float(share), to))
        links.append((network.node_ids[node], to, float(gaps.gap_m[row])))
    for edge, places in cuts.items():
        start, end = network.node_ids[network.edge_ends[edge]].tolist()
        metres = float(network.edge_length_m[edge])
        key = next(k for k, d in graph[start][end].items() if d["m"] == metres)
        graph.remove_edge(start, end, key=key)
        before, behind = start, 0.0
        for share, place in sorted(places, key=lambda item: item[0]):
            graph.add_edge(before, place, m=(share - behind) * metres)
            before, behind = place, share
        graph.add_edge(before, end, m=(1.0 - behind) * metres)
    for start, end, metres in links:
        graph.add_edge(start, end, m=metres)
    return graph, len(links)


@pytest.mark.parametrize("seed", range(12))
def test_walks_after_repair_are_those_of_networkx_with_the_links_put_in_by_hand(seed, monkeypatch):
    network = torn(seed)
    monkeypatch.setattr("lifecircle.network.repair._MOST_ROUNDS", 1)
    mended, links = lc.repair_network(network, gap_m=12)
    by_hand, count = linked_by_hand(network, 12)
    assert len(links) == count > 0
    ours, old = as_graph(mended), network.node_ids.tolist()
    assert nx.number_connected_components(ours) == nx.number_connected_components(by_hand)
    for start in old[::5]:
        theirs = nx.single_source_dijkstra_path_length(by_hand, start, weight="m")
        found = nx.single_source_dijkstra_path_length(ours, start, weight="m")
        assert {end: found.get(end) for end in old} == pytest.approx(
            {end: theirs.get(end) for end in old}, abs=2e-3
        )


def torn(seed):
    """A random town some of whose streets end 1 to 10 m short of their crossing."""
    whole, rng = planar_town(seed), np.random.default_rng(seed)
    nodes = dict(enumerate(map(tuple, whole.node_xy_m.tolist())))
    streets = []
    for edge, (start, end) in enumerate(whole.edge_ends.tolist()):
        line = shapely.LineString([nodes[start], nodes[end]])
        stops = end
        if rng.random() < 0.3 and line.length > 40:
            stops = f"short {edge}"
            at = line.interpolate(line.length - rng.uniform(1, 10))
            nodes[stops] = (at.x, at.y)
        streets.append((str(start), str(stops)))
    return town({str(name): place for name, place in nodes.items()}, *streets)


@settings(max_examples=60)
@given(weird_towns())
def test_repair_never_lengthens_a_walk_and_leaves_nothing_to_repair(drawn):
    network, _ = drawn
    mended, links = lc.repair_network(network, gap_m=15)
    assert mended.edge_length_m.sum() == pytest.approx(
        network.edge_length_m.sum() + links["length_m"].sum()
    )
    assert len(set(mended.node_ids.tolist())) == mended.node_count
    first = mended.edge_first_point
    assert (np.diff(first) >= 2).all()
    for side, point in ((0, first[:-1]), (1, first[1:] - 1)):
        ends = mended.node_xy_m[mended.edge_ends[:, side]]
        assert mended.edge_points_m[point] == pytest.approx(ends, abs=1e-3)
    before, after = as_graph(network), as_graph(mended)
    for start in network.node_ids.tolist():
        old = nx.single_source_dijkstra_path_length(before, start, weight="m")
        new = nx.single_source_dijkstra_path_length(after, start, weight="m")
        assert all(new[end] <= metres + 1e-6 for end, metres in old.items())
    again, none = lc.repair_network(mended, gap_m=15)
    assert len(none) == 0
    assert again is mended


@settings(max_examples=40)
@given(weird_towns())
def test_the_parts_of_cut_streets_add_up_in_length_and_in_drawing(drawn):
    network, _ = drawn
    edge = np.repeat(np.arange(network.edge_count), 3)
    share = np.tile([0.75, 0.125, 0.5], network.edge_count)
    node = network.node_count + np.arange(len(edge))
    stretches, after = cut_stretches(network, edge, share, np.column_stack([node, node]))
    none = Links(np.empty((0, 2), dtype=np.int64), np.empty(0, dtype=np.int8), np.empty(0))
    cut = rebuilt(network, stretches, none, np.zeros((len(node), 2)))
    assert cut.edge_count == 4 * network.edge_count
    assert (cut.edge_ends[after, 0] == node).all()
    parts_m = cut.edge_length_m.reshape(-1, 4).sum(axis=1)
    assert parts_m == pytest.approx(network.edge_length_m)
    drawn_m = shapely.length(edge_lines(cut)).reshape(-1, 4).sum(axis=1)
    assert drawn_m == pytest.approx(shapely.length(edge_lines(network)))


def test_the_same_streets_in_any_order_give_the_same_links():
    streets = ["AB", "SL", "UV"]
    nodes = {
        "A": (-100, 0),
        "B": (100, 0),
        "S": (0, 3),
        "L": (0, 103),
        "U": (30, -4),
        "V": (30, -99),
    }
    tables = []
    for order in ([0, 1, 2], [2, 1, 0], [1, 0, 2]):
        _, links = lc.repair_network(town(nodes, *(streets[i] for i in order)), gap_m=5)
        tables.append(set(zip(links["from_node"], links["length_m"].round(6), strict=True)))
    assert tables[0] == tables[1] == tables[2] == {("S", 3.0), ("U", 4.0)}


def test_repair_changes_nothing_of_what_it_is_given():
    network = gapped(0.5)
    before = pickle.dumps(network)
    lc.repair_network(network)
    assert pickle.dumps(network) == before


@pytest.mark.parametrize("make", [ladder, crescent, ring])
def test_whole_towns_stay_as_they_are(make):
    network = make()
    assert lc.repair_network(network, gap_m=15)[0] is network


# --- files ----------------------------------------------------------------------------------------


def lines(*wkt):
    return gpd.GeoDataFrame(
        {"name": [f"{i}路" for i in range(len(wkt))]},
        geometry=gpd.GeoSeries.from_wkt(list(wkt), crs="EPSG:4326"),
    )


BROKEN = (
    "LINESTRING (112.99 28.16, 112.99 28.162)",
    "LINESTRING (112.990005 28.161, 112.992 28.161)",
)


def test_reading_with_repair_tells_the_links_in_one_warning_and_keeps_them(tmp_path):
    with pytest.warns(lc.LifecircleWarning) as told:
        network = lc.read_walk_network(lines(*BROKEN), repair=True)
    (message,) = (str(one.message) for one in told)
    assert "1 gaps" not in message
    assert "1 gap of at most 1 m" in message
    assert "0.49 m, 1路 – 0路, lon 112.99000, lat 28.16100" in message
    assert len(network.repairs) == 1
    assert len(pickle.loads(pickle.dumps(network)).repairs) == 1
    lines(*BROKEN).to_file(tmp_path / "Roads.gpkg")
    with pytest.warns(lc.LifecircleWarning, match=r"^Roads.gpkg: 1 gap "):
        lc.read_walk_network(tmp_path / "Roads.gpkg", repair=True)


def test_reading_without_repair_and_whole_streets_tell_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert lc.read_walk_network(lines(*BROKEN)).repairs is None
        assert lc.read_walk_network(lines(BROKEN[0]), repair=True).repairs is None


def test_further_repairs_are_added_to_the_list():
    with pytest.warns(lc.LifecircleWarning):
        network = lc.read_walk_network(
            lines(*BROKEN, "LINESTRING (112.99004 28.1615, 112.992 28.1615)"), repair=True
        )
    wider, more = lc.repair_network(network, gap_m=5)
    assert (len(network.repairs), len(more), len(wider.repairs)) == (1, 1, 2)


def test_a_study_with_repair_writes_the_links_as_a_layer(tmp_path):
    from lifecircle.assessment.demo import demo_folder

    text = (demo_folder() / "study.toml").read_text(encoding="utf-8")
    folder = tmp_path / "study"
    folder.mkdir()
    for file in demo_folder().iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    streets = gpd.read_file(folder / "streets.geojson")
    lon, lat = shapely.get_coordinates(streets.geometry.iloc[100])[0] + (4e-6, 0)
    loose = shapely.LineString([(lon, lat), (lon + 0.0004, lat + 0.0003)])
    row = streets.iloc[[100]].set_geometry([loose], crs=streets.crs)
    pd.concat([streets, row]).to_file(folder / "streets.geojson")
    (folder / "study.toml").write_text(
        text.replace("[network]\n", "[network]\nrepair = true\n"), encoding="utf-8"
    )
    with pytest.warns(lc.LifecircleWarning, match="of at most 1 m"):
        study = lc.read_study(folder / "study.toml")
    assert any("of at most 1 m" in note for note in study.notes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lc.write_evaluation(lc.evaluate(study), tmp_path / "out")
    layer = gpd.read_file(tmp_path / "out" / "results.gpkg", layer="street_repairs")
    assert layer["length_m"].to_list() == pytest.approx(study.network.repairs["length_m"].to_list())


def test_fetched_streets_are_repaired_too_where_the_study_asks_for_it(tmp_path, monkeypatch):
    from lifecircle.assessment import study_file
    from lifecircle.assessment.demo import demo_folder

    fetched = lc.read_walk_network(demo_folder() / "streets.geojson")
    monkeypatch.setattr(study_file, "fetch_walk_network", lambda units: fetched)
    monkeypatch.setattr("lifecircle.network.repair.GAP_M", 10.0)
    monkeypatch.setattr(lc.repair_network, "__kwdefaults__", {"gap_m": 10.0})
    for file in demo_folder().iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    study = tmp_path / "study.toml"
    text = study.read_text(encoding="utf-8")
    asked = text.replace('[network]\npath = "streets.geojson"', "[network]\nfetch = true")
    study.write_text(asked, encoding="utf-8")
    assert lc.read_study(study).network.repairs is None
    study.write_text(asked.replace("fetch = true", "fetch = true\nrepair = true"), "utf-8")
    with pytest.warns(lc.LifecircleWarning, match=r"^streets: 28 gaps of at most 10 m"):
        read = lc.read_study(study)
    assert len(read.network.repairs) == 28
    study.write_text(asked.replace("fetch = true", 'fetch = true\nrepair = "yes"'), "utf-8")
    with pytest.raises(lc.InputError, match="repair = 'yes' must be true or false"):
        lc.read_study(study)


def test_edges_that_were_written_with_links_are_read_with_them(tmp_path):
    mended, _ = lc.repair_network(gapped(0.5))
    mended.edges_frame().to_file(tmp_path / "edges.gpkg")
    again = lc.read_walk_network(tmp_path / "edges.gpkg")
    assert int(again.component.max()) == 0
    assert again.edge_count == mended.edge_count


@pytest.mark.parametrize(
    "file", ["las_palmas/las_palmas_20230221.osm.pbf", "guixi_jiangxi/guixi.osm"]
)
def test_real_streets_keep_their_length_and_gain_their_links(shared_data, file):
    network = lc.read_walk_network(shared_data / file)
    mended, links = lc.repair_network(network, gap_m=5)
    assert mended.edge_length_m.sum() == pytest.approx(
        network.edge_length_m.sum() + links["length_m"].sum(), rel=1e-12
    )
    assert len(links) == 0 or links["length_m"].max() <= 5
    assert mended.component.max() <= network.component.max()
    assert len(set(mended.node_ids.tolist())) == mended.node_count
