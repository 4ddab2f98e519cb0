"""People counted by the head: who lives in a unit, and how many of them anything is gained for."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lifecircle.assessment.study import Study
from lifecircle.errors import LifecircleWarning

Floats = NDArray[np.float64]
SEGMENTS = ("people", "elderly", "children")


def people_of_units(study: Study) -> dict[str, Floats]:
    """People of each segment of each home; nobody where a home lies in no unit, as in coverage.

    Parameters
    ----------
    study
        The study.

    Returns
    -------
    dict
        ``people``, and ``elderly`` and ``children`` where the residents tell them, shape (homes,).

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> float(people_of_units(load_demo())["people"].sum())
    26822.0
    """
    inside = np.zeros(len(study.residents), dtype=bool)
    with warnings.catch_warnings():  # told by the evaluation
        warnings.simplefilter("ignore", LifecircleWarning)
        inside[study.members()[0]] = True
    return {
        name: np.where(inside, np.nan_to_num(study.residents[name].to_numpy(float)), 0.0)
        for name in SEGMENTS
        if name in study.residents
    }


def heads(
    gaining: Mapping[str, NDArray[np.bool_]], people: Mapping[str, Floats]
) -> dict[str, float]:
    """People for whom something is gained, each once.

    Parameters
    ----------
    gaining
        By segment, whether the people of that segment in each home gain anything.
    people
        As :func:`people_of_units` gives them.

    Returns
    -------
    dict
        By segment. Where only the elderly or the children of a home gain, only they count.

    Examples
    --------
    >>> gaining = {"people": np.array([True, False]), "elderly": np.array([False, True])}
    >>> heads(gaining, {"people": np.array([9.0, 7.0]), "elderly": np.array([1.0, 2.0])})
    {'people': 11.0, 'elderly': 3.0}
    """
    everybody = gaining["people"]
    part = np.zeros(len(everybody))
    told: dict[str, float] = {"people": 0.0}
    for name in people:
        if name != "people":
            told[name] = float(people[name][everybody | gaining[name]].sum())
            part += np.where(gaining[name], people[name], 0.0)
    counted = np.where(everybody, people["people"], np.minimum(part, people["people"]))
    return {**told, "people": float(counted.sum())}
