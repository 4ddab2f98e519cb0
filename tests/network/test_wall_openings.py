"""Walls that are opened: where, what it shortens, and that nobody joins other streets for it."""

import numpy as np
import pytest
import shapely

import changed
import towns
import walled
from barrier_towns import built
from lifecircle.network.wall_openings import wall_lines, wall_places
from lifecircle.planning.actions import OpenGate, RemoveWall


def seconds(network, home, shop, *actions):
    """Seconds from a home to a shop after some actions, infinite if there is no way."""
    study = changed.quietly(changed.study(network, [home], [shop]), actions)
    times = changed.minutes(study)
    return np.inf if times is None else float(changed.table(times)[0, 0]) * 60.0


def near(metres):
    return pytest.approx(metres, abs=0.1)


def fenced_ladder():
    """The ladder with a wall along its middle, y = 50, that cuts AD, BE and CF."""
    return built(towns.ladder(), walls=[[(-200, 50), (200, 50)]])


def test_a_wall_that_is_opened_where_a_street_ends_at_it_lets_the_street_go_on():
    """From 10 m up AD to D: no way. Opened at BE: down 10, along 100, up 100, along 100 m."""
    network = fenced_ladder()
    at = changed.degrees((0, 50))[0]
    assert seconds(network, (-100, 10), (-100, 100)) == np.inf
    assert seconds(network, (-100, 10), (-100, 100), RemoveWall(at)) == near(310)
    # all along: AD itself goes on
    assert seconds(network, (-100, 10), (-100, 100), RemoveWall(wall_id="W0")) == near(90)


def test_where_no_street_ends_straight_ways_lead_to_both_sides():
    """Opened at x = -50: 50 m up from the street, 50 m more to DE."""
    network, at = fenced_ladder(), changed.degrees((-50, 50))[0]
    assert seconds(network, (-50, 0), (-50, 100), RemoveWall(at)) == near(100)
    assert seconds(network, (-100, 0), (-100, 100), RemoveWall(at)) == near(200)


def test_a_gate_that_is_opened_lets_others_through():
    """A compound across BE, y = 20 to 80, with gates for residents where BE passes.

    From B to E: 300 m round by the side; 100 m through both gates.
    """
    gates = [(0, 20, "residents", "C"), (0, 80, "closed", "C")]
    network = built(towns.ladder(), boxes={"C": (-40, 20, 40, 80)}, gates=gates)
    assert seconds(network, (0, 0), (0, 100)) == near(300)
    assert seconds(network, (0, 0), (0, 100), OpenGate("G0")) == near(300)
    assert seconds(network, (0, 0), (0, 100), OpenGate("G0"), OpenGate("G1")) == near(100)
    by_place = OpenGate(at=changed.degrees((6, 25))[0])
    assert seconds(network, (0, 0), (0, 100), by_place, OpenGate("G1")) == near(100)
    # for residents: those at (0, 50) get out to the north, 20 + 30 m; nobody gets through
    home = OpenGate("G1", "residents")
    assert seconds(network, (0, 50), (0, 100)) == near(30 + 20 + 100 + 100 + 100)
    assert seconds(network, (0, 50), (0, 100), home) == near(50)
    assert seconds(network, (0, 0), (0, 100), home) == near(300)


def test_an_opening_for_residents_never_closes_an_open_gate():
    gates = [(0, 20, "open", "C"), (0, 80, "open", "C")]
    network = built(towns.ladder(), boxes={"C": (-40, 20, 40, 80)}, gates=gates)
    assert seconds(network, (0, 0), (0, 100), OpenGate("G0", "residents")) == near(100)


def test_people_of_overlapping_compounds_keep_the_gates_they_had():
    """A home in two compounds at once, without paths, whose gate lies in one of them alone.

    An opening in the outline of the other must not take that gate away. It was found by chance:
    the walk of 135 s became one of 317 s.
    """
    town = walled.WalledTown(
        streets=[((x, y), (x + 1, y)) for x in range(2) for y in range(3)]
        + [((x, y), (x, y + 1)) for x in range(3) for y in range(2)],
        boxes={"C0": (92.0, 92.0, 332.0, 252.0), "C1": (21.0, 101.0, 226.0, 181.0)},
        gates=[((80.0, 101.0), "residents", "C1"), ((160.0, 92.0), "residents", "C0")],
    )
    before = changed.study(town.network(), [(193.3, 174.4)] * 2, [(143.3, 94.4), (133.3, 204.4)])
    after = changed.quietly(before, [RemoveWall(compound_id="C0")])
    old, new = (changed.table(changed.minutes(study)) for study in (before, after))
    assert np.isfinite(old).any()
    assert (new <= old + 1e-4).all()


def test_an_opening_gives_no_compound_its_first_gate():
    """The people of a compound without gates pass its border; a lone wall beside it is opened."""
    network = built(
        towns.ladder(),
        walls=[[(-90, 15), (90, 15)]],
        boxes={"C": (-40, 20, 40, 80)},
    )
    action = RemoveWall(changed.degrees((30, 15))[0])
    for shop in ((0, 100), (0, 0), (100, 50)):
        before = seconds(network, (0, 50), shop)
        assert seconds(network, (0, 50), shop, action) <= before + 0.01


def test_walls_that_stand_are_listed_and_places_lie_on_them():
    network = fenced_ladder()
    lines, compound = wall_lines(network)
    assert compound.tolist() == [-1]
    places = wall_places(network, within_m=60.0)
    assert len(places.xy_m) >= 3
    assert shapely.distance(lines[0], shapely.points(places.xy_m)).max() < 1e-6
    assert places.cut.sum() == 3
    assert (places.away_m <= 60.0).all()
    # no two places nearer than 30 m
    gaps = np.hypot(*(places.xy_m[:, None] - places.xy_m[None]).transpose(2, 0, 1))
    assert (gaps[~np.eye(len(gaps), dtype=bool)] >= 30.0).all()
    assert len(wall_places(network, within_m=5.0).xy_m) == 3  # where streets end at the wall
    assert len(wall_lines(towns.ladder())[0]) == 0
