"""STUDY.toml: what it reads, and every problem at once."""

from __future__ import annotations

import hashlib
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

import lifecircle as lc
import osm_towns
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
coordinates = "WGS-84"
[residents]
path = "residents.gpkg"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    village.units().to_file(tmp_path / "units.gpkg")
    village.residents().to_file(tmp_path / "residents.gpkg")
    streets = village.street().edges_frame()[["highway", "name", "geometry"]]
    streets.to_file(tmp_path / "streets.geojson", driver="GeoJSON")
    places = village.facilities().to_crs(4326)
    table = places.drop(columns="geometry").assign(lon=places.geometry.x, lat=places.geometry.y)
    table.to_csv(tmp_path / "facilities.csv", index=False)
    (tmp_path / "study.toml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def test_a_study_is_read_from_its_file(folder):
    study = lc.read_study(folder / "study.toml")
    assert (study.name, study.minutes, study.language) == ("村", (5.0, 15.0), "en")
    assert study.residents["people"].sum() == 40
    assert sorted(study.facilities["service"]) == ["elderly_day_care", "kindergarten"]


def test_the_file_and_the_frames_give_the_same_figures(folder):
    with pytest.warns(lc.LifecircleWarning):
        read = lc.evaluate(lc.read_study(folder / "study.toml")).coverage
    with pytest.warns(lc.LifecircleWarning):
        made = lc.evaluate(village.study(minutes=(5, 15))).coverage
    columns = ["unit_id", "service", "walker", "minutes", "people"]
    assert read[columns].equals(made[columns])
    # street lengths are measured in the file (UTM is 0.04 % off there) and stated in the frames
    assert (read["nearest_median_min"] - made["nearest_median_min"]).abs().max() < 0.01


def test_sources_carry_the_checksum_of_each_file(folder):
    study = lc.read_study(folder / "study.toml")
    content = (folder / "units.gpkg").read_bytes()
    assert study.sources["units"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert set(study.sources) == {"study", "units", "network", "facilities", "residents"}


def test_every_problem_of_the_file_is_told_at_once(folder):
    bad = (
        GOOD.replace("[units]", "[unitz]")
        .replace("minutes", "minuten")
        .replace("residents.gpkg", "nowhere.gpkg")
    )
    (folder / "study.toml").write_text(bad, encoding="utf-8")
    with pytest.raises(lc.InputError) as told:
        lc.read_study(folder / "study.toml")
    message = str(told.value)
    assert "section [units] is missing" in message
    assert "Did you mean 'units'" in message
    assert "Did you mean 'minutes'" in message
    assert "'nowhere.gpkg' does not exist" in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[study\nname=1", "not valid TOML"),
        ('[units]\npath = "C:\\users\\x"', "not valid TOML"),
        ("units = 3", "must be a section"),
    ],
)
def test_broken_files_are_told_in_one_message(tmp_path, text, words):
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    with pytest.raises(lc.InputError, match=words):
        lc.read_study(tmp_path / "study.toml")


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(lc.InputError, match="there is no such file"):
        lc.read_study(tmp_path / "study.toml")


def test_a_byte_order_mark_does_no_harm(folder):
    (folder / "study.toml").write_text(GOOD, encoding="utf-8-sig")
    assert lc.read_study(folder / "study.toml").name == "村"


def test_values_of_the_wrong_kind_are_told(folder):
    bad = GOOD.replace("minutes = [5, 15]", "minutes = 15").replace('"en"', "7")
    (folder / "study.toml").write_text(bad, encoding="utf-8")
    with pytest.raises(lc.InputError, match="minutes = 15 must be a list of numbers") as told:
        lc.read_study(folder / "study.toml")
    assert "language = 7 must be text in quotes" in str(told.value)


def test_sources_and_review_number_reach_the_map(folder):
    more = GOOD.replace(
        'language = "en"',
        '''language = "en"
data_sources = ["OpenStreetMap"]
review_number = "湘S(2026)001"''',
    )
    (folder / "study.toml").write_text(more, encoding="utf-8")
    study = lc.read_study(folder / "study.toml")
    assert (study.data_sources, study.review_number) == (("OpenStreetMap",), "湘S(2026)001")


def test_a_planners_table_of_classes_lies_beside_the_study(folder):
    text = GOOD.replace('path = "facilities.csv"', 'path = "facilities.csv"\ntaxonomy = "own.csv"')
    assert text != GOOD
    (folder / "study.toml").write_text(text, encoding="utf-8")
    with pytest.raises(lc.InputError, match=r"there is no file 'own.csv' in"):
        lc.read_study(folder / "study.toml")
    services = lc.read_facilities(folder / "facilities.csv")["service"].unique()
    lines = "".join(f"{service},park\n" for service in services)
    (folder / "own.csv").write_text(f"类别,设施\n{lines}", encoding="gbk")
    study = lc.read_study(folder / "study.toml")
    assert set(study.facilities["service"]) == {"park"}
    assert study.sources["taxonomy"]["path"] == "own.csv"
    (folder / "study.toml").write_text(text.replace("own.csv", "gaode"), encoding="utf-8")
    with pytest.raises(lc.UnknownNameError, match="unknown taxonomy 'gaode'"):
        lc.read_study(folder / "study.toml")


BARRIERS = """
[compounds]
path = "estates.gpkg"
[gates]
path = "gates.csv"
columns = {"管理" = "access"}
coordinates = "WGS-84"
unknown_access = "residents"
"""


def with_barriers(folder: Path, more: str = BARRIERS) -> Path:
    square = gpd.GeoDataFrame(
        {"小区名称": ["甲"]}, geometry=[shapely.box(113, 28, 113.001, 28.001)], crs=4326
    )
    square.to_file(folder / "estates.gpkg")
    text = "管理,大门,lon,lat\n刷卡,东门,113.001,28.0005\n,西门,113,28.0005\n"
    (folder / "gates.csv").write_text(text, encoding="utf-8")
    (folder / "study.toml").write_text(GOOD + more, encoding="utf-8")
    return folder / "study.toml"


@pytest.mark.filterwarnings("ignore:gates. .* find no street")  # they stand apart here
def test_compounds_and_gates_are_read_into_the_extras(folder):
    with pytest.warns(lc.LifecircleWarning, match="1 of 2 rows .* count as 'residents'"):
        study = lc.read_study(with_barriers(folder))
    assert set(study.extras) == {"compounds", "gates"}
    assert study.extras["compounds"]["name"].to_list() == ["甲"]
    gates = study.extras["gates"]
    assert gates[["name", "access", "access_known"]].to_numpy().tolist() == [
        ["东门", "residents", True],
        ["西门", "residents", False],
    ]
    assert set(study.sources) >= {"compounds", "gates"}
    assert any("count as 'residents'" in note for note in study.notes)


@pytest.mark.filterwarnings("ignore:gates. .* find no street")
def test_an_openstreetmap_file_gives_all_barriers_and_a_section_of_its_own_goes_before(folder):
    osm_towns.write(
        folder / "streets.osm",
        {1: (0, 0), 2: (50, 0, {"barrier": "gate", "foot": "no"}), 3: (100, 0)},
        {9: ({"barrier": "wall"}, [1, 2, 3])},
    )
    section = '\n[barriers]\npath = "streets.osm"\nunknown_access = "closed"\n'
    study = lc.read_study(with_barriers(folder, section))
    assert {name: len(table) for name, table in study.extras.items()} == {
        "compounds": 0,
        "walls": 1,
        "gates": 1,
    }
    assert study.sources["barriers"]["path"] == "streets.osm"
    with pytest.warns(lc.LifecircleWarning, match="do not say who passes"):
        study = lc.read_study(with_barriers(folder, section + BARRIERS))
    assert study.extras["gates"]["name"].to_list() == ["东门", "西门"]
    assert len(study.extras["walls"]) == 1


def test_problems_of_barriers_are_told_with_those_of_the_other_tables(folder):
    path = with_barriers(folder)
    (folder / "gates.csv").write_text("管理,lon,lat\n蓝色,113,28\n", encoding="utf-8")
    (folder / "facilities.csv").write_text("service,lon,lat\nunheard-of,113,28\n")
    with pytest.raises(lc.InputError) as told:
        lc.read_study(path)
    assert "unheard-of" in str(told.value)
    assert "'蓝色'" in str(told.value)
    assert "业主" in str(told.value)


def test_keys_and_files_of_barriers_are_checked_before_anything_is_read(folder):
    more = BARRIERS.replace("unknown_access", "unknown_acces").replace("gates.csv", "none.csv")
    with pytest.raises(lc.InputError) as told:
        lc.read_study(with_barriers(folder, more + "[walls]\nosm = true\n[barriers]\npath = 3\n"))
    message = str(told.value)
    assert "Did you mean 'unknown_access'" in message
    assert "[gates] path 'none.csv' does not exist" in message
    assert '[walls] needs path = "…"' in message
    assert "[barriers] path = 3 must be text in quotes" in message
