"""The kernels alone: arrays in, arrays out, against networkx on directed graphs."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecircle.network import buckets, order, pairs, search
from lifecircle.network.grid import street_grid
from lifecircle.network.passes import no_passes

FLOAT = st.one_of(st.just(0.0), st.floats(0.1, 50.0), st.just(np.inf))


@st.composite
def problems(draw):
    """Streets whose cost differs by direction, with people and places on them."""
    nodes = draw(st.integers(1, 7))
    pick = st.integers(0, nodes - 1)
    edges = draw(st.lists(st.tuples(pick, pick, FLOAT, FLOAT), min_size=1, max_size=12))
    point = st.tuples(
        st.integers(0, len(edges) - 1),
        st.sampled_from([0.0, 0.25, 0.5, 1.0]),
        st.sampled_from([0.0, 1.0, 7.5]),
    )
    people = draw(st.lists(point, min_size=1, max_size=8))
    places = draw(st.lists(point, min_size=1, max_size=5))
    limit_s = draw(st.sampled_from([5.0, 40.0, 1000.0]))
    return nodes, edges, people, places, limit_s


def compressed(nodes, edges):
    """Rows of arcs, each carrying the cost of walking towards the node that the row is of."""
    rows = [[] for _ in range(nodes)]
    for edge, (start, end, forward_s, backward_s) in enumerate(edges):
        rows[start].append((end, edge, backward_s))  # reversed: from `end` to `start`
        if start != end:
            rows[end].append((start, edge, forward_s))
    first = np.cumsum([0, *map(len, rows)]).astype(np.int32)
    arcs = [arc for row in rows for arc in row]
    return (
        first,
        np.array([arc[0] for arc in arcs], dtype=np.int32),
        np.array([arc[1] for arc in arcs], dtype=np.int32),
        np.array([arc[2] for arc in arcs], dtype=float),
    )


def columns(points):
    edge, share, access_s = zip(*points, strict=True)
    return np.array(edge, dtype=np.int32), np.array(share, float), np.array(access_s, float)


def listed(edge, edges):
    order = np.argsort(edge, kind="stable").astype(np.int32)
    first = np.zeros(edges + 1, dtype=np.int64)
    np.cumsum(np.bincount(edge, minlength=edges), out=first[1:])
    return first, order


def in_order(points, edges):
    """Points as the search from each place takes them: edge after edge, and who is who."""
    edge, share, access_s = columns(points)
    first, order = listed(edge, edges)
    return (first.astype(np.int32), share[order], access_s[order]), order


def split(total, share):
    """Cost of a part of an edge; no part of an impassable edge costs nothing."""
    return total * share if share > 0 else 0.0


def answer(nodes, edges, people, places):
    """Seconds people → places by networkx, on the directed graph with all points put into it."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(nodes))
    for edge, (start, end, forward_s, backward_s) in enumerate(edges):
        on = [(p[1], ("person", i)) for i, p in enumerate(people) if p[0] == edge]
        on += [(p[1], ("place", i)) for i, p in enumerate(places) if p[0] == edge]
        before, behind = start, 0.0
        for share, name in [*sorted(on), (1.0, end)]:
            graph.add_edge(before, name, s=split(forward_s, share - behind))
            graph.add_edge(name, before, s=split(backward_s, share - behind))
            before, behind = name, share
    seconds = np.full((len(people), len(places)), np.inf)
    for i, person in enumerate(people):
        reached = nx.single_source_dijkstra_path_length(graph, ("person", i), weight="s")
        for j, place in enumerate(places):
            street_s = reached.get(("place", j), np.inf)
            seconds[i, j] = person[2] + street_s + place[2]
    return seconds


def usable(problem):
    """Points lie on passable streets only, as snapping puts them there."""
    nodes, edges, people, places, limit_s = problem

    def passable(point):
        return np.isfinite(edges[point[0]][2]) and np.isfinite(edges[point[0]][3])

    people, places = list(filter(passable, people)), list(filter(passable, places))
    return (nodes, edges, people, places, limit_s) if people and places else None


@given(problems())
def test_one_way_costs_are_walked_towards_the_place(problem):
    problem = usable(problem)
    if problem is None:
        return
    nodes, edges, people, places, limit_s = problem
    first, head, arc_edge, arc_s = compressed(nodes, edges)
    ends = np.array([edge[:2] for edge in edges], dtype=np.int32)
    forward_s = np.array([edge[2] for edge in edges])
    backward_s = np.array([edge[3] for edge in edges])
    sorted_people, who = in_order(people, len(edges))
    counts, found, minutes = search.reach(
        first,
        head,
        arc_edge,
        arc_s,
        ends,
        forward_s,
        backward_s,
        *sorted_people,
        *columns(places),
        no_passes().arrays,
        limit_s,
        0,
        len(places),
    )
    found = who[found]
    place = np.repeat(np.arange(len(places)), counts)
    assert len(set(zip(place.tolist(), found.tolist(), strict=True))) == len(found), "a pair twice"
    seconds = np.full((len(people), len(places)), np.inf)
    seconds[found, place] = minutes.astype(float) * 60.0
    right = answer(nodes, edges, people, places)
    sure = np.abs(right - limit_s) > 1e-3
    assert np.array_equal(np.isfinite(seconds)[sure], (right <= limit_s)[sure])
    both = np.isfinite(seconds) & np.isfinite(right)
    assert np.abs(seconds[both] - right[both]).max(initial=0.0) < 1e-3


@given(problems(), st.sampled_from([buckets.node_seconds, search.node_seconds_nearby]))
def test_the_nearest_of_several_places_is_the_least_of_their_times(problem, node_seconds):
    problem = usable(problem)
    if problem is None:
        return
    nodes, edges, people, places, limit_s = problem
    first, head, _, arc_s = compressed(nodes, edges)
    ends = np.array([edge[:2] for edge in edges], dtype=np.int32)
    forward_s = np.array([edge[2] for edge in edges])
    backward_s = np.array([edge[3] for edge in edges])
    place_edge, place_share, place_access_s = columns(places)
    reached, reached_s = node_seconds(
        first,
        head,
        arc_s,
        ends,
        forward_s,
        backward_s,
        place_edge,
        place_share,
        place_access_s,
        limit_s,
    )
    seconds = search.point_seconds(
        reached,
        reached_s,
        nodes,
        ends,
        forward_s,
        backward_s,
        *listed(place_edge, len(edges)),
        place_share,
        place_access_s,
        *columns(people),
    )
    right = answer(nodes, edges, people, places).min(axis=1)
    within = right <= limit_s - 1e-9
    assert seconds[within] == pytest.approx(right[within], abs=1e-6)
    assert (seconds >= right - 1e-6).all()


def test_places_off_the_streets_reach_nobody():
    ends = np.array([[0, 1]], dtype=np.int32)
    ones = np.array([1.0])
    counts, found, minutes = search.reach(
        np.array([0, 1, 2], dtype=np.int32),
        np.array([1, 0], dtype=np.int32),
        np.array([0, 0], dtype=np.int32),
        np.array([1.0, 1.0]),
        ends,
        ones,
        ones,
        np.array([0, 1], dtype=np.int32),
        np.array([0.5]),
        np.array([0.0]),
        np.array([-1, 0, -1], dtype=np.int32),
        np.array([0.0, 0.0, 0.0]),
        np.array([np.inf, 0.0, np.inf]),
        no_passes().arrays,
        60.0,
        0,
        3,
    )
    assert counts.tolist() == [0, 1, 0]
    assert found.tolist() == [0]
    assert minutes.tolist() == pytest.approx([0.5 / 60])


def test_more_pairs_than_fit_at_first_are_all_kept():
    people = 5000
    share = np.linspace(0, 1, people)
    counts, found, minutes = search.reach(
        np.array([0, 1, 2], dtype=np.int32),
        np.array([1, 0], dtype=np.int32),
        np.array([0, 0], dtype=np.int32),
        np.array([60.0, 60.0]),
        np.array([[0, 1]], dtype=np.int32),
        np.array([60.0]),
        np.array([60.0]),
        np.array([0, people], dtype=np.int32),
        share,
        np.zeros(people),
        np.array([0], dtype=np.int32),
        np.array([0.0]),
        np.array([0.0]),
        no_passes().arrays,
        100.0,
        0,
        1,
    )
    assert counts.tolist() == [people]
    assert np.array_equal(np.sort(found), np.arange(people))
    assert minutes == pytest.approx(share[found], abs=1e-6)


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 4), st.floats(0, 15, width=32))), max_size=90),
    st.permutations(range(5)),
    st.integers(1, 4),
    st.randoms(use_true_random=False),
)
def test_pairs_by_place_become_pairs_by_person(listed_pairs, who_is_who, pieces, order):
    by_place = [dict(found) for found in listed_pairs]
    searched = list(range(len(by_place)))
    order.shuffle(searched)  # places stand in the order of the search
    parts = [
        (
            np.array(places, dtype=np.int32),
            np.array([len(by_place[place]) for place in places], dtype=np.int64),
            np.array([p for place in places for p in by_place[place]], dtype=np.int32),
            np.array([m for place in places for m in by_place[place].values()], dtype=np.float32),
        )
        for places in (searched[begin::pieces] for begin in range(pieces))
    ]
    counts = np.zeros(5, dtype=np.int32)
    for _, _, person, minutes in parts:
        pairs.count_pairs(person, minutes, 10.0, counts)
    first, at = pairs.row_starts(counts, np.array(who_is_who, dtype=np.int32), 5)
    places = np.empty(first[-1], dtype=np.int32)
    ordered = np.empty(first[-1], dtype=np.float32)
    for part in parts:
        pairs.place_pairs(*part, 10.0, at, places, ordered)
    pairs.sort_rows(first, places, ordered, len(by_place))
    expected = [
        (who, place, found[who_is_who.index(who)])
        for who in range(5)
        for place, found in enumerate(by_place)
        if found.get(who_is_who.index(who), 11.0) <= 10.0
    ]
    who = np.repeat(np.arange(5), np.diff(first))
    assert list(zip(who.tolist(), places.tolist(), ordered.tolist(), strict=True)) == expected


@given(
    st.integers(1, 30).flatmap(
        lambda count: st.tuples(
            st.just(count),
            st.lists(st.tuples(*[st.integers(0, count - 1)] * 2), max_size=60),
        )
    )
)
def test_connected_parts_are_those_of_networkx(drawn):
    count, ends = drawn
    graph = nx.Graph(ends)
    graph.add_nodes_from(range(count))
    label = order.connected_parts(np.array(ends, dtype=np.int32).reshape(-1, 2), count)
    found = {frozenset(np.flatnonzero(label == part).tolist()) for part in set(label.tolist())}
    assert found == {frozenset(part) for part in nx.connected_components(graph)}
    first_seen = [label.tolist().index(part) for part in range(label.max() + 1)]
    assert first_seen == sorted(first_seen)


def test_the_grid_lists_every_segment_in_each_cell_it_passes(rng):
    points = rng.uniform(0, 400, (60, 2))
    first_point = np.arange(0, 61, 2)
    frame, shape, first, items = street_grid(points, first_point, np.ones(30, dtype=bool))
    west, south, cell = frame
    for line in range(30):
        a, b = points[2 * line], points[2 * line + 1]
        for share in np.linspace(0, 1, 200):
            x, y = a + share * (b - a)
            column = min(int((x - west) // cell), shape[0] - 1)
            row = min(int((y - south) // cell), shape[1] - 1)
            place = row * shape[0] + column
            assert 2 * line in items[first[place] : first[place + 1]]
