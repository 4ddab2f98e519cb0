"""Tables of documents with the headings and words of an overview."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from lifecircle.assessment.overview import Overview
from lifecircle.outputs.overviewing.words import document_words
from lifecircle.outputs.reporting.model import Table
from lifecircle.outputs.reporting.tables import Spec, table
from lifecircle.outputs.reporting.text import Cell
from lifecircle.outputs.words import fill
from lifecircle.standards import catalog


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


def with_ids(overview: Overview) -> Overview:
    """An overview in which units of one name are told apart by their ids.

    Parameters
    ----------
    overview
        What is shown.

    Returns
    -------
    Overview
        With the id behind the name where units share it, and in place of none.

    Raises
    ------
    UnknownNameError
        If its language is neither ``"zh"`` nor ``"en"``.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from lifecircle.assessment.overview import About, overview_of
    >>> identity = {"unit_id": ["a", "b", "c"], "name": ["新村", "新村", ""]}
    >>> units = gpd.GeoDataFrame({**identity, "level": "circle", "district": ""},
    ...                          geometry=[None] * 3, crs="EPSG:4326")
    >>> overview = overview_of(units, {}, dict.fromkeys("abc", "?"), folders={}, about=About())
    >>> with_ids(overview).units["name"].to_list()
    ['新村（a）', '新村（b）', 'c']
    """
    units = overview.units
    ids, names = units["unit_id"], units["name"].where(units["name"] != "", units["unit_id"])
    twice = names.duplicated(keep=False)
    if names.equals(units["name"]) and not twice.any():
        return overview
    text = document_words(overview.language)["named_twice"]
    shown = [
        fill(text, {"name": name, "id": unit_id}) if again else name
        for name, unit_id, again in zip(names, ids, twice, strict=True)
    ]
    shortfalls = overview.shortfalls
    told = shortfalls["unit_id"].map(dict(zip(ids, shown, strict=True)))
    return replace(
        overview, units=units.assign(name=shown), shortfalls=shortfalls.assign(unit_name=told)
    )


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


def number_cell(value: float | None, unknown: str) -> Cell:
    """A cell of a number, or the word for none.

    Parameters
    ----------
    value
        Number; it may be missing.
    unknown
        The word.

    Returns
    -------
    float or str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> number_cell(0.5, "未知"), number_cell(None, "未知"), number_cell(math.nan, "未知")
    (0.5, '未知', '未知')
    """
    return float(value) if value is not None and math.isfinite(value) else unknown
