"""Objects of an OpenStreetMap file: opened safely, read once, their faults told in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely

from lifecircle.errors import InputError, LifecircleError, some
from lifecircle.inputs.osm_file import deleted_in_editor, osm_format
from lifecircle.tables.findings import tell

Wanted = Callable[[dict[str, str]], bool]


@dataclass(frozen=True)
class Source:
    """A file as osmium takes it, its name, and what is in it but was deleted in an editor.

    Parameters
    ----------
    file
        For the readers of osmium.
    name
        For messages.
    deleted
        Objects that do not count, such as ``"w9"``.
    """

    file: Any
    name: str
    deleted: frozenset[str]


def open_source(path: Path) -> Source:
    """Open a checked file; as bytes where its name has letters the C library may not open.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    Source

    Raises
    ------
    InputError
        If it is missing, cut short, hostile, or not OpenStreetMap data.

    Examples
    --------
    >>> open_source(Path("nowhere.osm"))
    Traceback (most recent call last):
    lifecircle.errors.InputError: nowhere.osm: there is no such file in ...
    """
    kind = osm_format(path)
    deleted = deleted_in_editor(path) if kind == "osm" else frozenset()
    if str(path).isascii():
        return Source(osmium.io.File(str(path), kind), path.name, deleted)
    return Source(osmium.io.FileBuffer(path.read_bytes(), kind), path.name, deleted)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what osmium raises into an error that says what to do.

    Parameters
    ----------
    path
        The file that is read.

    Raises
    ------
    InputError
        If the file is damaged.

    Examples
    --------
    >>> with reading(Path("town.osm.pbf")):
    ...     raise RuntimeError("truncated")
    Traceback (most recent call last):
    lifecircle.errors.InputError: town.osm.pbf: the file is damaged or cut short (truncated). ...
    """
    try:
        yield
    except LifecircleError:
        raise
    except (RuntimeError, ValueError, KeyError) as error:
        raise InputError(
            f"{path.name}: the file is damaged or cut short ({error}). Download or export the "
            "extract again, and compare its size with the one the server states."
        ) from error


def areas_of(
    source: Source, keys: tuple[str, ...], wanted: Wanted, *, told: bool = True
) -> list[tuple[str, dict[str, str], Any]]:
    """Id, tags and outline of closed ways and multipolygons that are wanted.

    Parameters
    ----------
    source
        The file.
    keys
        Keys of which an object has at least one.
    wanted
        Decides by the tags.
    told
        Whether a warning tells of outlines that cannot be drawn.

    Returns
    -------
    list of tuple
        Degrees WGS-84.
    """
    table = _locations(source)
    has_key = osmium.filter.KeyFilter(*keys)
    areas = osmium.FileProcessor(source.file).with_locations(table).with_areas(has_key)
    areas = areas.with_filter(osmium.filter.EntityFilter(osmium.osm.AREA)).with_filter(has_key)
    to_wkb = osmium.geom.WKBFactory()
    ids, tags, outlines = [], [], []
    for area in areas:
        area_id = f"{'w' if area.from_way() else 'r'}{area.orig_id()}"
        if area_id not in source.deleted and wanted(area_tags := tags_of(area)):
            ids.append(area_id)
            tags.append(area_tags)
            outlines.append(to_wkb.create_multipolygon(area))
    if told:
        _warn_of_lost(source, has_key, wanted, set(ids))
    shapes = shapely.from_wkb(outlines)
    single = shapely.get_num_geometries(shapes) == 1
    shapes = np.where(single, shapely.get_geometry(shapes, 0), shapes)
    return list(zip(ids, tags, shapes, strict=True))


def lines_of(
    source: Source, keys: tuple[str, ...], wanted: Wanted
) -> list[tuple[str, dict[str, str], Any]]:
    """Id, tags and line of ways that are wanted, and of the ways of multipolygons that are.

    Parameters
    ----------
    source, keys, wanted
        As for :func:`areas_of`.

    Returns
    -------
    list of tuple
        Degrees WGS-84, by id of the way. Nodes that the file lacks are passed over.
    """
    members = _members(source, keys, wanted)
    table = _locations(source)
    has_key = osmium.filter.KeyFilter(*keys)
    ways = osmium.FileProcessor(source.file, osmium.osm.NODE | osmium.osm.WAY)
    ways = ways.with_locations(table).with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
    found: dict[int, tuple[dict[str, str], Any]] = {}
    for way in ways if members else ways.with_filter(has_key):
        if f"w{way.id}" in source.deleted:
            continue
        tags = tags_of(way)
        if not (any(key in tags for key in keys) and wanted(tags)):
            if way.id not in members:
                continue
            tags = members[way.id]
        places = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
        if len(places) > 1:
            found[way.id] = tags, shapely.LineString(places)
    return [(f"w{way_id}", *found[way_id]) for way_id in sorted(found)]


def vertices_of(source: Source, keys: tuple[str, ...], wanted: Wanted) -> set[int]:
    """Ids of the nodes of ways that are wanted, and of the ways of multipolygons that are.

    Parameters
    ----------
    source, keys, wanted
        As for :func:`areas_of`.

    Returns
    -------
    set of int
    """
    members = _members(source, keys, wanted)
    ways = osmium.FileProcessor(source.file, osmium.osm.WAY)
    nodes: set[int] = set()
    for way in ways if members else ways.with_filter(osmium.filter.KeyFilter(*keys)):
        if f"w{way.id}" in source.deleted:
            continue
        tags = tags_of(way)
        if way.id in members or (any(key in tags for key in keys) and wanted(tags)):
            nodes.update(node.ref for node in way.nodes)
    return nodes


def _members(source: Source, keys: tuple[str, ...], wanted: Wanted) -> dict[int, dict[str, str]]:
    """Ways of multipolygons that are wanted, with the tags of these."""
    relations = osmium.FileProcessor(source.file, osmium.osm.RELATION)
    return {
        member.ref: tags
        for relation in relations.with_filter(osmium.filter.KeyFilter(*keys))
        if f"r{relation.id}" not in source.deleted
        and (tags := tags_of(relation)).get("type") == "multipolygon"
        and wanted(tags)
        for member in relation.members
        if member.type == "w"
    }


def _locations(source: Source) -> Any:
    """Places of all nodes; read first, for files that hold them after their ways."""
    table = osmium.index.create_map("flex_mem")
    keep = osmium.NodeLocationsForWays(table)
    keep.ignore_errors()
    with osmium.io.Reader(source.file, osmium.osm.NODE) as reader:
        osmium.apply(reader, keep)
    return table


def _warn_of_lost(source: Source, has_key: Any, wanted: Wanted, ids: set[str]) -> None:
    """Tell of closed ways that are wanted but gave no area."""
    known = ids | source.deleted
    lost = [
        way.id
        for way in osmium.FileProcessor(source.file, osmium.osm.WAY).with_filter(has_key)
        if way.is_closed()
        and f"w{way.id}" not in known
        and (tags := tags_of(way)).get("area") != "no"
        and wanted(tags)
    ]
    if lost:
        tell(
            f"{source.name}: {len(lost)} outlines are left out: their nodes are not in the file "
            f"or their edges cross (ways {some(lost)})."
        )


def tags_of(item: Any) -> dict[str, str]:
    """Tags of an object as a dictionary that outlives it.

    Parameters
    ----------
    item
        Node, way, relation or area of osmium.

    Returns
    -------
    dict
    """
    return {tag.k: tag.v for tag in item.tags}


def by_kind(object_id: str) -> tuple[int, int]:
    """Order of nodes, ways, relations, each by number.

    Parameters
    ----------
    object_id
        Such as ``"w9"``.

    Returns
    -------
    tuple of int

    Examples
    --------
    >>> sorted(["w9", "r1", "w10", "n3"], key=by_kind)
    ['n3', 'w9', 'w10', 'r1']
    """
    return "nwr".index(object_id[0]), int(object_id[1:])
