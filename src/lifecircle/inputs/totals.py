"""Residents of totals alone, spread over the land that people live on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from lifecircle.crs import WGS84, local_crs
from lifecircle.errors import GeometryError, InputError, some
from lifecircle.inputs.apportioning import close_residents, numbered, residents_of
from lifecircle.inputs.homes import lived_in
from lifecircle.inputs.layers import Source, locate, open_table
from lifecircle.inputs.text import take_columns
from lifecircle.inputs.unit_totals import (
    as_units,
    assumed,
    checked_shares,
    finest_totals,
    tell_unknown,
)
from lifecircle.tables.findings import Findings, tell
from lifecircle.tables.places import in_degrees

Array = NDArray[np.float64]

# People at a place as multiples of the even spread. In Porto Alegre and São Paulo 0.1 km² cells
# within 3 km² hold 0.2 to 2 (inhabited land) and 0 to 2.5 times the mean (all land) in eight and
# nine cases of ten.
LAND_FACTORS = (0.2, 2.0)
AREA_FACTORS = (0.0, 2.5)
_MOST_CELLS = 400_000
_SYNONYMS = {
    "landuse": ("fclass", "用地性质", "用地类型", "用地分类", "用地代码", "地类", "类型", "kind"),
}


def residents_from_totals(
    units: Source,
    *,
    land: Source | None = None,
    spacing_m: float = 50.0,
    coordinates: str | None = None,
    shares: Mapping[str, float] | None = None,
    assume: Mapping[str, float] | None = None,
) -> gpd.GeoDataFrame:
    """Residents of unit totals, spread evenly over residential land: the weakest estimate.

    Parameters
    ----------
    units
        As :func:`lifecircle.read_units` gives them, with ``people`` (or ``households``), or the
        path of such a file. Of nested units the finest that hold a total count.
    land
        Residential land: polygons, or the path of a layer. Of a layer with a column of land use
        (``landuse``, 用地性质, 用地代码, …) the residential rows are taken. None: the whole area of
        each unit, parks, works and roads included.
    spacing_m
        Metres between the points.
    coordinates
        Reference system of ``land``, as for :func:`lifecircle.read_residents`.
    shares
        Share of ``elderly`` and ``children`` where a unit does not count them.
    assume
        ``{"household_people": …}``, people a household where a unit states households alone;
        2.62 (census of 2020) if not said.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        ``resident_id``, ``people`` (whole; sums to each unit's total), ``elderly`` and
        ``children`` where known, ``unit_id``, ``people_low``, ``people_high`` (plausible range:
        0.2 to 2 times the even spread on land, 0 to 2.5 times on whole areas), ``method``,
        ``area_m2`` that the point stands for. ``attrs["lifecircle"]`` holds ``method`` and
        ``uncertainty``.

    Raises
    ------
    InputError
        If no unit holds a total, totals are below 0, or the points would be too many.
    GeometryError
        If ``land`` holds no polygons.

    Examples
    --------
    >>> import warnings; warnings.simplefilter("ignore")
    >>> square = gpd.GeoDataFrame({"people": [900]}, geometry=[shapely.box(0, 0, 0.01, 0.01)],
    ...     crs=4326)
    >>> homes = residents_from_totals(square, spacing_m=200)
    >>> len(homes), float(homes["people"].sum())
    (36, 900.0)
    """
    values, parts = assumed(assume), checked_shares(shares)
    spacing_m = checked_spacing(spacing_m)
    regions = finest_totals(as_units(units), values["household_people"])
    if regions.empty:
        raise InputError(
            "units: no unit holds people or households, so that there is no total to spread. Add a "
            "column 'people' (常住人口)."
        )
    tell_unknown(regions, "Add their people.")
    residential = None if land is None else read_land(land, coordinates)
    places = spread(regions, residential, spacing_m)
    made = residents_of(places, regions, parts)
    made = made[made["people"] > 0].reset_index(drop=True)
    where, (low, high) = ("residential land", LAND_FACTORS)
    if land is None:
        where, (low, high) = ("the whole area of each unit, parks and works included", AREA_FACTORS)
    uncertainty = (
        f"{made['people'].sum():,.0f} people of {len(regions)} units were spread evenly over "
        f"{where}, every {spacing_m:g} m. The totals hold; a place may have {low:g} to {high:g} "
        "times the people shown, so shares within a unit are the weakest of all estimates"
        f"{'' if land is not None else ' (land=, a raster or buildings would be better)'}."
    )
    return close_residents(made, {}, method="totals", uncertainty=uncertainty)


def checked_spacing(spacing_m: float) -> float:
    """Distance between the points of a grid, if it is one.

    Parameters
    ----------
    spacing_m
        Metres.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If it is not a number from 5 to 5000.

    Examples
    --------
    >>> checked_spacing(50)
    50.0
    """
    number = isinstance(spacing_m, int | float) and not isinstance(spacing_m, bool)
    if not number or not 5 <= spacing_m <= 5000:
        raise InputError(f"spacing_m={spacing_m!r}: give metres from 5 to 5000, such as 50.")
    return float(spacing_m)


def read_land(land: Source, coordinates: str | None = None) -> Any:
    """Residential land as one shape.

    Parameters
    ----------
    land
        Polygons, or the path of a layer.
    coordinates
        Its reference system, where it does not state it.

    Returns
    -------
    shapely geometry, degrees WGS-84

    Raises
    ------
    GeometryError
        If there are no polygons.
    InputError
        If no row is residential, or the layer cannot be read.

    Examples
    --------
    >>> layer = gpd.GeoDataFrame({"landuse": ["residential", "forest"]},
    ...     geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], crs=4326)
    >>> float(read_land(layer).area)
    1.0
    """
    raw = take_columns(open_table(land, table="land"), _SYNONYMS, table="land")
    located = locate(raw, table="land", coordinates=coordinates, shapes_first=True)
    ids = pd.Series(np.arange(1, len(located) + 1).astype(str), dtype="str")
    findings = Findings("land", ids)
    table = in_degrees(located.reset_index(drop=True), findings)
    findings.stop()
    findings.warn()
    flat = shapely.get_dimensions(table.geometry.to_numpy()) == 2
    if not flat.any():
        raise GeometryError("land: no row is a polygon. Choose the layer with the land's outlines.")
    if not flat.all():
        tell(f"land: {int((~flat).sum())} of {len(flat)} rows are no polygons and were left out.")
    table = table[flat]
    if "landuse" in table:
        home, unknown = lived_in(table["landuse"])
        sure = home & ~unknown
        if not sure.any():
            kinds = some(table["landuse"].dropna().unique())
            raise InputError(
                f"land: no row is residential ({kinds}). Hand in the residential rows alone, "
                "without the column of land use."
            )
        if (home & unknown).any():
            kinds = some(table["landuse"][home & unknown].fillna("nothing").unique())
            tell(
                f"land: {int((home & unknown).sum())} of {len(table)} rows do not say whether they "
                f"are residential ({kinds}) and were not taken."
            )
        table = table[sure]
    shapes = table.geometry.to_numpy()
    return shapely.union_all(shapely.make_valid(shapes, method="structure", keep_collapsed=False))


def spread(regions: gpd.GeoDataFrame, land: Any, spacing_m: float) -> pd.DataFrame:
    """Places of a regular grid in each unit, weighted by the area they stand for.

    Parameters
    ----------
    regions
        ``unit_id``, ``people`` and polygons in degrees, n rows.
    land
        Shape in degrees that people live on, None: everywhere. A unit with people and no such land
        is filled whole, and told.
    spacing_m
        Metres between the points.

    Returns
    -------
    DataFrame
        As :func:`lifecircle.inputs.apportioning.residents_of` takes it; units without people
        have no places. A place is the centre of its cell, or a point inside what the unit has of
        it.

    Raises
    ------
    InputError
        If the places would be too many.

    Examples
    --------
    >>> town = gpd.GeoDataFrame({"unit_id": ["U"], "people": [9.0]},
    ...     geometry=[shapely.box(0, 0, 0.001, 0.001)], crs=4326)
    >>> spread(town, None, 60)["weight"].round().to_list()
    [3600.0, 3079.0, 3034.0, 2595.0]
    """
    lived = np.flatnonzero(regions["people"].to_numpy() > 0)
    shapes = regions.geometry.to_numpy()
    if not len(lived):
        return _places([], regions)
    middle = shapely.box(*shapely.total_bounds(shapes[lived])).centroid
    metric = local_crs(middle.x, middle.y)
    flat = gpd.GeoSeries(shapes[lived], crs=WGS84).to_crs(metric).to_numpy()
    ground = None if land is None else gpd.GeoSeries([land], crs=WGS84).to_crs(metric).iloc[0]
    cells = shapely.area(flat).sum() / spacing_m**2
    if cells > _MOST_CELLS:
        wider = np.ceil(np.sqrt(shapely.area(flat).sum() / _MOST_CELLS) / 10) * 10
        raise InputError(
            f"spacing_m={spacing_m:g} would make {cells:,.0f} points of {len(lived)} units. Take "
            f"spacing_m={wider:g} or more, or fewer units."
        )
    back = Transformer.from_crs(metric, WGS84, always_xy=True)
    pieces, bare = [], []
    for row, shape in zip(lived, flat, strict=True):
        used = shape if ground is None else shapely.intersection(shape, ground)
        factors = AREA_FACTORS if ground is None else LAND_FACTORS
        if shapely.area(used) < 1.0:
            bare.append(regions["unit_id"][row])
            used, factors = shape, AREA_FACTORS
        points, areas = _grid(used, spacing_m)
        lon, lat = back.transform(points[:, 0], points[:, 1])
        pieces.append((row, lon, lat, areas, factors))
    if bare:
        tell(
            f"land: {len(bare)} of {len(lived)} units with people (ids {some(bare)}) have no "
            "residential land; their people are spread over the whole unit. Does the land cover "
            "them, in the same coordinates?"
        )
    return _places(pieces, regions)


def _grid(shape: Any, spacing_m: float) -> tuple[Array, Array]:
    """Points of a grid in a shape, and the square metres of each: row by row, from south-west."""
    west, south, east, north = shapely.bounds(shape)
    columns = np.arange(west, east, spacing_m)
    rows = np.arange(south, north, spacing_m)
    x, y = (side.ravel() for side in np.meshgrid(columns, rows))
    cells = shapely.box(x, y, x + spacing_m, y + spacing_m)
    shapely.prepare(shape)
    met = shapely.intersects(shape, cells)
    x, y, cells = x[met], y[met], cells[met]
    whole = shapely.covers(shape, cells)
    cells[~whole] = shapely.intersection(cells[~whole], shape)
    areas = shapely.area(cells)
    centre = np.column_stack([x + spacing_m / 2, y + spacing_m / 2])
    aside = (areas > 0) & ~shapely.intersects_xy(shape, centre[:, 0], centre[:, 1])
    centre[aside] = shapely.get_coordinates(shapely.point_on_surface(cells[aside]))
    return centre[areas > 0], areas[areas > 0]


def _places(pieces: list[Any], regions: pd.DataFrame) -> pd.DataFrame:
    """Table of the points of all units."""
    columns = ("region", "lon", "lat", "weight", "low_factor", "high_factor")
    parts = [
        pd.DataFrame(dict(zip(columns, (row, lon, lat, areas, *factors), strict=True)))
        for row, lon, lat, areas, factors in pieces
    ]
    empty = pd.DataFrame({name: np.empty(0) for name in columns}).astype({"region": "int64"})
    table = pd.concat(parts, ignore_index=True) if parts else empty
    names = regions["unit_id"].to_numpy()[table["region"].to_numpy()]
    table.insert(0, "resident_id", pd.Series(numbered(list(names)), dtype="str"))
    return table.assign(method="totals", area_m2=table["weight"])
