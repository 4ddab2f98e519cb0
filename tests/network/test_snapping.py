"""Points join streets: the nearest point of the nearest street, against brute force."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import towns
from lifecircle.errors import CrsError, EmptyNetworkError, GeometryError, InputError
from lifecircle.network import snapping
from lifecircle.network.snapping import in_pieces, points_xy_m, snap
from lifecircle.network.walkers import ADULT, WHEELCHAIR
from oracle import TIE_M, joins


def join(network, *places, walker=ADULT, snap_m=100.0):
    """Where points of the town join its streets."""
    xy_m = points_xy_m(towns.points(*places), network)
    return snap(network, xy_m, walker=walker, snap_m=snap_m)


def assert_brute_force(network, places, walker, snap_m):
    found = join(network, *places, walker=walker, snap_m=snap_m)
    right = joins(network, towns.points(*places), walker=walker, snap_m=snap_m)
    whole_m = [
        shapely.length(shapely.LineString(network.edge_points_m[begin:end]))
        for begin, end in zip(
            network.edge_first_point[:-1], network.edge_first_point[1:], strict=True
        )
    ]
    for point in range(len(places)):
        edge, share = int(found.edge[point]), float(found.share[point])
        fitting = [
            candidate
            for candidate in right
            if candidate.point == point
            and candidate.edge == edge
            and (edge < 0 or abs(candidate.share - share) * whole_m[edge] < 1e-4)
        ]
        assert fitting, (places[point], edge, share)
        if edge >= 0:
            assert abs(found.access_m[point] - fitting[0].access_m) < 2 * TIE_M
        else:
            assert np.isinf(found.access_m[point])


@given(weird=towns.weird_towns(), snap_m=st.sampled_from([1.0, 30.0, 100.0, 1000.0]))
def test_points_join_weird_streets_where_brute_force_says(weird, snap_m):
    network, places = weird
    assert_brute_force(network, places, ADULT, snap_m)
    if not network.is_steps.all():
        assert_brute_force(network, places, WHEELCHAIR, snap_m)


@given(seed=st.integers(0, 10_000), snap_m=st.floats(1.0, 400.0))
def test_points_join_planned_streets_where_brute_force_says(seed, snap_m):
    rng = np.random.default_rng(seed)
    network = towns.planar_town(seed, crossings=int(rng.integers(5, 120)))
    assert_brute_force(network, rng.uniform(-900, 900, (60, 2)).tolist(), ADULT, snap_m)


def test_a_point_joins_the_nearest_place_of_the_street_not_its_nearest_end():
    found = join(towns.ladder(), (-50, -12))
    assert found.access_m.tolist() == pytest.approx([12.0], abs=1e-6)
    assert found.share.tolist() == pytest.approx([0.5], abs=1e-6)


def test_the_share_of_a_bent_street_counts_along_its_bends():
    network = towns.crescent()
    found = join(network, (-55, 190), (60, 10))
    bent = int(np.argmax(network.edge_length_m))
    assert found.edge.tolist() == [bent, bent]
    assert sorted(found.share * 500.0) == pytest.approx([190.0, 490.0], abs=1e-6)
    assert found.access_m.tolist() == pytest.approx([5.0, 10.0], abs=1e-6)


def test_a_point_exactly_at_the_limit_joins_and_one_beyond_does_not():
    found = join(towns.ladder(), (0, -100), (0, -100.001), snap_m=100.0)
    assert (found.edge >= 0).tolist() == [True, False]


def test_a_point_far_outside_the_streets_joins_from_any_side():
    network = towns.ladder()
    places = [(-5000, 50), (5000, 50), (0, 5000), (0, -5000), (4000, 4000)]
    assert (join(network, *places, snap_m=100.0).edge < 0).all()
    found = join(network, *places, snap_m=10_000.0)
    expected = [4900, 4900, 4900, 5000, np.hypot(3900, 3900)]
    assert found.access_m.tolist() == pytest.approx(expected, rel=1e-6)


def test_between_equally_near_streets_the_order_of_the_points_decides_nothing():
    network = towns.ladder()
    places = [(-100, 50), (0, 0), (-50, 50), (50, 50), (0, 50)]
    forth = join(network, *places)
    back = join(network, *places[::-1])
    assert forth.edge.tolist() == back.edge.tolist()[::-1]
    assert forth.share.tolist() == back.share.tolist()[::-1]


def test_a_wheelchair_joins_the_nearest_street_that_is_not_stairs():
    network = towns.stairs()
    on_foot, on_wheels = join(network, (0, 5)), join(network, (0, 5), walker=WHEELCHAIR)
    assert on_foot.access_m.tolist() == pytest.approx([5.0], abs=1e-6)
    assert on_wheels.access_m.tolist() == pytest.approx([25.0], abs=1e-6)
    assert network.edge_highway[on_wheels.edge[0]] != "steps"


def test_stairs_alone_are_no_streets_for_a_wheelchair():
    network = towns.town({"A": (0, 0), "B": (9, 0)}, ("A", "B", {"highway": "steps"}))
    with pytest.raises(EmptyNetworkError, match="no street that a wheelchair walker may use"):
        join(network, (0, 0), walker=WHEELCHAIR)
    assert join(network, (0, 0)).edge.tolist() == [0]


@pytest.mark.parametrize("wrong", [0, -1, np.nan, np.inf, True, "100", None])
def test_a_snapping_distance_that_is_none_is_refused(wrong):
    with pytest.raises(InputError, match=r"snap_m=.*metres above 0"):
        join(towns.ladder(), (0, 0), snap_m=wrong)


def test_points_in_any_system_come_to_the_same_place():
    network = towns.ladder()
    places = towns.points((-50, -12), (100, 50))
    right = points_xy_m(places, network)
    for code in (4326, 4490, 32649, 4547, 3857):
        assert np.abs(points_xy_m(places.to_crs(code), network) - right).max() < 1e-3, code


def test_points_without_a_system_are_refused_with_the_remedy():
    points = gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)])
    with pytest.raises(CrsError, match=r"1 points have no coordinate reference.*set_crs"):
        points_xy_m(points, towns.ladder())


def test_points_that_are_none_are_refused_all_at_once():
    points = gpd.GeoDataFrame(
        geometry=[
            shapely.Point(0, 0),
            None,
            shapely.Point(),
            shapely.box(0, 0, 1, 1),
            shapely.Point(np.inf, 3),
        ],
        index=["a", "b", "c", "d", "e"],
        crs=towns.TOWN,
    )
    with pytest.raises(GeometryError) as caught:
        points_xy_m(points, towns.ladder())
    text = str(caught.value)
    assert "2 of 5 rows have no geometry (rows b, c)" in text
    assert "1 of 5 rows are not points" in text
    assert "(rows d)" in text
    assert "1 of 5 rows have coordinates that are not finite (rows e)" in text


def test_a_place_that_is_nowhere_joins_nothing():
    network = towns.ladder()
    xy_m = np.array([[np.nan, 0.0], [np.inf, 0.0], [0.0, 0.0]])
    assert (snap(network, xy_m, walker=ADULT, snap_m=100.0).edge >= 0).tolist() == [0, 0, 1]


@pytest.mark.parametrize("threads", [1, 2, 7, None])
def test_work_in_pieces_comes_back_whole_and_in_order(monkeypatch, threads):
    monkeypatch.setattr(snapping.os, "cpu_count", lambda: threads)
    for count in (0, 1, 7, 100):
        parts = in_pieces(lambda begin, end: list(range(begin, end)), count, smallest=8)
        assert [item for part in parts for item in part] == list(range(count))
