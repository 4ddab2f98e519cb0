"""Outlines of what is in time: valid, nested, with the right points inside and the right area."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lifecircle.network import lattice

ORIGIN_M = np.array([100.0, -50.0])
JUMP_MIN = 0.3


def drawn(minutes, band_min, beyond_min=None, cell_m=10.0):
    """Shape and stated area of the points within a band; a row of nobody is put around them."""
    minutes = np.pad(np.asarray(minutes, dtype=np.float32), 1, constant_values=np.inf)
    if beyond_min is None:
        beyond_min = np.full(minutes.shape, -JUMP_MIN, dtype=np.float32)
    points, ring_points, polygon_rings, area_m2 = lattice.outline(
        minutes, beyond_min, band_min, JUMP_MIN, ORIGIN_M, cell_m
    )
    offsets = [np.concatenate([[0], np.cumsum(counts)]) for counts in (ring_points, polygon_rings)]
    shape = shapely.from_ragged_array(
        shapely.GeometryType.MULTIPOLYGON,
        points,
        (*offsets, np.array([0, len(polygon_rings)])),
    )[0]
    return shape, area_m2


def place(row, column, cell_m=10.0):
    """Where a point of the unpadded array lies."""
    return ORIGIN_M[0] + (column + 1) * cell_m, ORIGIN_M[1] + (row + 1) * cell_m


def test_one_point_in_time_is_a_diamond_between_its_neighbours():
    # 5 minutes in the middle, nobody around it: the time jumps, so the line runs halfway
    shape, area_m2 = drawn([[5.0]], 10.0)
    x, y = place(0, 0)
    diamond = shapely.Polygon([(x + 5, y), (x, y + 5), (x - 5, y), (x, y - 5)])
    assert shape.symmetric_difference(diamond).area < 1e-4
    assert area_m2 == pytest.approx(50.0, abs=1e-4)


def test_the_line_runs_where_the_time_is_up():
    # along a street the time grows by 0.1 min every 10 m: 10.0 is reached at 2.5 spacings
    minutes = 9.75 + 0.1 * np.arange(8)[None, :].repeat(9, axis=0)
    shape, _ = drawn(minutes, 10.0)
    middle = shapely.LineString([place(4, -1), place(4, 8)])
    east = shapely.intersection(shape, middle).bounds[2]
    assert east == pytest.approx(place(4, 2.5)[0], abs=1e-3)


def test_a_hole_stays_a_hole_and_an_island_in_it_is_a_polygon_of_its_own():
    late = np.zeros((9, 9))
    late[2:7, 2:7] = 20.0
    late[4, 4] = 0.0
    shape, area_m2 = drawn(late, 10.0)
    assert len(shape.geoms) == 2
    assert sorted(len(part.interiors) for part in shape.geoms) == [0, 1]
    assert shape.is_valid
    assert area_m2 == pytest.approx(shape.area, rel=1e-9)


def test_two_holes_side_by_side_belong_to_the_same_ring():
    late = np.zeros((5, 9))
    late[2, 2], late[2, 4], late[2, 6] = 20.0, 20.0, 20.0
    shape, _ = drawn(late, 10.0)
    assert [len(part.interiors) for part in shape.geoms] == [3]


def test_nobody_in_time_is_an_empty_shape():
    shape, area_m2 = drawn(np.full((4, 4), np.inf), 10.0)
    assert shape.is_empty
    assert area_m2 == 0


def test_what_is_in_time_but_too_far_from_a_street_is_outside():
    beyond_min = np.full((3, 5), -JUMP_MIN, dtype=np.float32)
    beyond_min[1, 2] = 0.2
    shape, _ = drawn([[1.0, 1.0, 1.0]], 10.0, beyond_min)
    assert shape.intersects(shapely.Point(place(0, 0)))
    assert not shape.intersects(shapely.Point(place(0, 1)))


minutes_arrays = arrays(
    np.float32,
    st.tuples(st.integers(1, 12), st.integers(1, 12)),
    elements=st.one_of(
        st.sampled_from(np.float32([0.0, 4.9, 5.0, 5.1, 9.9, 10.0, 10.1, np.inf]).tolist()),
        st.floats(0, 20, width=32),
    ),
)


@given(minutes_arrays)
def test_every_outline_is_valid_and_holds_the_points_in_time_alone(minutes):
    for band in (5.0, 10.0, 15.0):
        shape, area_m2 = drawn(minutes, band)
        assert shapely.is_valid_reason(shape) == "Valid Geometry"
        assert area_m2 == pytest.approx(shape.area, rel=1e-9, abs=1e-9)
        for (row, column), value in np.ndenumerate(minutes):
            inside = shape.contains(shapely.Point(place(row, column)))
            assert inside == (value <= np.float32(band))


@given(minutes_arrays)
def test_fewer_minutes_lie_within_more(minutes):
    shapes = [drawn(minutes, band)[0] for band in (4.9, 5.0, 5.05, 5.2, 10.0, 10.02, 15.0)]
    for inner, outer in pairwise(shapes):
        assert inner.difference(outer).area < 1e-9 * max(outer.area, 1.0)
