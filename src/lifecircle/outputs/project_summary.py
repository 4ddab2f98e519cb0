"""What the command line says of the list of projects: few lines, in the study's language."""

from __future__ import annotations

import math
from typing import Any

import geopandas as gpd
import pandas as pd

from lifecircle.outputs.csv_tables import words_beside
from lifecircle.planning.comparison import Comparison
from lifecircle.planning.project_table import BUILT
from lifecircle.planning.promises import needs_found

_MOST_CHOSEN, _MOST_WAITING = 12, 5
_ZH: dict[str, str] = {
    "title": "{study}：项目清单",
    "sample": "示例数据，非实测",
    "budget": "预算 {budget:,.0f} 元，入选 {count} 项，用 {spent:,.0f} 元；{proof}",
    "no_budget": "未设预算，有用的 {count} 项全部入选；已知费用 {spent:,.0f} 元，"
    "{unknown} 项费用未知",
    "best": "已证明预算之内没有能满足更多需求的组合",
    "gap": "能满足更多需求的组合至多再多 {more:,.0f} 人次",
    "project": "{order}. {project}  {what}：{cost}，{gains}",
    "gains": "{people:,.0f} 人受益，新增满足 {added:,.0f} 人次",
    "no_gains": "按项目条件必选",
    "cost": "{cost:,.0f} 元",
    "no_cost": "费用未知",
    "more": "… 共 {count} 项",
    "needs": "需求（标准要求而未满足的步行可达，每人每项计一次）共 {people:,.0f} 人次：已满足 "
    "{before:,.0f} → {after:,.0f}",
    "same": "按方案重新评价得 +{change:,.0f}，与清单所列一致",
    "differ": "清单所列 +{promised:,.0f}，按方案重新评价得 +{change:,.0f}，请核对",
    "rest": "未入选：{kinds}",
    "kind": "{kind} {count} 项",
    "waiting": "其中 {count} 项有人受益但费用未知，受益最多的：",
    "wait": "{project}  {what}：{closes:,.0f} 人次",
    "advice": "在 projects.csv 填 cost_cny 后用 --terms 交回，或用 --cost {kind}=每处元数",
    "stop": "；",
    "and": "，",
}
_EN: dict[str, str] = {
    "title": "{study}: projects",
    "sample": "Sample data: drawn, not surveyed.",
    "budget": "budget {budget:,.0f} yuan: {count} projects for {spent:,.0f} yuan; {proof}",
    "no_budget": "no budget: all {count} projects that help; {spent:,.0f} yuan as far as known, "
    "the cost of {unknown} is not",
    "best": "proven that no others within the budget meet more needs",
    "gap": "no others within the budget meet over {more:,.0f} needs more",
    "project": "{order}. {project}  {what}: {cost}, {gains}",
    "gains": "{people:,.0f} people gain, {added:,.0f} needs met",
    "no_gains": "must be done, by its terms",
    "cost": "{cost:,.0f} yuan",
    "no_cost": "cost unknown",
    "more": "… {count} in all",
    "needs": "needs (walks that the standards ask for and are not met, a person once for each), "
    "{people:,.0f}: met {before:,.0f} → {after:,.0f}",
    "same": "evaluated again: +{change:,.0f}, as the list promises",
    "differ": "the list promises +{promised:,.0f}, evaluated again it is +{change:,.0f}: look into "
    "it",
    "rest": "not chosen: {kinds}",
    "kind": "{kind} {count}",
    "waiting": "{count} of them help but wait for a cost, first:",
    "wait": "{project}  {what}: {closes:,.0f} needs",
    "advice": "fill in cost_cny in projects.csv and hand it back with --terms, or say "
    "--cost {kind}=YUAN for each of a kind",
    "stop": "; ",
    "and": ", ",
}


def project_summary(projects: gpd.GeoDataFrame, comparison: Comparison) -> str:
    """Few lines on a list of projects: what is chosen, what it does, what waits for a cost.

    Parameters
    ----------
    projects
        What :func:`lifecircle.list_projects` gives.
    comparison
        Today and :func:`lifecircle.projects_scenario` of the chosen projects, compared.

    Returns
    -------
    str

    Examples
    --------
    >>> import lifecircle
    >>> check = lifecircle.health_check(lifecircle.evaluate(lifecircle.load_demo()))
    >>> projects = lifecircle.list_projects(check, budget_cny=1_000_000, openings=0)
    >>> planned = lifecircle.projects_scenario(projects[projects["chosen"]])
    >>> told = project_summary(projects, lifecircle.compare(check, planned))
    >>> told.splitlines()[2].split("；")[0]
    '预算 1,000,000 元，入选 1 项，用 980,000 元'
    """
    study = comparison.before.evaluation.study
    text = _ZH if study.language == "zh" else _EN
    chosen = projects[projects["chosen"]]
    lines = [
        text["title"].format(study=study.name),
        *([text["sample"]] if study.sample else []),
        _spent(projects, chosen, text),
        *(f"  {_project(row, order, text)}" for order, row in enumerate(_rows(chosen), start=1)),
    ]
    if len(chosen) > _MOST_CHOSEN:
        lines.append("  " + text["more"].format(count=len(chosen)))
    lines += _needs(chosen, needs_found(comparison), text)
    return "\n".join([*lines, *_rest(projects, text, study.language)])


def _rows(chosen: pd.DataFrame) -> list[dict[Any, Any]]:
    return chosen.head(_MOST_CHOSEN).to_dict("records")


def _spent(projects: gpd.GeoDataFrame, chosen: pd.DataFrame, text: dict[str, str]) -> str:
    """Budget, what is spent and how good the choice is."""
    facts = projects.attrs.get("lifecircle", {})
    spent, unknown = chosen["cost_cny"].sum(), int(chosen["cost_cny"].isna().sum())
    if facts.get("budget_cny") is None:
        return text["no_budget"].format(count=len(chosen), spent=spent, unknown=unknown)
    more = facts["bound_people"] - facts["met_people"]
    return text["budget"].format(
        budget=facts["budget_cny"],
        count=len(chosen),
        spent=spent,
        proof=text["best"] if more < 0.5 else text["gap"].format(more=more),
    )


def _project(row: dict[Any, Any], order: int, text: dict[str, str]) -> str:
    """One project that is chosen."""
    cost = row["cost_cny"]
    helps = not math.isnan(row["added_people"])
    return text["project"].format(
        order=order,
        project=row["project_id"],
        what=row["what"],
        cost=text["no_cost"] if math.isnan(cost) else text["cost"].format(cost=cost),
        gains=text["gains"].format(people=row["gaining_people"], added=row["added_people"])
        if helps
        else text["no_gains"],
    )


def _needs(chosen: pd.DataFrame, found: pd.DataFrame, text: dict[str, str]) -> list[str]:
    """Needs that are met before and after, and whether that is what was promised."""
    promised, change = chosen["added_people"].sum(), found["met_people_change"].sum()
    word = "same" if abs(promised - change) <= 0.5 else "differ"
    told = text["needs"].format(
        people=found["people"].sum(),
        before=found["met_people_before"].sum(),
        after=found["met_people_after"].sum(),
    )
    return [told + text["stop"] + text[word].format(promised=promised, change=change)]


def _rest(projects: gpd.GeoDataFrame, text: dict[str, str], language: str) -> list[str]:
    """Projects that are not chosen, by kind, and the first that wait for a cost."""
    left = projects[~projects["chosen"]]
    if not len(left):
        return []
    names = words_beside("kind", language)
    counts = left["kind"].value_counts(sort=False)
    kinds = [text["kind"].format(kind=names.get(kind, kind), count=n) for kind, n in counts.items()]
    lines = [text["rest"].format(kinds=text["and"].join(kinds))]
    waiting = left[left["kind"].isin(BUILT) & left["cost_cny"].isna() & (left["closes_people"] > 0)]
    if not len(waiting):
        return lines
    lines.append(text["waiting"].format(count=len(waiting)))
    first = waiting.sort_values("closes_people", ascending=False, kind="stable")
    lines += [
        "  "
        + text["wait"].format(
            project=row["project_id"], what=row["what"], closes=row["closes_people"]
        )
        for row in first.head(_MOST_WAITING).to_dict("records")
    ]
    return [*lines, text["advice"].format(kind=first["kind"].iloc[0])]
