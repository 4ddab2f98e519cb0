"""People's places as siting needs them: equal ones are one row, and what may be chosen.

Every model here lowers a sum: a row costs its ``cap`` as long as no chosen site is nearer, and the
minutes of the nearest chosen site from then on. Covering is the case of a cap of 1 and sites that
cost 0: what is saved are the people who are covered.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lifecircle.network.travel_times import TravelTimes

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]
Mask = NDArray[np.bool_]

_MOST_BITS = 50_000_000  # a larger table of rows and sites is not looked through for easy rows


@dataclass(frozen=True, eq=False)
class Demand:
    """Rows of people who reach the same sites, and what each site saves them.

    Parameters
    ----------
    weight
        People of each row, shape (n,).
    cap
        What one of them spends without any site, shape (n,).
    first
        Where the pairs of each row begin, shape (n + 1,).
    site
        Candidate of each pair, shape (q,).
    minutes
        What one spends at it, below the cap, rising within a row, shape (q,).
    sites
        How many candidates there are.
    """

    weight: Floats
    cap: Floats
    first: Positions
    site: Positions
    minutes: Floats
    sites: int

    @property
    def row(self) -> Positions:
        """Row of each pair, shape (q,)."""
        return np.repeat(np.arange(len(self.weight)), np.diff(self.first))

    def spent(self, chosen: Positions) -> Floats:
        """What one of each row spends with some sites, shape (n,)."""
        found = self.cap.copy()
        open_ = np.zeros(self.sites, dtype=bool)
        open_[chosen] = True
        kept = open_[self.site]
        np.minimum.at(found, self.row[kept], self.minutes[kept])
        return found

    def saved(self, chosen: Positions) -> float:
        """What all save by some sites."""
        return float((self.weight * (self.cap - self.spent(chosen))).sum())

    def without(self, gone: Mask, opened: Positions) -> tuple[Demand, Positions]:
        """What is left to be saved when some sites are chosen and others given up.

        Returns
        -------
        tuple of Demand and array
            The candidates that are left are numbered anew; the array tells which they were.
        """
        left = ~gone
        left[opened] = False
        kept_sites = np.flatnonzero(left)
        number = np.cumsum(left) - 1
        cap = self.spent(opened)
        row = self.row
        kept = left[self.site] & (self.minutes < cap[row])
        rest = Demand(
            self.weight,
            cap,
            _firsts(row[kept], len(cap)),
            number[self.site[kept]],
            self.minutes[kept],
            len(kept_sites),
        )
        return merged(rest), kept_sites


@dataclass(frozen=True, eq=False)
class Rules:
    """What may be chosen.

    Parameters
    ----------
    count
        Most sites; ``None``: any number.
    exactly
        Whether it must be just so many.
    cost
        Cost of each candidate, shape (m,), where there is a budget or the cheapest is sought.
    budget
        Most that all may cost.
    """

    count: int | None
    exactly: bool
    cost: Floats | None = None
    budget: float | None = None

    def limits(self, sites: int) -> list[tuple[Floats, float]]:
        """Weights of the candidates and the most that they may add up to, for each limit."""
        found: list[tuple[Floats, float]] = []
        if self.count is not None:
            found.append((np.ones(sites), float(self.count)))
        if self.budget is not None and self.cost is not None:
            found.append((self.cost, self.budget))
        return found

    def left(self, opened: Positions, kept: Positions) -> Rules:
        """Rules for the candidates that are kept when some are chosen."""
        count = None if self.count is None else self.count - len(opened)
        if self.cost is None:
            return Rules(count, self.exactly)
        budget = None if self.budget is None else self.budget - float(self.cost[opened].sum())
        return Rules(count, self.exactly, self.cost[kept], budget)


def cover_demand(
    times: TravelTimes, people: Floats, candidates: Positions, reached: Mask
) -> Demand:
    """People whom no facility reaches yet, by the candidates that do.

    Parameters
    ----------
    times
        Minutes, all of which count.
    people
        People at each origin, shape (o,).
    candidates
        Destinations that may be chosen, rising, shape (m,).
    reached
        Origins that need no more, shape (o,).

    Returns
    -------
    Demand
        What is saved are people.
    """
    spent = np.zeros(len(times.minutes))
    return _demand(times, np.where(reached, 0.0, people), candidates, (spent, np.ones(len(people))))


def walk_demand(times: TravelTimes, people: Floats, candidates: Positions, cap: Floats) -> Demand:
    """People by the candidates that are nearer than what they walk today.

    Parameters
    ----------
    times, people, candidates
        As for :func:`cover_demand`.
    cap
        Minutes that one of each origin walks today, shape (o,).

    Returns
    -------
    Demand
        What is saved are people's minutes.
    """
    return _demand(times, people, candidates, (times.minutes.astype(float), cap))


def merged(demand: Demand) -> Demand:
    """Rows that spend the same everywhere put together; those that no site helps left out.

    Parameters
    ----------
    demand
        Rows.

    Returns
    -------
    Demand
        What is saved by any choice is the same.
    """
    first = demand.first.tolist()
    at: dict[bytes, int] = {}
    rows: list[int] = []
    place = np.full(len(demand.weight), -1, dtype=np.int64)
    helped = np.flatnonzero((np.diff(demand.first) > 0) & (demand.weight > 0))
    for row in helped.tolist():
        part = slice(first[row], first[row + 1])
        key = (
            demand.site[part].tobytes()
            + demand.minutes[part].tobytes()
            + demand.cap[row : row + 1].tobytes()
        )
        if key not in at:
            at[key] = len(rows)
            rows.append(row)
        place[row] = at[key]
    kept = np.array(rows, dtype=np.int64)
    sizes = np.diff(demand.first)[kept]
    pairs = np.repeat(demand.first[kept], sizes) + _counted(sizes)
    return Demand(
        _sums(place[helped], demand.weight[helped], len(rows)),
        demand.cap[kept],
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        demand.site[pairs],
        demand.minutes[pairs],
        demand.sites,
    )


def hardest(sets: Demand, cost: Floats) -> Demand:
    """Rows that are left to be thought of where every row needs a site.

    Whoever reaches all the sites of another row is served with it; a site whose rows another has
    too, for no more money, is never needed.

    Parameters
    ----------
    sets
        Rows and the sites that reach them.
    cost
        Of each site, shape (m,).

    Returns
    -------
    Demand
        Any choice that serves its rows serves all. The candidates keep their numbers.
    """
    if len(sets.weight) * sets.sites > _MOST_BITS:
        return sets
    reach = np.zeros((len(sets.weight), sets.sites), dtype=bool)
    reach[sets.row, sets.site] = True
    for _ in range(2):
        size = reach.sum(axis=1)
        reach = reach[_uncontained(reach, np.argsort(size, kind="stable"))]
        # of equal sites the cheaper, then the first; a larger one goes before a smaller
        order = np.lexsort((np.arange(sets.sites), cost, -reach.sum(axis=0)))
        kept = np.zeros(sets.sites, dtype=bool)
        kept[_needed(reach.T, order, cost)] = True
        reach[:, ~kept] = False
    row, site = np.nonzero(reach)
    rows = len(reach)
    return Demand(
        np.ones(rows), np.ones(rows), _firsts(row, rows), site, np.zeros(len(row)), sets.sites
    )


def _uncontained(sets: Mask, order: Positions) -> Positions:
    """Sets, smallest first, that hold none of those before them."""
    bits = _bits(sets)
    kept, found = np.empty_like(bits), list[int]()
    for one in order.tolist():
        if not (kept[: len(found)] & ~bits[one] == 0).all(axis=1).any():
            kept[len(found)] = bits[one]
            found.append(one)
    return np.array(found, dtype=np.int64)


def _needed(sets: Mask, order: Positions, cost: Floats) -> Positions:
    """Sets, largest first, that lie in none before them that costs no more."""
    bits = _bits(sets)
    kept, price, found = np.empty_like(bits), np.empty(len(bits)), list[int]()
    for one in order.tolist():
        inside = (bits[one] & ~kept[: len(found)] == 0).all(axis=1)
        if not (inside & (price[: len(found)] <= cost[one])).any():
            kept[len(found)], price[len(found)] = bits[one], cost[one]
            found.append(one)
    return np.array(found, dtype=np.int64)


def _bits(sets: Mask) -> NDArray[np.uint8]:
    """Eight members in a byte."""
    return np.packbits(sets, axis=1)


def _demand(
    times: TravelTimes, people: Floats, candidates: Positions, spent: tuple[Floats, Floats]
) -> Demand:
    """Demand of what one spends on each pair, and without any."""
    minutes, cap = spent
    number = np.full(len(times.destinations), -1, dtype=np.int64)
    number[candidates] = np.arange(len(candidates))
    row, site = times.origin.astype(np.int64), number[times.destination]
    kept = (site >= 0) & (people[row] > 0) & (minutes < cap[row])
    row, site, minutes = row[kept], site[kept], minutes[kept]
    order = np.lexsort((site, minutes, row))
    return merged(
        Demand(
            people,
            cap,
            _firsts(row, len(people)),
            site[order],
            minutes[order],
            len(candidates),
        )
    )


def _firsts(row: Positions, rows: int) -> Positions:
    """Where the pairs of each row begin."""
    return np.concatenate([[0], np.cumsum(np.bincount(row, minlength=rows))]).astype(np.int64)


def _sums(place: Positions, weight: Floats, size: int) -> Floats:
    """Sum of the weights at each place."""
    return np.asarray(np.bincount(place, weights=weight, minlength=size), dtype=np.float64)


def _counted(sizes: Positions) -> Positions:
    """0, 1, 2, … within runs of some sizes."""
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) - np.repeat(ends - sizes, sizes)
