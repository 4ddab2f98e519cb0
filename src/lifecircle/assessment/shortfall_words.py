"""Every word that a table of shortfalls says, in Chinese and in English."""

from __future__ import annotations

_WORDS: dict[str, tuple[str, str]] = {
    "list": ("、", ", "),
    "sentence": ("；", "; "),
    "place": ("{name} {people:,.0f} 人", "{name} ({people:,.0f} people)"),
    "segment_people": ("居民", "residents"),
    "segment_elderly": ("老年人", "elderly people"),
    "segment_children": ("儿童", "children"),
    "walker_adult": ("成年人", "adult"),
    "walker_elderly": ("老年人", "elderly"),
    "walker_frail": ("体弱老人", "frail"),
    "walker_child": ("儿童", "child"),
    "walker_stroller": ("推婴儿车者", "stroller"),
    "walker_wheelchair": ("轮椅使用者", "wheelchair"),
    "product": (
        (
            "优先度 {priority:,.1f} = 短缺 {people:,.0f} 人 × 差距 {severity:.3f} × "
            "民意权重 {weight:.2f}"
        ),
        (
            "priority {priority:,.1f} = {people:,.0f} people short × severity {severity:.3f} × "
            "survey weight {weight:.2f}"
        ),
    ),
    "how_walk": (
        (
            "短缺人数：{walker} 步行 {limit:g} 分钟内到不了任何一处的{segment}；"
            "差距：其超出 {limit:g} 分钟的比例的平均，超出一倍及以上按 1 计"
        ),
        (
            "people short: {segment} with none within {limit:g} min on foot ({walker}); severity: "
            "the mean of (minutes - {limit:g}) / {limit:g} over them, 1 at twice the time or more"
        ),
    ),
    "how_radius": (
        (
            "短缺人数：直线 {limit:g} 米内没有任何一处的{segment}；"
            "差距：其超出 {limit:g} 米的比例的平均，超出一倍及以上按 1 计"
        ),
        (
            "people short: {segment} with none within {limit:g} m in a straight line; severity: "
            "the mean of (metres - {limit:g}) / {limit:g} over them, 1 at twice the radius or more"
        ),
    ),
    "how_size": (
        "短缺人数：单元内全部{segment}；差距：1 - 现有 / 要求",
        "people short: all {segment} of the unit; severity: 1 - found / required",
    ),
    "how_presence": (
        "短缺人数：单元内全部{segment}；应有而没有，差距为 1",
        "people short: all {segment} of the unit; what must be there is not, severity 1",
    ),
    "how_spared": (
        "短缺人数：台账记为没有的社区的{segment}；应有而没有，差距为 1",
        (
            "people short: {segment} of the communities whose records say no; what must be there "
            "is not, severity 1"
        ),
    ),
    "none_inside": ("单元内没有", "none stands inside the unit"),
    "accepts": ("{services} 任一即可", "any of {services} would do"),
    "together": ("{services} 合计", "{services} together"),
    "of_these": ("计入 {services}", "of {services}"),
    "beyond": (
        "短缺的 {people:,.0f} 人中 {far:,.0f} 人步行超过 {twice:g} 分钟或到不了，故不列中位数",
        (
            "{far:,.0f} of the {people:,.0f} people short walk longer than {twice:g} min or cannot "
            "get there, so no median is given"
        ),
    ),
    "unsurveyed": ("该项未作民意调查，权重取 1", "not surveyed, so the survey weight is 1"),
    "nobody": ("不达标，但无人短缺", "not met, but nobody is short"),
    "holds": ("名次可靠：", "the rank holds: "),
    "moves": ("名次不稳：", "the rank does not hold: "),
    "same": (
        "步速慢 10%、时间增减 1 分钟、设施点缺十分之一，都在第 {low}–{high} 位",
        (
            "places {low} to {high} whether people walk 10 % slower, the time is a minute less or "
            "more or a tenth of the facility points is missing"
        ),
    ),
    "same_one": (
        "步速慢 10%、时间增减 1 分钟、设施点缺十分之一，都在第 {low} 位",
        (
            "place {low} whether people walk 10 % slower, the time is a minute less or more or a "
            "tenth of the facility points is missing"
        ),
    ),
    "slower": ("步速慢 10% 则为第 {rank} 位", "place {rank} if people walk 10 % slower"),
    "minute_less": ("时间减 1 分钟则为第 {rank} 位", "place {rank} if the time is a minute less"),
    "minute_more": ("时间加 1 分钟则为第 {rank} 位", "place {rank} if the time is a minute more"),
    "met_then": (
        "时间加 1 分钟则步行已达标",
        "the walk is met if the time is a minute more",
    ),
    "drawn": (
        "设施点缺十分之一时在第 {low}–{high} 位之间（90% 的抽样）",
        "places {low} to {high} if a tenth of the facility points is missing (90 % of the draws)",
    ),
}


def word(key: str, language: str) -> str:
    """A phrase with braces to be filled by ``str.format``.

    Parameters
    ----------
    key
        Which.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str

    Examples
    --------
    >>> word("segment_elderly", "zh"), word("segment_elderly", "en")
    ('老年人', 'elderly people')
    """
    return _WORDS[key][0 if language == "zh" else 1]


def segment_word(segment: str, language: str) -> str:
    """Name of a segment of people; a segment of the study's own keeps its name.

    Parameters
    ----------
    segment
        Column of residents.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str

    Examples
    --------
    >>> segment_word("children", "en"), segment_word("tenants", "en")
    ('children', 'tenants')
    """
    key = f"segment_{segment}"
    return word(key, language) if key in _WORDS else segment


def walker_word(walker: str, language: str) -> str:
    """Name of a walker; one of the study's own keeps its name.

    Parameters
    ----------
    walker
        Name.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str

    Examples
    --------
    >>> walker_word("elderly", "zh"), walker_word("grandma", "zh")
    ('老年人', 'grandma')
    """
    key = f"walker_{walker}"
    return word(key, language) if key in _WORDS else walker
