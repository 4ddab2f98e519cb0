"""Residents on a map: each place, or hexagons of many, by services within reach and by minutes.

Figures are those of the evaluation. Where there are more places than a page can carry they are
drawn together in hexagons: what these show is an aggregate for the eye, and the page says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.crs import WGS84, local_crs
from lifecircle.measures.hexagons import (
    cell_means,
    cell_medians,
    cell_sums,
    hexagon_centres,
    hexagons,
    hexagons_over,
)
from lifecircle.outputs.legend import completeness_classes, minutes_classes, spread
from lifecircle.outputs.packing import (
    flags,
    numbers,
    packed_points,
    texts,
)
from lifecircle.outputs.words import fill, words
from lifecircle.standards import catalog

if TYPE_CHECKING:
    from lifecircle.assessment.evaluation import Evaluation

MOST_PLACES = 50_000
"""Residents' places that are drawn one by one at most."""
LEAST_PEOPLE = 5
"""Hexagons of fewer people are not drawn: nobody shall be looked up in them."""

_MOST_CELLS = 4_000
_NOTES = ("cells_note", "cells_few")
_SEGMENTS = ("people", "elderly", "children")
# Dark is many. Lightness falls evenly, so the order is still there in grey print and for the
# colour-blind (after ColorBrewer's browns).
COMPLETENESS_COLOURS = ["#fff7bc", "#fec44f", "#f07f1f", "#bd4402", "#561d04"]


def residents_layer(
    evaluation: Evaluation, *, services: Sequence[str] | None = None, most: int = MOST_PLACES
) -> dict[str, Any]:
    """Residents by how many required services they reach, and by minutes to each.

    Parameters
    ----------
    evaluation
        From ``evaluate``.
    services
        Services whose minutes are told; those that the evaluation requires if not given.
    most
        Above so many places they are drawn together in hexagons.

    Returns
    -------
    dict
        One list per column; ``nearest`` holds one list per service, in tenths of a minute, None
        where the service is not reached; None in its place where nothing is known of it.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> layer = residents_layer(lc.evaluate(lc.load_demo()))
    >>> len(layer["nearest"]) == len(layer["services"]), layer["cells"]
    (True, None)
    """
    text = words(evaluation.study.language)
    minutes = max(evaluation.study.minutes)
    total = len(evaluation.required_services)
    classes = completeness_classes(total)
    measured = _measured(evaluation, list(services or evaluation.required_services), minutes)
    is_many = len(evaluation.residents) > most
    shown, cells = _in_cells(measured, text, most) if is_many else (measured, None)
    ramp, bands = spread(COMPLETENESS_COLOURS, len(classes)), evaluation.study.minutes
    return {
        "points": packed_points(shown.places),
        "cells": cells,
        "id": [] if is_many else texts(evaluation.residents, "resident_id"),
        **{name: numbers(column) for name, column in shown.people.items()},
        **{name: [] for name in _SEGMENTS if name not in shown.people},
        "completeness": numbers(shown.completeness),
        "completeness_standard": [] if shown.by_standard is None else numbers(shown.by_standard),
        "is_any_unknown": bool(shown.completeness.isna().any()),
        "unmeasured": [row for row, off in enumerate(shown.far) if off],
        "minutes": float(minutes),
        "total": total,
        "classes": [
            {"low": low, "high": high, "colour": colour}
            for (low, high), colour in zip(classes, ramp, strict=True)
        ],
        "minutes_classes": minutes_classes(evaluation.study.minutes),
        "services": [catalog.service_name(one, evaluation.study.language) for one in shown.nearest],
        "nearest": [_tenths(column, bands) for column in shown.nearest.values()],
        "groups": _groups(measured, evaluation.study.language),
        "group_nearest": [_tenths(one, bands) for one in shown.groups.values()] if is_many else [],
        "note": not_listed(evaluation, text),
    }


@dataclass(frozen=True, eq=False)
class _Shown:
    """What is drawn: one row per place, or per hexagon."""

    places: gpd.GeoSeries
    people: dict[str, pd.Series]
    completeness: pd.Series
    by_standard: pd.Series | None
    far: NDArray[np.bool_]
    nearest: dict[str, pd.Series | None]
    groups: dict[str, pd.Series]


def _measured(evaluation: Evaluation, services: list[str], minutes: float) -> _Shown:
    """Residents' figures; whoever is far from every street was not measured: unknown, not none."""
    residents = evaluation.residents
    far = pd.Series(flags(residents, "unsnapped"), index=residents.index, dtype="bool")

    def count(column: str) -> pd.Series:
        counted: pd.Series = residents[column].astype("float64").mask(far)
        return counted

    standard = "completeness_standard_count"
    nearest = nearest_minutes(evaluation, services)
    by_group: dict[str, list[pd.Series]] = {}
    of = dict(zip(services, catalog.group_of(pd.Series(services, dtype="str")), strict=True))
    for service, column in nearest.items():
        if column is not None:
            by_group.setdefault(str(of[service]), []).append(column)
    return _Shown(
        places=residents.geometry,
        people={name: residents[name] for name in _SEGMENTS if name in residents.columns},
        completeness=count(f"completeness_{minutes:g}min_count"),
        by_standard=count(standard) if standard in residents.columns else None,
        far=far.to_numpy(),
        nearest=nearest,
        groups={
            group: pd.concat(by_group[group], axis="columns").min(axis="columns")
            for group in catalog.service_groups().index
            if group in by_group
        },
    )


def nearest_minutes(evaluation: Evaluation, services: Sequence[str]) -> dict[str, pd.Series | None]:
    """Minutes to the nearest facility that satisfies each service.

    Parameters
    ----------
    evaluation
        From ``evaluate``.
    services
        Services of its standard.

    Returns
    -------
    dict
        From service to minutes per resident, NaN where none is within reach; None where no
        facility of it is listed, so that nothing is known.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> nearest_minutes(lc.evaluate(lc.load_demo()), ["kindergarten"])["kindergarten"].dtype
    dtype('float32')
    """
    residents = evaluation.residents
    accepts = evaluation.requirements.set_index("service")["accepts"]
    found: dict[str, pd.Series | None] = {}
    for service in services:
        listed = accepts[service] if service in accepts.index else (service,)
        columns = [f"nearest_{one}_min" for one in listed]
        columns = [column for column in columns if column in residents.columns]
        found[service] = residents[columns].min(axis="columns") if columns else None
    return found


def _tenths(column: pd.Series | None, bands: Sequence[float]) -> list[float | int | None] | None:
    """Tenths of minutes; one more where rounding would bring somebody within a time he misses."""
    if column is None:
        return None
    tenths = (column.astype("float64") * 10).round()
    for band in bands:
        missed = (column > np.float32(band)) & (tenths <= band * 10)
        tenths = tenths.mask(missed, band * 10 + 1)
    return numbers(tenths, 0)


def _groups(shown: _Shown, language: str) -> list[dict[str, Any]]:
    """Groups of which a service is told, with the positions of their services."""
    names = catalog.service_groups()[f"name_{language}"]
    known = [service for service, column in shown.nearest.items() if column is not None]
    of = dict(zip(known, catalog.group_of(pd.Series(known, dtype="str")), strict=True))
    position = {service: at for at, service in enumerate(shown.nearest)}
    return [
        {
            "label": str(names[group]),
            "columns": [position[service] for service in known if of[service] == group],
        }
        for group in shown.groups
    ]


# ---- hexagons ----


def _in_cells(shown: _Shown, text: Mapping[str, str], most: int) -> tuple[_Shown, dict[str, Any]]:
    """The same in hexagons, and how they are drawn and told of."""
    lon, lat = float(shown.places.x.mean()), float(shown.places.y.mean())
    metres = shown.places.to_crs(local_crs(lon, lat))
    x_m, y_m = metres.x.to_numpy(), metres.y.to_numpy()
    width_m, cell, q, r = hexagons_over(x_m, y_m, most=_MOST_CELLS)
    people = shown.people["people"].fillna(0.0).to_numpy(dtype=np.float64)
    totals = {name: cell_sums(column, cell) for name, column in shown.people.items()}
    enough = np.bincount(cell, people, len(q)) >= LEAST_PEOPLE
    centres = gpd.GeoSeries(
        gpd.points_from_xy(*hexagon_centres(q, r, width_m)[enough].T), crs=metres.crs
    ).to_crs(WGS84)

    def kept(column: NDArray[Any]) -> pd.Series:
        return pd.Series(column[enough])

    count = len(q)
    measured = _Shown(
        places=centres,
        people={name: kept(column) for name, column in totals.items()},
        completeness=kept(cell_means(shown.completeness, people, cell, count)),
        by_standard=None
        if shown.by_standard is None
        else kept(cell_means(shown.by_standard, people, cell, count)),
        far=np.bincount(cell, ~shown.far, count)[enough] == 0,
        nearest={
            service: None
            if column is None
            else kept(cell_medians(column, people * ~shown.far, cell, count))
            for service, column in shown.nearest.items()
        },
        groups={
            group: kept(cell_medians(column, people * ~shown.far, cell, count))
            for group, column in shown.groups.items()
        },
    )
    values = {
        "most": f"{most:,}",
        "width": f"{width_m:g}",
        "least": LEAST_PEOPLE,
        "few": f"{int((~enough).sum()):,}",
    }
    around = gpd.GeoSeries(hexagons([0], [0], width_m), crs=metres.crs).to_crs(WGS84)
    middle = gpd.GeoSeries(gpd.points_from_xy([0], [0]), crs=metres.crs).to_crs(WGS84)
    ring = np.asarray(around.iloc[0].exterior.coords)[:-1] - [middle.iloc[0].x, middle.iloc[0].y]
    told = {
        "corners": np.rint(ring * 1e6).astype(int).ravel().tolist(),
        "places": numbers(kept(np.bincount(cell, minlength=count))),
        "width_m": width_m,
        "note": text["sentence_separator"].join(
            fill(text[key], values) for key in (["cells_note"] if enough.all() else _NOTES)
        ),
        "title": fill(text["cell"], values),
    }
    return measured, told


def not_listed(evaluation: Evaluation, text: Mapping[str, str]) -> str:
    """Required services that no facility could show, and that nobody was measured by.

    Parameters
    ----------
    evaluation
        From ``evaluate``.
    text
        Words of the language.

    Returns
    -------
    str
        A sentence; nothing if there are none.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> not_listed(lc.evaluate(lc.load_demo()), words("zh"))[:3]
    ''
    """
    required = set(evaluation.required_services)
    names = [
        catalog.service_name(str(service), evaluation.study.language)
        for service in evaluation.requirements["service"]
        if service not in required
    ]
    listed = text["list_separator"].join(names)
    return fill(text["not_listed"], {"count": len(names), "names": listed}) if names else ""
