"""What a health check says, in Chinese and English."""

from __future__ import annotations

import math
from collections.abc import Mapping

from lifecircle.standards.catalog import service_name
from lifecircle.standards.parts import Part
from lifecircle.standards.records import record_name

VERDICTS = {
    "met": {"zh": "达标", "en": "met"},
    "not met": {"zh": "不达标", "en": "not met"},
    "unknown": {"zh": "未知", "en": "unknown"},
}
_WORDS = {
    "unlisted": {
        "zh": "设施表中没有{what}：未知，而非没有",
        "en": "the facilities list no {what}: unknown, not absent",
    },
    "off streets": {"zh": "{what}都不靠近道路", "en": "no {what} lies near a street"},
    "beyond": {
        "zh": "只计算到步行 {limit:g} 分钟",
        "en": "walks were searched up to {limit:g} min only",
    },
    "nobody": {"zh": "没有这类人口（不适用）", "en": "nobody of this kind lives here (n/a)"},
    "no figures": {
        "zh": "{count} 处{what}没有面积或容量",
        "en": "{count} of {what} state no area or capacity",
    },
    "no record": {"zh": "没有“{what}”的记录", "en": "there is no record of {what}"},
    "no record yet": {
        "zh": "{year} 年及以前没有“{what}”的记录",
        "en": "there is no record of {what} of {year} or before",
    },
    "some communities": {
        "zh": "缺“{what}”的记录：{units}",
        "en": "no record of {what}: {units}",
    },
    "saying no": {
        "zh": "“{what}”为“无”的：{units}（{count}/{all} 个下级单元）",
        "en": "{what} is no in {units} ({count} of {all} units below)",
    },
    "no divisor": {"zh": "“{what}”未知", "en": "{what} is not known"},
    "zero divisor": {"zh": "“{what}”为 0（不适用）", "en": "{what} is 0 (n/a)"},
    "no clauses": {
        "zh": "没有{what}的条款可判断",
        "en": "no clause of {what} is judged",
    },
    "open clauses": {"zh": "{what}的条款未能全部判断", "en": "some clauses of {what} are unknown"},
    "no source": {"zh": "没有数据来源", "en": "there is nothing to tell it from"},
}
_PARTS = {
    "covered": {"zh": "步行 {minutes:g} 分钟到{what}", "en": "{minutes:g} min walk to {what}"},
    "radius": {"zh": "{what}直线 {m:g} m 内", "en": "within {m:g} m of {what}"},
    "count": {"zh": "{what}数量{size}", "en": "{what}{size}"},
    "largest_floor": {"zh": "{what}最大建筑面积", "en": "largest floor of {what}"},
    "largest_site": {"zh": "{what}最大用地面积", "en": "largest site of {what}"},
    "below": {"zh": "未达到{size}的{what}", "en": "{what} short of {size}"},
    "floor_per_person": {"zh": "人均{what}建筑面积", "en": "floor of {what} per person"},
    "site_per_person": {"zh": "人均{what}用地面积", "en": "site of {what} per person"},
    "capacity": {"zh": "{what}千人容量", "en": "capacity of {what} per 1000"},
    "compliance": {"zh": "{what}条款达标", "en": "clauses met of {what}"},
    "record": {"zh": "{what}{per}", "en": "{what}{per}"},
    "unknown": {"zh": "{what}", "en": "{what}"},
}
_SIZES = {
    "floor_m2": {"zh": "建筑面积", "en": "floor"},
    "site_m2": {"zh": "用地", "en": "site"},
}
_DIVISORS = {
    "household": {"zh": "户", "en": "household"},
    "100_households": {"zh": "百户", "en": "100 households"},
    "person": {"zh": "人", "en": "person"},
    "1000_people": {"zh": "千人", "en": "1000 people"},
}


_YES = {1.0: {"zh": "有", "en": "yes"}, 0.0: {"zh": "无", "en": "no"}}
_BELOW = {
    "zh": ("{yes}/{all} 个下级单元有", "，{open} 个未知"),
    "en": ("{yes} of {all} units below say yes", ", {open} unknown"),
}
_SIGNS = {
    "m2": {"zh": " ㎡", "en": " m²"},
    "m2_per_person": {"zh": " ㎡", "en": " m²"},
    "m": {"zh": " m", "en": " m"},
    "km": {"zh": " km", "en": " km"},
}
_SOURCES = {
    "computed": {"zh": "计算", "en": "computed"},
    "unknown": {"zh": "未知", "en": "unknown"},
}
_CHANGES = {
    "better": {"zh": "好转", "en": "better"},
    "worse": {"zh": "变差", "en": "worse"},
    "same": {"zh": "不变", "en": "the same"},
    "unknown": {"zh": "未知", "en": "unknown"},
}


def source_name(source: str, language: str) -> str:
    """Where a figure comes from, for people.

    Parameters
    ----------
    source
        ``"computed"`` or ``"unknown"``.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str
        The source itself if it is another.

    Examples
    --------
    >>> source_name("computed", "zh")
    '计算'
    """
    return _SOURCES.get(source, {}).get(language, source)


def change_name(change: str, language: str) -> str:
    """Name of a change for people.

    Parameters
    ----------
    change
        ``"better"``, ``"worse"``, ``"same"`` or ``"unknown"``.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str

    Examples
    --------
    >>> change_name("better", "zh")
    '好转'
    """
    return _CHANGES[change][language]


def with_verdict(words: str, verdict: str, language: str) -> str:
    """Words and the verdict in brackets.

    Parameters
    ----------
    words
        Such as ``"lifts added: 2 (≥ 4)"``.
    verdict
        ``"met"``, ``"not met"`` or ``"unknown"``.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str

    Examples
    --------
    >>> with_verdict("加装电梯: 2 (≥ 4)", "not met", "zh")
    '加装电梯: 2 (≥ 4)（不达标）'
    """
    name = VERDICTS[verdict][language]
    return f"{words}（{name}）" if language == "zh" else f"{words} ({name})"


def beside(name: str, value: float, language: str) -> str:
    """A value that is shown beside another and decides nothing.

    Parameters
    ----------
    name
        What it is counted by, such as ``"household"``.
    value
        How many of it.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str

    Examples
    --------
    >>> beside("household", 0.5, "zh"), beside("household", 0.5, "en")
    ('每户 0.5', '0.5 per household')
    """
    named = _DIVISORS.get(name, {}).get(language) or record_name(name, language)
    number = shown_number(value, "", upwards=True)
    return f"每{named} {number}" if language == "zh" else f"{number} per {named}"


def say(key: str, language: str, values: Mapping[str, object] | None = None) -> str:
    """Reason why something is not known, in words.

    Parameters
    ----------
    key
        Such as ``"no record"``.
    language
        ``"zh"`` or ``"en"``.
    values
        What stands in the sentence.

    Returns
    -------
    str

    Examples
    --------
    >>> say("no record", "en", {"what": "lifts"})
    'there is no record of lifts'
    """
    return _WORDS[key][language].format(**(values or {}))


def what(part: Part, language: str) -> str:
    """Names of what a part is about.

    Parameters
    ----------
    part
        The part.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str

    Examples
    --------
    >>> from lifecircle.standards.parts import read_parts
    >>> what(read_parts("covered:park|public_green minutes=5 min=1")[0][0], "en")
    'park or public green space'
    """
    if part.kind == "record":
        return record_name(part.names[0], language)
    if part.kind in {"compliance", "unknown"}:
        return " ".join([*part.names, *part.texts.values()])
    between = "或" if language == "zh" else " or "
    return between.join(service_name(name, language) for name in part.names)


def describe(
    part: Part,
    language: str,
    value: float,
    threshold: float,
    *,
    below: tuple[int, int, int] = (0, 0, 0),
) -> str:
    """A part and what it came to, in words; the verdict stands beside it.

    Parameters
    ----------
    part
        The part.
    language
        ``"zh"`` or ``"en"``.
    value
        What was found; NaN where it is not known.
    threshold
        What it is held against.
    below
        Units below that say yes, say no, and do not say, where that is what the value is from.

    Returns
    -------
    str

    Examples
    --------
    >>> from lifecircle.standards.parts import read_parts
    >>> part = read_parts("covered:park minutes=5 min=0.85")[0][0]
    >>> describe(part, "en", 0.5, 0.85), describe(part, "zh", float("nan"), 0.85)
    ('5 min walk to park: 50% (≥ 85%)', '步行 5 分钟到公园: — (≥ 85%)')
    """
    sizes = [
        f"{word[language]} ≥ {part.numbers[key]:g}{_SIGNS['m2'][language]}"
        for key, word in _SIZES.items()
        if key in part.numbers
    ]
    between = "、" if language == "zh" else ", "
    size = between.join(sizes)
    if part.kind == "count" and size:
        size = f"（{size}）" if language == "zh" else f" ({size})"
    divisor = part.texts.get("per", "")
    named = _DIVISORS.get(divisor, {}).get(language) or record_name(divisor, language)
    head = _PARTS[part.kind][language].format(
        **{"minutes": 0, "m": 0, **part.numbers},
        what=what(part, language),
        size=size,
        per=f" / {named}" if divisor else "",
    )
    if math.isnan(threshold):
        return f"{head}: —"
    if part.unit == "yes/no":
        return f"{head}: {_said(value, below, language)}"
    upwards = not math.isnan(part.least)
    found = _measured(part, value, language, upwards=upwards)
    bound = shown_number(threshold, part.unit, upwards=not upwards)
    sign = _SIGNS.get(part.unit, {}).get(language, "")
    return f"{head}: {found} ({'≥' if upwards else '≤'} {bound}{sign})"


def shown_number(value: float, unit: str, *, upwards: bool) -> str:
    """A number in few digits, rounded to the side on which it does not pass for more than it is.

    Parameters
    ----------
    value
        The number; NaN where it is not known.
    unit
        Its unit; a share is shown in percent.
    upwards
        Whether more is better: rounded down, else up.

    Returns
    -------
    str

    Examples
    --------
    >>> shown_number(0.8497, "share", upwards=True), shown_number(12345, "count", upwards=True)
    ('84.9%', '12,345')
    """
    if math.isnan(value):
        return "—"
    if unit == "share":
        percent = _rounded(100 * value, 1, upwards=upwards)
        return "<0.1%" if percent == 0 < value else f"{percent:g}%"
    digits = 0 if value == 0 else max(0, 3 - math.floor(math.log10(abs(value))))
    text = f"{_rounded(value, digits, upwards=upwards):,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rounded(value: float, digits: int, *, upwards: bool) -> float:
    """Rounded down where more is better, else up; what floats add does not count."""
    scaled = value * 10.0**digits
    near = 1e-9 * max(1.0, abs(scaled))
    whole = math.floor(scaled + near) if upwards else math.ceil(scaled - near)
    return whole / 10.0**digits


def _measured(part: Part, value: float, language: str, *, upwards: bool) -> str:
    """A value and what it is of."""
    number = shown_number(value, part.unit, upwards=upwards)
    if math.isnan(value):
        return number
    if part.unit == "facilities" and language == "en":
        return f"{number} {'facility' if value == 1 else 'facilities'}"
    return number + _SIGNS.get(part.unit, {}).get(language, "")


def _said(value: float, below: tuple[int, int, int], language: str) -> str:
    """Yes or no; of a unit with others below how many of them say yes."""
    if not any(below):
        return _YES.get(value, {}).get(language, "—")
    every, unknown = _BELOW[language]
    values = {"yes": below[0], "all": sum(below), "open": below[2]}
    return (every + (unknown if below[2] else "")).format(**values)
