"""What the streets cost a walker, and which of them he may use.

Slopes follow Tobler's hiking function (Tobler 1993): speed in proportion to
``exp(-3.5 |S + 0.05|)``, where S is rise over length. It is taken relative to the level, so that
level ground costs a walker exactly his own speed. Tobler's hikers are fastest on a slope of -5 %,
by a fifth; here nobody gets faster than on the level: the speeds of walkers are measured on the
level, and no walk is then longer than speed times time. Stairs cost their own factor whatever
their slope, for that is measured on stairs; links are level.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from lifecircle.network.graph import WalkNetwork
from lifecircle.network.links import CROSSING, NOT_PUBLIC, SIGNALS, STREET
from lifecircle.network.walkers import Walker

Floats = NDArray[np.float64]

# Hardly a street is steeper (the steepest of the world have about 35 %). What the heights tell
# beyond is an error of theirs on a short street, such as one that ends on a bridge.
STEEPEST = 0.40
_TOBLER, _TOBLER_BEST = 3.5, 0.05


@dataclass(frozen=True, eq=False)
class Costs:
    """What each edge costs a walker, in seconds, and the same along the arcs of the search.

    Parameters
    ----------
    forward_s, backward_s
        Seconds along an edge and against it, infinite where it cannot be used, shape (m,).
    arc_s
        Seconds of each arc, walked towards the node it leaves, shape (a,).
    arc_away_s
        Seconds of each arc, walked away from the node it leaves, shape (a,).
    """

    forward_s: Floats
    backward_s: Floats
    arc_s: Floats
    arc_away_s: Floats

    def reversed(self) -> Costs:
        """Costs of the way back: a search with them finds times from the facility to the home.

        Returns
        -------
        Costs
            The same arrays with their directions exchanged.

        Examples
        --------
        >>> up, down = np.array([90.0]), np.array([60.0])
        >>> Costs(up, down, np.array([60.0, 90.0]), np.array([90.0, 60.0])).reversed().forward_s
        array([60.])
        """
        return Costs(self.backward_s, self.forward_s, self.arc_away_s, self.arc_s)


def edge_costs(network: WalkNetwork, walker: Walker) -> Costs:
    """Seconds that each edge costs a walker.

    Parameters
    ----------
    network
        Streets.
    walker
        Who walks.

    Returns
    -------
    Costs
        A stretch of street costs its length at the walker's speed, times his factor on stairs, or
        times that of its slope where heights are known and he answers to slopes; half a crossing
        half his wait; other links their length, which is mostly none.
    """
    key = ("costs", walker.pace)
    if key in network.made:
        return network.made[key]  # type: ignore[no-any-return]
    level_s = network.edge_length_m / walker.speed_m_s
    level_s = np.where(network.is_steps, level_s * walker.steps_factor, level_s)
    for link, wait_s in ((CROSSING, walker.crossing_s), (SIGNALS, walker.signals_s)):
        level_s = np.where(network.edge_link == link, wait_s / 2.0, level_s)
    level_s = np.where(usable_edges(network, walker), level_s, np.inf)
    forward_s = backward_s = level_s
    if walker.slope == "tobler" and network.node_elevation_m is not None:
        slope = np.where(network.is_steps, 0.0, edge_slopes(network))
        forward_s, backward_s = level_s * slope_factor(slope), level_s * slope_factor(-slope)
    costs = _along_arcs(network, forward_s, backward_s)
    network.made[key] = costs
    return costs


def _along_arcs(network: WalkNetwork, forward_s: Floats, backward_s: Floats) -> Costs:
    """Costs of edges, and of the arcs that lie on them."""
    first, _, edge = network.arcs
    if forward_s is backward_s:
        arc_s = forward_s[edge]
        return Costs(forward_s, backward_s, arc_s, arc_s)
    tail = np.repeat(np.arange(network.node_count), np.diff(first))
    # towards the first node of an edge is against it; the one arc of a loop is taken so, too
    leaves_first = network.edge_ends[edge, 0] == tail
    towards_s = np.where(leaves_first, backward_s[edge], forward_s[edge])
    away_s = np.where(leaves_first, forward_s[edge], backward_s[edge])
    return Costs(forward_s, backward_s, towards_s, away_s)


def edge_slopes(network: WalkNetwork) -> Floats:
    """Slope of each street from its first end to its second, rise over length.

    Parameters
    ----------
    network
        Streets.

    Returns
    -------
    array, shape (m,)
        The rise between the two ends, never what the ground does in between: bridges and cuttings
        go their own way. At most ``STEEPEST`` up or down; 0 where a height is unknown, and of
        links and edges without length.
    """
    height_m = network.node_elevation_m
    if height_m is None:
        return np.zeros(network.edge_count)
    rise_m = height_m[network.edge_ends[:, 1]] - height_m[network.edge_ends[:, 0]]
    known = np.isfinite(rise_m) & (network.edge_length_m > 0) & (network.edge_link == STREET)
    slope = np.divide(rise_m, network.edge_length_m, out=np.zeros(len(rise_m)), where=known)
    return np.clip(slope, -STEEPEST, STEEPEST)


def slope_factor(slope: Floats) -> Floats:
    """How many times as long as on the level a walk on a slope takes.

    Parameters
    ----------
    slope
        Rise over length, above 0 uphill, any shape.

    Returns
    -------
    array
        At least 1: Tobler's hiking function relative to the level, never faster than on it.

    Examples
    --------
    >>> slope_factor(np.array([0.1, 0.0, -0.05, -0.1, -0.2])).round(3).tolist()
    [1.419, 1.0, 1.0, 1.0, 1.419]
    """
    steeper = np.abs(slope + _TOBLER_BEST) - _TOBLER_BEST
    return np.asarray(np.exp(_TOBLER * np.maximum(steeper, 0.0)))


def usable_edges(network: WalkNetwork, walker: Walker) -> NDArray[np.bool_]:
    """Whether a walker may walk along each edge.

    Parameters
    ----------
    network
        Streets.
    walker
        Who walks.

    Returns
    -------
    array of bool, shape (m,)
        Gates that are not open to everybody are closed here; their own people are let through
        apart.
    """
    usable: NDArray[np.bool_] = ~np.isin(network.edge_link, NOT_PUBLIC)
    if not walker.steps:
        usable &= ~network.is_steps
    for closed, column, word in (
        (walker.wheelchair, "wheelchair", "no"),
        (not walker.kerbs, "kerb", "raised"),
    ):
        if closed and column in network.edge_tags:
            usable &= np.asarray(network.edge_tags[column] != word, dtype=bool)
    if walker.steepest_slope is not None and network.node_elevation_m is not None:
        usable &= np.abs(edge_slopes(network)) <= walker.steepest_slope
    return usable


def joinable_edges(network: WalkNetwork, walker: Walker) -> NDArray[np.bool_]:
    """Whether a walker's home or a facility may join each edge: usable stretches of street.

    Parameters
    ----------
    network
        Streets.
    walker
        Who walks.

    Returns
    -------
    array of bool, shape (m,)
    """
    return np.asarray(usable_edges(network, walker) & (network.edge_link == STREET))


def ways_key(network: WalkNetwork, walker: Walker) -> bytes:
    """Key of what is made for everybody who may join the same streets.

    Parameters
    ----------
    network
        Streets.
    walker
        Who walks.

    Returns
    -------
    bytes
        Equal for two walkers if and only if the same edges are joinable to both.
    """
    key = ("ways", walker.ways)
    if key not in network.made:
        joinable = np.packbits(joinable_edges(network, walker))
        network.made[key] = blake2b(joinable.tobytes(), digest_size=16).digest()
    found: bytes = network.made[key]
    return found
