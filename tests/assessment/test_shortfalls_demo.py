"""Shortfalls of the packaged sample, held against its compliance and its coverage."""

from __future__ import annotations

import time

import numpy as np
import pytest

import lifecircle as lc
from sample import sample_check

pytestmark = pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")


@pytest.fixture(scope="module")
def sample():
    return sample_check()


@pytest.fixture(scope="module")
def ranked(sample):
    return lc.rank_shortfalls(sample)


def test_people_short_of_every_walk_are_those_that_coverage_leaves(sample, ranked):
    cover = sample.evaluation.coverage.set_index(["unit_id", "service", "walker", "minutes"])
    rows = sample.compliance
    sized = rows["counts_from_m2"].notna() | rows["counts_below_m2"].notna()
    free = set(rows.loc[~sized & ~rows["accepts"].str.contains(";"), "service"])
    walks = ranked[(ranked["check"] == "walk") & ranked["service"].isin(free)]
    assert len(walks) > 20
    for row in walks.itertuples():
        there = cover.loc[(row.unit_id, row.service, row.walker, row.minutes)]
        assert row.people_short == there["people"] - there["covered_people"]
        assert row.covered_share == pytest.approx(there["covered_share"])


def test_every_requirement_that_is_not_met_has_one_row_and_no_other(sample, ranked):
    rows = sample.compliance[sample.compliance["standard"] == "GB50180-2018"]
    rows = rows[rows["mandatory"] != "optional"]
    key = ["unit_id", "standard", "clause", "service"]  # what two tiers ask alike stands once
    assert (ranked["tier"] == "15min;10min").any()
    assert not ranked.duplicated([*key, "minutes", "required"]).any()
    unmet = rows.loc[rows["status"] == "not met", key].drop_duplicates()
    assert set(map(tuple, unmet.to_numpy())) == set(map(tuple, ranked[key].to_numpy()))
    unknown = lc.unknown_requirements(sample)
    doubtful = rows.loc[rows["status"] == "unknown", key].drop_duplicates()
    assert set(map(tuple, doubtful.to_numpy())) == set(map(tuple, unknown[key].to_numpy()))


def test_ranks_follow_from_the_parts_that_stand_beside_them(ranked):
    product = ranked["people_short"] * ranked["severity"] * ranked["survey_weight"]
    assert ranked["priority"].to_numpy() == pytest.approx(product.to_numpy())
    assert ranked["severity"].between(0, 1).all()
    for _, rows in ranked.groupby("level", sort=False):
        behind = rows["is_sum"].to_numpy()
        assert (np.diff(behind.astype(int)) >= 0).all()  # sums come last
        for part in (rows[~behind], rows[behind]):
            assert (np.diff(part["priority"]) <= 1e-9).all()
            places = part["priority"].rank(ascending=False, method="min")
            offset = (~behind).sum() if part["is_sum"].any() else 0
            assert part["rank"].to_list() == (places + offset).to_list()
        for column in ("rank_slower", "rank_minute_less", "rank_low", "rank_high"):
            assert rows[column].between(1, len(rows)).all()
    assert 0 < ranked["rank_holds"].sum() < len(ranked)
    assert (ranked["rank_note"] != "").all()


def test_residents_of_the_sample_were_asked(sample, ranked):
    weights = lc.survey_weight(lc.survey_summary(sample.survey, units=sample.evaluation.units))
    weights = weights.set_index(["unit_id", "service"])["survey_weight"]
    asked = ranked[ranked["survey_weight"] != 1]
    assert len(asked) > 5
    for row in asked.itertuples():
        assert row.survey_weight == weights[row.unit_id, row.service]


def test_the_other_standard_of_the_health_check_is_ranked_when_asked_for(sample):
    table = lc.rank_shortfalls(sample, standards="complete-community-2020", draws=20)
    assert set(table["standard"]) == {"complete-community-2020"}
    assert len(table) > 0


def test_doubtful_figures_are_marked(ranked):
    doubtful = ranked["confidence"] != "seen"
    assert doubtful.any()
    assert (ranked.loc[doubtful, "verify"] != "").all()


def test_places_are_those_of_the_people_short(sample, ranked):
    first = ranked[ranked["level"] == "community"].head(12)
    areas = lc.shortfall_areas(first, sample)
    sums = areas.groupby("service")["people_short"].sum()
    for service, rows in first.groupby("service"):
        if rows["unit_id"].is_unique:  # else two tiers ask for it, and a home counts once
            assert sums[service] == pytest.approx(rows["people_short"].sum())
    hulls = lc.shortfall_hulls(first, sample)
    assert hulls.is_valid.all()
    assert set(hulls.geom_type) <= {"Polygon", "MultiPolygon"}


def test_two_hundred_draws_of_the_sample_take_seconds(sample):
    begin = time.perf_counter()
    lc.rank_shortfalls(sample, draws=200, seed=1)
    assert time.perf_counter() - begin < 20  # less than one on an idle machine


def test_of_what_records_lack_only_the_communities_that_say_no_are_short(sample, ranked):
    rows = sample.compliance
    rows = rows[(rows["basis"] == "records") & (rows["standard"] == "GB50180-2018")]
    rows = rows[rows["service"] == "property_management"].set_index("unit_id")["status"]
    people = sample.evaluation.units.set_index("unit_id")["people"]
    has = [unit for unit in rows.index[rows == "met"] if unit != "YH-SZT-01"]
    assert rows["YH-SZT-01"] == "not met"
    assert len(has) > 0
    told = ranked[ranked["service"] == "property_management"].set_index("unit_id")
    assert told.loc["YH-SZT-01", "people_short"] == people["YH-SZT-01"] - people[has].sum()
    assert told.loc["YH-SZT-01", "residents_short"] == told.loc["YH-SZT-01", "people_short"]
    assert "台账记为没有的社区" in told.loc["YH-SZT-01", "how"]
    assert not set(has) & set(told.index)


def test_the_first_of_the_sample_can_be_built_and_sums_are_kept(ranked):
    sums = ranked[ranked["is_sum"]]
    assert len(sums) > 0
    assert sums["service"].str.startswith("facilities_").all()
    assert not ranked.loc[~ranked["is_sum"], "service"].str.startswith("facilities_").any()
    assert sums["how"].str.contains("合计").all()
    assert not sums["how"].str.contains("任一").any()


def test_nobody_of_the_sample_is_short_of_an_area_who_reaches_one_elsewhere(sample):
    """A health station stands across the border; all 5,125 people reach it within 10 minutes."""
    code = "complete-community-2020"
    table = lc.rank_shortfalls(sample, standards=code, sensitivity=False)
    rows = sample.compliance[sample.compliance["standard"] == code]
    rows = rows[(rows["unit_id"] == "YH-SZT-01-5") & (rows["service"] == "health_station")]
    status = rows.set_index("check")["status"]
    assert status[["walk", "presence", "floor_area"]].to_list() == ["met", "not met", "not met"]
    assert rows.set_index("check").loc["walk", "people"] == 5125
    one = table[(table["unit_id"] == "YH-SZT-01-5") & (table["service"] == "health_station")].iloc[
        0
    ]
    assert (one["check"], one["checks"]) == ("presence", "presence;floor_area")
    assert (one["people_short"], one["severity"], one["priority"]) == (0, 0, 0)
    assert one["places_short"] == 0
    sized = table[table["check"].isin(["floor_area", "site_area"])]
    assert not sized["checks"].str.contains("presence").any()
