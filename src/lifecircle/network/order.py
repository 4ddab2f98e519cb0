"""Kernels that put a network in order: neighbours side by side, and parts that hang together.

Arrays in, arrays out, compiled by numba.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lifecircle.network.compiling import compiled

Floats = NDArray[np.float64]
Positions = NDArray[np.int32]
Integers = NDArray[np.int64]


@compiled
def hilbert_places(xy: Floats) -> Integers:
    """Place of each point on a Hilbert curve through their bounding square, shape (n,)."""
    side = 65536  # 2^16 steps each way
    west, south, east, north = np.inf, np.inf, -np.inf, -np.inf
    for index in range(len(xy)):
        west, east = min(west, xy[index, 0]), max(east, xy[index, 0])
        south, north = min(south, xy[index, 1]), max(north, xy[index, 1])
    scale = (side - 1) / max(east - west, north - south, 1e-9)
    places = np.empty(len(xy), dtype=np.int64)
    for index in range(len(xy)):
        x, y = int((xy[index, 0] - west) * scale), int((xy[index, 1] - south) * scale)
        place, step = 0, side // 2
        while step > 0:
            right, up = (x & step) > 0, (y & step) > 0
            quarter = (3 if right else 0) ^ (1 if up else 0)
            place += step * step * quarter
            if not up:  # turn the quarter so that the curve goes on
                if right:
                    x, y = side - 1 - x, side - 1 - y
                x, y = y, x
            step //= 2
        places[index] = place
    return places


@compiled
def connected_parts(ends: Positions, node_count: int) -> Positions:
    """Number of the connected part of each node, in the order of their first nodes."""
    above = np.arange(node_count, dtype=np.int32)
    for edge in range(len(ends)):
        one, two = ends[edge, 0], ends[edge, 1]
        while above[one] != one:
            above[one] = above[above[one]]
            one = above[one]
        while above[two] != two:
            above[two] = above[above[two]]
            two = above[two]
        above[max(one, two)] = min(one, two)
    label = np.empty(node_count, dtype=np.int32)
    parts = 0
    for node in range(node_count):
        if above[node] == node:  # the first node of its part: all others hang below it
            label[node] = parts
            parts += 1
        else:
            label[node] = label[above[node]]
    return label
