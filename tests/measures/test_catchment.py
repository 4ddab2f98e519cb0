"""Catchments: by hand, against the library access, and by what must always hold."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lifecircle as lc


def matrix(minutes: dict[tuple[str, str], float], limit_min: float = 15) -> lc.TravelTimes:
    rows = [(home, place, value) for (home, place), value in minutes.items()]
    frame = pd.DataFrame(rows, columns=["origin_id", "destination_id", "minutes"])
    return lc.TravelTimes.from_frame(
        frame, limit_min=limit_min, origins=["a", "b", "c"], destinations=["X", "Y"]
    )


HOMES = pd.DataFrame({"resident_id": ["a", "b", "c"], "people": [100, 300, 50]})
PLACES = pd.DataFrame({"facility_id": ["X", "Y"], "capacity": [40.0, 30.0]})


def test_two_homes_share_one_clinic_and_one_has_another_to_itself():
    """a, b reach X (40 / 400 people = 0.1); only b reaches Y (30 / 300 = 0.1); c reaches none."""
    times = matrix({("a", "X"): 3, ("b", "X"): 9, ("b", "Y"): 15})
    access = lc.two_step_fca(times, HOMES, PLACES, decay=lc.steps((15, 1)))
    assert access.to_list() == pytest.approx([0.1, 0.2, 0.0])
    assert access.name == "access"


def test_a_band_edge_belongs_to_the_nearer_band():
    times = matrix({("a", "X"): 5.0, ("b", "X"): 10.0})
    access = lc.two_step_fca(times, HOMES, PLACES, decay=lc.steps((5, 1), (10, 0.5)))
    # X serves 100 × 1 + 300 × 0.5 = 250: 0.16 at full weight, half of it at b
    assert access.to_list() == pytest.approx([0.16, 0.08, 0.0])


METHODS = [lc.two_step_fca, lc.three_step_fca]


@pytest.mark.parametrize("method", METHODS)
@given(
    seed=st.integers(0, 10_000),
    decay=st.sampled_from([lc.gaussian(15), lc.steps((15, 1)), lc.steps((5, 1), (15, 0.3))]),
)
def test_capacity_within_reach_is_conserved(method, seed, decay):
    rng = np.random.default_rng(seed)
    homes = pd.DataFrame({"resident_id": range(20), "people": rng.integers(0, 50, 20)})
    places = pd.DataFrame({"facility_id": range(6), "capacity": rng.uniform(0, 100, 6)})
    pairs = pd.MultiIndex.from_product([range(20), range(6)]).to_frame(index=False)
    frame = pairs.set_axis(["origin_id", "destination_id"], axis=1)
    frame["minutes"] = rng.uniform(0, 25, len(frame))
    times = lc.TravelTimes.from_frame(frame, limit_min=15, origins=range(20), destinations=range(6))
    access = method(times, homes, places, decay=decay)
    near = frame[frame["minutes"].astype("float32") <= 15].assign(
        weight=lambda table: decay(table["minutes"].to_numpy())
    )
    sought = near["weight"] * homes["people"].to_numpy()[near["origin_id"]]
    reached = sought.groupby(near["destination_id"]).sum()
    held = places.set_index("facility_id")["capacity"][reached[reached > 0].index].sum()
    assert (access * homes["people"]).sum() == pytest.approx(held, rel=1e-9)


def test_row_order_changes_nothing():
    times = matrix({("a", "X"): 3, ("b", "X"): 9, ("b", "Y"): 12})
    plain = lc.two_step_fca(times, HOMES, PLACES)
    back = lc.two_step_fca(times, HOMES.iloc[::-1], PLACES.iloc[::-1])
    pd.testing.assert_series_equal(back.sort_index(), plain)


def test_fewer_facilities_than_travel_times_are_those_that_count():
    times = matrix({("a", "X"): 3, ("b", "X"): 9, ("b", "Y"): 15})
    access = lc.two_step_fca(times, HOMES, PLACES.iloc[:1], decay=lc.steps((15, 1)))
    assert access.to_list() == pytest.approx([0.1, 0.1, 0.0])


def test_the_gaussian_is_one_at_the_door_and_zero_at_the_limit():
    weight = lc.gaussian(10)(np.array([0.0, 5.0, 10.0, 10.1]))
    assert weight[0] == 1
    assert weight[1] == pytest.approx((np.exp(-0.125) - np.exp(-0.5)) / (1 - np.exp(-0.5)))
    assert weight[2:].tolist() == [0, 0]


def test_unknown_capacity_is_not_zero():
    places = PLACES.assign(capacity=[40.0, np.nan])
    with pytest.raises(lc.InputError, match="1 of 2 rows have no number"):
        lc.two_step_fca(matrix({("a", "X"): 3}), HOMES, places)


def test_missing_columns_and_strange_ids_are_told():
    times = matrix({("a", "X"): 3})
    with pytest.raises(lc.MissingColumnError, match="'capacity'"):
        lc.two_step_fca(times, HOMES, PLACES.drop(columns="capacity"))
    with pytest.raises(lc.MissingColumnError, match="'elderly'"):
        lc.two_step_fca(times, HOMES, PLACES, people="elderly")
    with pytest.raises(lc.AlignmentError, match="not in the travel times"):
        lc.two_step_fca(times, HOMES.assign(resident_id=["a", "b", "z"]), PLACES)


@pytest.mark.parametrize("bands", [(), ((15, 1), (5, 0.5)), ((5, 1.5),), ((5, -0.1),)])
def test_bands_that_are_none_are_refused(bands):
    with pytest.raises(lc.InputError, match="steps"):
        lc.steps(*bands)


def test_a_home_off_the_streets_is_unknown_not_zero():
    study = lc.load_demo()
    homes = study.residents.head(3).copy()
    homes.loc[homes.index[1], "geometry"] = study.network.hull_m.centroid.__class__(113.5, 28.5)
    places = study.facilities.query("service == 'kindergarten'").assign(capacity=100)
    with pytest.warns(lc.LifecircleWarning, match="1 of 3 points"):
        times = lc.travel_times(study.network, homes, places)
    access = lc.two_step_fca(times, homes, places)
    assert access.isna().to_list() == [False, True, False]


def random_town(seed: int) -> tuple[lc.TravelTimes, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Thirty homes, eight places, each home near some of them; and the pairs as access has them."""
    rng = np.random.default_rng(seed)
    homes = pd.DataFrame({"resident_id": np.arange(30), "people": rng.integers(1, 60, 30)})
    places = pd.DataFrame({"facility_id": np.arange(8), "capacity": rng.uniform(0, 90, 8)})
    pairs = pd.MultiIndex.from_product([range(30), range(8)]).to_frame(index=False)
    pairs = pairs.set_axis(["origin", "dest"], axis=1)
    pairs["cost"] = rng.uniform(0, 25, len(pairs)).astype("float32")
    pairs = pairs[pairs["cost"] <= 15].reset_index(drop=True)
    named = pairs.set_axis(["origin_id", "destination_id", "minutes"], axis=1)
    times = lc.TravelTimes.from_frame(named, limit_min=15, origins=range(30), destinations=range(8))
    return times, homes, places, pairs


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "decay", [lc.steps((15, 1)), lc.steps((5, 1), (15, 0.22)), lc.gaussian(15)]
)
def test_both_ways_agree_with_access(seed, decay):
    from access import fca

    times, homes, places, pairs = random_town(seed)
    demand = homes.set_index("resident_id").rename(columns={"people": "demand"})
    supply = places.set_index("facility_id").rename(columns={"capacity": "supply"})
    demand.index.name = supply.index.name = "geoid"
    given = {"max_cost": 15, "weight_fn": lambda minutes: float(decay(np.array([minutes]))[0])}
    for ours, theirs in (
        (lc.two_step_fca, fca.two_stage_fca),
        (lc.three_step_fca, fca.three_stage_fca),
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = theirs(demand, supply, pairs.copy(), demand_index=True, **given)
        found = ours(times, homes, places, decay=decay)
        expected = expected.reindex(homes["resident_id"]).fillna(0.0).to_numpy()
        assert found.to_numpy() == pytest.approx(expected, rel=1e-9)


def test_people_share_themselves_among_what_they_reach():
    """By hand. f is 1 up to 5 min, 0.5 up to 15.

    a reaches X (3 min, f 1) and Y (9 min, f 0.5): it chooses X with 2/3, Y with 1/3;
    b reaches Y alone (3 min, f 1): it chooses it with 1; c reaches nothing.
    X is asked by 2/3 × 1 × 100 = 66.67, Y by 1/3 × 0.5 × 100 + 1 × 1 × 300 = 316.67.
    """
    times = matrix({("a", "X"): 3, ("a", "Y"): 9, ("b", "Y"): 3})
    access = lc.three_step_fca(times, HOMES, PLACES, decay=lc.steps((5, 1), (15, 0.5)))
    at_x, at_y = 40 / (200 / 3), 30 / (950 / 3)
    assert access.to_list() == pytest.approx([2 / 3 * at_x + at_y / 6, at_y, 0.0])
    assert (access * HOMES["people"]).sum() == pytest.approx(70, rel=1e-12)


def test_people_choose_among_the_facilities_that_are_asked_about_alone():
    times = matrix({("a", "X"): 3, ("a", "Y"): 3, ("b", "X"): 3})
    one = lc.three_step_fca(times, HOMES, PLACES.iloc[:1], decay=lc.steps((15, 1)))
    assert one.to_list() == pytest.approx([0.1, 0.1, 0.0])


def test_with_one_facility_each_three_steps_are_two_with_the_weights_as_they_are():
    times = matrix({("a", "X"): 3, ("b", "X"): 9, ("c", "Y"): 12})
    two = lc.two_step_fca(times, HOMES, PLACES)
    assert lc.three_step_fca(times, HOMES, PLACES).to_list() == pytest.approx(two.to_list())


@pytest.mark.parametrize("method", METHODS)
def test_negative_capacities_are_one_message(method):
    places = PLACES.assign(capacity=[-40.0, -1.0])
    with pytest.raises(lc.InputError, match=r"2 of 2 rows have no number of 0 or more .*rows 0, 1"):
        method(matrix({("a", "X"): 3}), HOMES, places)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("decay", [lambda t: -t, lambda t: t * np.nan, lambda t: t[:-1]])
def test_weights_that_are_none_are_refused(method, decay):
    with pytest.raises(lc.InputError, match="decay"):
        method(matrix({("a", "X"): 3}), HOMES, PLACES, decay=decay)


@pytest.mark.parametrize("method", METHODS)
def test_a_place_that_only_empty_homes_reach_gives_nothing_to_anyone(method):
    homes = HOMES.assign(people=[0, 300, 50])
    access = method(matrix({("a", "X"): 3, ("b", "Y"): 3}), homes, PLACES, decay=lc.steps((15, 1)))
    assert access.to_list() == pytest.approx([0.0, 0.1, 0.0])
