"""Capacity and equity of units: the village by hand, and the packaged sample."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import lifecircle as lc
from assessment import village
from lifecircle.assessment.equity import CAPACITY_COLUMNS
from sample import sample_evaluation

quietly = pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")


def places(capacities: tuple[float | None, ...] = (20, 10, 80)) -> gpd.GeoDataFrame:
    """Kindergarten K and day care D of the village, and a food market M beside D."""
    market = gpd.GeoDataFrame(
        {"facility_id": ["M"], "name": ["market"], "service": ["food_market"]},
        geometry=[village.at(1000)],
        crs=village.CRS,
    )
    table = pd.concat([village.facilities(), market], ignore_index=True)
    return table.assign(capacity=list(capacities))


def evaluated(**changes: object) -> lc.Evaluation:
    with pytest.warns(lc.LifecircleWarning):
        return lc.evaluate(village.study(**({"facilities": places()} | changes)))


@pytest.fixture(scope="module")
def evaluation() -> lc.Evaluation:
    return evaluated()


def row(table: pd.DataFrame, unit: str, service: str) -> pd.Series:
    chosen = table[(table["unit_id"] == unit) & (table["service"] == service)]
    assert len(chosen) == 1
    return chosen.iloc[0]


def test_all_within_the_minutes_share_alike(evaluation):
    """K: 20 places, 5 + 2 children, B's exactly at 15 min. D: 10 beds, the 10 elders of A."""
    table = lc.capacity_table(evaluation, method="2SFCA")
    assert table.columns.to_list() == list(CAPACITY_COLUMNS)
    assert len(table) == 3 * 3
    for unit, children in (("C", 7), ("W", 5), ("E", 2)):
        school = row(table, unit, "kindergarten")
        assert school["people"] == children
        assert school["capacity_per_1000"] == pytest.approx(20 / 7 * 1000)
        assert school[["gini", "palma", "theil"]].to_list() == pytest.approx([0, 0.25, 0])
        assert school[["segment", "walker", "capacity_known"]].to_list() == [
            "children",
            "child",
            "all",
        ]
    assert row(table, "W", "elderly_day_care")["capacity_per_1000"] == pytest.approx(1000)
    assert row(table, "W", "kindergarten")["capacity_inside"] == 20
    assert row(table, "E", "kindergarten")["capacity_inside"] == 0
    assert row(table, "E", "kindergarten")["capacity_total"] == 20


def test_nobody_of_a_segment_is_not_applicable_rather_than_nothing(evaluation):
    east = row(lc.capacity_table(evaluation), "E", "elderly_day_care")
    assert east["people"] == 0
    assert east[["capacity_per_1000", "gini", "palma", "theil", "people_without"]].isna().all()
    assert "n/a" in east["why"]


def test_along_the_gaussian_those_at_the_limit_have_nothing(evaluation):
    """B's 2 children are at the limit, weight 0; the 5 of A have 4 places each.

    Worst 40 % of 7 are 2.8: 2 with 0, 0.8 with 4 → 3.2 of 20; best 10 % 0.7 × 4 = 2.8 of 20.
    """
    circle = row(lc.capacity_table(evaluation, method="gaussian"), "C", "kindergarten")
    assert circle["capacity_per_1000"] == pytest.approx(20 / 7 * 1000)
    assert circle["gini"] == pytest.approx(2 / 7)
    assert circle["palma"] == pytest.approx(2.8 / 3.2)
    assert circle["theil"] == pytest.approx(np.log(7 / 5))
    assert circle["people_without"] == 2
    assert circle[["elderly_ratio", "children_ratio"]].isna().all()  # they do not compete


def test_zones_and_the_gap_of_the_elders(evaluation):
    """A is 12.5 min from M, weight 0.22, B under 2 min, weight 1: 30 × 0.22 + 10 = 16.6 ask."""
    circle = row(lc.capacity_table(evaluation, method="E2SFCA"), "C", "food_market")
    each = 80 / 16.6
    mean = (30 * 0.22 * each + 10 * each) / 40
    assert mean == pytest.approx(2)
    assert circle["capacity_per_1000"] == pytest.approx(1000 * mean)
    # all 10 elders live at A; 5 of 7 children too
    assert circle["elderly_difference_per_1000"] == pytest.approx(1000 * (0.22 * each - mean))
    assert circle["elderly_ratio"] == pytest.approx(0.22 * each / mean)
    children = (5 * 0.22 + 2) / 7 * each
    assert circle["children_ratio"] == pytest.approx(children / mean)


def test_three_steps_with_one_facility_are_the_gaussian(evaluation):
    one, other = (lc.capacity_table(evaluation, method=name) for name in ("gaussian", "3SFCA"))
    # with one facility each everybody chooses it
    pd.testing.assert_frame_equal(one.drop(columns="method"), other.drop(columns="method"))


def test_fewer_minutes_reach_fewer_and_leave_capacity_over(evaluation):
    table = lc.capacity_table(evaluation, method="2SFCA", minutes=10)
    care = row(table, "C", "elderly_day_care")
    assert care["capacity_unreached"] == 10
    assert care["people_without"] == 10
    assert care["capacity_per_1000"] == 0
    assert np.isnan(care["gini"])
    assert row(table, "C", "kindergarten")["capacity_unreached"] == 0
    with pytest.raises(lc.InputError):
        lc.capacity_table(evaluation, minutes=20)


def test_capacity_is_conserved(evaluation):
    for method in ("gaussian", "2SFCA", "E2SFCA", "3SFCA"):
        table = lc.capacity_table(evaluation, method=method)
        whole = table[table["unit_id"] == "C"]
        given = whole["capacity_per_1000"] * whole["people"] / 1000
        held = whole["capacity_total"] - whole["capacity_unreached"]
        assert given.to_numpy() == pytest.approx(held.to_numpy(), rel=1e-9)


def test_a_capacity_that_is_not_known_is_not_nothing():
    """Without K's figure nothing is said of kindergartens, not even who has none."""
    table = lc.capacity_table(evaluated(facilities=places((None, 10, 80))), method="2SFCA")
    school = row(table, "C", "kindergarten")
    assert school["capacity_known"] == "none"
    assert school["unknown_ids"] == "K"
    assert school["facilities_unknown"] == 1
    figures = ["capacity_per_1000", "gini", "people_without", "capacity_total"]
    assert school[figures].isna().all()
    assert "unknown" in school["why"]
    assert row(table, "C", "food_market")["capacity_per_1000"] == pytest.approx(2000)


def test_no_column_of_capacities_leaves_all_unknown():
    table = lc.capacity_table(evaluated(facilities=village.facilities()))
    assert set(table["capacity_known"]) == {"none"}
    assert table["capacity_per_1000"].isna().all()


def test_who_may_reach_a_place_of_unknown_capacity_is_not_surely_without():
    """A second kindergarten L at B's door, capacity unknown: B's children may be served there."""
    other = gpd.GeoDataFrame(
        {"facility_id": ["L"], "service": ["kindergarten"], "capacity": [np.nan]},
        geometry=[village.at(950)],
        crs=village.CRS,
    )
    both = pd.concat([places(), other], ignore_index=True)
    table = lc.capacity_table(evaluated(facilities=both), minutes=10)
    circle = row(table, "C", "kindergarten")
    assert circle["capacity_known"] == "some"
    assert circle["people_without"] == 0
    assert "1 of 2" in circle["why"]
    certain = lc.capacity_table(evaluated(), minutes=10)
    assert row(certain, "C", "kindergarten")["people_without"] == 2


def edge(capacity: float) -> gpd.GeoDataFrame:
    """Units W and C of the village, and another kindergarten X east of A, outside both."""
    other = gpd.GeoDataFrame(
        {"facility_id": ["X"], "service": ["kindergarten"], "capacity": [capacity]},
        geometry=[village.at(700)],
        crs=village.CRS,
    )
    return pd.concat([places(), other], ignore_index=True)


def west_alone() -> gpd.GeoDataFrame:
    units = village.units()
    return units[units["unit_id"] == "W"].assign(parent_id="").reset_index(drop=True)


@quietly
@pytest.mark.parametrize("method", ["gaussian", "2SFCA", "E2SFCA", "3SFCA"])
def test_what_comes_from_outside_every_unit_is_told(method):
    """Taking away what stands outside leaves the rest of each figure, whatever the method."""
    both = lc.evaluate(village.study(units=west_alone(), facilities=edge(30)))
    none = lc.evaluate(village.study(units=west_alone(), facilities=edge(0)))
    options = {"method": method, "services": "kindergarten"}
    found = row(lc.capacity_table(both, **options), "W", "kindergarten")
    rest = row(lc.capacity_table(none, **options), "W", "kindergarten")
    share = 1 - rest["capacity_per_1000"] / found["capacity_per_1000"]
    assert 0 < share < 1
    assert found["outside_share"] == pytest.approx(share)
    assert rest["outside_share"] == 0
    assert rest["why"] == ""
    assert (
        f"{share:.0%} of capacity_per_1000 comes from facilities outside every unit" in found["why"]
    )


@quietly
def test_all_within_the_minutes_take_from_outside_in_proportion():
    """K has 20 places inside, X 30 outside, both within 15 min of all: 30 of 50."""
    today = lc.evaluate(village.study(units=west_alone(), facilities=edge(30)))
    table = lc.capacity_table(today, method="2SFCA")
    assert row(table, "W", "kindergarten")["outside_share"] == pytest.approx(0.6)
    market = row(table, "W", "food_market")  # it stands outside, and nothing else
    assert market["outside_share"] == 1
    little = lc.evaluate(village.study(units=west_alone(), facilities=edge(1)))
    school = row(lc.capacity_table(little, method="2SFCA"), "W", "kindergarten")
    assert school["outside_share"] == pytest.approx(1 / 21)
    assert school["why"] == ""  # under 5 %


def test_nothing_comes_from_outside_where_all_stands_inside(evaluation):
    table = lc.capacity_table(evaluation)
    assert set(table["outside_share"].dropna()) == {0.0}
    assert np.isnan(row(table, "E", "elderly_day_care")["outside_share"])


def test_services_of_known_capacity_come_first_in_each_unit():
    other = gpd.GeoDataFrame(
        {"facility_id": ["L", "P"], "service": ["food_market", "park"], "capacity": [np.nan] * 2},
        geometry=[village.at(950)] * 2,
        crs=village.CRS,
    )
    both = pd.concat([places((None, 10, 80)), other], ignore_index=True)
    table = lc.capacity_table(evaluated(facilities=both))
    order = ["elderly_day_care", "food_market", "kindergarten", "park"]
    assert table["service"].to_list() == order * 3
    assert table["unit_id"].to_list() == [one for one in ("C", "W", "E") for _ in order]
    assert table["capacity_known"].to_list() == ["all", "some", "none", "none"] * 3


@quietly
def test_capacity_off_the_streets_is_unknown_not_unreached():
    far = places()
    far.loc[0, "geometry"] = village.at(0, 600)
    study = village.study(facilities=far)
    circle = row(lc.capacity_table(lc.evaluate(study)), "C", "kindergarten")
    assert circle["capacity_known"] == "none"
    assert np.isnan(circle["capacity_per_1000"])


def test_words_come_in_the_language_of_the_study():
    table = lc.capacity_table(
        evaluated(facilities=places((None, 10, 80)), language="zh"), services="kindergarten"
    )
    assert set(table["service"]) == {"kindergarten"}
    assert "未知" in table["why"].iloc[0]


def test_what_is_not_there_is_told(evaluation):
    with pytest.raises(lc.UnknownNameError, match="2SFCA"):
        lc.capacity_table(evaluation, method="2sfca")
    with pytest.raises(lc.UnknownServiceError, match="kindergarten"):
        lc.capacity_table(evaluation, services=["kindergarden"])


def test_negative_capacities_never_reach_the_table():
    with pytest.raises(lc.InputError, match="negative"):
        village.study(facilities=places((-20, 10, 80)))


def test_the_sample_conserves_what_is_reached():
    today = sample_evaluation()
    table = lc.capacity_table(today)
    assert len(table) == len(today.units) * today.study.facilities["service"].nunique()
    known = table[table["capacity_known"] != "none"]
    circle = known[known["unit_id"] == "YH-SZT-01"]
    assert len(circle) == 11
    given = circle["capacity_per_1000"] * circle["people"] / 1000
    held = circle["capacity_total"] - circle["capacity_unreached"]
    assert given.to_numpy() == pytest.approx(held.to_numpy(), rel=1e-9)
    assert table.loc[table["capacity_known"] == "none", "capacity_per_1000"].isna().all()
