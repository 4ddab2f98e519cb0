r"""Which sites to build on, so that most people gain a facility within a walk.

The maximal covering location problem (MCLP, Church and ReVelle 1974, Papers of the Regional Science
Association 32):

.. math:: \max \sum_i w_i z_i, \quad z_i \le \sum_{j \in N_i} x_j, \quad \sum_j x_j = p,
    \quad x_j \in \{0, 1\}, \; 0 \le z_i \le 1

with :math:`N_i` the sites within the minutes of place :math:`i`. It is solved to the proven optimum
by HiGHS. Places that the same sites reach are one row: the answer is the same, the program small.
"""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.errors import AlignmentError, InputError, LifecircleWarning, UnknownNameError, some
from lifecircle.network.travel_times import TravelTimes

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SitingResult:
    """Sites that were chosen, and what they do.

    Parameters
    ----------
    sites
        One row per chosen site, the one that adds most first: ``site_id``, ``reached_people``
        within the minutes of it, ``added_people`` whom none above it and no existing facility
        reaches.
    minutes
        Longest walk that counts, minutes.
    people
        All people.
    existing_people
        Those whom an existing facility reaches, and no new one is needed for.
    covered_people
        Those whom an existing or a chosen facility reaches.
    bound_people
        More than these cannot be covered by any choice: proven. Equal to ``covered_people`` up to
        rounding where the choice is the best.
    """

    sites: pd.DataFrame
    minutes: float
    people: float
    existing_people: float
    covered_people: float
    bound_people: float

    @property
    def covered_share(self) -> float:
        """Share of the people who are covered; not a number without people."""
        return self.covered_people / self.people if self.people > 0 else float("nan")

    @property
    def gap_share(self) -> float:
        """By how much the best choice may be better, as a share of the people covered."""
        over = max(self.bound_people - self.covered_people, 0.0)
        return over / self.covered_people if self.covered_people > 0 else 0.0

    def __repr__(self) -> str:
        proven = "the best choice" if self.gap_share < 1e-6 else f"within {self.gap_share:.1%}"
        return (
            f"SitingResult: {len(self.sites)} sites ({some(self.sites['site_id'])}); "
            f"{self.covered_people:,.0f} of {self.people:,.0f} people within {self.minutes:g} min "
            f"({self.covered_share:.1%}), {self.existing_people:,.0f} without them; {proven}"
        )


def locate(
    times: TravelTimes,
    weights: pd.Series[Any] | Sequence[float],
    *,
    count: int,
    minutes: float | None = None,
    existing: Iterable[Hashable] = (),
    time_limit_s: float = 120.0,
) -> SitingResult:
    """Sites that bring most people within a walk of a facility (MCLP), proven best.

    Parameters
    ----------
    times
        Minutes from people to candidate sites and existing facilities, its destinations.
    weights
        People at each origin, 0 or more: in the order of ``times.origins``, or a Series by their
        ids.
    count
        Number of sites to choose.
    minutes
        Longest walk that counts; ``times.limit_min`` if not given.
    existing
        Destinations that stand already: they count and are not chosen.
    time_limit_s
        After so many seconds the best choice so far is taken; a warning tells how far from the
        best it may be.

    Returns
    -------
    SitingResult

    Raises
    ------
    InputError
        If a weight is missing or below 0, ``count`` is not a number of sites that there are, or
        the minutes are longer than were searched.
    AlignmentError
        If there is not one weight per origin.
    UnknownNameError
        If an existing facility is not among the destinations.

    Examples
    --------
    >>> frame = pd.DataFrame({"origin_id": ["a", "b", "b", "c"], "minutes": [4.0, 9.0, 3.0, 5.0],
    ...                       "destination_id": ["north", "north", "south", "south"]})
    >>> times = TravelTimes.from_frame(frame, limit_min=10)
    >>> locate(times, [100, 80, 50], count=1)
    SitingResult: 1 sites (north); 180 of 230 people within 10 min (78.3%), 0 without them; ...
    """
    people = _weights(times, weights)
    times = times if minutes is None else times.within(minutes)
    standing = _positions(times, existing)
    candidates = np.setdiff1d(np.arange(len(times.destinations)), standing)
    if isinstance(count, bool) or not isinstance(count, int | np.integer):
        raise InputError(f"count={count!r}: give a whole number of sites, such as 3.")
    if not 1 <= count <= len(candidates):
        raise InputError(
            f"count={count}: there are {len(candidates)} candidate sites to choose from, besides "
            f"{len(standing)} that stand already."
        )
    is_standing = np.zeros(len(times.destinations), dtype=bool)
    is_standing[standing] = True
    row = times.origin
    reached = np.zeros(len(people), dtype=bool)
    reached[row[is_standing[times.destination]]] = True
    sets, gain = _cover_sets(times, np.where(reached, 0.0, people))
    chosen, bound = _solve(sets, gain, candidates, int(count), time_limit_s)
    sites = _sites(times, people, reached, chosen)
    before = float(people[reached].sum())
    return SitingResult(
        sites=sites,
        minutes=times.limit_min,
        people=float(people.sum()),
        existing_people=before,
        covered_people=before + float(sites["added_people"].sum()),
        bound_people=before + bound,
    )


def _weights(times: TravelTimes, weights: Any) -> Floats:
    """People at each origin."""
    if isinstance(weights, pd.Series) and not weights.index.equals(pd.RangeIndex(len(weights))):
        missing = times.origins.difference(weights.index)
        if len(missing) or not weights.index.is_unique:
            raise AlignmentError(
                f"weights: {len(missing)} of {len(times.origins)} origins have none "
                f"({some(missing)}), or ids stand twice. Give one for each id of times.origins."
            )
        weights = weights.reindex(times.origins)
    values = np.asarray(pd.to_numeric(pd.Series(np.asarray(weights)), errors="coerce"), dtype=float)
    if len(values) != len(times.origins):
        raise AlignmentError(
            f"weights: {len(values)} for {len(times.origins)} origins; give one each, in the order "
            "of times.origins."
        )
    bad = ~(np.isfinite(values) & (values >= 0))
    if bad.any():
        raise InputError(
            f"weights: {bad.sum()} of {len(values)} are missing, not numbers or below 0 (origins "
            f"{some(times.origins[bad])}). Give the number of people, 0 where nobody lives."
        )
    return values


def _positions(times: TravelTimes, existing: Iterable[Hashable]) -> NDArray[np.int64]:
    """Positions of facilities that stand already."""
    names = pd.Index(list(dict.fromkeys([existing] if isinstance(existing, str) else existing)))
    found = times.destinations.get_indexer(names) if len(names) else np.empty(0, dtype=np.int64)
    for name, place in zip(names, found, strict=True):
        if place < 0:
            raise UnknownNameError("existing facility", name, times.destinations)
    return np.asarray(found, dtype=np.int64)


def _cover_sets(times: TravelTimes, people: Floats) -> tuple[list[NDArray[np.int32]], Floats]:
    """Different sets of sites that reach people, and how many people each stands for."""
    at: dict[bytes, int] = {}
    sets: list[NDArray[np.int32]] = []
    gain: list[float] = []
    first, destination = times.first.tolist(), times.destination
    for origin in np.flatnonzero((people > 0) & (np.diff(times.first) > 0)).tolist():
        places = destination[first[origin] : first[origin + 1]]
        key = places.tobytes()
        if key not in at:
            at[key] = len(sets)
            sets.append(places)
            gain.append(0.0)
        gain[at[key]] += people[origin]
    return sets, np.array(gain)


def _solve(
    sets: list[NDArray[np.int32]],
    gain: Floats,
    candidates: NDArray[np.int64],
    count: int,
    time_limit_s: float,
) -> tuple[NDArray[np.int64], float]:
    """Chosen sites, and the people that no choice can exceed."""
    from scipy import optimize, sparse  # noqa: PLC0415 - loads when a program is solved

    sites, groups = len(candidates), len(sets)
    if groups == 0:
        return candidates[:count], 0.0
    group = np.repeat(np.arange(groups), [len(places) for places in sets])
    site = np.searchsorted(candidates, np.concatenate(sets))
    ones = np.ones(len(group))
    reach = sparse.hstack(
        [
            sparse.csr_array((-ones, (group, site)), shape=(groups, sites)),
            sparse.csr_array((np.ones(groups), (np.arange(groups), np.arange(groups)))),
        ],
        format="csr",
    )
    number = sparse.csr_array(
        (np.ones(sites), (np.zeros(sites, dtype=int), np.arange(sites))), shape=(1, sites + groups)
    )
    solved = optimize.milp(
        np.concatenate([np.zeros(sites), -gain]),
        integrality=np.concatenate([np.ones(sites), np.zeros(groups)]),
        bounds=optimize.Bounds(0, 1),
        constraints=[
            optimize.LinearConstraint(reach, -np.inf, 0),
            optimize.LinearConstraint(number, count, count),
        ],
        options={"time_limit": time_limit_s, "mip_rel_gap": 0.0},
    )
    if solved.x is None:
        raise InputError(
            f"siting: no choice was found within {time_limit_s:g} s. Raise time_limit_s, or ask "
            "for fewer sites."
        )
    chosen = candidates[np.sort(np.argsort(-solved.x[:sites], kind="stable")[:count])]
    bound = -float(solved.mip_dual_bound) if solved.mip_dual_bound is not None else -solved.fun
    if solved.status == 1:
        warnings.warn(
            f"siting: after {time_limit_s:g} s the choice is good to "
            f"{max(bound + solved.fun, 0.0):,.0f} people: the best covers at most so many more. "
            "Raise time_limit_s for the proof.",
            LifecircleWarning,
            stacklevel=3,
        )
    return chosen, bound


def _sites(
    times: TravelTimes, people: Floats, reached: NDArray[np.bool_], chosen: NDArray[np.int64]
) -> pd.DataFrame:
    """Chosen sites, the one that adds most first."""
    row = times.origin
    by_site = {int(site): row[times.destination == site] for site in chosen}
    done, rest, rows = reached.copy(), [int(site) for site in chosen], []
    while rest:
        added = [float(people[by_site[site][~done[by_site[site]]]].sum()) for site in rest]
        best = int(np.argmax(added))
        site = rest.pop(best)
        rows.append((times.destinations[site], float(people[by_site[site]].sum()), added[best]))
        done[by_site[site]] = True
    return pd.DataFrame(rows, columns=["site_id", "reached_people", "added_people"])
