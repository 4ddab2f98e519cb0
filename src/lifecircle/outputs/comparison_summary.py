"""What the command line says of a comparison: few lines, in the study's language."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from lifecircle.outputs.csv_tables import segment_name
from lifecircle.planning.comparison import Comparison
from lifecircle.standards import catalog

_MOST_UNITS, _MOST_SERVICES, _MOST_VERDICTS = 12, 4, 6
_ZH = {
    "title": "{study}：现状与方案对比{scenario}",
    "sample": "示例数据，非实测",
    "unit": "{name}：{people:,.0f} 人；步行 {longest:g} 分钟内平均可达必备设施 "
    "{before} → {after} 项",
    "service": "{service}（{minutes:g} 分钟）：{segments}",
    "segment": "{segment}{gains}",
    "walker": "{segment}（{walker}）",
    "gain": "新增可达 {people:,.0f} 人",
    "lose": "失去可达 {people:,.0f} 人",
    "nothing": "没有人新增或失去可达的设施",
    "unknown": "方案前后有一侧未知、无法比较的设施：{services}",
    "loser": "{service} {places:,} 处住处 {people:,.0f} 名{segment}",
    "losers": "失去可达：{services}；步行变长：{longer:,} 处住处",
    "no_losers": "没有人失去可达的设施；步行变长：{longer:,} 处住处",
    "better": "转为达标 {count} 项：{told}",
    "worse": "转为不达标 {count} 项：{told}",
    "no_verdicts": "条文检查结论没有变化",
    "and": "，",
    "list": "、",
    "stop": "；",
}
_EN = {
    "title": "{study}: today and {scenario}",
    "sample": "Sample data: drawn, not surveyed.",
    "unit": "{name}: {people:,.0f} people; required services within a walk of {longest:g} min on "
    "average {before} → {after}",
    "service": "{service} ({minutes:g} min): {segments}",
    "segment": "{segment}: {gains}",
    "walker": "{segment} ({walker})",
    "gain": "{people:,.0f} gain it",
    "lose": "{people:,.0f} lose it",
    "nothing": "nobody gains or loses a service",
    "unknown": "unknown on one side, not compared: {services}",
    "loser": "{service}, {people:,.0f} {segment} at {places:,} places",
    "losers": "lose a service: {services}; a longer walk: {longer:,} places",
    "no_losers": "nobody loses a service; a longer walk: {longer:,} places",
    "better": "{count} checks turn to met: {told}",
    "worse": "{count} checks turn to not met: {told}",
    "no_verdicts": "no check of a clause turns",
    "and": ", ",
    "list": ", ",
    "stop": "; ",
}


def comparison_summary(comparison: Comparison) -> str:
    """Few lines on a comparison: completeness, who gains, who loses, which verdicts turn.

    Parameters
    ----------
    comparison
        What :func:`lifecircle.compare` found.

    Returns
    -------
    str

    Examples
    --------
    >>> import lifecircle
    >>> study = lifecircle.load_demo()
    >>> comparison_summary(lifecircle.compare(study, study)).splitlines()[1]
    '示例数据，非实测'
    """
    study = comparison.before.evaluation.study
    text = _ZH if study.language == "zh" else _EN
    scenario = "" if comparison.scenario is None else comparison.scenario.name
    if study.language == "zh":
        scenario = f"（{scenario}）" if scenario else ""
    title = text["title"].format(study=study.name, scenario=scenario or "a changed study")
    lines = [title, *([text["sample"]] if study.sample else [])]
    longest = study.minutes[-1]
    for unit in comparison.units.head(_MOST_UNITS).to_dict("records"):
        mean = f"completeness_mean_{longest:g}min"
        lines.append(
            "  "
            + text["unit"].format(
                name=unit["name"],
                people=unit["people"],
                longest=longest,
                before=_plain(unit[f"{mean}_before"]),
                after=_plain(unit[f"{mean}_after"]),
            )
        )
        mine = comparison.people[comparison.people["unit_id"] == unit["unit_id"]]
        lines += [f"    {line}" for line in _services(mine, text, study.language)]
    if len(comparison.units) > _MOST_UNITS:
        lines.append("  …")
    lines += [*_unknown(comparison, text), *_losers(comparison, text)]
    return "\n".join([*lines, *_verdicts(comparison, text)])


def _services(rows: pd.DataFrame, text: dict[str, str], language: str) -> list[str]:
    """Services that most people of a unit gain or lose, of those whom each service is for."""
    mine = rows[rows["segment"] == _own_segments(rows)]
    moved = mine[(mine["gained_people"] > 0) | (mine["lost_people"] > 0)]
    if not len(moved):
        return [text["nothing"]]
    size = (moved["gained_people"] + moved["lost_people"]).groupby(moved["service"]).max()
    lines = []
    for service in size.sort_values(ascending=False, kind="stable").index[:_MOST_SERVICES]:
        part = moved[moved["service"] == service]
        several = bool(part["segment"].duplicated().any())
        told = [
            text["segment"].format(
                segment=_who(row, several, text, language), gains=_gains(row, text)
            )
            for row in part.to_dict("records")
        ]
        lines.append(
            text["service"].format(
                service=catalog.service_name(str(service), language),
                minutes=part["minutes"].iloc[0],
                segments=text["stop"].join(told),
            )
        )
    return lines


def _own_segments(rows: pd.DataFrame) -> pd.Series[Any]:
    """Whom the service of each row is for; everybody where the residents do not tell them."""
    of_group = catalog.service_groups()["segment"]
    own = catalog.group_of(rows["service"]).map(of_group)
    known = set(zip(rows["service"], rows["segment"], strict=True))
    told = [pair in known for pair in zip(rows["service"], own, strict=True)]
    return own.where(pd.Series(told, index=own.index), "people")


def _who(row: dict[Any, Any], several: bool, text: dict[str, str], language: str) -> str:  # noqa: FBT001
    """Group of people, and who walks where several do."""
    name = segment_name(row["segment"], language)
    if not several:
        return name
    walker = segment_name(row["walker"], language, column="walker")
    return text["walker"].format(segment=name, walker=walker)


def _gains(row: dict[Any, Any], text: dict[str, str]) -> str:
    told = [
        text[word].format(people=row[column])
        for word, column in (("gain", "gained_people"), ("lose", "lost_people"))
        if row[column] > 0
    ]
    return text["and"].join(told)


def _unknown(comparison: Comparison, text: dict[str, str]) -> list[str]:
    rows = comparison.people
    one_side = rows["within_people_before"].isna() != rows["within_people_after"].isna()
    unknown = rows.loc[one_side, "service"].unique().tolist()
    if not unknown:
        return []
    language = comparison.before.evaluation.study.language
    names = [catalog.service_name(str(name), language) for name in unknown[:_MOST_VERDICTS]]
    return [text["unknown"].format(services=text["list"].join(names))]


def _losers(comparison: Comparison, text: dict[str, str]) -> list[str]:
    """How many lose a service, and how many walk longer."""
    table = comparison.losers
    out = table[table["out_of_reach"].astype(bool)]
    longer = int(table["resident_id"].nunique())
    if not len(out):
        return [text["no_losers"].format(longer=longer)]
    language = comparison.before.evaluation.study.language
    told = []
    for (service, segment), part in out.groupby(["service", "segment"], sort=False):
        told.append(
            text["loser"].format(
                service=catalog.service_name(str(service), language),
                segment=segment_name(str(segment), language),
                places=len(part),
                people=part["people"].sum(),
            )
        )
    more = [f"… {len(told)}"] if len(told) > _MOST_VERDICTS else []
    services = text["list"].join([*told[:_MOST_VERDICTS], *more])
    return [text["losers"].format(services=services, longer=longer)]


def _verdicts(comparison: Comparison, text: dict[str, str]) -> list[str]:
    """Verdicts on clauses that turned."""
    language = comparison.before.evaluation.study.language
    lines = []
    for word in ("better", "worse"):
        rows = comparison.compliance[comparison.compliance["change"] == word]
        if not len(rows):
            continue
        told = [
            f"{row['name']} {catalog.service_name(str(row['service']), language)} "
            f"[{row['standard']} {row['clause']}]"
            for row in rows.to_dict("records")
        ]
        told = list(dict.fromkeys(told))  # several checks of one clause are told once
        more = text["list"] + "…" if len(told) > _MOST_VERDICTS else ""
        first = text["list"].join(told[:_MOST_VERDICTS])
        lines.append(text[word].format(count=len(rows), told=first + more))
    return lines or [text["no_verdicts"]]


def _plain(mean: Any) -> str:
    return "—" if math.isnan(float(mean)) else f"{float(mean):.2f}"
