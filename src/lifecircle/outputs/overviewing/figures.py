"""Figures that the page of an overview can show: their numbers, their words, their classes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.assessment.overview import Overview
from lifecircle.outputs.legend import minutes_classes, spread
from lifecircle.outputs.packing import numbers
from lifecircle.outputs.reporting.text import DIGITS
from lifecircle.outputs.words import fill
from lifecircle.standards import catalog
from lifecircle.tables.values import shown_percent

NOBODY, BEYOND = -1, -2
"""In place of a number: nobody of this kind lives there; most of the people do not arrive."""

MOST_NUMBERS = 900_000
"""Numbers that a page carries, of all figures and units; about 2.4 MB."""

_COLOURS = ["#eff3ff", "#bdd7e7", "#6baed6", "#3182bd", "#08519c"]
"""Light is little; lightness falls evenly, so that the order is there in grey print and for the
colour-blind (ColorBrewer's blues)."""

_CLASSES = 5
_SHARE_EDGES = (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)
_SCORE_EDGES = (0.0, 60.0, 70.0, 80.0, 90.0, 100.0)
"""As marks are given in Chinese schools and offices: 60 is a pass."""

Words = dict[str, str]


def page_figures(overview: Overview, text: Words) -> dict[str, Any]:
    """All figures that a page can show, as far as they are not too many.

    Parameters
    ----------
    overview
        What is shown.
    text
        Words of the page.

    Returns
    -------
    dict
        ``scales`` (classes: ``low``, ``high``, ``label``, ``colour``), ``figures`` (``key``,
        ``group``, ``label``, ``kind``, ``unit``, ``scale``, ``values`` of the units and, where
        there are any, of the ``districts``) and ``left``, how many are left out. Shares are per
        cent, rounded down.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> from shapely import box
    >>> import geopandas as gpd
    >>> from lifecircle.assessment.overview import About, overview_of
    >>> from lifecircle.outputs.overviewing.words import page_words
    >>> units = gpd.GeoDataFrame(
    ...     {"unit_id": ["a"], "name": ["甲"], "level": ["circle"], "district": [""]},
    ...     geometry=[box(112.9, 28.1, 112.91, 28.11)], crs="EPSG:4326")
    >>> overview = overview_of(units, {}, {"a": "no street"}, folders={}, about=About("示例"))
    >>> [one["label"] for one in page_figures(overview, page_words("zh"))["figures"]][:2]
    ['人口', '老年人']
    """
    general = [*_general(overview, text), *_blocks(overview, text)]
    longest, *shorter = sorted({*overview.coverage["minutes"]}, reverse=True) or [0.0]
    services = _services(overview)
    room = max(MOST_NUMBERS // max(len(overview.units), 1), 1)
    figures = [*general, *_shares(overview, text, services, longest)]
    wanted = len(figures)
    # Those of shorter times go where there is no room; a kind is there whole or not at all.
    for minutes in (*shorter, None):
        wanted += len(services)
        if len(figures) + len(services) <= room:
            figures += (
                _nearest(overview, text, services)
                if minutes is None
                else _shares(overview, text, services, minutes)
            )
    scales: list[Any] = []
    for figure in figures:
        scale = figure.pop("scale")
        if scale not in scales:
            scales.append(scale)
        figure["scale"] = scales.index(scale)
    return {"scales": scales, "figures": figures, "left": wanted - len(figures)}


def _general(overview: Overview, text: Words) -> Iterator[dict[str, Any]]:
    """People, indicators and completeness."""
    units, districts = overview.units, overview.districts
    for name in ("people", "elderly", "children"):
        if name in units.columns:
            yield _figure(name, text["group_general"], text[f"figure_{name}"], "people",
                          units[name], districts, text)  # fmt: skip
    for name in ("met", "not_met", "unknown"):
        column = f"{name}_count"
        yield _figure(column, text["group_general"], text[f"figure_{name}"], "count",
                      units[column], pd.DataFrame(), text)  # fmt: skip
    totals = units["required_count"].dropna().unique() if "required_count" in units else []
    for column in means_of(overview):
        minutes = column.removeprefix("completeness_mean_").removesuffix("min")
        label = (
            text["figure_completeness_standard"]
            if column == "completeness_standard_mean"
            else fill(text["figure_completeness"], {"minutes": minutes})
        )
        figure = _figure(column, text["group_general"], label, "mean",
                         units[column], districts, text)  # fmt: skip
        mixed = len(totals) != 1
        figure["unit"] = (
            text["unit_mean_mixed"]
            if mixed
            else fill(text["unit_mean"], {"total": f"{totals[0]:g}"})
        )
        figure["scale"] = _even_scale(units[column].to_numpy(dtype=np.float64))
        figure["values"] = _of_people(units, column)
        if len(districts):
            figure["districts"] = _of_people(districts, column)
        yield figure


def _of_people(rows: pd.DataFrame, column: str) -> list[float | int | None]:
    """A mean of people; where nobody lives there is none."""
    return _as_shown(rows[column].where(rows["people"] != 0, NOBODY), "mean")


def _as_shown(values: pd.Series, kind: str) -> list[float | int | None]:
    """Numbers with the digits that documents show, so that no figure is rounded a second time."""
    digits = DIGITS[kind]
    return numbers(values.map(lambda one: round(one, digits), na_action="ignore"), digits)


def means_of(overview: Overview) -> list[str]:
    """Columns of completeness, those of the longest time first.

    Parameters
    ----------
    overview
        What is shown.

    Returns
    -------
    list of str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> columns = ["completeness_mean_5min", "completeness_mean_15min", "people"]
    >>> means_of(SimpleNamespace(units=pd.DataFrame(columns=columns)))
    ['completeness_mean_15min', 'completeness_mean_5min']
    """
    start = "completeness_mean_"
    means = [str(name) for name in overview.units.columns if str(name).startswith(start)]
    means.sort(key=lambda name: -float(name.removeprefix(start).removesuffix("min")))
    own = "completeness_standard_mean"
    return [*means, *([own] if own in overview.units.columns else [])]


def _blocks(overview: Overview, text: Words) -> Iterator[dict[str, Any]]:
    """Scores of the blocks of the health check."""
    for block, name in overview.blocks.items():
        column = f"score_{block}"
        yield _figure(column, text["group_blocks"], name, "score", overview.units[column],
                      pd.DataFrame(), text)  # fmt: skip


def _services(overview: Overview) -> list[str]:
    """Services that were measured, in the order of the catalogue."""
    found = list(dict.fromkeys(overview.coverage["service"]))
    known = {service: place for place, service in enumerate(catalog.services().index)}
    return sorted(found, key=lambda service: known.get(service, len(known)))


def _shares(
    overview: Overview, text: Words, services: Sequence[str], minutes: float
) -> Iterator[dict[str, Any]]:
    """Share of people within so many minutes of each service."""
    told = {"minutes": f"{minutes:g}"}
    units = _by_service(overview.coverage, "covered_share", "unit_id", minutes)
    whole = overview.district_coverage
    districts = _by_service(whole, "covered_share", "district", minutes)
    lost = _by_service(whole, "unknown_count", "district", minutes)
    for service in services:
        name = catalog.service_name(service, overview.language)
        figure = {
            "key": f"share_{service}_{minutes:g}min",
            "group": fill(text["group_shares"], told),
            "label": fill(text["figure_share"], {"service": name, **told}),
            "kind": "share",
            "unit": text["unit_share"],
            "scale": _scale(_SHARE_EDGES, "{low}–{high} %"),
            "values": _percents(units.get(service), overview.units["unit_id"]),
        }
        if len(overview.districts):
            names = overview.districts["district"]
            figure["districts"] = _percents(districts.get(service), names)
            counts = lost[service].set_index("district")["cell"] if service in lost else pd.Series()
            figure["lost"] = [
                None if pd.isna(count) else int(count) for count in counts.reindex(names).tolist()
            ]
        yield figure


def _nearest(overview: Overview, text: Words, services: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Minutes that half of the people walk to the nearest of each service."""
    rows = overview.coverage
    # The same at every time; whether anything is known is told by the people reached.
    rows = rows.drop_duplicates(["unit_id", "service"])
    known = rows["covered_people"].notna()
    exact = rows["nearest_median_min"]
    minutes = exact.map(lambda one: round(one, DIGITS["minutes"]), na_action="ignore")
    for limit in overview.about.minutes:  # what lies beyond a limit is never of the class within
        minutes = minutes.mask((minutes <= limit) & (exact > limit + 1e-6), limit + 0.01)
    cells = minutes.where(minutes.notna() | ~known, BEYOND).where(rows["people"] != 0, NOBODY)
    parts = dict(iter(rows.assign(cell=cells.where(known | (rows["people"] == 0))).groupby(
        "service", sort=False)))  # fmt: skip
    classes = [
        {
            **one,
            "label": fill(text["class_beyond"], {"minutes": f"{one['low']:g}"})
            if one["high"] is None
            else f"{one['low']:g}–{one['high']:g}",
        }
        for one in minutes_classes(overview.about.minutes)
    ]
    for service in services:
        name = catalog.service_name(service, overview.language)
        yield {
            "key": f"nearest_{service}_min",
            "group": text["group_minutes"],
            "label": fill(text["figure_minutes"], {"service": name}),
            "kind": "minutes",
            "unit": text["unit_minutes"],
            "scale": classes,
            "values": numbers(
                parts[service].set_index("unit_id")["cell"].reindex(overview.units["unit_id"])
            ),
        }


def _by_service(
    rows: pd.DataFrame, column: str, key: str, minutes: float
) -> dict[Any, pd.DataFrame]:
    """Cells of one time by service, each row of the key once; nothing where there are several."""
    here = rows[rows["minutes"] == minutes]
    here = here[~here.duplicated([key, "service"], keep=False)]
    there = here[[key, "service", "people"]].assign(cell=here[column])
    return dict(iter(there.groupby("service", sort=False)))


def _percents(rows: pd.DataFrame | None, keys: pd.Series) -> list[float | int | None]:
    """Shares as per cent, rounded down as every text shows them."""
    if rows is None:
        return [None] * len(keys)
    cells = rows["cell"].to_numpy(dtype=np.float64)
    shown = [shown_percent(share) if math.isfinite(share) else math.nan for share in cells]
    values = pd.Series(np.where(rows["people"] == 0, NOBODY, shown), index=rows.iloc[:, 0])
    return numbers(values.reindex(keys), 1)


def _figure(
    key: str,
    group: str,
    label: str,
    kind: str,
    values: pd.Series,
    districts: pd.DataFrame,
    text: Words,
) -> dict[str, Any]:
    """A figure that is a column of the units, and of the districts if they have it."""
    scale = (
        _scale(_SCORE_EDGES, "{low}–{high}")
        if kind == "score"
        else _quantile_scale(values.to_numpy(dtype=np.float64))
    )
    figure: dict[str, Any] = {
        "key": key,
        "group": group,
        "label": label,
        "kind": kind,
        "unit": text[f"unit_{kind}"] if kind != "mean" else "",
        "scale": scale,
        "values": _as_shown(values, kind),
    }
    if key in districts.columns:
        figure["districts"] = _as_shown(districts[key], kind)
    return figure


def _scale(edges: Sequence[float], label: str) -> list[dict[str, Any]]:
    """Classes between edges, the lowest the lightest."""
    colours = spread(_COLOURS, len(edges) - 1)
    return [
        {
            "low": low,
            "high": high,
            "label": fill(label, {"low": f"{low:,.10g}", "high": f"{high:,.10g}"}),
            "colour": colour,
        }
        for (low, high), colour in zip(itertools.pairwise(edges), colours, strict=True)
    ]


def _even_scale(values: NDArray[np.float64]) -> list[dict[str, Any]]:
    """Even classes from the least to the most, with edges that are easily said."""
    known = values[np.isfinite(values)]
    if not len(known):
        return []
    wide = max(float(np.ptp(known)) / (_CLASSES + 1), 0.1)
    tens = 10.0 ** math.floor(math.log10(wide))
    step = next(tens * one for one in (1, 2, 2.5, 5, 10) if tens * one >= wide - 1e-9)
    first, last = math.floor(known.min() / step), math.floor(known.max() / step) + 1
    return _scale([round(step * one, 6) for one in range(first, last + 1)], "{low}–{high}")


def _quantile_scale(values: NDArray[np.float64]) -> list[dict[str, Any]]:
    """Classes of about as many units each, with edges of two digits."""
    known = np.round(values[np.isfinite(values)])
    if not len(known):
        return []
    inner = np.quantile(known, np.arange(1, _CLASSES) / _CLASSES)
    edges = [known.min(), *(_two_digits(one) for one in inner), known.max()]
    rising = [edges[0]]
    for edge in edges[1:]:
        if edge > rising[-1]:
            rising.append(edge)
    if len(rising) == 1:
        rising.append(rising[0])
    return _scale([float(one) for one in rising], "{low}–{high}")


def _two_digits(value: float) -> float:
    """A number with two digits that count."""
    if value == 0:
        return 0.0
    step = 10.0 ** max(math.floor(math.log10(abs(value))) - 1, 0)
    return round(value / step) * step
