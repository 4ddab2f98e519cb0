"""How every check of a table begins and ends: a copy with ids, and its columns in order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.errors import InputError, MissingColumnError, some
from lifecircle.tables.findings import Findings, columns_found, origin
from lifecircle.tables.values import as_ids


def no_rows(name: str) -> str:
    """Say that a table is empty.

    Parameters
    ----------
    name
        The table.

    Returns
    -------
    str

    Examples
    --------
    >>> no_rows("walls")[:32]
    'walls: the table has no rows. Is'
    """
    return f"{name}: the table has no rows. Is it the right file, and the right layer?"


def check_columns(table: pd.DataFrame, columns: Iterable[str], name: str, source: str) -> None:
    """See that a table has the columns of the function that makes such tables.

    Parameters
    ----------
    table
        What was handed in.
    columns
        Columns that are needed.
    name
        The table, for messages.
    source
        Function that makes it, such as ``"list_projects()"``.

    Raises
    ------
    MissingColumnError
        If some are absent; names them.

    Examples
    --------
    >>> check_columns(pd.DataFrame({"rank": [1]}), ["rank"], "shortfalls", "rank_shortfalls()")
    """
    absent = [column for column in columns if column not in table.columns]
    if absent:
        raise MissingColumnError(
            f"{name}: column {some(absent, 30)} is missing; found {some(table.columns, 50)}. Take "
            f"the table that {source} makes."
        )


def started(
    frame: Any, name: str, id_column: str, pattern: str
) -> tuple[gpd.GeoDataFrame, Findings]:
    """Copy with text ids, a plain index, and a geometry column of that name.

    Parameters
    ----------
    frame
        What was handed in. Not changed.
    name
        The table, for messages.
    id_column
        Column of its ids.
    pattern
        Makes an id of the number of the row where there is none.

    Returns
    -------
    tuple of GeoDataFrame and Findings

    Raises
    ------
    MissingColumnError
        If there is no geometry.
    InputError
        If columns stand twice.

    Examples
    --------
    >>> gate = gpd.GeoDataFrame(geometry=gpd.points_from_xy([112.99], [28.16], crs=4326))
    >>> started(gate, "gates", "gate_id", "G{:04d}")[0]["gate_id"].to_list()
    ['G0001']
    """
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        raise MissingColumnError(
            f"{name}: the table has no geometry. Hand in a GeoDataFrame with a geometry column, "
            f"or let read_{name} make one of a file or a table with lon and lat."
        )
    table = frame.reset_index(drop=frame.index.name != id_column or id_column in frame)
    if not table.columns.is_unique:
        twice = table.columns[table.columns.duplicated()].unique()
        raise InputError(f"{name}: columns stand twice ({some(twice)}). Rename one of each.")
    if table.active_geometry_name != "geometry":
        table = table.drop(columns="geometry", errors="ignore").rename_geometry("geometry")
    made = pd.Series([pattern.format(row) for row in range(1, len(table) + 1)], dtype="str")
    ids = as_ids(table[id_column]) if id_column in table else made
    table[id_column] = ids.where(ids != "", made)
    table.attrs["lifecircle"] = origin(frame)
    told = origin(frame).get("told", {})
    return table, Findings(name, table[id_column], columns_found(frame), told)


def closed(table: gpd.GeoDataFrame, columns: Iterable[str], findings: Findings) -> gpd.GeoDataFrame:
    """Warn, and hand out the table with its columns in order.

    Parameters
    ----------
    table
        The checked table.
    columns
        Those of the contract, in order; further ones stand behind them.
    findings
        What was doubtful.

    Returns
    -------
    GeoDataFrame

    Examples
    --------
    >>> gate = gpd.GeoDataFrame({"b": [1], "a": [2]}, geometry=gpd.points_from_xy([1], [2]))
    >>> closed(gate, ("a", "b"), Findings("gates", pd.Series(["G1"]))).columns.to_list()
    ['a', 'b', 'geometry']
    """
    findings.warn()
    first = [name for name in columns if name in table]
    rest = [name for name in table.columns if name not in (*first, "geometry")]
    known = origin(table)
    table = table[[*first, *rest, "geometry"]].reset_index(drop=True)
    table.attrs["lifecircle"] = {**known, "told": dict(findings.remaining)}
    return table


def all_gone(table: gpd.GeoDataFrame, findings: Findings) -> gpd.GeoDataFrame:
    """Note that no row has a geometry.

    Parameters
    ----------
    table
        The table, of which nothing is left.
    findings
        Takes the error.

    Returns
    -------
    GeoDataFrame
        The table.

    Examples
    --------
    >>> findings = Findings("walls", pd.Series([], dtype="str"))
    >>> _ = all_gone(gpd.GeoDataFrame(), findings)
    >>> str(findings.errors[0])
    'walls: no row has a geometry. Is it the right layer?'
    """
    findings.errors.append(
        InputError(f"{findings.table}: no row has a geometry. Is it the right layer?")
    )
    return table


def fill_text(table: gpd.GeoDataFrame, column: str, values: pd.Series[str]) -> None:
    """Text column with something in every row.

    Parameters
    ----------
    table
        Gets the column.
    column
        Its name.
    values
        What stands where nothing was given, shape (n,).

    Examples
    --------
    >>> table = pd.DataFrame({"name": ["东门", None]})
    >>> fill_text(table, "name", pd.Series(["G1", "G2"]))
    >>> table["name"].to_list()
    ['东门', 'G2']
    """
    given = as_ids(table[column]) if column in table else pd.Series("", index=table.index)
    table[column] = given.where(given != "", values).astype("str")


def with_unique_ids(table: gpd.GeoDataFrame, column: str, findings: Findings) -> gpd.GeoDataFrame:
    """Ids that stand twice told apart by ``#2``, ``#3``, with a doubt.

    Parameters
    ----------
    table
        Gets the ids.
    column
        Column of ids.
    findings
        Takes the doubt.

    Returns
    -------
    GeoDataFrame

    Examples
    --------
    >>> twice = pd.DataFrame({"gate_id": ["G", "G"]})
    >>> with_unique_ids(twice, "gate_id", Findings("gates", twice["gate_id"]))["gate_id"].to_list()
    ['G', 'G#2']
    """
    again = table[column].duplicated().to_numpy()
    if not again.any():
        return table
    findings.doubt(again, f"have a {column!r} that stands before; '#2', '#3', … was added to it.")
    table[column] = pd.Series(told_apart(table[column].to_list()), dtype="str")
    return table


def told_apart(ids: list[str]) -> list[str]:
    """Ids of which none stands twice.

    Parameters
    ----------
    ids
        Ids; the first of equal ones stays as it is.

    Returns
    -------
    list of str

    Examples
    --------
    >>> told_apart(["W", "W", "W#2"])
    ['W', 'W#3', 'W#2']
    """
    apart = list(ids)
    taken = set(apart)
    for row in np.flatnonzero(pd.Series(apart, dtype="str").duplicated()):
        number = 2
        while f"{apart[row]}#{number}" in taken:
            number += 1
        apart[row] = f"{apart[row]}#{number}"
        taken.add(apart[row])
    return apart
