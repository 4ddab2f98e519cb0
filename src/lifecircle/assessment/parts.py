"""A study cut into parts: for each unit its people, whatever they can reach, and the streets there.

The figures of a part are those that an evaluation of the whole gives for the same units, to the
last bit: nothing that could change one is left out, and what depends on the whole is told by it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from lifecircle.assessment.part_figures import longest_straight_m
from lifecircle.assessment.shortfall_reach import BEYOND
from lifecircle.assessment.shortfall_sensitivity import MINUTE
from lifecircle.assessment.steps import Steps
from lifecircle.assessment.study import Study
from lifecircle.assessment.unit_people import tell_of_homeless
from lifecircle.assessment.whole import Whole
from lifecircle.errors import LifecircleWarning
from lifecircle.inputs.records import read_records
from lifecircle.inputs.survey import read_survey
from lifecircle.measures.isochrones import place_doors
from lifecircle.network.doors import Doors, doors_xy_m
from lifecircle.network.flat import STRETCH, FlatNetwork, flat_network
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.lists import lists_taken
from lifecircle.network.parts import cut_network, touches

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Beyond the longest walk, so that whatever is decided near a street is decided by all of them.
MARGIN_M = 300.0
# How far around its units a part is shown.
SHOWN_M = 300.0
# An area is drawn a little beyond its last minute.
JUMP_M = 60.0
BY_UNIT = ("survey", "records")
FURTHER = (*BY_UNIT, "sites", "compounds", "walls", "gates")
STANDING = ("compounds", "walls", "gates")
_NOT_SETTINGS = ("units", "facilities", "residents", "network", "extras", "whole")


class Tables(Protocol):
    """Tables of a study, in memory or on disk."""

    def rows(self, name: str, positions: Integers) -> gpd.GeoDataFrame:
        """Some rows of ``units``, ``facilities`` or ``residents``, in the order given."""

    def table(self, name: str) -> pd.DataFrame | None:
        """Another table of the study, ``None`` without."""


@dataclass(frozen=True, eq=False)
class InMemory:
    """Tables that a study holds.

    Parameters
    ----------
    study
        The study.
    extras
        Its further tables, checked.
    """

    study: Study
    extras: Mapping[str, pd.DataFrame]

    def rows(self, name: str, positions: Integers) -> gpd.GeoDataFrame:
        """Some rows of a table."""
        found: gpd.GeoDataFrame = getattr(self.study, name).iloc[positions].reset_index(drop=True)
        return found

    def table(self, name: str) -> pd.DataFrame | None:
        """Another table of the study."""
        return self.extras.get(name)


@dataclass(frozen=True, eq=False)
class PartData:
    """What a part is made of, but for its streets.

    Parameters
    ----------
    name
        Of the study that it becomes.
    units, facilities, residents
        Its tables, checked with the whole.
    extras
        Further tables of these units.
    whole
        What is known of the whole.
    window_m
        West, south, east and north of the streets that it needs, metres.
    standing
        Which of ``compounds``, ``walls`` and ``gates`` the whole has among its further tables.
    """

    name: str
    units: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    residents: gpd.GeoDataFrame
    extras: Mapping[str, pd.DataFrame]
    whole: Whole
    window_m: tuple[float, float, float, float]
    standing: tuple[str, ...] = ()

    def study(self, flat: FlatNetwork, settings: Mapping[str, Any]) -> Study:
        """The part as a study.

        Parameters
        ----------
        flat
            Streets of the whole.
        settings
            Further fields of the study, as :func:`settings_of` gives them.

        Returns
        -------
        Study
        """
        network = cut_network(flat, self.window_m)
        barriers = None if network.walls is None else network.walls.barriers
        standing = {name: getattr(barriers, name, None) for name in self.standing}
        extras = dict(self.extras) | {
            k: table for k, table in standing.items() if table is not None
        }
        return Study(
            self.units,
            self.facilities,
            self.residents,
            network,
            **{**settings, "name": self.name},
            extras=extras,
            whole=self.whole,
        )


def settings_of(study: Study) -> dict[str, Any]:
    """Fields of a study that its parts have as well.

    Parameters
    ----------
    study
        The whole.

    Returns
    -------
    dict

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> settings_of(load_demo())["minutes"]
    (5.0, 10.0, 15.0)
    """
    names = [one.name for one in fields(study) if one.init and one.name not in _NOT_SETTINGS]
    return {name: getattr(study, name) for name in names if name != "_"}


@dataclass(frozen=True, eq=False)
class PartIndex:
    """Where everything lies, so that a part is found without reading the whole.

    Parameters
    ----------
    crs
        Metric system of the streets.
    unit_bounds_m, home_bounds_m, facility_bounds_m
        West, south, east and north of each unit, home and facility with all its doors, metres,
        shapes (u, 4), (h, 4) and (f, 4).
    door_xy_m, door_leg_m, door_first
        Doors of all facilities, one facility after another, and where those of each begin, shapes
        (d, 2), (d,) and (f + 1,).
    home_first, home
        Residents that belong to each unit, shape (u + 1,) and their positions.
    lost
        Facilities that no street is near to, by walker, shapes (f,).
    services
        Services that the facilities list.
    near
        Those of which a facility lies near a street, by walker.
    reach_m
        How far a walk within the longest time of the study may lead, metres.
    walk_m, halo_m
        How far streets and facilities are needed around people, metres.
    snap_m
        Longest straight way to a street, metres.
    standing
        Which of ``compounds``, ``walls`` and ``gates`` are among the further tables.
    """

    crs: pyproj.CRS
    unit_bounds_m: Floats
    home_bounds_m: Floats
    facility_bounds_m: Floats
    door_xy_m: Floats
    door_leg_m: Floats
    door_first: Integers
    home_first: Integers
    home: Integers
    lost: Mapping[str, NDArray[np.bool_]]
    services: tuple[str, ...]
    near: Mapping[str, frozenset[str]]
    reach_m: float
    walk_m: float
    halo_m: float
    snap_m: float
    standing: tuple[str, ...] = ()

    def doors_of(self, places: Integers) -> Doors:
        """Doors of some facilities.

        Parameters
        ----------
        places
            Their positions.

        Returns
        -------
        Doors
        """
        first, at = lists_taken(self.door_first, places)
        row = np.repeat(np.arange(len(places), dtype=np.int32), np.diff(first))
        return np.array(self.door_xy_m[at]), row, np.array(self.door_leg_m[at])


@dataclass(frozen=True, eq=False)
class StudyParts:
    """A study that is ready to be cut.

    Parameters
    ----------
    tables
        Its tables.
    index
        Where everything lies.
    flat
        Its streets.
    settings
        Its other fields.
    """

    tables: Tables
    index: PartIndex
    flat: FlatNetwork
    settings: Mapping[str, Any]

    def data(self, units: Sequence[int], name: str) -> PartData:
        """What the part of some units is made of.

        Parameters
        ----------
        units
            Positions of the units.
        name
            Of the part.

        Returns
        -------
        PartData
        """
        index, rows = self.index, np.asarray(units, dtype=np.int64)
        first = index.home_first
        of_unit = [np.asarray(index.home[first[row] : first[row + 1]]) for row in rows.tolist()]
        homes, at = np.unique(np.concatenate(of_unit), return_inverse=True)
        unit = np.repeat(np.arange(len(rows)), [len(one) for one in of_unit])
        core = _hull([index.unit_bounds_m[rows], index.home_bounds_m[homes]])
        shown = _wider(core, SHOWN_M)
        frame = _wider(shown, index.reach_m)
        if not len(homes):  # somebody who lives in none of them: there is always a table of homes
            homes = _nearest(index.home_bounds_m, core)
        bounds_m = np.asarray(index.facility_bounds_m)
        places = np.flatnonzero(touches(bounds_m, _wider(core, index.halo_m)))
        facilities = self.tables.rows("facilities", places)
        ids = facilities["facility_id"].to_numpy()
        whole = Whole(
            index.services,
            index.near,
            {name: frozenset(ids[np.asarray(lost[places])]) for name, lost in index.lost.items()},
            (at.reshape(-1).astype(np.int64), unit.astype(np.int64)),
            index.doors_of(places),
            touches(bounds_m[places], frame),
            shown,
            frame,
            index.reach_m,
        )
        table = self.tables.rows("units", rows)
        return PartData(
            name,
            table,
            facilities,
            self.tables.rows("residents", homes),
            self._extras(table),
            whole,
            _wider(core, index.walk_m + index.snap_m + MARGIN_M),
            index.standing,
        )

    def study(self, units: Sequence[int], name: str) -> Study:
        """The part of some units as a study.

        Parameters
        ----------
        units
            Positions of the units.
        name
            Of the part.

        Returns
        -------
        Study
        """
        return self.data(units, name).study(self.flat, self.settings)

    def _extras(self, units: gpd.GeoDataFrame) -> dict[str, pd.DataFrame]:
        """Answers, records and sites of some units."""
        found: dict[str, pd.DataFrame] = {}
        for name in BY_UNIT:
            table = self.tables.table(name)
            if table is not None:
                here = table["unit_id"].astype(str).isin(set(units["unit_id"]))
                if here.any():
                    found[name] = table[here].reset_index(drop=True)
        # walls that were not built into the streets still name places
        loose = () if self.flat.about["has_walls"] else STANDING
        for name in ("sites", *loose):
            table = self.tables.table(name)
            if isinstance(table, gpd.GeoDataFrame):
                there = table.geometry.to_crs(units.crs)
                here = there.intersects(shapely.union_all(np.asarray(units.geometry.array)))
                if here.any():
                    found[name] = table[here.to_numpy()].reset_index(drop=True)
        return found


def parts_of(study: Study) -> StudyParts:
    """A study made ready to be cut.

    Parameters
    ----------
    study
        The whole.

    Returns
    -------
    StudyParts

    Examples
    --------
    >>> from lifecircle import evaluate, load_demo
    >>> study = load_demo()
    >>> part = parts_of(study).study([1], "one community")
    >>> alone, whole = evaluate(part).coverage, evaluate(study).coverage
    >>> here = whole[whole["unit_id"].isin(alone["unit_id"])].reset_index()
    >>> alone["covered_share"].equals(here["covered_share"])
    True
    """
    network = study.network
    flat = flat_network(network)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)  # told by every part it concerns
        steps = Steps(study, None, None)
        walkers = [walker for _, walker, _, _ in steps.rules_of_walkers()]
    speed_m_s = max(walker.speed_m_s for walker in walkers)
    longest_min = BEYOND * (study.minutes[-1] + MINUTE)
    walk_m = STRETCH * speed_m_s * longest_min * 60.0 + flat.about["excess_m"]
    doors = study.doors
    count = len(study.facilities)
    lost = {
        walker.name: place_doors(network, doors, count, walker, study.snap_m).lost
        for walker in walkers
    }
    service = study.facilities["service"].to_numpy()
    home, unit = study.members()
    tell_of_homeless(study, home)
    counts = np.bincount(unit, minlength=len(study.units))
    index = PartIndex(
        network.crs,
        study.units.geometry.to_crs(network.crs).bounds.to_numpy(),
        _home_bounds_m(network, study.residents),
        _facility_bounds_m(network, study.facilities, doors),
        doors[0],
        doors[2],
        np.concatenate([[0], np.cumsum(np.bincount(doors[1], minlength=count))]).astype(np.int64),
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        home,
        lost,
        tuple(sorted(set(service.tolist()))),
        {name: frozenset(service[~rows].tolist()) for name, rows in lost.items()},
        STRETCH * speed_m_s * study.minutes[-1] * 60.0 + flat.about["excess_m"] + JUMP_M,
        walk_m,
        max(walk_m, BEYOND * longest_straight_m(study)),
        study.snap_m,
        tuple(name for name in STANDING if name in study.extras and network.walls is not None),
    )
    return StudyParts(InMemory(study, _checked(study)), index, flat, settings_of(study))


def _checked(study: Study) -> dict[str, pd.DataFrame]:
    """Further tables with the ids of units in them, whatever they were handed in as."""
    extras = {name: table for name, table in study.extras.items() if name in FURTHER}
    if "records" in extras:
        extras["records"] = read_records(extras["records"], units=study.units)
    if "survey" in extras:
        extras["survey"] = read_survey(extras["survey"], study_units=study.units)
    return extras


def _home_bounds_m(network: WalkNetwork, residents: gpd.GeoDataFrame) -> Floats:
    """Bounds of each home and its entrances."""
    points = residents.geometry.to_crs(network.crs).bounds.to_numpy()
    xy_m, row = doors_xy_m(residents, network, "residents")
    return _with_points(points, xy_m, row)


def _facility_bounds_m(network: WalkNetwork, facilities: gpd.GeoDataFrame, doors: Doors) -> Floats:
    """Bounds of each facility and its doors."""
    if not len(facilities):
        return np.empty((0, 4))
    bounds = facilities.geometry.to_crs(network.crs).bounds.to_numpy()
    return _with_points(bounds, doors[0], doors[1])


def _with_points(bounds: Floats, xy_m: Floats, row: NDArray[Any]) -> Floats:
    """Bounds that hold further points too."""
    wider = bounds.copy()
    for axis in (0, 1):
        np.minimum.at(wider[:, axis], row, xy_m[:, axis])
        np.maximum.at(wider[:, axis + 2], row, xy_m[:, axis])
    return wider


def _hull(parts: Iterable[Floats]) -> tuple[float, float, float, float]:
    """Bounds of bounds."""
    every = np.concatenate(list(parts))
    low, high = every[:, :2].min(axis=0), every[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _wider(
    bounds: tuple[float, float, float, float], by_m: float
) -> tuple[float, float, float, float]:
    west, south, east, north = bounds
    return west - by_m, south - by_m, east + by_m, north + by_m


def _nearest(bounds: Floats, core: tuple[float, float, float, float]) -> Integers:
    """The one whose bounds begin nearest to the middle of a place."""
    middle = np.array([core[0] + core[2], core[1] + core[3]]) / 2.0
    away_m = np.hypot(*(bounds[:, :2] - middle).T)
    return np.array([int(np.argmin(away_m))], dtype=np.int64)
