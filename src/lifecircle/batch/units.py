"""Which units a batch goes through, and what belongs to each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from lifecircle.assessment.study import Study
from lifecircle.batch.folders import folder_name
from lifecircle.errors import InputError, some
from lifecircle.tables.findings import origin
from lifecircle.tables.values import as_ids

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


def with_level(study: Study, by: str) -> Study:
    """Study that has units of a level; where a column names them alone, they are put together.

    Parameters
    ----------
    study
        The study.
    by
        A level, such as ``"district"``, or a column of the units that names the one each lies in.

    Returns
    -------
    Study
        The same, if its units are of that level; else with the areas of all units of each district
        as a unit more, which stands above those that have no other above them.

    Raises
    ------
    InputError
        If neither is there.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> len(with_level(load_demo(), "circle").units)
    6
    """
    units = study.units
    if _level(units, by) is not None:
        return study
    named = as_ids(units[by]) if by in units.columns else None
    if named is None or not (named != "").any():
        taken = origin(units).get("columns_taken", {})
        words = [name for name in units.columns if name not in _NO_PLACES]
        columns = [taken.get(name, name) for name in words if name != units.geometry.name]
        beside = f", and the columns {some(columns, 12)}" if columns else ""
        raise InputError(
            f"by={by!r}: the units are of no such level, and no column of this name says where "
            f"they lie. There are the levels {some(units['level'].unique(), 9)}{beside}."
        )
    made, above = [], {}
    for name, part in units.groupby(named, sort=False):
        if not name:
            continue
        unit_id = f"{by}:{name}"
        above[str(name)] = unit_id
        shape = shapely.union_all(shapely.make_valid(part.geometry.to_numpy()))
        shape = shapely.multipolygons(
            [one for one in shapely.get_parts(shape) if shapely.get_type_id(one) == 3]
        )
        made.append({"unit_id": unit_id, "name": str(name), "level": by, "district": str(name),
                     "boundary_source": "union of its units", "geometry": shape})  # fmt: skip
    parents = units["parent_id"] if "parent_id" in units else pd.Series("", index=units.index)
    name_of = dict(zip(units["unit_id"], named, strict=True))
    new = [  # the highest of each name hang below it, whatever else they hang below
        parent if name_of.get(parent, "") == name or not name else above[name]
        for parent, name in zip(parents.fillna("").astype(str), named, strict=True)
    ]
    more = gpd.GeoDataFrame(made, geometry="geometry", crs=units.crs)
    kept = [name for name in more.columns if name in {*units.columns, "district"}]
    table = pd.concat([more[kept], units.assign(parent_id=new)], ignore_index=True)
    return replace(study, units=gpd.GeoDataFrame(table, geometry="geometry", crs=units.crs))


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
