"""Folders of a batch: safe names, marks of what is done, and who works in them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import filelock

from lifecircle.errors import InputError
from lifecircle.outputs.whole_files import PARTIAL, NotWrittenError, cannot_be_written, plain

DONE = "done.json"
UNITS = "units"
_LOCK = ".lock"
_LONGEST_SLUG = 40
_FORMAT = "lifecircle unit 1"


def folder_name(text: str, *, name: str = "") -> str:
    """Name of a folder for an id: readable, safe everywhere, and no other id's.

    Parameters
    ----------
    text
        The id, whatever it holds.
    name
        What people call it; the id if not given.

    Returns
    -------
    str
        Letters and digits of the name, and eight that follow from the id.

    Examples
    --------
    >>> folder_name("../../x"), folder_name("YH-SZT-01", name="砂子塘")
    ('x-55c35b3f', '砂子塘-fe9fc2d4')
    """
    spelled = unicodedata.normalize("NFKC", name or text)
    letters = "".join(one if one.isalnum() else "-" for one in spelled)
    slug = "-".join(part for part in letters.split("-") if part)[:_LONGEST_SLUG].strip("-")
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return f"{slug or 'unit'}-{digest}"


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Let nobody else write to a folder meanwhile; the lock goes with the process.

    Parameters
    ----------
    out
        Folder that is there.

    Raises
    ------
    InputError
        If another run works there.

    Examples
    --------
    >>> import tempfile
    >>> with locked(Path(tempfile.mkdtemp())):
    ...     pass
    """
    lock = filelock.FileLock(out / _LOCK, timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise InputError(
            f"{out}: another run is writing to this folder. Wait until it is done, or choose "
            "another folder."
        ) from None
    except OSError as error:
        raise cannot_be_written(out, error) from error
    try:
        yield
    finally:
        lock.release()


def clear_left(out: Path) -> None:
    """Take away what a run that was cut off left half written. Only under the lock.

    Parameters
    ----------
    out
        Folder of the batch.

    Examples
    --------
    >>> import tempfile
    >>> out = Path(tempfile.mkdtemp())
    >>> (out / "units" / f"{PARTIAL}a").mkdir(parents=True)
    >>> clear_left(out)
    >>> list((out / "units").iterdir())
    []
    """
    for pattern in (f"{PARTIAL}*", f"{UNITS}/{PARTIAL}*", f"{UNITS}/*/{PARTIAL}*"):
        for left in list(out.glob(pattern)):
            shutil.rmtree(left, ignore_errors=True)


def mark_done(folder: Path, told: dict[str, Any]) -> None:
    """Put the mark of a unit into its folder, with the size of every file.

    Parameters
    ----------
    folder
        Folder that holds all of its files.
    told
        ``whole`` and ``part`` (fingerprints), ``digest`` and what else is known.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "coverage.csv").write_text("a")
    >>> mark_done(folder, {"whole": "w", "part": "p", "digest": {}})
    >>> read_done(folder)["files"]
    {'coverage.csv': 1}
    """
    files = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
    files.pop(DONE, None)
    (folder / DONE).write_text(done_text({**told, "files": files}), encoding="utf-8")


def done_text(told: dict[str, Any]) -> str:
    r"""Mark of a unit as text.

    Parameters
    ----------
    told
        What it tells.

    Returns
    -------
    str

    Examples
    --------
    >>> done_text({"part": "p"})
    '{"format": "lifecircle unit 1", "part": "p"}\n'
    """
    told = plain({"format": _FORMAT, **told})
    return json.dumps(told, ensure_ascii=False, allow_nan=False) + "\n"


def read_done(folder: Path) -> dict[str, Any] | None:
    """Mark of a unit whose files are all there and whole; ``None`` for any other folder.

    Parameters
    ----------
    folder
        Folder of the unit.

    Returns
    -------
    dict or None

    Examples
    --------
    >>> read_done(Path("nowhere")) is None
    True
    """
    try:
        told = json.loads((folder / DONE).read_text(encoding="utf-8"))
        sizes = {name: (folder / name).stat().st_size for name in told["files"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    known = told.get("format") == _FORMAT and isinstance(told.get("digest"), dict)
    return told if known and sizes == told["files"] else None


def sync(folder: Path) -> None:
    """Have everything in a folder on the disk before it is called done.

    Parameters
    ----------
    folder
        Folder of files.

    Examples
    --------
    >>> import tempfile
    >>> sync(Path(tempfile.mkdtemp()))
    """
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
    _sync_names(folder)


def _sync_names(folder: Path) -> None:
    """The names in a folder, where the system lets a folder be synced."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_folder(partial: Path, target: Path) -> None:
    """Move a whole folder to its place; the one that stands there goes.

    Parameters
    ----------
    partial
        Folder with everything in it, synced.
    target
        Where it is to be, on the same disk.

    Raises
    ------
    InputError
        If the one that stands there cannot be replaced.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "new").mkdir()
    >>> put_folder(folder / "new", folder / "done")
    >>> [path.name for path in folder.iterdir()]
    ['done']
    """
    old = target.with_name(f"{PARTIAL}old-{target.name}")
    try:
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
            target.rename(old)
        try:
            partial.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
        _sync_names(target.parent)
    except OSError as error:
        raise NotWrittenError(
            f"{target}: cannot be replaced ({error.strerror or error}). Close the program that has "
            "a file of it open and run again."
        ) from error
    shutil.rmtree(old, ignore_errors=True)


def put_tree(partial: Path, out: Path) -> list[str]:
    """Move every file of a folder, and of those in it, to the same place below another.

    Parameters
    ----------
    partial
        Folder of whole files.
    out
        Where they go; files of the same names are replaced.

    Returns
    -------
    list of str
        Where each is, below ``out``.

    Raises
    ------
    InputError
        If one cannot be replaced.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "a" / "b").mkdir(parents=True)
    >>> _ = (folder / "a" / "b" / "c.txt").write_text("c")
    >>> put_tree(folder / "a", folder / "out")
    ['b/c.txt']
    """
    sync(partial)
    done = []
    for path in sorted(one for one in partial.rglob("*") if one.is_file()):
        below = path.relative_to(partial)
        target = out / below
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
        except OSError as error:
            raise NotWrittenError(
                f"{target}: cannot be replaced ({error.strerror or error}). Close the program that "
                "has it open and run again; the units that are done stay done."
            ) from error
        done.append(below.as_posix())
    return done


def is_of_the_disk(error: Exception) -> bool:
    """Whether an error is of writing, as the system or GDAL tells it.

    Parameters
    ----------
    error
        The error.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_of_the_disk(RuntimeError("sqlite: database or disk is full"))
    True
    >>> is_of_the_disk(RuntimeError("generator raised StopIteration"))
    False
    """
    words = str(error).lower()
    return isinstance(error, OSError) or "disk" in words or "no space" in words
