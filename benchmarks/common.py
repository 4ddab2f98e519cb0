"""What the benchmarks share: clocks, fresh processes in turn, agreement of answers, tables.

A job is a module with ``ENGINES``: name → function of (case, clock) that returns its answers as
arrays. Every measurement runs in a process of its own (``python j1_nearest.py --worker …``), the
engines take turns within a round, and what is printed are medians over the rounds.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import importlib.metadata
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("LIFECIRCLE_SHARED", HERE.parent.parent / "shared"))
WORK = Path(os.environ.get("LIFECIRCLE_BENCH", Path(tempfile.gettempdir()) / "lifecircle-bench"))
RESULTS = WORK / "results"
OURS = "lifecircle"
TIMEOUT_S = 1800

# Everywhere: 1,250 m in 15 minutes, the limit that the peers are given in metres.
LIMIT_M, LIMIT_MIN, SNAP_M = 1250.0, 15.0, 100.0
SPEED_M_S = LIMIT_M / (LIMIT_MIN * 60.0)


class Clock:
    """Processor time (all threads, and processes it waited for), wall time and peak memory."""

    def __init__(self) -> None:
        self.stages: dict[str, dict[str, float]] = {}
        self.before_mb = self.peak_mb = peak_mb()

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add what happens inside to a stage."""
        processor, wall = processor_s(), time.perf_counter()
        try:
            yield
        finally:
            self.add(name, processor_s() - processor, time.perf_counter() - wall)
            self.peak_mb = peak_mb()  # what comes after the last stage is ours, not the engine's

    def add(self, name: str, processor: float, wall: float) -> None:
        """Add seconds to a stage."""
        row = self.stages.setdefault(name, {"processor_s": 0.0, "wall_s": 0.0})
        row["processor_s"] += processor
        row["wall_s"] += wall

    @contextlib.contextmanager
    def parts(self, names: dict[str, tuple[str, ...]]) -> Iterator[None]:
        """Time calls of functions as stages of their own: stage → ``module:function`` names."""
        put_back = []
        for stage, targets in names.items():
            for target in targets:
                module_name, _, name = target.partition(":")
                module = importlib.import_module(module_name)
                original = getattr(module, name)
                put_back.append((module, name, original))
                setattr(module, name, self._timed(stage, original))
        try:
            yield
        finally:
            for module, name, original in reversed(put_back):
                setattr(module, name, original)

    def _timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.stage(stage):
                return function(*args, **kwargs)

        return timed

    def split(self, whole: str, rest: str, parts: Iterable[str]) -> None:
        """Replace a stage by what is left of it when stages timed within it are taken off."""
        total = self.stages.pop(whole)
        inner = [self.stages[name] for name in parts if name in self.stages]
        self.add(
            rest,
            total["processor_s"] - sum(row["processor_s"] for row in inner),
            total["wall_s"] - sum(row["wall_s"] for row in inner),
        )


def processor_s() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def peak_mb() -> float:
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count the process that started this one, too
        marks = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        if marks:
            return int(marks[0].split()[1]) / 1024.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024.0**2 if sys.platform == "darwin" else 1024.0)


def walker() -> Any:
    import lifecircle as lc

    return lc.Walker("benchmark", SPEED_M_S, source="1,250 m in 15 minutes")


def run_job(
    job: str,
    engines: dict[str, Callable[[str, Clock], dict[str, Any]]],
    cases: Iterable[str],
    *,
    rounds: int = 3,
    prepare: Callable[[str], Any] | None = None,
    once: Iterable[str] = (),
    script: str | None = None,
) -> list[dict[str, Any]]:
    """Be the worker, or run all engines on all cases in turn and write down what they took.

    Engines named in ``once`` run in the first round only. ``script`` names the file where it is
    not named as the job.
    """
    parser = argparse.ArgumentParser(description=job)
    parser.add_argument("--job", default=job)
    parser.add_argument("--worker")
    parser.add_argument("--case")
    parser.add_argument("--out")
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--cases", nargs="*", default=list(cases))
    parser.add_argument("--engines", nargs="*", default=list(engines))
    options = parser.parse_args()
    cases = list(cases)
    if options.job != job:
        return []
    if options.worker:
        work(engines[options.worker], options.case, options.out)
        return []
    RESULTS.mkdir(parents=True, exist_ok=True)
    rows = []
    for case in options.cases:
        if case not in cases:
            continue
        if prepare is not None:
            prepare(case)
        found: dict[str, list[dict[str, Any]]] = {
            name: [] for name in options.engines if name in engines
        }
        for round_ in range(options.rounds):
            for name, runs in found.items():
                failed = runs and "failed" in runs[0]
                if failed or (round_ and name in once):
                    continue
                print(
                    f"  {job} · {case} · round {round_ + 1} · {name}", file=sys.stderr, flush=True
                )
                runs.append(fresh_process(job, name, case, script or job))
        rows += [summary(job, case, name, runs) for name, runs in found.items()]
    compare(rows)
    for row in rows:
        Path(row.pop("answers", "")).unlink(missing_ok=True) if row.get("answers") else None
    save(job, rows)
    print(table(rows))
    return rows


def work(engine: Callable[[str, Clock], dict[str, Any]], case: str, out: str) -> None:
    """In the fresh process: run one engine once, and leave answers and figures behind."""
    warnings.simplefilter("ignore")
    clock = Clock()
    answers = engine(case, clock)
    facts = answers.pop("facts", {})
    np.savez(out, **answers)
    figures = {
        "stages": clock.stages,
        "peak_mb": clock.peak_mb,
        "before_mb": clock.before_mb,
        "facts": facts,
    }
    print("FIGURES " + json.dumps(figures), flush=True)


def fresh_process(job: str, engine: str, case: str, script: str) -> dict[str, Any]:
    out = RESULTS / f"{job}-{case}-{engine.replace(' ', '_').replace('/', '_')}.npz"
    command = [
        sys.executable, str(HERE / f"{script}.py"), "--job", job, "--worker", engine,
        "--case", case, "--out", str(out),
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False, cwd=HERE
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"no answer within {TIMEOUT_S} s"}
    lines = [line for line in done.stdout.splitlines() if line.startswith("FIGURES ")]
    if done.returncode or not lines:
        last = [line for line in done.stderr.splitlines() if line.strip()][-1:] or ["no message"]
        print(done.stderr[-2000:], file=sys.stderr)
        return {"failed": last[0][:160]}
    return {**json.loads(lines[-1].removeprefix("FIGURES ")), "answers": str(out)}


def summary(job: str, case: str, engine: str, runs: list[dict[str, Any]]) -> dict[str, Any]:
    good = [run for run in runs if "failed" not in run]
    row: dict[str, Any] = {"job": job, "case": case, "engine": engine, "runs": len(good)}
    if not good:
        return {**row, "failed": runs[0]["failed"] if runs else "not run"}
    for name in good[0]["stages"]:
        for key in ("processor_s", "wall_s"):
            values = [run["stages"][name][key] for run in good]
            row.setdefault(name, {})[key] = float(np.median(values))
            row[name][f"{key}_range"] = [min(values), max(values)]
    for key in ("processor_s", "wall_s"):
        totals = [sum(stage[key] for stage in run["stages"].values()) for run in good]
        row[key] = float(np.median(totals))
        row[f"{key}_range"] = [min(totals), max(totals)]
    row["stages"] = list(good[0]["stages"])
    row["peak_mb"] = float(np.median([run["peak_mb"] for run in good]))
    row["before_mb"] = float(np.median([run["before_mb"] for run in good]))
    facts: dict[str, Any] = {}
    for name, value in good[0]["facts"].items():
        numbers = [run["facts"][name] for run in good]
        facts[name] = float(np.median(numbers)) if isinstance(value, float) else value
    row["facts"] = facts
    row["answers"] = good[-1]["answers"]
    return row


def compare(rows: list[dict[str, Any]]) -> None:
    """How far each engine's answers are from ours."""
    ours = {row["case"]: row for row in rows if row["engine"] == OURS and "answers" in row}
    for row in rows:
        base = ours.get(row["case"])
        if base is None or "answers" not in row or row is base:
            continue
        with np.load(base["answers"]) as one, np.load(row["answers"]) as two:
            row["agreement"] = {
                name: agreement(name, one[name], two[name])
                for name in two.files
                if name in one.files and one[name].shape == two[name].shape
            }


def agreement(name: str, ours: Any, theirs: Any) -> dict[str, float]:
    """Figures of difference between two tables of the same cells; NaN means not reached."""
    if name.startswith("minutes"):
        here, there = np.isfinite(ours), np.isfinite(theirs)
        both, either = here & there, here | there
        apart_s = np.abs(ours[both].astype(float) - theirs[both].astype(float)) * 60.0
        return {
            "cells": int(either.sum()),
            "flipped_share": float((here ^ there).sum() / max(either.sum(), 1)),
            "median_s": float(np.median(apart_s)) if both.any() else 0.0,
            "p95_s": float(np.percentile(apart_s, 95)) if both.any() else 0.0,
            "max_s": float(apart_s.max()) if both.any() else 0.0,
        }
    if name.startswith("count"):
        either = (ours > 0) | (theirs > 0)
        return {
            "cells": int(either.sum()),
            "differing_share": float((ours != theirs)[either].mean()) if either.any() else 0.0,
            "flipped_share": float(((ours > 0) != (theirs > 0))[either].mean()),
        }
    apart = np.abs(np.asarray(ours, dtype=float) - np.asarray(theirs, dtype=float))
    scale = max(float(np.nanmax(np.abs(ours))), 1e-300)
    return {
        "max_difference": float(np.nanmax(apart)),
        "max_relative": float(np.nanmax(apart)) / scale,
        "known_differs": int((np.isnan(ours) != np.isnan(theirs)).sum()),
    }


def save(job: str, rows: list[dict[str, Any]]) -> None:
    """Keep the rows of a job; rows of other cases measured before stay."""
    path = RESULTS / f"{job}.json"
    fresh = {(row["case"], row["engine"]) for row in rows}
    kept = [row for row in load(job) if (row["case"], row["engine"]) not in fresh]
    path.write_text(json.dumps(kept + rows, indent=1), encoding="utf-8")


def load(job: str) -> list[dict[str, Any]]:
    path = RESULTS / f"{job}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def table(rows: list[dict[str, Any]]) -> str:
    """Rows of a job as tables in Markdown, one per case."""
    parts = []
    for case in dict.fromkeys(row["case"] for row in rows):
        here = [row for row in rows if row["case"] == case]
        ours = next((row for row in here if row["engine"] == OURS and "failed" not in row), None)
        lines = [
            f"**{case}**",
            "",
            "| engine | processor s | × ours | wall s | peak MB | stages, processor s | answers |",
            "|---|---:|---:|---:|---:|---|---|",
        ]
        for row in here:
            if "failed" in row:
                lines.append(f"| {row['engine']} | – | | | | {row['failed']} | |")
                continue
            like = ours and not row["facts"].get("another question")
            ratio = f"{row['processor_s'] / ours['processor_s']:.1f}" if like else ""
            stages = " · ".join(f"{n} {figure(row[n]['processor_s'])}" for n in row["stages"])
            low, high = row["processor_s_range"]
            spread = f" ({figure(low)}–{figure(high)})" if row["runs"] > 1 else " (one run)"
            lines.append(
                f"| {row['engine']} | {figure(row['processor_s'])}{spread} | {ratio} | "
                f"{figure(row['wall_s'])} | {row['peak_mb']:,.0f} | {stages} | {told(row)} |"
            )
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def told(row: dict[str, Any]) -> str:
    """Answers of a row in words."""
    texts = []
    for name, found in row.get("agreement", {}).items():
        if "median_s" in found:
            texts.append(
                f"{name}: reached or not differs in {found['flipped_share']:.2%} of cells; apart "
                f"by {found['median_s']:.3g} s (median), {found['p95_s']:.3g} s (95th), "
                f"{found['max_s']:.2g} s (most)"
            )
        elif "differing_share" in found:
            texts.append(
                f"{name}: {found['differing_share']:.2%} of cells differ, reached or not in "
                f"{found['flipped_share']:.2%}"
            )
        else:
            texts.append(f"{name}: apart by {found['max_relative']:.1e} of the largest at most")
    texts += [
        f"{name} {figure(value) if isinstance(value, float) else value}"
        for name, value in row.get("facts", {}).items()
        if name != "another question"
    ]
    return "; ".join(texts)


def figure(value: float) -> str:
    """Number with three digits that count."""
    if abs(value) >= 100 or value == 0:
        return f"{value:,.0f}"
    if 0 < abs(value) < 0.0005:
        return f"{value:.0e}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def machine() -> str:
    """Machine in a line: cores, memory, processor, system."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return (
        f"{os.cpu_count()} cores, {memory_gb:.0f} GB, {model}, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )


def versions(names: Iterable[str]) -> str:
    """Installed versions of packages; those absent are named so."""
    found = []
    for name in names:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{name} not installed")
    return ", ".join(found)
