"""What an indicator is judged by: a small language of parts, read and checked, never run.

``GRAMMAR`` tells it to those who write a table of indicators of their own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lifecircle.errors import UnknownNameError
from lifecircle.standards.catalog import services
from lifecircle.standards.records import known_records
from lifecircle.standards.standard import standard_code

DIVISORS = {"household": 1.0, "100_households": 100.0, "person": 1.0, "1000_people": 1000.0}
_NUMBERS = ("minutes", "m", "floor_m2", "site_m2", "each", "min", "max")
_TEXTS = ("service", "check", "per", "of", "show")
GRAMMAR = """\
一项指标由一个或几个部分组成，用 ; 分开，须全部达标；or 之后是可代替的部分。
An indicator has one or more parts, parted by ; and all must be met. A part after or does instead.
每个部分：种类:对象 条件。对象可用 | 并列。没有写 min/max 的第一个部分以 threshold 列为准。
A part is kind:what conditions; services may stand for each other with |. The first part is held
against the column threshold where it has neither min nor max.

covered:kindergarten|nursery minutes=10 min=0.85
    步行可达的人口占比  share of people who walk there
radius:park m=500 min=0.85
    直线距离内的人口占比  share of people within a straight line
count:supermarket floor_m2=300 each=12000 min=1
    单元内数量，每 12,000 人一处（可加 site_m2）  facilities inside, one for each 12,000 people
largest_floor:public_toilet min=30
largest_site:outdoor_fitness min=150
    单元内最大的一处，㎡  the largest inside, m²
below:nursery floor_m2=200 max=0
    单元内小于此面积的数量  facilities inside below a size
floor_per_person:cultural_station min=0.1
site_per_person:park min=1
    单元内人均面积，㎡  m² inside per person
capacity:nursing_home min=30
    单元内每千服务对象的容量  capacity inside per 1000 of those it is for
compliance:GB50180-2018 service=park check=walk min=1
    标准条款达标的占比  share of the clauses that are met
record:parking_spaces show=household min=1
record:parking_spaces per=household min=0.8
record:broken_pipes of=residential_buildings max=0
    台账记录；per 除以，of 按占总数的比例计分，show 只在文字中另列
    a record; per divides it, of scores it by a share of all, show tells it in words alone
    per, show: household, 100_households, person, 1000_people, 或记录名 or a record
unknown:walls
    没有数据来源  nothing to tell it from

direction: higher_better（须达到 threshold）, lower_better（不得超过 threshold）
unit 为第一个部分的单位 is that of the first part: share, facilities, m2, m2_per_person, per_1000,
count, m, km, yes/no, per_household …
"""


@dataclass(frozen=True)
class _Kind:
    """What a kind of part is about, needs and may have, and the unit of its value."""

    about: str
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    unit: str = ""


_KINDS = {
    "covered": _Kind("service", ("minutes",), ("min",), "share"),
    "radius": _Kind("service", ("m",), ("min",), "share"),
    "count": _Kind("service", (), ("floor_m2", "site_m2", "each", "min"), "facilities"),
    "largest_floor": _Kind("service", (), ("min",), "m2"),
    "largest_site": _Kind("service", (), ("min",), "m2"),
    "below": _Kind("service", (), ("floor_m2", "site_m2", "max"), "facilities"),
    "floor_per_person": _Kind("service", (), ("min",), "m2_per_person"),
    "site_per_person": _Kind("service", (), ("min",), "m2_per_person"),
    "capacity": _Kind("service", (), ("min",), "per_1000"),
    "compliance": _Kind("standard", (), ("service", "check", "min"), "share"),
    "record": _Kind("record", (), ("per", "of", "show", "min", "max")),
    "unknown": _Kind("anything"),
}


@dataclass(frozen=True)
class Part:
    """One thing that an indicator is judged by.

    Parameters
    ----------
    kind
        Such as ``"covered"`` or ``"record"``.
    names
        Services of which one does, a record, or a standard.
    numbers
        ``minutes``, ``m`` (radius), ``floor_m2``, ``site_m2`` and ``each`` (people), where given.
    texts
        ``service``, ``check``, ``per``, ``of`` and ``show``, where given.
    least, most
        What the value must reach, or may not pass; one of them is a number.
    unit
        Unit of the value.
    text
        The part as it was written.

    Examples
    --------
    >>> part = read_parts("covered:park minutes=10", threshold=0.85)[0][0]
    >>> part.names, part.numbers["minutes"], part.least
    (('park',), 10.0, 0.85)
    """

    kind: str
    names: tuple[str, ...]
    numbers: Mapping[str, float] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    least: float = math.nan
    most: float = math.nan
    unit: str = ""
    text: str = ""

    @property
    def threshold(self) -> float:
        """What the value is held against; NaN for an unknown part."""
        return self.most if math.isnan(self.least) else self.least


Groups = tuple[tuple[Part, ...], ...]


def read_parts(text: str, *, threshold: float = math.nan, higher_better: bool = True) -> Groups:
    """Parts of an indicator from what stands in its table.

    Parameters
    ----------
    text
        Parts as ``GRAMMAR`` has them.
    threshold
        What the first part is held against, where it says nothing itself.
    higher_better
        Whether that is to be reached; else it may not be passed.

    Returns
    -------
    tuple of tuples of Part
        All groups must be met, each by one of its parts. The first of the first is the main part.

    Raises
    ------
    UnknownNameError, ValueError
        If a part cannot be read, or names what is not known.

    Examples
    --------
    >>> groups = read_parts("count:supermarket min=1 or count:convenience_store min=2")
    >>> [[(part.names[0], part.least) for part in group] for group in groups]
    [[('supermarket', 1.0), ('convenience_store', 2.0)]]
    """
    groups = []
    for number, group in enumerate(one for one in text.split(";") if one.strip()):
        bound = ("min" if higher_better else "max", threshold)
        parts = [
            _read(part, bound if number == place == 0 else ("min", math.nan))
            for place, part in enumerate(f" {group} ".split(" or "))
        ]
        groups.append(tuple(parts))
    if not groups:
        raise ValueError("there are no parts")
    return tuple(groups)


def _read(text: str, bound: tuple[str, float]) -> Part:
    """One part; the bound is taken where it states none itself."""
    words = text.split()
    if not words:
        raise ValueError("there is nothing before or after 'or'")
    name, _, about = words[0].partition(":")
    if name not in _KINDS:
        raise UnknownNameError("kind of part", name, _KINDS)
    kind = _KINDS[name]
    names = tuple(one.strip() for one in about.split("|"))
    if not all(names):
        raise ValueError(f"{words[0]!r}: say what it is about, such as covered:kindergarten")
    _check_names(kind, names)
    numbers, texts = _options(words, {*kind.needs, *kind.may}, name)
    missing = [key for key in kind.needs if key not in numbers]
    if missing:
        raise ValueError(f"{text.strip()!r} needs {', '.join(f'{key}=…' for key in missing)}")
    if name == "below" and not {"floor_m2", "site_m2"} & set(numbers):
        raise ValueError(f"{text.strip()!r} needs floor_m2=… or site_m2=…")
    least, most = numbers.pop("min", math.nan), numbers.pop("max", math.nan)
    if math.isnan(least) and math.isnan(most) and not math.isnan(bound[1]):
        if bound[0] not in kind.may:
            better = "higher" if bound[0] == "max" else "lower"
            raise ValueError(f"{text.strip()!r} cannot be judged so: is it {better}_better?")
        least, most = (bound[1], most) if bound[0] == "min" else (least, bound[1])
    yes = name == "record" and known_records().at[names[0], "kind"] == "yesno"
    if yes or name == "compliance":
        least = 1.0 if math.isnan(least) else least
    if name != "unknown" and math.isnan(least) == math.isnan(most):
        raise ValueError(f"{text.strip()!r} needs one of min=… and max=… (or a threshold)")
    return Part(name, names, numbers, texts, least, most, _unit(kind, names, texts), text.strip())


def _options(
    words: list[str], allowed: set[str], name: str
) -> tuple[dict[str, float], dict[str, str]]:
    numbers: dict[str, float] = {}
    texts: dict[str, str] = {}
    for word in words[1:]:
        key, sign, value = word.partition("=")
        if not sign or key not in allowed:
            raise UnknownNameError(f"word in a part {name!r}", word, sorted(allowed))
        if key in _TEXTS:
            texts[key] = value
            continue
        try:
            numbers[key] = float(value)
        except ValueError:
            numbers[key] = math.nan
        if not math.isfinite(numbers[key]) or numbers[key] < 0:
            raise ValueError(f"{word!r} needs a number of 0 or more")
        if key in {"minutes", "m", "each"} and numbers[key] == 0:
            raise ValueError(f"{word!r} needs a number above 0")
    records = known_records().index
    if "of" in texts and texts["of"] not in records:
        raise UnknownNameError("record", texts["of"], records)
    for key in ("per", "show"):
        if key in texts and texts[key] not in {*DIVISORS, *records}:
            raise UnknownNameError("divisor", texts[key], [*DIVISORS, *records])
    if "service" in texts:
        _known("service", (texts["service"],), services().index.__contains__)
    return numbers, texts


def _check_names(kind: _Kind, names: tuple[str, ...]) -> None:
    if kind.about == "service":
        _known("service", names, services().index.__contains__)
    elif len(names) > 1:
        raise ValueError(f"{'|'.join(names)!r}: only services may stand for each other")
    elif kind.about == "standard":
        standard_code(names[0])
    elif kind.about == "record":
        _known("record", names, known_records().index.__contains__)


def _known(what: str, names: tuple[str, ...], is_known: Callable[[object], bool]) -> None:
    for name in names:
        if not is_known(name):
            known = services().index if what == "service" else known_records().index
            raise UnknownNameError(what, name, known)


def _unit(kind: _Kind, names: tuple[str, ...], texts: Mapping[str, str]) -> str:
    """Unit of a part's value."""
    if kind.about != "record":
        return kind.unit
    if "per" in texts:
        return f"per_{texts['per']}"
    return str(known_records().at[names[0], "unit"])
