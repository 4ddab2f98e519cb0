"""One unit from its part of the study to its folder: what a worker does, wherever it runs."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
import traceback
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

import lifecircle as lc
from lifecircle.assessment.digest import unit_digest
from lifecircle.assessment.health_check import HealthCheck
from lifecircle.assessment.parts import PartData, StudyParts
from lifecircle.batch.fingerprints import print_of_part
from lifecircle.batch.folders import DONE as DONE_FILE
from lifecircle.batch.folders import (
    UNITS,
    done_text,
    is_of_the_disk,
    mark_done,
    put_folder,
    read_done,
    sync,
)
from lifecircle.batch.store import open_store
from lifecircle.errors import InputError, LifecircleError, MissingPackageError
from lifecircle.network.flat import FlatNetwork
from lifecircle.outputs.reporting.material import material
from lifecircle.outputs.reports import put_reports
from lifecircle.outputs.results import manifest_of, put_evaluation
from lifecircle.outputs.whole_files import (
    PARTIAL,
    NotWrittenError,
    not_written,
    write_file,
    write_json,
)
from lifecircle.tables.progress import silent

# What keeps every unit from being written, not this one alone.
_HOPELESS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}
DONE, SAME, FAILED, STOP, MISSING = "done", "same", "failed", "stop", "missing"

# What the processes of this machine share: streets and settings, by the name of the run.
_HERE: dict[str, tuple[FlatNetwork, Mapping[str, Any]]] = {}
_STORES: dict[tuple[str, str], StudyParts] = {}


@dataclass(frozen=True)
class Job:
    """One unit that is to be done.

    Parameters
    ----------
    unit_id, name, folder
        Of the unit.
    rows
        Positions of its units in the study.
    out
        Folder of the batch.
    source
        Name of what this machine's processes share, or path of a prepared store.
    data
        Its part of the tables; ``None``: read it from the store.
    reports
        Which reports are written.
    whole
        Fingerprint of the run.
    done
        Fingerprint of what stands in its folder, ``""`` if nothing does.
    stored
        State of the store that is to be read, ``""`` without.
    """

    unit_id: str
    name: str
    folder: str
    rows: tuple[int, ...]
    out: str
    source: str
    data: PartData | None
    reports: tuple[str, ...]
    whole: str
    done: str = ""
    stored: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a unit.

    Parameters
    ----------
    unit_id
        Which.
    status
        ``"done"``, ``"same"`` (nothing had changed), ``"failed"``, or why nothing can go on:
        ``"stop"`` (cannot be written) and ``"missing"`` (a package).
    reason
        Why, of the last three.
    cause
        Kind of reason, of a unit that failed: ``"data"``, ``"files"``, ``"memory"``,
        ``"process"`` or ``"program"``.
    seconds
        How long it took, by step.
    trace
        Where an error came up that nobody expected.
    """

    unit_id: str
    status: str
    reason: str = ""
    cause: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)
    trace: str = ""


class _NothingGoesOnError(InputError):
    """What keeps every unit from being done, not this one alone."""


def share_here(source: str, flat: FlatNetwork, settings: Mapping[str, Any]) -> None:
    """Let this process know streets and settings by a name.

    Parameters
    ----------
    source
        The name.
    flat
        Streets.
    settings
        Fields of the study.
    """
    _HERE[source] = flat, settings


def forget_here(source: str) -> None:
    """Let go of streets and settings, so that their file can be removed.

    Parameters
    ----------
    source
        Their name.
    """
    _HERE.pop(source, None)


def ready() -> bool:
    """Whether a worker lives; what it takes to start is over then.

    Returns
    -------
    bool

    Examples
    --------
    >>> ready()
    True
    """
    return True


def do_unit(job: Job) -> Outcome:
    """Do one unit: its results stand in its folder afterwards, whole, or nothing does.

    Parameters
    ----------
    job
        The unit.

    Returns
    -------
    Outcome
        Never an exception but one that ends the process.
    """
    with warnings.catch_warnings(), silent():
        warnings.simplefilter("ignore")
        try:
            return _done(job)
        except _NothingGoesOnError as error:
            return Outcome(job.unit_id, STOP, str(error), "files")
        except NotWrittenError as error:
            cause = error.__cause__
            hopeless = not isinstance(cause, OSError) or cause.errno in _HOPELESS
            return Outcome(job.unit_id, STOP if hopeless else FAILED, str(error), "files")
        except MissingPackageError as error:
            return Outcome(job.unit_id, MISSING, str(error))
        except LifecircleError as error:
            return Outcome(job.unit_id, FAILED, str(error), "data")
        except MemoryError:
            reason = "there was too little memory for it. Run it alone, with --workers 1."
            return Outcome(job.unit_id, FAILED, reason, "memory")
        except Exception as error:  # noqa: BLE001  one unit must not stop the others
            told = traceback.format_exc()
            reason = f"{type(error).__name__}: {error}"
            return Outcome(job.unit_id, FAILED, reason, "program", trace=told)


def _done(job: Job) -> Outcome:
    """The unit, done."""
    clock = _Clock()
    data, flat, settings = _part(job)
    study = data.study(flat, settings)
    part = print_of_part(data, study.network, settings, job.reports)
    clock.lap("cut")
    target = Path(job.out) / UNITS / job.folder
    if job.done and job.done == part:
        _renew(target, job.whole)
        return Outcome(job.unit_id, SAME, seconds=clock.seconds)
    evaluation = lc.evaluate(study)
    clock.lap("evaluate")
    check = lc.health_check(evaluation)
    shortfalls = lc.rank_shortfalls(check)
    clock.lap("check")
    partial = _partial(target.parent)
    try:
        _write(partial, check, shortfalls, job.reports)
        clock.lap("write")
        told = {
            "unit_id": job.unit_id,
            "whole": job.whole,
            "part": part,
            "digest": unit_digest(check, shortfalls, job.unit_id),
            "seconds": clock.seconds,
        }
        try:
            mark_done(partial, told)
            sync(partial)
        except OSError as error:
            raise not_written(target.parent, error) from error
        put_folder(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return Outcome(job.unit_id, DONE, seconds=clock.seconds)


def _part(job: Job) -> tuple[PartData, FlatNetwork, Mapping[str, Any]]:
    """Tables, streets and settings of a unit."""
    if job.data is not None:
        flat, settings = _HERE[job.source]
        return job.data, flat, settings
    key = job.source, job.stored
    if key not in _STORES:
        _STORES.clear()  # one store at a time is enough, and a file on Windows stays open with it
        try:
            store = open_store(job.source)
        except InputError as error:
            raise _NothingGoesOnError(
                f"{error} Whoever does the units must see the store under the same path."
            ) from error
        if store.state != job.stored:
            raise _NothingGoesOnError(
                f"{job.source}: the store was prepared anew while this run worked on it. Start the "
                "run again."
            )
        _STORES[key] = store.parts
    parts = _STORES[key]
    return parts.data(job.rows, job.name), parts.flat, parts.settings


def _write(
    folder: Path, check: HealthCheck, shortfalls: pd.DataFrame, reports: tuple[str, ...]
) -> None:
    """Everything of a unit but its mark."""
    try:
        put_evaluation(check.evaluation, folder, check=check, shortfalls=shortfalls)
        if reports:
            put_reports(material(check, shortfalls=shortfalls), folder, reports)
        write_json(manifest_of(check.evaluation, check), folder / "manifest.json")
    except LifecircleError:
        raise
    except (OSError, RuntimeError) as error:
        if not is_of_the_disk(error):
            raise
        raise not_written(folder.parent, error) from error


def _partial(units: Path) -> Path:
    """A folder to write a unit into."""
    if not os.path.isdir(units):  # noqa: PTH112  which takes a share that is gone for no folder
        raise _NothingGoesOnError(
            f"{units.parent}: whoever does the units does not see this folder (any more). Give one "
            "that all machines see under the same path."
        )
    try:
        partial = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=units))
        partial.chmod(units.stat().st_mode & 0o777)  # for whoever may read the rest
    except OSError as error:
        raise not_written(units, error) from error
    return partial


def _renew(target: Path, whole: str) -> None:
    """Say of a unit that has not changed that it is of this run too."""
    told = read_done(target)
    if told is not None:
        write_file(target / DONE_FILE, done_text({**told, "whole": whole}).encode("utf-8"))


class _Clock:
    """Seconds of each step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        """A step is over."""
        now = time.perf_counter()
        self.seconds[step] = round(now - self._last, 3)
        self._last = now
