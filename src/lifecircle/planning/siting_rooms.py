"""Sites with which most people find room (capacitated MCLP)."""

from __future__ import annotations

import time

import numpy as np

from lifecircle.planning.siting_demand import Demand, Floats, Positions, Rules
from lifecircle.planning.siting_exchange import good_choice, paying_sites, proven_limit
from lifecircle.planning.siting_model import SitingModel
from lifecircle.planning.siting_programs import solve_capacitated

_EACH_S = 30.0
_CLOSE = 1e-7
_PART_OF_TIME = 0.2
_MOST_TRIED = 5  # sites that are tried in the place of each chosen one


def choose_capacitated(
    demand: Demand, room: Floats, standing: int, rules: Rules, model: SitingModel
) -> tuple[Positions, float, float, bool, Floats]:
    """Sites with which most people find room.

    Parameters
    ----------
    demand
        Who reaches which facility: those that stand after the candidates.
    room
        People that each facility takes, shape (m,).
    standing
        How many of the last facilities stand.
    rules
        What may be chosen of the candidates.
    model
        How long to look, and whether for the proof.

    Returns
    -------
    chosen, served_people, bound, exact, served
        Candidates; people who find room; what no choice exceeds; whether that is proven; people
        that each chosen candidate takes.
    """
    deadline = time.perf_counter() + model.time_limit_s
    sites = demand.sites - standing
    chosen = _good_choice(demand, room, standing, rules, deadline)
    people, served = served_by(demand, room, chosen, standing)
    bound = _simple_bound(demand, room, standing, rules)
    if bound - people > _CLOSE * max(people, 1.0):
        soon = time.perf_counter() + _PART_OF_TIME * model.time_limit_s
        bound = min(bound, _reach_bound(demand, standing, rules, soon))
    exact = model.exact and bound - people <= _CLOSE * max(people, 1.0)
    if model.exact and not exact:
        left_s = deadline - time.perf_counter()
        solved, _ = solve_capacitated(demand, room, standing, rules, left_s)
        exact, bound = solved.proven, min(bound, -solved.bound)
        found, by_found = served_by(demand, room, solved.chosen(sites), standing)
        if found > people and solved.x is not None:
            chosen, people, served = solved.chosen(sites), found, by_found
    if bound - people <= _CLOSE * max(people, 1.0):
        bound = people
    if not rules.exactly:
        chosen, served = chosen[served > 1e-6], served[served > 1e-6]
    return chosen, people, max(bound, people), exact, served


def served_by(
    demand: Demand, room: Floats, chosen: Positions, standing: int
) -> tuple[float, Floats]:
    """People who find room with some sites, those who stand filled first.

    Parameters
    ----------
    demand, room, standing
        As for :func:`choose_capacitated`.
    chosen
        Candidates.

    Returns
    -------
    people, served
        People in all, and at each chosen candidate.
    """
    before, _ = _flows(demand, room, np.arange(demand.sites - standing, demand.sites))
    if not len(chosen):
        return before, np.empty(0)
    places = np.concatenate([chosen, np.arange(demand.sites - standing, demand.sites)])
    people, by_place = _flows(demand, room, places)
    return people, by_place[: len(chosen)]


def _flows(demand: Demand, room: Floats, places: Positions) -> tuple[float, Floats]:
    """Most people that some facilities take, and how many each."""
    gone = np.ones(demand.sites, dtype=bool)
    gone[places] = False
    rest, kept = demand.without(gone, np.empty(0, dtype=np.int64))
    found = np.zeros(demand.sites)
    if not len(rest.site):
        return 0.0, found[places]
    solved, flows = solve_capacitated(
        rest, room[kept], rest.sites, Rules(None, exactly=False), _EACH_S
    )
    found[kept] = np.bincount(rest.site, weights=flows, minlength=rest.sites)
    return -solved.value, found[places]


def _simple_bound(demand: Demand, room: Floats, standing: int, rules: Rules) -> float:
    """No more people than there are, nor than the largest facilities take."""
    sites = demand.sites - standing
    near = np.bincount(demand.site, weights=demand.weight[demand.row], minlength=demand.sites)
    most = np.minimum(room, near)
    new = paying_sites(most[:sites], rules.limits(sites))[1]
    return float(min(demand.weight.sum(), most[sites:].sum() + new))


def _reach_bound(demand: Demand, standing: int, rules: Rules, deadline: float) -> float:
    """No more people than are reached, however much room there is."""
    sites = demand.sites - standing
    none = np.zeros(demand.sites, dtype=bool)
    there = np.arange(sites, demand.sites)
    rest, _ = demand.without(none, there)
    known = good_choice(rest, rules, deadline)
    return demand.saved(there) + proven_limit(rest, rules, known, deadline).saved


def _good_choice(
    demand: Demand, room: Floats, standing: int, rules: Rules, deadline: float
) -> Positions:
    """Sites one by one, the one that takes most of those who are left, then exchanges."""
    sites = demand.sites - standing
    chosen: list[int] = []
    while True:
        score = _left_over(demand, room, np.array(chosen, dtype=np.int64), standing)
        fits = _fitting(rules, chosen, sites)
        score = np.where(fits, score, -1.0)
        best = int(np.argmax(score)) if sites else 0
        if not sites or score[best] < 0 or (score[best] == 0 and not rules.exactly):
            break
        chosen.append(best)
    people = served_by(demand, room, np.array(chosen, dtype=np.int64), standing)[0]
    for place in range(len(chosen)):
        others = chosen[:place] + chosen[place + 1 :]
        score = _left_over(demand, room, np.array(others, dtype=np.int64), standing)
        score = np.where(_fitting(rules, others, sites), score, -1.0)
        for site in np.argsort(-score, kind="stable")[:_MOST_TRIED].tolist():
            if time.perf_counter() > deadline or score[site] < 0:
                break
            tried = np.array([*others, site], dtype=np.int64)
            found = served_by(demand, room, tried, standing)[0]
            if found > people * (1 + 1e-9):
                people, chosen = found, [*chosen[:place], site, *chosen[place + 1 :]]
    return np.sort(np.array(chosen, dtype=np.int64))


def _fitting(
    rules: Rules, chosen: list[int], sites: int
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Candidates that may be added."""
    fits = np.ones(sites, dtype=bool)
    for weights, most in rules.limits(sites):
        fits &= weights + float(weights[chosen].sum()) <= most * (1 + 1e-9)
    fits[chosen] = False
    return fits


def _left_over(demand: Demand, room: Floats, chosen: Positions, standing: int) -> Floats:
    """People whom each candidate could take of those who find no room."""
    sites = demand.sites - standing
    places = np.concatenate([chosen, np.arange(sites, demand.sites)])
    gone = np.ones(demand.sites, dtype=bool)
    gone[places] = False
    kept = ~gone[demand.site]
    left = demand.weight.copy()
    if kept.any():
        part = Demand(
            demand.weight,
            demand.cap,
            np.concatenate([[0], np.cumsum(np.bincount(demand.row[kept], minlength=len(left)))]),
            demand.site[kept],
            demand.minutes[kept],
            demand.sites,
        )
        _, flows = solve_capacitated(part, room, part.sites, Rules(None, exactly=False), _EACH_S)
        left -= np.bincount(part.row, weights=flows, minlength=len(left))
    near = np.bincount(
        demand.site, weights=np.maximum(left, 0.0)[demand.row], minlength=demand.sites
    )
    return np.minimum(near, room)[:sites]
