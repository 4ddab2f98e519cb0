"""Workbooks of Excel and WPS: .xlsx, .xlsm, and the .xls of Excel 2003."""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from lifecircle.errors import InputError, some
from lifecircle.inputs.archives import Part, check_archive, choose
from lifecircle.inputs.file_heads import check_prolog
from lifecircle.inputs.grids import has_coordinates, table_of_cells, tell_of_rest
from lifecircle.tables.findings import tell

_ZEROS = re.compile(r"0{2,}")  # a number format that shows 7 as 007
_MERGED = re.compile(rb'<mergeCell\b[^>]*\bref="([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)"')
_XML_HEAD_BYTES = 4096
_MAX_ROWS = 1_100_000  # more than a sheet can have: its size is a lie


@dataclass
class _Sheet:
    """Cells of a sheet, and ranges that were merged: first row, last row, column, from 0."""

    title: str
    cells: list[list[Any]]
    merged: list[tuple[int, int, int]] = field(default_factory=list)


def read_workbook(data: Part, name: str, sheet: str = "") -> pd.DataFrame:
    """Table of a workbook: of the sheet named, of the only one, or of the first that is a table.

    Parameters
    ----------
    data
        The file, or its bytes; its content tells whether it is .xlsx or .xls.
    name
        Its name, for messages.
    sheet
        Title of the sheet; ``""``: the first sheet with coordinates, else the first with two
        columns. Hidden sheets are read only by their title.

    Returns
    -------
    DataFrame
        ``attrs["lifecircle"]["layer"]`` is the title of the sheet.

    Raises
    ------
    InputError
        If the workbook is damaged, hostile or locked by a password, or has nothing in it.
    UnknownNameError
        If there is no sheet of that title.

    Examples
    --------
    >>> book = io.BytesIO()
    >>> pd.DataFrame({"名称": ["白沙"], "人口": [7.0]}).to_excel(book, index=False)
    >>> read_workbook(book.getvalue(), "poi.xlsx").values.tolist()
    [['白沙', 7]]
    """
    head = data[:8] if isinstance(data, bytes) else _head(data)
    read = _read_xls if head.startswith(b"\xd0\xcf\x11\xe0") else _read_xlsx
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the spreadsheet's decoration
            sheets = read(data, name, sheet)
    except (InputError, PermissionError):
        raise
    except (
        ValueError, KeyError, OSError, SyntaxError, EOFError, TypeError, IndexError, AttributeError,
        AssertionError, struct.error, zipfile.BadZipFile,
    ) as fault:  # fmt: skip
        raise InputError(
            f"{name}: the workbook cannot be read ({fault}): it is damaged or has a password. Open "
            "it and save it again as .xlsx."
        ) from fault
    tables = {one.title: _table(one, name) for one in sheets if _filled(one)}
    if not tables:
        raise InputError(f"{name}: no sheet holds anything.")
    chosen = choose(list(tables), sheet, "", name) if sheet else _best(tables)
    if len(tables) > 1 and not sheet:
        others = [title for title in tables if title != chosen]
        tell(
            f"{name}: only its sheet {chosen!r} was read, not {some(others)}. "
            f"'{name}|layername={others[-1]}' reads another."
        )
    frame, told = tables[chosen]
    tell_of_rest(told, name)
    columns = [frame.iloc[:, place].infer_objects() for place in range(len(frame.columns))]
    frame = pd.concat(columns, axis="columns")  # each by itself: a block of them has one type
    frame.attrs["lifecircle"] = {"layer": chosen}
    return frame


def _head(path: Any) -> bytes:
    """First bytes of a file."""
    with path.open("rb") as file:
        return bytes(file.read(8))


def _filled(sheet: _Sheet) -> bool:
    """Whether anything stands in a sheet."""
    return any(cell is not None and cell != "" for row in sheet.cells for cell in row)


def _best(tables: dict[str, tuple[pd.DataFrame, list[str]]]) -> str:
    """Title of the first sheet with coordinates, else of the first with rows and two columns."""
    for fits in (has_coordinates, lambda frame: len(frame) > 0 and len(frame.columns) > 1):
        for title, (frame, _) in tables.items():
            if fits(frame):
                return title
    return next(iter(tables))


def _table(sheet: _Sheet, name: str) -> tuple[pd.DataFrame, list[str]]:
    """Table of a sheet; a word that was merged over several rows stands in each of them."""
    width = max(map(len, sheet.cells))
    cells = [
        [*(np.nan if cell is None else cell for cell in row), *[np.nan] * (width - len(row))]
        for row in sheet.cells
    ]
    for first, last, column in sheet.merged:
        if first < len(cells) and column < width and isinstance(cells[first][column], str):
            for row in range(first + 1, min(last + 1, len(cells))):
                cells[row][column] = cells[first][column]
    return table_of_cells(pd.DataFrame(cells, dtype=object), name)


def _read_xlsx(data: Part, name: str, wanted: str) -> list[_Sheet]:
    """Sheets of an .xlsx file."""
    import openpyxl  # noqa: PLC0415 - takes 0.2 s, and only workbooks need it

    check_archive(data, name)
    source = io.BytesIO(data if isinstance(data, bytes) else data.read_bytes())
    with zipfile.ZipFile(source) as archive:
        for info in archive.infolist():
            if info.filename.lower().endswith((".xml", ".rels", ".vml")):
                with archive.open(info) as member:
                    check_prolog(member.read(_XML_HEAD_BYTES), name)
        book = openpyxl.load_workbook(source, read_only=True, data_only=True, keep_links=False)
        try:
            sheets = []
            for page in book.worksheets:
                if page.sheet_state != "visible" and page.title != wanted:
                    continue
                page.reset_dimensions()  # what they state is often wrong
                cells = [[_cell(cell) for cell in row] for row in page.rows]
                raw = archive.read(page._worksheet_path)  # noqa: SLF001 - the one way to merged cells
                sheets.append(_Sheet(page.title, cells, _merged(raw)))
        finally:
            book.close()
    return sheets


def _cell(cell: Any) -> Any:
    """Value of a cell; a whole number as it is shown, a fault of a formula as nothing."""
    value = cell.value
    if value is None or cell.data_type == "e":
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if type(value) is int and _ZEROS.fullmatch(cell.number_format or ""):
        return f"{value:0{len(cell.number_format)}d}"
    return value


def _merged(xml: bytes) -> list[tuple[int, int, int]]:
    """Merged ranges of several rows in one column."""
    return [
        (int(top) - 1, int(bottom) - 1, _column(left))
        for left, top, right, bottom in _MERGED.findall(xml)
        if left == right and int(top) < int(bottom) <= _MAX_ROWS
    ]


def _column(letters: bytes) -> int:
    """Position of a column by its letters, from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _read_xls(data: Part, name: str, wanted: str) -> list[_Sheet]:
    """Sheets of an .xls file."""
    import xlrd  # noqa: PLC0415 - only old workbooks need it

    content = data if isinstance(data, bytes) else data.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise InputError(f"{name}: the workbook has a password. Save it without one.")
    try:
        book = xlrd.open_workbook(
            file_contents=content, formatting_info=True, logfile=io.StringIO()
        )
    except (xlrd.XLRDError, xlrd.compdoc.CompDocError) as fault:
        raise InputError(
            f"{name}: the workbook cannot be read ({fault}): it is damaged or has a password. Open "
            "it and save it again as .xlsx."
        ) from fault
    return [
        _Sheet(
            page.name,
            [[_xls_cell(book, cell) for cell in page.row(row)] for row in range(page.nrows)],
            [
                (top, bottom - 1, left)
                for top, bottom, left, right in page.merged_cells
                if right - left == 1 and bottom - top > 1
            ],
        )
        for page in book.sheets()
        if page.visibility == 0 or page.name == wanted
    ]


def _xls_cell(book: Any, cell: Any) -> Any:
    """Value of a cell: whole numbers, dates and truths as what they are, faults as nothing."""
    import xlrd  # noqa: PLC0415 - as above

    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR):
        return None
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(cell.value, book.datemode)
        except (ValueError, OverflowError):
            return cell.value
    if cell.ctype == xlrd.XL_CELL_NUMBER and cell.value.is_integer() and abs(cell.value) < 1e15:
        pattern = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
        whole = int(cell.value)
        return f"{whole:0{len(pattern)}d}" if _ZEROS.fullmatch(pattern) else whole
    return cell.value
