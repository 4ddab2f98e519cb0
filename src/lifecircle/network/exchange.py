"""The walking network to and from networkx graphs as osmnx makes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import networkx as nx
import numpy as np
import pyproj
import pyproj.exceptions
import shapely

from lifecircle.crs import WGS84
from lifecircle.errors import CrsError, EmptyNetworkError, NetworkError, some
from lifecircle.network.crossings import NODE_KEYS, marks_of, node_mark, with_crossings
from lifecircle.network.graph import Streets, WalkNetwork
from lifecircle.network.links import GATE_OPEN, KERB, NOT_PUBLIC, STREET
from lifecircle.network.street_tags import KEYS, WIDTH, tag_columns, width_m


def streets_from_networkx(graph: Any) -> Streets:
    """Streets of a networkx graph.

    Parameters
    ----------
    graph
        As :meth:`lifecircle.WalkNetwork.from_networkx` takes it.

    Returns
    -------
    Streets

    Raises
    ------
    EmptyNetworkError, NetworkError
        If there are no edges, or nodes without coordinates.

    Examples
    --------
    >>> graph = nx.MultiGraph()
    >>> graph.add_node(1, x=112.99, y=28.16)
    >>> graph.add_node(2, x=112.991, y=28.16)
    >>> _ = graph.add_edge(1, 2)
    >>> streets_from_networkx(graph).ends
    array([[0, 1]])
    """
    if not hasattr(graph, "number_of_edges"):
        raise NetworkError(f"network: expected a networkx graph, got {type(graph).__name__}.")
    if graph.number_of_edges() == 0:
        raise EmptyNetworkError("network: the graph has no edges, so there is nowhere to walk.")
    nodes = list(graph.nodes)
    position = {node: index for index, node in enumerate(nodes)}
    node_xy = np.array(
        [(_number(data.get("x")), _number(data.get("y"))) for _, data in graph.nodes(data=True)]
    )
    lost = [nodes[index] for index in np.flatnonzero(np.isnan(node_xy).any(axis=1))]
    if lost:
        raise NetworkError(
            f"network: {len(lost)} of {len(nodes)} nodes have no number in 'x' or 'y' "
            f"(nodes {some(lost)}). osmnx graphs have them; give your nodes both."
        )
    kept = _undirected_edges(graph, position, node_xy)
    lines = [_line(data, node_xy[start], node_xy[end]) for start, end, data in kept]
    counts = np.array([len(line) for line in lines])
    points = np.concatenate(lines)
    crs = graph.graph.get("crs") or WGS84
    try:
        transform = pyproj.Transformer.from_crs(crs, WGS84, always_xy=True).transform
    except pyproj.exceptions.ProjError as error:
        raise CrsError(
            f"network: graph.graph['crs'] is {crs!r}, which is no coordinate reference system. "
            "osmnx graphs have 'epsg:4326'."
        ) from error
    points_lonlat = np.column_stack(transform(points[:, 0], points[:, 1]))
    first_point = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    given = [data.get("length") for *_, data in kept]
    links = np.array([_link(data.get("link")) for *_, data in kept], dtype=np.int8)
    streets = Streets(
        node_ids=_ids(nodes),
        node_lonlat=np.column_stack(transform(node_xy[:, 0], node_xy[:, 1])),
        ends=np.array([(start, end) for start, end, _ in kept], dtype=np.int64),
        points_lonlat=points_lonlat,
        first_point=first_point,
        highway=_texts(_kind(data.get("highway")) for *_, data in kept),
        name=_texts(data.get("name") for *_, data in kept),
        osm_id=np.array([_way(data.get("osmid")) for *_, data in kept], dtype=np.int64),
        length_m=_lengths_m(given, points_lonlat, first_point),
        link=links if links.any() else None,
        tags=tag_columns(
            {key: _said(key, [data.get(key) for *_, data in kept]) for key in _EDGE_KEYS}, len(kept)
        ),
    )
    if links.any():  # a graph that was handed back has its crossings already
        return streets
    marks = {
        index: mark
        for index, (_, data) in enumerate(graph.nodes(data=True))
        if (mark := node_mark({key: str(data[key]) for key in NODE_KEYS if data.get(key)}))
    }
    return with_crossings(streets, marks_of(np.arange(len(nodes)), marks))


def networkx_from_network(network: WalkNetwork) -> Any:
    """Graph of a walking network, both directions of every edge.

    Parameters
    ----------
    network
        A walking network.

    Returns
    -------
    networkx.MultiDiGraph
        EPSG:4326, as osmnx makes it. Edges that are no street but half a crossing or an open gate
        say so in ``link``; gates that not everybody may pass are left out. Further columns stand
        under their names, ``width_m`` under ``width``.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> network = load_demo().network
    >>> networkx_from_network(network).number_of_nodes() == network.node_count
    True
    """
    graph = nx.MultiDiGraph(crs="epsg:4326")
    transform = pyproj.Transformer.from_crs(network.crs, WGS84, always_xy=True).transform
    lon, lat = transform(network.node_xy_m[:, 0], network.node_xy_m[:, 1])
    ids = network.node_ids.tolist()
    for node, x, y in zip(ids, lon.tolist(), lat.tolist(), strict=True):
        graph.add_node(node, x=x, y=y)
    frame = network.edges_frame()
    frame = frame[~np.isin(network.edge_link, NOT_PUBLIC)]
    if "link" in frame:  # an open gate is a street like any other to those without walls
        frame["link"] = frame["link"].where(frame["link"] != GATE_OPEN, STREET)
    columns = {"length_m": "length", "osm_id": "osmid", WIDTH: "width"}
    ends = {"edge", "from_node", "to_node", "geometry"}
    said = [columns.get(column, column) for column in frame.columns if column not in ends]
    values = [frame[column].tolist() for column in frame.columns if column not in ends]
    for start, end, line, *cells in zip(
        *(frame[column].tolist() for column in ("from_node", "to_node", "geometry")),
        *values,
        strict=True,
    ):
        data = {
            key: value
            for key, value in zip(said, cells, strict=True)
            if key == "length" or not (value == "" or value != value or (key, value) == ("link", 0))  # noqa: PLR0124
        }
        graph.add_edge(start, end, **data, oneway=False, reversed=False, geometry=line)
        if start != end:
            back = shapely.reverse(line)
            graph.add_edge(end, start, **data, oneway=False, reversed=True, geometry=back)
    return graph


_EDGE_KEYS = (*KEYS, "kerb")


def _link(value: Any) -> int:
    """What an edge of a graph stands for; a stretch of street where it does not say."""
    number = _number(value)
    return int(number) if number in range(KERB + 1) else 0


def _said(key: str, values: list[Any]) -> dict[int, str]:
    """What edges say under a key; of a street merged from several, what hinders most."""
    said = {}
    for row, value in enumerate(values):
        if value is None or value != value:  # noqa: PLR0124 - only not-a-number differs from itself
            continue
        texts = [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
        if key == "width":
            texts.sort(key=lambda text: np.nan_to_num(width_m(text), nan=np.inf))
        elif (key, "no") in {("wheelchair", text) for text in texts}:
            texts = ["no"]
        said[row] = "".join(texts[:1])
    return said


def _undirected_edges(
    graph: Any, position: dict[Any, int], node_xy: Any
) -> list[tuple[int, int, Any]]:
    """Each street once: a directed edge and its reverse of the same shape are one street."""
    multi = graph.is_multigraph()
    edges = graph.edges(keys=True, data=True) if multi else graph.edges(data=True)
    kept: list[tuple[int, int, Any]] = []
    waiting: dict[tuple[int, int, Any], int] = {}
    for start_id, end_id, *_, data in edges:
        start, end = position[start_id], position[end_id]
        pair = _likeness(data, node_xy[start], node_xy[end])
        if graph.is_directed() and start != end and waiting.get((end, start, pair), 0):
            waiting[end, start, pair] -= 1
            continue
        waiting[start, end, pair] = waiting.get((start, end, pair), 0) + 1
        kept.append((start, end, data))
    return kept


def _likeness(data: Any, start: Any, end: Any) -> tuple[Any, ...]:
    """What an edge and its reverse have in common."""
    length = data.get("length")
    line = np.round(_line(data, start, end), 7)  # a centimetre, in degrees or in metres
    ways = data.get("osmid")
    return (
        None if length is None else round(_number(length), 3),
        frozenset(ways) if isinstance(ways, list | tuple) else ways,
        min(line.tobytes(), line[::-1].tobytes()),
    )


def _lengths_m(given: list[Any], lonlat: Any, first_point: Any) -> Any:
    """Stated lengths, the missing ones measured along the line; ``None`` if none is stated."""
    if all(length is None for length in given):
        return None
    lengths = np.array([_number(length) for length in given])
    earth = pyproj.Geod(ellps="WGS84")
    for edge, length in enumerate(given):
        if length is None:
            lon, lat = lonlat[first_point[edge] : first_point[edge + 1]].T
            lengths[edge] = earth.line_length(lon, lat)
    return lengths


def _line(data: Any, start: Any, end: Any) -> Any:
    geometry = data.get("geometry")
    if geometry is None:
        return np.array([start, end])
    try:
        if isinstance(geometry, str):
            geometry = shapely.from_wkt(geometry)
        line = shapely.get_coordinates(geometry)
    except (shapely.errors.ShapelyError, TypeError) as error:
        raise NetworkError(
            f"network: an edge's geometry is {str(data.get('geometry'))[:60]!r}, which is no line. "
            "Leave 'geometry' out for straight streets."
        ) from error
    if len(line) < 2:
        return np.array([start, end])
    if np.hypot(*(line[0] - start)) > np.hypot(*(line[-1] - start)):
        line = line[::-1]
    return line


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def _way(value: Any) -> int:
    first = value[0] if isinstance(value, list | tuple) and value else value
    try:
        return int(first)
    except (TypeError, ValueError):
        return 0


def _kind(highway: Any) -> Any:
    """One kind of a street that was merged from several: stairs anywhere on it are stairs."""
    if isinstance(highway, list | tuple) and "steps" in highway:
        return "steps"
    return highway


def _texts(values: Iterable[Any]) -> Any:
    texts = []
    for value in values:
        first = value[0] if isinstance(value, list | tuple) and value else value
        texts.append("" if first is None or first != first else str(first))  # noqa: PLR0124
    return np.array([*texts, None], dtype=object)[:-1]


def _ids(nodes: list[Any]) -> Any:
    whole = all(isinstance(node, int) and not isinstance(node, bool) for node in nodes)
    if whole and all(abs(node) < 2**63 for node in nodes):
        return np.array(nodes, dtype=np.int64)
    ids = np.empty(len(nodes), dtype=object)
    ids[:] = nodes
    return ids
