"""Part of a network: what anybody walks on who does not leave a window.

Everything keeps its coordinates, its order and its rank, and what depends on the whole (which
streets hang together, how far they reach, who lives behind which gate) is told by the whole: a walk
inside the window takes the same minutes, to the last bit, as on all streets.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from lifecircle.network.barriers import Barriers
from lifecircle.network.built_walls import Walls
from lifecircle.network.flat import (
    FACT_COMPOUNDS,
    FACT_GATES,
    PAGE_EDGES,
    Arrays,
    FlatNetwork,
    bytes_of,
    lists_of,
    texts_of,
)
from lifecircle.network.graph import Extent, WalkNetwork
from lifecircle.network.lists import lists_taken
from lifecircle.network.passes import POCKETS
from lifecircle.network.sight import Sight
from lifecircle.network.wall_findings import WallFacts
from lifecircle.network.walls import WallLines, Zone, Zones

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def cut_network(flat: FlatNetwork, window_m: tuple[float, float, float, float]) -> WalkNetwork:
    """The streets of a window, with all that decides how people walk there.

    Parameters
    ----------
    flat
        The network.
    window_m
        West, south, east and north, metres in the system of the network.

    Returns
    -------
    WalkNetwork
        Every street that touches the window, whole from junction to junction, and the gates of
        every compound that does. Where no street does, the nearest page of streets.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> from lifecircle.network.flat import flat_network
    >>> network = load_demo().network
    >>> part = cut_network(flat_network(network), (-500.0, -500.0, 500.0, 500.0))
    >>> 0 < part.edge_count < network.edge_count, part.hull_m.equals(network.hull_m)
    (True, True)
    """
    arrays = flat.arrays
    compounds = gates = np.empty(0, dtype=np.int64)
    edge = _whole_streets(arrays, _touching(arrays, window_m))
    if flat.about["has_walls"]:
        compounds, gates, edge = _closed_walls(arrays, window_m, edge)
    node, ends = np.unique(arrays["edge_ends"][edge], return_inverse=True)
    network = _streets(flat, edge, node, ends.reshape(-1, 2))
    if flat.about["has_walls"] and flat.plain is not None:
        walls = _Cut(flat, window_m, edge, node, compounds, gates).walls(network)
        object.__setattr__(walls, "plain", cut_network(flat.plain, window_m))
        object.__setattr__(network, "walls", walls)
    return network


def _touching(arrays: Arrays, window_m: tuple[float, float, float, float]) -> Integers:
    """Edges whose bounds touch a window; without any, those of the nearest page."""
    pages = arrays["page_bounds_m"]
    near = np.flatnonzero(touches(np.asarray(pages), window_m))
    count = len(arrays["edge_length_m"])
    found = [
        begin + np.flatnonzero(touches(np.asarray(arrays["edge_bounds_m"][begin:end]), window_m))
        for begin, end in (
            (page * PAGE_EDGES, min((page + 1) * PAGE_EDGES, count)) for page in near.tolist()
        )
    ]
    edges = np.concatenate([np.empty(0, dtype=np.int64), *found])
    if len(edges):
        return edges
    middle = np.array([window_m[0] + window_m[2], window_m[1] + window_m[3]]) / 2.0
    away = np.maximum(np.maximum(pages[:, :2] - middle, middle - pages[:, 2:]), 0.0)
    begin = int(np.argmin(np.hypot(*away.T))) * PAGE_EDGES
    return np.arange(begin, min(begin + PAGE_EDGES, count))


def touches(bounds: Floats, window: tuple[float, float, float, float]) -> NDArray[np.bool_]:
    """Which bounds touch a window.

    Parameters
    ----------
    bounds
        West, south, east and north of each, shape (n, 4).
    window
        The same of the window.

    Returns
    -------
    array of bool, shape (n,)

    Examples
    --------
    >>> touches(np.array([[0.0, 0.0, 1.0, 1.0], [3.0, 0.0, 4.0, 1.0]]), (1.0, 0.0, 2.0, 2.0))
    array([ True, False])
    """
    west, south, east, north = window
    return np.asarray(
        (bounds[:, 0] <= east)
        & (bounds[:, 2] >= west)
        & (bounds[:, 1] <= north)
        & (bounds[:, 3] >= south)
    )


def _whole_streets(arrays: Arrays, edge: Integers) -> Integers:
    """Edges, with the rest of their streets to the next junction, and all that meet there."""
    chains = np.unique(arrays["edge_chain"][edge])
    whole = _lists(arrays["chain_first"], arrays["chain_edge"], chains)
    places = np.unique(arrays["edge_place"][whole])
    return np.unique(
        np.concatenate(
            [edge, whole, _lists(arrays["place_first"], arrays["place_edge"], places[places >= 0])]
        )
    ).astype(np.int64)


def _lists(first: NDArray[Any], values: NDArray[Any], rows: NDArray[Any]) -> Integers:
    """What some lists hold, one after another."""
    return np.asarray(values[lists_taken(first, rows)[1]], dtype=np.int64)


def _closed_walls(
    arrays: Arrays, window_m: tuple[float, float, float, float], edge: Integers
) -> tuple[Integers, Integers, Integers]:
    """Compounds of a window and of its streets, their gates, and the streets with these."""
    inside = np.flatnonzero(touches(np.asarray(arrays["walls.shape_bounds_m"]), window_m))
    zones = np.concatenate(
        [
            arrays["walls.node_zone"][np.unique(arrays["edge_ends"][edge])],
            arrays["walls.edge_zone"][edge],
        ]
    )
    compounds = np.unique(np.concatenate([inside, _of_sets(arrays, zones)]))
    admitted, first = np.asarray(arrays["walls.admitted"]), arrays["walls.admitted.first"]
    row = np.repeat(np.arange(len(first) - 1), np.diff(first))
    gate_edge = np.asarray(arrays["walls.gate_edge"])
    theirs = np.isin(np.arange(len(gate_edge)), row[np.isin(admitted, compounds)])
    kept = np.flatnonzero(theirs | np.isin(gate_edge, edge))
    edge = np.unique(np.concatenate([edge, gate_edge[kept]]))
    ends = arrays["walls.end_zone"][kept].ravel()
    nodes = arrays["walls.node_zone"][np.unique(arrays["edge_ends"][edge])]
    more = [
        compounds,
        _of_sets(arrays, np.concatenate([ends, nodes])),
        admitted[np.isin(row, kept)],
    ]
    return np.unique(np.concatenate(more)), kept, edge


def _of_sets(arrays: Arrays, zones: NDArray[Any]) -> Integers:
    """Compounds that make up zones."""
    numbers = np.unique(zones[zones > 0])
    found = lists_of(arrays, "walls.sets", numbers.tolist())
    return np.array(sorted({one for compounds in found for one in compounds}), dtype=np.int64)


def _streets(flat: FlatNetwork, edge: Integers, node: Integers, ends: NDArray[Any]) -> WalkNetwork:
    """Streets of some edges, without walls."""
    arrays = flat.arrays
    first, points = lists_taken(arrays["edge_first_point"], edge)
    heights = arrays.get("node_elevation_m")

    def column(name: str, rows: Integers) -> NDArray[Any]:
        coded = f"{name}.code" in arrays
        return texts_of(arrays, name, rows) if coded else np.array(arrays[name][rows])

    repairs = flat.tables.get("repairs")
    if repairs is not None:
        window = shapely.box(*_around(arrays, edge))
        repairs = repairs[repairs.geometry.to_crs(flat.about["crs"]).intersects(window)]
    return WalkNetwork(
        crs=pyproj.CRS.from_wkt(flat.about["crs"]),
        node_ids=column("node_ids", node),
        node_xy_m=np.array(arrays["node_xy_m"][node]),
        edge_ends=ends.astype(np.int32),
        edge_length_m=np.array(arrays["edge_length_m"][edge]),
        edge_points_m=np.array(arrays["edge_points_m"][points]),
        edge_first_point=first,
        edge_highway=column("edge_highway", edge),
        edge_name=column("edge_name", edge),
        edge_osm_id=np.array(arrays["edge_osm_id"][edge]),
        edge_link=np.array(arrays["edge_link"][edge]),
        edge_rank=np.array(arrays["edge_rank"][edge]),
        edge_goes_on=np.array(arrays["edge_goes_on"][edge]),
        edge_tags={key: column(f"tag:{key}", edge) for key in flat.about["tags"]},
        node_elevation_m=None if heights is None else np.array(heights[node]),
        repairs=repairs,
        cut_from=Extent(shapely.from_wkb(flat.about["hull"]), np.array(arrays["component"][node])),
    )


def _around(arrays: Arrays, edge: Integers) -> Floats:
    """West, south, east and north of some edges, metres."""
    bounds = arrays["edge_bounds_m"][edge]
    return np.concatenate([bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)])


class _Cut:
    """Walls of a part, their compounds, zones and gates numbered anew."""

    def __init__(
        self,
        flat: FlatNetwork,
        window_m: tuple[float, float, float, float],
        edge: Integers,
        node: Integers,
        compounds: Integers,
        gates: Integers,
    ) -> None:
        self.flat, self.window_m = flat, window_m
        self.edge, self.node, self.compounds, self.gates = edge, node, compounds, gates
        self.arrays = {
            name.removeprefix("walls."): array
            for name, array in flat.arrays.items()
            if name.startswith("walls.")
        }
        self.new_compound = {old: new for new, old in enumerate(compounds.tolist())}
        shapes = [bytes(one) for one in bytes_of(self.arrays, "shapes", compounds.tolist())]
        self.zones = Zones(np.asarray(shapely.from_wkb(shapes), dtype=object))
        self.new_zone = self._zones()
        self.table_row = self._gate_rows()
        self.new_row = {old: new for new, old in enumerate(self.table_row.tolist())}

    def walls(self, network: WalkNetwork) -> Walls:
        """Walls as they stand in the part; ``plain`` is the walled network itself for now."""
        arrays, gates = self.arrays, self.gates
        gate_edge = np.searchsorted(self.edge, arrays["gate_edge"][gates])
        gate = np.asarray(arrays["gate"][gates])
        return Walls(
            self._barriers(),
            network,
            Sight(
                self.zones,
                self._lines(),
                self._renumbered(arrays["edge_zone"][self.edge]),
                self._compounds(arrays["sight_gateless"]),
                np.array(arrays["tolerance_m"][self.edge]),
            ),
            texts_of(arrays, "compound_ids", self.compounds),
            self._renumbered(arrays["node_zone"][self.node]),
            gate_edge.astype(np.int64),
            np.array([self.new_row.get(one, -1) for one in gate.tolist()], dtype=np.int64),
            [self._zone(one) for one in lists_of(arrays, "admitted", gates.tolist())],
            self._renumbered(arrays["end_zone"][gates]),
            np.array(arrays["end_xy_m"][gates]),
            np.array(arrays["passable"][gates]),
            texts_of(arrays, "gate_ids", self.table_row),
            np.array(arrays["gates_m"][self.table_row]),
            [
                tuple(self.new_row.get(one, -1) for one in passed)
                for passed in lists_of(arrays, "passed", gates.tolist())
            ],
            np.array(arrays["opening"][gates]),
            self._facts(),
            {POCKETS: self._pockets(), "open parts": np.array(arrays["open_parts"][self.node])},
        )

    def _zones(self) -> dict[int, int]:
        """New number of every zone whose compounds are all here."""
        first = self.arrays["sets.first"]
        found: dict[int, int] = {}
        for old, compounds in enumerate(lists_of(self.arrays, "sets", range(len(first) - 1))):
            if all(one in self.new_compound for one in compounds):
                found[old] = self.zones.of_set(self._zone(compounds))
        return found

    def _zone(self, compounds: Zone) -> Zone:
        """A set of compounds by their new numbers; gates of nobody keep theirs, below zero."""
        return tuple(self.new_compound[one] if one >= 0 else one for one in compounds)

    def _renumbered(self, zones: NDArray[Any]) -> NDArray[np.int32]:
        """Zones by their new numbers; what is below zero is no zone and stays."""
        values, at = np.unique(zones, return_inverse=True)
        new = [self.new_zone[one] if one >= 0 else one for one in values.tolist()]
        return np.array(new, dtype=np.int32)[at.reshape(zones.shape)]

    def _compounds(self, numbers: NDArray[Any]) -> frozenset[int]:
        """Compounds of a set that are here."""
        return frozenset(
            self.new_compound[one] for one in numbers.tolist() if one in self.new_compound
        )

    def _gate_rows(self) -> Integers:
        """Rows of the table of gates: those in the window, and of edges that are gates here."""
        west, south, east, north = self.window_m
        places = np.asarray(self.arrays["gates_m"])
        inside = (places >= [west, south]).all(axis=1) & (places <= [east, north]).all(axis=1)
        passed = lists_of(self.arrays, "passed", self.gates.tolist())
        named = [one for gates in passed for one in gates]
        rows = [np.flatnonzero(inside), self.arrays["gate"][self.gates], named]
        every = np.unique(np.concatenate([np.asarray(part, dtype=np.int64) for part in rows]))
        return np.asarray(every[every >= 0])

    def _lines(self) -> WallLines:
        """Outlines of the compounds, and the lone walls that touch the window."""
        arrays = self.arrays
        first, owner = arrays["line_first"], arrays["line_owner"]
        of_line = np.asarray(owner[first[:-1]]) if len(first) > 1 else np.empty(0, dtype=np.int32)
        touching = touches(np.asarray(arrays["line_bounds_m"]), self.window_m)
        kept = np.flatnonzero(np.isin(of_line, self.compounds) | ((of_line < 0) & touching))
        begins, rows = lists_taken(first, kept)
        points = np.array(arrays["line_points_m"][rows])
        owners = np.array(
            [self.new_compound.get(one, -1) for one in owner[rows].tolist()], dtype=np.int32
        )
        return WallLines.of_points(points, owners, begins)

    def _facts(self) -> WallFacts:
        """What was seen when the walls were built, of what is here."""
        arrays = self.arrays
        cut = np.asarray(arrays["facts.cut_m"]).reshape(-1, 2)
        west, south, east, north = self.window_m
        inside = (cut >= [west, south]).all(axis=1) & (cut <= [east, north]).all(axis=1)
        compounds = [self._compounds(arrays[f"facts.{name}"]) for name in FACT_COMPOUNDS]
        gates = [
            tuple(
                self.new_row[one] for one in arrays[f"facts.{name}"].tolist() if one in self.new_row
            )
            for name in FACT_GATES
        ]
        return WallFacts(
            compounds[0], compounds[1], compounds[2], compounds[3],
            gates[0], gates[1], gates[2], cut[inside],
        )  # fmt: skip

    def _pockets(self) -> tuple[Integers, dict[int, Zone], dict[int, set[int]]]:
        """Who lives behind which gate, as all streets tell it."""
        arrays = self.arrays
        part = np.array(arrays["pocket"][self.node])
        places = np.asarray(arrays["beyond_part"])
        here = np.flatnonzero(np.isin(places, part))
        beyond = dict(
            zip(places[here].tolist(), lists_of(arrays, "beyond", here.tolist()), strict=True)
        )
        nameless = lists_of(arrays, "nameless", self.gates.tolist())
        return part, beyond, {row: set(people) for row, people in enumerate(nameless) if people}

    def _barriers(self) -> Barriers:
        """Tables of the barriers that are here."""
        tables = dict(self.flat.tables)
        crs = self.flat.about["crs"]

        def inside(table: gpd.GeoDataFrame) -> NDArray[np.bool_]:
            shapes = np.asarray(table.geometry.to_crs(crs).array)
            return np.asarray(shapely.intersects(shapes, shapely.box(*self.window_m)))

        if "gates" in tables:
            tables["gates"] = tables["gates"].iloc[self.table_row]
        ids = set(texts_of(self.arrays, "compound_ids", self.compounds).tolist())
        if "compounds" in tables:
            table = tables["compounds"]
            walled = table["compound_id"].astype(str).isin(ids).to_numpy()
            tables["compounds"] = table[walled | inside(table)]
        if "walls" in tables:
            tables["walls"] = tables["walls"][inside(tables["walls"])]
        return _without_checks(
            {name: tables.get(name) for name in ("compounds", "walls", "gates")},
            self.flat.about["barriers"],
        )


def _without_checks(tables: dict[str, Any], numbers: dict[str, float]) -> Barriers:
    """Barriers of tables that were checked with the whole."""
    barriers = object.__new__(Barriers)
    for name, value in (tables | numbers).items():
        object.__setattr__(barriers, name, value)
    return barriers
