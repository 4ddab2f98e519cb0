"""A report that can be handed in: Word, HTML or Excel by the ending of the file's name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd

from lifecircle.assessment.evaluation import Evaluation
from lifecircle.assessment.health_check import HealthCheck
from lifecircle.errors import InputError, UnknownNameError
from lifecircle.outputs.reporting.content import report_of
from lifecircle.outputs.reporting.docx_file import docx_bytes
from lifecircle.outputs.reporting.html_file import html_text
from lifecircle.outputs.reporting.material import Material, material
from lifecircle.outputs.reporting.model import Report
from lifecircle.outputs.reporting.xlsx_file import xlsx_bytes
from lifecircle.outputs.whole_files import prepare_folder, write_file
from lifecircle.planning.comparison import Comparison

REPORT_FILES = ("report.docx", "report.html", "report.xlsx")
"""All kinds of report, by the names they have beside the other results."""

_ENDINGS = tuple(Path(name).suffix for name in REPORT_FILES)


def write_report(
    evaluation: Evaluation | HealthCheck,
    path: str | os.PathLike[str],
    *,
    check: HealthCheck | None = None,
    shortfalls: pd.DataFrame | None = None,
    projects: gpd.GeoDataFrame | None = None,
    comparison: Comparison | None = None,
    template: str | os.PathLike[str] | None = None,
) -> Path:
    """Write a report as a Word file, one HTML page or a workbook, by the ending of the name.

    It is in the language of the study. The file is written whole or not at all; folders above it
    are made. Every figure in its text, tables and pictures is a cell of the tables.

    Parameters
    ----------
    evaluation
        What :func:`lifecircle.evaluate` found, or its health check.
    path
        Ends in ``.docx``, ``.html`` or ``.xlsx``. A file that is there is replaced.
    check
        What :func:`lifecircle.health_check` found of the evaluation; made if not given.
    shortfalls
        What :func:`lifecircle.rank_shortfalls` made of the health check; made if not given.
    projects
        What :func:`lifecircle.list_projects` made of it; without, the chapter says so.
    comparison
        What :func:`lifecircle.compare` found of the health check and the projects; adds before
        and after.
    template
        The user's own template, of the kind that is written.

        A ``.docx``: its styles, pages, headers, footers and text are kept; the report goes where a
        paragraph holds only ``{{report}}``, else to the end. Styles called ``lifecircle body``,
        ``lifecircle cell``, ``lifecircle caption`` and so on are used if they are there.

        An ``.html``: a jinja2 template that may do nothing but show what it is given: ``lang``,
        ``title``, ``name``, ``subtitle``, ``date``, ``sample_mark``, ``text`` (words by key),
        ``contents`` (each with ``level``, ``text``, ``id``) and ``chapters`` (each with ``id``,
        ``key``, ``heading``, ``blocks``). A block has a ``kind``: ``section`` (``heading``,
        ``id``), ``paragraph`` (``before``, ``references`` of ``id`` and ``label``, ``after``,
        ``is_note``), ``bullets`` (``items``; write ``block["items"]``), ``figure`` (``id``,
        ``label``, ``caption``, ``source``) or ``table`` (``id``, ``label``, ``caption``,
        ``is_appendix``, ``columns`` of ``name``, ``title``, ``is_number``, ``rows`` of cells with
        ``text``, ``order``, ``is_number``). All text is escaped.

    Returns
    -------
    Path
        Where the file is.

    Raises
    ------
    InputError
        If the name ends otherwise, something is of another evaluation, the template cannot be used
        or the file cannot be written.

    Examples
    --------
    >>> import tempfile, lifecircle
    >>> check = lifecircle.health_check(lifecircle.evaluate(lifecircle.load_demo()))
    >>> shortfalls = lifecircle.rank_shortfalls(check, sensitivity=False)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = write_report(check, f"{folder}/report.xlsx", shortfalls=shortfalls)
    ...     file.name, file.stat().st_size > 10_000
    ('report.xlsx', True)
    """
    target = Path(path)
    ending = target.suffix.lower()
    if ending not in _ENDINGS:
        raise InputError(
            f"{target}: a report is a .docx (Word), .html (browser) or .xlsx (Excel) file. End the "
            "name in one of them."
        )
    own = None if template is None else _template(Path(template), ending)
    prepare_folder(target.parent)  # an answer in time, not after all the work
    found = material(
        evaluation, check=check, shortfalls=shortfalls, projects=projects, comparison=comparison
    )
    report = report_of(found, written_on=date.today(), draws=ending != ".xlsx")  # noqa: DTZ011
    return write_file(target, _content(report, ending, own))


def check_reports(names: Sequence[str]) -> list[str]:
    """Names of reports, each once.

    Parameters
    ----------
    names
        Any of ``report.docx``, ``report.html`` and ``report.xlsx``, or their endings.

    Returns
    -------
    list of str
        Names of files.

    Raises
    ------
    UnknownNameError
        If there is no such report.

    Examples
    --------
    >>> check_reports(["docx", "report.html", ".docx"])
    ['report.docx', 'report.html']
    """
    listed = [names] if isinstance(names, str) else [str(name) for name in names]
    found = []
    for name in listed:
        file = f"report.{name.strip().lower().removeprefix('report').removeprefix('.')}"
        if file not in REPORT_FILES:
            raise UnknownNameError(
                "report", name, [one.removeprefix("report.") for one in REPORT_FILES]
            )
        found.append(file)
    return list(dict.fromkeys(found))


def put_reports(found: Material, folder: Path, names: Sequence[str] = REPORT_FILES) -> None:
    """Put reports of several kinds into a folder; what they show is made once for all.

    Parameters
    ----------
    found
        What they are written from.
    folder
        Folder that is there; see :func:`~lifecircle.outputs.whole_files.whole_files`.
    names
        Names of the files, each ending as a report does.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import tempfile, lifecircle
    >>> check = lifecircle.health_check(lifecircle.evaluate(lifecircle.load_demo()))
    >>> found = material(check, shortfalls=lifecircle.rank_shortfalls(check, sensitivity=False))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     put_reports(found, Path(folder), ["report.xlsx"])
    ...     [path.name for path in Path(folder).iterdir()]
    ['report.xlsx']
    """
    today = date.today()  # noqa: DTZ011
    made: dict[bool, Report] = {}  # a workbook has tables alone
    for name in names:
        ending = Path(name).suffix
        draws = ending != ".xlsx"
        if draws not in made:
            made[draws] = report_of(found, written_on=today, draws=draws)
        (folder / name).write_bytes(_content(made[draws], ending, None))


def _template(template: Path, ending: str) -> Path:
    """The user's template, if it is of the kind that is written."""
    if ending == ".xlsx":
        raise InputError("template: a workbook has none. Leave it out, or write .docx or .html.")
    kinds = (".html", ".htm", ".jinja", ".j2") if ending == ".html" else (".docx",)
    if template.suffix.lower() not in kinds:
        raise InputError(
            f"template: {template} is not of the kind that is written ({ending}). Hand in one that "
            f"ends in {' or '.join(kinds)}."
        )
    if not template.is_file():
        raise InputError(f"template: there is no file {template}. Check the path.")
    return template


def _content(report: Report, ending: str, template: Path | None) -> bytes:
    """The file's content."""
    if ending == ".docx":
        return docx_bytes(report, template)
    if ending == ".html":
        return html_text(report, template).encode("utf-8", "replace")
    return xlsx_bytes(report)
