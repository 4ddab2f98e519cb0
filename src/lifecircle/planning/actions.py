"""What a scenario may change: facilities, gates, walls and streets.

Places are longitude and latitude, degrees WGS-84. Whether a place, an id or a service is there is
told when the scenario is applied to a study; see :func:`lifecircle.apply_scenario`.
"""

from __future__ import annotations

import numbers
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from lifecircle.errors import InputError

Place = tuple[float, float]


@dataclass(frozen=True)
class _Checked:
    """What every action does with its values."""

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class AddFacility(_Checked):
    """A new facility.

    Parameters
    ----------
    service
        What it offers: a service of the catalogue, or its Chinese name.
    at
        Longitude and latitude, degrees WGS-84.
    facility_id
        Its id; one is made if not given.
    name
        Its name.
    capacity
        People, places or beds, as the standards count them for the service; ``None`` unknown.
    floor_area_m2, site_area_m2
        Square metres; ``None`` unknown.

    Raises
    ------
    InputError
        If a value is not of its kind.

    Examples
    --------
    >>> AddFacility("elderly_day_care", (112.99, 28.165), capacity=30).capacity
    30
    """

    service: str
    at: Place
    facility_id: str = ""
    name: str = ""
    capacity: float | None = None
    floor_area_m2: float | None = None
    site_area_m2: float | None = None


@dataclass(frozen=True)
class CloseFacility(_Checked):
    """A facility that is given up.

    Parameters
    ----------
    facility_id
        Its id.

    Raises
    ------
    InputError
        If a value is not of its kind.

    Examples
    --------
    >>> CloseFacility("F0001").facility_id
    'F0001'
    """

    facility_id: str


@dataclass(frozen=True)
class MoveFacility(_Checked):
    """A facility that moves; its entrances and outline stay behind.

    Parameters
    ----------
    facility_id
        Its id.
    at
        Where it goes: longitude and latitude, degrees WGS-84.

    Raises
    ------
    InputError
        If a value is not of its kind.

    Examples
    --------
    >>> MoveFacility("F0001", (112.99, 28.165)).at
    (112.99, 28.165)
    """

    facility_id: str
    at: Place


@dataclass(frozen=True)
class ExtendCapacity(_Checked):
    """A facility with more room.

    Parameters
    ----------
    facility_id
        Its id.
    capacity
        What it holds afterwards, not what is added.
    floor_area_m2
        Its floor afterwards, square metres; ``None``: as before.

    Raises
    ------
    InputError
        If a value is not of its kind.

    Examples
    --------
    >>> ExtendCapacity("F0001", 60).capacity
    60
    """

    facility_id: str
    capacity: float
    floor_area_m2: float | None = None


@dataclass(frozen=True)
class OpenGate(_Checked):
    """A gate that lets everybody through, or at least the people of its compound.

    Parameters
    ----------
    gate_id
        Its id.
    access
        ``"open"`` for everybody, ``"residents"`` for the people of its compound.
    at
        In place of an id: longitude and latitude, degrees WGS-84; the nearest gate within 15 m is
        meant.

    Raises
    ------
    InputError
        If a value is not of its kind, or neither an id nor a place is given.

    Examples
    --------
    >>> OpenGate("G001").access
    'open'
    """

    gate_id: str = ""
    access: str = "open"
    at: Place | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.gate_id.strip() and self.at is None:
            raise InputError("OpenGate: give a gate_id or the place of the gate (at).")
        if self.access not in {"open", "residents"}:
            raise InputError(
                f"OpenGate: access={self.access!r}: a gate is opened for 'open' (everybody) or for "
                "'residents' (the people of its compound)."
            )


@dataclass(frozen=True)
class RemoveWall(_Checked):
    """A wall that can be walked through: at one place, or all along.

    Where a wall is opened there is an open gate: a street that ended at the wall goes on, and where
    none did, straight ways lead to the nearest streets on both sides. All along there is one where
    a street ends and every 25 m. Homes go on joining the streets where they did.

    Parameters
    ----------
    at
        Longitude and latitude of the opening, degrees WGS-84; ``None``: the whole wall.
    wall_id
        Wall of the walls table; without it the nearest wall within 15 m of ``at``.
    compound_id
        Compound whose outline is opened.

    Raises
    ------
    InputError
        If a value is not of its kind, or neither a place nor an id is given.

    Examples
    --------
    >>> RemoveWall((112.99, 28.165)).at
    (112.99, 28.165)
    """

    at: Place | None = None
    wall_id: str = ""
    compound_id: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.at is None and not (self.wall_id or self.compound_id):
            raise InputError("RemoveWall: give the place (at), a wall_id or a compound_id.")
        if self.wall_id and self.compound_id:
            raise InputError("RemoveWall: give a wall_id or a compound_id, not both.")


@dataclass(frozen=True)
class ConnectStreets(_Checked):
    """A straight way from one street to another: a dead end that is opened.

    It leads from the nearest place on a street to the nearest on another, and through whatever wall
    stands between.

    Parameters
    ----------
    start, end
        Its ends: longitude and latitude, degrees WGS-84, each within 30 m of a street.

    Raises
    ------
    InputError
        If a value is not of its kind.

    Examples
    --------
    >>> ConnectStreets((112.99, 28.165), (112.991, 28.165)).end
    (112.991, 28.165)
    """

    start: Place
    end: Place


@dataclass(frozen=True)
class AddCrossing(_Checked):
    """A crossing over a road: a straight way at which people wait.

    Parameters
    ----------
    start, end
        Both sides: longitude and latitude, degrees WGS-84, each within 30 m of a street or path.
    signals
        Whether there are traffic lights; walkers wait longer at these.

    Raises
    ------
    InputError
        If a value is not of its kind.

    Examples
    --------
    >>> AddCrossing((112.99, 28.165), (112.9902, 28.165)).signals
    False
    """

    start: Place
    end: Place
    signals: bool = False


Action = (
    AddFacility
    | CloseFacility
    | MoveFacility
    | ExtendCapacity
    | OpenGate
    | RemoveWall
    | ConnectStreets
    | AddCrossing
)
KINDS: dict[str, type[Any]] = {
    "add_facility": AddFacility,
    "close_facility": CloseFacility,
    "move_facility": MoveFacility,
    "extend_capacity": ExtendCapacity,
    "open_gate": OpenGate,
    "remove_wall": RemoveWall,
    "connect_streets": ConnectStreets,
    "add_crossing": AddCrossing,
}
"""Every action by the word that files have for it."""
WORDS = {kind: word for word, kind in KINDS.items()}
_PLACES = {"at", "start", "end"}
_NUMBERS = {"capacity", "floor_area_m2", "site_area_m2"}
_NEEDED_TEXT = {"service", "facility_id"}


def _check(action: Any) -> None:
    """Values of their kinds, or one error that names all that are not."""
    problems = []
    for one in fields(action):
        value = getattr(action, one.name)
        problem = _problem(one.name, value, needed=one.default is not None)
        if one.name in _PLACES and not problem and value is not None:
            object.__setattr__(action, one.name, (float(value[0]), float(value[1])))
        needed_text = one.name in _NEEDED_TEXT and not isinstance(one.default, str)
        if needed_text and not problem and not str(value).strip():
            problem = f"{one.name} is empty"
        if problem:
            problems.append(problem)
    if problems:
        raise InputError(f"{type(action).__name__}: {'; '.join(problems)}.")


def _problem(name: str, value: Any, *, needed: bool) -> str:
    """What is wrong with a value, ``""`` if nothing is."""
    if value is None and not needed:
        return ""
    if name in _PLACES:
        return _place_problem(name, value)
    if name in _NUMBERS:
        real = isinstance(value, numbers.Real) and not isinstance(value, bool)
        good = real and np.isfinite(float(value)) and float(value) >= 0
        return "" if good else f"{name}={value!r} is no number of 0 or more"
    if name == "signals":
        return (
            "" if isinstance(value, bool | np.bool_) else f"{name}={value!r} is not true or false"
        )
    return "" if isinstance(value, str) else f"{name}={value!r} is no text"


def _place_problem(name: str, value: Any) -> str:
    """What is wrong with a place."""
    advice = "give longitude and latitude in degrees WGS-84, such as (112.99, 28.165)"
    try:
        lon, lat = (float(part) for part in value)
    except (TypeError, ValueError):
        return f"{name}={value!r} is no place; {advice}"
    if not (np.isfinite(lon) and np.isfinite(lat)) or abs(lon) > 180 or abs(lat) > 90:
        swapped = " They look swapped." if abs(lat) <= 180 and abs(lon) <= 90 else ""
        return f"{name}={lon:g}, {lat:g} is no place on earth; {advice}.{swapped}"
    return ""
