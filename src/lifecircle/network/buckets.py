"""Kernel of the search from many places at once, for the nearest of them.

Arrays in, arrays out, compiled by numba, as in :mod:`lifecircle.network.search`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lifecircle.network.compiling import compiled

Floats = NDArray[np.float64]
Positions = NDArray[np.int32]

# Nodes that wait for the search from many places do so in buckets as wide as a few steps.
BUCKET_S = 4.0
MOST_BUCKETS = 1_000_000


@compiled
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
    """Nodes within the limit of the nearest of several places, and their seconds.

    Many nodes wait at once here, so they wait in buckets of a few seconds instead of a heap. A node
    that improves while its bucket is emptied goes in again: the answer is that of Dijkstra.
    """
    buckets = int(min(limit_s / BUCKET_S, MOST_BUCKETS)) + 1
    top = np.full(buckets, -1, dtype=np.int32)
    seconds = np.full(len(first) - 1, np.inf)
    touched = np.empty(len(first), dtype=np.int32)
    nodes = np.empty(1024, dtype=np.int32)
    keys = np.empty(1024)
    below = np.empty(1024, dtype=np.int32)
    size, free, count = 0, -1, 0
    bucket = -1
    place, side = 0, 0
    while True:
        # What is next: an end of a place's edge, or the arcs of a waiting node.
        if bucket < 0:
            if place == len(place_edge):
                bucket = 0
                continue
            edge = place_edge[place]
            node, key, arc, last = -1, 0.0, 0, 1 if edge >= 0 else 0
        else:
            while bucket < buckets and top[bucket] < 0:
                bucket += 1
            if bucket == buckets:
                break
            entry = top[bucket]
            top[bucket] = below[entry]
            below[entry], free = free, entry
            node, key = nodes[entry], keys[entry]
            if key > seconds[node]:
                continue
            arc, last = first[node], first[node + 1]
        while arc < last:
            if node < 0:
                edge, share = place_edge[place], place_share[place]
                other = ends[edge, side]
                part, whole_s = share, forward_s[edge]
                if side == 1:
                    part, whole_s = 1.0 - share, backward_s[edge]
                # no part of an edge that cannot be walked costs nothing
                part_s = part * whole_s if part > 0.0 else 0.0
                reached = place_access_s[place] + part_s
            else:
                other = head[arc]
                reached = key + arc_s[arc]
            arc += 1
            if not (reached < seconds[other] and reached <= limit_s):
                continue
            if seconds[other] == np.inf:
                touched[count] = other
                count += 1
            seconds[other] = reached
            if free >= 0:
                entry, free = free, below[free]
            else:
                if size == len(nodes):
                    nodes = np.concatenate((nodes, np.empty_like(nodes)))
                    keys = np.concatenate((keys, np.empty_like(keys)))
                    below = np.concatenate((below, np.empty_like(below)))
                entry = size
                size += 1
            into = int(min(reached / BUCKET_S, buckets - 1))
            nodes[entry], keys[entry], below[entry] = other, reached, top[into]
            top[into] = entry
        if bucket < 0:
            place, side = (place, 1) if side == 0 else (place + 1, 0)
    reached_nodes = touched[:count].copy()
    return reached_nodes, seconds[reached_nodes]
