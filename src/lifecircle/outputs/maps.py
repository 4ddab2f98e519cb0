"""Maps for people: what an evaluation or a set of isochrones looks like.

All that a map shows is one dictionary of plain numbers and text, which ``templates/map.js`` draws;
:mod:`lifecircle.outputs.mapping.layers` packs its layers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import folium
import geopandas as gpd
import pandas as pd

from lifecircle.errors import CrsError, InputError, MissingColumnError
from lifecircle.network.walkers import WALKERS
from lifecircle.outputs.findings import Findings
from lifecircle.outputs.mapping.basemaps import Tianditu, basemap_layers
from lifecircle.outputs.mapping.findings import findings_layers
from lifecircle.outputs.mapping.layers import (
    bands_layer,
    facilities_layer,
    points_layer,
    units_layer,
)
from lifecircle.outputs.mapping.live import live_layer
from lifecircle.outputs.mapping.residents import residents_layer
from lifecircle.outputs.page import OfflineMap
from lifecircle.outputs.shown import evaluation_shown, streets_shown
from lifecircle.outputs.streets import streets_layer
from lifecircle.outputs.walls import walls_layer
from lifecircle.outputs.words import fill, words
from lifecircle.standards import catalog

if TYPE_CHECKING:
    from lifecircle.assessment.evaluation import Evaluation


def map_evaluation(
    evaluation: Evaluation,
    *,
    title: str | None = None,
    data_sources: Sequence[str] = (),
    review_number: str = "",
    findings: Findings | None = None,
    basemap: str | Tianditu = "none",
) -> folium.Map:
    """Map of an evaluation: units, isochrone bands, facilities and residents over the streets.

    The map opens without a network, in a notebook and as a file
    (:func:`lifecircle.outputs.page.write_map`). It is in the language of the study and shows
    numbers at the longest of its walking times.

    Parameters
    ----------
    evaluation
        From ``evaluate``.
    title
        Above the map. Default: the name of the study.
    data_sources
        Where the data comes from, one text per source; shown below the map. If none is given the
        map says that none was stated, or that it shows sample data.
    review_number
        Map review number (审图号); shown below the map if there is one.
    findings
        Shortfalls, openings, sites and projects to be drawn beside it.
    basemap
        ``"none"``: the streets of the study alone, no network needed. ``"osm"``,
        ``"tianditu:KEY"`` (or :class:`Tianditu`) and ``"amap"`` fetch pictures from the web when
        the page is opened; without a network the streets are seen instead. Below Amap's pictures,
        which are in GCJ-02, everything that lifecircle draws is shifted with them; folium layers
        of one's own are not.

    Returns
    -------
    folium.Map
        Shows itself in a notebook; folium layers that need nothing from the web may be added.

    Raises
    ------
    UnknownNameError
        If the study's language is not ``"zh"`` or ``"en"``, or there is no such basemap.
    InputError
        If findings are of another evaluation, or a key of Tianditu is not one.

    Examples
    --------
    >>> import lifecircle as lc
    >>> page = map_evaluation(lc.evaluate(lc.load_demo()), title="砂子塘").get_root().render()
    >>> "砂子塘" in page, "https://" in page.partition("<body>")[2]
    (True, False)
    """
    study = evaluation.study
    text = words(study.language)
    name = study.name.strip()
    heading = title or fill(
        text["evaluation_title" if name else "evaluation_title_unnamed"], {"name": name}
    )
    bounds, seen = bounds_of(evaluation.units), evaluation_shown(evaluation)
    sample = text["sample"] if study.sample else ""
    data = {
        **frame_data(study.language, heading, bounds, data_sources or [sample], review_number),
        "subtitle": evaluation_subtitle(evaluation),
        "sample": sample,
        "warnings": [str(warning) for warning in evaluation.warnings],
        **streets_layer(streets_shown(study), bounds, text),
        **walls_layer(study.network, text),
        "bands": bands_layer(
            evaluation.isochrones,
            key="group",
            labels=_group_names(study.language),
            choices={
                "chooser": text["bands_by_group"],
                "note": text["bands_note"],
                "area": text["bands_area_with_units"],
            },
            text=text,
        ),
        "units": units_layer(evaluation),
        "facilities": facilities_layer(seen),
        "residents": residents_layer(seen),
        **findings_layers(findings, evaluation),
        "basemap": basemap_layers(basemap, text, study.language),
        "live": live_layer(study),
    }
    return offline_map(data)


def map_isochrones(
    polygons: gpd.GeoDataFrame,
    *,
    points: gpd.GeoDataFrame | None = None,
    language: str = "zh",
    title: str | None = None,
) -> folium.Map:
    """Map of isochrone bands, and of the points they start from.

    Parameters
    ----------
    polygons
        From ``isochrones``: ``origin_id`` or ``group``, ``minutes`` (min), ``area_ha`` (ha) and
        polygons.
    points
        Origins, with any of ``name``, ``origin_id``, ``service``; shown as points.
    language
        ``"zh"`` or ``"en"``.
    title
        Above the map.

    Returns
    -------
    folium.Map
        Opens without a network, as :func:`map_evaluation`'s does.

    Raises
    ------
    UnknownNameError
        If the language is neither.
    MissingColumnError
        If the polygons lack a column.
    CrsError
        If a table has no reference system.
    InputError
        If there is no polygon.

    Examples
    --------
    >>> bands = gpd.GeoDataFrame(
    ...     {"origin_id": ["gate"], "minutes": [5.0], "area_ha": [12.6]},
    ...     geometry=gpd.points_from_xy([112.99], [28.16]).buffer(0.002), crs="EPSG:4326")
    >>> page = map_isochrones(bands, language="en").get_root().render()
    >>> '"area_ha":12.6' in page
    True
    """
    text = words(language)
    key = "origin_id" if "origin_id" in polygons.columns else "group"
    missing = [name for name in (key, "minutes", "area_ha") if name not in polygons.columns]
    if missing:
        raise MissingColumnError(
            f"polygons: no column {', '.join(missing)}. Make the table with lc.isochrones(…); "
            "it has origin_id (or group), minutes, area_ha and polygons."
        )
    if not len(polygons):
        raise InputError("polygons: the table is empty, so there is nothing to draw.")
    bands = _in_degrees(polygons, "polygons")
    origins = None if points is None else _in_degrees(points, "points")
    bounds = bounds_of(bands)
    by_origin = key == "origin_id"
    data = {
        **frame_data(language, title or text["isochrones_title"], bounds),
        "subtitle": fill(
            text["subtitle_minutes"], {"minutes": _minutes_list(bands["minutes"].unique())}
        ),
        "bands": bands_layer(
            bands,
            key=key,
            labels={} if by_origin else _group_names(language),
            choices={
                "area": text["bands_area"],
                **(
                    {"chooser": text["bands_by_origin"], "all": text["bands_all"]}
                    if by_origin
                    else {"chooser": text["bands_by_group"]}
                ),
            },
            text=text,
        ),
        "points": [] if origins is None else points_layer(origins, language),
    }
    return offline_map(data)


def offline_map(data: dict[str, Any]) -> folium.Map:
    """The map, from all that it shows.

    Parameters
    ----------
    data
        What ``templates/map.js`` draws.

    Returns
    -------
    folium.Map

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> data = frame_data("en", "town", [[28.1, 112.9], [28.2, 113.0]])
    >>> offline_map(data).get_root().title
    'town'
    """
    (south, west), (north, east) = data["bounds"]
    return OfflineMap(
        data,
        title=data["title"],
        language=data["language"],
        centre=((south + north) / 2, (west + east) / 2),
        tile_hosts=(data.get("basemap") or {}).get("hosts", ()),
    )


def frame_data(
    language: str,
    title: str,
    bounds: list[list[float]],
    data_sources: Sequence[str] = (),
    review_number: str = "",
) -> dict[str, Any]:
    """What stands around every map.

    Parameters
    ----------
    language
        ``"zh"`` or ``"en"``.
    title
        Above the map.
    bounds
        South-west and north-east corner of what is looked at first, degrees.
    data_sources, review_number
        As :func:`map_evaluation` takes them.

    Returns
    -------
    dict

    Raises
    ------
    UnknownNameError
        If the language is neither.

    Examples
    --------
    >>> frame_data("zh", "砂子塘", [[28.1, 112.9], [28.2, 113.0]], ["甲", "乙"])["sources"]
    '数据来源：甲；乙'
    """
    text = words(language)
    listed = [data_sources] if isinstance(data_sources, str) else [str(one) for one in data_sources]
    sources = text["sentence_separator"].join(one for one in listed if one) or text["sources_none"]
    review = fill(text["review_number"], {"number": review_number}) if review_number else ""
    return {
        "language": language,
        "words": text,
        "title": title,
        "bounds": bounds,
        "sources": fill(text["sources"], {"sources": sources}),
        "review_number": review,
        "made_with": _made_with(),
        "sample": "",
        "warnings": [],
    }


def _made_with() -> str:
    """Name and version of the program."""
    try:
        return f"lifecircle {version('lifecircle')}"
    except PackageNotFoundError:
        return "lifecircle"


def evaluation_subtitle(evaluation: Evaluation) -> str:
    """Standard, walking times and walkers.

    Parameters
    ----------
    evaluation
        From ``evaluate``.

    Returns
    -------
    str

    Raises
    ------
    UnknownNameError
        If the study's language is not ``"zh"`` or ``"en"``.

    Examples
    --------
    >>> import lifecircle as lc
    >>> evaluation_subtitle(lc.evaluate(lc.load_demo())).split(" · ")[1]
    '步行 5/10/15 分钟'
    """
    text = words(evaluation.study.language)
    standard = evaluation.rulebook.name(evaluation.study.language)
    walked = [str(name) for name in evaluation.coverage["walker"].unique()]
    usual = [name for name in WALKERS if name in walked]
    walkers = text["list_separator"].join(
        text.get(f"walker_{name}", name)
        for name in usual + [name for name in walked if name not in usual]
    )
    minutes = _minutes_list(evaluation.study.minutes)
    parts = [
        standard,
        fill(text["subtitle_minutes"], {"minutes": minutes}),
        fill(text["subtitle_walkers"], {"walkers": walkers}),
    ]
    return " · ".join(part for part in parts if part)


def _group_names(language: str) -> dict[str, str]:
    """Name of each group of services."""
    names: pd.Series = catalog.service_groups()[f"name_{language}"]
    return {str(group): str(name) for group, name in names.items()}


def _minutes_list(minutes: Iterable[float]) -> str:
    """Such as 5/10/15."""
    return "/".join(f"{one:g}" for one in sorted(minutes))


def _in_degrees(frame: gpd.GeoDataFrame, table: str) -> gpd.GeoDataFrame:
    """The table in WGS-84, whatever it came in."""
    if frame.crs is None:
        raise CrsError(
            f"{table}: no coordinate reference system. Set the one its coordinates are in, for "
            f"example {table}.set_crs('EPSG:4326')."
        )
    return frame.to_crs("EPSG:4326")


def bounds_of(frame: gpd.GeoDataFrame) -> list[list[float]]:
    """South-west and north-east corner, latitude first as Leaflet wants them.

    Parameters
    ----------
    frame
        Places, EPSG:4326.

    Returns
    -------
    list of list of float
        Degrees.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> bounds_of(gpd.GeoDataFrame(geometry=gpd.points_from_xy([112.9, 113], [28.1, 28.2])))
    [[28.1, 112.9], [28.2, 113.0]]
    """
    west, south, east, north = (round(float(value), 6) for value in frame.total_bounds)
    return [[south, west], [north, east]]
