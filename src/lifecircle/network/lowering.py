"""Kernels: what becomes nearer when an edge is opened.

Arrays in, arrays out, compiled by numba. Seconds are kept as a table, one row for each service: of
each node the way to the nearest facility. When an edge is opened they can only fall, and they fall
around it: the search begins at its ends and goes on only where a node becomes nearer, so that its
cost is that of what changes and not that of the city.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lifecircle.network.compiling import compiled
from lifecircle.network.search import _drop, _part, _push

Floats = NDArray[np.float64]
Positions = NDArray[np.int32]
Integers = NDArray[np.int64]

# What becomes nearer by less than this does not count: it is another order of the same sum.
LEAST_S = 1e-6


@compiled
def _twice(
    rows: Positions, nodes: Positions, seconds: Floats
) -> tuple[Positions, Positions, Floats]:
    """Lists with twice the room."""
    return (
        np.concatenate((rows, np.empty_like(rows))),
        np.concatenate((nodes, np.empty_like(nodes))),
        np.concatenate((seconds, np.empty_like(seconds))),
    )


@compiled
def lower(
    first: Positions,
    head: Positions,
    arc_s: Floats,
    seconds: Floats,
    seed_row: Integers,
    seed_node: Integers,
    seed_s: Floats,
    limit_s: float,
) -> tuple[Positions, Positions, Floats]:
    """Let the times of a table (services × nodes) fall from some nodes on, and say where they did.

    Seeds say that from ``seed_node`` a facility of the service ``seed_row`` is ``seed_s`` away;
    they stand service after service. ``seconds`` is changed. Returns service, node and the seconds
    of before, each node of a service once.
    """
    room = len(head) + len(seed_s) + 4
    keys = np.empty(room)
    nodes = np.empty(room, dtype=np.int32)
    known = np.zeros(len(first) - 1, dtype=np.bool_)
    told_row = np.empty(256, dtype=np.int32)
    told_node = np.empty(256, dtype=np.int32)
    told_s = np.empty(256)
    total, seed = 0, 0
    while seed < len(seed_s):
        row = seed_row[seed]
        times = seconds[row]
        begin, size = total, 0
        while seed < len(seed_s) and seed_row[seed] == row:
            node, way_s = seed_node[seed], seed_s[seed]
            if way_s < times[node] - LEAST_S and way_s <= limit_s:
                if not known[node]:
                    known[node] = True
                    if total == len(told_s):
                        told_row, told_node, told_s = _twice(told_row, told_node, told_s)
                    told_row[total], told_node[total] = row, node
                    told_s[total] = times[node]
                    total += 1
                times[node] = way_s
                size = _push(keys, nodes, size, way_s, node)
            seed += 1
        while size > 0:
            key, node = keys[0], nodes[0]
            size = _drop(keys, nodes, size)
            if key > times[node]:
                continue
            for arc in range(first[node], first[node + 1]):
                way_s = key + arc_s[arc]
                other = head[arc]
                if way_s < times[other] - LEAST_S and way_s <= limit_s:
                    if not known[other]:
                        known[other] = True
                        if total == len(told_s):
                            told_row, told_node, told_s = _twice(told_row, told_node, told_s)
                        told_row[total], told_node[total] = row, other
                        told_s[total] = times[other]
                        total += 1
                    times[other] = way_s
                    size = _push(keys, nodes, size, way_s, other)
        for index in range(begin, total):
            known[told_node[index]] = False
    return told_row[:total].copy(), told_node[:total].copy(), told_s[:total].copy()


@compiled
def homes_nearer(
    first: Positions,
    arc_edge: Positions,
    ends: Positions,
    forward_s: Floats,
    backward_s: Floats,
    seconds: Floats,
    changed_row: Positions,
    changed_node: Positions,
    join_first: Integers,
    join_order: Positions,
    join_share: Floats,
    join_access_s: Floats,
    join_home: Positions,
    home_s: Floats,
) -> tuple[Positions, Positions, Floats]:
    """Homes that are nearer to a service because nodes are: service, home and the new seconds.

    ``changed_row`` and ``changed_node`` are services and nodes, service after service; joins of
    homes stand edge after edge. ``home_s`` (services × homes) is what it was.
    """
    homes = home_s.shape[1]
    fresh = np.full(homes, np.inf)
    touched = np.empty(homes, dtype=np.int32)
    told_row = np.empty(256, dtype=np.int32)
    told_home = np.empty(256, dtype=np.int32)
    told_s = np.empty(256)
    total, item = 0, 0
    while item < len(changed_row):
        row = changed_row[item]
        times, before = seconds[row], home_s[row]
        count = 0
        while item < len(changed_row) and changed_row[item] == row:
            node = changed_node[item]
            for arc in range(first[node], first[node + 1]):
                edge = arc_edge[arc]
                for place in range(join_first[edge], join_first[edge + 1]):
                    join = join_order[place]
                    share, home = join_share[join], join_home[join]
                    way_s = join_access_s[join] + min(
                        times[ends[edge, 0]] + _part(share, backward_s[edge]),
                        times[ends[edge, 1]] + _part(1.0 - share, forward_s[edge]),
                    )
                    if way_s < before[home] - LEAST_S and way_s < fresh[home]:
                        if fresh[home] == np.inf:
                            touched[count] = home
                            count += 1
                        fresh[home] = way_s
            item += 1
        if total + count > len(told_s):
            room = 2 * (total + count)
            wider_row = np.empty(room, dtype=np.int32)
            wider_home = np.empty(room, dtype=np.int32)
            wider_s = np.empty(room)
            wider_row[:total] = told_row[:total]
            wider_home[:total] = told_home[:total]
            wider_s[:total] = told_s[:total]
            told_row, told_home, told_s = wider_row, wider_home, wider_s
        for index in range(count):
            home = touched[index]
            told_row[total], told_home[total], told_s[total] = row, home, fresh[home]
            fresh[home] = np.inf
            total += 1
    return told_row[:total].copy(), told_home[:total].copy(), told_s[:total].copy()
