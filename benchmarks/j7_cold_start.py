"""J7: a fresh process: the help text, an import, the sample evaluated with and without compiling.

Each engine is a command; processor time and peak memory are those of the process it started.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

import common
from common import Clock

COMMAND = str(Path(sysconfig.get_path("scripts")) / "lifecircle")
HELP = "lifecircle --help"
DEMO = "import lifecircle as lc; lc.evaluate(lc.load_demo())"
PEERS = (
    "scipy.sparse.csgraph", "geopandas", "networkx", "osmnx", "pandana", "networkit", "cityseer",
    "pyrosm", "access", "valhalla",
)  # fmt: skip


def run(command: list[str], *, compiling: bool = False) -> Any:
    def engine(case: str, clock: Clock) -> dict[str, Any]:
        del case
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
            if compiling:
                environment["NUMBA_CACHE_DIR"] = folder
            with clock.stage("run"):
                subprocess.run(command, check=True, capture_output=True, env=environment)
        clock.peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024.0
        return {}

    return engine


def python(code: str, *, compiling: bool = False) -> Any:
    return run([sys.executable, "-c", code], compiling=compiling)


ENGINES = {
    HELP: run([COMMAND, "--help"]),
    "python, nothing": python("pass"),
    "import lifecircle": python("import lifecircle"),
    "sample evaluated, kernels kept": python(DEMO),
    "sample evaluated, first run ever": python(DEMO, compiling=True),
    **{f"import {name}": python(f"import {name}") for name in PEERS},
}

if __name__ == "__main__":
    common.run_job("j7_cold_start", ENGINES, ("a-fresh-process",), rounds=5)
