"""Files that siting leaves behind: the sites, what they promise and what an evaluation finds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from lifecircle.crs import WGS84
from lifecircle.errors import InputError
from lifecircle.outputs.comparison_files import manifest_of_comparison, put_comparison
from lifecircle.outputs.csv_tables import write_csv
from lifecircle.outputs.findings import Findings
from lifecircle.outputs.whole_files import (
    prepare_folder,
    put_in_place,
    put_layers,
    whole_files,
    write_json,
)
from lifecircle.planning.comparison import Comparison
from lifecircle.planning.promises import siting_found
from lifecircle.planning.siting import SitingResult

_SIZES = ("floor_area_m2", "site_area_m2", "capacity")


def write_siting(
    result: SitingResult,
    comparison: Comparison,
    out: str | os.PathLike[str],
    *,
    candidates: gpd.GeoDataFrame | None = None,
) -> dict[str, Path]:
    """Write ``sites.csv``, ``sites_check.csv``, ``sites.gpkg`` and the files of the comparison.

    ``sites_check.csv`` holds what siting promised beside what the evaluations found. Layers:
    ``sites`` that were chosen, ``candidates``, and ``residents`` with the minutes before and after.
    Each file is written beside its place and moved there when all are whole; files of the same
    names are replaced, others in the folder are left alone.

    Parameters
    ----------
    result
        What :func:`lifecircle.site_facilities` found.
    comparison
        The study and :func:`lifecircle.siting_scenario` of the result, compared.
    out
        Folder; made if it is not there.
    candidates
        The candidate sites; the study's own if not given.

    Returns
    -------
    dict of str → Path
        File name → where it was written.

    Raises
    ------
    InputError
        If the result has no places, the folder cannot be written to, or there is no room.

    Examples
    --------
    >>> import tempfile, lifecircle
    >>> study = lifecircle.load_demo()
    >>> found = lifecircle.site_facilities(study, "托儿所", count=1)
    >>> compared = lifecircle.compare(study, lifecircle.siting_scenario(found))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     names = write_siting(found, compared, folder)
    >>> [name for name in names if name.startswith("sites")]
    ['sites.csv', 'sites.gpkg', 'sites_check.csv']
    """
    if result.additions is None or result.by_service is None:
        raise InputError(
            "siting: these sites have no places and no service. Take what site_facilities() found."
        )
    study = comparison.before.evaluation.study
    sites = _sites(result, result.additions)
    layers = {"sites": sites}
    known = study.extras.get("sites") if candidates is None else candidates
    if known is not None:
        chosen = known["site_id"].isin(sites["site_id"]).to_numpy()
        layers["candidates"] = known.assign(chosen=chosen)
    layers["residents"] = comparison.residents
    folder = prepare_folder(out)
    with whole_files(folder) as partial:
        write_csv(pd.DataFrame(sites.drop(columns="geometry")), partial / "sites.csv", study)
        write_csv(siting_found(result, comparison), partial / "sites_check.csv", study)
        put_layers(layers, partial / "sites.gpkg", study)
        put_comparison(comparison, partial, findings=Findings(sites=result, candidates=known))
        manifest = {**manifest_of_comparison(comparison), "siting": _facts(result)}
        write_json(manifest, partial / "manifest.json")
        return put_in_place(sorted(partial.iterdir()), folder)


def _sites(result: SitingResult, additions: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Chosen sites with what they do and where they are."""
    points = additions.geometry.to_crs(WGS84)
    table = result.sites.assign(
        **{name: additions[name].to_numpy() for name in _SIZES},
        lon=points.x.to_numpy(),
        lat=points.y.to_numpy(),
    )
    table.insert(0, "rank", range(1, len(table) + 1))
    return gpd.GeoDataFrame(table, geometry=points.array, crs=WGS84)


def _facts(result: SitingResult) -> dict[str, Any]:
    """What was asked and how good the answer is."""
    names = ("model", "objective", "bound", "unit", "gap_share", "method", "cost_cny", "seconds")
    return {"services": list(result.services), **{name: getattr(result, name) for name in names}}
