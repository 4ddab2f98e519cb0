"""How much memory a worker needs, told before it starts."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import psutil

from lifecircle.assessment.parts import StudyParts
from lifecircle.batch.units import BatchUnit
from lifecircle.errors import LifecircleWarning
from lifecircle.network.parts import touches
from lifecircle.network.walking import PAIR_BYTES

# Measured: a process with everything imported and compiled, and what a part of a size adds.
BASE_BYTES = 500_000_000
_PLACE_BYTES = 20_000
_LEFT_FREE = 0.9
_LOOKED_AT = 50  # units with most homes


def worker_bytes(parts: StudyParts, units: Sequence[BatchUnit]) -> int:
    """Most memory that a worker needs for any of some units.

    Parameters
    ----------
    parts
        The study, ready to be cut.
    units
        The units.

    Returns
    -------
    int
        Bytes: of its tables of minutes, layers and pages, and of the program itself.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> from lifecircle.assessment.parts import parts_of
    >>> study = load_demo()
    >>> alone = [BatchUnit("YH-SZT-01", "砂子塘", "a", (0,))]
    >>> worker_bytes(parts_of(study), alone) > BASE_BYTES
    True
    """
    largest = sorted(units, key=lambda unit: -cost(parts, unit))[:_LOOKED_AT]
    return max((_unit_bytes(parts, unit) for unit in largest), default=BASE_BYTES)


def cost(parts: StudyParts, unit: BatchUnit) -> int:
    """How large a unit is beside others: the largest are done first.

    Parameters
    ----------
    parts
        The study, ready to be cut.
    unit
        The unit.

    Returns
    -------
    int
        People's places in it and its parts.
    """
    first = parts.index.home_first
    return int(sum(int(first[row + 1] - first[row]) for row in unit.rows))


def _unit_bytes(parts: StudyParts, unit: BatchUnit) -> int:
    index, rows = parts.index, np.array(unit.rows)
    bounds = index.unit_bounds_m[rows]
    west, south = bounds[:, :2].min(axis=0) - index.halo_m
    east, north = bounds[:, 2:].max(axis=0) + index.halo_m
    near = touches(np.asarray(index.facility_bounds_m), (west, south, east, north))
    homes, facilities = cost(parts, unit), int(near.sum())
    area_m2 = max((east - west) * (north - south), 1.0)
    # from the middle of a large unit not all of its facilities can be walked to
    reached = min(1.0, np.pi * index.reach_m**2 / area_m2)
    pairs = homes * facilities * reached * PAIR_BYTES * 3  # one table for each pace
    return int(BASE_BYTES + pairs + _PLACE_BYTES * (homes + facilities))


def fitting_workers(workers: int, each_bytes: int) -> int:
    """As many workers as fit into the memory that is free, at least one.

    Parameters
    ----------
    workers
        How many are asked for.
    each_bytes
        What one needs.

    Returns
    -------
    int
        Fewer than asked for with a warning.

    Examples
    --------
    >>> fitting_workers(2, 1)
    2
    """
    free = psutil.virtual_memory().available * _LEFT_FREE
    fit = max(1, int(free // each_bytes))
    if fit >= workers:
        return workers
    warnings.warn(
        f"memory: {workers} workers may need {each_bytes / 1e9:,.1f} GB each, and "
        f"{free / 1e9:,.1f} GB are free. {fit} will work.",
        LifecircleWarning,
        stacklevel=3,
    )
    return fit
