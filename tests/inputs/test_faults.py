"""Bad input by its number in the list of faults: one message, what and where, and what to do.

Faults that stop (F) stand in one table; those that warn (W) or are handled (S) have a test each.
"""

from __future__ import annotations

import gzip
import io
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from pyproj import Geod, Transformer
from shapely import Point, box

import lifecircle as lc

LON, LAT = 112.99, 28.16
NAMES = ["砂子塘", "野坡"]
PARKS = pd.DataFrame(
    {
        "设施编号": ["F1", "F2", "F3"],
        "类别": ["公园"] * 3,
        "经度": [112.98, 112.99, 113.0],
        "纬度": [28.15, 28.16, 28.17],
    }
)
SQUARES = gpd.GeoDataFrame(
    {"社区编号": ["U1", "U2"]},
    geometry=[box(LON, LAT, LON + 0.01, LAT + 0.01), box(LON, 28.18, LON + 0.01, 28.19)],
    crs=4326,
)


def parks(**columns: Any) -> Callable[[Path], Any]:
    return lambda _: PARKS.assign(**columns)


def squares(change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> Callable[[Path], Any]:
    return lambda _: change(SQUARES)


def cut(name: str, share: float) -> Callable[[Path], Path]:
    """A file of many squares, or of streets, of which the end is missing."""

    def make(folder: Path) -> Path:
        path = folder / name
        shapes = [box(x, 28, x + 0.001, 28.001) for x in np.linspace(112, 113, 2000)]
        many = gpd.GeoDataFrame({"社区": ["砂子塘"] * 2000}, geometry=shapes, crs=4326)
        if path.suffix == ".zip":
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("units.geojson", many.to_json())
        elif path.suffix == ".gz":
            nodes = (f'<node id="{n}" lon="112.9" lat="28.1"/>' for n in range(20_000))
            path.write_bytes(gzip.compress(f'<osm version="0.6">{"".join(nodes)}</osm>'.encode()))
        else:
            many.to_file(path)
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * share)])
        return path

    return make


def cut_pbf(folder: Path) -> Path:
    path = folder / "town.osm.pbf"
    path.write_bytes(b"\0\0\0\x0d\n\tOSMHeader\x18\x10\x10")
    return path


def file(name: str, data: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return make


def archive(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in members.items():
            out.writestr(zipfile.ZipInfo(name.replace("__", "/")), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def chinese_shapefile(encoding: str, cpg: str | None) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / "units.shp"
        SQUARES.rename(columns={"社区编号": "编号"}).assign(名称=NAMES).to_file(
            path, encoding=encoding
        )
        path.with_suffix(".cpg").unlink()
        if cpg is not None:
            path.with_suffix(".cpg").write_text(cpg, encoding="ascii")
        return path

    return make


BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>'
KML = b'<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>&c;</name></Placemark></kml>'
UNITS, FACILITIES, RESIDENTS, STREETS = (
    lc.read_units,
    lc.read_facilities,
    lc.read_residents,
    lc.read_walk_network,
)
HOMES = PARKS.drop(columns="类别").rename(columns={"设施编号": "楼栋编号"})


def homes(*people: Any) -> Callable[[Path], Any]:
    return lambda _: HOMES.assign(人口=people)


class Fault(NamedTuple):
    """One bad input: its number, what it is, how it is made, who reads it, what is said."""

    row: int
    name: str
    make: Callable[[Path], Any]
    read: Callable[[Any], Any]
    kind: type[Exception]
    what: str
    where: str
    remedy: str


FAULTS = [
    Fault(1, "a layer without a reference system",
          squares(lambda u: u.set_crs(None, allow_override=True)), UNITS, lc.CrsError,
          "have no reference system", "first row: 112.99, 28.16",
          "name it with coordinates=, such as 'WGS-84', 'GCJ-02' or 'EPSG:4547'"),
    Fault(2, "a second layer in a system that nobody knows",
          squares(lambda u: u.to_crs(4547).set_crs(None, allow_override=True)), UNITS, lc.CrsError,
          "have no reference system", "first row", "coordinates="),
    Fault(2, "a layer that is said to be in another system than it says",
          squares(lambda u: u.to_crs(4547)), lambda u: UNITS(u, coordinates="EPSG:4549"),
          lc.CrsError, "coordinates= says CGCS2000", "units: .*the layer itself says CGCS2000",
          "Leave coordinates= out"),
    Fault(3, "longitude and latitude exchanged in a table",
          parks(经度=PARKS["纬度"], 纬度=PARKS["经度"]), FACILITIES, lc.CrsError,
          "have longitude and latitude swapped", r"3 of 3 rows \(ids F1, F2, F3\)", "columns"),
    Fault(3, "longitude and latitude exchanged in a layer",
          squares(lambda u: u.set_geometry(gpd.GeoSeries(
              shapely.transform(u.geometry.to_numpy(), lambda xy: xy[:, ::-1]), crs=4326))),
          UNITS, lc.CrsError, "swapped", r"ids U1, U2", "(?i)exchange|swap|axis|columns"),
    Fault(5, "metres in a table that is read as degrees",
          parks(经度=[401_234.0, 401_300.0, 401_400.0], 纬度=[3_116_000.0] * 3), FACILITIES,
          lc.CrsError, "cannot be degrees: they look like metres",
          r"3 of 3 rows \(ids F1, F2, F3\)", "coordinates="),
    Fault(5, "metres in a layer that says degrees",
          squares(lambda u: u.to_crs(4547).set_crs(4326, allow_override=True)), UNITS, lc.CrsError,
          "cannot be degrees: they look like metres", "ids U1, U2", "coordinates="),
    Fault(12, "coordinates that are no numbers", parks(经度=["112.98", "", "不详"]), FACILITIES,
          lc.GeometryError, "have coordinates that are blank, not numbers or infinite",
          r"2 of 3 rows \(ids F2, F3\)", "Fill them in, or delete the rows"),
    Fault(12, "coordinates that are infinite", parks(纬度=[28.1, np.inf, 28.2]), FACILITIES,
          lc.GeometryError, "blank, not numbers or infinite", r"1 of 3 rows \(ids F2\)",
          "Fill them in"),
    Fault(25, "a GeoJSON file cut short", cut("units.geojson", 0.7), UNITS, lc.InputError,
          "cut short", r"^units\.geojson", "Copy or export it again"),
    Fault(25, "an archive cut short", cut("units.zip", 0.7), UNITS, lc.InputError,
          "cut short or damaged", r"^units\.zip", "Copy or download it again"),
    Fault(25, "a GeoPackage cut short", cut("units.gpkg", 0.5), UNITS, lc.InputError,
          "cut short", r"^units\.gpkg", "Copy or export it again"),
    Fault(25, "an OpenStreetMap file cut short", cut_pbf, STREETS, lc.InputError,
          "damaged or cut short", r"^town\.osm\.pbf", "Download or export the extract again"),
    Fault(25, "a packed OpenStreetMap file cut short", cut("town.osm.gz", 0.7), STREETS,
          lc.InputError, "damaged or cut short", r"^town\.osm\.gz",
          "Download or export the extract again"),
    Fault(26, "a KML layer with entities", file("a.kml", BOMB + KML), FACILITIES, lc.InputError,
          "declares a document type or entities", r"^a\.kml", "Export it again"),
    Fault(26, "a GML layer with entities", file("a.gml", BOMB + KML.replace(b"kml", b"gml")), UNITS,
          lc.InputError, "declares a document type or entities", r"^a\.gml", "Export it again"),
    Fault(26, "a GPX file with entities", file("a.gpx", BOMB + KML.replace(b"kml", b"gpx")),
          FACILITIES, lc.InputError, "declares a document type or entities", r"^a\.gpx",
          "Export it again"),
    Fault(26, "streets with entities", file("a.osm", BOMB + b"<osm></osm>"), STREETS, lc.InputError,
          "declares a document type or entities", r"^a\.osm",
          "Download or export the extract again"),
    Fault(26, "a graph with entities", file("a.graphml", BOMB + b"<graphml></graphml>"), STREETS,
          lc.InputError, "declares a document type or entities", r"^a\.graphml", "again"),
    Fault(27, "an archive that unpacks to far more than it is",
          file("a.zip", archive(**{"poi.csv": bytes(60_000_000)})), FACILITIES, lc.InputError,
          "unpacks to 60 MB from 0.1 MB and was not opened", r"^a\.zip", "name the file inside"),
    Fault(27, "a workbook that unpacks to far more than it is",
          file("a.xlsx", archive(**{"xl__workbook.xml": bytes(60_000_000)})), FACILITIES,
          lc.InputError, "unpacks to 60 MB from 0.1 MB and was not opened", r"^a\.xlsx",
          "name the file inside"),
    Fault(27, "an archive within an archive that does",
          file("a.zip", archive(**{"b.zip": archive(**{"poi.csv": bytes(60_000_000)})})),
          FACILITIES, lc.InputError, "unpacks to 60 MB", r"^a\.zip/b\.zip", "name the file inside"),
    Fault(27, "an archive with names that lead out of it",
          file("a.zip", archive(**{"..__..__etc__poi.csv": b"lon,lat"})), FACILITIES, lc.InputError,
          "holds names that lead out of the archive", r"\(\.\./\.\./etc/poi\.csv\)",
          "was not opened"),
    Fault(32, "a shapefile whose .cpg lies", chinese_shapefile("GBK", "UTF-8"), UNITS,
          lc.InputError,
          r"not in the encoding that the file states \(utf-8\); it seems to be GB18030",
          r"^units\.shp", "Delete the .cpg file beside it"),
    Fault(32, "bytes that are no text", file("a.csv", "名称\n白沙".encode("gbk") + b"\n\xff\xff"),
          FACILITIES, lc.InputError, "is not text in UTF-8 or GB18030", r"^a\.csv: line 3",
          "save it as 'CSV UTF-8'"),
    Fault(32, "UTF-16 without a mark that is cut",
          file("a.csv", "名称,类别".encode("utf-16-le")[:-1]), FACILITIES, lc.InputError,
          "not a text file", r"^a\.csv", "save it as 'CSV UTF-8'"),
    Fault(33, "numbers with words", homes("１２０人", "约五百", 3), RESIDENTS, lc.InputError,
          r"have no number in 'people' \(人口\) but '１２０人', '约五百'",
          r"2 of 3 rows \(ids F1, F2\)", "Write plain digits there"),
    Fault(46, "people that are blank", homes("5", "", "—"), RESIDENTS, lc.InputError,
          r"have nothing in 'people' \(人口\)", r"2 of 3 rows \(ids F2, F3\)",
          "Write 0 where it is 0, or delete the rows"),
    Fault(46, "people below zero", homes(5, -3, np.inf), RESIDENTS, lc.InputError,
          r"have 'people' \(人口\) negative or infinite \(-3, inf\)", r"2 of 3 rows \(ids F2, F3\)",
          "Correct them"),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{one.row} {one.name}" for one in FAULTS])
def test_a_fault_stops_with_one_message_that_says_what_where_and_what_to_do(fault, tmp_path):
    source = fault.make(tmp_path)
    with pytest.raises(fault.kind) as caught:
        fault.read(source)
    assert isinstance(caught.value, lc.LifecircleError)
    for words in (fault.what, fault.where, fault.remedy):
        caught.match(words)


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{one.row} {one.name}" for one in FAULTS])
def test_an_inspection_of_a_fault_tells_it_and_does_not_stop(fault, tmp_path):
    source = fault.make(tmp_path)
    if not isinstance(source, Path):
        path = tmp_path / "in.gpkg"
        if isinstance(source, gpd.GeoDataFrame):
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "'crs' was not provided")
                source.to_file(path)
        else:
            path = tmp_path / "in.csv"
            source.to_csv(path, index=False)
        source = path
    if fault.name.startswith("a layer that is said to be"):
        return  # what is said stands in the call, not in the file
    found = lc.inspect_file(source)
    assert found.error or found.problems
    assert len(found.describe("en").splitlines()) < 30


# --- 2: layers in different systems ---------------------------------------------------------------


def test_fault_2_layers_in_different_systems_come_to_lie_where_they_are(tmp_path):
    SQUARES.to_crs(4547).to_file(tmp_path / "units.gpkg")
    SQUARES.to_crs(3857).to_file(tmp_path / "same.gpkg")
    units, same = (lc.read_units(tmp_path / f"{name}.gpkg") for name in ("units", "same"))
    off = shapely.get_coordinates(units.geometry) - shapely.get_coordinates(same.geometry)
    assert np.abs(off).max() * 111_320 < 0.001
    parks = lc.read_facilities(PARKS)
    assert parks.crs == units.crs
    assert units.geometry.union_all().covers(parks.geometry[1])


def test_fault_2_a_table_of_metres_and_a_layer_of_degrees_agree_when_the_system_is_named():
    lead = Transformer.from_crs(4326, 4547, always_xy=True)
    x, y = lead.transform(PARKS["经度"].to_numpy(), PARKS["纬度"].to_numpy())
    metres = PARKS.drop(columns=["经度", "纬度"]).assign(X=x, Y=y)
    there = lc.read_facilities(metres, coordinates="EPSG:4547").geometry
    for point, lon, lat in zip(there, PARKS["经度"], PARKS["纬度"], strict=True):
        assert Geod(ellps="WGS84").inv(point.x, point.y, lon, lat)[2] < 0.001


# --- 11, 13: what is warned of --------------------------------------------------------------------


def test_fault_11_rows_without_geometry_are_listed_and_left_out():
    layer = gpd.GeoDataFrame(
        {"facility_id": ["F1", "F2", "F3"], "service": ["park"] * 3},
        geometry=[Point(LON, LAT), None, Point()],
        crs=4326,
    )
    with pytest.warns(lc.LifecircleWarning) as told:
        kept = lc.read_facilities(layer)
    assert kept["facility_id"].to_list() == ["F1"]
    (message,) = [str(item.message) for item in told]
    assert message == ("facilities: 2 of 3 rows (ids F2, F3) have no geometry and were left out.")


def test_fault_13_rows_that_stand_twice_are_told_and_counted_once_by_option():
    twice = pd.concat([HOMES.assign(人口=[10, 20, 30]), HOMES.assign(人口=[10, 20, 30]).iloc[[1]]])
    twice = twice.drop(columns="楼栋编号")
    with pytest.warns(lc.LifecircleWarning, match=r"1 of 4 rows .*R000004.*duplicates=\"drop\""):
        assert lc.read_residents(twice, duplicates="keep")["people"].sum() == 80
    with pytest.warns(lc.LifecircleWarning, match=r"1 of 4 rows .*R000004.*were left out"):
        assert lc.read_residents(twice, duplicates="drop")["people"].sum() == 60


# --- 26, 27: nothing hostile reaches a parser -----------------------------------------------------


def test_fault_26_a_workbook_whose_parts_declare_entities_is_refused(tmp_path):
    book, out = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(book)
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            sheet = info.filename.endswith("sheet1.xml")
            new.writestr(info, BOMB + old.read(info) if sheet else old.read(info))
    (tmp_path / "a.xlsx").write_bytes(out.getvalue())
    with pytest.raises(lc.InputError, match=r"^a\.xlsx: the XML declares a document type"):
        lc.read_facilities(tmp_path / "a.xlsx")


def test_fault_27_nothing_is_written_beside_an_archive_that_is_read(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    data = PARKS.to_csv(index=False).encode("gbk")
    (folder / "a.zip").write_bytes(archive(**{"资料__poi.csv": data}))
    assert len(lc.read_facilities(folder / "a.zip")) == 3
    assert [path.name for path in folder.iterdir()] == ["a.zip"]
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


# --- 32, 33: text as it comes ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "，"])
def test_fault_32_a_table_is_the_same_in_every_encoding(tmp_path, encoding, delimiter):
    rows = [PARKS.columns.to_list(), *PARKS.astype(str).to_numpy().tolist()]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    (tmp_path / "poi.csv").write_bytes(text.encode(encoding))
    read = lc.read_facilities(tmp_path / "poi.csv")
    assert read["facility_id"].to_list() == ["F1", "F2", "F3"]
    assert read["service"].to_list() == ["park"] * 3
    assert read.geometry.x.to_list() == PARKS["经度"].to_list()


@pytest.mark.parametrize(
    ("encoding", "cpg"), [("GBK", "GBK"), ("GBK", "936"), ("UTF-8", "UTF-8"), ("UTF-8", None)]
)
def test_fault_32_a_shapefile_is_read_in_its_encoding(tmp_path, encoding, cpg):
    units = lc.read_units(chinese_shapefile(encoding, cpg)(tmp_path))
    assert units["name"].to_list() == NAMES


def test_fault_32_a_shapefile_in_gbk_that_does_not_say_so_is_read_and_told(tmp_path):
    path = chinese_shapefile("GBK", None)(tmp_path)
    with pytest.warns(lc.LifecircleWarning, match=r"^units\.shp: .*read as GB18030.*GeoPackage"):
        assert lc.read_units(path)["name"].to_list() == NAMES


def test_fault_33_full_width_numbers_and_commas_are_numbers(tmp_path):
    text = (
        "楼栋编号，坐标，人口（人）\n"
        '００７，"１１２．９９，２８．１６"，"１，２００"\n'
        '008，"113.0,28.17"，"1,234.5"\n'
    )
    (tmp_path / "homes.csv").write_bytes(text.encode("gbk"))
    read = lc.read_residents(tmp_path / "homes.csv")
    assert read["people"].to_list() == [1200.0, 1234.5]
    assert read.geometry.to_list() == [Point(112.99, 28.16), Point(113, 28.17)]
    assert read["resident_id"].to_list() == ["００７", "008"]  # ids stay as they were typed


# --- 47: nobody lives there -----------------------------------------------------------------------


def test_fault_47_homes_without_people_are_read_as_homes_without_people():
    read = lc.read_residents(HOMES.assign(人口=0))
    assert read["people"].to_list() == [0.0, 0.0, 0.0]


def test_fault_47_a_unit_without_people_is_read_and_not_taken_for_unknown():
    read = lc.read_units(SQUARES.assign(人口=[0, 5]))
    assert read["people"].to_list() == [0.0, 5.0]
