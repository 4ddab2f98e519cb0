"""Reports that several tests look at: the sample's, and one whose every text is hostile."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date
from functools import cache

import lifecircle as lc
from lifecircle.outputs.reporting.content import report_of
from lifecircle.outputs.reporting.material import material
from lifecircle.outputs.reporting.model import Bullets, Paragraph, Table
from sample import SAMPLE, sample_check

DAY = date(2026, 7, 1)
HOSTILE = [
    "{{7*7}}",
    "{% raw",
    "{#",
    "{%",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "${7*7}",
    "`+alert(1)+`",
    '=HYPERLINK("http://x")',
    "http://x/y",
    "@SUM(1)",
    "+1",
    "-1",
    "007",
    "\x00\x01\x07\x08\t\n\x0b\x1f\x7f",
    "half \ud800 of one",
    "长" * 1000 + "x" * 1000,
    "\u202eevil\u202c and \u202eopen",
    "𠮷野家",
    '"\'"><b onmouseover=alert(1)>',
    "a\u2028b\u2029c",
    "{{report}}",
    "</w:t><w:br/>",
    "&amp;&lt;",
    "_x0041_",
]


@cache
def found(language: str = "zh"):
    """Everything that the report of the sample is written from."""
    if language == "zh":
        check = sample_check()
    else:
        check = lc.health_check(lc.evaluate(replace(SAMPLE, language=language)))
    shortfalls = lc.rank_shortfalls(check, sensitivity=False)
    projects = lc.list_projects(check, budget_cny=3_000_000, openings=0)
    chosen = lc.projects_scenario(projects[projects["chosen"]], name="plan")
    compared = lc.compare(check, chosen)
    return material(check, shortfalls=shortfalls, projects=projects, comparison=compared)


@cache
def report(language: str = "zh"):
    """Chapters and sheets of the sample."""
    drawn = report_of(found(language), written_on=DAY)
    return replace(drawn, sheets=report_of(found(language), written_on=DAY, draws=False).sheets)


def _hostile(block, number):
    # a long name in a narrow column takes pages: it stands in one table alone
    has_long = isinstance(block, Table) and block.key in {"all_coverage_0", "coverage"}
    names = [name for name in HOSTILE if len(name) < 500 or has_long]
    names = names[number % len(names) :] + names[: number % len(names)]
    if isinstance(block, Table):
        rows = [
            tuple(
                names[(row + place) % len(names)] if isinstance(cell, str) else cell
                for place, cell in enumerate(cells)
            )
            for row, cells in enumerate(block.rows[: 2 * len(names)])
        ]
        return replace(block, rows=tuple(rows), caption=names[0])
    if isinstance(block, Paragraph):
        return replace(block, text=f"{block.text} {_signs(names[0])}")
    if isinstance(block, Bullets):
        return Bullets(tuple(_signs(name) for name in names))
    return block


def _signs(name):
    """As sentences are given: visible already."""
    from lifecircle.outputs.reporting.text import visible

    return visible(name)


@cache
def hostile_report():
    """The sample's report with a hostile name in every cell, caption, sentence and title."""
    plain = report()
    chapters = [
        replace(chapter, blocks=tuple(_hostile(one, n) for n, one in enumerate(chapter.blocks)))
        for chapter in plain.chapters
    ]
    sheets = {name: _hostile(table, n) for n, (name, table) in enumerate(plain.sheets.items())}
    title = " ".join(name for name in HOSTILE if "\ud800" not in name)
    return replace(plain, title=title, name=title, chapters=tuple(chapters), sheets=sheets)


def to_pdf(file, folder):
    """Text of the pages that LibreOffice makes of a file, and how many there are."""
    done = subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{folder}/office",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            str(file),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )
    assert done.returncode == 0, done.stderr
    pdf = folder / f"{file.stem}.pdf"
    assert pdf.exists(), done.stdout + done.stderr
    told = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True
    ).stdout
    return told, told.count("\f")
