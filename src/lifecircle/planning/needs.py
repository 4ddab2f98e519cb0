"""What a standard asks to be within a walk, and who lacks it: the measure of a project.

A need is a requirement with the walk that the standard states. It is met for a home
if any of the services that would do lies within that walk, at the pace and for the segment that the
service is measured for. Only people who live in a unit count, as in coverage.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.assessment.health_check import HealthCheck
from lifecircle.assessment.study import Study
from lifecircle.errors import LifecircleWarning, SnapError
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.walkers import Walker
from lifecircle.network.walking import nearest_minutes
from lifecircle.planning.heads import heads, people_of_units

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Need:
    """One requirement.

    Parameters
    ----------
    service
        What is required.
    accepts
        Services that would do.
    minutes
        Longest walk, minutes.
    segment
        Column of residents that it is about.
    walker
        Who walks.
    standard, clause
        Standard and its clause.
    units
        Units in which it is not met.
    """

    service: str
    accepts: tuple[str, ...]
    minutes: float
    segment: str
    walker: Walker
    standard: str
    clause: str
    units: tuple[str, ...]


class Needs:
    """Walks that are asked for and not met in some unit.

    Those of the study's own standard first; of the other standards that were checked only what it
    does not ask for.

    Parameters
    ----------
    check
        A health check.
    """

    def __init__(self, check: HealthCheck) -> None:
        self.study = study = check.evaluation.study
        rows = check.compliance
        rows = rows[(rows["check"] == "walk") & (rows["mandatory"] != "optional")]
        rows = rows[rows["status"].isin(["met", "not met"])]
        own = rows["standard"].isin(check.evaluation.rulebook.table["standard"])
        self.all: list[Need] = []
        asked: set[str] = set()
        for part in (rows[own], rows[~own]):
            fresh = part[~part["service"].isin(asked)].sort_values("minutes", kind="stable")
            for service, group in fresh.groupby("service", sort=False):
                asked.add(str(service))
                first = group.iloc[0]
                shortest = group[group["minutes"] == first["minutes"]]
                short = shortest.loc[shortest["status"] == "not met", "unit_id"]
                if not len(short):
                    continue
                segment = str(first["segment"])
                self.all.append(
                    Need(
                        str(service),
                        tuple(part for part in str(first["accepts"]).split(";") if part),
                        float(first["minutes"]),
                        segment if segment in study.residents.columns else "people",
                        study.walker(str(first["walker"])),
                        str(first["standard"]),
                        str(first["clause"]),
                        tuple(dict.fromkeys(short.astype(str))),
                    )
                )

    @cached_property
    def concerned(self) -> Flags:
        """Whether each home lies in a unit in which a need is not met, shape (needs, homes)."""
        home, unit = self.members
        ids = self.study.units["unit_id"].astype(str).to_numpy()[unit]
        found = np.zeros((len(self.all), len(self.study.residents)), dtype=bool)
        for row, need in enumerate(self.all):
            found[row, home[np.isin(ids, need.units)]] = True
        return found

    @cached_property
    def members(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Home and unit of each membership."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", LifecircleWarning)
            return self.study.members()

    @cached_property
    def weights(self) -> dict[str, Floats]:
        """People of each segment of each home; nobody where a home lies in no unit."""
        return people_of_units(self.study)

    def weight(self, need: int) -> Floats:
        """People of each home whom a need is about.

        Parameters
        ----------
        need
            Its position.

        Returns
        -------
        array, shape (homes,)
        """
        return self.weights[self.all[need].segment]

    @cached_property
    def today(self) -> Flags:
        """Whether each home has what it needs today, shape (needs, homes)."""
        return self.met(self.study)

    def met(self, study: Study) -> Flags:
        """Whether each home has what it needs.

        Parameters
        ----------
        study
            The study, today or as it would be; its homes are those of today.

        Returns
        -------
        array of bool, shape (needs, homes)
        """
        return self.met_by(study.network, study.facilities)

    def met_by(self, network: WalkNetwork, facilities: gpd.GeoDataFrame) -> Flags:
        """Whether each home has what it needs at some facilities, by some streets.

        Parameters
        ----------
        network
            Streets.
        facilities
            Points with ``facility_id`` and ``service``.

        Returns
        -------
        array of bool, shape (needs, homes)
        """
        found = np.zeros((len(self.all), len(self.study.residents)), dtype=bool)
        paces: dict[Any, list[int]] = {}
        for row, need in enumerate(self.all):
            paces.setdefault(need.walker.pace, []).append(row)
        for rows in paces.values():
            wanted = {service for row in rows for service in self.all[row].accepts}
            chosen = facilities[facilities["service"].isin(wanted)].reset_index(drop=True)
            if not len(chosen):
                continue
            minutes = self._nearest(network, chosen, rows)
            for row in rows:
                need = self.all[row]
                columns = [name for name in need.accepts if name in minutes]
                if columns:
                    within = minutes[columns] <= np.float32(need.minutes)
                    found[row] = within.any(axis=1).to_numpy()
        return found

    def _nearest(self, network: WalkNetwork, facilities: Any, rows: list[int]) -> pd.DataFrame:
        study, walker = self.study, self.all[rows[0]].walker
        with warnings.catch_warnings():  # what lies off the streets was told by the evaluation
            warnings.simplefilter("ignore", LifecircleWarning)
            try:
                return nearest_minutes(
                    network,
                    study.residents,
                    facilities,
                    walker=walker,
                    limit_min=max(self.all[row].minutes for row in rows),
                    snap_m=study.snap_m,
                )
            except SnapError:  # no facility at all lies near a street
                return pd.DataFrame(index=range(len(study.residents)))

    def people(self, gained: Flags) -> float:
        """People for whom needs are met, a person once for each need.

        Parameters
        ----------
        gained
            Shape (needs, homes).

        Returns
        -------
        float
        """
        return float(sum(self.weight(row)[gained[row]].sum() for row in range(len(self.all))))

    def gaining(self, gained: Flags) -> dict[str, float]:
        """People of each segment for whom at least one need is met.

        Parameters
        ----------
        gained
            Shape (needs, homes).

        Returns
        -------
        dict
            ``people``, and ``elderly`` and ``children`` where the residents tell them.
        """
        any_of = {name: np.zeros(gained.shape[1], dtype=bool) for name in self.weights}
        for row, need in enumerate(self.all):
            any_of[need.segment] |= gained[row]
        return heads(any_of, self.weights)
