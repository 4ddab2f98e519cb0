"""Walls in a grid, the zones they enclose, and places along streets.

A *zone* is a set of compounds: those that a place lies in. Zone 0 lies in none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from lifecircle.network import grid, hits
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.links import NEW_WAYS, STREET
from lifecircle.network.order import connected_parts

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Zone = tuple[int, ...]

# Places this near are one.
_SAME_M = 1e-3


class Zones:
    """Sets of compounds, numbered.

    Parameters
    ----------
    shapes_m
        Outlines of the walled compounds, metres, shape (c,).
    """

    def __init__(self, shapes_m: NDArray[Any]) -> None:
        self.shapes_m = shapes_m
        self.tree = shapely.STRtree(shapes_m)
        self.sets: list[Zone] = [()]
        self.number: dict[Zone, int] = {(): 0}

    @cached_property
    def outline_tree(self) -> Any:
        """Tree over the outlines of the compounds."""
        return shapely.STRtree(shapely.boundary(self.shapes_m))

    def of_set(self, compounds: Zone) -> int:
        """Number of a set of compounds, a new one if need be."""
        found = self.number.get(compounds)
        if found is None:
            found = self.number[compounds] = len(self.sets)
            self.sets.append(compounds)
        return found

    def number_faces(self) -> None:
        """Give a number to every set of compounds that any place may lie in."""
        one, two = self.tree.query(self.shapes_m, predicate="intersects")
        if not (one < two).any():
            for compound in range(len(self.shapes_m)):
                self.of_set((compound,))
            return
        lines = shapely.node(shapely.union_all(shapely.boundary(self.shapes_m)))
        faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
        self.of_points(shapely.get_coordinates(shapely.point_on_surface(faces)))

    def of_points(self, xy_m: Floats) -> NDArray[np.int32]:
        """Zone that each place lies in, shape (n,)."""
        zone = np.zeros(len(xy_m), dtype=np.int32)
        if not len(self.shapes_m) or not len(xy_m):
            return zone
        finite: NDArray[np.bool_] = np.asarray(np.isfinite(xy_m).all(axis=1))
        points = shapely.points(np.where(finite[:, None], xy_m, 0.0))
        point, compound = self.tree.query(points, predicate="intersects")
        kept = finite[point]
        return self._numbered(point[kept], compound[kept], zone)

    def _numbered(
        self, row: Integers, compound: Integers, zone: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """Zones of rows from pairs of row and compound."""
        order = np.lexsort((compound, row))
        row, compound = row[order], compound[order]
        several = np.bincount(row, minlength=len(zone)) > 1
        alone = ~several[row]
        numbers = {int(c): self.of_set((int(c),)) for c in np.unique(compound[alone])}
        zone[row[alone]] = [numbers[int(c)] for c in compound[alone]]
        if alone.all():
            return zone
        rows, begins = np.unique(row[~alone], return_index=True)
        for place, members in zip(rows, np.split(compound[~alone], begins[1:]), strict=True):
            zone[place] = self.of_set(tuple(members.tolist()))
        return zone

    def of_pairs(self, row: Integers, compound: Integers, count: int) -> NDArray[np.int32]:
        """Zone of each of ``count`` rows, from pairs of row and compound."""
        return self._numbered(row, compound, np.zeros(count, dtype=np.int32))


@dataclass(frozen=True, eq=False)
class WallLines:
    """Walls in a grid: the outlines of compounds and lone walls.

    Parameters
    ----------
    points_m
        Vertices of all lines one after another, metres, shape (k, 2).
    owner
        Compound whose outline each vertex belongs to, -1 for a lone wall, shape (k,).
    first
        Where the vertices of each line begin, shape (l + 1,).
    cells
        Grid over them, as :func:`lifecircle.network.grid.street_grid` makes it.
    """

    points_m: Floats
    owner: NDArray[np.int32]
    first: Integers
    cells: tuple[Any, ...]

    @classmethod
    def of(cls, outlines_m: NDArray[Any], walls_m: NDArray[Any]) -> WallLines:
        """Walls of outlines of compounds (polygons) and lone walls (lines)."""
        rings, owner = shapely.get_parts(shapely.boundary(outlines_m), return_index=True)
        lines = np.concatenate([rings, walls_m])
        owners = np.concatenate([owner, np.full(len(walls_m), -1)]).astype(np.int32)
        counts = shapely.get_num_coordinates(lines)
        points = shapely.get_coordinates(lines)
        first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return cls.of_points(points, np.repeat(owners, counts), first)

    @classmethod
    def of_points(cls, points_m: Floats, owner: NDArray[np.int32], first: Integers) -> WallLines:
        """Walls of the vertices of all lines, whose they are, and where each line begins."""
        cells: tuple[Any, ...] = ()
        if len(points_m):
            cells = grid.street_grid(points_m, first, np.ones(len(first) - 1, dtype=bool))
        return cls(points_m, owner, first, cells)

    @cached_property
    def lone_segments(self) -> tuple[Any, Floats]:
        """Tree over the segments of lone walls, and their ends, shape (s, 2, 2)."""
        inner = np.ones(max(len(self.points_m) - 1, 0), dtype=bool)
        inner[self.first[1:-1] - 1] = False
        start = np.flatnonzero(inner & (self.owner[:-1] < 0))
        ends = np.stack([self.points_m[start], self.points_m[start + 1]], axis=1)
        return shapely.STRtree(shapely.linestrings(ends)), ends

    def directions(self, place_m: Floats) -> list[float]:
        """Angles, radians, at which lone walls leave a place that they run through."""
        tree, ends = self.lone_segments
        near = tree.query(shapely.Point(place_m), predicate="dwithin", distance=_SAME_M)
        ways = (ends[near] - place_m).reshape(-1, 2)
        ways = ways[np.hypot(*ways.T) > _SAME_M]
        return [float(angle) for angle in np.arctan2(ways[:, 1], ways[:, 0])]

    def hits(self, starts_m: Floats, ends_m: Floats) -> tuple[Any, Any, Any]:
        """Segment, share of it before the wall, and the wall's first vertex, of every meeting."""
        if not len(self.points_m):
            none = np.empty(0, dtype=np.int32)
            return none, np.empty(0), none
        found = hits.wall_hits(
            np.ascontiguousarray(starts_m), np.ascontiguousarray(ends_m), self.points_m, *self.cells
        )
        return found[0], found[1], found[2]


def place_ends(network: WalkNetwork) -> NDArray[np.int32]:
    """Place at both ends of each edge: nodes that crossings link are one place on the ground.

    Parameters
    ----------
    network
        Streets, without gates.

    Returns
    -------
    array of int, shape (m, 2)
    """
    if "place ends" not in network.made:
        links = network.edge_ends[~np.isin(network.edge_link, (STREET, *NEW_WAYS))]
        network.made["place ends"] = connected_parts(links, network.node_count)[network.edge_ends]
    found: NDArray[np.int32] = network.made["place ends"]
    return found


@dataclass(frozen=True, eq=False)
class Drawn:
    """How long streets are drawn, so that places along them are found.

    Parameters
    ----------
    network
        Streets.
    behind, whole_m
        Metres from the start of its line to each vertex (k,), and of each edge (m,).
    begins, rising
        Where each edge begins (m,) and each vertex lies (k,) when all edges are laid end to end, a
        metre apart.
    """

    network: WalkNetwork
    behind: Floats
    whole_m: Floats
    begins: Floats
    rising: Floats

    @classmethod
    def of(cls, network: WalkNetwork) -> Drawn:
        """Lengths of a network's streets, measured once."""
        if "drawn" not in network.made:
            first = network.edge_first_point
            behind, whole_m = grid.running_length(network.edge_points_m, first)
            begins = np.cumsum(whole_m + 1.0) - (whole_m + 1.0)
            rising = behind + np.repeat(begins, np.diff(first))
            network.made["drawn"] = cls(network, behind, whole_m, begins, rising)
        found: Drawn = network.made["drawn"]
        return found

    def places(self, edge: Any, share: Floats) -> Floats:
        """Places at shares of edges' drawn lengths, metres, shape (n, 2)."""
        network, behind = self.network, self.behind
        first, last = network.edge_first_point[edge], network.edge_first_point[edge + 1] - 1
        reach_m = share * self.whole_m[edge]
        at = np.searchsorted(self.rising, self.begins[edge] + reach_m)
        at = np.clip(at, first + 1, last)
        points = network.edge_points_m
        length_m = behind[at] - behind[at - 1]
        part = reach_m - behind[at - 1]
        part = np.divide(part, length_m, out=np.zeros(len(at)), where=length_m > 0)
        part = np.clip(part, 0.0, 1.0)[:, None]
        found: Floats = points[at - 1] + part * (points[at] - points[at - 1])
        return found


@dataclass(frozen=True, eq=False)
class Meetings:
    """Every meeting of a street and a wall, by edge and share.

    Parameters
    ----------
    edge, share
        Edge, and the share of its drawn length that lies before, shape (n,).
    owner
        Compound whose outline it meets, -1 for a lone wall, shape (n,).
    wall
        First vertex of the wall's segment, shape (n,).
    drawn
        Lengths of the streets.
    """

    edge: Integers
    share: Floats
    owner: NDArray[np.int32]
    wall: NDArray[np.int32]
    drawn: Drawn


def street_meetings(network: WalkNetwork, walls: WallLines) -> Meetings:
    """Where streets meet walls; links do not.

    Parameters
    ----------
    network
        Streets.
    walls
        Walls.

    Returns
    -------
    Meetings
    """
    drawn = Drawn.of(network)
    points, first = network.edge_points_m, network.edge_first_point
    inner = np.ones(max(len(points) - 1, 0), dtype=bool)
    inner[first[1:-1] - 1] = False  # from one edge to the next
    starts = np.flatnonzero(inner)
    segment, part, wall = walls.hits(points[starts], points[starts + 1])
    at = starts[segment]
    edge = np.searchsorted(first, at, side="right") - 1
    run_m = drawn.behind[at] + part * (drawn.behind[at + 1] - drawn.behind[at])
    kept = (network.edge_link[edge] == 0) & (drawn.whole_m[edge] > 0)
    edge, run_m, wall = edge[kept], run_m[kept], wall[kept]
    share = np.minimum(run_m / drawn.whole_m[edge], 1.0)
    order = np.lexsort((wall, share, edge))
    edge, share, wall = edge[order], share[order], wall[order]
    return Meetings(edge, share, walls.owner[wall], wall, drawn)
