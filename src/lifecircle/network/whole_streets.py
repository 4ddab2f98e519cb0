"""Streets that a new way cuts, joined again: which compound they lie in is asked of the whole.

A street that brushes an outline lies where its deeper part does. Cut in two, each part would answer
for itself, and to make a way would move people who have nothing to do with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lifecircle.network.graph import WalkNetwork
from lifecircle.network.walls import Drawn

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class WholeStreets:
    """A network whose cut streets are whole again.

    Parameters
    ----------
    network
        The same nodes; one edge for all pieces of a street.
    whole
        Edge of that network that each piece belongs to, shape (m,).
    first
        First piece of each whole street, shape (w,).
    begin, end
        Shares of the whole street's drawn length between which each piece lies, shape (m,).
    """

    network: WalkNetwork
    whole: Integers
    first: Integers
    begin: Floats
    end: Floats

    def piece_at(self, street: Integers, share: Floats) -> tuple[Integers, Floats]:
        """Pieces at places along whole streets, and the shares of them that lie before.

        Parameters
        ----------
        street, share
            Whole streets and shares of their drawn lengths, shape (n,).

        Returns
        -------
        piece, share
            Shape (n,).
        """
        order = np.lexsort((self.begin, self.whole))
        key = self.whole[order] + self.begin[order] * (1.0 - 1e-12)
        at = np.searchsorted(key, street + share * (1.0 - 1e-12), side="right") - 1
        piece = order[np.maximum(at, 0)]
        length = self.end[piece] - self.begin[piece]
        part = (share - self.begin[piece]) / np.where(length > 0, length, 1.0)
        return piece, np.clip(part, 0.0, 1.0)


def whole_streets(network: WalkNetwork) -> WholeStreets | None:
    """Streets that were cut where they go on, joined again.

    Parameters
    ----------
    network
        Streets without walls.

    Returns
    -------
    WholeStreets or None
        ``None`` where none was cut.
    """
    before, after = _neighbours(network)
    if not len(before):
        return None
    count = network.edge_count
    following = np.full(count, -1, dtype=np.int64)
    following[before] = after
    head = np.arange(count)
    head[after] = -1
    place = np.zeros(count, dtype=np.int64)
    for start in np.setdiff1d(before, after).tolist():
        piece, number = start, 0
        while following[piece] >= 0:
            piece, number = int(following[piece]), number + 1
            head[piece], place[piece] = start, number
    lost = np.flatnonzero(head < 0)  # a ring that is cut all around: left in its pieces
    head[lost] = lost
    first, whole = np.unique(head, return_inverse=True)
    whole = whole.ravel().astype(np.int64)
    drawn_m = Drawn.of(network).whole_m
    order = np.lexsort((place, whole))
    run_m = np.cumsum(drawn_m[order])
    total_m = np.bincount(whole, weights=drawn_m, minlength=len(first))
    start_m = np.concatenate([[0.0], np.cumsum(total_m)[:-1]])
    end, begin = np.empty(count), np.empty(count)
    scale = np.where(total_m > 0, total_m, 1.0)[whole[order]]
    end[order] = (run_m - start_m[whole[order]]) / scale
    begin[order] = (run_m - drawn_m[order] - start_m[whole[order]]) / scale
    last = np.empty(len(first), dtype=np.int64)
    last[whole[order]] = order
    begin[first], end[last] = 0.0, 1.0
    joined = _joined(network, (order, place, whole), first, last)
    return WholeStreets(joined, whole, first, begin, end)


def _neighbours(network: WalkNetwork) -> tuple[Integers, Integers]:
    """Pieces that go on, and the piece that each goes on in."""
    ends, goes_on = network.edge_ends, network.edge_goes_on
    out = np.flatnonzero(goes_on[:, 1])
    into = np.flatnonzero(goes_on[:, 0])
    if not len(out) or not len(into):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    # parts of one street stand one after another in rank
    rank = network.edge_rank.astype(np.int64)
    at = {(int(ends[piece, 0]), int(rank[piece])): piece for piece in into.tolist()}
    ranks = np.unique(rank)
    following = dict(zip(ranks[:-1].tolist(), ranks[1:].tolist(), strict=True))
    pairs = [
        (piece, at[key])
        for piece in out.tolist()
        if (key := (int(ends[piece, 1]), following.get(int(rank[piece]), -1))) in at
    ]
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _joined(
    network: WalkNetwork,
    pieces: tuple[Integers, Integers, Integers],
    first: Integers,
    last: Integers,
) -> WalkNetwork:
    """Network of whole streets, in the order of their first pieces."""
    order, place, whole = pieces
    begins, counts = network.edge_first_point[:-1], np.diff(network.edge_first_point)
    again = (place[order] > 0).astype(np.int64)  # begins where the piece before ended
    taken = counts[order] - again
    start = begins[order] + again
    total = np.cumsum(taken)
    points = np.arange(total[-1]) + np.repeat(start - (total - taken), taken)
    of_street = np.bincount(whole[order], weights=taken, minlength=len(first)).astype(np.int64)
    return replace(
        network,
        edge_ends=np.column_stack([network.edge_ends[first, 0], network.edge_ends[last, 1]]),
        edge_length_m=np.asarray(
            np.bincount(whole, weights=network.edge_length_m, minlength=len(first)), dtype=float
        ),
        edge_points_m=network.edge_points_m[points],
        edge_first_point=np.concatenate([[0], np.cumsum(of_street)]).astype(np.int64),
        edge_highway=network.edge_highway[first],
        edge_name=network.edge_name[first],
        edge_osm_id=network.edge_osm_id[first],
        edge_link=network.edge_link[first],
        edge_rank=np.argsort(np.argsort(network.edge_rank[first])).astype(np.int32),
        edge_goes_on=np.zeros((len(first), 2), dtype=bool),
        edge_tags={key: column[first] for key, column in network.edge_tags.items()},
    )
