"""Facilities of tables, layers and OpenStreetMap."""

import geopandas as gpd
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from lifecircle.errors import (
    CrsError,
    GeometryError,
    InputError,
    LifecircleWarning,
    MissingColumnError,
    UnknownNameError,
    UnknownServiceError,
)
from lifecircle.inputs.facilities import read_facilities
from lifecircle.standards import catalog

POI = pd.DataFrame(
    {
        "编号": ["007", "008", "009"],
        "名称": ["白沙幼儿园", "砂子塘小学", "梨子山药店"],
        "类别": ["幼儿园", "primary_school", "Pharmacy"],
        "经度": ["112.991", "１１２．９９２", "112.993"],
        "纬度": ["28.161", "28.162", "28.163"],
        "学位": ["1,080", "", "/"],
        "地址": ["a", "b", "c"],
    }
)


def test_a_chinese_table_becomes_facilities():
    facilities = read_facilities(POI)
    names = ["facility_id", "name", "service", "group", "capacity", "地址", "geometry"]
    assert facilities.columns.to_list() == names
    assert facilities["facility_id"].to_list() == ["007", "008", "009"]
    assert facilities["service"].to_list() == ["kindergarten", "primary_school", "pharmacy"]
    assert facilities["group"].to_list() == ["child", "child", "health"]
    assert facilities["capacity"].fillna(-1).to_list() == [1080, -1, -1]
    assert facilities.geometry[1] == Point(112.992, 28.162)
    assert facilities.attrs["lifecircle"]["columns_taken"] == {
        "facility_id": "编号",
        "name": "名称",
        "service": "类别",
        "capacity": "学位",
        "lon": "经度",
        "lat": "纬度",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encoding_of_the_file_does_not_matter(tmp_path, encoding):
    POI.to_csv(tmp_path / "poi.csv", index=False, encoding=encoding)
    assert_geodataframe_equal(read_facilities(tmp_path / "poi.csv"), read_facilities(POI))


def test_the_format_of_the_file_does_not_matter(tmp_path):
    expected = read_facilities(POI)
    POI.to_excel(tmp_path / "poi.xlsx", index=False)
    assert_geodataframe_equal(read_facilities(tmp_path / "poi.xlsx"), expected)
    expected.to_file(tmp_path / "poi.gpkg")
    assert_geodataframe_equal(read_facilities(tmp_path / "poi.gpkg"), expected)


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(3)))
def test_the_order_of_rows_does_not_matter(order):
    mixed = read_facilities(POI.iloc[list(order)]).sort_values("facility_id", ignore_index=True)
    assert_geodataframe_equal(mixed, read_facilities(POI))


def test_every_service_is_understood_by_its_word():
    services = catalog.services()
    table = pd.DataFrame({"service": services.index, "lon": range(len(services)), "lat": 28})
    assert read_facilities(table)["service"].to_list() == services.index.to_list()


def test_every_chinese_and_english_name_of_one_service_alone_is_understood():
    services = catalog.services()
    for column in ("name_zh", "name_en"):
        single = services[~services[column].duplicated(keep=False)]
        table = pd.DataFrame({"type": single[column].str.upper(), "lon": range(len(single))})
        read = read_facilities(table.assign(lat=28))
        assert read["service"].to_list() == single.index.to_list()


def test_the_table_handed_in_is_not_changed():
    before = POI.copy(deep=True)
    read_facilities(POI, coordinates="GCJ-02")
    pd.testing.assert_frame_equal(POI, before)
    assert POI.attrs == {}


def test_checked_facilities_are_read_again_without_change():
    once = read_facilities(POI)
    assert_geodataframe_equal(read_facilities(once), once)


def test_columns_say_which_column_is_what():
    table = POI.assign(小类="公园", x="0")
    columns = {"小类": "service", "地址": "name", "x": "lon"}
    facilities = read_facilities(table, columns=columns)
    assert set(facilities["service"]) == {"park"}
    assert facilities["name"].to_list() == ["a", "b", "c"]
    assert set(facilities.geometry.x) == {0.0}


def test_unknown_classes_are_listed_with_counts_and_a_remedy():
    table = POI.assign(类别=["科教;学校", "科教;学校", "公园"])
    message = r"2 of 3 rows \(ids 007, 008\) have 1 services .*'科教;学校' × 2.*columns=\{"
    with pytest.raises(UnknownServiceError, match=message):
        read_facilities(table)


def test_a_table_that_does_not_say_what_it_holds_lists_its_columns():
    with pytest.raises(MissingColumnError, match=r"'service'.*Columns found: 编号, 名称, 地址"):
        read_facilities(POI[["编号", "名称", "地址", "经度", "纬度"]])


def test_faults_of_all_kinds_come_in_one_error():
    table = POI.assign(类别=["飞机场", "公园", ""], 学位=["many", "1", "2"], 经度=["", "x", "113"])
    with pytest.raises(InputError) as caught:
        read_facilities(table)
    text = str(caught.value)
    assert "4 things are wrong" in text
    assert "(ids 009) have no 'service'" in text
    assert "'飞机场' × 1" in text
    assert "(ids 007) have no number in 'capacity' (学位) but 'many'" in text
    assert "2 of 3 rows (ids 007, 008) have coordinates that are blank, not numbers" in text


def test_swapped_columns_are_told():
    with pytest.raises(CrsError, match=r"3 of 3 rows .*swapped, such as \(28.161, 112.991\)"):
        read_facilities(POI.rename(columns={"经度": "纬度", "纬度": "经度"}))


def test_metres_without_a_system_are_told():
    table = POI.drop(columns=["经度", "纬度"]).assign(X=512345.6, Y=3123456.7)
    with pytest.raises(CrsError, match=r"look like metres.*coordinates=.*EPSG:4547"):
        read_facilities(table)
    placed = read_facilities(table, coordinates="EPSG:4547")
    assert placed.geometry[0].distance(Point(114.126, 28.226)) < 0.001


def test_shifted_points_are_moved_to_wgs84():
    stop = pd.DataFrame({"type": ["metro_station"], "lng": [112.99323], "lat": [28.16258]})
    moved = read_facilities(stop, coordinates="高德").geometry[0]
    assert abs(moved.x - 112.98763) < 0.00005
    assert abs(moved.y - 28.16597) < 0.00005


def test_a_facility_that_stands_twice_is_merged_kept_or_dropped():
    twice = pd.concat([POI, POI.iloc[[0]].assign(编号="010")])
    with pytest.warns(LifecircleWarning, match=r"1 of 4 rows \(ids 010\) .*same place 1"):
        assert len(read_facilities(twice)) == 3
    with pytest.warns(LifecircleWarning, match=r"1 of 4 rows \(ids 010\) repeat"):
        assert len(read_facilities(twice, duplicates="keep")) == 4
    with pytest.warns(LifecircleWarning, match="left out"):
        assert len(read_facilities(twice, duplicates="drop")) == 3
    with pytest.raises(UnknownNameError, match="Known: merge, keep, drop"):
        read_facilities(twice, duplicates="mirge")


def test_an_empty_table_is_allowed_with_a_warning(tmp_path):
    (tmp_path / "poi.csv").write_text("名称,类别,lon,lat\n", encoding="utf-8")
    with pytest.warns(LifecircleWarning, match="the table has no rows"):
        none = read_facilities(tmp_path / "poi.csv")
    assert none.columns.to_list() == ["facility_id", "name", "service", "group", "geometry"]
    layer = {"type": "FeatureCollection", "features": []}
    (tmp_path / "poi.geojson").write_text(str(layer).replace("'", '"'), encoding="utf-8")
    with pytest.warns(LifecircleWarning, match="the table has no rows"):
        assert len(read_facilities(tmp_path / "poi.geojson")) == 0


def test_polygons_become_points_with_a_warning():
    parks = gpd.GeoDataFrame({"类别": ["公园"]}, geometry=[box(0, 0, 1, 1)], crs=4326)
    with pytest.warns(LifecircleWarning, match="entrances"):
        assert read_facilities(parks).geometry[0] == Point(0.5, 0.5)


def test_lines_are_no_facilities():
    lines = gpd.GeoDataFrame({"类别": ["公园"]}, geometry=[box(0, 0, 1, 1).boundary], crs=4326)
    with pytest.raises(GeometryError, match="neither points nor polygons"):
        read_facilities(lines)


# --- OpenStreetMap ----------------------------------------------------------------------------

TAGS = gpd.GeoDataFrame(
    {
        "osm_id": ["1", "2", "3", "4"],
        "name": ["白沙药店", None, "砂子塘小学", "路灯"],
        "amenity": ["pharmacy", None, None, None],
        "shop": [None, "supermarket", None, None],
        "other_tags": [None, None, '"amenity"=>"school","fee"=>"no"', '"highway"=>"street_lamp"'],
    },
    geometry=[Point(112.99, 28.16 + row / 100) for row in range(4)],
    crs=4326,
)


@pytest.mark.parametrize("taxonomy", ["auto", "osm"])
def test_tags_in_columns_are_understood_and_other_rows_left_out(taxonomy):
    with pytest.warns(LifecircleWarning, match=r"1 of 4 rows offer none of the services"):
        facilities = read_facilities(TAGS, taxonomy=taxonomy)
    assert facilities["service"].to_list() == ["pharmacy", "supermarket", "primary_school"]
    assert facilities["osm_class"].to_list()[:2] == ["amenity=pharmacy", "shop=supermarket"]


def test_known_services_go_before_tags():
    table = TAGS.assign(service="park")
    assert set(read_facilities(table)["service"]) == {"park"}


def test_tags_that_are_not_there_are_told():
    with pytest.raises(MissingColumnError, match="no columns of OpenStreetMap tags"):
        read_facilities(POI, taxonomy="osm")


def test_a_taxonomy_that_is_not_known_lists_those_that_are():
    with pytest.raises(UnknownNameError, match="Known: auto, amap, baidu, lifecircle, osm"):
        read_facilities(POI, taxonomy="tencent")


def test_an_openstreetmap_file_is_read_by_its_tags(tmp_path):
    (tmp_path / "town.osm").write_text(
        '<osm version="0.6"><node id="1" lon="112.99" lat="28.16"><tag k="amenity" v="pharmacy"/>'
        '<tag k="name" v="白沙药店"/></node></osm>',
        encoding="utf-8",
    )
    facilities = read_facilities(tmp_path / "town.osm")
    names = ["facility_id", "name", "service", "group"]
    assert facilities[names].to_numpy().tolist() == [["n1", "白沙药店", "pharmacy", "health"]]
    with pytest.raises(CrsError, match="OpenStreetMap is WGS-84"):
        read_facilities(tmp_path / "town.osm", coordinates="GCJ-02")


# --- real data --------------------------------------------------------------------------------


def test_amap_points_of_hangzhou_are_read_by_a_class_of_their_own(shared_data):
    path = shared_data / "hangzhou_amap" / "amap_poi_hangzhou_gcj02.csv"
    table = pd.read_csv(path, dtype=str)
    schools = table[table["typecode"].isin(["141203", "141204"])]
    words = {"141203": "小学", "141204": "幼儿园"}
    schools = schools.assign(类=schools["typecode"].map(words)).drop(columns="type")
    columns = {"类": "service", "lng_gcj02": "lon", "lat_gcj02": "lat"}
    facilities = read_facilities(
        schools.drop(columns="entr_location"),
        coordinates="GCJ-02",
        columns=columns,
        duplicates="keep",
    )
    assert facilities["service"].value_counts().to_dict() == {
        "kindergarten": (schools["typecode"] == "141204").sum(),
        "primary_school": (schools["typecode"] == "141203").sum(),
    }
    table = table.drop(columns="entr_location")
    with pytest.raises(UnknownServiceError, match="科教文化服务;学校;幼儿园"):
        read_facilities(
            table,
            coordinates="GCJ-02",
            taxonomy="lifecircle",
            columns={k: columns[k] for k in list(columns)[1:]},
        )


def test_a_building_table_in_gbk_is_read_by_its_tags(shared_data):
    path = shared_data / "beijing_bjtu" / "osm2gmns_poi.csv"
    with pytest.warns(LifecircleWarning) as told:
        facilities = read_facilities(path)
    assert facilities.attrs["lifecircle"]["encoding"] == "gb18030"
    assert (facilities["name"] == "图书馆").any()
    assert any("offer none of the services" in str(item.message) for item in told)


def test_helsinki_has_its_facilities(shared_data):
    with pytest.warns(LifecircleWarning) as told:
        facilities = read_facilities(shared_data / "helsinki" / "helsinki_centre.osm.pbf")
    assert any("outlines are left out" in str(item.message) for item in told)
    assert any("both sides of a street" in str(item.message) for item in told)
    assert len(facilities) > 1000
    assert facilities["group"].notna().all()


@pytest.mark.parametrize(
    ("word", "service"),
    [
        ("菜市场", "food_market"),
        ("农贸市场", "food_market"),
        ("超市", "supermarket"),
        ("公交站", "bus_stop"),
        ("地铁站", "metro_station"),
        ("公厕", "public_toilet"),
        ("居委会", "community_service_station"),
        ("日间照料中心", "elderly_day_care"),
        ("停车场", "car_parking"),
        ("银行", "bank"),
    ],
)
def test_everyday_words_are_understood(word, service):
    table = pd.DataFrame({"名称": ["x"], "类别": [word], "经度": [112.99], "纬度": [28.16]})
    assert read_facilities(table)["service"].to_list() == [service]
