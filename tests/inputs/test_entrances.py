"""Entrances and outlines: from the drawing to the tables of facilities and residents."""

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import osm_towns
from lifecircle import (
    read_facilities,
    read_osm_buildings,
    read_osm_facilities,
    residents_from_buildings,
)
from lifecircle.errors import LifecircleWarning
from lifecircle.inputs.cleaning import merge_facilities
from lifecircle.inputs.entrances import of_buildings, on_outlines, points_of_text, text_of_points
from lifecircle.tables import check_facilities, check_residents

SCHOOL = {"amenity": "school", "name": "砂子塘小学"}
SHOP = {"shop": "supermarket", "name": "超市"}
MARKET = {"building": "retail"}


def metres(text):
    """Points of a text of entrances in metres of the town, rounded, sorted."""
    lonlat = gpd.GeoSeries([shapely.Point(xy) for xy in points_of_text(text)], crs=4326)
    return sorted((round(p.x), round(p.y)) for p in lonlat.to_crs(osm_towns.CRS))


def area(tmp_path, tags, doors, *, side=40, more=None):
    """File of one square area whose corners carry tags, from the south-west round."""
    nodes, ring = osm_towns.square(1, 0, 0, side)
    nodes |= {node: (*nodes[node], labels) for node, labels in doors.items()}
    return osm_towns.write(tmp_path / "t.osm", nodes | (more or {}), {9: (tags, ring)})


def test_entrances_on_the_outline_of_an_area_are_its_entrances(tmp_path):
    path = area(tmp_path, SCHOOL, {1: {"entrance": "main"}, 3: {"entrance": "yes"}})
    school = read_osm_facilities(path).loc[0]
    assert metres(school["entrances"]) == [(0, 0), (40, 40)]


@pytest.mark.parametrize(
    "tags",
    [
        {"entrance": "exit"},
        {"entrance": "emergency"},
        {"entrance": "no"},
        {"entrance": "garage"},
        {"entrance": "yes", "access": "no"},
        {"entrance": "yes", "access": "private"},
        {"entrance": "service"},
    ],
)
def test_doors_that_are_no_way_in_for_visitors_are_left_out(tmp_path, tags):
    path = area(tmp_path, SCHOOL, {1: tags, 2: {"entrance": "yes", "access": "no", "foot": "yes"}})
    assert metres(read_osm_facilities(path).loc[0, "entrances"]) == [(40, 0)]


def test_private_doors_are_the_way_home(tmp_path):
    path = area(
        tmp_path,
        {"building": "apartments"},
        {1: {"entrance": "home", "access": "private"}, 2: {"entrance": "exit"}, 3: {}},
    )
    buildings = read_osm_buildings(path)
    assert metres(buildings.loc[0, "entrances"]) == [(0, 0)]


def test_an_entrance_beside_the_outline_is_none_of_it(tmp_path):
    path = area(tmp_path, SCHOOL, {}, more={8: (20, 0.2, {"entrance": "yes"})})
    assert read_osm_facilities(path)["entrances"].to_list() == [""]
    assert read_osm_buildings(path).empty


def test_a_shop_inside_a_building_is_entered_by_the_doors_of_the_building(tmp_path):
    path = area(tmp_path, MARKET, {2: {"entrance": "yes"}}, more={8: (10, 10, SHOP)})
    facilities = read_osm_facilities(path)
    assert facilities["facility_id"].to_list() == ["n8"]
    assert metres(facilities.loc[0, "entrances"]) == [(40, 0)]
    place = facilities.to_crs(osm_towns.CRS).geometry[0]
    assert place.distance(shapely.Point(10, 10)) < 0.1


@pytest.mark.parametrize("place", [(60, 60), (0, 0)])
def test_a_shop_outside_or_at_the_wall_of_a_building_keeps_its_own_place(tmp_path, place):
    nodes, ring = osm_towns.square(1, 0, 0, 40)
    nodes |= {1: (0, 0), 2: (40, 0, {"entrance": "yes"})}
    nodes |= {8: (*place, SHOP)} if place != (0, 0) else {1: (0, 0, SHOP)}
    path = osm_towns.write(tmp_path / "t.osm", nodes, {9: (MARKET, ring)})
    assert read_osm_facilities(path)["entrances"].to_list() == [""]


def test_of_two_buildings_around_a_shop_the_smaller_counts(tmp_path):
    nodes, ring = osm_towns.square(1, 0, 0, 100)
    inner, hole = osm_towns.square(11, 10, 10, 20)
    nodes |= inner | {2: (100, 0, {"entrance": "yes"}), 12: (30, 10, {"entrance": "yes"})}
    nodes |= {8: (20, 20, SHOP)}
    path = osm_towns.write(tmp_path / "t.osm", nodes, {9: (MARKET, ring), 10: (MARKET, hole)})
    assert metres(read_osm_facilities(path).loc[0, "entrances"]) == [(30, 10)]


@pytest.mark.parametrize(("side", "kept"), [(31, False), (32, True)])
def test_areas_of_a_thousand_square_metres_keep_their_outline(tmp_path, side, kept):
    facilities = read_osm_facilities(
        area(tmp_path, SCHOOL, {}, side=side, more={8: (900, 0, SHOP)})
    )
    by_id = facilities.set_index("facility_id")["outline"]
    assert bool(by_id["w9"]) == kept
    assert by_id["n8"] == ""
    if kept:
        outline = gpd.GeoSeries.from_wkt([by_id["w9"]], crs=4326).to_crs(osm_towns.CRS)
        assert shapely.hausdorff_distance(outline[0], shapely.box(0, 0, side, side)) < 0.1


def test_an_outline_with_a_hole_and_of_several_parts_stays_so(tmp_path):
    nodes, ring = osm_towns.square(1, 0, 0, 100)
    inner, hole = osm_towns.square(11, 40, 40, 20)
    other, second = osm_towns.square(21, 200, 0, 50)
    tags = {"leisure": "park", "type": "multipolygon", "name": "砂子塘公园"}
    members = [(9, "outer"), (10, "inner"), (11, "outer")]
    path = osm_towns.write(
        tmp_path / "t.osm",
        nodes | inner | other,
        {9: ({}, ring), 10: ({}, hole), 11: ({}, second)},
        {5: (tags, members)},
    )
    outline = gpd.GeoSeries.from_wkt(read_osm_facilities(path)["outline"].to_list(), crs=4326)
    assert outline.to_crs(osm_towns.CRS).area[0] == pytest.approx(100**2 - 20**2 + 50**2, rel=1e-3)


def test_polygons_of_a_layer_keep_their_outline_in_degrees(tmp_path):
    park = shapely.box(500000, 3116000, 500200, 3116100)
    kiosk = shapely.box(500300, 3116000, 500310, 3116010)
    layer = gpd.GeoDataFrame(
        {"名称": ["公园", "亭"], "service": ["park", "park"]}, geometry=[park, kiosk], crs=4547
    )
    layer.to_file(tmp_path / "parks.gpkg")
    with pytest.warns(LifecircleWarning, match="2 of 2 rows .* are polygons"):
        facilities = read_facilities(tmp_path / "parks.gpkg")
    assert set(facilities.geometry.geom_type) == {"Point"}
    assert facilities["outline"].to_list()[1] == ""
    outline = gpd.GeoSeries.from_wkt([facilities.loc[0, "outline"]], crs=4326).to_crs(4547)[0]
    assert shapely.hausdorff_distance(outline, park) < 0.02


def test_points_have_no_outline_and_a_checked_table_keeps_its_own():
    points = gpd.GeoDataFrame({"service": ["park"]}, geometry=[shapely.Point(113, 28)], crs=4326)
    assert "outline" not in check_facilities(points)
    text = "POLYGON ((113 28, 113.001 28, 113.001 28.001, 113 28))"
    again = check_facilities(check_facilities(points.assign(outline=text)))
    assert again["outline"].to_list() == [text]


def test_a_self_crossing_polygon_has_a_mended_outline():
    bow_tie = shapely.Polygon([(113, 28), (113.002, 28.002), (113.002, 28), (113, 28.002)])
    park = gpd.GeoDataFrame({"service": ["park"]}, geometry=[bow_tie], crs=4326)
    with pytest.warns(LifecircleWarning, match="are polygons"):
        outline = check_facilities(park).loc[0, "outline"]
    assert shapely.from_wkt(outline).is_valid


def test_merging_keeps_the_outline_and_no_point_inside_becomes_a_door():
    text = "POLYGON ((113 28, 113.002 28, 113.002 28.002, 113 28.002, 113 28))"
    park = gpd.GeoDataFrame(
        {
            "facility_id": ["n1", "w2", "n3"],
            "name": ["白沙公园", "白沙公园", "白沙公园(东门)"],
            "service": "park",
            "osm_class": "leisure=park",
            "outline": ["", text, ""],
        },
        geometry=[shapely.Point(113.0005, 28.001), shapely.Point(113.001, 28.001),
                  shapely.Point(113.002, 28.001)],
        crs=4326,
    )  # fmt: skip
    with pytest.warns(LifecircleWarning, match="were merged"):
        merged = merge_facilities(park)
    assert merged["outline"].to_list() == [text]
    assert merged["entrances"].to_list() == ["MULTIPOINT ((113.002 28.001))"]
    with pytest.warns(LifecircleWarning, match="were merged"):
        bare = merge_facilities(park.drop(columns="outline"))
    assert bare["entrances"][0].count("(") == 4


def test_of_two_outlines_the_larger_stays():
    texts = ["POLYGON ((113 28, 113.001 28, 113.001 28.001, 113 28))",
             "POLYGON ((113 28, 113.002 28, 113.002 28.002, 113 28))"]  # fmt: skip
    park = gpd.GeoDataFrame(
        {"facility_id": ["a", "b"], "name": "白沙公园", "service": "park", "outline": texts},
        geometry=[shapely.Point(113.0005, 28.0005), shapely.Point(113.0006, 28.0005)],
        crs=4326,
    )
    with pytest.warns(LifecircleWarning, match="were merged"):
        assert merge_facilities(park)["outline"].to_list() == [texts[1]]


def test_residents_carry_the_entrances_of_their_building(tmp_path):
    path = area(
        tmp_path,
        {"building": "apartments", "building:levels": "6"},
        {2: {"entrance": "staircase"}},
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        residents = residents_from_buildings(path)
    assert metres(residents.loc[0, "entrances"]) == [(40, 0)]
    assert check_residents(residents)["entrances"].to_list() == residents["entrances"].to_list()


def test_places_that_stand_for_no_building_have_no_entrances(tmp_path):
    path = area(
        tmp_path,
        {"building": "apartments", "building:levels": "6"},
        {2: {"entrance": "yes"}},
    )
    near = shapely.box(112.989, 28.159, 112.992, 28.162)
    far = shapely.box(113.1, 28.159, 113.101, 28.16)
    units = gpd.GeoDataFrame({"people": [100, 50]}, geometry=[near, far], crs=4326)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        residents = residents_from_buildings(path, units)
    assert (residents["entrances"] != "").sum() == 1
    assert residents["entrances"].notna().all()
    assert residents["people"].sum() == 150


@given(
    st.lists(
        st.tuples(st.integers(-1800000000, 1800000000), st.integers(-850000000, 850000000)),
        max_size=6,
        unique=True,
    )
)
def test_text_of_entrances_comes_back_as_it_was(steps):
    places = [(x / 1e7, y / 1e7) for x, y in steps]
    assert points_of_text(text_of_points(places)) == {(round(x, 8), round(y, 8)) for x, y in places}
    shapes = np.array([shapely.LineString([p, (0.5, 0.5)]) for p in places], dtype=object)
    doors = np.array(places, dtype=float).reshape(-1, 2)
    for place, text in zip(places, on_outlines(shapes, doors), strict=True):
        assert (round(place[0], 8), round(place[1], 8)) in points_of_text(text)


def test_nothing_has_no_entrances():
    nothing = np.empty(0, dtype=object)
    assert on_outlines(nothing, np.empty((0, 2))) == []
    assert of_buildings(nothing, nothing, []) == []
    assert on_outlines(np.array([shapely.box(0, 0, 1, 1)]), np.empty((0, 2))) == [""]


def test_entrances_of_a_real_campus_are_found(shared_data):
    path = shared_data / "beijing_bupt" / "bupt_campus.osm"
    buildings = read_osm_buildings(path)
    known = buildings["entrances"] != ""
    assert known.sum() > 40
    doors = [points_of_text(text) for text in buildings["entrances"][known]]
    for shape, places in zip(buildings.geometry[known], doors, strict=True):
        for place in places:
            assert shape.boundary.distance(shapely.Point(place)) < 1e-7
    facilities = read_osm_facilities(path).set_index("facility_id")
    assert shapely.from_wkt(facilities.loc["w279303636", "outline"]).geom_type == "Polygon"
    assert pd.Series(facilities["entrances"]).ne("").sum() > 0
