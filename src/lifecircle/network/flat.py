"""A walking network as plain arrays: so that it can lie on disk and be read in parts.

Text becomes codes and one long text, lists of lists become one list and where each begins, shapes
become bytes; whatever is left is a number or a word of ``about``. Nothing of it is code: a store is
read without running anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from lifecircle.network import grid
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.links import STREET
from lifecircle.network.order import connected_parts
from lifecircle.network.passes import pockets

Arrays = Mapping[str, NDArray[Any]]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# So many edges in a row make a page; they are neighbours on the ground.
PAGE_EDGES = 512
# A length that is stated may be so much shorter than the line before it counts as too short.
STRETCH = 1.01
_NUMBERS = (
    "node_xy_m", "edge_ends", "edge_length_m", "edge_points_m", "edge_first_point", "edge_osm_id",
    "edge_link", "edge_rank", "edge_goes_on",
)  # fmt: skip
_WALL_NUMBERS = ("node_zone", "gate_edge", "gate", "end_zone", "end_xy_m", "passable", "opening",
                 "gates_m")  # fmt: skip
FACT_COMPOUNDS = ("gateless", "shut", "unmapped", "astray")
FACT_GATES = ("adrift", "nowhere", "nameless")


@dataclass(frozen=True, eq=False)
class FlatNetwork:
    """A network as arrays, in memory or mapped from disk.

    Parameters
    ----------
    arrays
        By name; those of the walls begin with ``walls.``.
    about
        What is known beside them, as JSON knows it.
    tables
        ``compounds``, ``walls``, ``gates`` and ``repairs``, where there are any.
    plain
        The network without walls, where these are walled.
    """

    arrays: Arrays
    about: Mapping[str, Any]
    tables: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    plain: FlatNetwork | None = None


def flat_network(network: WalkNetwork) -> FlatNetwork:
    """Plain arrays of a network.

    Parameters
    ----------
    network
        Streets, perhaps with walls.

    Returns
    -------
    FlatNetwork

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> flat = flat_network(load_demo().network)
    >>> flat.about["has_walls"], flat.plain.about["has_walls"]
    (True, False)
    """
    arrays: dict[str, NDArray[Any]] = {name: getattr(network, name) for name in _NUMBERS}
    texts = {"edge_highway": network.edge_highway, "edge_name": network.edge_name}
    numbered = np.asarray(network.node_ids).dtype.kind in "iu"
    if numbered:
        arrays["node_ids"] = np.asarray(network.node_ids)
    else:
        texts["node_ids"] = network.node_ids
    for key, column in network.edge_tags.items():
        if column.dtype.kind in "OUS":
            texts[f"tag:{key}"] = column
        else:
            arrays[f"tag:{key}"] = column
    for name, column in texts.items():
        arrays |= _coded(name, column)
    if network.node_elevation_m is not None:
        arrays["node_elevation_m"] = network.node_elevation_m
    arrays |= {"component": network.component, **_pages(network), **_chains(network)}
    about = {
        "crs": network.crs.to_wkt(),
        "tags": list(network.edge_tags),
        "hull": shapely.to_wkb(network.hull_m, hex=True),
        "excess_m": _excess_m(network),
        "has_walls": network.walls is not None,
    }
    tables: dict[str, gpd.GeoDataFrame] = {}
    if network.repairs is not None:
        tables["repairs"] = network.repairs
    if network.walls is None:
        return FlatNetwork(arrays, about, tables)
    barriers = network.walls.barriers
    for name in ("compounds", "walls", "gates"):
        table = getattr(barriers, name)
        if table is not None:
            tables[name] = table
    numbers = {name: float(getattr(barriers, name)) for name in ("detour", "gate_m", "tolerance_m")}
    flat_walls = {f"walls.{name}": array for name, array in _flat_walls(network).items()}
    return FlatNetwork(
        arrays | flat_walls, about | {"barriers": numbers}, tables, flat_network(network.plain)
    )


def _flat_walls(network: WalkNetwork) -> dict[str, NDArray[Any]]:
    """Arrays of the walls of a network."""
    walls = network.walls
    zones, lines = walls.sight.zones, walls.sight.walls
    counts = np.diff(lines.first)
    line = np.repeat(np.arange(len(counts)), counts)
    part, beyond, added = pockets(network)
    nameless = [sorted(added.get(row, ())) for row in range(len(walls.gate_edge))]
    places = sorted(beyond)
    return {
        **{name: np.asarray(getattr(walls, name)) for name in _WALL_NUMBERS},
        "edge_zone": walls.sight.edge_zone,
        "tolerance_m": walls.sight.tolerance_m,
        **_coded("compound_ids", walls.compound_ids),
        **_coded("gate_ids", walls.gate_ids),
        **_ragged("admitted", walls.admitted),
        **_ragged("passed", walls.passed),
        **_ragged("sets", zones.sets),
        **_bytes("shapes", shapely.to_wkb(zones.shapes_m)),
        "shape_bounds_m": shapely.bounds(zones.shapes_m).reshape(-1, 4),
        "line_points_m": lines.points_m,
        "line_owner": lines.owner,
        "line_first": lines.first,
        "line_bounds_m": _bounds(lines.points_m, line, len(counts)),
        "sight_gateless": np.array(sorted(walls.sight.gateless), dtype=np.int64),
        **{
            f"facts.{name}": np.array(sorted(getattr(walls.facts, name)), dtype=np.int64)
            for name in FACT_COMPOUNDS
        },
        **{
            f"facts.{name}": np.array(getattr(walls.facts, name), dtype=np.int64)
            for name in FACT_GATES
        },
        "facts.cut_m": np.asarray(walls.facts.cut_m, dtype=float).reshape(-1, 2),
        "open_parts": walls.open_parts(network),
        "pocket": part,
        "beyond_part": np.array(places, dtype=np.int64),
        **_ragged("beyond", [beyond[place] for place in places]),
        **_ragged("nameless", nameless),
    }


def _pages(network: WalkNetwork) -> dict[str, NDArray[Any]]:
    """Bounds of each edge and of each page of edges, metres."""
    edge = np.repeat(np.arange(network.edge_count), np.diff(network.edge_first_point))
    bounds = _bounds(network.edge_points_m, edge, network.edge_count)
    begins = np.arange(0, network.edge_count, PAGE_EDGES)
    pages = np.column_stack(
        [
            np.minimum.reduceat(bounds[:, :2], begins, axis=0),
            np.maximum.reduceat(bounds[:, 2:], begins, axis=0),
        ]
    )
    return {"edge_bounds_m": bounds, "page_bounds_m": pages}


def _bounds(points_m: Floats, owner: NDArray[Any], count: int) -> Floats:
    """West, south, east and north of the points of each owner; owners rise, each has a point."""
    if count == 0:
        return np.empty((0, 4))
    begins = np.searchsorted(owner, np.arange(count))
    return np.column_stack(
        [
            np.minimum.reduceat(points_m, begins, axis=0),
            np.maximum.reduceat(points_m, begins, axis=0),
        ]
    )


def _chains(network: WalkNetwork) -> dict[str, NDArray[Any]]:
    """Streets from junction to junction, and which edges meet at each place.

    A part must hold them whole: the doors of a park are laid along whole streets. Ends at one place
    count as one, whatever nodes they are.
    """
    street = np.flatnonzero(network.edge_link == STREET)
    ends = network.node_xy_m[network.edge_ends[street]].reshape(-1, 2)
    _, place = np.unique(ends, axis=0, return_inverse=True)
    place = place.reshape(-1).astype(np.int64)
    degree = np.bincount(place)
    order = np.argsort(place, kind="stable")
    edge_of = np.repeat(street, 2)[order].astype(np.int32)
    first = np.concatenate([[0], np.cumsum(degree)]).astype(np.int64)
    through = first[:-1][degree == 2]
    pairs = np.column_stack([edge_of[through], edge_of[through + 1]]).astype(np.int32)
    chain = connected_parts(pairs, network.edge_count)
    by_chain = np.argsort(chain, kind="stable").astype(np.int32)
    ends_of = np.full((network.edge_count, 2), -1, dtype=np.int32)
    ends_of[street] = place.reshape(-1, 2)
    return {
        "edge_chain": chain,
        "chain_edge": by_chain,
        "chain_first": np.concatenate([[0], np.cumsum(np.bincount(chain))]).astype(np.int64),
        "edge_place": ends_of,
        "place_edge": edge_of,
        "place_first": first,
    }


def _excess_m(network: WalkNetwork) -> float:
    """How much further than its stated length a walk may lead in a straight line, metres.

    Every whole edge leads as far as its ends lie apart, and the two at which a walk begins and
    ends as far as they are drawn.
    """
    first, last = network.edge_ends.T
    apart_m = np.hypot(*(network.node_xy_m[first] - network.node_xy_m[last]).T)
    _, drawn_m = grid.running_length(network.edge_points_m, network.edge_first_point)
    over = np.maximum(apart_m - STRETCH * network.edge_length_m, 0.0).sum()
    longest = np.maximum(drawn_m - STRETCH * network.edge_length_m, 0.0).max(initial=0.0)
    return float(over + 2.0 * longest)


def _coded(name: str, column: Iterable[Any]) -> dict[str, NDArray[Any]]:
    """Text as codes and the words they stand for; a gap is -1."""
    words: dict[Any, int] = {}
    codes = np.array(
        [-1 if word is None else words.setdefault(str(word), len(words)) for word in column],
        dtype=np.int32,
    )
    return {f"{name}.code": codes, **_bytes(name, [word.encode("utf-8") for word in words])}


def _bytes(name: str, items: Iterable[bytes]) -> dict[str, NDArray[Any]]:
    """Byte strings one after another, and where each begins."""
    listed = list(items)
    lengths = [len(item) for item in listed]
    return {
        f"{name}.bytes": np.frombuffer(b"".join(listed), dtype=np.uint8),
        f"{name}.first": np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
    }


def _ragged(name: str, lists: Sequence[Iterable[int]]) -> dict[str, NDArray[Any]]:
    """Lists of whole numbers one after another, and where each begins."""
    listed = [list(one) for one in lists]
    return {
        name: np.array([value for one in listed for value in one], dtype=np.int64),
        f"{name}.first": np.concatenate([[0], np.cumsum([len(one) for one in listed])]).astype(
            np.int64
        ),
    }


def texts_of(arrays: Arrays, name: str, rows: Any = slice(None)) -> NDArray[np.object_]:
    """Text of some rows of a column that was coded.

    Parameters
    ----------
    arrays
        Of a flat network.
    name
        Of the column.
    rows
        Positions.

    Returns
    -------
    array of str

    Examples
    --------
    >>> texts_of(_coded("name", ["甲", "乙", "甲"]), "name", [2, 1]).tolist()
    ['甲', '乙']
    """
    codes = np.asarray(arrays[f"{name}.code"][rows])
    used = np.unique(codes[codes >= 0])
    words = np.full(int(used[-1]) + 2 if len(used) else 1, None, dtype=object)
    for code, word in zip(used.tolist(), bytes_of(arrays, name, used), strict=True):
        words[code] = word.decode("utf-8")
    return np.asarray(words[codes])


def bytes_of(arrays: Arrays, name: str, rows: Iterable[int]) -> list[bytes]:
    """Some of the byte strings of a column.

    Parameters
    ----------
    arrays
        Of a flat network.
    name
        Of the column.
    rows
        Positions.

    Returns
    -------
    list of bytes

    Examples
    --------
    >>> bytes_of(_bytes("shapes", [b"ab", b"", b"c"]), "shapes", [2, 0])
    [b'c', b'ab']
    """
    first, content = arrays[f"{name}.first"], arrays[f"{name}.bytes"]
    return [bytes(content[first[row] : first[row + 1]]) for row in rows]


def lists_of(arrays: Arrays, name: str, rows: Iterable[int]) -> list[tuple[int, ...]]:
    """Some of the lists of a column of lists.

    Parameters
    ----------
    arrays
        Of a flat network.
    name
        Of the column.
    rows
        Positions.

    Returns
    -------
    list of tuple of int

    Examples
    --------
    >>> lists_of(_ragged("sets", [(1, 2), (), (3,)]), "sets", [2, 0])
    [(3,), (1, 2)]
    """
    first, values = arrays[f"{name}.first"], arrays[name]
    return [tuple(values[first[row] : first[row + 1]].tolist()) for row in rows]
