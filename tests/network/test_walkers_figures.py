"""What a walker is made of beside speed, where each figure comes from, and who shares a search."""

import math
from dataclasses import replace

import numpy as np
import pytest

import towns
from lifecircle.errors import InputError
from lifecircle.network import snapping
from lifecircle.network.costs import ways_key
from lifecircle.network.storage import read_travel_times, write_travel_times
from lifecircle.network.walkers import (
    ADULT,
    ELDERLY,
    FIGURES,
    FRAIL,
    STROLLER,
    WALKERS,
    WHEELCHAIR,
    Walker,
)


def test_a_walker_of_name_and_speed_waits_nowhere_and_is_not_slowed_by_stairs():
    mine = Walker("mine", 1.3)
    assert (mine.crossing_s, mine.signals_s, mine.steps_factor) == (0.0, 0.0, 1.0)
    assert (mine.steps, mine.kerbs, mine.wheelchair) == (True, True, False)
    assert mine.seat_every_m is None
    assert mine.steepest_slope is None


def test_the_old_order_of_arguments_still_holds():
    mine = Walker("mine", 1.3, False, "measured", "seen")
    assert (mine.steps, mine.source, mine.confidence) == (False, "measured", "seen")


@pytest.mark.parametrize("name", ["steps_factor", "crossing_s", "signals_s", "seat_every_m"])
@pytest.mark.parametrize("wrong", [math.nan, math.inf, -1.0, True, "3", np.nan])
def test_a_figure_that_is_no_number_in_its_range_is_refused(name, wrong):
    with pytest.raises(InputError, match=rf"walker 'mine': {name} is .*; it must be a number"):
        Walker("mine", 1.0, **{name: wrong})


@pytest.mark.parametrize("wrong", [0.0, -0.1, math.nan, False, "steep"])
def test_a_steepest_slope_is_above_nothing(wrong):
    with pytest.raises(InputError, match=r"steepest_slope is .* rise over length, above 0"):
        Walker("mine", 1.0, steepest_slope=wrong)


def test_stairs_are_not_faster_than_the_level():
    with pytest.raises(InputError, match=r"steps_factor is 0\.9; it must be a number of at least"):
        Walker("mine", 1.0, steps_factor=0.9)


def test_all_that_is_wrong_with_a_walker_is_told_at_once():
    with pytest.raises(InputError, match=r"speed_m_s is 0.*crossing_s is None.*kerbs is .*slope"):
        Walker("mine", 0, crossing_s=None, kerbs="low", slope="steep")


def test_numbers_computed_with_numpy_are_numbers():
    assert Walker("mine", 1.0, signals_s=np.float64(20)).signals_s == 20


def test_every_figure_of_every_default_has_a_source_and_says_how_sure_it_is():
    for walker in WALKERS.values():
        figures = walker.figures()
        assert tuple(figures) == FIGURES
        for name, told in figures.items():
            assert told["confidence"] in {"seen", "memory_unsure", "own"}
            if told["value"] != getattr(Walker("plain", 0.1), name):
                assert len(told["source"]) > 20, name


def test_no_wait_of_a_default_is_called_a_norm_or_sure():
    for walker in WALKERS.values():
        for name in ("crossing_s", "signals_s"):
            told = walker.figures()[name]
            assert "not a national norm" in told["source"]
            assert told["confidence"] == "memory_unsure"


def test_the_wait_at_signals_is_within_the_bound_of_beijing_and_what_its_source_computes():
    cycle_s, green_s = 120, 35
    assert ADULT.signals_s == pytest.approx((cycle_s - green_s) ** 2 / (2 * cycle_s), abs=0.2)
    assert ADULT.signals_s < 90


def test_only_the_wheelchair_is_stopped_by_kerbs_and_by_what_is_closed_to_wheelchairs():
    assert [w.name for w in WALKERS.values() if not w.kerbs] == ["wheelchair"]
    assert [w.name for w in WALKERS.values() if w.wheelchair] == ["wheelchair"]
    assert [w.name for w in WALKERS.values() if w.steepest_slope is not None] == ["wheelchair"]


def test_a_slope_that_counts_is_told_with_its_source_also_of_a_bare_walker():
    assert "Tobler" in Walker("mine", 1.0).figures()["slope"]["source"]
    level = Walker("mine", 1.0, slope="level").figures()["slope"]
    assert level["source"] == "set by the study"


def test_a_figure_of_ones_own_is_told_as_ones_own():
    told = Walker("mine", 1.0, signals_s=12.0).figures()["signals_s"]
    assert told == {"value": 12.0, "source": "set by the study", "confidence": "own"}


@pytest.mark.parametrize(
    "other",
    [
        {"speed_m_s": 1.1},
        {"steps": False},
        {"steps_factor": 2.0},
        {"kerbs": False},
        {"wheelchair": True},
        {"slope": "level"},
        {"steepest_slope": 0.1},
        {"crossing_s": 1.0},
        {"signals_s": 1.0},
        {"seat_every_m": 50.0},
    ],
    ids=lambda other: next(iter(other)),
)
def test_whatever_changes_times_changes_the_pace(other):
    assert replace(ADULT, **other).pace != ADULT.pace


def test_names_and_sources_do_not_change_the_pace():
    other = replace(ADULT, name="x", source="y", confidence="own", basis={})
    assert other.pace == ADULT.pace
    assert hash(replace(ADULT, basis={})) == hash(ADULT)


def test_walkers_who_may_use_the_same_streets_share_one_grid():
    network = towns.stairs()
    for walker in (ADULT, ELDERLY, FRAIL, STROLLER):
        snapping.snap(network, np.array([[0.0, 0.0]]), walker=walker, snap_m=500)
    grids = [key for key in network.made if key[0] == "street grid"]
    assert len(grids) == 1
    snapping.snap(network, np.array([[0.0, 0.0]]), walker=WHEELCHAIR, snap_m=500)
    grids = [key for key in network.made if key[0] == "street grid"]
    assert len(grids) == 2


def test_a_wheelchair_shares_the_grid_where_nothing_is_closed_to_it():
    network = towns.ladder()
    assert ways_key(network, WHEELCHAIR) == ways_key(network, ADULT)
    network = towns.stairs()
    assert ways_key(network, WHEELCHAIR) != ways_key(network, ADULT)


def test_a_walker_with_all_figures_survives_the_file(tmp_path):
    mine = replace(WHEELCHAIR, name="mine", seat_every_m=80.0)
    times = towns.walk(towns.ladder(), towns.points((0, 0)), towns.points((50, 0)), walker=mine)
    again = read_travel_times(write_travel_times(times, tmp_path / "times.npz"))
    assert again.walker == mine
    assert again.walker.figures() == mine.figures()
