"""Marks on a map with a card each: what openings, sites, projects and changes have in common."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.outputs.packing import packed_lines, packed_points
from lifecircle.outputs.words import fill


@dataclass(frozen=True)
class Look:
    """What marks of one kind look like, on the map and in the legend.

    Parameters
    ----------
    label
        Its name.
    shape
        Of ``templates/shapes.js``.
    colour
        ``#rrggbb``.
    is_hollow
        Whether only its outline is drawn.
    is_line
        Whether it stands for lines instead of places.
    """

    label: str
    shape: str
    colour: str
    is_hollow: bool = False
    is_line: bool = False


@dataclass(frozen=True, eq=False)
class Marks:
    """A layer of marks.

    Parameters
    ----------
    key
        Name of the layer in the page.
    title
        Its name for people.
    looks
        Kinds of marks.
    look
        Position in ``looks`` of each mark.
    places
        Points, EPSG:4326.
    titles
        What each card is headed with.
    facts
        Rows of the cards: label, and a text for each mark; an empty one is left out.
    radius
        Size of each mark, pixels at a middle zoom; all alike if not given.
    numbers
        What stands beside each mark.
    lines
        Lines, EPSG:4326, each with the position of its mark.
    listed
        Positions of the marks that the panel lists, in its order.
    notes
        Sentences below the legend.
    sizes
        Legend of sizes: label and radius.
    is_shown
        Whether it is on the map when the page opens.
    """

    key: str
    title: str
    looks: Sequence[Look]
    look: Sequence[int]
    places: gpd.GeoSeries
    titles: Sequence[str]
    facts: Sequence[tuple[str, Sequence[str]]]
    radius: Sequence[float] = ()
    numbers: Sequence[str] = ()
    lines: Sequence[tuple[int, Any]] = ()
    listed: Sequence[int] = ()
    notes: Sequence[str] = ()
    sizes: Sequence[tuple[str, float]] = ()
    is_shown: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)

    def packed(self) -> dict[str, Any]:
        """The layer as the page takes it.

        Returns
        -------
        dict
            One list per column; of looks those that have marks.

        Raises
        ------
        Nothing.

        Examples
        --------
        >>> here = gpd.GeoSeries.from_xy([112.99], [28.16], crs="EPSG:4326")
        >>> looks = [Look("x", "star", "#000000")]
        >>> packed = Marks("a", "A", looks, [0], here, ["t"], [("f", ["1"])]).packed()
        >>> packed["points"], packed["values"], packed["looks"][0]["count"]
        ([112990000, 28160000], [['1']], 1)
        """
        present = [at for at in range(len(self.looks)) if at in set(self.look)]
        new = {at: position for position, at in enumerate(present)}
        kept = [(label, list(values)) for label, values in self.facts if any(values)]
        return {
            "key": self.key,
            "title": self.title,
            "looks": [
                {
                    "label": self.looks[at].label,
                    "shape": self.looks[at].shape,
                    "colour": self.looks[at].colour,
                    "isHollow": self.looks[at].is_hollow,
                    "isLine": self.looks[at].is_line,
                    "count": list(self.look).count(at),
                }
                for at in present
            ],
            "look": [new[at] for at in self.look],
            "points": packed_points(self.places),
            "titles": list(self.titles),
            "labels": [label for label, _ in kept],
            "values": [values for _, values in kept],
            "radius": list(self.radius),
            "numbers": list(self.numbers),
            "lines": packed_lines(np.array([line for _, line in self.lines], dtype=object)),
            "line_of": [at for at, _ in self.lines],
            "listed": list(self.listed),
            "notes": [note for note in self.notes if note],
            "sizes": [{"label": label, "radius": radius} for label, radius in self.sizes],
            "is_shown": self.is_shown,
            **self.extra,
        }


def counts(values: pd.Series, template: str, unknown: str, *, digits: int = 0) -> list[str]:
    """Cells of a column with their unit.

    Parameters
    ----------
    values
        Numbers.
    template
        Words with the place ``{count}``.
    unknown
        What stands for a number that is not known; empty: the cell is left out.
    digits
        Decimals.

    Returns
    -------
    list of str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> counts(pd.Series([1200.0, float("nan")]), "{count} m", "unknown")
    ['1,200 m', 'unknown']
    """
    found = pd.to_numeric(values, errors="coerce").astype("float64").tolist()
    return [
        fill(template, {"count": f"{one:,.{digits}f}"}) if math.isfinite(one) else unknown
        for one in found
    ]


def round_breaks(values: pd.Series, count: int) -> list[float]:
    """Round numbers that part a column into classes of about as many rows.

    Parameters
    ----------
    values
        Numbers.
    count
        How many classes at most.

    Returns
    -------
    list of float
        Rising, each 1, 2 or 5 times a power of ten; fewer where the numbers are alike.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> round_breaks(pd.Series([3.0, 40.0, 180.0, 700.0, 1500.0, 9000.0]), 3)
    [100.0, 1000.0]
    """
    known = pd.to_numeric(values, errors="coerce").dropna()
    known = known[known > 0]
    if not len(known):
        return []
    quantiles = known.quantile([step / count for step in range(1, count)])
    rounded = sorted({_round(float(one)) for one in quantiles})
    return [one for one in rounded if float(known.min()) < one <= float(known.max())]


def _round(value: float) -> float:
    """The nearest of 1, 2 and 5 times a power of ten, by ratio."""
    power = 10.0 ** math.floor(math.log10(value))
    return min((power * one for one in (1, 2, 5, 10)), key=lambda one: abs(math.log(one / value)))


def class_labels(breaks: Sequence[float], text: Mapping[str, str]) -> list[str]:
    """What classes between breaks are called, the lowest first.

    Parameters
    ----------
    breaks
        Rising.
    text
        Words of the language.

    Returns
    -------
    list of str
        One more than breaks.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> from lifecircle.outputs.words import words
    >>> class_labels([100.0, 1000.0], words("zh"))
    ['< 100', '100–1,000', '≥ 1,000']
    """
    if not breaks:
        return [fill(text["at_least"], {"low": "0"})]
    shown = [f"{one:,.0f}" if one >= 1 else f"{one:g}" for one in breaks]
    return [
        fill(text["below"], {"high": shown[0]}),
        *(
            fill(text["from_to"], {"low": low, "high": high})
            for low, high in itertools.pairwise(shown)
        ),
        fill(text["at_least"], {"low": shown[-1]}),
    ]


def class_of(values: pd.Series, breaks: Sequence[float]) -> list[int]:
    """Class of each number between breaks; what is unknown is in the lowest.

    Parameters
    ----------
    values
        Numbers.
    breaks
        Rising; a number that equals one is above it.

    Returns
    -------
    list of int

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> class_of(pd.Series([5.0, 100.0, float("nan")]), [100.0])
    [0, 1, 0]
    """
    known = pd.to_numeric(values, errors="coerce").fillna(-math.inf).to_numpy(dtype=np.float64)
    found: list[int] = np.searchsorted(
        np.asarray(breaks, dtype=np.float64), known, "right"
    ).tolist()
    return found
