"""Printed maps: streets, units, residents, shortfalls or projects, in metres and not squashed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from lifecircle.errors import InputError, MissingColumnError, UnknownNameError, some
from lifecircle.outputs.chart_frame import Sheet
from lifecircle.outputs.chart_ground import Ground
from lifecircle.outputs.chart_labels import label_points
from lifecircle.outputs.chart_panel import Panel, north_arrow, scale_bar
from lifecircle.outputs.chart_style import (
    GREY,
    INK,
    MOST_HEIGHT_CM,
    ORANGE,
    PT_CM,
    SMALL_PT,
    WIDTH_CM,
    drawing,
    finished,
)
from lifecircle.outputs.chart_text import plain_line, wrapped
from lifecircle.outputs.chart_words import chart_words
from lifecircle.outputs.legend import completeness_classes, minutes_classes, spread
from lifecircle.outputs.map_residents import COMPLETENESS_COLOURS, nearest_minutes
from lifecircle.outputs.packing import flags
from lifecircle.outputs.words import fill
from lifecircle.standards import catalog

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lifecircle.assessment.evaluation import Evaluation

SHOWN = ("completeness", "minutes", "shortfalls", "projects")
_QUIET_COLOUR = "#bdbdbd"
_MOST_LISTED = 10
_MAP_CM, _PANEL_CM = 11.3, 4.0
_LINE_CM = 0.38
_Classes = list[tuple[Any, str, dict[str, Any]]]


def plot_map(
    evaluation: Evaluation,
    *,
    show: str = "completeness",
    service: str | None = None,
    shortfalls: pd.DataFrame | None = None,
    projects: pd.DataFrame | None = None,
) -> Figure:
    """A map to print, with scale, north, legend, data sources and map review number.

    Parameters
    ----------
    evaluation
        From ``evaluate``.
    show
        What is drawn: ``"completeness"`` (how many required services residents reach within the
        longest time), ``"minutes"`` (their walk to the nearest of one service), ``"shortfalls"``
        or ``"projects"``.
    service
        For ``"minutes"``: which service.
    shortfalls
        For ``"shortfalls"``: what ``rank_shortfalls`` gives, of which the first ten rows are drawn
        at the middle of the people who are short; or the shapes of ``shortfall_hulls``.
    projects
        For ``"projects"``: what ``list_projects`` gives; the chosen ones are numbered in the order
        of building, the first ten are named.

    Returns
    -------
    Figure

    Raises
    ------
    UnknownNameError
        If nothing of that name can be shown, or no facility is of that service.
    InputError
        If what is to be drawn is not handed in; ``MissingColumnError`` if it is another table.
    MissingPackageError
        If the package with the font is not installed.

    Examples
    --------
    >>> import lifecircle as lc
    >>> figure = plot_map(lc.evaluate(lc.load_demo()))
    >>> figure.axes[0].get_aspect()
    1.0
    """
    text = chart_words(evaluation.study.language)
    if show not in SHOWN:
        raise UnknownNameError("map", show, SHOWN)
    _check(show, service, shortfalls, projects)
    with drawing():
        ground = Ground(evaluation, _MAP_CM)
        listed = _Listed(ground, text)
        if show == "shortfalls" and shortfalls is not None:
            listed.shortfalls(shortfalls)
        if show == "projects" and projects is not None:
            listed.projects(projects)
        sheet, axes, panel = _sheet(evaluation, ground, listed, _title(evaluation, show, service))
        ground.streets(axes)
        ground.walls(axes)
        classes = (
            _completeness(evaluation)
            if show == "completeness"
            else _minutes(evaluation, str(service))
            if show == "minutes"
            else [(None, text["residents"], {"facecolor": _QUIET_COLOUR, "linewidth": 0})]
        )
        _residents(axes, ground, classes)
        panel.head(_head(evaluation, show))
        for _, label, look in classes:
            panel.sign(label, _sign(look))
        if show == "minutes":
            _facilities(axes, ground, panel, str(service), text)
        ground.units(axes)
        boxes = ground.unit_names(axes)
        listed.draw(axes, panel, boxes)
        ground.legend(panel, text)
        scale_bar(axes, text)
        north_arrow(axes, text)
        return finished(sheet.figure)


def _check(
    show: str,
    service: str | None,
    shortfalls: pd.DataFrame | None,
    projects: pd.DataFrame | None,
) -> None:
    """See that what is to be drawn is there."""
    wanted: dict[str, tuple[Any, str, tuple[str, ...]]] = {
        "minutes": (service, 'service, such as service="kindergarten"', ()),
        "shortfalls": (
            shortfalls,
            "shortfalls, what rank_shortfalls() gives",
            ("rank", "service_name", "unit_name", "people_short"),
        ),
        "projects": (
            projects,
            "projects, what list_projects() gives",
            ("project_id", "what", "step", "chosen", "lon", "lat"),
        ),
    }
    if show not in wanted:
        return
    given, how, columns = wanted[show]
    if given is None:
        raise InputError(f"plot_map: show={show!r} needs {how}.")
    missing = [name for name in columns if name not in given.columns]
    if missing:
        raise MissingColumnError(
            f"{show}: column {some(missing, 9)} is missing; found {some(given.columns, 12)}. Hand "
            f"in {how}."
        )


def _title(evaluation: Evaluation, show: str, service: str | None) -> str:
    """Name of the study and what is shown."""
    study = evaluation.study
    text = chart_words(study.language)
    name = catalog.service_name(str(service), study.language)
    what = fill(text[f"map_{show}"], {"service": name})
    return f"{study.name}{'：' if study.language == 'zh' else ': '}{what}" if study.name else what


def _head(evaluation: Evaluation, show: str) -> str:
    text = chart_words(evaluation.study.language)
    key = {"completeness": "residents_of", "minutes": "residents_minutes"}.get(show, "residents")
    minutes, total = max(evaluation.study.minutes), len(evaluation.required_services)
    return fill(text[key], {"minutes": f"{minutes:g}", "total": total})


def _sheet(
    evaluation: Evaluation, ground: Ground, listed: _Listed, title: str
) -> tuple[Sheet, Any, Panel]:
    """The sheet with room for map, legend and list."""
    study = evaluation.study
    text = chart_words(study.language)
    sources = [str(one) for one in getattr(study, "data_sources", ()) if one]
    joined = text["stop"].join(sources) or text["sources_none"]
    number = getattr(study, "review_number", "")
    notes = [
        fill(text["sources"], {"sources": joined}),
        fill(text["review_number"], {"number": number}) if number else "",
    ]
    rows_cm = listed.height_cm()
    ground.fit(min(ground.height_cm, MOST_HEIGHT_CM - 3.0 - rows_cm))
    sheet = Sheet(ground.height_cm + rows_cm + 0.3, title, text, sample=study.sample, notes=notes)
    axes = sheet.axes(0.2, rows_cm + 0.2, _MAP_CM, ground.height_cm)
    ground.frame(axes)
    panel_axes = sheet.axes(_MAP_CM + 0.5, rows_cm + 0.2, _PANEL_CM, ground.height_cm)
    listed.write(sheet)
    return sheet, axes, Panel(panel_axes, _PANEL_CM, ground.height_cm)


def _completeness(evaluation: Evaluation) -> _Classes:
    """Residents of each class of completeness, as the map page has them."""
    text = chart_words(evaluation.study.language)
    residents = evaluation.residents
    far = _far(evaluation)
    count = residents[f"completeness_{max(evaluation.study.minutes):g}min_count"]
    count = count.astype("float64").mask(far)
    ranges = completeness_classes(len(evaluation.required_services))
    classes: _Classes = []
    for (low, high), colour in zip(ranges, spread(COMPLETENESS_COLOURS, len(ranges)), strict=True):
        label = fill(text["class_one" if low == high else "class"], {"low": low, "high": high})
        classes.append((count.between(low, high).to_numpy(), label, _square(colour)))
    return [*classes, *_unknown(count.isna().to_numpy(), text)]


def _minutes(evaluation: Evaluation, service: str) -> _Classes:
    """Residents by the walk to the nearest facility of a service."""
    text = chart_words(evaluation.study.language)
    found = nearest_minutes(evaluation, [service])[service]
    if found is None:
        columns = evaluation.residents.columns
        known = [name[8:-4] for name in columns if name.startswith("nearest_")]
        raise UnknownNameError("service of a facility", service, sorted(known))
    minutes, far = found.to_numpy(dtype=float), _far(evaluation)
    classes: _Classes = []
    for one in minutes_classes(sorted(evaluation.study.minutes)):
        low, high = one["low"], one["high"]
        if high is None:
            who = ~(minutes <= low)
            label, look = fill(text["minutes_above"], {"high": f"{low:g}"}), _square("#ffffff", INK)
        else:
            who = (minutes > low if low else minutes >= 0) & (minutes <= high)
            label = fill(text["minutes_class"], {"low": f"{low:g}", "high": f"{high:g}"})
            look = _square(one["colour"])
        classes.append((who & ~far, label, look))
    return [*classes, *_unknown(far, text)]


def _far(evaluation: Evaluation) -> NDArray[np.bool_]:
    """Residents near no street: they were not measured, and nothing is known of them."""
    far: NDArray[np.bool_] = np.asarray(flags(evaluation.residents, "unsnapped"), dtype=bool)
    return far


def _square(colour: str, edge: str = GREY) -> dict[str, Any]:
    return {"facecolor": colour, "edgecolor": edge, "linewidth": 0.25 if edge == GREY else 0.6}


def _unknown(who: NDArray[np.bool_], text: Mapping[str, str]) -> _Classes:
    """Residents of whom nothing is known, if there are any."""
    look = {"facecolor": INK, "marker": "x", "linewidth": 0.8}
    return [(who, text["off_street"], look)] if who.any() else []


def _residents(axes: Any, ground: Ground, classes: _Classes) -> None:
    """Squares, about as large as there is room for."""
    places = ground.residents
    width_pt = _MAP_CM / PT_CM
    count = max(len(places), 1)
    # The squares of even a dense circle cover about a tenth of the ground.
    side_pt = min(max(0.33 * math.sqrt(width_pt * width_pt / count), 1.6), 6.0)
    for who, _, look in classes:
        chosen = places if who is None else places[who]
        axes.scatter(
            *chosen.T,
            s=side_pt**2,
            zorder=3,
            rasterized=count > 3000,
            **{"marker": "s", **look},
        )


def _sign(look: Mapping[str, Any]) -> dict[str, Any]:
    """Marker of the legend like those of the map."""
    return {
        "marker": look.get("marker", "s"),
        "markerfacecolor": look["facecolor"],
        "markeredgecolor": look.get("edgecolor", look["facecolor"]),
        "markeredgewidth": max(look.get("linewidth", 0.0), 0.3),
    }


def _facilities(
    axes: Any, ground: Ground, panel: Panel, service: str, text: Mapping[str, str]
) -> None:
    """Facilities of one service, or of those that stand in for it."""
    evaluation = ground.evaluation
    table = evaluation.requirements.set_index("service")["accepts"]
    accepts = table[service] if service in table.index else (service,)
    chosen = evaluation.facilities["service"].isin(list(accepts)).to_numpy()
    places = ground.metres(evaluation.facilities.geometry[chosen])
    look = {"s": 30, "marker": "^", "facecolor": ORANGE, "edgecolor": "white", "linewidth": 0.6}
    axes.scatter(*places.T, zorder=5, **look)
    west, south, east, north = ground.window
    x, y = places.T
    inside = (x > west) & (x < east) & (y > south) & (y < north)
    name = catalog.service_name(service, evaluation.study.language)
    label = fill(text["facility"], {"service": name, "count": f"{int(inside.sum()):,}"})
    panel.sign(label, {"marker": "^", "markerfacecolor": ORANGE, "markeredgecolor": "white"})


class _Listed:
    """Shortfalls or projects: numbers on the map, and what they stand for below it."""

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
            look = {"facecolor": "none", "edgecolor": ORANGE, "hatch": "///", "linewidth": 0.8}
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
