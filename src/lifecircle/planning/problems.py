"""What keeps the actions of a scenario from being done, told all at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pyproj

from lifecircle.assessment.study import Study
from lifecircle.crs import WGS84
from lifecircle.errors import InputError, UnknownNameError, did_you_mean
from lifecircle.inputs.own_classes import service_of, service_words
from lifecircle.network.new_ways import nearest_streets
from lifecircle.network.snapping import transform_between
from lifecircle.planning.actions import WORDS
from lifecircle.standards import catalog

Floats = np.ndarray[Any, np.dtype[np.float64]]
_SEARCHED_M = 5_000.0


class Problems:
    """Problems of a scenario's actions.

    Parameters
    ----------
    actions
        The actions.
    """

    def __init__(self, actions: Sequence[Any]) -> None:
        self.actions = actions
        self.told: list[tuple[int, str]] = []
        self.names: list[UnknownNameError] = []

    def add(self, number: int, text: str) -> None:
        """Note a problem of one action.

        Parameters
        ----------
        number
            Position of the action.
        text
            What is wrong and what to do, without a full stop.
        """
        word = WORDS[type(self.actions[number])]
        self.told.append((number, f"action {number + 1} ({word}): {text}."))

    def unknown(self, number: int, kind: str, name: str, known: Collection[str]) -> None:
        """Note a name that is not there, with the nearest that are.

        Parameters
        ----------
        number
            Position of the action.
        kind, name, known
            As for :class:`~lifecircle.errors.UnknownNameError`.
        """
        error = UnknownNameError(kind, name, known)
        self.names.append(error)
        self.add(number, str(error).rstrip("."))

    def service(self, number: int, name: str) -> str:
        """Service of a name; noted if it is none.

        Parameters
        ----------
        number
            Position of the action.
        name
            Word of the catalogue or Chinese name.

        Returns
        -------
        str
        """
        service = service_of(name)
        if service is None:
            known = {one: one for one in catalog.services().index}
            hint = did_you_mean(str(name), {**known, **service_words()})
            self.add(
                number,
                f"unknown service {name!r}{hint}; lifecircle.standards.catalog.services() lists "
                "them",
            )
        return service or str(name)

    def place(self, number: int, at: tuple[float, float], study: Study) -> None:
        """Note a place that no street is near to.

        Parameters
        ----------
        number
            Position of the action.
        at
            Longitude and latitude, degrees WGS-84.
        study
            Whose streets.
        """
        network = study.network
        west, south, east, north = network.bounds_lonlat
        _, _, away_m = nearest_streets(network.plain, to_metres([at], study), _SEARCHED_M)
        if away_m[0] <= study.snap_m:
            return
        far = f"{away_m[0]:,.0f} m" if np.isfinite(away_m[0]) else "more than 5 km"
        lon, lat = at
        swapped = west <= lat <= east and south <= lon <= north
        hint = " Longitude and latitude look swapped" if swapped else ""
        self.add(
            number,
            f"({lon:.5f}, {lat:.5f}) lies {far} from the nearest street, more than snap_m="
            f"{study.snap_m:g} m: nobody could reach it (the streets lie between lon {west:.4f} "
            f"and {east:.4f}, lat {south:.4f} and {north:.4f}){hint}",
        )

    def stop(self) -> None:
        """Raise all problems that were noted.

        Raises
        ------
        UnknownNameError
            If a name that is not known is the only problem.
        InputError
            Otherwise, if there are any.
        """
        if len(self.told) == 1 and len(self.names) == 1:
            raise self.names[0]
        if self.told:
            lines = [text for _, text in sorted(self.told, key=lambda told: told[0])]
            raise InputError("scenario: " + "\n".join(lines))


def to_metres(places: Sequence[tuple[float, float]], study: Study) -> Floats:
    """Places in the metric system of a study's streets.

    Parameters
    ----------
    places
        Longitude and latitude, degrees WGS-84, shape (n, 2).
    study
        The study.

    Returns
    -------
    array, shape (n, 2)

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> to_metres([(112.99, 28.165)], load_demo()).shape
    (1, 2)
    """
    lonlat = np.asarray(places, dtype=float).reshape(-1, 2)
    transform = transform_between(pyproj.CRS.from_user_input(WGS84), study.network.crs)
    return np.column_stack(transform(lonlat[:, 0], lonlat[:, 1]))


def to_degrees(xy_m: Floats, study: Study) -> Floats:
    """Places of a study's streets in degrees.

    Parameters
    ----------
    xy_m
        Metres, shape (n, 2).
    study
        The study.

    Returns
    -------
    array, shape (n, 2)
        Longitude and latitude, degrees WGS-84.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> study = load_demo()
    >>> to_degrees(to_metres([(112.99, 28.165)], study), study).round(6).tolist()
    [[112.99, 28.165]]
    """
    transform = transform_between(study.network.crs, pyproj.CRS.from_user_input(WGS84))
    return np.column_stack(transform(xy_m[:, 0], xy_m[:, 1]))
