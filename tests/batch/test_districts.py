"""A batch: every unit's files, an overview, and what it makes of faults."""

import errno
import json
import os
import shutil
import tempfile
from pathlib import Path

import filelock
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import batched
import hamlets
import lifecircle as lc
from lifecircle.batch import districts, work
from lifecircle.batch.folders import folder_name
from lifecircle.batch.units import batch_units, with_level
from lifecircle.cli import main
from lifecircle.errors import InputError, LifecircleWarning

COUNT = 6
FILES = {
    "coverage.csv", "compliance.csv", "health_check.csv", "health_blocks.csv", "shortfalls.csv",
    "results.gpkg", "map.html", "manifest.json", "done.json",
}  # fmt: skip
ABOVE = {"index.html", "summary.xlsx", "summary.csv", "summary.gpkg", "manifest.json", "batch.log"}

pytestmark = pytest.mark.filterwarnings("ignore::lifecircle.errors.LifecircleWarning")


def valley_streets():
    """Streets of four hamlets as a network."""
    with tempfile.TemporaryDirectory() as folder:
        hamlets.streets(4).to_file(Path(folder) / "s.gpkg", engine="pyogrio")
        return lc.read_walk_network(Path(folder) / "s.gpkg")


@pytest.fixture(scope="module")
def valley(tmp_path_factory):
    return hamlets.write(tmp_path_factory.mktemp("valley"), COUNT)


@pytest.fixture(scope="module")
def run(valley, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "batch"
    return out, lc.run_districts(valley, out, by="circle", reports=())


def test_every_unit_has_its_files_and_the_batch_its_own(run):
    out, table = run
    assert table["status"].to_list() == ["done"] * COUNT
    for folder in table["folder"]:
        assert {one.name for one in (out / "units" / folder).iterdir()} == FILES
    assert {one.name for one in out.iterdir() if one.is_file()} - {".lock"} == ABOVE
    assert not (out / "errors.csv").exists()
    assert {one.name for one in (out / "districts").iterdir()} == {
        folder_name("东区"), folder_name("西区"),
    }  # fmt: skip
    assert not list(out.rglob(".partial-*"))


def test_the_figures_of_a_unit_are_those_of_the_whole(run, valley):
    out, table = run
    whole = lc.evaluate(lc.read_study(valley))
    check = lc.health_check(whole)
    for folder, unit_id in zip(table["folder"], table["unit_id"], strict=True):
        told = json.loads((out / "units" / folder / "done.json").read_text(encoding="utf-8"))
        rows = whole.coverage[whole.coverage["unit_id"] == unit_id]
        of_unit = told["digest"]["coverage"]
        first = rows.drop_duplicates(["service", "minutes"])
        assert of_unit["service"] == first["service"].to_list()
        for column in ("people", "covered_people", "covered_share", "radius_share"):
            expected = [None if np.isnan(one) else one for one in first[column]]
            assert of_unit[column] == expected, column
        verdicts = check.indicators[check.indicators["unit_id"] == unit_id]["status"]
        counts = {"met": 0, "not met": 0, "unknown": 0} | verdicts.value_counts().to_dict()
        assert list(told["digest"]["indicators"].values()) == list(counts.values())


def test_the_table_of_coverage_of_a_unit_is_that_of_the_whole(run, valley, tmp_path):
    out, table = run
    lc.write_evaluation(lc.evaluate(lc.read_study(valley)), tmp_path)
    whole = pd.read_csv(tmp_path / "coverage.csv", dtype=str)
    for folder, unit_id in zip(table["folder"], table["unit_id"], strict=True):
        alone = pd.read_csv(out / "units" / folder / "coverage.csv", dtype=str)
        rows = whole[whole["unit_id"] == unit_id].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, rows)


def test_a_second_run_does_nothing(run, valley, monkeypatch):
    out, table = run
    before = {path: path.stat().st_mtime_ns for path in (out / "units").rglob("*")}
    monkeypatch.setattr(work, "_done", lambda job: pytest.fail(f"{job.unit_id} is done again"))
    again = lc.run_districts(valley, out, by="circle", reports=())
    pd.testing.assert_frame_equal(again, table)
    assert {path: path.stat().st_mtime_ns for path in (out / "units").rglob("*")} == before


def test_a_changed_shop_changes_the_units_it_can_be_walked_to_from_alone(valley, tmp_path):
    files = tmp_path / "valley"
    shutil.copytree(valley.parent, files)
    out = tmp_path / "out"
    lc.run_districts(files / "study.toml", out, by="circle", reports=())
    places = gpd.read_file(files / "places.gpkg")
    places.loc[0, "geometry"] = shapely.affinity.translate(places.geometry[0], 0.0001)
    places.to_file(files / "places.gpkg", engine="pyogrio")
    lc.run_districts(files / "study.toml", out, by="circle", reports=())
    told = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["counts"]
    # radii of 1 km are looked at up to 2 km: all but the last of six hamlets 450 m apart
    assert (told["done_now"], told["unchanged"]) == (5, 1)
    fresh = tmp_path / "fresh"
    lc.run_districts(files / "study.toml", fresh, by="circle", reports=())
    assert not [p for p in batched.differing(out, fresh) if "manifest" not in p]


def test_reports_that_were_not_there_are_written(valley, tmp_path):
    lc.run_districts(valley, tmp_path, by="circle", reports=())
    table = lc.run_districts(valley, tmp_path, by="circle", reports=("report.xlsx",))
    for folder in table["folder"]:
        assert (tmp_path / "units" / folder / "report.xlsx").is_file()


def test_a_folder_with_a_file_cut_short_is_done_again(valley, tmp_path):
    table = lc.run_districts(valley, tmp_path, by="circle", reports=())
    folder = tmp_path / "units" / table["folder"][2]
    (folder / "map.html").write_text("<html>")
    lc.run_districts(valley, tmp_path, by="circle", reports=())
    told = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))["counts"]
    assert told["done_now"] == 1
    assert (folder / "map.html").stat().st_size > 100_000


def test_without_resume_everything_is_done_again(valley, tmp_path):
    lc.run_districts(valley, tmp_path, by="circle", reports=())
    lc.run_districts(valley, tmp_path, by="circle", reports=(), resume=False)
    told = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))["counts"]
    assert told["done_now"] == COUNT


def test_units_are_put_together_by_a_column(valley, tmp_path):
    table = lc.run_districts(valley, tmp_path, by="district", reports=())
    assert table["name"].to_list() == ["东区", "西区"]
    homes = hamlets.homes(COUNT)
    assert table["people"].sum() == homes["people"].sum()
    coverage = pd.read_csv(tmp_path / "units" / table["folder"][0] / "coverage.csv")
    assert set(coverage["unit_id"]) == {"district:东区", "H00", "H01", "H02"}


def test_streets_lie_in_the_district_that_all_their_units_name(tmp_path):
    valley = hamlets.write(tmp_path / "v", 4)
    units = hamlets.units(4).assign(街道=["甲", "甲", "乙", "乙"], district=["东", "东", "东", ""])
    (valley.parent / "units.gpkg").unlink()
    units.to_file(valley.parent / "units.gpkg", engine="pyogrio")
    table = lc.run_districts(valley, tmp_path / "out", by="街道", reports=())
    assert table["name"].to_list() == ["甲", "乙"]
    assert table["district"].to_list() == ["东", ""]  # where a part of the second lies is not said
    assert table["level"].to_list() == ["街道", "街道"]
    told = pd.read_csv(tmp_path / "out" / "units" / table["folder"][0] / "shortfalls.csv")
    assert set(told.loc[told["level"] == "街道", "level_name"]) == {"街道"}


def test_a_column_goes_by_the_header_of_the_file_too(tmp_path):
    valley = hamlets.write(tmp_path / "v", 2)
    units = hamlets.units(2).rename(columns={"district": "所属区"})
    units["片区"] = ["甲", "乙"]
    (valley.parent / "units.gpkg").unlink()
    units.to_file(valley.parent / "units.gpkg", engine="pyogrio")
    table = lc.run_districts(valley, tmp_path / "a", by="所属区", reports=())
    assert table["name"].to_list() == ["东区", "西区"]
    assert lc.run_districts(valley, tmp_path / "b", by="片区", reports=())["name"][0] == "甲"
    with pytest.raises(InputError, match=r"columns .*所属区.*片区"):
        lc.run_districts(valley, tmp_path / "c", by="街道")


def test_a_folder_in_whose_place_a_file_stands_is_told_before_the_work(valley, tmp_path):
    (tmp_path / "units").write_text("a file")
    with pytest.raises(InputError, match="cannot be written to"):
        lc.run_districts(valley, tmp_path, by="circle")


def test_a_level_that_is_not_there_is_one_message(valley, tmp_path):
    with pytest.raises(InputError, match=r"by='street'.*levels circle.*district"):
        lc.run_districts(valley, tmp_path, by="street")


def test_hostile_names_stay_inside_the_folder(tmp_path):
    valley = hamlets.write(tmp_path / "v", len(hamlets.HOSTILE), names=hamlets.HOSTILE)
    out = tmp_path / "deep" / "out"
    table = lc.run_districts(valley, out, by="circle", reports=("report.html",))
    assert (table["status"] == "done").all()
    assert table["folder"].is_unique
    assert table["folder"].str.lower().is_unique
    assert table["name"].to_list() == [name.strip() for name in hamlets.HOSTILE]
    assert {one.name for one in (tmp_path / "deep").iterdir()} == {"out"}
    assert {one.name for one in (out / "units").iterdir()} == set(table["folder"])
    for folder in table["folder"]:
        assert len(folder.encode()) <= 140
        assert folder == Path(folder).name
        assert not set(folder) & set('<>:"/\\|?*. \t\u202e')
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page


def test_broken_geometry_among_fifty_fails_alone(tmp_path):
    valley = hamlets.write(tmp_path / "v", 4)
    few = hamlets.units(50)
    shapes = list(few.geometry)
    shapes[7] = None
    x, y = shapes[11].bounds[:2]
    bow = [(x, y), (x + 0.004, y + 0.004), (x + 0.004, y), (x, y + 0.004)]
    shapes[11] = shapely.Polygon(bow)  # half of it would be lost
    broken = few.set_geometry(gpd.GeoSeries(shapes, crs=few.crs))
    (valley.parent / "units.gpkg").unlink()
    broken.to_file(valley.parent / "units.gpkg", engine="pyogrio")
    code = main(
        [
            "batch",
            str(valley),
            "--by",
            "circle",
            "--out",
            str(tmp_path / "out"),
            "--reports",
            "none",
        ]
    )
    assert code == 4
    errors = pd.read_csv(tmp_path / "out" / "errors.csv", encoding="utf-8-sig", dtype=str)
    assert sorted(errors["unit_id"]) == ["H07", "H11"]
    assert errors["reason"].str.contains("geometry|cross|area", regex=True).all()
    table = pd.read_csv(tmp_path / "out" / "summary.csv", encoding="utf-8-sig")
    assert (table["status"].value_counts() == pd.Series({"done": 48, "failed": 2})).all()
    # hamlets without streets, shops and homes are done: nobody lives there
    assert table.loc[table["unit_id"] == "H30", "people"].to_list() == [0.0]


def test_wkt_that_was_cut_fails_alone(tmp_path):
    valley = hamlets.write(tmp_path / "v", 4)
    units = hamlets.units(4)
    table = pd.DataFrame(units.drop(columns="geometry")).assign(WKT=units.geometry.to_wkt())
    table.loc[2, "WKT"] = table.loc[2, "WKT"][:40]
    (valley.parent / "units.gpkg").unlink()
    table.to_csv(valley.parent / "units.csv", index=False)
    valley.write_text(valley.read_text("utf-8").replace("units.gpkg", "units.csv"), "utf-8")
    found = lc.run_districts(valley, tmp_path / "out", by="circle", reports=())
    assert found["status"].to_list() == ["done", "done", "done", "failed"]
    errors = pd.read_csv(tmp_path / "out" / "errors.csv", encoding="utf-8-sig", dtype=str)
    assert errors["unit_id"].to_list() == ["H02"]
    assert errors["reason"].str.contains("WKT cannot be read").all()
    assert errors[["cause", "cause_name"]].to_numpy().tolist() == [["boundary", "边界不能用"]]


def test_a_district_that_would_lack_a_circle_fails_with_it(tmp_path):
    valley = hamlets.write(tmp_path / "v", 4)
    units = hamlets.units(4)
    units.loc[1, "geometry"] = None
    (valley.parent / "units.gpkg").unlink()
    units.to_file(valley.parent / "units.gpkg", engine="pyogrio")
    table = lc.run_districts(valley, tmp_path / "out", by="district", reports=())
    row = table.set_index("name")
    assert row.loc["西区", "status"] == "done"
    assert "H01" in row.loc["东区", "reason"]
    assert set(table["level"]) == {"district", "circle"}


def test_people_outside_every_unit_are_told(valley, tmp_path):
    study = lc.read_study(valley)
    less = lc.Study(study.units.head(4), study.facilities, study.residents, study.network)
    with pytest.warns(LifecircleWarning, match="lie outside every unit"):
        lc.run_districts(less, tmp_path, by="circle", reports=())
    told = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))["warnings"]
    assert any("outside every unit" in one for one in told)
    assert "outside every unit" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_what_hangs_below_another_unit_is_put_together_with_its_name():
    units = hamlets.units(4)
    top = units.dissolve().assign(unit_id="T", name="T", level="circle", district="")
    both = gpd.GeoDataFrame(pd.concat([top, units.assign(level="community")], ignore_index=True))
    named = both.assign(parent_id=["", "T", "T", "T", "T"], street=[None, 1.0, 1.0, 2.0, 2.0])
    study = lc.Study(named, hamlets.facilities(4), hamlets.homes(4), valley_streets())
    made, _ = with_level(study, "street")
    found = {unit.name: len(unit.rows) for unit in batch_units(made.units, "street")}
    assert found == {"1": 3, "2": 3}


def test_a_run_that_is_locked_out_touches_nothing(valley, tmp_path):
    left = tmp_path / ".partial-streets-abc"
    left.mkdir()
    os.utime(left, (0, 0))
    with filelock.FileLock(tmp_path / ".lock"), pytest.raises(InputError, match="another run"):
        lc.run_districts(valley, tmp_path, by="circle")
    assert left.is_dir()


def test_a_unit_that_cannot_be_replaced_is_a_row(valley, tmp_path, monkeypatch):
    put = work.put_folder

    def open_in_word(partial, target):
        if target.name.startswith("村2-"):
            raise not_replaced from PermissionError(errno.EACCES, "Permission denied")
        put(partial, target)

    not_replaced = work.NotWrittenError("x: cannot be replaced. Close the program.")
    monkeypatch.setattr(work, "put_folder", open_in_word)
    table = lc.run_districts(valley, tmp_path, by="circle", reports=())
    assert table.set_index("name").loc["村2", "reason"].startswith("x: cannot be replaced")
    assert (table["status"] == "done").sum() == COUNT - 1


def test_a_unit_that_fails_is_a_row_and_the_others_go_on(valley, tmp_path, monkeypatch):
    evaluate = lc.evaluate

    def failing(study, **options):
        if study.units["unit_id"][0] == "H03":
            raise ValueError("no <luck> today")
        return evaluate(study, **options)

    monkeypatch.setattr(lc, "evaluate", failing)
    table = lc.run_districts(valley, tmp_path, by="circle", reports=())
    row = table.set_index("unit_id").loc["H03"]
    assert (row["status"], row["reason"]) == ("failed", "ValueError: no <luck> today")
    assert row["cause"] == "program"
    assert (table["status"] == "done").sum() == COUNT - 1
    assert "no <luck> today" in (tmp_path / "errors.csv").read_text(encoding="utf-8-sig")
    assert "Traceback" not in (tmp_path / "errors.csv").read_text(encoding="utf-8-sig")
    monkeypatch.undo()
    again = lc.run_districts(valley, tmp_path, by="circle", reports=())
    assert (again["status"] == "done").all()
    assert not (tmp_path / "errors.csv").exists()
    told = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))["counts"]
    assert told["done_now"] == 1


def test_a_full_disk_is_one_message_and_no_half_unit(valley, tmp_path, monkeypatch):
    written = []
    real = work.write_json

    def full(told, path):
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(path)
        real(told, path)

    monkeypatch.setattr(work, "write_json", full)
    with pytest.raises(InputError, match=r"disk is full.*stay done"):
        lc.run_districts(valley, tmp_path, by="circle", reports=())
    assert len(list((tmp_path / "units").iterdir())) == 2
    assert not list(tmp_path.rglob(".partial-*"))
    monkeypatch.undo()
    table = lc.run_districts(valley, tmp_path, by="circle", reports=())
    assert (table["status"] == "done").all()


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left"), RuntimeError("database or disk is full")]
)
def test_a_disk_that_is_full_for_the_overview_is_one_message(valley, tmp_path, monkeypatch, error):
    def full(*_, **__):
        raise error

    monkeypatch.setattr(districts, "put_overview", full)
    with pytest.raises(InputError, match="writing failed"):
        lc.run_districts(valley, tmp_path, by="circle", reports=())
    assert not list(tmp_path.glob(".partial*"))
    monkeypatch.undo()
    lc.run_districts(valley, tmp_path, by="circle", reports=())
    told = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))["counts"]
    assert told["done_now"] == 0


def test_results_of_another_run_are_not_taken_for_those_of_this(valley, tmp_path, monkeypatch):
    read = districts.read_done

    def old(folder):
        told = read(folder)
        if told and told["unit_id"] == "H02":
            told["whole"] = "of before"
        return told

    monkeypatch.setattr(districts, "read_done", old)
    table = lc.run_districts(valley, tmp_path, by="circle", reports=())
    row = table.set_index("unit_id").loc["H02"]
    assert (row["status"], row["cause"]) == ("failed", "files")


def test_two_runs_on_one_folder_are_one_message(valley, tmp_path):
    with filelock.FileLock(tmp_path / ".lock"):
        with pytest.raises(InputError, match="another run is writing"):
            lc.run_districts(valley, tmp_path, by="circle")
        assert {one.name for one in tmp_path.iterdir()} == {".lock"}


def test_a_folder_that_cannot_be_written_to_is_one_message(valley, tmp_path, capsys):
    (tmp_path / "out").write_text("a file")
    code = main(["batch", str(valley), "--by", "circle", "--out", str(tmp_path / "out")])
    assert code == 2
    assert "cannot be written to" in capsys.readouterr().err


def test_folders_of_units_that_are_gone_are_told_and_left(valley, tmp_path):
    lc.run_districts(valley, tmp_path, by="circle", reports=())
    files = tmp_path / "fewer"
    shutil.copytree(valley.parent, files)
    gpd.read_file(files / "units.gpkg").head(4).to_file(files / "less.gpkg", engine="pyogrio")
    text = (files / "study.toml").read_text(encoding="utf-8").replace("units.gpkg", "less.gpkg")
    (files / "study.toml").write_text(text, encoding="utf-8")
    with pytest.warns(LifecircleWarning, match="2 folders below units are of no unit"):
        lc.run_districts(files / "study.toml", tmp_path, by="circle", reports=())
    assert len(list((tmp_path / "units").iterdir())) == COUNT


def test_the_command_lists_what_it_wrote_and_quiet_says_nothing(valley, tmp_path, capsys):
    words = ["batch", str(valley), "--by", "circle", "--out", str(tmp_path), "--reports", "none"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert f"{COUNT} 个单元完成" in said
    assert str(tmp_path / "index.html") in said
    assert main([*words, "--quiet"]) == 0
    told = capsys.readouterr()
    assert told.out == ""


def test_workers_do_what_one_process_does(run, valley, tmp_path):
    out, _ = run
    lc.run_districts(valley, tmp_path / "two", by="circle", reports=(), workers=2)
    assert batched.differing(out, tmp_path / "two") == []


def test_a_bad_number_of_workers_is_one_message(valley, tmp_path):
    for wrong in (0, -1, 1.5, True):
        with pytest.raises(InputError, match="workers="):
            lc.run_districts(valley, tmp_path, workers=wrong)


def test_memory_that_is_not_there_means_fewer_workers(valley, tmp_path, monkeypatch):
    from lifecircle.batch import memory

    monkeypatch.setattr(memory, "BASE_BYTES", 10**15)
    with pytest.warns(LifecircleWarning, match=r"8 workers may need .* GB each"):
        assert memory.fitting_workers(8, memory.BASE_BYTES) == 1


def test_names_of_folders_are_safe_and_their_own():
    names = [folder_name(text) for text in ("", ".", "..", "a", "A", "NUL", "你好", "é" * 200)]
    assert len({name.lower() for name in names}) == len(names)
    assert all(len(name.encode()) < 140 and not name.startswith((".", "-")) for name in names)
    assert folder_name("same", name="x") != folder_name("other", name="x")
    assert districts.LOG == "batch.log"
    assert os.sep not in "".join(names)
