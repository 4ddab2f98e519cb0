"""New ways between streets: what they shorten, and that they lengthen nothing."""

import warnings

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import changed
import towns
import walled
from lifecircle.network.walkers import Walker

QUICKLY = {"deadline": None, "phases": [Phase.explicit, Phase.generate]}
WALKER = Walker("waits and is slow on stairs", 1.0, steps_factor=3.0, crossing_s=20.0, signals_s=40)


def longer(before, after, walker):
    """Pairs whose walk gets longer, by a millisecond or more."""
    old, new = (changed.minutes(study, walker, 60.0) for study in (before, after))
    if old is None:
        return []
    old, new = changed.table(old), changed.table(new)
    return [(i, j, old[i, j], new[i, j]) for i, j in np.argwhere(new > old + 1e-4).tolist()]


@settings(max_examples=30, **QUICKLY)
@given(data=st.data())
def test_no_opening_in_a_walled_town_makes_a_walk_longer(data):
    town = data.draw(walled.walled_towns())
    homes, shops = walled.spots(data.draw, town, 8), walled.spots(data.draw, town, 8)
    before = changed.study(town.network(), homes, shops)
    actions = changed.openings(data.draw, before, town)
    after = changed.quietly(before, actions)
    assert longer(before, after, WALKER) == [], actions


@settings(max_examples=30, **QUICKLY)
@given(data=st.data())
def test_no_new_way_in_an_odd_town_makes_a_walk_longer(data):
    network, places = data.draw(towns.weird_towns())
    before = changed.study(network, places, places)
    actions = changed.openings(data.draw, before)
    after = changed.quietly(before, actions)
    assert longer(before, after, WALKER) == [], actions
