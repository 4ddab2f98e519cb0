"""What streets cost whom: stairs, hills, waits, and the way back."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import towns
from lifecircle.network.costs import STEEPEST, edge_costs, edge_slopes, slope_factor, usable_edges
from lifecircle.network.walkers import ADULT, WHEELCHAIR, Walker
from oracle import disagreements

TOBLER = Walker("hiker", 1.0)
LEVEL = Walker("level", 1.0, slope="level")


def raised(network, heights_m):
    """The network with heights by the name of its nodes."""
    height_m = np.array([heights_m[name] for name in network.node_ids], dtype=float)
    return replace(network, node_elevation_m=height_m)


def hill():
    """Two streets of 100 m, up 10 m and down 20 m.

    ::

        A --- up 10 % --- B --- down 20 % --- C      heights 0, 10, -10

    Tobler: exp(-3.5 |S + 0.05|), on the level exp(-0.175). Up 10 %: exp(-0.525), so 141.9 s for
    100 m at 1 m/s; down 20 %: exp(-0.525) as well, 141.9 s. The way back, up 20 %: exp(-0.875),
    201.4 s, and down 10 %: exp(-0.175), 100 s.
    """
    network = towns.town({"A": (-100, 0), "B": (0, 0), "C": (100, 0)}, "AB", "BC")
    return raised(network, {"A": 0, "B": 10, "C": -10})


def minutes(network, start, end, walker):
    times = towns.walk(network, towns.points(start), towns.points(end), walker=walker)
    return float(times.minutes[0])


def test_a_hill_costs_what_tobler_says_and_another_time_back():
    there_s = 100 * math.exp(0.35) * 2
    back_s = 100 * math.exp(0.70) + 100
    assert (round(there_s, 1), round(back_s, 1)) == (283.8, 301.4)
    assert minutes(hill(), (-100, 0), (100, 0), TOBLER) * 60 == pytest.approx(there_s, abs=1e-3)
    assert minutes(hill(), (100, 0), (-100, 0), TOBLER) * 60 == pytest.approx(back_s, abs=1e-3)


def test_part_of_a_slope_costs_its_part():
    half_s = minutes(hill(), (-50, 0), (0, 0), TOBLER) * 60
    assert half_s == pytest.approx(50 * math.exp(0.35), abs=1e-3)


def test_who_does_not_answer_to_slopes_walks_as_on_the_level():
    assert minutes(hill(), (-100, 0), (100, 0), LEVEL) * 60 == pytest.approx(200, abs=1e-3)


def test_without_heights_everything_costs_what_it_did():
    network = towns.stairs()
    costs = edge_costs(network, TOBLER)
    assert costs.forward_s is costs.backward_s
    assert np.array_equal(costs.forward_s, network.edge_length_m / 1.0)


def test_nobody_is_faster_than_on_the_level():
    slopes = np.linspace(-0.5, 0.5, 1001)
    factor = slope_factor(slopes)
    assert factor.min() == 1.0
    assert slope_factor(np.array([0.0]))[0] == 1.0
    assert (factor[(slopes >= -0.1) & (slopes <= 0)] == 1.0).all()
    tobler = np.exp(-0.175) / np.exp(-3.5 * np.abs(slopes + 0.05))
    assert np.allclose(factor, np.maximum(tobler, 1.0), rtol=1e-12)


def test_a_slope_that_no_street_has_is_taken_as_the_steepest_there_is():
    network = raised(towns.town({"A": (0, 0), "B": (10, 0)}, "AB"), {"A": 0, "B": 90})
    assert edge_slopes(network).tolist() == [STEEPEST]


def test_an_unknown_height_makes_its_streets_level_and_no_others():
    network = hill()
    unknown = raised(network, {"A": math.nan, "B": 10, "C": -10})
    named = dict(zip(unknown.node_ids, range(3), strict=True))
    of_a = (unknown.edge_ends == named["A"]).any(axis=1)
    assert edge_slopes(unknown)[of_a].tolist() == [0.0]
    assert abs(edge_slopes(unknown)[~of_a][0]) == pytest.approx(0.2)


def test_loops_and_streets_without_length_are_level():
    network = towns.double_gate()
    height = {"A": 0, "G": 5, "H": 50, "B": 0}
    slope = edge_slopes(raised(network, height))
    assert slope[network.edge_length_m == 0].tolist() == [0.0]
    assert edge_slopes(raised(towns.ring(), {"N": 7})).tolist() == [0.0]


def test_stairs_cost_their_factor_whatever_their_slope():
    network = towns.stairs()
    slow = Walker("slow on stairs", 1.0, steps_factor=3.0)
    assert minutes(network, (-25, 0), (125, 0), slow) * 60 == pytest.approx(250, abs=1e-3)
    steep = raised(network, {"A": 0, "B": 20, "C": 20, "D": 0, "E": 20})
    assert minutes(steep, (-25, 0), (125, 0), slow) * 60 == pytest.approx(250, abs=1e-3)


def test_stairs_that_take_longer_than_the_way_around_are_left_aside():
    # 50 m of stairs at a factor of 8 are 400 s, the ramp 350 m
    slow = Walker("very slow on stairs", 1.0, steps_factor=8.0)
    assert minutes(towns.stairs(), (-25, 0), (125, 0), slow) * 60 == pytest.approx(450, abs=1e-3)


def test_a_street_that_is_too_steep_is_closed_both_ways():
    network = hill()
    gentle = Walker("wheels", 1.0, slope="level", steepest_slope=0.15)
    slope = np.abs(edge_slopes(network))
    assert usable_edges(network, gentle).tolist() == (slope < 0.15).tolist()
    assert usable_edges(network, replace(gentle, steepest_slope=0.2 + 1e-9)).all()
    assert not usable_edges(network, WHEELCHAIR).any()
    assert usable_edges(towns.ladder(), WHEELCHAIR).all()


def test_the_way_back_costs_what_walking_to_the_facility_from_there_costs():
    network = hill()
    costs = edge_costs(network, TOBLER)
    back = costs.reversed()
    assert np.array_equal(back.forward_s, costs.backward_s)
    assert np.array_equal(back.arc_s, costs.arc_away_s)
    again = back.reversed()
    assert np.array_equal(again.arc_s, costs.arc_s)
    first, head, edge = network.arcs
    for tail in range(network.node_count):
        for arc in range(first[tail], first[tail + 1]):
            along = network.edge_ends[edge[arc]].tolist() == [tail, head[arc]]
            there_s, back_s = costs.forward_s[edge[arc]], costs.backward_s[edge[arc]]
            # towards the node the arc leaves, and away from it
            assert costs.arc_s[arc] == (back_s if along else there_s)
            assert costs.arc_away_s[arc] == (there_s if along else back_s)


@given(weird=towns.weird_towns(), seed=st.integers(0, 10_000))
@pytest.mark.filterwarnings("ignore:network. the lengths stated")
def test_times_in_weird_and_hilly_towns_are_those_of_networkx(weird, seed):
    network, places = weird
    rng = np.random.default_rng(seed)
    height_m = rng.choice([0.0, 5.0, 12.0, 40.0, np.nan], network.node_count)
    network = replace(network, node_elevation_m=height_m)
    homes = towns.points(*places)
    for walker in (ADULT, WHEELCHAIR):
        if not usable_edges(network, walker).any():
            continue
        times = towns.walk(network, homes, homes, walker=walker, snap_m=5000)
        assert disagreements(times, network, homes, homes, walker=walker, snap_m=5000) == []


@given(weird=towns.weird_towns(), seed=st.integers(0, 10_000))
@pytest.mark.filterwarnings("ignore:network. the lengths stated")
def test_turned_upside_down_a_town_has_the_times_of_the_way_back(weird, seed):
    """Reversed costs are those of the same town with its streets turned round."""
    network, _ = weird
    rng = np.random.default_rng(seed)
    height_m = rng.uniform(0, 60, network.node_count)
    here = replace(network, node_elevation_m=height_m)
    turned = replace(here, edge_ends=np.ascontiguousarray(here.edge_ends[:, ::-1]))
    back = edge_costs(here, TOBLER).reversed()
    other = edge_costs(turned, TOBLER)
    assert np.allclose(back.forward_s, other.forward_s, rtol=1e-12)
    assert np.allclose(back.backward_s, other.backward_s, rtol=1e-12)


def test_costs_are_made_once_for_each_pace():
    network = hill()
    assert edge_costs(network, TOBLER) is edge_costs(network, replace(TOBLER, name="other"))
    assert edge_costs(network, TOBLER) is not edge_costs(network, LEVEL)
