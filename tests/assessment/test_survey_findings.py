"""Quadrants, what the walk says to the answers, and the weight of a shortfall: by hand."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lifecircle as lc
from assessment import village
from lifecircle.assessment.survey_text import survey_word


def said(service, satisfaction, importance=None, *, times=1, **columns):
    given = {"unit_id": "W", "service": service, "satisfaction": satisfaction}
    table = pd.DataFrame(given | {"importance": importance} | columns)
    return pd.concat([table] * times, ignore_index=True)


def summed(*tables, **options):
    return lc.survey_summary(pd.concat(tables, ignore_index=True), **options)


# --- importance against performance -----------------------------------------------------------

FOUR = (
    said("nursery", [2, 3], [5, 5], times=20),  # important, not satisfying
    said("kindergarten", [4, 5], [5, 5], times=20),  # important, satisfying
    said("gym", [2, 2], [2, 3], times=20),  # neither
    said("bank", [4, 4], [2, 3], times=20),  # satisfying, not important
)


def test_four_services_fall_into_the_four_quadrants():
    table = lc.importance_performance(summed(*FOUR)).set_index("service")
    assert table["quadrant"].to_dict() == {
        "nursery": "concentrate here",
        "kindergarten": "keep up",
        "gym": "low priority",
        "bank": "possible overkill",
    }
    assert table["quadrant_name"].to_dict() == {
        "nursery": "优先改进",
        "kindergarten": "继续保持",
        "gym": "次要改进",
        "bank": "可维持（重要度较低）",
    }
    assert table["certain"].all()
    # satisfaction 2.5, 4.5, 2, 4; importance 5, 5, 2.5, 2.5; forty answers each
    assert table["satisfaction_cut"].to_list() == pytest.approx([3.25] * 4)
    assert table["importance_cut"].to_list() == pytest.approx([3.75] * 4)
    english = lc.importance_performance(summed(*FOUR), language="en").set_index("service")
    assert english.loc["nursery", "quadrant_name"] == "concentrate here"


def test_the_lines_weigh_services_as_they_were_answered_and_belong_to_each_unit():
    summary = summed(
        said("park", [1], [1], weight=3),
        said("gym", [5], [5], weight=1),
        said("gym", [2], [4], weight=1, unit_id="E"),
        said("bank", [None], [2], weight=1, unit_id="E"),
    )
    table = lc.importance_performance(summary).set_index(["unit_id", "service"])
    assert table.loc["W", "satisfaction_cut"].to_list() == [2, 2]  # (3·1 + 1·5) / 4
    assert table.loc["E", "satisfaction_cut"].to_list() == [2, 2]  # only gym was rated
    assert table.loc["E", "importance_cut"].to_list() == [3, 3]
    assert table.loc[("E", "bank"), "quadrant"] == "unknown"
    assert table.loc[("E", "bank"), "why"] == "无人作答"
    assert table.loc[("E", "bank"), "quadrant_name"] == "未知"  # says enough
    assert table.loc[("E", "gym"), "quadrant"] == "keep up"  # on the line counts as above


def test_the_midpoint_is_3():
    table = lc.importance_performance(summed(said("park", [4, 5], [4, 4])), cut="midpoint")
    assert table[["satisfaction_cut", "importance_cut"]].to_numpy().tolist() == [[3, 3]]
    assert table["quadrant"].to_list() == ["keep up"]


def test_a_small_sample_and_an_interval_across_a_line_are_not_certain():
    summary = summed(
        said("park", [1, 5], [5, 5], times=20),  # mean 3, ± 0.65
        said("gym", [5, 5], [2, 2], times=20),
        said("bank", [5, 5, 5], [1, 1, 1]),
    )
    table = lc.importance_performance(summary, cut="midpoint", language="en").set_index("service")
    assert table["certain"].to_dict() == {"park": False, "gym": True, "bank": False}
    assert table["why"].to_dict() == {
        "park": "the interval lies across the line",
        "gym": "",
        "bank": "fewer than 30 people",
    }
    assert table["quadrant_name"].to_dict() == {
        "park": "keep up the good work (uncertain)",  # on the line counts as above it
        "gym": "possible overkill",
        "bank": "possible overkill (uncertain)",
    }
    chinese = lc.importance_performance(summary, cut="midpoint").set_index("service")
    assert chinese.loc["bank", "quadrant_name"] == "可维持（重要度较低）（不确定）"
    assert chinese.loc["gym", "quadrant_name"] == "可维持（重要度较低）"


def test_segments_have_lines_of_their_own():
    summary = summed(
        said("park", [2], [2], segment="a"),
        said("gym", [4], [4], segment="a"),
        said("park", [5], [5], segment="b"),
        by=("unit_id", "service", "segment"),
    )
    table = lc.importance_performance(summary).set_index(["segment", "service"])
    assert table["satisfaction_cut"].to_dict() == {
        ("a", "gym"): 3,
        ("a", "park"): 3,
        ("b", "park"): 5,
    }
    alone = lc.importance_performance(summed(said("park", [2], [2]), by=["service"]))
    assert alone.columns[0] == "service"


def test_options_of_quadrants_that_cannot_be_are_told():
    summary = summed(*FOUR)
    with pytest.raises(lc.UnknownNameError, match="unknown cut 'median'"):
        lc.importance_performance(summary, cut="median")
    with pytest.raises(lc.UnknownNameError, match="unknown language 'fr'"):
        lc.importance_performance(summary, language="fr")
    with pytest.raises(lc.MissingColumnError, match="the summary has no 'importance_mean'"):
        lc.importance_performance(summary.drop(columns="importance_mean"))


def test_words_of_findings_are_there_in_both_languages():
    assert survey_word("both poor", "zh") == "可达不足、也不满意"
    assert survey_word("satisfied though far", "zh") == "可达不足但满意"
    with pytest.raises(lc.UnknownNameError, match="unknown finding 'nice'"):
        survey_word("nice", "zh")


# --- against the walk -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def evaluation():
    """Children reach the kindergarten in 1:40 from W and in 15 min from E; GB 50180 asks 5 min."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return lc.evaluate(village.study())


GOOD, POOR = [5] * 30, [1] * 30


def test_what_people_say_and_what_the_walk_shows_make_four_cases(evaluation):
    def match(unit, satisfaction, **options):
        summary = summed(said("kindergarten", satisfaction, unit_id=unit))
        return lc.survey_against_walk(summary, evaluation, **options).iloc[0]

    assert match("W", GOOD)["match"] == "both good"
    assert match("W", POOR)["match"] == "reachable but unsatisfying"
    assert match("E", GOOD)["match"] == "satisfied though far"
    assert match("E", POOR)["match"] == "both poor"
    found = match("C", POOR)  # 5 of 7 children live in W
    assert found["covered_share"] == pytest.approx(5 / 7)
    assert found["match"] == "both poor"
    assert match("C", POOR, good_share=0.7)["match"] == "reachable but unsatisfying"
    assert (found["minutes"], found["minutes_from"], found["people"]) == (5, "standard", 7)
    assert (found["walk_segment"], found["walker"]) == ("children", "child")
    # five of seven do reach it: not enough, which is not "out of reach"
    assert found["match_name"] == "too few within reach, and people are not satisfied"
    assert match("C", POOR, language="zh")["match_name"] == "可达不足、也不满意"
    assert match("C", GOOD, language="zh")["match_name"] == "可达不足但满意"


def test_the_minutes_may_be_asked_for(evaluation):
    summary = summed(said("kindergarten", POOR, unit_id="E"))
    found = lc.survey_against_walk(summary, evaluation, minutes=15).iloc[0]
    assert (found["covered_share"], found["minutes_from"]) == (1.0, "asked")
    assert found["match"] == "reachable but unsatisfying"
    with pytest.raises(lc.InputError, match=r"minutes=7 was not measured\. Use one of 5, 10, 15"):
        lc.survey_against_walk(summary, evaluation, minutes=7)


def test_a_service_that_no_standard_names_is_judged_by_the_longest_walk():
    shops = village.facilities().replace({"kindergarten": "bookstore"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        evaluation = lc.evaluate(village.study(facilities=shops))
    found = lc.survey_against_walk(summed(said("bookstore", GOOD)), evaluation).iloc[0]
    assert (found["minutes"], found["minutes_from"]) == (15, "study")
    assert found["match"] == "both good"


def test_what_may_stand_in_for_a_service_is_not_judged_by_its_minutes():
    # GB 50180 takes a supermarket for the shop it asks for in 5 minutes, and asks no supermarket
    shops = village.facilities().replace({"kindergarten": "supermarket"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        evaluation = lc.evaluate(village.study(facilities=shops))
    assert any("supermarket" in one for one in evaluation.requirements["accepts"])
    found = lc.survey_against_walk(summed(said("supermarket", GOOD)), evaluation).iloc[0]
    assert (found["minutes"], found["minutes_from"]) == (15, "study")


def test_an_interval_across_the_threshold_is_unclear(evaluation):
    mixed = summed(said("kindergarten", [5] * 6 + [1] * 4))  # 0.6 on the spot
    found = lc.survey_against_walk(mixed, evaluation).iloc[0]
    assert (found["match"], found["why"]) == ("unclear", "the interval lies across the line")
    sure = lc.survey_against_walk(mixed, evaluation, good_satisfied=0.2).iloc[0]
    assert (sure["match"], sure["why"]) == ("both good", "")


def test_what_is_not_known_is_unclear_and_never_poor(evaluation):
    summary = summed(
        said("elderly_day_care", POOR, unit_id="E"),  # nobody there is elderly
        said("kindergarten", [None], [5]),
        said("park", GOOD),
    )
    with pytest.warns(
        lc.LifecircleWarning, match=r"1 services that no facility offers \(公园|park"
    ):
        table = lc.survey_against_walk(summary, evaluation)
    assert table["match"].to_list() == ["unclear"] * 3
    assert table.set_index("service")["why"].to_dict() == {
        "elderly_day_care": "nobody of this segment lives in the unit",
        "kindergarten": "nobody answered",
        "park": "no such facility in the table of facilities",
    }
    assert table.set_index("service")["covered_share"].isna().to_dict() == {
        "elderly_day_care": True,
        "kindergarten": False,
        "park": True,
    }


def test_a_time_of_the_standard_that_was_not_measured_is_told():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        evaluation = lc.evaluate(village.study(minutes=(10, 15)))
    found = lc.survey_against_walk(summed(said("kindergarten", GOOD)), evaluation).iloc[0]
    assert found["match"] == "unclear"
    assert found["why"] == "this walking time was not measured"


def test_facilities_that_no_street_is_near_are_unclear():
    far = village.facilities()
    far.loc[0, "geometry"] = village.at(0, 5000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        evaluation = lc.evaluate(village.study(facilities=far))
    found = lc.survey_against_walk(summed(said("kindergarten", GOOD)), evaluation).iloc[0]
    assert (found["match"], found["why"]) == ("unclear", "no street lies near any such facility")


def test_what_cannot_be_compared_is_told(evaluation):
    summary = summed(said("kindergarten", GOOD, unit_id="X"))
    with pytest.raises(lc.AlignmentError, match=r"1 units of the summary .*\(X; units are C, W"):
        lc.survey_against_walk(summary, evaluation)
    summary = summed(said("kindergarten", GOOD))
    with pytest.raises(lc.InputError, match="good_share=85 must be a share"):
        lc.survey_against_walk(summary, evaluation, good_share=85)
    with pytest.raises(lc.MissingColumnError, match="'unit_id'"):
        lc.survey_against_walk(summary.drop(columns="unit_id"), evaluation)


# --- weights ----------------------------------------------------------------------------------


def test_a_weight_by_hand():
    # park: (5-1)/4 × (5-2)/4 = 0.75; gym: (3-1)/4 × (5-4)/4 = 0.125; mean 0.4375
    # 10 answers: r = 10/40; park 1 + 0.25 (12/7 - 1) = 1.17857, gym 1 + 0.25 (2/7 - 1) = 0.82143
    summary = summed(said("park", [2], [5], times=10), said("gym", [4], [3], times=10))
    table = lc.survey_weight(summary).set_index("service")
    assert table["concern"].to_dict() == {"gym": 0.125, "park": 0.75}
    assert table["mean_concern"].to_list() == [0.4375] * 2
    assert table["relative_concern"].to_dict() == pytest.approx({"gym": 2 / 7, "park": 12 / 7})
    assert table["reliability"].to_list() == [0.25] * 2
    assert table["survey_weight"].to_dict() == pytest.approx(
        {"gym": 0.82143, "park": 1.17857}, abs=1e-5
    )
    whole = lc.survey_weight(summary, half_at=0).set_index("service")
    assert whole["survey_weight"].to_dict() == pytest.approx({"gym": 1 / 3, "park": 12 / 7})
    wide = lc.survey_weight(summary, half_at=0, bounds=(0, 1.5)).set_index("service")
    assert wide["survey_weight"].to_dict() == pytest.approx({"gym": 2 / 7, "park": 1.5})


def test_who_was_not_asked_has_the_weight_1():
    summary = summed(said("park", [2], [5], times=10), said("gym", [None], [5], times=10))
    table = lc.survey_weight(summary, services=["park", "clinic"]).set_index("service")
    assert table["survey_weight"].to_dict() == {"clinic": 1, "gym": 1, "park": 1}
    assert table["basis"].to_dict() == {
        "clinic": "none",
        "gym": "none",
        "park": "importance and satisfaction",
    }
    assert table["relative_concern"].isna().to_dict() == {
        "clinic": True,
        "gym": True,
        "park": False,
    }


def test_importance_that_was_not_asked_is_taken_from_the_others_of_the_unit():
    summary = summed(
        said("park", [1], [3], times=30),  # 0.5 × 1
        said("gym", [3], times=30),  # (0.5) × 0.5
        said("gym", [3], unit_id="E"),  # alone, none asked: 1 × 0.5
    )
    table = lc.survey_weight(summary).set_index(["unit_id", "service"])
    assert table["concern"].to_dict() == {("E", "gym"): 0.5, ("W", "gym"): 0.25, ("W", "park"): 0.5}
    assert table.loc[("W", "gym"), "basis"] == "satisfaction"
    assert np.isnan(table.loc[("W", "gym"), "importance_part"])
    assert table.loc[("E", "gym"), "survey_weight"] == 1


def test_where_all_are_content_every_weight_is_1():
    table = lc.survey_weight(summed(said("park", [5], [5]), said("gym", [5], [1])))
    assert table["survey_weight"].to_list() == [1, 1]


def test_weighing_what_cannot_be_is_told():
    summary = summed(said("park", [1], segment=["a"]), said("park", [1], segment=["b"]),
                     by=("unit_id", "service", "segment"))  # fmt: skip
    with pytest.raises(lc.InputError, match=r"1 rows of the summary repeat .*\(W park\)"):
        lc.survey_weight(summary)
    plain = summed(said("park", [1]))
    with pytest.raises(lc.InputError, match="half_at=-1"):
        lc.survey_weight(plain, half_at=-1)
    with pytest.raises(lc.InputError, match="either side of 1"):
        lc.survey_weight(plain, bounds=(2, 3))
    with pytest.raises(lc.MissingColumnError, match="'effective_sample'"):
        lc.survey_weight(plain.drop(columns="effective_sample"))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["park", "gym", "bank"]),
            st.one_of(st.none(), st.integers(1, 5)),
            st.integers(1, 5),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_weights_stay_in_bounds_and_order_services_as_people_do(rows):
    table = pd.DataFrame(rows, columns=["service", "satisfaction", "importance"])
    weights = lc.survey_weight(lc.survey_summary(table.assign(unit_id="W")))
    assert weights["survey_weight"].between(1 / 3, 3).all()
    assert weights["reliability"].between(0, 1).all()
    above = weights["relative_concern"] > 1 + 1e-9
    assert (weights.loc[above, "survey_weight"] > 1).all()
    below = weights["relative_concern"] < 1 - 1e-9
    assert (weights.loc[below, "survey_weight"] < 1).all()
