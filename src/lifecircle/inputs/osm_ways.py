"""Walkable ways of OpenStreetMap → lines: from a file's objects or from an answer of Overpass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from lifecircle.errors import EmptyNetworkError, some
from lifecircle.inputs.noding import Lines
from lifecircle.inputs.walkable import walkable
from lifecircle.network.crossings import node_mark, way_mark
from lifecircle.network.street_tags import KEYS, tag_columns
from lifecircle.tables.findings import tell

# A few nodes always lie beyond the edge of an extract; this many mean that it was cut badly.
_MISSING_SHARE = 0.2


class WayList:
    """Walkable ways, as lists that grow.

    Parameters
    ----------
    source
        Name of the file or service, for messages.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.node_ids: list[int] = []
        self.first: list[int] = [0]
        self.highway: list[str] = []
        self.name: list[str] = []
        self.osm_id: list[int] = []
        self.marks: list[int] = []
        # Most ways say nothing: text by row, for each key.
        self.tags: dict[str, dict[int, str]] = {key: {} for key in KEYS}
        # The same words again and again: each is kept once.
        self.words: dict[str, str] = {}
        self.refused: Counter[str] = Counter()

    def add(self, osm_id: int, tags: Mapping[str, str], node_ids: list[int]) -> None:
        """Keep a way if a pedestrian may use it.

        Parameters
        ----------
        osm_id
            Id of the way.
        tags
            Its tags, or those of the square whose edge it is.
        node_ids
            Nodes it runs through.
        """
        if not walkable(tags):
            self.refused[tags.get("highway", "?")] += 1
            return
        self.node_ids.extend(node_ids)
        self.first.append(len(self.node_ids))
        for key, said in self.tags.items():
            if key in tags:
                said[len(self.osm_id)] = self.words.setdefault(tags[key], tags[key])
        self.highway.append(tags["highway"])
        self.name.append(name_of(tags))
        self.osm_id.append(osm_id)
        self.marks.append(way_mark(tags))

    def lines(self, nodes_of: Callable[[Any], tuple[Any, Mapping[int, int]]]) -> Lines:
        """Ways as arrays.

        Parameters
        ----------
        nodes_of
            Gives the degrees (n, 2) of sorted node ids (n,), not-a-number where unknown, and the
            marks of nodes by id (:func:`lifecircle.network.crossings.node_mark`).

        Returns
        -------
        Lines

        Raises
        ------
        EmptyNetworkError
            If no way was walkable.
        """
        if not self.osm_id:
            total = self.refused.total()
            classes = ", ".join(f"{count} {name}" for name, count in self.refused.most_common(6))
            raise EmptyNetworkError(
                f"{self.source}: none of its {total} ways with a highway tag may be walked"
                + (f" ({classes})" if classes else "")
                + ". Check that it is the right place and that it holds streets, not only "
                "buildings, boundaries or motorways."
            )
        ids, position = np.unique(np.array(self.node_ids, dtype=np.int64), return_inverse=True)
        lonlat, marks = nodes_of(ids)
        missing = int(np.isnan(lonlat[:, 0]).sum())
        if len(ids) * _MISSING_SHARE < missing < len(ids):
            tell(
                f"{self.source}: {missing:,} of {len(ids):,} nodes of walkable ways are not in the "
                f"file (nodes {some(ids[np.isnan(lonlat[:, 0])][:6])}); the streets end there. "
                "Extract it again with complete ways."
            )
        return Lines(
            place_ids=ids[position],
            first_place=np.array(self.first, dtype=np.int64),
            lonlat=lonlat[position],
            highway=objects(self.highway),
            name=objects(self.name),
            osm_id=np.array(self.osm_id, dtype=np.int64),
            way_mark=np.array(self.marks, dtype=np.int8),
            marks=marks,
            tags=tag_columns(self.tags, len(self.osm_id)),
        )


def lines_of_elements(elements: Iterable[Mapping[str, Any]], source: str) -> Lines:
    """Lines of the elements of an Overpass answer.

    Parameters
    ----------
    elements
        Nodes, ways and relations as Overpass writes them in JSON, in any order.
    source
        Name of the service, for messages.

    Returns
    -------
    Lines

    Raises
    ------
    EmptyNetworkError
        If no way may be walked.

    Examples
    --------
    >>> nodes = [{"type": "node", "id": id, "lon": 113 + id, "lat": 28} for id in (1, 2)]
    >>> way = {"type": "way", "id": 9, "nodes": [1, 2], "tags": {"highway": "path"}}
    >>> lines_of_elements([*nodes, way], "Overpass").lonlat.tolist()
    [[114.0, 28.0], [115.0, 28.0]]
    """
    ways = WayList(source)
    lonlat: dict[int, tuple[float, float]] = {}
    marks: dict[int, int] = {}
    squares: dict[int, Mapping[str, str]] = {}
    found: dict[int, Mapping[str, Any]] = {}
    for element in elements:
        if element["type"] == "node":
            lonlat[element["id"]] = element["lon"], element["lat"]
            if (tags := element.get("tags")) and (mark := node_mark(tags)):
                marks[element["id"]] = mark
        elif element["type"] == "way":
            found[element["id"]] = element
        elif "highway" in element.get("tags", {}):
            squares |= dict.fromkeys(outer_members(element), element["tags"])
    for way_id, way in sorted(found.items()):
        tags = way.get("tags", {})
        if "highway" not in tags:
            tags = squares.get(way_id, {})
        if "highway" in tags:
            ways.add(way_id, tags, way["nodes"])
    nowhere = (np.nan, np.nan)
    return ways.lines(
        lambda ids: (
            np.array([lonlat.get(node, nowhere) for node in ids.tolist()], dtype=float),
            marks,
        )
    )


def outer_members(relation: Mapping[str, Any]) -> list[int]:
    """Ways that form the outer ring of a square drawn as a multipolygon.

    Parameters
    ----------
    relation
        As Overpass writes it in JSON.

    Returns
    -------
    list of int
        Empty if it is no multipolygon.

    Examples
    --------
    >>> members = [{"type": "way", "ref": 9, "role": "outer"}]
    >>> outer_members({"tags": {"type": "multipolygon"}, "members": members})
    [9]
    """
    if relation["tags"].get("type") != "multipolygon":
        return []
    return [
        member["ref"]
        for member in relation.get("members", ())
        if member["type"] == "way" and member.get("role", "") in ("outer", "")
    ]


def name_of(tags: Mapping[str, str]) -> str:
    """Name of an object as people there write it, ``""`` if it has none.

    Parameters
    ----------
    tags
        Its tags.

    Returns
    -------
    str

    Examples
    --------
    >>> name_of({"name": "韶山中路", "name:en": "Shaoshan Middle Road"})
    '韶山中路'
    """
    return tags.get("name") or tags.get("name:zh") or tags.get("name:en") or ""


def objects(values: list[str]) -> Any:
    """Texts as an array of objects.

    Parameters
    ----------
    values
        Texts.

    Returns
    -------
    array of object, shape (n,)

    Examples
    --------
    >>> objects(["steps", ""])
    array(['steps', ''], dtype=object)
    """
    return np.array([*values, None], dtype=object)[:-1]
