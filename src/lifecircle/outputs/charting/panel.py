"""What stands beside a printed map: legend, scale and north."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle

from lifecircle.outputs.charting.frame import nice_ticks
from lifecircle.outputs.charting.style import (
    GREY,
    INK,
    PT_CM,
    SMALL_PT,
    TEXT_PT,
)
from lifecircle.outputs.charting.text import wrapped
from lifecircle.outputs.words import fill

_LINE_CM = 0.36
_SIGN_CM = 0.62


class Panel:
    """A legend, written from top to bottom in centimetres.

    Parameters
    ----------
    axes
        Axes beside the map; their lines are taken away.
    width_cm, height_cm
        Their size.

    Examples
    --------
    >>> from lifecircle.outputs.charting.style import new_figure
    >>> panel = Panel(new_figure(8).add_axes((0, 0, 1, 1)), 4, 8)
    >>> panel.head("Residents")
    >>> panel.sign("0–5 min", {"marker": "s", "color": "#08519c"})
    >>> [text.get_text() for text in panel.axes.texts]
    ['Residents', '0–5 min']
    """

    def __init__(self, axes: Any, width_cm: float, height_cm: float) -> None:
        self.axes, self.width_cm, self.y_cm = axes, width_cm, height_cm
        axes.set_xlim(0, width_cm)
        axes.set_ylim(0, height_cm)
        axes.set_axis_off()

    def head(self, words: str) -> None:
        """Begin a part of the legend."""
        self.y_cm -= 0.12
        self._write(0.0, words, TEXT_PT, 3)
        self.y_cm -= 0.06

    def sign(self, words: str, look: Mapping[str, Any]) -> None:
        """One class: a marker or a line, and what it means."""
        middle = self.y_cm - _LINE_CM / 2
        is_line = "marker" not in look
        places = ([0.04, 0.46], [middle, middle]) if is_line else ([0.25], [middle])
        usual = {"linestyle": "-" if is_line else "none", "clip_on": False, "markersize": 6}
        self.axes.add_line(Line2D(*places, **{**usual, **look}))
        self._write(_SIGN_CM, words, SMALL_PT, 2)

    def area(self, words: str, look: Mapping[str, Any]) -> None:
        """One class that is an area, and what it means."""
        low = self.y_cm - _LINE_CM + 0.05
        self.axes.add_patch(Rectangle((0.04, low), 0.42, _LINE_CM - 0.1, **look))
        self._write(_SIGN_CM, words, SMALL_PT, 2)

    def note(self, words: str) -> None:
        """A sentence about what stands above."""
        self._write(0.0, words, SMALL_PT, 4, GREY)

    def _write(
        self, x_cm: float, words: str, size_pt: float, most_lines: int, colour: str = INK
    ) -> None:
        """Text at the height that was reached, and on to the next line."""
        shown = wrapped(words, (self.width_cm - x_cm) / (size_pt * PT_CM), most_lines)
        self.axes.text(
            x_cm, self.y_cm, shown, fontsize=size_pt, color=colour, va="top", linespacing=1.25
        )
        self.y_cm -= _LINE_CM * len(shown.split("\n")) * size_pt / SMALL_PT + 0.05


def scale_bar(axes: Any, text: Mapping[str, str]) -> None:
    """A bar of a round number of metres at the lower left of a map.

    Parameters
    ----------
    axes
        Axes whose units are metres and whose limits are set.
    text
        Words of the language.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> from lifecircle.outputs.charting.style import new_figure
    >>> axes = new_figure(8).add_axes((0, 0, 1, 1))
    >>> _ = axes.set_xlim(0, 1500), axes.set_ylim(0, 750)
    >>> scale_bar(axes, {"metres": "{count} m"})
    >>> [text.get_text() for text in axes.texts]
    ['0', '200 m', '400 m']
    """
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    wide, tall = east - west, north - south
    length_m = nice_ticks(0.32 * wide, 4)[-1]
    left, low = west + 0.04 * wide, south + 0.035 * tall
    thick = 0.009 * tall
    back = Rectangle(
        (left - 0.02 * wide, low - 0.02 * tall),
        length_m + 0.12 * wide,
        0.085 * tall,
        facecolor="white",
        alpha=0.85,
        linewidth=0,
        zorder=9,
    )
    axes.add_patch(back)
    for part, colour in ((0, INK), (1, "white")):
        place = (left + part * length_m / 2, low)
        axes.add_patch(
            Rectangle(
                place,
                length_m / 2,
                thick,
                facecolor=colour,
                edgecolor=INK,
                linewidth=0.6,
                zorder=10,
            )
        )
    for at_m in (0.0, length_m / 2, length_m):
        words = fill(text["metres"], {"count": f"{at_m:,.0f}"}) if at_m else "0"
        axes.text(left + at_m, low + 2.0 * thick, words, fontsize=SMALL_PT, ha="center", zorder=10)


def north_arrow(axes: Any, text: Mapping[str, str]) -> None:
    """An arrow to the north at the upper right of a map.

    Parameters
    ----------
    axes
        Axes of the map; up is north.
    text
        Words of the language.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> from lifecircle.outputs.charting.style import new_figure
    >>> axes = new_figure(8).add_axes((0, 0, 1, 1))
    >>> north_arrow(axes, {"north": "N"})
    >>> axes.texts[0].get_text()
    'N'
    """
    width_in, height_in = axes.get_window_extent().size / axes.figure.dpi
    wide, tall = 0.13 / width_in, 0.34 / height_in
    right, top = 1 - 0.22 / width_in, 1 - 0.32 / height_in
    shape = [(right, top), (right - wide / 2, top - tall), (right, top - 0.72 * tall),
             (right + wide / 2, top - tall)]  # fmt: skip
    axes.add_patch(
        Polygon(
            shape,
            transform=axes.transAxes,
            facecolor=INK,
            edgecolor="white",
            linewidth=0.5,
            zorder=10,
        )
    )
    axes.text(
        right, top + 0.03 / height_in, text["north"], transform=axes.transAxes, ha="center",
        va="bottom", fontsize=TEXT_PT, zorder=10,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.8},
    )  # fmt: skip
