"""Words of a map's findings, search, swipe, print and basemaps, in Chinese and in English.

They are part of the table that :func:`lifecircle.outputs.words.words` gives.
"""

from __future__ import annotations

MAP_WORDS: dict[str, tuple[str, str]] = {
    # basemaps
    "by_osm": ("© OpenStreetMap contributors", "© OpenStreetMap contributors"),
    "by_tianditu": ("© 国家地理信息公共服务平台 天地图", "© Tianditu (天地图)"),
    "by_amap": ("© 高德地图", "© Amap (高德地图)"),
    # residents by minutes, and as hexagons
    "colour_by": ("按什么着色", "Coloured by"),
    "by_completeness": ("可达的规定服务数", "Services reached"),
    "by_groups": ("最近设施步行时间：按类别", "Walk to the nearest, by group"),
    "by_services": ("最近设施步行时间：按服务", "Walk to the nearest, by service"),
    "minutes_legend": (
        "到最近的{service}（步行分钟）",
        "Walk to the nearest: {service} (minutes)",
    ),
    "minutes_legend_group": (
        "到最近的{service}类规定设施（步行分钟）",
        "Walk to the nearest required facility: {service} (minutes)",
    ),
    "minutes_class_first": ("{high} 分钟以内", "up to {high} min"),
    "minutes_class": ("{low}–{high} 分钟", "{low}–{high} min"),
    "beyond": ("{minutes} 分钟内未到达", "not within {minutes} min"),
    "no_measure": ("无数据", "unknown"),
    "cells": ("居民分布（六边形格子）", "Residents (hexagons)"),
    "cells_note": (
        (
            "居民点超过 {most} 个，按宽 {width} 米的格子汇总示意：服务数为按人口平均，"
            "分钟为半数居民不超过的时间；不用于计算"
        ),
        (
            "More than {most} residents' places: drawn together in hexagons {width} m wide, with "
            "the mean number of services by people and the minutes that half of the people do not "
            "exceed; for the eye, not for figures"
        ),
    ),
    "cells_few": (
        "不足 {least} 人的 {few} 个格子未画",
        "{few} hexagons of fewer than {least} people are not drawn",
    ),
    "cell": ("格子（宽 {width} 米）", "Hexagon, {width} m wide"),
    "cell_places": ("居民点", "Residents' places"),
    "cell_places_value": ("{count} 个", "{count}"),
    "cell_mean": (
        "{minutes} 分钟可达服务（按人口平均）",
        "Services within {minutes} min, mean by people",
    ),
    "cell_median": (
        "最近设施的步行时间（半数居民不超过）",
        "Walk to the nearest: half of the people have at most",
    ),
    # search
    "search": ("查找名称或编号…", "Find a name or id…"),
    "search_label": ("按名称或编号查找", "Find by name or id"),
    "search_none": ("没有找到", "nothing found"),
    "search_more": ("还有 {count} 个，请多输几个字", "{count} more: type more letters"),
    "kind_unit": ("单元", "unit"),
    "kind_facility": ("设施", "facility"),
    "kind_resident": ("居民点", "resident"),
    "kind_gate": ("大门", "gate"),
    "kind_street": ("道路", "street"),
    "kind_shortfall": ("短板", "shortfall"),
    "on_map": ("在地图上显示", "on the map"),
    # shortfalls
    "shortfalls": ("短板（{count} 项）", "Shortfalls ({count})"),
    "shortfalls_level": ("级别", "Level"),
    "shortfalls_hint": (
        "点选一项，地图上显示短缺的居民所在",
        "Choose one to see where people are short",
    ),
    "shortfalls_cut": (
        "只列出各级排在前面的短板，另有 {count} 项见短板表",
        "the first of each level; {count} more stand in the table of shortfalls",
    ),
    "shortfalls_note": (
        "六边形为短缺人数（宽 100 米）；轮廓为短缺居民所在范围示意，其中也有不短缺的住户",
        (
            "Hexagons (100 m wide) show people who are short; the outline holds their homes, and "
            "others that are not short"
        ),
    ),
    "priority": (
        "优先度（短缺人数 × 差距 × 民意权重）",
        "Priority (people short × how far × survey weight)",
    ),
    "at_least": ("≥ {low}", "{low} or more"),
    "from_to": ("{low}–{high}", "{low} to {high}"),
    "below": ("< {high}", "below {high}"),
    "people_short": ("短缺人数", "People short"),
    "people_short_cell": ("每格短缺人数（人）", "People short in each hexagon"),
    "elderly_short": ("其中老年人", "Older people among them"),
    "children_short": ("其中儿童", "Children among them"),
    "rank": ("名次", "Rank"),
    "level": ("级别", "Level"),
    "clause": ("标准条文", "Clause"),
    "required": ("要求", "Required"),
    "found": ("现状", "Found"),
    "why": ("差在哪里", "Why"),
    "how": ("优先度如何得来", "How the priority comes about"),
    "where": ("位置", "Where"),
    "rank_note": ("名次是否可靠", "Whether the rank holds"),
    "verify": ("核实", "To be verified"),
    # openings
    "openings": ("可打开之处", "What could be opened"),
    "openings_note": (
        "标记越大，单独打开后受益的人越多；数字为逐处打开的顺序",
        (
            "The larger a mark, the more people gain if it alone is opened; numbers tell the order "
            "of one after another"
        ),
    ),
    "openings_idle": (
        "另有 {count} 处单独打开后受益较少或无人受益，未画",
        "{count} others of which alone fewer or nobody gain are not drawn",
    ),
    "open_gate": ("开放大门", "open a gate"),
    "remove_wall": ("打开围墙", "open a wall"),
    "connect_streets": ("打通断头路", "connect a dead end"),
    "kind": ("类型", "Kind"),
    "access_today": ("现状通行", "Access today"),
    "length": ("长度", "Length"),
    "length_value": ("{count} 米", "{count} m"),
    "gaining_people": ("受益人数", "People who gain"),
    "gaining_elderly": ("其中老年人", "Older people among them"),
    "gaining_children": ("其中儿童", "Children among them"),
    "gains_people": ("新增可达（每人每项计一次）", "Gains (a person once for each service)"),
    "gains_value": ("{count} 人次", "{count}"),
    "saved": ("每日少走", "Walking saved a day"),
    "saved_value": ("{count} 人·分钟", "{count} people-minutes"),
    "services": ("服务", "Services"),
    "step": ("顺序", "Order"),
    "step_value": ("第 {step} 步", "step {step}"),
    # sites
    "sites": ("选址", "Sites"),
    "site_chosen": ("选中", "chosen"),
    "site_candidate": ("候选", "candidate"),
    "site": ("候选场地", "Site"),
    "reached_people": ("时限内可达", "Reached within the minutes"),
    "added_people": ("新增可达", "Reached by it alone"),
    "served_people": ("可容纳", "Who find room"),
    "cost": ("费用", "Cost"),
    "cost_value": ("{count} 元", "{count} yuan"),
    "cost_unknown": ("未知", "unknown"),
    "floor_area": ("建筑面积", "Floor area"),
    "site_area": ("用地面积", "Site area"),
    "square_metres": ("{count} ㎡", "{count} m²"),
    "note": ("备注", "Note"),
    "status": ("现状", "Status"),
    # projects
    "projects": ("入选项目", "Chosen projects"),
    "projects_waiting": ("未入选项目", "Projects not chosen"),
    "projects_note": ("数字为实施顺序", "Numbers tell the order"),
    "project_add_facility": ("新建设施", "new facility"),
    "project_open_gate": ("开放大门", "open a gate"),
    "project_remove_wall": ("打开围墙", "open a wall"),
    "project_connect_streets": ("打通断头路", "connect a dead end"),
    "project_extend_capacity": ("扩建增设", "extend"),
    "project_improve": ("整治提升", "improve"),
    "project_find_site": ("另行选址", "find a site"),
    "project_id": ("编号", "Id"),
    "closes_people": ("可满足的需求", "Needs that it meets"),
    "project_added": ("入选时新增满足", "Needs met in its place"),
    "walk_served": ("步行范围内", "Within its walk"),
    "answers": ("对应短板", "Answers"),
    "clauses": ("依据条文", "Clauses"),
    "payer": ("出资", "Payer"),
    "phase": ("时序", "Phase"),
    "requires": ("须先做", "Requires"),
    "excludes": ("不可与之同做", "Excludes"),
    # before and after
    "comparison_title": ("{name}：方案前后对比", "{name}: before and after"),
    "comparison_title_unnamed": ("方案前后对比", "Before and after"),
    "before": ("现状", "Before"),
    "after": ("方案后", "After"),
    "change": ("变化", "Change"),
    "scenario": ("方案：{name}", "Scenario: {name}"),
    "swipe": (
        "左为现状，右为方案后；拖动或用方向键移动",
        "Left before, right after; drag or use the arrow keys",
    ),
    "swipe_value": ("现状占图幅 {share} %", "before takes {share} % of the width"),
    "changes": ("方案内容", "What changes"),
    "change_added": ("新增设施", "new facility"),
    "change_closed": ("关闭设施", "closed facility"),
    "change_moved": ("迁移设施", "moved facility"),
    "change_changed": ("规模变动", "facility of another size"),
    "change_gate": ("大门、围墙口通行变化", "gate or opening with other access"),
    "change_way": ("新建步行路", "new way"),
    "capacity_change": ("容量", "Capacity"),
    "arrow": ("{before} → {after}", "{before} → {after}"),
    "arrow_services": (
        "{before} → {after} 项（{change}）",
        "{before} → {after} services ({change})",
    ),
    "services_count": ("{count} 项", "{count}"),
    "within_both": (
        "有变化的服务：步行可达人数",
        "Services that change: people within the walk",
    ),
    "nothing_changes": ("没有服务的可达人数变化", "no service changes for anybody"),
    "totals_differ": (
        "现状统计 {before} 项、方案后统计 {after} 项：设施表中没有的服务视为无数据，不计入",
        "{before} services are counted before and {after} after: what no table lists is unknown",
    ),
    "walk_both": ("步行时间有变化的服务", "Walks that change"),
    "walk_same": ("各项服务的步行时间不变", "no walk changes"),
    # print
    "print": ("打印", "Print"),
    "print_choose": ("纸张与方向", "Paper"),
    "print_landscape": ("{paper} 横向", "{paper} landscape"),
    "print_portrait": ("{paper} 纵向", "{paper} portrait"),
    "print_go": ("打印 / 存为 PDF", "Print or save as PDF"),
    "print_date": ("制图日期：{date}", "Printed: {date}"),
    "legend": ("图例", "Legend"),
}
