"""Walls around the real estates of a city, over a grid of streets whose answers are known.

The outlines are those of 高德: some overlap, some share a border, some spill over a street.
"""

from __future__ import annotations

import time
import warnings

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely

import lifecircle as lc
from lifecircle.crs import local_crs
from lifecircle.network.links import CONNECTION, STREET
from lifecircle.network.snapping import snap
from lifecircle.network.walls import Drawn
from towns import ONE

STEP_M = 60.0
SIDE_M = 2400.0
LIMIT_MIN = 60.0
# Where estates stand most densely.
MIDDLE = (120.1736, 30.2647)
CRS = local_crs(*MIDDLE)


@pytest.fixture(scope="module")
def city(shared_data):
    """Every estate of the city, in metres."""
    path = shared_data / "hangzhou_amap" / "amap_residential_aoi_hangzhou_gcj02.geojson"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", lc.LifecircleWarning)
        return lc.read_compounds(path, coordinates="GCJ-02").to_crs(CRS)


@pytest.fixture(scope="module")
def estates(city):
    """Estates within a few square kilometres."""
    half = SIDE_M / 2 - STEP_M
    inside = city.within(shapely.box(-half, -half, half, half))
    return city[inside].reset_index(drop=True)


def grid(side_m, step_m=STEP_M):
    """Streets from west to east and from south to north."""
    at = np.arange(-side_m / 2, side_m / 2 + 1, step_m)
    graph = nx.MultiGraph(crs=CRS)
    for i, x in enumerate(at):
        for j, y in enumerate(at):
            graph.add_node((i, j), x=float(x), y=float(y))
            if i:
                graph.add_edge((i - 1, j), (i, j))
            if j:
                graph.add_edge((i, j - 1), (i, j))
    return lc.WalkNetwork.from_networkx(graph)


@pytest.fixture(scope="module")
def streets():
    return grid(SIDE_M)


def gates_of(estates, access):
    """A made-up gate for each estate, at its border nearest to a crossing outside all estates."""
    at = np.arange(-SIDE_M / 2, SIDE_M / 2 + 1, STEP_M)
    crossings = shapely.points(*(axis.ravel() for axis in np.meshgrid(at, at)))
    outside = shapely.disjoint(shapely.union_all(estates.geometry.to_numpy()), crossings)
    crossings = crossings[outside]
    borders = shapely.boundary(estates.geometry.to_numpy())
    nearest = shapely.STRtree(crossings).query_nearest(borders, all_matches=False)[1]
    lines = shapely.shortest_line(borders, crossings[nearest])
    return gpd.GeoDataFrame(
        {"compound_id": estates["compound_id"], "access": access,
         "gate_id": ["G" + name for name in estates["compound_id"]]},
        geometry=shapely.get_point(lines, 0), crs=CRS,
    )  # fmt: skip


def built(streets, estates, gates=None):
    """Streets with walls, and what was told."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        network = lc.with_barriers(streets, lc.Barriers(estates, None, gates))
    return network, [str(one.message) for one in caught]


@pytest.fixture(scope="module")
def places(estates):
    """Homes and shops strewn over the area, each inside one estate alone or outside all."""
    rng = np.random.default_rng(7)
    xy = rng.uniform(-SIDE_M / 2 + 90, SIDE_M / 2 - 90, (600, 2))
    points = shapely.points(xy)
    tree = shapely.STRtree(estates.geometry.to_numpy())
    row, estate = tree.query(points, predicate="intersects")
    count = np.bincount(row, minlength=len(xy))
    own = np.full(len(xy), -1)
    own[row] = estate
    # nearer to the edge than the tolerance one may stand on a street that it was drawn over
    clear = shapely.distance(shapely.union_all(shapely.boundary(estates.geometry)), points) > 6
    kept = (count <= 1) & clear
    return xy[kept], own[kept]


def seconds(network, xy):
    """Whole table of times, infinite where there is no way."""
    homes = gpd.GeoDataFrame({"resident_id": range(len(xy))}, geometry=shapely.points(xy), crs=CRS)
    shops = homes.rename(columns={"resident_id": "facility_id"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", lc.LifecircleWarning)
        times = lc.travel_times(network, homes, shops, walker=ONE, limit_min=LIMIT_MIN)
    found = np.full((len(xy), len(xy)), np.inf)
    found[times.origin, times.destination] = times.minutes * 60.0
    return found


def same_joins(one, two, xy):
    """Places that join the same street at the same spot in both networks."""
    spots = []
    for network in (one, two):
        found = snap(network, xy, walker=ONE, snap_m=100.0)
        at = np.full(xy.shape, np.nan)
        on = found.edge >= 0
        at[on] = Drawn.of(network).places(found.edge[on], found.share[on])
        spots.append(at)
    return np.hypot(*(spots[0] - spots[1]).T) < 1e-3


def test_without_gates_every_estate_is_told_and_nobody_is_imprisoned(streets, estates, places):
    network, notes = built(streets, estates)
    assert not [note for note in notes if "gates" in note or "walls" in note]
    found = lc.wall_findings(network).set_index("finding")
    assert found["count"].to_dict() == {"compound without gate": len(estates)}
    assert found["what"].iloc[0].startswith(f"{len(estates)} of {len(estates)} walled compounds")
    xy, own = places
    homes = gpd.GeoDataFrame(geometry=shapely.points(xy[own >= 0]), crs=CRS)
    told = lc.wall_findings(network, homes).set_index("finding")["people"]
    assert told.to_dict() == {"compound without gate": len(homes)}
    times = seconds(network, xy)
    plain = seconds(streets, xy)
    inside, outside = own >= 0, own < 0
    reached = np.isfinite(times[np.ix_(inside, outside)]).mean(axis=1) > 0.5
    could = np.isfinite(plain[np.ix_(inside, outside)]).mean(axis=1) > 0.5
    # but for the few that leave into a gap between walls from which no street leads on
    assert (reached & could).sum() > 0.95 * could.sum()


def test_a_gate_for_residents_keeps_others_out_and_lets_its_own_people_out(
    streets, estates, places
):
    network, _ = built(streets, estates, gates_of(estates, "residents"))
    xy, own = places
    times = seconds(network, xy)
    inside, outside = own >= 0, own < 0
    assert not np.isfinite(times[np.ix_(outside, inside)]).any()
    other = own[:, None] != own[None, :]
    assert not np.isfinite(times[:, inside][other[:, inside]]).any()
    edge = snap(network, xy, walker=ONE, snap_m=100.0).edge
    in_town = outside & (edge >= 0) & (network.component[network.edge_ends[edge, 0]] == 0)
    leaving = np.isfinite(times[np.ix_(inside, in_town)]).any(axis=1)
    # the gates of a few open on a gap between walls from which no street leads on
    outer = np.argmin(network.walls.end_zone > 0, axis=1)
    nodes = network.edge_ends[network.walls.gate_edge, outer]
    open_to_town = set(network.walls.gate[network.component[nodes] == 0].tolist())
    assert leaving.tolist() == [estate in open_to_town for estate in own[inside].tolist()]
    assert len(open_to_town) > 0.8 * len(estates)


def test_opening_all_gates_lengthens_no_way_and_walls_shorten_none(streets, estates, places):
    xy, own = places
    closed, residents, opened = (
        built(streets, estates, gates_of(estates, access))[0]
        for access in ("closed", "residents", "open")
    )
    times = {
        name: seconds(network, xy)
        for name, network in (
            ("plain", streets), ("closed", closed), ("residents", residents), ("open", opened)
        )
    }  # fmt: skip
    assert (times["open"] <= times["residents"] + 1e-3).all()
    assert (times["residents"] <= times["closed"] + 1e-3).all()
    assert np.isfinite(times["open"]).sum() > np.isfinite(times["residents"]).sum()
    # who joins the same street with walls as without them only has less of it to walk on
    for name, network in (("closed", closed), ("residents", residents), ("open", opened)):
        same = same_joins(streets, network, xy)
        assert (same & (own < 0)).sum() > 100
        assert (times[name] >= times["plain"] - 1e-2)[np.ix_(same, same)].all()


def test_streets_are_cut_and_linked_and_nothing_is_lost(streets, estates):
    lines = streets.edges_frame().to_crs(CRS).geometry.to_numpy()
    walls = shapely.boundary(estates.geometry.to_numpy())
    wall, line = shapely.STRtree(lines).query(walls, predicate="intersects")
    met = shapely.intersection(walls[wall], lines[line])
    crossings = int(shapely.get_num_geometries(met).sum())
    for gates in (None, gates_of(estates, "residents"), gates_of(estates, "open")):
        network, _ = built(streets, estates, gates)
        street = network.edge_link == STREET
        metres = network.edge_length_m[street].sum()
        assert metres == pytest.approx(streets.edge_length_m.sum(), abs=0.01)
        assert network.edge_length_m[~street & (network.edge_link != CONNECTION)].sum() == 0
        grown = int(street.sum()) - streets.edge_count
        assert 0 < grown <= crossings
        assert network.edge_count == streets.edge_count + grown + int((~street).sum())
        passages = int((~street & (network.edge_link != CONNECTION)).sum())
        assert passages <= crossings + (0 if gates is None else len(gates))


def test_all_estates_of_the_city_are_built_in_within_seconds(city):
    streets = grid(24_000.0, 200.0)
    built(streets, city.head(20))  # compiled
    begin = time.perf_counter()
    network, notes = built(streets, city)
    assert time.perf_counter() - begin < 10
    found = lc.wall_findings(network).set_index("finding")
    assert found.loc["compound without gate", "count"] == len(city) > 2000
    assert not [note for note in notes if "gates" in note or "walls" in note]


def test_estates_within_one_another_let_people_of_the_inner_one_out(city):
    """新州花苑东区 and its like are drawn a second time within the whole estate."""
    shapes = city.geometry.to_numpy()
    inner, outer = shapely.STRtree(shapes).query(shapes, predicate="covered_by")
    nested = np.flatnonzero(inner != outer)
    assert len(nested) > 10
    for pair in nested[:6]:
        both = city.iloc[[inner[pair], outer[pair]]].reset_index(drop=True)
        home = both.geometry.iloc[0].representative_point()
        away = -np.array([home.x, home.y])
        both = both.set_geometry(both.geometry.translate(*away))
        streets = grid(1440.0)
        gates = gates_of(both, "residents").assign(compound_id=None)
        network, _ = built(streets, both, gates)
        found = seconds(network, np.array([[0.0, 0.0], [710.0, 710.0]]))
        assert np.isfinite(found[0, 1])
        assert not np.isfinite(found[1, 0])
