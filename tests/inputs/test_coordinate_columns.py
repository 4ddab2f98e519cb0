"""Places in one cell, and columns that say their system by their name."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

import lifecircle as lc
from lifecircle.errors import CrsError, LifecircleWarning, MissingColumnError
from lifecircle.inputs.coordinate_columns import pairs_of_numbers, with_lon_lat
from lifecircle.inputs.layers import locate

# 砂子塘 metro stop: OpenStreetMap node 6504722406, and the same stop in GCJ-02.
LON, LAT = 112.98763, 28.16597
GCJ_LON, GCJ_LAT = 112.99323, 28.16258


def off_m(located):
    point = located.geometry.iloc[0]
    return Geod(ellps="WGS84").inv(point.x, point.y, LON, LAT)[2]


@pytest.mark.parametrize(
    "column", ["location", "坐标", "经纬度", "lnglat", "GPS坐标", "Coordinates"]
)
@pytest.mark.parametrize(
    "cell",
    [
        f"{LON},{LAT}",
        f"{LON}，{LAT}",
        f" {LON} , {LAT} ",
        f"{LON} {LAT}",
        f"{LON};{LAT}",
        f"({LON}, {LAT})",
        f"[{LON}|{LAT}]",
        f"{LON}/{LAT}",
        "１１２．９８７６３，２８．１６５９７",
        f"经度{LON}"[2:] + f"、{LAT}",
    ],
)
def test_a_place_in_one_cell_is_parted(column, cell):
    located = locate(pd.DataFrame({"名称": ["砂子塘"], column: [cell]}), table="t")
    assert off_m(located) < 0.001
    assert located.columns.to_list() == ["名称", "geometry"]
    taken = located.attrs["lifecircle"]["columns_taken"]
    assert (taken["lon"], taken["lat"]) == (column, column)
    assert "place_columns" not in located.attrs["lifecircle"]


def test_latitude_stands_first_where_the_header_says_so():
    assert off_m(locate(pd.DataFrame({"latlng": [f"{LAT},{LON}"]}), table="t")) < 0.001


def test_a_place_in_one_cell_is_converted():
    frame = pd.DataFrame({"location": [f"{GCJ_LON},{GCJ_LAT}"]})
    assert off_m(locate(frame, table="t", coordinates="GCJ-02")) < 5
    assert off_m(locate(frame, table="t")) > 600


def test_columns_of_their_own_go_before_a_place_in_one_cell():
    frame = pd.DataFrame({"location": ["1,2"], "经度": [LON], "纬度": [LAT]})
    assert off_m(locate(frame, table="t")) < 0.001


def test_words_are_no_places():
    frame = pd.DataFrame({"location": ["韶山中路 18 号", "劳动路"], "人口": [1, 2]})
    with pytest.raises(MissingColumnError, match=r"Columns found: location, 人口"):
        locate(frame, table="t")


def test_a_cell_without_a_place_is_told_by_the_checks():
    poi = pd.DataFrame({"类别": ["公园"] * 3, "坐标": ["112.98,28.16", "", "不详"]})
    with pytest.raises(
        lc.GeometryError, match=r"2 of 3 rows \(ids F0002, F0003\) have coordinates"
    ):
        lc.read_facilities(poi)


@given(st.floats(-180, 180), st.floats(-90, 90), st.sampled_from([",", "，", " ", ";", "|"]))
def test_any_two_numbers_come_back_as_they_were(x, y, mark):
    assert pairs_of_numbers(pd.Series([f"{x!r}{mark}{y!r}"])).tolist() == [[x, y]]


@pytest.mark.parametrize("names", [("lng_wgs84", "lat_wgs84"), ("WGS84经度", "WGS84纬度")])
def test_columns_that_say_wgs84_go_before_those_that_say_nothing(names):
    frame = pd.DataFrame({"lng": [GCJ_LON], "lat": [GCJ_LAT], names[0]: [LON], names[1]: [LAT]})
    with pytest.warns(LifecircleWarning, match=rf"'{names[0]}' and .* say WGS-84; 'lng' and 'lat'"):
        located = locate(frame, table="t")
    assert off_m(located) < 0.001
    assert located.attrs["lifecircle"]["columns_taken"] == {"lon": names[0], "lat": names[1]}
    assert "lat in file" in located
    assert off_m(locate(frame, table="t", coordinates="GCJ-02")) < 5  # lng and lat, as it says


def test_columns_of_the_system_that_is_asked_for_are_taken():
    frame = pd.DataFrame({"lng_gcj02": [GCJ_LON], "lat_gcj02": [GCJ_LAT]})
    assert off_m(locate(frame, table="t", coordinates="高德")) < 5


@pytest.mark.parametrize(
    ("names", "system"),
    [
        (("lng_gcj02", "lat_gcj02"), "GCJ-02"),
        (("高德经度", "高德纬度"), "GCJ-02"),
        (("bd09_lng", "bd09_lat"), "BD-09"),
        (("百度经度", "百度纬度"), "BD-09"),
    ],
)
def test_columns_that_say_another_system_are_not_read_as_wgs84(names, system):
    frame = pd.DataFrame({names[0]: [GCJ_LON], names[1]: [GCJ_LAT], "location": ["1,2"]})
    with pytest.raises(
        CrsError, match=rf"'{names[0]}' .* in {system}\. Add coordinates=\"{system}\""
    ):
        locate(frame, table="facilities")


def test_a_system_that_the_columns_contradict_is_an_error():
    frame = pd.DataFrame({"lng_gcj02": [GCJ_LON], "lat_gcj02": [GCJ_LAT]})
    with pytest.raises(CrsError, match=r"are in GCJ-02, not BD-09\. Add coordinates=\"GCJ-02\""):
        locate(frame, table="facilities", coordinates="BD-09")


def test_what_the_planner_says_goes_before_what_the_columns_say():
    frame = pd.DataFrame(
        {"类别": ["公园"], "a": [LON], "b": [LAT], "lng_bd09": [1.0], "lat_bd09": [2.0]}
    )
    read = lc.read_facilities(frame, columns={"a": "lon", "b": "lat"})
    assert off_m(read) < 0.001


def test_the_frame_is_not_changed():
    frame = pd.DataFrame({"location": ["1,2"], "a": [1]})
    before = frame.copy()
    with_lon_lat(frame, table="t", coordinates=None)
    pd.testing.assert_frame_equal(frame, before)


def test_real_rows_of_an_amap_export_lie_where_both_columns_say(shared_data):
    path = shared_data / "hangzhou_amap" / "amap_poi_hangzhou_gcj02.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    by_cell = locate(rows.drop(columns=["lng_gcj02", "lat_gcj02"]), table="t", coordinates="GCJ-02")
    by_columns = locate(rows.drop(columns="location"), table="t", coordinates="GCJ-02")
    assert len(by_cell) == 12_342
    assert by_cell.geometry.geom_equals_exact(by_columns.geometry, 1e-9).all()
