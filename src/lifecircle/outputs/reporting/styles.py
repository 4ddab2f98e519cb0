"""Styles of a Word report: Chinese official form, 宋体 and 黑体, Latin in Times New Roman."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn

from lifecircle.outputs.reporting.ooxml import element

LATIN, SONG, HEI = "Times New Roman", "宋体", "黑体"


@dataclass(frozen=True)
class Look:
    """How a paragraph looks.

    Parameters
    ----------
    size_pt
        Of its type; 0 as in the style below it.
    is_bold
        Whether it is set in 黑体.
    align
        ``left``, ``center``, ``both`` or empty.
    indent_chars
        Characters by which the first line is set in.
    line
        Distance of lines, in 240ths of one; 0 as in the style below it.
    before_pt, after_pt
        Space around it.
    stays
        Whether it stays on the page of what follows.
    outline
        Level of a heading, from 0.
    """

    size_pt: float = 0
    is_bold: bool = False
    align: str = ""
    indent_chars: float = 0
    line: int = 0
    before_pt: float = 0
    after_pt: float = 0
    stays: bool = False
    outline: int | None = None


LOOKS: Mapping[str, Look] = {
    "body": Look(12, align="both", indent_chars=2, line=360),
    "bullet": Look(12, align="both", line=360),
    "note": Look(9, line=300, after_pt=6),
    "cell": Look(9, line=240, before_pt=1.5, after_pt=1.5),
    "head": Look(9, is_bold=True, line=240, before_pt=2, after_pt=2, stays=True),
    "smallcell": Look(7.5, line=240, before_pt=1, after_pt=1),
    "smallhead": Look(7.5, is_bold=True, line=240, before_pt=1.5, after_pt=1.5, stays=True),
    "caption": Look(10.5, is_bold=True, align="center", line=300, before_pt=8, after_pt=4),
    "picture": Look(12, align="center", line=240, before_pt=6, stays=True),
    "cover": Look(26, is_bold=True, align="center", line=400, before_pt=150),
    "coverline": Look(15, align="center", line=400),
    "covermark": Look(15, is_bold=True, align="center", line=400, before_pt=24),
    "contents": Look(16, is_bold=True, align="center", line=360, before_pt=12, after_pt=12),
}
"""Our own styles, by what they are for."""

_HEADINGS = {
    1: Look(16, is_bold=True, line=360, before_pt=18, after_pt=9, stays=True, outline=0),
    2: Look(14, is_bold=True, line=360, before_pt=10, after_pt=5, stays=True, outline=1),
}
_TOC = {1: Look(12, is_bold=True, line=360, before_pt=4), 2: Look(12, line=340)}


class Styles:
    """Styles of a document; those that it lacks are added.

    Parameters
    ----------
    document
        The user's own, or a new one.
    is_own
        Whether it is the user's: his headings, text and lists stay as they are.
    language
        ``"zh"`` or ``"en"``.
    """

    def __init__(self, document: Document, *, is_own: bool, language: str) -> None:
        self._styles = document.styles
        self._language = language
        if not is_own:
            self._plain()
        self._headings = {
            level: self._built_in(f"Heading {level}", look, change=not is_own)
            for level, look in _HEADINGS.items()
        }
        self._toc = {
            level: self._built_in(f"toc {level}", look, change=not is_own)
            for level, look in _TOC.items()
        }
        self._own = {
            name: self._built_in(f"lifecircle {name}", look, change=False)
            for name, look in LOOKS.items()
        }
        self.table = self._table()

    def __getitem__(self, name: str) -> str:
        return self._own[name]

    def heading(self, level: int) -> str:
        """Id of the style of a heading.

        Parameters
        ----------
        level
            1 or 2.

        Returns
        -------
        str

        Raises
        ------
        Nothing.

        Examples
        --------
        >>> import docx
        >>> Styles(docx.Document(), is_own=False, language="zh").heading(1)
        'Heading1'
        """
        return self._headings[level]

    def toc(self, level: int) -> str:
        """Id of the style of a line of the contents.

        Parameters
        ----------
        level
            1 or 2.

        Returns
        -------
        str

        Raises
        ------
        Nothing.

        Examples
        --------
        >>> import docx
        >>> Styles(docx.Document(), is_own=False, language="zh").toc(2)
        'toc2'
        """
        return self._toc[level]

    def numbers_headings(self) -> bool:
        """Whether the headings of the user's template carry numbers of their own.

        Returns
        -------
        bool

        Raises
        ------
        Nothing.

        Examples
        --------
        >>> import docx
        >>> Styles(docx.Document(), is_own=True, language="zh").numbers_headings()
        False
        """
        style = self._styles.get_by_id(self._headings[1], WD_STYLE_TYPE.PARAGRAPH)
        while style is not None:
            properties = style.element.pPr
            if properties is not None and properties.find(qn("w:numPr")) is not None:
                return True
            style = style.base_style
        return False

    def _plain(self) -> None:
        """Fonts and language of everything, in place of the theme's."""
        defaults = self._styles.element.find(qn("w:docDefaults"))
        properties = defaults.find(qn("w:rPrDefault")).find(qn("w:rPr"))
        for child in list(properties):
            properties.remove(child)
        tag = {"zh": "zh-CN", "en": "en-GB"}[self._language]
        properties.extend(
            [
                _fonts(SONG),
                element("sz", {"val": "24"}),
                element("szCs", {"val": "24"}),
                element("lang", {"val": "en-GB", "eastAsia": tag, "bidi": "ar-SA"})
                if self._language == "zh"
                else element("lang", {"val": tag, "eastAsia": "zh-CN", "bidi": "ar-SA"}),
            ]
        )
        spacing = defaults.find(qn("w:pPrDefault"))
        for child in list(spacing):
            spacing.remove(child)
        for style in self._styles:
            _without_theme(style.element)
        normal = self._styles["Normal"].element
        normal.get_or_add_rPr().insert(0, _fonts(SONG))

    def _built_in(self, name: str, look: Look, *, change: bool) -> str:
        """Id of a style of that name, made if it is not there."""
        style = next((one for one in self._styles if _same(one.name, name)), None)
        if style is None:
            style = self._styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = next(
                (one for one in self._styles if _same(one.name, "Normal")), None
            )
            change = True
        if change:
            _dress(style.element, look, self._language)
        return str(style.style_id)

    def _table(self) -> str:
        """Id of the style of tables: strong lines above and below, thin ones between rows."""
        name = "lifecircle table"
        found = next((one for one in self._styles if _same(one.name, name)), None)
        if found is not None:
            return str(found.style_id)
        style = self._styles.add_style(name, WD_STYLE_TYPE.TABLE)
        line = {"val": "single", "space": "0", "color": "000000"}
        thin = {**line, "sz": "4", "color": "A6A6A6"}
        borders = [
            element("top", {**line, "sz": "12"}),
            element("bottom", {**line, "sz": "12"}),
            element("insideH", thin),
        ]
        margins = [element(side, {"w": "85", "type": "dxa"}) for side in ("left", "right")]
        first = element(
            "tblStylePr",
            {"type": "firstRow"},
            element(
                "tcPr",
                None,
                element("tcBorders", None, element("bottom", {**line, "sz": "8"})),
                element("shd", {"val": "clear", "color": "auto", "fill": "F2F2F2"}),
            ),
        )
        style.element.extend(
            [
                element(
                    "tblPr",
                    None,
                    element("tblBorders", None, *borders),
                    element("tblCellMar", None, *margins),
                ),
                first,
            ]
        )
        return str(style.style_id)


def _same(name: str | None, wanted: str) -> bool:
    return (name or "").lower() == wanted.lower()


def _fonts(east: str) -> Any:
    return element("rFonts", {"ascii": LATIN, "hAnsi": LATIN, "cs": LATIN, "eastAsia": east})


def _without_theme(style: Any) -> None:
    """Take the theme's fonts and colours out of a style, and Office's blue headings."""
    for fonts in style.iter(qn("w:rFonts")):
        for key in list(fonts.attrib):
            if key.lower().endswith("theme"):
                del fonts.attrib[key]
    for colour in list(style.iter(qn("w:color"))):
        colour.getparent().remove(colour)


def _dress(style: Any, look: Look, language: str) -> None:
    """Give a style its look."""
    for name in ("w:rPr", "w:pPr"):
        old = style.find(qn(name))
        if old is not None:
            style.remove(old)
    text = style.get_or_add_rPr()
    text.append(_fonts(HEI if look.is_bold else SONG))
    if look.is_bold and language == "en":
        text.append(element("b"))
    if look.size_pt:
        size = str(round(2 * look.size_pt))
        text.extend([element("sz", {"val": size}), element("szCs", {"val": size})])
    layout = style.get_or_add_pPr()
    if look.stays:
        layout.append(element("keepNext"))
    spacing = {"before": str(round(20 * look.before_pt)), "after": str(round(20 * look.after_pt))}
    if look.line:
        spacing |= {"line": str(look.line), "lineRule": "auto"}
    layout.append(element("spacing", spacing))
    if look.indent_chars and language == "zh":
        first = {"firstLineChars": str(round(100 * look.indent_chars)),
                 "firstLine": str(round(20 * look.indent_chars * look.size_pt))}  # fmt: skip
        layout.append(element("ind", first))
    if look.align:
        layout.append(element("jc", {"val": look.align}))
    if look.outline is not None:
        layout.append(element("outlineLvl", {"val": str(look.outline)}))
