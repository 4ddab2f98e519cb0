"""Compounds, walls and gates out of files as planners have them."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from lifecircle import read_compounds, read_gates, read_walls
from lifecircle.crs import to_wgs84
from lifecircle.errors import (
    CrsError,
    DuplicateIdError,
    GeometryError,
    InputError,
    LifecircleWarning,
    MissingColumnError,
)

SQUARE = shapely.box(112.99, 28.16, 112.992, 28.162)
EAST_GATE = shapely.Point(112.992, 28.161)


def test_a_shapefile_in_gbk_with_chinese_headers_is_understood(tmp_path):
    table = gpd.GeoDataFrame(
        {"小区编号": [101], "名称": ["砂子塘嘉苑"], "围合": ["否"]}, geometry=[SQUARE], crs=4326
    )
    table.to_file(tmp_path / "estates.shp", encoding="GBK")
    (tmp_path / "estates.cpg").unlink(missing_ok=True)
    with pytest.warns(LifecircleWarning, match="read as GB18030"):
        read = read_compounds(tmp_path / "estates.shp")
    assert read[["compound_id", "name", "walled"]].to_numpy().tolist() == [
        ["101", "砂子塘嘉苑", False]
    ]
    assert read.crs.to_epsg() == 4326


def test_a_csv_of_gates_in_gcj02_is_moved_to_wgs84(tmp_path):
    path = tmp_path / "gates.csv"
    path.write_text(
        "出入口编号,出入口,通行情况,小区编号,开放时间,经度,纬度\n"
        "G1,东门,对外开放,7,6:00-22:00,112.99323,28.16258\n"
        "G2,西门,刷卡,7,,112.99123,28.16258\n",
        encoding="gb18030",
    )
    read = read_gates(path, coordinates="GCJ-02")
    lon, lat = to_wgs84(np.array([112.99323]), np.array([28.16258]), "GCJ-02")
    assert read.geometry[0].equals_exact(shapely.Point(lon[0], lat[0]), 1e-9)
    columns = ["gate_id", "name", "access", "access_known", "compound_id", "hours"]
    assert read[columns].to_numpy().tolist() == [
        ["G1", "东门", "open", True, "7", "6:00-22:00"],
        ["G2", "西门", "residents", True, "7", ""],
    ]


def test_of_a_geopackage_the_layer_of_the_right_kind_is_taken(tmp_path):
    path = tmp_path / "estate.gpkg"
    area = gpd.GeoDataFrame({"名称": ["甲"]}, geometry=[SQUARE], crs=4326)
    line = gpd.GeoDataFrame(
        {"围墙编号": ["w"]}, geometry=[shapely.LineString(SQUARE.exterior)], crs=4326
    )
    gate = gpd.GeoDataFrame({"access": ["yes"]}, geometry=[EAST_GATE], crs=4326)
    for name, layer in (("面", area), ("线", line), ("点", gate)):
        layer.to_file(path, layer=name)
    assert read_compounds(path)["name"].to_list() == ["甲"]
    assert read_walls(path)["wall_id"].to_list() == ["w"]
    assert read_gates(path)["access"].to_list() == ["open"]


def test_gates_in_a_workbook_and_walls_as_text_are_read(tmp_path):
    pd.DataFrame({"大门": ["北门"], "类型": ["常闭"], "lon": [112.99], "lat": [28.16]}).to_excel(
        tmp_path / "gates.xlsx", index=False
    )
    assert read_gates(tmp_path / "gates.xlsx")["access"].to_list() == ["closed"]
    (tmp_path / "walls.csv").write_text('id,wkt\n1,"LINESTRING (112.99 28.16, 113 28.16)"\n')
    assert shapely.length(read_walls(tmp_path / "walls.csv").geometry[0]) == pytest.approx(0.01)


def test_a_column_of_kinds_that_says_nothing_of_access_is_no_access():
    table = pd.DataFrame(
        {"类型": ["人行门", "车行门"], "lon": [112.99, 112.991], "lat": [28.16] * 2}
    )
    with pytest.warns(LifecircleWarning, match="2 of 2 rows .* do not say who passes"):
        read = read_gates(table)
    assert read["access"].to_list() == ["open", "open"]
    assert not read["access_known"].any()
    assert read["类型"].to_list() == ["人行门", "车行门"]


def test_columns_are_named_by_the_planner_where_they_are_not_understood():
    table = pd.DataFrame({"管理": ["业主"], "牌": ["A1"], "lon": [112.99], "lat": [28.16]})
    read = read_gates(table, columns={"管理": "access", "牌": "gate_id"})
    assert read[["gate_id", "access"]].to_numpy().tolist() == [["A1", "residents"]]
    with pytest.raises(MissingColumnError, match="no column 'x'"):
        read_gates(table, columns={"x": "access"})


def test_an_export_of_openstreetmap_tags_is_read_like_the_map_itself():
    table = pd.DataFrame(
        {
            "barrier": "gate",
            "foot": ["yes", None, "unknown", "", ""],
            "access": ["private", "private", "no", "", ""],
            "locked": ["yes", "yes", "", "yes", "no"],
            "lon": [112.99] * 5,
            "lat": [28.16] * 5,
        }
    )
    with pytest.warns(LifecircleWarning, match=r"1 of 5 rows \(ids G0005\) do not say"):
        read = read_gates(table)
    assert read["access"].to_list() == ["open", "residents", "closed", "closed", "open"]
    assert read["access_known"].to_list() == [True, True, True, True, False]


POI = {
    "id": ["a", "b", "c", "d"],
    "name": ["明珠公寓(东门)", "白沙小学", "明珠公寓(南1门)", "某商场1号门"],
    "typecode": ["991400", "141203", "991401|190301", "991000"],
    "lon": [112.99, 112.991, 112.992, 112.993],
    "lat": [28.16] * 4,
}


def test_of_points_of_interest_the_gates_of_compounds_are_taken():
    with pytest.warns(LifecircleWarning) as told:
        read = read_gates(pd.DataFrame(POI), unknown_access="residents")
    assert read[["gate_id", "name", "gate_name", "access"]].to_numpy().tolist() == [
        ["a", "明珠公寓", "明珠公寓(东门)", "residents"],
        ["c", "明珠公寓", "明珠公寓(南1门)", "residents"],
    ]
    assert read["compound_id"].isna().all()
    messages = "\n".join(str(one.message) for one in told)
    assert "2 of 4 rows are of another class" in messages
    assert "2 of 2 rows (ids a, c) do not say who passes" in messages


def test_classes_in_words_tell_gates_too():
    words = [
        "通行设施;临街院门;临街院正门",
        "科教文化服务;学校;小学",
        "通行设施;临街院门",
        "生活服务",
    ]
    table = pd.DataFrame(POI).drop(columns="typecode").assign(type=words)
    with pytest.warns(LifecircleWarning, match="do not say|another class"):
        assert read_gates(table)["gate_id"].to_list() == ["a", "c"]


def test_points_of_interest_without_a_gate_are_an_error():
    with pytest.raises(InputError, match=r"none of 1 rows is a gate .*found: 141203"):
        read_gates(pd.DataFrame(POI).iloc[[1]])


def test_bad_layers_are_refused_with_what_is_wrong(tmp_path):
    area = gpd.GeoDataFrame({"编号": ["1", "1"]}, geometry=[SQUARE, SQUARE], crs=4326)
    area.to_file(tmp_path / "a.gpkg")
    with pytest.raises(DuplicateIdError, match="more than one row"):
        read_compounds(tmp_path / "a.gpkg")
    with pytest.raises(GeometryError, match=r"not points \(Polygon\)"):
        read_gates(tmp_path / "a.gpkg")
    with pytest.raises(InputError, match=r"there is no file 'b\.gpkg'"):
        read_walls(tmp_path / "b.gpkg")
    with pytest.raises(CrsError):
        read_compounds(tmp_path / "a.gpkg", coordinates="EPSG:4547")


def test_a_self_crossing_compound_of_a_file_is_mended(tmp_path):
    crossed = shapely.Polygon([(113, 28), (113.002, 28.002), (113.002, 28), (113, 28.002)])
    gpd.GeoDataFrame(geometry=[crossed], crs=4326).to_file(tmp_path / "c.gpkg")
    with pytest.warns(LifecircleWarning, match="crossed themselves and were mended"):
        assert read_compounds(tmp_path / "c.gpkg").geometry.is_valid.all()


def test_an_empty_layer_is_told(tmp_path):
    gpd.GeoDataFrame({"id": []}, geometry=[], crs=4326).to_file(
        tmp_path / "e.gpkg", geometry_type="Point"
    )
    with pytest.warns(LifecircleWarning, match="gates: the table has no rows"):
        assert read_gates(tmp_path / "e.gpkg").empty


def test_hostile_names_stay_text(tmp_path):
    name = "<img src=x onerror=alert(1)>'; DROP TABLE gates;--"
    table = gpd.GeoDataFrame({"name": [name], "access": "open"}, geometry=[EAST_GATE], crs=4326)
    table.to_file(tmp_path / "g.geojson", driver="GeoJSON")
    assert read_gates(tmp_path / "g.geojson")["name"].to_list() == [name]


def test_what_was_handed_in_is_not_changed():
    table = gpd.GeoDataFrame({"通行": ["开放"], "名称": ["东门"]}, geometry=[EAST_GATE], crs=4326)
    before = table.copy()
    read_gates(table)
    pd.testing.assert_frame_equal(table, before)


def test_real_estates_of_amap_are_compounds(shared_data):
    path = shared_data / "hangzhou_amap" / "amap_residential_aoi_hangzhou_gcj02.geojson"
    read = read_compounds(path, coordinates="GCJ-02")
    assert len(read) == 2498
    assert read["walled"].all()
    assert read["compound_id"].is_unique
    assert read.loc[0, "name"] == "明珠公寓(万塘路)"
    raw = gpd.read_file(path)
    middle, shifted = read.geometry[0].centroid, raw.geometry[0].centroid
    assert 300 < middle.distance(shifted) * 1.1e5 < 700


def test_real_points_of_interest_without_gates_are_told(shared_data):
    with pytest.raises(InputError, match=r"none of 12,342 rows is a gate"):
        read_gates(shared_data / "hangzhou_amap" / "amap_poi_hangzhou_gcj02.csv")
