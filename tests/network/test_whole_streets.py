"""Streets that new ways cut: whole again where it is asked in which compound they lie."""

import warnings

import geopandas as gpd
import numpy as np
import shapely

import towns
from lifecircle import LifecircleWarning, load_demo
from lifecircle.network.barriers import Barriers, with_barriers
from lifecircle.network.links import NEW_WAY, STREET
from lifecircle.network.new_ways import NewWays, nearest_streets, with_new_ways
from lifecircle.network.whole_streets import whole_streets


def lines(network):
    edge = np.repeat(np.arange(network.edge_count), np.diff(network.edge_first_point))
    return shapely.linestrings(network.edge_points_m, indices=edge)


def cut_twice(network, ways=60):
    """The streets with new ways at random places, and further ones at random places of these."""
    rng = np.random.default_rng(3)
    for _ in range(2):
        street = np.flatnonzero(network.edge_link == STREET)
        rows = [
            (rng.choice(street, 2), rng.random(2) * 0.9 + 0.05, NEW_WAY, 0) for _ in range(ways)
        ]
        network = with_new_ways(network, NewWays.of(rows))
    return network


def test_what_was_cut_is_whole_again():
    plain = load_demo().network.plain
    cut = cut_twice(plain)
    parts = whole_streets(cut)
    streets = parts.network.edge_link == STREET
    assert cut.edge_count > parts.network.edge_count == plain.edge_count + 120
    before = np.sort(shapely.length(lines(plain)))
    assert np.allclose(np.sort(shapely.length(lines(parts.network)[streets])), before)
    assert np.isclose(
        parts.network.edge_length_m[streets].sum(), plain.edge_length_m.sum(), rtol=1e-12
    )


def test_every_piece_is_found_at_its_own_place():
    parts = whole_streets(cut_twice(load_demo().network.plain))
    middle = (parts.begin + parts.end) / 2
    piece, share = parts.piece_at(parts.whole, middle)
    assert np.array_equal(piece, np.arange(len(piece)))
    assert np.allclose(share, 0.5)


def test_streets_that_nothing_cuts_are_whole():
    assert whole_streets(load_demo().network.plain) is None


def brushing():
    """A lane that brushes the inside of an outline before it goes deep.

    ::

        100 +-----------------+
            |              E  |     E 90,50
            |              |  |
          3 |   B----------C  |     B 10,3   C 90,3
          0 +---|-------------+
                A                   A 10,-40

    The lane B-C-E comes 10 m deep into the compound (E is 10 m from its east wall), so all of it
    lies inside. Cut at 50,3 its first part alone is 3 m deep at most, meets A-B, which lies
    outside, and would lie outside, too.
    """
    nodes = {"A": (10, -40), "B": (10, 3), "E": (90, 50), "F": (10, -90), "G": (90, -90)}
    network = towns.town(nodes, "AB", ("B", "E", {"via": [(90, 3)]}), "AF", "FG")
    compounds = gpd.GeoDataFrame(
        {"compound_id": ["C"]}, geometry=[shapely.box(0, 0, 100, 100)], crs=towns.TOWN
    )
    gates = gpd.GeoDataFrame(
        {"gate_id": ["G"], "access": ["open"]}, geometry=[shapely.Point(100, 60)], crs=towns.TOWN
    )
    return network, Barriers(compounds, None, gates)


def test_a_cut_moves_no_street_out_of_its_compound():
    network, barriers = brushing()
    edge, share, _ = nearest_streets(
        network, np.array([[50.0, 3.0], [50.0, -90.0]]) + middle_of(network), 5.0
    )
    cut = with_new_ways(network, NewWays.of([(edge, share, NEW_WAY, 0)]))
    inside = [zoned_m(one, barriers) for one in (network, cut)]
    assert inside[0] == inside[1] == 127.0


def middle_of(network):
    """Where the town's 0, 0 lies in the network's own system, metres."""
    place = gpd.GeoSeries([shapely.Point(0, 0)], crs=towns.TOWN).to_crs(network.crs)
    return np.array([place.x[0], place.y[0]])


def zoned_m(network, barriers):
    """Metres of street that lie inside the compound."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        walled = with_barriers(network, barriers)
    inside = (walled.walls.sight.edge_zone != 0) & (walled.edge_link == STREET)
    return round(float(walled.edge_length_m[inside].sum()), 0)
