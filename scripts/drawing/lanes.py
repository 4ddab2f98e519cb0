"""Lanes: main blocks are halved until a block is 80 to 200 m wide; some lanes end blindly."""

from __future__ import annotations

from drawing.circle import LIVING, RESIDENTIAL, SERVICE, TERTIARY, Ring
from drawing.place import Dice, area
from drawing.plan import Street, StreetPlan
from drawing.shapes import contains, distance, middle, on_segment, to_ring

# Largest block left whole, m², inside the circle, within 500 m of it, and beyond.
_LARGEST_M2 = (29_000.0, 38_000.0, 72_000.0)


def metres_outside(block: list[tuple[float, float]], circle: Ring) -> float:
    """How far a block's middle lies outside the circle; 0 inside."""
    centre = middle(block)
    return 0.0 if contains(circle, centre) else to_ring(centre, circle)


def draw_lanes(plan: StreetPlan, circle: Ring, seed: int) -> None:
    """Halve every block until it is small enough, first inside the circle."""
    for stage, inside in ((2, True), (3, False)):
        dice = Dice(seed, stage)
        blocks = [key for key, block in plan.blocks.items() if (block.unit is not None) == inside]
        _halve(plan, blocks, circle, dice)


def _halve(plan: StreetPlan, waiting: list[int], circle: Ring, dice: Dice) -> None:
    """Halve blocks, and their halves, until each is small enough."""
    while waiting:
        block_id = waiting.pop(0)
        outline = plan.outline(block_id)
        size_m2 = area(outline)
        out_m = metres_outside(outline, circle)
        zone = 0 if out_m == 0.0 else 1 if out_m < 500.0 else 2
        if size_m2 < _LARGEST_M2[zone] * dice.between(0.8, 1.15):
            continue
        for _ in range(12):
            parts = plan.cut_block(block_id, dice, _kind(size_m2, dice))
            if parts:
                waiting.extend(parts)
                break


def draw_blind_lanes(plan: StreetPlan, taken: set[int], dice: Dice) -> None:
    """Lanes that end blindly, in blocks that hold no compound."""
    for block_id in list(plan.blocks):
        if block_id in taken or area(plan.outline(block_id)) < 16_000.0 or dice.chance(0.45):
            continue
        outline, ring = plan.outline(block_id), plan.blocks[block_id].ring
        lengths = [
            distance(start, end)
            for start, end in zip(outline, [*outline[1:], outline[0]], strict=True)
        ]
        longest = lengths.index(max(lengths))
        start, end = outline[longest], outline[(longest + 1) % len(outline)]
        mouth = on_segment(start, end, dice.between(0.4, 0.6))
        tip = on_segment(mouth, middle(outline), dice.between(0.75, 1.25))
        if not contains(outline, tip) or to_ring(tip, outline) < 15.0:
            continue
        first = plan.split_street(ring[longest], ring[(longest + 1) % len(ring)], mouth)
        last = plan.add_node(tip)
        plan.add_street([first, last], SERVICE)
        if dice.chance(0.5):
            side = dice.pick((-1.0, 1.0)) * dice.between(25.0, 45.0) / lengths[longest]
            arm = (tip[0] + (end[0] - start[0]) * side, tip[1] + (end[1] - start[1]) * side)
            if not contains(outline, arm) or to_ring(arm, outline) < 15.0:
                continue
            plan.add_street([last, plan.add_node(arm)], SERVICE)


def drop_some_lanes(plan: StreetPlan, taken: set[int], dice: Dice) -> None:
    """Take out a few small lanes far from the compounds, so that the net is not too neat."""
    neighbours = plan.neighbours()
    lost: dict[int, int] = {}
    for edge, street in list(plan.streets.items()):
        if street.highway not in ("living_street", "service", "residential"):
            continue
        beside = plan.beside(edge)
        crossings = [node for node in edge if len(neighbours[node]) - lost.get(node, 0) > 2]
        if len(beside) < 2 or taken.intersection(beside) or len(crossings) < 2:
            continue
        if dice.chance(0.10):
            plan.remove_street(edge)
            for node in edge:
                lost[node] = lost.get(node, 0) + 1


def _kind(size_m2: float, dice: Dice) -> Street:
    """Kind of the street that halves a block of this size."""
    if size_m2 > 280_000.0:
        return TERTIARY
    if size_m2 > 70_000.0:
        return RESIDENTIAL
    return LIVING if dice.chance(0.4) else SERVICE if dice.chance(0.5) else RESIDENTIAL
