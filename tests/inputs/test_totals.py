"""Residents of totals alone."""

import warnings

import geopandas as gpd
import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box

import lifecircle as lc
from frames import squares
from lifecircle.errors import GeometryError, InputError, LifecircleWarning, UnknownNameError
from lifecircle.tables import check_residents
from lifecircle.tables.places import geodesic_area_m2

LON, LAT = 112.99, 28.16
M_LON, M_LAT = 1 / 98_230, 1 / 110_830  # a metre in degrees at that place


def area(west_m, south_m, east_m, north_m):
    """A rectangle of these metres."""
    return box(
        LON + west_m * M_LON, LAT + south_m * M_LAT, LON + east_m * M_LON, LAT + north_m * M_LAT
    )


def layer(*shapes, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=4326)


def made(*arguments, **options):
    """Residents, and what was told."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        residents = lc.residents_from_totals(*arguments, **options)
    assert all(item.category is LifecircleWarning for item in caught)
    return residents, [str(item.message) for item in caught]


def test_a_town_worked_out_by_hand():
    """250 × 100 m every 100 m: columns of 100, 100 and 50 m, so 400, 400 and 200 of 1000 people."""
    units = layer(area(0, 0, 250, 100.05), unit_id=["U"], people=[1000], elderly=[100])
    homes, told = made(units, spacing_m=100.06)
    assert homes["resident_id"].to_list() == ["U-00001", "U-00002", "U-00003"]
    assert homes["people"].to_list() == pytest.approx([400, 400, 200], abs=1)
    assert homes["people"].sum() == 1000
    assert homes["elderly"].sum() == 100
    assert homes["unit_id"].to_list() == ["U"] * 3
    assert homes["area_m2"].sum() == pytest.approx(25_000, rel=2e-3)
    east_m = (shapely.get_x(homes.geometry.to_numpy()) - LON) / M_LON
    assert east_m[:2] == pytest.approx([50, 150], abs=0.2)
    assert 200 < east_m[2] < 250
    assert homes["people_low"].to_list() == [0, 0, 0]
    assert homes["people_high"].to_list() == pytest.approx([1000, 1000, 500], abs=2)
    assert homes.attrs["lifecircle"]["method"] == "totals"
    (text,) = told
    assert "1,000 people of 1 units were spread evenly over the whole area of each unit" in text
    assert "weakest of all estimates" in text
    assert homes.attrs["lifecircle"]["uncertainty"] in text
    assert_geodataframe_equal(check_residents(homes), homes)


def test_people_live_on_residential_land_alone():
    units = layer(area(0, 0, 400, 100), unit_id=["U"], people=[300])
    land = layer(
        area(0, 0, 100, 100),
        area(200, 0, 250, 100),
        area(300, 0, 400, 100),
        landuse=["residential", "R2", "park"],
    )
    homes, told = made(units, land=land)
    east_m = (shapely.get_x(homes.geometry.to_numpy()) - LON) / M_LON
    assert homes["people"][east_m < 101].sum() == pytest.approx(200, abs=1)
    assert homes["people"][(east_m > 199) & (east_m < 251)].sum() == pytest.approx(100, abs=1)
    assert homes["people"].sum() == 300
    assert "over residential land, every 50 m" in told[-1]
    land["landuse"] = ["residential", "R2", "空白"]
    _, told = made(units, land=land)
    assert "land: 1 of 3 rows do not say whether they are residential (空白)" in told[0]
    assert "0.2 to 2 times" in told[-1]
    assert (homes["people_low"] > 0).any()


def test_land_over_land_counts_once():
    units = layer(area(0, 0, 200, 100), unit_id=["U"], people=[300])
    twice = layer(area(0, 0, 100, 100), area(50, 0, 200, 100))
    once = layer(area(0, 0, 200, 100))
    assert_geodataframe_equal(made(units, land=twice)[0], made(units, land=once)[0])


def test_a_unit_without_residential_land_is_filled_and_told():
    units = layer(area(0, 0, 100, 100), area(100, 0, 200, 100), unit_id=["U", "V"], people=[50, 60])
    homes, told = made(units, land=layer(area(0, 0, 99, 100)))
    assert homes.groupby("unit_id")["people"].sum().to_dict() == {"U": 50, "V": 60}
    assert "1 of 2 units with people (ids V) have no residential land" in told[0]
    assert "Does the land cover them" in told[0]


def test_every_point_lies_in_its_unit_also_of_an_odd_shape():
    ring = area(0, 0, 330, 330).difference(area(10, 10, 320, 320))
    homes, _ = made(layer(ring, unit_id=["U"], people=[5000]), spacing_m=100)
    assert shapely.intersects(ring.buffer(1e-9), homes.geometry.to_numpy()).all()
    assert homes["area_m2"].sum() == pytest.approx(geodesic_area_m2(ring), rel=1e-3)


def test_only_the_finest_units_are_filled():
    whole, west, east = area(0, 0, 200, 100), area(0, 0, 100, 100), area(100, 0, 200, 100)
    units = layer(
        whole, west, east, unit_id=["S", "A", "B"], level=["circle", "a", "a"], people=[99, 40, 50]
    )
    homes, told = made(units)
    assert homes.groupby("unit_id")["people"].sum().to_dict() == {"A": 40, "B": 50}
    assert "totals of 1 of 3 (ids S) were left out" in told[0]


def test_unknown_totals_stay_unknown_and_nobody_is_nobody():
    parts = [area(0, 0, 100, 100), area(100, 0, 200, 100), area(200, 0, 300, 100)]
    units = layer(*parts, unit_id=["A", "B", "C"], people=[40, None, 0])
    homes, told = made(units)
    assert set(homes["unit_id"]) == {"A"}
    assert "1 (ids B) hold neither people nor households" in told[0]
    assert "unknown, not 0" in told[0]


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ([None], "no unit holds people or households.*Add a column 'people'"),
        ([0], "no unit has anybody"),
        ([-3], r"1 of 1 rows \(ids U\) have 'people' negative"),
        ([float("nan")], "no unit holds people or households"),
    ],
)
def test_totals_that_cannot_be_spread_are_told(people, words):
    with pytest.raises(InputError, match=words):
        made(layer(area(0, 0, 100, 100), unit_id=["U"], people=people))


@pytest.mark.parametrize("spacing", [0, -50, 1, float("nan"), "50", True, 1e9])
def test_the_spacing_must_be_metres(spacing):
    with pytest.raises(InputError, match="give metres from 5 to 5000"):
        made(layer(area(0, 0, 100, 100), people=[5]), spacing_m=spacing)


def test_too_many_points_are_told_with_a_spacing_that_works():
    units = squares(0.3, unit_id=["U"], people=[50_000])
    with pytest.raises(InputError, match=r"would make .* points of 1 units. Take spacing_m=50"):
        made(units, spacing_m=10)


def test_land_that_is_none_is_told():
    units = layer(area(0, 0, 100, 100), people=[5])
    with pytest.raises(GeometryError, match=r"land: no row is a polygon"):
        made(units, land=layer(Point(LON, LAT)))
    with pytest.raises(InputError, match=r"land: no row is residential \(park, B1\)"):
        made(units, land=layer(*[area(0, 0, 9, 9)] * 2, landuse=["park", "B1"]))
    _, told = made(units, land=layer(area(0, 0, 99, 99), LineString([(0, 0), (1, 1)])))
    assert "land: 1 of 2 rows are no polygons and were left out" in told[0]
    with pytest.raises(InputError, match=r"there is no file 'land.gpkg'"):
        made(units, land="land.gpkg")
    with pytest.raises(UnknownNameError, match="household_people"):
        made(units, assume={"household": 3})


def test_land_may_be_a_shifted_file(tmp_path):
    """Land stated in GCJ-02 comes to lie where it is."""
    shift = np.array([112.99323 - 112.98763, 28.16258 - 28.16597])
    shape = shapely.transform(area(0, 0, 200, 200), lambda xy: xy + shift)
    layer(shape).to_file(tmp_path / "land.geojson")
    units = layer(area(-100, -100, 300, 300), unit_id=["U"], people=[400])
    homes, _ = made(units, land=str(tmp_path / "land.geojson"), coordinates="GCJ-02")
    east_m = (shapely.get_x(homes.geometry.to_numpy()) - LON) / M_LON
    assert east_m.min() > -20
    assert east_m.max() < 220


def test_units_may_be_a_file(tmp_path):
    units = layer(area(0, 0, 100, 100), unit_id=["U"], people=[5])
    units.to_file(tmp_path / "units.gpkg")
    homes, _ = made(tmp_path / "units.gpkg")
    assert homes["people"].sum() == 5


def test_the_packaged_sample_keeps_its_totals():
    units = lc.load_demo().units
    homes, _ = made(units)
    fine = units[units["level"] == "community"].set_index("unit_id")
    for name in ("people", "elderly", "children"):
        sums = homes.groupby("unit_id")[name].sum()
        assert sums.to_dict() == fine[name].to_dict()


@settings(max_examples=25)
@given(
    st.lists(st.integers(0, 2000), min_size=2, max_size=4),
    st.floats(20, 300),
    st.floats(0, 1),
    st.randoms(use_true_random=False),
)
def test_totals_hold_whatever_the_spacing_and_the_order(totals, spacing, share, chance):
    if not sum(totals):
        return
    names = [f"U{number}" for number in range(len(totals))]
    units = squares(*[0.004] * len(totals), unit_id=names, people=totals)
    homes, _ = made(units, spacing_m=spacing, shares={"elderly": share})
    assert homes["people"].sum() == sum(totals)
    assert homes["elderly"].sum() == sum(np.round(share * np.array(totals)))
    assert (homes["elderly"] <= homes["people"]).all()
    assert (homes["people_low"] <= homes["people"]).all()
    assert (homes["people"] <= homes["people_high"]).all()
    order = list(range(len(totals)))
    chance.shuffle(order)
    mixed, _ = made(units.iloc[order], spacing_m=spacing, shares={"elderly": share})
    assert_geodataframe_equal(mixed, homes)
