"""What an inspection says of streets, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lifecircle.inputs.inspection_words import LANGUAGES, listed
from lifecircle.network.walkers import ADULT

Rows = Sequence[Mapping[str, Any]]

# Classes of OpenStreetMap as Chinese planners call them.
CLASSES = {
    "motorway": "高速公路", "trunk": "快速路", "primary": "主干路", "secondary": "次干路",
    "tertiary": "支路", "residential": "街坊路", "service": "内部通道", "footway": "步行道",
    "path": "小路", "pedestrian": "步行街", "steps": "台阶", "living_street": "生活街道",
    "unclassified": "未分级道路", "road": "未知等级", "track": "机耕路", "cycleway": "自行车道",
    "platform": "站台", "repair": "补线", "": "未写等级",
}  # fmt: skip
UNCHECKED = {
    "walls": (
        "围墙与大门（有一个文件用不了，先照它的提示改；断头里有的是围墙）",
        "walls and gates (a file of them cannot be used: mend it first; some dead ends are walls)",
    ),
    "edge": ("范围是否够大（没有可用的单元）", "whether they reach far enough (no usable units)"),
    "residents": (
        "住处离道路多远（没有可用的居民）",
        "how far homes are from them (no usable residents)",
    ),
    "facilities": (
        "设施离道路多远（没有可用的设施）",
        "how far facilities are from them (no usable facilities)",
    ),
    "sidewalks": ("是否缺步行道（道路没有等级）", "whether footways are missing (no classes)"),
}  # fmt: skip
# finding → what to do, in Chinese and in English
ADVICE = {
    "all gates closed": (
        "查明居民走哪个门，把它的通行改为“业主”",
        "find out which gate residents use, and set its access to residents",
    ),
    "gates lead nowhere": (
        "补上缺的路或缺的大门",
        "add the street or the gate that is missing",
    ),
    "compound without gate": (
        "补上大门（lc.read_gates）；没有围墙的写明不封闭",
        "add their gates (lc.read_gates), or say that they are not walled",
    ),
    "streets cut": (
        "在图上看：有人从那里走过就补上大门，围墙画错就改",
        "see on a map: add a gate where people walk through, or mend the wall",
    ),
    "no mapped paths": (
        "补画小区内部道路；或设 detour",
        "draw the paths inside, or set detour",
    ),
    "gate to nowhere": (
        "核对位置，或补画通到那里的路",
        "check their places, or draw the way there",
    ),
    "gate without wall": (
        "移到围墙上，写明小区编号，或补画围墙",
        "move them to their wall, give compound_id, or draw the wall",
    ),
    "gate of nobody": (
        "画出小区，或写明小区编号",
        "draw the compound, or give compound_id",
    ),
    "cut at the edge": (
        "换范围更大的道路：居民会走出边界",
        "take streets from a wider area: people walk across the boundary",
    ),
    "disconnected part": (
        "在图上看：缺一段路、一个门还是一座桥；补画，或删去这部分",
        "see on a map what is missing: a path, a gate, a bridge; draw it, or leave the part out",
    ),
    "far residents": (
        "补画小区内部道路，或把居民点放到小区出入口",
        "draw the lanes inside the compounds, or place residents at their entrances",
    ),
    "no sidewalks": (
        "小区内部缺路，步行会算得偏远，住处离道路也远：补画，或在报告中说明",
        (
            "the insides of compounds are missing, so walks come out too long and homes lie too "
            "far off: draw them, or say so in the report"
        ),
    ),
    "far facility": (
        "核对位置，或补画通到那里的路",
        "check their places, or draw the way there",
    ),
    "dangling end": (
        "看那里有没有围墙或关着的门；没有就接上（--repair 列出 1 米以内的，repair=True 接上）",
        (
            "see whether a wall or a closed gate stands there; if not, join them (--repair lists "
            "those within 1 m, repair=True joins them)"
        ),
    ),
}


def class_lengths(classes_km: Mapping[str, float], language: str) -> str:
    """Kilometres of the longest classes of street.

    Parameters
    ----------
    classes_km
        Class → kilometres, the longest first.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str

    Examples
    --------
    >>> class_lengths({"residential": 101.5, "footway": 42.3}, "zh")
    '街坊路 101.5、步行道 42.3'
    """
    named = ((CLASSES.get(kind, kind), kind or "no class") for kind in classes_km)
    words = [pair[LANGUAGES.index(language)] for pair in named]
    lengths = (f"{word} {km:,.1f}" for word, km in zip(words, classes_km.values(), strict=True))
    return listed(lengths, language, 6)


def finding_sentences(findings: Rows, language: str) -> list[tuple[str, str]]:
    """A sentence and a remedy for each kind of finding, the heaviest first.

    Parameters
    ----------
    findings
        Rows of :func:`lifecircle.diagnose_network` as plain values, with ``lon`` and ``lat``.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    list of tuple of str

    Examples
    --------
    >>> row = {"finding": "far residents", "count": 2, "people": 90.0, "people_share": 0.9,
    ...        "distance_m": 400.0}
    >>> finding_sentences([row], "en")[0][0]
    '90 people (90 %) live further than 50 m from any street, at 2 places, the furthest 400 m'
    """
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    for row in findings:
        kinds.setdefault(str(row["finding"]), []).append(row)
    told = []
    for kind, rows in kinds.items():
        what = _SENTENCES[kind](rows, chinese=language == "zh")
        told.append((what, ADVICE[kind][LANGUAGES.index(language)]))
    return told


def link_words(row: Mapping[str, Any], language: str) -> str:
    """One link of repair.

    Parameters
    ----------
    row
        Row of the list of links as plain values.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str

    Examples
    --------
    >>> link_words({"length_m": 0.424, "from_street": "", "to_street": "韶山路",
    ...             "lon": 112.99, "lat": 28.16}, "zh")
    '0.42 米，无名路 – 韶山路，经度 112.99000，纬度 28.16000'
    """
    chinese = language == "zh"
    streets = (row[side] or ("无名路" if chinese else "unnamed") for side in
               ("from_street", "to_street"))  # fmt: skip
    unit = "米，" if chinese else "m, "
    mark = "，" if chinese else ", "
    return f"{row['length_m']:.2f} {unit}{' – '.join(streets)}{mark}{_at(row, chinese=chinese)}"


def _at(row: Mapping[str, Any], *, chinese: bool) -> str:
    """Place of a finding."""
    if chinese:
        return f"经度 {row['lon']:.5f}，纬度 {row['lat']:.5f}"
    return f"lon {row['lon']:.5f}, lat {row['lat']:.5f}"


def _sum(rows: Rows, column: str) -> float | None:
    """Sum of what is known in a column; None where nothing is."""
    known = [row[column] for row in rows if row.get(column) is not None]
    return sum(known) if known else None


def _percent(share: float) -> str:
    """Share as people write it; a little is not nothing."""
    return "< 0.1 %" if 0 < share < 0.001 else f"{100 * share:.{0 if share >= 0.1 else 1}f} %"


def _kilometres(metres: float) -> str:
    return f"{metres / 1000:,.1f}" if metres >= 1000 else f"{metres / 1000:.2f}"


def _names(rows: Rows, *, chinese: bool, limit: int = 3) -> str:
    """First names among some findings."""
    words: Iterable[str] = (str(row["name"]) for row in rows if row.get("name"))
    return listed(words, "zh" if chinese else "en", limit)


def _cut(rows: Rows, *, chinese: bool) -> str:
    row, reach = rows[0], f"{ADULT.reach_m(15):,.0f}"
    people = ""
    if row.get("people") is not None:
        people = f"，共 {row['people']:,.0f} 人" if chinese else f", {row['people']:,.0f} people"
    out = row["distance_m"] == 0
    if chinese:
        least = "有的已伸出路网之外" if out else f"最少处只有 {row['distance_m']:,.0f} 米"
        return (
            f"{row['count']} 个单元（{row['name']}{people}）外的道路"
            f"不够步行 15 分钟（{reach} 米），{least}"
        )
    least = "they do not cover it all" if out else f"least {row['distance_m']:,.0f} m"
    units = "1 unit" if row["count"] == 1 else f"{row['count']} units"
    return (
        f"the streets reach less than 15 minutes of walking ({reach} m) beyond {units} "
        f"({row['name']}{people}); {least}"
    )


def _parts(rows: Rows, *, chinese: bool) -> str:
    count, length_m = int(_sum(rows, "count") or 0), _sum(rows, "length_m") or 0.0
    share = _percent(_sum(rows, "length_share") or 0.0)
    people, facilities = _sum(rows, "people"), _sum(rows, "facilities")
    alone = [row for row in rows if row["count"] == 1]
    first = max(alone, key=lambda row: row["length_m"]) if alone else rows[0]
    name = first.get("name") or ""
    if chinese:
        what = f"{count:,} 处道路与整体不相连，共 {_kilometres(length_m)} 公里（{share}）"
        if people is not None:
            of_all = _percent(_sum(rows, "people_share") or 0.0)
            what += f"，住着 {people:,.0f} 人（{of_all}）"
        if facilities:
            what += f"，有设施 {facilities:,.0f} 处"
        named = f"（{name}）" if name else ""
        size = _kilometres(first["length_m"])
        return f"{what}；最长的 {size} 公里{named}在{_at(first, chinese=True)}"
    what = f"{count:,} parts hang on nothing, together {_kilometres(length_m)} km ({share})"
    if count == 1:
        what = f"1 part hangs on nothing, {_kilometres(length_m)} km ({share})"
    if people is not None:
        what += f"; {people:,.0f} people live there ({_percent(_sum(rows, 'people_share') or 0.0)})"
    if facilities:
        what += f"; {facilities:,.0f} facilities lie there"
    size, named = _kilometres(first["length_m"]), f" ({name})" if name else ""
    return f"{what}; the longest, {size} km{named}, at {_at(first, chinese=False)}"


def _far_residents(rows: Rows, *, chinese: bool) -> str:
    row = rows[0]
    share = _percent(row["people_share"])
    if chinese:
        return (
            f"{row['people']:,.0f} 人（{share}）住处离道路超过 50 米，共 {row['count']:,} 处，"
            f"最远 {row['distance_m']:,.0f} 米"
        )
    places = "1 place" if row["count"] == 1 else f"{row['count']:,} places"
    return (
        f"{row['people']:,.0f} people ({share}) live further than 50 m from any street, at "
        f"{places}, the furthest {row['distance_m']:,.0f} m"
    )


def _no_sidewalks(rows: Rows, *, chinese: bool) -> str:
    row = rows[0]
    km, share = _kilometres(row["length_m"]), _percent(row["length_share"])
    people = row.get("people")
    if chinese:
        lived = "" if people is None else f"，住着 {people:,.0f} 人"
        return (
            f"{km} 公里道路（占 {share}）所在之处几乎只画了车行道，步行道和小区内路不到一成"
            f"（500 米见方的格子 {row['count']:,} 个{lived}）"
        )
    lived = "" if people is None else f"; {people:,.0f} people live there"
    return (
        f"{km} km ({share} of all streets) lie where almost only roads are drawn and under a tenth "
        f"are footways or lanes of compounds, in {row['count']:,} cells of 500 m{lived}"
    )


def _far_facilities(rows: Rows, *, chinese: bool) -> str:
    furthest = max(row["distance_m"] for row in rows)
    names = _names(rows, chinese=chinese)
    if chinese:
        return f"{len(rows):,} 处设施离道路超过 50 米（{names}），最远 {furthest:,.0f} 米"
    are = "1 facility lies" if len(rows) == 1 else f"{len(rows):,} facilities lie"
    return f"{are} further than 50 m from any street ({names}), the furthest {furthest:,.0f} m"


def _gaps(rows: Rows, *, chinese: bool) -> str:
    near = [sum(row["distance_m"] <= metres for row in rows) for metres in (1.0, 5.0)]
    joining = sum(row.get("length_m") is not None for row in rows)
    first = rows[0]
    gap_m = f"{first['distance_m']:.1f}"
    if chinese:
        inside = f"（1 米内 {near[0]:,}，5 米内 {near[1]:,}）" if len(rows) > 1 else ""
        joins = f"，其中 {joining:,} 处接上能连通孤立的道路" if joining else ""
        name = str(first["name"]).replace("unnamed", "无名路")
        return (
            f"{len(rows):,} 处断头离另一条路不到 15 米{inside}{joins}；如 {gap_m} 米，{name}，"
            f"{_at(first, chinese=True)}"
        )
    ends = "1 street ends" if len(rows) == 1 else f"{len(rows):,} streets end"
    inside = f" ({near[0]:,} within 1 m, {near[1]:,} within 5 m)" if len(rows) > 1 else ""
    joins = f"; closing {joining:,} of them joins parts that hang on nothing" if joining else ""
    return (
        f"{ends} within 15 m of another{inside}{joins}; such as {gap_m} m, {first['name']}, "
        f"{_at(first, chinese=False)}"
    )


def _live(rows: Rows, chinese: str, english: str, *, in_chinese: bool) -> str:
    """How many people it concerns, where that is known."""
    people = _sum(rows, "people")
    if people is None:
        return ""
    share = _sum(rows, "people_share")
    of_all = (
        "" if not share else f"（{_percent(share)}）" if in_chinese else f" ({_percent(share)})"
    )
    if in_chinese:
        return f"，{chinese} {people:,.0f} 人{of_all}"
    return f"; {people:,.0f} people {english}{of_all}"


def _ids(rows: Rows, *, chinese: bool) -> str:
    """First ids of what a finding is about."""
    ids = str(rows[0].get("name") or "")
    if not ids:
        return ""
    return f"（{ids.replace(', ', '、')}）" if chinese else f" ({ids})"


def _without_gate(rows: Rows, *, chinese: bool) -> str:
    count, ids = int(_sum(rows, "count") or 0), _ids(rows, chinese=chinese)
    live = _live(rows, "住着", "live there", in_chinese=chinese)
    if chinese:
        return f"{count:,} 个封闭小区一个大门也没有{ids}{live}；按从最近的道路出门计算"
    have = "1 walled compound has" if count == 1 else f"{count:,} walled compounds have"
    return f"{have} no gate at all{ids}{live}; they are taken to leave at the nearest street"


def _astray(rows: Rows, *, chinese: bool) -> str:
    count, ids = int(_sum(rows, "count") or 0), _ids(rows, chinese=chinese)
    live = _live(rows, "走不到别处的有", "get no further", in_chinese=chinese)
    if chinese:
        return f"{count:,} 个封闭小区的大门不通往与其余相连的道路{ids}{live}"
    compounds = "1 walled compound" if count == 1 else f"{count:,} walled compounds"
    return f"the gates of {compounds} lead to no street joined with the rest{ids}{live}"


def _gates_closed(rows: Rows, *, chinese: bool) -> str:
    count, ids = int(_sum(rows, "count") or 0), _ids(rows, chinese=chinese)
    live = _live(rows, "走不出去的有", "cannot leave", in_chinese=chinese)
    if chinese:
        return f"{count:,} 个封闭小区的大门全部关闭{ids}{live}"
    have = "1 walled compound has" if count == 1 else f"{count:,} walled compounds have"
    return f"{have} closed gates alone{ids}{live}"


def _streets_cut(rows: Rows, *, chinese: bool) -> str:
    count = int(_sum(rows, "count") or 0)
    live = _live(rows, "因此与其余道路隔开的有", "are cut off from the rest by that",
                 in_chinese=chinese)  # fmt: skip
    at = _at(rows[0], chinese=chinese)
    if chinese:
        return f"围墙在 {count:,} 处隔断道路而没有大门{live}；如{at}"
    streets = "1 place" if count == 1 else f"{count:,} places"
    return f"walls cut streets at {streets} where there is no gate{live}; such as {at}"


def _no_paths(rows: Rows, *, chinese: bool) -> str:
    count, ids = int(_sum(rows, "count") or 0), _ids(rows, chinese=chinese)
    live = _live(rows, "住着", "live there", in_chinese=chinese)
    if chinese:
        return f"{count:,} 个封闭小区里没有画出通到大门的路{ids}{live}；按直线乘绕行系数走到大门"
    have = "1 walled compound has" if count == 1 else f"{count:,} walled compounds have"
    return f"{have} no mapped path to a gate{ids}{live}; they walk to it straight, times detour"


def _nowhere(rows: Rows, *, chinese: bool) -> str:
    count, ids = int(_sum(rows, "count") or 0), _ids(rows, chinese=chinese)
    if chinese:
        return f"{count:,} 个大门有一侧 100 米内没有道路{ids}"
    find = "1 gate finds" if count == 1 else f"{count:,} gates find"
    return f"{find} no street within 100 m on one side{ids}"


def _no_wall(rows: Rows, *, chinese: bool) -> str:
    count, ids = int(_sum(rows, "count") or 0), _ids(rows, chinese=chinese)
    if chinese:
        return f"{count:,} 个大门不在道路上，离围墙也太远，不起作用{ids}"
    stand = "1 gate stands" if count == 1 else f"{count:,} gates stand"
    change = "changes" if count == 1 else "change"
    return f"{stand} in no street and too far from any wall, and {change} nothing{ids}"


def _of_nobody(rows: Rows, *, chinese: bool) -> str:
    count, ids = int(_sum(rows, "count") or 0), _ids(rows, chinese=chinese)
    if chinese:
        return f"{count:,} 个只准业主通行的大门不属于任何小区{ids}；住在门后的人都按可以通行计算"
    admit = "1 gate admits" if count == 1 else f"{count:,} gates admit"
    belong = "belongs" if count == 1 else "belong"
    return (
        f"{admit} residents but {belong} to no compound{ids}; whoever lives behind is taken to pass"
    )


_SENTENCES = {
    "all gates closed": _gates_closed,
    "gates lead nowhere": _astray,
    "compound without gate": _without_gate,
    "streets cut": _streets_cut,
    "no mapped paths": _no_paths,
    "gate to nowhere": _nowhere,
    "gate without wall": _no_wall,
    "gate of nobody": _of_nobody,
    "cut at the edge": _cut,
    "disconnected part": _parts,
    "far residents": _far_residents,
    "no sidewalks": _no_sidewalks,
    "far facility": _far_facilities,
    "dangling end": _gaps,
}
