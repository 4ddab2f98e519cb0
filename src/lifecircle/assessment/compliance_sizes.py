"""Checks of what stands in a unit: areas, numbers, and how much there is per 1000 people."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lifecircle.assessment.compliance_asked import MET, NOT_MET, UNKNOWN, Asked, Checked, Texts
from lifecircle.assessment.compliance_words import whole
from lifecircle.assessment.unit_facts import Numbers, Rows
from lifecircle.standards import catalog


def alternatives(asked: Asked) -> tuple[Texts, Texts]:
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


def sized_by(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Figure that says which sites are large enough, where a row has one."""
    return () if math.isnan(row["counts_from_m2"]) else ("counts_from_m2",)


def area_check(asked: Asked, figure: str) -> Checked:
    """Whether the largest facility inside, or all together, are large enough.

    Parameters
    ----------
    asked
        The row.
    figure
        ``floor_area_m2`` or ``site_area_m2``.

    Returns
    -------
    Checked
    """
    facts, words, row = asked.facts, asked.words, asked.row
    least = float(row[f"min_{figure}"])
    if row["service"] not in catalog.services().index:
        return _on_record(asked, figure, least)
    areas = facts.areas(figure, np.isin(facts.service, asked.accepts))
    in_all = row["area_of"] == "total"
    known = areas.total if in_all else areas.largest
    replaced = alternatives(asked)
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


def _on_record(asked: Asked, figure: str, least: float) -> Checked:
    """Area of what no facilities table shows, such as a management room."""
    words, value = asked.words, asked.facts.record(f"{asked.row['service']}_m2")
    status, found, why = asked.blank(UNKNOWN), asked.blank(words.text("nothing")), asked.blank()
    for unit in range(len(value)):
        if np.isnan(value[unit]):
            why[unit] = words.text("needs_record")
            continue
        found[unit] = words.text("record_says").format(value=value[unit])
        status[unit] = MET if value[unit] >= least else NOT_MET
        why[unit] = "" if status[unit] == MET else words.text("lower")
    required = words.text(figure).format(figure=asked.row[f"min_{figure}_text"])
    return Checked(
        figure.removesuffix("_m2"),
        (f"min_{figure}",),
        "m2",
        status,
        asked.blank(required),
        found,
        why,
        np.full(len(value), least),
        value,
        basis=np.where(np.isnan(value), "", "records").astype(object),
    )


def count_check(asked: Asked) -> Checked:
    """One for so many people: enough if every one of them serves no more than the most stated."""
    facts, words, row = asked.facts, asked.words, asked.row
    fewest, most = float(row["service_population_low"]), float(row["service_population"])
    people = facts.people("people")
    inside = facts.inside(asked.sure)
    least = fewest if fewest < most else 0.0  # a plain number is for so many, or fewer
    needed = np.where(people < least, 0.0, np.ceil(people / most - 1e-9))
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
        elif not people[unit] > 0:
            why[unit] = words.text("nobody")
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


def capacity_check(asked: Asked) -> Checked:
    """Whether there is enough per 1000 people.

    Parameters
    ----------
    asked
        The row.

    Returns
    -------
    Checked
    """
    facts, words, row = asked.facts, asked.words, asked.row
    least, what = float(row["per_1000"]), str(row["per_1000_in"])
    whom, unit_name = words.text(f"whom_{row['per_1000_of']}"), words.text(f"unit_{what}")
    of = facts.people(row["per_1000_of"])
    total, missing, bounded = _sums(asked, what)
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
            if not total[unit] > 0:
                found[unit] = words.text("nothing")
            why[unit] = words.text("unknown_capacities").format(count=missing[unit])
        else:
            status[unit], why[unit] = NOT_MET, words.text("lower")
    required = asked.blank(
        words.text("per_1000").format(whom=whom, figure=f"{least:g}", unit=unit_name)
    )
    if not math.isnan(row["counts_from_m2"]):
        size = {"least": whole(row["counts_from_m2"]), "below": row["counts_below_m2_text"]}
        for unit in range(len(of)):
            key = "size_between" if bounded[unit] else "size_from"
            required[unit] += words.text(key).format(**size)
    partly = (missing > 0) & (rate < least)
    return Checked(
        "capacity",
        ("per_1000", *sized_by(row), *(("counts_below_m2",) if bounded.any() else ())),
        "per_1000",
        status,
        required,
        found,
        why,
        np.full(len(of), least),
        np.where(partly | ~np.array(asked.listed), np.nan, rate),
        below=np.where(bounded, row["counts_below_m2"], np.nan),
    )


def _sums(asked: Asked, what: str) -> tuple[Numbers, Numbers, Rows]:
    """Sum of a figure in each unit, how many lack it, and where larger sites do not count.

    What belongs to a higher tier does not count for a lower one's figure per person; where a unit
    is held against no higher tier, there is none to count it.
    """
    row, facts = asked.row, asked.facts
    sums = []
    for below in (row["counts_below_m2"], math.nan):
        _, possible = facts.large_enough(asked.accepts, (row["counts_from_m2"], below))
        areas = facts.areas(what, possible)
        plain = what == "facilities"
        none = np.zeros(len(facts.units))
        sums.append((areas.count if plain else areas.total, none if plain else areas.unknown))
    bounded = ~asked.top & (not math.isnan(row["counts_below_m2"]))
    (total, missing), (all_total, all_missing) = sums
    return (
        np.where(bounded, total, all_total),
        np.where(bounded, missing, all_missing),
        np.asarray(bounded, dtype=bool),
    )
