"""Chapters on what to do: survey, shortfalls, projects, and the tables of the appendix."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from lifecircle.assessment.survey_table import survey_table
from lifecircle.outputs.project_list import written_projects
from lifecircle.outputs.reporting.figures import (
    comparison_chart,
    mapped_shortfalls,
    project_map,
    shortfall_map,
    survey_charts,
)
from lifecircle.outputs.reporting.material import Material
from lifecircle.outputs.reporting.model import Block, Paragraph, Section, Table
from lifecircle.outputs.reporting.sentences import name_of, spent
from lifecircle.outputs.reporting.tables import (
    ALL_COVERAGE,
    CLAUSES,
    GROUNDS,
    PROJECTS,
    PROJECTS_LEFT,
    SHORTFALLS,
    SURVEY,
    UNIT,
    Spec,
    bounded,
    table,
)
from lifecircle.outputs.reporting.text import shown, visible
from lifecircle.outputs.reporting.titles import report_titles
from lifecircle.outputs.words import fill, level_name
from lifecircle.planning.promises import needs_found

_MOST_RANKED = 20
_MOST_LEFT = 40
_MOST_APPENDIX = 300
# A table for each unit is too many beyond this.
_MOST_UNITS = 12
_NEEDS = (
    Spec("services", width_cm=4.2),
    Spec("segment", width_cm=1.5),
    Spec("minutes", "count", 1.5),
    Spec("people", "people", 2.2, title="needs_people"),
    Spec("met_people_before", "people", 2.0, title="before"),
    Spec("met_people_after", "people", 2.0, title="after"),
    Spec("met_people_change", "people", 2.0, title="change"),
)


def survey(found: Material) -> list[Block]:
    """What people say, held against the walk.

    Parameters
    ----------
    found
        What the report is written from.

    Returns
    -------
    list of Block

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> [type(block).__name__ for block in survey(found)][:3]
    ['Paragraph', 'Table', 'Figure']
    """
    text = found.text
    rows = survey_rows(found)
    if rows is None:
        return [Paragraph(text["survey_none"])]
    mine = found.of_tops(rows)
    mine = mine if len(mine) else rows
    specs = SURVEY if len(mine["unit_id"].unique()) == 1 else (UNIT, *SURVEY)
    charts = survey_charts(found, {str(one) for one in rows["unit_id"].unique()})
    keys = ("survey", *(chart.key for chart in charts[:1]))
    return [
        Paragraph(text["survey_text"], see=keys),
        *bounded(table("survey", text["cap_survey"], mine, specs, found), found),
        *charts,
    ]


def survey_rows(found: Material) -> pd.DataFrame | None:
    """The survey in one table, if people were asked.

    Parameters
    ----------
    found
        What the report is written from.

    Returns
    -------
    DataFrame or None

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> survey_rows(found)["service_name"].iloc[0]
    '公交车站'
    """
    answers = found.check.survey
    if answers is None or not len(answers):
        return None
    return survey_table(answers, found.evaluation)


def shortfalls(found: Material) -> list[Block]:
    """First shortfalls of each level of units, and where people are short.

    Parameters
    ----------
    found
        What the report is written from.

    Returns
    -------
    list of Block

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> [type(block).__name__ for block in shortfalls(found)][:3]
    ['Section', 'Paragraph', 'Table']
    """
    text, ranked = found.text, found.shortfalls
    if not len(ranked):
        return [Paragraph(text["no_shortfalls"])]
    blocks: list[Block] = []
    mapped = mapped_shortfalls(found)["level"].iloc[0]  # its numbers are ranks of this level
    for number, (level, part) in enumerate(ranked.groupby("level", sort=False)):
        key = f"shortfalls_{number}"
        name = {"level": visible(level_name(level, found.language))}
        first = part.head(_MOST_RANKED)
        counts = {
            "count": shown(float(len(part)), "count"),
            "shown": shown(float(len(first)), "count"),
        }
        one = len(first["unit_id"].unique()) == 1
        specs = SHORTFALLS if one else (SHORTFALLS[0], _UNIT, *SHORTFALLS[1:])
        blocks += [
            Section(fill(text["short_level"], name)),
            Paragraph(
                fill(text["ranked_text"], counts),
                see=(key, "shortfall_map") if level == mapped else (key,),
            ),
            table(key, fill(text["cap_shortfalls"], name), first, specs, found),
        ]
        if level == mapped:
            blocks.append(shortfall_map(found, name["level"]))
    return blocks


_UNIT = Spec("unit_name", width_cm=1.9)


def projects(found: Material) -> list[Block]:
    """What to do within the budget, what else could be done, and what it changes.

    Parameters
    ----------
    found
        What the report is written from.

    Returns
    -------
    list of Block

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> projects(found)[0].text[:10]
    '本次评估没有编制项目'
    """
    text = found.text
    if found.projects is None:
        return [Paragraph(text["project_none"]), *_comparison(found)]
    rows = written_projects(found.projects, found.evaluation.study)
    rows = rows.drop(columns="services_name").assign(chosen=rows["chosen"].astype(bool))
    picked, left = rows[rows["chosen"]], rows[~rows["chosen"]]
    see = ("projects", "grounds", "project_map") if len(picked) else ()
    blocks: list[Block] = [
        Section(text["project_chosen"]),
        Paragraph(_choice(found) if len(picked) else text["chosen_none"], see=see),
    ]
    if len(picked):
        made = table("projects", text["cap_chosen"], picked, PROJECTS, found)
        grounds = table("grounds", text["cap_grounds"], picked, GROUNDS, found)
        blocks += [*bounded(made, found), *bounded(grounds, found), project_map(found)]
    if len(left):
        count = {"count": shown(float(len(left)), "count")}
        made = table("projects_left", text["cap_rest"], left, PROJECTS_LEFT, found)
        blocks += [
            Section(text["project_rest"]),
            Paragraph(fill(text["rest_text"], count), see=("projects_left",)),
            *bounded(made, found, most=_MOST_LEFT),
        ]
    return [*blocks, *_comparison(found)]


def _choice(found: Material) -> str:
    """Budget, what is spent, and how good the choice is."""
    facts = {} if found.projects is None else found.projects.attrs.get("lifecircle", {})
    values = spent(found)
    if facts.get("budget_cny") is None:
        return fill(found.text["chosen_open"], values)
    values["budget"] = shown(float(facts["budget_cny"]), "cny")
    told = fill(found.text["chosen_budget"], values)
    if "bound_people" not in facts:
        return told
    more = float(facts["bound_people"]) - float(facts["met_people"])
    word = "chosen_best" if more < 0.5 else "chosen_gap"
    return told + fill(found.text[word], {"more": shown(more, "people")})


def _comparison(found: Material) -> list[Block]:
    """Before and after, if it was compared."""
    text, compared = found.text, found.comparison
    if compared is None:
        return []
    turned = compared.compliance["change"].value_counts()
    out = compared.losers[compared.losers["out_of_reach"].astype(bool)]
    counts = {
        "better": shown(float(turned.get("better", 0)), "count"),
        "worse": shown(float(turned.get("worse", 0)), "count"),
        "out": shown(float(out["resident_id"].nunique()), "count"),
    }
    units = compare_units_table(found)
    needs = compare_needs_table(found)
    chart = comparison_chart(found, compared)
    told = text["compare_text"] + fill(text["compare_verdicts"], counts)
    return [
        Section(text["comparison"]),
        Paragraph(told, see=(units.key, needs.key, chart.key)),
        *bounded(units, found),
        *bounded(needs, found),
        chart,
    ]


def compare_needs_table(found: Material) -> Table:
    """People whose need of each service is met before and after.

    Parameters
    ----------
    found
        What the report is written from, with a comparison.

    Returns
    -------
    Table

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> compare_needs_table(found).rows
    ()
    """
    rows = pd.DataFrame() if found.comparison is None else needs_found(found.comparison)
    return table("compare_needs", found.text["cap_compare_needs"], rows, _NEEDS, found)


def compare_units_table(found: Material) -> Table:
    """Completeness of each unit before and after.

    Parameters
    ----------
    found
        What the report is written from, with a comparison.

    Returns
    -------
    Table

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> compare_units_table(found).rows
    ()
    """
    rows = pd.DataFrame() if found.comparison is None else found.comparison.units
    longest = f"completeness_mean_{found.longest:g}min"
    own = "completeness_standard_mean"
    specs = [UNIT, Spec("people", "people", 2.0)]
    specs += [
        Spec(f"{name}_{side}", "figure", 2.2, is_unknown=True)
        for name in (longest, own)
        for side in ("before", "after", "change")
    ]
    made = table("compare_units", found.text["cap_compare_units"], rows, specs, found)
    columns = tuple(replace(one, title=_side(one.name, longest, found)) for one in made.columns)
    return replace(made, columns=columns)


def _side(name: str, longest: str, found: Material) -> str:
    """Heading of a figure before or after."""
    titles = report_titles(found.language)
    for column in (longest, "completeness_standard_mean"):
        if name.startswith(column):
            key = "completeness_mean" if column == longest else column
            head = fill(titles[key], {"minutes": f"{found.longest:g}"}).partition("（")[0]
            inside = {"inside": titles[name.removeprefix(f"{column}_")]}
            return head + fill(found.text["brackets"], inside)
    return titles.get(name, name)


def appendix(found: Material) -> list[Block]:
    """All coverage at the longest time, and all verdicts; of many units those at the top.

    Parameters
    ----------
    found
        What the report is written from.

    Returns
    -------
    list of Block

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> from lifecircle.outputs.reporting.material import material
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> found = material(check, shortfalls=lc.rank_shortfalls(check, sensitivity=False))
    >>> [type(block).__name__ for block in appendix(found)][:3]
    ['Paragraph', 'Table', 'Table']
    """
    text, units = found.text, found.evaluation.units
    cover = found.evaluation.coverage
    cover = cover[cover["minutes"] == found.longest]
    minutes = {"minutes": f"{found.longest:g}"}
    tables = {
        "all_coverage": (fill(text["cap_all_coverage"], minutes), cover, ALL_COVERAGE),
        "all_compliance": (text["cap_all_compliance"], found.check.compliance, CLAUSES),
    }
    many = len(units) > _MOST_UNITS
    listed = found.told_tops if many else units.to_dict("records")
    keys = [f"{key}_0" if listed else key for key in tables]
    told = text["appendix_tops" if many and listed else "appendix_text"]
    blocks: list[Block] = [Paragraph(told, see=tuple(keys))]
    for key, (caption, rows, specs) in tables.items():
        if not listed:
            made = table(key, caption, rows, specs, found)
            blocks += bounded(replace(made, is_appendix=True), found, most=_MOST_APPENDIX)
            continue
        for number, unit in enumerate(listed):
            mine = rows[rows["unit_id"] == unit["unit_id"]]
            title = fill(text["cap_of"], {"name": name_of(unit, found), "what": caption})
            made = table(f"{key}_{number}", title, mine, specs[1:], found)
            blocks += bounded(replace(made, is_appendix=True), found, most=_MOST_APPENDIX)
    return blocks
