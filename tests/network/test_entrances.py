"""Facilities with entrances are reached at the nearest of these, and counted once."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import towns
from lifecircle import GeometryError, nearest_minutes, service_areas, two_step_fca
from lifecircle.network.travel_times import TravelTimes


def entrances(*places):
    """Text of entrances at metres of the town."""
    lonlat = gpd.GeoSeries([shapely.Point(place) for place in places], crs=towns.TOWN).to_crs(4326)
    return shapely.MultiPoint(lonlat.to_list()).wkt


def school(**columns):
    """A school whose point lies off the streets, north of the ladder, with gates at B and F."""
    gates = entrances((0, 0), (100, 100))
    return towns.points((0, 5000), facility_id=["S"], entrances=[gates], **columns)


def test_the_nearest_of_two_gates_counts_and_the_school_stands_once():
    # from A: 100 m to the gate at B, 300 m to that at F; from E: 100 m to either
    homes = towns.points((-100, 0), (0, 100), resident_id=["A", "E"])
    times = towns.walk(towns.ladder(), homes, school())
    assert times.to_frame().to_numpy().tolist() == [
        ["A", "S", pytest.approx(100 / 60)],
        ["E", "S", pytest.approx(100 / 60)],
    ]
    assert times.counts()["count"].to_list() == [1, 1]
    assert times.unsnapped_destinations.empty


def test_a_facility_without_entrances_is_reached_at_its_point():
    homes = towns.points((-100, 0), resident_id=["A"])
    both = pd.concat([school(), towns.points((100, 0), facility_id=["C"], entrances=[""])])
    times = towns.walk(towns.ladder(), homes, both)
    assert times.minutes.tolist() == pytest.approx([100 / 60, 200 / 60])
    assert times.destinations[times.destination].to_list() == ["S", "C"]


def test_only_a_facility_none_of_whose_gates_is_near_a_street_is_off_the_streets():
    homes = towns.points((-100, 0), resident_id=["A"])
    half = entrances((0, 0), (0, 9000))
    none = entrances((0, 9000))
    places = towns.points((0, 0), (0, 0), facility_id=["half", "none"], entrances=[half, none])
    times = towns.walk(towns.ladder(), homes, places)
    assert times.unsnapped_destinations.to_list() == ["none"]
    assert times.destinations[times.destination].to_list() == ["half"]


def test_every_way_to_ask_knows_the_gates():
    homes = towns.points((-100, 0), resident_id=["A"], people=[10.0])
    place = school(service=["primary_school"], capacity=[30.0])
    nearest = nearest_minutes(towns.ladder(), homes, place, walker=towns.ONE)
    assert nearest["primary_school"].to_list() == pytest.approx([100 / 60])
    access = two_step_fca(towns.walk(towns.ladder(), homes, place), homes, place)
    assert access.to_list() == pytest.approx([3.0])
    area = service_areas(towns.ladder(), place, minutes=[1], walker=towns.ONE, cell_m=5)
    for gate in ((0, 0), (100, 100)):
        assert area.to_crs(towns.TOWN).geometry[0].intersects(shapely.Point(gate).buffer(3))


def test_text_that_is_no_entrance_is_told_with_its_row():
    homes = towns.points((-100, 0), resident_id=["A"])
    for text in ("east gate", "LINESTRING (0 0, 1 1)", "POINT EMPTY", "POINT (nan 1)"):
        places = towns.points((0, 0), (0, 0), facility_id=["a", "b"], entrances=["", text])
        with pytest.raises(GeometryError, match=r"entrances of 1 of 2 rows \(rows 1\).*MULTIPOINT"):
            towns.walk(towns.ladder(), homes, places)


@given(
    st.lists(
        st.lists(st.tuples(st.floats(-120, 120), st.floats(-20, 120)), min_size=1, max_size=4),
        min_size=1,
        max_size=5,
    ),
    st.lists(st.tuples(st.floats(-120, 120), st.floats(-20, 120)), min_size=1, max_size=6),
)
def test_minutes_are_the_least_over_the_entrances_taken_one_by_one(gates, people):
    homes = towns.points(*people)
    texts = [entrances(*places) for places in gates]
    places = towns.points(*[(0.0, 0.0)] * len(gates), entrances=texts)
    times = towns.walk(towns.ladder(), homes, places)
    found = table(times, len(people), len(gates))
    alone = [gate for places in gates for gate in places]
    owner = np.repeat(np.arange(len(gates)), [len(places) for places in gates])
    single = table(towns.walk(towns.ladder(), homes, towns.points(*alone)), len(people), len(alone))
    for place in range(len(gates)):
        assert found[:, place] == pytest.approx(single[:, owner == place].min(axis=1), abs=1e-5)


def table(times: TravelTimes, people, places):
    minutes = np.full((people, places), np.inf)
    minutes[times.origin, times.destination] = times.minutes
    return minutes
