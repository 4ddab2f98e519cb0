"""The checks of one row of a standard: whether it is there, near, large and many enough.

Each check answers for all units at once. A verdict is ``met``, ``not met`` or ``unknown``; what is
not known is never taken for either.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lifecircle.assessment.compliance_words import Words, percent, whole
from lifecircle.assessment.unit_facts import Numbers, Reached, Rows, UnitFacts, shares
from lifecircle.standards import catalog

MET, NOT_MET, UNKNOWN = "met", "not met", "unknown"
Texts = NDArray[np.object_]


@dataclass
class Checked:
    """One check of one row, for all units.

    Parameters
    ----------
    check
        Its name.
    figures
        Figures of the row that it rests on.
    unit
        Of the values.
    status, required, found, why
        Shapes (units,).
    required_value, found_value
        Shapes (units,).
    people, covered
        Of walks and radii, shapes (units,).
    minutes
        Of a walk.
    basis
        What each verdict rests on where it is not ``"facilities"`` alone, shape (units,).
    """

    check: str
    figures: tuple[str, ...]
    unit: str
    status: Texts
    required: Texts
    found: Texts
    why: Texts
    required_value: Numbers
    found_value: Numbers
    people: Numbers | None = None
    covered: Numbers | None = None
    minutes: float = math.nan
    basis: Texts | None = None


@dataclass
class Asked:
    """A row of a standard and what its checks need.

    Parameters
    ----------
    row
        Row of :meth:`~lifecircle.standards.standard.Standard.rows`.
    facts
        Of the units.
    words
        Of the study's language.
    target_share
        That is enough where the row states none.
    """

    row: Mapping[str, Any]
    facts: UnitFacts
    words: Words
    target_share: float
    accepts: tuple[str, ...] = field(init=False)
    sure: Rows = field(init=False)
    possible: Rows = field(init=False)

    def __post_init__(self) -> None:
        self.accepts = tuple(self.row["accepts"])
        size = (self.row["counts_from_m2"], math.nan)
        self.sure, self.possible = self.facts.large_enough(self.accepts, size)

    def blank(self, text: str = "") -> Texts:
        """One text for all units."""
        return np.full(len(self.facts.units), text, dtype=object)

    @property
    def listed(self) -> bool:
        """Whether the facilities speak of the services at all."""
        return self.facts.listed(self.accepts)


def checks(asked: Asked) -> list[Checked]:
    """All checks that a row asks for.

    Parameters
    ----------
    asked
        The row.

    Returns
    -------
    list of Checked
    """
    row = asked.row
    done: list[Checked] = []
    is_sum = row["service"] not in catalog.services().index and np.isfinite(row["per_1000"])
    if not is_sum:
        done.append(_presence(asked))
    if np.isfinite(row["walk_minutes"]):
        done.append(_walk(asked))
    if np.isfinite(row["service_radius_m"]):
        done.append(_radius(asked))
    sized = [name for name in ("floor_area_m2", "site_area_m2") if np.isfinite(row[f"min_{name}"])]
    done += [_area(asked, name) for name in sized]
    if np.isfinite(row["service_population"]):
        done.append(_count(asked))
    if np.isfinite(row["per_1000"]):
        done.append(_capacity(asked))
    return done


def _presence(asked: Asked) -> Checked:
    facts, words, row = asked.facts, asked.words, asked.row
    sure, possible = facts.inside(asked.sure), facts.inside(asked.possible)
    record = facts.record(row["service"])
    status, why, found = asked.blank(UNKNOWN), asked.blank(), asked.blank()
    basis = asked.blank("facilities" if asked.listed else "")
    is_place = bool({*asked.accepts} & {*catalog.services().index})
    replaced = _alternatives(asked)
    reached = None
    if np.isfinite(row["walk_minutes"]) and row["walk_minutes"] <= facts.study.minutes[-1]:
        reached = facts.walk(asked.accepts, row["walk_minutes"], asked.sure, asked.possible)
    for unit in range(len(facts.units)):
        found[unit] = words.text("inside").format(count=sure[unit])
        if not np.isnan(record[unit]) and not (sure[unit] > 0 and is_place):
            status[unit] = MET if record[unit] > 0 else NOT_MET
            why[unit] = "" if record[unit] > 0 else words.text("record_none")
            basis[unit] = "records"
            found[unit] = words.text("record_says").format(value=record[unit])
        elif not is_place:
            found[unit], why[unit] = words.text("nothing"), words.text("needs_record")
        elif not asked.listed:
            found[unit], why[unit] = words.text("nothing"), words.text("unlisted")
        elif sure[unit] > 0:
            status[unit] = MET
        elif possible[unit] > 0:
            why[unit] = words.text("unknown_sizes").format(count=possible[unit])
        else:
            status[unit], why[unit] = NOT_MET, _none_inside(asked, reached, unit)
        if status[unit] != MET and replaced[0][unit]:
            status[unit], why[unit] = replaced[0][unit], replaced[1][unit]
    size = row["counts_from_m2"]
    required = (
        words.text("presence").format(count=1)
        if np.isnan(size)
        else words.text("presence_size").format(size=whole(size))
    )
    one = np.ones(len(facts.units))
    figures = ("mandatory",) if np.isnan(size) else ("mandatory", "counts_from_m2")
    known = np.where(status == UNKNOWN, np.nan, np.where(np.isnan(record), sure, record))
    return Checked(
        "presence",
        figures,
        "facilities",
        status,
        asked.blank(required),
        found,
        why,
        one,
        known,
        basis=basis,
    )


def _none_inside(asked: Asked, reached: Reached | None, unit: int) -> str:
    """Why a unit has none, and whether its people reach one elsewhere."""
    if reached is None or not reached.people[unit] > 0 or not reached.covered[unit] > 0:
        return asked.words.text("none_inside")
    return asked.words.text("none_inside_reached").format(
        share=percent(reached.covered[unit] / reached.people[unit]),
        minutes=f"{asked.row['walk_minutes']:g}",
    )


def _alternatives(asked: Asked) -> tuple[Texts, Texts]:
    """Units where what a row allows instead stands, and how that is said."""
    status, why = asked.blank(), asked.blank()
    if not asked.row["alternative"]:
        return status, why
    service, count, size = asked.row["alternative"].split(":")
    rows = asked.facts.service == service
    floor = asked.facts.figure("floor_area_m2")
    large = asked.facts.inside(rows & (floor >= float(size)))
    unknown = asked.facts.inside(rows & np.isnan(floor))
    for unit in range(len(asked.facts.units)):
        if large[unit] >= float(count):
            status[unit] = MET
            why[unit] = asked.words.text("alternative").format(
                count=large[unit],
                service=catalog.service_name(service, asked.words.language),
                size=size,
            )
        elif large[unit] + unknown[unit] >= float(count):
            status[unit] = UNKNOWN
            why[unit] = asked.words.text("unknown_sizes").format(count=unknown[unit])
    return status, why


def _walk(asked: Asked) -> Checked:
    facts, words, minutes = asked.facts, asked.words, float(asked.row["walk_minutes"])
    longest = facts.study.minutes[-1]
    reason = ""
    if not asked.listed:
        reason = words.text("unlisted")
    elif not facts.on_streets(asked.accepts):
        reason = words.text("off_street")
    elif minutes > longest:
        reason = words.text("beyond").format(limit=f"{longest:g}")
    reached = facts.walk(asked.accepts, min(minutes, longest), asked.sure, asked.possible)
    target = _target(asked)
    shown = asked.row["walk_minutes_text"]
    required = words.text("walk").format(target=percent(target), minutes=shown)
    checked = _share_check(asked, "walk", reached, required, reason)
    checked.figures = ("walk_minutes", *checked.figures)
    checked.minutes = minutes
    return checked


def _radius(asked: Asked) -> Checked:
    radius_m = float(asked.row["service_radius_m"])
    reached = asked.facts.radius(asked.accepts, radius_m, asked.sure, asked.possible)
    reason = "" if asked.listed else asked.words.text("unlisted")
    shown = asked.row["service_radius_m_text"]
    required = asked.words.text("radius").format(target=percent(_target(asked)), radius=shown)
    checked = _share_check(asked, "radius", reached, required, reason)
    checked.figures = ("service_radius_m", *checked.figures)
    return checked


def _target(asked: Asked) -> float:
    own = float(asked.row["target_share"])
    return asked.target_share if math.isnan(own) else own


def _share_check(asked: Asked, check: str, reached: Reached, required: str, reason: str) -> Checked:
    """Verdicts on the share of people within reach; ``reason`` tells why nothing is known."""
    words, target = asked.words, _target(asked)
    share, most = shares(reached)
    status, found, why = asked.blank(UNKNOWN), asked.blank(), asked.blank()
    for unit in range(len(share)):
        found[unit] = words.people(reached.covered[unit], reached.people[unit])
        if reason:
            found[unit], why[unit] = words.text("nothing"), reason
        elif np.isnan(share[unit]):
            why[unit] = words.text("nobody")
        elif share[unit] >= target - 1e-9:
            status[unit] = MET
        elif most[unit] >= target - 1e-9:
            why[unit] = words.text("some_sizes")
        else:
            status[unit] = NOT_MET
            short = whole(reached.people[unit] - reached.covered[unit])
            why[unit] = (
                words.text("short_people").format(
                    short=short, minutes=f"{asked.row['walk_minutes']:g}"
                )
                if check == "walk"
                else words.text("outside_people").format(short=short)
            )
    stated = not math.isnan(float(asked.row["target_share"]))
    unknown = np.full(len(share), np.nan)
    return Checked(
        check,
        ("target_share",) if stated else (),
        "share",
        status,
        asked.blank(required),
        found,
        why,
        np.full(len(share), target),
        unknown if reason else share,
        people=reached.people,
        covered=unknown if reason else reached.covered,
    )


def _area(asked: Asked, figure: str) -> Checked:
    facts, words, row = asked.facts, asked.words, asked.row
    least = float(row[f"min_{figure}"])
    areas = facts.areas(figure, asked.possible)
    in_all = row["area_of"] == "total"
    known = areas.total if in_all else areas.largest
    replaced = _alternatives(asked)
    status, found, why = asked.blank(UNKNOWN), asked.blank(), asked.blank()
    for unit in range(len(known)):
        key = "total" if in_all else "largest"
        found[unit] = words.text(key).format(value=whole(known[unit]), count=areas.count[unit])
        if not asked.listed:
            found[unit], why[unit] = words.text("nothing"), words.text("unlisted")
        elif known[unit] >= least - 1e-9:
            status[unit] = MET
        elif areas.unknown[unit] > 0:
            why[unit] = words.text("unknown_sizes").format(count=areas.unknown[unit])
            if areas.unknown[unit] == areas.count[unit]:
                found[unit] = words.text("inside").format(count=areas.count[unit])
        else:
            status[unit] = NOT_MET
            why[unit] = words.text("none_inside" if not areas.count[unit] else "too_small")
            if in_all and areas.count[unit]:
                why[unit] = words.text("total_short").format(value=whole(least - known[unit]))
            if not areas.count[unit]:
                found[unit] = words.text("inside").format(count=0)
        if status[unit] != MET and replaced[0][unit]:
            status[unit], why[unit] = replaced[0][unit], replaced[1][unit]
    required = words.text(f"total_{figure}" if in_all else figure).format(
        figure=row[f"min_{figure}_text"]
    )
    settled = (areas.unknown < areas.count) | (areas.count == 0)
    shown = np.where(settled & asked.listed, known, np.nan)
    return Checked(
        figure.removesuffix("_m2"),
        (f"min_{figure}",),
        "m2",
        status,
        asked.blank(required),
        found,
        why,
        np.full(len(known), least),
        shown,
    )


def _count(asked: Asked) -> Checked:
    """One for so many people: enough if every one of them serves no more than the most stated."""
    facts, words, row = asked.facts, asked.words, asked.row
    fewest, most = float(row["service_population_low"]), float(row["service_population"])
    people = facts.people("people")
    inside = facts.inside(asked.sure)
    needed = np.where(people < fewest, 0.0, np.ceil(people / most - 1e-9))
    if math.isinf(most):  # only where so many live, and then one
        needed = (people > fewest).astype(float)
    status, required = asked.blank(UNKNOWN), asked.blank()
    found, why = asked.blank(), asked.blank()
    for unit in range(len(people)):
        each = row["service_population_text"]
        required[unit] = words.text("count").format(each=each, count=needed[unit])
        found[unit] = words.text("inside").format(count=inside[unit])
        if not asked.listed:
            found[unit], why[unit] = words.text("nothing"), words.text("unlisted")
        elif inside[unit] >= needed[unit]:
            status[unit] = MET
        else:
            status[unit] = NOT_MET
            why[unit] = words.text("fewer").format(count=needed[unit] - inside[unit])
    unknown = np.full(len(people), np.nan)
    return Checked(
        "count",
        ("service_population",),
        "facilities",
        status,
        required,
        found,
        why,
        needed,
        inside if asked.listed else unknown,
    )


def _capacity(asked: Asked) -> Checked:
    facts, words, row = asked.facts, asked.words, asked.row
    least, what = float(row["per_1000"]), str(row["per_1000_in"])
    whom, unit_name = words.text(f"whom_{row['per_1000_of']}"), words.text(f"unit_{what}")
    of = facts.people(row["per_1000_of"])
    # what belongs to a higher tier does not count for a lower one's figure per person
    size = (row["counts_from_m2"], row["counts_below_m2"])
    areas = facts.areas(what, facts.large_enough(asked.accepts, size)[1])
    total = areas.count if what == "facilities" else areas.total
    missing = np.zeros(len(of)) if what == "facilities" else areas.unknown
    rate = np.divide(total * 1000, of, out=np.full(len(of), np.nan), where=of > 0)
    status, found, why = asked.blank(UNKNOWN), asked.blank(), asked.blank()
    for unit in range(len(of)):
        shown = whole(rate[unit]) if np.isfinite(rate[unit]) else words.text("nothing")
        found[unit] = words.text("per_1000_found").format(whom=whom, value=shown, unit=unit_name)
        if not asked.listed:
            found[unit], why[unit] = words.text("nothing"), words.text("unlisted")
        elif np.isnan(of[unit]):
            found[unit], why[unit] = (
                words.text("nothing"),
                words.text("unknown_of").format(whom=whom),
            )
        elif not of[unit] > 0:
            found[unit], why[unit] = words.text("nothing"), words.text("nobody")
        elif rate[unit] >= least - 1e-9:
            status[unit] = MET
        elif missing[unit] > 0:
            why[unit] = words.text("unknown_capacities").format(count=missing[unit])
        else:
            status[unit], why[unit] = NOT_MET, words.text("lower")
    required = words.text("per_1000").format(whom=whom, figure=f"{least:g}", unit=unit_name)
    partly = (missing > 0) & (rate < least)
    return Checked(
        "capacity",
        ("per_1000",),
        "per_1000",
        status,
        asked.blank(required),
        found,
        why,
        np.full(len(of), least),
        np.where(partly | ~np.array(asked.listed), np.nan, rate),
    )
