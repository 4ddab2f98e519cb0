"""What the streets cost a walker, and which of them he may use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lifecircle.network.graph import WalkNetwork
from lifecircle.network.links import GATE_CLOSED, GATE_RESIDENTS, STREET
from lifecircle.network.walkers import Walker


@dataclass(frozen=True, eq=False)
class Costs:
    """What each edge costs a walker, in seconds, and the same along the arcs of the search.

    Parameters
    ----------
    forward_s, backward_s
        Seconds along an edge and against it, infinite where it cannot be used, shape (m,).
    arc_s
        Seconds of each arc, walked towards the node it leaves, shape (a,).
    """

    forward_s: NDArray[np.float64]
    backward_s: NDArray[np.float64]
    arc_s: NDArray[np.float64]


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
    """
    key = ("costs", walker.pace)
    if key in network.made:
        return network.made[key]  # type: ignore[no-any-return]
    usable = usable_edges(network, walker)
    seconds = np.where(usable, network.edge_length_m / walker.speed_m_s, np.inf)
    _, _, edge = network.arcs
    costs = Costs(seconds, seconds, seconds[edge])
    network.made[key] = costs
    return costs


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
    usable: NDArray[np.bool_] = ~np.isin(network.edge_link, (GATE_RESIDENTS, GATE_CLOSED))
    if not walker.steps:
        usable &= ~network.is_steps
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
