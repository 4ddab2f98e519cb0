"""Pictures of a report: drawn by the charts, handed on as PNG."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from lifecircle.outputs import charts
from lifecircle.outputs.reporting.material import Material
from lifecircle.outputs.reporting.model import Figure
from lifecircle.outputs.words import fill

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as Drawing

    from lifecircle.planning.comparison import Comparison

DPI = 180
"""Sharp in print; more makes files heavy."""
_SHORTFALLS_A_UNIT = 2


def picture(key: str, caption: str, draw: Callable[[], Drawing]) -> Figure:
    """A picture of a report.

    Parameters
    ----------
    key
        Name within the report.
    caption
        What it shows.
    draw
        Makes it.

    Returns
    -------
    Figure

    Raises
    ------
    MissingPackageError
        If the package with the font is not installed.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.charts import plot_completeness
    >>> today = lc.evaluate(lc.load_demo())
    >>> picture("people", "", lambda: plot_completeness(today)).png[1:4]
    b'PNG'
    """
    return Figure(key, caption, charts.figure_png(draw(), dpi=DPI))


def overview_map(found: Material) -> Figure:
    """Map of facilities and of how many services residents have.

    Parameters
    ----------
    found
        What the report is written from.

    Returns
    -------
    Figure

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> overview_map(found).caption
    '现状设施与居民可达总图'
    """
    return picture(
        "overview_map", found.text["cap_overview"], lambda: charts.plot_map(found.evaluation)
    )


def coverage_charts(found: Material) -> list[Figure]:
    """Coverage by service and completeness of people, of each unit at the top.

    Parameters
    ----------
    found
        What the report is written from.

    Returns
    -------
    list of Figure

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> [figure.key for figure in coverage_charts(found)]
    ['coverage_chart_0', 'histogram_0']
    """
    if not len(found.evaluation.requirements):
        return []
    pictures = []
    for row, unit_id, name in _units(found):
        captions = [fill(found.text[f"cap_{what}"], {"name": name}) for what in _COVERAGE]
        pictures += [
            picture(
                f"coverage_chart_{row}",
                captions[0],
                partial(charts.plot_coverage, found.evaluation, unit_id=unit_id),
            ),
            picture(
                f"histogram_{row}",
                captions[1],
                partial(charts.plot_completeness, found.evaluation, unit_id=unit_id),
            ),
        ]
    return pictures


_COVERAGE = ("coverage_chart", "histogram")


def health_charts(found: Material) -> list[Figure]:
    """Scores of the health check, of each unit at the top.

    Parameters
    ----------
    found
        What the report is written from.

    Returns
    -------
    list of Figure

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> [figure.key for figure in health_charts(found)]
    ['health_chart_0']
    """
    return [
        picture(
            f"health_chart_{row}",
            fill(found.text["cap_health_chart"], {"name": name}),
            partial(charts.plot_health_check, found.check, unit_id=unit_id),
        )
        for row, unit_id, name in _units(found)
    ]


def survey_charts(found: Material, asked: set[str]) -> list[Figure]:
    """Importance and performance, of each unit at the top whose people were asked.

    Parameters
    ----------
    found
        What the report is written from.
    asked
        Ids of units whose people were asked.

    Returns
    -------
    list of Figure

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> survey_charts(found, set())
    []
    """
    return [
        picture(
            f"survey_chart_{row}",
            fill(found.text["cap_survey_chart"], {"name": name}),
            partial(charts.plot_importance_performance, found.check, unit_id=unit_id),
        )
        for row, unit_id, name in _units(found)
        if unit_id in asked
    ]


def mapped_shortfalls(found: Material) -> pd.DataFrame:
    """Shortfalls that are on the map: the first of each of the smallest units, of one level.

    Those of whole life circles concern people all over them, and their middle tells nothing.

    Parameters
    ----------
    found
        What the report is written from.

    Returns
    -------
    DataFrame

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> list(mapped_shortfalls(found)["level"].unique())
    ['community']
    """
    units, ranked = found.evaluation.units, found.shortfalls
    parents = set(units["parent_id"]) if "parent_id" in units.columns else set()
    smallest = ranked[~ranked["unit_id"].isin(parents)]
    kept = smallest if len(smallest) else ranked
    kept = kept[kept["level"] == kept["level"].mode().iloc[0]]  # levels are ranked apart
    first: pd.DataFrame = kept.groupby("unit_id", sort=False).head(_SHORTFALLS_A_UNIT)
    return first


def shortfall_map(found: Material, level: str) -> Figure:
    """Map of where people are short.

    Parameters
    ----------
    found
        What the report is written from.
    level
        Name of the level of those that are on it.

    Returns
    -------
    Figure

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> shortfall_map(found, "社区").caption
    '短板分布（社区）'
    """
    mapped = mapped_shortfalls(found)
    return picture(
        "shortfall_map",
        fill(found.text["cap_shortfall_map"], {"level": level}),
        lambda: charts.plot_map(found.evaluation, show="shortfalls", shortfalls=mapped),
    )


def project_map(found: Material) -> Figure:
    """Map of the chosen projects, of all where none is chosen.

    Parameters
    ----------
    found
        What the report is written from, with projects.

    Returns
    -------
    Figure

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> projects = lc.list_projects(check, budget_cny=1_000_000, openings=0)
    >>> found = material(check, shortfalls=found.shortfalls, projects=projects)
    >>> project_map(found).caption
    '建议项目位置'
    """
    return picture(
        "project_map",
        found.text["cap_project_map"],
        lambda: charts.plot_map(found.evaluation, show="projects", projects=found.projects),
    )


def comparison_chart(found: Material, compared: Comparison) -> Figure:
    """Before and after.

    Parameters
    ----------
    found
        What the report is written from.
    compared
        Its comparison.

    Returns
    -------
    Figure

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> comparison_chart(found, lc.compare(check, check)).key
    'comparison_chart'
    """
    return picture(
        "comparison_chart",
        found.text["cap_compare_chart"],
        partial(charts.plot_comparison, compared),
    )


def _units(found: Material) -> list[tuple[int, str, str]]:
    """Units at the top that have figures of their own: number, id and name."""
    return [
        (row, str(unit["unit_id"]), str(unit["name"]) or found.text["nameless"])
        for row, unit in enumerate(found.told_tops)
    ]
