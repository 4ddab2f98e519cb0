"""Kernels that find the nearest street: a uniform grid over the street geometry.

Arrays in, arrays out, compiled by numba; places are metres in one metric system.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lifecircle.network.compiling import compiled

Floats = NDArray[np.float64]
Positions = NDArray[np.int32]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

# The line is noted at every so many vertices; from there it is found by a few steps.
SIGNPOST = 16


@compiled
def running_length(points: Floats, first_point: Integers) -> tuple[Floats, Floats]:
    """Length from the start of its line to each vertex, and of each line, metres."""
    behind = np.zeros(len(points))
    total = np.zeros(len(first_point) - 1)
    for line in range(len(total)):
        run = 0.0
        for point in range(first_point[line] + 1, first_point[line + 1]):
            run += np.hypot(
                points[point, 0] - points[point - 1, 0], points[point, 1] - points[point - 1, 1]
            )
            behind[point] = run
        total[line] = run
    return behind, total


@compiled
def _used(points: Floats, first_point: Integers, usable: Booleans) -> tuple[int, Floats, Floats]:
    """Number of vertices of the usable lines, and their south-west and north-east ends."""
    count = 0
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    for line in range(len(first_point) - 1):
        if not usable[line]:
            continue
        for point in range(first_point[line], first_point[line + 1]):
            count += 1
            for axis in range(2):
                low[axis] = min(low[axis], points[point, axis])
                high[axis] = max(high[axis], points[point, axis])
    return count, low, high


@compiled
def cell_of(places: Floats, frame: Floats, columns: int) -> Integers:
    """Cell of the grid that each place lies in, also beyond it, shape (n,); -1 if not finite."""
    cells = np.empty(len(places), dtype=np.int64)
    for index in range(len(places)):
        x, y = (places[index, 0] - frame[0]) / frame[2], (places[index, 1] - frame[1]) / frame[2]
        finite = np.isfinite(x) and np.isfinite(y)
        cells[index] = int(np.floor(y)) * columns + int(np.floor(x)) if finite else -1
    return cells


@compiled
def _rows(low: float, high: float, origin: float, cell: float, count: int) -> tuple[int, int]:
    """Range of grid rows that an interval touches."""
    first = int(np.floor((low - origin) / cell - 1e-9))
    last = int(np.floor((high - origin) / cell + 1e-9))
    return max(first, 0), min(last, count - 1)


@compiled
def _fill_grid(
    points: Floats,
    first_point: Integers,
    usable: Booleans,
    frame: Floats,
    columns: int,
    rows: int,
    first: Positions,
    items: Positions,
) -> None:
    """Count (``items`` empty) or list the segments that pass through each cell of a grid."""
    x0, y0, cell = frame[0], frame[1], frame[2]
    for line in range(len(first_point) - 1):
        if not usable[line]:
            continue
        for point in range(first_point[line], first_point[line + 1] - 1):
            ax, ay = points[point, 0], points[point, 1]
            bx, by = points[point + 1, 0], points[point + 1, 1]
            row, last_row = _rows(min(ay, by), max(ay, by), y0, cell, rows)
            while row <= last_row:
                low, high = min(ax, bx), max(ax, bx)
                if ay != by:
                    # where the segment enters and leaves this row of cells
                    share = (y0 + row * cell - ay) / (by - ay)
                    other = (y0 + (row + 1) * cell - ay) / (by - ay)
                    share, other = max(0.0, min(share, other)), min(1.0, max(share, other))
                    left = ax + share * (bx - ax)
                    right = ax + other * (bx - ax)
                    low, high = max(low, min(left, right)), min(high, max(left, right))
                column, last_column = _rows(low - 1e-6, high + 1e-6, x0, cell, columns)
                while column <= last_column:
                    place = row * columns + column
                    if len(items) == 0:
                        first[place + 1] += 1
                    else:
                        items[first[place]] = point
                        first[place] += 1
                    column += 1
                row += 1


def street_grid(
    points: Floats, first_point: Integers, usable: Booleans
) -> tuple[Floats, Integers, Positions, Positions]:
    """Uniform grid over the segments of the usable lines.

    Parameters
    ----------
    points, first_point
        Vertices of all lines, metres, and where each line begins.
    usable
        Lines that count, shape (m,).

    Returns
    -------
    frame
        West and south end and cell size, metres.
    shape
        Number of columns and rows.
    first
        Where the segments of each cell begin, shape (columns * rows + 1,).
    items
        Segments, named by their first vertex.

    Examples
    --------
    >>> line = np.array([[0.0, 0.0], [100.0, 0.0]])
    >>> frame, shape, first, items = street_grid(line, np.array([0, 2]), np.array([True]))
    >>> shape.tolist()
    [5, 1]
    """
    count, low, high = _used(points, first_point, usable)
    extent = high - low
    # About two cells per segment, 25 m at the least: smaller cells cost more rings than they save.
    cell = max(25.0, float(np.sqrt(max(extent[0], 1.0) * max(extent[1], 1.0) / (2 * count))))
    columns, rows = int(extent[0] // cell) + 1, int(extent[1] // cell) + 1
    frame = np.array([low[0], low[1], cell])
    first = np.zeros(columns * rows + 1, dtype=np.int32)
    nothing = np.empty(0, dtype=np.int32)
    _fill_grid(points, first_point, usable, frame, columns, rows, first, nothing)
    np.cumsum(first, out=first)
    items = np.empty(int(first[-1]), dtype=np.int32)
    if len(items):
        _fill_grid(points, first_point, usable, frame, columns, rows, first, items)
        first[1:] = first[:-1]  # each beginning has run on to the next
        first[0] = 0
    return frame, np.array([columns, rows]), first, items


@compiled
def _line_of(point: int, signposts: Positions, first_point: Integers) -> int:
    """Line that a segment belongs to: the last that does not begin behind it."""
    line = signposts[point // SIGNPOST]
    while first_point[line + 1] <= point:
        line += 1
    return int(line)


@compiled
def _goes_before(
    one: int, two: int, rank: Positions, signposts: Positions, first_point: Integers
) -> bool:
    """Whether the first of two equally near segments is joined: by its line, then along it."""
    line, other = _line_of(one, signposts, first_point), _line_of(two, signposts, first_point)
    return one < two if line == other else bool(rank[line] < rank[other])


@compiled
def snap_points(
    places: Floats,
    order: Integers,
    points: Floats,
    first_point: Integers,
    behind: Floats,
    signposts: Positions,
    rank: Positions,
    frame: Floats,
    shape: Integers,
    first: Positions,
    items: Positions,
    limit_m: float,
    begin: int,
    end: int,
    line: Positions,
    share: Floats,
    away: Floats,
) -> None:
    """Nearest point of the nearest line for the places ``begin`` to ``end`` of ``order``.

    Fills in, for each place, the line (-1 where none lies within ``limit_m``), the share of its
    length that lies behind the point, and metres to it. Equally near lines: the one of the lowest
    ``rank``. ``behind`` is metres from the start of its line to each vertex, ``signposts`` the line
    of every so many vertices.
    """
    cell, columns, rows = frame[2], shape[0], shape[1]
    most_rings = int(np.ceil(limit_m / cell)) + 1
    for index in range(begin, end):
        at = order[index]
        line[at], share[at], away[at] = -1, 0.0, np.inf
        x, y = places[at, 0], places[at, 1]
        if not (np.isfinite(x) and np.isfinite(y)):
            continue
        column = int(np.floor((x - frame[0]) / cell))
        row = int(np.floor((y - frame[1]) / cell))
        inner = min(
            x - (frame[0] + column * cell),
            frame[0] + (column + 1) * cell - x,
            y - (frame[1] + row * cell),
            frame[1] + (row + 1) * cell - y,
        )
        best, best_point, best_part = limit_m * (1 + 1e-12), -1, 0.0
        # rings that miss the grid altogether are passed over at once
        gap = max(-column, column - columns + 1, -row, row - rows + 1)
        ring = max(0, gap)
        while ring <= most_rings:
            if best_point >= 0 and best < (ring - 1) * cell + inner - 1e-9:
                break
            for r in range(max(row - ring, 0), min(row + ring, rows - 1) + 1):
                edge_row = r == row - ring or r == row + ring
                low_y = frame[1] + r * cell
                away_y = max(low_y - y, y - low_y - cell, 0.0)
                step = 1 if edge_row or ring == 0 else 2 * ring
                c = column - ring
                while c <= column + ring:
                    low_x = frame[0] + c * cell
                    away_x = max(low_x - x, x - low_x - cell, 0.0)
                    # a cell that lies further off than the best so far has nothing better
                    worth = away_x * away_x + away_y * away_y <= (best + 1e-6) ** 2
                    if 0 <= c < columns and worth:
                        place = r * columns + c
                        for item in range(first[place], first[place + 1]):
                            point = items[item]
                            ax, ay = points[point, 0], points[point, 1]
                            dx, dy = points[point + 1, 0] - ax, points[point + 1, 1] - ay
                            square = dx * dx + dy * dy
                            part = 0.0
                            if square > 0.0:
                                part = ((x - ax) * dx + (y - ay) * dy) / square
                                part = min(1.0, max(0.0, part))
                            distance = np.hypot(x - ax - part * dx, y - ay - part * dy)
                            nearer = distance < best - 1e-9
                            same = (
                                not nearer
                                and distance <= best + 1e-9
                                and point != best_point
                                and (
                                    best_point < 0
                                    or _goes_before(point, best_point, rank, signposts, first_point)
                                )
                            )
                            if nearer or same:
                                best, best_point = min(distance, best), point
                                best_part = part * np.sqrt(square)
                    c += step
            ring += 1
        if best_point < 0:
            continue
        this = _line_of(best_point, signposts, first_point)
        end_point = first_point[this + 1] - 1
        whole = behind[end_point]
        line[at], away[at] = this, best
        if whole > 0.0:
            share[at] = min(1.0, (behind[best_point] + best_part) / whole)
