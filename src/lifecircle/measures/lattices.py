"""Lattices on which walking times are known, and the areas drawn on them."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lifecircle.errors import InputError
from lifecircle.network import lattice, search
from lifecircle.network.costs import edge_costs, ways_key
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.lattice import TILE
from lifecircle.network.snapping import Snapped, in_pieces, snap
from lifecircle.network.spreading import passes_for
from lifecircle.network.walkers import Walker

Floats = NDArray[np.float64]
# Along one street the time changes from lattice point to lattice point by their distance at most,
# the diagonal's at that; what changes by more jumps from street to street.
_DIAGONAL = 1.5
_MOST_LATTICE_POINTS = 60_000_000
_JOINED_AT_ONCE = 2_000  # tiles, so that what is needed on the way stays small


class _Tiles:
    """Lattice points joined to the streets, tile by tile where an isochrone first needs them.

    Kept with the network: ``slots`` tells where a tile is found in the other arrays, -1 where it
    was never needed. Arrays are replaced, not grown, so that threads may go on with what they have.
    """

    def __init__(
        self, bounds_m: tuple[float, float, float, float], cell_m: float, snap_m: float
    ) -> None:
        west, south, east, north = bounds_m
        margin_m, size_m = snap_m + 3 * cell_m, TILE * cell_m
        low = np.floor(np.array([west - margin_m, south - margin_m]) / size_m).astype(int)
        high = np.floor(np.array([east + margin_m, north + margin_m]) / size_m).astype(int) + 1
        self.frame = np.array([*low, *high], dtype=np.int64)
        columns, rows = high - low
        self.slots = np.full((rows, columns), -1, dtype=np.int32)
        self.edge = np.empty((0, TILE * TILE), dtype=np.int32)
        self.share = np.empty((0, TILE * TILE), dtype=np.float32)
        self.access_m = np.empty((0, TILE * TILE), dtype=np.float32)
        self.count = 0
        self.lock = Lock()

    def add(self, tiles: NDArray[np.int64], joined: Snapped) -> None:
        """Keep the points of tiles: columns and rows of tiles, shape (n, 2), and their points."""
        count = self.count + len(tiles)
        if count > len(self.edge):
            for name in ("edge", "share", "access_m"):
                old = getattr(self, name)
                wider = np.empty((max(count, 2 * len(old)), TILE * TILE), dtype=old.dtype)
                wider[: self.count] = old[: self.count]
                setattr(self, name, wider)
        for name in ("edge", "share", "access_m"):
            values = getattr(joined, name).reshape(len(tiles), TILE * TILE)
            getattr(self, name)[self.count : count] = values
        at = tiles - self.frame[:2]
        self.slots[at[:, 1], at[:, 0]] = np.arange(self.count, count)
        self.count = count


class Drawing:
    """A walker's areas on a lattice.

    Parameters
    ----------
    network
        Streets.
    walker
        Who walks.
    cell_m
        Spacing of the lattice, metres.
    snap_m
        Longest straight leg between a place and a street, metres.
    within_m
        West, south, east and north of what is looked at, metres; all streets if not given.
    """

    def __init__(
        self,
        network: WalkNetwork,
        walker: Walker,
        cell_m: float,
        snap_m: float,
        within_m: tuple[float, float, float, float] | None = None,
    ) -> None:
        self.network, self.walker, self.cell_m, self.snap_m = network, walker, cell_m, snap_m
        self.jump_min = _DIAGONAL * cell_m / walker.speed_m_s / 60.0
        bounds_m = network.bounds_m if within_m is None else within_m
        key = ("lattice", cell_m, snap_m, ways_key(network, walker), bounds_m)
        if key not in network.made:
            network.made.setdefault(key, _Tiles(bounds_m, cell_m, snap_m))
        self.tiles: _Tiles = network.made[key]

    def areas(
        self,
        groups: Sequence[NDArray[np.int64]],
        xy_m: Floats,
        snapped: Snapped,
        bands: Sequence[float],
    ) -> list[tuple[Any, ...]]:
        """Areas within so many minutes of the nearest place of each group.

        Parameters
        ----------
        groups
            Rows of the places of each group, all of them joined to a street.
        xy_m, snapped
            All places, metres, and where they join the streets.
        bands
            Minutes, rising.

        Returns
        -------
        list of tuple
            Outlines of each group and band, as :func:`lifecircle.network.lattice.outline` gives
            them.
        """
        windows = [self._window(xy_m[rows], bands[-1]) for rows in groups]
        self._join(windows)

        passes = passes_for(self.network, self.walker, (bands[-1] + self.jump_min) * 60.0).arrays

        def piece(begin: int, end: int) -> list[tuple[Any, ...]]:
            pen = _Pen(self, passes)
            return [
                area
                for index in range(begin, end)
                for area in pen.draw(windows[index], snapped.take(groups[index]), bands)
            ]

        parts = in_pieces(piece, len(groups), smallest=4)
        return [area for part in parts for area in part]

    def _window(self, xy_m: Floats, longest_min: float) -> NDArray[np.int64]:
        """Range of tiles that the walk can reach: west, south, east and north, end excluded."""
        reach_m = self.walker.reach_m(longest_min) + 2 * self.cell_m
        size_m = TILE * self.cell_m
        low = np.floor((xy_m.min(axis=0) - reach_m) / size_m).astype(np.int64)
        high = np.floor((xy_m.max(axis=0) + reach_m) / size_m).astype(np.int64) + 1
        frame = self.tiles.frame
        low, high = np.maximum(low, frame[:2]), np.minimum(high, frame[2:])
        points = int(np.prod(np.maximum(high - low, 0))) * TILE * TILE
        if points > _MOST_LATTICE_POINTS:
            raise InputError(
                f"cell_m={self.cell_m:g} makes {points / 1e6:,.0f} million lattice points here. "
                f"Take a coarser lattice: cell_m={self.cell_m * 2:g} has a quarter of them."
            )
        return np.concatenate([low, np.maximum(high, low)])

    def _join(self, windows: Sequence[NDArray[np.int64]]) -> None:
        """Join the lattice points of windows to the streets, where that was not done before."""
        tiles = self.tiles
        with tiles.lock:
            wanted = np.zeros(tiles.slots.shape, dtype=bool)
            for west, south, east, north in [
                window - np.tile(tiles.frame[:2], 2) for window in windows
            ]:
                wanted[south:north, west:east] = True
            row, column = np.nonzero(wanted & (tiles.slots < 0))
            fresh = np.column_stack([column, row]) + tiles.frame[:2]
            # a little further than counts: the end of the straight legs is drawn where it is
            limit_m = self.snap_m + _DIAGONAL * self.cell_m
            step = np.arange(TILE)
            inner = np.column_stack([np.tile(step, TILE), np.repeat(step, TILE)])
            for chunk in np.array_split(fresh, len(fresh) // _JOINED_AT_ONCE + 1):
                if len(chunk) == 0:
                    continue
                points = (chunk[:, None, :] * TILE + inner).reshape(-1, 2) * self.cell_m
                joined = snap(self.network, points, walker=self.walker, snap_m=limit_m)
                tiles.add(chunk, joined)


class _Pen:
    """What one thread needs to draw areas one after another."""

    def __init__(self, drawing: Drawing, passes: Any) -> None:
        network = drawing.network
        self.passes = passes
        self.drawing, self.costs = drawing, edge_costs(network, drawing.walker)
        self.first, self.head, _ = network.arcs
        self.seconds = np.full(network.node_count, np.inf)
        self.touched = np.empty(network.node_count + 1, dtype=np.int32)
        self.keys, self.nodes = np.empty(0), np.empty(0, dtype=np.int32)
        self.place_first = np.full(network.edge_count, -1, dtype=np.int32)

    def draw(
        self, window: NDArray[np.int64], places: Snapped, bands: Sequence[float]
    ) -> list[tuple[Any, ...]]:
        """Outline for each band around some places."""
        drawing, costs, tiles = self.drawing, self.costs, self.drawing.tiles
        speed_m_s, ends = drawing.walker.speed_m_s, drawing.network.edge_ends
        access_s = places.access_m / speed_m_s
        # both ends of every place may wait at once
        room = len(self.head) + 2 * len(places.edge) + 4
        if room > len(self.keys):
            self.keys, self.nodes = np.empty(room), np.empty(room, dtype=np.int32)
        limit_s = (bands[-1] + drawing.jump_min) * 60.0
        count = search.spread_from(
            self.first,
            self.head,
            costs.arc_s,
            ends,
            costs.forward_s,
            costs.backward_s,
            places.edge,
            places.share,
            access_s,
            limit_s,
            self.seconds,
            self.touched,
            self.keys,
            self.nodes,
        )
        count = search.enter(self.passes, self.seconds, self.touched, count, limit_s)
        following = np.full(len(places.edge), -1, dtype=np.int32)
        for place, edge in enumerate(places.edge):
            following[place], self.place_first[edge] = self.place_first[edge], place
        minutes, beyond_min = lattice.surface(
            tiles.slots,
            tiles.frame[:2],
            tiles.edge,
            tiles.share,
            tiles.access_m,
            window,
            self.seconds,
            ends,
            costs.forward_s,
            costs.backward_s,
            self.place_first,
            following,
            places.share,
            access_s,
            speed_m_s,
            drawing.snap_m,
        )
        search.forget(self.seconds, self.touched, count)
        self.place_first[places.edge] = -1
        origin_m = (window[:2] * TILE - 1) * drawing.cell_m  # the row around the window
        return [
            lattice.outline(minutes, beyond_min, band, drawing.jump_min, origin_m, drawing.cell_m)
            for band in bands
        ]
