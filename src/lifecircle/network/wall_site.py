"""Tables of compounds, walls and gates as shapes around the streets of a network."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lifecircle.errors import InputError, some
from lifecircle.network.borders import find_borders, tolerances_m
from lifecircle.network.gating import (
    Crossings,
    Gates,
    Parted,
    closed_gaps,
    gates_in_streets,
    gates_in_walls,
    part_streets,
    with_gates,
    with_street_gates,
)
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.links import GATES
from lifecircle.network.walls import Drawn, WallLines, Zones

MADE = "made"
"""Column of gates that is true for openings that a scenario makes in walls."""

# A lone wall that runs this near to the outline of a compound is that outline.
_SAME_WALL_M = 6.0
# A wall that encloses less than this is the edge of something, such as a basin or a tree.
_LEAST_RING_M2 = 20.0
# A gate further than this from the compound that it names stands somewhere else.
_FAR_M = 100.0


class Site:
    """Tables of barriers as shapes in the metric system of a network."""

    def __init__(self, network: WalkNetwork, barriers: Any) -> None:
        self.network, self.barriers = network, barriers
        compounds = _in_metres(barriers.compounds, network)
        walled = _column(compounds, "walled", default=True).astype(bool)
        ids = _column(compounds, "compound_id", default="")
        shapes, owner = _areas(_shapes(compounds)[walled])
        self.zones, part_ids = Zones(shapes), ids[walled][owner]
        gates = _in_metres(barriers.gates, network)
        self.gate_ids = _column(gates, "gate_id", default="")
        xy_m = shapely.get_coordinates(_shapes(gates)).reshape(-1, 2)
        stated = self._nearest_parts(self._stated(gates, "gates", ids, walled), owner, xy_m)
        code = self._codes(gates)
        made = np.array([one is True for one in _column(gates, MADE, default=False)], dtype=bool)
        free = np.array([c < 0 for c in stated], dtype=bool) & ~made
        lone = closed_gaps(self._lone_walls(ids, walled), xy_m[free])
        rings, lone = _closed_rings(lone)
        self.zones = Zones(np.concatenate([self.zones.shapes_m, rings]))
        names = [f"wall ring {number}" for number in range(1, len(rings) + 1)]
        self.compound_ids = np.array([*part_ids, *names], dtype=object)
        found = gates_in_walls(xy_m, code, stated, self.zones, lone, barriers.gate_m)
        self.gates = without_gateless(found, made)
        self.made = made
        self.lines = WallLines.of(self.zones.shapes_m, lone)
        self.in_street: set[int] = set()
        self.cut_m = np.empty((0, 2))

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

    def _nearest_parts(
        self, stated: list[int], owner: NDArray[Any], xy_m: NDArray[np.float64]
    ) -> list[int]:
        """Of the compound that each gate names the part it stands at, -1 if that is far away."""
        outlines = self.zones.outline_tree.geometries
        parts = []
        for compound, place in zip(stated, shapely.points(xy_m), strict=True):
            own = np.flatnonzero(owner == compound) if compound >= 0 else np.empty(0, dtype=int)
            away_m = shapely.distance(outlines[own], place)
            near = len(own) > 0 and away_m.min() <= _FAR_M
            parts.append(int(own[np.argmin(away_m)]) if near else -1)
        return parts

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
            tree = self.zones.outline_tree
            one, two = tree.query(lines, predicate="dwithin", distance=_SAME_WALL_M)
            for row in np.unique(one):
                near = tree.geometries[two[one == row]]
                beside = shapely.buffer(shapely.union_all(near), _SAME_WALL_M)
                along = shapely.get_parts(shapely.intersection(lines[row], beside))
                along = along[shapely.length(along) > 4 * _SAME_WALL_M]  # not what only crosses it
                lines[row] = shapely.difference(lines[row], shapely.union_all(along))
        merged = shapely.line_merge(shapely.union_all(lines))
        parts = np.asarray(shapely.get_parts(merged))
        return np.asarray(parts[(shapely.get_type_id(parts) == 1) & (shapely.length(parts) > 0)])

    def parted(self) -> tuple[Parted, Crossings]:
        """Streets taken apart at walls and at gates in streets, and where."""
        borders = find_borders(
            self.network,
            self.zones,
            self.lines,
            tolerances_m(self.network, self.barriers.tolerance_m),
        )
        drawn = Drawn.of(self.network)
        reach_m = self.barriers.gate_m

        def part(borders: Any) -> tuple[Parted, Crossings]:
            places_m = drawn.places(borders.edge, borders.share)
            parted = part_streets(self.network, borders, self.zones, places_m)
            return parted, with_gates(parted.crossings, self.gates, self.gateless(), reach_m)

        parted, crossed = part(borders)
        gate, edge, share = gates_in_streets(self.network, self.gates, passed_by(crossed))
        if len(gate):
            self.in_street = set(gate.tolist())
            parted, crossed = part(with_street_gates(self.network, borders, edge, share))
        return parted, crossed

    def opens_walls(self, gates: Collection[int]) -> bool:
        """Whether gates are all openings that a scenario makes in walls.

        Parameters
        ----------
        gates
            Positions in the table of gates, -1 for the border of a compound without any.

        Returns
        -------
        bool
        """
        return bool(gates) and all(gate >= 0 and self.made[gate] for gate in gates)

    def gateless(self) -> frozenset[int]:
        """Walled compounds to which no gate belongs."""
        with_gate = {c for own in self.gates.compounds for c in own}
        return frozenset(range(len(self.compound_ids))) - with_gate


def passed_by(crossings: Crossings) -> set[int]:
    """Gates that streets pass.

    Parameters
    ----------
    crossings
        Crossings with their gates.

    Returns
    -------
    set of int
    """
    return {gate for passed in crossings.gates for gate in passed if gate >= 0}


def without_gateless(gates: Gates, made: NDArray[np.bool_]) -> Gates:
    """Gates of which openings that a scenario makes give no compound its first gate.

    The people of a compound without any gate pass its border wherever a street does; an opening
    must not take that from them.

    Parameters
    ----------
    gates
        Gates.
    made
        Which of them a scenario makes, shape (g,).

    Returns
    -------
    Gates
    """
    if not made.any():
        return gates
    gated = {c for own, new in zip(gates.compounds, made, strict=True) if not new for c in own}
    compounds = [
        tuple(c for c in own if c in gated) if new else own
        for own, new in zip(gates.compounds, made, strict=True)
    ]
    return replace(gates, compounds=compounds)


def _closed_rings(walls_m: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Areas that lone walls enclose, which are compounds without a name, and the other walls."""
    if not len(walls_m):
        return walls_m, walls_m
    faces, cuts, dangles, invalid = shapely.polygonize_full(walls_m)
    areas = np.asarray(shapely.get_parts(faces))
    kept = shapely.area(areas) >= _LEAST_RING_M2
    rest = shapely.get_parts([cuts, dangles, invalid])
    if not kept.all():
        rest = np.concatenate([rest, shapely.boundary(areas[~kept])])
    lines = np.asarray(shapely.get_parts(shapely.line_merge(shapely.union_all(rest))))
    return areas[kept], np.asarray(lines[shapely.get_type_id(lines) == 1])


def _areas(shapes: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Areas of compounds part by part, courtyards filled, and the compound of each.

    Each part has a wall of its own; who lives around a courtyard, or in it, lives inside.
    """
    parts, owner = shapely.get_parts(shapes, return_index=True)
    return np.asarray(shapely.polygons(shapely.get_exterior_ring(parts))), np.asarray(owner)


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
