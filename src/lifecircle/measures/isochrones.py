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
from dataclasses import dataclass, replace
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
from lifecircle.measures.lattices import Drawing
from lifecircle.network.doors import Doors, facility_doors
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.snapping import (
    Snapped,
    as_points,
    by_label,
    joins,
    points_xy_m,
    snap,
    transform_between,
)
from lifecircle.network.travel_times import check_bands, point_ids
from lifecircle.network.walkers import ADULT, Walker, find_walker

Floats = NDArray[np.float64]


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
    drawing = Drawing(network, walker, cell_m, snap_m)
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
    doors = facility_doors(network, facilities, "facilities")
    placed = place_doors(network, doors, len(facilities), walker, snap_m)
    _tell_unsnapped(
        "facilities", point_ids(facilities, "facility_id", unique=False), placed.lost, snap_m
    )
    drawing = Drawing(network, walker, cell_m, snap_m)
    return _areas_by(drawing, facilities[by], placed, bands, facilities.crs)


@dataclass(frozen=True, eq=False)
class Placed:
    """Doors of facilities, and where they join the streets.

    Parameters
    ----------
    xy_m
        Place of each door, metres, shape (d, 2).
    row
        Facility that each belongs to, shape (d,).
    snapped
        Where each joins the streets, shape (d,).
    lost
        Facilities that no street is near to, shape (f,).
    """

    xy_m: Floats
    row: NDArray[np.int32]
    snapped: Snapped
    lost: NDArray[np.bool_]

    def of(self, facilities: NDArray[np.bool_]) -> Placed:
        """Doors of some facilities.

        Parameters
        ----------
        facilities
            Which, shape (f,).

        Returns
        -------
        Placed
            Their rows counted anew.
        """
        doors = facilities[self.row]
        new = np.cumsum(facilities) - 1
        return Placed(
            self.xy_m[doors],
            new[self.row[doors]].astype(np.int32),
            self.snapped.take(doors),
            self.lost[facilities],
        )


def place_doors(
    network: WalkNetwork, doors: Doors, count: int, walker: Walker, snap_m: float
) -> Placed:
    """Join the doors of facilities to the streets.

    Parameters
    ----------
    network
        Streets.
    doors
        As :func:`~lifecircle.network.doors.facility_doors` gives them.
    count
        Number of facilities.
    walker
        Who walks.
    snap_m
        Longest straight leg between a door and a street, metres.

    Returns
    -------
    Placed

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> study = load_demo()
    >>> doors = facility_doors(study.network, study.facilities)
    >>> bool(place_doors(study.network, doors, len(study.facilities), ADULT, 100.0).lost.any())
    False
    """
    xy_m, row, leg_m = doors
    snapped, door = (
        joins(network, xy_m, walker=walker, snap_m=snap_m)
        if count
        else (Snapped(np.empty(0, np.int32), np.empty(0), np.empty(0)), row)
    )
    snapped = replace(snapped, access_m=snapped.access_m + leg_m[door])
    near = np.bincount(row[door][snapped.edge >= 0], minlength=count)
    return Placed(xy_m[door], row[door], snapped, near == 0)


def areas_of_placed(
    network: WalkNetwork,
    labels: pd.Series[Any],
    placed: Placed,
    *,
    minutes: Iterable[float],
    walker: Walker,
    snap_m: float,
    within_m: tuple[float, float, float, float] | None = None,
) -> gpd.GeoDataFrame:
    """Areas as :func:`service_areas` draws them, of facilities that are joined already.

    Parameters
    ----------
    network, minutes, walker, snap_m
        As for :func:`service_areas`.
    labels
        What each facility gets an area by, such as its service.
    placed
        Where their doors join the streets.
    within_m
        West, south, east and north of what is looked at, metres; areas go on a little beyond.

    Returns
    -------
    GeoDataFrame in the system of the streets
    """
    drawing = Drawing(network, walker, 20.0, snap_m, within_m)
    return _areas_by(drawing, labels, placed, check_bands(minutes), network.crs)


def _areas_by(
    drawing: Drawing, labels: pd.Series[Any], placed: Placed, bands: Sequence[float], crs: Any
) -> gpd.GeoDataFrame:
    """Areas of the facilities of each label."""
    near = placed.snapped.edge >= 0
    rows = {
        label: doors
        for label, found in by_label(labels, placed.row).items()
        if len(doors := found[near[found]])
    }
    areas = drawing.areas(list(rows.values()), placed.xy_m, placed.snapped, bands)
    return _table(str(labels.name), rows, bands, areas, drawing.network, crs)


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
