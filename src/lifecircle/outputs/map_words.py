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
    "by_completeness": ("可达的规定服务数", "Number of required services"),
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
            "分钟为半数居民不超过的时间；不用于计算。不足 {least} 人的 {few} 个格子未画"
        ),
        (
            "More than {most} residents' places: drawn together in hexagons {width} m wide, with "
            "the mean number of services by people and the minutes that half of the people do not "
            "exceed; for the eye, not for figures. {few} hexagons of fewer than {least} people are "
            "not drawn"
        ),
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
}
