"""Where only roads are drawn: footways and the lanes of compounds are missing.

OpenStreetMap in a Chinese county town holds the named roads and little else. What people walk on
inside compounds is drawn as ``service``, ``footway``, ``living_street`` or ``steps``, so these are
the *inner ways* that tell whether a place was drawn for people on foot; a road with a sidewalk
counts among them, a ``track`` through fields for nothing. ``residential`` counts as a road: in
such towns it is the side street with a name.

The streets are looked at by cells of 500 m. A cell is poor if less than a tenth of its streets are
inner ways, both in it and in the three by three cells around it: a single blank cell in a drawn
city is a park or a port. Cells with less than 500 m of roads, or without a junction, say nothing:
a road through the country has no sidewalks to miss. Where less than a tenth of all streets are
inner ways, every cell with a road is poor (if streets meet anywhere at all).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage

from lifecircle.network.gaps import edge_lines
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.links import STREET

Floats = NDArray[np.float64]

CELL_M = 500.0
_POOR_SHARE = 0.1
_FEWEST_ROAD_M = 500.0
# A long edge is shared among the cells it passes in pieces of this length.
_PIECE_M = 50.0
_MAIN = ("trunk", "primary", "secondary", "tertiary")
ROADS = frozenset(
    {*_MAIN, *(f"{kind}_link" for kind in _MAIN), "residential", "unclassified", "road"}
)
INNER_WAYS = frozenset({
    "footway", "path", "pedestrian", "steps", "living_street", "service", "corridor", "platform",
    "cycleway", "bridleway", "crossing", "sidewalk", "trail", "elevator", "escalator",
})  # fmt: skip
# Values of the sidewalk tags that say there is none, or that it is drawn apart.
_NO_SIDEWALK = frozenset({"", "no", "none", "separate", "nan", "None"})


@dataclass(frozen=True, eq=False)
class PoorCells:
    """Cells of 500 m in which only roads are drawn.

    Parameters
    ----------
    area
        The cells as one shape, metres in the network's system; empty where there are none.
    count, of
        How many cells are poor, and how many have streets to judge.
    street_m
        Roads and inner ways in the poor cells, metres.
    inner_share
        Share of these that are inner ways, 0–1.
    length_share
        Share of all roads and inner ways that lie in the poor cells, 0–1.
    """

    area: Any
    count: int
    of: int
    street_m: float
    inner_share: float
    length_share: float


def poor_cells(network: WalkNetwork) -> PoorCells:
    """Cells in which only roads are drawn.

    Parameters
    ----------
    network
        Streets, of which the classes (``edge_highway``) and the tags ``sidewalk`` are read.

    Returns
    -------
    PoorCells

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> cells = poor_cells(load_demo().network)
    >>> cells.length_share < 0.1
    True
    """
    middle, length_m, edge = _pieces(network)
    kind = _kinds(network)[edge]
    corner = np.floor(np.array(network.bounds_m[:2]) / CELL_M).astype(np.int64) - 1
    size = np.floor(np.array(network.bounds_m[2:]) / CELL_M).astype(np.int64) - corner + 2
    road_m, inner_m = (
        _on_cells(middle[kind == one], length_m[kind == one], corner, size) for one in (1, 2)
    )
    ends = network.edge_ends[network.edge_link == STREET]
    meets = np.bincount(ends.ravel(), minlength=network.node_count) > 2
    junctions = _on_cells(network.node_xy_m[meets], np.ones(int(meets.sum())), corner, size)
    judged = (road_m >= _FEWEST_ROAD_M) & (junctions > 0)
    around = np.ones((3, 3))
    road_around, inner_around = (
        ndimage.convolve(metres, around, mode="constant") for metres in (road_m, inner_m)
    )
    poor = judged & _few(inner_m, road_m) & _few(inner_around, road_around)
    if _few(inner_m.sum(), road_m.sum()) and junctions.any():
        poor = road_m > 0
        judged = judged | poor
    column, row = np.nonzero(poor)
    low = (np.column_stack([column, row]) + corner) * CELL_M
    street_m, all_m = float((road_m + inner_m)[poor].sum()), float((road_m + inner_m).sum())
    return PoorCells(
        area=shapely.union_all(shapely.box(*low.T, *(low + CELL_M).T)),
        count=int(poor.sum()),
        of=int(judged.sum()),
        street_m=street_m,
        inner_share=float(inner_m[poor].sum()) / street_m if street_m else 0.0,
        length_share=street_m / all_m if all_m else 0.0,
    )


def _few(inner_m: Any, road_m: Any) -> Any:
    """Whether inner ways are a small share of all streets."""
    return inner_m < _POOR_SHARE * (inner_m + road_m)


def _kinds(network: WalkNetwork) -> NDArray[np.int8]:
    """1 for a road, 2 for an inner way, 0 for what counts for nothing, shape (m,)."""
    known = dict.fromkeys(ROADS, 1) | dict.fromkeys(INNER_WAYS, 2)
    kinds = np.array([known.get(kind, 0) for kind in network.edge_highway], dtype=np.int8)
    for key in ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right"):
        if key in network.edge_tags:
            tags = network.edge_tags[key]
            walked = np.array([str(tag) not in _NO_SIDEWALK for tag in tags], dtype=bool)
            kinds[walked & (kinds == 1)] = 2
    kinds[network.edge_link != STREET] = 0
    return kinds


def _pieces(network: WalkNetwork) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Short straight pieces of all streets: their middles, metres, and edges."""
    lines = edge_lines(network)
    drawn = np.flatnonzero(shapely.length(lines) > 0)
    pieces = shapely.segmentize(lines[drawn], _PIECE_M)
    xy, line = shapely.get_coordinates(pieces, return_index=True)
    edge = drawn[line]
    along = edge[1:] == edge[:-1]
    length_m = np.hypot(*(xy[1:] - xy[:-1]).T)
    return ((xy[1:] + xy[:-1]) / 2)[along], length_m[along], edge[1:][along]


def _on_cells(
    xy_m: Floats, weight: Floats, corner: NDArray[np.int64], size: NDArray[np.int64]
) -> Floats:
    """Sum of the weights in each cell, a border of empty cells around."""
    cell = np.floor(xy_m / CELL_M).astype(np.int64) - corner
    flat = cell[:, 0] * size[1] + cell[:, 1]
    sums = np.bincount(flat, weights=weight, minlength=int(size.prod()))
    return np.asarray(sums, dtype=np.float64).reshape(size)
