"""Lines of a mapping from providers' classes and words of names to services.

Every mapping is a table of one shape, also a planner's own:

``class``
    Code or text of the provider, ``|`` between alternatives. ``1412`` also means ``141203``, and
    ``购物服务;超级市场`` also what lies below it; a single word means that step of a path. Empty:
    any class; ``!15|18``: any but these; ``?``: only where the class says nothing.
``name_contains``, ``name_excludes``
    Words of the name, ``|`` between alternatives, ``&`` where each must be there. Latin words match
    whole words, Chinese anywhere; ``楼$`` must end the name, ``#`` is a number, ``…`` anything
    between. What stands in brackets (a street, a direction) is not looked at, except by words that
    begin with ``(``.
``service``
    What it is; ``?``: the class says nothing, the name decides; empty: none of our services.
``noise``
    Why it is no facility at all, such as a closed one.
``priority``
    1 is looked at first; among equals the more specific class, then the line that stands higher.
``note``
    What is meant; of a line without a service it tells the unknown apart in the list of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

Token = tuple[str, ...]  # a class of a row: its code, its text, or both


@dataclass(frozen=True)
class Line:
    """One line of a mapping.

    Parameters
    ----------
    classes
        Codes or texts that it means; empty: any.
    barred
        Codes or texts that it does not mean.
    contains, excludes
        What the name must and must not hold.
    service, noise, note
        What follows from it.
    priority
        1 is looked at first.

    Examples
    --------
    >>> next(lines_of([{"class": "1405", "service": "library"}])).service
    'library'
    """

    classes: tuple[str, ...]
    barred: tuple[str, ...]
    contains: tuple[Words, ...]
    excludes: tuple[Words, ...]
    service: str
    noise: str
    note: str
    priority: int

    def depth(self, token: Token) -> int:
        """How closely the line means a class; -1 if it does not."""
        if not self.classes:
            return -1 if any(_fits(text, token) for text in self.barred) else 0
        fitting = [len(text) for text in self.classes if _fits(text, token)]
        return max(fitting, default=-1)

    def holds(self, name: Name) -> bool:
        """Whether the name is as it must be."""
        return all(words.found(name) for words in self.contains) and not any(
            words.found(name) for words in self.excludes
        )


@dataclass(frozen=True)
class Name:
    """A name as it is looked at.

    Parameters
    ----------
    head
        Without what stands in brackets.
    full
        With it.

    Examples
    --------
    >>> name_of("白沙幼儿园（小学东南）").head
    '白沙幼儿园'
    """

    head: str
    full: str


@dataclass(frozen=True)
class Words:
    """Words of which a name holds one.

    Parameters
    ----------
    head, full
        Pattern for the name without brackets, and for all of it.

    Examples
    --------
    >>> words_of("小学|楼$")[0].found(name_of("教学楼"))
    True
    """

    head: re.Pattern[str] | None
    full: re.Pattern[str] | None

    def found(self, name: Name) -> bool:
        """Whether a word is there."""
        return bool(
            (self.head is not None and self.head.search(name.head))
            or (self.full is not None and self.full.search(name.full))
        )


def lines_of(rows: Iterable[Mapping[str, str]]) -> Iterator[Line]:
    """Lines of a mapping.

    Parameters
    ----------
    rows
        Column → cell of each line; columns that are not there are empty.

    Yields
    ------
    Line

    Examples
    --------
    >>> [line.classes for line in lines_of([{"class": "0604|购物服务;超级市场"}])]
    [('0604', '购物服务;超级市场')]
    """
    for row in rows:
        text = plain(row.get("class", ""))
        classes = tuple(part for part in text.removeprefix("!").split("|") if part)
        yield Line(
            classes=() if text.startswith("!") else classes,
            barred=classes if text.startswith("!") else (),
            contains=words_of(row.get("name_contains", "")),
            excludes=words_of(row.get("name_excludes", "")),
            service=row.get("service", ""),
            noise=row.get("noise", ""),
            note=row.get("note", ""),
            priority=int(row.get("priority") or 2),
        )


def words_of(text: str) -> tuple[Words, ...]:
    """Patterns of the words of a cell.

    Parameters
    ----------
    text
        Words, ``|`` between alternatives, ``&`` between those of which each must be there.

    Returns
    -------
    tuple of Words
        Empty where there are none.

    Examples
    --------
    >>> [words.found(name_of("教学楼")) for words in words_of("小学|楼$&大学")]
    [True, False]
    """
    found = []
    for part in plain(text).split("&"):
        words = [word for word in part.split("|") if word]
        inside = [_pattern(word) for word in words if word.startswith("(")]
        outside = [_pattern(word) for word in words if not word.startswith("(")]
        if words:
            found.append(
                Words(
                    re.compile("|".join(outside)) if outside else None,
                    re.compile("|".join(inside)) if inside else None,
                )
            )
    return tuple(found)


def name_of(name: Any) -> Name:
    """Name as words are looked for in it.

    Parameters
    ----------
    name
        As it stands in the table.

    Returns
    -------
    Name

    Examples
    --------
    >>> name_of("Ａ楼（南 门）")
    Name(head='a楼', full='a楼(南门)')
    """
    full = "" if _nothing(name) else plain(str(name))
    head = re.sub(r"\([^()]*\)?", "", full) if "(" in full else full
    return Name(head or full, full)


def plain(text: str) -> str:
    """Text in one spelling: half width, lower case, without spaces.

    Parameters
    ----------
    text
        Any.

    Returns
    -------
    str

    Examples
    --------
    >>> plain("ＡＴＭ 机")
    'atm机'
    """
    if text.isascii():
        return "".join(text.split()).casefold()
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


@cache
def packaged_lines(name: str) -> tuple[Line, ...]:
    """Lines of a packaged mapping.

    Parameters
    ----------
    name
        ``"amap_classes"``, ``"baidu_classes"`` or ``"name_words"``.

    Returns
    -------
    tuple of Line

    Examples
    --------
    >>> any(line.service == "library" for line in packaged_lines("amap_classes"))
    True
    """
    with (files(__package__) / f"{name}.csv").open(encoding="utf-8") as file:
        table = pd.read_csv(file, dtype="str", keep_default_na=False)
    rows: list[dict[str, str]] = [
        {str(key): str(value) for key, value in row.items()} for row in table.to_dict("records")
    ]
    return tuple(lines_of(rows))


def any_word(lines: Iterable[Line]) -> Words | None:
    """Words without any of which none of some lines holds, to pass over most names at once.

    Parameters
    ----------
    lines
        The lines.

    Returns
    -------
    Words or None
        None where a line asks for no words.

    Examples
    --------
    >>> words = any_word(lines_of([{"name_contains": "养老院"}, {"name_contains": "家政"}]))
    >>> words.found(name_of("白沙小学")), words.found(name_of("家政服务"))
    (False, True)
    """
    found = [line.contains[0] if line.contains else None for line in lines]
    if not found or None in found:
        return None
    heads = [words.head.pattern for words in found if words and words.head]
    fulls = [words.full.pattern for words in found if words and words.full]
    return Words(
        re.compile("|".join(heads)) if heads else None,
        re.compile("|".join(fulls)) if fulls else None,
    )


def first_holding(lines: Iterable[Line], name: Name) -> Line | None:
    """First of some lines that a name is as it must be for.

    Parameters
    ----------
    lines
        In the order in which they are looked at.
    name
        The name.

    Returns
    -------
    Line or None

    Examples
    --------
    >>> first_holding([], name_of("白沙小学")) is None
    True
    """
    for line in lines:
        if line.holds(name):
            return line
    return None


def _fits(text: str, token: Token) -> bool:
    """Whether a class of a line means a class of a row."""
    return any(
        part.startswith(text)
        if text.isdigit() and part.isdigit()
        else part == text
        or part.startswith(text + ";")
        or (";" not in text and text in part.split(";"))
        for part in token
    )


def _pattern(word: str) -> str:
    """Pattern of one word."""
    end = "$" if word.endswith("$") else ""
    text = re.escape(word.removesuffix("$")).replace(r"\#", r"[0-9一二三四五六七八九十]+")
    text = text.replace(r"\.\.\.", ".+")
    if word.isascii() and word.strip("$").isalnum():
        return rf"(?<![a-z]){text}(?![a-z]){end}"
    return text + end


def _nothing(value: Any) -> bool:
    """Whether a cell is empty."""
    return bool(pd.isna(value)) or value == ""
