"""The sheet that a chart is drawn on: title, marks, notes, and axes placed by centimetres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from lifecircle.errors import UnknownNameError
from lifecircle.outputs.charting.style import (
    GREY,
    LIGHT,
    PT_CM,
    SMALL_PT,
    TEXT_PT,
    TITLE_PT,
    UNKNOWN_COLOUR,
    UNKNOWN_HATCH,
    WIDTH_CM,
    bare,
    new_figure,
)
from lifecircle.outputs.charting.text import plain_line, text_width, wrapped
from lifecircle.outputs.words import fill

TITLE_CM = 1.15
NOTE_CM = 0.42


class Sheet:
    """A figure with its title above and its notes below.

    Parameters
    ----------
    body_cm
        Height of what is drawn between them.
    title
        What the figure shows.
    text
        Words of the language.
    sample
        Whether the data is a drawing; told beside the title.
    notes
        Lines below, such as what was left out.

    Examples
    --------
    >>> from lifecircle.outputs.charting.words import chart_words
    >>> sheet = Sheet(5, "Coverage", chart_words("en"), sample=True)
    >>> [text.get_text() for text in sheet.figure.texts]
    ['Coverage', 'Sample data, drawn — not surveyed']
    """

    def __init__(
        self,
        body_cm: float,
        title: str,
        text: Mapping[str, str],
        *,
        sample: bool = False,
        notes: Sequence[str] = (),
    ) -> None:
        lines = [line for note in notes if note for line in _note_lines(note)]
        self.text = text
        self.foot_cm = NOTE_CM * len(lines) + (0.1 if lines else 0.0)
        mark_cm = text_width(text["sample"]) * SMALL_PT * PT_CM + 0.8 if sample else 0.0
        room = (WIDTH_CM - 0.4 - mark_cm) / (TITLE_PT * PT_CM)
        shown = wrapped(title, room)
        self.top_cm = TITLE_CM + (0.5 if "\n" in shown else 0.0)
        self.height_cm = body_cm + self.top_cm + self.foot_cm
        self.figure: Figure = new_figure(self.height_cm)
        self.write(
            0.2, self.height_cm - 0.3, shown, {"size": TITLE_PT, "va": "top", "linespacing": 1.3}
        )
        if sample:
            mark = {"ha": "right", "va": "top", "color": GREY}
            self.write(WIDTH_CM - 0.2, self.height_cm - 0.36, text["sample"], mark)
        for row, line in enumerate(reversed(lines)):
            self.write(0.2, 0.12 + NOTE_CM * row, line, {"color": GREY, "va": "bottom"})

    def write(self, x_cm: float, y_cm: float, words: str, look: Mapping[str, Any]) -> None:
        """Text at a place of the sheet, from its lower left corner."""
        chosen = {"size": SMALL_PT, **look}
        self.figure.text(x_cm / WIDTH_CM, y_cm / self.height_cm, words, **chosen)

    def axes(self, left_cm: float, bottom_cm: float, width_cm: float, height_cm: float) -> Any:
        """Axes at a place of the body, from its lower left corner."""
        place = (
            left_cm / WIDTH_CM,
            (bottom_cm + self.foot_cm) / self.height_cm,
            width_cm / WIDTH_CM,
            height_cm / self.height_cm,
        )
        return self.figure.add_axes(place)

    def say(self, words: str) -> None:
        """One sentence in the middle, where there is nothing to draw."""
        middle = (self.foot_cm + self.height_cm - self.top_cm) / 2
        look = {"size": TEXT_PT, "color": GREY, "ha": "center", "va": "center"}
        self.write(WIDTH_CM / 2, middle, words, look)


def _note_lines(note: str) -> list[str]:
    return wrapped(note, (WIDTH_CM - 0.4) / (SMALL_PT * PT_CM), 3).split("\n")


def row_axes(axes: Any, names: Sequence[str], width_cm: float, *, lines: int = 2) -> None:
    """Rows from top to bottom with names at the left.

    Parameters
    ----------
    axes
        Axes of a figure.
    names
        One per row.
    width_cm
        Room for a name.
    lines
        Lines that a name may take.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> axes = new_figure(4).add_subplot()
    >>> row_axes(axes, ["公园", "菜市场"], 3)
    >>> [label.get_text() for label in axes.get_yticklabels()]
    ['公园', '菜市场']
    """
    room = width_cm / (SMALL_PT * PT_CM)
    shown = [wrapped(name, room, lines) for name in names]
    axes.set_ylim(max(len(names), 1) - 0.5, -0.5)
    axes.yaxis.set_major_locator(FixedLocator(list(range(len(names)))))
    axes.yaxis.set_major_formatter(FixedFormatter(shown))
    axes.tick_params(axis="y", length=0, pad=4, labelsize=SMALL_PT)
    bare(axes, keep=("left",))


def share_axis(axes: Any, title: str) -> None:
    """An axis from 0 to 100 below, with thin lines.

    Parameters
    ----------
    axes
        Axes of a figure, in shares 0–1.
    title
        What it measures, with the unit.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> axes = new_figure(4).add_subplot()
    >>> share_axis(axes, "Share (%)")
    >>> axes.get_xlabel()
    'Share (%)'
    """
    axes.set_xlim(0, 1)
    fixed_ticks(axes.xaxis, [0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100"])
    axes.set_xlabel(title, fontsize=SMALL_PT)
    axes.grid(axis="x", color=LIGHT, linewidth=0.5)
    axes.set_axisbelow(True)


def fixed_ticks(axis: Any, places: Sequence[float], names: Sequence[str]) -> None:
    """Ticks that do not change when a figure is drawn again.

    Parameters
    ----------
    axis
        Axis of axes.
    places, names
        Where, and what is written.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> axes = new_figure(4).add_subplot()
    >>> fixed_ticks(axes.xaxis, [0, 1], ["0", "1"])
    >>> len(axes.get_xticks())
    2
    """
    axis.set_major_locator(FixedLocator(list(places)))
    axis.set_major_formatter(FixedFormatter(list(names)))
    axis.set_minor_locator(NullLocator())


def unknown_bar(axes: Any, row: float, words: str, *, height: float = 0.5, to: float = 1.0) -> None:
    """A hatched bar over the whole width that says that nothing is known.

    Parameters
    ----------
    axes
        Axes of a figure.
    row
        Where.
    words
        What stands on it.
    height
        Of the bar.
    to
        Where the axis ends.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> axes = new_figure(4).add_subplot()
    >>> unknown_bar(axes, 0, "no data")
    >>> axes.texts[0].get_text()
    'no data'
    """
    axes.barh(
        row, to, height, color=UNKNOWN_COLOUR, edgecolor=GREY, hatch=UNKNOWN_HATCH, linewidth=0.4
    )
    axes.text(
        to / 2,
        row,
        words,
        ha="center",
        va="center",
        fontsize=SMALL_PT,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2},
    )


def of_unit(units: pd.DataFrame, unit_id: str | None) -> tuple[str, str]:
    """Id and name of the unit that a figure is about.

    Parameters
    ----------
    units
        Of the evaluation.
    unit_id
        Which; the first if not given.

    Returns
    -------
    tuple of str

    Raises
    ------
    UnknownNameError
        If there is no such unit.

    Examples
    --------
    >>> of_unit(pd.DataFrame({"unit_id": ["U1", "U2"], "name": ["甲", "乙"]}), "U2")
    ('U2', '乙')
    """
    ids = [str(one) for one in units["unit_id"]]
    if unit_id is None:
        unit_id = ids[0]
    if unit_id not in ids:
        raise UnknownNameError("unit", unit_id, ids)
    name = units["name"].iloc[ids.index(unit_id)]
    return unit_id, str(name) if isinstance(name, str) and name.strip() else unit_id


def about(what: str, unit: str, text: Mapping[str, str]) -> str:
    """Title of a figure with the unit that it is about.

    Parameters
    ----------
    what
        What it shows.
    unit
        Name of the unit.
    text
        Words of the language.

    Returns
    -------
    str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> about("Coverage", "Yepo", {"title": "{what}: {unit}"})
    'Coverage: Yepo'
    """
    return fill(text["title"], {"what": what, "unit": plain_line(unit, 24)})


def nice_ticks(most: float, count: int = 5) -> list[float]:
    """Round numbers from 0 up to a number.

    Parameters
    ----------
    most
        The largest that is drawn.
    count
        About how many.

    Returns
    -------
    list of float

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> nice_ticks(26822)
    [0.0, 10000.0, 20000.0]
    """
    if not (np.isfinite(most) and most > 0):
        return [0.0]
    size = 10.0 ** np.floor(np.log10(most / count))
    step = next(size * one for one in (1, 2, 5, 10) if size * one * count >= most * 0.95)
    return [float(one) for one in np.arange(0, most * (1 + 1e-9), step)]
