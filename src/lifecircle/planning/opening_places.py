"""What could be opened: gates, walls between streets, and dead ends; all built in, closed."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lifecircle.assessment.study import Study
from lifecircle.errors import LifecircleWarning, some
from lifecircle.network.barriers import Barriers, with_barriers
from lifecircle.network.gaps import Gaps, find_gaps
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.joining import Joined
from lifecircle.network.links import GATE_CLOSED, PROPOSED_WAY
from lifecircle.network.new_ways import NewWays, nearest_streets, with_new_ways
from lifecircle.network.snapping import Snapped, by_gate
from lifecircle.network.wall_openings import wall_places
from lifecircle.network.walls import Drawn
from lifecircle.network.what_if import Opening
from lifecircle.planning.problems import to_degrees, to_metres
from lifecircle.planning.streets import SAME_PLACE_M, with_openings

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

KINDS = ("open_gate", "remove_wall", "connect_streets")
WALL_WITHIN_M = 30.0
"""How near streets or paths must pass on both sides of a wall, metres."""
DEAD_END_WITHIN_M = 60.0
"""How near a dead end must come to another street, metres."""
# A way that is hardly shorter than the one there is gains nobody anything.
_DETOUR = 1.5
_AT_STREET_M = 1.0
PLACE_COLUMNS = (
    "opening_id",
    "kind",
    "gate_id",
    "access",
    "where",
    "lon",
    "lat",
    "lon_to",
    "lat_to",
    "length_m",
)


@dataclass(frozen=True, eq=False)
class OpeningPlaces:
    """Everything that could be opened, in streets where all of it is built in, closed.

    Parameters
    ----------
    table
        One row each: the columns of ``PLACE_COLUMNS``.
    network
        The streets with all of it.
    edges
        Edges that each is made of.
    gate
        Row of each in the gates of the network, -1 for a dead end.
    alone
        Whether each can be told from its edges: no other gate stands in the way.
    """

    table: pd.DataFrame
    network: WalkNetwork
    edges: list[Integers]
    gate: Integers
    alone: NDArray[np.bool_]


def opening_places(study: Study, kinds: Collection[str] = KINDS) -> OpeningPlaces:
    """Gates, walls and dead ends of a study that could be opened.

    Parameters
    ----------
    study
        Today.
    kinds
        ``"open_gate"``: gates that are closed or for residents. ``"remove_wall"``: places at walls
        with a street or path within 30 m on both sides. ``"connect_streets"``: dead ends within
        60 m of another street.

    Returns
    -------
    OpeningPlaces

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> opening_places(load_demo(), ["open_gate"]).table["kind"].unique().tolist()
    ['open_gate']
    """
    network = study.network
    way_rows: list[dict[str, Any]] = []
    plain, keys = network.plain, np.empty((0, 4))
    if "connect_streets" in kinds:
        plain, way_rows, keys = _with_dead_ends(study)
    wall_rows: list[dict[str, Any]] = []
    built, gates = plain, None
    if network.walls is not None:
        barriers: Barriers = network.walls.barriers
        gates = barriers.gates
        if "remove_wall" in kinds:
            gates, wall_rows = _with_wall_gates(study, gates)
        with warnings.catch_warnings():  # what is closed on purpose leads nowhere
            warnings.simplefilter("ignore", LifecircleWarning)
            built = with_barriers(plain, replace(barriers, gates=gates))
    gate_rows = _gate_rows(study) if "open_gate" in kinds and gates is not None else []
    rows = [*gate_rows, *wall_rows, *way_rows]
    table = pd.DataFrame(rows, columns=[*PLACE_COLUMNS, "row"])
    gate = table.pop("row").fillna(-1).to_numpy(dtype=np.int64)
    edges, alone = _edges(built, gate, keys)
    kept = np.array([len(one) > 0 for one in edges], dtype=bool)
    return OpeningPlaces(
        table[kept].reset_index(drop=True),
        built,
        [one for one, good in zip(edges, kept, strict=True) if good],
        gate[kept],
        alone[kept],
    )


def _gate_rows(study: Study) -> list[dict[str, Any]]:
    """Gates that not everybody may pass."""
    walls = study.network.walls
    table = walls.barriers.gates
    if table is None or not len(table):
        return []
    rows = []
    places = shapely.get_coordinates(table.geometry.to_crs(4326).to_numpy())
    for row, gate in enumerate(table.to_dict("records")):
        if gate["access"] == "open":
            continue
        rows.append(
            {
                "opening_id": str(gate["gate_id"]),
                "kind": "open_gate",
                "gate_id": str(gate["gate_id"]),
                "access": gate["access"],
                "where": _place_name(study, str(gate["name"]), gate["compound_id"]),
                "lon": places[row, 0],
                "lat": places[row, 1],
                "length_m": np.nan,
                "row": row,
            }
        )
    return rows


def _place_name(study: Study, name: str, compound_id: Any) -> str:
    """What a gate is called: its name, or that of its compound."""
    if name:
        return name
    if pd.isna(compound_id) or not str(compound_id):
        return ""
    compounds = study.network.walls.barriers.compounds
    if compounds is None:
        return str(compound_id)
    own = compounds.loc[compounds["compound_id"].astype(str) == str(compound_id), "name"]
    return str(own.iloc[0]) if len(own) and str(own.iloc[0]) else str(compound_id)


def _with_wall_gates(
    study: Study, gates: gpd.GeoDataFrame | None
) -> tuple[gpd.GeoDataFrame, list[dict[str, Any]]]:
    """Gates with a closed one at each place of a wall that could be opened, and their rows."""
    places = wall_places(study.network, within_m=WALL_WITHIN_M)
    before = 0 if gates is None else len(gates)
    if not len(places.xy_m):
        return gates, []
    degrees = to_degrees(places.xy_m, study)
    more = with_openings(gates, degrees)
    more.loc[more.index[before:], "access"] = "closed"
    ids = study.network.walls.compound_ids
    rows = []
    for number, (compound, away_m, cut) in enumerate(
        zip(places.compound.tolist(), places.away_m, places.cut.tolist(), strict=True)
    ):
        rows.append(
            {
                "opening_id": f"wall {number + 1}",
                "kind": "remove_wall",
                "gate_id": "",
                "access": "",
                "where": _place_name(study, "", ids[compound]) if compound >= 0 else "",
                "lon": degrees[number, 0],
                "lat": degrees[number, 1],
                "length_m": 0.0 if cut else float(away_m.sum()),
                "row": before + number,
            }
        )
    return more, rows


def _with_dead_ends(study: Study) -> tuple[WalkNetwork, list[dict[str, Any]], Floats]:
    """Streets with a way from each dead end that nobody walks yet, their rows and their ends."""
    plain = study.network.plain
    gaps = find_gaps(plain, DEAD_END_WITHIN_M, detour=_DETOUR)
    gaps, edge, share, *degrees = _as_drawn(study, gaps)
    if not len(gaps.node):
        return plain, [], np.empty((0, 4))
    from_deg, to_deg = degrees
    ways = NewWays(
        edge,
        share,
        np.full(len(edge), PROPOSED_WAY, dtype=np.int8),
        np.zeros(len(edge), dtype=np.int8),
    )
    proposed = with_new_ways(plain, ways)
    names = [
        some(dict.fromkeys(str(name) for name in pair if name), 2)
        for pair in plain.edge_name[edge].tolist()
    ]
    rows = [
        {
            "opening_id": f"dead end {number + 1}",
            "kind": "connect_streets",
            "gate_id": "",
            "access": "",
            "where": names[number],
            "lon": from_deg[number, 0],
            "lat": from_deg[number, 1],
            "lon_to": to_deg[number, 0],
            "lat_to": to_deg[number, 1],
            "length_m": float(gaps.gap_m[number]),
        }
        for number in range(len(gaps.node))
    ]
    ends = proposed.node_xy_m[proposed.edge_ends[proposed.made["new ways"]]]
    return proposed, rows, ends.reshape(-1, 4)


def _as_drawn(study: Study, gaps: Gaps) -> tuple[Gaps, Integers, Floats, Floats, Floats]:
    """Gaps, the streets that a scenario finds at both ends, and these in degrees.

    Where several streets meet it may be any of them. Ends that meet one place are left out.
    """
    plain = study.network.plain
    ends = [to_degrees(xy_m, study) for xy_m in (plain.node_xy_m[gaps.node], gaps.to_xy_m)]
    met = [nearest_streets(plain, to_metres(at.tolist(), study), _AT_STREET_M) for at in ends]
    places = [Drawn.of(plain).places(edge, share) for edge, share, _ in met]
    apart = np.hypot(*(places[0] - places[1]).T) >= SAME_PLACE_M
    apart &= (met[0][0] >= 0) & (met[1][0] >= 0)  # a street of no length is no place to go
    return (
        gaps.take(apart),
        np.column_stack([one[0] for one in met])[apart],
        np.column_stack([one[1] for one in met])[apart],
        ends[0][apart],
        ends[1][apart],
    )


def _edges(
    network: WalkNetwork, gate: Integers, ways: Floats
) -> tuple[list[Integers], NDArray[np.bool_]]:
    """Edges of each opening, and whether no other gate stands at any of them."""
    of_gate: dict[int, list[int]] = {}
    shared: set[int] = set()
    if network.walls is not None:
        for edge, passed in zip(
            network.walls.gate_edge.tolist(), network.walls.passed, strict=True
        ):
            for one in passed:
                of_gate.setdefault(one, []).append(edge)
                if len(passed) > 1:
                    shared.add(one)
    proposed = np.flatnonzero(network.edge_link == PROPOSED_WAY)
    ends = network.node_xy_m[network.edge_ends[proposed]].reshape(-1, 4)
    place: dict[tuple[float, ...], int] = {}
    for edge, row in zip(proposed.tolist(), ends.round(3).tolist(), strict=True):
        place[tuple(row)] = edge
        place[tuple(row[2:] + row[:2])] = edge
    found, alone, number = [], [], 0
    for row in gate.tolist():
        if row >= 0:
            found.append(np.array(of_gate.get(row, []), dtype=np.int64))
            alone.append(row not in shared)
            continue
        edge = place.get(tuple(ways[number].round(3).tolist()))
        number += 1
        found.append(np.array([] if edge is None else [edge], dtype=np.int64))
        alone.append(True)
    return found, np.array(alone, dtype=bool)


def with_joins(
    places: OpeningPlaces, joined: Joined
) -> tuple[list[Opening], tuple[Snapped, NDArray[np.int32]]]:
    """Openings with those who join the streets at a gate once it is open.

    People of a compound without mapped paths walk straight to every gate that lets them pass.

    Parameters
    ----------
    places
        What could be opened.
    joined
        Where homes and facilities join the streets.

    Returns
    -------
    list of Opening
        The joins of homes are numbered behind those of ``joined``.
    Snapped, array
        These joins, and the row of the home of each.
    """
    network = places.network
    openings: list[Opening] = []
    parts: list[tuple[Any, ...]] = []
    count = len(joined.home_row)
    closed = _ClosedGates(network, joined) if network.walls is not None else None
    for edges, gate in zip(places.edges, places.gate.tolist(), strict=True):
        if gate < 0 or closed is None:
            openings.append(Opening(edges))
            continue
        homes, shops, direct = closed.joins(edges)
        openings.append(
            Opening(
                edges,
                count + np.arange(len(homes[0])),
                shops[0],
                network.edge_ends[shops[1], shops[2].astype(np.int64)].astype(np.int64),
                shops[3],
                *direct,
            )
        )
        count += len(homes[0])
        parts.append(homes)
    row, edge, share, way_m = (
        (np.concatenate([np.empty(0), *column]) for column in zip(*parts, strict=True))
        if parts
        else (np.empty(0),) * 4
    )
    return openings, (
        Snapped(edge.astype(np.int32), share, way_m),
        row.astype(np.int32),
    )


@dataclass(frozen=True, eq=False)
class _Doors:
    """Doors in one zone: row, place and leg of each, and whether it joins nowhere today."""

    row: NDArray[np.int32]
    at_m: Floats
    leg_m: Floats
    lost: NDArray[np.bool_]


class _ClosedGates:
    """Who would join the streets at gates that are closed today."""

    def __init__(self, network: WalkNetwork, joined: Joined) -> None:
        self.network, self.walls = network, network.walls
        self.position = {edge: row for row, edge in enumerate(self.walls.gate_edge.tolist())}
        self.homes = self._waiting(joined.homes, joined.home_row, joined.homes_m)
        self.shops = self._waiting(joined.places, joined.place_row, joined.places_m, joined.leg_m)
        # zones that a gate leads into, by its position and side
        self.zones: dict[tuple[int, int], list[int]] = {}
        for zone in sorted({*self.homes, *self.shops}):
            for position, side in np.argwhere(self.walls.leading_into(zone)).tolist():
                self.zones.setdefault((position, side), []).append(zone)

    def _waiting(
        self, snapped: Snapped, row: NDArray[np.int32], at_m: Floats, leg_m: Floats | None = None
    ) -> dict[int, _Doors]:
        """Doors that join at gates, or nowhere, by the zone they lie in."""
        at = np.flatnonzero(by_gate(self.network, snapped) | (snapped.edge < 0))
        if not len(at):
            return {}
        keys = np.column_stack([row[at], np.round(at_m[at], 3)])
        at = at[np.unique(keys, axis=0, return_index=True)[1]]
        zone = self.walls.sight.zones.of_points(at_m[at])
        legs = np.zeros(len(at)) if leg_m is None else leg_m[at]
        lost = snapped.edge[at] < 0
        return {
            number: _Doors(*(column[zone == number] for column in (row[at], at_m[at], legs, lost)))
            for number in np.unique(zone[zone > 0]).tolist()
        }

    def joins(self, edges: Integers) -> tuple[tuple[Any, ...], tuple[Any, ...], tuple[Any, ...]]:
        """Homes and facilities that would join at some gates, and ways between them.

        Of homes and of facilities row, edge, end, metres; of ways home, facility, metres.
        """
        found: list[list[tuple[Any, ...]]] = [[], [], []]
        for edge in edges.tolist():
            position = self.position[edge]
            if self.network.edge_link[edge] != GATE_CLOSED:
                continue
            for side in (0, 1):
                for zone in self.zones.get((position, side), ()):
                    for waiting, list_of in zip((self.homes, self.shops), found[:2], strict=True):
                        if zone not in waiting:
                            continue
                        doors = waiting[zone]
                        way_m = np.hypot(*(self.walls.end_xy_m[position, side] - doors.at_m).T)
                        way_m = self.walls.barriers.detour * way_m + doors.leg_m
                        count = len(doors.row)
                        list_of.append(
                            (doors.row, np.full(count, edge), np.full(count, side), way_m)
                        )
                    found[2].append(self._direct(zone))
        whole = (np.empty(0, dtype=np.int64),) * 3
        nothing = ((*whole, np.empty(0)), (*whole, np.empty(0)), (*whole[:2], np.empty(0)))
        return tuple(
            tuple(np.concatenate(column) for column in zip(*rows, strict=True)) if rows else none
            for rows, none in zip(found, nothing, strict=True)
        )  # type: ignore[return-value]

    def _direct(self, zone: int) -> tuple[Any, Any, Any]:
        """Ways inside a compound, of those who joined nowhere: home, facility, metres."""
        if zone not in self.homes or zone not in self.shops:
            none = np.empty(0, dtype=np.int64)
            return none, none, np.empty(0)
        homes, shops = self.homes[zone], self.shops[zone]
        home, shop = np.nonzero(homes.lost[:, None] & shops.lost[None])
        way_m = np.hypot(*(homes.at_m[home] - shops.at_m[shop]).T)
        return homes.row[home], shops.row[shop], self.walls.barriers.detour * way_m
