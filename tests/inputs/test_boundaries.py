"""Units of boundary files."""

import warnings

import geopandas as gpd
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from shapely import Point, box

from lifecircle.errors import (
    DuplicateIdError,
    GeometryError,
    InputError,
    LifecircleWarning,
    MissingColumnError,
)
from lifecircle.inputs.boundaries import read_sound_units, read_units


@pytest.fixture
def circles():
    """Two life circles as a planner draws them."""
    return gpd.GeoDataFrame(
        {
            "编号": ["007", "008"],
            "名称": ["砂子塘", "野坡"],
            "面积（公顷）": ["１０８．８", "136.83"],
            "户数": ["11,937", ""],
            "常住人口": ["26,822", "5125"],
            "备注": ["", "x"],
        },
        geometry=[box(112.98, 28.16, 112.99, 28.17), box(113.0, 28.16, 113.01, 28.17)],
        crs=4326,
    )


def test_chinese_columns_are_taken_and_told(circles):
    units = read_units(circles)
    assert units["unit_id"].to_list() == ["007", "008"]
    assert units["name"].to_list() == ["砂子塘", "野坡"]
    assert units["area_ha"].round(1).to_list() == [108.8, 108.8]
    assert units["stated_area_ha"].to_list() == [108.8, 136.83]
    assert units["households"].fillna(-1).to_list() == [11937, -1]
    assert units["people"].to_list() == [26822, 5125]
    assert units.columns[-2] == "备注"
    assert units.attrs["lifecircle"]["columns_taken"] == {
        "unit_id": "编号",
        "name": "名称",
        "area_ha": "面积（公顷）",
        "households": "户数",
        "people": "常住人口",
    }


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp", "csv", "xlsx"])
def test_the_format_of_the_file_does_not_matter(tmp_path, circles, suffix):
    path = tmp_path / f"units.{suffix}"
    circles = circles.drop(columns=["面积（公顷）"])
    if suffix in {"csv", "xlsx"}:
        table = pd.DataFrame(circles.drop(columns="geometry")).assign(WKT=circles.geometry.to_wkt())
        if suffix == "csv":
            table.to_csv(path, index=False, encoding="gb18030")
        else:
            table.to_excel(path, index=False)
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a shapefile cuts names at ten bytes
            circles.to_file(path, encoding="UTF-8")
    read = read_units(path)
    names = ["unit_id", "name", "area_ha", "people", "geometry"]
    assert_geodataframe_equal(
        read[names], read_units(circles)[names], normalize=True, check_less_precise=True
    )


@pytest.mark.parametrize("crs", [4490, 4547, 3857])
def test_the_reference_system_of_the_file_does_not_matter(circles, crs):
    units = read_units(circles.to_crs(crs))
    assert units["area_ha"].to_list() == pytest.approx([108.84, 108.84], abs=0.01)


def test_columns_that_are_named_go_before_those_found(circles):
    units = read_units(circles, id_column="名称", name_column="备注")
    assert units["unit_id"].to_list() == ["砂子塘", "野坡"]
    assert units["name"].to_list() == ["砂子塘", "x"]


def test_one_column_may_be_id_and_name(circles):
    units = read_units(circles, id_column="名称", name_column="名称")
    assert units["unit_id"].to_list() == units["name"].to_list() == ["砂子塘", "野坡"]


def test_a_named_column_that_is_not_there_lists_those_that_are(circles):
    with pytest.raises(MissingColumnError, match=r"no column '代号'\. Columns found: 编号, 名称"):
        read_units(circles, id_column="代号")


def test_ids_that_stand_twice_are_an_error(circles):
    with pytest.raises(DuplicateIdError, match=r"\(5\)\. Give each unit an id.*id_column="):
        read_units(circles.assign(编号=5))


def test_an_area_in_an_unknown_unit_keeps_its_name(circles):
    bare = circles.drop(columns="面积（公顷）")
    square_metres = read_units(bare.assign(面积=[1_088_000, 1_368_300]))
    assert "stated_area_ha" not in square_metres
    assert square_metres["面积"].to_list() == [1_088_000, 1_368_300]
    hectares = read_units(bare.assign(面积=[108.8, 136.83]))
    assert hectares["stated_area_ha"].to_list() == [108.8, 136.83]


def test_a_wrong_number_is_named_by_the_column_of_the_file(circles):
    with pytest.raises(
        InputError, match=r"\(ids 007\) have no number in 'people' \(常住人口\) but"
    ):
        read_units(circles.assign(常住人口=["约二万", "5125"]))


def test_names_that_a_shapefile_cuts_are_understood(tmp_path, circles):
    units = read_units(circles.assign(boundary_source="drawn"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        units.to_file(tmp_path / "units.shp", encoding="UTF-8")
    again = read_units(tmp_path / "units.shp")
    assert set(again["boundary_source"]) == {"drawn"}
    assert again["stated_area_ha"].to_list() == [108.8, 136.83]


def test_points_are_no_units(circles):
    with pytest.raises(GeometryError, match=r"2 of 2 rows \(ids 007, 008\) are not polygons"):
        read_units(circles.set_geometry([Point(1, 1), Point(2, 2)], crs=4326))


def test_a_table_with_points_alone_is_no_boundary():
    with pytest.raises(GeometryError, match="not polygons"):
        read_units(pd.DataFrame({"lon": [112.99], "lat": [28.16]}))


def test_amap_boundaries_of_hunan_lie_where_they_are(shared_data):
    path = shared_data / "hunan_boundaries" / "hunan_admin_gcj02.geojson"
    districts = gpd.read_file(path)
    districts = districts[districts["adcode"].astype(str) == "430111"]
    moved = read_units(districts, coordinates="GCJ-02")
    assert moved["unit_id"].to_list() == ["430111"]
    assert moved["area_ha"][0] == pytest.approx(29030, rel=0.005)  # 雨花区, 290.3 km²
    as_given = read_units(districts)
    shift_m = moved.to_crs(32649).centroid.distance(as_given.to_crs(32649).centroid)[0]
    assert 490 < shift_m < 700


def test_overlapping_estates_are_told_once(shared_data):
    path = shared_data / "hangzhou_amap" / "amap_residential_aoi_hangzhou_gcj02.geojson"
    with pytest.warns(LifecircleWarning, match=r"28 of 2498 rows .* overlap") as told:
        units = read_units(path, coordinates="GCJ-02")
    assert len(told) == 1
    assert len(units) == 2498


def test_metres_in_a_geojson_are_read_in_its_own_system(shared_data):
    with pytest.warns(LifecircleWarning, match="overlap"):
        units = read_units(shared_data / "las_palmas" / "school_catchments.geojson")
    west, south, east, north = units.total_bounds
    assert -15.6 < west < east < -15.3
    assert 27.9 < south < north < 28.3


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_unit_whose_wkt_was_cut_is_a_fault_of_its_own(tmp_path, circles, suffix):
    path = tmp_path / f"units.{suffix}"
    table = pd.DataFrame(circles.drop(columns="geometry")).assign(WKT=circles.geometry.to_wkt())
    table.loc[1, "WKT"] = table.loc[1, "WKT"][:-20]
    if suffix == "csv":
        table.to_csv(path, index=False, encoding="gb18030")
    else:
        table.to_excel(path, index=False)
    with pytest.raises(GeometryError, match=r"1 of 2 rows have WKT .* \(rows 2\)"):
        read_units(path)
    units, faults = read_sound_units(path)
    assert units["unit_id"].to_list() == ["007"]
    assert units.geometry[0].equals(circles.geometry[0])
    assert list(faults) == ["008"]
    assert faults["008"].name == "野坡"
    assert faults["008"].reason.startswith("its WKT cannot be read.")
    table["WKT"] = table["WKT"].str[:-20]
    with pytest.raises(GeometryError, match=r"2 of 2 rows have WKT .* \(rows 1, 2\)"):
        read_sound_units(table)
