"""A street plan as a plane graph: nodes, street edges, and the blocks between them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from drawing.place import Dice, Point, area
from drawing.shapes import box_axis, box_size, distance, hits, on_segment, rounded, turned, unturned

SNAP_M = 27.0
NARROWEST_M = 62.0

Edge = tuple[int, int]


@dataclass(frozen=True)
class Street:
    """What kind of way an edge is."""

    highway: str
    name: str | None = None


@dataclass(frozen=True)
class Block:
    """A face of the plan: its nodes anticlockwise, and the community it belongs to, if any."""

    ring: tuple[int, ...]
    unit: str | None = None


class StreetPlan:
    """Streets that meet only at nodes, and the blocks they enclose."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self.streets: dict[Edge, Street] = {}
        self.blocks: dict[int, Block] = {}
        self.marked: set[int] = set()
        self._beside: dict[Edge, list[int]] = {}
        self._next_block = 0

    def add_node(self, point: Point) -> int:
        """A new node, to the centimetre."""
        self.points.append(rounded(*point))
        return len(self.points) - 1

    def add_street(self, nodes: Sequence[int], street: Street) -> None:
        """A street along nodes; edges that are there already keep their kind."""
        for start, end in itertools.pairwise(nodes):
            if start != end:
                self.streets.setdefault(_edge(start, end), street)

    def remove_street(self, edge: Edge) -> None:
        """Take an edge out."""
        del self.streets[edge]

    def add_block(self, nodes: Sequence[int], unit: str | None = None) -> int:
        """A block by the nodes around it."""
        ring = list(nodes)
        if area([self.points[node] for node in ring]) < 0:
            ring.reverse()
        block_id = self._next_block
        self._next_block += 1
        self.blocks[block_id] = Block(tuple(ring), unit)
        for edge in _around(ring):
            self._beside.setdefault(edge, []).append(block_id)
        return block_id

    def outline(self, block_id: int) -> list[Point]:
        """Points around a block, anticlockwise."""
        return [self.points[node] for node in self.blocks[block_id].ring]

    def beside(self, edge: Edge) -> list[int]:
        """Blocks on the two sides of an edge."""
        return self._beside.get(_edge(*edge), [])

    def split_street(self, start: int, end: int, point: Point) -> int:
        """Put a new node on an edge, in the street and in the blocks beside it."""
        node = self.add_node(point)
        edge = _edge(start, end)
        street = self.streets.pop(edge)
        blocks = self._beside.pop(edge, [])
        for half in (_edge(start, node), _edge(node, end)):
            self.streets[half] = street
            self._beside[half] = list(blocks)
        for block_id in blocks:
            block = self.blocks[block_id]
            ring = list(block.ring)
            place = next(i for i, edge_i in enumerate(_around(ring)) if edge_i == edge)
            ring.insert(place + 1, node)
            self.blocks[block_id] = Block(tuple(ring), block.unit)
        return node

    def split_block(
        self, block_id: int, path: Sequence[int], street: Street, units: Sequence[str | None] = ()
    ) -> list[int]:
        """Lay a street from node to node through a block; gives the two new blocks.

        The first of them lies to the left of the path.
        """
        block = self.blocks.pop(block_id)
        for edge in _around(block.ring):
            self._beside[edge].remove(block_id)
        ring = list(block.ring)
        first, last = ring.index(path[0]), ring.index(path[-1])
        ahead = _walk(ring, last, first)
        behind = _walk(ring, first, last)
        self.add_street(path, street)
        unit_left, unit_right = units or (block.unit, block.unit)
        inner = list(path[1:-1])
        return [
            self.add_block(ahead + inner, unit_left),
            self.add_block(behind + inner[::-1], unit_right),
        ]

    def cut_block(self, block_id: int, dice: Dice, street: Street) -> list[int]:
        """Halve a block across its longer side by a slightly crooked street; [] if it cannot."""
        outline = self.outline(block_id)
        axis = box_axis(outline)
        flat = [turned(point, axis) for point in outline]
        wide, high = box_size(outline, axis)
        east, north = min(x for x, _ in flat), min(y for _, y in flat)
        lean, share = dice.between(-0.05, 0.05), dice.between(0.43, 0.57)
        bend, bend_at = dice.between(-0.03, 0.03), dice.between(0.35, 0.65)
        if wide >= high:
            start, towards = (east + wide * share, north + high / 2), (lean, 1.0)
        else:
            start, towards = (east + wide / 2, north + high * share), (1.0, lean)
        length = distance((0.0, 0.0), towards)
        towards = unturned((towards[0] / length, towards[1] / length), axis)
        found = hits(outline, unturned(start, axis), towards)
        if len(found) != 2:
            return []
        ends = [self._end_on(block_id, outline, edge, point) for _, edge, point in found]
        first, last = self._joined(block_id, ends)
        if first < 0:
            return []
        path = [first, last]
        span = distance(self.points[first], self.points[last])
        if span > 110.0:
            x, y = on_segment(self.points[first], self.points[last], bend_at)
            square = (-towards[1] * bend * span, towards[0] * bend * span)
            path.insert(1, self.add_node((x + square[0], y + square[1])))
        return self.split_block(block_id, path, street)

    def _end_on(
        self, block_id: int, outline: Sequence[Point], edge: int, point: Point
    ) -> tuple[int, int, Point]:
        """The nearest node of an edge if it is near, or -1 and where to put one."""
        ring = self.blocks[block_id].ring
        near = [ring[edge], ring[(edge + 1) % len(ring)]]
        gaps = [distance(point, outline[edge]), distance(point, outline[(edge + 1) % len(ring)])]
        if min(gaps) < SNAP_M:
            return (near[gaps.index(min(gaps))], -1, point)
        return (near[0], near[1], point)

    def _joined(self, block_id: int, ends: Sequence[tuple[int, int, Point]]) -> tuple[int, int]:
        """End nodes of a cut, or (-1, -1) when a piece would be too narrow."""
        ring = self.blocks[block_id].ring
        trial = [self.points[start] if end < 0 else point for start, end, point in ends]
        pieces = []
        places = [ring.index(start) for start, _, _ in ends]
        for first, last in ((0, 1), (1, 0)):
            nodes = _walk(list(ring), places[first], places[last])
            shape = [self.points[node] for node in nodes[1:]]
            if ends[last][1] < 0:
                shape = shape[:-1]
            pieces.append([trial[first], *shape, trial[last]])
        for piece in pieces:
            sizes = box_size(piece, box_axis(piece))
            if min(sizes) < NARROWEST_M or abs(area(piece)) < 5200.0:
                return (-1, -1)
        nodes = [
            start if end < 0 else self.split_street(start, end, point) for start, end, point in ends
        ]
        return (nodes[0], nodes[1])

    def neighbours(self) -> dict[int, list[int]]:
        """Neighbours of every node that has a street."""
        neighbours: dict[int, list[int]] = {}
        for start, end in self.streets:
            neighbours.setdefault(start, []).append(end)
            neighbours.setdefault(end, []).append(start)
        return neighbours

    def chains(self) -> list[tuple[list[int], Street]]:
        """Streets from junction to junction, each kind by itself; marked nodes end a chain."""
        neighbours = self.neighbours()

        def ends_here(node: int) -> bool:
            near = neighbours[node]
            return (
                len(near) != 2
                or node in self.marked
                or self.streets[_edge(node, near[0])] != self.streets[_edge(node, near[1])]
            )

        done: set[Edge] = set()
        found = []
        for edge, street in self.streets.items():
            if edge in done:
                continue
            done.add(edge)
            chain = [edge[0], edge[1]]
            for side in (-1, 0):
                while not ends_here(chain[side]) and chain[0] != chain[-1]:
                    here, before = chain[side], chain[-2 if side else 1]
                    after = next(node for node in neighbours[here] if node != before)
                    done.add(_edge(here, after))
                    chain.insert(0 if side == 0 else len(chain), after)
            found.append((chain, street))
        return found


def _edge(start: int, end: int) -> Edge:
    """An edge, the smaller node first."""
    return (start, end) if start < end else (end, start)


def _around(ring: Sequence[int]) -> list[Edge]:
    """The edges of a ring of nodes."""
    return [_edge(start, end) for start, end in zip(ring, [*ring[1:], ring[0]], strict=True)]


def _walk(ring: list[int], first: int, last: int) -> list[int]:
    """Nodes of a ring from one place to another, both included."""
    if first <= last:
        return ring[first : last + 1]
    return ring[first:] + ring[: last + 1]
