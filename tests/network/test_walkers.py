"""Who walks, and how fast."""

import math

import numpy as np
import pytest

from lifecircle.errors import InputError, UnknownNameError
from lifecircle.network.walkers import (
    ADULT,
    CHILD,
    ELDERLY,
    FRAIL,
    STROLLER,
    WALKERS,
    WHEELCHAIR,
    Walker,
    find_walker,
)


def test_speeds_are_those_the_project_states():
    speeds = {walker.name: walker.speed_m_s for walker in WALKERS.values()}
    assert speeds == {
        "adult": 1.2,
        "elderly": 1.0,
        "frail": 0.8,
        "child": 1.0,
        "stroller": 0.9,
        "wheelchair": 0.8,
    }


def test_only_the_wheelchair_cannot_use_steps():
    assert [name for name, walker in WALKERS.items() if not walker.steps] == ["wheelchair"]


def test_each_walker_tells_where_its_speed_comes_from_and_that_it_is_no_norm():
    for walker in (ADULT, ELDERLY, FRAIL, CHILD, STROLLER, WHEELCHAIR):
        assert "not a national norm" in walker.source
        assert walker.confidence in {"seen", "memory_sure", "memory_unsure"}


@pytest.mark.parametrize(
    ("walker", "minutes", "metres"),
    [(ADULT, 15, 1080), (ELDERLY, 10, 600), (FRAIL, 5, 240), (WHEELCHAIR, 15, 720)],
)
def test_reach_is_speed_times_time(walker, minutes, metres):
    assert walker.reach_m(minutes) == pytest.approx(metres, rel=1e-12)


@pytest.mark.parametrize("speed", [0, -1.2, math.nan, math.inf, "1.2", None])
def test_a_speed_that_is_no_speed_is_refused(speed):
    with pytest.raises(InputError, match=r"walker 'mine': speed_m_s is .*above 0"):
        Walker("mine", speed)


def test_true_is_not_a_speed():
    with pytest.raises(InputError, match="speed_m_s is True"):
        Walker("mine", True)


@pytest.mark.parametrize("speed", [np.float64(1.1), np.float32(1.25), np.int64(1)])
def test_a_speed_computed_with_numpy_is_a_speed(speed):
    assert Walker("mine", speed).reach_m(1) == pytest.approx(float(speed) * 60)


def test_a_walker_is_found_by_name_whatever_its_case():
    assert find_walker(" Elderly ") is ELDERLY
    mine = Walker("mine", 1.3)
    assert find_walker(mine) is mine


def test_an_unknown_walker_gets_the_nearest_names():
    with pytest.raises(UnknownNameError, match=r"unknown walker 'eldery'\. Did you mean 'elderly'"):
        find_walker("eldery")
