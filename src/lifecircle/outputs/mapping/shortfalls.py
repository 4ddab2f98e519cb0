"""Shortfalls on a map: a ranked list, and for each where people are short."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.assessment.shortfall_places import shortfall_areas, shortfall_hulls
from lifecircle.outputs.legend import spread
from lifecircle.outputs.mapping.marks import class_labels, class_of, counts, round_breaks
from lifecircle.outputs.packing import numbers, packed_polygons, texts
from lifecircle.outputs.words import fill, level_name, words

if TYPE_CHECKING:
    from lifecircle.assessment.health_check import HealthCheck
    from lifecircle.assessment.study import Study

# Dark is urgent, or many. Lightness falls evenly (ColorBrewer's reds and purples).
PRIORITY_COLOURS = ["#fcae91", "#de4b3a", "#67000d"]
SHORT_COLOURS = ["#dadaeb", "#a8a3cf", "#7658a8", "#3f007d"]


MOST_SHORTFALLS = 300
"""Shortfalls of each level that a map carries at most, the first by rank."""


def shortfalls_layer(shortfalls: pd.DataFrame, check: HealthCheck, study: Study) -> dict[str, Any]:
    """Ranked shortfalls, each with its card, its hexagons and its outline.

    Parameters
    ----------
    shortfalls
        From ``rank_shortfalls``.
    check
        The health check that they were ranked from.
    study
        Whose language it is.

    Returns
    -------
    dict
        One list per column; ``cells`` are hexagons, ``short`` by unit and service the positions of
        those with people short, and how many; ``outlines`` are shapes, told by position.

    Raises
    ------
    MissingColumnError
        If a column is missing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> ranked = lc.rank_shortfalls(check, sensitivity=False).head(2)
    >>> layer = shortfalls_layer(ranked, check, check.evaluation.study)
    >>> layer["rank"], len(layer["outlines"])
    ([1, 2], 1)
    """
    text = words(study.language)
    # A page of a city would consist of them: the first of each level are looked at on a map.
    count = len(shortfalls)
    shortfalls = shortfalls.groupby("level", sort=False, dropna=False).head(MOST_SHORTFALLS)
    left = count - len(shortfalls)
    cells = shortfall_areas(shortfalls, check, by_unit=True)
    hulls = shortfall_hulls(shortfalls, check)
    once = cells.drop_duplicates("cell_id")
    position = {cell: at for at, cell in enumerate(once["cell_id"])}
    short: dict[str, list[int]] = {}
    for unit, service, cell, people in zip(
        cells["unit_id"], cells["service"], cells["cell_id"], cells["people_short"], strict=True
    ):
        short.setdefault(f"{unit}\n{service}", []).extend([position[cell], round(people)])
    keys = list(short)
    at = {key: row for row, key in enumerate(keys)}
    rows_keys = shortfalls["unit_id"].astype("str") + "\n" + shortfalls["service"].astype("str")
    outlines, outline_of = _outlines(shortfalls, hulls)
    priority = round_breaks(shortfalls["priority"], len(PRIORITY_COLOURS))
    people = round_breaks(cells["people_short"], len(SHORT_COLOURS))
    return {
        "note": fill(text["shortfalls_cut"], {"count": f"{left:,}"}) if left else "",
        "rank": [int(one) for one in shortfalls["rank"]],
        "title": texts(shortfalls, "service_name"),
        "unit": texts(shortfalls, "unit_name"),
        "level": [level_name(one, study.language) for one in texts(shortfalls, "level")],
        "people": numbers(shortfalls["people_short"], 0),
        **_facts(_shortfall_facts(shortfalls, text)),
        "class": class_of(shortfalls["priority"], priority),
        "classes": _classes(priority, PRIORITY_COLOURS, text),
        "cells": [packed_polygons(shape)[0][0] for shape in once.geometry],
        "short": [short[key] for key in keys],
        "short_of": [at.get(key, -1) for key in rows_keys],
        "short_breaks": people,
        "short_classes": _classes(people, SHORT_COLOURS, text),
        "outlines": [packed_polygons(shape) for shape in outlines],
        "outline_of": outline_of,
        "at": [
            [round(float(lat), 6), round(float(lon), 6)]
            if np.isfinite(lat) and np.isfinite(lon)
            else None
            for lat, lon in zip(shortfalls["centre_lat"], shortfalls["centre_lon"], strict=True)
        ],
    }


def _classes(
    breaks: list[float], colours: list[str], text: Mapping[str, str]
) -> list[dict[str, str]]:
    """Legend of classes, the lowest first."""
    labels = class_labels(breaks, text)
    return [
        {"label": label, "colour": colour}
        for label, colour in zip(labels, spread(colours, len(labels)), strict=True)
    ]


def _outlines(
    shortfalls: pd.DataFrame, hulls: gpd.GeoDataFrame
) -> tuple[list[shapely.Geometry], list[int]]:
    """Shapes that differ, and which of them each row has (-1 for none)."""
    key = ["rank", "level", "unit_id", "standard", "clause", "service", "tier"]
    shapes: dict[bytes, int] = {}
    kept: list[shapely.Geometry] = []
    found: dict[tuple[Any, ...], int] = {}
    for row, shape in zip(hulls[key].itertuples(index=False), hulls.geometry, strict=True):
        as_bytes = shapely.to_wkb(shape)
        if as_bytes not in shapes:
            shapes[as_bytes] = len(kept)
            kept.append(shape)
        found[tuple(row)] = shapes[as_bytes]
    rows = shortfalls[key].itertuples(index=False)
    return kept, [found.get(tuple(row), -1) for row in rows]


def _shortfall_facts(rows: pd.DataFrame, text: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    unknown, people = text["unknown"], text["people_value"]
    clauses = [
        f"{standard} {clause}".strip()
        for standard, clause in zip(texts(rows, "standard"), texts(rows, "clause"), strict=True)
    ]
    return [
        (text["people_short"], counts(rows["people_short"], people, unknown)),
        (text["elderly_short"], counts(rows["elderly_short"], people, unknown)),
        (text["children_short"], counts(rows["children_short"], people, unknown)),
        (text["required"], texts(rows, "required")),
        (text["found"], texts(rows, "found")),
        (text["why"], texts(rows, "why")),
        (text["where"], texts(rows, "where")),
        (text["how"], texts(rows, "how")),
        (text["rank_note"], texts(rows, "rank_note")),
        (text["clause"], clauses),
        (text["verify"], texts(rows, "verify")),
    ]


def _facts(facts: list[tuple[str, list[str]]]) -> dict[str, Any]:
    """Rows of cards as the page takes them."""
    kept = [(label, values) for label, values in facts if any(values)]
    return {"labels": [label for label, _ in kept], "values": [values for _, values in kept]}
