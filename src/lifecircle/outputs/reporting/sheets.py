"""Sheets of a workbook: whole tables of an evaluation, every row of them."""

from __future__ import annotations

import pandas as pd

from lifecircle.outputs.project_list import written_projects
from lifecircle.outputs.reporting.material import Material
from lifecircle.outputs.reporting.method import files_table, rules, standards_table, walkers_table
from lifecircle.outputs.reporting.model import Column, Table
from lifecircle.outputs.reporting.plans import (
    compare_needs_table,
    compare_units_table,
    survey_rows,
)
from lifecircle.outputs.reporting.sentences import facts, findings
from lifecircle.outputs.reporting.tables import ALL_COVERAGE, BLOCKS, CLAUSES, UNIT, Spec, table
from lifecircle.outputs.reporting.titles import report_titles

_ID = Spec("unit_id", width_cm=3.0)
_UNITS = (
    _ID,
    UNIT,
    Spec("level", width_cm=1.8),
    Spec("area_ha", "area", 2.0, is_unknown=True),
    Spec("households", "count", 2.0, is_unknown=True),
    Spec("people", "people", 2.0, is_unknown=True),
    Spec("elderly", "people", 2.0, is_unknown=True),
    Spec("children", "people", 2.0, is_unknown=True),
)
_COVERAGE = (
    _ID,
    *ALL_COVERAGE,
    Spec("area_share", "share", 1.6, is_unknown=True),
    Spec("unsnapped_people", "people", 2.0),
)
_CLAUSES = (
    _ID,
    *CLAUSES,
    Spec("tier", width_cm=2.0),
    Spec("why", width_cm=5.0),
    Spec("choice", width_cm=5.0),
    Spec("source", width_cm=5.0),
)
_INDICATORS = (
    _ID,
    UNIT,
    Spec("block_name", width_cm=3.4),
    Spec("indicator_id", width_cm=1.6),
    Spec("indicator", width_cm=3.4),
    Spec("value", "figure", 1.8, is_unknown=True),
    Spec("unit", width_cm=1.8),
    Spec("threshold", "figure", 1.8),
    Spec("status", width_cm=1.6),
    Spec("score", "score", 1.6, is_unknown=True),
    Spec("source_name", width_cm=4.0),
    Spec("parts", width_cm=7.0),
    Spec("why", width_cm=7.0),
    Spec("clause", width_cm=3.0),
    Spec("confidence", width_cm=2.6),
)
_SURVEY = (
    _ID,
    UNIT,
    Spec("service_name", width_cm=3.0),
    Spec("answers", "count", 1.6),
    Spec("satisfaction_mean", "mean", 2.0, is_unknown=True),
    Spec("importance_mean", "mean", 2.0, is_unknown=True),
    Spec("satisfied_share", "share", 1.8, is_unknown=True),
    Spec("quadrant_name", width_cm=3.4),
    Spec("minutes", "count", 1.6),
    Spec("covered_share", "share", 1.8, is_unknown=True),
    Spec("match_name", width_cm=4.4),
    Spec("why", width_cm=4.0),
)
_SHORTFALLS = (
    Spec("rank", "count", 1.2),
    Spec("level", width_cm=1.6),
    _ID,
    Spec("unit_name", width_cm=3.0),
    Spec("service_name", width_cm=3.4),
    Spec("people_short", "people", 1.8),
    Spec("severity", "figure", 1.8),
    Spec("survey_weight", "figure", 1.8),
    Spec("priority", "people", 1.8),
    Spec("required", width_cm=4.0),
    Spec("found", width_cm=4.0),
    Spec("where", width_cm=6.0),
    Spec("rank_holds", width_cm=1.6),
    Spec("rank_note", width_cm=5.0),
    Spec("standard", width_cm=3.4),
    Spec("clause", width_cm=3.0),
    Spec("confidence", width_cm=2.6),
    Spec("why", width_cm=5.0),
    Spec("how", width_cm=7.0),
)
_PROJECTS = (
    Spec("project_id", width_cm=2.6),
    Spec("kind", width_cm=2.0),
    Spec("what", width_cm=6.0),
    Spec("services", width_cm=4.0),
    Spec("unit_name", width_cm=2.6),
    Spec("where", width_cm=3.0, title="place"),
    Spec("chosen", width_cm=1.8),
    Spec("step", "count", 1.2),
    Spec("phase", width_cm=1.4),
    Spec("cost_cny", "cny", 2.2, is_unknown=True),
    Spec("payer", width_cm=1.8, is_unknown=True),
    Spec("closes_people", "people", 2.0),
    Spec("added_people", "people", 2.0),
    Spec("gaining_people", "people", 1.8),
    Spec("gaining_elderly", "people", 1.8),
    Spec("gaining_children", "people", 1.8),
    Spec("served_people", "people", 1.8),
    Spec("shortfalls", width_cm=6.0),
    Spec("clauses", width_cm=6.0),
    Spec("requires", width_cm=2.4),
    Spec("excludes", width_cm=2.4),
    Spec("note", width_cm=4.0),
)


def sheets(found: Material) -> dict[str, Table]:
    """Tables of a workbook, one for each sheet.

    Parameters
    ----------
    found
        What the report is written from.

    Returns
    -------
    dict of str → Table
        Name of the sheet → table.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> list(sheets(material(lc.health_check(lc.evaluate(lc.load_demo())))))[:4]
    ['概况', '统计单元', '覆盖情况', '达标情况']
    """
    check, study = found.check, found.evaluation.study
    asked = survey_rows(found)
    frames: dict[str, tuple[pd.DataFrame, tuple[Spec, ...]] | None] = {
        "units": (found.evaluation.units, (*_UNITS, *_means(found))),
        "coverage": (found.evaluation.coverage, _COVERAGE),
        "compliance": (check.compliance, _CLAUSES),
        "indicators": (check.indicators, _INDICATORS),
        "health": (_with_names(check.blocks, found), (_ID, *BLOCKS)),
        "survey": None if asked is None else (asked, _SURVEY),
        "shortfalls": (found.shortfalls, _SHORTFALLS),
        "projects": None
        if found.projects is None
        else (written_projects(found.projects, study).drop(columns="services_name"), _PROJECTS),
    }
    made = {found.text["overview"]: _overview(found)}
    for key, given in frames.items():
        if given is not None:
            name = found.text[key]
            made[name] = table(key, name, given[0], given[1], found)
    if found.comparison is not None:
        made[found.text["comparison"]] = compare_units_table(found)
        made[found.text["needs"]] = compare_needs_table(found)
    made[found.text["method"]] = _method(found)
    return made


def _means(found: Material) -> tuple[Spec, ...]:
    """How many required services people have on average."""
    if not len(found.evaluation.requirements):
        return ()
    means = [f"completeness_mean_{one:g}min" for one in found.evaluation.study.minutes]
    specs = [Spec(one, "mean", 2.2, is_unknown=True)
             for one in (*means, "completeness_standard_mean")]  # fmt: skip
    return (*specs, Spec("required_count", "count", 2.0))


def _with_names(blocks: pd.DataFrame, found: Material) -> pd.DataFrame:
    """Scores with the names of their units."""
    names = found.evaluation.units.set_index("unit_id")["name"]
    return blocks.assign(name=blocks["unit_id"].map(names))


def _told(name: str, rows: list[tuple[str, str]], found: Material) -> Table:
    """A sheet of sentences."""
    titles = report_titles(found.language)
    columns = (
        Column("fact", titles["fact"], width_cm=5.0),
        Column("told", titles["told"], width_cm=22.0),
    )
    return Table(name, found.text[name], columns, tuple(rows))


def _overview(found: Material) -> Table:
    text = found.text
    rows = [(text["place"], facts(unit, found)) for unit in found.told_tops]
    rows += [(text["findings"], one) for one in findings(found)]
    return _told("overview", rows, found)


def _method(found: Material) -> Table:
    """Files, walkers, standards, rules and warnings as pairs."""
    text, study = found.text, found.evaluation.study
    rows = [(text["data"], text["data_sample"])] if study.sample else []
    rows += [(text["data"], one) for one in study.data_sources]
    for made in (files_table(found), walkers_table(found), standards_table(found)):
        for row in made.rows:
            told = [
                f"{column.title}: {cell:g}"
                if isinstance(cell, float)
                else f"{column.title}: {cell}"
                for column, cell in zip(made.columns, row, strict=True)
                if cell is not None
            ]
            rows.append((made.caption, text["stop"].join(told)))
    rows += [(text["rules"], one) for one in rules(found)]
    notes = dict.fromkeys([*study.notes, *found.check.warnings])
    rows += [(text["open_points"], one) for one in notes]
    return _told("method", rows, found)
