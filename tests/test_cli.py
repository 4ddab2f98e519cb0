"""The command line: exit codes, files and messages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest

from lifecircle.cli import main


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("out") / "demo"
    assert main(["demo", "--out", str(out)]) == 0
    return out


def test_the_demo_leaves_its_files_and_nothing_else(demo):
    tables = ["compliance", "coverage", "health_blocks", "health_check", "shortfalls", "survey"]
    tables += ["projects", "projects_check", "losers"]
    compared = ["compliance", "coverage", "health_check", "people", "units"]
    names = {path.name for path in demo.iterdir()}
    files = {"manifest.json", "map.html", "results.gpkg", "scenario.toml"}
    files |= {"report.docx", "report.html", "report.xlsx"}
    files |= {"comparison_map.html", "comparison.gpkg"}
    files |= {f"comparison_{name}.csv" for name in compared}
    assert names == files | {f"{name}.csv" for name in tables}


def test_the_demos_reports_are_whole(demo):
    words = openpyxl.load_workbook(demo / "report.xlsx", read_only=True).sheetnames
    assert len(words) >= 9
    assert (demo / "report.docx").read_bytes().startswith(b"PK")
    assert "项目建议" in (demo / "report.html").read_text(encoding="utf-8")


def test_the_demos_map_is_no_larger_than_a_mail_takes(demo):
    assert (demo / "map.html").stat().st_size <= 1_500_000


def test_coverage_opens_in_a_spreadsheet_and_says_it_is_a_sample(demo):
    assert (demo / "coverage.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(demo / "coverage.csv")
    assert list(table.columns[:6]) == ["unit_id", "name", "service", "group", "walker", "minutes"]
    assert table["note"].str.contains("示例数据").all()
    assert table["covered_share"].dropna().between(0, 1).all()


def test_the_layers_are_those_of_the_blueprint(demo):
    names = {name for name, _ in pyogrio.list_layers(demo / "results.gpkg")}
    streets = {"network_edges", "compounds", "walls", "gates"}
    shortfalls = {"shortfalls", "shortfall_cells"}
    assert names == {
        *("units", "residents", "facilities", "isochrones", "projects"),
        *streets,
        *shortfalls,
    }
    residents = gpd.read_file(demo / "results.gpkg", layer="residents")
    assert residents["people"].sum() == 26_822
    assert "nearest_kindergarten_min" in residents.columns


def test_the_manifest_says_how_it_all_came_about(demo):
    manifest = json.loads((demo / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["sample_data"] is True
    assert "示例数据" in manifest["note"]
    assert len(manifest["inputs"]["units"]["sha256"]) == 64
    assert {walker["name"] for walker in manifest["parameters"]["walkers"]} == {
        "adult",
        "elderly",
        "child",
    }


def test_the_map_says_it_is_a_sample(demo):
    assert "示例数据" in (demo / "map.html").read_text(encoding="utf-8")


def test_evaluate_runs_a_study_file(tmp_path):
    from lifecircle.assessment.demo import demo_folder

    study = demo_folder() / "study.toml"
    asked = ["evaluate", str(study), "--out", str(tmp_path / "a"), "--reports"]
    assert main([*asked, "xlsx"]) == 0
    assert (tmp_path / "a" / "coverage.csv").exists()
    assert [path.name for path in (tmp_path / "a").glob("report.*")] == ["report.xlsx"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["evaluate", "nowhere.toml", "--out", "x"], "there is no such file"),
        (["isochrones", "--network", "n.pbf", "--at", "112,28", "--out", "a.docx"], "end the name"),
        (["isochrones", "--network", "n.pbf", "--at", "here", "--out", "a.gpkg"], "numbers"),
        (["isochrones", "--network", "n.pbf", "--at", "112", "--out", "a.gpkg"], "LON,LAT"),
        (
            ["isochrones", "--network", "n", "--at", "1,2", "--walker", "elder", "--out", "a.gpkg"],
            "Did you mean 'elderly'",
        ),
        (["demoo"], "No such command"),
        (["evaluate", "s.toml", "--out", "x", "--reports", "doc"], "Did you mean 'docx'"),
    ],
)
def test_bad_input_ends_with_2_and_one_message(arguments, words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told
    assert list(tmp_path.iterdir()) == []


def test_isochrones_of_a_place_become_a_layer_or_a_map(tmp_path, capsys):
    from lifecircle.assessment.demo import demo_folder

    streets = str(demo_folder() / "streets.geojson")
    layer, page = tmp_path / "area.geojson", tmp_path / "area.html"
    place = ["--network", streets, "--at", "112.9905,28.1655"]
    assert main(["isochrones", *place, "--walker", "elderly", "--out", str(layer)]) == 0
    bands = gpd.read_file(layer)
    assert bands["minutes"].to_list() == [5, 10, 15]
    assert set(bands["walker"]) == {"elderly"}
    assert bands["area_ha"].is_monotonic_increasing
    assert main(["isochrones", *place, "--minutes", "8", "--out", str(page)]) == 0
    assert page.stat().st_size > 100_000


def test_swapped_coordinates_of_a_place_are_told(tmp_path, capsys):
    from lifecircle.assessment.demo import demo_folder

    streets = str(demo_folder() / "streets.geojson")
    out = str(tmp_path / "a.gpkg")
    assert main(["isochrones", "--network", streets, "--at", "28.1655,112.9905", "--out", out]) == 2
    assert "longitude first" in capsys.readouterr().err


def test_an_out_folder_that_is_a_file_is_told(tmp_path, capsys):
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    assert main(["demo", "--out", str(tmp_path / "taken")]) == 2
    assert "cannot be written to" in capsys.readouterr().err


def test_help_is_quick_and_version_is_told():
    code = (
        "import sys, lifecircle.cli as cli; cli.main(['--version']);"
        "slow = {'numba', 'folium', 'osmnx', 'matplotlib', 'geopandas'} & set(sys.modules);"
        "sys.exit(str(slow) if slow else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("lifecircle 0.")


def test_standards_are_listed(capsys):
    assert main(["standards"]) == 0
    out = capsys.readouterr().out
    assert "GB50180-2018" in out
    assert "完整居住社区建设标准" in out


def test_a_standard_is_shown_with_a_mark_on_what_is_to_be_verified(capsys):
    assert main(["standards", "show", "gb 50180"]) == 0
    lines = capsys.readouterr().out.splitlines()
    school = next(line for line in lines if line.startswith("  初中 · 应配"))
    assert school.endswith("（待核 / to be verified：凭记忆）")
    garden = next(line for line in lines if line.startswith("  幼儿园"))
    assert "服务半径 300 m、" in garden  # seen
    assert "建筑面积 3150~4550 ㎡（待核 / to be verified：凭记忆）" in garden
    park = next(line for line in lines if "只计用地 ≥ 10000 ㎡ 的、" in line)  # seen
    assert "其中 ≥ 50000 ㎡ 的属上一级（待核 / to be verified：凭记忆）" in park
    assert park.endswith("每千人 ≥ 1000 ㎡用地  [表4.0.4]")
    assert main(["standards", "show", "GB55013-2021", "--language", "en", "--sources"]) == 0
    out = capsys.readouterr().out
    assert "public toilet · mandatory · radius 300 m  [5.0.1]\n      Source: " in out


def test_a_standard_that_is_not_there_is_one_message(capsys):
    assert main(["standards", "show", "GB5018"]) == 2
    assert "Did you mean 'GB50180-2018'" in capsys.readouterr().err


def test_a_standard_is_written_edited_and_shown_again(tmp_path, capsys):
    path = tmp_path / "我们的.csv"
    assert main(["standards", "show", "GB55013-2021", "--out", str(path)]) == 0
    text = path.read_text(encoding="utf-8-sig").replace("GB55013-2021", "区规则")
    path.write_text(text.replace(",300,", ",350,"), encoding="gb18030")
    capsys.readouterr()
    assert main(["standards", "show", str(path)]) == 0
    assert "服务半径 350 m" in capsys.readouterr().out


def test_indicators_are_listed_shown_written_and_used(tmp_path, capsys):
    assert main(["indicators"]) == 0
    out = capsys.readouterr().out
    assert "rhyme-15" in out
    assert "covered:kindergarten" in out
    assert main(["indicators", "show", "complete-community-2020"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if line.startswith("  CC-")]) == 20
    path = tmp_path / "ours.csv"
    assert main(["indicators", "show", "rhyme-15", "--out", str(path)]) == 0
    assert main(["indicators", "show", "rhyme-15", "--out", str(path)]) == 2
    assert main(["indicators", "show", "rhyme-51"]) == 2
    assert "Did you mean 'rhyme-15'" in capsys.readouterr().err


def test_a_study_names_its_indicators_and_year(tmp_path):
    demo = Path(__file__).parents[1] / "data" / "demo"
    for part in demo.glob("*.*"):
        (tmp_path / part.name).write_bytes(part.read_bytes())
    assert main(["indicators", "show", "rhyme-15", "--out", str(tmp_path / "ours.csv")]) == 0
    text = (demo / "study.toml").read_text(encoding="utf-8")
    text = text.replace("sample = true", 'sample = true\nindicators = "ours.csv"\nyear = 2022')
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    asked = ["evaluate", str(tmp_path / "study.toml"), "--out", str(out), "--reports", "none"]
    assert main(asked) == 0
    table = pd.read_csv(out / "health_check.csv")
    assert table["indicator"].nunique() == 15
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["health_check"]["year"] == 2022
    assert manifest["inputs"]["indicators"]["path"] == "ours.csv"


def demo_study() -> str:
    return str(Path(__file__).parents[1] / "data" / "demo" / "study.toml")


@pytest.mark.parametrize("kind", ["toml", "csv"])
def test_a_scenario_is_compared_with_today(tmp_path, capsys, kind):
    path = tmp_path / f"方案甲.{kind}"
    texts = {
        "toml": '[[add_facility]]\nservice = "社区食堂"\nat = [112.9910, 28.1655]\n',
        "csv": "操作,服务,经度,纬度\n新建设施,社区食堂,112.9910,28.1655\n",
    }
    path.write_text(texts[kind], encoding="utf-8")
    out = tmp_path / "out"
    assert main(["compare", demo_study(), str(path), "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "现状与方案对比（方案甲）" in told
    assert "示例数据，非实测" in told
    assert "社区食堂（15 分钟）：" in told
    assert (out / "comparison_people.csv").exists()
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["scenario"]["source"]["path"] == path.name
    assert manifest["inputs"]["scenario"]["sha256"] == manifest["scenario"]["source"]["sha256"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[open_gaet]]\n", "Did you mean 'open_gate'"),
        ('[[open_gate]]\ngate_id = "nowhere"\n', "unknown gate 'nowhere'"),
    ],
)
def test_a_scenario_that_cannot_be_is_one_message(tmp_path, capsys, text, words):
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    assert main(["compare", demo_study(), str(tmp_path / "a.toml"), "--out", str(out)]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told
    assert not out.exists() or list(out.iterdir()) == []


def test_sites_are_chosen_written_and_told(tmp_path, capsys):
    out = tmp_path / "选址"
    asked = ["--service", "老年人日间照料中心", "--service", "nursery", "--budget-cny", "3000000"]
    assert main(["site", demo_study(), *asked, "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "老年人日间照料中心、托儿所选址" in told
    assert "示例数据，非实测" in told
    assert "可达人数与选址所算一致" in told
    assert str(out / "sites.csv") in told
    check = pd.read_csv(out / "sites_check.csv")
    assert check.loc[check["counts"], "difference_people"].eq(0).all()
    again = tmp_path / "again"
    scenario = str(out / "scenario.toml")
    assert main(["compare", demo_study(), scenario, "--out", str(again)]) == 0
    assert (again / "comparison_people.csv").read_bytes() == (
        out / "comparison_people.csv"
    ).read_bytes()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["--service", "nurserry", "--count", "1"], "did you mean"),
        (["--service", "post_office", "--count", "1"], "none of the 10 sites may hold"),
        (["--service", "nursery"], "say how many sites"),
        (["--service", "nursery", "--count", "99"], "99"),
        (["--service", "nursery", "--budget-cny", "1000"], "the cheapest, S04, costs 850,000"),
        (["--service", "nursery", "--count", "1", "--model", "MXLP"], "Did you mean 'MCLP'"),
        (["--service", "nursery", "--count", "1", "--segment", "oldies"], "no column 'oldies'"),
        (["--service", "nursery", "--count", "1", "--minutes", "-1"], "-1"),
        (["--count", "1"], "--service"),
    ],
)
def test_siting_that_cannot_be_is_one_message(asked, words, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["site", demo_study(), *asked, "--out", str(out)]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told
    assert not out.exists() or list(out.iterdir()) == []


def test_a_site_off_the_streets_is_one_message(tmp_path, capsys):
    demo = Path(demo_study()).parent
    for part in demo.glob("*.*"):
        (tmp_path / part.name).write_bytes(part.read_bytes())
    (tmp_path / "sites.csv").write_text("编号,可设服务,经度,纬度\nX1,托儿所,113.5,28.5\n", "utf-8")
    text = (demo / "study.toml").read_text(encoding="utf-8").replace("sites.geojson", "sites.csv")
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    asked = ["--service", "nursery", "--count", "1", "--out", str(tmp_path / "out")]
    assert main(["site", str(tmp_path / "study.toml"), *asked]) == 2
    told = capsys.readouterr().err
    assert "sites: 1 of 1 (ids X1) lie more than 100 m from any street" in told
    assert "Traceback" not in told


def test_projects_are_listed_chosen_and_written_by_a_planners_terms(tmp_path, capsys):
    out, terms = tmp_path / "清单", tmp_path / "条件.csv"
    terms.write_bytes("项目编号,取舍,出资方\nB-S08,不选,\nB-S02,,区财政\n".encode("gb18030"))
    asked = ["--budget-cny", "2000000", "--openings", "3", "--cost", "打开围墙=80000"]
    asked += ["--reports", "none"]
    assert main(["projects", demo_study(), *asked, "--terms", str(terms), "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "预算 2,000,000 元，入选" in told
    assert "与清单所列一致" in told
    assert "示例数据，非实测" in told
    table = pd.read_csv(out / "projects.csv").set_index("project_id")
    chosen = table[table["chosen"]]
    assert chosen["cost_cny"].sum() <= 2_000_000
    walls = table["kind"] == "remove_wall"
    assert walls.any()
    assert (table.loc[walls, "cost_cny"] == 80_000).all()
    assert not table.loc["B-S08", "chosen"]
    assert table.loc["B-S08", "include"] == "never"
    assert table.loc["B-S02", "payer"] == "区财政"
    check = pd.read_csv(out / "projects_check.csv")
    assert check["met_people_change"].sum() == chosen["added_people"].sum() > 0
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["projects"]["budget_cny"] == 2_000_000
    assert manifest["projects"]["costs"] == {"remove_wall": 80_000}
    assert manifest["projects"]["terms"]["path"] == "条件.csv"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["--budget-cny", "1000", "--openings", "0"], "buys nothing"),
        (["--budget-cny", "-5", "--openings", "0"], "give yuan above 0"),
        (["--cost", "opengate=5"], "Did you mean 'open_gate'"),
        (["--cost", "open_gate"], "give a kind or an id and yuan"),
        (["--cost", "open_gate=cheap"], "give a kind or an id and yuan"),
        (["--cost", "open_gate=-1"], "give a kind or an id and yuan"),
        (["--openings", "-1"], "openings"),
        (["--openings", "few"], "valid integer"),
        (["--terms", "nowhere.csv"], "no file 'nowhere.csv'"),
        (["--terms", "strange.csv"], "no column 'project_id'"),
    ],
)
def test_projects_that_cannot_be_are_one_message(asked, words, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "strange.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    out = tmp_path / "out"
    assert main(["projects", demo_study(), *asked, "--out", str(out)]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told
    assert not out.exists() or list(out.iterdir()) == []


@pytest.mark.parametrize(
    "command", [["site", "--service", "nursery", "--count", "1"], ["projects"]]
)
def test_a_folder_that_is_a_file_is_told_before_the_work(command, tmp_path, capsys):
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    asked = [command[0], demo_study(), *command[1:], "--out", str(tmp_path / "taken")]
    assert main(asked) == 2
    assert "cannot be written to" in capsys.readouterr().err


def test_names_do_not_speak_to_the_terminal(tmp_path, capsys):
    for part in Path(demo_study()).parent.glob("*.*"):
        (tmp_path / part.name).write_bytes(part.read_bytes())
    units = tmp_path / "units.geojson"
    text = units.read_text(encoding="utf-8")
    units.write_text(text.replace("野坡社区", "野坡\\u001b[2J社区"), encoding="utf-8")
    asked = ["evaluate", str(tmp_path / "study.toml"), "--out", str(tmp_path / "out")]
    assert main([*asked, "--reports", "none"]) == 0
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "野坡␛[2J社区" in told
