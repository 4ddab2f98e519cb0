"""Files of siting: what it promises stands beside what an evaluation finds."""

import json
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

import lifecircle as lc
from lifecircle.errors import InputError, LifecircleWarning
from lifecircle.outputs import siting_files
from lifecircle.outputs.siting_summary import siting_summary
from sample import SAMPLE, sample_check

HOSTILE = ['=HYPERLINK("http://x")', "{{7*7}}", "</script><script>alert(1)</script>"]
CENTRE = ["nursery", "health_station", "elderly_day_care"]


def sited(study, services, **asked):
    found = lc.site_facilities(study, services, **asked)
    return found, lc.compare(study, lc.siting_scenario(found, name="选址"))


@pytest.fixture(scope="module")
def centre():
    found = lc.site_facilities(SAMPLE, CENTRE, budget_cny=5_000_000)
    return found, lc.compare(sample_check(), lc.siting_scenario(found, name="邻里中心"))


@pytest.fixture(scope="module")
def out(centre, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sited") / "neu"
    lc.write_siting(*centre, folder)
    return folder


def test_siting_leaves_its_files_those_of_the_comparison_and_nothing_else(out, centre, tmp_path):
    compared = set(lc.write_comparison(centre[1], tmp_path))
    assert {path.name for path in out.iterdir()} == compared | {
        "sites.csv", "sites_check.csv", "sites.gpkg",
    }  # fmt: skip


def test_the_sites_are_those_of_the_result_with_their_names(out, centre):
    table = pd.read_csv(out / "sites.csv")
    found = centre[0]
    assert found.sites["added_people"].dtype == float  # also where a service needs no site
    assert table["site_id"].to_list() == found.sites["site_id"].to_list()
    assert table["added_people"].sum() == found.covered_people - found.existing_people
    assert table["cost_cny"].sum() == found.cost_cny <= 5_000_000
    assert set(table["service_name"]) <= {"托儿所", "社区卫生服务站", "老年人日间照料中心"}
    assert table["note"].str.contains("示例数据").all()
    assert table[["lon", "lat"]].notna().all(axis=None)


def test_what_is_promised_is_what_an_evaluation_finds(out, centre):
    table = pd.read_csv(out / "sites_check.csv")
    counted = table[table["counts"]].set_index("service")
    assert list(counted.index) == CENTRE
    assert (counted["difference_people"] == 0).all()
    assert (counted["within_people_before"] == counted["promised_before"]).all()
    assert counted["promised_after"].sum() == centre[0].covered_people
    assert counted["segment"].to_dict() == {
        "nursery": "children", "health_station": "people", "elderly_day_care": "elderly",
    }  # fmt: skip
    # and what coverage tells of the circle, which holds everybody
    cover = centre[1].after.evaluation.coverage
    cover = cover.set_index(["unit_id", "service", "segment", "minutes"])
    for service, row in counted.iterrows():
        there = cover.loc[("YH-SZT-01", service, row["segment"], row["minutes"])]
        assert row["within_people_after"] == there["covered_people"]
        assert row["people"] == there["people"]


def test_everybody_is_counted_beside_those_whom_a_service_is_for(out):
    table = pd.read_csv(out / "sites_check.csv").set_index(["service", "segment"])
    people = table.loc[("nursery", "people")]
    assert people["people"] == SAMPLE.residents["people"].sum()
    assert not people["counts"]
    assert pd.isna(people["promised_after"])
    assert table.loc[("nursery", "children"), "segment_name"] == "儿童"
    assert (table["within_people_change"] >= 0).all()


def test_layers_hold_sites_candidates_and_residents(out, centre):
    assert {name for name, _ in pyogrio.list_layers(out / "sites.gpkg")} == {
        "sites", "candidates", "residents",
    }  # fmt: skip
    candidates = gpd.read_file(out / "sites.gpkg", layer="candidates")
    assert len(candidates) == len(SAMPLE.extras["sites"])
    chosen = set(candidates.loc[candidates["chosen"], "site_id"])
    assert chosen == set(centre[0].sites["site_id"])
    residents = gpd.read_file(out / "sites.gpkg", layer="residents")
    assert {"nursery_min_before", "nursery_min_after"} <= {*residents.columns}
    assert residents["note"].str.contains("示例数据").all()


def test_the_scenario_can_be_compared_again(out, centre):
    again = lc.read_scenario(out / "scenario.toml")
    assert set(again.actions) == set(centre[1].scenario.actions)
    assert {one.facility_id for one in again.actions} == {
        f"{site} {service}" for site, service in centre[0].sites[["site_id", "service"]].to_numpy()
    }
    table = lc.siting_found(centre[0], lc.compare(sample_check(), again))
    assert (table["difference_people"].dropna() == 0).all()


def test_the_manifest_says_how_good_the_answer_is(out, centre):
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["siting"]["model"] == "MCLP"
    assert manifest["siting"]["gap_share"] == 0
    assert manifest["siting"]["cost_cny"] == centre[0].cost_cny
    assert manifest["scenario"]["name"] == "邻里中心"
    assert manifest["sample_data"] is True


def test_the_summary_tells_model_proof_people_cost_and_each_site(centre):
    lines = siting_summary(*centre).splitlines()
    assert lines[0].endswith("：托儿所、社区卫生服务站、老年人日间照料中心选址")
    assert lines[1] == "示例数据，非实测"
    assert "已证明没有更好的选法" in lines[2]
    assert f"费用 {centre[0].cost_cny:,.0f} 元" in lines[2]
    by_service = centre[0].by_service.set_index("service").loc["nursery"]
    told = f"儿童 {by_service['existing_people']:,.0f} → {by_service['covered_people']:,.0f} / "
    assert any(line.startswith("  托儿所（步行 15 分钟") and told in line for line in lines)
    rows = [line for line in lines if line.startswith(("  1. ", "  2. ", "  3. "))]
    assert len(rows) == centre[0].sites["site_id"].nunique()
    assert lines[-1] == "按方案重新评价：可达人数与选址所算一致"


def test_an_evaluation_that_finds_something_else_is_told(centre):
    less = lc.compare(sample_check(), lc.Scenario(centre[1].scenario.actions[1:]))
    lines = siting_summary(centre[0], less).splitlines()
    first = centre[0].sites["service"].iloc[0]
    assert "请核对" in lines[-1]
    table = lc.siting_found(centre[0], less).query("counts").set_index("service")
    assert table.loc[first, "difference_people"] < 0


def test_walks_longer_than_the_study_looks_are_not_checked_and_that_is_told():
    found, compared = sited(SAMPLE, "nursery", count=1, minutes=20)
    table = lc.siting_found(found, compared)
    assert table["within_people_after"].isna().all()
    told = siting_summary(found, compared)
    assert "无法核对" in told
    assert "未知" not in told


@pytest.mark.parametrize(
    ("model", "words"),
    [("p-median", "平均步行"), ("p-center", "最远步行"), ("LSCP", "用最少的场地覆盖所有人")],
)
def test_other_models_say_what_they_are_about(model, words):
    # everybody has one in half an hour; one site is enough
    count = None if model == "LSCP" else 1
    found = lc.site_facilities(SAMPLE, "community_canteen", model=model, count=count, minutes=15)
    compared = lc.compare(sample_check(), lc.siting_scenario(found))
    assert words in siting_summary(found, compared)
    assert lc.siting_found(found, compared).query("counts")["difference_people"].eq(0).all()


def test_an_english_study_is_told_in_english(tmp_path):
    study = replace(SAMPLE, language="en", sample=False)
    found, compared = sited(study, "nursery", count=1)
    told = siting_summary(found, compared)
    assert "sites for nursery" in told.splitlines()[0]
    assert "proven that no choice is better" in told
    assert "evaluated again with the sites: the same people" in told
    assert "Sample" not in told
    lc.write_siting(found, compared, tmp_path)
    table = pd.read_csv(tmp_path / "sites.csv")
    assert "note" not in table
    assert table["service_name"].to_list() == ["nursery (0-3)"]


def test_names_that_would_run_are_shown_and_do_not_run(tmp_path):
    sites = SAMPLE.extras["sites"]
    names = [HOSTILE[row % len(HOSTILE)] for row in range(len(sites))]
    study = replace(SAMPLE, extras={**SAMPLE.extras, "sites": sites.assign(name=names)})
    found, compared = sited(study, CENTRE, budget_cny=5_000_000)
    lc.write_siting(found, compared, tmp_path)
    table = pd.read_csv(tmp_path / "sites.csv", dtype=str).fillna("")
    for column in table:
        assert not table[column].str.startswith(("=", "+", "-", "@")).any()
    layer = gpd.read_file(tmp_path / "sites.gpkg", layer="sites")
    assert set(layer["name"]) <= set(HOSTILE)
    assert lc.read_scenario(tmp_path / "scenario.toml").actions[0].name in HOSTILE
    assert any(name in siting_summary(found, compared) for name in HOSTILE)


def test_a_fault_while_writing_leaves_the_old_files(centre, tmp_path, monkeypatch):
    lc.write_siting(*centre, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(siting_files, "write_json", full)
    with pytest.raises(InputError, match="No space left"):
        lc.write_siting(*centre, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_candidates_may_be_handed_in_and_may_be_missing(centre, tmp_path):
    found, compared = centre
    some = SAMPLE.extras["sites"].head(3)
    lc.write_siting(found, compared, tmp_path / "a", candidates=some)
    assert len(gpd.read_file(tmp_path / "a" / "sites.gpkg", layer="candidates")) == 3
    bare = replace(SAMPLE, extras={k: v for k, v in SAMPLE.extras.items() if k != "sites"})
    alone = lc.site_facilities(bare, "nursery", count=1, sites=SAMPLE.extras["sites"])
    lc.write_siting(alone, lc.compare(bare, lc.siting_scenario(alone)), tmp_path / "b")
    layers = {name for name, _ in pyogrio.list_layers(tmp_path / "b" / "sites.gpkg")}
    assert layers == {"sites", "residents"}


def test_sites_without_places_are_refused(centre, tmp_path):
    bare = replace(centre[0], additions=None)
    with pytest.raises(InputError, match="no places"):
        lc.siting_scenario(bare)
    with pytest.raises(InputError, match="no places"):
        lc.write_siting(bare, centre[1], tmp_path)
    with pytest.raises(InputError, match="names no services"):
        lc.siting_found(replace(centre[0], by_service=None), centre[1])
    assert list(tmp_path.iterdir()) == []


def test_the_first_of_a_kind_is_unknown_today_and_known_afterwards(tmp_path):
    rows = SAMPLE.facilities["service"] != "nursery"
    study = replace(SAMPLE, facilities=SAMPLE.facilities[rows].reset_index(drop=True))
    with pytest.warns(LifecircleWarning, match="stand in no facilities table before"):
        found, compared = sited(study, "nursery", count=1)
    row = lc.siting_found(found, compared).query("counts").iloc[0]
    assert pd.isna(row["within_people_before"])
    assert row["promised_before"] == 0
    assert row["within_people_after"] == row["promised_after"] > 0
    assert "儿童 0 → " in siting_summary(found, compared)
