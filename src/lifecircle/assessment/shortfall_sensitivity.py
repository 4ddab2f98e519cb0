"""Whether a rank holds if something was a little different.

The shortfalls of today are counted anew, each by the check that it is counted by today, and ranked
among themselves, equals alike. Four questions are asked:

- slower: everybody walks a tenth slower, by a new search; waits stay what they are;
- a minute less, a minute more: the times of all walks are a minute shorter or longer;
- a tenth of the facility points is missing from the table, as points of maps are: as many draws as
  are asked for, each without another tenth. Numbers and sizes are counted anew too.

Radii know no walkers and no minutes, sizes neither: only missing points change them. What is met
today and would not be then is not ranked: nothing that stands in the table is missing for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from lifecircle.assessment.shortfall_counts import TOLERANCE_SHARE, Counts, Way
from lifecircle.assessment.shortfall_needs import Accepted
from lifecircle.assessment.shortfall_reach import BEYOND, Numbers, overshoot

SLOWER = 0.9
MISSING_SHARE = 0.1
MINUTE = 1.0
# Columns of the scores: today, then what else might be; the draws follow.
TODAY, SLOW, LESS, MORE, DRAWS = range(5)
HOMES_AT_ONCE = 16_384
# From the 5th to the 95th of a hundred draws.
LOW, HIGH = 5, 95
# Priorities that differ by less, relative to their size, are equal: sums in another order do.
TIED = 1e-9
Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Ranks:
    """Ranks of shortfalls, 0 where the check that counts is met.

    Parameters
    ----------
    today, slower, minute_less, minute_more, low, high
        Shape (shortfalls,).
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


def ranks_otherwise(
    counts: Counts,
    rows: NDArray[np.int64],
    weight: Numbers,
    *,
    draws: int,
    seed: int,
    after: NDArray[np.bool_] | None = None,
) -> Ranks:
    """Ranks of shortfalls today and if things were otherwise.

    Parameters
    ----------
    counts
        What was counted.
    rows
        The check that each shortfall is counted by, shape (shortfalls,).
    weight
        The survey's weight of each, same shape.
    draws
        How often a tenth of the facility points is missing.
    seed
        Of the draws.
    after
        Whether each is ranked behind the rest of its level, same shape.

    Returns
    -------
    Ranks
    """
    missing = missing_points(len(counts.reach.service), draws, seed)
    scores = scores_otherwise(counts, rows, missing) * weight[:, None]
    ranks = ranked(scores, counts.rows["level"].to_numpy()[rows], after)
    drawn = ranks[:, DRAWS:]
    low, high = np.percentile(drawn, [LOW, HIGH], axis=1, method="inverted_cdf").astype(np.int64)
    return Ranks(
        ranks[:, TODAY], ranks[:, SLOW], ranks[:, LESS], ranks[:, MORE], low=low, high=high
    )


def ranked(
    priority: Scores, level: NDArray[Any], after: NDArray[np.bool_] | None = None
) -> NDArray[np.int64]:
    """Rank of each shortfall within its level, column by column.

    Parameters
    ----------
    priority
        Shape (shortfalls, columns), NaN where one is met.
    level
        Of the unit of each, shape (shortfalls,).
    after
        Whether each comes behind the rest of its level whatever its priority, same shape.

    Returns
    -------
    array, shape of ``priority``
        1 is the highest; equals share the first of their ranks (1, 1, 3); 0 for what is met.

    Examples
    --------
    >>> scores = np.array([[5.0], [np.nan], [9.0], [5.0], [1.0]])
    >>> ranked(scores, np.array(["c", "c", "c", "c", "d"])).ravel()
    array([2, 0, 1, 2, 1])
    """
    ranks = np.zeros(priority.shape, dtype=np.int64)
    behind = np.zeros(len(priority), dtype=bool) if after is None else after
    for name in pd.unique(pd.Series(level)):
        rows = np.flatnonzero(level == name)
        score = priority[rows]
        last = np.broadcast_to(behind[rows][:, None], score.shape)
        order = np.lexsort((-score, last, np.isnan(score)), axis=0)
        down = np.take_along_axis(score, order, axis=0)
        group = np.take_along_axis(last, order, axis=0)
        lower = np.ones(score.shape, dtype=bool)
        lower[1:] = down[:-1] - down[1:] > TIED * np.maximum(1.0, down[:-1])
        lower[1:] |= group[1:] != group[:-1]
        place = np.arange(1, len(rows) + 1)[:, None]
        shared = np.maximum.accumulate(np.where(lower, place, 0), axis=0)
        places = np.empty_like(order)
        np.put_along_axis(places, order, shared, axis=0)
        ranks[rows] = np.where(np.isnan(score), 0, places)
    return ranks


def scores_otherwise(counts: Counts, rows: NDArray[np.int64], missing: NDArray[np.bool_]) -> Scores:
    """People short × severity by some checks that are not met, today and otherwise.

    Parameters
    ----------
    counts
        What was counted.
    rows
        Positions of the checks, shape (n,).
    missing
        Facilities missing in each draw, shape (facilities, draws).

    Returns
    -------
    array, shape (n, 4 + draws)
        Columns: today, slower, a minute less, a minute more, each draw. NaN where a walk is met
        with a minute more; nothing else makes it easier.
    """
    today = counts.people * counts.severity
    scores = np.repeat(today[rows][:, None], DRAWS + missing.shape[1], axis=1)
    for key, listed in counts.groups():
        at = np.flatnonzero(np.isin(rows, listed))
        if len(at) == 0:
            continue
        if key.check == "walk":
            scores[at, SLOW : MORE + 1] = _walks_otherwise(counts, key, rows[at])
        if missing.shape[1]:
            scores[at, DRAWS:] = _ways_drawn(counts, key, missing)[counts.unit[rows[at]]]
    if missing.shape[1]:
        _sizes_drawn(counts, rows, missing, scores)
    return scores


def _walks_otherwise(counts: Counts, key: Way, rows: NDArray[np.int64]) -> Scores:
    """Scores of checks of a walk if people were slower, or the time a minute less or more."""
    limit, reach = key.limit, counts.reach
    slower = reach.minutes(key.walker, key.accepted, BEYOND * limit, SLOWER)
    today = reach.minutes(key.walker, key.accepted, BEYOND * (limit + MINUTE))
    less = limit - MINUTE if limit > MINUTE else limit
    more = limit + MINUTE
    weights, unit = counts.weights(key), counts.unit[rows]
    columns = [
        (weights @ overshoot(way, time_min))[unit]
        for way, time_min in ((slower, limit), (today, less), (today, more))
    ]
    short = (weights @ (today > np.float32(more)).astype(float))[unit]
    total = np.asarray(weights.sum(axis=1)).ravel()[unit]
    allowed = (1.0 - counts.target[rows] + TOLERANCE_SHARE) * total
    walks = (counts.rows["check"] == "walk").to_numpy()[rows]
    columns[-1] = np.where(walks & (short <= allowed), np.nan, columns[-1])
    return np.column_stack(columns)


def _ways_drawn(counts: Counts, key: Way, missing: NDArray[np.bool_]) -> Scores:
    """Score of a way in each unit and draw."""
    reach = counts.reach
    pairs = (
        reach.minutes_of_pairs(key.walker, key.accepted, BEYOND * key.limit)
        if key.check == "walk"
        else reach.metres_of_pairs(key.accepted, BEYOND * key.limit)
    )
    weights = counts.weights(key).tocsc()
    over = np.zeros((reach.units, missing.shape[1]))
    for begin in range(0, reach.homes, HOMES_AT_ONCE):
        end = min(begin + HOMES_AT_ONCE, reach.homes)
        way = pairs.nearest_left(missing, begin, end)
        over += weights[:, begin:end] @ overshoot(way, key.limit)
    return over


def _sizes_drawn(
    counts: Counts, rows: NDArray[np.int64], missing: NDArray[np.bool_], scores: Scores
) -> None:
    """Scores of numbers and sizes in each draw, counted anew; changes ``scores``."""
    at = np.array([counts.keys[row] is None for row in rows.tolist()], dtype=bool)
    if not at.any():
        return
    sized = rows[at]
    found = np.repeat(counts.found[sized][:, None], missing.shape[1], axis=1)
    groups: dict[tuple[str, str, Accepted], list[int]] = {}
    for number, row in enumerate(sized.tolist()):
        check, what = str(counts.rows["check"].iloc[row]), ""
        if check == "capacity" and "per_1000_in" in counts.rows.columns:
            what = str(counts.rows["per_1000_in"].iloc[row])
        groups.setdefault((check, what, counts.needs.accepted(row)), []).append(number)
    unit, place = counts.reach.inside()
    for (check, what, accepted), listed in groups.items():
        unsized = check == "capacity"
        kept = np.isin(place, counts.reach.places(accepted, unsized=unsized))
        held = Held(unit[kept], place[kept], _worth(counts, check, what))
        found[listed] = _recounted(counts, sized[listed], held, missing)
    scores[at, DRAWS:] = counts.people[sized][:, None] * counts.lack(found, sized)


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


def _recounted(
    counts: Counts, rows: NDArray[np.int64], held: Held, missing: NDArray[np.bool_]
) -> Scores:
    """What is left in each draw of what stands inside the units, shape (rows, draws).

    Counted anew only where counting in the same way gives what was found today: what a record
    says, for one, is not missing from a map.
    """
    unit, today = counts.unit[rows], counts.found[rows]
    places, column = np.unique(held.place, return_inverse=True)
    worth, gone = held.worth[places], missing[places]
    shape = (counts.reach.units, len(places))
    table = csr_matrix((worth[column], (held.unit, column)), shape=shape)
    total = np.asarray(table.sum(axis=1)).ravel()[unit]
    left = (table @ (~gone).astype(float))[unit]
    rate = (counts.rows["value_unit"] == "per_1000").to_numpy()[rows]
    same = np.isclose(total, today) | (rate & (total > 0))
    share = np.divide(left, total[:, None], out=np.ones_like(left), where=total[:, None] > 0)
    found = np.where(same[:, None], share, 1.0) * today[:, None]
    for at in np.flatnonzero(~same):
        here = column[held.unit == unit[at]]
        if len(here) and np.isclose(worth[here].max(), today[at]):  # the largest counts
            found[at] = np.where(gone[here], 0.0, worth[here][:, None]).max(axis=0)
    return found


def _worth(counts: Counts, check: str, what: str) -> Numbers:
    """What each facility adds: itself, its capacity or its area; 0 where that is not known."""
    columns = {"floor_area": "floor_area_m2", "site_area": "site_area_m2", "capacity": "capacity"}
    column = what or columns.get(check, "facilities")
    if column == "facilities":
        return np.ones(len(counts.reach.service))
    return np.asarray(np.nan_to_num(counts.reach.figure(column)))
