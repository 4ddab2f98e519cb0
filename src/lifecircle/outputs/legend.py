"""Classes, colours and figures as the legend and the cards of units show them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lifecircle.outputs.packing import texts
from lifecircle.outputs.words import fill
from lifecircle.standards import catalog
from lifecircle.tables.values import shown_percent

if TYPE_CHECKING:
    from lifecircle.assessment.evaluation import Evaluation

# Dark is near; not arriving is the lightest. Lightness rises evenly (ColorBrewer's greens).
_MINUTES_COLOURS = ["#00441b", "#238b45", "#98d594"]
_BEYOND_COLOUR = "#fff3f0"
BAND_COLOURS = ["#08519c", "#3c8bc3", "#b3d3e8"]
"""Bands of walking time. Dark is near; lightness falls evenly, so the order is still there in grey
print and for the colour-blind (ColorBrewer's blues)."""
_BOUNDARY_SOURCES = {"drawn from description": "boundary_described"}
"""What the column ``boundary_source`` is known to say, and the word for it; other text stands as
it is."""


def completeness_classes(total: int) -> list[tuple[int, int]]:
    """Classes of the number of services within reach, from none to all.

    All services is a class of its own; fewer are split into four even classes.

    Parameters
    ----------
    total
        Number of required services.

    Returns
    -------
    list of tuple
        Lowest and highest count of each class, both included; together 0 to ``total``.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> completeness_classes(10)
    [(0, 2), (3, 4), (5, 7), (8, 9), (10, 10)]
    >>> completeness_classes(2)
    [(0, 0), (1, 1), (2, 2)]
    """
    if total <= 0:
        return [(0, 0)]
    count = min(4, total)
    edges = [math.ceil(total * step / count) for step in range(count + 1)]
    return [(low, high - 1) for low, high in itertools.pairwise(edges)] + [(total, total)]


def minutes_classes(minutes: Sequence[float]) -> list[dict[str, Any]]:
    """Classes of minutes to a facility, the nearest first, and their colours.

    Parameters
    ----------
    minutes
        Walking times of the study, min, rising.

    Returns
    -------
    list of dict
        ``low`` and ``high``, of which the latter is included, and ``colour``; the last class has
        no ``high``: whoever does not arrive in the longest time.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> [(one["low"], one["high"]) for one in minutes_classes([5.0, 10.0])]
    [(0.0, 5.0), (5.0, 10.0), (10.0, None)]
    """
    edges = [0.0, *(float(one) for one in minutes)]
    ramp = [*spread(_MINUTES_COLOURS, len(minutes)), _BEYOND_COLOUR]
    return [
        {"low": low, "high": high, "colour": colour}
        for low, high, colour in zip(edges, [*edges[1:], None], ramp, strict=True)
    ]


def share_text(share: float, unknown: str) -> str:
    """A share as per cent; 100 % only if it is all, 0 % only if it is none.

    Parameters
    ----------
    share
        0–1, or NaN.
    unknown
        What stands for NaN.

    Returns
    -------
    str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> [share_text(share, "–") for share in (0.0, 0.0001, 0.8344, 0.9999, 1.0, float("nan"))]
    ['0 %', '0.1 %', '83.4 %', '99.9 %', '100 %', '–']
    """
    if not math.isfinite(share):
        return unknown
    if share in (0.0, 1.0):
        return f"{share:.0%}".replace("%", " %")
    return f"{shown_percent(share):.1f} %"


def number_text(value: Any, unknown: str, *, digits: int = 0) -> str:
    """A number with thousands marked.

    Parameters
    ----------
    value
        Number, or what reads as one.
    unknown
        What stands for none.
    digits
        Digits behind the point.

    Returns
    -------
    str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> number_text(26822.0, "–"), number_text(None, "–"), number_text(14.36, "–", digits=1)
    ('26,822', '–', '14.4')
    """
    number = math.nan if value is None else float(value)
    return f"{number:,.{digits}f}" if math.isfinite(number) else unknown


def spread(colours: list[str], count: int) -> list[str]:
    """As many colours of a ramp as are needed, as far apart as can be.

    Parameters
    ----------
    colours
        The ramp, ``#rrggbb``.
    count
        How many are needed.

    Returns
    -------
    list of str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> spread(["#000000", "#ffffff"], 3)
    ['#000000', '#808080', '#ffffff']
    """
    ramp = np.array([[int(one[at : at + 2], 16) for at in (1, 3, 5)] for one in colours])
    steps = np.linspace(0, len(colours) - 1, max(count, 1))
    rgb = [np.interp(steps, range(len(colours)), ramp[:, channel]) for channel in range(3)]
    return ["#" + "".join(f"{round(value):02x}" for value in one) for one in zip(*rgb, strict=True)]


def unit_facts(evaluation: Evaluation, text: Mapping[str, str]) -> list[list[list[str]]]:
    """What a unit's card says first.

    Parameters
    ----------
    evaluation
        From ``evaluate``.
    text
        Words of the language.

    Returns
    -------
    list
        One list per unit, of pairs (name and value) and of single sentences about the pair above.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.words import words
    >>> unit_facts(lc.evaluate(lc.load_demo()), words("zh"))[0][0]
    ['面积', '136.82 公顷']
    """
    units = evaluation.units
    minutes = max(evaluation.study.minutes)
    total = len(evaluation.required_services)
    services = fill(text["completeness_value"], {"total": total})
    mean = fill(text["completeness_mean"], {"minutes": f"{minutes:g}"})
    # Column, its name, its value with the unit, digits.
    rows = [
        ("area_ha", text["area"], text["area_ha"], "area", 2),
        ("households", text["households"], text["households_value"], "count", 0),
        ("people", text["people"], text["people_value"], "count", 0),
        ("elderly", text["elderly"], text["people_value"], "count", 0),
        ("children", text["children"], text["people_value"], "count", 0),
        (f"completeness_mean_{minutes:g}min", mean, services, "count", 1),
        ("completeness_standard_mean", text["completeness_standard_mean"], services, "count", 1),
    ]
    facts: list[list[list[str]]] = [[] for _ in range(len(units))]
    for column, label, value_text, place, digits in rows:
        if column not in units.columns:
            continue
        for fact, value in zip(facts, _floats(units[column]), strict=True):
            known = math.isfinite(value)
            shown = fill(value_text, {place: f"{value:,.{digits}f}"}) if known else text["unknown"]
            fact.append([label, shown])
        if column == "people":
            for fact, sentence in zip(facts, _off_street(evaluation, text), strict=True):
                fact.extend([[sentence]] if sentence else [])
    for column in ("district", "boundary_source"):
        for fact, said in zip(facts, texts(units, column), strict=True):
            if said:
                fact.append([text[column], text.get(_BOUNDARY_SOURCES.get(said, ""), said)])
    return facts


def coverage_rows(evaluation: Evaluation, text: Mapping[str, str]) -> dict[str, list[list[str]]]:
    """Coverage at the longest time, by unit.

    Parameters
    ----------
    evaluation
        From ``evaluate``.
    text
        Words of the language.

    Returns
    -------
    dict
        From the id of a unit to its rows: service, walker, people reached of all, share. A share
        that is not known is never shown as none.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.words import words
    >>> rows = coverage_rows(lc.evaluate(lc.load_demo()), words("zh"))
    >>> rows["YH-SZT-01"][0][:2]
    ['社区食堂', '老年人']
    """
    rows = evaluation.coverage[evaluation.coverage["minutes"] == max(evaluation.study.minutes)]
    usual = rows["walker"] == rows["group"].map(catalog.service_groups()["walker"])
    # The group's own walker where it was measured, otherwise the first there is.
    rows = rows.assign(unusual=~usual).sort_values("unusual", kind="stable")
    rows = rows.drop_duplicates(["unit_id", "service"]).sort_index(kind="stable")
    shown: dict[str, list[list[str]]] = {}
    for unit_id, service, walker, reached, people, share in zip(
        rows["unit_id"].astype(str),
        rows["service"],
        rows["walker"],
        _floats(rows["covered_people"]),
        _floats(rows["people"]),
        _floats(rows["covered_share"]),
        strict=True,
    ):
        is_known = math.isfinite(share)
        counts = [
            f"{count:,.0f}" if math.isfinite(count) else text["share_unknown"]
            for count in (reached if is_known or people == 0 else math.nan, people)
        ]
        shown.setdefault(unit_id, []).append(
            [
                catalog.service_name(str(service), evaluation.study.language),
                text.get(f"walker_{walker}", str(walker)),
                " / ".join(counts),
                share_text(share, text["share_of_nobody" if people == 0 else "share_unknown"]),
            ]
        )
    return shown


def _floats(values: pd.Series) -> list[float]:
    """Numbers of a column, NaN where unknown."""
    return [float(one) for one in pd.to_numeric(values, errors="coerce").astype("float64")]


def _off_street(evaluation: Evaluation, text: Mapping[str, str]) -> list[str]:
    """How many of a unit's people live too far from a street to be measured; nothing if none."""
    units = evaluation.units
    if "unsnapped_people" not in units.columns:
        return [""] * len(units)
    snap_m = f"{evaluation.study.snap_m:g}"
    return [
        fill(text["people_off_street"], {"count": f"{people:,.0f}", "snap_m": snap_m})
        if people > 0
        else ""
        for people in _floats(units["unsnapped_people"])
    ]
