"""Searches for facilities whose doors are laid already, once for all walkers and services."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from lifecircle.network.doors import Doors
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.joining import Joined, join_tables
from lifecircle.network.travel_times import TravelTimes
from lifecircle.network.walkers import Walker
from lifecircle.network.walking import check_room, nearest_table, table_of, times_of_rows


def travel_times_by_doors(
    network: WalkNetwork,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    doors: Doors,
    *,
    walker: Walker,
    limit_min: float,
    snap_m: float,
) -> TravelTimes:
    """Walking minutes to facilities whose doors are known already.

    Parameters
    ----------
    network, origins, destinations, walker, limit_min, snap_m
        As for :func:`travel_times`.
    doors
        As :func:`~lifecircle.network.doors.facility_doors` gives them.

    Returns
    -------
    TravelTimes

    Raises
    ------
    InputError, CrsError, GeometryError, SnapError
        As for :func:`travel_times`.

    Examples
    --------
    >>> from lifecircle import ADULT, load_demo
    >>> study = load_demo()
    >>> times = travel_times_by_doors(study.network, study.residents, study.facilities, study.doors,
    ...                               walker=ADULT, limit_min=15.0, snap_m=100.0)
    >>> bool(times.minutes.max() <= 15)
    True
    """
    joined = join_tables(network, origins, destinations, walker, snap_m, doors=doors)
    return _searched(network, origins, destinations, joined, limit_min, walker)


def travel_times_of_part(
    network: WalkNetwork,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    doors: Doors,
    *,
    walker: Walker,
    limit_min: float,
    snap_m: float,
) -> TravelTimes:
    """Walking minutes in a part of a place, where nobody and nothing may lie near a street.

    Parameters
    ----------
    network, origins, destinations, doors, walker, limit_min, snap_m
        As for :func:`travel_times_by_doors`.

    Returns
    -------
    TravelTimes

    Raises
    ------
    InputError, CrsError, GeometryError
        As for :func:`travel_times`.

    Examples
    --------
    >>> from lifecircle import ADULT, load_demo
    >>> study = load_demo()
    >>> away = study.residents.head(1).translate(0.5).to_frame("geometry")
    >>> times = travel_times_of_part(study.network, away, study.facilities, study.doors,
    ...                              walker=ADULT, limit_min=15.0, snap_m=100.0)
    >>> len(times.minutes), len(times.unsnapped_origins)
    (0, 1)
    """
    joined = join_tables(network, origins, destinations, walker, snap_m, doors=doors, strict=False)
    return _searched(network, origins, destinations, joined, limit_min, walker)


def _searched(
    network: WalkNetwork,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    joined: Joined,
    limit_min: float,
    walker: Walker,
) -> TravelTimes:
    """Walks there between two tables that are joined to the streets."""
    check_room(network, walker, joined, limit_min)
    rows = table_of(network, walker, joined, limit_min)
    return times_of_rows(origins, destinations, joined, rows, limit_min, walker)


def nearest_by_doors(
    network: WalkNetwork,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    doors: Doors,
    *,
    walker: Walker,
    limit_min: float,
    snap_m: float,
) -> pd.Series[float]:
    """Minutes from each home to the nearest of some facilities whose doors are known already.

    Parameters
    ----------
    network, origins, destinations, walker, limit_min, snap_m
        As for :func:`nearest_minutes`.
    doors
        As :func:`~lifecircle.network.doors.facility_doors` gives them.

    Returns
    -------
    Series, one row per origin with its id as index
        Minutes, NaN beyond the limit.

    Raises
    ------
    InputError, CrsError, GeometryError, SnapError
        As for :func:`travel_times`.

    Examples
    --------
    >>> from lifecircle import ADULT, load_demo
    >>> study = load_demo()
    >>> doors = study.doors
    >>> bool(nearest_by_doors(study.network, study.residents, study.facilities, doors, walker=ADULT,
    ...                       limit_min=15.0, snap_m=100.0).max() <= 15)
    True
    """
    joined = join_tables(network, origins, destinations, walker, snap_m, doors=doors)
    labels = pd.Series("any", index=destinations.index)
    return nearest_table(network, walker, origins, joined, labels, limit_min)["any"]
