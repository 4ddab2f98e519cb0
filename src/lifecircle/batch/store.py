"""A prepared store: a study cut small on disk, so that a worker reads its part and no more.

Streets, and where everything lies, are arrays that are mapped; tables are GeoParquet in groups of
rows that are neighbours on the ground. A store holds data alone: nothing in it is run.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
from numpy.typing import NDArray

import lifecircle
from lifecircle.assessment.choices import is_table
from lifecircle.assessment.parts import FURTHER, PartIndex, StudyParts, parts_of
from lifecircle.assessment.study import Study
from lifecircle.batch.fingerprints import print_of_whole
from lifecircle.batch.folders import locked, sync
from lifecircle.crs import WGS84
from lifecircle.errors import (
    InputError,
    LifecircleError,
    MissingPackageError,
    collected_warnings,
)
from lifecircle.inputs.boundaries import Faults
from lifecircle.network.mapped import open_arrays, open_mapped, write_arrays, write_mapped
from lifecircle.network.order import hilbert_places
from lifecircle.network.walkers import Walker
from lifecircle.outputs.whole_files import (
    PARTIAL,
    made_folder,
    not_written,
    plain,
    prepare_folder,
    write_file,
)
from lifecircle.standards.standard import Standard
from lifecircle.tables.findings import origin

ABOUT = "store.json"
_DATA, _OWN = "data-", "own"
_FORMAT = "lifecircle store 1"
ROWS_TOGETHER = 1024
_PLACES = ("units", "facilities", "residents")
_OF_WALLS = ("compounds", "walls", "gates", "repairs")
_BOUNDS = ("unit_bounds_m", "home_bounds_m", "facility_bounds_m")
_ARRAYS = (*_BOUNDS, "door_xy_m", "door_leg_m", "door_first", "home_first", "home")
_NUMBERS = ("reach_m", "walk_m", "halo_m", "snap_m")


def write_store(study: Study, out: Path, faults: Faults | None = None) -> Path:
    """Write a store, whole or not at all.

    Parameters
    ----------
    study
        What is prepared.
    out
        Folder of the store; a store that is there is replaced.
    faults
        Units that could not be read, by id.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        If the folder holds something else, or cannot be written.
    MissingPackageError
        If pyarrow is not installed.
    """
    need_pyarrow("prepare_store")
    out = made_folder(out)
    with locked(out):
        prepare_folder(out)
        strange = [one.name for one in out.iterdir() if not _is_ours(one.name)]
        if strange:
            raise InputError(
                f"{out}: there are other files in this folder ({strange[0]} and the like). Choose "
                "an empty one for the store."
            )
        partial = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=out))
        try:
            partial.chmod(out.stat().st_mode & 0o777)
            told = _put_store(study, partial, faults or {})
            sync(partial)
            data = f"{_DATA}{partial.name.removeprefix(PARTIAL)}"
            partial.rename(out / data)
            text = json.dumps(plain({**told, "data": data}), ensure_ascii=False, indent=1)
            write_file(out / ABOUT, (text + "\n").encode("utf-8"))
        except LifecircleError:
            raise
        except (OSError, RuntimeError) as error:
            raise not_written(out, error) from error
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        for left in out.glob(f"{_DATA}*"):  # of the store before; somebody may still read it
            if left.name != data:
                shutil.rmtree(left, ignore_errors=True)
    return out


def _is_ours(name: str) -> bool:
    return name == ABOUT or name.startswith((".", _DATA))


def _put_store(study: Study, folder: Path, faults: Faults) -> dict[str, Any]:
    """All files of a store but the one that tells of it, and what that tells."""
    with collected_warnings() as told:
        parts = parts_of(study)
    write_mapped(parts.flat, folder)
    index = parts.index
    arrays: dict[str, NDArray[Any]] = {name: getattr(index, name) for name in _ARRAYS}
    arrays |= {f"lost.{name}": rows for name, rows in index.lost.items()}
    for name in _PLACES:
        table = getattr(study, name)
        order = _by_place(table, index.crs)
        arrays[f"row.{name}"] = np.argsort(order, kind="stable").astype(np.int64)
        _put_table(table.iloc[order], folder / f"{name}.parquet")
    write_arrays(arrays, {}, folder, "index")
    tables = {name: parts.tables.table(name) for name in FURTHER} | dict(parts.flat.tables)
    there = {name: table for name, table in tables.items() if table is not None}
    for name, table in there.items():
        _put_table(table, folder / f"{name}.parquet")
    own = None
    if isinstance(study.standard, Standard):
        own = {
            field.name: getattr(study.standard, field.name)
            for field in dataclasses.fields(study.standard)
            if field.name != "table"
        }
        _put_table(study.standard.table, folder / "standard.parquet")
    return {
        "format": _FORMAT,
        "lifecircle": lifecircle.__version__,
        "prepared_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "fingerprint": print_of_whole(parts, study),
        "settings": _settings(parts.settings, folder),
        "standard": own,
        "numbers": {name: getattr(index, name) for name in _NUMBERS},
        "crs": index.crs.to_wkt(),
        "services": list(index.services),
        "near": {name: sorted(services) for name, services in index.near.items()},
        "standing": list(index.standing),
        "tables": sorted(there),
        "counts": {name: len(getattr(study, name)) for name in _PLACES}
        | {"edges": study.network.edge_count, "people": float(study.residents["people"].sum())},
        "told": list(dict.fromkeys([*study.notes, *told])),
        "columns_taken": dict(origin(study.units).get("columns_taken", {})),
        "faults": {unit: dataclasses.asdict(fault) for unit, fault in faults.items()},
    }


def _settings(settings: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Settings as JSON knows them; the planner's own indicators go into the store."""
    kept = dict(settings)
    if isinstance(kept["standard"], Standard):
        kept["standard"] = None
    kept["walkers"] = {name: dataclasses.asdict(one) for name, one in kept["walkers"].items()}
    kept["sources"] = {role: dict(facts) for role, facts in kept["sources"].items()}
    name, bar, sheet = str(kept["indicators"]).partition("|")
    if is_table(str(kept["indicators"])):
        own = folder / _OWN
        own.mkdir()
        shutil.copyfile(name, own / Path(name).name)
        kept["indicators"] = {"file": Path(name).name, "sheet": bar + sheet}
    return kept


def _by_place(table: gpd.GeoDataFrame, crs: pyproj.CRS) -> NDArray[np.int64]:
    """Rows in the order of their places on the ground."""
    if not len(table):
        return np.empty(0, dtype=np.int64)
    bounds = table.geometry.to_crs(crs).bounds.to_numpy()
    middles = np.ascontiguousarray((bounds[:, :2] + bounds[:, 2:]) / 2.0)
    return np.asarray(np.argsort(hilbert_places(middles), kind="stable"), dtype=np.int64)


def _put_table(table: pd.DataFrame, path: Path) -> None:
    """One table as (Geo)Parquet; columns of mixed kinds become text, as files would have them."""
    table = table.reset_index(drop=True)
    for name in table.columns:
        if table[name].dtype == object:
            cells = table[name]
            kinds = {type(one) for one in cells if not _is_gap(one)}
            if kinds and kinds <= {int, float}:
                table[name] = pd.to_numeric(cells)
            elif kinds not in ({str}, {bool}, set()):
                table[name] = [None if _is_gap(one) else str(one) for one in cells]
    table.attrs = {}
    table.to_parquet(path, row_group_size=ROWS_TOGETHER, compression="zstd")


def _is_gap(value: object) -> bool:
    return value is None or (isinstance(value, float) and value != value)  # noqa: PLR0124


class _StoredTables:
    """Tables of a store, read in groups of rows."""

    def __init__(
        self, folder: Path, row: Mapping[str, NDArray[np.int64]], names: list[str]
    ) -> None:
        self.folder, self.row, self.names = folder, row, names
        self._read: dict[str, pd.DataFrame] = {}

    def rows(self, name: str, positions: NDArray[np.int64]) -> gpd.GeoDataFrame:
        """Some rows of units, facilities or residents."""
        import pyarrow.parquet as pq  # noqa: PLC0415  an extra

        at = np.asarray(self.row[name][positions], dtype=np.int64)
        file = pq.ParquetFile(self.folder / f"{name}.parquet")
        groups, group = np.unique(at // ROWS_TOGETHER, return_inverse=True)
        table = (
            file.read_row_groups(groups.tolist()).to_pandas()
            if len(groups)
            else (file.schema_arrow.empty_table().to_pandas())
        )
        sizes = [file.metadata.row_group(one).num_rows for one in groups.tolist()]
        begins = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        inside = begins[:-1][group.reshape(-1)] + at % ROWS_TOGETHER
        found = table.iloc[inside].reset_index(drop=True)
        shapes = gpd.GeoSeries.from_wkb(found.pop("geometry"), crs=WGS84)
        return gpd.GeoDataFrame(found, geometry=shapes)

    def table(self, name: str) -> pd.DataFrame | None:
        """Another table, read once."""
        if name not in self.names:
            return None
        if name not in self._read:
            self._read[name] = read_table(self.folder / f"{name}.parquet")
        return self._read[name]


def read_table(path: Path) -> pd.DataFrame:
    """A table of a store.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    DataFrame
        With geometry where the file has it.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415  an extra

    spatial = b"geo" in (pq.read_schema(path).metadata or {})
    return gpd.read_parquet(path) if spatial else pd.read_parquet(path)


@dataclasses.dataclass(frozen=True)
class Store:
    """A store that was opened.

    Parameters
    ----------
    folder
        Where its data is.
    about
        What its ``store.json`` tells.
    """

    folder: Path
    about: Mapping[str, Any]

    @property
    def state(self) -> str:
        """What tells this state of the store from any other, also of the same study."""
        return f"{self.about['fingerprint']}/{self.about['data']}"

    @cached_property
    def parts(self) -> StudyParts:
        """The study, ready to be cut."""
        arrays, _ = open_arrays(self.folder, "index")
        about = self.about
        row = {name: arrays[f"row.{name}"] for name in _PLACES}
        tables = _StoredTables(self.folder, row, list(about["tables"]))
        standing = {name: tables.table(name) for name in _OF_WALLS}
        flat = open_mapped(
            self.folder, {name: table for name, table in standing.items() if table is not None}
        )
        known: dict[str, Any] = {name: arrays[name] for name in _ARRAYS} | about["numbers"]
        index = PartIndex(
            crs=pyproj.CRS.from_wkt(about["crs"]),
            **known,
            lost={
                name.removeprefix("lost."): array
                for name, array in arrays.items()
                if name.startswith("lost.")
            },
            services=tuple(about["services"]),
            near={name: frozenset(found) for name, found in about["near"].items()},
            standing=tuple(about["standing"]),
        )
        return StudyParts(tables, index, flat, self._settings())

    @property
    def units(self) -> gpd.GeoDataFrame:
        """Units, in their order."""
        arrays, _ = open_arrays(self.folder, "index")
        table = gpd.read_parquet(self.folder / "units.parquet")
        table = table.iloc[np.asarray(arrays["row.units"])].reset_index(drop=True)
        table.attrs["lifecircle"] = {"columns_taken": self.about.get("columns_taken", {})}
        return table

    def _settings(self) -> dict[str, Any]:
        about = self.about
        kept = dict(about["settings"])
        if about["standard"] is not None:
            table = pd.read_parquet(self.folder / "standard.parquet")
            kept["standard"] = Standard(table=table.fillna("").astype(object), **about["standard"])
        kept["walkers"] = {name: Walker(**one) for name, one in kept["walkers"].items()}
        for name in ("minutes", "data_sources", "notes", "measured_for"):
            kept[name] = tuple(kept[name])
        if isinstance(kept["indicators"], dict):
            told = kept["indicators"]
            own = self.folder / _OWN / Path(told["file"]).name
            kept["indicators"] = f"{own}{told['sheet']}"
        return kept


def open_store(path: str | os.PathLike[str]) -> Store:
    """A prepared store.

    Parameters
    ----------
    path
        Its folder.

    Returns
    -------
    Store

    Raises
    ------
    InputError
        If it is none, or of another version.
    MissingPackageError
        If pyarrow is not installed.

    Examples
    --------
    >>> open_store("nowhere")
    Traceback (most recent call last):
        ...
    lifecircle.errors.InputError: nowhere: is no prepared store (store.json is missing). Prepare \
one with `lifecircle prepare STUDY.toml --out nowhere`.
    """
    folder = Path(path)
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        known = about["format"] == _FORMAT
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{folder}: is no prepared store ({ABOUT} is missing). Prepare one with `lifecircle "
            f"prepare STUDY.toml --out {folder}`."
        ) from error
    if not known or about["lifecircle"] != lifecircle.__version__:
        raise InputError(
            f"{folder}: was prepared by another version ({about['lifecircle']}). Prepare it again."
        )
    need_pyarrow("a prepared store")
    return Store(folder / Path(about["data"]).name, about)


def need_pyarrow(what: str) -> None:
    """Say in time that tables of a store cannot be read or written.

    Parameters
    ----------
    what
        What needs them.

    Raises
    ------
    MissingPackageError
        If pyarrow is not installed.

    Examples
    --------
    >>> need_pyarrow("a prepared store")
    """
    try:
        import pyarrow as pa  # noqa: F401, PLC0415  an extra
    except ImportError as error:
        raise MissingPackageError(what, "pyarrow", "cluster") from error
