"""A report as a workbook: one sheet per table, text as text, numbers as they were computed."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from lifecircle.outputs.reporting.model import Column, Report, Table
from lifecircle.outputs.reporting.text import DIGITS, Cell, signs
from lifecircle.outputs.words import fill

_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "in_memory": True,
}
_MOST_LETTERS = 32_767
_MOST_ROWS = 1_048_576
_HEADER = 2  # rows above the cells: the title and the headings
_FONT = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
_A3, _A4, _WIDE = 8, 9, 210  # Excel's numbers of papers; letters that A4 has room for
_NARROW, _LINE_PT, _LOOKED_AT = 24.0, 13.5, 2000
_FORBIDDEN = "[]:*?/\\"


def xlsx_bytes(report: Report) -> bytes:
    """A report as a workbook.

    Parameters
    ----------
    report
        What it says.

    Returns
    -------
    bytes
        Nothing in it is a formula or a link. What is not known is a word, what has no meaning an
        empty cell.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> from datetime import date
    >>> table = Table("people", "人口", (Column("people", "人口（人）", "people"),), ((5.0,),))
    >>> report = Report("甲", "", "", "zh", "", date(2026, 7, 1), (), {"人口": table},
    ...                 {"page": "", "page_of": "", "page_end": ""})
    >>> xlsx_bytes(report)[:2]
    b'PK'
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, _OPTIONS)
    day = datetime.combine(report.written_on, time())
    book.set_properties({"title": _fits(report.title, report)[:250], "created": day})
    formats = _Formats(book)
    names: set[str] = set()
    for wished, table in report.sheets.items():
        for number, part in enumerate(_parts(table, _MOST_ROWS - _HEADER), start=1):
            told = {"name": wished, "number": str(number)}
            name = wished if number == 1 else fill(report.text["sheet_more"], told)
            _write(book.add_worksheet(sheet_name(name, names)), part, report, formats)
    book.close()
    return stream.getvalue()


class _Formats:
    """Formats of cells, each made once."""

    def __init__(self, book: Any) -> None:
        line = {"border": 1, "border_color": "#D0D0D0"}
        self.title = book.add_format({**_FONT, "bold": True, "font_size": 13})
        head = {**_FONT, **line, "bold": True, "bg_color": "#EDEDED", "text_wrap": True}
        self.head = book.add_format({**head, "align": "center"})
        self._text = book.add_format({**_FONT, **line, "text_wrap": True, "num_format": "@"})
        self._numbers = {
            kind: book.add_format({**_FONT, **line, "num_format": number_format(kind)})
            for kind in (*DIGITS, "share")
        }
        self._unknown = book.add_format({**_FONT, **line, "align": "right"})

    def of(self, cell: object, column: Column) -> Any:
        """Format of a cell."""
        if isinstance(cell, float):
            return self._numbers[column.kind]
        return self._unknown if column.is_number else self._text


def number_format(kind: str) -> str:
    """How Excel shows a number; the cell itself keeps every digit.

    Parameters
    ----------
    kind
        Of a column.

    Returns
    -------
    str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> number_format("share"), number_format("people"), number_format("minutes")
    ('0.0%', '#,##0', '#,##0.0')
    """
    if kind == "share":
        return "0.0%"
    digits = DIGITS[kind]
    return "#,##0" + ("." + "0" * digits if digits else "")


def sheet_name(wished: str, taken: set[str]) -> str:
    r"""A name that Excel takes: 31 letters, none of ``[]:*?/\\``, and not there yet.

    Parameters
    ----------
    wished
        What it should be.
    taken
        Names that are there, in small letters; the new one is added.

    Returns
    -------
    str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> names = set()
    >>> sheet_name("a/b", names), sheet_name("A-B", names)
    ('a-b', 'A-B 2')
    """
    plain = "".join("-" if letter in _FORBIDDEN else letter for letter in wished).strip("' ")
    plain = plain[:31] or "-"
    name, number = plain, 1
    while name.lower() in taken:
        number += 1
        name = f"{plain[: 31 - len(str(number)) - 1]} {number}"
    taken.add(name.lower())
    return name


def _parts(table: Table, most: int) -> Iterator[Table]:
    """A table in parts that a sheet can hold."""
    for start in range(0, max(len(table.rows), 1), most):
        yield replace(table, rows=table.rows[start : start + most])


def _write(sheet: Any, table: Table, report: Report, formats: _Formats) -> None:
    """One sheet: title, headings that stay in sight, cells."""
    last = len(table.columns) - 1
    title = "　".join(one for one in (report.title, table.caption, report.sample_mark) if one)
    sheet.write_string(0, 0, _fits(title, report), formats.title)
    widths = [_width(place, table) for place in range(len(table.columns))]
    for place, column in enumerate(table.columns):
        sheet.write_string(1, place, column.title, formats.head)
        sheet.set_column(place, place, widths[place])
    sheet.set_row(0, 24)
    sheet.set_row(1, 34)
    for number, row in enumerate(table.rows, start=_HEADER):
        sheet.set_row(number, _height(row, widths))
        for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            style = formats.of(cell, column)
            if cell is None:
                sheet.write_blank(number, place, None, style)
            elif isinstance(cell, float):
                sheet.write_number(number, place, cell, style)
            else:
                sheet.write_string(number, place, _fits(cell, report), style)
    sheet.freeze_panes(_HEADER, 0)
    sheet.autofilter(1, 0, max(len(table.rows) + 1, 1), last)
    _print_setup(sheet, table, report)
    sheet.set_paper(_A3 if sum(widths) > _WIDE else _A4)


def _letters(text: str) -> int:
    """Width of a text in Latin letters; a Chinese one takes two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def _width(place: int, table: Table) -> float:
    """Width of a column in letters, by its heading and its longest short text."""
    column = table.columns[place]
    heading = _letters(column.title) / 2 + 3
    if column.is_number:
        return max(heading, 9.0)
    cells = [row[place] for row in table.rows[:_LOOKED_AT]]
    texts = [_letters(cell) for cell in cells if isinstance(cell, str)]
    return min(max([heading, *(one + 2 for one in texts)]), max(column.width_cm * 5.2, _NARROW))


def _height(row: Sequence[Cell], widths: Sequence[float]) -> float:
    """Height of a row in points: as many lines as its longest text needs."""
    lines = [
        sum(max(1, math.ceil(_letters(part) / (width - 1))) for part in cell.split("\n"))
        for cell, width in zip(row, widths, strict=True)
        if isinstance(cell, str)
    ]
    return min(_LINE_PT * max(lines, default=1) + 3, 400)


def _print_setup(sheet: Any, table: Table, report: Report) -> None:
    """Wide, one page across; headings on each; title and mark above, pages below."""
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
    parts = (report.title[:100], table.caption, report.sample_mark)
    title = signs("　".join(one for one in parts if one)).replace("&", "&&")
    sheet.set_header(f"&C{title[:200]}")
    text = report.text
    sheet.set_footer(f"&C{text['page']}&P{text['page_of']}&N{text['page_end']}")


def _fits(text: str, report: Report) -> str:
    """Text that a cell can hold; what is cut is told."""
    line = signs(text)
    units = len(line.encode("utf-16-le")) // 2
    if units <= _MOST_LETTERS:
        return line
    note = fill(report.text["cut"], {"count": f"{len(line):,}"})
    kept = line.encode("utf-16-le")[: 2 * (_MOST_LETTERS - len(note))]
    return kept.decode("utf-16-le", "ignore") + note
