"""What siting is asked for, checked: people, numbers of sites, costs and budgets."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from lifecircle.errors import AlignmentError, InfeasibleError, InputError, some
from lifecircle.network.travel_times import TravelTimes
from lifecircle.planning.siting_demand import Floats, Positions, Rules
from lifecircle.planning.siting_model import SitingModel


def people_of(times: TravelTimes, weights: Any) -> Floats:
    """People at each origin.

    Parameters
    ----------
    times
        Whose origins.
    weights
        In their order, or by their ids.

    Returns
    -------
    array of float, shape (o,)

    Raises
    ------
    AlignmentError, InputError
        As for :func:`locate`.
    """
    if isinstance(weights, pd.Series) and not weights.index.equals(pd.RangeIndex(len(weights))):
        missing = times.origins.difference(weights.index)
        if len(missing) or not weights.index.is_unique:
            raise AlignmentError(
                f"weights: {len(missing)} of {len(times.origins)} origins have none "
                f"({some(missing)}), or ids stand twice. Give one for each id of times.origins."
            )
        weights = weights.reindex(times.origins)
    values = np.asarray(pd.to_numeric(pd.Series(np.asarray(weights)), errors="coerce"), dtype=float)
    if len(values) != len(times.origins):
        raise AlignmentError(
            f"weights: {len(values)} for {len(times.origins)} origins; give one each, in the order "
            "of times.origins."
        )
    bad = ~(np.isfinite(values) & (values >= 0))
    if bad.any():
        raise InputError(
            f"weights: {bad.sum()} of {len(values)} are missing, not numbers or below 0 (origins "
            f"{some(times.origins[bad])}). Give the number of people, 0 where nobody lives."
        )
    return values


def rules_for(
    model: SitingModel,
    count: int | None,
    places: tuple[Positions, Floats, pd.Index],
    standing: int,
) -> Rules:
    """What may be chosen of the candidates.

    Parameters
    ----------
    model
        What is asked.
    count
        Number of sites, as it was given.
    places
        Positions of the candidates, and cost and id of every destination.
    standing
        How many destinations stand already.

    Returns
    -------
    Rules

    Raises
    ------
    InputError
        If there are not so many sites, or a cost that counts is unknown.
    InfeasibleError
        If the budget buys none.
    """
    candidates, costs, ids = places
    _check_count(count, len(candidates), standing, needed=_needs_count(model))
    number = None if count is None else int(count)
    exactly = model.budget_cny is None and model.name != "LSCP"
    if model.budget_cny is None and (model.name != "LSCP" or model.cost_cny is None):
        return Rules(number, exactly)
    _check_costs(costs[candidates], ids[candidates])
    if model.budget_cny is None:
        return Rules(number, exactly=False, cost=costs[candidates])
    budget = float(model.budget_cny)
    if model.name != "LSCP":  # which may need none
        _check_budget(budget, costs[candidates], ids[candidates])
    return Rules(number, exactly=False, cost=costs[candidates], budget=budget)


def _needs_count(model: SitingModel) -> bool:
    """Whether a model has no limit but the number of sites."""
    return model.budget_cny is None and model.name != "LSCP"


def _check_count(count: Any, candidates: int, standing: int, *, needed: bool) -> None:
    """Refuse a number of sites that cannot be."""
    if count is None and not needed:
        if candidates == 0:
            raise InputError("siting: there are no candidate sites to choose from.")
        return
    if count is None:
        raise InputError(
            "count: say how many sites, such as count=3, or what they may cost together with "
            "SitingModel(budget_cny=…)."
        )
    if isinstance(count, bool) or not isinstance(count, int | np.integer):
        raise InputError(f"count={count!r}: give a whole number of sites, such as 3.")
    if not 1 <= count <= candidates:
        raise InputError(
            f"count={count}: there are {candidates} candidate sites to choose from, besides "
            f"{standing} that stand already."
        )


def _check_costs(costs: Floats, ids: Iterable[Hashable]) -> None:
    """Refuse candidates whose cost is not known, where cost counts."""
    unknown = np.isnan(costs)
    if unknown.any():
        names = pd.Index(list(ids))[unknown]
        raise InputError(
            f"cost_cny: {unknown.sum()} of {len(costs)} candidate sites have no cost (ids "
            f"{some(names)}). Give their cost in yuan, 0 where they are free, or leave them out: "
            "what is not known fits no budget."
        )


def _check_budget(budget_cny: float, costs: Floats, ids: Iterable[Hashable]) -> None:
    """Refuse a budget that buys nothing."""
    if len(costs) and budget_cny < costs.min():
        cheapest = int(np.argmin(costs))
        raise InfeasibleError(
            f"budget_cny={budget_cny:,.0f}: buys none of the {len(costs)} sites; the cheapest, "
            f"{list(ids)[cheapest]}, costs {costs[cheapest]:,.0f} yuan."
        )
