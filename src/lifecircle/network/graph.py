"""The walking network: streets as read-only arrays.

Ids end here. Inside, a node, an arc or an edge is a position in an array; the ids of the source
(OSM node ids and the like) are kept only to hand the network back.

An *edge* is a stretch of street between two nodes with its geometry; an *arc* is one direction of
it in the compressed rows (CSR) that the search walks along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from lifecircle.crs import WGS84, local_crs
from lifecircle.errors import EmptyNetworkError, NetworkError
from lifecircle.network import grid
from lifecircle.network.lists import lists_taken
from lifecircle.network.order import connected_parts, hilbert_places
from lifecircle.network.stated import check_numbers, doubt_lengths

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Positions = NDArray[np.int32]

# A local metric system is true to 1e-4 within 90 km of its middle; a wider network is cut first.
MAX_EXTENT_M = 250_000.0
_PROJECTED_AT_ONCE = 65_536
_OF_EDGES = ("length_m", "highway", "name", "osm_id", "link", "rank", "goes_on")


@dataclass(frozen=True, eq=False)
class Streets:
    """Walkable streets as a reader found them, in degrees WGS-84.

    Parameters
    ----------
    node_ids
        Id of each node in the source, shape (n,).
    node_lonlat
        Degrees, shape (n, 2).
    ends
        Positions of the two end nodes of each edge, shape (m, 2).
    points_lonlat
        Vertices of all edges one after another, degrees, shape (k, 2); the first and last vertex
        of an edge are its end nodes.
    first_point
        Where the vertices of each edge begin, shape (m + 1,).
    highway, name
        Kind and name of each street as text, ``""`` where unknown, shape (m,).
    osm_id
        OSM way of each edge, 0 where unknown, shape (m,).
    length_m
        Length of each edge where the source states it, metres, shape (m,); ``None`` to measure it.
    link
        What each edge stands for (:mod:`lifecircle.network.links`), shape (m,); ``None``: all are
        stretches of street.
    tags
        Further columns of the edges by name, such as ``surface``, each of shape (m,).
    """

    node_ids: NDArray[Any]
    node_lonlat: Floats
    ends: Integers
    points_lonlat: Floats
    first_point: Integers
    highway: NDArray[np.object_]
    name: NDArray[np.object_]
    osm_id: Integers
    length_m: Floats | None = None
    link: NDArray[np.int8] | None = None
    tags: Mapping[str, NDArray[Any]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Extent:
    """What streets that were cut from others still know of those.

    Parameters
    ----------
    hull_m
        Convex hull of all streets, metres.
    component
        Number of the connected part of all streets that each node belongs to, shape (n,).
    """

    hull_m: Any
    component: Positions


@dataclass(frozen=True, eq=False, repr=False)
class WalkNetwork:
    """Streets to walk on, as read-only arrays.

    Made by :func:`lifecircle.read_walk_network`, :func:`lifecircle.fetch_walk_network` or
    :meth:`WalkNetwork.from_networkx`.

    Parameters
    ----------
    crs
        Metric system of all coordinates, laid through the middle of the network.
    node_ids
        Id of each node in the source, shape (n,), in Hilbert order of their places.
    node_xy_m
        Coordinates, metres in ``crs``, shape (n, 2).
    edge_ends
        Positions of the two end nodes of each edge, shape (m, 2).
    edge_length_m
        Length of each edge, metres, shape (m,).
    edge_points_m
        Vertices of all edges one after another, metres in ``crs``, shape (k, 2).
    edge_first_point
        Where the vertices of each edge begin, shape (m + 1,).
    edge_highway, edge_name, edge_osm_id
        What the source says of each edge, shape (m,).
    edge_link
        What each edge stands for (:mod:`lifecircle.network.links`), shape (m,).
    edge_rank
        Which of equally near edges is joined: the lowest; parts of a street that is cut rank as
        it did, shape (m,).
    edge_goes_on
        Whether each end is the middle of a street that was cut, shape (m, 2).
    edge_tags
        Further columns of the edges by name, each of shape (m,).
    node_elevation_m
        Height above the sea of each node, metres, shape (n,); ``None`` where nothing is known.
    walls
        Walls and gates that were built into the streets; ``None`` without.
    repairs
        Links that :func:`lifecircle.repair_network` put in, one row each; ``None`` without.
    cut_from
        What is known of the streets that these were cut from; ``None`` where they are all.
    """

    crs: pyproj.CRS
    node_ids: NDArray[Any]
    node_xy_m: Floats
    edge_ends: Positions
    edge_length_m: Floats
    edge_points_m: Floats
    edge_first_point: Integers
    edge_highway: NDArray[np.object_]
    edge_name: NDArray[np.object_]
    edge_osm_id: Integers
    edge_link: NDArray[np.int8] = field(default_factory=lambda: np.empty(0, dtype=np.int8))
    edge_rank: Positions = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    edge_goes_on: NDArray[np.bool_] = field(default_factory=lambda: np.empty((0, 2), dtype=bool))
    edge_tags: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    node_elevation_m: Floats | None = None
    walls: Any = None
    repairs: gpd.GeoDataFrame | None = None
    cut_from: Extent | None = None
    # Grids over the streets that are made once and kept: see travel_times and isochrones.
    made: dict[Any, Any] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        count = self.edge_count
        for name, usual in (
            ("edge_link", np.zeros(count, dtype=np.int8)),
            ("edge_rank", np.arange(count, dtype=np.int32)),
            ("edge_goes_on", np.zeros((count, 2), dtype=bool)),
        ):
            if len(getattr(self, name)) != count:
                object.__setattr__(self, name, usual)
        for value in (*vars(self).values(), *self.edge_tags.values()):
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    def __getstate__(self) -> dict[str, Any]:
        """The streets, not what was made from them."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "made"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, made={})
        self.__post_init__()

    def __repr__(self) -> str:
        west, south, east, north = self.bounds_lonlat
        return (
            f"WalkNetwork: {self.node_count:,} nodes, {self.edge_count:,} edges, "
            f"{self.edge_length_m.sum() / 1000:,.1f} km; "
            f"lon {west:.4f} to {east:.4f}, lat {south:.4f} to {north:.4f}"
        )

    @property
    def plain(self) -> WalkNetwork:
        """The streets without walls and gates."""
        return self if self.walls is None else self.walls.plain

    @property
    def node_count(self) -> int:
        """Number of nodes."""
        return len(self.node_ids)

    @property
    def edge_count(self) -> int:
        """Number of edges."""
        return len(self.edge_length_m)

    @cached_property
    def bounds_lonlat(self) -> tuple[float, float, float, float]:
        """West, south, east and north end of the streets, degrees WGS-84."""
        west, south, east, north = (
            gpd.GeoSeries([shapely.box(*self.bounds_m)], crs=self.crs).to_crs(WGS84).total_bounds
        )
        return float(west), float(south), float(east), float(north)

    @cached_property
    def bounds_m(self) -> tuple[float, float, float, float]:
        """West, south, east and north end of the streets, metres in ``crs``."""
        low, high = self.edge_points_m.min(axis=0), self.edge_points_m.max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    @cached_property
    def hull_m(self) -> shapely.Polygon:
        """Convex hull of the streets, metres in ``crs``; of all that they were cut from."""
        if self.cut_from is not None:
            return self.cut_from.hull_m
        return shapely.MultiPoint(self.edge_points_m).convex_hull

    @cached_property
    def arcs(self) -> tuple[Positions, Positions, Positions]:
        """Compressed rows: first arc of each node (n + 1,), node an arc leads to, its edge.

        A loop (both ends the same node) has a single arc: no shortest path uses it, and the
        search meets the points along it once.
        """
        start, end = self.edge_ends[:, 0], self.edge_ends[:, 1]
        edge = np.arange(self.edge_count, dtype=np.int32)
        back = start != end
        tail = np.concatenate([start, end[back]])
        order = np.argsort(tail, kind="stable")
        first = np.zeros(self.node_count + 1, dtype=np.int32)
        np.cumsum(np.bincount(tail, minlength=self.node_count), out=first[1:])
        head = np.concatenate([end, start[back]])[order].astype(np.int32)
        return first, head, np.concatenate([edge, edge[back]])[order]

    @cached_property
    def component(self) -> Positions:
        """Number of the connected part that each node belongs to, 0 for the largest."""
        if self.cut_from is not None:
            return self.cut_from.component
        label = connected_parts(self.edge_ends, self.node_count)
        sizes = np.bincount(label)
        rank = np.empty(len(sizes), dtype=np.int32)
        rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes), dtype=np.int32)
        return np.asarray(rank[label])

    @cached_property
    def is_steps(self) -> NDArray[np.bool_]:
        """Whether each edge is stairs, shape (m,)."""
        return np.asarray(self.edge_highway == "steps", dtype=bool)

    def edges_frame(self) -> gpd.GeoDataFrame:
        """Edges as a table.

        Returns
        -------
        GeoDataFrame, EPSG:4326
            ``edge``, ``from_node``, ``to_node`` (ids of the source), ``length_m``, ``highway``,
            ``name``, ``osm_id``, further columns where the source has them, ``link`` where some
            edges are no streets (:mod:`lifecircle.network.links`), and the line.

        Examples
        --------
        >>> from lifecircle import load_demo
        >>> bool(load_demo().network.edges_frame()["length_m"].min() >= 0)
        True
        """
        counts = np.diff(self.edge_first_point)
        edge = np.arange(self.edge_count)
        lines = shapely.linestrings(self.edge_points_m, indices=np.repeat(edge, counts))
        return gpd.GeoDataFrame(
            {
                "edge": edge,
                "from_node": self.node_ids[self.edge_ends[:, 0]],
                "to_node": self.node_ids[self.edge_ends[:, 1]],
                "length_m": self.edge_length_m,
                "highway": pd.Series(self.edge_highway, dtype="str"),
                "name": pd.Series(self.edge_name, dtype="str"),
                "osm_id": self.edge_osm_id,
                **self.edge_tags,
                **({"link": self.edge_link} if self.edge_link.any() else {}),
            },
            geometry=lines,
            crs=self.crs,
        ).to_crs(WGS84)

    @classmethod
    def from_networkx(cls, graph: Any) -> WalkNetwork:
        """Network from a graph as osmnx makes it.

        Parameters
        ----------
        graph
            ``networkx`` (Multi)(Di)Graph. Nodes carry ``x`` and ``y``, edges may carry ``length``
            (m), ``geometry``, ``highway``, ``name``, ``osmid``, ``wheelchair``, ``width``,
            ``surface``, ``lit`` and ``incline``, nodes ``highway`` and ``crossing``. The reference
            system is ``graph.graph["crs"]``, EPSG:4326 if absent. Two directed edges that are each
            other's reverse become one: people walk both ways.

        Returns
        -------
        WalkNetwork

        Raises
        ------
        EmptyNetworkError
            If the graph has no edges.
        NetworkError
            If a node has no coordinates or a length is negative or not a number.

        Examples
        --------
        >>> import networkx as nx
        >>> graph = nx.MultiGraph(crs="EPSG:4326")
        >>> graph.add_node("a", x=112.99, y=28.16)
        >>> graph.add_node("b", x=112.991, y=28.16)
        >>> _ = graph.add_edge("a", "b", length=98.0)
        >>> float(WalkNetwork.from_networkx(graph).edge_length_m[0])
        98.0
        """
        from lifecircle.network.exchange import streets_from_networkx  # noqa: PLC0415

        return build_network(streets_from_networkx(graph))

    def to_networkx(self) -> Any:
        """Hand the network back as a graph that osmnx and networkx understand.

        Returns
        -------
        networkx.MultiDiGraph
            EPSG:4326; nodes with ``x`` and ``y``, both directions of every edge with ``length``
            (m), ``geometry``, ``highway``, ``name`` and ``osmid``, and what else is known of it.

        Examples
        --------
        >>> from lifecircle import load_demo
        >>> graph = load_demo().network.to_networkx()
        >>> graph.graph["crs"]
        'epsg:4326'
        """
        from lifecircle.network.exchange import networkx_from_network  # noqa: PLC0415

        return networkx_from_network(self)


def build_network(streets: Streets) -> WalkNetwork:
    """Arrays to search from the streets a reader found.

    Nodes are put in Hilbert order, so that neighbours on the ground are neighbours in memory.

    Parameters
    ----------
    streets
        Streets in degrees WGS-84.

    Returns
    -------
    WalkNetwork

    Raises
    ------
    EmptyNetworkError
        If there is no street.
    NetworkError
        If coordinates or lengths are not finite, a length is negative, or the streets are spread
        over more than 250 km.

    Examples
    --------
    >>> import numpy as np
    >>> lonlat = np.array([[112.99, 28.16], [112.991, 28.16]])
    >>> text = np.array(["residential"], dtype=object)
    >>> streets = Streets(np.array([7, 8]), lonlat, np.array([[0, 1]]), lonlat,
    ...                   np.array([0, 2]), text, text, np.array([0]))
    >>> build_network(streets).edge_length_m.round(1)
    array([98.2])
    """
    if len(streets.ends) == 0:
        raise EmptyNetworkError(
            "network: there is no walkable street in it. Check that the file covers the place and "
            "that its streets are not all motorways or private."
        )
    check_numbers(streets)
    crs = local_crs(*_middle(streets.points_lonlat))
    points_m = _projected(streets.points_lonlat, crs)
    extent_m = float(np.ptp(points_m, axis=0).max())
    if not extent_m <= MAX_EXTENT_M:
        raise NetworkError(
            f"network: the streets are spread over {extent_m / 1000:,.0f} km. Cut them to the "
            f"district first (within=…); {MAX_EXTENT_M / 1000:,.0f} km is the most, beyond that "
            "distances on a flat map would be wrong."
        )
    _, length_m = grid.running_length(points_m, streets.first_point)
    if streets.length_m is not None:
        doubt_lengths(float(np.sum(streets.length_m)), float(length_m.sum()))
        length_m = streets.length_m
    # Views: a network makes its arrays read-only, and these are the reader's own.
    network = WalkNetwork(
        crs=crs,
        node_ids=np.asarray(streets.node_ids)[:],
        node_xy_m=_projected(streets.node_lonlat, crs),
        edge_ends=np.asarray(streets.ends, dtype=np.int32)[:],
        edge_length_m=np.asarray(length_m, dtype=np.float64)[:],
        edge_points_m=points_m,
        edge_first_point=streets.first_point[:],
        edge_highway=np.asarray(streets.highway, dtype=object)[:],
        edge_name=np.asarray(streets.name, dtype=object)[:],
        edge_osm_id=np.asarray(streets.osm_id, dtype=np.int64)[:],
        edge_link=np.asarray([] if streets.link is None else streets.link, dtype=np.int8)[:],
        edge_tags={key: np.asarray(column)[:] for key, column in streets.tags.items()},
    )
    return replace(put_in_order(network)[0], edge_rank=np.empty(0, dtype=np.int32))  # as they stand


def put_in_order(network: WalkNetwork) -> tuple[WalkNetwork, Integers, Integers]:
    """Network whose neighbours on the ground are neighbours in memory.

    Parameters
    ----------
    network
        Streets, nodes and edges in any order, without walls.

    Returns
    -------
    network
        Nodes in Hilbert order of their places, edges by their nodes.
    node_order, edge_order
        Former position of each node (n,) and edge (m,).
    """
    node_order = np.argsort(hilbert_places(network.node_xy_m), kind="stable")
    position = np.empty(len(node_order), dtype=np.int32)
    position[node_order] = np.arange(len(node_order), dtype=np.int32)
    ends = position[network.edge_ends]
    order = np.lexsort((np.arange(len(ends)), ends.max(axis=1), ends.min(axis=1)))
    first_point, taken = lists_taken(network.edge_first_point, order)
    heights, cut = network.node_elevation_m, network.cut_from
    ordered = replace(
        network,
        node_ids=network.node_ids[node_order],
        node_xy_m=np.ascontiguousarray(network.node_xy_m[node_order]),
        edge_ends=np.ascontiguousarray(ends[order]),
        edge_points_m=np.ascontiguousarray(network.edge_points_m[taken]),
        edge_first_point=first_point,
        **{f"edge_{name}": getattr(network, f"edge_{name}")[order] for name in _OF_EDGES},
        edge_tags={key: column[order] for key, column in network.edge_tags.items()},
        node_elevation_m=None if heights is None else heights[node_order],
        cut_from=None if cut is None else Extent(cut.hull_m, cut.component[node_order]),
    )
    return ordered, node_order, order


def _projected(lonlat: Floats, crs: pyproj.CRS) -> Floats:
    """Metres of many places, a part at a time so that little memory is needed on the way."""
    project = pyproj.Transformer.from_crs(WGS84, crs, always_xy=True).transform
    xy_m = np.empty(lonlat.shape)
    for begin in range(0, len(lonlat), _PROJECTED_AT_ONCE):
        part = slice(begin, begin + _PROJECTED_AT_ONCE)
        xy_m[part, 0], xy_m[part, 1] = project(lonlat[part, 0], lonlat[part, 1])
    return xy_m


def _middle(lonlat: Floats) -> tuple[float, float]:
    low, high = lonlat.min(axis=0), lonlat.max(axis=0)
    if high[0] - low[0] > 180:
        raise NetworkError(
            f"network: longitudes run from {low[0]:.2f} to {high[0]:.2f}: a network across the "
            "180th meridian is out of scope."
        )
    return float((low[0] + high[0]) / 2), float((low[1] + high[1]) / 2)
