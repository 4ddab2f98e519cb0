"""The contract of residents' answers: each fault in one message, all faults at once."""

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from shapely import Point

import lifecircle as lc
from lifecircle.errors import did_you_mean
from lifecircle.tables.survey import ANSWER_COLUMNS, check_survey


def answers(**columns):
    given = {
        "answer_id": ["A1", "A2", "A3"],
        "unit_id": ["W", "W", "E"],
        "service": ["park", "food_market", "park"],
        "satisfaction": [1, 3, 5],
        "importance": [2, 4, 5],
    }
    return pd.DataFrame(given | columns)


def told(frame, **options):
    with pytest.raises(lc.InputError) as error:
        check_survey(frame, **options)
    return error


@pytest.fixture(autouse=True)
def _no_warning_unless_expected():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def test_a_clean_table_has_its_columns_in_order_and_others_behind():
    given = answers(note=["x", "y", "z"], wave=[2023.0, 2023.0, 2025.0], segment=["elderly", "", 1])
    checked = check_survey(given)
    assert checked.columns.to_list() == [
        "answer_id", "unit_id", "service", "satisfaction", "importance", "segment", "weight",
        "wave", "note",
    ]  # fmt: skip
    assert checked["wave"].to_list() == ["2023", "2023", "2025"]
    assert checked["segment"].to_list() == ["elderly", None, "1"]
    assert checked["weight"].to_list() == [1.0, 1.0, 1.0]
    assert [name for name in ANSWER_COLUMNS if name in checked] == checked.columns.to_list()[:-1]
    assert_frame_equal(check_survey(checked), checked)


def test_the_table_handed_in_is_not_changed():
    given = answers(satisfaction=["１", "3", ""], weight=["1", "2", "0.5"])
    given.index = [7, 7, 7]
    before = given.copy(deep=True)
    checked = check_survey(given)
    assert_frame_equal(given, before)
    assert checked["satisfaction"].to_list()[:2] == [1.0, 3.0]
    assert np.isnan(checked["satisfaction"][2])
    assert checked["weight"].to_list() == [1.0, 2.0, 0.5]


def test_missing_columns_are_told_with_those_that_are_there():
    error = told(answers().drop(columns=["service", "satisfaction", "importance"]))
    assert isinstance(error.value, lc.MissingColumnError)
    assert "no column 'service' and no 'satisfaction' or 'importance'" in str(error.value)
    assert "Columns found: answer_id, unit_id" in str(error.value)


def test_importance_alone_is_enough():
    checked = check_survey(answers().drop(columns="satisfaction"))
    assert "satisfaction" not in checked
    assert checked["importance"].to_list() == [2.0, 4.0, 5.0]


@pytest.mark.parametrize("name", ["satisfaction", "importance"])
def test_answers_outside_1_to_5_are_told_with_rows_and_values(name):
    error = told(answers(**{name: [0, 5, 5.5]}))
    assert f"2 of 3 rows (ids A1, A3) have a {name!r} outside 1 to 5 (0, 5.5)" in str(error.value)
    assert "inf" in str(told(answers(**{name: [np.inf, 1, 1]})).value)


def test_words_are_told_with_how_to_explain_them():
    error = told(answers(satisfaction=["凑合", "5", "凑合"]))
    assert "2 of 3 rows (ids A1, A3) have words in 'satisfaction'" in str(error.value)
    assert "('凑合')" in str(error.value)
    assert "[survey.answers]" in str(error.value)


@pytest.mark.parametrize("weight", [-1, "viel", np.inf])
def test_weights_that_are_none_are_told(weight):
    error = told(answers(weight=[1, weight, 2]))
    assert "1 of 3 rows (ids A2) have a 'weight' that is no number of 0 or more" in str(error.value)
    assert str(weight) in str(error.value)


def test_a_missing_weight_counts_as_1_and_is_told_but_a_weight_of_0_stays():
    with pytest.warns(lc.LifecircleWarning, match=r"1 of 3 rows \(ids A3\) have no 'weight'"):
        checked = check_survey(answers(weight=[0, 2, None]))
    assert checked["weight"].to_list() == [0.0, 2.0, 1.0]
    blank = check_survey(answers(weight=["", "", ""]))  # a column that nobody filled
    assert blank["weight"].to_list() == [1.0, 1.0, 1.0]


def test_unknown_services_are_told_with_the_did_you_mean():
    known = ["park", "food_market", "kindergarten"]
    error = told(answers(service=["park", "foodmarket", "??"]), known_services=known)
    assert isinstance(error.value, lc.UnknownServiceError)
    assert "2 of 3 rows (ids A2, A3) name services" in str(error.value)
    assert "'foodmarket' (did you mean food_market?), '??'." in str(error.value)
    blank = told(answers(service=["park", None, "park"]))
    assert "1 of 3 rows (ids A2) do not say which service" in str(blank.value)


def test_units_that_do_not_exist_are_told_with_the_nearest_by_id_and_by_name():
    units = pd.DataFrame({"unit_id": ["YH-1", "YH-2"], "name": ["白沙社区", "野坡社区"]})
    error = told(answers(unit_id=["YH-1", "YH-11", "白砂社区"]), units=units)
    assert isinstance(error.value, lc.AlignmentError)
    message = str(error.value)
    assert "2 of 3 rows (ids A2, A3) name units that do not exist" in message
    assert "'YH-11' (did you mean YH-1 or YH-2?)" in message
    assert "'白砂社区' (did you mean 白沙社区?)" in message  # a name where a name was written
    assert "Units are 白沙社区 (YH-1), 野坡社区 (YH-2)" in message
    ids = told(answers(unit_id=["W", "W", "Z"]), units=["W", "E"])
    assert "'Z'. Units are W, E" in str(ids.value)


def test_all_problems_of_the_table_are_told_at_once():
    bad = answers(
        satisfaction=[9, "so", 3],
        importance=[1, 6, 1],
        weight=[1, -2, 1],
        service=["park", "park", "pork"],
        unit_id=["W", "X", "E"],
    )
    error = told(bad, units=["W", "E"], known_services=["park"])
    message = str(error.value)
    assert type(error.value) is lc.InputError
    assert "6 things are wrong" in message
    for words in ("words in 'satisfaction'", "'satisfaction' outside", "'importance' outside",
                  "'weight'", "did you mean park", "'X'"):  # fmt: skip
        assert words in message


def test_ids_that_stand_twice_are_told_apart_with_a_warning():
    with pytest.warns(lc.LifecircleWarning, match=r"1 of 3 rows \(ids A1\) have a 'answer_id'"):
        checked = check_survey(answers(answer_id=["A1", "A1", ""]))
    assert checked["answer_id"].to_list() == ["A1", "A1#2", "A0003"]
    check_survey(checked)  # told once


def test_a_person_who_answers_twice_is_told_once():
    given = answers(
        person_id=["P", "P", "P"], unit_id=["W"] * 3, service=["park"] * 3,
        satisfaction=[4, 5, None], importance=[None, None, 5],
    )  # fmt: skip
    with pytest.warns(lc.LifecircleWarning) as caught:
        checked = check_survey(given)
    assert [str(one.message)[:40] for one in caught] == ["survey: 1 of 3 rows (ids A2) answer a qu"]
    check_survey(checked)
    check_survey(given.assign(wave=["1", "2", "2"]))  # asked again is not twice
    check_survey(given.assign(person_id=None))  # nobody knows


def test_answers_without_a_unit_or_without_an_answer_are_left_out_with_a_warning():
    given = answers(unit_id=["W", None, "E"], satisfaction=[1, 2, None], importance=[1, 2, None])
    with pytest.warns(lc.LifecircleWarning) as caught:
        checked = check_survey(given)
    assert checked["answer_id"].to_list() == ["A1"]
    assert [str(one.message) for one in caught] == [
        "survey: 1 of 3 rows (ids A2) name no unit and were left out.",
        (
            "survey: 1 of 2 rows (ids A3) say nothing (satisfaction and importance blank) and were "
            "left out."
        ),
    ]


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (answers(unit_id=None), "'unit_id' is blank in every row"),
        (answers(satisfaction=None, importance=np.nan), "nobody answered"),
        (answers().head(0), "the table has no rows"),
        ([1, 2], "not a list"),
        (answers(a=1, b=2).rename(columns={"b": "a"}), r"columns stand twice \(a\)"),
    ],
)
def test_tables_of_nothing_are_told(frame, words):
    with pytest.raises(lc.InputError, match=words):
        check_survey(frame)


def test_places_of_a_layer_are_dropped():
    layer = gpd.GeoDataFrame(answers(), geometry=[Point(113, 28)] * 3, crs=4326)
    checked = check_survey(layer)
    assert type(checked) is pd.DataFrame
    assert "geometry" not in checked


def test_the_nearest_of_words_is_offered_once_per_thing():
    assert did_you_mean("菜市场所", {"菜市场": "food_market", "菜场": "food_market"}) == (
        " (did you mean food_market?)"
    )
    assert did_you_mean("qq", ["park"]) == ""
