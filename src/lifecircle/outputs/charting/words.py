"""Every word that a figure shows, in Chinese and in English, from one table."""

from __future__ import annotations

from lifecircle.outputs.words import in_language

_WORDS: dict[str, tuple[str, str]] = {
    "sample": ("示例数据，非实测", "Sample data, drawn — not surveyed"),
    "no_data": ("无数据", "no data"),
    "unknown": ("未知", "unknown"),
    "nobody": ("没有此类人口", "nobody of this group"),
    "title": ("{what}（{unit}）", "{what}: {unit}"),
    "stop": ("；", "; "),
    "list": ("、", ", "),
    "more": ("…… 另有 {count} 项未画出", "… {count} more are not drawn"),
    "share_axis": ("占应服务人口的比例（%）", "Share of the people it is for (%)"),
    "people_axis": ("人口（人）", "People"),
    # coverage
    "coverage": ("必备设施的步行覆盖", "Who is within a walk of each required service"),
    "coverage_walk": ("步行时限内（沿道路）", "walking time, along streets"),
    "coverage_radius": ("服务半径内（直线）", "radius, straight line"),
    "coverage_row": ("{service}（{minutes} 分钟）", "{service} ({minutes} min)"),
    "coverage_row_who": (
        "{service}（{who}，{minutes} 分钟）",
        "{service} ({who}, {minutes} min)",
    ),
    "coverage_people": ("{share}（{covered}/{people} 人）", "{share} ({covered} of {people})"),
    "at_least": ("至少 ", "at least "),
    "target": ("目标 {share}", "target {share}"),
    # completeness
    "completeness": (
        "步行 {minutes} 分钟内可达必备设施的项数",
        "Required services within a walk of {minutes} min",
    ),
    "completeness_axis": (
        "步行 {minutes} 分钟内可达的必备设施（项，共 {total} 项）",
        "Required services within {minutes} min on foot (number, of {total})",
    ),
    "completeness_mean": ("人均 {count} 项", "mean {count}"),
    "off_street": ("无数据：住处不靠近道路", "unknown: no street nearby"),
    "no_residents": ("没有居民数据", "no data on residents"),
    "no_required": ("标准没有规定步行可达的设施", "the standard requires nothing within a walk"),
    # health check
    "health_check": ("体检各板块得分", "Health check: score of each block"),
    "score_axis": ("得分（0–100 分）", "Score (0–100)"),
    "unknown_axis": ("未知占比（%）", "Unknown share (%)"),
    "no_blocks": ("没有体检板块", "no blocks of a health check"),
    # what residents say
    "importance": ("居民评价：重要度与满意度", "What residents say: importance and satisfaction"),
    "satisfaction_axis": ("满意度（1–5 分，平均）", "Satisfaction (1–5, mean)"),
    "importance_axis": ("重要度（1–5 分，平均）", "Importance (1–5, mean)"),
    "certain": ("确定", "certain"),
    "not_certain": (
        "不确定（样本少，或区间跨越界线）",
        "not certain (small sample, or interval across a line)",
    ),
    "not_answered": ("未作答，未画出：{services}", "not answered, not drawn: {services}"),
    "cut_lines": (
        "界线为本单元各项均值：满意度 {satisfaction}，重要度 {importance}",
        "lines at the unit's means: satisfaction {satisfaction}, importance {importance}",
    ),
    # before and after
    "comparison": ("方案前后的步行覆盖", "Walking access today and in the scenario"),
    "scenario": ("方案：{name}", "Scenario: {name}"),
    "before": ("现状", "today"),
    "after": ("方案后", "in the scenario"),
    "gained": ("新增可达", "gain it"),
    "lost": ("失去可达", "lose it"),
    "gained_axis": ("新增（+）与失去（−）可达（人）", "People who gain (+) or lose (−) it"),
    "no_change": ("各项设施的覆盖没有变化", "no service's coverage changes"),
    "same_rows": (
        "另有 {count} 项设施在同类时限内的覆盖没有变化，未画出",
        "{count} services without a change within such times are not drawn",
    ),
    "one_side_unknown": ("有一侧未知，无法比较", "unknown on one side: not compared"),
    # how evenly
    "lorenz": ("洛伦兹曲线", "Lorenz curve"),
    "lorenz_of": ("洛伦兹曲线：{label}", "Lorenz curve: {label}"),
    "lorenz_people_axis": (
        "人口累计占比（%，由少到多）",
        "Cumulated share of people (%, worst served first)",
    ),
    "lorenz_value_axis": ("累计占比（%）", "Cumulated share of what there is (%)"),
    "gini": ("基尼系数 {gini}", "Gini {gini}"),
    "even": ("完全均等", "all alike"),
    "lorenz_unknown": ("未计入（无数据）：{share} 的人口", "unknown, left out: {share} of people"),
    "nothing_shared": ("无数据：没有可分配的数值", "no data: there is nothing to share"),
    # maps
    "map_completeness": ("步行可达性", "Walking access"),
    "map_minutes": ("到最近的{service}的步行时间", "Walk to the nearest {service}"),
    "map_facilities": ("设施与居民点", "Facilities and residents"),
    "map_legend": ("图例", "Legend"),
    "map_shortfalls": ("短板分布", "Where services are short"),
    "map_projects": ("项目建议", "Proposed projects"),
    "residents": ("居民点", "Residents"),
    "residents_of": (
        "居民点：{minutes} 分钟内可达必备设施（项，共 {total} 项）",
        "Residents: required services within {minutes} min (of {total})",
    ),
    "residents_minutes": ("居民点：步行时间（分钟）", "Residents: walk (min)"),
    "class": ("{low}–{high} 项", "{low}–{high}"),
    "class_one": ("{low} 项", "{low}"),
    "minutes_class": ("{low}–{high} 分钟", "{low}–{high} min"),
    "minutes_above": ("{high} 分钟内未到达", "not within {high} min"),
    "units": ("单元边界", "Unit boundaries"),
    "streets": ("道路", "Streets"),
    "compounds": ("小区", "Compounds"),
    "walls": ("围墙", "Walls"),
    "gates": ("大门：{kind}", "Gate: {kind}"),
    "facility": ("{service}（图内 {count} 处）", "{service} ({count} on the map)"),
    "unnamed_units": ("{count} 个单元的名称无处可写", "{count} unit names have no room"),
    "shortfall": (
        "{rank}. {service}，{unit}：短缺 {people} 人",
        "{rank}. {service}, {unit}: {people} people short",
    ),
    "shortfalls_head": (
        "短板（序号为名次；圈在短缺人口的中心）",
        "Shortfalls (by rank; circles at the middle of those who are short)",
    ),
    "shortfalls_sign": ("短板（序号为名次）", "shortfalls, by rank"),
    "projects_sign": ("入选项目（序号为次序）", "chosen, in order of building"),
    "projects_head": ("入选项目（序号为建设次序）", "Chosen projects (in order of building)"),
    "project": ("{step}. {what}", "{step}. {what}"),
    "project_other": ("未入选项目", "projects not chosen"),
    "unplaced": ("{count} 项没有位置，未画出", "{count} without a place are not drawn"),
    "metres": ("{count} 米", "{count} m"),
    "north": ("北", "N"),
    "sources": ("数据来源：{sources}", "Data: {sources}"),
    "sources_none": ("未注明", "not stated"),
    "sources_sample": ("示例数据", "sample data"),
    "review_number": ("审图号：{number}", "Map review number: {number}"),
}


def chart_words(language: str) -> dict[str, str]:
    """All words of figures in one language.

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
    >>> chart_words("en")["north"]
    'N'
    """
    return in_language(_WORDS, language)
