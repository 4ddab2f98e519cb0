"""Isochrones: the area from which a place can be walked to in time.

Shapes are for the eye; numbers are read from travel times. The walking time is known at the points
of a lattice, each joined to its nearest street with its straight leg, and contoured between them.
The lattice's spacing sets the accuracy: at 10 m the 15-minute area of real streets
shares 98 to 99 % of its union with the exact one, at 20 m 96 to 98 %, and is neither too large nor
too small on average.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import contourpy
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lifecircle.errors import (
    InputError,
    LifecircleWarning,
    MissingColumnError,
    SnapError,
    some,
)
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.snapping import Snapped, as_points, in_pieces, points_xy_m, snap
from lifecircle.network.travel_times import check_bands, point_ids
from lifecircle.network.walkers import ADULT, Walker, find_walker
from lifecircle.network.walking import nearest_seconds

Floats = NDArray[np.float64]

# Lattice points are joined to the streets tile by tile, where an isochrone first needs them.
_TILE = 32
# Along one street the time changes from lattice point to lattice point by their distance at most,
# the diagonal's at that; what changes by more jumps from street to street.
_DIAGONAL = 1.5
_MOST_LATTICE_POINTS = 60_000_000


def isochrones(
    network: WalkNetwork,
    points: gpd.GeoDataFrame,
    *,
    minutes: Iterable[float] = (5, 10, 15),
    walker: Walker | str = ADULT,
    cell_m: float = 10.0,
    snap_m: float = 100.0,
) -> gpd.GeoDataFrame:
    """Areas from which each point can be walked to within each time.

    Parameters
    ----------
    network
        Streets.
    points
        Points in any reference system.
    minutes
        Bands, minutes. Bands nest: the shorter lies inside the longer.
    walker
        Who walks.
    cell_m
        Spacing of the lattice on which the time is known, metres; sets the accuracy.
    snap_m
        Longest straight leg between a place and a street, metres.

    Returns
    -------
    GeoDataFrame in the reference system of ``points``
        ``origin_id``, ``minutes``, ``area_ha`` and a MultiPolygon, one row per point and band,
        holes kept. Points further than ``snap_m`` from any street are left out with a warning.

    Raises
    ------
    InputError, CrsError, GeometryError
        If minutes or the lattice are not above 0, or points cannot be used.
    SnapError
        If no point lies near a street.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> study = load_demo()
    >>> bands = isochrones(study.network, study.facilities.head(1), minutes=(5, 15))
    >>> bands["minutes"].to_list()
    [5.0, 15.0]
    >>> bool(bands["area_ha"].is_monotonic_increasing)
    True
    """
    bands, cell_m, walker = check_bands(minutes), _spacing(cell_m), find_walker(walker)
    points = as_points(points, "points")
    if len(points) == 0:
        raise InputError("points: the table is empty; there is nowhere to walk from.")
    xy_m = points_xy_m(points, network)
    snapped = snap(network, xy_m, walker=walker, snap_m=snap_m)
    ids = point_ids(points, "origin_id")
    if (snapped.edge < 0).all():
        raise SnapError(
            f"points: none of the {len(ids)} points lies within {snap_m:g} m of a street. Do the "
            "points and the streets cover the same place, in the systems they state?"
        )
    _tell_unsnapped("points", ids, snapped, snap_m)
    kept = np.flatnonzero(snapped.edge >= 0)
    lattice = _Lattice(network, walker, cell_m, snap_m)
    for row in kept:  # one after another; the rest is shared among threads
        lattice.join(xy_m[[row]], bands[-1])

    def piece(begin: int, end: int) -> list[shapely.MultiPolygon]:
        return [
            shape
            for row in kept[begin:end]
            for shape in lattice.areas(xy_m[[row]], snapped.take([row]), bands)
        ]

    shapes = [shape for part in in_pieces(piece, len(kept), smallest=8) for shape in part]
    return _table("origin_id", ids[kept], bands, shapes, network, points.crs)


def service_areas(
    network: WalkNetwork,
    facilities: gpd.GeoDataFrame,
    *,
    minutes: Iterable[float] = (5, 10, 15),
    walker: Walker | str = ADULT,
    by: str = "service",
    cell_m: float = 20.0,
    snap_m: float = 100.0,
) -> gpd.GeoDataFrame:
    """Areas from which any facility of a service can be walked to within each time.

    One search per service from all its facilities together, not a union of polygons.

    Parameters
    ----------
    network
        Streets.
    facilities
        Points in any reference system, with the column ``by``.
    minutes, walker, cell_m, snap_m
        As for :func:`isochrones`; the lattice is coarser by default.
    by
        Column whose values get an area each, such as ``"service"`` or ``"group"``.

    Returns
    -------
    GeoDataFrame in the reference system of ``facilities``
        ``by``, ``minutes``, ``area_ha`` and a MultiPolygon, one row per value and band.

    Raises
    ------
    MissingColumnError
        If there is no such column.
    InputError, CrsError, GeometryError
        As for :func:`isochrones`.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> study = load_demo()
    >>> areas = service_areas(study.network, study.facilities, minutes=[15], by="group")
    >>> "elderly" in set(areas["group"])
    True
    """
    facilities = as_points(facilities, "facilities")
    if by not in facilities.columns:
        raise MissingColumnError(
            f"facilities: there is no column {by!r}; found {some(facilities.columns, 12)}."
        )
    bands, cell_m, walker = check_bands(minutes), _spacing(cell_m), find_walker(walker)
    lattice = _Lattice(network, walker, cell_m, snap_m)
    xy_m = points_xy_m(facilities, network)
    snapped = (
        snap(network, xy_m, walker=walker, snap_m=snap_m)
        if len(facilities)
        else Snapped(np.empty(0, np.int32), np.empty(0), np.empty(0))
    )
    _tell_unsnapped(
        "facilities", point_ids(facilities, "facility_id", unique=False), snapped, snap_m
    )
    shapes, labels = [], []
    for label, rows in sorted(facilities.groupby(by, observed=True).indices.items()):
        near = rows[snapped.edge[rows] >= 0]
        if len(near):
            labels.append(label)
            shapes += lattice.areas(xy_m[near], snapped.take(near), bands)
    return _table(by, labels, bands, shapes, network, facilities.crs)


class _Lattice:
    """Points on which a walker's time is known, joined to the streets once per network."""

    def __init__(self, network: WalkNetwork, walker: Walker, cell_m: float, snap_m: float) -> None:
        self.network, self.walker, self.cell_m, self.snap_m = network, walker, cell_m, snap_m
        key = ("lattice", cell_m, snap_m, walker.steps or not network.is_steps.any())
        self.jump_min = _DIAGONAL * cell_m / walker.speed_m_s / 60.0
        self.tiles: dict[tuple[int, int], Snapped] = network.made.setdefault(key, {})

    def areas(
        self, xy_m: Floats, places: Snapped, bands: Sequence[float]
    ) -> list[shapely.MultiPolygon]:
        """One shape per band: the area within so many minutes of the nearest place.

        Parameters
        ----------
        xy_m
            Places, metres.
        places
            Where they join the streets.
        bands
            Minutes, rising.

        Returns
        -------
        list of MultiPolygon
            Metres, in the network's system.
        """
        window = self.join(xy_m, bands[-1])
        minutes, beyond_min = self._surface(window, places, bands[-1])
        west, south, east, north = window
        x_m = np.arange(west * _TILE, east * _TILE) * self.cell_m
        y_m = np.arange(south * _TILE, north * _TILE) * self.cell_m
        shapes = []
        for band in reversed(bands):
            late_min = np.maximum(minutes - band, beyond_min)
            used = np.flatnonzero(late_min.min(axis=0, initial=np.inf) <= 0)
            lines = np.flatnonzero(late_min.min(axis=1, initial=np.inf) <= 0)
            if len(used) == 0:
                shapes.append(shapely.MultiPolygon())
                continue
            # one row and column beyond the last point inside, so that every contour closes
            columns = slice(max(used[0] - 1, 0), used[-1] + 2)
            rows = slice(max(lines[0] - 1, 0), lines[-1] + 2)
            x_m, y_m, late_min = x_m[columns], y_m[rows], late_min[rows, columns]
            minutes, beyond_min = minutes[rows, columns], beyond_min[rows, columns]
            shapes.append(_contour(x_m, y_m, late_min, self.jump_min))
        return shapes[::-1]

    def _window(self, xy_m: Floats, longest_min: float) -> tuple[int, int, int, int]:
        """Range of tiles that the walk can reach: columns and rows, end excluded."""
        reach_m = self.walker.reach_m(longest_min) + 2 * self.cell_m
        street_w, street_s, street_e, street_n = self.network.bounds_m
        margin_m = self.snap_m + 3 * self.cell_m
        low = np.maximum(xy_m.min(axis=0) - reach_m, [street_w - margin_m, street_s - margin_m])
        high = np.minimum(xy_m.max(axis=0) + reach_m, [street_e + margin_m, street_n + margin_m])
        size_m = _TILE * self.cell_m
        west, south = np.floor(low / size_m).astype(int)
        east, north = np.floor(high / size_m).astype(int) + 1
        points = (east - west) * (north - south) * _TILE * _TILE
        if points > _MOST_LATTICE_POINTS:
            raise InputError(
                f"cell_m={self.cell_m:g} makes {points / 1e6:,.0f} million lattice points here. "
                f"Take a coarser lattice: cell_m={self.cell_m * 2:g} has a quarter of them."
            )
        return int(west), int(south), int(east), int(north)

    def _surface(
        self, window: tuple[int, int, int, int], places: Snapped, longest_min: float
    ) -> tuple[Floats, Floats]:
        """Minutes at each lattice point of a window, rows from south to north.

        And by how much its straight leg is longer than may be, in minutes: not above 0 inside.
        """
        west, south, east, north = window
        shape = ((north - south) * _TILE, (east - west) * _TILE)
        edge = np.empty(shape, dtype=np.int32)
        share, access_m = np.empty(shape), np.empty(shape)
        for row in range(south, north):
            for column in range(west, east):
                tile = self.tiles[column, row]
                y, x = (row - south) * _TILE, (column - west) * _TILE
                here = (slice(y, y + _TILE), slice(x, x + _TILE))
                edge[here] = tile.edge.reshape(_TILE, _TILE)
                share[here] = tile.share.reshape(_TILE, _TILE)
                access_m[here] = tile.access_m.reshape(_TILE, _TILE)
        points = Snapped(edge.ravel(), share.ravel(), access_m.ravel())
        limit_s = (longest_min + self.jump_min) * 60.0
        seconds = nearest_seconds(self.network, self.walker, places, points, limit_s)
        beyond_min = (access_m - self.snap_m) / self.walker.speed_m_s / 60.0
        return np.asarray(seconds / 60.0).reshape(shape), beyond_min

    def join(self, xy_m: Floats, longest_min: float) -> tuple[int, int, int, int]:
        """Join the lattice points that a walk may need to the streets; says which tiles.

        Parameters
        ----------
        xy_m
            Places, metres.
        longest_min
            Longest walk, minutes.

        Returns
        -------
        tuple of int
            First column and row of tiles, and those after the last.
        """
        window = self._window(xy_m, longest_min)
        west, south, east, north = window
        fresh = [
            (column, row)
            for row in range(south, north)
            for column in range(west, east)
            if (column, row) not in self.tiles
        ]
        if not fresh:
            return window
        step = np.arange(_TILE)
        xy_m = np.concatenate(
            [
                np.column_stack(
                    [
                        np.tile(column * _TILE + step, _TILE),
                        np.repeat(row * _TILE + step, _TILE),
                    ]
                )
                for column, row in fresh
            ]
        )
        # a little further than counts, so that the end of the straight legs is drawn where it is
        limit_m = self.snap_m + _DIAGONAL * self.cell_m
        joined = snap(self.network, xy_m * self.cell_m, walker=self.walker, snap_m=limit_m)
        size = _TILE * _TILE
        for index, tile in enumerate(fresh):
            self.tiles[tile] = joined.take(slice(index * size, (index + 1) * size))
        return window


def _contour(
    x_m: NDArray[Any], y_m: NDArray[Any], late_min: Floats, jump_min: float
) -> shapely.MultiPolygon:
    """Area where nobody is late.

    Where neighbours are more than ``jump_min`` apart they are joined to different streets, and the
    time jumps somewhere between them: both are cut off there, and the line runs halfway. (Were the
    far side left as it is, at worst infinite, the line would stick to the near one.)
    """
    # Triangles, not quads: their contours never cross, so that bands nest exactly.
    generator = contourpy.contour_generator(
        x_m,
        y_m,
        np.clip(late_min, -jump_min, jump_min),
        name="serial",
        quad_as_tri=True,
        fill_type=contourpy.FillType.OuterOffset,
    )
    # Not at 0 itself: the middle of two inside and two outside neighbours is exactly there, and
    # outlines would touch themselves in it. This moves the line by centimetres.
    outlines, offsets = generator.filled(-2.0 * jump_min, 1e-3 * jump_min)
    polygons = [
        shapely.Polygon(rings[0], rings[1:])
        for rings in (
            [points[begin:end] for begin, end in pairwise(offset)]
            for points, offset in zip(outlines, offsets, strict=True)
        )
    ]
    shape = shapely.MultiPolygon(polygons)
    if not shape.is_valid:
        shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    return shapely.MultiPolygon(
        [part for part in getattr(shape, "geoms", [shape]) if part.area > 0]
    )


def _tell_unsnapped(what: str, ids: pd.Index, snapped: Snapped, snap_m: float) -> None:
    lost = ids[snapped.edge < 0]
    if len(lost):
        warnings.warn(
            f"{what}: {len(lost)} of {len(ids)} points lie further than {snap_m:g} m from any "
            f"street and get no isochrone ({some(lost)}). Check their coordinates or raise snap_m.",
            LifecircleWarning,
            stacklevel=3,
        )


def _table(
    name: str,
    labels: Iterable[Any],
    bands: Sequence[float],
    shapes: list[shapely.MultiPolygon],
    network: WalkNetwork,
    crs: Any,
) -> gpd.GeoDataFrame:
    labels = list(labels)
    frame = gpd.GeoDataFrame(
        {
            name: pd.Series([label for label in labels for _ in bands]),
            "minutes": np.tile(np.asarray(bands, dtype=float), len(labels)),
            "area_ha": shapely.area(np.array(shapes, dtype=object)) / 10_000.0,
        },
        geometry=shapes,
        crs=network.crs,
    )
    return frame.to_crs(crs)


def _spacing(cell_m: float) -> float:
    if not (isinstance(cell_m, int | float) and 1.0 <= cell_m <= 500.0):
        raise InputError(f"cell_m={cell_m!r}: give a spacing between 1 and 500 metres, such as 20.")
    return float(cell_m)
