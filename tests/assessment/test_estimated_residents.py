"""Studies whose residents are made: [residents] method in STUDY.toml."""

import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine

import lifecircle as lc
from assessment import village

GOOD = """
[study]
name = "村"
minutes = [5, 15]
language = "en"
[units]
path = "units.gpkg"
[network]
path = "streets.geojson"
[facilities]
path = "facilities.csv"
[residents]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    units = village.units().to_crs(4326)
    units.assign(people=np.full(len(units), 90.0)).to_file(tmp_path / "units.gpkg")
    homes = village.residents().to_crs(4326)
    blocks = homes.to_crs(homes.estimate_utm_crs()).buffer(5, cap_style="square")
    blocks = gpd.GeoDataFrame({"层数": range(1, len(homes) + 1)}, geometry=blocks)
    blocks.to_file(tmp_path / "buildings.gpkg")
    west, south, east, north = units.total_bounds
    grid = Affine((east - west) / 4, 0, west, 0, -(north - south) / 4, north)
    with rasterio.open(
        tmp_path / "people.tif",
        "w",
        driver="GTiff",
        width=4,
        height=4,
        count=1,
        dtype="float32",
        crs=4326,
        transform=grid,
    ) as raster:
        raster.write(np.full((1, 4, 4), 7, dtype="float32"))
    streets = village.street().edges_frame()[["highway", "name", "geometry"]]
    streets.to_file(tmp_path / "streets.geojson", driver="GeoJSON")
    places = village.facilities().to_crs(4326)
    table = places.drop(columns="geometry").assign(lon=places.geometry.x, lat=places.geometry.y)
    table.to_csv(tmp_path / "facilities.csv", index=False)
    return tmp_path


def read(folder, text):
    """The study, and what was told."""
    (folder / "study.toml").write_text(GOOD + text, encoding="utf-8")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        study = lc.read_study(folder / "study.toml")
    return study, [str(item.message) for item in caught]


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ('method = "buildings"\npath = "buildings.gpkg"\nshares = {elderly = 0.2}', "buildings"),
        ('method = "raster"\npath = "people.tif"\nband = 1\nshares = {elderly = 0.2}', "raster"),
        ('method = "totals"\nspacing_m = 100\nshares = {elderly = 0.2}', "totals"),
        ('method = "totals"\nland = "buildings.gpkg"\nshares = {elderly = 0.2}', "totals"),
    ],
)
def test_residents_are_made_as_the_file_says(folder, text, method):
    study, told = read(folder, text)
    sums = study.residents.groupby("unit_id")[["people", "elderly"]].sum()
    assert sums["people"].to_dict() == {"W": 90, "E": 90}  # not again for the circle around them
    assert sums["elderly"].to_dict() == {"W": 18, "E": 18}
    assert study.residents.attrs["lifecircle"]["method"] == method
    uncertainty = study.residents.attrs["lifecircle"]["uncertainty"]
    assert f"residents: {uncertainty}" in told
    assert f"residents: {uncertainty}" in study.notes
    assert ("land" in study.sources) == ("land =" in text)
    assert ("residents" in study.sources) == ("path =" in text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        today = lc.evaluate(study)
    assert len(today.coverage)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('method = "guess"', "unknown method 'guess'. Known: table, buildings, raster, totals"),
        ('method = "raster"', '[residents] needs path = "…"'),
        (
            'method = "totals"\nband = 2',
            "band means nothing to method = 'totals' (it takes assume, coordinates, land, shares, ",
        ),
        ('method = "totals"\npath = "people.tif"', "path means nothing to method = 'totals'"),
        ('method = "totals"\nland = "x.gpkg"', "land 'x.gpkg' does not exist beside study.toml"),
        ('path = "buildings.gpkg"\nspacing_m = 5', "spacing_m means nothing to method = 'table'"),
        ('method = "raster"\npath = "people.tif"\nband = "b"', "band = 'b' must be a whole number"),
        ('method = ["raster"]\npath = "people.tif"', "must be text in quotes"),
    ],
)
def test_what_cannot_be_made_is_told_before_anything_is_read(folder, text, words):
    with pytest.raises(lc.InputError) as caught:
        read(folder, text)
    assert words in str(caught.value)


def test_problems_of_units_and_other_tables_are_told_together(folder):
    (folder / "units.gpkg").write_bytes(b"")
    (folder / "facilities.csv").write_text("a,b\n1,2", encoding="utf-8")
    with pytest.raises(lc.InputError) as caught:
        read(folder, 'method = "totals"')
    assert "units.gpkg: the file is empty" in str(caught.value)
    assert "facilities:" in str(caught.value)


def test_a_unit_with_nobody_has_no_shares_and_no_crash(folder):
    units = village.units().to_crs(4326)
    units.assign(people=[90.0, 0.0, 90.0]).to_file(folder / "units.gpkg")
    study, _ = read(folder, 'method = "totals"')
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = lc.evaluate(study).coverage
    empty = table[table["unit_id"] == "W"]
    assert (empty["people"] == 0).all()
    assert empty["covered_share"].isna().all()
