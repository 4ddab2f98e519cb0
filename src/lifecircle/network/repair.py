"""Links over gaps in the drawing: a dangling end is joined with the street it just misses.

Nothing is mended silently: every link is an edge of its own, of the class ``repair`` and its true
length, and stands in a list. Lines that cross without a common node stay as they are: a flyover
looks the same.
"""

from __future__ import annotations

import numbers
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lifecircle.crs import WGS84
from lifecircle.errors import InputError
from lifecircle.network.gaps import AT_END_M, REPAIR, Gaps, find_gaps
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.grid import running_length
from lifecircle.network.links import STREET
from lifecircle.network.order import hilbert_places
from lifecircle.tables.findings import tell

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]

GAP_M = 1.0
"""Largest gap that is mended unless another is asked for, metres."""
MOST_GAP_M = 15.0
# Two ends that meet a third only through each other are joined with it in the next round.
_MOST_ROUNDS = 8
_TOLD = 3


def repair_network(
    network: WalkNetwork, *, gap_m: float = GAP_M
) -> tuple[WalkNetwork, gpd.GeoDataFrame]:
    """Join dangling ends with the street that they just miss, and list every link.

    Parameters
    ----------
    network
        Streets; not changed.
    gap_m
        Largest gap that is closed, metres, at most 15. The default is small on purpose: a slip of
        the hand is below a metre, while a closed gate is often drawn as a break of two, and a
        fence or a kerb stands in wider ones.

    Returns
    -------
    network
        Streets with the links, which are kept as its ``repairs``. The same streets where there is
        nothing to join.
    links
        GeoDataFrame in EPSG:4326: ``from_node``, ``to_node``, ``length_m``, ``from_street``,
        ``to_street`` (their names), ``lon``, ``lat`` and the line; one row per link.

    Raises
    ------
    InputError
        If ``gap_m`` is not a number of metres above 0 and at most 15.

    Notes
    -----
    Each link is an edge of its own with ``highway="repair"``; the street it meets is cut there,
    both parts keep its name, kind and tags, and their lengths add up to the old one. A gap is
    closed only where the walk around is long (more than 30 m and four times the gap) and no wall
    of ``network.walls`` stands in it. The same streets give the same links.

    Examples
    --------
    >>> import shapely
    >>> from lifecircle import read_walk_network
    >>> lines = gpd.GeoSeries.from_wkt(["LINESTRING (112.99 28.16, 112.99 28.162)",
    ...     "LINESTRING (112.990005 28.161, 113 28.161)"], crs="EPSG:4326")
    >>> mended, links = repair_network(read_walk_network(gpd.GeoDataFrame(geometry=lines)))
    >>> links["length_m"].round(2).to_list(), int(mended.component.max())
    ([0.49], 0)
    """
    given: Any = gap_m
    real = isinstance(given, numbers.Real) and not isinstance(given, bool)
    if not (real and 0 < gap_m <= MOST_GAP_M):
        raise InputError(
            f"gap_m={gap_m!r}: give the largest gap to close as a number of metres above 0 and at "
            f"most {MOST_GAP_M:g}, such as {GAP_M:g}. What is wider is no slip of the drawing."
        )
    made = []
    for _ in range(_MOST_ROUNDS):
        gaps = find_gaps(network, float(gap_m))
        if not len(gaps.node):
            break
        network, links = _linked(network, gaps)
        made.append(links)
    if not made:
        nobody = np.empty(0, dtype=np.int64)
        return network, _link_table(network, nobody, nobody, ([], []))
    links = gpd.GeoDataFrame(pd.concat(made, ignore_index=True))
    before = [] if network.repairs is None else [network.repairs]
    kept = gpd.GeoDataFrame(pd.concat([*before, links], ignore_index=True))
    return replace(network, repairs=kept), links


def repair_and_tell(network: WalkNetwork, name: str) -> WalkNetwork:
    """Join dangling ends within a metre and tell the links in one warning.

    Parameters
    ----------
    network
        Streets.
    name
        What they were read from, for the message.

    Returns
    -------
    WalkNetwork

    Warns
    -----
    LifecircleWarning
        If links were made: how many, how long, the first of them.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> network = load_demo().network
    >>> repair_and_tell(network, "streets.geojson") is network
    True
    """
    mended, links = repair_network(network)
    if len(links):
        longest = links.sort_values("length_m", ascending=False, kind="stable")
        first = "; ".join(_link_words(row) for row in longest.head(_TOLD).to_dict("records"))
        more = "; …" if len(links) > _TOLD else ""
        tell(
            f"{name}: {len(links):,} {'gap' if len(links) == 1 else 'gaps'} of at most {GAP_M:g} m "
            f"in the streets {'was' if len(links) == 1 else 'were'} closed by a link, together "
            f"{links['length_m'].sum():,.1f} m ({first}{more}). network.repairs lists them: see "
            "that no wall stands there."
        )
    return mended


def _link_words(row: dict[Any, Any]) -> str:
    """One link in words."""
    streets = " – ".join(row[side] or "unnamed" for side in ("from_street", "to_street"))
    return f"{row['length_m']:.2f} m, {streets}, lon {row['lon']:.5f}, lat {row['lat']:.5f}"


def split_edges(
    network: WalkNetwork, edge: Positions, share: Floats
) -> tuple[WalkNetwork, Positions]:
    """Cut edges at places along them, each of which becomes a node.

    Parameters
    ----------
    network
        Streets.
    edge, share
        Edges, and the share of their drawn length at which each is cut, above 0 and below 1; no
        place twice, shape (c,).

    Returns
    -------
    network
        The old nodes keep their positions, the new ones follow; cut edges are replaced by their
        parts at the end. Lengths are shared out by the drawn length and add up to the old ones.
    node
        Position of the node at each cut, shape (c,).

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> whole = load_demo().network
    >>> cut, node = split_edges(whole, np.array([5, 5]), np.array([0.5, 0.25]))
    >>> cut.edge_count - whole.edge_count, (node - whole.node_count).tolist()
    (2, [0, 1])
    """
    node = network.node_count + np.arange(len(edge))
    order = np.lexsort((share, edge))
    whole = np.setdiff1d(np.arange(network.edge_count), edge)
    behind, _ = running_length(network.edge_points_m, network.edge_first_point)
    of, ends, length_m, points = [whole], [network.edge_ends[whole]], [], []
    length_m.append(network.edge_length_m[whole])
    vertices = np.split(network.edge_points_m, network.edge_first_point[1:-1])
    points += [vertices[one] for one in whole.tolist()]
    place_m = np.empty((len(edge), 2))
    for cut in np.unique(edge).tolist():
        mine = order[edge[order] == cut]
        first, last = network.edge_first_point[cut : cut + 2]
        along = behind[first:last]
        at = share[mine] * along[-1]
        place_m[mine] = np.column_stack([np.interp(at, along, xy) for xy in vertices[cut].T])
        stops = np.concatenate(
            [[network.edge_ends[cut, 0]], node[mine], network.edge_ends[cut, 1:]]
        )
        of.append(np.full(len(mine) + 1, cut))
        ends.append(np.column_stack([stops[:-1], stops[1:]]))
        marks = np.concatenate([[0.0], share[mine], [1.0]]) * network.edge_length_m[cut]
        length_m.append(np.diff(marks))
        points += _parts(vertices[cut], along, at, place_m[mine])
    source = np.concatenate(of)
    return _with_edges(
        _with_nodes(network, edge, share, place_m),
        source,
        np.concatenate(ends),
        np.concatenate(length_m),
        points,
    ), node


def _parts(vertices: Floats, along: Floats, at: Floats, place_m: Floats) -> list[Floats]:
    """Vertices of the parts of a line that is cut at some metres along it."""
    stops = np.vstack([vertices[:1], place_m, vertices[-1:]])
    marks = np.concatenate([[-np.inf], at, [np.inf]])
    bends, bends_at = vertices[1:-1], along[1:-1]
    return [
        np.vstack([stops[part], bends[(bends_at > marks[part]) & (bends_at < marks[part + 1])],
                   stops[part + 1]])
        for part in range(len(at) + 1)
    ]  # fmt: skip


def _with_nodes(
    network: WalkNetwork, edge: Positions, share: Floats, place_m: Floats
) -> WalkNetwork:
    """Network with further nodes on its edges, which are not yet cut there."""
    heights = network.node_elevation_m
    if heights is not None:
        start, end = (heights[network.edge_ends[edge, side]] for side in (0, 1))
        heights = np.concatenate([heights, start + share * (end - start)])
    return replace(
        network,
        node_ids=_more_ids(network.node_ids, len(edge)),
        node_xy_m=np.concatenate([network.node_xy_m, place_m]),
        node_elevation_m=heights,
    )


def _more_ids(ids: NDArray[Any], count: int) -> NDArray[Any]:
    """Ids with some more behind them that no node has: numbers go on counting."""
    if ids.dtype.kind in "iu" and int(ids.max()) + count <= np.iinfo(ids.dtype).max:
        return np.concatenate([ids, int(ids.max()) + 1 + np.arange(count, dtype=ids.dtype)])
    taken = {str(one) for one in ids.tolist()}
    fresh: list[Any] = []
    number = 0
    while len(fresh) < count:
        number += 1
        if f"{REPAIR} {number}" not in taken:
            fresh.append(f"{REPAIR} {number}")
    if ids.dtype.kind == "U":
        return np.concatenate([ids, np.array(fresh, dtype=str)])
    more = np.empty(len(ids) + count, dtype=object)
    more[: len(ids)], more[len(ids) :] = ids, fresh
    return more


def _with_edges(
    network: WalkNetwork, of: Positions, ends: NDArray[Any], length_m: Floats, points: list[Floats]
) -> WalkNetwork:
    """Network with other edges, each of which has its tags from an old one."""
    return replace(
        network,
        edge_ends=np.ascontiguousarray(ends, dtype=np.int32),
        edge_length_m=length_m,
        edge_points_m=np.concatenate(points),
        edge_first_point=np.concatenate([[0], np.cumsum([len(xy) for xy in points])]).astype(
            np.int64
        ),
        edge_highway=network.edge_highway[of],
        edge_name=network.edge_name[of],
        edge_osm_id=network.edge_osm_id[of],
        edge_link=network.edge_link[of],
        edge_tags={key: column[of] for key, column in network.edge_tags.items()},
    )


def _linked(network: WalkNetwork, gaps: Gaps) -> tuple[WalkNetwork, gpd.GeoDataFrame]:
    """Streets with a link over each gap, and the list of the links."""
    inside = np.flatnonzero(gaps.node_to < 0)
    places = gaps.take(inside)
    along_m = places.share * _drawn_m(network)[places.edge]
    # Two ends that meet a street at one place meet each other there.
    order = np.lexsort((along_m, places.edge))
    new = np.ones(len(order), dtype=bool)
    near = np.diff(along_m[order]) <= AT_END_M
    new[1:] = ~((np.diff(places.edge[order]) == 0) & near)
    cuts = order[new]
    split, cut_node = split_edges(network, places.edge[cuts], places.share[cuts])
    to = gaps.node_to.copy()
    to[inside[order]] = cut_node[np.cumsum(new) - 1]
    names = _street_names(network, gaps.node), network.edge_name[gaps.edge]
    return _in_order(_with_links(split, gaps.node, to)), _link_table(split, gaps.node, to, names)


def _drawn_m(network: WalkNetwork) -> Floats:
    """Length of each edge as it is drawn, metres."""
    return np.asarray(running_length(network.edge_points_m, network.edge_first_point)[1])


def _street_names(network: WalkNetwork, node: Positions) -> list[str]:
    """Name of the street that ends at each node."""
    kept = np.flatnonzero(network.edge_highway != REPAIR)
    own = np.full(network.node_count, -1, dtype=np.int64)
    own[network.edge_ends[kept].ravel()] = np.repeat(kept, 2)
    return [str(name) for name in network.edge_name[own[node]]]


def _with_links(network: WalkNetwork, start: Positions, end: Positions) -> WalkNetwork:
    """Network with straight links between nodes, behind its edges."""
    count = len(start)
    between = np.stack([network.node_xy_m[start], network.node_xy_m[end]], axis=1)
    first = network.edge_first_point
    return replace(
        network,
        edge_ends=np.concatenate(
            [network.edge_ends, np.column_stack([start, end]).astype(np.int32)]
        ),
        edge_length_m=np.concatenate(
            [network.edge_length_m, np.hypot(*(between[:, 1] - between[:, 0]).T)]
        ),
        edge_points_m=np.concatenate([network.edge_points_m, between.reshape(-1, 2)]),
        edge_first_point=np.concatenate([first, first[-1] + 2 * np.arange(1, count + 1)]),
        edge_highway=_longer(network.edge_highway, count, REPAIR),
        edge_name=_longer(network.edge_name, count, ""),
        edge_osm_id=_longer(network.edge_osm_id, count, 0),
        edge_link=_longer(network.edge_link, count, STREET),
        edge_tags={
            key: _longer(column, count, _nothing(column))
            for key, column in network.edge_tags.items()
        },
    )


def _longer(column: NDArray[Any], count: int, value: Any) -> NDArray[Any]:
    """Column with the same value some more times."""
    more = np.empty(count, dtype=column.dtype)
    more[:] = value
    return np.concatenate([column, more])


def _nothing(column: NDArray[Any]) -> Any:
    """What stands in a column where nothing is known."""
    if column.dtype.kind in "OU":
        return ""
    return np.nan if column.dtype.kind == "f" else 0


def _in_order(network: WalkNetwork) -> WalkNetwork:
    """The same streets with nodes and edges in the order that the search likes."""
    order = np.argsort(hilbert_places(network.node_xy_m), kind="stable")
    position = np.empty(len(order), dtype=np.int32)
    position[order] = np.arange(len(order), dtype=np.int32)
    ends = position[network.edge_ends]
    by_place = np.lexsort((np.arange(len(ends)), ends.max(axis=1), ends.min(axis=1)))
    vertices = np.split(network.edge_points_m, network.edge_first_point[1:-1])
    heights = network.node_elevation_m
    return _with_edges(
        replace(
            network,
            node_ids=network.node_ids[order],
            node_xy_m=np.ascontiguousarray(network.node_xy_m[order]),
            node_elevation_m=None if heights is None else heights[order],
        ),
        by_place,
        ends[by_place],
        network.edge_length_m[by_place],
        [vertices[edge] for edge in by_place.tolist()],
    )


def _link_table(
    network: WalkNetwork, start: Positions, end: Positions, names: tuple[Any, Any]
) -> gpd.GeoDataFrame:
    """List of links between nodes, with the names of the streets on either side."""
    between = np.stack([network.node_xy_m[start], network.node_xy_m[end]], axis=1)
    lines = gpd.GeoSeries(list(shapely.linestrings(between)), crs=network.crs).to_crs(WGS84)
    middle = gpd.GeoSeries.from_xy(*between.mean(axis=1).T, crs=network.crs).to_crs(WGS84)
    return gpd.GeoDataFrame(
        {
            "from_node": network.node_ids[start],
            "to_node": network.node_ids[end],
            "length_m": np.hypot(*(between[:, 1] - between[:, 0]).T),
            "from_street": pd.Series(names[0], dtype="str"),
            "to_street": pd.Series(names[1], dtype="str"),
            "lon": middle.x.to_numpy(),
            "lat": middle.y.to_numpy(),
        },
        geometry=lines,
        crs=WGS84,
    )
