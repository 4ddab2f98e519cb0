"""Metres on the drawing board, degrees on Earth, dice that fall alike everywhere, and GeoJSON.

The board is flat: x metres east and y metres north of its origin. One fixed factor per axis turns
metres into degrees. Over the few kilometres that are drawn this is true to 1 in 4,000, and it
needs nothing but a multiplication, so every machine writes the same digits.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

Point = tuple[float, float]
T = TypeVar("T")

# WGS-84: semi-major axis and first eccentricity squared.
_AXIS_M = 6378137.0
_ECCENTRICITY_SQUARED = 0.0066943799901413165
DECIMALS = 7

SAMPLE = "drawn sample data, not a survey / 示例数据（绘制），非实测"


class Board:
    """A flat drawing board laid on the ground at one place.

    Parameters
    ----------
    lon, lat
        The board's origin, degrees WGS-84.
    """

    def __init__(self, lon: float, lat: float) -> None:
        sine = math.sin(math.radians(lat))
        bend = 1.0 - _ECCENTRICITY_SQUARED * sine * sine
        east_m = _AXIS_M / math.sqrt(bend) * math.cos(math.radians(lat))
        north_m = _AXIS_M * (1.0 - _ECCENTRICITY_SQUARED) / (bend * math.sqrt(bend))
        self.lon, self.lat = lon, lat
        # Rounded: the last bits of sin and cos may differ from one machine to the next.
        self.lon_m = round(math.radians(east_m), 4)
        self.lat_m = round(math.radians(north_m), 4)

    def degrees(self, point: Point) -> Point:
        """Metres on the board → longitude and latitude."""
        x_m, y_m = point
        return (
            round(self.lon + x_m / self.lon_m, DECIMALS),
            round(self.lat + y_m / self.lat_m, DECIMALS),
        )

    def line(self, points: Iterable[Point]) -> dict[str, Any]:
        """GeoJSON LineString."""
        return {"type": "LineString", "coordinates": [self.degrees(point) for point in points]}

    def polygon(self, ring: Sequence[Point]) -> dict[str, Any]:
        """GeoJSON Polygon of an open ring, turned anticlockwise and closed."""
        turned = list(ring) if area(ring) > 0 else list(ring)[::-1]
        return {
            "type": "Polygon",
            "coordinates": [[self.degrees(point) for point in [*turned, turned[0]]]],
        }

    def point(self, point: Point) -> dict[str, Any]:
        """GeoJSON Point."""
        return {"type": "Point", "coordinates": self.degrees(point)}


class Dice:
    """Seeded chance. Draws only doubles, whose stream NumPy keeps from version to version.

    Parameters
    ----------
    seed
        Of the whole drawing.
    stage
        Of one part of it, so that a change to one part leaves the others as they are.
    """

    def __init__(self, seed: int, stage: int) -> None:
        self._generator = np.random.default_rng([seed, stage])

    def between(self, low: float, high: float) -> float:
        """Any number from low to high."""
        return low + (high - low) * float(self._generator.random())

    def whole(self, low: int, high: int) -> int:
        """Any whole number from low to high, both included."""
        return low + int((high - low + 1) * float(self._generator.random()))

    def chance(self, share: float) -> bool:
        """Whether something of this probability happens."""
        return float(self._generator.random()) < share

    def pick(self, items: Sequence[T]) -> T:
        """One of several."""
        return items[self.whole(0, len(items) - 1)]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """All of them, in any order."""
        keys = [float(self._generator.random()) for _ in items]
        return [items[i] for i in sorted(range(len(items)), key=keys.__getitem__)]


def area(ring: Sequence[Point]) -> float:
    """Signed area of an open ring, m²; positive anticlockwise."""
    total = 0.0
    for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True):
        total += x0 * y1 - x1 * y0
    return total / 2.0


def shares(total: int, weights: Sequence[float], limits: Sequence[int] | None = None) -> list[int]:
    """Whole numbers that sum to a total, by weight (largest remainder), none above its limit."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    given = [int(value) for value in exact]
    if limits is not None:
        given = [min(value, limit) for value, limit in zip(given, limits, strict=True)]
    order = sorted(range(len(weights)), key=lambda i: (given[i] - exact[i], i))
    missing = total - sum(given)
    while missing > 0:
        before = missing
        for i in order:
            if missing and (limits is None or given[i] < limits[i]):
                given[i] += 1
                missing -= 1
        if missing == before:
            message = f"{total} cannot be shared out: the limits sum to {sum(limits or [])}"
            raise ValueError(message)
    return given


def feature(geometry: Mapping[str, Any], **properties: Any) -> dict[str, Any]:
    """GeoJSON feature."""
    return {"type": "Feature", "properties": properties, "geometry": dict(geometry)}


def write_geojson(
    path: Path, features: Sequence[Mapping[str, Any]], note: str, source: str = SAMPLE
) -> None:
    """One feature a line, keys sorted, Unix line ends: the same bytes everywhere."""
    lines = ",\n".join(_compact(item) for item in features)
    head = _compact({"name": path.stem, "note": note, "source": source})[1:-1]
    path.write_text(
        f'{{"type":"FeatureCollection",{head},"features":[\n{lines}\n]}}\n',
        encoding="utf-8",
        newline="\n",
    )


def _compact(value: object) -> str:
    """JSON without a spare blank, keys sorted."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
