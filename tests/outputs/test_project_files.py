"""Files of the list of projects: what it promises is what is found, and it can be filled in."""

import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest

import lifecircle as lc
from lifecircle.errors import InputError, LifecircleWarning, MissingColumnError
from lifecircle.inputs.layers import open_table
from lifecircle.outputs import project_files
from lifecircle.outputs.csv_tables import write_csv
from lifecircle.outputs.project_list import written_projects
from lifecircle.outputs.project_summary import project_summary
from lifecircle.planning.project_table import PROJECT_COLUMNS
from lifecircle.planning.project_terms import check_project_terms
from sample import SAMPLE, sample_check

HOSTILE = ['=HYPERLINK("http://x")', "{{7*7}}", "</script><script>alert(1)</script>"]
COSTS = {"open_gate": 20_000, "remove_wall": 80_000}
BUDGET = 3_000_000


def planned(check, projects, name="清单"):
    return lc.compare(check, lc.projects_scenario(projects[projects["chosen"]], name=name))


@pytest.fixture(scope="module")
def openings():
    return lc.rank_openings(SAMPLE, steps=0).head(12)


@pytest.fixture(scope="module")
def projects(openings):
    return lc.list_projects(sample_check(), budget_cny=BUDGET, openings=openings, costs=COSTS)


@pytest.fixture(scope="module")
def compared(projects):
    return planned(sample_check(), projects)


@pytest.fixture(scope="module")
def shortfalls():
    return lc.rank_shortfalls(sample_check(), sensitivity=False)


@pytest.fixture(scope="module")
def out(projects, compared, shortfalls, tmp_path_factory):
    folder = tmp_path_factory.mktemp("projects") / "neu"
    lc.write_projects(projects, compared, folder, shortfalls=shortfalls)
    return folder


def test_the_list_leaves_all_files_of_today_of_the_comparison_and_its_own(
    out, compared, shortfalls, tmp_path
):
    check = sample_check()
    today = lc.write_evaluation(check.evaluation, tmp_path, check=check, shortfalls=shortfalls)
    found = {path.name for path in out.iterdir()}
    assert found == {*today, *lc.write_comparison(compared, tmp_path / "b")} | {
        "projects.csv", "projects_check.csv",
    }  # fmt: skip


def test_projects_are_written_with_names_beside_codes_and_places_last(out, projects):
    assert (out / "projects.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(out / "projects.csv")
    assert set(PROJECT_COLUMNS) <= {*table.columns}
    columns = list(table.columns)
    assert columns[:3] == ["project_id", "kind", "kind_name"]
    assert columns[columns.index("services") + 1] == "services_name"
    assert columns[columns.index("phase") + 1] == "include"
    assert columns[columns.index("unit_id") + 1] == "unit_name"
    assert columns[columns.index("chosen") + 1] == "chosen_name"
    assert columns[-7:] == [
        *("lon", "lat", "lon_to", "lat_to", "site_id", "gate_id"),
        "sample_note",
    ]
    assert table["sample_note"].str.contains("示例数据").all()
    assert set(table["kind_name"]) <= {
        "新建设施", "开放大门", "打开围墙", "打通断头路", "扩建增设", "整治提升", "另行选址",
    }  # fmt: skip
    assert table["kind_name"].notna().all()
    assert table.groupby("chosen")["chosen_name"].unique().map(list).to_dict() == {
        True: ["入选"],
        False: ["未入选"],
    }
    assert table["project_id"].to_list() == projects["project_id"].to_list()
    assert table["include"].isna().all()
    assert np.allclose(table["closes_people"], projects["closes_people"], equal_nan=True)


def test_what_the_list_promises_is_what_the_evaluations_find(out, projects):
    table, check = pd.read_csv(out / "projects.csv"), pd.read_csv(out / "projects_check.csv")
    promised = table.loc[table["chosen"], "added_people"].sum()
    assert promised == projects.loc[projects["chosen"], "added_people"].sum() > 1000
    assert check["met_people_change"].sum() == promised
    assert (check["met_people_after"] >= check["met_people_before"]).all()
    assert (check["met_people_after"] <= check["people"]).all()
    assert table.loc[table["chosen"], "cost_cny"].sum() <= BUDGET
    # of a need that no unit meets, the circle's coverage says the same
    cover = pd.read_csv(out / "comparison_coverage.csv")
    cover = cover[cover["unit_id"] == "YH-SZT-01"]
    total = SAMPLE.residents[["people", "elderly", "children"]].sum()
    alone = check[check["services"] == check["service"]]
    whole = alone[alone["people"] == alone["segment"].map(total)]
    moved = whole[whole["met_people_change"] > 0]
    assert len(moved) > 2
    for row in moved.to_dict("records"):
        there = cover.query("service == @row['service'] and minutes == @row['minutes']")
        there = there[(there["segment"] == row["segment"]) & (there["walker"] == row["walker"])]
        assert there["covered_people_before"].to_list() == [row["met_people_before"]]
        assert there["covered_people_after"].to_list() == [row["met_people_after"]]


def test_the_scenario_that_is_written_does_what_was_promised(out, projects):
    again = lc.compare(sample_check(), lc.read_scenario(out / "scenario.toml"))
    found = lc.needs_found(again)["met_people_change"].sum()
    assert found == projects.loc[projects["chosen"], "added_people"].sum()


def test_the_layer_holds_points_kinds_and_steps(out, projects):
    layers = {name for name, _ in pyogrio.list_layers(out / "results.gpkg")}
    assert {"projects", "shortfalls", "units", "residents"} <= layers
    layer = gpd.read_file(out / "results.gpkg", layer="projects")
    assert layer.crs == "EPSG:4326"
    assert layer["project_id"].to_list() == projects["project_id"].to_list()
    assert layer["chosen"].sum() == projects["chosen"].sum()
    assert layer["step"].max() == layer["step"].notna().sum()
    assert set(layer.geom_type) == {"Point"}


def test_the_manifest_names_what_was_asked_and_chosen(out, projects, compared):
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    chosen = projects[projects["chosen"]]
    assert manifest["projects"]["budget_cny"] == BUDGET
    assert manifest["projects"]["chosen"] == chosen["project_id"].to_list()
    assert manifest["projects"]["cost_cny"] == chosen["cost_cny"].sum()
    assert manifest["study"] == SAMPLE.name  # of today, not of the scenario
    assert len(manifest["scenario"]["actions"]) == len(compared.scenario.actions)


def test_the_summary_tells_budget_order_needs_and_what_waits(projects, compared):
    lines = project_summary(projects, compared).splitlines()
    chosen = projects[projects["chosen"]]
    assert lines[1] == "示例数据，非实测"
    spent = chosen["cost_cny"].sum()
    assert lines[2].startswith(f"预算 3,000,000 元，入选 {len(chosen)} 项，用 {spent:,.0f} 元")
    first = chosen.iloc[0]
    assert lines[3].startswith(f"  1. {first['project_id']}  {first['what']}：")
    assert f"新增满足 {first['added_people']:,.0f} 人次" in lines[3]
    needs = next(line for line in lines if line.startswith("需求"))
    found = lc.needs_found(compared)
    assert f"{found['met_people_before'].sum():,.0f} → " in needs
    assert needs.endswith(f"+{chosen['added_people'].sum():,.0f}，与清单所列一致")
    left = projects[~projects["chosen"]]
    assert f"打通断头路 {(left['kind'] == 'connect_streets').sum()} 项" in "".join(lines)
    waiting = left[(left["closes_people"] > 0) & left["cost_cny"].isna()]
    assert f"其中 {len(waiting)} 项有人受益但费用未知，受益最多的：" in lines
    assert lines[-1].endswith("--cost connect_streets=每处元数")


def test_another_comparison_is_told(projects, tmp_path):
    other = lc.compare(sample_check(), lc.Scenario([]))
    with pytest.warns(LifecircleWarning, match="the evaluations find 0"):
        lc.write_projects(projects, other, tmp_path)
    assert "请核对" in project_summary(projects, other)


def filled_in(out, path, encoding):
    """The list as a planner hands it back: ids of a dead end, a wall and a chosen site."""
    filled = pd.read_csv(out / "projects.csv", dtype=str, keep_default_na=False)
    filled = filled.set_index("project_id", drop=False)
    dead_end = filled.index[filled["kind"] == "connect_streets"][0]
    wall = filled.index[filled["kind"] == "remove_wall"][0]
    site = filled.index[(filled["kind"] == "add_facility") & (filled["chosen"] == "True")][0]
    filled.loc[dead_end, ["cost_cny", "include", "payer"]] = "120,000", "必选", "=1+1"
    filled.loc[wall, ["cost_cny", "phase"]] = "95000", "远景"
    filled.loc[site, "include"] = "never"
    path.write_bytes(filled.to_csv(index=False).encode(encoding, errors="replace"))
    return open_table(path, table="projects"), (dead_end, wall, site)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk", "utf-16"])
def test_the_list_that_is_filled_in_is_understood(out, encoding, tmp_path):
    table, (dead_end, wall, site) = filled_in(out, tmp_path / "projects.csv", encoding)
    terms = check_project_terms(table)
    assert terms.must == (dead_end,)
    assert terms.never == (site,)
    assert (terms.cost_cny[dead_end], terms.cost_cny[wall]) == (120_000, 95_000)
    assert terms.phase == {wall: "远景"}  # the others were proposed by the list
    assert terms.payer == {dead_end: "=1+1"}


def test_the_list_can_be_filled_in_and_handed_back(out, openings, tmp_path):
    terms, (dead_end, wall, site) = filled_in(out, tmp_path / "projects.csv", "gbk")
    again = lc.list_projects(
        sample_check(), budget_cny=BUDGET, openings=openings, costs=COSTS, terms=terms
    )
    row = again.set_index("project_id")
    assert row.loc[dead_end, "chosen"]
    assert row.loc[dead_end, "cost_cny"] == 120_000
    assert row.loc[dead_end, "phase"] == "近期"  # it is chosen now
    assert row.loc[wall, ["cost_cny", "phase"]].to_list() == [95_000, "远景"]
    assert not row.loc[site, "chosen"]
    assert row.loc[site, "phase"] != "近期"
    # and what was said is there again
    table = written_projects(again, SAMPLE).set_index("project_id")
    assert table.loc[[dead_end, site], "include"].to_list() == ["must", "never"]
    assert (table["include"] != "").sum() == 2
    write_csv(table.reset_index(), tmp_path / "again.csv", SAMPLE)
    assert (
        pd.read_csv(tmp_path / "again.csv").set_index("project_id").loc[dead_end, "payer"]
        == "'=1+1"
    )


def test_where_nothing_can_be_built_there_is_no_scenario(tmp_path, projects):
    none = projects.assign(chosen=False, step=pd.array([pd.NA] * len(projects), dtype="Int64"))
    none["added_people"] = np.nan
    compared = planned(sample_check(), none)
    written = lc.write_projects(none, compared, tmp_path)
    assert "scenario.toml" not in written
    assert pd.read_csv(written["projects_check.csv"])["met_people_change"].eq(0).all()
    assert "+0，与清单所列一致" in project_summary(none, compared)
    (tmp_path / "scenario.toml").write_text("old", encoding="utf-8")
    with pytest.warns(LifecircleWarning, match=r"scenario\.toml is of an earlier run"):
        lc.write_projects(none, compared, tmp_path)


def test_an_empty_list_is_written_and_told(projects, tmp_path):
    compared = lc.compare(sample_check(), lc.Scenario([]))
    written = lc.write_projects(projects.head(0), compared, tmp_path)
    table = pd.read_csv(written["projects.csv"])
    assert len(table) == 0
    assert set(PROJECT_COLUMNS) <= {*table.columns}
    assert "入选 0 项" in project_summary(projects.head(0), compared)


def test_no_budget_is_told_as_such_and_long_lists_are_cut(openings):
    check = sample_check()
    everything = lc.list_projects(check, openings=openings)
    told = project_summary(everything, planned(check, everything))
    count = int(everything["chosen"].sum())
    unknown = int(everything.loc[everything["chosen"], "cost_cny"].isna().sum())
    assert f"未设预算，有用的 {count} 项全部入选" in told
    assert f"{unknown} 项费用未知" in told
    assert unknown > 0
    assert "费用未知，" in told
    assert f"  … 共 {count} 项" in told
    assert "  13. " not in told


def test_an_english_study_is_told_in_english(tmp_path):
    study = replace(SAMPLE, language="en", sample=False)
    check = lc.health_check(lc.evaluate(study))
    projects = lc.list_projects(check, budget_cny=2_000_000, openings=0)
    compared = planned(check, projects)
    told = project_summary(projects, compared)
    assert "budget 2,000,000 yuan" in told
    assert "as the list promises" in told
    assert "not chosen: " in told
    lc.write_projects(projects, compared, tmp_path)
    table = pd.read_csv(tmp_path / "projects.csv")
    assert not {"kind_name", "chosen_name", "sample_note"} & {*table.columns}
    assert "Sample" not in told
    assert table["services_name"].dropna().str.contains("nursery").any()


def test_names_that_would_run_are_shown_and_do_not_run(tmp_path):
    sites = SAMPLE.extras["sites"]
    names = [HOSTILE[row % len(HOSTILE)] for row in range(len(sites))]
    gates = SAMPLE.extras["gates"]
    study = replace(
        SAMPLE, extras={**SAMPLE.extras, "sites": sites.assign(name=names), "gates": gates}
    )
    check = lc.health_check(lc.evaluate(study))
    projects = lc.list_projects(check, budget_cny=BUDGET, openings=0)
    lc.write_projects(projects, planned(check, projects, name=HOSTILE[0]), tmp_path)
    table = pd.read_csv(tmp_path / "projects.csv", dtype=str).fillna("")
    for column in table:
        assert not table[column].str.startswith(("=", "+", "-", "@")).any()
    assert "'" + HOSTILE[0] in table["where"].to_list()
    layer = gpd.read_file(tmp_path / "results.gpkg", layer="projects")
    assert set(HOSTILE) <= set(layer["where"])
    assert "alert(1)</script>" not in (tmp_path / "map.html").read_text(encoding="utf-8")
    assert lc.read_scenario(tmp_path / "scenario.toml").name == HOSTILE[0]


def test_an_evaluation_may_be_written_with_its_projects(projects, tmp_path):
    check = sample_check()
    written = lc.write_evaluation(check.evaluation, tmp_path, check=check, projects=projects)
    assert len(pd.read_csv(written["projects.csv"])) == len(projects)
    with pytest.warns(LifecircleWarning, match=r"projects\.csv"):
        lc.write_evaluation(check.evaluation, tmp_path, check=check)
    with pytest.raises(MissingColumnError, match="column added_people is missing"):
        lc.write_evaluation(
            check.evaluation, tmp_path, check=check, projects=projects.drop(columns="added_people")
        )


def test_a_fault_while_writing_leaves_the_old_files(projects, compared, tmp_path, monkeypatch):
    lc.write_projects(projects, compared, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(project_files, "write_json", full)
    with pytest.raises(InputError, match="No space left"):
        lc.write_projects(projects, compared, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
