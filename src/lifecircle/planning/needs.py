"""What a standard asks to be within a walk, and who has it: the measure of a project.

A need is a requirement of the study's standard with the walk that it states. It is met for a home
if any of the services that would do lies within that walk, at the pace and for the segment that the
service is measured for. Only people who live in a unit count, as in coverage.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.assessment.evaluation import Evaluation
from lifecircle.assessment.study import Study
from lifecircle.errors import LifecircleWarning, SnapError
from lifecircle.network.walkers import Walker
from lifecircle.network.walking import nearest_minutes
from lifecircle.standards import catalog

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
SEGMENTS = ("people", "elderly", "children")


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
    clause
        Clause of the standard.
    """

    service: str
    accepts: tuple[str, ...]
    minutes: float
    segment: str
    walker: Walker
    clause: str


class Needs:
    """Needs of an evaluation that the facilities speak of.

    Parameters
    ----------
    evaluation
        Today.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self.study = study = evaluation.study
        groups = catalog.service_groups()
        self.all: list[Need] = []
        table = evaluation.requirements[evaluation.requirements["listed"]]
        group_of = catalog.group_of(table["service"])
        for row, group in zip(table.to_dict("records"), group_of, strict=True):
            segment, name = str(groups.loc[group, "segment"]), str(groups.loc[group, "walker"])
            if study.measured_for:
                segment, name = "people", study.measured_for[0]
            if segment not in study.residents.columns:
                segment = "people"
            self.all.append(
                Need(
                    str(row["service"]),
                    tuple(row["accepts"]),
                    float(row["walk_minutes"]),
                    segment,
                    study.walker(name),
                    str(row["clause"]),
                )
            )

    @cached_property
    def members(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Home and unit of each membership."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", LifecircleWarning)
            return self.study.members()

    @cached_property
    def weights(self) -> dict[str, Floats]:
        """People of each segment of each home; nobody where a home lies in no unit."""
        inside = np.zeros(len(self.study.residents), dtype=bool)
        inside[self.members[0]] = True
        return {
            name: np.where(inside, np.nan_to_num(self.study.residents[name].to_numpy(float)), 0.0)
            for name in SEGMENTS
            if name in self.study.residents
        }

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
        found = np.zeros((len(self.all), len(study.residents)), dtype=bool)
        paces: dict[Any, list[int]] = {}
        for row, need in enumerate(self.all):
            paces.setdefault(need.walker.pace, []).append(row)
        for rows in paces.values():
            wanted = {service for row in rows for service in self.all[row].accepts}
            chosen = study.facilities[study.facilities["service"].isin(wanted)]
            if not len(chosen):
                continue
            minutes = self._nearest(study, chosen, rows)
            for row in rows:
                need = self.all[row]
                columns = [name for name in need.accepts if name in minutes]
                if columns:
                    within = minutes[columns] <= np.float32(need.minutes)
                    found[row] = within.any(axis=1).to_numpy()
        return found

    def _nearest(self, study: Study, facilities: Any, rows: list[int]) -> pd.DataFrame:
        walker = self.all[rows[0]].walker
        with warnings.catch_warnings():  # what lies off the streets was told by the evaluation
            warnings.simplefilter("ignore", LifecircleWarning)
            try:
                return nearest_minutes(
                    study.network,
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
        everybody = any_of["people"]
        part = np.zeros(gained.shape[1])
        told: dict[str, float] = {}
        for name in self.weights:
            if name == "people":
                continue
            told[name] = float(self.weights[name][everybody | any_of[name]].sum())
            part += np.where(any_of[name], self.weights[name], 0.0)
        people = self.weights["people"]
        gaining = np.where(everybody, people, np.minimum(part, people))
        return {"people": float(gaining.sum()), **told}
