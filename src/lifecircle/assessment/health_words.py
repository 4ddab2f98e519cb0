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
    "count": {"zh": "{what}数量{size}", "en": "number of {what}{size}"},
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


def describe(part: Part, language: str, value: float, threshold: float) -> str:
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
        f"{word[language]} ≥ {part.numbers[key]:g} m²"
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
    sign = "≤" if math.isnan(part.least) else "≥"
    if part.unit == "yes/no":
        words = {1.0: {"zh": "有", "en": "yes"}, 0.0: {"zh": "无", "en": "no"}}
        return f"{head}: {words.get(value, {}).get(language, '—')}"
    return f"{head}: {_number(value, part.unit)} ({sign} {_number(threshold, part.unit)})"


def _number(value: float, unit: str) -> str:
    if math.isnan(value):
        return "—"
    return f"{100 * value:.3g}%" if unit == "share" else f"{value:,.4g}"
