"""What maps show: the numbers they were given, under the right words."""

from __future__ import annotations

import copy
import re
from dataclasses import replace

import folium
import geopandas as gpd
import pandas as pd
import pytest
import shapely

from lifecircle.errors import CrsError, InputError, MissingColumnError, UnknownNameError
from lifecircle.outputs.maps import map_evaluation, map_isochrones
from lifecircle.outputs.words import words
from lifecircle.standards.standard import find_standard


def data_of(town):
    return town.get_root().data


def unpack(packed):
    lon = lat = 0
    points = []
    for step_lon, step_lat in zip(packed[::2], packed[1::2], strict=True):
        lon, lat = lon + step_lon, lat + step_lat
        points.append((lon / 1e6, lat / 1e6))
    return points


def unit_named(data, name):
    return next(unit for unit in data["units"] if unit["name"] == name)


# ---- the frame ----


def test_a_map_of_an_evaluation_is_a_folium_map(evaluation_of):
    assert isinstance(map_evaluation(evaluation_of()), folium.Map)


def test_title_subtitle_and_sample_mark_are_chinese(evaluation_of):
    data = data_of(map_evaluation(evaluation_of()))
    assert data["title"] == "砂子塘：生活圈步行可达性"
    assert data["subtitle"].startswith("城市居住区规划设计标准 GB 50180-2018 · 步行 5/10/15 分钟")
    assert data["subtitle"].endswith("步行者：成年人、老年人、儿童")
    assert data["sample"] == "示例数据 · 非实测"


def test_title_subtitle_and_sample_mark_are_english(evaluation_of):
    data = data_of(map_evaluation(evaluation_of(language="en"), title="Shazitang"))
    assert data["title"] == "Shazitang"
    assert data["subtitle"].endswith("5/10/15 min on foot · walkers: adult, older person, child")
    assert data["sample"] == "Sample data, drawn — not surveyed"
    assert '<html lang="en">' in map_evaluation(evaluation_of(language="en")).get_root().render()


@pytest.mark.parametrize(
    ("language", "title"),
    [("zh", "生活圈步行可达性"), ("en", "Walking access in the life circle")],
)
def test_a_study_without_a_name_has_a_title_without_a_colon(evaluation_of, language, title):
    evaluation = evaluation_of(language=language)
    evaluation.study.name = " "
    assert data_of(map_evaluation(evaluation))["title"] == title


def test_data_that_was_surveyed_carries_no_sample_mark(evaluation_of):
    assert data_of(map_evaluation(evaluation_of(sample=False)))["sample"] == ""


def test_sources_and_review_number_are_shown_if_given(evaluation_of):
    data = data_of(
        map_evaluation(evaluation_of(), data_sources=["甲", "乙"], review_number="湘S(2024)001号")
    )
    assert data["sources"] == "数据来源：甲；乙"
    assert data["review_number"] == "审图号：湘S(2024)001号"
    data = data_of(map_evaluation(evaluation_of(), data_sources="只有一个"))
    assert data["sources"] == "数据来源：只有一个"
    assert data["review_number"] == ""
    unstated = data_of(map_evaluation(evaluation_of(sample=False)))["sources"]
    assert unstated == "数据来源：未注明"
    of_the_sample = data_of(map_evaluation(evaluation_of()))["sources"]
    assert of_the_sample == "数据来源：示例数据 · 非实测"


def test_a_planners_own_standard_is_shown_by_its_name(evaluation_of):
    evaluation = evaluation_of()
    evaluation.rulebook = replace(
        find_standard("JGJ39-2016"), code="our own", name_zh="our own", name_en="our own"
    )
    assert data_of(map_evaluation(evaluation))["subtitle"].startswith("our own · ")


def test_an_unknown_language_is_an_error(evaluation_of):
    with pytest.raises(UnknownNameError, match="unknown language 'fr'"):
        map_evaluation(evaluation_of(language="fr"))


def test_every_word_is_there_in_both_languages_with_the_same_places():
    chinese, english = words("zh"), words("en")
    for key, text in chinese.items():
        places = set(re.findall(r"{\w+}", text))
        assert places == set(re.findall(r"{\w+}", english[key])), key
        assert text
        assert english[key]


def test_the_evaluation_is_left_as_it_was(evaluation_of):
    evaluation = evaluation_of()
    before = {
        name: copy.deepcopy(getattr(evaluation, name))
        for name in ("coverage", "units", "residents", "facilities", "isochrones")
    }
    map_evaluation(evaluation).get_root().render()
    for name, table in before.items():
        pd.testing.assert_frame_equal(table, getattr(evaluation, name))


# ---- layers ----


def test_coordinates_come_back_to_a_millionth_of_a_degree(evaluation_of):
    evaluation = evaluation_of()
    data = data_of(map_evaluation(evaluation))
    for (lon, lat), point in zip(
        unpack(data["residents"]["points"]), evaluation.residents.geometry, strict=True
    ):
        assert abs(lon - point.x) <= 5.1e-7
        assert abs(lat - point.y) <= 5.1e-7
    ring = unpack(unit_named(data, "乙社区")["polygons"][0][0])
    exact = shapely.get_coordinates(evaluation.units.geometry[2])
    assert ring == [(round(lon, 6), round(lat, 6)) for lon, lat in exact]


def test_holes_of_a_unit_stay_holes(evaluation_of):
    evaluation = evaluation_of()
    middle = evaluation.units.geometry[1]
    hole = middle.centroid.buffer(0.0005)
    evaluation.units.loc[1, "geometry"] = shapely.MultiPolygon([middle.difference(hole)])
    unit = unit_named(data_of(map_evaluation(evaluation)), "甲社区")
    assert [len(polygon) for polygon in unit["polygons"]] == [2]
    name_lat, name_lon = unit["at"]
    assert evaluation.units.geometry[1].contains(shapely.Point(name_lon, name_lat))


def test_streets_come_in_three_ranks(evaluation_of):
    streets = data_of(map_evaluation(evaluation_of()))["streets"]
    # primary, secondary · two residential and one unknown · footway, service
    assert {rank: len(lines) for rank, lines in streets.items()} == {
        "main": 2,
        "town": 3,
        "minor": 2,
    }


def test_above_thirty_thousand_the_minor_ways_are_left_out_and_it_is_said(evaluation_of):
    lines = shapely.linestrings([[(112.9 + i * 1e-6, 28.1), (112.9, 28.2)] for i in range(31_000)])
    edges = gpd.GeoDataFrame(
        {"highway": ["footway"] * 2_000 + ["residential"] * 29_000, "name": ""},
        geometry=lines,
        crs="EPSG:4326",
    )
    data = data_of(map_evaluation(evaluation_of(edges=edges)))
    assert len(data["streets"]["town"]) == 29_000
    assert len(data["streets"]["minor"]) == 1_000
    assert data["streets_note"] == "为控制文件大小，略去 1,000 段小路，计算时未略去"


def test_a_street_name_stands_once_along_its_street(evaluation_of):
    edges = gpd.GeoDataFrame(
        {"highway": ["primary", "primary", "footway"], "name": ["韶山中路", "韶山中路", "小径"]},
        geometry=[
            shapely.LineString([(112.986, 28.1600), (112.986, 28.1615)]),
            shapely.LineString([(112.986, 28.1615), (112.986, 28.1630)]),
            shapely.LineString([(112.987, 28.1600), (112.988, 28.1600)]),
        ],
        crs="EPSG:4326",
    )
    names = data_of(map_evaluation(evaluation_of(edges=edges)))["street_names"]
    assert [name["text"] for name in names] == ["韶山中路"]
    assert names[0]["at"] == [28.1615, 112.986]
    assert abs(names[0]["turn"]) == 90
    assert names[0]["length_m"] == pytest.approx(0.003 * 111_320, abs=1)


def test_streets_whose_names_are_not_written_can_still_be_found(evaluation_of):
    edges = gpd.GeoDataFrame(
        {
            "highway": ["primary", "footway", "footway", "footway"],
            "name": ["大路", "小径", "小径", ""],
        },
        geometry=[
            shapely.LineString([(112.986, 28.1600), (112.986, 28.1615)]),
            shapely.LineString([(112.987, 28.1600), (112.988, 28.1600)]),
            shapely.LineString([(112.987, 28.1610), (112.990, 28.1610)]),
            shapely.LineString([(112.987, 28.1620), (112.990, 28.1620)]),
        ],
        crs="EPSG:4326",
    )
    data = data_of(map_evaluation(evaluation_of(edges=edges)))
    assert [name["text"] for name in data["street_names"]] == ["大路"]
    assert data["street_places"] == [["小径", 28.161, 112.9885]]


def test_bands_are_in_the_order_of_groups_and_of_minutes(evaluation_of):
    bands = data_of(map_evaluation(evaluation_of()))["bands"]
    assert [one["label"] for one in bands["sets"]] == ["养老", "教育托育", "日常商业"]
    for one in bands["sets"]:
        assert [(area["minutes"], area["area_ha"]) for area in one["areas"]] == [
            (5.0, 4.0),
            (10.0, 16.0),
            (15.0, 36.0),
        ]


# ---- units in the order of their tree ----


def tree_of(data):
    rows = sorted(data["units"], key=lambda unit: unit["place"])
    units = data["units"]
    return [
        (
            unit["id"],
            unit["depth"],
            None if unit["parent"] is None else units[unit["parent"]]["id"],
        )
        for unit in rows
    ]


def test_units_are_listed_below_their_parents(evaluation_of):
    evaluation = evaluation_of()
    assert tree_of(data_of(map_evaluation(evaluation))) == [
        ("u0", 0, None),
        ("u1", 1, "u0"),
        ("u2", 1, "u0"),
        ("u3", 1, "u0"),
    ]
    evaluation.units["parent_id"] = ["u3", None, "u1", "somewhere else"]
    assert tree_of(data_of(map_evaluation(evaluation))) == [
        ("u1", 0, None),
        ("u2", 1, "u1"),
        ("u3", 0, None),
        ("u0", 1, "u3"),
    ]


def test_units_that_are_each_others_parents_are_all_listed_once(evaluation_of):
    evaluation = evaluation_of()
    evaluation.units["parent_id"] = ["u1", "u0", "u2", "u0"]
    assert tree_of(data_of(map_evaluation(evaluation))) == [
        ("u2", 0, None),
        ("u0", 0, "u1"),
        ("u1", 1, "u0"),
        ("u3", 1, "u0"),
    ]


def test_the_name_of_a_unit_with_children_stands_on_its_upper_edge(evaluation_of):
    evaluation = evaluation_of()
    west, _, east, north = evaluation.units.geometry[0].bounds
    whole = unit_named(data_of(map_evaluation(evaluation)), "砂子塘")
    assert whole["name_at"] == [round(north, 6), round((west + east) / 2, 6)]
    assert whole["at"] != whole["name_at"]
    part = unit_named(data_of(map_evaluation(evaluation)), "甲社区")
    assert part["at"] == part["name_at"]


def test_minutes_not_reached_are_unknown_and_not_zero(evaluation_of):
    evaluation = evaluation_of()
    residents = data_of(map_evaluation(evaluation))["residents"]
    assert residents["services"] == ["幼儿园", "菜市场或生鲜超市", "老年人日间照料中心"]
    assert [row[0] for row in residents["nearest"]] == [None, None, None]
    # 4.96 + 1 min for the second resident's kindergarten, in tenths.
    assert residents["nearest"][0][1] == 60
    assert residents["children"][:2] == [None, 1]
    assert residents["total"] == 3


def test_a_service_that_others_satisfy_shows_the_nearest_of_them(evaluation_of):
    evaluation = evaluation_of()
    evaluation.requirements.at[0, "accepts"] = ("kindergarten", "food_market", "not measured")
    evaluation.residents.loc[:2, "nearest_kindergarten_min"] = [float("nan"), 9.0, 4.0]
    evaluation.residents.loc[:2, "nearest_food_market_min"] = [float("nan"), 7.0, 5.0]
    residents = data_of(map_evaluation(evaluation))["residents"]
    assert residents["nearest"][0][:3] == [None, 70, 40]


def test_required_services_that_are_not_listed_are_named_as_unknown(evaluation_of):
    evaluation = evaluation_of()
    assert data_of(map_evaluation(evaluation))["residents"]["note"] == ""
    evaluation.required_services = evaluation.required_services[:1]
    note = data_of(map_evaluation(evaluation))["residents"]["note"]
    assert note == (
        "另有 2 项规定服务在设施表中没有（或都离道路过远），视为无数据，未计入："
        "菜市场或生鲜超市、老年人日间照料中心"
    )


def test_a_resident_far_from_any_street_is_unknown_and_not_zero(evaluation_of):
    evaluation = evaluation_of()
    assert not data_of(map_evaluation(evaluation))["residents"]["is_any_unknown"]
    evaluation.residents["unsnapped"] = [True] + [False] * (len(evaluation.residents) - 1)
    residents = data_of(map_evaluation(evaluation))["residents"]
    assert residents["completeness"][:2] == [None, 1]
    assert residents["is_any_unknown"]


def test_a_completeness_that_is_missing_is_unknown_and_not_zero(evaluation_of):
    evaluation = evaluation_of()
    count = evaluation.residents["completeness_15min_count"].astype("Int64")
    evaluation.residents["completeness_15min_count"] = count.mask(count == 2)
    residents = data_of(map_evaluation(evaluation))["residents"]
    assert residents["completeness"][:4] == [0, 1, None, 3]
    assert residents["is_any_unknown"]


def test_bands_say_who_walks(evaluation_of):
    evaluation = evaluation_of()
    evaluation.isochrones["walker"] = ["elderly"] * 3 + ["child"] * 3 + ["Nordic walker"] * 3
    bands = data_of(map_evaluation(evaluation))["bands"]
    said = ["步行者：老年人", "步行者：儿童", "步行者：Nordic walker"]
    assert [one["walker"] for one in bands["sets"]] == said


def test_facilities_keep_name_service_group_and_capacity(evaluation_of):
    facilities = data_of(map_evaluation(evaluation_of()))["facilities"]
    assert facilities["name"] == ["白沙幼儿园", "砂子塘菜市场", "野坡日照中心", ""]
    assert facilities["services"][facilities["service"][0]] == "幼儿园"
    labels = [facilities["groups"][one]["label"] for one in facilities["group"]]
    assert labels == ["教育托育", "日常商业", "养老", "医疗卫生"]
    assert facilities["capacity"] == [180, None, None, None]


def test_facilities_far_from_any_street_are_marked(evaluation_of):
    evaluation = evaluation_of()
    assert data_of(map_evaluation(evaluation))["facilities"]["unsnapped"] == [False] * 4
    evaluation.facilities["unsnapped"] = [True, False, False, True]
    evaluation.study.snap_m = 62.5
    facilities = data_of(map_evaluation(evaluation))["facilities"]
    assert facilities["unsnapped"] == [True, False, False, True]
    assert facilities["off_street"] == "距道路超过 62.5 米，未计入"


def test_a_group_that_is_not_in_the_catalogue_is_shown_as_other(evaluation_of):
    evaluation = evaluation_of()
    evaluation.facilities.loc[3, "group"] = None
    facilities = data_of(map_evaluation(evaluation))["facilities"]
    assert facilities["groups"][facilities["group"][3]]["label"] == "其他"


def test_an_evaluation_without_facilities_or_bands_still_makes_a_map(evaluation_of):
    evaluation = evaluation_of()
    evaluation.facilities = evaluation.facilities.iloc[:0]
    evaluation.isochrones = evaluation.isochrones.iloc[:0]
    data = data_of(map_evaluation(evaluation))
    assert data["facilities"]["groups"] == []
    assert data["bands"]["sets"] == []


def test_a_standard_that_requires_nothing_still_makes_a_map(evaluation_of):
    evaluation = evaluation_of()
    evaluation.required_services = ()
    assert data_of(map_evaluation(evaluation))["residents"]["total"] == 0


# ---- hostile text and size ----


def test_hostile_text_is_in_the_data_alone(evaluation_of, hostile_names):
    evaluation = evaluation_of(hostile_names)
    town = map_evaluation(evaluation, title="{{7*7}}<img src=x onerror=alert(1)>")
    page = town.get_root().render()
    assert "onerror=alert(1)>" not in page
    assert "<script>alert" not in page
    assert "<b onmouseover" not in page
    assert "\u2028" not in page
    assert page.count("{{7*7}}") >= 5  # written out, not computed
    assert data_of(town)["warnings"] == hostile_names


# ---- isochrones ----


def bands_of(key="origin_id", crs="EPSG:4326"):
    return gpd.GeoDataFrame(
        {key: ["a", "a", "b"], "minutes": [5, 10, 5], "area_ha": [1.24, 4.0, 1.0]},
        geometry=[shapely.box(0, 0, 1, 1), shapely.box(0, 0, 2, 2), shapely.box(3, 0, 4, 1)],
        crs=crs,
    )


def test_isochrones_are_chosen_by_origin_or_all_together():
    data = data_of(map_isochrones(bands_of(), language="en"))
    assert data["bands"]["all"] == "All origins"
    assert [one["key"] for one in data["bands"]["sets"]] == ["a", "b"]
    assert data["bands"]["sets"][0]["areas"][0]["area_ha"] == 1.2
    assert data["bounds"] == [[0.0, 0.0], [2.0, 4.0]]
    assert data["subtitle"] == "5/10 min on foot"


def test_isochrones_by_group_carry_the_groups_names():
    bands = bands_of("group").assign(group=["child", "child", "green"])
    labels = [one["label"] for one in data_of(map_isochrones(bands))["bands"]["sets"]]
    assert labels == ["教育托育", "公园绿地"]


def test_isochrones_in_metres_are_drawn_in_the_right_place():
    there = gpd.GeoDataFrame(
        {"origin_id": ["a"], "minutes": [5], "area_ha": [1.0]},
        geometry=[shapely.Point(112.99, 28.16).buffer(0.001)],
        crs="EPSG:4326",
    )
    direct = data_of(map_isochrones(there))["bounds"]
    assert data_of(map_isochrones(there.to_crs("EPSG:4547")))["bounds"] == direct


def test_origins_are_shown_with_what_is_known_of_them():
    points = gpd.GeoDataFrame(
        {"origin_id": ["a", "b"], "name": ["{{7*7}}", None], "service": ["kindergarten", None]},
        geometry=gpd.points_from_xy([0.5, 3.5], [0.5, 0.5]),
        crs="EPSG:4326",
    )
    assert data_of(map_isochrones(bands_of(), points=points))["points"] == [
        {"title": "{{7*7}}", "facts": [["服务", "幼儿园"]], "at": [0.5, 0.5]},
        {"title": "出发点 b", "facts": [], "at": [0.5, 3.5]},
    ]


def test_isochrones_without_a_column_or_a_row_or_a_crs_are_errors():
    with pytest.raises(MissingColumnError, match=r"no column minutes.*lc\.isochrones"):
        map_isochrones(bands_of().drop(columns="minutes"))
    with pytest.raises(InputError, match="empty"):
        map_isochrones(bands_of().iloc[:0])
    with pytest.raises(CrsError, match=r"polygons: no coordinate reference system.*set_crs"):
        map_isochrones(bands_of(crs=None))
