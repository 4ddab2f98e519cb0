"""Shortfalls by a planner's own standard, from the file to the rank."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lifecircle as lc
from assessment import long_street
from assessment.long_street import Checked, checked

pytestmark = pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")
COLUMNS = (
    "standard,clause,tier,item_id,mandatory,walk_minutes,service_radius_m,min_floor_area_m2,"
    "min_site_area_m2,service_population,per_1000,confidence,source,counts_from_m2"
)


def own(folder, *rows):
    path = folder / "ours.csv"
    path.write_text("\n".join([COLUMNS, *rows]) + "\n", encoding="utf-8")
    return lc.read_standard(path)


def held(standard, **changes):
    evaluation = lc.evaluate(long_street.study(**changes), standard=standard)
    return Checked(evaluation, lc.check_compliance(evaluation))


@pytest.fixture
def walks(tmp_path):
    """What the street's tests want, as a file."""
    return own(
        tmp_path,
        "街规,1,,kindergarten,mandatory,5,,,,,,seen,公报,",
        "街规,2,,food_market,mandatory,10,,,,,,memory_unsure,公报,",
        "街规,3,,pharmacy,mandatory,15,,,,,,seen,公报,",
    )


def test_the_street_has_the_same_shortfalls_by_a_standard_read_from_a_file(walks):
    found = held(walks)
    table = lc.rank_shortfalls(found, draws=30)
    plain = lc.rank_shortfalls(checked(), draws=30)
    figures = [
        "rank", "unit_id", "service", "people_short", "severity", "priority", "segment", "walker",
        "minutes", "residents_short", "where", "rank_slower", "rank_minute_less",
        "rank_minute_more", "rank_low", "rank_high",
    ]  # fmt: skip
    pd.testing.assert_frame_equal(table[figures], plain[figures])
    assert set(table["standard"]) == {"街规"}
    assert table["clause"].to_list()[:3] == ["2", "1", "3"]
    assert table.iloc[0]["confidence"] == "memory_unsure"
    assert table.iloc[0]["verify"] != ""
    east = table[(table["unit_id"] == "E") & (table["service"] == "pharmacy")].iloc[0]
    assert east["checks"] == "presence;walk"
    again = lc.rank_shortfalls(found, standards=walks, draws=30)  # the standard itself
    pd.testing.assert_frame_equal(again, table)


def test_only_places_that_are_large_enough_count(tmp_path):
    # M has 900 m² and does not count, N has 2000: A walks 2300 m, B 1700 m, D 900 m, F 300 m
    standard = own(tmp_path, "街规,1,,food_market,mandatory,10,,,,,,seen,公报,1000")
    facilities = long_street.places(site_area_m2=[np.nan, 900.0, 2000.0, np.nan])
    found = held(standard, facilities=facilities)
    table = lc.rank_shortfalls(found, draws=10).set_index("unit_id")
    assert table.loc["C", "people_short"] == 350
    assert table.loc["C", "priority"] == pytest.approx(150 + 200 * 0.5, rel=1e-4)
    assert table.loc["W", "checks"] == "presence;walk"
    assert table.loc["W", "beyond_people"] == 150


def test_a_radius_and_a_number_are_those_of_the_standard(tmp_path):
    standard = own(
        tmp_path,
        "街规,1,,pharmacy,mandatory,,500,,,,,seen,公报,",
        "街规,2,,food_market,mandatory,,,,,150,,seen,公报,",
        "街规,3,,kindergarten,mandatory,15,,,,,,seen,公报,",
    )
    table = lc.rank_shortfalls(held(standard), draws=10).set_index(["unit_id", "service"])
    assert table.loc[("W", "pharmacy"), "priority"] == pytest.approx(80, rel=1e-3)
    assert table.loc[("W", "pharmacy"), "check"] == "radius"
    # 390 people, one for 150: 2 of 3 in the circle; 240 in E: 1 of 2; 150 in W: 1 of 1
    assert table.loc[("C", "food_market"), "severity"] == pytest.approx(1 / 3)
    assert table.loc[("E", "food_market"), "priority"] == pytest.approx(120)
    assert ("W", "food_market") not in table.index


def test_a_standard_of_radii_alone_asks_for_no_walk(tmp_path):
    standard = own(tmp_path, "街规,1,,pharmacy,mandatory,,500,,,,,seen,公报,")
    found = held(standard)
    assert found.evaluation.required_services == ()
    table = lc.rank_shortfalls(found, draws=10)
    assert set(table["check"]) == {"radius"}
    assert table["people_short"].to_list() == [340, 240, 100]
