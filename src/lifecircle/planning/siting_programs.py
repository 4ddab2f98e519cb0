r"""Siting as integer programs, sparse, solved by HiGHS.

Saving (MCLP, Church and ReVelle 1974; p-median, ReVelle and Swain 1970, in the form of Cornuejols,
Nemhauser and Wolsey 1980): a row saves the step from :math:`D_{k+1}` minutes to its next nearer
:math:`D_k` if a site within :math:`D_k` is chosen,

.. math:: \max \sum_i w_i \sum_k (D_{i,k+1} - D_{ik}) z_{ik}, \quad
    z_{ik} \le z_{i,k-1} + \sum_{j: t_{ij} = D_{ik}} x_j, \quad x_j \in \{0, 1\}, \; z \in [0, 1]

Covering everybody (LSCP, Toregas et al. 1971) is :math:`\min \sum_j c_j x_j` with a site for every
row; the capacitated MCLP (Current and Storbeck 1988) lets people of a place go to several sites.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lifecircle.planning.quiet import quiet_solver
from lifecircle.planning.siting_demand import Demand, Floats, Positions, Rules

_EASY_S = 0.05  # HiGHS takes no limit of 0


@dataclass(frozen=True, eq=False)
class Solved:
    """Answer of a program.

    Parameters
    ----------
    x
        Its first columns, the sites; ``None`` where none was found.
    value
        What is minimised, at ``x``.
    bound
        What no answer is below.
    proven
        Whether ``x`` is the best.
    infeasible
        Whether there is no answer at all.
    """

    x: Floats | None
    value: float
    bound: float
    proven: bool
    infeasible: bool

    def chosen(self, sites: int) -> Positions:
        """Sites that are taken."""
        if self.x is None:
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero(self.x[:sites] > 0.5)


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of a program: entries at row, column, with what they add up to."""

    row: Positions
    column: Positions
    entry: Floats
    low: float | Floats
    high: float | Floats
    rows: int


def solve(
    goal: Floats, whole: int, blocks: Sequence[Rows], time_limit_s: float, high: Any = 1.0
) -> Solved:
    """Least value of a program.

    Parameters
    ----------
    goal
        What each column adds, shape (k,).
    whole
        The first so many columns are 0 or 1, the others lie between 0 and ``high``.
    blocks
        Rows.
    time_limit_s
        Seconds after which the best so far is taken.
    high
        Upper bounds of all columns.

    Returns
    -------
    Solved
    """
    from scipy import optimize, sparse  # noqa: PLC0415 - loads when a program is solved

    columns = len(goal)
    constraints = [
        optimize.LinearConstraint(
            sparse.csr_array((part.entry, (part.row, part.column)), shape=(part.rows, columns)),
            part.low,
            part.high,
        )
        for part in blocks
    ]
    # Numbers near 1 suit the solver; people's minutes run into millions.
    scale = max(float(np.abs(goal).max(initial=0.0)) / 1e3, 1e-300)
    with quiet_solver():
        found = optimize.milp(
            goal / scale,
            integrality=np.arange(columns) < whole,
            bounds=optimize.Bounds(0, high),
            constraints=constraints,
            options={"time_limit": max(time_limit_s, _EASY_S), "mip_rel_gap": 0.0},
        )
    bound = found.mip_dual_bound if found.mip_dual_bound is not None else found.fun
    bound = -np.inf if bound is None else float(bound) * scale
    if whole == 0 and found.status == 1:
        bound = -np.inf
    return Solved(
        found.x,
        np.inf if found.x is None else float(found.fun) * scale,
        bound,
        found.status == 0,
        found.status == 2,
    )


def limit_rows(rules: Rules, sites: int, *, column: Positions | None = None) -> list[Rows]:
    """Rows for the number and the cost of the sites.

    Parameters
    ----------
    rules
        What may be chosen.
    sites
        How many candidates there are.
    column
        Column of each candidate; the first ones if not given.

    Returns
    -------
    list of Rows
    """
    columns = np.arange(sites) if column is None else column
    found = []
    for place, (weights, most) in enumerate(rules.limits(sites)):
        least = most if place == 0 and rules.exactly and rules.count is not None else -np.inf
        row = np.zeros(sites, dtype=np.int64)
        found.append(Rows(row, columns, weights, least, most, 1))
    return found


def solve_saving(demand: Demand, rules: Rules, time_limit_s: float) -> Solved:
    """Sites that save most.

    Parameters
    ----------
    demand
        Who is served.
    rules
        What may be chosen.
    time_limit_s
        Seconds after which the best so far is taken.

    Returns
    -------
    Solved
        Value and bound below 0: what is saved, with the sign turned.
    """
    row, sites = demand.row, demand.sites
    fresh = np.ones(len(row), dtype=bool)
    fresh[1:] = (row[1:] != row[:-1]) | (demand.minutes[1:] != demand.minutes[:-1])
    step = np.cumsum(fresh) - 1
    starts = np.flatnonzero(fresh)
    of_row, at = row[starts], demand.minutes[starts]
    last = np.ones(len(starts), dtype=bool)
    last[:-1] = of_row[1:] != of_row[:-1]
    beyond = np.where(last, demand.cap[of_row], np.append(at[1:], 0.0))
    gain = demand.weight[of_row] * (beyond - at)
    steps = np.arange(len(starts))
    chained = np.flatnonzero(~np.concatenate([[True], last[:-1]])) if len(starts) else steps
    reach = Rows(
        np.concatenate([steps, step, chained]),
        np.concatenate([sites + steps, demand.site, sites + chained - 1]),
        np.concatenate([np.ones(len(steps)), -np.ones(len(step)), -np.ones(len(chained))]),
        -np.inf,
        0.0,
        len(steps),
    )
    goal = np.concatenate([np.zeros(sites), -gain])
    return solve(goal, sites, [reach, *limit_rows(rules, sites)], time_limit_s)


def solve_cover_all(
    sets: Demand, cost: Floats, rules: Rules, time_limit_s: float, *, whole: bool = True
) -> Solved:
    """Cheapest sites of which every row has one.

    Parameters
    ----------
    sets
        Rows and the sites that reach them; those that nothing reaches are not in it.
    cost
        What each site adds, shape (m,).
    rules
        What may be chosen besides.
    time_limit_s
        Seconds after which the best so far is taken.
    whole
        False: parts of a site may be taken, for a quick limit.

    Returns
    -------
    Solved
    """
    ones = np.ones(len(sets.site))
    reach = Rows(sets.row, sets.site, ones, 1.0, np.inf, len(sets.weight))
    rows = [reach, *limit_rows(rules, sets.sites)]
    return solve(cost, sets.sites if whole else 0, rows, time_limit_s)


def solve_capacitated(
    demand: Demand, room: Floats, standing: int, rules: Rules, time_limit_s: float
) -> tuple[Solved, Floats]:
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
    time_limit_s
        Seconds after which the best so far is taken.

    Returns
    -------
    Solved
        Value and bound below 0: people served, with the sign turned.
    array, shape (q,)
        People of each pair.
    """
    sites, pairs = demand.sites - standing, len(demand.site)
    row, flow = demand.row, np.arange(pairs)
    most = np.minimum(demand.weight[row], room[demand.site])
    blocks = [
        Rows(row, sites + flow, np.ones(pairs), -np.inf, demand.weight, len(demand.weight)),
    ]
    new = np.flatnonzero(demand.site < sites)
    facility = np.arange(sites)
    blocks += [
        Rows(
            np.concatenate([demand.site, facility]),
            np.concatenate([sites + flow, facility]),
            np.concatenate([np.ones(pairs), -room[:sites]]),
            -np.inf,
            np.where(np.arange(demand.sites) < sites, 0.0, room),
            demand.sites,
        ),
        # Nobody goes where nothing is: what the rows above leave open to parts of a site.
        Rows(
            np.tile(np.arange(len(new)), 2),
            np.concatenate([sites + new, demand.site[new]]),
            np.concatenate([np.ones(len(new)), -most[new]]),
            -np.inf,
            0.0,
            len(new),
        ),
        *limit_rows(rules, sites),
    ]
    goal = np.concatenate([np.zeros(sites), -np.ones(pairs)])
    solved = solve(goal, sites, blocks, time_limit_s, np.concatenate([np.ones(sites), most]))
    flows = np.zeros(pairs) if solved.x is None else solved.x[sites:]
    return solved, flows
