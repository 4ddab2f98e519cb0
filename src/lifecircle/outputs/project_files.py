"""Files that the list of projects leaves behind: today, the list, and what it would change."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from lifecircle.outputs.comparison_files import manifest_of_comparison, put_comparison
from lifecircle.outputs.csv_tables import write_csv
from lifecircle.outputs.reporting.material import material
from lifecircle.outputs.reports import REPORT_FILES, check_reports, put_reports
from lifecircle.outputs.results import manifest_of, put_evaluation
from lifecircle.outputs.whole_files import (
    prepare_folder,
    put_in_place,
    tell_of_left,
    whole_files,
    write_json,
)
from lifecircle.planning.comparison import Comparison
from lifecircle.planning.promises import needs_found
from lifecircle.tables.findings import tell

# Files that not every run writes.
_OPTIONAL = (*REPORT_FILES, "shortfalls.csv", "survey.csv", "scenario.toml")


def write_projects(
    projects: gpd.GeoDataFrame,
    comparison: Comparison,
    out: str | os.PathLike[str],
    *,
    shortfalls: pd.DataFrame | None = None,
    reports: Sequence[str] = (),
) -> dict[str, Path]:
    """Write ``projects.csv``, what :func:`write_evaluation` writes of today, and the comparison's.

    ``projects.csv`` may be filled in (``cost_cny``, ``payer``, ``phase``, ``include``) and handed
    in again as terms. ``projects_check.csv`` tells need by need how many people have it met before
    and after, as the evaluations find; ``scenario.toml`` makes the projects that were chosen and is
    left out where none can be built. Each file is written beside its place and moved there when all
    are whole; files of the same names are replaced, others in the folder are left alone.

    Parameters
    ----------
    projects
        What :func:`lifecircle.list_projects` gives.
    comparison
        Today and :func:`lifecircle.projects_scenario` of the chosen projects, compared.
    out
        Folder; made if it is not there.
    shortfalls
        What :func:`lifecircle.rank_shortfalls` made of today's health check.
    reports
        As :func:`lifecircle.write_evaluation` takes them; with the projects, before and after.

    Returns
    -------
    dict of str → Path
        File name → where it was written.

    Raises
    ------
    InputError
        If the folder cannot be written to, or there is no room.

    Examples
    --------
    >>> import tempfile, lifecircle
    >>> check = lifecircle.health_check(lifecircle.evaluate(lifecircle.load_demo()))
    >>> projects = lifecircle.list_projects(check, budget_cny=2_000_000, openings=0)
    >>> planned = lifecircle.projects_scenario(projects[projects["chosen"]])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     names = write_projects(projects, lifecircle.compare(check, planned), folder)
    >>> [name for name in names if name.startswith("projects")]
    ['projects.csv', 'projects_check.csv']
    """
    today = comparison.before
    study = today.evaluation.study
    names = check_reports(reports)
    found = needs_found(comparison)
    _tell_of_promise(projects, found)
    folder = prepare_folder(out)
    with whole_files(folder) as partial:
        put_evaluation(
            today.evaluation, partial, check=today, shortfalls=shortfalls, projects=projects
        )
        put_comparison(comparison, partial)
        if names:
            told = material(today, shortfalls=shortfalls, projects=projects, comparison=comparison)
            put_reports(told, partial, names)
        write_csv(found, partial / "projects_check.csv", study)
        write_json(_manifest(projects, comparison), partial / "manifest.json")
        written = put_in_place(sorted(partial.iterdir()), folder)
    tell_of_left(folder, _OPTIONAL, written)
    return written


def _tell_of_promise(projects: gpd.GeoDataFrame, found: pd.DataFrame) -> None:
    """Say so if the evaluations find something else than the list promises."""
    promised = float(projects.loc[projects["chosen"], "added_people"].sum())
    change = float(found["met_people_change"].sum())
    if abs(promised - change) > 0.5:
        tell(
            f"projects: the list promises {promised:,.0f} needs of people met, the evaluations "
            f"find {change:,.0f}. Is the comparison that of the chosen projects?"
        )


def _manifest(projects: gpd.GeoDataFrame, comparison: Comparison) -> dict[str, Any]:
    """How it came about: that of today, the scenario, and what was asked of the list."""
    compared = manifest_of_comparison(comparison)
    chosen = projects[projects["chosen"]]
    return {
        **manifest_of(comparison.before.evaluation, comparison.before),
        "scenario": compared["scenario"],
        "warnings": compared["warnings"],
        "projects": {
            **dict(projects.attrs.get("lifecircle", {})),
            "listed": len(projects),
            "chosen": chosen["project_id"].to_list(),
            "cost_cny": float(chosen["cost_cny"].sum()),
            "cost_unknown": int(chosen["cost_cny"].isna().sum()),
        },
    }
