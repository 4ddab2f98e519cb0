"""The live circle in a real browser, offline: its minutes are those of ``travel_times``."""

from __future__ import annotations

import dataclasses
import itertools
import warnings

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import changed
import lifecircle as lc
import towns
import walled
from lifecircle.assessment.parts import parts_of
from lifecircle.network.walkers import WALKERS, Walker
from lifecircle.outputs.mapping import live
from lifecircle.outputs.mapping.live import live_layer

# What a tenth of a minute is rounded from, and how near a wall nobody can tell its sides apart.
CLOSE_MIN, ON_WALL_M = 0.05, 0.05

WALKS = """([layer, places, limit]) => {
  const network = new lifecircleNetwork.Network(layer), to = layer.places.to_m;
  const metres = ([lon, lat]) => {
    const u = (lon - to.middle[0]) / to.half[0], v = (lat - to.middle[1]) / to.half[1];
    const terms = to.powers.map(([i, j]) => u ** i * v ** j);
    return [to.x, to.y].map((one) => one.reduce((sum, part, at) => sum + part * terms[at], 0));
  };
  return places.map((place) => layer.walkers.map((_, walker) => {
    const walk = network.walk(...metres(place), walker, limit);
    return walk && walk.minutes;
  }));
}"""


SHAPES = """([layer, [x, y]]) => {
  const network = new lifecircleNetwork.Network(layer);
  return network.shapes(network.walk(x, y, 0, 15), layer.minutes);
}"""


@pytest.fixture(scope="module")
def page(chromium, tmp_path_factory):
    """The sample's map, from disk, offline; it complains of nothing."""
    path = tmp_path_factory.mktemp("live") / "map.html"
    study = lc.load_demo()
    lc.write_map(lc.map_evaluation(lc.evaluate(study)), path)
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_offline(offline=True)
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    yield page
    context.close()
    assert complaints == []


def minutes_of(study, lonlat, walker, limit_min):
    """Minutes by row of the facilities of each place; ``None`` where no street is near."""
    places = gpd.GeoDataFrame(
        {"origin_id": np.arange(len(lonlat))},
        geometry=gpd.points_from_xy(*np.array(lonlat).T),
        crs=4326,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            times = lc.travel_times(
                study.network,
                places,
                study.facilities,
                walker=walker,
                limit_min=limit_min,
                snap_m=study.snap_m,
            )
        except lc.SnapError:
            return None
    row = {name: at for at, name in enumerate(study.facilities["facility_id"])}
    found = [{} for _ in lonlat]
    for place, facility, minutes in times.to_frame().itertuples(index=False):
        found[place][row[facility]] = float(minutes)
    for place in times.unsnapped_origins:
        found[place] = None
    return found


def differences(study, layer, lonlat, walks, limit_min):
    """Minutes that the page and Python do not share, and how many they do."""
    wrong, count = [], 0
    for at, one in enumerate(layer["walkers"]):
        walker = {**WALKERS, **study.walkers}[one["key"]]
        expected = minutes_of(study, lonlat, walker, limit_min)
        if expected is None:
            continue
        for place, minutes in enumerate(expected):
            walk = walks[place][at]
            if (walk is None) != (minutes is None):
                wrong.append((walker.name, lonlat[place], walk, minutes))
                continue
            walk = {int(row): value for row, value in (walk or {}).items()}
            for row in {*walk, *(minutes or {})}:
                pair = walk.get(row, np.inf), minutes.get(row, np.inf)
                count += 1
                # at the limit itself either may leave it out
                if max(pair) < np.inf and abs(pair[0] - pair[1]) <= CLOSE_MIN:
                    continue
                if max(pair) == np.inf and min(pair) > limit_min - CLOSE_MIN:
                    continue
                wrong.append((walker.name, lonlat[place], row, *pair))
    return wrong, count


def off_walls(study, lonlat):
    """Places whose side of every wall is plain."""
    walls = study.network.walls.sight.walls
    points = gpd.GeoSeries(gpd.points_from_xy(*lonlat.T), crs=4326).to_crs(study.network.crs)
    owner = np.repeat(np.arange(len(walls.first) - 1), np.diff(walls.first))
    lines = shapely.union_all(shapely.linestrings(walls.points_m, indices=owner))
    return lonlat[points.distance(lines).to_numpy() > ON_WALL_M]


def test_minutes_of_places_all_over_the_sample_are_those_of_travel_times(page):
    study = lc.load_demo()
    random = np.random.default_rng(11)
    west, south, east, north = study.units.total_bounds
    lonlat = np.column_stack([random.uniform(west, east, 120), random.uniform(south, north, 120)])
    lonlat = off_walls(study, lonlat).tolist()
    layer = live_layer(study)
    walks = page.evaluate(WALKS, [layer, lonlat, 15.0])
    wrong, count = differences(study, layer, lonlat, walks, 15.0)
    assert wrong == []
    assert count > 80_000


def test_the_page_of_one_unit_walks_as_the_whole_does(page):
    """The rows of what is near are those of what the page shows."""
    study = lc.load_demo()
    part = parts_of(study).study([2], "one community")
    shown = part.facilities[part.whole.around]
    random = np.random.default_rng(5)
    west, south, east, north = part.units.total_bounds
    lonlat = np.column_stack([random.uniform(west, east, 60), random.uniform(south, north, 60)])
    lonlat = off_walls(study, lonlat).tolist()
    layer = live_layer(part)
    walks = page.evaluate(WALKS, [layer, lonlat, 15.0])
    near = study.facilities["facility_id"].isin(shown["facility_id"])
    whole = dataclasses.replace(study, facilities=study.facilities[near].reset_index(drop=True))
    wrong, count = differences(whole, layer, lonlat, walks, 15.0)
    assert wrong == []
    assert count > 10_000


def test_minutes_in_walled_and_odd_towns_are_those_of_travel_times(page):
    """Nested and overlapping compounds, gates of all kinds, compounds without paths, loops."""
    tasks = []

    @settings(
        max_examples=60,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def draw(data):
        walker = {"slow": Walker("slow", 0.7, steps_factor=3.0, crossing_s=20.0, signals_s=40.0)}
        if data.draw(st.booleans()):
            town = data.draw(walled.walled_towns())
            homes = walled.spots(data.draw, town, 6)
            shops = walled.spots(data.draw, town, 6)
            network = town.network()
        else:
            network, homes = data.draw(towns.weird_towns())
            shops = homes
        tasks.append((changed.study(network, homes, shops, walkers=walker), homes))

    draw()
    total = 0
    for study, homes in tasks:
        lonlat = [[float(value) for value in place] for place in changed.degrees(*homes)]
        layer = live_layer(study)
        walks = page.evaluate(WALKS, [layer, lonlat, 30.0])
        wrong, count = differences(study, layer, lonlat, walks, 30.0)
        assert wrong == []
        total += count
    assert total > 2_000


def test_a_part_of_the_streets_gives_the_same_minutes(page, monkeypatch):
    study = lc.load_demo()
    community = study.units[study.units["name"].str.startswith("金科园")]
    study = dataclasses.replace(study, units=community.assign(parent_id=""), minutes=(3.0,))
    monkeypatch.setattr(live, "MOST_EDGES", 2_000)
    layer = live_layer(study)
    random = np.random.default_rng(5)
    west, south, east, north = community.total_bounds
    lonlat = np.column_stack([random.uniform(west, east, 60), random.uniform(south, north, 60)])
    lonlat = off_walls(study, lonlat).tolist()
    walks = page.evaluate(WALKS, [layer, lonlat, 3.0])
    wrong, count = differences(study, layer, lonlat, walks, 3.0)
    assert wrong == []
    assert count > 1_000


def test_a_click_shows_the_circle_and_the_nearest_of_each_service(page):
    study = lc.load_demo()
    page.click(".lc-pick")
    page.evaluate("() => void lifecircleMap.map.setView([28.1662, 112.9915], 16)")
    box = page.locator("#lifecircle-map").bounding_box()
    page.mouse.click(box["x"] + 400, box["y"] + 300)
    page.wait_for_selector(".lc-live-table")
    at = page.evaluate("() => lifecircleMap.live.last().latlng")
    expected = minutes_of(study, [[at["lng"], at["lat"]]], "adult", 15.0)[0]
    assert page.locator(".leaflet-popup").count() == 0  # picking opens no card
    by_service = {}
    for row, minutes in expected.items():
        service = study.facilities["service"].iloc[row]
        by_service[service] = min(by_service.get(service, np.inf), minutes)
    shown = page.locator(".lc-live-table tbody tr").all_text_contents()
    assert len(shown) == len(by_service)
    cells = page.locator(".lc-live-table tbody td:nth-child(2)").all_text_contents()
    nearest = sorted(by_service.values())
    assert np.abs(np.array(cells, dtype=float) - nearest).max() < CLOSE_MIN + 1e-3
    counts = page.locator(".lc-live-table tbody td:nth-child(3)").all_text_contents()
    assert sum(map(int, counts)) == len(expected)
    page.select_option(".lc-live select", "2")  # the frail walk less far
    assert page.locator(".lc-live-table tbody tr").count() <= len(by_service)
    page.keyboard.press("Escape")
    page.click(".lc-live .lc-button >> nth=1")
    assert page.locator(".lc-live-table").count() == 0


def test_a_place_far_from_every_street_is_told(page):
    found = page.evaluate("() => lifecircleMap.live.at([28.5, 113.5])")
    assert "超出" in found["problem"]
    assert found["minutes"] == {}
    study = lc.load_demo()
    random = np.random.default_rng(2)
    west, south, east, north = study.network.bounds_lonlat
    lonlat = np.column_stack([random.uniform(west, east, 300), random.uniform(south, north, 300)])
    lost = [
        place
        for place, minutes in zip(
            lonlat, minutes_of(study, lonlat.tolist(), "adult", 15.0), strict=True
        )
        if minutes is None
    ]
    lon, lat = lost[0]
    found = page.evaluate(f"() => lifecircleMap.live.at([{lat}, {lon}])")
    assert "100 米" in found["problem"]


def test_shapes_are_those_of_isochrones(page):
    """Without walls as many ways lead from a place as to it."""
    study = lc.load_demo()
    streets = study.network.plain
    place = gpd.GeoDataFrame(
        {"origin_id": ["here"]}, geometry=gpd.points_from_xy([112.9915], [28.1662]), crs=4326
    )
    areas = lc.isochrones(streets, place, minutes=(5, 10, 15), cell_m=live.CELL_M)
    areas = areas.to_crs(streets.crs).set_index("minutes").geometry
    layer = live_layer(dataclasses.replace(study, network=streets))
    low_m = np.floor(np.asarray(streets.bounds_m[:2]) / live.CELL_M) * live.CELL_M
    xy_m = shapely.get_coordinates(place.to_crs(streets.crs).geometry.to_numpy())[0] - low_m
    shapes = page.evaluate(SHAPES, [layer, xy_m.tolist()])
    for minutes, rings in zip((5, 10, 15), shapes, strict=True):
        drawn, wanted = area_of(rings, low_m), areas[minutes]
        assert drawn.intersection(wanted).area / drawn.union(wanted).area > 0.999


def area_of(rings, low_m=0.0):
    """Area of rings, holes among them."""
    drawn = shapely.Polygon()
    for ring in rings:
        part = shapely.Polygon(np.array(ring) + low_m)
        assert part.is_valid
        drawn = drawn.symmetric_difference(part)
    return drawn


def test_wider_shapes_hold_the_narrower_ones(page):
    shapes = page.evaluate("() => lifecircleMap.live.at([28.163, 112.993]).shapes")
    areas = [area_of(rings) for rings in shapes]
    for narrow, wide in itertools.pairwise(areas):
        assert narrow.difference(wide).area < 1e-6
