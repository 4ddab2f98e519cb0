"""Openings by brute force: each is made by a scenario, and the study is evaluated again."""

from __future__ import annotations

import copy
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

import changed
import lifecircle as lc
from lifecircle.assessment.choices import law_of
from lifecircle.planning.problems import Problems
from lifecircle.planning.streets import changed_streets
from lifecircle.standards import catalog
from lifecircle.standards.standard import requirements

# Times are kept as 32-bit numbers of minutes; a sum of people-minutes may differ by as much.
EXACT = {"rtol": 1e-5, "atol": 1e-2}


@dataclass
class Figures:
    """What an opening gains, as the columns of a ranking have it."""

    by_service: dict[str, float]
    saved_min: float
    gaining: dict[str, float]
    close: bool = False  # whether a walk lies so near to its limit that a hair decides

    @property
    def people(self) -> float:
        return sum(self.by_service.values())


def walks(study: Any, services: Any = None) -> dict[str, tuple[float, str, str]]:
    """Walk in minutes, segment and walker of each service that counts."""
    rows = requirements(law_of(study.standard))
    stated: dict[str, float] = {}
    for accepts, minutes in zip(rows["accepts"], rows["walk_minutes"], strict=True):
        for service in accepts:
            if not pd.isna(minutes):
                stated.setdefault(service, float(minutes))
    if services is None:
        services = [service for accepts in rows["accepts"] for service in accepts]
    here = set(study.facilities["service"])
    groups = catalog.service_groups()
    found = {}
    for service in dict.fromkeys(services):
        if service not in here:
            continue
        group = catalog.group_of(pd.Series([service])).iloc[0]
        segment, walker = str(groups.loc[group, "segment"]), str(groups.loc[group, "walker"])
        if study.measured_for:
            segment, walker = "people", study.measured_for[0]
        if segment not in study.residents:
            segment = "people"
        found[service] = stated.get(service, study.minutes[-1]), segment, walker
    return found


def nearest(evaluation: Any, limit_min: float) -> dict[str, Any]:
    """Minutes from each resident to the nearest facility of each service, of each walker."""
    found = {}
    for name, times in evaluation.times.items():
        assert times.limit_min >= limit_min
        labels = evaluation.study.facilities["service"]
        found[name] = times.nearest(labels).reindex(evaluation.study.residents["resident_id"])
    return found


def gained(before: Any, after: Any, services: Any = None) -> Figures:
    """What one evaluation has over another."""
    study = before.study
    asked = walks(study, services)
    limit_min = max([study.minutes[-1], *(minutes for minutes, *_ in asked.values())])
    old, new = nearest(before, limit_min), nearest(after, limit_min)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lives = np.isin(np.arange(len(study.residents)), study.members()[0])
    weight = {
        name: np.where(lives, study.residents[name].fillna(0.0), 0.0)
        for name in ("people", "elderly", "children")
        if name in study.residents
    }
    by_service, saved, close = {}, 0.0, False
    gains: dict[str, Any] = {name: np.zeros(len(lives), dtype=bool) for name in weight}
    for service, (walk_min, segment, walker) in asked.items():
        one, two = (
            side[walker][service].to_numpy(float)
            if service in side[walker]
            else np.full(len(lives), np.nan)
            for side in (old, new)
        )
        within = [np.nan_to_num(side, nan=np.inf) <= np.float32(walk_min) for side in (one, two)]
        both = np.concatenate([one, two])
        close |= bool((np.abs(both - walk_min) < 1e-4).any())
        gain = within[1] & ~within[0]
        by_service[service] = float(
            weight[segment][gain].sum() - weight[segment][within[0] & ~within[1]].sum()
        )
        gains[segment] |= gain
        before_min, after_min = (
            np.minimum(np.nan_to_num(side, nan=np.inf), limit_min) for side in (one, two)
        )
        saved += float(((before_min - after_min) * weight[segment]).sum())
    everybody = gains["people"]
    told = {"people": float(weight["people"][everybody].sum())}
    part = np.zeros(len(lives))
    for name in ("elderly", "children"):
        if name not in weight:
            continue
        told[name] = float(weight[name][everybody | gains[name]].sum())
        part += weight[name] * gains[name]
    some_of = np.minimum(part, weight["people"])[~everybody]
    told["people"] += float(some_of.sum())
    return Figures(by_service, saved, told, close)


@dataclass(frozen=True)
class Searched:
    """A study and its walks, searched from nothing: what an evaluation has of them."""

    study: Any
    times: dict[str, Any]


def searched(study: Any, services: Any = None) -> Searched | None:
    """Walks of a study as an evaluation searches them; ``None`` where nobody at all can walk."""
    asked = walks(study, services)
    limit_min = max([study.minutes[-1], *(minutes for minutes, *_ in asked.values())])
    times = {}
    for name in sorted({walker for *_, walker in asked.values()}):
        times[name] = changed.minutes(study, study.walker(name), limit_min)
        if times[name] is None:
            return None
    return Searched(study, times)


def made(study: Any, openings: pd.DataFrame) -> Any:
    """The study with some openings of a table."""
    return changed.quietly(study, lc.openings_scenario(openings))


def streets_made(study: Any, openings: pd.DataFrame) -> Any:
    """The same in less time: only the streets are made anew, the tables are not checked again."""
    actions = lc.openings_scenario(openings).actions
    problems = Problems(actions)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network, _ = changed_streets(study, actions, problems)
    problems.stop()
    twin = copy.copy(study)
    object.__setattr__(twin, "network", network)
    return twin


def ranked(study: Any, **options: Any) -> pd.DataFrame:
    """Ranking of a small town; what is doubtful is known."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return lc.rank_openings(study, **options)


def wrong(row: Any, figures: Figures, **within: float) -> list[str]:
    """Figures of a row of a ranking that are not those found by brute force."""
    expected = {"saved_people_min_per_day": figures.saved_min}
    if not figures.close:
        expected["gains_people"] = figures.people
        expected |= {f"gaining_{name}": value for name, value in figures.gaining.items()}
    return [
        f"{row['opening_id']}: {name} is {row[name]}, not {value}"
        for name, value in expected.items()
        if not np.isclose(row[name], value, **(within or EXACT))
    ]


def wrong_in(study: Any, table: pd.DataFrame, services: Any = None, made: Any = made) -> list[str]:
    """Figures of some rows of a ranking of a study that brute force does not find."""
    before = searched(study, services)
    found = []
    for number in range(len(table)):
        after = searched(made(study, table.iloc[[number]]), services)
        found += wrong(table.iloc[number], gained(before, after, services))
    steps = table[table["step"].notna()]
    if len(steps):
        figures = gained(before, searched(made(study, steps), services), services)
        total = steps["step_saved_people_min_per_day"].sum()
        if not np.isclose(total, figures.saved_min, **EXACT):
            found.append(f"steps save {total}, not {figures.saved_min}")
        people = steps["step_gains_people"].sum()
        if not figures.close and not np.isclose(people, figures.people):
            found.append(f"steps gain {people}, not {figures.people}")
    return found
