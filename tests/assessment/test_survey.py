"""Counts, means and intervals of answers: by hand, against scipy, and what must always hold."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from scipy import stats

import lifecircle as lc
from lifecircle.assessment.survey_intervals import (
    Sample,
    bootstrap,
    difference,
    mean_interval,
    resampled_means,
    share_interval,
    student,
    wilson,
)

UNITS = pd.DataFrame(
    {"unit_id": ["D", "C", "W", "E"], "parent_id": [None, "D", "C", "C"], "name": list("dcwe")}
)
MEANS = ["satisfaction_mean", "satisfaction_low", "satisfaction_high"]
SHARES = ["satisfied_share", "satisfied_low", "satisfied_high"]


def answers(satisfaction, **columns):
    given = {"unit_id": "W", "service": "park", "satisfaction": satisfaction}
    return pd.DataFrame(given | columns)


def row(satisfaction, *, interval="wilson", **columns):
    table = lc.survey_summary(answers(satisfaction, **columns), interval=interval)
    assert len(table) == 1
    return table.iloc[0]


# --- by hand ----------------------------------------------------------------------------------


def test_the_columns_stand_in_their_order():
    table = lc.survey_summary(answers([1, 5]))
    assert table.columns.to_list()[:14] == [
        "unit_id", "service", "answers", "weight_sum", *MEANS, *SHARES,
        "importance_mean", "importance_low", "importance_high", "small_sample",
    ]  # fmt: skip
    assert table.dtypes["small_sample"].name == "bool"


def test_seven_satisfied_of_ten():
    # p = 0.7, n = 10, z = 1.96: (0.7 + 0.19207 ± 1.96 √(0.021 + 0.0096036)) / 1.38415
    found = row([4] * 3 + [5] * 4 + [3, 2, 1])
    assert found[SHARES].to_list() == pytest.approx([0.7, 0.39678, 0.89221], abs=1e-5)
    assert found["answers"] == found["persons"] == found["effective_sample"] == 10
    # mean (12 + 20 + 6) / 10; squares 48 + 100 + 14 - 144.4 = 17.6; s² = 17.6 / 9; t(9) = 2.26216
    assert found[MEANS].to_list() == pytest.approx([3.8, 2.79963, 4.80037], abs=1e-5)
    assert found["small_sample"]
    assert np.isnan(found["importance_mean"])


def test_weights_count_in_mean_share_and_effective_sample():
    found = row([5, 1, 3], weight=[2, 1, 1], importance=[1, 1, 5])
    assert found["satisfaction_mean"] == 3.5  # (10 + 1 + 3) / 4
    assert found["satisfied_share"] == 0.5  # 2 / 4
    assert found["importance_mean"] == 2.0  # (2 + 1 + 5) / 4
    assert found["weight_sum"] == 4
    assert found["effective_sample"] == pytest.approx(16 / 6)
    assert found[SHARES[1:]].to_list() == pytest.approx(list(wilson(0.5, 16 / 6)))
    # s² = Σw(x - 3.5)²/Σw × n/(n - 1) = (4.5 + 6.25 + 0.25)/4 × 1.6 = 4.4
    half = stats.t.ppf(0.975, 5 / 3) * np.sqrt(4.4 / (16 / 6))
    assert found["satisfaction_low"] == max(3.5 - half, 1)
    assert found["satisfaction_high"] == min(3.5 + half, 5)


def test_a_weight_of_0_is_an_answer_that_does_not_count():
    found = row([5, 1], weight=[1, 0])
    assert (found["answers"], found["effective_sample"]) == (2, 1)
    assert found[[*MEANS[:1], *SHARES[:1]]].to_list() == [5, 1]
    nothing = row([5, 1], weight=[0, 0], importance=[1, 2])
    assert nothing[[*MEANS, *SHARES, "importance_mean"]].isna().all()
    assert (nothing["answers"], nothing["weight_sum"], nothing["effective_sample"]) == (2, 0, 0)
    assert nothing["small_sample"]


def test_one_answer_has_no_interval_of_its_mean():
    found = row([4])
    assert found["satisfaction_mean"] == 4
    assert found[MEANS[1:]].isna().all()
    assert found["satisfied_low"] == pytest.approx(1 / (1 + 1.959964**2), abs=1e-6)


def test_thirty_are_no_small_sample_and_unequal_weights_make_them_one():
    assert row([1, 5] * 14 + [1])["small_sample"]
    assert not row([1, 5] * 15)["small_sample"]
    assert not row([1, 5] * 15, weight=0.1)["small_sample"]
    assert row([1, 5] * 15, weight=[1] * 29 + [3])["small_sample"]  # 32²/38 = 26.9


def test_importance_without_satisfaction_counts_for_importance_alone():
    found = row([4, None, None], importance=[None, 2, 4])
    assert (found["answers"], found["satisfaction_mean"], found["importance_mean"]) == (3, 4, 3)
    assert (found["effective_sample"], found["importance_effective_sample"]) == (1, 2)
    asked = answers([1, 2]).rename(columns={"satisfaction": "importance"})
    alone = lc.survey_summary(asked).iloc[0]
    assert np.isnan(alone["satisfied_share"])
    assert alone["importance_mean"] == 1.5


def test_who_all_say_the_same_are_not_taken_for_everyone():
    # as if one of n had said the next grade: s² = 1/n
    found = row([5] * 30)
    half = stats.t.ppf(0.975, 29) * np.sqrt(1 / 30 / 30)
    assert found[MEANS].to_list() == pytest.approx([5, 5 - half, 5])
    assert found[SHARES].to_list() == pytest.approx([1, 0.8865, 1], abs=1e-4)
    same = row([5] * 30, interval="bootstrap")
    assert same[[*MEANS, *SHARES]].to_list() == found[[*MEANS, *SHARES]].to_list()


# --- people, units, groups --------------------------------------------------------------------


def test_people_are_counted_and_not_answers():
    said = answers([5, 1, 3], person_id=["P", "P", "Q"], service=["park", "food_market", "park"])
    each = lc.survey_summary(said).set_index("service")
    assert each["satisfaction_mean"].to_dict() == {"food_market": 1, "park": 4}
    unit = lc.survey_summary(said, by=["unit_id"]).iloc[0]
    assert (unit["answers"], unit["persons"], unit["effective_sample"]) == (3, 2, 2)
    assert unit["satisfaction_mean"] == 3  # P says 3 on average, Q says 3; not (5 + 1 + 3) / 3
    assert unit["satisfied_share"] == 0.25  # half of P


def test_forms_that_count_their_people_from_1_are_of_different_people():
    said = answers(
        [5, 1, 2, 4], person_id="1", unit_id=["W", "E", "W", "W"], wave=["", "", "a", "b"]
    )
    circle = lc.survey_summary(said, units=UNITS).set_index("unit_id").loc["C"]
    assert circle["persons"] == 4
    assert circle["satisfaction_mean"] == 3


def test_answers_of_communities_count_for_the_circles_above():
    said = answers([5, 3, 1, 2], unit_id=["W", "W", "E", "C"])
    table = lc.survey_summary(said, units=UNITS).set_index("unit_id")
    assert table["answers"].to_dict() == {"C": 4, "D": 4, "E": 1, "W": 2}
    assert table["satisfaction_mean"].to_dict() == {"C": 2.75, "D": 2.75, "E": 1, "W": 4}
    alone = lc.survey_summary(said).set_index("unit_id")
    assert alone["answers"].to_dict() == {"C": 1, "E": 1, "W": 2}
    flat = lc.survey_summary(said, units=UNITS.drop(columns="parent_id"))
    assert flat["answers"].sum() == 4
    services = lc.survey_summary(said, units=UNITS, by=("service",))
    assert services["answers"].to_list() == [4]  # each once


def test_units_in_a_ring_end_and_strange_units_are_told():
    ring = UNITS.assign(parent_id=["C", "D", "C", "nowhere"])
    said = answers([5, 3], unit_id=["W", "E"])
    table = lc.survey_summary(said, units=ring).set_index("unit_id")
    assert table["answers"].to_dict() == {"C": 1, "D": 1, "E": 1, "W": 1}
    with pytest.raises(lc.AlignmentError, match=r"1 units of the answers .*\(X; units are D, C"):
        lc.survey_summary(answers([1, 2], unit_id=["W", "X"]), units=UNITS)


def test_segments_and_waves_make_rows_of_their_own_and_unknown_ones_too():
    said = answers([1, 2, 5], segment=["elderly", None, "elderly"], wave=[1, 1, 2])
    table = lc.survey_summary(said, by=("segment", "wave"))
    assert table[["segment", "wave", "satisfaction_mean"]].to_numpy().tolist() == [
        ["elderly", "1", 1.0],
        ["elderly", "2", 5.0],
        ["unknown", "1", 2.0],
    ]


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"by": ("unit_id", "colour")}, lc.UnknownNameError, "'colour'"),
        ({"by": ()}, lc.InputError, "must name one or more"),
        ({"by": ("service", "service")}, lc.InputError, "each once"),
        ({"by": ("segment",)}, lc.MissingColumnError, "by names 'segment'"),
        ({"interval": "wald"}, lc.UnknownNameError, "unknown interval 'wald'"),
    ],
)
def test_options_that_cannot_be_are_told(options, kind, words):
    with pytest.raises(kind, match=words):
        lc.survey_summary(answers([1, 2]), **options)


def test_answers_that_cannot_be_are_told():
    with pytest.raises(lc.InputError, match=r"outside 1 to 5 \(9\)"):
        lc.survey_summary(answers([1, 9]))
    with pytest.raises(lc.UnknownServiceError, match=r"'parks' \(did you mean park"):
        lc.survey_summary(answers([1, 2], service="parks"))


def test_the_demo_adds_up():
    study = lc.load_demo()
    table = lc.survey_summary(study.extras["survey"], units=study.units)
    raw = study.extras["survey"]
    circle = table[table["unit_id"] == "YH-SZT-01"].set_index("service")
    assert table["answers"].sum() == 1200  # each for its community and for the circle
    assert circle["answers"].to_dict() == raw["service"].value_counts().to_dict()
    means = raw.groupby("service")["satisfaction"].mean()
    assert circle["satisfaction_mean"].to_dict() == pytest.approx(means.to_dict())
    share = raw.assign(good=raw["satisfaction"] >= 4).groupby("service")["good"].mean()
    assert circle["satisfied_share"].to_dict() == pytest.approx(share.to_dict())


# --- against scipy ----------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 7, 30, 400])
def test_wilson_is_scipys(n):
    for satisfied in {0, 1, n // 3, n // 2, n - 1, n}:
        ends = stats.binomtest(satisfied, n).proportion_ci(method="wilson")
        assert list(wilson(satisfied / n, n)) == pytest.approx([ends.low, ends.high], abs=1e-9)


def test_student_is_scipys(rng):
    for n in (5, 40, 300):
        values = rng.integers(2, 5, n).astype(float)
        values[:3] = 2, 3, 4
        ends = stats.t.interval(0.95, n - 1, loc=values.mean(), scale=stats.sem(values))
        assert list(student(Sample.of(values, np.full(n, 0.3)), 0, 9)) == pytest.approx(ends)


def test_the_bootstrap_is_scipys(rng):
    values = rng.integers(1, 6, 120).astype(float)
    ends = stats.bootstrap(
        (values,), np.mean, n_resamples=9999, method="percentile", rng=rng
    ).confidence_interval
    found = bootstrap(Sample.of(values, np.ones(120)), seed=5)
    assert list(found) == pytest.approx([ends.low, ends.high], abs=0.03)


def test_the_bootstrap_carries_weights(rng):
    values, weights = rng.integers(1, 6, 80).astype(float), rng.uniform(0.2, 3, 80)
    drawn = rng.integers(0, 80, (4000, 80))
    means = (values * weights)[drawn].sum(axis=1) / weights[drawn].sum(axis=1)
    found = bootstrap(Sample.of(values, weights), seed=5)
    assert list(found) == pytest.approx(np.quantile(means, [0.025, 0.975]).tolist(), abs=0.04)


def test_no_resampled_mean_lies_beyond_the_answers():
    weights = np.array([28.596840701486233, 46.06883079435649, 8.803446488404594])
    for values in ([5.0, 5.0, 3.0], [1.0, 1.0, 2.0]):
        means = resampled_means(Sample.of(np.array(values), weights), seed=1)
        assert means.min() >= min(values)
        assert means.max() <= max(values)


def test_welch_is_scipys(rng):
    before, after = rng.integers(1, 6, 25).astype(float), rng.integers(2, 6, 60).astype(float)
    ends = stats.ttest_ind(after, before, equal_var=False).confidence_interval()
    change, found = difference(
        Sample.of(before, np.ones(25)), Sample.of(after, np.ones(60)), "welch", 1
    )
    assert change == pytest.approx(after.mean() - before.mean())
    assert list(found) == pytest.approx([ends.low, ends.high])


@pytest.mark.parametrize("method", ["wilson", "bootstrap"])
def test_of_a_hundred_intervals_about_ninety_five_hold_the_truth(rng, method):
    chances = [0.1, 0.2, 0.3, 0.25, 0.15]
    truth = float(np.dot(chances, [1, 2, 3, 4, 5]))
    held = {"mean": 0, "share": 0}
    for _ in range(300):
        values = rng.choice(5, 50, p=chances) + 1.0
        sample = Sample.of(values, np.ones(50))
        good = Sample.of((values >= 4).astype(float), np.ones(50))
        low, high = mean_interval(sample, method, 1, (1, 5))
        held["mean"] += low <= truth <= high
        low, high = share_interval(good, method, 1)
        held["share"] += low <= 0.4 <= high
    assert all(0.90 <= count / 300 <= 0.99 for count in held.values()), held


# --- what must always hold --------------------------------------------------------------------

GRADES = st.one_of(st.none(), st.integers(1, 5))
TABLES = st.lists(
    st.tuples(
        st.sampled_from(["W", "E"]),
        st.sampled_from(["park", "food_market"]),
        st.integers(1, 5),
        GRADES,
        st.floats(0.01, 100),
        st.sampled_from(["p", "q", "r", None]),
    ),
    min_size=1,
    max_size=25,
)
COLUMNS = ["unit_id", "service", "satisfaction", "importance", "weight", "person_id"]


@pytest.mark.filterwarnings("ignore:survey. .* answer a question that the same person")
@settings(max_examples=40)
@given(TABLES, st.sampled_from(["wilson", "bootstrap"]), st.randoms(use_true_random=False))
def test_figures_stay_on_their_scales_whatever_the_order_and_the_unit_of_weights(
    rows, interval, random
):
    table = pd.DataFrame(rows, columns=COLUMNS)
    found = lc.survey_summary(table, units=UNITS, interval=interval)
    for name, low, high in (("satisfaction", 1, 5), ("importance", 1, 5), ("satisfied", 0, 1)):
        middle = found[f"{name}_share" if name == "satisfied" else f"{name}_mean"]
        known = middle.notna() & found[f"{name}_low"].notna()
        assert middle.dropna().between(low, high).all()
        assert (found[f"{name}_low"][known] >= low).all()
        assert (found[f"{name}_high"][known] <= high).all()
        assert (found[f"{name}_low"][known] <= middle[known] + 1e-9).all()
        assert (found[f"{name}_high"][known] >= middle[known] - 1e-9).all()
    assert (found["effective_sample"] <= found["persons"] + 1e-6).all()
    mixed = rows.copy()
    random.shuffle(mixed)
    again = lc.survey_summary(pd.DataFrame(mixed, columns=COLUMNS), units=UNITS, interval=interval)
    assert_frame_equal(found, again)
    double = table.assign(weight=table["weight"] * 2)
    twice = lc.survey_summary(double, units=UNITS, interval=interval)
    assert_frame_equal(
        found.drop(columns="weight_sum"), twice.drop(columns="weight_sum"), rtol=1e-9
    )
    assert (twice["weight_sum"] / 2).to_list() == pytest.approx(found["weight_sum"].to_list())
