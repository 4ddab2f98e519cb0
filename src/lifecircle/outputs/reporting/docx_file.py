"""A report as a Word file, in the form that Chinese bureaus hand in, or in the user's own."""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.shared import Emu

from lifecircle.errors import InputError
from lifecircle.outputs.reporting.model import (
    Block,
    Bullets,
    Figure,
    Paragraph,
    Report,
    Section,
    Table,
)
from lifecircle.outputs.reporting.ooxml import Marks, element, field, paragraph, run, table_element
from lifecircle.outputs.reporting.styles import Styles
from lifecircle.outputs.reporting.text import signs, visible
from lifecircle.tables.findings import tell

PLACE = "{{report}}"
"""A paragraph of a template that holds only this is where the report goes."""

_TWIPS_PER_CM = 567
_EMU_PER_TWIP = 635
_A4 = (11906, 16838)
_MARGINS = {"top": 1590, "bottom": 1470, "left": 1590, "right": 1470, "header": 850, "footer": 850}
_LONGEST_HEADER = 60
_TALLEST = 0.78  # of the height of a page's text, so that the caption stands below a picture


class _Writer:
    """One report on its way into one document."""

    def __init__(self, report: Report, document: Document, *, is_own: bool) -> None:
        self.report = report
        self.document = document
        self.styles = Styles(document, is_own=is_own, language=report.language)
        self.labels = report.labels()
        self.marks = Marks()
        self.numbered = not (is_own and self.styles.numbers_headings())
        self.page: Any = document.sections[-1]._sectPr  # noqa: SLF001  there is no other door

    def headings(self) -> Iterator[tuple[int, str, str]]:
        """Level, text and bookmark of every heading."""
        for number, chapter in enumerate(self.report.chapters):
            sections = sum(isinstance(block, Section) for block in chapter.blocks)
            for section in range(sections + 1):
                text = self.report.heading(number, section, numbered=self.numbered)
                yield (2 if section else 1), text, f"_Toc{number:04d}{section:04d}"

    def cover(self) -> Iterator[Any]:
        """First page: title, mark, who made it, date."""
        report, text = self.report, self.report.text
        lines = [visible(report.name), text["title_short"]] if report.name else [report.title]
        upper = element("spacing", {"before": "0", "after": "480"})
        for number, line in enumerate(lines):
            size = [element("sz", {"val": "32"})] if len(line) > _LONGEST_HEADER else []
            title = [run(line, *size)]
            yield paragraph(self.styles["cover"], title, *([upper] if number else []))
        yield paragraph(self.styles["coverline"], [run(report.subtitle)])
        if report.sample_mark:
            yield paragraph(self.styles["covermark"], [run(report.sample_mark)])
        space = element("spacing", {"before": "4800"})
        made_by = [run(text["made_by"] + text["made_by_slot"])]
        yield paragraph(self.styles["coverline"], made_by, space)
        yield paragraph(self.styles["coverline"], [run(dated(report))])

    def contents(self) -> Iterator[Any]:
        """Contents, each line with its heading and the page that it is on."""
        new_page = element("pageBreakBefore")
        title = [run(self.report.text["contents"])]
        yield paragraph(self.styles["contents"], title, new_page)
        width = str(self._text_width())
        for level, text, bookmark in self.headings():
            tabs = element(
                "tabs", None, element("tab", {"val": "right", "leader": "dot", "pos": width})
            )
            inset = [element("ind", {"left": "420"})] if level == 2 else []
            link = element("hyperlink", {"anchor": bookmark, "history": "1"})
            link.extend([run(text), element("r", None, element("tab"))])
            link.extend(field(f"PAGEREF {bookmark} \\h", ""))
            yield paragraph(self.styles.toc(level), [link], tabs, *inset)

    def _text_width(self) -> int:
        """Width of the text of a page, in twentieths of a point."""
        size, margins = self.page.find(qn("w:pgSz")), self.page.find(qn("w:pgMar"))
        wide = int(size.get(qn("w:w"))) if size is not None else _A4[0]
        sides = [margins.get(qn(f"w:{side}")) if margins is not None else None
                 for side in ("left", "right")]  # fmt: skip
        return wide - sum(int(float(side)) if side else 1440 for side in sides)

    def _text_height(self) -> int:
        size, margins = self.page.find(qn("w:pgSz")), self.page.find(qn("w:pgMar"))
        tall = int(size.get(qn("w:h"))) if size is not None else _A4[1]
        sides = [margins.get(qn(f"w:{side}")) if margins is not None else None
                 for side in ("top", "bottom")]  # fmt: skip
        return tall - sum(abs(int(float(side))) if side else 1440 for side in sides)

    def chapters(self) -> Iterator[tuple[str, list[Any]]]:
        """Elements of each chapter."""
        headings = self.headings()
        for number, chapter in enumerate(self.report.chapters):
            level, text, bookmark = next(headings)
            first = [element("pageBreakBefore")] if not number else []
            made = [self._heading(level, text, bookmark, *first)]
            for block in chapter.blocks:
                if isinstance(block, Section):
                    made.append(self._heading(*next(headings)))
                else:
                    made += self._block(block)
            yield chapter.key, made

    def _heading(self, level: int, text: str, bookmark: str, *properties: Any) -> Any:
        pieces = self.marks.around(bookmark, [run(text)])
        return paragraph(self.styles.heading(level), pieces, *properties)

    def _block(self, block: Block) -> list[Any]:
        if isinstance(block, Table):
            return self._table(block)
        if isinstance(block, Figure):
            return [self._picture(block), self._caption(block, keep=False)]
        if isinstance(block, Bullets):
            return [
                paragraph(self.styles["body"], [run(_bullet(number, self.report) + item)])
                for number, item in enumerate(block.items, start=1)
            ]
        return [self._paragraph(block)] if isinstance(block, Paragraph) else []

    def _paragraph(self, block: Paragraph) -> Any:
        before, keys, after = self.report.see(block)
        pieces = [run(before)]
        for number, key in enumerate(keys):
            if number:
                pieces.append(run(self.report.text["list"]))
            pieces += field(f"REF _Ref_{key} \\h", self.labels[key])
        if after:
            pieces.append(run(after))
        return paragraph(self.styles["note" if block.is_note else "body"], pieces)

    def _caption(self, block: Table | Figure, *, keep: bool) -> Any:
        series, label = self.report.series(block), self.labels[block.key]
        number = field(f"SEQ {series.replace(' ', '')} \\* ARABIC", label.removeprefix(series))
        pieces = self.marks.around(f"_Ref_{block.key}", [run(series), *number])
        pieces.append(run(f"  {self.report.captioned(block)}"))
        return paragraph(self.styles["caption"], pieces, *([element("keepNext")] if keep else []))

    def _table(self, block: Table) -> list[Any]:
        texts = ("smallhead", "smallcell") if block.is_appendix else ("head", "cell")
        styles = (self.styles[texts[0]], self.styles[texts[1]])
        width_cm = self._text_width() / _TWIPS_PER_CM
        made = table_element(block, self.styles.table, styles, width_cm)
        # Tables that follow each other at once would be one.
        return [
            self._caption(block, keep=True),
            made,
            paragraph(self.styles["note"], []),
        ]

    def _picture(self, block: Figure) -> Any:
        """A picture as wide as the text, or as tall as a page allows."""
        part = self.document.part
        _, image = part.get_or_add_image(io.BytesIO(block.png))
        widest = self._text_width() * _EMU_PER_TWIP
        tallest = self._text_height() * _EMU_PER_TWIP * _TALLEST
        scale = min(widest / image.width, tallest / image.height, 1.0)
        width, height = Emu(round(image.width * scale)), Emu(round(image.height * scale))
        inline = part.new_pic_inline(io.BytesIO(block.png), width, height)
        inline.docPr.set("descr", signs(block.caption))
        drawing = element("drawing", None, inline)
        return paragraph(self.styles["picture"], [element("r", None, drawing)])


def dated(report: Report) -> str:
    """Date of a report in words of its language.

    Parameters
    ----------
    report
        Which.

    Returns
    -------
    str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from datetime import date
    >>> dated(SimpleNamespace(written_on=date(2026, 7, 1), language="zh"))
    '2026年7月1日'
    """
    day = report.written_on
    if report.language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.year}-{day.month:02}-{day.day:02}"


def _bullet(number: int, report: Report) -> str:
    return f"（{number}）" if report.language == "zh" else f"({number}) "


def docx_bytes(report: Report, template: Path | None = None) -> bytes:
    """A report as a Word file.

    Parameters
    ----------
    report
        What it says.
    template
        The user's own ``.docx``: its styles, pages, headers, footers and all it says are kept;
        the report goes where a paragraph holds only ``{{report}}``, else to the end.

    Returns
    -------
    bytes

    Raises
    ------
    InputError
        If the template is no Word file.

    Examples
    --------
    >>> from datetime import date
    >>> from lifecircle.outputs.reporting.model import Chapter
    >>> from lifecircle.outputs.reporting.words import report_words
    >>> chapter = Chapter("appendix", "附表", (Paragraph("无。"),))
    >>> text = report_words("zh")
    >>> report = Report("甲", "", "", "zh", "", date(2026, 7, 1), (chapter,), {}, text)
    >>> docx_bytes(report)[:2]
    b'PK'
    """
    document = docx.Document() if template is None else _opened(template)
    writer = _Writer(report, document, is_own=template is not None)
    if template is None:
        _lay_out(writer)
    else:
        _fill_in(writer)
    _properties(document, report, is_own=template is not None)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _opened(template: Path) -> Document:
    """The user's own document."""
    try:
        return docx.Document(str(template))
    except (
        PackageNotFoundError,
        KeyError,
        ValueError,
        OSError,
        zipfile.BadZipFile,
        SyntaxError,  # what lxml raises for broken XML
    ) as error:
        raise InputError(
            f"template: {template} is no Word file (.docx) that can be read. Save it from Word as "
            ".docx, without a password and not as .doc, .dotx or .docm."
        ) from error


def _lay_out(writer: _Writer) -> None:
    """A document of our own: cover, contents, chapters, and wide pages for the appendix."""
    body = writer.document.element.body
    end = body.sectPr
    for child in list(body):
        if child is not end:
            body.remove(child)
    _set_page(end)
    _headers(writer)
    for one in (*writer.cover(), *writer.contents()):
        end.addprevious(one)
    for key, elements in _with_wide_appendix(writer):
        if key == "portrait":
            end.addprevious(paragraph(writer.styles["note"], [], elements[0]))
            continue
        for one in elements:
            end.addprevious(one)
    _turn(end)


def _is_place(text: str) -> bool:
    """Whether a paragraph says where the report goes, and nothing else."""
    return "".join(text.split()) == PLACE


def _tell_of_other_places(document: Document, count: int) -> None:
    """Say so where the words stand at which no report can be put."""
    parts = [document.element.body]
    for section in document.sections:
        parts += [section.header._element, section.footer._element]  # noqa: SLF001
    found = sum(
        PLACE in "".join(_text(one).split()) for part in parts for one in part.iter(qn("w:p"))
    )
    if found > count:
        tell(
            f"template: {PLACE} stands in {found - count} paragraph(s) beside other text, in a "
            "table, a header or a footer; no report can go there. Let it stand alone in a "
            "paragraph of the text."
        )
    if count > 1:
        tell(f"template: {PLACE} stands {count} times; the report goes to the first.")


def _with_wide_appendix(writer: _Writer) -> Iterator[tuple[str, list[Any]]]:
    """Chapters; before the appendix the end of the upright pages, after which pages are wide."""
    making = writer.chapters()
    for _ in writer.report.chapters[:-1]:
        yield next(making)
    upright = copy.deepcopy(writer.page)
    yield "portrait", [upright]
    kept = writer.page
    writer.page = copy.deepcopy(upright)
    _turn(writer.page)
    yield next(making)
    writer.page = kept


def _fill_in(writer: _Writer) -> None:
    """The report within the user's own document."""
    body = writer.document.element.body
    places = [one for one in body.iterchildren(qn("w:p")) if _is_place(_text(one))]
    place = places[0] if places else None
    _tell_of_other_places(writer.document, len(places))
    last = body.sectPr if place is None else place
    writer.page = _section_of(place, body)
    report = writer.report
    elements = []
    if report.sample_mark:
        elements.append(paragraph(writer.styles["covermark"], [run(report.sample_mark)]))
    if not any("TOC" in (one.text or "") for one in body.iter(qn("w:instrText"))):
        elements += list(writer.contents())
    for key, made in _with_wide_appendix(writer):
        elements += [paragraph(writer.styles["note"], [], made[0])] if key == "portrait" else made
    for one in elements:
        if last is None:
            body.append(one)
        else:
            last.addprevious(one)
    follows = place is not None and any(
        child.tag != qn("w:sectPr") for child in place.itersiblings()
    )
    wide = copy.deepcopy(writer.page)
    _turn(wide)
    if follows or (place is not None and place.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None):
        last.addprevious(paragraph(writer.styles["note"], [], wide))
    elif writer.page is body.sectPr:
        _turn(body.sectPr)
    if place is not None:
        if place.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is None:
            body.remove(place)
        else:
            for one in list(place):
                if one.tag != qn("w:pPr"):
                    place.remove(one)


def _text(paragraph_: Any) -> str:
    """Text of a paragraph, whatever runs it is split over."""
    return "".join(one.text or "" for one in paragraph_.iter(qn("w:t"))).strip()


def _section_of(place: Any, body: Any) -> Any:
    """Page layout that holds at a paragraph: the next one that is stated."""
    for one in [] if place is None else [place, *place.itersiblings()]:
        stated = one.find(f"{qn('w:pPr')}/{qn('w:sectPr')}")
        if stated is not None:
            return stated
    return body.get_or_add_sectPr()


def _set_page(section: Any) -> None:
    """A4, upright, with the margins of a report."""
    size, margins = section.get_or_add_pgSz(), section.get_or_add_pgMar()
    size.set(qn("w:w"), str(_A4[0]))
    size.set(qn("w:h"), str(_A4[1]))
    for side, twips in _MARGINS.items():
        margins.set(qn(f"w:{side}"), str(twips))


def _turn(section: Any) -> None:
    """Make pages wide; what was different on the first page is so no more."""
    size, margins = section.get_or_add_pgSz(), section.get_or_add_pgMar()
    width, height = size.get(qn("w:w")) or str(_A4[0]), size.get(qn("w:h")) or str(_A4[1])
    if int(width) < int(height):
        size.set(qn("w:w"), height)
        size.set(qn("w:h"), width)
        size.set(qn("w:orient"), "landscape")
        turned = {"top": "right", "right": "bottom", "bottom": "left", "left": "top"}
        old = {side: margins.get(qn(f"w:{side}")) for side in turned}
        for side, other in turned.items():
            if old[other] is not None:
                margins.set(qn(f"w:{side}"), old[other].lstrip("-"))
    for name in ("w:titlePg", "w:type"):
        one = section.find(qn(name))
        if one is not None:
            section.remove(one)


def _headers(writer: _Writer) -> None:
    """Title above and page numbers below, but for the cover."""
    report, text = writer.report, writer.report.text
    section = writer.document.sections[0]
    section.different_first_page_header_footer = True
    head = section.header.paragraphs[0]
    # A name that fills pages stands in full on the cover.
    long = len(report.title) > _LONGEST_HEADER
    title = visible(report.title[:_LONGEST_HEADER] + ("…" if long else ""))
    mark = f"　{report.sample_mark}" if report.sample_mark else ""
    small = element("rPr", None, element("sz", {"val": "18"}))
    head._p.append(run(title + mark, element("sz", {"val": "18"})))  # noqa: SLF001
    foot = section.footer.paragraphs[0]._p  # noqa: SLF001
    pieces = [run(text["page"]), *field("PAGE", "1"), run(text["page_of"])]
    pieces += [*field("NUMPAGES", "1"), run(text["page_end"])]
    for one in pieces:
        if one.find(qn("w:rPr")) is None:
            one.insert(0, copy.deepcopy(small))
        foot.append(one)
    for one in (head._p, foot):  # noqa: SLF001
        layout = one.get_or_add_pPr()
        for child in list(layout):
            layout.remove(child)
        if one is head._p:  # noqa: SLF001
            line = {"val": "single", "sz": "4", "space": "1", "color": "808080"}
            layout.append(element("pBdr", None, element("bottom", line)))
        layout.append(element("jc", {"val": "center"}))


def _properties(document: Document, report: Report, *, is_own: bool) -> None:
    """Title, language and date; no names of people or machines."""
    facts = document.core_properties
    day = datetime.combine(report.written_on, time())
    facts.title = visible(report.title)[:250]
    facts.language = {"zh": "zh-CN", "en": "en-GB"}[report.language]
    facts.created = facts.modified = day
    facts.author = facts.last_modified_by = facts.comments = facts.keywords = ""
    facts.revision = 1
    if is_own:
        return
    package = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            del package.rels[key]
    settings = document.settings.element
    fonts = settings.find(qn("w:themeFontLang"))
    if fonts is not None:
        fonts.set(qn("w:eastAsia"), "zh-CN")
    compat = settings.find(qn("w:compat"))
    if compat is not None and compat.find(qn("w:compatSetting")) is None:
        mode = {"name": "compatibilityMode", "uri": "http://schemas.microsoft.com/office/word",
                "val": "15"}  # fmt: skip
        compat.append(element("compatSetting", mode))
