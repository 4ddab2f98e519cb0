"""Whole cities through the command line, as a planner would run them."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

import lifecircle as lc
from lifecircle.cli import main


@pytest.fixture(scope="module")
def porto_alegre(tmp_path_factory, shared_data) -> Path:
    """Folder of a study made from the hexagons of Porto Alegre, as tables with lon and lat."""
    source = shared_data / "porto_alegre"
    folder = tmp_path_factory.mktemp("poa")
    hexagons = pd.read_csv(source / "poa_hexgrid.csv")
    homes = hexagons.rename(columns={"id": "resident_id", "population": "people"})
    homes[["resident_id", "lon", "lat", "people"]].to_csv(folder / "homes.csv", index=False)
    services = {"schools": "primary_school", "healthcare": "health_station"}
    places = pd.concat(
        [
            hexagons[hexagons[column] > 0].assign(
                service=service, facility_id=lambda table, c=column: c + table["id"]
            )
            for column, service in services.items()
        ]
    )
    places[["facility_id", "service", "lon", "lat"]].to_csv(folder / "places.csv", index=False)
    area = box(*(hexagons.lon.min(), hexagons.lat.min(), hexagons.lon.max(), hexagons.lat.max()))
    frame = gpd.GeoDataFrame({"name": ["Porto Alegre"]}, geometry=[area.buffer(0.01)], crs=4326)
    frame.to_file(folder / "unit.gpkg")
    (folder / "study.toml").write_text(
        f"""
[study]
name = "Porto Alegre"
language = "en"
[units]
path = "unit.gpkg"
[network]
path = '{(source / "poa_osm.osm.pbf").as_posix()}'
[facilities]
path = "places.csv"
[residents]
path = "homes.csv"
""",
        encoding="utf-8",
    )
    return folder


def test_porto_alegre_is_evaluated_whole(porto_alegre, capsys):
    out = porto_alegre / "out"
    assert main(["evaluate", str(porto_alegre / "study.toml"), "--out", str(out)]) == 0
    table = pd.read_csv(out / "coverage.csv").set_index(["service", "walker", "minutes"])
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["counts"]["people"] == 812_935
    for service in ("primary_school", "health_station"):
        rows = table.xs((service, "adult"), level=("service", "walker"))
        assert (rows["people"] + rows["unsnapped_people"] == 812_935).all()
        assert rows["covered_share"].is_monotonic_increasing
        # walking further than straight lines: the radius share is never beaten at its own distance
        assert (rows["covered_share"] <= rows["radius_share"] + 0.35).all()
    assert "Porto Alegre: 812,935 people" in capsys.readouterr().out


def test_helsinki_streets_and_points_from_one_file(helsinki_pbf, tmp_path, capsys):
    unit = gpd.GeoDataFrame(
        {"name": ["Kluuvi"]}, geometry=[box(24.940, 60.167, 24.950, 60.174)], crs=4326
    )
    unit.to_file(tmp_path / "unit.gpkg")
    with pytest.warns(lc.LifecircleWarning, match="outlines are left out"):
        buildings = lc.read_osm_buildings(helsinki_pbf)
    homes = gpd.GeoDataFrame(
        {"resident_id": buildings["building_id"], "people": 1},
        geometry=buildings.geometry.representative_point(),
        crs=4326,
    )
    homes.to_file(tmp_path / "homes.gpkg")
    (tmp_path / "study.toml").write_text(
        f"""
[study]
name = "Helsinki"
language = "en"
[units]
path = "unit.gpkg"
[network]
path = '{helsinki_pbf.as_posix()}'
[facilities]
path = '{helsinki_pbf.as_posix()}'
[residents]
path = "homes.gpkg"
""",
        encoding="utf-8",
    )
    out = tmp_path / "out"
    assert main(["evaluate", str(tmp_path / "study.toml"), "--out", str(out)]) == 0
    told = capsys.readouterr().err
    assert "streets: they reach less than 15 minutes" in told
    table = pd.read_csv(out / "coverage.csv")
    restaurants = table.query("service == 'restaurant' and minutes == 15 and walker == 'adult'")
    assert restaurants["covered_share"].item() > 0.95
