"""Both sides of a comparison: evaluated, checked, and of the same people in the same units."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import shapely

from lifecircle.assessment.evaluation import Evaluation, evaluate
from lifecircle.assessment.health_check import HealthCheck, health_check
from lifecircle.assessment.study import Study
from lifecircle.errors import InputError, some
from lifecircle.planning.scenarios import Scenario, apply_scenario
from lifecircle.standards.indicators import indicator_systems
from lifecircle.standards.standard import Standard, standards
from lifecircle.tables.values import as_ids

# People and places are the same to this many digits.
_SAME = 1e-9


def both_sides(before: Any, after: Any) -> tuple[HealthCheck, HealthCheck, Scenario | None]:
    """Both sides, evaluated and checked where they were not, and the scenario if there is one.

    Parameters
    ----------
    before, after
        As for :func:`lifecircle.compare`.

    Returns
    -------
    before, after
        Health checks.
    scenario
        What changed, or ``None`` where two studies are compared.

    Raises
    ------
    InputError
        If a side is none, or the two cannot be compared.
    """
    if not isinstance(before, Study | Evaluation | HealthCheck):
        raise InputError(
            f"compare: before is a {type(before).__name__}; give a Study, or what evaluate or "
            "health_check made of one."
        )
    known = Study | Evaluation | HealthCheck
    scenario = None if isinstance(after, known) else _scenario(after)
    first = before if isinstance(before, HealthCheck) else health_check(_evaluated(before))
    if isinstance(after, HealthCheck):
        second = after
    else:
        changed = after
        if scenario is not None:
            changed = apply_scenario(first.evaluation.study, scenario)
        if isinstance(changed, Study):
            old = first.evaluation
            _stop(_study_differences(old.study, changed))
            changed = evaluate(changed, standard=old.rulebook, walkers=old.walkers, since=old)
        _stop(_differences(first.evaluation, changed))
        second = _checked_like(first, changed)
    _stop(_differences(first.evaluation, second.evaluation))
    return first, second, scenario


def _evaluated(side: Study | Evaluation) -> Evaluation:
    return evaluate(side) if isinstance(side, Study) else side


def _scenario(after: Any) -> Scenario:
    if isinstance(after, Scenario):
        return after
    try:
        return Scenario(after)
    except InputError as error:
        raise InputError(
            f"compare: after is a {type(after).__name__}; give a Scenario, an action or a list of "
            "them, a Study, or what evaluate or health_check made of one."
            + (f" {error}" if isinstance(after, Iterable) and not isinstance(after, str) else "")
        ) from error


def _checked_like(check: HealthCheck, evaluation: Evaluation) -> HealthCheck:
    """Health check of another evaluation by the same system, year, records and answers."""
    packaged = check.system in set(indicator_systems().index)
    stated = set(evaluation.rulebook.table["standard"])
    more = [code for code in check.compliance["standard"].unique() if code in standards().index]
    asked: list[str | Standard] = [
        evaluation.rulebook,
        *(str(code) for code in more if code not in stated),
    ]
    return health_check(
        evaluation,
        indicators=check.system if packaged else None,
        standards=asked,
        survey=check.survey,
        records=check.records,
        year=check.year,
    )


def _stop(problems: list[str]) -> None:
    if problems:
        raise InputError(
            "compare: the two sides are not of the same place and people: "
            + "; ".join(problems)
            + ". Compare studies that differ in facilities, gates, walls or streets only."
        )


def _differences(before: Evaluation, after: Evaluation) -> list[str]:
    """What keeps two evaluations from being compared."""
    problems = _study_differences(before.study, after.study)
    if before.standard != after.standard:
        problems.append(
            f"standard {before.standard!r} before, {after.standard!r} after: evaluate both by one"
        )
    paces = [
        {name: times.walker.pace for name, times in side.times.items() if times.walker is not None}
        for side in (before, after)
    ]
    shared = paces[0].keys() & paces[1].keys()
    others = sorted(name for name in shared if paces[0][name] != paces[1][name])
    if others:
        problems.append(f"walkers {some(others)} walk otherwise before than after")
    if (before.walkers is None) != (after.walkers is None) or not shared:
        problems.append(
            f"walkers {some(paces[0])} before, {some(paces[1])} after: evaluate both for the same"
        )
    return problems


def _study_differences(before: Study, after: Study) -> list[str]:
    """What keeps two studies from being compared."""
    problems = []
    if before.minutes != after.minutes:
        told = [", ".join(f"{m:g}" for m in side.minutes) for side in (before, after)]
        problems.append(f"minutes {told[0]} before, {told[1]} after")
    problems += _table_differences("units", "unit_id", before.units, after.units, [])
    numbers = [
        name
        for name in ("people", "elderly", "children")
        if name in before.residents or name in after.residents
    ]
    problems += _table_differences(
        "residents", "resident_id", before.residents, after.residents, numbers
    )
    return problems


def _table_differences(
    what: str, key: str, before: Any, after: Any, numbers: list[str]
) -> list[str]:
    ids = [as_ids(side[key]).to_list() for side in (before, after)]
    problems = [
        f"{what}: {len(only)} of {len(ids[side])} are {words} only ({some(only)})"
        for side, words in ((0, "before"), (1, "after"))
        if (only := [one for one in ids[side] if one not in set(ids[1 - side])])
    ]
    if problems:
        return problems
    if ids[0] != ids[1]:
        return [f"{what}: their rows stand in another order after than before; sort both alike"]
    same = shapely.equals_exact(
        np.asarray(before.geometry.array), np.asarray(after.geometry.array), tolerance=_SAME
    )
    places = np.array(ids[0])[~same]
    if len(places):
        problems.append(f"{what}: {len(places)} of {len(same)} lie elsewhere ({some(places)})")
    for name in numbers:
        if (name in before) != (name in after):
            problems.append(f"{what}: the column {name!r} is on one side only")
            continue
        counts = [pd.to_numeric(side[name]).to_numpy(dtype=float) for side in (before, after)]
        other = ~np.isclose(counts[0], counts[1], rtol=0.0, atol=_SAME, equal_nan=True)
        if other.any():
            told = some(np.array(ids[0])[other])
            problems.append(f"{what}: {other.sum()} of {len(other)} have other {name} ({told})")
    return problems
