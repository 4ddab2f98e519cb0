"""What compliance asks of an evaluation: who reaches what, and what stands in each unit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lifecircle.assessment.evaluation import Evaluation
from lifecircle.measures.coverage import share, straight_distances_m
from lifecircle.standards import catalog

# Items whose record has another name.
_RECORDED_AS = {"barrier_free": "barrier_free_entrances"}
Numbers = NDArray[np.float64]
Rows = NDArray[np.bool_]


@dataclass(frozen=True)
class Reached:
    """People of each unit and how many of them are within reach, shapes (units,).

    Parameters
    ----------
    people
        Of the segment, measured.
    covered
        Within reach.
    covered_at_most
        If facilities of unknown size were large enough, and those off the streets reached straight.
    unmeasured
        People who live too far from any street to say.
    """

    people: Numbers
    covered: Numbers
    covered_at_most: Numbers
    unmeasured: Numbers


@dataclass(frozen=True)
class Areas:
    """Facilities in each unit and one figure of theirs, shapes (units,).

    Parameters
    ----------
    count, unknown
        Facilities, and those of them whose figure is not known.
    largest, total
        Of the figures that are known; 0 where none is.
    """

    count: Numbers
    unknown: Numbers
    largest: Numbers
    total: Numbers


class UnitFacts:
    """Figures of all units at once, each worked out when it is first asked for.

    Parameters
    ----------
    evaluation
        What :func:`lifecircle.evaluate` found.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        self.study = evaluation.study
        self.units = evaluation.units
        self.home, self.unit = self.study.members()
        self.service = evaluation.facilities["service"].to_numpy()
        self.near_street: Rows = ~evaluation.facilities["unsnapped"].to_numpy(dtype=bool)
        self.nothing_given = self.study.nothing_given
        whole = self.study.whole
        self._services = frozenset(self.service if whole is None else whole.services)
        self._records: dict[str, Numbers] = {}

    @cached_property
    def _walked_by(self) -> dict[str, tuple[str, str]]:
        """Segment and walker that each service is measured for: the first of its coverage rows."""
        first = self.evaluation.coverage.drop_duplicates("service")
        pairs = zip(first["segment"], first["walker"], strict=True)
        return dict(zip(first["service"], pairs, strict=True))

    def walked_by(self, accepts: tuple[str, ...]) -> tuple[str, str]:
        """Segment and walker that services are measured for.

        Parameters
        ----------
        accepts
            Services that would do.

        Returns
        -------
        segment, walker
        """
        for service in accepts:
            if service in self._walked_by:
                return self._walked_by[service]
        groups, names = catalog.service_groups(), catalog.services()["group"]
        group = names.get(accepts[0])
        walkers = list(self.evaluation.times)
        if group is None or groups.loc[group, "walker"] not in walkers:
            return "people", walkers[-1]
        segment = str(groups.loc[group, "segment"])
        known = segment in self.study.residents.columns
        return segment if known else "people", str(groups.loc[group, "walker"])

    def people(self, segment: str) -> Numbers:
        """Everyone of a segment in each unit; NaN where nothing says how many.

        Parameters
        ----------
        segment
            ``people``, ``elderly``, ``children`` or ``households``.

        Returns
        -------
        array, shape (units,)
        """
        for column in (segment, f"stated_{segment}"):
            if column in self.units.columns:
                values = pd.to_numeric(self.units[column], errors="coerce")
                return np.asarray(values.to_numpy(dtype=float))
        return np.full(len(self.units), np.nan)

    def listed(self, accepts: tuple[str, ...]) -> bool:
        """Whether the facilities speak of any of some services at all."""
        return self.nothing_given or not self._services.isdisjoint(accepts)

    def on_streets(self, accepts: tuple[str, ...]) -> bool:
        """Whether any facility of some services lies near a street."""
        whole = self.study.whole
        if whole is not None:
            walker = list(self.evaluation.times)[-1]
            return self.nothing_given or not whole.near[walker].isdisjoint(accepts)
        chosen = np.isin(self.service, accepts)
        return self.nothing_given or bool((chosen & self.near_street).any())

    def large_enough(
        self, accepts: tuple[str, ...], size_m2: tuple[float, float]
    ) -> tuple[Rows, Rows]:
        """Facilities of some services whose site is of a size, and those that may be.

        Parameters
        ----------
        accepts
            Services.
        size_m2
            From and below; NaN where there is no such bound.

        Returns
        -------
        sure, possible
            Shapes (facilities,).
        """
        chosen = np.isin(self.service, accepts)
        least, below = size_m2
        if np.isnan(least) and np.isnan(below):
            return chosen, chosen
        area = self.figure("site_area_m2")
        with np.errstate(invalid="ignore"):
            fits = (area >= (0 if np.isnan(least) else least)) & (
                area < (np.inf if np.isnan(below) else below)
            )
        return chosen & fits, chosen & (fits | np.isnan(area))

    def walk(self, accepts: tuple[str, ...], minutes: float, sure: Rows, possible: Rows) -> Reached:
        """Who reaches a facility within so many minutes, as coverage counts it.

        Parameters
        ----------
        accepts
            Services, for whose walker and segment it is measured.
        minutes
            Limit, included.
        sure, possible
            Facilities that do, and that may do, shapes (facilities,).

        Returns
        -------
        Reached
            People who live too far from any street to say are in neither figure.
        """
        segment, walker = self.walked_by(accepts)
        times = self.evaluation.times[walker]
        lost = times.origins.isin(times.unsnapped_origins)
        known = ~np.asarray(lost)[self.home]
        weight = self._weight(segment)
        results = [self._walk_min(walker, rows) <= np.float32(minutes) for rows in (sure, possible)]
        astray = possible & ~self.near_street
        if astray.any() and times.walker is not None:
            results[1] = results[1] | (self._straight_m(astray) <= times.walker.reach_m(minutes))
        first, most = (self._sum(weight * known * near[self.home]) for near in results)
        return Reached(
            self._sum(weight * known), first, most, unmeasured=self._sum(weight * ~known)
        )

    def radius(
        self, accepts: tuple[str, ...], radius_m: float, sure: Rows, possible: Rows
    ) -> Reached:
        """Who lives within a straight radius, streets or none.

        Parameters
        ----------
        accepts, sure, possible
            As for :meth:`walk`.
        radius_m
            Metres, included.

        Returns
        -------
        Reached
        """
        segment, _ = self.walked_by(accepts)
        weight = self._weight(segment)
        near = [self._straight_m(rows) <= radius_m for rows in (sure, possible)]
        people = self._sum(weight)
        first, most = (self._sum(weight * one[self.home]) for one in near)
        return Reached(people, first, most, unmeasured=np.zeros(len(people)))

    def areas(self, column: str, rows: Rows) -> Areas:
        """Facilities in each unit, and their floor, site or capacity.

        Parameters
        ----------
        column
            Of the facilities.
        rows
            Facilities that count, shape (facilities,).

        Returns
        -------
        Areas
        """
        unit, place = self._inside
        keep = rows[place]
        unit, place = unit[keep], place[keep]
        figure = self.figure(column)[place]
        known = ~np.isnan(figure)
        largest = np.zeros(len(self.units))
        np.maximum.at(largest, unit[known], figure[known])
        size = len(self.units)
        return Areas(
            np.bincount(unit, minlength=size).astype(np.float64),
            np.bincount(unit[~known], minlength=size).astype(np.float64),
            largest,
            np.asarray(
                np.bincount(unit[known], weights=figure[known], minlength=size), dtype=float
            ),
        )

    def inside(self, rows: Rows) -> Numbers:
        """How many of some facilities stand in each unit.

        Parameters
        ----------
        rows
            Facilities that count, shape (facilities,).

        Returns
        -------
        array, shape (units,)
        """
        unit, place = self._inside
        return np.bincount(unit[rows[place]], minlength=len(self.units)).astype(np.float64)

    def record(self, item: str) -> Numbers:
        """What the records say of an item in each unit; NaN where they say nothing.

        Parameters
        ----------
        item
            Service or item of a standard.

        Returns
        -------
        array, shape (units,)
        """
        found = self._records.get(item, self._records.get(_RECORDED_AS.get(item, "")))
        return np.full(len(self.units), np.nan) if found is None else found

    def take_records(self, records: pd.DataFrame | None) -> None:
        """Let records speak too.

        Parameters
        ----------
        records
            One row per unit and record, as a record book frames them.
        """
        found: dict[str, Numbers] = {}
        if records is not None:
            for item, part in records.groupby("record"):
                values = part.set_index("unit_id")["value"].reindex(self.units["unit_id"])
                found[str(item)] = np.asarray(values.to_numpy(dtype=float))
        self._records = found

    @cached_property
    def _inside(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Pairs of a unit and a facility in it."""
        tree = shapely.STRtree(np.asarray(self.evaluation.facilities.geometry.array))
        pairs = tree.query(np.asarray(self.units.geometry.array), predicate="intersects")
        return pairs[0], pairs[1]

    def _walk_min(self, walker: str, rows: Rows) -> NDArray[np.float32]:
        """Walk from each home to the nearest of some facilities, infinite if none."""
        key = (walker, rows.tobytes())
        if key not in self._walked:
            code = np.where(rows, 0, -1).astype(np.int64)
            self._walked[key] = self.evaluation.times[walker].nearest_by_code(code, 1)[:, 0]
        return self._walked[key]

    @cached_property
    def _walked(self) -> dict[tuple[str, bytes], NDArray[np.float32]]:
        return {}

    def _straight_m(self, rows: Rows) -> Numbers:
        """Straight way from each home to the nearest of some facilities, infinite if none."""
        key = rows.tobytes()
        if key not in self._straight:
            chosen = self.evaluation.facilities[rows].assign(_all="all")
            distance_m, labels = straight_distances_m(
                self.study.residents, chosen, "_all", self.study.network.crs
            )
            none = np.full(len(self.study.residents), np.inf)
            self._straight[key] = distance_m[:, 0] if labels else none
        return self._straight[key]

    @cached_property
    def _straight(self) -> dict[bytes, Numbers]:
        return {}

    def figure(self, column: str) -> Numbers:
        """A figure of all facilities.

        Parameters
        ----------
        column
            Such as ``floor_area_m2``.

        Returns
        -------
        array, shape (facilities,)
            NaN where it is not known.
        """
        table = self.evaluation.facilities
        if column not in table.columns:
            return np.full(len(table), np.nan)
        return np.asarray(pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float))

    def _weight(self, segment: str) -> Numbers:
        column = pd.to_numeric(self.study.residents[segment])
        return np.asarray(column.to_numpy(dtype=float)[self.home])

    def _sum(self, values: Any) -> Numbers:
        return np.asarray(np.bincount(self.unit, weights=values, minlength=len(self.units)))


def shares(reached: Reached) -> tuple[Numbers, Numbers, Numbers]:
    """Covered shares, and between what they lie if everything unknown were known.

    Parameters
    ----------
    reached
        People of each unit and who is within reach.

    Returns
    -------
    share, at_least, at_most
        0–1, NaN where nobody lives.

    Examples
    --------
    >>> one = Reached(*(np.array([number]) for number in (4.0, 3.0, 4.0, 1.0)))
    >>> [part.tolist() for part in shares(one)]
    [[0.75], [0.6], [1.0]]
    """
    everybody = reached.people + reached.unmeasured
    return (
        share(reached.covered, reached.people),
        share(reached.covered, everybody),
        share(reached.covered_at_most + reached.unmeasured, everybody),
    )
