"""Residents: where people are."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np

from lifecircle.errors import InputError
from lifecircle.inputs.header_names import RESIDENTS
from lifecircle.inputs.layers import Source, locate, open_table
from lifecircle.inputs.text import take_columns
from lifecircle.tables import SEGMENTS, check_residents
from lifecircle.tables.findings import tell


def read_residents(
    path: Source,
    *,
    people: str | float = "people",
    groups: Mapping[str, str] | None = None,
    coordinates: str | None = None,
    columns: Mapping[str, str] | None = None,
    duplicates: str = "keep",
) -> gpd.GeoDataFrame:
    """Residents of buildings, compounds or grid cells.

    Parameters
    ----------
    path
        Any layer that GDAL reads, or ``.csv`` or ``.xlsx`` with longitude and latitude. Polygons
        count as a point inside them. ``"city.gpkg|layername=buildings"`` names one of several
        layers. Or a (Geo)DataFrame, which is not changed.
    people
        Column with the number of people. A number instead: every row counts as so many people.
    groups
        Part of the people → its column, such as ``{"elderly": "60岁以上", "disabled": "残疾人"}``.
        ``elderly`` and ``children`` are also found by themselves.
    coordinates
        None: the layer's own reference system; for longitude and latitude in a table WGS-84.
        ``"GCJ-02"`` (高德, 腾讯) and ``"BD-09"`` (百度) are converted to WGS-84. An EPSG code, such
        as ``"EPSG:4547"``, or ``"CGCS2000 114E"`` (国家2000 and its central meridian): the system
        of a table's x and y, or of a layer that states none.
    columns
        Column of the file → lifecircle's name, such as ``{"楼栋": "resident_id"}``.
    duplicates
        Rows of the same id, place and people: ``"keep"`` them, or ``"drop"`` all but the first.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        ``resident_id``, ``people``, parts of the people where the file has them, then its other
        columns. ``attrs["lifecircle"]["columns_taken"]`` tells which column was taken for what,
        ``["polygons_to_points"]`` how many rows were polygons.

    Raises
    ------
    InputError
        If the file cannot be read or the table cannot be used; all that is wrong in one error. Its
        kind is ``MissingColumnError`` where there is no column with people.
    UnknownNameError
        If an option is not one of those above.

    Examples
    --------
    >>> import pandas as pd
    >>> homes = pd.DataFrame({"经度": [112.99], "纬度": [28.16], "人口": ["1,200"]})
    >>> read_residents(homes)[["resident_id", "people"]].values.tolist()
    [['R000001', 1200.0]]
    """
    said = {column: segment for segment, column in (groups or {}).items()}
    if len(said) < len(groups or {}):
        raise InputError(f"residents: groups= names one column twice: {groups}.")
    said.update(columns or {})
    if isinstance(people, str) and people != "people":
        said[people] = "people"
    segments = tuple(dict.fromkeys((*SEGMENTS, *(groups or {}))))
    raw = open_table(path, table="residents")
    if not isinstance(people, str):
        raw = raw.drop(columns="people", errors="ignore").assign(people=_each(people, len(raw)))
    synonyms = {**dict.fromkeys(segments, ()), **RESIDENTS}
    table = take_columns(raw, synonyms, table="residents", columns=said)
    located = locate(table, table="residents", coordinates=coordinates)
    return check_residents(located, segments=segments, duplicates=duplicates)


def _each(people: float, rows: int) -> float:
    """Number of people for every row, told to be a guess."""
    if isinstance(people, bool) or not np.isfinite(people) or people <= 0:
        raise InputError(
            f"residents: people={people!r} must be a column or a number of people above 0."
        )
    tell(
        f"residents: each of {rows} rows counts as {people:g} people, as people= says. Shares of "
        "people are then shares of rows."
    )
    return float(people)
