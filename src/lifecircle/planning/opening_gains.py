"""Who gains what by an opening, from how much nearer homes come to services."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.assessment.choices import law_of
from lifecircle.assessment.study import Study
from lifecircle.errors import InputError, LifecircleWarning, UnknownNameError
from lifecircle.inputs.own_classes import service_of
from lifecircle.network.joining import join_tables
from lifecircle.network.walkers import Walker
from lifecircle.network.what_if import Nearer, Opening, WhatIf, no_extra
from lifecircle.planning.heads import SEGMENTS, heads, people_of_units
from lifecircle.planning.opening_places import OpeningPlaces, with_joins
from lifecircle.standards import catalog
from lifecircle.standards.standard import requirements

Floats = NDArray[np.float64]
_SHOWN = 3


@dataclass(frozen=True, eq=False)
class Gains:
    """What an opening gains.

    Parameters
    ----------
    by_service
        People who gain each service, shape (s,).
    saved_min
        People-minutes saved if everybody walks to the nearest of each service once.
    gaining
        Share of the people of each segment of each home that gain something: segment → home →
        whether, shape (h,).
    """

    by_service: Floats
    saved_min: float
    gaining: dict[str, NDArray[np.bool_]]

    @property
    def people(self) -> float:
        """People who gain a service, once for each service."""
        return float(self.by_service.sum())


class Meter:
    """Services that count, for whom, and within which walk.

    Parameters
    ----------
    study
        The study.
    services
        Services by word or Chinese name; those that the standard requires if ``None``.

    Raises
    ------
    UnknownNameError
        If there is no such service.
    InputError
        If there is no facility of any of them.
    """

    def __init__(self, study: Study, services: Iterable[str] | None) -> None:
        self.study = study
        table = requirements(law_of(study.standard))
        here = set(study.facilities["service"])
        minutes: dict[str, float] = {}
        for accepts, walk_min in zip(table["accepts"], table["walk_minutes"], strict=True):
            for service in accepts:
                if not pd.isna(walk_min):
                    minutes.setdefault(service, float(walk_min))
        wanted = _named(services) if services is not None else None
        chosen = (
            wanted
            if wanted is not None
            else [service for accepts in table["accepts"] for service in accepts]
        )
        self.services = [service for service in dict.fromkeys(chosen) if service in here]
        if not self.services:
            raise InputError(
                "openings: the facilities name none of the services that count "
                f"({', '.join(list(dict.fromkeys(chosen))[:5])}, …), so nobody can gain one. Name "
                "others with services=."
            )
        longest = study.minutes[-1]
        self.minutes = np.array([minutes.get(one, longest) for one in self.services])
        self.limit_min = float(max(longest, self.minutes.max()))
        self._who()

    def _who(self) -> None:
        """People, walker and segment of each service."""
        study, groups = self.study, catalog.service_groups()
        self.weights = people_of_units(study)
        self.segments: list[str] = []
        self.walkers: list[Walker] = []
        for group in catalog.group_of(pd.Series(self.services)):
            segment, name = groups.loc[group, "segment"], str(groups.loc[group, "walker"])
            if study.measured_for:
                segment, name = "people", study.measured_for[0]
            self.segments.append(str(segment) if segment in self.weights else "people")
            self.walkers.append(study.walker(name))
        self.reach_m = max(walker.reach_m(self.limit_min) for walker in self.walkers)

    def what_ifs(self, places: OpeningPlaces) -> list[tuple[WhatIf, list[Opening]]]:
        """Searches to be asked, one for each pace, with the openings as each walker meets them.

        Parameters
        ----------
        places
            What could be opened.

        Returns
        -------
        list of tuple
        """
        return [self._what_if(places, walker, rows) for walker, rows in self._paces()]

    def _paces(self) -> list[tuple[Walker, list[int]]]:
        """Walkers of different paces and the services measured at each."""
        paces: dict[Any, tuple[Walker, list[int]]] = {}
        for row, walker in enumerate(self.walkers):
            paces.setdefault(walker.pace, (walker, []))[1].append(row)
        return list(paces.values())

    def _labels(self, study: Study, rows: Sequence[int]) -> NDArray[np.int64]:
        """Service of each facility among some, -1 for none of them."""
        names = pd.Index([self.services[row] for row in rows])
        return np.asarray(names.get_indexer(pd.Index(study.facilities["service"])), dtype=np.int64)

    def _what_if(
        self, places: OpeningPlaces, walker: Walker, rows: Sequence[int]
    ) -> tuple[WhatIf, list[Opening]]:
        study = self.study
        joined = join_tables(
            places.network, study.residents, study.facilities, walker, study.snap_m
        )
        openings, extra = with_joins(places, joined)
        labels = self._labels(study, rows)
        what = WhatIf(places.network, walker, joined, extra, labels, self.limit_min * 60.0)
        return what, openings

    def gains(self, nearer: Sequence[Nearer]) -> Gains:
        """What homes that come nearer gain.

        Parameters
        ----------
        nearer
            Of each pace, as :meth:`what_ifs` lists them.

        Returns
        -------
        Gains
        """
        by_service = np.zeros(len(self.services))
        saved_min = 0.0
        gaining = {name: np.zeros(len(self.study.residents), bool) for name in self.weights}
        for (_, rows), found in zip(self._paces(), nearer, strict=True):
            service = np.asarray(rows, dtype=np.int64)[found.service]
            before, after = (
                (seconds / 60.0).astype(np.float32) for seconds in (found.before_s, found.after_s)
            )
            within = self.minutes.astype(np.float32)[service]
            gained = (after <= within) & ~(before <= within)
            limit = np.float32(self.limit_min)
            saved = np.where(after <= limit, np.minimum(before, limit) - after, 0.0)
            for name, weight in self.weights.items():
                mine = np.array([self.segments[row] == name for row in range(len(self.services))])
                at = mine[service]
                people = weight[found.home]
                by_service += np.bincount(
                    service[at & gained], people[at & gained], minlength=len(self.services)
                )
                saved_min += float((saved[at] * people[at]).sum())
                gaining[name][found.home[at & gained]] = True
        return Gains(by_service, saved_min, gaining)

    def nearer_by_streets(self, changed: Study, before: Sequence[WhatIf]) -> list[Nearer]:
        """Homes that come nearer by streets as they would be, searched from nothing.

        Parameters
        ----------
        changed
            The study with other streets.
        before
            Today's searches.

        Returns
        -------
        list of Nearer
            Of each pace, as :meth:`what_ifs` lists them.
        """
        nearer = []
        for (walker, rows), old in zip(self._paces(), before, strict=True):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", LifecircleWarning)
                joined = join_tables(
                    changed.network, changed.residents, changed.facilities, walker, changed.snap_m
                )
            now = WhatIf(
                changed.network,
                walker,
                joined,
                no_extra(),
                self._labels(changed, rows),
                self.limit_min * 60.0,
            )
            service, home = np.nonzero(now.home_s < old.home_s)
            nearer.append(
                Nearer(
                    service.astype(np.int32),
                    home.astype(np.int32),
                    old.home_s[service, home],
                    now.home_s[service, home],
                )
            )
        return nearer

    def pairs(self, nearer: Sequence[Nearer]) -> tuple[Any, Any, Any]:
        """Services and homes that come nearer, and the minutes afterwards.

        Parameters
        ----------
        nearer
            Of each pace, as :meth:`what_ifs` lists them.

        Returns
        -------
        service, home, minutes
            Shape (k,).
        """
        rows = [
            (np.asarray(own, dtype=np.int64)[found.service], found.home, found.after_s / 60.0)
            for (_, own), found in zip(self._paces(), nearer, strict=True)
        ]
        service, home, minutes = (np.concatenate(column) for column in zip(*rows, strict=True))
        return service, home, minutes.astype(np.float32)

    def row(self, gains: Gains) -> dict[str, Any]:
        """Figures of an opening by column.

        Parameters
        ----------
        gains
            What it gains.

        Returns
        -------
        dict
        """
        counted = heads(gains.gaining, self.weights)
        order = np.argsort(-gains.by_service, kind="stable")[:_SHOWN]
        language = self.study.language
        separator = "；" if language == "zh" else "; "
        names = [
            f"{catalog.service_name(self.services[row], language)} {gains.by_service[row]:,.0f}"
            for row in order.tolist()
            if gains.by_service[row] > 0
        ]
        return {
            **{f"gaining_{name}": counted.get(name, np.nan) for name in SEGMENTS},
            "gains_people": gains.people,
            "saved_people_min_per_day": gains.saved_min,
            "services": separator.join(names),
        }


def _named(services: Iterable[str]) -> list[str]:
    """Services by their words or Chinese names."""
    found = []
    for name in [services] if isinstance(services, str) else services:
        service = service_of(name)
        if service is None:
            raise UnknownNameError("service", name, catalog.services().index)
        found.append(service)
    return found
