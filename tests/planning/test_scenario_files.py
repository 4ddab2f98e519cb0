"""Scenarios on disk: TOML that is read as it was written, and layers drawn in a GIS."""

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import lifecircle as lc
from lifecircle.crs import from_wgs84
from lifecircle.errors import InputError
from lifecircle.planning.scenario_files import scenario_text
from lifecircle.planning.scenario_layers import ACTION_WORDS

HERE, THERE = (112.991, 28.1655), (112.992, 28.1657)
EVERY = [
    lc.AddFacility("社区食堂", HERE, name='食"堂"\\\n', capacity=80, floor_area_m2=300.5),
    lc.CloseFacility("F1"),
    lc.MoveFacility("F2", THERE),
    lc.ExtendCapacity("F3", 60, floor_area_m2=0),
    lc.OpenGate("G1"),
    lc.OpenGate(at=HERE, access="residents"),
    lc.RemoveWall(at=THERE, wall_id="W1"),
    lc.RemoveWall(compound_id="C1"),
    lc.ConnectStreets(HERE, THERE),
    lc.AddCrossing(HERE, THERE, signals=True),
]


def write(path, text, encoding="utf-8"):
    path.write_text(text, encoding=encoding)
    return path


def told(path, **options):
    with pytest.raises(InputError) as caught:
        lc.read_scenario(path, **options)
    return str(caught.value)


# ----------------------------------------------------------------------------- TOML


def test_every_action_is_read_as_it_was_written(tmp_path):
    scenario = lc.Scenario(EVERY, name="方案 “甲”")
    path = lc.write_scenario(scenario, tmp_path / "a" / "方案.toml")
    found = lc.read_scenario(path)
    assert found.actions == scenario.actions
    assert found.name == scenario.name
    assert found.source["path"] == "方案.toml"
    assert len(found.source["sha256"]) == 64
    assert scenario_text(found) == path.read_text(encoding="utf-8")


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_NEEDED = _TEXT.filter(str.strip)
_PLACE = st.tuples(
    st.floats(-180, 180).map(lambda x: x + 0.0), st.floats(-90, 90).map(lambda y: y + 0.0)
)
_NUMBER = st.one_of(
    st.none(), st.integers(0, 10**6), st.floats(0, 1e300), st.integers(0, 9).map(np.int64)
)
_ACTION = st.one_of(
    st.builds(lc.AddFacility, _NEEDED, _PLACE, _TEXT, _TEXT, _NUMBER, _NUMBER, _NUMBER),
    st.builds(lc.CloseFacility, _NEEDED),
    st.builds(lc.MoveFacility, _NEEDED, _PLACE),
    st.builds(lc.ExtendCapacity, _NEEDED, _NUMBER.filter(lambda n: n is not None), _NUMBER),
    st.builds(lc.OpenGate, _NEEDED, st.sampled_from(["open", "residents"])),
    st.builds(lc.OpenGate, at=_PLACE),
    st.builds(lc.RemoveWall, _PLACE, _TEXT),
    st.builds(lc.ConnectStreets, _PLACE, _PLACE),
    st.builds(lc.AddCrossing, _PLACE, _PLACE, st.booleans()),
)


@settings(max_examples=150, deadline=None)
@given(actions=st.lists(_ACTION, min_size=1, max_size=5), name=_TEXT)
def test_hostile_texts_and_numbers_survive_the_file(tmp_path_factory, actions, name):
    path = tmp_path_factory.mktemp("scenarios") / "a.toml"
    scenario = lc.Scenario(actions, name=name)
    found = lc.read_scenario(lc.write_scenario(scenario, path))
    order = {kind: place for place, kind in enumerate(type(one) for one in EVERY[::-1])}
    assert sorted(found.actions, key=lambda one: order[type(one)]) == sorted(
        actions, key=lambda one: order[type(one)]
    )
    assert found.name == name


def test_a_mark_a_single_table_and_shifted_coordinates_are_understood(tmp_path):
    lon, lat = (float(part) for part in from_wgs84(*HERE, "GCJ-02"))
    text = f'[scenario]\ncoordinates = "gcj02"\n[add_facility]\nservice="park"\nat=[{lon}, {lat}]'
    found = lc.read_scenario(write(tmp_path / "乙.toml", text, "utf-8-sig"))
    assert found.name == "乙"
    assert found.source["coordinates"] == "gcj02"
    assert found.actions[0].at == pytest.approx(HERE, abs=1e-8)  # a millimetre
    plain = lc.read_scenario(tmp_path / "乙.toml", coordinates="WGS-84")
    assert plain.actions[0].at == (lon, lat)


def test_all_problems_of_a_file_come_at_once(tmp_path):
    found = told(
        write(
            tmp_path / "a.toml",
            """
            [scenario]
            nam = "x"
            coordinates = "mars"
            [[add_facilty]]
            service = "park"
            [[open_gate]]
            gate = "G1"
            [[open_gate]]
            gate_id = 7
            [[add_facility]]
            service = "park"
            [[move_facility]]
            facility_id = "F1"
            at = "here"
            [connect_streets]
            start = [28.1655, 112.991]
            end = [112.991, 28.1655]
            """,
        )
    )
    for words in (
        "unknown key in [scenario] 'nam'. Did you mean 'name'?",
        "coordinates: ",
        "unknown section 'add_facilty'. Did you mean 'add_facility'",
        "unknown key in [[open_gate]] 1 'gate'. Did you mean 'gate_id'",
        "[[open_gate]] 2: OpenGate: gate_id=7 is no text.",
        "[[add_facility]] needs at.",
        "[[move_facility]]: MoveFacility: at='here' is no place",
        "[[connect_streets]]: ConnectStreets: start=28.1655, 112.991 is no place on earth",
        "They look swapped",
    ):
        assert words in found, words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "there is no action in it"),
        ("[scenario]\nname = 1", "name = 1 must be text in quotes"),
        ("scenario = 3", "'scenario' must be a section"),
        ("open_gate = 'G1'", "must be a section: [[open_gate]]"),
        ("open_gate =", "is not valid TOML"),
        ("[[open_gate]]\naccess = 'closed'\ngate_id='G1'", "for 'open' (everybody)"),
    ],
)
def test_what_is_no_scenario_is_told(tmp_path, text, words):
    assert words in told(write(tmp_path / "a.toml", text))


def test_files_that_are_not_there_or_cannot_be_written_are_told(tmp_path):
    assert "there is no such file" in told(tmp_path / "a.toml")
    assert "there is no file 'a.gpkg'" in told(tmp_path / "a.gpkg")
    scenario = lc.Scenario(EVERY)
    with pytest.raises(InputError, match=r"end the name of the file in \.toml"):
        lc.write_scenario(scenario, tmp_path / "a.txt")
    (tmp_path / "taken.toml").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        lc.write_scenario(scenario, tmp_path / "taken.toml")
    with pytest.raises(InputError, match="half a letter"):
        lc.write_scenario(lc.Scenario(EVERY, name="\ud800"), tmp_path / "b.toml")
    assert [path.name for path in tmp_path.iterdir()] == ["taken.toml"]


# ----------------------------------------------------------------------------- layers


def layer(rows, shapes, crs=4326):
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry=shapes, crs=crs)


def points():
    return layer(
        {
            "操作": ["新建设施", "开放大门", "拆墙", "搬迁"],
            "服务": ["社区食堂", None, None, None],
            "容量": [80.0, None, None, None],
            "设施编号": [None, None, None, "F2"],
            "名称": ["食堂", None, None, None],
        },
        [shapely.Point(*HERE), shapely.Point(*THERE), shapely.Point(*HERE), shapely.Point(*THERE)],
    )


def lines():
    bent = shapely.LineString([HERE, (112.9915, 28.166), THERE])
    return layer(
        {"操作": ["打通断头路", "人行横道"], "信号灯": ["", "有"]},
        [bent, shapely.MultiLineString([bent])],
    )


POINTS = (
    lc.AddFacility("社区食堂", HERE, name="食堂", capacity=80),
    lc.OpenGate(at=THERE),
    lc.RemoveWall(at=HERE),
    lc.MoveFacility("F2", THERE),
)
LINES = (lc.ConnectStreets(HERE, THERE), lc.AddCrossing(HERE, THERE, signals=True))


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.shp"])
def test_points_and_lines_are_actions(tmp_path, name):
    path = tmp_path / name
    with warnings.catch_warnings():  # a Shapefile cuts names to ten bytes
        warnings.simplefilter("ignore")
        points().to_file(path)
        lines().to_file(tmp_path / f"l{name}")
    found = lc.read_scenario(path)
    assert found.actions == POINTS
    assert found.name == "a"
    assert lc.read_scenario(tmp_path / f"l{name}").actions == LINES


def test_of_a_geopackage_every_layer_of_actions_is_taken_or_the_one_named(tmp_path):
    path = tmp_path / "方案.gpkg"
    points().to_file(path, layer="点", driver="GPKG")
    lines().to_crs(32649).to_file(path, layer="线", driver="GPKG")
    layer({"楼": ["a"]}, [shapely.Point(*HERE)]).to_file(path, layer="楼栋", driver="GPKG")
    found = lc.read_scenario(path).actions
    assert found[:4] == POINTS
    assert np.allclose(found[4].start, HERE, atol=1e-9)
    assert lc.read_scenario(f"{path}|layername=点").actions == POINTS
    assert "there is no column 'action'" in told(f"{path}|layername=楼栋")


def test_a_table_needs_no_places_where_ids_say_it_all(tmp_path):
    text = "action,gate_id,facility_id,capacity,access\n开门,G1,,,业主\nextend_capacity,,F1,60,"
    found = lc.read_scenario(write(tmp_path / "a.csv", text, "gbk")).actions
    assert found == (lc.OpenGate("G1", "residents"), lc.ExtendCapacity("F1", 60.0))
    frame = pd.DataFrame(
        {"操作": ["新增设施", "OpenGate"], "服务": ["park", ""], "大门编号": ["", 12]}
    )
    frame.assign(经度=[HERE[0], None], 纬度=[HERE[1], None]).to_excel(
        tmp_path / "a.xlsx", index=False
    )
    found = lc.read_scenario(tmp_path / "a.xlsx").actions
    assert found == (lc.AddFacility("park", HERE), lc.OpenGate("12"))


def test_shifted_layers_are_brought_back(tmp_path):
    lon, lat = from_wgs84(*HERE, "BD-09")
    text = f"action,service,lon,lat\nadd_facility,park,{lon},{lat}"
    found = lc.read_scenario(write(tmp_path / "a.csv", text), coordinates="BD-09")
    assert found.actions[0].at == pytest.approx(HERE, abs=1e-7)
    assert found.source["coordinates"] == "BD-09"


def test_all_problems_of_a_layer_come_at_once_with_their_rows(tmp_path):
    path = tmp_path / "a.gpkg"
    line = shapely.LineString([HERE, THERE])
    layer(
        {
            "action": ["", "拆围樯", "open_gate", "add_facility", "打通道路", "扩容", "过街"],
            "capacity": [None, None, None, "many", None, None, None],
            "facility_id": [None] * 5 + ["F1", None],
            "access": [None, None, "closed", None, None, None, None],
            "signals": [None] * 6 + ["perhaps"],
        },
        [None, None, shapely.Point(HERE), line, shapely.Point(HERE), None, line],
    ).to_file(path)
    found = told(path)
    for words in (
        "row 1: it says no action; write one of add_facility",
        "row 2: unknown action '拆围樯' (did you mean remove_wall",
        "row 3 (open_gate): OpenGate: access='closed'",
        "row 4 (add_facility): it needs service (服务).",
        "row 4 (add_facility): capacity 'many' is no number.",
        "row 4 (add_facility): it needs a point; a LineString is drawn.",
        "row 5 (connect_streets): it needs a line from one side to the other; a Point is.",
        "row 6 (extend_capacity): it needs capacity (容量).",
        "row 7 (add_crossing): signals 'perhaps' is neither yes (是) nor no (否).",
    ):
        assert words in found, words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,lon,lat\na,112.99,28.16", "there is no column 'action' (操作)"),
        ("action,service\nadd_facility,park", "it needs a point; there are no columns of coordin"),
        ("action,service,lon,lat\nadd_facility,park,,", "it needs a point; nothing is drawn"),
        ("action,lon,lat\nconnect_streets,112.99,28.16", "it needs a line"),
        ("action,lon,lat\n", "there are no rows"),
    ],
)
def test_what_a_table_lacks_is_told(tmp_path, text, words):
    assert words in told(write(tmp_path / "a.csv", text))


def test_words_of_actions_are_told_apart():
    words = [word for words in ACTION_WORDS.values() for word in words]
    assert len(words) == len(set(words))
