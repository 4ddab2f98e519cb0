"""What the legend and the cards of units say of the numbers they were given."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

from lifecircle.outputs.legend import completeness_classes, share_text, spread
from lifecircle.outputs.maps import map_evaluation


def data_of(town):
    return town.get_root().data


def unit_named(data, name):
    return next(unit for unit in data["units"] if unit["name"] == name)


def test_a_unit_shows_its_numbers_with_units_and_what_is_unknown(evaluation_of):
    data = data_of(map_evaluation(evaluation_of()))
    assert unit_named(data, "甲社区")["facts"] == [
        ["面积", "16.00 公顷"],
        ["人口", "200 人"],
        ["15 分钟可达服务（人均）", "3.0 项（共 3 项）"],
        ["所属", "雨花区"],
        ["边界来源", "据文字描述绘制"],
    ]
    assert unit_named(data, "丙社区")["facts"][:3] == [
        ["面积", "无数据"],
        ["人口", "无数据"],
        ["15 分钟可达服务（人均）", "无数据"],
    ]


def test_a_units_coverage_is_the_usual_walkers_at_the_longest_time(evaluation_of):
    data = data_of(map_evaluation(evaluation_of()))
    assert unit_named(data, "乙社区")["coverage"] == [
        ["幼儿园", "儿童", "834 / 1,000", "83.4 %"],
        ["菜市场或生鲜超市", "成年人", "834 / 1,000", "83.4 %"],
        ["老年人日间照料中心", "老年人", "834 / 1,000", "83.4 %"],
    ]
    assert unit_named(data, "丙社区")["coverage"][0] == [
        "幼儿园",
        "儿童",
        "未知 / 1,000",
        "未知",
    ]


@pytest.mark.parametrize(("language", "unknown"), [("zh", "未知"), ("en", "unknown")])
def test_a_share_that_is_not_known_is_never_none(evaluation_of, language, unknown):
    evaluation = evaluation_of(language=language)
    market = evaluation.coverage["service"] == "food_market"
    evaluation.coverage.loc[market, "covered_share"] = float("nan")
    evaluation.coverage.loc[market, "covered_people"] = 0.0
    row = unit_named(data_of(map_evaluation(evaluation)), "乙社区")["coverage"][1]
    assert row[2:] == [f"{unknown} / 1,000", unknown]


def test_where_nobody_lives_there_is_no_share(evaluation_of):
    evaluation = evaluation_of()
    evaluation.coverage[["people", "covered_people"]] = 0.0
    evaluation.coverage["covered_share"] = float("nan")
    row = unit_named(data_of(map_evaluation(evaluation)), "乙社区")["coverage"][0]
    assert row[2:] == ["0 / 0", "—"]


def test_people_far_from_any_street_are_told_below_all_people(evaluation_of):
    evaluation = evaluation_of()
    evaluation.study.snap_m = 80.0
    evaluation.units["unsnapped_people"] = [98_593.4, 0.0, 1.0, float("nan")]
    data = data_of(map_evaluation(evaluation))
    assert unit_named(data, "砂子塘")["facts"][1:3] == [
        ["人口", "600 人"],
        ["其中 98,593 人住处离道路超过 80 米，未计入覆盖率"],
    ]
    for name in ("甲社区", "丙社区"):
        assert all(len(fact) == 2 for fact in unit_named(data, name)["facts"])


def test_services_within_the_standards_own_times_are_a_second_line(evaluation_of):
    evaluation = evaluation_of()
    evaluation.units["completeness_standard_mean"] = [1.94, 2.0, 0.5, float("nan")]
    count = pd.Series(range(len(evaluation.residents)), dtype="Int64").mask(lambda one: one == 0)
    evaluation.residents["completeness_standard_count"] = count
    data = data_of(map_evaluation(evaluation))
    assert unit_named(data, "砂子塘")["facts"][2:4] == [
        ["15 分钟可达服务（人均）", "2.0 项（共 3 项）"],
        ["按标准各自时限（人均）", "1.9 项（共 3 项）"],
    ]
    assert unit_named(data, "丙社区")["facts"][3] == ["按标准各自时限（人均）", "无数据"]
    assert data["residents"]["completeness_standard"][:3] == [None, 1, 2]


@pytest.mark.parametrize(("language", "shown"), [("zh", "据文字描述绘制"), ("en", None)])
def test_what_a_boundary_comes_from_is_in_the_maps_language(evaluation_of, language, shown):
    evaluation = evaluation_of(language=language)
    evaluation.units["boundary_source"] = ["drawn from description", "民政局 2021", None, "{x}"]
    facts = {
        unit["id"]: unit["facts"][-1][1] for unit in data_of(map_evaluation(evaluation))["units"]
    }
    assert facts["u0"] == (shown or "drawn from description")
    assert facts["u1"] == "民政局 2021"
    assert facts["u2"] == "雨花区"
    assert facts["u3"] == "{x}"


def test_coverage_by_a_walker_of_ones_own_is_shown_under_his_name(evaluation_of):
    evaluation = evaluation_of()
    evaluation.coverage = evaluation.coverage[evaluation.coverage["walker"] == "adult"].assign(
        walker="Nordic walker"
    )
    data = data_of(map_evaluation(evaluation))
    assert {row[1] for row in unit_named(data, "乙社区")["coverage"]} == {"Nordic walker"}


def test_a_share_is_never_rounded_to_all_or_to_none():
    assert share_text(0.9996, "?") == "99.9 %"
    assert share_text(0.0001, "?") == "0.1 %"
    assert share_text(1.0, "?") == "100 %"
    assert share_text(float("nan"), "?") == "?"


@pytest.mark.parametrize("total", range(25))
def test_completeness_classes_hold_every_count_once_and_all_alone(total):
    classes = completeness_classes(total)
    counts = [count for low, high in classes for count in range(low, high + 1)]
    assert counts == list(range(total + 1))
    assert classes[-1] == (total, total)
    assert len(classes) <= 5


def test_ramps_darken_or_lighten_step_by_step(evaluation_of):
    data = data_of(map_evaluation(evaluation_of()))

    def lightness(colour):
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    bands = [lightness(colour) for colour in data["bands"]["colours"]]
    classes = [lightness(one["colour"]) for one in data["residents"]["classes"]]
    assert min(b - a for a, b in itertools.pairwise(bands)) > 30
    assert min(a - b for a, b in itertools.pairwise(classes)) > 30
    assert len(spread(["#000000", "#ffffff"], 1)) == 1
