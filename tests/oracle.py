"""The slow and plain way to the same numbers: networkx on a graph with every point put into it.

Nothing here uses the package's own snapping or search. Where two streets are equally near, either
is right, so that a point may have several joins; a time is right if it is right for any of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely

from lifecircle.network.graph import WalkNetwork
from lifecircle.network.travel_times import TravelTimes
from lifecircle.network.walkers import ADULT, Walker

TIE_M = 1e-6
TIE_S = 1e-3


@dataclass(frozen=True)
class Join:
    """One of the places where a point joins the streets; ``edge`` -1 for none."""

    point: int
    edge: int
    share: float
    access_m: float


@dataclass(frozen=True)
class Minutes:
    """Minutes between all joins, infinite beyond ``cutoff_min``, and whose join each row is."""

    origins: list[Join]
    destinations: list[Join]
    minutes: np.ndarray

    def first(self, origin_count: int, destination_count: int) -> np.ndarray:
        """Minutes with each point's first join, shape (origins, destinations)."""
        rows = first_of([join.point for join in self.origins], origin_count)
        columns = first_of([join.point for join in self.destinations], destination_count)
        return self.minutes[np.ix_(rows, columns)]


def first_of(owner: list[int], count: int) -> np.ndarray:
    """Position of the first entry of each of ``count`` owners in a sorted list."""
    return np.searchsorted(np.array(owner), np.arange(count))


def joins(
    network: WalkNetwork, points: gpd.GeoDataFrame, *, walker: Walker = ADULT, snap_m: float = 100.0
) -> list[Join]:
    """Nearest places on the nearest streets, by brute force over segments; every point has one."""
    segments, edge, behind_m, whole_m = _segments(network, walker)
    places = points.geometry.to_crs(network.crs).to_numpy()
    tree = shapely.STRtree(segments)
    nearest = segments[tree.query_nearest(places, all_matches=False)[1]]
    nearest_m = shapely.distance(places, nearest)
    point, segment = tree.query(places, predicate="dwithin", distance=nearest_m + TIE_M)
    along_m = behind_m[segment] + shapely.line_locate_point(segments[segment], places[point])
    found: list[list[Join]] = [[] for _ in places]
    for i, s, m in sorted(zip(point.tolist(), segment.tolist(), along_m.tolist(), strict=True)):
        if nearest_m[i] > snap_m + TIE_M:
            continue
        e, whole = int(edge[s]), float(whole_m[edge[s]])
        access_m = float(shapely.distance(places[i], segments[s]))
        # a street drawn as a single place is equally near with all of its length
        shares = [min(max(m / whole, 0.0), 1.0)] if whole > 0 else [0.0, 1.0]
        for share in shares:
            known = any(j.edge == e and abs(j.share - share) * whole < TIE_M for j in found[i])
            if not known or whole == 0:
                found[i].append(Join(i, e, share, access_m))
    for i, listed in enumerate(found):
        if not listed or nearest_m[i] > snap_m - TIE_M:
            listed.append(Join(i, -1, 0.0, np.inf))
    return [join for listed in found for join in listed]


def minutes_between(
    network: WalkNetwork,
    origins: list[Join],
    destinations: list[Join],
    *,
    walker: Walker = ADULT,
    cutoff_min: float = 16.0,
) -> Minutes:
    """Dijkstra from every destination over the streets with all points put into them."""
    usable = _usable(network, walker)
    on_edge: dict[int, list[tuple[float, Any]]] = {}
    for side, listed in (("origin", origins), ("destination", destinations)):
        for index, join in enumerate(listed):
            if join.edge >= 0:
                on_edge.setdefault(join.edge, []).append((join.share, (side, index)))
    # directed, every arc turned round: Dijkstra from a destination finds the times towards it
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(network.node_count))
    for edge, (start, end) in enumerate(network.edge_ends.tolist()):
        if not usable[edge]:
            continue
        there_s, back_s = seconds_of(network, edge, walker)
        listed = sorted(on_edge.get(edge, []), key=lambda item: item[0])
        before, behind = start, 0.0
        for share, place in [*listed, (1.0, end)]:
            graph.add_edge(place, before, s=(share - behind) * there_s)
            graph.add_edge(before, place, s=(share - behind) * back_s)
            before, behind = place, share
    matrix = np.full((len(origins), len(destinations)), np.inf)
    for column, join in enumerate(destinations):
        if join.edge < 0:
            continue
        reached = nx.single_source_dijkstra_path_length(
            graph, ("destination", column), cutoff=cutoff_min * 60.0, weight="s"
        )
        for place, street_s in reached.items():
            if isinstance(place, tuple) and place[0] == "origin":
                legs_m = origins[place[1]].access_m + join.access_m
                matrix[place[1], column] = (street_s + legs_m / walker.speed_m_s) / 60.0
    return Minutes(origins, destinations, matrix)


def disagreements(
    times: TravelTimes,
    network: WalkNetwork,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    *,
    walker: Walker = ADULT,
    snap_m: float = 100.0,
) -> list[str]:
    """Each pair whose time is not the oracle's to 1e-3 s, and each that is missing or too many."""
    answer = minutes_between(
        network,
        joins(network, origins, walker=walker, snap_m=snap_m),
        joins(network, destinations, walker=walker, snap_m=snap_m),
        walker=walker,
        cutoff_min=times.limit_min + 1.0,
    )
    found = np.full((len(origins), len(destinations)), np.inf)
    found[times.origin, times.destination] = times.minutes.astype(float)
    rows = np.array([join.point for join in answer.origins])
    columns = np.array([join.point for join in answer.destinations])
    stated = found[np.ix_(rows, columns)]
    both = np.isfinite(stated) & np.isfinite(answer.minutes)
    off_s = np.abs(np.where(both, stated, 0.0) - np.where(both, answer.minutes, 0.0)) * 60.0
    absent = ~np.isfinite(stated) & (answer.minutes > times.limit_min - TIE_S / 60.0)
    right = absent | (both & (off_s <= TIE_S))
    right = np.logical_or.reduceat(right, first_of(rows.tolist(), len(origins)), axis=0)
    right = np.logical_or.reduceat(right, first_of(columns.tolist(), len(destinations)), axis=1)
    first = answer.first(len(origins), len(destinations))
    wrong = [
        f"origin {i} → destination {j}: {found[i, j]:.6f} min, networkx {first[i, j]:.6f} min"
        for i, j in np.argwhere(~right)
    ]
    if len(times.minutes) and not times.minutes.max() <= np.float32(times.limit_min):
        wrong.append(f"a time of {times.minutes.max()} min is beyond the limit")
    return wrong


def seconds_of(network: WalkNetwork, edge: int, walker: Walker) -> tuple[float, float]:
    """Seconds along an edge and against it, by the words of the walker."""
    wait_s = {1: walker.crossing_s / 2, 2: walker.signals_s / 2}.get(int(network.edge_link[edge]))
    if wait_s is not None:
        return wait_s, wait_s
    level_s = float(network.edge_length_m[edge]) / walker.speed_m_s
    if network.edge_highway[edge] == "steps":
        return level_s * walker.steps_factor, level_s * walker.steps_factor
    if walker.slope == "level":
        return level_s, level_s
    slope = _slope(network, edge)
    level_km_h = 6 * math.exp(-3.5 * 0.05)
    there, back = (min(6 * math.exp(-3.5 * abs(s + 0.05)), level_km_h) for s in (slope, -slope))
    return level_s * level_km_h / there, level_s * level_km_h / back


def _slope(network: WalkNetwork, edge: int) -> float:
    """Rise from the first end to the second over the length, at most 40 %."""
    if network.node_elevation_m is None or network.edge_link[edge]:
        return 0.0
    low_m, high_m = network.node_elevation_m[network.edge_ends[edge]].tolist()
    length_m = float(network.edge_length_m[edge])
    if length_m == 0 or math.isnan(high_m - low_m):
        return 0.0
    return max(-0.4, min(0.4, (high_m - low_m) / length_m))


def _usable(network: WalkNetwork, walker: Walker) -> np.ndarray:
    nothing = [""] * network.edge_count
    tags = zip(
        network.edge_highway,
        network.edge_tags.get("wheelchair", nothing),
        network.edge_tags.get("kerb", nothing),
        strict=True,
    )
    limit = math.inf if walker.steepest_slope is None else walker.steepest_slope
    return np.array(
        [
            not (
                (kind == "steps" and not walker.steps)
                or (wheelchair == "no" and walker.wheelchair)
                or (kerb == "raised" and not walker.kerbs)
                or (abs(_slope(network, edge)) > limit)
            )
            for edge, (kind, wheelchair, kerb) in enumerate(tags)
        ]
    )


def _segments(network: WalkNetwork, walker: Walker) -> tuple[Any, ...]:
    """Straight pieces of all usable streets: piece, its edge, metres before it, edge's length."""
    usable = _usable(network, walker)
    pieces, edges, behind = [], [], []
    whole = np.zeros(network.edge_count)
    for edge in range(network.edge_count):
        begin, end = network.edge_first_point[edge : edge + 2]
        vertices = network.edge_points_m[begin:end].tolist()
        for a, b in pairwise(vertices):
            if usable[edge] and not network.edge_link[edge]:
                pieces.append((a, b))
                edges.append(edge)
                behind.append(whole[edge])
            whole[edge] += np.hypot(b[0] - a[0], b[1] - a[1])
    return shapely.linestrings(np.array(pieces)), np.array(edges), np.array(behind), whole
