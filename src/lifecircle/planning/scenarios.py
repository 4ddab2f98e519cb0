"""What if: a study with facilities, gates, walls and streets as they could be.

A scenario makes a new study that goes in again by the front door; nothing is patched.
"""

from __future__ import annotations

import html
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from lifecircle.assessment.study import Study
from lifecircle.crs import WGS84
from lifecircle.errors import InputError, LifecircleWarning, collected_warnings
from lifecircle.planning.actions import (
    WORDS,
    Action,
    AddFacility,
    CloseFacility,
    ExtendCapacity,
    MoveFacility,
)
from lifecircle.planning.problems import Problems
from lifecircle.planning.streets import changed_streets


@dataclass(frozen=True, eq=False, repr=False)
class Scenario:
    """Changes that are looked at together.

    Parameters
    ----------
    actions
        :class:`AddFacility`, :class:`CloseFacility`, :class:`MoveFacility`,
        :class:`ExtendCapacity`, :class:`OpenGate`, :class:`RemoveWall`, :class:`ConnectStreets`
        and :class:`AddCrossing`, in any order.
    name
        What it is called on everything written.
    source
        What it was read from: path, sha256 and the like; kept for the manifest.

    Raises
    ------
    InputError
        If an action is none.

    Examples
    --------
    >>> from lifecircle.planning.actions import OpenGate
    >>> Scenario([OpenGate("G001")], name="开放北门")
    Scenario 开放北门: 1 open_gate
    """

    actions: tuple[Action, ...]
    name: str = ""
    source: dict[str, Any] | None = None

    def __init__(
        self,
        actions: Action | Iterable[Action],
        name: str = "",
        source: dict[str, Any] | None = None,
    ) -> None:
        listed: Any = [actions] if type(actions) in WORDS else actions
        if isinstance(listed, str) or not isinstance(listed, Iterable):
            raise InputError(f"scenario: {actions!r} is no action and no list of actions.")
        chosen = tuple(listed)
        strange = [repr(one) for one in chosen if type(one) not in WORDS]
        if strange:
            raise InputError(
                f"scenario: {len(strange)} of {len(chosen)} actions are none ({strange[0][:80]}). "
                f"Actions are {', '.join(kind.__name__ for kind in WORDS)}."
            )
        object.__setattr__(self, "actions", chosen)
        object.__setattr__(self, "name", str(name))
        object.__setattr__(self, "source", source)

    def __repr__(self) -> str:
        counts: dict[str, int] = {}
        for action in self.actions:
            counts[WORDS[type(action)]] = counts.get(WORDS[type(action)], 0) + 1
        told = ", ".join(f"{count} {word}" for word, count in counts.items()) or "nothing"
        return f"Scenario{' ' + self.name if self.name else ''}: {told}"

    def _repr_html_(self) -> str:
        """Card for notebooks."""
        rows = "".join(f"<li>{html.escape(repr(action))}</li>" for action in self.actions[:30])
        more = f"<p>… {len(self.actions):,}</p>" if len(self.actions) > 30 else ""
        return f"<h4>{html.escape(repr(self))}</h4><ul>{rows}</ul>{more}"


def apply_scenario(study: Study, scenario: Scenario | Action | Iterable[Action]) -> Study:
    """The study as it would be.

    Facilities that are added stand behind the others. A gate that is opened keeps its place; where
    a wall is opened there is a new gate, ``opening 1`` and so on. New ways are links that nobody
    joins: homes go on joining the streets where they did, so that no opening makes a walk longer.

    Parameters
    ----------
    study
        Today.
    scenario
        What changes.

    Returns
    -------
    Study
        New; the one that was given is unchanged.

    Raises
    ------
    InputError
        If an action cannot be done: a service, facility or gate that does not exist, a place that
        no street is near to, a wall that is not there, two actions on one facility; all problems
        at once.
    UnknownNameError
        If that is a single name that is not known; the nearest names are told.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> from lifecircle.planning.actions import AddFacility, OpenGate
    >>> study = load_demo()
    >>> canteen = AddFacility("community_canteen", (112.9910, 28.1655))
    >>> changed = apply_scenario(study, [canteen, OpenGate("G001")])
    >>> len(changed.facilities) - len(study.facilities)
    1
    """
    chosen = scenario if isinstance(scenario, Scenario) else Scenario(scenario)
    problems = Problems(chosen.actions)
    facilities = _changed_facilities(study, chosen, problems)
    known = {*study.notes}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", LifecircleWarning)
        network, extras = changed_streets(study, chosen.actions, problems)
        problems.stop()
        changed = replace(
            study,
            facilities=facilities,
            network=network,
            extras=extras,
            name=" · ".join(part for part in (study.name, chosen.name) if part),
            sources={**study.sources, **({"scenario": chosen.source} if chosen.source else {})},
        )
    known |= _told_before(study)
    told = [str(one.message) for one in caught if issubclass(one.category, LifecircleWarning)]
    fresh = [text for text in dict.fromkeys(told) if text not in known]
    for text in fresh:
        warnings.warn(text, LifecircleWarning, stacklevel=2)
    object.__setattr__(changed, "notes", (*study.notes, *fresh))
    return changed


def _told_before(study: Study) -> set[str]:
    """What the study's own streets and tables give reason to say."""
    with warnings.catch_warnings(), collected_warnings() as notes:
        warnings.simplefilter("ignore")
        replace(study)
        if study.network.walls is not None:
            from lifecircle.network.wall_findings import tell_of_gates  # noqa: PLC0415

            tell_of_gates(study.network)
    return set(notes)


def _changed_facilities(study: Study, scenario: Scenario, problems: Problems) -> gpd.GeoDataFrame:
    """Facilities after all actions on them."""
    table = study.facilities.copy()
    ids = table["facility_id"].astype(str)
    row_of = dict(zip(ids, table.index, strict=True))
    touched: dict[str, int] = {}
    closed: list[Any] = []
    for number, action in enumerate(scenario.actions):
        if not isinstance(action, CloseFacility | MoveFacility | ExtendCapacity):
            continue
        if action.facility_id not in row_of:
            problems.unknown(number, "facility", action.facility_id, list(row_of))
            continue
        before = touched.setdefault(action.facility_id, number)
        other = scenario.actions[before]
        moved_and_extended = {type(other), type(action)} == {MoveFacility, ExtendCapacity}
        if before != number and not moved_and_extended:
            problems.add(number, f"facility {action.facility_id} is changed by action {before + 1}")
            continue
        row = row_of[action.facility_id]
        if isinstance(action, CloseFacility):
            closed.append(row)
        elif isinstance(action, MoveFacility):
            table = _moved(table, row, action)
            problems.place(number, action.at, study)
        else:
            _extended(table, row, action, number, problems)
    fresh = _added(study, scenario, set(row_of), problems)
    table = table.drop(index=closed)
    if len(fresh):
        table = gpd.GeoDataFrame(pd.concat([table, fresh], ignore_index=True), crs=table.crs)
    table = table.reset_index(drop=True)
    table.attrs = dict(study.facilities.attrs)
    return table


def _moved(table: gpd.GeoDataFrame, row: Any, action: MoveFacility) -> gpd.GeoDataFrame:
    shapes = table.geometry.copy()
    shapes.loc[row] = shapely.Point(action.at)
    table = table.set_geometry(shapes)
    for column in ("entrances", "outline"):
        if column in table:
            table[column] = table[column].astype(object)
            table.loc[row, column] = ""
    return table


def _extended(
    table: gpd.GeoDataFrame, row: Any, action: ExtendCapacity, number: int, problems: Problems
) -> None:
    for column in ("capacity", "floor_area_m2"):
        value = getattr(action, column)
        if value is None:
            continue
        if column not in table:
            table[column] = float("nan")
        before = table.loc[row, column]
        if before > value:
            problems.add(
                number,
                f"{column} of facility {action.facility_id} would fall from {before:g} to "
                f"{value:g}: give what it holds afterwards, not what is added",
            )
        table.loc[row, column] = float(value)


def _added(
    study: Study, scenario: Scenario, taken: set[str], problems: Problems
) -> gpd.GeoDataFrame:
    """New facilities, one row each."""
    rows, free = [], 0
    for number, action in enumerate(scenario.actions):
        if not isinstance(action, AddFacility):
            continue
        service = problems.service(number, action.service)
        problems.place(number, action.at, study)
        facility_id = action.facility_id
        if facility_id in taken:
            problems.add(
                number, f"facility_id {facility_id!r} is taken; leave it out or choose one"
            )
        while not facility_id:
            free += 1
            facility_id = "" if f"new {free}" in taken else f"new {free}"
        taken.add(facility_id)
        row: dict[str, Any] = {
            "facility_id": facility_id,
            "name": action.name or facility_id,
            "service": service,
            "source": "scenario",
            "geometry": shapely.Point(action.at),
        }
        for column in ("capacity", "floor_area_m2", "site_area_m2"):
            if getattr(action, column) is not None:
                row[column] = float(getattr(action, column))
        rows.append(row)
    if not rows:
        return gpd.GeoDataFrame({"facility_id": []}, geometry=[], crs=WGS84)
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=WGS84)
