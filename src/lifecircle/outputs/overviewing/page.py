"""The page of an overview: one file that needs nothing, its data as JSON beside its scripts."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely

from lifecircle.assessment.overview import DONE, FAILED, Overview
from lifecircle.assessment.overview_doubts import usable
from lifecircle.errors import MissingPackageError
from lifecircle.outputs.csv_tables import words_beside
from lifecircle.outputs.maps import frame_data
from lifecircle.outputs.number_bytes import with_packed_lists
from lifecircle.outputs.overviewing.cells import with_ids
from lifecircle.outputs.overviewing.figures import means_of, page_figures
from lifecircle.outputs.overviewing.words import page_words
from lifecircle.outputs.packing import DEGREE_M, packed_polygons, texts
from lifecircle.outputs.page import script_json
from lifecircle.outputs.reporting.text import visible
from lifecircle.outputs.self_contained import (
    packaged_text,
    safe_script,
    safe_style,
    security_policy,
    template_text,
)
from lifecircle.outputs.words import LANGUAGE_TAGS, fill, level_name

FILES = ("map.html", "report.docx", "report.html", "report.xlsx")
"""Files of a unit that the page links to, where they are there."""

_SCRIPTS = ("reader.js", "index_words.js", "index_map.js", "index_table.js", "index.js")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SHAPE_UNIT = 10
"""Shapes are drawn to the metre, in hundred-thousandths of a degree."""
_DETAIL_M = 4.0
_MOST_VERTICES = 120_000
"""Of all shapes together; coarser ones are drawn where there are more."""


def page_text(
    overview: Overview,
    *,
    files: Mapping[str, Sequence[str]],
    district_files: Mapping[str, Sequence[Sequence[str]]],
) -> str:
    """The page.

    Parameters
    ----------
    overview
        What is shown.
    files
        Unit → names of its files that are there.
    district_files
        District → its files, each as the folders that lead to it and its name.

    Returns
    -------
    str
        HTML that asks the web for nothing and runs no script but its own.

    Raises
    ------
    MissingPackageError
        If Leaflet is not installed.

    Examples
    --------
    >>> from shapely import box
    >>> import geopandas as gpd
    >>> from lifecircle.assessment.overview import About, overview_of
    >>> units = gpd.GeoDataFrame(
    ...     {"unit_id": ["a"], "name": ["</script>"], "level": ["circle"], "district": [""]},
    ...     geometry=[box(112.9, 28.1, 112.91, 28.11)], crs="EPSG:4326")
    >>> overview = overview_of(units, {}, {"a": "no street"}, folders={}, about=About("1 < 2"))
    >>> page = page_text(overview, files={}, district_files={})
    >>> "<title>1 &lt; 2：批量评价总览</title>" in page, "https://" in page.partition("<body>")[2]
    (True, False)
    """
    data = page_data(overview, files=files, district_files=district_files)
    leaflet, sheet = packaged_text("leaflet", "leaflet.js"), packaged_text("leaflet", "leaflet.css")
    if leaflet is None or sheet is None:
        raise MissingPackageError("index.html", "XStatic-Leaflet")
    parts = {
        "title": html.escape(data["title"]),
        "styles": f"{safe_style(sheet)}\n{safe_style(template_text('index.css'))}",
        "leaflet": safe_script(leaflet),
        "scripts": "\n".join(safe_script(template_text(name)) for name in _SCRIPTS),
        "data": script_json(with_packed_lists(data)),
    }
    # Each place is cut out of the frame, so that no part is looked at for places again.
    pieces = re.split(r"<!-- (\w+) -->", template_text("index.html"))
    content = "".join(
        parts.get(piece, piece) if number % 2 else piece for number, piece in enumerate(pieces)
    )
    content = _LONE_SURROGATE.sub("\ufffd", content).replace("\r\n", "\n").replace("\r", "\n")
    return (
        f'<!DOCTYPE html>\n<html lang="{LANGUAGE_TAGS[overview.language]}">\n<head>\n'
        '<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="'
        f'{security_policy(content)}">\n{content}'
    )


def page_data(
    overview: Overview,
    *,
    files: Mapping[str, Sequence[str]],
    district_files: Mapping[str, Sequence[Sequence[str]]],
) -> dict[str, Any]:
    """All that the page shows, as plain numbers and text.

    Parameters
    ----------
    overview, files, district_files
        As :func:`page_text` takes them.

    Returns
    -------
    dict

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> from shapely import box
    >>> import geopandas as gpd
    >>> from lifecircle.assessment.overview import About, overview_of
    >>> units = gpd.GeoDataFrame(
    ...     {"unit_id": ["a"], "name": ["甲"], "level": ["circle"], "district": [""]},
    ...     geometry=[box(112.9, 28.1, 112.91, 28.11)], crs="EPSG:4326")
    >>> overview = overview_of(units, {}, {"a": "no street"}, folders={}, about=About("示例"))
    >>> page_data(overview, files={}, district_files={})["reasons"]
    {'0': 'no street'}
    """
    # A district that is its own unit says nothing beside its name.
    given = overview.units
    has_districts = bool(((given["district"] != "") & (given["district"] != given["name"])).any())
    overview = with_ids(overview)
    about, units = overview.about, overview.units
    text = page_words(about.language)
    named = visible(about.name.strip())
    minutes = "/".join(f"{one:g}" for one in about.minutes)
    drawn = usable(units.geometry)
    frame = frame_data(
        about.language,
        fill(text["page_title" if named else "page_title_unnamed"], {"name": named}),
        _bounds(overview, drawn),
        about.data_sources,
        about.review_number,
    )
    means = means_of(overview)
    return {
        **{key: frame[key] for key in ("title", "bounds", "sources", "review_number", "made_with")},
        "words": text,
        "zoom": [_map_word(frame, "zoom_in"), _map_word(frame, "zoom_out")],
        "language": LANGUAGE_TAGS[about.language],
        "subtitle": fill(text["page_subtitle"], {"minutes": minutes}),
        "sample": _map_word(frame, "sample") if about.sample else "",
        "counts": _counts(overview, text),
        "doubts": list(overview.doubts),
        "notes": list(overview.notes),
        "has_districts": has_districts,
        "has_errors": bool((units["status"] == FAILED).any()),
        "unit": _SHAPE_UNIT,
        "shapes": _shapes(overview, drawn),
        **_identity(overview),
        **_links(overview, files),
        **page_figures(overview, text),
        "columns": [
            "people",
            *means[:1],
            "met_count",
            "not_met_count",
            "unknown_count",
        ],
        "chosen": means[0] if means else "people",
        "completeness_minutes": means[0].removeprefix("completeness_mean_").removesuffix("min")
        if means
        else "",
        "districts": _districts(overview, district_files),
    }


def _map_word(frame: dict[str, Any], key: str) -> str:
    """A word of every map."""
    return str(frame["words"][key])


def _bounds(overview: Overview, drawn: Any) -> list[list[float]]:
    """South-west and north-east corner of what is drawn; of China if nothing is."""
    if not drawn.any():
        return [[18.0, 73.0], [54.0, 135.0]]
    west, south, east, north = overview.units.geometry[drawn].total_bounds
    return [[round(south, 6), round(west, 6)], [round(north, 6), round(east, 6)]]


def _counts(overview: Overview, text: Mapping[str, str]) -> list[list[Any]]:
    """What stands above all: units, done, failed, people."""
    units = overview.counted
    done = units[units["status"] == DONE]
    counts = [
        [text["count_units"], len(units)],
        [text["count_done"], len(done)],
        [text["count_failed"], len(units) - len(done)],
    ]
    levels = units["level"].unique()
    # Circles hold the people of their communities: they are not added up.
    for level in levels:
        part = done[done["level"] == level]
        people = float(part["people"].sum(skipna=False)) if len(part) else math.nan
        word = text["count_people_twice" if part["overlapping_level"].any() else "count_people"]
        if len(levels) > 1:
            name = visible(level_name(level, overview.language))
            word = fill(text["count_of_level"], {"what": word, "level": name})
        counts.append([word, round(people) if math.isfinite(people) else None])
    return counts


def _shapes(overview: Overview, drawn: Any) -> list[list[Any] | None]:
    """Shapes of the units, as coarse as they must be to be few bytes; None where there is none."""
    shapes = overview.units.geometry.to_numpy()
    there = shapely.make_valid(shapes[drawn])
    detail = _DETAIL_M
    simple = shapely.simplify(there, detail / DEGREE_M, preserve_topology=True)
    while int(shapely.get_num_coordinates(simple).sum()) > _MOST_VERTICES and detail < 1000:
        detail *= 1.5
        simple = shapely.simplify(there, detail / DEGREE_M, preserve_topology=True)
    packed: list[list[Any] | None] = [None] * len(shapes)
    for row, shape in zip(np.flatnonzero(drawn).tolist(), simple, strict=True):
        packed[row] = packed_polygons(shape, _SHAPE_UNIT) or None
    return packed


def _identity(overview: Overview) -> dict[str, Any]:
    """Who the units are, and what became of them."""
    units = overview.units
    level, levels = pd.factorize(units["level"])
    district, districts = pd.factorize(units["district"])
    first, services = pd.factorize(pd.Series(texts(units, "first_shortfall")))
    people = units["first_shortfall_people"]
    failed = (units["status"] == FAILED).to_numpy()
    reasons = _reasons(overview)
    return {
        # What has no shape gets one; a search finds what is seen.
        "ids": [visible(one) for one in texts(units, "unit_id")],
        "names": [visible(one) for one in texts(units, "name")],
        "level": level.tolist(),
        "levels": [visible(level_name(one, overview.language)) for one in levels],
        "district": district.tolist(),
        "district_names": [visible(one) for one in districts],
        "failed": failed.astype(int).tolist(),
        "reasons": {str(row): visible(reasons[row]) for row in np.flatnonzero(failed)},
        "first": first.tolist(),
        "services": [visible(one) for one in services],
        "first_people": [None if one != one else round(one) for one in people],  # noqa: PLR0124
    }


def _reasons(overview: Overview) -> list[str]:
    """Why each unit failed; its kind before it where the reason is of another language."""
    causes, colon = words_beside("cause", overview.language), page_words(overview.language)["colon"]
    return [
        f"{causes[cause]}{colon}{reason}" if cause in causes else reason
        for cause, reason in zip(
            texts(overview.units, "cause"), texts(overview.units, "reason"), strict=True
        )
    ]


def _links(overview: Overview, files: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Folders of the units and which files are there, as bits in the order of ``FILES``."""
    there = [files.get(unit_id, ()) for unit_id in overview.units["unit_id"]]
    return {
        "files": list(FILES),
        "folders": texts(overview.units, "folder"),
        "has": [sum(1 << bit for bit, name in enumerate(FILES) if name in one) for one in there],
    }


def _districts(
    overview: Overview, district_files: Mapping[str, Sequence[Sequence[str]]]
) -> list[dict[str, Any]]:
    """Districts, how many units they have, and where their files are."""
    return [
        {
            "name": visible(row["district"]),
            "units": int(row["units_count"]),
            "failed": int(row["failed_count"]),
            "overlapping": int(row["overlapping_count"]),
            "files": [list(one) for one in district_files.get(row["district"], ())],
        }
        for row in overview.districts.drop(columns="geometry").to_dict("records")
    ]
