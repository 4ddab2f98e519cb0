"""The list of projects as a table that is filled in, as a layer, and as a command asks for it."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from lifecircle.assessment.study import Study
from lifecircle.errors import InputError, UnknownNameError
from lifecircle.outputs.csv_tables import services_names, words_beside
from lifecircle.planning.project_table import PROJECT_COLUMNS
from lifecircle.tables.frames import check_columns

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
    check_columns(projects, PROJECT_COLUMNS, "projects", "list_projects()")
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


def costs_of(texts: Sequence[str]) -> dict[str, float]:
    """Yuan by kind of project, by its word or Chinese name, or by project id.

    Parameters
    ----------
    texts
        Such as ``"open_gate=20000"``.

    Returns
    -------
    dict
        As :func:`lifecircle.list_projects` takes it.

    Raises
    ------
    InputError
        If one is no kind or id and number of yuan.
    UnknownNameError
        If there is no such kind.

    Examples
    --------
    >>> costs_of(["开放大门=20,000", "W-wall-1=80000"])
    {'open_gate': 20000.0, 'W-wall-1': 80000.0}
    """
    kinds = {name: kind for kind, name in words_beside("kind", "zh").items()}
    costs: dict[str, float] = {}
    for text in texts:
        key, separator, amount = text.replace("＝", "=").rpartition("=")
        try:
            yuan = float(amount.replace(",", "").replace("，", ""))
        except ValueError:
            yuan = float("nan")
        if not (key.strip() and separator and yuan >= 0):
            raise InputError(
                f"--cost {text!r}: give a kind or an id and yuan, such as open_gate=20000."
            )
        word = kinds.get(key.strip(), key.strip())
        if word not in kinds.values() and "-" not in word:  # ids have one
            raise UnknownNameError("kind of project", word, kinds.values())
        costs[word] = yuan
    return costs


def plan_name(projects: gpd.GeoDataFrame, language: str) -> str:
    """What the scenario of the chosen projects is called.

    Parameters
    ----------
    projects
        What :func:`lifecircle.list_projects` gives.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str

    Examples
    --------
    >>> plan_name(gpd.GeoDataFrame(), "zh")
    '项目清单'
    """
    budget_cny = projects.attrs.get("lifecircle", {}).get("budget_cny")
    if language == "zh":
        return "项目清单" if budget_cny is None else f"项目清单（预算 {budget_cny:,.0f} 元）"
    return "projects" if budget_cny is None else f"projects within {budget_cny:,.0f} yuan"
