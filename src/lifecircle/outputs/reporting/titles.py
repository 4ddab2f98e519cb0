"""Headings of the columns of a report's tables, with units, and words of their cells."""

from __future__ import annotations

from functools import cache
from typing import Any

from lifecircle.outputs.csv_tables import words_beside
from lifecircle.outputs.words import in_language
from lifecircle.standards.standard import standards

_TITLES: dict[str, tuple[str, str]] = {
    "unit_id": ("单元编号", "Unit id"),
    "name": ("单元", "Unit"),
    "unit_name": ("单元", "Unit"),
    "level": ("级别", "Level"),
    "district": ("所属", "District"),
    "area_ha": ("面积（公顷）", "Area (ha)"),
    "households": ("户数（户）", "Households"),
    "people": ("人口（人）", "People"),
    "elderly": ("老年人（人）", "Older people"),
    "children": ("儿童（人）", "Children"),
    "role": ("内容", "What"),
    "path": ("文件", "File"),
    "bytes": ("大小（字节）", "Size (bytes)"),
    "sha256": ("校验值 SHA-256", "SHA-256"),
    "walker": ("步行者", "Walker"),
    "speed_m_s": ("步速（米/秒）", "Speed (m/s)"),
    "steps": ("可走台阶", "Takes steps"),
    "confidence": ("依据", "Confidence"),
    "source": ("来源", "Source"),
    "standard": ("标准", "Standard"),
    "standard_code": ("代号", "Code"),
    "standard_name": ("名称", "Title"),
    "use": ("用途", "Used for"),
    "service": ("服务", "Service"),
    "services": ("服务", "Services"),
    "service_name": ("服务", "Service"),
    "group": ("类别", "Group"),
    "segment": ("服务对象", "For whom"),
    "minutes": ("时限（分钟）", "Limit (min)"),
    "covered_people": ("步行可达（人）", "Reached (people)"),
    "covered_share": ("步行覆盖率", "Walk share"),
    "radius_m": ("半径（米）", "Radius (m)"),
    "radius_share": ("半径覆盖率", "Radius share"),
    "area_share": ("用地覆盖率", "Area share"),
    "nearest_median_min": ("最近一处步行时间中位数（分钟）", "Nearest, median (min)"),
    "unsnapped_people": ("离道路过远未计入（人）", "Off the streets (people)"),
    "facilities_inside": ("单元内设施（处）", "Facilities inside"),
    "completeness_mean": ("{minutes} 分钟内（项）", "Within {minutes} min"),
    "completeness_standard_mean": ("标准各自时限内（项）", "Within own times"),
    "required_count": ("必备设施（项）", "Required"),
    "met": ("达标", "Met"),
    "not_met": ("不达标", "Not met"),
    "unknown": ("未知", "Unknown"),
    "mandatory_met": ("应配·达标", "Mandatory: met"),
    "mandatory_not_met": ("应配·不达标", "Mandatory: not met"),
    "mandatory_unknown": ("应配·未知", "Mandatory: unknown"),
    "optional_met": ("可选·达标", "Optional: met"),
    "optional_not_met": ("可选·不达标", "Optional: not met"),
    "optional_unknown": ("可选·未知", "Optional: unknown"),
    "clause": ("条文", "Clause"),
    "check": ("检查", "Check"),
    "checks": ("检查", "Checks"),
    "tier": ("分级", "Tier"),
    "mandatory": ("性质", "Mandatory"),
    "status": ("结论", "Verdict"),
    "required": ("要求", "Required"),
    "found": ("现状", "Found"),
    "why": ("说明", "Why"),
    "choice": ("标准之间的差异", "Where standards differ"),
    "block": ("板块", "Block"),
    "block_name": ("板块", "Block"),
    "score": ("得分", "Score"),
    "unknown_share": ("未知占比", "Unknown share"),
    "indicators": ("指标数", "Indicators"),
    "indicator_id": ("编号", "Id"),
    "indicator": ("指标", "Indicator"),
    "value": ("现状值", "Value"),
    "unit": ("单位", "Unit of value"),
    "threshold": ("要求值", "Threshold"),
    "parts": ("分项", "Parts"),
    "source_name": ("来源", "Source"),
    "answers": ("回答（份）", "Answers"),
    "satisfaction_mean": ("满意度均值（1–5）", "Satisfaction (1–5)"),
    "importance_mean": ("重要度均值（1–5）", "Importance (1–5)"),
    "satisfied_share": ("满意比例", "Satisfied"),
    "quadrant_name": ("重要度—满意度", "Quadrant"),
    "match_name": ("与步行覆盖对照", "Against the walk"),
    "rank": ("名次", "Rank"),
    "people_short": ("短缺（人）", "People short"),
    "severity": ("差距（0–1）", "How far short (0–1)"),
    "survey_weight": ("民意权重", "Survey weight"),
    "priority": ("优先度", "Priority"),
    "where": ("主要位置", "Mostly where"),
    "rank_holds": ("可靠性", "Rank is"),
    "rank_note": ("名次说明", "On the rank"),
    "how": ("计算", "How"),
    "project_id": ("编号", "Id"),
    "kind": ("类型", "Kind"),
    "what": ("项目", "Project"),
    "place": ("地点", "Place"),
    "shortfalls": ("对应短板", "Shortfalls"),
    "clauses": ("依据条文", "Clauses"),
    "closes_people": ("单独实施可满足（人次）", "Needs met alone"),
    "added_people": ("新增满足（人次）", "Needs met"),
    "gaining_people": ("受益（人）", "People who gain"),
    "gaining_elderly": ("其中老年人（人）", "Older people who gain"),
    "gaining_children": ("其中儿童（人）", "Children who gain"),
    "served_people": ("服务范围（人）", "People served"),
    "cost_cny": ("费用（元）", "Cost (yuan)"),
    "payer": ("出资", "Payer"),
    "phase": ("时序", "Phase"),
    "chosen": ("是否入选", "Chosen"),
    "step": ("次序", "Order"),
    "include": ("指定", "Said"),
    "requires": ("前置项目", "Requires"),
    "excludes": ("互斥项目", "Excludes"),
    "note": ("备注", "Note"),
    "before": ("方案前", "Before"),
    "after": ("方案后", "After"),
    "change": ("变化", "Change"),
    "needs_people": ("有此需求（人）", "People who need it"),
    "fact": ("项目", "Item"),
    "told": ("内容", "Content"),
    # roles of files
    "role_study": ("研究设定", "study"),
    "role_units": ("统计单元", "units"),
    "role_network": ("道路", "streets"),
    "role_facilities": ("设施", "facilities"),
    "role_residents": ("居民", "residents"),
    "role_compounds": ("小区", "compounds"),
    "role_walls": ("围墙", "walls"),
    "role_gates": ("大门", "gates"),
    "role_sites": ("备选地块", "sites"),
    "role_survey": ("问卷", "survey"),
    "role_records": ("台账", "records"),
    "role_standard": ("自定标准", "standard"),
    "role_indicators": ("自定指标", "indicators"),
    # units of values
    "unit_share": ("占比", "share"),
    "unit_yes/no": ("是/否", "yes/no"),
    "unit_count": ("数量", "count"),
    "unit_facilities": ("处", "facilities"),
    "unit_m2": ("㎡", "m²"),
    "unit_per_1000": ("每千人", "per 1000"),
}
# A report is read by those who ask where a figure is from, not who remembered it.
_CHINESE: dict[str, dict[Any, str]] = {
    "confidence": {"memory_sure": "未见原文", "memory_unsure": "未见原文，存疑"},
}
_ENGLISH: dict[str, dict[Any, str]] = {
    "confidence": {
        "seen": "seen in the source",
        "derived": "derived",
        "memory_sure": "source not seen",
        "memory_unsure": "source not seen, unsure",
        "own": "own",
    },
    "check": {"floor_area": "floor area", "site_area": "site area", "capacity": "per 1000"},
    "kind": {
        "add_facility": "new facility",
        "open_gate": "open a gate",
        "remove_wall": "open a wall",
        "connect_streets": "connect a dead end",
        "extend_capacity": "extend",
        "improve": "improve",
        "find_site": "find a site",
    },
    "rank_holds": {True: "steady", False: "not steady"},
    "chosen": {True: "chosen", False: "not chosen"},
}


def report_titles(language: str) -> dict[str, str]:
    """Headings of columns in one language.

    Parameters
    ----------
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    dict
        From the key of a heading to the heading.

    Raises
    ------
    UnknownNameError
        If the language is neither.

    Examples
    --------
    >>> report_titles("zh")["cost_cny"]
    '费用（元）'
    """
    return in_language(_TITLES, language)


def cell_words(column: str, language: str) -> dict[Any, str]:
    """What the words of a column are called in a report.

    Parameters
    ----------
    column
        Such as ``"confidence"``.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    dict
        Word → name; empty where the words stand alone.

    Raises
    ------
    UnknownNameError
        If the language is neither.

    Examples
    --------
    >>> cell_words("confidence", "zh")["derived"], cell_words("confidence", "en")["own"]
    ('推导', 'own')
    """
    titles = report_titles(language)
    start = f"{column}_"
    own = {key.removeprefix(start): word for key, word in titles.items() if key.startswith(start)}
    own = own if column in {"role", "unit"} else {}
    beside = words_beside(column, language)
    words = (_ENGLISH if language == "en" else _CHINESE).get(column, {})
    return {**own, **beside, **words}


def standard_names(text: str, language: str) -> str:
    """Text with names of standards in place of codes that are this project's own.

    Parameters
    ----------
    text
        Code of a standard, or text in which such codes stand.
    language
        ``"zh"`` or ``"en"``; in English codes stay.

    Returns
    -------
    str
        Numbers of published standards, such as ``GB50180-2018``, stay.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> standard_names("complete-community-2020 第 1 项", "zh")
    '完整居住社区建设标准 第 1 项'
    """
    if language == "zh":
        for code, name in _own_codes().items():
            text = text.replace(code, name)
    return text


@cache
def _own_codes() -> dict[str, str]:
    """Codes that are no numbers of published standards, the longest first, and short names."""
    names = standards()["name_zh"]
    codes = sorted((one for one in names.index if one[0].islower()), key=len, reverse=True)
    return {code: str(names[code]).partition("（")[0] for code in codes}
