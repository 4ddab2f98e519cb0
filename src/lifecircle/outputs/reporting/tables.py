"""Cells of a report's tables: taken from the tables of an evaluation, put in people's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import pandas as pd

from lifecircle.assessment.completeness import required_coverage as needs_coverage
from lifecircle.outputs.csv_tables import services_names
from lifecircle.outputs.reporting.material import Material
from lifecircle.outputs.reporting.model import Block, Column, Paragraph, Table
from lifecircle.outputs.reporting.text import Cell, close_percent, shown
from lifecircle.outputs.reporting.titles import cell_words, report_titles, standard_names
from lifecircle.outputs.words import fill, level_name
from lifecircle.standards import catalog

# Rows that a table in running text may have.
MOST_ROWS = 100
# Words of these columns stand joined by ";".
_JOINED = ("checks", "services")
# Codes of standards stand in the text of these.
_CODES = ("standard", "clauses")
# Shares stand in the text of these, which holds no word of data.
_SHARES = ("required", "found")


@dataclass(frozen=True)
class Spec:
    """A column that is asked of a table.

    Parameters
    ----------
    name
        Column of the table.
    kind
        As :class:`~lifecircle.outputs.reporting.model.Column` takes it.
    width_cm
        How wide it likes to be.
    title
        Key of its heading, where it is not its name.
    is_unknown
        Whether a cell that holds nothing is unknown, not without meaning.
    """

    name: str
    kind: str = "text"
    width_cm: float = 2.0
    title: str = ""
    is_unknown: bool = False


class Worded(Protocol):
    """Whatever a table is written for: its language and the words of a report in it."""

    @property
    def language(self) -> str:
        """``"zh"`` or ``"en"``."""

    @property
    def text(self) -> Mapping[str, str]:
        """Words of the language."""


UNIT = Spec("name", width_cm=3.2)
COVERAGE = (
    Spec("service", width_cm=3.3),
    Spec("segment", width_cm=1.2),
    Spec("people", "people", 1.4),
    Spec("minutes", "count", 1.2),
    Spec("covered_people", "people", 1.5, is_unknown=True),
    Spec("covered_share", "share", 1.5, is_unknown=True),
    Spec("radius_m", "metres", 1.2),
    Spec("radius_share", "share", 1.5, is_unknown=True),
    Spec("nearest_median_min", "minutes", 1.9),
)
ALL_COVERAGE = (
    UNIT,
    Spec("service", width_cm=3.6),
    Spec("group", width_cm=1.9),
    Spec("segment", width_cm=1.5),
    Spec("walker", width_cm=1.5),
    Spec("minutes", "count", 1.2),
    Spec("people", "people", 1.5),
    Spec("covered_people", "people", 1.6, is_unknown=True),
    Spec("covered_share", "share", 1.5, is_unknown=True),
    Spec("radius_m", "metres", 1.3),
    Spec("radius_share", "share", 1.5, is_unknown=True),
    Spec("nearest_median_min", "minutes", 2.0),
    Spec("facilities_inside", "count", 1.5),
)
CLAUSES = (
    UNIT,
    Spec("service", width_cm=3.2),
    Spec("check", width_cm=1.6),
    Spec("required", width_cm=6.0),
    Spec("found", width_cm=4.3),
    Spec("status", width_cm=1.2),
    Spec("mandatory", width_cm=1.0),
    Spec("standard", width_cm=2.9),
    Spec("clause", width_cm=3.5),
    Spec("confidence", width_cm=2.7),
)
NOT_MET = (
    UNIT,
    Spec("service", width_cm=2.5),
    Spec("check", width_cm=1.75),
    Spec("required", width_cm=3.7),
    Spec("found", width_cm=2.7),
    Spec("standard", width_cm=2.2),
    Spec("clause", width_cm=2.3),
    Spec("confidence", width_cm=2.5),
)
BLOCKS = (
    UNIT,
    Spec("block_name", width_cm=4.0),
    Spec("score", "score", 1.6, is_unknown=True),
    Spec("unknown_share", "share", 1.8),
    Spec("indicators", "count", 1.4),
    Spec("met", "count", 1.4),
    Spec("not_met", "count", 1.4),
    Spec("unknown", "count", 1.4),
)
SURVEY = (
    Spec("service_name", width_cm=2.8),
    Spec("answers", "count", 1.4),
    Spec("satisfaction_mean", "mean", 1.8, is_unknown=True),
    Spec("importance_mean", "mean", 1.8, is_unknown=True),
    Spec("satisfied_share", "share", 1.6, is_unknown=True),
    Spec("covered_share", "share", 1.6, is_unknown=True),
    Spec("quadrant_name", width_cm=3.4),
    Spec("match_name", width_cm=4.0),
)
SHORTFALLS = (
    Spec("rank", "count", 1.0),
    Spec("service_name", width_cm=2.6),
    Spec("people_short", "people", 1.6),
    Spec("severity", "figure", 1.3),
    Spec("found", width_cm=3.0),
    Spec("where", width_cm=6.0),
    Spec("rank_holds", width_cm=1.2),
    Spec("confidence", width_cm=2.6),
)
PROJECTS = (
    Spec("step", "count", 1.0),
    Spec("what", width_cm=4.4),
    Spec("cost_cny", "cny", 1.9, is_unknown=True),
    Spec("payer", width_cm=1.5, is_unknown=True),
    Spec("phase", width_cm=1.1),
    Spec("added_people", "people", 1.5),
    Spec("gaining_people", "people", 1.5),
    Spec("gaining_elderly", "people", 1.5),
    Spec("gaining_children", "people", 1.4),
)
GROUNDS = (
    Spec("step", "count", 1.0),
    Spec("what", width_cm=3.6),
    Spec("shortfalls", width_cm=6.0),
    Spec("clauses", width_cm=5.0),
)
PROJECTS_LEFT = (
    Spec("kind", width_cm=2.0),
    Spec("what", width_cm=5.2),
    Spec("cost_cny", "cny", 1.9, is_unknown=True),
    Spec("phase", width_cm=1.1),
    Spec("closes_people", "people", 1.9),
    Spec("note", width_cm=3.6),
)


def table(
    key: str, caption: str, rows: pd.DataFrame, specs: Sequence[Spec], found: Worded
) -> Table:
    """A table of a report from some columns of a table.

    Parameters
    ----------
    key
        Name within the report.
    caption
        What it shows.
    rows
        Rows of a table of an evaluation.
    specs
        Columns that are wanted; one that the table does not have is left out.
    found
        What the report is written from.

    Returns
    -------
    Table

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> found = material(lc.evaluate(lc.load_demo()))
    >>> units = table("units", "", found.evaluation.units, (Spec("people", "people"),), found)
    >>> units.columns[0].title, units.rows[0]
    ('人口（人）', (26822.0,))
    """
    there = [spec for spec in specs if spec.name in rows.columns]
    titles = report_titles(found.language)
    columns = tuple(
        Column(
            spec.name,
            _title(spec, titles),
            spec.kind,
            spec.width_cm,
        )
        for spec in there
    )
    cells = [_cells(rows[spec.name], spec, found) for spec in there]
    for place, spec in enumerate(there):
        if spec.name == "confidence" and "verify" in rows.columns:
            cells[place] = _marked(cells[place], rows["verify"], found)
        if spec.kind == "share" and "people" in rows.columns:
            nobody = rows["people"] == 0  # a share of nobody is not unknown, there is none
            cells[place] = [
                None if none else cell for cell, none in zip(cells[place], nobody, strict=True)
            ]
    listed = tuple(zip(*cells, strict=True)) if cells else ()
    return Table(key, caption, columns, listed)


def _title(spec: Spec, titles: Mapping[str, str]) -> str:
    """Heading of a column; means of completeness carry their minutes in their names."""
    key = spec.title or spec.name
    minutes = key.removeprefix("completeness_mean_").removesuffix("min")
    if key not in titles and key.startswith("completeness_mean_"):
        key = "completeness_mean"
    return fill(titles.get(key, key), {"minutes": minutes})


def bounded(whole: Table, found: Worded, *, most: int = MOST_ROWS) -> list[Block]:
    """A table of not too many rows, and where the others are.

    Parameters
    ----------
    whole
        The table.
    found
        What the report is written from.
    most
        How many rows are not too many.

    Returns
    -------
    list
        The table, and a note if rows were left out.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> found = material(lc.evaluate(lc.load_demo()))
    >>> units = table("units", "", found.evaluation.units, (UNIT,), found)
    >>> [len(block.rows) for block in bounded(units, found, most=2)[:1]]
    [2]
    """
    if len(whole.rows) <= most:
        return [whole]
    counts = {
        "shown": shown(float(most), "count"),
        "count": shown(float(len(whole.rows)), "count"),
    }
    note = Paragraph(fill(found.text["some_rows"], counts), is_note=True)
    return [replace(whole, rows=whole.rows[:most]), note]


def _cells(values: pd.Series[Any], spec: Spec, found: Worded) -> list[Cell]:
    """Cells of one column."""
    nothing = found.text["unknown"] if spec.is_unknown else None
    if spec.kind != "text":
        numbers = pd.to_numeric(values, errors="coerce").astype("float64")
        return [float(one) if one == one else nothing for one in numbers]  # noqa: PLR0124
    language = found.language
    if spec.name in _JOINED:
        return [one or nothing for one in _joined(values, spec.name, language)]
    words = cell_words(spec.name, language)
    yes_no = {True: found.text["yes"], False: found.text["no"]}
    shown: list[Cell] = []
    for value in values:
        if value is None or value is pd.NA or value != value or value == "":  # noqa: PLR0124
            shown.append(nothing)
        elif spec.name == "level":
            shown.append(level_name(value, language))
        elif spec.name in _SHARES:
            shown.append(close_percent(str(value)))
        elif spec.name in _CODES:
            shown.append(standard_names(str(value), language))
        elif isinstance(value, bool) or str(type(value).__name__) == "bool":
            shown.append(words.get(bool(value), yes_no[bool(value)]))
        else:
            shown.append(str(words.get(value, value)))
    return shown


def _joined(values: pd.Series[Any], name: str, language: str) -> list[str]:
    """Names of the words that stand joined in each cell."""
    if name == "services":
        return list(services_names(values, language))
    words = cell_words("check", language)
    between = "、" if language == "zh" else ", "
    return [
        between.join(words.get(part, part) for part in str(cell).split(";") if part)
        for cell in values.fillna("")
    ]


def _marked(cells: list[Cell], verify: pd.Series[Any], found: Worded) -> list[Cell]:
    """How sure, and the mark of what is to be verified."""
    marked: list[Cell] = []
    for cell, mark in zip(cells, verify.fillna(""), strict=True):
        inside = fill(found.text["brackets"], {"inside": found.text["to_verify"]})
        marked.append(f"{cell or ''}{inside}".strip() if mark else cell)
    return marked


def required_coverage(found: Material, units: pd.DataFrame) -> pd.DataFrame:
    """Rows of coverage of the services required, at the time that the standard sets for each.

    Parameters
    ----------
    found
        What the report is written from.
    units
        Units that are wanted.

    Returns
    -------
    DataFrame
        As :func:`lifecircle.assessment.completeness.required_coverage` gives them, with names of
        services in place of their ids.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> found = material(lc.evaluate(lc.load_demo()))
    >>> rows = required_coverage(found, found.tops)
    >>> rows["service"].iloc[0], float(rows["minutes"].iloc[0])
    ('初中', 15.0)
    """
    rows = needs_coverage(found.evaluation, units["unit_id"])
    names = [
        _service(required, service, found)
        for required, service in zip(rows["required"], rows["service"], strict=True)
    ]
    return rows.assign(service=names)


def _service(required: str, accepted: str, found: Material) -> str:
    """A service that is required, and what stands in its place."""
    name = catalog.service_name(str(required), found.language)
    if accepted == required:
        return name
    other = catalog.service_name(str(accepted), found.language)
    return fill(found.text["alternative"], {"service": name, "other": other})


def verdict_counts(found: Material) -> pd.DataFrame:
    """How many checks of each unit and standard are met, not met and unknown.

    Parameters
    ----------
    found
        What the report is written from.

    Returns
    -------
    DataFrame
        ``name``, ``standard``, and a count per verdict of what is mandatory and what is optional.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> counts = verdict_counts(material(lc.evaluate(lc.load_demo())))
    >>> int(counts.iloc[0]["mandatory_met"])
    64
    """
    rows = found.check.compliance
    optional = (rows["mandatory"] == "optional").map({True: "optional", False: "mandatory"})
    column = optional + "_" + rows["status"].str.replace(" ", "_")
    counts = pd.crosstab([rows["unit_id"], rows["standard"]], column)
    wanted = [
        f"{part}_{status}"
        for part in ("mandatory", "optional")
        for status in ("met", "not_met", "unknown")
    ]
    counts = counts.reindex(columns=wanted, fill_value=0)
    order = rows[["unit_id", "standard", "name"]].drop_duplicates()
    return order.merge(counts, left_on=["unit_id", "standard"], right_index=True, how="left")


def block_scores(found: Material) -> tuple[pd.DataFrame, list[str]]:
    """Scores of each unit side by side, with the unknown share of each block in brackets.

    Parameters
    ----------
    found
        What the report is written from.

    Returns
    -------
    DataFrame
        ``name`` and a text for each block.
    list of str
        Names of the blocks.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> scores, blocks = block_scores(material(lc.evaluate(lc.load_demo())))
    >>> len(scores), len(blocks)
    (6, 6)
    """
    rows = found.check.blocks
    names = found.evaluation.units.set_index("unit_id")["name"]
    blocks = list(dict.fromkeys(rows["block_name"].astype(str)))
    listed: dict[Any, dict[str, str]] = {}
    for row in rows.to_dict("records"):
        score = (
            shown(row["score"], "score") if row["score"] == row["score"] else found.text["no_score"]
        )
        inside = {"inside": shown(row["unknown_share"], "share")}
        told = listed.setdefault(row["unit_id"], {"name": str(names.get(row["unit_id"], ""))})
        told[str(row["block_name"])] = score + fill(found.text["brackets"], inside)
    return pd.DataFrame(list(listed.values()), columns=["name", *blocks]), blocks
