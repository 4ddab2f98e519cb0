"""Which streets lie in which walled compound, and where they cross a border or a wall.

A compound is a polygon whose outline is a wall. Outlines and street lines of different sources do
not fit to the metre: a street that only brushes an outline, never deeper than the tolerance, does
not cross it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lifecircle.network.graph import WalkNetwork
from lifecircle.network.lone_walls import ONE_CUT_M, lone_crossings
from lifecircle.network.walls import Meetings, WallLines, Zones, place_ends, street_meetings
from lifecircle.network.whole_streets import WholeStreets, whole_streets

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Places on a stretch of street at which it is asked how far it lies from an outline.
_SAMPLES = np.linspace(0.0, 1.0, 9)
_ROUNDS = 20
# Roads that are public whatever an outline says: outlines are often drawn to their middle.
PUBLIC_CLASSES = tuple(
    name + link for name in ("trunk", "primary", "secondary", "tertiary") for link in ("", "_link")
)
PUBLIC_TOLERANCE_M = 20.0


@dataclass(frozen=True, eq=False)
class Borders:
    """Where streets cross walls.

    Parameters
    ----------
    edge, share
        Edge of each crossing, and the share of its length that lies before, shape (c,).
    part_zone
        Zone before and behind each crossing, shape (c, 2).
    edge_zone
        Zone at both ends of each edge, shape (m, 2).
    side
        Sector between lone walls into which each end of an edge leaves its node, from 1; 0 where
        its node stands on none, shape (m, 2).
    """

    edge: Integers
    share: Floats
    part_zone: NDArray[np.int32]
    edge_zone: NDArray[np.int32]
    side: NDArray[np.int8]


def tolerances_m(network: WalkNetwork, tolerance_m: float) -> Floats:
    """How deep each street may come into a compound without lying in it.

    Parameters
    ----------
    network
        Streets.
    tolerance_m
        For streets that may lead into compounds, metres.

    Returns
    -------
    array, shape (m,)
        At least 20 m for main roads: an outline that is drawn to the middle of one would cut it.
    """
    public = np.isin(network.edge_highway.astype(str), PUBLIC_CLASSES)
    return np.where(public, max(tolerance_m, PUBLIC_TOLERANCE_M), tolerance_m)


def find_borders(
    network: WalkNetwork, zones: Zones, walls: WallLines, tolerance_m: Floats
) -> Borders:
    """Where the streets of a network cross walls, and the zone of each part.

    Parameters
    ----------
    network
        Streets, without walls so far.
    zones
        Walled compounds.
    walls
        Their outlines and lone walls.
    tolerance_m
        A street that comes no deeper than this into a compound brushes its outline, metres, shape
        (m,).

    Returns
    -------
    Borders
    """
    parts = whole_streets(network)
    if parts is not None:
        found = find_borders(parts.network, zones, walls, tolerance_m[parts.first])
        return _of_pieces(found, parts)
    meetings = street_meetings(network, walls)
    bordered = meetings.owner >= 0
    table = _decided(network, _stretches(network, zones, meetings, bordered), tolerance_m)
    edge, share, part_zone, edge_zone = _zoned(zones, table, meetings.drawn.whole_m)
    lone_edge, lone_share, side = lone_crossings(network, walls, meetings, ~bordered)
    lone_zone = zone_at(lone_edge, lone_share, edge, share, part_zone, edge_zone)
    return Borders(
        np.concatenate([edge, lone_edge]),
        np.concatenate([share, lone_share]),
        np.concatenate([part_zone, np.column_stack([lone_zone, lone_zone])]),
        edge_zone,
        side,
    )


def _of_pieces(found: Borders, parts: WholeStreets) -> Borders:
    """What was found of whole streets, told of their pieces."""
    edge, share = parts.piece_at(found.edge.astype(np.int64), found.share)
    cuts = (found.edge, found.share, found.part_zone, found.edge_zone)
    count = len(parts.whole)
    zone, side = np.empty((count, 2), dtype=np.int32), np.zeros((count, 2), dtype=np.int8)
    within = 1e-9  # just before its end a piece lies where it ends
    zone[:, 0] = zone_at(parts.whole, parts.begin, *cuts)
    zone[:, 1] = zone_at(parts.whole, parts.end - within, *cuts)
    for end, outer in ((0, parts.begin == 0.0), (1, parts.end == 1.0)):
        zone[outer, end] = found.edge_zone[parts.whole[outer], end]
        side[outer, end] = found.side[parts.whole[outer], end]
    return Borders(edge, share, found.part_zone, zone, side)


def _stretches(
    network: WalkNetwork, zones: Zones, meetings: Meetings, bordered: NDArray[np.bool_]
) -> pd.DataFrame:
    """Streets by compound: stretches between meetings, whether inside, and how deep.

    ``edge, compound, begin, end, inside, depth_m``, by edge, compound and begin. Streets that
    meet no outline stand there if they lie inside.
    """
    whole_m = meetings.drawn.whole_m
    edge, share = meetings.edge[bordered], meetings.share[bordered]
    met = pd.DataFrame({"edge": edge, "compound": meetings.owner[bordered], "end": share})
    every = met[["edge", "compound"]].drop_duplicates()
    met = pd.concat([met, every.assign(end=1.0)]).sort_values(["edge", "compound", "end"])
    met["begin"] = met.groupby(["edge", "compound"])["end"].shift(fill_value=0.0)
    met = met[(met["end"] - met["begin"]) * whole_m[met["edge"]] > 1e-6]
    # what meets nothing lies in or out as a whole, as its middle does
    count = network.edge_count
    middle = meetings.drawn.places(np.arange(count), np.full(count, 0.5))
    at, compound = (
        zones.tree.query(shapely.points(middle), predicate="intersects")
        if len(zones.shapes_m)
        else (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    )
    whole = pd.DataFrame({"edge": at, "compound": compound, "begin": 0.0, "end": 1.0})
    whole = whole[network.edge_link[whole["edge"]] == 0]
    keys = pd.MultiIndex.from_frame(whole[["edge", "compound"]])
    whole = whole[~keys.isin(pd.MultiIndex.from_frame(every))]
    table = pd.concat([met, whole], ignore_index=True)
    table = table.astype({"edge": np.int64, "compound": np.int64})
    table = table.sort_values(["edge", "compound", "begin"], ignore_index=True)
    spread = (
        table["begin"].to_numpy()[:, None]
        + _SAMPLES * ((table["end"] - table["begin"]).to_numpy()[:, None])
    )
    edges = np.repeat(table["edge"].to_numpy(), len(_SAMPLES))
    places = shapely.points(meetings.drawn.places(edges, spread.ravel()))
    outline = shapely.boundary(zones.shapes_m)
    shapely.prepare(outline)
    near = shapely.distance(places, np.repeat(outline[table["compound"]], len(_SAMPLES)))
    shapely.prepare(zones.shapes_m)
    middles = places[len(_SAMPLES) // 2 :: len(_SAMPLES)]
    inside = shapely.intersects(zones.shapes_m[table["compound"]], middles)
    depth_m = near.reshape(-1, len(_SAMPLES)).max(axis=1) if len(table) else np.empty(0)
    found: pd.DataFrame = table.assign(inside=inside.astype(bool), depth_m=depth_m)
    return found


def _decided(network: WalkNetwork, table: pd.DataFrame, tolerance_m: Floats) -> pd.DataFrame:
    """Table whose shallow stretches lie where their neighbours do.

    Of one street: where its deep part before (else behind) them lies. A street that is shallow
    altogether: outside if it meets a street outside, else inside if it meets one inside.
    """
    label = table["inside"].astype("float").where(table["depth_m"] >= tolerance_m[table["edge"]])
    by = [table["edge"], table["compound"]]
    label = label.groupby(by).ffill()
    label = label.groupby(by).bfill()
    table = table.assign(inside=label)
    open_rows = table[table["inside"].isna()]
    if open_rows.empty:
        return table.assign(inside=table["inside"].astype(bool))
    at_node: dict[int, list[int]] = {}
    ends_at = place_ends(network)
    near = np.isin(ends_at, ends_at[open_rows["edge"].unique()])
    for edge in np.flatnonzero(near.any(axis=1) & (network.edge_link == 0)).tolist():
        for node in set(ends_at[edge].tolist()):
            at_node.setdefault(node, []).append(edge)
    known: dict[tuple[int, int], tuple[float, float]] = {}
    grouped = table.groupby(["edge", "compound"])["inside"]
    ends = pd.DataFrame({"start": grouped.first(), "end": grouped.last()})
    ends = ends[ends.index.get_level_values("edge").isin({e for x in at_node.values() for e in x})]
    for key, start, end in ends.itertuples(name=None):
        known[key] = (start, end)
    wanted = list(dict.fromkeys(zip(open_rows["edge"], open_rows["compound"], strict=True)))
    answer = _propagated(ends_at, wanted, at_node, known)
    keys = list(zip(table["edge"], table["compound"], strict=True))
    filled = np.array([answer.get(key, False) for key in keys], dtype=bool)
    known_label = table["inside"].to_numpy(dtype=float)
    return table.assign(inside=np.where(np.isnan(known_label), filled, known_label > 0))


def _propagated(
    ends_at: NDArray[np.int32],
    wanted: list[tuple[int, int]],
    at_node: dict[int, list[int]],
    known: dict[tuple[int, int], tuple[float, float]],
) -> dict[tuple[int, int], bool]:
    """Whether streets that are shallow altogether lie inside, from the streets they meet."""
    answer: dict[tuple[int, int], bool] = {}
    for _ in range(_ROUNDS):
        fresh: dict[tuple[int, int], bool] = {}
        for edge, compound in wanted:
            if (edge, compound) in answer:
                continue
            seen: set[bool] = set()
            for node in ends_at[edge].tolist():
                for other in at_node[node]:
                    if other == edge:
                        continue
                    at_end = int(ends_at[other, 0] != node)
                    label = known.get((other, compound), (0.0, 0.0))[at_end]
                    if (other, compound) in answer:
                        label = float(answer[other, compound])
                    if label == label:  # noqa: PLR0124 - not decided is not a number
                        seen.add(bool(label))
            if seen:
                fresh[edge, compound] = False not in seen
        if not fresh:
            break
        answer |= fresh
    return answer


def _zoned(
    zones: Zones, table: pd.DataFrame, whole_m: Floats
) -> tuple[Integers, Floats, NDArray[np.int32], NDArray[np.int32]]:
    """Cuts where a street changes its zone, zones before and behind them, zones of its ends."""
    by = ["edge", "compound"]
    changed = table["inside"] != table.groupby(by)["inside"].shift()
    table = table[changed]  # stretches of one label after another are one
    several = table.duplicated("edge", keep=False)
    simple = table[~several & table["inside"]]
    one = zones.of_pairs(simple["edge"].to_numpy(), simple["compound"].to_numpy(), len(whole_m))
    edge_zone = np.column_stack([one, one])
    cuts: list[tuple[int, float, int, int]] = []
    rest = table[several].sort_values(["edge", "begin"])
    changes = zip(*(rest[name].tolist() for name in ("compound", "begin", "inside")), strict=True)
    by_edge = groupby(zip(rest["edge"].tolist(), changes, strict=True), key=itemgetter(0))
    for edge, rows in by_edge:
        before, found = _cuts_of([change for _, change in rows], float(whole_m[edge]))
        numbers = [zones.of_set(compounds) for compounds in before]
        edge_zone[edge] = numbers[0], numbers[-1]
        cuts += [
            (edge, share, numbers[i], numbers[i + 1])
            for i, share in enumerate(found)
            if numbers[i] != numbers[i + 1]
        ]
    cut = np.array(cuts, dtype=np.float64).reshape(-1, 4)
    return cut[:, 0].astype(np.int64), cut[:, 1], cut[:, 2:].astype(np.int32), edge_zone


def _cuts_of(
    changes: list[tuple[int, float, bool]], whole_m: float
) -> tuple[list[tuple[int, ...]], list[float]]:
    """Compounds that the parts of one street lie in, and the shares between the parts.

    ``changes`` are compound, share and whether the street is inside from there on, by share.
    """
    held: dict[int, bool] = {}
    parts: list[tuple[int, ...]] = []
    cuts: list[float] = []
    here = 0.0
    for compound, share, inside in changes:
        held[compound] = inside
        within = tuple(sorted(c for c, is_in in held.items() if is_in))
        if not parts:
            parts.append(within)
        elif (share - here) * whole_m > ONE_CUT_M:
            here = share
            parts.append(within)
            cuts.append(share)
        else:
            parts[-1] = within
    return parts, cuts


def zone_at(
    edge: Integers,
    share: Floats,
    cut_edge: Integers,
    cut_share: Floats,
    part_zone: NDArray[np.int32],
    edge_zone: NDArray[np.int32],
) -> NDArray[np.int32]:
    """Zone that streets have at shares of their length.

    Parameters
    ----------
    edge, share
        Where, shape (n,).
    cut_edge, cut_share, part_zone, edge_zone
        As ``edge``, ``share``, ``part_zone`` and ``edge_zone`` of :class:`Borders`.

    Returns
    -------
    array of int, shape (n,)
    """
    zone: NDArray[np.int32] = edge_zone[edge, 0].copy()
    for i in np.flatnonzero(np.isin(edge, cut_edge)).tolist():
        before = np.flatnonzero((cut_edge == edge[i]) & (cut_share <= share[i]))
        if len(before):
            zone[i] = part_zone[before[np.argmax(cut_share[before])], 1]
    return zone
