"""What a batch works on: a study or a store, as workers read it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd

from lifecircle.assessment.parts import StudyParts, parts_of
from lifecircle.assessment.study import Study
from lifecircle.assessment.study_file import read_sound_study
from lifecircle.batch.fingerprints import print_of_whole
from lifecircle.batch.store import ABOUT, Faults, Store, open_store, write_store
from lifecircle.batch.units import column_meant, with_level
from lifecircle.batch.work import forget_here
from lifecircle.errors import collected_warnings
from lifecircle.inputs.boundaries import Fault
from lifecircle.network.mapped import write_mapped
from lifecircle.outputs.whole_files import PARTIAL, not_written


@dataclass(frozen=True, eq=False)
class Source:
    """What a batch works on.

    Parameters
    ----------
    name
        By which processes of this machine know it, or the path of its store.
    units
        Units of the study.
    parts
        The study, ready to be cut.
    faults
        Units that could not be read.
    fingerprint
        Of everything.
    by
        Level of the units that are done one by one.
    streets
        Folder of the streets that processes of this machine share; ``None``: a store has all.
    told
        What was told while the whole was read.
    """

    name: str
    units: gpd.GeoDataFrame
    parts: StudyParts
    faults: Faults
    fingerprint: str
    by: str
    streets: Path | None = None
    told: tuple[str, ...] = ()


def read_for_batch(study_file: str | os.PathLike[str] | Study) -> tuple[Study, Faults]:
    """A study, and the units that could not be read.

    Parameters
    ----------
    study_file
        ``STUDY.toml``, or a study.

    Returns
    -------
    study, faults

    Raises
    ------
    InputError
        As :func:`lifecircle.read_study`, but for what is wrong with single units.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> read_for_batch(load_demo())[1]
    {}
    """
    if isinstance(study_file, Study):
        return study_file, {}
    return read_sound_study(study_file)


@contextmanager
def source_of(
    study_file: str | os.PathLike[str] | Study, out: Path, by: str, scheduler: str | None
) -> Iterator[Source]:
    """The study as workers read it; what was made for them alone is gone afterwards.

    Parameters
    ----------
    study_file, by, scheduler
        As :func:`lifecircle.run_districts` takes them.
    out
        Folder of the batch, locked.

    Yields
    ------
    Source
    """
    if not isinstance(study_file, Study) and (Path(study_file) / ABOUT).is_file():
        yield _of_store(open_store(study_file), by)
        return
    study, faults = read_for_batch(study_file)
    by = column_meant(study.units, by)
    study, faults = leveled(study, faults, by)
    if scheduler is not None:
        yield _of_store(open_store(write_store(study, out / "store", faults)), by)
        return
    with collected_warnings() as told:
        parts = parts_of(study)
    fingerprint = print_of_whole(parts, study)
    streets = Path(tempfile.mkdtemp(prefix=f"{PARTIAL}streets-", dir=out))
    try:
        try:
            write_mapped(parts.flat, streets)
        except OSError as error:
            raise not_written(out, error) from error
        notes = (*study.notes, *told)
        yield Source(fingerprint, study.units, parts, faults, fingerprint, by, streets, notes)
    finally:
        forget_here(fingerprint)
        shutil.rmtree(streets, ignore_errors=True)


def leveled(study: Study, faults: Faults, by: str) -> tuple[Study, Faults]:
    """Study with units of a level; one that would lack a unit that cannot be used fails with it.

    Parameters
    ----------
    study
        The study.
    faults
        Units that could not be read.
    by
        As :func:`lifecircle.run_districts` takes it.

    Returns
    -------
    study, faults

    Raises
    ------
    InputError
        If there are no such units.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> study = load_demo()
    >>> leveled(study, {}, "circle")[0] is study
    True
    """
    made = with_level(study, by)
    if made is study:
        return study, faults
    lacking: dict[str, Fault] = dict(faults)
    for unit_id, fault in faults.items():
        name = fault.columns.get(by, "")
        if name:
            reason = f"its unit {unit_id} ({fault.name}) cannot be used: {fault.reason}"
            lacking.setdefault(f"{by}:{name}", Fault(name, reason, {"level": by, by: name}))
    kept = ~made.units["unit_id"].isin(list(lacking))
    return replace(made, units=made.units[kept.to_numpy()].reset_index(drop=True)), lacking


def _of_store(store: Store, by: str) -> Source:
    faults = {unit: Fault(**told) for unit, told in store.about["faults"].items()}
    path = str(store.folder.parent.resolve())
    fingerprint = str(store.about["fingerprint"])
    told = tuple(store.about["told"])
    return Source(path, store.units, store.parts, faults, fingerprint, by, told=told)
