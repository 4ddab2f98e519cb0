"""Files that a comparison leaves behind: tables, layers, the scenario and how it came about."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from lifecircle.outputs.csv_tables import write_csv
from lifecircle.outputs.findings import Findings
from lifecircle.outputs.mapping.comparison import map_comparison
from lifecircle.outputs.page import write_map
from lifecircle.outputs.results import manifest_of
from lifecircle.outputs.whole_files import (
    prepare_folder,
    put_in_place,
    put_layers,
    tell_of_left,
    whole_files,
    write_json,
)
from lifecircle.planning.comparison import Comparison
from lifecircle.planning.scenario_files import write_scenario

_SCENARIO = "scenario.toml"


def write_comparison(comparison: Comparison, out: str | os.PathLike[str]) -> dict[str, Path]:
    """Write the tables, ``comparison.gpkg``, ``comparison_map.html`` and ``manifest.json``.

    ``comparison_coverage.csv``, ``comparison_compliance.csv``, ``comparison_health_check.csv``,
    ``comparison_people.csv``, ``comparison_units.csv`` and ``losers.csv``, which is there also
    where nobody loses; ``scenario.toml`` makes the scenario again. Layers: ``residents`` with the
    minutes before and after of services whose walks changed, and the ``facilities``, ``gates`` and
    ``new_ways`` that changed. Each file is written beside its place and moved there when it is
    whole; files of the same names are replaced, others are left alone.

    Parameters
    ----------
    comparison
        What :func:`lifecircle.compare` found.
    out
        Folder; made if it is not there.

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
    >>> study = lifecircle.load_demo()
    >>> canteen = lifecircle.AddFacility("community_canteen", (112.9910, 28.1655))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     len(write_comparison(lifecircle.compare(study, canteen), folder))
    10
    """
    folder = prepare_folder(out)
    with whole_files(folder) as partial:
        put_comparison(comparison, partial)
        write_json(manifest_of_comparison(comparison), partial / "manifest.json")
        written = put_in_place(sorted(partial.iterdir()), folder)
    tell_of_left(folder, (_SCENARIO,), written)
    return written


def put_comparison(
    comparison: Comparison, folder: Path, *, findings: Findings | None = None
) -> None:
    """Put tables, layers, map and scenario of a comparison into a folder, without a manifest.

    Parameters
    ----------
    comparison
        What :func:`lifecircle.compare` found.
    folder
        Folder that is there; see :func:`~lifecircle.outputs.whole_files.whole_files`.
    findings
        What is drawn beside it.

    Examples
    --------
    >>> import tempfile, lifecircle
    >>> study = lifecircle.load_demo()
    >>> folder = Path(tempfile.mkdtemp())
    >>> put_comparison(lifecircle.compare(study, lifecircle.OpenGate("G001")), folder)
    >>> len([*folder.iterdir()])
    9
    """
    study = comparison.after.evaluation.study
    for name, table in _tables(comparison).items():
        write_csv(table, folder / name, study)
    put_layers(_layers(comparison), folder / "comparison.gpkg", study)
    page = map_comparison(
        comparison,
        findings=findings,
        data_sources=study.data_sources,
        review_number=study.review_number,
    )
    write_map(page, folder / "comparison_map.html")
    if comparison.scenario is not None and comparison.scenario.actions:
        write_scenario(comparison.scenario, folder / _SCENARIO)


def _tables(comparison: Comparison) -> dict[str, pd.DataFrame]:
    return {
        "comparison_coverage.csv": comparison.coverage,
        "comparison_compliance.csv": comparison.compliance,
        "comparison_health_check.csv": comparison.health_check,
        "comparison_people.csv": comparison.people,
        "comparison_units.csv": comparison.units,
        "losers.csv": comparison.losers,
    }


def _layers(comparison: Comparison) -> dict[str, gpd.GeoDataFrame]:
    return {"residents": comparison.residents, **comparison.changes}


def manifest_of_comparison(comparison: Comparison) -> dict[str, Any]:
    """How a comparison came about: that of what comes after, and what came before it.

    Parameters
    ----------
    comparison
        What :func:`lifecircle.compare` found.

    Returns
    -------
    dict

    Examples
    --------
    >>> import lifecircle
    >>> study = lifecircle.load_demo()
    >>> found = manifest_of_comparison(lifecircle.compare(study, lifecircle.OpenGate("G001")))
    >>> found["scenario"]["source"], len(found["scenario"]["actions"])
    ('handed over in memory', 1)
    """
    after = manifest_of(comparison.after.evaluation, comparison.after)
    before = manifest_of(comparison.before.evaluation, comparison.before)
    scenario = comparison.scenario
    told = {
        "scenario": None
        if scenario is None
        else {
            "name": scenario.name,
            "source": scenario.source or "handed over in memory",
            "actions": [repr(action) for action in scenario.actions],
        },
        "before": {name: before[name] for name in ("study", "inputs", "counts", "seconds")},
        "warnings": list(comparison.warnings),
    }
    return {**after, **told}
