"""A street of three kilometres on which every shortfall can be worked out by hand.

::

        west (unit W)                    |               east (unit E)
    K---A---M-----------B---P------------o----D----------------N-----------F--
    100 100 300        900 1000        1500  1700             2600        2900   metres

    K kindergarten   M, N food markets   P pharmacy      both units lie in the circle C
    A 100 people (20 elderly, 10 children)   B 50 (10, 5)   D 200 (0, 40)   F 40 (30, 0)

Everybody walks 1 m/s, 60 m a minute; children are those who need the kindergarten.

    market, 10 min: A 200 m, B 600 m, exactly 10 min; D 900 m, 15 min; F 300 m
    kindergarten, 5 min: A 0 m; B 800 m, 13 min 20 s; D 1600 m
    pharmacy, 15 min: A 900 m, exactly 15 min; B 100 m; D 700 m; F 1900 m, 31 min 40 s
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import Point, box

import lifecircle as lc
from assessment.village import CRS, EAST, NORTH, at, street

ADULT = lc.Walker("adult", 1.0)
HOMES = {"A": (100, 100, 20, 10), "B": (900, 50, 10, 5), "D": (1700, 200, 0, 40)}
HOMES |= {"F": (2900, 40, 30, 0)}
PLACES = {
    "K": ("kindergarten", 100),
    "M": ("food_market", 300),
    "N": ("food_market", 2600),
    "P": ("pharmacy", 1000),
}
# What the standard of these tests wants: service, minutes.
WANTED = (
    {"service": "kindergarten", "minutes": 5.0},
    {"service": "food_market", "minutes": 10.0},
    {"service": "pharmacy", "minutes": 15.0},
)


@dataclass(frozen=True)
class Checked:
    """A health check in shape: what shortfalls are read from."""

    evaluation: lc.Evaluation
    compliance: pd.DataFrame
    survey: pd.DataFrame | None = None


def units(empty: bool = False) -> gpd.GeoDataFrame:
    edges = {"C": (-50, 3050), "W": (-50, 1500), "E": (1500, 3050)}
    levels = ["circle", "community", "community"]
    parents = [None, "C", "C"]
    if empty:  # nobody lives here
        edges["Z"] = (3050, 3200)
        levels.append("community")
        parents.append(None)
    shapes = [box(EAST + a, NORTH - 50, EAST + b, NORTH + 50) for a, b in edges.values()]
    columns = {"unit_id": list(edges), "name": [f"unit {name}" for name in edges]}
    columns |= {"level": levels, "parent_id": parents}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def homes(table: Any = None) -> gpd.GeoDataFrame:
    table = HOMES if table is None else table
    columns: dict[str, Any] = {"resident_id": list(table)}
    for place, name in enumerate(("people", "elderly", "children"), start=1):
        columns[name] = [row[place] for row in table.values()]
    return gpd.GeoDataFrame(columns, geometry=[at(row[0]) for row in table.values()], crs=CRS)


def places(table: Any = None, **more: Any) -> gpd.GeoDataFrame:
    table = PLACES if table is None else table
    columns = {"facility_id": list(table), "service": [row[0] for row in table.values()]}
    shapes = [at(row[1]) for row in table.values()]
    return gpd.GeoDataFrame(columns | more, geometry=shapes, crs=CRS)


def study(**changes: Any) -> lc.Study:
    parts: dict[str, Any] = {
        "units": units(),
        "facilities": places(),
        "residents": homes(),
        "network": street((0, 100, 1500, 3000)),
        "walkers": {"adult": ADULT, "child": lc.Walker("child", 1.0)},
        "language": "en",
        "name": "long street",
    } | changes
    four = [parts.pop(name) for name in ("units", "facilities", "residents", "network")]
    return lc.Study(*four, **parts)


def verdicts(evaluation: lc.Evaluation, wanted: Any = WANTED, target: float = 1.0) -> pd.DataFrame:
    """Rows of compliance for wishes: minutes, radius_m, presence, per_1000, floor_area_m2.

    Counted the long way, home by home, from the table of all pairs.
    """
    rows = []
    homes_of = _members(evaluation.study)
    for wish in wanted:
        for unit, members in homes_of.items():
            for check in ("minutes", "radius_m", "presence", "per_1000", "floor_area_m2"):
                if check in wish:
                    rows.append(_row(evaluation, unit, members, dict(wish), check, target))
    table = pd.DataFrame(rows)
    order = {name: place for place, name in enumerate(homes_of)}
    return table.sort_values("unit_id", key=lambda ids: ids.map(order), kind="stable").reset_index(
        drop=True
    )


def _members(study: lc.Study) -> dict[str, list[int]]:
    home, unit = study.members()
    ids = study.units["unit_id"].to_list()
    return {name: home[unit == place].tolist() for place, name in enumerate(ids)}


def _row(
    evaluation: lc.Evaluation, unit: str, members: list[int], wish: Any, check: str, target: float
) -> dict[str, Any]:
    study = evaluation.study
    accepts = wish.get("accepts", (wish["service"],))
    table = evaluation.coverage
    who = [table.loc[table["service"] == one, ["segment", "walker"]] for one in accepts]
    segment, walker = next((rows.iloc[0] for rows in who if len(rows)), ("people", "adult"))
    row = {
        "unit_id": unit,
        "standard": wish.get("standard", "GB50180-2018"),
        "clause": wish.get("clause", "B.0.2"),
        "service": wish["service"],
        "tier": wish.get("tier", "5min"),
        "mandatory": wish.get("mandatory", "mandatory"),
        "confidence": wish.get("confidence", "seen"),
        "verify": "" if wish.get("confidence", "seen") == "seen" else "to be verified",
        "accepts": ";".join(accepts),
        "why": f"{check} of {wish['service']}",
        "segment": segment,
        "walker": "",
        "minutes": np.nan,
        "radius_m": np.nan,
        "people": np.nan,
        "covered_people": np.nan,
    }
    fits = study.facilities["service"].isin(accepts).to_numpy()
    inside = (
        fits
        & study.facilities.within(
            study.units.set_index("unit_id").geometry[unit].buffer(1e-9)
        ).to_numpy()
    )
    if check in {"minutes", "radius_m"}:
        limit = wish[check]
        near = _near(evaluation, walker, fits, limit, check)
        off = evaluation.residents["unsnapped"].to_numpy() if check == "minutes" else None
        counted = [home for home in members if off is None or not off[home]]
        weight = study.residents[segment].to_numpy(dtype=float)
        people = float(sum(weight[home] for home in counted))
        covered = float(sum(weight[home] for home in counted if home in near))
        share = covered / people if people else np.nan
        row |= {"people": people, "covered_people": covered, check: limit}
        row |= {"check": "walk" if check == "minutes" else "radius", "value_unit": "share"}
        row |= {"walker": walker if check == "minutes" else ""}
        row |= {"required_value": target, "found_value": share}
    elif check == "per_1000":
        total = study.facilities["capacity"].to_numpy(dtype=float)[inside].sum()
        people = float(study.residents[segment].iloc[members].sum())
        row |= {"check": "capacity", "value_unit": "per_1000", "per_1000_in": "capacity"}
        row |= {"required_value": wish[check]}
        row |= {"found_value": 1000 * total / people if people else np.nan}
    elif check == "floor_area_m2":
        areas = study.facilities["floor_area_m2"].to_numpy(dtype=float)[inside]
        row |= {"check": "floor_area", "value_unit": "m2", "required_value": wish[check]}
        row |= {"found_value": areas.max(initial=0.0)}
    else:
        row |= {"check": "presence", "value_unit": "facilities"}
        row |= {"required_value": 1.0, "found_value": float(inside.sum())}
    known = np.isfinite(row["found_value"]) and wish.get("status") != "unknown"
    met = row["found_value"] >= row["required_value"] - 1e-9
    row["status"] = ("met" if met else "not met") if known else "unknown"
    row["required"] = f"{row['required_value']:g} {row['value_unit']}"
    row["found"] = f"{row['found_value']:g} {row['value_unit']}"
    return row


def _near(evaluation: lc.Evaluation, walker: str, fits: Any, limit: float, check: str) -> set[int]:
    study = evaluation.study
    if check == "minutes":
        pairs = evaluation.times[walker].to_frame()
        names = set(study.facilities["facility_id"][fits])
        pairs = pairs[pairs["destination_id"].isin(names) & (pairs["minutes"] <= limit)]
        found = set(pairs["origin_id"])
        return {i for i, name in enumerate(study.residents["resident_id"]) if name in found}
    metric = study.residents.to_crs(study.network.crs).geometry
    there = study.facilities[fits].to_crs(study.network.crs).geometry
    return {i for i, home in enumerate(metric) if (there.distance(home) <= limit).any()}


def checked(wanted: Any = WANTED, target: float = 1.0, **changes: Any) -> Checked:
    evaluation = lc.evaluate(study(**changes))
    return Checked(evaluation, verdicts(evaluation, wanted, target))


def place(x_m: float, y_m: float = 0.0) -> Point:
    return at(x_m, y_m)
