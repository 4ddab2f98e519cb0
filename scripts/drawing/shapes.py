"""Plane geometry of the drawing: offsets, crossings and boxes, in plain arithmetic.

Written out rather than taken from a library, because a library's next version may answer in
another vertex order and the drawing must come out the same to the byte.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from drawing.place import Point, area

Ring = list[Point]


def rounded(x_m: float, y_m: float) -> Point:
    """A point to the centimetre."""
    return (round(x_m, 2) + 0.0, round(y_m, 2) + 0.0)


def distance(first: Point, second: Point) -> float:
    """Metres between two points."""
    return math.sqrt((second[0] - first[0]) ** 2 + (second[1] - first[1]) ** 2)


def middle(ring: Sequence[Point]) -> Point:
    """Centroid of an open ring."""
    x_sum = y_sum = 0.0
    for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x0 * y1 - x1 * y0
        x_sum += (x0 + x1) * cross
        y_sum += (y0 + y1) * cross
    six = 6.0 * area(ring)
    return (x_sum / six, y_sum / six)


def contains(ring: Sequence[Point], point: Point) -> bool:
    """Whether a point lies inside an open ring."""
    x, y = point
    inside = False
    for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            inside = not inside
    return inside


def to_segment(point: Point, start: Point, end: Point) -> float:
    """Metres from a point to a segment."""
    length = distance(start, end)
    if length == 0.0:
        return distance(point, start)
    along = (
        (point[0] - start[0]) * (end[0] - start[0]) + (point[1] - start[1]) * (end[1] - start[1])
    ) / length
    along = min(max(along, 0.0), length)
    return distance(point, on_segment(start, end, along / length))


def to_ring(point: Point, ring: Sequence[Point]) -> float:
    """Metres from a point to an open ring's outline."""
    return min(
        to_segment(point, start, end) for start, end in zip(ring, [*ring[1:], ring[0]], strict=True)
    )


def on_segment(start: Point, end: Point, share: float) -> Point:
    """The point at a share of the way."""
    return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)


def hits(ring: Sequence[Point], start: Point, towards: Point) -> list[tuple[float, int, Point]]:
    """Where the line from a point in a direction crosses an open ring.

    Gives metres along the (unit) direction, the ring's edge, and the point, sorted by metres.
    """
    found = []
    for i, (first, second) in enumerate(zip(ring, [*ring[1:], ring[0]], strict=True)):
        left = _cross(towards, (first[0] - start[0], first[1] - start[1]))
        right = _cross(towards, (second[0] - start[0], second[1] - start[1]))
        if (left > 0.0) == (right > 0.0):
            continue
        where = on_segment(first, second, left / (left - right))
        along = (where[0] - start[0]) * towards[0] + (where[1] - start[1]) * towards[1]
        found.append((along, i, where))
    return sorted(found)


def turned(point: Point, axis: Point) -> Point:
    """Coordinates of a point along a unit axis and square to it."""
    return (
        point[0] * axis[0] + point[1] * axis[1],
        point[1] * axis[0] - point[0] * axis[1],
    )


def unturned(point: Point, axis: Point) -> Point:
    """The reverse of `turned`."""
    return (
        point[0] * axis[0] - point[1] * axis[1],
        point[0] * axis[1] + point[1] * axis[0],
    )


def box_axis(ring: Sequence[Point]) -> Point:
    """Unit direction, the nearer one to due east, of the tightest box around an open ring."""
    best: tuple[float, Point] | None = None
    for start, end in zip(ring, [*ring[1:], ring[0]], strict=True):
        length = distance(start, end)
        if length < 25.0:
            continue
        axis = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
        if abs(axis[1]) > abs(axis[0]):
            axis = (axis[1], -axis[0])
        if axis[0] < 0.0:
            axis = (-axis[0], -axis[1])
        width, height = box_size(ring, axis)
        # A square metre of slack, so that equal boxes are not told apart by their last bits.
        if best is None or width * height < best[0] - 1.0:
            best = (width * height, axis)
    return best[1] if best else (1.0, 0.0)


def box_size(ring: Sequence[Point], axis: Point) -> tuple[float, float]:
    """Extent of a ring along an axis and square to it, metres."""
    flat = [turned(point, axis) for point in ring]
    across = [x for x, _ in flat]
    up = [y for _, y in flat]
    return (max(across) - min(across), max(up) - min(up))


def inset(ring: Sequence[Point], setbacks: Sequence[float]) -> Ring:
    """An anticlockwise open ring drawn inwards, each edge by its own setback.

    Bends that are slight are straightened, the slightest first, until the result is sound; gives
    an empty ring when it never is.
    """
    corners = list(range(len(ring)))
    while len(corners) > 3:
        turns = [_turn(ring, corners, i) for i in range(len(corners))]
        slightest = turns.index(min(turns))
        if turns[slightest] > 0.12:
            inner = _drawn_in(ring, corners, setbacks)
            if inner:
                return inner
        del corners[slightest]
    return []


def _turn(ring: Sequence[Point], corners: Sequence[int], place: int) -> float:
    """How sharply the outline turns at a corner: the sine of the turn."""
    before = ring[corners[place - 1]]
    here = ring[corners[place]]
    after = ring[corners[(place + 1) % len(corners)]]
    first = (here[0] - before[0], here[1] - before[1])
    second = (after[0] - here[0], after[1] - here[1])
    return abs(_cross(first, second)) / (distance(before, here) * distance(here, after))


def _drawn_in(ring: Sequence[Point], corners: Sequence[int], setbacks: Sequence[float]) -> Ring:
    """The corners drawn inwards; empty when an edge would vanish or the outline is crossed."""
    lines = []
    for first, last in zip(corners, [*corners[1:], corners[0]], strict=True):
        count = (last - first) % len(ring)
        setback = max(setbacks[(first + step) % len(ring)] for step in range(count))
        start, end = ring[first], ring[last]
        length = distance(start, end)
        along = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
        lines.append(((start[0] - along[1] * setback, start[1] + along[0] * setback), along))
    inner = []
    for i, (start, along) in enumerate(lines):
        before, before_along = lines[i - 1]
        share = _cross((start[0] - before[0], start[1] - before[1]), along) / _cross(
            before_along, along
        )
        inner.append(
            rounded(before[0] + before_along[0] * share, before[1] + before_along[1] * share)
        )
    for i, (_, along) in enumerate(lines):
        start, end = inner[i], inner[(i + 1) % len(inner)]
        if (end[0] - start[0]) * along[0] + (end[1] - start[1]) * along[1] < 8.0:
            return []
    closest = min(setbacks) - 3.0
    sound = all(contains(ring, point) and to_ring(point, ring) > closest for point in inner)
    return inner if sound and area(inner) > 0 else []


def _cross(first: Point, second: Point) -> float:
    """Cross product."""
    return first[0] * second[1] - first[1] * second[0]
