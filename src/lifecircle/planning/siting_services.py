r"""Several services over the same sites: one site holds what its floor allows.

.. math:: \max \sum_s \sum_i w_{is} z_{is}, \quad z_{is} \le \sum_{j \in N_{is}} y_{js}, \quad
    y_{js} \le x_j, \quad \sum_s f_s y_{js} \le F_j x_j, \quad \sum_j x_j \le p, \;
    \sum_j c_j x_j \le B

with :math:`x_j` the sites that are bought, once, and :math:`y_{js}` the services in them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from lifecircle.planning.siting_demand import Demand, Floats, Mask, Positions, Rules
from lifecircle.planning.siting_exchange import pruned
from lifecircle.planning.siting_model import SitingModel
from lifecircle.planning.siting_programs import Rows, Solved, limit_rows, solve

_CLOSE = 1e-7


@dataclass(frozen=True, eq=False)
class Options:
    """Services that may go into sites.

    Parameters
    ----------
    site
        Site of each option, shape (k,).
    need_m2
        Floor area that it takes, shape (k,).
    floor_m2
        Floor area of each site, shape (m,).
    """

    site: Positions
    need_m2: Floats
    floor_m2: Floats


def choose_services(
    demand: Demand, options: Options, rules: Rules, model: SitingModel
) -> tuple[Positions, float, float, bool]:
    """Services in sites that bring most people, each counted once per service.

    Parameters
    ----------
    demand
        Who gains by which option.
    options
        Which site each takes room of.
    rules
        What may be chosen of the sites.
    model
        How long to look, and whether for the proof.

    Returns
    -------
    chosen, saved, bound, exact
        Options; people who gain; what no choice exceeds; whether that is proven.
    """
    deadline = time.perf_counter() + model.time_limit_s
    solved = _solve(demand, options, rules, model, whole=model.exact)
    bound = min(-solved.bound, float(demand.weight.sum()))
    chosen, exact = np.empty(0, dtype=np.int64), model.exact and solved.proven
    if model.exact and solved.x is not None:
        sites = len(options.floor_m2)
        chosen = np.flatnonzero(solved.x[sites : sites + demand.sites] > 0.5)
    if not exact:
        known = _good_choice(demand, options, rules, deadline)
        chosen = max(chosen, known, key=demand.saved)
    chosen = pruned(demand, chosen)
    saved = demand.saved(chosen)
    return chosen, saved, saved if bound - saved <= _CLOSE * max(saved, 1e-9) else bound, exact


def _solve(
    demand: Demand, options: Options, rules: Rules, model: SitingModel, *, whole: bool
) -> Solved:
    """The program: sites, options, rows of people."""
    sites, kinds, rows = len(options.floor_m2), demand.sites, len(demand.weight)
    kind, row = np.arange(kinds), np.arange(rows)
    used = np.flatnonzero(options.need_m2 > 0)
    there = np.unique(options.site[used])
    reach = Rows(
        np.concatenate([row, demand.row]),
        np.concatenate([sites + kinds + row, sites + demand.site]),
        np.concatenate([np.ones(rows), -np.ones(len(demand.site))]),
        -np.inf,
        0.0,
        rows,
    )
    bought = Rows(
        np.tile(kind, 2),
        np.concatenate([sites + kind, options.site]),
        np.concatenate([np.ones(kinds), -np.ones(kinds)]),
        -np.inf,
        0.0,
        kinds,
    )
    room = Rows(
        np.concatenate([options.site[used], there]),
        np.concatenate([sites + used, there]),
        np.concatenate([options.need_m2[used], -options.floor_m2[there]]),
        -np.inf,
        1e-6,
        sites,
    )
    goal = np.concatenate([np.zeros(sites + kinds), -demand.weight])
    blocks = [reach, bought, *([room] if len(used) else []), *limit_rows(rules, sites)]
    return solve(goal, sites + kinds if whole else 0, blocks, model.time_limit_s)


def _good_choice(demand: Demand, options: Options, rules: Rules, deadline: float) -> Positions:
    """Options one by one, then whole sites given up for what is better."""
    best = _greedy(demand, options, rules, np.empty(0, dtype=np.int64), None)
    better = True
    while better and time.perf_counter() < deadline:
        better = False
        for site in np.unique(options.site[best]).tolist():
            rest = best[options.site[best] != site]
            tried = _greedy(demand, options, rules, rest, site)
            if demand.saved(tried) > demand.saved(best) * (1 + 1e-9):
                best, better = tried, True
                break
    return best


def _greedy(
    demand: Demand, options: Options, rules: Rules, start: Positions, barred: int | None
) -> Positions:
    """Add the option that brings most people as long as one does."""
    chosen = start.tolist()
    row = demand.row
    while True:
        spent = demand.spent(np.array(chosen, dtype=np.int64))
        less = demand.weight[row] * np.maximum(spent[row] - demand.minutes, 0.0)
        gain = np.bincount(demand.site, weights=less, minlength=demand.sites)
        gain = np.where(_fitting(options, rules, chosen), gain, -1.0)
        if barred is not None:
            gain[options.site == barred] = -1.0
        best = int(np.argmax(gain)) if len(gain) else 0
        if not len(gain) or gain[best] <= 0:
            return np.sort(np.array(chosen, dtype=np.int64))
        chosen.append(best)


def _fitting(options: Options, rules: Rules, chosen: list[int]) -> Mask:
    """Options that may be added."""
    sites = len(options.floor_m2)
    used = np.bincount(options.site[chosen], weights=options.need_m2[chosen], minlength=sites)
    bought = np.zeros(sites, dtype=bool)
    bought[options.site[chosen]] = True
    left = options.floor_m2 - used
    fits = (options.need_m2 <= left[options.site] + 1e-6) | (options.need_m2 == 0)
    buys = np.ones(sites, dtype=bool)
    for weights, most in rules.limits(sites):
        buys &= weights + float(weights[bought].sum()) <= most * (1 + 1e-9) + 1e-9
    fits &= (bought | buys)[options.site]
    fits[chosen] = False
    return np.asarray(fits, dtype=np.bool_)
