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
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.errors import UnknownNameError, some
from lifecircle.network.travel_times import TravelTimes
from lifecircle.planning.siting_choices import Case, Choice, choose
from lifecircle.planning.siting_demand import Floats, Positions
from lifecircle.planning.siting_model import SitingModel, model_of, numbers_by_id
from lifecircle.planning.siting_rules import people_of, rules_for
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
    by_service
        Where services were named, one row each: ``service``, ``segment`` and ``walker`` it is for,
        ``minutes`` that count, ``people``, ``existing_people`` and ``covered_people``.
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
    by_service: pd.DataFrame | None = None

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
    asked = model_of(model)
    if time_limit_s is not None:
        asked = replace(asked, time_limit_s=time_limit_s)
    people = people_of(times, weights)
    near = times if minutes is None else times.within(minutes)
    standing = np.sort(_positions(times, existing))
    candidates = np.setdiff1d(np.arange(len(times.destinations)), standing)
    costs = numbers_by_id(asked.cost_cny, times.destinations)
    rules = rules_for(asked, count, (candidates, costs, times.destinations), len(standing))
    case = Case(times, near, people, standing, candidates, rules, asked)
    return located(case, costs)


def located(case: Case, costs: Floats) -> SitingResult:
    """Choose, and say what the choice does.

    Parameters
    ----------
    case
        What is chosen from.
    costs
        Of every destination, yuan, not a number where unknown, shape (d,).

    Returns
    -------
    SitingResult

    Raises
    ------
    InfeasibleError
        If no choice does what is asked.
    """
    begin = time.perf_counter()
    choice = choose(case)
    result = _result(case, choice, costs, time.perf_counter() - begin)
    if case.model.exact and not choice.exact:
        tell_how_good(result, case.model)
    return result


def tell_how_good(result: SitingResult, model: SitingModel) -> None:
    """Warn that the time was too short for the proof.

    Parameters
    ----------
    result
        What was found.
    model
        What was asked.
    """
    more = abs(result.bound - result.objective)
    about = (
        f"{more:,.0f} people: the best covers at most so many more."
        if result.unit == "people"
        else f"{more:,.4g} {result.unit}: the best is better by so much at most."
    )
    tell(
        f"siting: after {model.time_limit_s:g} s the choice is good to {about} Raise time_limit_s "
        "for the proof."
    )


def _positions(times: TravelTimes, existing: Iterable[Hashable]) -> NDArray[np.int64]:
    """Positions of facilities that stand already."""
    names = pd.Index(list(dict.fromkeys([existing] if isinstance(existing, str) else existing)))
    found = times.destinations.get_indexer(names) if len(names) else np.empty(0, dtype=np.int64)
    for name, place in zip(names, found, strict=True):
        if place < 0:
            raise UnknownNameError("existing facility", name, times.destinations)
    return np.asarray(found, dtype=np.int64)


def _result(case: Case, choice: Choice, costs: Floats, seconds: float) -> SitingResult:
    """What the chosen sites do."""
    chosen = case.candidates[choice.chosen]
    reached = case.reached(case.near, case.standing)
    counts = case.people if case.counts is None else case.counts
    sites = chosen_sites(case.near, counts, reached, chosen)
    place = pd.Series(np.arange(len(chosen)), index=case.near.destinations[chosen])
    order = place.loc[sites["site_id"]].to_numpy(dtype=np.int64)
    if choice.served is not None:
        sites["served_people"] = choice.served[order]
    if np.isfinite(costs[case.candidates]).any():
        sites["cost_cny"] = costs[chosen][order]
    before = float(counts[reached].sum())
    covered = before + float(sites["added_people"].sum())
    walks = case.walks(np.concatenate([case.standing, chosen]))
    within = np.isfinite(walks)
    minutes = np.where(within, walks, case.times.limit_min)
    people = float(counts.sum())
    lives = within & (counts > 0)
    name = case.model.name
    is_cover = name == "MCLP" and case.counts is None
    unit = ("" if case.counts is None else "weighted ") + _UNITS[name]
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
        unit="yuan" if paid else unit,
        mean_minutes=float((counts * minutes).sum()) / people if people > 0 else float("nan"),
        longest_min=float(walks[lives].max()) if lives.any() else float("nan"),
        unreached_people=float(counts[~within].sum()),
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
