"""Shortfalls and projects on a printed map: numbers there, and what they stand for below it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from lifecircle.outputs.charting.frame import Sheet
from lifecircle.outputs.charting.ground import Ground
from lifecircle.outputs.charting.labels import label_points
from lifecircle.outputs.charting.panel import Panel
from lifecircle.outputs.charting.style import GREY, INK, ORANGE, PT_CM, SMALL_PT, WIDTH_CM
from lifecircle.outputs.charting.text import plain_line, wrapped
from lifecircle.outputs.words import fill

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_LISTED = 10
_LINE_CM = 0.38


class Listed:
    """Shortfalls or projects: numbers on the map, and what they stand for below it.

    Parameters
    ----------
    ground
        Of the map.
    text
        Words of the language.

    Examples
    --------
    >>> import lifecircle as lc
    >>> study = lc.load_demo()
    >>> Listed(Ground(study, study.units, study.residents, 11), {}).height_cm()
    0.0
    """

    def __init__(self, ground: Ground, text: Mapping[str, str]) -> None:
        self.ground, self.text = ground, text
        self.head, self.sign, self.note, self.rows = "", "", "", list[str]()
        self.numbers: dict[tuple[float, float], list[int]] = {}
        self.shapes: gpd.GeoDataFrame | None = None
        self.others: NDArray[np.float64] | None = None

    def shortfalls(self, table: pd.DataFrame) -> None:
        """Take the first rows, at the middle of the people who are short."""
        self.head, self.sign = self.text["shortfalls_head"], self.text["shortfalls_sign"]
        first = table.head(_MOST_LISTED)
        if isinstance(table, gpd.GeoDataFrame):
            self.shapes = first
            inside = first.geometry.representative_point().to_crs("EPSG:4326")
            places = pd.DataFrame({"lon": inside.x, "lat": inside.y})
        else:
            places = first[["centre_lon", "centre_lat"]].astype(float)
        for row, (lon, lat) in zip(first.to_dict("records"), places.to_numpy(), strict=True):
            told = {
                "rank": row["rank"],
                "service": row["service_name"],
                "unit": plain_line(row["unit_name"], 12),
                "people": f"{row['people_short']:,.0f}",
            }
            self.rows.append(fill(self.text["shortfall"], told))
            self._put(int(row["rank"]), lon, lat)
        left = len(table) - len(first)
        self.note = fill(self.text["more"], {"count": left}) if left else ""

    def projects(self, table: pd.DataFrame) -> None:
        """Take the chosen ones in the order of building, and the places of the others."""
        self.head, self.sign = self.text["projects_head"], self.text["projects_sign"]
        lonlat = table[["lon", "lat"]].astype(float)
        placed = lonlat.notna().all(axis="columns")
        steps = pd.to_numeric(table["step"], errors="coerce")
        chosen = table["chosen"].fillna(value=False).astype(bool) & steps.notna()
        order = steps[chosen].sort_values().index
        for place, at in enumerate(order):
            if place < _MOST_LISTED:
                told = {"step": f"{steps[at]:.0f}", "what": plain_line(table.at[at, "what"], 60)}
                self.rows.append(fill(self.text["project"], told))
            if placed[at]:
                self._put(int(steps[at]), *lonlat.loc[at])
        more, lost = len(order) - _MOST_LISTED, int((~placed).sum())
        notes = [
            fill(self.text[key], {"count": count})
            for key, count in (("more", more), ("unplaced", lost))
            if count > 0
        ]
        self.note = self.text["stop"].join(notes)
        other = lonlat[~chosen & placed]
        spots = gpd.GeoSeries.from_xy(other["lon"], other["lat"], crs="EPSG:4326")
        self.others = self.ground.metres(spots)

    def _put(self, number: int, lon: float, lat: float) -> None:
        if math.isfinite(lon) and math.isfinite(lat):
            self.numbers.setdefault((round(lon, 5), round(lat, 5)), []).append(number)

    def _lines(self) -> list[str]:
        """Rows of the list in two columns, each in one or two lines."""
        return [wrapped(row, (WIDTH_CM / 2 - 0.5) / (SMALL_PT * PT_CM), 2) for row in self.rows]

    def _columns(self) -> tuple[list[str], list[str]]:
        lines = self._lines()
        half = (len(lines) + 1) // 2
        return lines[:half], lines[half:]

    def height_cm(self) -> float:
        """Room for the list below the map."""
        if not self.head:
            return 0.0
        tall = max(sum(row.count("\n") + 1 for row in part) for part in self._columns())
        return 0.7 + tall * _LINE_CM + (_LINE_CM if self.note else 0.0)

    def write(self, sheet: Sheet) -> None:
        """The list below the map."""
        if not self.head:
            return
        top = sheet.foot_cm + self.height_cm() - 0.1
        sheet.write(0.2, top, self.head, {"va": "top", "color": GREY})
        for column, part in enumerate(self._columns()):
            y_cm = top - 0.48
            for row in part:
                look = {"va": "top", "linespacing": 1.25}
                sheet.write(0.2 + column * WIDTH_CM / 2, y_cm, row, look)
                y_cm -= _LINE_CM * (row.count("\n") + 1)
        if self.note:
            sheet.write(0.2, sheet.foot_cm + 0.05, self.note, {"va": "bottom", "color": GREY})

    def draw(self, axes: Any, panel: Panel, boxes: list[Any]) -> None:
        """Numbers, shapes and the places of what was not chosen."""
        if self.shapes is not None:
            look = {"facecolors": "none", "edgecolors": ORANGE, "hatch": "///", "linewidths": 0.8}
            shapes = self.shapes.geometry.to_crs(self.ground.crs)
            self.ground.shapes(axes, shapes, look | {"zorder": 4})
        if self.others is not None and len(self.others):
            look = {"marker": "D", "facecolor": "white", "edgecolor": INK, "linewidth": 0.8}
            axes.scatter(*self.others.T, s=16, zorder=5, **look)
            sign = {"marker": "D", "markerfacecolor": "white", "markeredgecolor": INK}
            panel.sign(self.text["project_other"], {**sign, "markersize": 4.5})
        if not self.numbers:
            return
        spots = gpd.GeoSeries.from_xy(*zip(*self.numbers, strict=True), crs="EPSG:4326")
        places = self.ground.metres(spots)
        axes.scatter(*places.T, s=44, color=ORANGE, edgecolor="white", linewidth=0.8, zorder=7)
        panel.sign(
            self.sign, {"marker": "o", "markerfacecolor": ORANGE, "markeredgecolor": "white"}
        )
        names = [_ranges(sorted(set(numbers))) for numbers in self.numbers.values()]
        label_points(axes, places, names, point_pt=4.0, taken=boxes)


def _ranges(numbers: list[int]) -> str:
    """Numbers in a row as one, such as 1–3, 5."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(f"{one[0]}–{one[-1]}" if len(one) > 1 else f"{one[0]}" for one in parts)
