"""The checks that every table passes: what is wrong, where, how often, and what to do."""

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from frames import LAT, LON, clinics, homes, points, squares
from lifecircle.errors import (
    DuplicateIdError,
    InputError,
    LifecircleWarning,
    MissingColumnError,
    UnknownNameError,
    UnknownServiceError,
)
from lifecircle.tables import check_facilities, check_residents, check_units
from lifecircle.tables.values import as_ids, as_numbers

# --- what a clean table is -------------------------------------------------------------------


def test_a_clean_units_table_has_its_columns_in_order_and_extras_behind():
    given = squares(0.01, 0.01, 备注=["a", "b"], people=[5, 6], unit_id=["x", "y"])
    units = check_units(given)
    names = ["unit_id", "name", "level", "area_ha", "people", "备注", "geometry"]
    assert units.columns.to_list() == names
    assert units["name"].to_list() == ["x", "y"]
    assert set(units["level"]) == {"unit"}
    assert units.crs.to_epsg() == 4326
    assert isinstance(units.index, pd.RangeIndex)


@pytest.mark.parametrize(
    ("check", "table"),
    [
        (
            check_units,
            squares(0.01, 0.01, unit_id=["007", "b"], people=[1, None], parent_id=[1, 2]),
        ),
        (check_facilities, clinics((LON, LAT), (LON, 28.2), name=["a", None], capacity=[3, 4])),
        (check_residents, homes((LON, LAT), (LON, 28.2), elderly=[1, 2], unit_id=[1, 2])),
    ],
)
def test_a_checked_table_is_checked_again_without_change_or_warning(check, table):
    once = check(table)
    assert_geodataframe_equal(check(once), once)


def test_doubts_that_stay_are_told_once_and_new_ones_again():
    given = clinics((LON, LAT), (LON, LAT), name=["a", "a"])
    with pytest.warns(LifecircleWarning, match="1 of 2 rows"):
        once = check_facilities(given)
    assert_geodataframe_equal(check_facilities(once), once)
    more = pd.concat([once, once.iloc[[0]]])
    more.attrs = once.attrs
    with pytest.warns(LifecircleWarning) as told:
        check_facilities(more)
    assert "2 of 3 rows" in str(told[0].message)


def test_a_warning_points_at_the_line_of_the_caller():
    with pytest.warns(LifecircleWarning) as told:
        check_facilities(clinics((LON, LAT), (LON, LAT)))
    assert told[0].filename == __file__


@pytest.mark.parametrize("check", [check_units, check_facilities, check_residents])
def test_the_table_handed_in_is_not_changed(check):
    given = squares(0.01, 0.01, service="clinic", people=["１", "2"], capacity=["3", "4"])
    given.index = [7, 7]
    before = given.copy(deep=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(given)
    assert_geodataframe_equal(given, before)
    assert given.attrs == {}


def test_equal_index_labels_are_harmless():
    given = homes((LON, LAT), (LON, 28.2), people=[1, 2])
    given.index = ["same", "same"]
    residents = check_residents(given)
    assert residents["people"].to_list() == [1.0, 2.0]
    assert residents.index.to_list() == [0, 1]


def test_an_index_that_is_called_as_the_id_is_taken_as_the_id():
    given = homes((LON, LAT), people=[1])
    given.index = pd.Index(["a"], name="resident_id")
    assert check_residents(given)["resident_id"].to_list() == ["a"]


def test_a_geometry_column_of_another_name_is_renamed():
    given = homes((LON, LAT)).rename_geometry("geom")
    assert check_residents(given).columns.to_list() == ["resident_id", "people", "geometry"]


def test_heights_are_dropped():
    given = gpd.GeoDataFrame({"people": [1]}, geometry=[Point(LON, LAT, 50)], crs=4326)
    assert not check_residents(given).geometry.has_z.any()


def test_a_frame_without_geometry_is_told_what_to_use():
    with pytest.raises(
        MissingColumnError, match=r"residents: the table has no geometry.*read_resid"
    ):
        check_residents(pd.DataFrame({"people": [1]}))


def test_columns_that_stand_twice_are_an_error():
    given = homes((LON, LAT), a=1, b=2).rename(columns={"b": "a"})
    with pytest.raises(InputError, match=r"columns stand twice \(a\)"):
        check_residents(given)


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(4)))
def test_the_order_of_rows_does_not_matter(order):
    given = squares(0.01, 0.02, 0.01, 0.03, unit_id=list("abcd"), people=[1, 2, 3, 4])
    plain = check_units(given)
    mixed = check_units(given.iloc[list(order)]).sort_values("unit_id", ignore_index=True)
    assert_geodataframe_equal(mixed, plain)


# --- 7, 8, 11: nothing there ------------------------------------------------------------------


def test_no_facilities_are_allowed_with_a_warning():
    with pytest.warns(LifecircleWarning, match="facilities: the table has no rows.*coverage is 0"):
        none = check_facilities(gpd.GeoDataFrame(geometry=[], crs=3857))
    assert none.columns.to_list() == ["facility_id", "name", "service", "geometry"]
    assert none.crs.to_epsg() == 4326
    assert len(check_facilities(none)) == 0


@pytest.mark.parametrize("check", [check_units, check_residents])
def test_no_units_and_no_residents_are_an_error(check):
    with pytest.raises(InputError, match=r"the table has no rows\. Is it the right file"):
        check(gpd.GeoDataFrame({"people": []}, geometry=[], crs=4326))


def test_rows_without_geometry_are_left_out_and_listed():
    given = gpd.GeoDataFrame(
        {"people": [1, 2, 3]}, geometry=[Point(LON, LAT), None, Point()], crs=4326
    )
    message = r"residents: 2 of 3 rows \(ids R000002, R000003\) have no geometry and were left out"
    with pytest.warns(LifecircleWarning, match=message):
        residents = check_residents(given)
    assert residents["resident_id"].to_list() == ["R000001"]


@pytest.mark.parametrize("check", [check_units, check_residents])
def test_a_table_in_which_no_row_has_geometry_is_an_error(check):
    given = gpd.GeoDataFrame({"people": [1]}, geometry=[None], crs=4326)
    with pytest.raises(InputError, match="no row has a geometry"):
        check(given)


# --- 13, 50: ids and duplicates ---------------------------------------------------------------


def test_ids_are_text_and_made_where_missing():
    given = clinics((LON, LAT), (LON, 28.2), (LON, 28.3), facility_id=[101.0, None, 3.0])
    assert check_facilities(given)["facility_id"].to_list() == ["101", "F0002", "3"]
    assert check_units(squares(0.01))["unit_id"].to_list() == ["U0001"]
    assert as_ids(pd.Series(["007", 1.5, 330106000000.0, " a "], dtype=object)).to_list() == [
        "007",
        "1.5",
        "330106000000",
        "a",
    ]


def test_unit_ids_that_stand_twice_are_an_error():
    with pytest.raises(DuplicateIdError, match=r"1 ids stand in more than one row \(x\)"):
        check_units(squares(0.01, 0.01, 0.01, unit_id=["x", "y", "x"]))


def test_other_ids_that_stand_twice_are_told_apart():
    given = clinics(
        (LON, LAT), (LON, 28.2), (LON, 28.3), (LON, 28.4), facility_id=["a", "a", "a#2", "a"]
    )
    with pytest.warns(LifecircleWarning, match=r"2 of 4 rows \(ids a, a\).*'#2'"):
        facilities = check_facilities(given)
    assert facilities["facility_id"].to_list() == ["a", "a#3", "a#2", "a#4"]


def test_repeated_facilities_are_kept_with_a_warning_or_dropped():
    given = clinics((LON, LAT), (LON, LAT), (LON, LAT), name=["白沙诊所", "白沙诊所", "另一诊所"])
    with pytest.warns(
        LifecircleWarning, match=r"1 of 3 rows \(ids F0002\) repeat.*\"drop\" counts"
    ):
        assert len(check_facilities(given)) == 3
    with pytest.warns(LifecircleWarning, match=r"1 of 3 rows \(ids F0002\) repeat.*were left out"):
        dropped = check_facilities(given, duplicates="drop")
    assert dropped["facility_id"].to_list() == ["F0001", "F0003"]


def test_repeated_residents_are_kept_with_a_warning_or_dropped():
    given = homes((LON, LAT), (LON, LAT), (LON, LAT), people=[3, 3, 4])
    with pytest.warns(
        LifecircleWarning, match=r"1 of 3 rows \(ids R000002\) repeat the people and"
    ):
        assert check_residents(given)["people"].sum() == 10
    with pytest.warns(LifecircleWarning, match="left out"):
        assert check_residents(given, duplicates="drop")["people"].sum() == 7


def test_households_with_ids_of_their_own_are_no_duplicates():
    given = homes((LON, LAT), (LON, LAT), people=[3, 3], resident_id=["1-101", "1-102"])
    assert len(check_residents(given)) == 2


def test_a_choice_for_duplicates_that_is_not_there_lists_those_that_are():
    with pytest.raises(UnknownNameError, match="keep, drop"):
        check_residents(homes((LON, LAT)), duplicates="remove")


# --- 33, 46: numbers --------------------------------------------------------------------------


def test_numbers_are_understood_as_people_type_them():
    typed = ["１２０．１３", " 1,234 ", "12,345,678.5", "−3", "5e2"]
    assert as_numbers(pd.Series(typed)).to_list() == [120.13, 1234.0, 12345678.5, -3.0, 500.0]
    wrong = ["12,5", "1,23", "约200", "", None, "3人"]
    assert as_numbers(pd.Series(wrong)).isna().all()
    assert as_numbers(pd.Series([1, None], dtype="Int64")).to_list()[0] == 1.0


@settings(max_examples=50, deadline=None)
@given(st.integers(min_value=0, max_value=10**12))
def test_full_width_and_separated_numbers_are_the_same_number(number):
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))
    typed = pd.Series([wide, f"{number:,}", f"{number:,}".replace(",", "，"), str(number)])
    assert as_numbers(typed).to_list() == [float(number)] * 4


def test_people_that_are_no_numbers_negative_or_missing_come_in_one_error():
    given = points((1, 1), (2, 2), (3, 3), (4, 4), (5, 5), people=["约200", "-5", "", "inf", "7"])
    with pytest.raises(InputError) as caught:
        check_residents(given)
    lines = str(caught.value).splitlines()
    assert lines[0] == "residents: 3 things are wrong."
    assert "1 of 5 rows (ids R000001) have no number in 'people' but '约200'" in lines[1]
    assert "2 of 5 rows (ids R000002, R000004) have 'people' negative or infinite" in lines[2]
    assert "1 of 5 rows (ids R000003) have nothing in 'people'. Write 0" in lines[3]


def test_faults_of_different_kinds_come_in_one_error():
    given = points((28.1, 112.9), service=["flying"], capacity=["many"])
    with pytest.raises(InputError) as caught:
        check_facilities(given, ["clinic"])
    assert type(caught.value) is InputError
    for words in ("3 things are wrong", "'flying' × 1", "'capacity' but 'many'", "swapped"):
        assert words in str(caught.value)


def test_residents_need_people():
    with pytest.raises(MissingColumnError, match=r"no column 'people'.*Columns found: 户型"):
        check_residents(points((LON, LAT), 户型=["a"]))


def test_a_gap_in_a_part_of_the_people_is_an_error_and_an_empty_column_is_none():
    with pytest.raises(InputError, match=r"1 of 2 rows \(ids R000002\) have nothing in 'elderly'"):
        check_residents(homes((1, 1), (2, 2), elderly=[1, None]))
    assert "elderly" not in check_residents(homes((1, 1), (2, 2), elderly=[None, None]))


def test_more_elderly_than_people_is_told():
    given = homes((1, 1), (2, 2), people=[10, 10], elderly=[11, 10])
    with pytest.warns(LifecircleWarning, match=r"1 of 2 rows \(ids R000001\).*more 'elderly' than"):
        once = check_residents(given)
    assert_geodataframe_equal(check_residents(once), once)


def test_a_unit_may_lack_a_number_but_not_have_a_wrong_one():
    units = check_units(squares(0.01, 0.01, people=["", "１００"]))
    assert np.isnan(units["people"][0])
    assert units["people"][1] == 100
    with pytest.raises(InputError, match=r"1 of 2 rows \(ids U0001\) have 'households' negative"):
        check_units(squares(0.01, 0.01, households=[-1, 5]))


# --- services ---------------------------------------------------------------------------------


def test_unknown_services_are_listed_with_their_counts():
    given = points((1, 1), (2, 2), (3, 3), (4, 4), service=["x", "clinic", "x", "y"])
    message = r"3 of 4 rows .* have 2 services that are not in the catalogue: 'x' × 2, 'y' × 1"
    with pytest.raises(UnknownServiceError, match=message):
        check_facilities(given, {"clinic"})
    assert len(check_facilities(given)) == 4


def test_rows_without_a_service_are_an_error():
    with pytest.raises(InputError, match=r"1 of 2 rows \(ids F0002\) have no 'service'"):
        check_facilities(points((1, 1), (2, 2), service=["clinic", " "]))


def test_facilities_need_a_service():
    message = r"no column 'service'.*columns=\{'类别': 'service'\}.*Columns found: kind"
    with pytest.raises(MissingColumnError, match=message):
        check_facilities(points((1, 1), kind=["a"]))


def test_units_that_name_a_parent_are_of_a_level_below_it():
    nested = gpd.GeoDataFrame(
        {"unit_id": ["C", "W", "G"], "parent_id": [None, "C", "W"]},
        geometry=[shapely.box(112, 28, 112 + side, 28 + side) for side in (0.02, 0.01, 0.005)],
        crs="EPSG:4326",
    )
    # no overlap is told, for none is on one level
    assert check_units(nested)["level"].to_list() == ["unit", "sub-unit", "sub-sub-unit"]
    circle = nested.assign(parent_id=["G", "C", "W"])  # each above another
    with pytest.warns(LifecircleWarning):
        assert len(check_units(circle)) == 3
