"""Walls and gates: what decides in a Chinese city how far fifteen minutes go.

A *compound* is an area whose outline is a wall, a *wall* is a line nobody crosses, a *gate* lets
people through: everybody (``open``), the people of its compound alone (``residents``), or nobody
(``closed``). :func:`with_barriers` builds them into a walking network.
"""

from __future__ import annotations

import numbers
from dataclasses import KW_ONLY, dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.errors import InputError
from lifecircle.network.borders import tolerances_m
from lifecircle.network.built_walls import Walls
from lifecircle.network.connecting import Connected, connect_gates
from lifecircle.network.cutting import rebuilt
from lifecircle.network.gating import Passages, passages
from lifecircle.network.graph import WalkNetwork, put_in_order
from lifecircle.network.links import GATE_CLOSED, GATE_RESIDENTS, GATES, NEW_WAYS, SHUT
from lifecircle.network.order import connected_parts
from lifecircle.network.sight import Sight
from lifecircle.network.wall_findings import WallFacts, tell_of_gates
from lifecircle.network.wall_site import Site, passed_by
from lifecircle.network.walls import Zones
from lifecircle.tables.barriers import check_compounds, check_gates, check_walls

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class Barriers:
    """Walled compounds, walls and gates of a place.

    Parameters
    ----------
    compounds
        Areas, as :func:`lifecircle.read_compounds` gives them; ``walled`` is ``False`` for one
        without a wall.
    walls
        Lines, as :func:`lifecircle.read_walls` gives them.
    gates
        Points, as :func:`lifecircle.read_gates` gives them, with ``access`` ``open``,
        ``residents`` or ``closed``. A gate without ``compound_id`` belongs to the compound whose
        outline is nearest within ``gate_m``, and to those that share that wall.
    detour
        How much longer the way from a home to the gates of a compound without mapped paths is than
        the straight line.
    gate_m
        Longest way between a gate and the wall it stands in, or the street that passes it, metres.
    tolerance_m
        Streets that come no deeper into a compound than this do not cross its outline, metres; for
        main roads (tertiary and above) at least 20 m, for outlines are often drawn to their middle.

    Raises
    ------
    InputError, CrsError, GeometryError
        If a number is out of range, or a table cannot be used; all its problems at once.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> study = load_demo()
    >>> Barriers(study.extras["compounds"], study.extras["walls"], study.extras["gates"])
    Barriers: 81 compounds, 129 walls, 129 gates
    """

    compounds: gpd.GeoDataFrame | None = None
    walls: gpd.GeoDataFrame | None = None
    gates: gpd.GeoDataFrame | None = None
    _: KW_ONLY
    detour: float = 1.3
    gate_m: float = 15.0
    tolerance_m: float = 6.0

    def __post_init__(self) -> None:
        for name, low, high in (
            ("detour", 1.0, 5.0),
            ("gate_m", 0.0, 200.0),
            ("tolerance_m", 0.0, 50.0),
        ):
            given: Any = getattr(self, name)
            real = isinstance(given, numbers.Real) and not isinstance(given, bool)
            if not (real and low <= given <= high):
                raise InputError(f"{name}={given!r}: give a number from {low:g} to {high:g}.")
        for name, check in (
            ("compounds", check_compounds),
            ("walls", check_walls),
            ("gates", check_gates),
        ):
            table = getattr(self, name)
            if table is not None and len(table):
                object.__setattr__(self, name, check(table))

    def __repr__(self) -> str:
        count = [0 if t is None else len(t) for t in (self.compounds, self.walls, self.gates)]
        return f"Barriers: {count[0]} compounds, {count[1]} walls, {count[2]} gates"


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
    >>> tables = study.extras
    >>> closed = tables["gates"].assign(access="closed")
    >>> walled = with_barriers(study.network, Barriers(tables["compounds"], None, closed))
    >>> walled.edge_count > study.network.plain.edge_count
    True
    """
    if not isinstance(network, WalkNetwork) or not isinstance(barriers, Barriers):
        raise InputError(
            "with_barriers takes a WalkNetwork and Barriers, got "
            f"{type(network).__name__} and {type(barriers).__name__}."
        )
    network = network.plain
    site = Site(network, barriers)
    parted, crossed = site.parted()
    gateless = site.gateless()
    through = passages(crossed, site.gates, gateless, site.zones)
    bare = [not passed for passed in crossed.gates]
    site.cut_m = np.unique(crossed.xy_m[np.array(bare, dtype=bool)].round(1), axis=0)
    streets = rebuilt(network, parted.stretches, through.links, parted.new_xy_m)
    edge_zone = np.concatenate([parted.stretch_zone, np.full(len(through.gate), -1)]).astype(
        np.int32
    )
    within_m = tolerances_m(streets, barriers.tolerance_m)
    sight = Sight(site.zones, site.lines, edge_zone, gateless, within_m)
    passed = passed_by(crossed) | site.in_street
    wanted = np.array(
        [g for g in range(len(site.gates.code)) if g not in passed and site.gates.in_wall[g]],
        dtype=np.int64,
    )
    joined = connect_gates(streets, sight, site.gates, wanted, barriers.detour)
    return _finished(site, sight, through, joined)


def _finished(site: Site, sight: Sight, through: Passages, joined: Connected) -> WalkNetwork:
    """Network in order, with what was built into it."""
    ordered, _, edge_order = put_in_order(joined.network)
    place = np.empty(len(edge_order), dtype=np.int64)
    place[edge_order] = np.arange(len(edge_order))
    # links of the first turn stand behind all stretches of the second, its own behind them
    first, count = joined.first - len(through.gate), len(joined.passages.gate)
    gate_edge = place[first : joined.first + count]
    edge_zone = joined.edge_zone[edge_order]
    node_zone = _node_zones(ordered, edge_zone, sight.zones)
    passed = [*through.passed, *joined.passages.passed]
    opening = np.array([site.opens_walls(gates) for gates in passed], dtype=np.bool_)
    _close_dead_ends(ordered, edge_zone, node_zone, gate_edge, opening)
    walls = Walls(
        site.barriers,
        site.network,
        Sight(
            sight.zones,
            sight.walls,
            edge_zone,
            sight.gateless,
            tolerances_m(ordered, site.barriers.tolerance_m),
        ),
        site.compound_ids,
        node_zone,
        gate_edge,
        np.concatenate([through.gate, joined.passages.gate]).astype(np.int64),
        [*through.admitted, *joined.passages.admitted],
        node_zone[ordered.edge_ends[gate_edge]].reshape(-1, 2),
        ordered.node_xy_m[ordered.edge_ends[gate_edge]].reshape(-1, 2, 2),
        np.asarray(ordered.edge_link[gate_edge] != GATE_CLOSED),
        site.gate_ids,
        site.gates.xy_m,
        passed,
        opening,
        _facts(
            site,
            edge_zone,
            through,
            joined,
            _astray(ordered, edge_zone, gate_edge, through, joined),
        ),
    )
    object.__setattr__(ordered, "walls", walls)
    tell_of_gates(ordered)
    return ordered


def _astray(
    network: WalkNetwork,
    edge_zone: NDArray[np.int32],
    gate_edge: Integers,
    through: Passages,
    joined: Connected,
) -> frozenset[int]:
    """Compounds none of whose gates leads to the streets that hang together with the rest."""
    usable = ~np.isin(network.edge_link, SHUT)
    part = connected_parts(network.edge_ends[usable], network.node_count)
    outside = edge_zone == 0  # the part with most street outside all compounds
    length_m = np.where(outside, network.edge_length_m, 0.0)
    main = int(np.argmax(np.bincount(part[network.edge_ends[:, 0]], weights=length_m)))
    leading: dict[int, bool] = {}
    owners = [*through.admitted, *joined.passages.admitted]
    for edge, own in zip(gate_edge.tolist(), owners, strict=True):
        if usable[edge]:
            there = main in part[network.edge_ends[edge]]
            leading |= {c: leading.get(c, False) or there for c in own}
    return frozenset(c for c, there in leading.items() if not there)


def _facts(
    site: Site,
    edge_zone: NDArray[np.int32],
    through: Passages,
    joined: Connected,
    astray: frozenset[int],
) -> WallFacts:
    """What is doubtful about the walls and gates of a place."""
    gates, gateless = site.gates, site.gateless()
    passable = {
        c
        for own, code in zip(gates.compounds, gates.code.tolist(), strict=True)
        for c in own
        if code != GATE_CLOSED
    }
    every = frozenset(range(len(site.compound_ids)))
    shut = every - gateless - passable
    mapped = {c for z in np.unique(edge_zone[edge_zone > 0]) for c in site.zones.sets[z]}
    used = {*through.gate.tolist(), *joined.passages.gate.tolist()}
    nameless = [
        g
        for g, (own, code) in enumerate(zip(gates.compounds, gates.code.tolist(), strict=True))
        if not own and code == GATE_RESIDENTS and g in used
    ]
    return WallFacts(
        gateless,
        shut,
        every - gateless - mapped - shut,
        astray - gateless - shut,
        tuple(g for g in range(len(gates.code)) if g not in used),
        tuple(joined.leading_nowhere.tolist()),
        tuple(nameless),
        site.cut_m,
    )


def _close_dead_ends(
    network: WalkNetwork,
    edge_zone: NDArray[np.int32],
    node_zone: NDArray[np.int32],
    gate_edge: Integers,
    opening: NDArray[np.bool_],
) -> None:
    """Nobody joins a stretch inside a compound that leads to none of its gates: zone -2.

    New ways and openings in walls do not count, so that people join the streets where they did
    without them.
    """
    kept = ~np.isin(network.edge_link, NEW_WAYS)
    kept[gate_edge[opening]] = False
    part = connected_parts(network.edge_ends[kept], network.node_count)
    sides = network.edge_ends[gate_edge[~opening]].ravel()
    leading = pd.MultiIndex.from_arrays([node_zone[sides], part[sides]])
    start = network.edge_ends[:, 0]
    own = pd.MultiIndex.from_arrays([edge_zone, part[start]])
    edge_zone[(edge_zone > 0) & ~own.isin(leading)] = -2


def _node_zones(
    network: WalkNetwork, edge_zone: NDArray[np.int32], zones: Zones
) -> NDArray[np.int32]:
    """Zone of each node: that of its streets, else where it lies."""
    zone = np.full(network.node_count, -1, dtype=np.int32)
    street = edge_zone >= 0
    for side in (0, 1):
        zone[network.edge_ends[street, side]] = edge_zone[street]
    for one, two in ((0, 1), (1, 0)):  # crossings lie where the streets that end at them do
        linked = network.edge_ends[~street & ~np.isin(network.edge_link, tuple(GATES.values()))]
        lost = zone[linked[:, one]] < 0
        zone[linked[lost, one]] = zone[linked[lost, two]]
    alone = np.flatnonzero(zone < 0)
    zone[alone] = zones.of_points(network.node_xy_m[alone])
    return zone
