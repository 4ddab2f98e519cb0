"""Random scenarios for random towns, and studies made of the towns.

Every action is tried alone first; what cannot be done there (a wall that keeps nobody, a way from
a place to itself) is left out, so that the rest can be done together.
"""

from __future__ import annotations

import warnings
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import strategies as st

import lifecircle as lc
import towns
import walled
from lifecircle.errors import LifecircleError
from lifecircle.planning.actions import (
    AddCrossing,
    AddFacility,
    CloseFacility,
    ConnectStreets,
    MoveFacility,
    OpenGate,
    RemoveWall,
)
from lifecircle.planning.scenarios import apply_scenario

SERVICES = ("kindergarten", "community_canteen", "park")
LIMIT_MIN = 20.0


def degrees(*places_m: tuple[float, float]) -> list[tuple[float, float]]:
    """Longitude and latitude of places at metres of the town."""
    found = gpd.GeoSeries([shapely.Point(place) for place in places_m], crs=towns.TOWN)
    return [(point.x, point.y) for point in found.to_crs(4326)]


def study(network: Any, homes: Any, shops: Any, **options: Any) -> lc.Study:
    """Study of one unit around a town, with services in turn."""
    xy = np.array([*homes, *shops, *network.node_xy_m.tolist()])
    low, high = xy.min(axis=0) - 50.0, xy.max(axis=0) + 50.0
    units = gpd.GeoDataFrame(
        {"unit_id": ["U"], "name": ["unit"]}, geometry=[shapely.box(*low, *high)], crs=towns.TOWN
    )
    count = len(homes)
    people = towns.points(
        *homes,
        resident_id=[f"h{i}" for i in range(count)],
        people=[10.0 + i for i in range(count)],
        elderly=[float(i % 3) for i in range(count)],
        children=[float(i % 2) for i in range(count)],
    )
    ids = [f"s{i}" for i in range(len(shops))]
    services = [SERVICES[i % len(SERVICES)] for i in range(len(shops))]
    places = towns.points(*shops, facility_id=ids, name=ids, service=services)
    extras = options.pop("extras", {})
    if network.walls is not None:
        gates = network.walls.barriers.gates
        extras = {**extras, **({} if gates is None else {"gates": gates})}
    options.setdefault("minutes", (5.0, LIMIT_MIN))
    columns = options.pop("columns", {})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return lc.Study(units, places.assign(**columns), people, network, extras=extras, **options)


def quietly(changed: lc.Study, actions: Any) -> lc.Study:
    """The study after some actions; what is doubtful is known."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return apply_scenario(changed, actions)


def evaluated(of: lc.Study, **options: Any) -> lc.Evaluation | None:
    """Evaluation of a small town; ``None`` where nobody at all can walk."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return lc.evaluate(of, **options)
        except LifecircleError:
            return None


def _possible(before: lc.Study, actions: list[Any]) -> list[Any]:
    """Those that can be done, tried together first."""
    try:
        quietly(before, actions)
    except LifecircleError:
        if len(actions) == 1:
            return []
        return [one for action in actions for one in _possible(before, [action])]
    return actions


def openings(draw: Any, before: lc.Study, town: walled.WalledTown | None = None) -> list[Any]:
    """Actions that open something: gates, walls, new ways, crossings."""
    plain = before.network.plain
    actions: list[Any] = []
    if town is not None:
        for gate in range(len(town.gates)):
            if draw(st.integers(0, 3)) == 0:
                access = draw(st.sampled_from(["open", "residents"]))
                actions.append(OpenGate(f"G{gate}", access))
        for _, line in town.walls():
            if draw(st.integers(0, 2)) == 0:
                at = line.interpolate(draw(st.integers(0, 40)) / 40.0, normalized=True)
                actions.append(RemoveWall(degrees((at.x, at.y))[0]))
        for name in town.boxes:
            if draw(st.integers(0, 4)) == 0:
                actions.append(RemoveWall(compound_id=name))
    on_streets = st.tuples(st.integers(0, plain.edge_count - 1), st.sampled_from([0, 0.3, 0.5, 1]))
    for _ in range(draw(st.integers(0 if actions else 1, 3))):
        ends = []
        for edge, share in (draw(on_streets), draw(on_streets)):
            first = plain.edge_first_point
            line = shapely.LineString(plain.edge_points_m[first[edge] : first[edge + 1]])
            at = line.interpolate(share, normalized=True)
            ends.append((at.x, at.y))
        start, end = degrees(*ends)
        kind = draw(st.integers(0, 2))
        if kind == 0:
            actions.append(AddCrossing(start, end, signals=draw(st.booleans())))
        else:
            actions.append(ConnectStreets(start, end))
    return _possible(before, actions)


def facility_changes(draw: Any, before: lc.Study) -> list[Any]:
    """Facilities that come, go and move."""
    actions: list[Any] = []
    spots = before.network.node_xy_m
    for name in before.facilities["facility_id"]:
        kind = draw(st.integers(0, 5))
        if kind == 0 and len(actions) < len(before.facilities) - 1:
            actions.append(CloseFacility(name))
        elif kind == 1:
            spot = spots[draw(st.integers(0, len(spots) - 1))] + draw(st.integers(-9, 9))
            actions.append(MoveFacility(name, degrees(tuple(spot))[0]))
    for _ in range(draw(st.integers(0, 2))):
        spot = spots[draw(st.integers(0, len(spots) - 1))] + draw(st.integers(-9, 9))
        actions.append(AddFacility(draw(st.sampled_from(SERVICES)), degrees(tuple(spot))[0]))
    return _possible(before, actions)


def minutes(changed: lc.Study, walker: Any = towns.ONE, limit_min: float = LIMIT_MIN) -> Any:
    """Travel times of a study; ``None`` where nobody at all can walk."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return lc.travel_times(
                changed.network,
                changed.residents,
                changed.facilities,
                walker=walker,
                limit_min=limit_min,
                snap_m=changed.snap_m,
            )
        except LifecircleError:
            return None


def table(times: Any) -> Any:
    """Minutes from every home (rows) to every facility, infinite beyond the limit."""
    found = np.full((len(times.origins), len(times.destinations)), np.inf)
    found[times.origin, times.destination] = times.minutes
    return found
