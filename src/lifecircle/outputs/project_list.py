"""The list of projects as a table that is printed and filled in, and as a layer."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from lifecircle.assessment.study import Study
from lifecircle.errors import MissingColumnError, some
from lifecircle.outputs.csv_tables import services_names, words_beside
from lifecircle.planning.project_table import PROJECT_COLUMNS

# Of use to whoever computes on; they stand last.
_TECHNICAL = ("lon", "lat", "lon_to", "lat_to", "site_id", "gate_id")


def written_projects(projects: gpd.GeoDataFrame, study: Study) -> pd.DataFrame:
    """Rows of ``projects.csv``: names beside codes, an empty ``include`` to fill in, places last.

    Parameters
    ----------
    projects
        What :func:`lifecircle.list_projects` gives.
    study
        Whose language and units they are.

    Returns
    -------
    DataFrame
        ``include`` is ``must`` or ``never`` where that was said of a project.

    Raises
    ------
    MissingColumnError
        If the table lacks a column.

    Examples
    --------
    >>> import lifecircle
    >>> check = lifecircle.health_check(lifecircle.evaluate(lifecircle.load_demo()))
    >>> projects = lifecircle.list_projects(check, openings=0)
    >>> rows = written_projects(projects, check.evaluation.study)
    >>> rows.columns[:5].to_list(), rows["kind_name"].iloc[0]
    (['project_id', 'kind', 'kind_name', 'what', 'services'], '新建设施')
    """
    absent = [column for column in PROJECT_COLUMNS if column not in projects.columns]
    if absent:
        raise MissingColumnError(
            f"projects: column {some(absent, 12)} is missing; found {some(projects.columns, 40)}. "
            "Take the table that list_projects() makes."
        )
    table = pd.DataFrame(projects.drop(columns=projects.geometry.name))
    for column in ("kind", "chosen"):
        words = words_beside(column, study.language)
        if words:
            named = table[column].map(words).fillna("")
            table.insert(_after(table, column), f"{column}_name", named)
    names = services_names(table["services"], study.language)
    table.insert(_after(table, "services"), "services_name", names)
    units = study.units.set_index("unit_id")["name"]
    table.insert(_after(table, "unit_id"), "unit_name", table["unit_id"].map(units).fillna(""))
    said = dict(projects.attrs.get("lifecircle", {}).get("include", {}))
    include = table["project_id"].map(lambda one: said.get(one, ""))
    table.insert(_after(table, "phase"), "include", include)
    first = [column for column in table.columns if column not in _TECHNICAL]
    return table[[*first, *_TECHNICAL]]


def _after(table: pd.DataFrame, column: str) -> int:
    """Place behind a column."""
    return list(table.columns).index(column) + 1


def projects_layer(projects: gpd.GeoDataFrame, study: Study) -> gpd.GeoDataFrame:
    """Points of projects with what they are, for a GIS.

    Parameters
    ----------
    projects
        What :func:`lifecircle.list_projects` gives.
    study
        Whose language and units they are.

    Returns
    -------
    GeoDataFrame, EPSG:4326

    Examples
    --------
    >>> import lifecircle
    >>> check = lifecircle.health_check(lifecircle.evaluate(lifecircle.load_demo()))
    >>> projects = lifecircle.list_projects(check, openings=0)
    >>> projects_layer(projects, check.evaluation.study)["step"].dtype
    dtype('float64')
    """
    table = written_projects(projects, study)
    table["step"] = table["step"].astype(float)  # a database knows no number that may be missing
    return gpd.GeoDataFrame(table, geometry=projects.geometry.array, crs=projects.crs)
