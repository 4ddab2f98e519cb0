"""Totals that residents are made of: the finest units that hold any, and what is assumed.

Where no table of residents exists, the first of these that the data allows is the best:

===  ====================================  ==============================  =======================
no.  what there is                         function                        weakest at
===  ====================================  ==============================  =======================
1    a table of residents                  ``read_residents``              its own count
2    buildings with floors or floor area,  ``residents_from_buildings``    empty flats, shops below
     or estates with floor-area ratio
3    a population raster                   ``residents_from_raster``       the size of its cells
4    totals and residential land           ``residents_from_totals``       towers beside cottages
                                           (``land=``)
5    totals alone                          ``residents_from_totals``       parks, works, offices
===  ====================================  ==============================  =======================
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lifecircle.errors import InputError, UnknownNameError, some
from lifecircle.inputs.boundaries import read_units
from lifecircle.inputs.layers import Source
from lifecircle.tables import SEGMENTS, check_units
from lifecircle.tables.findings import tell

Array = NDArray[np.float64]
Positions = NDArray[np.int64]

# What is assumed where the data does not say, each with its origin.
ASSUMPTIONS = {
    # People a household: 2.62, China's census of 2020.
    "household_people": 2.62,
    # Floor area a person, m²: with which GB 50180-2018 reckons its land figures (explanation of
    # 4.0.2 and 4.0.3); the census of 2020 finds 38.6 m² in China's towns.
    "m2_per_person": 35.0,
    # Storeys of a building of which nothing is known, where the table tells of too few others:
    # the walk-up block of which most compounds before 2000 consist.
    "floors": 6.0,
    # Height of a storey, m.
    "storey_m": 3.0,
    # Floor-area ratio of an estate of which none is known, where the table tells of too few others.
    "floor_area_ratio": 2.0,
    # Largest ratio that is believed: GB 50180-2018 stops at 3.1 for blocks of towers; of 873
    # estates of one Chinese city 866 lie below 7, the others between 9 and 60.
    "most_floor_area_ratio": 8.0,
}
# Levels from the coarsest to the finest, where two units have one outline.
_LEVELS = {
    name: rank
    for rank, names in enumerate(
        (
            ("city", "市"),
            ("district", "county", "区", "县", "区县"),
            ("street", "subdistrict", "town", "街道", "镇", "乡镇"),
            ("circle", "life_circle", "生活圈"),
            ("community", "village", "社区", "村"),
            ("compound", "block", "小区", "街坊"),
            ("grid", "网格"),
        )
    )
    for name in names
}
_INSIDE_SHARE = 0.9  # a unit that lies in another to this share is part of it


def assumed(given: Mapping[str, float] | None) -> dict[str, float]:
    """Assumptions, with those that the planner knows better.

    Parameters
    ----------
    given
        Name → value above 0.

    Returns
    -------
    dict

    Raises
    ------
    UnknownNameError
        If there is no such assumption.
    InputError
        If a value is not a number above 0.

    Examples
    --------
    >>> assumed({"m2_per_person": 30})["m2_per_person"]
    30.0
    """
    values = dict(ASSUMPTIONS)
    for name, value in (given or {}).items():
        if name not in values:
            raise UnknownNameError("assumption", name, sorted(values))
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e6:
            raise InputError(f"assume={{{name!r}: {value!r}}}: give a number above 0.")
        values[name] = float(value)
    return values


def checked_shares(given: Mapping[str, float] | None) -> dict[str, float]:
    """Shares of age groups as numbers from 0 to 1.

    Parameters
    ----------
    given
        ``elderly`` and ``children`` → share of the people.

    Returns
    -------
    dict

    Raises
    ------
    UnknownNameError
        If there is no such group.
    InputError
        If a share is not one, or both make more than everyone.

    Examples
    --------
    >>> checked_shares({"elderly": 0.2})
    {'elderly': 0.2}
    """
    shares = dict(given or {})
    for name, value in shares.items():
        if name not in SEGMENTS:
            raise UnknownNameError("age group in shares=", name, SEGMENTS)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise InputError(f"shares={{{name!r}: {value!r}}}: give a share from 0 to 1.")
    if sum(shares.values()) > 1:
        raise InputError(f"shares={shares}: the shares make more than everyone.")
    return shares


def as_units(units: Source) -> gpd.GeoDataFrame:
    """Checked units of a table or a file.

    Parameters
    ----------
    units
        As :func:`lifecircle.read_units` gives them, or the path of a boundary file.

    Returns
    -------
    GeoDataFrame, EPSG:4326

    Raises
    ------
    InputError
        If they cannot be used, such as people below 0.

    Examples
    --------
    >>> as_units(gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 0.01, 0.01)], crs=4326))["unit_id"][0]
    'U0001'
    """
    if isinstance(units, gpd.GeoDataFrame):
        return check_units(units)
    if isinstance(units, str | os.PathLike | pd.DataFrame):
        return read_units(units)
    raise InputError(
        f"units: expected a GeoDataFrame or the path of a boundary file, not a "
        f"{type(units).__name__}."
    )


def finest_totals(
    units: gpd.GeoDataFrame, household_people: float, *, without: bool = False
) -> gpd.GeoDataFrame:
    """The finest units that hold a total, so that nobody is counted twice.

    Parameters
    ----------
    units
        Checked units; nested by ``parent_id``, or by lying in one another on another level.
    household_people
        People a household, where a unit states its households alone.
    without
        Also keep the finest units that neither hold a total nor lie in one that is kept.

    Returns
    -------
    GeoDataFrame
        ``unit_id``, ``people`` (whole; NaN for those without a total), ``elderly``, ``children``
        (whole, NaN where not stated), ``households`` and the polygon, by ``unit_id``.

    Notes
    -----
    What was left out, reckoned from households or rounded is told with the ids.

    Examples
    --------
    >>> square = shapely.box(0, 0, 0.01, 0.01)
    >>> town = gpd.GeoDataFrame(geometry=[square, square], crs=4326).assign(
    ...     unit_id=["district", "circle"], level=["district", "circle"], people=[900, 900])
    >>> import warnings; warnings.simplefilter("ignore")
    >>> finest_totals(check_units(town), 2.62)["unit_id"].to_list()
    ['circle']
    """
    table = units.sort_values("unit_id", ignore_index=True)
    ids = table["unit_id"]
    for name in ("people", "households", *SEGMENTS):
        if name not in table:
            table[name] = np.nan
    counted = table["people"].notna().to_numpy()
    housed = table["households"].notna().to_numpy() & ~counted
    held = counted | housed
    below = _below(table)
    spent = np.array([any(held[row] for row in rows) for rows in below], dtype=np.bool_)
    kept = held & ~spent
    if without:
        inside: set[int] = set().union(*(below[row] for row in np.flatnonzero(kept)))
        leaf = np.array([not rows for rows in below], dtype=np.bool_)
        alone = np.array([row not in inside for row in range(len(table))], dtype=np.bool_)
        kept |= ~held & leaf & alone
    _tell_of_nesting(table, held & spent, kept, below)
    used = housed & kept
    table.loc[used, "people"] = table["households"][used] * household_people
    if used.any():
        tell(
            f"units: {int(used.sum())} of {len(table)} (ids {some(ids[used])}) state households "
            f"and no people: {household_people:g} people a household were assumed "
            "(assume={'household_people': …} says otherwise)."
        )
    _round(table, kept & ~housed)
    names = ["unit_id", "people", *SEGMENTS, "households", "geometry"]
    regions: gpd.GeoDataFrame = table.loc[kept, names].reset_index(drop=True)
    regions[["people", *SEGMENTS]] = regions[["people", *SEGMENTS]].round()
    regions.attrs["unknown"] = _without_total(table, held, kept, below)
    return regions


def tell_unknown(regions: gpd.GeoDataFrame, remedy: str) -> None:
    """Tell of units that hold no total and lie in none that does.

    Parameters
    ----------
    regions
        As :func:`finest_totals` gives them.
    remedy
        What to do.

    Examples
    --------
    >>> tell_unknown(gpd.GeoDataFrame(), "Add them.")
    """
    unknown = regions.attrs.get("unknown", [])
    if unknown:
        tell(
            f"units: {len(unknown)} (ids {some(unknown)}) hold neither people nor households. Who "
            f"lives there stays unknown, not 0: no residents are made. {remedy}"
        )


def containing(lon: Array, lat: Array, regions: gpd.GeoDataFrame) -> Positions:
    """Which unit each place lies in.

    Parameters
    ----------
    lon, lat
        Degrees, shape (n,).
    regions
        Polygons, ordered.

    Returns
    -------
    array of int, shape (n,)
        Position in ``regions``; -1 in none, the first where several hold the place.

    Examples
    --------
    >>> regions = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)], crs=4326)
    >>> containing(np.array([0.5, 1.0, 2.0]), np.array([0.5, 1.0, 2.0]), regions).tolist()
    [0, 0, -1]
    """
    shapes = np.asarray(regions.geometry.array)
    place, region = shapely.STRtree(shapes).query(shapely.points(lon, lat), predicate="intersects")
    found = np.full(len(lon), len(shapes), dtype=np.int64)
    np.minimum.at(found, place, region)
    found[found == len(shapes)] = -1
    return found


def _below(table: gpd.GeoDataFrame) -> list[set[int]]:
    """Units below each unit, at any depth."""
    position = {unit_id: row for row, unit_id in enumerate(table["unit_id"])}
    children: list[set[int]] = [set() for _ in range(len(table))]
    for row, parent in enumerate(table.get("parent_id", ())):
        if parent in position:
            _put_below(children, position[parent], row)
    shapes, size = np.asarray(table.geometry.array), table["area_ha"].to_numpy()
    level = [str(name).lower() for name in table["level"]]
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects").T
    apart = np.array([level[one] != level[two] for one, two in pairs], dtype=np.bool_)
    outer, inner = pairs[apart].T
    common = shapely.area(shapely.intersection(shapes[outer], shapes[inner]))
    within = common >= _INSIDE_SHARE * shapely.area(shapes[inner])
    for above, row in zip(outer[within].tolist(), inner[within].tolist(), strict=True):
        ranks = _LEVELS.get(level[above]), _LEVELS.get(level[row])
        order = (0, 0) if None in ranks else ranks
        if (order[0], -size[above], above) < (order[1], -size[row], row):
            _put_below(children, above, row)
    return [_descendants(children, row) for row in range(len(table))]


def _put_below(children: list[set[int]], above: int, row: int) -> None:
    """Note that a unit is part of another, unless the other is known to be part of it."""
    if above != row and above not in _descendants(children, row):
        children[above].add(row)


def _descendants(children: list[set[int]], row: int) -> set[int]:
    """Units below a unit, at any depth."""
    found: set[int] = set()
    waiting = set(children[row])
    while waiting:
        one = waiting.pop()
        found.add(one)
        waiting |= children[one] - found
    return found


def _tell_of_nesting(
    table: gpd.GeoDataFrame, spent: NDArray[np.bool_], kept: NDArray[np.bool_], below: Any
) -> None:
    """Tell which totals were left out for finer ones, and how far the two agree."""
    if not spent.any():
        return
    apart = []
    for row in np.flatnonzero(spent & table["people"].notna().to_numpy()):
        parts = table["people"][[one for one in below[row] if kept[one]]]
        whole = table["people"][row]
        if parts.notna().all() and whole != parts.sum():
            apart.append(f"{table['unit_id'][row]} {whole:,.0f}, its parts {parts.sum():,.0f}")
    differ = f" They differ: {some(apart)}." if apart else ""
    tell(
        f"units: totals of {int(spent.sum())} of {len(table)} (ids {some(table['unit_id'][spent])}"
        f") were left out, because units inside them hold their own.{differ}"
    )


def _round(table: gpd.GeoDataFrame, rows: NDArray[np.bool_]) -> None:
    """Tell of people that are no whole number."""
    values = table["people"].to_numpy()
    broken = rows & np.isfinite(values) & (values != np.round(values))
    if broken.any():
        tell(
            f"units: {int(broken.sum())} of {len(table)} (ids {some(table['unit_id'][broken])}) "
            "hold parts of a person. Totals are rounded to whole people."
        )


def _without_total(
    table: gpd.GeoDataFrame, held: NDArray[np.bool_], kept: NDArray[np.bool_], below: Any
) -> list[str]:
    """Finest units without a total that lie in none of the units that are used."""
    inside: set[int] = set().union(*(below[row] for row in np.flatnonzero(kept & held)))
    return [
        str(table["unit_id"][row])
        for row in range(len(table))
        if not held[row] and not below[row] and row not in inside
    ]
