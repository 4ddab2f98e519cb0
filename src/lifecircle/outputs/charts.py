"""Figures for a report: who is within a walk, how complete, how well by the health check.

Every figure is a ``matplotlib.figure.Figure``, made without pyplot, in the language of the study,
as wide as the text of an A4 page. What is drawn are cells of the tables; nothing is computed but
sums of people.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from lifecircle.assessment.completeness import people_by_completeness, required_coverage
from lifecircle.outputs.charting.changes import plot_comparison
from lifecircle.outputs.charting.frame import (
    Sheet,
    about,
    fixed_ticks,
    nice_ticks,
    of_unit,
    row_axes,
    share_axis,
    unknown_bar,
)
from lifecircle.outputs.charting.people import (
    check_is_one,
    plot_importance_performance,
    plot_lorenz,
)
from lifecircle.outputs.charting.printed_map import plot_map
from lifecircle.outputs.charting.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    PALE_BLUE,
    SMALL_PT,
    UNKNOWN_COLOUR,
    UNKNOWN_HATCH,
    bare,
    drawing,
    figure_png,
    figure_svg,
    finished,
    write_figure,
)
from lifecircle.outputs.charting.words import chart_words
from lifecircle.outputs.csv_tables import segment_name
from lifecircle.outputs.legend import number_text, share_text
from lifecircle.outputs.words import fill
from lifecircle.standards import catalog

if TYPE_CHECKING:
    from lifecircle.assessment.evaluation import Evaluation
    from lifecircle.assessment.health_check import HealthCheck

__all__ = [
    "figure_png",
    "figure_svg",
    "plot_comparison",
    "plot_completeness",
    "plot_coverage",
    "plot_health_check",
    "plot_importance_performance",
    "plot_lorenz",
    "plot_map",
    "write_figure",
]

_MOST_ROWS = 28
_MOST_COUNTS = 32
_ROW_CM = 0.74


def plot_coverage(evaluation: Evaluation, *, unit_id: str | None = None) -> Figure:
    """Share of people within a walk of each required service, and within its radius.

    Each service is shown for the people that it is for, at the time that the standard sets for it,
    else at the longest time of the study. A service that no facility could show is unknown. Where
    several services may stand for a required one, the one that most people reach is shown, as a
    share that is at least reached.

    Parameters
    ----------
    evaluation
        From ``evaluate``.
    unit_id
        Which unit; the first of the table if not given.

    Returns
    -------
    Figure

    Raises
    ------
    UnknownNameError
        If there is no such unit.
    MissingPackageError
        If the package with the font is not installed.

    Examples
    --------
    >>> import lifecircle as lc
    >>> plot_coverage(lc.evaluate(lc.load_demo())).axes[0].get_yticklabels()[0].get_text()
    '初中（儿童，15 分钟）'
    """
    study = evaluation.study
    text = chart_words(study.language)
    unit_id, unit = of_unit(evaluation.units, unit_id)
    rows = _coverage_rows(evaluation, unit_id, text)
    shown = rows[:_MOST_ROWS]
    left = len(rows) - len(shown)
    notes = [fill(text["more"], {"count": left})] if left else []
    with drawing():
        body_cm = max(len(shown), 2) * _ROW_CM + 2.0
        title = about(text["coverage"], unit, text)
        sheet = Sheet(body_cm, title, text, sample=study.sample, notes=notes)
        if not shown:
            sheet.say(text["no_required"])
            return finished(sheet.figure)
        axes = sheet.axes(5.0, 1.1, 5.9, body_cm - 2.0)
        row_axes(axes, [row["label"] for row in shown], 4.7)
        share_axis(axes, text["share_axis"])
        for at, row in enumerate(shown):
            _coverage_bars(axes, at, row, text)
        _target_line(axes, getattr(study, "target_share", None), text)
        walk = axes.barh([0], [0], color=BLUE)
        radius = axes.barh([0], [0], color=PALE_BLUE, hatch="....", edgecolor=BLUE, linewidth=0.4)
        axes.legend(
            [walk, radius],
            [text["coverage_walk"], text["coverage_radius"]],
            loc="lower left",
            bbox_to_anchor=(-0.02, 1.0),
            ncols=2,
            fontsize=SMALL_PT,
            borderaxespad=0.2,
            handlelength=1.6,
        )
        return finished(sheet.figure)


def _coverage_rows(
    evaluation: Evaluation, unit_id: str, text: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Cells of the coverage table for each required service, and what is written beside them."""
    language = evaluation.study.language
    rows = []
    every = required_coverage(evaluation, [unit_id])
    for _, part in every.groupby("requirement", sort=False):
        # Of several that may stand for a service the one that most people reach.
        best = part.sort_values("covered_share", ascending=False, kind="stable").iloc[0]
        cell = {str(key): value for key, value in best.items()}
        is_listed = not pd.isna(cell["walker"])
        who = str(cell["segment"]) if is_listed else "people"
        key = "coverage_row" if who == "people" else "coverage_row_who"
        label = {
            "service": catalog.service_name(str(cell["required"]), language),
            "who": segment_name(who, language),
            "minutes": f"{cell['minutes']:g}",
        }
        rows.append({**cell, "label": fill(text[key], label), "alternatives": len(part)})
    return rows


def _coverage_bars(axes: Any, at: int, row: Mapping[str, Any], text: Mapping[str, str]) -> None:
    """Bars of one service and the figures beside them."""
    share, radius = (float(row.get(key, np.nan)) for key in ("covered_share", "radius_share"))
    people = float(row.get("people", np.nan))
    nobody = people == 0
    if math.isfinite(share):
        axes.barh(at - 0.14, share, 0.44, color=BLUE)
    else:
        words = text["nobody"] if nobody else text["no_data"]
        unknown_bar(axes, at - 0.14, words, height=0.5)
    if math.isfinite(radius):
        axes.barh(
            at + 0.22, radius, 0.24, color=PALE_BLUE, hatch="....", edgecolor=BLUE, linewidth=0.4
        )
    beside = {"fontsize": SMALL_PT, "va": "center", "clip_on": False}
    if math.isfinite(share):
        least = text["at_least"] if row["alternatives"] > 1 else ""
        said = fill(
            text["coverage_people"],
            {
                "share": share_text(share, text["no_data"]),
                "covered": number_text(row.get("covered_people"), text["unknown"]),
                "people": number_text(people, text["unknown"]),
            },
        )
        axes.text(1.03, at - 0.16, least + said, **beside)
    if math.isfinite(radius):
        axes.text(1.03, at + 0.26, share_text(radius, ""), color=GREY, **beside)


def _target_line(axes: Any, target_share: float | None, text: Mapping[str, str]) -> None:
    """The share that the study calls enough."""
    if target_share is None:
        return
    axes.axvline(target_share, color=INK, linewidth=1.0, linestyle=(0, (4, 2)), zorder=3)
    said = fill(text["target"], {"share": share_text(target_share, "")})
    axes.annotate(
        said,
        (target_share, 0),
        xycoords=("data", "axes fraction"),
        xytext=(0, -13),
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize=SMALL_PT,
    )
    axes.xaxis.labelpad = 12


def plot_completeness(evaluation: Evaluation, *, unit_id: str | None = None) -> Figure:
    """How many people reach how many required services within the longest time.

    Bars are people, not places. Who lives near no street was not measured and stands apart.

    Parameters
    ----------
    evaluation
        From ``evaluate``.
    unit_id
        Which unit; the first of the table if not given.

    Returns
    -------
    Figure

    Raises
    ------
    UnknownNameError
        If there is no such unit.
    MissingPackageError
        If the package with the font is not installed.

    Examples
    --------
    >>> import lifecircle as lc
    >>> figure = plot_completeness(lc.evaluate(lc.load_demo()))
    >>> round(sum(bar.get_height() for bar in figure.axes[0].patches))
    26822
    """
    study = evaluation.study
    text = chart_words(study.language)
    unit_id, unit = of_unit(evaluation.units, unit_id)
    minutes = f"{max(study.minutes):g}"
    people, unknown_people = people_by_completeness(evaluation, unit_id)
    total = len(evaluation.required_services)
    with drawing():
        title = about(fill(text["completeness"], {"minutes": minutes}), unit, text)
        sheet = Sheet(7.6, title, text, sample=study.sample)
        if not people.sum() + unknown_people > 0 or not total:
            sheet.say(text["no_required" if not total else "no_residents"])
            return finished(sheet.figure)
        axes = sheet.axes(1.7, 1.2, 14.0, 5.8)
        axes.bar(people.index, people.to_numpy(), 0.82, color=BLUE)
        most = max(float(people.max()), unknown_people)
        _counts_above(axes, people, most, text)
        places, names = _count_ticks(total)
        if unknown_people > 0:
            at = total + 2
            look = {"color": UNKNOWN_COLOUR, "hatch": UNKNOWN_HATCH, "edgecolor": GREY}
            axes.bar([at], [unknown_people], 0.82, linewidth=0.4, **look)
            _counts_above(axes, pd.Series({at: unknown_people}), most, text)
            places, names = [*places, at], [*names, text["no_data"]]
        fixed_ticks(axes.xaxis, places, names)
        axes.set_xlim(-0.7, (total + 2 if unknown_people > 0 else total) + 0.7)
        axes.set_ylim(0, most * (1.12 if total < _MOST_COUNTS / 2 else 1.2))
        ticks = nice_ticks(most)
        fixed_ticks(axes.yaxis, ticks, [f"{one:,.0f}" for one in ticks])
        axes.tick_params(axis="y", labelsize=SMALL_PT)
        bare(axes)
        said = fill(text["completeness_axis"], {"minutes": minutes, "total": total})
        axes.set_xlabel(said, fontsize=SMALL_PT)
        axes.set_ylabel(text["people_axis"], fontsize=SMALL_PT)
        _mean_line(axes, evaluation, unit_id, text)
        return finished(sheet.figure)


def _counts_above(axes: Any, people: pd.Series, most: float, text: Mapping[str, str]) -> None:
    """People above each bar, if there is room for the figures."""
    if len(people) > _MOST_COUNTS:
        return
    upright = len(people) <= _MOST_COUNTS / 2
    for at, count in people.items():
        if count > 0:
            axes.text(
                at,
                count + most * 0.02,
                number_text(count, text["unknown"]),
                ha="center",
                va="bottom",
                fontsize=SMALL_PT,
                rotation=0 if upright else 90,
            )


def _count_ticks(total: int) -> tuple[list[float], list[str]]:
    """Numbers of services below the bars, not more than fit."""
    step = max(1, math.ceil(total / 25))
    places = [float(one) for one in range(0, total + 1, step)]
    return places, [f"{one:.0f}" for one in places]


def _mean_line(axes: Any, evaluation: Evaluation, unit_id: str, text: Mapping[str, str]) -> None:
    """The unit's mean, as its table has it."""
    units = evaluation.units
    column = f"completeness_mean_{max(evaluation.study.minutes):g}min"
    mean = float(units.loc[units["unit_id"].astype(str) == unit_id, column].iloc[0])
    if not math.isfinite(mean):
        return
    axes.axvline(mean, color=INK, linewidth=1.0, linestyle=(0, (4, 2)), zorder=0.8)
    to_left = mean > len(evaluation.required_services) / 2
    axes.annotate(
        fill(text["completeness_mean"], {"count": f"{mean:.1f}"}),
        (mean, 1),
        xycoords=("data", "axes fraction"),
        xytext=(-4 if to_left else 4, 0),
        textcoords="offset points",
        ha="right" if to_left else "left",
        va="bottom",
        fontsize=SMALL_PT,
    )


def plot_health_check(check: HealthCheck, *, unit_id: str | None = None) -> Figure:
    """Score of each block of the health check, and how much of it is unknown.

    Parameters
    ----------
    check
        From ``health_check``.
    unit_id
        Which unit; the first of the table if not given.

    Returns
    -------
    Figure

    Raises
    ------
    UnknownNameError
        If there is no such unit.
    MissingPackageError
        If the package with the font is not installed.

    Examples
    --------
    >>> import lifecircle as lc
    >>> figure = plot_health_check(lc.health_check(lc.evaluate(lc.load_demo())))
    >>> [float(round(bar.get_width(), 1)) for bar in figure.axes[0].patches][:2]
    [86.5, 99.0]
    """
    check_is_one(check)
    study = check.evaluation.study
    text = chart_words(study.language)
    unit_id, unit = of_unit(check.evaluation.units, unit_id)
    blocks = check.blocks[check.blocks["unit_id"].astype(str) == unit_id].head(_MOST_ROWS)
    with drawing():
        body_cm = max(len(blocks), 2) * 0.85 + 1.5
        title = about(text["health_check"], unit, text)
        sheet = Sheet(body_cm, title, text, sample=study.sample)
        if not len(blocks):
            sheet.say(text["no_blocks"])
            return finished(sheet.figure)
        left = sheet.axes(4.6, 1.1, 6.2, body_cm - 1.4)
        right = sheet.axes(12.2, 1.1, 2.4, body_cm - 1.4)
        row_axes(left, [str(name) for name in blocks["block_name"]], 4.3)
        row_axes(right, [""] * len(blocks), 1)
        for at, row in enumerate(blocks.to_dict("records")):
            score, unknown = float(row["score"]), float(row["unknown_share"])
            if math.isfinite(score):
                left.barh(at, score, 0.5, color=BLUE)
                beside = {"ha": "left", "va": "center", "fontsize": SMALL_PT}
                left.text(score + 1.5, at, f"{score:.1f}", clip_on=False, **beside)
            else:
                unknown_bar(left, at, text["unknown"], to=100)
            if math.isfinite(unknown):
                look = {"color": UNKNOWN_COLOUR, "hatch": UNKNOWN_HATCH, "edgecolor": GREY}
                right.barh(at, unknown, 0.5, linewidth=0.4, **look)
            right.text(
                (unknown if math.isfinite(unknown) else 0) + 0.04,
                at,
                share_text(unknown, text["unknown"]),
                va="center",
                fontsize=SMALL_PT,
                clip_on=False,
            )
        left.set_xlim(0, 100)
        fixed_ticks(left.xaxis, [0, 25, 50, 75, 100], ["0", "25", "50", "75", "100"])
        left.set_xlabel(text["score_axis"], fontsize=SMALL_PT)
        left.grid(axis="x", color=LIGHT, linewidth=0.5)
        left.set_axisbelow(True)
        share_axis(right, text["unknown_axis"])
        fixed_ticks(right.xaxis, [0, 0.5, 1], ["0", "50", "100"])
        return finished(sheet.figure)
