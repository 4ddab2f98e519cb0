"""What no scenario can make: more room, a site to be found, what is on record; and what answers it.

These stand in the list of projects beside what is built and opened, so that nothing that is short
is left out of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely

from lifecircle.assessment.health_check import HealthCheck
from lifecircle.planning.needs import Needs
from lifecircle.planning.project_offers import Project
from lifecircle.planning.project_words import word
from lifecircle.standards import catalog

_SIZES = ("capacity", "count", "presence", "floor_area", "site_area")


def leaf_units(check: HealthCheck) -> list[str]:
    """Units that no other unit lies in, by id.

    Parameters
    ----------
    check
        A health check.

    Returns
    -------
    list of str
    """
    units = check.evaluation.study.units
    parents = set(units["parent_id"].dropna().astype(str)) if "parent_id" in units else set()
    return [one for one in units["unit_id"].astype(str) if one not in parents]


def answers(
    project: Project, needs: Needs, shortfalls: pd.DataFrame, services: Sequence[str]
) -> pd.DataFrame:
    """Shortfalls that a project answers.

    Those of walks whose people it helps; and those of numbers, sizes and presence in the units that
    its site lies in.

    Parameters
    ----------
    project
        The project.
    needs
        Needs that are not met.
    shortfalls
        What :func:`lifecircle.rank_shortfalls` gives.
    services
        Services that it gets.

    Returns
    -------
    DataFrame
        Rows of ``shortfalls``, by rank.
    """
    if not len(shortfalls):
        return shortfalls
    home, unit = needs.members
    ids = needs.study.units["unit_id"].astype(str).to_numpy()
    chosen = np.zeros(len(shortfalls), dtype=bool)
    short_unit = shortfalls["unit_id"].astype(str).to_numpy()
    short_service = shortfalls["service"].astype(str).to_numpy()
    for row, need in enumerate(needs.all):
        met = np.zeros(len(needs.study.residents), dtype=bool)
        for part in project.parts:
            if not part.service or part.service in services:
                met |= part.met[row]
        met &= needs.weight(row) > 0
        if met.any():
            helped = set(ids[unit[met[home]]].tolist()) & set(need.units)
            chosen |= (short_service == need.service) & np.isin(short_unit, list(helped))
    if services:
        place = shapely.Point(project.row["lon"], project.row["lat"])
        inside = shapely.intersects(np.asarray(needs.study.units.geometry.array), place)
        here = np.isin(short_unit, ids[inside]) & shortfalls["check"].isin(_SIZES).to_numpy()
        chosen |= here & np.isin(short_service, list(services))
    return shortfalls[chosen]


def other_projects(
    check: HealthCheck, needs: Needs, shortfalls: pd.DataFrame, projects: Sequence[Project]
) -> list[Project]:
    """What remains: sites to be found, room to be added, and what is on record.

    Parameters
    ----------
    check
        A health check.
    needs
        Needs that are not met.
    shortfalls
        What :func:`lifecircle.rank_shortfalls` gives.
    projects
        What is built and opened.

    Returns
    -------
    list of Project
    """
    leaves = leaf_units(check)
    found = _sites_wanted(needs, shortfalls, projects)
    recorded = check.compliance.loc[check.compliance["basis"] == "records", "found"]
    known = frozenset(recorded.astype(str))
    found += _extensions(needs, shortfalls, projects, (leaves, known))
    found += _on_record(check, leaves)
    return found


def _sites_wanted(
    needs: Needs, shortfalls: pd.DataFrame, projects: Sequence[Project]
) -> list[Project]:
    """Needs that nothing among the projects helps with, once each."""
    language, found = needs.study.language, []
    walked = shortfalls[shortfalls["check"] == "walk"]
    for row, need in enumerate(needs.all):
        weight = needs.weight(row)
        if any(weight[part.met[row]].sum() > 0 for one in projects for part in one.parts):
            continue
        mine = walked[walked["service"] == need.service]
        if not len(mine):
            continue
        first = mine.sort_values("people_short", ascending=False, kind="stable").iloc[0]
        found.append(
            Project(
                f"S-{need.service}",
                "find_site",
                {
                    "what": word("find_site", language).format(
                        services=catalog.service_name(need.service, language),
                        people=first["people_short"],
                        minutes=need.minutes,
                    ),
                    "services": need.service,
                    "unit_id": str(first["unit_id"]),
                    "where": str(first["where"]),
                    "lon": float(first["centre_lon"]),
                    "lat": float(first["centre_lat"]),
                    "answers": mine,
                },
            )
        )
    return found


def _extensions(
    needs: Needs,
    shortfalls: pd.DataFrame,
    projects: Sequence[Project],
    known: tuple[Sequence[str], frozenset[str]],
) -> list[Project]:
    """Numbers, sizes and presence that are short in a unit and that no site in it answers.

    What is told from records stands among what the health check finds wanting on record.
    """
    leaves, on_record = known
    language = needs.study.language
    rows = shortfalls[shortfalls["check"].isin(_SIZES) & ~shortfalls["is_sum"].astype(bool)]
    in_leaf = set(rows.loc[rows["unit_id"].astype(str).isin(leaves), "service"])
    answered: set[Any] = set()
    for project in projects:
        services = [part.service for part in project.parts if part.service]
        if services:
            answered |= set(answers(project, needs, rows, services).index)
    left = rows[~rows.index.isin(answered) & ~rows["found"].isin(on_record)]
    in_unit = left["unit_id"].astype(str).isin(leaves) | ~left["service"].isin(in_leaf)
    found = []
    for (unit_id, service), same in left[in_unit].groupby(["unit_id", "service"], sort=False):
        row = same.iloc[0]
        told = word("extend_capacity", language).format(
            services=row["service_name"], required=row["required"], found=row["found"]
        )
        found.append(
            Project(
                f"E-{unit_id}-{service}",
                "extend_capacity",
                {
                    "what": told,
                    "services": str(service),
                    "unit_id": str(unit_id),
                    "where": str(row["unit_name"]),
                    "lon": float(row["centre_lon"]),
                    "lat": float(row["centre_lat"]),
                    "answers": same,
                },
            )
        )
    return found


def _on_record(check: HealthCheck, leaves: Sequence[str]) -> list[Project]:
    """Indicators of the health check that are not met by what offices have on record."""
    study, rows = check.evaluation.study, check.indicators
    rows = rows[(rows["status"] == "not met") & rows["source"].astype(str).str.contains("records")]
    in_leaf = set(rows.loc[rows["unit_id"].astype(str).isin(leaves), "indicator_id"])
    units = check.evaluation.units.set_index("unit_id")
    found = []
    for row in rows.to_dict("records"):
        if str(row["unit_id"]) not in leaves and row["indicator_id"] in in_leaf:
            continue
        unit = units.loc[row["unit_id"]]
        centre = unit.geometry.representative_point()
        found.append(
            Project(
                f"H-{row['unit_id']}-{row['indicator_id']}",
                "improve",
                {
                    "what": word("improve", study.language).format(
                        indicator=row["indicator"], why=row["why"]
                    ),
                    "services": "",
                    "unit_id": str(row["unit_id"]),
                    "where": str(row["name"]),
                    "lon": float(centre.x),
                    "lat": float(centre.y),
                    "clauses": f"{row['system']} {row['clause']}",
                    "verify": str(row["verify"]),
                    "served_people": float(unit["people"]),
                },
            )
        )
    return found
