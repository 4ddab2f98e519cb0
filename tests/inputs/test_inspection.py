"""An inspection tells the truth about a file, whatever is in it."""

from __future__ import annotations

import builtins
import importlib.util
import json
import sys
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Point, Polygon, box

import lifecircle as lc
from lifecircle.assessment.demo import demo_folder
from lifecircle.cli import main
from lifecircle.crs import wgs84_to_gcj02
from lifecircle.inputs.inspection_words import PROBLEMS, REASONS
from lifecircle.standards.class_lines import packaged_lines

LON, LAT = 112.99, 28.16


def written(tmp_path, text, name="poi.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def codes(found):
    return [code for code, _ in found.problems]


def facts(found, code):
    return dict(found.problems)[code]


# --- the real files: what the README of the data tells, an inspection tells too -------------------

# file → kind, rows, codes of problems that must be told, and words that must stand in the text
SHARED = {
    "baidu_aoi_bd09/POI.csv": (
        "facilities", 7, {"twin_system"}, ["BD-09", "lng_wgs84", "点 7"]
    ),
    "baidu_aoi_bd09/POI_example1.csv": (
        "unknown", 10, {"not_converted"}, ["并未转换", "lng、lat"]
    ),
    "baidu_aoi_bd09/POI_example2.csv": ("facilities", 7, {"twin_system"}, ["BD-09"]),
    "beijing_bjtu/osm2gmns_poi.csv": ("buildings", 391, set(), ["GB18030", "面 391"]),
    "changsha_hnu/changsha_metro_line4_stops.geojson": ("unknown", 22, {"plain_points"}, ["点 22"]),
    "changsha_hnu/changsha_metro_line4_track.geojson": ("unknown", 1, {"other_lines"}, ["线 1"]),
    "gcj02_river_check/huangpu_river_osm_wgs84.geojson": ("unknown", 1, set(), ["WGS 84"]),
    "gcj02_river_check/shanghai_districts_gcj02.geojson": (
        "units", 3, {"shifted"}, ["GCJ-02", "文件名", 'coordinates="GCJ-02"']
    ),
    "hangzhou_amap/amap_poi_hangzhou_gcj02.csv": (
        "facilities", 12_342, {"shifted", "double_rows", "several_classes"},
        ["12,342 行", "141204 × 917", "150700 × 2,779", "20 行与前面的行同名同处", "176 行一格多类",
         "列名表明是 GCJ-02", "120.0022", "30.4031"],
    ),
    "hangzhou_amap/amap_poi_typecodes_2017.csv": ("unknown", 869, {"no_places"}, ["869 行"]),
    "hangzhou_amap/amap_residential_aoi_hangzhou_gcj02.geojson": (
        "compounds", 2498, {"shifted", "density_over"}, ["2,498", "volume_rate 873 个", "最大 60"]
    ),
    "hangzhou_amap/amap_roads_hangzhou_gcj02.geojson": (
        "streets", 4311, {"shifted", "far_away"}, ["线 4,311", "伸到其余数据之外很远"]
    ),
    "helsinki/helsinki_population_grid_2020.gpkg": ("residents", 92, set(), ["合计 71,724"]),
    "hunan_boundaries/hunan_admin_gcj02.geojson": ("units", 20, {"shifted"}, ["多面 20", "GCJ-02"]),
    "las_palmas/boundary.geojson": ("units", 1, set(), ["不在中国境内"]),
    "las_palmas/ghs_urban_centre.gpkg": ("units", 1, set(), ["多面 1"]),
    "las_palmas/gtfs_stops.txt": ("unknown", 793, {"plain_points"}, ["stop_lon"]),
    "las_palmas/osm_destination_definitions.csv": ("unknown", 44, {"no_places"}, []),
    "las_palmas/school_catchments.geojson": (
        "units", 29, {"metres_stated"}, ["数值是米", "REGCAN95", "GeoJSON 通常是经纬度"]
    ),
    "porto_alegre/poa_hexgrid.csv": (
        "residents", 1227, set(),
        ["合计 812,935", "schools 1,227 个（0–3，合计 194）", "合计 141"],
    ),
    "porto_alegre/poa_osm_lts.csv": ("unknown", 62, {"no_places"}, []),
    "porto_alegre/poa_points_of_interest.csv": ("unknown", 15, {"plain_points"}, ["点 15"]),
    "sao_paulo/spo_hexgrid.csv": ("residents", 323, set(), ["合计 517,570"]),
    "shanghai_bund_tiles/buildings.geojson": (
        "buildings", 1981, {"tiles", "mixed_shapes", "number_zero"},
        ["building × 1,652", "building_part × 143", "height 968 个", "有 5 行为 0"],
    ),
    "shanghai_bund_tiles/landuse.geojson": ("unknown", 327, {"tiles"}, ["residential × 49"]),
    "shanghai_bund_tiles/places.geojson": ("facilities", 6, set(), ["neighbourhood × 4"]),
    "shanghai_bund_tiles/pois.geojson": ("facilities", 493, set(), ["点 493", "toilets × 24"]),
    "shanghai_bund_tiles/roads.geojson": (
        "streets", 1778, {"tiles", "empty_geometry"}, ["线 1,635", "多线 143"]
    ),
    "shanghai_bund_tiles/transit.geojson": ("unknown", 60, {"tiles"}, ["subway × 54"]),
    "shanghai_bund_tiles/water.geojson": ("unknown", 106, {"tiles"}, ["water × 72"]),
    "wuhan_guanggu_tiles/buildings.geojson": (
        "buildings", 355, {"tiles", "number_zero"},
        ["building × 350", "building_part × 4", "height 144 个", "有 2 行为 0"],
    ),
    "wuhan_guanggu_tiles/roads.geojson": ("streets", 374, {"tiles"}, ["minor_road × 125"]),
    "wuhan_guanggu_tiles/water.geojson": ("unknown", 3, {"tiles"}, ["water × 3"]),
}  # fmt: skip
# file → extent as the README states it, buildings, and ways by class
OSM = {
    "beijing_bjtu/bjtu_area.osm": (
        (116.329, 39.942, 116.344, 39.957), 339, {"residential": 52, "service": 37, "footway": 21}
    ),
    "beijing_bupt/bupt_campus.osm": (
        (116.349, 39.957, 116.355, 39.964), 110, {"service": 87, "footway": 52, "steps": 8}
    ),
    "changsha_hnu/hnu_taozihu.osm": (
        (112.942, 28.183, 112.949, 28.188), 23, {"footway": 30, "steps": 5}
    ),
    "guixi_jiangxi/guixi.osm": (
        (117.191, 28.282, 117.255, 28.323), 165,
        {"residential": 47, "secondary": 44, "tertiary": 28},
    ),
    "shanghai_su/shu_baoshan_2021.osm": (
        (121.382, 31.310, 121.397, 31.324), 98, {"service": 113, "footway": 47}
    ),
    "shanghai_su/shu_baoshan_edited.osm": ((121.382, 31.310, 121.397, 31.324), 107, {}),
    "helsinki/helsinki_centre.osm.pbf": ((24.935, 60.164, 24.953, 60.179), 434, {}),
    "helsinki/tiny_rural_test.osm.pbf": ((26.93, 60.52, 26.97, 60.54), 2170, {}),
    "las_palmas/las_palmas_20230221.osm.pbf": (
        (-15.543, 28.010, -15.385, 28.181), 22_539, {}
    ),
    "porto_alegre/poa_osm.osm.pbf": ((-51.266, -30.113, -51.132, -29.988), 17, {}),
    "sao_paulo/spo_osm.osm.pbf": ((-46.708, -23.595, -46.582, -23.464), 2, {}),
}  # fmt: skip


def test_every_file_of_the_shared_data_is_in_these_tables(shared_data):
    files = {path.relative_to(shared_data).as_posix() for path in shared_data.rglob("*.*")}
    known = {*SHARED, *OSM, "porto_alegre/poa_elevation.tif", "README.md"}
    assert files == known


@pytest.mark.parametrize("file", SHARED)
def test_an_inspection_tells_what_the_readme_of_the_data_tells(shared_data, file):
    kind, rows, told, words = SHARED[file]
    found = lc.inspect_file(shared_data / file)
    assert (found.error, found.kind, found.rows) == ("", kind, rows)
    assert told <= set(codes(found))
    text = found.describe("zh")
    assert [word for word in words if word not in text] == []
    if found.bounds is not None:
        china = file.partition("/")[0] not in {
            "helsinki",
            "las_palmas",
            "porto_alegre",
            "sao_paulo",
        }
        assert found.in_china is china
    json.dumps(found.as_dict("en"))


@pytest.mark.parametrize("file", OSM)
def test_an_inspection_of_openstreetmap_counts_what_is_in_it(shared_data, file):
    stated, buildings, ways = OSM[file]
    found = lc.inspect_file(shared_data / file)
    assert (found.error, found.kind) == ("", "openstreetmap")
    assert found.counts["buildings"] == buildings
    assert ways.items() <= found.counts["streets"].items()
    assert found.counts["street_km"] > 20
    if file.endswith(".osm"):  # which states its box
        assert np.abs(np.subtract(found.bounds, stated)).max() < 0.001
    else:  # of the others the streets are measured: within the box, and over a good part of it
        inside, whole = box(*found.bounds), box(*stated)
        assert whole.buffer(0.01).contains(inside)
        assert inside.area > 0.25 * whole.area
    assert found.in_china is (stated[0] > 100)
    text = found.describe("en")
    assert f"{buildings:,} buildings" in text
    assert all(f"{kind} × {count}" in text for kind, count in list(ways.items())[:2])


def test_a_raster_is_described_with_its_cells_and_named_without_the_extra(shared_data, monkeypatch):
    path = shared_data / "porto_alegre" / "poa_elevation.tif"
    if importlib.util.find_spec("rasterio"):
        found = lc.inspect_file(path)
        assert (found.kind, found.counts["width"], found.counts["height"]) == ("raster", 413, 403)
        assert np.round(found.bounds, 3).tolist() == [-51.255, -30.11, -51.14, -29.998]
        assert codes(found) == ["raster_people"]
    monkeypatch.setitem(sys.modules, "rasterio", None)
    bare = lc.inspect_file(path)
    assert (bare.error, bare.kind, codes(bare)) == ("", "raster", ["raster_extra"])
    assert "pip install 'lifecircle[raster]'" in bare.describe("en")


PACKAGED = {
    "units.geojson": ("units", 6), "facilities.geojson": ("facilities", 475),
    "residents.geojson": ("residents", 581), "streets.geojson": ("streets", 3396),
    "compounds.geojson": ("compounds", 81), "walls.geojson": ("walls", 129),
    "gates.geojson": ("gates", 129), "sites.geojson": ("sites", 10), "survey.csv": ("survey", 600),
}  # fmt: skip


@pytest.mark.parametrize("file", PACKAGED)
def test_the_packaged_sample_is_known_and_without_fault(file):
    found = lc.inspect_file(demo_folder() / file)
    assert (found.kind, found.rows) == PACKAGED[file]
    assert set(codes(found)) <= {"no_places"}
    assert found.error == ""


# --- one fault each, worked out by hand -----------------------------------------------------------


def points(lons, lats, **columns):
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(lons, lats), crs=4326)


def test_a_gbk_table_of_homes_says_encoding_extent_and_sum(tmp_path):
    text = '楼栋,经度,纬度,人口（人）\n1,112.98,28.16,"1,200"\n2,112.99,28.17,８０\n'
    found = lc.inspect_file(written(tmp_path, text, encoding="gbk"))
    assert (found.encoding, found.kind, found.rows) == ("gb18030", "residents", 2)
    assert found.numbers["人口（人）"]["sum"] == 1280
    assert found.columns_taken == {
        "resident_id": "楼栋", "people": "人口（人）", "lon": "经度", "lat": "纬度"
    }  # fmt: skip
    width, height = found.size_km  # 0.01° of a meridian is 1.11 km, of this parallel 0.98 km
    assert (round(width, 2), round(height, 2)) == (0.98, 1.11)
    assert found.reading["people"] == 1280
    assert found.problems == ()


def test_swapped_coordinates_are_told_with_rows_and_remedy(tmp_path):
    found = lc.inspect_file(written(tmp_path, "类别,经度,纬度\n公园,28.16,112.99\n公园,113,28.2\n"))
    assert facts(found, "swapped") == {"rows": 1, "first": ["1"], "example": "28.16, 112.99"}
    assert "对调两列" in found.describe("zh")
    assert "exchange the two columns" in found.describe("en")


@pytest.mark.parametrize(
    ("x", "y", "guess"),
    [
        (38_401_234, 3_116_000, "EPSG:4526"),
        (3_116_000, 38_401_234, "EPSG:4526"),
        (19_693_000, 3_117_000, "EPSG:4497"),
        (401_234, 3_116_000, "EPSG:4547"),
        (12_578_000, 3_268_000, "EPSG:3857"),
    ],
)
def test_metres_are_told_with_the_system_they_look_like(tmp_path, x, y, guess):
    found = lc.inspect_file(written(tmp_path, f"类别,X,Y\n公园,{x},{y}\n"))
    told = facts(found, "metres_as_degrees")
    assert (told["rows"], told["example"]) == (1, f"{x}, {y}")
    assert guess in found.describe("zh")
    if found.bounds is not None:  # the zone of the easting, or the web map, places it
        assert np.abs(np.subtract(found.bounds[:2], (112.98, 28.15))).max() < 0.05
    if x > 10_000_000:
        assert (found.looks, found.in_china) == (guess, True)


@pytest.mark.parametrize("zone", range(25, 46))
def test_the_zone_of_cgcs2000_is_that_of_the_easting(zone):
    from pyproj import CRS

    from lifecircle.inputs.inspection_checks import guess_of_metres

    code = guess_of_metres(zone * 1e6 + 480_000, 3_300_000.0).rpartition(":")[2]
    system = CRS.from_epsg(int(code))
    assert system.coordinate_operation.to_json_dict()["parameters"][1]["value"] == 3 * zone
    assert f"zone {zone}" in system.name


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_layer_without_a_system_is_told(tmp_path):
    layer = points([LON], [LAT], 类别=["公园"]).set_crs(None, allow_override=True)
    layer.to_file(tmp_path / "poi.gpkg")
    found = lc.inspect_file(tmp_path / "poi.gpkg")
    assert "no_system" in codes(found)
    assert found.stated == ""


@pytest.mark.parametrize(
    ("name", "text", "by"),
    [
        ("poi_gcj02.csv", "类别,经度,纬度\n公园,113,28\n", "file"),
        ("高德设施.csv", "类别,经度,纬度\n公园,113,28\n", "file"),
        ("poi.csv", "类别,高德经度,高德纬度\n公园,113,28\n", "columns"),
        ("poi.csv", "类别,经度,纬度,来源\n公园,113,28,高德地图\n", "source"),
        ("poi.csv", 'id,typecode,location\nB023B0011E,141202,"113,28"\n', "amap_ids"),
    ],
)
def test_a_table_that_says_it_is_from_amap_is_told_with_the_option(tmp_path, name, text, by):
    found = lc.inspect_file(written(tmp_path, text, name))
    assert found.looks == "GCJ-02"
    assert facts(found, "shifted") == {"system": "GCJ-02", "by": by}
    assert 'coordinates="GCJ-02"' in found.describe("zh")


def test_a_baidu_table_is_told_as_bd09(tmp_path):
    found = lc.inspect_file(written(tmp_path, "类别,bd09_lng,bd09_lat\n公园,113,28\n"))
    assert facts(found, "shifted") == {"system": "BD-09", "by": "columns"}


def test_a_plain_table_is_not_suspected(tmp_path):
    found = lc.inspect_file(written(tmp_path, "类别,经度,纬度\n公园,113,28\n"))
    assert (found.looks, codes(found)) == ("", [])


def test_shapes_that_are_nothing_empty_or_cross_themselves_are_told_apart(tmp_path):
    bow = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    shapes = [box(113, 28, 113.01, 28.01), None, Polygon(), bow, box(113, 28, 113.01, 28.01)]
    layer = gpd.GeoDataFrame({"社区": list("abcde")}, geometry=shapes, crs=4326)
    layer.to_file(tmp_path / "u.gpkg")
    found = lc.inspect_file(tmp_path / "u.gpkg")
    assert facts(found, "null_geometry")["first"] == ["2"]
    assert facts(found, "empty_geometry")["first"] == ["3"]
    assert facts(found, "invalid_geometry")["first"] == ["4"]


def test_blank_places_and_zeros_are_told(tmp_path):
    text = "类别,经度,纬度\n公园,113,28\n公园,,\n公园,无,28\n公园,0,0\n"
    found = lc.inspect_file(written(tmp_path, text))
    assert facts(found, "no_coordinates") == {"rows": 2, "first": ["2", "3"]}
    assert facts(found, "at_zero") == {"rows": 1, "first": ["4"]}


def test_doubles_of_ids_and_of_rows_are_counted(tmp_path):
    rows = ("1,甲,路1号,公园,113,28", "1,乙,路2号,公园,113,28.1", "2,甲,路1号,公园,113,28")
    text = "\n".join(("编号,名称,地址,类别,经度,纬度", *rows))
    found = lc.inspect_file(written(tmp_path, text))
    assert facts(found, "double_ids")["ids"] == ["1"]
    assert facts(found, "double_rows")["first"] == ["3"]


def test_numbers_that_are_none_blank_or_negative_are_told(tmp_path):
    text = "楼栋,经度,纬度,人口,老年人\n1,113,28,约 9,1\n2,113,28.1,,-3\n3,113,28.2,5,1\n"
    found = lc.inspect_file(written(tmp_path, text))
    assert facts(found, "number_words")["words"] == ["约 9"]
    assert facts(found, "number_blank")["first"] == ["2"]
    assert facts(found, "number_negative") == {"rows": 1, "first": ["2"], "column": "老年人"}


def test_what_the_reader_stops_at_is_told_where_nothing_else_says_it(tmp_path):
    found = lc.inspect_file(written(tmp_path, "类别,经度,纬度\n飞船发射场,113,28\n"))
    assert "飞船发射场" in found.describe("zh")


def test_a_title_over_the_header_is_told_as_a_note(tmp_path):
    found = lc.inspect_file(written(tmp_path, "一览表,,\n类别,经度,纬度\n公园,113,28\n合计,,\n"))
    assert found.rows == 1
    assert "above the header" in found.notes[0]


def test_several_layers_are_listed_and_one_is_looked_at(tmp_path, capsys):
    path = tmp_path / "city.gpkg"
    points([LON], [LAT], 人口=[9]).to_file(path, layer="homes")
    gpd.GeoDataFrame(
        {"名称": ["白沙社区"]}, geometry=[box(113, 28, 113.01, 28.01)], crs=4326
    ).to_file(path, layer="units")
    found = lc.inspect_file(path)
    assert set(found.layers) == {"homes", "units"}
    assert f"{path.name}|layername=homes" in found.describe("zh")
    assert lc.inspect_file(f"{path}|layername=units").kind == "units"
    assert main(["inspect", str(path), "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [one["kind"] for one in listed] == ["unknown", "residents", "units"]


def test_a_table_within_an_archive_is_inspected(tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("数据/poi.csv", "类别,经度,纬度\n公园,113,28\n".encode("gbk"))
    found = lc.inspect_file(tmp_path / "a.zip")
    assert (found.kind, found.encoding, found.rows) == ("facilities", "gb18030", 1)


def test_what_readers_know_of_classes_is_shown(tmp_path, monkeypatch):
    def read(frame, *, coordinates):
        made = points([LON] * 3, [LAT] * 3, service=["park", "park", "clinic"])
        made.attrs["lifecircle"] = {
            "taxonomy": "amap", "unknown_classes": {"060100": 4}, "noise": {"停业": 2},
            "merged": {"merged_id": ["a", "b"], "rule": ["same name", "same name"]},
        }  # fmt: skip
        return made

    monkeypatch.setattr("lifecircle.inputs.facilities.read_facilities", read)
    found = lc.inspect_file(written(tmp_path, "typecode,经度,纬度\n110101,113,28\n"))
    assert found.reading["services"] == {"park": 2, "clinic": 1}
    assert found.reading["merged"] == {"same name": 2}
    assert facts(found, "provider") == {"provider": "amap", "system": "GCJ-02"}
    text = found.describe("zh")
    for words in ("分类体系 amap", "公园 × 2", "合并 2 行", "060100 × 4", "停业 × 2"):
        assert words in text


# --- beside the streets ---------------------------------------------------------------------------


@pytest.fixture
def detector(monkeypatch):
    """A comparison with the streets that says what it is told to."""
    verdict = SimpleNamespace(
        stated="WGS-84", verdict="GCJ-02", streets="WGS-84", places_count=120, message="",
        distance_m={"WGS-84": 64.2, "GCJ-02": 17.8, "BD-09": float("inf")},
    )  # fmt: skip
    module = SimpleNamespace(which_coordinates=lambda layer, network: verdict)
    monkeypatch.setitem(sys.modules, "lifecircle.inputs.which_system", module)
    return verdict


def test_a_table_that_lies_beside_the_streets_in_gcj02_is_told_with_evidence(tmp_path, detector):
    path = written(tmp_path, "类别,经度,纬度\n公园,113,28\n")
    found = lc.inspect_file(path, network=object())
    assert found.looks == "GCJ-02"
    assert "WGS-84 64 m, GCJ-02 18 m, BD-09 > 150 m" in found.describe("zh")
    assert "120" in found.describe("en")


def test_streets_that_are_shifted_themselves_are_told(tmp_path, detector):
    detector.streets = "GCJ-02"
    found = lc.inspect_file(written(tmp_path, "类别,经度,纬度\n公园,113,28\n"), network=object())
    assert codes(found) == ["streets_shifted"]


def test_streets_that_do_not_tell_change_nothing(tmp_path, detector):
    detector.verdict = None
    found = lc.inspect_file(written(tmp_path, "类别,经度,纬度\n公园,113,28\n"), network=object())
    assert (found.looks, found.problems) == ("", ())


def test_the_sample_moved_to_gcj02_is_told_by_its_own_streets(tmp_path):
    homes = gpd.read_file(demo_folder() / "residents.geojson")
    lon, lat = wgs84_to_gcj02(homes.geometry.x, homes.geometry.y)
    table = pd.DataFrame({"经度": lon, "纬度": lat, "人口": homes["people"]})
    table.to_csv(tmp_path / "homes.csv", index=False)
    network = lc.read_walk_network(demo_folder() / "streets.geojson")
    assert lc.inspect_file(tmp_path / "homes.csv", network=network).looks == "GCJ-02"
    homes.to_file(tmp_path / "same.gpkg")
    assert lc.inspect_file(tmp_path / "same.gpkg", network=network).looks == ""


# --- it never crashes -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv", b"", "the file is empty"),
        ("a.csv", b"PK\x03\x04\0\0", "cut short or damaged"),
        ("a.csv", "名称\n白沙".encode("gb18030") + b"\n\xff\xff", "line 3 is not text"),
        ("a.xlsx", b"hello", "no workbook"),
        ("a.shp", b"\0" * 200, "are missing"),
        ("a.gpkg", b"hello", "cannot be read"),
        ("a.osm", b"<html>", "web page"),
        ("a.osm.pbf", b"\0\0\0\x0d\n\tOSMHeader", "damaged or cut short"),
        ("a.graphml", b"<graphml>", "cut short"),
        ("a.tif", b"II*\0 no more", "cut short or damaged|needs an extra"),
        ("a.tif", b"hello", "no GeoTIFF"),
        ("a.rar", b"Rar!", "RAR archive"),
        ("a.geojson", b'{"type": "FeatureCollection", "fea', "cannot be read"),
        ("a.zip", b"PK\x05\x06" + bytes(18), "no layer or table"),
    ],
)
def test_a_file_that_cannot_be_read_gives_its_one_error(tmp_path, name, data, words):
    (tmp_path / name).write_bytes(data)
    found = lc.inspect_file(tmp_path / name)
    text = found.describe("en")
    assert pd.Series([text]).str.contains(words).all(), text
    assert len(text.splitlines()) <= 6


def test_a_folder_and_a_file_that_is_not_there_are_told(tmp_path):
    assert "is a folder" in lc.inspect_file(tmp_path).error
    assert "there is no file" in lc.inspect_file(tmp_path / "nix.csv").error


SAME_FOLDER = [HealthCheck.function_scoped_fixture]
CELL = st.one_of(
    st.sampled_from(["", "113", "28.1", "１１３", "-", "合计", "公园", "0", "1e999", "nan",
                     "113,28", "POINT (1 2)", "POLYGON ((0 0", "{x}", "38401234", "<b>", "\x07",
                     "一" * 50]),
    st.text(max_size=8),
)  # fmt: skip
HEADER = st.sampled_from(["经度", "纬度", "人口", "类别", "名称", "编号", "坐标", "wkt", "geometry",
                          "lng_gcj02", "lat_gcj02", "容积率", "地址", "x", "y", "",
                          "满意度"])  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=SAME_FOLDER)
@given(st.lists(HEADER, min_size=1, max_size=6), st.lists(st.lists(CELL, max_size=6), max_size=5))
def test_no_table_of_any_cells_makes_it_crash(tmp_path, header, rows):
    path = tmp_path / "a.csv"
    pd.DataFrame([row + [""] * (len(header) - len(row)) for row in rows if len(row) <= len(header)]
                 or [[""] * len(header)]).to_csv(path, index=False, header=header)  # fmt: skip
    found = lc.inspect_file(path)
    assert "itself failed" not in found.error
    for language in ("zh", "en"):
        assert found.describe(language).startswith("a.csv")
        json.dumps(found.as_dict(language), allow_nan=False)


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@settings(max_examples=40, deadline=None, suppress_health_check=SAME_FOLDER)
@given(
    st.lists(
        st.sampled_from([None, Point(), Point(1e300, 5), Point(113, 28), box(0, 0, 0, 0),
                         box(113, 28, 114, 29), shapely.LineString([(0, 0), (200, 3)]),
                         shapely.GeometryCollection(), Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])]),
        max_size=12,
    ),
    st.sampled_from([4326, 4490, 4547, 3857, None]),
)  # fmt: skip
def test_no_layer_of_any_shapes_makes_it_crash(tmp_path, shapes, crs):
    layer = gpd.GeoDataFrame({"名称": ["a"] * len(shapes)}, geometry=shapes, crs=crs)
    layer.to_file(tmp_path / "a.gpkg")
    found = lc.inspect_file(tmp_path / "a.gpkg")
    assert "itself failed" not in found.error
    json.dumps(found.as_dict(), allow_nan=False)


def test_a_fault_of_the_inspection_itself_stops_no_other_file(tmp_path, monkeypatch, capsys):
    def fail(*_):
        raise KeyError("x")

    good = written(tmp_path, "名称\n白沙\n", "b.csv")
    monkeypatch.setattr("lifecircle.inputs.inspection.inspect_table", fail)
    assert main(["inspect", str(good), str(good), "--language", "en"]) == 2
    assert capsys.readouterr().out.count("the inspection itself failed (KeyError: 'x')") == 2


# --- words ----------------------------------------------------------------------------------------


def test_every_problem_has_a_remedy_in_both_languages():
    for texts in PROBLEMS.values():
        assert len(texts) == 4
        assert all(texts)
        assert not any("\u4e00" <= char <= "\u9fff" for text in texts[2:] for char in text)


def test_text_of_a_file_moves_no_cursor_and_is_no_template(tmp_path):
    text = "类别,经度,纬度,{0}{x}\n\x1b[31m红{y},113,28,1\n\x1b[31m红{y},113,28,1\n"
    found = lc.inspect_file(written(tmp_path, text))
    assert "\x1b" not in found.describe("zh")
    assert "红{y}" in found.describe("zh")
    assert "{0}{x}" in found.describe("en")


def test_a_language_that_is_not_known_is_told():
    with pytest.raises(lc.UnknownNameError, match="Known: zh, en"):
        lc.Inspection("a.csv").describe("fr")


def test_printing_an_inspection_says_it_in_chinese(tmp_path, capsys):
    builtins.print(lc.inspect_file(written(tmp_path, "名称\n白沙\n")))
    assert "没有坐标列" in capsys.readouterr().out


# --- the command ----------------------------------------------------------------------------------


def test_the_command_goes_on_after_a_file_that_cannot_be_read(tmp_path, capsys):
    good = written(tmp_path, "类别,经度,纬度\n公园,28,113\n", "b.csv")
    bad = tmp_path / "nix.csv"
    assert main(["inspect", str(bad), str(good)]) == 2
    told = capsys.readouterr()
    assert told.out.index("nix.csv") < told.out.index("b.csv")
    assert "经纬度颠倒" in told.out
    assert main(["inspect", str(good)]) == 0


def test_the_command_gives_json_for_scripts(tmp_path, capsys):
    path = written(tmp_path, "类别,经度,纬度\n公园,28,113\n")
    assert main(["inspect", "--json", "--language", "en", str(path)]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["file"], one["kind"], one["rows"]) == ("poi.csv", "facilities", 1)
    assert one["problems"][0]["code"] == "swapped"
    assert one["problems"][0]["remedy"].startswith("exchange")


def test_the_command_reads_streets_to_compare_with(tmp_path, capsys, detector):
    path = written(tmp_path, "类别,经度,纬度\n公园,113,28\n")
    streets = str(demo_folder() / "streets.geojson")
    assert main(["inspect", str(path), "--network", streets]) == 0
    assert "与道路比对" in capsys.readouterr().out


def test_a_language_that_is_not_known_ends_the_command_with_2(tmp_path, capsys):
    assert main(["inspect", "a.csv", "--language", "fr"]) == 2
    assert "Known: zh, en" in capsys.readouterr().err


def test_every_reason_of_the_tables_of_classes_is_said_in_chinese():
    lines = [
        line
        for table in ("amap_classes", "baidu_classes", "name_words")
        for line in packaged_lines(table)
    ]
    said = {line.noise for line in lines if line.noise}
    said |= {line.note for line in lines if line.note and line.contains and not line.service}
    said -= {line.note for line in lines if line.noise}
    assert said - set(REASONS) == set()
