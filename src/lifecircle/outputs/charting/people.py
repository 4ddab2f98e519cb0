"""Figures of what residents say, and of how evenly something is shared among them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from lifecircle.assessment.health_check import HealthCheck
from lifecircle.assessment.survey import survey_summary
from lifecircle.assessment.survey_findings import importance_performance
from lifecircle.assessment.survey_text import survey_word
from lifecircle.errors import InputError
from lifecircle.measures.equity import inequality, lorenz
from lifecircle.outputs.charting.frame import Sheet, about, fixed_ticks, of_unit, share_axis
from lifecircle.outputs.charting.labels import axes_box, label_points, text_box
from lifecircle.outputs.charting.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    SMALL_PT,
    TEXT_PT,
    bare,
    drawing,
    finished,
)
from lifecircle.outputs.charting.text import plain_line
from lifecircle.outputs.charting.words import chart_words
from lifecircle.outputs.legend import share_text
from lifecircle.outputs.words import fill
from lifecircle.standards import catalog

# Corner of each quadrant: to the right people are satisfied, above it is important.
_CORNERS = {
    "concentrate here": (0, 1),
    "keep up": (1, 1),
    "low priority": (0, 0),
    "possible overkill": (1, 0),
}


def check_is_one(check: HealthCheck) -> None:
    """Refuse what is no health check.

    Parameters
    ----------
    check
        What was handed in.

    Raises
    ------
    InputError
        If it is something else, such as the evaluation itself.

    Examples
    --------
    >>> check_is_one("today")
    Traceback (most recent call last):
    lifecircle.errors.InputError: check: str is no health check. Hand in health_check(evaluation).
    """
    given: object = check
    if not isinstance(given, HealthCheck):
        raise InputError(
            f"check: {type(given).__name__} is no health check. Hand in health_check(evaluation)."
        )


def plot_importance_performance(check: HealthCheck, *, unit_id: str | None = None) -> Figure:
    """What residents call important against how satisfied they are.

    The lines lie at the unit's means. Services of which that is not certain are drawn hollow.

    Parameters
    ----------
    check
        From ``health_check``, with residents' answers.
    unit_id
        Which unit; the first of the table that was asked if not given.

    Returns
    -------
    Figure

    Raises
    ------
    InputError
        If the health check has no answers of residents.
    UnknownNameError
        If there is no such unit, or its people were not asked.
    MissingPackageError
        If the package with the font is not installed.

    Examples
    --------
    >>> import lifecircle as lc
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> plot_importance_performance(check).axes[0].get_xlabel()
    '满意度（1–5 分，平均）'
    """
    check_is_one(check)
    study = check.evaluation.study
    if check.survey is None or not len(check.survey):
        raise InputError(
            "check: it has no answers of residents to draw. Hand in a survey, such as "
            "health_check(evaluation, survey=read_survey(path))."
        )
    text = chart_words(study.language)
    summary = survey_summary(check.survey, units=study.units)
    every = importance_performance(summary, language=study.language)
    units = check.evaluation.units
    asked = units[units["unit_id"].isin(every["unit_id"])]
    unit_id, unit = of_unit(asked, unit_id)
    rows = every[every["unit_id"].astype(str) == unit_id].reset_index(drop=True)
    known = rows[rows["quadrant"] != "unknown"]
    silent = rows.loc[rows["quadrant"] == "unknown", "service"]
    with drawing():
        title = about(text["importance"], unit, text)
        notes = _survey_notes(known, silent, study.language, text)
        sheet = Sheet(11.6, title, text, sample=study.sample, notes=notes)
        if not len(known):
            sheet.say(text["no_data"])
            return finished(sheet.figure)
        axes = sheet.axes(1.5, 1.1, 14.2, 9.7)
        _quadrants(axes, known, study.language)
        places = known[["satisfaction_mean", "importance_mean"]].to_numpy(dtype=float)
        sure = known["certain"].to_numpy(dtype=bool)
        dots = axes.scatter(*places[sure].T, s=34, color=BLUE, zorder=5)
        rings = axes.scatter(
            *places[~sure].T, s=34, facecolor="white", edgecolor=BLUE, linewidth=1.1, zorder=5
        )
        names = [
            plain_line(catalog.service_name(str(one), study.language), 16)
            for one in known["service"]
        ]
        label_points(axes, places, names, taken=_corner_boxes(axes, study.language))
        axes.legend(
            [dots, rings],
            [text["certain"], text["not_certain"]],
            loc="lower left",
            bbox_to_anchor=(-0.01, 1.0),
            ncols=2,
            fontsize=SMALL_PT,
            borderaxespad=0.2,
        )
        axes.set_xlabel(text["satisfaction_axis"], fontsize=SMALL_PT)
        axes.set_ylabel(text["importance_axis"], fontsize=SMALL_PT)
        return finished(sheet.figure)


def _survey_notes(
    known: pd.DataFrame, silent: pd.Series, language: str, text: Mapping[str, str]
) -> list[str]:
    """Where the lines lie, and what is not drawn."""
    notes = []
    if len(known):
        cuts = {
            name: f"{float(known[f'{name}_cut'].iloc[0]):.2f}"
            for name in ("satisfaction", "importance")
        }
        notes.append(fill(text["cut_lines"], cuts))
    if len(silent):
        names = text["list"].join(catalog.service_name(str(one), language) for one in silent)
        notes.append(fill(text["not_answered"], {"services": names}))
    return notes


def _quadrants(axes: Any, known: pd.DataFrame, language: str) -> None:
    """Lines at the means, limits around the points, and what each corner is called."""
    for axis, name in (("x", "satisfaction"), ("y", "importance")):
        values = known[f"{name}_mean"].to_numpy(dtype=float)
        cut = float(known[f"{name}_cut"].iloc[0])
        low, high = min(values.min(), cut), max(values.max(), cut)
        room = max(0.18 * (high - low), 0.12)
        getattr(axes, f"set_{axis}lim")(low - room, high + room)
        getattr(axes, f"ax{'v' if axis == 'x' else 'h'}line")(cut, color=GREY, linewidth=0.9)
        start, end = getattr(axes, f"get_{axis}lim")()
        step = 0.5 if end - start > 1.2 else 0.2 if end - start > 0.5 else 0.1
        ticks = np.arange(math.ceil(start / step), math.floor(end / step) + 1) * step
        fixed_ticks(getattr(axes, f"{axis}axis"), list(ticks), [f"{one:.1f}" for one in ticks])
    axes.tick_params(labelsize=SMALL_PT)
    axes.grid(color=LIGHT, linewidth=0.4)
    axes.set_axisbelow(True)
    bare(axes)
    for quadrant, (right, top) in _CORNERS.items():
        axes.text(
            0.99 if right else 0.01,
            0.985 if top else 0.015,
            survey_word(quadrant, language),
            transform=axes.transAxes,
            ha="right" if right else "left",
            va="top" if top else "bottom",
            fontsize=TEXT_PT,
            color=ORANGE if quadrant == "concentrate here" else GREY,
            zorder=2,
        )


def _corner_boxes(axes: Any, language: str) -> list[tuple[float, float, float, float]]:
    """Where the names of the corners stand."""
    left, bottom, right, top = axes_box(axes)
    boxes = []
    for quadrant, (to_right, to_top) in _CORNERS.items():
        box = text_box(0, 0, survey_word(quadrant, language), TEXT_PT)
        x = right - box[2] - 4 if to_right else left + box[2] + 4
        y = top - box[3] - 3 if to_top else bottom + box[3] + 3
        boxes.append(text_box(x, y, survey_word(quadrant, language), TEXT_PT))
    return boxes


def plot_lorenz(
    values: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    label: str = "",
    language: str = "zh",
    sample: bool = False,
) -> Figure:
    """Lorenz curve of what people have, with its Gini coefficient.

    Parameters
    ----------
    values
        What each place's people have, such as how many services they reach; NaN is unknown.
    weights
        People of each place; one each if not given.
    label
        What it is that people have.
    language
        ``"zh"`` or ``"en"``.
    sample
        Whether the data is a drawing, not a survey.

    Returns
    -------
    Figure

    Raises
    ------
    InputError
        If values or weights are negative, infinite or not numbers.
    AlignmentError
        If there is not one weight per value.
    UnknownNameError
        If the language is neither.
    MissingPackageError
        If the package with the font is not installed.

    Examples
    --------
    >>> import lifecircle as lc
    >>> homes = lc.evaluate(lc.load_demo()).residents
    >>> figure = plot_lorenz(homes["completeness_15min_count"], homes["people"])
    >>> figure.axes[0].texts[0].get_text()
    '基尼系数 0.063'
    """
    text = chart_words(language)
    curve, figures = lorenz(values, weights), inequality(values, weights)
    name = plain_line(label, 24)
    title = fill(text["lorenz_of"], {"label": name}) if name else text["lorenz"]
    unknown = float(figures["unknown_share"])
    left_out = {"share": share_text(unknown, text["unknown"])}
    notes = [fill(text["lorenz_unknown"], left_out)] if unknown > 0 else []
    with drawing():
        sheet = Sheet(10.4, title, text, sample=sample, notes=notes)
        if not len(curve):
            sheet.say(text["nothing_shared"])
            return finished(sheet.figure)
        axes = sheet.axes(3.6, 1.2, 9.0, 9.0)
        axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.9, linestyle=(0, (4, 2)))
        people, had = (curve[column].to_numpy() for column in ("people_share", "value_share"))
        axes.fill_between(people, had, people, color=LIGHT, linewidth=0)
        axes.plot(people, had, color=BLUE, linewidth=1.6)
        share_axis(axes, text["lorenz_people_axis"])
        axes.set_ylim(0, 1)
        fixed_ticks(axes.yaxis, [0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100"])
        axes.tick_params(labelsize=SMALL_PT)
        axes.set_ylabel(text["lorenz_value_axis"], fontsize=SMALL_PT)
        bare(axes)
        said = fill(text["gini"], {"gini": f"{float(figures['gini']):.3f}"})
        axes.text(0.97, 0.06, said, ha="right", fontsize=TEXT_PT, color=INK)
        axes.text(0.27, 0.30, text["even"], fontsize=SMALL_PT, color=GREY, rotation=45, ha="center")
        return finished(sheet.figure)
