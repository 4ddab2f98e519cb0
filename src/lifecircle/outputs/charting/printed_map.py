"""Printed maps: streets, units, residents, shortfalls or projects, in metres and not squashed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.figure import Figure

from lifecircle.assessment.study import Study
from lifecircle.errors import InputError, UnknownNameError
from lifecircle.outputs.charting.frame import Sheet
from lifecircle.outputs.charting.ground import Ground
from lifecircle.outputs.charting.listed import Listed
from lifecircle.outputs.charting.panel import Panel, north_arrow, scale_bar
from lifecircle.outputs.charting.style import (
    GREY,
    INK,
    MOST_HEIGHT_CM,
    ORANGE,
    PT_CM,
    drawing,
    finished,
)
from lifecircle.outputs.charting.words import chart_words
from lifecircle.outputs.legend import completeness_classes, minutes_classes, spread
from lifecircle.outputs.mapping.residents import COMPLETENESS_COLOURS, nearest_minutes
from lifecircle.outputs.packing import flags
from lifecircle.outputs.words import fill
from lifecircle.standards import catalog
from lifecircle.tables.frames import check_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lifecircle.assessment.evaluation import Evaluation

SHOWN = ("completeness", "minutes", "facilities", "shortfalls", "projects")
_QUIET_COLOUR = "#bdbdbd"
_MARKERS = "os^DvP*X"
_EDGED_PT = 2.5  # smaller squares would be nothing but edge
_MOST_SHAPES = 3_000  # more of them are one picture within an SVG
_MAP_CM, _PANEL_CM = 11.3, 4.0
_Classes = list[tuple[Any, str, dict[str, Any]]]


def plot_map(
    evaluation: Evaluation | Study,
    *,
    show: str | None = None,
    service: str | None = None,
    shortfalls: pd.DataFrame | None = None,
    projects: pd.DataFrame | None = None,
) -> Figure:
    """A map to print, with scale, north, legend, data sources and map review number.

    Parameters
    ----------
    evaluation
        From ``evaluate``; or a study, of which facilities can be drawn.
    show
        What is drawn: ``"completeness"`` (how many required services residents reach within the
        longest time), ``"minutes"`` (their walk to the nearest of one service), ``"facilities"``
        by their groups, ``"shortfalls"`` or ``"projects"``. If not given: completeness, of a study
        facilities.
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
    study = evaluation if isinstance(evaluation, Study) else evaluation.study
    text = chart_words(study.language)
    show = show or ("facilities" if isinstance(evaluation, Study) else "completeness")
    if show not in SHOWN:
        raise UnknownNameError("map", show, SHOWN)
    _check(show, service, shortfalls, projects)
    with drawing():
        ground = Ground(study, evaluation.units, evaluation.residents, _MAP_CM)
        listed = Listed(ground, text)
        if show == "shortfalls" and shortfalls is not None:
            listed.shortfalls(shortfalls)
        if show == "projects" and projects is not None:
            listed.projects(projects)
        head, classes = _classes(evaluation, show, service)
        sheet, axes, panel = _sheet(ground, listed, _title(study, show, service))
        ground.streets(axes)
        ground.walls(axes)
        # Where many live the worst off lie above the others.
        _residents(axes, ground, classes if show == "minutes" else classes[::-1])
        panel.head(head)
        for _, label, look in classes:
            panel.sign(label, _sign(look))
        if show == "minutes" and not isinstance(evaluation, Study):
            _offers(axes, ground, panel, evaluation, str(service))
        if show == "facilities":
            _facilities(axes, ground, panel, evaluation.facilities)
        ground.unit_outlines(axes)
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
        "minutes": (service, "", ()),
        "shortfalls": (
            shortfalls,
            "rank_shortfalls()",
            ("rank", "service_name", "unit_name", "people_short"),
        ),
        "projects": (
            projects,
            "list_projects()",
            ("project_id", "what", "step", "chosen", "lon", "lat"),
        ),
    }
    if show not in wanted:
        return
    given, source, columns = wanted[show]
    if given is None:
        how = f"{show}, what {source} gives" if source else 'service="kindergarten" or another'
        raise InputError(f"plot_map: show={show!r} needs {how}.")
    if source:
        check_columns(given, columns, show, source)


def _title(study: Study, show: str, service: str | None) -> str:
    """Name of the study and what is shown."""
    text = chart_words(study.language)
    name = catalog.service_name(str(service), study.language)
    what = fill(text[f"map_{show}"], {"service": name})
    return f"{study.name}{'：' if study.language == 'zh' else ': '}{what}" if study.name else what


def _classes(
    evaluation: Evaluation | Study, show: str, service: str | None
) -> tuple[str, _Classes]:
    """What the residents' colours mean, and who has which."""
    if isinstance(evaluation, Study):
        if show in {"completeness", "minutes"}:
            raise InputError(
                f"plot_map: show={show!r} needs an evaluation. Hand in evaluate(study)."
            )
        study = evaluation
    else:
        study = evaluation.study
        text = chart_words(study.language)
        if show == "completeness":
            told = {
                "minutes": f"{max(study.minutes):g}",
                "total": len(evaluation.required_services),
            }
            return fill(text["residents_of"], told), _completeness(evaluation)
        if show == "minutes":
            return text["residents_minutes"], _minutes(evaluation, str(service))
    text = chart_words(study.language)
    quiet = {"facecolor": _QUIET_COLOUR, "linewidth": 0}
    return text["map_legend"], [(None, text["residents"], quiet)]


def _sheet(ground: Ground, listed: Listed, title: str) -> tuple[Sheet, Any, Panel]:
    """The sheet with room for map, legend and list."""
    study = ground.study
    text = chart_words(study.language)
    sources = [str(one) for one in study.data_sources if one]
    unstated = text["sources_sample" if study.sample else "sources_none"]
    joined = text["stop"].join(sources) or unstated
    notes = [
        fill(text["sources"], {"sources": joined}),
        fill(text["review_number"], {"number": study.review_number}) if study.review_number else "",
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
    count = len(places)
    west, _, east, _ = ground.window
    side_pt = min(max(0.75 * _apart_m(places) * _MAP_CM / PT_CM / (east - west), 1.4), 6.0)
    for who, _, look in classes:
        chosen = places if who is None else places[who]
        is_bare = side_pt < _EDGED_PT and look.get("edgecolor") == GREY
        axes.scatter(
            *chosen.T,
            s=side_pt**2,
            zorder=3,
            rasterized=count > _MOST_SHAPES,
            **{"marker": "s", **look, **({"linewidth": 0.0} if is_bare else {})},
        )


def _apart_m(places: NDArray[np.float64]) -> float:
    """How far neighbours are apart, as most are."""
    _, first = np.unique(places, axis=0, return_index=True)  # several may live at one place
    points = shapely.points(places[np.sort(first)])
    if len(points) < 2:
        return math.inf
    some = points[:: max(len(points) // 2000, 1)]
    _, metres = shapely.STRtree(points).query_nearest(some, exclusive=True, return_distance=True)
    return float(np.median(metres))


def _sign(look: Mapping[str, Any]) -> dict[str, Any]:
    """Marker of the legend like those of the map."""
    return {
        "marker": look.get("marker", "s"),
        "markerfacecolor": look["facecolor"],
        "markeredgecolor": look.get("edgecolor", look["facecolor"]),
        "markeredgewidth": max(look.get("linewidth", 0.0), 0.3),
    }


def _offers(axes: Any, ground: Ground, panel: Panel, evaluation: Evaluation, service: str) -> None:
    """Facilities of one service, or of those that stand in for it."""
    text = chart_words(evaluation.study.language)
    table = evaluation.requirements.set_index("service")["accepts"]
    accepts = table[service] if service in table.index else (service,)
    chosen = evaluation.facilities["service"].isin(list(accepts)).to_numpy()
    places = ground.metres(evaluation.facilities.geometry[chosen])
    look = {"s": 30, "marker": "^", "facecolor": ORANGE, "edgecolor": "white", "linewidth": 0.6}
    axes.scatter(*places.T, zorder=5, **look)
    name = catalog.service_name(service, evaluation.study.language)
    count = f"{ground.seen(places):,}"
    label = fill(text["facility"], {"service": name, "count": count})
    panel.sign(label, {"marker": "^", "markerfacecolor": ORANGE, "markeredgecolor": "white"})


def _facilities(axes: Any, ground: Ground, panel: Panel, facilities: gpd.GeoDataFrame) -> None:
    """Facilities by group, told apart by shape and colour."""
    language = ground.study.language
    text = chart_words(language)
    places = ground.metres(facilities.geometry)
    groups = catalog.service_groups()
    for marker, (group, row) in zip(_MARKERS, groups.iterrows(), strict=True):
        mine = places[(facilities["group"] == group).to_numpy()]
        if not len(mine):
            continue
        look = {"marker": marker, "facecolor": row["colour"], "edgecolor": "white"}
        axes.scatter(*mine.T, s=17, linewidth=0.4, zorder=5, **look)
        told = {"service": row[f"name_{language}"], "count": f"{ground.seen(mine):,}"}
        sign = {"marker": marker, "markerfacecolor": row["colour"], "markeredgecolor": "white"}
        panel.sign(fill(text["facility"], told), {**sign, "markersize": 6.5})
