"""OpenStreetMap: streets, facilities and buildings, from a file or from the Overpass service.

The only door through which osmium and osmnx come in. Whoever publishes a map or a table made from
this data names its source: © OpenStreetMap contributors, Open Database License.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import shapely

from lifecircle.crs import WGS84
from lifecircle.errors import FetchError, InputError
from lifecircle.inputs.entrances import of_buildings, on_outlines
from lifecircle.inputs.noding import bounds_of, cut_at_junctions, keep_within
from lifecircle.inputs.osm_file import check_xml_head
from lifecircle.inputs.osm_objects import Source as _Source
from lifecircle.inputs.osm_objects import areas_of as _areas
from lifecircle.inputs.osm_objects import by_kind as _by_kind
from lifecircle.inputs.osm_objects import open_source as _open
from lifecircle.inputs.osm_objects import reading as _reading
from lifecircle.inputs.osm_objects import tags_of as _tags
from lifecircle.inputs.osm_tags import service_of, tag_keys
from lifecircle.inputs.osm_ways import WayList, lines_of_elements, name_of
from lifecircle.inputs.overpass import elements_around
from lifecircle.network.crossings import NODE_KEYS, node_mark
from lifecircle.network.exchange import streets_from_networkx
from lifecircle.network.graph import Streets, WalkNetwork, build_network
from lifecircle.tables.places import outline_texts

_NOT_BUILDINGS = frozenset(
    {"no", "entrance", "roof", "construction", "proposed", "ruins", "demolished"}
)
# Doors that nobody walks in by, and those that are not for visitors.
_NO_WAY_IN = frozenset({"no", "emergency", "fire_exit", "exit", "garage"})
_NOT_FOR_VISITORS = frozenset({"private", "service", "delivery", "residents"})


def read_osm_streets(path: str | Path, *, within: Any = None) -> Streets:
    """Walkable streets of an OpenStreetMap file.

    Parameters
    ----------
    path
        ``.osm``, ``.osm.gz``, ``.osm.bz2`` or ``.osm.pbf``; the content decides, not the suffix.
    within
        GeoDataFrame, polygon in degrees WGS-84, or west, south, east, north: streets that touch
        its bounding box are kept, whole. Give the surroundings too: people walk 15 minutes
        beyond the edge of a unit.

    Returns
    -------
    Streets
        Ways cut where they meet and nowhere else, every bend kept. Node ids are those of
        OpenStreetMap. Squares (``area=yes``, multipolygons with ``highway``) are walked along
        their outer ring. A way that leaves the extract ends at its last known node. Waits at
        crossings are links of no length (:mod:`lifecircle.network.crossings`).

    Raises
    ------
    InputError
        If the file is missing, cut short, hostile, or not OpenStreetMap data.
    EmptyNetworkError
        If nobody may walk on any way in it, or none is near ``within``.

    Notes
    -----
    Which ways may be walked: :mod:`lifecircle.inputs.walkable`. Nodes tagged ``barrier`` do not
    close a street, but for raised kerbs on footways. ``wheelchair``, ``surface``, ``lit``,
    ``incline`` and ``width`` are kept where they are tagged. Of a file with the whole history the
    last version of each way counts.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "streets.osm"
    >>> _ = path.write_text('''<osm version="0.6">
    ... <node id="1" lon="112.990" lat="28.16"/><node id="2" lon="112.991" lat="28.16"/>
    ... <way id="9"><nd ref="1"/><nd ref="2"/><tag k="highway" v="steps"/></way></osm>''')
    >>> read_osm_streets(path).highway
    array(['steps'], dtype=object)
    """
    path = Path(path)
    bounds = None if within is None else bounds_of(within)
    source = _open(path)
    ways = WayList(path.name)
    with _reading(path):
        for way_id, content in sorted(_ways(source).items()):
            if content is not None and f"w{way_id}" not in source.deleted:
                ways.add(way_id, *content)
        lines = ways.lines(lambda ids: _nodes(source, ids))
    return keep_within(cut_at_junctions(lines, path.name), bounds, path.name)


def read_osm_facilities(path: str | Path) -> gpd.GeoDataFrame:
    """Facilities of an OpenStreetMap file.

    Parameters
    ----------
    path
        As for :func:`read_osm_streets`.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        ``facility_id`` (``n`` node, ``w`` way, ``r`` relation, and its number), ``name``,
        ``service``, ``source``, ``osm_class`` (the tag it was known by), ``entrances`` (WKT
        MULTIPOINT in degrees), ``outline`` (WKT of an area of 1,000 m² or more), both ``""`` where
        there are none, and a point: of an area, one inside it. Nodes first, then ways, then
        relations, by number. Empty if there are none.

    Raises
    ------
    InputError
        If the file is missing, cut short, hostile, or not OpenStreetMap data.

    Notes
    -----
    Which tags make which service: ``standards/osm_tags.csv``. Objects that are none of the
    services are left out. A facility drawn twice, as a point and as a building, comes twice.
    Entrances are nodes ``entrance`` on the outline of an area; of a point inside a building those
    of the building. Left out are exits, emergency exits, garages, and those for staff or private.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "town.osm"
    >>> _ = path.write_text('''<osm version="0.6"><node id="1" lon="112.99" lat="28.16">
    ... <tag k="amenity" v="school"/><tag k="name" v="砂子塘小学"/></node></osm>''')
    >>> read_osm_facilities(path)[["facility_id", "service"]].values.tolist()
    [['n1', 'primary_school']]
    """
    path = Path(path)
    source = _open(path)
    keys = tag_keys()
    with _reading(path):
        nodes = osmium.FileProcessor(source.file, osmium.osm.NODE)
        points = [
            (f"n{node.id}", _tags(node), shapely.Point(node.lon, node.lat))
            for node in nodes.with_filter(osmium.filter.KeyFilter(*keys))
            if node.location.valid() and f"n{node.id}" not in source.deleted
        ]
        areas = _areas(source, keys, lambda tags: service_of(tags) is not None)
        doors = _doors(source, visitors=True)
        # Buildings matter to points alone, and only where entrances are drawn.
        houses = _areas(source, ("building",), _is_building, told=False) if len(doors) else []
    outlines, shapes = _shapes(areas), _shapes(houses)
    entrances = of_buildings(_shapes(points), shapes, on_outlines(shapes, doors))
    entrances += on_outlines(outlines, doors)
    edges = [""] * len(points) + outline_texts(outlines)
    points += [(area_id, tags, shape.point_on_surface()) for area_id, tags, shape in areas]
    rows = [
        (object_id, name_of(tags), *service, door, edge, point)
        for (object_id, tags, point), door, edge in sorted(
            zip(points, entrances, edges, strict=True), key=lambda item: _by_kind(item[0][0])
        )
        if (service := service_of(tags)) is not None
    ]
    columns = ["facility_id", "name", "service", "osm_class", "entrances", "outline", "geometry"]
    table = pd.DataFrame(rows, columns=columns)
    table.insert(3, "source", "OpenStreetMap")
    return gpd.GeoDataFrame(_as_text(table), geometry="geometry", crs=WGS84)


def read_osm_buildings(path: str | Path) -> gpd.GeoDataFrame:
    """Building outlines of an OpenStreetMap file.

    Parameters
    ----------
    path
        As for :func:`read_osm_streets`.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        ``building_id`` (``w`` way, ``r`` relation, and its number), ``building`` (its kind),
        ``name``, ``levels`` (storeys above ground, NaN where not told), ``entrances`` (nodes
        ``entrance`` on the outline but exits and garages: WKT MULTIPOINT in degrees, ``""`` where
        there are none) and a (Multi)Polygon.
        Parts of buildings, roofs, ruins and building sites are left out.

    Raises
    ------
    InputError
        If the file is missing, cut short, hostile, or not OpenStreetMap data.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "town.osm"
    >>> _ = path.write_text('''<osm version="0.6">
    ... <node id="1" lon="112.990" lat="28.160"/><node id="2" lon="112.991" lat="28.160"/>
    ... <node id="3" lon="112.991" lat="28.161"/>
    ... <way id="9"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/>
    ... <tag k="building" v="apartments"/><tag k="building:levels" v="6"/></way></osm>''')
    >>> read_osm_buildings(path)[["building_id", "building", "levels"]].values.tolist()
    [['w9', 'apartments', 6.0]]
    """
    path = Path(path)
    source = _open(path)
    with _reading(path):
        areas = _areas(source, ("building",), _is_building)
        doors = _doors(source, visitors=False)
    areas.sort(key=lambda item: _by_kind(item[0]))
    entrances = on_outlines(_shapes(areas), doors)
    rows = [
        (area_id, tags["building"], name_of(tags), _storeys(tags), door, shape)
        for (area_id, tags, shape), door in zip(areas, entrances, strict=True)
    ]
    columns = ["building_id", "building", "name", "levels", "entrances", "geometry"]
    table = pd.DataFrame(rows, columns=columns).astype({"levels": "float64"})
    return gpd.GeoDataFrame(_as_text(table), geometry="geometry", crs=WGS84)


def read_graphml(path: str | Path, *, within: Any = None) -> Streets:
    """Streets of a GraphML file as osmnx saves it.

    Parameters
    ----------
    path
        Written by ``osmnx.save_graphml``.
    within
        As for :func:`read_osm_streets`.

    Returns
    -------
    Streets
        All edges of the graph, walked both ways; what is in it was decided when it was made.

    Raises
    ------
    InputError
        If the file is missing, cut short, hostile, or not such a graph.
    EmptyNetworkError
        If it has no edges, or none is near ``within``.

    Examples
    --------
    >>> read_graphml("nowhere.graphml")
    Traceback (most recent call last):
    lifecircle.errors.InputError: nowhere.graphml: there is no such file in ...
    """
    path = Path(path)
    bounds = None if within is None else bounds_of(within)
    if not path.is_file():
        raise InputError(f"{path.name}: there is no such file in {path.parent}.")
    with path.open("rb") as file:
        check_xml_head(file.read(65_536), path.name, root="graphml")
    import osmnx  # noqa: PLC0415 - takes a second, and only this function and Overpass need it

    try:
        graph = osmnx.load_graphml(path)
    except (SyntaxError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path.name}: not a graph that osmnx saved, or cut short ({error}). Save it again "
            "with osmnx.save_graphml."
        ) from error
    return keep_within(streets_from_networkx(graph), bounds, path.name)


def fetch_walk_network(
    within: Any, *, buffer_m: float = 1600.0, timeout_s: float = 180.0, tries: int = 3
) -> WalkNetwork:
    """Walking network of a place from OpenStreetMap's Overpass service.

    Parameters
    ----------
    within
        GeoDataFrame, polygon in degrees WGS-84, or west, south, east, north.
    buffer_m
        How far beyond the bounding box of ``within`` streets are fetched; 1,600 m holds every
        walk of 15 minutes that begins inside.
    timeout_s
        How long the service may work on the request, and how long an answer is waited for.
    tries
        How often a busy or silent service is asked.

    Returns
    -------
    WalkNetwork
        Equal to reading a file of the same data: the same rule decides what may be walked.

    Raises
    ------
    FetchError
        If the service stays busy, does not answer, answers in part, or with something else.
    EmptyNetworkError
        If there is no walkable street.
    InputError
        If ``within`` is no area, or larger than a district.

    Notes
    -----
    What is sent, over the internet to the address ``osmnx.settings.overpass_url``: the bounding
    box with its buffer (four numbers) and the words "lifecircle" and "highway". Nothing of your
    tables. Nothing is written to disk, and the settings of osmnx are read, not changed.

    Examples
    --------
    >>> fetch_walk_network((0.0, 0.0, 9.0, 9.0))
    Traceback (most recent call last):
    lifecircle.errors.InputError: within: the area with its buffer is ... km² ...
    """
    import osmnx  # noqa: PLC0415 - takes a second, and only this function and GraphML need it

    elements, bounds = elements_around(
        bounds_of(within),
        osmnx.settings.overpass_url,
        buffer_m=buffer_m,
        timeout_s=timeout_s,
        tries=tries,
        options={
            key: value
            for key, value in osmnx.settings.requests_kwargs.items()
            if key in ("auth", "cert", "proxies", "verify")
        },
    )
    try:
        lines = lines_of_elements(elements, "Overpass")
    except (KeyError, TypeError, AttributeError) as error:
        raise FetchError(
            f"Overpass sent elements without what was asked for ({error!r}). Try another service "
            "(osmnx.settings.overpass_url), or download an extract (.osm.pbf)."
        ) from error
    streets = keep_within(cut_at_junctions(lines, "Overpass"), bounds, "Overpass")
    return build_network(streets)


def _ways(source: _Source) -> dict[int, tuple[dict[str, str], list[int]] | None]:
    """Tags and nodes of ways with a highway tag and of the outer rings of squares.

    The last version wins where a file holds several of a way; ``None`` if it was deleted.
    """
    has_highway = osmium.filter.KeyFilter("highway")
    relations = osmium.FileProcessor(source.file, osmium.osm.RELATION).with_filter(has_highway)
    squares = {
        member.ref: tags
        for relation in relations
        if f"r{relation.id}" not in source.deleted
        and (tags := _tags(relation)).get("type") == "multipolygon"
        for member in relation.members
        if member.type == "w" and member.role in ("outer", "")
    }
    ways = {
        way.id: (_tags(way), [node.ref for node in way.nodes]) if way.visible else None
        for way in osmium.FileProcessor(source.file, osmium.osm.WAY).with_filter(has_highway)
    }
    if rings := squares.keys() - ways.keys():
        for way in osmium.FileProcessor(source.file, osmium.osm.WAY):
            if way.id in rings:
                ways[way.id] = squares[way.id], [node.ref for node in way.nodes]
    return ways


class _Marks:
    """Keeps what nodes are to people on foot; osmium calls ``node``."""

    def __init__(self) -> None:
        self.found: dict[int, int] = {}

    def node(self, node: Any) -> None:
        """Look at a node with a tag that may matter; the last version of it counts."""
        if mark := node_mark(node.tags) if node.visible else 0:
            self.found[node.id] = mark
        elif self.found:
            self.found.pop(node.id, None)


def _nodes(source: _Source, ids: Any) -> tuple[Any, dict[int, int]]:
    """Degrees of sorted node ids, not-a-number where the file lacks them, and marks of nodes."""
    table = osmium.index.create_map("flex_mem")
    keep = osmium.NodeLocationsForWays(table)
    keep.ignore_errors()
    marks = _Marks()
    with osmium.io.Reader(source.file, osmium.osm.NODE) as reader:
        osmium.apply(reader, keep, osmium.filter.KeyFilter(*NODE_KEYS), marks)
    nowhere = (np.nan, np.nan)
    lonlat = [nowhere] * len(ids)
    # Ids below zero are drawings that an editor has not uploaded; the table cannot hold them.
    drawn: dict[int, tuple[float, float]] = {}
    if len(ids) and ids[0] < 0:
        drawn = {
            node.id: (node.lon, node.lat)
            for node in osmium.FileProcessor(source.file, osmium.osm.NODE)
            if node.id < 0 and node.location.valid()
        }
    for position, node_id in enumerate(ids.tolist()):
        if node_id < 0:
            lonlat[position] = drawn.get(node_id, nowhere)
            continue
        try:
            place = table.get(node_id)
        except KeyError:
            continue
        if place.valid():
            lonlat[position] = place.lon, place.lat
    for deleted in source.deleted:
        if deleted[0] == "n":
            marks.found.pop(int(deleted[1:]), None)
    return np.array(lonlat, dtype=np.float64).reshape(-1, 2), marks.found


def _is_building(tags: dict[str, str]) -> bool:
    """Whether an area is a building that stands."""
    return tags["building"] not in _NOT_BUILDINGS


def _doors(source: _Source, *, visitors: bool) -> Any:
    """Degrees of the entrances that people walk in by, shape (k, 2); for visitors, or for all."""
    nodes = osmium.FileProcessor(source.file, osmium.osm.NODE)
    doors = []
    for node in nodes.with_filter(osmium.filter.KeyFilter("entrance")):
        tags = _tags(node)
        said = {tags["entrance"], tags.get("foot", tags.get("access", ""))}
        barred = said & (_NO_WAY_IN | _NOT_FOR_VISITORS if visitors else _NO_WAY_IN)
        if not barred and node.location.valid() and f"n{node.id}" not in source.deleted:
            doors.append((node.lon, node.lat))
    return np.array(doors, dtype=np.float64).reshape(-1, 2)


def _shapes(objects: list[tuple[str, dict[str, str], Any]]) -> Any:
    """Geometries of objects as an array."""
    return np.array([*(shape for *_, shape in objects), None], dtype=object)[:-1]


def _storeys(tags: dict[str, str]) -> float:
    """Storeys above ground, NaN unless it is a plain number above zero."""
    try:
        levels = float(tags.get("building:levels", "nan"))
    except ValueError:
        return float("nan")
    return levels if 0 < levels < float("inf") else float("nan")


def _as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Table whose columns of text are text also when it is empty."""
    text = [name for name in table.columns if name not in ("geometry", "levels")]
    return table.astype(dict.fromkeys(text, "str"))
