"""One facility, one row."""

import time
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from lifecircle.crs import wgs84_to_gcj02
from lifecircle.errors import LifecircleWarning
from lifecircle.inputs.cleaning import merge_facilities, merged_table, on_ellipsoid
from lifecircle.inputs.facilities import read_facilities

LON, LAT = 112.99, 28.16
M_LON, M_LAT = 1 / 98_190, 1 / 110_820  # degrees of a metre here


def places(*rows, **columns):
    """Facilities of name, service, metres east and metres north."""
    return gpd.GeoDataFrame(
        {
            "facility_id": [str(number) for number in range(1, len(rows) + 1)],
            "name": [row[0] for row in rows],
            "service": [row[1] for row in rows],
            **columns,
        },
        geometry=[Point(LON + row[2] * M_LON, LAT + row[3] * M_LAT) for row in rows],
        crs=4326,
    )


def merge(table):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        return merge_facilities(table)


def names(table):
    return merge(table)["name"].to_list()


def entrances_m(table, row=0):
    """Entrances in metres east and north, rounded to a centimetre."""
    xy = shapely.get_coordinates(shapely.from_wkt(table["entrances"].iloc[row]))
    metres = (xy - [LON, LAT]) / [M_LON, M_LAT]
    return sorted(tuple(float(value) for value in pair) for pair in metres.round(2) + 0.0)


@pytest.mark.parametrize(("apart_m", "kept"), [(0, 1), (49.5, 1), (50.5, 2), (300, 2)])
def test_the_same_name_within_fifty_metres_is_one_place(apart_m, kept):
    table = places(
        ("白沙小学", "primary_school", 0, 0), ("白 沙小学", "primary_school", apart_m, 0)
    )
    assert len(merge(table)) == kept


def test_other_names_and_other_services_stay_apart():
    table = places(
        ("白沙小学", "primary_school", 0, 0),
        ("砂子塘小学", "primary_school", 1, 0),
        ("白沙小学", "school_any", 2, 0),
    )
    assert len(merge(table)) == 3


def test_branches_of_a_chain_are_places_of_their_own():
    table = places(
        ("中国银行(文一路支行)", "bank", 0, 0),
        ("中国银行(文二路支行)", "bank", 20, 0),
        ("中国银行（文一路支行）", "bank", 0, 20),
        ("中国银行(文一路支行)", "bank", 300, 0),
    )
    kept = merge(table)
    assert kept["facility_id"].to_list() == ["1", "2", "4"]
    assert merged_table(kept)["rule"].to_list() == ["same place"]


def test_gates_of_a_school_are_entrances_of_one_facility():
    table = places(
        ("白沙小学(东门)", "primary_school", 100, 0),
        ("白沙小学", "primary_school", 0, 0),
        ("白沙小学西门", "primary_school", -100, 0),
        ("白沙小学2号门", "primary_school", 0, 90),
        ("白沙小学(南门)", "primary_school", 0, -600),
    )
    kept = merge(table)
    assert kept["name"].to_list() == ["白沙小学", "白沙小学(南门)"]
    assert entrances_m(kept) == [(-100.0, 0.0), (0.0, 90.0), (100.0, 0.0)]
    assert pd.isna(kept["entrances"][1])
    assert merged_table(kept).to_numpy().tolist() == [
        ["2", "1", "白沙小学(东门)", "entrances"],
        ["2", "3", "白沙小学西门", "entrances"],
        ["2", "4", "白沙小学2号门", "entrances"],
    ]


def test_gates_alone_become_the_place_without_their_word():
    table = places(("白沙公园（北门）", "park", 0, 700), ("白沙公园南门", "park", 0, 0))
    kept = merge(table)
    assert kept["name"].to_list() == ["白沙公园"]
    assert entrances_m(kept) == [(0.0, 0.0), (0.0, 700.0)]


def test_a_gate_belongs_to_the_nearest_of_two_places_of_its_name():
    table = places(
        ("白沙小学", "primary_school", 0, 0),
        ("白沙小学", "primary_school", 600, 0),
        ("白沙小学东门", "primary_school", 350, 0),
    )
    kept = merge(table)
    assert merged_table(kept)["kept_id"].to_list() == ["2"]
    assert len(kept) == 2


def test_exits_of_a_metro_station_are_its_entrances():
    table = places(
        ("砂子塘(地铁站)", "metro_station", 0, 0),
        ("砂子塘地铁站A口", "metro_station", 80, 0),
        ("砂子塘站2号出入口", "metro_station", -80, 0),
        ("黄土岭(地铁站)", "metro_station", 10, 0),
    )
    kept = merge(table)
    assert kept["name"].to_list() == ["砂子塘(地铁站)", "黄土岭(地铁站)"]
    assert entrances_m(kept) == [(-80.0, 0.0), (80.0, 0.0)]


def test_bus_stops_on_both_sides_of_a_street_are_one_stop_with_two_places():
    table = places(
        ("武林门(公交站)", "bus_stop", 0, 0),
        ("武林门", "bus_stop", 90, 0),
        ("武林门", "bus_stop", 200, 0),
        ("东门(公交站)", "bus_stop", 0, 0),
        ("西门(公交站)", "bus_stop", 0, 0),
    )
    kept = merge(table)
    assert len(kept) == 4
    assert merged_table(kept)["rule"].to_list() == ["both sides of a street"]
    row = kept["entrances"].notna().to_numpy().argmax()
    assert entrances_m(kept, row) == [(0.0, 0.0), (90.0, 0.0)]


def test_names_that_only_look_like_gates_are_none():
    table = places(
        ("厦门", "restaurant", 0, 0),
        ("厦东门", "restaurant", 5, 0),
        ("武林门", "park", 0, 0),
        ("武林", "park", 5, 0),
        ("东门", "park", 10, 0),
    )
    assert len(merge(table)) == 5


def test_rows_without_a_name_are_one_only_at_the_very_same_place():
    table = places(("", "bench", 0, 0), ("", "bench", 0.1, 0), ("", "bench", 1, 0))
    assert len(merge(table)) == 2
    ids = table.assign(name=table["facility_id"])
    assert len(merge(ids)) == 2


def test_the_largest_known_number_is_kept_and_a_difference_told():
    table = places(
        ("白沙小学", "primary_school", 0, 0),
        ("白沙小学", "primary_school", 5, 0),
        ("白沙小学东门", "primary_school", 9, 0),
        capacity=[np.nan, 800.0, 900.0],
        site_area_m2=[np.nan, 12_000.0, np.nan],
    )
    with pytest.warns(LifecircleWarning) as told:
        kept = merge_facilities(table)
    assert kept[["capacity", "site_area_m2"]].to_numpy().tolist() == [[900.0, 12_000.0]]
    texts = [str(item.message) for item in told]
    assert texts[0].startswith("facilities: 2 of 3 rows (ids 2, 3) are of a facility that")
    assert 'duplicates="keep" keeps all rows' in texts[0]
    assert "(ids 1) are given with several values of 'capacity'" in texts[1]


def test_an_entrance_that_amap_gives_is_moved_with_the_table():
    lon, lat = wgs84_to_gcj02([LON, LON + 30 * M_LON], [LAT, LAT])
    table = pd.DataFrame(
        {
            "name": ["白沙小学"],
            "typecode": ["141203"],
            "lon": lon[:1],
            "lat": lat[:1],
            "entr_location": [f"{lon[1]},{lat[1]}"],
        }
    )
    kept = read_facilities(table, coordinates="GCJ-02")
    assert entrances_m(kept) == [(30.0, 0.0)]
    once_more = read_facilities(kept)
    assert once_more["entrances"].to_list() == kept["entrances"].to_list()


def test_an_entrance_far_away_is_left_out_and_told():
    table = places(("白沙小学", "primary_school", 0, 0), ("x", "park", 0, 0)).assign(
        entr_location=[f"{LON + 1500 * M_LON},{LAT}", "[]"]
    )
    with pytest.warns(LifecircleWarning, match=r"1 of 1 rows with one \(ids 1\).*1,000 m away"):
        kept = read_facilities(table)
    assert kept.get("entrances") is None or kept["entrances"].isna().all()


def test_a_place_drawn_as_point_and_as_area_counts_once(tmp_path):
    corners = [(0, 0), (240, 0), (240, 100), (0, 100)]
    nodes = "".join(
        f'<node id="{number}" lon="{LON + x * M_LON}" lat="{LAT + y * M_LAT}"/>'
        for number, (x, y) in enumerate(corners, 1)
    )
    tags = '<tag k="amenity" v="school"/><tag k="name" v="砂子塘小学"/>'
    way = "".join(f'<nd ref="{number}"/>' for number in (1, 2, 3, 4, 1))
    (tmp_path / "town.osm").write_text(
        f'<osm version="0.6">{nodes}<node id="9" lon="{LON}" lat="{LAT}">{tags}</node>'
        f'<way id="5">{way}{tags}</way></osm>',
        encoding="utf-8",
    )
    with pytest.warns(LifecircleWarning, match="drawn twice 1"):
        kept = read_facilities(tmp_path / "town.osm")
    assert len(kept) == 1
    assert len(read_facilities(tmp_path / "town.osm", duplicates="keep")) == 2


def test_rows_with_one_id_that_are_one_place_are_merged_without_a_new_id():
    table = places(("白沙小学", "primary_school", 0, 0), ("白沙小学", "primary_school", 3, 0))
    with pytest.warns(LifecircleWarning) as told:
        kept = read_facilities(table.assign(facility_id="S1"))
    assert kept["facility_id"].to_list() == ["S1"]
    assert len(told) == 1


# --- invariants ---------------------------------------------------------------------------------

ROWS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "白沙小学",
                "白沙小学东门",
                "白沙小学(西门)",
                "白沙公园",
                "白沙公园南门",
                "",
                "白沙站A口",
                "白沙",
            ]
        ),
        st.sampled_from(["primary_school", "park", "bus_stop", "metro_station", "bank"]),
        st.integers(-12, 12).map(lambda step: step * 35),
        st.integers(-4, 4).map(lambda step: step * 35),
    ),
    min_size=1,
    max_size=14,
)


def contents(table):
    """What is in a table, whatever its order."""
    entrances = table["entrances"] if "entrances" in table else pd.Series("", index=table.index)
    return sorted(
        zip(
            table["name"],
            table["service"],
            table.geometry.to_wkt(),
            entrances.fillna(""),
            strict=True,
        )
    )


def reachable(table, service):
    """Every point and entrance of a service, metres in space."""
    rows = table[table["service"] == service]
    points = [shapely.get_coordinates(rows.geometry.to_numpy())]
    if "entrances" in rows:
        points.append(
            shapely.get_coordinates(shapely.from_wkt(rows["entrances"].dropna().to_numpy()))
        )
    return on_ellipsoid(np.concatenate(points))


@given(ROWS)
def test_merging_twice_is_merging_once(rows):
    once = merge(places(*rows))
    assert contents(merge(once)) == contents(once)


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows, random):
    mixed = list(rows)
    random.shuffle(mixed)
    assert contents(merge(places(*rows))) == contents(merge(places(*mixed)))


@given(ROWS)
def test_no_way_gets_longer_and_no_two_services_are_merged(rows):
    before = places(*rows)
    after = merge(before)
    assert set(after["service"]) == set(before["service"])
    homes = on_ellipsoid(
        np.array([[LON + x * M_LON, LAT + y * M_LAT] for x in (-500, 0, 333) for y in (-90, 7)])
    )
    for service in set(before["service"]):
        nearest = [
            np.linalg.norm(homes[:, None] - reachable(table, service)[None], axis=2).min(axis=1)
            for table in (before, after)
        ]
        assert (nearest[1] <= nearest[0] + 0.005).all()  # entrances are kept to a millimetre


@given(ROWS)
def test_every_row_is_kept_or_listed_once(rows):
    before = places(*rows)
    after = merge(before)
    listed = merged_table(after)
    ids = [*after["facility_id"], *listed["merged_id"]]
    assert sorted(ids) == sorted(before["facility_id"])
    assert set(listed["kept_id"]) <= set(after["facility_id"])
    services = before.set_index("facility_id")["service"]
    assert (
        services[listed["kept_id"]].to_numpy() == services[listed["merged_id"]].to_numpy()
    ).all()


def test_the_table_handed_in_is_not_changed():
    table = places(("白沙小学", "primary_school", 0, 0), ("白沙小学东门", "primary_school", 9, 0))
    before = table.copy(deep=True)
    merge(table)
    pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(before))
    assert table.attrs == {}


def test_a_city_is_merged_in_time(rng):
    count = 200_000
    xy = rng.normal(0, 8000, (count, 2))
    kinds = np.array(["primary_school", "bus_stop", "park", "bank"])[rng.integers(0, 4, count)]
    stems = rng.integers(0, 20_000, count)
    ends = np.array(["", "东门", "(西门)"])[rng.integers(0, 3, count)]
    table = gpd.GeoDataFrame(
        {
            "facility_id": [str(row) for row in range(count)],
            "name": [f"场所{stem}{end}" for stem, end in zip(stems, ends, strict=True)],
            "service": kinds,
        },
        geometry=gpd.points_from_xy(LON + xy[:, 0] * M_LON, LAT + xy[:, 1] * M_LAT),
        crs=4326,
    )
    started = time.perf_counter()
    kept = merge(table)
    assert time.perf_counter() - started < 20
    assert 0 < len(kept) < count
