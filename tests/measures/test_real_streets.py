"""Whole cities of real streets against networkx, pair by pair."""

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import lifecircle as lc
from oracle import disagreements, joins, minutes_between


def scattered(network, rng, count, spread_m=60.0):
    """Points around streets, most of them off any node."""
    xy = network.edge_points_m[rng.integers(0, len(network.edge_points_m), count)]
    xy = xy + rng.normal(0, spread_m, (count, 2))
    return gpd.GeoDataFrame(geometry=shapely.points(xy), crs=network.crs).to_crs(4326)


def walk(network, origins, destinations, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", lc.LifecircleWarning)
        return lc.travel_times(network, origins, destinations, **options)


@pytest.mark.parametrize("walker", [lc.ADULT, lc.WHEELCHAIR], ids=lambda walker: walker.name)
def test_every_time_in_helsinki_is_networkx_s(helsinki_pbf, rng, walker):
    network = lc.read_walk_network(helsinki_pbf)
    homes, places = scattered(network, rng, 200), scattered(network, rng, 60)
    times = walk(network, homes, places, walker=walker, limit_min=60.0)
    assert len(times.minutes) > 8000
    assert disagreements(times, network, homes, places, walker=walker) == []


def test_every_time_in_las_palmas_is_networkx_s(shared_data, rng):
    network = lc.read_walk_network(shared_data / "las_palmas" / "las_palmas_20230221.osm.pbf")
    homes = scattered(network, rng, 200)
    # places a short walk from the homes, so that most pairs near each other are found
    near = homes.sample(60, random_state=1).to_crs(network.crs)
    places = gpd.GeoDataFrame(geometry=near.translate(150, -220), crs=network.crs)
    times = walk(network, homes, places, limit_min=30.0)
    assert len(times.minutes) > 100
    assert disagreements(times, network, homes, places) == []


@pytest.fixture(scope="module")
def porto_alegre(shared_data):
    """Streets, hexagons with people, and the hexagons that hold schools or health care."""
    folder = shared_data / "porto_alegre"
    network = lc.read_walk_network(folder / "poa_osm.osm.pbf")
    table = pd.read_csv(folder / "poa_hexgrid.csv")
    hexagons = gpd.GeoDataFrame(
        {"resident_id": table["id"], "people": table["population"], "city": "Porto Alegre"},
        geometry=gpd.points_from_xy(table["lon"], table["lat"]),
        crs=4326,
    )
    facilities = pd.concat(
        [
            hexagons.loc[table[column] > 0, ["geometry"]].assign(service=service)
            for column, service in (("schools", "primary_school"), ("healthcare", "health_station"))
        ],
        ignore_index=True,
    )
    facilities["facility_id"] = [f"F{i:03}" for i in range(len(facilities))]
    return network, hexagons, facilities


def test_coverage_of_porto_alegre_is_networkx_s(porto_alegre):
    network, hexagons, facilities = porto_alegre
    assert len(hexagons) == 1227
    assert hexagons["people"].sum() == 812_935
    times = walk(network, hexagons, facilities)
    found = lc.coverage(times, hexagons, facilities, by=("city", "service"))

    origins, destinations = joins(network, hexagons), joins(network, facilities)
    answer = minutes_between(network, origins, destinations)
    exact = answer.first(len(hexagons), len(facilities))
    lost = np.array([not np.isfinite(origins[row].access_m) for row in _firsts(origins, hexagons)])
    people = hexagons["people"].to_numpy(float)
    assert hexagons["resident_id"][lost].to_list() == times.unsnapped_origins.to_list()
    rows = {(row.service, row.minutes): row for row in found.itertuples()}
    assert len(rows) == len(found) == 6
    for service in ("primary_school", "health_station"):
        nearest = exact[:, (facilities["service"] == service).to_numpy()].min(axis=1)
        for minutes in (5.0, 10.0, 15.0):
            row = rows[service, minutes]
            covered = people[~lost & (nearest <= minutes)].sum()
            assert row.people == pytest.approx(people[~lost].sum(), abs=1e-6)
            assert row.covered_people == pytest.approx(covered, abs=1e-6)
            assert row.covered_share == pytest.approx(covered / people[~lost].sum(), abs=1e-12)
            assert row.unsnapped_people == pytest.approx(people[lost].sum(), abs=1e-6)
            assert 0.05 < row.covered_share < 0.99


def test_every_time_in_porto_alegre_is_networkx_s(porto_alegre):
    network, hexagons, facilities = porto_alegre
    times = walk(network, hexagons, facilities)
    assert len(times.minutes) > 4500
    assert disagreements(times, network, hexagons, facilities) == []


def _firsts(listed, points):
    owners = [join.point for join in listed]
    return np.searchsorted(owners, np.arange(len(points)))
