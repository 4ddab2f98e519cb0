"""Cards for notebooks: what a study, an evaluation, a check or a comparison is, with a map.

A card is short, of one language and of bounded size. Every value of the data is escaped. The map
is the page that moves where that is small enough, else a picture; if neither can be drawn the card
says so and shows its figures all the same.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from lifecircle.assessment.evaluation import Evaluation
from lifecircle.assessment.health_check import HealthCheck
from lifecircle.assessment.study import Study
from lifecircle.outputs.charting.printed_map import plot_map
from lifecircle.outputs.charting.style import figure_png
from lifecircle.outputs.charting.text import plain_line
from lifecircle.outputs.charts import plot_comparison
from lifecircle.outputs.csv_tables import SAMPLE_MARK, segment_name
from lifecircle.outputs.legend import number_text, share_text
from lifecircle.outputs.mapping.comparison import map_comparison
from lifecircle.outputs.maps import map_evaluation
from lifecircle.outputs.self_contained import png_address
from lifecircle.outputs.words import fill, in_language
from lifecircle.outputs.words import words as map_words
from lifecircle.planning.comparison import Comparison
from lifecircle.standards import catalog
from lifecircle.standards.indicators import system_name

MOST_RESIDENTS = 20_000
"""Places above which a picture stands in place of the map that moves."""
MOST_BYTES = 1_150_000
"""Size above which a picture stands in place of the map that moves."""
_MOST_ROWS = 8
_MOST_WARNINGS = 10
_NAME_WIDTH = 40.0
_DPI = 110
_FRAME = "width:100%;max-width:60em;height:30em;border:1px solid #bbb"
_WORDS = {
    "unit": ("单元", "unit"),
    "people": ("人口（人）", "people"),
    "units": ("单元", "units"),
    "facilities": ("设施", "facilities"),
    "places": ("居民点", "residents' places"),
    "streets": ("道路", "streets"),
    "standard": ("标准", "standard"),
    "minutes": ("步行时间", "walks"),
    "walkers": ("步行者", "walkers"),
    "count": ("{count} 个", "{count}"),
    "count_places": ("{count} 处", "{count}"),
    "count_people": ("{places} 处，{people} 人", "{places} with {people} people"),
    "km": ("{km} 千米", "{km} km"),
    "minutes_value": ("{minutes} 分钟", "{minutes} min"),
    "completeness": (
        "{minutes} 分钟内可达必备设施（人均，项，共 {total} 项）",
        "required services within {minutes} min (mean, of {total})",
    ),
    "completeness_own": ("按标准各自时限（人均，项）", "within the time of each (mean)"),
    "mean": ("必备设施（人均，项）", "required services (mean)"),
    "scenario": ("方案", "scenario"),
    "before": ("现状", "today"),
    "after": ("方案后", "in the scenario"),
    "service": ("设施", "service"),
    "segment": ("人群", "people"),
    "gain": ("新增可达（人）", "gain it"),
    "lose": ("失去可达（人）", "lose it"),
    "nothing": ("没有人新增或失去可达的设施", "nobody gains or loses a service"),
    "verdicts": ("达标 {met} · 不达标 {not_met} · 未知 {unknown}",
                 "{met} met · {not_met} not met · {unknown} unknown"),
    "scores": (
        "得分 0–100，括号内为未知占比；“—”为未知过半，不计分",
        "scores 0–100, unknown share in brackets; — more than half unknown, no score",
    ),
    "more": ("…… 共 {count} 个", "… {count} in all"),
    "warnings": ("数据提示 {count} 条", "{count} data notes"),
    "no_map": ("地图未能绘制：{why}", "The map could not be drawn: {why}"),
    "list": ("、", ", "),
}  # fmt: skip


def card_of(value: Study | Evaluation | HealthCheck | Comparison) -> str:
    """Card of a study, an evaluation, a health check or a comparison.

    Parameters
    ----------
    value
        Which is shown.

    Returns
    -------
    str
        HTML of a part of a page, at most about 1.2 MB.

    Raises
    ------
    TypeError
        If it is none of them.

    Examples
    --------
    >>> import lifecircle as lc
    >>> card = card_of(lc.load_demo())
    >>> "26,822" in card, "<img" in card
    (True, True)
    """
    kinds: tuple[tuple[type, Callable[[Any], str]], ...] = (
        (Study, _study),
        (Evaluation, _evaluation),
        (HealthCheck, _health_check),
        (Comparison, _comparison),
    )
    for kind, make in kinds:
        if isinstance(value, kind):
            return f'<div class="lifecircle-card">{make(value)}</div>'
    raise TypeError(f"there is no card of {type(value).__name__}")


def _study(study: Study) -> str:
    text = in_language(_WORDS, study.language)
    residents = study.residents
    homes = {"places": f"{len(residents):,}", "people": f"{residents['people'].sum():,.0f}"}
    facts = [
        (text["units"], fill(text["count"], {"count": f"{len(study.units):,}"})),
        (text["facilities"], fill(text["count_places"], {"count": f"{len(study.facilities):,}"})),
        (text["places"], fill(text["count_people"], homes)),
        (
            text["streets"],
            fill(text["km"], {"km": f"{study.network.edge_length_m.sum() / 1000:,.1f}"}),
        ),
        (text["standard"], str(study.standard)),
        (text["minutes"], _minutes(study)),
    ]
    return (
        _head(study.name, study)
        + _facts(facts)
        + _told(study.notes, study)
        + _picture(study, [lambda: _figure(plot_map(study))])
    )


def _evaluation(evaluation: Evaluation) -> str:
    study = evaluation.study
    text = in_language(_WORDS, study.language)
    longest = f"{max(study.minutes):g}"
    named = map_words(study.language)
    walkers = [str(name) for name in evaluation.coverage["walker"].unique()]
    facts = [
        (text["standard"], evaluation.rulebook.name(study.language) or evaluation.standard),
        (text["minutes"], _minutes(study)),
        (text["walkers"], text["list"].join(named.get(f"walker_{one}", one) for one in walkers)),
    ]
    total = len(evaluation.required_services)
    heads = [
        text["unit"],
        text["people"],
        fill(text["completeness"], {"minutes": longest, "total": total}),
        text["completeness_own"],
    ]
    units = evaluation.units
    rows = [
        [_name(name), _number(people), _number(mean, 1), _number(own, 1)]
        for name, people, mean, own in zip(
            units["name"],
            units["people"],
            units[f"completeness_mean_{longest}min"],
            units["completeness_standard_mean"],
            strict=True,
        )
    ]
    ways = [lambda: _figure(plot_map(evaluation))]
    if len(evaluation.residents) <= MOST_RESIDENTS:
        ways.insert(0, lambda: _page(map_evaluation, evaluation, study))
    return (
        _head(study.name, study)
        + _facts(facts)
        + _table(heads, rows, study.language)
        + _told(evaluation.warnings, study)
        + _picture(study, ways)
    )


def _health_check(check: HealthCheck) -> str:
    study = check.evaluation.study
    text = in_language(_WORDS, study.language)
    counts = check.indicators["status"].value_counts()
    told = {
        "met": int(counts.get("met", 0)),
        "not_met": int(counts.get("not met", 0)),
        "unknown": int(counts.get("unknown", 0)),
    }
    facts = [(system_name(check.system, study.language), fill(text["verdicts"], told))]
    blocks = check.blocks.drop_duplicates("block")["block_name"]
    names = check.indicators.drop_duplicates("unit_id").set_index("unit_id")["name"]
    rows = [
        [
            _name(names[unit_id]),
            *(
                f"{_number(score)} ({share_text(unknown, '—')})"
                for score, unknown in zip(part["score"], part["unknown_share"], strict=True)
            ),
        ]
        for unit_id, part in check.blocks.groupby("unit_id", sort=False)
    ]
    heads = [text["unit"], *(plain_line(name, _NAME_WIDTH) for name in blocks)]
    return (
        _head(study.name, study)
        + _facts(facts)
        + _table(heads, rows, study.language)
        + f"<p><small>{html.escape(text['scores'])}</small></p>"
        + _told(check.warnings, study)
    )


def _comparison(comparison: Comparison) -> str:
    study = comparison.after.evaluation.study
    text = in_language(_WORDS, study.language)
    mean = f"completeness_mean_{max(study.minutes):g}min"
    facts = []
    if comparison.scenario is not None:
        facts.append((text["scenario"], comparison.scenario.name or "—"))
    heads = [text["unit"], *(f"{text['mean']}: {text[side]}" for side in ("before", "after"))]
    rows = [
        [_name(row["name"]), *(_number(row[f"{mean}_{side}"], 2) for side in ("before", "after"))]
        for row in comparison.units.to_dict("records")
    ]
    moved = comparison.most_changed(_MOST_ROWS).to_dict("records")
    changes = [
        [
            _name(row["name"]),
            catalog.service_name(str(row["service"]), study.language),
            segment_name(str(row["segment"]), study.language),
            _number(row["gained_people"], sign="+"),
            _number(row["lost_people"], sign="−"),
        ]
        for row in moved
    ]
    named = [text[key] for key in ("unit", "service", "segment", "gain", "lose")]
    ways = [lambda: _figure(plot_comparison(comparison))]
    if len(comparison.residents) <= MOST_RESIDENTS:
        ways.insert(0, lambda: _page(map_comparison, comparison, study))
    return (
        _head(comparison.before.evaluation.study.name, study)
        + _facts(facts)
        + _table(heads, rows, study.language)
        + (_table(named, changes, study.language) if moved else f"<p>{text['nothing']}</p>")
        + _told(comparison.warnings, study)
        + _picture(study, ways)
    )


def _head(name: str, study: Study) -> str:
    mark = f"<p><b>{html.escape(SAMPLE_MARK)}</b></p>" if study.sample else ""
    return f"<h4>{html.escape(plain_line(name, _NAME_WIDTH) or '—')}</h4>{mark}"


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    """Pairs on one line."""
    told = " · ".join(
        f"{html.escape(name)} <b>{html.escape(plain_line(value, _NAME_WIDTH))}</b>"
        for name, value in facts
    )
    return f"<p>{told}</p>" if told else ""


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], language: str) -> str:
    """The first few rows, escaped."""
    cells = "".join(f"<th>{html.escape(head)}</th>" for head in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
        for row in rows[:_MOST_ROWS]
    )
    if len(rows) > _MOST_ROWS:
        more = fill(in_language(_WORDS, language)["more"], {"count": f"{len(rows):,}"})
        body += f'<tr><td colspan="{len(heads)}">{more}</td></tr>'
    return f"<table><tr>{cells}</tr>{body}</table>"


def _told(notes: Sequence[str], study: Study) -> str:
    """How many things are doubtful, and the first of them to unfold."""
    if not notes:
        return ""
    said = fill(in_language(_WORDS, study.language)["warnings"], {"count": f"{len(notes):,}"})
    listed = "".join(
        f"<li>{html.escape(plain_line(note, 4 * _NAME_WIDTH))}</li>"
        for note in notes[:_MOST_WARNINGS]
    )
    return f"<details><summary>{said}</summary><ul>{listed}</ul></details>"


def _picture(study: Study, ways: Sequence[Callable[[], str]]) -> str:
    """The first way to show the place that works and is small enough; else why there is none."""
    why = ""
    for way in ways:
        try:
            shown = way()
        except Exception as error:  # noqa: BLE001 - a notebook goes on, and the card says why
            why = f"{type(error).__name__}: {error}"
            continue
        if len(shown.encode("utf-8", "replace")) <= MOST_BYTES:
            return shown
    text = in_language(_WORDS, study.language)["no_map"]
    return f"<p>{html.escape(fill(text, {'why': plain_line(why or '—', 4 * _NAME_WIDTH)}))}</p>"


def _page(draw: Callable[..., Any], value: Evaluation | Comparison, study: Study) -> str:
    """The map that moves, in a frame of its own."""
    page = draw(value, data_sources=study.data_sources, review_number=study.review_number)
    source = html.escape(page.get_root().render())
    return f'<iframe srcdoc="{source}" style="{_FRAME}" title="map" allowfullscreen></iframe>'


def _figure(figure: Any) -> str:
    """A picture that needs no file."""
    source = png_address(figure_png(figure, dpi=_DPI))
    return f'<img style="max-width:100%" alt="map" src="{source}">'


def _minutes(study: Study) -> str:
    text = in_language(_WORDS, study.language)
    minutes = "/".join(f"{one:g}" for one in study.minutes)
    return fill(text["minutes_value"], {"minutes": minutes})


def _name(value: object) -> str:
    return plain_line(value, _NAME_WIDTH)


def _number(value: float, digits: int = 0, *, sign: str = "") -> str:
    """A number, with a sign before what is not 0, or a line where it is unknown."""
    is_signed = bool(value) and np.isfinite(float(value))
    return (sign if is_signed else "") + number_text(value, "—", digits=digits)
