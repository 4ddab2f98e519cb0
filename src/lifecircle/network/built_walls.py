"""Walls and gates as they stand in a walking network."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from lifecircle.network.graph import WalkNetwork
from lifecircle.network.links import NOT_PUBLIC
from lifecircle.network.order import connected_parts
from lifecircle.network.sight import Sight
from lifecircle.network.wall_findings import WallFacts
from lifecircle.network.walls import Zone

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class Walls:
    """Walls and gates as they were built into a network.

    Parameters
    ----------
    barriers
        What was built in.
    plain
        The network without them.
    sight
        What can be reached in a straight line.
    compound_ids
        Id of each walled compound, by its position.
    node_zone
        Zone of each node of the network, shape (n,).
    gate_edge
        Edges that are gates, shape (l,).
    gate
        Row of the gates table of each, -1 where a street leaves a compound without gates.
    admitted
        Compounds whose people may pass each where not everybody may.
    end_zone, end_xy_m
        Zone and place of both ends of each, shapes (l, 2) and (l, 2, 2).
    passable
        Whether anybody may pass each gate, shape (l,).
    gate_ids, gates_m
        Id and place, metres, of each gate of the table, shapes (g,) and (g, 2).
    passed
        All gates that are passed at each edge that is one, -1 for the border of a compound without.
    opening
        Whether each is an opening in a wall that a scenario makes, shape (l,). People join the
        streets where they would without it, and at it besides.
    facts
        What is doubtful; :func:`lifecircle.network.wall_findings.wall_findings` puts it in words.
    """

    barriers: Any
    plain: WalkNetwork
    sight: Sight
    compound_ids: NDArray[np.object_]
    node_zone: NDArray[np.int32]
    gate_edge: Integers
    gate: Integers
    admitted: list[Zone]
    end_zone: NDArray[np.int32]
    end_xy_m: Floats
    passable: NDArray[np.bool_]
    gate_ids: NDArray[np.object_]
    gates_m: Floats
    passed: list[tuple[int, ...]]
    opening: NDArray[np.bool_]
    facts: WallFacts
    made: dict[Any, Any] = field(default_factory=dict)

    def crossed(self, starts_m: Floats, ends_m: Floats) -> NDArray[np.bool_]:
        """Whether straight legs cross a wall.

        Parameters
        ----------
        starts_m, ends_m
            Ends of the legs, metres in the network's system, shape (n, 2).

        Returns
        -------
        array of bool, shape (n,)
        """
        return self.sight.crossed(starts_m, ends_m)

    def open_parts(self, network: WalkNetwork) -> NDArray[np.int64]:
        """Size, in nodes, of the part of the streets that everybody may walk, of each node.

        Parameters
        ----------
        network
            The network that these walls stand in.

        Returns
        -------
        array, shape (n,)
        """
        if "open parts" not in self.made:
            usable = ~np.isin(network.edge_link, NOT_PUBLIC)
            part = connected_parts(network.edge_ends[usable], network.node_count)
            self.made["open parts"] = np.bincount(part)[part]
        found: NDArray[np.int64] = self.made["open parts"]
        return found

    def from_outline_m(self, xy_m: Floats) -> Floats:
        """Metres from places to the nearest outline of a walled compound.

        Parameters
        ----------
        xy_m
            Places, metres, shape (n, 2).

        Returns
        -------
        array, shape (n,)
            Infinite where there is no compound.
        """
        zones = self.sight.zones
        if not len(zones.shapes_m):
            return np.full(len(xy_m), np.inf)
        _, away_m = zones.outline_tree.query_nearest(
            shapely.points(xy_m), return_distance=True, all_matches=False
        )
        return np.asarray(away_m)

    def gates_around(self, xy_m: Floats) -> tuple[Integers, tuple[Any, Any, Any]]:
        """Gates of the compounds that places lie in, for those who find no path to them.

        Parameters
        ----------
        xy_m
            Places, metres, shape (n, 2).

        Returns
        -------
        row
            Place that each belongs to, rising, shape (k,); none for one outside all compounds.
        edge, share, access_m
            Gate, on whose inner side, and the way there with its detour, metres, shape (k,).
        """
        zone = self.sight.zones.of_points(xy_m)
        rows, found = [], []
        for number in np.unique(zone[zone > 0]).tolist():
            ends = self.inner_ends(number)
            if len(ends):
                at = np.flatnonzero(zone == number)
                rows.append(np.repeat(at, len(ends)))
                found.append(np.tile(ends, (len(at), 1)))
        if not rows:
            none = np.empty(0, dtype=np.int64)
            return none, (none.astype(np.int32), np.empty(0), np.empty(0))
        row, ends = np.concatenate(rows), np.concatenate(found)
        order = np.argsort(row, kind="stable")
        row, ends = row[order], ends[order]
        away_m = self.barriers.detour * np.hypot(*(ends[:, 2:] - xy_m[row]).T)
        return row, (ends[:, 0].astype(np.int32), ends[:, 1], away_m)

    def leading_into(self, zone: int) -> NDArray[np.bool_]:
        """Ends of gates at which the people of a zone join the streets, where they may pass.

        Parameters
        ----------
        zone
            Number of the zone.

        Returns
        -------
        array of bool, shape (l, 2)
        """
        key = "leading into", zone
        if key not in self.made:
            sets = self.sight.zones.sets
            people, zones = set(sets[zone]), self.end_zone
            theirs = np.array([bool(people.intersection(who)) for who in self.admitted], dtype=bool)
            here = (zones == zone) & theirs[:, None]
            own = here & ~self.opening[:, None]
            if not own.any():  # where outlines overlap: the gates of either
                around = [z for z in range(1, len(sets)) if set(sets[z]) < people]
                own = np.isin(zones, around) & theirs[:, None]
            self.made[key] = own | here
        found: NDArray[np.bool_] = self.made[key]
        return found

    def inner_ends(self, zone: int) -> Floats:
        """Gates that lead into a zone, where it has no mapped paths; not closed ones if any is not.

        Parameters
        ----------
        zone
            Number of the zone.

        Returns
        -------
        array, shape (k, 4)
            Edge of each gate, its end inside (0 or 1), and the place of that, metres.
        """
        if zone not in self.made:
            # an opening that is not made yet is a wall
            own = self.leading_into(zone) & (self.passable | ~self.opening)[:, None]
            # where all gates are closed they are joined none the less: cut off is not unknown
            open_ends = own & self.passable[:, None]
            row, end = np.nonzero(open_ends if open_ends.any() else own)
            self.made[zone] = np.column_stack(
                [self.gate_edge[row], end, self.end_xy_m[row, end]]
            ).reshape(-1, 4)
        found: Floats = self.made[zone]
        return found
