"""Barriers: walled compounds, walls, and the gates that lead through them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.crs import coordinates_name
from lifecircle.errors import CrsError, InputError, UnknownNameError, some
from lifecircle.inputs.gates import without_gate
from lifecircle.inputs.header_names import COMPOUNDS, GATES, PERHAPS_ACCESS, WALLS
from lifecircle.inputs.layers import Source, locate, open_table
from lifecircle.inputs.text import column_key, take_columns
from lifecircle.tables.barriers import (
    ACCESS,
    access_of,
    check_compounds,
    check_gates,
    check_walls,
)
from lifecircle.tables.findings import origin, tell
from lifecircle.tables.values import as_ids

_OSM_SUFFIXES = (".osm", ".pbf", ".osm.gz", ".osm.bz2")
_GATE_CODES = "9914"  # 高德: 临街院门, the gates of compounds; 9910 are doors of buildings
_GATE_CLASS = "临街院门"


def read_compounds(
    path: Source, *, columns: Mapping[str, str] | None = None, coordinates: str | None = None
) -> gpd.GeoDataFrame:
    """Walled compounds (封闭小区, 单位大院) of a map layer.

    Parameters
    ----------
    path
        Polygons: any layer that GDAL reads, or a table with a column of WKT; an OpenStreetMap
        file. ``"city.gpkg|layername=estates"`` names one of several layers. Or a GeoDataFrame,
        which is not changed.
    columns
        Column of the file → lifecircle's name, such as ``{"围合否": "walled"}``: ``compound_id``,
        ``name``, ``walled``.
    coordinates
        None: the layer's own reference system. ``"GCJ-02"`` (高德, 腾讯) and ``"BD-09"`` (百度)
        are converted to WGS-84. Or as for :func:`lifecircle.read_units`.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        ``compound_id``, ``name``, ``walled``, then the file's other columns. Every area counts as
        walled but those of which the file says that they are not.

    Raises
    ------
    InputError
        If the file cannot be read or the table cannot be used; all that is wrong in one error.

    Examples
    --------
    >>> from shapely import box
    >>> estate = gpd.GeoDataFrame({"小区名称": ["明珠公寓"]}, geometry=[box(0, 0, 1, 1)], crs=4326)
    >>> read_compounds(estate)[["compound_id", "name", "walled"]].values.tolist()
    [['C0001', '明珠公寓', True]]
    """
    if _is_osm(path):
        return _of_osm(path, coordinates).compounds
    table = open_table(path, table="compounds")
    named = take_columns(table, COMPOUNDS, table="compounds", columns=columns)
    return check_compounds(
        locate(named, table="compounds", coordinates=coordinates, shapes_first=True)
    )


def read_walls(
    path: Source, *, columns: Mapping[str, str] | None = None, coordinates: str | None = None
) -> gpd.GeoDataFrame:
    """Walls and fences (围墙) of a map layer.

    Parameters
    ----------
    path
        Lines, or polygons whose rings are walls: as for :func:`read_compounds`.
    columns
        Column of the file → lifecircle's name: ``wall_id``, ``compound_id``.
    coordinates
        As for :func:`read_compounds`.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        ``wall_id``, ``compound_id`` (``None`` where unknown), then the file's other columns, one
        row per line.

    Raises
    ------
    InputError
        If the file cannot be read or the table cannot be used; all that is wrong in one error.

    Examples
    --------
    >>> from shapely import LineString
    >>> line = LineString([(112.99, 28.16), (112.991, 28.16)])
    >>> read_walls(gpd.GeoDataFrame({"编号": [7]}, geometry=[line], crs=4326))["wall_id"].to_list()
    ['7']
    """
    if _is_osm(path):
        return _of_osm(path, coordinates).walls
    table = open_table(path, table="walls")
    named = take_columns(table, WALLS, table="walls", columns=columns)
    return check_walls(locate(named, table="walls", coordinates=coordinates, shapes_first=True))


def read_gates(
    path: Source,
    *,
    columns: Mapping[str, str] | None = None,
    coordinates: str | None = None,
    unknown_access: str = "open",
) -> gpd.GeoDataFrame:
    """Gates (大门, 出入口) of a map layer, a table, or a table of points of interest.

    Parameters
    ----------
    path
        Points: ``.csv`` or ``.xlsx`` with longitude and latitude, any layer that GDAL reads, an
        OpenStreetMap file; or a (Geo)DataFrame, which is not changed. Of a table with 高德's type
        codes the rows 9914… (临街院门) are taken.
    columns
        Column of the file → lifecircle's name, such as ``{"管理": "access"}``: ``gate_id``,
        ``name``, ``access``, ``compound_id``, ``hours``, ``typecode``.
    coordinates
        As for :func:`read_compounds`; for longitude and latitude in a table None is WGS-84.
    unknown_access
        Who passes where the file does not say: ``"open"``, ``"residents"`` or ``"closed"``.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        ``gate_id``, ``name``, ``access`` (``"open"`` everybody, ``"residents"`` those who belong
        there, ``"closed"`` nobody), ``access_known``, ``compound_id`` (``None`` where unknown),
        ``hours``, then the file's other columns. Of points of interest ``name`` is that of the
        place the gate belongs to, as far as its own name says it; ``gate_name`` is its own.

    Raises
    ------
    InputError
        If the file cannot be read or the table cannot be used; all that is wrong in one error.
    UnknownNameError
        If ``unknown_access`` is none of the three.

    Notes
    -----
    Words for who passes: :data:`lifecircle.tables.barriers.ACCESS_WORDS`, in Chinese, English and
    OpenStreetMap's. A column such as 类型 counts only where all its words are among them. Beside
    ``access`` the columns ``foot`` and ``locked`` of an OpenStreetMap export are understood.

    Examples
    --------
    >>> gates = pd.DataFrame({"大门": ["东门"], "通行": ["刷卡"], "lon": [112.99], "lat": [28.16]})
    >>> read_gates(gates)[["gate_id", "name", "access"]].values.tolist()
    [['G0001', '东门', 'residents']]
    """
    if unknown_access not in ACCESS:
        raise UnknownNameError("access of gates", unknown_access, ACCESS)
    if _is_osm(path):
        return _of_osm(path, coordinates, unknown_access).gates
    named = gate_rows(open_table(path, table="gates"), columns)
    located = locate(named, table="gates", coordinates=coordinates)
    return check_gates(located, unknown_access=unknown_access)


def gate_rows(table: pd.DataFrame, columns: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Gates of a table under lifecircle's names, with who passes in the words of the table.

    Parameters
    ----------
    table
        As it stands in the file.
    columns
        As for :func:`read_gates`.

    Returns
    -------
    DataFrame
        Copy; of a table of points of interest the gates alone.

    Raises
    ------
    InputError
        If a column is named that is not there, or no point of interest is a gate.

    Examples
    --------
    >>> gate_rows(pd.DataFrame({"大门": ["东门"], "类型": ["刷卡"]}))["access"].to_list()
    ['刷卡']
    """
    named = take_columns(table, GATES, table="gates", columns=columns)
    return _gates_alone(_by_tags(_with_access(named)))


def _is_osm(path: Source) -> bool:
    """Whether a path is that of an OpenStreetMap file."""
    return isinstance(path, str | os.PathLike) and os.fspath(path).lower().endswith(_OSM_SUFFIXES)


def _of_osm(path: Any, coordinates: str | None, unknown_access: str = "open") -> Any:
    """Barriers of an OpenStreetMap file, which is always in WGS-84."""
    from lifecircle.inputs.osm_barriers import (  # noqa: PLC0415 - osmium loads slowly
        read_osm_barriers,
    )

    path = Path(path)
    if coordinates is not None and coordinates_name(coordinates) != "WGS-84":
        raise CrsError(
            f"{path.name}: OpenStreetMap is WGS-84, coordinates={coordinates!r} cannot be right."
        )
    return read_osm_barriers(path, unknown_access=unknown_access)


def _with_access(table: pd.DataFrame) -> pd.DataFrame:
    """Table whose column of kinds is ``access`` where all its words say who passes."""
    if "access" in table:
        return table
    keys = {column_key(name): name for name in reversed(table.columns)}
    for key in PERHAPS_ACCESS:
        column = keys.get(column_key(key))
        if column is None:
            continue
        words = {word for word in as_ids(table[column]) if word}
        if words and all(access_of(word) for word in words):
            known = origin(table)
            taken = {**known.get("columns_taken", {}), "access": str(column)}
            renamed: pd.DataFrame = table.rename(columns={column: "access"})
            renamed.attrs = {**table.attrs, "lifecircle": {**known, "columns_taken": taken}}
            return renamed
    return table


def _by_tags(table: pd.DataFrame) -> pd.DataFrame:
    """Table of OpenStreetMap's tags with who passes on foot: foot, then access, then locked."""
    keys = {column_key(name): name for name in reversed(table.columns)}
    if not {"foot", "locked"} & keys.keys():
        return table
    nothing = pd.Series("", index=table.index)
    foot, access, locked = (
        as_ids(table[keys[key]]) if key in keys else nothing for key in ("foot", "access", "locked")
    )
    shut = locked.map(access_of).eq("open")  # yes
    said = foot.where(foot.map(access_of).notna(), access)
    by_tags: pd.DataFrame = table.assign(access=said.where((said != "") | ~shut, "locked"))
    by_tags.attrs = table.attrs
    return by_tags


def _gates_alone(table: pd.DataFrame) -> pd.DataFrame:
    """Of a table of points of interest the gates, under the name of what they lead to."""
    codes = _classes(table)
    if codes is None:
        return table
    gate = np.array(
        [
            any(part.strip().startswith(_GATE_CODES) for part in cell.split("|"))
            or _GATE_CLASS in cell
            for cell in codes
        ],
        dtype=np.bool_,
    )
    if len(gate) and not gate.any():
        raise InputError(
            f"gates: none of {len(table):,} rows is a gate of a compound (临街院门, type codes "
            f"{_GATE_CODES}…; found: {some(dict.fromkeys(codes))}). Is it the right file? Drop the "
            "column of codes if all its rows are gates."
        )
    if not gate.all():
        tell(
            f"gates: {int((~gate).sum()):,} of {len(gate):,} rows are of another class than "
            f"临街院门 (type codes {_GATE_CODES}…) and were left out."
        )
    kept = table[gate].reset_index(drop=True)
    kept.attrs = table.attrs
    if "name" in kept:
        names = as_ids(kept["name"])
        kept = kept.assign(gate_name=names, name=[without_gate(name) for name in names])
        kept.attrs = table.attrs
    return kept


def _classes(table: pd.DataFrame) -> list[str] | None:
    """Codes or class of each row in the words of a map provider; ``None`` if there are none."""
    if "typecode" in table:
        return as_ids(table["typecode"]).to_list()
    for name in table.columns:
        if column_key(name) in {"type", "类型", "poi类型", "类别"}:
            cells = as_ids(table[name]).to_list()
            if any("通行设施" in cell or ";" in cell for cell in cells):
                return cells
    return None
