"""A diagnosis finds in hand-worked towns what was put into them, and nothing in whole ones."""

from __future__ import annotations

import time
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
from lifecircle.network.diagnosis import FINDINGS
from lifecircle.network.extent import margin_m
from lifecircle.network.sidewalks import poor_cells
from towns import TOWN, dead_end, island, ladder, planar_town, points, ring, town, weird_towns

COLUMNS = [
    "finding", "what", "count", "length_m", "length_share", "people", "people_share", "facilities",
    "distance_m", "name", "advice", "geometry",
]  # fmt: skip


def homes(*places, people=None):
    return points(*places, people=people or [100] * len(places))


def only(found, word):
    """The rows of one kind of finding."""
    return found[found["finding"] == word].reset_index(drop=True)


# --- whole towns ----------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [ladder, dead_end, ring])
def test_a_whole_town_has_nothing_to_tell(make):
    found = lc.diagnose_network(make(), residents=homes((0, 98)))
    assert len(found) == 0
    assert list(found.columns) == COLUMNS
    assert found.crs.to_epsg() == 4326


def test_without_tables_nothing_is_known_of_people_and_it_is_not_called_zero():
    found = lc.diagnose_network(island())
    assert found["people"].isna().all()
    assert found["people_share"].isna().all()
    assert found["facilities"].isna().all()


def test_what_is_no_network_is_refused():
    with pytest.raises(lc.InputError, match="expected a WalkNetwork, got str"):
        lc.diagnose_network("streets.geojson")
    with pytest.raises(lc.MissingColumnError, match="people"):
        lc.diagnose_network(ladder(), residents=points((0, 0)))


# --- parts that hang on nothing -------------------------------------------------------------------


def test_an_island_is_told_with_its_length_people_and_facilities():
    # 200 m hang together, 100 m do not: a third
    people = homes((-50, 65), (50, 5), (0, -20), people=[30, 50, 20])
    shops = points((-50, 70), (90, 5), service=["park", "park"])
    found = lc.diagnose_network(island(), residents=people, facilities=shops)
    (row,) = found.to_dict("records")
    assert (row["finding"], row["count"], row["facilities"]) == ("disconnected part", 1, 1)
    assert (row["length_m"], row["length_share"]) == pytest.approx((100, 1 / 3), abs=1e-6)
    assert (row["people"], row["people_share"]) == (30, 0.3)
    assert "0.10 km of streets (33.3%)" in row["what"]
    assert "30 people live on them (30.0%)" in row["what"]
    assert "joined" in row["what"]
    assert row["advice"].startswith("See on a map")
    drawn = found.to_crs(TOWN).geometry[0]
    assert drawn.length == pytest.approx(100, abs=1e-3)


def test_the_five_parts_that_concern_most_stand_apart_and_the_others_in_one_row():
    nodes, streets = {"A": (0, 0), "B": (500, 0), "C": (900, 0)}, ["AB", "BC"]
    for i in range(9):  # islands of 10, 20, … 90 m, far from each other
        nodes |= {f"a{i}": (0, 100 + 50 * i), f"b{i}": (10 * (i + 1), 100 + 50 * i)}
        streets.append((f"a{i}", f"b{i}", {"name": f"{i}巷"}))
    network = town(nodes, *streets)
    found = only(lc.diagnose_network(network), "disconnected part")
    assert found["count"].to_list() == [4, 1, 1, 1, 1, 1]  # 10 + 20 + 30 + 40 = 100 m
    assert found["length_m"].to_list() == pytest.approx([100, 90, 80, 70, 60, 50], abs=1e-6)
    assert found["name"].to_list() == ["", "8巷", "7巷", "6巷", "5巷", "4巷"]
    # whoever lives on the smallest makes it the first
    with_people = lc.diagnose_network(network, residents=homes((5, 100), (200, 0)))
    assert with_people["name"][0] == "0巷"
    assert with_people["people_share"][0] == 0.5


@settings(max_examples=40)
@given(weird_towns())
def test_parts_are_those_of_networkx_in_number_and_length(drawn):
    network, _ = drawn
    found = only(lc.diagnose_network(network), "disconnected part")
    graph = nx.MultiGraph(network.edge_ends.tolist())
    parts = nx.number_connected_components(graph)
    assert found["count"].sum() == parts - 1
    part = network.component[network.edge_ends[:, 0]]
    kept = part == part.min()
    assert found["length_m"].sum() == pytest.approx(network.edge_length_m[~kept].sum())


# --- dangling ends --------------------------------------------------------------------------------


def lane(gap_m):
    nodes = {"A": (-100, 0), "B": (100, 0), "S": (0, gap_m), "L": (0, gap_m + 100)}
    return town(nodes, ("A", "B", {"name": "韶山路"}), ("S", "L", {"name": "一巷"}))


def test_a_gap_of_eight_metres_is_told_with_its_streets_and_what_it_would_join():
    found = lc.diagnose_network(lane(8.0), residents=homes((5, 60), (50, 5), (60, 5), (70, 5)))
    gap = only(found, "dangling end").iloc[0]
    assert gap["distance_m"] == pytest.approx(8, abs=1e-6)
    assert gap["name"] == "一巷 – 韶山路"
    assert gap["what"].startswith("A street ends 8.0 m short of another (一巷 – 韶山路).")
    assert "would join 0.10 km that are cut off" in gap["what"]
    assert (gap["people"], gap["people_share"]) == (100, 0.25)
    line = only(found, "dangling end").to_crs(TOWN).geometry[0]
    assert shapely.get_coordinates(line) == pytest.approx(np.array([[0, 8], [0, 0]]), abs=1e-6)


@pytest.mark.parametrize(("gap_m", "told"), [(0.5, 1), (14.9, 1), (15.1, 0)])
def test_ends_within_fifteen_metres_are_told(gap_m, told):
    assert len(only(lc.diagnose_network(lane(gap_m)), "dangling end")) == told


def test_a_gap_that_joins_nothing_new_weighs_less_than_one_that_does():
    # a street round the block ends 5 m short of its beginning; an island lies 8 m off
    nodes = {"A": (0, 0), "B": (400, 0), "C": (400, 300), "D": (200, 5), "S": (100, -8)}
    nodes |= {"T": (100, -108)}
    network = town(nodes, "AB", "BC", ("C", "D", {"via": [(200, 300)]}), "ST")
    found = lc.diagnose_network(network)
    gaps = only(found, "dangling end")
    assert gaps["distance_m"].to_list() == pytest.approx([8, 5], abs=1e-6)
    assert np.isnan(gaps["length_m"][1])


def test_what_repair_has_closed_is_no_longer_told():
    mended, _ = lc.repair_network(lane(8.0), gap_m=10)
    assert len(lc.diagnose_network(mended)) == 0


# --- far off --------------------------------------------------------------------------------------


def test_people_further_than_fifty_metres_are_told_and_how_far_the_furthest_is():
    people = homes((0, -49), (0, -51), (0, -400), people=[10, 20, 70])
    (row,) = lc.diagnose_network(ladder(), residents=people).to_dict("records")
    assert (row["finding"], row["count"], row["people"]) == ("far residents", 2, 90)
    assert row["people_share"] == 0.9
    assert row["distance_m"] == pytest.approx(400, abs=1e-3)
    assert "the furthest 400 m" in row["what"]
    assert row["geometry"].geom_type == "MultiPoint"


def test_a_far_facility_is_named_and_one_with_a_near_entrance_is_not():
    door = gpd.GeoSeries([shapely.Point(0, -5)], crs=TOWN).to_crs(4326)[0].wkt
    shops = points(
        (0, -80), (0, -90), (40, -7),
        service=["park", "clinic", "clinic"], name=["后山", "卫生站", "诊所"],
        entrances=["", door, ""],
    )  # fmt: skip
    (row,) = lc.diagnose_network(ladder(), facilities=shops).to_dict("records")
    assert (row["finding"], row["name"]) == ("far facility", "后山")
    assert row["what"] == "后山 (park) lies 80 m from the nearest street."


# --- only roads -----------------------------------------------------------------------------------


def blocks(count, highway, inner=(), spacing_m=100.0):
    """Streets in a square grid, some rows of which are of another class."""
    size = count * spacing_m / 2
    nodes = {
        (i, j): (i * spacing_m - size, j * spacing_m - size)
        for i in range(count + 1)
        for j in range(count + 1)
    }
    streets = []
    for i, j in nodes:
        kind = inner[1] if inner and j % inner[0] == 0 else highway
        if i < count:
            streets.append(((i, j), (i + 1, j), {"highway": kind}))
        if j < count:
            streets.append(((i, j), (i, j + 1), {"highway": highway}))
    return town({str(key): xy for key, xy in nodes.items()},
                *((str(a), str(b), given) for a, b, given in streets))  # fmt: skip


def test_a_town_of_roads_alone_is_poor_everywhere():
    found = lc.diagnose_network(blocks(20, "residential"))
    (row,) = found.to_dict("records")
    assert (row["finding"], row["length_share"]) == ("no sidewalks", 1.0)
    assert "0% of 84.0 km" in row["what"]


@pytest.mark.parametrize("kind", ["footway", "service", "living_street", "steps", "pedestrian"])
def test_a_town_with_lanes_or_footways_is_not(kind):
    network = blocks(20, "residential", inner=(3, kind))
    assert len(lc.diagnose_network(network)) == 0


def test_roads_with_sidewalks_are_not_missing_any():
    network = blocks(12, "secondary")
    object.__setattr__(network, "edge_tags", {"sidewalk": np.full(network.edge_count, "both")})
    assert poor_cells(network).count == 0
    object.__setattr__(network, "edge_tags", {"sidewalk": np.full(network.edge_count, "no")})
    assert poor_cells(network).length_share == pytest.approx(1)


def test_streets_without_classes_and_tracks_tell_nothing():
    assert poor_cells(blocks(12, "")).count == 0
    assert poor_cells(blocks(12, "track")).count == 0


def test_where_people_are_known_poor_cells_without_any_are_not_told():
    half = blocks(40, "residential", inner=(2, "footway"))
    kinds = half.edge_highway.copy()
    east = half.node_xy_m[half.edge_ends[:, 0], 0] > 0
    kinds[east] = "residential"
    object.__setattr__(half, "edge_highway", kinds)
    assert only(lc.diagnose_network(half), "no sidewalks")["length_share"][0] > 0.3
    west = lc.diagnose_network(half, residents=homes((-1500, 0), (-1800, 100)))
    assert len(only(west, "no sidewalks")) == 0
    both = lc.diagnose_network(half, residents=homes((-1500, 0), (1500, 100)))
    assert only(both, "no sidewalks")["people"].to_list() == [100]


# --- the edge -------------------------------------------------------------------------------------


def areas(*boxes):
    return gpd.GeoDataFrame(
        {"unit_id": range(len(boxes)), "name": [f"{i}社区" for i in range(len(boxes))]},
        geometry=[shapely.box(*one) for one in boxes], crs=TOWN,
    )  # fmt: skip


def test_units_whose_streets_end_within_fifteen_minutes_are_told():
    network = blocks(40, "residential", inner=(2, "footway"))  # 4 km wide
    near, inside = (-1900, -200, -1500, 200), (-300, -300, 300, 300)
    found = lc.diagnose_network(
        network, units=areas(near, inside), residents=homes((-1600, 0), (0, 0), people=[60, 40])
    )
    (row,) = found.to_dict("records")
    assert (row["finding"], row["count"], row["people"]) == ("cut at the edge", 1, 60)
    assert row["distance_m"] == pytest.approx(100, abs=0.1)
    assert "1 of 2 units (0社区)" in row["what"]
    assert margin_m(network, areas(near, inside)).round().tolist() == [100, 1700]


# --- walls ----------------------------------------------------------------------------------------


def test_walls_that_cut_off_people_are_found():
    box = gpd.GeoDataFrame(
        {"compound_id": ["C1"]}, geometry=[shapely.box(-80, 5, -20, 60)], crs=TOWN
    )
    gate = gpd.GeoDataFrame(
        {"gate_id": ["G1"], "access": ["closed"]}, geometry=[shapely.Point(-50, 5)], crs=TOWN
    )
    network = with_barriers(ladder(), Barriers(box, None, gate))
    told = lc.diagnose_network(network, residents=homes((-50, 30), (50, -5), people=[40, 60]))
    assert told[["finding", "name"]].iloc[0].to_list() == ["all gates closed", "C1"]
    assert "closed gates alone" in told["what"].iloc[0]
    assert told["people"].iloc[0] == 40
    assert told["people_share"].iloc[0] == 0.4
    assert told["advice"].iloc[0] == "say which of their gates residents use"


def test_people_whom_a_wall_parts_from_the_rest_come_with_their_number():
    """A wall without a gate across the three streets that lead from D, E and F to the south."""
    wall = gpd.GeoDataFrame(geometry=[shapely.LineString([(-120, 60), (120, 60)])], crs=TOWN)
    with pytest.warns(lc.LifecircleWarning, match="without a gate at 3 places"):
        network = with_barriers(ladder(), Barriers(None, wall))
    people = homes((-50, 95), (50, -5), people=[40, 60])
    told = lc.diagnose_network(network, residents=people).set_index("finding").loc["streets cut"]
    assert (told["count"], told["people"], told["people_share"]) == (3, 40, 0.4)
    silent = lc.diagnose_network(network).set_index("finding").loc["streets cut"]
    assert np.isnan(silent["people"])


# --- order, and any streets -----------------------------------------------------------------------


def test_the_heaviest_finding_comes_first():
    people = homes((-50, 65), (50, 5), (0, -400), people=[30, 50, 20])
    found = lc.diagnose_network(island(), residents=people)
    assert found["finding"].to_list() == ["disconnected part", "far residents"]
    people["people"] = [10, 50, 400]
    found = lc.diagnose_network(island(), residents=people)
    assert found["finding"].to_list() == ["far residents", "disconnected part"]


@settings(max_examples=40)
@given(weird_towns())
def test_no_streets_make_a_diagnosis_fail(drawn):
    network, places = drawn
    table = points(*places, people=[1.0] * len(places))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", lc.LifecircleWarning)
        found = lc.diagnose_network(network, residents=table)
    assert list(found.columns) == COLUMNS
    assert set(found["finding"]) <= set(FINDINGS)
    assert (found["what"].str.len() > 20).all()
    assert found["advice"].str.endswith(".").all()
    shares = found[["length_share", "people_share"]].to_numpy()
    assert np.nanmax([*shares.ravel(), 0.0]) <= 1 + 1e-9
    assert not found.geometry.is_empty.any()


def test_a_diagnosis_changes_no_table_it_is_given():
    people = homes((0, -400), (20, 5))
    before = people.copy()
    lc.diagnose_network(planar_town(3), residents=people)
    pd.testing.assert_frame_equal(people, before)


# --- real streets ---------------------------------------------------------------------------------


def test_a_county_town_in_openstreetmap_is_poor_everywhere(shared_data):
    network = lc.read_walk_network(shared_data / "guixi_jiangxi" / "guixi.osm")
    poor = only(lc.diagnose_network(network), "no sidewalks")
    assert poor["length_share"][0] > 0.95
    assert poor["count"][0] > 90


@pytest.mark.parametrize(
    "file", ["changsha_hnu/hnu_taozihu.osm", "beijing_bupt/bupt_campus.osm",
             "las_palmas/las_palmas_20230221.osm.pbf"],
)  # fmt: skip
def test_places_drawn_for_people_on_foot_are_not_called_poor(shared_data, file):
    network = lc.read_walk_network(shared_data / file)
    assert len(only(lc.diagnose_network(network), "no sidewalks")) == 0


def test_a_whole_city_is_diagnosed_in_a_few_seconds(shared_data):
    network = lc.read_walk_network(shared_data / "las_palmas" / "las_palmas_20230221.osm.pbf")
    begin = time.process_time()
    found = lc.diagnose_network(network)
    assert time.process_time() - begin < 10
    parts = only(found, "disconnected part")
    assert parts["count"].sum() == network.component.max()
    assert len(parts) == 6


def test_the_packaged_sample_has_only_the_breaks_at_its_closed_gates():
    study = lc.load_demo()
    found = lc.diagnose_network(
        study.network, units=study.units, residents=study.residents, facilities=study.facilities
    )
    assert set(found["finding"]) == {"dangling end"}
    assert found["distance_m"].min() > 1.9
