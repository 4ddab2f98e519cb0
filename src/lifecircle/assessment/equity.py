"""Capacity and equity of every unit and service, from the travel times of an evaluation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lifecircle.assessment.evaluation import Evaluation
from lifecircle.errors import UnknownNameError, UnknownServiceError, some
from lifecircle.measures.catchment import (
    Decay,
    gaussian,
    steps,
    three_step_fca,
    two_step_fca,
)
from lifecircle.measures.equity import inequality, segment_gaps
from lifecircle.network.travel_times import TravelTimes
from lifecircle.tables import SEGMENTS

METHODS = ("gaussian", "2SFCA", "E2SFCA", "3SFCA")
CAPACITY_COLUMNS = (
    "unit_id",
    "name",
    "service",
    "segment",
    "walker",
    "minutes",
    "method",
    "people",
    "capacity_per_1000",
    "gini",
    "palma",
    "theil",
    "people_without",
    "unsnapped_people",
    *(f"{name}_{what}" for name in SEGMENTS for what in ("difference_per_1000", "ratio")),
    "capacity_inside",
    "capacity_total",
    "capacity_unreached",
    "facilities",
    "facilities_unknown",
    "unknown_ids",
    "capacity_known",
    "why",
    "outside_share",
)
TOLD_OUTSIDE_SHARE = 0.05  # from here on it is said how much comes from outside all units
_WHY = {
    "none": {
        "zh": "没有一处靠近道路的设施写明容量，未知",
        "en": "no facility near a street states its capacity: unknown",
    },
    "some": {
        "zh": "{unknown} 处设施（共 {all} 处）未写明容量或不靠近道路，未计入：数值只含已知容量",
        "en": "{unknown} of {all} facilities state no capacity or are near no street and are left "
        "out: the figures are of the known capacity alone",
    },
    "nobody": {
        "zh": "本单元没有这类人口（不适用）",
        "en": "nobody of this segment lives here: n/a",
    },
    "outside": {
        "zh": "千人容量的 {share} 来自所有单元之外的设施，计算时它们只服务研究范围内的人口，"
        "数值可能偏高",
        "en": "{share} of capacity_per_1000 comes from facilities outside every unit, which serve "
        "the study's people alone here: it may be too high",
    },
}


def capacity_table(
    evaluation: Evaluation,
    *,
    method: str = "gaussian",
    minutes: float | None = None,
    services: Iterable[str] | None = None,
    decay: Decay | None = None,
) -> pd.DataFrame:
    """Capacity per 1000 people that each unit's people share, and how evenly.

    Everybody in the study competes: a facility outside a unit counts for it, and so do the people
    around. Each service is measured over those it is for, at their pace, as coverage is.

    Parameters
    ----------
    evaluation
        What :func:`lifecircle.evaluate` found; its facilities need a column ``capacity``.
    method
        ``"gaussian"`` (2SFCA with a weight that falls along a Gaussian), ``"2SFCA"`` (all within
        the minutes alike), ``"E2SFCA"`` (weights 1, 0.68 and 0.22 in three equal zones) or
        ``"3SFCA"`` (Gaussian, and people choose among what they reach).
    minutes
        How far people go, minutes; the longest of the study if not given.
    services
        Services that are measured; all of the facilities' if not given.
    decay
        Weights of the caller's own in place of the method's.

    Returns
    -------
    DataFrame
        One row per unit and service: ``unit_id``, ``name``, ``service``, ``segment``, ``walker``,
        ``minutes``, ``method``; ``people`` (of the segment, near a street), ``capacity_per_1000``
        of them (mean), ``gini``, ``palma``, ``theil`` (:func:`lifecircle.inequality`),
        ``people_without`` (who surely have nothing within reach), ``unsnapped_people``;
        ``elderly_difference_per_1000`` and ``elderly_ratio`` against everyone, likewise
        ``children`` (of services for everyone alone); ``capacity_inside`` (known, standing in the
        unit), ``capacity_total`` and ``capacity_unreached`` (of the whole study; nobody can reach
        it); ``facilities``, ``facilities_unknown`` and ``unknown_ids`` (those that state no
        capacity or lie near no street), ``capacity_known`` (``"all"``, ``"some"`` or ``"none"``)
        and ``why``; ``outside_share`` (of ``capacity_per_1000``: what comes from facilities outside
        every unit of the study). What is not known, or whose people are nobody, is NaN. In each
        unit services of which capacities are known come first.

    Raises
    ------
    UnknownNameError
        If there is no such method.
    UnknownServiceError
        If no facility is of a service.
    InputError
        If the minutes go beyond those that were searched.

    Notes
    -----
    People outside the study's residents are not known and do not compete: near the edge, where
    ``outside_share`` is large, ``capacity_per_1000`` is too much, and ``why`` says so above 0.05.
    What people share is in proportion to the capacities, so that ``outside_share`` is what is lost
    when those outside have none. Where some capacities are not known,
    ``capacity_per_1000`` is at least as much by every method but ``"3SFCA"``.

    Examples
    --------
    >>> from lifecircle import evaluate, load_demo
    >>> table = capacity_table(evaluate(load_demo()), services=["kindergarten"])
    >>> bool((table["capacity_per_1000"] > 0).all())
    True
    """
    if method not in METHODS:
        raise UnknownNameError("method", method, METHODS)
    study = evaluation.study
    limit = float(study.minutes[-1] if minutes is None else minutes)
    chosen = _services(evaluation, services)
    times = {name: table.within(limit) for name, table in evaluation.times.items()}
    ground = _Ground(evaluation, times, method, limit, decay or _decay(method, limit))
    parts = [ground.rows(*row) for row in chosen.itertuples(index=False, name=None)]
    if not parts:
        return pd.DataFrame(columns=list(CAPACITY_COLUMNS))
    table = pd.concat(parts, ignore_index=True)[list(CAPACITY_COLUMNS)]
    place = {unit_id: row for row, unit_id in enumerate(study.units["unit_id"])}
    order = pd.DataFrame(
        {
            "unit": table["unit_id"].map(place),
            "known": table["capacity_known"].map(("all", "some", "none").index),
            "service": table["service"],
        }
    )
    return table.loc[order.sort_values([*order.columns]).index].reset_index(drop=True)


def _services(evaluation: Evaluation, services: Iterable[str] | None) -> pd.DataFrame:
    """Services with the segment and the walker that coverage measures them for by default."""
    listed = evaluation.coverage.drop_duplicates("service")[["service", "segment", "walker"]]
    here = set(evaluation.study.facilities["service"])
    listed = listed[listed["service"].isin(here)].sort_values("service")
    if services is None:
        return listed
    asked = [services] if isinstance(services, str) else list(services)
    strange = [name for name in asked if name not in here]
    if strange:
        raise UnknownServiceError(
            f"services: no facility is of {len(strange)} of {len(asked)} services "
            f"({some(strange)}). The facilities offer {some(sorted(here), 30)}."
        )
    return listed[listed["service"].isin(asked)]


def _decay(method: str, minutes: float) -> Decay:
    if method == "2SFCA":
        return steps((minutes, 1.0))
    if method == "E2SFCA":  # source: Luo & Qi (2009), their first set of weights
        return steps((minutes / 3, 1.0), (2 * minutes / 3, 0.68), (minutes, 0.22))
    return gaussian(minutes)


@dataclass(frozen=True)
class _Ground:
    """What all services have in common.

    Parameters
    ----------
    evaluation
        What was found.
    times
        Travel times by name of walker, within the minutes.
    method, minutes, decay
        How capacity is shared.
    """

    evaluation: Evaluation
    times: dict[str, TravelTimes]
    method: str
    minutes: float
    decay: Decay

    def rows(self, service: str, segment: str, walker: str) -> pd.DataFrame:
        """One row per unit."""
        study, times = self.evaluation.study, self.times[walker]
        places = study.facilities[study.facilities["service"] == service]
        capacity = places["capacity"] if "capacity" in places else pd.Series(np.nan, places.index)
        lost = places["facility_id"].isin(times.unsnapped_destinations).to_numpy()
        told = capacity.notna().to_numpy() & ~lost
        known, without = places.assign(capacity=capacity)[told], places[~told]
        homes = pd.DataFrame(study.residents.drop(columns="geometry"))
        access = self._access(times, homes, known, segment)
        state = "all" if without.empty else "some" if len(known) else "none"
        sure = access.eq(0).to_numpy() & ~_reaching(times, without["facility_id"])
        table = pd.DataFrame(self._units(homes, access, segment, sure, state))
        outside = self._outside_share(times, homes, known, segment)
        inside = _capacity_inside(study.units, known)
        return table.assign(
            service=service,
            segment=segment,
            walker=walker,
            minutes=self.minutes,
            method=self.method,
            capacity_inside=inside if len(known) else np.nan,
            capacity_total=known["capacity"].sum() if len(known) else np.nan,
            capacity_unreached=self._unreached(times, known, homes[segment]),
            facilities=len(places),
            facilities_unknown=len(without),
            unknown_ids=";".join(without["facility_id"]),
            capacity_known=state,
            outside_share=outside,
            why=[
                self._why(state, people, (len(without), len(places)), share)
                for people, share in zip(table["people"], outside, strict=True)
            ],
        )

    def _access(
        self, times: TravelTimes, homes: pd.DataFrame, known: pd.DataFrame, segment: str
    ) -> pd.Series:
        """Capacity per person at each home."""
        if known.empty:
            return pd.Series(np.nan, index=homes.index)
        share = three_step_fca if self.method == "3SFCA" else two_step_fca
        return share(times, homes, known, decay=self.decay, people=segment)

    def _outside_share(
        self, times: TravelTimes, homes: pd.DataFrame, known: gpd.GeoDataFrame, segment: str
    ) -> NDArray[np.float64]:
        """Share of each unit's capacity that facilities outside every unit give."""
        units = self.evaluation.study.units
        inside = _standing(units, known).any(axis=0)
        here = known.assign(capacity=np.where(inside, known["capacity"], 0.0))
        every = self._access(times, homes, known, segment)
        within = every if inside.all() else self._access(times, homes, here, segment)
        resident, unit = self.evaluation.study.members()
        weight = homes[segment].to_numpy(dtype=float)[resident]
        totals = [
            np.bincount(unit, np.nan_to_num(one.to_numpy()[resident]) * weight, len(units))
            for one in (every, within)
        ]
        with np.errstate(invalid="ignore"):
            lost = np.where(totals[0] > 0, 1.0 - totals[1] / totals[0], np.nan)
        return np.asarray(np.clip(lost, 0.0, 1.0), dtype=np.float64)

    def _units(
        self,
        homes: pd.DataFrame,
        access: pd.Series,
        segment: str,
        sure: NDArray[np.bool_],
        state: str,
    ) -> list[dict[str, Any]]:
        """Figures of each unit's people."""
        resident, unit = self.evaluation.study.members()
        units = self.evaluation.study.units
        off = self.evaluation.residents["unsnapped"].to_numpy()
        rows = []
        for row, (unit_id, name) in enumerate(zip(units["unit_id"], units["name"], strict=True)):
            here = resident[unit == row]
            table, value = homes.iloc[here], access.to_numpy()[here]
            weight = table[segment].to_numpy(dtype=float)
            figures = inequality(value, weight)
            near = ~off[here]
            people = float(weight[near].sum())
            nobody = not people > 0 or state == "none"
            rows.append(
                {
                    "unit_id": unit_id,
                    "name": name,
                    "people": people,
                    "capacity_per_1000": 1000 * figures["mean"],
                    **{key: figures[key] for key in ("gini", "palma", "theil")},
                    "people_without": np.nan if nobody else float(weight[sure[here]].sum()),
                    "unsnapped_people": float(weight[~near].sum()),
                    **_gaps(value, table, segment),
                }
            )
        return rows

    def _unreached(self, times: TravelTimes, known: gpd.GeoDataFrame, people: pd.Series) -> float:
        """Capacity that nobody is near enough to ask for."""
        if known.empty:
            return float("nan")
        weight = self.decay(times.minutes.astype(np.float64)) * people.to_numpy()[times.origin]
        sought = np.bincount(times.destination, weights=weight, minlength=len(times.destinations))
        asked = set(times.destinations[sought > 0])
        return float(known.loc[~known["facility_id"].isin(asked), "capacity"].sum())

    def _why(self, state: str, people: float, counts: tuple[int, int], outside: float) -> str:
        """What is not known or too high, in words."""
        language = self.evaluation.study.language
        keys = [state if state == "none" or people > 0 else "nobody"]
        if outside > TOLD_OUTSIDE_SHARE:
            keys.append("outside")
        unknown, every = counts
        words = [
            _WHY[key][language].format(unknown=unknown, all=every, share=f"{outside:.0%}")
            for key in keys
            if key in _WHY
        ]
        return ("；" if language == "zh" else "; ").join(words)


def _reaching(times: TravelTimes, facility_ids: pd.Series) -> NDArray[np.bool_]:
    """Whether each origin reaches one of some facilities."""
    asked = times.destinations.isin(facility_ids)[times.destination]
    return np.bincount(times.origin[asked], minlength=len(times.origins)) > 0


def _gaps(value: NDArray[np.float64], table: pd.DataFrame, segment: str) -> dict[str, float]:
    """Differences and ratios of the segments, of a service that all compete for."""
    gaps = dict.fromkeys(
        (f"{name}_{what}" for name in SEGMENTS for what in ("difference_per_1000", "ratio")),
        float("nan"),
    )
    present = [name for name in SEGMENTS if name in table and segment == "people"]
    found = segment_gaps(value, table, present)
    for name in present:
        gaps[f"{name}_difference_per_1000"] = 1000 * float(found["difference"].loc[name])
        gaps[f"{name}_ratio"] = float(found["ratio"].loc[name])
    return gaps


def _standing(units: gpd.GeoDataFrame, places: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Whether each facility stands in each unit, shape (units, facilities)."""
    tree = shapely.STRtree(np.asarray(places.geometry.array))
    unit, place = tree.query(np.asarray(units.geometry.array), predicate="intersects")
    standing = np.zeros((len(units), len(places)), dtype=np.bool_)
    standing[unit, place] = True
    return standing


def _capacity_inside(units: gpd.GeoDataFrame, known: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Capacity that stands in each unit."""
    capacity = known["capacity"].to_numpy(dtype=float)
    return np.asarray(_standing(units, known) @ capacity, dtype=np.float64)
