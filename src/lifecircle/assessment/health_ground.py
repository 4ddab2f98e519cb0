"""What the parts of a health check are computed from: people, walks and facilities of each unit."""

from __future__ import annotations

from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lifecircle.assessment.evaluation import Evaluation
from lifecircle.assessment.health_records import RecordBook
from lifecircle.measures.coverage import share, straight_distances_m

Numbers = NDArray[np.float64]


class Ground:
    """Figures of an evaluation by unit, each worked out once.

    Parameters
    ----------
    evaluation
        What :func:`lifecircle.evaluate` found.
    book
        What the records say.
    compliance
        Verdicts on clauses, one row each; may be empty.

    Examples
    --------
    >>> from lifecircle import evaluate, load_demo
    >>> today = evaluate(load_demo())
    >>> book = RecordBook(None, today.units, None, "en")
    >>> round(float(Ground(today, book, pd.DataFrame()).people("elderly")[0]))
    6186
    """

    def __init__(self, evaluation: Evaluation, book: RecordBook, compliance: pd.DataFrame) -> None:
        self.evaluation, self.book, self.compliance = evaluation, book, compliance
        self.language = evaluation.study.language
        self.unit_ids = evaluation.study.units["unit_id"].to_list()
        self.listed = frozenset(evaluation.study.facilities["service"])
        rows = evaluation.coverage.drop_duplicates("service")
        self._rules = {
            service: (segment, walker)
            for service, segment, walker in rows[["service", "segment", "walker"]].to_numpy()
        }
        lost = evaluation.facilities
        self.near_a_street = frozenset(lost.loc[~lost["unsnapped"], "service"])
        self._resident, self._unit = evaluation.study.members()

    def segment(self, services: tuple[str, ...]) -> tuple[str, str]:
        """People and walker that the first listed of some services is measured for.

        Parameters
        ----------
        services
            Services of which one does.

        Returns
        -------
        segment, walker
        """
        return next(self._rules[name] for name in services if name in self._rules)

    def people(self, segment: str) -> Numbers:
        """People of each unit.

        Parameters
        ----------
        segment
            Such as ``"elderly"``.

        Returns
        -------
        array, shape (units,)
        """
        count = self._count(segment)[self._resident]
        return self._sum(count)

    def walk_share(self, services: tuple[str, ...], minutes: float) -> Numbers:
        """Share of the people of each unit who walk to one of some services in time.

        Parameters
        ----------
        services
            Services of which one does; the people and their pace are those of the first listed.
        minutes
            Time, minutes; exactly at it counts.

        Returns
        -------
        array, shape (units,)
            NaN where nobody lives.
        """
        segment, walker = self.segment(services)
        table = self._nearest(walker)
        columns = [name for name in services if name in table]
        inside = (table[columns] <= np.float32(minutes)).any(axis=1).to_numpy()
        known = ~self.evaluation.residents["unsnapped"].to_numpy()
        return self._share(inside & known, segment, known)

    def radius_share(self, services: tuple[str, ...], radius_m: float) -> Numbers:
        """Share of the people of each unit who live within a straight line of one of some services.

        Parameters
        ----------
        services
            Services of which one does.
        radius_m
            Length of the line, metres.

        Returns
        -------
        array, shape (units,)
            NaN where nobody lives.
        """
        segment, _ = self.segment(services)
        study = self.evaluation.study
        chosen = study.facilities[study.facilities["service"].isin(services)]
        distance_m, _ = straight_distances_m(study.residents, chosen, "service")
        inside = (distance_m <= radius_m).any(axis=1)
        return self._share(inside, segment, np.ones(len(inside), dtype=np.bool_))

    def places(self, services: tuple[str, ...]) -> list[gpd.GeoDataFrame]:
        """Facilities of some services that stand in each unit.

        Parameters
        ----------
        services
            Services.

        Returns
        -------
        list of GeoDataFrame, one per unit
        """
        study = self.evaluation.study
        unit, place = self._inside
        wanted = study.facilities["service"].isin(services).to_numpy()
        return [
            study.facilities.iloc[np.sort(place[(unit == row) & wanted[place]])]
            for row in range(len(self.unit_ids))
        ]

    def households(self) -> Numbers:
        """Households of each unit, NaN where nothing tells them.

        Returns
        -------
        array, shape (units,)
        """
        units = self.evaluation.units
        if "households" not in units:
            return np.full(len(units), np.nan)
        return pd.to_numeric(units["households"], errors="coerce").to_numpy(dtype=float)

    @cached_property
    def _inside(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        study = self.evaluation.study
        tree = shapely.STRtree(np.asarray(study.facilities.geometry.array))
        unit, place = tree.query(np.asarray(study.units.geometry.array), predicate="intersects")
        return unit.astype(np.int64), place.astype(np.int64)

    @cached_property
    def _tables(self) -> dict[str, pd.DataFrame]:
        return {}

    def _nearest(self, walker: str) -> pd.DataFrame:
        """Minutes from each resident to the nearest of each service."""
        if walker not in self._tables:
            service = self.evaluation.study.facilities["service"].to_numpy()
            self._tables[walker] = self.evaluation.times[walker].nearest(service)
        return self._tables[walker]

    def _count(self, segment: str) -> Numbers:
        residents = self.evaluation.study.residents
        return pd.to_numeric(residents[segment]).to_numpy(dtype=float)

    def _sum(self, weight: Numbers) -> Numbers:
        return np.bincount(self._unit, weights=weight, minlength=len(self.unit_ids))

    def _share(self, inside: NDArray[np.bool_], segment: str, known: NDArray[np.bool_]) -> Numbers:
        count = self._count(segment)
        part = self._sum((count * inside)[self._resident])
        return share(part, self._sum((count * known)[self._resident]))
