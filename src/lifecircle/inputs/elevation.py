"""Heights of the streets from an elevation raster, such as a digital terrain model.

Beside :mod:`lifecircle.inputs.population_raster` the only door through which rasterio comes in.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from lifecircle.errors import CrsError, InputError, MissingPackageError, some
from lifecircle.network.barriers import with_barriers
from lifecircle.network.graph import WalkNetwork
from lifecircle.tables.findings import tell

Array = NDArray[np.float64]

_CELLS_AT_ONCE = 20_000_000
# The shore of the Dead Sea and the top of Mount Everest: what lies beyond is a mark for no data.
_PLAUSIBLE_M = (-450.0, 9000.0)
_FOOT_M = {"ft": 0.3048, "foot": 0.3048, "feet": 0.3048, "us-ft": 1200 / 3937}
_METRES = frozenset({"", "m", "metre", "meter", "metres", "meters"})


def with_elevation(
    network: WalkNetwork, raster: str | os.PathLike[str], *, band: int = 1
) -> WalkNetwork:
    """Network whose slopes count: with the height of every node, from an elevation raster.

    Parameters
    ----------
    network
        Streets; not changed.
    raster
        GeoTIFF, or another raster that GDAL reads, of heights in metres (or in feet, if it says
        so), in any reference system.
    band
        Band of the raster, from 1.

    Returns
    -------
    WalkNetwork
        The same streets with ``node_elevation_m``. Walkers who answer to slopes
        (:class:`lifecircle.Walker`, ``slope`` and ``steepest_slope``) walk on it at other times
        uphill and downhill.

    Raises
    ------
    InputError
        If the file is no raster, has no such band, or knows the height of no node.
    CrsError
        If the raster has no reference system.
    MissingPackageError
        If rasterio is not installed.

    Notes
    -----
    Heights are taken between the centres of the four cells around a node (bilinear), at nodes only:
    the slope of a street is the rise between its two ends over its length, whatever the ground does
    in between, for bridges and cuttings do not follow it. Where a node lies outside the raster or
    on cells without data its height is unknown and its streets are level; that is told. A raster
    of surfaces has roofs and trees in it: take one of the terrain.

    Examples
    --------
    >>> import tempfile
    >>> import rasterio
    >>> from lifecircle import load_demo
    >>> file = Path(tempfile.mkdtemp()) / "heights.tif"
    >>> grid = rasterio.Affine(0.1, 0, 112.9, 0, -0.1, 28.3)
    >>> with rasterio.open(file, "w", driver="GTiff", width=3, height=3, count=1,
    ...         dtype="float32", crs="EPSG:4326", transform=grid) as raster:
    ...     raster.write(np.full((1, 3, 3), 45, dtype="float32"))
    >>> with_elevation(load_demo().network, file).node_elevation_m[:2]
    array([45., 45.])
    """
    if network.walls is not None:  # a street's ends are those it has without walls
        plain = with_elevation(network.plain, raster, band=band)
        return with_barriers(plain, network.walls.barriers)
    try:
        import rasterio  # noqa: PLC0415 - an extra
        from rasterio.errors import RasterioError  # noqa: PLC0415
    except ImportError as error:
        raise MissingPackageError("with_elevation", "rasterio", "raster") from error
    path = Path(raster)
    if not path.is_file():
        raise InputError(f"{path}: there is no such file. Check the path.")
    try:
        with rasterio.open(path) as opened:
            _check(opened, path.name, band)
            column, row, inside = _cells(opened, path.name, network)
            height_m = np.full(network.node_count, np.nan)
            height_m[inside] = _between(opened, path.name, band, column[inside], row[inside])
    except (RasterioError, OSError) as error:
        raise InputError(
            f"{path.name}: the raster cannot be read ({error}). Is it a GeoTIFF, and whole? "
            "Download or export it again."
        ) from error
    _tell_of_gaps(network, height_m, inside, path.name)
    return replace(network, node_elevation_m=height_m)


def _check(raster: Any, name: str, band: int) -> None:
    """See that a raster can be used as it is."""
    if raster.crs is None:
        raise CrsError(
            f"{name}: the raster has no reference system. Set it where the file was made "
            "(gdal_edit -a_srs EPSG:4326)."
        )
    if isinstance(band, bool) or not isinstance(band, int) or not 1 <= band <= raster.count:
        raise InputError(f"{name}: band={band!r}: the raster has the bands 1 to {raster.count}.")


def _cells(raster: Any, name: str, network: WalkNetwork) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Where nodes lie in columns and rows of cells, and which of them inside the raster."""
    crs = CRS.from_user_input(raster.crs)
    to_raster = Transformer.from_crs(network.crs, crs, always_xy=True).transform
    x, y = to_raster(network.node_xy_m[:, 0], network.node_xy_m[:, 1])
    grid = raster.transform
    east, north = np.asarray(x) - grid.c, np.asarray(y) - grid.f
    turned = grid.a * grid.e - grid.b * grid.d
    column = (grid.e * east - grid.b * north) / turned
    row = (grid.a * north - grid.d * east) / turned
    with np.errstate(invalid="ignore"):
        inside = (column >= 0) & (column <= raster.width) & (row >= 0) & (row <= raster.height)
    if not inside.any():
        bounds = raster.bounds
        raise InputError(
            f"{name}: none of the {network.node_count:,} nodes of the streets (x "
            f"{np.nanmin(x):.6g} to {np.nanmax(x):.6g}, y {np.nanmin(y):.6g} to "
            f"{np.nanmax(y):.6g}) lies in the raster ({crs.name}: x {bounds.left:.6g} to "
            f"{bounds.right:.6g}, y {bounds.bottom:.6g} to {bounds.top:.6g}). Is it that of "
            "another place, or is its reference system wrong?"
        )
    return column, row, np.asarray(inside)


def _between(raster: Any, name: str, band: int, column: Array, row: Array) -> Array:
    """Metres between the centres of the four cells around each place, NaN without data.

    Within half a cell of the raster's edge the outermost centres count. Cells are read a strip at
    a time.
    """
    across, down = _neighbours(column, raster.width), _neighbours(row, raster.height)
    west, east = int(across[0].min()), int(across[1].max()) + 1
    found, wild = np.full(len(column), np.nan), set[float]()
    metres = _metres(raster, name, band)
    rows_at_once = max(1, _CELLS_AT_ONCE // (east - west))
    for north in range(int(down[0].min()), int(down[0].max()) + 1, rows_at_once):
        here = np.flatnonzero((down[0] >= north) & (down[0] < north + rows_at_once))
        if not len(here):
            continue
        south = int(down[1][here].max()) + 1
        window = ((north, south), (west, east))
        cells = raster.read(band, window=window, masked=True)
        cells = np.ma.filled(cells.astype(np.float64), np.nan)
        cells = (cells * raster.scales[band - 1] + raster.offsets[band - 1]) * metres
        strange = (cells < _PLAUSIBLE_M[0]) | (cells > _PLAUSIBLE_M[1])
        wild |= set(np.unique(cells[strange]).tolist())
        cells[strange] = np.nan  # before they are mixed with those beside them
        total = np.zeros(len(here))
        for side, weight_x in ((0, 1.0 - across[2][here]), (1, across[2][here])):
            for level, weight_y in ((0, 1.0 - down[2][here]), (1, down[2][here])):
                value = cells[down[level][here] - north, across[side][here] - west]
                weight = weight_x * weight_y
                # a cell of no weight may be without data
                total += np.where(weight > 0, value * weight, 0.0)
        found[here] = total
    if wild:
        tell(
            f"{name}: there are cells with heights that no ground has "
            f"({some(f'{value:g}' for value in sorted(wild))} m). They count as cells without "
            "data; state the raster's mark for no data (gdal_edit -a_nodata)."
        )
    return found


def _neighbours(at: Array, count: int) -> tuple[Any, Any, Array]:
    """The two cells whose centres a place lies between, and its share of the way to the second."""
    from_centre = np.clip(at - 0.5, 0.0, count - 1.0)
    low = np.minimum(from_centre.astype(np.int64), max(count - 2, 0))
    return low, np.minimum(low + 1, count - 1), from_centre - low


def _metres(raster: Any, name: str, band: int) -> float:
    """Metres of a unit of height."""
    unit = str(raster.units[band - 1] or "").strip().lower()
    if unit not in _METRES and unit not in _FOOT_M:
        tell(f"{name}: the unit of its heights is {unit!r}; they are taken as metres.")
    return _FOOT_M.get(unit, 1.0)


def _tell_of_gaps(
    network: WalkNetwork, height_m: Array, inside: NDArray[np.bool_], name: str
) -> None:
    """Tell of nodes whose height is unknown; refuse if that is all of them."""
    unknown = np.isnan(height_m)
    if unknown.all():
        raise InputError(
            f"{name}: the raster knows the height of none of the {len(unknown):,} nodes: "
            f"{int(inside.sum()):,} lie inside it, all on cells without data. Is it the right band?"
        )
    if unknown.any():
        level = int((unknown[network.edge_ends].any(axis=1) & (network.edge_link == 0)).sum())
        tell(
            f"{name}: the height of {int(unknown.sum()):,} of {len(unknown):,} nodes is unknown "
            f"({int((~inside).sum()):,} lie outside the raster, {int((unknown & inside).sum()):,} "
            f"on cells without data); the {level:,} streets that end there are taken as level. "
            "Take a raster that covers the streets."
        )
