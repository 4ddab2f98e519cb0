"""Text as Chinese users save it: encodings, delimiters and column names.

A text file is read by its byte order mark; with zero bytes in it as UTF-16, in the one order in
which it is text; else as UTF-8, else as GB18030. Each strictly: a byte that does not fit is an
error and never a question mark. Nothing is guessed from statistics.
"""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from lifecircle.errors import InputError, MissingColumnError, UnknownNameError
from lifecircle.tables.findings import columns_found, origin, tell

DELIMITERS = (",", ";", "\t", "，")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATOR = "\x1f"  # stands in for a full-width comma, which the parser cannot take
_SHAPEFILE_NAME_BYTES = 10
_DAMAGED_AFTER = 4  # so many Chinese characters before the first fault: UTF-8, but damaged
_UNITS = re.compile(r"(\((单位:)?(人|户|名|个|张|床|位|°|度)\)|[/,:](人|户))$")
_TITLE_LINES = 10
_LOOKED_AT_LINES = 30
_NUMBER = re.compile(r"\s*[-+.\d]+\s*")
_BREAKS = frozenset("\t\r\n")
_PLAIN_MARKS = frozenset("\n,\t;")
_NO_TEXT = frozenset({"Cc", "Cn", "Co", "Cs"})


def decode(data: bytes, name: str) -> tuple[str, str]:
    """Text of a file, and how it was encoded.

    Parameters
    ----------
    data
        The whole file.
    name
        Its name, for messages.

    Returns
    -------
    tuple of str
        Text without a byte order mark; ``"utf-8"``, ``"utf-16"`` or ``"gb18030"``.

    Raises
    ------
    InputError
        If it is none of them, or damaged.

    Examples
    --------
    >>> decode("幼儿园".encode("gbk"), "poi.csv")
    ('幼儿园', 'gb18030')
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data, encoding, name), encoding.removesuffix("-sig")
    if b"\0" in data:
        return _unmarked_utf16(data, name), "utf-16"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as fault:
        before = data[: fault.start].decode("utf-8")
        if sum("\u4e00" <= char <= "\u9fff" for char in before) >= _DAMAGED_AFTER:
            raise InputError(
                f"{name}: the text is UTF-8 up to line {before.count(chr(10)) + 1} and damaged "
                "there. Copy or export the file again."
            ) from fault
    return _decoded(data, "gb18030", name), "gb18030"


def parse_cells(text: str, name: str) -> pd.DataFrame:
    r"""All cells of delimited text, the header among them.

    Parameters
    ----------
    text
        Delimited by ``,`` ``;`` tab or ``，``. Lines of a title may stand above the header.
    name
        Name of the file, for messages.

    Returns
    -------
    DataFrame of str
        Empty cells are ``""``.

    Raises
    ------
    InputError
        If there is nothing in it, or a row has more cells than the header.

    Examples
    --------
    >>> parse_cells("编号，名称\n007，白沙", "poi.txt").values.tolist()
    [['编号', '名称'], ['007', '白沙']]
    """
    text = text.lstrip("\ufeff\r\n")
    titles, text = _split_titles(text)
    header, _, body = text.partition("\n")
    delimiter = _delimiter(header)
    below = _delimiter(body.partition("\n")[0], first=delimiter)
    if delimiter == "，" and below != delimiter:  # only the header was typed with full-width commas
        text, delimiter = header.replace("，", below) + "\n" + body, below
    if delimiter == "，":
        text, delimiter = text.replace("，", _SEPARATOR), _SEPARATOR
    try:
        cells = pd.read_csv(
            io.BytesIO(text.encode()),  # which the parser reads five times as fast as text
            sep=delimiter,
            header=None,
            dtype="str",
            keep_default_na=False,
            na_filter=False,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as fault:
        reason = str(fault).removeprefix("Error tokenizing data. ").strip()
        reason = re.sub(r"(?<=line )\d+", lambda line: str(int(line.group()) + len(titles)), reason)
        raise InputError(
            f"{name}: the rows do not fit the header ({reason}). Put text that holds the "
            "delimiter into double quotes, or save the table as .xlsx."
        ) from fault
    cells = cells.fillna("")
    if delimiter == _SEPARATOR:
        cells = cells.map(lambda cell: cell.replace(_SEPARATOR, "，"))
    if titles:
        above = pd.DataFrame(index=range(len(titles)), columns=cells.columns, dtype="str").fillna(
            ""
        )
        above[0] = titles
        cells = pd.concat([above, cells], ignore_index=True)
    return cells


def column_key(name: object) -> str:
    """What a column name says, however it is spelled.

    Parameters
    ----------
    name
        Such as ``"Facility ID"`` or ``"人口（人）"``.

    Returns
    -------
    str
        Lower case, half-width, without spaces, underscores, marks around, and a unit behind.

    Examples
    --------
    >>> column_key("人口（人）"), column_key("Facility_ID")
    ('人口', 'facilityid')
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(name)).casefold())
    return re.sub(r"[_\-]+", "", _UNITS.sub("", plain.strip("\ufeff*:'\"")))


def take_columns(
    frame: pd.DataFrame,
    synonyms: Mapping[str, Iterable[str]],
    *,
    table: str,
    columns: Mapping[str, str] | None = None,
    places: Iterable[str] = ("lon", "lat", "location", "geometry"),
) -> pd.DataFrame:
    """Frame with the columns it has under lifecircle's names.

    Parameters
    ----------
    frame
        Not changed.
    synonyms
        lifecircle's name → other names, in the order in which they are looked for.
    table
        Name of the table, for messages.
    columns
        Column of the frame → lifecircle's name, as the planner says; goes before everything.
    places
        Names that ``columns`` may give besides those of ``synonyms``.

    Returns
    -------
    DataFrame
        ``attrs["lifecircle"]["columns_taken"]`` tells lifecircle's name → name in the file.

    Raises
    ------
    MissingColumnError
        If ``columns`` names a column that is not there.
    InputError
        If ``columns`` gives two columns one name.
    UnknownNameError
        If ``columns`` gives a name that is none of lifecircle's.

    Examples
    --------
    >>> frame = take_columns(pd.DataFrame({"类别": ["公园"]}), {"service": ["类别"]}, table="t")
    >>> frame.columns.to_list(), frame.attrs["lifecircle"]["columns_taken"]
    (['service'], {'service': '类别'})
    """
    said = dict(columns or {})
    missing = [name for name in said if name not in frame.columns]
    if missing:
        raise MissingColumnError(
            f"{table}: the table has no column {' and no '.join(map(repr, missing))}. "
            f"{columns_found(frame)}"
        )
    for ours in said.values():
        if ours not in (known := (*synonyms, *places)):
            raise UnknownNameError(f"column of {table}", ours, known)
    taken = {ours: theirs for theirs, ours in said.items()}
    if len(taken) < len(said):
        raise InputError(f"{table}: several columns are to be one and the same: {said}.")
    keys: dict[str, list[Any]] = {}
    for name in frame.columns:
        if name not in said and name != "geometry":
            keys.setdefault(column_key(name), []).append(name)
    for ours, others in synonyms.items():
        if ours in taken:
            continue
        cut = ours[:_SHAPEFILE_NAME_BYTES]
        spellings = dict.fromkeys(column_key(name) for name in (ours, *others, cut))
        found = [name for key in spellings for name in keys.get(key, [])]
        if ours in found:  # the very name goes before another spelling of it
            found = [ours]
        if found:
            taken[ours] = found[0]
        if len(found) > 1 and ours in {"service", "people"}:
            tell(
                f"{table}: the columns {found} could each be {ours!r}; {found[0]!r} was taken. "
                f"Name another with columns={{{found[1]!r}: {ours!r}}}."
            )
    return _renamed(frame, taken)


def _renamed(frame: pd.DataFrame, taken: dict[str, Any]) -> pd.DataFrame:
    """Columns under their new names; a column that had such a name before steps aside."""
    aside = {
        ours: f"{ours} in file"
        for ours, theirs in taken.items()
        if ours != theirs and ours in frame.columns and ours not in taken.values()
    }
    attrs = {**frame.attrs, "lifecircle": {**origin(frame)}}
    new = {**aside, **{theirs: ours for ours, theirs in taken.items()}}
    named = frame.rename(columns={old: name for old, name in new.items() if old != "geometry"})
    attrs["lifecircle"]["columns_taken"] = {ours: str(theirs) for ours, theirs in taken.items()}
    named.attrs = attrs
    return named


def _decoded(data: bytes, encoding: str, name: str) -> str:
    """Text, or an error that says where it stops being text."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        raise InputError(
            f"{name}: line {line} is not text in UTF-8 or GB18030. Open the file where it was made "
            "and save it as 'CSV UTF-8' (Excel, WPS), or as .xlsx."
        ) from fault


def _unmarked_utf16(data: bytes, name: str) -> str:
    """Text in UTF-16 without a mark, if exactly one order of the bytes makes it text."""
    found = []
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        letters = set(text)
        # In the wrong order a line's end is U+0A00, which is no letter, and a comma Glagolitic.
        strange = any(unicodedata.category(letter) in _NO_TEXT for letter in letters - _BREAKS)
        if not strange and letters & _PLAIN_MARKS:
            found.append(text)
    if len(found) != 1:
        raise InputError(
            f"{name}: this is not a text file, though its name says so. Open it where it was made "
            "and save it as 'CSV UTF-8' (Excel, WPS), or as .xlsx."
        )
    return found[0]


def _split_titles(text: str) -> tuple[list[str], str]:
    """Lines without a delimiter above the first line with one, and the text from there on."""
    if text.startswith("sep="):  # Excel's own way to name the delimiter
        text = text.partition("\n")[2]
    lines = text.split("\n", _LOOKED_AT_LINES)[:_LOOKED_AT_LINES]
    mark = max(DELIMITERS, key=lambda one: sum(line.count(one) for line in lines[1:]))
    count = 0
    while count < min(_TITLE_LINES, len(lines) - 1):
        line, following = lines[count], lines[count + 1].count(mark)
        if '"' in line or line.count(mark) or 0 < following <= line.count("，"):
            break
        count += 1
    if count == 0 or not lines[count].count(mark):
        return [], text
    cells = lines[count].split(mark)
    if sum(bool(_NUMBER.fullmatch(cell)) for cell in cells) * 2 >= len(cells):
        return [], text  # a table of one column
    titles = [line.strip() for line in lines[:count] if line.strip()]
    return titles, text.split("\n", count)[count]


def _delimiter(line: str, first: str = ",") -> str:
    """Delimiter that stands most often in a line outside double quotes; ``first`` if in doubt."""
    bare = re.sub(r'"[^"]*"', "", line)
    ranked = (first, *(mark for mark in DELIMITERS if mark != first))
    return max(ranked, key=bare.count)
