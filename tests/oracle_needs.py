"""Needs by brute force: the table of minutes of an evaluation, home by home."""

from __future__ import annotations

from typing import Any

import numpy as np


def met_by_times(needs: Any, evaluation: Any) -> Any:
    """Whether each home has what it needs, shape (needs, homes), from the evaluation's minutes."""
    study = evaluation.study
    service = study.facilities["service"].to_numpy()
    found = np.zeros((len(needs.all), len(study.residents)), dtype=bool)
    for row, need in enumerate(needs.all):
        times = evaluation.times[need.walker.name]
        assert times.limit_min >= need.minutes
        does = np.isin(service, need.accepts)[times.destination]
        found[row, times.origin[does & (times.minutes <= np.float32(need.minutes))]] = True
    return found


def people_gained(needs: Any, before: Any, after: Any) -> float:
    """People with needs that are met after and not before, in units that lack them."""
    study = before.study
    old, new = met_by_times(needs, before), met_by_times(needs, after)
    home, unit = study.members()
    ids = study.units["unit_id"].astype(str).to_numpy()
    total = 0.0
    for row, need in enumerate(needs.all):
        lives = np.unique(home[np.isin(ids[unit], need.units)])
        people = study.residents[need.segment].fillna(0.0).to_numpy()
        total += people[lives[new[row, lives] & ~old[row, lives]]].sum()
    return float(total)
