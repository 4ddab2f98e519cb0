"""Which tier a unit is of: by its people and by its land, side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from lifecircle.assessment.evaluation import Evaluation
from lifecircle.standards.figures import CONFIDENCES
from lifecircle.standards.standard import Standard, tiers

_BOUNDS = {
    "population": ("population_min", "population_max"),
    "area": ("area_min_ha", "area_max_ha"),
}
# Units whose level says nothing are taken for what their size makes them.
_NAMELESS = "unit"


def unit_tiers(
    evaluation: Evaluation, *, standard: str | Standard = "GB50180-2018"
) -> pd.DataFrame:
    """Tier of each unit by population and by area, which need not agree.

    Parameters
    ----------
    evaluation
        What :func:`lifecircle.evaluate` found.
    standard
        Standard whose tiers are meant.

    Returns
    -------
    DataFrame, one row per unit
        ``unit_id``, ``name``, ``people``, ``area_ha``, ``tier_by_population``, ``tier_by_area``
        (such as ``"15min"``, ``"between 10min and 15min"``, ``"below block"``, ``"above 15min"``;
        empty where the standard gives no such sizes) and ``agree``.

    Raises
    ------
    UnknownNameError
        If there is no such standard.

    Examples
    --------
    The area of the sample is that of a 15-minute circle, its 26,822 people are not:

    >>> from lifecircle import evaluate, load_demo
    >>> table = unit_tiers(evaluate(load_demo())).set_index("unit_id")
    >>> table.loc["YH-SZT-01", ["tier_by_population", "tier_by_area"]].to_list()
    ['between 10min and 15min', '15min']
    """
    table = tiers(standard)
    units = evaluation.units
    people = units["people"].to_numpy(dtype=float)
    area_ha = units["area_ha"].to_numpy(dtype=float)
    by_people = [_tier_of(value, table, "population") for value in people]
    by_area = [_tier_of(value, table, "area") for value in area_ha]
    return pd.DataFrame(
        {
            "unit_id": units["unit_id"].to_numpy(),
            "name": units["name"].to_numpy(),
            "people": people,
            "area_ha": area_ha,
            "tier_by_population": by_people,
            "tier_by_area": by_area,
            "agree": [one == other for one, other in zip(by_people, by_area, strict=True)],
        }
    )


def concerned(evaluation: Evaluation, standard: Standard) -> dict[str, dict[int, str]]:
    """Units that each tier of a standard concerns, and why.

    Tiers are not inclusive: whoever reaches one must have what the lower ones ask for as well. The
    lowest tier concerns every unit, however small; tiers without sizes concern every unit, or
    those of certain levels.

    Parameters
    ----------
    evaluation
        What was evaluated.
    standard
        Its tiers are asked.

    Returns
    -------
    dict
        Tier → {position of a unit → ``"population"``, ``"area"``, ``"population and area"``, or
        ``""`` where size does not matter}. Tiers that are missing concern every unit.

    Examples
    --------
    >>> from lifecircle import evaluate, load_demo
    >>> from lifecircle.standards.standard import find_standard
    >>> concerned(evaluate(load_demo()), find_standard("GB50180-2018"))["15min"]
    {0: 'area'}
    """
    table = tiers(standard)
    units = evaluation.units
    found: dict[str, dict[int, str]] = {}
    for place, row in enumerate(table.to_dict("records")):
        here: dict[int, str] = {}
        for position, unit in enumerate(units.to_dict("records")):
            if row["levels"]:
                if _has_level(unit, row["levels"]):
                    here[position] = ""
                continue
            reached = [
                basis
                for basis, value in (("population", unit["people"]), ("area", unit["area_ha"]))
                if value >= row[_BOUNDS[basis][0]]
            ]
            if reached or place == 0:
                here[position] = " and ".join(reached)
        found[str(row["tier"])] = here
    return found


def tier_confidence(standard: Standard, tier: str, basis: str) -> str:
    """How sure it is that a unit has a tier.

    Parameters
    ----------
    standard
        Whose tier.
    tier
        Such as ``"15min"``.
    basis
        As :func:`concerned` tells it; of two, the surer counts.

    Returns
    -------
    str

    Examples
    --------
    >>> from lifecircle.standards.standard import find_standard
    >>> tier_confidence(find_standard("GB50180-2018"), "15min", "area")
    'memory_sure'
    """
    table = tiers(standard)
    found = table[table["tier"] == tier]
    if not basis or not len(found):
        return "seen"
    row = found.iloc[0]
    told = [
        str(row["figure_confidence"].get(_BOUNDS[one][0], row["confidence"]))
        for one in basis.split(" and ")
    ]
    return min(told, key=CONFIDENCES.index)


def _has_level(unit: dict[Any, Any], levels: tuple[str, ...]) -> bool:
    """Whether a unit is of certain levels; without a level, whether it has a circle's size."""
    if unit["level"] != _NAMELESS:
        return unit["level"] in levels
    largest = tiers("GB50180-2018").iloc[-1]
    large = unit["people"] >= largest["population_min"] or unit["area_ha"] >= largest["area_min_ha"]
    return bool(large) and "circle" in levels


def _tier_of(value: float, table: pd.DataFrame, basis: str) -> str:
    least, most = _BOUNDS[basis]
    sized = table[np.isfinite(table[least])]
    if not len(sized):
        return ""
    before = ""
    for tier, low, high in zip(sized["tier"], sized[least], sized[most], strict=True):
        if value < low:
            return f"between {before} and {tier}" if before else f"below {tier}"
        if value <= high:
            return str(tier)
        before = str(tier)
    return f"above {before}"
