"""Searching again only what can have changed finds what a full search finds, bit for bit."""

import warnings

import numpy as np
import shapely
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import changed
import towns
import walled
from lifecircle.errors import LifecircleError
from lifecircle.network.since import Before, _places_differ, same_homes, travel_times_since
from lifecircle.network.walkers import Walker

QUICKLY = {"deadline": None, "phases": [Phase.explicit, Phase.generate]}
WALKERS = (
    towns.ONE,
    towns.ONE_ON_WHEELS,
    Walker("waits, slow on stairs", 1.0, steps_factor=3.0, crossing_s=20.0, signals_s=40.0),
)


def since(before, after, walker):
    """Travel times of a changed study by those of before, and from nothing; ``None``: no times."""
    old, fresh = (changed.minutes(study, walker) for study in (before, after))
    if old is None:
        return None, fresh
    known = Before(before.network, before.residents, before.facilities, old, before.snap_m)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = travel_times_since(
                known,
                after.network,
                after.residents,
                after.facilities,
                walker=walker,
                snap_m=after.snap_m,
            )
        except LifecircleError:
            found = None
    return found, fresh


def assert_same(found, fresh):
    for name in ("first", "destination", "minutes"):
        assert np.array_equal(getattr(found, name), getattr(fresh, name)), name
    for name in ("origins", "destinations", "unsnapped_origins", "unsnapped_destinations"):
        assert getattr(found, name).equals(getattr(fresh, name)), name


def doors(draw, shops):
    """Entrances of some facilities, outlines of others."""
    entrances, outlines = [], []
    for x, y in shops:
        kind = draw(st.integers(0, 3))
        places = changed.degrees((x - 20.0, y), (x + 30.0, y + 10.0))
        entrances.append(shapely.MultiPoint(places).wkt if kind == 1 else "")
        low, high = changed.degrees((x - 30.0, y - 20.0), (x + 30.0, y + 20.0))
        outlines.append(shapely.box(*low, *high).wkt if kind == 2 else "")
    return {"entrances": entrances, "outline": outlines}


@settings(max_examples=15, **QUICKLY)
@given(data=st.data())
def test_in_walled_towns_times_since_are_those_of_a_search_from_nothing(data):
    town = data.draw(walled.walled_towns())
    if data.draw(st.booleans()):  # gates of nobody's, which only those behind them may pass
        town.gates = [
            (place, access if owner else "residents", owner) for place, access, owner in town.gates
        ]
    homes, shops = walled.spots(data.draw, town, 6), walled.spots(data.draw, town, 6)
    before = changed.study(town.network(), homes, shops, columns=doors(data.draw, shops))
    actions = changed.facility_changes(data.draw, before)
    if data.draw(st.booleans()):
        actions += changed.openings(data.draw, before, town)
    after = changed.quietly(before, actions)
    found, fresh = since(before, after, data.draw(st.sampled_from(WALKERS)))
    if found is not None:
        assert_same(found, fresh)


@settings(max_examples=15, **QUICKLY)
@given(data=st.data())
def test_in_odd_towns_times_since_are_those_of_a_search_from_nothing(data):
    network, places = data.draw(towns.weird_towns())
    before = changed.study(network, places, places, columns=doors(data.draw, places))
    actions = changed.facility_changes(data.draw, before)
    if data.draw(st.booleans()):
        actions += changed.openings(data.draw, before)
    after = changed.quietly(before, actions)
    found, fresh = since(before, after, data.draw(st.sampled_from(WALKERS)))
    if found is not None:
        assert_same(found, fresh)


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 2**16), data=st.data())
def test_in_a_larger_town_most_walks_are_kept_and_all_are_the_same(seed, data):
    network = towns.planar_town(seed)
    rng = np.random.default_rng(seed)
    places = rng.uniform(-400, 400, (60, 2)).tolist()
    before = changed.study(network, places, places[:40])
    actions = changed.openings(data.draw, before)
    after = changed.quietly(before, actions)
    for walker in WALKERS:
        found, fresh = since(before, after, walker)
        assert_same(found, fresh)


def test_homes_are_the_same_only_if_ids_places_and_entrances_are():
    homes = towns.points((0, 0), (10, 0), resident_id=["a", "b"])
    assert same_homes(homes, homes.copy())
    assert not same_homes(homes, homes.iloc[::-1])
    assert not same_homes(homes, homes.assign(resident_id=["a", "c"]))
    assert not same_homes(homes, homes.assign(entrances=["", "POINT (112.99 28.16)"]))
    assert not same_homes(homes, homes.to_crs(4326))


def test_a_facility_that_moves_by_a_hair_is_searched_again():
    """A hair is less than joins are compared to, and may still be the last bit of a minute."""
    before = changed.study(towns.ladder(), [(-100, 0), (50, 3)], [(0, 0), (30, 100), (100, 100)])
    moved = before.facilities.copy()
    moved.geometry = moved.geometry.translate(1e-12)
    after = changed.study(towns.ladder(), [(-100, 0)], [(0, 0)])
    object.__setattr__(after, "facilities", moved)
    object.__setattr__(after, "residents", before.residents)
    found, fresh = since(before, after, towns.ONE)
    assert_same(found, fresh)
    old_row = np.arange(len(moved))
    assert _places_differ(before.facilities, moved, old_row).all()
    assert not _places_differ(before.facilities, before.facilities, old_row).any()
