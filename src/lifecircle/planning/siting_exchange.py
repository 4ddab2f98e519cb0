"""Good choices of sites without a proof, and proven limits without a choice.

Greedy: one site after another, the one that saves most. Exchange (Teitz and Bart 1968, Operations
Research 16): a chosen site for another as long as that saves more, all exchanges looked at in one
pass over the pairs (Whitaker 1983, INFOR 21). The limit is Lagrange's: people are served at a price
per head, which is moved until the sites that pay are just those that may be chosen (Geoffrion 1974,
Mathematical Programming Study 2); what the prices say of a site that would make the choice worse
than a known one settles that site.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from lifecircle.planning.siting_demand import Demand, Floats, Mask, Positions, Rules

_ROUNDS = 1500
_PATIENCE = 40  # rounds without a better limit, after which the step is halved
_LEAST_STEP = 1e-3
_HINT = 25  # rounds between two tries of the choice that the prices point to
_FEW_PAIRS = 2_000  # which the program does at once
_WORTH_SHRINKING = 0.8
_CLOSE = 1e-9
_TINY = 1e-9


def good_choice(demand: Demand, rules: Rules, deadline: float) -> Positions:
    """Sites chosen one by one and exchanged until no exchange saves more.

    Parameters
    ----------
    demand
        Who is served.
    rules
        What may be chosen.
    deadline
        Reading of ``time.perf_counter()`` after which the choice so far is taken.

    Returns
    -------
    array of int
        Rising; equal savings go to the site that stands first.
    """
    starts = [_greedy(demand, rules, by_cost=False)]
    if rules.cost is not None:
        starts.append(_greedy(demand, rules, by_cost=True))
    found = [_exchanged(demand, rules, start, deadline) for start in starts]
    best = max(range(len(found)), key=lambda place: (demand.saved(found[place]), -place))
    return np.sort(_filled(found[best], demand.sites, rules))


def pruned(demand: Demand, chosen: Positions) -> Positions:
    """Choice without the sites that save nothing beside the others.

    Parameters
    ----------
    demand
        Who is served.
    chosen
        Sites.

    Returns
    -------
    array of int
    """
    whole, kept = demand.saved(chosen), list(chosen)
    for site in chosen[::-1]:
        rest = np.array([one for one in kept if one != site], dtype=np.int64)
        if demand.saved(rest) >= whole * (1 - 1e-12):
            kept = rest.tolist()
    return np.array(kept, dtype=np.int64)


def _greedy(demand: Demand, rules: Rules, *, by_cost: bool) -> Positions:
    """One site after another, the one that saves most, or most for its cost."""
    row, chosen = demand.row, list[int]()
    spent, room = demand.cap.copy(), _room(demand, rules)
    first = np.argsort(demand.site, kind="stable")
    starts = np.searchsorted(demand.site[first], np.arange(demand.sites + 1))
    while True:
        gain = _gains(demand, row, spent)
        fits = np.all([weights <= left + _TINY for weights, left in room], axis=0)
        fits[chosen] = False
        score = gain
        if by_cost and rules.cost is not None:
            score = gain / np.maximum(rules.cost, 1e-12)
        score = np.where(fits & (gain > 0), score, -1.0)
        best = int(np.argmax(score)) if len(score) else 0
        if not len(score) or score[best] <= 0:
            return np.array(chosen, dtype=np.int64)
        chosen.append(best)
        room = [(weights, left - weights[best]) for weights, left in room]
        pairs = first[starts[best] : starts[best + 1]]
        spent[row[pairs]] = np.minimum(spent[row[pairs]], demand.minutes[pairs])


def _room(demand: Demand, rules: Rules) -> list[tuple[Floats, float]]:
    """Limits, or one that never holds back."""
    return rules.limits(demand.sites) or [(np.zeros(demand.sites), 0.0)]


def _gains(demand: Demand, row: Positions, spent: Floats) -> Floats:
    """What each site saves besides."""
    less = demand.weight[row] * np.maximum(spent[row] - demand.minutes, 0.0)
    return np.asarray(
        np.bincount(demand.site, weights=less, minlength=demand.sites), dtype=np.float64
    )


def _exchanged(demand: Demand, rules: Rules, start: Positions, deadline: float) -> Positions:
    """Choice after all exchanges and additions that save more."""
    row, chosen = demand.row, start.copy()
    limits = _room(demand, rules)
    scale = _TINY * max(float((demand.weight * demand.cap).sum()), 1e-300)
    while len(chosen) and time.perf_counter() < deadline:
        slack = [left - float(weights[chosen].sum()) for weights, left in limits]
        gain, change = _changes(demand, row, chosen)
        change[chosen] = -np.inf
        gain[chosen] = -np.inf
        for (weights, _), left in zip(limits, slack, strict=True):
            change[weights[:, None] - weights[chosen][None, :] > left + _TINY] = -np.inf
            gain[weights > left + _TINY] = -np.inf
        add = int(np.argmax(gain))
        into, out = np.unravel_index(int(np.argmax(change)), change.shape)
        if gain[add] > scale and gain[add] >= change[into, out]:
            chosen = np.append(chosen, add)
        elif change[into, out] > scale:
            chosen[out] = into
        else:
            break
    return chosen


def _changes(demand: Demand, row: Positions, chosen: Positions) -> tuple[Floats, Floats]:
    """What each addition saves, shape (m,), and each exchange, shape (m, chosen)."""
    slot = np.full(demand.sites, -1, dtype=np.int64)
    slot[chosen] = np.arange(len(chosen))
    held = slot[demand.site] >= 0
    rows, at = row[held], demand.minutes[held]
    fresh = np.ones(len(rows), dtype=bool)
    fresh[1:] = rows[1:] != rows[:-1]
    one = np.flatnonzero(fresh)
    two = one + 1
    has_two = two < len(rows)
    has_two[has_two] = rows[two[has_two]] == rows[one[has_two]]
    best, second = demand.cap.copy(), demand.cap.copy()
    holder = np.full(len(demand.weight), -1, dtype=np.int64)
    best[rows[one]] = at[one]
    holder[rows[one]] = slot[demand.site[held][one]]
    second[rows[one[has_two]]] = at[two[has_two]]
    served = holder >= 0
    loss = np.bincount(
        holder[served],
        weights=(demand.weight * (second - best))[served],
        minlength=len(chosen),
    )
    gain = _gains(demand, row, best)
    near = served[row] & (demand.minutes < second[row])
    back = demand.weight[row] * (second[row] - np.maximum(demand.minutes, best[row]))
    key = demand.site[near] * len(chosen) + holder[row[near]]
    again = np.bincount(key, weights=back[near], minlength=demand.sites * len(chosen))
    change = gain[:, None] - loss[None, :] + again.reshape(demand.sites, len(chosen))
    return gain, change


def _filled(chosen: Positions, sites: int, rules: Rules) -> Positions:
    """Just so many sites, where it must be so: the first of the others."""
    if not rules.exactly or rules.count is None or len(chosen) >= rules.count:
        return chosen
    rest = np.setdiff1d(np.arange(sites), chosen)
    return np.concatenate([chosen, rest[: rules.count - len(chosen)]])


@dataclass(eq=False)
class Limit:
    """What no choice can exceed, the best choice known, and the sites that are settled by both.

    Parameters
    ----------
    saved
        No choice saves more.
    known
        Best choice so far.
    opened, gone
        Sites that every better choice has, or has not, shape (m,).
    """

    saved: float
    known: Positions
    opened: Mask
    gone: Mask

    def closed(self, demand: Demand) -> bool:
        """Whether the known choice is the best."""
        known = demand.saved(self.known)
        return self.saved - known <= _CLOSE * max(known, _TINY)

    def undecided(self, demand: Demand) -> int:
        """Pairs of sites that are not settled."""
        return int((~(self.opened | self.gone))[demand.site].sum())

    def settle(self, value: float, reduced: tuple[Floats, Floats], cost: float) -> None:
        """Sites that would make every choice worse than the known one by being there, or not."""
        most = cost * (1 + 1e-10) + _TINY
        self.opened |= value + reduced[0] > most
        self.gone |= value + reduced[1] > most


def proven_limit(demand: Demand, rules: Rules, known: Positions, deadline: float) -> Limit:
    """Limit by prices per head (Lagrange), and better choices that the prices point to.

    Parameters
    ----------
    demand
        Who is served.
    rules
        What may be chosen.
    known
        A choice that is allowed.
    deadline
        Reading of ``time.perf_counter()`` after which the limit so far is taken.

    Returns
    -------
    Limit
    """
    row, limits, none = demand.row, _room(demand, rules), np.zeros(demand.sites, dtype=bool)
    whole = float((demand.weight * demand.cap).sum())
    least = demand.cap.copy()
    np.minimum.at(least, row, demand.minutes)
    limit = Limit(whole - float((demand.weight * least).sum()), known, none, none.copy())
    if limit.closed(demand) or not rules.limits(demand.sites) or not demand.sites:
        return limit
    price = (demand.spent(known) + demand.cap) / 2
    best_price, best, still, step = price, -np.inf, 0, 1.0
    cost = whole - demand.saved(known)
    for turn in range(_ROUNDS):
        pays, total, *reduced = paying_sites(_gains(demand, row, price), limits)
        value = float((demand.weight * price).sum()) - total
        if turn % _HINT == _HINT - 1:
            limit.known = _hinted(demand, rules, limit.known, (pays, deadline))
            cost = whole - demand.saved(limit.known)
        limit.settle(value, (reduced[0], reduced[1]), cost)
        if turn % _HINT == _HINT - 1:
            demand = _smaller(demand, limit.gone)
            row = demand.row
            if limit.undecided(demand) < _FEW_PAIRS:
                break
        still = 0 if value > best + abs(best) * 1e-6 else still + 1
        if value > best:
            best, best_price = value, price
        if still >= _PATIENCE:
            price, step, still = best_price, step / 2, 0
            continue
        served = np.bincount(
            row, weights=pays[demand.site] * (price[row] > demand.minutes), minlength=len(price)
        )
        steep = float((demand.weight * (1.0 - served) ** 2).sum())
        small = cost - best <= _CLOSE * max(whole - cost, _TINY)
        if steep <= 0 or step < _LEAST_STEP or small or time.perf_counter() > deadline:
            break
        move = step * max(1.01 * cost - value, 1e-12) / steep
        price = np.clip(price + move * (1.0 - served), 0.0, demand.cap)
    pays, total, *reduced = paying_sites(_gains(demand, row, best_price), limits)
    limit.known = _hinted(demand, rules, limit.known, (pays, deadline))
    value = float((demand.weight * best_price).sum()) - total
    limit.settle(value, (reduced[0], reduced[1]), whole - demand.saved(limit.known))
    limit.gone &= ~limit.opened
    limit.saved = min(limit.saved, max(whole - best, 0.0))
    return limit


def _smaller(demand: Demand, gone: Mask) -> Demand:
    """Demand without the pairs of sites that no better choice has."""
    kept = ~gone[demand.site]
    if kept.sum() > _WORTH_SHRINKING * len(kept):
        return demand
    size = np.bincount(demand.row[kept], minlength=len(demand.weight))
    first = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    site, minutes = demand.site[kept], demand.minutes[kept]
    return Demand(demand.weight, demand.cap, first, site, minutes, demand.sites)


def _hinted(
    demand: Demand, rules: Rules, known: Positions, hint: tuple[Floats, float]
) -> Positions:
    """Known choice, or the better one that begins with the sites that pay."""
    pays, deadline = hint
    start = np.flatnonzero(pays > 1 - _TINY)
    if any(float(weights[start].sum()) > most + _TINY for weights, most in rules.limits(len(pays))):
        return known
    found = np.sort(_filled(_exchanged(demand, rules, start, deadline), demand.sites, rules))
    return found if demand.saved(found) > demand.saved(known) * (1 + 1e-12) else known


def paying_sites(
    worth: Floats, limits: list[tuple[Floats, float]]
) -> tuple[Floats, float, Floats, Floats]:
    """Sites that are worth most within the tightest limit (parts of one allowed).

    Parameters
    ----------
    worth
        Of each site, 0 or more, shape (m,).
    limits
        Weights of the sites and the most that they may add up to.

    Returns
    -------
    pays, total, without, within
        Part of each site taken; what they are worth; how much less that is without each site, and
        with each.
    """
    found = np.ones(len(worth)), float(worth.sum()), worth, np.zeros(len(worth))
    for weights, most in limits:
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(weights > 0, worth / weights, np.inf)
            order = np.argsort(-ratio, kind="stable")
            used = np.cumsum(weights[order])
            left = (most - used) / weights[order] + 1.0
            part = np.where(weights[order] > 0, left, 1.0)
        taken = np.empty(len(worth))
        taken[order] = np.clip(part, 0.0, 1.0)
        over = np.flatnonzero(used > most + _TINY)
        price = float(ratio[order[over[0]]]) if len(over) else 0.0
        total = float((taken * worth).sum())
        if total < found[1]:
            # total = most × price + what each site is worth beyond its weight × price
            margin = worth - price * weights
            found = taken, total, np.maximum(margin, 0.0), np.maximum(-margin, 0.0)
    return found
