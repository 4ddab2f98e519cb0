"""The steps of an evaluation: who is measured, how far they walk, what they reach."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from lifecircle.assessment.areas import Areas
from lifecircle.assessment.choices import law_of
from lifecircle.assessment.coverage_rows import every_row, people_by_street
from lifecircle.assessment.edges import facilities_around, street_margin_m, tell_edges
from lifecircle.assessment.study import Study
from lifecircle.assessment.unit_people import people_columns, tell_of_homeless
from lifecircle.assessment.whole import Whole
from lifecircle.errors import InputError, LifecircleWarning, some
from lifecircle.measures.coverage import coverage, radius_shares
from lifecircle.network.by_doors import travel_times_by_doors, travel_times_of_part
from lifecircle.network.doors import doors_of, doors_xy_m
from lifecircle.network.since import Before, same_homes, travel_times_since
from lifecircle.network.travel_times import TravelTimes, point_ids
from lifecircle.network.walkers import ADULT, Walker
from lifecircle.standards import catalog
from lifecircle.standards.standard import Standard, requirements, tier_radius_m
from lifecircle.tables.progress import tqdm

# The first columns of coverage.csv are fixed; more may follow.
COVERAGE_COLUMNS = (
    "unit_id",
    "name",
    "service",
    "group",
    "walker",
    "minutes",
    "people",
    "covered_people",
    "covered_share",
    "radius_m",
    "radius_share",
    "nearest_median_min",
    "segment",
    "area_share",
    "unsnapped_people",
    "facilities_inside",
)


class Steps:
    """The steps of an evaluation, each over all units at once.

    Parameters
    ----------
    study
        What is evaluated.
    standard
        The standard or its code, or ``None`` for the study's own.
    walkers
        Walkers for every service, or ``None`` for each service's own.
    since
        Evaluation of the study as it was before, or ``None``: only what can be different is
        searched again.
    """

    def __init__(
        self,
        study: Study,
        standard: str | Standard | None,
        walkers: Iterable[Walker | str] | None,
        since: Any = None,
    ) -> None:
        self.since = since
        self.study, self.whole = study, study.whole
        self.rulebook = law_of(standard or study.standard)
        if walkers is None:
            walkers = study.measured_for or None
        if isinstance(walkers, str | Walker):
            walkers = [walkers]
        self.walkers = None if walkers is None else [study.walker(walker) for walker in walkers]
        if self.walkers is not None:  # each once
            self.walkers = list({walker.name: walker for walker in self.walkers}.values())
        if self.walkers is not None and not self.walkers:
            raise InputError("walkers: the list is empty; leave it out, or name at least one.")
        self._doubt_walkers()
        self.requirements = self._requirements()
        self.seconds: dict[str, float] = {}
        self.searched: dict[Any, TravelTimes] = {}

    def run(self) -> dict[str, Any]:
        """Take all steps.

        Returns
        -------
        dict
            The fields of an :class:`~lifecircle.assessment.evaluation.Evaluation` by name.
        """
        steps = ("travel times", "coverage", "radius", "areas", "people")
        bar = tqdm(total=len(steps), desc="evaluate", delay=2, disable=None, leave=False)
        results: dict[str, Any] = {}
        with bar:
            for step in steps:
                begin = time.perf_counter()
                bar.set_postfix_str(step)
                getattr(self, "_" + step.replace(" ", "_"))(results)
                self.seconds[step] = round(time.perf_counter() - begin, 3)
                bar.update()
        return {
            "study": self.study,
            "standard": self.rulebook.code,
            "rulebook": self.rulebook,
            "requirements": self.requirements,
            "facilities": self._facility_table(),
            "times": self.times,
            "walkers": None if self.walkers is None else tuple(self.walkers),
            "seconds": self.seconds,
            **results,
        }

    def _requirements(self) -> pd.DataFrame:
        """What the standard requires, and whether the facilities table speaks of it."""
        table = requirements(self.rulebook)
        here = set(self._services_listed())
        listed = table["accepts"].map(lambda accepted: bool(here.intersection(accepted)))
        if not here:  # told when the table was checked: coverage of nothing is 0
            return table.assign(listed=True)
        if not listed.all():
            absent = [catalog.service_name(name) for name in table.loc[~listed, "service"]]
            warnings.warn(
                f"facilities: {len(absent)} of the {len(table)} services that {self.rulebook} "
                f"requires do not occur in the table ({some(absent, 30)}). They are unknown, not "
                "absent, and left out of completeness.",
                LifecircleWarning,
                stacklevel=5,
            )
        return table.assign(listed=listed.astype(bool))  # also where nothing is walked to

    def _doubt_walkers(self) -> None:
        """Walkers of the study's own for whom nothing is measured."""
        usual = {ADULT.name, *catalog.service_groups()["walker"]}
        used = usual if self.walkers is None else {walker.name for walker in self.walkers}
        idle = [w.name for w in self.study.walkers.values() if w.name.casefold() not in used]
        idle = [name for name in idle if name not in used]
        if idle:
            warnings.warn(
                f"walkers: nothing is measured for {some(idle)}. List them in [study] walkers = "
                "[…] (in Python evaluate(walkers=…)), or give one the name of the default walker "
                f"whose place it is to take ({some(sorted(usual))}).",
                LifecircleWarning,
                stacklevel=5,
            )

    def rules_of_walkers(self) -> list[tuple[str, Walker, str, list[str]]]:
        """What is measured together.

        Returns
        -------
        list of tuple
            Segment of people, walker, column that counts them, and services; the default first.
        """
        groups = catalog.service_groups()
        services = self._services()
        every = list(services)
        if self.walkers is not None:
            return [("people", walker, "people", every) for walker in self.walkers]
        rules: list[tuple[str, Walker, str, list[str]]] = []
        for segment, name in groups[["segment", "walker"]].drop_duplicates().to_numpy():
            own = [s for s, g in services.items() if groups.loc[g, "segment"] == segment]
            if segment == "people" or not own:
                continue
            people = segment
            if segment not in self.study.residents.columns:
                people = "people"
                warnings.warn(
                    f"residents: no column {segment!r}, so the services for them are measured over "
                    f"everyone, at the {name} walker's pace.",
                    LifecircleWarning,
                    stacklevel=6,
                )
            rules.append((people, self.study.walker(name), people, own))
        return [*rules, ("people", self.study.walker("adult"), "people", every)]

    def _services_listed(self) -> list[str]:
        """Services of the facilities table, or of that of the whole."""
        if self.whole is not None:
            return list(self.whole.services)
        return sorted(self.study.facilities["service"].unique())

    def _services(self) -> dict[str, str]:
        """Services that are measured, with their group."""
        services = pd.Series(self._services_listed(), dtype="str")
        if self.study.nothing_given:
            services = self.requirements["service"]
        return dict(zip(services, catalog.group_of(services), strict=True))

    def _travel_times(self, _: dict[str, Any]) -> None:
        self.rules = self.rules_of_walkers()
        self.times = {
            walker.name: replace(self._times(walker), walker=walker)
            for _, walker, _, _ in self.rules
        }
        self._doubt_services()

    def _times(self, walker: Walker) -> TravelTimes:
        """Travel times of a walker; walkers of one pace share one search."""
        key = walker.pace
        before = self._before(walker)
        if key not in self.searched and before is not None:
            study = self.study
            self.searched[key] = travel_times_since(
                before,
                study.network,
                study.residents,
                study.facilities,
                walker=walker,
                snap_m=study.snap_m,
            )
        if key not in self.searched and self.whole is not None:
            self.searched[key] = self._times_of_part(walker, self.whole)
        if key not in self.searched:
            self.searched[key] = travel_times_by_doors(
                self.study.network,
                self.study.residents,
                self.study.facilities,
                self.study.doors,
                walker=walker,
                limit_min=self.study.minutes[-1],
                snap_m=self.study.snap_m,
            )
        return self.searched[key]

    def _times_of_part(self, walker: Walker, whole: Whole) -> TravelTimes:
        """Travel times in a part; what is far from every street is so by all streets."""
        study = self.study
        near = whole.around & self._within_reach(whole)
        rows = np.flatnonzero(near)
        times = travel_times_of_part(
            study.network,
            study.residents,
            study.facilities.iloc[rows],
            doors_of(study.doors, near),
            walker=walker,
            limit_min=study.minutes[-1],
            snap_m=study.snap_m,
        )
        ids = point_ids(study.facilities, "facility_id")
        return replace(
            times,
            destinations=ids,
            destination=rows[times.destination].astype(np.int32),
            unsnapped_destinations=ids[ids.isin(list(whole.unsnapped[walker.name]))],
        )

    def _within_reach(self, whole: Whole) -> NDArray[np.bool_]:
        """Facilities of which a door lies so near to a home that somebody may walk there."""
        study = self.study
        doors_m, row, _ = study.doors
        homes_m, _ = doors_xy_m(study.residents, study.network, "residents")
        away_m, _ = cKDTree(homes_m).query(doors_m, distance_upper_bound=whole.reach_m)
        near = np.bincount(row[np.isfinite(away_m)], minlength=len(study.facilities))
        return np.asarray(near > 0)

    def _before(self, walker: Walker) -> Before | None:
        """What was searched for a walker of this pace before; ``None`` if it is of no use."""
        since, study = self.since, self.study
        if since is None or not len(study.facilities) or not len(since.study.facilities):
            return None
        alike = [
            times
            for times in since.times.values()
            if times.walker is not None
            and times.walker.pace == walker.pace
            and times.limit_min == study.minutes[-1]
        ]
        if not alike or not same_homes(since.study.residents, study.residents):
            return None
        old = since.study
        return Before(old.network, old.residents, old.facilities, alike[0], old.snap_m)

    def _doubt_services(self) -> None:
        """Services none of whose facilities lies near a street: nothing is known of them."""
        table = self._facility_table()
        near = set(table.loc[~table["unsnapped"], "service"])
        if self.whole is not None:
            near = set(self.whole.near[next(reversed(self.times))])
        self.unreachable = sorted(set(self._services_listed()) - near)
        if not self.unreachable:
            return
        known = self.requirements["accepts"].map(lambda accepted: bool(near.intersection(accepted)))
        self.requirements = self.requirements.assign(
            listed=self.requirements["listed"] & known.astype(bool)
        )
        names = [catalog.service_name(name, self.study.language) for name in self.unreachable]
        warnings.warn(
            f"facilities: no facility of {len(names)} services lies within {self.study.snap_m:g} m "
            f"of a street ({some(names, 30)}). Their coverage is unknown, not 0; check their "
            "coordinates.",
            LifecircleWarning,
            stacklevel=6,
        )

    def _coverage(self, results: dict[str, Any]) -> None:
        study = self.study
        self.home, self.unit = study.members()
        if self.whole is None:  # else it was told of the whole
            tell_of_homeless(study, self.home)
        unit_id = study.units["unit_id"].to_numpy()
        members = pd.DataFrame(study.residents.drop(columns="geometry")).iloc[self.home]
        self.members = members.assign(unit_id=unit_id[self.unit])
        parts = []
        for segment, walker, people, services in self.rules:
            chosen = study.facilities[study.facilities["service"].isin(services)]
            table = coverage(
                self.times[walker.name], self.members, chosen, minutes=study.minutes, people=people
            )
            living = people_by_street(self.times[walker.name], self.members, people)
            full = every_row(table, study, services, living)
            unknown = full["service"].isin(self.unreachable)
            full.loc[unknown, ["covered_people", "covered_share", "nearest_median_min"]] = np.nan
            parts.append(full.assign(walker=walker.name, segment=segment))
        rows = pd.concat(parts, ignore_index=True)
        rows["group"] = rows["service"].map(self._services())
        rows["name"] = rows["unit_id"].map(study.units.set_index("unit_id")["name"])
        rows["facilities_inside"] = self._inside(rows)
        results["coverage"] = rows

    def _inside(self, rows: pd.DataFrame) -> pd.Series:
        """Facilities of a service that stand inside a unit."""
        study = self.study
        tree = shapely.STRtree(np.asarray(study.facilities.geometry.array))
        unit, place = tree.query(np.asarray(study.units.geometry.array), predicate="intersects")
        found = pd.DataFrame(
            {
                "unit_id": study.units["unit_id"].to_numpy()[unit],
                "service": study.facilities["service"].to_numpy()[place],
            }
        ).value_counts()
        keys = pd.MultiIndex.from_frame(rows[["unit_id", "service"]])
        return pd.Series(found.reindex(keys, fill_value=0).to_numpy(), index=rows.index)

    def _radius(self, results: dict[str, Any]) -> None:
        rows, study = results["coverage"], self.study
        rows["radius_m"] = rows["minutes"].map(tier_radius_m)
        rows["radius_share"] = np.nan
        points = study.residents.geometry.iloc[self.home]
        homes = gpd.GeoDataFrame(self.members, geometry=points.to_numpy(), crs=points.crs)
        if len(homes) == 0:
            return
        radii_m = rows["radius_m"].dropna().unique()
        key = ["unit_id", "service", "radius_m"]
        for segment in rows["segment"].unique():
            shares = radius_shares(
                homes, study.facilities, radii_m=radii_m, people=segment, crs=study.network.crs
            )
            here = rows["segment"] == segment
            wanted = pd.MultiIndex.from_frame(rows.loc[here, key])
            found = shares.set_index(key)["radius_share"].reindex(wanted)
            rows.loc[here, "radius_share"] = found.to_numpy(dtype=float)
            if study.nothing_given or self.whole is not None:  # none stands near
                living = homes.groupby("unit_id")[segment].sum()
                none = here & rows["radius_m"].notna() & rows["radius_share"].isna()
                rows.loc[none & (rows["unit_id"].map(living) > 0), "radius_share"] = 0.0

    def _areas(self, results: dict[str, Any]) -> None:
        """Isochrones of the groups for the map, and the share of each unit's area they cover."""
        rows = results["coverage"]
        areas = Areas(self.study, self.rules, self.times, self.since)
        by_key = areas.shares()
        keys = zip(rows["unit_id"], rows["service"], rows["walker"], rows["minutes"], strict=True)
        rows["area_share"] = [by_key.get(key, np.nan) for key in keys]
        near = {} if self.whole is None else self.whole.near
        pairs = zip(rows["walker"], rows["service"], strict=True)
        elsewhere = np.array([service in near.get(walker, ()) for walker, service in pairs])
        none = rows["area_share"].isna() & (elsewhere | self.study.nothing_given)
        rows.loc[none, "area_share"] = 0.0
        results["coverage"] = rows[list(COVERAGE_COLUMNS)]
        results["isochrones"] = areas.of_groups(self.walkers)

    def _people(self, results: dict[str, Any]) -> None:
        """Nearest minutes and completeness of each resident, and their means per unit."""
        study = self.study
        nearest = self._nearest_by_default()
        counts = {}
        required = self.requirements[self.requirements["listed"]]
        unsnapped = study.residents["resident_id"].isin(self._any_times().unsnapped_origins)
        for limit in study.minutes:
            limits = np.full(len(required), limit)
            counts[f"completeness_{limit:g}min_count"] = _count(nearest, required, limits)
        own = np.minimum(required["walk_minutes"].to_numpy(dtype=float), study.minutes[-1])
        counts["completeness_standard_count"] = _count(nearest, required, own)
        table = study.residents.assign(
            **{f"nearest_{name}_min": nearest[name].to_numpy() for name in nearest},
            **{  # unknown where no street is near
                name: pd.array(np.where(unsnapped, 0, count), dtype="Int64")
                for name, count in counts.items()
            },
            required_count=len(required),
            unsnapped=unsnapped.to_numpy(),
        )
        table.loc[unsnapped.to_numpy(), list(counts)] = pd.NA
        results["residents"] = table
        results["units"] = self._unit_table(table, counts)

    def _nearest_by_default(self) -> pd.DataFrame:
        """Minutes to the nearest of each service, at the pace of those it is for."""
        study, groups = self.study, catalog.service_groups()
        service = study.facilities["service"].to_numpy()
        tables: dict[str, pd.DataFrame] = {}
        columns = {}
        for name, group in self._services().items():
            walker = str(groups.loc[group, "walker"])
            if walker not in self.times:
                walker = next(iter(reversed(self.times)))
            if walker not in tables:
                tables[walker] = self.times[walker].nearest(service)
            table = tables[walker]
            none = np.full(len(study.residents), np.nan, dtype=np.float32)
            columns[name] = table[name].to_numpy() if name in table else none
        return pd.DataFrame(columns, index=np.arange(len(study.residents)))

    def _unit_table(
        self, residents: gpd.GeoDataFrame, counts: dict[str, NDArray[np.int64]]
    ) -> gpd.GeoDataFrame:
        study, units = self.study, self.study.units
        known = ~residents["unsnapped"].to_numpy()[self.home]
        weight = residents["people"].to_numpy()[self.home]
        people = np.bincount(self.unit, weights=weight, minlength=len(units)).astype(float)
        counted = np.bincount(self.unit[known], weights=weight[known], minlength=len(units))
        columns: dict[str, Any] = {
            **people_columns(study, self.home, self.unit),
            "unsnapped_people": people - counted,
            "places": np.bincount(self.unit, minlength=len(units)),
        }
        for name, count in counts.items():
            scored = weight[known] * count[self.home][known]
            total = np.bincount(self.unit[known], weights=scored, minlength=len(units))
            mean = np.divide(total, counted, out=np.full(len(units), np.nan), where=counted > 0)
            limit = name.removeprefix("completeness_").removesuffix("_count")
            label = "standard_mean" if limit == "standard" else f"mean_{limit}"
            columns[f"completeness_{label}"] = mean
        columns["required_count"] = len(self.required)
        reach_m = max(walker.reach_m(self.study.minutes[-1]) for _, walker, _, _ in self.rules)
        columns["facilities_around"] = facilities_around(self.study, reach_m)
        columns["street_margin_m"] = street_margin_m(self.study)
        tell_edges(self.study, columns, reach_m)
        return units.assign(**columns)

    @property
    def required(self) -> pd.DataFrame:
        """Requirements that count towards completeness."""
        return self.requirements[self.requirements["listed"]]

    def _facility_table(self) -> gpd.GeoDataFrame:
        facilities = self.study.facilities
        lost = facilities["facility_id"].isin(self._any_times().unsnapped_destinations)
        return facilities.assign(unsnapped=lost)

    def _any_times(self) -> TravelTimes:
        return next(iter(reversed(self.times.values())))


def _count(
    nearest: pd.DataFrame, required: pd.DataFrame, limits_min: NDArray[np.float64]
) -> NDArray[np.int64]:
    """How many of the requirements each resident has within its limit."""
    total = np.zeros(len(nearest), dtype=np.int64)
    for accepts, limit_min in zip(required["accepts"], limits_min, strict=True):
        columns = [service for service in accepts if service in nearest]
        total += (nearest[columns] <= np.float32(limit_min)).any(axis=1).to_numpy()
    return total
