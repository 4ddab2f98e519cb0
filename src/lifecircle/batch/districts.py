"""The main job for every unit of a study, and an overview of them all."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

import lifecircle
from lifecircle.assessment.overview import About, overview_of
from lifecircle.assessment.study import Study
from lifecircle.batch.fingerprints import Print
from lifecircle.batch.folders import (
    UNITS,
    clear_left,
    folder_name,
    is_of_the_disk,
    locked,
    put_tree,
    read_done,
)
from lifecircle.batch.memory import cost, fitting_workers, worker_bytes
from lifecircle.batch.pool import cluster, outcomes, processes
from lifecircle.batch.sources import Source, read_for_batch, source_of
from lifecircle.batch.store import need_pyarrow, write_store
from lifecircle.batch.units import (
    BatchUnit,
    batch_units,
    column_meant,
    districts_of,
    level_meant,
    with_level,
)
from lifecircle.batch.work import DONE, FAILED, MISSING, SAME, STOP, Job, Outcome
from lifecircle.errors import InputError, LifecircleError, MissingPackageError
from lifecircle.inputs.boundaries import with_faults
from lifecircle.outputs.overview_files import put_overview
from lifecircle.outputs.reports import REPORT_FILES, check_reports
from lifecircle.outputs.whole_files import (
    PARTIAL,
    NotWrittenError,
    made_folder,
    not_written,
    prepare_folder,
    write_json,
)
from lifecircle.tables.findings import tell
from lifecircle.tables.progress import announce, tqdm

LOG = "batch.log"
_TRACE_LINES = 12


def run_districts(
    study_file: str | os.PathLike[str] | Study,
    out: str | os.PathLike[str],
    *,
    by: str = "district",
    workers: int = 1,
    scheduler: str | None = None,
    resume: bool = True,
    reports: Sequence[str] = REPORT_FILES,
) -> pd.DataFrame:
    """Evaluate every unit of a level by itself, and write its files and an overview of them all.

    A unit's figures are those that an evaluation of the whole gives for it: people walk across its
    boundary, and what they reach there counts. Ranks of shortfalls alone are among the units of its
    own report; those among all stand in ``summary.xlsx``. Each unit has a folder below ``units``
    with all that ``lifecircle evaluate`` writes; it is there whole or not at all. Above them stand
    ``index.html`` (a map and a table of all units), ``summary.xlsx``, ``summary.csv``,
    ``summary.gpkg``, reports of each district in ``districts``, ``errors.csv`` if a unit failed,
    ``manifest.json`` and ``batch.log``.

    A run that was cut off goes on when it is started again: units are done again only where
    something that their results rest on has changed.

    Parameters
    ----------
    study_file
        ``STUDY.toml``, a store that :func:`prepare_store` wrote, or a study.
    out
        Folder; made if it is not there.
    by
        Level of the units that are done one by one: ``"district"``, ``"street"``, ``"circle"`` or
        any other that the units have; those below a unit are done with it. Or a column of the
        units that names where each lies: then those of one name are put together, streets of one
        name in several districts in each for itself.
    workers
        Processes on this machine. Each needs memory for its unit, not for the city; fewer work
        where that is not free. In a script, call this below ``if __name__ == "__main__":``.
    scheduler
        Address of a Dask cluster that does the work instead, such as ``"tcp://10.0.0.5:8786"``.
        Its machines must see the store and ``out`` under the same paths.
    resume
        Whether to keep what is done already.
    reports
        Reports of each unit: any of ``report.docx``, ``report.html`` and ``report.xlsx``.

    Returns
    -------
    DataFrame
        One row per unit: ``unit_id, name, level, district, status`` (``"done"`` or ``"failed"``),
        ``cause``, ``reason``, ``folder``, and its figures, as ``summary.csv`` has them.

    Raises
    ------
    InputError
        If the study cannot be read, there are no such units, another run writes to the folder, or
        it cannot be written to.
    UnknownNameError
        If there is no such report.
    MissingPackageError
        If something needs the extra ``cluster``.

    Examples
    --------
    >>> import tempfile, lifecircle
    >>> with tempfile.TemporaryDirectory() as out:
    ...     table = run_districts(lifecircle.load_demo(), out, by="community", reports=())
    >>> table["status"].to_list()
    ['done', 'done', 'done', 'done', 'done']
    """
    names = tuple(check_reports(reports))
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise InputError(f"workers={workers!r}: give a whole number of processes, such as 2.")
    folder = made_folder(out)
    with locked(folder):
        prepare_folder(folder)
        prepare_folder(folder / UNITS)
        clear_left(folder)
        begun = time.time()
        with source_of(study_file, folder, by, scheduler) as source:
            run = _Run(source, folder, source.by, names)
            run.go(workers, scheduler, resume=resume)
            return run.write_overview(begun)


def prepare_store(
    study_file: str | os.PathLike[str] | Study,
    out: str | os.PathLike[str],
    *,
    by: str = "",
) -> Path:
    """Cut a study small on disk, so that each worker of a cluster reads its part and no more.

    Streets, facilities and residents lie in groups of neighbours; of each unit those within the
    longest walk are read. Results are those of the study itself, to the last bit.

    Parameters
    ----------
    study_file
        ``STUDY.toml``, or a study.
    out
        Folder of the store; a store that is there is replaced.
    by
        Column of the units whose parts are put together, where they have no such level; see
        :func:`run_districts`.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        If the study cannot be read, or the folder holds something else or cannot be written to.
    MissingPackageError
        If the extra ``cluster`` is not installed.

    Examples
    --------
    >>> import tempfile, lifecircle
    >>> with tempfile.TemporaryDirectory() as out:
    ...     store = prepare_store(lifecircle.load_demo(), out)
    ...     sorted(path.name for path in store.glob("data-*/s*"))
    ['sites.parquet', 'streets.bin', 'streets.json', 'survey.parquet']
    """
    need_pyarrow("prepare_store")
    study, faults = read_for_batch(study_file)
    if by:
        study, faults = with_level(study, column_meant(study.units, by), faults)
    return write_store(study, Path(out), faults)


@dataclass(eq=False)
class _Run:
    """One run of a batch."""

    source: Source
    out: Path
    by: str
    reports: tuple[str, ...]
    reasons: dict[str, str] = field(default_factory=dict)
    causes: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        source = self.source
        self.units = batch_units(source.units, self.by)
        self.rows = with_faults(source.units, source.faults)
        self.level = level_meant(self.rows, self.by)
        if self.level is None:
            raise InputError(
                f"by={self.by!r}: no unit is of this level; there are the levels "
                f"{', '.join(sorted(set(source.units['level'])))}. A store holds the units that it "
                "was prepared with: prepare it with --by."
            )
        print_of_run = Print().add(source.fingerprint, sorted(self.reports), self.by)
        self.whole = print_of_run.text()

    def go(self, workers: int, scheduler: str | None, *, resume: bool) -> None:
        """Do what is not done."""
        begun = time.perf_counter()
        jobs = self._jobs(resume=resume)
        kept = len(self.units) - len(jobs)
        self._log(f"{len(self.units)} units by {self.by}; {kept} of them done before")
        if not jobs:
            return
        each = worker_bytes(self.source.parts, self.units)
        if scheduler is not None:
            with cluster(scheduler) as (executor, count):
                told = f"{count} workers at {scheduler}, up to {each / 1e9:.1f} GB each"
                self._log(told)
                announce(f"{len(jobs)} units to do, {told}")
                self._all(jobs, lambda: nullcontext(executor), count, kept)
        else:
            workers = fitting_workers(min(workers, len(jobs)), each)
            told = f"{workers} workers, up to {each / 1e9:.1f} GB each"
            self._log(told)
            announce(f"{len(jobs)} units to do, {told}")
            source = self.source
            shared = None
            if source.streets is not None:
                shared = (source.name, source.streets, source.parts.flat.tables,
                          source.parts.settings)  # fmt: skip
            self._all(jobs, lambda: processes(workers, shared), workers, kept)
        self.seconds["units"] = round(time.perf_counter() - begun, 1)

    def _jobs(self, *, resume: bool) -> list[Job]:
        """Units that are not done, or not of this run; the largest first."""
        source, jobs = self.source, []
        for unit in self.units:
            told = read_done(self.out / UNITS / unit.folder) if resume else None
            if told is not None and told.get("whole") == self.whole:
                continue
            done = "" if told is None else str(told.get("part", ""))
            out = str(self.out.resolve())
            jobs.append(
                Job(unit.unit_id, self._title(unit), unit.folder, unit.rows, out, source.name, None,
                    self.reports, self.whole, done, source.state)
            )  # fmt: skip
        by_id = {unit.unit_id: cost(source.parts, unit) for unit in self.units}
        return sorted(jobs, key=lambda job: -by_id[job.unit_id])

    def _filled(self, job: Job) -> Job:
        """A unit with its part of the tables, where no store has it."""
        if self.source.streets is None:
            return job
        return replace(job, data=self.source.parts.data(job.rows, job.name))

    def _title(self, unit: BatchUnit) -> str:
        """Title of a unit's map and reports."""
        study = str(self.source.parts.settings["name"]).strip()
        return unit.name if not study or study == unit.name else f"{study} {unit.name}"

    def _all(
        self,
        jobs: Sequence[Job],
        pool: Callable[[], AbstractContextManager[Any]],
        workers: int,
        kept: int,
    ) -> None:
        bar = tqdm(total=len(self.units), initial=kept, desc=self.by, unit="unit", disable=None)
        with bar, self._interrupts():
            for outcome in outcomes(jobs, pool, workers, self._filled):
                self._take(outcome)
                bar.update()
                if self.reasons:
                    bar.set_postfix_str(f"{len(self.reasons)} failed")

    @contextmanager
    def _interrupts(self) -> Iterator[None]:
        """Note that somebody stopped it."""
        try:
            yield
        except KeyboardInterrupt:
            self._log("stopped by hand")
            raise

    def _take(self, outcome: Outcome) -> None:
        """Note what became of a unit; stop where nothing can go on."""
        took = sum(outcome.seconds.values())
        told = f": {outcome.reason}" if outcome.reason else ""
        self._log(f"{outcome.status} {outcome.unit_id} ({took:.1f} s){told}")
        if outcome.trace:  # its end says where
            self._log("\n".join(outcome.trace.splitlines()[-_TRACE_LINES:]))
        self.counts[outcome.status] = self.counts.get(outcome.status, 0) + 1
        if outcome.status == STOP:
            raise NotWrittenError(f"{outcome.reason} The units that are done stay done.")
        if outcome.status == MISSING:
            raise _missing(outcome.reason)
        if outcome.status == FAILED:
            self.reasons[outcome.unit_id] = outcome.reason
            self.causes[outcome.unit_id] = outcome.cause

    def write_overview(self, begun: float) -> pd.DataFrame:
        """Files above the units, and their table."""
        source, rows = self.source, [unit.rows[0] for unit in self.units]
        units = source.units
        table = units.iloc[rows].reset_index(drop=True)
        table["district"] = districts_of(self.rows, rows)
        digests, files = {}, {}
        for unit in self.units:
            told = read_done(self.out / UNITS / unit.folder)
            if unit.unit_id in self.reasons:
                continue
            if told is None or told["whole"] != self.whole:
                self.reasons[unit.unit_id] = (
                    "its results are not there any more, or of another run. Run again; on a "
                    "cluster, with a folder that all machines see under the same path."
                )
                self.causes[unit.unit_id] = "files"
                continue
            digests[unit.unit_id], files[unit.unit_id] = told["digest"], list(told["files"])
        table, reasons = self._with_faults(table)
        settings = source.parts.settings
        about = About(
            str(settings["name"]),
            str(settings["language"]),
            tuple(settings["minutes"]),
            bool(settings["sample"]),
            tuple(settings["data_sources"]),
            str(settings["review_number"]),
            str(self.level),
        )
        folders = {unit.unit_id: unit.folder for unit in self.units if unit.unit_id in digests}
        causes = {**self.causes, **{unit: one.cause for unit, one in source.faults.items()}}
        overview = overview_of(
            table, digests, reasons, folders=folders, about=about, causes=causes, notes=source.told
        )
        partial = None
        try:
            partial = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=self.out))
            put_overview(overview, partial, folder_name=folder_name, files=files)
            write_json(self._manifest(begun, len(reasons)), partial / "manifest.json")
            put_tree(partial, self.out)
            if not reasons:
                (self.out / "errors.csv").unlink(missing_ok=True)
        except LifecircleError:
            raise
        except (OSError, RuntimeError) as error:
            if not is_of_the_disk(error):
                raise
            raise not_written(self.out, error) from error
        finally:
            if partial is not None:
                shutil.rmtree(partial, ignore_errors=True)
        self._tell_of_left()
        self._log(f"{len(digests)} done, {len(reasons)} failed")
        return pd.DataFrame(overview.units.drop(columns="geometry"))

    def _with_faults(self, table: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
        """Units with those that could not be read, and why any failed."""
        faults = self.source.faults
        more = gpd.GeoDataFrame(
            {
                "unit_id": list(faults),
                "name": [fault.name for fault in faults.values()],
                "level": [
                    fault.columns.get("level") or str(self.level) for fault in faults.values()
                ],
                "district": districts_of(
                    self.rows, range(len(self.rows) - len(faults), len(self.rows))
                ),
            },
            geometry=[None] * len(faults),
            crs=table.crs,
        )
        reasons = dict(self.reasons)
        for unit in self.units:
            if unit.unit_id in reasons and (self.out / UNITS / unit.folder).is_dir():
                reasons[unit.unit_id] += (
                    f" What stands in {UNITS}/{unit.folder} is of an earlier run."
                )
        reasons |= {unit: fault.reason for unit, fault in faults.items()}
        if not faults:
            return table, reasons
        both = pd.concat([table, more], ignore_index=True)
        return gpd.GeoDataFrame(both, geometry="geometry", crs=table.crs), reasons

    def _manifest(self, begun: float, failed: int) -> dict[str, Any]:
        settings = self.source.parts.settings
        return {
            "lifecircle": lifecircle.__version__,
            "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "study": settings["name"],
            "sample_data": settings["sample"],
            "by": self.by,
            "reports": list(self.reports),
            "fingerprint": self.whole,
            "inputs": {role: dict(facts) for role, facts in settings["sources"].items()}
            or "handed over in memory",
            "warnings": list(self.source.told),
            "counts": {"units": len(self.units) + len(self.source.faults), "failed": failed,
                       "done_now": self.counts.get(DONE, 0),
                       "unchanged": self.counts.get(SAME, 0)},
            "seconds": {"all": round(time.time() - begun, 1), **self.seconds},
        }  # fmt: skip

    def _tell_of_left(self) -> None:
        """Say which folders are of units that the study has no more."""
        known = {unit.folder for unit in self.units}
        left = [one.name for one in (self.out / UNITS).glob("*") if one.name not in known]
        left = [name for name in left if not name.startswith(PARTIAL)]
        if left:
            tell(
                f"{self.out}: {len(left)} folders below {UNITS} are of no unit of this run "
                f"({left[0]} …) and were left as they were. Delete them, or write to another "
                "folder."
            )

    def _log(self, line: str) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            with (self.out / LOG).open("a", encoding="utf-8") as file:
                file.write(f"{now} {line.rstrip()}\n")
        except OSError as error:
            raise not_written(self.out, error) from error


def _missing(text: str) -> MissingPackageError:
    """The error of a worker, told here."""
    error = MissingPackageError.__new__(MissingPackageError)
    error.args = (text,)
    error.msg = text
    return error
