r"""Which projects to take within a budget, what several of them do counted once.

.. math:: \max \sum_g w_g z_g, \quad z_g \le \sum_{v \in S_g} v, \quad \sum_j c_j x_j \le B,
    \quad y_{js} \le x_j, \quad \sum_s f_s y_{js} \le F_j x_j

with :math:`g` a need of people whom the same parts of projects help, :math:`x_j` a project,
:math:`y_{js}` a part of it (a service at a site). A part of a project may take floor of it. Solved
to the proven best by HiGHS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lifecircle.errors import InfeasibleError, InputError
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
        Parts and projects that add nothing are not taken unless they must be, or another needs
        them.

    Raises
    ------
    InfeasibleError
        If what must be taken costs more than the budget, or excludes or forbids itself.
    InputError
        If nothing was found within the time.

    Examples
    --------
    >>> offer = Offer(("A", "B", "C"), np.array([6.0, 5.0, 4.0]), np.arange(3), np.zeros(3),
    ...               np.full(3, np.inf), np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2]),
    ...               np.array([70.0, 20.0, 30.0]))
    >>> choose_portfolio(offer, Terms(budget_cny=9.0)).projects.tolist()
    [False, True, True]
    """
    from scipy import optimize, sparse  # noqa: PLC0415 - loads when a program is solved

    _check_terms(offer, terms)
    projects, parts, groups = len(offer.project_ids), len(offer.project), len(offer.weight)
    rows = _constraints(offer, terms)
    lower, upper = np.zeros(projects + parts + groups), np.ones(projects + parts + groups)
    lower[list(terms.must)] = 1.0
    upper[list(terms.never)] = 0.0
    if terms.budget_cny is not None:
        unknown = np.flatnonzero(~np.isfinite(offer.cost_cny))
        upper[np.setdiff1d(unknown, list(terms.must))] = 0.0
    matrix = sparse.csr_array(
        (np.concatenate(rows.value), (np.concatenate(rows.row), np.concatenate(rows.column))),
        shape=(len(rows.upper), projects + parts + groups),
    )
    solved = optimize.milp(
        np.concatenate([np.zeros(projects + parts), -offer.weight]),
        integrality=np.concatenate([np.ones(projects + parts), np.zeros(groups)]),
        bounds=optimize.Bounds(lower, upper),
        constraints=[optimize.LinearConstraint(matrix, -np.inf, np.array(rows.upper))],
        options={"time_limit": terms.time_limit_s, "mip_rel_gap": 0.0},
    )
    if solved.x is None:
        if solved.status == 2:
            raise InfeasibleError(
                "portfolio: what must be taken does not go together with the budget, the "
                "exclusions or what is never taken. Loosen one of them."
            )
        raise InputError(
            f"portfolio: nothing was found within {terms.time_limit_s:g} s. Raise the time limit."
        )
    taken = _pruned(offer, terms, solved.x[: projects + parts] > 0.5)
    people = _met(offer, taken[projects:])
    bound = -float(solved.mip_dual_bound) if solved.mip_dual_bound is not None else -solved.fun
    if solved.status == 1:
        tell(
            f"portfolio: after {terms.time_limit_s:g} s the choice meets {people:,.0f} needs; no "
            f"other meets more than {bound:,.0f}. Raise the time limit for the proof."
        )
    return Portfolio(taken[:projects], taken[projects:], people, max(bound, people))


def _check_terms(offer: Offer, terms: Terms) -> None:
    """Refuse what cannot be, naming the constraint."""
    both = sorted(set(terms.must) & set(terms.never))
    if both:
        raise InfeasibleError(
            f"portfolio: {', '.join(offer.project_ids[row] for row in both)} must be taken and "
            "never be taken at once. Choose one."
        )
    must = list(dict.fromkeys(terms.must))
    cost = offer.cost_cny[must]
    if terms.budget_cny is None or not must:
        return
    unknown = [offer.project_ids[row] for row in must if not np.isfinite(offer.cost_cny[row])]
    if unknown:
        raise InputError(
            f"portfolio: {', '.join(unknown)} must be taken but no cost is known. Give cost_cny."
        )
    if cost.sum() > terms.budget_cny:
        raise InfeasibleError(
            f"portfolio: what must be taken costs {cost.sum():,.0f} yuan, the budget is "
            f"{terms.budget_cny:,.0f}."
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
    taken = taken.copy()
    needed = {*terms.must}
    for part in np.flatnonzero(taken[projects:])[::-1].tolist():
        trial = taken.copy()
        trial[projects + part] = False
        if _met(offer, trial[projects:]) >= _met(offer, taken[projects:]) - 1e-9:
            taken = trial
    cost = np.where(np.isfinite(offer.cost_cny), offer.cost_cny, np.inf)
    for project in np.argsort(-cost, kind="stable").tolist():
        wanted = project in needed or any(
            taken[one] and other == project for one, other in terms.requires
        )
        own = offer.project == project
        if taken[project] and not wanted and not taken[projects:][own].any():
            taken[project] = False
    return taken
