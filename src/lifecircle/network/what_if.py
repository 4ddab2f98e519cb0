"""How much nearer homes come to services when gates or ways are opened, without a new search.

For one walker the seconds from every node to the nearest facility of each service are kept. An
opening can only make them fall, around itself: they are let fall, read, and put back. People of
compounds with residents' gates have ways of their own; those are told again where the opening lies
near. The answer is that of a new search over the streets with the opening.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lifecircle.network import lowering, search
from lifecircle.network.costs import edge_costs
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.joining import Joined
from lifecircle.network.links import GATE_RESIDENTS
from lifecircle.network.passes import Legs, groups_of
from lifecircle.network.snapping import Snapped
from lifecircle.network.spreading import by_edge, passes_for, seconds_at, spread_seconds
from lifecircle.network.walkers import Walker

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Positions = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Opening:
    """Edges that are opened together, and who joins the streets there then.

    Parameters
    ----------
    edges
        Gates or ways that everybody may pass afterwards.
    home_joins
        Joins of homes that an opened gate gives, as rows of :attr:`WhatIf.homes`.
    place_row, place_node, place_m
        Facilities that an opened gate joins: row in the table, node, and the way, metres.
    direct_home, direct_place, direct_m
        Ways inside a compound that come to count: home, facility, metres.
    """

    edges: Integers
    home_joins: Integers = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    place_row: Integers = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    place_node: Integers = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    place_m: Floats = field(default_factory=lambda: np.empty(0))
    direct_home: Integers = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    direct_place: Integers = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    direct_m: Floats = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True, eq=False)
class Nearer:
    """Homes that come nearer to a service.

    Parameters
    ----------
    service, home
        Row of the service and of the home, shape (k,). A home stands once for each service.
    before_s, after_s
        Seconds to the nearest facility, infinite where none was reached, shape (k,).
    """

    service: Positions
    home: Positions
    before_s: Floats
    after_s: Floats


class WhatIf:
    """Nearest facilities of one walker's services, and what openings do to them.

    Parameters
    ----------
    network
        Streets in which everything that could be opened is built in, closed.
    walker
        Who walks.
    joined
        Where homes and facilities join the streets.
    extra
        Further joins of homes that are not there before a gate is opened, with the row of the home.
    labels
        Service of each facility, 0 to ``services`` - 1, or -1 for none that counts.
    limit_s
        Longest walk, seconds.
    """

    def __init__(
        self,
        network: WalkNetwork,
        walker: Walker,
        joined: Joined,
        extra: tuple[Snapped, Positions],
        labels: Integers,
        limit_s: float,
    ) -> None:
        self.network, self.walker, self.limit_s = network, walker, limit_s
        self.labels, self.services = labels, int(labels.max(initial=-1)) + 1
        self.costs = edge_costs(network, walker)
        self.arc_s = self.costs.arc_s.copy()
        self.forward_s, self.backward_s = self.costs.forward_s.copy(), self.costs.backward_s.copy()
        if self.costs.forward_s is self.costs.backward_s:
            self.backward_s = self.forward_s
        self.first, self.head, self.arc_edge = network.arcs
        self._with_homes(joined, extra)
        self._search(joined)
        self.groups = groups_of(network)
        self.legs_of: dict[int, Floats] = {}
        if self.groups:
            self._with_groups()

    def _with_homes(self, joined: Joined, extra: tuple[Snapped, Positions]) -> None:
        """Joins of homes; those that are not there yet are infinitely far."""
        homes, more = joined.homes, extra[0]
        self.homes = Snapped(
            np.concatenate([homes.edge, more.edge]).astype(np.int32),
            np.concatenate([homes.share, more.share]),
            np.concatenate([homes.access_m, np.full(len(more.edge), np.inf)]),
        )
        self.later_s = np.concatenate([homes.access_m, more.access_m]) / self.walker.speed_m_s
        self.access_s = self.homes.access_m / self.walker.speed_m_s
        self.home_row = np.concatenate([joined.home_row, extra[1]]).astype(np.int32)
        self.join_first, self.join_order = by_edge(self.network, self.homes.edge)
        self.count = len(joined.lost_homes)

    def _search(self, joined: Joined) -> None:
        """Seconds of all nodes and homes before anything is opened."""
        network, walker = self.network, self.walker
        passes = passes_for(network, walker, self.limit_s).arrays
        self.public_s = np.full((self.services, network.node_count), np.inf)
        self.own_s = np.full((self.services, network.node_count), np.inf)
        self.home_s = np.full((self.services, self.count), np.inf)
        label = self.labels[joined.place_row]
        limit_s = self.limit_s + search.TOLERANCE_S
        for row in range(self.services):
            doors = np.flatnonzero((label == row) & (joined.places.edge >= 0))
            if not len(doors):
                continue
            places = joined.places.take(doors)
            reached, reached_s = spread_seconds(network, walker, places, self.limit_s)
            self.public_s[row, reached] = reached_s
            own = search.enter_reached(passes, reached, reached_s, network.node_count, limit_s)
            self.own_s[row, own[0]] = own[1]
            seconds = seconds_at(network, walker, own, places, joined.homes)
            np.minimum.at(self.home_s[row], joined.home_row, seconds)
            direct = np.isin(joined.direct_place, doors)
            np.minimum.at(
                self.home_s[row],
                joined.home_row[joined.direct_home[direct]],
                joined.direct_m[direct] / walker.speed_m_s,
            )

    def _with_groups(self) -> None:
        """People's own ways, and which gates' sides they lead to."""
        self.finder = Legs(self.network, self.costs, self.groups, self.limit_s, openable=True)
        self.group_of = np.full(self.network.node_count, -1, dtype=np.int64)
        sides = [pair.ravel() for _, pair in self.groups]
        for number, (nodes, _) in enumerate(self.groups):
            self.group_of[nodes] = number
        self.side_node = np.concatenate(sides)
        self.side_group = np.repeat(np.arange(len(sides)), [len(one) for one in sides])
        self.bound_s = np.array(
            [self.finder.longest_s(number, pair) for number, (_, pair) in enumerate(self.groups)]
        )
        shut = self.network.edge_link == GATE_RESIDENTS
        either_s = np.minimum(self.costs.arc_s, self.costs.arc_away_s)
        self.through_s = np.where(shut[self.arc_edge], 0.0, either_s)

    def nearer(self, openings: Sequence[Opening], *, keep: bool = False) -> Nearer:
        """Homes that come nearer to a service if some openings are made together.

        Parameters
        ----------
        openings
            What is opened.
        keep
            Whether it stays open for all questions that follow.

        Returns
        -------
        Nearer
        """
        undo: list[tuple[Any, Any, Any]] = []
        edges = np.concatenate([one.edges for one in openings])
        self._open(edges, undo)
        joins = np.concatenate([one.home_joins for one in openings])
        undo.append((self.access_s, joins, self.access_s[joins]))
        self.access_s[joins] = self.later_s[joins]
        row, node, before_s = self._fall(openings, edges)
        undo.append((self.public_s, (row, node), before_s))
        undo.append((self.own_s, (row, node), self.own_s[row, node]))
        self.own_s[row, node] = np.minimum(self.own_s[row, node], self.public_s[row, node])
        more = self._own_ways(edges, node, undo)
        found = self._homes(np.concatenate([row, more[0]]), np.concatenate([node, more[1]]), joins)
        found = self._direct(openings, found)
        old_s = self.home_s[found[0], found[1]]
        if keep:
            self.home_s[found[0], found[1]] = found[2]
        else:
            for array, at, values in reversed(undo):
                array[at] = values
            for number, legs in more[2]:
                self.legs_of[number] = legs
        return Nearer(found[0], found[1], old_s, found[2])

    def _open(self, edges: Integers, undo: list[tuple[Any, Any, Any]]) -> None:
        """Let everybody pass some edges."""
        cost_s = self.network.edge_length_m[edges] / self.walker.speed_m_s
        arcs = self._arcs(edges)
        undo.append((self.forward_s, edges, self.forward_s[edges]))
        self.forward_s[edges] = cost_s
        if self.backward_s is not self.forward_s:
            undo.append((self.backward_s, edges, self.backward_s[edges]))
            self.backward_s[edges] = cost_s
        whole_s = self.network.edge_length_m[self.arc_edge[arcs]] / self.walker.speed_m_s
        undo.append((self.arc_s, arcs, self.arc_s[arcs]))
        self.arc_s[arcs] = whole_s
        if self.groups:
            undo.append((self.through_s, arcs, self.through_s[arcs]))
            self.through_s[arcs] = whole_s

    def _arcs(self, edges: Integers) -> Integers:
        """Arcs that lie on some edges."""
        arcs: list[int] = []
        ends = self.network.edge_ends
        for edge in edges.tolist():
            for node in set(ends[edge].tolist()):
                begin, end = self.first[node], self.first[node + 1]
                arcs += (begin + np.flatnonzero(self.arc_edge[begin:end] == edge)).tolist()
        return np.array(arcs, dtype=np.int64)

    def _fall(
        self, openings: Sequence[Opening], edges: Integers
    ) -> tuple[Positions, Positions, Floats]:
        """Let the public times fall from what is opened on."""
        rows = np.arange(self.services)
        ends = self.network.edge_ends[edges].astype(np.int64)
        cost_s = self.network.edge_length_m[edges] / self.walker.speed_m_s
        seeds = [(np.repeat(rows, 0), np.empty(0, dtype=np.int64), np.empty(0))]
        for here, there in ((0, 1), (1, 0)):
            way_s = self.public_s[:, ends[:, there]] + cost_s
            row, edge = np.nonzero(np.isfinite(way_s))
            seeds.append((row, ends[edge, here], way_s[row, edge]))
        for one in openings:
            label = self.labels[one.place_row]
            kept = label >= 0
            way_s = one.place_m[kept] / self.walker.speed_m_s
            seeds.append((label[kept], one.place_node[kept], way_s))
        row, node, way_s = (np.concatenate(column) for column in zip(*seeds, strict=True))
        order = np.argsort(row, kind="stable")
        found: tuple[Positions, Positions, Floats] = lowering.lower(
            self.first,
            self.head,
            self.arc_s,
            self.public_s,
            row[order].astype(np.int64),
            node[order].astype(np.int64),
            way_s[order],
            self.limit_s + search.TOLERANCE_S,
        )
        return found

    def _own_ways(
        self, edges: Integers, node: Positions, undo: list[tuple[Any, Any, Any]]
    ) -> tuple[Integers, Integers, list[tuple[int, Floats]]]:
        """Nodes that become nearer for people with gates of their own, and the legs of before."""
        none = np.empty(0, dtype=np.int64)
        if not self.groups:
            return none, none, []
        fallen = np.zeros(self.network.node_count, dtype=bool)
        fallen[node] = True
        groups = set(self.side_group[fallen[self.side_node]].tolist())
        near = self._groups_near(edges)
        rows, nodes, before = [none], [none], []
        for number in sorted(groups | near):
            members, sides = self.groups[number]
            if number not in self.legs_of:
                self.finder.arc_s = self._arc_s_before(undo)
                self.legs_of[number] = self.finder.legs(number, members, sides)
            legs = self.legs_of[number]
            if number in near:
                self.finder.arc_s = self.arc_s
                shorter = np.minimum(legs, self.finder.legs(number, members, sides))
                before.append((number, legs))
                self.legs_of[number] = legs = shorter
            flat = sides.ravel()
            best = self._through(legs, self.public_s[:, flat])
            best[best > self.limit_s + search.TOLERANCE_S] = np.inf
            known_s = self.own_s[:, members]
            row, at = np.nonzero(best < known_s - lowering.LEAST_S)
            undo.append((self.own_s, (row, members[at]), known_s[row, at]))
            self.own_s[row, members[at]] = best[row, at]
            rows.append(row)
            nodes.append(members[at])
        return np.concatenate(rows), np.concatenate(nodes), before

    @staticmethod
    def _through(legs_s: Floats, sides_s: Floats) -> Floats:
        """Seconds of each service (s) from each node inside (n) by its best gate side, (s, n)."""
        best = np.full((len(sides_s), len(legs_s)), np.inf)
        for side in range(legs_s.shape[1]):
            np.minimum(best, sides_s[:, side, None] + legs_s[None, :, side], out=best)
        return best

    def _arc_s_before(self, undo: list[tuple[Any, Any, Any]]) -> Floats:
        """Costs of the arcs before what is being looked at was opened."""
        before = self.arc_s.copy()
        for array, at, values in undo:
            if array is self.arc_s:
                before[at] = values
        return before

    def _groups_near(self, edges: Integers) -> set[int]:
        """Groups whose own ways may lead through some edges."""
        network = self.network
        ends = np.unique(network.edge_ends[edges]).astype(np.int64)
        seconds = self._around(ends, float(self.bound_s.max()))
        side_s = seconds[self.side_node]
        within = side_s <= self.bound_s[self.side_group] + search.TOLERANCE_S
        return set(self.side_group[within].tolist())

    def _around(self, nodes: Integers, limit_s: float) -> Floats:
        """Fewest seconds to any of some nodes, every residents' gate being open."""
        finder = self.finder
        count = search.spread_from(
            self.first,
            self.head,
            self.through_s,
            self.network.edge_ends,
            finder.not_walked,
            finder.not_walked,
            finder.edge[nodes],
            finder.share[nodes],
            np.zeros(len(nodes)),
            limit_s + search.TOLERANCE_S,
            finder.seconds,
            finder.touched,
            *finder.heap,
        )
        found = np.full(self.network.node_count, np.inf)
        reached = finder.touched[:count]
        found[reached] = finder.seconds[reached]
        search.forget(finder.seconds, finder.touched, count)
        return found

    def _homes(
        self, row: Integers, node: Integers, joins: Integers
    ) -> tuple[Positions, Positions, Floats]:
        """Homes that come nearer because nodes do, or because they join at an opened gate."""
        if len(joins):  # a new join counts whatever its nodes did
            ends = self.network.edge_ends[self.homes.edge[joins]].ravel()
            rows = np.arange(self.services)
            row = np.concatenate([row, np.repeat(rows, len(ends))])
            node = np.concatenate([node, np.tile(ends, len(rows))])
        order = np.argsort(row, kind="stable")
        found: tuple[Positions, Positions, Floats] = lowering.homes_nearer(
            self.first,
            self.arc_edge,
            self.network.edge_ends,
            self.forward_s,
            self.backward_s,
            self.own_s,
            row[order].astype(np.int32),
            node[order].astype(np.int32),
            self.join_first,
            self.join_order,
            self.homes.share,
            self.access_s,
            self.home_row,
            self.home_s,
        )
        return found

    def _direct(
        self, openings: Sequence[Opening], found: tuple[Positions, Positions, Floats]
    ) -> tuple[Positions, Positions, Floats]:
        """Homes that come nearer, also by ways inside compounds; each once for each service."""
        if not any(len(one.direct_home) for one in openings):
            return found
        home, place, way_m = (
            np.concatenate([getattr(one, name) for one in openings])
            for name in ("direct_home", "direct_place", "direct_m")
        )
        row, way_s = self.labels[place], way_m / self.walker.speed_m_s
        nearer = (row >= 0) & (way_s < self.home_s[row, home] - lowering.LEAST_S)
        rows, homes, seconds = (
            np.concatenate([old, new[nearer]])
            for old, new in zip(found, (row, home, way_s), strict=True)
        )
        order = np.lexsort((seconds, homes, rows))
        rows, homes, seconds = rows[order], homes[order], seconds[order]
        first = np.ones(len(order), dtype=bool)
        first[1:] = (np.diff(rows) != 0) | (np.diff(homes) != 0)
        return rows[first].astype(np.int32), homes[first].astype(np.int32), seconds[first]


def no_extra() -> tuple[Snapped, Positions]:
    """No further joins of homes.

    Returns
    -------
    Snapped, array
    """
    nobody = np.empty(0, dtype=np.int32)
    return Snapped(nobody, np.empty(0), np.empty(0)), nobody
