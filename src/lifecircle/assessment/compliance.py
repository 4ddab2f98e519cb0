"""Compliance: every clause of a standard for every unit, ``met``, ``not met`` or ``unknown``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.assessment.choices import COMPARED, check_target, law_of
from lifecircle.assessment.compliance_asked import Asked, Checked
from lifecircle.assessment.compliance_checks import checks
from lifecircle.assessment.compliance_words import Words
from lifecircle.assessment.evaluation import Evaluation
from lifecircle.assessment.health_records import RecordBook
from lifecircle.assessment.study import Study
from lifecircle.assessment.unit_facts import UnitFacts
from lifecircle.assessment.unit_tiers import concerned, tier_confidence
from lifecircle.inputs.records import read_records
from lifecircle.standards.figures import least_sure, verify_mark
from lifecircle.standards.standard import Standard, confidence_of, find_standard, standards, tiers
from lifecircle.tables.findings import tell

# The first eight columns of compliance.csv are fixed; more may follow.
COMPLIANCE_COLUMNS = (
    "unit_id",
    "standard",
    "clause",
    "service",
    "status",
    "required",
    "found",
    "confidence",
    "check",
    "tier",
    "tier_basis",
    "mandatory",
    "why",
    "verify",
    "choice",
    "segment",
    "walker",
    "minutes",
    "required_value",
    "found_value",
    "value_unit",
    "people",
    "covered_people",
    "name",
    "accepts",
    "source",
    "radius_m",
    "counts_from_m2",
    "counts_below_m2",
    "per_1000_in",
    "target_from",
    "figure_clause",
    "basis",
)


def check_compliance(
    evaluation: Evaluation,
    *,
    standards: Iterable[str | Standard] | str | Standard | None = None,
    records: pd.DataFrame | None = None,
    target_share: float | None = None,
) -> pd.DataFrame:
    """Hold every unit against every clause of a standard.

    Tiers are not inclusive: a unit of the size of a 15-minute circle is held against the lower
    tiers as well. A unit has a tier if its people or its land reach the lowest figure of it;
    ``tier_basis`` tells which. Rows of tiers that a unit does not reach are left out.

    Parameters
    ----------
    evaluation
        What :func:`lifecircle.evaluate` found.
    standards
        Codes, or planner's own standards; that of the evaluation if not given.
    records
        What no facilities table can show, such as property service, as
        :func:`lifecircle.read_records` takes them; the study's own if not given. The latest of
        each counts; those of communities add up to their circle.
    target_share
        Share of residents within reach that is enough where the clause states none; the study's
        own, else 1: a service radius is meant for every resident.

    Returns
    -------
    DataFrame
        One row per unit × standard × clause × service × check, in the order of the standard:
        ``status`` (``met``, ``not met``, ``unknown``), ``required`` and ``found`` in words and as
        numbers in ``value_unit``, ``why``, ``confidence`` of the figures that the verdict rests on
        (the weakest), ``verify`` (a mark wherever that is not ``seen``), ``choice`` where standards
        disagree, and for walks and radii whose ``people`` were measured. ``radius_m`` is the radius
        that was used, ``counts_from_m2`` and ``counts_below_m2`` the site area from and below
        which facilities count, ``per_1000_in`` what is counted per 1000 people, ``basis`` whether
        the verdict rests on ``facilities`` or on ``records``, ``figure_clause`` where the
        figure that was used stands (that of the chosen standard, where the planner chose another),
        ``target_from`` who says what share is enough: the ``clause``, the ``study``, or nobody
        (``default``: all).

        ``check`` is ``presence`` (inside the unit), ``walk`` (share of residents within the
        minutes, on streets), ``radius`` (the same in a straight line), ``floor_area`` and
        ``site_area`` (of the largest inside, or of all), ``count`` (one per so many people) or
        ``capacity`` (per 1000 people).

    Raises
    ------
    UnknownNameError
        If there is no such standard.
    InputError
        If the target share is none.

    Notes
    -----
    Unknown is never met and never 0: a service that the facilities table does not list anywhere, a
    size that is not filled in where the known ones do not settle it, a walk longer than the study
    looks, people who are not counted.

    Examples
    --------
    >>> from lifecircle import evaluate, load_demo
    >>> table = check_compliance(evaluate(load_demo()))
    >>> sorted(table["status"].unique())
    ['met', 'not met', 'unknown']
    >>> bool((table["clause"] != "").all() and (table["confidence"] != "").all())
    True
    """
    study = evaluation.study
    facts = UnitFacts(evaluation)
    facts.take_records(_on_record(study, records))
    target = check_target(study.target_share if target_share is None else target_share)
    words = Words(study.language)
    parts: list[dict[str, Any]] = []
    _doubt_minutes(study, _chosen(evaluation, standards))
    for standard in _chosen(evaluation, standards):
        units = concerned(evaluation, standard)
        sure = {
            (tier, basis): tier_confidence(standard, tier, basis)
            for tier, here in units.items()
            for basis in {*here.values()}
        }
        for row in standard.rows().to_dict("records"):
            used, replaced = _with_choice(row, study.choices)
            asked = Asked(used, facts, words, target, _top(row["tier"], units, len(facts.units)))
            here = units.get(row["tier"], dict.fromkeys(range(len(facts.units)), ""))
            for checked in checks(asked):
                choice = _choice_text(row, used, checked, replaced, words) if here else ""
                told = _Told(asked, checked, replaced, choice)
                parts += [
                    told.row(unit, basis, sure.get((row["tier"], basis), "seen"))
                    for unit, basis in here.items()
                ]
    table = pd.DataFrame(parts, columns=list(COMPLIANCE_COLUMNS))
    order = {unit_id: place for place, unit_id in enumerate(evaluation.units["unit_id"])}
    return table.sort_values("unit_id", key=lambda ids: ids.map(order), kind="stable").reset_index(
        drop=True
    )


def _doubt_minutes(study: Study, chosen: Iterable[Standard]) -> None:
    """Tell which walks are longer than the study looks."""
    longest = study.minutes[-1]
    for standard in chosen:
        rows = standard.rows()
        over = rows.loc[rows["walk_minutes"] > longest, "walk_minutes"]
        if len(over):
            tell(
                f"{standard}: {len(over)} of {len(rows)} rows ask for walks of up to "
                f"{over.max():g} min, but the study looks no further than {longest:g}. They are "
                f"unknown; add {over.max():g} to minutes."
            )


def _on_record(study: Study, given: pd.DataFrame | None) -> pd.DataFrame | None:
    """Records of every unit, those of communities added up to their circle."""
    records = study.extras.get("records") if given is None else given
    if records is None:
        return None
    known = read_records(records, units=study.units)
    return RecordBook(known, study.units, None, study.language).frame()


def _top(tier: str, units: Mapping[str, Mapping[int, str]], count: int) -> NDArray[np.bool_]:
    """Units that are held against no tier above one."""
    top = np.ones(count, dtype=bool)
    order = list(units)
    for above in order[order.index(tier) + 1 :] if tier in units else ():
        top[list(units[above])] = False
    return top


class _Told:
    """Rows of the table that one check makes."""

    def __init__(
        self,
        asked: Asked,
        checked: Checked,
        replaced: Mapping[str, Mapping[str, str]],
        choice: str,
    ) -> None:
        self.asked, self.checked, self.choice = asked, checked, choice
        row = asked.row
        compared = [name for name in checked.figures if name in replaced]
        chosen = replaced[compared[0]] if compared else row
        self.figure_clause, self.source = str(chosen["clause"]), str(chosen["source"])
        stated = not np.isnan(row["target_share"])
        given = "study" if asked.target_share < 1 else "default"
        self.target_from = ("clause" if stated else given) if checked.unit == "share" else ""
        every = confidence_of(row, *checked.figures) if checked.figures else "own"
        fewer = [name for name in checked.figures if name != "counts_below_m2"]
        self.confidences = every, confidence_of(row, *fewer) if fewer else every
        self.segment, self.walker = asked.facts.walked_by(asked.accepts)
        self.ids = asked.facts.units["unit_id"].to_numpy()
        self.names = asked.facts.units["name"].to_numpy()

    def row(self, unit: int, basis: str, tier_confidence: str) -> dict[str, Any]:
        checked, row = self.checked, self.asked.row
        bounded = checked.below is not None and np.isfinite(checked.below[unit])
        confidence = least_sure(self.confidences[0 if bounded else 1], tier_confidence)
        walked = checked.check == "walk"
        return {
            "unit_id": self.ids[unit],
            "standard": row["standard"],
            "clause": row["clause"],
            "service": row["service"],
            "status": checked.status[unit],
            "required": checked.required[unit],
            "found": checked.found[unit],
            "confidence": confidence,
            "check": checked.check,
            "tier": row["tier"],
            "tier_basis": basis,
            "mandatory": row["mandatory"],
            "why": checked.why[unit],
            "verify": verify_mark(confidence),
            "choice": self.choice,
            "segment": self.segment if checked.people is not None else "",
            "walker": self.walker if walked else "",
            "minutes": checked.minutes,
            "required_value": checked.required_value[unit],
            "found_value": checked.found_value[unit],
            "value_unit": checked.unit,
            "people": np.nan if checked.people is None else checked.people[unit],
            "covered_people": np.nan if checked.covered is None else checked.covered[unit],
            "name": self.names[unit],
            "accepts": ";".join(self.asked.accepts)
            if checked.accepts is None
            else checked.accepts[unit],
            "source": self.source,
            "radius_m": row["service_radius_m"] if checked.check == "radius" else np.nan,
            "counts_from_m2": row["counts_from_m2"],
            "counts_below_m2": np.nan if checked.below is None else checked.below[unit],
            "per_1000_in": row["per_1000_in"] if checked.check == "capacity" else "",
            "target_from": self.target_from,
            "figure_clause": self.figure_clause,
            "basis": "facilities" if checked.basis is None else checked.basis[unit],
        }


def _chosen(
    evaluation: Evaluation, given: Iterable[str | Standard] | str | Standard | None
) -> list[Standard]:
    if given is None:
        return [evaluation.rulebook]
    listed = [given] if isinstance(given, str | Standard) else list(given)
    found = [law_of(standard) for standard in listed]
    return list({standard.code: standard for standard in found}.values())


def _with_choice(
    row: Mapping[Any, Any], choices: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """Row with the figures of the standard that the planner chose, and where these stand."""
    used = dict(row)
    code = choices.get(row["service"])
    if code is None or code == row["standard"]:
        return used, {}
    replaced: dict[str, dict[str, str]] = {}
    sure = dict(row["figure_confidence"])
    for figure in COMPARED:
        stated = [one for one in _stated(figure).get(row["service"], ()) if one["code"] == code]
        if not stated or not np.isfinite(row[figure]):
            continue
        other = stated[0]
        used |= {figure: other["value"], f"{figure}_text": other["text"]}
        sure[figure] = other["confidence"]
        replaced[figure] = {"clause": f"{code} {other['clause']}", "source": other["source"]}
    if "service_radius_m" in replaced and row["figure_confidence"].get("walk_minutes") == "derived":
        # GB 50180 states radii; their minutes follow from 3.0.4
        used["walk_minutes"] = _minutes_of(float(used["service_radius_m"]))
        used["walk_minutes_text"] = f"{used['walk_minutes']:g}"
        radius = replaced["service_radius_m"]
        replaced["walk_minutes"] = {
            "clause": f"{radius['clause']}; GB50180-2018 3.0.4",
            "source": radius["source"],
        }
        sure["walk_minutes"] = least_sure("derived", sure["service_radius_m"])
    used["figure_confidence"] = sure
    return used, replaced


def _minutes_of(radius_m: float) -> float:
    """Walking time that GB 50180-2018 sets beside a radius, the next one up."""
    table = tiers("GB50180-2018")
    enough = table.loc[table["radius_m"] >= radius_m, "minutes"]
    return float(enough.min()) if len(enough) else np.nan


def _choice_text(
    row: Mapping[Any, Any],
    used: Mapping[Any, Any],
    checked: Checked,
    replaced: Mapping[str, Mapping[str, str]],
    words: Words,
) -> str:
    """Where standards disagree about the figure of a check: whose was used."""
    figure = next((name for name in checked.figures if name in COMPARED), "")
    if "walk_minutes" in replaced and checked.check == "walk":
        figure = "service_radius_m"
    if not figure or not np.isnan(row["counts_from_m2"]):
        return ""
    own = words.text(f"figure_{figure}").format(figure=row[f"{figure}_text"])
    if figure in replaced:
        chosen = words.text(f"figure_{figure}").format(figure=used[f"{figure}_text"])
        if "walk_minutes" in replaced:
            chosen += words.text("and_walk").format(minutes=used["walk_minutes"])
        return words.text("choice").format(
            chosen=f"{replaced[figure]['clause']}：{chosen}", other=f"{row['standard']}：{own}"
        )
    other = words.text(f"figure_{figure}")
    others = [
        f"{one['code']} {other.format(figure=one['text'])}"
        for one in _stated(figure).get(row["service"], ())
        if one["code"] != row["standard"] and one["value"] != row[figure]
    ]
    if not others:
        return ""
    return words.text("others").format(
        own=own, others=words.text("list").join(dict.fromkeys(others))
    )


@cache
def _stated(figure: str) -> dict[str, list[dict[str, Any]]]:
    """What all packaged standards state of a figure, by service."""
    found: dict[str, list[dict[str, Any]]] = {}
    for code in standards().index:
        for row in find_standard(code).rows().to_dict("records"):
            plain = np.isnan(row["counts_from_m2"]) and row["area_of"] != "total"
            if not np.isfinite(row[figure]) or not plain:
                continue
            found.setdefault(row["service"], []).append(
                {
                    "code": code,
                    "clause": row["clause"],
                    "value": row[figure],
                    "text": row[f"{figure}_text"],
                    "confidence": confidence_of(row, figure),
                    "source": row["source"],
                }
            )
    return found
