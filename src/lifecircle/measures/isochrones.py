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
from dataclasses import replace
from threading import Lock
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from lifecircle.errors import (
    InputError,
    LifecircleWarning,
    MissingColumnError,
    SnapError,
    some,
)
from lifecircle.network import lattice, search
from lifecircle.network.costs import edge_costs, ways_key
from lifecircle.network.doors import facility_doors
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.lattice import TILE
from lifecircle.network.snapping import (
    Snapped,
    as_points,
    by_label,
    in_pieces,
    joins,
    points_xy_m,
    snap,
    transform_between,
)
from lifecircle.network.spreading import passes_for
from lifecircle.network.travel_times import check_bands, point_ids
from lifecircle.network.walkers import ADULT, Walker, find_walker

Floats = NDArray[np.float64]

# Along one street the time changes from lattice point to lattice point by their distance at most,
# the diagonal's at that; what changes by more jumps from street to street.
_DIAGONAL = 1.5
_MOST_LATTICE_POINTS = 60_000_000
_JOINED_AT_ONCE = 2_000  # tiles, so that what is needed on the way stays small


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
    _tell_unsnapped("points", ids, snapped.edge < 0, snap_m)
    kept = np.flatnonzero(snapped.edge >= 0)
    drawing = _Drawing(network, walker, cell_m, snap_m)
    areas = drawing.areas([np.array([row]) for row in kept], xy_m, snapped, bands)
    return _table("origin_id", ids[kept], bands, areas, network, points.crs)


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
    xy_m, row, leg_m = facility_doors(network, facilities, "facilities")
    snapped, door = (
        joins(network, xy_m, walker=walker, snap_m=snap_m)
        if len(facilities)
        else (Snapped(np.empty(0, np.int32), np.empty(0), np.empty(0)), row)
    )
    snapped = replace(snapped, access_m=snapped.access_m + leg_m[door])
    xy_m, row = xy_m[door], row[door]
    near = snapped.edge >= 0
    lost = np.bincount(row[near], minlength=len(facilities)) == 0
    _tell_unsnapped("facilities", point_ids(facilities, "facility_id", unique=False), lost, snap_m)
    rows = {
        label: doors
        for label, found in by_label(facilities[by], row).items()
        if len(doors := found[near[found]])
    }
    drawing = _Drawing(network, walker, cell_m, snap_m)
    areas = drawing.areas(list(rows.values()), xy_m, snapped, bands)
    return _table(by, rows, bands, areas, network, facilities.crs)


class _Tiles:
    """Lattice points joined to the streets, tile by tile where an isochrone first needs them.

    Kept with the network: ``slots`` tells where a tile is found in the other arrays, -1 where it
    was never needed. Arrays are replaced, not grown, so that threads may go on with what they have.
    """

    def __init__(self, network: WalkNetwork, cell_m: float, snap_m: float) -> None:
        west, south, east, north = network.bounds_m
        margin_m, size_m = snap_m + 3 * cell_m, TILE * cell_m
        low = np.floor(np.array([west - margin_m, south - margin_m]) / size_m).astype(int)
        high = np.floor(np.array([east + margin_m, north + margin_m]) / size_m).astype(int) + 1
        self.frame = np.array([*low, *high], dtype=np.int64)
        columns, rows = high - low
        self.slots = np.full((rows, columns), -1, dtype=np.int32)
        self.edge = np.empty((0, TILE * TILE), dtype=np.int32)
        self.share = np.empty((0, TILE * TILE), dtype=np.float32)
        self.access_m = np.empty((0, TILE * TILE), dtype=np.float32)
        self.count = 0
        self.lock = Lock()

    def add(self, tiles: NDArray[np.int64], joined: Snapped) -> None:
        """Keep the points of tiles: columns and rows of tiles, shape (n, 2), and their points."""
        count = self.count + len(tiles)
        if count > len(self.edge):
            for name in ("edge", "share", "access_m"):
                old = getattr(self, name)
                wider = np.empty((max(count, 2 * len(old)), TILE * TILE), dtype=old.dtype)
                wider[: self.count] = old[: self.count]
                setattr(self, name, wider)
        for name in ("edge", "share", "access_m"):
            values = getattr(joined, name).reshape(len(tiles), TILE * TILE)
            getattr(self, name)[self.count : count] = values
        at = tiles - self.frame[:2]
        self.slots[at[:, 1], at[:, 0]] = np.arange(self.count, count)
        self.count = count


class _Drawing:
    """A walker's areas on a lattice."""

    def __init__(self, network: WalkNetwork, walker: Walker, cell_m: float, snap_m: float) -> None:
        self.network, self.walker, self.cell_m, self.snap_m = network, walker, cell_m, snap_m
        self.jump_min = _DIAGONAL * cell_m / walker.speed_m_s / 60.0
        key = ("lattice", cell_m, snap_m, ways_key(network, walker))
        if key not in network.made:
            network.made.setdefault(key, _Tiles(network, cell_m, snap_m))
        self.tiles: _Tiles = network.made[key]

    def areas(
        self,
        groups: Sequence[NDArray[np.int64]],
        xy_m: Floats,
        snapped: Snapped,
        bands: Sequence[float],
    ) -> list[tuple[Any, ...]]:
        """Areas within so many minutes of the nearest place of each group.

        Parameters
        ----------
        groups
            Rows of the places of each group, all of them joined to a street.
        xy_m, snapped
            All places, metres, and where they join the streets.
        bands
            Minutes, rising.

        Returns
        -------
        list of tuple
            Outlines of each group and band, as :func:`lifecircle.network.lattice.outline` gives
            them.
        """
        windows = [self._window(xy_m[rows], bands[-1]) for rows in groups]
        self._join(windows)

        passes = passes_for(self.network, self.walker, (bands[-1] + self.jump_min) * 60.0).arrays

        def piece(begin: int, end: int) -> list[tuple[Any, ...]]:
            pen = _Pen(self, passes)
            return [
                area
                for index in range(begin, end)
                for area in pen.draw(windows[index], snapped.take(groups[index]), bands)
            ]

        parts = in_pieces(piece, len(groups), smallest=4)
        return [area for part in parts for area in part]

    def _window(self, xy_m: Floats, longest_min: float) -> NDArray[np.int64]:
        """Range of tiles that the walk can reach: west, south, east and north, end excluded."""
        reach_m = self.walker.reach_m(longest_min) + 2 * self.cell_m
        size_m = TILE * self.cell_m
        low = np.floor((xy_m.min(axis=0) - reach_m) / size_m).astype(np.int64)
        high = np.floor((xy_m.max(axis=0) + reach_m) / size_m).astype(np.int64) + 1
        frame = self.tiles.frame
        low, high = np.maximum(low, frame[:2]), np.minimum(high, frame[2:])
        points = int(np.prod(np.maximum(high - low, 0))) * TILE * TILE
        if points > _MOST_LATTICE_POINTS:
            raise InputError(
                f"cell_m={self.cell_m:g} makes {points / 1e6:,.0f} million lattice points here. "
                f"Take a coarser lattice: cell_m={self.cell_m * 2:g} has a quarter of them."
            )
        return np.concatenate([low, np.maximum(high, low)])

    def _join(self, windows: Sequence[NDArray[np.int64]]) -> None:
        """Join the lattice points of windows to the streets, where that was not done before."""
        tiles = self.tiles
        with tiles.lock:
            wanted = np.zeros(tiles.slots.shape, dtype=bool)
            for west, south, east, north in [
                window - np.tile(tiles.frame[:2], 2) for window in windows
            ]:
                wanted[south:north, west:east] = True
            row, column = np.nonzero(wanted & (tiles.slots < 0))
            fresh = np.column_stack([column, row]) + tiles.frame[:2]
            # a little further than counts: the end of the straight legs is drawn where it is
            limit_m = self.snap_m + _DIAGONAL * self.cell_m
            step = np.arange(TILE)
            inner = np.column_stack([np.tile(step, TILE), np.repeat(step, TILE)])
            for chunk in np.array_split(fresh, len(fresh) // _JOINED_AT_ONCE + 1):
                if len(chunk) == 0:
                    continue
                points = (chunk[:, None, :] * TILE + inner).reshape(-1, 2) * self.cell_m
                joined = snap(self.network, points, walker=self.walker, snap_m=limit_m)
                tiles.add(chunk, joined)


class _Pen:
    """What one thread needs to draw areas one after another."""

    def __init__(self, drawing: _Drawing, passes: Any) -> None:
        network = drawing.network
        self.passes = passes
        self.drawing, self.costs = drawing, edge_costs(network, drawing.walker)
        self.first, self.head, _ = network.arcs
        self.seconds = np.full(network.node_count, np.inf)
        self.touched = np.empty(network.node_count + 1, dtype=np.int32)
        self.keys, self.nodes = np.empty(0), np.empty(0, dtype=np.int32)
        self.place_first = np.full(network.edge_count, -1, dtype=np.int32)

    def draw(
        self, window: NDArray[np.int64], places: Snapped, bands: Sequence[float]
    ) -> list[tuple[Any, ...]]:
        """Outline for each band around some places."""
        drawing, costs, tiles = self.drawing, self.costs, self.drawing.tiles
        speed_m_s, ends = drawing.walker.speed_m_s, drawing.network.edge_ends
        access_s = places.access_m / speed_m_s
        # both ends of every place may wait at once
        room = len(self.head) + 2 * len(places.edge) + 4
        if room > len(self.keys):
            self.keys, self.nodes = np.empty(room), np.empty(room, dtype=np.int32)
        limit_s = (bands[-1] + drawing.jump_min) * 60.0
        count = search.spread_from(
            self.first,
            self.head,
            costs.arc_s,
            ends,
            costs.forward_s,
            costs.backward_s,
            places.edge,
            places.share,
            access_s,
            limit_s,
            self.seconds,
            self.touched,
            self.keys,
            self.nodes,
        )
        count = search.enter(self.passes, self.seconds, self.touched, count, limit_s)
        following = np.full(len(places.edge), -1, dtype=np.int32)
        for place, edge in enumerate(places.edge):
            following[place], self.place_first[edge] = self.place_first[edge], place
        minutes, beyond_min = lattice.surface(
            tiles.slots,
            tiles.frame[:2],
            tiles.edge,
            tiles.share,
            tiles.access_m,
            window,
            self.seconds,
            ends,
            costs.forward_s,
            costs.backward_s,
            self.place_first,
            following,
            places.share,
            access_s,
            speed_m_s,
            drawing.snap_m,
        )
        search.forget(self.seconds, self.touched, count)
        self.place_first[places.edge] = -1
        origin_m = (window[:2] * TILE - 1) * drawing.cell_m  # the row around the window
        return [
            lattice.outline(minutes, beyond_min, band, drawing.jump_min, origin_m, drawing.cell_m)
            for band in bands
        ]


def _tell_unsnapped(what: str, ids: pd.Index, unsnapped: NDArray[np.bool_], snap_m: float) -> None:
    lost = ids[unsnapped]
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
    areas: Sequence[tuple[Any, ...]],
    network: WalkNetwork,
    crs: Any,
) -> gpd.GeoDataFrame:
    """Table of areas, all their outlines moved to the reference system at once."""
    points_m = np.concatenate([area[0] for area in areas]) if areas else np.empty((0, 2))
    transform = transform_between(network.crs, pyproj.CRS.from_user_input(crs))
    points = np.column_stack(transform(points_m[:, 0], points_m[:, 1]))
    offsets = [
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        for counts in (
            np.concatenate([np.empty(0, np.int64), *(area[1] for area in areas)]),
            np.concatenate([np.empty(0, np.int64), *(area[2] for area in areas)]),
            np.array([len(area[2]) for area in areas], dtype=np.int64),
        )
    ]
    shapes = shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, points, tuple(offsets))
    labels = list(labels)
    return gpd.GeoDataFrame(
        {
            name: pd.Series([label for label in labels for _ in bands]),
            "minutes": np.tile(np.asarray(bands, dtype=float), len(labels)),
            "area_ha": np.array([area[3] for area in areas], dtype=float) / 10_000.0,
        },
        geometry=shapes,
        crs=crs,
    )


def _spacing(cell_m: float) -> float:
    if not (isinstance(cell_m, int | float) and 1.0 <= cell_m <= 500.0):
        raise InputError(f"cell_m={cell_m!r}: give a spacing between 1 and 500 metres, such as 20.")
    return float(cell_m)
