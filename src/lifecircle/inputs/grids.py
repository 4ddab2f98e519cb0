"""Cells as a spreadsheet holds them → a table: where its header stands and where its rows end.

Office tables carry more than a table: a title over the header, a header in two rows, merged cells,
a row of totals and notes at the end, empty rows and columns between. What is left out is told.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import numpy as np
import pandas as pd

from lifecircle.errors import InputError, some
from lifecircle.inputs import header_names
from lifecircle.inputs.text import column_key, parse_cells
from lifecircle.tables.findings import tell
from lifecircle.tables.values import as_numbers

_HEADER_WITHIN_ROWS = 15
_TAIL_ROWS = 8
_TOTAL = re.compile(
    r"(合计|总计|小计|共计|总和|累计|平均|平均值|total|grandtotal|subtotal|sum)[:：]?"
)
_NOTE = re.compile(r"(注|备注|说明|制表|填表|填报|审核|资料来源|数据来源|来源|联系|note|source)")


def table_of_cells(cells: pd.DataFrame, name: str) -> tuple[pd.DataFrame, list[str]]:
    """Table out of all cells of a sheet, and what was left out of it.

    Parameters
    ----------
    cells
        Every cell of the sheet, shape (rows, columns); nothing is ``""`` or missing.
    name
        Name of the file, for messages.

    Returns
    -------
    tuple of DataFrame and list of str
        Columns have the names of the header, those without one are counted: ``column 3``. Rows
        and columns without anything are left out without a word.

    Raises
    ------
    InputError
        If there is nothing in it.

    Examples
    --------
    >>> cells = pd.DataFrame([["设施一览表", ""], ["名称", "人口"], ["白沙", "5"], ["合计", "5"]])
    >>> table, told = table_of_cells(cells, "poi.csv")
    >>> table.values.tolist(), len(told)
    ([['白沙', '5']], 2)
    """
    blank = _blank(cells)
    places = np.flatnonzero(~blank.all(axis=0))  # where each column stood
    cells = cells.loc[~blank.all(axis=1), ~blank.all(axis=0)]
    if cells.empty:
        raise InputError(f"{name}: there is nothing in the table. Is it the right file?")
    at, height = _header(cells.head(_HEADER_WITHIN_ROWS))
    names = _names(cells.iloc[at : at + height], places)
    above, body = cells.iloc[:at], cells.iloc[at + height :]
    last = _end(body)
    told = []
    if len(above):
        told.append(f"{_rows(above)} above the header ({_words(above)})")
    if last < len(body):
        told.append(
            f"{_rows(body.iloc[last:])} of totals or notes at the end ({_words(body.iloc[last:])})"
        )
    table = body.iloc[:last].set_axis(names, axis="columns").reset_index(drop=True)
    return table, told


def parse_table(text: str, name: str) -> pd.DataFrame:
    r"""Table out of delimited text; every cell stays text.

    Parameters
    ----------
    text
        Delimited by ``,`` ``;`` tab or ``，``.
    name
        Name of the file, for messages.

    Returns
    -------
    DataFrame of str
        Empty cells are ``""``. What was left out above and below is told.

    Raises
    ------
    InputError
        If there is no header, or a row has more cells than the header.

    Examples
    --------
    >>> parse_table("编号，名称\n007，白沙", "poi.txt").iloc[0].to_list()
    ['007', '白沙']
    """
    table, told = table_of_cells(parse_cells(text, name), name)
    tell_of_rest(told, name)
    return table


def tell_of_rest(told: list[str], name: str) -> None:
    """Warn once of what was left out of a table or filled in.

    Parameters
    ----------
    told
        What, in words.
    name
        Name of the file.

    Examples
    --------
    >>> tell_of_rest([], "poi.csv")
    """
    if told:
        tell(f"{name}: not part of the table and left out: {'; '.join(told)}.")


def has_coordinates(table: pd.DataFrame) -> bool:
    """Whether a table has columns that are called as coordinates are.

    Parameters
    ----------
    table
        Any table.

    Returns
    -------
    bool

    Examples
    --------
    >>> has_coordinates(pd.DataFrame(columns=["名称", "经度", "纬度"]))
    True
    """
    keys = {column_key(name) for name in table.columns}
    stated = list(header_names.STATED.values())
    pairs = [(header_names.LON, header_names.LAT), (header_names.EAST, header_names.NORTH), *stated]
    shapes = (*header_names.SHAPE, *header_names.LOCATION, *header_names.LOCATION_LAT_FIRST)
    return bool(keys & set(shapes)) or any(keys & set(x) and keys & set(y) for x, y in pairs)


def _blank(cells: pd.DataFrame) -> Any:
    """Cells in which nothing stands, array of bool."""
    nothing = {
        column: values.eq("")
        if values.dtype == "str"
        else values.map(lambda cell: isinstance(cell, str) and not cell.strip())
        for column, values in cells.items()
    }
    return cells.isna().to_numpy() | pd.DataFrame(nothing).to_numpy(dtype=np.bool_)


def _known_names() -> frozenset[str]:
    """Names of columns that are known, as they are compared."""
    names: set[str] = set()
    for synonyms in (header_names.UNITS, header_names.RESIDENTS):
        for ours, others in synonyms.items():
            names.update((ours, *others))
    for pair in header_names.STATED.values():
        names.update(*pair)
    for group in ("FACILITY_ID", "FACILITY_NAME", "CLASSES", "FLOORS", "BUILDINGS", "DENSITY",
                  "ADDRESSES", "ROADS", "LON", "LAT", "EAST", "NORTH", "SHAPE", "LOCATION",
                  "LOCATION_LAT_FIRST"):  # fmt: skip
        names.update(getattr(header_names, group))
    return frozenset(column_key(name) for name in (*names, "序号", "备注", "电话", "no"))


def _header(head: pd.DataFrame) -> tuple[int, int]:
    """Row in which the header begins, and of how many rows it is.

    What stands above it is a title only if it fills one cell, or at most half of them where the
    header itself has two names that are known.
    """
    blank = _blank(head)
    known = _known_names()
    words = [sum(column_key(cell) in known for cell in row) for row in head.to_numpy()]
    filled = (~blank).sum(axis=1)
    width = blank.shape[1]
    at = 0
    while at < len(head) - 1 and not words[at] and filled[at] <= max(1, width / 2):
        at += 1
    single = (filled[:at] == 1).all()
    if width == 1 or not _is_names(head.iloc[at]) or (words[at] < 2 and not single):
        at = 0
    if at + 1 < len(head):
        gaps = blank[at] & ~blank[at + 1]
        below = head.iloc[at + 1]
        if (
            gaps.any()
            and words[at + 1]
            and _is_names(below)
            and (blank[at] & blank[at + 1]).sum() < 1
        ):
            return at, 2
    return at, 1


def _is_names(row: pd.Series[Any]) -> bool:
    """Whether a row could be names: text, and hardly a number in it."""
    given = row[~_blank(row.to_frame())[:, 0]]
    numbers = as_numbers(given.astype(object)).notna().to_numpy()
    return len(given) > 0 and numbers.sum() * 4 <= len(given)


def _names(rows: pd.DataFrame, places: Any) -> list[str]:
    """Names of the columns; of two rows the lower, joined to the upper where it is vague."""
    texts = [
        ["" if pd.isna(cell) else str(cell).strip() for cell in row] for row in rows.to_numpy()
    ]
    upper, names = texts[0], list(texts[-1])
    if len(texts) > 1:
        known, group = _known_names(), ""
        for column, name in enumerate(names):
            group = upper[column] or group
            if not name:
                names[column] = upper[column]
            elif column_key(name) not in known or names.count(name) > 1:
                both = (f"{group}{name}", f"{name}{group}")
                names[column] = next((one for one in both if column_key(one) in known), both[0])
    return [name or f"column {place + 1}" for name, place in zip(names, places, strict=True)]


def _end(body: pd.DataFrame) -> int:
    """How many rows there are before totals and notes."""
    last = len(body)
    tail = body.tail(_TAIL_ROWS)
    blank = _blank(tail)
    for row in range(len(tail) - 1, -1, -1):
        texts = [
            re.sub(r"\s", "", unicodedata.normalize("NFKC", str(cell))).casefold()
            for cell, nothing in zip(tail.iloc[row], blank[row], strict=True)
            if not nothing
        ]
        total = any(_TOTAL.fullmatch(text) for text in texts[:2])
        note = len(texts) == 1 and blank.shape[1] > 2 and _NOTE.match(texts[0])
        if not (total or note):
            break
        last -= 1
    return last


def _rows(rows: pd.DataFrame) -> str:
    """How many rows, in words."""
    return f"{len(rows)} row" + ("s" if len(rows) > 1 else "")


def _words(rows: pd.DataFrame) -> str:
    """First text of each row."""
    firsts = [next(str(cell).strip() for cell in row if pd.notna(cell) and str(cell).strip())
              for row in rows.to_numpy()]  # fmt: skip
    return some((f"'{text[:30]}'" for text in firsts), 3)
