"""Every word of an overview, in Chinese and in English; places are filled as plain text."""

from __future__ import annotations

from lifecircle.outputs.reporting.words import report_words
from lifecircle.outputs.words import in_language

PAGE_WORDS: dict[str, tuple[str, str]] = {
    "page_title": ("{name}：批量评价总览", "{name}: overview of the batch"),
    "page_title_unnamed": ("批量评价总览", "Overview of the batch"),
    "page_subtitle": (
        "各单元分别评价的结果并列 · 步行 {minutes} 分钟",
        "Units evaluated one by one, side by side · {minutes} min on foot",
    ),
    "count_units": ("单元", "Units"),
    "count_done": ("已完成", "Done"),
    "count_failed": ("未完成", "Failed"),
    "count_people": ("人口（已完成单元）", "People (units done)"),
    "count_people_twice": ("人口（重叠处重复计算）", "People (overlaps counted twice)"),
    "count_of_level": ("{level}：{what}", "{level}: {what}"),
    "errors_link": ("未完成单元清单（errors.csv）", "List of failed units (errors.csv)"),
    "files_link": ("全部数据：", "All figures:"),
    "doubts": ("须注意", "Please note"),
    "notes": ("数据提示（{count} 条，英文）", "Data notes ({count})"),
    "map": ("地图", "Map"),
    "figure": ("显示指标", "Figure shown"),
    "group_general": ("总体", "General"),
    "group_blocks": ("体检得分", "Health check"),
    "group_shares": ("步行覆盖率 · {minutes} 分钟", "Walk share · {minutes} min"),
    "group_minutes": ("最近一处的步行时间（中位数）", "Walk to the nearest (median)"),
    "figure_people": ("人口", "People"),
    "figure_elderly": ("老年人", "Older people"),
    "figure_children": ("儿童", "Children"),
    "figure_met": ("达标指标", "Indicators met"),
    "figure_not_met": ("不达标指标", "Indicators not met"),
    "figure_unknown": ("未知指标", "Indicators unknown"),
    "figure_completeness": (
        "{minutes} 分钟内可达必备设施（人均）",
        "Required services within {minutes} min (mean)",
    ),
    "figure_completeness_standard": (
        "标准各自时限内可达必备设施（人均）",
        "Required services within the standard's own times (mean)",
    ),
    "figure_share": ("{service}，{minutes} 分钟", "{service}, {minutes} min"),
    "figure_minutes": ("{service}", "{service}"),
    "figures_left": (
        "为控制文件大小，略去 {count} 项较短时限或时间指标，见 summary.gpkg。",
        "{count} figures of shorter times are left out to keep the page small; see summary.gpkg.",
    ),
    "unit_people": ("人", "people"),
    "unit_count": ("项", "indicators"),
    "unit_mean": ("项（共 {total} 项）", "of {total} services"),
    "unit_mean_mixed": ("项（各单元总项数不同）", "services (units differ in how many count)"),
    "unit_share": ("占应覆盖人口的 %", "% of the people it is for"),
    "unit_score": ("分（0–100）", "points (0–100)"),
    "unit_minutes": ("分钟", "min"),
    "class_low": ("各级含下限，不含上限；最高一级含上限", "Each class includes its lower bound"),
    "class_high": ("各级含上限，不含下限", "Each class includes its upper bound"),
    "class_beyond": ("超过 {minutes} 分钟，或未到达", "over {minutes} min, or not reached"),
    "value_beyond": ("过半居民未到达", "most do not arrive"),
    "value_nobody": ("无此类人口", "nobody of this kind"),
    "value_empty": ("无人居住", "nobody lives there"),
    "value_unknown": ("未知", "unknown"),
    "value_failed": ("未完成", "failed"),
    "colon": ("：", ": "),
    "unknown_units": ("{count} 个单元未知", "unknown in {count} unit(s)"),
    "note_unknown": (
        "“未知”是数据不足，不等于零，也不等于不达标。",
        "Unknown means that data is missing; it is neither zero nor a failure.",
    ),
    "table_units": ("单元一览", "Units"),
    "table_districts": ("分区汇总", "Districts"),
    "filter": ("按名称、编号查找", "Find by name or id"),
    "all_districts": ("全部所属区", "All districts"),
    "all_levels": ("全部级别", "All levels"),
    "no_district": ("（未注明）", "(not stated)"),
    "clear": ("清除筛选", "Clear"),
    "rows_shown": ("第 {from}–{to} 行，共 {count} 行", "Rows {from}–{to} of {count}"),
    "rows_none": ("没有符合条件的单元", "No unit matches"),
    "page_before": ("上一页", "Previous"),
    "page_after": ("下一页", "Next"),
    "sort": ("点击表头排序", "Click a heading to sort"),
    "col_name": ("单元", "Unit"),
    "col_level": ("级别", "Level"),
    "col_district": ("所属", "District"),
    "col_people": ("人口（人）", "People"),
    "col_completeness": ("{minutes} 分钟可达（项）", "Within {minutes} min (services)"),
    "col_met": ("达标", "Met"),
    "col_not_met": ("不达标", "Not met"),
    "col_unknown": ("未知", "Unknown"),
    "col_first": ("首要短板", "First shortfall"),
    "col_links": ("成果", "Files"),
    "col_units": ("单元（个）", "Units"),
    "col_failed": ("未完成（个）", "Failed"),
    "first_people": ("{service}（短缺 {people} 人）", "{service} ({people} people short)"),
    "first_none": ("无已知短板", "no shortfall known"),
    "overlap": ("（含重叠）", " (overlaps)"),
    "file_map": ("地图", "Map"),
    "file_report.docx": ("Word", "Word"),
    "file_report.html": ("网页", "Web"),
    "file_report.xlsx": ("Excel", "Excel"),
    "select_hint": (
        "点击地图或表中的单元，可查看数值与成果链接",
        "Click a unit on the map or in the table for its figures and files",
    ),
    "no_shape": ("没有可用的边界，图上不显示", "No usable boundary; not on the map"),
    "print_rows": (
        "打印时列前 {shown} 行，共 {count} 行；全部见 summary.xlsx",
        "The first {shown} of {count} rows are printed; summary.xlsx holds all",
    ),
    "whole": ("全图", "Whole map"),
}
"""Words that the page shows."""

_DOCUMENT_WORDS: dict[str, tuple[str, str]] = {
    "named_twice": ("{name}（{id}）", "{name} ({id})"),
    "title": ("{name}批量评价汇总", "{name}: summary of the batch"),
    "title_unnamed": ("批量评价汇总", "Summary of the batch"),
    "title_district": ("{district}生活圈评价汇总报告", "{district}: summary of its units"),
    "title_short": ("生活圈评价汇总报告", "Summary of the units"),
    "subtitle": (
        "各单元十五分钟生活圈步行可达、体检与短板汇总",
        "Walking access, health check and shortfalls of the units, side by side",
    ),
    "sheet_overview": ("总览", "Overview"),
    "sheet_units": ("单元", "Units"),
    "sheet_blocks": ("体检得分", "Health check"),
    "sheet_shares": ("覆盖率{minutes}分钟", "Walk share {minutes} min"),
    "sheet_shortfalls": ("短板", "Shortfalls"),
    "sheet_districts": ("分区", "Districts"),
    "sheet_district_coverage": ("分区覆盖", "District coverage"),
    "sheet_failed": ("未完成", "Failed"),
    "chapter_overview": ("概况", "Overview"),
    "chapter_units": ("各单元情况", "Units"),
    "chapter_coverage": ("服务覆盖", "Coverage"),
    "chapter_shortfalls": ("短板", "Shortfalls"),
    "chapter_appendix": ("附表", "Appendix"),
    "fact_units": ("统计单元", "Units"),
    "fact_units_value": (
        "共 {count} 个，已完成 {done} 个，未完成 {failed} 个",
        "{count}, of which {done} are done and {failed} failed",
    ),
    "fact_people": ("人口", "People"),
    "fact_elderly": ("老年人", "Older people"),
    "fact_children": ("儿童", "Children"),
    "fact_people_value": ("{people} 人（已完成的单元合计）", "{people} (units that are done)"),
    "fact_completeness": (
        "{minutes} 分钟内可达必备设施",
        "Required services within {minutes} min",
    ),
    "fact_completeness_value": (
        "平均 {mean} 项（按可测算人口加权）",
        "{mean} on average, weighted by people who could be measured",
    ),
    "fact_minutes": ("步行时间", "Walking times"),
    "fact_minutes_value": ("{minutes} 分钟", "{minutes} min"),
    "fact_doubt": ("须注意", "Please note"),
    "fact_note": ("数据提示（英文）", "Data note"),
    "fact_how": ("说明", "On the figures"),
    "how_sums": (
        "分区数值为已完成单元之和；覆盖率＝可达人口合计÷应覆盖人口合计；任一单元未知则合计未知。",
        ("Figures of districts are sums over the units that are done; a share is people reached "
        "of all people it is for; where one unit is unknown, so is the sum."),
    ),
    "how_shares": (
        "百分数取到一位小数，只舍不入；“—”表示没有此类人口，“未知”表示缺数据。",
        "Shares are rounded down to a tenth of a per cent; “—”: nobody of this kind.",
    ),
    "overview_text": (
        "{district}共有统计单元 {count} 个，已完成评价 {done} 个，未完成 {failed} 个。",
        "{district}: {count} units, {done} evaluated, {failed} failed.",
    ),
    "of_level": ("{level}：", "Level {level}. "),
    "overview_people": (
        "已完成的单元人口合计 {people} 人，其中老年人 {elderly} 人、儿童 {children} 人。",
        ("People of the units that are done: {people}; older people: {elderly}; children: "
        "{children}."),
    ),
    "overview_mean": (
        "居民步行 {minutes} 分钟内平均可达必备设施 {mean} 项（共 {total} 项）。",
        "Within {minutes} min people have {mean} of {total} required services on average.",
    ),
    "overview_mean_mixed": (
        "居民步行 {minutes} 分钟内平均可达必备设施 {mean} 项（各单元计入的总项数不同）。",
        ("Within {minutes} min people have {mean} required services on average; units differ in "
        "how many count."),
    ),
    "units_text": (
        "各单元主要数值如下；“首要短板”为优先度最高的一项。",
        "Main figures of each unit; the first shortfall is the one of the highest priority.",
    ),
    "coverage_text": (
        ("各类服务在步行时限内的覆盖率如下，由已完成的单元合计；有单元缺数据的记为未知，"
        "并注明单元数。"),
        ("Share of people within the walk of each service, over the units that are done; unknown "
        "where a unit has no figure, with how many."),
    ),
    "shortfalls_text": (
        "各单元短板共 {count} 项，按级别和优先度列前 {shown} 项。",
        "{shown} of {count} shortfalls, by level and priority.",
    ),
    "failed_text": ("下列单元未完成评价。", "These units were not evaluated."),
    "appendix_text": (
        "各单元体检得分，括号内为未知占比。",
        "Scores of each unit, with the unknown share in brackets.",
    ),
    "no_blocks": ("没有体检得分。", "There are no scores."),
    "cap_units": ("各单元主要数值", "Units"),
    "cap_coverage": ("各类服务步行覆盖率", "Walk share by service"),
    "cap_shortfalls": ("短板（前列）", "First shortfalls"),
    "cap_failed": ("未完成的单元", "Units that failed"),
    "cap_blocks": ("体检得分（0–100 分，括号内为未知占比）", "Scores (0–100, unknown share)"),
    "cap_shares": (
        "步行 {minutes} 分钟覆盖率（“—”为没有此类人口）",
        "Walk share, {minutes} min (“—”: nobody of this kind)",
    ),
    "cap_shortfall_sheet": ("短板（按级别和优先度）", "Shortfalls by level and priority"),
    "cap_shortfall_sheet_cut": (
        "短板（前 {shown} 项，共 {count} 项；全部见 summary.gpkg）",
        "Shortfalls ({shown} of {count}; all in summary.gpkg)",
    ),
    "cap_districts": ("分区汇总（已完成的单元合计）", "Districts (units that are done)"),
    "cap_district_coverage": ("分区各类服务步行覆盖", "Coverage by district and service"),
    "t_status": ("状态", "Status"),
    "t_cause": ("未完成的原因", "Why it failed"),
    "t_reason": ("具体说明（英文）", "In detail"),
    "t_folder": ("成果文件夹", "Folder"),
    "t_places": ("居民点（处）", "Residents' places"),
    "t_met_count": ("达标（项）", "Met"),
    "t_not_met_count": ("不达标（项）", "Not met"),
    "t_unknown_count": ("未知（项）", "Unknown"),
    "t_warnings_count": ("数据提示（条）", "Data notes"),
    "t_first_shortfall": ("首要短板", "First shortfall"),
    "t_first_shortfall_people": ("短缺（人）", "People short"),
    "t_units_count": ("单元（个）", "Units"),
    "t_done_count": ("已完成（个）", "Done"),
    "t_failed_count": ("未完成（个）", "Failed"),
    "t_overlapping_count": ("有重叠（个）", "Overlapping"),
    "t_completeness_unknown_count": ("完整度未知（个）", "Completeness unknown in"),
    "t_unknown_units_count": ("未知单元（个）", "Unknown in"),
    "t_unknown_share_of": ("{block}：未知占比", "{block}: unknown share"),
    "t_share": ("{minutes} 分钟覆盖率", "Share, {minutes} min"),
    "col_service": ("服务", "Service"),
    "col_segment": ("服务对象", "For whom"),
    "col_district": ("所属", "District"),
    "col_people": ("应覆盖人口（人）", "People it is for"),
    "segment_people": ("全体", "everybody"),
    "segment_elderly": ("老年人", "older people"),
    "segment_children": ("儿童", "children"),
    "status_done": ("完成", "done"),
    "status_failed": ("未完成", "failed"),
}  # fmt: skip


def page_words(language: str) -> dict[str, str]:
    """Words of the page in one language.

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
    >>> page_words("zh")["value_failed"]
    '未完成'
    """
    return in_language(PAGE_WORDS, language)


def document_words(language: str) -> dict[str, str]:
    """Words of the workbook and of the reports of districts in one language.

    Parameters
    ----------
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    dict
        From the key of a word to the word; also those of every report.

    Raises
    ------
    UnknownNameError
        If the language is neither.

    Examples
    --------
    >>> document_words("en")["sheet_failed"], document_words("en")["table_label"]
    ('Failed', 'Table ')
    """
    return report_words(language) | in_language(_DOCUMENT_WORDS, language)
