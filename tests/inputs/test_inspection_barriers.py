"""An inspection knows compounds, walls and gates, and tells what they do to the streets."""

from __future__ import annotations

import json
import re

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import lifecircle as lc
import osm_towns
from lifecircle.assessment.demo import demo_folder
from lifecircle.cli import main
from lifecircle.network.wall_findings import WALL_FINDINGS
from towns import TOWN, town

CHINESE = re.compile("[\u4e00-\u9fff]")
SQUARE = shapely.box(0, 0, 60, 60)
ROAD = shapely.LineString([(0, 0), (90, 0)])
SPOT = shapely.Point(0, 0)


def layer(folder, file, shapes, /, **columns):
    frame = gpd.GeoDataFrame(columns, geometry=list(shapes), crs=TOWN)
    frame.to_crs(4326).to_file(folder / file)
    return folder / file


def codes(found):
    return [code for code, _ in found.problems]


def facts(found, code):
    return dict(found.problems)[code]


def kinds(found):
    return {row["finding"]: row for row in found.findings}


# --- what is what ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shape", "columns", "kind"),
    [
        ("a.geojson", SQUARE, {"围墙": ["有", "无"]}, "compounds"),
        ("a.geojson", SQUARE, {"是否封闭": ["是", "否"]}, "compounds"),
        ("a.geojson", SQUARE, {"walled": ["yes", "no"]}, "compounds"),
        ("a.geojson", SQUARE, {"小区名称": ["明珠公寓", "恒升花苑"]}, "compounds"),
        ("小区边界.geojson", SQUARE, {"编码": ["a", "b"]}, "compounds"),
        ("compounds.geojson", SQUARE, {"label": ["a", "b"]}, "compounds"),
        ("a.geojson", SQUARE, {"小区名称": ["明珠公寓", "恒升花苑"], "层数": [6, 7]}, "buildings"),
        ("a.geojson", SQUARE, {"小区名称": ["明珠公寓", "恒升花苑"], "人口": [6, 7]}, "residents"),
        ("a.geojson", SPOT, {"通行": ["刷卡", "开放"]}, "gates"),
        ("a.geojson", SPOT, {"开放情况": ["对外开放", "常闭"]}, "gates"),
        ("a.geojson", SPOT, {"access": ["private", "yes"]}, "gates"),
        ("a.geojson", SPOT, {"barrier": ["gate", "lift_gate"]}, "gates"),
        ("a.geojson", SPOT, {"typecode": ["991400", "991401"], "name": ["甲", "乙"]}, "gates"),
        ("a.geojson", SPOT, {"名称": ["明珠公寓东门", "明珠公寓西门"]}, "gates"),
        ("小区大门.geojson", SPOT, {"说明": ["a", "b"]}, "gates"),
        ("a.geojson", SPOT, {"类别": ["公园", "小学"], "是否开放": ["是", "否"]}, "facilities"),
        ("a.geojson", SPOT, {"amenity": ["toilets", "school"], "access": ["yes", "no"]},
         "facilities"),
        ("a.geojson", SPOT, {"人口": [3, 4], "access": ["yes", "no"]}, "residents"),
        ("a.geojson", SPOT, {"access": ["a street", "b street"]}, "unknown"),
        ("a.geojson", ROAD, {"围墙编号": ["1", "2"]}, "walls"),
        ("a.geojson", ROAD, {"wall_id": ["1", "2"]}, "walls"),
        ("a.geojson", ROAD, {"barrier": ["wall", "fence"]}, "walls"),
        ("围墙.geojson", ROAD, {"编码": ["1", "2"]}, "walls"),
        ("a.geojson", ROAD, {"highway": ["footway", "service"], "name": ["围墙巷", "一路"]},
         "streets"),
        ("wallstreet.geojson", ROAD, {"highway": ["footway", "service"]}, "streets"),
    ],
)  # fmt: skip
def test_a_layer_is_known_by_what_it_says(tmp_path, name, shape, columns, kind):
    shapes = [shape, shapely.transform(shape, lambda xy: xy + 200.0)]
    found = lc.inspect_file(layer(tmp_path, name, shapes, **columns))
    assert (found.kind, found.error) == (kind, "")
    if kind in ("compounds", "gates", "walls"):
        assert f'lc.read_{kind}("{name}")' in found.describe("zh")
        assert found.reading["rows"] == 2


def test_gates_are_counted_by_who_passes_with_the_words_of_the_table(tmp_path):
    words = ["刷卡", "刷卡", "业主", "开放", "常闭", None]
    path = layer(tmp_path, "gates.geojson", [shapely.Point(x, 0) for x in range(6)], 通行=words)
    found = lc.inspect_file(path)
    assert found.reading["access"] == {
        "residents": {"刷卡": 2, "业主": 1}, "open": {"开放": 1}, "closed": {"常闭": 1},
        "": {"": 1},
    }  # fmt: skip
    assert "开放 1、仅住户 3（刷卡 2、业主 1）、关闭 1（常闭）、未写 1" in found.describe("zh")
    assert "residents 3 (刷卡 2, 业主 1)" in found.describe("en")
    assert facts(found, "access_unsaid") == {"rows": 1, "of": 6}
    assert not found.notes  # said once, in the language of the inspection
    assert json.loads(json.dumps(found.as_dict("zh")))["reading"]["access"]["open"] == {"开放": 1}


def test_words_that_are_not_understood_are_told_with_their_rows_once(tmp_path):
    words = ["刷卡", "蓝色", "蓝色", "红色"]
    spots = [shapely.Point(x, 0) for x in range(4)]
    found = lc.inspect_file(layer(tmp_path, "gates.geojson", spots, 通行=words))
    assert codes(found) == ["access_words"]
    assert facts(found, "access_words")["words"] == ["蓝色 × 2", "红色 × 1"]
    assert "“通行”有 3 行的词看不懂，不知谁可以通行：蓝色 × 2、红色 × 1" in found.describe("zh")
    squares = [shapely.box(x, 0, x + 50, 50) for x in (0, 100, 200)]
    found = lc.inspect_file(layer(tmp_path, "a.geojson", squares, 围墙=["有", "无", "蓝"]))
    assert (found.kind, codes(found)) == ("compounds", ["walled_words"])
    assert found.reading["walled"] == {"True": {"有": 1}, "False": {"无": 1}}


def test_a_table_of_gates_in_degrees_is_known_too(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("大门名称,经度,纬度,通行\n东门,112.99,28.16,刷卡\n西门,112.98,28.16,开放\n")
    found = lc.inspect_file(path)
    assert (found.kind, found.problems, found.bounds[0]) == ("gates", (), 112.98)
    assert found.columns_taken["access"] == "通行"


def test_estates_of_a_map_are_compounds_of_which_residents_can_be_made(shared_data):
    path = shared_data / "hangzhou_amap" / "amap_residential_aoi_hangzhou_gcj02.geojson"
    found = lc.inspect_file(path)
    assert (found.kind, found.reading["rows"]) == ("compounds", 2498)
    text = found.describe("zh")
    assert "未写（按封闭） 2,498" in text
    assert f'lc.read_compounds("{path.name}", coordinates="GCJ-02")' in text
    assert f'lc.residents_from_buildings("{path.name}", units, coordinates="GCJ-02")' in text


# --- streets with walls ---------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """Two streets, two compounds between them, a fence that cuts off the north.

    ::

        N1 --------------- N2      y = 200
        |                  |
        - - - - fence - - - -      y = 150
        |   [C1]   [C2]    |       y = 30 to 90
        S1 --------------- S2      y = 0, from -200 to 200
    """
    nodes = {"S1": (-200, 0), "S2": (200, 0), "N1": (-200, 200), "N2": (200, 200)}
    lane = {"highway": "residential"}
    pairs = [("S1", "S2"), ("N1", "N2"), ("S1", "N1"), ("S2", "N2")]
    streets = town(nodes, *((*pair, lane) for pair in pairs))
    streets.edges_frame().drop(columns=["from_node", "to_node"]).to_file(tmp_path / "roads.gpkg")
    boxes = [shapely.box(-90, 30, -30, 90), shapely.box(30, 30, 90, 90)]
    layer(tmp_path, "小区.geojson", boxes, 小区编号=["C1", "C2"], 围墙=["有", "有"])
    layer(tmp_path, "大门.geojson", [shapely.Point(-60, 30), shapely.Point(0, 190)],
          大门编号=["G1", "G2"], 通行=["关闭", "开放"])  # fmt: skip
    fence = shapely.LineString([(-300, 150), (300, 150)])
    layer(tmp_path, "围墙.geojson", [fence], 围墙编号=["W1"])
    homes = [shapely.Point(-60, 60), shapely.Point(60, 60), shapely.Point(0, 195),
             shapely.Point(0, 5)]  # fmt: skip
    layer(tmp_path, "居民.geojson", homes, 人口=[10, 20, 30, 40])
    return tmp_path


def test_walls_among_the_files_are_built_into_the_streets_and_tell_of_people(folder):
    names = ["小区.geojson", "大门.geojson", "围墙.geojson", "居民.geojson", "roads.gpkg"]
    *_, streets = lc.inspect_files([folder / name for name in names])
    assert streets.streets["barriers"] == {"compounds": 2, "walls": 1, "gates": 2}
    assert streets.streets["edges"] == 4  # of the streets as they are in the file
    assert set(streets.streets["beside"]) == set(names) - {"roads.gpkg"}
    found = kinds(streets)
    told = {kind: found[kind]["people"] for kind in found if kind in WALL_FINDINGS}
    assert told == {
        "all gates closed": 10, "compound without gate": 20, "streets cut": 30,
        "gate without wall": None,
    }  # fmt: skip
    assert found["gate without wall"]["name"] == "G2"
    text = streets.describe("zh")
    assert "已建入    封闭小区 2、围墙 1、大门 2" in text
    assert "1 个封闭小区的大门全部关闭（C1），走不出去的有 10 人（10 %）" in text
    assert "1 个封闭小区一个大门也没有（C2），住着 20 人（20 %）" in text
    assert "围墙在 2 处隔断道路而没有大门，因此与其余道路隔开的有 30 人（30 %）" in text
    english = streets.describe("en")
    assert "1 walled compound has closed gates alone (C1); 10 people cannot leave (10 %)" in english
    assert "walls cut streets at 2 places where there is no gate; 30 people are cut off" in english
    assert "2 walled compounds, 1 walls, 2 gates" in english


def test_json_tells_of_walls_in_both_languages(folder, capsys):
    paths = [str(path) for path in sorted(folder.glob("*.geojson"))]
    for language in ("zh", "en"):
        command = ["inspect", "--json", "--language", language, *paths]
        assert main([*command, "--network", str(folder / "roads.gpkg")]) == 0
        *_, streets = json.loads(capsys.readouterr().out)
        cut = next(row for row in streets["findings"] if row["finding"] == "streets cut")
        assert (cut["count"], cut["people"]) == (2, 30)
        assert bool(CHINESE.search(cut["what"] + cut["advice"])) is (language == "zh")
        assert streets["streets"]["barriers"] == {"compounds": 2, "walls": 1, "gates": 2}


def test_a_gate_of_a_compound_that_is_not_there_is_told_and_nothing_built_in(folder):
    gates = gpd.read_file(folder / "大门.geojson").assign(小区编号=["C9", None])
    gates.to_file(folder / "大门.geojson")
    names = ["小区.geojson", "大门.geojson", "roads.gpkg"]
    *_, streets = lc.inspect_files([folder / name for name in names])
    assert "C9" in facts(streets, "walls_failed")["reason"]
    assert streets.streets["barriers"] == {}
    assert streets.streets["beside"] == ()


def test_without_barrier_files_nothing_is_said_of_walls(folder):
    _, streets = lc.inspect_files([folder / "居民.geojson", folder / "roads.gpkg"])
    assert streets.streets["barriers"] == {}
    assert not re.search("围墙隔断|大门", streets.describe("zh").replace("关着的门", ""))


def test_the_sample_is_inspected_with_its_walls():
    """Without them 29 lanes that end at a wall look like slips of the drawing."""
    names = ["compounds", "gates", "walls", "residents", "streets"]
    *_, streets = lc.inspect_files([demo_folder() / f"{name}.geojson" for name in names])
    assert streets.streets["barriers"] == {"compounds": 72, "walls": 129, "gates": 129}
    assert [row["finding"] for row in streets.findings] == ["dangling end"] * 2


# --- OpenStreetMap --------------------------------------------------------------------------------


def test_openstreetmap_is_counted_and_diagnosed_with_its_own_walls(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (50, -50), 4: (50, 50),
             5: (10, 0, {"barrier": "gate"})}  # fmt: skip
    ways = {8: ({"highway": "footway"}, [3, 4]), 9: ({"barrier": "wall"}, [1, 5, 2])}
    path = osm_towns.write(tmp_path / "town.osm", nodes, ways)
    found = lc.inspect_file(path)
    assert found.counts["barriers"] == {
        "walls": 1, "gates": 1, "compounds": 0, "walled": 0, "access": {"": 1}
    }  # fmt: skip
    text = found.describe("en")
    assert "walls × 1, gates × 1 (not said 1), compounds × 0 (walled 0)" in text
    assert 'lc.read_osm_barriers("town.osm")' in text
    assert "streets cut" in kinds(found)
    assert isinstance(found.barriers, lc.Barriers)
    json.dumps(found.as_dict("zh"))


def test_a_map_without_walls_says_nothing_of_them(tmp_path):
    ways = {8: ({"highway": "footway"}, [1, 2])}
    found = lc.inspect_file(osm_towns.write(tmp_path / "town.osm", {1: (0, 0), 2: (90, 0)}, ways))
    assert "read_osm_barriers" not in found.describe("zh")
    assert "围墙" not in found.describe("zh").replace("看那里有没有围墙", "")
    assert found.barriers is None


def test_walls_of_a_layer_stand_in_for_those_of_openstreetmap(tmp_path):
    nodes = {1: (-50, 0), 2: (50, 0), 3: (0, -50), 4: (0, 50)}
    ways = {8: ({"highway": "footway"}, [3, 4]), 9: ({"barrier": "wall"}, [1, 2])}
    path = osm_towns.write(tmp_path / "town.osm", nodes, ways)
    own = gpd.GeoDataFrame(
        {"wall_id": ["a"]}, geometry=[shapely.LineString([(-50, 9), (50, 9)])], crs=osm_towns.CRS
    ).to_crs(4326)
    own.to_file(tmp_path / "walls.geojson")
    _, streets = lc.inspect_files([tmp_path / "walls.geojson", path])
    assert streets.streets["barriers"] == {"compounds": 0, "walls": 1, "gates": 0}
    assert streets.streets["beside"] == ("walls.geojson",)


def test_a_real_campus_is_told_with_its_walls_in_few_lines(shared_data):
    found = lc.inspect_file(shared_data / "beijing_bupt" / "bupt_campus.osm")
    assert found.counts["barriers"] == {
        "walls": 30, "gates": 36, "compounds": 7, "walled": 3,
        "access": {"open": 4, "closed": 4, "": 28},
    }  # fmt: skip
    text = found.describe("zh")
    assert "围墙 30 段，大门 36 个（开放 4、关闭 4、未写 28），小区院落 7 处（封闭 3）" in text
    assert len(text.splitlines()) < 30
    assert pd.Series(kinds(found)).index.isin(["no mapped paths", "gate to nowhere"]).sum() == 2


def test_walls_whose_gates_cannot_be_read_are_not_built_in_by_halves(folder):
    """One word of the gates is not understood: the compounds would look as if they had none."""
    gates = gpd.read_file(folder / "大门.geojson")
    word = next(name for name in ("通行", "access", "开放情况") if name in gates)
    gates.assign(**{word: ["住沪", *gates[word].iloc[1:]]}).to_file(folder / "大门.geojson")
    names = ["小区.geojson", "大门.geojson", "居民.geojson", "roads.gpkg"]
    *_, streets = lc.inspect_files([folder / name for name in names])
    assert not streets.streets["barriers"]
    assert "walls" in streets.streets["unchecked"]
    assert "围墙与大门（有一个文件用不了" in streets.describe("zh")
    assert not [row for row in streets.findings if row["finding"] in WALL_FINDINGS]
