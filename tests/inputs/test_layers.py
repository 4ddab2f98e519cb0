"""Files of every kind, whole and broken."""

import importlib.util
import io
import json
import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from pyproj import Geod
from shapely import Point, box

from lifecircle.crs import wgs84_to_gcj02
from lifecircle.errors import (
    CrsError,
    GeometryError,
    InputError,
    LifecircleError,
    LifecircleWarning,
    MissingColumnError,
    UnknownNameError,
)
from lifecircle.inputs.archives import check_archive
from lifecircle.inputs.layers import locate, open_table

LON, LAT = 112.99, 28.16
TEXT = pd.DataFrame(
    {"名称": ["砂子塘", "野坡"], "lon": ["112.99", "113"], "lat": ["28.16", "28.2"]}
)


@pytest.fixture
def layer():
    """Two named squares."""
    shapes = [box(LON, LAT, LON + 0.01, LAT + 0.01), box(113, 28.2, 113.01, 28.21)]
    return gpd.GeoDataFrame({"名称": ["砂子塘", "野坡"], "户数": [1, 2]}, geometry=shapes, crs=4326)


@pytest.fixture
def many():
    """A layer long enough to be cut."""
    shapes = [box(x, 28, x + 0.001, 28.001) for x in np.linspace(112, 113, 2000)]
    return gpd.GeoDataFrame({"名称": ["砂子塘"] * 2000}, geometry=shapes, crs=4326)


def same(read, layer):
    return assert_geodataframe_equal(read, layer, check_dtype=False, normalize=True)


# --- formats ----------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "fgb", "shp", "gml"])
def test_layers_of_many_formats_are_the_same(tmp_path, layer, suffix):
    path = tmp_path / f"单元 units.{suffix}"
    options = {"gml": {"layer": "units"}, "shp": {"encoding": "UTF-8"}}
    layer.to_file(path, **options.get(suffix, {}))
    read = open_table(path, table="units").sort_values("户数", ignore_index=True)
    assert read["名称"].to_list() == ["砂子塘", "野坡"]
    same(read[["geometry"]], layer[["geometry"]])
    assert read.attrs["lifecircle"]["file"] == path.name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_tables_in_every_encoding_are_the_same(tmp_path, encoding):
    path = tmp_path / "poi.csv"
    TEXT.to_csv(path, index=False, encoding=encoding)
    read = open_table(str(path), table="facilities")
    pd.testing.assert_frame_equal(read, TEXT)
    assert read.attrs["lifecircle"]["encoding"] == encoding.removesuffix("-sig")


def test_a_workbook_is_read_with_its_types(tmp_path):
    path = tmp_path / "poi.xlsx"
    pd.DataFrame({"编号": ["007", None], "lon": [112.99, None]}).to_excel(path, index=False)
    read = open_table(path, table="facilities")
    assert read["编号"].to_list() == ["007"]
    assert read["lon"].to_list() == [112.99]


def test_only_the_first_sheet_is_read_and_this_is_told(tmp_path):
    path = tmp_path / "poi.xlsx"
    with pd.ExcelWriter(path) as book:
        TEXT.to_excel(book, sheet_name="设施", index=False)
        TEXT.iloc[:1].to_excel(book, sheet_name="说明", index=False)
    with pytest.warns(LifecircleWarning, match=r"only its sheet '设施' was read, not 说明"):
        assert len(open_table(path, table="facilities")) == 2
    assert len(open_table(f"{path}|layername=说明", table="facilities")) == 1


def test_an_empty_sheet_behind_is_nothing_to_tell(tmp_path):
    path = tmp_path / "poi.xlsx"
    with pd.ExcelWriter(path) as book:
        TEXT.to_excel(book, sheet_name="设施", index=False)
        pd.DataFrame().to_excel(book, sheet_name="Sheet2", index=False)
    assert len(open_table(path, table="facilities")) == 2


def test_old_workbooks_that_are_damaged_are_told_to_be_saved_anew(tmp_path):
    path = tmp_path / "poi.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(InputError, match=r"poi\.xls: .*save it again as \.xlsx"):
        open_table(path, table="facilities")


def test_geoparquet_is_read_or_its_package_named(tmp_path, layer):
    path = tmp_path / "units.parquet"
    if importlib.util.find_spec("pyarrow"):
        layer.to_parquet(path)
        same(open_table(path, table="units"), layer)
        TEXT.to_parquet(path)
        pd.testing.assert_frame_equal(open_table(path, table="facilities"), TEXT)
    path.write_bytes(b"PAR1 and no more")
    fault = r"units\.parquet: the file cannot|reading units\.parquet needs pyarrow: pip install"
    with pytest.raises(LifecircleError, match=fault):
        open_table(path, table="units")


def test_a_frame_is_copied_and_not_changed(layer):
    read = open_table(layer, table="units")
    read.loc[0, "名称"] = "changed"
    assert layer["名称"][0] == "砂子塘"


def test_what_is_no_path_and_no_frame_is_told():
    with pytest.raises(InputError, match=r"path of a file or a \(Geo\)DataFrame, not a list"):
        open_table([1], table="units")


# --- several layers ---------------------------------------------------------------------------


@pytest.fixture
def geopackage(tmp_path, layer):
    """Units, their middles, and streets in one file."""
    path = tmp_path / "city.gpkg"
    layer.to_file(path, layer="bounds")
    layer.set_geometry(layer.representative_point()).to_file(path, layer="poi")
    layer.set_geometry(layer.boundary).to_file(path, layer="streets")
    return path


def test_the_only_layer_of_the_right_kind_is_taken(geopackage):
    assert set(open_table(geopackage, table="units").geom_type) == {"Polygon"}
    assert set(open_table(geopackage, table="facilities").geom_type) == {"Point"}


def test_among_several_layers_one_must_be_named(geopackage):
    with pytest.raises(InputError, match=r"holds 3 layers \(bounds, poi, streets\).*layername="):
        open_table(geopackage, table="residents")
    assert len(open_table(f"{geopackage}|layername=poi", table="residents")) == 2
    with pytest.raises(UnknownNameError, match=r"unknown layer of city.gpkg 'pois'.*'poi'"):
        open_table(f"{geopackage}|layername=pois", table="residents")


def test_a_layer_called_as_the_table_is_taken(geopackage, layer):
    layer.iloc[:1].to_file(geopackage, layer="units")
    assert len(open_table(geopackage, table="units")) == 1


# --- shapefiles -------------------------------------------------------------------------------


def shapefile(folder, layer, encoding, cpg=None):
    """Path of a shapefile in an encoding, with a .cpg file that says what it is told to."""
    path = folder / "units.shp"
    layer.to_file(path, encoding=encoding)
    path.with_suffix(".cpg").unlink()
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg, encoding="ascii")
    return path


@pytest.mark.parametrize(
    ("encoding", "cpg"),
    [("GBK", "GBK"), ("GBK", "936"), ("GBK", "ANSI 936"), ("UTF-8", "utf-8"), ("UTF-8", None)],
)
def test_a_shapefile_is_read_in_the_encoding_it_states(tmp_path, layer, encoding, cpg):
    read = open_table(shapefile(tmp_path, layer, encoding, cpg), table="units")
    same(read, layer)


@pytest.mark.parametrize("cpg", [None, "ISO-8859-1", "1252"])
def test_a_chinese_shapefile_without_encoding_is_read_as_gb18030_and_told(tmp_path, layer, cpg):
    path = shapefile(tmp_path, layer, "GBK", cpg)
    with pytest.warns(LifecircleWarning, match=r"units.shp: .*read as GB18030") as told:
        read = open_table(path, table="units")
    same(read, layer)
    assert len(told) == 1


def test_a_western_shapefile_without_encoding_stays_western(tmp_path, layer):
    layer = layer[["geometry"]].assign(name=["Düsseldorf", "Málaga"])[["name", "geometry"]]
    read = open_table(shapefile(tmp_path, layer, "ISO-8859-1"), table="units")
    assert read["name"].to_list() == ["Düsseldorf", "Málaga"]


@pytest.mark.parametrize(("encoding", "cpg"), [("GBK", "UTF-8"), ("UTF-8", "GBK")])
def test_a_lying_cpg_is_an_error_with_a_remedy(tmp_path, layer, encoding, cpg):
    path = shapefile(tmp_path, layer, encoding, cpg)
    with pytest.raises(InputError, match=r"units.shp: the text is not in .*Delete the \.cpg file"):
        open_table(path, table="units")


def test_a_field_cut_within_a_character_loses_that_character_alone(tmp_path, layer):
    full = "野坡" * 20  # the 80 bytes that the field holds
    path = shapefile(tmp_path, layer.assign(名称=full), "GBK", "GBK")
    data = path.with_suffix(".dbf").read_bytes()
    whole = full.encode("gbk")
    assert data.count(whole) == 2
    path.with_suffix(".dbf").write_bytes(data.replace(whole, (b"a" + whole)[:80]))
    assert open_table(path, table="units")["名称"][0] == "a" + full[:39]


def test_a_shapefile_without_its_parts_names_them(tmp_path, layer):
    path = shapefile(tmp_path, layer, "UTF-8", "UTF-8")
    path.with_suffix(".dbf").unlink()
    with pytest.raises(InputError, match=r"units.shp: \.dbf are missing.*copy all of them"):
        open_table(path, table="units")


@pytest.mark.parametrize("suffix", [".shp", ".shx", ".dbf"])
def test_a_shapefile_cut_short_is_an_error(tmp_path, many, suffix):
    many.to_file(tmp_path / "units.shp")
    part = tmp_path / f"units{suffix}"
    part.write_bytes(part.read_bytes()[: part.stat().st_size // 2])
    with pytest.raises(InputError, match=rf"the \{suffix} file is cut short"):
        open_table(tmp_path / "units.shp", table="units")


# --- archives ---------------------------------------------------------------------------------


def packed(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("folder", ["", "数据/区划/"])
def test_a_zipped_shapefile_is_found_in_any_folder(tmp_path, layer, folder):
    shapefile(tmp_path, layer, "GBK", "GBK")
    files = {f"{folder}单元{part.suffix}": part.read_bytes() for part in tmp_path.glob("units.*")}
    read = open_table(packed(tmp_path / "city.zip", files), table="units")
    same(read, layer)


def test_zipped_layers_and_tables_of_one_file_are_read(tmp_path, layer):
    geojson = packed(tmp_path / "a.zip", {"x/units.geojson": layer.to_json(), "README.txt": "hi"})
    same(open_table(geojson, table="units")[["名称", "geometry"]], layer[["名称", "geometry"]])
    table = packed(tmp_path / "b.zip", {"poi.csv": TEXT.to_csv(index=False).encode("gbk")})
    pd.testing.assert_frame_equal(open_table(table, table="facilities"), TEXT)


def test_among_several_zipped_layers_one_must_be_named(tmp_path, layer):
    path = packed(tmp_path / "a.zip", {f"{n}.geojson": layer.to_json() for n in ("one", "two")})
    with pytest.raises(InputError, match=r"holds 2 layers \(one, two\)"):
        open_table(path, table="units")
    assert len(open_table(f"{path}|layername=two", table="units")) == 2


def test_an_archive_without_a_layer_says_what_it_holds(tmp_path):
    path = packed(tmp_path / "a.zip", {"photo.jpg": b"x"})
    with pytest.raises(InputError, match=r"no layer or table in it, only photo\.jpg"):
        open_table(path, table="units")


@pytest.mark.parametrize(
    "name", ["../evil.csv", "/etc/evil.csv", "C:\\evil.csv", "a\\..\\..\\e.csv"]
)
def test_names_that_lead_out_of_the_archive_are_refused(tmp_path, name):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"lon,lat")
    with pytest.raises(InputError, match="lead out of the archive"):
        check_archive(data.getvalue(), "a.zip")


@pytest.mark.parametrize("suffix", [".zip", ".xlsx"])
def test_a_zip_bomb_is_not_opened(tmp_path, suffix):
    path = packed(tmp_path / f"bomb{suffix}", {"poi.csv": bytes(60_000_000)})
    assert path.stat().st_size < 100_000
    with pytest.raises(InputError, match=r"unpacks to 60 MB from 0\.1 MB and was not opened"):
        open_table(path, table="facilities")


# --- cut short, damaged, not there ------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "fgb", "gml", "zip", "xlsx"])
@pytest.mark.parametrize("share", [0.3, 0.95])
def test_files_cut_short_are_an_error(tmp_path, many, suffix, share):
    path = tmp_path / f"units.{suffix}"
    if suffix == "zip":
        packed(path, {"units.geojson": many.to_json()})
    elif suffix == "xlsx":
        many.drop(columns="geometry").to_excel(path)
    else:
        many.to_file(path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(InputError, match=rf"^units\.{suffix}: .*(again|\.gpkg)"):
        open_table(path, table="units")


def test_a_damaged_member_of_an_archive_is_an_error(tmp_path, many):
    path = packed(tmp_path / "a.zip", {"units.geojson": many.to_json()})
    data = bytearray(path.read_bytes())
    data[2000:2010] = bytes(10)
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"a\.zip: .*cannot be unpacked|damaged"):
        open_table(path, table="units")


def test_a_file_that_is_not_there_an_empty_one_and_a_folder_are_told(tmp_path):
    with pytest.raises(InputError, match=r"units: there is no file 'nix\.gpkg' in "):
        open_table(tmp_path / "nix.gpkg", table="units")
    (tmp_path / "empty.gpkg").touch()
    with pytest.raises(InputError, match=r"empty\.gpkg: the file is empty"):
        open_table(tmp_path / "empty.gpkg", table="units")
    with pytest.raises(InputError, match="is a folder"):
        open_table(tmp_path, table="units")


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.fgb", "a.zip", "a.xlsx", "a.xyz"])
def test_a_file_that_is_not_what_its_name_says_is_an_error(tmp_path, name):
    (tmp_path / name).write_bytes(b"hello, this is no layer" * 10)
    with pytest.raises(LifecircleError, match=name.replace(".", r"\.")):
        open_table(tmp_path / name, table="units")


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_file_that_another_program_holds_is_told(tmp_path, monkeypatch, suffix):
    def refuse(*_, **__):
        raise PermissionError

    path = tmp_path / f"poi.{suffix}"
    TEXT.to_csv(path) if suffix == "csv" else TEXT.to_excel(path)
    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(InputError, match=rf"poi\.{suffix}: the file may not be read\. Close it"):
        open_table(path, table="facilities")


def test_openstreetmap_data_is_sent_to_its_own_reader(tmp_path):
    (tmp_path / "town.osm.pbf").write_bytes(b"x")
    with pytest.raises(InputError, match="read_walk_network reads its streets"):
        open_table(tmp_path / "town.osm.pbf", table="units")


def test_columns_that_stand_twice_are_an_error(tmp_path):
    (tmp_path / "poi.csv").write_text("lon,lat,lon\n1,2,3", encoding="utf-8")
    with pytest.raises(InputError, match=r"columns stand twice \(lon\)"):
        open_table(tmp_path / "poi.csv", table="facilities")


# --- where it is ------------------------------------------------------------------------------


def off_m(located, lon, lat):
    """Metres between the first point and a place."""
    point = located.geometry.iloc[0]
    return Geod(ellps="WGS84").inv(point.x, point.y, lon, lat)[2]


@pytest.mark.parametrize(
    ("lon", "lat"), [("经度", "纬度"), ("lng", "lat"), ("Longitude", "LATITUDE"), ("X", "Y")]
)
def test_columns_of_coordinates_have_many_names(lon, lat):
    located = locate(pd.DataFrame({lon: ["１１２．９９"], lat: [28.16], "a": 1}), table="t")
    assert off_m(located, LON, LAT) < 0.001
    assert located.crs.to_epsg() == 4326
    assert located.columns.to_list() == ["a", "geometry"]
    assert located.attrs["lifecircle"]["columns_taken"] == {"lon": lon, "lat": lat}


def test_metres_in_a_table_are_read_in_the_system_that_is_named():
    place = gpd.GeoSeries([Point(LON, LAT)], crs=4326).to_crs(4547)[0]
    frame = pd.DataFrame({"x": [place.x], "y": [place.y], "lon": [0], "lat": [0]})
    for name in ("EPSG:4547", "epsg:4547", "4547"):
        assert locate(frame, table="t", coordinates=name).crs.to_epsg() == 4547
        assert off_m(locate(frame, table="t", coordinates=name).to_crs(4326), LON, LAT) < 0.001


def test_a_reference_system_that_is_not_known_is_told():
    for name in ("mars", "EPSG:999999"):
        with pytest.raises(CrsError, match=rf"coordinates='{name}' is not known"):
            locate(TEXT, table="t", coordinates=name)


def test_points_in_gcj02_are_converted():
    # 砂子塘 metro stop: OpenStreetMap node 6504722406, and the same stop in GCJ-02.
    frame = pd.DataFrame({"lng": [112.99323], "lat": [28.16258]})
    assert off_m(locate(frame, table="t", coordinates="GCJ-02"), 112.98763, 28.16597) < 5
    assert off_m(locate(frame, table="t"), 112.98763, 28.16597) > 600


def test_every_vertex_of_a_layer_in_gcj02_is_converted(layer):
    shifted = layer.set_geometry(
        shapely.transform(
            layer.geometry.to_numpy(), lambda xy: np.column_stack(wgs84_to_gcj02(*xy.T))
        ),
        crs=4326,
    )
    back = locate(shifted, table="units", coordinates="gcj02")
    vertices = shapely.get_coordinates(back.geometry.to_numpy())
    assert np.abs(vertices - shapely.get_coordinates(layer.geometry.to_numpy())).max() < 1e-9
    flat = locate(shifted.to_crs(3857), table="units", coordinates="GCJ-02")
    assert np.abs(shapely.get_coordinates(flat.geometry.to_numpy()) - vertices).max() < 1e-9


def test_one_place_that_is_nowhere_does_not_spoil_the_conversion_of_others():
    frame = pd.DataFrame({"lng": [112.99323, None, 2.35], "lat": [28.16258, 1, 48.85]})
    for system in ("GCJ-02", "BD-09"):
        alone = locate(frame.iloc[:1], table="t", coordinates=system).geometry[0]
        among = locate(frame, table="t", coordinates=system).geometry
        assert among[0] == alone
        assert among[2] == Point(2.35, 48.85)


def test_a_layer_without_a_system_takes_the_one_that_is_named(layer):
    bare = layer.set_crs(None, allow_override=True)
    assert locate(bare, table="t").crs is None
    assert locate(bare, table="t", coordinates="WGS-84").crs.to_epsg() == 4326
    assert locate(bare, table="t", coordinates="EPSG:4490").crs.to_epsg() == 4490


def test_a_system_that_contradicts_the_layer_is_an_error(layer):
    with pytest.raises(CrsError, match=r"coordinates= says CGCS2000.*the layer itself says WGS 84"):
        locate(layer, table="units", coordinates="EPSG:4547")


def test_a_layer_in_metres_that_says_degrees_takes_the_system_that_is_named(layer):
    metres = layer.to_crs(4547).set_crs(4326, allow_override=True)
    located = locate(metres, table="units", coordinates="EPSG:4547")
    same(
        located.to_crs(4326)[["geometry"]].set_geometry(
            located.to_crs(4326).geometry.set_precision(1e-9)
        ),
        layer[["geometry"]],
    )


def test_geojson_keeps_the_system_of_its_crs_member(tmp_path):
    feature = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Point", "coordinates": [500000, 3000000]},
    }
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4547"}}
    data = {"type": "FeatureCollection", "crs": crs, "features": [feature]}
    (tmp_path / "a.geojson").write_text(json.dumps(data), encoding="utf-8")
    assert locate(open_table(tmp_path / "a.geojson", table="t"), table="t").crs.to_epsg() == 4547


def test_wkt_is_read_where_there_is_nothing_else_or_shapes_come_first():
    frame = pd.DataFrame({"WKT": ["POINT (1 2)", ""], "lon": [3, 3], "lat": [4, 4]})
    assert locate(frame, table="t").geometry[0] == Point(3, 4)
    shapes = locate(frame, table="t", shapes_first=True).geometry
    assert shapes[0] == Point(1, 2)
    assert shapes[1] is None
    assert locate(frame[["WKT"]], table="t").geometry[0] == Point(1, 2)


def test_geometries_in_a_plain_frame_are_taken():
    frame = pd.DataFrame({"geometry": [Point(1, 2)], "a": 1})
    assert locate(frame, table="t").geometry[0] == Point(1, 2)


def test_wkt_that_is_cut_is_an_error():
    frame = pd.DataFrame({"wkt": ["POINT (1 2)", "POLYGON ((0 0, 1 1"]})
    with pytest.raises(GeometryError, match=r"1 of 2 rows have WKT that cannot be read \(rows 2\)"):
        locate(frame, table="units")


def test_a_table_without_coordinates_lists_its_columns():
    with pytest.raises(MissingColumnError, match=r"经度 and 纬度.*Columns found: 名称, lon"):
        locate(pd.DataFrame({"名称": ["a"], "lon": [1]}), table="t")
