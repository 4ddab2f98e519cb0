"""Every word that a map shows, in Chinese and in English, from one table.

Braces such as ``{count}`` are places that the page fills with numbers or names; they are filled
as plain text, never as a template.
"""

from __future__ import annotations

from collections.abc import Mapping

from lifecircle.errors import UnknownNameError
from lifecircle.outputs.mapping.words import MAP_WORDS

LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}
"""What ``<html lang>`` says for each language."""

_WORDS: dict[str, tuple[str, str]] = {
    # the frame of the page
    "evaluation_title": ("{name}：生活圈步行可达性", "{name}: walking access in the life circle"),
    "evaluation_title_unnamed": ("生活圈步行可达性", "Walking access in the life circle"),
    "isochrones_title": ("步行等时圈", "Walking isochrones"),
    "subtitle_minutes": ("步行 {minutes} 分钟", "{minutes} min on foot"),
    "subtitle_walkers": ("步行者：{walkers}", "walkers: {walkers}"),
    "sample": ("示例数据 · 非实测", "Sample data, drawn — not surveyed"),
    "panel_toggle": ("图层与图例", "Layers and legend"),
    "sources": ("数据来源：{sources}", "Data: {sources}"),
    "sources_none": ("未注明", "not stated"),
    "review_number": ("审图号：{number}", "Map review number: {number}"),
    "north": ("北", "N"),
    "zoom_in": ("放大", "Zoom in"),
    "zoom_out": ("缩小", "Zoom out"),
    "close": ("关闭", "Close"),
    "list_separator": ("、", ", "),
    "sentence_separator": ("；", "; "),
    # layers and legend
    "bands": ("步行等时圈", "Walking isochrones"),
    "bands_by_group": ("从哪类设施出发", "Around facilities for"),
    "bands_by_origin": ("出发点", "From"),
    "bands_all": ("全部出发点", "All origins"),
    "bands_none": ("不显示", "Not shown"),
    "bands_class": ("{minutes} 分钟内", "within {minutes} min"),
    "bands_note": (
        "到该类任一设施的步行时间，沿道路计算",
        "Walking time along streets to any facility of the group",
    ),
    "bands_area": ("图示总面积", "area shown"),
    "bands_area_with_units": (
        "图示总面积（含单元以外）",
        "area shown, in and beyond the units",
    ),
    "area_ha": ("{area} 公顷", "{area} ha"),
    "facilities": ("服务设施", "Facilities"),
    "facilities_count": ("{count} 处", "{count}"),
    "facilities_count_off": (
        "{count} 处（另 {off} 处未计入）",
        "{count} (+{off} not counted)",
    ),
    "off_street": (
        "距道路超过 {snap_m} 米，未计入",
        "more than {snap_m} m from any street: not counted",
    ),
    "show_all": ("全选", "all"),
    "show_none": ("全不选", "none"),
    "other_group": ("其他", "Other"),
    "residents": ("居民点", "Residents"),
    "residents_legend": (
        "{minutes} 分钟内可达的规定服务（项，共 {total} 项）",
        "Required services within {minutes} min (number, of {total})",
    ),
    "residents_plain": ("居民点（标准未规定服务项目）", "Residents (no service is required)"),
    "completeness_class": ("{low}–{high} 项", "{low}–{high}"),
    "completeness_class_one": ("{low} 项", "{low}"),
    "completeness_unknown": ("未接入道路，无数据", "far from any street: unknown"),
    "not_listed": (
        "另有 {count} 项规定服务在设施表中没有（或都离道路过远），视为无数据，未计入：{names}",
        "{count} required services have no facility near a street: unknown, not counted: {names}",
    ),
    "ground": ("范围与道路", "Boundaries and streets"),
    "units": ("单元边界", "Unit boundaries"),
    "units_list": ("单元（{count} 个）", "Units ({count})"),
    "units_search": ("按名称或编号查找", "Find by name or id"),
    "units_some": (
        "列出 {shown} 个，共 {count} 个；其余请查找",
        "{shown} of {count} listed; find the others by name",
    ),
    "units_none": ("没有这样的单元", "no such unit"),
    "labels": ("名称", "Names"),
    "streets": ("道路（步行网络）", "Streets (walking network)"),
    "streets_cut": (
        "为控制文件大小，略去 {count} 段小路，计算时未略去",
        "{count} minor ways are left out of the drawing, not out of the numbers",
    ),
    "barriers": ("围墙与大门", "Walls and gates"),
    "walls": ("围墙", "Walls"),
    "gates": ("大门", "Gates"),
    "gate_open": ("开放", "open to everybody"),
    "gate_residents": ("仅限住户", "residents only"),
    "gate_closed": ("关闭", "closed"),
    "points": ("出发点", "Origins"),
    "hint": (
        "点击单元、居民点或设施可查看数值",
        "Click a unit, a resident or a facility for its numbers",
    ),
    "warnings": ("数据提示（{count} 条，英文）", "Data notes ({count})"),
    # pop-ups
    "unit": ("单元", "Unit"),
    "part_of": ("上级单元", "Part of"),
    "resident": ("居民点 {id}", "Resident {id}"),
    "facility": ("设施", "Facility"),
    "gate": ("大门 {id}", "Gate {id}"),
    "gate_access": ("通行", "Access"),
    "gate_unknown": ("数据未写明，按此处理", "the data does not say; taken as this"),
    "gate_hours": ("开放时间", "Hours"),
    "compound": ("小区", "Compound"),
    "origin": ("出发点 {id}", "Origin {id}"),
    "unnamed": ("（未命名）", "(no name)"),
    "service": ("服务", "Service"),
    "group": ("类别", "Group"),
    "capacity": ("容量", "Capacity"),
    "district": ("所属", "District"),
    "area": ("面积", "Area"),
    "households": ("户数", "Households"),
    "households_value": ("{count} 户", "{count}"),
    "people": ("人口", "People"),
    "elderly": ("老年人", "Older people"),
    "children": ("儿童", "Children"),
    "people_off_street": (
        "其中 {count} 人住处离道路超过 {snap_m} 米，未计入覆盖率",
        "{count} of them live more than {snap_m} m from any street: not in the shares",
    ),
    "people_value": ("{count} 人", "{count} people"),
    "completeness": ("{minutes} 分钟可达服务", "Services within {minutes} min"),
    "completeness_mean": (
        "{minutes} 分钟可达服务（人均）",
        "Services within {minutes} min, mean",
    ),
    "completeness_standard": ("按标准各自时限", "Within the standard's own times"),
    "completeness_standard_mean": (
        "按标准各自时限（人均）",
        "Within the standard's own times, mean",
    ),
    "completeness_value": ("{count} 项（共 {total} 项）", "{count} of {total}"),
    "boundary_source": ("边界来源", "Boundary from"),
    "boundary_described": ("据文字描述绘制", "drawn from description"),
    "unknown": ("无数据", "unknown"),
    "nearest": ("最近设施的步行时间", "Walk to the nearest"),
    "minutes_value": ("{minutes} 分钟", "{minutes} min"),
    "not_reached": ("{minutes} 分钟内未到达", "not within {minutes} min"),
    "coverage": ("{minutes} 分钟步行覆盖", "Within {minutes} min on foot"),
    "coverage_walker": ("步行者", "Walker"),
    "coverage_people": ("覆盖/应覆盖（人）", "Reached / all (people)"),
    "coverage_share": ("覆盖率", "Share"),
    "share_unknown": ("未知", "unknown"),
    "share_of_nobody": ("—", "—"),
    # walkers
    "walker_adult": ("成年人", "adult"),
    "walker_elderly": ("老年人", "older person"),
    "walker_frail": ("体弱老人", "frail person"),
    "walker_child": ("儿童", "child"),
    "walker_stroller": ("推婴儿车者", "with a pram"),
    "walker_wheelchair": ("轮椅使用者", "wheelchair user"),
}

_LEVELS: dict[str, tuple[str, str]] = {
    "circle": ("生活圈", "circle"),
    "community": ("社区", "community"),
    "street": ("街道", "street"),
    "district": ("区", "district"),
    "grid": ("网格", "grid"),
    "unit": ("单元", "unit"),
    "sub-unit": ("下级单元", "sub-unit"),
}


def words(language: str) -> dict[str, str]:
    """All words of a map in one language.

    Parameters
    ----------
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    dict
        From the key of a word to the word.

    Raises
    ------
    UnknownNameError
        If the language is neither.

    Examples
    --------
    >>> words("en")["bands"], words("zh")["bands"]
    ('Walking isochrones', '步行等时圈')
    """
    return in_language(_WORDS | MAP_WORDS, language)


def in_language(catalogue: Mapping[str, tuple[str, str]], language: str) -> dict[str, str]:
    """One language of a catalogue of words.

    Parameters
    ----------
    catalogue
        From the key of a word to the word in Chinese and in English.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    dict
        From the key of a word to the word.

    Raises
    ------
    UnknownNameError
        If the language is neither.

    Examples
    --------
    >>> in_language({"north": ("北", "N")}, "en")
    {'north': 'N'}
    """
    if language not in LANGUAGE_TAGS:
        raise UnknownNameError("language", language, LANGUAGE_TAGS)
    column = list(LANGUAGE_TAGS).index(language)
    return {key: pair[column] for key, pair in catalogue.items()}


def fill(text: str, values: Mapping[str, object]) -> str:
    """A word with its places filled, as plain text.

    Parameters
    ----------
    text
        A word with places such as ``{count}``.
    values
        What goes into each place. Braces inside a value stay as they are, and so does a place
        that has no value.

    Returns
    -------
    str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> fill("{name}: {count}", {"name": "{count}", "count": 3})
    '{count}: 3'
    """
    first, *parts = text.split("{")
    filled = [first]
    for part in parts:
        key, brace, rest = part.partition("}")
        filled.append(f"{values[key]}{rest}" if brace and key in values else "{" + part)
    return "".join(filled)


def level_name(level: object, language: str) -> str:
    """What a level of units is called.

    Parameters
    ----------
    level
        Such as ``"circle"``; another stands as it is.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str

    Raises
    ------
    UnknownNameError
        If the language is neither.

    Examples
    --------
    >>> level_name("circle", "zh"), level_name("片区", "zh")
    ('生活圈', '片区')
    """
    return in_language(_LEVELS, language).get(str(level), str(level))
