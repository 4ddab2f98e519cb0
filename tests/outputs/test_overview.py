"""Figures of a batch: sums worked out by hand, and unknown wherever a part is."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import lifecircle as lc
from lifecircle.assessment.overview import About, overview_of
from lifecircle.assessment.overview_doubts import overlapping_units
from overviewed import REASON, batch_of, digest_of, digests_of, square, units_of


def district(overview, name):
    return overview.districts.set_index("district").loc[name]


def share(overview, name, service, minutes):
    rows = overview.district_coverage
    here = rows[
        (rows["district"] == name) & (rows["service"] == service) & (rows["minutes"] == minutes)
    ]
    assert len(here) == 1
    return here.iloc[0]


def test_every_unit_keeps_its_place_and_its_figures():
    units = batch_of().units.set_index("unit_id")
    assert units.index.to_list() == ["a", "b", "c", "d"]
    assert units["status"].to_list() == ["done", "done", "failed", "done"]
    assert units["reason"].to_list() == ["", "", REASON, ""]
    assert units["folder"].to_list() == ["甲", "乙 b", "丙", "丁#1%"]
    assert units.loc["a", "people"] == 1000
    assert units.loc["a", "met_count"] == 5
    assert units.loc["a", "score_services"] == 81.25
    assert np.isnan(units.loc["a", "score_space"])
    assert units.loc["a", "unknown_space_share"] == 0.75
    assert units.loc["a", "share_park_15min"] == 600 / 800
    assert units.loc["b", "first_shortfall"] == "公园"
    assert units["cause"].to_list() == ["", "", "data", ""]
    words = ["name", "level", "district", "status", "cause", "reason", "folder"]
    failed = units.loc["c"].drop([*words, "overlapping", "overlapping_level", "geometry"])
    assert failed.isna().all()


def test_people_of_a_district_are_those_of_its_units():
    overview = batch_of()
    first, second = district(overview, "雨花区"), district(overview, "天心区")
    assert first[["units_count", "done_count", "failed_count"]].to_list() == [2, 2, 0]
    assert (first["people"], first["elderly"], first["unsnapped_people"]) == (1500, 100, 200)
    assert second[["units_count", "done_count", "failed_count"]].to_list() == [2, 1, 1]
    assert second["people"] == 400
    # nobody counted the older people of d
    assert np.isnan(second["elderly"])
    assert np.isnan(first["children"])


def test_completeness_is_weighted_by_the_people_who_could_be_measured():
    first = district(batch_of(), "雨花区")
    # a: 800 of 1000 people measured, 1.0 services; b: 500 people, 2.3: (800 + 1150) / 1300
    assert first["completeness_mean_5min"] == pytest.approx(1950 / 1300)
    assert first["completeness_mean_15min"] == pytest.approx((1600 + 2000) / 1300)
    assert first["required_count"] == 4
    assert first["completeness_unknown_count"] == 0


def test_a_share_of_a_district_is_people_reached_of_people():
    park = share(batch_of(), "雨花区", "park", 15.0)
    assert (park["people"], park["covered_people"]) == (1300, 1100)
    assert park["covered_share"] == 1100 / 1300
    assert park["unknown_count"] == 0
    assert district(batch_of(), "雨花区")["share_park_15min"] == 1100 / 1300


def test_nobody_to_be_reached_is_not_unknown():
    home = share(batch_of(), "雨花区", "nursing_home", 15.0)  # b has no older people
    assert (home["people"], home["covered_people"], home["unknown_count"]) == (100, 50, 0)
    assert home["covered_share"] == 0.5


def test_what_is_unknown_in_one_unit_is_unknown_in_its_district():
    overview = batch_of()
    clinic = share(overview, "天心区", "clinic", 15.0)
    assert np.isnan(clinic["covered_people"])
    assert np.isnan(clinic["covered_share"])
    assert (clinic["done_count"], clinic["unknown_count"]) == (1, 1)
    assert np.isnan(district(overview, "天心区")["share_clinic_15min"])


def test_a_unit_without_a_row_makes_its_district_unknown():
    digests = digests_of()
    for column in digests["b"]["coverage"].values():
        del column[:2]  # the park
    overview = overview_of(units_of(), digests, {"c": REASON}, folders={}, about=About())
    park = share(overview, "雨花区", "park", 15.0)
    assert np.isnan(park["covered_share"])
    assert park["unknown_count"] == 1


def test_a_mean_that_one_unit_lacks_is_unknown_unless_nobody_was_measured():
    digests = digests_of()
    digests["b"]["unit"]["completeness_mean_5min"] = None
    overview = overview_of(units_of(), digests, {"c": ""}, folders={}, about=About())
    first = district(overview, "雨花区")
    assert np.isnan(first["completeness_mean_5min"])
    assert first["completeness_mean_15min"] == pytest.approx(3600 / 1300)
    assert first["completeness_unknown_count"] == 1
    digests["b"]["unit"].update(people=0.0, completeness_mean_15min=None)
    overview = overview_of(units_of(), digests, {"c": ""}, folders={}, about=About())
    first = district(overview, "雨花区")
    assert first[["completeness_mean_5min", "completeness_mean_15min"]].to_list() == [1, 2]


def test_of_a_district_whose_units_all_failed_nothing_is_known():
    digests = digests_of()
    del digests["d"]
    overview = overview_of(
        units_of(), digests, {"c": REASON, "d": REASON}, folders={}, about=About()
    )
    second = district(overview, "天心区")
    assert second["failed_count"] == 2
    assert second[["people", "completeness_mean_5min", "share_park_15min"]].isna().all()


def test_units_for_whom_a_service_is_measured_otherwise_are_not_added_up():
    digests = digests_of()
    whom = digests["b"]["coverage"]
    whom["walker"] = ["elderly"] * len(whom["walker"])
    overview = overview_of(units_of(), digests, {"c": ""}, folders={}, about=About())
    assert np.isnan(district(overview, "雨花区")["share_park_15min"])
    rows = overview.district_coverage
    rows = rows[(rows["service"] == "park") & (rows["district"] == "雨花区")]
    assert rows["unknown_count"].to_list() == [1, 1, 1, 1]
    assert any("park" in one for one in overview.doubts)


def test_shortfalls_of_all_units_are_ranked_together_and_sums_come_last():
    rows = batch_of().shortfalls
    told = list(zip(rows["rank"], rows["unit_id"], rows["service_name"], strict=True))
    assert told == [
        (1, "d", "诊所"),
        (2, "a", "公园"),
        (3, "a", "诊所"),
        (3, "b", "公园"),
        (5, "a", "全部设施"),
    ]


def test_each_level_is_ranked_by_itself():
    units = units_of().assign(level=["circle", "street", "circle", "street"])
    overview = overview_of(units, digests_of(), {"c": ""}, folders={}, about=About())
    rows = overview.shortfalls
    assert rows["level"].to_list() == ["circle"] * 3 + ["street"] * 2
    assert rows["rank"].to_list() == [1, 2, 3, 1, 2]


def test_units_without_a_district_stand_in_a_row_of_their_own():
    units = units_of(districts=("雨花区", "", "天心区", ""))
    overview = overview_of(units, digests_of(), {"c": ""}, folders={}, about=About())
    assert overview.districts["district"].to_list() == ["雨花区", "", "天心区"]
    assert district(overview, "")["people"] == 900
    assert any("2 个单元未注明所属区" in one for one in overview.doubts)


def test_where_no_unit_names_its_district_there_is_none():
    units = units_of(districts=("", "", "", ""))
    overview = overview_of(units, digests_of(), {"c": ""}, folders={}, about=About())
    assert len(overview.districts) == 0
    assert len(overview.district_coverage) == 0


def test_units_that_lie_over_each_other_are_told():
    units = units_of()
    units.loc[1, "geometry"] = square(0.5)
    overview = overview_of(units, digests_of(), {"c": ""}, folders={}, about=About(language="en"))
    assert overview.units["overlapping"].to_list() == [True, True, False, False]
    assert district(overview, "雨花区")["overlapping_count"] == 2
    assert any(one.startswith("2 unit(s) overlap") for one in overview.doubts)


def test_a_unit_in_another_of_its_own_district_is_an_overlap_of_levels():
    units = units_of().assign(level=["street", "circle", "circle", "circle"])
    units.loc[0, "geometry"] = square(0, width=4)
    overview = overview_of(units, digests_of(), {"c": ""}, folders={}, about=About())
    assert overview.units["overlapping"].all()
    assert not overview.units["overlapping_level"].any()


def test_a_broken_boundary_is_told_and_stops_nothing():
    units = units_of()
    units.loc[0, "geometry"] = None
    units.loc[1, "geometry"] = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])  # a bow tie
    overview = overview_of(units, digests_of(), {"c": ""}, folders={}, about=About())
    assert any("没有可用的边界" in one for one in overview.doubts)
    assert district(overview, "雨花区")["people"] == 1500


def test_units_that_differ_in_what_is_required_are_told():
    digests = digests_of()
    digests["b"]["unit"]["required_count"] = 3
    overview = overview_of(units_of(), digests, {"c": ""}, folders={}, about=About())
    assert any("3–4 项" in one for one in overview.doubts)
    assert np.isnan(district(overview, "雨花区")["required_count"])


def test_a_batch_in_which_all_failed_has_an_overview():
    overview = overview_of(units_of(), {}, dict.fromkeys("abcd", REASON), folders={}, about=About())
    assert overview.units["people"].isna().all()
    assert overview.districts["people"].isna().all()
    assert len(overview.shortfalls) == len(overview.coverage) == 0


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda units, digests: (units, digests, {}), lc.AlignmentError, r"neither.*\(c\)"),
        (lambda units, digests: (units, digests, {"c": "", "a": ""}), lc.AlignmentError, r"both"),
        (lambda units, digests: (units[:3], digests, {"c": ""}), lc.AlignmentError, r"\(d\)"),
        (lambda units, digests: (units.drop(columns="level"), digests, {"c": ""}),
         lc.MissingColumnError, "level"),
        (lambda units, digests: (units.to_crs(4479), digests, {"c": ""}), lc.CrsError, "4326"),
        (lambda units, digests: (pd.concat([units, units[:1]]), digests, {"c": ""}),
         lc.DuplicateIdError, "a"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_an_error(change, error, message):
    units, digests, failures = change(units_of(), digests_of())
    with pytest.raises(error, match=message):
        overview_of(units, digests, failures, folders={}, about=About())


def test_nothing_that_was_given_is_changed():
    units, digests = units_of(), digests_of()
    before = (units.copy(), digests_of())
    overview_of(units, digests, {"c": ""}, folders={}, about=About())
    assert units.equals(before[0])
    assert digests == before[1]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 500), st.integers(0, 100), st.booleans(), st.integers(0, 2)),
        min_size=1,
        max_size=8,
    )
)
def test_districts_add_up_to_all_units_and_are_unknown_where_a_part_is(given_units):
    names = [f"u{place}" for place in range(len(given_units))]
    units = gpd.GeoDataFrame(
        {
            "unit_id": names,
            "name": names,
            "level": "circle",
            "district": [f"D{place}" for *_, place in given_units],
        },
        geometry=[square(column) for column in range(len(names))],
        crs="EPSG:4326",
    )
    digests = {}
    for name, (people, percent, known, _) in zip(names, given_units, strict=True):
        reached = people * percent / 100 if known else None
        digests[name] = digest_of(float(people), {"park": (reached, reached)}, elderly=0.0)
    overview = overview_of(units, digests, {}, folders={}, about=About())
    assert overview.districts["people"].sum() == sum(one for one, *_ in given_units)
    rows = overview.district_coverage
    for _, row in rows[rows["minutes"] == 15].iterrows():
        here = [one for one in given_units if f"D{one[3]}" == row["district"]]
        lost = sum(not known and people > 0 for people, _, known, _ in here)
        total = sum(people for people, *_ in here)
        assert row["unknown_count"] == lost
        if lost:
            assert np.isnan(row["covered_people"])
        else:
            reached = sum(people * percent / 100 for people, percent, *_ in here if people)
            assert row["covered_people"] == pytest.approx(reached)
            if total:
                assert row["covered_share"] == pytest.approx(reached / total)
            else:
                assert np.isnan(row["covered_share"])


def test_neighbours_do_not_overlap_and_one_percent_is_forgiven():
    shapes = [square(0), square(1), square(1.995)]
    found = overlapping_units(gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326"))
    assert found.tolist() == []
    shapes[2] = square(1.985)
    found = overlapping_units(gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326"))
    assert found.tolist() == [[1, 2]]
