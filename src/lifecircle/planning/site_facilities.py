"""Where a new facility would do most for the people of a study."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.assessment.study import Study
from lifecircle.crs import WGS84
from lifecircle.errors import InputError
from lifecircle.planning.siting import SitingResult, chosen_sites, located, tell_how_good
from lifecircle.planning.siting_choices import Case
from lifecircle.planning.siting_demand import Demand, Floats, Positions, cover_demand
from lifecircle.planning.siting_model import SitingModel, model_of, numbers_by_id
from lifecircle.planning.siting_rules import rules_for
from lifecircle.planning.siting_services import Options, choose_services
from lifecircle.planning.siting_study import (
    Served,
    existing_id,
    floor_needs,
    holding,
    served,
    services_of,
    sites_of,
)
from lifecircle.tables.findings import tell

_ADDED = ("floor_area_m2", "site_area_m2", "capacity", "cost_cny")


def site_facilities(
    study: Study,
    service: str | Iterable[str],
    *,
    sites: gpd.GeoDataFrame | None = None,
    count: int | None = None,
    budget_cny: float | None = None,
    model: str | SitingModel = "MCLP",
    minutes: float | None = None,
) -> SitingResult:
    """Sites on which a new facility does most for the people of a study, proven best.

    Parameters
    ----------
    study
        Who lives where, what stands, and the streets. Facilities of the service stay and count.
    service
        A service, by its word or its Chinese name. Or several (MCLP): each site is bought once and
        holds what its floor allows, as a neighbourhood centre (邻里中心) does.
    sites
        Candidates, as :func:`lifecircle.read_sites` gives them; the study's own if not given. Only
        those whose ``services`` name the service are looked at.
    count
        Number of sites. With a budget, for LSCP and for several services: at most so many.
    budget_cny
        Most that the sites may cost together, yuan.
    model
        ``"MCLP"``, ``"CMCLP"``, ``"LSCP"``, ``"p-median"`` or ``"p-center"``; or a
        :class:`lifecircle.SitingModel`. What it says by id goes before the tables' ``cost_cny``
        and ``capacity`` (taken as people).
    minutes
        Longest walk that counts. If not given, what the study's standard asks of the service, else
        the study's longest. p-median and p-center search four times as far, at least 60 min.

    Returns
    -------
    SitingResult
        ``sites`` has one row per site and service. ``additions`` is the table of new facilities:
        ``site_id``, ``service``, ``name``, ``floor_area_m2``, ``site_area_m2``, ``capacity``,
        ``cost_cny`` (of a site with several, beside the first) and point, EPSG:4326. Of several
        services the people are those of each, added up; ``by_service`` has them one by one.

    Raises
    ------
    InputError
        If no site may hold the service, sites lie too far from streets, a cost or capacity that
        counts is unknown, or a number cannot be.
    InfeasibleError
        If no choice does what is asked; says what would.
    UnknownServiceError, UnknownNameError
        If there is no such service, or model.

    Notes
    -----
    The people are those that the coverage of the service counts: its segment at its walker's pace,
    in at least one unit, near a street; so ``covered_people`` are those of an evaluation with the
    new facilities in it. A floor area that a service needs is the model's, else the least that the
    study's standard states, else that of another standard.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> found = site_facilities(load_demo(), "托儿所", count=2, minutes=10)
    >>> len(found.sites), found.services, found.gap_share
    (2, ('nursery',), 0.0)
    """
    names, asked = services_of(service), _model(model, budget_cny)
    table = sites_of(study, sites)
    if len(names) > 1 and asked.name != "MCLP":
        raise InputError(
            f"service: {asked.name} takes one service at a time; several at once are sited by "
            "model='MCLP'."
        )
    needs = floor_needs(study, names, asked)
    rows = holding(table, names, needs, together=len(names) > 1)
    groups = [served(study, name, (table, rows[name]), asked, minutes) for name in names]
    if len(names) == 1:
        found = _one(study, table, groups[0], count, asked)
    else:
        found = _several(table, groups, (count, needs), asked)
    return replace(found, by_service=_by_service(found, table, groups))


def _model(model: str | SitingModel, budget_cny: float | None) -> SitingModel:
    """What is asked, with the budget in it."""
    asked = model_of(model)
    if budget_cny is None:
        return asked
    if asked.budget_cny is not None and asked.budget_cny != budget_cny:
        raise InputError(
            f"budget_cny={budget_cny!r}: the model says {asked.budget_cny:,.0f}. Say it once."
        )
    return replace(asked, budget_cny=budget_cny)


def _costs(table: gpd.GeoDataFrame, model: SitingModel) -> Floats:
    """Cost of each site, as the model says it, else the table."""
    ids = pd.Index(table["site_id"])
    said = numbers_by_id(model.cost_cny, ids)
    stated = table["cost_cny"].to_numpy(dtype=float) if "cost_cny" in table else said
    return np.where(np.isnan(said), stated, said)


def _one(
    study: Study, table: gpd.GeoDataFrame, group: Served, count: int | None, model: SitingModel
) -> SitingResult:
    """Sites of one service."""
    costs = _costs(table, model)
    counts = model.budget_cny is not None or model.cost_cny is not None
    ids = group.times.destinations
    by_id = np.concatenate([np.full(len(group.standing), np.nan), costs[group.rows]])
    known = dict(zip(ids[group.candidates], costs[group.rows], strict=True))
    model = replace(model, cost_cny=known if counts else None)
    if model.name == "CMCLP":
        model = replace(model, capacity_people=_capacities(study, table, group, model))
    rules = rules_for(model, count, (group.candidates, by_id, ids), len(group.standing))
    case = Case(
        group.times,
        group.times.within(group.minutes),
        group.weights,
        group.standing,
        group.candidates,
        rules,
        model,
        group.counts if model.survey else None,
    )
    found = located(case, by_id)
    chosen = found.sites.assign(service=group.service)
    return _told(found, chosen, table, {group.service: float("nan")}, costs)


def _capacities(
    study: Study, table: gpd.GeoDataFrame, group: Served, model: SitingModel
) -> dict[Any, float]:
    """People that each facility and site takes, as the model says it, else the tables."""
    given = {} if model.capacity_people is None else dict(model.capacity_people)
    old = study.facilities[study.facilities["service"] == group.service]
    new = table.iloc[group.rows]
    found: dict[Any, float] = {}
    for rows, column in ((old, "facility_id"), (new, "site_id")):
        stated = rows["capacity"] if "capacity" in rows else pd.Series(np.nan, index=rows.index)
        said = numbers_by_id(given, pd.Index(rows[column]))
        taken = np.where(np.isnan(said), stated.to_numpy(dtype=float), said)
        names = [existing_id(name) if column == "facility_id" else name for name in rows[column]]
        found |= dict(zip(names, taken.tolist(), strict=True))
    return found


def _several(
    table: gpd.GeoDataFrame,
    groups: list[Served],
    asked: tuple[int | None, dict[str, float]],
    model: SitingModel,
) -> SitingResult:
    """Sites of several services, each bought once."""
    begin = time.perf_counter()
    count, needs = asked
    unknown = [name for name, need in needs.items() if np.isnan(need)]
    if unknown:
        tell(
            f"sites: no standard states the floor area of {', '.join(unknown)}; they take none "
            "here. SitingModel(floor_area_m2={…}) says how much they take."
        )
    costs = _costs(table, model)
    used = np.unique(np.concatenate([group.rows for group in groups]))
    counted = replace(model, cost_cny={} if model.budget_cny is not None else None)
    rules = rules_for(counted, count, (used, costs, pd.Index(table["site_id"])), 0)
    rules = replace(rules, exactly=False)
    floor = np.zeros(len(table))
    if "floor_area_m2" in table:
        floor = np.nan_to_num(table["floor_area_m2"].to_numpy(dtype=float))
    kinds = [(place, int(row)) for place, group in enumerate(groups) for row in group.rows]
    options = Options(
        np.searchsorted(used, [row for _, row in kinds]),
        np.array([np.nan_to_num(needs[groups[place].service]) for place, _ in kinds]),
        floor[used],
    )
    chosen, _, bound, exact = choose_services(_joined(groups), options, rules, model)
    bought = [kinds[option] for option in chosen]
    found = _summed(groups, bought, (bound, exact), model)
    found = replace(found, seconds=round(time.perf_counter() - begin, 3))
    if model.exact and not exact:
        tell_how_good(found, model)
    return _told(found, found.sites, table, needs, costs)


def _joined(groups: list[Served]) -> Demand:
    """People of all services, one after another, by site and service."""
    parts = []
    for group in groups:
        near = group.times.within(group.minutes)
        parts.append(cover_demand(near, group.weights, group.candidates, _reached(group)))
    before = np.cumsum([0, *(part.sites for part in parts)])
    pairs = np.cumsum([0, *(len(part.site) for part in parts)])
    return Demand(
        np.concatenate([part.weight for part in parts]),
        np.concatenate([part.cap for part in parts]),
        np.concatenate(
            [[0], *(part.first[1:] + start for part, start in zip(parts, pairs, strict=False))]
        ),
        np.concatenate([part.site + start for part, start in zip(parts, before, strict=False)]),
        np.concatenate([part.minutes for part in parts]),
        int(before[-1]),
    )


def _reached(group: Served) -> Any:
    """Homes that reach what stands."""
    near = group.times.within(group.minutes)
    found = np.zeros(len(group.counts), dtype=bool)
    found[near.origin[near.destination < len(group.standing)]] = True
    return found


def _summed(
    groups: list[Served],
    bought: list[tuple[int, int]],
    proof: tuple[float, bool],
    model: SitingModel,
) -> SitingResult:
    """What the services in the sites do, service by service."""
    bound, exact = proof
    parts, people, before, weighed = [], 0.0, 0.0, 0.0
    for place, group in enumerate(groups):
        mine = [row for where, row in bought if where == place]
        spots = group.candidates[np.searchsorted(group.rows, mine)] if mine else mine
        near, reached = group.times.within(group.minutes), _reached(group)
        taken: Positions = np.asarray(spots, dtype=np.int64)
        rows = chosen_sites(near, group.counts, reached, taken)
        parts.append(rows.assign(service=group.service))
        people += float(group.counts.sum())
        before += float(group.counts[reached].sum())
        weighed += float(group.weights[reached].sum())
        there = reached.copy()
        there[near.origin[np.isin(near.destination, taken)]] = True
        weighed += float(group.weights[there & ~reached].sum())
        bound += float(group.weights[reached].sum())
    filled = [part for part in parts if len(part)] or parts[:1]  # empty ones have no kinds of value
    table = pd.concat(filled, ignore_index=True)
    table = table.sort_values("added_people", ascending=False, kind="stable", ignore_index=True)
    longest = {group.minutes for group in groups}
    covered = before + float(table["added_people"].sum())
    return SitingResult(
        sites=table,
        minutes=max(longest),
        people=people,
        existing_people=before,
        covered_people=covered,
        bound_people=float("nan") if model.survey else bound,
        objective=weighed if model.survey else covered,
        bound=bound,
        unit="weighted people" if model.survey else "people",
        method="exact" if exact else "greedy and exchange",
    )


def _by_service(found: SitingResult, table: gpd.GeoDataFrame, groups: list[Served]) -> pd.DataFrame:
    """Whom each service is for, and whom it reaches before and after."""
    rows = []
    for group in groups:
        mine = found.sites.loc[found.sites["service"] == group.service, "site_id"]
        spots = group.candidates[table["site_id"].iloc[group.rows].isin(mine).to_numpy()]
        near, reached = group.times.within(group.minutes), _reached(group)
        there = reached.copy()
        there[near.origin[np.isin(near.destination, spots)]] = True
        rows.append(
            {
                "service": group.service,
                "segment": group.segment,
                "walker": "" if group.times.walker is None else group.times.walker.name,
                "minutes": group.minutes,
                "people": float(group.counts.sum()),
                "existing_people": float(group.counts[reached].sum()),
                "covered_people": float(group.counts[there].sum()),
            }
        )
    return pd.DataFrame(rows)


def _told(
    found: SitingResult,
    chosen: pd.DataFrame,
    table: gpd.GeoDataFrame,
    needs: dict[str, float],
    costs: Floats,
) -> SitingResult:
    """Result with names and costs, and the new facilities as a table."""
    row = pd.Series(np.arange(len(table)), index=table["site_id"]).loc[chosen["site_id"]]
    rows = row.to_numpy(dtype=np.int64)
    again = chosen["site_id"].duplicated().to_numpy()
    shared = chosen["site_id"].duplicated(keep=False).to_numpy()
    here = table.iloc[rows].reset_index(drop=True)
    figures: dict[str, Any] = {
        name: here[name].to_numpy(dtype=float) if name in here else np.full(len(here), np.nan)
        for name in _ADDED
    }
    figures["cost_cny"] = np.where(again, 0.0, costs[rows])  # a site is bought once
    taken = chosen["service"].map(needs).to_numpy(dtype=float)
    figures["floor_area_m2"] = np.where(shared, taken, figures["floor_area_m2"])
    for name in ("site_area_m2", "capacity"):  # whose of them it is, nobody says
        figures[name] = np.where(shared, np.nan, figures[name])
    additions = gpd.GeoDataFrame(
        {
            "site_id": chosen["site_id"].to_numpy(),
            "service": chosen["service"].to_numpy(),
            "name": here["name"].to_numpy(),
            **figures,
        },
        geometry=here.geometry.to_numpy(),
        crs=WGS84,
    )
    first = ["site_id", "service", "name"]
    listed = chosen.assign(name=here["name"].to_numpy(), cost_cny=figures["cost_cny"])
    listed = listed[[*first, *(column for column in listed if column not in first)]]
    return replace(
        found,
        sites=listed.reset_index(drop=True),
        services=tuple(needs),
        cost_cny=float(figures["cost_cny"].sum()),
        additions=additions,
    )
