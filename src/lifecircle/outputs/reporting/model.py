"""What a report is made of, whatever it is written as: chapters of blocks, tables of cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from lifecircle.outputs.reporting.text import Cell

_CHINESE_NUMBERS = "一二三四五六七八九十"


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
        ``"text"``, ``"share"`` or a key of :data:`~lifecircle.outputs.reporting.text.DIGITS`.
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

        Raises
        ------
        Nothing.

        Examples
        --------
        >>> report = Report("甲", "", "", "zh", "", date(2026, 7, 1), (), {}, {})
        >>> list(report.blocks())
        []
        """
        for chapter in self.chapters:
            yield from chapter.blocks

    def labels(self) -> dict[str, str]:
        """What each table and figure is called, such as 表3, numbered in order.

        Returns
        -------
        dict of str → str
            Key → label.

        Raises
        ------
        Nothing.

        Examples
        --------
        >>> chapters = (Chapter("place", "概况", (Table("people", "人口", (), ()),)),)
        >>> text = {"table_label": "表"}
        >>> report = Report("甲", "", "", "zh", "", date(2026, 7, 1), chapters, {}, text)
        >>> report.labels()
        {'people': '表1'}
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

        Raises
        ------
        Nothing.

        Examples
        --------
        >>> chapters = (Chapter("place", "概况", (Section("人"),)),)
        >>> report = Report("甲", "", "", "zh", "", date(2026, 7, 1), chapters, {}, {})
        >>> report.heading(0), report.heading(0, 1)
        ('一、概况', '（一）人')
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

        Raises
        ------
        Nothing.

        Examples
        --------
        >>> report = Report("甲", "", "", "zh", "", date(2026, 7, 1), (), {},
        ...                 {"see": "（见{things}）", "end": "。"})
        >>> report.see(Paragraph("如下。", ("people",)))
        ('如下（见', ('people',), '）。')
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

        Raises
        ------
        Nothing.

        Examples
        --------
        >>> report = Report("甲", "", "", "zh", "", date(2026, 7, 1), (), {}, {})
        >>> report.captioned(Table("people", "人口", (), ()))
        '人口'
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

        Raises
        ------
        Nothing.

        Examples
        --------
        >>> report = Report("甲", "", "", "zh", "", date(2026, 7, 1), (), {}, {"table_label": "表"})
        >>> report.series(Table("people", "人口", (), ()))
        '表'
        """
        if isinstance(block, Figure):
            return self.text["figure_label"]
        return self.text["appendix_label" if block.is_appendix else "table_label"]
