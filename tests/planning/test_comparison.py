"""Before and after: who gains, who loses, and sums that add up."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import changed
import lifecircle as lc
import towns
import walled
from lifecircle.errors import InputError, LifecircleWarning
from lifecircle.standards.indicators import find_indicators
from sample import SAMPLE, sample_check, sample_evaluation

HERE = (112.9910, 28.1655)
KEY = ["unit_id", "service", "walker", "minutes", "segment"]


def compared(before, after, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        return lc.compare(before, after, **options)


def told(found, *words):
    """Whether one of the warnings holds all the words."""
    return any(all(word in text for word in words) for text in found.warnings)


@pytest.fixture(scope="module")
def canteen():
    gate = str(SAMPLE.extras["gates"]["gate_id"].iloc[0])
    closed = lc.CloseFacility("P032")  # a kindergarten
    actions = [lc.AddFacility("社区食堂", HERE, capacity=80), lc.OpenGate(gate), closed]
    return compared(sample_check(), lc.Scenario(actions, name="甲"))


# ----------------------------------------------------------------------------- by hand


def village(**options):
    """A dead end: 10 people at A, 11 at the middle of the street, and a park at C.

    ::

        C ------- B        y = 80      C the park
                  |
        A ---m--- D        y = 0       m at x = 0
      x -150     150

    Adults walk 1.2 m/s. To the park: 680 m from A (9.44 min), 530 m from m (7.36 min).
    """
    return changed.study(
        towns.dead_end(),
        [(-150, 0), (0, 0)],
        [(0, 80), (0, 80), (-150, 80)],
        minutes=(5.0, 15.0),
        **options,
    )


def test_a_dead_end_that_is_opened_is_gained_by_those_who_come_within_the_walk():
    """By a way from C down to A: 80 m from A (1.11 min), 230 m from m (3.19 min).

    The standard asks for no park, so that the longest walk counts, 15 min: nobody gains it. Of the
    walk of 5 min all 21 gain. They save 10 × (680 - 80) m + 11 × (530 - 230) m at 1.2 m/s.
    """
    ends = changed.degrees((-150, 80), (-150, 0))
    found = compared(village(), lc.ConnectStreets(*ends))
    people = found.people.set_index(["service", "segment"]).loc[("park", "people")]
    assert people["minutes"] == 15
    assert people["gained_people"] == 0
    saved = (10 * 600 + 11 * 300) / 1.2 / 60
    assert people["minutes_saved_people_min"] == pytest.approx(saved, abs=0.01)
    rows = found.coverage
    five = rows[(rows["service"] == "park") & (rows["minutes"] == 5)].iloc[0]
    assert [five["covered_people_before"], five["covered_people_after"]] == [0, 21]
    assert five["covered_share_change"] == 1
    assert five["nearest_median_min_before"] == pytest.approx(530 / 72, abs=0.01)
    assert five["nearest_median_min_after"] == pytest.approx(230 / 72, abs=0.01)
    assert len(found.losers) == 0
    assert found.changes["new_ways"]["length_m"].to_list() == pytest.approx([80], abs=0.01)
    residents = found.residents
    assert residents["park_min_before"].to_list() == pytest.approx([680 / 72, 530 / 72], abs=0.01)
    assert residents["park_min_after"].to_list() == pytest.approx([80 / 72, 230 / 72], abs=0.01)


def test_who_loses_is_listed_with_both_walks():
    """The canteen stands at A and moves to (0, 80): 150 m from m become 150 + 80 + 150 = 380 m.

    It is for the elderly, of whom one lives at m and none at A, and who walk 1 m/s.
    """
    canteen = lc.MoveFacility("s1", changed.degrees((-150, 0))[0])
    found = compared(village(), canteen)
    assert len(found.losers) == 0
    back = compared(changed.quietly(village(), [canteen]), village())
    assert len(back.losers) == 1
    loser = back.losers.iloc[0]
    keys = ["resident_id", "unit_id", "service", "segment", "walker", "people"]
    assert loser[keys].to_list() == ["h1", "U", "community_canteen", "elderly", "elderly", 1]
    assert loser["minutes_before"] == pytest.approx(150 / 60, abs=0.01)
    assert loser["minutes_after"] == pytest.approx(380 / 60, abs=0.01)
    assert not loser["out_of_reach"]
    assert set(found.changes["facilities"]["change"]) == {"moved"}


def test_people_who_lose_the_last_of_its_kind_lose_it_and_coverage_stays_unknown():
    found = compared(village(), lc.CloseFacility("s2"))
    assert told(found, "1 services (", "have no facility left")
    park = found.people[found.people["service"] == "park"].set_index("segment")
    assert park.loc["people", ["within_people_before", "within_people_after"]].to_list() == [21, 0]
    assert park.loc["people", "lost_people"] == 21
    assert (
        found.coverage.loc[found.coverage["service"] == "park", "covered_people_change"]
        .isna()
        .all()
    )
    losers = found.losers[found.losers["service"] == "park"]
    assert losers["out_of_reach"].all()
    assert losers["minutes_after"].isna().all()
    assert losers["people"].sum() == 21


def test_what_people_gain_by_the_first_of_its_kind_is_unknown_not_all():
    place = changed.degrees((0, 0))[0]
    found = compared(village(), lc.AddFacility("library", place))
    assert told(found, "1 services (", "stand in no facilities table before")
    rows = found.people[found.people["service"] == "library"]
    assert rows["gained_people"].isna().all()
    assert rows["within_people_before"].isna().all()
    assert rows.set_index("segment").loc["people", "within_people_after"] == 21


def test_homes_that_join_the_streets_on_one_side_only_are_told_and_left_out():
    """A home 40 m from the street, further than any way to one before; the other has 11 people."""
    places = [(-50, -40), (-100, 0)], [(100, 0), (0, 0), (-100, 100)]
    before = changed.study(towns.ladder(), *places, snap_m=30)
    after = replace(before, snap_m=100)
    found = compared(before, after)
    assert told(found, "1 of 2 residents' places with 10 people join the streets on one side only")
    park = found.people[found.people["service"] == "park"].set_index("segment")
    assert park.loc["people", "people"] == 11
    assert "h0" not in set(found.losers["resident_id"])


# ----------------------------------------------------------------------------- sums


def same_as_coverage(found):
    """Who gains less who loses is the change of coverage, where the walk is one of the bands."""
    people = found.people.merge(
        found.coverage[[*KEY, "covered_people_before", "covered_people_after"]], on=KEY
    )
    assert len(people)
    both = people.dropna(subset=["covered_people_before", "covered_people_after", "gained_people"])
    for side in ("before", "after"):
        assert np.allclose(both[f"within_people_{side}"], both[f"covered_people_{side}"])
    net = both["gained_people"] - both["lost_people"]
    assert np.allclose(net, both["covered_people_after"] - both["covered_people_before"])
    assert np.allclose(net, both["within_people_change"])
    return len(both)


def test_gains_and_losses_of_the_sample_add_up_to_its_coverage(canteen):
    assert same_as_coverage(canteen) > 200


@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(data=st.data())
def test_gains_and_losses_of_random_scenarios_add_up_to_coverage(data):
    town = data.draw(walled.walled_towns())
    homes, shops = walled.spots(data.draw, town, 8), walled.spots(data.draw, town, 6)
    before = changed.evaluated(changed.study(town.network(), homes, shops))
    if before is None:
        return
    actions = changed.facility_changes(data.draw, before.study)
    actions += changed.openings(data.draw, before.study, town)
    after = changed.evaluated(changed.quietly(before.study, actions), since=before)
    if after is None:
        return
    found = compared(before, after)
    lost = [set(next(iter(side.times.values())).unsnapped_origins) for side in (before, after)]
    if lost[0] == lost[1]:
        same_as_coverage(found)
    opened = not any(isinstance(one, lc.CloseFacility | lc.MoveFacility) for one in actions)
    if opened:
        assert found.people["lost_people"].fillna(0).max() == 0
        assert len(found.losers) == 0


def test_a_study_beside_itself_changes_nothing():
    found = compared(sample_check(), sample_check())
    for table in (found.coverage, found.units, found.people):
        for name in table.columns[table.columns.str.endswith("_change")]:
            assert table[name].dropna().abs().max() == 0
    assert set(found.compliance["change"]) == {"same", "unknown"}
    assert len(found.losers) == 0
    assert found.changes == {}
    assert len(found.most_changed()) == 0


# ----------------------------------------------------------------------------- tables


def test_unknown_stays_unknown_and_columns_stand_in_their_order(canteen):
    assert canteen.coverage.columns.to_list()[:8] == [
        "unit_id",
        "name",
        "service",
        "group",
        "walker",
        "minutes",
        "segment",
        "people",
    ]
    assert canteen.people.columns.to_list()[:7] == [
        "unit_id",
        "name",
        "service",
        "segment",
        "walker",
        "minutes",
        "people",
    ]
    turned = canteen.compliance[canteen.compliance["change"].isin(["better", "worse"])]
    assert set(turned["service"]) == {"community_canteen", "kindergarten"}
    unknown = canteen.compliance["status_before"] == "unknown"
    assert (canteen.compliance.loc[unknown, "change"] == "unknown").all()
    assert canteen.scenario.name == "甲"
    assert set(canteen.changes) == {"facilities", "gates"}
    assert set(canteen.changes["facilities"]["change"]) == {"added", "closed"}
    assert canteen.changes["gates"]["access_after"].to_list() == ["open"]
    assert (canteen.losers["service"] == "kindergarten").all()
    first = canteen.losers["out_of_reach"].astype(bool).to_numpy()
    assert (np.diff(first.astype(int)) <= 0).all()
    homes = canteen.residents
    assert homes["lost"].sum() == canteen.losers["out_of_reach"].sum()


def test_both_sides_are_evaluated_alike_however_they_come(canteen):
    after = canteen.after
    for side in (after, after.evaluation, after.evaluation.study):
        found = compared(sample_evaluation(), side)
        pd.testing.assert_frame_equal(found.people, canteen.people)
        pd.testing.assert_frame_equal(found.compliance, canteen.compliance)
        pd.testing.assert_frame_equal(found.health_check, canteen.health_check)
        assert found.scenario is None


def test_the_walkers_year_and_system_of_before_are_those_of_after():
    before = lc.health_check(
        lc.evaluate(SAMPLE, walkers=["elderly"]), indicators="rhyme-15", year=2022
    )
    found = compared(before, [lc.AddFacility("社区食堂", HERE)])
    assert found.after.system == "rhyme-15"
    assert found.after.year == 2022
    assert set(found.after.evaluation.times) == {"elderly"}
    assert set(found.people["walker"]) == {"elderly"}
    assert set(found.people["segment"]) == {"people", "elderly", "children"}


def test_segments_are_columns_of_residents():
    found = compared(sample_check(), [], segments=["infants"])
    assert set(found.people["segment"]) >= {"people", "infants"}
    with pytest.raises(lc.MissingColumnError, match="residents have no column women"):
        compared(sample_check(), [], segments="women")


def test_cards_are_short_safe_and_say_that_a_sample_is_one(canteen):
    card = canteen._repr_html_()
    assert "示例数据" in card
    assert "社区食堂" in card
    assert len(card.partition("<iframe")[0]) < 5_000
    assert len(card) < 1_200_000
    assert repr(canteen).count("\n") == 0
    assert "1 better, 2 worse" in repr(canteen)
    hostile = lc.Scenario([], name="<script>alert(1)</script>")
    assert "<script>" not in compared(sample_check(), hostile)._repr_html_()


# ----------------------------------------------------------------------------- refused


def refused(before, after):
    with pytest.raises(InputError) as caught:
        compared(before, after)
    return str(caught.value)


def test_other_units_people_minutes_and_standards_are_told_at_once():
    residents = SAMPLE.residents.copy()
    residents.loc[[0, 5], "people"] += 1
    other = changed.quietly(
        replace(SAMPLE, residents=residents, units=SAMPLE.units.iloc[:4], minutes=(5, 15)), []
    )
    found = refused(sample_evaluation(), other)
    assert "minutes 5, 10, 15 before, 5, 15 after" in found
    assert "units: 2 of 6 are before only (YH-SZT-01-4, YH-SZT-01-5)" in found
    ids = SAMPLE.residents["resident_id"]
    assert f"residents: 2 of {len(ids)} have other people ({ids[0]}, {ids[5]})" in found
    assert "Compare studies that differ in facilities, gates, walls or streets only" in found
    moved = SAMPLE.residents.copy()
    moved.geometry = moved.geometry.translate(0.00001)
    assert "lie elsewhere" in refused(sample_evaluation(), replace(SAMPLE, residents=moved))
    turned = replace(SAMPLE, residents=SAMPLE.residents.iloc[::-1])
    assert "in another order" in refused(sample_evaluation(), turned)


def test_other_standards_and_walkers_are_told():
    after = lc.evaluate(SAMPLE, standard="complete-community-2020")
    found = refused(sample_evaluation(), after)
    assert "standard 'GB50180-2018' before, 'complete-community-2020' after" in found
    slow = lc.evaluate(SAMPLE, walkers=[lc.Walker("adult", 0.9)])
    found = refused(sample_evaluation(), slow)
    assert "walkers adult walk otherwise before than after" in found


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("a.toml", SAMPLE, "before is a str; give a Study"),
        (SAMPLE, "a.toml", "after is a str; give a Scenario, an action or a list"),
        (SAMPLE, ["x"], "1 of 1 actions are none"),
        (SAMPLE, None, "after is a NoneType"),
    ],
)
def test_what_is_no_side_is_told(before, after, words):
    assert words in refused(before, after)


def test_clauses_of_all_standards_that_were_asked_before_are_asked_after():
    before = lc.health_check(
        sample_evaluation(), standards=["GB50180-2018", "GB55013-2021"], indicators="rhyme-15"
    )
    found = compared(before, [])
    sides = [side.compliance["standard"].value_counts().to_dict() for side in (before, found.after)]
    assert sides[0] == sides[1]
    assert found.compliance["status_after"].notna().all()
    assert len(found.compliance) == len(before.compliance)


def test_what_was_checked_by_a_table_in_memory_is_told_to_be_checked_by_it_again():
    table = find_indicators("rhyme-15").table.assign(system="ours")
    own = lc.health_check(sample_evaluation(), indicators=table)
    found = refused(own, [])
    assert "by 'ours'" in found
    assert "Check both by one system of indicators" in found
