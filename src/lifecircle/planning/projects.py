"""From shortfalls to projects (项目生成): what, where, for whom, and which within a budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from lifecircle.assessment.health_check import HealthCheck
from lifecircle.assessment.shortfalls import rank_shortfalls
from lifecircle.errors import (
    InfeasibleError,
    InputError,
    MissingColumnError,
    UnknownNameError,
    some,
)
from lifecircle.planning.actions import Action, AddFacility
from lifecircle.planning.needs import Needs
from lifecircle.planning.opening_places import KINDS
from lifecircle.planning.openings import openings_scenario, rank_openings
from lifecircle.planning.portfolio import Portfolio, Terms, choose_portfolio
from lifecircle.planning.project_offers import (
    Project,
    building_projects,
    offer_of,
    opening_projects,
)
from lifecircle.planning.project_rows import other_projects
from lifecircle.planning.project_table import BUILT, project_row, project_table, services_of_site
from lifecircle.planning.project_terms import ProjectTerms, check_project_terms
from lifecircle.planning.scenarios import Scenario, apply_scenario
from lifecircle.planning.siting_study import sites_of

_MOST_OPENINGS = 20
# So many openings are looked at for each that is kept: the best lie side by side.
_PER_CHOSEN = 8


def list_projects(
    check: HealthCheck,
    *,
    budget_cny: float | None = None,
    sites: gpd.GeoDataFrame | None = None,
    openings: pd.DataFrame | int = _MOST_OPENINGS,
    costs: Mapping[str, float] | None = None,
    terms: pd.DataFrame | None = None,
    time_limit_s: float = 60.0,
) -> gpd.GeoDataFrame:
    """Everything that would make up for what is short, and which of it to do within a budget.

    Projects are: each candidate site with the services it may hold that somebody lacks; the
    openings of gates, walls and dead ends that gain most; sites that must still be found; rooms to
    be added where numbers and sizes are short; and what the health check finds wanting on record.
    What is built and opened is chosen within the budget so that most needs are met, what several
    projects do counted once. A *need* is a walk that the standards ask for and that is not met in
    the unit; a person counts once for each need.

    Parameters
    ----------
    check
        What :func:`lifecircle.health_check` found.
    budget_cny
        Yuan for all that is chosen; ``None``: everything that helps is chosen.
    sites
        Candidate sites, as :func:`lifecircle.read_sites` gives them; the study's own if not given.
    openings
        Rows of :func:`lifecircle.rank_openings`, or how many of the best are looked at, 0 for none.
    costs
        Yuan by kind (``"open_gate"``, ``"remove_wall"``, ``"connect_streets"``) or project id,
        where tables do not say.
    terms
        What is said of projects by ``project_id``: ``cost_cny``, ``payer``, ``phase``,
        ``requires``, ``excludes``, ``include`` (``must`` or ``never``); a ``projects.csv`` that was
        written and filled in will do. Those of the study (``[projects]``) if not given.
    time_limit_s
        After so many seconds the best choice so far is taken, with a warning.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        One row per project, those chosen first in the order in which to do them. ``kind`` is a word
        of scenarios, or ``"extend_capacity"``, ``"find_site"``, ``"improve"``. ``shortfalls`` and
        ``clauses`` are what it answers. ``closes_people`` are needs of people that it alone would
        meet; ``gaining_…`` people for whom it alone meets at least one; ``served_…`` people who
        live within the walk of it. ``step`` and ``added_people``: the order, and the needs that it
        meets beside those before it, found by walking through the study with all of them, so that
        ``added_people`` adds up to what the whole does. ``cost_cny`` is missing where it is not
        known, and such a project is not chosen within a budget. ``note`` says why one is not
        chosen.

    Raises
    ------
    InputError, UnknownNameError
        If a table or number cannot be used; ids that are no projects are named with the nearest.
    InfeasibleError
        If the budget is below the cheapest project, or what must be done goes not together.

    Examples
    --------
    >>> from lifecircle import evaluate, health_check, load_demo
    >>> check = health_check(evaluate(load_demo()))
    >>> projects = list_projects(check, budget_cny=3_000_000, openings=0)
    >>> chosen = projects[projects["chosen"]]
    >>> bool(chosen["cost_cny"].sum() <= 3_000_000), bool(chosen["added_people"].min() > 0)
    (True, True)
    """
    study = check.evaluation.study
    _check_budget(budget_cny)
    said = check_project_terms(study.extras.get("projects") if terms is None else terms)
    needs = Needs(check)
    shortfalls = rank_shortfalls(check, standards=_codes(check), sensitivity=False)
    given = sites is not None or "sites" in study.extras
    projects = building_projects(needs, sites_of(study, sites) if given else None)
    found = opening_projects(needs, _openings(check, needs, openings))
    projects += _worth(found, needs, openings)
    projects += other_projects(check, needs, shortfalls, projects)
    ids = [project.project_id for project in projects]
    said.check_ids(ids)
    _with_costs(projects, costs or {}, said)
    made = [project for project in projects if project.kind in BUILT]
    others = [one for one in projects if one.kind not in BUILT and one.project_id in said.must]
    left_cny = _left(budget_cny, others)
    _check_affordable(made, left_cny)
    chosen = choose_portfolio(offer_of(made, needs), _terms(made, said, left_cny, time_limit_s))
    steps = _steps(made, chosen, needs)
    rows = [
        project_row(
            project, needs, shortfalls, said, services_of_site(project, made, chosen), steps
        )
        for project in projects
    ]
    taken = {one.project_id for one, yes in zip(made, chosen.projects, strict=True) if yes}
    taken |= {one.project_id for one in others}
    table = project_table(rows, taken, said, study.language)
    table.attrs["lifecircle"] = {
        "budget_cny": budget_cny,
        "bound_people": chosen.bound_people,
        "met_people": chosen.people,
        "include": {**dict.fromkeys(said.must, "must"), **dict.fromkeys(said.never, "never")},
    }
    return table


def projects_scenario(projects: gpd.GeoDataFrame, *, name: str = "") -> Scenario:
    """Scenario that makes the projects of a list that can be built or opened.

    Parameters
    ----------
    projects
        Rows of :func:`list_projects`, such as those with ``chosen``; sites to be found, rooms to be
        added and what is on record change no walk and are passed over.
    name
        What the scenario is called.

    Returns
    -------
    Scenario

    Raises
    ------
    MissingColumnError
        If the table lacks a column that is needed.

    Examples
    --------
    >>> from lifecircle import evaluate, health_check, load_demo
    >>> check = health_check(evaluate(load_demo()))
    >>> projects = list_projects(check, budget_cny=1_500_000, openings=0)
    >>> projects_scenario(projects[projects["chosen"]])
    Scenario: 2 add_facility
    """
    needed = [
        *("project_id", "kind", "services", "where", "lon", "lat", "lon_to", "lat_to"),
        *("site_id", "gate_id", "floor_area_m2", "site_area_m2", "capacity"),
    ]
    missing = [column for column in needed if column not in projects.columns]
    if missing:
        raise MissingColumnError(
            f"projects: column {some(missing, 12)} is missing; found {some(projects.columns, 40)}. "
            "Take the table that list_projects() makes."
        )
    actions: list[Action] = []
    for row in projects.to_dict("records"):
        if row["kind"] == "add_facility":
            actions += _additions(row)
        elif row["kind"] in KINDS:
            table = pd.DataFrame([row]).assign(opening_id="", access="", length_m=np.nan)
            actions += openings_scenario(table.drop(columns="step", errors="ignore")).actions
    return Scenario(actions, name=name)


def _additions(row: Mapping[Any, Any]) -> list[Action]:
    """New facilities of a project at a site."""
    services = [one for one in str(row["services"]).split(";") if one]
    alone = len(services) == 1
    sizes = {
        name: float(row[name]) if alone and not pd.isna(row[name]) else None
        for name in ("floor_area_m2", "site_area_m2", "capacity")
    }
    return [
        AddFacility(
            service,
            (float(row["lon"]), float(row["lat"])),
            facility_id=f"{row['site_id']} {service}",
            name=str(row["where"]),
            **sizes,
        )
        for service in services
    ]


def _check_budget(budget_cny: Any) -> None:
    if budget_cny is None:
        return
    real = isinstance(budget_cny, int | float | np.number) and not isinstance(budget_cny, bool)
    if not (real and np.isfinite(budget_cny) and budget_cny > 0):
        raise InputError(f"budget_cny={budget_cny!r}: give yuan above 0, such as 8_000_000.")


def _left(budget_cny: float | None, others: Sequence[Project]) -> float | None:
    """What is left of the budget when what changes no walk but must be done is paid."""
    if budget_cny is None or not others:
        return budget_cny
    unknown = [one.project_id for one in others if one.row.get("cost_cny") is None]
    if unknown:
        raise InputError(
            f"projects: {some(unknown)} must be taken but no cost is known. Give cost_cny in the "
            "terms."
        )
    spent = sum(float(one.row["cost_cny"]) for one in others)
    if spent > budget_cny:
        raise InfeasibleError(
            f"budget_cny={budget_cny:,.0f}: what must be taken costs {spent:,.0f} yuan already "
            f"({some(one.project_id for one in others)})."
        )
    return budget_cny - spent


def _codes(check: HealthCheck) -> list[str]:
    """Standards that were checked."""
    return list(dict.fromkeys(check.compliance["standard"].astype(str)))


def _openings(check: HealthCheck, needs: Needs, openings: Any) -> pd.DataFrame:
    """Openings that are looked at."""
    if isinstance(openings, pd.DataFrame):
        return openings
    if isinstance(openings, bool) or not isinstance(openings, int) or openings < 0:
        raise InputError(
            f"openings={openings!r}: give the table that rank_openings() makes, or how many of the "
            "best are looked at, such as 20."
        )
    if openings == 0:
        return pd.DataFrame()
    study = check.evaluation.study
    services = dict.fromkeys(one for need in needs.all for one in need.accepts)
    here = [one for one in services if one in set(study.facilities["service"])]
    if not here:
        return pd.DataFrame()
    ranked = rank_openings(study, services=here, steps=0)
    return ranked[ranked["gains_people"] > 0].head(_PER_CHOSEN * openings)


def _worth(projects: list[Project], needs: Needs, most: Any) -> list[Project]:
    """Openings that add most one after another: of those side by side only one."""
    if isinstance(most, pd.DataFrame):
        return projects
    met = {one.project_id: one.parts[0].met for one in projects}
    covered = np.zeros((len(needs.all), len(needs.study.residents)), dtype=bool)
    found: list[Project] = []
    left = list(projects)
    while left and len(found) < most:
        added = [needs.people(met[one.project_id] & ~covered) for one in left]
        best = int(np.argmax(added))
        if not added[best] > 0:
            break
        found.append(left.pop(best))
        covered |= met[found[-1].project_id]
    return found


def _with_costs(
    projects: Sequence[Project], costs: Mapping[str, float], said: ProjectTerms
) -> None:
    """Costs as the planner says them: by project, else by kind, else as the sites' table has it."""
    known = {*BUILT, "extend_capacity", "improve", "find_site", *(p.project_id for p in projects)}
    for key, value in costs.items():
        if key not in known:
            raise UnknownNameError("kind of project or project id in costs", key, sorted(known))
        real = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not (real and np.isfinite(value) and value >= 0):
            raise InputError(f"costs[{key!r}]={value!r}: give yuan, 0 or more.")
    for project in projects:
        stated = project.row.get("cost_cny")
        by_kind = costs.get(project.kind, stated)
        cost = costs.get(project.project_id, by_kind if stated is None else stated)
        project.row["cost_cny"] = said.cost_cny.get(project.project_id, cost)


def _check_affordable(made: Sequence[Project], budget_cny: float | None) -> None:
    """Refuse a budget that buys nothing at all."""
    if budget_cny is None:
        return
    priced = [
        (float(project.row["cost_cny"]), project.project_id)
        for project in made
        if project.row["cost_cny"] is not None and any(part.met.any() for part in project.parts)
    ]
    if priced and min(priced)[0] > budget_cny:
        cost, name = min(priced)
        raise InfeasibleError(
            f"budget_cny={budget_cny:,.0f} buys nothing: the cheapest project that helps anybody, "
            f"{name}, costs {cost:,.0f} yuan."
        )


def _terms(
    made: Sequence[Project], said: ProjectTerms, budget_cny: float | None, time_limit_s: float
) -> Terms:
    """Terms by the positions of the projects that can be made."""
    at = {project.project_id: row for row, project in enumerate(made)}

    def pairs(listed: Sequence[tuple[str, str]]) -> list[tuple[int, int]]:
        return [(at[one], at[two]) for one, two in listed if one in at and two in at]

    return Terms(
        budget_cny,
        pairs(said.requires),
        pairs(said.excludes),
        [at[one] for one in said.must if one in at],
        [at[one] for one in said.never if one in at],
        time_limit_s,
    )


def _steps(
    made: Sequence[Project], chosen: Portfolio, needs: Needs
) -> dict[str, tuple[int, float]]:
    """Order of the chosen projects, and what each adds to those before it, by walking through."""
    left = [at for at, taken in enumerate(chosen.projects.tolist()) if taken]
    today = needs.met(needs.study)
    covered = np.zeros(today.shape, dtype=bool)
    order: list[int] = []
    flags = {
        at: np.logical_or.reduce(
            [covered]
            + [
                part.met
                for part in made[at].parts
                if not part.service or part.service in services_of_site(made[at], made, chosen)
            ]
        )
        for at in left
    }
    while left:
        added = {at: needs.people(flags[at] & ~covered) for at in left}
        cost = {at: made[at].row["cost_cny"] or np.nan for at in left}
        best = max(
            left,
            key=lambda at: (added[at] / cost[at] if cost[at] > 0 else added[at], added[at], -at),
        )
        covered |= flags[best]
        order.append(best)
        left.remove(best)
    study, before, found = needs.study, 0.0, {}
    actions: list[Action] = []
    bar = tqdm(order, desc="projects", delay=2, disable=None, leave=False)
    for step, at in enumerate(bar, start=1):
        actions += made[at].actions(services_of_site(made[at], made, chosen))
        total = needs.people(needs.met(apply_scenario(study, actions)) & ~today & needs.concerned)
        found[made[at].project_id] = step, total - before
        before = total
    return found
