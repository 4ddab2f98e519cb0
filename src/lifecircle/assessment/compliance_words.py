"""What compliance says to people, in Chinese and English."""

from __future__ import annotations

import math

from lifecircle.tables.values import shown_percent

_ZH = {
    "presence": "至少 {count:g} 处",
    "presence_size": "至少 1 处用地不小于 {size} ㎡的",
    "inside": "单元内 {count:g} 处",
    "record_says": "台账记录：{value:g}",
    "walk": "不少于 {target} 的{whom}步行 {minutes} 分钟内可达",
    "radius": "不少于 {target} 的{whom}在 {radius} m 半径内（直线）",
    "people": "{share}（{covered} / {people} 人）",
    "floor_area_m2": "建筑面积不小于 {figure} ㎡",
    "site_area_m2": "用地面积不小于 {figure} ㎡",
    "total_floor_area_m2": "建筑面积合计不小于 {figure} ㎡",
    "total_site_area_m2": "用地面积合计不小于 {figure} ㎡",
    "largest": "最大 {value} ㎡（{count:g} 处）",
    "total": "合计 {value} ㎡（{count:g} 处）",
    "count": "每 {each} 人 1 处，应有 {count:g} 处",
    "per_1000": "每千{whom}不少于 {figure} {unit}",
    "per_1000_found": "每千{whom} {value} {unit}",
    "unit_capacity": "（床位、座位等容量）",
    "unit_floor_area_m2": "㎡建筑面积",
    "unit_site_area_m2": "㎡用地",
    "unit_facilities": "处",
    "segment_people": "居民",
    "segment_elderly": "老人",
    "segment_children": "儿童",
    "size_from": "（只计用地 {least} ㎡及以上的）",
    "size_between": "（只计用地 {least} 至 {below} ㎡的，更大的属上一级）",
    "and_walk": "，步行相应改为 {minutes:g} 分钟",
    "whom_people": "人",
    "whom_elderly": "名老人",
    "whom_children": "名儿童",
    "whom_households": "户",
    "unlisted": "设施表中没有这类设施：未知，不等于没有",
    "needs_record": "无法由设施表得出，需台账记录（records）",
    "record_none": "台账记录为没有",
    "none_inside": "单元内没有",
    "none_inside_reached": "单元内没有；{share} 的居民步行 {minutes} 分钟可达单元外的",
    "short_people": "{short} 人步行超过 {minutes} 分钟或无法到达",
    "outside_people": "{short} 人在半径以外",
    "beyond": "研究只计算到 {limit} 分钟",
    "off_street": "这类设施都不在道路附近，无法计算步行",
    "nobody": "单元内无人居住，不适用",
    "unknown_sizes": "{count:g} 处面积未知，可能达标",
    "some_sizes": "部分设施面积未知，可能达标",
    "far_people": "{count} 人的住处离道路太远，无法计算，可能影响结论",
    "astray": "部分设施离道路太远，无法计算，可能影响结论",
    "too_small": "都小于要求",
    "total_short": "相差 {value} ㎡",
    "unknown_capacities": "{count:g} 处未填写，已知部分不足以判定",
    "unknown_of": "不知道单元的{whom}数",
    "fewer": "少 {count:g} 处",
    "lower": "低于要求",
    "alternative": "以 {count:g} 处{service}（各不小于 {size} ㎡）替代",
    "choice": "采用 {chosen}；未采用 {other}",
    "others": "本标准 {own}；不同的有 {others}（可在 [choices] 中改用）",
    "figure_service_radius_m": "半径 {figure} m",
    "figure_min_floor_area_m2": "建筑面积 {figure} ㎡",
    "figure_min_site_area_m2": "用地 {figure} ㎡",
    "list": "、",
    "nothing": "—",
}
_EN = {
    "presence": "at least {count:g}",
    "presence_size": "at least 1 of a site of {size} m² or more",
    "inside": "{count:g} inside the unit",
    "record_says": "records: {value:g}",
    "walk": "{target} of {whom} within a walk of {minutes} min",
    "radius": "{target} of {whom} within a straight radius of {radius} m",
    "people": "{share} ({covered} of {people} people)",
    "floor_area_m2": "floor area of {figure} m² or more",
    "site_area_m2": "site of {figure} m² or more",
    "total_floor_area_m2": "floor area of {figure} m² or more in all",
    "total_site_area_m2": "sites of {figure} m² or more in all",
    "largest": "largest {value} m² ({count:g} facilities)",
    "total": "{value} m² in all ({count:g} facilities)",
    "count": "1 per {each} people: {count:g}",
    "per_1000": "{figure} {unit} per 1000 {whom} or more",
    "per_1000_found": "{value} {unit} per 1000 {whom}",
    "unit_capacity": "places",
    "unit_floor_area_m2": "m² of floor",
    "unit_site_area_m2": "m² of site",
    "unit_facilities": "facilities",
    "segment_people": "residents",
    "segment_elderly": "the elderly",
    "segment_children": "children",
    "size_from": " (only sites of {least} m² or more count)",
    "size_between": " (only sites of {least} to {below} m² count; the upper tier has the larger)",
    "and_walk": ", and with it the walk to {minutes:g} min",
    "whom_people": "people",
    "whom_elderly": "elderly people",
    "whom_children": "children",
    "whom_households": "households",
    "unlisted": "the facilities table lists none of these at all: unknown, not absent",
    "needs_record": "cannot be told from facilities; needs a record",
    "record_none": "the records say there is none",
    "none_inside": "none inside the unit",
    "none_inside_reached": "none inside the unit; {share} of residents reach one outside within "
    "{minutes} min",
    "short_people": "{short} people walk longer than {minutes} min or cannot get there",
    "outside_people": "{short} people live outside the radius",
    "beyond": "the study looks no further than {limit} min",
    "off_street": "none of these lies near a street, so no walk can be told",
    "nobody": "nobody lives in the unit: not applicable",
    "unknown_sizes": "{count:g} of unknown size might do",
    "some_sizes": "some are of unknown size and might do",
    "far_people": "{count} people live too far from any street to say, and may decide",
    "astray": "some facilities are too far from any street to say, and may decide",
    "too_small": "all are smaller",
    "total_short": "{value} m² short",
    "unknown_capacities": "{count:g} have no figure, and the known ones do not settle it",
    "unknown_of": "the number of {whom} in the unit is not known",
    "fewer": "{count:g} too few",
    "lower": "lower than required",
    "alternative": "{count:g} × {service} of {size} m² or more instead",
    "choice": "{chosen} chosen, not {other}",
    "others": "this standard {own}; others differ: {others} (change under [choices])",
    "figure_service_radius_m": "radius {figure} m",
    "figure_min_floor_area_m2": "floor {figure} m²",
    "figure_min_site_area_m2": "site {figure} m²",
    "list": ", ",
    "nothing": "—",
}


class Words:
    """Sentences of one language, filled in.

    Parameters
    ----------
    language
        ``"zh"`` or ``"en"``.

    Examples
    --------
    >>> Words("en").text("inside").format(count=2)
    '2 inside the unit'
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = _ZH if language == "zh" else _EN

    def text(self, key: str) -> str:
        """Sentence of a key, with its gaps.

        Parameters
        ----------
        key
            Of the sentence.

        Returns
        -------
        str

        Examples
        --------
        >>> Words("en").text("too_small")
        'all are smaller'
        """
        return self._texts[key]

    def people(self, covered: float, people: float) -> str:
        """Share of people and the numbers behind it.

        Parameters
        ----------
        covered, people
            Numbers of people.

        Returns
        -------
        str

        Examples
        --------
        >>> Words("en").people(2999, 3000)
        '99.9 % (2,999 of 3,000 people)'
        """
        if not people > 0 or math.isnan(covered):
            return self._texts["nothing"]
        return self.text("people").format(
            share=percent(covered / people), covered=whole(covered), people=whole(people)
        )


def percent(share: float) -> str:
    """Share in per cent, rounded down, so that only all of them is 100 %.

    Parameters
    ----------
    share
        0–1.

    Returns
    -------
    str

    Examples
    --------
    >>> percent(0.99996), percent(1.0), percent(0.85)
    ('99.9 %', '100 %', '85 %')
    """
    return f"{shown_percent(share):g} %"


def whole(number: float) -> str:
    """Number of people or square metres, with separators of thousands.

    Parameters
    ----------
    number
        Any number.

    Returns
    -------
    str

    Examples
    --------
    >>> whole(26822.0), whole(12.5)
    ('26,822', '12.5')
    """
    return f"{number:,.0f}" if abs(number - round(number)) < 5e-2 else f"{number:,.1f}"
