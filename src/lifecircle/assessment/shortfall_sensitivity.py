"""Whether a rank holds if something was a little different.

Everything that was decided is decided again: requirements that are met today may not be met then,
and push others down. Four questions are asked:

- slower: everybody walks a tenth slower, by a new search; waits stay what they are;
- a minute less, a minute more: the times of all requirements are a minute shorter or longer;
- a tenth of the facility points is missing from the table, as points of maps are: as many draws as
  are asked for, each without another tenth. Numbers and sizes are counted anew too.

Radii know no walkers and no minutes, sizes neither: only missing points change them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from lifecircle.assessment.shortfall_counts import TOLERANCE_SHARE, Counts, Way
from lifecircle.assessment.shortfall_needs import CHECKS, Accepted
from lifecircle.assessment.shortfall_reach import BEYOND, Numbers, overshoot

SLOWER = 0.9
MISSING_SHARE = 0.1
MINUTE = 1.0
# Columns of the scores: today, then what else might be; the draws follow.
TODAY, SLOW, LESS, MORE, DRAWS = range(5)
HOMES_AT_ONCE = 16_384
# From the 5th to the 95th of a hundred draws.
LOW, HIGH = 5, 95
Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Ranks:
    """Ranks of requirements, 0 where one is met.

    Parameters
    ----------
    today, slower, minute_less, minute_more, low, high
        Shape (requirements,).
    """

    today: NDArray[np.int64]
    slower: NDArray[np.int64]
    minute_less: NDArray[np.int64]
    minute_more: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]


def missing_points(facilities: int, draws: int, seed: int) -> NDArray[np.bool_]:
    """Which facility points are missing in each draw.

    Parameters
    ----------
    facilities
        How many there are.
    draws
        How many draws.
    seed
        The same seed gives the same draws.

    Returns
    -------
    array, shape (facilities, draws)
        A tenth of each column is true, at least one of them.

    Examples
    --------
    >>> missing_points(20, 3, 0).sum(axis=0).tolist()
    [2, 2, 2]
    """
    rng = np.random.default_rng(seed)
    missing = np.zeros((facilities, draws), dtype=bool)
    count = max(1, round(facilities * MISSING_SHARE))
    for draw in range(draws if facilities else 0):
        missing[rng.choice(facilities, count, replace=False), draw] = True
    return missing


def ranks_otherwise(counts: Counts, weight: Numbers, *, draws: int, seed: int) -> Ranks:
    """Ranks of all requirements today and if things were otherwise.

    Parameters
    ----------
    counts
        What was decided.
    weight
        The survey's weight of each requirement.
    draws
        How often a tenth of the facility points is missing.
    seed
        Of the draws.

    Returns
    -------
    Ranks
    """
    missing = missing_points(len(counts.reach.service), draws, seed)
    scores = need_scores(counts, missing)
    ranks = ranked(scores * weight[:, None], counts.needs.table["level"].to_numpy())
    drawn = ranks[:, DRAWS:] if draws else ranks[:, :1]
    # Whoever is met in a draw stands behind all that are not.
    drawn = np.where(drawn == 0, np.iinfo(np.int64).max, drawn)
    low, high = np.percentile(drawn, [LOW, HIGH], axis=1, method="inverted_cdf").astype(np.int64)
    return Ranks(
        ranks[:, TODAY], ranks[:, SLOW], ranks[:, LESS], ranks[:, MORE], low=low, high=high
    )


def ranked(priority: Scores, level: NDArray[Any]) -> NDArray[np.int64]:
    """Rank of each requirement within its level, column by column.

    Parameters
    ----------
    priority
        Shape (requirements, columns), NaN where one is met.
    level
        Of the unit of each requirement, shape (requirements,).

    Returns
    -------
    array, shape of ``priority``
        1 is the highest; of equals the one that stands first is the first; 0 for what is met.

    Examples
    --------
    >>> ranked(np.array([[5.0], [np.nan], [9.0], [5.0]]), np.array(["c", "c", "c", "d"]))
    array([[2],
           [0],
           [1],
           [1]])
    """
    ranks = np.zeros(priority.shape, dtype=np.int64)
    for name in pd.unique(pd.Series(level)):
        rows = np.flatnonzero(level == name)
        order = np.argsort(-priority[rows], axis=0, kind="stable")
        places = np.empty_like(order)
        along = np.broadcast_to(np.arange(1, len(rows) + 1)[:, None], order.shape)
        np.put_along_axis(places, order, along, axis=0)
        ranks[rows] = np.where(np.isnan(priority[rows]), 0, places)
    return ranks


def need_scores(counts: Counts, missing: NDArray[np.bool_]) -> Scores:
    """People short × severity of every requirement, today and otherwise.

    Parameters
    ----------
    counts
        What was decided.
    missing
        Facilities missing in each draw, shape (facilities, draws).

    Returns
    -------
    array, shape (requirements, 4 + draws)
        Columns: today, slower, a minute less, a minute more, each draw. NaN where it is met.
    """
    score = np.where(counts.unmet, counts.people * counts.severity, np.nan)
    by_check = np.repeat(score[:, None], DRAWS + missing.shape[1], axis=1)
    for key, rows in counts.groups():
        if key.check == "walk":
            by_check[rows, SLOW : MORE + 1] = _walks_otherwise(counts, key, rows)
        if missing.shape[1]:
            by_check[rows, DRAWS:] = _ways_drawn(counts, key, rows, missing)
    if missing.shape[1]:
        _sizes_drawn(counts, missing, by_check)
    needs, need = len(counts.needs.table), counts.rows["need"].to_numpy()
    order = counts.rows["order"].to_numpy()
    scores = np.full((needs, by_check.shape[1]), np.nan)
    for kind in range(len(CHECKS)):  # the first kind that is not met counts
        here = np.full(scores.shape, np.nan)
        np.fmax.at(here, need[order == kind], by_check[order == kind])
        scores = np.where(np.isnan(scores), here, scores)
    return scores


def _walks_otherwise(counts: Counts, key: Way, rows: NDArray[np.int64]) -> Scores:
    """Scores of checks of a walk if people were slower, or the time a minute less or more."""
    limit, reach = key.limit, counts.reach
    slower = reach.minutes(key.walker, key.accepted, BEYOND * limit, SLOWER)
    today = reach.minutes(key.walker, key.accepted, BEYOND * (limit + MINUTE))
    less = limit - MINUTE if limit > MINUTE else limit
    cases = ((slower, limit, True), (today, less, True), (today, limit + MINUTE, False))
    weights = counts.weights(key)
    parts = []
    for way, time_min, harder in cases:
        short = weights @ (way > np.float32(time_min)).astype(float)
        open_ = _open(counts, key, rows, short[:, None], harder=harder)[:, 0]
        over = (weights @ overshoot(way, time_min))[counts.unit[rows]]
        parts.append(np.where(open_, over, np.nan))
    return np.column_stack(parts)


def _ways_drawn(
    counts: Counts, key: Way, rows: NDArray[np.int64], missing: NDArray[np.bool_]
) -> Scores:
    """Scores of checks of a way in each draw."""
    reach = counts.reach
    pairs = (
        reach.minutes_of_pairs(key.walker, key.accepted, BEYOND * key.limit)
        if key.check == "walk"
        else reach.metres_of_pairs(key.accepted, BEYOND * key.limit)
    )
    weights = counts.weights(key).tocsc()
    short, over = (np.zeros((reach.units, missing.shape[1])) for _ in range(2))
    for begin in range(0, reach.homes, HOMES_AT_ONCE):
        end = min(begin + HOMES_AT_ONCE, reach.homes)
        way = pairs.nearest_left(missing, begin, end)
        part = weights[:, begin:end]
        short += part @ (way > np.float32(key.limit)).astype(float)
        over += part @ overshoot(way, key.limit)
    open_ = _open(counts, key, rows, short, harder=True)
    return np.where(open_, over[counts.unit[rows]], np.nan)


def _open(
    counts: Counts, key: Way, rows: NDArray[np.int64], short: Scores, *, harder: bool
) -> NDArray[np.bool_]:
    """Whether checks are not met with so many people short, shape (rows, cases).

    Where things are harder, what is not met stays so; where they are easier, what is met does.
    """
    unit = counts.unit[rows]
    total = np.asarray(counts.weights(key).sum(axis=1)).ravel()[unit]
    allowed = (1.0 - counts.target[rows] + TOLERANCE_SHARE) * total
    open_ = (short[unit] > allowed[:, None]) & (short[unit] > 0)
    unmet = counts.unmet[rows][:, None]
    return np.asarray(open_ | unmet if harder else open_ & unmet)


def _sizes_drawn(counts: Counts, missing: NDArray[np.bool_], by_check: Scores) -> None:
    """Scores of numbers and sizes in each draw, counted anew; changes ``by_check``."""
    plain = np.array([key is None for key in counts.keys], dtype=bool)
    required = np.where(np.isfinite(counts.required), counts.required, 1.0)
    # Met though less is found than required: by a record, or by what a clause allows instead.
    otherwise = ~counts.unmet & (counts.found < required * (1 - TOLERANCE_SHARE))
    rows = np.flatnonzero(plain & ~otherwise)
    if len(rows) == 0:
        return
    found = np.repeat(counts.found[:, None], missing.shape[1], axis=1)
    groups: dict[tuple[str, str, Accepted], list[int]] = {}
    for row in rows.tolist():
        check, what = str(counts.rows["check"].iloc[row]), ""
        if check == "capacity" and "per_1000_in" in counts.rows.columns:
            what = str(counts.rows["per_1000_in"].iloc[row])
        groups.setdefault((check, what, counts.needs.accepted(row)), []).append(row)
    inside = counts.reach.inside()
    for (check, what, accepted), listed in groups.items():
        unsized = check == "capacity"
        kept = np.isin(inside[1], counts.reach.places(accepted, unsized=unsized))
        held = Held(inside[0][kept], inside[1][kept], _worth(counts, check, what))
        _recount(counts, np.array(listed), held, missing, found)
    open_ = (found[rows] < required[rows][:, None] * (1 - TOLERANCE_SHARE)) | counts.unmet[rows][
        :, None
    ]
    lack = counts.lack(found, rows)
    by_check[rows, DRAWS:] = np.where(open_, counts.people[rows][:, None] * lack, np.nan)


@dataclass(frozen=True)
class Held:
    """Facilities inside units and what each adds.

    Parameters
    ----------
    unit, place
        Position of the unit and of the facility, shape (pairs,).
    worth
        Of every facility, shape (facilities,).
    """

    unit: NDArray[np.int64]
    place: NDArray[np.int64]
    worth: Numbers


def _recount(
    counts: Counts,
    rows: NDArray[np.int64],
    held: Held,
    missing: NDArray[np.bool_],
    found: Scores,
) -> None:
    """Write into ``found`` what is left in each draw of what stands inside the units.

    Only where counting in the same way gives what was found today: what a record says, for one,
    is not missing from a map.
    """
    unit, worth = counts.unit[rows], held.worth
    shape = (counts.reach.units, len(worth))
    table = csr_matrix((worth[held.place], (held.unit, held.place)), shape=shape)
    total = np.asarray(table.sum(axis=1)).ravel()[unit]
    left = (table @ (~missing).astype(float))[unit]
    rate = (counts.rows["value_unit"] == "per_1000").to_numpy()[rows]
    same = np.isclose(total, counts.found[rows]) | (rate & (total > 0))
    share = np.divide(left, total[:, None], out=np.ones_like(left), where=total[:, None] > 0)
    found[rows[same]] *= share[same]
    for row in rows[~same]:
        here = held.place[held.unit == counts.unit[row]]
        if len(here) and np.isclose(worth[here].max(), counts.found[row]):  # the largest counts
            found[row] = np.where(missing[here], 0.0, worth[here][:, None]).max(axis=0)


def _worth(counts: Counts, check: str, what: str) -> Numbers:
    """What each facility adds: itself, its capacity or its area; 0 where that is not known."""
    columns = {"floor_area": "floor_area_m2", "site_area": "site_area_m2", "capacity": "capacity"}
    column = what or columns.get(check, "facilities")
    if column == "facilities":
        return np.ones(len(counts.reach.service))
    return np.asarray(np.nan_to_num(counts.reach.figure(column)))
