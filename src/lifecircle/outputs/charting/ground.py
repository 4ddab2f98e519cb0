"""The ground of a printed map: streets, walls and gates, units and their names, in metres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from lifecircle.crs import local_crs
from lifecircle.outputs.charting.labels import axes_box, in_points, overlaps, text_box
from lifecircle.outputs.charting.style import (
    GREY,
    INK,
)
from lifecircle.outputs.charting.text import plain_line
from lifecircle.outputs.name_places import middle_of, upper_edge
from lifecircle.outputs.packing import texts
from lifecircle.outputs.streets import streets_layer
from lifecircle.outputs.walls import walls_layer
from lifecircle.outputs.words import fill, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lifecircle.assessment.study import Study
    from lifecircle.outputs.charting.panel import Panel

_STREETS = {"minor": ("#dedede", 0.4), "town": ("#c9c9c9", 0.8), "main": ("#b0b0b0", 1.6)}
_WALL_COLOUR = "#8a6d5a"
_MARKERS = {"triangle": "^", "diamond": "D", "cross": "x"}
_NAME_PT = 9.0
_MOST_STREET_NAMES = 8
_LEAST_CM, _MOST_CM = 7.5, 18.0
_AROUND = 0.05


class Ground:
    """What lies below every printed map of an evaluation.

    Parameters
    ----------
    study
        Its streets, walls and language.
    units, residents
        Tables of the study, or of its evaluation.
    width_cm
        Width of the map on paper.

    Examples
    --------
    >>> import lifecircle as lc
    >>> study = lc.load_demo()
    >>> ground = Ground(study, study.units, study.residents, 11)
    >>> 8 < ground.height_cm < 18
    True
    """

    def __init__(
        self, study: Study, units: gpd.GeoDataFrame, residents: gpd.GeoDataFrame, width_cm: float
    ) -> None:
        self.study, self.units, self.width_cm = study, units, width_cm
        west, south, east, north = units.total_bounds
        self.crs = local_crs((west + east) / 2, (south + north) / 2)
        shapes = units.geometry.to_crs(self.crs)
        self.bounds: list[float] = [float(side) for side in shapes.total_bounds]
        wide, tall = (max(self.bounds[at + 2] - self.bounds[at], 50.0) for at in (0, 1))
        self.residents = self.metres(residents.geometry)
        self.height_cm = 0.0
        self.fit(min(max(width_cm * tall / wide, _LEAST_CM), _MOST_CM))
        self.has_walls, self.gates = False, list[dict[str, Any]]()
        self.unnamed = 0

    def fit(self, height_cm: float) -> None:
        """Make the map so tall, with some ground around the units."""
        west, south, east, north = self.bounds
        metres_per_cm = (1 + 2 * _AROUND) * max(
            (east - west) / self.width_cm, (north - south) / height_cm, 5.0
        )
        half_x, half_y = metres_per_cm * self.width_cm / 2, metres_per_cm * height_cm / 2
        x, y = (west + east) / 2, (south + north) / 2
        self.height_cm = height_cm
        self.window = (x - half_x, y - half_y, x + half_x, y + half_y)

    def frame(self, axes: Any) -> None:
        """Set the limits of a map's axes."""
        west, south, east, north = self.window
        axes.set_xlim(west, east)
        axes.set_ylim(south, north)
        axes.set_aspect("equal")
        axes.set_xticks([])
        axes.set_yticks([])

    def shapes(self, axes: Any, shapes: gpd.GeoSeries, look: Mapping[str, Any]) -> None:
        """Polygons in metres; geopandas would draw them by pyplot."""
        paths = [_outline(shape) for shape in shapes if shape is not None and not shape.is_empty]
        axes.add_collection(PathCollection(paths, **look), autolim=False)

    def metres(self, points: gpd.GeoSeries) -> NDArray[np.float64]:
        """Points in the metres of the map, shape (n, 2)."""
        if not len(points):
            return np.zeros((0, 2))
        placed = points.to_crs(self.crs)
        return np.column_stack([placed.x.to_numpy(), placed.y.to_numpy()])

    def streets(self, axes: Any) -> None:
        """Streets in three ranks, as the map page draws them."""
        corners = gpd.GeoSeries([shapely.box(*self.window)], crs=self.crs).to_crs("EPSG:4326")
        west, south, east, north = corners.total_bounds
        network = self.study.network
        text = words(self.study.language)
        edges = network.edges_frame().to_crs("EPSG:4326")
        layer = streets_layer(edges, [[south, west], [north, east]], text)
        for rank, (colour, width) in _STREETS.items():
            self._lines(axes, layer["streets"][rank], {"colors": colour, "linewidths": width})
        self.street_names = layer["street_names"]

    def walls(self, axes: Any) -> None:
        """Compounds, walls and gates, if they are known."""
        study = self.study
        text = words(study.language)
        compounds = study.extras.get("compounds")
        if isinstance(compounds, gpd.GeoDataFrame) and len(compounds):
            shapes = compounds.geometry.to_crs(self.crs)
            look = {"facecolors": "#f7f3ee", "edgecolors": "#d8c9bb", "linewidths": 0.4}
            self.shapes(axes, shapes, look | {"zorder": 0.5})
        layer = walls_layer(study.network, text)
        if layer.get("walls"):
            self.has_walls = True
            self._lines(axes, layer["walls"], {"colors": _WALL_COLOUR, "linewidths": 0.5})
        gates = layer.get("gates")
        if not gates:
            return
        lonlat = _steps(gates["points"])
        places = self.metres(gpd.GeoSeries.from_xy(*lonlat.T, crs="EPSG:4326"))
        kind = np.asarray(gates["access"])
        self.gates = gates["classes"]
        for position, one in enumerate(gates["classes"]):
            marker = _MARKERS.get(one["shape"], "o")
            look = {"marker": marker, "color": one["colour"], "linewidth": 0.5, "s": 5}
            axes.scatter(*places[kind == position].T, zorder=2.6, **look)

    def _lines(self, axes: Any, packed: Sequence[Sequence[int]], look: Mapping[str, Any]) -> None:
        """Packed lines, cut at the frame."""
        lines = [shapely.LineString(_steps(one)) for one in packed if len(one) >= 4]
        if not lines:
            return
        placed = gpd.GeoSeries(lines, crs="EPSG:4326").to_crs(self.crs).to_numpy()
        cut = shapely.get_parts(shapely.clip_by_rect(placed, *self.window))
        cut = cut[(shapely.get_type_id(cut) == 1) & ~shapely.is_empty(cut)]
        axes.add_collection(
            LineCollection([shapely.get_coordinates(one) for one in cut], zorder=1, **look),
            autolim=False,
        )

    def seen(self, places: NDArray[np.float64]) -> int:
        """How many points lie on the map."""
        west, south, east, north = self.window
        x, y = places.T
        return int(((x >= west) & (x <= east) & (y >= south) & (y <= north)).sum())

    def unit_outlines(self, axes: Any) -> None:
        """Outlines of the units, those of parents broader."""
        above = self._above()
        shapes = self.units.geometry.to_crs(self.crs)
        for chosen, width, colour in ((~above, 0.9, GREY), (above, 1.7, INK)):
            if chosen.any():
                look = {"edgecolors": colour, "linewidths": width, "facecolors": "none"}
                self.shapes(axes, shapes[chosen], look | {"zorder": 4})

    def _above(self) -> pd.Series:
        """Units that have others inside."""
        parents = pd.Series(texts(self.units, "parent_id"), dtype="str")
        found: pd.Series = self.units["unit_id"].astype(str).isin(set(parents) - {""})
        return found

    def unit_names(self, axes: Any) -> list[Any]:
        """Names of units and of long streets where there is room; the boxes that they take."""
        above = self._above().to_numpy()
        shapes = self.units.geometry.to_crs(self.crs).to_numpy()
        names = [
            plain_line(name or unit_id, 14)
            for name, unit_id in zip(
                texts(self.units, "name"), texts(self.units, "unit_id"), strict=True
            )
        ]
        frame, boxes = axes_box(axes), list[Any]()
        taken = _corners(frame)
        for row in np.argsort(above, kind="stable").tolist():  # those inside others first
            name = names[row]
            place = upper_edge(shapes[row]) if above[row] else middle_of(shapes[row])
            x, y = in_points(axes, shapely.get_coordinates(place))[0]
            inside = None if above[row] else shapes[row]
            tries = [one for one in _tries(x, y, name) if self._is_of(axes, one, inside)]
            box = next((one for one in tries if _free(one, frame, [*taken, *boxes])), None)
            if box is None:
                self.unnamed += 1
                continue
            boxes.append(box)
            look = {"fontsize": _NAME_PT, "color": INK, "zorder": 7}
            _write(axes, _metres_at(axes, box), name, look)
        self._write_street_names(axes, frame, [*taken, *boxes])
        return boxes

    def _is_of(self, axes: Any, box: Any, shape: Any) -> bool:
        """Whether a name would still stand on its unit."""
        if shape is None:
            return True
        return bool(shapely.contains_xy(shape, *_metres_at(axes, box)))

    def _write_street_names(self, axes: Any, frame: Any, boxes: list[Any]) -> None:
        """Names along the longest streets, where nothing else stands."""
        written = 0
        for street in self.street_names:
            if written == _MOST_STREET_NAMES:
                break
            lat, lon = street["at"]
            name = plain_line(street["text"], 12)
            at = self.metres(gpd.GeoSeries.from_xy([lon], [lat], crs="EPSG:4326"))
            x, y = in_points(axes, at)[0]
            *_, right, high = text_box(0, 0, name)
            turn = np.radians(-street["turn"])
            half = abs(right * np.cos(turn)) + abs(high * np.sin(turn))
            tall = abs(right * np.sin(turn)) + abs(high * np.cos(turn))
            box = (x - half, y - tall, x + half, y + tall)
            if _free(box, frame, boxes):
                look = {"fontsize": 8.0, "color": GREY, "zorder": 3.5, "rotation": -street["turn"]}
                _write(axes, _metres_at(axes, box), name, look)
                boxes.append(box)
                written += 1

    def legend(self, panel: Panel, text: Mapping[str, str]) -> None:
        """What the ground shows."""
        panel.y_cm -= 0.15
        panel.sign(text["units"], {"color": INK, "linewidth": 1.7})
        panel.sign(text["streets"], {"color": _STREETS["main"][0], "linewidth": 1.6})
        if self.has_walls:
            panel.sign(text["walls"], {"color": _WALL_COLOUR, "linewidth": 0.8})
        for one in self.gates:
            look = {"marker": _MARKERS.get(one["shape"], "o"), "markersize": 3.5}
            look |= {"markerfacecolor": one["colour"], "markeredgecolor": one["colour"]}
            panel.sign(fill(text["gates"], {"kind": one["label"]}), look)
        if self.unnamed:
            panel.note(fill(text["unnamed_units"], {"count": self.unnamed}))


def _outline(shape: Any) -> Path:
    """A polygon or several, with their holes."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    rings = [
        Path(shapely.get_coordinates(ring), closed=True)
        for part in shapely.orient_polygons(np.asarray(parts, dtype=object))
        for ring in (part.exterior, *part.interiors)
    ]
    return Path.make_compound_path(*rings) if rings else Path(np.zeros((0, 2)))


def _steps(packed: Sequence[int]) -> NDArray[np.float64]:
    """Vertices of a packed line, degrees, shape (n, 2)."""
    steps = np.asarray(packed, dtype=np.int64).reshape(-1, 2)
    return np.cumsum(steps, axis=0) / 1e6


def _tries(x: float, y: float, name: str) -> list[Any]:
    """Boxes for a name, the best first."""
    shifts = [(0, 0), (0, 11), (0, -11), (0, 22), (0, -22), (24, 0), (-24, 0), (24, 14),
              (-24, 14), (24, -14), (-24, -14)]  # fmt: skip
    return [text_box(x + east, y + north, name, _NAME_PT) for east, north in shifts]


def _free(box: Any, frame: Any, boxes: Sequence[Any]) -> bool:
    """Whether a box lies inside the frame and on no other."""
    inside = box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2]
    return inside and box[3] <= frame[3] and not overlaps(box, boxes)


def _corners(frame: Any) -> list[Any]:
    """Where the scale and the arrow to the north stand."""
    left, low, right, high = frame
    scale = (left, low, left + 0.45 * (right - left), low + 0.11 * (high - low))
    return [scale, (right - 32.0, high - 62.0, right, high)]


def _metres_at(axes: Any, box: Any) -> tuple[float, float]:
    """Middle of a box, points of the figure, in the units of the axes."""
    scale = axes.figure.dpi / 72
    middle = ((box[0] + box[2]) / 2 * scale, (box[1] + box[3]) / 2 * scale)
    x, y = axes.transData.inverted().transform(middle)
    return float(x), float(y)


def _write(axes: Any, at_m: tuple[float, float], name: str, look: Mapping[str, Any]) -> None:
    """Text around a place, with a white edge."""
    axes.text(
        *at_m,
        name,
        ha="center",
        va="center",
        rotation_mode="anchor",
        path_effects=[withStroke(linewidth=2.2, foreground="white")],
        clip_on=True,
        **look,
    )
