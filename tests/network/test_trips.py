"""There, back, and both: they differ where slopes do, and gates let their people home."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import lifecircle as lc
import towns
from lifecircle.errors import UnknownNameError
from lifecircle.network.barriers import Barriers, with_barriers

CLIMBER = lc.Walker("one metre a second, slower uphill", 1.0, slope="tobler")


def hill():
    """A street of 200 m that climbs 20 m: 10 % up from A to B.

    ::

        A ----------- B     y = 0
       0 m           20 m   above the sea
    """
    street = towns.town({"A": (-100, 0), "B": (100, 0)}, "AB")
    height_m = np.where(street.node_xy_m[:, 0] < 0, 0.0, 20.0)
    return replace(street, node_elevation_m=height_m)


def seconds(network, trip, limit_min=60.0, home=(-100, 0), shop=(100, 0)):
    times = towns.walk(
        network,
        towns.points(home, resident_id=["home"]),
        towns.points(shop, facility_id=["shop"]),
        walker=CLIMBER,
        limit_min=limit_min,
        trip=trip,
    )
    return float(times.minutes[0]) * 60 if len(times.minutes) else np.inf


def test_up_there_and_down_back():
    """exp(3.5 × 0.10) = 1.419 uphill; down 10 %: exp(3.5 × (0.05 - 0.05)) = 1."""
    assert seconds(hill(), "there") == pytest.approx(200 * np.exp(0.35), abs=0.01)
    assert seconds(hill(), "back") == pytest.approx(200, abs=0.01)
    assert seconds(hill(), "round") == pytest.approx(200 * (np.exp(0.35) + 1), abs=0.01)


def test_the_limit_of_a_round_trip_is_for_both_ways_together():
    assert seconds(hill(), "round", limit_min=8.0) == np.inf  # 483.8 s
    assert seconds(hill(), "round", limit_min=8.1) == pytest.approx(483.8, abs=0.1)


def test_a_trip_of_another_kind_is_refused_with_those_there_are():
    with pytest.raises(UnknownNameError, match="there, back, round"):
        seconds(hill(), "forth")


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_the_way_back_is_the_way_there_from_the_other_end(seed):
    network = towns.planar_town(seed, crossings=25)
    rng = np.random.default_rng(seed)
    network = replace(network, node_elevation_m=rng.uniform(0, 30, network.node_count))
    homes, shops = rng.uniform(-400, 400, (12, 2)), rng.uniform(-400, 400, (9, 2))
    one = towns.points(*map(tuple, homes), resident_id=np.arange(12))
    two = towns.points(*map(tuple, shops), facility_id=np.arange(9))
    there = towns.walk(network, one, two, walker=CLIMBER, limit_min=30)
    back = towns.walk(network, one, two, walker=CLIMBER, limit_min=30, trip="back")
    both = towns.walk(network, one, two, walker=CLIMBER, limit_min=30, trip="round")
    turned = towns.walk(
        network,
        two.rename(columns={"facility_id": "resident_id"}),
        one.rename(columns={"resident_id": "facility_id"}),
        walker=CLIMBER,
        limit_min=30,
    )

    def table(times, shape):
        found = np.full(shape, np.inf)
        found[times.origin, times.destination] = times.minutes
        return found

    assert table(back, (12, 9)) == pytest.approx(table(turned, (9, 12)).T, abs=1e-4)
    sums = table(there, (12, 9)) + table(back, (12, 9))
    sums[sums > 30.0] = np.inf
    near = np.abs(sums - 30.0) < 1e-3
    assert table(both, (12, 9))[~near] == pytest.approx(sums[~near], abs=1e-4)


def test_people_come_home_by_their_own_gate_uphill():
    """A compound on the hill: its gate lets its people out and in, each way at its own pace."""
    box = gpd.GeoDataFrame(
        {"compound_id": ["C"]}, geometry=[shapely.box(-150, -50, 0, 50)], crs=towns.TOWN
    )
    gate = gpd.GeoDataFrame(
        {"gate_id": ["G"], "access": ["residents"]}, geometry=[shapely.Point(0, 0)], crs=towns.TOWN
    )
    network = with_barriers(hill(), Barriers(box, None, gate))
    assert seconds(network, "there") == pytest.approx(200 * np.exp(0.35), abs=0.05)
    assert seconds(network, "back") == pytest.approx(200, abs=0.05)
    # a stranger's trip the other way round ends at the gate
    assert seconds(network, "there", home=(100, 0), shop=(-100, 0)) == np.inf
