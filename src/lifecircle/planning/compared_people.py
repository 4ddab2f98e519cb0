"""Who gains and who loses between two evaluations, resident by resident."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.assessment.evaluation import Evaluation
from lifecircle.crs import WGS84
from lifecircle.errors import LifecircleWarning, MissingColumnError, some
from lifecircle.measures.coverage import people_numbers
from lifecircle.standards import catalog
from lifecircle.tables.findings import tell

Floats = NDArray[np.float64]

PEOPLE_COLUMNS = (
    "unit_id",
    "name",
    "service",
    "segment",
    "walker",
    "minutes",
    "people",
    "within_people_before",
    "within_people_after",
    "within_people_change",
    "gained_people",
    "lost_people",
    "minutes_saved_people_min",
)
LOSER_COLUMNS = (
    "resident_id",
    "unit_id",
    "service",
    "segment",
    "walker",
    "minutes",
    "minutes_before",
    "minutes_after",
    "out_of_reach",
    "people",
    "lon",
    "lat",
)
# Times are kept as 32-bit numbers: a walk that differs by less is the same walk.
_SAME_MIN = 1e-3


@dataclass(frozen=True, eq=False)
class Walks:
    """Walks to the nearest facility of one service, before and after.

    Parameters
    ----------
    service, walker
        Where to, and who walks.
    limit_min
        The walk that counts, minutes.
    segments
        Groups of people who are looked at for this walker.
    before_min, after_min
        Minutes of each resident, infinite beyond the longest walk searched; ``None`` where nothing
        is known of the service, shape (r,).
    """

    service: str
    walker: str
    limit_min: float
    segments: tuple[str, ...]
    before_min: Floats | None
    after_min: Floats | None

    def within(self) -> tuple[Any, Any]:
        """Whether each resident has the service within the walk, before and after."""
        limit = np.float32(self.limit_min)
        return tuple(
            None if side is None else side <= limit for side in (self.before_min, self.after_min)
        )  # type: ignore[return-value]

    def differ(self) -> NDArray[np.bool_]:
        """Whose walk is another one, shape (r,)."""
        if self.before_min is None or self.after_min is None:
            return np.zeros(0, dtype=bool)
        with np.errstate(invalid="ignore"):
            apart = np.abs(self.after_min - self.before_min) > _SAME_MIN
        apart |= np.isfinite(self.before_min) != np.isfinite(self.after_min)
        return np.asarray(apart)


class ComparedPeople:
    """People of two evaluations.

    Parameters
    ----------
    before, after
        Evaluations of the same residents.
    segments
        Columns of residents that are looked at beside all people.

    Raises
    ------
    MissingColumnError
        If a segment is no column of residents.
    """

    def __init__(self, before: Evaluation, after: Evaluation, segments: Sequence[str]) -> None:
        self.before, self.after = before, after
        residents = before.study.residents
        absent = [name for name in segments if name not in residents]
        if absent:
            raise MissingColumnError(
                f"compare: residents have no column {some(absent)} ({some(residents.columns, 12)})."
            )
        self.weights = {
            name: people_numbers(residents, name) for name in dict.fromkeys(("people", *segments))
        }
        with warnings.catch_warnings():  # told when it was evaluated
            warnings.simplefilter("ignore", LifecircleWarning)
            self.home, self.unit = before.study.members()
        self.lost = self._lost()
        self.nearest: dict[tuple[int, str], pd.DataFrame] = {}
        self.walks = list(self._walks())

    def _lost(self) -> NDArray[np.bool_]:
        """Residents who lie near no street on one side or both."""
        ids = self.before.study.residents["resident_id"]
        sides = [
            ids.isin(next(iter(side.times.values())).unsnapped_origins).to_numpy()
            for side in (self.before, self.after)
        ]
        apart = sides[0] != sides[1]
        if apart.any():
            people = self.weights["people"][apart].sum()
            tell(
                f"compare: {apart.sum()} of {len(apart)} residents' places with {people:,.0f} "
                f"people join the streets on one side only ({some(ids[apart])}). What they gain or "
                "lose is unknown; they are left out of people and losers."
            )
        return np.asarray(sides[0] | sides[1])

    def _walks(self) -> Iterator[Walks]:
        """Every service, by everybody for whom it is measured."""
        rows = pd.concat([self.before.coverage, self.after.coverage], ignore_index=True)
        rows = rows[["service", "walker", "segment"]].drop_duplicates()
        limits = self._limits()
        tables = [side.study.facilities for side in (self.before, self.after)]
        here = [set(table["service"]) for table in tables]
        gone = sorted(here[0] - here[1])
        come = sorted(here[1] - here[0])
        self._tell_of(gone, come)
        for service, part in rows.groupby("service", sort=False):
            walkers: dict[str, list[str]] = {}
            for walker, segment in zip(part["walker"], part["segment"], strict=True):
                walkers.setdefault(str(walker), []).append(str(segment))
            for segment in self.weights:
                if segment not in part["segment"].to_list():
                    walkers.setdefault(self._walker_of(segment, walkers), []).append(segment)
            for walker, segments in walkers.items():
                yield Walks(
                    str(service),
                    walker,
                    limits.get(str(service), self.before.study.minutes[-1]),
                    tuple(name for name in self.weights if name in segments),
                    self._minutes(0, walker, str(service)),
                    self._minutes(1, walker, str(service), gone=service in gone),
                )

    def _walker_of(self, segment: str, walkers: dict[str, list[str]]) -> str:
        """Who walks for people of a segment that a service is not measured for."""
        groups = catalog.service_groups().drop_duplicates("segment").set_index("segment")
        own = str(groups["walker"].get(segment, ""))
        if own in self.before.times and own in self.after.times and self.before.walkers is None:
            return own
        return next((name for name, known in walkers.items() if "people" in known), "")

    def _limits(self) -> dict[str, float]:
        """The standard's walk to each service, as far as the study looks, minutes."""
        longest = self.before.study.minutes[-1]
        limits: dict[str, float] = {}
        table = self.before.requirements.sort_values("walk_minutes", kind="stable")
        for accepts, walk in zip(table["accepts"], table["walk_minutes"], strict=True):
            for service in accepts:
                limits.setdefault(service, min(float(walk), longest))
        own = dict(zip(table["service"], table["walk_minutes"], strict=True))
        return {**limits, **{name: min(float(walk), longest) for name, walk in own.items()}}

    def _minutes(
        self, side: int, walker: str, service: str, *, gone: bool = False
    ) -> Floats | None:
        """Minutes of each resident to the nearest of a service; ``None`` where it is unknown."""
        if gone:  # what was there and is closed is known not to be there
            return np.full(len(self.lost), np.inf)
        evaluation = (self.before, self.after)[side]
        facilities = evaluation.facilities
        if walker not in evaluation.times:
            return None
        if not (~facilities.loc[facilities["service"] == service, "unsnapped"]).any():
            return None
        if (side, walker) not in self.nearest:
            labels = evaluation.study.facilities["service"].to_numpy()
            self.nearest[side, walker] = evaluation.times[walker].nearest(labels)
        column = self.nearest[side, walker][service].to_numpy()
        return np.where(np.isnan(column), np.float32(np.inf), column)

    def _tell_of(self, gone: list[str], come: list[str]) -> None:
        language = self.after.study.language
        told = {
            "stand in no facilities table before: whether anybody had them then is unknown, and so "
            "is who gains": come,
            "have no facility left. Who had one within the walk loses it; coverage afterwards "
            "stays unknown, as of every service that a table does not list": gone,
        }
        for words, services in told.items():
            if services:
                names = [catalog.service_name(name, language) for name in services]
                tell(f"compare: {len(names)} services ({some(names, 9)}) {words}.")

    def people(self) -> pd.DataFrame:
        """Rows of units, services and segments: who is within the walk, who gains, who loses."""
        units = self.before.study.units
        known = ~self.lost[self.home]
        home, unit = self.home[known], self.unit[known]

        def added(weights: Floats, chosen: NDArray[np.bool_] | None) -> Floats:
            """Sum per unit of those who are chosen; unknown where that is."""
            if chosen is None:
                return np.full(len(units), np.nan)
            kept = np.where(chosen[home], weights[home], 0.0)
            return np.asarray(np.bincount(unit, weights=kept, minlength=len(units)), dtype=float)

        every = np.ones(len(self.lost), dtype=bool)
        parts = []
        for walks in self.walks:
            inside = walks.within()
            both = all(side is not None for side in inside)
            gained = inside[1] & ~inside[0] if both else None
            lost = inside[0] & ~inside[1] if both else None
            saved, timed = self._saved(walks)
            for segment in walks.segments:
                weights = self.weights[segment]
                part = pd.DataFrame(
                    {
                        "unit_id": units["unit_id"],
                        "name": units["name"],
                        "service": walks.service,
                        "segment": segment,
                        "walker": walks.walker,
                        "minutes": walks.limit_min,
                        "people": added(weights, every),
                        "within_people_before": added(weights, inside[0]),
                        "within_people_after": added(weights, inside[1]),
                        "gained_people": added(weights, gained),
                        "lost_people": added(weights, lost),
                        "minutes_saved_people_min": added(weights * saved, timed),
                    }
                )
                parts.append(part)
        if not parts:
            return pd.DataFrame(columns=list(PEOPLE_COLUMNS))
        table = pd.concat(parts, ignore_index=True)
        table["within_people_change"] = table["gained_people"] - table["lost_people"]
        order = {unit_id: place for place, unit_id in enumerate(units["unit_id"])}
        table = table.sort_values("unit_id", key=lambda ids: ids.map(order), kind="stable")
        return table[list(PEOPLE_COLUMNS)].reset_index(drop=True)

    def _saved(self, walks: Walks) -> tuple[Floats, Any]:
        """Minutes that each resident saves, and who has a walk on both sides."""
        if walks.before_min is None or walks.after_min is None:
            return np.zeros(len(self.lost)), None
        timed = np.isfinite(walks.before_min) & np.isfinite(walks.after_min)
        saved = np.zeros(len(timed))
        saved[timed] = walks.before_min[timed].astype(float) - walks.after_min[timed]
        return saved, timed

    def losers(self) -> pd.DataFrame:
        """Residents who have a longer walk than before, or one that is too long now."""
        residents = self.before.study.residents
        unit = self._smallest_unit()
        lonlat = residents.geometry.to_crs(WGS84)
        parts = []
        for walks in self._own():
            if walks.before_min is None or walks.after_min is None:
                continue
            inside = walks.within()
            people = self.weights[walks.segments[0]]
            worse = walks.differ() & (walks.after_min > walks.before_min)
            rows = np.flatnonzero(worse & (unit >= 0) & ~self.lost & (people > 0))
            parts.append(
                pd.DataFrame(
                    {
                        "resident_id": residents["resident_id"].to_numpy()[rows],
                        "unit_id": self.before.study.units["unit_id"].to_numpy()[unit[rows]],
                        "service": walks.service,
                        "segment": walks.segments[0],
                        "walker": walks.walker,
                        "minutes": walks.limit_min,
                        "minutes_before": _finite(walks.before_min[rows]),
                        "minutes_after": _finite(walks.after_min[rows]),
                        "out_of_reach": (inside[0] & ~inside[1])[rows],
                        "people": people[rows],
                        "lon": lonlat.x.to_numpy()[rows],
                        "lat": lonlat.y.to_numpy()[rows],
                    }
                )
            )
        parts = [part for part in parts if len(part)]
        if not parts:
            return pd.DataFrame(columns=list(LOSER_COLUMNS))
        table = pd.concat(parts, ignore_index=True)
        order = np.lexsort((-table["people"].to_numpy(), ~table["out_of_reach"].to_numpy()))
        return table.iloc[order].reset_index(drop=True)

    def _smallest_unit(self) -> NDArray[np.int64]:
        """The smallest unit that each resident belongs to, -1 for none."""
        places = np.bincount(self.unit, minlength=len(self.before.study.units))
        unit = np.full(len(self.lost), -1, dtype=np.int64)
        order = np.argsort(-places[self.unit], kind="stable")
        unit[self.home[order]] = self.unit[order]
        return unit

    def _own(self) -> Iterator[Walks]:
        """Walks to each service of those that it is for."""
        for service in dict.fromkeys(walks.service for walks in self.walks):
            mine = [walks for walks in self.walks if walks.service == service and walks.segments]
            yield replace(mine[0], segments=(self._segment_of(mine[0]),))

    def _segment_of(self, walks: Walks) -> str:
        """People whom a service is for, as far as residents are told apart."""
        rows = self.before.coverage if walks.before_min is not None else self.after.coverage
        mine = rows[(rows["service"] == walks.service) & (rows["walker"] == walks.walker)]
        told = [name for name in mine["segment"] if name in walks.segments]
        return str(told[0]) if told else walks.segments[0]

    def residents(self) -> gpd.GeoDataFrame:
        """Residents with the minutes to services whose walks changed for anybody."""
        residents = self.before.study.residents
        columns: dict[str, Any] = {}
        count = {name: np.zeros(len(residents), dtype=np.int64) for name in ("gained", "lost")}
        for walks in self._own():
            inside = walks.within()
            if inside[0] is None or inside[1] is None or not walks.differ().any():
                continue
            columns[f"{walks.service}_min_before"] = _finite(walks.before_min)
            columns[f"{walks.service}_min_after"] = _finite(walks.after_min)
            count["gained"] += inside[1] & ~inside[0] & ~self.lost
            count["lost"] += inside[0] & ~inside[1] & ~self.lost
        kept = ["resident_id", *self.weights, "geometry"]
        told = pd.DataFrame({**count, **columns}, index=residents.index)  # at once: they are many
        return gpd.GeoDataFrame(pd.concat([residents[kept], told], axis=1), crs=residents.crs)


def _finite(minutes: Any) -> Floats:
    """Minutes, unknown where there is no walk within the longest that was searched."""
    plain = np.asarray(minutes, dtype=np.float64)
    return np.where(np.isfinite(plain), plain, np.nan)
