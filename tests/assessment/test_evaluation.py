"""The evaluation of a village whose every figure is worked out by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import lifecircle as lc
from assessment import village
from lifecircle.assessment.steps import COVERAGE_COLUMNS
from sample import sample_evaluation

quietly = pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")


@pytest.fixture(scope="module")
def evaluation() -> lc.Evaluation:
    with pytest.warns(lc.LifecircleWarning):
        return lc.evaluate(village.study())


def row(evaluation: lc.Evaluation, unit: str, service: str, walker: str, minutes: float):
    table = evaluation.coverage
    chosen = table[
        (table["unit_id"] == unit)
        & (table["service"] == service)
        & (table["walker"] == walker)
        & (table["minutes"] == minutes)
    ]
    assert len(chosen) == 1
    return chosen.iloc[0]


@pytest.mark.parametrize(
    ("unit", "service", "walker", "minutes", "people", "covered"),
    [
        ("W", "kindergarten", "child", 5, 5, 5),
        ("E", "kindergarten", "child", 10, 2, 0),
        ("E", "kindergarten", "child", 15, 2, 2),  # 900 m at 1.0 m/s: exactly at the limit
        ("C", "kindergarten", "child", 10, 7, 5),
        ("W", "elderly_day_care", "elderly", 10, 10, 0),
        ("W", "elderly_day_care", "elderly", 15, 10, 10),
        ("E", "elderly_day_care", "elderly", 15, 0, 0),
        ("C", "kindergarten", "adult", 10, 40, 30),
        ("C", "kindergarten", "adult", 15, 40, 40),
        ("E", "elderly_day_care", "adult", 5, 10, 10),
    ],
)
def test_people_covered_are_those_worked_out_by_hand(
    evaluation, unit, service, walker, minutes, people, covered
):
    found = row(evaluation, unit, service, walker, minutes)
    assert (found["people"], found["covered_people"]) == (people, covered)


def test_a_share_of_nobody_is_not_zero_but_unknown(evaluation):
    assert np.isnan(row(evaluation, "E", "elderly_day_care", "elderly", 15)["covered_share"])


def test_nearest_minutes_are_those_of_half_the_people(evaluation):
    found = row(evaluation, "W", "kindergarten", "child", 5)
    assert found["nearest_median_min"] == pytest.approx(100 / 60, abs=1e-3)
    far = row(evaluation, "E", "kindergarten", "child", 5)
    assert far["nearest_median_min"] == pytest.approx(15.0, abs=1e-3)


def test_radius_coverage_stands_beside_and_knows_no_streets(evaluation):
    near = row(evaluation, "W", "kindergarten", "child", 5)
    assert (near["radius_m"], near["radius_share"]) == (300, 1.0)
    far = row(evaluation, "E", "kindergarten", "child", 15)
    assert (far["radius_m"], far["radius_share"]) == (1000, 1.0)
    assert row(evaluation, "E", "kindergarten", "child", 10)["radius_share"] == 0.0


def test_the_first_columns_of_coverage_are_the_fixed_ones(evaluation):
    assert tuple(evaluation.coverage.columns) == COVERAGE_COLUMNS
    assert COVERAGE_COLUMNS[:12] == (
        "unit_id", "name", "service", "group", "walker", "minutes", "people", "covered_people",
        "covered_share", "radius_m", "radius_share", "nearest_median_min",
    )  # fmt: skip


def test_every_unit_service_walker_and_time_has_one_row(evaluation):
    # child and elderly services by their own walker, and both by adults; 3 units, 3 times
    assert len(evaluation.coverage) == 3 * 3 * (1 + 1 + 2)
    keys = ["unit_id", "service", "walker", "minutes"]
    assert not evaluation.coverage.duplicated(keys).any()


def test_completeness_counts_required_services_within_the_time(evaluation):
    table = evaluation.residents.set_index("resident_id")
    # A reaches the kindergarten in 2 and day care in 15 minutes; B the other way round
    assert table["completeness_5min_count"].to_dict() == {"A": 1, "B": 1}
    assert table["completeness_15min_count"].to_dict() == {"A": 2, "B": 2}
    assert set(evaluation.required_services) == {"kindergarten", "elderly_day_care"}
    assert (table["required_count"] == 2).all()


def test_required_services_missing_from_the_table_are_named_not_counted(evaluation):
    told = [text for text in evaluation.warnings if "do not occur in the table" in text]
    assert len(told) == 1
    assert "18 of the 20 services" in told[0]
    assert "unknown" in told[0]


def test_units_far_from_the_end_of_the_streets_are_told_apart(evaluation):
    told = [text for text in evaluation.warnings if text.startswith("streets:")]
    assert len(told) == 1
    assert "3 of 3 units" in told[0]


def test_facilities_inside_a_unit_are_counted(evaluation):
    assert row(evaluation, "W", "kindergarten", "child", 5)["facilities_inside"] == 1
    assert row(evaluation, "E", "kindergarten", "child", 5)["facilities_inside"] == 0


def test_shares_of_the_area_nest_and_stay_within_one(evaluation):
    table = evaluation.coverage.pivot_table(
        index=["unit_id", "service", "walker"], columns="minutes", values="area_share"
    )
    assert (table[5] <= table[10] + 1e-9).all()
    assert (table[10] <= table[15] + 1e-9).all()
    assert table.to_numpy().min() >= 0
    assert table.to_numpy().max() <= 1


@quietly
def test_row_order_changes_nothing():
    back = lc.evaluate(
        village.study(
            residents=village.residents().iloc[::-1], facilities=village.facilities().iloc[::-1]
        )
    )
    plain = lc.evaluate(village.study())
    pd.testing.assert_frame_equal(back.coverage, plain.coverage)


@quietly
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4547", "EPSG:3857"])
def test_the_reference_system_of_the_input_changes_nothing(crs):
    other = lc.evaluate(
        village.study(
            units=village.units().to_crs(crs),
            residents=village.residents().to_crs(crs),
            facilities=village.facilities().to_crs(crs),
        )
    )
    plain = lc.evaluate(village.study())
    pd.testing.assert_frame_equal(other.coverage, plain.coverage, atol=1e-4)


@quietly
def test_adding_a_facility_never_lowers_coverage():
    more = pd.concat(
        [
            village.facilities(),
            gpd.GeoDataFrame(
                {"facility_id": ["K2"], "name": ["new"], "service": ["kindergarten"]},
                geometry=[village.at(950)],
                crs=village.CRS,
            ),
        ],
        ignore_index=True,
    )
    before = lc.evaluate(village.study()).coverage
    after = lc.evaluate(village.study(facilities=more)).coverage
    assert (after["covered_people"] >= before["covered_people"]).all()
    assert (after["covered_people"] > before["covered_people"]).any()


@quietly
def test_a_stated_unit_goes_before_the_place_on_the_map():
    stated = village.residents().assign(unit_id=["E", "E"])  # A is drawn in the west
    coverage = lc.evaluate(village.study(residents=stated)).coverage
    people = coverage[coverage["walker"] == "adult"].groupby("unit_id")["people"].max()
    assert people.to_dict() == {"C": 40, "E": 40, "W": 0}


@quietly
def test_someone_on_the_border_is_counted_once_per_level():
    middle = village.residents().assign(geometry=[village.at(500), village.at(900)])
    coverage = lc.evaluate(village.study(residents=middle)).coverage
    people = coverage[coverage["walker"] == "adult"].groupby("unit_id")["people"].max()
    assert people["W"] + people["E"] == people["C"] == 40


@quietly
def test_people_outside_every_unit_are_told():
    strayed = village.residents().assign(geometry=[village.at(100, 90), village.at(900)])
    told = lc.evaluate(village.study(residents=strayed)).warnings
    assert any("1 of 2 places with 30 people lie outside" in text for text in told)


@quietly
def test_an_empty_facilities_table_gives_zero_and_a_warning():
    empty = village.facilities().iloc[:0]
    with pytest.warns(lc.LifecircleWarning, match="the table has no rows"):
        study = village.study(facilities=empty)
    found = lc.evaluate(study).coverage
    assert (found["covered_people"] == 0).all()
    adults = found[found["walker"] == "adult"]
    assert (adults["covered_share"] == 0).all()
    assert set(adults.groupby("unit_id")["people"].max()) == {40.0, 30.0, 10.0}


@quietly
def test_a_unit_where_nobody_lives_has_no_share():
    nobody = village.residents().assign(geometry=[village.at(100), village.at(120)])
    found = lc.evaluate(village.study(residents=nobody)).coverage
    east = found[found["unit_id"] == "E"]
    assert (east["people"] == 0).all()
    assert east["covered_share"].isna().all()


@quietly
def test_chosen_walkers_measure_everyone():
    found = lc.evaluate(village.study(), walkers=["frail", lc.ADULT]).coverage
    assert set(found["walker"]) == {"frail", "adult"}
    assert set(found["segment"]) == {"people"}
    frail = found.query("walker == 'frail' and unit_id == 'C' and minutes == 15")
    # 0.8 m/s reaches 720 m in 15 minutes: nobody crosses the village
    assert frail.set_index("service")["covered_people"].to_dict() == {
        "kindergarten": 30,
        "elderly_day_care": 10,
    }


def test_an_unknown_walker_or_standard_is_named_with_its_neighbours():
    with pytest.raises(lc.UnknownNameError, match="Did you mean 'elderly'"):
        lc.evaluate(village.study(), walkers=["elder"])
    with pytest.raises(lc.UnknownNameError, match="GB50180-2018"):
        lc.evaluate(village.study(), standard="GB50180-2019")


@quietly
def test_residents_without_age_groups_are_measured_over_everyone_with_a_warning():
    plain = village.residents().drop(columns=["elderly", "children"])
    evaluation = lc.evaluate(village.study(residents=plain))
    assert set(evaluation.coverage["segment"]) == {"people"}
    assert any("no column 'elderly'" in text for text in evaluation.warnings)
    found = row(evaluation, "C", "kindergarten", "child", 10)
    assert (found["people"], found["covered_people"]) == (40, 30)


@quietly
def test_people_too_far_from_any_street_are_counted_apart():
    strayed = village.units().assign(geometry=village.units().buffer(500))
    far = village.residents().assign(geometry=[village.at(100), village.at(900, 200)])
    evaluation = lc.evaluate(village.study(units=strayed, residents=far))
    found = row(evaluation, "C", "kindergarten", "adult", 15)
    assert (found["people"], found["covered_people"], found["unsnapped_people"]) == (30, 30, 10)
    assert found["covered_share"] == 1.0
    assert any("(B)" in text for text in evaluation.warnings)


@quietly
def test_what_is_handed_in_is_never_changed():
    tables = village.units(), village.facilities(), village.residents()
    copies = [table.copy() for table in tables]
    lc.evaluate(lc.Study(*tables, village.street()))
    for table, copy in zip(tables, copies, strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(copy))


def test_the_card_shows_text_as_text(evaluation):
    hostile = village.units().assign(name=["<script>alert(1)</script>", "west", "east"])
    with pytest.warns(lc.LifecircleWarning):
        card = lc.evaluate(village.study(units=hostile))._repr_html_()
    assert "<script>" not in card
    assert "&lt;script&gt;" in card


def test_the_demo_adds_up():
    today = sample_evaluation()
    units = today.units.set_index("unit_id")
    assert units.loc["YH-SZT-01", "people"] == 26_822
    communities = units[units["level"] == "community"]
    assert communities["people"].sum() == 26_822
    assert len(today.required_services) >= 15
    circle = today.coverage[today.coverage["unit_id"] == "YH-SZT-01"]
    wide = circle.pivot_table(
        index=["service", "walker"], columns="minutes", values="covered_people"
    )
    assert (wide[5] <= wide[10]).all()
    assert (wide[10] <= wide[15]).all()
