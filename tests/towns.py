"""Tiny towns whose answers can be worked out by hand, and random ones for the oracle.

Every town is drawn in a metric system laid through its middle, so that a hundred metres on the
drawing are a hundred metres in the network. ``ONE`` walks one metre a second: 300 m are 5 minutes.
"""

from __future__ import annotations

import warnings
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
from hypothesis import strategies as st
from scipy.spatial import Delaunay

from lifecircle.crs import local_crs
from lifecircle.errors import LifecircleWarning
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.travel_times import TravelTimes
from lifecircle.network.walkers import Walker
from lifecircle.network.walking import travel_times

TOWN = local_crs(112.99, 28.16)
ONE = Walker("one metre a second", 1.0)
ONE_ON_WHEELS = Walker("one metre a second, no steps", 1.0, steps=False)


def town(nodes: dict[Any, tuple[float, float]], *streets: Any) -> WalkNetwork:
    """Network of nodes at metres and streets ``(from, to)`` or ``(from, to, attributes)``.

    ``via=[(x, y), …]`` among the attributes bends a street.
    """
    graph = nx.MultiGraph(crs=TOWN)
    for name, (x, y) in nodes.items():
        graph.add_node(name, x=x, y=y)
    for start, end, *more in streets:
        given = dict(*more)
        if "via" in given:
            bends = given.pop("via")
            given["geometry"] = shapely.LineString([nodes[start], *bends, nodes[end]])
        graph.add_edge(start, end, **given)
    with warnings.catch_warnings():  # lengths that differ from the drawing are meant
        warnings.filterwarnings("ignore", "network: the lengths stated", LifecircleWarning)
        return WalkNetwork.from_networkx(graph)


def points(*places: tuple[float, float], **columns: Any) -> gpd.GeoDataFrame:
    """Points at metres of the town."""
    return gpd.GeoDataFrame(
        columns,
        geometry=[shapely.Point(place) for place in places],
        index=range(len(places)),
        crs=TOWN,
    )


def walk(network: WalkNetwork, origins: Any, destinations: Any, **options: Any) -> TravelTimes:
    """Travel times at one metre a second, islands and stray points being known."""
    options.setdefault("walker", ONE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        return travel_times(network, origins, destinations, **options)


def ladder() -> WalkNetwork:
    """Six crossings, seven streets of 100 m.

    ::

        D --- E --- F      y = 100
        |     |     |
        A --- B --- C      y = 0
     x -100   0    100

    A to F: 300 m, three ways. A home 12 m south of the middle of AB and a shop at the middle of
    CF: 12 + 50 to B + 100 to C + 50 = 212 m.
    """
    nodes = {"A": (-100, 0), "B": (0, 0), "C": (100, 0)}
    nodes |= {"D": (-100, 100), "E": (0, 100), "F": (100, 100)}
    return town(nodes, "AB", "BC", "DE", "EF", "AD", "BE", "CF")


def dead_end() -> WalkNetwork:
    """A lane behind the main street that opens at its far end only.

    ::

        C ------- B        y = 80
                  |
        A ------- D        y = 0
      x -150     150

    From A to C: 80 m for a bird; 300 + 80 + 300 = 680 m on foot.
    """
    return town({"A": (-150, 0), "D": (150, 0), "B": (150, 80), "C": (-150, 80)}, "AD", "DB", "BC")


def ring() -> WalkNetwork:
    """One street that begins and ends at the same crossing: a square of 4 x 200 m.

    ::

        +-------+          y = 100
        |       |
        |       |
        N-------+          y = -100
     x -100    100

    From the middle of the south side (100 m along) to the middle of the west side (700 m along):
    600 m straight along, 200 m by way of N.
    """
    return town({"N": (-100, -100)}, ("N", "N", {"via": [(100, -100), (100, 100), (-100, 100)]}))


def ring_road(radius_m: float = 300.0) -> WalkNetwork:
    """A circle of 72 chords around a middle without streets.

    ::

          .--.
         /    \\
        |      |      nobody walks inside
         \\    /
          '--'
    """
    turns = np.linspace(0, 2 * np.pi, 73)[:-1]
    nodes = {i: (radius_m * np.cos(t), radius_m * np.sin(t)) for i, t in enumerate(turns)}
    return town(nodes, *((i, (i + 1) % 72) for i in range(72)))


def island() -> WalkNetwork:
    """Two streets that never meet, 60 m apart.

    ::

        C ---- D           y = 60
        A ---- B ---- E    y = 0
     x -100    0     100

    A to E: 200 m. A to D: no way. C to D: 100 m.
    """
    nodes = {"A": (-100, 0), "B": (0, 0), "E": (100, 0), "C": (-100, 60), "D": (0, 60)}
    return town(nodes, "AB", "BE", "CD")


def stairs() -> WalkNetwork:
    """Stairs of 50 m, and a ramp of 350 m around them.

    ::

        D ------- E        y = 150
        |         |
        A == s == B ---- C y = 0       D above A, E above B; A to B is stairs
     x -25       25     125

    A to C: 150 m by the stairs, 150 + 50 + 150 + 100 = 450 m on wheels. A home at the middle of the
    stairs, 5 m north of them, joins the stairs (5 m); on wheels it joins the nearest other street,
    25 m to the side: AD or BE, both 25 m away.
    """
    nodes = {"A": (-25, 0), "B": (25, 0), "C": (125, 0), "D": (-25, 150), "E": (25, 150)}
    return town(nodes, ("A", "B", {"highway": "steps"}), "BC", "AD", "DE", "EB")


def crescent() -> WalkNetwork:
    """A long crescent and the straight street between its ends.

    ::

        +-------------+    y = 200
        |             |
        A ----------- B    y = 0
     x -50           50

    The crescent is 200 + 100 + 200 = 500 m, the street 100 m. From 10 m up the crescent at A to
    10 m up the crescent at B: 480 m along it, 10 + 100 + 10 = 120 m by the street.
    """
    return town(
        {"A": (-50, 0), "B": (50, 0)}, ("A", "B", {"via": [(-50, 200), (50, 200)]}), ("A", "B")
    )


def pieces(total_m: float, piece_m: float = 100.0) -> WalkNetwork:
    """One straight street in pieces.

    ::

        0 --- 1 --- 2 --- … --- n      100 m each, the last one shorter
    """
    along = [*np.arange(0.0, total_m, piece_m), total_m]
    nodes = {i: (x - total_m / 2, 0.0) for i, x in enumerate(along)}
    return town(nodes, *((i, i + 1) for i in range(len(along) - 1)))


def double_gate() -> WalkNetwork:
    """A gate drawn as two nodes at one place, joined by an edge of length 0.

    ::

        A --- G=H --- B      100 m, 0 m, 100 m

    A to B: 200 m.
    """
    return town({"A": (-100, 0), "G": (0, 0), "H": (0, 0), "B": (100, 0)}, "AG", "GH", "HB")


def two_ways() -> WalkNetwork:
    """Two streets between the same crossings, 150 m and 100 m as their source states.

    ::

           .-- 150 --.
        A +--- 100 ---+ B -- 100 -- C
       x -50          50           150
    """
    nodes = {"A": (-50, 0), "B": (50, 0), "C": (150, 0)}
    return town(
        nodes,
        ("A", "B", {"via": [(0, 30)], "length": 150.0}),
        ("A", "B", {"length": 100.0}),
        ("B", "C", {"length": 100.0}),
    )


@st.composite
def weird_towns(draw: Any) -> tuple[WalkNetwork, list[tuple[float, float]]]:
    """Everything that a source may get wrong or odd, and points on and off it.

    Parallel streets, loops, streets of no length, nodes at one place, islands, lonely nodes, bends,
    lengths that differ from the drawing, stairs.
    """
    whole = st.integers(-6, 6)
    spots = draw(st.lists(st.tuples(whole, whole), min_size=1, max_size=9))
    nodes = {index: (50.0 * x, 50.0 * y) for index, (x, y) in enumerate(spots)}
    stated = draw(st.booleans())
    bend = st.tuples(st.integers(-12, 12), st.integers(-12, 12))
    pick = st.integers(0, len(nodes) - 1)
    streets, lines = [], []
    for start, end, bends, length_m, kind in draw(
        st.lists(
            st.tuples(
                pick,
                pick,
                st.lists(bend, max_size=3),
                st.one_of(st.none(), st.just(0.0), st.floats(0.5, 400.0)),
                st.sampled_from(["residential", "footway", "steps"]),
            ),
            min_size=1,
            max_size=14,
        )
    ):
        given: dict[str, Any] = {"highway": kind, "via": [(25.0 * x, 25.0 * y) for x, y in bends]}
        line = shapely.LineString([nodes[start], *given["via"], nodes[end]])
        if stated:
            given["length"] = line.length if length_m is None else length_m
        streets.append((start, end, given))
        lines.append(line)
    on_street = st.tuples(st.integers(0, len(lines) - 1), st.sampled_from([0.0, 0.25, 0.5, 0.9]))
    anywhere = st.tuples(st.integers(-18, 18), st.integers(-18, 18))
    places = [
        *draw(st.lists(st.sampled_from(list(nodes.values())), max_size=3)),
        *(
            (at.x, at.y)
            for at in (
                lines[line].interpolate(share, normalized=True)
                for line, share in draw(st.lists(on_street, min_size=2, max_size=6))
            )
        ),
        *((25.0 * x + 3.0, 25.0 * y + 8.0) for x, y in draw(st.lists(anywhere, max_size=5))),
    ]
    return town(nodes, *streets), places


def planar_town(seed: int, crossings: int = 60, half_m: float = 450.0) -> WalkNetwork:
    """Streets of a random plan: no two cross, some bend, some are missing, one is an island."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(-half_m, half_m, (crossings, 2))
    triangles = Delaunay(places).simplices
    pairs = {
        tuple(sorted((int(t[i]), int(t[j]))))
        for t in triangles
        for i, j in ((0, 1), (1, 2), (0, 2))
    }
    nodes = dict(enumerate(map(tuple, places.tolist())))
    nodes |= {"I": (half_m + 40, half_m + 40), "J": (half_m + 90, half_m + 40)}
    streets: list[Any] = [("I", "J", {"highway": "footway"})]
    for start, end in sorted(pairs):
        length_m = float(np.hypot(*(places[end] - places[start])))
        if rng.random() < 0.35 or length_m > half_m:
            continue
        bent = (places[start] + places[end]) / 2 + rng.normal(0, length_m / 20, 2)
        given: dict[str, Any] = {"highway": "steps" if rng.random() < 0.1 else "residential"}
        if rng.random() < 0.5:
            given["via"] = [tuple(bent.tolist())]
        streets.append((start, end, given))
    return town(nodes, *streets)
