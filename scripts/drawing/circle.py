"""The circle YH-SZT-01 as the documents bound it, its five communities, and the main roads.

West 韶山中路, north the crossing of 劳动中路 and 韶山中路, east 劳动中路 and 洞井路, south 新建东路
and 建丰公寓. The documents name 劳动中路 both east and north: it is drawn leaving the crossing
eastwards and bending to the south-east, where 洞井路 takes over. No surveyed line is at hand.
"""

from __future__ import annotations

from drawing.place import Board, Dice, Point
from drawing.plan import Block, Street, StreetPlan
from drawing.shapes import distance, on_segment

BOARD = Board(112.9930, 28.1650)
CIRCLE_ID = "YH-SZT-01"
CIRCLE_AREA_HA = 136.83
COMMUNITIES = ("野坡", "白沙", "砂子塘", "梨子山", "金科园")

PRIMARY, SECONDARY, TERTIARY = Street("primary"), Street("secondary"), Street("tertiary")
RESIDENTIAL, LIVING = Street("residential"), Street("living_street")
SERVICE, FOOTWAY, STEPS = Street("service"), Street("footway"), Street("steps")

# Main roads as a net, rows from north to south. Rows 3 to 5 and the crossings with 韶山中路
# (column 3) and 洞井路 (column 4) follow the anchors; the rest is a plausible surrounding.
_COLUMN_X_M = (-2320.0, -1800.0, -1268.0, -531.0, 590.0, 1160.0, 1745.0, 2330.0)
_COLUMN_LEAN = (0.05, 0.055, 0.05, 0.045, -0.02, -0.03, -0.02, -0.03)
_ROW_Y_M = (2360.0, 1790.0, 1235.0, 0.0, 0.0, 0.0, -1290.0, -1890.0, -2490.0)
_COLUMNS = (SECONDARY, TERTIARY, PRIMARY, PRIMARY, SECONDARY, TERTIARY, SECONDARY, TERTIARY)
_ROWS = (
    TERTIARY,
    SECONDARY,
    TERTIARY,
    PRIMARY,
    SECONDARY,
    TERTIARY,
    SECONDARY,
    TERTIARY,
    SECONDARY,
)
_GIVEN_ROWS: dict[int, tuple[Point, ...]] = {
    3: (
        (-2280.0, 790.0),
        (-1770.0, 760.0),
        (-1225.0, 715.0),
        (-491.0, 665.0),
        (484.0, 398.0),
        (1150.0, 345.0),
        (1740.0, 330.0),
        (2320.0, 300.0),
    ),
    4: (
        (-2330.0, -330.0),
        (-1810.0, -255.0),
        (-1263.0, -168.0),
        (-531.0, 107.0),
        (524.0, -172.0),
        (1165.0, -335.0),
        (1745.0, -395.0),
        (2330.0, -425.0),
    ),
    5: (
        (-2370.0, -790.0),
        (-1840.0, -740.0),
        (-1290.0, -715.0),
        (-562.0, -668.0),
        (544.0, -666.0),
        (1180.0, -730.0),
        (1760.0, -770.0),
        (2350.0, -800.0),
    ),
}
_BENDS: dict[tuple[str, int, int], tuple[Point, ...]] = {
    ("row", 3, 3): ((-230.0, 664.0), (20.0, 635.0), (250.0, 570.0), (380.0, 486.0)),
    ("row", 4, 3): ((-180.0, 55.0), (45.0, -10.0), (226.0, -68.0), (390.0, -124.0)),
    ("row", 4, 4): ((684.5, -213.0), (930.0, -262.0)),
    ("row", 5, 3): ((-196.0, -674.0), (60.0, -680.0), (195.0, -682.0), (290.0, -684.0)),
    ("column", 3, 3): ((-508.0, 400.0), (-524.0, 215.0)),
    ("column", 3, 4): ((508.0, 240.0), (519.0, 20.0)),
    ("column", 4, 3): ((-545.0, -160.0), (-552.0, -440.0)),
    ("column", 4, 4): ((537.0, -430.0),),
    ("column", 5, 4): ((551.0, -766.0),),
}
_NAMES: dict[tuple[str, int, int], str] = {
    ("row", 3, 2): "劳动中路",
    ("row", 3, 3): "劳动中路",
    ("row", 3, 4): "劳动中路",
    ("row", 5, 3): "新建东路",
    **{("column", row, 3): "韶山中路" for row in (3, 4, 5, 6)},
    **{("column", row, 4): "洞井路" for row in (3, 4, 5)},
}
# Streets between the communities, and the one that goes around 建丰公寓.
_INNER_NORTH = ((20.0, 635.0), (8.0, 420.0), (38.0, 200.0), (45.0, -10.0))
_INNER_WEST = ((-180.0, 55.0), (-172.0, -200.0), (-185.0, -450.0), (-196.0, -674.0))
_INNER_EAST = ((226.0, -68.0), (214.0, -300.0), (199.0, -520.0), (195.0, -682.0))
_AROUND_JIANFENG = ((290.0, -684.0), (297.0, -772.0), (551.0, -766.0))

Ring = tuple[Point, ...]


def draw_main_roads(dice: Dice) -> tuple[StreetPlan, dict[str, Ring], Ring]:
    """The main roads with the blocks between them.

    Returns the plan, the rings of the communities, and the ring of the circle, which has every
    corner of theirs.
    """
    plan = StreetPlan()
    corners = [
        [plan.add_node(_corner(row, column, dice)) for column in range(len(_COLUMN_X_M))]
        for row in range(len(_ROW_Y_M))
    ]
    across = {
        (row, column): _road(plan, dice, ("row", row, column), corners[row][column : column + 2])
        for row in range(len(_ROW_Y_M))
        for column in range(len(_COLUMN_X_M) - 1)
    }
    down = {
        (row, column): _road(
            plan, dice, ("column", row, column), [corners[row][column], corners[row + 1][column]]
        )
        for row in range(len(_ROW_Y_M) - 1)
        for column in range(len(_COLUMN_X_M))
    }
    cells = {}
    for row, column in down:
        if column + 1 < len(_COLUMN_X_M):
            cells[row, column] = plan.add_block(
                across[row, column]
                + down[row, column + 1][1:]
                + across[row + 1, column][::-1][1:]
                + down[row, column][::-1][1:-1]
            )
    _draw_stubs(plan, dice, corners)
    _draw_communities(plan, cells)
    rings = {
        name: _outline(plan, [b for b in plan.blocks.values() if b.unit == name])
        for name in COMMUNITIES
    }
    circle = _outline(plan, [block for block in plan.blocks.values() if block.unit])
    return plan, rings, circle


def _corner(row: int, column: int, dice: Dice) -> Point:
    """A crossing of main roads: as given, or near its row and column."""
    if row in _GIVEN_ROWS:
        return _GIVEN_ROWS[row][column]
    y_m = _ROW_Y_M[row]
    x_m = _COLUMN_X_M[column] + _COLUMN_LEAN[column] * y_m
    return (x_m + dice.between(-38.0, 38.0), y_m + dice.between(-32.0, 32.0))


def _road(plan: StreetPlan, dice: Dice, place: tuple[str, int, int], ends: list[int]) -> list[int]:
    """A main road between two crossings, with its bends; gives its nodes."""
    start, end = plan.points[ends[0]], plan.points[ends[1]]
    bends = _BENDS.get(place)
    if bends is None:
        sway = dice.between(-0.025, 0.025)
        x_m, y_m = on_segment(start, end, dice.between(0.35, 0.65))
        bends = ((x_m - (end[1] - start[1]) * sway, y_m + (end[0] - start[0]) * sway),)
    nodes = [ends[0], *(plan.add_node(bend) for bend in bends), ends[1]]
    kind = _ROWS[place[1]] if place[0] == "row" else _COLUMNS[place[2]]
    plan.add_street(nodes, Street(kind.highway, _NAMES.get(place)))
    return nodes


def _draw_stubs(plan: StreetPlan, dice: Dice, corners: list[list[int]]) -> None:
    """Main roads run on a little past the outermost crossings."""
    ends = [
        *((row[1], row[0], _ROWS[i]) for i, row in enumerate(corners)),
        *((row[-2], row[-1], _ROWS[i]) for i, row in enumerate(corners)),
        *((corners[1][i], corners[0][i], _COLUMNS[i]) for i in range(len(corners[0]))),
        *((corners[-2][i], corners[-1][i], _COLUMNS[i]) for i in range(len(corners[0]))),
    ]
    for before, last, street in ends:
        start, end = plan.points[before], plan.points[last]
        reach = 1.0 + dice.between(50.0, 130.0) / distance(start, end)
        plan.add_street([last, plan.add_node(on_segment(start, end, reach))], street)


def _draw_communities(plan: StreetPlan, cells: dict[tuple[int, int], int]) -> None:
    """Lay the streets between the communities."""
    plan.split_block(cells[3, 3], _path(plan, _INNER_NORTH), TERTIARY, ("白沙", "野坡"))
    east, _ = plan.split_block(cells[4, 3], _path(plan, _INNER_WEST), TERTIARY, (None, "砂子塘"))
    plan.split_block(east, _path(plan, _INNER_EAST), TERTIARY, ("金科园", "梨子山"))
    plan.split_block(cells[5, 3], _path(plan, _AROUND_JIANFENG), RESIDENTIAL, ("金科园", None))


def _path(plan: StreetPlan, points: tuple[Point, ...]) -> list[int]:
    """Nodes along points: the ends are there already, the others are new."""
    first, last = plan.points.index(points[0]), plan.points.index(points[-1])
    return [first, *(plan.add_node(point) for point in points[1:-1]), last]


def _outline(plan: StreetPlan, blocks: list[Block]) -> Ring:
    """Points around several neighbouring blocks, anticlockwise."""
    edges: dict[tuple[int, int], None] = {}
    for block in blocks:
        for start, end in zip(block.ring, [*block.ring[1:], block.ring[0]], strict=True):
            if (end, start) in edges:
                del edges[end, start]
            else:
                edges[start, end] = None
    ring = [next(iter(edges))[0]]
    after = dict(edges.keys())
    while len(ring) < len(after):
        ring.append(after[ring[-1]])
    return tuple(plan.points[node] for node in ring)
