"""What each layer of a map draws, packed for ``templates/map.js``.

Nothing is computed here that is a result; numbers are shown as they come. Text is plain text; the
page sets it as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.outputs.legend import BAND_COLOURS, coverage_rows, spread, unit_facts
from lifecircle.outputs.name_places import middle_of, upper_edge
from lifecircle.outputs.packing import (
    DEGREE_M,
    flags,
    numbers,
    packed_points,
    packed_polygons,
    texts,
)
from lifecircle.outputs.words import fill, words
from lifecircle.standards import catalog

if TYPE_CHECKING:
    from lifecircle.assessment.evaluation import Evaluation

_BAND_DETAIL_DEGREES = 4.0 / DEGREE_M
"""What the eye cannot see in a band, 4 m: bands are drawn from a lattice of 20 m."""
_BAND_DOTS = 1500
"""Dots of a screen across which all bands are seen."""
_BAND_UNIT = 10
"""Bands are drawn to the metre, in hundred-thousandths of a degree."""
_ID_COLUMNS = ("origin_id", "facility_id", "resident_id", "site_id")

_OTHER_COLOUR = "#888888"
# Of ``templates/shapes.js``; a group without one is a ring, as facilities of no group are.
_SHAPES = {
    "elderly": "heart",
    "child": "star",
    "health": "plus",
    "daily": "circle",
    "culture_sport": "down",
    "public": "house",
    "transport": "bar",
    "green": "leaf",
}


def bands_layer(
    polygons: gpd.GeoDataFrame,
    *,
    key: str,
    labels: Mapping[str, str],
    choices: Mapping[str, str],
    text: Mapping[str, str],
) -> dict[str, Any]:
    """Isochrone bands, one set for each group or origin.

    Parameters
    ----------
    polygons
        ``minutes`` (min), ``area_ha`` (ha), the column ``key`` and polygons, EPSG:4326; the
        ``walker`` is named if there is one.
    key
        ``"group"`` or ``"origin_id"``.
    labels
        Name of each key for people; a key without one stands for itself.
    choices
        Words around the choice of a set: ``chooser``, and ``all`` where all sets may be shown
        together, and ``note``.
    text
        Words of the language.

    Returns
    -------
    dict

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> bands = gpd.GeoDataFrame(
    ...     {"group": ["child"] * 2, "minutes": [10, 5], "area_ha": [30.04, 8.0]},
    ...     geometry=[shapely.box(0, 0, 1, 1)] * 2, crs="EPSG:4326")
    >>> layer = bands_layer(bands, key="group", labels={}, choices={}, text={})
    >>> layer["minutes"], [area["area_ha"] for area in layer["sets"][0]["areas"]]
    ([5.0, 10.0], [8.0, 30.0])
    """
    minutes = sorted({float(one) for one in polygons["minutes"]})
    # Of a whole city no more than what is seen when all of it is on the screen.
    extent = float(np.ptp(polygons.total_bounds.reshape(2, 2), axis=0).max())
    detail = max(_BAND_DETAIL_DEGREES, extent / _BAND_DOTS)
    shapes = shapely.simplify(polygons.geometry.to_numpy(), detail, preserve_topology=True)
    sets: dict[str, list[dict[str, Any]]] = {}
    for name, minute, area_ha, shape in zip(
        polygons[key].astype(str), polygons["minutes"], polygons["area_ha"], shapes, strict=True
    ):
        area = {
            "minutes": float(minute),
            "area_ha": round(float(area_ha), 1),
            "polygons": packed_polygons(shape, _BAND_UNIT),
        }
        sets.setdefault(name, []).append(area)
    walkers = dict(zip(polygons[key].astype(str), texts(polygons, "walker"), strict=True))
    order = [name for name in labels if name in sets]
    order += [name for name in sets if name not in labels]
    return {
        **choices,
        "minutes": minutes,
        "unit": _BAND_UNIT,
        "colours": spread(BAND_COLOURS, len(minutes)),
        "sets": [
            {
                "key": name,
                "label": labels.get(name, name),
                "walker": _walker_text(walkers[name], text),
                "areas": sorted(sets[name], key=lambda area: float(area["minutes"])),
            }
            for name in order
        ],
    }


def units_layer(evaluation: Evaluation) -> list[dict[str, Any]]:
    """Units with what their pop-ups say, large ones first so that small ones lie above.

    Parameters
    ----------
    evaluation
        From ``evaluate``.

    Returns
    -------
    list of dict
        ``id``, ``name``, ``polygons``, ``at`` (a place well inside, lat and lon), ``name_at``
        (where the name stands), ``is_parent``, ``parent`` (its position in this list, or None),
        ``place`` (position in the list of units as people read it: each parent before its
        children), ``depth`` (how many parents stand above), ``facts`` and ``coverage`` (rows of
        words).

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> units = units_layer(lc.evaluate(lc.load_demo()))
    >>> "砂子塘" in " ".join(unit["name"] for unit in units)
    True
    """
    text = words(evaluation.study.language)
    units = evaluation.units
    coverage = coverage_rows(evaluation, text)
    facts = unit_facts(evaluation, text)
    names = texts(units, "name")
    unit_ids = texts(units, "unit_id")
    parents = _parents(unit_ids, texts(units, "parent_id"))
    depth = _depths(parents)
    place = {row: position for position, row in enumerate(depth)}
    largest_first = np.argsort(-shapely.area(units.geometry.to_numpy()), kind="stable").tolist()
    drawn = {row: position for position, row in enumerate(largest_first)}
    packed = []
    for row in largest_first:
        shape = units.geometry.iloc[row]
        is_parent = row in parents
        inside = middle_of(shape)
        packed.append(
            {
                "id": unit_ids[row],
                "name": names[row] or unit_ids[row],
                "polygons": packed_polygons(shape),
                "at": _lat_lon(inside),
                "name_at": _lat_lon(upper_edge(shape) if is_parent else inside),
                "is_parent": is_parent,
                "parent": drawn.get(parents[row]),
                "place": place[row],
                "depth": depth[row],
                "facts": facts[row],
                "coverage": coverage.get(unit_ids[row], []),
            }
        )
    return packed


def facilities_layer(evaluation: Evaluation) -> dict[str, Any]:
    """Facilities and the groups they belong to.

    Parameters
    ----------
    evaluation
        From ``evaluate``.

    Returns
    -------
    dict
        ``groups`` (``key``, ``label``, ``colour``, ``shape``; those that have facilities),
        ``services`` (their names), ``off_street`` (what is said of a facility that no street is
        near) and one list per column of the table.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> facilities_layer(lc.evaluate(lc.load_demo()))["groups"][0]["label"]
    '养老'
    """
    language = evaluation.study.language
    facilities = evaluation.facilities
    groups = catalog.service_groups()
    group = pd.Series(texts(facilities, "group"))
    group = group.where(group.isin(groups.index), "")
    present = [key for key in groups.index if (group == key).any()]
    legend = [
        {
            "key": key,
            "label": str(groups.at[key, f"name_{language}"]),
            "colour": str(groups.at[key, "colour"]),
            "shape": _SHAPES.get(str(key), "ring"),
        }
        for key in present
    ]
    if (group == "").any():
        present.append("")
        other = words(language)["other_group"]
        legend.append({"key": "other", "label": other, "colour": _OTHER_COLOUR, "shape": "ring"})
    service, services = pd.factorize(pd.Series(texts(facilities, "service")))
    return {
        "groups": legend,
        "services": [catalog.service_name(str(one), language) for one in services],
        "points": packed_points(facilities.geometry),
        "id": texts(facilities, "facility_id"),
        "name": texts(facilities, "name"),
        "service": service.tolist(),
        "group": [present.index(one) for one in group],
        "capacity": _capacity(evaluation),
        "unsnapped": flags(facilities, "unsnapped"),
        "off_street": fill(
            words(language)["off_street"], {"snap_m": f"{evaluation.study.snap_m:g}"}
        ),
    }


def points_layer(points: gpd.GeoDataFrame, language: str) -> list[dict[str, Any]]:
    """Points that isochrones start from.

    Parameters
    ----------
    points
        Any of ``origin_id``, ``name`` and ``service``, and points, EPSG:4326.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    list of dict
        ``title``, ``facts`` and ``at`` (lat and lon).

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> gates = gpd.GeoDataFrame(
    ...     {"name": ["北门"]}, geometry=[shapely.Point(112.99, 28.16)], crs="EPSG:4326")
    >>> points_layer(gates, "zh")
    [{'title': '北门', 'facts': [], 'at': [28.16, 112.99]}]
    """
    text = words(language)
    identity = next((name for name in _ID_COLUMNS if name in points.columns), None)
    ids = [str(one) for one in (points.index if identity is None else points[identity])]
    names = texts(points, "name")
    services = texts(points, "service")
    return [
        {
            "title": name or fill(text["origin"], {"id": one}),
            "facts": [[text["service"], catalog.service_name(service, language)]]
            if service
            else [],
            "at": _lat_lon(point),
        }
        for one, name, service, point in zip(ids, names, services, points.geometry, strict=True)
    ]


def _walker_text(walker: str, text: Mapping[str, str]) -> str:
    """Who walks, as the legend says it; nothing if nobody is named."""
    if not walker:
        return ""
    return fill(text["subtitle_walkers"], {"walkers": text.get(f"walker_{walker}", walker)})


def _lat_lon(point: shapely.Point) -> list[float]:
    """Latitude and longitude, degrees, as Leaflet wants them."""
    return [round(point.y, 6), round(point.x, 6)]


def _parents(unit_ids: list[str], parent_ids: list[str]) -> list[int]:
    """Row of each unit's parent, -1 where the table has none."""
    rows = {unit_id: row for row, unit_id in enumerate(unit_ids)}
    found = [rows.get(parent_id, -1) if parent_id else -1 for parent_id in parent_ids]
    return [-1 if parent == row else parent for row, parent in enumerate(found)]


def _depths(parents: list[int]) -> dict[int, int]:
    """How many parents stand above each row, each parent before its children."""
    children: dict[int, list[int]] = {}
    for row, parent in enumerate(parents):
        children.setdefault(parent, []).append(row)
    depths: dict[int, int] = {}
    # Units that name each other as parents hang below no root; each starts a tree of its own.
    for start in [*children.get(-1, []), *range(len(parents))]:
        waiting = [] if start in depths else [(start, 0)]
        while waiting:
            row, depth = waiting.pop()
            depths[row] = depth
            below = [one for one in children.get(row, []) if one not in depths]
            waiting.extend((one, depth + 1) for one in reversed(below))
    return depths


def _capacity(evaluation: Evaluation) -> list[float | int | None]:
    """Capacity of each facility, from the evaluation or else from the study's own table."""
    facilities = evaluation.facilities
    if "capacity" in facilities.columns:
        return numbers(facilities["capacity"])
    source = evaluation.study.facilities
    if "capacity" not in source.columns:
        return []
    by_id = source.drop_duplicates("facility_id").set_index("facility_id")["capacity"]
    return numbers(facilities["facility_id"].map(by_id))
