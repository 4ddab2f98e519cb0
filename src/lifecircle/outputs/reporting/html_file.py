"""A report as one HTML file: nothing is fetched, text is escaped, tables sort by click."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from lifecircle.errors import InputError
from lifecircle.outputs.reporting.docx_file import dated
from lifecircle.outputs.reporting.model import (
    Block,
    Bullets,
    Column,
    Figure,
    Paragraph,
    Report,
    Section,
    Table,
)
from lifecircle.outputs.reporting.text import Cell, shown, signs, visible
from lifecircle.outputs.self_contained import png_address, security_policy, template_text
from lifecircle.outputs.words import LANGUAGE_TAGS

_POLICY_PLACE = "lifecircle-policy"
_MOST_BYTES = 5_000_000


def html_text(report: Report, template: Path | None = None) -> str:
    """A report as an HTML page.

    Parameters
    ----------
    report
        What it says.
    template
        The user's own jinja2 template; see :func:`lifecircle.write_report` for what it is given.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If the template cannot be read or filled.

    Examples
    --------
    >>> from datetime import date
    >>> from lifecircle.outputs.reporting.words import report_words
    >>> report = Report("1 < 2", "", "", "zh", "", date(2026, 7, 1), (), {}, report_words("zh"))
    >>> "<title>1 &lt; 2</title>" in html_text(report)
    True
    """
    environment = SandboxedEnvironment(autoescape=True, undefined=jinja2.StrictUndefined)
    given = context(report)
    if template is not None:
        return _own(environment, template, given)
    page = environment.from_string(template_text("report.html")).render(
        **given,
        policy=_POLICY_PLACE,
        style=Markup(template_text("report.css")),  # noqa: S704  our own file
        script=Markup(template_text("report.js")),  # noqa: S704  our own file
    )
    page = page.replace("\r\n", "\n").replace("\r", "\n")
    return page.replace(_POLICY_PLACE, security_policy(page), 1)


def _own(environment: SandboxedEnvironment, template: Path, given: dict[str, Any]) -> str:
    """The user's own template, filled."""
    try:
        if template.stat().st_size > _MOST_BYTES:
            raise InputError(f"template: {template} is too large for a template. Is it a report?")
        source = template.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"template: {template} cannot be read as UTF-8 text ({error}). Save it as UTF-8."
        ) from error
    try:
        return environment.from_string(source).render(**given)
    except jinja2.TemplateSyntaxError as error:
        raise InputError(
            f"template: {template}, line {error.lineno}: {error.message}. Mend the template."
        ) from error
    except (RecursionError, MemoryError) as error:
        raise InputError(
            f"template: {template} asks for more than fits into memory, or for itself again and "
            "again. Mend the template."
        ) from error
    except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        line = _line_of(error)
        where = f", line {line}" if line else ""
        raise InputError(
            f"template: {template}{where}: {str(error).rstrip('.')}. The docstring of write_report "
            "lists what a template is given."
        ) from error


def _line_of(error: BaseException) -> int:
    """Line of a template at which filling it failed."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in {"<template>", "<unknown>"}:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def context(report: Report) -> dict[str, Any]:
    """What a template is given: plain text, numbers, lists and dicts.

    Parameters
    ----------
    report
        What it says.

    Returns
    -------
    dict

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> from datetime import date
    >>> from lifecircle.outputs.reporting.words import report_words
    >>> report = Report("甲", "", "", "zh", "", date(2026, 7, 1), (), {}, report_words("zh"))
    >>> context(report)["lang"], context(report)["date"]
    ('zh-CN', '2026年7月1日')
    """
    labels = report.labels()
    contents: list[dict[str, Any]] = []
    chapters = []
    for number, chapter in enumerate(report.chapters):
        heading = report.heading(number)
        contents.append({"level": 1, "text": heading, "id": f"c{number}"})
        blocks, section = [], 0
        for block in chapter.blocks:
            if isinstance(block, Section):
                section += 1
                told = {"text": report.heading(number, section), "id": f"c{number}-{section}"}
                contents.append({"level": 2, **told})
                blocks.append({"kind": "section", "heading": told["text"], "id": told["id"]})
            else:
                blocks.append(_block(block, report, labels))
        chapters.append(
            {"id": f"c{number}", "key": chapter.key, "heading": heading, "blocks": blocks}
        )
    return {
        "lang": LANGUAGE_TAGS[report.language],
        "title": visible(report.title),
        "name": visible(report.name),
        "subtitle": report.subtitle,
        "date": dated(report),
        "sample_mark": report.sample_mark,
        "contents": contents,
        "chapters": chapters,
        "text": dict(report.text),
    }


def _block(block: Block, report: Report, labels: dict[str, str]) -> dict[str, Any]:
    """One block as a dict."""
    if isinstance(block, Bullets):
        return {"kind": "bullets", "items": [signs(item) for item in block.items]}
    if isinstance(block, Paragraph):
        before, keys, after = report.see(block)
        references = [{"id": key, "label": labels[key]} for key in keys]
        return {
            "kind": "paragraph",
            "before": signs(before),
            "references": references,
            "after": after,
            "is_note": block.is_note,
        }
    if isinstance(block, Figure | Table):
        head = {
            "id": block.key,
            "label": labels[block.key],
            "caption": signs(report.captioned(block)),
        }
        if isinstance(block, Figure):
            return {"kind": "figure", **head, "source": png_address(block.png)}
        return {"kind": "table", **head, **_table(block)}
    return {"kind": "section", "heading": block.title, "id": ""}


def _table(table: Table) -> dict[str, Any]:
    columns = [
        {"name": one.name, "title": visible(one.title), "is_number": one.is_number}
        for one in table.columns
    ]
    rows = [
        [_cell(cell, column) for cell, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    return {"is_appendix": table.is_appendix, "columns": columns, "rows": rows}


def _cell(cell: Cell, column: Column) -> dict[str, Any]:
    """Text of a cell, and the number that it is sorted by."""
    order = repr(cell) if isinstance(cell, float) else ""
    return {"text": shown(cell, column.kind), "order": order, "is_number": column.is_number}
