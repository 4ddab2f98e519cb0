"""Where people are short: names, hexagons and hulls."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, box

import lifecircle as lc
from assessment import long_street
from assessment.long_street import checked
from assessment.village import CRS, EAST, NORTH
from lifecircle.assessment.shortfall_places import place_names, places_text
from lifecircle.crs import local_crs
from lifecircle.measures.hexagons import hexagon_of, hexagons

pytestmark = pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")


@pytest.fixture(scope="module")
def today():
    return checked()


@pytest.fixture(scope="module")
def ranked(today):
    return lc.rank_shortfalls(today, sensitivity=False)


def homes_at(today, *names):
    table = today.evaluation.study.residents.set_index("resident_id")
    return table.loc[list(names)].geometry


def test_hexagons_hold_the_people_who_are_short_of_each_service(today, ranked):
    areas = lc.shortfall_areas(ranked, today, cell_m=100)
    assert areas.crs.to_epsg() == 4326
    sums = areas.groupby(["level", "service"])["people_short"].sum()
    wanted = ranked.groupby(["level", "service"])["people_short"].sum()
    pd.testing.assert_series_equal(sums.sort_index(), wanted.sort_index())
    child = areas[(areas["level"] == "circle") & (areas["service"] == "kindergarten")]
    for name, short, everybody in (("B", 5, 50), ("D", 40, 200)):
        here = child[child.contains(homes_at(today, name).iloc[0])].iloc[0]
        assert (here["people_short"], here["residents_short"]) == (short, everybody)
        assert here["service_name"] == "kindergarten"
        assert here["places_short"] == 1


def test_of_two_clauses_of_a_service_each_home_counts_once():
    wanted = (
        {"service": "food_market", "minutes": 10.0},
        {"service": "food_market", "minutes": 2.0, "clause": "other"},
    )
    found = checked(wanted)
    areas = lc.shortfall_areas(lc.rank_shortfalls(found, sensitivity=False), found)
    circle = areas[areas["level"] == "circle"]
    # within 2 min of no market: all; D by both clauses
    assert circle["people_short"].sum() == 390


def test_cells_stay_where_they_are_whatever_is_short(today, ranked):
    alone = lc.shortfall_areas(ranked[ranked["service"] == "pharmacy"], today)
    every = lc.shortfall_areas(ranked, today)
    joined = alone.merge(every, on=["cell_id", "level", "service"], suffixes=("", "_every"))
    assert len(joined) == len(alone)
    assert shapely.equals_exact(
        np.asarray(joined.geometry.array), np.asarray(joined["geometry_every"].array), 1e-12
    ).all()


@given(x=st.floats(-5e4, 5e4), y=st.floats(-5e4, 5e4), cell_m=st.sampled_from([25.0, 100.0, 333.0]))
def test_a_point_lies_in_its_hexagon(x, y, cell_m):
    q, r = hexagon_of(np.array([x]), np.array([y]), cell_m)
    shape = hexagons(q, r, cell_m)[0]
    assert shape.distance(Point(x, y)) < 1e-6
    assert shape.area == pytest.approx(np.sqrt(3) / 2 * cell_m**2)
    west, south, east, north = shape.bounds
    assert east - west == pytest.approx(cell_m)  # flat to flat; a point is up
    assert north - south == pytest.approx(2 * cell_m / np.sqrt(3))


def test_hexagons_fill_the_plane_without_overlap():
    q, r = (part.ravel() for part in np.meshgrid(np.arange(-3, 4), np.arange(-3, 4)))
    shapes = hexagons(q, r, 100.0)
    whole = shapely.union_all(shapes)
    assert whole.area == pytest.approx(shapely.area(shapes).sum())
    snug = whole.buffer(1e-6)
    assert snug.geom_type == "Polygon"
    assert len(snug.interiors) == 0


def test_a_hull_holds_the_homes_and_stays_in_its_unit(today, ranked):
    hulls = lc.shortfall_hulls(ranked, today)
    assert hulls.crs.to_epsg() == 4326
    assert hulls["unit_id"].to_list() == ranked["unit_id"].to_list()
    named = ["unit_name", "service_name", "priority", "severity", "survey_weight", "check"]
    for name in ("people_short", *named):
        assert hulls[name].to_list() == ranked[name].to_list()
    assert hulls["rank_holds"].isna().all()  # nobody asked
    units = today.evaluation.study.units.set_index("unit_id").geometry
    metric = local_crs(111.0, 28.0)
    for row in hulls.itertuples():
        unit = units.loc[[row.unit_id]].to_crs(metric).iloc[0]
        shape = gpd.GeoSeries([row.geometry], crs=4326).to_crs(metric).iloc[0]
        assert shape.difference(unit.buffer(0.01)).area < 0.01
    circle = hulls[(hulls["unit_id"] == "C") & (hulls["service"] == "kindergarten")].iloc[0]
    assert homes_at(today, "B", "D").within(circle.geometry).all()
    assert not homes_at(today, "A", "F").within(circle.geometry).any()


def test_shapes_can_be_written_and_read(today, tmp_path):
    asked = lc.rank_shortfalls(today, draws=5)
    hulls = lc.shortfall_hulls(asked, today)
    hulls.to_file(tmp_path / "a.gpkg", layer="hulls")
    read = gpd.read_file(tmp_path / "a.gpkg", layer="hulls")
    assert read["rank_holds"].astype(bool).to_list() == asked["rank_holds"].to_list()
    unasked = lc.shortfall_hulls(asked.assign(rank_holds=pd.NA), today)
    unasked.to_file(tmp_path / "a.gpkg", layer="unasked")
    assert gpd.read_file(tmp_path / "a.gpkg", layer="unasked")["rank_holds"].isna().all()


def test_a_hull_of_one_home_is_a_circle_round_it(today, ranked):
    hull = lc.shortfall_hulls(ranked[ranked["service"] == "pharmacy"].head(1), today)
    shape = hull.to_crs(CRS).geometry.iloc[0]
    assert shape.area == pytest.approx(np.pi * 30**2, rel=0.03)


def test_a_home_counted_to_a_unit_that_it_lies_outside_of_keeps_its_hull():
    homes = long_street.homes().assign(unit_id=["W", "W", "W", "E"])  # D lies in E
    found = checked(residents=homes)
    table = lc.rank_shortfalls(found, sensitivity=False)
    row = table[(table["unit_id"] == "W") & (table["service"] == "food_market")]
    assert row["people_short"].to_list() == [200]
    hull = lc.shortfall_hulls(row, found)
    assert homes_at(found, "D").within(hull.geometry.iloc[0]).all()


def test_rows_with_nobody_short_have_no_hull():
    people = long_street.HOMES | {"D": (1700, 200, 0, 0)}
    wish = {"service": "kindergarten", "presence": True}
    found = checked((wish,), residents=long_street.homes(people))
    table = lc.rank_shortfalls(found, sensitivity=False)
    assert len(table) == 1
    assert len(lc.shortfall_hulls(table, found)) == 0
    assert len(lc.shortfall_areas(table, found)) == 0
    assert list(lc.shortfall_hulls(table, found).columns)[:3] == ["rank", "unit_id", "standard"]


def test_rows_of_another_health_check_are_refused(today, ranked):
    other = checked(({"service": "pharmacy", "minutes": 15.0},))
    with pytest.raises(lc.AlignmentError, match=r"5 of 7 rows are no shortfalls .*food_market"):
        lc.shortfall_areas(ranked, other)
    with pytest.raises(lc.MissingColumnError, match="column tier is missing"):
        lc.shortfall_hulls(ranked.drop(columns="tier"), today)


@pytest.mark.parametrize("cell_m", [0, -5, np.nan, "100", True])
def test_a_width_that_is_none_is_refused(today, ranked, cell_m):
    with pytest.raises(lc.InputError, match="width of a hexagon in metres"):
        lc.shortfall_areas(ranked, today, cell_m=cell_m)


def compounds():
    shapes = [
        box(EAST + 1600, NORTH - 40, EAST + 2950, NORTH + 40),
        box(EAST + 2850, NORTH - 40, EAST + 2950, NORTH + 40),
        box(EAST + 850, NORTH - 40, EAST + 950, NORTH + 40),
    ]
    columns = {"compound_id": ["G1", "G2", "G3"], "name": ["大院", "小院", ""], "walled": True}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def test_a_home_is_called_by_its_compound_and_the_smallest_of_nested_ones():
    study = long_street.study(extras={"compounds": compounds()})
    before = study.residents.copy()
    assert place_names(study).tolist() == ["A", "G3", "大院", "小院"]
    pd.testing.assert_frame_equal(study.residents, before)
    found = checked(extras={"compounds": compounds()}, language="zh")
    table = lc.rank_shortfalls(found, sensitivity=False)
    assert table["where"].iloc[0] == "大院 200 人"
    again = lc.rank_shortfalls(found, sensitivity=False)  # what was ranked is not changed
    pd.testing.assert_frame_equal(table, again)


def test_a_home_is_called_by_its_own_name_where_it_has_one():
    homes = long_street.homes().assign(name=["甲楼", None, " ", "丁楼"])
    assert place_names(long_street.study(residents=homes)).tolist() == ["甲楼", "B", "D", "丁楼"]


def test_few_places_are_named_and_the_largest_first():
    names = pd.Categorical(list("abcdeax"))
    people = np.array([1.0, 9.0, 3.0, 3.0, 2.0, 3.0])
    assert places_text(names, np.arange(6), people, "zh") == "b 9 人、a 4 人、c 3 人"
    assert places_text(names, np.array([6, 2]), people[:2], "en") == "c (9 people), x (1 people)"
    assert places_text(names, np.arange(0), people[:0], "zh") == ""
