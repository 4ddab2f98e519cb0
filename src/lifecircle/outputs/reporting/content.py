"""A report put together: what each chapter says, from the cells of the tables and nothing else."""

from __future__ import annotations

from datetime import date

from lifecircle.outputs.reporting.chapters import compliance, coverage, health
from lifecircle.outputs.reporting.figures import overview_map
from lifecircle.outputs.reporting.material import Material
from lifecircle.outputs.reporting.method import method
from lifecircle.outputs.reporting.model import Block, Chapter, Paragraph, Report, Section
from lifecircle.outputs.reporting.plans import appendix, projects, shortfalls, survey
from lifecircle.outputs.reporting.sentences import facts, findings
from lifecircle.outputs.reporting.sheets import sheets
from lifecircle.outputs.reporting.tables import UNIT, Spec, bounded, table
from lifecircle.outputs.reporting.text import shown
from lifecircle.outputs.shown import evaluation_shown
from lifecircle.outputs.words import fill

_UNITS = (
    UNIT,
    Spec("level", width_cm=1.6),
    Spec("area_ha", "area", 1.9, is_unknown=True),
    Spec("households", "count", 1.9, is_unknown=True),
    Spec("people", "people", 1.9, is_unknown=True),
    Spec("elderly", "people", 2.0, is_unknown=True),
    Spec("children", "people", 1.9, is_unknown=True),
)


def report_of(found: Material, *, written_on: date, draws: bool = True) -> Report:
    """A whole report.

    Parameters
    ----------
    found
        What it is written from.
    written_on
        Date on the cover.
    draws
        Whether its chapters are wanted, with figures; else its sheets alone.

    Returns
    -------
    Report

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> report = report_of(found, written_on=date(2026, 7, 1), draws=False)
    >>> report.title, len(report.sheets)
    ('砂子塘 YH-SZT-01（示例数据）体检评估报告', 9)
    """
    study, text = found.evaluation.study, found.text
    title = fill(text["title"], {"name": study.name}) if study.name else text["title_unnamed"]
    making = {
        "overview": _overview,
        "method": method,
        "coverage": coverage,
        "compliance": compliance,
        "health": health,
        "survey": survey,
        "shortfalls": shortfalls,
        "projects": projects,
        "appendix": appendix,
    }
    chapters = tuple(
        Chapter(key, text[key], tuple(make(found)) if draws else ()) for key, make in making.items()
    )
    return Report(
        title,
        study.name,
        text["subtitle"],
        study.language,
        text["sample"] if study.sample else "",
        written_on,
        chapters,
        {} if draws else sheets(found),
        text,
    )


def _overview(found: Material) -> list[Block]:
    """The place, what was found of it, and a map."""
    text, evaluation = found.text, found.evaluation
    seen = evaluation_shown(evaluation)
    units = table("units", text["cap_units"], evaluation.units, _UNITS, found)
    counts = {
        "units": shown(float(len(evaluation.units)), "count"),
        "tops": shown(float(len(found.tops)), "count"),
        "places": shown(float(len(seen.residents)), "count"),
        "facilities": shown(float(len(seen.facilities)), "count"),
    }
    key = "few_units" if found.told_tops else "many_units"
    return [
        Section(text["place"]),
        *(Paragraph(facts(unit, found)) for unit in found.told_tops),
        Paragraph(fill(text[key], counts), see=("units",)),
        *bounded(units, found),
        Section(text["findings"]),
        *(Paragraph(one) for one in findings(found)),
        overview_map(found),
    ]
