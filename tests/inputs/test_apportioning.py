"""Whole people, shared out so that nobody is lost and nobody counts twice."""

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from frames import squares
from lifecircle.errors import InputError, LifecircleWarning, UnknownNameError
from lifecircle.inputs.apportioning import residents_of, share_out, whole_totals
from lifecircle.inputs.unit_totals import (
    as_units,
    assumed,
    checked_shares,
    finest_totals,
    tell_unknown,
)
from lifecircle.tables import check_units


def town(people, elderly=None, children=None):
    """Regions A, B, … with these totals."""
    names = [chr(ord("A") + number) for number in range(len(people))]
    table = pd.DataFrame({"unit_id": names, "people": people})
    return table.assign(
        elderly=np.nan if elderly is None else elderly,
        children=np.nan if children is None else children,
    )


def homes(weights, region=0, **columns):
    """Places side by side."""
    size = len(weights)
    table = pd.DataFrame(
        {
            "resident_id": [f"R{number:03d}" for number in range(size)],
            "lon": 112.99 + np.arange(size) * 1e-4,
            "lat": 28.16,
            "region": region,
            "weight": weights,
            "low_factor": 0.75,
            "high_factor": 1.25,
            "method": "buildings",
        }
    )
    return table.assign(**columns)


def test_the_largest_remainders_get_the_last_people():
    """7 people on weights 1 : 1 : 2 are 1.75, 1.75, 3.5: 1 + 1 + 3, then one each of the .75."""
    people, quota = share_out(np.array([1.0, 1, 2]), np.zeros(3, dtype=int), np.array([7.0]))
    assert quota.tolist() == [1.75, 1.75, 3.5]
    assert people.tolist() == [2.0, 2.0, 3.0]


def test_each_group_keeps_its_own_total():
    group = np.array([0, 1, 0, 1, 1])
    people, _ = share_out(np.ones(5), group, np.array([3.0, 10.0]))
    assert people[group == 0].tolist() == [2.0, 1.0]
    assert people[group == 1].tolist() == [4.0, 3.0, 3.0]


def test_a_group_without_weight_gets_nobody():
    people, _ = share_out(np.array([0.0, 5.0]), np.array([0, 1]), np.array([9.0, 4.0]))
    assert people.tolist() == [0.0, 4.0]


def test_an_age_group_is_counted_at_the_people_that_are_left():
    """10 people, 6 elderly and 4 children in houses of 5: 3 and 2 in each, never 6 of 5."""
    made = residents_of(homes([1, 1]), town([10], [6], [4]), {})
    assert made["elderly"].to_list() == [3, 3]
    assert made["children"].to_list() == [2, 2]


def test_more_elderly_than_people_are_cut_to_the_people():
    made = residents_of(homes([1, 1]), town([10], [14], [3]), {})
    assert made["elderly"].to_list() == made["people"].to_list() == [5, 5]
    assert made["children"].to_list() == [0, 0]


def test_a_share_stands_in_where_the_count_is_missing():
    places = homes([1, 1], region=[0, 1])
    made = residents_of(places, town([10, 20], [3, np.nan]), {"elderly": 0.25})
    assert made["elderly"].to_list() == [3, 5]


def test_a_count_that_some_units_lack_is_left_out_and_told():
    with pytest.warns(LifecircleWarning, match=r"1 of 2 \(ids B\) do not say how many elderly"):
        made = residents_of(homes([1, 1], region=[0, 1]), town([10, 20], [3, np.nan]), {})
    assert "elderly" not in made
    with pytest.warns(LifecircleWarning, match=r"shares=\{'elderly': …\}"):
        residents_of(homes([1, 1], region=[0, 1]), town([10, 20], [3, np.nan]), {})


def test_a_unit_without_people_need_not_count_its_elderly():
    made = residents_of(homes([1, 1], region=[0, 1]), town([10, 0], [3, np.nan]), {})
    assert made["elderly"].to_list() == [3, 0]


def test_nobody_at_all_is_an_error_not_a_crash():
    with pytest.raises(InputError, match=r"no unit has anybody.*in another column"):
        residents_of(homes([1]), town([0]), {})


def test_a_column_of_the_data_with_our_name_steps_aside():
    made = residents_of(homes([1], people=[77], elderly=["?"], colour=["red"]), town([3]), {})
    assert made["people"].to_list() == [3]
    assert made["people in file"].to_list() == [77]
    assert made["elderly in file"].to_list() == ["?"]
    assert made["colour"].to_list() == ["red"]


places_and_totals = st.integers(1, 4).flatmap(
    lambda groups: st.tuples(
        st.lists(
            st.tuples(st.integers(0, groups - 1), st.floats(0, 1e6), st.floats(0.0, 1.0)),
            min_size=1,
            max_size=25,
        ),
        st.lists(st.integers(0, 5000), min_size=groups, max_size=groups),
        st.lists(st.floats(0, 1), min_size=groups, max_size=groups),
        st.randoms(use_true_random=False),
    )
)


@given(places_and_totals)
def test_whatever_comes_sums_are_exact_and_parts_fit(drawn):
    rows, totals, ages, chance = drawn
    group = np.array([row[0] for row in rows])
    weights = np.array([row[1] for row in rows])
    error = np.array([row[2] for row in rows])
    people = np.array(totals, dtype=float)
    if not people.sum():
        return
    elderly = np.round(people * ages)
    places = homes(weights, region=group, low_factor=1 - error, high_factor=1 + error)
    regions = town(people, elderly, np.round((people - elderly) * ages[::-1]))
    made = residents_of(places, regions, {})
    weighed = np.bincount(group, weights=weights, minlength=len(people)) > 0
    for name in ("people", "elderly", "children"):
        values = made[name].to_numpy()
        assert (values == np.round(values)).all()
        assert (values >= 0).all()
        sums = np.bincount(group, weights=values, minlength=len(people))
        assert (sums[weighed] == regions[name][weighed]).all()
    assert (made["elderly"] + made["children"] <= made["people"]).all()
    assert (made["people_low"] <= made["people"]).all()
    assert (made["people"] <= made["people_high"]).all()
    assert (made["people_high"] <= people[group]).all()
    sums = np.bincount(group, weights=weights, minlength=len(people))
    exact = weights / np.where(sums > 0, sums, 1)[group] * people[group]
    assert (np.abs(made["people"] - exact)[weighed[group]] < 1 + 1e-6).all()
    order = list(range(len(rows)))
    chance.shuffle(order)
    mixed = residents_of(places.iloc[order].reset_index(drop=True), regions, {})
    pd.testing.assert_frame_equal(
        pd.DataFrame(mixed.drop(columns="geometry").sort_values("resident_id", ignore_index=True)),
        pd.DataFrame(made.drop(columns="geometry")),
    )


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=20))
def test_rounded_totals_lose_nobody(sums):
    whole = whole_totals(np.array(sums))
    assert whole.sum() == np.round(np.sum(sums))
    assert (np.abs(whole - sums) < 1 + 1e-6).all()


# --- assumptions and shares ------------------------------------------------------------------


def test_assumptions_are_known_by_name_and_above_nothing():
    with pytest.raises(UnknownNameError, match=r"unknown assumption 'm2_person'.*m2_per_person"):
        assumed({"m2_person": 30})
    for value in (0, -1, float("nan"), True, "30"):
        with pytest.raises(InputError, match="give a number above 0"):
            assumed({"m2_per_person": value})


def test_shares_are_of_known_groups_and_no_more_than_everyone():
    with pytest.raises(UnknownNameError, match="Did you mean 'elderly'"):
        checked_shares({"elder": 0.1})
    with pytest.raises(InputError, match="give a share from 0 to 1"):
        checked_shares({"elderly": 20})
    with pytest.raises(InputError, match="more than everyone"):
        checked_shares({"elderly": 0.7, "children": 0.4})


# --- which units' totals count ---------------------------------------------------------------


def nested(**columns):
    """A circle of two communities side by side."""
    west, east = squares(0.01, 0.01).geometry
    shapes = [box(*west.union(east).bounds), west, east]
    table = {"unit_id": ["S", "A", "B"], "level": ["circle", "community", "community"], **columns}
    return check_units(gpd.GeoDataFrame(table, geometry=shapes, crs=4326))


def test_only_the_finest_totals_count_and_a_difference_is_told():
    with pytest.warns(LifecircleWarning) as caught:
        regions = finest_totals(nested(people=[1000, 400, 500]), 2.62)
    assert regions["unit_id"].to_list() == ["A", "B"]
    assert regions["people"].sum() == 900
    (text,) = [str(item.message) for item in caught]
    assert "totals of 1 of 3 (ids S) were left out" in text
    assert "They differ: S 1,000, its parts 900." in text


def test_parents_are_known_by_id_where_the_shapes_do_not_show_it():
    apart = squares(0.01, 0.01, unit_id=["S", "A"], parent_id=["", "S"], people=[10, 8])
    with pytest.warns(LifecircleWarning, match="ids S"):
        regions = finest_totals(check_units(apart), 2.62)
    assert regions["unit_id"].to_list() == ["A"]


def test_a_coarse_total_counts_where_no_finer_one_does():
    regions = finest_totals(nested(people=[1000, np.nan, np.nan]), 2.62)
    assert regions["unit_id"].to_list() == ["S"]
    assert regions.attrs["unknown"] == []


def test_a_unit_without_a_total_beside_one_with_stays_unknown():
    with pytest.warns(LifecircleWarning, match="left out"):
        regions = finest_totals(nested(people=[1000, 400, np.nan]), 2.62)
    assert regions["unit_id"].to_list() == ["A"]
    with pytest.warns(LifecircleWarning, match=r"1 \(ids B\) hold neither.*unknown, not 0.*Add"):
        tell_unknown(regions, "Add them.")
    with pytest.warns(LifecircleWarning, match="left out"):
        both = finest_totals(nested(people=[1000, 400, np.nan]), 2.62, without=True)
    assert both["unit_id"].to_list() == ["A", "B"]
    assert np.isnan(both["people"][1])


def test_three_storeys_of_units_leave_the_lowest():
    shapes = [box(0, 0, 0.04, 0.04), box(0, 0, 0.02, 0.02), box(0, 0, 0.01, 0.01)]
    table = {
        "unit_id": list("abc"),
        "level": ["street", "circle", "grid"],
        "people": [9000, 9000, 9000],
    }
    with pytest.warns(LifecircleWarning, match="ids a, b"):
        regions = finest_totals(
            check_units(gpd.GeoDataFrame(table, geometry=shapes, crs=4326)), 2.6
        )
    assert regions["unit_id"].to_list() == ["c"]


def test_parents_in_a_ring_lose_nobody():
    ring = squares(0.01, 0.01, unit_id=["A", "B"], parent_id=["B", "A"], people=[10, 8])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        regions = finest_totals(check_units(ring), 2.62)
    assert len(regions) == 1


def test_households_count_where_people_are_unknown():
    table = squares(0.01, 0.01, unit_id=["A", "B"], households=[100, 50], people=[300, np.nan])
    with pytest.warns(LifecircleWarning, match=r"\(ids B\) state households.*2.62 people a house"):
        regions = finest_totals(check_units(table), 2.62)
    assert regions["people"].to_list() == [300, 131]


def test_parts_of_a_person_are_rounded_and_told():
    with pytest.warns(LifecircleWarning, match=r"1 of 2 \(ids A\) hold parts of a person"):
        regions = finest_totals(
            check_units(squares(0.01, 0.01, unit_id=["A", "B"], people=[10.6, 5])), 2.62
        )
    assert regions["people"].to_list() == [11, 5]


@pytest.mark.parametrize("people", [-5, float("inf"), "many"])
def test_totals_that_are_none_are_an_error_with_the_row(people):
    with pytest.raises(InputError, match=r"units: 1 of 2 rows \(ids B\) have"):
        as_units(
            squares(0.01, 0.01, unit_id=["A", "B"], people=pd.Series([5, people], dtype=object))
        )


def test_units_must_be_a_table_or_a_file():
    with pytest.raises(InputError, match="expected a GeoDataFrame or the path"):
        as_units(3)
