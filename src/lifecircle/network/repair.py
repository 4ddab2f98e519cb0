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
from lifecircle.network.barriers import with_barriers
from lifecircle.network.cutting import Links, cut_stretches, rebuilt
from lifecircle.network.gaps import AT_END_M, REPAIR, Gaps, find_gaps
from lifecircle.network.graph import WalkNetwork, put_in_order
from lifecircle.network.grid import running_length
from lifecircle.network.links import STREET
from lifecircle.network.walls import Drawn
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
    streets = network.plain
    made = []
    for _ in range(_MOST_ROUNDS):
        gaps = find_gaps(streets, float(gap_m), network.walls)
        if not len(gaps.node):
            break
        streets, links = _linked(streets, gaps)
        made.append(links)
    if not made:
        nobody = np.empty(0, dtype=np.int64)
        return network, _link_table(network, nobody, nobody, ([], []))
    links = gpd.GeoDataFrame(pd.concat(made, ignore_index=True))
    before = [] if network.repairs is None else [network.repairs]
    kept = gpd.GeoDataFrame(pd.concat([*before, links], ignore_index=True))
    streets = replace(streets, repairs=kept)
    if network.walls is None:
        return streets, links
    return with_barriers(streets, network.walls.barriers), links


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
    cut_node = network.node_count + np.arange(len(cuts))
    stretches, _ = cut_stretches(
        network,
        places.edge[cuts],
        places.share[cuts],
        np.column_stack([cut_node, cut_node]),
    )
    to = gaps.node_to.copy()
    to[inside[order]] = cut_node[np.cumsum(new) - 1]
    names = _street_names(network, gaps.node), network.edge_name[gaps.edge]
    met_m = Drawn.of(network).places(places.edge[cuts], places.share[cuts])
    ends = np.column_stack([gaps.node, to])
    place_m = np.concatenate([network.node_xy_m, met_m])[ends]
    length_m = np.hypot(*(place_m[:, 1] - place_m[:, 0]).T)
    links = Links(ends, np.full(len(ends), STREET, dtype=np.int8), length_m, REPAIR)
    linked = rebuilt(network, stretches, links, met_m)
    return put_in_order(linked)[0], _link_table(linked, gaps.node, to, names)


def _drawn_m(network: WalkNetwork) -> Floats:
    """Length of each edge as it is drawn, metres."""
    return np.asarray(running_length(network.edge_points_m, network.edge_first_point)[1])


def _street_names(network: WalkNetwork, node: Positions) -> list[str]:
    """Name of the street that ends at each node."""
    kept = np.flatnonzero(network.edge_highway != REPAIR)
    own = np.full(network.node_count, -1, dtype=np.int64)
    own[network.edge_ends[kept].ravel()] = np.repeat(kept, 2)
    return [str(name) for name in network.edge_name[own[node]]]


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
