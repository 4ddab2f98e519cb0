"""What the command line says of siting: few lines, in the study's language."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from lifecircle.outputs.csv_tables import segment_name
from lifecircle.planning.comparison import Comparison
from lifecircle.planning.promises import siting_found
from lifecircle.planning.siting import SitingResult
from lifecircle.standards import catalog

_MOST_SITES = 12
_ZH: dict[str, str] = {
    "title": "{study}：{services}选址",
    "sample": "示例数据，非实测",
    "model": "{model}（{about}）：选 {sites} 处，{figure}{proof}{cost}",
    "best": "已证明没有更好的选法",
    "gap": "比最好的选法至多差 {gap:.1%}",
    "cost": "；费用 {cost:,.0f} 元",
    "cost_unknown": "；费用未知",
    "within": "{service}（步行 {minutes:g} 分钟，按{walker}步速）：{segments}",
    "segment": "{segment} {before} → {after} / {people:,.0f} 人",
    "site": "{rank}. {site}（{name}）{services}：{gains}{cost}",
    "gain": "新增可达{segment} {added:,.0f} 人，步行范围内共 {reached:,.0f} 人",
    "gain_of": "{service}新增可达{segment} {added:,.0f} 人",
    "served": "，容纳 {served:,.0f} 人",
    "site_cost": "，{cost:,.0f} 元",
    "same": "按方案重新评价：可达人数与选址所算一致",
    "differ": "按方案重新评价：{service}可达 {found:,.0f} 人，选址所算为 {promised:,.0f} 人，"
    "请核对",
    "untold": "按方案重新评价：{services}的步行时限超出本研究所算，无法核对",
    "figure_CMCLP": "容纳 {served:,.0f} 人，",
    "figure_p-median": "平均步行 {mean:.1f} 分钟，",
    "figure_p-center": "最远步行 {longest:.1f} 分钟，",
    "unknown": "未知",
    "and": "、",
    "stop": "；",
    "MCLP": "步行可达的人最多",
    "CMCLP": "在容量之内服务的人最多",
    "LSCP": "用最少的场地覆盖所有人",
    "p-median": "步行总量最少",
    "p-center": "最远的步行最短",
}
_EN: dict[str, str] = {
    "title": "{study}: sites for {services}",
    "sample": "Sample data: drawn, not surveyed.",
    "model": "{model} ({about}): {sites} sites, {figure}{proof}{cost}",
    "best": "proven that no choice is better",
    "gap": "within {gap:.1%} of the best choice",
    "cost": "; {cost:,.0f} yuan",
    "cost_unknown": "; cost unknown",
    "within": "{service} (walk of {minutes:g} min, {walker} walker): {segments}",
    "segment": "{segment} {before} → {after} of {people:,.0f}",
    "site": "{rank}. {site} ({name}) {services}: {gains}{cost}",
    "gain": "{added:,.0f} {segment} more within the walk, {reached:,.0f} in all",
    "gain_of": "{service} {added:,.0f} {segment} more within the walk",
    "served": ", room for {served:,.0f}",
    "site_cost": ", {cost:,.0f} yuan",
    "same": "evaluated again with the sites: the same people are within the walk",
    "differ": "evaluated again with the sites: {service} within the walk of {found:,.0f} people, "
    "siting said {promised:,.0f}; look into it",
    "untold": "evaluated again with the sites: the walk to {services} is longer than this study "
    "looks, so that it cannot be checked",
    "figure_CMCLP": "room for {served:,.0f}, ",
    "figure_p-median": "{mean:.1f} min to walk on average, ",
    "figure_p-center": "{longest:.1f} min at most, ",
    "unknown": "unknown",
    "and": ", ",
    "stop": "; ",
    "MCLP": "most people within the walk",
    "CMCLP": "most people who find room",
    "LSCP": "everybody with fewest sites",
    "p-median": "least walking in all",
    "p-center": "shortest longest walk",
}


def siting_summary(result: SitingResult, comparison: Comparison) -> str:
    """Few lines on siting: model, proof, who is within the walk before and after, each site.

    Parameters
    ----------
    result
        What :func:`lifecircle.site_facilities` found.
    comparison
        The study and :func:`lifecircle.siting_scenario` of the result, compared.

    Returns
    -------
    str

    Examples
    --------
    >>> import lifecircle
    >>> study = lifecircle.load_demo()
    >>> found = lifecircle.site_facilities(study, "托儿所", count=1)
    >>> compared = lifecircle.compare(study, lifecircle.siting_scenario(found))
    >>> siting_summary(found, compared).splitlines()[2]
    'MCLP（步行可达的人最多）：选 1 处，已证明没有更好的选法；费用 980,000 元'
    """
    study = comparison.before.evaluation.study
    language = study.language
    text = _ZH if language == "zh" else _EN
    names = [catalog.service_name(one, language) for one in result.services]
    gap = result.gap_share
    cost = result.cost_cny
    lines = [
        text["title"].format(study=study.name, services=text["and"].join(names)),
        *([text["sample"]] if study.sample else []),
        text["model"].format(
            model=result.model,
            about=text[result.model],
            sites=result.sites["site_id"].nunique(),
            figure=text.get(f"figure_{result.model}", "").format(
                served=result.served_people,
                mean=result.mean_minutes,
                longest=result.longest_min,
            ),
            proof=text["best"] if gap < 1e-6 else text["gap"].format(gap=gap),
            cost=text["cost_unknown"] if math.isnan(cost) else text["cost"].format(cost=cost),
        ),
    ]
    found = siting_found(result, comparison)
    for service, rows in found.groupby("service", sort=False):
        known = rows[rows["counts"] | rows["within_people_after"].notna()]
        told = [_segment(row, text, language) for row in known.to_dict("records")]
        lines.append(
            "  "
            + text["within"].format(
                service=catalog.service_name(str(service), language),
                minutes=rows["minutes"].iloc[0],
                walker=segment_name(str(rows["walker"].iloc[0]), language, column="walker"),
                segments=text["stop"].join(told),
            )
        )
    lines += [f"  {line}" for line in _sites(result, text, language)]
    return "\n".join([*lines, *_checked(found, text, language)])


def _segment(row: dict[Any, Any], text: dict[str, str], language: str) -> str:
    """People of a segment within the walk before and after; siting's where evaluation is silent."""

    def told(side: str) -> str:
        values = [row[f"within_people_{side}"], row[f"promised_{side}"]]
        known = [value for value in values if not math.isnan(value)]
        return f"{known[0]:,.0f}" if known else text["unknown"]

    return text["segment"].format(
        segment=segment_name(row["segment"], language),
        before=told("before"),
        after=told("after"),
        people=row["people"],
    )


def _sites(result: SitingResult, text: dict[str, str], language: str) -> list[str]:
    """Each site with its services, what it adds and costs."""
    lines = []
    groups = list(result.sites.groupby("site_id", sort=False))
    whom = {row["service"]: _whom(row, language) for row in _asked(result)}
    for rank, (site_id, rows) in enumerate(groups[:_MOST_SITES], start=1):
        names = [catalog.service_name(one, language) for one in rows["service"]]
        listed = rows.to_dict("records")
        if len(listed) == 1:
            gains = text["gain"].format(
                segment=whom[listed[0]["service"]],
                added=listed[0]["added_people"],
                reached=listed[0]["reached_people"],
            )
        else:
            gains = text["stop"].join(
                text["gain_of"].format(
                    service=name, segment=whom[row["service"]], added=row["added_people"]
                )
                for name, row in zip(names, listed, strict=True)
            )
        if "served_people" in rows and not rows["served_people"].isna().any():
            gains += text["served"].format(served=rows["served_people"].sum())
        cost = rows["cost_cny"].sum(skipna=False)
        lines.append(
            text["site"].format(
                rank=rank,
                site=site_id,
                name=rows["name"].iloc[0],
                services=text["and"].join(names),
                gains=gains,
                cost="" if math.isnan(cost) else text["site_cost"].format(cost=cost),
            )
        )
    return [*lines, *([f"… {len(groups)}"] if len(groups) > _MOST_SITES else [])]


def _asked(result: SitingResult) -> list[dict[Any, Any]]:
    return [] if result.by_service is None else result.by_service.to_dict("records")


def _whom(row: dict[Any, Any], language: str) -> str:
    """Whom a service is sited for; nothing for everybody in Chinese, where the word stands."""
    if language == "zh" and row["segment"] == "people":
        return ""
    return segment_name(str(row["segment"]), language)


def _checked(found: pd.DataFrame, text: dict[str, str], language: str) -> list[str]:
    """Whether the evaluations find what siting promised."""
    counted = found[found["counts"]]
    untold = counted[counted["within_people_after"].isna()]
    apart = counted[counted["difference_people"].abs() > 0.5]
    lines = [
        text["differ"].format(
            service=catalog.service_name(str(row["service"]), language),
            found=row["within_people_after"],
            promised=row["promised_after"],
        )
        for row in apart.to_dict("records")
    ]
    if len(untold):
        names = [catalog.service_name(str(one), language) for one in untold["service"]]
        lines.append(text["untold"].format(services=text["and"].join(names)))
    return lines or [text["same"]]
