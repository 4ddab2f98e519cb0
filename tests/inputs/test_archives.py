"""Archives as Chinese Windows makes them, and those that are not opened."""

import io
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from shapely import box

from lifecircle.errors import InputError, UnknownNameError
from lifecircle.inputs import archives
from lifecircle.inputs.archives import check_archive
from lifecircle.inputs.layers import open_table

TEXT = pd.DataFrame({"名称": ["砂子塘"], "lon": ["112.99"], "lat": ["28.16"]})
CSV = TEXT.to_csv(index=False).encode("gbk")


class RawName(zipfile.ZipInfo):
    """A member whose name is written as bytes of another encoding, without a word about it."""

    raw = b""

    def _encodeFilenameFlags(self):
        return self.raw, self.flag_bits & ~0x800


def packed(files, encoding=""):
    """Bytes of an archive of name → bytes; names in an encoding that the archive does not tell."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = RawName(name)
            info.raw = name.encode(encoding or "utf-8")
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info if encoding else name, data)
    return out.getvalue()


def opened(tmp_path, data, layer="", table="facilities"):
    path = tmp_path / "资料.zip"
    path.write_bytes(data)
    return open_table(f"{path}|layername={layer}" if layer else path, table=table)


@pytest.mark.parametrize("encoding", ["", "gbk", "utf-8"])
def test_names_are_read_as_they_were_typed(tmp_path, encoding):
    data = packed({"区划/社区设施.csv": CSV, "区划/说明.txt": b"x"}, encoding)
    assert check_archive(data, "a.zip") == ["区划/社区设施.csv", "区划/说明.txt"]
    pd.testing.assert_frame_equal(opened(tmp_path, data), TEXT)


def test_one_of_several_is_named_in_chinese(tmp_path):
    data = packed({"社区.csv": CSV, "设施.csv": TEXT.iloc[:0].to_csv(index=False).encode()}, "gbk")
    with pytest.raises(InputError, match=r"holds 2 layers \(社区, 设施\)"):
        opened(tmp_path, data)
    assert len(opened(tmp_path, data, "社区")) == 1
    with pytest.raises(UnknownNameError, match="社区, 设施"):
        opened(tmp_path, data, "公园")


def test_a_shapefile_with_a_chinese_name_in_gbk_is_read(tmp_path):
    units = gpd.GeoDataFrame({"名称": ["砂子塘"]}, geometry=[box(112, 28, 112.01, 28.01)], crs=4326)
    units.to_file(tmp_path / "u.shp", encoding="GBK")
    files = {f"边界/社区边界{part.suffix}": part.read_bytes() for part in tmp_path.glob("u.*")}
    assert_geodataframe_equal(opened(tmp_path, packed(files, "gbk"), table="units"), units)


@pytest.mark.parametrize("encoding", ["", "gbk"])
def test_an_archive_in_an_archive_is_opened_once(tmp_path, encoding):
    inner = packed({"数据/设施.csv": CSV}, encoding)
    data = packed({"交付/设施.zip": inner}, encoding)
    pd.testing.assert_frame_equal(opened(tmp_path, data), TEXT)
    with pytest.raises(
        InputError, match=r"资料\.zip/b\.zip: there is no layer or table in it, only 设"
    ):
        opened(tmp_path, packed({"b.zip": packed({"设施.zip": inner})}))


def test_one_of_several_archives_in_an_archive_is_named(tmp_path):
    data = packed({"甲.zip": packed({"x.csv": CSV}), "乙.zip": packed({"y.csv": b"a,b\n1,2"})})
    with pytest.raises(InputError, match=r"holds 2 layers \(甲, 乙\)"):
        opened(tmp_path, data)
    assert opened(tmp_path, data, "乙").columns.to_list() == ["a", "b"]


def test_twins_in_two_folders_are_told_apart_by_their_path(tmp_path):
    data = packed({"2022/poi.csv": CSV, "2023/poi.csv": b"a,b\n1,2"})
    with pytest.raises(InputError, match=r"\(2022/poi\.csv, 2023/poi\.csv\)"):
        opened(tmp_path, data)
    assert opened(tmp_path, data, "2023/poi.csv").columns.to_list() == ["a", "b"]


def test_what_systems_leave_in_archives_is_not_looked_at(tmp_path):
    files = {"__MACOSX/._poi.csv": b"x", "~$poi.xlsx": b"x", ".DS_Store": b"x", "a/poi.csv": CSV}
    pd.testing.assert_frame_equal(opened(tmp_path, packed(files)), TEXT)


def test_an_old_workbook_in_an_archive_is_a_table(tmp_path):
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("a")
    for column, cell in enumerate(["名称", "人口"]):
        page.write(0, column, cell)
        page.write(1, column, 5)
    out = io.BytesIO()
    book.save(out)
    data = packed({"数据/人口.xls": out.getvalue()}, "gbk")
    assert opened(tmp_path, data).to_numpy().tolist() == [[5, 5]]


# --- not opened ---------------------------------------------------------------------------------


def test_a_bomb_within_an_archive_is_not_opened(tmp_path):
    inner = packed({"poi.csv": bytes(60_000_000)})
    with pytest.raises(InputError, match=r"资料\.zip/b\.zip: it unpacks to 60 MB from 0\.1 MB"):
        opened(tmp_path, packed({"b.zip": inner}))


def test_names_that_lead_out_of_an_inner_archive_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"b\.zip: it holds names that lead out.*\(\.\./e\.csv\)"):
        opened(tmp_path, packed({"b.zip": packed({"../e.csv": CSV})}))


@pytest.mark.parametrize("name", ["..\\e.csv", "设施/../../e.csv"])
def test_names_in_gbk_that_lead_out_are_refused(name):
    with pytest.raises(InputError, match="lead out of the archive"):
        check_archive(packed({name: CSV}, "gbk"), "a.zip")


def test_an_archive_that_is_large_without_being_a_bomb_is_told(monkeypatch):
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 10)
    with pytest.raises(InputError, match=r"a\.zip: it unpacks to .* name the file inside"):
        check_archive(packed({"poi.csv": CSV}), "a.zip")


def test_a_member_that_says_it_is_smaller_than_it_is_gives_no_more_than_it_says(tmp_path):
    data = bytearray(packed({"poi.csv": b"lon,lat\n" + b"1,2\n" * 100_000}))
    size = (400_008).to_bytes(4, "little")
    assert data.count(size) == 2
    lying = bytes(data).replace(size, (400).to_bytes(4, "little"))
    with pytest.raises(InputError, match=r"资料\.zip: poi\.csv cannot be unpacked"):
        opened(tmp_path, lying)


def test_a_member_with_a_password_says_so(tmp_path):
    data = bytearray(packed({"poi.csv": CSV}))
    for start in (data.index(b"PK\x03\x04") + 6, data.index(b"PK\x01\x02") + 8):
        data[start] |= 1
    with pytest.raises(InputError, match=r"poi\.csv cannot be unpacked .*password\. Unpack it"):
        opened(tmp_path, bytes(data))


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.rar", b"Rar!\x1a\x07", "a RAR archive. Unpack it"),
        ("a.zip", b"Rar!\x1a\x07\x00" * 9, "cut short or damaged"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive. Unpack it"),
        ("a.dwg", b"AC1032", "an AutoCAD drawing. Save it as .dxf"),
        ("a.pdf", b"%PDF-1.4", "a document"),
        ("a.tif", b"II*\x00", "a raster. residents_from_raster"),
        ("a.docx", b"PK\x03\x04", "a document. Copy its table"),
        ("a.geojson.gz", b"\x1f\x8b\x08", "a packed file. Unpack it"),
    ],
)
def test_other_formats_are_named_with_a_way_out(tmp_path, name, data, words):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=rf"^{name}: .*{words}"):
        open_table(tmp_path / name, table="units")
