"""Data and method of a report: what the figures rest on, and what is unknown."""

from __future__ import annotations

from typing import Any

import pandas as pd

from lifecircle.assessment.choices import check_target
from lifecircle.network.walkers import WALKERS
from lifecircle.outputs.reporting.material import Material
from lifecircle.outputs.reporting.model import Block, Bullets, Paragraph, Section, Table
from lifecircle.outputs.reporting.tables import Spec, table
from lifecircle.outputs.reporting.text import shown
from lifecircle.outputs.shown import evaluation_shown
from lifecircle.outputs.walls import wall_facts
from lifecircle.outputs.words import fill
from lifecircle.standards import catalog
from lifecircle.standards.indicators import system_name
from lifecircle.standards.standard import standards

_FILES = (
    Spec("role", width_cm=2.2),
    Spec("path", width_cm=4.4),
    Spec("bytes", "count", 2.2),
    Spec("sha256", width_cm=6.8),
)
_WALKERS = (
    Spec("walker", width_cm=2.4),
    Spec("speed_m_s", "figure", 2.4, is_unknown=True),
    Spec("steps", width_cm=2.2),
    Spec("confidence", width_cm=3.4),
    Spec("source", width_cm=5.2),
)
_STANDARDS = (
    Spec("code", width_cm=4.6, title="standard_code"),
    Spec("standard_name", width_cm=7.0),
    Spec("use", width_cm=4.0),
)


def method(found: Material) -> list[Block]:
    """Blocks of the chapter on data and method.

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
    >>> [type(block).__name__ for block in method(found)][:3]
    ['Section', 'Paragraph', 'Paragraph']
    """
    text = found.text
    return [
        Section(text["data"]),
        *_data(found),
        Section(text["walkers"]),
        Paragraph(text["walkers_text"], see=("walkers",)),
        walkers_table(found),
        Section(text["standards"]),
        Paragraph(_confidence(found), see=("standards",)),
        standards_table(found),
        Section(text["rules"]),
        Bullets(tuple(rules(found))),
        *_walls(found),
        Section(text["open_points"]),
        *_doubts(found),
    ]


def _data(found: Material) -> list[Block]:
    text, study = found.text, found.evaluation.study
    blocks: list[Block] = [Paragraph(text["data_sample"])] if study.sample else []
    if study.data_sources:
        sources = text["stop"].join(shown(one, "text") for one in study.data_sources)
        blocks.append(Paragraph(fill(text["data_stated"], {"sources": sources})))
    if study.review_number:
        number = {"number": shown(study.review_number, "text")}
        blocks.append(Paragraph(fill(text["review_number"], number)))
    if not study.sources:
        return [*blocks, Paragraph(text["data_memory"])]
    return [*blocks, Paragraph(text["data_files"], see=("sources",)), files_table(found)]


def files_table(found: Material) -> Table:
    """Files that the study was read from.

    Parameters
    ----------
    found
        What the report is written from.

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
    >>> files_table(found).rows[1][:2]
    ('统计单元', 'units.geojson')
    """
    rows = pd.DataFrame(
        [
            {"role": role, **{name: facts.get(name) for name in ("path", "bytes", "sha256")}}
            for role, facts in found.evaluation.study.sources.items()
        ],
        columns=[spec.name for spec in _FILES],
    )
    return table("sources", found.text["cap_sources"], rows, _FILES, found)


def walkers_table(found: Material) -> Table:
    """Who walks, how fast, and where that figure is from.

    Parameters
    ----------
    found
        What the report is written from.

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
    >>> walkers_table(found).rows[0][:3]
    ('老年人', 1.0, '是')
    """
    rows: list[dict[str, Any]] = []
    for name, times in found.evaluation.times.items():
        walker = times.walker
        if walker is None:
            rows.append({"walker": name})
            continue
        own = found.text["walker_default"] if walker == WALKERS.get(name) else ""
        rows.append(
            {
                "walker": name,
                "speed_m_s": walker.speed_m_s,
                "steps": walker.steps,
                "confidence": walker.confidence,
                "source": own or walker.source,
            }
        )
    frame = pd.DataFrame(rows, columns=[spec.name for spec in _WALKERS])
    return table("walkers", found.text["cap_walkers"], frame, _WALKERS, found)


def standards_table(found: Material) -> Table:
    """Standards that decide, and for what.

    Parameters
    ----------
    found
        What the report is written from.

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
    >>> standards_table(found).rows[0][0]
    'GB50180-2018'
    """
    text, language, study = found.text, found.language, found.evaluation.study
    rulebook = found.evaluation.rulebook
    system = found.check.system
    rows = [
        (rulebook.code, rulebook.name(language), text["use_standard"]),
        (system, system_name(system, language), text["use_system"]),
    ]
    known = standards()
    for service, code in study.choices.items():
        name = str(known.at[code, f"name_{language}"]) if code in known.index else code
        used = {"service": catalog.service_name(service, language)}
        rows.append((code, name, fill(text["use_choice"], used)))
    frame = pd.DataFrame(rows, columns=[spec.name for spec in _STANDARDS])
    return table("standards", text["cap_standards"], frame, _STANDARDS, found)


def _confidence(found: Material) -> str:
    rows = found.check.compliance
    counts = {
        "rows": shown(float(len(rows)), "count"),
        "verify": shown(float((rows["verify"].fillna("") != "").sum()), "count"),
    }
    return fill(found.text["standards_text"], counts)


def rules(found: Material) -> list[str]:
    """How the figures are made, a sentence each.

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
    >>> rules(found)[4]
    '条文没有写明覆盖比例的，按 100% 居民可达判断。'
    """
    text, study = found.text, found.evaluation.study
    minutes = text["list"].join(f"{one:g}" for one in study.minutes)
    share = shown(check_target(study.target_share), "share")
    return [
        fill(text["rule_walk"], {"snap": f"{study.snap_m:g}"}),
        fill(text["rule_cover"], {"minutes": minutes}),
        text["rule_radius"],
        text["rule_verdict"],
        fill(text["rule_target"], {"share": share}),
        text["rule_priority"],
    ]


def _walls(found: Material) -> list[Block]:
    facts = wall_facts(found.evaluation.study.network)
    if facts is None:
        return []
    counts = {name: facts[name] for name in ("walls", "compounds")}
    counts |= {"gates": sum(facts["gates"].values()), **facts["gates"]}
    told = {name: shown(float(count), "count") for name, count in counts.items()}
    return [
        Section(found.text["walls"]),
        Paragraph(fill(found.text["walls_text"], told)),
    ]


def _doubts(found: Material) -> list[Block]:
    """What is left out, and every warning in full."""
    text, evaluation = found.text, found.evaluation
    seen = evaluation_shown(evaluation)
    blocks: list[Block] = []
    off = {
        "residents": float(seen.residents["unsnapped"].sum()),
        "facilities": float(seen.facilities["unsnapped"].sum()),
    }
    told = {name: shown(count, "count") for name, count in off.items()}
    blocks.append(Paragraph(fill(text["off_street"], told)))
    notes = list(dict.fromkeys([*evaluation.study.notes, *found.check.warnings]))
    if not notes:
        return [*blocks, Paragraph(text["no_warnings"])]
    count = {"count": shown(float(len(notes)), "count")}
    listed = tuple(shown(note, "text") for note in notes)
    return [*blocks, Paragraph(fill(text["warnings"], count)), Bullets(listed)]
