"""Residents of a population raster, such as WorldPop: cells cut exactly at the units' borders.

The only door through which rasterio and exactextract come in.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from lifecircle.crs import WGS84
from lifecircle.errors import CrsError, InputError, MissingPackageError, some
from lifecircle.inputs.apportioning import close_residents, numbered, residents_of, whole_totals
from lifecircle.inputs.layers import Source
from lifecircle.inputs.totals import spread
from lifecircle.inputs.unit_totals import as_units, assumed, checked_shares, finest_totals
from lifecircle.tables.findings import tell

Array = NDArray[np.float64]

_MOST_CELLS = 60_000_000  # half a gigabyte: a district at 10 m
_PLAUSIBLE_RATIO = (0.5, 2.0)  # stated people to those of the raster
_TOLD_SHARE = 0.01  # less than so much of a unit outside the raster is drawing noise
_SEGMENT_DEG = 0.002  # borders are bent into the raster's system at least every 200 m


@dataclass(frozen=True)
class _Window:
    """The part of a raster around the units: people a cell, NaN where there are no data."""

    people: Array
    west: float
    north: float
    width: float
    height: float
    crs: Any
    name: str

    def centres(self, row: Any, column: Any) -> tuple[Array, Array]:
        """Middle of cells, in the raster's system."""
        x = self.west + (np.asarray(column) + 0.5) * self.width
        return x, self.north - (np.asarray(row) + 0.5) * self.height

    def boxes(self, row: Any, column: Any) -> NDArray[Any]:
        """Outlines of cells."""
        x, y = self.centres(row, column)
        half_x, half_y = self.width / 2, self.height / 2
        return np.asarray(shapely.box(x - half_x, y - half_y, x + half_x, y + half_y))


def residents_from_raster(
    path: str | os.PathLike[str],
    units: Source,
    *,
    band: int = 1,
    shares: Mapping[str, float] | None = None,
    assume: Mapping[str, float] | None = None,
) -> gpd.GeoDataFrame:
    """Residents of a raster of people per cell, held to the units' totals where those are stated.

    Parameters
    ----------
    path
        GeoTIFF, or another raster that GDAL reads, with the number of people in each cell.
    units
        Units, or the path of such a file. Those with ``people`` (or ``households``) hold the
        raster to their total; the others get what the raster has. Of nested units the finest
        that hold a total count.
    band
        Band of the raster, from 1.
    shares
        Share of ``elderly`` and ``children`` where a unit does not count them.
    assume
        ``{"household_people": …}``, people a household where a unit states households alone.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        A point for each cell with people, at its centre, or inside the unit's part of it:
        ``resident_id``, ``people`` (whole; sums to each unit's stated total, or to the raster's
        own, rounded so that the units together lose nobody), ``elderly`` and ``children`` where
        known, ``unit_id``, ``people_low``, ``people_high`` (those of the least and the most
        populous of the nine cells around), ``method``, ``cell_share`` (part of the cell inside the
        unit). ``attrs["lifecircle"]`` holds ``method``, ``uncertainty`` and ``cross_check``:
        people of the raster, the stated total and their ratio for each unit.

    Raises
    ------
    InputError
        If the file is no raster, lies elsewhere, or nobody lives in the units.
    CrsError
        If the raster has no reference system.
    MissingPackageError
        If rasterio or exactextract is not installed.

    Notes
    -----
    A cell on a border counts by the exact share of its area inside the unit; people are taken to
    live evenly within a cell. Cells without data and below 0 hold nobody, and are told.

    Examples
    --------
    >>> import tempfile, warnings
    >>> import rasterio
    >>> warnings.simplefilter("ignore")
    >>> file = Path(tempfile.mkdtemp()) / "people.tif"
    >>> grid = rasterio.transform.from_origin(112.98, 28.18, 0.001, 0.001)
    >>> with rasterio.open(file, "w", driver="GTiff", width=2, height=2, count=1,
    ...         dtype="float32", crs="EPSG:4326", transform=grid) as raster:
    ...     raster.write(np.array([[[10, 20], [30, 40]]], dtype="float32"))
    >>> west_half = gpd.GeoDataFrame(geometry=[shapely.box(112.98, 28.178, 112.981, 28.18)],
    ...     crs=4326)
    >>> residents_from_raster(file, west_half)["people"].to_list()
    [10.0, 30.0]
    """
    values, parts = assumed(assume), checked_shares(shares)
    zones = as_units(units)
    regions = finest_totals(zones, values["household_people"], without=True)
    window = _read(Path(path), regions, band)
    places, sums, covered = _cut(window, regions)
    stated = regions["people"].to_numpy().copy()
    if not sums.sum() > 0:
        raise InputError(
            f"{window.name}: nobody lives in the {len(regions)} units, as this raster has it. Is "
            "it the right band, and do both cover the same place? residents_from_totals spreads "
            "stated people without a raster."
        )
    cut = (covered > 0) | np.isnan(stated)  # the others are spread, and told below
    _tell_of_gaps(regions, np.where(cut, covered, 1.0), window.name)
    free = np.isnan(stated)
    regions.loc[free, "people"] = whole_totals(sums[free])
    found = np.where(covered > 0, sums, np.nan)
    checks = _cross_checks(regions, stated, found, window.name)
    places = _with_fallback(places, regions, sums)
    made = residents_of(places, regions, parts)
    made = made[made["people"] > 0].reset_index(drop=True)
    held = int((~np.isnan(stated)).sum())
    cell_m = _cell_m(window, regions)
    uncertainty = (
        f"{made['people'].sum():,.0f} people of {len(regions)} units were taken from the raster "
        f"{window.name} with cells of about {cell_m:.0f} m, {held} of the units held to their "
        f"stated totals. Where people live is known to a cell, so minutes are good to about "
        f"±{cell_m / 2 / 72:.1f}, and one cell's people to those of its neighbours."
    )
    evenly = float(made.loc[made["method"] == "totals", "people"].sum())
    if evenly > 0:
        uncertainty += f" {evenly:,.0f} of them are spread evenly: the raster has nobody there."
    known = {"file": window.name, "coordinates": window.crs.name, "cross_check": checks}
    return close_residents(made, known, method="raster", uncertainty=uncertainty)


def _read(path: Path, regions: gpd.GeoDataFrame, band: int) -> _Window:
    """Cells around the units."""
    try:
        import rasterio  # noqa: PLC0415 - an extra
        from rasterio.errors import RasterioError  # noqa: PLC0415
    except ImportError as error:
        raise MissingPackageError("residents_from_raster", "rasterio", "raster") from error
    if not path.is_file():
        raise InputError(f"{path}: there is no such file. Check the path.")
    try:
        with rasterio.open(path) as raster:
            _check(raster, path.name, band)
            return _windowed(raster, path.name, regions, band)
    except (RasterioError, OSError) as error:
        raise InputError(
            f"{path.name}: the raster cannot be read ({error}). Is it a GeoTIFF, and whole? "
            "Download or export it again."
        ) from error


def _check(raster: Any, name: str, band: int) -> None:
    """See that a raster can be measured as it is."""
    if raster.crs is None:
        raise CrsError(
            f"{name}: the raster has no reference system. Set it where the file was made "
            "(gdal_edit -a_srs EPSG:4326)."
        )
    grid = raster.transform
    if grid.b or grid.d or not grid.a > 0 or not grid.e < 0:
        raise InputError(
            f"{name}: the raster is turned or mirrored. Warp it to a plain grid (gdalwarp -t_srs "
            "EPSG:4326)."
        )
    if isinstance(band, bool) or not isinstance(band, int) or not 1 <= band <= raster.count:
        raise InputError(f"{name}: band={band!r}: the raster has the bands 1 to {raster.count}.")


def _windowed(raster: Any, name: str, regions: gpd.GeoDataFrame, band: int) -> _Window:
    """Cells around the units, people below 0 and no data as NaN."""
    from rasterio.windows import Window  # noqa: PLC0415 - an extra

    crs = CRS.from_user_input(raster.crs)
    grid = raster.transform
    west, south, east, north = _in_system(regions, crs).total_bounds
    left, right = (west - grid.c) / grid.a, (east - grid.c) / grid.a
    top, bottom = (north - grid.f) / grid.e, (south - grid.f) / grid.e
    first_column, first_row = max(int(np.floor(left)) - 1, 0), max(int(np.floor(top)) - 1, 0)
    columns = min(int(np.ceil(right)) + 1, raster.width) - first_column
    rows = min(int(np.ceil(bottom)) + 1, raster.height) - first_row
    if right <= 0 or bottom <= 0 or left >= raster.width or top >= raster.height:
        bounds = raster.bounds
        raise InputError(
            f"{name}: the raster ({crs.name}: x {bounds.left:.6g} to {bounds.right:.6g}, y "
            f"{bounds.bottom:.6g} to {bounds.top:.6g}) touches none of the {len(regions)} units "
            f"(x {west:.6g} to {east:.6g}, y {south:.6g} to {north:.6g}). Is it that of another "
            "place, or is its reference system wrong?"
        )
    if rows * columns > _MOST_CELLS:
        raise InputError(
            f"{name}: the units reach over {rows * columns:,} cells, more than {_MOST_CELLS:,}. "
            "Hand in fewer units at once, or a coarser raster."
        )
    cells = raster.read(band, window=Window(first_column, first_row, columns, rows), masked=True)
    people = np.ma.filled(cells.astype(np.float64), np.nan)
    people = people * raster.scales[band - 1] + raster.offsets[band - 1]
    people[np.isinf(people)] = np.nan
    with np.errstate(invalid="ignore"):
        below = people < 0
    if below.any():
        tell(
            f"{name}: {int(below.sum()):,} of {below.size:,} cells around the units hold fewer "
            f"than 0 people ({some(f'{value:g}' for value in np.unique(people[below]))}). They "
            "count as cells without data: nobody."
        )
        people[below] = np.nan
    corner = grid.c + first_column * grid.a, grid.f + first_row * grid.e
    return _Window(people, *corner, grid.a, -grid.e, crs, name)


def _in_system(regions: gpd.GeoDataFrame, crs: Any) -> gpd.GeoSeries:
    """Outlines in the raster's system, their straight borders bent as it bends them."""
    if crs == WGS84:
        return regions.geometry
    return regions.geometry.segmentize(_SEGMENT_DEG).to_crs(crs)


def _cut(window: _Window, regions: gpd.GeoDataFrame) -> tuple[pd.DataFrame, Array, Array]:
    """Places of cells with people, people and covered share of each unit."""
    try:
        from exactextract import exact_extract  # noqa: PLC0415 - an extra
        from exactextract.raster import NumPyRasterSource  # noqa: PLC0415
    except ImportError as error:
        raise MissingPackageError("residents_from_raster", "exactextract", "raster") from error
    rows, columns = window.people.shape
    east, south = window.west + columns * window.width, window.north - rows * window.height
    wkt = window.crs.to_wkt()
    source = NumPyRasterSource(window.people, window.west, south, east, window.north, srs_wkt=wkt)
    shapes = _in_system(regions, window.crs)
    layer = gpd.GeoDataFrame({"row": range(len(shapes))}, geometry=list(shapes), crs=window.crs)
    found = exact_extract(
        source,
        layer,
        ["cell_id", "coverage"],
        include_cols=["row"],
        output="pandas",
    )
    lowest, highest = _around(window.people)
    parts, sums, covered = [], np.zeros(len(regions)), np.zeros(len(regions))
    for answer in found.itertuples():
        number = int(answer.row)
        cell = np.asarray(answer.cell_id, dtype=np.int64)
        share = np.asarray(answer.coverage, dtype=np.float64)
        value = window.people.ravel()[cell]
        sums[number] = np.nansum(value * share)
        area = shapely.area(shapes.iloc[number])
        known = share[~np.isnan(value)].sum() * window.width * window.height
        covered[number] = known / area
        lived = np.nan_to_num(value) * share > 0
        cell, share = cell[lived], share[lived]
        row, column = np.divmod(cell, columns)
        x, y = _points(window, shapes.iloc[number], row, column)
        parts.append(
            pd.DataFrame(
                {
                    "region": number,
                    "x": x,
                    "y": y,
                    "weight": value[lived] * share,
                    "low_factor": lowest.ravel()[cell] / value[lived],
                    "high_factor": highest.ravel()[cell] / value[lived],
                    "cell_share": share,
                }
            )
        )
    places = pd.concat(parts, ignore_index=True)
    lon, lat = Transformer.from_crs(window.crs, WGS84, always_xy=True).transform(
        places.pop("x").to_numpy(), places.pop("y").to_numpy()
    )
    names = regions["unit_id"].to_numpy()[places["region"].to_numpy()]
    ids = pd.Series(numbered(list(names)), dtype="str")
    places = places.assign(resident_id=ids, lon=lon, lat=lat, method="raster")
    return places, sums, covered


def _points(window: _Window, shape: Any, row: Any, column: Any) -> tuple[Array, Array]:
    """Centre of each cell, or a point in the unit's part of it."""
    x, y = window.centres(row, column)
    shapely.prepare(shape)
    aside = ~shapely.intersects_xy(shape, x, y)
    if aside.any():
        parts = shapely.intersection(window.boxes(row[aside], column[aside]), shape)
        inside = shapely.point_on_surface(parts)
        sliver = shapely.is_empty(inside)  # a border that runs along the cell's, but for rounding
        centres = shapely.points(x[aside][sliver], y[aside][sliver])
        inside[sliver] = shapely.get_point(shapely.shortest_line(shape, centres), 0)
        x[aside], y[aside] = shapely.get_coordinates(inside).T
    return x, y


def _around(people: Array) -> tuple[Array, Array]:
    """Fewest and most people in each cell and the eight around it; cells without data left out."""
    padded = np.pad(people, 1, constant_values=np.nan)
    rows, columns = people.shape
    lowest, highest = people.copy(), people.copy()
    for down in range(3):
        for right in range(3):
            other = padded[down : down + rows, right : right + columns]
            lowest, highest = np.fmin(lowest, other), np.fmax(highest, other)
    return lowest, highest


def _tell_of_gaps(regions: gpd.GeoDataFrame, covered: Array, name: str) -> None:
    """Tell of units that the raster's data do not cover."""
    short = covered < 1 - _TOLD_SHARE
    if short.any():
        pairs = zip(regions["unit_id"][short], covered[short], strict=True)
        shown = some(f"{unit} {share:.0%}" for unit, share in pairs)
        tell(
            f"{name}: {int(short.sum())} of {len(regions)} units are covered with data only in "
            f"part ({shown}). Where there are no data (water, or beyond the raster's edge) nobody "
            "is counted; where people live there, that is unknown, not 0."
        )


def _cross_checks(
    regions: gpd.GeoDataFrame, stated: Array, sums: Array, name: str
) -> list[dict[str, Any]]:
    """People of the raster, stated people and their ratio, told."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(sums > 0, stated / sums, np.nan)
    held = ~np.isnan(ratio) & (stated > 0)
    if held.any():
        pairs = zip(regions["unit_id"][held], ratio[held], strict=True)
        shown = some(f"{unit} × {value:.2f}" for unit, value in pairs)
        low, high = _PLAUSIBLE_RATIO
        odd = held & ((ratio < low) | (ratio > high))
        doubt = (
            f" For {int(odd.sum())} the two differ by more than twice: is it people a cell, not "
            "people a km², and of the same year?"
            if odd.any()
            else ""
        )
        tell(
            f"{name}: the cells of {int(held.sum())} of {len(regions)} units were scaled to the "
            f"stated people ({shown}).{doubt}"
        )
    columns = zip(regions["unit_id"], sums, stated, ratio, strict=True)
    keys = ("unit_id", "raster_people", "stated_people", "ratio")
    return [
        dict(zip(keys, (unit, float(a), float(b), float(c)), strict=True))
        for unit, a, b, c in columns
    ]


def _with_fallback(places: pd.DataFrame, regions: gpd.GeoDataFrame, sums: Array) -> pd.DataFrame:
    """Places, and a grid in each unit that states people where the raster has none."""
    bare = ~(sums > 0) & (regions["people"].to_numpy() > 0)
    if not bare.any():
        return places
    tell(
        f"units: {int(bare.sum())} of {len(regions)} (ids {some(regions['unit_id'][bare])}) state "
        "people where the raster has none. Their people are spread over the whole unit, the "
        "weakest estimate (method 'totals')."
    )
    alone = regions.assign(people=np.where(bare, regions["people"], 0.0))
    grid = spread(alone, None, 50.0).drop(columns="area_m2")
    return pd.concat([places, grid], ignore_index=True)


def _cell_m(window: _Window, regions: gpd.GeoDataFrame) -> float:
    """Side of a cell in metres, in the middle of the units."""
    if not window.crs.is_geographic:
        unit_m: float = window.crs.axis_info[0].unit_conversion_factor
        return float(np.sqrt(window.width * window.height) * unit_m)
    _, south, _, north = regions.total_bounds
    squeezed = np.cos(np.radians((south + north) / 2))
    return float(np.sqrt(window.width * window.height * squeezed) * 111_195.0)
