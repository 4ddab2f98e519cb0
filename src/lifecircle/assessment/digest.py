"""What the overview of a batch needs of one unit: cells of its tables, as plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from lifecircle.assessment.evaluation import Evaluation
from lifecircle.assessment.health_check import HealthCheck
from lifecircle.errors import UnknownNameError

UNIT_FIGURES = (
    "area_ha",
    "households",
    "people",
    "elderly",
    "children",
    "unsnapped_people",
    "places",
    "required_count",
)
"""Figures of a unit besides the means of completeness; those that a table lacks are unknown."""

COVERAGE_COLUMNS = (
    "service",
    "group",
    "walker",
    "segment",
    "minutes",
    "people",
    "covered_people",
    "covered_share",
    "unsnapped_people",
    "nearest_median_min",
    "radius_share",
)
"""Columns of coverage that are kept."""

SHORTFALL_COLUMNS = (
    "service",
    "service_name",
    "standard",
    "clause",
    "check",
    "segment",
    "people_short",
    "severity",
    "survey_weight",
    "priority",
    "is_sum",
    "where",
    "why",
)
"""Columns of shortfalls that are kept."""

COMPLETENESS = "completeness_"
"""Means of how many required services people have begin with this."""

_IDENTITY = ("unit_id", "name", "level", "parent_id", "district")
_BLOCKS = ("block", "block_name", "score", "unknown_share")
_VERDICTS = {"met": "met", "not_met": "not met", "unknown": "unknown"}


def unit_digest(check: HealthCheck, shortfalls: pd.DataFrame, unit_id: str) -> dict[str, Any]:
    """What the overview of a batch needs of one unit, for a JSON file.

    Nothing is computed anew: every figure is a cell of the evaluation, of its health check or of
    the shortfalls. Units below the unit are left out.

    Parameters
    ----------
    check
        What :func:`lifecircle.health_check` found of the unit's study.
    shortfalls
        What :func:`lifecircle.rank_shortfalls` made of it.
    unit_id
        Which unit of the study.

    Returns
    -------
    dict
        Text, numbers, lists and dicts, ``None`` for what is not known:

        - ``unit``: ``unit_id, name, level``, where there ``parent_id`` and ``district``,
          ``area_ha`` (ha), ``households``, ``people``, ``elderly``, ``children``,
          ``unsnapped_people``, ``places``, ``required_count`` and the means ``completeness_…``;
        - ``indicators``: how many are ``met``, ``not_met`` and ``unknown``;
        - ``blocks``: ``block, block_name, score`` (0–100) and ``unknown_share`` (0–1) of each;
        - ``coverage``: rows of each service for whom it is measured by default, column by column;
        - ``shortfalls``: all of the unit, column by column, in their order;
        - ``warnings``: how many things were told.

    Raises
    ------
    UnknownNameError
        If the study has no such unit.

    Examples
    --------
    >>> import lifecircle as lc
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> shortfalls = lc.rank_shortfalls(check, sensitivity=False)
    >>> digest = unit_digest(check, shortfalls, "YH-SZT-01-1")
    >>> digest["unit"]["people"], digest["indicators"]
    (5873.0, {'met': 10, 'not_met': 8, 'unknown': 2})
    """
    evaluation = check.evaluation
    blocks = _of(check.blocks, unit_id)
    counts = _of(check.indicators, unit_id)["status"].value_counts()
    return {
        "unit": _unit(evaluation, unit_id),
        "indicators": {key: int(counts.get(word, 0)) for key, word in _VERDICTS.items()},
        "blocks": [
            {name: _plain(value) for name, value in row.items()}
            for row in blocks[list(_BLOCKS)].to_dict("records")
        ],
        "coverage": _lists(_default_rows(_of(evaluation.coverage, unit_id)), COVERAGE_COLUMNS),
        "shortfalls": _lists(_of(shortfalls, unit_id), SHORTFALL_COLUMNS),
        "warnings": len(check.warnings),
    }


def _of(table: pd.DataFrame, unit_id: str) -> pd.DataFrame:
    """Rows of one unit."""
    return table[table["unit_id"] == unit_id]


def _unit(evaluation: Evaluation, unit_id: str) -> dict[str, Any]:
    """Identity and figures of the unit."""
    units = evaluation.units
    rows = _of(units, unit_id)
    if rows.empty:
        raise UnknownNameError("unit", unit_id, units["unit_id"])
    there = [name for name in (*_IDENTITY, *UNIT_FIGURES) if name in rows.columns]
    there += [str(name) for name in rows.columns if str(name).startswith(COMPLETENESS)]
    return {name: _plain(rows[name].iloc[0]) for name in there}


def _default_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of each service for its first group of people and walker, whom it is there for."""
    whom = ["segment", "walker"]
    first = rows.drop_duplicates("service").set_index("service")[whom]
    here = first.reindex(rows["service"])
    kept: pd.Series[bool] = (rows[whom] == here.to_numpy()).all(axis=1)
    return rows[kept]


def _lists(rows: pd.DataFrame, columns: Sequence[str]) -> dict[str, list[Any]]:
    """Columns as lists."""
    return {name: [_plain(value) for value in rows[name].tolist()] for name in columns}


def _plain(value: Any) -> Any:
    """A cell as JSON knows it."""
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value
