"""A batch that is killed again and again comes to what an undisturbed one comes to."""

import os
import random
import signal
import subprocess
import sys
import time

import psutil
import pytest

import batched
import hamlets
import lifecircle as lc

COUNT = 14
KILLS = 20

pytestmark = [
    pytest.mark.filterwarnings("ignore::lifecircle.errors.LifecircleWarning"),
    pytest.mark.skipif(os.name == "nt", reason="kills a group of processes"),
]


def _started(study, out):
    words = [sys.executable, "-m", "lifecircle.cli", "batch", str(study), "--by", "circle"]
    words += ["--workers", "2", "--reports", "html", "--quiet", "--out", str(out)]
    return subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )


def _done(out):
    return sorted((out / "units").glob("*/done.json")) if (out / "units").is_dir() else []


def test_twenty_kills_change_nothing(tmp_path):
    study = hamlets.write(tmp_path / "valley", COUNT)
    out, calm = tmp_path / "out", tmp_path / "calm"
    chance = random.Random(20261128)
    kept, robbed = 0, set()
    for number in range(KILLS):
        process = _started(study, out)
        # the first units are done some seconds after the start; later kills hit the overview too
        begun, patience = time.monotonic(), chance.uniform(1.0, 12.0)
        while process.poll() is None and time.monotonic() - begun < patience:
            time.sleep(0.02)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        told, _ = process.communicate()
        assert process.returncode in {0, -signal.SIGKILL}, told.decode("utf-8", "replace")
        # what is done stays done: folders that are there are whole
        assert len(_done(out)) >= kept
        for folder in (out / "units").glob("[!.]*") if (out / "units").is_dir() else ():
            assert folder.name in robbed or (folder / "done.json").is_file()
        kept = len(_done(out))
        if kept == COUNT and number < KILLS - 4:  # so that there is something to kill
            for mark in chance.sample(_done(out), 6):
                mark.unlink()
                robbed.add(mark.parent.name)
            kept = len(_done(out))
    process = _started(study, out)
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 0, told.decode("utf-8", "replace")
    lc.run_districts(study, calm, by="circle", reports=("report.html",))
    assert batched.differing(calm, out) == []
    assert not list(out.rglob(".partial-*"))


def test_workers_end_with_whoever_started_them(tmp_path):
    study = hamlets.write(tmp_path / "valley", COUNT)
    process = _started(study, tmp_path / "out")
    workers = []
    for _ in range(600):
        workers = psutil.Process(process.pid).children(recursive=True)
        if len(workers) >= 3 and _done(tmp_path / "out"):  # two, and who tracks what they share
            break
        time.sleep(0.05)
    assert len(workers) >= 3
    process.kill()
    process.communicate(timeout=60)  # they hold its pipe, too
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert alive == []
