"""Words of the live circle, in Chinese and in English."""

from __future__ import annotations

from lifecircle.outputs.words import in_language

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("点选测算", "Live circle"),
    "start": ("开始点选", "Click on the map"),
    "stop": ("结束点选", "Stop"),
    "clear": ("清除", "Clear"),
    "hint": (
        "点按后，在地图任一处单击，即按路网计算步行圈与最近设施",
        "Then click anywhere: walking circle and nearest facilities, along the streets",
    ),
    "active": ("请在地图上单击起点（Esc 结束）", "Click a place on the map (Esc ends it)"),
    "walker": ("步行者", "Walker"),
    "walker_speed": ("{walker}（{speed} 米/秒）", "{walker} ({speed} m/s)"),
    "within_minutes": ("{minutes} 分钟内", "within {minutes} min"),
    "service": ("服务 · 最近的一处", "Service, nearest one"),
    "minutes": ("最近（分钟）", "nearest (min)"),
    "within": ("{minutes} 分钟内（处）", "number in {minutes} min"),
    "reached": (
        "{limit} 分钟内可达 {reached} 类服务（共 {total} 类）",
        "{reached} of {total} services within {limit} min",
    ),
    "printed": ("此处只印最近的 {count} 类", "the nearest {count} are printed"),
    "not_reached": ("{limit} 分钟内未到达：{names}", "Not within {limit} min: {names}"),
    "join": ("先走 {metres} 米到道路", "{metres} m to the street first"),
    "by_gate": (
        "所在小区没有测绘道路，按经大门出入计算",
        "no mapped path in this compound: by its gates",
    ),
    "far": (
        "此处距可走的道路超过 {snap_m} 米，无法计算",
        "more than {snap_m} m from any street that may be walked: not computed",
    ),
    "outside": (
        "此处超出文件内嵌的路网范围，无法计算",
        "outside the streets that this file carries: not computed",
    ),
    "note": (
        "与报告同一算法，沿道路、围墙与大门；等时圈仅供观看，数值以表为准",
        "By the rules of the report: streets, walls, gates. The shape is for the eye",
    ),
    "left_out": (
        "路网过大（{count} 段），未内嵌点选测算",
        "the streets are too many ({count} edges) for the live circle in this file",
    ),
    "no_streets": (
        "周边没有街道，无法点选测算",
        "there are no streets around for the live circle",
    ),
    "separator": ("、", ", "),
    "unnamed": ("（未命名）", "(no name)"),
}


def live_words(language: str) -> dict[str, str]:
    """Words of the live circle in one language.

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
    >>> live_words("zh")["title"]
    '点选测算'
    """
    return in_language(_WORDS, language)
