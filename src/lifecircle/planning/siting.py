r"""Which sites to build on, so that most people gain a facility within a walk.

The maximal covering location problem (MCLP, Church and ReVelle 1974, Papers of the Regional Science
Association 32):

.. math:: \max \sum_i w_i z_i, \quad z_i \le \sum_{j \in N_i} x_j, \quad \sum_j x_j = p,
    \quad x_j \in \{0, 1\}, \; 0 \le z_i \le 1

with :math:`N_i` the sites within the minutes of place :math:`i`, and its sisters: with capacities
(CMCLP), everybody with fewest sites (LSCP), least walking (p-median), shortest longest walk
(p-center). They are solved to the proven optimum by HiGHS. Places that are alike are one row: the
answer is the same, the program small.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.errors import AlignmentError, InfeasibleError, InputError, UnknownNameError, some
from lifecircle.network.travel_times import TravelTimes
from lifecircle.planning.siting_choices import Case, Choice, choose
from lifecircle.planning.siting_demand import Floats, Positions, Rules
from lifecircle.planning.siting_model import SitingModel, model_of, numbers_by_id
from lifecircle.tables.findings import tell

_UNITS = {
    "MCLP": "people",
    "CMCLP": "people who find room",
    "LSCP": "sites",
    "p-median": "people-minutes",
    "p-center": "minutes",
}


@dataclass(frozen=True, eq=False)
class SitingResult:
    """Sites that were chosen, and what they do.

    Parameters
    ----------
    sites
        One row per chosen site (and service), the one that adds most first: ``site_id``,
        ``reached_people`` within the minutes of it, ``added_people`` whom none above it and no
        existing facility reaches; ``served_people`` who find room at it (CMCLP), ``cost_cny``
        where costs are known, ``service`` where one was named.
    minutes
        Longest walk that counts, minutes.
    people
        All people.
    existing_people
        Those whom an existing facility reaches, and no new one is needed for.
    covered_people
        Those whom an existing or a chosen facility reaches.
    bound_people
        More than these cannot be covered by any choice: proven, for MCLP. Equal to
        ``covered_people`` up to rounding where the choice is the best. Not a number for the other
        models.
    model
        Name of the model.
    objective, bound
        What the model is about, and what no choice is better than: people covered (MCLP) or served
        (CMCLP), sites or yuan (LSCP), people-minutes (p-median), minutes (p-center).
    unit
        Unit of both.
    mean_minutes
        Walk to the nearest existing or chosen facility, mean over the people; whoever reaches none
        within the minutes that were searched counts with those.
    longest_min
        Longest of these walks among those who reach one.
    unreached_people
        People who reach none within the minutes that were searched.
    served_people
        People who find room (CMCLP); not a number for the other models.
    cost_cny
        Cost of the chosen sites together, not a number where one is unknown.
    method
        ``"exact"``, or ``"greedy and exchange"`` where the proof was not asked or took too long.
    seconds
        How long it took.
    services
        Services that the sites are for, where they were named.
    additions
        The new facilities as a table of points, where sites have places.
    """

    sites: pd.DataFrame
    minutes: float
    people: float
    existing_people: float
    covered_people: float
    bound_people: float
    model: str = "MCLP"
    objective: float = float("nan")
    bound: float = float("nan")
    unit: str = "people"
    mean_minutes: float = float("nan")
    longest_min: float = float("nan")
    unreached_people: float = float("nan")
    served_people: float = float("nan")
    cost_cny: float = float("nan")
    method: str = "exact"
    seconds: float = float("nan")
    services: tuple[str, ...] = ()
    additions: gpd.GeoDataFrame | None = None

    @property
    def covered_share(self) -> float:
        """Share of the people who are covered; not a number without people."""
        return self.covered_people / self.people if self.people > 0 else float("nan")

    @property
    def gap_share(self) -> float:
        """By how much the best choice may be better, as a share of what this one reaches."""
        best, found = self.bound, self.objective
        if np.isnan(best) or np.isnan(found):
            best, found = self.bound_people, self.covered_people
        more = best - found if self.model in ("MCLP", "CMCLP") else found - best
        return float(max(more, 0.0) / found) if found > 0 else 0.0

    def __repr__(self) -> str:
        proven = "the best choice" if self.gap_share < 1e-6 else f"within {self.gap_share:.1%}"
        about = {
            "CMCLP": f"{self.served_people:,.0f} find room; ",
            "LSCP": f"{self.objective:,.0f} {self.unit}; ",
            "p-median": f"{self.mean_minutes:.1f} min to walk on average; ",
            "p-center": f"{self.longest_min:.1f} min at most; ",
        }.get(self.model, "")
        name = "" if self.model == "MCLP" else f" ({self.model})"
        ids = some(self.sites["site_id"].drop_duplicates())
        return (
            f"SitingResult{name}: {self.sites['site_id'].nunique()} sites ({ids}); {about}"
            f"{self.covered_people:,.0f} of {self.people:,.0f} people within {self.minutes:g} min "
            f"({self.covered_share:.1%}), {self.existing_people:,.0f} without them; {proven}"
        )


def locate(
    times: TravelTimes,
    weights: pd.Series[Any] | Sequence[float],
    *,
    count: int | None = None,
    model: str | SitingModel = "MCLP",
    minutes: float | None = None,
    existing: Iterable[Hashable] = (),
    time_limit_s: float | None = None,
) -> SitingResult:
    """Sites that do most for people, besides the facilities that stand, proven best.

    Parameters
    ----------
    times
        Minutes from people to candidate sites and existing facilities, its destinations.
    weights
        People at each origin, 0 or more: in the order of ``times.origins``, or a Series by their
        ids.
    count
        Number of sites to choose. With a budget, and for LSCP, at most so many.
    model
        ``"MCLP"``, ``"CMCLP"``, ``"LSCP"``, ``"p-median"`` or ``"p-center"``; or a
        :class:`lifecircle.SitingModel`, with a budget, capacities and other limits.
    minutes
        Longest walk that counts; ``times.limit_min`` if not given. p-median and p-center look at
        all walks in ``times``: for them it only says what ``covered_people`` are.
    existing
        Destinations that stand already: they count and are not chosen.
    time_limit_s
        After so many seconds the best choice so far is taken; a warning tells how far from the
        best it may be. The model's own if not given.

    Returns
    -------
    SitingResult

    Raises
    ------
    InputError
        If a weight is missing or below 0, ``count`` is not a number of sites that there are, a cost
        or a capacity is unknown, or the minutes are longer than were searched.
    InfeasibleError
        If no choice does what is asked; says what would.
    AlignmentError
        If there is not one weight per origin.
    UnknownNameError
        If an existing facility is not among the destinations, or there is no such model.

    Notes
    -----
    A budget buys no site that adds nothing. p-median: whoever reaches nothing within
    ``times.limit_min`` counts with that limit. p-center: people whom nothing reaches are left out,
    and told.

    Examples
    --------
    >>> frame = pd.DataFrame({"origin_id": ["a", "b", "b", "c"], "minutes": [4.0, 9.0, 3.0, 5.0],
    ...                       "destination_id": ["north", "north", "south", "south"]})
    >>> times = TravelTimes.from_frame(frame, limit_min=10)
    >>> locate(times, [100, 80, 50], count=1)
    SitingResult: 1 sites (north); 180 of 230 people within 10 min (78.3%), 0 without them; ...
    >>> locate(times, [100, 80, 50], model="LSCP")
    SitingResult (LSCP): 2 sites (...); 2 sites; 230 of 230 people within 10 min (100.0%), ...
    """
    begin = time.perf_counter()
    asked = model_of(model)
    if time_limit_s is not None:
        given = {name: getattr(asked, name) for name in asked.__dataclass_fields__ if name != "_"}
        asked = SitingModel(**{**given, "time_limit_s": time_limit_s})
    people = people_of(times, weights)
    near = times if minutes is None else times.within(minutes)
    standing = np.sort(_positions(times, existing))
    candidates = np.setdiff1d(np.arange(len(times.destinations)), standing)
    costs = numbers_by_id(asked.cost_cny, times.destinations)
    rules = _rules(asked, count, (candidates, costs, times.destinations), len(standing))
    case = Case(times, near, people, standing, candidates, rules, asked)
    choice = choose(case)
    result = _result(case, choice, costs, time.perf_counter() - begin)
    if asked.exact and not choice.exact:
        tell(
            f"siting: after {asked.time_limit_s:g} s the choice is good to "
            f"{abs(result.bound - result.objective):,.4g} {result.unit}: the best is better by so "
            "much at most. Raise time_limit_s for the proof."
            if result.model != "MCLP"
            else f"siting: after {asked.time_limit_s:g} s the choice is good to "
            f"{max(result.bound - result.objective, 0.0):,.0f} people: the best covers at most so "
            "many more. Raise time_limit_s for the proof."
        )
    return result


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


def _positions(times: TravelTimes, existing: Iterable[Hashable]) -> NDArray[np.int64]:
    """Positions of facilities that stand already."""
    names = pd.Index(list(dict.fromkeys([existing] if isinstance(existing, str) else existing)))
    found = times.destinations.get_indexer(names) if len(names) else np.empty(0, dtype=np.int64)
    for name, place in zip(names, found, strict=True):
        if place < 0:
            raise UnknownNameError("existing facility", name, times.destinations)
    return np.asarray(found, dtype=np.int64)


def _rules(
    model: SitingModel,
    count: int | None,
    places: tuple[Positions, Floats, pd.Index],
    standing: int,
) -> Rules:
    """What may be chosen of the candidates."""
    candidates, costs, ids = places
    check_count(count, len(candidates), standing, needed=needs_count(model))
    number = None if count is None else int(count)
    exactly = model.budget_cny is None and model.name != "LSCP"
    if model.budget_cny is None and (model.name != "LSCP" or model.cost_cny is None):
        return Rules(number, exactly)
    check_costs(costs[candidates], ids[candidates])
    if model.budget_cny is None:
        return Rules(number, exactly=False, cost=costs[candidates])
    budget = float(model.budget_cny)
    if model.name != "LSCP":  # which may need none
        check_budget(budget, costs[candidates], ids[candidates])
    return Rules(number, exactly=False, cost=costs[candidates], budget=budget)


def needs_count(model: SitingModel) -> bool:
    """Whether a model has no limit but the number of sites.

    Parameters
    ----------
    model
        What is asked.

    Returns
    -------
    bool
    """
    return model.budget_cny is None and model.name != "LSCP"


def check_count(count: Any, candidates: int, standing: int, *, needed: bool) -> None:
    """Refuse a number of sites that cannot be.

    Parameters
    ----------
    count
        As it was given.
    candidates, standing
        How many there are.
    needed
        Whether there is no other limit.

    Raises
    ------
    InputError
    """
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


def check_costs(costs: Floats, ids: Iterable[Hashable]) -> None:
    """Refuse candidates whose cost is not known, where cost counts.

    Parameters
    ----------
    costs
        Yuan, shape (m,).
    ids
        Of the candidates, shape (m,).

    Raises
    ------
    InputError
    """
    unknown = np.isnan(costs)
    if unknown.any():
        names = pd.Index(list(ids))[unknown]
        raise InputError(
            f"cost_cny: {unknown.sum()} of {len(costs)} candidate sites have no cost (ids "
            f"{some(names)}). Give their cost in yuan, 0 where they are free, or leave them out: "
            "what is not known fits no budget."
        )


def check_budget(budget_cny: float, costs: Floats, ids: Iterable[Hashable]) -> None:
    """Refuse a budget that buys nothing.

    Parameters
    ----------
    budget_cny
        Yuan.
    costs
        Yuan, shape (m,).
    ids
        Of the candidates, shape (m,).

    Raises
    ------
    InfeasibleError
    """
    if len(costs) and budget_cny < costs.min():
        cheapest = int(np.argmin(costs))
        raise InfeasibleError(
            f"budget_cny={budget_cny:,.0f}: buys none of the {len(costs)} sites; the cheapest, "
            f"{list(ids)[cheapest]}, costs {costs[cheapest]:,.0f} yuan."
        )


def _result(case: Case, choice: Choice, costs: Floats, seconds: float) -> SitingResult:
    """What the chosen sites do."""
    chosen = case.candidates[choice.chosen]
    reached = case.reached(case.near, case.standing)
    sites = chosen_sites(case.near, case.people, reached, chosen)
    place = pd.Series(np.arange(len(chosen)), index=case.near.destinations[chosen])
    order = place.loc[sites["site_id"]].to_numpy(dtype=np.int64)
    if choice.served is not None:
        sites["served_people"] = choice.served[order]
    if np.isfinite(costs[case.candidates]).any():
        sites["cost_cny"] = costs[chosen][order]
    before = float(case.people[reached].sum())
    covered = before + float(sites["added_people"].sum())
    walks = case.walks(np.concatenate([case.standing, chosen]))
    within = np.isfinite(walks)
    minutes = np.where(within, walks, case.times.limit_min)
    people = float(case.people.sum())
    lives = within & (case.people > 0)
    is_cover, name = case.model.name == "MCLP", case.model.name
    paid = name == "LSCP" and case.rules.cost is not None
    return SitingResult(
        sites=sites,
        minutes=case.near.limit_min,
        people=people,
        existing_people=before,
        covered_people=covered,
        bound_people=choice.bound if is_cover else float("nan"),
        model=name,
        objective=covered if is_cover else choice.objective,
        bound=choice.bound,
        unit="yuan" if paid else _UNITS[name],
        mean_minutes=float((case.people * minutes).sum()) / people if people > 0 else float("nan"),
        longest_min=float(walks[lives].max()) if lives.any() else float("nan"),
        unreached_people=float(case.people[~within].sum()),
        served_people=choice.objective if name == "CMCLP" else float("nan"),
        cost_cny=float(costs[chosen].sum()),
        method="exact" if choice.exact else "greedy and exchange",
        seconds=round(seconds, 3),
    )


def chosen_sites(
    times: TravelTimes, people: Floats, reached: NDArray[np.bool_], chosen: Positions
) -> pd.DataFrame:
    """Chosen sites, the one that adds most first.

    Parameters
    ----------
    times
        Minutes, all of which count.
    people
        People at each origin, shape (o,).
    reached
        Origins that need no more, shape (o,).
    chosen
        Destinations.

    Returns
    -------
    DataFrame
        ``site_id``, ``reached_people``, ``added_people``.
    """
    row = times.origin
    by_site = {int(site): row[times.destination == site] for site in chosen}
    done, rest, rows = reached.copy(), [int(site) for site in chosen], []
    while rest:
        added = [float(people[by_site[site][~done[by_site[site]]]].sum()) for site in rest]
        best = int(np.argmax(added))
        site = rest.pop(best)
        rows.append((times.destinations[site], float(people[by_site[site]].sum()), added[best]))
        done[by_site[site]] = True
    return pd.DataFrame(rows, columns=["site_id", "reached_people", "added_people"])
