"""A walk past the fence of a real campus: Beijing, streets, fences and gates of OpenStreetMap."""

from __future__ import annotations

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely

import lifecircle as lc

pytestmark = pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")

# Nodes of OpenStreetMap: a path north of the teaching buildings, and the street behind the fence.
INSIDE, OUTSIDE = 12765803532, 1748322265
NORTH_GATE = "n12735976948"
METRES = lc.Walker("one metre a second, no waits", 1.0)


@pytest.fixture(scope="module")
def campus(shared_data):
    """Streets without walls, the barriers, and streets with them."""
    file = shared_data / "beijing_bupt" / "bupt_campus.osm"
    streets, barriers = lc.read_walk_network(file), lc.read_osm_barriers(file)
    walled = lc.with_barriers(
        streets, lc.Barriers(barriers.compounds, barriers.walls, barriers.gates)
    )
    return streets, barriers, walled


def node(network, osm_id):
    """One node of the map as a table of a point."""
    at = np.flatnonzero(network.node_ids == osm_id)
    return gpd.GeoSeries(gpd.points_from_xy(*network.node_xy_m[at].T), crs=network.crs)


def fences(network, barriers):
    """Every fence and every outline of a walled compound, as they are mapped."""
    walled = barriers.compounds[barriers.compounds["walled"]]
    return shapely.union_all(
        [*barriers.walls.to_crs(network.crs).geometry, *walled.to_crs(network.crs).boundary]
    )


def whole(path, network):
    return shapely.union_all(path.to_crs(network.crs).geometry.to_numpy())


def test_without_the_fence_people_walk_through_it(campus):
    streets, barriers, _ = campus
    path = lc.walk_path(streets, node(streets, INSIDE), node(streets, OUTSIDE), walker=METRES)
    assert 400 < path["length_m"].sum() < 500
    assert whole(path, streets).intersects(fences(streets, barriers))
    assert "gate" not in set(path["part"])


def test_with_the_fence_they_walk_round_by_the_north_gate_and_cross_it_nowhere_else(campus):
    streets, barriers, walled = campus
    ends = node(streets, INSIDE), node(streets, OUTSIDE)
    path = lc.walk_path(walled, *ends, walker=METRES)
    assert path.loc[path["part"] == "gate", "name"].to_list() == [NORTH_GATE]
    gates = barriers.gates.set_index("gate_id")
    assert gates.loc[NORTH_GATE, ["name", "access"]].to_list() == ["北门", "open"]
    place = gates.to_crs(streets.crs).geometry[NORTH_GATE]
    met = shapely.get_parts(whole(path, streets).intersection(fences(streets, barriers)))
    # the gate stands in the outline; nothing else of the way comes nearer than touching
    assert all(place.distance(one) < 15 for one in met)
    assert whole(path, streets).distance(place) < 1
    free = lc.walk_path(streets, *ends, walker=METRES)
    assert path["length_m"].sum() > free["length_m"].sum() + 80


def test_its_length_is_that_of_networkx_without_the_streets_that_cross_the_fence(campus):
    streets, barriers, walled = campus
    wall = fences(streets, barriers)
    gates = barriers.gates[barriers.gates["access"] == "open"].to_crs(streets.crs)
    graph, removed = nx.MultiGraph(), 0
    lines = streets.edges_frame().to_crs(streets.crs).geometry
    for line, ends, length_m in zip(
        lines, streets.edge_ends.tolist(), streets.edge_length_m.tolist(), strict=True
    ):
        met = [one for one in shapely.get_parts(line.intersection(wall)) if not one.is_empty]
        if all(gates.distance(one).min() < 15 for one in met):
            graph.add_edge(*ends, metres=length_m)
        else:
            removed += 1
    assert removed > 0
    ends = [int(np.flatnonzero(streets.node_ids == one)[0]) for one in (INSIDE, OUTSIDE)]
    right_m = nx.shortest_path_length(graph, *ends, weight="metres")
    for start, end in ((INSIDE, OUTSIDE), (OUTSIDE, INSIDE)):
        path = lc.walk_path(walled, node(streets, start), node(streets, end), walker=METRES)
        assert path["length_m"].sum() == pytest.approx(right_m, abs=0.01)
        times = lc.travel_times(
            walled,
            gpd.GeoDataFrame(geometry=node(streets, start)),
            gpd.GeoDataFrame(geometry=node(streets, end)),
            walker=METRES,
        )
        assert path["minutes_total"].iloc[-1] * 60 == pytest.approx(
            float(times.minutes[0]) * 60, abs=1e-3
        )
