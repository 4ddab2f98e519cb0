"""The workbook: numbers as they were computed, text as text, nothing that runs."""

import io
from dataclasses import replace

import openpyxl
import pytest

from lifecircle.outputs.reporting import xlsx_file as report_xlsx
from lifecircle.outputs.reporting.text import signs
from lifecircle.outputs.reporting.xlsx_file import sheet_name, xlsx_bytes
from outputs.reported import HOSTILE, hostile_report, report, to_pdf


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.fixture(scope="module")
def book():
    return opened(xlsx_bytes(report()))


def test_every_table_has_its_sheet_and_every_cell_its_value(book):
    assert book.sheetnames == list(report().sheets)
    for name, table in report().sheets.items():
        sheet = book[name]
        assert [cell.value for cell in sheet[2]] == [one.title for one in table.columns]
        rows = list(sheet.iter_rows(min_row=3))
        assert len(rows) == len(table.rows)
        for cells, row in zip(rows, table.rows, strict=True):
            for cell, value in zip(cells, row, strict=True):
                same = pytest.approx(value, rel=1e-15) if isinstance(value, float) else value
                assert cell.value == same


def test_headings_stay_in_sight_and_formats_say_what_numbers_are(book):
    for sheet in book:
        assert sheet.freeze_panes == "A3"
        assert sheet.auto_filter.ref.startswith("A2:")
        assert sheet.print_title_rows == "$2:$2"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0
        assert "示例数据，非实测" in sheet["A1"].value
        assert "示例数据，非实测" in sheet.oddHeader.center.text
    sheet = book["覆盖情况"]
    formats = {cell.value: sheet.cell(3, cell.column).number_format for cell in sheet[2]}
    assert formats["步行覆盖率"] == "0.0%"
    assert formats["人口（人）"] == "#,##0"
    assert formats["最近一处步行时间中位数（分钟）"] == "#,##0.0"
    assert formats["单元编号"] == "@"


def test_what_is_not_known_is_a_word_and_what_has_no_meaning_is_empty(book):
    sheet = book["项目建议"]
    costs = [sheet.cell(row, 10).value for row in range(3, sheet.max_row + 1)]
    assert "未知" in costs
    assert 0 not in costs
    medians = [cell.value for cell in book["覆盖情况"]["M"][2:]]
    assert None in medians


def test_hostile_names_are_text_and_neither_formulas_nor_links():
    book = opened(xlsx_bytes(hostile_report()))
    shown = set()
    for sheet in book:
        assert not sheet._hyperlinks
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.hyperlink is None
                assert cell.data_type in {"s", "n"}
                if cell.data_type == "s":
                    shown.add(cell.value)
    for name in HOSTILE:
        assert signs(name) in shown


def test_long_texts_are_cut_with_a_note_and_long_tables_go_on(monkeypatch):
    monkeypatch.setattr(report_xlsx, "_MOST_ROWS", 102)
    plain = report()
    name, table = "短板", plain.sheets["短板"]
    place = [one.name for one in table.columns].index("where")
    long = tuple(
        tuple("𠮷" * 20_000 if at == place else cell for at, cell in enumerate(row))
        for row in table.rows[:1]
    )
    sheets = {name: replace(table, rows=long + table.rows * 2)}
    book = opened(xlsx_bytes(replace(plain, sheets=sheets)))
    assert book.sheetnames == ["短板", "短板 续2"]
    cell = book[name].cell(3, place + 1).value
    assert cell.startswith("𠮷𠮷")
    assert cell.endswith("此处截断）")
    assert len(cell.encode("utf-16-le")) // 2 <= 32_767
    assert book[name].max_row == 102
    assert book["短板 续2"].max_row == 2 + 2 * len(table.rows) + 1 - 100


def test_names_of_sheets_are_such_as_excel_takes():
    names = set()
    made = [sheet_name(one, names) for one in ("a" * 40, "a" * 40, "[x]:*?/\\", "", "'q'")]
    assert made == ["a" * 31, "a" * 29 + " 2", "-x------"[:8], "-", "q"]
    assert len(names) == 5


def test_libreoffice_makes_pages_of_it(tmp_path):
    file = tmp_path / "report.xlsx"
    file.write_bytes(xlsx_bytes(hostile_report()))
    told, pages = to_pdf(file, tmp_path)
    assert pages > 5
    assert "{{7*7}}" in told
    assert '=HYPERLINK("http://x")' in told
