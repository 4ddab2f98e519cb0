"""A scenario makes a new study that goes in by the front door; what cannot be done is told."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import changed
import lifecircle as lc
import towns
import walled
from lifecircle.errors import InputError, UnknownNameError
from sample import SAMPLE, sample_evaluation

HERE = (112.9910, 28.1655)
GATE = str(SAMPLE.extras["gates"]["gate_id"].iloc[0])
FACILITY = str(SAMPLE.facilities["facility_id"].iloc[0])


def told(actions, study=SAMPLE):
    with pytest.raises((InputError, UnknownNameError)) as caught:
        lc.apply_scenario(study, actions)
    return str(caught.value)


# ----------------------------------------------------------------------------- what is done


def test_facilities_come_go_move_and_grow():
    ids = SAMPLE.facilities["facility_id"].to_list()
    actions = [
        lc.AddFacility("社区食堂", HERE, capacity=80, floor_area_m2=300),
        lc.AddFacility("park", HERE, facility_id="mine", name="口袋公园", site_area_m2=900),
        lc.CloseFacility(ids[0]),
        lc.MoveFacility(ids[1], HERE),
        lc.ExtendCapacity(ids[1], 5000),
    ]
    after = lc.apply_scenario(SAMPLE, lc.Scenario(actions, name="甲")).facilities
    by_id = after.set_index("facility_id")
    assert ids[0] not in by_id.index
    assert by_id.loc["new 1", ["service", "capacity", "floor_area_m2"]].to_list() == [
        "community_canteen",
        80,
        300,
    ]
    assert by_id.loc["mine", ["name", "site_area_m2", "group"]].to_list() == [
        "口袋公园",
        900,
        "green",
    ]
    assert by_id.loc[ids[1], "geometry"].equals(shapely.Point(HERE))
    assert by_id.loc[ids[1], "capacity"] == 5000
    assert len(after) == len(ids) + 1


def test_a_study_says_what_scenario_it_is_of():
    scenario = lc.Scenario(lc.OpenGate(GATE), name="甲", source={"path": "a.toml"})
    after = lc.apply_scenario(SAMPLE, scenario)
    assert after.name == f"{SAMPLE.name} · 甲"
    assert after.sources["scenario"] == {"path": "a.toml"}
    assert repr(scenario) == "Scenario 甲: 1 open_gate"
    assert "<li>OpenGate" in scenario._repr_html_()
    hostile = lc.Scenario(lc.OpenGate("<script>"), name="<b>")
    assert "<script>" not in hostile._repr_html_()
    assert "<b>" not in hostile._repr_html_()


def test_nothing_changes_by_an_empty_scenario_and_the_streets_stay_the_same():
    after = lc.apply_scenario(SAMPLE, [])
    assert after.network is SAMPLE.network
    assert_geodataframe_equal(after.facilities, SAMPLE.facilities)


def test_a_scenario_takes_one_action_or_many_and_nothing_else():
    assert len(lc.Scenario(lc.OpenGate("G")).actions) == 1
    for wrong in ("open_gate", 7):
        with pytest.raises(InputError, match="no action and no list of actions"):
            lc.Scenario(wrong)
    with pytest.raises(InputError, match="1 of 2 actions are none"):
        lc.Scenario([lc.OpenGate("G"), "G"])


# ----------------------------------------------------------------------------- what cannot be


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (lc.AddFacility("社区食糖", HERE), "unknown service '社区食糖' (did you mean"),
        (lc.AddFacility("park", (113.2, 28.3)), "from the nearest street, more than snap_m=100 m"),
        (lc.AddFacility("park", (28.1655, 85.0)), "more than 5 km from the nearest street"),
        (lc.AddFacility("park", HERE, facility_id=FACILITY), "is taken; leave it out"),
        (lc.CloseFacility("P000"), "unknown facility 'P000'. Did you mean"),
        (lc.ExtendCapacity("P032", 1), "would fall from 240 to 1: give what it holds afterwards"),
        (lc.OpenGate("G01"), "unknown gate 'G01'. Did you mean"),
        (lc.RemoveWall(HERE), "no wall stands within 15 m of"),
        (lc.RemoveWall(wall_id="W"), "unknown wall 'W'"),
        (lc.RemoveWall(compound_id="C"), "unknown walled compound 'C'"),
        (lc.ConnectStreets((113.2, 28.3), HERE), "its start lies more"),
        (lc.ConnectStreets(HERE, HERE), "both ends meet the same place"),
    ],
)
def test_what_cannot_be_done_is_told_with_what_to_do(action, words):
    found = told(action)
    if words == "its start lies more":
        words = "its start lies"
        assert "30 m is the most" in found
    assert words in found


def test_all_problems_come_at_once_with_the_number_of_the_action():
    found = told(
        [
            lc.CloseFacility("nowhere"),
            lc.OpenGate(GATE),
            lc.OpenGate("nowhere"),
            lc.AddFacility("nothing", HERE),
            lc.CloseFacility(FACILITY),
            lc.MoveFacility(FACILITY, HERE),
        ]
    )
    assert "action 1 (close_facility)" in found
    assert "action 3 (open_gate)" in found
    assert "action 4 (add_facility)" in found
    assert f"action 6 (move_facility): facility {FACILITY} is changed by action 5" in found
    assert "action 2" not in found


def test_swapped_coordinates_are_told():
    south, west = HERE[1], HERE[0]
    found = told(lc.AddFacility("park", (south, 80.0)))
    assert "swapped" not in found
    village = changed.study(towns.ladder(), [(0, 0)], [(0, 100)])
    assert "swapped" not in told(lc.AddFacility("park", (west + 1, south)), village)


def test_a_gate_is_meant_by_its_place():
    place = SAMPLE.extras["gates"].geometry.iloc[0]
    by_place = lc.apply_scenario(SAMPLE, lc.OpenGate(at=(place.x, place.y)))
    by_id = lc.apply_scenario(SAMPLE, lc.OpenGate(GATE))
    assert_geodataframe_equal(by_place.extras["gates"], by_id.extras["gates"])
    found = told(lc.OpenGate(at=(place.x, place.y + 0.0004)))
    assert "no gate stands within 15 m of" in found
    assert "the nearest, G" in found
    assert "m away. Name the gate by gate_id" in found
    found = told(lc.OpenGate(GATE, at=(place.x + 0.01, place.y)))
    assert f"gate {GATE} stands" in found
    assert "correct its id or its place" in found


def test_a_study_without_walls_has_none_to_open():
    village = changed.study(towns.ladder(), [(0, 0)], [(0, 100)])
    place = changed.degrees((0, 0))[0]
    assert "the study has no gates" in told(lc.OpenGate("G1"), village)
    assert "the study has no walls that stand" in told(lc.RemoveWall(place), village)


# ----------------------------------------------------------------------------- how it is done


def test_inputs_are_as_they_were():
    gates = SAMPLE.extras["gates"].copy()
    facilities = SAMPLE.facilities.copy()
    links = SAMPLE.network.edge_link.copy()
    place = SAMPLE.extras["walls"].geometry.iloc[0].coords[0]
    lc.apply_scenario(
        SAMPLE,
        [
            lc.OpenGate(GATE),
            lc.RemoveWall(tuple(place[:2])),
            lc.CloseFacility(FACILITY),
            lc.AddFacility("park", HERE, capacity=3),
        ],
    )
    assert_geodataframe_equal(SAMPLE.extras["gates"], gates)
    assert_geodataframe_equal(SAMPLE.facilities, facilities)
    assert np.array_equal(SAMPLE.network.edge_link, links)


@pytest.mark.parametrize(
    "actions",
    [
        [lc.AddFacility("community_canteen", HERE)],
        [lc.OpenGate(GATE), lc.CloseFacility(FACILITY)],
        [lc.ConnectStreets(HERE, (112.9925, 28.1665)), lc.MoveFacility(FACILITY, HERE)],
    ],
)
def test_an_evaluation_since_is_that_of_a_full_search(actions):
    after = changed.quietly(SAMPLE, actions)
    full, since = lc.evaluate(after), lc.evaluate(after, since=sample_evaluation())
    pd.testing.assert_frame_equal(since.coverage, full.coverage)
    for name in ("units", "residents", "facilities"):
        assert_geodataframe_equal(getattr(since, name), getattr(full, name))
    for name, times in full.times.items():
        for part in ("first", "destination", "minutes"):
            assert np.array_equal(getattr(since.times[name], part), getattr(times, part))
    assert isinstance(since.isochrones, gpd.GeoDataFrame)
    assert since.isochrones["area_ha"].to_list() == full.isochrones["area_ha"].to_list()


@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(data=st.data())
def test_coverage_of_random_scenarios_since_is_that_of_a_full_search(data):
    town = data.draw(walled.walled_towns())
    homes, shops = walled.spots(data.draw, town, 6), walled.spots(data.draw, town, 6)
    before = changed.study(town.network(), homes, shops)
    actions = changed.facility_changes(data.draw, before)
    actions += changed.openings(data.draw, before, town)
    after = changed.quietly(before, actions)
    old, full = changed.evaluated(before), changed.evaluated(after)
    if old is None or full is None:
        return
    since = changed.evaluated(after, since=old)
    pd.testing.assert_frame_equal(since.coverage, full.coverage)
