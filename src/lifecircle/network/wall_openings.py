"""Places at walls where an opening would join what lies on both sides.

A wall is worth opening where a street ends at it, or where streets or paths pass near on both of
its sides. Inside a compound without mapped paths people are taken to walk straight: there the
outside decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from lifecircle.network import grid
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.links import STREET
from lifecircle.network.sight import visible_streets

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Places along a wall that are looked at.
_STEP_M = 10.0
# How far from a wall its two sides are looked at from.
_SIDE_M = 0.01
# Where a street ends at a wall it may be drawn this far from it.
_AT_CUT_M = 0.5
# An opening nearer to the end of a lone wall than this would be taken for a gap between two walls.
FROM_END_M = 10.5


@dataclass(frozen=True, eq=False)
class WallPlaces:
    """Places at walls that could be opened.

    Parameters
    ----------
    xy_m
        Places on the walls, metres, shape (k, 2).
    compound
        Compound whose outline it is, -1 for a lone wall, shape (k,).
    line
        Number of the wall, among the outlines first and the lone walls then, shape (k,).
    away_m
        Straight way to the street on either side, metres, 0 where a compound has no mapped paths,
        shape (k, 2).
    cut
        Whether a street ends there, shape (k,).
    """

    xy_m: Floats
    compound: Integers
    line: Integers
    away_m: Floats
    cut: NDArray[np.bool_]


def wall_lines(network: WalkNetwork) -> tuple[NDArray[Any], Integers]:
    """All walls that stand, as lines, and the compound of each.

    Parameters
    ----------
    network
        Streets with walls.

    Returns
    -------
    lines, compound
        Outlines of compounds with gates, then lone walls (-1); metres, shape (l,). The outline of a
        compound without any gate is no wall to its people and is left out.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> lines, compound = wall_lines(load_demo().network)
    >>> len(lines) == len(compound)
    True
    """
    walls = network.walls
    if walls is None:
        return np.empty(0, dtype=object), np.empty(0, dtype=np.int64)
    shapes, lines = walls.sight.zones.shapes_m, walls.sight.walls
    standing = np.array([c for c in range(len(shapes)) if c not in walls.facts.gateless], dtype=int)
    outlines = shapely.get_exterior_ring(shapes[standing]) if len(standing) else np.empty(0, object)
    lone = [
        shapely.LineString(lines.points_m[begin:end])
        for begin, end in zip(lines.first[:-1].tolist(), lines.first[1:].tolist(), strict=True)
        if end - begin > 1 and lines.owner[begin] < 0
    ]
    found = np.empty(len(outlines) + len(lone), dtype=object)
    found[:] = [*outlines, *lone]
    return found, np.concatenate([standing, np.full(len(lone), -1)]).astype(np.int64)


def wall_places(
    network: WalkNetwork,
    *,
    lines: Sequence[int] | None = None,
    within_m: float = 30.0,
    apart_m: float = 30.0,
) -> WallPlaces:
    """Places at walls where an opening would join both sides.

    Parameters
    ----------
    network
        Streets with walls.
    lines
        Numbers of the walls that are looked at, as :func:`wall_lines` lists them; all if not given.
    within_m
        How near a street or path must pass on either side, metres.
    apart_m
        Least distance between two places on one wall, and from a gate, metres.

    Returns
    -------
    WallPlaces
        Of every two streets that face each other across a wall the nearest place, where a street
        ends at the wall first.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> places = wall_places(load_demo().network)
    >>> bool((places.away_m <= 30.0).all())
    True
    """
    all_lines, compound = wall_lines(network)
    chosen = np.arange(len(all_lines)) if lines is None else np.asarray(lines, dtype=np.int64)
    if not len(chosen):
        nothing = np.empty(0, dtype=np.int64)
        return WallPlaces(np.empty((0, 2)), nothing, nothing, np.empty((0, 2)), nothing > 0)
    line, along_m, cut = _samples(network, all_lines, compound, chosen)
    xy_m, sides_m = _sides(all_lines[line], along_m)
    edge, away_m = _streets_beside(network, sides_m, within_m)
    good = (away_m <= within_m).all(axis=1) & (edge >= 0).any(axis=1)
    line, xy_m, cut, edge, away_m = line[good], xy_m[good], cut[good], edge[good], away_m[good]
    rank = np.lexsort((away_m.sum(axis=1), ~cut))
    keys = np.column_stack([line, np.sort(edge, axis=1)])[rank]
    _, first = np.unique(keys, axis=0, return_index=True)
    kept = rank[np.sort(first)]
    kept = kept[_apart(network, line[kept], xy_m[kept], apart_m)]
    kept = kept[np.lexsort((xy_m[kept, 1], xy_m[kept, 0], line[kept]))]
    return WallPlaces(xy_m[kept], compound[line[kept]], line[kept], away_m[kept], cut[kept])


def _samples(
    network: WalkNetwork, lines: NDArray[Any], compound: Integers, chosen: Integers
) -> tuple[Integers, Floats, NDArray[np.bool_]]:
    """Places along walls: wall, metres along it, and whether a street ends there."""
    cuts = shapely.points(network.walls.facts.cut_m)
    tree = shapely.STRtree(lines[chosen])
    point, near = tree.query(cuts, predicate="dwithin", distance=_AT_CUT_M)
    at_cut_m = shapely.line_locate_point(lines[chosen[near]], cuts[point])
    whole_m = shapely.length(lines[chosen])
    counts = np.maximum(np.ceil(whole_m / _STEP_M), 1).astype(np.int64)
    row = np.repeat(np.arange(len(chosen)), counts)
    number = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    step_m = (number + 0.5) * (whole_m / counts)[row]
    line = np.concatenate([chosen[near], chosen[row]])
    along_m = np.concatenate([at_cut_m, step_m])
    cut = np.arange(len(line)) < len(near)
    rest_m = np.minimum(along_m, shapely.length(lines[line]) - along_m)
    inside = (compound[line] >= 0) | (rest_m > FROM_END_M)
    return line[inside], along_m[inside], cut[inside]


def _sides(lines: NDArray[Any], along_m: Floats) -> tuple[Floats, Floats]:
    """Places along walls (n, 2) and both of their sides (n, 2, 2), metres."""
    here = shapely.get_coordinates(shapely.line_interpolate_point(lines, along_m))
    whole_m = shapely.length(lines)
    low = np.clip(along_m - _SIDE_M, 0.0, whole_m)
    high = np.clip(along_m + _SIDE_M, 0.0, whole_m)
    ways = [shapely.get_coordinates(shapely.line_interpolate_point(lines, m)) for m in (low, high)]
    along = ways[1] - ways[0]
    along /= np.maximum(np.hypot(*along.T), 1e-12)[:, None]
    normal = _SIDE_M * np.column_stack([-along[:, 1], along[:, 0]])
    return here, np.stack([here + normal, here - normal], axis=1)


def _streets_beside(
    network: WalkNetwork, sides_m: Floats, within_m: float
) -> tuple[Integers, Floats]:
    """Street nearest to both sides of each place and the way to it, (n, 2).

    -2 - z where the side lies in zone z, a compound without mapped paths.
    """
    sight = network.walls.sight
    usable = network.edge_link == STREET
    cells = grid.street_grid(network.edge_points_m, network.edge_first_point, usable)
    flat_m = sides_m.reshape(-1, 2)
    edge, _, away_m = visible_streets(network, sight, flat_m, cells, within_m)
    found = edge.astype(np.int64)
    zone = sight.zones.of_points(flat_m)
    pathless = (zone > 0) & ~np.isin(zone, np.unique(sight.edge_zone[sight.edge_zone > 0]))
    found[pathless], away_m[pathless] = -2 - zone[pathless], 0.0
    return found.reshape(-1, 2), away_m.reshape(-1, 2)


def _apart(network: WalkNetwork, line: Integers, xy_m: Floats, apart_m: float) -> Integers:
    """Rows that are far enough from the gates and from those of their wall before them."""
    kept: list[int] = []
    gates_m = network.walls.gates_m
    near_gate = np.zeros(len(xy_m), dtype=bool)
    if len(gates_m) and len(xy_m):
        near_gate = cKDTree(gates_m).query(xy_m)[0] < apart_m
    taken: dict[int, list[Any]] = {}
    for row in np.flatnonzero(~near_gate).tolist():
        others = taken.setdefault(int(line[row]), [])
        if all(np.hypot(*(xy_m[row] - other)) >= apart_m for other in others):
            others.append(xy_m[row])
            kept.append(row)
    return np.array(kept, dtype=np.int64)
