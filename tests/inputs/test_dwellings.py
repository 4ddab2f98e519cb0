"""Residents of buildings and estates."""

import time
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box

import lifecircle as lc
from lifecircle.errors import CrsError, GeometryError, InputError, LifecircleWarning
from lifecircle.inputs.floor_area import figures, floor_areas, measured_m2
from lifecircle.inputs.homes import lived_in
from lifecircle.inputs.unit_totals import assumed
from lifecircle.tables import check_residents

LON, LAT = 112.99, 28.16
M_LON, M_LAT = 1 / 98_230, 1 / 110_830  # a metre in degrees at that place


def house(east_m, north_m, width_m=20.0, depth_m=10.0):
    """Outline of a house whose south-west corner lies so far from the town's."""
    west, south = LON + east_m * M_LON, LAT + north_m * M_LAT
    return box(west, south, west + width_m * M_LON, south + depth_m * M_LAT)


def street(count=3, **columns):
    """Houses of 200 m² side by side, every 30 m."""
    shapes = [house(10 + 30 * number, 10) for number in range(count)]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=4326)


def area(west_m, east_m, **columns):
    """A unit that reaches over these metres."""
    shape = box(LON + west_m * M_LON, LAT, LON + east_m * M_LON, LAT + 100 * M_LAT)
    return gpd.GeoDataFrame({"unit_id": ["U"], **columns}, geometry=[shape], crs=4326)


def made(*arguments, **options):
    """Residents, and what was told."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        residents = lc.residents_from_buildings(*arguments, **options)
    assert all(item.category is LifecircleWarning for item in caught)
    return residents, [str(item.message) for item in caught]


def test_a_town_worked_out_by_hand():
    """Three houses of 200 m² with 6, 12 and 18 storeys: 1200, 2400, 3600 m² of 7200.

    720 people are 10 m² a person, 120, 240 and 360 of them. 72 elderly and 36 children follow them.
    """
    units = area(0, 100, people=[720], elderly=[72], children=[36])
    homes, told = made(street(层数=["6", "12", "１８层"], 名称=["a", "b", "c"]), units)
    assert homes["people"].to_list() == [120, 240, 360]
    assert homes["elderly"].to_list() == [12, 24, 36]
    assert homes["children"].to_list() == [6, 12, 18]
    assert homes["unit_id"].to_list() == ["U"] * 3
    assert homes["floor_area_m2"].round(-1).to_list() == [1200, 2400, 3600]
    assert set(homes["floor_area_from"]) == {"footprint × floors"}
    assert homes["名称"].to_list() == ["a", "b", "c"]
    # ± 25 % for dwellings and ± 15 % for floors are ± 29 % together
    assert homes["people_low"].to_list() == [85, 170, 255]
    assert homes["people_high"].to_list() == [155, 310, 465]
    assert "units: 1 of 1 come out at U 10 m² of floor a person (12 to 80 is usual)" in told[0]
    assert "Are homes missing from the table" in told[0]
    assert "720 people were put into 3 buildings (footprint × floors × 3)" in told[-1]
    assert "held to the totals of 1 units" in told[-1]
    assert "±29%" in told[-1]


def test_the_table_says_how_it_was_made_and_passes_every_check():
    homes, _ = made(street(层数=[6, 12, 18]), area(0, 100, people=[200], households=[80]))
    known = homes.attrs["lifecircle"]
    assert known["method"] == "buildings"
    assert "one building's people are good to about ±29%" in known["uncertainty"]
    (check,) = known["cross_check"]
    assert check["m2_per_person"] == pytest.approx(7200 / 200, rel=1e-3)
    assert check["people_per_dwelling"] == 200 / 80
    assert_geodataframe_equal(check_residents(homes), homes)
    points = homes.geometry.to_list()
    assert all(
        shape.contains(point) for shape, point in zip(street().geometry, points, strict=True)
    )


def test_what_was_handed_in_is_not_changed():
    buildings, units = street(层数=[6, 12, 18]), area(0, 100, people=[200])
    before = buildings.copy(deep=True), units.copy(deep=True)
    made(buildings, units)
    assert_geodataframe_equal(buildings, before[0])
    assert_geodataframe_equal(units, before[1])


def test_without_units_floor_area_counts_35_m2_a_person():
    homes, told = made(street(层数=[7, 14, 21]))
    assert homes["people"].to_list() == [40, 80, 120]
    assert "unit_id" not in homes
    assert "held to no total, so that all of it may be off together" in told[-1]
    fewer, _ = made(street(层数=[7, 14, 21]), assume={"m2_per_person": 70})
    assert fewer["people"].to_list() == [20, 40, 60]


def test_units_without_any_total_hold_nothing_and_that_is_told():
    homes, told = made(street(层数=[7, 14, 21]), area(0, 100))
    assert homes["people"].sum() == 240
    assert homes["unit_id"].to_list() == ["U"] * 3
    assert "none holds people or households" in told[0]


def test_households_of_a_unit_make_its_total_where_people_are_unknown():
    homes, told = made(street(层数=[6, 6, 6]), area(0, 100, households=[100]))
    assert homes["people"].sum() == 262
    assert "2.62 people a household were assumed" in told[0]
    homes, _ = made(
        street(层数=[6, 6, 6]), area(0, 100, households=[100]), assume={"household_people": 3}
    )
    assert homes["people"].to_list() == [100, 100, 100]


@pytest.mark.parametrize(
    ("columns", "area_m2", "made_of"),
    [
        ({"建筑面积": ["1,500"], "层数": [3], "高度": [9]}, 1500, "floor_area_m2"),
        ({"总建筑面积(㎡)": ["0.15万"]}, 1500, "floor_area_m2"),
        ({"building:levels": ["3"], "height": ["30 m"]}, 600, "footprint × floors"),
        ({"高度": ["18米"]}, 1200, "footprint × height"),
        ({"height": [2]}, 200, "footprint × height"),
        ({"名称": ["x"]}, 1200, "default floors"),
        ({"基底面积": [100], "层数": [3]}, 300, "footprint × floors"),
        ({"容积率": [2.5]}, 500, "site × floor-area ratio"),
        ({"volume_rate": [None], "层数": [6]}, 400, "default floor-area ratio"),
    ],
)
def test_floor_area_is_the_best_that_the_row_tells(columns, area_m2, made_of):
    homes, _ = made(street(1, **columns))
    assert homes["floor_area_m2"][0] == pytest.approx(area_m2, rel=1e-3)
    assert homes["floor_area_from"].to_list() == [made_of]


def test_households_of_a_building_go_before_its_floor_area():
    """40 households × 2.62 = 104.8 beside 7 × 200 / 35 = 40 people; 户数 0 is nobody."""
    homes, _ = made(street(户数=["40户", None, "0"], 层数=[7, 7, 7]))
    assert homes["people"].to_list() == [105, 40, 0]
    assert homes["floor_area_from"].to_list() == ["households", "footprint × floors", "households"]
    assert homes["dwellings"].fillna(-1).to_list() == [40, -1, 0]


def test_people_a_dwelling_beyond_the_usual_are_told():
    _, told = made(street(1, 户数=[10], 层数=[6]), area(0, 100, people=[60]))
    assert "units: 1 of 1 come out at U 6 people a dwelling (1.5 to 5 is usual)" in told[0]


def test_the_usual_floors_of_the_table_stand_in_where_enough_are_known():
    homes, told = made(street(12, 层数=[3] * 11 + [None]))
    assert homes["floor_area_m2"].iloc[-1] == pytest.approx(600, rel=1e-3)
    assert "1 of 12 rows tell neither floor area nor floors: 3 was taken" in told[0]
    assert "the median of the 11 that do" in told[0]
    _, told = made(street(2, 层数=[3, None]))
    assert "6 was taken, an assumption: assume={'floors': …} says better" in told[0]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"层数": [6, 999, 6]}, "1 of 3 rows (ids R000002) have no usable floors but 999"),
        ({"层数": [6, "多层", 6]}, "(ids R000002) have no usable floors but 多层"),
        ({"层数": [6, -3, 6]}, "(ids R000002) have no usable floors but -3"),
        ({"高度": [18, 0, 9]}, "(ids R000002) have no usable height in metres but 0"),
        ({"容积率": [2, 60, 2]}, "(ids R000002) have no usable floor-area ratio but 60"),
        (
            {"建筑面积": [900, 4, 9]},
            "2 of 3 rows (ids R000002, R000003) state a floor area 0.02, 0.0",
        ),
        ({"户数": [9, -9, 9]}, "(ids R000002) have no usable households but -9"),
    ],
)
def test_what_cannot_be_counts_as_not_told(columns, words):
    _, told = made(street(**columns))
    (text,) = [text for text in told if "count as not told" in text]
    assert words in text


def test_storeys_of_an_estate_are_not_multiplied_by_its_site():
    homes, told = made(street(2, 容积率=[2, 2], 层数=[6, 6]))
    assert homes["floor_area_m2"].round(-1).to_list() == [400, 400]
    assert "storeys of 2 of 2 rows are not used" in told[0]
    assert "name it with columns={'…': 'footprint_m2'}" in told[0]
    homes, told = made(street(2, 容积率=[2, 2], 层数=[6, 6], 基底面积=[50, 50]))
    assert homes["floor_area_m2"].to_list() == [300, 300]
    assert len(told) == 1


def test_age_groups_follow_shares_also_without_units():
    homes, _ = made(street(层数=[7, 14, 21]), shares={"elderly": 0.25, "children": 0.1})
    assert homes["elderly"].to_list() == [10, 20, 30]
    assert homes["children"].sum() == 24


def test_a_ratio_that_is_not_believed_can_be():
    homes, _ = made(street(1, 容积率=[9]), assume={"most_floor_area_ratio": 10})
    assert homes["floor_area_from"].to_list() == ["site × floor-area ratio"]


def test_what_is_no_home_is_left_out_counted_and_told():
    uses = ["apartments", "school", "commercial", "yes", None, "住宅", "商业", "gazebo"]
    homes, told = made(street(8, building=uses, 层数=[7] * 8))
    assert len(homes) == 5
    assert "3 of 8 rows are no homes and were left out: " in told[0]
    assert "school × 1" in told[0]
    assert "homes=[…] names the uses that are" in told[0]
    assert "3 of 8 rows do not say whether they are homes (" in told[1]
    assert "gazebo × 1" in told[1]


def test_the_planner_may_say_what_homes_are():
    homes, _ = made(street(3, 用途=["A类", "B类", "a类"], 层数=[7] * 3), homes=["A类"])
    assert homes["people"].to_list() == [40, 40]
    with pytest.raises(InputError, match=r"no row is a home \(A类, B类\).*homes=\[…\]"):
        made(street(2, 用途=["A类", "B类"]), homes=["住宅"])
    with pytest.raises(InputError, match=r"needs a column of uses.*columns="):
        made(street(2), homes=["住宅"])


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("商务住宅;住宅区;住宅小区", True),
        ("商务住宅;住宅区;别墅", True),
        ("商务住宅;楼宇;商住两用楼宇", True),
        ("商务住宅;楼宇;商务写字楼", False),
        ("商务住宅;住宅区;社区中心", False),
        ("购物服务;商场;购物中心", False),
        ("house;museum", True),
        ("Semidetached House", True),
        ("garages", False),
        ("居住用地", True),
        ("0701", True),
        ("R2", True),
        ("B1", False),
        ("0803", False),
        ("幼儿园", False),
        ("yes", None),
        ("", None),
    ],
)
def test_uses_are_told_apart(text, home):
    found, unknown = lived_in(pd.Series([text]))
    assert (found[0], unknown[0]) == (home is not False, home is None)


def test_buildings_outside_every_unit_are_left_out_and_told():
    homes, told = made(street(层数=[6, 6, 6]), area(0, 60, people=[20]))
    assert homes["people"].to_list() == [10, 10]
    assert "1 of 3 (ids R000003) lie in no unit that holds a total and were left out" in told[0]
    with pytest.raises(InputError, match=r"none of 3 lies in a unit.*cover the same place"):
        made(street(层数=[6, 6, 6]), area(2000, 2100, people=[20]))


def test_a_unit_without_a_total_stays_unknown():
    both = pd.concat([area(0, 60, people=[20]), area(60, 100, unit_id=["V"], people=[None])])
    homes, told = made(street(层数=[6, 6, 6]), both)
    assert homes["unit_id"].to_list() == ["U", "U"]
    assert "1 (ids V) hold neither people nor households" in told[0]
    assert "unknown, not 0" in told[0]


def test_a_unit_with_nobody_has_houses_with_nobody():
    both = pd.concat([area(0, 60, people=[20]), area(60, 100, unit_id=["V"], people=[0])])
    homes, _ = made(street(层数=[6, 6, 6]), both)
    assert homes["people"].to_list() == [10, 10, 0]
    assert homes["people_high"].to_list()[2] == 0
    with pytest.raises(InputError, match="no unit has anybody"):
        made(street(层数=[6, 6, 6]), area(0, 100, people=[0]))


def test_a_unit_with_people_and_no_house_is_spread_and_told():
    both = pd.concat([area(0, 100, people=[20]), area(100, 200, unit_id=["V"], people=[70])])
    homes, told = made(street(层数=[6, 6, 6]), both)
    assert homes.groupby("unit_id")["people"].sum().to_dict() == {"U": 20, "V": 70}
    assert set(homes["method"]) == {"buildings", "totals"}
    text = next(text for text in told if "no homes in this table" in text)
    assert "1 of 2 (ids V)" in text
    assert "Do the buildings cover them?" in text


def test_pieces_of_one_building_in_several_tiles_count_once():
    """A house cut by a tile's edge, its halves drawn 1 m over it, and a third copy of it whole."""
    left, right, whole = house(0, 10, 11), house(9, 10, 11), house(0, 10, 20)
    tiles = gpd.GeoDataFrame(
        {"id": [5, 5, 5, 6], "height": [18, 18, 18, 18]},
        geometry=[left, right, whole, house(50, 10)],
        crs=4326,
    )
    homes, told = made(tiles)
    assert homes["resident_id"].to_list() == ["5", "6"]
    assert homes["floor_area_m2"].round(-1).to_list() == [1200, 1200]
    assert (
        "2 of 4 rows repeat or continue the outline of another row of their id (ids 5, 5)"
        in (told[0])
    )


def test_outlines_that_stand_twice_with_an_id_alone_count_once():
    twice = gpd.GeoDataFrame({"id": ["a", "a"]}, geometry=[house(0, 10), house(0, 10)], crs=4326)
    homes, _ = made(twice)
    assert homes["resident_id"].to_list() == ["a"]


def test_a_tile_that_says_less_of_a_building_is_one_with_it():
    tiles = gpd.GeoDataFrame(
        {"id": [5, 5, 6], "building": [None, "hotel", "yes"], "height": [18, None, 9]},
        geometry=[house(0, 10), house(0, 10), house(50, 10)],
        crs=4326,
    )
    homes, told = made(tiles)
    assert homes["resident_id"].to_list() == ["6"]
    assert "hotel × 1" in told[1]


def test_different_houses_with_one_id_stay_apart():
    homes, _ = made(street(id=["0", "0", "0"], 层数=[6, 7, 8]))
    assert homes["resident_id"].to_list() == ["0", "0#2", "0#3"]
    homes, _ = made(street(id=["0", "0", "0"], 层数=[6, 6, 6]))
    assert len(homes) == 3


def test_points_count_with_a_floor_area_or_a_footprint():
    places = {"lng": [112.99, 112.991], "lat": [28.16, 28.16]}
    homes, _ = made(pd.DataFrame({**places, "建筑面积": ["700", "1400"]}))
    assert homes["people"].to_list() == [20, 40]
    homes, told = made(pd.DataFrame({**places, "基底面积": ["100", ""], "层数": ["7", "7"]}))
    assert homes["people"].to_list() == [20]
    assert "1 of 2 rows (ids R000002) have neither an outline nor a floor area" in told[0]
    with pytest.raises(InputError, match=r"no row has an outline, a floor area.*'floor_area_m2'"):
        made(pd.DataFrame({**places, "层数": ["7", "7"]}))


def test_files_and_shifted_coordinates_are_read(tmp_path):
    table = street(层数=[6, 12, 18]).drop(columns="geometry")
    table = table.assign(经度=["112.99323"] * 3, 纬度=["28.16258"] * 3, 建筑面积=["350"] * 3)
    table.astype(str).to_csv(tmp_path / "楼栋.csv", index=False, encoding="gbk")
    homes, _ = made(tmp_path / "楼栋.csv", coordinates="GCJ-02")
    assert homes["people"].to_list() == [10, 10, 10]
    assert homes.geometry[0].distance(Point(112.98763, 28.16597)) * 1e5 < 3  # metres
    street(层数=[7, 7, 7]).to_crs(4547).to_file(tmp_path / "homes.gpkg")
    homes, _ = made(str(tmp_path / "homes.gpkg"), area(0, 100, people=[30]))
    assert homes["people"].to_list() == [10, 10, 10]


def test_bad_buildings_are_told_in_one_message():
    with pytest.raises(InputError, match="buildings: the table has no rows"):
        made(street(0))
    with pytest.raises(CrsError, match="no reference system"):
        made(street(层数=[6, 6, 6]).set_crs(None, allow_override=True))
    line = gpd.GeoDataFrame(geometry=[LineString([(LON, LAT), (LON, 28.2)])], crs=4326)
    with pytest.raises(GeometryError, match="neither points nor polygons"):
        made(line)
    with pytest.raises(InputError, match=r"units: 1 of 1 rows \(ids U\) have 'people' negative"):
        made(street(), area(0, 100, people=[-5]))
    with pytest.raises(CrsError, match="OpenStreetMap is WGS-84"):
        made("town.osm", coordinates="GCJ-02")


def test_a_crossing_outline_is_measured_all_the_same():
    bow = shapely.Polygon([(0, 0), (0.0002, 0.0002), (0.0002, 0), (0, 0.0002)])
    areas = measured_m2(gpd.GeoDataFrame(geometry=[bow, Point(0, 0)], crs=4326))
    assert areas[0] == pytest.approx(0.5 * 22.26 * 22.11, rel=1e-3)
    assert np.isnan(areas[1])


def test_figures_are_read_as_people_type_them():
    texts = ["6", "６层", "约20米", "1.2万平方米", "3F", "-", None, "1,200"]
    found = figures(pd.Series(texts), "figures", 1e5)
    assert found[~np.isnan(found)].tolist() == [6, 6, 20, 12_000, 3, 1200]


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=1, max_size=8),
    st.integers(0, 3000),
    st.integers(0, 3000),
    st.randoms(use_true_random=False),
)
def test_totals_hold_whatever_the_buildings_and_their_order(drawn, west, east, chance):
    if not west + east:
        return
    buildings = gpd.GeoDataFrame(
        {"id": [f"B{number}" for number in range(len(drawn))], "层数": [row[0] for row in drawn]},
        geometry=[house(10 + 20 * n + 500 * row[1], 10, 10) for n, row in enumerate(drawn)],
        crs=4326,
    )
    units = pd.concat([area(0, 400, people=[west]), area(400, 800, unit_id=["V"], people=[east])])
    homes, _ = made(buildings, units, shares={"elderly": 0.3, "children": 0.2})
    assert homes.groupby("unit_id")["people"].sum().sum() == west + east
    assert (homes["elderly"] + homes["children"] <= homes["people"]).all()
    assert (homes["people_low"] <= homes["people"]).all()
    assert (homes["people"] <= homes["people_high"]).all()
    order = list(range(len(drawn)))
    chance.shuffle(order)
    mixed, _ = made(
        buildings.iloc[order], units.iloc[::-1], shares={"elderly": 0.3, "children": 0.2}
    )
    columns = [
        "resident_id",
        "people",
        "elderly",
        "children",
        "unit_id",
        "people_low",
        "people_high",
    ]
    pd.testing.assert_frame_equal(
        pd.DataFrame(mixed[columns]).sort_values("resident_id", ignore_index=True),
        pd.DataFrame(homes[columns]).sort_values("resident_id", ignore_index=True),
    )


# --- real data -------------------------------------------------------------------------------


def test_buildings_of_the_bund_are_united_by_id(shared_data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tiles = gpd.read_file(shared_data / "shanghai_bund_tiles" / "buildings.geojson")
    tiles = tiles[(tiles.geom_type != "Point") & (tiles["kind"] == "building")]
    homes, told = made(tiles)
    united = tiles.dissolve("id")
    assert "repeat or continue the outline of another row of their id" in told[0]
    # One oracle for the whole: ids united by geopandas, those that are homes measured one by one.
    kind = tiles.groupby("id")["kind_detail"].first().reindex(united.index)
    home, _ = lived_in(kind)
    floors = (united["height"] / 3).clip(lower=1)
    ground = united.to_crs(6933).area
    area_m2 = (ground * floors)[home & united["height"].notna().to_numpy()]
    from_height = homes[homes["floor_area_from"] == "footprint × height"]
    assert from_height["floor_area_m2"].sum() == pytest.approx(area_m2.sum(), rel=1e-3)
    assert len(homes) == pytest.approx(home.sum(), abs=2)
    assert set(homes["floor_area_from"]) == {"footprint × height", "default floors"}


def test_storeys_of_openstreetmap_are_taken(shared_data):
    homes, told = made(shared_data / "beijing_bjtu" / "bjtu_area.osm")
    known = homes[homes["floor_area_from"] == "footprint × floors"].set_index("resident_id")
    assert len(known) == 14  # of 16 with storeys one is a shop and one a school
    assert "school × 14" in told[0]
    buildings = lc.read_osm_buildings(shared_data / "beijing_bjtu" / "bjtu_area.osm")
    one = buildings[buildings["building_id"] == "w468464082"]
    expected = one.to_crs(32650).area.iloc[0] * 13
    assert known.loc["w468464082", "floor_area_m2"] == pytest.approx(expected, rel=3e-3)


def test_estates_of_hangzhou_with_their_floor_area_ratio(shared_data):
    file = shared_data / "hangzhou_amap" / "amap_residential_aoi_hangzhou_gcj02.geojson"
    homes, told = made(file, coordinates="GCJ-02")
    assert len(homes) == 2494
    assert "4 of 2498 rows are no homes" in told[0]
    assert "7 of 2494 rows" in told[1]
    assert "60.0" in told[1]
    by_ratio = homes["floor_area_from"] == "site × floor-area ratio"
    assert by_ratio.sum() == 865  # 873 are told, 7 are not believed and one is an office
    raw = gpd.read_file(file).set_index("region_id")
    one = homes[homes["resident_id"] == "B023B00273"].iloc[0]
    site_m2 = raw.loc[["B023B00273"]].to_crs(32651).area.iloc[0]
    expected = site_m2 * raw.loc["B023B00273", "volume_rate"]
    assert one["floor_area_m2"] == pytest.approx(expected, rel=2e-3)
    shift = raw.loc["B023B00273"].geometry.centroid.distance(one.geometry) * 1e5
    assert 300 < shift < 800  # metres: it was taken out of GCJ-02


def test_a_whole_city_takes_seconds(shared_data):
    buildings = lc_buildings(shared_data)
    west, south, east, north = buildings.total_bounds
    lon, lat = np.linspace(west, east, 11), np.linspace(south, north, 11)
    cells = [box(lon[i], lat[j], lon[i + 1], lat[j + 1]) for i in range(10) for j in range(10)]
    totals = np.arange(100) * 40
    units = gpd.GeoDataFrame({"people": totals}, geometry=cells, crs=4326)
    begin = time.perf_counter()
    homes, _ = made(buildings, units, shares={"elderly": 0.2})
    seconds = time.perf_counter() - begin
    assert len(buildings) > 20_000
    assert homes["people"].sum() == totals.sum()
    assert homes["elderly"].sum() == np.round(totals * 0.2).sum()
    assert seconds < 15


def lc_buildings(shared_data):
    """Every building of Las Palmas."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return lc.read_osm_buildings(shared_data / "las_palmas" / "las_palmas_20230221.osm.pbf")


def test_floor_areas_of_a_table_without_any_column_are_the_assumption():
    areas, made_of = floor_area_of_nothing()
    assert areas.tolist() == [600.0]
    assert made_of.to_list() == ["default floors"]


def floor_area_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return floor_areas(street(1), np.array([100.0]), assumed(None))
