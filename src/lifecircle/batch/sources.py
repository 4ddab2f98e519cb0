"""What a batch works on: a study or a store, as workers read it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd

from lifecircle.assessment.parts import StudyParts, parts_of
from lifecircle.assessment.study import Study
from lifecircle.assessment.study_file import read_sound_study
from lifecircle.batch.fingerprints import print_of_whole
from lifecircle.batch.store import ABOUT, Store, open_store, write_store
from lifecircle.batch.units import column_meant, with_level
from lifecircle.batch.work import forget_here
from lifecircle.errors import collected_warnings
from lifecircle.inputs.boundaries import Fault, Faults
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
    state
        Of the store, ``""`` without.
    """

    name: str
    units: gpd.GeoDataFrame
    parts: StudyParts
    faults: Faults
    fingerprint: str
    by: str
    streets: Path | None = None
    told: tuple[str, ...] = ()
    state: str = ""


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
    study, faults = with_level(study, by, faults)
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


def _of_store(store: Store, by: str) -> Source:
    faults = {unit: Fault(**told) for unit, told in store.about["faults"].items()}
    path = str(store.folder.parent.resolve())
    fingerprint = str(store.about["fingerprint"])
    told = tuple(store.about["told"])
    by, units = column_meant(store.units, by), store.units
    return Source(path, units, store.parts, faults, fingerprint, by, told=told, state=store.state)
