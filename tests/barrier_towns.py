"""Towns with walls, compounds and gates at metres."""

from __future__ import annotations

import warnings
from typing import Any

import geopandas as gpd
import shapely

import towns
from lifecircle.network.barriers import Barriers, with_barriers
from lifecircle.network.graph import WalkNetwork


def built(network: WalkNetwork, walls: Any = (), boxes: Any = None, gates: Any = ()) -> WalkNetwork:
    """Network with walls as lines, compounds as boxes, gates ``(x, y, access, compound)``."""
    tables = {
        "walls": gpd.GeoDataFrame(
            {"wall_id": [f"W{i}" for i in range(len(walls))]},
            geometry=[shapely.LineString(line) for line in walls],
            crs=towns.TOWN,
        ),
        "compounds": gpd.GeoDataFrame(
            {"compound_id": list(boxes or {})},
            geometry=[shapely.box(*box) for box in (boxes or {}).values()],
            crs=towns.TOWN,
        ),
        "gates": gpd.GeoDataFrame(
            {
                "gate_id": [f"G{i}" for i in range(len(gates))],
                "access": [gate[2] for gate in gates],
                "compound_id": [gate[3] for gate in gates],
            },
            geometry=[shapely.Point(gate[:2]) for gate in gates],
            crs=towns.TOWN,
        ),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return with_barriers(network, Barriers(**tables))
