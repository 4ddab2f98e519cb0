"""A planner's own table of classes, and the words by which services are known."""

from __future__ import annotations

import difflib
import os
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lifecircle.errors import InputError, MissingColumnError, UnknownServiceError, some
from lifecircle.inputs.layers import open_table
from lifecircle.inputs.text import take_columns
from lifecircle.standards import catalog
from lifecircle.standards.class_lines import Line, lines_of
from lifecircle.tables.values import is_blank

SYNONYMS = {
    "class": ("code", "类别", "类型", "编码", "分类", "标签", "typecode", "type", "tag"),
    "name_contains": ("名称包含", "名称含", "包含"),
    "name_excludes": ("名称不含", "名称不包含", "不含", "不包含"),
    "service": ("设施", "服务", "设施类型", "设施类别"),
    "note": ("备注", "说明"),
}
_NONE = ("", "none", "no", "noise", "无", "不计", "剔除", "排除")


@dataclass(frozen=True)
class OwnClasses:
    """Lines of a planner's table.

    Parameters
    ----------
    file
        Its name.
    lines
        In the order of the table.

    Examples
    --------
    >>> OwnClasses("我的分类.csv", ()).file
    '我的分类.csv'
    """

    file: str
    lines: tuple[Line, ...]


def read_own_classes(path: str | os.PathLike[str]) -> OwnClasses:
    r"""A planner's table of classes.

    Parameters
    ----------
    path
        ``.csv`` or ``.xlsx`` with the columns ``class`` (also ``code``, 类别, 类型), ``service``
        (设施, 服务) and, where wanted, ``name_contains`` (名称包含) and ``name_excludes``
        (名称不含). Of the lines that are about a row the first counts. Without a service (or with
        无) it says that such a row is none of ours.

    Returns
    -------
    OwnClasses

    Raises
    ------
    InputError
        If a column is not understood, or a line says nothing. Its kind is ``MissingColumnError``
        where one is missing and ``UnknownServiceError`` where services are not in the catalogue.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "我的分类.csv"
    >>> _ = path.write_text("类别,设施\n小卖部,便利店", encoding="gbk")
    >>> [(line.classes, line.service) for line in read_own_classes(path).lines]
    [(('小卖部',), 'convenience_store')]
    """
    name = Path(path).name.partition("|")[0]
    table = take_columns(open_table(path, table=name), SYNONYMS, table=name)
    strange = [str(column) for column in table.columns if column not in SYNONYMS]
    known = [word for ours, others in SYNONYMS.items() for word in (ours, *others)]
    if strange:
        near = [found[0] for word in strange if (found := _near(word, known))]
        hint = f" Did you mean {some(map(repr, near))}?" if near else ""
        raise InputError(
            f"{name}: the columns {some(map(repr, strange))} are not understood.{hint} Known: "
            "class (类别), service (设施), name_contains (名称包含), name_excludes (名称不含), "
            "note (备注)."
        )
    missing = "service" if "service" not in table else "class"
    if "service" not in table or not {"class", "name_contains"} & set(table.columns):
        raise MissingColumnError(
            f"{name}: there is no column {missing!r} ({SYNONYMS[missing][1]}). The first line of "
            "the table is such as 'class,name_contains,service' or '类别,名称包含,设施'."
        )
    cells = {
        column: [
            "" if nothing else str(value).strip()
            for value, nothing in zip(table[column], is_blank(table[column]), strict=True)
        ]
        for column in table.columns
    }
    rows = [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)]
    _check_rows(rows, name)
    for row in rows:
        row["service"] = service_words().get(word_key(row["service"]), "")
        row["noise"] = "" if row["service"] else f"none of ours by {name}"
    return OwnClasses(name, tuple(lines_of(rows)))


def _check_rows(rows: list[dict[str, str]], name: str) -> None:
    """Name the lines that say nothing and the services that are not known."""
    empty = [
        number
        for number, row in enumerate(rows, 2)
        if not row.get("class") and not row.get("name_contains")
    ]
    if empty:
        raise InputError(
            f"{name}: {len(empty)} of {len(rows)} lines (lines {some(empty)}) name neither a class "
            "nor words of the name. Fill one in, or delete them."
        )
    words = service_words()
    unknown = {
        row["service"]: number
        for number, row in reversed(list(enumerate(rows, 2)))
        if word_key(row["service"]) not in words and row["service"].casefold() not in _NONE
    }
    if unknown:
        listed = some(
            (
                f"{service!r} in line {number}{_hint(service)}"
                for service, number in reversed(unknown.items())
            ),
            limit=10,
        )
        raise UnknownServiceError(
            f"{name}: {len(unknown)} services are not in the catalogue: {listed}. "
            "lifecircle.standards.catalog.services() lists those that are, in Chinese and English."
        )


def _hint(service: str) -> str:
    """Nearest services to a word."""
    names = {
        spelling: service_words()[word_key(spelling)]
        for column in ("name_zh", "name_en", "aliases")
        for cell in catalog.services()[column]
        for spelling in cell.split(";")
        if spelling and word_key(spelling) in service_words()
    }
    names |= {str(word): str(word) for word in catalog.services().index}
    near = dict.fromkeys(names[word] for word in _near(service, names))
    return f" (did you mean {' or '.join(near)}?)" if near else ""


def _near(word: str, known: object) -> list[str]:
    """Up to three known words that look like another."""
    return difflib.get_close_matches(word, list(map(str, known)), n=3, cutoff=0.5)  # type: ignore[call-overload]


@cache
def service_words() -> dict[str, str]:
    """Words and names of the catalogue; a name of two services names neither.

    Returns
    -------
    dict
        :func:`word_key` of each → service.

    Examples
    --------
    >>> service_words()["幼儿园"]
    'kindergarten'
    """
    services = catalog.services()
    found: dict[str, set[str]] = {}
    for column in ("name_zh", "name_en", "aliases"):
        for service, names in services[column].items():
            spellings = [name for name in names.split(";") if name]
            for spelling in [
                *spellings,
                *(re.sub(r"[(（].*?[)）]", "", name) for name in spellings),
            ]:
                found.setdefault(word_key(spelling), set()).add(str(service))
    single = {key: next(iter(named)) for key, named in found.items() if len(named) == 1}
    return {**single, **{word_key(service): str(service) for service in services.index}}


def service_of(name: object) -> str | None:
    """Service that a word or a name means.

    Parameters
    ----------
    name
        Word of the catalogue, or a Chinese or English name.

    Returns
    -------
    str or None
        ``None`` if it is none.

    Examples
    --------
    >>> service_of("幼儿园"), service_of("kindergarten"), service_of("火箭场")
    ('kindergarten', 'kindergarten', None)
    """
    text = str(name)
    return text if text in catalog.services().index else service_words().get(word_key(text))


def word_key(name: object) -> str:
    """Name without what does not tell names apart: width, case, spaces and dashes.

    Parameters
    ----------
    name
        Any.

    Returns
    -------
    str

    Examples
    --------
    >>> word_key("Food-Market "), word_key("ＡＴＭ")
    ('foodmarket', 'atm')
    """
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", str(name)).casefold())
