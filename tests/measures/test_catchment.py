"""Catchments: by hand, against the library access, and by what must always hold."""

from __future__ import annotations

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


@given(
    seed=st.integers(0, 10_000),
    decay=st.sampled_from([lc.gaussian(15), lc.steps((15, 1)), lc.steps((5, 1), (15, 0.3))]),
)
def test_capacity_within_reach_is_conserved(seed, decay):
    rng = np.random.default_rng(seed)
    homes = pd.DataFrame({"resident_id": range(20), "people": rng.integers(0, 50, 20)})
    places = pd.DataFrame({"facility_id": range(6), "capacity": rng.uniform(0, 100, 6)})
    pairs = pd.MultiIndex.from_product([range(20), range(6)]).to_frame(index=False)
    frame = pairs.set_axis(["origin_id", "destination_id"], axis=1)
    frame["minutes"] = rng.uniform(0, 25, len(frame))
    times = lc.TravelTimes.from_frame(frame, limit_min=15, origins=range(20), destinations=range(6))
    access = lc.two_step_fca(times, homes, places, decay=decay)
    near = frame[frame["minutes"].astype("float32") <= 15].assign(
        weight=lambda table: decay(table["minutes"].to_numpy())
    )
    sought = near["weight"] * homes["people"].to_numpy()[near["origin_id"]]
    reached = sought.groupby(near["destination_id"]).sum()
    held = places.set_index("facility_id")["capacity"][reached[reached > 0].index].sum()
    assert (access * homes["people"]).sum() == pytest.approx(held)


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
