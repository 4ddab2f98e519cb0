"""A prepared store, and a Dask cluster whose workers die."""

import dataclasses
import json
import os
import random
import shutil
import signal
import sys
import threading
import time
from contextlib import nullcontext

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import batched
import hamlets
import lifecircle as lc
from lifecircle.batch import districts
from lifecircle.batch.store import open_store
from lifecircle.cli import main
from lifecircle.errors import InputError, MissingPackageError
from lifecircle.standards.indicators import find_indicators

COUNT = 8

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def valley(tmp_path_factory):
    return hamlets.write(tmp_path_factory.mktemp("valley"), COUNT)


@pytest.fixture(scope="module")
def store(valley, tmp_path_factory):
    return lc.prepare_store(valley, tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def calm(valley, tmp_path_factory):
    out = tmp_path_factory.mktemp("calm")
    lc.run_districts(valley, out, by="circle", reports=("report.xlsx",))
    return out


@pytest.fixture
def cluster():
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as running:
        yield running


def test_a_store_gives_what_the_study_gives(store, calm, tmp_path):
    lc.run_districts(store, tmp_path, by="circle", reports=("report.xlsx",))
    assert batched.differing(calm, tmp_path) == []


def test_a_store_of_the_sample_gives_what_the_sample_gives(tmp_path):
    study = lc.load_demo()
    store = lc.prepare_store(study, tmp_path / "store")
    lc.run_districts(study, tmp_path / "one", by="community", reports=("report.html",))
    lc.run_districts(store, tmp_path / "two", by="community", reports=("report.html",), workers=2)
    assert batched.differing(tmp_path / "one", tmp_path / "two") == []


def test_a_part_is_read_without_the_rest(store, monkeypatch):
    import pyarrow.parquet as pq

    read = []
    groups = pq.ParquetFile.read_row_groups

    def counted(self, numbers, **options):
        read.append((len(numbers), self.metadata.num_row_groups))
        return groups(self, numbers, **options)

    monkeypatch.setattr(pq.ParquetFile, "read_row_groups", counted)
    parts = open_store(store).parts
    parts.data([0], "first")
    assert isinstance(parts.flat.arrays["edge_points_m"].base, np.ndarray)
    assert read


def test_a_cluster_gives_what_one_process_gives(valley, calm, cluster, tmp_path):
    table = lc.run_districts(
        valley, tmp_path, by="circle", scheduler=cluster.scheduler_address,
        reports=("report.xlsx",),
    )  # fmt: skip
    assert (table["status"] == "done").all()
    assert batched.differing(calm, tmp_path) == []
    assert (tmp_path / "store" / "store.json").is_file()


def test_workers_keep_no_profiles_that_grow(cluster):
    from distributed import Client

    from lifecircle.batch.pool import cluster as reached

    def callbacks(dask_worker):
        return {name for name, one in dask_worker.periodic_callbacks.items() if one.is_running()}

    with reached(cluster.scheduler_address), Client(cluster.scheduler_address) as client:
        found = client.run(callbacks)
        assert len(found) == 2
        assert all("heartbeat" in names and "profile" not in names for names in found.values())


def test_a_cluster_that_lives_on_reads_the_store_that_was_written_again(valley, cluster, tmp_path):
    for _ in range(2):  # the second time workers know a store that is no more
        table = lc.run_districts(
            valley, tmp_path, by="circle", scheduler=cluster.scheduler_address, reports=(),
            resume=False,
        )  # fmt: skip
        assert (table["status"] == "done").all(), table["reason"].to_list()


def test_workers_that_do_not_see_the_folder_are_one_message(store, cluster, tmp_path, monkeypatch):
    real = districts.Job

    def elsewhere(unit_id, name, folder, rows, _out, *more):
        return real(unit_id, name, folder, rows, str(tmp_path / "nowhere"), *more)

    monkeypatch.setattr(districts, "Job", elsewhere)
    with pytest.raises(InputError, match="does not see this folder"):
        lc.run_districts(
            store, tmp_path / "out", by="circle", scheduler=cluster.scheduler_address, reports=()
        )
    assert not (tmp_path / "nowhere").exists()


def test_a_store_that_workers_do_not_see_is_one_message(store, cluster, tmp_path, monkeypatch):
    real = districts.Job

    def elsewhere(*words):
        return dataclasses.replace(real(*words), source=str(tmp_path / "nowhere"))

    monkeypatch.setattr(districts, "Job", elsewhere)
    with pytest.raises(InputError, match="see the store under the same path"):
        lc.run_districts(
            store, tmp_path / "out", by="circle", scheduler=cluster.scheduler_address, reports=()
        )


def test_a_column_of_text_and_flags_is_prepared(tmp_path):
    study = hamlets.write(tmp_path / "v", 2)
    places = gpd.read_file(tmp_path / "v" / "places.gpkg")
    flags = pd.Series([True, "否"] * len(places), dtype=object)[: len(places)]
    table = pd.DataFrame(places.drop(columns="geometry")).assign(
        lon=places.geometry.x, lat=places.geometry.y, 营业=flags
    )
    table.to_excel(tmp_path / "v" / "places.xlsx", index=False)
    study.write_text(study.read_text("utf-8").replace("places.gpkg", "places.xlsx"), "utf-8")
    assert {type(one) for one in lc.read_study(study).facilities["营业"]} == {bool, str}
    lc.prepare_store(study, tmp_path / "s")
    found = lc.run_districts(tmp_path / "s", tmp_path / "out", by="circle", reports=())
    assert (found["status"] == "done").all()


def test_a_store_goes_by_the_header_that_it_was_prepared_by(tmp_path):
    study = hamlets.write(tmp_path / "v", 2)
    units = hamlets.units(2).rename(columns={"district": "所属区"})
    (tmp_path / "v" / "units.gpkg").unlink()
    units.to_file(tmp_path / "v" / "units.gpkg", engine="pyogrio")
    store = lc.prepare_store(study, tmp_path / "s", by="所属区")
    table = lc.run_districts(store, tmp_path / "out", by="所属区", reports=())
    assert table["name"].to_list() == ["东区", "西区"]


@pytest.mark.skipif(os.name == "nt", reason="kills a process")
def test_five_workers_die_and_nothing_changes(store, calm, cluster, tmp_path):
    chance, killed = random.Random(5), []
    over = threading.Event()

    def kill():
        time.sleep(chance.uniform(3.0, 5.0))
        while len(killed) < 5 and not over.is_set():
            living = [one.process.pid for one in cluster.workers.values() if one.process]
            living = [pid for pid in living if pid and pid not in killed]
            if living:
                killed.append(chance.choice(living))
                os.kill(killed[-1], signal.SIGKILL)
            time.sleep(chance.uniform(0.5, 2.5))

    killer = threading.Thread(target=kill)
    killer.start()
    reports = ("report.xlsx",)
    try:
        for _ in range(4):  # until five have died: what is done stays done
            table = lc.run_districts(
                store, tmp_path, by="circle", scheduler=cluster.scheduler_address, reports=reports
            )
            if len(killed) >= 5:
                break
            for mark in (tmp_path / "units").glob("*/done.json"):
                mark.unlink()
    finally:
        over.set()
        killer.join()
    assert len(killed) == 5
    table = lc.run_districts(store, tmp_path, by="circle", reports=reports)
    assert (table["status"] == "done").all()
    assert batched.differing(calm, tmp_path) == []


def test_the_command_prepares_and_runs(valley, tmp_path, capsys):
    assert main(["prepare", str(valley), "--out", str(tmp_path / "s")]) == 0
    assert "MB" in capsys.readouterr().out
    words = ["batch", str(tmp_path / "s"), "--by", "circle", "--reports", "none", "--quiet"]
    assert main([*words, "--out", str(tmp_path / "o")]) == 0
    table = pd.read_csv(tmp_path / "o" / "summary.csv", encoding="utf-8-sig")
    assert len(table) == COUNT


def test_a_store_is_put_into_no_folder_of_other_files(valley, tmp_path):
    (tmp_path / "letter.docx").write_text("dear")
    with pytest.raises(InputError, match=r"other files in this folder \(letter.docx"):
        lc.prepare_store(valley, tmp_path)
    assert {one.name for one in tmp_path.iterdir()} - {".lock"} == {"letter.docx"}


def test_a_store_that_was_cut_short_or_is_older_is_one_message(store, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(store, broken)
    (streets,) = broken.glob("data-*/streets.bin")
    streets.write_bytes(streets.read_bytes()[:-9])
    with pytest.raises(InputError, match="cut short"):
        lc.run_districts(broken, tmp_path / "o", by="circle")
    told = json.loads((store / "store.json").read_text(encoding="utf-8"))
    (broken / "store.json").write_text(json.dumps({**told, "lifecircle": "0.0.1"}))
    with pytest.raises(InputError, match=r"another version \(0.0.1\)"):
        lc.run_districts(broken, tmp_path / "o", by="circle")
    (broken / "store.json").write_text("{")
    with pytest.raises(InputError):
        lc.run_districts(broken, tmp_path / "o", by="circle")


def test_a_scheduler_that_is_not_there_is_one_message(store, tmp_path, monkeypatch):
    from lifecircle.batch import pool

    monkeypatch.setattr(pool, "_CONNECT_S", 1)
    for address in ("127.0.0.1", "tcp://127.0.0.1:9"):
        with pytest.raises(InputError, match="scheduler="):
            lc.run_districts(store, tmp_path, by="circle", scheduler=address)


def test_without_the_extra_the_message_names_it(store, valley, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingPackageError, match=r"lifecircle\[cluster\]"):
        lc.run_districts(store, tmp_path, by="circle", scheduler="tcp://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingPackageError, match=r"lifecircle\[cluster\]"):
        lc.prepare_store(valley, tmp_path / "s")


def _with_own_tables(folder):
    """A valley with a planner's own standard, indicators, walker and records."""
    from lifecircle.standards.standard import find_standard

    table = find_standard("GB50180-2018").table
    written = table[table["item_id"].isin(["kindergarten", "food_market", "park", "clinic"])]
    study = hamlets.write(
        folder, 2,
        study='walkers = ["grandma", "adult"]\ntarget_share = 0.7\nstandard = "ours.csv"\n'
        'indicators = "signs.csv"',
    )  # fmt: skip
    written.to_csv(folder / "ours.csv", index=False, encoding="utf-8-sig")
    signs = find_indicators("rhyme-15").table
    signs.to_csv(folder / "signs.csv", index=False, encoding="utf-8-sig")
    more = '[walkers.grandma]\nspeed_m_s = 0.7\n[records]\npath = "kept.csv"\n'
    study.write_text(study.read_text(encoding="utf-8") + more, encoding="utf-8")
    (folder / "kept.csv").write_text("unit_id,record,value\nH00,lifts,3\n村1,lifts,4\n")
    return study


def test_a_planners_own_tables_travel_with_the_store(tmp_path):
    study = _with_own_tables(tmp_path / "v")
    store = lc.prepare_store(study, tmp_path / "s")
    lc.run_districts(study, tmp_path / "one", by="circle", reports=("report.html",))
    shutil.rmtree(tmp_path / "v")  # the store has all
    lc.run_districts(store, tmp_path / "two", by="circle", reports=("report.html",))
    assert batched.differing(tmp_path / "one", tmp_path / "two") == []
    folder = next((tmp_path / "two" / "units").iterdir())
    coverage = pd.read_csv(folder / "coverage.csv", encoding="utf-8-sig")
    assert set(coverage["walker"]) == {"grandma", "adult"}
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert "ours" in told["parameters"]["standard"]
    again = lc.run_districts(store, tmp_path / "two", by="circle", reports=("report.html",))
    assert (again["status"] == "done").all()
    counts = json.loads((tmp_path / "two" / "manifest.json").read_text(encoding="utf-8"))["counts"]
    assert counts["done_now"] == 0


def test_changed_indicators_and_records_are_done_again(tmp_path):
    study = _with_own_tables(tmp_path / "v")
    out = tmp_path / "out"
    lc.run_districts(study, out, by="circle", reports=())
    for name, old, new in (
        ("kept.csv", "H00,lifts,3", "H00,lifts,5"),
        ("signs.csv", "minutes=15", "minutes=5"),
    ):
        path = tmp_path / "v" / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        lc.run_districts(study, out, by="circle", reports=())
        counts = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["counts"]
        assert counts["done_now"] == {"kept.csv": 1, "signs.csv": 2}[name]


def test_a_store_that_is_prepared_again_is_read_again(valley, tmp_path):
    files = tmp_path / "v"
    shutil.copytree(valley.parent, files)
    store = lc.prepare_store(files / "study.toml", tmp_path / "s")
    lc.run_districts(store, tmp_path / "one", by="circle", reports=())
    places = gpd.read_file(files / "places.gpkg").iloc[::-1]
    places.drop(columns="name").to_file(files / "places.gpkg", engine="pyogrio")
    lc.prepare_store(files / "study.toml", store)
    assert len(list(store.glob("data-*"))) == 1
    lc.run_districts(store, tmp_path / "two", by="circle", reports=())
    lc.run_districts(files / "study.toml", tmp_path / "three", by="circle", reports=())
    assert batched.differing(tmp_path / "two", tmp_path / "three") == []
    assert batched.differing(tmp_path / "one", tmp_path / "two")


def test_a_store_cut_off_while_it_was_written_is_written_again(valley, tmp_path, monkeypatch):
    from lifecircle.batch import store as stores

    lc.prepare_store(valley, tmp_path)
    before = (tmp_path / "store.json").read_bytes()
    monkeypatch.setattr(stores, "write_file", lambda *_: (_ for _ in ()).throw(OSError(5, "gone")))
    with pytest.raises(InputError, match="gone"):
        lc.prepare_store(valley, tmp_path)
    monkeypatch.undo()
    assert (tmp_path / "store.json").read_bytes() == before  # the store of before still stands
    open_store(tmp_path).parts.data([0], "first")
    lc.prepare_store(valley, tmp_path)
    assert len(list(tmp_path.glob("data-*"))) == 1


def test_a_scheduler_that_goes_away_is_one_message():
    from concurrent.futures import Executor, Future

    from lifecircle.batch.pool import outcomes
    from lifecircle.batch.work import Job

    class Gone(Executor):
        def submit(self, *_words, **_more):
            future = Future()
            future.cancel()
            future.set_running_or_notify_cancel()
            return future

    job = Job("a", "a", "a", (0,), ".", "", None, (), "")
    with pytest.raises(InputError, match="went away"):
        list(outcomes([job], lambda: nullcontext(Gone()), 1, lambda one: one))
