"""Who lacks a walk that a standard asks for: by hand, and by the minutes of an evaluation."""

import warnings
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

import changed
import lifecircle as lc
import towns
from lifecircle.errors import LifecircleWarning
from lifecircle.planning.needs import Needs
from oracle_needs import met_by_times, people_gained
from sample import SAMPLE, sample_check, sample_evaluation

HOMES = [(-800, 0), (0, 0), (0, 250), (900, 0)]


def street(homes=HOMES, services=("community_service_station", "elderly_day_care"), **options):
    """A street of 2 km, its facilities at the west end, one home beside it.

    ::

                        h2
        P---h0----------h1---------------h3-
     x -1000 -800        0               900 1000

    People 10, 11, 12, 13; old 0, 1, 2, 0; children 0, 1, 0, 1. h2 lies 250 m off the street.
    Adults walk 72 m a minute, old people 60 m.
    """
    columns = options.pop("columns", {}) | {"service": list(services)}
    places = options.pop("places", [(-1000, 0)] * len(services))
    return changed.study(
        towns.pieces(2000.0), list(homes), places, minutes=(5.0, 10.0, 15.0), columns=columns,
        **options,
    )  # fmt: skip


def checked(study):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        return lc.health_check(lc.evaluate(study))


def needs_of(study):
    check = checked(study)
    needs = Needs(check)
    np.testing.assert_array_equal(needs.today, met_by_times(needs, check.evaluation))
    return needs


def squares(study, *boxes, **columns):
    """The study with units between metres of the town."""
    ids = [f"U{number}" for number in range(len(boxes))]
    units = gpd.GeoDataFrame(
        {"unit_id": ids, "name": ids} | columns,
        geometry=[shapely.box(*box) for box in boxes],
        crs=towns.TOWN,
    )
    return replace(study, units=units)


def test_a_need_is_a_walk_that_is_asked_for_and_not_met():
    """GB 50180 asks a station within 5 min (360 m) and a day care within 5 min (300 m) of the old.

    Of the complete community only what GB 50180 does not ask: a service station for the elderly
    within 10 min (600 m), for which a day care would do. h0 has all three; nobody else.
    """
    needs = needs_of(street())
    found = [
        (one.service, one.minutes, one.segment, one.walker.name, one.standard) for one in needs.all
    ]
    assert found == [
        ("community_service_station", 5, "people", "adult", "GB50180-2018"),
        ("elderly_day_care", 5, "elderly", "elderly", "GB50180-2018"),
        ("elderly_service_station", 10, "elderly", "elderly", "complete-community-2020"),
    ]
    assert needs.all[2].accepts == ("elderly_service_station", "elderly_day_care")
    assert all(one.units == ("U",) for one in needs.all)
    assert needs.today.tolist() == [[True, False, False, False]] * 3
    assert needs.concerned.all()
    assert [needs.weight(row).tolist() for row in range(3)] == [
        [10, 11, 12, 13], [0, 1, 2, 0], [0, 1, 2, 0],
    ]  # fmt: skip


def test_a_new_facility_meets_needs_at_the_pace_of_those_who_need_it():
    """A day care at x = 500: 400 m from h3, 500 m from h1: 10 min suffice for both, 5 for none."""
    needs, study = needs_of(street()), street()
    place = changed.degrees((500, 0))[0]
    after = changed.quietly(study, lc.AddFacility("elderly_day_care", place))
    gained = needs.met(after) & ~needs.today
    assert gained.tolist() == [[False] * 4, [False] * 4, [False, True, False, True]]
    assert needs.people(gained) == 1
    station = changed.quietly(study, lc.AddFacility("community_service_station", place))
    gained = needs.met(station) & ~needs.today
    assert gained.tolist() == [[False] * 4, [False] * 4, [False] * 4]  # 400 m are 5.6 min
    alone = towns.points((560, 0), facility_id=["x"], service=["community_service_station"])
    only = needs.met_by(study.network, alone)
    assert only[0].tolist() == [False, False, False, True]


def test_a_person_counts_once_for_each_need_and_once_as_gaining():
    needs = needs_of(street())
    flags = np.zeros((3, 4), dtype=bool)
    flags[1, 1] = flags[2, 1] = True  # the old one of h1 gains two
    assert needs.people(flags) == 2
    assert needs.gaining(flags) == {"people": 1, "elderly": 1, "children": 0}
    flags[0, 1] = True  # and everybody there a station
    assert needs.people(flags) == 2 + 11
    assert needs.gaining(flags) == {"people": 11, "elderly": 1, "children": 1}
    assert needs.gaining(np.zeros((3, 4), dtype=bool)) == dict.fromkeys(needs.weights, 0)


def test_homes_off_the_streets_are_never_met():
    needs, study = needs_of(street()), street()
    at_h2 = changed.degrees((0, 0))[0]
    after = changed.quietly(
        study, [lc.AddFacility(one, at_h2) for one in study.facilities["service"]]
    )
    assert not needs.met(after)[:, 2].any()
    assert needs.met(after)[:, 1].all()


def test_people_outside_the_units_do_not_count():
    """The unit ends at x = 400: h3 lies outside."""
    needs = needs_of(squares(street(), (-1100, -300, 400, 300)))
    assert needs.concerned.tolist() == [[True, True, True, False]] * 3
    assert needs.weight(0).tolist() == [10, 11, 12, 0]
    everybody = np.ones((3, 4), dtype=bool)
    assert needs.people(everybody) == 33 + 3 + 3
    assert needs.gaining(everybody)["people"] == 33


def test_only_units_in_which_the_walk_is_not_met_are_concerned():
    """West of x = -500 all have a station and nobody is old; the rest lacks everything."""
    needs = needs_of(squares(street(), (-1100, -300, -500, 300), (-500, -300, 1100, 300)))
    station = needs.all[0]
    assert station.units == ("U1",)
    assert needs.concerned[0].tolist() == [False, True, True, True]


def test_a_home_in_a_circle_and_a_community_counts_once():
    study = squares(
        street(), (-1100, -300, 1100, 300), (-500, -300, 1100, 300),
        parent_id=[None, "U0"], level=["15min", "community"],
    )  # fmt: skip
    needs = needs_of(study)
    assert needs.all[0].units == ("U0", "U1")
    assert needs.people(np.ones((len(needs.all), 4), dtype=bool)) == 46 + 3 + 3


def test_everything_may_be_measured_for_one_walker():
    """Wheelchairs go 48 m a minute: 240 m in 5 min; h0 has its 200 m. Everybody counts."""
    needs = needs_of(street(measured_for=("wheelchair",)))
    assert {(one.segment, one.walker.name) for one in needs.all} == {("people", "wheelchair")}
    assert needs.today[:, 0].all()
    further = [(-700, 0), *HOMES[1:]]  # 300 m
    needs = needs_of(street(further, measured_for=("wheelchair",)))
    assert needs.today.any(axis=1).tolist() == [False, False, True]


def test_without_the_old_and_children_told_everybody_counts_at_their_pace():
    study = street()
    plain = study.residents.drop(columns=["elderly", "children"])
    needs = needs_of(replace(study, residents=plain))
    assert [one.segment for one in needs.all] == ["people"] * 3
    assert [one.walker.name for one in needs.all] == ["adult", "elderly", "elderly"]
    assert needs.gaining(np.ones((3, 4), dtype=bool)) == {"people": 46}


def test_any_of_several_services_would_do():
    """A supermarket 300 m from h0 is community retail, so are two others that are further."""
    services = ("community_retail", "supermarket", "convenience_store", "bank")
    places = [(1000, 0), (-500, 0), (1000, 0), (0, 0)]
    needs = needs_of(street(services=services, places=places))
    retail = next(row for row, one in enumerate(needs.all) if one.service == "community_retail")
    assert set(services[:3]) <= set(needs.all[retail].accepts)
    assert needs.today[retail].tolist() == [True, False, False, True]


def test_what_no_table_lists_is_unknown_and_no_need():
    assert not {one.service for one in needs_of(street()).all} & {"nursery", "kindergarten"}


def test_facilities_off_the_streets_meet_nothing():
    needs, study = needs_of(street()), street()
    off = towns.points((0, 900), facility_id=["x"], service=["community_service_station"])
    assert not needs.met_by(study.network, off).any()
    assert not needs.met_by(study.network, off.head(0)).any()


@pytest.mark.parametrize("changes", [{}, {"measured_for": ("wheelchair",)}])
def test_in_the_sample_needs_are_met_as_the_evaluation_has_it(changes):
    check = checked(replace(SAMPLE, **changes)) if changes else sample_check()
    needs = Needs(check)
    assert len(needs.all) > 15
    np.testing.assert_array_equal(needs.today, met_by_times(needs, check.evaluation))


def test_in_the_sample_people_short_are_those_of_compliance():
    """Of each need and unit: people less those covered, and those who live off the streets."""
    needs, rows = Needs(sample_check()), sample_check().compliance
    home, unit = SAMPLE.members()
    ids = SAMPLE.units["unit_id"].to_numpy()
    walks = rows[(rows["check"] == "walk") & (rows["status"] == "not met")]
    for row, need in enumerate(needs.all):
        mine = walks[(walks["service"] == need.service) & (walks["standard"] == need.standard)]
        for told in mine.to_dict("records"):
            here = home[ids[unit] == told["unit_id"]]
            weight = needs.weight(row)[here]
            assert told["covered_people"] == pytest.approx(weight[needs.today[row, here]].sum())
    assert people_gained(needs, sample_evaluation(), sample_evaluation()) == 0
