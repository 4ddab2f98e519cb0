"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

OutFolder = Annotated[Path, typer.Option("--out", help="Folder for the results.")]
Reports = Annotated[
    str, typer.Option("--reports", help="Which reports: docx,html,xlsx; none for none.")
]
ALL_REPORTS = "docx,html,xlsx"


def reports_of(text: str) -> list[str]:
    """Names of reports out of an option's text.

    Parameters
    ----------
    text
        Such as ``"docx,xlsx"``, or ``"none"``.

    Returns
    -------
    list of str

    Raises
    ------
    UnknownNameError
        If there is no such report.

    Examples
    --------
    >>> reports_of("docx，xlsx"), reports_of("none")
    (['report.docx', 'report.xlsx'], [])
    """
    from lifecircle.outputs.reports import check_reports

    names = [name for name in text.replace("，", ",").split(",") if name.strip()]
    return [] if [name.strip().lower() for name in names] == ["none"] else check_reports(names)
