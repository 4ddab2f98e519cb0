"""Coverage of what is required, at the time of each service, and people by how much they reach."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from lifecircle.assessment.evaluation import Evaluation


def required_coverage(evaluation: Evaluation, unit_ids: Iterable[str]) -> pd.DataFrame:
    """Rows of coverage of the services required, at the time that the standard sets for each.

    Parameters
    ----------
    evaluation
        From ``evaluate``.
    unit_ids
        Units that are wanted, in this order.

    Returns
    -------
    DataFrame
        ``requirement`` (row of ``requirements``), ``required`` (its service) and the columns of
        ``coverage``: the first row of each unit, service and time,
        which is measured for those the service is for. A service that no facility offers has a row
        without figures, whose ``walker`` is missing; where the standard accepts others in place of
        a service each has its row. Services without a time of their own: the longest.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> rows = required_coverage(lc.evaluate(lc.load_demo()), ["YH-SZT-01"])
    >>> rows["required"].iloc[0], float(rows["minutes"].iloc[0])
    ('junior_middle_school', 15.0)
    """
    own = evaluation.coverage.drop_duplicates(["unit_id", "service", "minutes"])
    places = zip(own["unit_id"].astype(str), own["service"], own["minutes"], strict=True)
    cells = dict(zip(places, own.to_dict("records"), strict=True))
    units = evaluation.units
    names = dict(zip(units["unit_id"].astype(str), units["name"], strict=True))
    rows: list[dict[Any, Any]] = []
    for unit_id in map(str, unit_ids):
        for row, need in enumerate(evaluation.requirements.to_dict("records")):
            stated = float(need["walk_minutes"])
            minutes = stated if math.isfinite(stated) else float(max(evaluation.study.minutes))
            told: dict[Any, Any] = {"unit_id": unit_id, "requirement": row}
            told |= {"required": need["service"], "minutes": minutes}
            found = [(unit_id, service, minutes) for service in need["accepts"]]
            listed = [cells[key] | told for key in found if need["listed"] and key in cells]
            rows += listed or [{**told, "service": need["service"], "name": names[unit_id]}]
    columns = dict.fromkeys(["unit_id", "requirement", "required", *evaluation.coverage.columns])
    return pd.DataFrame(rows, columns=list(columns))


def people_by_completeness(evaluation: Evaluation, unit_id: str) -> tuple[pd.Series, float]:
    """People of a unit by how many required services they reach within the longest time.

    Parameters
    ----------
    evaluation
        From ``evaluate``.
    unit_id
        Which unit.

    Returns
    -------
    people
        People by number of services, from none to all; index 0 … all.
    unknown_people
        Those who live too far from every street to be measured.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> people, unknown_people = people_by_completeness(lc.evaluate(lc.load_demo()), "YH-SZT-01")
    >>> float(people.sum() + unknown_people)
    26822.0
    """
    member, unit = evaluation.study.members()
    ids = [str(one) for one in evaluation.units["unit_id"]]
    mine = evaluation.residents.iloc[np.asarray(member)[np.asarray(unit) == ids.index(unit_id)]]
    count = mine[f"completeness_{max(evaluation.study.minutes):g}min_count"].astype("float64")
    if "unsnapped" in mine.columns:
        count = count.mask(mine["unsnapped"].astype("boolean").fillna(False).astype(bool))  # noqa: FBT003
    people = pd.to_numeric(mine["people"], errors="coerce").astype("float64").fillna(0.0)
    every = pd.RangeIndex(len(evaluation.required_services) + 1)
    by_count = people.groupby(count).sum().reindex(every, fill_value=0.0)
    return by_count, float(people[count.isna()].sum())
