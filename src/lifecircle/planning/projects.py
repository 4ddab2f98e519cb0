"""From shortfalls to projects (项目生成): what, where, for whom, and which within a budget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.assessment.health_check import HealthCheck
from lifecircle.assessment.shortfalls import rank_shortfalls
from lifecircle.errors import (
    DuplicateIdError,
    InfeasibleError,
    InputError,
    UnknownNameError,
    some,
)
from lifecircle.planning.actions import Action
from lifecircle.planning.needs import Needs
from lifecircle.planning.opening_places import KINDS
from lifecircle.planning.openings import openings_scenario, rank_openings
from lifecircle.planning.portfolio import Terms, choose_portfolio
from lifecircle.planning.project_offers import (
    Project,
    additions,
    building_projects,
    offer_of,
    opening_projects,
)
from lifecircle.planning.project_rows import other_projects
from lifecircle.planning.project_steps import in_order, reasons, walked
from lifecircle.planning.project_table import (
    BUILT,
    gains_of,
    project_row,
    project_table,
    services_of,
)
from lifecircle.planning.project_terms import ProjectTerms, check_project_terms
from lifecircle.planning.scenarios import Scenario
from lifecircle.planning.siting_study import sites_of
from lifecircle.tables.frames import check_columns

PROJECT_KINDS = (*BUILT, "find_site", "extend_capacity", "improve")
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
    projects do counted once; of equal choices one that costs least. A *need* is a walk that the
    standards ask for and that is not met in the unit. A person counts once for each need, and so
    may count several times in ``closes_people``, ``added_people`` and ``people_per_10k_cny``.

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
        Yuan by project id; or by kind, such as ``"open_gate"``, ``"remove_wall"`` and
        ``"connect_streets"``, where the sites do not say. What ``terms`` say goes before.
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
        live within the walk of it, whether they lack it or not. All three are of the services that
        the row names. ``step`` and ``added_people``: the order (what is required first, then most
        needs per yuan, or most needs where a cost is not known), and the needs that it meets beside
        those before it, found by walking through the study with all of them, so that
        ``added_people`` adds up to what the whole does. ``cost_cny`` is missing where it is not
        known, and such a project is not chosen within a budget. ``note`` says why one is not
        chosen.

    Raises
    ------
    InputError, UnknownNameError
        If a table or number cannot be used; ids that are no projects are named with the nearest.
    InfeasibleError
        If the budget is below the cheapest project, or what must be done, with what it requires,
        costs more than the budget, excludes itself or may never be done.

    Examples
    --------
    >>> from lifecircle import evaluate, health_check, load_demo
    >>> check = health_check(evaluate(load_demo()))
    >>> projects = list_projects(check, budget_cny=3_000_000, openings=0)
    >>> chosen = projects[projects["chosen"]]
    >>> bool(chosen["cost_cny"].sum() <= 3_000_000), bool(chosen["added_people"].min() > 0)
    (True, True)
    """
    _check_arguments(check, budget_cny, costs, time_limit_s)
    study = check.evaluation.study
    said = check_project_terms(study.extras.get("projects") if terms is None else terms)
    needs = Needs(check)
    shortfalls = rank_shortfalls(check, standards=_codes(check), sensitivity=False)
    given = sites is not None or "sites" in study.extras
    made = building_projects(needs, sites_of(study, sites) if given else None)
    found = opening_projects(needs, _openings(check, needs, openings))
    made += _worth(found, needs, openings)
    projects = [*made, *other_projects(check, needs, shortfalls)]
    _check_unique(projects)
    said.check_ids([project.project_id for project in projects])
    _with_costs(projects, costs or {}, said)
    held = _terms(projects, said, budget_cny, time_limit_s)
    _check_affordable(projects, held, needs)
    chosen = choose_portfolio(offer_of(projects, needs), held)
    services = services_of(projects, chosen, needs)
    rest = other_projects(check, needs, shortfalls, list(zip(made, services, strict=False)))
    waits = {project.project_id: project for project in rest}
    gains = [
        gains_of(project, own, needs.today.shape)
        for project, own in zip(projects, services, strict=True)
    ]
    taken = np.flatnonzero(chosen.projects).tolist()
    first = [at for at in taken if at < len(made)]
    steps = walked(in_order(first, projects, gains, held, needs), projects, services, needs)
    rows = []
    for at, why in enumerate(reasons(projects, gains, taken, held, needs)):
        project = projects[at]
        if at >= len(made) and at not in taken and project.project_id not in waits:
            continue
        if project.project_id in waits:  # of what nothing that is built now answers
            project.row |= waits[project.project_id].row
        row = project_row(project, needs, shortfalls, said, services[at], steps)
        rows.append(row | {"chosen": at in taken, "notes": [*row["notes"], *why]})
    table = project_table(rows, study.language)
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
    UnknownNameError
        If a kind of project is none.

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
    check_columns(projects, needed, "projects", "list_projects()")
    rows = projects
    if "step" in rows and rows["step"].notna().any():
        rows = rows.sort_values("step", kind="stable", na_position="last")
    actions: list[Action] = []
    for row in rows.to_dict("records"):
        if row["kind"] not in PROJECT_KINDS:
            raise UnknownNameError("kind of project", row["kind"], PROJECT_KINDS)
        if row["kind"] == "add_facility":
            listed = "" if pd.isna(row["services"]) else str(row["services"])
            actions += additions(row, [one.strip() for one in listed.split(";") if one.strip()])
        elif row["kind"] in KINDS:
            table = pd.DataFrame([row]).assign(opening_id="", access="", length_m=np.nan)
            actions += openings_scenario(table.drop(columns="step", errors="ignore")).actions
    return Scenario(actions, name=name)


def _check_arguments(check: Any, budget_cny: Any, costs: Any, time_limit_s: Any) -> None:
    """Refuse what is no health check, no budget and no costs."""
    if not isinstance(check, HealthCheck):
        raise InputError(
            f"projects: {type(check).__name__} is no health check. Hand in what "
            "lifecircle.health_check(lifecircle.evaluate(study)) gives."
        )
    if budget_cny is not None and not (_real(budget_cny) and budget_cny > 0):
        raise InputError(f"budget_cny={budget_cny!r}: give yuan above 0, such as 8_000_000.")
    if costs is not None and not isinstance(costs, Mapping):
        raise InputError(
            f"costs={costs!r}: give yuan by kind of project or project id, such as "
            '{"open_gate": 20_000}.'
        )
    if not (_real(time_limit_s) and time_limit_s > 0):
        raise InputError(f"time_limit_s={time_limit_s!r}: give seconds above 0, such as 60.")


def _real(value: Any) -> bool:
    """Whether a value is a number that can be counted with."""
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return number and bool(np.isfinite(value))


def _check_unique(projects: Sequence[Project]) -> None:
    """Refuse ids that two projects would share."""
    counts = Counter(project.project_id for project in projects)
    twice = [one for one, count in counts.items() if count > 1]
    if twice:
        raise DuplicateIdError(
            f"projects: {len(twice)} ids would stand for several projects ({some(twice)}). Give "
            "units, sites, gates and indicators ids that stay apart when joined by '-'."
        )


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
    known = [*PROJECT_KINDS, *(project.project_id for project in projects)]
    for key, value in costs.items():
        if key not in known:
            raise UnknownNameError("kind of project or project id in costs", key, known)
        if not (_real(value) and value >= 0):
            raise InputError(f"costs[{key!r}]={value!r}: give yuan, 0 or more.")
    for project in projects:
        stated = project.row.get("cost_cny")
        by_kind = costs.get(project.kind, stated)
        cost = costs.get(project.project_id, by_kind if stated is None else stated)
        project.row["cost_cny"] = said.cost_cny.get(project.project_id, cost)


def _check_affordable(projects: Sequence[Project], terms: Terms, needs: Needs) -> None:
    """Refuse a budget that buys nothing at all."""
    if terms.budget_cny is None or terms.must:
        return
    priced = [
        (float(project.row["cost_cny"]), project.project_id)
        for at, project in enumerate(projects)
        if project.row["cost_cny"] is not None
        and at not in terms.never
        and any(needs.people(part.met) > 0 for part in project.parts)
    ]
    if priced and min(priced)[0] > terms.budget_cny:
        cost, name = min(priced)
        raise InfeasibleError(
            f"budget_cny={terms.budget_cny:,.0f} buys nothing: the cheapest project that helps "
            f"anybody, {name}, costs {cost:,.0f} yuan."
        )


def _terms(
    projects: Sequence[Project], said: ProjectTerms, budget_cny: float | None, time_limit_s: float
) -> Terms:
    """Terms by the positions of the projects."""
    at = {project.project_id: row for row, project in enumerate(projects)}

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
