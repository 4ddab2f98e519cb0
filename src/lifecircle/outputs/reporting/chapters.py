"""Chapters on today: coverage, compliance and the health check."""

from __future__ import annotations

import pandas as pd

from lifecircle.assessment.health_words import shown_number
from lifecircle.assessment.shortfalls import unknown_requirements
from lifecircle.outputs.reporting.figures import coverage_charts, health_charts
from lifecircle.outputs.reporting.material import Material
from lifecircle.outputs.reporting.model import Block, Paragraph, Section, Table
from lifecircle.outputs.reporting.sentences import name_of
from lifecircle.outputs.reporting.tables import (
    ALL_COVERAGE,
    COVERAGE,
    NOT_MET,
    UNIT,
    Spec,
    block_scores,
    bounded,
    required_coverage,
    table,
    verdict_counts,
)
from lifecircle.outputs.reporting.text import shown
from lifecircle.outputs.words import fill

_COUNTS = (
    UNIT,
    Spec("standard", width_cm=3.4),
    *(
        Spec(f"{part}_{status}", "count", 1.55)
        for part in ("mandatory", "optional")
        for status in ("met", "not_met", "unknown")
    ),
)
_UNKNOWN = (
    UNIT,
    Spec("service_name", width_cm=3.0),
    Spec("checks", width_cm=2.6),
    Spec("why", width_cm=5.4),
    Spec("clause", width_cm=2.6),
)
_INDICATORS = (
    UNIT,
    Spec("block_name", width_cm=2.2),
    Spec("indicator", width_cm=2.4),
    Spec("shown", width_cm=1.7, title="value", is_unknown=True),
    Spec("asked", width_cm=1.6, title="threshold"),
    Spec("score", "score", 1.2, is_unknown=True),
    Spec("status", width_cm=1.3),
    Spec("why", width_cm=5.4),
)


def coverage(found: Material) -> list[Block]:
    """Coverage by service and by unit.

    Parameters
    ----------
    found
        What the report is written from.

    Returns
    -------
    list of Block

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> [type(block).__name__ for block in coverage(found)][:3]
    ['Section', 'Paragraph', 'Table']
    """
    text = found.text
    minutes = {"minutes": f"{found.longest:g}"}
    blocks: list[Block] = [Section(text["cover_services"])]
    if not found.told_tops:  # rows of the first few would be told for all
        return [*blocks, Paragraph(text["cover_many"]), *_completeness(found)]
    if len(found.evaluation.requirements):
        rows = required_coverage(found, found.tops)
        specs = _without_unit(COVERAGE, found)
        tops = found.told_tops
        key = "cover_text" if len(tops) == 1 else "cover_texts"
        named = {"name": name_of(tops[0], found)} if len(tops) == 1 else {}
        told = fill(text[key], minutes | named) + " " * (found.language == "en")
        told += text["cover_rest"]
    else:
        rows = found.of_tops(found.evaluation.coverage)
        rows = rows[rows["minutes"] == found.longest]
        specs, told = _without_unit(ALL_COVERAGE, found), text["no_required"]
    shown_rows = table("coverage", text["cap_coverage"], rows, specs, found)
    charts = coverage_charts(found)
    return [
        *blocks,
        Paragraph(told, see=("coverage", *(chart.key for chart in charts[:1]))),
        *bounded(shown_rows, found),
        *charts,
        *_completeness(found),
    ]


def _without_unit(specs: tuple[Spec, ...], found: Material) -> tuple[Spec, ...]:
    """Columns, with the unit only where there are several at the top."""
    others = tuple(spec for spec in specs if spec is not UNIT)
    return others if len(found.tops) == 1 else (UNIT, *others)


def _completeness(found: Material) -> list[Block]:
    text, study = found.text, found.evaluation.study
    if not len(found.evaluation.requirements):
        return []
    rows = found.evaluation.units
    means = [f"completeness_mean_{one:g}min" for one in study.minutes]
    specs = (
        UNIT,
        Spec("people", "people", 2.0),
        *(Spec(mean, "mean", 2.4, is_unknown=True) for mean in means),
        Spec("completeness_standard_mean", "mean", 2.8, is_unknown=True),
        Spec("required_count", "count", 2.0),
    )
    made = table("completeness", text["cap_completeness"], rows, specs, found)
    return [
        Section(text["cover_units"]),
        Paragraph(text["complete_text"], see=("completeness",)),
        *bounded(made, found),
    ]


def compliance(found: Material) -> list[Block]:
    """Verdicts: how many, which are not met, which are unknown and why.

    Parameters
    ----------
    found
        What the report is written from.

    Returns
    -------
    list of Block

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> [type(block).__name__ for block in compliance(found)][:3]
    ['Section', 'Paragraph', 'Table']
    """
    text = found.text
    counts = table("counts", text["cap_counts"], verdict_counts(found), _COUNTS, found)
    rows = found.of_tops(found.check.compliance)
    short = rows[(rows["status"] == "not met") & (rows["mandatory"] != "optional")]
    unknown = found.of_tops(unknown_requirements(found.check))
    return [
        Section(text["clause_counts"]),
        Paragraph(text["counts_text"], see=("counts",)),
        *bounded(counts, found),
        Section(text["clause_short"]),
        *_some(
            table("not_met", text["cap_not_met"], short, _without_unit(NOT_MET, found), found),
            "short",
            found,
        ),
        Section(text["clause_unknown"]),
        *_some(
            table("unknown", text["cap_unknown"], unknown, _without_unit(_UNKNOWN, found), found),
            "unknown",
            found,
        ),
    ]


def _some(made: Table, word: str, found: Material) -> list[Block]:
    """A table with how many rows it has, or that there are none."""
    if not made.rows:
        return [Paragraph(found.text[f"{word}_none"])]
    count = {"count": shown(float(len(made.rows)), "count")}
    told = Paragraph(fill(found.text[f"{word}_text"], count), see=(made.key,))
    return [told, *bounded(made, found)]


def health(found: Material) -> list[Block]:
    """Scores of the six blocks, and the indicators of the units at the top.

    Parameters
    ----------
    found
        What the report is written from.

    Returns
    -------
    list of Block

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> [type(block).__name__ for block in health(found)][:3]
    ['Section', 'Paragraph', 'Table']
    """
    text = found.text
    scores, blocks = block_scores(found)
    specs = (UNIT, *(Spec(block, width_cm=2.2) for block in blocks))
    made = table("blocks", text["cap_blocks"], scores, specs, found)
    charts = health_charts(found)
    told: list[Block] = [
        Section(text["block_scores"]),
        Paragraph(text["blocks_text"], see=("blocks", *(chart.key for chart in charts[:1]))),
        *bounded(made, found),
        *charts,
        Section(text["main_indicators"]),
    ]
    if not found.told_tops:
        return [*told, Paragraph(text["indicators_many"])]
    for row, unit in enumerate(found.told_tops):
        name = {"name": name_of(unit, found)}
        key = f"indicators_{row}"
        mine = found.check.indicators
        mine = _with_units(mine[mine["unit_id"] == unit["unit_id"]], found)
        caption = fill(text["cap_indicators"], name)
        told += [
            Paragraph(fill(text["indicators_text"], name), see=(key,)),
            table(key, caption, mine, _INDICATORS[1:], found),
        ]
    return told


def _with_units(rows: pd.DataFrame, found: Material) -> pd.DataFrame:
    """Values and thresholds as the health check shows them, each in its own unit."""
    told = {"shown": "value", "asked": "threshold"}
    pairs = {name: zip(rows[column], rows["unit"], rows["direction"], strict=True)
             for name, column in told.items()}  # fmt: skip
    return rows.assign(
        **{name: [_value(*one, found) for one in listed] for name, listed in pairs.items()}
    )


def _value(value: float, unit: str, direction: str, found: Material) -> str:
    """A figure of the health check in its unit; nothing where it is not known."""
    if value != value:  # noqa: PLR0124
        return ""
    if unit == "yes/no":
        return found.text["yes" if value else "no"]
    return shown_number(float(value), unit, upwards=direction == "higher_better")
