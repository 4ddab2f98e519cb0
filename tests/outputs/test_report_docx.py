"""The Word report: its form, its fields, the user's own template, and hostile names in it."""

import io
import re
import zipfile
from dataclasses import replace

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Cm

import lifecircle as lc
from lifecircle.assessment.parts import parts_of
from lifecircle.errors import InputError, LifecircleWarning
from lifecircle.outputs.reporting.docx_file import docx_bytes
from lifecircle.outputs.reporting.model import Table
from lifecircle.outputs.reporting.text import shown
from outputs.reported import HOSTILE, hostile_report, report, to_pdf


@pytest.fixture(scope="module")
def document():
    return docx.Document(io.BytesIO(docx_bytes(report())))


@pytest.fixture(scope="module")
def hostile():
    return docx_bytes(hostile_report())


def styled(document, name):
    return [one.text for one in document.paragraphs if one.style.name.lower() == name.lower()]


def whole(paragraph):
    """Text with that of fields and links."""
    return "".join(one.text or "" for one in paragraph._p.iter(qn("w:t")))


def read(document):
    """Paragraphs and cells of a document in one text."""
    return "\n".join("".join(t.text or "" for t in p.iter(qn("w:t")))
                     for p in document.element.body.iter(qn("w:p")))  # fmt: skip


def test_headings_are_those_of_the_report(document):
    chapters = report().chapters
    assert styled(document, "Heading 1") == [report().heading(n) for n in range(len(chapters))]
    assert styled(document, "Heading 2")[:2] == ["（一）基本情况", "（二）主要结论"]


def test_contents_list_every_heading_with_a_field_for_its_page(document):
    lines = [one for one in document.paragraphs if one.style.name.lower().startswith("toc ")]
    headings = [one.text for one in document.paragraphs if one.style.name.startswith("Heading")]
    assert [whole(one).strip() for one in lines] == headings
    marks = {one.get(qn("w:name")) for one in document.element.body.iter(qn("w:bookmarkStart"))}
    asked = [one.text for one in document.element.body.iter(qn("w:instrText"))]
    pages = [re.fullmatch(r" PAGEREF (\S+) \\h ", one)[1] for one in asked if "PAGEREF" in one]
    assert len(pages) == len(headings)
    assert set(pages) <= marks
    seen = [re.fullmatch(r" REF (\S+) \\h ", one)[1] for one in asked if one.startswith(" REF")]
    assert set(seen) <= marks
    assert len(seen) > 15
    settings = document.settings.element
    assert settings.find(qn("w:updateFields")) is None  # Word would ask a question
    assert not [
        one for one in document.element.body.iter(qn("w:fldChar")) if one.get(qn("w:dirty"))
    ]


def test_captions_are_numbered_by_fields_that_are_filled_in(document):
    captions = [whole(one) for one in document.paragraphs if one.style.name == "lifecircle caption"]
    labels = list(report().labels().values())
    assert [one.split("  ")[0] for one in captions] == labels
    assert all(one.endswith("（示例数据）") for one in captions)
    asked = [one.text for one in document.element.body.iter(qn("w:instrText"))]
    assert sum("SEQ 附表" in one for one in asked) == sum("附表" in one for one in labels)


def test_every_cell_of_every_table_stands_in_the_document(document):
    made = [one for one in report().blocks() if isinstance(one, Table)]
    elements = list(document.element.body.iter(qn("w:tbl")))
    assert len(elements) == len(made)
    for table, element in zip(made, elements, strict=True):
        rows = element.findall(qn("w:tr"))
        cells = [["".join(t.text or "" for t in cell.iter(qn("w:t"))).replace("\u200b", "")
                  for cell in row.findall(qn("w:tc"))] for row in rows]  # fmt: skip
        assert cells[0] == [one.title for one in table.columns]
        assert cells[1:] == [
            [shown(cell, one.kind) for cell, one in zip(row, table.columns, strict=True)]
            for row in table.rows
        ]
        head = rows[0].find(qn("w:trPr"))
        assert head.find(qn("w:tblHeader")) is not None
        assert all(row.find(qn("w:trPr")).find(qn("w:cantSplit")) is not None for row in rows)
        numbers = [one.is_number for one in table.columns]
        right = [cell.find(f".//{qn('w:jc')}") is not None for cell in rows[-1].findall(qn("w:tc"))]
        assert right == numbers


def test_fonts_are_those_of_an_official_report_and_no_theme_is_left(document):
    body = document.styles["lifecircle body"].element
    fonts = body.find(f".//{qn('w:rFonts')}")
    assert fonts.get(qn("w:eastAsia")) == "宋体"
    assert fonts.get(qn("w:ascii")) == "Times New Roman"
    assert body.find(f".//{qn('w:sz')}").get(qn("w:val")) == "24"
    assert body.find(f".//{qn('w:ind')}").get(qn("w:firstLineChars")) == "200"
    assert body.find(f".//{qn('w:spacing')}").get(qn("w:line")) == "360"
    heading = document.styles["Heading 1"].element.find(f".//{qn('w:rFonts')}")
    assert heading.get(qn("w:eastAsia")) == "黑体"
    used = {one.style.style_id for one in document.paragraphs}
    for style in document.styles:
        if style.style_id not in used:
            continue
        for one in style.element.iter(qn("w:rFonts")):
            assert not [key for key in one.attrib if key.endswith("Theme")]
            assert one.get(qn("w:eastAsia")) in {"宋体", "黑体"}


def test_pages_are_a4_and_those_of_the_appendix_wide(document):
    first, second = document.sections
    assert (round(first.page_width.cm, 1), round(first.page_height.cm, 1)) == (21.0, 29.7)
    assert (round(second.page_width.cm, 1), round(second.page_height.cm, 1)) == (29.7, 21.0)
    assert first.different_first_page_header_footer
    assert not second.different_first_page_header_footer
    assert "示例数据，非实测" in first.header.paragraphs[0].text
    footer = first.footer.paragraphs[0]._p
    assert "".join(one.text for one in footer.iter(qn("w:t"))) == "第 1 页 共 1 页"
    assert [one.text.strip() for one in footer.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]
    widest = first.page_width - first.left_margin - first.right_margin
    assert all(shape.width <= widest for shape in document.inline_shapes)
    assert len(document.inline_shapes) == 8


def test_nobody_and_no_machine_is_named(document):
    facts = document.core_properties
    assert (facts.author, facts.last_modified_by, facts.comments) == ("", "", "")
    assert (facts.language, facts.title) == ("zh-CN", report().title)
    assert facts.created.date() == report().written_on
    names = zipfile.ZipFile(io.BytesIO(docx_bytes(report()))).namelist()
    assert "docProps/thumbnail.jpeg" not in names


def test_the_cover_has_a_place_for_who_made_it_and_real_data_no_mark(document):
    assert [one.text for one in document.paragraphs[:4]] == [
        "砂子塘 YH-SZT-01（示例数据）", "体检评估报告", report().subtitle, "示例数据，非实测",
    ]  # fmt: skip
    assert "编制单位：（请填写）" in [one.text for one in document.paragraphs]
    real = docx.Document(io.BytesIO(docx_bytes(replace(report(), sample_mark=""))))
    assert "示例数据，非实测" not in [one.text for one in real.paragraphs]
    assert "示例" not in real.paragraphs[-1].text


# hostile names


def test_hostile_names_stand_in_the_document_as_they_are(hostile):
    document = docx.Document(io.BytesIO(hostile))
    told = read(document)
    for name in HOSTILE:
        assert shown(name, "text") in told
    assert "49" not in whole(document.paragraphs[0])
    links = [one.get(qn("r:id")) for one in document.element.body.iter(qn("w:hyperlink"))]
    assert set(links) == {None}  # none leads out of the document
    kinds = {one.text.split()[0] for one in document.element.body.iter(qn("w:instrText"))}
    assert kinds == {"PAGEREF", "REF", "SEQ"}


@pytest.mark.parametrize("which", ["sample", "hostile"])
def test_libreoffice_makes_pages_of_it(which, hostile, tmp_path):
    file = tmp_path / "report.docx"
    file.write_bytes(hostile if which == "hostile" else docx_bytes(report()))
    told, pages = to_pdf(file, tmp_path)
    assert 12 < pages < 140
    plain = re.sub(r"\s+", "", told)
    if which == "sample":
        assert f"第2页共{pages}页" in plain
        first = re.search(r"一、概况\.+(\d+)", plain)
        assert first, "no page beside a heading in the contents"
        assert int(first[1]) == 3
        for word in ("表1统计单元基本情况", "附表1", "26,822", "待核"):
            assert word in plain
    else:
        names = ["{{7*7}}", "{%raw", "</script><script>alert(1)</script>", "${7*7}", "@SUM(1)"]
        for name in [*names, '=HYPERLINK("http://x")', "<imgsrc=xonerror=alert(1)>"]:
            assert name in plain


# the user's own template


def template(tmp_path, runs=("{{re", "port}}"), *, after=True):
    mine = docx.Document()
    mine.sections[0].page_width = Cm(18)
    mine.sections[0].header.paragraphs[0].text = "我局"
    mine.add_paragraph("封面")
    place = mine.add_paragraph()
    for one in runs:
        place.add_run(one)
    if after:
        mine.add_paragraph("签章")
    path = tmp_path / "模板.docx"
    mine.save(path)
    return path


def test_the_report_goes_where_the_template_says(tmp_path):
    made = docx.Document(io.BytesIO(docx_bytes(report(), template(tmp_path))))
    texts = [one.text for one in made.paragraphs]
    assert texts[0] == "封面"
    assert texts[-1] == "签章"
    assert "{{report}}" not in texts
    assert "体检评估报告" not in texts  # the cover is the template's
    assert "一、概况" in texts
    assert made.sections[0].header.paragraphs[0].text == "我局"
    assert [section.orientation for section in made.sections] == [0, 1, 0]
    assert made.sections[0].page_width == pytest.approx(Cm(18), abs=635)
    assert "lifecircle cell" in {style.name for style in made.styles}
    blue = made.styles["Heading 1"].element.find(f".//{qn('w:color')}")
    assert blue is not None  # as the template has it


def test_without_a_place_the_report_goes_to_the_end(tmp_path):
    made = docx.Document(io.BytesIO(docx_bytes(report(), template(tmp_path, ("正文",)))))
    texts = [one.text for one in made.paragraphs]
    assert texts[:3] == ["封面", "正文", "签章"]
    assert "附表" in texts
    assert [section.orientation for section in made.sections] == [0, 1]


def test_headings_that_the_template_numbers_are_not_numbered_twice(tmp_path):
    path = template(tmp_path)
    mine = docx.Document(path)
    layout = mine.styles["Heading 1"].element.get_or_add_pPr()
    layout.get_or_add_numPr().get_or_add_numId().val = 1
    mine.save(path)
    made = docx.Document(io.BytesIO(docx_bytes(report(), path)))
    assert "概况" in [one.text for one in made.paragraphs]


def test_a_template_that_is_no_word_file_is_one_message(tmp_path):
    path = tmp_path / "a.docx"
    path.write_text("no")
    with pytest.raises(InputError, match=r"a\.docx is no Word file"):
        docx_bytes(report(), path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types")
    with pytest.raises(InputError, match="is no Word file"):
        docx_bytes(report(), path)


def test_a_place_among_other_words_is_told(tmp_path):
    path = template(tmp_path, ("见 {{report}} 于此",))
    with pytest.warns(LifecircleWarning, match="1 paragraph"):
        docx_bytes(report(), path)


def test_blanks_around_the_place_do_not_matter(tmp_path):
    made = docx.Document(io.BytesIO(docx_bytes(report(), template(tmp_path, ("{{ report }} ",)))))
    texts = [one.text for one in made.paragraphs]
    assert texts[-1] == "签章"
    assert not any("report" in text for text in texts)


def test_a_column_of_long_chinese_alone_has_a_width(tmp_path):
    """Nothing in it must stay together: a heading of seven letters, and cells as long."""
    study = parts_of(lc.load_demo()).study([3], "one")
    path = lc.write_report(lc.health_check(lc.evaluate(study)), tmp_path / "one.docx")
    tables = docx.Document(path).tables
    assert len(tables) > 5
    for table in tables:
        assert all(column.width > 0 for column in table.columns)
