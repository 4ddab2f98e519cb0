"""A prepared store, and a Dask cluster whose workers die."""

import json
import os
import random
import signal
import sys
import threading
import time

import numpy as np
import pandas as pd
import pytest

import batched
import hamlets
import lifecircle as lc
from lifecircle.batch.store import open_store
from lifecircle.cli import main
from lifecircle.errors import InputError, MissingPackageError

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
    assert {one.name for one in tmp_path.iterdir()} == {"letter.docx"}


def test_a_store_that_was_cut_short_or_is_older_is_one_message(store, tmp_path):
    import shutil

    broken = tmp_path / "broken"
    shutil.copytree(store, broken)
    (broken / "streets.bin").write_bytes((broken / "streets.bin").read_bytes()[:-9])
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


def test_a_planners_own_standard_walkers_and_indicators_travel_with_the_store(tmp_path):
    study = hamlets.write(
        tmp_path / "v", 2, study='walkers = ["grandma", "adult"]\ntarget_share = 0.7'
    )
    text = study.read_text(encoding="utf-8") + "[walkers.grandma]\nspeed_m_s = 0.7\n"
    study.write_text(text, encoding="utf-8")
    store = lc.prepare_store(study, tmp_path / "s")
    lc.run_districts(study, tmp_path / "one", by="circle", reports=())
    lc.run_districts(store, tmp_path / "two", by="circle", reports=())
    assert batched.differing(tmp_path / "one", tmp_path / "two") == []
    coverage = pd.read_csv(next((tmp_path / "two" / "units").glob("*/coverage.csv")))
    assert set(coverage["walker"]) == {"grandma", "adult"}
