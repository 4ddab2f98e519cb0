"""The models of siting against spopt's, solved by CBC, on tables of some size."""

import warnings

import numpy as np
import pandas as pd
import pytest

from lifecircle import locate
from lifecircle.network.travel_times import TravelTimes

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pulp = pytest.importorskip("pulp")
    spopt = pytest.importorskip("spopt.locate")

pytestmark = pytest.mark.filterwarnings("ignore")
HOMES, SITES, COUNT, LIMIT_MIN = 200, 30, 5, 80.0


def place(seed, homes=HOMES, sites=SITES):
    """Minutes, homes × sites, all within the limit, and people."""
    rng = np.random.default_rng(seed)
    home, site = rng.uniform(0, 2400, (homes, 2)), rng.uniform(0, 2400, (sites, 2))
    minutes = np.float32(np.abs(home[:, None] - site[None]).sum(axis=2) / 60.0)
    row, column = np.indices(minutes.shape)
    frame = pd.DataFrame({"origin_id": row.ravel(), "destination_id": column.ravel(),
                          "minutes": minutes.ravel()})  # fmt: skip
    times = TravelTimes.from_frame(
        frame, limit_min=LIMIT_MIN, origins=range(homes), destinations=range(sites)
    )
    return times, minutes.astype(float), rng.integers(1, 90, homes).astype(float)


def solved(model):
    model.solve(pulp.PULP_CBC_CMD(msg=False))
    return float(pulp.value(model.problem.objective))


@pytest.mark.parametrize("seed", [1, 2])
def test_spopt_covers_as_many(seed):
    times, minutes, people = place(seed)
    theirs = spopt.MCLP.from_cost_matrix(minutes, people, service_radius=9, p_facilities=COUNT)
    ours = locate(times, people, count=COUNT, minutes=9)
    assert ours.covered_people == pytest.approx(solved(theirs))
    assert ours.covered_people < people.sum()


@pytest.mark.parametrize("seed", [1, 2])
def test_spopt_needs_as_many(seed):
    times, minutes, people = place(seed)
    theirs = spopt.LSCP.from_cost_matrix(minutes, service_radius=18)
    ours = locate(times, people, model="LSCP", minutes=18)
    assert len(ours.sites) == ours.objective == pytest.approx(solved(theirs))


@pytest.mark.parametrize("seed", [1, 2])
def test_spopt_walks_as_far_in_all(seed):
    times, minutes, people = place(seed)
    theirs = spopt.PMedian.from_cost_matrix(minutes, people, p_facilities=COUNT)
    ours = locate(times, people, count=COUNT, model="p-median")
    assert ours.objective == pytest.approx(solved(theirs))
    assert ours.gap_share < 1e-6


def test_spopt_walks_as_far_at_most():
    times, minutes, people = place(1, homes=100, sites=20)  # of which CBC takes seconds already
    theirs = spopt.PCenter.from_cost_matrix(minutes, p_facilities=COUNT)
    ours = locate(times, people, count=COUNT, model="p-center")
    assert ours.objective == pytest.approx(solved(theirs))
    assert ours.gap_share < 1e-6
