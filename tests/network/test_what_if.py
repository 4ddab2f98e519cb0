"""Openings are looked at and taken back: nothing is left of them unless they are kept."""

import warnings

import numpy as np
import pytest

from lifecircle.planning.opening_gains import Meter
from lifecircle.planning.opening_places import opening_places
from sample import SAMPLE

SERVICES = ["kindergarten", "food_market", "elderly_day_care"]


@pytest.fixture(scope="module")
def asked():
    """Searches of the sample, one for each pace, with its openings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        places = opening_places(SAMPLE)
        return places, lambda: Meter(SAMPLE, SERVICES).what_ifs(places)


def state(what):
    """Every array that a question may touch, copied."""
    arrays = {name: value for name, value in vars(what).items() if isinstance(value, np.ndarray)}
    arrays |= {f"legs of {number}": legs for number, legs in what.legs_of.items()}
    if what.groups:
        arrays["seconds of the finder"] = what.finder.seconds
    return {name: value.copy() for name, value in arrays.items()}


def same(one, two):
    assert one.tobytes() == two.tobytes()


def some_of_each(places, count):
    """Rows of some openings of every kind."""
    rows = [
        rows[:: max(1, len(rows) // count)][:count]
        for rows in places.table.groupby("kind").indices.values()
    ]
    return np.concatenate(rows).tolist()


def test_a_question_leaves_every_array_as_it_was_to_the_last_bit(asked):
    places, whats = asked
    for what, openings in whats():
        rows = some_of_each(places, 25)
        told = 0
        for row in rows:
            before = state(what)
            first = what.nearer([openings[row]])
            after = state(what)
            for name, array in before.items():
                same(array, after[name])
            again = what.nearer([openings[row]])
            for name in ("service", "home", "before_s", "after_s"):
                same(getattr(first, name), getattr(again, name))
            assert (first.after_s < first.before_s).all()
            assert np.array_equal(what.home_s[first.service, first.home], first.before_s)
            told += len(first.home)
        assert told > 0


def test_openings_kept_one_by_one_are_those_made_together(asked):
    places, whats = asked
    for (kept, openings), (once, _) in zip(whats(), whats(), strict=True):
        rows = [row for row in some_of_each(places, 8) if places.alone[row]]
        together = once.nearer([openings[row] for row in rows], keep=True)
        for row in rows:
            kept.nearer([openings[row]], keep=True)
        assert len(together.home) > 0
        for name in ("home_s", "public_s", "own_s", "arc_s", "access_s"):
            one, two = getattr(kept, name), getattr(once, name)
            assert np.allclose(one, two, rtol=0, atol=1e-4), name
        # and a question afterwards is answered from there
        for row in rows:
            assert len(kept.nearer([openings[row]]).home) == 0
