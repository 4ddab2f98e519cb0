"""Equity: how unevenly people are served, and whether the old and the young are served worse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lifecircle.errors import AlignmentError, InputError, MissingColumnError, some
from lifecircle.measures.coverage import people_numbers

_Numbers = NDArray[np.float64]


def inequality(values: ArrayLike, weights: ArrayLike | None = None) -> pd.Series:
    r"""Gini, Palma and Theil of what people have, each person counting once.

    With people :math:`w_i`, values :math:`x_i`, total people :math:`W` and mean :math:`\mu`:

    .. math:: \text{Gini} = \frac{\sum_i \sum_j w_i w_j |x_i - x_j|}{2 W^2 \mu}, \quad
       \text{Theil} = \sum_i \frac{w_i x_i}{W \mu} \ln\frac{x_i}{\mu}, \quad
       \text{Palma} = \frac{\text{share of the best served } 10\,\%}
       {\text{share of the worst served } 40\,\%}

    Parameters
    ----------
    values
        What each place's people have, such as access or minutes, 0 or more, shape (n,). NaN is
        unknown: such places are left out and counted in ``unknown_share``.
    weights
        People of each place, shape (n,); one each if not given.

    Returns
    -------
    Series, name ``inequality``
        ``gini`` (0: all alike, below 1), ``palma`` (0.25: all alike; infinite where the worst
        served 40 % have nothing), ``theil`` (0: all alike, at most ln of the number of people),
        ``mean``, ``people`` (who are known) and ``unknown_share`` of the people. The first three
        are NaN where nobody is known, or where all have 0: then there is nothing to share.

    Raises
    ------
    InputError
        If values or weights are negative, infinite or not numbers.
    AlignmentError
        If there is not one weight per value.

    Notes
    -----
    A place across the line of 10 % or 40 % is divided. Two Series are taken row by row, whatever
    their index. Sources: Gini (1912); Theil (1967), Economics and Information Theory; Cobham &
    Sumner (2013) for Palma.

    Examples
    --------
    Half of the people have nothing, the others have the same:

    >>> inequality([0.0, 2.0], [50, 50]).round(3).to_dict()
    {'gini': 0.5, 'palma': inf, 'theil': 0.693, 'mean': 1.0, 'people': 100.0, 'unknown_share': 0.0}
    """
    value, weight = _checked(values, weights)
    known = ~np.isnan(value)
    total = float(weight.sum())
    unknown = float(weight[~known].sum()) / total if total > 0 else np.nan
    value, weight = value[known & (weight > 0)], weight[known & (weight > 0)]
    people = float(weight.sum())
    mean = float(np.average(value, weights=weight)) if people > 0 else np.nan
    if not mean > 0:
        figures = (np.nan, np.nan, np.nan)
    else:
        figures = _figures(value / value.max(), weight / people)
    names = ("gini", "palma", "theil", "mean", "people", "unknown_share")
    return pd.Series((*figures, mean, people, unknown), index=names, name="inequality")


def lorenz(values: ArrayLike, weights: ArrayLike | None = None) -> pd.DataFrame:
    """Lorenz curve: what share of all that is there the worst served share of people have.

    Parameters
    ----------
    values
        What each place's people have, 0 or more, shape (n,); NaN is unknown and left out.
    weights
        People of each place; one each if not given.

    Returns
    -------
    DataFrame
        ``people_share`` and ``value_share``, both from 0 to 1, one row for each distinct value
        besides (0, 0). Empty where nobody is known or all have 0.

    Raises
    ------
    InputError
        If values or weights are negative, infinite or not numbers.
    AlignmentError
        If there is not one weight per value.

    Notes
    -----
    Twice the area between the curve and the diagonal is Gini's coefficient. Source: Lorenz (1905),
    Publications of the American Statistical Association 9(70), 209–219.

    Examples
    --------
    >>> lorenz([3.0, 1.0], [100, 100]).values.tolist()
    [[0.0, 0.0], [0.5, 0.25], [1.0, 1.0]]
    """
    value, weight = _checked(values, weights)
    known = ~np.isnan(value) & (weight > 0)
    value, weight = value[known], weight[known]
    if not (value * weight).sum() > 0:
        return pd.DataFrame({"people_share": [], "value_share": []}, dtype=float)
    people, had = _curve(value / value.max(), weight / weight.sum())
    return pd.DataFrame({"people_share": people, "value_share": had})


def segment_gaps(
    values: ArrayLike,
    residents: pd.DataFrame,
    segments: Sequence[str] = ("elderly", "children"),
    *,
    people: str = "people",
) -> pd.DataFrame:
    """What a segment of the people has, against what everyone has.

    Parameters
    ----------
    values
        What the people of each row of ``residents`` have, shape (n,), in the order of its rows;
        NaN is unknown and left out.
    residents
        Table with the columns of people.
    segments
        Columns with the people of each segment.
    people
        Column with everyone.

    Returns
    -------
    DataFrame, index ``segment``
        ``people`` (of the segment, known), ``mean`` (weighted by them), ``everyone_mean``,
        ``difference`` (mean − everyone's; below 0: the segment has less), ``ratio`` (mean ÷
        everyone's; NaN where everyone's is 0) and ``unknown_share`` of the segment. NaN where
        nobody of a segment is known.

    Raises
    ------
    MissingColumnError
        If a column of people is missing.
    InputError
        If values or people are negative, infinite or not numbers.
    AlignmentError
        If there is not one value per row.

    Examples
    --------
    >>> homes = pd.DataFrame({"people": [10, 10], "elderly": [1, 3]})
    >>> gaps = segment_gaps([4.0, 2.0], homes, segments=["elderly"])
    >>> gaps.loc["elderly", ["mean", "everyone_mean", "difference"]].to_list()
    [2.5, 3.0, -0.5]
    """
    segments = (segments,) if isinstance(segments, str) else tuple(segments)
    missing = [name for name in (people, *segments) if name not in residents.columns]
    if missing:
        raise MissingColumnError(
            f"residents: there is no column {some(missing)}; found {some(residents.columns, 12)}."
        )
    value, _ = _checked(values, np.ones(len(residents)))
    known = ~np.isnan(value)
    everyone, _, _ = _mean(value, people_numbers(residents, people), known)
    rows = []
    for name in segments:
        mean, count, unknown = _mean(value, people_numbers(residents, name), known)
        ratio = mean / everyone if everyone > 0 else np.nan
        rows.append((count, mean, everyone, mean - everyone, ratio, unknown))
    columns = ("people", "mean", "everyone_mean", "difference", "ratio", "unknown_share")
    return pd.DataFrame(rows, index=pd.Index(segments, name="segment"), columns=list(columns))


def _mean(
    value: _Numbers, weight: _Numbers, known: NDArray[np.bool_]
) -> tuple[float, float, float]:
    """Mean of the known, their people, and the share of those who are not."""
    total, count = float(weight.sum()), float(weight[known].sum())
    mean = float((value[known] * weight[known]).sum()) / count if count > 0 else np.nan
    return mean, count, (1.0 - count / total if total > 0 else np.nan)


def _checked(values: ArrayLike, weights: ArrayLike | None) -> tuple[_Numbers, _Numbers]:
    value = _numbers(values, "values")
    weight = np.ones(len(value)) if weights is None else _numbers(weights, "weights")
    if len(value) != len(weight):
        raise AlignmentError(
            f"values and weights: there are {len(value)} and {len(weight)}. Give one weight (or "
            "row of residents) for each value, in the same order."
        )
    problems = []
    with np.errstate(invalid="ignore"):
        for what, numbers, bad in (
            ("values", value, (value < 0) | np.isinf(value)),
            ("weights", weight, ~(np.isfinite(weight) & (weight >= 0))),
        ):
            if bad.any():
                problems.append(
                    f"{what}: {bad.sum()} of {len(numbers)} are negative, infinite or no number "
                    f"(positions {some(np.flatnonzero(bad))}: {some(numbers[bad])})."
                )
    if problems:
        raise InputError(" ".join(problems) + " What is not known is NaN among the values.")
    return value, weight


def _numbers(given: Any, what: str) -> _Numbers:
    try:
        if hasattr(given, "to_numpy"):  # also pandas' own kinds of integers, where NA is unknown
            given = pd.to_numeric(given).to_numpy(dtype=float, na_value=np.nan)
        numbers = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"{what}: some are no numbers ({error}).") from error
    if numbers.ndim != 1:
        raise InputError(f"{what}: give a list of numbers, not {numbers.ndim} dimensions.")
    return numbers


def _curve(value: _Numbers, share: _Numbers) -> tuple[_Numbers, _Numbers]:
    """Lorenz curve of shares of people, from (0, 0) to (1, 1), one point per distinct value."""
    distinct, at = np.unique(value, return_inverse=True)
    people = np.bincount(at, weights=share)
    had = people * distinct
    run = np.concatenate([[0.0], np.cumsum(people)])
    sums = np.concatenate([[0.0], np.cumsum(had)])
    return run / run[-1], sums / sums[-1]


def _figures(value: _Numbers, share: _Numbers) -> tuple[float, float, float]:
    """Gini, Palma and Theil of values above 0 on the whole."""
    people, had = _curve(value, share)
    gini = float(1.0 - np.sum(np.diff(people) * (had[1:] + had[:-1])))
    worst = float(np.interp(0.4, people, had))
    best = float(1.0 - np.interp(0.9, people, had))
    ratio = value / float((value * share).sum())
    above = ratio > 0  # x ln x goes to 0 with x
    theil = float(np.sum(share[above] * ratio[above] * np.log(ratio[above])))
    return max(gini, 0.0), best / worst if worst > 0 else np.inf, max(theil, 0.0)
