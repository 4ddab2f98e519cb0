"""What is doubtful about walls and gates, and how many people it concerns."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lifecircle.crs import WGS84
from lifecircle.errors import LifecircleWarning, some

Floats = NDArray[np.float64]

WALL_FINDINGS = (
    "all gates closed", "gates lead nowhere", "compound without gate", "streets cut",
    "no mapped paths", "gate to nowhere", "gate without wall", "gate of nobody",
)  # fmt: skip
"""Words of the column ``finding``, the gravest first."""

COLUMNS = ("finding", "what", "ids", "count", "people", "advice")


@dataclass(frozen=True, eq=False)
class WallFacts:
    """What was seen when walls were built into a network.

    Parameters
    ----------
    gateless, shut, unmapped, astray
        Compounds without any gate, with closed gates alone, without a mapped path that one of
        their gates leads to, and whose gates lead to no street that hangs together with the rest,
        by position.
    adrift, nowhere, nameless
        Gates that stand in no wall and no street, that find no street on one of their sides, and
        residents' gates of no compound, by row.
    cut_m
        Places where streets are cut for want of a gate, metres, shape (k, 2).
    """

    gateless: frozenset[int]
    shut: frozenset[int]
    unmapped: frozenset[int]
    astray: frozenset[int]
    adrift: tuple[int, ...]
    nowhere: tuple[int, ...]
    nameless: tuple[int, ...]
    cut_m: Floats


def wall_findings(network: Any, residents: gpd.GeoDataFrame | None = None) -> gpd.GeoDataFrame:
    """Findings on the walls and gates of a network.

    Parameters
    ----------
    network
        Walking network.
    residents
        People's places, to count whom it concerns; ``people`` of each, else one.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        ``finding`` (a kind of doubt), ``what`` (a sentence), ``ids``, ``count``, ``people`` (not a
        number where nobody is counted), ``advice`` and where. Empty without walls.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> wall_findings(load_demo().network.plain).empty
    True
    """
    walls = network.walls
    rows: list[dict[str, Any]] = []
    if walls is not None:
        people = _people_of(network, residents)
        rows += _compound_rows(walls, people)
        rows += _gate_rows(walls)
        if len(walls.facts.cut_m):
            rows.append(
                {
                    "finding": "streets cut",
                    "what": f"{len(walls.facts.cut_m):,} streets end at a wall without a gate",
                    "ids": "",
                    "count": len(walls.facts.cut_m),
                    "people": np.nan,
                    "advice": "if people walk through there, add the gate",
                    "geometry": shapely.points(walls.facts.cut_m),
                }
            )
    for row in rows:  # only here: to tell of them in a warning needs no shape
        row["geometry"] = shapely.union_all(row["geometry"])
    table = pd.DataFrame(rows, columns=[*COLUMNS, "geometry"])
    return gpd.GeoDataFrame(table, geometry="geometry", crs=network.crs).to_crs(WGS84)


def _people_of(network: Any, residents: gpd.GeoDataFrame | None) -> dict[int, float] | None:
    """People by compound, ``None`` where nobody is counted."""
    if residents is None:
        return None
    zones = network.walls.sight.zones
    places = residents.geometry.to_crs(network.crs)
    zone = zones.of_points(shapely.get_coordinates(places.to_numpy()))
    counted = (
        pd.to_numeric(residents["people"]).to_numpy(dtype=float)
        if "people" in residents.columns
        else np.ones(len(residents))
    )
    found: dict[int, float] = {}
    for number, weight in zip(zone.tolist(), counted.tolist(), strict=True):
        for compound in zones.sets[number]:
            found[compound] = found.get(compound, 0.0) + weight
    return found


def _compound_rows(walls: Any, people: dict[int, float] | None) -> list[dict[str, Any]]:
    """Findings on compounds."""
    facts, barriers = walls.facts, walls.barriers
    rows = []
    for finding, compounds, what, advice in (
        (
            "compound without gate",
            facts.gateless,
            "have no gate at all; their people leave at the nearest street",
            "add their gates",
        ),
        (
            "all gates closed",
            facts.shut,
            "have closed gates alone; their people reach nothing outside",
            "say which of their gates residents use",
        ),
        (
            "gates lead nowhere",
            facts.astray,
            "have gates that lead to no street joined with the rest; their people get no further",
            "add the street or the gate that is missing",
        ),
        (
            "no mapped paths",
            facts.unmapped,
            f"have no mapped paths to a gate; their people reach it straight × {barriers.detour:g}",
            "map their paths, or set detour",
        ),
    ):
        if not compounds:
            continue
        ids = walls.compound_ids[sorted(compounds)]
        concerned = np.nan if people is None else sum(people.get(c, 0.0) for c in compounds)
        rows.append(
            {
                "finding": finding,
                "what": f"{len(ids):,} of {len(walls.compound_ids):,} walled compounds {what}",
                "ids": some(ids),
                "count": len(ids),
                "people": concerned,
                "advice": advice,
                "geometry": walls.sight.zones.shapes_m[sorted(compounds)],
            }
        )
    return rows


def _gate_rows(walls: Any) -> list[dict[str, Any]]:
    """Findings on gates."""
    facts = walls.facts
    rows = []
    for finding, gates, what, advice in (
        (
            "gate without wall",
            facts.adrift,
            f"stand in no street and over {walls.barriers.gate_m:g} m from any wall: no effect",
            "move them to their wall, give compound_id, or raise gate_m",
        ),
        (
            "gate to nowhere",
            facts.nowhere,
            "find no street within 100 m on one of their sides",
            "check their place, or map the street",
        ),
        (
            "gate of nobody",
            facts.nameless,
            "admit residents but belong to no compound; whoever lives behind them passes",
            "draw the compound, or give compound_id",
        ),
    ):
        if gates:
            ids = walls.gate_ids[list(gates)]
            rows.append(
                {
                    "finding": finding,
                    "what": f"{len(ids):,} of {len(walls.gate_ids):,} gates {what}",
                    "ids": some(ids),
                    "count": len(ids),
                    "people": np.nan,
                    "advice": advice,
                    "geometry": shapely.points(walls.gates_m[list(gates)]),
                }
            )
    return rows


def tell_of_gates(network: Any) -> None:
    """Warn of gates and cut streets that are doubtful whoever walks.

    Parameters
    ----------
    network
        A network with walls.
    """
    for row in _gate_rows(network.walls):
        _tell(row, "gates")
    cut = len(network.walls.facts.cut_m)
    if cut:
        warnings.warn(
            f"walls: streets end at walls without a gate at {cut:,} places. If people walk through "
            "there, add the gate.",
            LifecircleWarning,
            stacklevel=4,
        )


def tell_of_compounds(network: Any, residents: gpd.GeoDataFrame) -> None:
    """Warn of people whose compound has no way out that is known.

    Parameters
    ----------
    network
        A walking network.
    residents
        People's places.
    """
    if network.walls is None:
        return
    facts = network.walls.facts
    if not (facts.gateless or facts.shut or facts.unmapped or facts.astray):
        return
    for row in _compound_rows(network.walls, _people_of(network, residents)):
        if row["people"] > 0:
            _tell(row, "compounds")


def _tell(row: dict[str, Any], table: str) -> None:
    concerned = row["people"]
    people = "" if np.isnan(concerned) else f" This concerns {concerned:,.0f} people."
    warnings.warn(
        f"{table}: {row['what']} ({row['ids']}).{people} To mend it, {row['advice']}.",
        LifecircleWarning,
        stacklevel=5,
    )
