"""Walls and gates: nobody walks through a wall, and a gate lets through whom it admits."""

import warnings

import numpy as np
import pytest
import shapely
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import towns
import walled
from lifecircle.network.walking import nearest_minutes, travel_times

LIMIT_MIN = 30.0
# A failing town is small enough to be read; making it smaller takes minutes.
QUICKLY = {"deadline": None, "phases": [Phase.explicit, Phase.generate]}


def matrix(network, homes, shops):
    """Seconds between places at a metre a second, infinite where there is no way."""
    people = towns.points(*homes, resident_id=[f"h{i}" for i in range(len(homes))])
    places = towns.points(*shops, facility_id=[f"s{i}" for i in range(len(shops))])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            times = travel_times(network, people, places, walker=towns.ONE, limit_min=LIMIT_MIN)
        except ValueError:
            return np.full((len(homes), len(shops)), np.inf), None
        found = np.full((len(homes), len(shops)), np.inf)
        found[times.origin, times.destination] = times.minutes * 60.0
        nearest = nearest_minutes(
            network,
            people,
            places.assign(service=places["facility_id"]),
            walker=towns.ONE,
            limit_min=LIMIT_MIN,
        )
    table = np.full(found.shape, np.inf)
    for column in nearest:
        table[:, int(column[1:])] = nearest[column].fillna(np.inf) * 60.0
    return found, table


@settings(max_examples=60, **QUICKLY)
@given(data=st.data())
def test_times_in_a_walled_town_are_those_of_networkx_on_the_cut_graph(data):
    town = data.draw(walled.walled_towns())
    homes = walled.spots(data.draw, town, 6)
    shops = walled.spots(data.draw, town, 5)
    oracle = walled.Oracle(town)
    found, nearest = matrix(town.network(), homes, shops)
    for i, home in enumerate(homes):
        for j, shop in enumerate(shops):
            right = oracle.seconds(shapely.Point(home), shapely.Point(shop))
            if right > LIMIT_MIN * 60.0:
                assert not np.isfinite(found[i, j]), (home, shop, found[i, j], right)
            else:
                assert found[i, j] == pytest.approx(right, abs=0.1), (home, shop)
    if nearest is not None:
        assert nearest == pytest.approx(found, abs=1e-3)


@settings(max_examples=30, **QUICKLY)
@given(data=st.data())
def test_opening_a_gate_never_lengthens_a_walk_and_closing_never_shortens_one(data):
    town = data.draw(walled.walled_towns().filter(lambda town: town.gates))
    homes, shops = walled.spots(data.draw, town, 8), walled.spots(data.draw, town, 8)
    gate = data.draw(st.integers(0, len(town.gates) - 1))
    closed, residents, opened = (
        matrix(town.with_access(gate, access).network(), homes, shops)[0]
        for access in ("closed", "residents", "open")
    )
    # Where all gates of a compound are closed its people stand at every one of them; as soon as one
    # lets them through they go by that one, and what lies on a path behind another is lost to them.
    owner = town.gates[gate][2]
    others = [
        access
        for number, (_, access, name) in enumerate(town.gates)
        if name == owner and number != gate
    ]
    alike = np.ones(closed.shape, dtype=bool)
    if owner and all(access == "closed" for access in others):
        box = shapely.box(*town.boxes[owner])
        within = [shapely.intersects_xy(box, *np.transpose(spots)) for spots in (homes, shops)]
        alike = ~(within[0][:, None] | within[1][None, :])
    assert (residents <= closed + 1e-3)[alike].all()
    assert (opened <= residents + 1e-3).all()
