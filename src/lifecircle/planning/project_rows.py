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
from lifecircle.errors import UnknownNameError
from lifecircle.planning.needs import Needs
from lifecircle.planning.project_offers import Project
from lifecircle.planning.project_words import word
from lifecircle.standards import catalog
from lifecircle.standards.indicators import find_indicators

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
    check: HealthCheck,
    needs: Needs,
    shortfalls: pd.DataFrame,
    made: Sequence[tuple[Project, Sequence[str]]] = (),
) -> list[Project]:
    """What remains: sites to be found, room to be added, and what is on record.

    Every shortfall of the lowest units that nothing among the projects answers stands in one of
    these, and of other units those of services that none of the lowest lacks. What a standard asks
    of several services together repeats what their own rows say and is passed over.

    Parameters
    ----------
    check
        A health check.
    needs
        Needs that are not met.
    shortfalls
        What :func:`lifecircle.rank_shortfalls` gives.
    made
        What is built and opened, and the services that each gets; nothing if not given.

    Returns
    -------
    list of Project
    """
    answered: set[Any] = set()
    for project, services in made:
        if project.parts:
            answered |= set(answers(project, needs, shortfalls, services).index)
    left = shortfalls[~shortfalls.index.isin(answered) & ~shortfalls["is_sum"].astype(bool)]
    leaves = leaf_units(check)
    recorded = _on_record(check, leaves, left[_recorded(check, left)])
    told = [one.row["answers"].index for one in recorded]
    left = left[~left.index.isin(np.concatenate([np.empty(0, dtype=int), *told]))]
    lowest = shortfalls["unit_id"].astype(str).isin(leaves)
    below = set(shortfalls.loc[lowest, "service"])
    left = left[left["unit_id"].astype(str).isin(leaves) | ~left["service"].isin(below)]
    walks = left["check"] == "walk"
    found = _sites_wanted(needs, left[walks])
    return [*found, *_extensions(needs, left[~walks]), *recorded]


def _recorded(check: HealthCheck, rows: pd.DataFrame) -> Any:
    """Whether each shortfall is told from records, shape (rows,)."""
    key = ["unit_id", "standard", "clause", "service", "tier", "check"]
    records = check.compliance[check.compliance["basis"] == "records"]
    known = set(records[key].astype(str).itertuples(index=False, name=None))
    keys = rows[key].astype(str).itertuples(index=False, name=None)
    return np.array([one in known for one in keys], dtype=bool)


def _sites_wanted(needs: Needs, left: pd.DataFrame) -> list[Project]:
    """Walks that are short in units in which nothing helps, once for each service."""
    language, found = needs.study.language, []
    for service, mine in left.groupby("service", sort=False):
        first = mine.sort_values("people_short", ascending=False, kind="stable").iloc[0]
        widest = mine[mine["standard"] == first["standard"]]
        found.append(
            Project(
                f"S-{service}",
                "find_site",
                {
                    "what": word("find_site", language).format(
                        services=catalog.service_name(str(service), language),
                        people=widest.drop_duplicates("unit_id")["people_short"].sum(),
                        minutes=first["minutes"],
                    ),
                    "services": str(service),
                    "unit_id": str(first["unit_id"]),
                    "where": str(first["where"]),
                    "lon": float(first["centre_lon"]),
                    "lat": float(first["centre_lat"]),
                    "answers": mine,
                },
            )
        )
    return found


def _extensions(needs: Needs, left: pd.DataFrame) -> list[Project]:
    """Numbers, sizes, radii and presence that are short in a unit and that no site answers."""
    language, found = needs.study.language, []
    for (unit_id, service), same in left.groupby(["unit_id", "service"], sort=False):
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


def _on_record(check: HealthCheck, leaves: Sequence[str], recorded: pd.DataFrame) -> list[Project]:
    """Indicators of the health check that are not met by what offices have on record.

    ``recorded`` are shortfalls told from records; they stand with the indicator that reads them.
    """
    study, rows = check.evaluation.study, check.indicators
    rows = rows[(rows["status"] == "not met") & rows["source"].astype(str).str.contains("records")]
    in_leaf = set(rows.loc[rows["unit_id"].astype(str).isin(leaves), "indicator_id"])
    units = check.evaluation.units.set_index("unit_id")
    reads = _reads(check.system)
    found = []
    for row in rows.to_dict("records"):
        if str(row["unit_id"]) not in leaves and row["indicator_id"] in in_leaf:
            continue
        unit = units.loc[row["unit_id"]]
        centre = unit.geometry.representative_point()
        read = reads.get(str(row["indicator_id"]), frozenset())
        mine = recorded["service"].map(lambda service, read=read: _among(service, read))
        here = recorded["unit_id"].astype(str) == str(row["unit_id"])
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
                    "answers": recorded[here & mine.astype(bool)],
                    "clauses": f"{row['system']} {row['clause']}",
                    "verify": str(row["verify"]),
                    "served_people": float(unit["people"]),
                },
            )
        )
    return found


def _reads(system: str) -> dict[str, frozenset[str]]:
    """Records that each indicator of a packaged system reads."""
    try:
        known = find_indicators(system)
    except UnknownNameError:  # a planner's own
        return {}
    return {
        str(indicator): frozenset(
            name
            for group in groups
            for part in group
            if part.kind == "record"
            for name in part.names
        )
        for indicator, groups in zip(known.table["indicator_id"], known.judged, strict=True)
    }


def _among(service: str, records: frozenset[str]) -> bool:
    """Whether one of the records is of a service."""
    return any(name == service or name.startswith(f"{service}_") for name in records)
