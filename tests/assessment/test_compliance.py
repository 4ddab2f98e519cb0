"""Compliance: the verdict of every clause on a unit that is worked out by hand."""

import warnings
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lifecircle as lc
from lifecircle.errors import InputError, LifecircleWarning, UnknownNameError
from lifecircle.standards.standard import standards

from . import clauses

ALL = list(standards().index)


@cache
def as_it_is():
    return evaluated(clauses.PLACES[:])


def evaluated(places=clauses.PLACES, **options):
    if places is clauses.PLACES and not options:
        return as_it_is()
    with warnings.catch_warnings():  # services that are not listed, sizes that look odd: meant
        warnings.simplefilter("ignore", LifecircleWarning)
        return lc.evaluate(clauses.study(places, **options))


def checked(places=clauses.PLACES, standard=ALL, records=None, target_share=None, **options):
    return lc.check_compliance(
        evaluated(places, **options), standards=standard, records=records, target_share=target_share
    )


@pytest.fixture(scope="module")
def table():
    return checked()


# Three clauses of each standard or more: part of the clause, service, check, verdict, in figures.
EXPECTED = [
    # kindergartens at 0 and 500 m: A 100 m, B 400 m, 6 min 40 s; the largest has 2,300 m² of floor
    ("GB50180-2018", "表C.0.2", "kindergarten", "radius", "not met", 2 / 3),
    ("GB50180-2018", "表C.0.2", "kindergarten", "walk", "not met", 2 / 3),
    ("GB50180-2018", "表C.0.2", "kindergarten", "floor_area", "not met", 2300),
    ("GB50180-2018", "表C.0.1", "junior_middle_school", "walk", "met", 1),  # 15 min exactly
    ("GB50180-2018", "表C.0.3", "waste_collection_point", "radius", "not met", 0),  # 100 m, not 70
    ("GB50180-2018", "表C.0.3", "convenience_store", "count", "not met", 2),  # 20 of 60,000 people
    ("GB50180-2018", "表4.0.4", "public_green", "capacity", "not met", 1000),  # m² per 1000, 2000
    ("GB50180-2018", "表C.0.1", "health_center", "presence", "unknown", None),
    ("TDT1062-2021", "附录A", "health_station", "radius", "met", 1),  # 400 m, 500 asked
    ("TDT1062-2021", "附录A", "health_station", "floor_area", "met", 130),
    ("TDT1062-2021", "附录A", "post_office", "presence", "unknown", None),
    ("TDT1062-2021", "附录A", "primary_school", "walk", "met", 1),
    ("complete-community-2020", "第2项", "kindergarten", "floor_area", "met", 2300),
    ("complete-community-2020", "第1项", "community_service_station", "floor_area", "not met", 700),
    ("complete-community-2020", "第6项", "supermarket", "presence", "met", None),  # two shops do
    ("complete-community-2020", "第13项", "public_toilet", "floor_area", "unknown", None),
    ("complete-community-2020", "第17项", "property_platform", "presence", "unknown", None),
    ("complete-community-2020", "48号", "community_service_station", "capacity", "not met", 35),
    ("quarter-hour-2021", "基本保障类", "convenience_store", "walk", "met", 1),
    ("quarter-hour-2021", "基本保障类", "food_market", "walk", "met", 1),  # 5 min 33 s, 8 asked
    ("quarter-hour-2021", "基本保障类", "pharmacy", "walk", "unknown", None),
    ("health-check-2023", "养老服务设施", "elderly_day_care", "floor_area", "met", 400),
    ("health-check-2023", "公共活动场地", "outdoor_fitness", "site_area", "not met", 140),
    ("health-check-2023", "文化活动中心", "cultural_center", "floor_area", "unknown", None),
    ("health-check-2023", "中学服务半径", "junior_middle_school", "radius", "met", 1),
    ("GB50437-2007", "3.2.1", "nursing_home", "capacity", "met", 40),  # 480 beds, 12,000 elderly
    ("GB50437-2007", "表3.1.2", "nursing_home", "count", "met", 1),
    ("GB50437-2007", "表3.2.6", "elderly_day_care", "radius", "not met", 1 / 3),  # 510 m, 290 m
    ("GB50437-2007", "表3.1.2", "elderly_nursing_institution", "count", "unknown", None),
    ("GB55013-2021", "3.2.2", "waste_collection_point", "radius", "met", 1),  # 100 m, 120 asked
    ("GB55013-2021", "5.0.1", "public_toilet", "radius", "not met", 2 / 3),  # 250 m and 550 m
    ("GB55013-2021", "5.0.1", "public_toilet", "presence", "met", 1),
    ("changsha-2021", "15分钟", "primary_school", "walk", "met", 1),
    ("changsha-2021", "15分钟", "cultural_station", "walk", "unknown", None),
    ("changsha-2021", "居住区商业", "community_retail", "floor_area", "not met", 120),
    ("changsha-2021", "居家养老", "elderly_service_station", "capacity", "not met", 35),  # of 300
    ("hunan-elderly-2025", "第二条", "elderly_service_station", "floor_area", "met", 400),
    ("hunan-elderly-2025", "老城区", "elderly_service_station", "floor_area", "met", 700),  # in all
    ("hunan-elderly-2025", "老城区", "elderly_service_station", "capacity", "not met", 35),
    ("JGJ39-2016", "3.1.3", "kindergarten", "radius", "met", 1),  # 400 m, 300-500 asked
    ("JGJ39-2016", "3.1.3", "nursery", "radius", "not met", 2 / 3),
    ("JGJ39-2016", "3.1.3", "nursery", "presence", "met", 1),
    ("health-stations-2006", "卫生服务站", "health_station", "floor_area", "not met", 130),
    ("health-stations-2006", "卫生服务中心", "health_center", "floor_area", "unknown", None),
    ("health-stations-2006", "卫生服务站", "health_station", "presence", "met", 1),
    ("embedded-services-2024", "综合体", "community_service_station", "floor_area", "met", 700),
    ("embedded-services-2024", "每百户", "community_service_station", "capacity", "not met", 35),
    ("embedded-services-2024", "综合体", "community_service_station", "presence", "met", 1),
    ("GBT51346-2019", "表4.4.7", "park", "radius", "met", 1),
    ("GBT51346-2019", "表4.4.7", "park", "site_area", "met", 60000),
    ("GBT51346-2019", "表4.4.7", "park", "presence", "met", 1),
    ("GB55014-2021", "2.1.3", "park", "capacity", "not met", 1000),  # 1 of 8 m² per person
    ("GB55014-2021", "2.1.3", "park", "presence", "met", 1),
    ("childcare-places-2025", "托位数", "nursery", "capacity", "not met", 2),  # 120 for 60,000
    ("childcare-places-2025", "托位数", "nursery", "presence", "met", 1),
    ("green-complete-community", "第3项", "nursery", "floor_area", "met", 210),
    ("green-complete-community", "第5项", "health_station", "floor_area", "not met", 130),
    ("green-complete-community", "第6项", "supermarket", "presence", "met", None),
]


@pytest.mark.parametrize(("standard", "clause", "service", "check", "status", "value"), EXPECTED)
def test_the_verdict_of_a_clause(table, standard, clause, service, check, status, value):
    found = table[
        (table["standard"] == standard)
        & table["clause"].str.contains(clause, regex=False)
        & (table["service"] == service)
        & (table["check"] == check)
    ]
    assert len(found) >= 1
    row = found.iloc[0]
    assert row["status"] == status
    if value is not None:
        assert row["found_value"] == pytest.approx(value)


def test_every_standard_has_three_clauses_in_the_table_above_where_it_has_as_many():
    told = pd.DataFrame(EXPECTED)[[0, 1, 2, 3]].drop_duplicates().groupby(0).size()
    assert set(told.index) == set(ALL)
    few = told[told < 3]
    # two checks are all that these ask for here
    assert set(few.index) <= {"GB55014-2021", "childcare-places-2025"}


def test_every_verdict_names_its_clause_its_confidence_and_what_was_found(table):
    assert (table[["clause", "confidence", "required", "found", "source"]] != "").all(axis=None)
    assert set(table["status"]) == {"met", "not met", "unknown"}
    unsure = table["confidence"] != "seen"
    assert (table.loc[unsure, "verify"] == "待核 / to be verified").all()
    assert (table.loc[~unsure, "verify"] == "").all()
    assert (table.loc[table["status"] != "met", "why"] != "").all()


def test_the_verdict_is_as_sure_as_the_figure_it_rests_on(table):
    rows = table[(table["standard"] == "GB50180-2018") & (table["service"] == "kindergarten")]
    sure = rows.set_index("check")["confidence"]
    assert sure["radius"] == "seen"
    assert sure["floor_area"] == "memory_sure"
    assert sure["walk"] == "derived"  # GB 50180 states metres; 3.0.4 turns them into minutes


def test_walks_and_radii_are_those_of_the_coverage_table():
    today = evaluated()
    rows = lc.check_compliance(today)
    walked = rows[(rows["check"] == "walk") & (rows["status"] != "unknown")]
    assert len(walked) > 5
    cover = today.coverage.set_index(["unit_id", "service", "walker", "minutes"])
    for row in walked.to_dict("records"):
        if row["accepts"] != row["service"]:
            continue
        there = cover.loc[(row["unit_id"], row["service"], row["walker"], row["minutes"])]
        assert row["people"] == there["people"]
        assert row["covered_people"] == there["covered_people"]


# Tiers


def applied(**options):
    rows = checked(standard="GB50180-2018", **options)
    return dict(rows.drop_duplicates("tier").set_index("tier")["tier_basis"])


def test_the_fifteen_minute_tier_asks_for_the_lower_tiers_too():
    both = "population and area"
    assert applied() == {"15min": both, "10min": both, "5min": both, "block": both}


@pytest.mark.parametrize(
    ("people", "half_m", "expected"),
    [
        (
            26822,
            585,
            {"15min": "area", "10min": "population and area", "5min": "population and area"},
        ),
        (60000, 300, {"15min": "population", "10min": "population and area"}),
        (3000, 100, {"block": "population and area"}),
        (40, 50, {"block": ""}),  # smaller than a block is still lived in
    ],
)
def test_a_unit_has_a_tier_by_its_people_or_its_land(people, half_m, expected):
    homes = clauses.residents().iloc[:1].assign(people=people)
    homes.geometry = [clauses.at(500)]
    found = applied(homes=homes, half_m=half_m)
    assert expected.items() <= found.items()
    if people < 5000:
        assert set(found) == {"block"}


def test_tiers_by_population_and_by_area_stand_side_by_side():
    homes = clauses.residents().iloc[:1].assign(people=26822)
    told = lc.unit_tiers(evaluated(homes=homes, half_m=584.9)).iloc[0]
    assert told["tier_by_population"] == "between 10min and 15min"
    assert told["tier_by_area"] == "15min"
    assert not told["agree"]


@pytest.mark.parametrize("level", ["community", "circle", "district"])
def test_tiers_of_a_level_concern_units_of_that_level(level):
    rows = checked(standard=["TDT1062-2021", "GB55014-2021"], level=level)
    assert ("15min" in set(rows["tier"])) == (level != "community")
    assert ("city" in set(rows["tier"])) == (level == "district")


# Choices and targets


def test_where_standards_disagree_both_figures_stand_in_the_result(table):
    rows = table[(table["standard"] == "GB50180-2018") & (table["check"] == "radius")]
    choice = rows.set_index("service")["choice"]
    assert "JGJ39-2016 radius 300-500 m" in choice["kindergarten"]
    assert "GB55013-2021 radius 120 m" in choice["waste_collection_point"]


def test_the_planner_chooses_whose_figure_counts():
    chosen = {"kindergarten": "jgj 39", "waste_collection_point": "GB 55013"}
    rows = checked(standard="GB50180-2018", choices=chosen)
    rows = rows.drop_duplicates(["service", "check"]).set_index(["service", "check"])
    garden = rows.loc[("kindergarten", "radius")]
    assert garden["status"] == "met"
    assert garden["clause"] == "B.0.2; 表C.0.2"
    assert garden["figure_clause"] == "JGJ39-2016 3.1.3"
    assert garden["choice"] == (
        "JGJ39-2016 3.1.3：radius 300-500 m, and with it the walk to 10 min chosen, not "
        "GB50180-2018：radius 300 m"
    )
    assert garden["confidence"] == "seen"
    assert "arch-norm" in garden["source"]
    assert garden["source"] != rows.loc[("kindergarten", "floor_area"), "source"]
    walk = rows.loc[("kindergarten", "walk")]  # 500 m are 10 min by 3.0.4
    assert (walk["minutes"], walk["status"]) == (10.0, "met")
    assert walk["figure_clause"] == "JGJ39-2016 3.1.3; GB50180-2018 3.0.4"
    floor = rows.loc[("kindergarten", "floor_area")]
    assert floor["figure_clause"] == "B.0.2; 表C.0.2"  # JGJ says nothing of it
    assert rows.loc[("waste_collection_point", "radius"), "status"] == "met"


def test_choices_are_checked_all_at_once():
    with pytest.raises(InputError) as caught:
        clauses.study(choices={"kindergarden": "JGJ39-2016", "park": "JGJ39", "nursery": "JG 39"})
    text = str(caught.value)
    assert "'kindergarden' (did you mean kindergarten?)" in text
    assert "JGJ39-2016 says nothing of the radius or areas of 'park'" in text
    assert "unknown standard 'JG 39'" in text


def test_a_share_below_all_may_be_enough():
    strict = checked(standard="GB50180-2018").set_index(["service", "check"])["status"]
    loose = checked(standard="GB50180-2018", target_share=0.66).set_index(["service", "check"])
    assert strict["kindergarten", "radius"] == "not met"
    assert loose.loc[("kindergarten", "radius"), "status"] == "met"


@pytest.mark.parametrize("target", [0, -1, 1.2, "85%", True])
def test_a_target_that_is_no_share_is_refused(target):
    with pytest.raises(InputError, match="target_share="):
        clauses.study(target_share=target)
    with pytest.raises(InputError, match="target_share="):
        checked(standard="GB50180-2018", target_share=target)


def test_a_target_of_the_standard_goes_before_the_planners():
    rows = checked(standard="changsha-2021", target_share=0.5)
    assert (rows.loc[rows["check"] == "walk", "required_value"] == 0.85).all()


# Unknown


def test_a_service_nobody_lists_is_unknown_by_every_check():
    rows = checked([place for place in clauses.PLACES if place[0] != "kindergarten"], ["GB 50180"])
    garden = rows[rows["service"] == "kindergarten"]
    assert set(garden["status"]) == {"unknown"}
    assert garden["why"].str.contains("unknown, not absent").all()


def test_a_service_listed_elsewhere_only_is_not_met():
    places = [place for place in clauses.PLACES if place[0] != "kindergarten"]
    far = [*places, ("kindergarten", 1250, 4000, 6000, 100)]
    rows = checked(far, ["GB 50180"]).set_index(["service", "check"])["status"]
    assert rows["kindergarten", "presence"] == "not met"
    assert rows["kindergarten", "floor_area"] == "not met"


@pytest.mark.parametrize(
    ("floors", "status"),
    [
        ([3150, None], "met"),  # one is large enough, whatever the other
        ([3149, None], "unknown"),
        ([None, None], "unknown"),
        ([3149, 100], "not met"),
    ],
)
def test_sizes_that_are_not_filled_in(floors, status):
    places = [place for place in clauses.PLACES if place[0] != "kindergarten"]
    places += [("kindergarten", 100 * k, floor, None, None) for k, floor in enumerate(floors)]
    rows = checked(places, ["GB 50180"]).set_index(["service", "check"])["status"]
    assert rows["kindergarten", "floor_area"] == status


@pytest.mark.parametrize(
    ("beds", "status"),
    [([480, None], "met"), ([479, None], "unknown"), ([479, 0], "not met"), ([None], "unknown")],
)
def test_capacities_that_are_not_filled_in(beds, status):
    places = [place for place in clauses.PLACES if place[0] != "nursing_home"]
    places += [("nursing_home", 100 * k, None, None, one) for k, one in enumerate(beds)]
    rows = checked(places, ["GB 50437"])
    row = rows[(rows["clause"] == "3.2.1") & (rows["check"] == "capacity")].iloc[0]
    assert row["status"] == status
    assert np.isnan(row["found_value"]) == (status == "unknown")


def test_parks_of_unknown_size_may_do():
    places = [place for place in clauses.PLACES if place[0] != "park"]
    rows = checked([*places, ("park", 500, None, None, None)], ["GBT51346-2019"])
    assert set(rows.loc[rows["tier"] != "5min", "status"]) == {"unknown"}
    near = rows[(rows["tier"] == "5min") & (rows["check"] == "radius")]
    assert set(near["status"]) == {"not met"}  # 400 m from both homes, whatever its size


def test_a_unit_nobody_lives_in_is_not_applicable():
    homes = clauses.residents().assign(people=0, elderly=0, children=0, households=0)
    rows = checked(homes=homes)
    people = rows[rows["check"].isin(["walk", "radius", "capacity"])]
    assert set(people["status"]) == {"unknown"}
    assert people["found_value"].isna().all()
    told = people[~people["why"].str.contains("unknown, not absent|unknown size|street")]
    assert told["why"].str.contains("nobody lives").all()


def test_without_households_nothing_is_said_per_household():
    homes = clauses.residents().drop(columns="households")
    rows = checked(standard="embedded-services-2024", homes=homes)
    row = rows[rows["check"] == "capacity"].iloc[0]
    assert row["status"] == "unknown"
    assert "households" in row["why"]


def test_a_walk_longer_than_the_study_looks_is_unknown():
    with pytest.warns(LifecircleWarning, match="add 15 to minutes"):
        rows = checked(standard="GB50180-2018", minutes=(5, 10))
    rows = rows.drop_duplicates(["service", "check"]).set_index(["service", "check"])
    assert rows.loc[("junior_middle_school", "walk"), "status"] == "unknown"
    assert "no further than 10 min" in rows.loc[("junior_middle_school", "walk"), "why"]
    assert rows.loc[("kindergarten", "walk"), "status"] == "not met"


def test_records_speak_of_what_no_facility_shows():
    records = pd.DataFrame(
        {
            "unit_id": ["U", "U", "U"],
            "record": ["property_platform", "property_platform", "governance"],
            "value": [0.0, 1.0, 0.0],
            "year": [2023, 2025, 2025],
        }
    )
    rows = checked(standard="complete-community-2020", records=records)
    status = rows[rows["check"] == "presence"].set_index("service")["status"]
    assert status["property_platform"] == "met"  # the latest year
    assert status["governance"] == "not met"
    assert status["community_culture"] == "unknown"


@settings(max_examples=8)
@given(st.data())
def test_more_facilities_never_unmake_what_was_met(data):
    fewer = data.draw(st.lists(st.sampled_from(clauses.PLACES), min_size=3, max_size=8))
    more = data.draw(st.lists(st.sampled_from(clauses.PLACES), min_size=1, max_size=4))
    standard = data.draw(st.sampled_from(["GB50180-2018", "complete-community-2020"]))
    before, after = checked(fewer, standard), checked([*fewer, *more], standard)
    assert len(before) == len(after)
    was_met = before["status"] == "met"
    assert (after.loc[was_met, "status"] == "met").all()


# Names and languages


def test_an_unknown_standard_is_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'GB50180-2018'"):
        checked(standard="GB50180-2019")


def test_verdicts_are_told_in_the_language_of_the_study():
    rows = checked(standard="GB50180-2018", language="zh").set_index(["service", "check"])
    garden = rows.loc[("kindergarten", "walk")]
    assert garden["required"] == "不少于 100 % 的儿童步行 5 分钟内可达"
    assert garden["found"] == "66.6 %（4,000 / 6,000 人）"
    assert garden["why"] == "2,000 人步行超过 5 分钟或无法到达"
    assert set(rows["status"]) == {"met", "not met", "unknown"}  # words of the file, not of people


def test_an_empty_table_of_facilities_is_nothing_there():
    rows = checked(clauses.PLACES[:0], ["GB 50180"])
    status = rows.set_index(["service", "check"])["status"]
    assert status["kindergarten", "presence"] == "not met"
    assert status["kindergarten", "walk"] == "not met"


def test_who_says_what_share_is_enough(table):
    shares = table[table["value_unit"] == "share"]
    assert set(shares.loc[shares["standard"] == "changsha-2021", "target_from"]) == {"clause"}
    assert set(shares.loc[shares["standard"] == "GB50180-2018", "target_from"]) == {"default"}
    assert set(table.loc[table["value_unit"] != "share", "target_from"]) == {""}
    own = checked(standard="GB50180-2018", target_share=0.8)
    assert set(own.loc[own["value_unit"] == "share", "target_from"]) == {"study"}


def test_larger_parks_are_the_upper_tiers_where_the_unit_is_held_against_it(table):
    rows = table[(table["service"] == "public_green") & (table["check"] == "capacity")]
    rows = rows[rows["standard"] == "GB50180-2018"].set_index("tier")
    # one park of 60,000 m²: 1000 m² per 1000 people of the 15-minute tier, none of the lower ones
    assert rows["found_value"].to_dict() == {"15min": 1000.0, "10min": 0.0, "5min": 0.0}
    assert "only sites of 10,000 to 50000 m² count" in rows.loc["10min", "required"]
    # a smaller place is held against no upper tier, and its large park counts
    homes = clauses.residents().iloc[:1].assign(people=6000)
    homes.geometry = [clauses.at(500)]
    small = checked(standard="GB50180-2018", homes=homes, half_m=150)
    small = small[(small["service"] == "public_green") & (small["check"] == "capacity")]
    assert small.set_index("tier")["found_value"].to_dict() == {"5min": 10000.0}


def test_a_management_room_is_not_the_service_it_holds():
    records = pd.DataFrame(
        {
            "unit_id": "U",
            "record": ["property_management", "property_room_m2"],
            "value": [1.0, 40.0],
        }
    )
    both = checked(standard="complete-community-2020", records=records)
    room = both[both["service"] == "property_room"].set_index("check")
    assert room["status"].to_dict() == {"presence": "met", "floor_area": "not met"}
    alone = checked(standard="complete-community-2020", records=records.iloc[:1])
    assert set(alone.loc[alone["service"] == "property_room", "status"]) == {"unknown"}


def test_a_number_for_nobody_is_not_applicable():
    homes = clauses.residents().assign(people=0, elderly=0, children=0, households=0)
    rows = checked(standard="GB50180-2018", homes=homes)
    counts = rows[(rows["check"] == "count") & (rows["service"] == "convenience_store")]
    assert set(counts["status"]) == {"unknown"}


def test_services_may_be_chosen_by_their_chinese_names_and_standards_by_their_file(tmp_path):
    path = tmp_path / "ours.csv"
    lc.find_standard("GB55013-2021").table.assign(standard="区规则").to_csv(path, index=False)
    rows = checked(standard=str(path), choices={"幼儿园": "JGJ39-2016"})
    assert set(rows["standard"]) == {"区规则"}
    assert str(clauses.study(standard=str(path)).standard) == "区规则"


# What a verdict is about


def test_a_bus_stop_is_no_slow_traffic_system():
    places = [*clauses.PLACES, ("bus_stop", 500, None, None, None)]
    records = pd.DataFrame({"unit_id": ["U"], "record": ["walking_system"], "value": [0.0]})
    rows = checked(places, "complete-community-2020", records=records)
    rows = rows[rows["service"] == "walking_system"].set_index("check")
    assert rows.loc["presence", ["status", "found_value", "basis"]].to_list() == [
        "not met",
        0.0,
        "records",
    ]
    assert rows.loc["walk", "status"] == "met"  # the stop is 5 min 33 s away
    unknown = checked(places, "complete-community-2020").set_index(["service", "check"])
    assert unknown.loc[("walking_system", "presence"), "status"] == "unknown"


def test_gaps_are_not_met_because_there_is_a_car_park():
    assert "car_parking" not in set(checked(standard="health-check-2023")["service"])


def test_people_far_from_streets_leave_open_what_they_may_decide():
    homes = clauses.residents()
    homes.loc[2] = ["F", 500, 100, 50, 100, clauses.at(500, 300)]  # 300 m from the street
    table = checked(standard="quarter-hour-2021", homes=homes).set_index(["service", "check"])
    shop = table.loc[("convenience_store", "walk")]
    assert shop["status"] == "unknown"  # all that are measured, and 500 who are not
    assert "500 people live too far" in shop["why"]
    enough = checked(standard="quarter-hour-2021", homes=homes, target_share=0.99)
    enough = enough.set_index(["service", "check"])
    assert enough.loc[("convenience_store", "walk"), "status"] == "met"  # 60,000 of 60,500


def test_a_facility_far_from_streets_leaves_open_who_is_beside_it():
    places = [place for place in clauses.PLACES if place[0] != "food_market"]
    table = clauses.facilities([*places, ("food_market", 1290, None, None, None)])
    lone = clauses.facilities([("food_market", 500, None, None, None)])
    lone.geometry = [clauses.at(500, 150)]
    both = pd.concat([table, lone], ignore_index=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        today = lc.evaluate(clauses.study(both, snap_m=20))
    rows = lc.check_compliance(today, standards="quarter-hour-2021")
    walk = rows.set_index(["service", "check"]).loc[("food_market", "walk")]
    assert walk["status"] == "unknown"
    assert "too far from any street" in walk["why"]


def test_what_a_clause_allows_instead_is_walked_to_as_well():
    places = [("convenience_store", x, 60, None, None) for x in (100, 120, 880)]
    places.append(("supermarket", 1290, 900, None, None))
    rows = checked(places, "complete-community-2020").set_index(["service", "check"])
    walk = rows.loc[("supermarket", "walk")]
    assert walk["status"] == "met"
    assert walk["accepts"] == "supermarket;convenience_store"
    alone = checked(places[-1:], "complete-community-2020").set_index(["service", "check"])
    assert alone.loc[("supermarket", "walk"), "status"] == "not met"
    # no supermarket anywhere, and shops in one of two units: the other is unknown
    units = pd.concat([clauses.unit("community"), clauses.unit("quarter")], ignore_index=True)
    units = units.assign(unit_id=["U", "V"], name=["U", "V"])
    units.geometry = [units.geometry[0], units.geometry[0].buffer(-595)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        today = lc.evaluate(replace(clauses.study(places[:-1]), units=units))
    both = lc.check_compliance(today, standards="complete-community-2020")
    walks = both[(both["service"] == "supermarket") & (both["check"] == "walk")]
    assert dict(zip(walks["unit_id"], walks["status"], strict=True)) == {"U": "met", "V": "unknown"}


def test_records_of_communities_reach_the_clauses_of_their_circle():
    records = pd.DataFrame(
        {"unit_id": ["U"], "record": ["barrier_free_entrances"], "value": ["无"]}
    )
    rows = checked(standard="complete-community-2020", records=records)
    assert rows.set_index("service").loc["barrier_free", "status"] == "not met"


def test_a_verdict_is_no_surer_than_the_tier_it_comes_with():
    homes = clauses.residents().iloc[:1].assign(people=26822)
    homes.geometry = [clauses.at(500)]
    rows = checked(standard="GB50180-2018", homes=homes, half_m=585)
    park = rows[(rows["service"] == "public_green") & (rows["check"] == "capacity")]
    sure = park.set_index("tier")["confidence"]
    # 130 ha and 5 ha are from memory; 15,000 people and 1 ha were seen, but not 5 ha above it
    assert sure["15min"] == "memory_sure"
    assert sure["10min"] == "memory_sure"


def test_ranges_of_a_minimum_ask_for_the_least_and_open_bounds_for_what_they_name(tmp_path):
    table = lc.find_standard("health-stations-2006").table.assign(standard="ours")
    table["min_floor_area_m2"] = ["120-270", ">=130"]
    path = tmp_path / "ours.csv"
    table.to_csv(path, index=False)
    with pytest.warns(LifecircleWarning, match="count as the planner's own"):
        found = lc.read_standard(path).rows()
    assert found["min_floor_area_m2"].to_list() == [120.0, 130.0]


def test_who_must_have_none_is_not_asked_whether_one_is_there():
    homes = clauses.residents().iloc[:1].assign(people=4900, elderly=900)
    homes.geometry = [clauses.at(100)]
    places = [place for place in clauses.PLACES if place[0] != "elderly_day_care"]
    rows = checked(
        [*places, ("elderly_day_care", 1290, 400, None, 30)], "GB50437-2007", homes=homes
    )
    care = rows[rows["service"] == "elderly_day_care"]
    assert dict(zip(care["check"], care["status"], strict=True))["count"] == "met"  # for 5,000 on
    assert "presence" not in set(care["check"])


def test_places_that_are_too_small_are_not_said_to_be_missing():
    places = [place for place in clauses.PLACES if place[0] != "park"]
    rows = checked([*places, ("park", 500, None, 3000, None)], "GB50180-2018")
    green = rows[(rows["service"] == "public_green") & (rows["tier"] == "5min")]
    green = green.set_index("check")
    assert green.loc["presence", ["status", "why", "found"]].to_list() == [
        "not met",
        "all are smaller",
        "1 inside the unit",
    ]
    assert green.loc["site_area", "found_value"] == 3000
