"""Walls and gates as they stand in a network: for the map, for the layers and for the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.network.links import STREET
from lifecircle.network.wall_findings import wall_findings
from lifecircle.outputs.packing import flags, packed_lines, packed_points, texts
from lifecircle.tables.barriers import ACCESS

if TYPE_CHECKING:
    from lifecircle.network.graph import WalkNetwork

# Told apart by shape as well, and by the colour-blind (Okabe and Ito's green and purple).
_LOOKS = {
    "open": ("triangle", "#00805c"),
    "residents": ("diamond", "#a3478a"),
    "closed": ("cross", "#1c1c1c"),
}


def walls_layer(network: WalkNetwork, text: Mapping[str, str]) -> dict[str, Any]:
    """Walls that nobody crosses, and gates by whom they admit.

    Parameters
    ----------
    network
        Streets, perhaps with walls.
    text
        Words of the language.

    Returns
    -------
    dict
        Nothing without walls. Otherwise ``walls`` (lines) and ``gates``: ``classes`` (``key``,
        ``label``, ``shape``, ``colour``, ``count``; those that there are) and one list per column.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> from lifecircle.outputs.words import words
    >>> layer = walls_layer(load_demo().network, words("zh"))
    >>> [one["label"] for one in layer["gates"]["classes"]], len(layer["gates"]["id"])
    (['开放', '仅限住户', '关闭'], 129)
    """
    if network.walls is None:
        return {}
    walls, barriers = network.walls, network.walls.barriers
    lines = walls.sight.walls
    owner = np.repeat(np.arange(len(lines.first) - 1), np.diff(lines.first))
    drawn = gpd.GeoSeries(shapely.linestrings(lines.points_m, indices=owner), crs=network.crs)
    layer: dict[str, Any] = {"walls": packed_lines(drawn.to_crs("EPSG:4326").to_numpy())}
    gates = barriers.gates
    if gates is None or not len(gates):
        return layer
    access = pd.Series(texts(gates, "access"))
    present = [key for key in ACCESS if (access == key).any()]
    layer["gates"] = {
        "classes": [
            {
                "key": key,
                "label": text[f"gate_{key}"],
                "shape": _LOOKS[key][0],
                "colour": _LOOKS[key][1],
                "count": int((access == key).sum()),
            }
            for key in present
        ],
        "points": packed_points(gates.to_crs("EPSG:4326").geometry),
        "access": [present.index(one) for one in access],
        "is_known": flags(gates, "access_known") if "access_known" in gates else [],
        "id": texts(gates, "gate_id"),
        "name": texts(gates, "name"),
        "hours": texts(gates, "hours"),
        "compound": _compound_names(barriers, texts(gates, "compound_id")),
    }
    return layer


def wall_layers(
    network: WalkNetwork, residents: gpd.GeoDataFrame | None = None
) -> dict[str, gpd.GeoDataFrame]:
    """Compounds, walls, gates and what is doubtful about them, as layers of a file.

    Parameters
    ----------
    network
        Streets, perhaps with walls.
    residents
        People's places, to count whom findings concern.

    Returns
    -------
    dict of str → GeoDataFrame, EPSG:4326
        Those of ``compounds``, ``walls``, ``gates`` and ``wall_findings`` that have rows. Gates
        have ``admits`` (whom, in words), ``in_network`` (whether it changes any way) and
        ``street_passes`` (whether a mapped street leads through it).

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> layers = wall_layers(load_demo().network)
    >>> sorted(layers), bool(layers["gates"]["in_network"].all())
    (['compounds', 'gates', 'walls'], True)
    """
    if network.walls is None:
        return {}
    barriers = network.walls.barriers
    tables = {
        "compounds": barriers.compounds,
        "walls": barriers.walls,
        "gates": None if barriers.gates is None else _gates_table(network),
        "wall_findings": wall_findings(network, residents),
    }
    return {
        name: table.to_crs("EPSG:4326")
        for name, table in tables.items()
        if table is not None and len(table)
    }


def wall_facts(network: WalkNetwork) -> dict[str, Any] | None:
    """Counts and settings of walls and gates, for the record of a run.

    Parameters
    ----------
    network
        Streets, perhaps with walls.

    Returns
    -------
    dict or None
        ``None`` without walls.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> facts = wall_facts(load_demo().network)
    >>> facts["compounds"], sum(facts["gates"].values())
    (81, 129)
    """
    if network.walls is None:
        return None
    barriers = network.walls.barriers
    access = [] if barriers.gates is None else texts(barriers.gates, "access")
    return {
        "compounds": 0 if barriers.compounds is None else len(barriers.compounds),
        "walls": 0 if barriers.walls is None else len(barriers.walls),
        "gates": {key: access.count(key) for key in ACCESS},
        "detour": barriers.detour,
        "gate_m": barriers.gate_m,
        "tolerance_m": barriers.tolerance_m,
    }


def _compound_names(barriers: Any, ids: list[str]) -> list[str]:
    """Name of each compound, or its id."""
    if barriers.compounds is None:
        return ids
    known = dict(
        zip(
            texts(barriers.compounds, "compound_id"),
            texts(barriers.compounds, "name"),
            strict=True,
        )
    )
    return [known.get(one) or one for one in ids]


def _gates_table(network: WalkNetwork) -> gpd.GeoDataFrame:
    """Gates with what became of them in the network."""
    walls = network.walls
    gates: gpd.GeoDataFrame = walls.barriers.gates
    on_street = np.zeros(network.node_count, dtype=bool)
    on_street[network.edge_ends[network.edge_link == STREET]] = True
    real = walls.gate >= 0
    through = on_street[network.edge_ends[walls.gate_edge]].all(axis=1)
    passed, present = np.zeros(len(gates), dtype=bool), np.zeros(len(gates), dtype=bool)
    present[walls.gate[real]] = True
    passed[walls.gate[real & through]] = True
    people = [set[int]() for _ in range(len(gates))]
    for row in np.flatnonzero(real).tolist():
        people[int(walls.gate[row])].update(walls.admitted[row])
    words = {"open": "everybody", "closed": "nobody"}
    admits = [
        words.get(access) or _residents_of(walls, sorted(own))
        for access, own in zip(texts(gates, "access"), people, strict=True)
    ]
    return gates.assign(admits=admits, in_network=present, street_passes=passed)


def _residents_of(walls: Any, own: list[int]) -> str:
    """Whose people pass a residents' gate; of no compound, those who live behind it."""
    ids = [str(walls.compound_ids[one]) for one in own if one >= 0]
    return f"residents of {', '.join(ids)}" if ids else "residents behind it"
