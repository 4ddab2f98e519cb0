"""Files that are whole or not there: written beside their place and moved there."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd

from lifecircle.errors import InputError, LifecircleError, some
from lifecircle.outputs.csv_tables import SAMPLE_MARK, Written
from lifecircle.tables.findings import tell

# Folders of files that are not whole yet begin with this.
PARTIAL = ".partial-"


class NotWrittenError(InputError, OSError):
    """A file that could not be written, for whoever waits for either kind of error."""


_LONGEST_NAME = 255  # bytes, on the file systems there are
_ADVICE = {
    errno.ENOSPC: "The disk is full: make room.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
}


def prepare_folder(out: str | os.PathLike[str]) -> Path:
    """Folder that results can be written to, made if it is not there.

    What a run that was cut off left half written an hour ago or earlier is cleared away.

    Parameters
    ----------
    out
        Folder.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        If it cannot be made or written to.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     prepare_folder(Path(folder) / "new").name
    'new'
    """
    folder = made_folder(out)
    try:
        for left in folder.glob(f"{PARTIAL}*"):
            if time.time() - left.stat().st_mtime > 3600:
                shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=PARTIAL, dir=folder):
            pass
    except OSError as error:
        raise cannot_be_written(folder, error) from error
    return folder


def made_folder(out: str | os.PathLike[str]) -> Path:
    """A folder, made if it is not there; nothing in it is touched before it is locked.

    Parameters
    ----------
    out
        Folder.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        If it cannot be made.

    Examples
    --------
    >>> import tempfile
    >>> made_folder(Path(tempfile.mkdtemp()) / "new").name
    'new'
    """
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_be_written(folder, error) from error
    return folder


def cannot_be_written(folder: Path, error: OSError) -> NotWrittenError:
    """What keeps a folder from being written to, in one message.

    Parameters
    ----------
    folder
        The folder.
    error
        As the system told it.

    Returns
    -------
    NotWrittenError

    Examples
    --------
    >>> str(cannot_be_written(Path("out"), OSError(30, "Read-only file system")))
    'out: cannot be written to (Read-only file system). Choose another folder.'
    """
    return NotWrittenError(
        f"{folder}: cannot be written to ({error.strerror or error}). Choose another folder."
    )


@contextmanager
def whole_files(folder: Path) -> Iterator[Path]:
    """Folder to write files into, for :func:`put_in_place`; what keeps them back in one message.

    Parameters
    ----------
    folder
        Where they are to be.

    Yields
    ------
    Path
        A folder inside, gone afterwards.

    Raises
    ------
    InputError
        If writing fails.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> with whole_files(folder) as partial:
    ...     _ = (partial / "a.txt").write_text("a")
    ...     done = put_in_place([partial / "a.txt"], folder)
    >>> [path.name for path in folder.iterdir()] == list(done)
    True
    """
    try:
        with tempfile.TemporaryDirectory(prefix=PARTIAL, dir=folder) as name:
            yield Path(name)
    except LifecircleError:
        raise
    except (OSError, RuntimeError) as error:  # GDAL's own are RuntimeErrors
        raise not_written(folder, error) from error


def not_written(folder: Path, error: Exception) -> NotWrittenError:
    """What kept files from being written, in one message.

    Parameters
    ----------
    folder
        Where they were to be.
    error
        As the system told it.

    Returns
    -------
    NotWrittenError

    Examples
    --------
    >>> str(not_written(Path("out"), OSError(errno.ENOSPC, "No space left on device")))[-46:]
    'are as they were. The disk is full: make room.'
    """
    reason = getattr(error, "strerror", None) or str(error).splitlines()[0][:200]
    advice = _ADVICE.get(getattr(error, "errno", None) or 0, "Is the disk full?")
    return NotWrittenError(
        f"{folder}: writing failed ({reason}); the files from before are as they were. {advice}"
    )


def write_file(path: str | os.PathLike[str], content: bytes) -> Path:
    """Write one file, whole or not at all; folders above it are made.

    Parameters
    ----------
    path
        File; replaced if it is there.
    content
        All of it.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        If it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> write_file(Path(tempfile.mkdtemp()) / "new" / "a.txt", b"a").name
    'a.txt'
    """
    target = Path(path)
    if "\0" in str(target) or not target.name:
        raise InputError(f"{str(target)!r} is no name of a file. Choose another.")
    folder = prepare_folder(target.parent)
    if len(os.fsencode(target.name)) > _LONGEST_NAME:
        raise InputError(f"{target}: the name is too long for a file. Shorten it.")
    if target.is_dir():
        raise InputError(f"{target}: there is a folder of this name. Choose another name.")
    with whole_files(folder) as inside:
        partial = inside / target.name
        partial.write_bytes(content)
        return put_in_place([partial], folder)[target.name]


def put_in_place(files: list[Path], folder: Path) -> dict[str, Path]:
    """Move whole files to where they are to be.

    Parameters
    ----------
    files
        As they were written.
    folder
        Where they go; files of the same names are replaced.

    Returns
    -------
    dict of str → Path
        File name → where it is.

    Raises
    ------
    InputError
        If one cannot be replaced; says which are new already.

    Examples
    --------
    >>> put_in_place([], Path())
    {}
    """
    done: dict[str, Path] = {}
    for file in files:
        target = folder / file.name
        try:
            with file.open("rb+") as handle:
                os.fsync(handle.fileno())
            done[file.name] = file.replace(target)
        except OSError as error:
            fresh = f"; already new: {', '.join(done)}" if done else ""
            raise NotWrittenError(
                f"{target}: cannot be replaced ({error.strerror or error}){fresh}. Close the "
                "program that has it open and run again."
            ) from error
    return done


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
    folder = prepare_folder(target.parent)
    with whole_files(folder) as inside:
        partial = inside / target.name
        storable(table).to_file(partial, driver=driver, engine="pyogrio")
        return put_in_place([partial], folder)[target.name]


def put_layers(layers: Mapping[str, gpd.GeoDataFrame], path: Path, study: Written) -> None:
    """Write layers into one file, the sample's with a note that they are of it.

    Parameters
    ----------
    layers
        Layer name → table.
    path
        File, ``.gpkg``.
    study
        Whose.

    Examples
    --------
    >>> import tempfile, pyogrio, lifecircle
    >>> study, path = lifecircle.load_demo(), Path(tempfile.mkdtemp()) / "a.gpkg"
    >>> put_layers({"units": study.units}, path, study)
    >>> pyogrio.list_layers(path)[:, 0].tolist()
    ['units']
    """
    for name, layer in layers.items():
        marked = layer.assign(note=SAMPLE_MARK) if study.sample else layer
        storable(marked).to_file(path, layer=name, driver="GPKG", engine="pyogrio")


def tell_of_left(folder: Path, names: Iterable[str], written: Mapping[str, Path]) -> None:
    """Tell of files of an earlier run that this one does not write.

    Parameters
    ----------
    folder
        Where results are.
    names
        Files that not every run writes.
    written
        Those that were written.
    """
    left = [name for name in names if name not in written and (folder / name).exists()]
    if left:
        tell(
            f"{folder}: {some(left, 9)} {'is' if len(left) == 1 else 'are'} of an earlier run and "
            f"{'was left as it was' if len(left) == 1 else 'were left as they were'}. Delete "
            f"{'it' if len(left) == 1 else 'them'}, or write to another folder."
        )


def write_text(text: str, path: str | os.PathLike[str]) -> Path:
    r"""Write a text as UTF-8 with a mark that Excel knows, whole or not at all.

    Parameters
    ----------
    text
        Content.
    path
        File; replaced if it is there.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        If the file cannot be written.

    Examples
    --------
    >>> write_text("名称", Path(tempfile.mkdtemp()) / "a.csv").read_bytes()[:3]
    b'\xef\xbb\xbf'
    """
    target = Path(path)
    folder = prepare_folder(target.parent)
    with whole_files(folder) as inside:
        partial = inside / target.name
        partial.write_bytes(text.encode("utf-8-sig"))
        return put_in_place([partial], folder)[target.name]


def storable(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Table whose columns a database can tell apart: it does not know name from NAME.

    Parameters
    ----------
    table
        Layer.

    Returns
    -------
    GeoDataFrame
        ``fid`` and ``geom`` are the database's own; a column of that name gets a line behind it.

    Examples
    --------
    >>> spot = gpd.GeoSeries.from_xy([112.99], [28.16], crs=4326)
    >>> storable(gpd.GeoDataFrame({"name": ["a"], "NAME": ["b"]}, geometry=spot)).columns.to_list()
    ['name', 'NAME_', 'geometry']
    """
    table = table.copy()
    for column in table.columns:
        kind = table[column].dtype.kind if hasattr(table[column].dtype, "kind") else "O"
        if column != table.geometry.name and (
            str(table[column].dtype) == "geometry" or kind in "cm"
        ):
            table[column] = table[column].astype(str)  # a second geometry, a duration
    taken = {"fid", "geom", "ogc_fid"}
    names: dict[Any, str] = {}
    for column in table.columns:
        if column == table.geometry.name:
            continue
        name = str(column)
        while name.lower() in taken:
            name += "_"
        taken.add(name.lower())
        names[column] = name
    return table.rename(columns=names)


def plain(value: Any) -> Any:
    """Value as JSON knows it: no numpy, and null for what is not a number.

    Parameters
    ----------
    value
        Anything that a manifest tells.

    Returns
    -------
    Any

    Examples
    --------
    >>> plain({"share": float("nan"), 1: (2, 3)})
    {'share': None, '1': [2, 3]}
    """
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and value != value:  # noqa: PLR0124
        return None
    return value


def write_json(value: Any, path: Path) -> None:
    """Write what a manifest tells.

    Parameters
    ----------
    value
        Anything that :func:`plain` takes.
    path
        File.

    Examples
    --------
    >>> path = Path(tempfile.mkdtemp()) / "a.json"
    >>> write_json({"name": "砂子塘"}, path)
    >>> path.read_text(encoding="utf-8").split()
    ['{', '"name":', '"砂子塘"', '}']
    """
    text = json.dumps(plain(value), ensure_ascii=False, indent=2, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
