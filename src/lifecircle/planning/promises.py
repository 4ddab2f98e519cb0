"""What was promised, beside what an evaluation of the study as it would be finds.

Siting and the list of projects count from walks to sites and from openings one by one. Here the
same people are counted from the two full evaluations of a comparison instead.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.assessment.evaluation import Evaluation
from lifecircle.errors import InputError
from lifecircle.planning.actions import AddFacility
from lifecircle.planning.comparison import Comparison
from lifecircle.planning.heads import SEGMENTS
from lifecircle.planning.needs import Need, Needs
from lifecircle.planning.scenarios import Scenario
from lifecircle.planning.siting import SitingResult

Flags = NDArray[np.bool_]
_SIZES = ("capacity", "floor_area_m2", "site_area_m2")


def siting_scenario(result: SitingResult, *, name: str = "") -> Scenario:
    """Scenario that builds on the sites that were chosen.

    Parameters
    ----------
    result
        What :func:`lifecircle.site_facilities` found.
    name
        What the scenario is called.

    Returns
    -------
    Scenario
        One new facility per site and service, with the id of both, such as
        ``"S01 elderly_day_care"``.

    Raises
    ------
    InputError
        If the sites have no places, as those of :func:`lifecircle.locate`.

    Examples
    --------
    >>> from lifecircle import load_demo, site_facilities
    >>> found = site_facilities(load_demo(), "托儿所", count=2)
    >>> siting_scenario(found, name="托儿所选址")
    Scenario 托儿所选址: 2 add_facility
    """
    if result.additions is None:
        raise InputError(
            "siting: these sites have no places and no service. Take what site_facilities() found."
        )
    actions = []
    points = result.additions.geometry.to_crs(4326)
    for row, point in zip(result.additions.to_dict("records"), points, strict=True):
        sizes = {name: None if pd.isna(row[name]) else float(row[name]) for name in _SIZES}
        actions.append(
            AddFacility(
                str(row["service"]),
                (float(point.x), float(point.y)),
                facility_id=f"{row['site_id']} {row['service']}",
                name=str(row["name"]),
                **sizes,
            )
        )
    return Scenario(actions, name=name)


def siting_found(result: SitingResult, comparison: Comparison) -> pd.DataFrame:
    """People within the walk before and after, as siting promised and as evaluation found.

    Parameters
    ----------
    result
        What :func:`lifecircle.site_facilities` found.
    comparison
        The study and :func:`lifecircle.siting_scenario` of the result, compared.

    Returns
    -------
    DataFrame
        Per service and segment of residents: ``service, segment, walker, minutes, counts`` (whether
        siting counted this segment), ``people``, ``within_people_before``, ``within_people_after``,
        ``within_people_change`` of both evaluations, over homes in at least one unit;
        ``promised_before``, ``promised_after`` and ``difference_people`` (after) where siting
        counted. What the evaluations do not tell is missing: walks longer than the study looks, a
        service that no table listed before.

    Raises
    ------
    InputError
        If the result names no services.

    Examples
    --------
    >>> from lifecircle import compare, load_demo, site_facilities
    >>> study = load_demo()
    >>> found = site_facilities(study, "托儿所", count=2)
    >>> table = siting_found(found, compare(study, siting_scenario(found)))
    >>> table["difference_people"].dropna().to_list()
    [0.0]
    """
    if result.by_service is None:
        raise InputError("siting: this result names no services. Take what site_facilities() gave.")
    before, after = comparison.before.evaluation, comparison.after.evaluation
    residents = before.study.residents
    inside = np.zeros(len(residents), dtype=bool)
    inside[before.study.members()[0]] = True
    lost = before.residents["unsnapped"].to_numpy(dtype=bool)
    rows = []
    for asked in result.by_service.to_dict("records"):
        service, walker, minutes = asked["service"], asked["walker"], asked["minutes"]
        sides = [_within(one, walker, [service], minutes) for one in (before, after)]
        segments = dict.fromkeys((asked["segment"], *SEGMENTS))
        for segment in (name for name in segments if name in residents):
            weight = np.where(inside & ~lost, residents[segment].to_numpy(dtype=float), 0.0)
            weight = np.nan_to_num(weight)
            here = [np.nan if side is None else float(weight[side].sum()) for side in sides]
            counted = segment == asked["segment"]
            promised = (
                (asked["existing_people"], asked["covered_people"]) if counted else (np.nan,) * 2
            )
            rows.append(
                {
                    "service": service,
                    "segment": segment,
                    "walker": walker,
                    "minutes": minutes,
                    "counts": counted,
                    "people": float(weight.sum()),
                    "within_people_before": here[0],
                    "within_people_after": here[1],
                    "within_people_change": here[1] - here[0],
                    "promised_before": promised[0],
                    "promised_after": promised[1],
                    "difference_people": here[1] - promised[1],
                }
            )
    return pd.DataFrame(rows)


def needs_found(comparison: Comparison) -> pd.DataFrame:
    """Needs that are met before and after, as the evaluations of a comparison find.

    Parameters
    ----------
    comparison
        The study and :func:`lifecircle.projects_scenario` of the chosen projects, compared.

    Returns
    -------
    DataFrame
        Per need, as :func:`lifecircle.list_projects` counts them: ``service``, ``services`` that
        would do, ``standard``, ``clause``, ``segment``, ``walker``, ``minutes``, ``people`` in the
        units in which it is not met today, ``met_people_before``, ``met_people_after`` and
        ``met_people_change`` of them.

    Examples
    --------
    >>> from lifecircle import compare, evaluate, health_check, list_projects, load_demo
    >>> from lifecircle import projects_scenario
    >>> check = health_check(evaluate(load_demo()))
    >>> projects = list_projects(check, budget_cny=3_000_000, openings=0)
    >>> chosen = projects[projects["chosen"]]
    >>> found = needs_found(compare(check, projects_scenario(chosen)))
    >>> bool(found["met_people_change"].sum() == chosen["added_people"].sum())
    True
    """
    needs = Needs(comparison.before)
    rows = []
    for number, need in enumerate(needs.all):
        weight = np.where(needs.concerned[number], needs.weight(number), 0.0)
        met = [
            _met(side.evaluation, need, len(weight))
            for side in (comparison.before, comparison.after)
        ]
        here = [float(weight[side].sum()) for side in met]
        rows.append(
            {
                "service": need.service,
                "services": ";".join(need.accepts),
                "standard": need.standard,
                "clause": need.clause,
                "segment": need.segment,
                "walker": need.walker.name,
                "minutes": need.minutes,
                "people": float(weight.sum()),
                "met_people_before": here[0],
                "met_people_after": here[1],
                "met_people_change": here[1] - here[0],
            }
        )
    columns = ["service", "services", "standard", "clause", "segment", "walker", "minutes"]
    columns += ["people", "met_people_before", "met_people_after", "met_people_change"]
    return pd.DataFrame(rows, columns=columns)


def _met(evaluation: Evaluation, need: Need, homes: int) -> Flags:
    """Whether each home has a need met; not where nothing that would do is known."""
    found = _within(evaluation, need.walker.name, need.accepts, need.minutes)
    return np.zeros(homes, dtype=bool) if found is None else found


def _within(evaluation: Evaluation, walker: str, services: Any, minutes: float) -> Flags | None:
    """Whether each home reaches any of some services; ``None`` where the evaluation cannot tell."""
    facilities = evaluation.facilities
    here = set(facilities.loc[~facilities["unsnapped"], "service"])
    known = [name for name in services if name in here]
    times = evaluation.times.get(walker)
    if not known or times is None or minutes > times.limit_min:
        return None
    nearest = times.nearest(evaluation.study.facilities["service"].to_numpy())[known]
    return np.asarray((nearest <= np.float32(minutes)).any(axis=1))
