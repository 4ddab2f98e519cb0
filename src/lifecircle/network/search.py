"""Kernels: arrays in, arrays out, compiled by numba.

No ids, tables or coordinate systems here. Costs are seconds, places are metres in one metric
system, and a point on the network is an edge with the share of that edge's length that lies behind
it, counted from the edge's first node. Every kernel releases the interpreter, so that threads can
share the work; none depends on the number of threads.

Costs may differ by direction (``forward_s`` along an edge, ``backward_s`` against it). Searches run
from the facilities outwards along reversed streets: what they find is the time *towards* a
facility.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Positions = NDArray[np.int32]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

# Sums of seconds that are equal on paper differ in their last digits: 50 µs are forgiven, a
# thousandth of what any figure shows.
TOLERANCE_S = 5e-5


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile, and keep the result on disk where there is a place to keep it."""
    try:
        return numba.njit(cache=True, nogil=True)(function)  # type: ignore[no-any-return]
    except RuntimeError:  # no writable cache folder: compile in every process
        return numba.njit(nogil=True)(function)  # type: ignore[no-any-return]


@_compiled
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


@_compiled
def _rows(low: float, high: float, origin: float, cell: float, count: int) -> tuple[int, int]:
    """Range of grid rows that an interval touches."""
    first = int(np.floor((low - origin) / cell - 1e-9))
    last = int(np.floor((high - origin) / cell + 1e-9))
    return max(first, 0), min(last, count - 1)


@_compiled
def _fill_grid(
    points: Floats,
    first_point: Integers,
    usable: Booleans,
    frame: Floats,
    columns: int,
    rows: int,
    first: Integers,
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
) -> tuple[Floats, Integers, Integers, Positions]:
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
    used = np.repeat(usable, np.diff(first_point))
    low, high = points[used].min(axis=0), points[used].max(axis=0)
    extent = high - low
    # About two cells per segment, 25 m at the least: smaller cells cost more rings than they save.
    cell = max(25.0, float(np.sqrt(max(extent[0], 1.0) * max(extent[1], 1.0) / (2 * used.sum()))))
    columns, rows = int(extent[0] // cell) + 1, int(extent[1] // cell) + 1
    frame = np.array([low[0], low[1], cell])
    first = np.zeros(columns * rows + 1, dtype=np.int64)
    nothing = np.empty(0, dtype=np.int32)
    _fill_grid(points, first_point, usable, frame, columns, rows, first, nothing)
    np.cumsum(first, out=first)
    items = np.empty(int(first[-1]), dtype=np.int32)
    begin = first.copy()
    if len(items):
        _fill_grid(points, first_point, usable, frame, columns, rows, begin, items)
    return frame, np.array([columns, rows]), first, items


@_compiled
def snap_points(
    places: Floats,
    points: Floats,
    behind: Floats,
    point_line: Positions,
    frame: Floats,
    shape: Integers,
    first: Integers,
    items: Positions,
    limit_m: float,
    begin: int,
    end: int,
) -> tuple[Positions, Floats, Floats]:
    """Nearest point of the nearest line for places ``begin`` to ``end``.

    Returns line (-1 where none lies within ``limit_m``), metres along it, and metres to it. Equally
    near lines: the one that comes first.
    """
    count = end - begin
    line = np.full(count, -1, dtype=np.int32)
    along = np.zeros(count)
    away = np.full(count, np.inf)
    cell, columns, rows = frame[2], shape[0], shape[1]
    most_rings = int(np.ceil(limit_m / cell)) + 1
    for index in range(count):
        x, y = places[begin + index, 0], places[begin + index, 1]
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
        best, best_line, best_along = limit_m * (1 + 1e-12), -1, 0.0
        # rings that miss the grid altogether are passed over at once
        gap = max(-column, column - columns + 1, -row, row - rows + 1)
        ring = max(0, gap)
        while ring <= most_rings:
            if best_line >= 0 and best < (ring - 1) * cell + inner - 1e-9:
                break
            for r in range(max(row - ring, 0), min(row + ring, rows - 1) + 1):
                edge_row = r == row - ring or r == row + ring
                step = 1 if edge_row or ring == 0 else 2 * ring
                c = column - ring
                while c <= column + ring:
                    if 0 <= c < columns:
                        place = r * columns + c
                        for item in range(first[place], first[place + 1]):
                            point = items[item]
                            ax, ay = points[point, 0], points[point, 1]
                            dx, dy = points[point + 1, 0] - ax, points[point + 1, 1] - ay
                            square = dx * dx + dy * dy
                            share = 0.0
                            if square > 0.0:
                                share = ((x - ax) * dx + (y - ay) * dy) / square
                                share = min(1.0, max(0.0, share))
                            distance = np.hypot(x - ax - share * dx, y - ay - share * dy)
                            this = point_line[point]
                            nearer = distance < best - 1e-9
                            same = distance <= best + 1e-9 and (
                                best_line < 0
                                or this < best_line
                                or (this == best_line and distance < best)
                            )
                            if nearer or same:
                                best, best_line = min(distance, best), this
                                best_along = behind[point] + share * np.sqrt(square)
                    c += step
            ring += 1
        if best_line >= 0:
            line[index], along[index], away[index] = best_line, best_along, best
    return line, along, away


@_compiled
def _push(keys: Floats, nodes: Positions, size: int, key: float, node: int) -> int:
    at = size
    while at > 0:
        parent = (at - 1) >> 1
        if keys[parent] <= key:
            break
        keys[at], nodes[at] = keys[parent], nodes[parent]
        at = parent
    keys[at], nodes[at] = key, node
    return size + 1


@_compiled
def _drop(keys: Floats, nodes: Positions, size: int) -> int:
    """Take the smallest entry (at 0) off the heap."""
    size -= 1
    key, node = keys[size], nodes[size]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[at], nodes[at] = keys[child], nodes[child]
        at = child
    keys[at], nodes[at] = key, node
    return size


@_compiled
def _spread(
    first: Positions,
    head: Positions,
    arc_s: Floats,
    limit_s: float,
    seconds: Floats,
    keys: Floats,
    nodes: Positions,
    size: int,
    touched: Positions,
    touched_count: int,
) -> int:
    """Dijkstra from the nodes on the heap; times not above the limit land in ``seconds``."""
    while size > 0:
        key, node = keys[0], nodes[0]
        size = _drop(keys, nodes, size)
        if key > seconds[node]:
            continue
        for arc in range(first[node], first[node + 1]):
            reached = key + arc_s[arc]
            other = head[arc]
            if reached < seconds[other] and reached <= limit_s:
                if seconds[other] == np.inf:
                    touched[touched_count] = other
                    touched_count += 1
                seconds[other] = reached
                size = _push(keys, nodes, size, reached, other)
    return touched_count


@_compiled
def _seed(
    node: int,
    start_s: float,
    limit_s: float,
    seconds: Floats,
    keys: Floats,
    nodes: Positions,
    size: int,
    touched: Positions,
    touched_count: int,
) -> tuple[int, int]:
    """Put a first node on the heap."""
    if start_s < seconds[node] and start_s <= limit_s:
        if seconds[node] == np.inf:
            touched[touched_count] = node
            touched_count += 1
        seconds[node] = start_s
        size = _push(keys, nodes, size, start_s, node)
    return size, touched_count


@_compiled
def _along(from_share: float, to_share: float, forward_s: float, backward_s: float) -> float:
    """Seconds between two points of one edge, straight along it."""
    if to_share >= from_share:
        return (to_share - from_share) * forward_s if to_share > from_share else 0.0
    return (from_share - to_share) * backward_s


@_compiled
def reach(
    first: Positions,
    head: Positions,
    arc_edge: Positions,
    arc_s: Floats,
    ends: Positions,
    forward_s: Floats,
    backward_s: Floats,
    people_first: Integers,
    people_order: Integers,
    people_share: Floats,
    people_access_s: Floats,
    place_edge: Positions,
    place_share: Floats,
    place_access_s: Floats,
    limit_s: float,
    begin: int,
    end: int,
) -> tuple[Integers, Positions, NDArray[np.float32]]:
    """People within the limit of each place ``begin`` to ``end``: one bounded search a place.

    ``people_first`` and ``people_order`` list the people on each edge; a place off the network
    has edge -1. Returns the number of people of each place, their positions, and their minutes.
    """
    limit_s += TOLERANCE_S
    node_count = len(first) - 1
    seconds = np.full(node_count, np.inf)
    touched = np.empty(node_count + 1, dtype=np.int32)
    # Every push follows an improvement over an arc, so arcs + 2 entries are the most.
    keys = np.empty(len(head) + 4)
    nodes = np.empty(len(head) + 4, dtype=np.int32)
    counts = np.zeros(end - begin, dtype=np.int64)
    found = np.empty(1024, dtype=np.int32)
    minutes = np.empty(1024, dtype=np.float32)
    total = 0
    for place in range(begin, end):
        own = place_edge[place]
        if own < 0:
            continue
        share, access_s = place_share[place], place_access_s[place]
        before = total
        size, touched_count = _seed(
            ends[own, 0],
            access_s + share * forward_s[own],
            limit_s,
            seconds,
            keys,
            nodes,
            0,
            touched,
            0,
        )
        size, touched_count = _seed(
            ends[own, 1],
            access_s + (1.0 - share) * backward_s[own],
            limit_s,
            seconds,
            keys,
            nodes,
            size,
            touched,
            touched_count,
        )
        touched_count = _spread(
            first, head, arc_s, limit_s, seconds, keys, nodes, size, touched, touched_count
        )
        # -1 stands for the place's own edge, which may be walked along without any node
        for step in range(-1, touched_count):
            node = -1 if step < 0 else touched[step]
            arc_first = 0 if step < 0 else first[node]
            arc_last = 1 if step < 0 else first[node + 1]
            for arc in range(arc_first, arc_last):
                edge = own if step < 0 else arc_edge[arc]
                if people_first[edge] == people_first[edge + 1]:
                    continue
                start, stop = ends[edge, 0], ends[edge, 1]
                if step >= 0:
                    other = head[arc]
                    if edge == own or (other < node and seconds[other] < np.inf):
                        continue
                for item in range(people_first[edge], people_first[edge + 1]):
                    person = people_order[item]
                    person_share = people_share[person]
                    # towards the edge's first node is against its direction
                    time_s = min(
                        seconds[start]
                        + _along(person_share, 0.0, forward_s[edge], backward_s[edge]),
                        seconds[stop]
                        + _along(person_share, 1.0, forward_s[edge], backward_s[edge]),
                    )
                    if step < 0:
                        time_s = min(
                            time_s,
                            access_s
                            + _along(person_share, share, forward_s[edge], backward_s[edge]),
                        )
                    time_s += people_access_s[person]
                    if time_s <= limit_s:
                        if total == len(found):
                            wider = np.empty(2 * total, dtype=np.int32)
                            wider[:total] = found
                            found = wider
                            longer = np.empty(2 * total, dtype=np.float32)
                            longer[:total] = minutes
                            minutes = longer
                        found[total] = person
                        minutes[total] = time_s / 60.0
                        total += 1
        for step in range(touched_count):
            seconds[touched[step]] = np.inf
        counts[place - begin] = total - before
    return counts, found[:total].copy(), minutes[:total].copy()


@_compiled
def node_seconds(
    first: Positions,
    head: Positions,
    arc_s: Floats,
    ends: Positions,
    forward_s: Floats,
    backward_s: Floats,
    place_edge: Positions,
    place_share: Floats,
    place_access_s: Floats,
    limit_s: float,
) -> tuple[Positions, Floats]:
    """Nodes within the limit of the nearest of several places, and their seconds."""
    node_count = len(first) - 1
    seconds = np.full(node_count, np.inf)
    touched = np.empty(node_count + 1, dtype=np.int32)
    capacity = len(head) + 2 * len(place_edge) + 4
    keys = np.empty(capacity)
    nodes = np.empty(capacity, dtype=np.int32)
    size, count = 0, 0
    for place in range(len(place_edge)):
        edge = place_edge[place]
        if edge < 0:
            continue
        share, access_s = place_share[place], place_access_s[place]
        size, count = _seed(
            ends[edge, 0],
            access_s + share * forward_s[edge],
            limit_s,
            seconds,
            keys,
            nodes,
            size,
            touched,
            count,
        )
        size, count = _seed(
            ends[edge, 1],
            access_s + (1.0 - share) * backward_s[edge],
            limit_s,
            seconds,
            keys,
            nodes,
            size,
            touched,
            count,
        )
    count = _spread(first, head, arc_s, limit_s, seconds, keys, nodes, size, touched, count)
    reached = touched[:count].copy()
    return reached, seconds[reached]


@_compiled
def point_seconds(
    reached: Positions,
    reached_s: Floats,
    node_count: int,
    ends: Positions,
    forward_s: Floats,
    backward_s: Floats,
    place_first: Integers,
    place_order: Integers,
    place_share: Floats,
    place_access_s: Floats,
    point_edge: Positions,
    point_share: Floats,
    point_access_s: Floats,
) -> Floats:
    """Seconds from each point to the nearest place, infinite where none was reached.

    ``reached`` comes from :func:`node_seconds`; ``place_first`` and ``place_order`` list the places
    on each edge, which a point of the same edge may reach without any node.
    """
    seconds = np.full(node_count, np.inf)
    for index in range(len(reached)):
        seconds[reached[index]] = reached_s[index]
    result = np.full(len(point_edge), np.inf)
    for point in range(len(point_edge)):
        edge = point_edge[point]
        if edge < 0:
            continue
        share = point_share[point]
        best = min(
            seconds[ends[edge, 0]] + _along(share, 0.0, forward_s[edge], backward_s[edge]),
            seconds[ends[edge, 1]] + _along(share, 1.0, forward_s[edge], backward_s[edge]),
        )
        for item in range(place_first[edge], place_first[edge + 1]):
            place = place_order[item]
            best = min(
                best,
                place_access_s[place]
                + _along(share, place_share[place], forward_s[edge], backward_s[edge]),
            )
        result[point] = best + point_access_s[point]
    return result


@_compiled
def rows_by_person(
    counts: Integers,
    person: Positions,
    minutes: NDArray[np.float32],
    people_count: int,
) -> tuple[Integers, Positions, NDArray[np.float32]]:
    """Pairs listed place after place → compressed rows, one per person, places ascending."""
    row_first = np.zeros(people_count + 1, dtype=np.int64)
    for index in range(len(person)):
        row_first[person[index] + 1] += 1
    for row in range(people_count):
        row_first[row + 1] += row_first[row]
    at = row_first[:-1].copy()
    places = np.empty(len(person), dtype=np.int32)
    ordered = np.empty(len(person), dtype=np.float32)
    pair = 0
    for place in range(len(counts)):
        for _ in range(counts[place]):
            row = person[pair]
            places[at[row]] = place
            ordered[at[row]] = minutes[pair]
            at[row] += 1
            pair += 1
    return row_first, places, ordered


@_compiled
def nearest_by_label(
    row_first: Integers,
    place: Positions,
    minutes: NDArray[np.float32],
    label: Integers,
    labels: int,
) -> NDArray[np.float32]:
    """Fewest minutes of each row to a place of each label (-1: none), infinite if there is none."""
    best = np.full((len(row_first) - 1, labels), np.float32(np.inf), dtype=np.float32)
    for row in range(len(row_first) - 1):
        for pair in range(row_first[row], row_first[row + 1]):
            column = label[place[pair]]
            if column >= 0 and minutes[pair] < best[row, column]:
                best[row, column] = minutes[pair]
    return best
