"""Kernels about lines that meet: where legs and streets hit walls, and lines cut into parts.

Arrays in, arrays out, compiled by numba; places are metres in one metric system. Walls stand in a
grid as :func:`lifecircle.network.grid.street_grid` makes it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lifecircle.network.compiling import compiled

Floats = NDArray[np.float64]
Positions = NDArray[np.int32]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

# A place no further behind the end of a segment than this lies beside the end.
_ON_M = 1e-6


@compiled
def _meeting(
    ax: float, ay: float, bx: float, by: float, cx: float, cy: float, dx: float, dy: float
) -> float:
    """Share of the way from a to b at which the segment c–d is met, -1 if it is not.

    Segments that run along each other do not meet.
    """
    rx, ry, sx, sy = bx - ax, by - ay, dx - cx, dy - cy
    cross = rx * sy - ry * sx
    if cross == 0.0:
        return -1.0
    along = ((cx - ax) * sy - (cy - ay) * sx) / cross
    other = ((cx - ax) * ry - (cy - ay) * rx) / cross
    if -1e-12 <= along <= 1.0 + 1e-12 and -1e-12 <= other <= 1.0 + 1e-12:
        return min(1.0, max(0.0, along))
    return -1.0


@compiled
def wall_hits(
    starts: Floats,
    ends: Floats,
    walls: Floats,
    frame: Floats,
    shape: Integers,
    first: Positions,
    items: Positions,
) -> tuple[Positions, Floats, Positions]:
    """Every wall segment that each of many segments meets.

    Returns the segment (shape (h,)), the share of it that lies before the wall, and the wall's
    first vertex. Segments in the order given, their hits in no order.
    """
    cell, columns, rows = frame[2], shape[0], shape[1]
    found = np.empty(1024, dtype=np.int32)
    shares = np.empty(1024)
    which = np.empty(1024, dtype=np.int32)
    count = 0
    for index in range(len(starts)):
        ax, ay, bx, by = starts[index, 0], starts[index, 1], ends[index, 0], ends[index, 1]
        if not (np.isfinite(ax + ay + bx + by)):
            continue
        low_row = max(int(np.floor((min(ay, by) - frame[1]) / cell)), 0)
        last_row = min(int(np.floor((max(ay, by) - frame[1]) / cell)), rows - 1)
        for row in range(low_row, last_row + 1):
            low, high = min(ax, bx), max(ax, bx)
            if ay != by:
                # where the segment enters and leaves this row of cells, and a little more
                one = (frame[1] + row * cell - ay) / (by - ay)
                two = (frame[1] + (row + 1) * cell - ay) / (by - ay)
                one, two = max(0.0, min(one, two)), min(1.0, max(one, two))
                left, right = ax + one * (bx - ax), ax + two * (bx - ax)
                low, high = max(low, min(left, right) - 1e-6), min(high, max(left, right) + 1e-6)
            column = max(int(np.floor((low - frame[0]) / cell)), 0)
            last_column = min(int(np.floor((high - frame[0]) / cell)), columns - 1)
            while column <= last_column:
                place = row * columns + column
                for item in range(first[place], first[place + 1]):
                    wall = items[item]
                    share = _meeting(
                        ax,
                        ay,
                        bx,
                        by,
                        walls[wall, 0],
                        walls[wall, 1],
                        walls[wall + 1, 0],
                        walls[wall + 1, 1],
                    )
                    if share < 0.0:
                        continue
                    known = False  # a wall that passes several cells is met in one of them
                    back = count - 1
                    while back >= 0 and found[back] == index:
                        if which[back] == wall:
                            known = True
                            break
                        back -= 1
                    if known:
                        continue
                    if count == len(found):
                        found = np.concatenate((found, np.empty_like(found)))
                        shares = np.concatenate((shares, np.empty_like(shares)))
                        which = np.concatenate((which, np.empty_like(which)))
                    found[count], shares[count], which[count] = index, share, wall
                    count += 1
                column += 1
    return found[:count], shares[:count], which[:count]


@compiled
def cut_lines(
    points: Floats,
    first_point: Integers,
    behind: Floats,
    parent: Integers,
    drawn: Floats,
) -> tuple[Floats, Integers]:
    """Parts of lines, each from one share of its line's length to another.

    ``behind`` is metres from the start of its line to each vertex. Returns the vertices of all
    parts and where each begins.
    """
    first = np.zeros(len(parent) + 1, dtype=np.int64)
    for turn in range(2):
        made = np.empty((first[-1] if turn == 1 else 0, 2))
        for part in range(len(parent)):
            begin, end = first_point[parent[part]], first_point[parent[part] + 1]
            whole = behind[end - 1]
            low, high = drawn[part, 0] * whole, drawn[part, 1] * whole
            full = drawn[part, 0] <= 0.0 and drawn[part, 1] >= 1.0
            at = first[part]
            if full or whole <= 0.0:
                if turn == 0:
                    first[part + 1] = end - begin
                else:
                    made[at : at + end - begin] = points[begin:end]
                continue
            count = 0
            for side in range(2):
                reach = low if side == 0 else high
                if side == 1:  # the bends between
                    for point in range(begin, end):
                        if low < behind[point] < high:
                            if turn == 1:
                                made[at + count] = points[point]
                            count += 1
                if turn == 1:
                    point = begin + 1
                    while point < end - 1 and behind[point] < reach:
                        point += 1
                    length = behind[point] - behind[point - 1]
                    share = (reach - behind[point - 1]) / length if length > 0.0 else 0.0
                    share = min(1.0, max(0.0, share))
                    for axis in range(2):
                        made[at + count, axis] = points[point - 1, axis] + share * (
                            points[point, axis] - points[point - 1, axis]
                        )
                count += 1
            if turn == 0:
                first[part + 1] = count
        if turn == 0:
            for part in range(len(parent)):
                first[part + 1] += first[part]
    return made, first


@compiled
def snap_within_walls(
    places: Floats,
    group: Positions,
    other_group: Positions,
    points: Floats,
    first_point: Integers,
    behind: Floats,
    rank: Positions,
    goes_on: NDArray[np.bool_],
    edge_group: Positions,
    frame: Floats,
    shape: Integers,
    first: Positions,
    items: Positions,
    segment_line: Positions,
    limit_m: float,
    at_most: int,
) -> tuple[Positions, Positions, Floats, Floats]:
    """Segments near each place whose street lies in the place's group, nearest first.

    Returns, for at most ``at_most`` segments a place, the place, the line, the share of the line
    that lies behind its nearest point, and metres to it; -1 for the line where there are fewer.
    Equally near ones stand by the ``rank`` of their lines. ``goes_on`` tells which ends of a line
    are the middle of a street that was cut: the end is not its nearest point where the rest of the
    street is nearer.
    """
    count = len(places)
    line = np.full(count * at_most, -1, dtype=np.int32)
    owner = np.empty(count * at_most, dtype=np.int32)
    share = np.zeros(count * at_most)
    away = np.full(count * at_most, np.inf)
    cell, columns, rows = frame[2], shape[0], shape[1]
    for index in range(count):
        base = index * at_most
        owner[base : base + at_most] = index
        x, y = places[index, 0], places[index, 1]
        low_column = max(int(np.floor((x - limit_m - frame[0]) / cell)), 0)
        last_column = min(int(np.floor((x + limit_m - frame[0]) / cell)), columns - 1)
        low_row = max(int(np.floor((y - limit_m - frame[1]) / cell)), 0)
        last_row = min(int(np.floor((y + limit_m - frame[1]) / cell)), rows - 1)
        kept = 0
        for row in range(low_row, last_row + 1):
            for column in range(low_column, last_column + 1):
                place = row * columns + column
                for item in range(first[place], first[place + 1]):
                    point = items[item]
                    this = segment_line[point]
                    if edge_group[this] != group[index] and edge_group[this] != other_group[index]:
                        continue
                    ax, ay = points[point, 0], points[point, 1]
                    dx, dy = points[point + 1, 0] - ax, points[point + 1, 1] - ay
                    square = dx * dx + dy * dy
                    part = 0.0
                    if square > 0.0:
                        part = ((x - ax) * dx + (y - ay) * dy) / square
                        beyond = max(-part, part - 1.0) * np.sqrt(square) > _ON_M
                        at_end = point == first_point[this]
                        if part > 0.5:
                            at_end = point + 2 == first_point[this + 1]
                        if beyond and at_end and goes_on[this, 1 if part > 0.5 else 0]:
                            continue
                        part = min(1.0, max(0.0, part))
                    distance = np.hypot(x - ax - part * dx, y - ay - part * dy)
                    if distance > limit_m * (1 + 1e-12):
                        continue
                    whole = behind[first_point[this + 1] - 1]
                    run = behind[point] + part * np.sqrt(square)
                    shared = min(1.0, run / whole) if whole > 0.0 else 0.0
                    # put it where it belongs among the nearest so far, equal ones by their rank
                    slot = kept
                    again = False
                    while slot > 0:
                        further = away[base + slot - 1] - distance
                        if further < -1e-9:
                            break
                        before = line[base + slot - 1]
                        if further <= 1e-9 and (
                            rank[before] < rank[this]
                            or (before == this and share[base + slot - 1] <= shared)
                        ):
                            break
                        slot -= 1
                    for check in range(kept):
                        if line[base + check] == this and share[base + check] == shared:
                            again = True
                            break
                    if again or slot >= at_most:
                        continue
                    last = min(kept, at_most - 1)
                    for move in range(last, slot, -1):
                        line[base + move] = line[base + move - 1]
                        share[base + move] = share[base + move - 1]
                        away[base + move] = away[base + move - 1]
                    line[base + slot], share[base + slot] = this, shared
                    away[base + slot] = distance
                    kept = min(kept + 1, at_most)
    return owner, line, share, away
