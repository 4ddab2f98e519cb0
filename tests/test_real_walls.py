"""Walls and gates of real maps, built into the streets of the same maps."""

from __future__ import annotations

import re
import warnings
from functools import cache

import geopandas as gpd
import numpy as np
import pytest
import shapely

import lifecircle as lc
from lifecircle.network.links import CONNECTION, STREET
from lifecircle.network.snapping import snap
from lifecircle.network.walkers import ADULT, WHEELCHAIR

MAPS = {
    "beijing_bupt": "bupt_campus.osm",
    "changsha_hnu": "hnu_taozihu.osm",
    "guixi_jiangxi": "guixi.osm",
    "las_palmas": "las_palmas_20230221.osm.pbf",
}
# every warning that a planner may meet: how many of what, which, and what to do
SENTENCE = re.compile(r"^[a-z]+: .*\d.* .*\.$")


class Place:
    """A map with and without its walls, and its buildings as homes."""

    def __init__(self, path) -> None:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.streets = lc.read_walk_network(path)
            self.barriers = lc.read_osm_barriers(path)
            self.network = lc.with_barriers(self.streets, self.barriers)
        self.notes = [str(one.message) for one in caught
                      if issubclass(one.category, lc.LifecircleWarning)]  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", lc.LifecircleWarning)
            houses = lc.read_osm_buildings(path).to_crs(self.streets.crs)
        self.homes = gpd.GeoDataFrame(
            {"people": np.ones(len(houses))}, geometry=houses.geometry.centroid
        )
        self.xy = shapely.get_coordinates(self.homes.geometry.to_numpy())

    def edges(self, network):
        """Street that each home joins, -1 for none."""
        return snap(network, self.xy, walker=ADULT, snap_m=100.0).edge

    def in_town(self, network):
        """Whether each home joins streets that lead to the rest of the town."""
        edge = self.edges(network)
        return (edge >= 0) & (network.component[network.edge_ends[edge, 0]] == 0)


@pytest.fixture(scope="module")
def place_of(shared_data):
    """Place by the name of its folder, each read once."""
    return cache(lambda name: Place(shared_data / name / MAPS[name]))


@pytest.fixture(params=MAPS)
def place(request, place_of):
    return place_of(request.param)


def test_walls_of_a_real_map_are_built_in_and_tell_in_sentences(place):
    for note in place.notes:
        if not note.startswith("las_palmas_20230221"):
            assert SENTENCE.search(note), note
        assert len(note) < 400
    kinds = [note.split(" gates ")[0].split(" rows ")[0] for note in place.notes]
    assert len(kinds) == len(set(kinds))


def test_lengths_of_real_streets_add_up_and_links_are_no_streets(place):
    network = place.network
    street = network.edge_link == STREET
    whole_m = place.streets.edge_length_m.sum()
    assert network.edge_length_m[street].sum() == pytest.approx(whole_m, rel=1e-9)
    assert (network.edge_length_m[~street & (network.edge_link != CONNECTION)] == 0).all()


def test_a_wheelchair_joins_no_steps_among_real_walls(place):
    found = snap(place.network, place.xy, walker=WHEELCHAIR, snap_m=100.0)
    assert not place.network.is_steps[found.edge[found.edge >= 0]].any()


def test_whoever_lives_in_a_walled_compound_gets_out_or_stands_in_a_finding(place):
    walls = place.network.walls
    zone = walls.sight.zones.of_points(place.xy)
    cut_off = (zone > 0) & place.in_town(place.streets) & ~place.in_town(place.network)
    told = walls.facts.gateless | walls.facts.shut | walls.facts.unmapped
    silent = [
        home
        for home in np.flatnonzero(cut_off).tolist()
        if not told.intersection(walls.sight.zones.sets[zone[home]])
        and place.edges(place.network)[home] < 0
    ]
    assert silent == []
    found = lc.wall_findings(place.network, place.homes)
    assert (found.loc[found["finding"].isin(["all gates closed"]), "people"] >= 0).all()


def test_a_town_without_barriers_stays_as_it_is(place_of):
    guixi = place_of("guixi_jiangxi")
    assert len(guixi.barriers.walls) == 0
    assert not guixi.barriers.compounds["walled"].any()
    assert (guixi.in_town(guixi.network) == guixi.in_town(guixi.streets)).all()


def test_walls_of_a_real_city_cut_few_streets_and_few_people_and_tell_of_both(place_of):
    """Garden walls without a mapped gate stand around one house in twenty."""
    las_palmas = place_of("las_palmas")
    lost = las_palmas.in_town(las_palmas.streets) & ~las_palmas.in_town(las_palmas.network)
    assert 0 < lost.mean() < 0.06
    found = lc.wall_findings(las_palmas.network).set_index("finding")["count"]
    assert found["streets cut"] < 100
    (note,) = (note for note in las_palmas.notes if note.startswith("walls:"))
    assert f"at {found['streets cut']} places" in note
    homes = las_palmas.homes.to_crs(4326)
    with warnings.catch_warnings():  # two houses are drawn twice
        warnings.filterwarnings("ignore", "residents: 2 of", lc.LifecircleWarning)
        told = lc.diagnose_network(las_palmas.network, residents=homes).set_index("finding")
    assert 0 < told.loc["streets cut", "people"] < 0.02 * len(las_palmas.homes)
