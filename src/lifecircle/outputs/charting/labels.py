"""Names beside points, moved until none lies on another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from lifecircle.outputs.charting.style import (
    GREY,
    INK,
    SMALL_PT,
)
from lifecircle.outputs.charting.text import text_width

_Box = tuple[float, float, float, float]
_STEPS_PT = (5.0, 11.0, 19.0, 29.0, 41.0, 55.0, 71.0)
_LEADER_PT = 9.0


def label_points(
    axes: Any,
    places: NDArray[np.float64],
    names: Sequence[str],
    *,
    point_pt: float = 3.5,
    taken: Iterable[_Box] = (),
) -> list[int]:
    """Write a name beside each point, with a thin line to it where it had to be moved away.

    Parameters
    ----------
    axes
        Axes of a figure whose limits are set.
    places
        Where the points are, shape (n, 2), in the units of the axes.
    names
        One per point; the first are placed first.
    point_pt
        Half the size of a point.
    taken
        Boxes (left, bottom, right, top) where no name may lie, points of the figure.

    Returns
    -------
    list of int
        Points whose names found no room and are not written.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> from lifecircle.outputs.charting.style import new_figure
    >>> axes = new_figure(8).add_subplot()
    >>> label_points(axes, np.array([[0.5, 0.5], [0.5, 0.52]]), ["公园", "菜市场"])
    []
    >>> [text.get_text() for text in axes.texts]
    ['公园', '菜市场']
    """
    at = in_points(axes, places)
    frame = axes_box(axes)
    boxes = [*taken, *((x - point_pt, y - point_pt, x + point_pt, y + point_pt) for x, y in at)]
    unplaced = []
    for row, ((x, y), name) in enumerate(zip(at, names, strict=True)):
        found = _room(x, y, name, boxes, frame)
        if found is None:
            unplaced.append(row)
            continue
        left, bottom, right, top = found
        boxes.append(found)
        middle, centre = (left + right) / 2, (bottom + top) / 2
        nearest = (min(max(x, left), right), min(max(y, bottom), top))
        away = math.hypot(nearest[0] - x, nearest[1] - y) > _LEADER_PT
        axes.annotate(
            name,
            tuple(places[row]),
            xytext=(middle - x, centre - y),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=SMALL_PT,
            color=INK,
            zorder=8,
            path_effects=[withStroke(linewidth=2.0, foreground="white")],
        )
        if away:
            axes.annotate(
                "",
                tuple(places[row]),
                xytext=(nearest[0] - x, nearest[1] - y),
                textcoords="offset points",
                arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.5, "shrinkA": 0,
                            "shrinkB": point_pt},
                zorder=6,
            )  # fmt: skip
    return unplaced


def in_points(axes: Any, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places of the axes as points (1/72 inch) of the figure.

    Parameters
    ----------
    axes
        Axes of a figure whose limits are set.
    places
        Shape (n, 2), in the units of the axes.

    Returns
    -------
    array, shape (n, 2)

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> from lifecircle.outputs.charting.style import new_figure
    >>> axes = new_figure(2.54, width_cm=2.54).add_axes((0, 0, 1, 1))
    >>> in_points(axes, np.array([[0.5, 1.0]])).round().tolist()
    [[36.0, 72.0]]
    """
    if not len(places):
        return np.zeros((0, 2))
    shown: NDArray[np.float64] = np.asarray(axes.transData.transform(places), dtype=np.float64)
    return shown * (72.0 / float(axes.figure.dpi))


def axes_box(axes: Any) -> _Box:
    """Left, bottom, right and top of axes, points of the figure.

    Parameters
    ----------
    axes
        Axes of a figure.

    Returns
    -------
    tuple of float

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> from lifecircle.outputs.charting.style import new_figure
    >>> axes = new_figure(2.54, width_cm=2.54).add_axes((0, 0, 1, 1))
    >>> [round(side) for side in axes_box(axes)]
    [0, 0, 72, 72]
    """
    box = axes.get_window_extent()
    scale = 72 / axes.figure.dpi
    return box.x0 * scale, box.y0 * scale, box.x1 * scale, box.y1 * scale


def text_box(x: float, y: float, words: str, size_pt: float = SMALL_PT) -> _Box:
    """Box that text takes around a middle, points of the figure.

    Parameters
    ----------
    x, y
        Its middle.
    words
        One or several lines.
    size_pt
        Size of the letters.

    Returns
    -------
    tuple of float

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> text_box(0, 0, "公园", 10)
    (-10.8, -7.0, 10.8, 7.0)
    """
    lines = words.split("\n")
    half = max(text_width(line) for line in lines) * size_pt / 2 + 0.5
    tall = len(lines) * size_pt * 1.3 / 2 + 0.5
    return x - half, y - tall, x + half, y + tall


def overlaps(box: _Box, others: Iterable[_Box]) -> bool:
    """Whether a box lies on any other.

    Parameters
    ----------
    box
        Left, bottom, right, top.
    others
        Likewise.

    Returns
    -------
    bool

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> overlaps((0, 0, 2, 2), [(1, 1, 3, 3)]), overlaps((0, 0, 1, 1), [(1, 0, 2, 1)])
    (True, False)
    """
    left, bottom, right, top = box
    return any(
        left < other[2] and right > other[0] and bottom < other[3] and top > other[1]
        for other in others
    )


def _room(x: float, y: float, name: str, boxes: Sequence[_Box], frame: _Box) -> _Box | None:
    """The nearest box beside a point that is free and inside the frame."""
    box = text_box(0, 0, name)
    half, tall = box[2], box[3]
    for step in _STEPS_PT:
        for east, north in (
            (1, 0), (-1, 0), (0, 1), (0, -1), (1, 0.7), (1, -0.7), (-1, 0.7), (-1, -0.7),
            (0.5, 1), (-0.5, 1), (0.5, -1), (-0.5, -1),
        ):  # fmt: skip
            middle = x + east * (half + step)
            centre = y + north * (tall + step)
            tried = (middle - half, centre - tall, middle + half, centre + tall)
            inside = (
                tried[0] >= frame[0]
                and tried[1] >= frame[1]
                and tried[2] <= frame[2]
                and tried[3] <= frame[3]
            )
            if inside and not overlaps(tried, boxes):
                return tried
    return None
