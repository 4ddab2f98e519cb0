"""Files that an evaluation leaves behind: tables, layers, the map and how it all came about."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from lifecircle.assessment.choices import check_target
from lifecircle.assessment.evaluation import Evaluation
from lifecircle.assessment.health_check import HealthCheck
from lifecircle.assessment.shortfall_places import shortfall_areas, shortfall_hulls
from lifecircle.assessment.survey_findings import GOOD_SHARE
from lifecircle.assessment.survey_table import survey_table
from lifecircle.assessment.unit_tiers import unit_tiers
from lifecircle.outputs.csv_tables import SAMPLE_MARK, write_csv
from lifecircle.outputs.findings import Findings
from lifecircle.outputs.maps import map_evaluation
from lifecircle.outputs.page import write_map
from lifecircle.outputs.project_list import projects_layer, written_projects
from lifecircle.outputs.reporting.material import material
from lifecircle.outputs.reports import REPORT_FILES, check_reports, put_reports
from lifecircle.outputs.shown import evaluation_shown, streets_shown
from lifecircle.outputs.walls import wall_facts, wall_layers
from lifecircle.outputs.whole_files import (
    prepare_folder,
    put_in_place,
    put_layers,
    tell_of_left,
    whole_files,
    write_json,
)

# Files that not every run writes.
_OPTIONAL = (
    *REPORT_FILES,
    "compliance.csv",
    "health_check.csv",
    "health_blocks.csv",
    "survey.csv",
    "shortfalls.csv",
    "projects.csv",
)
_PACKAGES = ("numpy", "pandas", "geopandas", "shapely", "pyproj", "numba", "osmium", "folium")


def write_evaluation(
    evaluation: Evaluation,
    out: str | os.PathLike[str],
    *,
    check: HealthCheck | None = None,
    shortfalls: pd.DataFrame | None = None,
    projects: gpd.GeoDataFrame | None = None,
    reports: Sequence[str] = (),
) -> dict[str, Path]:
    """Write ``coverage.csv``, ``results.gpkg``, ``map.html`` and ``manifest.json``.

    With a health check also ``compliance.csv``, ``health_check.csv``, ``health_blocks.csv`` and,
    where residents were asked, ``survey.csv``; with its shortfalls ``shortfalls.csv`` and the
    layers ``shortfalls`` and ``shortfall_cells``; with projects ``projects.csv`` and a layer of
    their points. Each file is written beside its place and moved
    there when it is whole; files of the same names are replaced, others in the folder are left
    alone; tables of an earlier run that this one does not write are told.

    Parameters
    ----------
    evaluation
        What :func:`lifecircle.evaluate` found.
    out
        Folder; made if it is not there.
    check
        What :func:`lifecircle.health_check` found of this evaluation.
    shortfalls
        What :func:`lifecircle.rank_shortfalls` made of the health check.
    projects
        What :func:`lifecircle.list_projects` made of it. ``projects.csv`` may be filled in
        (``cost_cny``, ``payer``, ``phase``, ``include``) and handed in again as its terms.
    reports
        Reports to be written beside them: any of ``report.docx``, ``report.html`` and
        ``report.xlsx``. Without a health check one is made for them.

    Returns
    -------
    dict of str → Path
        File name → where it was written.

    Raises
    ------
    InputError
        If the folder cannot be written to, there is no room, or shortfalls come without the health
        check that they were ranked from.
    UnknownNameError
        If there is no such report.

    Examples
    --------
    >>> import tempfile, lifecircle
    >>> today = lifecircle.evaluate(lifecircle.load_demo())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sorted(write_evaluation(today, folder))
    ['coverage.csv', 'manifest.json', 'map.html', 'results.gpkg']
    """
    names = check_reports(reports)
    folder = prepare_folder(out)
    with whole_files(folder) as partial:
        put_evaluation(evaluation, partial, check=check, shortfalls=shortfalls, projects=projects)
        if names:
            found = material(evaluation, check=check, shortfalls=shortfalls, projects=projects)
            put_reports(found, partial, names)
        write_json(manifest_of(evaluation, check), partial / "manifest.json")
        written = put_in_place(sorted(partial.iterdir()), folder)
    tell_of_left(folder, _OPTIONAL, written)
    return written


def put_evaluation(
    evaluation: Evaluation,
    folder: Path,
    *,
    check: HealthCheck | None = None,
    shortfalls: pd.DataFrame | None = None,
    projects: gpd.GeoDataFrame | None = None,
) -> None:
    """Put the tables, layers and map of an evaluation into a folder, without a manifest.

    Parameters
    ----------
    evaluation, check, shortfalls, projects
        As :func:`lifecircle.write_evaluation` takes them.
    folder
        Folder that is there; see :func:`~lifecircle.outputs.whole_files.whole_files`.

    Raises
    ------
    InputError
        If shortfalls come without their health check, or that is of another evaluation.

    Examples
    --------
    >>> import tempfile, lifecircle
    >>> folder = Path(tempfile.mkdtemp())
    >>> put_evaluation(lifecircle.evaluate(lifecircle.load_demo()), folder)
    >>> sorted(path.name for path in folder.iterdir())
    ['coverage.csv', 'map.html', 'results.gpkg']
    """
    findings = Findings(check=check, shortfalls=shortfalls, projects=projects).of(evaluation)
    tables, layers = _found(evaluation, findings)
    study = evaluation.study
    if projects is not None:
        tables["projects.csv"] = written_projects(projects, study)
        layers["projects"] = projects_layer(projects, study)
    for table_name, table in tables.items():
        write_csv(table, folder / table_name, study)
    _write_layers(evaluation, layers, folder / "results.gpkg")
    page = map_evaluation(
        evaluation,
        data_sources=study.data_sources,
        review_number=study.review_number,
        findings=findings,
    )
    write_map(page, folder / "map.html")


def _found(
    evaluation: Evaluation, findings: Findings
) -> tuple[dict[str, pd.DataFrame], dict[str, gpd.GeoDataFrame]]:
    """Tables and layers that are written, by name."""
    check, shortfalls = findings.check, findings.shortfalls
    tables = {"coverage.csv": evaluation.coverage}
    layers: dict[str, gpd.GeoDataFrame] = {}
    if check is not None:
        tables |= {
            "compliance.csv": check.compliance,
            "health_check.csv": check.indicators,
            "health_blocks.csv": check.blocks,
        }
        if check.survey is not None and len(check.survey):
            tables["survey.csv"] = survey_table(check.survey, evaluation)
    if check is not None and shortfalls is not None:
        tables["shortfalls.csv"] = shortfalls
        layers = {
            "shortfalls": shortfall_hulls(shortfalls, check),
            "shortfall_cells": shortfall_areas(shortfalls, check),
        }
    return tables, layers


def _write_layers(evaluation: Evaluation, more: dict[str, gpd.GeoDataFrame], path: Path) -> None:
    evaluation = evaluation_shown(evaluation)
    layers: dict[str, gpd.GeoDataFrame] = {
        "units": evaluation.units,
        "residents": evaluation.residents,
        "facilities": evaluation.facilities,
        "isochrones": evaluation.isochrones,
        "network_edges": streets_shown(evaluation.study),
    }
    if evaluation.study.network.repairs is not None:
        layers["street_repairs"] = evaluation.study.network.repairs
    layers |= wall_layers(evaluation.study.network, evaluation.study.residents) | more
    put_layers(layers, path, evaluation.study)


def manifest_of(evaluation: Evaluation, check: HealthCheck | None = None) -> dict[str, Any]:
    """How an evaluation came about: inputs, parameters, versions and everything that was told.

    Parameters
    ----------
    evaluation
        An evaluation.
    check
        Its health check.

    Returns
    -------
    dict

    Examples
    --------
    >>> import lifecircle
    >>> today = lifecircle.evaluate(lifecircle.load_demo())
    >>> manifest_of(today)["counts"]["units"]
    6
    """
    study = evaluation.study
    told = evaluation.warnings if check is None else check.warnings
    seen = evaluation_shown(evaluation)
    return {
        "lifecircle": importlib.metadata.version("lifecircle"),
        "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "study": study.name,
        "sample_data": study.sample,
        "note": SAMPLE_MARK if study.sample else "",
        "inputs": dict(study.sources) or "handed over in memory",
        "counts": {
            "units": len(study.units),
            "facilities": len(seen.facilities),
            "residents": len(seen.residents),
            "people": float(seen.residents["people"].sum()),
            "network_nodes": study.network.node_count,
            "network_edges": study.network.edge_count,
            "network_km": round(float(study.network.edge_length_m.sum()) / 1000, 3),
        },
        "parameters": _parameters(evaluation),
        "walls_and_gates": wall_facts(study.network),
        "requirements": evaluation.requirements.drop(columns="accepts").to_dict("records"),
        "unsnapped": {
            "residents": _ids(seen.residents, "resident_id"),
            "facilities": _ids(seen.facilities, "facility_id"),
        },
        "tiers": unit_tiers(evaluation).to_dict("records"),
        "health_check": None if check is None else {"system": check.system, "year": check.year},
        "warnings": list(told),
        "seconds": dict(evaluation.seconds),
        "versions": {
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in _PACKAGES},
        },
    }


def _parameters(evaluation: Evaluation) -> dict[str, Any]:
    """What the figures were asked for with."""
    study = evaluation.study
    return {
        "standard": evaluation.standard,
        "choices": dict(study.choices),
        "target_share": {  # that is enough where nothing else is stated
            "compliance": check_target(study.target_share),
            "health_check": study.target_share or "0.85, by its parts",
            "survey": GOOD_SHARE,
        },
        "minutes": list(study.minutes),
        "language": study.language,
        "walkers": [
            {
                "name": name,
                "speed_m_s": times.walker.speed_m_s,
                "steps": times.walker.steps,
                "source": times.walker.source,
                "confidence": times.walker.confidence,
                "figures": times.walker.figures(),
            }
            for name, times in evaluation.times.items()
            if times.walker is not None
        ],
        "snap_m": study.snap_m,
        "cell_m": 20.0,
    }


def _ids(table: pd.DataFrame, column: str) -> list[str]:
    return [str(value) for value in table.loc[table["unsnapped"], column]]
