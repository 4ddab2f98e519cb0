"""The list of projects as a table: one row each, in words and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.crs import WGS84
from lifecircle.planning.needs import Flags, Needs
from lifecircle.planning.opening_places import KINDS
from lifecircle.planning.portfolio import Portfolio
from lifecircle.planning.project_offers import Project
from lifecircle.planning.project_rows import answers
from lifecircle.planning.project_terms import ProjectTerms
from lifecircle.planning.project_words import usual_phase, word
from lifecircle.standards import catalog
from lifecircle.standards.figures import TO_BE_VERIFIED

PROJECT_COLUMNS = (
    "project_id",
    "kind",
    "what",
    "services",
    "unit_id",
    "where",
    "shortfalls",
    "clauses",
    "closes_people",
    "gaining_people",
    "gaining_elderly",
    "gaining_children",
    "served_people",
    "served_elderly",
    "served_children",
    "cost_cny",
    "payer",
    "people_per_10k_cny",
    "phase",
    "chosen",
    "step",
    "added_people",
    "requires",
    "excludes",
    "note",
    "verify",
    "lon",
    "lat",
    "lon_to",
    "lat_to",
    "site_id",
    "gate_id",
    "floor_area_m2",
    "site_area_m2",
    "capacity",
)
"""Columns of :func:`list_projects`; the point follows."""
BUILT = ("add_facility", *KINDS)
_NUMBERS = (
    "closes_people", "gaining_people", "gaining_elderly", "gaining_children", "served_people",
    "served_elderly", "served_children", "cost_cny", "people_per_10k_cny", "added_people", "lon",
    "lat", "lon_to", "lat_to", "floor_area_m2", "site_area_m2", "capacity",
)  # fmt: skip
_MOST_TOLD = 8


def project_row(
    project: Project,
    needs: Needs,
    shortfalls: pd.DataFrame,
    said: ProjectTerms,
    services: Sequence[str],
    steps: Mapping[str, tuple[int, float]],
) -> dict[str, Any]:
    """One row of the list.

    Parameters
    ----------
    project
        The project.
    needs
        Needs that are not met.
    shortfalls
        What :func:`lifecircle.rank_shortfalls` gives.
    said
        What the planner says of projects.
    services
        Services that it gets.
    steps
        Place and addition of each project that is chosen.

    Returns
    -------
    dict
    """
    known, language = project.row, needs.study.language
    answered = known.get("answers")
    if answered is None:
        answered = answers(project, needs, shortfalls, services) if project.parts else None
    row: dict[str, Any] = {
        "project_id": project.project_id,
        "kind": project.kind,
        "services": ";".join(services) or known.get("services", ""),
        "payer": said.payer.get(project.project_id, ""),
        "requires": _others(said.requires, project.project_id),
        "excludes": _others(said.excludes, project.project_id, both=True),
        "clauses": known.get("clauses", ""),
        "verify": known.get("verify", ""),
        "served_people": known.get("served_people", np.nan),
        "notes": list(known.get("notes", [])),
        "cost_cny": np.nan if known.get("cost_cny") is None else float(known["cost_cny"]),
        **{
            name: known.get(name, "" if name in {"where", "site_id", "gate_id"} else np.nan)
            for name in ("where", "lon", "lat", "lon_to", "lat_to", "site_id", "gate_id")
        },
    }
    site = known.get("site", {})
    row |= {name: site.get(name, np.nan) for name in ("floor_area_m2", "site_area_m2", "capacity")}
    row["unit_id"] = known.get("unit_id") or _unit_at(needs, row["lon"], row["lat"])
    names = dict(zip(needs.study.units["unit_id"], needs.study.units["name"], strict=True))
    row["where"] = row["where"] or " ".join(str(names.get(row["unit_id"], "")).split())
    place = row["where"] or word("nameless", language)
    row["what"] = known.get("what") or _what(project, services, place, language)
    if answered is not None and len(answered):
        row |= _answered(answered, row, language)
    row |= _people(project, needs, services)
    row["step"], row["added_people"] = steps.get(project.project_id, (None, np.nan))
    row["phase"] = said.phase.get(project.project_id, "")
    return row


def _others(pairs: Sequence[tuple[str, str]], project_id: str, *, both: bool = False) -> str:
    """Projects that one requires or excludes."""
    found = [two for one, two in pairs if one == project_id]
    found += [one for one, two in pairs if both and two == project_id]
    return ";".join(dict.fromkeys(found))


def _unit_at(needs: Needs, lon: float, lat: float) -> str:
    """Smallest unit that a place lies in, ``""`` for none."""
    units = needs.study.units
    if not (np.isfinite(lon) and np.isfinite(lat)):
        return ""
    shapes = np.asarray(units.geometry.array)
    inside = np.flatnonzero(shapely.intersects(shapes, shapely.Point(lon, lat)))
    if not len(inside):
        return ""
    area = units["area_ha"].to_numpy(dtype=float)
    return str(units["unit_id"].iloc[inside[np.argmin(area[inside])]])


def _what(project: Project, services: Sequence[str], place: str, language: str) -> str:
    """What is done, in words."""
    where = project.row.get("where") or place
    if project.kind == "add_facility" and not services:
        return word("idle", language).format(where=where)
    if project.kind == "open_gate" and project.row.get("gate_id"):
        where = " ".join(dict.fromkeys([where, project.row["gate_id"]]))
    names = [catalog.service_name(one, language) for one in services]
    return word(project.kind, language).format(
        where=where,
        services=word("list", language).join(names) or "—",
        length=project.row.get("length_m", np.nan),
    )


def _answered(rows: pd.DataFrame, known: Mapping[str, Any], language: str) -> dict[str, str]:
    """Shortfalls and clauses that a project answers, in words, behind those that are known."""
    separator = word("sentence", language)
    told = [
        f"{row['unit_name']} {row['service_name']}"
        for row in rows.sort_values("people_short", ascending=False).to_dict("records")
    ]
    told = list(dict.fromkeys(told))
    more = [] if len(told) <= _MOST_TOLD else ["…"]
    pairs = zip(rows["standard"], rows["clause"], strict=True)
    clauses = [f"{standard} {clause}" for standard, clause in pairs]
    clauses = [one for one in dict.fromkeys([known["clauses"], *clauses]) if one]
    verify = rows["verify"].fillna("").astype(str).str.strip().ne("").any()
    return {
        "shortfalls": separator.join([*told[:_MOST_TOLD], *more]),
        "clauses": separator.join(clauses),
        "verify": TO_BE_VERIFIED if verify else known["verify"],
    }


def _people(project: Project, needs: Needs, services: Sequence[str]) -> dict[str, float]:
    """People whose needs a project meets alone, and who live within its walk."""
    parts = [one for one in project.parts if not one.service or one.service in services]
    if not parts:
        return {"closes_people": 0.0 if project.parts else np.nan}
    met = np.logical_or.reduce([part.met for part in parts])
    told = {"closes_people": needs.people(met)}
    told |= {f"gaining_{name}": value for name, value in needs.gaining(met).items()}
    served = [part.served for part in parts if part.served is not None]
    if served:
        within = np.logical_or.reduce(served)
        told |= {f"served_{name}": value for name, value in needs.gaining(within).items()}
    return told


def project_table(rows: list[dict[str, Any]], language: str) -> gpd.GeoDataFrame:
    """The list, those chosen first.

    Parameters
    ----------
    rows
        What :func:`project_row` gives of each, with ``chosen`` and ``notes``.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    GeoDataFrame, EPSG:4326
    """
    table = pd.DataFrame(rows).reindex(columns=[*PROJECT_COLUMNS, "notes"])
    table["chosen"] = table["chosen"].astype(bool)
    table["step"] = pd.to_numeric(table["step"]).astype("Int64")
    for name in _NUMBERS:
        table[name] = pd.to_numeric(table[name]).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = table["closes_people"].to_numpy() / (table["cost_cny"].to_numpy() / 10_000.0)
    table["people_per_10k_cny"] = np.where(np.isfinite(each), each, np.nan)
    table["note"] = [word("sentence", language).join(notes) for notes in table["notes"]]
    helps = table["closes_people"] > 0
    usual = [
        word(usual_phase(chosen=yes, helps=useful), language)
        for yes, useful in zip(table["chosen"], helps, strict=True)
    ]
    said = table["phase"].astype(object).where(table["phase"].notna(), "")
    table["phase"] = [one or own for one, own in zip(said, usual, strict=True)]
    for name in PROJECT_COLUMNS:
        if name not in _NUMBERS and name not in {"chosen", "step"}:
            table[name] = table[name].astype(object).where(table[name].notna(), "")
    rank = pd.Index([*BUILT, "find_site", "extend_capacity", "improve"]).get_indexer(
        pd.Index(table["kind"])
    )
    order = np.lexsort(
        (
            np.arange(len(table)),
            -table["closes_people"].fillna(0.0).to_numpy(),
            np.where(table["kind"].isin(BUILT), 0, rank),
            table["step"].fillna(10**6).to_numpy(dtype=float),
            ~table["chosen"].to_numpy(),
        )
    )
    table = table.iloc[order].reset_index(drop=True)[list(PROJECT_COLUMNS)]
    points = gpd.points_from_xy(table["lon"], table["lat"])
    return gpd.GeoDataFrame(table, geometry=points, crs=WGS84)


def services_of(projects: Sequence[Project], chosen: Portfolio, needs: Needs) -> list[list[str]]:
    """Services that each site gets: those chosen, else as many as its floor takes, best first.

    Parameters
    ----------
    projects
        All projects.
    chosen
        Which of them are, and which of their parts.
    needs
        Whose needs.

    Returns
    -------
    list of list of str
        Of each project.
    """
    found: list[list[str]] = []
    first = 0
    for taken, project in zip(chosen.projects.tolist(), projects, strict=True):
        own = chosen.parts[first : first + len(project.parts)]
        first += len(project.parts)
        parts = [part for part, one in zip(project.parts, own, strict=True) if taken and one]
        if not parts:
            helps = [(needs.people(part.met), part) for part in project.parts]
            left = project.floor_m2 * (1 + 1e-12)
            for people, part in sorted(helps, key=lambda one: -one[0]):
                if people > 0 and part.floor_m2 <= left:
                    left -= part.floor_m2
                    parts.append(part)
        found.append([part.service for part in parts if part.service])
    return found


def gains_of(project: Project, services: Sequence[str], shape: tuple[int, ...]) -> Flags:
    """Needs that a project meets with some of its services.

    Parameters
    ----------
    project
        The project.
    services
        Services that it gets.
    shape
        Of the answer: (needs, homes).

    Returns
    -------
    array of bool
    """
    met = np.zeros(shape, dtype=bool)
    for part in project.parts:
        if not part.service or part.service in services:
            met |= part.met
    return met
