"""Tables of an overview as documents show them: cells of the overview in people's words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from lifecircle.assessment.overview import FAILED, Overview
from lifecircle.outputs.overviewing.cells import Wording, made, number_cell
from lifecircle.outputs.overviewing.figures import means_of
from lifecircle.outputs.reporting.model import Column, Table
from lifecircle.outputs.reporting.tables import Spec
from lifecircle.outputs.reporting.text import Cell, shown
from lifecircle.outputs.words import fill

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
    Spec("cause", width_cm=2.6),
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
_FAILED = (
    Spec("unit_id", width_cm=3.0),
    Spec("name", width_cm=3.6),
    Spec("district", width_cm=2.4),
    Spec("cause", width_cm=2.6),
    Spec("reason", width_cm=7.0),
)


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
        Completeness of a unit where nobody lives has no meaning.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from lifecircle.assessment.overview import About, overview_of
    >>> from lifecircle.outputs.overviewing.cells import wording
    >>> identity = {"unit_id": ["a"], "name": ["甲"], "level": ["circle"], "district": ["雨花区"]}
    >>> units = gpd.GeoDataFrame(identity, geometry=[None], crs="EPSG:4326")
    >>> overview = overview_of(units, {}, {"a": "no street"}, folders={}, about=About())
    >>> units_table(overview, overview.units, wording(overview), brief=True).rows
    (('甲', '未知', '未知', '未知', '未知', '未知', None),)
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
    nobody = units["people"] == 0
    known = units["first_shortfall"].mask(units["status"] == FAILED, found.text["unknown"])
    listed = made("units", units.assign(first_shortfall=known), specs, found)
    return _without(listed, means, nobody)


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

    Examples
    --------
    >>> import geopandas as gpd
    >>> from lifecircle.assessment.overview import About, overview_of
    >>> from lifecircle.outputs.overviewing.cells import wording
    >>> identity = {"unit_id": ["a"], "name": ["甲"], "level": ["circle"], "district": ["雨花区"]}
    >>> units = gpd.GeoDataFrame(identity, geometry=[None], crs="EPSG:4326")
    >>> overview = overview_of(units, {}, {"a": "no street"}, folders={}, about=About())
    >>> blocks_table(overview, overview.units, wording(overview)).rows
    (('甲',),)
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
            cells.append([number_cell(one, unknown) for one in units[column]])
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

    Examples
    --------
    >>> import geopandas as gpd
    >>> from lifecircle.assessment.overview import About, overview_of
    >>> from lifecircle.outputs.overviewing.cells import wording
    >>> identity = {"unit_id": ["a"], "name": ["甲"], "level": ["circle"], "district": ["雨花区"]}
    >>> units = gpd.GeoDataFrame(identity, geometry=[None], crs="EPSG:4326")
    >>> overview = overview_of(units, {}, {"a": "no street"}, folders={}, about=About())
    >>> scores_table(overview, overview.units, wording(overview)).rows
    (('甲',),)
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

    Examples
    --------
    >>> import geopandas as gpd
    >>> from lifecircle.assessment.overview import About, overview_of
    >>> from lifecircle.outputs.overviewing.cells import wording
    >>> identity = {"unit_id": ["a"], "name": ["甲"], "level": ["circle"], "district": ["雨花区"]}
    >>> units = gpd.GeoDataFrame(identity, geometry=[None], crs="EPSG:4326")
    >>> overview = overview_of(units, {}, {"a": "no street"}, folders={}, about=About())
    >>> shortfalls_table(overview, wording(overview)).caption
    '短板（按级别和优先度）'
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

    Examples
    --------
    >>> import geopandas as gpd
    >>> from lifecircle.assessment.overview import About, overview_of
    >>> from lifecircle.outputs.overviewing.cells import wording
    >>> identity = {"unit_id": ["a"], "name": ["甲"], "level": ["circle"], "district": ["雨花区"]}
    >>> units = gpd.GeoDataFrame(identity, geometry=[None], crs="EPSG:4326")
    >>> overview = overview_of(units, {}, {"a": "no street"}, folders={}, about=About())
    >>> failed_table(overview.units, wording(overview)).rows
    (('a', '甲', '雨花区', None, 'no street'),)
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

    Examples
    --------
    >>> import geopandas as gpd
    >>> from lifecircle.assessment.overview import About, overview_of
    >>> from lifecircle.outputs.overviewing.cells import wording
    >>> identity = {"unit_id": ["a"], "name": ["甲"], "level": ["circle"], "district": ["雨花区"]}
    >>> units = gpd.GeoDataFrame(identity, geometry=[None], crs="EPSG:4326")
    >>> overview = overview_of(units, {}, {"a": "no street"}, folders={}, about=About())
    >>> districts_table(overview, wording(overview)).rows[0][:4]
    ('雨花区', 1.0, 0.0, 1.0)
    """
    means = (Spec(one, "mean", 1.8, is_unknown=True) for one in means_of(overview))
    rows = overview.districts
    last = Spec("completeness_unknown_count", "count", 1.8)
    whole = made("districts", rows, (*_DISTRICTS, *means, last), found)
    nobody = rows["people"] == 0
    return _without(whole, means_of(overview), nobody)
