"""Units: the areas that are reported on."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.errors import InputError, LifecircleWarning
from lifecircle.inputs.header_names import UNITS
from lifecircle.inputs.layers import Source, locate, open_table, without_cut_shapes
from lifecircle.inputs.text import take_columns
from lifecircle.tables import check_units, levels_by_parent, repeated_ids
from lifecircle.tables.findings import origin
from lifecircle.tables.frames import fill_text
from lifecircle.tables.values import as_ids, as_numbers


@dataclass(frozen=True)
class Fault:
    """A unit that cannot be used.

    Parameters
    ----------
    name
        What it is called.
    reason
        What is wrong with it.
    columns
        What else its row says, as text.
    cause
        ``"boundary"``, or ``"data"`` where something else is wrong.
    """

    name: str
    reason: str
    columns: Mapping[str, str] = field(default_factory=dict)
    cause: str = "boundary"


Faults = Mapping[str, Fault]
"""Units that cannot be used, by id."""


def read_units(
    path: Source,
    *,
    id_column: str | None = None,
    name_column: str | None = None,
    coordinates: str | None = None,
) -> gpd.GeoDataFrame:
    """Units of a boundary file.

    Parameters
    ----------
    path
        Polygons: GeoPackage, shapefile (also zipped), GeoJSON and whatever else GDAL reads, or a
        ``.csv`` or ``.xlsx`` table with a column of WKT. ``"city.gpkg|layername=units"`` names
        one of several layers. Or a GeoDataFrame, which is not changed.
    id_column, name_column
        Columns with the id and the name; None: those that are called so, such as ``unit_id``,
        ``id``, ``编号`` and ``name``, ``名称``.
    coordinates
        None: the file's own reference system, WGS-84 for WKT in a table. ``"GCJ-02"`` (高德, 腾讯)
        and ``"BD-09"`` (百度) are converted to WGS-84, vertex by vertex. An EPSG code, such as
        ``"EPSG:4547"``, or ``"CGCS2000 114E"`` (国家2000 and its central meridian; ``"CGCS2000"``
        alone where eastings carry the zone): the system of a layer that states none, or of WKT.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        ``unit_id``, ``name``, ``level``, ``area_ha`` (measured on the ellipsoid;
        ``stated_area_ha`` holds the file's own where it differs by more than 0.5 %), further
        columns of the contract where the file has them, then its other columns.
        ``attrs["lifecircle"]["columns_taken"]`` tells which column was taken for what.

    Raises
    ------
    InputError
        If the file cannot be read or the table cannot be used; all that is wrong in one error.
    MissingColumnError
        If ``id_column`` or ``name_column`` is not there.

    Examples
    --------
    >>> from shapely import box
    >>> circle = gpd.GeoDataFrame({"名称": ["砂子塘"]}, geometry=[box(0, 0, 0.01, 0.01)], crs=4326)
    >>> read_units(circle)[["unit_id", "name", "area_ha"]].round(1).values.tolist()
    [['U0001', '砂子塘', 123.1]]
    """
    table = _table(path, id_column, name_column)
    return _checked(locate(table, table="units", coordinates=coordinates, shapes_first=True))


def read_sound_units(
    path: Source,
    *,
    id_column: str | None = None,
    name_column: str | None = None,
    coordinates: str | None = None,
) -> tuple[gpd.GeoDataFrame, dict[str, Fault]]:
    """Units of a boundary file that can be used, and why the others cannot.

    Parameters
    ----------
    path, id_column, name_column, coordinates
        As for :func:`read_units`.

    Returns
    -------
    units
        As :func:`read_units` gives them.
    faults
        Units that cannot be used, by id.

    Raises
    ------
    InputError, MissingColumnError
        As for :func:`read_units`, if no unit can be used, or what is wrong is of no single unit.

    Examples
    --------
    >>> from shapely import Polygon, box
    >>> crossing = Polygon([(0, 0.1), (0.1, 0.2), (0.1, 0.1), (0, 0.2)])
    >>> circles = gpd.GeoDataFrame({"unit_id": ["A", "B"]},
    ...                            geometry=[box(0, 0, 0.01, 0.01), crossing], crs=4326)
    >>> units, faults = read_sound_units(circles)
    >>> units["unit_id"].to_list(), list(faults)
    (['A'], ['B'])
    """
    table = _table(path, id_column, name_column)
    readable, cut = without_cut_shapes(table)
    if len(cut) == len(table):
        readable, cut = table, {}
    located = locate(readable, table="units", coordinates=coordinates, shapes_first=True)
    wrong: InputError | None = None
    if not cut:
        try:
            units = _checked(located)
        except InputError as error:
            wrong = error
        else:
            if len(units) == len(located):
                return units, {}
    located = _told_of_all(located)
    ids = located["unit_id"]
    names = as_ids(located["name"]) if "name" in located else ids
    faults: dict[str, Fault] = {}
    sound = np.ones(len(located), dtype=bool)
    for row in range(len(located)):
        one = located.iloc[[row]]
        reason = cut.get(row) or _fault_of(one)
        if reason:
            sound[row] = False
            told = pd.DataFrame(one.drop(columns=one.geometry.name))
            said = {str(name): as_ids(told[name]).iloc[0] for name in told.columns}
            is_shape = row in cut or _fault_of(one[["unit_id", one.geometry.name]])
            faults[ids.iloc[row]] = Fault(
                names.iloc[row] or ids.iloc[row], reason, said, "boundary" if is_shape else "data"
            )
    if wrong is not None and (sound.all() or not sound.any()):
        raise wrong
    twice = repeated_ids(ids)
    if twice is not None:
        raise twice
    return _checked(located[sound].reset_index(drop=True)), faults


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
    >>> from shapely import box
    >>> units = gpd.GeoDataFrame({"unit_id": ["A"], "name": ["甲"]}, geometry=[box(0, 0, 1, 1)])
    >>> with_faults(units, {"B": Fault("乙", "it crosses itself")}).values.tolist()
    [['A', '甲'], ['B', '乙']]
    """
    rows = pd.DataFrame(units.drop(columns=units.geometry.name))
    told = [{**one.columns, "unit_id": unit, "name": one.name} for unit, one in faults.items()]
    return pd.concat([rows, pd.DataFrame(told)], ignore_index=True) if told else rows


def _told_of_all(located: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Units with what follows from all of them together: ids by row, and levels by parents."""
    said = as_ids(located["unit_id"]) if "unit_id" in located else pd.Series("", located.index)
    numbered = pd.Series([f"U{row + 1:04d}" for row in range(len(located))], located.index)
    located = located.assign(unit_id=said.where(said != "", numbered))
    if "parent_id" in located:
        located["parent_id"] = as_ids(located["parent_id"])
    fill_text(located, "level", levels_by_parent(located))
    return located


def _table(path: Source, id_column: str | None, name_column: str | None) -> pd.DataFrame:
    """Table of a boundary file with the columns of the contract, not checked."""
    said = {id_column: "unit_id", name_column: "name"}
    columns = {theirs: ours for theirs, ours in said.items() if theirs is not None}
    raw = open_table(path, table="units")
    if id_column is not None and id_column == name_column:
        raw, columns = raw.assign(name=raw.get(name_column)), {id_column: "unit_id"}
    return take_columns(raw, UNITS, table="units", columns=columns)


def _fault_of(row: gpd.GeoDataFrame) -> str:
    """What is wrong with a single unit, ``""`` if it can be used."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        try:
            check_units(row)
        except InputError as error:
            return str(error)
    return ""


def _checked(located: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Units, checked."""
    units = check_units(located)
    if origin(units).get("columns_taken", {}).get("area_ha") == "面积":
        units = _without_doubtful_area(units)
    return units


def _without_doubtful_area(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give an area that does not say its unit back its name, where it cannot be hectares."""
    if "stated_area_ha" not in units:
        return units
    ratio = (as_numbers(units["stated_area_ha"]) / units["area_ha"]).median()
    return units if 0.5 < ratio < 2 else units.rename(columns={"stated_area_ha": "面积"})
