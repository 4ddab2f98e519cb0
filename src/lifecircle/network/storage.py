"""Travel times on disk: searched once, read again in a moment."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lifecircle.errors import InputError
from lifecircle.network.travel_times import BY_POSITION, TravelTimes
from lifecircle.network.walkers import Walker

_FORMAT = "lifecircle travel times 1"
_ARRAYS = ("first", "destination", "minutes")
_IDS = ("origins", "destinations", "unsnapped_origins", "unsnapped_destinations")


def write_travel_times(times: TravelTimes, path: str | os.PathLike[str]) -> Path:
    """Keep travel times in a file, whole or not at all.

    Parameters
    ----------
    times
        Travel times whose ids are text or whole numbers.
    path
        File to write, ``.npz``; replaced if it is there.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        If the ending is another, ids are neither text nor whole numbers, or it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> frame = pd.DataFrame({"origin_id": ["a"], "destination_id": ["x"], "minutes": [5.0]})
    >>> times = TravelTimes.from_frame(frame, limit_min=15)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     read_travel_times(write_travel_times(times, Path(folder) / "times.npz"))
    TravelTimes: 1 pairs within 15 min, 1 origins → 1 destinations; unsnapped 0 and 0
    """
    target = Path(path)
    if target.suffix.lower() != ".npz":
        raise InputError(f"{target}: end the name of the file in .npz.")
    about = {
        "format": _FORMAT,
        "limit_min": times.limit_min,
        "complete": times.complete,
        "walker": asdict(times.walker) if times.walker else None,
    }
    about["by_position"] = [name for name in _IDS if getattr(times, name).name == BY_POSITION]
    arrays: dict[str, Any] = {name: getattr(times, name) for name in _ARRAYS}
    arrays |= {name: _plain_ids(getattr(times, name), name) for name in _IDS}
    arrays["about"] = np.array(json.dumps(about, ensure_ascii=False))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".partial-", dir=target.parent) as folder:
            partial = Path(folder) / target.name
            with partial.open("wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
                file.flush()
                os.fsync(file.fileno())
            return partial.replace(target)
    except OSError as error:
        raise InputError(f"{target}: cannot be written ({error.strerror or error}).") from error


def read_travel_times(path: str | os.PathLike[str]) -> TravelTimes:
    """Travel times from a file that :func:`write_travel_times` wrote.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    TravelTimes

    Raises
    ------
    InputError
        If it is not there, cut short, or something else.

    Examples
    --------
    >>> read_travel_times("nowhere.npz")
    Traceback (most recent call last):
        ...
    lifecircle.errors.InputError: nowhere.npz: there is no such file.
    """
    source = Path(path)
    if not source.is_file():
        raise InputError(f"{source}: there is no such file.")
    try:
        with source.open("rb") as file, np.load(file, allow_pickle=False) as held:
            about = json.loads(str(held["about"]))
            arrays: dict[str, Any] = {name: held[name] for name in (*_ARRAYS, *_IDS)}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(
            f"{source}: is no file of travel times, or was cut short. Compute them again."
        ) from error
    if about.get("format") != _FORMAT:
        raise InputError(
            f"{source}: is of another version ({about.get('format')!r}). Compute them again."
        )
    parts: dict[str, Any] = {
        name: _index(array).rename(BY_POSITION if name in about["by_position"] else None)
        if name in _IDS
        else array
        for name, array in arrays.items()
    }
    return TravelTimes(
        limit_min=float(about["limit_min"]),
        walker=Walker(**about["walker"]) if about["walker"] else None,
        complete=bool(about["complete"]),
        **parts,
    )


def _plain_ids(ids: pd.Index, name: str) -> Any:
    """Ids as an array that needs no pickle."""
    if len(ids) == 0:
        return np.empty(0, dtype=np.str_)
    if pd.api.types.is_integer_dtype(ids.dtype):
        return ids.to_numpy(dtype=np.int64)
    if all(isinstance(value, str) for value in ids):
        return np.array(ids.to_list(), dtype=np.str_)
    raise InputError(f"{name}: only ids that are text or whole numbers can be kept in a file.")


def _index(ids: Any) -> pd.Index:
    index: pd.Index = pd.Index(ids if ids.dtype.kind in "iu" else ids.tolist())
    return index
