"""One street, two communities: every figure of the evaluation can be worked out by hand.

::

      west community (unit W)      |      east community (unit E)
    K---A--------------------------o---------------------------B---D
    0  100                        500                         900 1000   metres

    K kindergarten, D elderly day care, both on the street
    A 30 people, 10 of them elderly, 5 children    B 10 people, none elderly, 2 children

Children and the elderly walk 1.0 m/s, adults 1.2 m/s:

    A → K 100 m   1 min 40 s (child)     B → K 900 m   15 min exactly (child), 12 min 30 s (adult)
    A → D 900 m  15 min exactly (elderly) B → D 100 m
"""

from __future__ import annotations

import itertools

import geopandas as gpd
import networkx as nx
from shapely.geometry import Point, box

import lifecircle as lc

CRS = "EPSG:32649"
EAST, NORTH = 500_000.0, 3_100_000.0  # on the central meridian, so that the street is straight


def at(x_m: float, y_m: float = 0.0) -> Point:
    return Point(EAST + x_m, NORTH + y_m)


def street(positions_m: tuple[float, ...] = (0, 100, 500, 900, 1000)) -> lc.WalkNetwork:
    graph = nx.MultiGraph(crs=CRS)
    for x_m in positions_m:
        graph.add_node(x_m, x=EAST + x_m, y=NORTH)
    for start, end in itertools.pairwise(positions_m):
        graph.add_edge(start, end, length=float(end - start), highway="residential")
    return lc.WalkNetwork.from_networkx(graph)


def units() -> gpd.GeoDataFrame:
    shapes = [
        box(EAST - 10, NORTH - 50, EAST + 1010, NORTH + 50),
        box(EAST - 10, NORTH - 50, EAST + 500, NORTH + 50),
        box(EAST + 500, NORTH - 50, EAST + 1010, NORTH + 50),
    ]
    return gpd.GeoDataFrame(
        {
            "unit_id": ["C", "W", "E"],
            "name": ["circle", "west", "east"],
            "level": ["circle", "community", "community"],
            "parent_id": [None, "C", "C"],
        },
        geometry=shapes,
        crs=CRS,
    )


def facilities() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "facility_id": ["K", "D"],
            "name": ["kindergarten", "day care"],
            "service": ["kindergarten", "elderly_day_care"],
        },
        geometry=[at(0), at(1000)],
        crs=CRS,
    )


def residents() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "resident_id": ["A", "B"],
            "people": [30, 10],
            "elderly": [10, 0],
            "children": [5, 2],
        },
        geometry=[at(100), at(900)],
        crs=CRS,
    )


def study(**changes: object) -> lc.Study:
    parts = {
        "units": units(),
        "facilities": facilities(),
        "residents": residents(),
        "network": street(),
        "name": "village",
        "language": "en",
    } | changes
    return lc.Study(
        parts.pop("units"),
        parts.pop("facilities"),
        parts.pop("residents"),
        parts.pop("network"),
        **parts,
    )
