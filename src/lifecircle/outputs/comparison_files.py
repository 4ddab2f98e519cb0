"""Files that a comparison leaves behind: tables, layers, the scenario and how it came about."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from lifecircle.errors import some
from lifecircle.outputs.csv_tables import SAMPLE_MARK, write_csv
from lifecircle.outputs.results import manifest_of
from lifecircle.outputs.whole_files import (
    prepare_folder,
    put_in_place,
    storable,
    whole_files,
    write_json,
)
from lifecircle.planning.comparison import Comparison
from lifecircle.planning.scenario_files import write_scenario
from lifecircle.tables.findings import tell

_SCENARIO = "scenario.toml"


def write_comparison(comparison: Comparison, out: str | os.PathLike[str]) -> dict[str, Path]:
    """Write the tables, ``comparison.gpkg``, ``scenario.toml`` and ``manifest.json``.

    ``comparison_coverage.csv``, ``comparison_compliance.csv``, ``comparison_health_check.csv``,
    ``comparison_people.csv``, ``comparison_units.csv`` and ``losers.csv``, which is there also
    where nobody loses. Layers: ``residents`` with the minutes before and after of services whose
    walks changed, and the ``facilities``, ``gates`` and ``new_ways`` that changed. Each file is
    written beside its place and moved there when it is whole; files of the same names are replaced,
    others are left alone.

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
    9
    """
    folder = prepare_folder(out)
    study = comparison.after.evaluation.study
    with whole_files(folder) as partial:
        for name, table in _tables(comparison).items():
            write_csv(table, partial / name, study)
        for name, layer in _layers(comparison).items():
            marked = layer.assign(note=SAMPLE_MARK) if study.sample else layer
            path = partial / "comparison.gpkg"
            storable(marked).to_file(path, layer=name, driver="GPKG", engine="pyogrio")
        if comparison.scenario is not None:
            write_scenario(comparison.scenario, partial / _SCENARIO)
        write_json(_manifest(comparison), partial / "manifest.json")
        written = put_in_place(sorted(partial.iterdir()), folder)
    left = [name for name in (_SCENARIO,) if name not in written and (folder / name).exists()]
    if left:
        tell(
            f"{folder}: {some(left)} is of an earlier run and was left as it was. Delete it, or "
            "write to another folder."
        )
    return written


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


def _manifest(comparison: Comparison) -> dict[str, Any]:
    """How a comparison came about: that of what comes after, and what came before it."""
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
