"""Who walks: speeds and what is passable for whom.

No Chinese norm sets walking speeds. Each default names where it comes from and how sure that is;
a study that has measured its own people makes its own :class:`Walker`.
"""

from __future__ import annotations

import math
import numbers
from dataclasses import dataclass
from typing import Any

from lifecircle.errors import InputError, UnknownNameError


@dataclass(frozen=True)
class Walker:
    """Someone who walks.

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
        How sure that is: ``seen`` in a published source, or ``memory_unsure``.

    Raises
    ------
    InputError
        If the speed is not a number above 0.

    Examples
    --------
    >>> Walker("Nordic walker", 1.8).reach_m(15)
    1620.0
    """

    name: str
    speed_m_s: float
    steps: bool = True
    source: str = "set by the study"
    confidence: str = "own"

    def __post_init__(self) -> None:
        speed: Any = self.speed_m_s  # whatever was handed in
        if not (
            not isinstance(speed, bool)
            and isinstance(speed, numbers.Real)
            and math.isfinite(speed)
            and float(speed) > 0
        ):
            raise InputError(
                f"walker {self.name!r}: speed_m_s is {self.speed_m_s!r}; it must be a number of "
                "metres per second above 0 (adults walk about 1.2)."
            )

    @property
    def pace(self) -> tuple[Any, ...]:
        """Everything that decides how long a walk takes: walkers of one pace share a search."""
        return self.speed_m_s, self.steps

    def reach_m(self, minutes: float) -> float:
        """Longest way that can be walked in a time.

        Parameters
        ----------
        minutes
            Walking time, min.

        Returns
        -------
        float
            Metres.

        Examples
        --------
        >>> ADULT.reach_m(15)
        1080.0
        """
        return self.speed_m_s * minutes * 60.0


ADULT = Walker(
    "adult",
    1.2,
    source="crossing design speed 1.22 m/s (Shanghai guideline for pedestrian crossings, FHWA), "
    "rounded down; not a national norm",
    confidence="seen",
)
ELDERLY = Walker(
    "elderly",
    1.0,
    source="design speed where many older people walk (Coffin, quoted); not a national norm",
    confidence="seen",
)
FRAIL = Walker(
    "frail",
    0.8,
    source="about 0.8 m/s for people aged 80+ or walking with aids; not a national norm",
    confidence="memory_unsure",
)
CHILD = Walker(
    "child",
    1.0,
    source="school children with an adult, 1.0–1.2 m/s; not a national norm",
    confidence="memory_unsure",
)
STROLLER = Walker(
    "stroller",
    0.9,
    source="adult with a pram; no consistent source, for sensitivity; not a national norm",
    confidence="memory_unsure",
)
WHEELCHAIR = Walker(
    "wheelchair",
    0.8,
    steps=False,
    source="as frail walkers, no steps; not a national norm",
    confidence="memory_unsure",
)

WALKERS = {walker.name: walker for walker in (ADULT, ELDERLY, FRAIL, CHILD, STROLLER, WHEELCHAIR)}


def find_walker(walker: Walker | str) -> Walker:
    """Walker of a name.

    Parameters
    ----------
    walker
        A :class:`Walker`, or the name of one of the defaults.

    Returns
    -------
    Walker

    Raises
    ------
    UnknownNameError
        If there is no default of that name.

    Examples
    --------
    >>> find_walker("elderly").speed_m_s
    1.0
    """
    if isinstance(walker, Walker):
        return walker
    found = WALKERS.get(str(walker).strip().lower())
    if found is None:
        raise UnknownNameError("walker", walker, WALKERS)
    return found
