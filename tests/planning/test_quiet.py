"""The solver's own words: kept off the screen, and the screen given back."""

import subprocess
import sys

CODE = """
import os
from lifecircle.planning.quiet import quiet_solver
print("before", flush=True)
try:
    with quiet_solver():
        os.write(1, b"tmpSolver.run();")
        raise ValueError
except ValueError:
    pass
print("after")
"""


def test_what_is_written_past_python_is_not_seen_and_the_screen_comes_back():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["before", "after"]


def test_without_a_standard_output_nothing_fails():
    code = CODE.replace('print("before", flush=True)', "os.close(1)").replace(
        'print("after")', "raise SystemExit(7)"
    )
    code = code.replace('        os.write(1, b"tmpSolver.run();")\n', "")
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == 7
