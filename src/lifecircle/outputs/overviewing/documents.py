"""Documents of an overview: one workbook of all, and a report for each district."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

import pandas as pd

from lifecircle.assessment.overview import DONE, Overview
from lifecircle.assessment.overview_doubts import overview_doubts
from lifecircle.assessment.overview_sums import of_level
from lifecircle.outputs.overviewing.cells import Wording, made, with_ids, wording
from lifecircle.outputs.overviewing.figures import means_of
from lifecircle.outputs.overviewing.shares import (
    coverage_table,
    district_coverage_table,
    shares_table,
)
from lifecircle.outputs.overviewing.tables import (
    FIRST_SHORTFALLS,
    blocks_table,
    districts_table,
    failed_table,
    scores_table,
    shortfalls_table,
    units_table,
)
from lifecircle.outputs.reporting.model import (
    Block,
    Bullets,
    Chapter,
    Column,
    Paragraph,
    Report,
    Section,
    Table,
)
from lifecircle.outputs.reporting.tables import bounded
from lifecircle.outputs.reporting.text import shown, visible
from lifecircle.outputs.reporting.titles import report_titles
from lifecircle.outputs.words import fill, level_name

_MOST_UNITS, _MOST_SHORTFALLS = 400, 40
"""Rows of running text; the workbook holds all."""


def workbook(overview: Overview, written_on: date) -> Report:
    """The whole batch as a report of sheets alone.

    Parameters
    ----------
    overview
        What is shown.
    written_on
        Date.

    Returns
    -------
    Report

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from lifecircle.assessment.overview import About, overview_of
    >>> identity = {"unit_id": ["a"], "name": ["甲"], "level": ["circle"], "district": ["雨花区"]}
    >>> units = gpd.GeoDataFrame(identity, geometry=[None], crs="EPSG:4326")
    >>> overview = overview_of(units, {}, {"a": "no street"}, folders={}, about=About())
    >>> list(workbook(overview, date(2026, 7, 1)).sheets)
    ['总览', '单元', '短板', '分区', '分区覆盖', '未完成']
    """
    overview, found = with_ids(overview), wording(overview)
    text = found.text
    sheets = {
        text["sheet_overview"]: _facts(overview, overview.units, overview.doubts, found),
        text["sheet_units"]: units_table(overview, overview.units, found),
    }
    if overview.blocks:
        sheets[text["sheet_blocks"]] = blocks_table(overview, overview.units, found)
    for minutes in sorted({*overview.coverage["minutes"]}, reverse=True):
        name = fill(text["sheet_shares"], {"minutes": f"{minutes:g}"})
        sheets[name] = shares_table(overview, minutes, found)
    sheets[text["sheet_shortfalls"]] = shortfalls_table(overview, found)
    if len(overview.districts):
        sheets[text["sheet_districts"]] = districts_table(overview, found)
        sheets[text["sheet_district_coverage"]] = district_coverage_table(overview, found)
    if (overview.units["status"] != DONE).any():
        sheets[text["sheet_failed"]] = failed_table(overview.units, found)
    name = visible(overview.about.name.strip())
    title = fill(text["title" if name else "title_unnamed"], {"name": name})
    return _report(overview, title, "", written_on, found, (), sheets)


def district_report(overview: Overview, district: str, written_on: date) -> Report:
    """A report about one district.

    Parameters
    ----------
    overview
        What is shown.
    district
        Which.
    written_on
        Date on the cover.

    Returns
    -------
    Report
        Chapters, and sheets for a workbook.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from lifecircle.assessment.overview import About, overview_of
    >>> identity = {"unit_id": ["a"], "name": ["甲"], "level": ["circle"], "district": ["雨花区"]}
    >>> units = gpd.GeoDataFrame(identity, geometry=[None], crs="EPSG:4326")
    >>> overview = overview_of(units, {}, {"a": "no street"}, folders={}, about=About())
    >>> report = district_report(overview, "雨花区", date(2026, 7, 1))
    >>> report.title, len(report.chapters)
    ('雨花区生活圈评价汇总报告', 5)
    """
    overview, found = with_ids(overview), wording(overview)
    text = found.text
    units = overview.units[overview.units["district"] == district]
    shortfalls = overview.shortfalls[overview.shortfalls["district"] == district]
    coverage = overview.coverage[overview.coverage["district"] == district]
    doubts = overview_doubts(units, coverage, overview.language, overview.about.level)
    chapters = (
        Chapter("overview", text["chapter_overview"],
                tuple(_overview(overview, district, units, doubts, found))),
        Chapter("units", text["chapter_units"], tuple(_units(overview, units, found))),
        Chapter(
            "coverage",
            text["chapter_coverage"],
            (Paragraph(text["coverage_text"], see=("coverage",)),
             coverage_table(overview, district, found)),
        ),
        Chapter("shortfalls", text["chapter_shortfalls"], tuple(_shortfalls(shortfalls, found))),
        Chapter("appendix", text["chapter_appendix"], tuple(_appendix(overview, units, found))),
    )  # fmt: skip
    sheets = {
        text["sheet_overview"]: _facts(overview, units, doubts, found),
        text["sheet_units"]: units_table(overview, units, found),
        text["sheet_blocks"]: blocks_table(overview, units, found),
        text["chapter_coverage"]: coverage_table(overview, district, found),
        text["sheet_shortfalls"]: made("shortfalls", shortfalls, FIRST_SHORTFALLS, found),
    }
    if (units["status"] != DONE).any():
        sheets[text["sheet_failed"]] = failed_table(units, found)
    title = fill(text["title_district"], {"district": visible(district)})
    return _report(overview, title, district, written_on, found, chapters, sheets)


def _report(
    overview: Overview,
    title: str,
    name: str,
    written_on: date,
    found: Wording,
    chapters: tuple[Chapter, ...],
    sheets: dict[str, Table],
) -> Report:
    """A report with the words of the overview."""
    return Report(
        title,
        name,
        found.text["subtitle"],
        overview.language,
        found.text["sample"] if overview.sample else "",
        written_on,
        chapters,
        sheets,
        found.text,
    )


def _overview(
    overview: Overview,
    district: str,
    units: pd.DataFrame,
    doubts: tuple[str, ...],
    found: Wording,
) -> Iterator[Block]:
    """How many units and people there are, and what must be known of the figures."""
    text = found.text
    row = overview.districts[overview.districts["district"] == district].iloc[0]
    counts = {
        "district": district,
        "count": shown(float(row["units_count"]), "count"),
        "done": shown(float(row["done_count"]), "count"),
        "failed": shown(float(row["failed_count"]), "count"),
    }
    yield Paragraph(fill(text["overview_text"], counts))
    counted = of_level(units, overview.about.level)
    for level, totals in _people(counted):
        told = {name: _shown(total, "people", found) for name, total in totals.items()}
        several = len(counted["level"].unique()) > 1
        name = fill(text["of_level"], {"level": level_name(level, found.language)})
        yield Paragraph((name if several else "") + fill(text["overview_people"], told))
    for mean in means_of(overview)[:1]:
        yield Paragraph(_mean_text(row, mean, found))
    notes = [text["how_sums"], text["how_shares"]]
    yield Section(text["fact_how"])
    yield Bullets((*doubts, *notes))
    if overview.notes:  # told while the data was read
        yield Section(text["fact_note"])
        yield Bullets(overview.notes)
    failed = failed_table(units, found)
    if failed.rows:
        yield Section(text["sheet_failed"])
        yield Paragraph(text["failed_text"], see=("failed",))
        yield from bounded(failed, found)


def _people(units: pd.DataFrame) -> Iterator[tuple[str, dict[str, float]]]:
    """People of the units of each level that are done; circles hold those of communities."""
    for level in units["level"].unique():
        part = units[(units["level"] == level) & (units["status"] == DONE)]
        yield (
            str(level),
            {
                name: float(part[name].sum(skipna=False)) if len(part) else math.nan
                for name in ("people", "elderly", "children")
            },
        )


def _mean_text(row: pd.Series, mean: str, found: Wording) -> str:
    """How many required services people of a district have."""
    minutes = mean.removeprefix("completeness_mean_").removesuffix("min")
    told = {
        "minutes": minutes,
        "mean": _shown(row[mean], "mean", found),
        "total": _shown(row["required_count"], "count", found),
    }
    mixed = not math.isfinite(row["required_count"])
    return fill(found.text["overview_mean_mixed" if mixed else "overview_mean"], told)


def _shown(value: float, kind: str, found: Wording) -> str:
    """A number as people read it, or the word for what is not known."""
    return shown(float(value), kind) if math.isfinite(value) else found.text["unknown"]


def _units(overview: Overview, units: pd.DataFrame, found: Wording) -> Iterator[Block]:
    """Main figures of each unit."""
    yield Paragraph(found.text["units_text"], see=("units",))
    yield from bounded(units_table(overview, units, found, brief=True), found, most=_MOST_UNITS)


def _shortfalls(shortfalls: pd.DataFrame, found: Wording) -> Iterator[Block]:
    """The first shortfalls of the units of a district."""
    text = found.text
    if not len(shortfalls):
        yield Paragraph(text["no_shortfalls"])
        return
    first = shortfalls.head(_MOST_SHORTFALLS)
    told = {"count": f"{len(shortfalls):,}", "shown": f"{len(first):,}"}
    yield Paragraph(fill(text["shortfalls_text"], told), see=("shortfalls",))
    yield made("shortfalls", first, FIRST_SHORTFALLS, found)


def _appendix(overview: Overview, units: pd.DataFrame, found: Wording) -> Iterator[Block]:
    """Scores of each unit."""
    if not overview.blocks:
        yield Paragraph(found.text["no_blocks"])
        return
    yield Paragraph(found.text["appendix_text"], see=("blocks",))
    yield from bounded(scores_table(overview, units, found), found, most=_MOST_UNITS)


def _facts(
    overview: Overview, units: pd.DataFrame, doubts: tuple[str, ...], found: Wording
) -> Table:
    """A sheet of sentences: counts, people, what must be known of the figures."""
    text, titles = found.text, report_titles(found.language)
    counted = of_level(units, overview.about.level)
    done = int((counted["status"] == DONE).sum())
    counts = {
        "count": f"{len(counted):,}",
        "done": f"{done:,}",
        "failed": f"{len(counted) - done:,}",
    }
    rows = [(text["fact_units"], fill(text["fact_units_value"], counts))]
    several = len(counted["level"].unique()) > 1
    for level, totals in _people(counted):
        inside = fill(text["brackets"], {"inside": level_name(level, found.language)})
        for name, total in totals.items():
            told = fill(text["fact_people_value"], {"people": _shown(total, "people", found)})
            rows.append((text[f"fact_{name}"] + (inside if several else ""), told))
    minutes = "/".join(f"{one:g}" for one in overview.about.minutes)
    rows.append((text["fact_minutes"], fill(text["fact_minutes_value"], {"minutes": minutes})))
    rows += [(text["data"], one) for one in overview.about.data_sources]
    if overview.sample:
        rows.append((text["data"], text["data_sample"]))
    rows += [(text["fact_doubt"], one) for one in doubts]
    rows += [(text["fact_note"], one) for one in overview.notes]
    rows += [(text["fact_how"], text["how_sums"]), (text["fact_how"], text["how_shares"])]
    columns = (
        Column("fact", titles["fact"], width_cm=5.0),
        Column("told", titles["told"], width_cm=22.0),
    )
    return Table("overview", text["sheet_overview"], columns, tuple(rows))
