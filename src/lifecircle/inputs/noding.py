"""Lines that meet → streets between junctions.

One rule for OpenStreetMap ways and for road lines from a GIS: a vertex is a junction if a line
ends there or if it is used more than once, by two lines or twice by one. Lines are cut at
junctions and nowhere else, but for crossings that a footway leads over; all other vertices stay as
the shape of the street. Lines that cross without a common vertex (a flyover) do not meet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from lifecircle.crs import WGS84
from lifecircle.errors import CrsError, EmptyNetworkError, InputError
from lifecircle.network.crossings import WAITING, is_footway, marks_of, with_crossings
from lifecircle.network.graph import Streets

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines as runs of place ids, before they are cut.

    Parameters
    ----------
    place_ids
        Id of the place of each vertex, all lines one after another, shape (k,). Two vertices are
        the same place if and only if their ids are equal.
    first_place
        Where the vertices of each line begin, shape (w + 1,).
    lonlat
        Degrees WGS-84 of each vertex, shape (k, 2); not a number where a file does not tell.
    highway, name
        Kind and name of each line, ``""`` where unknown, shape (w,).
    osm_id
        OSM way of each line, 0 where unknown, shape (w,).
    way_mark
        Crossing that each line is drawn as (:func:`lifecircle.network.crossings.way_mark`), shape
        (w,); ``None``: none is.
    marks
        What places are (:func:`lifecircle.network.crossings.node_mark`), by place id.
    tags
        Further columns of the lines by name, each of shape (w,).
    """

    place_ids: Integers
    first_place: Integers
    lonlat: Floats
    highway: NDArray[np.object_]
    name: NDArray[np.object_]
    osm_id: Integers
    way_mark: NDArray[np.int8] | None = None
    marks: Mapping[int, int] = field(default_factory=dict)
    tags: Mapping[str, NDArray[Any]] = field(default_factory=dict)


def cut_at_junctions(lines: Lines, source: str) -> Streets:
    """Streets between the junctions of lines.

    Parameters
    ----------
    lines
        Lines as read. A line is also cut where vertices have no coordinates: the part beyond the
        edge of an extract is not known.
    source
        Name of the file or service, for the message.

    Returns
    -------
    Streets
        With the links of their crossings.

    Raises
    ------
    EmptyNetworkError
        If no line has two vertices with coordinates.

    Examples
    --------
    Two lines that share the vertex 2 meet there; vertex 5 is only a bend:

    >>> text = np.array(["", ""], dtype=object)
    >>> ids = np.array([1, 2, 3, 4, 2, 5, 6])
    >>> lonlat = np.array([[0, 0], [1, 0], [2, 0], [1, 1], [1, 0], [1, -1], [2, -2.0]])
    >>> lines = Lines(ids, np.array([0, 3, 7]), lonlat, text, text, np.array([10, 11]))
    >>> streets = cut_at_junctions(lines, "example")
    >>> streets.node_ids[streets.ends].tolist()
    [[1, 2], [2, 3], [4, 2], [2, 6]]
    >>> np.diff(streets.first_point).tolist()
    [2, 2, 2, 3]
    """
    line = np.repeat(np.arange(len(lines.first_place) - 1), np.diff(lines.first_place))
    known = np.asarray(np.isfinite(lines.lonlat).all(axis=1), dtype=bool)
    kept, run = _runs(line, lines.place_ids, known)
    if not len(kept):
        raise EmptyNetworkError(
            f"{source}: none of the {len(line):,} vertices of its walkable lines makes a street: "
            "the lines have no length, or the file holds ways but not the nodes they run "
            "through. Extract it again with complete ways."
        )
    ids, place = np.unique(lines.place_ids[kept], return_inverse=True)
    lonlat = lines.lonlat[kept]
    # Repeated places may differ in the last digit of their coordinates: all take the first one's.
    first_vertex = np.zeros(len(ids), dtype=np.int64)
    first_vertex[place[::-1]] = np.arange(len(place))[::-1]
    lonlat = lonlat[first_vertex[place]]
    junction = np.bincount(place, minlength=len(ids)) > 1
    changes = np.concatenate([[True], run[1:] != run[:-1], [True]])
    junction[place[changes[:-1] | changes[1:]]] = True
    marks = marks_of(ids, lines.marks)
    if marks.any():
        on_foot = is_footway(lines.highway)[line[kept]]
        junction[place[on_foot & ((marks[place] & WAITING) > 0)]] = True
    cuts = np.flatnonzero(junction[place])
    begin, end = cuts[:-1], cuts[1:]
    same = run[begin] == run[end]
    begin, end = begin[same], end[same]
    counts = end - begin + 1
    first_point = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    points = np.arange(first_point[-1]) + np.repeat(begin - first_point[:-1], counts)
    nodes, ends = np.unique(place[np.column_stack([begin, end])], return_inverse=True)
    of_line = line[kept][begin]
    streets = Streets(
        node_ids=ids[nodes],
        node_lonlat=lonlat[first_vertex[nodes]],
        ends=ends.reshape(-1, 2).astype(np.int64),
        points_lonlat=lonlat[points],
        first_point=first_point,
        highway=lines.highway[of_line],
        name=lines.name[of_line],
        osm_id=lines.osm_id[of_line],
        tags={key: column[of_line] for key, column in lines.tags.items()},
    )
    drawn = _drawn_ends(lines, line[kept][(marks[place] & WAITING) > 0], of_line)
    return with_crossings(streets, marks[nodes], drawn)


def _drawn_ends(lines: Lines, marked_line: Integers, of_line: Integers) -> NDArray[np.int8] | None:
    """Ends of the edges at which lines that are drawn as crossings, without one on them, begin."""
    if lines.way_mark is None or not lines.way_mark.any():
        return None
    alone = lines.way_mark > 0
    alone[marked_line] = False
    ends = np.zeros((len(of_line), 2), dtype=np.int8)
    changes = np.concatenate([[True], of_line[1:] != of_line[:-1], [True]])
    ends[changes[:-1], 0] = np.where(alone, lines.way_mark, 0)[of_line[changes[:-1]]]
    ends[changes[1:], 1] = np.where(alone, lines.way_mark, 0)[of_line[changes[1:]]]
    return ends


def keep_within(streets: Streets, within: Bounds | None, source: str) -> Streets:
    """Streets that touch a box, each of them whole, and the links at their ends.

    Junctions are found before, on all streets, so that a part has the same nodes as the whole.

    Parameters
    ----------
    streets
        Streets.
    within
        West, south, east, north, degrees; ``None`` keeps all.
    source
        Name of the file or service, for the message.

    Returns
    -------
    Streets

    Raises
    ------
    EmptyNetworkError
        If none touches the box.

    Examples
    --------
    >>> lonlat = np.array([[112.99, 28.16], [112.991, 28.16]])
    >>> text = np.array(["path"], dtype=object)
    >>> streets = Streets(np.array([7, 8]), lonlat, np.array([[0, 1]]), lonlat,
    ...                   np.array([0, 2]), text, text, np.array([0]))
    >>> len(keep_within(streets, (112.9904, 28.1, 112.9906, 28.2), "a.osm").ends)
    1
    >>> keep_within(streets, (120.0, 30.0, 120.1, 30.1), "a.osm")
    Traceback (most recent call last):
    lifecircle.errors.EmptyNetworkError: a.osm: no walkable street touches the area asked for ...
    """
    if within is None or not len(streets.ends):
        return streets
    low = np.minimum.reduceat(streets.points_lonlat, streets.first_point[:-1])
    high = np.maximum.reduceat(streets.points_lonlat, streets.first_point[:-1])
    west, south, east, north = within
    touches = (low <= (east, north)).all(axis=1) & (high >= (west, south)).all(axis=1)
    if streets.link is not None:
        is_link = streets.link > 0
        near = np.zeros(len(streets.node_ids), dtype=bool)
        near[streets.ends[touches & ~is_link].ravel()] = True
        touches = np.where(is_link, near[streets.ends].any(axis=1), touches)
    kept = np.flatnonzero(touches)
    if not len(kept):
        (first_lon, first_lat), (last_lon, last_lat) = low.min(axis=0), high.max(axis=0)
        raise EmptyNetworkError(
            f"{source}: no walkable street touches the area asked for "
            f"(lon {west:.4f} to {east:.4f}, lat {south:.4f} to {north:.4f}). The streets cover "
            f"lon {first_lon:.4f} to {last_lon:.4f}, lat {first_lat:.4f} to {last_lat:.4f}: take "
            "those of the right place, or check the reference system of the area."
        )
    counts = np.diff(streets.first_point)[kept]
    first_point = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    points = np.arange(first_point[-1]) + np.repeat(
        streets.first_point[kept] - first_point[:-1], counts
    )
    nodes, ends = np.unique(streets.ends[kept], return_inverse=True)
    return Streets(
        node_ids=streets.node_ids[nodes],
        node_lonlat=streets.node_lonlat[nodes],
        ends=ends.reshape(-1, 2).astype(np.int64),
        points_lonlat=streets.points_lonlat[points],
        first_point=first_point,
        highway=streets.highway[kept],
        name=streets.name[kept],
        osm_id=streets.osm_id[kept],
        length_m=None if streets.length_m is None else streets.length_m[kept],
        link=None if streets.link is None else streets.link[kept],
        tags={key: column[kept] for key, column in streets.tags.items()},
    )


def bounds_of(within: Any) -> Bounds:
    """Bounding box of an area of interest.

    Parameters
    ----------
    within
        GeoDataFrame or GeoSeries, a shapely geometry in degrees WGS-84, or west, south, east,
        north in degrees.

    Returns
    -------
    tuple of float
        West, south, east, north, degrees WGS-84.

    Raises
    ------
    CrsError
        If a table has no reference system, or the numbers are not degrees.
    InputError
        If it is empty or none of these.

    Examples
    --------
    >>> bounds_of((112.98, 28.15, 113.0, 28.17))
    (112.98, 28.15, 113.0, 28.17)
    >>> import shapely
    >>> bounds_of(shapely.box(112.98, 28.15, 113.0, 28.17))
    (112.98, 28.15, 113.0, 28.17)
    """
    if isinstance(within, gpd.GeoDataFrame | gpd.GeoSeries):
        if within.crs is None:
            raise CrsError(
                "within: the table has no reference system (CRS). Set it with "
                "within.set_crs('EPSG:4326') if its coordinates are degrees WGS-84."
            )
        numbers = within.to_crs(WGS84).total_bounds
    elif isinstance(within, BaseGeometry):
        numbers = np.asarray(within.bounds)
    else:
        try:
            numbers = np.asarray(within, dtype=np.float64)
        except (TypeError, ValueError):
            numbers = np.empty(0)
    if numbers.shape != (4,) or np.isnan(numbers).any():
        raise InputError(
            "within: give a GeoDataFrame, a polygon in degrees WGS-84, or the four numbers west, "
            "south, east, north; it must not be empty."
        )
    west, south, east, north = (float(number) for number in numbers)
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        swapped = abs(south) > 90 or abs(north) > 90
        raise CrsError(
            f"within: west {west:g}, south {south:g}, east {east:g}, north {north:g} are not "
            "degrees in that order"
            + (": are longitude and latitude swapped, or are these metres?" if swapped else ".")
        )
    return west, south, east, north


def _runs(
    line: Integers, place_ids: Integers, known: NDArray[np.bool_]
) -> tuple[Integers, Integers]:
    """Positions of vertices to keep and the unbroken run that each belongs to.

    Runs break between lines and at vertices without coordinates; a vertex that repeats the one
    before it is left out, a run of one vertex as well.
    """
    starts = np.ones(len(line), dtype=bool)
    starts[1:] = (line[1:] != line[:-1]) | ~known[:-1]
    repeated = np.zeros(len(line), dtype=bool)
    repeated[1:] = ~starts[1:] & (place_ids[1:] == place_ids[:-1])
    run = np.cumsum(starts)
    kept = np.flatnonzero(known & ~repeated)
    sizes = np.bincount(run[kept], minlength=len(line) + 1)
    kept = kept[sizes[run[kept]] > 1]
    return kept, run[kept]
