"""What map providers call things → services: their classes, and the words of names.

The mappings are tables of one shape, ``amap_classes.csv`` (高德), ``baidu_classes.csv`` (百度) and
``name_words.csv`` (whatever the provider), and a planner's own table may go before them:

``class``
    Code or text of the provider, ``|`` between alternatives. ``1412`` also means ``141203``, and
    ``购物服务;超级市场`` also ``购物服务;超级市场;家乐福``; a single word means that step of a path.
    Empty: any class; ``!15|18``: any but these; ``?``: only where the class says nothing.
``name_contains``, ``name_excludes``
    Words of the name, ``|`` between alternatives, ``&`` where both must hold. Latin words match whole words, Chinese anywhere;
    ``楼$`` must end the name, ``#`` is a number. What stands in brackets (a street, a direction)
    is not looked at, except by words that begin with ``(``.
``service``
    What it is; ``?``: the class says nothing, the name decides; empty: none of our services.
``noise``
    Why it is no facility at all, such as a closed one.
``priority``
    1 is looked at first; among equals the more specific class, then the line that stands higher.
``note``
    What is meant; of a line without a service it tells the unknown apart in the list of them.

Order of decision: the planner's lines; noise and words that hold for any class; then the classes of
the row, of which the first that gives a service wins. Where code and text of one row differ, the
deeper of the two counts if one leads to the other, else the text; the name is asked before it. If
the names of such rows mostly contradict their text, text and names have slipped against each
other, and the name alone decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

PROVIDERS = ("amap", "baidu")
BY_NAME = "?"

_SPEAKING_ROWS = 20  # fewer names than this prove nothing against the classes
_TRUSTED_SHARE = 0.5


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


Token = tuple[str, ...]  # a class of a row: its code, its text, or both


@dataclass(frozen=True)
class _Class:
    """What is known of one cell of classes before any name is looked at."""

    label: str
    doubtful: bool
    always: tuple[Line, ...]
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
        Class of each row as a code (``"141203"``) and as text (``"科教文化服务;学校;小学"``); a cell may
        hold several, joined by ``|``.
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
    blank = [""] * count
    codes = blank if codes is None else ["" if _nothing(item) else str(item) for item in codes]
    texts = blank if texts is None else ["" if _nothing(item) else str(item) for item in texts]
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
        for line in _table(f"{provider}_classes")
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
    paths = {part for line in _table(f"{provider}_classes") for part in line.classes}
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
        self.words = _table("name_words")
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
        own = [line for line in self.own if _deepest(line, tokens) >= 0]
        always = [
            line
            for line in self.words
            if line.classes != (BY_NAME,)
            and all(line.depth(token) >= 0 for token in tokens or [()])
        ]
        classes = _table(f"{self.provider}_classes")
        return _Class(
            label="|".join(texts) or "|".join(codes) or "(no class)",
            doubtful=doubtful,
            always=(*own, *sorted(always, key=lambda line: line.priority)),
            by_token=tuple(_ranked(classes, token) for token in tokens),
        )

    def decide(self, known: _Class, name: Name, trusted: bool) -> tuple[str, str, str]:  # noqa: FBT001
        """Service, noise and unknown class of a row."""
        for line in known.always:
            if line.holds(name):
                return _outcome(line, known.label)
        if known.doubtful or not known.by_token:
            line = self.speaks(name)
            if line is not None and (line.service or line.noise or not trusted):
                return _outcome(line, known.label)
            if not trusted:
                return "", "", known.label
        rest: tuple[str, str, str] = ("", "", known.label)
        for lines in known.by_token:
            line = next((item for item in lines if item.holds(name)), None)
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
        return next((line for line in self.speaking if line.holds(name)), None)

    def fitting_share(self, rows: Sequence[tuple[_Class, Name]]) -> float:
        """How far telling names and classes of doubtful rows agree beyond chance (Cohen's kappa)."""
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


def _deepest(line: Line, tokens: Sequence[Token]) -> int:
    """How closely a line means one of several classes."""
    return max((line.depth(token) for token in tokens or [()]), default=-1)


def _tokens(
    codes: Sequence[str], texts: Sequence[str], known: Mapping[str, str]
) -> tuple[list[Token], bool]:
    """Classes of a row, and whether its code and its text differ."""
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
    tokens, doubtful = [], False
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
    known: dict[str, str] = {}
    for line in _table(f"{provider}_classes"):
        for code, text in zip(line.classes, line.classes[1:], strict=False):
            if code.isdigit() and not text.isdigit():
                known[text] = code
    return known


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


def _one_branch(paths: set[str]) -> bool:
    """Whether all of some classes are the shortest of them or below it."""
    shortest = min(paths, key=len)
    return all(path == shortest or path.startswith(shortest + ";") for path in paths)


def _pattern(word: str) -> str:
    """Pattern of one word."""
    end = "$" if word.endswith("$") else ""
    text = re.escape(word.removesuffix("$")).replace(r"\#", r"[0-9一二三四五六七八九十]+")
    if word.isascii() and word.strip("$").isalnum():
        return rf"(?<![a-z]){text}(?![a-z]){end}"
    return text + end


def _nothing(value: Any) -> bool:
    """Whether a cell is empty."""
    return value is None or value == "" or (isinstance(value, float) and np.isnan(value))


@cache
def _table(name: str) -> tuple[Line, ...]:
    """Lines of a packaged mapping."""
    with (files(__package__) / f"{name}.csv").open(encoding="utf-8") as file:
        table = pd.read_csv(file, dtype="str", keep_default_na=False)
    rows: list[dict[str, str]] = [
        {str(key): str(value) for key, value in row.items()} for row in table.to_dict("records")
    ]
    return tuple(lines_of(rows))
