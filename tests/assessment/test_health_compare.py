"""Two health checks side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lifecircle as lc
from assessment import checked_village as village
from lifecircle.assessment.health_compare import CHANGE_COLUMNS

pytestmark = pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")


@pytest.fixture(scope="module")
def evaluation() -> lc.Evaluation:
    return lc.evaluate(village.study())


@pytest.fixture(scope="module")
def years(evaluation) -> pd.DataFrame:
    """2022: 10 spaces, governance and no record of lifts. 2024: 20 spaces, no governance."""
    early = village.records(lifts=None, parking_spaces=10, governance="有").assign(year=2022)
    both = pd.concat([early, village.records()], ignore_index=True)
    checks = [lc.health_check(evaluation, records=both, year=year) for year in (2022, 2024)]
    return lc.compare_health_checks(*checks)


def row(table: pd.DataFrame, indicator: str, block: str = "") -> pd.Series:
    chosen = table[(table["indicator_id"] == indicator) & table["block"].str.contains(block)]
    assert len(chosen) == 1
    return chosen.iloc[0]


def test_what_changed_stands_side_by_side(years):
    assert years.columns.to_list() == list(CHANGE_COLUMNS)
    assert years["level"].value_counts().to_dict() == {"indicator": 20, "block": 6}
    parking = row(years, "CC-10")
    assert parking[["value_before", "value_after", "value_change"]].to_list() == [10, 20, 10]
    assert parking[["score_change", "change"]].to_list() == [0, "same"]  # both are on record
    assert parking[["name", "change_name", "status_before_name"]].to_list() == [
        "village",
        "the same",
        "met",
    ]
    assert row(years, "CC-18")[["status_before", "status_after", "change"]].to_list() == [
        "met",
        "not met",
        "worse",
    ]
    assert row(years, "CC-09")["change"] == "same"


def test_what_is_unknown_on_one_side_has_no_change(years):
    lifts = row(years, "CC-12")
    assert lifts[["status_before", "status_after", "change"]].to_list() == [
        "unknown",
        "met",
        "unknown",
    ]
    assert lifts[["status_before_name", "change_name"]].to_list() == ["unknown", "unknown"]


def test_what_is_not_of_the_same_things_has_no_change_at_all(years):
    unknown = years[years["change"] == "unknown"]
    assert {"block", "indicator"} <= set(unknown["level"])
    assert unknown[["score_change", "value_change"]].isna().all(axis=None)
    municipal = row(years, "", "municipal")
    assert municipal[["score_before", "score_after"]].notna().all()


def test_words_come_in_the_language_of_the_study():
    today = lc.health_check(lc.evaluate(village.study(language="zh")), records=village.records())
    later = lc.health_check(
        today.evaluation, records=village.records(governance="有", utilities="无")
    )
    table = lc.compare_health_checks(today, later)
    names = ["change_name", "status_before_name", "status_after_name"]
    assert row(table, "CC-18")[names].to_list() == ["好转", "不达标", "达标"]
    assert row(table, "CC-09")[names].to_list() == ["变差", "达标", "不达标"]
    assert row(table, "CC-17")[names].to_list() == ["不变", "达标", "达标"]
    assert row(table, "", "governance")[names].to_list() == ["好转", "", ""]


def test_blocks_change_where_they_are_of_the_same_things(years):
    governance = row(years, "", "governance")
    assert governance["score_change"] == pytest.approx(-100 / 3)
    assert governance["change"] == "worse"
    municipal = row(years, "", "municipal")  # lifts were not known before
    assert municipal["unknown_share_before"] > municipal["unknown_share_after"] == 0
    assert municipal["change"] == "unknown"
    assert np.isnan(municipal["value_change"])


def test_two_evaluations_side_by_side(evaluation):
    """A station nearby is closed: what was met is not listed any more, and unknown."""
    places = village.facilities(without=("community_service_station",))
    after = lc.health_check(lc.evaluate(village.study(facilities=places)))
    table = lc.compare_health_checks(lc.health_check(evaluation), after)
    station = row(table, "CC-01")
    assert station["status_after"] == "unknown"
    assert np.isnan(station["value_change"])
    assert station["change"] == "unknown"


def test_units_of_one_side_alone_are_kept(evaluation):
    other = lc.evaluate(village.study(units=village.unit().assign(unit_id="V")))
    table = lc.compare_health_checks(lc.health_check(evaluation), lc.health_check(other))
    assert table["unit_id"].value_counts().to_dict() == {"U": 26, "V": 26}
    assert set(table["change"]) == {"unknown"}


def test_different_systems_are_not_compared(evaluation):
    with pytest.raises(lc.InputError, match="one system"):
        lc.compare_health_checks(
            lc.health_check(evaluation), lc.health_check(evaluation, indicators="rhyme-15")
        )
