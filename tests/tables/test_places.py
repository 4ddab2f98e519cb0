"""Where things are: what is wrong, where, how often, and what to do."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import MultiPoint, Point, Polygon, box

from frames import LAT, LON, clinics, homes, squares
from lifecircle.crs import local_crs
from lifecircle.errors import (
    CrsError,
    GeometryError,
    LifecircleWarning,
)
from lifecircle.tables import check_facilities, check_residents, check_units
from lifecircle.tables.places import geodesic_area_m2

# --- 1 to 6, 12: where it is ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "table"),
    [
        (check_units, squares(0.01, crs=None)),
        (check_facilities, clinics((LON, LAT), crs=None)),
        (check_residents, homes((LON, LAT), crs=None)),
    ],
)
def test_a_table_without_a_reference_system_is_an_error(check, table):
    with pytest.raises(CrsError, match=r"no reference system.*coordinates=.*EPSG:4547"):
        check(table)


def test_tables_in_different_systems_meet_in_wgs84():
    place = gpd.GeoSeries([Point(LON, LAT)], crs=4326)
    for code in (4490, 4547, 3857, 32649):
        given = gpd.GeoDataFrame({"people": [1]}, geometry=place.to_crs(code))
        point = check_residents(given).geometry[0]
        east_m, north_m = (point.x - LON) * 98_000, (point.y - LAT) * 111_000
        assert np.hypot(east_m, north_m) < 0.001


def test_places_drawn_in_metres_around_a_place_are_right():
    given = homes((100, 28), crs=local_crs(LON, LAT))
    point = check_residents(given).geometry[0]
    assert abs((point.x - LON) * 98_000 - 100) < 1
    assert abs((point.y - LAT) * 110_900 - 28) < 1


def test_swapped_longitude_and_latitude_are_told():
    given = clinics((LON, LAT), (28.1, 112.9), (39.5, 76.0), facility_id=["a", "b", "c"])
    message = r"2 of 3 rows \(ids b, c\) have longitude and latitude swapped, such as \(28.1, 112.9"
    with pytest.raises(CrsError, match=message):
        check_facilities(given)


def test_swapped_polygons_are_told():
    given = gpd.GeoDataFrame(geometry=[box(28.1, 112.9, 28.2, 113.0)], crs=4490)
    with pytest.raises(CrsError, match="swapped"):
        check_units(given)


@pytest.mark.parametrize("place", [(-15.4, 28.1), (24.9, 60.2), (-51.2, -30.0), (28.9, 41.0)])
def test_cities_outside_china_are_not_taken_for_swapped(place):
    assert len(check_residents(homes(place))) == 1


def test_metres_that_are_called_degrees_are_told():
    given = clinics((512345, 3123456), (LON, LAT))
    message = r"1 of 2 rows \(ids F0001\).*\(512345, 3.12346e\+06\).*metres.*EPSG:4547"
    with pytest.raises(CrsError, match=message):
        check_facilities(given)


def test_degrees_that_are_called_metres_are_told():
    with pytest.raises(CrsError, match=r"cannot be in CGCS2000 / 3-degree Gauss-Kruger CM 114E"):
        check_facilities(clinics((LON, LAT), crs=4547))


def test_eastings_with_a_zone_number_in_a_system_without_are_told():
    with pytest.raises(CrsError, match="8-digit eastings carry"):
        check_facilities(clinics((38512345, 3123456), crs=4547))


@pytest.mark.parametrize("nowhere", [np.nan, np.inf, -np.inf])
def test_coordinates_that_are_not_finite_are_an_error(nowhere):
    given = gpd.GeoDataFrame(
        {"service": ["clinic"] * 2},
        geometry=gpd.points_from_xy([LON, nowhere], [LAT, LAT]),
        crs=4326,
    )
    message = r"1 of 2 rows \(ids F0002\) have coordinates that are blank, not numbers or infinite"
    with pytest.raises(GeometryError, match=message):
        check_facilities(given)


def test_a_polygon_with_one_vertex_nowhere_is_an_error():
    shape = shapely.set_coordinates(box(0, 0, 1, 1), [[0, 0], [np.nan, 1], [1, 1], [1, 0], [0, 0]])
    with pytest.raises(GeometryError, match=r"1 of 1 rows \(ids U0001\).*not numbers"):
        check_units(gpd.GeoDataFrame(geometry=[shape], crs=4326))


@pytest.mark.parametrize("lat", [86.0, -89.0])
def test_the_poles_are_out_of_scope(lat):
    with pytest.raises(GeometryError, match=r"beyond 85° of latitude"):
        check_residents(homes((-50.0, lat)))


def test_tables_across_the_antimeridian_are_out_of_scope():
    with pytest.raises(GeometryError, match="antimeridian"):
        check_residents(homes((179.9, -17.0), (-179.9, -17.0)))


# --- 10, 22 to 24: shapes ---------------------------------------------------------------------


def test_a_bow_tie_is_an_error_for_its_area_is_open():
    tie = Polygon([(LON, LAT), (LON + 0.02, LAT + 0.02), (LON + 0.02, LAT), (LON, LAT + 0.02)])
    given = gpd.GeoDataFrame({"unit_id": ["a", "b"]}, geometry=[tie, box(0, 0, 0.1, 0.1)], crs=4326)
    with pytest.raises(GeometryError, match=r"1 of 2 rows \(ids a\) cross themselves.*Draw them"):
        check_units(given)


def test_a_small_crossing_is_mended_with_a_warning():
    # A square whose last corner is knotted, over a thousandth of its side.
    side, knot = 0.01, 0.00001
    corner = [(-knot, side), (knot, side + knot)]
    crossed = Polygon([(0, 0), (side, 0), (side, side), *corner])
    assert not crossed.is_valid
    given = gpd.GeoDataFrame(geometry=[crossed], crs=4326)
    with pytest.warns(LifecircleWarning, match=r"1 of 1 rows \(ids U0001\) crossed themselves"):
        units = check_units(given)
    assert units.geometry.is_valid.all()
    assert units["area_ha"][0] == pytest.approx(123.1, rel=0.01)


def test_a_unit_larger_than_a_district_is_an_error():
    with pytest.raises(GeometryError, match=r"1 of 2 rows \(ids U0002\) are larger than 5,000 km²"):
        check_units(squares(0.01, 1.0))


def test_a_polygon_without_an_area_is_left_out():
    flat = Polygon([(0, 0), (1, 1), (0, 0), (0, 0)])
    given = gpd.GeoDataFrame(
        {"unit_id": ["flat", "real"]}, geometry=[flat, box(0, 0, 0.01, 0.01)], crs=4326
    )
    with pytest.warns(
        LifecircleWarning, match=r"1 of 2 rows \(ids flat\) have no area and were left"
    ):
        units = check_units(given)
    assert units["unit_id"].to_list() == ["real"]
    with pytest.raises(GeometryError, match=r"1 of 1 rows.*have no area"):
        check_units(given.iloc[:1])


def test_overlaps_are_told_in_pairs_with_their_size():
    #  a: 0 to 2   b: 1 to 3   (hundredths of a degree), c beside b, d over all on another level
    shapes = [box(0, 0, 0.02, 0.01), box(0.01, 0, 0.03, 0.01), box(0.03, 0, 0.04, 0.01)]
    given = gpd.GeoDataFrame(
        {"unit_id": list("abcd"), "level": ["unit", "unit", "unit", "circle"]},
        geometry=[*shapes, box(0, 0, 0.04, 0.01)],
        crs=4326,
    )
    message = (
        r"units: 2 of 4 rows \(ids a, b\) overlap on the same level \(a and b by 123\.\d\d ha\)"
    )
    with pytest.warns(LifecircleWarning, match=message) as told:
        once = check_units(given)
    assert len(told) == 1
    assert len(check_units(once)) == 4


def test_neighbours_and_slivers_are_no_overlap():
    shapes = [box(0, 0, 0.01, 0.01), box(0.009999, 0, 0.02, 0.01)]
    assert len(check_units(gpd.GeoDataFrame(geometry=shapes, crs=4326))) == 2


def test_points_and_lines_are_no_units():
    given = gpd.GeoDataFrame(geometry=[Point(0, 0), shapely.LineString([(0, 0), (1, 1)])], crs=4326)
    with pytest.raises(GeometryError, match=r"2 of 2 rows.*not polygons \(Point, LineString\)"):
        check_units(given)


def test_lines_and_scattered_points_are_no_facilities():
    shapes = [shapely.LineString([(0, 0), (1, 1)]), MultiPoint([(0, 0), (1, 1)]), Point(0, 0)]
    given = gpd.GeoDataFrame({"service": ["clinic"] * 3}, geometry=shapes, crs=4326)
    with pytest.raises(GeometryError, match=r"2 of 3 rows.*\(LineString, MultiPoint\)"):
        check_facilities(given)


def test_a_multipoint_of_one_point_is_that_point():
    given = gpd.GeoDataFrame({"people": [1]}, geometry=[MultiPoint([(1, 2)])], crs=4326)
    assert check_residents(given).geometry[0] == Point(1, 2)


def test_buildings_become_points_inside_them():
    angle = Polygon([(0, 0), (3, 0), (3, 1), (1, 1), (1, 3), (0, 3)])  # its centroid is outside
    given = gpd.GeoDataFrame({"people": [1]}, geometry=[angle], crs=4326)
    residents = check_residents(given)
    assert residents.geometry[0].within(angle)
    assert residents.attrs["lifecircle"]["polygons_to_points"] == 1


def test_facilities_drawn_as_polygons_are_told_that_entrances_are_better():
    given = squares(0.01, service="park")
    with pytest.warns(LifecircleWarning, match=r"1 of 1 rows .* are polygons.*entrances"):
        facilities = check_facilities(given)
    assert facilities.geometry[0].within(given.geometry[0])


def test_areas_are_geodesic_and_holes_do_not_count():
    # The geographiclib authority gives 12308.78 km² for the one-degree square at the equator.
    assert geodesic_area_m2(box(0, 0, 1, 1)) / 1e6 == pytest.approx(12308.78, abs=0.01)
    ring = box(0, 0, 1, 1).difference(box(0.25, 0.25, 0.75, 0.75))
    hole = geodesic_area_m2(box(0.25, 0.25, 0.75, 0.75))
    assert geodesic_area_m2(ring) == pytest.approx(geodesic_area_m2(box(0, 0, 1, 1)) - hole)


def test_a_stated_area_is_kept_where_it_differs():
    units = check_units(squares(0.01, 0.01, area_ha=[108.8, 136.83]))
    assert units["area_ha"].round(1).to_list() == [108.8, 108.8]
    assert units["stated_area_ha"].to_list() == [108.8, 136.83]
    assert "stated_area_ha" not in check_units(squares(0.01, area_ha=[108.8]))
