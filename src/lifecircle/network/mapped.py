"""Arrays on disk, mapped into memory: many processes read one copy, each the pages it needs."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from lifecircle.errors import InputError
from lifecircle.network.flat import Arrays, FlatNetwork

_FORMAT = "lifecircle arrays 1"
_ALIGNED = 64  # bytes: every array begins at a multiple, so that all kinds of numbers may lie there
_PLAIN = "plain/"
_STREETS = "streets"


def write_arrays(arrays: Arrays, about: Mapping[str, Any], folder: Path, name: str) -> None:
    """Put arrays and what is known beside them into ``name.bin`` and ``name.json`` of a folder.

    Parameters
    ----------
    arrays
        By name.
    about
        As JSON knows it.
    folder
        Folder that is there.
    name
        Of the two files.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_arrays({"minutes": np.array([5.0, 10.0])}, {"unit": "min"}, folder, "bands")
    >>> arrays, about = open_arrays(folder, "bands")
    >>> arrays["minutes"].tolist(), about
    ([5.0, 10.0], {'unit': 'min'})
    """
    listed: dict[str, Any] = {}
    with (folder / f"{name}.bin").open("wb") as file:
        for key, array in arrays.items():
            file.write(b"\0" * (-file.tell() % _ALIGNED))
            plain = np.ascontiguousarray(array)
            listed[key] = [plain.dtype.str, list(plain.shape), file.tell()]
            file.write(plain.tobytes() if plain.size < 1 else plain.data)
        size = file.tell()
        file.flush()
        os.fsync(file.fileno())
    told = {"format": _FORMAT, "size_bytes": size, "about": dict(about), "arrays": listed}
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    (folder / f"{name}.json").write_text(text, encoding="utf-8")


def open_arrays(folder: Path, name: str) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Arrays that :func:`write_arrays` wrote; they stay on disk until they are read.

    Parameters
    ----------
    folder
        Where they are.
    name
        Of the two files.

    Returns
    -------
    arrays, about

    Raises
    ------
    InputError
        If they are not there, were cut short, or are something else.

    Examples
    --------
    >>> open_arrays(Path("nowhere"), "streets")
    Traceback (most recent call last):
        ...
    lifecircle.errors.InputError: nowhere: holds no prepared streets. Prepare the store again.
    """
    try:
        told = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        whole = (folder / f"{name}.bin").stat().st_size == told["size_bytes"]
        known = told["format"] == _FORMAT
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder}: holds no prepared {name}. Prepare the store again.") from error
    if not (whole and known):
        reason = "were cut short" if known else "are of another version"
        raise InputError(f"{folder}: the prepared {name} {reason}. Prepare the store again.")
    empty = not told["size_bytes"]
    path = folder / f"{name}.bin"
    content = np.empty(0, np.uint8) if empty else np.memmap(path, dtype=np.uint8, mode="r")
    arrays = {key: _view(content, *where) for key, where in told["arrays"].items()}
    return arrays, told["about"]


def _view(content: NDArray[np.uint8], kind: str, shape: list[int], begin: int) -> NDArray[Any]:
    """One array of the file, not copied."""
    dtype = np.dtype(kind)
    end = begin + dtype.itemsize * int(np.prod(shape, dtype=np.int64))
    return np.asarray(content[begin:end]).view(dtype).reshape(shape)


def write_mapped(flat: FlatNetwork, folder: Path) -> None:
    """Put a network into ``streets.bin`` and ``streets.json`` of a folder; its tables are not.

    Parameters
    ----------
    flat
        The network.
    folder
        Folder that is there.

    Examples
    --------
    >>> import tempfile
    >>> from lifecircle import load_demo
    >>> from lifecircle.network.flat import flat_network
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_mapped(flat_network(load_demo().network), folder)
    >>> sorted(path.name for path in folder.iterdir())
    ['streets.bin', 'streets.json']
    """
    arrays = dict(flat.arrays)
    if flat.plain is not None:
        arrays |= {_PLAIN + name: array for name, array in flat.plain.arrays.items()}
    below = None if flat.plain is None else dict(flat.plain.about)
    write_arrays(arrays, {"about": dict(flat.about), "plain": below}, folder, _STREETS)


def open_mapped(folder: Path, tables: Mapping[str, gpd.GeoDataFrame] | None = None) -> FlatNetwork:
    """A network that :func:`write_mapped` wrote; its numbers stay on disk until they are read.

    Parameters
    ----------
    folder
        Where it is.
    tables
        Its tables, as :class:`~lifecircle.network.flat.FlatNetwork` has them.

    Returns
    -------
    FlatNetwork

    Raises
    ------
    InputError
        If it is not there, was cut short, or is something else.

    Examples
    --------
    >>> open_mapped(Path("nowhere"))
    Traceback (most recent call last):
        ...
    lifecircle.errors.InputError: nowhere: holds no prepared streets. Prepare the store again.
    """
    every, about = open_arrays(folder, _STREETS)
    own = {name: array for name, array in every.items() if not name.startswith(_PLAIN)}
    given = dict(tables or {})
    plain = None
    if about["plain"] is not None:
        below = {
            name.removeprefix(_PLAIN): array
            for name, array in every.items()
            if name.startswith(_PLAIN)
        }
        repairs = {name: table for name, table in given.items() if name == "repairs"}
        plain = FlatNetwork(below, about["plain"], repairs)
    return FlatNetwork(own, about["about"], given, plain)
