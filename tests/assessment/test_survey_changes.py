"""Before and after a project, and one segment against the others: by hand and against scipy."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import lifecircle as lc

UNITS = pd.DataFrame(
    {"unit_id": ["C", "W", "E"], "parent_id": [None, "C", "C"], "name": list("cwe")}
)


def answers(satisfaction, **columns):
    given = {"unit_id": "W", "service": "park", "satisfaction": satisfaction}
    return pd.DataFrame(given | columns)


def test_a_change_by_hand():
    # means 2 and 4, variances 1 and 1: se = √(2/3), 4 degrees of freedom, t = 2.77645
    found = lc.compare_surveys(answers([1, 2, 3]), answers([3, 4, 5])).iloc[0]
    assert found[["satisfaction_before", "satisfaction_after", "difference"]].to_list() == [2, 4, 2]
    half = 2.77645 * np.sqrt(2 / 3)
    assert found["difference_low"] == pytest.approx(2 - half, abs=1e-5)
    assert found["difference_high"] == pytest.approx(2 + half, abs=1e-5)
    assert (found["change"], found["change_name"]) == ("unclear", "不明确")
    assert (found["answers_before"], found["answers_after"]) == (3, 3)
    assert found["satisfied_after"] == pytest.approx(2 / 3)
    assert found["small_sample"]


@pytest.mark.parametrize("interval", ["welch", "bootstrap"])
def test_better_worse_and_unclear(interval):
    def change(before, after):
        table = lc.compare_surveys(
            answers(before), answers(after), interval=interval, language="en"
        )
        return table.loc[0, "change"], table.loc[0, "change_name"]

    low, high, same = [1, 2, 3] * 12, [3, 4, 5] * 12, [2, 2, 2, 3] * 9
    assert change(low, high) == ("better", "better")
    assert change(high, low) == ("worse", "worse")
    assert change(low, same) == ("unclear", "unclear")
    assert change([4] * 30, [4] * 30) == ("unclear", "unclear")
    assert change([2] * 30, [4] * 30) == ("better", "better")


def test_the_difference_is_welchs_with_weights_of_any_unit(rng):
    before, after = rng.integers(1, 6, 40), rng.integers(2, 6, 55)
    found = lc.compare_surveys(answers(before, weight=7.0), answers(after, weight=0.1)).iloc[0]
    ends = stats.ttest_ind(after, before, equal_var=False).confidence_interval()
    assert found["difference_low"] == pytest.approx(ends.low)
    assert found["difference_high"] == pytest.approx(ends.high)
    assert not found["small_sample"]
    near = lc.compare_surveys(answers(before), answers(after), interval="bootstrap").iloc[0]
    assert near["difference_low"] == pytest.approx(ends.low, abs=0.1)
    assert near["difference_high"] == pytest.approx(ends.high, abs=0.1)


def test_one_table_with_two_waves_is_two_tables():
    before, after = answers([1, 2, 3] * 5), answers([3, 4, 5] * 5)
    both = pd.concat([after.assign(wave=2025), before.assign(wave=2023)])
    expected = lc.compare_surveys(before, after)
    pd.testing.assert_frame_equal(lc.compare_surveys(both), expected)
    turned = lc.compare_surveys(both, waves=("2025", "2023"))
    assert turned["difference"].to_list() == [-2]
    third = pd.concat([both, before.assign(wave="中期")])
    pd.testing.assert_frame_equal(lc.compare_surveys(third, waves=(2023, 2025)), expected)
    numbered = pd.concat([before.assign(wave=9), after.assign(wave=10)])
    assert lc.compare_surveys(numbered)["difference"].to_list() == [2]  # 9 comes before 10


def test_waves_that_cannot_be_compared_are_told():
    three = answers([1, 2, 3], wave=["a", "b", "c"])
    with pytest.raises(lc.InputError, match=r"there are 3 \(a, b, c\)"):
        lc.compare_surveys(three)
    with pytest.raises(lc.InputError, match="two waves are compared"):
        lc.compare_surveys(three, waves=("a", "a"))
    with pytest.raises(lc.UnknownNameError, match="unknown wave 'd'"):
        lc.compare_surveys(three, waves=("a", "d"))
    with pytest.raises(lc.MissingColumnError, match="no column 'wave'"):
        lc.compare_surveys(answers([1]))
    with pytest.raises(lc.InputError, match="two tables were given"):
        lc.compare_surveys(three, three, waves=("a", "b"))
    with pytest.raises(lc.UnknownNameError, match="unknown interval 'wilson'"):
        lc.compare_surveys(three, three, interval="wilson")
    with pytest.raises(lc.UnknownNameError, match="to compare by 'wave'"):
        lc.compare_surveys(three, three, by=("wave",))
    with pytest.raises(lc.UnknownNameError, match="unknown language"):
        lc.compare_surveys(three, three, language="de")
    with pytest.warns(lc.LifecircleWarning, match="1 of 3 answers name no wave"):
        lc.compare_surveys(answers([1, 2, 3], wave=["a", "b", None]))


def test_rows_that_one_side_lacks_are_unclear_and_units_roll_up():
    before = answers([2, 2], unit_id=["W", "E"])
    after = answers([4, 5, 1], unit_id=["W", "W", "E"], service=["park", "gym", "park"])
    table = lc.compare_surveys(before, after, units=UNITS).set_index(["unit_id", "service"])
    assert table["answers_before"].to_dict() == {
        ("C", "gym"): 0, ("C", "park"): 2, ("E", "park"): 1, ("W", "gym"): 0, ("W", "park"): 1,
    }  # fmt: skip
    assert table.loc[("C", "park"), "difference"] == 0.5
    assert np.isnan(table.loc[("W", "gym"), "difference"])
    assert set(table["change"]) == {"unclear"}
    grouped = lc.compare_surveys(
        before.assign(segment="x"), after.assign(segment="x"), by=["segment"]
    )
    assert grouped["difference"].to_list() == pytest.approx([10 / 3 - 2])


def test_a_segment_is_set_against_everyone_else():
    said = answers([1, 2, 3, 3, 4, 5, 3, 3], segment=["a"] * 3 + ["b"] * 3 + ["c"] * 2)
    table = lc.compare_segments(said).set_index("segment")
    # a: 2 against (3 + 4 + 5 + 3 + 3) / 5 = 3.6
    assert table.loc["a", "difference"] == pytest.approx(-1.6)
    assert table["answers"].to_dict() == {"a": 3, "b": 3, "c": 2}
    assert table["answers_others"].to_dict() == {"a": 5, "b": 5, "c": 6}
    ends = stats.ttest_ind([1, 2, 3], [3, 4, 5, 3, 3], equal_var=False).confidence_interval()
    assert table.loc["a", ["difference_low", "difference_high"]].to_list() == pytest.approx(
        list(ends)
    )
    assert table.loc["a", "finding"] == "unclear"
    assert table["small_sample"].all()
    many = lc.compare_segments(pd.concat([said] * 15)).set_index("segment")
    assert many["finding"].to_dict() == {
        "a": "less satisfied",
        "b": "more satisfied",
        "c": "unclear",
    }


def test_segments_of_one_unit_are_not_set_against_those_of_another():
    said = answers([1, 5, 5], segment=["a", "b", "a"], unit_id=["W", "W", "E"])
    table = lc.compare_segments(said).set_index(["unit_id", "segment"])
    assert table["answers_others"].to_dict() == {("E", "a"): 0, ("W", "a"): 1, ("W", "b"): 1}
    circle = lc.compare_segments(said, units=UNITS).set_index(["unit_id", "segment"])
    assert circle.loc[("C", "a"), "satisfaction_mean"] == 3
    with pytest.raises(lc.MissingColumnError, match="'segment'"):
        lc.compare_segments(answers([1]))
    with pytest.raises(lc.UnknownNameError, match="to compare by 'segment'"):
        lc.compare_segments(said, by=("segment",))
    with pytest.raises(lc.UnknownNameError, match="interval"):
        lc.compare_segments(said, interval="t")
