"""What a report is written from: an evaluation and what was found of it, and of no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from lifecircle.assessment.evaluation import Evaluation
from lifecircle.assessment.health_check import HealthCheck, health_check
from lifecircle.assessment.shortfalls import rank_shortfalls
from lifecircle.errors import InputError, some
from lifecircle.outputs.reporting.words import report_words
from lifecircle.planning.comparison import Comparison
from lifecircle.planning.project_table import PROJECT_COLUMNS
from lifecircle.tables.frames import check_columns

# A block of text for each unit at the top is too long beyond this.
MOST_TOPS = 3
_SAME = ("unit_id", "standard", "service", "check", "found")


@dataclass(frozen=True, eq=False, repr=False)
class Material:
    """Tables that a report is written from.

    Parameters
    ----------
    check
        Health check, with its evaluation.
    shortfalls
        Ranked from it.
    projects
        Listed from it, or ``None``.
    comparison
        Of it and what the projects change, or ``None``.
    text
        Words of the study's language.
    """

    check: HealthCheck
    shortfalls: pd.DataFrame
    projects: gpd.GeoDataFrame | None
    comparison: Comparison | None
    text: Mapping[str, str]

    @property
    def evaluation(self) -> Evaluation:
        """What the health check is of."""
        return self.check.evaluation

    @property
    def language(self) -> str:
        """Language of the study."""
        return self.evaluation.study.language

    @property
    def longest(self) -> float:
        """Longest walking time, minutes."""
        return self.evaluation.study.minutes[-1]

    @property
    def tops(self) -> pd.DataFrame:
        """Units that no other unit holds."""
        units = pd.DataFrame(self.evaluation.units.drop(columns="geometry"))
        if "parent_id" not in units.columns:
            return units
        return units[~units["parent_id"].isin(units["unit_id"])]

    @property
    def told_tops(self) -> list[dict[Any, Any]]:
        """Units at the top that are told of in sentences; none if there are too many."""
        rows = self.tops.to_dict("records")
        return rows if len(rows) <= MOST_TOPS else []

    def of_tops(self, table: pd.DataFrame) -> pd.DataFrame:
        """Rows of a table that are about units at the top.

        Parameters
        ----------
        table
            With ``unit_id``.

        Returns
        -------
        DataFrame

        Raises
        ------
        Nothing.

        Examples
        --------
        >>> import lifecircle as lc
        >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
        >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
        >>> len(found.of_tops(found.check.blocks))
        6
        """
        return table[table["unit_id"].isin(self.tops["unit_id"])]


def material(
    evaluation: Evaluation | HealthCheck,
    *,
    check: HealthCheck | None = None,
    shortfalls: pd.DataFrame | None = None,
    projects: gpd.GeoDataFrame | None = None,
    comparison: Comparison | None = None,
) -> Material:
    """Everything that a report is written from; what is not there is made.

    Parameters
    ----------
    evaluation, check, shortfalls, projects, comparison
        As :func:`lifecircle.write_report` takes them.

    Returns
    -------
    Material

    Raises
    ------
    InputError
        If one of them is of another evaluation, or is something else.

    Examples
    --------
    >>> import lifecircle as lc
    >>> material(lc.evaluate(lc.load_demo())).tops["unit_id"].to_list()
    ['YH-SZT-01']
    """
    if isinstance(evaluation, HealthCheck):
        if check is not None and check is not evaluation:
            raise InputError("check: two health checks were handed in. Hand in one.")
        check, evaluation = evaluation, evaluation.evaluation
    if not isinstance(evaluation, Evaluation):
        raise InputError(
            f"evaluation: expected what evaluate() or health_check() gives, got "
            f"{type(evaluation).__name__}."
        )
    if check is None:
        check = health_check(evaluation)
    elif not isinstance(check, HealthCheck) or check.evaluation is not evaluation:
        raise InputError(
            "check: this health check is of another evaluation. Hand in health_check(evaluation)."
        )
    if shortfalls is None:
        shortfalls = rank_shortfalls(check)
    else:
        _check_shortfalls(shortfalls, check)
    if projects is not None:
        _check_projects(projects, evaluation)
    if comparison is not None:
        _check_comparison(comparison, check)
    text = report_words(evaluation.study.language)
    return Material(check, shortfalls, projects, comparison, text)


def _check_shortfalls(shortfalls: pd.DataFrame, check: HealthCheck) -> None:
    """Raise if shortfalls do not follow from the verdicts of a health check."""
    if not isinstance(shortfalls, pd.DataFrame):
        raise InputError(
            f"shortfalls: expected the table that rank_shortfalls() gives, got "
            f"{type(shortfalls).__name__}."
        )
    wanted = ("rank", "people_short", *_SAME)
    check_columns(shortfalls, wanted, "shortfalls", "rank_shortfalls()")
    known = set(_keys(check.compliance))
    strange = [row for row, key in enumerate(_keys(shortfalls), start=1) if key not in known]
    if strange:
        raise InputError(
            f"shortfalls: {len(strange)} of {len(shortfalls)} rows (rows {some(strange)}) do not "
            "follow from this health check; they are of another evaluation. Hand in "
            "rank_shortfalls(check)."
        )


def _keys(table: pd.DataFrame) -> list[tuple[str, ...]]:
    """What was found of which unit and clause."""
    return list(zip(*(table[name].astype(str) for name in _SAME), strict=True))


def _check_projects(projects: gpd.GeoDataFrame, evaluation: Evaluation) -> None:
    """Raise if a table is no list of projects, or one of other units."""
    if not isinstance(projects, gpd.GeoDataFrame):
        raise InputError(
            f"projects: expected the table that list_projects() gives, got "
            f"{type(projects).__name__}."
        )
    check_columns(projects, PROJECT_COLUMNS, "projects", "list_projects()")
    named = projects["unit_id"].astype(str)
    strange = projects[~named.isin(["", *evaluation.units["unit_id"].astype(str)])]
    if len(strange):
        raise InputError(
            f"projects: {len(strange)} of {len(projects)} are in units that this evaluation does "
            f"not have ({some(strange['unit_id'].unique())}). Hand in list_projects(check)."
        )


def _check_comparison(comparison: Comparison, check: HealthCheck) -> None:
    """Raise if a comparison does not begin with an evaluation."""
    if not isinstance(comparison, Comparison):
        raise InputError(
            f"comparison: expected what compare() gives, got {type(comparison).__name__}."
        )
    if comparison.before.evaluation is not check.evaluation:
        raise InputError(
            "comparison: what it calls before is another evaluation. Hand in "
            "compare(check, projects_scenario(projects[projects['chosen']]))."
        )
