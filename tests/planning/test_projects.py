"""What a list of projects promises is what is found when they are done."""

import warnings
from dataclasses import replace
from functools import cache
from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck as Slow
from hypothesis import given, settings
from hypothesis import strategies as st

import changed
import lifecircle as lc
import towns
import walled
from lifecircle.errors import (
    DuplicateIdError,
    InfeasibleError,
    InputError,
    LifecircleWarning,
    MissingColumnError,
    UnknownNameError,
)
from lifecircle.planning.needs import Needs
from lifecircle.planning.project_table import PROJECT_COLUMNS
from lifecircle.planning.siting_model import SitingModel
from lifecircle.planning.siting_study import floor_needs
from oracle_needs import met_by_times, people_gained
from sample import SAMPLE, sample_check

COSTS = {"open_gate": 20_000, "remove_wall": 80_000, "connect_streets": 200_000}
ASKED = [
    {"budget_cny": 3_000_000, "openings": 0},
    {"budget_cny": 600_000, "openings": 0},
    {"openings": 0},
    {"budget_cny": 2_500_000, "openings": 6, "costs": COSTS},
    {"openings": 5},
]


def listed(check, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        return lc.list_projects(check, **options)


@cache
def sample_list(at):
    return listed(sample_check(), **ASKED[at])


@cache
def sample_needs():
    return Needs(sample_check())


@cache
def sample_shortfalls():
    check = sample_check()
    codes = list(dict.fromkeys(check.compliance["standard"]))
    return lc.rank_shortfalls(check, standards=codes, sensitivity=False)


def done(study, projects):
    """Evaluation of the study in which projects are done."""
    actions = lc.projects_scenario(projects).actions
    return changed.evaluated(changed.quietly(study, actions))


@cache
def sample_done(at):
    table = sample_list(at)
    return done(SAMPLE, table[table["chosen"]])


def said(**by_id):
    """Terms of projects: ``said(include={"B-S01": "must"})``."""
    ids = dict.fromkeys(one for words in by_id.values() for one in words)
    return pd.DataFrame(
        [
            {"project_id": one, **{name: words.get(one, "") for name, words in by_id.items()}}
            for one in ids
        ]
    )


# ------------------------------------------------------------------- what is promised is found


@pytest.mark.parametrize("at", [0, 2, 3, 4])
def test_added_people_are_the_needs_that_an_evaluation_finds_met(at):
    table, needs = sample_list(at), sample_needs()
    chosen = table[table["chosen"]]
    after = sample_done(at)
    gained = people_gained(needs, sample_check().evaluation, after)
    assert chosen["added_people"].sum() == pytest.approx(gained, abs=1e-6)
    assert gained >= table.attrs["lifecircle"]["met_people"] - 1e-6
    now = needs.met(after.study)
    assert needs.people(now & ~needs.met(SAMPLE) & needs.concerned) == pytest.approx(gained)
    assert (chosen["added_people"] > 0).all()
    assert not (needs.met(SAMPLE) & ~now).any()


def test_each_step_adds_what_it_says():
    table, needs = sample_list(3), sample_needs()
    steps = table[table["step"].notna()]
    assert steps["step"].to_list() == list(range(1, len(steps) + 1))
    half = steps.head(len(steps) // 2)
    gained = people_gained(needs, sample_check().evaluation, done(SAMPLE, half))
    assert half["added_people"].sum() == pytest.approx(gained, abs=1e-6)


def test_alone_a_project_meets_what_it_says():
    needs, table = sample_needs(), sample_list(3)
    made = table[table["closes_people"] > 0]
    for kind in ("add_facility", "connect_streets"):
        last = made[made["kind"] == kind].tail(1)
        gained = people_gained(needs, sample_check().evaluation, done(SAMPLE, last))
        assert last["closes_people"].item() == pytest.approx(gained, abs=1e-6)


def test_a_fresh_evaluation_covers_what_the_comparison_says():
    table = sample_list(3)
    scenario = lc.projects_scenario(table[table["chosen"]], name="近期")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        found = lc.compare(sample_check(), scenario)
    assert found.scenario.name == "近期"
    key = ["unit_id", "service", "walker", "minutes", "segment"]
    fresh = sample_done(3).coverage.set_index(key)["covered_people"]
    told = found.coverage.set_index(key)["covered_people_after"].dropna()
    np.testing.assert_array_equal(told.to_numpy(), fresh.reindex(told.index).to_numpy())
    assert not (found.people["lost_people"] > 0).any()


@pytest.mark.parametrize("at", range(len(ASKED)))
def test_the_budget_and_the_floors_are_kept(at):
    table = sample_list(at)
    chosen = table[table["chosen"]]
    budget = ASKED[at].get("budget_cny", np.inf)
    assert chosen["cost_cny"].sum() <= budget
    if np.isfinite(budget):
        assert chosen["cost_cny"].notna().all()
    for row in table[table["kind"] == "add_facility"].to_dict("records"):
        services = [one for one in row["services"].split(";") if one]
        floors = floor_needs(SAMPLE, services, SitingModel())
        assert np.nansum(list(floors.values())) <= row["floor_area_m2"]


def test_without_a_budget_everything_that_helps_is_taken_or_adds_nothing():
    for at in (2, 4):
        table = sample_list(at)
        left = table[~table["chosen"] & (table["closes_people"] > 0)]
        assert left["note"].str.contains("不再增加受益").all()
    assert sample_list(2)["closes_people"].notna().any()


def test_of_the_same_money_no_two_sites_meet_more():
    """Pairs of the five that meet most alone, by the needs that both meet together."""
    needs, table = sample_needs(), sample_list(0)
    made = table[table["closes_people"] > 0].sort_values("closes_people").tail(5)
    best = table["added_people"].sum()
    for pair in combinations(made["project_id"], 2):
        both = made[made["project_id"].isin(pair)]
        if both["cost_cny"].sum() <= 3_000_000:
            study = changed.quietly(SAMPLE, lc.projects_scenario(both).actions)
            now = needs.people(needs.met(study) & ~needs.today & needs.concerned)
            assert now <= best + 1e-6


# ------------------------------------------------------------------------------ nothing left out


@pytest.mark.parametrize("at", [1, 3])
def test_every_shortfall_is_answered_or_waits(at):
    table, short = sample_list(at), sample_shortfalls()
    units = SAMPLE.units
    lowest = set(units["unit_id"]) - set(units["parent_id"].dropna())
    below = set(short.loc[short["unit_id"].isin(lowest), "service"])
    asked = short[~short["is_sum"].astype(bool)]
    asked = asked[asked["unit_id"].isin(lowest) | ~asked["service"].isin(below)]
    assert set(asked["check"]) >= {"walk", "count", "presence", "capacity", "radius"}
    waiting = table[table["kind"].isin(["find_site", "extend_capacity", "improve"])]
    for row in asked.to_dict("records"):
        name = f"{row['unit_name']} {row['service_name']}"
        mine = table["shortfalls"].str.contains(name, regex=False)
        cut = table["shortfalls"].str.endswith("…")  # only the first eight are spelled out
        clause = table["clauses"].str.contains(f"{row['standard']} {row['clause']}", regex=False)
        assert ((mine | cut) & clause).any(), name
        if row["check"] not in {"walk", "presence", "count", "capacity", "floor_area"}:
            assert (mine & table["project_id"].isin(waiting["project_id"])).any(), name


def test_units_in_which_nothing_helps_wait_for_a_site():
    """A site that helps one community does not answer for the others."""
    table = sample_list(2)
    row = table[table["project_id"] == "S-sports_ground_small"].iloc[0]
    site = table[table["project_id"] == "B-S08"].iloc[0]
    assert "sports_ground_small" in site["services"]
    assert "野坡社区" in row["shortfalls"]
    assert "野坡社区 小型多功能运动场地" not in site["shortfalls"]
    short = sample_shortfalls()
    mine = short[(short["service"] == "sports_ground_small") & (short["check"] == "walk")]
    mine = mine[[name in row["shortfalls"] for name in mine["unit_name"]]]
    assert f"{mine['people_short'].sum():,.0f} 人" in row["what"]


def test_clauses_and_marks_are_carried():
    table, short = sample_list(2), sample_shortfalls()
    marked = short[short["verify"].astype(str).str.strip() != ""]
    for row in table.to_dict("records"):
        if row["kind"] != "extend_capacity":
            continue
        unit, service = row["unit_id"], row["services"]
        mine = short[(short["unit_id"] == unit) & (short["service"] == service)]
        mine = mine[[f"{one.standard} {one.clause}" in row["clauses"] for one in mine.itertuples()]]
        assert len(mine)
        assert bool(row["verify"]) == bool(mine.index.isin(marked.index).any())
    improve = table[table["kind"] == "improve"]
    assert improve["clauses"].str.startswith("complete-community-2020 目标").all()
    watch = improve[improve["project_id"] == "H-YH-SZT-01-1-CC-16"].iloc[0]
    assert "野坡社区 物业" in watch["shortfalls"]
    assert "GB50180-2018" in watch["clauses"]


@pytest.mark.parametrize("at", range(len(ASKED)))
def test_the_table_is_whole(at):
    table = sample_list(at)
    assert list(table.columns) == [*PROJECT_COLUMNS, "geometry"]
    assert table.crs.to_epsg() == 4326
    assert table["project_id"].is_unique
    assert table["chosen"].is_monotonic_decreasing
    assert table["step"].dropna().is_monotonic_increasing
    assert table.loc[table["step"].isna(), "added_people"].isna().all()
    assert (table["phase"] != "").all()
    assert (table.loc[table["chosen"], "phase"] == "近期").all()
    assert (table["what"].str.strip() != "").all()
    helps = table["closes_people"] > 0
    assert (table.loc[helps, "gaining_people"] <= table.loc[helps, "closes_people"] + 1e-9).all()
    sites = table[(table["kind"] == "add_facility") & helps]
    assert (sites["served_people"] >= sites["gaining_people"]).all()
    each = table["closes_people"] / table["cost_cny"] * 10_000
    pd.testing.assert_series_equal(each, table["people_per_10k_cny"], check_names=False)


def test_nothing_is_changed_and_twice_is_the_same():
    check = sample_check()
    before = [
        check.compliance.copy(), check.indicators.copy(), SAMPLE.facilities.copy(),
        SAMPLE.extras["sites"].copy(), SAMPLE.residents.copy(),
    ]  # fmt: skip
    ranked = lc.rank_openings(SAMPLE, steps=0).head(4)
    openings, said_before = ranked.copy(), said(cost_cny={"B-S01": "5"})
    told = said_before.copy()
    one = listed(check, openings=openings, terms=said_before, costs=COSTS, budget_cny=10**6)
    two = listed(check, openings=openings, terms=said_before, costs=COSTS, budget_cny=10**6)
    pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(two))
    assert one.attrs == two.attrs
    pd.testing.assert_frame_equal(openings, ranked)
    pd.testing.assert_frame_equal(said_before, told)
    after = [
        check.compliance, check.indicators, SAMPLE.facilities, SAMPLE.extras["sites"],
        SAMPLE.residents,
    ]  # fmt: skip
    for old, new in zip(before, after, strict=True):
        pd.testing.assert_frame_equal(pd.DataFrame(old), pd.DataFrame(new))
    chosen = one[one["chosen"]]
    copy = chosen.copy()
    lc.projects_scenario(chosen)
    pd.testing.assert_frame_equal(pd.DataFrame(chosen), pd.DataFrame(copy))


def test_a_table_of_openings_is_taken_as_it_is():
    ranked = lc.rank_openings(SAMPLE, steps=0)
    three = pd.concat([ranked.head(2), ranked[ranked["kind"] == "open_gate"].tail(1)])
    table = listed(sample_check(), openings=three, budget_cny=1_000_000, costs=COSTS)
    made = table[table["kind"].isin(list(COSTS))]
    assert len(made) == len(three)
    assert set(made["cost_cny"]) <= set(map(float, COSTS.values()))
    gate = made[made["kind"] == "open_gate"].iloc[0]
    assert gate["project_id"] == f"G-{gate['gate_id']}"


# ------------------------------------------------------------------------------------- terms


def test_what_must_be_done_is_done_and_paid_for():
    improve = "H-YH-SZT-01-1-CC-12"
    table = listed(
        sample_check(),
        budget_cny=2_000_000,
        openings=0,
        terms=said(
            include={improve: "必选", "B-S08": "不选", "B-S06": "must"},
            cost_cny={improve: "500,000", "B-S06": "300000"},
            payer={"B-S06": "街道"},
            phase={"B-S01": "2030 年"},
        ),
    )
    rows = table.set_index("project_id")
    assert rows.loc[[improve, "B-S06"], "chosen"].all()
    assert not rows.loc["B-S08", "chosen"]
    assert rows.loc["B-S08", "note"] == "按项目条件不选"
    chosen = table[table["chosen"]]
    assert chosen["cost_cny"].sum() <= 2_000_000
    assert chosen["cost_cny"].sum() > 800_000
    assert table["chosen"].is_monotonic_decreasing
    assert rows.loc[improve, ["cost_cny", "phase"]].to_list() == [500_000, "近期"]
    assert pd.isna(rows.loc[improve, "step"])
    assert rows.loc["B-S06", ["cost_cny", "payer"]].to_list() == [300_000, "街道"]
    assert rows.loc["B-S01", "phase"] == "2030 年"
    assert table.attrs["lifecircle"]["include"] == {
        improve: "must", "B-S06": "must", "B-S08": "never",
    }  # fmt: skip


def test_what_is_required_comes_first_also_where_it_is_on_record():
    improve = "H-YH-SZT-01-1-CC-12"
    options = {"budget_cny": 3_000_000, "openings": 0}
    asked = {"requires": {"B-S08": f"B-S04;{improve}"}, "cost_cny": {improve: "1"}}
    table = listed(sample_check(), **options, terms=said(**asked)).set_index("project_id")
    assert table.loc[["B-S08", "B-S04", improve], "chosen"].all()
    assert table.loc["B-S04", "step"] < table.loc["B-S08", "step"]
    assert table.loc["B-S08", "requires"] == f"B-S04;{improve}"
    asked["include"] = {improve: "never"}
    table = listed(sample_check(), **options, terms=said(**asked)).set_index("project_id")
    assert not table.loc["B-S08", "chosen"]
    assert table.loc["B-S08", "note"] == f"前置项目未选：B-S04;{improve}" or (
        table.loc["B-S08", "note"] == f"前置项目未选：{improve}"
    )


def test_of_those_that_exclude_each_other_one_is_done():
    asked = said(excludes={"B-S08": "B-S02"})
    table = listed(sample_check(), openings=0, terms=asked).set_index("project_id")
    assert table.loc[["B-S08", "B-S02"], "chosen"].sum() == 1
    lost = table.loc[["B-S08", "B-S02"]].query("not chosen").iloc[0]
    kept = table.loc[["B-S08", "B-S02"]].query("chosen").index[0]
    assert lost["note"] == f"与已选项目互斥：{kept}"
    assert table.loc["B-S02", "excludes"] == "B-S08"


def test_costs_are_said_by_terms_then_id_then_the_site_then_kind():
    costs = {"add_facility": 7, "B-S02": 8, "B-S03": 9, "improve": 3}
    table = listed(
        sample_check(), openings=0, costs=costs, terms=said(cost_cny={"B-S03": "10"})
    ).set_index("project_id")
    found = table.loc[["B-S10", "B-S01", "B-S02", "B-S03"], "cost_cny"].to_list()
    assert found == [7, 3_600_000, 8, 10]
    assert (table.loc[table["kind"] == "improve", "cost_cny"] == 3).all()


def test_what_is_free_is_done_first_and_has_no_people_per_yuan():
    table = listed(
        sample_check(), openings=0, budget_cny=700_000, costs={"B-S09": 0, "B-S06": 0}
    ).set_index("project_id")
    assert table.loc["B-S09", "step"] == 2
    assert table.loc["B-S06", "step"] == 1
    assert table.loc["B-S08", "step"] == 3
    assert np.isnan(table.loc["B-S09", "people_per_10k_cny"])


def test_without_a_cost_nothing_is_chosen_within_a_budget():
    places = SAMPLE.extras["sites"].drop(columns="cost_cny")
    table = listed(sample_check(), sites=places, openings=0, budget_cny=1)
    assert not table["chosen"].any()
    assert (table.loc[table["closes_people"] > 0, "note"].str.contains("费用未知")).all()
    free = listed(sample_check(), sites=places, openings=0)
    assert free["chosen"].any()
    assert not free["note"].str.contains("费用").any()


def test_a_list_that_was_written_is_taken_back_and_phases_follow_the_choice(tmp_path):
    first = listed(sample_check(), openings=0, budget_cny=600_000)
    first.drop(columns="geometry").to_csv(tmp_path / "projects.csv", index=False)
    back = pd.read_csv(tmp_path / "projects.csv")
    again = listed(sample_check(), openings=0, budget_cny=600_000, terms=back)
    pd.testing.assert_frame_equal(pd.DataFrame(first), pd.DataFrame(again))
    more = listed(sample_check(), openings=0, budget_cny=3_000_000, terms=back)
    assert (more.loc[more["chosen"], "phase"] == "近期").all()
    plan = lc.projects_scenario(back[back["chosen"]])
    assert repr(plan) == repr(lc.projects_scenario(first[first["chosen"]]))


# --------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"budget_cny": 0}, InputError, "give yuan above 0"),
        ({"budget_cny": -5}, InputError, "give yuan above 0"),
        ({"budget_cny": "800万"}, InputError, "give yuan above 0"),
        ({"budget_cny": True}, InputError, "give yuan above 0"),
        ({"budget_cny": float("nan")}, InputError, "give yuan above 0"),
        ({"budget_cny": 1000}, InfeasibleError, "B-S08, costs 600,000 yuan"),
        ({"costs": {"open_door": 3}}, UnknownNameError, "Known: add_facility, open_gate"),
        ({"costs": {"B-S01": -3}}, InputError, "0 or more"),
        ({"costs": {"B-S01": "3"}}, InputError, "0 or more"),
        ({"costs": 20_000}, InputError, "by kind of project"),
        ({"openings": -1}, InputError, "rank_openings"),
        ({"openings": "20"}, InputError, "rank_openings"),
        ({"openings": pd.DataFrame({"kind": ["open_gate"]})}, MissingColumnError, "opening_id"),
        ({"time_limit_s": 0}, InputError, "seconds above 0"),
        ({"terms": said(include={"B-S1": "must"})}, InputError, "did you mean B-S1"),
        ({"terms": said(requires={"B-S01": "B-S99"})}, InputError, "are no projects.*B-S99"),
        ({"terms": said(include={"B-S10": "must"}), "budget_cny": 9e5}, InputError, "no cost"),
        (
            {"terms": said(include={"B-S01": "must"}), "budget_cny": 9e5},
            InfeasibleError,
            "costs 3,600,000 yuan.*B-S01.*900,000",
        ),
        ({"sites": SAMPLE.extras["sites"].head(0)}, InputError, "sites"),
    ],
)
def test_what_cannot_be_used_is_refused(options, error, says):
    with pytest.raises(error, match=says):
        listed(sample_check(), **{"openings": 0} | options)


def test_only_a_health_check_will_do():
    with pytest.raises(InputError, match=r"Evaluation is no health check.*health_check"):
        lc.list_projects(sample_check().evaluation)


def test_openings_of_another_study_and_twice_the_same_are_refused():
    ranked = lc.rank_openings(SAMPLE, steps=0).head(2)
    with pytest.raises(DuplicateIdError, match="repeat an opening"):
        listed(sample_check(), openings=pd.concat([ranked, ranked.head(1)]))
    with pytest.raises(UnknownNameError, match="kind of opening"):
        listed(sample_check(), openings=ranked.assign(kind="open_window"))
    with pytest.raises(InputError, match="nothing can be opened"):
        listed(sample_check(), openings=ranked.assign(lon=ranked["lon"] + 0.001))


def test_tables_that_are_no_projects_make_no_scenario():
    table = sample_list(1)
    with pytest.raises(MissingColumnError, match="gate_id"):
        lc.projects_scenario(table.drop(columns="gate_id"))
    with pytest.raises(UnknownNameError, match="kind of project"):
        lc.projects_scenario(table.head(1).assign(kind="build"))
    assert repr(lc.projects_scenario(table.head(0))) == "Scenario: nothing"


# ------------------------------------------------------------------------------- small studies


def street(homes=((-300, 0), (0, 0), (300, 0)), **options):
    """A street of 2 km with a shop at its west end, 1 km from the middle."""
    return changed.study(
        towns.pieces(2000.0), list(homes), [(-1000, 0)], minutes=(5.0, 10.0, 15.0), **options
    )


def checked(study):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        return lc.health_check(lc.evaluate(study))


def places(*at_m, services="kindergarten", **columns):
    columns.setdefault("site_id", [f"S{number}" for number in range(len(at_m))])
    columns.setdefault("floor_area_m2", [9000.0] * len(at_m))
    table = towns.points(*at_m, services=[services] * len(at_m), **columns)
    return table.to_crs(4326)


def test_a_study_without_sites_and_walls_has_what_waits():
    table = listed(checked(street()))
    assert not table["chosen"].any()
    assert set(table["kind"]) == {"find_site"}
    assert "S-kindergarten" in set(table["project_id"])
    assert listed(checked(street()), budget_cny=5).equals(table)


def test_where_everything_is_met_the_list_is_empty_and_has_all_columns():
    check = sample_check()
    met = check.compliance.assign(status="met")
    good = replace(check, compliance=met, indicators=check.indicators.assign(status="met"))
    good = replace(good, evaluation=replace(good.evaluation, study=replace(SAMPLE, extras={})))
    table = listed(good, budget_cny=100)
    assert len(table) == 0
    full = sample_list(0)
    assert list(table.columns) == list(full.columns)
    assert table.dtypes.to_dict() == full.dtypes.to_dict()
    assert repr(lc.projects_scenario(table)) == "Scenario: nothing"


def test_sites_off_the_streets_outside_the_units_and_without_use():
    sites = places(
        (0, 0), (0, 900), (0, 140), services="kindergarten", site_id=["A", "far", "off"],
        cost_cny=[5.0, 1.0, 1.0],
    )  # fmt: skip
    extra = places((0, 0), services="bank", site_id=["bank"], cost_cny=[1.0])
    sites = gpd.GeoDataFrame(pd.concat([sites, extra], ignore_index=True), crs=4326)
    study = street(language="en")
    table = listed(checked(study), sites=sites, budget_cny=100).set_index("project_id")
    assert table.loc["B-A", "chosen"]
    assert table["chosen"].sum() == 1
    assert "further than 100 m" in table.loc["B-far", "note"]
    assert "further than 100 m" in table.loc["B-off", "note"]
    assert table.loc["B-bank", "note"] == "no walk to what it may hold is known to be short"
    assert table.loc["B-far", "unit_id"] == ""
    assert table.loc["B-A", ["phase", "what"]].to_list() == ["near term", "kindergarten at A"]
    asked = listed(checked(study), sites=sites, terms=said(include={"B-far": "must"}))
    far = asked.set_index("project_id").loc["B-far"]
    assert far[["chosen", "services", "closes_people", "added_people"]].to_list() == [
        True,
        "",
        0,
        0,
    ]
    assert len(lc.projects_scenario(asked[asked["chosen"]]).actions) == 1


def test_of_two_sites_that_do_the_same_the_cheaper_is_chosen_and_the_other_told():
    sites = places((0, 0), (0, 0), cost_cny=[5.0, 4.0])
    table = listed(checked(street()), sites=sites, budget_cny=100).set_index("project_id")
    assert table.loc[["B-S0", "B-S1"], "chosen"].to_list() == [False, True]
    assert table.loc["B-S0", "closes_people"] == table.loc["B-S1", "closes_people"] > 0
    assert table.loc["B-S0", "note"] == "与已选项目重叠，不再增加受益"


def test_names_with_marks_and_ids_with_spaces_pass_through():
    sites = places(
        (0, 0), (300, 0), site_id=["S 1/2", "S;3"], name=["old; mill\nyard", "<b>"],
        cost_cny=[1.0, 1.0],
    )  # fmt: skip
    study = street()
    units = study.units.assign(unit_id=["unit 1; west"], name=["A; B\nC"])
    check = checked(replace(study, units=units))
    asked = said(requires={"B-S;3": "B-S 1/2"})
    table = listed(check, sites=sites, terms=asked)
    rows = table.set_index("project_id")
    assert rows.loc["B-S 1/2", "where"] == "old; mill yard"
    assert rows.loc["B-S;3", "requires"] == "B-S 1/2"
    assert (table["unit_id"] == "unit 1; west").all()
    assert not table["where"].str.contains("\n").any()
    actions = lc.projects_scenario(table[table["chosen"]]).actions
    assert {one.facility_id for one in actions} <= {"S 1/2 kindergarten", "S;3 kindergarten"}


def test_twenty_sites_that_may_hold_fifteen_services_keep_to_their_floors():
    rng = np.random.default_rng(7)
    short = sample_needs()
    words = list(dict.fromkeys(one for need in short.all for one in need.accepts))[:15]
    homes = SAMPLE.residents.geometry.iloc[rng.choice(len(SAMPLE.residents), 20, replace=False)]
    floor = rng.choice([300.0, 700.0, 1500.0, 4000.0], 20)
    sites = gpd.GeoDataFrame(
        {"services": [";".join(words)] * 20, "floor_area_m2": floor, "cost_cny": floor * 1000},
        geometry=homes.to_numpy(),
        crs=SAMPLE.residents.crs,
    )
    table = listed(sample_check(), sites=sites, openings=0, budget_cny=8_000_000)
    chosen = table[table["chosen"]]
    gained = people_gained(short, sample_check().evaluation, done(SAMPLE, chosen))
    assert chosen["added_people"].sum() == pytest.approx(gained, abs=1e-6)
    assert chosen["cost_cny"].sum() <= 8_000_000
    for row in table[table["kind"] == "add_facility"].to_dict("records"):
        floors = floor_needs(
            SAMPLE, [one for one in row["services"].split(";") if one], SitingModel()
        )
        assert np.nansum(list(floors.values())) <= row["floor_area_m2"]


def squares(study):
    """The study with a western unit, U0 up to x = 100, and an eastern one, U1."""
    boxes = [shapely.box(-1100, -300, 100, 300), shapely.box(100, -300, 1100, 300)]
    units = {"unit_id": ["U0", "U1"], "name": ["west", "east"]}
    return replace(study, units=gpd.GeoDataFrame(units, geometry=boxes, crs=towns.TOWN))


def test_who_lives_where_a_walk_is_met_needs_nothing():
    """Home 1 at x = 0 lies in the west: where its walk counts as met the site gains nobody."""
    homes = [(-300, 0), (0, 0), (300, 0), (600, 0)]  # a child in the second and the last
    check = checked(squares(street(homes, language="en")))
    sites = places((0, 0))
    assert listed(check, sites=sites).set_index("project_id").loc["B-S0", "closes_people"] == 1
    rows = check.compliance
    met = rows.assign(status=rows["status"].mask(rows["unit_id"] == "U0", "met"))
    row = listed(replace(check, compliance=met), sites=sites).set_index("project_id").loc["B-S0"]
    assert row[["closes_people", "chosen", "services"]].to_list() == [0, False, ""]
    assert row["note"] == "nobody within reach is short"


def test_a_site_that_is_not_chosen_tells_what_would_help_most():
    """600 m² hold a day care (350) or a station (600): 1 of the old or all 11 of home 1."""
    columns = {"service": ["community_service_station", "elderly_day_care"]}
    study = changed.study(
        towns.pieces(2000.0), [(-900, 0), (0, 0)], [(-1000, 0)] * 2, minutes=(5.0, 10.0, 15.0),
        columns=columns,
    )  # fmt: skip
    services = "elderly_day_care;community_service_station"
    sites = places((0, 0), services=services, floor_area_m2=[600.0])
    table = listed(checked(study), sites=sites, terms=said(include={"B-S0": "never"}))
    row = table.set_index("project_id").loc["B-S0"]
    assert row[["services", "closes_people"]].to_list() == ["community_service_station", 11]


@settings(max_examples=10, suppress_health_check=[Slow.too_slow, Slow.data_too_large])
@given(st.data())
def test_in_any_town_what_is_promised_is_found(data):
    draw = data.draw
    town = draw(walled.walled_towns())
    network = town.network()
    spots = network.plain.node_xy_m
    some = st.integers(0, len(spots) - 1)
    homes = [tuple(spots[at] + 5) for at in draw(st.lists(some, min_size=2, max_size=8))]
    shops = [tuple(spots[at] - 5) for at in draw(st.lists(some, min_size=1, max_size=3))]
    study = changed.study(network, homes, shops, minutes=(2.0, 5.0, 10.0))
    if changed.evaluated(study) is None:
        return
    check = checked(study)
    where = draw(st.lists(some, min_size=1, max_size=4))
    words = ["kindergarten;elderly_day_care", "community_service_station", "kindergarten"]
    sites = towns.points(
        *(tuple(spots[at] + 3) for at in where),
        site_id=[f"S{number}" for number in range(len(where))],
        services=[draw(st.sampled_from(words)) for _ in where],
        cost_cny=[draw(st.sampled_from([0.0, 1.0, 2.0])) for _ in where],
        floor_area_m2=[draw(st.sampled_from([300.0, 1000.0, 9000.0])) for _ in where],
    )
    budget = draw(st.sampled_from([None, 1.0, 3.0]))
    try:
        table = listed(check, sites=sites, budget_cny=budget, costs=dict.fromkeys(COSTS, 1.0))
    except InfeasibleError:
        assert budget is not None
        return
    chosen = table[table["chosen"]]
    after = done(study, chosen)
    needs = Needs(check)
    before = met_by_times(needs, check.evaluation)
    np.testing.assert_array_equal(before, needs.today)
    gained = people_gained(needs, check.evaluation, after)
    assert chosen["added_people"].sum() == pytest.approx(gained, abs=1e-6)
    assert gained >= table.attrs["lifecircle"]["met_people"] - 1e-6
    assert budget is None or chosen["cost_cny"].sum() <= budget
    assert table["project_id"].is_unique
