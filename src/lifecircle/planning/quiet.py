"""The solver's own words kept off the screen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_solver() -> Iterator[None]:
    """Keep what HiGHS writes past Python off the standard output.

    Some of its versions write a line of their own whatever they are told (jump-dev/HiGHS.jl, issue
    312), into the midst of results that another program may be reading.

    Yields
    ------
    None

    Examples
    --------
    >>> with quiet_solver():
    ...     written = os.write(1, b"tmpSolver.run();")
    """
    try:
        kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    except OSError:  # no standard output to keep clean
        yield
        return
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
