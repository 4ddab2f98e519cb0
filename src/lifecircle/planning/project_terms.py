"""What a planner says of projects: cost, who pays, phase, what needs and excludes what.

A table like ``projects.csv`` itself, filled in: of the columns only ``project_id`` is needed.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from lifecircle.errors import InputError, MissingColumnError, some
from lifecircle.planning.project_words import usual_phase, word
from lifecircle.tables.findings import tell
from lifecircle.tables.values import as_ids, as_numbers, is_blank

COLUMNS: dict[str, tuple[str, ...]] = {
    "project_id": ("project_id", "项目编号", "编号", "id"),
    "cost_cny": (
        "cost_cny",
        "造价",
        "造价（元）",
        "费用",
        "费用（元）",
        "投资",
        "投资（元）",
        "cost",
    ),
    "payer": ("payer", "出资", "出资方", "资金来源", "实施主体"),
    "phase": ("phase", "阶段", "分期", "建设时序", "实施阶段"),
    "requires": ("requires", "前置项目", "依赖", "前置"),
    "excludes": ("excludes", "互斥项目", "互斥"),
    "include": ("include", "取舍", "必选", "是否必选"),
}
_MUST = {"must", "必选", "必须", "是", "yes", "true", "1"}
_NEVER = {"never", "不选", "否", "no", "false", "0"}
_YES = {"true", "1", "1.0", "是"}
# No stroke: ids of maps have them, such as way/123.
_BETWEEN = re.compile(r"[;；、，,|\n]+")


@dataclass(frozen=True, eq=False)
class ProjectTerms:
    """Terms of projects, by project id.

    Parameters
    ----------
    cost_cny, payer, phase
        Project id → what is said.
    requires, excludes
        Pairs of project ids.
    must, never
        Projects that are taken in any case, and in none.
    """

    cost_cny: dict[str, float] = field(default_factory=dict)
    payer: dict[str, str] = field(default_factory=dict)
    phase: dict[str, str] = field(default_factory=dict)
    requires: tuple[tuple[str, str], ...] = ()
    excludes: tuple[tuple[str, str], ...] = ()
    must: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    def check_ids(self, known: Sequence[str]) -> None:
        """Refuse ids that must be done or are required but are no projects; tell of other ids.

        Parameters
        ----------
        known
            Ids of all projects.

        Raises
        ------
        InputError
            Naming them and the nearest that are there.
        """
        here = set(known)
        needed = [*self.must, *(other for one, other in self.requires if one in here)]
        lost = [one for one in dict.fromkeys(needed) if one not in here]
        if lost:
            raise InputError(
                f"projects: {len(lost)} ids that must be taken or are required are no projects "
                f"({_near(lost, known)}). Projects are {some(known, 30)}."
            )
        others = [*self.cost_cny, *self.payer, *self.phase, *self.never]
        others += [one for pair in self.excludes for one in pair]
        others += [one for one, _ in self.requires]
        idle = [one for one in dict.fromkeys(others) if one not in here]
        if idle:
            tell(
                f"projects: {len(idle)} ids of the terms are no projects today and were passed "
                f"over ({_near(idle, known)})."
            )


def _near(lost: Sequence[str], known: Sequence[str]) -> str:
    """Ids with the nearest that are there."""
    near = {one: difflib.get_close_matches(one, known, n=2) for one in lost}
    return some(
        f"{one} (did you mean {' or '.join(close)}?)" if close else one
        for one, close in near.items()
    )


def check_project_terms(frame: pd.DataFrame | None) -> ProjectTerms:
    """Terms of projects from a table, or one error that says all that is wrong.

    Parameters
    ----------
    frame
        ``project_id`` and any of ``cost_cny`` (yuan), ``payer``, ``phase``, ``requires`` and
        ``excludes`` (ids joined by ``;``), ``include`` (``must`` or ``never``); Chinese headers are
        understood, further columns passed over. A ``phase`` that a written list proposed itself is
        none of the planner's and proposed anew. ``None``: nothing is said.

    Returns
    -------
    ProjectTerms

    Raises
    ------
    MissingColumnError
        If there is no ``project_id``.
    InputError
        If a cost is no number of 0 or more, or a word of ``include`` is not understood.

    Examples
    --------
    >>> table = pd.DataFrame({"项目编号": ["G-G001"], "费用（元）": ["20000"], "取舍": ["必选"]})
    >>> terms = check_project_terms(table)
    >>> terms.cost_cny, terms.must
    ({'G-G001': 20000.0}, ('G-G001',))
    """
    if frame is None or not len(frame):
        return ProjectTerms()
    plain = {str(name).strip().lower(): name for name in frame.columns}
    taken = {
        column: plain[spelling]
        for column, spellings in COLUMNS.items()
        for spelling in reversed(spellings)
        if spelling in plain
    }
    if "project_id" not in taken:
        raise MissingColumnError(
            "projects: there is no column 'project_id' (项目编号). Fill in the projects.csv that "
            f"was written, or name its ids; found {some(frame.columns, 20)}."
        )
    frame = frame[~is_blank(frame[taken["project_id"]])]
    ids = as_ids(frame[taken["project_id"]]).to_list()
    problems: list[str] = []
    twice = [one for one, count in Counter(ids).items() if count > 1]
    if twice:
        problems.append(f"{len(twice)} ids stand in more than one row ({some(twice)})")
    cost = _costs(frame, taken, ids, problems)
    texts = {
        name: _texts(frame[taken[name]], ids) if name in taken else {}
        for name in ("payer", "phase", "requires", "excludes", "include")
    }
    texts["phase"] = _fresh_phases(frame, ids, texts["phase"])
    words = {one: text.strip().lower() for one, text in texts["include"].items()}
    strange = {one: text for one, text in words.items() if text not in _MUST | _NEVER}
    if strange:
        problems.append(
            f"{len(strange)} rows have in 'include' neither must (必选) nor never (不选): "
            f"{some(f'{one}: {text}' for one, text in strange.items())}"
        )
    pairs = {name: _pairs(texts[name]) for name in ("requires", "excludes")}
    for name, both in pairs.items():
        own = [one for one, other in both if one == other]
        if own:
            problems.append(f"{len(own)} ids stand in their own {name!r} ({some(own)})")
    if problems:
        raise InputError("projects: " + "; ".join(problems) + ".")
    return ProjectTerms(
        cost,
        texts["payer"],
        texts["phase"],
        pairs["requires"],
        pairs["excludes"],
        tuple(one for one, text in words.items() if text in _MUST),
        tuple(one for one, text in words.items() if text in _NEVER),
    )


def _texts(column: pd.Series[Any], ids: Sequence[str]) -> dict[str, str]:
    """What a column says of each id, where it says anything."""
    cells = zip(ids, as_ids(column), is_blank(column), strict=True)
    return {one: text for one, text, silent in cells if text and not silent}


def _fresh_phases(
    frame: pd.DataFrame, ids: Sequence[str], phases: dict[str, str]
) -> dict[str, str]:
    """Phases that somebody wrote: those a list had when it was written follow from its choice."""
    if not {"chosen", "closes_people"} <= set(frame.columns):
        return phases
    helps = as_numbers(frame["closes_people"]).to_numpy() > 0
    usual = {
        one: usual_phase(chosen=str(yes).strip().lower() in _YES, helps=bool(helped))
        for one, yes, helped in zip(ids, frame["chosen"], helps, strict=True)
    }
    return {
        one: text
        for one, text in phases.items()
        if text not in {word(usual[one], language) for language in ("zh", "en")}
    }


def _costs(
    frame: pd.DataFrame, taken: dict[str, Any], ids: list[str], problems: list[str]
) -> dict[str, float]:
    """Costs that are stated."""
    if "cost_cny" not in taken:
        return {}
    given = frame[taken["cost_cny"]]
    values, blank = as_numbers(given).to_numpy(), is_blank(given)
    bad = ~blank & ~(np.isfinite(values) & (values >= 0))
    if bad.any():
        rows = [
            f"{one}: {text!r}" for one, text, wrong in zip(ids, given, bad, strict=True) if wrong
        ]
        problems.append(
            f"{bad.sum()} of {len(ids)} rows have no number of yuan in {taken['cost_cny']!r} "
            f"({some(rows)})"
        )
    return {
        one: float(value)
        for one, value, silent in zip(ids, values, blank | bad, strict=True)
        if not silent
    }


def _pairs(texts: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Pairs of ids from lists of them."""
    return tuple(
        (one, other.strip())
        for one, text in texts.items()
        for other in _BETWEEN.split(text)
        if other.strip()
    )
