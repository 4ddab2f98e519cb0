"""Where on Earth: metres that are metres, and China's shifted coordinates.

Coordinates are compared in metres: a relative tolerance at longitude 121° would forgive a hundred.
"""

import json
import math
import time

import coord_convert.transform
import numpy as np
import pandas as pd
import prcoords
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from lifecircle.crs import (
    coordinates_name,
    from_wgs84,
    gcj02_to_bd09,
    local_crs,
    metres_advice,
    national_system,
    to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from lifecircle.crs.national import (
    meridian_of,
    meridian_of_system,
    meridian_system,
    northing_first,
    zone_system,
    zones,
)
from lifecircle.errors import CrsError

GEOD = pyproj.Geod(ellps="WGS84")
IN_CHINA = st.tuples(st.floats(74.0, 134.0), st.floats(18.0, 53.0))


def off_m(one, other):
    """Metres between two places in degrees."""
    lon, lat = (float(np.ravel(value)[0]) for value in one)
    return GEOD.inv(lon, lat, float(np.ravel(other[0])[0]), float(np.ravel(other[1])[0]))[2]


def published_gcj02(lon, lat):
    """The formula as published, one place at a time with the plain mathematics of Python."""

    def wave(x, *terms):
        return sum(size * math.sin(x * turn * math.pi) for size, turn in terms) * 2.0 / 3.0

    x, y = lon - 105.0, lat - 35.0
    common = wave(x, (20.0, 6.0), (20.0, 2.0))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += (
        common + wave(y, (20.0, 1.0), (40.0, 1 / 3)) + wave(y, (160.0, 1 / 12), (320.0, 1 / 30))
    )
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += common + wave(x, (20.0, 1.0), (40.0, 1 / 3)) + wave(x, (150.0, 1 / 12), (300.0, 1 / 30))
    axis, ee = 6378245.0, 0.00669342162296594323
    magic = 1 - ee * math.sin(math.radians(lat)) ** 2
    d_lat = north * 180.0 / (axis * (1 - ee) / (magic * math.sqrt(magic)) * math.pi)
    d_lon = east * 180.0 / (axis / math.sqrt(magic) * math.cos(math.radians(lat)) * math.pi)
    return lon + d_lon, lat + d_lat


@given(IN_CHINA)
def test_gcj02_is_the_published_formula(place):
    assert off_m(wgs84_to_gcj02(*place), published_gcj02(*place)) < 1e-6


def test_known_places_come_out_where_other_implementations_put_them():
    place = (116.404, 39.915)
    assert off_m(wgs84_to_gcj02(*place), (116.41024449916938, 39.91640428150164)) < 1e-6
    assert off_m(gcj02_to_bd09(*place), (116.41036949371029, 39.92133699351022)) < 1e-6


def test_the_metro_stop_shazitang_is_one_place_in_osm_and_on_amap():
    amap = to_wgs84([112.99323], [28.16258], "Amap")
    assert off_m(amap, (112.98763, 28.16597)) < 1.5  # both are rounded to 1e-5 degrees


@given(IN_CHINA)
def test_gcj02_there_and_back_is_the_same_place(place):
    shifted = wgs84_to_gcj02(*place)
    assert 10.0 < off_m(shifted, place) < 1500.0
    assert off_m(to_wgs84(*shifted, "GCJ-02"), place) < 1e-6


@given(IN_CHINA)
def test_bd09_there_and_back_is_the_same_place(place):
    shifted = gcj02_to_bd09(*wgs84_to_gcj02(*place))
    assert off_m(wgs84_to_bd09(*place), shifted) < 1e-9
    assert off_m(to_wgs84(*shifted, "BD-09"), place) < 1e-6


@given(IN_CHINA)
def test_the_way_back_first_and_then_forth_is_the_same_place(place):
    for system in ("GCJ-02", "BD-09"):
        assert off_m(from_wgs84(*to_wgs84(*place, system), system), place) < 1e-6


@given(IN_CHINA)
def test_two_other_implementations_put_places_within_a_micrometre(place):
    lon, lat = place
    gcj, bd = coord_convert.transform.wgs2gcj(lon, lat), coord_convert.transform.wgs2bd(lon, lat)
    assert off_m(wgs84_to_gcj02(lon, lat), gcj) < 1e-6
    assert off_m(wgs84_to_bd09(lon, lat), bd) < 1e-6
    for ours, theirs in (
        (wgs84_to_gcj02, prcoords.wgs_gcj),
        (wgs84_to_bd09, prcoords.wgs_bd),
        (gcj02_to_bd09, prcoords.gcj_bd),
    ):
        found = theirs((lat, lon))
        assert off_m(ours(lon, lat), (found.lon, found.lat)) < 1e-6


@given(IN_CHINA)
def test_what_others_shifted_is_brought_back(place):
    """Their inverses stop at 1e-6 degrees or after one step: ours is held to where they began."""
    lon, lat = place
    assert off_m(to_wgs84(*coord_convert.transform.wgs2gcj(lon, lat), "GCJ-02"), place) < 1e-5
    found = prcoords.wgs_bd((lat, lon))
    assert off_m(to_wgs84(found.lon, found.lat, "BD-09"), place) < 1e-5
    theirs = prcoords.gcj_wgs_bored((lat, lon))
    assert off_m(to_wgs84(lon, lat, "GCJ-02"), (theirs.lon, theirs.lat)) < 0.05


def test_many_places_at_once_are_each_as_one_alone(rng):
    lon, lat = rng.uniform(100, 120, 50), rng.uniform(22, 40, 50)
    many = to_wgs84(lon, lat, "GCJ-02")
    for i in range(50):
        assert off_m((many[0][i], many[1][i]), to_wgs84(lon[i], lat[i], "GCJ-02")) < 1e-6


OUTSIDE = {
    "Helsinki": (24.94, 60.17),
    "Porto Alegre": (-51.2, -30.05),
    "Tokyo": (140.0, 35.0),
    "Singapore's south": (103.8, 0.5),
    "Tehran": (51.4, 35.7),
    "a hand east of the box": (137.8348, 40.0),
    "a hand west of the box": (72.0039, 40.0),
    "a hand north of the box": (100.0, 55.8272),
    "a hand south of the box": (100.0, 0.8292),
}


@pytest.mark.parametrize("place", OUTSIDE.values(), ids=OUTSIDE)
def test_places_outside_china_stay_where_they_are_in_every_direction(place):
    moves = [wgs84_to_gcj02, gcj02_to_bd09, wgs84_to_bd09]
    for system in ("WGS-84", "GCJ-02", "BD-09", "CGCS2000"):
        moves.append(lambda lon, lat, to=system: to_wgs84(lon, lat, to))
        moves.append(lambda lon, lat, to=system: from_wgs84(lon, lat, to))
    for move in moves:
        lon, lat = move([place[0]], [place[1]])
        assert (lon.tolist(), lat.tolist()) == ([place[0]], [place[1]])


def test_degrees_in_wgs84_and_cgcs2000_are_the_same():
    for system in ("WGS-84", "CGCS2000", "国家2000"):
        lon, lat = to_wgs84([112.99], [28.16], system)
        assert (lon.tolist(), lat.tolist()) == ([112.99], [28.16])


def test_a_million_places_take_less_than_a_second_forth_and_four_back(rng):
    lon, lat = rng.uniform(75, 134, 1_000_000), rng.uniform(18, 53, 1_000_000)
    for forward, system in ((wgs84_to_gcj02, "GCJ-02"), (wgs84_to_bd09, "BD-09")):
        begin = time.process_time()
        shifted = forward(lon, lat)
        assert time.process_time() - begin < 1.0
        begin = time.process_time()
        back = to_wgs84(*shifted, system)
        assert time.process_time() - begin < 4.0
        assert 111_320 * np.hypot(back[0] - lon, back[1] - lat).max() < 1e-6


def test_the_border_of_two_districts_runs_in_the_river_after_conversion(shared_data):
    """黄浦 and 浦东 meet in the middle of the Huangpu, and the river is known in WGS-84."""

    def shapes(name, key):
        text = (shared_data / "gcj02_river_check" / name).read_text(encoding="utf-8")
        return {
            row["properties"][key]: shapely.geometry.shape(row["geometry"])
            for row in json.loads(text)["features"]
        }

    districts = shapes("shanghai_districts_gcj02.geojson", "district")
    (river,) = shapes("huangpu_river_osm_wgs84.geojson", "name").values()
    border = shapely.intersection(districts["黄浦区"].boundary, districts["浦东新区"].boundary)
    converted = shapely.transform(
        border, lambda xy: np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], "GCJ-02"))
    )

    def in_river(line):
        known = shapely.clip_by_rect(line, *river.bounds)  # the river is known no further
        assert known.length > 0.015  # degrees, about 2 km
        return shapely.intersection(known, river).length / known.length

    assert in_river(border) < 0.70
    assert in_river(converted) >= 0.99


def test_places_of_baidu_come_out_within_two_metres_of_another_tool(shared_data):
    table = pd.read_csv(shared_data / "baidu_aoi_bd09" / "POI.csv", encoding="utf-8-sig")
    lon, lat = to_wgs84(table["lng"], table["lat"], "BD-09")
    for row in range(len(table)):
        there = table.loc[row, "lng_wgs84"], table.loc[row, "lat_wgs84"]
        assert off_m((lon[row], lat[row]), there) < 2.0
        assert off_m((table.loc[row, "lng"], table.loc[row, "lat"]), there) > 700.0


def test_a_place_that_is_nowhere_stays_nowhere_and_disturbs_no_other():
    lon, lat = to_wgs84([np.nan, 112.99323], [28.0, 28.16258], "GCJ-02")
    assert np.isnan(lon[0])
    assert off_m((lon[1], lat[1]), to_wgs84(112.99323, 28.16258, "GCJ-02")) < 1e-6


def test_conversion_does_not_write_into_what_it_was_given():
    lon, lat = np.array([112.99]), np.array([28.16])
    for coordinates in ("WGS-84", "GCJ-02", "BD-09"):
        to_wgs84(lon, lat, coordinates)
        assert (lon[0], lat[0]) == (112.99, 28.16)


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("gcj02", "GCJ-02"),
        ("GCJ-02", "GCJ-02"),
        ("高德", "GCJ-02"),
        ("Tencent", "GCJ-02"),
        ("百度", "BD-09"),
        ("bd09ll", "BD-09"),
        ("EPSG:4326", "WGS-84"),
        ("wgs 84", "WGS-84"),
        ("GCJ", "GCJ-02"),
        ("CGCS 2000", "CGCS2000"),
        ("EPSG:4490", "CGCS2000"),
        ("国家大地2000", "CGCS2000"),
    ],
)
def test_systems_are_known_by_their_usual_names(spelling, name):
    assert coordinates_name(spelling) == name


@pytest.mark.parametrize("wrong", ["", "mars", None, "EPSG:4547"])
def test_an_unknown_system_is_refused_with_those_that_are_known(wrong):
    with pytest.raises(CrsError, match=r"WGS-84, GCJ-02, BD-09 or CGCS2000 .*EPSG"):
        coordinates_name(wrong)


@given(
    st.tuples(st.floats(-179.0, 179.0), st.floats(-80.0, 80.0)),
    st.tuples(st.floats(0.0, 360.0), st.floats(1.0, 15_000.0)),
)
def test_a_metre_of_a_local_system_is_a_metre_on_the_ground(place, walk):
    lon, lat = place
    azimuth, distance_m = walk
    to_lon, to_lat, _ = GEOD.fwd(lon, lat, azimuth, distance_m)
    project = pyproj.Transformer.from_crs(4326, local_crs(lon, lat), always_xy=True).transform
    (x0, y0), (x1, y1) = project(lon, lat), project(to_lon, to_lat)
    assert math.hypot(x1 - x0, y1 - y0) == pytest.approx(distance_m, rel=1e-5, abs=1e-3)


def test_neighbours_share_a_local_system():
    assert local_crs(112.991, 28.162) == local_crs(112.989, 28.158)


@pytest.mark.parametrize(
    ("lon", "lat"), [(28.16, 112.99), (500_000, 3_100_000), (np.nan, 28), (112, np.inf), (190, 0)]
)
def test_what_is_no_place_is_refused_with_a_hint(lon, lat):
    with pytest.raises(CrsError, match="longitude and latitude swapped, or are these metres"):
        local_crs(lon, lat)


# --- CGCS2000: zones of the surveyors ---------------------------------------------------------

ZONES = [*range(13, 24), *range(25, 46)]


@pytest.mark.parametrize("zone", ZONES)
def test_a_zone_has_the_system_that_is_registered_for_it(zone):
    degrees = 6 if zone < 24 else 3
    system = zone_system(zone)
    kind = "3-degree Gauss-Kruger" if degrees == 3 else "Gauss-Kruger"
    assert system.name == f"CGCS2000 / {kind} zone {zone}"
    meridian = meridian_of(zone)
    assert meridian == (3 * zone if degrees == 3 else 6 * zone - 3)
    assert meridian_of_system(system) == meridian
    x, _ = pyproj.Transformer.from_crs(4490, system, always_xy=True).transform(meridian, 30.0)
    assert x == pytest.approx(zone * 1e6 + 500_000, abs=1e-6)
    assert zones([x]).tolist() == [zone]


@pytest.mark.parametrize("meridian", range(75, 136, 3))
def test_a_meridian_has_the_system_that_is_registered_for_it(meridian):
    system = meridian_system(meridian)
    assert system.name == f"CGCS2000 / 3-degree Gauss-Kruger CM {meridian}E"
    assert meridian_of_system(system) == meridian
    x, _ = pyproj.Transformer.from_crs(4490, system, always_xy=True).transform(meridian, 30.0)
    assert x == pytest.approx(500_000, abs=1e-6)
    assert zones([x]).tolist() == [0]


def test_zones_of_six_and_three_degrees_on_one_meridian_are_the_same_projection():
    for code, meridian in ((4502, 75), (4507, 105), (4512, 135)):
        system = pyproj.CRS.from_epsg(code)
        assert meridian_of_system(system) == meridian
        there = pyproj.Transformer.from_crs(system, meridian_system(meridian), always_xy=True)
        assert there.transform(612_345.6, 3_456_789.0) == pytest.approx((612_345.6, 3_456_789.0))


@pytest.mark.parametrize("code", [4326, 4490, 3857, 32649, 2383, 4555, 4533 - 43, 4512 + 44])
def test_other_systems_have_no_zone_of_cgcs2000(code):
    assert meridian_of_system(pyproj.CRS.from_epsg(code)) == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CGCS2000", 4490),
        ("cgcs2000 114E", 4547),
        ("CGCS2000 114°E", 4547),
        ("CGCS2000 / 3-degree Gauss-Kruger CM 114E", 4547),
        ("CGCS2000_3_Degree_GK_CM_114E", 4547),
        ("国家2000 中央经线114度", 4547),
        ("2000国家大地坐标系 3度带 38带", 4526),
        ("CGCS2000 zone 38", 4526),
        ("CGCS2000 20", 4498),
        ("CGCS2000 75", 4534),
        ("gcj02", None),
        ("EPSG:4547", None),
    ],
)
def test_a_meridian_or_a_zone_is_named_behind_cgcs2000(text, code):
    system = national_system(text)
    assert (system.to_epsg() if system else None) == code


@pytest.mark.parametrize(
    "text", ["CGCS2000 113E", "CGCS2000 24", "CGCS2000 Changsha", "CGCS2000 7"]
)
def test_what_is_neither_meridian_nor_zone_is_refused_with_an_example(text):
    with pytest.raises(
        CrsError, match=rf"coordinates='{text}'.*'CGCS2000 114E'.*'CGCS2000 zone 38'"
    ):
        national_system(text)


@given(st.sampled_from(ZONES), st.floats(-2.0, 2.0), st.floats(18.5, 53.0))
def test_northing_and_easting_are_told_apart_everywhere_in_china(zone, aside, lat):
    lon = meridian_of(zone) + aside
    for system in (zone_system(zone), meridian_system(meridian_of(zone))):
        x, y = pyproj.Transformer.from_crs(4490, system, always_xy=True).transform(lon, lat)
        assert northing_first([y, x], [x, y]).tolist() == [True, False]
        assert zones([x, y]).tolist() == [zone if "zone" in system.name else 0, 0]


def test_eastings_without_a_zone_list_the_meridians_that_are_possible_there():
    hainan, harbin = metres_advice(450_000.0, 2_215_000.0), metres_advice(450_000.0, 5_070_000.0)
    assert "108° E, EPSG:4545" in hainan
    assert "111° E, EPSG:4546 (Hohhot, Haikou)" in hainan
    assert "126° E" not in hainan
    assert "87° E" not in hainan
    assert "126° E, EPSG:4550" not in harbin
    assert "126° E, EPSG:4551 (Harbin, Changchun)" in harbin
    assert "108° E" not in harbin
    assert metres_advice(2_215_000.0, 450_000.0) == hainan
    assert "coordinates='CGCS2000'" in metres_advice(38_450_000.0, 3_100_000.0)
    assert "EPSG:4547" in metres_advice(12_600_000.0, 3_300_000.0)
