"""An inspection tells of streets what a planner must know before he walks on them."""

from __future__ import annotations

import json
import re
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import lifecircle as lc
from lifecircle.assessment.demo import demo_folder
from lifecircle.cli import main
from lifecircle.crs import wgs84_to_gcj02
from lifecircle.inputs.inspection_street_words import ADVICE, finding_sentences
from lifecircle.network.diagnosis import FINDINGS
from towns import TOWN, town

CHINESE = re.compile("[\u4e00-\u9fff]")


def codes(found):
    return [code for code, _ in found.problems]


def facts(found, code):
    return dict(found.problems)[code]


def kinds(found):
    return [row["finding"] for row in found.findings]


@pytest.fixture
def folder(tmp_path):
    """A town on disk: a street, a lane 0.6 m short of it, homes far and near, a shop, two units.

    ::

              L              y = 100.6, its end 0.6 m above the street
              |
        A ----------- B      y = 0, from -900 to 900
    """
    nodes = {"A": (-900, 0), "B": (900, 0), "S": (0, 0.6), "L": (0, 100.6)}
    network = town(
        nodes,
        ("A", "B", {"name": "韶山路", "highway": "residential"}),
        ("S", "L", {"name": "一巷", "highway": "footway"}),
    )
    network.edges_frame().drop(columns=["from_node", "to_node"]).to_file(tmp_path / "roads.gpkg")
    places = [shapely.Point(5, 60), shapely.Point(300, 5), shapely.Point(300, -200)]
    homes = gpd.GeoDataFrame({"人口": [30, 50, 20]}, geometry=places, crs=TOWN).to_crs(4326)
    homes.to_file(tmp_path / "homes.geojson")
    shops = gpd.GeoDataFrame(
        {"类别": ["公园", "小学"], "名称": ["后山公园", "一小"]},
        geometry=[shapely.Point(-100, 120), shapely.Point(100, 5)], crs=TOWN,
    ).to_crs(4326)  # fmt: skip
    shops.to_file(tmp_path / "shops.geojson")
    return tmp_path


def test_streets_are_counted_by_class_and_diagnosed(folder):
    found = lc.inspect_file(folder / "roads.gpkg")
    assert (found.kind, found.error) == ("streets", "")
    assert found.streets["edges"] == 2
    assert found.streets["nodes"] == 4
    assert found.streets["length_km"] == 1.9
    assert found.streets["classes_km"] == {"residential": 1.8, "footway": 0.1}
    assert kinds(found) == ["disconnected part", "dangling end"]
    assert found.repairs is None
    assert isinstance(found.made, lc.WalkNetwork)
    text = found.describe("zh")
    assert "2 段、4 个节点，共 1.9 公里：街坊路 1.8、步行道 0.1" in text
    assert "1 处道路与整体不相连，共 0.10 公里（5.3 %）；最长的 0.10 公里（一巷）在经度" in text
    assert "1 处断头离另一条路不到 15 米" in text
    assert "如 0.6 米，一巷 – 韶山路，经度 112.9" in text


def test_without_tables_the_text_says_what_was_not_checked(folder):
    found = lc.inspect_file(folder / "roads.gpkg")
    assert found.streets["unchecked"] == ("edge", "residents", "facilities")
    assert "住处离道路多远（没有可用的居民）" in found.describe("zh")
    assert "how far homes are from them (no usable residents)" in found.describe("en")


def test_tables_that_are_given_along_tell_of_people_and_facilities(folder):
    files = [folder / name for name in ("homes.geojson", "shops.geojson", "roads.gpkg")]
    homes, shops, streets = lc.inspect_files(files)
    assert (homes.kind, shops.kind, streets.kind) == ("residents", "facilities", "streets")
    assert streets.streets["beside"] == ("homes.geojson", "shops.geojson")
    assert streets.streets["unchecked"] == ("edge",)
    # one of two facilities, 30 of 100 people, 20 of 100 people
    told = list(dict.fromkeys(kinds(streets)))
    assert told == ["far facility", "disconnected part", "dangling end", "far residents"]
    text = streets.describe("zh")
    assert "住着 30 人（30 %）" in text
    assert "20 人（20 %）住处离道路超过 50 米，共 1 处，最远 200 米" in text
    assert (
        "1 处设施离道路超过 50 米（后山公园），最远 102 米" in text
    )  # of L, 100 m west, 19.4 north
    english = streets.describe("en")
    assert "30 people live there (30 %)" in english
    assert "20 people (20 %) live further than 50 m from any street, at 1 place" in english
    assert "1 facility lies further than 50 m from any street (后山公园)" in english


def test_the_streets_of_network_are_inspected_too_and_come_last(folder, capsys):
    assert main(
        ["inspect", str(folder / "homes.geojson"), "--network", str(folder / "roads.gpkg")]
    ) == 0  # fmt: skip
    told = capsys.readouterr().out
    assert told.index("homes.geojson") < told.index("roads.gpkg")
    assert "一并检查  homes.geojson" in told


def test_links_that_repair_would_make_are_listed_when_asked_for(folder, capsys):
    (found,) = lc.inspect_files([folder / "roads.gpkg"], repair=True)
    assert [row["length_m"] for row in found.repairs] == pytest.approx([0.6], abs=1e-3)
    assert main(["inspect", "--repair", str(folder / "roads.gpkg")]) == 0
    told = capsys.readouterr().out
    assert "repair=True 会接上 1 处，共 0.6 米" in told
    assert "+ 0.60 米，一巷 – 韶山路，经度 112.9" in told
    whole = lc.inspect_file(demo_folder() / "streets.geojson", repair=True)
    assert whole.repairs == ()
    assert "no street ends within 1 m of another" in whole.describe("en")


def test_json_for_scripts_holds_every_finding_with_its_place_and_words(folder, capsys):
    paths = [str(folder / "homes.geojson"), str(folder / "roads.gpkg")]
    for language in ("zh", "en"):
        assert main(["inspect", "--json", "--repair", "--language", language, *paths]) == 0
        homes, streets = json.loads(capsys.readouterr().out)
        assert (homes["findings"], homes["repairs"], homes["streets"]) == ([], None, {})
        assert "made" not in streets
        assert streets["streets"]["classes_km"]["footway"] == 0.1
        assert streets["repairs"][0]["from_street"] == "一巷"
        first = streets["findings"][0]
        assert (first["finding"], first["people"]) == ("disconnected part", 30)
        assert first["facilities"] is None
        assert (first["lon"], first["lat"]) == pytest.approx((112.99, 28.16), abs=0.01)
        assert bool(CHINESE.search(first["what"] + first["advice"])) is (language == "zh") or (
            "一巷" in first["what"]
        )


def test_a_network_that_cannot_be_read_is_told_and_the_tables_are_inspected_all_the_same(
    folder, capsys
):
    missing = str(folder / "nix.gpkg")
    assert main(["inspect", str(folder / "homes.geojson"), "--network", missing]) == 2
    told = capsys.readouterr().out
    assert "合计 100" in told
    assert "nix.gpkg" in told


def test_a_file_that_is_given_twice_is_told_twice(folder):
    path = folder / "homes.geojson"
    assert [one.file for one in lc.inspect_files([path, path])] == [path.name] * 2


def test_streets_given_as_file_and_as_network_are_told_once(folder):
    roads = folder / "roads.gpkg"
    found = lc.inspect_files([roads, folder / "homes.geojson"], network=roads)
    assert [one.file for one in found] == ["homes.geojson", "roads.gpkg"]


def test_a_network_in_memory_is_compared_and_not_listed(folder):
    network = lc.read_walk_network(folder / "roads.gpkg")
    (homes,) = lc.inspect_files([folder / "homes.geojson"], network=network)
    assert homes.kind == "residents"


def test_several_tables_of_a_kind_are_taken_together(folder):
    again = gpd.read_file(folder / "homes.geojson")
    again.assign(人口=[1, 2, 997]).to_file(folder / "more.geojson")
    names = ("homes.geojson", "more.geojson", "roads.gpkg")
    *_, streets = lc.inspect_files([folder / name for name in names])
    assert streets.streets["beside"] == ("homes.geojson, more.geojson",)
    far = next(row for row in streets.findings if row["finding"] == "far residents")
    assert (far["people"], far["count"]) == (1017, 2)


def test_a_table_in_another_place_is_told_on_both_sides_and_not_counted_as_far(folder):
    homes = gpd.read_file(folder / "homes.geojson")
    homes.translate(1.0, 0.0).to_frame("geometry").assign(人口=[1, 2, 3]).set_crs(
        4326, allow_override=True
    ).to_file(folder / "elsewhere.geojson")
    table, streets = lc.inspect_files([folder / "elsewhere.geojson", folder / "roads.gpkg"])
    assert facts(table, "elsewhere")["km"] == pytest.approx(97, abs=2)
    assert facts(streets, "tables_elsewhere")["names"] == ["elsewhere.geojson"]
    assert "far residents" not in kinds(streets)
    assert streets.streets["unchecked"] == ("edge", "residents", "facilities")
    assert "离道路" in table.describe("zh")


def moved_to_gcj02(path, streets):
    def moved(lonlat):
        return np.column_stack(wgs84_to_gcj02(*lonlat.T))

    shapes = shapely.transform(streets.geometry.to_numpy(), moved)
    streets.set_geometry(gpd.GeoSeries(shapes, crs=4326)).to_file(path)
    return path


def test_streets_in_gcj02_are_told_by_the_tables_beside_them(tmp_path):
    streets = gpd.read_file(demo_folder() / "streets.geojson")
    path = moved_to_gcj02(tmp_path / "roads.geojson", streets)
    homes, found = lc.inspect_files([demo_folder() / "residents.geojson", path])
    assert "streets_shifted" in codes(homes)
    told = facts(found, "look_shifted")
    assert (told["system"], told["table"]) == ("GCJ-02", "residents.geojson")
    assert "far residents" not in kinds(found)
    text = found.describe("zh")
    assert "这份道路像是 GCJ-02" in text
    assert 'coordinates="GCJ-02"' in text
    assert "道路为 GCJ-02" in text
    assert "streets look like GCJ-02" in found.describe("en")


def test_units_at_the_edge_of_the_streets_are_told(folder):
    unit = gpd.GeoDataFrame(
        {"社区": ["东社区"]}, geometry=[shapely.box(400, -200, 800, 200)], crs=TOWN
    ).to_crs(4326)
    unit.to_file(folder / "units.geojson")
    _, streets = lc.inspect_files([folder / "units.geojson", folder / "roads.gpkg"])
    assert kinds(streets)[0] == "cut at the edge"
    assert "1 个单元（东社区）外的道路不够步行 15 分钟（1,080 米），有的已伸出路网之外" in (
        streets.describe("zh")
    )
    assert "beyond 1 unit (东社区); they do not cover it all" in streets.describe("en")


def test_a_table_that_no_diagnosis_can_use_does_not_stop_it(folder, monkeypatch):
    def broken(every):
        return {"residents": pd.DataFrame({"people": [1]})}, {"residents": "a.csv"}, []

    monkeypatch.setattr("lifecircle.inputs.inspection.tables_beside", broken)
    found = lc.inspect_file(folder / "roads.gpkg")
    assert "not_beside" in codes(found)
    assert kinds(found) == ["disconnected part", "dangling end"]


def test_a_fault_of_the_diagnosis_stops_no_inspection(folder, monkeypatch):
    def fail(*_, **__):
        raise ValueError("x")

    monkeypatch.setattr("lifecircle.inputs.inspection_streets.diagnose_network", fail)
    found = lc.inspect_file(folder / "roads.gpkg")
    assert (found.error, codes(found)) == ("", ["not_diagnosed"])
    assert "ValueError: x" in found.describe("en")


def test_the_inspection_tells_each_doubt_once_and_warns_of_none(folder):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        lc.inspect_files(sorted(folder.iterdir()), repair=True)


def test_every_kind_of_finding_has_words_in_both_languages():
    assert set(ADVICE) == set(FINDINGS)
    row = {
        "count": 2, "length_m": 1200.0, "length_share": 0.0004, "people": 12.0,
        "people_share": 0.25, "facilities": 3, "distance_m": 70.0, "name": "Main Street",
        "lon": 113.0, "lat": 28.0,
    }  # fmt: skip
    for kind in FINDINGS:
        for bare in ({}, {"people": None, "people_share": None, "facilities": None, "name": ""}):
            if bare and kind == "far residents":
                continue
            (chinese,) = finding_sentences([{**row, "finding": kind, **bare}], "zh")
            (english,) = finding_sentences([{**row, "finding": kind, **bare}], "en")
            assert not CHINESE.search("".join(english))
            assert "None" not in "".join((*chinese, *english))
            assert all(CHINESE.search(text) for text in chinese)


# --- real streets ---------------------------------------------------------------------------------

REAL = {
    "guixi_jiangxi/guixi.osm": (["no sidewalks", "dangling end"], "次干路 45.9"),
    "beijing_bupt/bupt_campus.osm": (
        ["disconnected part", "dangling end", "compound without gate", "no mapped paths",
         "gate to nowhere", "gate without wall"], "内部通道 9.7"
    ),
    "changsha_hnu/hnu_taozihu.osm": (["disconnected part", "dangling end"], "主干路 13.2"),
    "las_palmas/las_palmas_20230221.osm.pbf": (
        ["disconnected part", "dangling end", "all gates closed", "gates lead nowhere",
         "compound without gate", "streets cut", "no mapped paths", "gate to nowhere",
         "gate without wall"],
        "街坊路 621.5",
    ),
    "hangzhou_amap/amap_roads_hangzhou_gcj02.geojson": (
        ["disconnected part", "dangling end"], "未写等级 4,797.3"
    ),
}  # fmt: skip


@pytest.mark.parametrize("file", REAL)
def test_real_streets_are_told_in_few_lines(shared_data, file):
    expected, words = REAL[file]
    found = lc.inspect_file(shared_data / file, repair=True)
    assert found.error == ""
    assert list(dict.fromkeys(kinds(found))) == expected
    text = found.describe("zh")
    assert words in text
    assert len(text.splitlines()) < 45
    json.dumps(found.as_dict("zh"), allow_nan=False)


def test_amap_roads_are_full_of_gaps_below_a_metre(shared_data):
    found = lc.inspect_file(
        shared_data / "hangzhou_amap" / "amap_roads_hangzhou_gcj02.geojson", repair=True
    )
    gaps = [row["distance_m"] for row in found.findings if row["finding"] == "dangling end"]
    assert np.mean(np.array(gaps) <= 1.0) > 0.5
    assert len(found.repairs) > 1000
    assert "sidewalks" in found.streets["unchecked"]
