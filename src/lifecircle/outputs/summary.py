"""What the command line says when it is done: few lines, in the study's language."""

from __future__ import annotations

import math

import pandas as pd

from lifecircle.assessment.evaluation import Evaluation
from lifecircle.assessment.health_check import HealthCheck
from lifecircle.assessment.unit_tiers import unit_tiers
from lifecircle.outputs.words import level_name

_MOST_UNITS, _MOST_SHORTFALLS = 12, 5
_ZH = {
    "sample": "示例数据，非实测",
    "unit": "{name}：{people:,.0f} 人；必备设施共 {total} 项，步行 {longest:g} 分钟内"
    "平均可达 {mean} 项，按标准各自时限 {own} 项",
    "no_walks": "{name}：{people:,.0f} 人；所用标准没有规定步行可达的必备设施",
    "no_clauses": "{standard}：没有适用于本单元的条文",
    "unsnapped": "其中 {people:,.0f} 人住处离道路超过 {limit:g} 米，未计入",
    "tier": "按人口为{population}，按用地（{area:,.1f} 公顷）为{land}",
    "compliance": "{standard} 应配设施检查：达标 {met} 项，不达标 {not_met} 项，未知 {unknown} 项",
    "blocks": "体检得分（0–100，括号内为未知占比）：{blocks}",
    "block": "{name} {score}（{unknown}）",
    "shortfalls": "短板前 {count} 项（{level}）：",
    "shortfall": "{rank}. {unit} {service}：短缺 {people:,.0f} 人{note}",
    "to_verify": "（条文数值待核）",
    "unsteady": "（名次不稳）",
    "comma": "；",
}
_EN = {
    "sample": "Sample data: drawn, not surveyed.",
    "unit": "{name}: {people:,.0f} people; of {total} required services {mean} are within a walk "
    "of {longest:g} min on average, {own} within the time of each",
    "no_walks": "{name}: {people:,.0f} people; the standard requires nothing within a walk",
    "no_clauses": "{standard}: no clause concerns this unit",
    "unsnapped": "{people:,.0f} of them live further than {limit:g} m from any street and are not "
    "counted",
    "tier": "by people {population}, by land ({area:,.1f} ha) {land}",
    "compliance": "{standard}, checks of what is mandatory: {met} met, {not_met} not met, "
    "{unknown} unknown",
    "blocks": "health check (0–100, unknown share in brackets): {blocks}",
    "block": "{name} {score} ({unknown})",
    "shortfalls": "first {count} shortfalls ({level}):",
    "shortfall": "{rank}. {unit} {service}: {people:,.0f} people short{note}",
    "to_verify": " (clause to be verified)",
    "unsteady": " (rank not steady)",
    "comma": "; ",
}
_TIERS_ZH = {
    "15min": "十五分钟级",
    "10min": "十分钟级",
    "5min": "五分钟级",
    "block": "居住街坊级",
}


def summary(check: HealthCheck, shortfalls: pd.DataFrame) -> str:
    """Few lines on an evaluation: units, tiers, verdicts, scores and the first shortfalls.

    Parameters
    ----------
    check
        A health check.
    shortfalls
        Its shortfalls.

    Returns
    -------
    str

    Examples
    --------
    >>> from lifecircle import evaluate, health_check, load_demo, rank_shortfalls
    >>> check = health_check(evaluate(load_demo()))
    >>> summary(check, rank_shortfalls(check, sensitivity=False)).splitlines()[1]
    '示例数据，非实测'
    """
    evaluation = check.evaluation
    study = evaluation.study
    text = _ZH if study.language == "zh" else _EN
    lines = [study.name, *([text["sample"]] if study.sample else [])]
    tiers = unit_tiers(evaluation).set_index("unit_id")
    for unit in evaluation.units.head(_MOST_UNITS).to_dict("records"):
        lines.append("  " + _unit(unit, evaluation, text))
        if unit["unsnapped_people"] > 0:
            told = text["unsnapped"].format(people=unit["unsnapped_people"], limit=study.snap_m)
            lines.append(f"    {told}")
        tier = tiers.loc[unit["unit_id"]]
        lines.append(
            "    "
            + text["tier"].format(
                population=_tier(tier["tier_by_population"], study.language),
                area=tier["area_ha"],
                land=_tier(tier["tier_by_area"], study.language),
            )
        )
        lines += [f"    {line}" for line in _verdicts(check, unit["unit_id"], text)]
    if len(evaluation.units) > _MOST_UNITS:
        lines.append("  …")
    return "\n".join([*lines, *_shortfalls(shortfalls, text, study.language)])


def _unit(unit: dict[str, object], evaluation: Evaluation, text: dict[str, str]) -> str:
    longest = evaluation.study.minutes[-1]
    if not len(evaluation.requirements):
        return text["no_walks"].format(name=unit["name"], people=unit["people"])
    return text["unit"].format(
        name=unit["name"],
        people=unit["people"],
        total=len(evaluation.required_services),
        longest=longest,
        mean=_plain(unit[f"completeness_mean_{longest:g}min"]),
        own=_plain(unit["completeness_standard_mean"]),
    )


def _verdicts(check: HealthCheck, unit_id: object, text: dict[str, str]) -> list[str]:
    """Clauses met and not, and the scores of the blocks."""
    rulebook = check.evaluation.rulebook
    rows = check.compliance
    mine = rows[
        (rows["unit_id"] == unit_id)
        & rows["standard"].isin(rulebook.table["standard"])
        & (rows["mandatory"] != "optional")
    ]
    counts = mine["status"].value_counts()
    none = [text["no_clauses"].format(standard=rulebook.code)]
    lines = (
        none
        if not len(mine)
        else [
            text["compliance"].format(
                standard=rulebook.code,
                met=counts.get("met", 0),
                not_met=counts.get("not met", 0),
                unknown=counts.get("unknown", 0),
            )
        ]
    )
    blocks = [
        text["block"].format(
            name=block["block_name"],
            score="—" if math.isnan(block["score"]) else f"{block['score']:.0f}",
            unknown=f"{block['unknown_share']:.0%}",
        )
        for block in check.blocks[check.blocks["unit_id"] == unit_id].to_dict("records")
    ]
    return [*lines, text["blocks"].format(blocks=text["comma"].join(blocks))]


def _shortfalls(table: pd.DataFrame, text: dict[str, str], language: str) -> list[str]:
    lines = []
    for level, part in table.groupby("level", sort=False):
        first = part.head(_MOST_SHORTFALLS)
        told = {"count": len(first), "level": level_name(level, language)}
        lines.append(text["shortfalls"].format(**told))
        for row in first.to_dict("records"):
            note = text["to_verify"] if row["verify"] else ""
            note += text["unsteady"] if row["rank_holds"] is False else ""
            lines.append(
                "  "
                + text["shortfall"].format(
                    rank=row["rank"],
                    unit=row["unit_name"],
                    service=row["service_name"],
                    people=row["people_short"],
                    note=note,
                )
            )
    return lines


def _tier(tier: str, language: str) -> str:
    if language != "zh":
        return tier
    words = tier.split()
    if words[:1] == ["between"]:
        return f"{_TIERS_ZH.get(words[1], words[1])}与{_TIERS_ZH.get(words[3], words[3])}之间"
    if words[:1] in (["below"], ["above"]):
        side = "不足" if words[0] == "below" else "超过"
        return f"{side}{_TIERS_ZH.get(words[1], words[1])}"
    return _TIERS_ZH.get(tier, tier)


def _plain(mean: object) -> str:
    number = float(str(mean))
    return "—" if math.isnan(number) else f"{number:.1f}"
