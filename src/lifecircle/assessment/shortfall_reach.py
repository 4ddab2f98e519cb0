"""How far people have to go for what a requirement names, today and if things were otherwise.

A walk that is longer than the time T of a requirement is short by (minutes - T) / T, at most 1:
whoever walks twice as long as he should, or longer, is as far short as can be. The same of metres
for radii. Summed over people this is people short × severity, the part of a priority that streets
and facilities decide.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from lifecircle.assessment.evaluation import Evaluation
from lifecircle.assessment.shortfall_needs import Accepted, numbers
from lifecircle.assessment.shortfall_pairs import Minutes, Pairs
from lifecircle.errors import LifecircleWarning, SnapError
from lifecircle.network.by_doors import nearest_by_doors, travel_times_by_doors
from lifecircle.network.doors import Doors, doors_of
from lifecircle.network.travel_times import TravelTimes
from lifecircle.network.walkers import Walker

# Walks are searched up to this multiple of a requirement's time; whoever walks longer is "beyond".
BEYOND = 2.0
Numbers = NDArray[np.float64]


class Reach:
    """Distances of the homes of an evaluation.

    Parameters
    ----------
    evaluation
        Whose homes, facilities and streets.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        self.study = study = evaluation.study
        with quietly():
            self.home, self.unit = study.members()
        self.homes = len(study.residents)
        self.units = len(study.units)
        self.service = study.facilities["service"].to_numpy()
        self._near: dict[str, tuple[NDArray[np.bool_], NDArray[np.bool_]]] = {}
        self._count: dict[str, Numbers] = {}
        self._metres: tuple[Numbers, Numbers] | None = None
        first = evaluation.coverage.drop_duplicates("service")
        self._measured_for = dict(zip(first["service"], first["segment"], strict=True))

    def segment(self, told: Any, accepted: Accepted) -> str:
        """Column of residents whom a check is about.

        Parameters
        ----------
        told
            The segment that the check names, if any.
        accepted
            Which facilities would do.

        Returns
        -------
        str
            What is told; else the segment that the services are measured for; ``"people"`` where
            they are measured for several, or the data does not know the segment.
        """
        name = told
        if not isinstance(told, str) or not told:
            known = self._measured_for
            segments = {known[one] for one in accepted.services if one in known}
            name = segments.pop() if len(segments) == 1 else "people"
        return str(name) if name in self.study.residents.columns else "people"

    def count(self, segment: str) -> Numbers:
        """People of a segment in each home.

        Parameters
        ----------
        segment
            Column of residents.

        Returns
        -------
        array, shape (homes,)
            NaN if the data does not know them.
        """
        if segment not in self._count:
            known = segment in self.study.residents.columns
            unknown = np.full(self.homes, np.nan)
            self._count[segment] = numbers(self.study.residents[segment]) if known else unknown
        return self._count[segment]

    @cached_property
    def lonlat(self) -> Numbers:
        """Where the homes are, degrees, shape (homes, 2)."""
        points = self.study.residents.geometry
        return np.column_stack([points.x, points.y])

    def near_street(self, name: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Homes and facilities with a street near by that a walker can use.

        Parameters
        ----------
        name
            Of the walker.

        Returns
        -------
        homes, facilities
            Shapes (homes,) and (facilities,).
        """
        if name not in self._near:
            homes, places = self.evaluation.residents, self.evaluation.facilities
            times = self.evaluation.times.get(name)
            if times is None:
                lost = homes["unsnapped"], places["unsnapped"]
            else:  # streets with steps are no streets for wheelchairs
                lost = (
                    homes["resident_id"].isin(times.unsnapped_origins),
                    places["facility_id"].isin(times.unsnapped_destinations),
                )
            self._near[name] = ~lost[0].to_numpy(dtype=bool), ~lost[1].to_numpy(dtype=bool)
        return self._near[name]

    def weights(self, segment: str, walker: str = "") -> Any:
        """People of each home in each unit.

        Parameters
        ----------
        segment
            Column of residents.
        walker
            Leave out those who live too far from any street to say how this one walks; ``""``
            counts everybody.

        Returns
        -------
        sparse array, shape (units, homes)
        """
        everybody = np.ones(len(self.home), dtype=bool)
        kept = self.near_street(walker)[0][self.home] if walker else everybody
        people = np.nan_to_num(self.count(segment))[self.home[kept]]
        shape = (self.units, self.homes)
        return csr_matrix((people, (self.unit[kept], self.home[kept])), shape=shape)

    def members(self, unit: int) -> NDArray[np.int64]:
        """Homes of a unit.

        Parameters
        ----------
        unit
            Position.

        Returns
        -------
        array
            Positions.
        """
        begin, end = np.searchsorted(self.unit, [unit, unit + 1])
        return np.asarray(self.home[begin:end])

    def walker(self, name: str) -> Walker:
        """Who walked by that name.

        Parameters
        ----------
        name
            Of a walker of the evaluation, the study or the defaults.

        Returns
        -------
        Walker
        """
        times = self.evaluation.times.get(name)
        if times is not None and times.walker is not None:
            return times.walker
        return self.study.walker(name)

    def places(self, accepted: Accepted, *, unsized: bool = False) -> NDArray[np.int64]:
        """Facilities that would do.

        Parameters
        ----------
        accepted
            Which would do.
        unsized
            Whether those of unknown site area count.

        Returns
        -------
        array
            Positions.
        """
        fits = np.isin(self.service, accepted.services)
        if not accepted.any_size:
            area_m2 = self.figure("site_area_m2")
            sized = (area_m2 >= accepted.least_m2) & (area_m2 < accepted.below_m2)
            fits &= (sized | np.isnan(area_m2)) if unsized else sized
        return np.flatnonzero(fits)

    def figure(self, column: str) -> Numbers:
        """A figure of the facilities.

        Parameters
        ----------
        column
            Such as ``site_area_m2``.

        Returns
        -------
        array, shape (facilities,)
            NaN where it is not known.
        """
        table = self.study.facilities
        if column not in table.columns:
            return np.full(len(table), np.nan)
        return numbers(table[column])

    def minutes(
        self, name: str, accepted: Accepted, limit_min: float, pace: float = 1.0
    ) -> Minutes:
        """Minutes from each home to the nearest that would do.

        Parameters
        ----------
        name
            Who walks.
        accepted
            Which facilities would do.
        limit_min
            Longest walk, minutes.
        pace
            Times the walker's speed; waits stay what they are.

        Returns
        -------
        array, shape (homes,)
            Infinite beyond the limit.
        """
        found = np.full(self.homes, np.inf, dtype=np.float32)
        places = self.places(accepted)
        places = places[self.near_street(name)[1][places]]
        if len(places) == 0:
            return found
        walker = self.walker(name)
        try:
            with quietly():
                known = nearest_by_doors(
                    self.study.network,
                    self.study.residents,
                    self.study.facilities.iloc[places],
                    self._doors(places),
                    walker=replace(walker, speed_m_s=walker.speed_m_s * pace),
                    limit_min=limit_min,
                    snap_m=self.study.snap_m,
                )
        except SnapError:
            if self.study.whole is None:
                raise
            return found  # nobody of this part lives near a street, or all stand beyond it
        found[:] = known.to_numpy()
        found[np.isnan(found)] = np.inf
        return found

    def minutes_today(self, name: str, accepted: Accepted, time_min: float) -> Minutes:
        """Minutes as coverage has them, and beyond the time searched up to twice as far.

        Parameters
        ----------
        name, accepted
            As for :meth:`minutes`.
        time_min
            Time of the requirement, minutes.

        Returns
        -------
        array, shape (homes,)
            Who is within the time is read from the travel times of the evaluation.
        """
        found = self.minutes(name, accepted, BEYOND * time_min)
        times = self.evaluation.times.get(name)
        if times is None or time_min > times.limit_min:
            return found
        code = np.full(len(self.service), -1, dtype=np.int64)
        code[self.places(accepted)] = 0
        known = times.nearest_by_code(code, 1)[:, 0]
        limit = np.float32(time_min)
        # Who is within the time is said by the one table that coverage is read from.
        just_beyond = np.nextafter(limit, np.float32(np.inf))
        return np.where(known <= limit, known, np.maximum(found, just_beyond))

    def minutes_of_pairs(self, name: str, accepted: Accepted, limit_min: float) -> Pairs:
        """Every walk up to a limit to a facility that would do.

        Parameters
        ----------
        name, accepted, limit_min
            As for :meth:`minutes`.

        Returns
        -------
        Pairs
        """
        places = self.places(accepted)
        places = places[self.near_street(name)[1][places]]
        if len(places) == 0:
            return Pairs.none(self.homes)
        try:
            times = self._times(name, places, limit_min)
        except SnapError:
            if self.study.whole is None:
                raise
            return Pairs.none(self.homes)
        return Pairs.sorted(times.origin, places[times.destination], times.minutes, self.homes)

    def _times(self, name: str, places: NDArray[np.int64], limit_min: float) -> TravelTimes:
        with quietly():
            return travel_times_by_doors(
                self.study.network,
                self.study.residents,
                self.study.facilities.iloc[places],
                self._doors(places),
                walker=self.walker(name),
                limit_min=limit_min,
                snap_m=self.study.snap_m,
            )

    def _doors(self, places: NDArray[np.int64]) -> Doors:
        """Doors of some facilities, in rising order."""
        chosen = np.zeros(len(self.service), dtype=np.bool_)
        chosen[places] = True
        return doors_of(self.study.doors, chosen)

    def metres(self, accepted: Accepted) -> Minutes:
        """Straight metres from each home to the nearest that would do.

        Parameters
        ----------
        accepted
            Which would do.

        Returns
        -------
        array, shape (homes,)
            Infinite where there is none.
        """
        places = self.places(accepted)
        if len(places) == 0:
            return np.full(self.homes, np.inf, dtype=np.float32)
        homes, facilities = self._straight()
        return np.asarray(cKDTree(facilities[places]).query(homes)[0], dtype=np.float32)

    def metres_of_pairs(self, accepted: Accepted, limit_m: float) -> Pairs:
        """Every straight line up to a limit to a facility that would do.

        Parameters
        ----------
        accepted
            Which would do.
        limit_m
            Longest line, metres.

        Returns
        -------
        Pairs
        """
        places = self.places(accepted)
        if len(places) == 0:
            return Pairs.none(self.homes)
        homes, facilities = self._straight()
        found = cKDTree(homes).sparse_distance_matrix(
            cKDTree(facilities[places]), limit_m, output_type="ndarray"
        )
        metres = found["v"].astype(np.float32)
        return Pairs.sorted(found["i"], places[found["j"]], metres, self.homes)

    def _straight(self) -> tuple[Numbers, Numbers]:
        """Homes and facilities in metres, as the straight distances of coverage take them."""
        if self._metres is None:
            crs = self.study.network.crs
            tables = (self.study.residents, self.study.facilities)
            points = [table.geometry.to_crs(crs) for table in tables]
            here, there = (np.column_stack([part.x, part.y]) for part in points)
            self._metres = here, there
        return self._metres

    def inside(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Facilities that stand inside units.

        Returns
        -------
        unit, place
            Positions of each pair.
        """
        tree = shapely.STRtree(np.asarray(self.study.facilities.geometry.array))
        areas: gpd.GeoSeries = self.study.units.geometry
        unit, place = tree.query(np.asarray(areas.array), predicate="intersects")
        return unit, place


def overshoot(way: NDArray[Any], limit: float) -> Numbers:
    """How far ways are beyond a limit, 0 within it, 1 at twice the limit and further.

    Parameters
    ----------
    way
        Minutes or metres, infinite where there is no way.
    limit
        Of the requirement.

    Returns
    -------
    array, shape of ``way``

    Examples
    --------
    >>> overshoot(np.array([4.0, 5.0, 7.5, 10.0, np.inf]), 5.0)
    array([0. , 0. , 0.5, 1. , 1. ])
    """
    beyond = way > np.float32(limit)
    share = np.minimum((way - limit) / limit, 1.0)
    return np.where(beyond, np.maximum(share, 0.0), 0.0)


@contextmanager
def quietly() -> Iterator[None]:
    """Do not tell again what the evaluation told: points off the streets and the like.

    Yields
    ------
    None
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        yield
