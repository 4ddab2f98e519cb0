"""Files that an evaluation leaves behind: tables, layers, the map and how it all came about."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

import lifecircle
from lifecircle.assessment.evaluation import Evaluation
from lifecircle.errors import InputError
from lifecircle.outputs.maps import map_evaluation
from lifecircle.outputs.page import write_map

SAMPLE_MARK = "示例数据，非实测 / sample data, drawn, not surveyed"

# A spreadsheet runs a cell that begins like this.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_PACKAGES = ("numpy", "pandas", "geopandas", "shapely", "pyproj", "numba", "osmium", "folium")


def write_evaluation(evaluation: Evaluation, out: str | os.PathLike[str]) -> dict[str, Path]:
    """Write ``coverage.csv``, ``results.gpkg``, ``map.html`` and ``manifest.json``.

    Each file is written beside its place and moved there when it is whole; files of the same names
    are replaced, others in the folder are left alone.

    Parameters
    ----------
    evaluation
        What :func:`lifecircle.evaluate` found.
    out
        Folder; made if it is not there.

    Returns
    -------
    dict of str → Path
        File name → where it was written.

    Raises
    ------
    InputError
        If the folder cannot be written to, or there is no room.

    Examples
    --------
    >>> import tempfile, lifecircle
    >>> today = lifecircle.evaluate(lifecircle.load_demo())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sorted(write_evaluation(today, folder))
    ['coverage.csv', 'manifest.json', 'map.html', 'results.gpkg']
    """
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=folder))
    except OSError as error:
        raise InputError(
            f"{folder}: cannot be written to ({error.strerror}). Choose another folder with --out."
        ) from error
    try:
        _write_coverage(evaluation, partial / "coverage.csv")
        _write_layers(evaluation, partial / "results.gpkg")
        study = evaluation.study
        page = map_evaluation(
            evaluation, data_sources=study.data_sources, review_number=study.review_number
        )
        write_map(page, partial / "map.html")
        _write_manifest(evaluation, partial / "manifest.json")
        return {file.name: _moved(file, folder) for file in sorted(partial.iterdir())}
    except OSError as error:
        raise InputError(
            f"{folder}: writing failed ({error.strerror or error}); files from before are as they "
            "were. Is the disk full, or is a file open in another program?"
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def layer_driver(path: str | os.PathLike[str]) -> str:
    """GDAL's driver for the ending of a file name.

    Parameters
    ----------
    path
        File to write, ``.geojson`` or ``.gpkg``.

    Returns
    -------
    str

    Raises
    ------
    InputError
        For another ending.

    Examples
    --------
    >>> layer_driver("area.gpkg")
    'GPKG'
    """
    driver = {".geojson": "GeoJSON", ".gpkg": "GPKG"}.get(Path(path).suffix.lower())
    if driver is None:
        raise InputError(f"{path}: end the name of the file in .geojson, .gpkg or .html.")
    return driver


def write_layer(table: gpd.GeoDataFrame, path: str | os.PathLike[str]) -> Path:
    """Write a table as one layer, whole or not at all.

    Parameters
    ----------
    table
        Layer.
    path
        File, ``.geojson`` or ``.gpkg``; replaced if it is there.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        If the ending is another, or the file cannot be written.
    """
    target = Path(path)
    driver = layer_driver(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".partial-", dir=target.parent) as folder:
            partial = Path(folder) / target.name
            table.to_file(partial, driver=driver, engine="pyogrio")
            return _moved(partial, target.parent)
    except OSError as error:
        raise InputError(f"{target}: cannot be written ({error.strerror or error}).") from error


def _moved(file: Path, folder: Path) -> Path:
    with file.open("rb+") as handle:
        os.fsync(handle.fileno())
    target = folder / file.name
    file.replace(target)
    return target


def _write_coverage(evaluation: Evaluation, path: Path) -> None:
    table = evaluation.coverage.copy()
    for column in table.columns:
        if pd.api.types.is_float_dtype(table[column]):
            table[column] = table[column].round(6)
        else:
            table[column] = table[column].map(_harmless)
    if evaluation.study.sample:
        table["note"] = SAMPLE_MARK
    table.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def _harmless(value: Any) -> Any:
    """Text that a spreadsheet shows and does not run."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def _write_layers(evaluation: Evaluation, path: Path) -> None:
    layers: dict[str, gpd.GeoDataFrame] = {
        "units": evaluation.units,
        "residents": evaluation.residents,
        "facilities": evaluation.facilities,
        "isochrones": evaluation.isochrones,
        "network_edges": evaluation.study.network.edges_frame(),
    }
    for name, table in layers.items():
        marked = table.assign(note=SAMPLE_MARK) if evaluation.study.sample else table
        plain = marked[[column for column in marked.columns if column != "fid"]]
        plain.to_file(path, layer=name, driver="GPKG", engine="pyogrio")


def _write_manifest(evaluation: Evaluation, path: Path) -> None:
    study = evaluation.study
    manifest = {
        "lifecircle": lifecircle.__version__,
        "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "study": study.name,
        "sample_data": study.sample,
        "note": SAMPLE_MARK if study.sample else "",
        "inputs": dict(study.sources) or "handed over in memory",
        "counts": {
            "units": len(study.units),
            "facilities": len(study.facilities),
            "residents": len(study.residents),
            "people": float(study.residents["people"].sum()),
            "network_nodes": study.network.node_count,
            "network_edges": study.network.edge_count,
            "network_km": round(float(study.network.edge_length_m.sum()) / 1000, 3),
        },
        "parameters": {
            "standard": evaluation.standard,
            "minutes": list(study.minutes),
            "language": study.language,
            "walkers": [
                {
                    "name": name,
                    "speed_m_s": times.walker.speed_m_s,
                    "steps": times.walker.steps,
                    "source": times.walker.source,
                    "confidence": times.walker.confidence,
                }
                for name, times in evaluation.times.items()
                if times.walker is not None
            ],
            "snap_m": 100.0,
            "cell_m": 20.0,
        },
        "requirements": evaluation.requirements.drop(columns="accepts").to_dict("records"),
        "unsnapped": {
            "residents": _ids(evaluation.residents, "resident_id"),
            "facilities": _ids(evaluation.facilities, "facility_id"),
        },
        "warnings": list(evaluation.warnings),
        "seconds": dict(evaluation.seconds),
        "versions": {
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in _PACKAGES},
        },
    }
    text = json.dumps(_plain(manifest), ensure_ascii=False, indent=2, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _ids(table: pd.DataFrame, column: str) -> list[str]:
    return [str(value) for value in table.loc[table["unsnapped"], column]]


def _plain(value: Any) -> Any:
    """Value as JSON knows it: no numpy, and null for what is not a number."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and value != value:  # noqa: PLR0124
        return None
    return value
