"""What projects are called, in Chinese and English."""

from __future__ import annotations

_ZH = {
    "add_facility": "利用{where}设置{services}",
    "open_gate": "开放大门 {where}",
    "remove_wall": "打开围墙 {where}",
    "connect_streets": "打通断头路 {where}（{length:.0f} 米）",
    "extend_capacity": "扩建或增设{services}：{required}，现状{found}",
    "improve": "{indicator}：{why}",
    "find_site": "为{services}另行选址：{people:,.0f} 人步行 {minutes:g} 分钟内不可达，"
    "现有备选项目均不能解决",
    "idle": "{where}：没有可补步行短板的可设服务",
    "nameless": "（未命名）",
    "list": "、",
    "sentence": "；",
    "phase_chosen": "近期",
    "phase_gains": "中期",
    "phase_other": "远期",
    "no_cost": "费用未知，未纳入预算组合",
    "over_budget": "本轮预算未选",
    "adds_nothing": "与已选项目重叠，不再增加受益",
    "never": "按项目条件不选",
    "excluded": "与已选项目互斥：{projects}",
    "requires": "前置项目未选：{projects}",
    "off_street": "离道路超过 {limit:g} 米，无法计算可达",
    "no_need": "可设服务均无已知的步行可达短板",
    "too_small": "建筑面积不足：{services}",
    "floor_unknown": "建筑面积未知：{services}",
    "no_gain": "范围内没有尚未满足的居民",
}
_EN = {
    "add_facility": "{services} at {where}",
    "open_gate": "open gate {where}",
    "remove_wall": "open the wall {where}",
    "connect_streets": "connect the dead end {where} ({length:.0f} m)",
    "extend_capacity": "extend or add {services}: {required}, found {found}",
    "improve": "{indicator}: {why}",
    "find_site": "find a site for {services}: {people:,.0f} people have none within "
    "{minutes:g} min, and no candidate helps them",
    "idle": "{where}: nothing that would shorten a walk that is short may go there",
    "nameless": "(without a name)",
    "list": ", ",
    "sentence": "; ",
    "phase_chosen": "near term",
    "phase_gains": "mid term",
    "phase_other": "long term",
    "no_cost": "cost unknown, not in the portfolio within the budget",
    "over_budget": "not within this budget",
    "adds_nothing": "overlaps with what is chosen and adds nothing",
    "never": "not to be taken, by its terms",
    "excluded": "excludes what is chosen: {projects}",
    "requires": "requires what is not chosen: {projects}",
    "off_street": "further than {limit:g} m from any street: nothing is known of its walks",
    "no_need": "no walk to what it may hold is known to be short",
    "too_small": "floor too small for {services}",
    "floor_unknown": "floor not known, needed for {services}",
    "no_gain": "nobody within reach is short",
}


def word(key: str, language: str) -> str:
    """Words for something, with places for figures.

    Parameters
    ----------
    key
        What.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str

    Examples
    --------
    >>> word("phase_chosen", "zh"), word("open_gate", "en")
    ('近期', 'open gate {where}')
    """
    return (_ZH if language == "zh" else _EN)[key]


def usual_phase(*, chosen: bool, helps: bool) -> str:
    """Key of the phase of a project of which nobody has said one.

    Parameters
    ----------
    chosen
        Whether it is chosen.
    helps
        Whether it meets needs.

    Returns
    -------
    str

    Examples
    --------
    >>> usual_phase(chosen=False, helps=True)
    'phase_gains'
    """
    if chosen:
        return "phase_chosen"
    return "phase_gains" if helps else "phase_other"
