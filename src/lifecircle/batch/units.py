"""Which units a batch goes through, and what belongs to each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.assessment.study import Study
from lifecircle.batch.folders import folder_name
from lifecircle.errors import InputError, some
from lifecircle.inputs.boundaries import Fault
from lifecircle.tables.findings import origin, tell
from lifecircle.tables.values import as_ids

Faults = Mapping[str, Fault]
_NAMELESS = "unit"
# Columns that do not say where a unit lies.
_NO_PLACES = {"unit_id", "name", "level", "parent_id", "area_ha", "stated_area_ha", "households",
              "people", "elderly", "children", "boundary_source"}  # fmt: skip


@dataclass(frozen=True)
class BatchUnit:
    """One unit of a batch.

    Parameters
    ----------
    unit_id, name
        Of the unit.
    folder
        Name of its folder.
    rows
        Positions in the units of the study: its own, then those of all that lie below it.
    """

    unit_id: str
    name: str
    folder: str
    rows: tuple[int, ...]


def with_level(study: Study, by: str, faults: Faults | None = None) -> tuple[Study, Faults]:
    """Study that has units of a level; where a column names them alone, they are put together.

    Units of one name in several districts, such as two streets of one name, are one unit in each,
    and that is told. One that would lack a unit that cannot be used fails with it.

    Parameters
    ----------
    study
        The study.
    by
        A level, such as ``"district"``, or a column of the units that names the one each lies in.
    faults
        Units that cannot be used, by id.

    Returns
    -------
    study
        The same, if its units are of that level; else with the areas of all units of each district
        as a unit more, which stands above those that have no other above them. It lies in the
        district that all of its units name.
    faults
        As given, and those that were not put together.

    Raises
    ------
    InputError
        If neither is there.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> len(with_level(load_demo(), "circle")[0].units)
    6
    """
    units, lacking = study.units, dict(faults or {})
    rows = with_faults(units, lacking)
    if _level(rows, by) is not None:
        return study, lacking
    named = as_ids(rows[by]) if by in rows.columns else None
    if named is None or not (named != "").any():
        raise _no_level(units, by)
    groups, told = _groups(rows, named, by)
    made: list[dict[str, Any]] = []
    above: dict[str, str] = {}
    for group, part in groups.items():
        name, district = group
        unit_id = f"{by}:{name}" if name == part["name"] else f"{by}:{district}/{part['name']}"
        positions = part["rows"]
        lost = [row for row in positions if row >= len(units)]
        if lost:
            first = str(rows["unit_id"].iloc[lost[0]])
            reason = (
                f"its unit {first} ({lacking[first].name}) cannot be used: {lacking[first].reason}"
            )
            lacking[unit_id] = Fault(name, reason, {"level": by, by: name, "district": district})
            continue
        above |= dict.fromkeys(rows["unit_id"].iloc[positions], unit_id)
        shape = shapely.union_all(shapely.make_valid(units.geometry.to_numpy()[positions]))
        shape = shapely.multipolygons(
            [one for one in shapely.get_parts(shape) if shapely.get_type_id(one) == 3]
        )
        made.append({"unit_id": unit_id, "name": name, "level": by, "district": district,
                     "boundary_source": "union of its units", "geometry": shape})  # fmt: skip
    notes = (*study.notes, *told)
    if not made:
        return replace(study, notes=notes), lacking
    parents = units["parent_id"] if "parent_id" in units else pd.Series("", index=units.index)
    new = [  # the highest of each name hang below it, whatever else they hang below
        parent if unit not in above or above.get(parent) == above[unit] else above[unit]
        for unit, parent in zip(units["unit_id"], parents.fillna("").astype(str), strict=True)
    ]
    more = gpd.GeoDataFrame(made, geometry="geometry", crs=units.crs)
    kept = [name for name in more.columns if name in {*units.columns, "district"}]
    table = pd.concat([more[kept], units.assign(parent_id=new)], ignore_index=True)
    whole = gpd.GeoDataFrame(table, geometry="geometry", crs=units.crs)
    whole.attrs = dict(units.attrs)
    return replace(study, units=whole, notes=notes), lacking


def with_faults(units: gpd.GeoDataFrame, faults: Faults) -> pd.DataFrame:
    """Rows of all units, those that cannot be used behind the others; without their shapes.

    Parameters
    ----------
    units
        Units of the study.
    faults
        Units that cannot be used, by id.

    Returns
    -------
    DataFrame

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> fault = Fault("丁", "it crosses itself", {"level": "community"})
    >>> with_faults(load_demo().units, {"C9": fault})["unit_id"].to_list()[-2:]
    ['YH-SZT-01-5', 'C9']
    """
    rows = pd.DataFrame(units.drop(columns=units.geometry.name))
    told = [{**one.columns, "unit_id": unit, "name": one.name} for unit, one in faults.items()]
    return pd.concat([rows, pd.DataFrame(told)], ignore_index=True) if told else rows


def _groups(
    rows: pd.DataFrame, named: pd.Series[str], by: str
) -> tuple[dict[tuple[str, str], dict[str, Any]], list[str]]:
    """Units that are put together, by name and district, and what must be told of them."""
    names = named.to_numpy()
    where = names if by == "district" else np.array(districts_of(rows, range(len(rows))), object)
    known: dict[str, set[str]] = {}
    for name, district in zip(names, where, strict=True):
        known.setdefault(name, set()).update({district} - {""})
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for row, (name, district) in enumerate(zip(names, where, strict=True)):
        if not name:
            continue
        apart = len(known[name]) > 1 and district
        key = (f"{district} {name}", district) if apart else (name, "")
        groups.setdefault(key, {"name": name, "rows": [], "where": set()})
        groups[key]["rows"].append(row)
        groups[key]["where"].add(district)
    told = [
        f"units: {name!r} of {by} stands in {len(districts)} districts "
        f"({some(sorted(districts))}) and is one unit in each. If one area is meant, give its "
        "units one district or none."
        for name, districts in known.items()
        if name and len(districts) > 1
    ]
    for line in told:
        tell(line)
    return {
        (name, found["where"].pop() if len(found["where"]) == 1 else ""): found
        for (name, _), found in groups.items()
    }, told


def _no_level(units: gpd.GeoDataFrame, by: str) -> InputError:
    """There are no units of a level, and no column that would name them."""
    taken = origin(units).get("columns_taken", {})
    words = [name for name in units.columns if name not in _NO_PLACES]
    columns = [taken.get(name, name) for name in words if name != units.geometry.name]
    beside = f", and the columns {some(columns, 12)}" if columns else ""
    return InputError(
        f"by={by!r}: the units are of no such level, and no column of this name says where "
        f"they lie. There are the levels {some(units['level'].unique(), 9)}{beside}."
    )


def column_meant(units: pd.DataFrame, by: str) -> str:
    """Column or level that a word means, also by the header of the planner's own file.

    Parameters
    ----------
    units
        Units of the study.
    by
        The word.

    Returns
    -------
    str

    Examples
    --------
    >>> column_meant(pd.DataFrame({"district": ["雨花区"]}), "district")
    'district'
    """
    if by in units.columns:
        return by
    taken = origin(units).get("columns_taken", {})
    return next((ours for ours, theirs in taken.items() if theirs == by), by)


def batch_units(units: pd.DataFrame, by: str) -> list[BatchUnit]:
    """Units of a level, each with all that lie below it.

    Parameters
    ----------
    units
        Units of the study.
    by
        The level.

    Returns
    -------
    list of BatchUnit
        In their order.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> [unit.rows for unit in batch_units(load_demo().units, "circle")]
    [(0, 1, 2, 3, 4, 5)]
    """
    level = _level(units, by)
    below: dict[str, list[int]] = {}
    if "parent_id" in units.columns:
        for row, parent in enumerate(units["parent_id"].fillna("").astype(str)):
            below.setdefault(parent, []).append(row)
    ids = units["unit_id"].to_list()
    found = []
    for row in [at for at, own in enumerate(units["level"]) if own == level]:
        rows = [row]
        for one in rows:
            rows += [child for child in below.get(ids[one], ()) if child not in rows]
        name = str(units["name"].iloc[row])
        found.append(BatchUnit(ids[row], name, folder_name(ids[row], name=name), tuple(rows)))
    return found


def districts_of(units: pd.DataFrame, rows: Iterable[int]) -> list[str]:
    """District of some units: what they say, else the name of the district above them.

    Parameters
    ----------
    units
        Units of the study.
    rows
        Positions.

    Returns
    -------
    list of str
        ``""`` where nothing is said.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> districts_of(load_demo().units, [1])
    ['雨花区']
    """
    count = len(units)
    ids = {unit_id: row for row, unit_id in enumerate(units["unit_id"])}

    def texts(name: str) -> list[Any]:
        return as_ids(units[name]).to_list() if name in units.columns else [""] * count

    said, parents, levels, names = (texts(n) for n in ("district", "parent_id", "level", "name"))
    found = []
    for row in rows:
        at: int | None = row
        seen: set[int] = set()
        told = ""
        while at is not None and at not in seen and not told:
            seen.add(at)
            told = said[at] or (names[at] if levels[at] == "district" else "")
            at = ids.get(parents[at])
        found.append(told)
    return found


def _level(units: pd.DataFrame, by: str) -> str | None:
    """Level of the units that are meant; ``None`` if there are none of it."""
    levels = set(units["level"])
    if by in levels:
        return by
    # a table that says nothing of levels holds circles
    silent = all(one.replace("sub-", "") == _NAMELESS for one in levels)
    return _NAMELESS if by == "circle" and silent and _NAMELESS in levels else None
