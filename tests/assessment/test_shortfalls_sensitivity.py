"""Whether ranks hold: against brute force, by hand, and as invariants."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lifecircle as lc
from assessment import long_street
from assessment.long_street import HOMES, PLACES, WANTED, Checked, checked
from lifecircle.assessment.shortfall_counts import counted
from lifecircle.assessment.shortfall_reach import Pairs, overshoot
from lifecircle.assessment.shortfall_sensitivity import (
    DRAWS,
    LESS,
    MORE,
    SLOW,
    TODAY,
    missing_points,
    ranked,
    scores_otherwise,
)

pytestmark = pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")
SPANS = {"C": (-50, 3050), "W": (-50, 1500), "E": (1500, 3050)}
COLUMN = {"kindergarten": 3}  # children; everybody else counts for the rest


def scores_of(counts, missing):
    """Scores of all shortfalls of today, and their rows."""
    rows = counts.deciding().to_numpy()
    return scores_otherwise(counts, rows, missing), counts.rows.iloc[rows]


def score_by_hand(unit, wish, places, pace=1.0, more_min=0.0):
    """People short × severity of a walk along a straight street, the long way."""
    low, high = SPANS[unit]
    limit = wish["minutes"] + more_min
    stands = [x for service, x in places.values() if service == wish["service"]]
    total = 0.0
    for x, *people in HOMES.values():
        if not low <= x < high:
            continue
        way = min((abs(x - at) / 60 / pace for at in stands), default=np.inf)
        if np.float32(way) > np.float32(limit):
            weight = people[COLUMN.get(wish["service"], 1) - 1]
            total += weight * min(1.0, (way - limit) / limit)
    return total if total > 0 else np.nan


def scores_by_hand(places, pace=1.0, more_min=0.0):
    return np.array(
        [score_by_hand(u, wish, places, pace, more_min) for u in SPANS for wish in WANTED]
    )


@pytest.fixture(scope="module")
def today():
    return checked()


@pytest.fixture(scope="module")
def counts(today):
    return counted(today, None, optional=False)


def among_today(scores):
    """Scores of the seven shortfalls of today, in their order."""
    return scores[scores_by_hand(PLACES) > 0]


def test_scores_of_the_street_are_those_by_hand(counts):
    scores, rows = scores_of(counts[1], missing_points(4, 0, 0))
    assert rows["unit_id"].to_list() == ["C"] * 3 + ["W"] + ["E"] * 3
    for column, pace, more in ((TODAY, 1, 0), (SLOW, 0.9, 0), (LESS, 1, -1), (MORE, 1, 1)):
        hand = among_today(scores_by_hand(PLACES, pace, more))
        np.testing.assert_allclose(scores[:, column], hand, rtol=1e-4)


def test_every_draw_is_the_one_of_brute_force(counts):
    missing = missing_points(4, 40, 7)
    scores = scores_of(counts[1], missing)[0][:, DRAWS:]
    assert {tuple(column) for column in missing.T.tolist()} == {
        tuple(row) for row in np.eye(4, dtype=bool).tolist()
    }
    for draw in range(40):
        left = {name: PLACES[name] for at, name in enumerate(PLACES) if not missing[at, draw]}
        np.testing.assert_allclose(scores[:, draw], among_today(scores_by_hand(left)), rtol=1e-4)


def test_the_band_of_ranks_is_that_of_brute_force(today):
    draws, seed = 60, 3
    table = lc.rank_shortfalls(today, draws=draws, seed=seed)
    missing = missing_points(4, draws, seed)
    ranks = []
    for draw in range(draws):
        left = {name: PLACES[name] for at, name in enumerate(PLACES) if not missing[at, draw]}
        score = among_today(scores_by_hand(left))
        rank = {}
        for level in (range(3), range(3, 7)):  # the circle, its communities
            rank |= {
                row: 1 + sum(score[other] > score[row] * (1 + 1e-6) for other in level)
                for row in level
            }
        ranks.append(rank)
    keys = [(unit, wish["service"]) for unit in SPANS for wish in WANTED]
    keys = [key for key, score in zip(keys, scores_by_hand(PLACES), strict=True) if score > 0]
    for row in table.itertuples():
        seen = sorted(rank[keys.index((row.unit_id, row.service))] for rank in ranks)
        assert row.rank_low == seen[int(np.ceil(0.05 * draws)) - 1]
        assert row.rank_high == seen[int(np.ceil(0.95 * draws)) - 1]


@pytest.fixture(scope="module")
def random_town():
    """Forty homes and thirty places of three services on the street, with sizes and radii."""
    rng = np.random.default_rng(20180701)
    along = np.sort(rng.uniform(0, 3000, 40)).round()
    people = rng.integers(1, 50, (40, 3))
    homes = {f"R{i}": (x, *row) for i, (x, row) in enumerate(zip(along, people, strict=True))}
    services = rng.choice(["kindergarten", "food_market", "pharmacy"], 30)
    places = {
        f"F{i}": (service, x)
        for i, (service, x) in enumerate(zip(services, rng.uniform(0, 3000, 30), strict=True))
    }
    sizes = {"capacity": rng.integers(5, 30, 30), "floor_area_m2": rng.integers(50, 2000, 30)}
    wanted = (
        {"service": "kindergarten", "minutes": 2.0, "per_1000": 200.0, "radius_m": 100.0},
        {"service": "food_market", "minutes": 3.0, "presence": True, "floor_area_m2": 1990.0},
        {"service": "pharmacy", "radius_m": 150.0, "presence": True},
        {"service": "pharmacy", "clause": "capacity", "per_1000": 500.0},
        {"service": "food_market", "clause": "size", "floor_area_m2": 1990.0},
    )
    changes = {
        "residents": long_street.homes(homes),
        "facilities": long_street.places(places, **sizes),
        "minutes": (2, 3),
    }
    return changes, wanted


def priorities_of(found, rows):
    """Priorities of some checks by another health check; NaN where another check counts."""
    table = lc.rank_shortfalls(found, sensitivity=False)
    key = ["unit_id", "clause", "service", "check"]
    wanted = pd.MultiIndex.from_frame(rows[key])
    return table.set_index(key)["priority"].reindex(wanted).to_numpy()


def test_draws_equal_new_evaluations_without_the_missing_points(random_town):
    changes, wanted = random_town
    counts = counted(checked(wanted, target=0.8, **changes), None, optional=False)[1]
    missing = missing_points(30, 6, 1)
    scores, rows = scores_of(counts, missing)
    assert set(rows["check"]) >= {"walk", "radius", "capacity", "floor_area"}
    compared = 0
    for draw in range(6):
        left = changes["facilities"][~missing[:, draw]].reset_index(drop=True)
        again = checked(wanted, target=0.8, **(changes | {"facilities": left}))
        priority = priorities_of(again, rows)
        same = np.isfinite(priority)  # the walk may not be met now, and count instead
        np.testing.assert_allclose(scores[same, DRAWS + draw], priority[same], rtol=1e-5)
        compared += same.sum()
    assert compared > 0.8 * 6 * len(rows)


def test_a_slower_walker_equals_a_study_of_slower_walkers(random_town):
    changes, wanted = random_town
    counts = counted(checked(wanted, **changes), None, optional=False)[1]
    scores, rows = scores_of(counts, missing_points(30, 0, 0))
    slow = {name: lc.Walker(name, 0.9) for name in ("adult", "child")}
    priority = priorities_of(checked(wanted, **(changes | {"walkers": slow})), rows)
    assert np.isfinite(priority).mean() > 0.8
    same = np.isfinite(priority)
    np.testing.assert_allclose(scores[same, SLOW], priority[same], rtol=1e-5)


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), limit=st.sampled_from([1.5, 2.0, 4.0]))
def test_harder_never_shortens_and_easier_never_lengthens(seed, limit):
    rng = np.random.default_rng(seed)
    homes = {f"R{i}": (x, *rng.integers(0, 9, 3)) for i, x in enumerate(rng.uniform(0, 2990, 8))}
    places = {f"F{i}": ("pharmacy", x) for i, x in enumerate(rng.uniform(0, 3000, 4))}
    found = checked(
        ({"service": "pharmacy", "minutes": limit},),
        residents=long_street.homes(homes),
        facilities=long_street.places(places),
        minutes=(5,),
    )
    counts = counted(found, None, optional=False)[1]
    if counts is None:
        return
    if not counts.unmet.any():
        return
    scores = np.nan_to_num(scores_of(counts, missing_points(4, 8, seed))[0])
    assert (scores[:, SLOW] >= scores[:, TODAY] - 1e-4).all()
    assert (scores[:, LESS] >= scores[:, TODAY] - 1e-4).all()
    assert (scores[:, MORE] <= scores[:, TODAY] + 1e-4).all()
    assert (scores[:, DRAWS:] >= scores[:, [TODAY]] - 1e-4).all()
    table = lc.rank_shortfalls(found, draws=8, seed=seed)
    assert table["severity"].between(0, 1).all()
    assert (table["people_short"] <= table["residents_short"]).all()
    assert (table["rank_low"] <= table["rank_high"]).all()


def test_what_a_record_counts_is_not_missing_from_the_map():
    """A number found by a record, not on the map, stays as it is in every draw."""
    found = checked(({"service": "food_market", "presence": True},))
    table = found.compliance.assign(check="count", required_value=10.0, found_value=5.0)
    table.loc[table["unit_id"] == "E", "found_value"] = 1.0  # as on the map
    table["status"] = "not met"
    counts = counted(Checked(found.evaluation, table), None, optional=False)[1]
    missing = missing_points(4, 40, 0)
    scores = scores_of(counts, missing)[0]
    assert (scores[:2, DRAWS:] == scores[:2, [TODAY]]).all()
    assert scores[2, DRAWS:].tolist() == [240.0 if gone else 216.0 for gone in missing[2]]


def test_the_same_seed_gives_the_same_ranks(today):
    one, two = (lc.rank_shortfalls(today, draws=30, seed=5) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)


def test_a_tenth_of_the_points_is_missing_and_always_one():
    assert missing_points(200, 50, 0).sum(axis=0).tolist() == [20] * 50
    assert missing_points(3, 5, 0).sum(axis=0).tolist() == [1] * 5
    assert missing_points(0, 5, 0).shape == (0, 5)
    often = missing_points(50, 2000, 1).mean(axis=1)
    assert often.min() > 0.07
    assert often.max() < 0.13


def test_ranks_are_per_level_and_equals_share_one():
    priority = np.array([[5.0, np.nan], [7.0, 1.0], [5.0, 2.0], [0.0, 9.0], [5.0, 9.0]])
    level = np.array(["b", "b", "b", "a", "b"])
    assert ranked(priority, level).tolist() == [[2, 0], [1, 3], [2, 2], [1, 1], [2, 1]]
    last = np.array([False, True, True, False, False])  # 5 and 9 before 7 and 5
    assert ranked(priority, level, last).tolist() == [[1, 0], [3, 3], [4, 2], [1, 1], [1, 1]]
    close = np.array([[2 / 3 * 3e6], [2e6 * (1 + 1e-13)], [1.9e6]])  # sums in another order
    assert ranked(close, np.array(["a"] * 3)).ravel().tolist() == [1, 1, 3]


@given(st.lists(st.sampled_from([0.0, 1.0, 2.5, 40.0]), min_size=1, max_size=12))
def test_a_rank_is_one_more_than_those_of_higher_priority(scores):
    ranks = ranked(np.array(scores)[:, None], np.array(["a"] * len(scores))).ravel()
    assert ranks.tolist() == [1 + sum(other > one for other in scores) for one in scores]


@given(
    ways=st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 6), st.floats(0, 30, width=32)), max_size=25
    ),
    seed=st.integers(0, 99),
)
def test_the_nearest_left_is_the_least_of_those_left(ways, seed):
    best = {}
    for home, place, way in ways:
        best[home, place] = min(way, best.get((home, place), np.inf))
    home, place = (np.array([key[side] for key in best], dtype=np.int64) for side in (0, 1))
    pairs = Pairs.sorted(home, place, np.array(list(best.values()), dtype=np.float32), 5)
    missing = np.random.default_rng(seed).random((7, 9)) < 0.5
    left = pairs.nearest_left(missing, 1, 5)
    for row in range(4):
        for draw in range(9):
            kept = [w for (h, p), w in best.items() if h == row + 1 and not missing[p, draw]]
            assert left[row, draw] == np.float32(min(kept, default=np.inf))


def test_overshoot_is_nothing_at_the_limit_and_one_at_twice_the_limit():
    way = np.array([0, 10, 12.5, 20, 25, np.inf], dtype=np.float32)
    assert overshoot(way, 10.0).tolist() == [0, 0, 0.25, 1, 1, 1]
