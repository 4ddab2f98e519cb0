"""Shortfalls of a street on which each is worked out by hand."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import lifecircle as lc
from assessment import long_street
from assessment.long_street import checked

pytestmark = pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")
FIRST = ["rank", "unit_id", "service", "people_short", "severity", "survey_weight", "priority"]


@pytest.fixture(scope="module")
def today():
    return checked()


@pytest.fixture(scope="module")
def ranked(today):
    return lc.rank_shortfalls(today)


def test_every_figure_is_the_one_worked_out_by_hand(ranked):
    wanted = [
        # circle: 200 people at D, 15 min for 10; 5 + 40 children beyond 10 min; 40 people beyond 30
        (1, "C", "food_market", 200.0, 0.5, 1.0, 100.0),
        (2, "C", "kindergarten", 45.0, 1.0, 1.0, 45.0),
        (3, "C", "pharmacy", 40.0, 1.0, 1.0, 40.0),
        (1, "E", "food_market", 200.0, 0.5, 1.0, 100.0),
        (2, "E", "kindergarten", 40.0, 1.0, 1.0, 40.0),
        (2, "E", "pharmacy", 40.0, 1.0, 1.0, 40.0),  # a tie shares its rank: 1, 2, 2, 4
        (4, "W", "kindergarten", 5.0, 1.0, 1.0, 5.0),
    ]
    assert list(ranked.columns[:7]) == FIRST
    assert [tuple(row)[:3] for row in ranked[FIRST].itertuples(index=False)] == [
        row[:3] for row in wanted
    ]
    assert ranked[FIRST[3:]].to_numpy(float) == pytest.approx(
        np.array([row[3:] for row in wanted]), rel=1e-4
    )


def test_each_row_tells_who_is_short_where_and_how_far(ranked):
    market = ranked.iloc[0]
    assert market["level"] == "circle"
    assert market["unit_name"] == "unit C"
    assert market["service_name"] == "food market"
    assert (market["segment"], market["walker"], market["minutes"]) == ("people", "adult", 10.0)
    assert (market["elderly_short"], market["children_short"]) == (0, 40)
    assert (market["residents_short"], market["places_short"]) == (200, 1)
    assert market["covered_share"] == pytest.approx(190 / 390)
    assert market["nearest_median_min"] == pytest.approx(15, abs=1e-3)
    assert market["nearest_mean_min"] == pytest.approx(15, abs=1e-3)
    assert market["beyond_people"] == 0
    assert market["where"] == "D (200 people)"
    home = long_street.homes().to_crs("EPSG:4326").geometry.iloc[2]
    assert (market["centre_lon"], market["centre_lat"]) == pytest.approx((home.x, home.y))
    child = ranked.iloc[1]
    assert (child["segment"], child["walker"]) == ("children", "child")
    assert child["where"] == "D (40 people), B (5 people)"
    assert child["beyond_people"] == 45  # more than twice five minutes
    assert np.isnan(child["nearest_mean_min"])
    assert np.isnan(child["nearest_median_min"])
    assert (child["residents_short"], child["elderly_short"]) == (250, 10)  # all of B and D


def test_people_short_are_those_that_coverage_leaves_to_the_person(today, ranked):
    cover = today.evaluation.coverage.set_index(["unit_id", "service", "walker", "minutes"])
    for row in ranked.itertuples():
        there = cover.loc[(row.unit_id, row.service, row.walker, row.minutes)]
        assert row.people_short == there["people"] - there["covered_people"]


def test_priority_is_the_product_and_is_told_in_words(ranked):
    product = ranked["people_short"] * ranked["severity"] * ranked["survey_weight"]
    assert ranked["priority"].to_numpy() == pytest.approx(product.to_numpy())
    how = ranked["how"].iloc[0]
    assert "priority 100.0 = 200 people short × severity 0.500 × survey weight 1.00" in how
    assert "residents with none within 10 min on foot (adult)" in how
    assert "not surveyed" in how


def test_a_circle_is_not_ranked_among_its_communities(ranked):
    assert ranked["level"].to_list() == ["circle"] * 3 + ["community"] * 4
    for _, rows in ranked.groupby("level", sort=False):
        assert (
            rows["rank"].to_list() == rows["priority"].rank(ascending=False, method="min").to_list()
        )
        assert (rows["priority"].diff().dropna() <= 1e-9).all()


def test_by_hand_if_people_are_slower_or_the_time_is_another(ranked):
    table = ranked.set_index(["unit_id", "service"])
    # 0.9 m/s: A needs 16.7 min to the pharmacy: 40 + 100/9 = 51.1 people are more than 45
    assert table.loc[("C", "pharmacy"), "rank_slower"] == 2
    assert table.loc[("C", "kindergarten"), "rank_slower"] == 3
    # in W the pharmacy and the market are not met then, but they are no shortfalls today
    assert table.loc[("W", "kindergarten"), "rank_slower"] == 4
    # 14 min: A is short by 1/14 of 14 min, 40 + 7.1 are more than 45
    assert table.loc[("C", "pharmacy"), "rank_minute_less"] == 2
    # 16 min: F is short by 15.7 of 16 min; in E the pharmacy (39.2) falls behind 40
    assert table.loc[("E", "pharmacy"), "rank_minute_more"] == 3
    assert table.loc[("E", "kindergarten"), "rank_minute_more"] == 2
    assert table.loc[("E", "pharmacy"), "rank_slower"] == 2  # as far as can be, both: equal again
    assert table.loc[("C", "food_market"), "rank_minute_more"] == 1


def test_a_rank_that_does_not_hold_says_against_what():
    homes = {"A": (100, 0, 0, 0), "B": (700, 100, 0, 0), "D": (2240, 60, 0, 0)}
    places = {"P": ("pharmacy", 40), "M": ("food_market", 1100)}
    wanted = (
        {"service": "pharmacy", "minutes": 10.0},  # B 660 m: 11 min, 10; D beyond, 60
        {"service": "food_market", "minutes": 14.9},  # D 1140 m, 19 min: 60 x 4.1/14.9 = 16.5
    )
    changes = {"residents": long_street.homes(homes), "facilities": long_street.places(places)}
    table = lc.rank_shortfalls(checked(wanted, **changes), draws=40)
    table = table.set_index(["unit_id", "service"])
    # W: the pharmacy is short by 10, E: the pharmacy by 60 and the market by 16.5.
    assert table["rank"].to_dict() == {
        ("C", "pharmacy"): 1,
        ("C", "food_market"): 2,
        ("E", "pharmacy"): 1,
        ("E", "food_market"): 2,
        ("W", "pharmacy"): 3,
    }
    west = table.loc[("W", "pharmacy")]
    assert west["rank_minute_more"] is pd.NA  # 11 min are 11 min
    assert not west["rank_holds"]
    assert west["rank_note"].startswith("the rank does not hold: the walk is met if")
    # in half of the draws the market is missing, in the others the pharmacy: 100 + 60 for W and E
    assert (west["rank_low"], west["rank_high"]) == (1, 3)
    assert "places 1 to 3 if a tenth of the facility points is missing" in west["rank_note"]
    first = table.loc[("C", "pharmacy")]
    assert (first["rank_slower"], first["rank_minute_less"]) == (1, 1)
    assert first["rank_holds"]
    assert first["rank_note"].startswith("the rank holds: places 1 to")


def test_a_rank_says_if_another_minute_is_enough():
    wish = ({"service": "food_market", "minutes": 14.5},)  # D needs 15 min
    table = lc.rank_shortfalls(checked(wish), draws=20)
    row = table[table["unit_id"] == "C"].iloc[0]
    assert row["people_short"] == 200
    assert row["rank_minute_more"] is pd.NA
    assert not row["rank_holds"]
    assert "the walk is met if the time is a minute more" in row["rank_note"]


def test_words_are_those_of_the_study():
    told = lc.rank_shortfalls(checked(language="zh"), draws=5)
    assert "优先度" in told["how"].iloc[0]
    assert told["service_name"].iloc[0] == "菜市场或生鲜超市"
    assert told["where"].iloc[0] == "D 200 人"
    assert told["rank_note"].str.startswith(("名次可靠", "名次不稳")).all()


def test_everything_met_gives_an_empty_table_with_every_column(today, ranked):
    near = checked([{"service": "food_market", "minutes": 15.0}])
    table = lc.rank_shortfalls(near)
    assert len(table) == 0
    assert list(table.columns) == list(ranked.columns)
    assert table.dtypes.astype(str).to_dict() == ranked.dtypes.astype(str).to_dict()
    none = long_street.Checked(today.evaluation, today.compliance.iloc[:0])
    assert list(lc.rank_shortfalls(none).columns) == list(ranked.columns)


def test_a_unit_where_nobody_lives_has_no_row():
    wanted = ({"service": "food_market", "presence": True, "minutes": 10.0},)
    found = checked(wanted, units=long_street.units(empty=True))
    assert ((found.compliance["unit_id"] == "Z") & (found.compliance["status"] == "not met")).any()
    assert "Z" not in set(lc.rank_shortfalls(found, draws=5)["unit_id"])


def test_without_elderly_and_children_they_are_not_known():
    homes = long_street.homes().drop(columns=["elderly", "children"])
    table = lc.rank_shortfalls(checked(residents=homes), draws=5)
    assert table[["elderly_short", "children_short"]].isna().all(axis=None)
    assert table["segment"].unique().tolist() == ["people"]
    assert table.set_index(["unit_id", "service"]).loc[("C", "kindergarten"), "people_short"] == 290


def test_optional_rows_and_other_standards_are_ranked_only_when_asked_for():
    wanted = (
        {"service": "kindergarten", "minutes": 5.0, "mandatory": "optional"},
        {"service": "food_market", "minutes": 10.0, "standard": "complete-community-2020"},
        {"service": "pharmacy", "minutes": 15.0, "mandatory": ""},
    )
    found = checked(wanted)
    assert set(lc.rank_shortfalls(found, draws=5)["service"]) == {"pharmacy"}
    both = lc.rank_shortfalls(found, optional=True, draws=5)
    assert set(both["service"]) == {"pharmacy", "kindergarten"}
    other = lc.rank_shortfalls(found, standards=["complete community 2020"], draws=5)
    assert set(other["service"]) == {"food_market"}
    with pytest.raises(lc.UnknownNameError, match="unknown standard 'TD/T 1062'"):
        lc.rank_shortfalls(found, standards="TD/T 1062")


def test_what_is_unknown_is_no_shortfall_but_is_listed():
    wanted = (
        {"service": "kindergarten", "minutes": 5.0, "status": "unknown"},
        {"service": "pharmacy", "minutes": 15.0},
        {"service": "pharmacy", "presence": True, "status": "unknown"},
    )
    found = checked(wanted)
    assert set(lc.rank_shortfalls(found, draws=5)["service"]) == {"pharmacy"}
    unknown = lc.unknown_requirements(found).set_index(["unit_id", "service"])
    assert len(unknown) == 6
    assert unknown.loc[("C", "kindergarten"), "other_status"] == ""
    assert unknown.loc[("C", "pharmacy"), "other_status"] == "not met"
    assert unknown.loc[("W", "pharmacy"), "other_status"] == "met"
    assert unknown.loc[("C", "pharmacy"), "checks"] == "presence"
    assert unknown.loc[("C", "kindergarten"), "why"] == "minutes of kindergarten"


def test_any_of_several_services_covers_and_the_words_say_so():
    # K counts as a market too: A has it at home, nothing changes for D
    wish = {"service": "food_market", "minutes": 10.0, "accepts": ("food_market", "kindergarten")}
    table = lc.rank_shortfalls(checked((wish,)), draws=5)
    row = table[table["unit_id"] == "C"].iloc[0]
    assert row["people_short"] == 200
    assert "any of food market, kindergarten would do" in row["how"]
    assert "together" not in row["how"]


def test_of_several_unmet_checks_the_walk_counts_and_all_are_named():
    wish = {"service": "pharmacy", "presence": True, "minutes": 15.0, "radius_m": 1000.0}
    table = lc.rank_shortfalls(checked((wish,)), draws=5).set_index("unit_id")
    assert table.loc["E", "check"] == "walk"
    assert table.loc["E", "checks"] == "walk;radius;presence"
    assert table.loc["C", "checks"] == "walk;radius"
    assert table.loc["E", "why"] == "minutes of pharmacy"
    assert "W" not in table.index


def test_a_radius_is_counted_in_straight_metres(ranked):
    # from P: A 900, B 100, D 700, F 1900 m: D is short by 200 of 500 m, A by 400, F counts 1
    wish = {"service": "pharmacy", "radius_m": 500.0}
    table = lc.rank_shortfalls(checked((wish,)), draws=5).set_index("unit_id")
    row = table.loc["C"]
    assert (row["check"], row["people_short"]) == ("radius", 340)
    assert row["severity"] == pytest.approx((200 * 0.4 + 100 * 0.8 + 40) / 340, rel=1e-3)
    assert np.isnan(row["minutes"])
    assert np.isnan(row["nearest_median_min"])
    assert table.loc["E", "people_short"] == 240
    assert table.loc["W", "priority"] == pytest.approx(80, rel=1e-3)
    assert (table["radius_m"] == 500).all()
    assert ranked["radius_m"].isna().all()


def test_half_of_the_people_beyond_twice_the_time_are_told(ranked):
    child = ranked.iloc[1]  # D 40 and B 5 children, all beyond 10 min; D's market is 15 of 10 min
    assert "45 of the 45 people short walk longer than 10 min or cannot get there" in child["how"]
    assert "no median" not in ranked.iloc[0]["how"]
    wish = ({"service": "pharmacy", "minutes": 10.0},)  # A 15 min: 100 people; D 11.7: 200; F: 40
    table = lc.rank_shortfalls(checked(wish), sensitivity=False).set_index("unit_id")
    assert table.loc["C", "nearest_median_min"] == pytest.approx(700 / 60, rel=1e-4)
    assert table.loc["C", "beyond_people"] == 40
    assert "no median" not in table.loc["C", "how"]


def test_whose_figure_was_used_stays_with_the_row(today):
    assert (lc.rank_shortfalls(today, sensitivity=False)["choice"] == "").all()  # column is absent
    table = today.compliance.assign(choice=None)
    table.loc[table["service"] == "pharmacy", "choice"] = "figure of another standard"
    found = long_street.Checked(today.evaluation, table)
    told = lc.rank_shortfalls(found, sensitivity=False).set_index("service")["choice"]
    assert set(told["pharmacy"]) == {"figure of another standard"}
    assert set(told["kindergarten"]) == {""}


def test_what_is_not_there_leaves_everybody_short():
    wish = {"service": "kindergarten", "presence": True}
    table = lc.rank_shortfalls(checked((wish,)), draws=5).set_index("unit_id")
    assert table.index.to_list() == ["E"]
    assert tuple(table.loc["E", ["check", "people_short", "severity"]]) == ("presence", 40, 1.0)
    assert "what must be there is not" in table.loc["E", "how"]


def test_what_is_not_there_but_near_leaves_nobody_short():
    # no pharmacy in E, but D walks 700 m to P: F alone, 31 min 40 s, is short
    wish = {"service": "pharmacy", "presence": True, "minutes": 15.0}
    table = lc.rank_shortfalls(checked((wish,), target=0.8), draws=5).set_index("unit_id")
    assert table.index.to_list() == ["E"]  # in C 350 of 390 are covered, in E 200 of 240
    row = table.loc["E"]
    assert (row["check"], row["checks"]) == ("presence", "presence")
    assert (row["people_short"], row["severity"]) == (40, 1)
    assert (row["walker"], row["minutes"], row["beyond_people"]) == ("adult", 15, 40)
    assert "none stands inside the unit; people short: residents with none within 15" in row["how"]
    near = long_street.HOMES | {"F": (1900, 40, 30, 0)}
    found = checked((wish,), residents=long_street.homes(near))
    row = lc.rank_shortfalls(found, draws=5).set_index("unit_id").loc["E"]
    assert (row["people_short"], row["priority"]) == (0, 0)
    assert "not met, but nobody is short" in row["how"]


@pytest.mark.parametrize("people", [40, 30])
def test_an_area_of_nothing_inside_does_not_leave_all_short(people):
    """The pharmacy is across the border: none in E, but D walks 700 m; F alone is short."""
    homes = long_street.homes(long_street.HOMES | {"F": (2900, people, 30, 0)})
    facilities = long_street.places(floor_area_m2=[500.0, 500.0, 500.0, 50.0])
    wish = {"service": "pharmacy", "minutes": 15.0, "floor_area_m2": 100.0}
    for presence in ({"presence": True}, {}):
        found = checked((wish | presence,), target=0.8, residents=homes, facilities=facilities)
        table = lc.rank_shortfalls(found, draws=5).set_index("unit_id")
        row = table.loc["E"]
        first = "presence" if presence else "floor_area"
        assert (row["check"], row["people_short"], row["severity"]) == (first, people, 1.0)
        assert row["checks"] == ";".join([*presence, "floor_area"])
        assert "none stands inside the unit; people short: residents with none" in row["how"]
        assert (row["walker"], row["minutes"]) == ("adult", 15)
        assert row["covered_share"] == pytest.approx(200 / (200 + people))
        # what stands inside and is too small leaves all short by what is lacking
        west = table.loc["W"]
        assert (west["check"], west["people_short"], west["severity"]) == ("floor_area", 150, 0.5)
        assert (table["rank_low"] > 0).all()


def test_an_area_of_nothing_inside_but_near_for_all_leaves_nobody_short():
    near = long_street.homes(long_street.HOMES | {"F": (1900, 40, 30, 0)})
    facilities = long_street.places(floor_area_m2=[500.0, 500.0, 500.0, 500.0])
    for limit in ({"minutes": 15.0}, {"radius_m": 910.0}):
        wish = {"service": "pharmacy", "presence": True, "floor_area_m2": 100.0} | limit
        found = checked((wish,), target=0.2, residents=near, facilities=facilities)
        row = lc.rank_shortfalls(found, draws=5).set_index("unit_id").loc["E"]
        assert (row["people_short"], row["severity"], row["priority"]) == (0, 0, 0)
        assert "not met, but nobody is short" in row["how"]
    wish = {"service": "pharmacy", "presence": True, "floor_area_m2": 100.0}  # nothing says how far
    found = checked((wish,), residents=near, facilities=facilities)
    row = lc.rank_shortfalls(found, draws=5).set_index("unit_id").loc["E"]
    assert (row["check"], row["people_short"], row["severity"]) == ("presence", 240, 1)


def test_nobody_of_the_segment_is_short_where_none_live():
    people = long_street.HOMES | {"D": (1700, 200, 0, 0)}
    wish = {"service": "kindergarten", "presence": True}
    table = lc.rank_shortfalls(checked((wish,), residents=long_street.homes(people)), draws=5)
    row = table.set_index("unit_id").loc["E"]
    assert (row["people_short"], row["severity"], row["priority"]) == (0, 0, 0)
    assert row["places_short"] == 0
    assert row["where"] == ""
    assert "nobody is short" in row["how"]


def test_a_size_leaves_all_short_by_what_is_lacking():
    facilities = long_street.places(capacity=[20, 1, 1, 1], floor_area_m2=[1500, 800, 200, 60])
    wanted = (
        {"service": "kindergarten", "per_1000": 500.0},
        {"service": "food_market", "floor_area_m2": 1000.0},
    )
    table = lc.rank_shortfalls(checked(wanted, facilities=facilities), draws=5)
    table = table.set_index(["unit_id", "service"])
    # 20 places for 55 children: 363.6 of 500; in E 0 of 500
    assert table.loc[("C", "kindergarten"), "people_short"] == 55
    assert table.loc[("C", "kindergarten"), "severity"] == pytest.approx(1 - 20 / 55 * 2)
    assert table.loc[("E", "kindergarten"), "severity"] == 1
    assert ("W", "kindergarten") not in table.index
    assert table.loc[("C", "food_market"), "severity"] == pytest.approx(0.2)
    assert table.loc[("E", "food_market"), "people_short"] == 240
    assert table.loc[("E", "food_market"), "severity"] == pytest.approx(0.8)
    assert table.loc[("E", "food_market"), "check"] == "floor_area"


def test_people_off_the_streets_are_neither_covered_nor_short():
    homes = long_street.homes(long_street.HOMES | {"S": (2000, 500, 0, 0)})
    homes.loc[4, "geometry"] = long_street.place(2000, 45)
    found = checked(residents=homes, snap_m=30.0)
    table = lc.rank_shortfalls(found, draws=5).set_index(["unit_id", "service"])
    assert table.loc[("E", "food_market"), "people_short"] == 200


def test_who_is_near_a_street_depends_on_who_walks():
    """S lives on stairs: no street for wheels, which says nothing of how S would walk."""
    graph = nx.MultiGraph(crs=long_street.CRS)
    spots = {0: (0, 0), 1: (1500, 0), 2: (3000, 0), 3: (1500, 400), 4: (1500, 300)}
    for name, (x, y) in spots.items():
        place = long_street.place(x, y)
        graph.add_node(name, x=place.x, y=place.y)
    graph.add_edge(0, 1, highway="residential")
    graph.add_edge(1, 2, highway="residential")
    graph.add_edge(1, 4, highway="steps")
    graph.add_edge(4, 3, highway="steps")
    homes = long_street.homes({"S": (1500, 70, 5, 5), "D": (1700, 200, 0, 0)})
    homes.loc[0, "geometry"] = long_street.place(1500, 350)
    units = long_street.units()
    units["geometry"] = units.buffer(500, cap_style="square")
    network = lc.WalkNetwork.from_networkx(graph)
    study = long_street.study(residents=homes, network=network, units=units.iloc[:1])
    wish = ({"service": "food_market", "minutes": 10.0},)
    for walker, people in (("wheelchair", 200), ("adult", 270)):
        evaluation = lc.evaluate(study, walkers=[walker])
        table = long_street.verdicts(evaluation, wish)
        found = long_street.Checked(evaluation, table)
        assert lc.rank_shortfalls(found, draws=3)["people_short"].to_list() == [people]
    both = lc.evaluate(study, walkers=["wheelchair", "adult"])  # its residents table says adult
    row = table.assign(walker="wheelchair", people=200.0, covered_people=0.0)
    found = long_street.Checked(both, row)
    assert lc.rank_shortfalls(found, draws=3)["people_short"].to_list() == [200]


def test_a_mark_of_doubt_stays_with_the_row():
    wish = {"service": "pharmacy", "minutes": 15.0, "confidence": "memory_unsure"}
    table = lc.rank_shortfalls(checked((wish,)), draws=5)
    assert set(table["confidence"]) == {"memory_unsure"}
    assert set(table["verify"]) == {"to be verified"}


def test_the_tables_are_not_changed(today):
    before = today.compliance.copy()
    lc.rank_shortfalls(today, draws=5)
    pd.testing.assert_frame_equal(today.compliance, before)


@pytest.mark.parametrize("draws", [0, -1, 2.5, True])
def test_a_number_of_draws_that_is_none_is_refused(today, draws):
    with pytest.raises(lc.InputError, match=r"draws=.*whole number of draws"):
        lc.rank_shortfalls(today, draws=draws)


def test_a_table_that_lacks_columns_is_refused(today):
    lacking = long_street.Checked(
        today.evaluation, today.compliance.drop(columns=["check", "minutes"])
    )
    with pytest.raises(lc.MissingColumnError, match="column check, minutes is missing"):
        lc.rank_shortfalls(lacking)


def test_all_that_is_wrong_with_a_table_is_said_at_once(today):
    table = today.compliance.copy()
    table.loc[0, "status"] = "maybe"
    table.loc[1, "check"] = "smell"
    table.loc[2, "minutes"] = np.nan
    with pytest.raises(lc.InputError, match=r"maybe.*smell.*1 walk checks .* have no minutes"):
        lc.rank_shortfalls(long_street.Checked(today.evaluation, table))


def test_a_radius_without_metres_is_refused():
    found = checked(({"service": "pharmacy", "radius_m": 500.0},))
    table = found.compliance.drop(columns="radius_m")
    with pytest.raises(lc.InputError, match="do not say how many metres"):
        lc.rank_shortfalls(long_street.Checked(found.evaluation, table))


def test_verdicts_of_another_evaluation_are_refused(today):
    table = today.compliance.copy()
    table.loc[table["service"] == "food_market", "covered_people"] -= 7
    with pytest.raises(lc.AlignmentError, match=r"207.0 people short in the table, 200.0 by"):
        lc.rank_shortfalls(long_street.Checked(today.evaluation, table))
    table = today.compliance.assign(unit_id="elsewhere")
    with pytest.raises(lc.AlignmentError, match=r"units that the study does not have .elsewhere"):
        lc.rank_shortfalls(long_street.Checked(today.evaluation, table))


def test_ranks_are_not_questioned_when_that_is_not_asked_for(today, ranked):
    plain = lc.rank_shortfalls(today, sensitivity=False)
    same = [name for name in ranked.columns if not name.startswith("rank_")]
    pd.testing.assert_frame_equal(plain[same], ranked[same])
    unasked = [name for name in ranked.columns if name.startswith("rank_")]
    assert plain[unasked].drop(columns="rank_note").isna().all(axis=None)
    assert set(plain["rank_note"]) == {""}


def answers(units=("E",), count=60):
    """Everybody cares for both; the market is very bad (1), the kindergarten middling (3)."""
    rows = [
        {"unit_id": unit, "service": service, "satisfaction": told, "importance": 5}
        for unit in units
        for service, told in (("food_market", 1), ("kindergarten", 3))
        for _ in range(count)
    ]
    table = pd.DataFrame(rows).assign(weight=1.0)
    return table.assign(answer_id=[f"A{at}" for at in range(len(table))])


def test_what_residents_say_weighs_by_hand(today):
    # concern 1 and 1/2, mean 3/4; 60 answers count 60 / (60 + 30): 1 + 2/3 (4/3 - 1) = 1.222
    table = lc.rank_shortfalls(today, survey=answers(), draws=5).set_index(["unit_id", "service"])
    market, child = table.loc[("E", "food_market")], table.loc[("E", "kindergarten")]
    assert market["survey_weight"] == pytest.approx(11 / 9)
    assert child["survey_weight"] == pytest.approx(7 / 9)
    assert market["priority"] == pytest.approx(100 * 11 / 9, rel=1e-4)
    assert child["priority"] == pytest.approx(40 * 7 / 9, rel=1e-4)
    assert (child["rank"], table.loc[("E", "pharmacy"), "rank"]) == (3, 2)
    assert "not surveyed" not in market["how"]
    assert table.loc[("E", "pharmacy"), "survey_weight"] == 1
    assert "not surveyed" in table.loc[("E", "pharmacy"), "how"]
    assert table.loc[("W", "kindergarten"), "survey_weight"] == 1  # nobody was asked there
    assert table.loc[("C", "food_market"), "survey_weight"] == pytest.approx(11 / 9)  # of E


def test_the_survey_of_the_health_check_counts_unless_another_is_given(today):
    own = long_street.Checked(today.evaluation, today.compliance, answers())
    weights = lc.rank_shortfalls(own, sensitivity=False)["survey_weight"]
    assert weights.nunique() == 3
    small = answers(count=6)
    other = lc.rank_shortfalls(own, survey=small, sensitivity=False)["survey_weight"]
    assert other.max() == pytest.approx(1 + 6 / 36 / 3)
    none = lc.rank_shortfalls(own, survey=small.iloc[:0], sensitivity=False)["survey_weight"]
    assert (none == 1).all()


def test_importance_alone_does_not_weigh(today):
    table = lc.rank_shortfalls(
        today, survey=answers().assign(satisfaction=float("nan")), sensitivity=False
    )
    assert (table["survey_weight"] == 1).all()
    assert table["how"].str.contains("not surveyed").all()


def test_what_is_counted_of_services_for_several_segments_is_everybodys(today):
    row = today.compliance.iloc[[0]].assign(
        service="facilities_public", accepts="kindergarten;food_market", segment="",
        check="capacity", value_unit="per_1000", required_value=4.0, found_value=1.0,
        status="not met", walker="", minutes=np.nan, per_1000_in="facilities",
    )  # fmt: skip
    found = long_street.Checked(today.evaluation, row)
    told = lc.rank_shortfalls(found, draws=5).iloc[0]
    assert (told["unit_id"], told["segment"], told["people_short"]) == ("C", "people", 390)
    assert told["severity"] == pytest.approx(0.75)
    assert "kindergarten, food market together" in told["how"]
    assert "would do" not in told["how"]
    chinese = long_street.Checked(checked(language="zh").evaluation, row)
    assert "合计" in lc.rank_shortfalls(chinese, draws=5).iloc[0]["how"]
    assert "任一" not in lc.rank_shortfalls(chinese, draws=5).iloc[0]["how"]
    alone = long_street.Checked(today.evaluation, row.assign(accepts="kindergarten"))
    assert lc.rank_shortfalls(alone, draws=5).iloc[0]["segment"] == "children"


def test_sums_of_services_are_ranked_behind_what_can_be_built(today):
    rows = today.compliance[today.compliance["unit_id"] == "C"]
    total = rows.iloc[[0]].assign(
        service="facilities_total", accepts="kindergarten;food_market", segment="people",
        check="capacity", value_unit="per_1000", required_value=4.0, found_value=0.0,
        status="not met", walker="", minutes=np.nan, per_1000_in="facilities",
    )  # fmt: skip
    found = long_street.Checked(today.evaluation, pd.concat([total, rows], ignore_index=True))
    for sensitivity in (True, False):
        table = lc.rank_shortfalls(found, sensitivity=sensitivity, draws=20)
        assert table["service"].to_list()[-1] == "facilities_total"
        assert table["rank"].to_list() == [1, 2, 3, 4]
        assert table["is_sum"].to_list() == [False, False, False, True]
        assert table["priority"].iloc[-1] == 390  # the highest, and still the last
    assert lc.rank_shortfalls(found, draws=20)["rank_low"].iloc[-1] == 4
    alone = total.assign(service="kindergarten")  # a service, even if others count for it
    found = long_street.Checked(today.evaluation, alone)
    assert not lc.rank_shortfalls(found, draws=5)["is_sum"].any()
