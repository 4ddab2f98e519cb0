"""Areas within so many minutes: the share of each unit that they cover, and shapes for the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lifecircle.assessment.kept_areas import kept_area_shares, kept_group, unchanged_services
from lifecircle.assessment.study import Study
from lifecircle.crs import WGS84
from lifecircle.measures.isochrones import Placed, areas_of_placed, place_doors
from lifecircle.network.travel_times import TravelTimes
from lifecircle.network.walkers import Walker
from lifecircle.standards import catalog


class Areas:
    """Areas of a study's services.

    Parameters
    ----------
    study
        What is evaluated.
    rules
        Segment, walker, people and services that are measured together.
    times
        Travel times by name of walker.
    since
        Evaluation of the study as it was before, or ``None``.
    """

    def __init__(
        self,
        study: Study,
        rules: Sequence[tuple[str, Walker, str, list[str]]],
        times: Mapping[str, TravelTimes],
        since: Any = None,
    ) -> None:
        self.study, self.rules, self.times, self.since = study, rules, times, since
        self.kept = self._kept_services()
        self.placed: dict[Any, Placed] = {}

    def shares(self) -> dict[tuple[Any, ...], float]:
        """Share of each unit's area within so many minutes of any facility of a service.

        Returns
        -------
        dict
            Unit, service, walker and minutes → share, 0–1.
        """
        study = self.study
        crs = study.network.crs
        units = np.asarray(study.units.geometry.to_crs(crs).array)
        area = shapely.area(units)
        by_key = kept_area_shares(self.since.coverage, self.kept) if self.kept else {}
        for _, walker, _, services in self.rules:
            known = self.kept if self.kept and walker.name in self.since.times else frozenset()
            fresh = [name for name in services if name not in known]
            chosen = study.facilities["service"].isin(fresh).to_numpy(dtype=bool)
            shapes = self._service_areas(chosen, walker, "service")
            for service, limit, shape in zip(
                shapes["service"], shapes["minutes"], shapes.geometry, strict=True
            ):
                inside = _inside_shares(units, area, shape).tolist()
                for unit_id, value in zip(study.units["unit_id"], inside, strict=True):
                    # the same however far the shape goes on outside
                    by_key[unit_id, service, walker.name, limit] = round(min(value, 1.0), 9)
        return by_key

    def of_groups(self, walkers: Sequence[Walker] | None) -> gpd.GeoDataFrame:
        """Isochrones of each group of services.

        Parameters
        ----------
        walkers
            Walkers for every service; the first of them walks; ``None``: each group's own.

        Returns
        -------
        GeoDataFrame, EPSG:4326
        """
        groups, study = catalog.service_groups(), self.study
        parts = []
        for name in groups.index:
            chosen = (study.facilities["group"] == name).to_numpy(dtype=bool)
            own = study.walker(groups.loc[name, "walker"])
            walker = walkers[0] if walkers else own
            if self.kept.issuperset(study.facilities["service"][chosen]):
                before = kept_group(self.since, name, walker.name, self.kept) if self.kept else None
                if before is not None:
                    parts.append(before)
                    continue
            shapes = self._service_areas(chosen, walker, "group").to_crs(WGS84)
            parts.append(shapes.assign(walker=walker.name))
        table = pd.concat(parts, ignore_index=True)
        return gpd.GeoDataFrame(table, geometry="geometry", crs=WGS84)

    def _kept_services(self) -> frozenset[str]:
        """Services whose areas are those of before."""
        if self.since is None:
            return frozenset()
        for name, times in self.since.times.items():  # a walker of that name may walk otherwise now
            now = self.times.get(name)
            if now is None or times.walker is None or now.walker is None:
                return frozenset()
            if times.walker.pace != now.walker.pace:
                return frozenset()
        return unchanged_services(self.since.study, self.study)

    def _service_areas(
        self, chosen: NDArray[np.bool_], walker: Walker, by: str
    ) -> gpd.GeoDataFrame:
        """Areas of some of the facilities."""
        study, whole = self.study, self.study.whole
        chosen = chosen if whole is None else chosen & whole.around
        if walker.pace not in self.placed:
            self.placed[walker.pace] = place_doors(
                study.network, study.doors, len(study.facilities), walker, study.snap_m
            )
        return areas_of_placed(
            study.network,
            study.facilities[by][chosen],
            self.placed[walker.pace].of(chosen),
            minutes=study.minutes,
            walker=walker,
            snap_m=study.snap_m,
            within_m=None if whole is None else whole.shown_m,
        )


def _inside_shares(units: NDArray[Any], area: NDArray[np.float64], shape: Any) -> Any:
    """Share of each unit's area inside a shape; only those on its edge are cut."""
    shapely.prepare(shape)
    whole = shapely.covers(shape, units)
    cut = shapely.intersects(shape, units) & ~whole
    inside = whole.astype(float)
    inside[cut] = shapely.area(shapely.intersection(units[cut], shape)) / area[cut]
    return inside
