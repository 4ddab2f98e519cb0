"""Names of places as people write them: the gates, exits and stops at their ends."""

from __future__ import annotations

import re
import unicodedata

_NO_GATES = frozenset(
    {
        "bus_stop",
        "bus_terminal",
        "bank",
        "bank_atm",
        "restaurant",
        "breakfast",
        "bakery",
        "tea_coffee",
        "shop",
        "convenience_store",
        "community_retail",
        "hairdresser",
        "laundry",
        "repair",
        "parcel_delivery",
        "bench",
        "bicycle_parking",
    }
)
_STATIONS = frozenset({"metro_station", "light_rail"})
_SIDE = "(?:东南|东北|西南|西北|东|西|南|北)"
_GATE = re.compile(
    rf"\(?(?:(?:{_SIDE}|正|前|后|侧|主|次|左|右)+\d*号?(?:校|大|小|侧)?门"
    r"|(?:[a-z]?\d+|[a-z])号?(?:校|大)?门|[一二三四五六七八九十]+号(?:校|大)?门|校门|大门"
    rf"|(?:主|次|{_SIDE}+|[a-z]?\d*号?)?(?:出入口|入口|出口)|(?:[a-z]\d*|\d+号?)口)\)?$"
)
_EXIT = re.compile(rf"\(?(?:[a-z]\d*|\d+号?|{_SIDE}+)?(?:出入口|入口|出口|口)\)?$")
_STATION = re.compile(r"(?:\((?:地铁|轻轨|轨道交通)站\)|地铁站|轻轨站|轨道交通站)$")
_STOP = re.compile(r"(?:\(公交站\)|\(公交车站\)|公交车站|公交站台|公交站)$")
_SIGNS = re.compile(r"[\s·・.,、;:'\"“”‘’_/\\\-—–]+")


def spelled(name: str) -> str:
    """Name in one spelling: half width, lower case, without spaces and punctuation but brackets.

    Parameters
    ----------
    name
        As it stands in a table.

    Returns
    -------
    str

    Examples
    --------
    >>> spelled("白沙 小学（东·门）")
    '白沙小学(东门)'
    """
    return _SIGNS.sub("", unicodedata.normalize("NFKC", name).casefold())


def base_of(name: str, service: str) -> tuple[str, bool]:
    """Name without the word for a gate, and whether it had one.

    Parameters
    ----------
    name
        In one spelling, as :func:`spelled` gives it.
    service
        What it is: shops have no gates, bus stops may be named after one.

    Returns
    -------
    tuple of str and bool

    Examples
    --------
    >>> base_of("白沙小学(东门)", "primary_school"), base_of("东门(公交站)", "bus_stop")
    (('白沙小学', True), ('东门', False))
    >>> base_of("黄土岭地铁站b1口", "metro_station")
    ('黄土岭', True)
    """
    if service in _STATIONS:
        base = _EXIT.sub("", name)
        gate = base != name
        base = _STATION.sub("", base)
        base = base.removesuffix("站") if len(base) > 2 else base
    elif service in _NO_GATES:
        base, gate = _STOP.sub("", name), False
    else:
        base = _GATE.sub("", name)
        gate = base != name
    base = base.replace("(", "").replace(")", "")
    return (base, gate) if len(base) > 1 else (name, False)


def without_gate(name: str) -> str:
    """Name as it is written, without the word for the gate.

    Parameters
    ----------
    name
        As it stands in a table.

    Returns
    -------
    str

    Examples
    --------
    >>> without_gate("白沙小学（东门）"), without_gate("砂子塘公园 2号门")
    ('白沙小学', '砂子塘公园')
    """
    plain = unicodedata.normalize("NFKC", name).strip()
    lower = plain.casefold()
    for pattern in (_GATE, _EXIT):
        found = pattern.search(lower)
        if found and len(lower) == len(plain):
            return plain[: found.start()].rstrip(" -—–·(")
    return plain
