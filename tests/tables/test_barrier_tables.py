"""Compounds, walls and gates: what is mended, what is refused, what is told."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import frames
from lifecircle.errors import (
    CrsError,
    DuplicateIdError,
    GeometryError,
    InputError,
    LifecircleWarning,
    MissingColumnError,
    UnknownNameError,
)
from lifecircle.tables.barriers import (
    ACCESS_WORDS,
    WALLED_WORDS,
    access_of,
    check_compounds,
    check_gates,
    check_walls,
)

LON, LAT = frames.LON, frames.LAT


def gates(*places, **columns):
    return frames.points(*(places or ((LON, LAT),)), **columns)


def walls(*lines, **columns):
    shapes = [shapely.from_wkt(line) if isinstance(line, str) else line for line in lines]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=4326)


def test_a_compound_gets_what_it_lacks_and_what_was_given_is_not_changed():
    given = frames.squares(0.001, 0.002)
    before = given.copy()
    checked = check_compounds(given)
    assert checked.columns.to_list() == ["compound_id", "name", "walled", "geometry"]
    assert checked["compound_id"].to_list() == ["C0001", "C0002"]
    assert checked["name"].to_list() == ["", ""]
    assert checked["walled"].dtype == np.bool_
    assert checked["walled"].all()
    pd.testing.assert_frame_equal(given, before)


@pytest.mark.parametrize("walled", [True, False])
def test_words_for_walled_are_understood(walled):
    words = WALLED_WORDS[walled]
    checked = check_compounds(frames.squares(*[0.001] * len(words), walled=list(words)))
    assert (checked["walled"] == walled).all()


def test_only_an_explicit_no_opens_a_compound():
    said = pd.Series([None, "", "否", 0.0, False, 1, "—", "是"], dtype=object)
    checked = check_compounds(frames.squares(*[0.001] * 8, walled=said))
    assert checked["walled"].to_list() == [True, True, False, False, False, True, True, True]


def test_an_unknown_word_for_walled_is_told_with_those_that_are_understood():
    with pytest.raises(InputError, match="'也许'") as told:
        check_compounds(frames.squares(0.001, 0.001, walled=["也许", "是"]))
    assert "1 of 2 rows (ids C0001)" in str(told.value)
    assert "有围墙" in str(told.value)


def test_a_self_crossing_compound_is_mended_and_told():
    bow_tie = shapely.Polygon([(0, 0), (0.002, 0.002), (0.002, 0), (0, 0.002)])
    with pytest.warns(LifecircleWarning, match=r"ids B\) crossed themselves and were mended"):
        checked = check_compounds(
            gpd.GeoDataFrame({"compound_id": ["B"]}, geometry=[bow_tie], crs=4326)
        )
    assert checked.geometry.is_valid.all()
    assert shapely.area(checked.geometry[0]) == pytest.approx(2e-6)


def test_all_that_is_wrong_with_compounds_is_told_at_once():
    shapes = [
        None,
        shapely.Polygon([(0, 0), (0.001, 0), (0.002, 0)]),
        shapely.Point(0, 0),
        shapely.box(0, 0, 0.001, 0.001),
    ]
    table = gpd.GeoDataFrame(
        {"compound_id": ["a", "b", "c", "c"], "walled": ["?", "是", "是", "是"]},
        geometry=shapes,
        crs=4326,
    )
    with pytest.raises(InputError) as told:
        check_compounds(table)
    for words in ("ids a) have no geometry", "more than one row (c)", "(Point)", "'?'"):
        assert words in str(told.value)
    with pytest.raises(GeometryError, match="have no area"):
        check_compounds(table.iloc[[1]])


def test_ids_of_compounds_stand_once():
    with pytest.raises(DuplicateIdError, match=r"1 ids stand in more than one row \(7\)"):
        check_compounds(frames.squares(0.001, 0.001, compound_id=[7, 7]))


def test_compounds_may_lie_in_one_another():
    nested = gpd.GeoDataFrame(
        geometry=[shapely.box(0, 0, 0.01, 0.01), shapely.box(0, 0, 0.001, 0.001)], crs=4326
    )
    assert len(check_compounds(nested)) == 2


@pytest.mark.parametrize("check", [check_compounds, check_walls, check_gates])
def test_an_empty_layer_is_told_once_and_keeps_its_columns(check):
    empty = gpd.GeoDataFrame(geometry=[], crs=4326)
    with pytest.warns(LifecircleWarning, match="the table has no rows"):
        checked = check(empty)
    assert checked.empty
    assert len(checked.columns) >= 3
    again = check(checked)
    assert again.columns.to_list() == checked.columns.to_list()


@pytest.mark.parametrize("check", [check_compounds, check_walls, check_gates])
def test_a_table_needs_geometry_and_a_reference_system(check):
    with pytest.raises(MissingColumnError, match="no geometry"):
        check(pd.DataFrame({"a": [1]}))
    shapes = {check_compounds: shapely.box(0, 0, 1e-3, 1e-3), check_gates: shapely.Point(0, 0)}
    shape = shapes.get(check, shapely.LineString([(0, 0), (1, 1)]))
    with pytest.raises(CrsError, match="no reference system"):
        check(gpd.GeoDataFrame(geometry=[shape]))


def test_walls_are_taken_apart_and_rings_are_walls():
    checked = check_walls(
        walls(
            "MULTILINESTRING ((0 0, 0.001 0), (0 0.001, 0.001 0.001))",
            shapely.box(0, 0, 0.01, 0.01).difference(shapely.box(0.002, 0.002, 0.003, 0.003)),
            "LINESTRING (0 0, 0 0.001)",
            wall_id=["m", "p", "l"],
            compound_id=["a", None, ""],
        )
    )
    assert checked["wall_id"].to_list() == ["m", "m#2", "p", "p#2", "l"]
    assert checked["compound_id"].to_list() == ["a", "a", None, None, None]
    assert set(checked.geometry.geom_type) == {"LineString"}
    assert shapely.length(checked.geometry[2]) == pytest.approx(0.04)


def test_walls_given_twice_under_one_id_are_told_apart():
    line = "LINESTRING (0 0, 0 0.001)"
    with pytest.warns(LifecircleWarning, match="'wall_id' that stands before"):
        checked = check_walls(walls(line, line, wall_id=["w", "w"]))
    assert checked["wall_id"].to_list() == ["w", "w#2"]


def test_walls_without_a_length_or_a_geometry_are_left_out_and_told():
    with pytest.warns(LifecircleWarning) as told:
        checked = check_walls(
            walls("LINESTRING (0 0, 0 0.001)", "LINESTRING (1 1, 1 1)", None, wall_id=list("abc"))
        )
    assert checked["wall_id"].to_list() == ["a"]
    messages = [str(one.message) for one in told]
    assert any("ids b) have no length" in message for message in messages)
    assert any("ids c) have no geometry" in message for message in messages)


def test_points_are_no_walls_and_polygons_no_gates():
    with pytest.raises(GeometryError, match=r"neither lines nor polygons \(Point\)"):
        check_walls(gates())
    with pytest.raises(GeometryError, match=r"not points \(Polygon\).*read_compounds"):
        check_gates(frames.squares(0.001))


@pytest.mark.parametrize("access", ["open", "residents", "closed"])
def test_words_for_access_are_understood(access):
    words = ACCESS_WORDS[access]
    checked = check_gates(gates(*[(LON, LAT)] * len(words), access=list(words)))
    assert (checked["access"] == access).all()
    assert checked["access_known"].all()


def test_no_word_says_two_things():
    words = [word for spellings in ACCESS_WORDS.values() for word in spellings]
    assert len(words) == len(set(words))
    walled = [word for spellings in WALLED_WORDS.values() for word in spellings]
    assert len(walled) == len(set(walled))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Ｏｐｅｎ", "open"), (" 仅 业主 ", "residents"), (True, "open"), (0.0, "closed")],
)
def test_width_case_spaces_and_kind_of_cell_do_not_matter(typed, meant):
    checked = check_gates(gates(access=pd.Series([typed], dtype=object)))
    assert checked["access"].to_list() == [meant]


@pytest.mark.parametrize("unknown", ["open", "residents", "closed"])
def test_gates_of_which_nothing_is_said_are_told_once_and_remembered(unknown):
    given = gates((LON, LAT), (LON + 1e-3, LAT), access=["关闭", None], gate_id=["a", "b"])
    with pytest.warns(LifecircleWarning) as told:
        checked = check_gates(given, unknown_access=unknown)
    assert len(told) == 1
    assert f"1 of 2 rows (ids b) do not say who passes; they count as '{unknown}'" in str(
        told[0].message
    )
    assert checked["access"].to_list() == ["closed", unknown]
    assert checked["access_known"].to_list() == [True, False]
    again = check_gates(checked)
    pd.testing.assert_frame_equal(again, checked)


def test_unknown_words_for_access_are_told_with_those_that_are_understood():
    hostile = "<script>alert(1)</script>"
    with pytest.raises(InputError) as told:
        check_gates(gates(*[(LON, LAT)] * 3, access=["蓝色", hostile, "开放"]))
    message = str(told.value)
    assert "2 of 3 rows" in message
    assert repr(hostile) in message
    assert "'蓝色'" in message
    assert "业主" in message


def test_what_is_unknown_must_be_one_of_the_three():
    with pytest.raises(UnknownNameError, match="Did you mean 'closed'"):
        check_gates(gates(), unknown_access="close")


def test_gates_keep_hours_name_and_compound_as_given():
    checked = check_gates(
        gates(
            (LON, LAT),
            (LON, LAT + 1e-3),
            access="open",
            hours=["Mo-Su 06:00-24:00", None],
            name=["东门", None],
            compound_id=[12.0, None],
            paint=["red", "blue"],
        )
    )
    assert checked["hours"].to_list() == ["Mo-Su 06:00-24:00", ""]
    assert checked["name"].to_list() == ["东门", ""]
    assert checked["compound_id"].to_list() == ["12", None]
    assert checked["paint"].to_list() == ["red", "blue"]


def test_a_gate_without_geometry_is_left_out_and_told():
    given = gates((LON, LAT), (LON, LAT), gate_id=["a", "b"], access="open")
    given.loc[1, "geometry"] = None
    with pytest.warns(LifecircleWarning, match=r"ids b\) have no geometry and were left out"):
        assert check_gates(given)["gate_id"].to_list() == ["a"]
    given["geometry"] = None
    with pytest.raises(InputError, match="no row has a geometry"):
        check_gates(given)


def test_one_point_of_a_multipoint_is_a_gate_and_several_are_not():
    one = gpd.GeoDataFrame(
        {"access": ["open"]}, geometry=[shapely.MultiPoint([(LON, LAT)])], crs=4326
    )
    assert check_gates(one).geometry.geom_type.to_list() == ["Point"]
    two = one.set_geometry([shapely.MultiPoint([(LON, LAT), (LON, LAT + 1)])], crs=4326)
    with pytest.raises(GeometryError, match="MultiPoint"):
        check_gates(two)


@given(st.text(max_size=8))
def test_any_text_means_one_of_three_things_or_nothing(word):
    assert access_of(word) in {"open", "residents", "closed", None}
