"""Two health checks side by side: years, or today and a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from lifecircle.assessment.health_check import HealthCheck
from lifecircle.assessment.health_parts import MET, NOT_MET, UNKNOWN
from lifecircle.assessment.health_words import VERDICTS, change_name
from lifecircle.errors import InputError

CHANGE_COLUMNS = (
    "unit_id",
    "level",
    "block",
    "indicator_id",
    "indicator",
    "unit",
    "value_before",
    "value_after",
    "value_change",
    "status_before",
    "status_after",
    "score_before",
    "score_after",
    "score_change",
    "unknown_share_before",
    "unknown_share_after",
    "change",
    "name",
    "change_name",
    "status_before_name",
    "status_after_name",
)
_KEY = ["unit_id", "block", "indicator_id"]


def compare_health_checks(before: HealthCheck, after: HealthCheck) -> pd.DataFrame:
    """Indicators and scores of blocks of two health checks side by side.

    Parameters
    ----------
    before, after
        Health checks by the same system: of two years of records (``year=``), or of two
        evaluations, such as without and with a scenario.

    Returns
    -------
    DataFrame
        One row per unit and indicator (``level`` ``"indicator"``) and one per unit and block
        (``"block"``, without ``indicator_id``): value, status, score and unknown share before and
        after, and the changes. What is unknown on one side, or there on one side alone, has no
        change (NaN). ``change`` is ``"better"``, ``"worse"``, ``"same"`` or ``"unknown"``: by
        verdict, and where that stays by score. ``name`` of the unit; ``change_name``,
        ``status_before_name`` and ``status_after_name`` in the language of the second study.

    Raises
    ------
    InputError
        If the two are by different systems.

    Notes
    -----
    The score of a block is the mean of what is known of it; where the unknown shares differ, the
    two scores are not of the same things: ``change`` is ``"unknown"``, and neither score nor value
    has a change (NaN).

    Examples
    --------
    >>> from lifecircle import evaluate, health_check, load_demo
    >>> today = health_check(evaluate(load_demo()))
    >>> set(compare_health_checks(today, today)["change"]) <= {"same", "unknown"}
    True
    """
    if before.system != after.system:
        raise InputError(
            f"compare_health_checks: before is by {before.system!r}, after by {after.system!r}. "
            "Check both by one system of indicators."
        )
    rows = pd.concat(
        [
            _beside(_indicators(before), _indicators(after), "indicator"),
            _beside(_blocks(before), _blocks(after), "block"),
        ],
        ignore_index=True,
    )
    for name in ("value", "score"):
        rows[f"{name}_change"] = rows[f"{name}_after"] - rows[f"{name}_before"]
    rows["change"] = [_change(row) for row in rows.to_dict("records")]
    rows.loc[rows["change"] == UNKNOWN, ["value_change", "score_change"]] = np.nan
    language = after.evaluation.study.language
    names = {**_names(before), **_names(after)}
    rows["name"] = rows["unit_id"].map(names)
    rows["change_name"] = [change_name(change, language) for change in rows["change"]]
    for side in ("before", "after"):
        status = rows[f"status_{side}"]
        rows[f"status_{side}_name"] = [VERDICTS[one][language] if one else "" for one in status]
    return rows[list(CHANGE_COLUMNS)]


def _names(check: HealthCheck) -> dict[str, str]:
    """Names of the units."""
    return dict(zip(check.indicators["unit_id"], check.indicators["name"], strict=True))


def _indicators(check: HealthCheck) -> pd.DataFrame:
    table = check.indicators.assign(unknown_share=1.0 - check.indicators["known_share"])
    columns = ["indicator", "unit", "value", "status", "score", "unknown_share"]
    return table[[*_KEY, *columns]]


def _blocks(check: HealthCheck) -> pd.DataFrame:
    table = check.blocks.rename(columns={"block_name": "indicator"})
    table = table.assign(indicator_id="", unit="", value=np.nan, status="")
    columns = ["indicator", "unit", "value", "status", "score", "unknown_share"]
    return table[[*_KEY, *columns]]


def _beside(before: pd.DataFrame, after: pd.DataFrame, level: str) -> pd.DataFrame:
    """Rows of both in the order of the first, then those of the second alone."""
    keys = pd.concat([before[_KEY], after[_KEY]]).drop_duplicates(ignore_index=True)
    table = keys.merge(before, on=_KEY, how="left").merge(
        after, on=_KEY, how="left", suffixes=("_before", "_after")
    )
    for name in ("indicator", "unit"):
        table[name] = table[f"{name}_after"].fillna(table[f"{name}_before"])
    for side in ("status_before", "status_after"):
        table[side] = table[side].fillna(UNKNOWN)
    return table.assign(level=level)


def _change(row: Mapping[Any, Any]) -> str:
    """Better, worse, the same or unknown."""
    order = {NOT_MET: 0, MET: 1}
    verdicts = [order.get(str(row[side])) for side in ("status_before", "status_after")]
    if row["level"] == "indicator":
        if None in verdicts:
            return UNKNOWN
        if verdicts[0] != verdicts[1]:
            return "better" if verdicts == [0, 1] else "worse"
    step = float(row["score_change"])
    apart = float(row["unknown_share_after"]) - float(row["unknown_share_before"])
    if not abs(apart) < 1e-9 or np.isnan(step):  # not of the same things
        return UNKNOWN
    if abs(step) < 1e-9:
        return "same"
    return "better" if step > 0 else "worse"
