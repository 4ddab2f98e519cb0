"""What stands on which block: compounds, parks, schools, a market."""

from __future__ import annotations

from dataclasses import dataclass, field

from drawing.circle import COMMUNITIES, Ring
from drawing.compounds import (
    MIXED,
    RANK,
    SLABS,
    TOWERS,
    WORKERS,
    Compound,
    Layout,
    Leg,
    Style,
    choose_legs,
    wall_ring,
)
from drawing.lanes import metres_outside
from drawing.place import Dice, Point, area
from drawing.plan import StreetPlan
from drawing.shapes import contains, distance, middle

SMALLEST_COMPOUND_M2 = 4_200.0
AROUND_M = 420.0
AROUND_COUNT = 20

# Housing by community: 金科园 is drawn as the documents tell it, blocks of the 1960s to 1980s.
_STYLES: dict[str | None, tuple[Style, ...]] = {
    "野坡": (SLABS, SLABS, MIXED, TOWERS),
    "白沙": (SLABS, SLABS, SLABS, MIXED, TOWERS),
    "砂子塘": (WORKERS, SLABS, SLABS, SLABS, MIXED),
    "梨子山": (WORKERS, SLABS, SLABS, MIXED),
    "金科园": (WORKERS, WORKERS, SLABS),
    None: (SLABS, SLABS, MIXED, TOWERS),
}
# Blocks without housing: the one nearest to each point.
_SPECIAL: tuple[tuple[str, Point], ...] = (
    ("park 金科园", (330.0, -330.0)),
    ("school 金科园", (455.0, -560.0)),
    ("school 白沙", (300.0, 330.0)),
    ("school 砂子塘", (-400.0, -420.0)),
    ("market 砂子塘", (-330.0, -130.0)),
    ("park 野坡", (-180.0, 330.0)),
    ("park 梨子山", (60.0, -420.0)),
)
JIANFENG = "建丰公寓（示例）"
_JIANFENG_AT: Point = (420.0, -722.0)


@dataclass
class District:
    """Everything on the blocks."""

    compounds: list[Compound] = field(default_factory=list)
    special: dict[str, Compound] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)


def draw_district(plan: StreetPlan, circle: Ring, dice: Dice) -> District:
    """Fill the blocks of the circle, and some around it."""
    district = District()
    inside = [block_id for block_id, block in plan.blocks.items() if block.unit]
    for key, point in _SPECIAL:
        free = [block_id for block_id in inside if block_id not in district.taken]
        nearest = min(free, key=lambda b: distance(middle(plan.outline(b)), point))
        district.taken.add(nearest)
        district.special[key] = _draw_special(plan, nearest, key, dice)
    for unit in COMMUNITIES:
        for block_id in inside:
            if plan.blocks[block_id].unit == unit and block_id not in district.taken:
                _draw_compound(plan, block_id, district, dice)
    _draw_around(plan, circle, district, dice)
    return district


def _draw_around(plan: StreetPlan, circle: Ring, district: District, dice: Dice) -> None:
    """Some compounds around the circle."""
    around = [
        block_id
        for block_id, block in plan.blocks.items()
        if not block.unit and metres_outside(plan.outline(block_id), circle) < AROUND_M
    ]
    enough = len(district.compounds) + AROUND_COUNT
    for block_id in dice.shuffled(around):
        if len(district.compounds) < enough:
            _draw_compound(plan, block_id, district, dice)


def _draw_compound(plan: StreetPlan, block_id: int, district: District, dice: Dice) -> None:
    """One compound on one block, unless the block is too small."""
    ring = wall_ring(plan, block_id)
    if not ring or area(ring) < SMALLEST_COMPOUND_M2:
        return
    unit = plan.blocks[block_id].unit
    number = sum(compound.unit == unit for compound in district.compounds) + 1
    name = f"{unit or '周边'}小区 {number}（示例）"
    style = dice.pick(_STYLES[unit])
    walled = not (style in (WORKERS, SLABS) and dice.chance(0.17))
    if contains(ring, _JIANFENG_AT):
        name, style, walled = JIANFENG, SLABS, True
    compound_id = f"C{len(district.compounds) + 1:03d}"
    compound = Compound(compound_id, name, unit, walled, ring, style)
    layout = Layout(plan, block_id, compound, dice)
    if not layout.draw():
        return
    district.taken.add(block_id)
    _connect(layout, dice)
    district.compounds.append(compound)


def _connect(layout: Layout, dice: Dice) -> None:
    """Lead a compound's footways out to the streets."""
    compound, legs = layout.compound, layout.legs()
    hilly = 0.35 if compound.unit == "梨子山" else 0.03
    if compound.walled:
        for leg, access in choose_legs(legs, dice):
            layout.open_leg(leg, access, steps=dice.chance(hilly))
        return
    for leg in _one_a_side(legs, dice):
        layout.open_leg(leg, None, steps=dice.chance(hilly))


def _one_a_side(legs: list[Leg], dice: Dice) -> list[Leg]:
    """One leg to every side of the block."""
    sides = {leg.side: None for leg in legs}
    return [dice.pick([leg for leg in legs if leg.side == side]) for side in sides]


def _draw_special(plan: StreetPlan, block_id: int, key: str, dice: Dice) -> Compound:
    """A block without housing: paths to all sides in a park, one way in elsewhere."""
    ring = wall_ring(plan, block_id)
    compound = Compound("", key, plan.blocks[block_id].unit, walled=False, ring=ring, style=TOWERS)
    layout = Layout(plan, block_id, compound, dice)
    park = key.startswith("park")
    if not layout.draw("park" if park else "yard"):
        message = f"the block for {key} is too small"
        raise ValueError(message)
    legs = _one_a_side(layout.legs(), dice)
    if not park:
        legs = sorted(legs, key=lambda leg: RANK.index(leg.highway))[:2]
    for leg in legs:
        layout.open_leg(leg, None)
    return compound
