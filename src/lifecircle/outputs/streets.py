"""The streets below a map: no picture from the web, the network itself.

Ways are drawn in three ranks, and the longer named ones carry their names.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.outputs.packing import DEGREE_M, packed_lines
from lifecircle.outputs.words import fill

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_STREETS = 30_000
"""Edges drawn at most; the least important ways are left out above it."""

_DETAIL_DEGREES = 1.0 / DEGREE_M
_DOTS = 2000
"""Dots of a screen across which all streets are seen."""
_MOST_NAMES = 60
_MOST_PLACES = 3_000
_RANKS = ("main", "town", "minor")
_MAIN_WAYS = {"motorway", "trunk", "primary", "secondary"}
_TOWN_WAYS = {"tertiary", "unclassified", "residential", "living_street", "road", "pedestrian", ""}


def streets_layer(
    edges: gpd.GeoDataFrame, bounds: list[list[float]], text: Mapping[str, str]
) -> dict[str, Any]:
    """Streets in three ranks, and names along the longer ones.

    Parameters
    ----------
    edges
        ``highway``, ``name`` and lines, EPSG:4326.
    bounds
        South-west and north-east corner of what is looked at first, degrees; names stand inside.
    text
        Words of the language.

    Returns
    -------
    dict
        ``streets`` (lines by rank), ``streets_note`` (what was left out, or nothing) and
        ``street_names``, and ``street_places`` of the other named streets, to be found.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> edges = gpd.GeoDataFrame(
    ...     {"highway": ["primary"], "name": ["A"]},
    ...     geometry=[shapely.LineString([(112.9, 28.1), (112.91, 28.1)])], crs="EPSG:4326")
    >>> streets_layer(edges, [[28.0, 112.8], [28.2, 113.0]], {})["streets"]["main"]
    [[112900000, 28100000, 10000, 0]]
    """
    if "link" in edges:  # crossings and gates have no length to draw
        edges = edges[edges["link"] == 0]
    rank = _street_rank(edges["highway"])
    kept = edges.assign(rank=rank)
    note = ""
    if len(edges) > MOST_STREETS:
        order = np.lexsort((-shapely.length(edges.geometry.to_numpy()), rank))
        kept = kept.iloc[np.sort(order[:MOST_STREETS])]
        note = fill(text["streets_cut"], {"count": f"{len(edges) - MOST_STREETS:,}"})
    extent = float(np.ptp(kept.total_bounds.reshape(2, 2), axis=0).max()) if len(kept) else 0.0
    # Of a whole city no more than what is seen when all of it is on the screen.
    detail = max(_DETAIL_DEGREES, extent / _DOTS)
    lines = shapely.simplify(kept.geometry.to_numpy(), detail)
    ranks = kept["rank"].to_numpy()
    return {
        "streets": {
            name: packed_lines(lines[ranks == position]) for position, name in enumerate(_RANKS)
        },
        "streets_note": note,
        "street_names": (names := _street_names(kept, bounds)),
        "street_places": _street_places(edges, {name["text"] for name in names}),
    }


def _street_rank(highway: pd.Series) -> NDArray[np.int64]:
    """0 main roads, 1 streets, 2 lanes and paths."""
    kind = highway.astype("str").str.removesuffix("_link")
    return np.select([kind.isin(_MAIN_WAYS), kind.isin(_TOWN_WAYS)], [0, 1], 2)


def _street_names(edges: gpd.GeoDataFrame, bounds: list[list[float]]) -> list[dict[str, Any]]:
    """The longest piece of each of the longer named streets: where its name stands, and how."""
    (south, west), (north, east) = bounds
    named = edges[(edges["name"].astype("str") != "") & edges["name"].notna() & (edges["rank"] < 2)]
    inside = shapely.clip_by_rect(named.geometry.to_numpy(), west, south, east, north)
    lengths = pd.Series(shapely.length(inside) * DEGREE_M)
    streets = pd.DataFrame(
        {"name": named["name"].astype("str").to_numpy(), "rank": named["rank"].to_numpy()}
    ).assign(length_m=lengths)
    total = streets.groupby("name").agg(rank=("rank", "min"), length_m=("length_m", "sum"))
    total = total[total["length_m"] > 0].sort_values(["rank", "length_m"], ascending=[True, False])
    placed = []
    for name in total.index[:_MOST_NAMES]:
        pieces = shapely.line_merge(shapely.union_all(inside[(streets["name"] == name).to_numpy()]))
        placed.append(_along(str(name), max(shapely.get_parts(pieces), key=shapely.length)))
    return placed


def _street_places(edges: gpd.GeoDataFrame, written: set[str]) -> list[list[Any]]:
    """Name, latitude and longitude of streets whose names are not written on the map."""
    names = edges["name"].fillna("").astype("str").to_numpy(dtype=object)
    is_other = np.array([bool(name) and name not in written for name in names], dtype=bool)
    if not is_other.any():
        return []
    lines = edges.geometry.to_numpy()[is_other]
    longest = pd.Series(shapely.length(lines)).groupby(names[is_other]).idxmax()
    longest = longest.iloc[:_MOST_PLACES]
    middles = shapely.line_interpolate_point(lines[longest.to_numpy()], 0.5, normalized=True)
    return [
        [str(name), round(middle.y, 6), round(middle.x, 6)]
        for name, middle in zip(longest.index, middles, strict=True)
    ]


def _along(name: str, line: shapely.LineString) -> dict[str, Any]:
    """A name at the middle of a line, turned as the line runs there, never upside down."""
    before, middle, after = (line.interpolate(at, normalized=True) for at in (0.4, 0.5, 0.6))
    east = (after.x - before.x) * math.cos(math.radians(middle.y))
    # Clockwise as screens turn; between -90 and 90 the text reads from the left.
    turn = -math.degrees(math.atan2(after.y - before.y, east))
    turn = (turn + 90) % 180 - 90
    return {
        "text": name,
        "at": [round(middle.y, 6), round(middle.x, 6)],
        "turn": round(turn),
        "length_m": round(line.length * DEGREE_M),
    }
