"""Health check (体检): blocks of indicators, each computed, read from records, or unknown."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lifecircle.assessment.choices import is_table
from lifecircle.assessment.compliance import check_compliance
from lifecircle.assessment.evaluation import Evaluation
from lifecircle.assessment.health_parts import MET, NOT_MET, UNKNOWN, Found, Grounds, judge
from lifecircle.assessment.health_records import RecordBook
from lifecircle.assessment.health_words import VERDICTS, source_name, with_verdict
from lifecircle.assessment.unit_facts import UnitFacts
from lifecircle.errors import InputError, collected_warnings, some
from lifecircle.inputs.layers import open_table
from lifecircle.inputs.records import read_records
from lifecircle.inputs.survey import read_survey
from lifecircle.standards.figures import verify_mark
from lifecircle.standards.indicators import (
    IndicatorSystem,
    check_indicators,
    find_indicators,
)
from lifecircle.standards.parts import Part
from lifecircle.standards.standard import Standard, standard_code
from lifecircle.tables.findings import tell
from lifecircle.tables.showing import card

# The first columns of health_check.csv are fixed; more may follow.
INDICATOR_COLUMNS = (
    "unit_id",
    "block",
    "indicator_id",
    "indicator",
    "value",
    "unit",
    "threshold",
    "status",
    "source",
    "why",
    "parts",
    "score",
    "direction",
    "weight",
    "known_share",
    "name",
    "block_name",
    "system",
    "clause",
    "confidence",
    "verify",
    "note",
    "source_name",
)
BLOCK_COLUMNS = (
    "unit_id",
    "block",
    "block_name",
    "score",
    "unknown_share",
    "indicators",
    "met",
    "not_met",
    "unknown",
)
MOST_UNKNOWN_SHARE = 0.5  # an indicator or a block that knows less of itself has no score


@dataclass(frozen=True, eq=False, repr=False)
class HealthCheck:
    """What :func:`lifecircle.health_check` found: plain tables, ready to be looked at.

    Parameters
    ----------
    evaluation
        What was checked.
    system
        Code of the system of indicators.
    indicators
        One row per unit and indicator, the rows of ``health_check.csv``.
    blocks
        One row per unit and block: score 0–100, and the share that is unknown.
    compliance
        Verdicts on the clauses of the study's standard and of the system's own.
    survey
        Residents' answers, or ``None``.
    records
        Records that were used, checked, or ``None``.
    warnings
        Everything doubtful that was told on the way, also by the evaluation.
    year
        Year of the records that was looked at; ``None``: the latest.
    """

    evaluation: Evaluation
    system: str
    indicators: pd.DataFrame
    blocks: pd.DataFrame
    compliance: pd.DataFrame
    survey: pd.DataFrame | None = None
    records: pd.DataFrame | None = None
    warnings: tuple[str, ...] = ()
    year: int | None = None

    def __repr__(self) -> str:
        counts = self.indicators["status"].value_counts()
        told = ", ".join(f"{int(counts.get(key, 0)):,} {key}" for key in VERDICTS)
        return (
            f"HealthCheck of {self.evaluation.study.name or 'a study'} by {self.system}: "
            f"{self.indicators['indicator_id'].nunique():,} indicators × "
            f"{self.indicators['unit_id'].nunique():,} units; {told}"
        )

    def _repr_html_(self) -> str:
        """Card for notebooks."""
        return card(self)


def health_check(
    evaluation: Evaluation,
    *,
    indicators: str | os.PathLike[str] | pd.DataFrame | None = None,
    standards: Iterable[str | Standard] | None = None,
    survey: pd.DataFrame | None = None,
    records: pd.DataFrame | None = None,
    year: int | None = None,
) -> HealthCheck:
    """Hold every unit against a system of indicators: met, not met, or unknown and why.

    An indicator is met if all its parts are, not met if one is not, else unknown. A part is
    computed from the evaluation, read from the records, or unknown: nothing that is missing is
    taken for met or for 0. Its score is the mean of the parts that are known (their rules stand at
    :func:`lifecircle.assessment.health_parts.judge`), that of a block the mean of its indicators,
    each as heavy as its weight and the share of its parts that is known. An indicator or a block of
    which more than half is unknown has no score, and such an indicator is unknown to its block.

    Parameters
    ----------
    evaluation
        What :func:`lifecircle.evaluate` found.
    indicators
        Code of a packaged system (``"complete-community-2020"``, ``"health-check-2023"``,
        ``"baizhilin-4"``, ``"renminlu-3"``, ``"rhyme-15"``, ``"kaiyuanlu-6"``), or the path of a
        planner's own table in the same columns, or that table; the study's own if not given.
    standards
        Standards whose clauses stand in ``compliance``, besides the system's own; that of the
        evaluation if not given.
    survey
        Residents' answers, as :func:`lifecircle.read_survey` takes them; those of the study if not
        given. They are checked and kept beside the verdicts, which they do not change.
    records
        What offices count, long or wide as :func:`lifecircle.read_records` takes it; those of the
        study if not given.
    year
        Year that is looked at: of each record the latest up to it counts, and none without a year.
        The study's own if not given, else the latest of all.

    Returns
    -------
    HealthCheck
        ``indicators`` has one row per unit and indicator: ``value`` in ``unit`` against
        ``threshold`` are those of its first part; ``status``; ``source`` (``"computed"``, the
        records with their year and own source, or ``"unknown"``) and ``source_name`` (in the
        study's language); ``why`` (which parts fail, what is not known, and which communities lack
        what is on record); ``parts`` (every part and its verdict, in words); ``score``,
        ``known_share`` (of its parts) and ``weight``; ``clause``, ``confidence`` and ``verify`` of
        the system's figures.

    Raises
    ------
    UnknownNameError
        If there is no such system or standard.
    InputError
        If the records, the answers or the table of indicators cannot be used; all the problems of
        one table at once.

    Notes
    -----
    No standard states what share of people within reach is enough: the packaged systems take 0.85,
    and the study's own ``target_share`` in its place where that is given. Figures that a standard
    states for new estates alone decide no indicator; they stand in ``compliance``, as optional.

    Examples
    --------
    >>> from lifecircle import evaluate, load_demo
    >>> check = health_check(evaluate(load_demo()))
    >>> len(check.indicators), check.indicators["block"].nunique()
    (120, 6)
    """
    study = evaluation.study
    indicators = study.indicators if indicators is None else indicators
    year = study.year if year is None else year
    if year is not None and (isinstance(year, bool) or not isinstance(year, int)):
        raise InputError(f"year={year!r}: give a whole number, such as 2024.")
    with collected_warnings() as notes:
        system = find_system(indicators, study.target_share)
        _doubt_minutes(system, study.minutes[-1])
        given = study.extras.get("records") if records is None else records
        known = None if given is None else read_records(given, units=study.units)
        asked = study.extras.get("survey") if survey is None else survey
        answers = None if asked is None else read_survey(asked, study_units=study.units)
        book = RecordBook(known, study.units, year, study.language)
        _tell_years(known, year)
        compliance = check_compliance(
            evaluation, standards=_standards(evaluation, system, standards), records=book.frame()
        )
        table, blocks = _tables(system, Grounds(UnitFacts(evaluation), book, compliance))
    return HealthCheck(
        evaluation,
        system.code,
        table,
        blocks,
        compliance,
        survey=answers,
        records=known,
        warnings=tuple(dict.fromkeys([*evaluation.warnings, *notes])),
        year=year,
    )


def find_system(indicators: Any, target_share: float | None) -> IndicatorSystem:
    """Packaged system, with the study's own target, or a planner's own.

    Parameters
    ----------
    indicators
        As :func:`health_check` takes them.
    target_share
        Share of people within reach that counts as met; ``None``: that of the system.

    Returns
    -------
    IndicatorSystem

    Raises
    ------
    UnknownNameError, InputError
        If there is no such system, or a table of indicators cannot be used.

    Examples
    --------
    >>> find_system("complete-community-2020", None).code
    'complete-community-2020'
    """
    if isinstance(indicators, pd.DataFrame):
        return check_indicators(indicators)
    if not isinstance(indicators, str | os.PathLike):
        raise InputError(
            f"indicators: give a code, the path of a table, or a table, not a "
            f"{type(indicators).__name__}."
        )
    named = os.fspath(indicators)
    if is_table(named):
        return check_indicators(open_table(named, table="indicators"), code=Path(named).stem)
    found = find_indicators(named)
    return found if target_share is None else _aimed(found, target_share)


def _tell_years(records: pd.DataFrame | None, year: int | None) -> None:
    """Say that the year that is asked for has no records at all."""
    if records is None or year is None or records.empty or (records["year"] <= year).any():
        return
    years = records["year"].dropna()
    span = some(sorted(years.unique()), 10) if len(years) else "no year"
    undated = int(records["year"].isna().sum())
    without = f"; {undated} of {len(records)} rows state none" if undated and len(years) else ""
    tell(
        f"records: there is none of {year} or before (they state {span}{without}), so that "
        "whatever is told from records is unknown. Ask for another year, or leave year out."
    )


def _doubt_minutes(system: IndicatorSystem, longest: float) -> None:
    """Tell which walks are longer than the study looks."""
    parts = [part for groups in system.judged for group in groups for part in group]
    over = [part.numbers["minutes"] for part in parts if part.numbers.get("minutes", 0) > longest]
    if over:
        tell(
            f"{system.code}: {len(over)} parts of indicators ask for walks of up to {max(over):g} "
            f"min, but the study looks no further than {longest:g}. They are unknown; add "
            f"{max(over):g} to minutes."
        )


def _aimed(system: IndicatorSystem, target_share: float) -> IndicatorSystem:
    """A system held against a share of people within reach."""

    def aimed(part: Part) -> Part:
        return replace(part, least=target_share) if part.kind in {"covered", "radius"} else part

    judged = tuple(
        tuple(tuple(aimed(part) for part in group) for group in groups) for groups in system.judged
    )
    return replace(system, judged=judged)


def _standards(
    evaluation: Evaluation, system: IndicatorSystem, given: Iterable[str | Standard] | None
) -> list[str | Standard]:
    """Standards that are asked for, the system's own, and those that its parts name."""
    asked = [given] if isinstance(given, str | Standard) else given
    chosen: list[str | Standard] = [evaluation.rulebook] if asked is None else list(asked)
    parts = [part for groups in system.judged for group in groups for part in group]
    named = [part.names[0] for part in parts if part.kind == "compliance"]
    here = {standard_code(standard) for standard in chosen}
    more = dict.fromkeys(standard_code(name) for name in [system.standard, *named] if name)
    return [*chosen, *(code for code in more if code not in here)]


def _tables(system: IndicatorSystem, grounds: Grounds) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Indicators of all units, and their blocks."""
    units, language = grounds.facts.units, grounds.language
    rows = []
    for row, groups in zip(system.table.to_dict("records"), system.judged, strict=True):
        found = [[judge(part, grounds) for part in group] for group in groups]
        for place, (unit_id, name) in enumerate(zip(units["unit_id"], units["name"], strict=True)):
            here = [[part[place] for part in group] for group in found]
            rows.append(
                {
                    "unit_id": unit_id,
                    "name": name,
                    **_texts(row, language),
                    **_told(here, language),
                }
            )
    table = pd.DataFrame(rows)[list(INDICATOR_COLUMNS)]
    order = {unit_id: place for place, unit_id in enumerate(units["unit_id"])}
    table = table.sort_values("unit_id", key=lambda ids: ids.map(order), kind="stable")
    table = table.reset_index(drop=True)
    return table, _blocks(table)


def _texts(row: dict[Any, Any], language: str) -> dict[str, Any]:
    """What a system says of an indicator."""
    return {
        "block": row["block"],
        "indicator_id": row["indicator_id"],
        "indicator": row[f"indicator_{language}"],
        "unit": row["unit"],
        "direction": row["direction"],
        "weight": row["weight"],
        "block_name": row[f"block_{language}"],
        "system": row["system"],
        "clause": row["clause"],
        "confidence": row["confidence"],
        "verify": verify_mark(str(row["confidence"])),
        "note": row["note"],
    }


def _told(found: list[list[Found]], language: str) -> dict[str, Any]:
    """What an indicator came to in one unit."""
    settled = [_either(group) for group in found]
    verdicts = [verdict for verdict, _, _ in settled]
    scores = [score for _, score, _ in settled if not np.isnan(score)]
    known = float(np.mean([share for _, _, share in settled]))
    scored = scores and 1.0 - known <= MOST_UNKNOWN_SHARE + 1e-9
    every = [one for group in found for one in group]
    used = {one.source: one.source_name for one in every if one.verdict != UNKNOWN and one.source}
    between = (" 或 ", "；") if language == "zh" else (" or ", "; ")
    words = [
        between[0].join(with_verdict(one.words, one.verdict, language) for one in group)
        for group in found
    ]
    failing = [told for told, verdict in zip(words, verdicts, strict=True) if verdict == NOT_MET]
    reasons = [
        one.why
        for group, verdict in zip(found, verdicts, strict=True)
        for one in group
        if verdict != MET and one.why
    ]
    why = dict.fromkeys([*failing, *reasons])
    return {
        "value": every[0].value,
        "threshold": every[0].threshold,
        "status": _all_of(verdicts),
        "source": "; ".join(used) or UNKNOWN,
        "why": between[1].join(why),
        "parts": between[1].join(words),
        "score": float(np.mean(scores)) if scored else np.nan,
        "known_share": known,
        "source_name": between[1].join(used.values()) or source_name(UNKNOWN, language),
    }


def _either(group: list[Found]) -> tuple[str, float, float]:
    """Verdict and score of parts of which one does, and the share of it that is known."""
    verdicts = {one.verdict for one in group}
    if MET in verdicts:
        return MET, 100.0, 1.0
    if UNKNOWN in verdicts:
        return UNKNOWN, np.nan, 0.0
    if any(np.isnan(one.score) for one in group):
        return NOT_MET, np.nan, 0.0
    best = max(group, key=lambda one: one.score)
    return NOT_MET, best.score, best.known_share


def _all_of(verdicts: list[str]) -> str:
    """Verdict of groups that all must be met."""
    if NOT_MET in verdicts:
        return NOT_MET
    return UNKNOWN if UNKNOWN in verdicts else MET


def _blocks(indicators: pd.DataFrame) -> pd.DataFrame:
    """Score of each block over what is known of it, and how much is not."""
    rows = []
    for (unit_id, block), part in indicators.groupby(["unit_id", "block"], sort=False):
        weight = part["weight"].to_numpy(dtype=float)
        known = weight * part["known_share"].to_numpy(dtype=float)
        known = np.where(part["score"].isna(), 0.0, known)
        total = float(weight.sum())
        unknown = 1.0 - float(known.sum()) / total if total > 0 else np.nan
        scored = known > 0
        score = np.nan
        if scored.any() and unknown <= MOST_UNKNOWN_SHARE + 1e-9:
            score = float(np.average(part["score"].to_numpy()[scored], weights=known[scored]))
        counts = part["status"].value_counts()
        rows.append(
            {
                "unit_id": unit_id,
                "block": block,
                "block_name": part["block_name"].iloc[0],
                "score": score,
                "unknown_share": unknown,
                "indicators": len(part),
                "met": int(counts.get(MET, 0)),
                "not_met": int(counts.get(NOT_MET, 0)),
                "unknown": int(counts.get(UNKNOWN, 0)),
            }
        )
    return pd.DataFrame(rows, columns=list(BLOCK_COLUMNS))
