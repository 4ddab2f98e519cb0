"""Points join streets: the nearest point of the nearest street that a walker may use."""

from __future__ import annotations

import numbers
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import geopandas as gpd
import numba
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from lifecircle.errors import CrsError, EmptyNetworkError, GeometryError, InputError, some
from lifecircle.network import grid as street_grid
from lifecircle.network.costs import joinable_edges, ways_key
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.links import STREET
from lifecircle.network.sight import visible_streets
from lifecircle.network.walkers import Walker
from lifecircle.network.walls import Drawn

Floats = NDArray[np.float64]
Result = TypeVar("Result")


@dataclass(frozen=True, eq=False)
class Snapped:
    """Where points join a network.

    Parameters
    ----------
    edge
        Edge of each point, -1 where no street is near enough, shape (n,).
    share
        Share of the edge's length that lies behind the point, 0–1, shape (n,).
    access_m
        Straight way from the point to the street, metres, infinite where unsnapped, shape (n,).
    """

    edge: NDArray[np.int32]
    share: Floats
    access_m: Floats

    def take(self, rows: Any) -> Snapped:
        """Some of the points.

        Parameters
        ----------
        rows
            Positions, a mask or a slice.

        Returns
        -------
        Snapped

        Examples
        --------
        >>> both = Snapped(np.array([4, 7]), np.array([0.0, 0.5]), np.array([3.0, 9.0]))
        >>> both.take([1]).access_m.tolist()
        [9.0]
        """
        return Snapped(self.edge[rows], self.share[rows], self.access_m[rows])


def as_points(points: Any, what: str) -> gpd.GeoDataFrame:
    """Table of points, also from a bare column of them.

    Parameters
    ----------
    points
        GeoDataFrame or GeoSeries.
    what
        Name of the table in messages.

    Returns
    -------
    GeoDataFrame

    Raises
    ------
    InputError
        If it is something else.

    Examples
    --------
    >>> len(as_points(gpd.GeoSeries.from_xy([112.99], [28.16], crs=4326), "origins"))
    1
    """
    if isinstance(points, gpd.GeoSeries):
        return points.to_frame("geometry")
    if not isinstance(points, gpd.GeoDataFrame) or points.active_geometry_name is None:
        raise InputError(
            f"{what}: expected a GeoDataFrame of points, got {type(points).__name__} without "
            "geometry. Read the table with read_facilities or read_residents, or make one with "
            "gpd.points_from_xy."
        )
    return points


def points_xy_m(
    points: gpd.GeoDataFrame | gpd.GeoSeries, network: WalkNetwork, what: str = "points"
) -> Floats:
    """Coordinates of points in the metric system of a network.

    Parameters
    ----------
    points
        Points in any reference system.
    network
        Network whose ``crs`` is used.
    what
        Name of the table in messages.

    Returns
    -------
    array, shape (n, 2)
        Metres.

    Raises
    ------
    CrsError
        If the points have no reference system.
    GeometryError
        If a geometry is missing, empty, not a point or not finite; lists the rows.
    """
    if points.crs is None:
        raise CrsError(
            f"{what}: {len(points)} points have no coordinate reference system. Say which with "
            "set_crs('EPSG:4326') if these are degrees WGS-84."
        )
    geometry = points.geometry
    array = np.asarray(geometry.array)
    missing = shapely.is_missing(array) | shapely.is_empty(array)
    kind = ~missing & (shapely.get_type_id(array) != 0)
    wild = np.zeros(len(array), dtype=bool)
    plain = ~missing & ~kind
    wild[plain] = ~np.isfinite(shapely.get_coordinates(array[plain])).all(axis=1)
    problems = [
        f"{bad.sum()} of {len(array)} rows {what} (rows {some(points.index[bad])})"
        for bad, what in (
            (missing, "have no geometry"),
            (kind, "are not points; use entrances or representative_point()"),
            (wild, "have coordinates that are not finite"),
        )
        if bad.any()
    ]
    if problems:
        raise GeometryError(f"{what}: {'; '.join(problems)}. Mend or drop these rows.")
    xy: Floats = shapely.get_coordinates(array)
    if points.crs == network.crs:
        return xy
    xy[:, 0], xy[:, 1] = transform_between(points.crs, network.crs)(xy[:, 0], xy[:, 1])
    return xy


@cache
def transform_between(source: pyproj.CRS, target: pyproj.CRS) -> Callable[..., Any]:
    """Function of x and y (or longitude and latitude) from one reference system to another.

    Parameters
    ----------
    source, target
        Reference systems.

    Returns
    -------
    callable

    Examples
    --------
    >>> plane = pyproj.CRS.from_epsg(4547)
    >>> east, north = transform_between(pyproj.CRS.from_epsg(4326), plane)(114.0, 28.0)
    >>> round(east)
    500000
    """
    return pyproj.Transformer.from_crs(source, target, always_xy=True).transform


def by_label(labels: pd.Series[Any], row: NDArray[np.int32]) -> dict[Any, NDArray[np.int64]]:
    """Entrances of the facilities of each label.

    Parameters
    ----------
    labels
        Label of each facility, such as its service; without one it belongs to none, shape (n,).
    row
        Facility that each entrance belongs to, shape (d,).

    Returns
    -------
    dict
        Label → positions of its entrances, sorted by label.

    Examples
    --------
    >>> by_label(pd.Series(["shop", "park"]), np.array([0, 1, 1]))
    {'park': array([1, 2]), 'shop': array([0])}
    """
    doors = pd.Series(labels.to_numpy()[row])
    found = doors.groupby(doors, observed=True).indices
    return {label: np.asarray(found[label]) for label in sorted(found)}  # type: ignore[type-var]


def snap(network: WalkNetwork, xy_m: Floats, *, walker: Walker, snap_m: float) -> Snapped:
    """Join points to the nearest street that a walker may use.

    Equally near streets: the one that came first before any was cut, whatever the order of the
    points. The straight way never crosses a wall; in a compound without mapped paths it leads to
    the nearest gate, longer by the detour around the buildings.

    Parameters
    ----------
    network
        Streets.
    xy_m
        Places, metres in ``network.crs``, shape (n, 2).
    walker
        Decides which streets count: no stairs for a wheelchair.
    snap_m
        Longest straight way to a street, metres.

    Returns
    -------
    Snapped

    Raises
    ------
    InputError
        If ``snap_m`` is not a number of metres above 0.
    EmptyNetworkError
        If the walker may use no street at all.
    """
    given: Any = snap_m
    real = isinstance(given, numbers.Real) and not isinstance(given, bool)
    if not (real and np.isfinite(snap_m) and snap_m > 0):
        raise InputError(f"snap_m={snap_m!r}: give a number of metres above 0, such as 100.")
    behind, signposts, grid = _street_grid(network, walker)
    places_m = np.ascontiguousarray(xy_m, dtype=np.float64)
    count = len(places_m)
    joined = Snapped(np.empty(count, dtype=np.int32), np.empty(count), np.empty(count))
    # Cell after cell: neighbours look at the same streets, which are still in the cache.
    order = np.argsort(street_grid.cell_of(places_m, grid[0], int(grid[1][0])), kind="stable")
    lines = (
        network.edge_points_m,
        network.edge_first_point,
        behind,
        signposts,
        network.edge_rank,
    )

    def piece(begin: int, end: int) -> None:
        street_grid.snap_points(
            places_m,
            order,
            *lines,
            *grid,
            float(snap_m),
            begin,
            end,
            joined.edge,
            joined.share,
            joined.access_m,
        )

    in_pieces(piece, count, smallest=4096)
    if network.walls is None:
        return joined
    _keep_within_walls(network, places_m, joined, grid, float(snap_m))
    lost = np.flatnonzero(joined.edge < 0)
    row, at_gates = network.walls.gates_around(places_m[lost])
    nearest = np.lexsort((at_gates[2], row))[np.unique(row, return_index=True)[1]]
    rows = lost[row[nearest]]
    joined.edge[rows], joined.share[rows], joined.access_m[rows] = (
        found[nearest] for found in at_gates
    )
    return joined


def joins(
    network: WalkNetwork, xy_m: Floats, *, walker: Walker, snap_m: float
) -> tuple[Snapped, NDArray[np.int32]]:
    """Every place at which each point may join the network.

    One, as :func:`snap` finds it; but in a compound without mapped paths near the point every gate
    that its people may pass.

    Parameters
    ----------
    network, xy_m, walker, snap_m
        As for :func:`snap`.

    Returns
    -------
    snapped
        Shape (j,), j not below n.
    row
        Point that each belongs to, rising, shape (j,).
    """
    snapped = snap(network, xy_m, walker=walker, snap_m=snap_m)
    row = np.arange(len(xy_m), dtype=np.int32)
    at_gate = by_gate(network, snapped)
    if not at_gate.any():
        return snapped, row
    inside = np.flatnonzero(at_gate)
    which, gates = network.walls.gates_around(xy_m[inside])
    rows = np.concatenate([row[~at_gate], row[inside[which]]])
    order = np.argsort(rows, kind="stable")
    plain = snapped.take(~at_gate)
    columns = [
        np.concatenate([one, two])[order]
        for one, two in zip((plain.edge, plain.share, plain.access_m), gates, strict=True)
    ]
    return Snapped(columns[0], columns[1], columns[2]), rows[order]


def by_gate(network: WalkNetwork, snapped: Snapped) -> NDArray[np.bool_]:
    """Whether points join at a gate, for want of a mapped path in their compound.

    Parameters
    ----------
    network
        Streets.
    snapped
        Where the points join them, shape (n,).

    Returns
    -------
    array of bool, shape (n,)
    """
    return np.asarray((snapped.edge >= 0) & (network.edge_link[snapped.edge] != STREET))


def _keep_within_walls(
    network: WalkNetwork, places_m: Floats, joined: Snapped, grid: Any, snap_m: float
) -> None:
    """Join points anew whose way to the street crosses a wall."""
    sight = network.walls.sight
    zone = sight.zones.of_points(places_m)
    on = np.flatnonzero(joined.edge >= 0)
    there = sight.edge_zone[joined.edge[on]]
    own = (there == zone[on]) | (there == sight.relaxed(zone[on]))
    streets_m = Drawn.of(network).places(joined.edge[on], joined.share[on])
    crossed = sight.crossed(places_m[on], streets_m, zone[on], joined.edge[on])
    # beside a street that an outline was drawn over, people stand on the street's side of the wall
    sets = sight.zones.sets
    over = np.array(
        [
            i
            for i in np.flatnonzero(~own & (there >= 0)).tolist()
            if set(sets[there[i]]) < set(sets[zone[on[i]]])
        ],
        dtype=np.int64,
    )
    rows = on[over]
    near = network.walls.from_outline_m(places_m[rows]) <= sight.tolerance_m[joined.edge[rows]]
    own[over] = near & ~sight.crossed(places_m[rows], streets_m[over])
    wrong = on[~own | crossed]
    found = visible_streets(network, sight, places_m[wrong], grid, snap_m)
    joined.edge[wrong], joined.share[wrong], joined.access_m[wrong] = found


def in_pieces(work: Callable[[int, int], Result], count: int, *, smallest: int) -> list[Result]:
    """Share the range 0 to ``count`` among threads; results come back in order.

    Parameters
    ----------
    work
        Called with begin and end of each piece; must release the interpreter to gain anything.
    count
        Length of the range.
    smallest
        Fewest items that are worth a piece.

    Returns
    -------
    list
        One result per piece; at least one piece, which may be empty.
    """
    # as many as numba would take: NUMBA_NUM_THREADS bounds both
    threads = min(os.cpu_count() or 1, int(numba.config.NUMBA_NUM_THREADS))
    pieces = max(1, min(threads * 4, count // smallest)) if threads > 1 else 1
    bounds = np.linspace(0, count, pieces + 1).astype(int).tolist()
    if pieces == 1:
        return [work(0, count)]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, bounds[:-1], bounds[1:]))


def _street_grid(network: WalkNetwork, walker: Walker) -> Any:
    """Grid over the streets a walker may use, made once per network."""
    joinable = joinable_edges(network, walker)
    if not joinable.any():
        raise EmptyNetworkError(f"network: there is no street that a {walker.name} walker may use.")
    key = ("street grid", ways_key(network, walker))
    if key not in network.made:
        first_point = network.edge_first_point
        behind, _ = street_grid.running_length(network.edge_points_m, first_point)
        grid = street_grid.street_grid(network.edge_points_m, first_point, joinable)
        posts = np.arange(0, len(behind), street_grid.SIGNPOST)
        signposts = np.searchsorted(first_point, posts, side="right").astype(np.int32) - 1
        network.made[key] = (behind, signposts, grid)
    return network.made[key]
