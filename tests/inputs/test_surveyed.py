"""Surveyors' metres load right, or stop with one message that says how to choose."""

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import Point, box

from lifecircle import LifecircleWarning, read_facilities, read_residents, read_units
from lifecircle.crs.national import meridian_of, meridian_system, zone_system
from lifecircle.errors import CrsError
from lifecircle.inputs.layers import locate

LON, LAT = 112.99, 28.16
ZONES = [*range(13, 24), *range(25, 46)]
GEOD = Geod(ellps="WGS84")


def metres(system, lon=LON, lat=LAT):
    """A place in a system of metres."""
    return gpd.GeoSeries([Point(lon, lat)], crs=4326).to_crs(system)[0]


def off_m(located, lon=LON, lat=LAT, row=0):
    """Metres between a point and where it should be."""
    point = located.to_crs(4326).geometry.iloc[row]
    return GEOD.inv(point.x, point.y, lon, lat)[2]


def table(place, *, x="X", y="Y", turned=False):
    """Table of one place; ``turned``: X is the northing, as surveyors write it."""
    east, north = (place.y, place.x) if turned else (place.x, place.y)
    return pd.DataFrame({x: [east], y: [north], "a": [1]})


def silent(frame, coordinates=None):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return locate(frame, table="t", coordinates=coordinates)


@given(st.sampled_from(ZONES), st.floats(-1.5, 1.5), st.floats(18.5, 53.0))
def test_eastings_with_a_zone_number_are_read_in_their_zone(zone, aside, lat):
    lon = meridian_of(zone) + aside
    place = metres(zone_system(zone), lon, lat)
    located = silent(table(place), "CGCS2000")
    assert located.crs == zone_system(zone)
    assert off_m(located, lon, lat) < 1e-3


@given(st.sampled_from(range(75, 136, 3)), st.floats(-1.5, 1.5), st.floats(18.5, 53.0))
def test_eastings_without_a_zone_are_read_on_the_meridian_that_is_named(meridian, aside, lat):
    lon = meridian + aside
    place = metres(meridian_system(meridian), lon, lat)
    for name in (f"CGCS2000 {meridian}E", f"EPSG:{meridian_system(meridian).to_epsg()}"):
        assert off_m(silent(table(place), name), lon, lat) < 1e-3


def test_degrees_in_cgcs2000_are_taken_as_they_are():
    frame = pd.DataFrame({"经度": [LON], "纬度": [LAT]})
    layer = gpd.GeoDataFrame(geometry=[Point(LON, LAT)], crs=4326)
    for given_, code in (
        (frame, 4490),
        (layer, 4326),
        (layer.set_crs(4490, allow_override=True), 4490),
    ):
        for name in ("CGCS2000", "EPSG:4490", "国家2000"):
            located = silent(given_, name)
            assert located.crs.to_epsg() == code
            there = shapely.get_coordinates(located.to_crs(4326).geometry.to_numpy())
            assert there.tolist() == [[LON, LAT]]


@pytest.mark.parametrize("stated", [None, 4326, 4490], ids=["no CRS", "WGS-84", "CGCS2000"])
@pytest.mark.parametrize("zone", [38, 19], ids=["3 degrees", "6 degrees"])
def test_a_layer_with_eight_digit_eastings_loads_right_and_says_how(tmp_path, zone, stated):
    place = metres(zone_system(zone))
    shape = box(place.x, place.y, place.x + 1000, place.y + 1000)
    layer = gpd.GeoDataFrame({"name": ["砂子塘"]}, geometry=[shape], crs=stated)
    for path in (tmp_path / "units.shp", tmp_path / "units.gpkg"):
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "'crs' was not provided")
            layer.to_file(path, encoding="utf-8")
        code = zone_system(zone).to_epsg()
        message = rf"units: the eastings carry zone {zone}.*EPSG:{code}.*Xi'an 1980 or Beijing 1954"
        with pytest.warns(LifecircleWarning, match=message):
            units = read_units(path)
        assert units.crs.to_epsg() == 4326
        corner = units.total_bounds[:2]
        assert GEOD.inv(*corner, LON, LAT)[2] < 60  # the grid's north is not quite north
        assert units["area_ha"].item() == pytest.approx(100, rel=0.002)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            stated_units = read_units(path, coordinates="CGCS2000")
        assert stated_units.total_bounds.tolist() == units.total_bounds.tolist()


def test_a_layer_in_neighbouring_zones_is_brought_together():
    """Two places 2 km apart, on either side of 115.5° E."""
    east, west = metres(zone_system(39), 115.51), metres(zone_system(38), 115.49)
    layer = gpd.GeoDataFrame(geometry=[west, west, east])
    located = silent(layer, "CGCS2000")
    assert located.crs == zone_system(38)
    assert off_m(located, 115.49) < 1e-3
    assert off_m(located, 115.51, row=2) < 1e-3


@pytest.mark.parametrize("system", [zone_system(38), zone_system(20), meridian_system(114)])
def test_surveyors_northing_and_easting_are_exchanged_with_a_warning(system):
    frame = table(metres(system), turned=True)
    name = f"EPSG:{system.to_epsg()}"
    message = r"t: X holds the northing and Y the easting.*exchanged in all 1 rows"
    with pytest.warns(LifecircleWarning, match=message):
        located = locate(frame, table="t", coordinates=name)
    assert off_m(located) < 1e-3
    layer = gpd.GeoDataFrame(geometry=gpd.points_from_xy(frame["X"], frame["Y"]), crs=system)
    with pytest.warns(LifecircleWarning, match="exchanged"):
        assert off_m(locate(layer, table="t")) < 1e-3


def test_columns_named_for_the_axes_need_no_exchange():
    place = metres(zone_system(38))
    for x, y in (("横坐标", "纵坐标"), ("Y（横坐标）", "X（纵坐标）"), ("横坐标Y", "纵坐标X")):
        located = silent(table(place, x=x, y=y), "CGCS2000")
        assert off_m(located) < 1e-3
        assert located.attrs["lifecircle"]["columns_taken"] == {"lon": x, "lat": y}


@pytest.mark.parametrize("turned", [False, True])
def test_without_a_zone_the_meridians_that_are_possible_are_listed(turned):
    frame = table(metres(meridian_system(114)), turned=turned)
    message = (
        r"t: coordinates= says CGCS2000; the file holds metres such as \(400798.77, 3116585.7\)"
        r".*coordinates=, such as 'CGCS2000 114E'.*At latitude 28\.2° it may be"
    )
    with pytest.raises(CrsError, match=message) as caught:
        locate(frame, table="t", coordinates="CGCS2000")
    text = str(caught.value)
    assert "114° E, EPSG:4547 (Changsha, Wuhan, Guangzhou, Zhengzhou)" in text
    assert "126° E" not in text
    homes = frame.assign(people=10)
    with pytest.raises(CrsError, match=r"residents: 1 of 1 rows \(ids R000001\).*EPSG:4547"):
        read_residents(homes)


def test_a_zone_that_contradicts_the_meridian_named_is_told():
    frame = table(metres(zone_system(38)))
    with pytest.raises(CrsError, match=r"carry zone 38, central meridian 114° E.*says 117° E"):
        locate(frame, table="t", coordinates="CGCS2000 117E")
    assert silent(frame, "CGCS2000 114E").crs == zone_system(38)
    assert silent(frame, "EPSG:4547").crs == zone_system(38)
    six = table(metres(meridian_system(117)))
    assert silent(six, "EPSG:4509").crs.to_epsg() == 4509  # 6°, without zone: stays what is named


def test_metres_of_a_web_map_are_not_taken_for_a_zone_of_the_far_west():
    """Shanghai in Web Mercator is at 13.5 million metres, as zone 13 of 6° is."""
    place = metres(3857, 121.47, 31.23)
    with pytest.raises(CrsError, match=r"6° zone 13 \(75° E, the far west\).*'EPSG:3857'"):
        locate(table(place), table="t")
    assert off_m(silent(table(place), "EPSG:3857"), 121.47, 31.23) < 1e-3
    kashgar = metres(zone_system(13), 75.99, 39.47)
    assert off_m(silent(table(kashgar), "CGCS2000"), 75.99, 39.47) < 1e-3


def test_metres_that_are_no_cgcs2000_are_told():
    for name, said in (("CGCS2000", "CGCS2000;"), ("CGCS2000 114E", "CGCS2000 114E;")):
        with pytest.raises(CrsError, match=rf"says {said}.*not metres of CGCS2000.*EPSG code"):
            locate(pd.DataFrame({"x": [5.0e6], "y": [3.0e6]}), table="t", coordinates=name)


def test_metres_in_a_layer_that_is_said_to_be_wgs84_stop_with_the_way_out():
    frame = table(metres(zone_system(38))).assign(service="kindergarten")
    with pytest.raises(CrsError, match=r"cannot be degrees.*zone number.*coordinates='CGCS2000'"):
        read_facilities(frame, coordinates="WGS-84")
    with pytest.raises(CrsError, match=r"1 of 1 rows \(ids F0001\) have longitude and latitude sw"):
        read_facilities(pd.DataFrame({"lon": [LAT], "lat": [LON], "service": ["kindergarten"]}))


def test_a_projected_layer_of_cgcs2000_is_what_it_says():
    layer = gpd.GeoDataFrame(geometry=[metres(meridian_system(114))], crs=meridian_system(114))
    assert silent(layer, "CGCS2000").crs == meridian_system(114)
    with pytest.raises(CrsError, match=r"says China Geodetic.*itself says WGS 84 / UTM"):
        locate(layer.to_crs(32649), table="t", coordinates="CGCS2000")


def test_rows_that_are_nowhere_do_not_hide_the_zone_of_the_others():
    place = metres(zone_system(38))
    frame = pd.DataFrame({"X": [place.x, None, place.x], "Y": [place.y, 1.0, place.y]})
    located = silent(frame, "CGCS2000")
    assert off_m(located) < 1e-3
    assert np.isnan(shapely.get_coordinates(located.geometry.iloc[1])).any()
    nothing = silent(frame.iloc[:0].astype(float), "CGCS2000")
    assert len(nothing) == 0


def test_what_is_handed_in_is_not_changed():
    place = metres(zone_system(38))
    layer = gpd.GeoDataFrame(geometry=[Point(place.y, place.x)])
    before = layer.to_wkb()
    with pytest.warns(LifecircleWarning, match="exchanged"):
        locate(layer, table="t", coordinates="CGCS2000")
    assert layer.crs is None
    assert layer.to_wkb().equals(before)
