"""New ways between streets: what they shorten, and that they lengthen nothing."""

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import changed
import towns
import walled
from barrier_towns import built
from lifecircle.network.links import NEW_WAY
from lifecircle.network.new_ways import NewWays, nearest_streets, street_lines, with_new_ways
from lifecircle.network.walkers import Walker
from lifecircle.planning.actions import AddCrossing, ConnectStreets

QUICKLY = {"deadline": None, "phases": [Phase.explicit, Phase.generate]}
WALKER = Walker("waits and is slow on stairs", 1.0, steps_factor=3.0, crossing_s=20.0, signals_s=40)


def seconds(network, home, shop, actions=(), walker=towns.ONE):
    """Seconds from a home to a shop after some actions, infinite if there is no way."""
    study = changed.quietly(changed.study(network, [home], [shop]), actions)
    return float(changed.table(changed.minutes(study, walker))[0, 0]) * 60.0


def ways(start, end, kind=ConnectStreets, **options):
    return [kind(*changed.degrees(start, end), **options)]


def test_a_dead_end_that_is_opened_is_walked_through():
    """From A to C: 300 + 80 + 300 = 680 m round by D and B; 80 m by a way from C down to A."""
    network, a, c = towns.dead_end(), (-150, 0), (-150, 80)
    assert seconds(network, a, c) == pytest.approx(680, abs=0.01)
    assert seconds(network, a, c, ways(c, a)) == pytest.approx(80, abs=0.01)
    # in the middle of both streets: 150 m east, 80 m up, 150 m back
    assert seconds(network, a, c, ways((0, 80), (0, 0))) == pytest.approx(380, abs=0.01)


def test_a_way_begins_at_the_nearest_place_on_a_street():
    """Drawn from 10 m above the lane to 20 m below the street: 80 m between the streets."""
    drawn = ways((-150, 90), (-150, -20))
    assert seconds(towns.dead_end(), (-150, 0), (-150, 80), drawn) == pytest.approx(80, abs=0.01)


def test_at_a_crossing_people_wait_once():
    """A to D: no way before. By a crossing from B to D: 100 m, then 60 m and the wait."""
    network, a, d = towns.island(), (-100, 0), (0, 60)
    assert seconds(network, a, d) == np.inf
    plain, lights = (ways((0, 0), d, AddCrossing, signals=one) for one in (False, True))
    assert seconds(network, a, d, plain) == pytest.approx(160, abs=0.01)
    assert seconds(network, a, d, plain, WALKER) == pytest.approx(160 + 20, abs=0.01)
    assert seconds(network, a, d, lights, WALKER) == pytest.approx(160 + 40, abs=0.01)


def test_nobody_joins_a_new_way():
    """A home 1 m beside the middle of the new way at x = 0 goes on joining the lane, 39 m up.

    Down the way: 39 + 80 m, then 150 m west to A. Joining the way itself it would be 1 + 40 + 150.
    """
    home = (1, 41)
    found = seconds(towns.dead_end(), home, (-150, 0), ways((0, 80), (0, 0)))
    assert found == pytest.approx(39 + 1 + 80 + 150, abs=0.01)


def test_lengths_of_cut_streets_add_up_and_the_network_given_is_unchanged():
    network = towns.ladder()
    before = {name: getattr(network, name).copy() for name in ("edge_ends", "edge_length_m")}
    edge, share, away_m = nearest_streets(network, np.array([[-50.0, 3.0], [-50.0, 98.0]]), 10.0)
    assert away_m.tolist() == pytest.approx([3.0, 2.0], abs=1e-3)
    made = with_new_ways(network, NewWays.of([(edge, share, NEW_WAY, 0)]))
    way = made.made["new ways"]
    assert made.edge_link[way].tolist() == [NEW_WAY]
    assert made.edge_length_m[way].tolist() == pytest.approx([100.0], abs=1e-3)
    assert made.edge_length_m.sum() == pytest.approx(network.edge_length_m.sum() + 100.0, abs=1e-3)
    assert len(street_lines(made)[0]) == 9
    for name, column in before.items():
        assert np.array_equal(getattr(network, name), column)
    assert with_new_ways(network, NewWays.of([])) is network


def test_the_parts_of_a_street_rank_as_it_did():
    network = towns.ladder()
    edge, share, _ = nearest_streets(network, np.array([[-50.0, 0.0], [-50.0, 100.0]]), 10.0)
    made = with_new_ways(network, NewWays.of([(edge, share, NEW_WAY, 0)]))
    order = np.argsort(made.edge_rank)
    middle = [made.edge_points_m[made.edge_first_point[[one, one + 1]] - [0, 1]] for one in order]
    streets = street_lines(network)[0]
    at = [
        int(np.argmin([line.distance(towns.shapely.Point(ends.mean(axis=0))) for line in streets]))
        for ends in middle[:-1]
    ]
    assert at == sorted(at)


def longer(before, after, walker):
    """Pairs whose walk gets longer, by a hundredth of a second or more."""
    old, new = (changed.minutes(study, walker, 60.0) for study in (before, after))
    if old is None:
        return []
    old, new = changed.table(old), changed.table(new)
    return [(i, j, old[i, j], new[i, j]) for i, j in np.argwhere(new > old + 1e-4).tolist()]


@settings(max_examples=15, **QUICKLY)
@given(data=st.data())
def test_no_opening_in_a_walled_town_makes_a_walk_longer(data):
    town = data.draw(walled.walled_towns())
    homes, shops = walled.spots(data.draw, town, 8), walled.spots(data.draw, town, 8)
    before = changed.study(town.network(), homes, shops)
    actions = changed.openings(data.draw, before, town)
    after = changed.quietly(before, actions)
    assert longer(before, after, WALKER) == [], actions


@settings(max_examples=25, **QUICKLY)
@given(data=st.data())
def test_no_new_way_in_an_odd_town_makes_a_walk_longer(data):
    network, places = data.draw(towns.weird_towns())
    before = changed.study(network, places, places)
    actions = changed.openings(data.draw, before)
    after = changed.quietly(before, actions)
    assert longer(before, after, WALKER) == [], actions


def test_who_stands_in_front_of_a_bend_joins_it_also_where_a_way_begins_there():
    """A wall keeps the home from the street behind it; the bend B is the nearest place then.

    ::

        N1 ------------- N2        y = 40
             =========             the wall, y = 35
                h                  the home at (0, 30)
              . B .                y = 0, a bend, no crossing
           A         C             y = -50, 100 m to the west and east: the shop at C
        S1 ------------- S2        y = -100

    To C: 30 + 111.8 m. A way from B to the south cuts the street in its bend.
    """
    nodes = {"N1": (-100, 40), "N2": (100, 40), "A": (-100, -50), "C": (100, -50)}
    nodes |= {"S1": (-100, -100), "S2": (100, -100)}
    bent = ("A", "C", {"via": [(0, 0)]})
    town = towns.town(nodes, ("N1", "N2"), bent, ("S1", "S2"), ("A", "S1"), ("N1", "A"))
    network = built(town, walls=[[(-60, 35), (60, 35)]])
    there = pytest.approx(30 + np.hypot(100, 50), abs=0.01)
    assert seconds(network, (0, 30), (100, -50)) == there
    assert seconds(network, (0, 30), (100, -50), ways((0, 0), (0, -100))) == there
