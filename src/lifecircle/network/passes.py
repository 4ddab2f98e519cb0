"""Gates for residents: what the people of a compound save by their own gates.

A search knows what is open to everybody. A path of somebody from a compound passes his own gates a
last time somewhere; from there on it is everybody's. So his time is that of one of the two sides of
one of his gates, found by the common search, and the time from his place to that side by all ways
that are open to him. The latter do not depend on where he goes: they are found once.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lifecircle.network import search
from lifecircle.network.costs import Costs
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.links import GATE_RESIDENTS, GATES, NEW_WAYS, SHUT
from lifecircle.network.order import connected_parts

Floats = NDArray[np.float64]
Positions = NDArray[np.int32]
Integers = NDArray[np.int64]

POCKETS = "pockets of the whole"
"""Key in ``walls.made`` of what :func:`pockets` found in the streets that these were cut from."""


@dataclass(frozen=True, eq=False)
class Passes:
    """People's own ways out of their compounds, as arrays for the search.

    Parameters
    ----------
    first_side
        Where the gate sides of each group of people begin, shape (g + 1,).
    side_node
        Node of each side.
    first_node
        Where the nodes inside begin, shape (g + 1,).
    inner_node
        Nodes that only this group's people, and those who came through open gates, walk to.
    first_leg
        Where the legs of each group begin, shape (g + 1,).
    legs_s
        Seconds from each node inside to each side, node after node.
    node_first, node_group
        Groups of which each node is a side: where they begin (n + 1,), and which.
    """

    first_side: Positions
    side_node: Positions
    first_node: Positions
    inner_node: Positions
    first_leg: Integers
    legs_s: Floats
    node_first: Positions
    node_group: Positions

    @property
    def arrays(self) -> Any:
        """All of them, as the kernels take them."""
        return (
            self.first_side,
            self.side_node,
            self.first_node,
            self.inner_node,
            self.first_leg,
            self.legs_s,
            self.node_first,
            self.node_group,
        )


def passes_of(network: WalkNetwork, costs: Costs, limit_s: float) -> Passes:
    """People's own ways out of their compounds.

    Parameters
    ----------
    network
        Streets.
    costs
        What they cost a walker.
    limit_s
        Longest walk, seconds.

    Returns
    -------
    Passes
        Empty without walls or without gates for residents.
    """
    groups = groups_of(network)
    if not groups:
        return no_passes()
    finder = Legs(network, costs, groups, limit_s)
    legs = [finder.legs(number, *group) for number, group in enumerate(groups)]
    sides = np.concatenate([sides.ravel() for _, sides in groups]).astype(np.int32)
    side_count = [sides.size for _, sides in groups]
    node_count = [len(nodes) for nodes, _ in groups]
    of_group = np.repeat(np.arange(len(groups)), side_count)
    pairs = np.unique(np.column_stack([sides, of_group]), axis=0)
    return Passes(
        _starts(side_count).astype(np.int32),
        sides,
        _starts(node_count).astype(np.int32),
        np.concatenate([nodes for nodes, _ in groups]).astype(np.int32),
        _starts([leg.size for leg in legs]),
        np.concatenate([leg.ravel() for leg in legs]),
        _starts(np.bincount(pairs[:, 0], minlength=network.node_count)).astype(np.int32),
        pairs[:, 1].astype(np.int32),
    )


def groups_of(network: WalkNetwork) -> list[tuple[Integers, Integers]]:
    """Groups of people who have gates of their own.

    Parameters
    ----------
    network
        Streets.

    Returns
    -------
    list of tuple
        Nodes at which each group joins the streets (n,), and the nodes on both sides of its gates
        (k, 2). No node belongs to two groups.
    """
    found = [] if network.walls is None else _groups(network)
    return [(nodes, network.edge_ends[own].astype(np.int64)) for nodes, own in found]


def own_gates(network: WalkNetwork, nodes: Integers) -> list[Integers]:
    """Gates for residents that people may pass who join the streets at some nodes.

    Parameters
    ----------
    network
        Streets.
    nodes
        Nodes at which people join, shape (n,).

    Returns
    -------
    list of arrays
        Edges that are gates, for each node.
    """
    found: list[Integers] = [np.empty(0, dtype=np.int64) for _ in nodes]
    for members, gates in [] if network.walls is None else _groups(network):
        for row in np.flatnonzero(np.isin(nodes, members)).tolist():
            found[row] = gates
    return found


def no_passes() -> Passes:
    """Passes where no gate is for residents alone.

    Returns
    -------
    Passes
    """
    none, zero = np.empty(0, dtype=np.int32), np.zeros(1, dtype=np.int32)
    return Passes(zero, none, zero, none, np.zeros(1, dtype=np.int64), np.empty(0), none, none)


def _starts(counts: Any) -> Integers:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _groups(network: WalkNetwork) -> list[tuple[Integers, Integers]]:
    """Nodes of each group of people, and the edges that are their gates, shape (k,)."""
    walls = network.walls
    admitted = _admitted(network)
    if not admitted:
        return []
    pocket, beyond, more = pockets(network)
    for nameless, numbers in more.items():
        if nameless in admitted:
            admitted[nameless] |= numbers
    gates_of: dict[int, list[int]] = {}
    for row, people in admitted.items():
        for one in people:
            gates_of.setdefault(one, []).append(row)
    key = np.column_stack([walls.node_zone, pocket])
    kinds, group = np.unique(key, axis=0, return_inverse=True)
    order = np.argsort(group.ravel(), kind="stable")
    nodes = np.split(order, np.cumsum(np.bincount(group.ravel()))[:-1])
    found = []
    for (zone, part), members in zip(kinds.tolist(), nodes, strict=True):
        people = {*walls.sight.zones.sets[zone], *beyond.get(part, ())}
        own = sorted({row for one in people for row in gates_of.get(one, ())})
        if own:
            found.append((members, walls.gate_edge[own].astype(np.int64)))
    return found


def _admitted(network: WalkNetwork) -> dict[int, set[int]]:
    """Compounds whose people pass each gate that is for residents, by its row."""
    walls = network.walls
    rows = np.flatnonzero(network.edge_link[walls.gate_edge] == GATE_RESIDENTS)
    return {row: set(walls.admitted[row]) for row in rows.tolist()}


def pockets(
    network: WalkNetwork,
) -> tuple[Integers, dict[int, tuple[int, ...]], dict[int, set[int]]]:
    """Streets behind gates of no compound: those who live there are its residents.

    Such a gate gets a number of its own, below zero, as if it were a compound. Who lives behind
    which gate does not depend on whom the gates admit, nor on new ways: otherwise to open one gate
    would take another from those who may pass it.

    Parameters
    ----------
    network
        Streets with walls. Where they were cut from others, what holds there holds here.

    Returns
    -------
    part
        Part of the streets, between gates, that each node lies in, shape (n,).
    beyond
        Those numbers by part.
    admitted
        Numbers that each gate of no compound admits, by its row.
    """
    if POCKETS in network.walls.made:
        found: tuple[Any, Any, Any] = network.walls.made[POCKETS]
        return found
    admitted = {row: people for row, people in _admitted(network).items() if not people}
    nameless = list(admitted)
    part = np.zeros(network.node_count, dtype=np.int64)
    if not nameless:
        return part, {}, {}
    streets = ~np.isin(network.edge_link, (*GATES.values(), *NEW_WAYS))
    part = connected_parts(network.edge_ends[streets], network.node_count).astype(np.int64)
    walls = network.walls
    sides = part[network.edge_ends[walls.gate_edge]]
    before = np.flatnonzero(~walls.opening)  # an opening in a wall changes nobody's rights
    of_nobody = [not walls.admitted[row] for row in before.tolist()]
    beyond = _numbers_beyond(sides[before].tolist(), of_nobody, int(np.argmax(np.bincount(part))))
    for row, (one, two) in zip(nameless, sides[nameless].tolist(), strict=True):
        if one != two and one in beyond and two in beyond:
            # whoever lives further from the open streets passes; neighbours of one depth do both
            for inner, outer in ((one, two), (two, one)):
                if len(beyond[inner]) > len(beyond[outer]):
                    admitted[row].add(-1 - inner)
    return part, beyond, admitted


def _numbers_beyond(
    sides: list[list[int]], of_nobody: list[bool], largest: int
) -> dict[int, tuple[int, ...]]:
    """Numbers of the gates of nobody that each part of the streets lies behind, as few as can be.

    ``sides`` are the parts on both sides of all gates, ``of_nobody`` whether each belongs to no
    compound; ``largest`` is where one comes from.
    """
    around: dict[int, list[tuple[int, bool]]] = {}
    for (one, two), nobodys in zip(sides, of_nobody, strict=True):
        around.setdefault(one, []).append((two, nobodys))
        around.setdefault(two, []).append((one, nobodys))
    beyond: dict[int, tuple[int, ...]] = {}
    waiting: deque[tuple[int, tuple[int, ...]]] = deque([(largest, ())])
    while waiting:
        here, numbers = waiting.popleft()
        if here in beyond:
            continue
        beyond[here] = numbers
        for there, nobodys in around.get(here, ()):
            if there in beyond:
                continue
            if nobodys:
                waiting.append((there, (*numbers, -1 - there)))
            else:  # a compound's own gate leads no deeper
                waiting.appendleft((there, numbers))
    return beyond


class Legs:
    """Seconds from places inside compounds to their gates, by all ways open to their people.

    Parameters
    ----------
    network
        Streets.
    costs
        What they cost a walker.
    groups
        Nodes and gate sides of each group of people, as :func:`groups_of` gives them.
    limit_s
        Longest walk, seconds.
    openable
        Whether what is shut may be opened later: then places wait for it.
    """

    def __init__(
        self,
        network: WalkNetwork,
        costs: Costs,
        groups: list[tuple[Integers, Integers]],
        limit_s: float,
        *,
        openable: bool = False,
    ) -> None:
        self.network, self.limit_s = network, limit_s
        self.arc_s = costs.arc_s
        self.first, self.head, _ = network.arcs
        self.seconds = np.full(network.node_count, np.inf)
        self.touched = np.empty(network.node_count + 1, dtype=np.int32)
        room = len(self.head) + 6
        self.heap = np.empty(room), np.empty(room, dtype=np.int32)
        # an edge at each node, to begin at; it costs nothing at its end and is not walked
        self.edge = np.zeros(network.node_count, dtype=np.int32)
        self.share = np.zeros(network.node_count)
        for side in (0, 1):
            self.edge[network.edge_ends[:, side]] = np.arange(network.edge_count)
            self.share[network.edge_ends[:, side]] = side
        self.not_walked = np.full(network.edge_count, np.inf)
        group = np.full(network.node_count, -1, dtype=np.int64)
        for number, (nodes, _) in enumerate(groups):
            group[nodes] = number
        tail = np.repeat(np.arange(network.node_count), np.diff(self.first))
        self.group = group
        within = (group[tail] == group[self.head]) & (group[tail] >= 0)
        self.inner_arc_s = np.where(within, costs.arc_s, np.inf)
        # places from which no gate can be reached at all are never waited for
        passable = openable | ~np.isin(network.edge_link, SHUT)
        part = connected_parts(network.edge_ends[passable], network.node_count).astype(np.int64)
        key = group * (int(part.max()) + 1) + part
        wanted = [
            number * (int(part.max()) + 1) + part[sides.ravel()]
            for number, (_, sides) in enumerate(groups)
        ]
        leading = np.isin(key, np.concatenate(wanted)) & (group >= 0)
        self.expected = np.bincount(group[leading], minlength=len(groups))

    def legs(self, number: int, nodes: Integers, sides: Integers) -> Floats:
        """Seconds from the nodes of a group to its gate sides.

        Parameters
        ----------
        number
            Of the group.
        nodes, sides
            Its nodes (n,) and gate sides (k, 2).

        Returns
        -------
        array, shape (n, 2k)
        """
        flat = sides.ravel()
        from_nodes = np.empty((len(nodes), len(flat)))
        between = np.empty((len(flat), len(flat)))
        for gate, pair in enumerate(sides):
            bound_s = self._bound(pair, number)
            for side in (0, 1):
                column = 2 * gate + side
                count = self._search(pair[side : side + 1], self.arc_s, bound_s)
                from_nodes[:, column] = self.seconds[nodes]
                between[:, column] = self.seconds[flat]
                search.forget(self.seconds, self.touched, count)
        gate_side = np.arange(len(flat))
        between[gate_side, gate_side ^ 1] = 0.0  # through the gate itself
        for via in range(len(flat)):
            np.minimum(between, between[:, via, None] + between[via], out=between)
        best = from_nodes.copy()
        for via in range(len(flat)):
            np.minimum(best, from_nodes[:, via, None] + between[via], out=best)
        return best

    def longest_s(self, number: int, sides: Integers) -> float:
        """How far from its gates a group's ways may lead.

        Parameters
        ----------
        number
            Of the group.
        sides
            Its gate sides, shape (k, 2).

        Returns
        -------
        float
            Seconds.
        """
        return max(self._bound(pair, number) for pair in sides)

    def _bound(self, pair: Integers, number: int) -> float:
        """How far searches from a gate must go at most.

        Inside the compound every place reaches the gate within this; longer ways by streets outside
        are of no use.
        """
        inner = pair[self.group[pair] == number]
        if not len(inner):  # a gate of a compound around or beside this one
            return self.limit_s
        count = self._search(inner, self.inner_arc_s, self.limit_s)
        longest_s = float(self.seconds[self.touched[:count]].max())
        search.forget(self.seconds, self.touched, count)
        return self.limit_s if count < self.expected[number] else min(self.limit_s, longest_s)

    def _search(self, nodes: Integers, arc_s: Floats, limit_s: float) -> int:
        """Times towards nodes, up to a limit, in ``seconds``; how many were reached."""
        count: int = search.spread_from(
            self.first,
            self.head,
            arc_s,
            self.network.edge_ends,
            self.not_walked,
            self.not_walked,
            self.edge[nodes],
            self.share[nodes],
            np.zeros(len(nodes)),
            limit_s + search.TOLERANCE_S,
            self.seconds,
            self.touched,
            *self.heap,
        )
        return count
