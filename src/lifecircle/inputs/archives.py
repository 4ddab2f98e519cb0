"""Layers of several files: shapefiles, and zip archives that hold a layer.

Nothing is unpacked to disk. A shapefile's text is read as bytes and decoded here, because what the
file says of its encoding is often missing and sometimes untrue.
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from lifecircle.errors import InputError, UnknownNameError, some
from lifecircle.tables.findings import tell

Part = Path | bytes

MAX_UNPACKED_BYTES = 2_000_000_000
_SUSPECT_BYTES = 50_000_000  # below this no ratio harms
_SUSPECT_RATIO = 100  # GeoJSON packs 10 to 20 times, a bomb 1,000 times
_LAYERS = (
    ".shp", ".gpkg", ".geojson", ".json", ".fgb", ".kml", ".gml", ".gpx", ".parquet", ".geoparquet",
    ".dxf", ".sqlite",
)  # fmt: skip
_TABLES = (".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".et")
_TEXTS = (".txt",)  # a table, or a note beside one
_ARCHIVES = (".zip", ".kmz")
_CLUTTER = re.compile(r"__MACOSX|(^|/)(\.|~\$|Thumbs\.db)")
_SAYS_UTF8 = 0x800
_NEEDED = (".shp", ".shx", ".dbf")
_CHINESE = ("936", "gbk", "gb2312", "gb18030")
_WESTERN = ("1252", "88591", "8859", "latin1", "ascii", "ansi")


def check_archive(data: Part, name: str) -> list[str]:
    """Names in a zip archive (or .xlsx file), after checking that it is safe and whole.

    Parameters
    ----------
    data
        The file, or its bytes.
    name
        Its name, for messages.

    Returns
    -------
    list of str
        As they were typed: names in GBK, which Windows writes without saying so, are decoded.

    Raises
    ------
    InputError
        If it is cut short, unpacks to far more than it should, or holds names that lead elsewhere.

    Examples
    --------
    >>> packed = io.BytesIO()
    >>> with zipfile.ZipFile(packed, "w") as archive:
    ...     archive.writestr("区划/a.txt", "")
    >>> check_archive(packed.getvalue(), "a.zip")
    ['区划/a.txt']
    """
    return list(_members(data, name))


def _members(data: Part, name: str) -> dict[str, zipfile.ZipInfo]:
    """Decoded name → member of an archive that is safe to unpack."""
    try:
        with zipfile.ZipFile(_opened(data)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError) as fault:
        raise InputError(
            f"{name}: the file is cut short or damaged ({fault}). Copy or download it again."
        ) from fault
    size = sum(info.file_size for info in infos)
    packed = max(1, sum(info.compress_size for info in infos))
    if size > MAX_UNPACKED_BYTES or (size > _SUSPECT_BYTES and size > _SUSPECT_RATIO * packed):
        raise InputError(
            f"{name}: it unpacks to {size / 1e6:,.0f} MB from {packed / 1e6:,.1f} MB and was not "
            "opened. If you trust it, unpack it and name the file inside."
        )
    named = {_member_name(info): info for info in infos}
    outside = [
        item
        for item in named
        if ".." in PurePosixPath(item.replace("\\", "/")).parts or re.match(r"[/\\]|\w:", item)
    ]
    if outside:
        raise InputError(
            f"{name}: it holds names that lead out of the archive ({some(outside)}) and was not "
            "opened."
        )
    return named


def _opened(data: Part) -> Any:
    """What the reader of archives takes."""
    return io.BytesIO(data) if isinstance(data, bytes) else data


def _member_name(info: zipfile.ZipInfo) -> str:
    """Name as it was typed: what does not say to be UTF-8 may be UTF-8 or GBK all the same."""
    if info.flag_bits & _SAYS_UTF8 or info.filename.isascii():
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def unpack_layer(path: Path, wanted: str, table: str) -> tuple[str, dict[str, bytes]]:
    """The one layer or table in a zip archive, also in a folder or an archive inside it.

    Parameters
    ----------
    path
        The archive.
    wanted
        Name of the layer without suffix, ``""`` if there is only one.
    table
        Name of the table that is read; a layer of that name is taken among several.

    Returns
    -------
    tuple
        Suffix of the layer, and suffix → bytes of all files that belong to it.

    Raises
    ------
    InputError
        If there is none, or several, or they cannot be unpacked.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "poi.zip"
    >>> with zipfile.ZipFile(path, "w") as archive:
    ...     archive.writestr("数据/poi.csv", "lon,lat")
    >>> unpack_layer(path, "", "facilities")
    ('.csv', {'.csv': b'lon,lat'})
    """
    return _unpack(path, path.name, wanted, table)


def _unpack(
    data: Part, file: str, wanted: str, table: str, *, deeper: bool = True
) -> tuple[str, dict[str, bytes]]:
    """The one layer or table of an archive; of archives in archives one level is opened."""
    members = _members(data, file)
    names = [
        PurePosixPath(name)
        for name in members
        if not name.endswith("/") and not _CLUTTER.search(name)
    ]
    found: list[PurePosixPath] = []
    for suffixes in (_LAYERS, _TABLES, _TEXTS, _ARCHIVES if deeper else ()):
        found = found or [name for name in names if name.suffix.lower() in suffixes]
    if not found:
        raise InputError(
            f"{file}: there is no layer or table in it, only {some(names) or 'nothing'}."
        )
    stems = [name.stem for name in found]
    labels = {
        name.stem if stems.count(name.stem) == 1 else str(name): name  # twins by their whole path
        for name in found
    }
    nested, alone = found[0].suffix.lower() in _ARCHIVES, len(labels) == 1
    label = stems[0] if nested and alone else choose(labels, wanted, table, file)
    chosen = labels[label]
    if nested:
        packed = _read_members(data, file, {str(chosen): members[str(chosen)]})[str(chosen)]
        return _unpack(
            packed, f"{file}/{chosen.name}", wanted if alone else "", table, deeper=False
        )
    mine = {
        str(name): members[str(name)]
        for name in names
        if name.parent == chosen.parent and name.stem == chosen.stem
    }
    parts = _read_members(data, file, mine)
    return chosen.suffix.lower(), {
        PurePosixPath(name).suffix.lower(): parts[name] for name in parts
    }


def _read_members(
    data: Part, file: str, members: Mapping[str, zipfile.ZipInfo]
) -> dict[str, bytes]:
    """Bytes of some members of an archive."""
    try:
        with zipfile.ZipFile(_opened(data)) as archive:
            return {name: archive.read(info) for name, info in members.items()}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, zlib.error) as fault:
        raise InputError(
            f"{file}: {some(members)} cannot be unpacked ({fault}): it is damaged or has a "
            "password. Unpack it yourself and name the file inside."
        ) from fault


def choose(names: Collection[str], wanted: str, table: str, file: str) -> str:
    """Name of the layer to read.

    Parameters
    ----------
    names
        Layers there are.
    wanted
        Name that was asked for; ``""`` for the only one.
    table
        Name of the table that is read; a layer of that name is taken among several.
    file
        Name of the file, for messages.

    Returns
    -------
    str

    Raises
    ------
    UnknownNameError
        If the layer that was asked for is not there.
    InputError
        If there are several to choose from.

    Examples
    --------
    >>> choose(["streets", "units"], "", "units", "city.gpkg")
    'units'
    """
    if wanted:
        if wanted not in names:
            raise UnknownNameError(f"layer of {file}", wanted, names)
        return wanted
    if table in names:
        return table
    if len(names) > 1:
        raise InputError(
            f"{file}: it holds {len(names)} layers ({some(names, 20)}). Name one, such as "
            f"'{file}|layername={next(iter(names))}'."
        )
    return next(iter(names))


def siblings(path: Path) -> dict[str, Part]:
    """Files that belong to a shapefile.

    Parameters
    ----------
    path
        The ``.shp`` file.

    Returns
    -------
    dict
        Suffix in lower case → path.

    Examples
    --------
    >>> siblings(Path("nowhere") / "units.shp")
    {}
    """
    folder = path.parent
    here = folder.iterdir() if folder.is_dir() else ()
    return {item.suffix.lower(): item for item in here if item.stem == path.stem}


def read_shapefile(parts: Mapping[str, Part], name: str) -> gpd.GeoDataFrame:
    """Layer of a shapefile, with its text decoded.

    Parameters
    ----------
    parts
        Suffix → path or bytes of the files that belong together.
    name
        Name of the file, for messages.

    Returns
    -------
    GeoDataFrame
        ``attrs["lifecircle"]["encoding"]`` tells how the text was encoded.

    Raises
    ------
    InputError
        If a file is missing or cut short, or the text is not in the encoding that is stated.

    Examples
    --------
    >>> try:
    ...     read_shapefile({".shp": b""}, "units.shp")
    ... except InputError as fault:
    ...     print(str(fault)[:40])
    units.shp: .shx, .dbf are missing. A sha
    """
    missing = [suffix for suffix in _NEEDED if suffix not in parts]
    if missing:
        raise InputError(
            f"{name}: {', '.join(missing)} are missing. A shapefile is several files of one name: "
            "copy all of them, or save the layer as GeoPackage (.gpkg)."
        )
    _check_whole(parts, name)
    # Every byte is a character of Latin-1, so nothing is lost before the text is decoded below.
    frame = pyogrio.read_dataframe(_readable(parts), encoding="ISO-8859-1")
    declared = _declared(parts)
    texts = [
        column
        for column in frame.columns
        if column != "geometry" and not pd.api.types.is_numeric_dtype(frame[column].dtype)
    ]
    raw = {
        value.encode("latin-1")
        for values in (frame.columns, *(frame[column] for column in texts))
        for value in values
        if isinstance(value, str) and not value.isascii()
    }
    encoding = _encoding(raw, declared, name)
    for column in texts:
        frame[column] = [_text(value, encoding) for value in frame[column]]
    frame.columns = [_text(column, encoding) for column in frame.columns]
    frame.attrs["lifecircle"] = {"encoding": encoding}
    return frame


def _readable(parts: Mapping[str, Part]) -> Part:
    """What the reader takes: the path, or the parts in an archive with plain names."""
    shapes = parts[".shp"]
    if isinstance(shapes, Path):
        return shapes
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for suffix in (*_NEEDED, ".prj"):
            part = parts.get(suffix)
            if isinstance(part, bytes):
                archive.writestr(f"layer{suffix}", part)
    return packed.getvalue()


def _head(part: Part, count: int) -> bytes:
    """First bytes of a file."""
    if isinstance(part, bytes):
        return part[:count]
    with part.open("rb") as file:
        return file.read(count)


def _check_whole(parts: Mapping[str, Part], name: str) -> None:
    """Compare the sizes of the files with those they state: the reader does not."""
    for suffix in _NEEDED:
        part = parts[suffix]
        size = len(part) if isinstance(part, bytes) else part.stat().st_size
        head = _head(part, 100)
        if suffix == ".dbf":
            rows, start, width = (
                int.from_bytes(head[first:last], "little")
                for first, last in ((4, 8), (8, 10), (10, 12))
            )
            stated = max(32, start + rows * width)
        else:
            stated = max(100, 2 * int.from_bytes(head[24:28], "big"))
        if size < stated:
            raise InputError(
                f"{name}: the {suffix} file is cut short ({size:,} of {stated:,} bytes). Copy or "
                "download it again."
            )


def _declared(parts: Mapping[str, Part]) -> str:
    """Encoding that a shapefile states, as Python calls it; ``""`` if none or a western one."""
    stated = ""
    if ".cpg" in parts:
        stated = _head(parts[".cpg"], 100).decode("ascii", "ignore")
    key = "".join(char for char in stated.lower() if char.isalnum())
    if any(word in key for word in _CHINESE) or (not key and _head(parts[".dbf"], 30)[29:] == b"M"):
        return "gb18030"
    if not key or any(word in key for word in _WESTERN):
        return ""
    if key in {"utf8", "65001"}:
        return "utf-8"
    try:
        return codecs.lookup(f"cp{key}" if key.isdigit() else stated.strip()).name
    except LookupError:
        return ""


def _encoding(raw: Collection[bytes], declared: str, name: str) -> str:
    """Encoding of all text of a shapefile, told where it is not what the file states."""
    if not raw:
        return declared or "ascii"
    utf8, chinese = _fits(raw, "utf-8"), _fits(raw, "gb18030")
    if declared and (not _fits(raw, declared) or (declared == "gb18030" and utf8)):
        really = "UTF-8" if utf8 else "GB18030" if chinese else "neither UTF-8 nor GB18030"
        raise InputError(
            f"{name}: the text is not in the encoding that the file states ({declared}); it seems "
            f"to be {really}. Delete the .cpg file beside it, or correct what stands in it."
        )
    if declared or utf8:
        return declared or "utf-8"
    # Chinese comes in pairs of high bytes; an accent of a western name stands alone.
    pairs = sum(len(run) for text in raw for run in re.findall(rb"[\x80-\xff]{2,}", text))
    alone = sum(
        len(re.findall(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])", text)) for text in raw
    )
    if not chinese or pairs <= alone:
        return "latin-1"
    tell(
        f"{name}: the file does not state the encoding of its text (no .cpg file); it was read as "
        "GB18030. If names look wrong, save the layer as GeoPackage (.gpkg)."
    )
    return "gb18030"


def _fits(raw: Iterable[bytes], encoding: str) -> bool:
    """Whether all text is in an encoding."""
    try:
        for text in raw:
            _decode(text, encoding)
    except UnicodeDecodeError:
        return False
    return True


def _decode(text: bytes, encoding: str) -> str:
    """Text; fields are cut at a number of bytes, so half a character may end it."""
    return codecs.getincrementaldecoder(encoding)("strict").decode(text, final=False)


def _text(value: Any, encoding: str) -> Any:
    """Text in its encoding; anything else as it is."""
    if not isinstance(value, str) or value.isascii():
        return value
    return _decode(value.encode("latin-1"), encoding)
