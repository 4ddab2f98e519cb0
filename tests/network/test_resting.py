"""Walks on which people sit down: hand-worked, and against a search over all stretches."""

from __future__ import annotations

import itertools
import warnings
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import towns
from lifecircle import LifecircleWarning, SnapError, rested_travel_times, travel_times
from lifecircle.network.walkers import ADULT, Walker
from oracle import joins, minutes_between


def tired(every_m):
    """One metre a second, and a seat every so many metres."""
    return Walker("tired", 1.0, seat_every_m=every_m)


def rest(network, homes, places, seats, every_m=100.0, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        return rested_travel_times(
            network, homes, places, seats=seats, walker=tired(every_m), **options
        )


def seconds(times):
    return {(a, b): round(float(m) * 60, 3) for a, b, m in times.to_frame().itertuples(index=False)}


HOME, SHOP = (-500, 0), (500, 0)


def street():
    """A straight street of 1,000 m: home at its west end, shop at its east end."""
    return towns.pieces(1000.0)


def test_a_street_with_seats_near_enough_is_walked_and_one_without_is_not():
    ends = towns.points(HOME), towns.points(SHOP)
    near = towns.points(*((x, 0) for x in range(-400, 500, 100)))
    assert seconds(rest(street(), *ends, near, limit_min=20)) == {(0, 0): 1000.0}
    gap = towns.points(*((x, 0) for x in range(-400, 500, 100) if x != 100))
    assert seconds(rest(street(), *ends, gap, limit_min=20)) == {}
    assert seconds(rest(street(), *ends, gap, every_m=200, limit_min=20)) == {(0, 0): 1000.0}


def test_a_short_walk_needs_no_seat():
    near = towns.points((-450, 0))
    assert seconds(rest(street(), towns.points(HOME), near, near.iloc[:0])) == {(0, 0): 50.0}


def test_without_seats_nothing_further_than_a_stretch_is_reached():
    ends = towns.points(HOME), towns.points((-400, 0), (-399, 0))
    assert seconds(rest(street(), *ends, towns.points())) == {(0, 0): 100.0}


def test_a_walk_goes_out_of_its_way_to_pass_a_seat():
    # A to F is 300 m along B and E; the only seat is at D: 100 m there, 200 m on
    network = towns.ladder()
    ends = towns.points((-100, 0)), towns.points((100, 100))
    assert seconds(rest(network, *ends, towns.points((-100, 100)), every_m=200)) == {(0, 0): 300.0}
    # a seat 50 m beyond C, on the way nowhere: too far a stretch
    assert seconds(rest(network, *ends, towns.points((0, 0)), every_m=150)) == {}
    # home A, shop at C; between them only 200 m, but the seats stand along D–E–F
    seats = towns.points((-100, 100), (0, 100), (100, 100))
    shop = towns.points((100, 0))
    found = rest(network, towns.points((-100, 0)), shop, seats, every_m=100)
    assert seconds(found) == {(0, 0): 400.0}


def test_stretches_that_fit_exactly_count():
    seats = towns.points((-400, 0), (-300, 0), (-200, 0))
    found = rest(street(), towns.points(HOME), towns.points((-100, 0)), seats, limit_min=400 / 60)
    assert seconds(found) == {(0, 0): 400.0}
    assert found.minutes.max() <= np.float32(found.limit_min)


def test_the_limit_of_the_whole_walk_still_holds():
    seats = towns.points(*((x, 0) for x in range(-400, 500, 100)))
    homes, places = towns.points(HOME), towns.points((100, 0), (300, 0))
    assert seconds(rest(street(), homes, places, seats, limit_min=10)) == {(0, 0): 600.0}


def test_a_seat_at_the_door_is_no_way_at_all():
    seats = towns.points(HOME, (-400, 0))
    found = rest(street(), towns.points(HOME), towns.points((-300, 0)), seats)
    assert seconds(found) == {(0, 0): 200.0}


def test_stairs_use_the_stretch_up_sooner():
    network = street()
    slow = replace(tired(100.0), steps_factor=2.0)
    steps = network.edge_highway.copy()
    steps[:] = "steps"
    stairs = replace(network, edge_highway=steps)
    seats = towns.points((-450, 0))
    walk = {"walker": slow, "limit_min": 15.0}
    ends = towns.points(HOME), towns.points((-400, 0))
    assert seconds(rested_travel_times(stairs, *ends, seats=seats, **walk)) == {(0, 0): 200.0}
    assert seconds(rested_travel_times(stairs, *ends, seats=towns.points((-440, 0)), **walk)) == {}


def test_who_needs_no_seat_walks_as_ever():
    network, rng = towns.planar_town(5), np.random.default_rng(5)
    homes = towns.points(*rng.uniform(-400, 400, (20, 2)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        one = rested_travel_times(network, homes, homes, seats=homes.iloc[:0], walker=ADULT)
        other = travel_times(network, homes, homes, walker=ADULT)
    for name in ("first", "destination", "minutes"):
        assert np.array_equal(getattr(one, name), getattr(other, name))


def test_seats_off_the_streets_are_told_and_none_near_any_is_an_error():
    far, near = (5000, 5000), (-400, 0)
    with pytest.warns(LifecircleWarning, match=r"seats: 1 of 2 lie further than 100 m .*rows 1"):
        rested_travel_times(
            street(), towns.points(HOME), towns.points(SHOP), seats=towns.points(near, far),
            walker=tired(100),
        )  # fmt: skip
    with pytest.raises(SnapError, match="seats: none of the 1 seats lies within 100 m"):
        rested_travel_times(
            street(),
            towns.points(HOME),
            towns.points(SHOP),
            seats=towns.points(far),
            walker=tired(100),
        )


def test_ids_and_entrances_of_the_tables_are_kept():
    homes = towns.points(HOME, resident_id=["R9"])
    shops = towns.points((9000, 0), facility_id=["F7"])
    wkt = towns.points((-300, 0)).to_crs(4326).geometry.iloc[0].wkt
    shops = shops.assign(entrances=[wkt.replace("POINT (", "MULTIPOINT ((").replace(")", "))")])
    found = rest(street(), homes, shops, towns.points((-400, 0)))
    assert seconds(found) == {("R9", "F7"): 200.0}
    assert found.walker.seat_every_m == 100


@given(seed=st.integers(0, 10_000), every_m=st.sampled_from([150.0, 250.0, 400.0]))
def test_in_a_small_town_they_are_the_shortest_of_all_ways_over_seats(seed, every_m):
    """Oracle: networkx over stretches that networkx measured on the streets."""
    rng = np.random.default_rng(seed)
    network, walker = towns.planar_town(seed, crossings=20), tired(every_m)
    tables = {
        "home": towns.points(*rng.uniform(-400, 400, (5, 2))),
        "seat": towns.points(*rng.uniform(-400, 400, (8, 2))),
        "shop": towns.points(*rng.uniform(-400, 400, (4, 2))),
    }
    joined = {
        key: joins(network, table, walker=walker, snap_m=500) for key, table in tables.items()
    }
    if any(len(joined[key]) != len(tables[key]) for key in tables):
        return  # two streets equally near: either would be right
    graph = nx.DiGraph()
    graph.add_nodes_from((key, i) for key in tables for i in range(len(tables[key])))
    legs = [("home", "seat"), ("seat", "seat"), ("seat", "shop"), ("home", "shop")]
    for start, end in legs:
        found = minutes_between(network, joined[start], joined[end], walker=walker).minutes
        for i, j in itertools.product(range(len(tables[start])), range(len(tables[end]))):
            if abs(found[i, j] * 60 - every_m) < 1e-3:
                return  # on the edge of a stretch
            if found[i, j] * 60 <= every_m:
                graph.add_edge((start, i), (end, j), m=found[i, j])
    found = rest(*(network, tables["home"], tables["shop"], tables["seat"]), every_m, snap_m=500)
    stated = {(a, b): float(m) for a, b, m in found.to_frame().itertuples(index=False)}
    for i in range(len(tables["home"])):
        reached = nx.single_source_dijkstra_path_length(graph, ("home", i), weight="m")
        for j in range(len(tables["shop"])):
            expected = reached.get(("shop", j), np.inf)
            if expected > 15 - 1e-4:
                continue
            assert stated.pop((i, j)) == pytest.approx(expected, abs=2e-5)
    assert all(m > 15 - 2e-4 for m in stated.values())
