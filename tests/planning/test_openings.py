"""Openings are ranked by what an evaluation with each of them would tell."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import changed
import lifecircle as lc
import opened
import towns
import walled
from barrier_towns import built
from lifecircle.errors import InputError, MissingColumnError, UnknownNameError
from lifecircle.planning import opening_places
from lifecircle.planning.opening_gains import Meter
from lifecircle.planning.openings import OPENING_COLUMNS, measured_openings
from sample import SAMPLE, sample_evaluation

MINUTES = (5.0, 15.0)
CARE = ("community_service_station", "elderly_day_care")


def near(value):
    return pytest.approx(value, rel=1e-3)


def study(network, homes, shops, services, **options):
    """Study whose shops have the services named; measured up to 15 min."""
    columns = {"service": list(services)}
    return changed.study(network, homes, shops, minutes=MINUTES, columns=columns, **options)


# ----------------------------------------------------------------------------- by hand


def estate(*gates, walls=()):
    """A compound between two streets, with a lane through it.

    ::

        D --------- E --------- F     y = 200
        |      .....|.....      |
        |      :    |    :      |     the compound, x -100 to 100, y 50 to 150
        |      :....|....:      |
        A --------- B --------- C     y = 0
      x -300        0          300
    """
    nodes = {"A": (-300, 0), "B": (0, 0), "C": (300, 0)}
    nodes |= {"D": (-300, 200), "E": (0, 200), "F": (300, 200)}
    network = towns.town(nodes, "AB", "BC", "DE", "EF", "AD", "CF", "BE")
    boxes = {"C": (-100, 50, 100, 150)} if gates else {}
    return built(network, walls=walls, boxes=boxes, gates=[(*gate, "C") for gate in gates])


def north_gate(**options):
    """A station and a day care at E; the gate towards them is closed.

    Homes: h0 at B, 10 people; h1 in the compound, 11 people, one of them old, one a child; h2 120 m
    west of B, 12 people, two of them old.
    """
    network = estate((0, 50, "open"), (0, 150, "closed"))
    homes = options.pop("homes", [(0, 0), (0, 100), (-120, 0)])
    return study(network, homes, [(0, 200)] * 2, CARE, **options)


def test_a_gate_that_is_opened_is_gained_by_those_who_come_within_the_walk():
    """To E by the gate: 200 m from h0, 100 from h1, 320 from h2; round by A and D 800, 900, 680.

    Adults walk 72 m a minute, 360 m in the 5 min of a station: all 33 gain it. Elders walk 60 m a
    minute, 300 m in the 5 min of a day care: one gains it in h1, the two of h2 do not.
    """
    found = opened.ranked(north_gate())
    assert found[["kind", "gate_id", "access", "where"]].to_numpy().tolist() == [
        ["open_gate", "G1", "closed", "C"]
    ]
    row = found.iloc[0]
    assert row["gains_people"] == 33 + 1
    assert row[["gaining_people", "gaining_elderly", "gaining_children"]].to_list() == [33, 3, 1]
    adults = (10 * (800 - 200) + 11 * (900 - 100) + 12 * (680 - 320)) / 72
    elders = (1 * (900 - 100) + 2 * (680 - 320)) / 60
    assert row["saved_people_min_per_day"] == near(adults + elders)
    assert row["services"] == "社区服务站 33；老年人日间照料中心 1"
    assert row[["rank", "step"]].to_list() == [1, 1]
    assert row["step_gains_people"] == row["gains_people"]
    assert np.isnan(row["length_m"])
    assert row[["lon", "lat"]].to_list() == pytest.approx(changed.degrees((0, 150))[0], abs=1e-6)


def test_of_services_named_only_those_count():
    found = opened.ranked(north_gate(), services="老年人日间照料中心", steps=0).iloc[0]
    assert found[["gains_people", "gaining_people"]].to_list() == [1, 1]
    assert found[["gaining_elderly", "gaining_children"]].to_list() == [1, 0]
    assert found["saved_people_min_per_day"] == near((800 + 2 * 360) / 60)
    assert pd.isna(found["step"])


def test_everything_may_be_measured_for_one_walker():
    """Wheelchairs go 48 m a minute: 240 m in 5 min, 720 m in the 15 min that are looked at.

    All people of h0 and h1 gain both services; walks of 800 and 900 m count as 720 m.
    """
    found = opened.ranked(north_gate(measured_for=("wheelchair",))).iloc[0]
    assert found["gains_people"] == 2 * 21
    assert found["gaining_people"] == 21
    saved = 2 * (10 * (720 - 200) + 11 * (720 - 100) + 12 * (680 - 320)) / 48
    assert found["saved_people_min_per_day"] == near(saved)


def test_people_outside_the_units_and_far_from_streets_do_not_count():
    """h3 lies 150 m south of B, further than 100 m; the unit ends west of B at x = -60."""
    homes = [(0, 0), (0, 100), (-120, 0), (0, -150)]
    town = north_gate(homes=homes)
    assert opened.ranked(town).iloc[0]["gaining_people"] == 33
    west, south, east, north = -60, -400, 400, 400
    units = town.units.to_crs(towns.TOWN)
    units = units.set_geometry([shapely.box(west, south, east, north)], crs=towns.TOWN)
    row = opened.ranked(replace(town, units=units)).iloc[0]
    assert row[["gaining_people", "gains_people"]].to_list() == [21, 22]
    assert row["gaining_elderly"] == 1


def test_residents_gates_let_others_through_once_they_are_open():
    """Both gates are for residents: h1 has its 100 m already. One opened gains nobody anything."""
    network = estate((0, 50, "residents"), (0, 150, "residents"))
    town = study(network, [(0, 0), (0, 100)], [(0, 200)], CARE[:1])
    found = opened.ranked(town)
    assert found["gate_id"].to_list() == ["G0", "G1"]
    assert (found[["gains_people", "saved_people_min_per_day"]] == 0).all(axis=None)
    assert found["step"].isna().all()


def test_a_way_through_that_needs_two_gates_gains_nothing_by_one_and_all_by_both():
    """h0 at B: 800 m round, 200 m through both gates, at 72 m a minute."""
    town = study(estate((0, 50, "closed"), (0, 150, "closed")), [(0, 0)], [(0, 200)], CARE[:1])
    found = opened.ranked(town)
    assert found["gate_id"].to_list() == ["G0", "G1"]
    assert (found["gains_people"] == 0).all()
    assert found["step"].isna().all()
    scenario = lc.openings_scenario(found, name="两门")
    assert repr(scenario) == "Scenario 两门: 2 open_gate"
    gains = opened.gained(*map(changed.evaluated, (town, opened.made(town, found))))
    assert gains.people == 10
    assert gains.saved_min == near(10 * 600 / 72)


def test_a_wall_is_opened_where_a_street_ends_at_it():
    """A wall cuts BE at y = 100. h0 at B to E: 800 m round, 200 m by the opening."""
    network = estate(walls=[[(-50, 100), (50, 100)]])
    found = opened.ranked(study(network, [(0, 0)], [(0, 200)], CARE[:1]))
    assert found["kind"].to_list() == ["remove_wall"]
    row = found.iloc[0]
    assert row[["gains_people", "gaining_people", "length_m", "gate_id"]].to_list() == [
        10,
        10,
        0,
        "",
    ]
    assert row["saved_people_min_per_day"] == near(10 * 600 / 72)
    assert [row["lon"], row["lat"]] == pytest.approx(changed.degrees((0, 100))[0], abs=1e-6)


def test_where_no_street_ends_at_a_wall_ways_lead_to_both_sides():
    """Two streets 40 m apart with a short wall between, joined 300 m further east.

    ::

        D --------------- F     y = 40
                ==        |     the wall, y = 20
        A --------------- C     y = 0
      x -300            300

    From (0, 0) to (0, 40): 300 + 40 + 300 = 640 m; 40 m through the opening in its middle.
    """
    nodes = {"A": (-300, 0), "C": (300, 0), "D": (-300, 40), "F": (300, 40)}
    network = built(towns.town(nodes, "AC", "CF", "DF"), walls=[[(-15, 20), (15, 20)]])
    found = opened.ranked(study(network, [(0, 0)], [(0, 40)], CARE[:1]), kinds=["remove_wall"])
    row = found.iloc[0]
    assert len(found) == 1
    assert row["length_m"] == pytest.approx(40, abs=0.05)
    assert row["gains_people"] == 10
    assert row["saved_people_min_per_day"] == near(10 * (640 - 40) / 72)


def test_a_dead_end_is_joined_to_the_street_beside_it():
    """A lane whose end C lies 50 m from A, where the street begins.

    ::

        C ------- B        y = 50      C the station
                  |
        A ---m--- D        y = 0       A: 10 people; m at x = 0: 11 people
      x -150     150

    To C: 300 + 50 + 300 = 650 m from A, 500 m from m; by a way of 50 m: 50 and 200 m.
    """
    nodes = {"A": (-150, 0), "D": (150, 0), "B": (150, 50), "C": (-150, 50)}
    town = study(towns.town(nodes, "AD", "DB", "BC"), [(-150, 0), (0, 0)], [(-150, 50)], CARE[:1])
    found = opened.ranked(town)
    row = found.iloc[0]
    assert row["kind"] == "connect_streets"
    assert row["gains_people"] == 21
    assert row["saved_people_min_per_day"] == near((10 * 600 + 11 * 300) / 72)
    assert row["length_m"] == pytest.approx(50, abs=0.01)
    ends = [(row["lon"], row["lat"]), (row["lon_to"], row["lat_to"])]
    drawn = changed.degrees((-150, 50), (-150, 0))
    assert sorted(ends) == [pytest.approx(place, abs=1e-6) for place in sorted(drawn)]
    assert found["step"].notna().sum() == 1  # the second of the two is worth nothing more


# ----------------------------------------------------------------------------- by brute force


def left_out(study, table):
    """What could be opened and is not in a ranking, as rows of one that gain nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rest = opening_places.opening_places(study).table
    rest = rest[~rest["opening_id"].isin(table["opening_id"])]
    nothing = ["saved_people_min_per_day", "gains_people"]
    nothing += [f"gaining_{name}" for name in ("people", "elderly", "children")]
    return rest.assign(**dict.fromkeys(nothing, 0.0), step=pd.NA)


SLOW = lc.Walker("slow", 0.9, steps_factor=3.0, crossing_s=20.0, signals_s=40.0)
WHO = (
    {},
    {"measured_for": ("wheelchair",)},
    {"measured_for": ("slow",), "walkers": {"slow": SLOW}},
)


@settings(max_examples=10, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(data=st.data())
def test_openings_of_random_towns_gain_what_a_new_search_finds(data):
    """Blocks are 80 m wide: openings further apart than usual are looked at, to find any."""
    if data.draw(st.integers(0, 3)):
        town = data.draw(walled.walled_towns())
        network = town.network()
        homes, shops = walled.spots(data.draw, town, 8), walled.spots(data.draw, town, 6)
    else:
        network, homes = data.draw(towns.weird_towns())
        shops = homes[:6]
    today = changed.study(network, homes, shops, **data.draw(st.sampled_from(WHO)))
    services = list(changed.SERVICES)
    if opened.searched(today, services) is None:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening_places, "DEAD_END_WITHIN_M", 170.0)
        patch.setattr(opening_places, "WALL_WITHIN_M", 60.0)
        table = opened.ranked(today, services=services, steps=3)
        rest = left_out(today, table)
    assert opened.wrong_in(today, table, services) == []
    assert opened.wrong_in(today, rest, services) == []


def test_sixty_openings_of_the_sample_gain_what_a_new_search_finds(rng):
    table = opened.ranked(SAMPLE)
    kinds = table.groupby("kind").indices
    assert set(kinds) == {"open_gate", "remove_wall", "connect_streets"}
    rows = [rng.permutation(rows)[:20] for rows in kinds.values()]
    chosen = table.iloc[np.unique(np.concatenate([*rows, np.flatnonzero(table["step"].notna())]))]
    assert len(chosen) >= 60
    assert (chosen["gains_people"] > 0).sum() > 10
    assert opened.wrong_in(SAMPLE, chosen, made=opened.streets_made) == []


def test_the_best_openings_of_the_sample_gain_what_an_evaluation_tells():
    table = opened.ranked(SAMPLE, steps=3)
    before = sample_evaluation()
    for row in (0,):
        after = changed.evaluated(opened.made(SAMPLE, table.iloc[[row]]))
        assert opened.wrong(table.iloc[row], opened.gained(before, after)) == []
    steps = table[table["step"].notna()]
    assert len(steps) == 3
    together = opened.gained(before, changed.evaluated(opened.made(SAMPLE, steps)))
    assert steps["step_gains_people"].sum() == together.people
    assert (steps.sort_values("step")["step_gains_people"].diff().dropna() <= 0).all()


# ----------------------------------------------------------------------------- what cannot be


def lane(shops=((-150, 50),), services=CARE[:1], **options):
    """Streets without walls, with a lane that ends beside another."""
    nodes = {"A": (-150, 0), "D": (150, 0), "B": (150, 50), "C": (-150, 50)}
    network = towns.town(nodes, "AD", "DB", "BC")
    return study(network, [(-150, 0), (0, 0)], list(shops), services, **options)


def test_unknown_kinds_and_services_are_told_with_what_there_is():
    with pytest.raises(UnknownNameError, match=r"'open_gates'.*Did you mean 'open_gate'"):
        lc.rank_openings(SAMPLE, kinds=["open_gates"])
    with pytest.raises(UnknownNameError, match="'add_facility'"):
        lc.rank_openings(SAMPLE, kinds="add_facility")
    with pytest.raises(UnknownNameError, match=r"'kindergartens'.*'kindergarten'"):
        lc.rank_openings(SAMPLE, services=["kindergartens"])


@pytest.mark.parametrize("steps", [-1, 2.5, True, "3", None])
def test_steps_are_a_number_of_openings(steps):
    with pytest.raises(InputError, match=r"steps=.*: give how many openings to choose, such as 5"):
        lc.rank_openings(SAMPLE, steps=steps)


def test_a_study_without_walls_has_dead_ends_alone():
    assert opened.ranked(lane())["kind"].to_list() == ["connect_streets"] * len(
        opened.ranked(lane())
    )
    nothing = opened.ranked(lane(), kinds=["open_gate", "remove_wall"])
    assert len(nothing) == 0
    assert tuple(nothing.columns) == OPENING_COLUMNS
    assert repr(lc.openings_scenario(nothing)) == "Scenario: nothing"


def test_without_facilities_of_the_services_nobody_can_gain():
    with pytest.raises(InputError, match=r"name none of the services that count.*services="):
        lc.rank_openings(lane(services=["park"]))  # the standard asks for no park
    with pytest.raises(InputError, match="facilities name none"):
        lc.rank_openings(lane(), services=["library"])
    assert len(opened.ranked(lane(services=["park"]), services=["park"])) > 0


def test_where_nobody_lives_in_a_unit_nothing_is_gained():
    town = lane()
    units = town.units.to_crs(towns.TOWN)
    units = units.set_geometry([shapely.box(100, -50, 300, 90)], crs=towns.TOWN)
    found = opened.ranked(replace(town, units=units))
    assert len(found) == 0
    assert tuple(found.columns) == OPENING_COLUMNS


def test_residents_of_unknown_age_leave_the_elderly_unknown():
    town = north_gate()
    residents = town.residents.drop(columns=["elderly", "children"])
    row = opened.ranked(replace(town, residents=residents)).iloc[0]
    assert row[["gaining_elderly", "gaining_children"]].isna().all()
    assert row["gaining_people"] == 33
    # the day care is for everybody then, at the pace of elders: 10 + 11 within 300 m
    assert row["gains_people"] == 33 + 21


def test_a_table_that_is_no_ranking_makes_no_scenario():
    found = opened.ranked(north_gate())
    with pytest.raises(MissingColumnError, match=r"'?lat_to'? is missing.*rank_openings\(\)"):
        lc.openings_scenario(found.drop(columns="lat_to"))
    with pytest.raises(UnknownNameError, match="'close_gate'"):
        lc.openings_scenario(found.assign(kind="close_gate"))


def test_a_ranking_of_another_study_is_refused():
    found = opened.ranked(north_gate())
    with pytest.raises((InputError, UnknownNameError), match="gate"):
        changed.quietly(lane(), lc.openings_scenario(found))
    meter = Meter(lane(), None)
    with pytest.raises(InputError, match="nothing can be opened at lon"):
        measured_openings(lane(), found, meter)
