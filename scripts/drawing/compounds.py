"""Compounds: walls set back from the street, gates in them, rows of buildings, footways inside.

Every compound is laid out along its block: rows that face south, a footway before each row, a
spine across them, and legs that leave it to the streets. A leg through a wall passes a gate. At a
closed gate the leg stops a metre short on either side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from drawing.circle import FOOTWAY, SERVICE, STEPS
from drawing.place import Dice, Point
from drawing.plan import StreetPlan
from drawing.shapes import (
    Ring,
    box_axis,
    contains,
    distance,
    hits,
    inset,
    rounded,
    to_ring,
    turned,
    unturned,
)

SETBACK_M = {"primary": 28.0, "secondary": 24.0, "tertiary": 18.0, "residential": 13.5}
SMALLEST_SETBACK_M = 10.5
RANK = ("service", "living_street", "residential", "tertiary", "secondary", "primary")
GATE_HALF_WIDTH_M = 2.0
CLOSED_GAP_M = 1.0


@dataclass(frozen=True)
class Style:
    """How the buildings of a compound stand: distances in metres, floors, year of building."""

    row_m: float
    along_m: float
    floors: tuple[int, int]
    built: tuple[int, int]


WORKERS = Style(24.0, 22.0, (4, 6), (1963, 1979))
SLABS = Style(25.5, 23.5, (6, 7), (1980, 1999))
MIXED = Style(29.0, 27.0, (7, 12), (2000, 2009))
TOWERS = Style(38.0, 36.0, (18, 33), (2010, 2020))


@dataclass
class Gate:
    """A gate: where, on which compound's wall, who may pass, and the street it faces."""

    point: Point
    access: str
    highway: str
    street: str | None
    ring_edge: int


@dataclass
class Building:
    """A residential building."""

    point: Point
    floors: int
    built_year: int


@dataclass
class Compound:
    """A compound with all that belongs to it."""

    compound_id: str
    name: str
    unit: str | None
    walled: bool
    ring: Ring
    style: Style
    gates: list[Gate] = field(default_factory=list)
    buildings: list[Building] = field(default_factory=list)
    footways: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Leg:
    """A way out: from an inner node straight through the wall to the street."""

    side: str
    node: int
    wall_point: Point
    wall_edge: int
    street_point: Point
    street_edge: int
    highway: str
    street: str | None


def wall_ring(plan: StreetPlan, block_id: int) -> Ring:
    """The line of a compound's wall, set back from each street by its kind; [] if none fits."""
    ring = plan.blocks[block_id].ring
    setbacks = []
    for start, end in zip(ring, [*ring[1:], ring[0]], strict=True):
        street = plan.streets[min(start, end), max(start, end)]
        setbacks.append(SETBACK_M.get(street.highway, SMALLEST_SETBACK_M))
    return inset(plan.outline(block_id), setbacks)


class Layout:
    """The rows, footways and ways out of one compound while it is drawn.

    Parameters
    ----------
    plan
        Receives the footways.
    block_id
        The block the compound fills.
    compound
        Receives buildings and gates.
    """

    def __init__(self, plan: StreetPlan, block_id: int, compound: Compound, dice: Dice) -> None:
        self.plan, self.block_id, self.compound, self.dice = plan, block_id, compound, dice
        self.axis = box_axis(compound.ring)
        self._flat = [turned(point, self.axis) for point in compound.ring]
        self.rows: list[tuple[float, float, float]] = self._rows()
        self.spine_x_m = 0.0
        self.spine: list[int] = []
        self.ends: list[tuple[int, int]] = []

    def draw(self, use: str = "housing") -> bool:
        """Draw rows, spine and footways; False if the compound is too small for a row.

        A ``"park"`` has paths all round and no buildings; a ``"yard"`` has a spine alone.
        """
        if not self.rows:
            return False
        widest = max(self.rows, key=lambda row: row[2] - row[1])
        self.spine_x_m = widest[1] + (widest[2] - widest[1]) * self.dice.between(0.42, 0.58)
        for y_m, west_m, east_m in self.rows:
            self._draw_row(y_m, west_m, east_m, use)
        self.plan.add_street(self.spine, SERVICE if len(self.spine) > 3 else FOOTWAY)
        for side in (0, 1):
            if use == "park" or (use == "housing" and self.dice.chance(0.45)):
                self.plan.add_street([ends[side] for ends in self.ends], FOOTWAY)
        self.compound.footways = [*self.spine, *(node for ends in self.ends for node in ends)]
        return True

    def legs(self) -> list[Leg]:
        """Every straight way out: spine south and north, each row west and east."""
        found = [("south", self.spine[0], (0.0, -1.0)), ("north", self.spine[-1], (0.0, 1.0))]
        for west, east in self.ends:
            found.append(("west", west, (-1.0, 0.0)))
            found.append(("east", east, (1.0, 0.0)))
        legs = [self._leg(side, node, towards) for side, node, towards in found]
        return [leg for leg in legs if leg is not None]

    def open_leg(self, leg: Leg, access: str | None, *, steps: bool = False) -> None:
        """Lay a leg to the street, through a gate if the compound has a wall."""
        street_node = self._street_node(leg)
        way = STEPS if steps else FOOTWAY
        if access is None:
            self.plan.add_street([leg.node, street_node], way)
            return
        gate = rounded(*leg.wall_point)
        self.compound.gates.append(Gate(gate, access, leg.highway, leg.street, leg.wall_edge))
        inside, outside = self.plan.points[leg.node], self.plan.points[street_node]
        if access == "closed":
            stubs = [_towards(gate, inside, CLOSED_GAP_M), _towards(gate, outside, CLOSED_GAP_M)]
            self.plan.add_street([leg.node, self.plan.add_node(stubs[0])], FOOTWAY)
            self.plan.add_street([self.plan.add_node(stubs[1]), street_node], FOOTWAY)
            return
        node = self.plan.add_node(gate)
        self.plan.marked.add(node)
        self.plan.add_street([leg.node, node], FOOTWAY)
        self.plan.add_street([node, street_node], way)

    def _rows(self) -> list[tuple[float, float, float]]:
        """Footway rows from south to north: y, west end, east end, along the axis."""
        low = min(y for _, y in self._flat) + 8.0
        high = max(y for _, y in self._flat)
        rows, y_m = [], low
        while y_m < high - 16.5:
            spans = [self._span(y_m + rise) for rise in (-6.0, 0.0, 9.0, 16.0)]
            sound = [span for span in spans if span]
            if len(sound) == len(spans):
                west = max(span[0] for span in sound) + 8.0
                east = min(span[1] for span in sound) - 8.0
                if east - west > 45.0:
                    rows.append((y_m, west, east))
                    y_m += self.compound.style.row_m
                    continue
            y_m += 3.0
        return rows

    def _span(self, y_m: float) -> tuple[float, float] | None:
        """West and east wall at a height of the flat frame."""
        found = [along for along, _, _ in hits(self._flat, (0.0, y_m), (1.0, 0.0))]
        return (found[0], found[-1]) if len(found) == 2 else None

    def _draw_row(self, y_m: float, west_m: float, east_m: float, use: str) -> None:
        """One footway with the buildings north of it."""
        spine_x = min(max(self.spine_x_m, west_m + 22.0), east_m - 22.0)
        nodes = [
            self.plan.add_node(unturned((x_m, y_m + self.dice.between(-1.5, 1.5)), self.axis))
            for x_m in (west_m, spine_x, east_m)
        ]
        self.spine.append(nodes[1])
        if use == "yard":
            return
        self.plan.add_street(nodes, FOOTWAY)
        self.ends.append((nodes[0], nodes[2]))
        if use == "park":
            return
        style = self.compound.style
        for first, last in ((west_m + 11.0, spine_x - 11.0), (spine_x + 11.0, east_m - 11.0)):
            count = int((last - first) / style.along_m) + 1 if last > first - 6.0 else 0
            for i in range(count):
                # A lone building stands in the middle, several from end to end.
                share = 0.5 if count == 1 else i / (count - 1)
                if self.dice.chance(0.05):
                    continue
                x_m = first + (last - first) * share + self.dice.between(-2.0, 2.0)
                point = unturned((x_m, y_m + 10.0 + self.dice.between(-1.0, 1.0)), self.axis)
                if contains(self.compound.ring, point) and to_ring(point, self.compound.ring) > 6.0:
                    self.compound.buildings.append(
                        Building(
                            rounded(*point),
                            self.dice.whole(*style.floors),
                            self.dice.whole(*style.built),
                        )
                    )

    def _leg(self, side: str, node: int, towards: Point) -> Leg | None:
        """The straight way out from a node in a direction of the flat frame."""
        start, heading = self.plan.points[node], unturned(towards, self.axis)
        walls = [hit for hit in hits(self.compound.ring, start, heading) if hit[0] > 0.5]
        outline = self.plan.outline(self.block_id)
        streets = [hit for hit in hits(outline, start, heading) if hit[0] > 0.5]
        if not walls or not streets or streets[0][0] < walls[0][0] + 4.0:
            return None
        if streets[0][0] - walls[0][0] > 45.0:
            return None
        ring = self.plan.blocks[self.block_id].ring
        first, second = ring[streets[0][1]], ring[(streets[0][1] + 1) % len(ring)]
        street = self.plan.streets[min(first, second), max(first, second)]
        if self._near_corner(walls[0]):
            return None
        return Leg(
            side,
            node,
            walls[0][2],
            walls[0][1],
            streets[0][2],
            streets[0][1],
            street.highway,
            street.name,
        )

    def _near_corner(self, hit: tuple[float, int, Point]) -> bool:
        """Whether a gate here would stand in the corner of the wall."""
        ring = self.compound.ring
        corners = (ring[hit[1]], ring[(hit[1] + 1) % len(ring)])
        return min(distance(hit[2], corner) for corner in corners) < 5.0

    def _street_node(self, leg: Leg) -> int:
        """The street's node at the outer end: one that is near, or a new one."""
        ring = self.plan.blocks[self.block_id].ring
        outline = self.plan.outline(self.block_id)
        # The ring may have grown since the leg was found: look for the edge anew.
        gaps = []
        for i, (start, end) in enumerate(zip(outline, [*outline[1:], outline[0]], strict=True)):
            for node, corner in ((ring[i], start), (ring[(i + 1) % len(ring)], end)):
                if distance(corner, leg.street_point) < 7.0:
                    return node
            length = distance(start, end)
            detour = distance(start, leg.street_point) + distance(leg.street_point, end) - length
            gaps.append((detour, i))
        place = min(gaps)[1]
        return self.plan.split_street(ring[place], ring[(place + 1) % len(ring)], leg.street_point)


def choose_legs(legs: Sequence[Leg], dice: Dice) -> list[tuple[Leg, str]]:
    """Which ways out get a gate, and who may pass.

    The main gate lies on the quietest street. A compound on a main road often keeps a second gate
    there closed.
    """
    by_side: dict[str, list[Leg]] = {}
    for leg in legs:
        by_side.setdefault(leg.side, []).append(leg)
    sides = [dice.pick(found) for found in by_side.values()]
    if not sides:
        return []
    sides = sorted(dice.shuffled(sides), key=lambda leg: RANK.index(leg.highway))
    chosen = [(sides[0], "residents" if dice.chance(0.5) else "open")]
    rest = sides[1:]
    if rest and RANK.index(rest[-1].highway) >= 3 and dice.chance(0.36):
        chosen.append((rest.pop(), "closed"))
    if rest and dice.chance(0.5):
        chosen.append((rest.pop(), "residents" if dice.chance(0.6) else "open"))
    if rest and dice.chance(0.06):
        chosen.append((rest.pop(), "closed"))
    return chosen


def wall_lines(compound: Compound) -> list[list[Point]]:
    """The wall between its gates, as lines."""
    ring = compound.ring
    cuts: list[tuple[float, float]] = []
    starts = [0.0]
    for start, end in zip(ring, [*ring[1:], ring[0]], strict=True):
        starts.append(starts[-1] + distance(start, end))
    for gate in compound.gates:
        along = starts[gate.ring_edge] + distance(ring[gate.ring_edge], gate.point)
        cuts.append((along - GATE_HALF_WIDTH_M, along + GATE_HALF_WIDTH_M))
    if not cuts:
        return [[*ring, ring[0]]]
    cuts.sort()
    around = starts[-1]
    lines = []
    for i, (_, begin) in enumerate(cuts):
        last = cuts[(i + 1) % len(cuts)][0]
        if last <= begin:
            last += around
        corners = sorted(
            (turn + starts[k], ring[k])
            for turn in (0.0, around)
            for k in range(len(ring))
            if begin < turn + starts[k] < last
        )
        lines.append(
            [
                _along(ring, starts, begin),
                *(point for _, point in corners),
                _along(ring, starts, last),
            ]
        )
    return lines


def _along(ring: Ring, starts: Sequence[float], along: float) -> Point:
    """The point of a ring at a length."""
    length = along % starts[-1]
    edge = max(i for i in range(len(ring)) if starts[i] <= length)
    start, end = ring[edge], ring[(edge + 1) % len(ring)]
    return _towards(start, end, length - starts[edge])


def _towards(start: Point, end: Point, metres: float) -> Point:
    """A point some metres from one point towards another."""
    share = metres / distance(start, end)
    return rounded(start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
