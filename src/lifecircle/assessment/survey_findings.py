"""What follows from a summary of answers: quadrants, what the walk says to it, and its weight."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from lifecircle.assessment.evaluation import Evaluation
from lifecircle.assessment.survey import SCALE, SMALL_SAMPLE
from lifecircle.assessment.survey_text import survey_word
from lifecircle.errors import (
    AlignmentError,
    InputError,
    MissingColumnError,
    UnknownNameError,
    some,
)
from lifecircle.standards import catalog
from lifecircle.tables.findings import tell

# 85 % of people within a 15-minute walk of public services is what Changsha aims at (一圈两场三道).
GOOD_SHARE = 0.85
# Three of five satisfied. No standard sets it; it is ours to start from.
GOOD_SATISFIED = 0.6
_CUTS = ("mean", "midpoint")
_MIDPOINT = sum(SCALE) / 2
_LEAST = 1e-9  # closer than this a mean lies on its cut line
_OTHER_KEYS = ("unit_id", "segment", "wave")
_MATCH = {
    (True, True): "both good",
    (False, False): "both poor",
    (True, False): "reachable but unsatisfying",
    (False, True): "satisfied though far",
}
_QUADRANT = {
    (True, False): "concentrate here",
    (True, True): "keep up",
    (False, False): "low priority",
    (False, True): "possible overkill",
}


def importance_performance(
    summary: pd.DataFrame, *, cut: str = "mean", language: str = "zh"
) -> pd.DataFrame:
    """Where improvement matters: importance against satisfaction (IPA).

    After Martilla and James, *Journal of Marketing* 41 (1977): what is important and not
    satisfying comes first.

    Parameters
    ----------
    summary
        As :func:`lifecircle.survey_summary` gives it, by unit and service.
    cut
        Where the lines lie: ``"mean"``, at the unit's own means of importance and satisfaction,
        each service with the weight of its answers; or ``"midpoint"`` of the scale, 3.
    language
        ``"zh"`` or ``"en"``, of ``quadrant_name`` and ``why``.

    Returns
    -------
    DataFrame
        Rows of the summary: its keys, ``quadrant`` (``"concentrate here"`` 优先改进, ``"keep up"``
        继续保持, ``"low priority"`` 次要改进, ``"possible overkill"`` 可维持（重要度较低）, or
        ``"unknown"`` where either was not answered), ``quadrant_name`` (with （不确定） behind it
        where that is so), ``certain`` (false where an interval lies across a line, is not known,
        or the sample is small), ``why`` it is not certain,
        ``satisfaction_mean``, ``satisfaction_cut``, ``importance_mean``, ``importance_cut``,
        ``answers``, ``small_sample``. On a line counts as above it.

    Raises
    ------
    MissingColumnError
        If the summary lacks a column.
    UnknownNameError
        If there is no such cut or language.

    Notes
    -----
    Lines at the means always make some service the worst, also where people are content with all;
    the midpoint shows what they are content with. The lines are taken as they are, without an
    interval of their own.

    Examples
    --------
    >>> from lifecircle import survey_summary
    >>> said = pd.DataFrame({"unit_id": "U", "service": ["park", "shop"] * 40})
    >>> said = said.assign(satisfaction=[2, 5] * 40, importance=[5, 3] * 40)
    >>> table = importance_performance(survey_summary(said), language="en")
    >>> table[["service", "quadrant", "certain"]].values.tolist()
    [['park', 'concentrate here', True], ['shop', 'possible overkill', True]]
    """
    if cut not in _CUTS:
        raise UnknownNameError("cut", cut, _CUTS)
    _need(summary, ("service", "answers", "small_sample", "weight_sum", *_ends("importance"),
                    *_ends("satisfaction")))  # fmt: skip
    keys = [name for name in _OTHER_KEYS if name in summary]
    table = summary.reset_index(drop=True)
    high: dict[str, pd.Series[bool]] = {}
    across = pd.Series(data=False, index=table.index)
    for name in ("importance", "satisfaction"):
        mean = table[f"{name}_mean"]
        line = _own_means(table, name, keys) if cut == "mean" else _MIDPOINT
        table[f"{name}_cut"] = line
        line = table[f"{name}_cut"]
        high[name] = mean >= line - _LEAST
        inside = (table[f"{name}_low"] < line) & (line < table[f"{name}_high"])
        across |= inside | table[f"{name}_low"].isna()
    unknown = table["importance_mean"].isna() | table["satisfaction_mean"].isna()
    small = table["small_sample"].astype(bool)
    table["quadrant"] = [
        "unknown" if missing else _QUADRANT[important, good]
        for missing, important, good in zip(
            unknown, high["importance"], high["satisfaction"], strict=True
        )
    ]
    table["certain"] = ~(unknown | across | small)
    reasons = zip(unknown, small, across, strict=True)
    table["why"] = [
        _why(("no answers",) if missing else _reasons(few, wide), language)
        for missing, few, wide in reasons
    ]
    table["quadrant_name"] = [
        survey_word(word, language)
        + ("" if certain or word == "unknown" else survey_word("uncertain", language))
        for word, certain in zip(table["quadrant"], table["certain"], strict=True)
    ]
    return table[
        [*keys, "service", "quadrant", "quadrant_name", "certain", "why", "satisfaction_mean",
         "satisfaction_cut", "importance_mean", "importance_cut", "answers", "small_sample"]
    ]  # fmt: skip


def survey_against_walk(
    summary: pd.DataFrame,
    evaluation: Evaluation,
    *,
    minutes: float | None = None,
    good_share: float = GOOD_SHARE,
    good_satisfied: float = GOOD_SATISFIED,
    language: str | None = None,
) -> pd.DataFrame:
    """Whether what people say and what the walk shows agree, per unit and service.

    Parameters
    ----------
    summary
        As :func:`lifecircle.survey_summary` gives it, by unit and service.
    evaluation
        As :func:`lifecircle.evaluate` gives it, of the same study.
    minutes
        Walking time for all services; one that was measured. None: of each service the time that
        the standard sets for it, else the longest of the study.
    good_share
        From this share of people within the minutes a service counts as within reach: 0.85, what
        Changsha aims at.
    good_satisfied
        From this share of satisfied people a service counts as satisfying: 0.6, which no standard
        sets; it is a figure of our own to start from.
    language
        ``"zh"`` or ``"en"``, of ``match_name`` and ``why``; None: the study's.

    Returns
    -------
    DataFrame
        Rows of the summary: its keys, ``match`` (``"both good"``, ``"both poor"``, ``"reachable
        but unsatisfying"``: quality and not distance, ``"satisfied though far"``: fewer than
        ``good_share`` reach it, which may be most all the same; ``"unclear"``
        where the interval of satisfaction lies across its threshold or either side is not known),
        ``match_name``, ``why`` it is unclear, ``satisfied_share``, ``satisfied_low``,
        ``satisfied_high``, ``covered_share``, ``minutes``, ``minutes_from`` (``"standard"``,
        ``"study"`` or ``"asked"``), ``people`` (measured), ``walk_segment``, ``walker``,
        ``answers``, ``small_sample``.

    Raises
    ------
    MissingColumnError
        If the summary lacks a column.
    AlignmentError
        If the summary is about units that the evaluation does not have.
    InputError
        If ``minutes`` were not measured, or a threshold is no share.

    Notes
    -----
    The walk is measured for those the service is for, at their pace: the first row of
    ``coverage`` of each service. Services that no facility offers are unknown, which is told.

    Examples
    --------
    >>> from lifecircle import evaluate, load_demo, survey_summary
    >>> study = load_demo()
    >>> summary = survey_summary(study.extras["survey"], units=study.units)
    >>> table = survey_against_walk(summary, evaluate(study)).set_index(["unit_id", "service"])
    >>> table.loc["YH-SZT-01", "park"]["match"]
    'reachable but unsatisfying'
    """
    _need(summary, ("unit_id", "service", "answers", "small_sample", *_ends("satisfied", "share")))
    for name, value in (("good_share", good_share), ("good_satisfied", good_satisfied)):
        if not 0 <= value <= 1:
            raise InputError(f"{name}={value!r} must be a share from 0 to 1, such as 0.6.")
    study = evaluation.study
    language = language or study.language
    strange = summary.loc[~summary["unit_id"].isin(study.units["unit_id"]), "unit_id"].unique()
    if len(strange):
        raise AlignmentError(
            f"survey: {len(strange)} units of the summary are not in the evaluation "
            f"({some(strange)}; units are {some(study.units['unit_id'])}). Are both of one study?"
        )
    keys = [name for name in ("unit_id", "service", "segment", "wave") if name in summary]
    times = _minutes_of(summary["service"].unique(), evaluation, minutes)
    table = summary.reset_index(drop=True).merge(times, on="service", how="left", validate="m:1")
    own = evaluation.coverage.drop_duplicates(["unit_id", "service", "minutes"])
    own = own.rename(columns={"segment": "walk_segment"})
    walked = ["unit_id", "service", "minutes", "covered_share", "people", "walk_segment", "walker"]
    table = table.merge(own[walked], on=["unit_id", "service", "minutes"], how="left")
    absent = sorted(set(table["service"]) - set(evaluation.coverage["service"]))
    if absent:
        names = [catalog.service_name(name, study.language) for name in absent]
        tell(
            f"survey: people were asked about {len(absent)} services that no facility offers "
            f"({some(names, 20)}). How far they are is unknown."
        )
    verdicts = [
        _match(row, good_share, good_satisfied, offered=row["service"] not in absent)
        for row in table.to_dict("records")
    ]
    table["match"] = [verdict for verdict, _ in verdicts]
    table["match_name"] = [survey_word(verdict, language) for verdict, _ in verdicts]
    table["why"] = [_why(reasons, language) for _, reasons in verdicts]
    return table[
        [*keys, "match", "match_name", "why", "satisfied_share", "satisfied_low",
         "satisfied_high", "covered_share", "minutes", "minutes_from", "people", "walk_segment",
         "walker", "answers", "small_sample"]
    ]  # fmt: skip


def survey_weight(
    summary: pd.DataFrame,
    *,
    services: Iterable[str] | None = None,
    half_at: float = float(SMALL_SAMPLE),
    bounds: tuple[float, float] = (1 / 3, 3.0),
) -> pd.DataFrame:
    """How much residents' concern for a service counts when shortfalls are ranked.

    Parameters
    ----------
    summary
        As :func:`lifecircle.survey_summary` gives it, one row per unit and service.
    services
        Services that are to be there for every unit, with the weight 1 where nobody was asked.
    half_at
        Effective sample at which half of what people say counts.
    bounds
        Least and greatest weight.

    Returns
    -------
    DataFrame
        ``unit_id``, ``service``, ``survey_weight`` and its parts: ``importance_part`` and
        ``dissatisfaction_part`` (0 to 1), ``concern`` (their product), ``mean_concern`` of the
        unit's surveyed services, ``relative_concern`` (their ratio), ``reliability`` (0 to 1),
        ``effective_sample``, ``basis`` (``"importance and satisfaction"``, ``"satisfaction"``
        where importance was not asked, ``"none"``).

    Raises
    ------
    InputError
        If the summary has several rows of one unit and service, or a number cannot be.
    MissingColumnError
        If the summary lacks a column.

    Notes
    -----
    ``concern = (importance - 1)/4 × (5 - satisfaction)/4``, divided by its mean over the unit's
    surveyed services, so that 1 is the concern that people have on average. Where a service's
    importance was not asked, the mean importance part of the unit's others stands for it, and 1
    where none was asked: dissatisfaction alone then counts.

    A few answers may say anything by chance, so ``weight = 1 + r (relative - 1)`` with
    ``r = n/(n + half_at)``, the form of every shrunken mean (Bühlmann's credibility): 30 answers,
    the fewest that are not called a small sample, move a weight half of the way. Then it is cut to
    the bounds: no survey alone makes a shortfall vanish or outweigh three others.

    Examples
    --------
    >>> from lifecircle import survey_summary
    >>> said = pd.DataFrame({"unit_id": "U", "service": ["park", "shop"] * 30})
    >>> said = said.assign(satisfaction=[1, 3] * 30, importance=5)
    >>> table = survey_weight(survey_summary(said), services=["park", "clinic"])
    >>> table[["service", "concern", "relative_concern", "survey_weight"]].round(3).values.tolist()
    [['clinic', nan, nan, 1.0], ['park', 1.0, 1.333, 1.167], ['shop', 0.5, 0.667, 0.833]]
    """
    _need(summary, ("unit_id", "service", "satisfaction_mean", "importance_mean",
                    "effective_sample"))  # fmt: skip
    _check_weighing(summary, half_at, bounds)
    wanted = sorted({*summary["service"], *(services or ())})
    pairs = itertools.product(sorted(summary["unit_id"].unique()), wanted)
    every = pd.DataFrame(list(pairs), columns=["unit_id", "service"])
    given = {(row.unit_id, row.service) for row in summary.itertuples()}
    listed = {*(services or ())}
    kept = [
        (unit, service) in given or service in listed
        for unit, service in zip(every["unit_id"], every["service"], strict=True)
    ]
    table = every[kept].merge(summary, on=["unit_id", "service"], how="left")
    low, high = SCALE
    part = (table["importance_mean"] - low) / (high - low)
    table["importance_part"] = part
    table["dissatisfaction_part"] = (high - table["satisfaction_mean"]) / (high - low)
    assumed = part.fillna(part.groupby(table["unit_id"]).transform("mean")).fillna(1.0)
    table["concern"] = assumed * table["dissatisfaction_part"]
    table["mean_concern"] = table.groupby("unit_id")["concern"].transform("mean")
    mean = table["mean_concern"]
    relative = (table["concern"] / mean.where(mean > 0)).where(mean.isna() | (mean > 0), 1.0)
    table["relative_concern"] = relative.where(table["concern"].notna())
    sample = table["effective_sample"].fillna(0.0)
    table["effective_sample"] = sample
    table["reliability"] = (
        sample / (sample + half_at) if half_at > 0 else (sample > 0).astype(float)
    )
    pulled = 1 + table["reliability"] * (table["relative_concern"] - 1)
    table["survey_weight"] = pulled.fillna(1.0).clip(*bounds)
    with_both = np.where(part.notna(), "importance and satisfaction", "satisfaction")
    table["basis"] = np.where(table["concern"].notna(), with_both, "none")
    return table[
        ["unit_id", "service", "survey_weight", "importance_part", "dissatisfaction_part",
         "concern", "mean_concern", "relative_concern", "reliability", "effective_sample", "basis"]
    ]  # fmt: skip


def _ends(name: str, middle: str = "mean") -> tuple[str, str, str]:
    """Columns of a figure and its interval."""
    return f"{name}_{middle}", f"{name}_low", f"{name}_high"


def _need(summary: pd.DataFrame, columns: Sequence[str]) -> None:
    """See that a summary has its columns."""
    missing = [name for name in columns if name not in summary]
    if missing:
        raise MissingColumnError(
            f"survey: the summary has no {some(map(repr, missing), 20)}. Make it with "
            "survey_summary(answers, by=('unit_id', 'service'))."
        )


def _own_means(table: pd.DataFrame, name: str, keys: Sequence[str]) -> pd.Series[float]:
    """Mean of a figure over the services of each unit, with the weights of their answers."""
    mean = table[f"{name}_mean"]
    weight = table["weight_sum"].where(mean.notna(), 0.0)
    sums = pd.DataFrame({"said": mean.fillna(0.0) * weight, "weight": weight})
    if keys:
        sums = sums.groupby([table[key] for key in keys]).transform("sum")
    else:
        sums = sums.assign(said=sums["said"].sum(), weight=sums["weight"].sum())
    return sums["said"] / sums["weight"].where(sums["weight"] > 0)


def _reasons(few: Any, wide: Any) -> tuple[str, ...]:
    """Why a finding is not certain."""
    return (*(("small sample",) if few else ()), *(("interval",) if wide else ()))


def _why(reasons: Iterable[str], language: str) -> str:
    """Reasons as one text."""
    return ("；" if language == "zh" else "; ").join(
        survey_word(reason, language) for reason in reasons
    )


def _minutes_of(
    services: Iterable[str], evaluation: Evaluation, minutes: float | None
) -> pd.DataFrame:
    """Walking time by which each service is judged, and where it comes from."""
    measured = evaluation.study.minutes
    if minutes is not None and minutes not in measured:
        raise InputError(
            f"minutes={minutes!r} was not measured. Use one of "
            f"{', '.join(f'{limit:g}' for limit in measured)}, or add it to the study's minutes."
        )
    rows: list[tuple[str, float, str]] = []
    table = evaluation.requirements
    for service in services:
        # that a supermarket may stand in for a shop in 5 minutes asks no supermarket in 5 minutes
        stated = table.loc[table["service"] == service, "walk_minutes"].dropna()
        if minutes is not None:
            rows.append((service, float(minutes), "asked"))
        elif len(stated):
            rows.append((service, float(stated.iloc[0]), "standard"))
        else:
            rows.append((service, float(measured[-1]), "study"))
    return pd.DataFrame(rows, columns=["service", "minutes", "minutes_from"])


def _match(
    row: dict[Any, Any], good_share: float, good_satisfied: float, *, offered: bool
) -> tuple[str, tuple[str, ...]]:
    """Which of the four cases a row is, or unclear and why."""
    reasons = []
    if np.isnan(row["satisfied_share"]):
        reasons.append("no answers")
    elif not (row["satisfied_low"] >= good_satisfied or row["satisfied_high"] < good_satisfied):
        reasons.append("interval")
    if np.isnan(row["covered_share"]):
        reasons.append(_walk_unknown(row, offered=offered))
    if reasons:
        return "unclear", tuple(reasons)
    near = bool(row["covered_share"] >= good_share)
    return _MATCH[near, bool(row["satisfied_low"] >= good_satisfied)], ()


def _walk_unknown(row: dict[Any, Any], *, offered: bool) -> str:
    """Why no share of people within the minutes is known."""
    if not offered:
        return "no facility"
    if pd.isna(row["people"]):
        return "not measured"
    return "no street" if row["people"] > 0 else "nobody"


def _check_weighing(summary: pd.DataFrame, half_at: float, bounds: tuple[float, float]) -> None:
    """See that the numbers of a weighing can be."""
    twice = summary.duplicated(["unit_id", "service"])
    if twice.any():
        shown = summary.loc[twice, ["unit_id", "service"]].agg(" ".join, axis=1)
        raise InputError(
            f"survey: {int(twice.sum())} rows of the summary repeat a unit and service "
            f"({some(shown)}). Summarise by unit and service alone."
        )
    if not half_at >= 0:
        raise InputError(f"half_at={half_at!r} must be a number of answers, 0 or more.")
    if not 0 <= bounds[0] <= 1 <= bounds[1]:
        raise InputError(f"bounds={bounds!r} must lie on either side of 1, such as (0.5, 2).")
