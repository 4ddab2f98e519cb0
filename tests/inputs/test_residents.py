"""Residents of buildings, compounds and grid cells."""

import geopandas as gpd
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from lifecircle.errors import InputError, LifecircleWarning, MissingColumnError, UnknownNameError
from lifecircle.inputs.residents import read_residents

HOMES = pd.DataFrame(
    {
        "楼栋编号": ["01", "02", "03"],
        "lng": [112.991, 112.992, 112.993],
        "lat": [28.161, 28.162, 28.163],
        "常住人口": ["１２０", "1,200", "0"],
        "60岁以上": ["30", "400", "0"],
        "残疾人": ["1", "2", "0"],
        "结构": ["砖", "砖", "混"],
    }
)


def test_a_chinese_table_becomes_residents():
    residents = read_residents(HOMES)
    names = ["resident_id", "people", "elderly", "残疾人", "结构", "geometry"]
    assert residents.columns.to_list() == names
    assert residents["resident_id"].to_list() == ["01", "02", "03"]
    assert residents["people"].to_list() == [120.0, 1200.0, 0.0]
    assert residents["elderly"].to_list() == [30.0, 400.0, 0.0]
    assert residents.attrs["lifecircle"]["columns_taken"]["people"] == "常住人口"


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(3)))
def test_the_order_of_rows_does_not_matter(order):
    mixed = read_residents(HOMES.iloc[list(order)]).sort_values("resident_id", ignore_index=True)
    assert_geodataframe_equal(mixed, read_residents(HOMES))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_the_encoding_of_the_file_does_not_matter(tmp_path, encoding):
    HOMES.astype(str).to_csv(tmp_path / "homes.csv", index=False, encoding=encoding, sep="\t")
    assert_geodataframe_equal(read_residents(tmp_path / "homes.csv"), read_residents(HOMES))


def test_checked_residents_are_read_again_without_change():
    once = read_residents(HOMES)
    assert_geodataframe_equal(read_residents(once), once)


def test_the_column_of_the_people_can_be_named():
    residents = read_residents(HOMES.assign(people=-1).drop(columns="60岁以上"), people="残疾人")
    assert residents["people"].sum() == 3
    with pytest.raises(MissingColumnError, match=r"no column '居民'\. Columns found: 楼栋编号"):
        read_residents(HOMES, people="居民")


def test_a_number_counts_for_every_row_with_a_warning():
    with pytest.warns(LifecircleWarning, match="each of 3 rows counts as 2.5 people"):
        residents = read_residents(HOMES[["lng", "lat"]], people=2.5)
    assert residents["people"].to_list() == [2.5] * 3


@pytest.mark.parametrize("people", [0, -1, float("nan"), float("inf"), True])
def test_a_number_of_people_must_be_one(people):
    with pytest.raises(InputError, match="must be a column or a number of people above 0"):
        read_residents(HOMES, people=people)


def test_groups_are_parts_of_the_people():
    residents = read_residents(HOMES, groups={"disabled": "残疾人", "elderly": "60岁以上"})
    assert residents["disabled"].to_list() == [1.0, 2.0, 0.0]
    assert residents.columns.to_list()[:4] == ["resident_id", "people", "elderly", "disabled"]
    with pytest.raises(InputError, match=r"3 of 3 rows .*no number in 'x' \(结构\) but '砖'"):
        read_residents(HOMES, groups={"x": "结构"})
    with pytest.raises(MissingColumnError, match="no column '儿童数'"):
        read_residents(HOMES, groups={"children": "儿童数"})
    with pytest.raises(InputError, match="names one column twice"):
        read_residents(HOMES, groups={"x": "残疾人", "y": "残疾人"})


def test_residents_need_people():
    table = HOMES.drop(columns="常住人口")
    with pytest.raises(MissingColumnError, match=r"no column 'people'.*columns=.*found: 楼栋编号"):
        read_residents(table)


def test_a_table_without_rows_is_an_error(tmp_path):
    HOMES.iloc[:0].to_csv(tmp_path / "homes.csv", index=False, encoding="utf-8")
    with pytest.raises(InputError, match="residents: the table has no rows"):
        read_residents(tmp_path / "homes.csv")


def test_wrong_people_are_listed_by_row():
    table = HOMES.assign(常住人口=["-3", "", "无"])
    with pytest.raises(InputError) as caught:
        read_residents(table)
    text = str(caught.value)
    assert "(ids 01) have 'people' (常住人口) negative or infinite (-3)" in text
    assert "(ids 02) have nothing in 'people' (常住人口)" in text
    assert "(ids 03) have no number in 'people' (常住人口) but '无'" in text


def test_buildings_become_points_in_silence():
    blocks = gpd.GeoDataFrame({"people": [7, 8]}, geometry=[box(0, 0, 1, 1), Point(3, 3)], crs=4326)
    residents = read_residents(blocks)
    assert residents.geometry.to_list() == [Point(0.5, 0.5), Point(3, 3)]
    assert residents.attrs["lifecircle"]["polygons_to_points"] == 1


def test_a_row_that_stands_twice_is_kept_or_dropped():
    twice = pd.concat([HOMES, HOMES.iloc[[1]]])
    with pytest.warns(LifecircleWarning) as told:
        kept = read_residents(twice)
    assert [str(item.message)[:40] for item in told] == [
        "residents: 1 of 4 rows (ids 02) repeat t",
        "residents: 1 of 4 rows (ids 02) have a '",
    ]
    assert kept["resident_id"].to_list() == ["01", "02", "03", "02#2"]
    with pytest.warns(LifecircleWarning, match="left out"):
        assert read_residents(twice, duplicates="drop")["people"].sum() == 1320
    with pytest.raises(UnknownNameError, match="keep, drop"):
        read_residents(twice, duplicates="sum")


def test_porto_alegre_has_its_people(shared_data):
    residents = read_residents(shared_data / "porto_alegre" / "poa_hexgrid.csv")
    assert len(residents) == 1227
    assert residents["people"].sum() == 812_935
    assert residents["resident_id"].is_unique


def test_grid_cells_of_helsinki_become_points(shared_data):
    residents = read_residents(shared_data / "helsinki" / "helsinki_population_grid_2020.gpkg")
    assert residents["people"].sum() == 71_724
    assert residents.attrs["lifecircle"]["polygons_to_points"] == 92
