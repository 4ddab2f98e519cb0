"""Residents of buildings and estates: floor area shared out to the totals of the units."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lifecircle.crs import coordinates_name
from lifecircle.errors import CrsError, InputError, some
from lifecircle.inputs.apportioning import close_residents, residents_of, whole_totals
from lifecircle.inputs.floor_area import FLOOR_AREA_ERROR, figures, floor_areas, measured_m2
from lifecircle.inputs.homes import lived_in
from lifecircle.inputs.layers import Source, locate, open_table
from lifecircle.inputs.text import take_columns
from lifecircle.inputs.totals import spread
from lifecircle.inputs.unit_totals import (
    as_units,
    assumed,
    checked_shares,
    containing,
    finest_totals,
    tell_unknown,
)
from lifecircle.tables.findings import Findings, origin, tell
from lifecircle.tables.places import in_degrees, to_points
from lifecircle.tables.values import as_ids, is_blank

Array = NDArray[np.float64]

SYNONYMS = {
    "resident_id": (
        "building_id",
        "id",
        "osm_id",
        "编号",
        "楼栋编号",
        "小区编号",
        "region_id",
        "gid",
        "fid",
        "objectid",
    ),
    "use": (
        "building",
        "用途",
        "建筑用途",
        "房屋用途",
        "建筑类型",
        "使用性质",
        "建筑功能",
        "kind_detail",
        "fclass",
        "tag",
        "类型",
    ),
    "floors": (
        "building:levels",
        "levels",
        "层数",
        "楼层",
        "楼层数",
        "总层数",
        "建筑层数",
        "地上层数",
        "storeys",
        "stories",
        "floor",
        "num_floors",
    ),
    "height_m": ("height", "高度", "建筑高度", "楼高", "building:height"),
    "footprint_m2": ("基底面积", "建筑基底面积", "footprint"),
    "floor_area_m2": (
        "建筑面积",
        "总建筑面积",
        "建筑面积(m2)",
        "建筑面积(平方米)",
        "总建筑面积(m2)",
        "gfa",
        "floor_area",
    ),
    "site_area_m2": ("用地面积", "占地面积", "用地面积(m2)", "占地面积(m2)"),
    "floor_area_ratio": ("容积率", "volume_rate", "far", "plot_ratio"),
    "households": ("户数", "总户数", "套数", "building:flats", "flats", "dwellings"),
}
_OSM_SUFFIXES = (".osm", ".pbf", ".osm.gz", ".osm.bz2")
_KIND_OF_BUILDING = ("use", "floors", "height_m", "floor_area_m2", "floor_area_ratio", "households")
# Flats of one floor area hold more people or fewer, by so much; where no total of the unit holds
# them together, empty flats and full ones add to that. Set by judgement.
_DWELLING_ERROR = 0.25
_OCCUPANCY_ERROR = 0.30
_RESERVED = ("region", "low_factor", "high_factor")
_PLAUSIBLE_M2 = (12.0, 80.0)  # floor area a person
_PLAUSIBLE_PEOPLE = (1.5, 5.0)  # people a dwelling


def residents_from_buildings(
    buildings: Source,
    units: Source | None = None,
    *,
    coordinates: str | None = None,
    columns: Mapping[str, str] | None = None,
    homes: Collection[str] | None = None,
    shares: Mapping[str, float] | None = None,
    assume: Mapping[str, float] | None = None,
) -> gpd.GeoDataFrame:
    """Residents of buildings: floors × footprint × dwelling size, held to the units' totals.

    Parameters
    ----------
    buildings
        Outlines of buildings, or of estates with a floor-area ratio: a layer, a table, or an
        OpenStreetMap file. Points count where they state a floor area or a footprint.
    units
        Units with ``people`` (or ``households``), or the path of such a file. Of nested units the
        finest that hold a total count. None, or no total anywhere: nothing holds the estimate.
    coordinates
        Reference system of the buildings, as for :func:`lifecircle.read_residents`.
    columns
        Column of the file → lifecircle's name, such as ``{"F_NUM": "floors"}``: ``resident_id``,
        ``use``, ``floors`` (层数), ``height_m`` (高度), ``footprint_m2``, ``floor_area_m2``
        (建筑面积), ``site_area_m2``, ``floor_area_ratio`` (容积率), ``households`` (户数).
    homes
        Values of ``use`` (用途) that people live in; None: the words that lifecircle knows. What
        is not known counts as homes, and is told.
    shares
        Share of ``elderly`` and ``children`` where a unit does not count them.
    assume
        ``m2_per_person`` 35, ``household_people`` 2.62, ``storey_m`` 3, ``floors`` 6,
        ``floor_area_ratio`` 2, ``most_floor_area_ratio`` 8, where the planner knows better.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        A point in each building, in the order of the file: ``resident_id``, ``people`` (whole;
        sums to each unit's total), ``elderly`` and ``children`` where known, ``unit_id``,
        ``people_low``, ``people_high`` (plausible range), ``method``, ``floor_area_m2``,
        ``floor_area_from`` (what it was made of), then the file's other columns, such as
        ``entrances`` of OpenStreetMap's buildings.
        ``attrs["lifecircle"]`` holds ``method``, ``uncertainty`` and ``cross_check``: m² a person
        and people a dwelling of each unit.

    Raises
    ------
    InputError
        If a table cannot be used, no home is left, or the units have nobody.

    Notes
    -----
    Floor area is the best of: stated; footprint × floors; footprint × height / 3 m; site ×
    floor-area ratio; footprint × the usual floors, told. Households of a building go before all:
    they count ``household_people`` each, as 35 m² of floor count one person. A ratio above 8 is
    not believed. The range is ± 25 % for the size of dwellings, joined with ± 10 % (stated),
    15 % (floors), 25 % (height, ratio), 60 to 75 % (default) and, where no total holds them,
    30 % for flats that stand empty.

    Examples
    --------
    >>> import warnings; warnings.simplefilter("ignore")
    >>> place = [shapely.box(x, 0, x + 0.0002, 0.0001) for x in (0, 0.001)]
    >>> two = gpd.GeoDataFrame({"层数": [6, 18]}, geometry=place, crs=4326)
    >>> town = gpd.GeoDataFrame({"people": [200]}, geometry=[shapely.box(0, 0, 0.01, 0.01)],
    ...     crs=4326)
    >>> residents_from_buildings(two, town)["people"].to_list()
    [50.0, 150.0]
    """
    values, parts = assumed(assume), checked_shares(shares)
    zones = None if units is None else as_units(units)
    table = _united(_opened(buildings, coordinates, columns))
    table, areas_m2 = _lived_in(table, homes)
    ids = pd.Index(table["resident_id"])
    floor_m2, made_of = floor_areas(table.set_axis(ids), areas_m2, values)
    weights = floor_m2 / values["m2_per_person"]
    counted = _households(table.set_axis(ids))
    told = ~np.isnan(counted)
    weights[told] = counted[told] * values["household_people"]
    sources = made_of.to_numpy(dtype=object).copy()
    sources[told] = "households"
    places = pd.DataFrame(
        {
            "resident_id": table["resident_id"],
            "lon": shapely.get_x(table.geometry.to_numpy()),
            "lat": shapely.get_y(table.geometry.to_numpy()),
            "weight": weights,
            "method": "buildings",
            "floor_area_m2": floor_m2,
            "floor_area_from": sources,
            "dwellings": counted,
        }
    )
    rest = table.drop(columns=[*SYNONYMS, "geometry"], errors="ignore")
    aside = {name: f"{name} in file" for name in (*places, *_RESERVED)}
    places = pd.concat([places, rest.rename(columns=aside)], axis="columns")
    places = _weighed(places)
    places, regions, calibrated = _zoned(places, zones, values)
    error = np.hypot(places["floor_area_from"].map(FLOOR_AREA_ERROR).to_numpy(), _DWELLING_ERROR)
    if not calibrated:
        error = np.hypot(error, _OCCUPANCY_ERROR)
    places = places.assign(low_factor=np.maximum(1 - error, 0.0), high_factor=1 + error)
    checks = _cross_checks(places, regions, told=calibrated)
    made = residents_of(_with_fallback(places, regions), regions, parts)
    if zones is None:
        made = made.drop(columns="unit_id")
    known = {**origin(table), "cross_check": checks}
    sentence = _uncertainty(places, error, regions, calibrated=calibrated)
    made = made.drop(columns="dwellings") if np.isnan(counted).all() else made
    if "entrances" in made:  # places that stand for no building have none
        made["entrances"] = made["entrances"].astype("str").fillna("")
    return close_residents(made, known, method="buildings", uncertainty=sentence)


def _opened(
    source: Source, coordinates: str | None, columns: Mapping[str, str] | None
) -> gpd.GeoDataFrame:
    """Buildings under lifecircle's names, in degrees."""
    if isinstance(source, str | os.PathLike) and os.fspath(source).lower().endswith(_OSM_SUFFIXES):
        from lifecircle.inputs.osm import read_osm_buildings  # noqa: PLC0415 - osmium loads slowly

        if coordinates is not None and coordinates_name(coordinates) != "WGS-84":
            raise CrsError(
                f"{os.fspath(source)}: OpenStreetMap is WGS-84, coordinates={coordinates!r} "
                "cannot be right."
            )
        raw: pd.DataFrame = read_osm_buildings(source if isinstance(source, str) else str(source))
        raw.attrs["lifecircle"] = {"file": Path(source).name}
    else:
        raw = open_table(source, table="buildings")
    named = take_columns(raw, SYNONYMS, table="buildings", columns=columns)
    located = locate(named, table="buildings", coordinates=coordinates, shapes_first=True)
    if located.empty:
        raise InputError(
            "buildings: the table has no rows. Is it the right file, and the right layer?"
        )
    known = origin(located)
    table = located.reset_index(drop=True)
    if table.active_geometry_name != "geometry":
        table = table.drop(columns="geometry", errors="ignore").rename_geometry("geometry")
    made = pd.Series([f"R{row:06d}" for row in range(1, len(table) + 1)], dtype="str")
    ids = as_ids(table["resident_id"]) if "resident_id" in table else made
    table["resident_id"] = ids.where(ids != "", made)
    findings = Findings("buildings", table["resident_id"])
    table = in_degrees(table, findings)
    if not findings.errors:
        to_points(table, findings)  # for what it says of lines
    findings.stop()
    findings.warn()
    table.attrs["lifecircle"] = known
    return table


def _united(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Outlines that stand twice, or cut into pieces, under one id, as map tiles do: united.

    Rows of one id that contradict each other (6 storeys and 7) are different buildings.
    """
    known = origin(table)
    kinds = [name for name in _KIND_OF_BUILDING if name in table]
    ids = table["resident_id"]
    flat = shapely.get_dimensions(table.geometry.to_numpy()) == 2
    twice = ids.duplicated(keep=False).to_numpy() & flat
    if twice.any():
        said = table.loc[twice, kinds].apply(lambda column: column.where(~is_blank(column)))
        grouped = said.groupby(ids[twice], sort=False)
        agreed = (
            grouped.transform("nunique").le(1).all(axis="columns") if kinds else said.index >= 0
        )
        told = said.where(~agreed, grouped.transform("first")) if kinds else said
        number = told.assign(_id=ids[twice]).groupby(["_id", *kinds], dropna=False).ngroup()
        shapes = table.geometry.to_numpy().copy()
        shapes[twice] = shapely.make_valid(shapes[twice], method="structure")
        gone = np.zeros(len(table), dtype=np.bool_)
        rows = number.index.to_numpy()[np.argsort(number.to_numpy(), kind="stable")]
        for group in np.split(rows, np.flatnonzero(np.diff(np.sort(number.to_numpy()))) + 1):
            whole = shapely.union_all(shapes[group])
            parts = shapely.get_parts(whole)
            if len(parts) > len(group):
                parts = np.array([whole])
            shapes[group[: len(parts)]] = parts
            gone[group[len(parts) :]] = True
            if len(parts) == 1:
                table.loc[group[0], kinds] = told.loc[group[0], kinds]
        if gone.any():
            tell(
                f"buildings: {int(gone.sum())} of {len(table)} rows repeat or continue the "
                f"outline of another row of their id (ids {some(ids[gone])}), as map tiles do. "
                "They were united and count once."
            )
        table = table.set_geometry(gpd.GeoSeries(shapes, index=table.index, crs=table.crs))
        table = table[~gone].reset_index(drop=True)
    ids = table["resident_id"]
    again = ids.groupby(ids).cumcount()
    table["resident_id"] = ids.where(again == 0, ids + "#" + (again + 1).astype(str))
    table.attrs["lifecircle"] = known
    return table


def _lived_in(
    table: gpd.GeoDataFrame, homes: Collection[str] | None
) -> tuple[gpd.GeoDataFrame, Array]:
    """Points in the buildings that are homes, or may be, and the area of their outlines."""
    known = origin(table)
    if "use" in table:
        home, unknown = lived_in(table["use"], homes)
        if not home.any():
            raise InputError(
                f"buildings: no row is a home ({some(table['use'].dropna().unique())}). Name the "
                "uses that people live in with homes=[…]."
            )
        if not home.all():
            uses = table["use"][~home].astype(str).value_counts()
            listed = some((f"{use} × {count}" for use, count in uses.items()), limit=10)
            tell(
                f"buildings: {int((~home).sum())} of {len(table)} rows are no homes and were left "
                f"out: {listed}. homes=[…] names the uses that are."
            )
        if unknown.any():
            uses = table["use"][unknown].fillna("nothing").astype(str).value_counts()
            listed = some((f"{use} × {count}" for use, count in uses.items()), limit=10)
            tell(
                f"buildings: {int(unknown.sum())} of {len(table)} rows do not say whether they are "
                f"homes ({listed}) and count as such."
            )
        table = table[home].reset_index(drop=True)
    elif homes is not None:
        raise InputError(
            "buildings: homes= needs a column of uses. Name it with columns={'…': 'use'}."
        )
    areas_m2 = measured_m2(table)
    points, _ = to_points(table, Findings("buildings", table["resident_id"]))
    points.attrs["lifecircle"] = known
    return points, areas_m2


def _households(table: gpd.GeoDataFrame) -> Array:
    """Households of each building, NaN where not told."""
    if "households" not in table:
        return np.full(len(table), np.nan)
    return figures(table["households"], "households", 1e5, none=True)


def _weighed(places: pd.DataFrame) -> pd.DataFrame:
    """Places of which it is known how many people they may hold."""
    blank = places["weight"].isna()
    if blank.any():
        tell(
            f"buildings: {int(blank.sum())} of {len(places)} rows (ids "
            f"{some(places['resident_id'][blank])}) have neither an outline nor a floor area, and "
            "were left out."
        )
    return places[~blank].reset_index(drop=True)


def _zoned(
    places: pd.DataFrame, units: gpd.GeoDataFrame | None, values: Mapping[str, float]
) -> tuple[pd.DataFrame, pd.DataFrame, bool]:
    """Places with the unit that each lies in, the units' totals, and whether those are stated."""
    if units is None:
        total = float(np.round(places["weight"].sort_values().sum()))
        one = {"unit_id": [""], "people": [total], "elderly": np.nan, "children": np.nan}
        regions = pd.DataFrame({**one, "households": np.nan})
        return places.assign(region=0), regions, False
    regions = finest_totals(units, values["household_people"])
    calibrated = not regions.empty
    if calibrated:
        tell_unknown(regions, "Add their people, or take units=None, which no total holds.")
    else:
        regions = finest_totals(units, values["household_people"], without=True)
        tell(
            "units: none holds people or households. Nothing holds the estimate from buildings to "
            "a total: it may be wrong as a whole."
        )
    lon, lat = places["lon"].to_numpy(), places["lat"].to_numpy()
    region = containing(lon, lat, regions)
    away = region < 0
    if away.all():
        raise InputError(
            f"buildings: none of {len(places)} lies in a unit"
            f"{' that holds a total' if calibrated else ''}. Do both cover the same place, in the "
            "coordinate systems they state?"
        )
    if away.any():
        tell(
            f"buildings: {int(away.sum())} of {len(places)} (ids "
            f"{some(places['resident_id'][away])}) lie in no unit"
            f"{' that holds a total' if calibrated else ''} and were left out."
        )
    places = places.assign(region=region)[~away].reset_index(drop=True)
    if not calibrated:
        ordered = places.sort_values("weight")
        sums = ordered.groupby("region")["weight"].sum()
        sums = sums.reindex(range(len(regions)), fill_value=0.0)
        regions["people"] = whole_totals(sums.to_numpy())
    return places, regions, calibrated


def _with_fallback(places: pd.DataFrame, regions: pd.DataFrame) -> pd.DataFrame:
    """Places, and a grid in each unit that has people and no home."""
    sums = places.groupby("region")["weight"].sum().reindex(range(len(regions)), fill_value=0.0)
    bare = (sums.to_numpy() <= 0) & (regions["people"].to_numpy() > 0)
    if not bare.any():
        return places
    ids = regions["unit_id"][bare]
    tell(
        f"units: {int(bare.sum())} of {len(regions)} (ids {some(ids)}) hold people and no homes in "
        "this table. Their people are spread over the whole unit, the weakest estimate (method "
        "'totals'). Do the buildings cover them?"
    )
    alone = regions.assign(people=np.where(bare, regions["people"], 0.0))
    grid = spread(alone, None, 50.0).drop(columns="area_m2")
    return pd.concat([places, grid], ignore_index=True)


def _cross_checks(
    places: pd.DataFrame, regions: pd.DataFrame, *, told: bool
) -> list[dict[str, Any]]:
    """M² a person and people a dwelling of each unit; what is implausible is told."""
    by_region = places.groupby("region")[["floor_area_m2", "dwellings"]]
    rows = range(len(regions))
    sums = by_region.sum().reindex(rows)
    known = by_region.count().reindex(rows, fill_value=0)
    whole = known.eq(by_region.size().reindex(rows, fill_value=0), axis=0) & (known > 0)
    sums = sums.where(whole)
    dwellings = sums["dwellings"].fillna(regions["households"])
    people = regions["people"].where(regions["people"] > 0)
    table = pd.DataFrame(
        {
            "unit_id": regions["unit_id"],
            "people": regions["people"],
            "floor_area_m2": sums["floor_area_m2"],
            "m2_per_person": sums["floor_area_m2"] / people,
            "people_per_dwelling": people / dwellings.where(dwellings > 0),
        }
    )
    checks = [{str(name): value for name, value in one.items()} for one in table.to_dict("records")]
    if told:
        _doubt(checks, "m2_per_person", _PLAUSIBLE_M2, "m² of floor a person")
        _doubt(checks, "people_per_dwelling", _PLAUSIBLE_PEOPLE, "people a dwelling")
    return checks


def _doubt(checks: list[dict[str, Any]], name: str, usual: tuple[float, float], words: str) -> None:
    """Tell of units whose figure is not usual."""
    low, high = usual
    strange = [one for one in checks if one[name] < low or one[name] > high]
    if strange:
        shown = some(f"{one['unit_id']} {one[name]:.3g}" for one in strange)
        tell(
            f"units: {len(strange)} of {len(checks)} come out at {shown} {words} ({low:g} to "
            f"{high:g} is usual). Are homes missing from the table, do shops and offices stand in "
            "it, or is the total that of another area?"
        )


def _uncertainty(
    places: pd.DataFrame, error: Array, regions: pd.DataFrame, *, calibrated: bool
) -> str:
    """One sentence on what the estimate stands on."""
    counts = places["floor_area_from"].value_counts()
    made = some((f"{name} × {count:,}" for name, count in counts.items()), limit=7)
    people = f"{regions['people'].sum():,.0f} people"
    held = (
        f"held to the totals of {len(regions)} units"
        if calibrated
        else "held to no total, so that all of it may be off together"
    )
    return (
        f"{people} were put into {len(places):,} buildings ({made}), {held}; one building's "
        f"people are good to about ±{float(np.median(error)):.0%}."
    )
