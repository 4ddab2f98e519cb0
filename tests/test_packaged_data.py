"""The packaged data: true in area and sums, whole, connected, and drawn anew byte for byte."""

from __future__ import annotations

import csv
import itertools
import json
import math
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
import shapely
from pyproj import Geod

from lifecircle.crs import to_wgs84
from lifecircle.standards.catalog import services
from lifecircle.standards.records import known_records

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
DEMO = DATA / "demo"
CASES = DATA / "boundaries" / "hunan_cases.geojson"
COMMUNITIES = {"野坡社区", "白沙社区", "砂子塘社区", "梨子山社区", "金科园社区"}
GEOD = Geod(ellps="WGS84")
LON, LAT = 112.993, 28.165


def read(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8"))["features"]


def rows(name: str) -> list[dict[str, Any]]:
    return [item["properties"] for item in read(DEMO / f"{name}.geojson")]


def in_metres(lonlat: np.ndarray) -> np.ndarray:
    """Distances along the meridian and the parallel: good to 1 in 2,000 around the circle."""
    along_lat = GEOD.line_length([LON, LON], [LAT - 0.005, LAT + 0.005]) * 100
    along_lon = GEOD.line_length([LON - 0.005, LON + 0.005], [LAT, LAT]) * 100
    return np.column_stack(((lonlat[:, 0] - LON) * along_lon, (lonlat[:, 1] - LAT) * along_lat))


def shapes(name: str, *, metres: bool = True) -> list[Any]:
    found = [shapely.geometry.shape(item["geometry"]) for item in read(DEMO / f"{name}.geojson")]
    return [shapely.transform(shape, in_metres) for shape in found] if metres else found


def area_ha(geometry: dict[str, Any]) -> float:
    square_m, _ = GEOD.geometry_area_perimeter(shapely.geometry.shape(geometry))
    return abs(square_m) / 10_000


@pytest.fixture(scope="module")
def units() -> dict[str, Any]:
    return dict(zip([row["unit_id"] for row in rows("units")], shapes("units"), strict=True))


@pytest.fixture(scope="module")
def circle(units: dict[str, Any]) -> Any:
    return units["YH-SZT-01"]


# The nine cases


def test_the_nine_cases_have_the_area_they_state() -> None:
    cases = read(CASES)
    assert len(cases) == 9
    for case in cases:
        stated = case["properties"]["area_ha"]
        assert area_ha(case["geometry"]) == pytest.approx(stated, rel=0.005)


def test_every_case_says_that_it_is_drawn_and_how_sure_its_place_is() -> None:
    for case in read(CASES):
        row = case["properties"]
        assert row["boundary_source"] == "drawn from description"
        assert row["confidence"] == ("medium" if row["unit_id"] == "YH-SZT-01" else "low")
        assert row["facts_source"].startswith("湖南省绿色完整社区建设典型案例（第一批）")
        assert row["level"] in {"community", "circle", "compound"}


def test_the_cases_stand_in_the_order_of_the_documents() -> None:
    found = [case["properties"] for case in read(CASES)]
    assert [row["case_id"] for row in found] == [f"C0{i}" for i in range(1, 10)]
    expected = [*[f"HN-0{i}" for i in range(1, 9)], "YH-SZT-01"]
    assert [row["unit_id"] for row in found] == expected
    assert [row["elderly"] for row in found if row["elderly"]] == [2400, 900]


def test_cases_are_irregular_blocks_and_sound() -> None:
    for case in read(CASES):
        shape = shapely.geometry.shape(case["geometry"])
        assert shape.is_valid
        assert shape.geom_type == "Polygon"
        assert len(shape.exterior.coords) - 1 >= 7
        box = shapely.minimum_rotated_rectangle(shape)
        assert shape.area < 0.99 * box.area


def test_the_circle_is_the_same_among_the_cases_and_in_the_sample() -> None:
    case = read(CASES)[-1]
    unit = read(DEMO / "units.geojson")[0]
    assert case["properties"]["unit_id"] == unit["properties"]["unit_id"] == "YH-SZT-01"
    assert case["geometry"] == unit["geometry"]
    assert case["properties"]["bounded_by"] == unit["properties"]["bounded_by"]


def test_the_facts_of_the_cases_are_those_of_the_documents(shared_data: Path) -> None:
    table = shared_data.parent / "standards" / "seeds_communities.csv"
    with table.open(encoding="utf-8-sig", newline="") as file:
        facts = {row["community_id"]: row for row in csv.DictReader(file)}
    for case in read(CASES):
        row = case["properties"]
        fact = facts[row["case_id"]]
        assert row["area_ha"] == float(fact["area_ha"])
        assert row["households"] == int(fact["households"])
        assert row["people"] == int(fact["population"])
        assert row["elderly"] == (int(fact["elderly_count"]) if fact["elderly_count"] else None)
        assert row["persons_per_household"] == pytest.approx(
            float(fact["persons_per_household"]), abs=6e-4
        )
        given = fact["boundary_zh"]
        assert row["bounded_by"] == (None if given == "未给四至" else given)


def test_each_case_lies_in_its_district(shared_data: Path) -> None:
    """The districts are GCJ-02: they are brought to WGS-84 first."""

    def shifted(lonlat: np.ndarray) -> np.ndarray:
        return np.column_stack(to_wgs84(lonlat[:, 0], lonlat[:, 1], "GCJ-02"))

    districts = {
        item["properties"]["district"]: shapely.transform(
            shapely.geometry.shape(item["geometry"]), shifted
        )
        for item in read(shared_data / "hunan_boundaries" / "hunan_admin_gcj02.geojson")
    }
    for case in read(CASES):
        shape = shapely.geometry.shape(case["geometry"])
        assert districts[case["properties"]["district"]].contains(shape), case["properties"]["name"]


# Units and residents of the sample


def test_the_circle_and_its_communities_have_their_area() -> None:
    found = read(DEMO / "units.geojson")
    assert found[0]["properties"]["area_ha"] == 136.83
    for unit in found:
        stated = unit["properties"]["area_ha"]
        assert area_ha(unit["geometry"]) == pytest.approx(stated, rel=0.005)


def test_the_five_communities_tile_the_circle() -> None:
    circle, *communities = shapes("units", metres=False)
    assert {row["name"] for row in rows("units")[1:]} == COMMUNITIES
    assert all(row["parent_id"] == "YH-SZT-01" for row in rows("units")[1:])
    assert shapely.union_all(communities).equals(circle)
    for i, one in enumerate(communities):
        assert not any(one.overlaps(other) for other in communities[i + 1 :])


def test_the_circle_holds_the_people_the_documents_count() -> None:
    circle = rows("units")[0]
    assert (circle["people"], circle["households"]) == (26_822, 11_937)
    assert sum(row["people"] for row in rows("residents")) == 26_822
    assert sum(row["households"] for row in rows("residents")) == 11_937


def test_each_unit_counts_what_its_residents_sum_to() -> None:
    columns = ("people", "households", "elderly", "children")
    everyone = rows("residents")
    for unit in rows("units"):
        own = [
            row
            for row in everyone
            if unit["level"] == "circle" or row["unit_id"] == unit["unit_id"]
        ]
        for column in columns:
            assert sum(row[column] for row in own) == unit[column], (unit["name"], column)


def test_three_in_ten_people_of_jinkeyuan_are_sixty_or_older() -> None:
    unit = next(row for row in rows("units") if row["name"] == "金科园社区")
    assert unit["people"] == 5125
    assert 0.295 <= unit["elderly"] / unit["people"] <= 0.305
    for other in rows("units")[1:]:
        if other["name"] != unit["name"]:
            assert 0.18 <= other["elderly"] / other["people"] <= 0.24


def test_residents_are_whole_people_and_ages_fit_in() -> None:
    for row in rows("residents"):
        for column in ("households", "people", "elderly", "children", "infants"):
            assert isinstance(row[column], int)
            assert row[column] >= 0
        assert row["people"] >= row["households"] > 0
        assert row["elderly"] + row["children"] <= row["people"]
        assert row["infants"] <= row["children"]


def test_residents_live_in_their_unit_and_compound(units: dict[str, Any]) -> None:
    compounds = dict(
        zip([row["compound_id"] for row in rows("compounds")], shapes("compounds"), strict=True)
    )
    assert 500 <= len(rows("residents")) <= 800
    for row, point in zip(rows("residents"), shapes("residents"), strict=True):
        assert units[row["unit_id"]].contains(point), row["resident_id"]
        assert compounds[row["compound_id"]].contains(point), row["resident_id"]


# Streets


def street_graph() -> nx.Graph:
    graph = nx.Graph()
    for line in read(DEMO / "streets.geojson"):
        points = [tuple(point) for point in line["geometry"]["coordinates"]]
        for start, end in itertools.pairwise(points):
            length_m = GEOD.line_length([start[0], end[0]], [start[1], end[1]])
            graph.add_edge(start, end, length_m=length_m)
    return graph


def test_streets_are_one_network() -> None:
    graph = street_graph()
    whole_m = graph.size("length_m")
    largest = max(nx.connected_components(graph), key=len)
    assert graph.subgraph(largest).size("length_m") >= 0.99 * whole_m
    assert min(length for _, _, length in graph.edges(data="length_m")) > 1.0


def test_streets_that_meet_share_a_vertex() -> None:
    lines = shapes("streets", metres=False)
    vertices = [set(line.coords) for line in lines]
    firsts, seconds = shapely.STRtree(lines).query(lines, predicate="intersects")
    for first, second in zip(firsts, seconds, strict=True):
        if first < second:
            meeting = shapely.get_coordinates(lines[first].intersection(lines[second]))
            for point in map(tuple, meeting):
                assert point in vertices[first], (first, second)
                assert point in vertices[second], (first, second)


def test_streets_reach_a_quarter_of_an_hour_beyond_the_circle(circle: Any) -> None:
    hull = shapely.convex_hull(shapely.union_all(shapes("streets")))
    assert hull.covers(circle.buffer(1600))
    # Not only the hull: streets themselves lie all around the circle at that distance.
    streets = shapely.union_all(shapes("streets"))
    rim = circle.buffer(1500).exterior
    gaps = [
        streets.distance(rim.interpolate(share, normalized=True)) for share in np.arange(0, 1, 0.01)
    ]
    assert max(gaps) < 250.0


def test_streets_have_kinds_of_osm_and_names_only_from_the_documents() -> None:
    found = rows("streets")
    kinds = "primary secondary tertiary residential living_street service footway steps"
    assert {row["highway"] for row in found} == set(kinds.split())
    names = {row["name"] for row in found} - {None}
    assert names == {"韶山中路", "劳动中路", "洞井路", "新建东路"}


def test_the_named_streets_lie_on_the_sides_the_documents_say(circle: Any) -> None:
    west, south, east, north = circle.bounds
    sides = {
        "韶山中路": (0, west),
        "新建东路": (1, south),
        "洞井路": (0, east),
        "劳动中路": (1, north),
    }
    found = list(zip(rows("streets"), shapes("streets"), strict=True))
    for name, (axis, limit) in sides.items():
        along = shapely.union_all(
            [line for row, line in found if row["name"] == name]
        ).intersection(circle.buffer(1.0))
        middle = (along.centroid.x, along.centroid.y)[axis]
        assert abs(middle - limit) < 170.0, name
        assert along.length > 700.0, name


# Compounds, walls, gates


def test_streets_pass_walls_at_gates_alone() -> None:
    walls = shapely.union_all(shapes("walls"))
    assert not any(line.intersects(walls) for line in shapes("streets"))


def test_walls_and_gates_close_each_compound() -> None:
    """Wall and gates (4 m each) together are as long as the compound's outline."""
    gates = Counter(row["compound_id"] for row in rows("gates"))
    length_m: dict[str, float] = {}
    for row, wall in zip(rows("walls"), shapes("walls"), strict=True):
        length_m[row["compound_id"]] = length_m.get(row["compound_id"], 0.0) + wall.length
    for row, compound in zip(rows("compounds"), shapes("compounds"), strict=True):
        key = row["compound_id"]
        assert row["walled"] == (key in length_m) == (key in gates)
        if row["walled"]:
            assert length_m[key] + 4.0 * gates[key] == pytest.approx(compound.length, abs=0.5)


def test_every_walled_compound_can_be_left_and_a_closed_gate_lacks_two_metres_of_way() -> None:
    nodes = shapely.MultiPoint([shapely.Point(node) for node in street_graph()])
    ends = shapely.transform(nodes, in_metres)
    passable = set()
    for row, gate in zip(rows("gates"), shapes("gates"), strict=True):
        assert row["access"] in {"open", "residents", "closed"}
        if row["access"] == "closed":
            assert gate.distance(ends) == pytest.approx(1.0, abs=0.05)
            assert len(ends.intersection(gate.buffer(1.1)).geoms) == 2
        else:
            assert gate.distance(ends) == 0.0
            passable.add(row["compound_id"])
    assert passable == {row["compound_id"] for row in rows("compounds") if row["walled"]}


def test_no_resident_is_nearer_to_a_street_across_the_wall() -> None:
    compounds = {
        row["compound_id"]: (row["walled"], shape)
        for row, shape in zip(rows("compounds"), shapes("compounds"), strict=True)
    }
    streets = shapes("streets")
    tree = shapely.STRtree(streets)
    for row, point in zip(rows("residents"), shapes("residents"), strict=True):
        walled, compound = compounds[row["compound_id"]]
        way = shapely.shortest_line(point, streets[tree.nearest(point)])
        assert way.length < 60.0
        assert not walled or compound.contains(way), row["resident_id"]


# Facilities, sites, survey


def test_facilities_offer_known_services_beside_a_street() -> None:
    known = set(services().index)
    streets = shapes("streets")
    tree = shapely.STRtree(streets)
    walls = shapely.union_all(shapes("walls"))
    assert 350 <= len(rows("facilities")) <= 500
    for row, point in zip(rows("facilities"), shapes("facilities"), strict=True):
        assert row["service"] in known
        way = shapely.shortest_line(point, streets[tree.nearest(point)])
        assert 5.0 <= way.length <= 25.0, row["facility_id"]
        assert not way.intersects(walls), row["facility_id"]


def test_facilities_lie_in_and_up_to_one_and_a_half_kilometres_around_the_circle(
    circle: Any,
) -> None:
    away = [point.distance(circle) for point in shapes("facilities")]
    assert max(away) < 1500.0
    assert sum(distance == 0.0 for distance in away) > 150
    assert sum(distance > 1000.0 for distance in away) > 30


def test_facilities_of_the_documents_stand_in_jinkeyuan(units: dict[str, Any]) -> None:
    jinkeyuan = next(row["unit_id"] for row in rows("units") if row["name"] == "金科园社区")
    named = [
        (row, point)
        for row, point in zip(rows("facilities"), shapes("facilities"), strict=True)
        if row["source"].startswith("documents F")
    ]
    assert all(units[jinkeyuan].contains(point) for _, point in named)
    names = "综合养老服务中心 长者运动康养服务之家 康复理疗中心 卫生服务中心 社区食堂 清廉广场"
    assert {row["name"] for row, _ in named} >= set(names.split())
    sizes = {row["name"]: (row["floor_area_m2"], row["site_area_m2"]) for row, _ in named}
    assert sizes["全民健身场所"] == (None, 2000)
    assert sizes["青少年活动场地"] == (1800, None)


def test_the_shortfalls_are_there(units: dict[str, Any]) -> None:
    ids = {row["name"]: row["unit_id"] for row in rows("units")}
    found = Counter(
        (name, row["service"])
        for row, point in zip(rows("facilities"), shapes("facilities"), strict=True)
        for name, unit_id in ids.items()
        if units[unit_id].contains(point)
    )
    assert found["砂子塘 YH-SZT-01 生活圈", "nursing_home"] == 0
    assert found["梨子山社区", "kindergarten"] == 0
    assert found["野坡社区", "elderly_day_care"] == found["野坡社区", "nursery"] == 0
    assert found["金科园社区", "elderly_day_care"] == 3


def test_sites_hold_known_services_and_the_flats_are_no_longer_free(circle: Any) -> None:
    known = set(services().index)
    found = rows("sites")
    assert 8 <= len(found) <= 12
    assert all(circle.contains(point) for point in shapes("sites"))
    for row in found:
        offered = [name for name in row["services"].split(";") if name]
        assert known.issuperset(offered)
        assert (row["status"] == "idle") == bool(offered) == (row["cost_cny"] is not None)
    reused = [row for row in found if row["status"] == "reused"]
    assert [row["floor_area_m2"] for row in reused] == [5500]


def test_six_hundred_people_answered_the_survey_from_one_to_five() -> None:
    raw = (DEMO / "survey.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    answers = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert len({row["answer_id"] for row in answers}) == len(answers) == 600
    assert {row["unit_id"] for row in answers} == {row["unit_id"] for row in rows("units")[1:]}
    assert {row["service"] for row in answers} <= set(services().index)
    for row in answers:
        assert row["satisfaction"] in "12345"
        assert row["importance"] in "12345"


def test_people_are_less_content_where_a_service_is_lacking() -> None:
    ids = {row["unit_id"]: row["name"] for row in rows("units")}
    answers = list(
        csv.DictReader((DEMO / "survey.csv").read_text(encoding="utf-8-sig").splitlines())
    )

    def mean(unit: str, service: str) -> float:
        found = [
            int(row["satisfaction"])
            for row in answers
            if (ids[row["unit_id"]], row["service"]) == (unit, service)
        ]
        return sum(found) / len(found)

    assert mean("野坡社区", "elderly_day_care") + 1 < mean("金科园社区", "elderly_day_care")
    assert mean("梨子山社区", "kindergarten") < mean("野坡社区", "kindergarten")


def test_records_are_facts_of_one_community_or_drawn() -> None:
    raw = (DEMO / "records.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    records = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert {row["record"] for row in records} <= set(known_records().index)
    ids = {row["unit_id"]: row["name"] for row in rows("units")}
    facts = [row for row in records if row["source"] != "drawn"]
    assert all("《" in row["source"] and "节" in row["source"] for row in facts)
    assert not re.search(r"F\d|documents|section", "".join(row["source"] for row in facts))
    assert {ids[row["unit_id"]] for row in facts} == {"金科园社区"}
    told = {row["record"]: row["value"] for row in facts}
    assert (told["lifts"], told["parking_spaces_added"], told["ebike_sheds"]) == ("22", "161", "4")


# All of it


@pytest.mark.parametrize("kind", "unit street compound wall gate resident facility site".split())
def test_ids_are_unique_and_each_file_says_that_it_is_drawn(kind: str) -> None:
    name = "facilities" if kind == "facility" else f"{kind}s"
    ids = [row[f"{kind}_id"] for row in rows(name)]
    assert len(set(ids)) == len(ids) > 0
    table = json.loads((DEMO / f"{name}.geojson").read_text(encoding="utf-8"))
    assert table["name"] == name
    assert "示例数据" in table["source"]
    assert all(row["source"] == "drawn" or "documents F" in row["source"] for row in rows(name))


def test_every_point_has_seven_decimals_at_most_and_lies_near_changsha() -> None:
    for path in DEMO.glob("*.geojson"):
        for item in read(path):
            lonlat = shapely.get_coordinates(shapely.geometry.shape(item["geometry"]))
            assert np.abs(lonlat - (LON, LAT)).max() < 0.04
            assert np.array_equal(lonlat, np.round(lonlat, 7))


def test_the_study_file_names_the_files_and_says_sample() -> None:
    study = tomllib.loads((DEMO / "study.toml").read_text(encoding="utf-8"))
    assert study["study"]["sample"] is True
    assert "示例数据" in study["study"]["name"]
    for section in ("units", "network", "facilities", "residents", "walls", "gates"):
        assert (DEMO / study[section]["path"]).is_file()
    assert (DEMO / study["sites"]["path"]).is_file()
    assert (DEMO / study["survey"]["path"]).is_file()
    assert (DEMO / study["records"]["path"]).is_file()


def test_the_packaged_data_are_small() -> None:
    size = sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file())
    assert size < 2_000_000


@pytest.mark.parametrize(
    ("script", "folder"), [("draw_demo.py", DEMO), ("draw_boundaries.py", CASES.parent)]
)
def test_the_scripts_draw_the_same_bytes_again(script: str, folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "scripts" / script), "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    drawn = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {path.name for path in folder.iterdir()} - {"SOURCES.md"}
    assert set(drawn) == kept
    for name, content in drawn.items():
        assert content == (folder / name).read_bytes(), name
        assert b"\r" not in content


def test_the_circle_is_where_the_anchors_say(circle: Any) -> None:
    """砂子塘 stop on the western edge, 赤岗岭 just east, 东塘 at the north-western corner."""

    def at(lon: float, lat: float) -> Any:
        return shapely.Point(in_metres(np.array([[lon, lat]]))[0])

    assert circle.exterior.distance(at(112.98763, 28.16597)) < 30.0
    assert not circle.contains(at(112.99997, 28.16300))
    assert circle.distance(at(112.99997, 28.16300)) < 250.0
    assert circle.exterior.distance(at(112.988, 28.171)) < 50.0
    assert circle.exterior.distance(at(112.991, 28.159)) < 50.0
    assert math.isclose(circle.area / 10_000, 136.83, rel_tol=0.005)
