"""The order of what is chosen, what each step adds, and why the rest is not chosen."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.crs import WGS84
from lifecircle.errors import LifecircleWarning
from lifecircle.planning.actions import Action, AddFacility
from lifecircle.planning.needs import Flags, Needs
from lifecircle.planning.portfolio import Terms
from lifecircle.planning.problems import Problems
from lifecircle.planning.project_offers import Project
from lifecircle.planning.project_words import word
from lifecircle.planning.scenarios import apply_scenario
from lifecircle.planning.streets import changed_streets
from lifecircle.tables.progress import tqdm


def in_order(
    taken: Sequence[int],
    projects: Sequence[Project],
    gains: Sequence[Flags],
    terms: Terms,
    needs: Needs,
) -> list[int]:
    """Projects in the order in which to do them.

    Each after all that it requires. Of those that can come next the one that adds most needs per
    yuan, what is free first; where some cost is not known the one that adds most needs.

    Parameters
    ----------
    taken
        Positions of those to be ordered.
    projects, gains
        All projects, and the needs that each meets alone.
    terms
        What requires what.
    needs
        Whose needs.

    Returns
    -------
    list of int
        Positions.
    """
    left, order = list(taken), list[int]()
    cost = {at: projects[at].row["cost_cny"] for at in left}
    priced = all(value is not None for value in cost.values())
    covered = np.zeros(needs.today.shape, dtype=bool)
    while left:
        waiting = {one for one, other in terms.requires if other in left and other != one}
        ready = [at for at in left if at not in waiting] or left  # they may require one another
        added = {at: needs.people(gains[at] & ~covered) for at in ready}

        def worth(at: int, added: dict[int, float] = added) -> tuple[float, float, int]:
            price = float(cost[at]) if priced else 1.0
            per_yuan = added[at] / price if price > 0 else np.inf if added[at] > 0 else 0.0
            return per_yuan, added[at], -at

        best = max(ready, key=worth)
        covered |= gains[best]
        order.append(best)
        left.remove(best)
    return order


def walked(
    order: Sequence[int],
    projects: Sequence[Project],
    services: Sequence[Sequence[str]],
    needs: Needs,
) -> dict[str, tuple[int, float]]:
    """What each step adds to those before it, by walking through the study with all of them.

    What a new facility brings within a walk does not hang on other facilities: only it is walked
    to, by the streets as they are then. After an opening everything is walked to again.

    Parameters
    ----------
    order
        Positions of the projects, the first step first.
    projects, services
        All projects, and the services that each gets.
    needs
        Whose needs.

    Returns
    -------
    dict
        Project id → step, and the needs that it adds.
    """
    study, met, before, found = needs.study, needs.today, 0.0, {}
    network, facilities, actions = study.network, study.facilities, list[Action]()
    bar = tqdm(order, desc="projects", delay=2, disable=None, leave=False)
    for step, at in enumerate(bar, start=1):
        mine = projects[at].actions(services[at])
        actions += mine
        new = _table(mine)
        if len(new):
            met = met | needs.met_by(network, new)
            facilities = pd.concat([facilities, new], ignore_index=True)
        elif mine:
            problems = Problems(actions)
            with warnings.catch_warnings():  # all of it is told below, once
                warnings.simplefilter("ignore", LifecircleWarning)
                network, _ = changed_streets(study, actions, problems)
            problems.stop()
            met = needs.met_by(network, facilities)
        total = needs.people(met & ~needs.today & needs.concerned)
        found[projects[at].project_id] = step, total - before
        before = total
    if actions:
        apply_scenario(study, actions)  # what cannot be done together is told here
    return found


def _table(actions: Sequence[Action]) -> gpd.GeoDataFrame:
    """Facilities that actions add."""
    added = [action for action in actions if isinstance(action, AddFacility)]
    return gpd.GeoDataFrame(
        {
            "facility_id": [action.facility_id for action in added],
            "service": [action.service for action in added],
        },
        geometry=[shapely.Point(action.at) for action in added],
        crs=WGS84,
    )


def reasons(
    projects: Sequence[Project],
    gains: Sequence[Flags],
    taken: Sequence[int],
    terms: Terms,
    needs: Needs,
) -> list[list[str]]:
    """Why projects that would help are not chosen.

    Parameters
    ----------
    projects, gains
        All projects, and the needs that each meets alone.
    taken
        Positions of those that are chosen.
    terms
        What had to hold.
    needs
        Whose needs.

    Returns
    -------
    list of list of str
        Of each project, in words; empty for those that are chosen or help nobody.
    """
    covered = np.zeros(needs.today.shape, dtype=bool)
    for at in taken:
        covered |= gains[at]
    pairs = [*terms.excludes, *((two, one) for one, two in terms.excludes)]
    language = needs.study.language
    told: list[list[str]] = []
    for at, project in enumerate(projects):
        told.append([])
        if at in taken or not needs.people(gains[at]) > 0:
            continue
        apart = [projects[two].project_id for one, two in pairs if one == at and two in taken]
        lacking = [
            projects[two].project_id
            for one, two in terms.requires
            if one == at and two not in taken
        ]
        names = ";".join(dict.fromkeys(apart or lacking))
        budget = terms.budget_cny is not None
        reason = (
            "never" if at in terms.never
            else "no_cost" if budget and project.row["cost_cny"] is None
            else "excluded" if apart
            else "adds_nothing" if not needs.people(gains[at] & ~covered) > 0
            else "requires" if lacking
            else "over_budget" if budget
            else ""
        )  # fmt: skip
        if reason:
            told[-1].append(word(reason, language).format(projects=names))
    return told
