"""Every word of a report, in Chinese and in English; places are filled as plain text."""

from __future__ import annotations

from lifecircle.outputs.words import in_language

_WORDS: dict[str, tuple[str, str]] = {
    # the frame
    "title": ("{name}体检评估报告", "{name}: assessment report"),
    "title_short": ("体检评估报告", "Assessment report"),
    "title_unnamed": ("生活圈体检评估报告", "Life circle: assessment report"),
    "subtitle": (
        "十五分钟生活圈步行可达、配套设施与短板",
        "Walking access, facilities and shortfalls of the 15-minute life circle",
    ),
    "sample": ("示例数据，非实测", "Sample data, drawn, not surveyed"),
    "sample_mark": ("（示例数据）", " (sample data)"),
    "made_by": ("编制单位：", "Prepared by: "),
    "made_by_slot": ("（请填写）", "(to be filled in)"),
    "contents": ("目  录", "Contents"),
    "page": ("第 ", "Page "),
    "page_of": (" 页 共 ", " of "),
    "page_end": (" 页", ""),
    "table_label": ("表", "Table "),
    "figure_label": ("图", "Figure "),
    "appendix_label": ("附表", "Table A"),
    "see": ("（见{things}）", " (see {things})"),
    "list": ("、", ", "),
    "comma": ("，", ", "),
    "stop": ("；", "; "),
    "end": ("。", "."),
    "brackets": ("（{inside}）", " ({inside})"),
    "unknown": ("未知", "unknown"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "to_verify": ("待核", "to be verified"),
    "nameless": ("（未命名）", "(no name)"),
    "sort": ("点击表头排序", "Click a heading to sort"),
    "cut": ("…（原文共 {count} 字，此处截断）", "… (cut; {count} characters in all)"),
    "sheet_more": ("{name} 续{number}", "{name} {number}"),
    # chapters
    "overview": ("概况", "Overview"),
    "method": ("数据与方法", "Data and method"),
    "coverage": ("覆盖情况", "Coverage"),
    "compliance": ("达标情况", "Compliance"),
    "health": ("体检评分", "Health check"),
    "survey": ("民意", "Survey"),
    "shortfalls": ("短板", "Shortfalls"),
    "projects": ("项目建议", "Projects"),
    "appendix": ("附表", "Appendix"),
    "indicators": ("体检指标", "Indicators"),
    "units": ("统计单元", "Units"),
    "needs": ("方案需求", "Needs met"),
    "comparison": ("方案对比", "Before and after"),
    # overview
    "place": ("基本情况", "The place"),
    "findings": ("主要结论", "Main findings"),
    "fact_area": ("面积 {value} 公顷", "{value} ha"),
    "fact_households": ("{value} 户", "{value} households"),
    "fact_people": ("常住人口 {value} 人", "{value} people"),
    "fact_elderly": ("其中老年人 {value} 人", "{value} of them older people"),
    "fact_children": ("儿童 {value} 人", "{value} children"),
    "fact_unknown_area": ("面积未知", "area unknown"),
    "fact_unknown_households": ("户数未知", "households unknown"),
    "fact_unknown_people": ("人口未知", "population unknown"),
    "fact_unknown_elderly": ("老年人数未知", "older people unknown"),
    "fact_unknown_children": ("儿童数未知", "children unknown"),
    "unit_facts": ("{name}{district}：{facts}。", "{name}{district}: {facts}."),
    "many_units": (
        "本报告共统计 {units} 个单元，其中最上一级 {tops} 个，各单元基本情况如下。",
        "The report covers {units} units, {tops} of them at the top.",
    ),
    "few_units": (
        "本报告共统计 {units} 个单元；居民 {places} 处，设施 {facilities} 处。",
        "Units: {units}; residents' places: {places}; facilities: {facilities}.",
    ),
    "found_walk": (
        ("{name}：按《{standard}》，步行可达的必备设施共 {total} 项，居民步行 {minutes} 分钟内"
        "平均可达 {mean} 项，按标准各自时限平均可达 {own} 项。"),
        ("{name}: of {total} services that {standard} requires within a walk, residents have "
        "{mean} within {minutes} min on average, and {own} within the time of each."),
    ),
    "found_walk_some": (
        ("{name}：按《{standard}》，步行可达的必备设施共 {all} 项，设施表所列的 {total} 项中，"
        "居民步行 {minutes} 分钟内平均可达 {mean} 项，按标准各自时限平均可达 {own} 项。"),
        ("{name}: {standard} requires {all} services within a walk; of the {total} that the "
        "facilities list, residents have {mean} within {minutes} min on average, and {own} within "
        "the time of each."),
    ),
    "found_no_walk": (
        "{name}：所用标准没有规定步行可达的必备设施。",
        "{name}: the standard requires nothing within a walk.",
    ),
    "found_best": (
        "各自时限内步行覆盖率最高的是{best}，最低的是{worst}。",
        " Most people are within the walk of {best}, fewest of {worst}.",
    ),
    "found_unlisted": (
        "设施表中没有{services}，视为未知，不等于没有。",
        " The facilities list no {services}: unknown, not absent.",
    ),
    "found_clauses": (
        "《{standard}》应配设施检查：达标 {met} 项，不达标 {not_met} 项，未知 {unknown} 项。",
        (" Checks of what {standard} makes mandatory: {met} met, {not_met} not met, {unknown} "
        "unknown."),
    ),
    "found_blocks": (
        "体检得分（0–100，括号内为未知占比）：{blocks}。",
        " Health check, 0–100, unknown share in brackets: {blocks}.",
    ),
    "found_shortfalls": ("排在前面的短板是{shortfalls}。", " First shortfalls: {shortfalls}."),
    "unit_shortfall": ("{unit}{service}", "{service} of {unit}"),
    "one_shortfall": ("{service}（短缺 {people} 人）", "{service} ({people} people short)"),
    "found_no_projects": ("没有入选的项目。", " No project is chosen."),
    "found_projects": (
        "建议项目入选 {count} 项，已知费用合计 {cost} 元{unknown}，新增满足步行需求 {added} 人次。",
        (" {count} projects are chosen, {cost} yuan as far as known{unknown}; they meet {added} "
        "needs of a walk."),
    ),
    "cost_unknown": ("（另有 {count} 项费用未知）", " ({count} of unknown cost)"),
    # method
    "data": ("数据来源", "Data"),
    "data_memory": (
        "数据由使用者直接交入，没有文件记录。",
        "The data was handed over in memory; no files are on record.",
    ),
    "data_files": (
        "计算所用文件及其校验值如下；校验值可用来核对文件是否被改动。",
        "The files that the figures rest on, with the hashes that tell whether they were changed.",
    ),
    "data_stated": ("数据出处：{sources}。", "Data: {sources}."),
    "data_sample": (
        "本报告所用为示例数据，系据文字描述绘制，非实测，不得作为依据。",
        "The data is a sample: drawn from descriptions, not surveyed. Nothing may rest on it.",
    ),
    "review_number": ("审图号：{number}。", "Map review number: {number}."),
    "walkers": ("步行者", "Walkers"),
    "walkers_text": (
        "老年设施按老年人、儿童设施按儿童计算，其余按全体居民计算。步速不是国家标准，取值如下。",
        ("Services for older people are measured over older people, those for children over "
        "children, the rest over everybody. No walking speed is a national norm."),
    ),
    "walker_default": ("本工具取值，非国家标准", ""),
    "standards": ("标准与可信度", "Standards and confidence"),
    "standards_text": (
        ("下列标准用于判断。条文检查共 {rows} 行，其中 {verify} 行所用数值标“待核”：本工具所存的"
        "条文尚未与正式出版的标准核对，须核实后才能作为依据。各表“依据”栏注明数值的来处：已见原文"
        "或转载、由其他条文推导，或未见原文（凭记忆录入）。"),
        ("These standards are held against. Of {rows} checks of clauses {verify} rest on figures "
        "to be verified: our copy must be checked against the printed standard before they decide "
        "anything. Tables tell how sure each is: seen in the source, derived from other clauses, "
        "or not seen there (written down from memory)."),
    ),
    "use_standard": ("设施配置与步行时限", "facilities and walks"),
    "use_system": ("体检指标", "indicators of the health check"),
    "use_choice": ("改用于：{service}", "chosen for {service}"),
    "rules": ("计算方法", "Method"),
    "rule_walk": (
        ("步行时间：从住处到最近道路，沿道路网走最短路，再到设施；计入过街等候与台阶。离道路超过 "
        "{snap} 米的住处或设施不计入，单独列出。正好等于时限算可达。"),
        ("Walking time: from the home to the nearest street, by the shortest way along streets, to "
        "the facility, with waits at crossings and stairs. What lies more than {snap} m from any "
        "street is left out and told. Exactly the limit counts as reached."),
    ),
    "rule_cover": (
        ("步行覆盖率：时限内可达该类任一设施的居民人数，占单元内居民人数之比；单元以外的设施和道路"
        "一并计入。分别计算 {minutes} 分钟。"),
        ("Walk coverage: people within the minutes of any facility of the service, of all people "
        "of the unit; facilities and streets outside count. Measured at {minutes} min."),
    ),
    "rule_radius": (
        "半径覆盖率：直线服务半径内的居民占比。两者并列，不混用；其差异反映道路、围墙造成的绕行。",
        ("Radius coverage: people within the straight-line radius. Both stand side by side and are "
        "never mixed; their difference shows detours by streets and walls."),
    ),
    "rule_verdict": (
        ("达标判断：条文逐条判为达标、不达标或未知；缺数据一律为未知，不作达标，也不作零。百分数取到"
        "一位小数，只舍不入。"),
        ("Verdicts: each clause is met, not met or unknown. What lacks data is unknown, never met "
        "and never zero. Shares are rounded down to a tenth of a per cent."),
    ),
    "rule_target": (
        "条文没有写明覆盖比例的，按 {share} 居民可达判断。",
        "Where a clause states no share, {share} of the people must be within reach.",
    ),
    "rule_priority": (
        "短板优先度＝短缺人数×差距×民意权重；各项均列出。",
        "Priority of a shortfall: people short × how far short × weight of the survey, all shown.",
    ),
    "walls": ("围墙与大门", "Walls and gates"),
    "walls_text": (
        ("步行网络已计入围墙 {walls} 段、小区 {compounds} 个、大门 {gates} 处（开放 {open}，"
        "仅限住户 {residents}，关闭 {closed}）。"),
        ("The streets hold {walls} walls, {compounds} compounds and {gates} gates ({open} open, "
        "{residents} for residents only, {closed} closed)."),
    ),
    "open_points": ("未知与数据提示", "What is unknown or doubtful"),
    "off_street": (
        "离道路过远、未计入的居民点 {residents} 处、设施 {facilities} 处。",
        ("Too far from any street to be counted: {residents} residents' places, {facilities} "
        "facilities."),
    ),
    "no_warnings": (
        "读取与计算过程中没有数据提示。",
        "Nothing doubtful was told while the data was read and the figures were made.",
    ),
    "warnings": (
        "读取与计算过程中的数据提示共 {count} 条（原文为英文）：",
        "{count} note(s) on the data:",
    ),
    # coverage
    "cover_services": ("各类设施", "By service"),
    "cover_units": ("各单元", "By unit"),
    "cover_text": (
        "{name}规定服务的步行与半径覆盖并列如下，时限取标准各自规定，未规定的取 {minutes} 分钟。",
        ("{name}: walk and radius coverage of the services required, side by side, at the time of "
        "the standard or else {minutes} min."),
    ),
    "cover_texts": (
        "规定服务的步行覆盖与半径覆盖并列如下，时限取标准各自规定，未规定的取 {minutes} 分钟。",
        ("Walk and radius coverage of the services required, side by side, at the time of the "
        "standard or else {minutes} min."),
    ),
    "cover_many": (
        "单元较多，各单元各类设施的覆盖率见同时写出的表格文件（.xlsx、.csv）。",
        "Units are many; a workbook (.xlsx) or .csv holds their coverage by service.",
    ),
    "cover_rest": ("全部服务见附表。", "All services are in the appendix."),
    "complete_text": (
        "各单元居民人均可达的必备设施项数如下。",
        "How many required services residents have, on average, by unit.",
    ),
    "no_required": (
        "所用标准没有规定步行可达的设施，下表列全部已测服务。",
        "The standard requires nothing within a walk; the table lists all services measured.",
    ),
    "alternative": ("{service}（以{other}计）", "{service} (as {other})"),
    # compliance
    "clause_counts": ("检查结果", "Results"),
    "counts_text": (
        "各单元按标准逐条检查的结果如下，为检查行数。",
        "Checks of each unit against each standard, in rows.",
    ),
    "clause_short": ("不达标项", "Not met"),
    "short_text": (
        "最上一级单元应配设施的不达标项共 {count} 行。",
        "Checks of what is mandatory that are not met, of the units at the top: {count}.",
    ),
    "short_none": ("应配设施没有不达标项。", "None of what is mandatory is not met."),
    "clause_unknown": ("未知项", "Unknown"),
    "unknown_text": (
        "应配设施中尚不能判断的共 {count} 项，补齐下列数据后可以判断。",
        "Requirements that cannot be judged yet: {count}. They can when this data is there.",
    ),
    "unknown_none": ("应配设施没有未知项。", "Nothing that is mandatory is unknown."),
    "some_rows": (
        "表中列前 {shown} 行，共 {count} 行；全部数据见同时写出的表格文件（.xlsx、.csv）。",
        "The table lists {shown} of {count} rows; a workbook (.xlsx) or .csv holds them all.",
    ),
    # health check
    "block_scores": ("六项得分", "Scores by block"),
    "blocks_text": (
        "各单元得分为 0–100，括号内为该项指标中未知部分的占比；未知过半的不给分。",
        ("Scores are 0–100, with the unknown share of each block in brackets; a block that is "
        "mostly unknown gets none."),
    ),
    "main_indicators": ("指标明细", "Indicators"),
    "indicators_text": ("{name}各项指标如下。", "Indicators of {name}."),
    "indicators_many": ("各单元指标见工作簿。", "Indicators of the units are in the workbook."),
    # survey
    "survey_none": (
        "本次没有居民问卷数据，各短板的民意权重取 1。",
        "Residents were not asked; the weight of the survey is 1 for every shortfall.",
    ),
    "survey_text": (
        ("居民对各类设施的满意度与重要度（1–5 分）及其与步行覆盖的对照如下；“不确定”指样本不足或"
        "区间跨越界线。"),
        ("Satisfaction with each service and its importance (1–5), held against the walk; "
        "“uncertain” where the sample is small or an interval lies across a line."),
    ),
    # shortfalls
    "short_level": ("{level}短板", "Shortfalls, level {level}"),
    "ranked_text": (
        "共 {count} 项，按优先度列前 {shown} 项。名次“不稳”指步速、时限或设施略有变动时名次会变。",
        ("{shown} of {count}, by priority. A rank is not steady where it changes with slightly "
        "other speeds, times or facilities."),
    ),
    "no_score": ("未评分", "no score"),
    "no_shortfalls": ("没有已知的短板。", "No shortfall is known."),
    # projects
    "project_none": (
        "本次评估没有编制项目清单。",
        "No list of projects was made with this assessment.",
    ),
    "project_chosen": ("入选项目", "Chosen projects"),
    "chosen_budget": (
        "预算 {budget} 元，入选 {count} 项，已知费用合计 {cost} 元{unknown}。",
        "Within {budget} yuan {count} are chosen, {cost} yuan as far as known{unknown}.",
    ),
    "chosen_open": (
        "未设预算，有用的 {count} 项全部入选，已知费用合计 {cost} 元{unknown}。",
        "Without a budget all {count} that help are chosen, {cost} yuan as far as known{unknown}.",
    ),
    "chosen_best": (
        "已证明预算之内没有能满足更多需求的组合。",
        " It is proven that no others within the budget meet more needs.",
    ),
    "chosen_gap": (
        "预算之内能满足更多需求的组合至多再多 {more} 人次。",
        " No others within the budget meet over {more} needs more.",
    ),
    "chosen_none": ("没有入选的项目。", "No project is chosen."),
    "project_rest": ("未入选项目", "Projects not chosen"),
    "rest_text": (
        "未入选 {count} 项；费用未知的须先填报费用，再行比选。",
        "{count} are not chosen; those of unknown cost need one before they can be weighed.",
    ),
    "compare_text": (
        "按入选项目重新评价，方案前后对比如下。",
        "The place was evaluated again with the change; before and after:",
    ),
    "compare_verdicts": (
        "条文检查：转为达标 {better} 行，转为不达标 {worse} 行；失去可达的居民点 {out} 处。",
        ("Checks of clauses: {better} turn to met, {worse} to not met; {out} residents' places "
        "lose a service."),
    ),
    # appendix
    "appendix_text": (
        "附表列最长时限的全部覆盖结果和全部条文检查结果。",
        "All coverage at the longest time, and all checks of clauses.",
    ),
    "appendix_tops": (
        "附表列最上一级单元的覆盖结果和条文检查结果；下级单元见同时写出的表格文件（.xlsx、.csv）。",
        ("Coverage at the longest time and checks of clauses of the units at the top; those below "
        "are in a workbook (.xlsx) or .csv."),
    ),
    # captions
    "cap_units": ("统计单元基本情况", "Units"),
    "cap_overview": ("现状设施与居民可达总图", "Facilities, and how many services residents have"),
    "cap_sources": ("数据文件", "Files"),
    "cap_walkers": ("步行者参数", "Walkers"),
    "cap_standards": ("采用的标准", "Standards"),
    "cap_coverage": ("规定服务的步行覆盖与半径覆盖", "Walk and radius coverage of services"),
    "cap_completeness": ("各单元人均可达必备设施", "Required services within reach, by unit"),
    "cap_coverage_chart": ("{name}各类设施覆盖率", "{name}: coverage by service"),
    "cap_histogram": ("{name}居民可达必备设施项数分布", "{name}: services within reach of people"),
    "cap_counts": ("各单元条文检查结果（行）", "Checks of clauses by unit (rows)"),
    "cap_not_met": ("应配设施不达标项", "Mandatory and not met"),
    "cap_unknown": ("应配设施未知项及原因", "Mandatory and unknown, and why"),
    "cap_blocks": ("体检得分（0–100 分，括号内为未知占比）", "Scores (0–100, unknown share)"),
    "cap_health_chart": ("{name}体检得分", "{name}: scores"),
    "cap_indicators": ("{name}体检指标", "{name}: indicators"),
    "cap_survey": ("居民满意度、重要度与步行覆盖对照", "Satisfaction, importance and the walk"),
    "cap_survey_chart": ("{name}重要度—满意度分析", "{name}: importance and performance"),
    "cap_shortfalls": ("短板排序（{level}）", "Shortfalls ({level})"),
    "cap_shortfall_map": ("短板分布（{level}）", "Where people are short ({level})"),
    "cap_chosen": ("入选项目", "Chosen projects"),
    "cap_grounds": ("入选项目对应短板与依据", "What the chosen projects answer, and why"),
    "cap_rest": ("未入选项目", "Projects not chosen"),
    "cap_project_map": ("建议项目位置", "Where the projects are"),
    "cap_compare_units": ("方案前后人均可达必备设施（项）", "Required services before and after"),
    "cap_compare_needs": ("方案前后满足的步行需求（人）", "Needs met before and after (people)"),
    "cap_compare_chart": ("方案前后对比", "Before and after"),
    "cap_all_coverage": ("各类服务步行 {minutes} 分钟覆盖情况", "Coverage, {minutes} min"),
    "cap_all_compliance": ("条文检查结果", "Checks of clauses"),
    "cap_of": ("{name}{what}", "{name}: {what}"),
}  # fmt: skip


def report_words(language: str) -> dict[str, str]:
    """All words of a report in one language.

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
    >>> report_words("zh")["shortfalls"], report_words("en")["shortfalls"]
    ('短板', 'Shortfalls')
    """
    return in_language(_WORDS, language)
