"""A study: everything that one evaluation looks at."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lifecircle.assessment.choices import check_choices, check_target, law_of
from lifecircle.assessment.whole import Whole
from lifecircle.errors import InputError, LifecircleWarning, NetworkError, some
from lifecircle.inputs.which_system import which_coordinates
from lifecircle.network.doors import Doors, facility_doors
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.travel_times import check_bands
from lifecircle.network.walkers import WALKERS, Walker, find_walker
from lifecircle.standards import catalog
from lifecircle.standards.standard import Standard, standards
from lifecircle.tables import check_facilities, check_residents, check_units
from lifecircle.tables.findings import tell
from lifecircle.tables.showing import card


@dataclass(frozen=True, eq=False, repr=False)
class Study:
    """Units, facilities, residents and streets of one place.

    The tables are checked and copied; what was handed in is never changed.

    Parameters
    ----------
    units
        Areas that are reported on, as :func:`lifecircle.read_units` gives them.
    facilities
        What serves people, as :func:`lifecircle.read_facilities` gives it.
    residents
        Where people live, as :func:`lifecircle.read_residents` gives it.
    network
        Streets to walk on.
    name
        Title on everything written.
    minutes
        Walking times that are measured, minutes.
    standard
        Standard whose required services make a circle complete, and that it is held against: a
        code, the path of a planner's own table, or what :func:`lifecircle.read_standard` gives.
    choices
        Whose figures count where standards disagree: service → code of a standard, such as
        ``{"kindergarten": "JGJ39-2016"}``.
    target_share
        Share of residents within reach that counts as met where the clause states none, 0–1; 1,
        every resident, if not given.
    indicators
        System of the health check: a code, or the path of a planner's own table.
    year
        Year of the records that the health check looks at; the latest if not given.
    language
        ``"zh"`` or ``"en"``, of maps and reports.
    snap_m
        Longest straight way between a point and a street, metres; what lies further off is told
        and counted apart.
    sample
        Whether the data is a drawing, not a survey; told on everything written.
    data_sources
        Where the data comes from, in words, shown on the map.
    review_number
        Map review number (审图号) of a map that is published.
    sources
        What the tables were read from: role → path, sha256 and the like, kept for the manifest.
    extras
        Further layers of the study, such as walls, gates, sites and survey, by name.
    notes
        Warnings told while the tables were read.
    walkers
        The study's own walkers by name, whatever its case. One that has the name of a default
        walker takes its place.
    measured_for
        Names of walkers for whom every service is measured over all people, instead of each
        service for those it is for.
    whole
        What is known of the study that this one is a part of, as a batch makes it; its tables are
        taken as they are.

    Raises
    ------
    InputError, CrsError, GeometryError
        If a table cannot be used; all its problems at once.
    NetworkError
        If the streets are somewhere else than the units.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> load_demo().minutes
    (5.0, 10.0, 15.0)
    """

    units: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    residents: gpd.GeoDataFrame
    network: WalkNetwork
    _: KW_ONLY
    name: str = ""
    minutes: tuple[float, ...] = (5.0, 10.0, 15.0)
    standard: str | Standard = "GB50180-2018"
    choices: Mapping[str, str] = field(default_factory=dict)
    target_share: float | None = None
    indicators: str = "complete-community-2020"
    year: int | None = None
    language: str = "zh"
    snap_m: float = 100.0
    sample: bool = False
    data_sources: tuple[str, ...] = ()
    review_number: str = ""
    sources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    extras: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    walkers: Mapping[str, Walker] = field(default_factory=dict)
    measured_for: tuple[str, ...] = ()
    whole: Whole | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.network, WalkNetwork):
            raise InputError(
                f"network: expected a WalkNetwork, got {type(self.network).__name__}. Make one "
                "with read_walk_network(path) or WalkNetwork.from_networkx(graph)."
            )
        object.__setattr__(self, "name", "" if self.name is None else str(self.name))
        given: Any = self.snap_m
        if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given < 1e5:
            raise InputError(
                f"snap_m={given!r}: give the longest way between a point and a street as a number "
                "of metres above 0, such as 100."
            )
        if self.language not in {"zh", "en"}:
            raise InputError(f"language={self.language!r}: use 'zh' or 'en'.")
        object.__setattr__(self, "minutes", tuple(check_bands(self.minutes)))
        object.__setattr__(self, "walkers", _named(self.walkers))
        chosen = tuple(self.walker(name).name for name in self.measured_for)
        object.__setattr__(self, "measured_for", chosen)
        found = law_of(self.standard)
        own = found.code not in standards().index
        object.__setattr__(self, "standard", found if own else found.code)
        object.__setattr__(self, "choices", check_choices(self.choices))
        check_target(self.target_share)
        if self.whole is not None:  # checked with the whole
            return
        known = catalog.services().index
        object.__setattr__(self, "units", check_units(self.units))
        facilities = check_facilities(self.facilities, known_services=known)
        group = catalog.group_of(facilities["service"])
        object.__setattr__(self, "facilities", facilities.assign(group=group))
        object.__setattr__(self, "residents", check_residents(self.residents))
        self._check_place()
        self._doubt_systems()

    def __repr__(self) -> str:
        return (
            f"Study {self.name or 'without a name'}: {len(self.units):,} units, "
            f"{len(self.facilities):,} facilities, {len(self.residents):,} residents' places with "
            f"{self.residents['people'].sum():,.0f} people; {self.network!r}"
        )

    def _repr_html_(self) -> str:
        """Card for notebooks."""
        return card(self)

    def walker(self, walker: Walker | str) -> Walker:
        """Walker of a name: the study's own, else a default.

        Parameters
        ----------
        walker
            A :class:`~lifecircle.Walker`, or a name.

        Returns
        -------
        Walker

        Raises
        ------
        UnknownNameError
            If there is none of that name.

        Examples
        --------
        >>> from lifecircle import load_demo
        >>> load_demo().walker("elderly").speed_m_s
        1.0
        """
        return find_walker(walker, self.walkers)

    @property
    def nothing_given(self) -> bool:
        """Whether no facility at all was handed in: then every service is out of reach."""
        return not len(self.facilities) if self.whole is None else not self.whole.services

    @cached_property
    def doors(self) -> Doors:
        """Doors of the facilities, laid along the streets once; of a part along all streets."""
        if self.whole is not None:
            return self.whole.doors
        return facility_doors(self.network, self.facilities)

    def members(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Who belongs to which unit.

        A resident belongs to every unit that holds his home, one per level; on a border between
        two of a level to the first. A stated ``unit_id`` goes before the place on the map, for
        that unit's level and for those above it.

        Returns
        -------
        resident, unit
            Positions in ``residents`` and ``units`` of each membership.

        Examples
        --------
        >>> from lifecircle import load_demo
        >>> resident, unit = load_demo().members()
        >>> bool((unit >= 0).all())
        True
        """
        if self.whole is not None:
            return self.whole.members
        homes = np.asarray(self.residents.geometry.array)
        areas = np.asarray(self.units.geometry.array)
        shapely.prepare(areas)
        tree = shapely.STRtree(areas)
        home, unit = tree.query(homes, predicate="intersects")
        strict = shapely.contains_properly(areas[unit], homes[home])
        table = pd.DataFrame({"home": home, "unit": unit, "border": ~strict})
        table["level"] = self.units["level"].to_numpy()[table["unit"]]
        alone = ~table.duplicated(["home", "level"], keep=False)
        inside = table.groupby(["home", "level"])["border"].transform("min") == 0
        first = ~table.sort_values("unit").duplicated(["home", "level"]).sort_index()
        table = table[alone | (inside & ~table["border"]) | (~inside & first)]
        stated = self._stated_members()
        if len(stated):
            key = ["home", "level"]
            overruled = table.set_index(key).index.isin(stated.set_index(key).index)
            table = pd.concat([table[~overruled], stated], ignore_index=True)
        table = table.sort_values(["unit", "home"])
        return table["home"].to_numpy(dtype=np.int64), table["unit"].to_numpy(dtype=np.int64)

    def _stated_members(self) -> pd.DataFrame:
        """Memberships that follow from the residents' own ``unit_id``."""
        if "unit_id" not in self.residents.columns:
            return pd.DataFrame(columns=["home", "unit", "level"])
        position = {unit_id: row for row, unit_id in enumerate(self.units["unit_id"])}
        parents = self.units["parent_id"] if "parent_id" in self.units else [None] * len(self.units)
        above = {row: position.get(parent) for row, parent in enumerate(parents)}
        levels = self.units["level"].to_list()
        chains: dict[int, list[int]] = {}
        for row in above:
            chain = [row]
            while (parent := above[chain[-1]]) is not None and parent not in chain:
                chain.append(parent)
            chains[row] = chain
        self._doubt_stated(position)
        rows = [
            (home, unit, levels[unit])
            for home, unit_id in enumerate(self.residents["unit_id"])
            if unit_id in position
            for unit in chains[position[unit_id]]
        ]
        return pd.DataFrame(rows, columns=["home", "unit", "level"])

    def _doubt_stated(self, position: Mapping[Any, int]) -> None:
        """Tell where the residents' own unit_id names no unit, or one that lies elsewhere."""
        stated = self.residents["unit_id"]
        strange = stated.notna() & ~stated.isin(list(position))
        if strange.any():
            warnings.warn(
                f"residents: unit_id of {strange.sum()} of {len(stated)} rows names no unit "
                f"({some(stated[strange].unique())}; units are {some(position)}). They belong to "
                "the unit they lie in.",
                LifecircleWarning,
                stacklevel=7,
            )
        known = np.flatnonzero(stated.isin(list(position)))
        areas = np.asarray(self.units.geometry.array)[[position[i] for i in stated.iloc[known]]]
        homes = np.asarray(self.residents.geometry.array)[known]
        apart = known[shapely.disjoint(areas, homes)]
        if len(apart):
            warnings.warn(
                f"residents: {len(apart)} of {len(stated)} places lie outside the unit that their "
                f"unit_id names ({some(self.residents['resident_id'].iloc[apart])}). They are "
                "counted there; drop the column to count them where they lie.",
                LifecircleWarning,
                stacklevel=7,
            )

    def _doubt_systems(self) -> None:
        """Tell where tables look like another coordinate system than they were read in."""
        tables = {
            "facilities": self.facilities,
            "units": self.units,
            "residents": self.residents,
        }
        seen = [which_coordinates(table, self.network, table=n) for n, table in tables.items()]
        messages: dict[str, str] = {}  # of streets that are wrong one table is witness enough
        for verdict in seen:
            if verdict.message:
                wrong = verdict.message if verdict.streets == "WGS-84" else verdict.streets
                messages.setdefault(wrong, verdict.message)
        if messages:
            told = "\n".join(messages.values())
            tell(told)
            kept = [note for note in self.notes if note != told]
            object.__setattr__(self, "notes", (*kept, told))

    def _check_place(self) -> None:
        west, south, east, north = self.network.bounds_lonlat
        streets = shapely.box(west, south, east, north)
        away = self.units[shapely.disjoint(np.asarray(self.units.geometry.array), streets)]
        if len(away) < len(self.units):
            return
        bounds = self.units.total_bounds
        swapped = streets.intersects(shapely.box(bounds[1], bounds[0], bounds[3], bounds[2]))
        hint = (
            "Longitude and latitude look swapped in the units."
            if swapped
            else "Do both cover the same place, in the coordinate systems they state?"
        )
        raise NetworkError(
            f"network: the streets (lon {west:.4f} to {east:.4f}, lat {south:.4f} to {north:.4f}) "
            f"touch none of the {len(self.units)} units (lon {bounds[0]:.4f} to {bounds[2]:.4f}, "
            f"lat {bounds[1]:.4f} to {bounds[3]:.4f}). {hint}"
        )


def _named(walkers: Mapping[str, Walker]) -> dict[str, Walker]:
    """Walkers under their own names, lower case; refused if one is no walker."""
    given: Any = walkers
    if not isinstance(given, Mapping) or not all(isinstance(x, Walker) for x in given.values()):
        raise InputError(
            "walkers: give a dict of name → Walker, such as {'grandma': Walker('grandma', 0.7)}."
        )
    strange = [key for key, one in given.items() if _plain_name(key) != _plain_name(one.name)]
    if strange:
        raise InputError(
            f"walkers: {some(strange)} must stand under their own names ("
            f"{some(given[key].name for key in strange)})."
        )
    named = {
        plain: replace(one, name=plain) if plain in WALKERS else one
        for key, one in given.items()
        for plain in [_plain_name(key)]
    }
    if len(named) < len(given):
        raise InputError(f"walkers: names differ in their case only ({some(given)}).")
    return named


def _plain_name(name: object) -> str:
    return str(name).strip().lower()
