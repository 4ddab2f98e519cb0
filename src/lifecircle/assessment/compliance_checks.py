"""The checks of one row of a standard: whether it is there, near, large and many enough.

Each check answers for all units at once. A verdict is ``met``, ``not met`` or ``unknown``; what is
not known is never taken for either.
"""

from __future__ import annotations

import math

import numpy as np

from lifecircle.assessment.compliance_asked import MET, NOT_MET, UNKNOWN, Asked, Checked, Texts
from lifecircle.assessment.compliance_sizes import (
    alternatives,
    area_check,
    capacity_check,
    count_check,
    sized_by,
)
from lifecircle.assessment.compliance_words import percent, whole
from lifecircle.assessment.unit_facts import Reached, shares
from lifecircle.standards import catalog


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
    counted = np.isfinite(row["service_population_low"])  # how many must be there, perhaps none
    if not is_sum and not counted:
        done.append(_presence(asked))
    if np.isfinite(row["walk_minutes"]):
        done.append(_walk(asked))
    if np.isfinite(row["service_radius_m"]):
        done.append(_radius(asked))
    sized = [name for name in ("floor_area_m2", "site_area_m2") if np.isfinite(row[f"min_{name}"])]
    done += [area_check(asked, name) for name in sized]
    if counted:
        done.append(count_check(asked))
    if np.isfinite(row["per_1000"]):
        done.append(capacity_check(asked))
    return done


def _presence(asked: Asked) -> Checked:
    facts, words, row = asked.facts, asked.words, asked.row
    sure, possible = facts.inside(asked.sure), facts.inside(asked.possible)
    every = facts.inside(np.isin(facts.service, asked.accepts))
    record = facts.record(row["service"])
    record = np.where(np.isnan(record), facts.record(f"{row['service']}_m2"), record)
    status, why, found = asked.blank(UNKNOWN), asked.blank(), asked.blank()
    basis = asked.blank("facilities" if asked.listed else "")
    # what is no service, such as a slow-traffic system, is not there because a bus stop is
    is_place = row["service"] in catalog.services().index
    replaced = alternatives(asked)
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
        elif every[unit] > 0:
            status[unit], why[unit] = NOT_MET, words.text("too_small")
            found[unit] = words.text("inside").format(count=every[unit])
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
    figures = ("mandatory", *sized_by(row))
    known = np.where(basis == "records", record, sure)
    known[status == UNKNOWN] = np.nan
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
    reached, accepts = _with_alternative(asked, min(minutes, longest))
    reasons = asked.blank(reason)
    if not asked.listed:  # where others stand instead, these are walked to
        reasons[alternatives(asked)[0] == MET] = ""
    target = _target(asked)
    shown = asked.row["walk_minutes_text"]
    required = words.text("walk").format(target=percent(target), whom=_whom(asked), minutes=shown)
    checked = _share_check(asked, "walk", reached, required, reasons)
    checked.figures = ("walk_minutes", *checked.figures)
    checked.minutes, checked.accepts = minutes, accepts
    return checked


def _with_alternative(asked: Asked, minutes: float) -> tuple[Reached, Texts]:
    """Who reaches a facility, and of which services; where others stand instead, of those too."""
    facts = asked.facts
    plain = facts.walk(asked.accepts, minutes, asked.sure, asked.possible)
    accepts = asked.blank(";".join(asked.accepts))
    instead = alternatives(asked)[0] == MET
    if not instead.any():
        return plain, accepts
    service = asked.row["alternative"].split(":")[0]
    others = facts.service == service
    more = facts.walk(asked.accepts, minutes, asked.sure | others, asked.possible | others)
    accepts[instead] = ";".join(dict.fromkeys([*asked.accepts, service]))
    reached = Reached(
        *(
            np.where(instead, getattr(more, name), getattr(plain, name))
            for name in ("people", "covered", "covered_at_most", "unmeasured")
        )
    )
    return reached, accepts


def _radius(asked: Asked) -> Checked:
    radius_m = float(asked.row["service_radius_m"])
    reached = asked.facts.radius(asked.accepts, radius_m, asked.sure, asked.possible)
    reasons = asked.blank("" if asked.listed else asked.words.text("unlisted"))
    shown = asked.row["service_radius_m_text"]
    required = asked.words.text("radius").format(
        target=percent(_target(asked)), whom=_whom(asked), radius=shown
    )
    checked = _share_check(asked, "radius", reached, required, reasons)
    checked.figures = ("service_radius_m", *checked.figures)
    return checked


def _whom(asked: Asked) -> str:
    return asked.words.text(f"segment_{asked.facts.walked_by(asked.accepts)[0]}")


def _target(asked: Asked) -> float:
    own = float(asked.row["target_share"])
    return asked.target_share if math.isnan(own) else own


def _share_check(
    asked: Asked, check: str, reached: Reached, required: str, reasons: Texts
) -> Checked:
    """Verdicts on the share of people within reach; ``reasons`` tell where nothing is known."""
    words, target = asked.words, _target(asked)
    share, least, most = shares(reached)
    status, found, why = asked.blank(UNKNOWN), asked.blank(), asked.blank()
    for unit in range(len(share)):
        found[unit] = words.people(reached.covered[unit], reached.people[unit])
        if reasons[unit]:
            found[unit], why[unit] = words.text("nothing"), reasons[unit]
        elif np.isnan(most[unit]):
            why[unit] = words.text("nobody")
        elif least[unit] >= target - 1e-9:
            status[unit] = MET
        elif most[unit] >= target - 1e-9:
            why[unit] = _open(asked, reached, unit)
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
    known = reasons == ""
    return Checked(
        check,
        ("target_share",) if stated else (),
        "share",
        status,
        asked.blank(required),
        found,
        why,
        np.full(len(share), target),
        np.where(known, share, np.nan),
        people=reached.people,
        covered=np.where(known, reached.covered, np.nan),
    )


def _open(asked: Asked, reached: Reached, unit: int) -> str:
    """Why a share could still be enough."""
    if reached.unmeasured[unit] > 0:
        count = whole(reached.unmeasured[unit])
        return asked.words.text("far_people").format(count=count)
    astray = bool((asked.possible & ~asked.facts.near_street).any())
    return asked.words.text("astray" if astray else "some_sizes")
