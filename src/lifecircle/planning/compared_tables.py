"""Tables of two evaluations side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.assessment.evaluation import Evaluation
from lifecircle.assessment.health_check import HealthCheck
from lifecircle.assessment.health_words import change_name
from lifecircle.assessment.study import Study
from lifecircle.crs import WGS84
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.links import NEW_WAY

_COVERAGE_KEY = ["unit_id", "name", "service", "group", "walker", "minutes", "segment"]
_COVERAGE = ("covered_people", "covered_share", "nearest_median_min", "facilities_inside")
_CLAUSE = ["unit_id", "standard", "clause", "service", "tier", "check", "value_unit", "mandatory"]
_BETTER = {"not met": 0, "met": 1}


def compared_coverage(before: Evaluation, after: Evaluation) -> pd.DataFrame:
    """Coverage of both sides by unit, service, walker, minutes and segment.

    Parameters
    ----------
    before, after
        Evaluations.

    Returns
    -------
    DataFrame
        What is unknown on one side has no change (NaN).

    Examples
    --------
    >>> from lifecircle import evaluate, load_demo
    >>> today = evaluate(load_demo())
    >>> float(compared_coverage(today, today)["covered_people_change"].abs().max())
    0.0
    """
    sides = [side.coverage[[*_COVERAGE_KEY, "people", *_COVERAGE]] for side in (before, after)]
    table = _beside(sides[0], sides[1], _COVERAGE_KEY)
    table["people"] = table["people_after"].fillna(table["people_before"])
    return _with_changes(table, [*_COVERAGE_KEY, "people"], _COVERAGE)


def compared_units(before: Evaluation, after: Evaluation) -> pd.DataFrame:
    """Mean completeness of each unit before and after.

    Parameters
    ----------
    before, after
        Evaluations.

    Returns
    -------
    DataFrame
        Where not the same services count on both sides, completeness has no change (NaN).

    Examples
    --------
    >>> from lifecircle import evaluate, load_demo
    >>> today = evaluate(load_demo())
    >>> float(compared_units(today, today)["completeness_standard_mean_change"].iloc[0])
    0.0
    """
    figures = [name for name in before.units if str(name).startswith("completeness_")]
    key = ["unit_id", "name", "level", "people"]
    columns = [*figures, "required_count"]
    sides = [pd.DataFrame(side.units)[[*key, *columns]] for side in (before, after)]
    table = _beside(sides[0], sides[1].drop(columns=key[1:]), ["unit_id"])
    table = _with_changes(table, key, columns)
    if set(before.required_services) != set(after.required_services):
        table[[f"{name}_change" for name in figures]] = np.nan
    return table


def compared_compliance(before: HealthCheck, after: HealthCheck) -> pd.DataFrame:
    """Verdicts of both sides, clause by clause.

    Parameters
    ----------
    before, after
        Health checks.

    Returns
    -------
    DataFrame
        ``change`` is ``better``, ``worse``, ``same`` or ``unknown``.

    Examples
    --------
    >>> from lifecircle import evaluate, health_check, load_demo
    >>> today = health_check(evaluate(load_demo()))
    >>> sorted(compared_compliance(today, today)["change"].unique())
    ['same', 'unknown']
    """
    columns = ["status", "found", "found_value"]
    sides = []
    for check in (before, after):
        table = check.compliance
        number = table.groupby(_CLAUSE, dropna=False).cumcount()
        sides.append(
            table[[*_CLAUSE, "name", "required", "verify", *columns]].assign(number=number)
        )
    table = _beside(sides[0], sides[1], [*_CLAUSE, "number"])
    for name in ("name", "required", "verify"):
        table[name] = table[f"{name}_after"].fillna(table[f"{name}_before"])
    for side in ("before", "after"):
        table[f"status_{side}"] = table[f"status_{side}"].fillna("unknown")
    table["found_value_change"] = table["found_value_after"] - table["found_value_before"]
    table["change"] = [
        _change(*pair) for pair in zip(table["status_before"], table["status_after"], strict=True)
    ]
    language = after.evaluation.study.language
    table["change_name"] = [change_name(word, language) for word in table["change"]]
    order = [
        *_CLAUSE[:6],
        "status_before",
        "status_after",
        "change",
        "required",
        "found_before",
        "found_after",
        "found_value_before",
        "found_value_after",
        "found_value_change",
        "value_unit",
        "mandatory",
        "verify",
        "name",
        "change_name",
    ]
    return table[order]


def _change(before: str, after: str) -> str:
    """Better, worse, the same or unknown."""
    steps = _BETTER.get(before), _BETTER.get(after)
    if steps[0] is None or steps[1] is None:
        return "unknown"
    if steps[0] == steps[1]:
        return "same"
    return "better" if steps[1] > steps[0] else "worse"


def _beside(before: pd.DataFrame, after: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Rows of both in the order of the first, then those of the second alone."""
    keys = pd.concat([before[key], after[key]]).drop_duplicates(ignore_index=True)
    return keys.merge(before, on=key, how="left").merge(
        after, on=key, how="left", suffixes=("_before", "_after")
    )


def _with_changes(table: pd.DataFrame, key: Sequence[str], figures: Sequence[str]) -> pd.DataFrame:
    """Key columns, then each figure before, after, and how far it changed."""
    columns: dict[str, Any] = {name: table[name] for name in key}
    for name in figures:
        sides = [table[f"{name}_{side}"] for side in ("before", "after")]
        columns |= {f"{name}_before": sides[0], f"{name}_after": sides[1]}
        columns[f"{name}_change"] = sides[1] - sides[0]
    return pd.DataFrame(columns)


def changed_places(before: Study, after: Study) -> dict[str, gpd.GeoDataFrame]:
    """What stands, opens or leads elsewhere than before, as layers.

    Parameters
    ----------
    before, after
        Studies.

    Returns
    -------
    dict
        ``facilities`` (``change``: ``added``, ``closed``, ``moved``, ``changed``), ``gates``
        (``access_before``, ``access_after``; openings in walls have none before) and
        ``new_ways``; those that hold anything.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> changed_places(load_demo(), load_demo())
    {}
    """
    layers = {
        "facilities": _changed_facilities(before.facilities, after.facilities),
        "gates": _changed_gates(before, after),
        "new_ways": _new_ways(before.network, after.network),
    }
    return {name: layer for name, layer in layers.items() if len(layer)}


def _changed_facilities(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    kept = ["facility_id", "name", "service", "geometry"]
    sizes = [name for name in ("capacity", "floor_area_m2") if name in before or name in after]
    sides = [
        side.assign(**{name: np.nan for name in sizes if name not in side})
        .set_index("facility_id", drop=False)
        .to_crs(WGS84)
        for side in (before, after)
    ]
    change = pd.Series("", index=sides[0].index.union(sides[1].index, sort=False))
    both = sides[0].index.intersection(sides[1].index, sort=False)
    old, new = sides[0].loc[both], sides[1].loc[both]
    for name in sizes:
        same = (old[name] == new[name]) | (old[name].isna() & new[name].isna())
        change[both[~same.to_numpy()]] = "changed"
    moved = ~shapely.equals(np.asarray(old.geometry.array), np.asarray(new.geometry.array))
    change[both[moved]] = "moved"
    change[sides[0].index.difference(both)] = "closed"
    change[sides[1].index.difference(both)] = "added"
    rows = []
    for facility_id, word in change[change != ""].items():
        side = sides[0] if word == "closed" else sides[1]
        row = side.loc[facility_id, kept].to_dict() | {"change": word}
        for name in sizes:
            row[f"{name}_before"] = sides[0][name].get(facility_id, np.nan)
            row[f"{name}_after"] = sides[1][name].get(facility_id, np.nan)
        rows.append(row)
    if not rows:
        return gpd.GeoDataFrame(columns=kept, geometry="geometry", crs=WGS84)
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=WGS84)


def _changed_gates(before: Study, after: Study) -> gpd.GeoDataFrame:
    columns = ["gate_id", "name", "access_before", "access_after", "geometry"]
    tables = [
        None if side.network.walls is None else side.network.walls.barriers.gates
        for side in (before, after)
    ]
    if tables[1] is None or not len(tables[1]):
        return gpd.GeoDataFrame(columns=columns, geometry="geometry", crs=WGS84)
    known = {}
    if tables[0] is not None and len(tables[0]):
        known = dict(zip(tables[0]["gate_id"].astype(str), tables[0]["access"], strict=True))
    now = tables[1].to_crs(WGS84)
    was = now["gate_id"].astype(str).map(known).fillna("")
    table = now.assign(access_before=was, access_after=now["access"])
    return gpd.GeoDataFrame(table.loc[was != now["access"], columns], crs=WGS84)


def _new_ways(before: WalkNetwork, after: WalkNetwork) -> gpd.GeoDataFrame:
    lines = [_lines(network) for network in (before, after)]
    old = {shapely.to_wkb(shapely.set_precision(line, 0.01)) for line in lines[0]}
    fresh = [one for one in lines[1] if shapely.to_wkb(shapely.set_precision(one, 0.01)) not in old]
    table = gpd.GeoDataFrame(
        {"length_m": [line.length for line in fresh]}, geometry=fresh, crs=after.crs
    )
    return table.to_crs(WGS84) if len(table) else table


def _lines(network: WalkNetwork) -> list[Any]:
    plain = network.plain
    first = plain.edge_first_point
    return [
        shapely.LineString(plain.edge_points_m[first[edge] : first[edge + 1]])
        for edge in np.flatnonzero(plain.edge_link == NEW_WAY).tolist()
    ]
