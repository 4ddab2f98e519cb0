"""What each part of an indicator comes to in each unit: met, not met, or unknown and why."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lifecircle.assessment.health_records import Reading, RecordBook
from lifecircle.assessment.health_words import beside, describe, say, source_name, what
from lifecircle.assessment.unit_facts import Numbers, Rows, UnitFacts
from lifecircle.measures.coverage import share
from lifecircle.standards.parts import DIVISORS, Part
from lifecircle.standards.records import record_name
from lifecircle.standards.standard import standard_code

MET, NOT_MET, UNKNOWN = "met", "not met", "unknown"
_NO_BOUND = (math.nan, math.nan)


@dataclass(frozen=True)
class Found:
    """What a part came to in one unit.

    Parameters
    ----------
    verdict
        ``"met"``, ``"not met"`` or ``"unknown"``.
    value
        What was found; at least so much, where not all is known but enough to judge. NaN where it
        is unknown.
    threshold
        What it was held against.
    score
        0–100; NaN where it is unknown.
    source
        ``"computed"``, or the records with year and source; ``""`` where it is unknown.
    why
        Why it is unknown, or of a record which communities say no.
    words
        The part and what it came to, in words.
    source_name
        The source in the language of the study; ``""`` where it is unknown.
    below
        Of a yes or no from the units below: how many say yes, say no, and do not say.
    beside
        What is shown beside the value and decides nothing.

    Examples
    --------
    >>> Found("met", 0.9, 0.85, 100.0, "computed").verdict
    'met'
    """

    verdict: str
    value: float = math.nan
    threshold: float = math.nan
    score: float = math.nan
    source: str = ""
    why: str = ""
    words: str = ""
    source_name: str = ""
    below: tuple[int, int, int] = (0, 0, 0)
    beside: str = ""

    @property
    def known_share(self) -> float:
        """Share of the part that its score is of: 0 without one, less than 1 where some are silent.

        Returns
        -------
        float

        Examples
        --------
        >>> Found("not met", 0.0, 1.0, 75.0, below=(3, 1, 1)).known_share
        0.8
        """
        if math.isnan(self.score):
            return 0.0
        yes, no, unknown = self.below
        return (yes + no) / (yes + no + unknown) if any(self.below) else 1.0


@dataclass(frozen=True)
class Grounds:
    """What parts are judged from.

    Parameters
    ----------
    facts
        What stands in each unit and who reaches it.
    book
        What the records say.
    compliance
        Verdicts on clauses; may be empty.
    """

    facts: UnitFacts
    book: RecordBook
    compliance: pd.DataFrame

    @property
    def language(self) -> str:
        """Language of the study."""
        return self.facts.study.language


def judge(part: Part, grounds: Grounds) -> list[Found]:
    """What a part comes to in each unit.

    A value of which only the least and the most are known is judged where both say the same. Scores
    are 100 where the part is met; else, where it must reach a threshold, 100 × value ÷ threshold;
    where it may not pass one above 0, 100 × threshold ÷ value; where it may not pass 0, the share
    (of 100) of all there are that are not counted by it: unknown where the records do not tell how
    many there are, 0 where the part names nothing that it could be a share of.
    A yes or no that is put together from the units below scores the share (of 100) of them that say
    yes, of those that say anything; nothing where more than half do not say.

    Parameters
    ----------
    part
        The part.
    grounds
        What it is judged from.

    Returns
    -------
    list of Found, one per unit, in the order of the units

    Examples
    --------
    >>> from lifecircle import evaluate, load_demo
    >>> from lifecircle.standards.parts import read_parts
    >>> today = evaluate(load_demo())
    >>> grounds = Grounds(
    ...     UnitFacts(today), RecordBook(None, today.study.units, None, "en"), pd.DataFrame())
    >>> circle = judge(read_parts("record:lifts min=1")[0][0], grounds)[0]
    >>> circle.verdict, circle.why
    ('unknown', 'there is no record of lifts added')
    """
    found = _JUDGES[part.kind](part, grounds)
    return [_worded(part, one, grounds.language) for one in found]


def _worded(part: Part, found: Found, language: str) -> Found:
    """With what it came to in words."""
    words = describe(part, language, found.value, found.threshold, below=found.below)
    if found.beside:
        words += f"，{found.beside}" if language == "zh" else f", {found.beside}"
    name = found.source_name or source_name(found.source, language)
    return replace(found, words=words, source_name=name)


def _unknown(part: Part, why: str, threshold: float | None = None) -> Found:
    return Found(UNKNOWN, threshold=part.threshold if threshold is None else threshold, why=why)


def _held(
    part: Part,
    between: tuple[float, float],
    why: str,
    *,
    threshold: float | None = None,
    total: float = math.nan,
    source: str = "computed",
) -> Found:
    """A value that lies between two numbers against the threshold; ``why`` if that says nothing."""
    bound = part.threshold if threshold is None else threshold
    low, high = between
    upwards = not math.isnan(part.least)
    near = 1e-9 * max(1.0, abs(bound))  # shares are sums of floats
    if math.isnan(low) or math.isnan(high):
        return _unknown(part, why, bound)
    if (upwards and low >= bound - near) or (not upwards and high <= bound + near):
        return Found(MET, low, bound, 100.0, source)
    if upwards and high < bound - near:
        return Found(NOT_MET, low, bound, 100.0 * low / bound, source)
    if not upwards and low > bound + near:
        if bound > 0:
            score = 100.0 * bound / low
        else:
            # a share of all there are; of what is unknown where a record was to tell how many
            unknown = math.nan if "of" in part.texts else 0.0
            score = 100.0 * (1.0 - min(low / total, 1.0)) if total > 0 else unknown
        return Found(NOT_MET, low, bound, score, source)
    return _unknown(part, why, bound)


def _absent(part: Part, grounds: Grounds) -> str:
    """Why nothing can be said of some services; ``""`` where something can."""
    values = {"what": what(part, grounds.language)}
    if not grounds.facts.listed(part.names):
        return say("unlisted", grounds.language, values)
    return ""


def _all(part: Part, grounds: Grounds, why: str) -> list[Found]:
    return [_unknown(part, why) for _ in range(len(grounds.facts.units))]


def _covered(part: Part, grounds: Grounds) -> list[Found]:
    facts, minutes = grounds.facts, part.numbers["minutes"]
    why = _absent(part, grounds)
    if not why and not facts.on_streets(part.names):
        why = say("off streets", grounds.language, {"what": what(part, grounds.language)})
    limit = facts.study.minutes[-1]
    if not why and minutes > limit:
        why = say("beyond", grounds.language, {"limit": limit})
    if why:
        return _all(part, grounds, why)
    sure, possible = facts.large_enough(part.names, _NO_BOUND)
    reached = facts.walk(part.names, minutes, sure, possible)
    return _shares(part, grounds, share(reached.covered, reached.people))


def _radius(part: Part, grounds: Grounds) -> list[Found]:
    why = _absent(part, grounds)
    if why:
        return _all(part, grounds, why)
    sure, possible = grounds.facts.large_enough(part.names, _NO_BOUND)
    reached = grounds.facts.radius(part.names, part.numbers["m"], sure, possible)
    return _shares(part, grounds, share(reached.covered, reached.people))


def _shares(part: Part, grounds: Grounds, shares: Numbers) -> list[Found]:
    nobody = say("nobody", grounds.language)
    return [_held(part, (one, one), nobody) for one in shares.tolist()]


def _places(part: Part, grounds: Grounds) -> Rows:
    return np.asarray(np.isin(grounds.facts.service, part.names))


def _sizes(part: Part, grounds: Grounds) -> tuple[Rows, Rows]:
    """Facilities that are surely as large as a part asks, and those that may be."""
    sure = possible = _places(part, grounds)
    for key, column in (("floor_m2", "floor_area_m2"), ("site_m2", "site_area_m2")):
        if key in part.numbers:
            area = grounds.facts.figure(column)
            large = area >= part.numbers[key]  # NaN is not
            sure, possible = sure & large, possible & (large | np.isnan(area))
    return sure, possible


def _count(part: Part, grounds: Grounds) -> list[Found]:
    why = _absent(part, grounds)
    if why:
        return _all(part, grounds, why)
    facts = grounds.facts
    sure, possible = _sizes(part, grounds)
    low, high = facts.inside(sure), facts.inside(possible)
    times = np.ones(len(low))
    if "each" in part.numbers:
        people = facts.people("people")
        times = np.ceil(people / part.numbers["each"] - 1e-9)
    found = []
    for row, many in enumerate(times.tolist()):
        if not many > 0:
            found.append(_unknown(part, say("nobody", grounds.language), math.nan))
            continue
        reason = _no_figures(part, grounds, high[row] - low[row])
        bound = part.threshold * many
        found.append(_held(part, (low[row], high[row]), reason, threshold=bound))
    return found


def _below(part: Part, grounds: Grounds) -> list[Found]:
    why = _absent(part, grounds)
    if why:
        return _all(part, grounds, why)
    facts = grounds.facts
    sure, possible = _sizes(part, grounds)
    every = facts.inside(_places(part, grounds))
    low, high = every - facts.inside(possible), every - facts.inside(sure)
    return [
        _held(part, (least, most), _no_figures(part, grounds, most - least), total=total)
        for least, most, total in zip(low.tolist(), high.tolist(), every.tolist(), strict=True)
    ]


def _largest(part: Part, grounds: Grounds) -> list[Found]:
    why = _absent(part, grounds)
    if why:
        return _all(part, grounds, why)
    column = "floor_area_m2" if part.kind == "largest_floor" else "site_area_m2"
    areas = grounds.facts.areas(column, _places(part, grounds))
    return [
        _held(part, (low, math.inf if lost else low), _no_figures(part, grounds, lost))
        for low, lost in zip(areas.largest.tolist(), areas.unknown.tolist(), strict=True)
    ]


def _per_head(part: Part, grounds: Grounds) -> list[Found]:
    """Area per person, or capacity per 1000 of those a service is for."""
    why = _absent(part, grounds)
    if why:
        return _all(part, grounds, why)
    facts = grounds.facts
    column, segment, factor = {
        "floor_per_person": ("floor_area_m2", "people", 1.0),
        "site_per_person": ("site_area_m2", "people", 1.0),
        "capacity": ("capacity", facts.walked_by(part.names)[0], 1000.0),
    }[part.kind]
    areas = facts.areas(column, _places(part, grounds))
    people = facts.people(segment)
    found = []
    for row, each in enumerate(share(factor * areas.total, people).tolist()):
        lost = areas.unknown[row]
        key = _no_figures(part, grounds, lost)
        reason = key if people[row] > 0 else say("nobody", grounds.language)
        most = math.inf if lost and not math.isnan(each) else each
        found.append(_held(part, (each, most), reason))
    return found


def _no_figures(part: Part, grounds: Grounds, count: float) -> str:
    values = {"what": what(part, grounds.language), "count": round(count)}
    return say("no figures", grounds.language, values)


def _compliance(part: Part, grounds: Grounds) -> list[Found]:
    """Share of the clauses of a standard that are met."""
    rows = grounds.compliance
    named = {"what": what(part, grounds.language)}
    if len(rows):
        chosen = rows["standard"] == standard_code(part.names[0])
        for key in ("service", "check"):
            if key in part.texts:
                chosen &= rows[key] == part.texts[key]
        rows = rows[chosen]
    found = []
    for unit_id in grounds.facts.units["unit_id"]:
        here = rows.loc[rows["unit_id"] == unit_id, "status"] if len(rows) else pd.Series(dtype=str)
        met, out = int((here == MET).sum()), int((here == UNKNOWN).sum())
        if here.empty:
            found.append(_unknown(part, say("no clauses", grounds.language, named)))
            continue
        between = (met / len(here), (met + out) / len(here))
        found.append(_held(part, between, say("open clauses", grounds.language, named)))
    return found


def _record(part: Part, grounds: Grounds) -> list[Found]:
    return [
        _recorded(part, grounds, row, str(unit_id))
        for row, unit_id in enumerate(grounds.facts.units["unit_id"])
    ]


def _recorded(part: Part, grounds: Grounds, row: int, unit_id: str) -> Found:
    """One record of one unit, over what it is counted by."""
    read = grounds.book.read(unit_id, part.names[0])
    if math.isnan(read.value):
        return replace(_unknown(part, read.why), below=read.below)
    value, readings, total = read.value, [read], math.nan
    if "per" in part.texts:
        divisor = _divisor(part.texts["per"], grounds, row, unit_id)
        if not divisor.value > 0:
            return _unknown(part, divisor.why)
        value = value / divisor.value
        readings += [divisor] if divisor.sources or divisor.years else []
    if "of" in part.texts:
        total = grounds.book.read(unit_id, part.texts["of"]).value
    held = _held(part, (value, value), "", total=total, source=_joined(readings, ""))
    failing = held.verdict == NOT_MET
    return replace(
        held,
        why=read.why if failing else "",
        score=_score_below(read.below) if failing and any(read.below) else held.score,
        source_name=_joined(readings, grounds.language),
        below=read.below,
        beside=_shown(part, read.value, grounds, row, unit_id),
    )


def _score_below(below: tuple[int, int, int]) -> float:
    """Share (of 100) of the units below that say yes, of those that say anything."""
    yes, no, unknown = below
    return math.nan if unknown > yes + no else 100.0 * yes / (yes + no)


def _shown(part: Part, value: float, grounds: Grounds, row: int, unit_id: str) -> str:
    """A record by what it is to be shown by; nothing where that is not known."""
    if "show" not in part.texts:
        return ""
    divisor = _divisor(part.texts["show"], grounds, row, unit_id).value
    return beside(part.texts["show"], value / divisor, grounds.language) if divisor > 0 else ""


def _divisor(name: str, grounds: Grounds, row: int, unit_id: str) -> Reading:
    """What a record is divided by."""
    if name not in DIVISORS:
        read = grounds.book.read(unit_id, name)
        named = {"what": record_name(name, grounds.language)}
        if read.value == 0:
            return Reading(0.0, (), (), say("zero divisor", grounds.language, named))
        return read
    segment = "households" if "household" in name else "people"
    count = float(grounds.facts.people(segment)[row])
    words = {"households": {"zh": "户数", "en": "households"}}.get(segment)
    named = {"what": (words or {"zh": "人口", "en": "people"})[grounds.language]}
    key = "zero divisor" if count == 0 else "no divisor"
    return Reading(count / DIVISORS[name], (), (), say(key, grounds.language, named))


def _nothing(part: Part, grounds: Grounds) -> list[Found]:
    return _all(part, grounds, say("no source", grounds.language))


def _joined(readings: list[Reading], language: str) -> str:
    origins = dict.fromkeys(one.origin(language) for one in readings)
    return ("；" if language == "zh" else "; ").join(one for one in origins if one)


_JUDGES: dict[str, Callable[[Part, Grounds], list[Found]]] = {
    "covered": _covered,
    "radius": _radius,
    "count": _count,
    "largest_floor": _largest,
    "largest_site": _largest,
    "below": _below,
    "floor_per_person": _per_head,
    "site_per_person": _per_head,
    "capacity": _per_head,
    "compliance": _compliance,
    "record": _record,
    "unknown": _nothing,
}
