"""Files of a comparison: whole, safe in a spreadsheet, and enough to do it again."""

import json
import warnings
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest

import lifecircle as lc
from lifecircle.errors import InputError, LifecircleWarning
from lifecircle.outputs import comparison_files
from lifecircle.outputs.comparison_summary import comparison_summary
from sample import SAMPLE, sample_check

HERE = (112.9910, 28.1655)
TABLES = {
    "comparison_coverage.csv",
    "comparison_compliance.csv",
    "comparison_health_check.csv",
    "comparison_people.csv",
    "comparison_units.csv",
    "losers.csv",
}


def scenario(*more):
    gate = str(SAMPLE.extras["gates"]["gate_id"].iloc[0])
    return lc.Scenario(
        [lc.AddFacility("社区食堂", HERE, name="=1+1"), lc.OpenGate(gate), *more], name="方案甲"
    )


@pytest.fixture(scope="module")
def found():
    return lc.compare(sample_check(), scenario(lc.CloseFacility("P032")))


@pytest.fixture(scope="module")
def out(found, tmp_path_factory):
    folder = tmp_path_factory.mktemp("compared")
    lc.write_comparison(found, folder / "neu" / "甲")
    return folder / "neu" / "甲"


def test_a_comparison_leaves_its_files_and_nothing_else(out):
    names = {path.name for path in out.iterdir()}
    assert names == TABLES | {
        "comparison.gpkg", "comparison_map.html", "scenario.toml", "manifest.json",
    }  # fmt: skip


def test_tables_open_in_a_spreadsheet_with_names_beside_codes(out, found):
    for name in TABLES:
        assert (out / name).read_bytes().startswith(b"\xef\xbb\xbf")
        assert pd.read_csv(out / name)["note"].str.contains("示例数据").all()
    clauses = pd.read_csv(out / "comparison_compliance.csv")
    assert set(clauses["change_name"]) == {"好转", "变差", "不变", "未知"}
    assert set(clauses["status_before_name"]) == {"达标", "不达标", "未知"}
    people = pd.read_csv(out / "comparison_people.csv")
    assert set(people["segment_name"]) == {"全体", "老人", "儿童"}
    assert np.allclose(people["gained_people"], found.people["gained_people"], equal_nan=True)
    losers = pd.read_csv(out / "losers.csv")
    assert len(losers) == len(found.losers) > 0
    assert losers["service_name"].unique().tolist() == ["幼儿园"]


def test_layers_hold_what_changed(out, found):
    layers = {name for name, _ in pyogrio.list_layers(out / "comparison.gpkg")}
    assert layers == {"residents", "facilities", "gates"}
    residents = gpd.read_file(out / "comparison.gpkg", layer="residents")
    assert residents["gained"].sum() == found.residents["gained"].sum() > 0
    assert {"kindergarten_min_before", "kindergarten_min_after"} <= {*residents.columns}
    facilities = gpd.read_file(out / "comparison.gpkg", layer="facilities")
    assert facilities["change"].to_list() == ["closed", "added"]
    assert facilities["note"].str.contains("示例数据").all()


def test_the_scenario_that_is_written_can_be_read_and_done_again(out, found):
    again = lc.read_scenario(out / "scenario.toml")
    assert again.name == "方案甲"
    assert set(again.actions) == set(found.scenario.actions)


def test_the_manifest_says_how_it_all_came_about(out, found):
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["scenario"]["name"] == "方案甲"
    assert len(manifest["scenario"]["actions"]) == 3
    assert manifest["before"]["study"] == SAMPLE.name
    assert manifest["study"] == f"{SAMPLE.name} · 方案甲"
    assert manifest["warnings"] == list(found.warnings)
    assert manifest["health_check"]["system"] == "complete-community-2020"


def test_losers_are_there_also_where_nobody_loses(tmp_path):
    found = lc.compare(sample_check(), sample_check())
    written = lc.write_comparison(found, tmp_path)
    assert "scenario.toml" not in written
    losers = pd.read_csv(written["losers.csv"])
    assert len(losers) == 0
    assert losers.columns.to_list()[:3] == ["resident_id", "unit_id", "service"]
    lc.write_scenario(scenario(), tmp_path / "scenario.toml")
    with pytest.warns(LifecircleWarning, match=r"scenario\.toml is of an earlier run"):
        lc.write_comparison(found, tmp_path)


def test_a_fault_while_writing_leaves_the_old_files(found, tmp_path, monkeypatch):
    lc.write_comparison(found, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(comparison_files, "write_json", full)
    with pytest.raises(InputError, match="No space left"):
        lc.write_comparison(found, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_summary_tells_who_gains_who_loses_and_what_turns(found):
    text = comparison_summary(found)
    lines = text.splitlines()
    assert lines[0] == f"{SAMPLE.name}：现状与方案对比（方案甲）"
    assert lines[1] == "示例数据，非实测"
    assert "26,822 人；步行 15 分钟内平均可达必备设施 14.43 → 14.32 项" in lines[2]
    assert "幼儿园（5 分钟）：儿童失去可达 127 人" in text  # of those whom it is for
    assert "社区食堂（15 分钟）：老人新增可达 1,138 人" in text
    assert "失去可达：幼儿园 22 处住处 127 名儿童；步行变长：150 处住处" in text
    assert "转为达标 1 项：砂子塘社区 社区食堂 [GB50180-2018 B.0.2; 表C.0.2]" in text
    assert "转为不达标 2 项" in text


def test_the_summary_speaks_english_and_says_what_is_unknown():
    kind = next(
        name
        for name in ("bench", "drinking_water", "bakery", "tea_coffee", "shop", "library")
        if name not in set(SAMPLE.facilities["service"])
    )
    study = replace(SAMPLE, language="en")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = lc.compare(study, lc.Scenario(lc.AddFacility(kind, HERE), name="A"))
    text = comparison_summary(found)
    assert text.splitlines()[0].endswith(": today and A")
    assert "nobody gains or loses a service" in text
    assert "unknown on one side, not compared: " in text
    assert "nobody loses a service; a longer walk: 0 places" in text
    assert "no check of a clause turns" in text
