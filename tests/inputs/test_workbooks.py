"""Workbooks as offices send them."""

import io
import zipfile

import openpyxl
import pandas as pd
import pytest
import xlwt

from lifecircle.errors import InputError, LifecircleWarning, UnknownNameError
from lifecircle.inputs.layers import open_table
from lifecircle.inputs.workbooks import read_workbook
from lifecircle.tables.values import as_ids

HEADER = ["编号", "名称", "经度", "纬度", "人口（人）"]
ROWS = [["007", "白沙", 112.99, 28.16, 120], ["008", "野坡", 113.0, 28.2, 80]]


def xlsx(*sheets):
    """Bytes of a workbook of (title, rows)."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    return saved(book)


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xls(*sheets):
    """Bytes of a workbook of Excel 2003 of (title, rows)."""
    book = xlwt.Workbook(encoding="utf-8")
    for title, rows in sheets:
        page = book.add_sheet(title)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    page.write(at, column, value)
    return saved(book)


@pytest.mark.parametrize("made", [xlsx, xls])
def test_both_kinds_of_workbook_are_the_same_table(made):
    frame = read_workbook(made(("设施", [HEADER, *ROWS])), "poi")
    assert frame.columns.to_list() == HEADER
    assert frame.to_numpy().tolist() == ROWS
    assert frame["人口（人）"].dtype == "int64"
    assert frame.attrs["lifecircle"] == {"layer": "设施"}


@pytest.mark.parametrize("made", [xlsx, xls])
def test_whole_numbers_are_ids_without_a_point(made):
    frame = read_workbook(made(("a", [["编号", "n"], [7.0, 1], [8.0, 2], [None, 3]])), "poi")
    assert as_ids(frame["编号"]).to_list() == ["7", "8", ""]


def test_a_number_that_is_shown_with_zeros_before_it_keeps_them():
    book = openpyxl.Workbook()
    for row in (["编号", "n"], [7, 7], [8, 8]):
        book.active.append(row)
    for row in (2, 3):
        book.active.cell(row, 1).number_format = "000"
    assert read_workbook(saved(book), "poi")["编号"].to_list() == ["007", "008"]
    old = xlwt.Workbook()
    page = old.add_sheet("a")
    page.write(0, 0, "编号")
    page.write(0, 1, "n")
    page.write(1, 0, 7, xlwt.easyxf(num_format_str="000"))
    page.write(1, 1, 7)
    assert read_workbook(saved(old), "poi").to_numpy().tolist() == [["007", 7]]


def test_a_merged_title_and_a_row_of_totals_are_told():
    book = openpyxl.Workbook()
    page = book.active
    page.append(["砂子塘社区设施一览表"])
    page.merge_cells("A1:E1")
    for row in (HEADER, *ROWS, ["合计", None, None, None, 200]):
        page.append(row)
    with pytest.warns(
        LifecircleWarning, match=r"'砂子塘社区设施一览表'\); 1 row of totals"
    ) as told:
        frame = read_workbook(saved(book), "poi.xlsx")
    assert len(told) == 1
    assert frame.to_numpy().tolist() == ROWS


def merged_book():
    book = openpyxl.Workbook()
    for row in (
        ["类别", "名称", "人口"],
        ["幼儿园", "甲", 300],
        [None, "乙", None],
        ["小学", "丙", 5],
    ):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    book.active.merge_cells("C2:C3")
    return saved(book)


def test_a_word_merged_over_rows_stands_in_each_and_a_number_does_not():
    frame = read_workbook(merged_book(), "poi.xlsx")
    assert frame["类别"].to_list() == ["幼儿园", "幼儿园", "小学"]
    assert frame["人口"].isna().to_list() == [False, True, False]  # 300 people live there, not 600


def test_a_merged_word_of_an_old_workbook_stands_in_each_row_too():
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("a")
    page.write_merge(1, 2, 0, 0, "幼儿园")
    for at, cell in ((0, "类别"),):
        page.write(at, 0, cell)
    for at, cell in enumerate(["名称", "甲", "乙"]):
        page.write(at, 1, cell)
    assert read_workbook(saved(book), "a.xls")["类别"].to_list() == ["幼儿园", "幼儿园"]


def test_the_sheet_with_coordinates_goes_before_a_note():
    sheets = [
        ("填表说明", [["请逐项填写", "x"], ["经纬度用十进制", "y"]]),
        ("设施", [HEADER, *ROWS]),
    ]
    with pytest.warns(LifecircleWarning, match=r"only its sheet '设施' was read, not 填表说明"):
        assert len(read_workbook(xlsx(*sheets), "poi.xlsx")) == 2


def test_a_hidden_sheet_is_read_only_by_its_title():
    book = openpyxl.load_workbook(
        io.BytesIO(xlsx(("字典", [["类别", "码"], ["a", 1]]), ("表", [HEADER, *ROWS])))
    )
    book["字典"].sheet_state = "hidden"
    data = saved(book)
    assert len(read_workbook(data, "poi.xlsx")) == 2
    assert read_workbook(data, "poi.xlsx", "字典").columns.to_list() == ["类别", "码"]
    with pytest.raises(UnknownNameError, match=r"layer of poi\.xlsx 'nix'"):
        read_workbook(data, "poi.xlsx", "nix")


def test_faults_of_formulas_are_nothing():
    frame = read_workbook(xlsx(("a", [["名称", "人口"], ["甲", "#N/A"], ["乙", 5]])), "a.xlsx")
    assert frame["人口"].isna().to_list() == [True, False]


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "xls", "et"])
@pytest.mark.parametrize("made", [xlsx, xls])
def test_a_workbook_is_one_whatever_its_name_says(tmp_path, made, suffix):
    path = tmp_path / f"poi.{suffix}"
    path.write_bytes(made(("a", [HEADER, *ROWS])))
    assert open_table(path, table="facilities").to_numpy().tolist() == ROWS


def test_text_that_is_called_xls_is_read_as_text(tmp_path):
    path = tmp_path / "poi.xls"
    path.write_bytes("编号\t名称\n007\t白沙\n".encode("gbk"))
    frame = open_table(path, table="facilities")
    assert frame.to_numpy().tolist() == [["007", "白沙"]]
    assert frame.attrs["lifecircle"]["encoding"] == "gb18030"


def test_a_web_page_that_is_called_xls_is_an_error(tmp_path):
    path = tmp_path / "poi.xls"
    path.write_bytes("<html><table><tr><td>编号</td></tr></table></html>".encode())
    with pytest.raises(InputError, match=r"poi\.xls: this is a web page"):
        open_table(path, table="facilities")


@pytest.mark.parametrize("share", [0.2, 0.6, 0.97])
@pytest.mark.parametrize("made", [xlsx, xls])
def test_a_workbook_cut_short_is_an_error_with_a_remedy(tmp_path, made, share):
    rows = [[f"{n:05d}", f"名{n}", 112 + n / 1e4, 28, n] for n in range(900)]
    data = made(("a", [HEADER, *rows]))
    with pytest.raises(InputError, match=r"^poi: .*again"):
        read_workbook(data[: int(len(data) * share)], "poi")


def test_a_workbook_with_a_password_says_so():
    data = b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    with pytest.raises(
        InputError, match=r"poi\.xlsx: the workbook has a password\. Save it without"
    ):
        read_workbook(data, "poi.xlsx")


def test_an_empty_workbook_is_an_error():
    with pytest.raises(InputError, match=r"poi: no sheet holds anything"):
        read_workbook(xlsx(("a", []), ("b", [[None, ""]])), "poi")


def test_a_document_type_within_a_workbook_is_refused():
    data = io.BytesIO(xlsx(("a", [HEADER, *ROWS])))
    out = io.BytesIO()
    with zipfile.ZipFile(data) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == "xl/workbook.xml":
                content = b'<!DOCTYPE a [<!ENTITY b "bbbb">]>' + content
            new.writestr(info, content)
    with pytest.raises(
        InputError, match=r"poi\.xlsx: the XML declares a document type or entities"
    ):
        read_workbook(out.getvalue(), "poi.xlsx")


def test_columns_are_typed_each_by_itself():
    rows = [["a", None, 1, "x"], ["b", "c", 2.5, 3]]
    frame = read_workbook(xlsx(("a", [["w", "x", "y", "z"], *rows])), "poi")
    assert [str(kind) for kind in frame.dtypes] == ["str", "str", "float64", "object"]
    assert isinstance(frame, pd.DataFrame)
