"""Tables of an overview as documents show them: cells of the overview in people's words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from lifecircle.assessment.overview import FAILED, Overview
from lifecircle.outputs.overviewing.figures import means_of
from lifecircle.outputs.overviewing.words import document_words
from lifecircle.outputs.reporting.model import Column, Table
from lifecircle.outputs.reporting.tables import Spec, table
from lifecircle.outputs.reporting.text import Cell, shown
from lifecircle.outputs.words import fill
from lifecircle.standards import catalog

MOST_SHORTFALLS = 20_000
"""Rows of shortfalls in a workbook; ``summary.gpkg`` holds all."""

_IDENTITY = (
    Spec("unit_id", width_cm=3.0),
    Spec("name", width_cm=3.2),
    Spec("level", width_cm=1.6),
    Spec("district", width_cm=2.4),
    Spec("status", width_cm=1.6),
)
_PEOPLE = (
    Spec("area_ha", "area", 2.0, is_unknown=True),
    Spec("households", "count", 2.0, is_unknown=True),
    Spec("people", "people", 2.0, is_unknown=True),
    Spec("elderly", "people", 2.0, is_unknown=True),
    Spec("children", "people", 2.0, is_unknown=True),
    Spec("unsnapped_people", "people", 2.0, is_unknown=True),
)
_COUNTS = (
    Spec("required_count", "count", 1.6, is_unknown=True),
    Spec("met_count", "count", 1.4, is_unknown=True),
    Spec("not_met_count", "count", 1.4, is_unknown=True),
    Spec("unknown_count", "count", 1.4, is_unknown=True),
    Spec("first_shortfall", width_cm=3.6),
    Spec("first_shortfall_people", "people", 1.8),
    Spec("warnings_count", "count", 1.4, is_unknown=True),
    Spec("folder", width_cm=4.0),
    Spec("reason", width_cm=6.0),
)
_SHORTFALLS = (
    Spec("rank", "count", 1.2, is_unknown=True),
    Spec("level", width_cm=1.5),
    Spec("unit_name", width_cm=2.6),
    Spec("district", width_cm=2.0),
    Spec("service_name", width_cm=2.6),
    Spec("check", width_cm=1.6),
    Spec("people_short", "people", 1.7, is_unknown=True),
    Spec("severity", "figure", 1.5, is_unknown=True),
    Spec("survey_weight", "figure", 1.5, is_unknown=True),
    Spec("priority", "people", 1.7, is_unknown=True),
    Spec("standard", width_cm=2.6),
    Spec("clause", width_cm=2.6),
    Spec("where", width_cm=6.0),
    Spec("why", width_cm=4.4),
)
_FIRST = {"rank", "level", "unit_name", "service_name", "people_short", "severity", "why"}
FIRST_SHORTFALLS = tuple(spec for spec in _SHORTFALLS if spec.name in _FIRST)
"""What running text tells of a shortfall."""
_DISTRICTS = (
    Spec("district", width_cm=2.8),
    Spec("units_count", "count", 1.6),
    Spec("done_count", "count", 1.6),
    Spec("failed_count", "count", 1.6),
    Spec("overlapping_count", "count", 1.6),
    *_PEOPLE,
    Spec("required_count", "count", 1.6, is_unknown=True),
)
_DISTRICT_COVERAGE = (
    Spec("district", width_cm=2.8),
    Spec("service", width_cm=3.4),
    Spec("group", width_cm=1.9),
    Spec("segment", width_cm=1.5),
    Spec("walker", width_cm=1.5),
    Spec("minutes", "count", 1.2),
    Spec("people", "people", 1.8, is_unknown=True),
    Spec("covered_people", "people", 1.8, is_unknown=True),
    Spec("covered_share", "share", 1.6, is_unknown=True),
    Spec("done_count", "count", 1.5),
    Spec("unknown_count", "count", 1.5, title="t_unknown_units_count"),
)
_FAILED = (
    Spec("unit_id", width_cm=3.0),
    Spec("name", width_cm=3.6),
    Spec("district", width_cm=2.4),
    Spec("reason", width_cm=8.0),
)


@dataclass(frozen=True)
class Wording:
    """Words that tables of an overview are written in.

    Parameters
    ----------
    language
        ``"zh"`` or ``"en"``.
    text
        Words of the language.
    """

    language: str
    text: Mapping[str, str]


def wording(overview: Overview) -> Wording:
    """Words of an overview's documents.

    Parameters
    ----------
    overview
        What is shown.

    Returns
    -------
    Wording

    Raises
    ------
    UnknownNameError
        If its language is neither ``"zh"`` nor ``"en"``.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> wording(SimpleNamespace(language="zh")).text["status_failed"]
    '未完成'
    """
    return Wording(overview.language, document_words(overview.language))


def made(
    key: str, rows: pd.DataFrame, specs: Sequence[Spec], found: Wording, *, caption: str = ""
) -> Table:
    """A table with headings of its own where reports have none.

    Parameters
    ----------
    key
        Name within the report; ``cap_<key>`` is its caption.
    rows
        Rows of a table of the overview.
    specs
        Columns that are wanted; one that the table does not have is left out.
    found
        Words.
    caption
        In place of that of the key.

    Returns
    -------
    Table

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> found = Wording("zh", document_words("zh"))
    >>> rows = pd.DataFrame({"status": ["failed"], "met_count": [None]})
    >>> specs = (Spec("status"), Spec("met_count", "count", is_unknown=True))
    >>> units = made("units", rows, specs, found)
    >>> [column.title for column in units.columns], units.rows
    (['状态', '达标（项）'], (('未完成', '未知'),))
    """
    shown_rows = rows.copy()
    if "status" in rows.columns:
        shown_rows["status"] = [found.text[f"status_{one}"] for one in rows["status"]]
    if "service" in rows.columns:
        services = rows["service"].unique()
        names = {one: catalog.service_name(str(one), found.language) for one in services}
        shown_rows["service"] = rows["service"].map(names)
    if "group" in rows.columns:
        groups = catalog.service_groups()[f"name_{found.language}"]
        shown_rows["group"] = rows["group"].map(groups).fillna(rows["group"])
    whole = table(key, caption or found.text.get(f"cap_{key}", ""), shown_rows, specs, found)
    there = [spec for spec in specs if spec.name in rows.columns]
    columns = tuple(
        replace(
            column,
            title=found.text.get(spec.title or f"t_{spec.name}", column.title),
        )
        for column, spec in zip(whole.columns, there, strict=True)
    )
    return replace(whole, columns=columns)


def units_table(
    overview: Overview, units: pd.DataFrame, found: Wording, *, brief: bool = False
) -> Table:
    """Units with their main figures.

    Parameters
    ----------
    overview
        What is shown.
    units
        Rows of its units.
    found
        Words.
    brief
        Whether it must fit across a page.

    Returns
    -------
    Table
        Completeness of a unit where nobody could be measured has no meaning.

    Raises
    ------
    Nothing.
    """
    means = means_of(overview)
    specs: tuple[Spec, ...]
    if brief:
        kept = {"people", "met_count", "not_met_count", "unknown_count"}
        specs = (
            Spec("name", width_cm=3.0),
            Spec("people", "people", 1.7, is_unknown=True),
            *(Spec(one, "mean", 1.8, is_unknown=True) for one in means[:1]),
            *(spec for spec in _COUNTS if spec.name in kept),
            Spec("first_shortfall", width_cm=3.0),
            Spec("first_shortfall_people", "people", 1.6),
        )
    else:
        specs = (*_IDENTITY, *_PEOPLE, *(Spec(one, "mean", 1.8, is_unknown=True) for one in means),
                 *_COUNTS)  # fmt: skip
    nobody = (units["people"] - units["unsnapped_people"]) == 0
    return _without(made("units", units, specs, found), means, nobody)


def _without(whole: Table, names: Sequence[str], nobody: pd.Series) -> Table:
    """A table in which some columns have no meaning in some rows."""
    places = [place for place, column in enumerate(whole.columns) if column.name in names]
    rows = tuple(
        tuple(
            None if none and place in places and isinstance(cell, str) else cell
            for place, cell in enumerate(row)
        )
        for row, none in zip(whole.rows, nobody, strict=True)
    )
    return replace(whole, rows=rows)


def blocks_table(overview: Overview, units: pd.DataFrame, found: Wording) -> Table:
    """Scores of the units, each beside what share of it is unknown.

    Parameters
    ----------
    overview, units, found
        As :func:`units_table` takes them.

    Returns
    -------
    Table

    Raises
    ------
    Nothing.
    """
    columns = [Column("name", found.text["sheet_units"], width_cm=3.2)]
    cells: list[list[Cell]] = [[str(one) for one in units["name"]]]
    unknown = found.text["unknown"]
    for block, name in overview.blocks.items():
        for column, title, kind in (
            (f"score_{block}", name, "score"),
            (
                f"unknown_{block}_share",
                fill(found.text["t_unknown_share_of"], {"block": name}),
                "share",
            ),
        ):
            columns.append(Column(column, title, kind, 1.8))
            cells.append([_number(one, unknown) for one in units[column]])
    rows = tuple(zip(*cells, strict=True))
    return Table("blocks", found.text["sheet_blocks"], tuple(columns), rows)


def scores_table(overview: Overview, units: pd.DataFrame, found: Wording) -> Table:
    """Scores of the units, the unknown share of each in brackets.

    Parameters
    ----------
    overview, units, found
        As :func:`units_table` takes them.

    Returns
    -------
    Table

    Raises
    ------
    Nothing.
    """
    columns = [Column("name", found.text["sheet_units"], width_cm=3.4)]
    cells: list[list[Cell]] = [[str(one) for one in units["name"]]]
    for block, name in overview.blocks.items():
        columns.append(Column(f"score_{block}", name, width_cm=3.0))
        listed: list[Cell] = []
        for score, share in zip(
            units[f"score_{block}"], units[f"unknown_{block}_share"], strict=True
        ):
            if not math.isfinite(share):
                listed.append(found.text["unknown"])
                continue
            inside = fill(found.text["brackets"], {"inside": shown(float(share), "share")})
            told = shown(float(score), "score") if math.isfinite(score) else found.text["no_score"]
            listed.append(told + inside)
        cells.append(listed)
    rows = tuple(zip(*cells, strict=True))
    return Table("blocks", found.text["cap_blocks"], tuple(columns), rows, is_appendix=True)


def shares_table(overview: Overview, minutes: float, found: Wording) -> Table:
    """Share of people within the walk of each service, unit by unit.

    Parameters
    ----------
    overview
        What is shown.
    minutes
        Walking time, min.
    found
        Words.

    Returns
    -------
    Table
        A share of nobody has no meaning; one of people of whom nothing is known is unknown.

    Raises
    ------
    Nothing.
    """
    rows = overview.coverage[overview.coverage["minutes"] == minutes]
    units, unknown = overview.units, found.text["unknown"]
    columns = [
        Column("name", found.text["sheet_units"], width_cm=3.2),
        Column("district", found.text["col_district"], width_cm=2.4),
    ]
    cells: list[Sequence[Cell]] = [units["name"].tolist(), units["district"].tolist()]
    for service, part in rows.groupby("service", sort=False):
        here = part.drop_duplicates("unit_id").set_index("unit_id").reindex(units["unit_id"])
        name = catalog.service_name(str(service), found.language)
        columns.append(Column(f"share_{service}_{minutes:g}min", name, "share", 1.8))
        cells.append(
            [
                None if people == 0 else _number(share, unknown)
                for people, share in zip(here["people"], here["covered_share"], strict=True)
            ]
        )
    told = {"minutes": f"{minutes:g}"}
    caption = fill(found.text["cap_shares"], told)
    return Table("shares", caption, tuple(columns), tuple(zip(*cells, strict=True)))


def coverage_table(overview: Overview, district: str, found: Wording) -> Table:
    """Coverage of one district, each service in a row and each time in a column.

    Parameters
    ----------
    overview
        What is shown.
    district
        Which.
    found
        Words.

    Returns
    -------
    Table
        Where a share is unknown it says in how many units.

    Raises
    ------
    Nothing.
    """
    rows = overview.district_coverage
    rows = rows[rows["district"] == district]
    times = sorted({*rows["minutes"]})
    columns = (
        Column("service", found.text["col_service"], width_cm=4.2),
        Column("segment", found.text["col_segment"], width_cm=1.8),
        Column("people", found.text["col_people"], "people", 2.2),
        *(
            Column(
                f"share_{one:g}min",
                fill(found.text["t_share"], {"minutes": f"{one:g}"}),
                "share",
                2.4,
            )
            for one in times
        ),
        Column("unknown_units", found.text["t_unknown_units_count"], "count", 1.8),
    )
    listed: list[tuple[Cell, ...]] = []
    for (service, segment, _), part in rows.groupby(["service", "segment", "walker"], sort=False):
        shares = dict(zip(part["minutes"], part["covered_share"], strict=True))
        people = float(part["people"].iloc[0])
        unknown = found.text["unknown"]
        listed.append(
            (
                catalog.service_name(str(service), found.language),
                found.text.get(f"segment_{segment}", str(segment)),
                _number(people, unknown),
                *(None if people == 0 else _number(shares.get(one), unknown) for one in times),
                float(part["unknown_count"].max()),
            )
        )
    return Table("coverage", found.text["cap_coverage"], columns, tuple(listed))


def shortfalls_table(overview: Overview, found: Wording) -> Table:
    """Shortfalls of all units, as many as a workbook may hold.

    Parameters
    ----------
    overview
        What is shown.
    found
        Words.

    Returns
    -------
    Table

    Raises
    ------
    Nothing.
    """
    rows = overview.shortfalls
    told = {"shown": f"{MOST_SHORTFALLS:,}", "count": f"{len(rows):,}"}
    key = "cap_shortfall_sheet_cut" if len(rows) > MOST_SHORTFALLS else "cap_shortfall_sheet"
    caption = fill(found.text[key], told)
    return made("shortfalls", rows.head(MOST_SHORTFALLS), _SHORTFALLS, found, caption=caption)


def failed_table(units: pd.DataFrame, found: Wording) -> Table:
    """Units that failed, and why.

    Parameters
    ----------
    units
        Rows of an overview's units.
    found
        Words.

    Returns
    -------
    Table

    Raises
    ------
    Nothing.
    """
    return made("failed", units[units["status"] == FAILED], _FAILED, found)


def districts_table(overview: Overview, found: Wording) -> Table:
    """Districts and their sums.

    Parameters
    ----------
    overview
        What is shown.
    found
        Words.

    Returns
    -------
    Table

    Raises
    ------
    Nothing.
    """
    means = (Spec(one, "mean", 1.8, is_unknown=True) for one in means_of(overview))
    rows = overview.districts
    last = Spec("completeness_unknown_count", "count", 1.8)
    whole = made("districts", rows, (*_DISTRICTS, *means, last), found)
    nobody = (rows["people"] - rows["unsnapped_people"]) == 0
    return _without(whole, means_of(overview), nobody)


def district_coverage_table(overview: Overview, found: Wording) -> Table:
    """Coverage of all districts.

    Parameters
    ----------
    overview
        What is shown.
    found
        Words.

    Returns
    -------
    Table

    Raises
    ------
    Nothing.
    """
    return made("district_coverage", overview.district_coverage, _DISTRICT_COVERAGE, found)


def _number(value: float | None, unknown: str) -> Cell:
    """A cell of a number, or the word for none."""
    return float(value) if value is not None and math.isfinite(value) else unknown
