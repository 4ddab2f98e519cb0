"""What a study says to siting: for whom a service is, who walks how far, what sites may hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.assessment.choices import law_of
from lifecircle.assessment.shortfall_survey import survey_weights
from lifecircle.assessment.study import Study
from lifecircle.errors import (
    InputError,
    MissingColumnError,
    SnapError,
    UnknownServiceError,
    did_you_mean,
    some,
)
from lifecircle.inputs.own_classes import service_words, word_key
from lifecircle.inputs.which_system import which_coordinates
from lifecircle.network.travel_times import TravelTimes, check_limit_min
from lifecircle.network.walkers import Walker
from lifecircle.network.walking import travel_times
from lifecircle.planning.siting_demand import Floats, Positions
from lifecircle.planning.siting_model import SitingModel, numbers_by_id
from lifecircle.standards import catalog
from lifecircle.standards.standard import Standard, find_standard, requirements, standards
from lifecircle.tables.findings import tell
from lifecircle.tables.sites import check_sites

# p-median and p-center look further than the walk that counts: those who walk longest matter.
FURTHER, FURTHER_MIN = 4.0, 60.0
_WALKING = ("p-median", "p-center")


@dataclass(frozen=True, eq=False)
class Served:
    """A service, those whom it is for, and what they reach.

    Parameters
    ----------
    service
        The service.
    times
        Minutes from the residents to what stands and to the sites.
    minutes
        Longest walk that counts.
    counts
        People of each home who count, shape (o,).
    weights
        The same, as much as residents' answers make of them where that is asked, shape (o,).
    standing, candidates
        Destinations that stand, and sites that may hold it.
    rows
        Row in the table of sites of each candidate.
    segment
        Column of residents whose people count.
    """

    service: str
    times: TravelTimes
    minutes: float
    counts: Floats
    weights: Floats
    standing: Positions
    candidates: Positions
    rows: Positions
    segment: str


def services_of(service: str | Iterable[str]) -> tuple[str, ...]:
    """Services by any of their names.

    Parameters
    ----------
    service
        One or several, as words of the catalogue or in Chinese.

    Returns
    -------
    tuple of str
        Each once.

    Raises
    ------
    UnknownServiceError
        If one is not in the catalogue.
    InputError
        If none is named.

    Examples
    --------
    >>> services_of(["托儿所", "clinic"])
    ('nursery', 'clinic')
    """
    named = [service] if isinstance(service, str) else list(service)
    words = service_words()
    known = {str(name): str(name) for name in catalog.services().index}
    known |= {name: service for service, name in catalog.services()["name_zh"].items()}
    strange = [name for name in named if word_key(name) not in words]
    if strange:
        told = some(f"{name!r}{did_you_mean(name, known)}" for name in strange)
        raise UnknownServiceError(
            f"service: {told} is not in the catalogue. lifecircle.standards.catalog.services() "
            "lists those that are, in Chinese and English."
        )
    if not named:
        raise InputError("service: name at least one, such as 'nursery'.")
    return tuple(dict.fromkeys(words[word_key(name)] for name in named))


def sites_of(study: Study, sites: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Candidate sites, checked.

    Parameters
    ----------
    study
        Whose sites.
    sites
        Or these.

    Returns
    -------
    GeoDataFrame

    Raises
    ------
    InputError
        If there are none, or the table cannot be used.
    """
    if sites is None:
        sites = study.extras.get("sites")
    if sites is None:
        raise InputError(
            "sites: the study has none. Hand in a table with sites=lc.read_sites(path), or name "
            'one in the study file: [sites] path = "sites.csv".'
        )
    table = check_sites(sites, catalog.services().index)
    _doubt_places(study, table)
    return table


def _doubt_places(study: Study, sites: gpd.GeoDataFrame) -> None:
    """Tell of sites that look as if they were read in the wrong coordinate system.

    Few sites do not show it by the streets beside them; that they lie outside every unit does.
    """
    verdict = which_coordinates(sites, study.network, table="sites")
    if verdict.message:
        tell(verdict.message)
        return
    whole = shapely.union_all(np.asarray(study.units.geometry.array))
    shapely.prepare(whole)
    outside = shapely.disjoint(np.asarray(sites.geometry.to_crs(study.units.crs).array), whole)
    if outside.any():
        tell(
            f"sites: {outside.sum()} of {len(sites)} lie outside every unit "
            f"({some(sites.loc[outside, 'site_id'])}). If they should not, their coordinates may "
            "be of another system than the table states (GCJ-02 taken for WGS-84 lies some 500 m "
            "off): name it with coordinates=, such as 'GCJ-02'."
        )


def floor_needs(study: Study, services: Iterable[str], model: SitingModel) -> dict[str, float]:
    """Floor area that each service takes.

    Parameters
    ----------
    study
        Whose standard is asked, after the one chosen for the service, before the others.
    services
        Services.
    model
        What it says goes before any standard.

    Returns
    -------
    dict
        Service → m², not a number where no standard states one.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> floor_needs(load_demo(), ["elderly_day_care", "bench"], SitingModel())
    {'elderly_day_care': 350.0, 'bench': nan}
    """
    given = {} if model.floor_area_m2 is None else dict(model.floor_area_m2)
    own = {services_of(name)[0]: name for name in given}
    needs: dict[str, float] = {}
    floors: dict[Any, dict[str, float]] = {}
    for service in services:
        if service in own:
            needs[service] = float(numbers_by_id(given, pd.Index([own[service]]))[0])
            continue
        chosen = [study.choices[service]] if service in study.choices else []
        laws: list[str | Standard] = [*chosen, study.standard, *standards().index]
        needs[service] = float("nan")
        for law in laws:
            key = law if isinstance(law, str) else id(law)
            if key not in floors:
                floors[key] = _floors_of(law)
            if service in floors[key]:
                needs[service] = floors[key][service]
                break
    return needs


def _floors_of(law: str | Standard) -> dict[str, float]:
    """Least floor area of one facility of each service for which a standard states one."""
    rows = find_standard(law_of(law)).rows()
    areas = rows["min_floor_area_m2"].astype(float)
    stated = rows[(rows["area_of"] != "total") & np.isfinite(areas)]
    least = stated["min_floor_area_m2"].astype(float).groupby(stated["service"]).min()
    return {str(service): float(area) for service, area in least.items()}


def holding(
    sites: gpd.GeoDataFrame, services: Iterable[str], needs: dict[str, float], *, together: bool
) -> dict[str, Positions]:
    """Sites that may hold each service.

    Parameters
    ----------
    sites
        Checked table.
    services, needs
        Services and the floor area that each takes.
    together
        Whether several share a site, so that a floor that is not known cannot be shared out.

    Returns
    -------
    dict
        Service → rows of ``sites``.

    Raises
    ------
    InputError
        If no site may hold a service; lists what they may hold.
    """
    floor = _column(sites, "floor_area_m2")
    listed = [cell.split(";") if cell else [] for cell in sites["services"]]
    found: dict[str, Positions] = {}
    for service in services:
        may = np.array([service in names for names in listed], dtype=bool)
        need = np.nan_to_num(needs[service])
        if not may.any():
            every = pd.Series([name for names in listed for name in names]).value_counts()
            what = some((f"{name} × {count}" for name, count in every.items()), 30)
            raise InputError(
                f"sites: none of the {len(sites)} sites may hold {service!r}. They may hold "
                f"{what or 'nothing'}. Add it to their services, or ask for another."
            )
        small, unknown = may & (floor < need), may & np.isnan(floor) & (need > 0)
        if small.any():
            tell(
                f"sites: {small.sum()} of {may.sum()} sites for {service!r} have less floor area "
                f"than the {need:,.0f} m² that it takes (ids {some(sites['site_id'][small])}) and "
                "were left out. SitingModel(floor_area_m2={…}) says how much it takes."
            )
        if unknown.any():
            tell(
                f"sites: the floor area of {unknown.sum()} of {may.sum()} sites for {service!r} is "
                f"not known (ids {some(sites['site_id'][unknown])}); it takes {need:,.0f} m². They "
                + ("were left out." if together else "stay: see whether they are large enough.")
            )
        left = may & ~small & ~(unknown if together else np.zeros(len(may), dtype=bool))
        if not left.any():
            raise InputError(
                f"sites: none of the {may.sum()} sites for {service!r} is known to have the "
                f"{need:,.0f} m² that it takes (ids {some(sites['site_id'][may])})."
            )
        found[service] = np.flatnonzero(left)
    return found


def minutes_of(study: Study, service: str, minutes: float | None) -> float:
    """Longest walk to a service that counts.

    Parameters
    ----------
    study
        Whose standard says it; its longest minutes where that says nothing.
    service
        The service.
    minutes
        Or these.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If it is no number above 0.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> minutes_of(load_demo(), "kindergarten", None), minutes_of(load_demo(), "bench", None)
    (5.0, 15.0)
    """
    if minutes is not None:
        return check_limit_min(minutes)
    table = requirements(law_of(study.standard))
    own = table[table["service"] == service]
    if own.empty:
        own = table[[service in accepted for accepted in table["accepts"]]]
    return float(own["walk_minutes"].min()) if len(own) else float(study.minutes[-1])


def served(
    study: Study,
    service: str,
    places: tuple[gpd.GeoDataFrame, Positions],
    model: SitingModel,
    minutes: float | None,
) -> Served:
    """Those whom a service is for, and what they reach.

    Parameters
    ----------
    study
        The study.
    service
        The service.
    places
        Sites, and the rows of those that may hold it.
    model
        What is asked.
    minutes
        Longest walk that counts; the standard's if not given.

    Returns
    -------
    Served

    Raises
    ------
    InputError
        If sites lie too far from any street.
    MissingColumnError
        If there is no column of the segment.
    """
    sites, rows = places
    walker, column = _who(study, service, model)
    longest = minutes_of(study, service, minutes)
    searched = max(FURTHER * longest, FURTHER_MIN) if model.name in _WALKING else longest
    standing = study.facilities[study.facilities["service"] == service]
    times = _times(study, standing, sites.iloc[rows], (walker, searched))
    home, unit = study.members()
    people = study.residents[column].to_numpy(dtype=float)
    counts = np.zeros(len(people))
    counts[home] = people[home]
    counts[study.residents["resident_id"].isin(times.unsnapped_origins).to_numpy()] = 0.0
    weights = counts * _said(study, service, home, unit) if model.survey else counts
    first = len(standing)
    return Served(
        service,
        times,
        longest,
        counts,
        weights,
        np.arange(first),
        np.arange(first, first + len(rows)),
        rows,
        column,
    )


def _who(study: Study, service: str, model: SitingModel) -> tuple[Walker, str]:
    """Walker and column of people that a service is measured for."""
    groups = catalog.service_groups()
    group = str(catalog.services().loc[service, "group"])
    column, name = str(groups.loc[group, "segment"]), str(groups.loc[group, "walker"])
    if study.measured_for:
        column, name = "people", study.measured_for[0]
    if model.segment is not None:
        if model.segment not in study.residents.columns:
            raise MissingColumnError(
                f"residents: there is no column {model.segment!r} to count people by; found "
                f"{some(study.residents.columns, 12)}."
            )
        column = model.segment
    elif column not in study.residents.columns:
        tell(
            f"residents: no column {column!r}, so {service!r} is sited for everyone, at the {name} "
            "walker's pace."
        )
        column = "people"
    return study.walker(name), column


def _times(
    study: Study,
    standing: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    walk: tuple[Walker, float],
) -> TravelTimes:
    """Minutes to what stands, then to the sites."""
    walker, limit_min = walk
    new = gpd.GeoDataFrame(
        {"facility_id": sites["site_id"].to_numpy()},
        geometry=sites.geometry.to_numpy(),
        crs=sites.crs,
    )
    kept = [name for name in ("entrances", "outline") if name in standing]
    old = standing[["facility_id", *kept, "geometry"]]
    old = old.assign(facility_id=[existing_id(name) for name in old["facility_id"]])
    both = gpd.GeoDataFrame(pd.concat([old, new], ignore_index=True), crs=sites.crs)
    off = "too far from any street, so that nothing is known of the walks to them"
    try:
        times = travel_times(
            study.network, study.residents, both,
            walker=walker, limit_min=limit_min, snap_m=study.snap_m,
        )  # fmt: skip
    except SnapError as error:
        raise InputError(f"sites: all {len(sites)} lie {off}. {error}") from error
    lost = sites["site_id"].isin(times.unsnapped_destinations)
    if lost.any():
        raise InputError(
            f"sites: {lost.sum()} of {len(sites)} (ids {some(sites['site_id'][lost])}) lie more "
            f"than {study.snap_m:g} m from any street: {off}. Correct their coordinates, raise "
            "snap_m, or leave them out."
        )
    return times


def existing_id(facility_id: str) -> str:
    """Id of what stands, told apart from those of sites.

    Parameters
    ----------
    facility_id
        Its own.

    Returns
    -------
    str

    Examples
    --------
    >>> existing_id("F1")
    'facility F1'
    """
    return f"facility {facility_id}"


def _said(study: Study, service: str, home: Positions, unit: Positions) -> Floats:
    """Weight of each home by what its smallest surveyed unit says of a service."""
    survey = study.extras.get("survey")
    if survey is None:
        raise InputError(
            "survey=True: the study has no survey. Name one in the study file: [survey] path = "
            '"survey.csv", or hand it to Study(extras={"survey": …}).'
        )
    asked = pd.DataFrame({"unit_id": study.units["unit_id"], "service": service})
    weight, surveyed = survey_weights(survey, asked, study.units)
    found = np.ones(len(study.residents))
    largest_first = np.argsort(-study.units["area_ha"].to_numpy(dtype=float)[unit], kind="stable")
    for place in largest_first[surveyed[unit[largest_first]]]:
        found[home[place]] = weight[unit[place]]
    return found


def _column(table: pd.DataFrame, name: str) -> Floats:
    """Numbers of a column, not known where there is none."""
    if name not in table:
        return np.full(len(table), np.nan)
    return table[name].to_numpy(dtype=float)
