"""The house stands as it was drawn: one-way layers, short files, short functions."""

import ast
import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "src" / "lifecircle").rglob("*.py"))
NAMES = [str(path.relative_to(ROOT / "src")) for path in SOURCES]
KERNELS = {
    "network/search.py": {
        "reach",
        "spread_from",
        "node_seconds_nearby",
        "point_seconds",
        "_spread",
        "_seed",
        "_start",
    },
    "network/buckets.py": {"node_seconds"},
    "network/hits.py": {"snap_within_walls", "wall_hits", "_meeting"},
    "network/lowering.py": {"lower", "homes_nearer"},
    "network/pairs.py": {"place_pairs"},
    "network/lattice.py": {"surface", "outline", "_trace"},
    "network/grid.py": {"snap_points", "_fill_grid"},
}
# others call these with what they like, or they hand on what another library takes
OVERRIDES = {
    "outputs/page.py": {"render"},
    "batch/pool.py": {"submit"},
    "tables/progress.py": {"tqdm"},
}
MOST_LINES = 500
MOST_CODE_LINES = 60
MOST_PARAMETERS = 7


def functions(path):
    """Every function of a file, but for kernels (loops over many arrays) and overrides."""
    place = path.relative_to(ROOT / "src" / "lifecircle").as_posix()
    exempt = KERNELS.get(place, set()) | OVERRIDES.get(place, set())
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name not in exempt:
            yield node


def code_lines(function):
    """Lines that hold code: no docstring, no comments, no blanks, no signature."""
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    lines = set()
    for statement in body:
        for node in ast.walk(statement):
            if hasattr(node, "lineno"):
                lines.update(range(node.lineno, node.end_lineno + 1))
    return len(lines)


def test_there_is_a_house():
    assert len(SOURCES) > 15


def test_rooms_are_in_one_way_layers():
    command = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert command, "import-linter is not installed beside this Python"
    done = subprocess.run(
        [command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_a_file_is_not_too_long(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_a_function_is_not_too_long(path):
    long = {f.name: code_lines(f) for f in functions(path) if code_lines(f) > MOST_CODE_LINES}
    assert long == {}


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_a_function_takes_few_parameters_and_names_them_all(path):
    many = {}
    for function in functions(path):
        taken = function.args
        listed = [
            argument.arg
            for argument in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs)
            if argument.arg not in {"self", "cls"}
        ]
        is_command = path.parent.name == "cli"  # an option each
        if taken.kwarg or (len(listed) > MOST_PARAMETERS and not is_command):
            many[function.name] = listed
    assert many == {}


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_nothing_is_printed_asserted_or_raised_bare(path):
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assert):
            found.append(f"assert in line {node.lineno}")
        name = getattr(getattr(node, "func", None), "id", None)
        if name == "print" and path.parent.name != "cli":
            found.append(f"print in line {node.lineno}")
        if isinstance(node, ast.Raise):
            raised = getattr(node.exc, "func", node.exc)
            if getattr(raised, "id", None) in {"Exception", "BaseException"}:
                found.append(f"bare Exception in line {node.lineno}")
    assert found == []


def test_tests_cannot_reach_another_machine():
    with socket.socket() as outwards, pytest.raises(RuntimeError, match="tried to connect"):
        outwards.connect(("192.0.2.1", 80))
    with pytest.raises(RuntimeError, match="asked for the address"):
        socket.create_connection(("overpass-api.de", 443), timeout=1)


def test_kernels_named_here_are_still_there():
    for file, names in KERNELS.items():
        tree = ast.parse((ROOT / "src" / "lifecircle" / file).read_text(encoding="utf-8"))
        defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert names <= defined, file


def imported(statement):
    """Modules that a fresh Python holds after a statement, and how long that took."""
    code = (
        f"import sys, time, json; begin = time.perf_counter(); {statement}; "
        "print(json.dumps([time.perf_counter() - begin, sorted(sys.modules)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    seconds, modules = json.loads(done.stdout)
    return seconds, {name.split(".")[0] for name in modules}


def test_importing_lifecircle_brings_nothing_heavy():
    seconds, modules = imported("import lifecircle")
    heavy = {"numpy", "pandas", "geopandas", "shapely", "numba", "osmnx", "osmium", "folium"}
    assert modules & (heavy | {"matplotlib", "networkx", "scipy", "jinja2"}) == set()
    # a busy machine is given more than one chance
    for _ in range(4):
        if seconds < 0.3:
            break
        time.sleep(0.5)
        seconds, _ = imported("import lifecircle")
    assert seconds < 0.3


def test_walking_brings_neither_drawing_nor_the_web():
    _, modules = imported("import lifecircle; lifecircle.travel_times, lifecircle.coverage")
    assert "numba" in modules
    assert modules & {"folium", "branca", "matplotlib", "osmnx", "osmium", "jinja2"} == set()


def test_nothing_is_written_to_the_screen_by_importing_everything():
    done = subprocess.run(
        [sys.executable, "-c", "import lifecircle as lc; [getattr(lc, n) for n in lc.__all__]"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
