"""Isochrones: shapes against the set of places that is exactly in reach."""

import warnings
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st

import towns
from lifecircle import read_walk_network
from lifecircle.errors import (
    CrsError,
    GeometryError,
    InputError,
    LifecircleWarning,
    MissingColumnError,
    SnapError,
)
from lifecircle.measures.isochrones import isochrones, service_areas
from lifecircle.network import search, snapping
from lifecircle.network.costs import edge_costs
from lifecircle.network.walkers import ADULT
from lifecircle.network.walking import travel_times


def areas(network, *places, walker=towns.ONE, **options):
    """One shape per place and band, in metres of the town."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        return isochrones(network, towns.points(*places), walker=walker, **options)


# By hand


def test_along_a_straight_street_the_shape_is_as_wide_as_the_time_left():
    network = towns.pieces(1000.0)
    (shape,) = areas(network, (0, 0), minutes=[4], cell_m=10.0, snap_m=50.0).geometry
    # 240 m each way along the street, less what the way off it takes: a diamond cut at 50 m
    diamond = shapely.Polygon([(-240, 0), (0, 240), (240, 0), (0, -240)])
    right = diamond.intersection(shapely.box(-500, -50, 500, 50))
    assert shape.symmetric_difference(right).area / right.area < 0.01


def test_the_middle_of_a_ring_road_that_nobody_reaches_is_a_hole():
    network = towns.ring_road(300.0)
    (shape,) = areas(network, (300, 0), minutes=[30], cell_m=20.0).geometry
    assert len(shape.geoms) == 1
    (outline,) = shape.geoms
    assert len(outline.interiors) == 1
    hole = shapely.Polygon(outline.interiors[0])
    assert hole.contains(shapely.Point(0, 0))
    assert hole.area == pytest.approx(np.pi * 200**2, rel=0.02)
    assert shape.area == pytest.approx(np.pi * (400**2 - 200**2), rel=0.02)


def test_the_area_stated_is_the_area_of_the_shape():
    found = areas(towns.ladder(), (0, 0), minutes=[1, 2, 3])
    metric = found.to_crs(towns.TOWN)
    assert found["area_ha"].to_numpy() == pytest.approx(metric.area.to_numpy() / 1e4, rel=1e-9)
    assert (found["area_ha"] > 0).all()


def test_no_isochrone_leaps_to_an_island():
    network = towns.town(
        {"A": (-100, 0), "B": (100, 0), "C": (-100, 300), "D": (100, 300)}, "AB", "CD"
    )
    (shape,) = areas(network, (0, 0), minutes=[15], snap_m=80.0).geometry
    assert shape.bounds[3] < 100


def test_stairs_shape_the_isochrone_of_a_wheelchair():
    network = towns.stairs()
    on_foot = areas(network, (-25, 0), minutes=[3])
    on_wheels = areas(network, (-25, 0), minutes=[3], walker=towns.ONE_ON_WHEELS)
    far = shapely.Point(100, 0)
    assert on_foot.geometry.iloc[0].contains(far)
    assert not on_wheels.geometry.iloc[0].contains(far)


def test_a_time_too_short_for_the_lattice_is_an_empty_shape_not_an_error():
    found = areas(towns.ladder(), (3, 0), minutes=[0.01], cell_m=50.0)
    assert found["area_ha"].to_list() == [0.0]
    assert found.geometry.iloc[0].geom_type == "MultiPolygon"


# Nesting and shape


def nested(found):
    for _, bands in found.groupby("origin_id"):
        shapes = bands.sort_values("minutes").geometry.to_list()
        for inner, outer in pairwise(shapes):
            # a place far from its street is further than a short band from everywhere
            assert inner.is_empty or outer.covers(inner)


@given(seed=st.integers(0, 100_000), cell_m=st.sampled_from([10.0, 20.0, 45.0]))
@settings(max_examples=25)
def test_shorter_bands_lie_inside_longer_ones(seed, cell_m):
    network = towns.planar_town(seed, crossings=40)
    rng = np.random.default_rng(seed)
    found = areas(
        network,
        *rng.uniform(-400, 400, (3, 2)),
        minutes=(2, 2.5, 5, 10, 15),
        cell_m=cell_m,
        snap_m=300.0,
    )
    assert found.geometry.is_valid.all()
    assert (found.geometry.geom_type == "MultiPolygon").all()
    nested(found)


def test_bands_nest_in_degrees_too(rng):
    network = towns.planar_town(4)
    points = towns.points(*rng.uniform(-400, 400, (5, 2))).to_crs(4326)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        found = isochrones(network, points, minutes=(2, 5, 10, 15), walker=towns.ONE)
    assert found.crs == points.crs
    nested(found)


def test_bands_come_sorted_and_once_whatever_is_asked():
    found = areas(towns.ladder(), (0, 0), (50, 0), minutes=(3, 1, 3, 2))
    assert found["minutes"].to_list() == [1, 2, 3, 1, 2, 3]
    assert found["origin_id"].to_list() == [0, 0, 0, 1, 1, 1]
    assert found.columns.to_list() == ["origin_id", "minutes", "area_ha", "geometry"]


def test_one_point_alone_has_the_shape_it_has_among_others():
    network = towns.planar_town(6)
    places = [(0, 0), (200, 100), (-300, -250)]
    together = areas(network, *places, minutes=(3, 6))
    for index, place in enumerate(places):
        alone = areas(towns.planar_town(6), place, minutes=(3, 6))
        mine = together[together["origin_id"] == index].geometry.to_list()
        assert alone.geometry.to_list() == mine


@pytest.mark.parametrize("code", [4326, 32649, 4547])
def test_the_system_of_the_points_is_the_system_of_the_shapes(code):
    network = towns.planar_town(7)
    points = towns.points((0, 0), (200, 100))
    one = isochrones(network, points, minutes=(5, 10))
    other = isochrones(network, points.to_crs(code), minutes=(5, 10))
    assert other.crs.to_epsg() == code
    back = other.to_crs(points.crs)
    for a, b in zip(one.geometry, back.geometry, strict=True):
        assert a.symmetric_difference(b).area < 1e-3 * a.area
    assert one["area_ha"].to_list() == pytest.approx(other["area_ha"].to_list(), rel=1e-6)


def test_many_facilities_of_one_short_street_are_searched_from_together():
    # both ends of every facility wait at once: more than the street has arcs
    street = towns.town({"A": (0, 0), "B": (300, 0)}, "AB")
    places = [(x, 0) for x in np.linspace(0, 300, 500)]
    shops = towns.points(*places, service=["shop"] * 500)
    area = service_areas(street, shops, minutes=[1], walker=towns.ONE, cell_m=5)
    ends = service_areas(street, shops.iloc[[0, 499]], minutes=[5], walker=towns.ONE, cell_m=5)
    assert area["area_ha"][0] > 0
    assert ends["area_ha"][0] > 0
    people = np.array([place[0] for place in places])
    joined = snapping.snap(
        street, np.column_stack([people, 0 * people]), walker=towns.ONE, snap_m=10
    )
    room = 2 + 2 * 500 + 4
    keys, nodes = np.full(room + 50, -1.0), np.full(room + 50, -1, dtype=np.int32)
    costs = edge_costs(street, towns.ONE)
    first, head, _ = street.arcs
    seconds = np.full(2, np.inf)
    worst_first = np.argsort(-joined.share)  # every facility nearer to A than the one before
    sorted_places = joined.take(worst_first)
    search.spread_from(
        first, head, costs.arc_s, street.edge_ends, costs.forward_s, costs.backward_s,
        sorted_places.edge, sorted_places.share, sorted_places.access_m, 1e6,
        seconds, np.empty(3, dtype=np.int32), keys, nodes,
    )  # fmt: skip
    assert (keys[4 + 2 :] >= 0).any()  # more waited than arcs and 4
    assert (keys[room:] == -1.0).all()
    assert (nodes[room:] == -1).all()
    assert seconds == pytest.approx([0.0, 0.0], abs=1e-9)


def test_nothing_handed_in_is_changed():
    points = towns.points((0, 0), (50, 0), service=["a", "b"])
    before = points.copy(deep=True)
    isochrones(towns.ladder(), points, minutes=[1])
    service_areas(towns.ladder(), points, minutes=[1])
    assert_geodataframe_equal(points, before)


# Against the exact set on real streets


def agreement(network, points, *, cell_m, samples, rng):
    """Mean intersection over union of shape and exact set, per band."""
    bands = (5.0, 10.0, 15.0)
    shapes = isochrones(network, points, minutes=bands, cell_m=cell_m).to_crs(network.crs)
    metric = points.to_crs(network.crs).geometry
    reach_m = ADULT.reach_m(15.0)
    ratios = []
    for row, centre in enumerate(metric):
        xy = rng.uniform(-reach_m, reach_m, (samples, 2)) + np.array([centre.x, centre.y])
        places = gpd.GeoDataFrame(geometry=shapely.points(xy), crs=network.crs)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", LifecircleWarning)
            times = travel_times(network, places, points.iloc[[row]])
        exact = times.nearest()["minutes"].to_numpy()
        for shape, band in zip(shapes.geometry.iloc[3 * row : 3 * row + 3], bands, strict=True):
            shapely.prepare(shape)
            inside, reached = shapely.contains_xy(shape, xy), exact <= band
            ratios.append((inside & reached).sum() / (inside | reached).sum())
    return np.array(ratios).reshape(-1, 3).mean(axis=0)


def near_streets(network, rng, count):
    """Points a few metres off streets in the middle of a network."""
    low, high = np.quantile(network.node_xy_m, [0.25, 0.75], axis=0)
    inner = ((network.node_xy_m > low) & (network.node_xy_m < high)).all(axis=1)
    inner &= network.component == 0  # a courtyard of its own has no shape worth the name
    xy = network.node_xy_m[inner]
    xy = xy[np.lexsort(xy.T)]  # the same places however the network orders its nodes
    xy = xy[rng.choice(len(xy), count, replace=False)] + rng.normal(0, 5, (count, 2))
    return gpd.GeoDataFrame(geometry=shapely.points(xy), crs=network.crs).to_crs(4326)


@pytest.fixture(scope="module")
def helsinki(helsinki_pbf):
    return read_walk_network(helsinki_pbf)


def check_agreement(network, least):
    """Agreement at the usual spacing, and that a finer lattice agrees better than a coarse one."""
    points = near_streets(network, np.random.default_rng(5), 40)
    usual, coarse, coarser = (
        agreement(network, points, cell_m=cell_m, samples=12_000, rng=np.random.default_rng(1))
        for cell_m in (10.0, 20.0, 40.0)
    )
    assert (usual >= least).all(), usual
    assert (usual > coarse).all(), (usual, coarse)
    assert (coarse > coarser).all(), (coarse, coarser)


def test_shapes_agree_with_the_exact_set_in_helsinki(helsinki):
    # blocks with courtyards and passages: the time jumps from street to street everywhere
    check_agreement(helsinki, [0.935, 0.96, 0.975])


def test_shapes_agree_with_the_exact_set_in_porto_alegre(shared_data):
    network = read_walk_network(shared_data / "porto_alegre" / "poa_osm.osm.pbf")
    check_agreement(network, [0.975, 0.985, 0.99])


def test_a_service_s_area_is_the_union_of_its_facilities_isochrones(helsinki, rng):
    points = near_streets(helsinki, rng, 9).assign(service=["park", "school", "park"] * 3)
    cell_m = 20.0
    found = service_areas(helsinki, points, minutes=(3, 8), cell_m=cell_m).to_crs(helsinki.crs)
    single = isochrones(helsinki, points, minutes=(3, 8), cell_m=cell_m).to_crs(helsinki.crs)
    service = points["service"].to_numpy()[single["origin_id"]]
    assert found["service"].to_list() == ["park", "park", "school", "school"]
    for row in found.itertuples():
        mine = single[(service == row.service) & (single["minutes"] == row.minutes)].geometry
        union = mine.union_all()
        assert row.geometry.buffer(cell_m).covers(union)
        assert union.buffer(cell_m).covers(row.geometry)
        assert row.geometry.area == pytest.approx(union.area, rel=0.01)


# What cannot be used


def test_points_far_from_streets_get_no_isochrone_and_are_told():
    points = towns.points((0, 0), (0, 900), (0, 950)).set_axis(["here", "there", "beyond"])
    message = r"points: 2 of 3 points lie further than 100 m .*no isochrone \(there, beyond\)"
    with pytest.warns(LifecircleWarning, match=message):
        found = isochrones(towns.ladder(), points, minutes=[1])
    assert found["origin_id"].to_list() == ["here"]


def test_facilities_far_from_streets_are_told_by_service_areas_too():
    places = towns.points((0, 0), (0, 900), facility_id=["F1", "F2"], service=["a", "b"])
    with pytest.warns(LifecircleWarning, match="1 of 2 .*F2"):
        found = service_areas(towns.ladder(), places, minutes=[1])
    assert found["service"].to_list() == ["a"]


def test_no_point_near_any_street_is_refused():
    with pytest.raises(SnapError, match="none of the 1 points lies within 100 m"):
        isochrones(towns.ladder(), towns.points((0, 900)), minutes=[1])


@pytest.mark.parametrize("wrong", [[0], [-5], [np.nan], [np.inf], [True], [], "15"])
def test_minutes_that_are_no_times_are_refused(wrong):
    points = towns.points((0, 0), service=["a"])
    for function in (isochrones, service_areas):
        with pytest.raises(InputError, match="minutes"):
            function(towns.ladder(), points, minutes=wrong)


@pytest.mark.parametrize("wrong", [0, -20, 0.1, 1e6, np.nan, "20"])
def test_a_spacing_that_is_none_is_refused(wrong):
    with pytest.raises(InputError, match=r"cell_m=.*between 1 and 500"):
        isochrones(towns.ladder(), towns.points((0, 0)), minutes=[1], cell_m=wrong)


def test_a_lattice_that_no_machine_holds_is_refused_with_a_coarser_one():
    network = towns.pieces(40_000.0, 40_000.0)
    far = towns.points((-19_000, 0), (19_000, 0), service=["a", "a"])
    far = far.assign(geometry=far.geometry.translate(0, 90))
    with pytest.raises(InputError, match=r"cell_m=1 makes .* million lattice points.*cell_m=2"):
        service_areas(network, far, minutes=[300], cell_m=1.0, snap_m=5000.0)


def test_points_that_are_none_are_refused():
    network = towns.ladder()
    with pytest.raises(InputError, match="nowhere to walk from"):
        isochrones(network, towns.points())
    with pytest.raises(CrsError, match="set_crs"):
        isochrones(network, gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)]))
    with pytest.raises(GeometryError, match="1 of 1 rows have no geometry"):
        isochrones(network, gpd.GeoDataFrame(geometry=[None], crs=4326))
    with pytest.raises(MissingColumnError, match="no column 'kind'; found service, geometry"):
        service_areas(network, towns.points((0, 0), service=["a"]), by="kind")
