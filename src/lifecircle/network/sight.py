"""What can be walked to in a straight line without crossing a wall."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lifecircle.network import hits
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.walls import Drawn, WallLines, Zones

Floats = NDArray[np.float64]

_TOUCH_M = 1e-6
# Streets looked at from one place, nearest first; where walls hide them all, more are.
_LOOKS = (16, 256, 4096)


@dataclass(frozen=True, eq=False)
class Sight:
    """Walls between places and streets.

    Parameters
    ----------
    zones
        Walled compounds.
    walls
        Their outlines and lone walls.
    edge_zone
        Zone that each edge of the network lies in, -1 for links, shape (m,).
    gateless
        Compounds without any gate, whose outline is no wall to those inside.
    tolerance_m
        How far each street may be drawn on the wrong side of an outline, metres, shape (m,).
    """

    zones: Zones
    walls: WallLines
    edge_zone: NDArray[np.int32]
    gateless: frozenset[int]
    tolerance_m: Floats
    _relaxed: dict[int, int] = field(default_factory=dict)

    def relaxed(self, zone: NDArray[np.int32]) -> NDArray[np.int32]:
        """Zones without the compounds that have no gate."""
        if not self.gateless:
            return zone
        for number in np.unique(zone).tolist():
            if number not in self._relaxed:
                kept = tuple(c for c in self.zones.sets[number] if c not in self.gateless)
                self._relaxed[number] = self.zones.of_set(kept)
        return np.array([self._relaxed[number] for number in zone.tolist()], dtype=np.int32)

    def crossed(
        self,
        starts_m: Floats,
        ends_m: Floats,
        zone: NDArray[np.int32] | None = None,
        edge: NDArray[np.int32] | None = None,
    ) -> NDArray[np.bool_]:
        """Whether straight legs cross a wall.

        Parameters
        ----------
        starts_m, ends_m
            From places to streets, metres, shape (n, 2).
        zone
            Zone of each place, where compounds without a gate are to be left freely.
        edge
            Street that each leg leads to, which may be drawn a little on the wrong side of an
            outline.

        Returns
        -------
        array of bool, shape (n,)
        """
        crossed = np.zeros(len(starts_m), dtype=bool)
        leg, share, wall = self.walls.hits(starts_m, ends_m)
        if not len(leg):
            return crossed
        length_m = np.hypot(*(ends_m[leg] - starts_m[leg]).T)
        owner = self.walls.owner[wall]
        real = np.minimum(share, 1.0 - share) * length_m > _TOUCH_M  # to touch is not to cross
        # Where a street is drawn a little inside an outline it is reached all the same.
        if edge is not None:
            real &= (owner < 0) | ((1.0 - share) * length_m > self.tolerance_m[edge[leg]])
        if zone is not None and self.gateless:
            free = np.array(
                [
                    c in self.gateless and c in self.zones.sets[z]
                    for c, z in zip(owner.tolist(), zone[leg].tolist(), strict=True)
                ],
                dtype=bool,
            )
            real &= ~free
        crossed[leg[real]] = True
        return crossed


def visible_streets(
    network: WalkNetwork, sight: Sight, xy_m: Floats, cells: Any, limit_m: float
) -> tuple[NDArray[np.int32], Floats, Floats]:
    """Nearest street of each place's own zone that is reached without crossing a wall.

    Of each straight piece of street its nearest point counts.

    Parameters
    ----------
    network
        Streets.
    sight
        Walls.
    xy_m
        Places, metres, shape (n, 2).
    cells
        Grid over the streets that count, as :func:`lifecircle.network.grid.street_grid` makes it.
    limit_m
        Longest straight way, metres.

    Returns
    -------
    edge, share, away_m
        As for :class:`lifecircle.network.snapping.Snapped`, shape (n,).
    """
    count = len(xy_m)
    edge = np.full(count, -1, dtype=np.int32)
    share, away_m = np.zeros(count), np.full(count, np.inf)
    zone = sight.zones.of_points(xy_m)
    other = sight.relaxed(zone)
    drawn = Drawn.of(network)
    of_vertex = np.repeat(
        np.arange(network.edge_count, dtype=np.int32), np.diff(network.edge_first_point)
    )
    left = np.flatnonzero(np.isfinite(xy_m).all(axis=1))
    for most in _LOOKS:
        if not len(left):
            break
        owner, near, at, metres = hits.snap_within_walls(
            np.ascontiguousarray(xy_m[left]),
            zone[left],
            other[left],
            network.edge_points_m,
            network.edge_first_point,
            drawn.behind,
            network.edge_rank,
            network.edge_goes_on,
            sight.edge_zone,
            *cells,
            of_vertex,
            limit_m,
            most,
        )
        full = near.reshape(-1, most)[:, -1] >= 0
        kept = np.flatnonzero(near >= 0)
        owner, near, at, metres = owner[kept], near[kept], at[kept], metres[kept]
        from_m, to_m = xy_m[left[owner]], drawn.places(near, at)
        seen = np.flatnonzero(~sight.crossed(from_m, to_m, zone[left[owner]], near))
        who, first = np.unique(owner[seen], return_index=True)
        rows, best = left[who], seen[first]
        edge[rows], share[rows], away_m[rows] = near[best], at[best], metres[best]
        full[who] = False
        left = left[full]
    return edge, share, away_m
