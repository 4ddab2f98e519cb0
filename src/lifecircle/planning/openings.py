"""Which gate, wall or dead end to open first: who gains a service, and how many minutes."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from lifecircle.assessment.study import Study
from lifecircle.errors import (
    InputError,
    LifecircleWarning,
    UnknownNameError,
)
from lifecircle.network.what_if import Nearer
from lifecircle.planning.actions import Action, ConnectStreets, OpenGate, RemoveWall
from lifecircle.planning.opening_gains import Gains, Meter
from lifecircle.planning.opening_places import KINDS, PLACE_COLUMNS, OpeningPlaces, opening_places
from lifecircle.planning.scenarios import Scenario, apply_scenario
from lifecircle.tables.frames import check_columns
from lifecircle.tables.progress import tqdm

# An opening further than this many times the longest walk from another has nothing to do with it.
_APART = 2.2
_EARTH_M_PER_DEGREE = 111_000.0
GAIN_COLUMNS = (
    "gaining_people",
    "gaining_elderly",
    "gaining_children",
    "gains_people",
    "saved_people_min_per_day",
    "services",
    "step",
    "step_gains_people",
    "step_saved_people_min_per_day",
)
OPENING_COLUMNS = ("rank", *PLACE_COLUMNS, *GAIN_COLUMNS)
"""Columns of :func:`rank_openings`."""


def rank_openings(
    study: Study,
    *,
    kinds: Collection[str] = KINDS,
    services: Iterable[str] | None = None,
    steps: int = 5,
) -> pd.DataFrame:
    """Gates, walls and dead ends of which most people gain, each alone and one after another.

    Looked at are all gates that are closed or for residents, all places at walls with a street or
    path within 30 m on both sides, and all dead ends within 60 m of another street. A person gains
    a service if it comes within the walk that the study's standard states for it (else the longest
    of the study's) by the opening, at the pace and over the segment that the service is measured
    for. Only people who live in a unit count.

    Parameters
    ----------
    study
        Today.
    kinds
        Any of ``"open_gate"``, ``"remove_wall"`` and ``"connect_streets"``.
    services
        Services that count, by word or Chinese name; those that the study's standard requires, as
        far as the facilities name them, if not given.
    steps
        How many openings are chosen one after another, the one that adds most to those before it
        first.

    Returns
    -------
    DataFrame
        The openings that gain most first, and all gates; dead ends and walls that gain nothing are
        left out. ``rank, opening_id, kind`` (the words of scenarios), ``gate_id``, ``access``
        (today), ``where`` (gate, compound or streets), ``lon``, ``lat``, ``lon_to``, ``lat_to`` (of
        a new way), ``length_m`` (of the new way, or of the ways to the streets at a wall);
        ``gaining_people`` live in homes from which they gain at least one service,
        ``gaining_elderly`` and ``gaining_children`` among them (missing where the residents do not
        tell); ``gains_people`` counts a person once for each service; ``saved_people_min_per_day``
        if everybody walked to the nearest of each service once a day, up to the longest walk that
        is looked at; ``services`` tells the services with most gains. ``step`` is the place in the
        sequence, ``step_gains_people`` and ``step_saved_people_min_per_day`` what it adds there.

    Raises
    ------
    UnknownNameError
        If there is no such kind or service.
    InputError
        If ``steps`` is no number of steps, or no facility of the services is there.

    Notes
    -----
    Everything that could be opened is built into the streets, closed. Opening one lets the
    seconds to the nearest facilities fall around it, so that an opening costs what it changes;
    the figures are those of an evaluation with the opening (of a dead end up to millimetres where
    streets are cut; in Las Palmas 1 of 22,539 homes differs by seconds). Where several gates stand
    in one another's way, as between two compounds wall to wall, a gate is looked at alone and takes
    no part in the sequence. Two gates that gain nobody anything alone may do so together: a way
    through a compound needs both.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> ranked = rank_openings(load_demo(), kinds=["open_gate"], steps=2)
    >>> bool((ranked["gains_people"] >= 0).all()), int(ranked["step"].max())
    (True, 2)
    """
    if isinstance(kinds, str):
        kinds = [kinds]
    for kind in kinds:
        if kind not in KINDS:
            raise UnknownNameError("kind of opening", kind, KINDS)
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 0:
        raise InputError(f"steps={steps!r}: give how many openings to choose, such as 5.")
    places = opening_places(study, kinds)
    meter = Meter(study, services)
    if not len(places.table):
        return _typed(pd.DataFrame(columns=list(OPENING_COLUMNS)))
    with warnings.catch_warnings():  # what lies off the streets was told with the evaluation
        warnings.simplefilter("ignore", LifecircleWarning)
        measured = _Measured(study, places, meter)
    alone = measured.each(range(len(places.table)))
    table = places.table.join(pd.DataFrame([meter.row(gains) for gains in alone]))
    table["step"] = pd.array([pd.NA] * len(table), dtype="Int64")
    table["step_gains_people"] = table["step_saved_people_min_per_day"] = np.nan
    for step, (row, gains) in enumerate(measured.sequence(alone, steps), start=1):
        table.loc[row, "step"] = step
        table.loc[row, "step_gains_people"] = gains.people
        table.loc[row, "step_saved_people_min_per_day"] = gains.saved_min
    useful = (table["gains_people"] > 0) | (table["saved_people_min_per_day"] > 0)
    table = table[useful | (table["kind"] == "open_gate") | table["step"].notna()]
    order = ["gains_people", "saved_people_min_per_day", "gaining_people"]
    table = table.sort_values(order, ascending=False, kind="stable").reset_index(drop=True)
    table["rank"] = np.arange(1, len(table) + 1)
    return _typed(table[list(OPENING_COLUMNS)])


def openings_scenario(openings: pd.DataFrame, *, name: str = "") -> Scenario:
    """Scenario that makes the openings of a table.

    Parameters
    ----------
    openings
        Rows of :func:`rank_openings`, such as those with a ``step``.
    name
        What the scenario is called.

    Returns
    -------
    Scenario

    Raises
    ------
    MissingColumnError
        If the table lacks a column of places.
    UnknownNameError
        If a kind is none.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> ranked = rank_openings(load_demo(), kinds=["open_gate"], steps=2)
    >>> openings_scenario(ranked[ranked["step"].notna()])
    Scenario: 2 open_gate
    """
    check_columns(openings, PLACE_COLUMNS, "openings", "rank_openings()")
    rows = openings
    if "step" in rows and rows["step"].notna().any():
        rows = rows.sort_values("step", kind="stable", na_position="last")
    return Scenario([_action(row) for row in rows.to_dict("records")], name=name)


def measured_openings(
    study: Study, openings: pd.DataFrame, meter: Meter
) -> list[tuple[Any, Any, Any]]:
    """Homes that each opening of a table brings nearer to services.

    Parameters
    ----------
    study
        Today.
    openings
        Rows of :func:`rank_openings`.
    meter
        Services that are looked at.

    Returns
    -------
    list of tuple
        Of each opening: service (its position in ``meter.services``), home, and the minutes
        afterwards, shape (k,).
    """
    places = opening_places(study, list(dict.fromkeys(openings["kind"])))
    key = ["kind", "lon", "lat"]
    keys = places.table[key].round(7)
    at = {tuple(row): number for number, row in enumerate(keys.itertuples(index=False))}
    with warnings.catch_warnings():  # what lies off the streets was told with the evaluation
        warnings.simplefilter("ignore", LifecircleWarning)
        measured = _Measured(study, places, meter)
    found = []
    for row in openings[key].round(7).itertuples(index=False):
        if tuple(row) not in at:
            raise InputError(
                f"openings: nothing can be opened at lon {row.lon:.5f}, lat {row.lat:.5f} of this "
                "study. Take the table that rank_openings() makes of it."
            )
        found.append(meter.pairs(measured.nearer(at[tuple(row)])))
    return found


def _action(row: dict[Any, Any]) -> Action:
    """The opening of one row."""
    at = (float(row["lon"]), float(row["lat"]))
    if row["kind"] == "open_gate":
        return OpenGate(str(row["gate_id"]))
    if row["kind"] == "remove_wall":
        return RemoveWall(at)
    if row["kind"] == "connect_streets":
        return ConnectStreets(at, (float(row["lon_to"]), float(row["lat_to"])))
    raise UnknownNameError("kind of opening", row["kind"], KINDS)


class _Measured:
    """Openings of a study, measured alone and one after another."""

    def __init__(self, study: Study, places: OpeningPlaces, meter: Meter) -> None:
        self.study, self.places, self.meter = study, places, meter
        self.whats = meter.what_ifs(places)

    def each(self, rows: Iterable[int]) -> list[Gains]:
        """Gains of some openings, each alone beside what is open already."""
        listed = list(rows)
        bar = tqdm(listed, desc="openings", delay=2, disable=None, leave=False)
        return [self._one(row) for row in bar]

    def _one(self, row: int) -> Gains:
        return self.meter.gains(self.nearer(row))

    def nearer(self, row: int) -> list[Nearer]:
        """Homes that one opening brings nearer, of each pace."""
        if self.places.alone[row]:
            return [what.nearer([openings[row]]) for what, openings in self.whats]
        # gates in one another's way: by the streets as they would be
        action = _action(self.places.table.loc[row].to_dict())
        changed = apply_scenario(self.study, action)
        return self.meter.nearer_by_streets(changed, [what for what, _ in self.whats])

    def sequence(self, alone: Sequence[Gains], steps: int) -> Iterable[tuple[int, Gains]]:
        """Openings one after another, each the one that adds most to those before."""
        left = {row for row in range(len(alone)) if self.places.alone[row]}
        gains = {row: alone[row] for row in left}
        lon, lat = (self.places.table[name].to_numpy(dtype=float) for name in ("lon", "lat"))
        metres = np.column_stack([lon * np.cos(np.radians(lat.mean())), lat]) * _EARTH_M_PER_DEGREE
        for _ in range(steps):
            best = max(
                left, key=lambda row: (gains[row].people, gains[row].saved_min, -row), default=-1
            )
            if best < 0 or not (gains[best].people > 0 or gains[best].saved_min > 0):
                return
            yield best, gains[best]
            for what, openings in self.whats:
                what.nearer([openings[best]], keep=True)
            left.discard(best)
            near = np.hypot(*(metres - metres[best]).T) <= _APART * self.meter.reach_m
            again = [row for row in sorted(left) if near[row]]
            gains |= dict(zip(again, self.each(again), strict=True))


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """The table with one kind of value per column, also where it has no rows."""
    text = {"opening_id", "kind", "gate_id", "access", "where", "services"}
    kinds: dict[str, Any] = {
        name: "object" if name in text else "float64" for name in OPENING_COLUMNS
    }
    kinds |= {"rank": "int64", "step": "Int64"}
    return table.astype(kinds)
