"""Gates, walls and streets of a study as a scenario changes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lifecircle.assessment.study import Study
from lifecircle.crs import WGS84
from lifecircle.network.barriers import Barriers, with_barriers
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.links import NEW_WAY
from lifecircle.network.new_ways import WAITS, NewWays, nearest_streets, with_new_ways
from lifecircle.network.wall_openings import wall_lines, wall_places
from lifecircle.network.wall_site import MADE
from lifecircle.planning.actions import AddCrossing, ConnectStreets, OpenGate, RemoveWall
from lifecircle.planning.problems import Problems, to_degrees, to_metres

AT_STREET_M = 30.0
"""How near to a street a new way must begin and end, metres."""
AT_WALL_M = 15.0
"""How near to a wall the place of an opening must be, metres."""
AT_GATE_M = 15.0
"""How near to a gate the place must be that means it, metres."""
SAME_PLACE_M = 0.1
"""Ends of a way that are nearer to each other are one place, metres."""
_ALL_ALONG_M = 25.0
_FAR_M = 100.0
# A wall of the table that lies this near to a wall as it was built in is that wall.
_SAME_WALL_M = 6.5


def changed_streets(
    study: Study, actions: Sequence[Any], problems: Problems
) -> tuple[WalkNetwork, Mapping[str, pd.DataFrame]]:
    """Streets with walls after all actions on them, and the study's tables of these.

    Parameters
    ----------
    study
        Today.
    actions
        All actions; those on facilities are passed over.
    problems
        Takes what cannot be done.

    Returns
    -------
    network, extras
        Those of the study where nothing changes, or there are problems.
    """
    network = study.network
    gates = _gates(study, actions, problems)
    ways = _ways(study, actions, problems)
    if problems.told or (gates is None and not len(ways.code)):
        return network, study.extras
    plain = with_new_ways(network.plain, ways)
    if network.walls is None:
        return plain, study.extras
    barriers: Barriers = network.walls.barriers
    extras = dict(study.extras)
    if gates is not None:
        barriers = replace(barriers, gates=gates)
        extras["gates"] = gates
    return with_barriers(plain, barriers), extras


def _gates(study: Study, actions: Sequence[Any], problems: Problems) -> gpd.GeoDataFrame | None:
    """Gates after all actions; ``None`` where nothing changes."""
    walls = study.network.walls
    known = None if walls is None else walls.barriers.gates
    opened: dict[str, str] = {}
    openings: list[NDArray[Any]] = []
    for number, action in enumerate(actions):
        if isinstance(action, OpenGate):
            gate_id = _gate_of(study, number, action, problems)
            if gate_id is not None and opened.get(gate_id) != "open":
                opened[gate_id] = action.access
        elif isinstance(action, RemoveWall):
            found = _openings(study, number, action, problems)
            if len(found):
                openings.append(found)
    if not opened and not openings:
        return None
    gates = _empty_gates() if known is None or not len(known) else known.copy()
    access = gates["gate_id"].astype(str).map(opened)
    wider = access.notna() & ~((gates["access"] == "open") & (access == "residents"))
    gates["access"] = gates["access"].where(~wider, access)
    gates["access_known"] = gates["access_known"] | wider
    if openings:
        places = to_degrees(np.concatenate(openings), study)
        gates = with_openings(gates, places)
    return gates


def _gate_of(study: Study, number: int, action: OpenGate, problems: Problems) -> str | None:
    """Id of the gate that is meant; ``None``, and a problem noted, if there is none."""
    walls = study.network.walls
    known = None if walls is None else walls.barriers.gates
    if known is None or not len(known):
        problems.add(number, "the study has no gates")
        return None
    ids: list[str] = known["gate_id"].astype(str).to_list()
    if action.at is None:
        if action.gate_id in ids:
            return action.gate_id
        problems.unknown(number, "gate", action.gate_id, ids)
        return None
    if action.gate_id and action.gate_id not in ids:
        problems.unknown(number, "gate", action.gate_id, ids)
        return None
    place = shapely.Point(to_metres([action.at], study)[0])
    away_m = known.to_crs(study.network.crs).distance(place).to_numpy()
    meant = ids.index(action.gate_id) if action.gate_id else int(np.argmin(away_m))
    if away_m[meant] <= AT_GATE_M:
        return ids[meant]
    where = f"({action.at[0]:.5f}, {action.at[1]:.5f})"
    problems.add(
        number,
        f"gate {action.gate_id} stands {away_m[meant]:,.0f} m from {where}: correct its id or its "
        "place"
        if action.gate_id
        else f"no gate stands within {AT_GATE_M:g} m of {where}; the nearest, {ids[meant]}, is "
        f"{away_m[meant]:,.0f} m away. Name the gate by gate_id, or correct the place",
    )
    return None


def _empty_gates() -> gpd.GeoDataFrame:
    columns: dict[str, Any] = {"gate_id": [], "name": [], "access": [], "access_known": []}
    columns |= {"compound_id": [], "hours": []}
    table = gpd.GeoDataFrame(columns, geometry=[], crs=WGS84).astype(
        dict.fromkeys(("gate_id", "name", "access", "compound_id", "hours"), "object")
    )
    return gpd.GeoDataFrame(table.astype({"access_known": bool}))


def with_openings(gates: gpd.GeoDataFrame | None, places: NDArray[Any]) -> gpd.GeoDataFrame:
    """Gates, and behind them open ones at places in walls.

    Parameters
    ----------
    gates
        Gates; ``None`` for none.
    places
        Longitude and latitude, degrees WGS-84, shape (k, 2).

    Returns
    -------
    GeoDataFrame
        The new gates are called ``opening 1`` and so on, and ``made`` tells them from the others.
    """
    gates = _empty_gates() if gates is None else gates
    taken, number = set(gates["gate_id"].astype(str)), 0
    ids: list[str] = []
    while len(ids) < len(places):
        number += 1
        if f"opening {number}" not in taken:
            ids.append(f"opening {number}")
    fresh = gpd.GeoDataFrame(
        {
            "gate_id": ids,
            "name": "",
            "access": "open",
            "access_known": True,
            "compound_id": None,
            "hours": "",
            MADE: True,
        },
        geometry=gpd.points_from_xy(places[:, 0], places[:, 1]),
        crs=WGS84,
    )
    if not len(gates):
        return fresh
    fresh["compound_id"] = fresh["compound_id"].astype(object)
    columns = [name for name in gates.columns if name not in fresh.columns]
    for name in columns:
        fresh[name] = pd.Series([None] * len(fresh), dtype=object)
    attrs = dict(gates.attrs)
    gates = gates if MADE in gates else gates.assign(**{MADE: False})
    table = gpd.GeoDataFrame(pd.concat([gates, fresh[gates.columns]], ignore_index=True))
    table.attrs = attrs
    return table.set_crs(gates.crs)


def _openings(
    study: Study, number: int, action: RemoveWall, problems: Problems
) -> NDArray[np.float64]:
    """Places at which a wall is opened, metres, shape (k, 2)."""
    none = np.empty((0, 2))
    network = study.network
    lines, compound = wall_lines(network)
    if not len(lines):
        problems.add(number, "the study has no walls that stand")
        return none
    chosen, along = _chosen_walls(study, number, action, problems, (lines, compound))
    if not len(chosen):
        return none
    if action.at is not None:
        place = shapely.Point(to_metres([action.at], study)[0])
        away_m = shapely.distance(lines[chosen], place)
        nearest = int(np.argmin(away_m))
        reach_m = AT_WALL_M if along is None else _FAR_M
        if away_m[nearest] > reach_m:
            problems.add(
                number,
                f"no wall stands within {reach_m:g} m of ({action.at[0]:.5f}, "
                f"{action.at[1]:.5f}); the nearest is {away_m[nearest]:,.0f} m away",
            )
            return none
        line = lines[chosen[nearest]]
        return np.asarray(shapely.get_coordinates(line.interpolate(line.project(place))))
    places = wall_places(network, lines=chosen.tolist(), within_m=_FAR_M, apart_m=_ALL_ALONG_M)
    found = places.xy_m
    if along is not None and len(found):
        found = found[shapely.distance(shapely.points(found), along) <= _SAME_WALL_M]
    if not len(found):
        problems.add(
            number,
            f"nowhere along the wall do streets or paths pass within {_FAR_M:g} m on both sides; "
            "to remove it changes no walk",
        )
    return found


def _chosen_walls(
    study: Study,
    number: int,
    action: RemoveWall,
    problems: Problems,
    walls: tuple[NDArray[Any], NDArray[np.int64]],
) -> tuple[NDArray[np.int64], Any]:
    """Walls that an action may mean, and the line of the table that it names."""
    lines, compound = walls
    none, built = np.empty(0, dtype=np.int64), study.network.walls
    if action.compound_id:
        named = np.flatnonzero(built.compound_ids.astype(str) == action.compound_id)
        if not len(named):
            problems.unknown(
                number, "walled compound", action.compound_id, built.compound_ids.tolist()
            )
            return none, None
        found = np.flatnonzero(np.isin(compound, named))
        if not len(found):
            problems.add(
                number,
                f"compound {action.compound_id} has no gates, so its wall keeps nobody where a "
                "street crosses it: there is nothing to open",
            )
        return found, None
    if not action.wall_id:
        return np.arange(len(lines)), None
    table = built.barriers.walls
    ids = [] if table is None else table["wall_id"].astype(str).to_list()
    if action.wall_id not in ids:
        problems.unknown(number, "wall", action.wall_id, ids)
        return none, None
    row = table[table["wall_id"].astype(str) == action.wall_id].to_crs(study.network.crs)
    along = row.geometry.iloc[0]
    found = np.flatnonzero(shapely.distance(lines, along) <= _SAME_WALL_M)
    if not len(found):
        problems.add(
            number,
            f"wall {action.wall_id} keeps nobody today (its compound has no gates or no wall): "
            "there is nothing to open",
        )
    return found, along


def _ways(study: Study, actions: Sequence[Any], problems: Problems) -> NewWays:
    """New ways of all actions."""
    plain, rows = study.network.plain, []
    for number, action in enumerate(actions):
        if not isinstance(action, ConnectStreets | AddCrossing):
            continue
        ends = to_metres([action.start, action.end], study)
        edge, share, away_m = nearest_streets(plain, ends, _FAR_M * 50)
        far = [
            f"its {name} lies {metres:,.0f} m from the nearest street"
            for name, metres in zip(("start", "end"), away_m, strict=True)
            if metres > AT_STREET_M
        ]
        if far:
            problems.add(number, f"{' and '.join(far)}; {AT_STREET_M:g} m is the most")
            continue
        met = [
            study_street.interpolate(part, normalized=True)
            for study_street, part in zip(_lines_of(plain, edge), share, strict=True)
        ]
        if met[0].distance(met[1]) < SAME_PLACE_M:
            problems.add(number, "both ends meet the same place on the streets")
            continue
        wait = ""
        if isinstance(action, AddCrossing):
            wait = "signals" if action.signals else "crossing"
        rows.append((edge, share, NEW_WAY, WAITS[wait]))
    return NewWays.of(rows)


def _lines_of(network: WalkNetwork, edge: NDArray[np.int64]) -> list[Any]:
    """Drawing of some edges."""
    first = network.edge_first_point
    return [
        shapely.LineString(network.edge_points_m[first[one] : first[one + 1]])
        for one in edge.tolist()
    ]
