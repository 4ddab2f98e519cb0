"""Who walks: speeds, what is passable for whom, and what costs whom time.

No Chinese norm sets walking speeds, nor waits at crossings or the pace on stairs. Each default
names where it comes from and how sure that is; a study that has measured its own people makes its
own :class:`Walker`, in Python or under ``[walkers.…]`` of its STUDY.toml.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field, fields
from typing import Any

from lifecircle.errors import InputError, UnknownNameError

# Answers to a slope: as fast as on the level, or slower as Tobler's hiking function has it.
SLOPES = ("level", "tobler")


@dataclass(frozen=True)
class Walker:
    """Someone who walks.

    What is left out costs nothing and closes nothing: a walker of a name and a speed waits nowhere
    and takes stairs as fast as streets. :meth:`figures` tells all of a walker with the sources.

    Parameters
    ----------
    name
        Such as ``"elderly"``; appears in every table of results.
    speed_m_s
        Walking speed on the level, m/s.
    steps
        Whether stairs can be used at all.
    source
        Where the speed comes from.
    confidence
        How sure that is: ``seen`` in a published source, ``memory_unsure``, or ``own``.
    steps_factor
        How many times as long as a level street of their length on the map stairs take, up or
        down, at least 1.
    kerbs
        Whether a raised kerb can be passed (``kerb=raised`` on a node of OpenStreetMap).
    wheelchair
        Whether what is closed to wheelchairs (``wheelchair=no``) is closed to this walker.
    slope
        ``"tobler"``: slower uphill and steeply downhill by Tobler's hiking function, relative to
        the level and never faster than on it. ``"level"``: slopes change nothing. Counts only
        where the heights of the streets are known, see :func:`lifecircle.with_elevation`.
    steepest_slope
        Streets steeper than this, rise over length, cannot be used; ``None`` for no such limit.
    crossing_s, signals_s
        Mean wait before crossing a street without and with signals, seconds.
    seat_every_m
        Longest stretch without a seat, metres, for :func:`lifecircle.rested_travel_times`; ``None``
        for no such limit.
    basis
        Where figures other than the speed come from: name of the figure → ``source`` and
        ``confidence``.

    Raises
    ------
    InputError
        If a figure is not a number in its range; all of them at once.

    Examples
    --------
    >>> Walker("Nordic walker", 1.8).reach_m(15)
    1620.0
    >>> Walker("grandma", 0.7, signals_s=45.0, seat_every_m=200.0).signals_s
    45.0
    """

    name: str
    speed_m_s: float
    steps: bool = True
    source: str = "set by the study"
    confidence: str = "own"
    _: KW_ONLY
    steps_factor: float = 1.0
    kerbs: bool = True
    wheelchair: bool = False
    slope: str = "tobler"
    steepest_slope: float | None = None
    crossing_s: float = 0.0
    signals_s: float = 0.0
    seat_every_m: float | None = None
    basis: Mapping[str, Mapping[str, str]] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        problems = [
            f"{name} is {getattr(self, name)!r}; it must be {meaning}"
            for name, (fits, meaning) in _RANGES.items()
            if not _in_range(getattr(self, name), name, fits)
        ]
        problems += [
            f"{name} is {getattr(self, name)!r}; it must be True or False"
            for name in ("steps", "kerbs", "wheelchair")
            if getattr(self, name) not in (True, False)
        ]
        if self.slope not in SLOPES:
            problems.append(f"slope is {self.slope!r}; it must be 'tobler' or 'level'")
        if problems:
            raise InputError(f"walker {self.name!r}: {'; '.join(problems)}.")
        object.__setattr__(self, "basis", {key: dict(told) for key, told in self.basis.items()})

    def __repr__(self) -> str:
        """Name and pace; ``figures()`` tells the rest."""
        return f"Walker {self.name}: {self.speed_m_s:g} m/s{'' if self.steps else ', no steps'}"

    @property
    def pace(self) -> tuple[Any, ...]:
        """Everything that decides how long a walk takes: walkers of one pace share a search."""
        return (
            self.speed_m_s,
            *self.ways,
            self.steps_factor,
            self.slope,
            self.crossing_s,
            self.signals_s,
            self.seat_every_m,
        )

    @property
    def ways(self) -> tuple[Any, ...]:
        """Everything that decides which streets may be used."""
        return self.steps, self.kerbs, self.wheelchair, self.steepest_slope

    def reach_m(self, minutes: float) -> float:
        """Longest way that can be walked in a time, on the level and without waiting.

        Parameters
        ----------
        minutes
            Walking time, min.

        Returns
        -------
        float
            Metres. No way is longer: stairs and slopes are never faster than the level.

        Examples
        --------
        >>> ADULT.reach_m(15)
        1080.0
        """
        return self.speed_m_s * minutes * 60.0

    def figures(self) -> dict[str, dict[str, Any]]:
        """Everything that is assumed of this walker, with where it comes from.

        Returns
        -------
        dict
            Name of each figure → ``value``, ``source`` and ``confidence``.

        Examples
        --------
        >>> ADULT.figures()["signals_s"]["value"], ADULT.figures()["signals_s"]["confidence"]
        (30.0, 'memory_unsure')
        """
        own = {"source": self.source, "confidence": self.confidence}
        told: dict[str, dict[str, Any]] = {"speed_m_s": {"value": self.speed_m_s, **own}}
        for name, plain in _PLAIN.items():
            value = getattr(self, name)
            unsaid = "not taken into account" if value == plain else "set by the study"
            basis = {"source": unsaid, "confidence": "own"}
            if (name, value) == ("slope", "tobler"):
                basis = _SLOPE
            told[name] = {"value": value, **self.basis.get(name, basis)}
        return told


# What each figure must be: a test of a finite number, and the words for it. ``None`` is taken where
# it is the plain value.
_RANGES: dict[str, tuple[Any, str]] = {
    "speed_m_s": (
        lambda number: number > 0,
        "a number of metres per second above 0 (adults walk about 1.2)",
    ),
    "steps_factor": (
        lambda number: number >= 1,
        "a number of at least 1: stairs are not faster than the level (about 3 is usual)",
    ),
    "steepest_slope": (
        lambda number: number > 0,
        "rise over length, above 0, such as 0.083 for 1 : 12, or None",
    ),
    "crossing_s": (lambda number: number >= 0, "a number of seconds, 0 or more"),
    "signals_s": (lambda number: number >= 0, "a number of seconds, 0 or more"),
    "seat_every_m": (lambda number: number > 0, "a number of metres above 0, or None"),
}
_PLAIN: dict[str, Any] = {
    one.name: one.default
    for one in fields(Walker)
    if one.name not in {"name", "speed_m_s", "source", "confidence", "basis"}
}
FIGURES = ("speed_m_s", *_PLAIN)


def _in_range(value: Any, name: str, fits: Any) -> bool:
    """Whether a figure is a finite number (no truth value) in its range."""
    if value is None:
        return name in _PLAIN and _PLAIN[name] is None
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    return real and math.isfinite(value) and bool(fits(float(value)))


# The figures that all defaults share, and where they come from. None is a Chinese norm.
_WAITS = {
    "crossing_s": {
        "source": "assumed: drivers must give way, not all do at once; no published mean was "
        "found; not a national norm",
        "confidence": "memory_unsure",
    },
    "signals_s": {
        "source": "mean wait (C - g)²/2C (Highway Capacity Manual) at a cycle C of 120 s with "
        "g = 35 s of green, both assumed; Beijing's standard for walking and cycling wants no wait "
        "above 90 s, which bounds the wait and is no mean; not a national norm",
        "confidence": "memory_unsure",
    },
}
_STAIRS = {
    "source": "time on stairs over time on the level for the same length on the map: "
    "OpenTripPlanner's default, after Fujiyama and Tyler 2010; not a national norm",
    "confidence": "seen",
}
_UNSURE_STAIRS = {
    "source": f"{_STAIRS['source']}; found for people who walk alone and unladen",
    "confidence": "memory_unsure",
}
_SLOPE = {
    "source": "Tobler 1993, speed in proportion to exp(-3.5 |S + 0.05|), relative to the level",
    "confidence": "seen",
}
_UNSURE_SLOPE = {
    "source": f"{_SLOPE['source']}; found for hikers",
    "confidence": "memory_unsure",
}

ADULT = Walker(
    "adult",
    1.2,
    source="crossing design speed 1.22 m/s (Shanghai guideline for pedestrian crossings, FHWA), "
    "rounded down; not a national norm",
    confidence="seen",
    steps_factor=3.0,
    crossing_s=5.0,
    signals_s=30.0,
    basis={**_WAITS, "steps_factor": _STAIRS, "slope": _SLOPE},
)
ELDERLY = Walker(
    "elderly",
    1.0,
    source="design speed where many older people walk (Coffin, quoted); not a national norm",
    confidence="seen",
    steps_factor=3.0,
    crossing_s=5.0,
    signals_s=30.0,
    basis={**_WAITS, "steps_factor": _STAIRS, "slope": _UNSURE_SLOPE},
)
FRAIL = Walker(
    "frail",
    0.8,
    source="about 0.8 m/s for people aged 80+ or walking with aids; not a national norm",
    confidence="memory_unsure",
    steps_factor=3.0,
    crossing_s=5.0,
    signals_s=30.0,
    basis={**_WAITS, "steps_factor": _UNSURE_STAIRS, "slope": _UNSURE_SLOPE},
)
CHILD = Walker(
    "child",
    1.0,
    source="school children with an adult, 1.0–1.2 m/s; not a national norm",
    confidence="memory_unsure",
    steps_factor=3.0,
    crossing_s=5.0,
    signals_s=30.0,
    basis={**_WAITS, "steps_factor": _UNSURE_STAIRS, "slope": _UNSURE_SLOPE},
)
STROLLER = Walker(
    "stroller",
    0.9,
    source="adult with a pram; no consistent source, for sensitivity; not a national norm",
    confidence="memory_unsure",
    steps_factor=3.0,
    crossing_s=5.0,
    signals_s=30.0,
    basis={**_WAITS, "steps_factor": _UNSURE_STAIRS, "slope": _UNSURE_SLOPE},
)
WHEELCHAIR = Walker(
    "wheelchair",
    0.8,
    steps=False,
    source="as frail walkers, no steps; not a national norm",
    confidence="memory_unsure",
    kerbs=False,
    wheelchair=True,
    slope="level",
    steepest_slope=0.083,
    crossing_s=5.0,
    signals_s=30.0,
    basis={
        **_WAITS,
        "steps": {"source": "stairs are closed to wheelchairs, by definition", "confidence": "own"},
        "kerbs": {
            "source": "a raised kerb is a barrier for wheelchairs (OpenStreetMap, barrier=kerb)",
            "confidence": "seen",
        },
        "wheelchair": {
            "source": "wheelchair=no as mapped in OpenStreetMap",
            "confidence": "seen",
        },
        "slope": {
            "source": "no figure for wheelchairs was found: the steepest slope alone counts",
            "confidence": "memory_unsure",
        },
        "steepest_slope": {
            "source": "1 : 12, OpenTripPlanner's default for wheelchairs; not a national norm",
            "confidence": "seen",
        },
    },
)

WALKERS = {walker.name: walker for walker in (ADULT, ELDERLY, FRAIL, CHILD, STROLLER, WHEELCHAIR)}


def find_walker(walker: Walker | str, own: Mapping[str, Walker] | None = None) -> Walker:
    """Walker of a name.

    Parameters
    ----------
    walker
        A :class:`Walker`, or the name of one of the defaults.
    own
        Further walkers by name, such as those of a study; they go before the defaults.

    Returns
    -------
    Walker

    Raises
    ------
    UnknownNameError
        If there is none of that name.

    Examples
    --------
    >>> find_walker("elderly").speed_m_s
    1.0
    >>> find_walker("Grandma", {"grandma": Walker("grandma", 0.7)}).speed_m_s
    0.7
    """
    if isinstance(walker, Walker):
        return walker
    known = {**WALKERS, **{name.strip().lower(): one for name, one in (own or {}).items()}}
    found = known.get(str(walker).strip().lower())
    if found is None:
        raise UnknownNameError("walker", walker, known)
    return found
