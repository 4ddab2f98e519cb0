"""What a report is made of, whatever it is written as: chapters of blocks, tables of cells."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lifecircle.outputs.legend import share_text

Cell = float | str | None
"""A number, a text, or ``None`` where there is nothing to tell. What is not known is a word."""

NOT_APPLICABLE = "—"
"""Stands in text where a cell has nothing to tell."""

DIGITS = {
    "people": 0,
    "count": 0,
    "cny": 0,
    "metres": 0,
    "minutes": 1,
    "score": 1,
    "mean": 1,
    "area": 2,
    "speed": 1,
    "figure": 2,
}
"""Kinds of numbers and how many digits behind the point are shown; a share is shown in per cent."""

_CHINESE_NUMBERS = "一二三四五六七八九十"
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "␡"}
_NOT_IN_XML = dict.fromkeys((*range(0x80, 0x85), *range(0x86, 0xA0), 0xFFFE, 0xFFFF), "\ufffd")
_TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name
        Column of the table that its cells were taken from.
    title
        What people call it, with its unit.
    kind
        ``"text"``, ``"share"`` or a key of :data:`DIGITS`.
    width_cm
        How wide it likes to be.
    """

    name: str
    title: str
    kind: str = "text"
    width_cm: float = 2.0

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers."""
        return self.kind != "text"


@dataclass(frozen=True)
class Table:
    """A table with its caption.

    Parameters
    ----------
    key
        Name within the report, for references.
    caption
        What it shows.
    columns
        From left to right.
    rows
        Cells of each row, in the order of the columns.
    is_appendix
        Whether it is numbered among the appendix tables.
    """

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    is_appendix: bool = False


@dataclass(frozen=True)
class Figure:
    """A picture with its caption.

    Parameters
    ----------
    key
        Name within the report, for references.
    caption
        What it shows.
    png
        The picture.
    """

    key: str
    caption: str
    png: bytes = field(repr=False)


@dataclass(frozen=True)
class Section:
    """Heading of a part of a chapter.

    Parameters
    ----------
    title
        Without a number.
    """

    title: str


@dataclass(frozen=True)
class Paragraph:
    """Running text.

    Parameters
    ----------
    text
        Sentences.
    see
        Keys of tables and figures that it refers to.
    is_note
        Whether it is set small, as a remark.
    """

    text: str
    see: tuple[str, ...] = ()
    is_note: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list.

    Parameters
    ----------
    items
        One text each.
    """

    items: tuple[str, ...]


Block = Table | Figure | Section | Paragraph | Bullets


@dataclass(frozen=True)
class Chapter:
    """A chapter.

    Parameters
    ----------
    key
        Name within the report.
    title
        Without a number.
    blocks
        What stands in it.
    """

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Report:
    """A whole report.

    Parameters
    ----------
    title
        In one line.
    name
        Place that it is about; empty if it has no name.
    subtitle
        Below it.
    language
        ``"zh"`` or ``"en"``.
    sample_mark
        Words for data that is a drawing; empty for real data.
    written_on
        Date on the cover.
    chapters
        In order.
    sheets
        Whole tables, for a workbook: name of each sheet and its tables.
    text
        Words of the language.
    """

    title: str
    name: str
    subtitle: str
    language: str
    sample_mark: str
    written_on: date
    chapters: tuple[Chapter, ...]
    sheets: Mapping[str, Table]
    text: Mapping[str, str]

    def blocks(self) -> Iterator[Block]:
        """Every block in order.

        Yields
        ------
        Block
        """
        for chapter in self.chapters:
            yield from chapter.blocks

    def labels(self) -> dict[str, str]:
        """What each table and figure is called, such as 表3, numbered in order.

        Returns
        -------
        dict of str → str
            Key → label.
        """
        counts: dict[str, int] = {}
        labels = {}
        for block in self.blocks():
            if isinstance(block, Table | Figure):
                word = self.series(block)
                counts[word] = counts.get(word, 0) + 1
                labels[block.key] = f"{word}{counts[word]}"
        return labels

    def heading(self, chapter: int, section: int = 0, *, numbered: bool = True) -> str:
        """Heading of a chapter or of one of its sections, with its number.

        Parameters
        ----------
        chapter
            From 0.
        section
            From 1; 0 for the chapter itself.
        numbered
            Whether it has a number; the appendix has none.

        Returns
        -------
        str
        """
        made = self.chapters[chapter]
        titles = [one.title for one in made.blocks if isinstance(one, Section)]
        title = titles[section - 1] if section else made.title
        if not numbered or made.key == "appendix":
            return title
        if self.language == "zh":
            number = _CHINESE_NUMBERS[section - 1 if section else chapter]
            return f"（{number}）{title}" if section else f"{number}、{title}"
        return f"{chapter + 1}.{section} {title}" if section else f"{chapter + 1} {title}"

    def see(self, paragraph: Paragraph) -> tuple[str, tuple[str, ...], str]:
        """Text of a paragraph up to what it refers to, the keys of that, and what follows.

        Parameters
        ----------
        paragraph
            Which.

        Returns
        -------
        tuple
            Without references all of its text comes first.
        """
        if not paragraph.see:
            return paragraph.text, (), ""
        end = self.text["end"]
        before, _, after = self.text["see"].partition("{things}")
        text = paragraph.text.rstrip()
        ends = text.endswith(end)
        return (
            (text.removesuffix(end) if ends else text) + before,
            paragraph.see,
            after + end * ends,
        )

    def captioned(self, block: Table | Figure) -> str:
        """Caption of a table or figure without its label, with the mark of sample data.

        Parameters
        ----------
        block
            Which.

        Returns
        -------
        str
        """
        return block.caption + (self.text["sample_mark"] if self.sample_mark else "")

    def series(self, block: Table | Figure) -> str:
        """Word before the number of a table or figure.

        Parameters
        ----------
        block
            Which.

        Returns
        -------
        str
        """
        if isinstance(block, Figure):
            return self.text["figure_label"]
        return self.text["appendix_label" if block.is_appendix else "table_label"]


def shown(cell: Cell, kind: str) -> str:
    """A cell as people read it, in tables and in sentences alike.

    Parameters
    ----------
    cell
        Number, text or nothing.
    kind
        Of its column.

    Returns
    -------
    str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> [shown(26822.0, "people"), shown(0.9999, "share"), shown("未知", "share"), shown(None, "")]
    ['26,822', '99.9 %', '未知', '—']
    """
    if cell is None:
        return NOT_APPLICABLE
    if isinstance(cell, str):
        return visible(cell)
    if kind == "share":
        return share_text(cell, NOT_APPLICABLE)
    text = f"{cell:,.{DIGITS.get(kind, 2)}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.,") else text


def number(value: Any) -> float:
    """A cell of a table as a number.

    Parameters
    ----------
    value
        Any value.

    Returns
    -------
    float
        NaN if it is none.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> number(5), number(None)
    (5.0, nan)
    """
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def visible(text: object) -> str:
    r"""Text that a document can hold: what has no shape gets one, what turns the line is closed.

    Parameters
    ----------
    text
        Any value.

    Returns
    -------
    str
        Control characters are replaced by their pictures, halves of a character by ``�``. Text
        that turns the direction of writing turns nothing behind it.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> visible("a\x00b\n\ud800")
    'a␀b␊�'
    """
    line = signs(text)
    turns = sum(unicodedata.bidirectional(letter) in _TURNING for letter in line)
    return f"\u2068{line}{chr(0x202C) * turns}\u2069" if turns else line


def signs(text: object) -> str:
    r"""Text in which whatever XML cannot hold is a sign that can be seen.

    Parameters
    ----------
    text
        Any value.

    Returns
    -------
    str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> signs("\x07\t𠮷")
    '␇␉𠮷'
    """
    line = str(text).translate(_PICTURES).translate(_NOT_IN_XML)
    return line.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
