"""Which columns say what facilities are, in whose words, and what services follow."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.errors import MissingColumnError, some
from lifecircle.inputs.osm_tags import service_of, tag_keys
from lifecircle.inputs.own_classes import OwnClasses, service_words, word_key
from lifecircle.inputs.text import column_key
from lifecircle.standards import catalog
from lifecircle.standards.class_lines import Line, plain
from lifecircle.standards.taxonomy import Classified, classify, first_steps, last_steps, own_lines
from lifecircle.tables.findings import columns_found, origin, tell
from lifecircle.tables.values import is_blank

TAXONOMIES = ("auto", "amap", "baidu", "lifecircle", "osm")

_PROVIDERS = {"amap": "Amap (高德)", "baidu": "Baidu (百度)", "osm": "OpenStreetMap"}
_STEPS = {
    "amap": (("大类", "中类", "小类"), ("大类名称", "中类名称", "小类名称")),
    "baidu": (
        ("prim_ind", "sec_ind"),
        ("一级行业", "二级行业"),
        ("一级分类", "二级分类"),
        ("一级类别", "二级类别"),
    ),
}
_CODES = re.compile(r"\d{5,6}(\.0)?(\|\d{6})*")
_FIRST_PAIRS = frozenset(f"{number:02d}" for number in (*range(1, 21), 22, 97, 99))
_MOST = 0.5  # a column is of those words of which most of its cells are
_HSTORE = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')
_LISTED = 12


@dataclass
class _Seen:
    """What the columns of a table look like."""

    taxonomy: str
    codes: list[str] | None = None
    texts: list[str] | None = None
    columns: list[str] = field(default_factory=list)


def with_services(
    table: pd.DataFrame, taxonomy: str, own: OwnClasses | None = None, *, named: bool = False
) -> pd.DataFrame:
    """Table with the catalogue's services, as far as its classes are understood.

    Parameters
    ----------
    table
        With lifecircle's names of columns; a class is in ``service``, ``typecode``, in columns of
        steps (大类, 中类, 小类; prim_ind, sec_ind) or in tags of OpenStreetMap. Not changed.
    taxonomy
        One of ``TAXONOMIES``.
    own
        A planner's lines, which go before the built-in ones.
    named
        Whether the planner said which column is ``service``: it then goes before others.

    Returns
    -------
    DataFrame
        Rows that are none of the services, or no facility at all, are left out with one warning
        and counted in ``attrs["lifecircle"]`` under ``unknown_classes`` and ``noise``; ``taxonomy``
        tells whose words were seen. Of the catalogue's own words those that are not known stay as
        they are, for the check of the table to tell.

    Raises
    ------
    MissingColumnError
        If the columns that a taxonomy needs are not there.

    Examples
    --------
    >>> poi = pd.DataFrame({"name": ["白沙小学"], "service": ["科教文化服务;学校;小学"]})
    >>> read = with_services(poi, "auto")
    >>> read["service"].to_list(), read.attrs["lifecircle"]["taxonomy"]
    (['primary_school'], 'amap')
    """
    seen = _seen(table, taxonomy, named=named)
    if seen.taxonomy == "osm":
        return _from_tags(table, own)
    if seen.taxonomy in _PROVIDERS:
        return _from_provider(table, seen, own)
    known = {**origin(table), "taxonomy": "lifecircle"}
    if "service" in table:
        table = _from_words(table, own)
    table.attrs["lifecircle"] = {**known, **origin(table)}
    return table


def taught(table: pd.DataFrame, own: OwnClasses) -> pd.DataFrame:
    """Facilities of an OpenStreetMap file after a planner's lines.

    Parameters
    ----------
    table
        With ``name``, ``service`` and ``osm_class`` (the tag it was known by). Not changed.
    own
        The planner's lines: they tell apart what was found, and find nothing more.

    Returns
    -------
    DataFrame
        Rows that are none of the services by those lines are left out with a warning.

    Examples
    --------
    >>> from lifecircle.standards.class_lines import lines_of
    >>> line = {"class": "shop=kiosk", "service": "newsstand"}
    >>> own = OwnClasses("own.csv", tuple(lines_of([line])))
    >>> kiosk = {"name": ["红星"], "service": ["community_retail"], "osm_class": ["shop=kiosk"]}
    >>> taught(pd.DataFrame(kiosk), own)["service"].to_list()
    ['newsstand']
    """
    classes = _cells(table, "osm_class")
    lines = own_lines(_cells(table, "name"), [(cell,) for cell in classes], own.lines)
    found = _decided(lines, _cells(table, "service"), classes)
    return _kept(table.assign(service=found.service), found, "osm", "")


def _seen(table: pd.DataFrame, taxonomy: str, *, named: bool) -> _Seen:
    """Whose words the table speaks, and in which columns."""
    keys = _tag_columns(table)
    if taxonomy == "osm":
        if not keys:
            raise MissingColumnError(
                "facilities: there are no columns of OpenStreetMap tags, such as amenity or shop. "
                f"{columns_found(table)}"
            )
        return _Seen("osm")
    if taxonomy in _PROVIDERS:
        seen = _provider(table, taxonomy)
        if seen is None:
            example = "typecode or 类型" if taxonomy == "amap" else "tag, or prim_ind and sec_ind"
            raise MissingColumnError(
                f"facilities: there is no column with classes of {_PROVIDERS[taxonomy]}, such as "
                f"{example}. Name it with columns={{'…': 'service'}}. {columns_found(table)}"
            )
        return seen
    if taxonomy == "lifecircle" or not len(table):
        return _Seen("lifecircle")
    return _guess(table, keys=bool(keys), named=named)


def _guess(table: pd.DataFrame, *, keys: bool, named: bool) -> _Seen:
    """Whose words the table speaks, by what stands in its cells."""
    cells = _cells(table, "service")
    known = _share(cells, set(service_words()), key=word_key)
    taken = origin(table).get("columns_taken", {}).get("service", "service")
    if known and (named or taken == "service"):
        return _Seen("lifecircle")
    for provider in ("amap", "baidu"):
        seen = _provider(table, provider)
        if seen is not None and _looks_like(seen, provider):
            return seen
    for provider in ("amap", "baidu"):
        if _share(cells, set(last_steps(provider))) > max(known, _MOST):
            seen = _provider(table, provider)
            if seen is not None:
                return seen
    return _Seen("osm" if keys and not known else "lifecircle")


def _looks_like(seen: _Seen, provider: str) -> bool:
    """Whether most classes are a provider's: codes, or paths of its length that begin as its do."""
    if seen.codes is not None:
        return True
    firsts, length = first_steps(provider), {"amap": (3, 3), "baidu": (1, 2)}[provider]
    cells = [part for cell in seen.texts or [] for part in plain(cell).split("|") if part]
    if provider == "baidu":  # a first step alone may be anybody's word
        cells = [cell for cell in cells if ";" in cell] or ["?"]
    fitting = [
        cell.split(";")[0] in firsts and length[0] <= len(cell.split(";")) <= length[1]
        for cell in cells
    ]
    return bool(fitting) and sum(fitting) > _MOST * len(fitting)


def _provider(table: pd.DataFrame, provider: str) -> _Seen | None:
    """Codes and texts of a provider's classes; None if there are neither."""
    columns = {column_key(name): str(name) for name in table.columns}
    seen = _Seen(provider)
    if provider == "amap":
        for name in ("typecode", "service"):
            codes = _cells(table, name)
            given = [cell for cell in codes if cell]
            if seen.codes is None and given and sum(map(_is_code, given)) > _MOST * len(given):
                seen.codes, seen.columns = [_code(cell) for cell in codes], [name]
    for steps in _STEPS[provider]:
        found = [columns[column_key(step)] for step in steps if column_key(step) in columns]
        if len(found) == len(steps) and seen.texts is None:
            parts = [_cells(table, name) for name in found]
            seen.texts = [";".join(row) for row in zip(*parts, strict=True)]
            seen.columns += found
    if seen.texts is None and "service" in table and "service" not in seen.columns:
        seen.texts = _cells(table, "service")
        seen.columns.append("service")
    return seen if seen.codes is not None or seen.texts is not None else None


def _is_code(cell: str) -> bool:
    """Whether a cell holds Amap's codes."""
    return bool(_CODES.fullmatch(cell)) and _code(cell)[:2] in _FIRST_PAIRS


def _code(cell: str) -> str:
    """Codes of six digits: spreadsheets take away zeros in front and add ``.0``."""
    return "|".join(part.strip().removesuffix(".0").zfill(6) for part in cell.split("|") if part)


def _cells(table: pd.DataFrame, column: str) -> list[str]:
    """Text of each cell of a column, ``""`` where nothing stands or the column is not there."""
    if column not in table:
        return [""] * len(table)
    blank = is_blank(table[column])
    return [
        "" if nothing else str(cell).strip()
        for cell, nothing in zip(table[column], blank, strict=True)
    ]


def _share(cells: Iterable[str], words: set[str], key: Any = plain) -> float:
    """Share of the filled cells that are one of some words."""
    counts = Counter(cell for cell in cells if cell)
    met = sum(count for cell, count in counts.items() if key(cell) in words)
    return met / max(1, counts.total())


def _from_provider(table: pd.DataFrame, seen: _Seen, own: OwnClasses | None) -> pd.DataFrame:
    """Rows that are a service by a provider's classes."""
    leaves = last_steps(seen.taxonomy)
    texts = seen.texts and [leaves.get(plain(cell), cell) for cell in seen.texts]
    found = classify(
        _told_names(table),
        codes=seen.codes,
        texts=texts,
        provider=seen.taxonomy,
        own=own.lines if own else (),
    )
    taken = origin(table).get("columns_taken", {})
    columns = ", ".join(str(taken.get(name, name)) for name in seen.columns)
    intro = f"its classes were read as those of {_PROVIDERS[seen.taxonomy]} (column {columns})"
    classes = texts if texts is not None else seen.codes
    table = table.assign(**{"service": found.service, f"{seen.taxonomy}_class": classes})
    return _kept(table, found, seen.taxonomy, intro)


def _told_names(table: pd.DataFrame) -> list[str]:
    """Names, with a word behind those whose address says that all of it is being built.

    The address of Amap's stations lists their lines, ``5号线(在建);10号线(在建)``.
    """
    names = _cells(table, "name")
    for column in ("address", "地址"):
        for row, cell in enumerate(_cells(table, column)):
            lines = [line for line in re.split("[;；|]", plain(cell)) if line]
            if lines and all("(在建)" in line for line in lines):
                names[row] += "(在建)"
    return names


def _from_words(table: pd.DataFrame, own: OwnClasses | None) -> pd.DataFrame:
    """Services by their word or name in the catalogue; what is not known stays as it is."""
    words = service_words()
    keys = {
        value: words.get(word_key(value), value) for value in table["service"].dropna().unique()
    }
    services = table["service"].map(lambda value: keys.get(value, value))
    if own is None:
        return table.assign(service=services)
    cells = _cells(table, "service")
    lines = own_lines(_cells(table, "name"), [(cell,) for cell in cells], own.lines)
    known = set(catalog.services().index)
    plain_services = [str(value) if value in known else "" for value in services]
    found = _decided(lines, plain_services, [cell or "(no class)" for cell in cells])
    return _kept(table.assign(service=found.service), found, "lifecircle", "")


def _from_tags(table: pd.DataFrame, own: OwnClasses | None) -> pd.DataFrame:
    """Rows that offer a service by their OpenStreetMap tags."""
    texts = {str(name): _cells(table, name) for name in table.columns if name != "geometry"}
    keys = set(_tag_columns(table)) | set(tag_keys())
    classes, services, tokens = [], [], []
    for row in range(len(table)):
        tags = {key: cells[row] for key, cells in texts.items() if cells[row]}
        tags.update(_HSTORE.findall(tags.pop("other_tags", "")))
        service, tag = service_of(tags) or ("", "")
        named = tuple(f"{key}={value}" for key, value in tags.items() if key in keys)
        services.append(service)
        tokens.append(named)
        classes.append(tag or next(iter(named), "(no tag)"))
    lines = own_lines(_cells(table, "name"), tokens, own.lines) if own else [None] * len(table)
    found = _decided(lines, services, classes)
    table = table.assign(service=found.service, osm_class=classes)
    return _kept(table, found, "osm", "")


def _decided(
    lines: Sequence[Line | None], services: Sequence[str], classes: Sequence[str]
) -> Classified:
    """Rows by a planner's lines, and by what else is known where there is none."""
    rows = [
        (service, "", "" if service else label) if line is None else (line.service, line.noise, "")
        for line, service, label in zip(lines, services, classes, strict=True)
    ]
    columns: NDArray[np.object_] = np.array(rows, dtype=object).reshape(len(rows), 3)
    return Classified(columns[:, 0], columns[:, 1], columns[:, 2])


def _kept(table: pd.DataFrame, found: Classified, taxonomy: str, intro: str) -> pd.DataFrame:
    """Rows that are a service; the others counted and told."""
    unknown = Counter(label for label in found.unknown if label)
    noise = Counter(reason for reason in found.noise if reason)
    kept: pd.DataFrame = table[found.service != ""].reset_index(drop=True)
    kept.attrs["lifecircle"] = {
        **origin(table),
        "taxonomy": taxonomy,
        "unknown_classes": dict(unknown.most_common()),
        "noise": dict(noise.most_common()),
    }
    if unknown or noise:
        tell(_message(found, unknown, noise, taxonomy, intro))
    return kept


def _message(
    found: Classified, unknown: Counter[str], noise: Counter[str], taxonomy: str, intro: str
) -> str:
    """One message about all rows that were left out."""
    count = len(found.service)
    parts = [f"facilities: {intro}."] if intro else []
    if unknown:
        tags = " by their OpenStreetMap tags" if taxonomy == "osm" else ""
        whole = [label for label, _ in unknown.most_common() if " (" not in label]
        first = (whole or [unknown.most_common(1)[0][0].partition(" (")[0]])[0]
        words = "class,service" if whole else "class,name_contains,service"
        line = f"{first},<service>" if whole else f"{first},<words>,<service>"
        parts.append(
            f"{unknown.total():,} of {count:,} rows offer none of the services{tags} and were left "
            f"out, of {len(unknown)} classes: {_listed(unknown)}. To count one, write a line such "
            f"as '{line}' under the header '{words}' into a .csv file and read with "
            "taxonomy='that file.csv'."
        )
    if noise:
        parts.append(
            f"{noise.total():,} of {count:,} rows are no facilities of their own and were left "
            f"out: {_listed(noise)}."
        )
    if found.slipped:
        parts.append(
            f"Code and text of {found.doubtful_rows:,} rows are of different classes, and their "
            "names fit the text hardly more often than by chance: the columns seem to have slipped "
            "against each other. There the name alone decided. Export the table again."
        )
    text = " ".join(parts)
    return text if text.startswith("facilities:") else f"facilities: {text}"


def _listed(counts: Counter[str]) -> str:
    """Labels with their numbers, most frequent first."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return some((f"{label!r} × {count}" for label, count in ranked), limit=_LISTED)


def _tag_columns(table: pd.DataFrame) -> list[str]:
    """Columns that hold tags of OpenStreetMap."""
    return [key for key in (*tag_keys(), "other_tags") if key in table]
