"""Pieces of a Word file: paragraphs, fields, bookmarks, tables; text is only ever set as text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from lifecircle.outputs.reporting.model import Column, Table
from lifecircle.outputs.reporting.text import Cell, shown, signs

_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_TWIPS_PER_CM = 567
# A row taller than a page must be allowed to break.
_LONG_TEXT = 500
_SHORT, _TOGETHER = 12, 3
_WORD = re.compile(r"[!-,.0-\[\]-~]+(?:[-/]| %)?")
_IN_BRACKETS = re.compile(r"(?<=[0-9%])（(?=[0-9])")
_FEW_PT, _LOOKED_AT, _BOLD = 36, 300, 1.1
_POINTS_PER_CM, _PADDING_CM, _WIDEST_CM, _SMALL = 28.35, 0.38, 3.6, 0.84


class Marks:
    """Numbers of bookmarks within one document."""

    def __init__(self, first: int = 1000) -> None:
        self._next = itertools.count(first)

    def around(self, name: str, pieces: Iterable[Any]) -> list[Any]:
        """Pieces between the start and the end of a bookmark.

        Parameters
        ----------
        name
            Of the bookmark: letters, digits and lines, 40 at most.
        pieces
            Runs.

        Returns
        -------
        list
            Elements of a paragraph.

        Raises
        ------
        Nothing.

        Examples
        --------
        >>> len(Marks().around("a", [run("b")]))
        3
        """
        number = str(next(self._next))
        start = element("bookmarkStart", {"id": number, "name": name})
        return [start, *pieces, element("bookmarkEnd", {"id": number})]


def element(name: str, values: dict[str, str] | None = None, *children: Any) -> Any:
    """An element of WordprocessingML.

    Parameters
    ----------
    name
        Without prefix.
    values
        Attributes, without prefix.
    *children
        What it holds.

    Returns
    -------
    Element

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> element("b", {"val": "0"}).tag.endswith("}b")
    True
    """
    made: Any = OxmlElement(f"w:{name}")
    for key, value in (values or {}).items():
        made.set(qn(f"w:{key}"), value)
    made.extend(children)
    return made


def run(text: str, *properties: Any) -> Any:
    """Text of a paragraph.

    Parameters
    ----------
    text
        Any text; what XML cannot hold becomes a sign.
    *properties
        Elements of ``w:rPr``.

    Returns
    -------
    Element

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> run("a < b")[0].text
    'a < b'
    """
    words = element("t")
    words.text = signs(text)
    words.set(_XML_SPACE, "preserve")
    return element("r", None, *([element("rPr", None, *properties)] if properties else []), words)


def field(instruction: str, result: str) -> list[Any]:
    """A field with the result that is shown until it is made anew.

    Parameters
    ----------
    instruction
        Such as ``"PAGE"``.
    result
        What it gives.

    Returns
    -------
    list
        Runs.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> len(field("PAGE", "1"))
    5
    """
    asked = element("instrText")
    asked.text = f" {instruction} "
    asked.set(_XML_SPACE, "preserve")
    kinds = ("begin", "separate", "end")
    begin, separate, end = (
        element("r", None, element("fldChar", {"fldCharType": kind})) for kind in kinds
    )
    return [begin, element("r", None, asked), separate, run(result), end]


def paragraph(style: str, pieces: Iterable[Any], *properties: Any) -> Any:
    """A paragraph.

    Parameters
    ----------
    style
        Id of its style.
    pieces
        Runs, bookmarks and links.
    *properties
        Further elements of ``w:pPr``, in the order of the schema.

    Returns
    -------
    Element

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> len(paragraph("Normal", [run("a")]))
    2
    """
    head = element("pPr", None, element("pStyle", {"val": style}), *properties)
    return element("p", None, head, *pieces)


def table_element(table: Table, style: str, texts: tuple[str, str], width_cm: float) -> Any:
    """A table whose heading is repeated on each page and whose rows stay whole.

    Parameters
    ----------
    table
        What it holds.
    style
        Id of the table's style.
    texts
        Ids of the styles of paragraphs in the heading and in cells.
    width_cm
        How wide all columns are together.

    Returns
    -------
    Element

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> table = Table("a", "b", (Column("people", "People", "people"),), ((1.0,), (2.0,)))
    >>> len(table_element(table, "TableNormal", ("Normal", "Normal"), 16).findall(qn("w:tr")))
    3
    """
    widths = _widths(table, width_cm)
    properties = element(
        "tblPr",
        None,
        element("tblStyle", {"val": style}),
        element("tblW", {"w": str(sum(widths)), "type": "dxa"}),
        element("jc", {"val": "center"}),
        element("tblLayout", {"type": "fixed"}),
        element(
            "tblLook",
            {"val": "0020", "firstRow": "1", "lastRow": "0", "firstColumn": "0",
             "lastColumn": "0", "noHBand": "1", "noVBand": "1"},
        ),
    )  # fmt: skip
    grid = element("tblGrid", None, *(element("gridCol", {"w": str(one)}) for one in widths))
    titles: list[Cell] = [column.title for column in table.columns]
    head = _row(titles, table.columns, widths, texts[0], is_head=True)
    # A short table stays whole, a long one does not begin at the foot of a page.
    last = len(table.rows) - 1 if len(table.rows) <= _SHORT else _TOGETHER
    rows = (
        _row(row, table.columns, widths, texts[1], stays=number < last)
        for number, row in enumerate(table.rows)
    )
    return element("tbl", None, properties, grid, head, *rows)


def _widths(table: Table, width_cm: float) -> list[int]:
    """Widths of columns that fill what there is, in twentieths of a point.

    Each is as wide as the longest word in it; what is left is shared as the columns wish.
    """
    least = [_least_cm(place, table) for place in range(len(table.columns))]
    wished = sum(column.width_cm for column in table.columns)
    shares = [column.width_cm / wished * width_cm for column in table.columns]
    room = width_cm - sum(least)
    more = [max(share - one, 0.0) for share, one in zip(shares, least, strict=True)]
    if room <= 0 or not sum(more):
        widths = [one / sum(least) * width_cm for one in least]
    else:
        widths = [one + room * extra / sum(more) for one, extra in zip(least, more, strict=True)]
    return [round(one * _TWIPS_PER_CM) for one in widths]


def _least_cm(place: int, table: Table) -> float:
    """Width below which a word, a number or a few Chinese letters would be broken."""
    column = table.columns[place]
    cells = [shown(row[place], column.kind) for row in table.rows[:_LOOKED_AT]]
    heading = [word for line in _lines(column.title) for word in _words(line)]
    words = [word for cell in cells for word in _words(cell)]
    if column.is_number:
        words += cells  # a number and its sign stay together
    whole = [*(_BOLD * _points(word) for word in heading), *(_points(word) for word in words)]
    widest = max(whole, default=_FEW_PT)  # long Chinese may be broken anywhere
    size = _SMALL if table.is_appendix else 1.0
    return min(widest * size / _POINTS_PER_CM, _WIDEST_CM) + _PADDING_CM


def _lines(title: str) -> list[str]:
    """A heading and its unit in brackets, which stands in a line of its own."""
    name, bracket, unit = title.partition("（")
    return [name, bracket + unit] if name and bracket else [title]


def _words(text: str) -> list[str]:
    """Pieces of a text that no line may break; a text of few letters is one."""
    if _points(text) <= _FEW_PT:
        return [text]
    return _WORD.findall(text)


def _points(word: str) -> float:
    """Width of a word in points, in type of 9 pt."""
    return sum(9.0 if ord(letter) > 0x2E7F else 4.5 for letter in word)


def _row(
    cells: Sequence[Cell],
    columns: Sequence[Column],
    widths: list[int],
    style: str,
    *,
    is_head: bool = False,
    stays: bool = False,
) -> Any:
    """One row; it may stay on the page of the next."""
    texts = [shown(cell, column.kind) for cell, column in zip(cells, columns, strict=True)]
    properties = [element("tblHeader")] if is_head else []
    is_long = max((len(text) for text in texts), default=0) >= _LONG_TEXT
    if not is_long:
        properties.insert(0, element("cantSplit"))
    made = element("tr", None, *([element("trPr", None, *properties)] if properties else []))
    for text, column, width in zip(texts, columns, widths, strict=True):
        layout = [element("keepNext")] if stays and not is_long else []
        layout += [element("jc", {"val": "right"})] if column.is_number else []
        made.append(
            element(
                "tc",
                None,
                element(
                    "tcPr",
                    None,
                    element("tcW", {"w": str(width), "type": "dxa"}),
                    element("vAlign", {"val": "center"}),
                ),
                paragraph(style, _pieces(text) if is_head else [run(_broken(text))], *layout),
            )
        )
    return made


def _pieces(title: str) -> list[Any]:
    """Runs of a heading, in lines."""
    first, *others = _lines(title)
    broken = [piece for line in others for piece in (element("r", None, element("br")), run(line))]
    return [run(first), *broken]


def _broken(text: str) -> str:
    """Text of a cell whose line may end between a number and another one in brackets."""
    return _IN_BRACKETS.sub("\u200b（", text)
