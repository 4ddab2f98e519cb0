"""Walled towns by brute force: shapely and networkx, a graph for every set of compounds.

Nothing here uses the package's own cutting, snapping or search. Streets run on a grid, compounds
are boxes whose walls cross them between the crossings, gates stand where a street crosses a wall.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
from hypothesis import strategies as st

import towns
from lifecircle.errors import LifecircleWarning
from lifecircle.network.barriers import Barriers, with_barriers
from lifecircle.network.graph import WalkNetwork

STEP_M = 80.0
DETOUR = 1.3
SNAP_M = 100.0
TOLERANCE_M = 2.0


@dataclass
class WalledTown:
    """Streets as lines between crossings, boxes as compounds, gates at places with an access."""

    streets: list[tuple[tuple[int, int], tuple[int, int]]]
    boxes: dict[str, tuple[float, float, float, float]]
    gates: list[tuple[tuple[float, float], str, str]] = field(default_factory=list)
    fences: list[tuple[tuple[float, float], tuple[float, float]]] = field(default_factory=list)
    crossings_at: frozenset[tuple[int, int]] = frozenset()  # every second street is a footway

    def plain(self) -> WalkNetwork:
        """Streets without walls."""
        graph = nx.MultiGraph(crs=towns.TOWN)
        for node in sorted({node for pair in self.streets for node in pair}):
            tags = {"highway": "crossing"} if node in self.crossings_at else {}
            graph.add_node(node, x=node[0] * STEP_M, y=node[1] * STEP_M, **tags)
        for number, (start, end) in enumerate(self.streets):
            graph.add_edge(start, end, highway="footway" if number % 2 else "residential")
        return WalkNetwork.from_networkx(graph)

    def barriers(self) -> Barriers:
        """Tables as the package takes them."""
        compounds = gpd.GeoDataFrame(
            {"compound_id": list(self.boxes)},
            geometry=[shapely.box(*box) for box in self.boxes.values()],
            crs=towns.TOWN,
        )
        gates = gpd.GeoDataFrame(
            {
                "gate_id": [f"G{i}" for i in range(len(self.gates))],
                "access": [access for _, access, _ in self.gates],
                "compound_id": [owner or None for *_, owner in self.gates],
            },
            geometry=[shapely.Point(place) for place, *_ in self.gates],
            crs=towns.TOWN,
        )
        walls = gpd.GeoDataFrame(
            geometry=[shapely.LineString(fence) for fence in self.fences], crs=towns.TOWN
        )
        return Barriers(compounds, walls, gates, detour=DETOUR, gate_m=4.0, tolerance_m=TOLERANCE_M)

    def network(self) -> WalkNetwork:
        """Streets with the walls built in."""
        with warnings.catch_warnings():  # streets that end at walls are meant
            warnings.simplefilter("ignore", LifecircleWarning)
            return with_barriers(self.plain(), self.barriers())

    def walls(self) -> list[tuple[str, Any]]:
        """Every wall and whose it is, \"\" for a fence."""
        boxes = [(name, shapely.box(*box).exterior) for name, box in self.boxes.items()]
        return [*boxes, *(("", shapely.LineString(fence)) for fence in self.fences)]

    def crossings(self) -> list[tuple[tuple[float, float], str]]:
        """Places where streets cross walls, and whose."""
        found = []
        for start, end in self.streets:
            line = shapely.LineString([np.multiply(start, STEP_M), np.multiply(end, STEP_M)])
            for name, wall in self.walls():
                met = shapely.intersection(line, wall)
                found += [((p.x, p.y), name) for p in shapely.get_parts(met) if not p.is_empty]
        return found

    def with_access(self, gate: int, access: str) -> WalledTown:
        """The same town with another access of one gate."""
        gates = [
            (place, access if i == gate else old, owner)
            for i, (place, old, owner) in enumerate(self.gates)
        ]
        return WalledTown(self.streets, self.boxes, gates, self.fences, self.crossings_at)


class Oracle:
    """Minutes in a walled town, by graphs of everything that somebody may use."""

    def __init__(self, town: WalledTown) -> None:
        self.town = town
        self.shapes = {name: shapely.box(*box) for name, box in town.boxes.items()}
        owners = {owner for *_, owner in town.gates}
        self.gateless = frozenset(set(self.shapes) - owners)
        self.pieces: list[tuple[Any, Any, Any, frozenset[str]]] = []  # line, both ends, inside
        self.links: list[tuple[Any, Any, str, str | None, Any]] = []  # ends, access, owner, place
        for street in town.streets:
            self._cut(*street)
        full = nx.Graph()
        for _, one, two, _ in self.pieces:
            full.add_edge(one, two)
        for one, two, *_ in self.links:
            full.add_edge(one, two)
        inside_of = {node: inside for _, *ends, inside in self.pieces for node in ends}
        leading = set()
        for number, part in enumerate(nx.connected_components(full)):
            for node in part:
                full.nodes[node]["part"] = number
        for one, two, *_ in self.links:
            for node in (one, two):
                leading.add((inside_of[node], full.nodes[node]["part"]))
        self.joinable = [
            not inside or (inside, full.nodes[one]["part"]) in leading
            for _, one, _, inside in self.pieces
        ]
        self.inside_of = inside_of

    def inside(self, point: shapely.Point) -> frozenset[str]:
        return frozenset(name for name, shape in self.shapes.items() if shape.intersects(point))

    def _cut(self, start: Any, end: Any) -> None:
        a, b = np.multiply(start, STEP_M), np.multiply(end, STEP_M)
        line = shapely.LineString([a, b])
        cuts = []
        for name, wall in self.town.walls():
            for place in shapely.get_parts(shapely.intersection(line, wall)):
                if not place.is_empty:
                    cuts.append((line.project(place), name, place))
        cuts.sort(key=lambda cut: cut[0])
        stops = [0.0, *(cut[0] for cut in cuts), line.length]
        for number, (low, high) in enumerate(pairwise(stops)):
            piece = shapely.LineString([line.interpolate(low), line.interpolate(high)])
            one = start if number == 0 else (start, end, number, "begin")
            two = end if number == len(cuts) else (start, end, number, "end")
            self.pieces.append(
                (piece, one, two, self.inside(piece.interpolate(0.5, normalized=True)))
            )
        for number, (_, name, place) in enumerate(cuts):
            one, two = (start, end, number, "end"), (start, end, number + 1, "begin")
            gate = [
                (access, owner)
                for at, access, owner in self.town.gates
                if owner == name and shapely.Point(at).distance(place) <= 4.0
            ]
            if gate:
                self.links.append((one, two, *gate[0], place))
            elif name in self.gateless:
                self.links.append((one, two, "residents", name, place))

    def graph(self, people: frozenset[str]) -> nx.MultiGraph:
        """What people of some compounds may walk along; seconds at a metre a second."""
        graph = nx.MultiGraph()
        for number, (piece, one, two, _) in enumerate(self.pieces):
            graph.add_edge(one, two, key=("piece", number), s=piece.length)
        for one, two, access, owner, _ in self.links:
            if access == "open" or (access == "residents" and owner in people):
                graph.add_edge(one, two, s=0.0)
        return graph

    def joins(self, point: shapely.Point) -> list[tuple[str, Any, float, float]]:
        """Piece or gate node, metres along the piece, and the way there."""
        inside = self.inside(point)
        allowed = {inside, inside - self.gateless}
        best: tuple[float, int] | None = None
        for number, (piece, *_, zone) in enumerate(self.pieces):
            if zone not in allowed or not self.joinable[number]:
                continue
            leg = shapely.shortest_line(point, piece)
            if leg.length > SNAP_M or (best and leg.length >= best[0] - 1e-9):
                continue
            real = [
                name
                for name, wall in self.town.walls()
                if not (name in self.gateless and name in inside)
                and any(
                    leg.length - leg.project(met) > (TOLERANCE_M if name else -1.0)
                    for met in shapely.get_parts(shapely.intersection(leg, wall))
                    if not met.is_empty
                )
            ]
            if not real:
                best = leg.length, number
        if best:
            piece = self.pieces[best[1]][0]
            return [("piece", best[1], piece.project(point), best[0])]
        # gates of the compounds that the place lies in; one in a fence among them is no way out
        deeper = [
            (max((one, two), key=lambda node: len(self.inside_of[node])), access, place)
            for one, two, access, owner, place in self.links
            if owner in inside
        ]
        zones = {self.inside_of[node] for node, *_ in deeper}
        wanted = {inside} & zones or {zone for zone in zones if zone and zone < inside}
        near = [
            (access, ("node", node, 0.0, DETOUR * point.distance(place)))
            for node, access, place in deeper
            if self.inside_of[node] in wanted
        ]
        # where all gates are closed people stand at them and go nowhere
        ends = [end for access, end in near if access != "closed"] or [end for _, end in near]
        return ends if inside else []

    def seconds(self, home: shapely.Point, shop: shapely.Point) -> float:
        """Seconds from a home to a shop, infinite if there is no way."""
        best = np.inf
        shops, homes = self.joins(shop), self.joins(home)
        by_gate = [bool(j) and j[0][0] == "node" for j in (homes, shops)]
        if all(by_gate) and self.inside(home) == self.inside(shop):
            best = DETOUR * home.distance(shop)
        for kind, key, along, leg_m in shops:
            for kind2, key2, along2, leg2_m in homes:
                # who has left a compound without gates at a street outside is one of the street
                own = self.pieces[key2][3] if kind2 == "piece" else self.inside_of[key2]
                graph = self.graph(own)
                if kind == kind2 == "piece" and key == key2:
                    best = min(best, abs(along - along2) + leg_m + leg2_m)
                starts = self._starts(kind, key, along)
                for node, offset in starts:
                    reached = nx.single_source_dijkstra_path_length(graph, node, weight="s")
                    for node2, offset2 in self._starts(kind2, key2, along2):
                        if node2 in reached:
                            way = offset + reached[node2] + offset2 + leg_m + leg2_m
                            best = min(best, way)
        return float(best)

    def _starts(self, kind: str, key: Any, along: float) -> list[tuple[Any, float]]:
        if kind == "node":
            return [(key, 0.0)]
        piece, one, two, _ = self.pieces[key]
        return [(one, along), (two, piece.length - along)]


@st.composite
def walled_towns(draw: Any) -> WalledTown:
    """Grids of streets with some missing, and boxes: side by side, nested, overlapping."""
    size = draw(st.integers(3, 5))
    every = [((x, y), (x + 1, y)) for x in range(size - 1) for y in range(size)]
    every += [((x, y), (x, y + 1)) for x in range(size) for y in range(size - 1)]
    missing = draw(st.sets(st.sampled_from(every), max_size=len(every) // 3))
    streets = [street for street in every if street not in missing]
    boxes = {}
    # odd offsets keep walls off the crossings, off each other, and deeper than the tolerance
    for number in range(draw(st.integers(1, 3))):
        offset = 12.0 + 9.0 * number
        left, low = (draw(st.integers(-1, size - 2)) for _ in range(2))
        right, high = left + draw(st.integers(1, 3)), low + draw(st.integers(1, 3))
        boxes[f"C{number}"] = (
            left * STEP_M + offset,
            low * STEP_M + offset,
            right * STEP_M + offset - (35.0 if draw(st.booleans()) else 0.0),
            high * STEP_M + offset,
        )
    fences = []
    for number in range(draw(st.integers(0, 2))):
        begin, end = (draw(st.integers(-1, size)) for _ in range(2))
        across = STEP_M * draw(st.integers(0, size - 2)) + 40.0 + 7.0 * number
        along = (STEP_M * begin + 33.0, STEP_M * max(end, begin + 1) + 47.0)
        fence = tuple((at, across) for at in along)
        fences.append(fence if draw(st.booleans()) else tuple((y, x) for x, y in fence))
    nodes = sorted({node for pair in streets for node in pair})
    crossed = draw(st.frozensets(st.sampled_from(nodes), max_size=4))
    town = WalledTown(streets, boxes, fences=fences, crossings_at=crossed)
    for place, owner in town.crossings():
        words = ["open", "residents", "residents", "closed", None]
        access = draw(st.sampled_from(words if owner else ["open", "closed", None]))
        if access:
            town.gates.append((place, access, owner))
    return town


def spots(draw: Any, town: WalledTown, count: int) -> list[tuple[float, float]]:
    """Places that lie on no wall."""
    at = st.integers(-3, 36).map(lambda n: 10.0 * n + 3.3)
    return draw(st.lists(st.tuples(at, at.map(lambda y: y + 1.1)), min_size=2, max_size=count))
