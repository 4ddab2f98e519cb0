"""What could be built and opened, and whose needs each would meet."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.errors import (
    DuplicateIdError,
    LifecircleWarning,
    UnknownNameError,
    some,
)
from lifecircle.network.walking import travel_times
from lifecircle.planning.actions import Action, AddFacility
from lifecircle.planning.needs import Needs
from lifecircle.planning.opening_gains import Meter
from lifecircle.planning.opening_places import KINDS, PLACE_COLUMNS
from lifecircle.planning.openings import measured_openings, openings_scenario
from lifecircle.planning.portfolio import Offer
from lifecircle.planning.project_words import word
from lifecircle.planning.siting_model import SitingModel
from lifecircle.planning.siting_study import floor_needs
from lifecircle.standards import catalog
from lifecircle.tables.frames import check_columns

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass
class Part:
    """A part of a project: a service at a site, or an opening.

    Parameters
    ----------
    met
        Needs that it meets which are not met today, shape (needs, homes).
    served
        Who lives within the walk of it, shape (needs, homes); ``None`` for an opening.
    service
        Service, ``""`` for an opening.
    floor_m2
        Floor that it takes of its site, square metres.
    """

    met: Flags
    served: Flags | None = None
    service: str = ""
    floor_m2: float = 0.0


@dataclass
class Project:
    """Something that could be done, with its parts.

    Parameters
    ----------
    project_id
        Its id.
    kind
        A word of scenarios, or ``"extend_capacity"``, ``"improve"``, ``"find_site"``.
    row
        What is known of it, by column of the list of projects.
    parts
        What it is made of.
    floor_m2
        Floor that its parts share, infinite where that does not matter.
    """

    project_id: str
    kind: str
    row: dict[str, Any]
    parts: list[Part] = field(default_factory=list)
    floor_m2: float = np.inf

    def actions(self, services: Sequence[str]) -> list[Action]:
        """What a scenario does to make it.

        Parameters
        ----------
        services
            Those of its services that it gets.

        Returns
        -------
        list
        """
        if self.kind != "add_facility":
            table = pd.DataFrame([self.row["opening"]])
            return list(openings_scenario(table).actions)
        own = {part.service for part in self.parts}
        asked = [one for one in services if one in own]
        return list(additions(self.row | self.row["site"] | {"where": self.row["where"]}, asked))


def additions(row: Mapping[Any, Any], services: Sequence[str]) -> list[AddFacility]:
    """New facilities at a site.

    Parameters
    ----------
    row
        ``site_id, where, lon, lat, floor_area_m2, site_area_m2, capacity`` of the site.
    services
        What is set up there. The sizes of the site are known of one alone: how several share them
        nobody has said.

    Returns
    -------
    list of AddFacility

    Examples
    --------
    >>> shop = {"site_id": "S1", "where": "shop", "lon": 113.0, "lat": 28.2, "capacity": 30.0}
    >>> [(one.facility_id, one.capacity) for one in additions(shop, ["nursery"])]
    [('S1 nursery', 30.0)]
    """
    alone = len(services) == 1
    sizes = {
        name: _known(row.get(name)) if alone else None
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


def _known(value: Any) -> float | None:
    """A number, ``None`` where it is not known."""
    return None if value is None or pd.isna(value) else float(value)


def building_projects(needs: Needs, sites: gpd.GeoDataFrame | None) -> list[Project]:
    """One project for each candidate site, with the services it may hold that somebody lacks.

    Parameters
    ----------
    needs
        What is lacking.
    sites
        Checked table of candidates.

    Returns
    -------
    list of Project
    """
    if sites is None or not len(sites):
        return []
    study = needs.study
    wanted = dict.fromkeys(service for need in needs.all for service in need.accepts)
    floors = floor_needs(study, list(wanted), SitingModel())
    within = _Within(needs, sites)
    language, projects = study.language, []
    lonlat = sites.geometry.to_crs(4326)
    for number, site in enumerate(sites.drop(columns="geometry").to_dict("records")):
        may = [part for part in str(site["services"] or "").split(";") if part in wanted]
        notes: list[str] = []
        parts: list[Part] = []
        floor_m2 = _known(site.get("floor_area_m2"))
        small = [one for one in may if floor_m2 is not None and floors[one] > floor_m2]
        unsure = [one for one in may if floor_m2 is None and floors[one] > 0]
        if small:
            notes.append(word("too_small", language).format(services=_names(small, language)))
        if unsure:
            notes.append(word("floor_unknown", language).format(services=_names(unsure, language)))
        for service in may:
            if service in small or service in unsure:
                continue
            served = within.of(number, service)
            met = served & needs.concerned & ~within.today
            floor = 0.0 if np.isnan(floors[service]) else floors[service]
            parts.append(Part(met, served, service, floor))
        if not may:
            notes.append(word("no_need", language))
        elif number in within.lost:
            notes.append(word("off_street", language).format(limit=study.snap_m))
        elif parts and not any(needs.people(part.met) > 0 for part in parts):
            notes.append(word("no_gain", language))
        row = {
            "site": site,
            "site_id": str(site["site_id"]),
            "where": " ".join(str(site["name"]).split()),
            "lon": float(lonlat.x.iloc[number]),
            "lat": float(lonlat.y.iloc[number]),
            "cost_cny": _known(site.get("cost_cny")),
            "notes": notes,
        }
        floor_m2 = np.inf if floor_m2 is None else floor_m2
        projects.append(Project(f"B-{site['site_id']}", "add_facility", row, parts, floor_m2))
    return projects


def _names(services: Sequence[str], language: str) -> str:
    return word("list", language).join(catalog.service_name(one, language) for one in services)


class _Within:
    """Who lives within the walk of each site."""

    def __init__(self, needs: Needs, sites: gpd.GeoDataFrame) -> None:
        self.needs, study = needs, needs.study
        self.today = needs.today
        self.lost: set[int] = set()
        places = sites.reset_index(drop=True)[["site_id", "geometry"]]
        paces: dict[Any, list[int]] = {}
        for row, need in enumerate(needs.all):
            paces.setdefault(need.walker.pace, []).append(row)
        self.minutes: dict[int, Any] = {}
        for rows in paces.values():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", LifecircleWarning)
                times = travel_times(
                    study.network,
                    study.residents,
                    places,
                    walker=needs.all[rows[0]].walker,
                    limit_min=max(needs.all[row].minutes for row in rows),
                    snap_m=study.snap_m,
                )
            lost = set(times.unsnapped_destinations.astype(str))
            self.lost |= {at for at, one in enumerate(places["site_id"].astype(str)) if one in lost}
            found = times.origin, times.destination, times.minutes
            for row in rows:
                self.minutes[row] = found

    def of(self, site: int, service: str) -> Flags:
        """Needs of homes within the walk of a service at a site, shape (needs, homes)."""
        needs = self.needs
        found = np.zeros((len(needs.all), len(needs.study.residents)), dtype=bool)
        for row, need in enumerate(needs.all):
            if service in need.accepts:
                origin, destination, minutes = self.minutes[row]
                near = (destination == site) & (minutes <= np.float32(need.minutes))
                found[row, origin[near]] = True
        return found


def opening_projects(needs: Needs, openings: pd.DataFrame) -> list[Project]:
    """One project for each opening.

    Parameters
    ----------
    needs
        What is lacking.
    openings
        Rows of :func:`lifecircle.rank_openings`.

    Returns
    -------
    list of Project
    """
    if not len(openings) or not needs.all:
        return []
    _check_openings(openings)
    study, today = needs.study, needs.today
    here = set(study.facilities["service"])
    services = dict.fromkeys(one for need in needs.all for one in need.accepts if one in here)
    if not services:
        return []
    meter = Meter(study, list(services))
    projects = []
    marks = {"open_gate": "G", "remove_wall": "W", "connect_streets": "D"}
    for row, (service, home, minutes) in zip(
        openings.to_dict("records"), measured_openings(study, openings, meter), strict=True
    ):
        met = np.zeros(today.shape, dtype=bool)
        for number, need in enumerate(needs.all):
            accepted = [
                at
                for at, (one, walker) in enumerate(zip(meter.services, meter.walkers, strict=True))
                if one in need.accepts and walker.pace == need.walker.pace
            ]
            good = np.isin(service, accepted) & (minutes <= np.float32(need.minutes))
            met[number, home[good]] = True
        met &= needs.concerned & ~today
        drawn = row["kind"] != "open_gate"
        name = str(row["opening_id"]).replace(" ", "-") if drawn else str(row["gate_id"])
        told = {
            "opening": row,
            "where": " ".join(str(row["where"]).split()),
            "gate_id": str(row["gate_id"]),
            **{key: row[key] for key in ("lon", "lat", "lon_to", "lat_to", "length_m")},
            "cost_cny": None,
            "notes": [] if needs.people(met) > 0 else [word("no_gain", study.language)],
        }
        mark = marks[row["kind"]]
        projects.append(Project(f"{mark}-{name}", str(row["kind"]), told, [Part(met)]))
    return projects


def _check_openings(openings: pd.DataFrame) -> None:
    """Refuse a table that :func:`lifecircle.rank_openings` did not make."""
    check_columns(openings, PLACE_COLUMNS, "openings", "rank_openings()")
    for kind in openings["kind"]:
        if kind not in KINDS:
            raise UnknownNameError("kind of opening", kind, KINDS)
    twice = openings.loc[openings.duplicated(["kind", "opening_id"]), "opening_id"]
    if len(twice):
        raise DuplicateIdError(
            f"openings: {len(twice)} of {len(openings)} rows repeat an opening ({some(twice)}). "
            "List each once."
        )


def offer_of(projects: Sequence[Project], needs: Needs) -> Offer:
    """What projects offer, as the portfolio takes it: people whom the same parts help are one row.

    Parameters
    ----------
    projects
        Projects with parts.
    needs
        Whose needs.

    Returns
    -------
    Offer
    """
    parts = [part for project in projects for part in project.parts]
    owner = [row for row, project in enumerate(projects) for _ in project.parts]
    homes = len(needs.study.residents)
    element = [np.flatnonzero(part.met) for part in parts]
    at = np.concatenate([np.empty(0, dtype=np.int64), *element])
    part_of = np.repeat(np.arange(len(parts)), [len(one) for one in element])
    weight = np.concatenate([np.empty(0), *(needs.weight(row) for row in range(len(needs.all)))])
    kept = weight[at] > 0
    at, part_of = at[kept], part_of[kept]
    # alike are those whom the same parts help: their sums of random numbers agree
    number = np.random.default_rng(20).integers(1, 2**63, len(parts), dtype=np.uint64)
    mixed = np.zeros(len(needs.all) * homes, dtype=np.uint64)
    with np.errstate(over="ignore"):
        np.add.at(mixed, at, number[part_of])
    helped = np.unique(at)
    _, first, group = np.unique(mixed[helped], return_index=True, return_inverse=True)
    sums = np.asarray(
        np.bincount(group.ravel(), weights=weight[helped], minlength=len(first)), dtype=float
    )
    group_of = np.full(len(mixed), -1, dtype=np.int64)
    group_of[helped[first]] = np.arange(len(first))
    chosen = group_of[at] >= 0
    cost = [np.nan if p.row.get("cost_cny") is None else p.row["cost_cny"] for p in projects]
    return Offer(
        tuple(project.project_id for project in projects),
        np.array(cost, dtype=float),
        np.array(owner, dtype=np.int64),
        np.array([part.floor_m2 for part in parts], dtype=float),
        np.array([project.floor_m2 for project in projects], dtype=float),
        group_of[at[chosen]],
        part_of[chosen],
        sums,
    )
