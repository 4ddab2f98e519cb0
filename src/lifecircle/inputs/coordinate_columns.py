"""Which columns of a table hold its places, where there is a choice or both stand in one cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.crs import coordinates_name
from lifecircle.errors import CrsError
from lifecircle.inputs.header_names import (
    EAST,
    LAT,
    LOCATION,
    LOCATION_LAT_FIRST,
    LON,
    NORTH,
    STATED,
)
from lifecircle.inputs.text import column_key
from lifecircle.tables.findings import origin, tell
from lifecircle.tables.values import is_blank

_PARTS = re.compile(r"[^\s,;|/、()\[\]{}\"'°:=]+")
_MOST = 0.5  # share of the cells that must hold two numbers for a column to be one of places


def with_lon_lat(frame: pd.DataFrame, *, table: str, coordinates: str | None) -> pd.DataFrame:
    """Frame with columns ``lon`` and ``lat``, where they are to be made or chosen.

    Parameters
    ----------
    frame
        A table without geometry. Not changed.
    table
        Its name, for messages.
    coordinates
        As for :func:`lifecircle.inputs.layers.locate`.

    Returns
    -------
    DataFrame
        The frame itself where columns with plain names of coordinates are there and none names
        the system that is asked for. Else with ``lon`` and ``lat`` of columns such as
        ``lng_wgs84``, or parted from cells such as ``"120.14,30.36"`` (高德's ``location``, 坐标).

    Raises
    ------
    CrsError
        If the names of the columns say another system than ``coordinates``.

    Examples
    --------
    >>> poi = pd.DataFrame({"name": ["白沙"], "location": ["112.99，28.16"]})
    >>> with_lon_lat(poi, table="facilities", coordinates=None)[["lon", "lat"]].values.tolist()
    [[112.99, 28.16]]
    """
    system = _system_name(coordinates)
    taken = origin(frame).get("columns_taken", {})
    if system is None or "lon" in taken or "lat" in taken or "geometry" in taken:
        return frame
    columns: dict[str, Any] = {}
    for name in frame.columns:
        columns.setdefault(column_key(name), name)
    stated = {
        name: pair for name, spellings in STATED.items() if (pair := pair_of(columns, *spellings))
    }
    plain = pair_of(columns, LON, LAT) or pair_of(columns, EAST, NORTH)
    if system in stated:
        lon, lat = stated[system]
        if plain:
            tell(
                f"{table}: {lon!r} and {lat!r} were taken for the places, as their names say "
                f"{system}; {plain[0]!r} and {plain[1]!r} were not."
            )
        return _renamed(frame, {lon: "lon", lat: "lat"})
    if plain:
        return frame
    if stated:
        named, (lon, lat) = next(iter(stated.items()))
        asked = "" if coordinates is None else f", not {system}"
        raise CrsError(
            f"{table}: the columns {lon!r} and {lat!r} say by their names that they are in {named}"
            f'{asked}. Add coordinates="{named}", or rename the columns if that is wrong.'
        )
    return _parted(frame, columns)


def pairs_of_numbers(values: pd.Series[Any]) -> NDArray[np.float64]:
    """Two numbers out of each cell of text.

    Parameters
    ----------
    values
        Cells such as ``"120.14,30.36"``, ``"(120.14， 30.36)"`` or ``"１２０．１４ ３０．３６"``.

    Returns
    -------
    array, shape (n, 2)
        Not-a-number where there are not exactly two.

    Examples
    --------
    >>> pairs_of_numbers(pd.Series(["120.14,30.36", "韶山路"])).tolist()
    [[120.14, 30.36], [nan, nan]]
    """
    pairs = np.full((len(values), 2), np.nan)
    for row, (value, nothing) in enumerate(zip(values, is_blank(values), strict=True)):
        if nothing:
            continue
        found = _PARTS.findall(unicodedata.normalize("NFKC", str(value)))
        if len(found) == 2:
            try:
                pairs[row] = [float(part) for part in found]
            except ValueError:
                continue
    return pairs


def pair_of(
    columns: Mapping[str, Any], east: Iterable[str], north: Iterable[str]
) -> tuple[Any, Any] | None:
    """Columns of a pair of spellings, if both are there.

    Parameters
    ----------
    columns
        Key of the name, as ``column_key`` makes it → name.
    east, north
        Spellings, in the order in which they are looked for.

    Returns
    -------
    tuple or None

    Examples
    --------
    >>> pair_of({"经度": "经 度", "lat": "LAT"}, ("lon", "经度"), ("lat", "纬度"))
    ('经 度', 'LAT')
    """
    lon = next((columns[name] for key in east if (name := column_key(key)) in columns), None)
    lat = next((columns[name] for key in north if (name := column_key(key)) in columns), None)
    return None if lon is None or lat is None else (lon, lat)


def _system_name(coordinates: str | None) -> str | None:
    """System of degrees that is asked for; ``None`` for a system by its code."""
    if coordinates is None:
        return "WGS-84"
    try:
        return coordinates_name(coordinates)
    except CrsError:
        return None


def _parted(frame: pd.DataFrame, columns: dict[str, Any]) -> pd.DataFrame:
    """Frame with the two numbers of a column of places; the frame itself if there is none."""
    for spellings, order in ((LOCATION, ("lon", "lat")), (LOCATION_LAT_FIRST, ("lat", "lon"))):
        for spelling in spellings:
            column = columns.get(column_key(spelling))
            if column is None:
                continue
            pairs = pairs_of_numbers(frame[column])
            given = (~is_blank(frame[column])).sum()
            if given == 0 or np.isfinite(pairs[:, 0]).sum() < _MOST * given:
                continue
            made = dict(zip(order, pairs.T, strict=True))
            parted: pd.DataFrame = frame.drop(columns=column).assign(**made)
            parted.attrs = _noted(frame, dict.fromkeys(order, str(column)))
            return parted
    return frame


def _renamed(frame: pd.DataFrame, names: dict[Any, str]) -> pd.DataFrame:
    """Frame with columns under the names of places; what had them before steps aside."""
    aside = {name: f"{name} in file" for name in names.values() if name in frame.columns}
    renamed: pd.DataFrame = frame.rename(columns={**aside, **names})
    renamed.attrs = _noted(frame, {ours: str(theirs) for theirs, ours in names.items()})
    return renamed


def _noted(frame: pd.DataFrame, taken: dict[str, str]) -> dict[Any, Any]:
    """Attributes of a frame that also tell where its places came from."""
    known = origin(frame)
    known["place_columns"] = taken
    return {**frame.attrs, "lifecircle": known}
