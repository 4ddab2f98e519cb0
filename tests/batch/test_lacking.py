"""Units that cannot be used, and what of the others hangs on them."""

from __future__ import annotations

import json

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import hamlets
import lifecircle as lc
from lifecircle.cli import main
from lifecircle.errors import DuplicateIdError

pytestmark = pytest.mark.filterwarnings("ignore")


def crossed(shape):
    """A bow that crosses itself where a shape was."""
    x, y = shape.bounds[:2]
    bow = [(x, y), (x + 0.004, y + 0.004), (x + 0.004, y), (x, y + 0.004)]
    return shapely.Polygon(bow)


def study_of(folder, units, broken=(), more=""):
    """A valley with these units, some of them with a broken boundary."""
    study = hamlets.write(folder, 4)
    shapes = [
        crossed(shape) if number in broken else shape for number, shape in enumerate(units.geometry)
    ]
    (folder / "units.gpkg").unlink()
    table = units.set_geometry(gpd.GeoSeries(shapes, crs=units.crs))
    table.to_file(folder / "units.gpkg", engine="pyogrio")
    study.write_text(study.read_text(encoding="utf-8") + more, encoding="utf-8")
    return study


def test_an_id_that_stands_twice_is_told_before_the_work(tmp_path):
    units = hamlets.units(4)
    units.loc[2, "unit_id"] = "H01"
    study = study_of(tmp_path / "v", units, broken=[2])
    with pytest.raises(DuplicateIdError, match="H01"):
        lc.run_districts(study, tmp_path / "out", by="circle", reports=())
    assert not list((tmp_path / "out" / "units").iterdir())


def test_rows_without_an_id_keep_the_number_of_their_row(tmp_path):
    units = hamlets.units(4)
    units["unit_id"] = ["H00", None, None, "H03"]
    study = study_of(tmp_path / "v", units, broken=[1])
    table = lc.run_districts(study, tmp_path / "out", by="circle", reports=())
    assert dict(zip(table["unit_id"], table["status"], strict=True)) == {
        "H00": "done", "U0003": "done", "H03": "done", "U0002": "failed",
    }  # fmt: skip


def test_what_is_said_of_a_unit_that_cannot_be_used_stops_nothing(tmp_path):
    study = study_of(tmp_path / "v", hamlets.units(4), [2], '[records]\npath = "kept.csv"\n')
    said = "unit_id,record,value\nH00,lifts,3\nH02,lifts,4\n村2,property_management,1\n"
    (tmp_path / "v" / "kept.csv").write_text(said, encoding="utf-8")
    table = lc.run_districts(study, tmp_path / "out", by="circle", reports=())
    assert table.set_index("unit_id")["status"].to_dict() == {
        "H00": "done", "H01": "done", "H03": "done", "H02": "failed",
    }  # fmt: skip
    assert table.set_index("unit_id").loc["H02", "cause"] == "boundary"


def test_what_lies_below_a_unit_that_cannot_be_used_is_no_circle(tmp_path):
    units = hamlets.units(4).drop(columns="level")
    units["parent_id"] = ["", "H00", "", "H02"]
    study = study_of(tmp_path / "v", units, broken=[2])
    table = lc.run_districts(study, tmp_path / "out", by="circle", reports=())
    assert dict(zip(table["unit_id"], table["status"], strict=True)) == {
        "H00": "done", "H02": "failed",
    }  # fmt: skip


def test_a_batch_of_nothing_that_can_be_used_says_why(tmp_path, capsys):
    units = hamlets.units(4).assign(district="东区")
    study = study_of(tmp_path / "v", units, broken=[1])
    out = tmp_path / "out"
    words = ["batch", str(study), "--by", "district", "--out", str(out), "--reports", "none"]
    assert main(words) == 4
    errors = pd.read_csv(out / "errors.csv", encoding="utf-8-sig", dtype=str).set_index("unit_id")
    assert "H01" in errors.loc["district:东区", "reason"]
    assert (out / "index.html").is_file()
    capsys.readouterr()


def test_a_district_counts_what_failed_below_it(tmp_path):
    units = hamlets.units(5).assign(district="", level=["district", *["circle"] * 4])
    units["parent_id"] = ["", "H00", "H00", "H00", ""]
    study = study_of(tmp_path / "v", units, broken=[2])
    out = tmp_path / "out"
    lc.run_districts(study, out, by="circle", reports=())
    sums = gpd.read_file(out / "summary.gpkg", layer="districts").set_index("district")
    assert sums.loc["村0", ["units_count", "failed_count"]].to_list() == [3, 1]


def test_a_street_that_lacks_a_unit_fails_in_its_district(tmp_path):
    units = hamlets.units(4).assign(
        街道=["甲", "甲", "乙", "乙"], district=["东", "东", "西", "西"]
    )
    study = study_of(tmp_path / "v", units, broken=[3])
    table = lc.run_districts(study, tmp_path / "out", by="街道", reports=())
    rows = table.set_index("name")
    assert rows.loc["乙", ["status", "district"]].to_list() == ["failed", "西"]
    assert rows.loc["甲", ["status", "district"]].to_list() == ["done", "东"]


def test_streets_of_one_name_in_two_districts_are_two(tmp_path):
    units = hamlets.units(4).assign(街道="新华街道", district=["东", "东", "西", ""])
    study = study_of(tmp_path / "v", units)
    with pytest.warns(lc.LifecircleWarning, match=r"stands in 2 districts \(东, 西\)"):
        table = lc.run_districts(study, tmp_path / "out", by="街道", reports=())
    assert table["name"].to_list() == ["东 新华街道", "西 新华街道", "新华街道"]
    assert table["district"].to_list() == ["东", "西", ""]
    homes = hamlets.homes(4)
    assert table["people"].sum() == homes["people"].sum()
    told = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))["warnings"]
    assert any("one more of those whose district is not said" in one for one in told)


def test_a_planning_area_may_lie_across_districts(tmp_path):
    units = hamlets.units(4).assign(片区="中心城区", district=["东", "东", "西", "西"])
    study = study_of(tmp_path / "v", units)
    with pytest.warns(lc.LifecircleWarning, match="stands in 2 districts .* and is one unit"):
        table = lc.run_districts(study, tmp_path / "out", by="片区", reports=())
    assert table[["name", "district"]].to_numpy().tolist() == [["中心城区", ""]]
    assert table["people"].sum() == hamlets.homes(4)["people"].sum()


def test_a_circle_lies_in_the_district_that_all_below_it_name(tmp_path):
    units = hamlets.units(4).assign(街道="甲", level=["circle", "community", "circle", "community"])
    units = units.assign(district=["", "东", "", "西"], parent_id=["", "H00", "", "H02"])
    study = study_of(tmp_path / "v", units)
    table = lc.run_districts(study, tmp_path / "out", by="街道", reports=())
    assert table["name"].to_list() == ["东 甲", "西 甲"]
    assert table["people"].sum() == hamlets.homes(4)["people"].sum()


def test_a_survey_of_units_alone_that_cannot_be_used_stops_nothing(tmp_path):
    study = study_of(tmp_path / "v", hamlets.units(4), [2], '[survey]\npath = "asked.csv"\n')
    said = "unit_id,service,importance,satisfaction\nH02,park,5,2\nH02,clinic,4,4\n"
    (tmp_path / "v" / "asked.csv").write_text(said, encoding="utf-8")
    with pytest.warns(lc.LifecircleWarning, match="survey: speaks of units alone that cannot"):
        table = lc.run_districts(study, tmp_path / "out", by="circle", reports=())
    assert (table["status"] == "done").sum() == 3


def test_a_circle_alone_that_cannot_be_used_is_a_batch_of_one_failure(tmp_path, capsys):
    units = hamlets.units(4).drop(columns="level").assign(parent_id=["", "H00", "H00", "H00"])
    study = study_of(tmp_path / "v", units, broken=[0])
    out = tmp_path / "out"
    assert main(["batch", str(study), "--by", "circle", "--out", str(out)]) == 4
    errors = pd.read_csv(out / "errors.csv", encoding="utf-8-sig")
    assert errors[["unit_id", "cause"]].to_numpy().tolist() == [["H00", "boundary"]]
    capsys.readouterr()


def test_a_number_that_is_none_is_no_fault_of_the_boundary(tmp_path):
    units = hamlets.units(4).assign(people=["900", "约三千", "900", "900"])
    table = lc.run_districts(
        study_of(tmp_path / "v", units), tmp_path / "out", by="circle", reports=()
    )
    row = table.set_index("unit_id").loc["H01"]
    assert (row["status"], row["cause"]) == ("failed", "data")


def test_what_cannot_be_used_below_the_units_is_told_and_not_counted(tmp_path):
    units = hamlets.units(4).assign(level=["circle", "community", "circle", "community"])
    units = units.assign(district="东", parent_id=["", "H00", "", "H02"])
    out = tmp_path / "out"
    lc.run_districts(study_of(tmp_path / "v", units, [3]), out, by="circle", reports=())
    sums = gpd.read_file(out / "summary.gpkg", layer="districts")
    assert sums[["units_count", "failed_count"]].to_numpy().tolist() == [[2, 0]]
    told = pd.read_excel(out / "summary.xlsx", sheet_name="总览", header=1)["内容"]
    assert told.str.contains("1 个下级单元不能用，所在单元的结果中没有它：村3").any()
    assert not told.str.contains("个单元未完成，人口").any()
    assert told.str.contains("共 2 个，已完成 2 个，未完成 0 个").any()
