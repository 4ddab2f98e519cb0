"""How sure a mean or a share of answers is: Kish, Wilson, Student, bootstrap.

Every interval is of 95 %. With weights, n answers tell as much as ``(Σw)² / Σw²`` of equal weight
(Kish, *Survey Sampling*, 1965); that effective sample stands where n does in the formulas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]

SURE = 0.95
_TAIL = (1 - SURE) / 2
Z = float(stats.norm.ppf(1 - _TAIL))
RESAMPLES = 2000
_CELLS_AT_ONCE = 2_000_000


class Interval(NamedTuple):
    """Ends of an interval, not-a-number where nothing can be said."""

    low: float
    high: float


UNKNOWN = Interval(float("nan"), float("nan"))


@dataclass(frozen=True, eq=False)
class Sample:
    """Answers of one cell of a table, one a person, and what they weigh.

    Parameters
    ----------
    values
        Answers, shape (n,), none missing.
    weights
        Above 0, shape (n,).

    Examples
    --------
    >>> sample = Sample.of(np.array([2.0, 4.0, np.nan, 5.0]), np.array([1.0, 1.0, 1.0, 0.0]))
    >>> len(sample.values), sample.mean, sample.effective
    (2, 3.0, 2.0)
    """

    values: Array
    weights: Array

    @classmethod
    def of(cls, values: Array, weights: Array) -> Sample:
        """Sample of the answers that are there and weigh something.

        Parameters
        ----------
        values
            Answers, not-a-number where there is none.
        weights
            0 or more.

        Returns
        -------
        Sample
            In order of value and weight, so that the order of rows never matters.

        Examples
        --------
        >>> Sample.of(np.array([3.0]), np.array([0.0])).mean
        nan
        """
        counted = ~np.isnan(values) & (weights > 0)
        order = np.lexsort((weights[counted], values[counted]))
        return cls(values[counted][order], weights[counted][order])

    @property
    def effective(self) -> float:
        """Kish's effective sample, ``(Σw)² / Σw²``; 0 without answers."""
        if len(self.values) == 0:
            return 0.0
        scaled = self.weights / self.weights.max()
        # rounded, so that n equal weights are n and not a hair less
        return float(round(scaled.sum() ** 2 / (scaled**2).sum(), 9))

    @property
    def mean(self) -> float:
        """Weighted mean, not-a-number without answers."""
        if len(self.values) == 0:
            return float("nan")
        scaled = self.weights / self.weights.max()
        mean = float((scaled * self.values).sum() / scaled.sum())
        return float(np.clip(mean, self.values.min(), self.values.max()))

    @property
    def variance(self) -> float:
        """Variance of the answers among the people, not-a-number below two answers.

        At least that of a sample in which one of n answers lies one step off: that all who were
        asked say the same does not show that all others would.
        """
        effective = self.effective
        if effective <= 1:
            return float("nan")
        scaled = self.weights / self.weights.max()
        spread = float((scaled * (self.values - self.mean) ** 2).sum() / scaled.sum())
        return max(spread * effective / (effective - 1), 1 / effective)

    @property
    def alike(self) -> bool:
        """Whether all answers are the same, or none is there."""
        return len(self.values) == 0 or bool(self.values[0] == self.values[-1])


def wilson(share: float, effective: float) -> Interval:
    """Interval of a share (Wilson, *JASA* 22, 1927, without continuity correction).

    Parameters
    ----------
    share
        Share of the sample, 0 to 1.
    effective
        Size of the sample, effective where it is weighted.

    Returns
    -------
    Interval
        ``(p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)``; unknown for an empty sample.

    Examples
    --------
    >>> [round(end, 4) for end in wilson(0.7, 10)]
    [0.3968, 0.8922]
    """
    if not effective > 0 or np.isnan(share):
        return UNKNOWN
    squared = Z * Z / effective
    centre = (share + squared / 2) / (1 + squared)
    half = Z * np.sqrt(share * (1 - share) / effective + squared / (4 * effective)) / (1 + squared)
    low = 0.0 if share == 0 else max(float(centre - half), 0.0)
    high = 1.0 if share == 1 else min(float(centre + half), 1.0)
    return Interval(min(low, share), max(high, share))


def student(sample: Sample, low: float, high: float) -> Interval:
    """Interval of a mean by Student's t.

    Parameters
    ----------
    sample
        Answers.
    low, high
        Ends of the scale, which no interval leaves.

    Returns
    -------
    Interval
        Mean ± t √(s²/n) with n - 1 degrees of freedom; unknown below two answers.

    Examples
    --------
    >>> five = Sample.of(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.ones(5))
    >>> [round(end, 3) for end in student(five, 1, 5)]
    [1.037, 4.963]
    """
    effective = sample.effective
    if effective <= 1:
        return UNKNOWN
    t = float(stats.t.ppf(1 - _TAIL, effective - 1))
    half = t * float(np.sqrt(sample.variance / effective))
    return Interval(max(sample.mean - half, low), min(sample.mean + half, high))


def bootstrap(sample: Sample, seed: int) -> Interval:
    """Interval of a mean by the percentiles of resampled people (Efron, 1979).

    Parameters
    ----------
    sample
        Answers; who is drawn brings his weight with him.
    seed
        Makes the draws; the same answers and seed give the same interval.

    Returns
    -------
    Interval
        Unknown below two answers.

    Examples
    --------
    >>> five = Sample.of(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.ones(5))
    >>> [round(end, 1) for end in bootstrap(five, seed=1)]
    [1.8, 4.2]
    """
    if len(sample.values) < 2:
        return UNKNOWN
    low, high = np.quantile(resampled_means(sample, seed), [_TAIL, 1 - _TAIL])
    return Interval(min(float(low), sample.mean), max(float(high), sample.mean))


def resampled_means(sample: Sample, seed: int) -> Array:
    """Means of samples drawn from a sample, with replacement and of its size.

    Parameters
    ----------
    sample
        Answers, at least one.
    seed
        Makes the draws.

    Returns
    -------
    array of float, shape (:data:`RESAMPLES`,)

    Examples
    --------
    >>> same = Sample.of(np.array([4.0, 4.0]), np.ones(2))
    >>> set(resampled_means(same, 1).tolist())
    {4.0}
    """
    rng = np.random.default_rng(seed)
    scaled = sample.weights / sample.weights.max()
    kinds, counts = np.unique(
        np.column_stack([sample.values, scaled]), axis=0, return_counts=True
    )  # people of one answer and weight are drawn together
    chances = counts / counts.sum()
    rows = max(_CELLS_AT_ONCE // len(kinds), 1)
    parts = []
    for begin in range(0, RESAMPLES, rows):
        drawn = rng.multinomial(counts.sum(), chances, size=min(rows, RESAMPLES - begin))
        weight = drawn @ kinds[:, 1]
        parts.append((drawn @ (kinds[:, 0] * kinds[:, 1])) / weight)
    # no rounding carries a mean beyond the answers it is of
    means: Array = np.clip(np.concatenate(parts), sample.values.min(), sample.values.max())
    return means


def mean_interval(sample: Sample, method: str, seed: int, ends: tuple[float, float]) -> Interval:
    """Interval of a mean on a scale.

    Parameters
    ----------
    sample
        Answers.
    method
        ``"wilson"``: Student's t. ``"bootstrap"``: percentiles, but Student's t where all answers
        are the same, of which resampling makes nothing but the same.
    seed
        Of the bootstrap.
    ends
        Ends of the scale.

    Returns
    -------
    Interval

    Examples
    --------
    >>> alike = Sample.of(np.array([5.0, 5.0, 5.0]), np.ones(3))
    >>> mean_interval(alike, "bootstrap", 1, (1, 5)) == student(alike, 1, 5)
    True
    """
    if method == "bootstrap" and not sample.alike:
        return bootstrap(sample, seed)
    return student(sample, *ends)


def share_interval(sample: Sample, method: str, seed: int) -> Interval:
    """Interval of a share, of a sample of ones and noughts.

    Parameters
    ----------
    sample
        1 for each person who is counted, 0 for each who is not.
    method
        ``"wilson"``, or ``"bootstrap"``, which gives way to Wilson where all are the same.
    seed
        Of the bootstrap.

    Returns
    -------
    Interval

    Examples
    --------
    >>> none = Sample.of(np.zeros(10), np.ones(10))
    >>> [round(end, 3) for end in share_interval(none, "bootstrap", 1)]
    [0.0, 0.278]
    """
    if method == "bootstrap" and not sample.alike:
        return bootstrap(sample, seed)
    return wilson(sample.mean, sample.effective)


def difference(before: Sample, after: Sample, method: str, seed: int) -> tuple[float, Interval]:
    """How much a mean differs between two samples of different people.

    Parameters
    ----------
    before, after
        Answers.
    method
        ``"welch"``: Welch's t with the degrees of freedom of Satterthwaite (1946).
        ``"bootstrap"``: percentiles of the difference of resampled means; Welch where either
        sample is all the same.
    seed
        Of the bootstrap.

    Returns
    -------
    difference
        After less before.
    interval
        Unknown where either has fewer than two answers.

    Examples
    --------
    >>> first = Sample.of(np.array([1.0, 2.0, 3.0]), np.ones(3))
    >>> second = Sample.of(np.array([3.0, 4.0, 5.0]), np.ones(3))
    >>> change, (low, high) = difference(first, second, "welch", 1)
    >>> change, round(low, 3), round(high, 3)
    (2.0, -0.267, 4.267)
    """
    change = after.mean - before.mean
    if before.effective <= 1 or after.effective <= 1:
        return change, UNKNOWN
    if method == "bootstrap" and not before.alike and not after.alike:
        means = resampled_means(after, seed + 1) - resampled_means(before, seed)
        low, high = np.quantile(means, [_TAIL, 1 - _TAIL])
        return change, Interval(float(low), float(high))
    parts = [sample.variance / sample.effective for sample in (before, after)]
    freedom = sum(parts) ** 2 / sum(
        part**2 / (sample.effective - 1)
        for part, sample in zip(parts, (before, after), strict=True)
    )
    half = float(stats.t.ppf(1 - _TAIL, freedom)) * float(np.sqrt(sum(parts)))
    return change, Interval(change - half, change + half)
