"""Which sites each model of siting chooses, and how good that is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lifecircle.errors import InfeasibleError, InputError, some
from lifecircle.network.travel_times import TravelTimes
from lifecircle.planning.siting_demand import (
    Demand,
    Floats,
    Mask,
    Positions,
    Rules,
    cover_demand,
    hardest,
    walk_demand,
)
from lifecircle.planning.siting_exchange import good_choice, proven_limit, pruned
from lifecircle.planning.siting_model import SitingModel, numbers_by_id
from lifecircle.planning.siting_programs import solve_cover_all, solve_saving
from lifecircle.planning.siting_rooms import choose_capacitated
from lifecircle.tables.findings import tell

# From so many pairs on, prices settle most sites before the program is built.
_MANY_PAIRS = 20_000
_SAME = 1e-9
_NO_WALK_MIN = 1e-9  # a limit of 0 is none


@dataclass(frozen=True, eq=False)
class Case:
    """What a model chooses from.

    Parameters
    ----------
    times
        All minutes that are known.
    near
        Those within the minutes that count as near.
    people
        People at each origin, shape (o,).
    standing, candidates
        Destinations that stand, and that may be chosen, rising.
    rules
        What may be chosen.
    model
        What is asked.
    counts
        People at each origin where ``people`` are weighted, shape (o,).
    """

    times: TravelTimes
    near: TravelTimes
    people: Floats
    standing: Positions
    candidates: Positions
    rules: Rules
    model: SitingModel
    counts: Floats | None = None

    def reached(self, times: TravelTimes, places: Positions) -> Mask:
        """Origins that reach one of some destinations."""
        there = np.zeros(len(times.destinations), dtype=bool)
        there[places] = True
        found = np.zeros(len(self.people), dtype=bool)
        found[times.origin[there[times.destination]]] = True
        return found

    def walks(self, places: Positions) -> Floats:
        """Minutes to the nearest of some destinations, infinite where none is within the limit."""
        code = np.full(len(self.times.destinations), -1, dtype=np.int64)
        code[places] = 0
        return self.times.nearest_by_code(code, 1)[:, 0].astype(float)


@dataclass(frozen=True, eq=False)
class Choice:
    """Candidates that were chosen, and what that is worth.

    Parameters
    ----------
    chosen
        Positions among the candidates, rising.
    objective, bound
        What the model is about, and what no choice is better than.
    exact
        Whether the programs were solved to the proof.
    served
        People that each chosen candidate takes, where capacities count.
    """

    chosen: Positions
    objective: float
    bound: float
    exact: bool
    served: Floats | None = None


def choose(case: Case) -> Choice:
    """Best choice of the case's model.

    Parameters
    ----------
    case
        What is chosen from.

    Returns
    -------
    Choice

    Raises
    ------
    InfeasibleError
        If there is none.
    """
    models: dict[str, Callable[[Case], Choice]] = {
        "MCLP": _most_people,
        "CMCLP": _most_room,
        "LSCP": _everybody,
        "p-median": _least_walking,
        "p-center": _shortest_longest,
    }
    return models[case.model.name](case)


def most_saved(
    demand: Demand, rules: Rules, model: SitingModel
) -> tuple[Positions, float, float, bool]:
    """Sites that save most: proven, or as good as was found in time.

    Parameters
    ----------
    demand
        Who is served.
    rules
        What may be chosen.
    model
        How long to look, and whether for the proof.

    Returns
    -------
    chosen, saved, bound, exact
        Candidates; what they save; what no choice exceeds; whether that is proven.
    """
    deadline = time.perf_counter() + model.time_limit_s
    if model.exact and len(demand.site) < _MANY_PAIRS:
        solved = solve_saving(demand, rules, model.time_limit_s)
        if solved.proven:
            chosen = solved.chosen(demand.sites)
            saved = demand.saved(chosen)
            return chosen, saved, _rounded(-solved.bound, saved), True
        known, bound = good_choice(demand, rules, deadline + 1.0), -solved.bound
        found = solved.chosen(demand.sites)
        best = max(known, found, key=demand.saved)
        return best, demand.saved(best), max(demand.saved(best), bound), False
    known = good_choice(demand, rules, deadline)
    limit = proven_limit(demand, rules, known, time.perf_counter() + 0.5 * model.time_limit_s)
    known, saved = limit.known, demand.saved(limit.known)
    if not model.exact or limit.closed(demand):
        return known, saved, _rounded(limit.saved, saved), model.exact
    opened = np.flatnonzero(limit.opened)
    rest, kept = demand.without(limit.gone, opened)
    if not len(rest.weight):  # all is settled
        return known, saved, saved, True
    left_s = deadline - time.perf_counter()
    solved = solve_saving(rest, rules.left(opened, kept), left_s)
    found = np.sort(np.concatenate([opened, kept[solved.chosen(rest.sites)]]))
    if solved.x is not None and demand.saved(found) > saved:
        known, saved = found, demand.saved(found)
    bound = min(limit.saved, demand.saved(opened) - solved.bound)
    proven = solved.proven or solved.infeasible  # of which the last leaves what is known
    return known, saved, saved if solved.infeasible else _rounded(bound, saved), proven


def _rounded(bound: float, saved: float) -> float:
    """Bound, or what is saved where they differ by the rounding of the solver."""
    return saved if bound - saved <= 1e-7 * max(saved, 1e-9) else bound


def _most_people(case: Case) -> Choice:
    """MCLP."""
    reached = case.reached(case.near, case.standing)
    demand = cover_demand(case.near, case.people, case.candidates, reached)
    chosen, saved, bound, exact = most_saved(demand, case.rules, case.model)
    if not case.rules.exactly:
        chosen = pruned(demand, chosen)
    before = float(case.people[reached].sum())
    return Choice(chosen, before + saved, before + bound, exact)


def _least_walking(case: Case) -> Choice:
    """p-median; who reaches nothing counts with the limit."""
    cap = np.minimum(case.walks(case.standing), case.times.limit_min)
    demand = walk_demand(case.times, case.people, case.candidates, cap)
    chosen, saved, bound, exact = most_saved(demand, case.rules, case.model)
    if not case.rules.exactly:
        chosen = pruned(demand, chosen)
    whole = float((case.people * cap).sum())
    return Choice(chosen, whole - saved, whole - bound, exact)


def _most_room(case: Case) -> Choice:
    """Capacitated MCLP."""
    places = np.concatenate([case.candidates, case.standing])
    room = numbers_by_id(case.model.capacity_people, case.times.destinations[places])
    unknown = np.isnan(room)
    if unknown.any():
        raise InputError(
            f"capacity_people: {unknown.sum()} of {len(room)} facilities have none (ids "
            f"{some(case.times.destinations[places[unknown]])}). CMCLP needs the people that each "
            "candidate and each existing facility takes; 0 where it takes nobody."
        )
    nobody = np.zeros(len(case.people), dtype=bool)
    demand = cover_demand(case.near, case.people, places, nobody)
    return Choice(*choose_capacitated(demand, room, len(case.standing), case.rules, case.model))


def _everybody(case: Case) -> Choice:
    """LSCP."""
    reached = case.reached(case.near, case.standing)
    within = case.reached(case.near, case.candidates)
    lost = (case.people > 0) & ~reached & ~within
    if lost.any():
        told = (
            f"siting: {lost.sum()} places with {case.people[lost].sum():,.0f} people (origins "
            f"{some(case.times.origins[lost])}) reach no existing facility and no site within "
            f"{case.near.limit_min:g} min"
        )
        if not case.model.skip_unreachable:
            raise InfeasibleError(
                f"{told}. Add sites near them, allow more minutes, or leave them out with "
                "SitingModel('LSCP', skip_unreachable=True)."
            )
        tell(f"{told} and were left out.")
    sets = cover_demand(case.near, case.people, case.candidates, reached)
    chosen, bound, exact = _cover(sets, case.rules, case.model)
    value = float(_costs(sets, case.rules)[chosen].sum())
    return Choice(chosen, value, min(bound, value), exact)


def _costs(sets: Demand, rules: Rules) -> Floats:
    """What each site adds: its cost, or one."""
    return np.ones(sets.sites) if rules.cost is None else rules.cost


def _cover(sets: Demand, rules: Rules, model: SitingModel) -> tuple[Positions, float, bool]:
    """Fewest or cheapest sites that reach every row; an error where the limits are too tight."""
    cost, deadline = _costs(sets, rules), time.perf_counter() + model.time_limit_s
    sets = hardest(sets, cost)
    quick = pruned(sets, good_choice(sets, Rules(None, exactly=False, cost=rules.cost), deadline))
    number = Rules(rules.count if rules.cost is not None else None, exactly=False)
    solved = solve_cover_all(sets, cost, number, model.time_limit_s, whole=model.exact)
    if solved.infeasible:
        _too_tight(sets, rules, model, float("inf"))
    chosen, exact = quick, False
    if model.exact and solved.x is not None:
        found = pruned(sets, solved.chosen(sets.sites))
        fits = rules.count is None or len(quick) <= rules.count
        if solved.proven or not fits or cost[found].sum() <= cost[quick].sum():
            chosen, exact = found, solved.proven
    most = rules.budget if rules.cost is not None else rules.count
    if most is not None and cost[chosen].sum() > most * (1 + _SAME) + _SAME:
        _too_tight(sets, rules, model, max(solved.bound, 0.0) if not exact else np.nan)
    if rules.count is not None and len(chosen) > rules.count:
        _too_tight(sets, rules, model, solved.bound)
    return chosen, max(solved.bound, 0.0), exact


def _too_tight(sets: Demand, rules: Rules, model: SitingModel, bound: float) -> None:
    """Say how many sites, or how much money, everybody would need."""
    fewest = solve_cover_all(
        sets, np.ones(sets.sites), Rules(None, exactly=False), model.time_limit_s
    )
    needed = int(np.ceil(fewest.bound - 1e-6))
    asked = [] if rules.count is None else [f"count={rules.count}"]
    asked += [] if rules.budget is None else [f"budget_cny={rules.budget:,.0f}"]
    needs = f"at least {needed} sites" if rules.budget is None or rules.cost is None else ""
    if rules.cost is not None and rules.budget is not None:
        free = Rules(rules.count, exactly=False)
        cheapest = solve_cover_all(sets, rules.cost, free, model.time_limit_s)
        if cheapest.infeasible:
            needs = f"at least {needed} sites"
        else:
            most = "" if rules.count is None else f" with at most {rules.count} sites"
            needs = f"at least {max(cheapest.bound, 0.0):,.0f} yuan{most}"
    unproven = "" if np.isnan(bound) or np.isinf(bound) else " (as far as was found in time)"
    raise InfeasibleError(
        f"siting: everybody within the minutes needs {needs}, and {' and '.join(asked)} was asked"
        f"{unproven}. Allow more, or longer walks; model='MCLP' reaches most people with what is "
        "there."
    )


@dataclass(frozen=True, eq=False)
class _Radii:
    """Sets of the sites within each radius, for the p-center."""

    case: Case
    walk: Floats
    row: Positions
    site: Positions
    minutes: Floats

    def sets(self, radius_min: float) -> Demand | None:
        """Who still needs a site within a radius; ``None`` where somebody has none."""
        need = (self.walk > radius_min) & (self.case.people > 0) & np.isfinite(self._best())
        within = self.case.times.within(max(radius_min, _NO_WALK_MIN))
        has = np.zeros(len(need), dtype=bool)
        has[self.row[self.minutes <= radius_min]] = True
        if (need & ~has).any():
            return None
        return cover_demand(within, need.astype(float), self.case.candidates, ~need)

    def _best(self) -> Floats:
        """Least minutes that each place can have."""
        best = self.walk.copy()
        np.minimum.at(best, self.row, self.minutes)
        return best

    def bounds(self) -> tuple[Floats, float]:
        """Radii that may be the answer, rising, and the people that reach nothing."""
        case = self.case
        best = self._best()
        lives = case.people > 0
        lost = lives & ~np.isfinite(best)
        counted = lives & np.isfinite(best)
        if not counted.any():
            return np.zeros(0), float(case.people[lost].sum())
        least = best[counted].max()
        walks = np.concatenate([self.minutes[counted[self.row]], self.walk[counted]])
        radii = np.unique(walks[np.isfinite(walks) & (walks >= least)])
        return radii, float(case.people[lost].sum())


def _shortest_longest(case: Case) -> Choice:
    """p-center: bisection over the minutes, a set cover at each."""
    number = np.full(len(case.times.destinations), -1, dtype=np.int64)
    number[case.candidates] = np.arange(len(case.candidates))
    kept = number[case.times.destination] >= 0
    row, minutes = case.times.origin[kept].astype(np.int64), case.times.minutes[kept].astype(float)
    walk = case.walks(case.standing)
    search = _Radii(case, walk, row, number[case.times.destination[kept]], minutes)
    radii, lost_people = search.bounds()
    if lost_people > 0:
        tell(
            f"siting: {lost_people:,.0f} people reach no existing facility and no site within "
            f"{case.times.limit_min:g} min; the longest walk is that of the others."
        )
    if not len(radii):
        return Choice(_padded(case, np.empty(0, dtype=np.int64)), 0.0, 0.0, exact=True)
    chosen, bound, exact = _bisected(case, search, radii)
    chosen = _padded(case, chosen)
    longest = _longest(case, chosen)
    return Choice(chosen, longest, min(bound, longest), exact)


def _bisected(case: Case, search: _Radii, radii: Floats) -> tuple[Positions, float, bool]:
    """Sites, the least radius that is not ruled out, and whether theirs is that."""
    deadline = time.perf_counter() + case.model.time_limit_s
    sure, chosen, needs = _fits(case, search.sets(radii[-1]), deadline)
    if chosen is None:
        asked = [] if case.rules.count is None else [f"count={case.rules.count}"]
        asked += [] if case.rules.budget is None else [f"budget_cny={case.rules.budget:,.0f}"]
        found = "cannot bring" if sure else "were not found, in time, to bring"
        raise InfeasibleError(
            f"siting: sites within {' and '.join(asked)} {found} everybody within the "
            f"{case.times.limit_min:g} min that were searched: {needs}. Allow more, or search "
            "longer walks."
        )
    high, seek, bottom = len(radii) - 1, 0, 0
    while seek < high:
        middle = (seek + high) // 2
        sure, found_here, _ = _fits(case, search.sets(radii[middle]), deadline)
        if found_here is not None:
            chosen, high = found_here, middle
        else:
            seek = middle + 1
            bottom = seek if sure else bottom  # no shorter radius does either
    return chosen, float(radii[bottom]), bottom >= high


def _fits(case: Case, sets: Demand | None, deadline: float) -> tuple[bool, Positions | None, str]:
    """Whether the limits allow a site for every row: proven?, the sites, what is needed."""
    if sets is None:
        return True, None, "some have no site"
    rules = case.rules
    cost = np.ones(sets.sites) if rules.budget is None or rules.cost is None else rules.cost
    most = rules.budget if rules.budget is not None else rules.count
    within = Rules(rules.count if rules.budget is not None else None, exactly=False)
    sets, left_s = hardest(sets, cost), deadline - time.perf_counter()

    def allowed(found: Positions) -> bool:
        fits = rules.count is None or len(found) <= rules.count
        return fits and (most is None or float(cost[found].sum()) <= most * (1 + _SAME) + _SAME)

    quick = pruned(sets, good_choice(sets, Rules(None, exactly=False, cost=cost), deadline))
    if allowed(quick):
        return True, quick, ""
    part = solve_cover_all(sets, cost, within, left_s, whole=False)
    unit = "sites" if rules.budget is None else "yuan"
    needs = f"at least {np.ceil(part.bound - 1e-6):,.0f} {unit} are needed"
    if part.proven and most is not None and part.value > most * (1 + 1e-7) + 1e-7:
        return True, None, needs
    if part.infeasible:
        return True, None, f"{rules.count} sites are too few"
    if not case.model.exact or left_s <= 0:
        return False, None, needs
    solved = solve_cover_all(sets, cost, within, left_s)
    found = solved.chosen(sets.sites)
    if solved.x is not None and allowed(found):
        return True, pruned(sets, found), ""
    needs = f"at least {np.ceil(max(solved.bound, part.bound) - 1e-6):,.0f} {unit} are needed"
    return solved.proven or solved.infeasible, None, needs


def _padded(case: Case, chosen: Positions) -> Positions:
    """Just so many sites, where it must be so: the others where they save most walking."""
    rules = case.rules
    if not rules.exactly or rules.count is None or len(chosen) >= rules.count:
        return np.sort(chosen)
    cap = np.minimum(case.walks(case.standing), case.times.limit_min)
    demand = walk_demand(case.times, case.people, case.candidates, cap)
    rest, kept = demand.without(np.zeros(demand.sites, dtype=bool), chosen)
    left = Rules(rules.count - len(chosen), exactly=True)
    more = good_choice(rest, left, time.perf_counter() + case.model.time_limit_s)
    return np.sort(np.concatenate([chosen, kept[more]]))


def _longest(case: Case, chosen: Positions) -> float:
    """Longest walk of those who reach anything."""
    walks = case.walks(np.concatenate([case.standing, case.candidates[chosen]]))
    counted = (case.people > 0) & np.isfinite(walks)
    return float(walks[counted].max()) if counted.any() else 0.0
