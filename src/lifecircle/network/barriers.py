"""Walls and gates: what decides in a Chinese city how far fifteen minutes go.

A *compound* is an area whose outline is a wall, a *wall* is a line nobody crosses, a *gate* lets
people through: everybody (``open``), the people of its compound alone (``residents``), or nobody
(``closed``). :func:`with_barriers` builds them into a walking network.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lifecircle.errors import InputError, some
from lifecircle.network.borders import find_borders
from lifecircle.network.connecting import Connected, connect_gates
from lifecircle.network.cutting import rebuilt
from lifecircle.network.gating import (
    Crossings,
    Parted,
    Passages,
    closed_gaps,
    gates_in_streets,
    gates_in_walls,
    part_streets,
    passages,
    with_gates,
    with_street_gates,
)
from lifecircle.network.graph import WalkNetwork, put_in_order
from lifecircle.network.links import GATE_CLOSED, GATES
from lifecircle.network.order import connected_parts
from lifecircle.network.sight import Sight
from lifecircle.network.walls import Drawn, WallLines, Zone, Zones

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# A lone wall this near to the outline of a compound is that outline.
_SAME_WALL_M = 3.0


@dataclass(frozen=True, eq=False, repr=False)
class Barriers:
    """Walled compounds, walls and gates of a place.

    Parameters
    ----------
    compounds
        Areas: ``compound_id``, ``name``, ``walled`` (``False`` for one without a wall).
    walls
        Lines: ``wall_id``, ``compound_id``.
    gates
        Points: ``gate_id``, ``access`` (``open``, ``residents`` or ``closed``), ``compound_id``.
        A gate without ``compound_id`` belongs to every compound whose outline is within ``gate_m``.
    detour
        How much longer the way from a home to the gates of a compound without mapped paths is than
        the straight line.
    gate_m
        Longest way between a gate and the wall it stands in, or the street that passes it, metres.
    tolerance_m
        Streets that come no deeper into a compound than this do not cross its outline, metres.

    Raises
    ------
    InputError
        If a number is out of range.

    Examples
    --------
    >>> area = gpd.GeoSeries([shapely.box(112.99, 28.16, 112.992, 28.162)], crs=4326)
    >>> compound = gpd.GeoDataFrame({"compound_id": ["C1"]}, geometry=area)
    >>> Barriers(compound)
    Barriers: 1 compounds, 0 walls, 0 gates
    """

    compounds: gpd.GeoDataFrame | None = None
    walls: gpd.GeoDataFrame | None = None
    gates: gpd.GeoDataFrame | None = None
    _: KW_ONLY
    detour: float = 1.3
    gate_m: float = 15.0
    tolerance_m: float = 2.0

    def __post_init__(self) -> None:
        for name, low, high in (
            ("detour", 1.0, 5.0),
            ("gate_m", 0.0, 200.0),
            ("tolerance_m", 0.0, 50.0),
        ):
            given: Any = getattr(self, name)
            real = isinstance(given, int | float) and not isinstance(given, bool)
            if not (real and low <= given <= high):
                raise InputError(f"{name}={given!r}: give a number from {low:g} to {high:g}.")

    def __repr__(self) -> str:
        count = [0 if t is None else len(t) for t in (self.compounds, self.walls, self.gates)]
        return f"Barriers: {count[0]} compounds, {count[1]} walls, {count[2]} gates"


@dataclass(frozen=True, eq=False, repr=False)
class Walls:
    """Walls and gates as they were built into a network.

    Parameters
    ----------
    barriers
        What was built in.
    plain
        The network without them.
    sight
        What can be reached in a straight line.
    compound_ids
        Id of each walled compound, by its position.
    node_zone
        Zone of each node of the network, shape (n,).
    gate_edge
        Edges that are gates, shape (l,).
    gate
        Row of the gates table of each, -1 where a street leaves a compound without gates.
    admitted
        Compounds whose people may pass each where not everybody may.
    inner_zone, inner_share, inner_xy_m
        Of each gate the zone of the side that lies inside (0: none does), on which end of its edge
        that is (0 or 1), and where, shapes (l,), (l,) and (l, 2).
    passable
        Whether anybody may pass each gate, shape (l,).
    findings
        What is doubtful, a row each: ``finding``, ``what``, ``ids``, ``advice`` and a place.
    """

    barriers: Barriers
    plain: WalkNetwork
    sight: Sight
    compound_ids: NDArray[np.object_]
    node_zone: NDArray[np.int32]
    gate_edge: Integers
    gate: Integers
    admitted: list[Zone]
    inner_zone: NDArray[np.int32]
    inner_share: Floats
    inner_xy_m: Floats
    passable: NDArray[np.bool_]
    findings: gpd.GeoDataFrame
    made: dict[Any, Any] = field(default_factory=dict)

    def crossed(self, starts_m: Floats, ends_m: Floats) -> NDArray[np.bool_]:
        """Whether straight legs cross a wall.

        Parameters
        ----------
        starts_m, ends_m
            Ends of the legs, metres in the network's system, shape (n, 2).

        Returns
        -------
        array of bool, shape (n,)
        """
        return self.sight.crossed(starts_m, ends_m)

    def gates_around(self, xy_m: Floats) -> tuple[Integers, tuple[Any, Any, Any]]:
        """Gates of the compounds that places lie in, for those who find no path to them.

        Parameters
        ----------
        xy_m
            Places, metres, shape (n, 2).

        Returns
        -------
        row
            Place that each belongs to, rising, shape (k,); none for one outside all compounds.
        edge, share, access_m
            Gate, on whose inner side, and the way there with its detour, metres, shape (k,).
        """
        zone = self.sight.zones.of_points(xy_m)
        rows, found = [], []
        for number in np.unique(zone[zone > 0]).tolist():
            ends = self._inner_ends(number)
            if len(ends):
                at = np.flatnonzero(zone == number)
                rows.append(np.repeat(at, len(ends)))
                found.append(np.tile(ends, (len(at), 1)))
        if not rows:
            none = np.empty(0, dtype=np.int64)
            return none, (none.astype(np.int32), np.empty(0), np.empty(0))
        row, ends = np.concatenate(rows), np.concatenate(found)
        order = np.argsort(row, kind="stable")
        row, ends = row[order], ends[order]
        away_m = self.barriers.detour * np.hypot(*(ends[:, 2:] - xy_m[row]).T)
        return row, (ends[:, 0].astype(np.int32), ends[:, 1], away_m)

    def _inner_ends(self, zone: int) -> Floats:
        """Gates of a zone that its people may pass: edge, share and place, shape (k, 4)."""
        if zone not in self.made:
            sets = self.sight.zones.sets
            own = self.inner_zone == zone
            if not own.any():  # where outlines overlap: the gates of either
                around = [z for z in range(1, len(sets)) if set(sets[z]) < set(sets[zone])]
                own = np.isin(self.inner_zone, around)
            rows = np.flatnonzero(own & self.passable)
            self.made[zone] = np.column_stack(
                [self.gate_edge[rows], self.inner_share[rows], self.inner_xy_m[rows]]
            ).reshape(-1, 4)
        found: Floats = self.made[zone]
        return found


def with_barriers(network: WalkNetwork, barriers: Barriers) -> WalkNetwork:
    """Network with walls and gates built in.

    A street that crosses a wall is cut there. A gate joins both sides for those it admits; one that
    no mapped street passes is joined to the nearest streets by straight ways.

    Parameters
    ----------
    network
        Streets. Walls that are built in already are taken out first.
    barriers
        Walls and gates.

    Returns
    -------
    WalkNetwork
        New; what was given is unchanged. Its ``walls`` tell what was found.

    Raises
    ------
    InputError
        If a gate or wall names a compound that does not exist, or ``access`` is none of the three
        words.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> study = load_demo()
    >>> walled = with_barriers(study.network, Barriers(gates=study.extras["gates"].head(1)))
    >>> walled.walls.barriers
    Barriers: 0 compounds, 0 walls, 1 gates
    """
    if network.walls is not None:
        network = network.walls.plain
    site = _Site(network, barriers)
    parted, crossed = site.parted()
    gateless = site.gateless()
    through = passages(crossed, site.gates, gateless)
    streets = rebuilt(network, parted.stretches, through.links, parted.new_xy_m)
    edge_zone = np.concatenate([parted.stretch_zone, np.full(len(through.gate), -1)]).astype(
        np.int32
    )
    sight = Sight(site.zones, site.lines, edge_zone, gateless, barriers.tolerance_m)
    passed = set(crossed.gate.tolist()) | site.in_street
    wanted = np.array(
        [g for g in range(len(site.gates.code)) if g not in passed and site.gates.in_wall[g]],
        dtype=np.int64,
    )
    joined = connect_gates(streets, sight, site.gates, wanted, barriers.detour)
    return _finished(site, sight, through, joined)


class _Site:
    """Tables of barriers as shapes in the metric system of a network."""

    def __init__(self, network: WalkNetwork, barriers: Barriers) -> None:
        self.network, self.barriers = network, barriers
        compounds = _in_metres(barriers.compounds, network)
        walled = _column(compounds, "walled", default=True).astype(bool)
        ids = _column(compounds, "compound_id", default="")
        self.compound_ids = ids[walled]
        self.zones = Zones(_shapes(compounds)[walled])
        gates = _in_metres(barriers.gates, network)
        self.gate_ids = _column(gates, "gate_id", default="")
        stated = self._stated(gates, "gates", ids, walled)
        xy_m = shapely.get_coordinates(_shapes(gates)).reshape(-1, 2)
        code = self._codes(gates)
        lone = self._lone_walls(ids, walled)
        free = np.array([c < 0 for c in stated], dtype=bool)
        lone = closed_gaps(lone, xy_m[free])
        self.gates = gates_in_walls(xy_m, code, stated, self.zones, lone, barriers.gate_m)
        self.lines = WallLines.of(self.zones.shapes_m, lone)
        self.in_street: set[int] = set()

    def _stated(
        self, table: Any, what: str, ids: NDArray[Any], walled: NDArray[np.bool_]
    ) -> list[int]:
        """Walled compound that each row names, -1 for none or one without a wall."""
        position = {name: number for number, name in enumerate(ids[walled].tolist())}
        named = _column(table, "compound_id", default=None)
        texts = [None if pd.isna(name) or str(name) == "" else name for name in named]
        known = set(ids.tolist())
        lost = [i for i, name in enumerate(texts) if name is not None and name not in known]
        if lost and known:
            raise InputError(
                f"{what}: compound_id of {len(lost)} of {len(texts)} rows names no compound "
                f"({some(texts[i] for i in lost)}; compounds are {some(ids)}). Mend the ids, or "
                "empty them: a gate then belongs to the compound it stands at."
            )
        return [-1 if name is None else position.get(name, -1) for name in texts]

    def _codes(self, gates: Any) -> NDArray[np.int8]:
        """Whom each gate admits, as codes."""
        words = _column(gates, "access", default="open")
        strange = [i for i, word in enumerate(words) if word not in GATES]
        if strange:
            raise InputError(
                f"gates: access of {len(strange)} of {len(words)} gates is none of "
                f"{', '.join(GATES)} (gates {some(self.gate_ids[strange])}; found "
                f"{some(sorted({str(words[i]) for i in strange}))})."
            )
        return np.array([GATES[word] for word in words], dtype=np.int8)

    def _lone_walls(self, ids: NDArray[Any], walled: NDArray[np.bool_]) -> NDArray[Any]:
        """Walls that are no outline of a walled compound, joined where they go on."""
        table = _in_metres(self.barriers.walls, self.network)
        lines = _shapes(table)
        stated = self._stated(table, "walls", ids, walled)
        lines = np.asarray(shapely.get_parts(lines[np.array([c < 0 for c in stated], dtype=bool)]))
        if not len(lines):
            return lines
        if len(self.zones.shapes_m):
            tree = shapely.STRtree(shapely.boundary(self.zones.shapes_m))
            one, two = tree.query(lines, predicate="dwithin", distance=_SAME_WALL_M)
            for row in np.unique(one):
                near = shapely.boundary(self.zones.shapes_m[two[one == row]])
                own = shapely.buffer(shapely.union_all(near), _SAME_WALL_M)
                lines[row] = shapely.difference(lines[row], own)
        merged = shapely.line_merge(shapely.union_all(lines, grid_size=0.01))
        parts = np.asarray(shapely.get_parts(merged))
        return np.asarray(parts[(shapely.get_type_id(parts) == 1) & (shapely.length(parts) > 0)])

    def parted(self) -> tuple[Parted, Crossings]:
        """Streets taken apart at walls and at gates in streets, and where."""
        borders = find_borders(
            self.network, self.zones, self.lines, tolerance_m=self.barriers.tolerance_m
        )
        drawn = Drawn.of(self.network)
        reach_m = self.barriers.gate_m

        def part(borders: Any) -> tuple[Parted, Crossings]:
            places_m = drawn.places(borders.edge, borders.share)
            parted = part_streets(self.network, borders, self.zones, places_m)
            return parted, with_gates(parted.crossings, self.gates, reach_m)

        parted, crossed = part(borders)
        gate, edge, share = gates_in_streets(self.network, self.gates, set(crossed.gate.tolist()))
        if len(gate):
            self.in_street = set(gate.tolist())
            parted, crossed = part(with_street_gates(self.network, borders, edge, share))
        return parted, crossed

    def gateless(self) -> frozenset[int]:
        """Walled compounds to which no gate belongs."""
        with_gate = {c for own in self.gates.compounds for c in own}
        return frozenset(range(len(self.compound_ids))) - with_gate


def _finished(site: _Site, sight: Sight, through: Passages, joined: Connected) -> WalkNetwork:
    """Network in order, with what was built into it."""
    ordered, _, edge_order = put_in_order(joined.network)
    place = np.empty(len(edge_order), dtype=np.int64)
    place[edge_order] = np.arange(len(edge_order))
    # links of the first turn stand behind all stretches of the second, its own behind them
    first, count = joined.first - len(through.gate), len(joined.passages.gate)
    gate_edge = place[first : joined.first + count]
    edge_zone = joined.edge_zone[edge_order]
    node_zone = _node_zones(ordered, edge_zone, sight.zones)
    _close_dead_ends(ordered, edge_zone, node_zone, gate_edge)
    inner_zone, inner_share, inner_node = _inner_sides(ordered, gate_edge, node_zone, sight.zones)
    walls = Walls(
        site.barriers,
        site.network,
        Sight(sight.zones, sight.walls, edge_zone, sight.gateless, sight.tolerance_m),
        site.compound_ids,
        node_zone,
        gate_edge,
        np.concatenate([through.gate, joined.passages.gate]).astype(np.int64),
        [*through.admitted, *joined.passages.admitted],
        inner_zone,
        inner_share,
        ordered.node_xy_m[inner_node],
        np.asarray(ordered.edge_link[gate_edge] != GATE_CLOSED),
        gpd.GeoDataFrame(),
    )
    object.__setattr__(ordered, "walls", walls)
    return ordered


def _close_dead_ends(
    network: WalkNetwork,
    edge_zone: NDArray[np.int32],
    node_zone: NDArray[np.int32],
    gate_edge: Integers,
) -> None:
    """Nobody joins a stretch inside a compound that leads to none of its gates: zone -2."""
    part = connected_parts(network.edge_ends, network.node_count)
    sides = network.edge_ends[gate_edge].ravel()
    leading = pd.MultiIndex.from_arrays([node_zone[sides], part[sides]])
    start = network.edge_ends[:, 0]
    own = pd.MultiIndex.from_arrays([edge_zone, part[start]])
    edge_zone[(edge_zone > 0) & ~own.isin(leading)] = -2


def _inner_sides(
    network: WalkNetwork, gate_edge: Integers, node_zone: NDArray[np.int32], zones: Zones
) -> tuple[NDArray[np.int32], Floats, Integers]:
    """Zone, end of the edge and node of the side of each gate that lies deeper inside."""
    depth = np.array([len(compounds) for compounds in zones.sets])
    sides = network.edge_ends[gate_edge].astype(np.int64).reshape(-1, 2)
    inner = np.argmax(depth[node_zone[sides]], axis=1)
    node = sides[np.arange(len(sides)), inner]
    return node_zone[node], inner.astype(np.float64), node


def _node_zones(
    network: WalkNetwork, edge_zone: NDArray[np.int32], zones: Zones
) -> NDArray[np.int32]:
    """Zone of each node: that of its streets, else where it lies."""
    zone = np.full(network.node_count, -1, dtype=np.int32)
    street = edge_zone >= 0
    for side in (0, 1):
        zone[network.edge_ends[street, side]] = edge_zone[street]
    alone = np.flatnonzero(zone < 0)
    zone[alone] = zones.of_points(network.node_xy_m[alone])
    return zone


def _in_metres(table: gpd.GeoDataFrame | None, network: WalkNetwork) -> Any:
    return None if table is None or not len(table) else table.to_crs(network.crs)


def _shapes(table: Any) -> NDArray[Any]:
    return np.array([] if table is None else table.geometry.array, dtype=object)


def _column(table: Any, name: str, *, default: Any) -> NDArray[Any]:
    if table is None:
        return np.empty(0, dtype=object)
    if name not in table.columns:
        return np.array([default] * len(table), dtype=object)
    return np.asarray(table[name].to_numpy(dtype=object))
