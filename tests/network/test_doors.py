"""Doors: entrances where they are known, else where streets come near the edge of an area."""

import dataclasses
import math
import time
import warnings

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import towns
from lifecircle import read_facilities, read_walk_network
from lifecircle.errors import CrsError, GeometryError, InputError, LifecircleWarning
from lifecircle.network.doors import doors_xy_m, facility_doors
from lifecircle.network.links import GATE_OPEN


def text(shape):
    """Outline at metres of the town as text in degrees."""
    return gpd.GeoSeries([shape], crs=towns.TOWN).to_crs(4326).to_wkt(rounding_precision=9)[0]


def place(shape, point=None, **columns):
    """A facility with an outline, its point inside."""
    inside = shape.representative_point() if point is None else shapely.Point(point)
    return towns.points((inside.x, inside.y), outline=[text(shape)], **columns)


def straight(length=200):
    return towns.town({"A": (0, 0), "B": (length, 0)}, ("A", "B"))


def doors(network, facilities, **options):
    """Doors in metres of the town, with their legs, as sorted rows (row, x, y, leg)."""
    xy_m, row, leg_m = facility_doors(network, facilities, **options)
    assert network.crs is not None
    there = gpd.GeoSeries(gpd.points_from_xy(*xy_m.T), crs=network.crs).to_crs(towns.TOWN)
    table = np.column_stack([row, there.x, there.y, leg_m])
    return table[np.lexsort((table[:, 2], table[:, 1], table[:, 0]))]


class Wall:
    """A wall that stands on one line."""

    def __init__(self, network, line):
        self.line = gpd.GeoSeries([line], crs=towns.TOWN).to_crs(network.crs)[0]

    def crossed(self, start_xy_m, end_xy_m):
        legs = shapely.linestrings(np.stack([start_xy_m, end_xy_m], axis=1))
        return shapely.crosses(legs, self.line)


def walled(network, line):
    return dataclasses.replace(network, walls=Wall(network, line))


def test_a_park_beside_a_street_is_entered_all_along_it():
    # The band of 30 m around the park meets the street from 50 - 20√2 to 150 + 20√2.
    found = doors(straight(), place(shapely.box(50, 10, 150, 110)))
    reach = math.sqrt(30**2 - 10**2)
    steps = np.linspace(50 - reach, 150 + reach, 9)  # 157 m in steps of 20 m at most
    assert len(found) == 10  # and the nearest point
    assert abs(found[:, 1, None] - steps).min(axis=0) == pytest.approx(0, abs=0.1)
    assert found[:, 2] == pytest.approx(0, abs=0.05)
    assert found[:, 3].min() == pytest.approx(10, abs=0.01)
    assert found[[0, -1], 3] == pytest.approx(30, abs=0.05)


def test_on_a_street_inside_the_area_there_is_no_way_left():
    # the street crosses the square: inside the band only its first and last 30 m count
    found = doors(straight(), place(shapely.box(50, -100, 150, 100)))
    inside = (found[:, 1] > 50.01) & (found[:, 1] < 149.99)
    assert found[inside, 3] == pytest.approx(0, abs=1e-6)
    assert inside.any()
    outside = found[~inside]
    assert outside[:, 3] == pytest.approx(np.maximum(50 - outside[:, 1], outside[:, 1] - 150),
                                          abs=0.05)  # fmt: skip
    assert found[:, 1].min() == pytest.approx(20, abs=0.05)
    assert not ((found[:, 1] > 80.1) & (found[:, 1] < 119.9)).any()


def test_known_entrances_go_before_the_outline_and_points_stay_points():
    network = straight()
    gate = gpd.GeoSeries([shapely.Point(50, 10)], crs=towns.TOWN).to_crs(4326)[0]
    park = shapely.box(50, 10, 150, 110)
    table = towns.points(
        (100, 50), (100, 50), (30, 5), (40, 5),
        outline=["", text(park), text(park), None],
        entrances=[gate.wkt, f"MULTIPOINT (({gate.x} {gate.y}))", None, ""],
    )  # fmt: skip
    found = doors(network, table)
    assert found[:2, 0].tolist() == [0, 1]
    assert found[:2, 1:3] == pytest.approx(np.array([[50, 10], [50, 10]]), abs=0.01)
    assert (found[found[:, 0] == 2, 3] > 5).all()
    assert found[-1] == pytest.approx([3, 40, 5, 0], abs=0.01)


def test_an_area_without_streets_nearby_is_reached_at_its_point():
    found = doors(straight(), place(shapely.box(0, 100, 50, 150), (10, 120)))
    assert found == pytest.approx(np.array([[0, 10, 120, 0]]), abs=0.01)
    found = doors(straight(), place(shapely.box(0, 31, 50, 150), (10, 120)))
    assert found == pytest.approx(np.array([[0, 10, 120, 0]]), abs=0.01)
    assert len(doors(straight(), place(shapely.box(0, 31, 50, 150)), edge_m=40)) > 1


def test_tables_without_outlines_give_what_the_points_give():
    network, table = towns.ladder(), towns.points((0, 5), (50, 7))
    for given_table in (table, table.assign(outline=["", None])):
        xy_m, row, leg_m = facility_doors(network, given_table)
        old_xy_m, old_row = doors_xy_m(table, network)
        assert np.array_equal(xy_m, old_xy_m)
        assert np.array_equal(row, old_row)
        assert row.dtype == np.int32
        assert not leg_m.any()
    assert len(facility_doors(network, table.iloc[:0].assign(outline=[]))[1]) == 0


def test_links_of_no_length_are_no_streets_to_leave():
    network = straight()
    gates = dataclasses.replace(network, edge_link=np.array([GATE_OPEN], dtype=np.int8))
    assert len(doors(gates, place(shapely.box(50, 10, 150, 110)))) == 1


def test_a_wall_between_the_street_and_the_area_leaves_the_doors_beyond_its_end():
    park = place(shapely.box(50, 10, 150, 110))
    network = walled(straight(), shapely.LineString([(-50, 5), (100, 5)]))
    found = doors(network, park)
    assert len(found)
    assert found[:, 1].min() > 99
    everywhere = walled(straight(), shapely.LineString([(-50, 5), (300, 5)]))
    point = doors(everywhere, park)
    assert point == pytest.approx(np.array([[0, 100, 60, 0]]), abs=0.1)


def test_a_wall_on_the_very_edge_counts_and_streets_inside_stay():
    # the street enters by a gate in the west wall; only inside there are doors
    park = place(shapely.box(50, -100, 250, 100))
    edge = shapely.LineString([(50, -150), (50, 150)])
    found = doors(walled(straight(), edge), park)
    assert len(found)
    assert (found[:, 1] > 50.1).all()
    assert not found[:, 3].any()


def test_a_gate_on_the_edge_is_not_walked_round():
    # the street is cut at a gate in the wall on the edge: neither end of it there is a door
    park = place(shapely.box(50, -100, 250, 100))
    network = towns.town({"A": (0, 0), "G": (50, 0), "B": (200, 0)}, ("A", "G"), ("G", "B"))
    edge = shapely.LineString([(50, -150), (50, 150)])
    found = doors(walled(network, edge), park)
    assert len(found)
    assert (found[:, 1] > 50.1).all()


def test_a_short_way_in_through_a_wall_is_a_door():
    park = place(shapely.box(50, -100, 250, 100))
    network = towns.town({"A": (0, 0), "B": (55, 0)}, ("A", "B"))
    edge = shapely.LineString([(50, -150), (50, 150)])
    found = doors(walled(network, edge), park)
    assert found[:, 1].min() == pytest.approx(52.5, abs=0.05)
    assert not found[:, 3].any()


def test_holes_and_parts_have_edges_too():
    ring = shapely.box(0, -100, 200, 100).difference(shapely.box(70, -30, 130, 30))
    found = doors(straight(), place(ring, (30, 50)))
    in_hole = (found[:, 1] > 71) & (found[:, 1] < 129)
    assert found[in_hole, 3] == pytest.approx(
        np.minimum(found[in_hole, 1] - 70, 130 - found[in_hole, 1]), abs=0.05
    )
    parts = shapely.MultiPolygon([shapely.box(0, 10, 20, 30), shapely.box(180, 10, 200, 30)])
    found = doors(straight(), place(parts, (10, 20)))
    assert found[:, 1].min() < 5
    assert found[:, 1].max() > 195
    assert not ((found[:, 1] > 60) & (found[:, 1] < 140)).any()


def test_a_self_crossing_outline_is_mended():
    bow_tie = shapely.Polygon([(50, 10), (150, 60), (150, 10), (50, 60)])
    assert len(doors(straight(), place(bow_tie, (60, 20)))) > 3


def test_text_that_is_no_outline_is_told_with_its_row():
    table = towns.points((0, 0), (0, 0))
    for wrong in ("park", "POINT (1 1)", "POLYGON EMPTY", "POLYGON ((nan 1, 1 1, 1 0, nan 1))"):
        bad = table.assign(outline=["", wrong])
        with pytest.raises(GeometryError, match=r"outlines of 1 of 2 rows \(rows 1\)"):
            facility_doors(straight(), bad)


@pytest.mark.parametrize("edge_m", [0, -1, math.nan, math.inf, "30", True])
def test_the_width_of_the_edge_is_a_number_above_zero(edge_m):
    with pytest.raises(InputError, match="edge_m="):
        facility_doors(straight(), towns.points((0, 0)), edge_m=edge_m)


def test_points_without_a_reference_system_are_refused():
    with pytest.raises(CrsError, match="shops"):
        facility_doors(straight(), towns.points((0, 0)).set_crs(None, allow_override=True), "shops")


def test_what_was_handed_in_is_not_changed():
    table = place(shapely.box(50, 10, 150, 110))
    before = table.copy()
    facility_doors(straight(), table)
    assert table.equals(before)


@st.composite
def quarters(draw):
    """A few streets and a convex area of at least 100 m² among them."""
    near = st.tuples(st.integers(-150, 150), st.integers(-150, 150))
    ends = draw(st.lists(st.tuples(near, near), min_size=1, max_size=5))
    nodes, streets = {}, []
    for number, (start, end) in enumerate(ends):
        nodes |= {f"{number}a": start, f"{number}b": (end[0] + 400 * (start == end), end[1])}
        streets.append((f"{number}a", f"{number}b"))
    corners = draw(st.lists(near, min_size=3, max_size=7))
    return nodes, streets, shapely.MultiPoint(corners).convex_hull


@given(quarters())
def test_doors_stand_on_streets_near_the_edge_and_leave_none_out(quarter):
    nodes, streets, area = quarter
    if area.geom_type != "Polygon" or area.area < 100:
        return
    network = towns.town(nodes, *streets)
    found = doors(network, place(area))
    lines = shapely.union_all(
        [shapely.LineString([nodes[start], nodes[end]]) for start, end in streets]
    )
    steps = [
        line.interpolate(at)
        for line in shapely.get_parts(lines)
        for at in np.arange(0, line.length, 2.0)
    ]
    near = [step for step in steps if area.boundary.distance(step) < 29.8]
    if len(found) == 1 and found[0, 3] == 0 and not near:
        return
    at = shapely.points(found[:, 1:3])
    assert shapely.distance(at, lines).max() < 0.1
    assert found[:, 3] == pytest.approx(shapely.distance(at, area), abs=0.1)
    assert shapely.distance(at, area.boundary).max() < 30.1
    for step in near:  # no place on a street by the edge is further than half a step from a door
        assert shapely.distance(at, step).min() <= 10.1


def test_the_parks_of_a_real_city_are_entered_from_their_streets(shared_data):
    path = shared_data / "las_palmas" / "las_palmas_20230221.osm.pbf"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        network, facilities = read_walk_network(path), read_facilities(path)
    begin = time.perf_counter()
    xy_m, row, leg_m = facility_doors(network, facilities)
    assert time.perf_counter() - begin < 20
    assert np.array_equal(np.unique(row), np.arange(len(facilities)))
    assert (np.diff(row) >= 0).all()
    assert leg_m.max() < 30.01
    large = (facilities["outline"] != "") & facilities["entrances"].fillna("").eq("")
    counts = np.bincount(row)
    assert (counts[large] > 1).mean() > 0.9
    assert np.isfinite(xy_m).all()
