"""Crossings as links of no length, so that any search finds the wait exactly where it is.

A node of OpenStreetMap that is a crossing costs its wait to those who walk *over* it along a way
for people on foot, once; those who walk along the carriageway past it do not wait. Each end of a
footway at a crossing gets a node of its own at the same place, joined to the crossing by a link
that costs half the wait: every way over the crossing passes two of them, the carriageway keeps the
node itself. Who leaves the crossing along the carriageway has walked half of it.

- Crossings are nodes with ``highway=crossing`` or any ``crossing=*`` but ``no``; with signals where
  ``crossing=traffic_signals``, ``crossing:signals=yes`` or the node is ``highway=traffic_signals``
  as well. Of two nodes on one way over a divided road each counts: people wait twice. Crossings of
  railways and trams cost nothing.
- A way drawn as a crossing (``footway=crossing``, ``highway=crossing`` and the like) none of whose
  nodes is one has half the wait at either end of it. People who pass along its end do not wait.
- A junction of three or more streets with ``highway=traffic_signals`` where no footway meets costs
  everybody who passes it the wait at signals.
- A node of a footway with ``kerb=raised`` closes the way over it to those whom a raised kerb stops.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.network.graph import Streets
from lifecircle.network.links import CROSSING, KERB, SIGNALS, STREET
from lifecircle.network.street_tags import longer

Marks = NDArray[np.int8]

# Ways for people on foot: who walks along one over a crossing node crosses the street.
FOOTWAYS = frozenset({
    "footway", "path", "pedestrian", "steps", "cycleway", "bridleway", "crossing", "sidewalk",
    "corridor", "platform", "trail", "elevator", "escalator",
})  # fmt: skip
NODE_KEYS = ("highway", "crossing", "crossing:signals", "kerb")

# What a node is: a crossing without or with signals, and besides
_KIND = 3
_JUNCTION_SIGNALS = 4
_RAISED_KERB = 8
WAITING = _KIND | _RAISED_KERB
"""Bits of a node at which footways are cut."""

# Ids of nodes that are put in. Those of OpenStreetMap are above zero, those of drawings in an
# editor hardly below it.
_BELOW = -(2**40)


def node_mark(tags: Mapping[str, str]) -> int:
    """What a node is to people on foot.

    Parameters
    ----------
    tags
        Its tags.

    Returns
    -------
    int
        0 for nothing; bits that :func:`with_crossings` reads.

    Examples
    --------
    >>> node_mark({"highway": "crossing"}), node_mark({"crossing": "traffic_signals"})
    (1, 2)
    >>> node_mark({"highway": "crossing", "crossing": "no"}), node_mark({"highway": "bus_stop"})
    (0, 0)
    """
    highway, kinds = tags.get("highway"), _parts(tags, "crossing")
    lights, crossing = highway == "traffic_signals", highway == "crossing"
    mark = _JUNCTION_SIGNALS if lights else 0
    if tags.get("kerb") == "raised":
        mark |= _RAISED_KERB
    with_signals = _has_signals(tags, kinds)
    on_rails = not crossing and "railway" in tags
    if (crossing or kinds or with_signals) and kinds != {"no"} and not on_rails:
        mark |= SIGNALS if lights or with_signals else CROSSING
    return mark


def way_mark(tags: Mapping[str, str]) -> int:
    """What crossing a way is drawn as.

    Parameters
    ----------
    tags
        Its tags.

    Returns
    -------
    int
        ``links.CROSSING``, ``links.SIGNALS``, or 0 for none.

    Examples
    --------
    >>> way_mark({"highway": "footway", "footway": "crossing"}), way_mark({"highway": "footway"})
    (1, 0)
    """
    highway = tags.get("highway")
    if highway not in FOOTWAYS:
        return STREET
    if highway != "crossing" and "crossing" not in {tags.get(key) for key in _DRAWN_AS}:
        return STREET
    kinds = _parts(tags, "crossing")
    if kinds == {"no"}:
        return STREET
    return SIGNALS if _has_signals(tags, kinds) else CROSSING


_DRAWN_AS = ("footway", "path", "cycleway", "pedestrian", "bridleway")


def _parts(tags: Mapping[str, str], key: str) -> set[str]:
    """Values of a tag, which may hold several."""
    value = tags.get(key)
    if not value:
        return set()
    return {part.strip() for part in value.split(";")} - {""} if ";" in value else {value}


def _has_signals(tags: Mapping[str, str], kinds: set[str]) -> bool:
    return "traffic_signals" in kinds or tags.get("crossing:signals") == "yes"


def is_footway(highway: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Whether each kind of way is one for people on foot.

    Parameters
    ----------
    highway
        Kinds, shape (m,).

    Returns
    -------
    array of bool, shape (m,)

    Examples
    --------
    >>> is_footway(np.array(["path", "primary"], dtype=object)).tolist()
    [True, False]
    """
    return np.asarray(pd.Series(highway, dtype=object).isin(FOOTWAYS), dtype=bool)


def marks_of(ids: NDArray[Any], marks: Mapping[Any, int]) -> Marks:
    """Marks of nodes by their ids.

    Parameters
    ----------
    ids
        Ids, rising, shape (n,).
    marks
        Mark of each node that has one, by id; ids that do not occur are passed over.

    Returns
    -------
    array of int8, shape (n,)

    Examples
    --------
    >>> marks_of(np.array([3, 5, 9]), {5: 2, 7: 1}).tolist()
    [0, 2, 0]
    """
    found = np.zeros(len(ids), dtype=np.int8)
    if not marks or not len(ids):
        return found
    marked = np.fromiter(marks, dtype=np.int64, count=len(marks))
    at = np.minimum(np.searchsorted(ids, marked), len(ids) - 1)
    here = ids[at] == marked
    found[at[here]] = np.fromiter(marks.values(), dtype=np.int8, count=len(marks))[here]
    return found


def with_crossings(streets: Streets, marks: Marks, way_ends: Marks | None = None) -> Streets:
    """Streets with the links of their crossings.

    Parameters
    ----------
    streets
        Streets, cut at every crossing that a footway leads over.
    marks
        What each node is, as :func:`node_mark` tells it, shape (n,).
    way_ends
        Crossing that begins or ends at each end of each edge because the way is drawn as one,
        shape (m, 2); ``None`` for none.

    Returns
    -------
    Streets
        The same edges first, then the links. A node that was put in has an id of its own; those
        of the source stay.

    Examples
    --------
    >>> lonlat = np.array([[112.99, 28.16], [112.991, 28.16], [112.992, 28.16]])
    >>> kinds = np.array(["footway", "footway"], dtype=object)
    >>> way = Streets(np.array([7, 8, 9]), lonlat, np.array([[0, 1], [1, 2]]), lonlat[[0, 1, 1, 2]],
    ...               np.array([0, 2, 4]), kinds, kinds, np.array([1, 1]))
    >>> crossed = with_crossings(way, np.array([0, 2, 0], dtype=np.int8))
    >>> crossed.link.tolist(), crossed.ends.tolist()
    ([0, 0, 2, 2], [[0, 3], [4, 2], [3, 1], [4, 1]])
    """
    links, raised = _links(streets, marks)
    if way_ends is not None:
        links = np.where(links == STREET, way_ends, links)
    edge, side = np.nonzero(links)
    count = len(edge)
    if not count:
        return streets
    old = streets.ends[edge, side]
    new = len(streets.node_ids) + np.arange(count)
    ends = streets.ends.copy()
    ends[edge, side] = new
    tags = longer(streets.tags, count)
    if raised[edge, side].any():
        kerb = np.where(raised[edge, side], "raised", "").astype(object)
        tags["kerb"] = np.concatenate([np.full(len(ends), "", dtype=object), kerb])
    nothing = np.full(count, "", dtype=object)
    given_m, stretches = streets.length_m, np.zeros(len(ends), dtype=np.int8)
    return replace(
        streets,
        node_ids=np.concatenate([streets.node_ids, _new_ids(streets.node_ids, count)]),
        node_lonlat=np.concatenate([streets.node_lonlat, streets.node_lonlat[old]]),
        ends=np.concatenate([ends, np.column_stack([new, old])]),
        points_lonlat=np.concatenate(
            [streets.points_lonlat, np.repeat(streets.node_lonlat[old], 2, axis=0)]
        ),
        first_point=np.concatenate(
            [streets.first_point, streets.first_point[-1] + 2 * np.arange(1, count + 1)]
        ),
        highway=np.concatenate([streets.highway, nothing]),
        name=np.concatenate([streets.name, nothing]),
        osm_id=np.concatenate([streets.osm_id, np.zeros(count, dtype=np.int64)]),
        length_m=None if given_m is None else np.concatenate([given_m, np.zeros(count)]),
        link=np.concatenate([stretches, links[edge, side]]),
        tags=tags,
    )


def _links(streets: Streets, marks: Marks) -> tuple[Marks, NDArray[np.bool_]]:
    """Link that each end of each edge needs, and whether a raised kerb is there, shape (m, 2)."""
    foot = is_footway(streets.highway)
    here = marks[streets.ends]
    raised = ((here & _RAISED_KERB) > 0) & foot[:, None]
    links = np.where(foot[:, None], here & _KIND, STREET).astype(np.int8)
    links[raised & (links == STREET)] = KERB
    size = len(streets.node_ids)
    met = np.bincount(streets.ends.ravel(), minlength=size)
    on_foot = np.bincount(streets.ends[foot].ravel(), minlength=size)
    lights = ((marks & _JUNCTION_SIGNALS) > 0) & (met > 2) & (on_foot == 0)
    links[lights[streets.ends]] = SIGNALS
    return links, raised


def _new_ids(ids: NDArray[Any], count: int) -> NDArray[Any]:
    """Ids that no node has: far below zero, or texts where the source has texts."""
    if ids.dtype != object:
        taken = ids[ids <= _BELOW]
        free = np.setdiff1d(np.arange(_BELOW - count - len(taken), _BELOW, dtype=np.int64), taken)
        return free[::-1][:count]
    known = set(ids.tolist())
    texts = all(isinstance(one, str) for one in known)
    made: list[Any] = []
    number = 0
    while len(made) < count:
        number += 1
        one: Any = f"crossing {number}" if texts else _BELOW - number
        if one not in known:
            made.append(one)
    found = np.empty(count, dtype=object)
    found[:] = made
    return found
