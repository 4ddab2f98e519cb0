"""What a report says in sentences: each figure is a cell of a table, shown as there."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from lifecircle.outputs.reporting.material import Material
from lifecircle.outputs.reporting.tables import block_scores, required_coverage, verdict_counts
from lifecircle.outputs.reporting.text import number, shown
from lifecircle.outputs.words import fill

_MOST_NAMED = 3
_FACTS = {
    "area": ("area_ha", "area"),
    "households": ("households", "count"),
    "people": ("people", "people"),
    "elderly": ("elderly", "people"),
    "children": ("children", "people"),
}


def facts(unit: dict[Any, Any], found: Material) -> str:
    """Size of a unit and its people in one sentence.

    Parameters
    ----------
    unit
        Row of units.
    found
        What the report is written from.

    Returns
    -------
    str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> facts(found.told_tops[0], found)[:23]
    '砂子塘 YH-SZT-01 生活圈（雨花区）：'
    """
    text = found.text
    told = []
    for fact, (column, kind) in _FACTS.items():
        value = number(unit.get(column))
        known = math.isfinite(value)
        words = text[f"fact_{fact}"] if known else text[f"fact_unknown_{fact}"]
        told.append(fill(words, {"value": shown(value, kind) if known else ""}))
    district = unit.get("district")
    where = isinstance(district, str) and district
    return fill(
        text["unit_facts"],
        {
            "name": name_of(unit, found),
            "district": fill(text["brackets"], {"inside": shown(str(district), "text")})
            if where
            else "",
            "facts": text["comma"].join(told),
        },
    )


def name_of(unit: dict[Any, Any], found: Material) -> str:
    """What a unit is called in a sentence.

    Parameters
    ----------
    unit
        Row of units.
    found
        What the report is written from.

    Returns
    -------
    str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> name_of({"name": ""}, SimpleNamespace(text={"nameless": "（未命名）"}))
    '（未命名）'
    """
    return shown(str(unit["name"]), "text") if unit["name"] else found.text["nameless"]


def findings(found: Material) -> list[str]:
    """What was found: paragraphs for a unit alone at the top, else one for each.

    Parameters
    ----------
    found
        What the report is written from.

    Returns
    -------
    list of str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> len(findings(found))
    4
    """
    told = [
        [
            _walks(unit, found) + _extremes(unit, found),
            _clauses(unit, found),
            _blocks(unit, found),
        ]
        for unit in found.told_tops
    ]
    units = told[0] if len(told) == 1 else ["".join(pieces) for pieces in told]
    paragraphs = [*units, _first_shortfalls(found) + _chosen(found)]
    return [text.strip() for text in paragraphs if text.strip()]


def _walks(unit: dict[Any, Any], found: Material) -> str:
    text, evaluation = found.text, found.evaluation
    values = {"name": name_of(unit, found), "standard": evaluation.rulebook.name(found.language)}
    if not len(evaluation.requirements):
        return fill(text["found_no_walk"], values)
    values |= {
        "total": str(len(evaluation.required_services)),
        "minutes": f"{found.longest:g}",
        "mean": _mean(unit[f"completeness_mean_{found.longest:g}min"], found),
        "own": _mean(unit["completeness_standard_mean"], found),
    }
    required = len(evaluation.requirements)
    key = "found_walk" if required == len(evaluation.required_services) else "found_walk_some"
    return fill(text[key], values | {"all": str(required)})


def _mean(value: object, found: Material) -> str:
    mean = number(value)
    return shown(mean, "mean") if math.isfinite(mean) else found.text["unknown"]


def _extremes(unit: dict[Any, Any], found: Material) -> str:
    """Services that most and fewest people have within the time of each."""
    text = found.text
    rows = required_coverage(found, pd.DataFrame([unit]))
    known = rows[rows["covered_share"].notna()].sort_values("covered_share", kind="stable")
    known = known.drop_duplicates("required", keep="last")
    told = ""
    if len(known) > 1:
        few = min(_MOST_NAMED, len(known) // 2)
        values = {
            "best": _named(known.iloc[::-1].head(few), found),
            "worst": _named(known.head(few), found),
        }
        told = fill(text["found_best"], values)
    unlisted = rows.loc[rows["people"].isna(), "service"].drop_duplicates().to_list()
    if unlisted:
        told += fill(text["found_unlisted"], {"services": text["list"].join(unlisted)})
    return told


def _named(rows: pd.DataFrame, found: Material) -> str:
    """Services with their shares."""
    return found.text["list"].join(
        f"{row['service']} {shown(row['covered_share'], 'share')}"
        for row in rows.to_dict("records")
    )


def _clauses(unit: dict[Any, Any], found: Material) -> str:
    counts = verdict_counts(found)
    rulebook = found.evaluation.rulebook
    mine = counts[
        (counts["unit_id"] == unit["unit_id"]) & counts["standard"].isin(rulebook.table["standard"])
    ]
    if len(mine) != 1:
        return ""
    row = mine.iloc[0]
    values = {
        status: shown(float(row[f"mandatory_{status}"]), "count")
        for status in ("met", "not_met", "unknown")
    }
    return fill(found.text["found_clauses"], {"standard": rulebook.name(found.language), **values})


def _blocks(unit: dict[Any, Any], found: Material) -> str:
    rows = found.check.blocks[found.check.blocks["unit_id"] == unit["unit_id"]]
    if not len(rows):
        return ""
    scores, blocks = block_scores(found)
    place = list(dict.fromkeys(found.check.blocks["unit_id"])).index(unit["unit_id"])
    told = [f"{block} {scores.iloc[place][block]}" for block in blocks]
    return fill(found.text["found_blocks"], {"blocks": found.text["stop"].join(told)})


def _first_shortfalls(found: Material) -> str:
    table_of = found.of_tops(found.shortfalls)
    first = table_of.head(_MOST_NAMED).to_dict("records")
    if not first:
        return ""
    told = [
        fill(
            found.text["one_shortfall"],
            {
                "service": _short_of(row, found),
                "people": shown(float(row["people_short"]), "people"),
            },
        )
        for row in first
    ]
    return fill(found.text["found_shortfalls"], {"shortfalls": found.text["list"].join(told)})


def _short_of(row: dict[Any, Any], found: Material) -> str:
    """A service that people are short of, and of several units which."""
    service = shown(str(row["service_name"]), "text")
    if len(found.tops) == 1:
        return service
    named = {"unit": shown(str(row["unit_name"]), "text"), "service": service}
    return fill(found.text["unit_shortfall"], named)


def _chosen(found: Material) -> str:
    """Projects and money."""
    if found.projects is None:
        return ""
    if not found.projects["chosen"].astype(bool).any():
        return found.text["found_no_projects"]
    return fill(found.text["found_projects"], spent(found))


def spent(found: Material) -> dict[str, str]:
    """How many projects are chosen, what they cost and how much they meet.

    Parameters
    ----------
    found
        What the report is written from, with projects.

    Returns
    -------
    dict of str → str
        ``count``, ``cost``, ``unknown`` and ``added``, ready for sentences.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> projects = lc.list_projects(check, budget_cny=1_000_000, openings=0)
    >>> found = material(check, shortfalls=found.shortfalls, projects=projects)
    >>> spent(found)["count"], spent(found)["cost"]
    ('1', '980,000')
    """
    table = pd.DataFrame() if found.projects is None else found.projects
    chosen = table[table["chosen"].astype(bool)]
    unknown = int(chosen["cost_cny"].isna().sum())
    count = shown(float(unknown), "count")
    return {
        "count": shown(float(len(chosen)), "count"),
        "cost": shown(float(chosen["cost_cny"].sum()), "cny"),
        "unknown": fill(found.text["cost_unknown"], {"count": count}) if unknown else "",
        "added": shown(float(chosen["added_people"].sum()), "people"),
    }
