"""The column contract of every table that crosses a door, and the checks that hold it.

A checked table is a GeoDataFrame in EPSG:4326 with a default RangeIndex. Columns marked (always)
are always there; the others are there only where the data has them, so that what is not known is
not mistaken for 0. Further columns of the data are kept behind them.

units
    Areas that are reported on: ``unit_id`` (always, text), ``name`` (always; the id where the data
    has none), ``level`` (always; where the data has none ``"unit"``, and ``"sub-unit"`` for what
    names a parent), ``parent_id``, ``district``,
    ``area_ha`` (always, measured on the ellipsoid), ``stated_area_ha`` (what the data says, where
    that differs by more than 0.5 %), ``households``, ``people``, ``elderly``, ``children``,
    ``boundary_source``, polygon.
facilities
    ``facility_id`` (always, text), ``name`` (always; the id where the data has none), ``service``
    (always), ``group``, ``capacity``, ``floor_area_m2``, ``site_area_m2``, ``source``,
    ``entrances`` (WKT MULTIPOINT in degrees WGS-84, where they are known), ``outline`` (WKT of the
    polygon of a place of 1,000 m² or more that was given as an area, degrees WGS-84), point.
residents
    Points with people: ``resident_id`` (always, text), ``people`` (always), ``elderly``,
    ``children``, any further segment, ``unit_id``, ``entrances`` (of their building, as above),
    point.

sites
    Candidate places for new facilities (:mod:`lifecircle.tables.sites`): ``site_id`` (always,
    unique text), ``name`` (always; the id where the data has none), ``services`` (always; those it
    may hold, joined by ``;``), ``floor_area_m2``, ``site_area_m2``, ``cost_cny``, ``capacity``,
    point.

``frame.attrs["lifecircle"]`` holds what is known of a table's origin; under ``"told"`` it holds how
many rows stay doubtful after a warning, so that a table checked twice is warned about once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.errors import (
    DuplicateIdError,
    InputError,
    MissingColumnError,
    UnknownNameError,
    UnknownServiceError,
    did_you_mean,
    some,
)
from lifecircle.tables.doubts import doubt_figures
from lifecircle.tables.findings import Findings, origin
from lifecircle.tables.frames import (
    all_gone,
    closed,
    fill_text,
    no_rows,
    started,
    with_unique_ids,
)
from lifecircle.tables.places import (
    doubt_overlaps,
    in_degrees,
    outline_texts,
    to_points,
    to_polygons,
)
from lifecircle.tables.values import as_ids, as_numbers, is_blank

UNIT_COLUMNS = (
    "unit_id",
    "name",
    "level",
    "parent_id",
    "district",
    "area_ha",
    "stated_area_ha",
    "households",
    "people",
    "elderly",
    "children",
    "boundary_source",
)
FACILITY_COLUMNS = (
    "facility_id",
    "name",
    "service",
    "group",
    "capacity",
    "floor_area_m2",
    "site_area_m2",
    "source",
    "entrances",
    "outline",
)
RESIDENT_COLUMNS = ("resident_id", "people", "elderly", "children", "unit_id", "entrances")
SEGMENTS = ("elderly", "children")
DUPLICATES = ("keep", "drop")

Merger = Callable[[gpd.GeoDataFrame, Findings], gpd.GeoDataFrame]

_SAME_AREA_SHARE = 0.005  # a stated area as near as this says the same


def check_units(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Units as everything else expects them, or one error that says all that is wrong.

    Parameters
    ----------
    frame
        Polygons with a CRS. Not changed.

    Returns
    -------
    GeoDataFrame
        Checked copy in EPSG:4326. Self-crossing polygons are mended, ``area_ha`` is measured.

    Raises
    ------
    InputError
        Or its kinds ``CrsError``, ``GeometryError``, ``DuplicateIdError``, ``MissingColumnError``.

    Examples
    --------
    >>> square = gpd.GeoSeries([shapely.box(0, 0, 0.01, 0.01)], crs=4326)
    >>> units = check_units(gpd.GeoDataFrame({"unit_id": [7]}, geometry=square))
    >>> units.loc[0, ["unit_id", "name", "level"]].to_list(), units["area_ha"].round(1).to_list()
    (['7', '7', 'unit'], [123.1])
    """
    table, findings = started(frame, "units", "unit_id", "U{:04d}")
    if table.empty:
        findings.errors.append(InputError(no_rows("units")))
        findings.stop()
    repeated = repeated_ids(table["unit_id"])
    if repeated is not None:
        findings.errors.append(repeated)
    numbers = ("area_ha", "stated_area_ha", "households", "people", *SEGMENTS)
    table = with_numbers(table, numbers, findings)
    table["_stated"] = table.get("area_ha", np.nan)
    table = in_degrees(table, findings)
    table = to_polygons(table, findings) if len(table) else all_gone(table, findings)
    findings.stop()
    stated = table.pop("_stated")
    if ((stated - table["area_ha"]).abs() > _SAME_AREA_SHARE * table["area_ha"]).any():
        table["stated_area_ha"] = stated
    fill_text(table, "name", table["unit_id"])
    if "parent_id" in table:
        table["parent_id"] = as_ids(table["parent_id"])
    fill_text(table, "level", levels_by_parent(table))
    doubt_overlaps(table, table["level"], findings)
    doubt_figures(table, findings)
    return closed(table, UNIT_COLUMNS, findings)


def repeated_ids(ids: pd.Series[str]) -> DuplicateIdError | None:
    """What is wrong with ids of units of which several are the same.

    Parameters
    ----------
    ids
        ``unit_id`` of each row.

    Returns
    -------
    DuplicateIdError or None
        None where each id stands once.

    Examples
    --------
    >>> repeated_ids(pd.Series(["A", "B"])) is None
    True
    >>> print(repeated_ids(pd.Series(["A", "A"])))
    units: 1 ids stand in more than one row (A). Give each unit an id of its own, or name another \
column with id_column=
    """
    repeated = ids[ids.duplicated()].unique()
    if not len(repeated):
        return None
    return DuplicateIdError(
        f"units: {len(repeated)} ids stand in more than one row ({some(repeated)}). Give "
        "each unit an id of its own, or name another column with id_column="
    )


def levels_by_parent(table: pd.DataFrame) -> pd.Series[str]:
    """Levels where none are stated: ``unit``, and ``sub-unit`` for what names a parent.

    Parameters
    ----------
    table
        ``unit_id`` and, if known, ``parent_id``.

    Returns
    -------
    Series of str, shape (n,)

    Examples
    --------
    >>> levels_by_parent(pd.DataFrame({"unit_id": ["A", "B"], "parent_id": ["", "A"]})).to_list()
    ['unit', 'sub-unit']
    """
    parent: dict[str, str] = {}
    if "parent_id" in table:
        known = set(table["unit_id"])
        pairs = zip(table["unit_id"], table["parent_id"], strict=True)
        parent = {unit: above for unit, above in pairs if above in known and above != unit}
    levels = []
    for unit in table["unit_id"]:
        chain = [unit]
        while chain[-1] in parent and parent[chain[-1]] not in chain:
            chain.append(parent[chain[-1]])
        levels.append("sub-" * (len(chain) - 1) + "unit")
    return pd.Series(levels, index=table.index, dtype="str")


def check_facilities(
    frame: gpd.GeoDataFrame,
    known_services: Collection[str] | None = None,
    *,
    duplicates: str | Merger = "keep",
) -> gpd.GeoDataFrame:
    """Facilities as everything else expects them, or one error that says all that is wrong.

    Parameters
    ----------
    frame
        Points with a CRS and a column ``service``. A polygon counts as a point inside it, and of
        1,000 m² or more its ``outline`` is kept. Not changed.
    known_services
        Services that may occur; None: any.
    duplicates
        Rows of the same service, name and place: ``"keep"`` them, or ``"drop"`` all but the first.
        Or a function that takes the table of points and its findings and returns the table
        without what stands there twice.

    Returns
    -------
    GeoDataFrame
        Checked copy in EPSG:4326. May be empty, with a warning.

    Raises
    ------
    InputError
        Or its kinds ``CrsError``, ``GeometryError``, ``MissingColumnError``,
        ``UnknownServiceError``.
    UnknownNameError
        If ``duplicates`` is neither of the two.

    Examples
    --------
    >>> place = gpd.points_from_xy([112.99], [28.16], crs=4326)
    >>> clinic = gpd.GeoDataFrame({"service": ["clinic"]}, geometry=place)
    >>> check_facilities(clinic).loc[0, ["facility_id", "service"]].to_list()
    ['F0001', 'clinic']
    """
    table, findings = started(frame, "facilities", "facility_id", "F{:04d}")
    if table.empty and "service" not in table:
        table["service"] = pd.Series([], dtype="str")
    table = _with_services(table, known_services, findings)
    table = with_numbers(table, ("capacity", "floor_area_m2", "site_area_m2"), findings)
    table = in_degrees(table, findings)
    shapes = table.geometry.to_numpy()
    table, areas = to_points(table, findings)
    findings.stop()
    if areas.any():
        fill_text(table, "outline", pd.Series(outline_texts(shapes), index=table.index))
    findings.doubt(
        areas,
        "are polygons; a point inside each stands for it. Walks end at entrances: give those as "
        "points where you know them.",
    )
    if table.empty and not findings.told.get("empty"):
        findings.doubts.append(no_rows("facilities") + " Without any, coverage is 0.")
    findings.remaining.update({"empty": 1} if table.empty else {})
    if isinstance(duplicates, str):
        same = [name for name in ("service", "name") if name in table]
        table = _without_duplicates(table, same, duplicates, findings)
    else:
        table = duplicates(table, findings)
    table = with_unique_ids(table, "facility_id", findings)
    fill_text(table, "name", table["facility_id"])
    return closed(table, FACILITY_COLUMNS, findings)


def check_residents(
    frame: gpd.GeoDataFrame, *, segments: Sequence[str] = SEGMENTS, duplicates: str = "keep"
) -> gpd.GeoDataFrame:
    """Residents as everything else expects them, or one error that says all that is wrong.

    Parameters
    ----------
    frame
        Points with a CRS and a column ``people``. A polygon (building, grid cell) counts as a
        point inside it. Not changed.
    segments
        Columns that count a part of the people; those that are not there are not missed.
    duplicates
        Rows of the same id, place and people: ``"keep"`` them, or ``"drop"`` all but the first.

    Returns
    -------
    GeoDataFrame
        Checked copy in EPSG:4326.

    Raises
    ------
    InputError
        Or its kinds ``CrsError``, ``GeometryError``, ``MissingColumnError``.
    UnknownNameError
        If ``duplicates`` is neither of the two.

    Examples
    --------
    >>> place = gpd.points_from_xy([112.99], [28.16], crs=4326)
    >>> home = gpd.GeoDataFrame({"people": ["１２０"]}, geometry=place)
    >>> residents = check_residents(home)
    >>> residents["resident_id"].to_list(), residents["people"].to_list()
    (['R000001'], [120.0])
    """
    table, findings = started(frame, "residents", "resident_id", "R{:06d}")
    if table.empty:
        findings.errors.append(InputError(no_rows("residents")))
        findings.stop()
    table = with_numbers(table, ("people", *segments), findings, needed=("people",))
    table = in_degrees(table, findings)
    if table.empty:
        all_gone(table, findings)
    table, areas = to_points(table, findings)
    findings.stop()
    present = [name for name in segments if name in table]
    for name in present:
        over = (table[name] > table["people"] * (1 + 1e-9)).to_numpy()
        message = f"have more {name!r} than 'people'. Are these the right columns?"
        findings.doubt(over, message, stays=f"{name} over people")
    same = ["people", *present]
    if "resident_id" in frame or frame.index.name == "resident_id":
        same.insert(0, "resident_id")
    table = _without_duplicates(table, same, duplicates, findings)
    table = with_unique_ids(table, "resident_id", findings)
    if "unit_id" in table:
        table["unit_id"] = as_ids(table["unit_id"])
    if areas.any():
        table.attrs["lifecircle"] = {**origin(table), "polygons_to_points": int(areas.sum())}
    return closed(table, ("resident_id", "people", *segments, *RESIDENT_COLUMNS[4:]), findings)


def with_numbers(
    table: gpd.GeoDataFrame,
    columns: Iterable[str],
    findings: Findings,
    needed: Collection[str] = (),
) -> gpd.GeoDataFrame:
    """Columns as numbers; text, less than nothing and the infinite are wrong.

    Parameters
    ----------
    table
        The table.
    columns
        Those that it may have.
    findings
        Takes what is wrong.
    needed
        Those that it must have, as residents must: then every row needs a number in all columns;
        elsewhere nothing means unknown.

    Returns
    -------
    GeoDataFrame

    Examples
    --------
    >>> site = gpd.GeoDataFrame({"cost_cny": ["１２０"]})
    >>> with_numbers(site, ["cost_cny"], Findings("sites", pd.Series(["S1"])))["cost_cny"].to_list()
    [120.0]
    """
    taken = origin(table).get("columns_taken", {})
    for name in columns:
        label = repr(name) if taken.get(name, name) == name else f"{name!r} ({taken[name]})"
        if name not in table:
            if name in needed:
                message = f"{findings.table}: there is no column {name!r}. Name it with columns=. "
                findings.errors.append(MissingColumnError(message + findings.found))
            continue
        given, blank = table[name], is_blank(table[name])
        if blank.all() and name not in needed and len(table):
            table = table.drop(columns=name)
            continue
        numbers = as_numbers(given)
        values = numbers.to_numpy()
        text = np.isnan(values) & ~blank
        shown = some(repr(value) for value in given[text])
        findings.wrong(
            InputError, text, f"have no number in {label} but {shown}. Write plain digits there."
        )
        with np.errstate(invalid="ignore"):
            below = (values < 0) | np.isinf(values)
        shown = some(f"{value:g}" for value in values[below])
        findings.wrong(
            InputError, below, f"have {label} negative or infinite ({shown}). Correct them."
        )
        if needed:
            message = f"have nothing in {label}. Write 0 where it is 0, or delete the rows."
            findings.wrong(InputError, blank, message)
        table[name] = numbers
    return table


def _with_services(
    table: gpd.GeoDataFrame, known: Collection[str] | None, findings: Findings
) -> gpd.GeoDataFrame:
    """Column ``service`` as text; nothing and what is not known are wrong."""
    if "service" not in table:
        findings.errors.append(
            MissingColumnError(
                "facilities: there is no column 'service'. Name the column that says what each "
                f"facility is, such as columns={{'类别': 'service'}}. "
                f"{findings.found}"
            )
        )
        return table
    services = as_ids(table["service"])
    table["service"] = services
    nothing = (services == "").to_numpy(dtype=np.bool_)
    findings.wrong(InputError, nothing, "have no 'service'. Fill it in, or delete the rows.")
    if known is None:
        return table
    unknown = ~nothing & ~services.isin(list(known)).to_numpy(dtype=np.bool_)
    counts = services[unknown].value_counts()
    listed = some(
        (f"{name!r} × {count}{did_you_mean(str(name), known)}" for name, count in counts.items()),
        limit=20,
    )
    findings.wrong(
        UnknownServiceError,
        unknown,
        f"have {len(counts)} services that are not in the catalogue: {listed}. Take another "
        "column with columns={'…': 'service'}, or write the catalogue's words there "
        "(lifecircle.standards.catalog.services() lists them, in Chinese and English).",
    )
    return table


def _without_duplicates(
    table: gpd.GeoDataFrame, columns: Iterable[str], duplicates: str, findings: Findings
) -> gpd.GeoDataFrame:
    """Rows that repeat another kept or dropped, with a doubt."""
    if duplicates not in DUPLICATES:
        raise UnknownNameError("choice for duplicates", duplicates, DUPLICATES)
    place = np.round(shapely.get_coordinates(table.geometry.to_numpy()), 6)  # 0.1 m
    key = table[list(columns)].assign(_x=place[:, 0], _y=place[:, 1])
    again = key.duplicated().to_numpy()
    what = f"repeat the {', '.join(columns)} and place of a row before"
    if duplicates == "keep":
        message = f'{what} and were kept. duplicates="drop" counts them once.'
        findings.doubt(again, message, stays="duplicates")
        return table
    findings.doubt(again, f"{what} and were left out.")
    findings.keep(~again)
    return table[~again].reset_index(drop=True)
