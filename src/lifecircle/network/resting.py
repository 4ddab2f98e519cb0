"""Walks with rests: no stretch between two seats is longer than the walker can go."""

from __future__ import annotations

import warnings
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from lifecircle.errors import LifecircleWarning, SnapError, some
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.snapping import as_points
from lifecircle.network.travel_times import TravelTimes, check_limit_min
from lifecircle.network.walkers import ADULT, Walker, find_walker
from lifecircle.network.walking import travel_times

# Times of so many pairs of a destination and a place are held at once.
_PAIRS_AT_ONCE = 4_000_000
# Minutes are kept in short floats: a sum of them may miss the limit by its last digits.
_FORGIVEN_MIN = 1e-5
_HOME, _SEAT, _FACILITY = range(3)


def rested_travel_times(
    network: WalkNetwork,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    *,
    seats: gpd.GeoDataFrame | gpd.GeoSeries,
    walker: Walker | str = ADULT,
    limit_min: float = 15.0,
    snap_m: float = 100.0,
) -> TravelTimes:
    """Walking minutes of people who have to sit down on the way.

    Only walks count on which no stretch, from the home to a seat, from seat to seat and from a seat
    to the facility, is longer than the walker's ``seat_every_m``. A walk may go out of its way to
    pass a seat, as often as it needs to. Sitting itself takes no time here.

    Parameters
    ----------
    network
        Streets.
    origins, destinations
        As for :func:`lifecircle.travel_times`.
    seats
        Where people can sit: points in any reference system, such as the facilities whose service
        is ``bench``.
    walker
        Who walks. With ``seat_every_m=None`` the answer is that of :func:`lifecircle.travel_times`.
    limit_min
        Longest walk, minutes; exactly at the limit counts as reached.
    snap_m
        Longest straight leg between a point and a street, metres.

    Returns
    -------
    TravelTimes

    Raises
    ------
    InputError, CrsError, GeometryError
        As for :func:`lifecircle.travel_times`.
    SnapError
        If no origin, no destination or none of the seats lies near a street.

    Notes
    -----
    A stretch is measured as the time it takes: ``seat_every_m`` at the walker's speed on the level.
    On the level that is its length; stairs, slopes and standing at a crossing use the stretch up
    sooner. The straight legs between a place and its street belong to the stretch.

    Exact: shortest paths over the seats, between which :func:`lifecircle.travel_times` gave the
    minutes. Cost: one bounded search a seat and a destination.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> study = load_demo()
    >>> benches = study.facilities.iloc[::3]
    >>> slow = Walker("slow", 0.8, seat_every_m=300.0)
    >>> rested = rested_travel_times(study.network, study.residents, study.facilities,
    ...                              seats=benches, walker=slow)
    >>> freely = travel_times(study.network, study.residents, study.facilities, walker=slow)
    >>> 0 < len(rested.minutes) < len(freely.minutes)
    True
    """
    limit_min, walker = check_limit_min(limit_min), find_walker(walker)
    options: dict[str, Any] = {"walker": walker, "snap_m": snap_m}
    if walker.seat_every_m is None:
        return travel_times(network, origins, destinations, limit_min=limit_min, **options)
    options["limit_min"] = min(limit_min, walker.seat_every_m / walker.speed_m_s / 60.0)
    direct = travel_times(network, origins, destinations, **options)
    benches = as_points(seats, "seats")
    benches = gpd.GeoDataFrame(geometry=benches.geometry.to_numpy(), crs=benches.crs)
    parts = [(direct, _HOME, _FACILITY)]
    if len(benches):
        to_seat, between, from_seat = _legs(network, origins, benches, destinations, options)
        parts += [(to_seat, _HOME, _SEAT), (between, _SEAT, _SEAT), (from_seat, _SEAT, _FACILITY)]
    counts = (len(direct.origins), len(benches), len(direct.destinations))
    first, destination, minutes = _shortest(parts, counts, limit_min)
    return TravelTimes(
        direct.origins,
        direct.destinations,
        limit_min,
        first,
        destination,
        minutes,
        direct.unsnapped_origins,
        direct.unsnapped_destinations,
        walker,
    )


def _legs(
    network: WalkNetwork,
    origins: gpd.GeoDataFrame,
    benches: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    options: dict[str, Any],
) -> list[TravelTimes]:
    """Minutes from homes to seats, from seat to seat and from seats to facilities."""
    with warnings.catch_warnings():  # what lies off the streets was told with the direct walks
        warnings.simplefilter("ignore", LifecircleWarning)
        try:
            between = travel_times(network, benches, benches, **options)
        except SnapError as error:
            raise SnapError(
                f"seats: none of the {len(benches)} seats lies within {options['snap_m']:g} m of a "
                "street. Do the seats and the streets cover the same place, in the systems they "
                "state?"
            ) from error
        legs = [
            travel_times(network, origins, benches, **options),
            between,
            travel_times(network, benches, destinations, **options),
        ]
    if lost := len(between.unsnapped_origins):
        warnings.warn(
            f"seats: {lost} of {len(benches)} lie further than {options['snap_m']:g} m from any "
            f"street (rows {some(between.unsnapped_origins)}); nobody rests there.",
            LifecircleWarning,
            stacklevel=3,
        )
    return legs


def _shortest(
    parts: list[tuple[TravelTimes, int, int]], counts: tuple[int, int, int], limit_min: float
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
    """Compressed rows of the shortest walks of at most so many minutes over some seats."""
    begin = np.concatenate([[0], np.cumsum(counts)])
    size = int(begin[-1])
    # Turned round: the searches run from the facilities towards the homes.
    graph = sparse.csr_array(
        (
            np.concatenate([times.minutes.astype(np.float64) for times, _, _ in parts]),
            (
                np.concatenate([times.destination + begin[end] for times, _, end in parts]),
                np.concatenate([times.origin + begin[start] for times, start, _ in parts]),
            ),
        ),
        shape=(size, size),
    )
    homes, facilities = slice(0, counts[0]), np.arange(begin[2], begin[3])
    found: list[tuple[Any, Any, Any]] = []
    for chunk in np.array_split(facilities, size * len(facilities) // _PAIRS_AT_ONCE + 1):
        if not len(chunk):
            continue
        minutes = csgraph.dijkstra(graph, indices=chunk, limit=limit_min + _FORGIVEN_MIN)
        column, row = np.nonzero(np.isfinite(minutes[:, homes]))
        found.append((row, chunk[column] - begin[2], minutes[column, row]))
    row, column, reached = (np.concatenate(values) for values in zip(*found, strict=True))
    order = np.lexsort((column, row))
    first = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=counts[0]))])
    return (
        first.astype(np.int64),
        column[order].astype(np.int32),
        np.minimum(reached[order], limit_min).astype(np.float32),
    )
