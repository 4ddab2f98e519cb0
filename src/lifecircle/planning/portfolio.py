r"""Which projects to take within a budget, what several of them do counted once.

.. math:: \max \sum_g w_g z_g, \quad z_g \le \sum_{v \in S_g} v, \quad \sum_j c_j x_j \le B,
    \quad y_{js} \le x_j, \quad \sum_s f_s y_{js} \le F_j x_j

with :math:`g` a need of people whom the same parts of projects help, :math:`x_j` a project,
:math:`y_{js}` a part of it (a service at a site). A part of a project may take floor of it. Solved
to the proven best by HiGHS; of equal choices one that costs least.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lifecircle.errors import InfeasibleError, InputError, some
from lifecircle.planning.quiet import quiet_solver
from lifecircle.tables.findings import tell

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Offer:
    """What projects offer.

    Parameters
    ----------
    project_ids
        Id of each project, shape (p,).
    cost_cny
        Yuan, shape (p,). NaN where it is not known: such a project is taken only without a budget.
    project
        Project that each part belongs to, shape (q,).
    part_floor_m2
        Floor that each part takes, square metres, shape (q,).
    floor_m2
        Floor that each project has, infinite where it does not matter, shape (p,).
    need, part
        Pairs: a group of people with a need, and a part that meets it, shape (k,).
    weight
        People of each group, shape (g,).
    """

    project_ids: tuple[str, ...]
    cost_cny: Floats
    project: Integers
    part_floor_m2: Floats
    floor_m2: Floats
    need: Integers
    part: Integers
    weight: Floats


@dataclass(frozen=True, eq=False)
class Terms:
    """What must hold besides the budget.

    Parameters
    ----------
    budget_cny
        Yuan; ``None`` for no limit.
    requires
        Pairs: a project and another that it needs.
    excludes
        Pairs of projects of which one may be taken.
    must, never
        Projects that are taken in any case, and in none.
    time_limit_s
        After so many seconds the best choice so far is taken.
    """

    budget_cny: float | None = None
    requires: Sequence[tuple[int, int]] = ()
    excludes: Sequence[tuple[int, int]] = ()
    must: Sequence[int] = ()
    never: Sequence[int] = ()
    time_limit_s: float = 60.0


@dataclass(frozen=True, eq=False)
class Portfolio:
    """Projects that are taken.

    Parameters
    ----------
    projects, parts
        Whether each is, shapes (p,) and (q,).
    people
        People with needs that are met, what several projects do counted once.
    bound_people
        More than these no choice meets: proven.
    """

    projects: NDArray[np.bool_]
    parts: NDArray[np.bool_]
    people: float
    bound_people: float


@dataclass
class _Rows:
    """Rows of a program, written one by one."""

    row: list[Any] = field(default_factory=list)
    column: list[Any] = field(default_factory=list)
    value: list[Any] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)

    def add(self, columns: Any, values: Any, upper: float) -> None:
        """One row: the sum of values is at most ``upper``."""
        columns = np.asarray(columns, dtype=np.int64)
        self.row.append(np.full(len(columns), len(self.upper)))
        self.column.append(columns)
        self.value.append(np.broadcast_to(np.asarray(values, dtype=float), columns.shape))
        self.upper.append(upper)

    def add_many(self, row: Any, column: Any, value: Any, count: int, upper: float) -> None:
        """Several rows at once, numbered from 0."""
        self.row.append(np.asarray(row) + len(self.upper))
        self.column.append(np.asarray(column))
        self.value.append(np.asarray(value, dtype=float))
        self.upper += [upper] * count


def choose_portfolio(offer: Offer, terms: Terms) -> Portfolio:
    """Projects that meet most needs within the budget.

    Parameters
    ----------
    offer
        What there is to choose from.
    terms
        What must hold.

    Returns
    -------
    Portfolio
        Of all choices that meet as many needs one that costs least. Parts and projects that add
        nothing are not taken unless they must be, or another needs them.

    Raises
    ------
    InfeasibleError
        If what must be taken, with all that it requires, costs more than the budget, excludes
        itself or may never be taken.
    InputError
        If nothing was found within the time, or what must be taken has no known cost.

    Examples
    --------
    >>> offer = Offer(("A", "B", "C"), np.array([6.0, 5.0, 4.0]), np.arange(3), np.zeros(3),
    ...               np.full(3, np.inf), np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2]),
    ...               np.array([70.0, 20.0, 30.0]))
    >>> choose_portfolio(offer, Terms(budget_cny=9.0)).projects.tolist()
    [False, True, True]
    """
    _check_terms(offer, terms)
    projects = len(offer.project_ids)
    if not projects:
        return Portfolio(
            np.zeros(0, dtype=bool), np.zeros(len(offer.project), dtype=bool), 0.0, 0.0
        )
    program = _Program(offer, terms)
    worth = np.concatenate([np.zeros(projects + len(offer.project)), offer.weight])
    first, bound, proven = program.best(-worth)
    if first is None:
        raise InputError(
            f"portfolio: nothing was found within {terms.time_limit_s:g} s. Raise the time limit."
        )
    taken = _pruned(offer, terms, first)
    people = _met(offer, taken[projects:])
    if offer.cost_cny.any() and proven:
        taken = _cheapest(program, taken, people)
        people = _met(offer, taken[projects:])
    if not proven:
        tell(
            f"portfolio: after {terms.time_limit_s:g} s the choice meets {people:,.0f} needs; no "
            f"other meets more than {-bound:,.0f}. Raise the time limit for the proof."
        )
    return Portfolio(taken[:projects], taken[projects:], people, max(-bound, people))


def _cheapest(program: _Program, taken: NDArray[np.bool_], people: float) -> NDArray[np.bool_]:
    """Of all choices that meet needs of so many people one that costs least, if it is found."""
    offer, first = program.offer, len(program.offer.project_ids) + len(program.offer.project)
    near = max(1e-6, 1e-9 * people)
    groups = first + np.arange(len(offer.weight))
    program.rows.add(groups, -offer.weight, near - people)
    found, _, _ = program.best(program.price)
    if found is None:
        return taken
    found = _pruned(offer, program.terms, found)
    if _met(offer, found[len(offer.project_ids) :]) < people - 2 * near:
        return taken
    return min(taken, found, key=lambda one: float(program.price[:first] @ one))


class _Program:
    """The choice as a program with whole numbers; columns are projects, parts, groups."""

    def __init__(self, offer: Offer, terms: Terms) -> None:
        self.offer, self.terms = offer, terms
        projects, parts, groups = len(offer.project_ids), len(offer.project), len(offer.weight)
        self.rows = _constraints(offer, terms)
        self.lower = np.zeros(projects + parts + groups)
        self.upper = np.ones(projects + parts + groups)
        self.lower[list(terms.must)] = 1.0
        self.upper[list(terms.never)] = 0.0
        known = np.isfinite(offer.cost_cny)
        if terms.budget_cny is not None:
            self.upper[:projects][~known] = 0.0
        self.whole = np.concatenate([np.ones(projects + parts), np.zeros(groups)])
        # what costs nobody knows how much goes last
        total = float(offer.cost_cny[known].sum())
        price = np.where(known, offer.cost_cny, total + 1.0) / (total + 1.0)
        self.price = np.concatenate([price, np.zeros(parts + groups)])

    def best(self, objective: Floats) -> tuple[NDArray[np.bool_] | None, float, bool]:
        """Least of an objective: projects and parts taken, a proven limit, whether it is proven.

        ``None`` where nothing was found.
        """
        from scipy import optimize, sparse  # noqa: PLC0415 - loads when a program is solved

        rows = self.rows
        while True:
            matrix = sparse.csr_array(
                (
                    np.concatenate(rows.value),
                    (np.concatenate(rows.row), np.concatenate(rows.column)),
                ),
                shape=(len(rows.upper), len(self.whole)),
            )
            with quiet_solver():
                solved = optimize.milp(
                    objective,
                    integrality=self.whole,
                    bounds=optimize.Bounds(self.lower, self.upper),
                    constraints=[optimize.LinearConstraint(matrix, -np.inf, np.array(rows.upper))],
                    options={"time_limit": self.terms.time_limit_s, "mip_rel_gap": 0.0},
                )
            if solved.x is None:
                return None, np.nan, False
            taken = solved.x[self.whole > 0] > 0.5
            if not self._too_much(taken):
                bound = solved.mip_dual_bound if solved.mip_dual_bound is not None else solved.fun
                return taken, float(bound), solved.status == 0

    def _too_much(self, taken: NDArray[np.bool_]) -> bool:
        """Whether a choice is over a limit by less than the solver sees; forbidden then."""
        offer, projects, before = self.offer, len(self.offer.project_ids), len(self.rows.upper)
        bought = np.flatnonzero(taken[:projects])
        if self.terms.budget_cny is not None and _over(
            offer.cost_cny[bought], self.terms.budget_cny
        ):
            self.rows.add(bought, 1.0, len(bought) - 1.0)
        for project in bought.tolist():
            own = np.flatnonzero(taken[projects:] & (offer.project == project))
            if _over(offer.part_floor_m2[own], float(offer.floor_m2[project])):
                self.rows.add(projects + own, 1.0, len(own) - 1.0)
        return len(self.rows.upper) > before


def _over(values: Floats, limit: float) -> bool:
    """Whether a sum is above a limit, beyond what numbers with a point can tell."""
    return bool(values.sum() > limit + 1e-12 * abs(limit))


def needed_with(chosen: Iterable[int], requires: Sequence[tuple[int, int]]) -> list[int]:
    """Projects and all that they need, and these need.

    Parameters
    ----------
    chosen
        Projects.
    requires
        Pairs: a project and another that it needs.

    Returns
    -------
    list of int
        Those given first.

    Examples
    --------
    >>> needed_with([2], [(2, 0), (0, 3), (1, 2)])
    [2, 0, 3]
    """
    found = list(dict.fromkeys(chosen))
    for project in found:
        needed = dict.fromkeys(other for one, other in requires if one == project)
        found += [other for other in needed if other not in found]
    return found


def _check_terms(offer: Offer, terms: Terms) -> None:
    """Refuse what cannot be, naming the constraint.

    What must be taken, with all that it needs, is the least choice: whatever stands against it
    stands against every choice.
    """
    ids, least = offer.project_ids, needed_with(terms.must, terms.requires)
    barred = [ids[row] for row in least if row in set(terms.never)]
    if barred:
        raise InfeasibleError(
            f"portfolio: {some(barred)} must be taken, or what must be taken requires it, and may "
            "never be taken. Choose one."
        )
    apart = [
        f"{ids[one]} and {ids[other]}"
        for one, other in terms.excludes
        if one in least and other in least
    ]
    if apart:
        raise InfeasibleError(
            f"portfolio: {some(apart)} exclude each other, and both must be taken or are required "
            "by what must be taken. Take back one of the two."
        )
    if terms.budget_cny is None or not least:
        return
    unknown = [ids[row] for row in least if not np.isfinite(offer.cost_cny[row])]
    if unknown:
        raise InputError(
            f"portfolio: {some(unknown)} must be taken, or what must be taken requires it, but no "
            "cost is known. Give cost_cny."
        )
    cost = offer.cost_cny[least]
    if _over(cost, terms.budget_cny):
        raise InfeasibleError(
            f"portfolio: what must be taken, with what it requires, costs {cost.sum():,.0f} yuan "
            f"({some(ids[row] for row in least)}); budget_cny is {terms.budget_cny:,.0f}. Raise "
            "the budget or take something back."
        )


def _constraints(offer: Offer, terms: Terms) -> _Rows:
    """Rows of the program; columns are projects, parts, groups."""
    projects, parts, groups = len(offer.project_ids), len(offer.project), len(offer.weight)
    rows = _Rows()
    part = np.arange(parts)
    rows.add_many(
        np.concatenate([offer.need, np.arange(groups)]),
        np.concatenate([projects + offer.part, projects + parts + np.arange(groups)]),
        np.concatenate([-np.ones(len(offer.need)), np.ones(groups)]),
        groups,
        0.0,
    )
    rows.add_many(
        np.concatenate([part, part]),
        np.concatenate([projects + part, offer.project]),
        np.concatenate([np.ones(parts), -np.ones(parts)]),
        parts,
        0.0,
    )
    for project in range(projects):
        own = np.flatnonzero(offer.project == project)
        floor = offer.part_floor_m2[own]
        if np.isfinite(offer.floor_m2[project]) and floor.sum() > offer.floor_m2[project]:
            rows.add(projects + own, floor, float(offer.floor_m2[project]))
    if terms.budget_cny is not None and projects:
        cost = np.where(np.isfinite(offer.cost_cny), offer.cost_cny, 0.0)
        rows.add(np.arange(projects), cost, float(terms.budget_cny))
    for one, other in terms.requires:
        rows.add([one, other], [1.0, -1.0], 0.0)
    for one, other in terms.excludes:
        rows.add([one, other], [1.0, 1.0], 1.0)
    return rows


def _met(offer: Offer, parts: NDArray[np.bool_]) -> float:
    """People with needs that some parts meet."""
    groups = np.zeros(len(offer.weight), dtype=bool)
    groups[offer.need[parts[offer.part]]] = True
    return float(offer.weight[groups].sum())


def _pruned(offer: Offer, terms: Terms, taken: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A choice without what adds nothing, the dearest first."""
    projects = len(offer.project_ids)
    parts = taken[projects:].copy()
    cost = np.where(np.isfinite(offer.cost_cny), offer.cost_cny, np.inf)[offer.project]
    for part in np.lexsort((-np.arange(len(parts)), -cost)).tolist():
        if parts[part]:
            trial = parts.copy()
            trial[part] = False
            if _met(offer, trial) >= _met(offer, parts) - 1e-9:
                parts = trial
    kept = np.zeros(projects, dtype=bool)
    kept[needed_with([*terms.must, *offer.project[parts].tolist()], terms.requires)] = True
    return np.concatenate([kept, parts])
