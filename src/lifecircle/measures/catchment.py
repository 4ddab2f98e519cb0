"""Catchments: capacity per person when people compete for places (2SFCA family)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.errors import AlignmentError, InputError, MissingColumnError, some
from lifecircle.measures.coverage import people_numbers, rows_in
from lifecircle.network.travel_times import TravelTimes, check_limit_min

Decay = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def gaussian(minutes: float) -> Decay:
    r"""Weight that falls from 1 at the door to 0 at a time, along a Gaussian.

    .. math:: f(t) = \frac{e^{-t^2 / 2T^2} - e^{-1/2}}{1 - e^{-1/2}} \text{ for } t \le T,
       \quad 0 \text{ beyond}

    Parameters
    ----------
    minutes
        :math:`T`, minutes.

    Returns
    -------
    callable
        Minutes of any shape → weights 0–1.

    Raises
    ------
    InputError
        If ``minutes`` is not a number above 0.

    Notes
    -----
    Source: Dai (2010), Health & Place 16(6), 1038–1052.

    Examples
    --------
    >>> gaussian(15)(np.array([0.0, 7.5, 15.0, 16.0])).round(3)
    array([1.   , 0.701, 0.   , 0.   ])
    """
    limit = check_limit_min(minutes)
    floor = np.exp(-0.5)

    def decay(time_min: NDArray[np.float64]) -> NDArray[np.float64]:
        share = np.asarray(time_min, dtype=np.float64) / limit
        weight = (np.exp(-0.5 * share * share) - floor) / (1.0 - floor)
        return np.where(share <= 1.0, np.maximum(weight, 0.0), 0.0)

    return decay


def steps(*bands: tuple[float, float]) -> Decay:
    """Weight that falls in steps (E2SFCA); one step of 1 is the plain 2SFCA.

    Parameters
    ----------
    *bands
        Pairs of minutes and the weight up to and at them, such as ``(5, 1), (10, 0.68), (15,
        0.22)``; 0 beyond the last.

    Returns
    -------
    callable
        Minutes of any shape → weights.

    Raises
    ------
    InputError
        If there is no band, minutes do not rise, or a weight is not within 0–1.

    Notes
    -----
    Source: Luo & Qi (2009), Health & Place 15(4), 1100–1107.

    Examples
    --------
    >>> steps((5, 1.0), (15, 0.5))(np.array([5.0, 5.1, 15.0, 15.1]))
    array([1. , 0.5, 0.5, 0. ])
    """
    edges = [check_limit_min(minutes) for minutes, _ in bands]
    weights = [float(weight) for _, weight in bands]
    if not edges or edges != sorted(set(edges)) or not all(0 <= value <= 1 for value in weights):
        raise InputError(
            f"steps{bands}: give pairs of rising minutes and weights between 0 and 1, such as "
            "steps((5, 1), (10, 0.68), (15, 0.22))."
        )
    upto = np.asarray(edges, dtype=np.float32)
    weight_of = np.array([*weights, 0.0])

    def decay(time_min: NDArray[np.float64]) -> NDArray[np.float64]:
        band = np.searchsorted(upto, np.asarray(time_min, dtype=np.float32), side="left")
        return np.asarray(weight_of[band])

    return decay


def two_step_fca(
    times: TravelTimes,
    residents: pd.DataFrame,
    facilities: pd.DataFrame,
    *,
    decay: Decay | None = None,
    people: str = "people",
    capacity: str = "capacity",
) -> pd.Series:
    r"""Capacity within reach per person at each home, shared with all who compete for it.

    Step 1 divides each facility's capacity by the people who can reach it; step 2 adds, at each
    home, what the facilities within its reach have to give:

    .. math:: A_i = \sum_j f(t_{ij}) \frac{S_j}{\sum_k f(t_{kj}) P_k}

    Parameters
    ----------
    times
        Walking minutes, residents → facilities.
    residents
        Table with ``resident_id`` (else the index) and the people's column.
    facilities
        Table with ``facility_id`` (else the index) and the column of capacities; may be fewer than
        in ``times``, such as those of one service.
    decay
        Minutes → weights 0–1, such as :func:`gaussian` or :func:`steps`; if not given,
        ``gaussian(times.limit_min)``.
    people
        Column with the people who compete, such as ``"elderly"``.
    capacity
        Column with what a facility has to give, in any unit, such as beds or places.

    Returns
    -------
    Series, shape (len(residents),), index of ``residents``, name ``access``
        Units of capacity per person; 0 where nothing is within reach, NaN where the home is too far
        from any street to say.

    Raises
    ------
    MissingColumnError
        If a column is missing.
    InputError
        If capacities, people or weights are negative or not numbers.
    AlignmentError
        If the tables have ids that ``times`` does not know, or an id twice.

    Notes
    -----
    ``(access * people).sum()`` equals the capacity that anyone can reach. Cost is in proportion to
    the pairs. Sources: Luo & Wang (2003), Environment and Planning B 30(6), 865–884; for the decay
    see :func:`gaussian`.

    Examples
    --------
    Two homes of 1000 and 500 people and one clinic of 30 beds, next door to both:

    >>> times = TravelTimes.from_frame(
    ...     pd.DataFrame({"origin_id": ["a", "b"], "destination_id": ["C", "C"],
    ...                   "minutes": [1.0, 1.0]}), limit_min=15)
    >>> homes = pd.DataFrame({"resident_id": ["a", "b"], "people": [1000, 500]})
    >>> clinic = pd.DataFrame({"facility_id": ["C"], "capacity": [30]})
    >>> two_step_fca(times, homes, clinic, decay=steps((15, 1))).round(3).to_list()
    [0.02, 0.02]
    """
    pairs = _pairs(times, residents, facilities, decay=decay, people=people, capacity=capacity)
    return pairs.access(pairs.weight)


def three_step_fca(
    times: TravelTimes,
    residents: pd.DataFrame,
    facilities: pd.DataFrame,
    *,
    decay: Decay | None = None,
    people: str = "people",
    capacity: str = "capacity",
) -> pd.Series:
    r"""Capacity per person where people choose among what they reach (3SFCA).

    A home near many facilities does not ask for all of each: it chooses among them by how near they
    are, and the rest is as in :func:`two_step_fca`:

    .. math:: G_{ij} = \frac{f(t_{ij})}{\sum_k f(t_{ik})}, \qquad
       A_i = \sum_j G_{ij} f(t_{ij}) \frac{S_j}{\sum_k G_{kj} f(t_{kj}) P_k}

    Parameters
    ----------
    times
        Walking minutes, residents → facilities.
    residents
        Table with ``resident_id`` (else the index) and the people's column.
    facilities
        Table with ``facility_id`` (else the index) and the column of capacities. People choose
        among these alone, also those of capacity 0, not among all of ``times``.
    decay
        Minutes → weights, as :func:`two_step_fca` takes it.
    people
        Column with the people who compete.
    capacity
        Column with what a facility has to give.

    Returns
    -------
    Series, shape (len(residents),), index of ``residents``, name ``access``
        Units of capacity per person; 0 where nothing is within reach, NaN where the home is too far
        from any street to say.

    Raises
    ------
    MissingColumnError
        If a column is missing.
    InputError
        If capacities, people or weights are negative or not numbers.
    AlignmentError
        If the tables have ids that ``times`` does not know, or an id twice.

    Notes
    -----
    ``(access * people).sum()`` equals the capacity that anyone can reach. Source: Wan, Zou &
    Sternberg (2012), International Journal of Geographical Information Science 26(6), 1073–1089.

    Examples
    --------
    Home *a* reaches both clinics alike, home *b* only D: half of *a* goes to each.

    >>> times = TravelTimes.from_frame(
    ...     pd.DataFrame({"origin_id": ["a", "a", "b"], "destination_id": ["C", "D", "D"],
    ...                   "minutes": [1.0, 1.0, 1.0]}), limit_min=15)
    >>> homes = pd.DataFrame({"resident_id": ["a", "b"], "people": [100, 50]})
    >>> clinics = pd.DataFrame({"facility_id": ["C", "D"], "capacity": [10, 10]})
    >>> three_step_fca(times, homes, clinics, decay=steps((15, 1))).round(3).to_list()
    [0.15, 0.1]
    """
    pairs = _pairs(times, residents, facilities, decay=decay, people=people, capacity=capacity)
    chosen = np.where(pairs.listed[pairs.destination], pairs.weight, 0.0)
    total = np.bincount(pairs.origin, weights=chosen, minlength=len(times.origins))[pairs.origin]
    choice = np.divide(chosen, total, out=np.zeros(len(chosen)), where=total > 0)
    return pairs.access(choice * chosen)


@dataclass(frozen=True)
class _Pairs:
    """Who reaches what, how gladly, and what there is to share.

    Parameters
    ----------
    origin, destination
        Positions of each pair in the travel times.
    weight
        Weight of each pair.
    demand, offer
        People of each origin and capacity of each destination of the travel times.
    listed
        Whether a destination is one of the facilities that are asked about.
    home
        Position of each resident among the origins; -1 stands for none.
    off
        Whether an origin is too far from any street to say.
    index
        Index of the residents.
    """

    origin: NDArray[np.int32]
    destination: NDArray[np.int32]
    weight: NDArray[np.float64]
    demand: NDArray[np.float64]
    offer: NDArray[np.float64]
    listed: NDArray[np.bool_]
    home: NDArray[np.int64]
    off: NDArray[np.bool_]
    index: pd.Index

    def access(self, weight: NDArray[np.float64]) -> pd.Series:
        """Capacity over the people who seek it, added up at each home."""
        asked = weight * self.demand[self.origin]
        sought = np.bincount(self.destination, weights=asked, minlength=len(self.offer))
        ratio = np.divide(self.offer, sought, out=np.zeros(len(sought)), where=sought > 0)
        access = np.zeros(len(self.demand) + 1)  # the spare place of ids a foreign table lacks
        access[:-1] = np.bincount(
            self.origin, weights=weight * ratio[self.destination], minlength=len(self.demand)
        )
        access[:-1][self.off] = np.nan
        return pd.Series(access[self.home], index=self.index, name="access")


def _pairs(
    times: TravelTimes,
    residents: pd.DataFrame,
    facilities: pd.DataFrame,
    *,
    decay: Decay | None,
    people: str,
    capacity: str,
) -> _Pairs:
    """Tables laid over the travel times, checked."""
    supply = _capacities(facilities, capacity)
    if people not in residents.columns:
        raise MissingColumnError(
            f"residents: there is no column {people!r}; found {some(residents.columns, 12)}."
        )
    count = people_numbers(residents, people)
    home = rows_in(times.origins, residents, "resident_id", complete=times.complete)
    place = rows_in(times.destinations, facilities, "facility_id", complete=times.complete)
    for what, rows in (("residents", home), ("facilities", place)):
        known = rows[rows >= 0]
        if len(np.unique(known)) < len(known):
            raise AlignmentError(f"{what}: some ids stand more than once; give each row its own.")
    demand = np.zeros(len(times.origins) + 1)  # the last place takes what is not known
    demand[home] = count
    offer = np.zeros(len(times.destinations) + 1)
    offer[place] = supply
    listed = np.zeros(len(times.destinations) + 1, dtype=np.bool_)
    listed[place] = True
    weight = np.asarray((decay or gaussian(times.limit_min))(times.minutes.astype(np.float64)))
    if weight.shape != times.minutes.shape or not (np.isfinite(weight) & (weight >= 0)).all():
        raise InputError(
            "decay: for every time there must be one weight that is a number of 0 or more. Use "
            "gaussian(15) or steps((5, 1), (10, 0.68), (15, 0.22))."
        )
    return _Pairs(
        times.origin,
        times.destination,
        weight,
        demand[:-1],
        offer[:-1],
        listed[:-1],
        home,
        np.asarray(times.origins.isin(times.unsnapped_origins)),
        residents.index,
    )


def _capacities(facilities: pd.DataFrame, capacity: str) -> NDArray[np.float64]:
    if capacity not in facilities.columns:
        raise MissingColumnError(
            f"facilities: there is no column {capacity!r}; found {some(facilities.columns, 12)}."
        )
    column = pd.to_numeric(facilities[capacity], errors="coerce")
    numbers: NDArray[np.float64] = column.to_numpy(dtype=float)
    bad = ~(np.isfinite(numbers) & (numbers >= 0))
    if bad.any():
        raise InputError(
            f"facilities: {bad.sum()} of {len(numbers)} rows have no number of 0 or more in "
            f"{capacity!r} (rows {some(facilities.index[bad])}). Unknown capacity is not 0: fill "
            "it in, or leave these facilities out."
        )
    return numbers
