"""What becomes nearer when an edge is opened, beside scipy's search from nothing."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from lifecircle.network import lowering


@st.composite
def graphs(draw):
    """Nodes, and edges (start, end, seconds), some twice or from a node to itself."""
    count = draw(st.integers(2, 9))
    node = st.integers(0, count - 1)
    seconds = st.sampled_from([0.0, 1.0, 2.0, 2.5, 7.0])
    return count, draw(st.lists(st.tuples(node, node, seconds), min_size=1, max_size=16))


def arcs(count, edges):
    """Where the arcs of each node begin, heads, seconds."""
    both = sorted([(a, b, s) for a, b, s in edges] + [(b, a, s) for a, b, s in edges])
    tail, head, cost = (np.array(column) for column in zip(*both, strict=True))
    first = np.searchsorted(tail, np.arange(count + 1)).astype(np.int32)
    return first, head.astype(np.int32), cost.astype(float)


def searched(count, edges, places):
    """Seconds from each node to the nearest of some places, each ``(node, seconds)``, by scipy."""
    far = count
    least = {}
    for a, b, s in [*edges, *((node, far, s) for node, s in places)]:
        key = min(a, b), max(a, b)
        least[key] = min(s, least.get(key, np.inf))
    pairs = np.array([pair for pair in least if pair[0] != pair[1]]).reshape(-1, 2)
    cost = np.array([s for (a, b), s in least.items() if a != b])
    # scipy takes 0 for no edge
    graph = coo_array((cost + 1e-9, pairs.T), shape=(count + 1, count + 1)).tocsr()
    return dijkstra(graph, directed=False, indices=far)[:count]


@settings(max_examples=80)
@given(data=st.data())
def test_times_that_fall_are_those_of_a_new_search(data):
    count, edges = data.draw(graphs())
    node = st.integers(0, count - 1)
    places = [
        data.draw(st.lists(st.tuples(node, st.sampled_from([0.0, 3.0])), min_size=1, max_size=2))
        for _ in range(2)
    ]
    before = np.array([searched(count, edges, one) for one in places])
    a, b, s = data.draw(st.tuples(node, node, st.sampled_from([0.0, 1.0, 4.0])))
    limit_s = data.draw(st.sampled_from([3.3, 8.3, 100.0]))
    first, head, arc_s = arcs(count, [*edges, (a, b, s)])
    seeds = [
        (row, here, before[row, there] + s)
        for row in (0, 1)
        for here, there in ((a, b), (b, a))
        if np.isfinite(before[row, there])
    ]
    row, here, way_s = (np.array([seed[i] for seed in seeds]) for i in range(3))
    found = before.copy()
    told = lowering.lower(
        first,
        head,
        arc_s,
        found,
        row.astype(np.int64),
        here.astype(np.int64),
        way_s.astype(float),
        limit_s,
    )
    after = np.array([searched(count, [*edges, (a, b, s)], one) for one in places])
    after = np.where((after < before - 1e-6) & (after > limit_s + 1e-6), before, after)
    assert np.allclose(found, after, atol=1e-6)
    # each node of a service once, with the seconds of before
    assert np.array_equal(before[told[0], told[1]], told[2])
    fell = np.argwhere(found < before)
    assert sorted(zip(told[0].tolist(), told[1].tolist(), strict=True)) == sorted(
        map(tuple, fell.tolist())
    )


def test_a_home_is_told_once_with_its_best_join():
    """A street of 10 m, 1 m/s; a home joins it 2 m from its start by 1 m, and at its end by 9.

    Its start comes to be 5 s away, its end stays 50: 5 + 2 + 1 = 8 s.
    """
    first, edge = np.array([0, 1, 2], dtype=np.int32), np.zeros(2, dtype=np.int32)
    seconds, home_s = np.array([[5.0, 50.0]]), np.array([[70.0, 6.0]])
    found = lowering.homes_nearer(
        first,
        edge,
        np.array([[0, 1]], dtype=np.int32),
        np.array([10.0]),
        np.array([10.0]),
        seconds,
        np.array([0], dtype=np.int32),
        np.array([0], dtype=np.int32),
        np.array([0, 3]),
        np.array([0, 1, 2], dtype=np.int32),
        np.array([0.2, 1.0, 0.2]),
        np.array([1.0, 9.0, 1.0]),
        np.array([0, 0, 1], dtype=np.int32),
        home_s,
    )
    assert [column.tolist() for column in found] == [[0], [0], [8.0]]  # the other home had 6 s
    assert home_s.tolist() == [[70.0, 6.0]]
