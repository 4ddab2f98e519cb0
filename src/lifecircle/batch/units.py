"""Which units a batch goes through, and what belongs to each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.assessment.study import Study
from lifecircle.batch.folders import folder_name
from lifecircle.errors import InputError, some
from lifecircle.inputs.boundaries import Fault, Faults, with_faults
from lifecircle.tables.findings import origin, tell
from lifecircle.tables.values import as_ids

_NAMELESS = "unit"
# Columns of areas that no district shares with another.
_BELOW_DISTRICTS = ("街道", "乡镇", "镇街", "街镇", "社区")
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

    Streets of one name in several districts are one unit in each; other units, such as planning
    areas, may lie across districts. Either is told. One that would lack a unit that cannot be used
    fails with it.

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
    if level_meant(rows, by) is not None:
        return study, lacking
    named = as_ids(rows[by]) if by in rows.columns else None
    if named is None or not (named != "").any():
        raise _no_level(units, by)
    header = str(origin(units).get("columns_taken", {}).get(by, by))
    apart = by == "street" or any(word in header for word in _BELOW_DISTRICTS)
    groups, told = _groups(rows, named, by, apart=apart)
    made: list[dict[str, Any]] = []
    above: dict[str, str] = {}
    for group in groups:
        positions, unit_id = group.rows, group.unit_id
        lost = [row for row in positions if row >= len(units)]
        if lost:
            first = str(rows["unit_id"].iloc[lost[0]])
            reason = (
                f"its unit {first} ({lacking[first].name}) cannot be used: {lacking[first].reason}"
            )
            said = {"level": by, by: group.name, "district": group.district}
            lacking[unit_id] = Fault(group.name, reason, said, lacking[first].cause)
            continue
        above |= dict.fromkeys(rows["unit_id"].iloc[positions], unit_id)
        shape = shapely.union_all(shapely.make_valid(units.geometry.to_numpy()[positions]))
        shape = shapely.multipolygons(
            [one for one in shapely.get_parts(shape) if shapely.get_type_id(one) == 3]
        )
        made.append({"unit_id": unit_id, "name": group.name, "level": by,
                     "district": group.district,
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


@dataclass(frozen=True)
class _Group:
    """Rows that are put together."""

    unit_id: str
    name: str
    district: str
    rows: list[int]


def _groups(
    rows: pd.DataFrame, named: pd.Series[str], by: str, *, apart: bool
) -> tuple[list[_Group], list[str]]:
    """Units that are put together by name, and what must be told of them.

    ``apart``: those of one name in several districts are a unit in each.
    """
    names = named.to_numpy()
    where = names if by == "district" else np.array(districts_of(rows, range(len(rows))), object)
    known: dict[str, dict[str, None]] = {}
    for name, district in zip(names, where, strict=True):
        known.setdefault(name, {}).setdefault(district)
    told = []
    groups: dict[tuple[str, str], _Group] = {}
    for row, (name, district) in enumerate(zip(names, where, strict=True)):
        if not name:
            continue
        several = [one for one in known[name] if one]
        split = apart and len(several) > 1 and district
        key = (name, district if split else "")
        if key not in groups:
            all_of_it = len(known[name]) == 1
            groups[key] = _Group(
                f"{by}:{district}/{name}" if split else f"{by}:{name}",
                f"{district} {name}" if split else name,
                district if split or all_of_it else "",
                [],
            )
        groups[key].rows.append(row)
    for name, districts in known.items():
        several = [one for one in districts if one]
        if not name or len(several) < 2:
            continue
        inside = f"units: {name!r} of {by} stands in {len(several)} districts ({some(several)})"
        rest = ", and one more of those whose district is not said" if "" in districts else ""
        told.append(
            f"{inside} and is one unit in each{rest}."
            if apart
            else f"{inside} and is one unit. If several are meant, give them names of their own."
        )
    for line in told:
        tell(line)
    return list(groups.values()), told


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


def level_meant(units: pd.DataFrame, by: str) -> str | None:
    """Level of the units that a word means.

    Parameters
    ----------
    units
        Units of the study.
    by
        The word.

    Returns
    -------
    str or None
        None if there are none of it.

    Examples
    --------
    >>> level_meant(pd.DataFrame({"level": ["unit", "sub-unit"]}), "circle")
    'unit'
    """
    levels = {*as_ids(units["level"])} - {""}
    if by in levels:
        return by
    # a table that says nothing of levels holds circles
    silent = all(one.replace("sub-", "") == _NAMELESS for one in levels)
    return _NAMELESS if by == "circle" and silent and _NAMELESS in levels else None


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
    level = level_meant(units, by)
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
    """District of some units: what they say, else the district above them, else that of all below.

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

    def climbed(row: int) -> str:
        at: int | None = row
        seen: set[int] = set()
        told = ""
        while at is not None and at not in seen and not told:
            seen.add(at)
            told = said[at] or (names[at] if levels[at] == "district" else "")
            at = ids.get(parents[at])
        return told

    below: dict[str, list[int]] = {}
    for row, parent in enumerate(parents):
        below.setdefault(parent, []).append(row)

    def told_below(row: int) -> str:
        """District that all units below name, if it is one."""
        seen = {row}
        waiting = [row]
        for at in waiting:
            new = [one for one in below.get(units["unit_id"].iloc[at], ()) if one not in seen]
            seen.update(new)
            waiting += new
        found = {climbed(one) for one in seen - {row}}
        return found.pop() if len(found) == 1 else ""

    return [climbed(row) or told_below(row) for row in rows]
