"""Residents of a population raster."""

import builtins
import warnings
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

import lifecircle as lc
from lifecircle.errors import CrsError, InputError, LifecircleWarning, MissingPackageError
from lifecircle.tables import check_residents

WEST, NORTH, CELL = 112.98, 28.18, 0.001


def write(path, people, *, nodata=None, crs="EPSG:4326", grid=None, bands=1):
    """A GeoTIFF of people a cell."""
    people = np.asarray(people, dtype="float32")
    rows, columns = people.shape
    grid = grid or Affine(CELL, 0, WEST, 0, -CELL, NORTH)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=columns,
        height=rows,
        count=bands,
        dtype="float32",
        crs=crs,
        transform=grid,
        nodata=nodata,
    ) as raster:
        for band in range(1, bands + 1):
            raster.write(people * band, band)
    return path


def cells(west, south, east, north):
    """A rectangle in cells of the raster, counted east and south from its corner."""
    return box(WEST + west * CELL, NORTH - south * CELL, WEST + east * CELL, NORTH - north * CELL)


def units(*shapes, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=4326)


def made(*arguments, **options):
    """Residents, and what was told."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        residents = lc.residents_from_raster(*arguments, **options)
    assert all(item.category is LifecircleWarning for item in caught), caught[0].message
    return residents, [str(item.message) for item in caught]


FOUR = [[10, 20], [30, 40]]


def test_a_raster_worked_out_by_hand(tmp_path):
    """West column whole, a quarter of the east one: 10, 20 / 4, 30 and 40 / 4."""
    file = write(tmp_path / "people.tif", FOUR)
    homes, told = made(file, units(cells(0, 2, 1.25, 0), unit_id=["U"]), shares={"elderly": 0.2})
    assert homes["people"].to_list() == [10, 5, 30, 10]
    assert homes["elderly"].sum() == 11
    assert homes["cell_share"].round(9).to_list() == [1, 0.25, 1, 0.25]
    assert homes["unit_id"].to_list() == ["U"] * 4
    xy = (shapely.get_coordinates(homes.geometry.to_numpy()) - [WEST, NORTH]) / CELL
    assert xy[0] == pytest.approx([0.5, -0.5])  # the middle of a cell
    assert 1 < xy[1, 0] < 1.25  # inside the unit's part of it
    # the nine cells around each are all four: from 10 to 40 people a cell
    assert homes["people_low"].to_list() == [10, 2, 10, 2]
    assert homes["people_high"].to_list() == [40, 10, 40, 10]
    assert homes.attrs["lifecircle"]["method"] == "raster"
    assert "55 people of 1 units were taken from the raster people.tif" in told[-1]
    assert "cells of about 104 m" in told[-1]
    assert homes.attrs["lifecircle"]["uncertainty"] in told[-1]
    assert_geodataframe_equal(check_residents(homes), homes)


def test_the_stated_total_scales_the_cells_and_is_told(tmp_path):
    file = write(tmp_path / "people.tif", FOUR)
    homes, told = made(file, units(cells(0, 2, 2, 0), unit_id=["U"], people=[150], elderly=[30]))
    assert homes["people"].to_list() == [15, 30, 45, 60]
    assert homes["elderly"].to_list() == [3, 6, 9, 12]
    assert "the cells of 1 of 1 units were scaled to the stated people (U × 1.50)" in told[0]
    assert homes.attrs["lifecircle"]["cross_check"] == [
        {"unit_id": "U", "raster_people": 100.0, "stated_people": 150.0, "ratio": 1.5}
    ]


def test_a_ratio_that_cannot_be_is_doubted(tmp_path):
    file = write(tmp_path / "people.tif", FOUR)
    _, told = made(file, units(cells(0, 2, 2, 0), unit_id=["U"], people=[900]))
    assert "U × 9.00" in told[0]
    assert "is it people a cell, not people a km²" in told[0]


def test_units_without_a_total_get_what_the_raster_has(tmp_path):
    file = write(tmp_path / "people.tif", FOUR)
    parts = units(cells(0, 1, 2, 0), cells(0, 2, 2, 1), unit_id=["A", "B"], people=[60, None])
    homes, _ = made(file, parts)
    assert homes.groupby("unit_id")["people"].sum().to_dict() == {"A": 60, "B": 70}


def test_nested_units_count_once(tmp_path):
    file = write(tmp_path / "people.tif", FOUR)
    nested = units(
        cells(0, 2, 2, 0),
        cells(0, 2, 1, 0),
        cells(1, 2, 2, 0),
        unit_id=["S", "A", "B"],
        level=["circle", "a", "a"],
    )
    homes, _ = made(file, nested)
    assert homes.groupby("unit_id")["people"].sum().to_dict() == {"A": 40, "B": 60}
    homes, _ = made(file, nested.assign(people=[200, None, None]))
    assert homes.groupby("unit_id")["people"].sum().to_dict() == {"S": 200}


def test_no_data_and_less_than_nothing_are_nobody_and_told(tmp_path):
    file = write(tmp_path / "people.tif", [[-99999, 20], [-5, 40], [np.nan, 1]], nodata=-99999)
    homes, told = made(file, units(cells(0, 3, 2, 0), unit_id=["U"]))
    assert homes["people"].sum() == 61
    assert "1 of 6 cells around the units hold fewer than 0 people (-5)" in told[0]
    assert "1 of 1 units are covered with data only in part (U 50%)" in told[1]
    assert "unknown, not 0" in told[1]


def test_the_mark_of_no_data_need_not_be_named(tmp_path):
    file = write(tmp_path / "people.tif", [[-200, 20], [-200, 40]])
    homes, told = made(file, units(cells(0, 2, 2, 0), unit_id=["U"]))
    assert homes["people"].sum() == 60
    assert "2 of 4 cells" in told[0]


def test_a_raster_that_ends_too_early_is_told(tmp_path):
    file = write(tmp_path / "people.tif", FOUR)
    parts = units(
        cells(1, 2, 3, 0),
        cells(5, 2, 6, 0),
        cells(7, 2, 8, 0),
        unit_id=["A", "B", "C"],
        people=[None, None, 33],
    )
    homes, told = made(file, parts)
    assert homes.groupby("unit_id")["people"].sum().to_dict() == {"A": 60, "C": 33}
    assert "2 of 3 units are covered with data only in part (A 50%, B 0%)" in told[0]
    assert "1 of 3 (ids C) state people where the raster has none" in told[1]
    assert set(homes["method"]) == {"raster", "totals"}
    check = homes.attrs["lifecircle"]["cross_check"][1]
    assert np.isnan(check["raster_people"])  # unknown, not 0


def test_a_raster_of_another_place_is_an_error(tmp_path):
    file = write(tmp_path / "people.tif", FOUR)
    with pytest.raises(InputError, match=r"touches none of the 1 units.*another place"):
        made(file, units(box(110, 28, 110.01, 28.01)))
    empty = write(tmp_path / "empty.tif", np.zeros((2, 2)))
    with pytest.raises(InputError, match=r"nobody lives in the 1 units.*right band"):
        made(empty, units(cells(0, 2, 2, 0)))


def test_files_that_are_no_raster_are_told(tmp_path):
    town = units(cells(0, 2, 2, 0))
    with pytest.raises(InputError, match=r"there is no such file. Check the path"):
        made(tmp_path / "nowhere.tif", town)
    (tmp_path / "text.tif").write_text("lon,lat")
    with pytest.raises(InputError, match=r"text.tif: the raster cannot be read.*GeoTIFF"):
        made(tmp_path / "text.tif", town)
    whole = write(tmp_path / "whole.tif", np.ones((300, 300))).read_bytes()
    (tmp_path / "cut.tif").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"cut.tif: the raster cannot be read"):
        made(tmp_path / "cut.tif", units(cells(0, 290, 290, 0)))
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
        nowhere = write(tmp_path / "blank.tif", FOUR, crs=None, grid=Affine.identity())
    with pytest.raises(CrsError, match="no reference system"):
        made(nowhere, town)
    turned = write(tmp_path / "turned.tif", FOUR, grid=Affine(1e-3, 1e-4, WEST, 0, -1e-3, NORTH))
    with pytest.raises(InputError, match=r"turned or mirrored.*gdalwarp"):
        made(turned, town)
    for band in (0, 3, True, "1"):
        with pytest.raises(InputError, match="has the bands 1 to 2"):
            made(write(tmp_path / "two.tif", FOUR, bands=2), town, band=band)


def test_another_band_can_be_read(tmp_path):
    file = write(tmp_path / "two.tif", FOUR, bands=2)
    homes, _ = made(file, units(cells(0, 2, 2, 0)), band=2)
    assert homes["people"].sum() == 200


def test_bad_totals_are_told_with_their_rows(tmp_path):
    file = write(tmp_path / "people.tif", FOUR)
    with pytest.raises(InputError, match=r"1 of 1 rows \(ids U\) have 'people' negative"):
        made(file, units(cells(0, 2, 2, 0), unit_id=["U"], people=[-1]))
    with pytest.raises(InputError, match="no unit has anybody"):
        made(file, units(cells(0, 2, 2, 0), unit_id=["U"], people=[0]))


@pytest.mark.parametrize("package", ["rasterio", "exactextract"])
def test_a_missing_package_names_the_extra(tmp_path, monkeypatch, package):
    file = write(tmp_path / "people.tif", FOUR)
    real = builtins.__import__

    def without(name, *arguments, **options):
        if name.split(".")[0] == package:
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    words = rf"residents_from_raster needs {package}: pip install 'lifecircle\[raster\]'"
    with pytest.raises(MissingPackageError, match=words):
        made(file, units(cells(0, 2, 2, 0)))


def test_a_raster_in_metres_is_measured_in_its_own_system(tmp_path):
    """Cells of 100 m in CGCS2000 with 8 people each; a unit of 5 by 5 of them in WGS-84."""
    east, north = 500_000, 3_116_000
    grid = Affine(100, 0, east, 0, -100, north)
    file = write(tmp_path / "people.tif", np.full((10, 10), 8), crs="EPSG:4547", grid=grid)
    square = gpd.GeoDataFrame(
        {"unit_id": ["U"]},
        geometry=[box(east + 200, north - 700, east + 700, north - 200)],
        crs=4547,
    )
    homes, told = made(file, square.to_crs(4326))
    assert homes["people"].sum() == pytest.approx(200, abs=1)
    assert homes.to_crs(4547).within(square.geometry[0].buffer(0.01)).all()
    middles = shapely.get_coordinates(homes.to_crs(4547).geometry.to_numpy())
    whole = homes["cell_share"].to_numpy() > 0.999
    assert whole.sum() >= 9
    assert (np.abs(middles[whole] % 100 - 50) < 0.01).all()  # metres
    assert "cells of about 100 m" in told[-1]


def test_every_point_lies_in_its_unit(tmp_path):
    file = write(tmp_path / "people.tif", np.full((8, 8), 900))
    circle = Point(WEST + 4 * CELL, NORTH - 4 * CELL).buffer(2.7 * CELL)
    homes, _ = made(file, units(circle, unit_id=["U"]))
    assert homes.within(circle.buffer(1e-9)).all()
    assert homes["people"].sum() == pytest.approx(900 * np.pi * 2.7**2, rel=3e-3)


@settings(max_examples=20)
@given(
    st.lists(st.floats(0, 500), min_size=16, max_size=16),
    st.lists(st.floats(0.1, 3.9), min_size=1, max_size=3, unique=True),
    st.randoms(use_true_random=False),
)
def test_whatever_the_borders_nobody_is_lost(tmp_path_factory, values, cuts, chance):
    """Units side by side that fill the raster hold all its people, in any order."""
    people = np.round(np.reshape(values, (4, 4)), 2)
    if people.sum() < 1:
        return
    file = write(tmp_path_factory.mktemp("raster") / "people.tif", people)
    edges = [0, *sorted(cuts), 4]
    if min(np.diff(edges)) < 0.01:
        return
    shapes = [cells(west, 4, east, 0) for west, east in pairwise(edges)]
    town = units(*shapes, unit_id=[f"U{number}" for number in range(len(shapes))])
    homes, _ = made(file, town, shares={"children": 0.17})
    exact = people.astype("float32").astype(float).sum()
    assert abs(homes["people"].sum() - exact) <= 0.5 + 1e-3
    assert (homes["people_low"] <= homes["people"]).all()
    assert (homes["people"] <= homes["people_high"]).all()
    assert (homes["children"] <= homes["people"]).all()
    order = list(range(len(shapes)))
    chance.shuffle(order)
    assert_geodataframe_equal(made(file, town.iloc[order], shares={"children": 0.17})[0], homes)


def test_hexagons_of_porto_alegre_and_a_raster_made_of_them_agree(tmp_path, shared_data):
    """Each hexagon's people in the cell of its centre: units of whole cells hold whole hexagons."""
    table = pd.read_csv(shared_data / "porto_alegre" / "poa_hexgrid.csv")
    west, north, cell = table["lon"].min() - 0.002, table["lat"].max() + 0.002, 0.0005
    column = ((table["lon"] - west) / cell).astype(int)
    row = ((north - table["lat"]) / cell).astype(int)
    rows, columns = row.max() + 5, column.max() + 5
    people = np.zeros((rows, columns))
    np.add.at(people, (row, column), table["population"])
    grid = Affine(cell, 0, west, 0, -cell, north)
    file = write(tmp_path / "poa.tif", people, grid=grid)
    steps = [(r, c) for r in range(0, rows, 80) for c in range(0, columns, 80)]
    shapes = [
        box(
            west + c * cell,
            north - min(r + 80, rows) * cell,
            west + min(c + 80, columns) * cell,
            north - r * cell,
        )
        for r, c in steps
    ]
    names = [f"{r}/{c}" for r, c in steps]
    homes, _ = made(file, units(*shapes, unit_id=names))
    assert homes["people"].sum() == table["population"].sum() == 812_935
    block = [f"{r // 80 * 80}/{c // 80 * 80}" for r, c in zip(row, column, strict=True)]
    expected = table.groupby(np.array(block))["population"].sum()
    found = homes.groupby("unit_id")["people"].sum()
    expected = expected[expected > 0]
    assert found.to_dict() == pytest.approx(expected.to_dict(), abs=1)
