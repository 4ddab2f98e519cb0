"""What comes packaged: the nine Hunan cases and the drawn Shazitang sample."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import geopandas as gpd

from lifecircle.assessment.study import Study
from lifecircle.assessment.study_file import read_study
from lifecircle.errors import InputError
from lifecircle.inputs.boundaries import read_units


def load_demo() -> Study:
    """The Shazitang life circle YH-SZT-01 in Changsha, a drawn sample.

    Its totals, names and limits are those of the published case; its streets, buildings and points
    are drawn. It says so on everything made from it.

    Returns
    -------
    Study

    Raises
    ------
    InputError
        If the packaged data is not there.

    Examples
    --------
    >>> study = load_demo()
    >>> int(study.residents["people"].sum())
    26822
    """
    return replace(_demo())  # checked copies: nothing done to one reaches the next


def cases() -> gpd.GeoDataFrame:
    """The nine cases of green and complete communities that Hunan published in 2024.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        One area per case with the facts of the document: ``unit_id``, ``name``, ``area_ha``,
        ``households``, ``people`` and others. The areas are drawn from the descriptions, true in
        size; ``boundary_source`` and ``confidence`` say so for each. Where the documents' own
        figures do not go together, that is told, and stands in ``note``.

    Raises
    ------
    InputError
        If the packaged data is not there.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as told:
    ...     warnings.simplefilter("always")
    ...     nine = cases()
    >>> len(nine), [str(doubt.message)[:39] for doubt in told]
    (9, ['units: 2 of 9 rows (ids HN-02, HN-07) h', 'units: 1 of 9 rows (ids HN-04) have 4.9'])
    """
    return read_units(data_folder() / "boundaries" / "hunan_cases.geojson")


def demo_folder() -> Path:
    """Folder of the packaged sample.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        If the packaged data is not there.
    """
    return data_folder() / "demo"


def data_folder() -> Path:
    """Folder of the packaged data, in an installation or in a checkout.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        If it is in neither place.
    """
    installed = Path(str(files("lifecircle"))) / "data"
    checkout = Path(__file__).resolve().parents[3] / "data"
    for folder in (installed, checkout):
        if (folder / "demo" / "study.toml").is_file():
            return folder
    raise InputError(
        f"the packaged data is not in {installed}. Install lifecircle again: pip install "
        "--force-reinstall lifecircle"
    )


@cache
def _demo() -> Study:
    return read_study(demo_folder() / "study.toml")
