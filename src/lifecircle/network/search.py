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

import numpy as np
from numpy.typing import NDArray

from lifecircle.network.compiling import compiled

Floats = NDArray[np.float64]
Positions = NDArray[np.int32]
Integers = NDArray[np.int64]

PassArrays = tuple[
    Positions, Positions, Positions, Positions, Integers, Floats, Positions, Positions
]

# Sums of seconds that are equal on paper differ in their last digits: 50 µs are forgiven, a
# thousandth of what any figure shows.
TOLERANCE_S = 5e-5


@compiled
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


@compiled
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


@compiled
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


@compiled
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


@compiled
def enter(
    passes: PassArrays,
    seconds: Floats,
    touched: Positions,
    touched_count: int,
    limit_s: float,
) -> int:
    """Let the people of compounds through their own gates: better times inside their compounds.

    After a search that knows only what is open to everybody. ``passes`` as
    :class:`lifecircle.network.passes.Passes` holds them. Nodes inside compounds take the time by
    way of their gates where it is shorter; nobody else walks there. Returns the new number of
    ``touched`` nodes.
    """
    first_side, side_node, first_node, inner_node = passes[0], passes[1], passes[2], passes[3]
    first_leg, legs_s, node_first, groups_at = passes[4], passes[5], passes[6], passes[7]
    if len(side_node) == 0:
        return touched_count
    chosen = np.zeros(len(first_side) - 1, dtype=np.bool_)
    groups = np.empty(16, dtype=np.int32)
    count = 0
    for index in range(touched_count):
        node = touched[index]
        for item in range(node_first[node], node_first[node + 1]):
            group = groups_at[item]
            if not chosen[group]:
                chosen[group] = True
                if count == len(groups):
                    groups = np.concatenate((groups, np.empty_like(groups)))
                groups[count] = group
                count += 1
    # What was found outside, before anybody went through a gate.
    outside_s = np.empty(len(side_node) if count else 0)
    for group in groups[:count]:
        for side in range(first_side[group], first_side[group + 1]):
            outside_s[side] = seconds[side_node[side]]
    for group in groups[:count]:
        at = first_side[group]
        sides = first_side[group + 1] - at
        leg = first_leg[group]
        for item in range(first_node[group], first_node[group + 1]):
            node = inner_node[item]
            best = seconds[node]
            for side in range(sides):
                best = min(best, outside_s[at + side] + legs_s[leg + side])
            leg += sides
            if best < seconds[node] and best <= limit_s:
                if seconds[node] == np.inf:
                    touched[touched_count] = node
                    touched_count += 1
                seconds[node] = best
    return touched_count


@compiled
def enter_reached(
    passes: PassArrays,
    reached: Positions,
    reached_s: Floats,
    node_count: int,
    limit_s: float,
) -> tuple[Positions, Floats]:
    """As :func:`enter`, for nodes reached and their seconds; both are given back."""
    if len(passes[1]) == 0:
        return reached, reached_s
    seconds = np.full(node_count, np.inf)
    touched = np.empty(node_count + 1, dtype=np.int32)
    for index in range(len(reached)):
        seconds[reached[index]] = reached_s[index]
        touched[index] = reached[index]
    count = enter(passes, seconds, touched, len(reached), limit_s)
    nodes = touched[:count].copy()
    return nodes, seconds[nodes]


@compiled
def _part(share: float, whole_s: float) -> float:
    """Seconds of a part of an edge; no part of an edge that cannot be walked costs nothing."""
    return share * whole_s if share > 0.0 else 0.0


@compiled
def _start(
    edge: int,
    share: float,
    access_s: float,
    ends: Positions,
    forward_s: Floats,
    backward_s: Floats,
    limit_s: float,
    seconds: Floats,
    keys: Floats,
    nodes: Positions,
    size: int,
    touched: Positions,
    touched_count: int,
) -> tuple[int, int]:
    """Put both ends of a place's edge on the heap."""
    before_s, behind_s = _part(share, forward_s[edge]), _part(1.0 - share, backward_s[edge])
    for side in range(2):
        size, touched_count = _seed(
            ends[edge, side],
            access_s + (before_s if side == 0 else behind_s),
            limit_s,
            seconds,
            keys,
            nodes,
            size,
            touched,
            touched_count,
        )
    return size, touched_count


@compiled
def _along(from_share: float, to_share: float, forward_s: float, backward_s: float) -> float:
    """Seconds between two points of one edge, straight along it."""
    ahead, back = to_share - from_share, from_share - to_share
    part_s: float = _part(ahead, forward_s) if ahead >= 0 else _part(back, backward_s)
    return part_s


@compiled
def reach(
    first: Positions,
    head: Positions,
    arc_edge: Positions,
    arc_s: Floats,
    ends: Positions,
    forward_s: Floats,
    backward_s: Floats,
    people_first: Positions,
    people_share: Floats,
    people_access_s: Floats,
    place_edge: Positions,
    place_share: Floats,
    place_access_s: Floats,
    passes: PassArrays,
    limit_s: float,
    begin: int,
    end: int,
) -> tuple[Integers, Positions, NDArray[np.float32]]:
    """People within the limit of each place ``begin`` to ``end``: one bounded search a place.

    People stand edge after edge; those of an edge begin at ``people_first``. A place off the
    network has edge -1. Returns the number of people of each place, their positions, and their
    minutes.
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
        size, touched_count = _start(
            own,
            share,
            access_s,
            ends,
            forward_s,
            backward_s,
            limit_s,
            seconds,
            keys,
            nodes,
            0,
            touched,
            0,
        )
        touched_count = _spread(
            first, head, arc_s, limit_s, seconds, keys, nodes, size, touched, touched_count
        )
        touched_count = enter(passes, seconds, touched, touched_count, limit_s)
        # -1 stands for the place's own edge, which may be walked along without any node
        for step in range(-1, touched_count):
            node = -1 if step < 0 else touched[step]
            arc_first = 0 if step < 0 else first[node]
            arc_last = 1 if step < 0 else first[node + 1]
            for arc in range(arc_first, arc_last):
                edge = own if step < 0 else arc_edge[arc]
                person, last = people_first[edge], people_first[edge + 1]
                if person == last:
                    continue
                start_s, stop_s = seconds[ends[edge, 0]], seconds[ends[edge, 1]]
                if step >= 0:
                    # an edge with both ends in reach is looked at from the later of the two
                    other = head[arc]
                    if edge == own or (other < node and seconds[other] < np.inf):
                        continue
                there_s, back_s = forward_s[edge], backward_s[edge]
                if total + last - person > len(found):
                    # as much as the places still to come may want, by those that were
                    wanted = total / (place - begin + 1) * (end - begin) * 1.1
                    room = int(max(wanted, 1.5 * total)) + last - person + 1024
                    wider = np.empty(room, dtype=np.int32)
                    wider[:total] = found[:total]
                    found = wider
                    longer = np.empty(room, dtype=np.float32)
                    longer[:total] = minutes[:total]
                    minutes = longer
                while person < last:
                    behind = people_share[person]
                    # towards the edge's first node is against its direction
                    time_s = min(
                        start_s + _part(behind, back_s), stop_s + _part(1.0 - behind, there_s)
                    )
                    if step < 0:
                        time_s = min(time_s, access_s + _along(behind, share, there_s, back_s))
                    time_s += people_access_s[person]
                    if time_s <= limit_s:
                        found[total] = person
                        minutes[total] = time_s / 60.0
                        total += 1
                    person += 1
        forget(seconds, touched, touched_count)
        counts[place - begin] = total - before
    return counts, found[:total], minutes[:total]


@compiled
def node_seconds_nearby(
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
    """The answer of :func:`node_seconds`, by one small search a place.

    Each goes on only where no place before it is nearer. Where few places reach a node that is
    hardly more work, and all of it is near the place: in a large city it stays in the cache.
    """
    seconds = np.full(len(first) - 1, np.inf)
    touched = np.empty(len(first), dtype=np.int32)
    keys = np.empty(len(head) + 4)
    nodes = np.empty(len(head) + 4, dtype=np.int32)
    count = 0
    for place in range(len(place_edge)):
        if place_edge[place] < 0:
            continue
        size, count = _start(
            place_edge[place],
            place_share[place],
            place_access_s[place],
            ends,
            forward_s,
            backward_s,
            limit_s,
            seconds,
            keys,
            nodes,
            0,
            touched,
            count,
        )
        count = _spread(first, head, arc_s, limit_s, seconds, keys, nodes, size, touched, count)
    reached = touched[:count].copy()
    return reached, seconds[reached]


@compiled
def forget(seconds: Floats, touched: Positions, count: int) -> None:
    """Make ``seconds`` infinite again at the first ``count`` nodes of ``touched``."""
    for index in range(count):
        seconds[touched[index]] = np.inf


@compiled
def spread_from(
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
    seconds: Floats,
    touched: Positions,
    keys: Floats,
    nodes: Positions,
) -> int:
    """Times of the nodes within the limit of the nearest of a few places, by a heap.

    They land in ``seconds``, which is infinite everywhere before; :func:`forget` makes it so again.
    The last four arrays are lent: as long as there are nodes, nodes + 1, and twice arcs + 2 places
    + 4, for both ends of every place may wait at once. Returns how many nodes were reached;
    ``touched`` lists them.
    """
    size, touched_count = 0, 0
    for place in range(len(place_edge)):
        if place_edge[place] < 0:
            continue
        size, touched_count = _start(
            place_edge[place],
            place_share[place],
            place_access_s[place],
            ends,
            forward_s,
            backward_s,
            limit_s,
            seconds,
            keys,
            nodes,
            size,
            touched,
            touched_count,
        )
    reached: int = _spread(
        first, head, arc_s, limit_s, seconds, keys, nodes, size, touched, touched_count
    )
    return reached


@compiled
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
