"""Equity: by hand, by brute force, against the library inequality, and what must always hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import lifecircle as lc

PLACES = st.lists(
    st.tuples(st.integers(0, 400).map(lambda x: x / 8), st.integers(0, 60)), min_size=1, max_size=12
)
FIGURES = ["gini", "palma", "theil"]


def brute_gini(value, weight):
    """The mean difference of two people drawn at random, over twice the mean."""
    difference = np.abs(value[:, None] - value[None, :])
    mean = np.average(value, weights=weight)
    return (weight[:, None] * weight[None, :] * difference).sum() / (2 * weight.sum() ** 2 * mean)


def brute_palma(value, weight):
    """Everyone in a row, each cut in ten pieces."""
    row = np.sort(np.repeat(value, (10 * weight).astype(int)))
    best, worst = row[-len(row) // 10 :].sum(), row[: 4 * len(row) // 10].sum()
    return best / worst if worst else np.inf


def split(places):
    value, weight = np.array(places, dtype=float).T
    assume((value * weight).sum() > 0)
    return value, weight


def test_four_people_by_hand():
    """1, 2, 3, 4: Gini 10 / (4 × 10) = 0.25; the best 10 % are 0.4 people with 4 each, the
    worst 40 % are 1.6 with 1 + 0.6 × 2 = 2.2; Theil Σ x/10 × ln(x/2.5)."""
    found = lc.inequality([1.0, 2.0, 3.0, 4.0])
    assert found.index.to_list()[:3] == FIGURES
    assert found["gini"] == pytest.approx(0.25)
    assert found["palma"] == pytest.approx(1.6 / 2.2)
    theil = sum(x / 10 * np.log(x / 2.5) for x in (1, 2, 3, 4))
    assert found["theil"] == pytest.approx(theil)
    assert found[["mean", "people", "unknown_share"]].to_list() == [2.5, 4, 0]


def test_all_alike_is_even():
    found = lc.inequality([0.3, 0.3, 0.3], [7, 1, 40])
    assert found[FIGURES].to_list() == pytest.approx([0, 0.25, 0], abs=1e-12)


def test_one_who_has_all():
    found = lc.inequality([0, 0, 0, 5], [1, 1, 1, 1])
    assert found["gini"] == pytest.approx(0.75)
    assert found["palma"] == np.inf
    assert found["theil"] == pytest.approx(np.log(4))


@given(PLACES)
def test_gini_and_palma_are_those_of_brute_force(places):
    value, weight = split(places)
    found = lc.inequality(value, weight)
    assert found["gini"] == pytest.approx(brute_gini(value, weight), abs=1e-12)
    assert found["palma"] == pytest.approx(brute_palma(value, weight))
    assert 0 <= found["gini"] < 1
    assert 0 <= found["theil"] <= np.log(weight.sum()) + 1e-12


@given(PLACES)
def test_weights_are_people_one_by_one_as_the_library_inequality_has_them(places):
    from inequality.gini import Gini
    from inequality.theil import Theil

    value, weight = split(places)
    row = np.repeat(value, weight.astype(int))
    assume(len(row) > 1)
    found = lc.inequality(value, weight)
    assert found["gini"] == pytest.approx(Gini(row).g, abs=1e-12)
    assert found["theil"] == pytest.approx(float(Theil(row).T), abs=1e-9)
    pd.testing.assert_series_equal(lc.inequality(row), found, rtol=1e-9, atol=1e-12)


@given(PLACES, st.sampled_from([0.001, 3.0, 1e9]), st.integers(2, 5))
def test_neither_the_unit_nor_doubling_everyone_changes_it(places, scale, times):
    value, weight = split(places)
    found = lc.inequality(value, weight)[FIGURES]
    for other in (
        lc.inequality(value * scale, weight),
        lc.inequality(value, weight * times),
        lc.inequality(np.tile(value, times), np.tile(weight, times)),
    ):
        pd.testing.assert_series_equal(other[FIGURES], found, rtol=1e-9, atol=1e-9)


@given(PLACES, st.data())
def test_giving_from_one_who_has_more_to_one_who_has_less_never_widens(places, data):
    value, _ = split(places)
    assume(len(value) > 1 and value.min() < value.max() and value.sum() > 0)
    rich, poor = int(value.argmax()), int(value.argmin())
    gift = data.draw(st.floats(0, 0.5)) * (value[rich] - value[poor])
    after = value.copy()
    after[rich] -= gift
    after[poor] += gift
    before, now = lc.inequality(value), lc.inequality(after)
    assert now["gini"] <= before["gini"] + 1e-12
    assert now["theil"] <= before["theil"] + 1e-9
    assert now["palma"] <= before["palma"] + 1e-9


@given(PLACES)
def test_gini_is_twice_the_area_above_the_curve(places):
    value, weight = split(places)
    curve = lc.lorenz(value, weight)
    assert curve.iloc[0].to_list() == [0, 0]
    assert curve.iloc[-1].to_list() == pytest.approx([1, 1])
    assert (curve["value_share"] <= curve["people_share"] + 1e-12).all()
    area = np.trapezoid(curve["value_share"], curve["people_share"])
    assert lc.inequality(value, weight)["gini"] == pytest.approx(1 - 2 * area, abs=1e-12)


def test_what_is_unknown_is_left_out_and_counted():
    found = lc.inequality([1.0, np.nan, 3.0], [10, 20, 10])
    alone = lc.inequality([1.0, 3.0], [10, 10])
    assert found[[*FIGURES, "mean"]].to_list() == alone[[*FIGURES, "mean"]].to_list()
    assert found["people"] == 20
    assert found["unknown_share"] == 0.5
    masked = pd.Series([1, None, 3], dtype="Int64")
    assert lc.inequality(masked, [10, 20, 10]).to_list() == found.to_list()


@pytest.mark.parametrize(
    ("values", "weights"),
    [([0, 0], [3, 4]), ([np.nan, np.nan], [1, 1]), ([5, 6], [0, 0]), ([], [])],
)
def test_where_there_is_nothing_to_share_it_is_not_a_number(values, weights):
    found = lc.inequality(values, weights)
    assert found[FIGURES].isna().all()
    assert lc.lorenz(values, weights).empty


def test_what_cannot_be_is_refused_at_once():
    with pytest.raises(
        lc.InputError, match=r"values: 1 of 2 .*positions 1: -2.0.* weights: 1 of 2"
    ):
        lc.inequality([1.0, -2.0], [np.nan, 3.0])
    with pytest.raises(lc.InputError, match="no numbers"):
        lc.inequality(pd.Series(["1", "many"]))
    with pytest.raises(lc.AlignmentError, match="2 and 1"):
        lc.inequality([1.0, 2.0], [1.0])
    with pytest.raises(lc.InputError, match="2 dimensions"):
        lc.lorenz([[1.0]])


def test_segments_against_everyone_by_hand():
    """Everyone (30 × 0.1 + 10 × 0.3) / 40 = 0.15; elders (10 × 0.1 + 10 × 0.3) / 20 = 0.2."""
    homes = pd.DataFrame({"people": [30, 10, 5], "elderly": [10, 10, 5], "children": [0, 0, 4]})
    gaps = lc.segment_gaps([0.1, 0.3, np.nan], homes)
    assert gaps.index.to_list() == ["elderly", "children"]
    elderly = gaps.loc["elderly"]
    assert elderly["people"] == 20
    assert elderly["mean"] == pytest.approx(0.2)
    assert elderly["everyone_mean"] == pytest.approx(0.15)
    assert elderly["difference"] == pytest.approx(0.05)
    assert elderly["ratio"] == pytest.approx(4 / 3)
    assert elderly["unknown_share"] == pytest.approx(0.2)
    children = gaps.loc["children"]  # all of them live where nothing is known
    assert children[["mean", "difference", "ratio"]].isna().all()
    assert children["unknown_share"] == 1


def test_a_segment_that_is_everyone_has_no_gap():
    homes = pd.DataFrame({"people": [3, 4, 9], "elderly": [3, 4, 9]})
    gap = lc.segment_gaps([1.0, 0.0, 7.0], homes, "elderly").loc["elderly"]
    assert gap[["difference", "ratio"]].to_list() == [0, 1]


def test_gaps_need_their_columns_and_their_rows():
    homes = pd.DataFrame({"people": [3, 4]})
    with pytest.raises(lc.MissingColumnError, match="elderly, children"):
        lc.segment_gaps([1, 2], homes)
    with pytest.raises(lc.AlignmentError, match="1 and 2"):
        lc.segment_gaps([1], homes, ())
    with pytest.raises(lc.InputError, match="negative"):
        lc.segment_gaps([1, -2], homes, ())


def test_nobody_to_compare_with_is_unknown_not_an_error():
    homes = pd.DataFrame({"people": [0, 0], "elderly": [0, 0]})
    gap = lc.segment_gaps([1.0, 2.0], homes, ["elderly"]).loc["elderly"]
    assert gap[["mean", "everyone_mean", "ratio", "unknown_share"]].isna().all()
