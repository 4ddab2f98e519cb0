"""Figure of before and after: who is within a walk today and in a scenario."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

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
from lifecircle.outputs.charting.style import (
    BLUE,
    GREY,
    INK,
    LIGHT,
    ORANGE,
    SMALL_PT,
    drawing,
    finished,
)
from lifecircle.outputs.charting.text import plain_line
from lifecircle.outputs.charting.words import chart_words
from lifecircle.outputs.csv_tables import segment_name
from lifecircle.outputs.legend import share_text
from lifecircle.outputs.words import fill
from lifecircle.standards import catalog

if TYPE_CHECKING:
    from lifecircle.planning.comparison import Comparison

_MOST_ROWS = 26
_ROW_CM = 0.8
_SHARES = ("covered_share_before", "covered_share_after")


def plot_comparison(comparison: Comparison, *, unit_id: str | None = None) -> Figure:
    """Share within a walk before and after, and how many people gain or lose each service.

    Services are shown for the people that each is for, at the time that the standard sets for it,
    else at the longest. Those without any change are counted below.

    Parameters
    ----------
    comparison
        From ``compare``.
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
    >>> study = lc.load_demo()
    >>> gate = study.extras["gates"]["gate_id"].iloc[0]
    >>> figure = plot_comparison(lc.compare(study, lc.CloseFacility(study.facilities.iloc[0, 0])))
    >>> round(figure.get_figwidth() * 2.54)
    16
    """
    study = comparison.before.evaluation.study
    text = chart_words(study.language)
    unit_id, unit = of_unit(comparison.units, unit_id)
    rows = _changed(comparison, unit_id)
    shown = rows[rows["changed"]].head(_MOST_ROWS)
    with drawing():
        sheet = Sheet(
            max(len(shown), 3) * _ROW_CM + 2.0,
            about(text["comparison"], unit, text),
            text,
            sample=study.sample,
            notes=_notes(comparison, rows, len(shown), text),
        )
        if not len(shown):
            sheet.say(text["no_change"])
            return finished(sheet.figure)
        height_cm = max(len(shown), 3) * _ROW_CM
        left = sheet.axes(4.7, 1.1, 5.6, height_cm)
        right = sheet.axes(11.6, 1.1, 3.4, height_cm)
        row_axes(left, [_label(row, study.language, text) for row in _records(shown)], 4.4)
        row_axes(right, [""] * len(shown), 1)
        for at, row in enumerate(_records(shown)):
            _dumbbell(left, at, row, text)
        share_axis(left, text["share_axis"])
        _people_bars(right, shown, text)
        today = left.scatter([], [], s=30, facecolor="white", edgecolor=INK, linewidth=1.1)
        later = left.scatter([], [], s=30, color=BLUE)
        left.legend(
            [today, later],
            [text["before"], text["after"]],
            loc="lower left",
            bbox_to_anchor=(-0.02, 1.0),
            ncols=2,
            fontsize=SMALL_PT,
            borderaxespad=0.2,
        )
        return finished(sheet.figure)


def _changed(comparison: Comparison, unit_id: str) -> pd.DataFrame:
    """A unit's services for those whom each is for, whose walk changes first."""
    key = ["unit_id", "service", "segment", "walker", "minutes"]
    people = comparison.people[comparison.people["unit_id"].astype(str) == unit_id]
    usual = catalog.group_of(people["service"]).map(catalog.service_groups()["segment"])
    # The service's own people where the residents tell them, otherwise everybody.
    rank = np.select([people["segment"] == usual, people["segment"] == "people"], [0, 1], 2)
    own = people.assign(rank=rank).sort_values("rank", kind="stable")
    own = own.drop_duplicates("service").sort_index()
    cells = comparison.coverage[[*key, *_SHARES]]
    rows = own.merge(cells, on=key, how="left")
    moved = rows["gained_people"].fillna(0.0) + rows["lost_people"].fillna(0.0)
    one_side = rows["within_people_before"].isna() != rows["within_people_after"].isna()
    rows = rows.assign(moved=moved, changed=(moved > 0) | one_side)
    return rows.sort_values("moved", ascending=False, kind="stable").reset_index(drop=True)


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]


def _label(row: Mapping[str, Any], language: str, text: Mapping[str, str]) -> str:
    who = str(row["segment"])
    told = {
        "service": catalog.service_name(str(row["service"]), language),
        "who": segment_name(who, language),
        "minutes": f"{float(row['minutes']):g}",
    }
    return fill(text["coverage_row" if who == "people" else "coverage_row_who"], told)


def _notes(
    comparison: Comparison, rows: pd.DataFrame, shown: int, text: Mapping[str, str]
) -> list[str]:
    """The scenario's name, and what is not drawn."""
    name = "" if comparison.scenario is None else plain_line(comparison.scenario.name, 40)
    left, same = int(rows["changed"].sum()) - shown, int((~rows["changed"]).sum())
    return [
        fill(text["scenario"], {"name": name}) if name else "",
        fill(text["more"], {"count": left}) if left else "",
        fill(text["same_rows"], {"count": same}) if same and shown else "",
    ]


def _dumbbell(axes: Any, at: int, row: Mapping[str, Any], text: Mapping[str, str]) -> None:
    """Today and later on one line, with both figures."""
    before, after = (float(row[name]) for name in _SHARES)
    unknown = pd.isna(row["within_people_before"]) or pd.isna(row["within_people_after"])
    if unknown or not (math.isfinite(before) and math.isfinite(after)):
        unknown_bar(axes, at, text["one_side_unknown"], height=0.55)
        return
    axes.plot([before, after], [at, at], color=GREY, linewidth=1.6, zorder=3)
    axes.scatter(
        [before], [at], s=30, facecolor="white", edgecolor=INK, linewidth=1.1, zorder=4,
        clip_on=False,
    )  # fmt: skip
    axes.scatter([after], [at], s=30, color=BLUE, zorder=5, clip_on=False)
    said = f"{share_text(before, '')} → {share_text(after, '')}"
    highest, lowest = max(before, after), min(before, after)
    to_right = highest < 0.45
    axes.annotate(
        said,
        (highest if to_right else lowest, at),
        xytext=(8 if to_right else -8, 0),
        textcoords="offset points",
        ha="left" if to_right else "right",
        va="center",
        fontsize=SMALL_PT,
        zorder=6,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
    )


def _people_bars(axes: Any, rows: pd.DataFrame, text: Mapping[str, str]) -> None:
    """Who gains to the right, who loses to the left."""
    gained = rows["gained_people"].to_numpy(dtype=float)
    lost = rows["lost_people"].to_numpy(dtype=float)
    most_gain, most_loss = (float(np.nanmax([*one, 0.0])) for one in (gained, lost))
    span = max(most_gain, most_loss, 1.0)
    axes.axvline(0, color=INK, linewidth=0.8)
    for at, (more, less) in enumerate(zip(gained, lost, strict=True)):
        if math.isnan(more) and math.isnan(less):
            axes.text(span * 0.03, at, text["unknown"], va="center", fontsize=SMALL_PT)
        for people, sign, look in (
            (more, 1, {"color": BLUE}),
            (less, -1, {"color": "white", "edgecolor": ORANGE, "hatch": "xxxx"}),
        ):
            if people > 0:
                axes.barh(at, sign * people, 0.5, linewidth=0.6, **look)
                axes.text(
                    sign * (people + span * 0.03),
                    at,
                    f"{'+' if sign > 0 else '−'}{people:,.0f}",
                    ha="left" if sign > 0 else "right",
                    va="center",
                    fontsize=SMALL_PT,
                    clip_on=False,
                )
    axes.set_xlim(-1.45 * most_loss if most_loss else 0.0, 1.45 * most_gain if most_gain else 0.0)
    ticks = sorted({*(-one for one in nice_ticks(most_loss, 2)), *nice_ticks(most_gain, 2)})
    fixed_ticks(axes.xaxis, ticks, [f"{abs(one):,.0f}" for one in ticks])
    axes.set_xlabel(text["gained_axis"], fontsize=SMALL_PT)
    axes.grid(axis="x", color=LIGHT, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
