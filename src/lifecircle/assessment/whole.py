"""What a part of a study still knows of the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lifecircle.network.doors import Doors


@dataclass(frozen=True, eq=False)
class Whole:
    """What is known of the whole that a study is a part of.

    A service that occurs nowhere near a unit is out of reach there, not unknown, if it occurs
    anywhere in the whole; and what is far from every street is so whatever streets were cut.

    Parameters
    ----------
    services
        Services that the facilities of the whole list.
    near
        Services of which any facility of the whole lies near a street, by name of walker.
    unsnapped
        Ids of facilities of the part that no street of the whole is near to, by name of walker.
    members
        Who belongs to which unit: positions in residents and units, as
        :meth:`lifecircle.Study.members` gives them.
    doors
        Doors of the facilities of the part, as they are laid along all streets.
    around
        Facilities of the part within the longest walk of what is shown; the others are so far that
        only the severity of shortfalls asks for them, shape (f,).
    shown_m
        West, south, east and north of what is drawn around the units, metres in the system of the
        streets: nothing that is left out changes what is drawn there.
    frame_m
        The same of streets and facilities that are shown: as far as people there may walk.
    reach_m
        How far a walk within the longest time may lead, metres.

    Examples
    --------
    >>> none = np.empty(0, dtype=np.int64)
    >>> near = {"adult": frozenset({"park"})}
    >>> doors = np.empty((0, 2)), none.astype(np.int32), np.empty(0)
    >>> bounds = (0.0, 0.0, 1.0, 1.0)
    >>> Whole(("park",), near, {}, (none, none), doors, none > 0, bounds, bounds, 9.0).services
    ('park',)
    """

    services: tuple[str, ...]
    near: Mapping[str, frozenset[str]]
    unsnapped: Mapping[str, frozenset[str]]
    members: tuple[NDArray[np.int64], NDArray[np.int64]]
    doors: Doors
    around: NDArray[np.bool_]
    shown_m: tuple[float, float, float, float]
    frame_m: tuple[float, float, float, float]
    reach_m: float
