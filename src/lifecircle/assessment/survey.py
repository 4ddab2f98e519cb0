"""What residents say (民意): counts, means and shares of their answers, with how sure they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.assessment.survey_intervals import (
    Sample,
    mean_interval,
    share_interval,
)
from lifecircle.errors import (
    AlignmentError,
    InputError,
    MissingColumnError,
    UnknownNameError,
    did_you_mean,
    some,
)
from lifecircle.standards import catalog
from lifecircle.tables.findings import columns_found
from lifecircle.tables.progress import tqdm
from lifecircle.tables.survey import BEST, QUESTIONS, WORST, check_survey
from lifecircle.tables.values import as_ids

KEYS = ("unit_id", "service", "segment", "wave")
SATISFIED_FROM = 4.0
SMALL_SAMPLE = 30
SCALE = (WORST, BEST)
_INTERVALS = ("wilson", "bootstrap")
_UNKNOWN = "unknown"


def survey_summary(
    answers: pd.DataFrame,
    *,
    units: pd.DataFrame | None = None,
    by: Sequence[str] = ("unit_id", "service"),
    interval: str = "wilson",
    seed: int = 20180701,
) -> pd.DataFrame:
    """Satisfaction and importance per unit and service, with 95 % intervals.

    Parameters
    ----------
    answers
        As :func:`lifecircle.read_survey` gives them.
    units
        The study's units. Answers of a community then count for the circle above it as well, by
        ``parent_id``. None: each unit by itself.
    by
        Columns that make a row: any of ``unit_id``, ``service``, ``segment``, ``wave``.
    interval
        ``"wilson"``: Wilson's interval for shares, Student's t for means. ``"bootstrap"``: the
        percentiles of 2000 samples of the people.
    seed
        Makes the draws of the bootstrap; the same seed gives the same figures.

    Returns
    -------
    DataFrame
        One row per group that was asked, sorted: the columns of ``by``, ``answers`` (rows),
        ``weight_sum``, ``satisfaction_mean``, ``satisfaction_low``, ``satisfaction_high``,
        ``satisfied_share`` (who say 4 or 5), ``satisfied_low``, ``satisfied_high``,
        ``importance_mean``, ``importance_low``, ``importance_high``, ``small_sample`` (an
        effective sample below 30 for satisfaction), ``persons``, ``effective_sample`` and
        ``importance_effective_sample``. Not-a-number where nobody answered or nothing weighs.

    Raises
    ------
    InputError
        If the answers cannot be used, or ``by`` is empty; ``MissingColumnError`` if they lack a
        column of ``by``, ``AlignmentError`` if they are about other units than ``units``,
        ``UnknownServiceError`` if about services that are not in the catalogue.
    UnknownNameError
        If ``interval`` or a name in ``by`` is none of those above.

    Notes
    -----
    People are counted, not answers: a person with several answers in a row counts once, with
    their mean; without ``person_id`` each answer is taken for a person. With weights, n is Kish's
    effective sample ``(Σw)² / Σw²``. Intervals speak of chance alone, for answers that were drawn
    by chance; who is missing from a form that was passed around they cannot tell. A circle's
    figure weighs its communities as they were asked: give weights where that is not as people
    live.

    Examples
    --------
    >>> said = pd.DataFrame({"unit_id": "U1", "service": "park", "satisfaction": [5] * 7 + [2] * 3})
    >>> row = survey_summary(said).iloc[0]
    >>> [round(float(row[f"satisfied_{end}"]), 3) for end in ("share", "low", "high")]
    [0.7, 0.397, 0.892]
    >>> bool(row["small_sample"])
    True
    """
    if interval not in _INTERVALS:
        raise UnknownNameError("interval", interval, _INTERVALS)
    cells = people_by_cell(answers, by, units)
    bar = tqdm(cells.items(), desc="survey", delay=2, disable=None, leave=False)
    rows = [(*key, *_figures(cell, interval, seed)) for key, cell in bar]
    return pd.DataFrame(rows, columns=[*by, *_FIGURES]).astype({"small_sample": bool})


def people_by_cell(
    answers: pd.DataFrame, by: Sequence[str], units: pd.DataFrame | None
) -> dict[tuple[str, ...], pd.DataFrame]:
    """People and what they say, in each cell of a summary.

    Parameters
    ----------
    answers
        As :func:`lifecircle.read_survey` gives them.
    by
        Columns that make a cell.
    units
        The study's units, whose parents take part in their children's answers; or None.

    Returns
    -------
    dict
        Values of ``by`` → a row per person with ``answers`` (how many), ``satisfaction``,
        ``importance``, ``satisfied`` (share of the person's answers of 4 or 5), ``weight``.

    Raises
    ------
    InputError
        If ``by`` is empty or names a column twice; ``MissingColumnError`` if the answers lack one.
    UnknownNameError
        If ``by`` names something else than a unit, service, segment or wave.

    Examples
    --------
    >>> said = pd.DataFrame({"unit_id": "U", "service": ["park", "shop"], "satisfaction": [5, 2]})
    >>> people = people_by_cell(said.assign(person_id="P"), ["unit_id"], None)["U",]
    >>> people[["answers", "satisfaction", "satisfied"]].values.tolist()
    [[2.0, 3.5, 0.5]]
    """
    by = _checked_keys(by)
    table = check_survey(answers, known_services=catalog.services().index)
    table["_person"] = _people(table)
    lacking = [name for name in by if name not in table]
    if lacking:
        raise MissingColumnError(
            f"survey: by names {some(map(repr, lacking))}, which the answers do not have. "
            f"{columns_found(table)}"
        )
    if units is not None and "unit_id" in by:
        table = _rolled_up(table, units)
    table = table.assign(
        **{name: table[name].fillna(_UNKNOWN).astype(str) for name in by},
        **{name: table.get(name, np.nan) for name in QUESTIONS},
    )
    said = table["satisfaction"]
    table["satisfied"] = (said >= SATISFIED_FROM).astype(float).where(said.notna())
    # in one order, so that sums of one person's answers never differ in their last digit
    table = table.sort_values([*QUESTIONS, "weight"], ignore_index=True)
    people = (
        table.groupby([*by, "_person"], sort=True)
        .agg(
            answers=("answer_id", "size"),
            satisfaction=("satisfaction", "mean"),
            importance=("importance", "mean"),
            satisfied=("satisfied", "mean"),
            weight=("weight", "mean"),
        )
        .reset_index()
    )
    return {
        tuple(str(part) for part in key): cell.drop(columns=[*by, "_person"])
        for key, cell in people.groupby(by, sort=True)
    }


def sample_of(cell: pd.DataFrame, column: str) -> Sample:
    """Sample of one figure of the people of a cell.

    Parameters
    ----------
    cell
        As :func:`people_by_cell` gives it.
    column
        ``"satisfaction"``, ``"importance"`` or ``"satisfied"``.

    Returns
    -------
    Sample

    Examples
    --------
    >>> cell = pd.DataFrame({"satisfaction": [4.0, None], "weight": [1.0, 1.0]})
    >>> sample_of(cell, "satisfaction").mean
    4.0
    """
    return Sample.of(cell[column].to_numpy(dtype=float), cell["weight"].to_numpy(dtype=float))


def _checked_keys(by: Iterable[str]) -> list[str]:
    """Columns that make a cell, each of them known."""
    names = [by] if isinstance(by, str) else list(by)
    for name in names:
        if name not in KEYS:
            raise UnknownNameError("column to group answers by", name, KEYS)
    if not names or len(set(names)) < len(names):
        raise InputError(f"survey: by={names!r} must name one or more columns, each once.")
    return names


def _people(table: pd.DataFrame) -> NDArray[np.int64]:
    """Number of the person of each answer.

    Forms of two units, or of two waves, may both count their people from 1: only together with
    these an id says who it is.
    """
    if "person_id" not in table:
        return np.arange(len(table), dtype=np.int64)
    known = table["person_id"].notna()
    key = ["person_id", "unit_id", *(["wave"] if "wave" in table else [])]
    number = table.groupby(key, sort=False, dropna=False).ngroup().to_numpy()
    alone = len(table) + np.arange(len(table))
    return np.where(known, number, alone).astype(np.int64)


def _rolled_up(table: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Answers of each unit, and once more for every unit above it."""
    ids = as_ids(units["unit_id"]).to_list()
    strange = table.loc[~table["unit_id"].isin(ids), "unit_id"].unique()
    if len(strange):
        raise AlignmentError(
            f"survey: {len(strange)} units of the answers are not among the units "
            f"({some(f'{one}{did_you_mean(one, ids)}' for one in strange)}; units are "
            f"{some(ids)}). Read the answers with the units of this "
            "study, or take these out."
        )
    parents = as_ids(units["parent_id"]).to_list() if "parent_id" in units else [""] * len(ids)
    above = dict(zip(ids, parents, strict=True))
    pairs = []
    for unit in ids:
        chain = [unit]
        while (parent := above.get(chain[-1], "")) in above and parent not in chain:
            chain.append(parent)
        pairs += [(unit, one) for one in chain]
    chains = pd.DataFrame(pairs, columns=["unit_id", "_unit"])
    every = table.merge(chains, on="unit_id", how="left")
    return every.drop(columns="unit_id").rename(columns={"_unit": "unit_id"})


_FIGURES = (
    "answers", "weight_sum", "satisfaction_mean", "satisfaction_low", "satisfaction_high",
    "satisfied_share", "satisfied_low", "satisfied_high", "importance_mean", "importance_low",
    "importance_high", "small_sample", "persons", "effective_sample",
    "importance_effective_sample",
)  # fmt: skip


def _figures(cell: pd.DataFrame, interval: str, seed: int) -> tuple[float | bool, ...]:
    """The figures of one row of a summary, in the order of :data:`_FIGURES`."""
    satisfaction, importance = sample_of(cell, "satisfaction"), sample_of(cell, "importance")
    satisfied = sample_of(cell, "satisfied")
    return (
        int(cell["answers"].sum()),
        float(np.sort(cell["weight"].to_numpy()).sum()),
        satisfaction.mean,
        *mean_interval(satisfaction, interval, seed, SCALE),
        satisfied.mean,
        *share_interval(satisfied, interval, seed),
        importance.mean,
        *mean_interval(importance, interval, seed, SCALE),
        satisfaction.effective < SMALL_SAMPLE,
        len(cell),
        satisfaction.effective,
        importance.effective,
    )
