"""What map providers call things → services: their classes, and the words of names.

The mappings are ``amap_classes.csv`` (高德), ``baidu_classes.csv`` (百度) and ``name_words.csv``
(whatever the provider); :mod:`lifecircle.standards.class_lines` tells their shape.

Order of decision: the planner's lines; noise and words that hold for any class; then the classes of
the row, of which the first that gives a service wins. Where code and text of one row differ, the
deeper of the two counts if one leads to the other, else the text; the name is asked before it. If
the names of such rows mostly contradict their text, text and names have slipped against each
other, and the name alone decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.standards.class_lines import (
    Line,
    Name,
    Token,
    Words,
    any_word,
    first_holding,
    name_of,
    packaged_lines,
    plain,
)

PROVIDERS = ("amap", "baidu")
BY_NAME = "?"

_SPEAKING_ROWS = 20  # fewer names than this prove nothing against the classes
_TRUSTED_SHARE = 0.5


@dataclass(frozen=True)
class _Class:
    """What is known of one cell of classes before any name is looked at."""

    label: str
    doubtful: bool
    always: tuple[Line, ...]
    hint: Words | None
    by_token: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True)
class Classified:
    """What rows are.

    Parameters
    ----------
    service
        Service of each row, ``""`` for none, shape (n,).
    noise
        Why a row is no facility at all, ``""`` for others, shape (n,).
    unknown
        Class of a row that is none of the services, ``""`` for others, shape (n,).
    doubtful_rows
        Rows whose code and text are of different classes.
    fitting_share
        How far the text of those whose name tells what they are says the same, from 0 (as often
        as by chance) to 1 (always, or too few tell).

    Examples
    --------
    >>> classify(["白沙小学"], codes=["141203"]).service.tolist()
    ['primary_school']
    """

    service: NDArray[np.object_]
    noise: NDArray[np.object_]
    unknown: NDArray[np.object_]
    doubtful_rows: int = 0
    fitting_share: float = 1.0

    @property
    def slipped(self) -> bool:
        """Whether the names of doubtful rows contradict their classes."""
        return self.fitting_share < _TRUSTED_SHARE


def classify(
    names: Sequence[Any],
    *,
    codes: Sequence[Any] | None = None,
    texts: Sequence[Any] | None = None,
    provider: str = "amap",
    own: Iterable[Line] = (),
) -> Classified:
    """Services of rows by their classes and names.

    Parameters
    ----------
    names
        Name of each row, shape (n,); nothing where it has none.
    codes, texts
        Class of each row as a code (``"141203"``) and as text (``"科教文化服务;学校;小学"``); a
        cell may hold several, joined by ``|``.
    provider
        ``"amap"`` or ``"baidu"``.
    own
        Lines that go before the built-in ones.

    Returns
    -------
    Classified

    Examples
    --------
    >>> found = classify(
    ...     ["砂子塘小学", "砂子塘小学教学楼", "雨花高级中学"],
    ...     texts=["科教文化服务;学校;小学", "科教文化服务;学校;小学", "科教文化服务;学校;中学"],
    ... )
    >>> found.service.tolist(), found.noise.tolist()
    (['primary_school', '', ''], ['', 'inside a school or university', ''])
    >>> found.unknown[2]
    '科教文化服务;学校;中学 (senior middle school: no item in the standards)'
    """
    count = len(names)
    codes = _strings(codes, count)
    texts = _strings(texts, count)
    book = _Book(provider, tuple(own))
    rows = [
        (book.known(code, text), name_of(name))
        for code, text, name in zip(codes, texts, names, strict=True)
    ]
    doubtful = [(known, name) for known, name in rows if known.doubtful]
    share = book.fitting_share(doubtful)
    found = [book.decide(known, name, share >= _TRUSTED_SHARE) for known, name in rows]
    columns = np.array(found, dtype=object).reshape(count, 3)
    return Classified(columns[:, 0], columns[:, 1], columns[:, 2], len(doubtful), share)


def own_lines(
    names: Sequence[Any], classes: Sequence[Token], lines: Sequence[Line]
) -> list[Line | None]:
    """First of a planner's lines that is about each row.

    Parameters
    ----------
    names
        Name of each row, shape (n,).
    classes
        What the class of each row is called, shape (n,).
    lines
        The planner's lines, in their order.

    Returns
    -------
    list of Line or None, shape (n,)

    Examples
    --------
    >>> from lifecircle.standards.class_lines import lines_of
    >>> lines = list(lines_of([{"class": "小卖部", "service": "convenience_store"}]))
    >>> [line.service for line in own_lines(["红星"], [("小卖部",)], lines) if line]
    ['convenience_store']
    """
    fitting: dict[Token, list[Line]] = {}
    found = []
    for name, token in zip(names, classes, strict=True):
        if token not in fitting:
            key = tuple(plain(part) for part in token)
            fitting[token] = [line for line in lines if line.depth(key) >= 0]
        found.append(first_holding(fitting[token], name_of(name)) if fitting[token] else None)
    return found


def first_steps(provider: str) -> frozenset[str]:
    """First steps of the text of a provider's classes.

    Parameters
    ----------
    provider
        ``"amap"`` or ``"baidu"``.

    Returns
    -------
    frozenset of str

    Examples
    --------
    >>> "餐饮服务" in first_steps("amap"), "美食" in first_steps("baidu")
    (True, True)
    """
    return frozenset(
        part.split(";")[0]
        for line in packaged_lines(f"{provider}_classes")
        for part in (*line.classes, *line.barred)
        if not part.isdigit()
    )


def last_steps(provider: str) -> dict[str, str]:
    """Last steps of the text of a provider's classes, where one class alone ends so.

    Parameters
    ----------
    provider
        ``"amap"`` or ``"baidu"``.

    Returns
    -------
    dict
        Last step → text of the class.

    Examples
    --------
    >>> last_steps("amap")["幼儿园"]
    '科教文化服务;学校;幼儿园'
    """
    paths = {part for line in packaged_lines(f"{provider}_classes") for part in line.classes}
    ends: dict[str, set[str]] = {}
    for path in paths:
        if ";" in path:
            ends.setdefault(path.split(";")[-1], set()).add(path)
    return {end: min(found, key=len) for end, found in ends.items() if _one_branch(found)}


@dataclass
class _Book:
    """All lines of a provider, by the class they are asked for."""

    provider: str
    own: tuple[Line, ...]
    cells: dict[tuple[str, str], _Class] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.words = packaged_lines("name_words")
        self.speaking = tuple(
            sorted(
                (line for line in self.words if line.classes == (BY_NAME,)),
                key=lambda line: line.priority,
            )
        )

    def known(self, code: str, text: str) -> _Class:
        """What a cell of classes says."""
        key = (code, text)
        if key not in self.cells:
            self.cells[key] = self._read(code, text)
        return self.cells[key]

    def _read(self, code: str, text: str) -> _Class:
        codes = [part for part in plain(code).split("|") if part]
        texts = [part.strip(";") for part in plain(text).split("|") if part.strip(";")]
        tokens, doubtful = _tokens(codes, texts, _codes_of_texts(self.provider))
        own = [line for line in self.own if line.depth((*codes, *texts)) >= 0]
        always = [
            line
            for line in self.words
            if line.classes != (BY_NAME,)
            and all(line.depth(token) >= 0 for token in tokens or [()])
        ]
        lines = (*own, *sorted(always, key=lambda line: line.priority))
        classes = packaged_lines(f"{self.provider}_classes")
        return _Class(
            label="|".join(texts) or "|".join(codes) or "(no class)",
            doubtful=doubtful,
            always=lines,
            hint=any_word(lines),
            by_token=tuple(_ranked(classes, token) for token in tokens),
        )

    def decide(self, known: _Class, name: Name, trusted: bool) -> tuple[str, str, str]:  # noqa: FBT001
        """Service, noise and unknown class of a row."""
        if known.hint is None or known.hint.found(name):
            line = first_holding(known.always, name)
            if line is not None:
                return _outcome(line, known.label)
        if known.doubtful or not known.by_token:
            line = self.speaks(name)
            if line is not None and (line.service or line.noise or not trusted):
                return _outcome(line, known.label)
            if not trusted:
                return "", "", known.label
        rest: tuple[str, str, str] = ("", "", known.label)
        for lines in known.by_token:
            line = first_holding(lines, name)
            if line is not None and line.service == BY_NAME:
                line = self.speaks(name)
            if line is None:
                continue
            if line.service or (line.noise and line.contains):
                return _outcome(line, known.label)
            if not rest[1] and (line.noise or rest[2] == known.label):
                rest = _outcome(line, known.label)
        return rest

    def speaks(self, name: Name) -> Line | None:
        """Line that a name alone decides."""
        return first_holding(self.speaking, name)

    def fitting_share(self, rows: Sequence[tuple[_Class, Name]]) -> float:
        """Agreement of telling names and classes of doubtful rows beyond chance (Cohen's kappa)."""
        pairs = []
        for known, name in rows:
            said = self.speaks(name)
            if said is None or not said.service:
                continue
            services = [
                next((line.service for line in lines if line.holds(name)), "")
                for lines in known.by_token
            ]
            if BY_NAME not in services:
                same = said.service in services
                pairs.append((said.service, said.service if same else services[0]))
        if len(pairs) < _SPEAKING_ROWS:
            return 1.0
        count = len(pairs)
        names, classes = Counter(one for one, _ in pairs), Counter(two for _, two in pairs)
        met = sum(one == two for one, two in pairs) / count
        chance = sum(names[service] * classes[service] for service in names) / count**2
        return 1.0 if chance == 1.0 else (met - chance) / (1.0 - chance)


def _strings(values: Sequence[Any] | None, count: int) -> list[str]:
    """Text of each cell, ``""`` where there is nothing."""
    if values is None:
        return [""] * count
    return ["" if pd.isna(value) else str(value) for value in values]


def _outcome(line: Line, label: str) -> tuple[str, str, str]:
    """Service, noise and unknown class that follow from a line."""
    if line.service or line.noise:
        return line.service, line.noise, ""
    detail = f" ({line.note})" if line.note and line.contains else ""
    return "", "", label + detail


def _ranked(lines: Iterable[Line], token: Token) -> tuple[Line, ...]:
    """Lines for a class, in the order in which they are looked at."""
    fitting = [(line, line.depth(token)) for line in lines]
    fitting = [(line, depth) for line, depth in fitting if depth >= 0]
    fitting.sort(key=lambda item: (item[0].priority, -item[1]))
    return tuple(line for line, _ in fitting)


def _tokens(
    codes: Sequence[str], texts: Sequence[str], known: Mapping[str, str]
) -> tuple[list[Token], bool]:
    """Classes of a row, and whether its code and its text differ."""
    tokens: list[Token] = []
    if not texts or not codes:
        return [(item,) for item in (*texts, *codes)], False
    if len(codes) != len(texts):
        partners = [
            next((code for code in codes if _agree(code, text, known)), "") for text in texts
        ]
        tokens = [
            (text, code) if code else (text,) for text, code in zip(texts, partners, strict=True)
        ]
        return tokens, not all(partners)
    doubtful = False
    for code, text in zip(codes, texts, strict=True):
        stem, own = _stem(_code_of(text, known)), _stem(code)
        if own == stem or (own.startswith(stem) and text not in known):
            tokens.append((text, code))
        elif own.startswith(stem) and stem:
            tokens.append((code,))  # the text is the coarser
        else:
            tokens.append((text,))
            doubtful = True
    return tokens, doubtful


def _agree(code: str, text: str, known: Mapping[str, str]) -> bool:
    """Whether a code and a text are of one class."""
    return _stem(code).startswith(_stem(_code_of(text, known)) or "-")


def _stem(code: str) -> str:
    """Code without the pairs of zeros that say nothing."""
    while code.endswith("00"):
        code = code[:-2]
    return code


def _code_of(text: str, known: Mapping[str, str]) -> str:
    """Code of the nearest class above a text."""
    steps = text.split(";")
    for count in range(len(steps), 0, -1):
        code = known.get(";".join(steps[:count]))
        if code:
            return code
    return ""


@cache
def _codes_of_texts(provider: str) -> dict[str, str]:
    """Code of each text that stands behind its code in a line."""
    return {
        text: code
        for line in packaged_lines(f"{provider}_classes")
        for code, text in pairwise(line.classes)
        if code.isdigit() and not text.isdigit()
    }


def _one_branch(paths: set[str]) -> bool:
    """Whether all of some classes are the shortest of them or below it."""
    shortest = min(paths, key=len)
    return all(path == shortest or path.startswith(shortest + ";") for path in paths)


def _nothing(value: Any) -> bool:
    """Whether a cell is empty."""
    return value is None or value == "" or (isinstance(value, float) and np.isnan(value))
