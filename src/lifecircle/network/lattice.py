"""Kernels that draw isochrones: points of a lattice, and the outline of those that are in time.

Arrays in, arrays out, compiled by numba. The lattice's points lie at multiples of ``cell_m``; they
are kept in square tiles of ``TILE`` × ``TILE``, each point with the edge it joins, the share of the
edge that lies behind it and its straight way, so that a tile is joined to the streets only once.

The outline runs between neighbours in time and out of time, on the line between them where the time
is up (marching squares; where two of four corners that face each other are in time, the mean of the
four decides). Every crossing lies strictly between two lattice points and belongs to one ring
alone, so that rings never touch: the areas are valid as they are drawn, and those of fewer minutes
lie within those of more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lifecircle.network.compiling import compiled

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Positions = NDArray[np.int32]
Integers = NDArray[np.int64]

TILE = 32
# Crossings keep this share of the spacing away from lattice points.
_CLEAR = 1e-3


@compiled
def surface(
    slots: Positions,
    slot_frame: Integers,
    edge: Positions,
    share: Singles,
    access_m: Singles,
    window: Integers,
    seconds: Floats,
    ends: Positions,
    forward_s: Floats,
    backward_s: Floats,
    place_first: Positions,
    place_next: Positions,
    place_share: Floats,
    place_access_s: Floats,
    speed_m_s: float,
    snap_m: float,
) -> tuple[Singles, Singles]:
    """Minutes at the lattice points of a window of tiles, rows from south to north.

    ``slots`` tells where a tile is kept, -1 for a tile of which nothing is known; its first column
    and row are ``slot_frame``. ``window`` is west, south, east and north in tiles, end excluded.
    ``place_first`` and ``place_next`` list the places on each edge, -1 at the end.

    The second array says by how many minutes the straight leg is longer than it may be. Around the
    window runs one more row of points where nobody is in time.
    """
    west, south, east, north = window
    rows, columns = (north - south) * TILE + 2, (east - west) * TILE + 2
    minutes = np.full((rows, columns), np.float32(np.inf), dtype=np.float32)
    beyond_min = np.full((rows, columns), np.float32(np.inf), dtype=np.float32)
    for tile_row in range(south, north):
        for tile_column in range(west, east):
            slot = slots[tile_row - slot_frame[1], tile_column - slot_frame[0]]
            if slot < 0:
                continue
            for index in range(TILE * TILE):
                line = edge[slot, index]
                if line < 0:
                    continue
                behind = float(share[slot, index])
                best = min(
                    seconds[ends[line, 0]] + (behind * backward_s[line] if behind > 0 else 0.0),
                    seconds[ends[line, 1]]
                    + ((1.0 - behind) * forward_s[line] if behind < 1 else 0.0),
                )
                place = place_first[line]
                while place >= 0:
                    apart = place_share[place] - behind
                    along_s = 0.0
                    if apart > 0:
                        along_s = apart * forward_s[line]
                    elif apart < 0:
                        along_s = -apart * backward_s[line]
                    best = min(best, place_access_s[place] + along_s)
                    place = place_next[place]
                if best == np.inf:
                    continue
                away_m = float(access_m[slot, index])
                row = (tile_row - south) * TILE + index // TILE + 1
                column = (tile_column - west) * TILE + index % TILE + 1
                minutes[row, column] = (best + away_m / speed_m_s) / 60.0
                beyond_min[row, column] = (away_m - snap_m) / speed_m_s / 60.0
    return minutes, beyond_min


@compiled
def _late(minutes: float, beyond_min: float, band_min: float, jump_min: float) -> float:
    """Minutes too late, cut off at a jump: not above 0 in time."""
    late_min = max(minutes - band_min, beyond_min)
    return min(max(late_min, -jump_min), jump_min)


@compiled
def _extent(late_min: Singles) -> tuple[int, int, int, int]:
    """First and last row and column with a point in time; last before first if there is none."""
    rows, columns = late_min.shape
    first_row, last_row, first_column, last_column = rows, -1, columns, -1
    for row in range(rows):
        for column in range(columns):
            if late_min[row, column] <= 0:
                first_row, last_row = min(first_row, row), row
                first_column, last_column = min(first_column, column), max(last_column, column)
    return first_row, last_row, first_column, last_column


@compiled
def _longer(array: Floats, count: int) -> Floats:
    wider = np.empty((2 * len(array), array.shape[1]))
    wider[:count] = array[:count]
    return wider


@compiled
def _trace(
    late_min: Singles,
    row: int,
    column: int,
    ring: int,
    ring_at: Positions,
    points: Floats,
    size: int,
) -> tuple[Floats, int, float]:
    """Follow one ring with those in time on the left, from the line between two points of a row.

    The ring begins eastwards of the point in time at ``row``, ``column`` and goes north. Returns
    the points with the ring behind the first ``size``, their new number, and the area to its left.
    """
    first_row, first_column = row, column
    heading = 0  # 0 north, 1 west, 2 south, 3 east
    twice_area = 0.0
    begin = size
    while True:
        # The crossing: between the point on the left, in time, and the one on the right.
        if heading == 0:
            left_row, left_column, right_row, right_column = row, column, row, column + 1
        elif heading == 1:
            left_row, left_column, right_row, right_column = row, column + 1, row + 1, column + 1
        elif heading == 2:
            left_row, left_column, right_row, right_column = row + 1, column + 1, row + 1, column
        else:
            left_row, left_column, right_row, right_column = row + 1, column, row, column
        inside = float(late_min[left_row, left_column])
        outside = float(late_min[right_row, right_column])
        part = min(max(-inside / (outside - inside), _CLEAR), 1.0 - _CLEAR)
        if heading == 0:
            ring_at[left_row, left_column] = ring
        elif heading == 2:
            ring_at[right_row, right_column] = ring
        if size + 1 >= len(points):
            points = _longer(points, size)
        points[size, 0] = left_column + part * (right_column - left_column)
        points[size, 1] = left_row + part * (right_row - left_row)
        if size > begin:
            twice_area += points[size - 1, 0] * points[size, 1]
            twice_area -= points[size, 0] * points[size - 1, 1]
        size += 1
        # Where it leaves the square that lies ahead.
        if heading == 0:
            far_left, far_right = late_min[row + 1, column], late_min[row + 1, column + 1]
        elif heading == 1:
            far_left, far_right = late_min[row, column], late_min[row + 1, column]
        elif heading == 2:
            far_left, far_right = late_min[row, column + 1], late_min[row, column]
        else:
            far_left, far_right = late_min[row + 1, column + 1], late_min[row, column + 1]
        if far_left <= 0:
            turn = 3 if far_right <= 0 else 0
        elif far_right <= 0 and inside + outside + far_left + far_right <= 0:
            turn = 3
        else:
            turn = 1
        heading = (heading + turn) % 4
        if heading == 0:
            row += 1
        elif heading == 1:
            column -= 1
        elif heading == 2:
            row -= 1
        else:
            column += 1
        if heading == 0 and row == first_row and column == first_column:
            break
    points[size] = points[begin]
    twice_area += points[size - 1, 0] * points[size, 1] - points[size, 0] * points[size - 1, 1]
    return points, size + 1, twice_area / 2.0


@compiled
def outline(
    minutes: Singles,
    beyond_min: Singles,
    band_min: float,
    jump_min: float,
    origin_m: Floats,
    cell_m: float,
) -> tuple[Floats, Integers, Integers, float]:
    """Outline of the area within so many minutes.

    Neighbours more than ``jump_min`` apart are joined to different streets, and the time jumps
    somewhere between them: both are cut off there, and the line runs halfway.

    Returns points (metres; ``origin_m`` is the place of the first lattice point), the number of
    points of each ring, the number of rings of each polygon (its outer ring first, counter-
    clockwise), and the area in square metres.
    """
    rows, columns = minutes.shape
    late_min = np.empty((rows, columns), dtype=np.float32)
    for row in range(rows):
        for column in range(columns):
            late_min[row, column] = _late(
                minutes[row, column], beyond_min[row, column], band_min, jump_min
            )
    first_row, last_row, first_column, last_column = _extent(late_min)
    ring_at = np.full((rows, columns), -1, dtype=np.int32)
    points = np.empty((1024, 2))
    size, rings = 0, 0
    begins = np.zeros(64, dtype=np.int64)
    areas = np.empty(64)
    starts = np.empty((64, 2), dtype=np.int64)
    for row in range(first_row, last_row + 1):
        for column in range(first_column, last_column + 1):
            ends_here = late_min[row, column] <= 0 and late_min[row, column + 1] > 0
            if not ends_here or ring_at[row, column] >= 0:
                continue
            if rings + 1 == len(begins):
                begins = np.concatenate((begins, begins))
                areas = np.concatenate((areas, areas))
                starts = np.concatenate((starts, starts))
            points, size, areas[rings] = _trace(late_min, row, column, rings, ring_at, points, size)
            starts[rings, 0], starts[rings, 1] = row, column
            rings += 1
            begins[rings] = size
    # A hole belongs to the ring that lies next to the west of it, or to whom that one belongs.
    owner = np.arange(rings)
    for ring in range(rings):
        if areas[ring] > 0:
            continue
        row, column = starts[ring, 0], starts[ring, 1] - 1
        while ring_at[row, column] < 0:
            column -= 1
        west = ring_at[row, column]
        owner[ring] = west if areas[west] > 0 else owner[west]
    order = np.argsort(owner * 2 + (areas[:rings] <= 0), kind="mergesort")
    drawn = np.empty((size, 2))
    ring_points = np.empty(rings, dtype=np.int64)
    polygon_rings = np.zeros(rings, dtype=np.int64)
    polygons, at = 0, 0
    for index in range(rings):
        ring = order[index]
        polygons += 1 if areas[ring] > 0 else 0
        polygon_rings[polygons - 1] += 1
        begin, end = begins[ring], begins[ring + 1]
        ring_points[index] = end - begin
        for point in range(begin, end):
            drawn[at, 0] = origin_m[0] + points[point, 0] * cell_m
            drawn[at, 1] = origin_m[1] + points[point, 1] * cell_m
            at += 1
    area_m2 = areas[:rings].sum() * cell_m * cell_m
    return drawn, ring_points, polygon_rings[:polygons], area_m2
