"""Where on Earth: metres that are metres, and China's shifted coordinates.

Coordinates are compared in metres: a relative tolerance at longitude 121° would forgive a hundred.
"""

import math

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecircle.crs import (
    coordinates_name,
    gcj02_to_bd09,
    local_crs,
    to_wgs84,
    wgs84_to_gcj02,
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
    assert off_m(to_wgs84(*shifted, "BD-09"), place) < 1e-5


def test_many_places_at_once_are_each_as_one_alone(rng):
    lon, lat = rng.uniform(100, 120, 50), rng.uniform(22, 40, 50)
    many = to_wgs84(lon, lat, "GCJ-02")
    for i in range(50):
        assert off_m((many[0][i], many[1][i]), to_wgs84(lon[i], lat[i], "GCJ-02")) < 1e-6


def test_places_outside_china_and_in_wgs84_stay_where_they_are():
    for lon, lat in ((24.94, 60.17), (-51.2, -30.05), (140.0, 35.0)):
        assert off_m(to_wgs84(lon, lat, "GCJ-02"), (lon, lat)) == 0.0
    lon, lat = to_wgs84([112.99], [28.16], "WGS-84")
    assert (lon.tolist(), lat.tolist()) == ([112.99], [28.16])


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
    ],
)
def test_systems_are_known_by_their_usual_names(spelling, name):
    assert coordinates_name(spelling) == name


@pytest.mark.parametrize("wrong", ["", "mars", None, "EPSG:4547"])
def test_an_unknown_system_is_refused_with_those_that_are_known(wrong):
    with pytest.raises(CrsError, match=r"WGS-84, GCJ-02, BD-09 .*EPSG"):
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
