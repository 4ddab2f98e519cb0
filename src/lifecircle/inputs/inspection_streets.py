"""Inspection of streets: how much there is of each class, and what their diagnosis finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely

from lifecircle.errors import LifecircleError
from lifecircle.inputs.inspection_checks import METRES_PER_DEGREE, Problem
from lifecircle.network.diagnosis import diagnose_network
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.repair import repair_network
from lifecircle.network.sidewalks import INNER_WAYS, ROADS

TABLES = ("units", "residents", "facilities")
# Places further than this from the streets' extent lie somewhere else.
_ELSEWHERE_M = 2000.0


def inspect_streets(
    network: WalkNetwork, tables: Mapping[str, Any], names: Mapping[str, str], *, repair: bool
) -> dict[str, Any]:
    """What there is to say of streets, alone and beside tables.

    Parameters
    ----------
    network
        Streets.
    tables
        ``units``, ``residents`` and ``facilities``, as far as they are known.
    names
        File of each table, for the text.
    repair
        Whether to list the links that repair would make.

    Returns
    -------
    dict
        Fields of :class:`lifecircle.inputs.inspection.Inspection`: ``streets`` (``nodes``,
        ``edges``, ``length_km``, ``classes_km``, ``beside``, ``unchecked``), ``findings`` and
        ``repairs``.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> found = inspect_streets(load_demo().network.plain, {}, {}, repair=False)
    >>> found["streets"]["edges"], found["streets"]["unchecked"]
    (3396, ('edge', 'residents', 'facilities'))
    """
    tables = {role: table for role, table in tables.items() if table is not None}
    problems: tuple[Problem, ...] = ()
    try:
        found = diagnose_network(network, **tables)
    except LifecircleError as fault:  # a table that its reader took, but no diagnosis can use
        problems = (Problem("not_beside", {"reason": str(fault)}),)
        tables, found = {}, diagnose_network(network)
    unchecked = [
        what
        for what, role in (("edge", "units"), *((one, one) for one in TABLES[1:]))
        if role not in tables
    ]
    if not any(kind in ROADS or kind in INNER_WAYS for kind in set(network.edge_highway)):
        unchecked.append("sidewalks")
    return {
        "streets": {
            "nodes": network.node_count,
            "edges": network.edge_count,
            "length_km": round(float(network.edge_length_m.sum()) / 1000, 1),
            "classes_km": _classes_km(network),
            "beside": tuple(names[role] for role in TABLES if role in tables and role in names),
            "unchecked": tuple(unchecked),
        },
        "findings": _rows(found),
        "repairs": _rows(repair_network(network)[1]) if repair else None,
        "problems": problems,
    }


def tables_beside(every: Sequence[Any]) -> tuple[dict[str, Any], dict[str, str], list[Problem]]:
    """Tables that streets can be checked with, and what the tables say of the streets.

    Parameters
    ----------
    every
        Inspections of the files that belong together.

    Returns
    -------
    tables, names
        Role → table, and its file; several of a role are taken together. None that lies in another
        place, none at all where the streets look shifted.
    problems
        That the streets look shifted, or that tables lie elsewhere.

    Examples
    --------
    >>> tables_beside([])
    ({}, {}, [])
    """
    problems: list[Problem] = []
    shifted = [
        (one, facts) for one in every for code, facts in one.problems if code == "streets_shifted"
    ]
    away = {
        one.file: facts["km"]
        for one in every
        for code, facts in one.problems
        if code == "elsewhere"
    }
    if shifted:
        one, facts = shifted[0]
        problems.append(Problem("look_shifted", {**facts, "table": one.file}))
    if away:
        facts = {"names": list(away), "km": min(away.values())}
        problems.append(Problem("tables_elsewhere", facts))
    tables: dict[str, Any] = {}
    names: dict[str, str] = {}
    for role in TABLES:
        these = [
            one
            for one in every
            if one.kind == role and one.made is not None and one.file not in away and not shifted
        ]
        if these:
            names[role] = ", ".join(one.file for one in these)
            tables[role] = _together([one.made for one in these])
    return tables, names, problems


def _together(tables: list[Any]) -> Any:
    """One table of several, whose rows get new ids."""
    if len(tables) == 1:
        return tables[0]
    ids = ["unit_id", "parent_id", "resident_id", "facility_id"]
    bare = [table.drop(columns=ids, errors="ignore") for table in tables]
    return pd.concat(bare, ignore_index=True)


def elsewhere(bounds: tuple[float, ...] | None, network: Any) -> list[Problem]:
    """Whether a table lies in another place than the streets.

    Parameters
    ----------
    bounds
        West, south, east, north of the table, degrees; None where they are not known.
    network
        Streets.

    Returns
    -------
    list of Problem
        One with the distance in kilometres, or none.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> elsewhere((113.5, 28.1, 113.6, 28.2), load_demo().network)
    [Problem(code='elsewhere', facts={'km': 47})]
    """
    if bounds is None or not isinstance(network, WalkNetwork):
        return []
    there, streets = shapely.box(*bounds), shapely.box(*network.bounds_lonlat)
    line = shapely.get_coordinates(shapely.shortest_line(there, streets))
    across, along = np.abs(line[1] - line[0])
    metres = METRES_PER_DEGREE * np.hypot(across * np.cos(np.radians(line[0, 1])), along)
    if not metres > _ELSEWHERE_M:
        return []
    return [Problem("elsewhere", {"km": round(float(metres) / 1000)})]


def _classes_km(network: WalkNetwork) -> dict[str, float]:
    """Kilometres of each class of street, the longest first; a link road counts with its road."""
    kind = pd.Series(network.edge_highway, dtype="str").str.removesuffix("_link")
    sums = pd.Series(network.edge_length_m).groupby(kind.to_numpy()).sum() / 1000
    sums = sums.sort_values(ascending=False, kind="stable")
    return {str(name): round(float(km), 1) for name, km in sums.items()}


def _rows(table: Any) -> tuple[dict[str, Any], ...]:
    """Rows of a table of findings or links as plain values, with a place each."""
    plain = pd.DataFrame(table.drop(columns="geometry")).astype(object)
    plain = plain.where(plain.notna(), None)
    places = shapely.get_coordinates(shapely.point_on_surface(table.geometry.to_numpy()))
    plain["lon"], plain["lat"] = places.round(5).T if len(places) else (None, None)
    return tuple(
        {str(name): value for name, value in row.items()} for row in plain.to_dict("records")
    )
