"""Walled compounds, walls and gates of OpenStreetMap.

Walls
    Ways, and ways of multipolygons, with ``barrier`` = ``wall``, ``fence``, ``hedge``,
    ``city_wall`` or ``retaining_wall``; areas by their outline. Kerbs, bollards, blocks, hand rails
    and guard rails along a carriageway stop nobody on foot; ``barrier=yes`` says too little. Walls
    lower than 0.5 m, in a building (``indoor``, ``level``), on a bridge, in a tunnel or on another
    ``layer`` than the ground are left out: they would cut streets that pass above or below.
Gates
    Nodes with ``barrier`` = ``gate`` and its kinds, and the middles of ways drawn so; bars against
    cars (``lift_gate``, ``swing_gate``), which people on foot pass; on a wall or on the outline of
    a compound also whatever else lets people through (``bollard``, ``stile``, ``cycle_barrier``)
    and ``entrance``, unless it is that of a building. Who passes: ``foot``, then ``access``, then
    ``locked=yes`` (nobody). ``destination`` is open, as on streets; ``private``, ``permit`` and
    ``customers`` are for those who belong there. Of bars that say nothing ``access`` is ``open``
    and ``access_known`` false. Hours are kept as text, conditions are not read.
Compounds
    Residential, educational, institutional, industrial and military land, schools, universities,
    kindergartens and hospitals; and closed walls and fences around 0.2 ha or more that are the
    outline of none of them. They come with ``walled`` true only where the map shows it: a wall is
    tagged on the area itself, or ``residential=gated``; walls run within 5 m of 60 % of its
    outline (``wall_share``); a gate stands within 5 m of the outline, and half of the walkable ways
    that cross it do so within 10 m of a gate (``gate_share``); or the two shares add up to 1.
Passages
    A way that crosses the outline of a walled compound and no wall within 10 m of there, with no
    gate drawn, leads through an opening: it becomes a gate of which nothing is said (``kind`` =
    ``"street"``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import shapely
from numpy.typing import NDArray

from lifecircle.crs import WGS84, local_crs
from lifecircle.errors import UnknownNameError
from lifecircle.inputs.osm_objects import (
    Source,
    areas_of,
    by_kind,
    lines_of,
    open_source,
    reading,
    tags_of,
    vertices_of,
)
from lifecircle.inputs.osm_ways import name_of
from lifecircle.inputs.walkable import walkable
from lifecircle.network.barriers import Barriers
from lifecircle.tables.barriers import ACCESS, check_compounds, check_gates, check_walls

WALL_M = 5.0
GATE_M = 10.0
WALL_SHARE = 0.6
GATE_SHARE = 0.5
MIN_HA = 0.2

_WALLS = frozenset({"wall", "fence", "hedge", "city_wall", "retaining_wall"})
_CLOSED_WALLS = frozenset({"wall", "fence", "city_wall"})
_GATES = frozenset({
    "gate", "wicket_gate", "sally_port", "turnstile", "full-height_turnstile", "hampshire_gate",
    "sliding_gate", "door", "security_gate",
})  # fmt: skip
_BARS = frozenset({"lift_gate", "swing_gate", "bump_gate", "sliding_beam", "swing_beam", "chain"})
_OPENINGS = frozenset({"entrance", "kissing_gate"})
_NO_OBSTACLE = frozenset({
    "bollard", "block", "cycle_barrier", "motorcycle_barrier", "stile", "planter", "log", "kerb",
    "height_restrictor", "bus_trap", "cattle_grid",
})  # fmt: skip
_LAND = frozenset({"residential", "education", "institutional", "industrial", "military"})
_AMENITIES = frozenset({"school", "university", "college", "kindergarten", "hospital"})
_AREA_KEYS = ("landuse", "amenity", "residential", "barrier")
_ENTRANCES_SHUT = frozenset({"emergency", "exit", "fire_exit"})
_NO_ENTRANCES = frozenset({"no", "garage"})
_WHO = {
    **dict.fromkeys(("yes", "permissive", "designated", "destination", "official", "public"),
                    "open"),
    **dict.fromkeys(("private", "residents", "permit", "customers", "members", "employees",
                     "students"), "residents"),
    **dict.fromkeys(("no", "emergency", "delivery", "forestry", "agricultural", "military"),
                    "closed"),
}  # fmt: skip
_LOW_M = 0.5
_SAME_OUTLINE = 0.8
_COMPOUND = ("compound_id", "name", "walled", "osm_class", "wall_share", "gate_share", "geometry")
_GATE = ("gate_id", "name", "access", "access_known", "hours", "kind", "geometry")

Array = NDArray[Any]


def read_osm_barriers(path: str | Path, *, unknown_access: str = "open") -> Barriers:
    """Walled compounds, walls and gates of an OpenStreetMap file.

    Parameters
    ----------
    path
        ``.osm``, ``.osm.gz``, ``.osm.bz2`` or ``.osm.pbf``; the content decides, not the suffix.
    unknown_access
        Who passes gates of which the map does not say it: ``"open"`` everybody, ``"residents"``
        those who belong there, ``"closed"`` nobody. Bars against cars are open all the same.

    Returns
    -------
    Barriers
        Three tables in EPSG:4326, each perhaps empty. Ids are ``n`` node, ``w`` way, ``r``
        relation, and its number; what was seen is told in ``osm_class``, ``wall_share`` and
        ``gate_share`` of compounds, ``kind`` of walls and gates.

    Raises
    ------
    InputError
        If the file is missing, cut short, hostile, or not OpenStreetMap data.
    UnknownNameError
        If ``unknown_access`` is none of the three.

    Notes
    -----
    What counts as what: :mod:`lifecircle.inputs.osm_barriers`.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "town.osm"
    >>> _ = path.write_text('''<osm version="0.6">
    ... <node id="1" lon="112.990" lat="28.16"/><node id="3" lon="112.992" lat="28.16"/>
    ... <node id="2" lon="112.991" lat="28.16"><tag k="barrier" v="gate"/>
    ... <tag k="foot" v="yes"/></node>
    ... <way id="9"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="barrier" v="wall"/></way>
    ... </osm>''')
    >>> found = read_osm_barriers(path)
    >>> found.walls["wall_id"].to_list(), found.gates[["gate_id", "access"]].values.tolist()
    (['w9'], [['n2', 'open']])
    """
    if unknown_access not in ACCESS:
        raise UnknownNameError("access of gates", unknown_access, ACCESS)
    path = Path(path)
    source = open_source(path)
    with reading(path):
        walls = lines_of(source, ("barrier",), _is_wall)
        areas = _areas(source)
        gates = [*_gate_nodes(source), *_gate_ways(source)]
        streets = lines_of(source, ("highway",), walkable) if areas else []
    compounds, passages = _judged(areas, walls, gates, streets)
    wall_rows = [(wall_id, tags.get("barrier", ""), line) for wall_id, tags, line in walls]
    return Barriers(
        check_compounds(_table(compounds, _COMPOUND, path.name)),
        check_walls(_table(wall_rows, ("wall_id", "kind", "geometry"), path.name)),
        check_gates(_table([*gates, *passages], _GATE, path.name), unknown_access=unknown_access),
    )


def gate_access(tags: Mapping[str, str]) -> str:
    """Who passes a gate of OpenStreetMap on foot.

    Parameters
    ----------
    tags
        Its tags.

    Returns
    -------
    str
        ``"open"``, ``"residents"`` or ``"closed"``; ``""`` where they do not say.

    Examples
    --------
    >>> gate_access({"access": "private", "foot": "yes"}), gate_access({"locked": "yes"})
    ('open', 'closed')
    """
    for key in ("foot", "access"):
        who = _WHO.get(tags.get(key, ""))
        if who is not None:
            return who
    return "closed" if tags.get("locked") == "yes" else ""


def _is_wall(tags: Mapping[str, str]) -> bool:
    """Whether a way stops people on foot, on the ground."""
    if tags.get("barrier") not in _WALLS or tags.get("layer", "0") not in {"0", ""}:
        return False
    if any(tags.get(key, "no") != "no" for key in ("tunnel", "bridge", "indoor")):
        return False
    if tags.get("level", "0") != "0" or tags.get("location") == "underground":
        return False
    try:
        return float(tags.get("height", "9").removesuffix("m").strip()) >= _LOW_M
    except ValueError:
        return True


def _is_compound(tags: Mapping[str, str]) -> bool:
    """Whether an area is of a class that is walled in many places."""
    return (
        tags.get("landuse") in _LAND
        or tags.get("amenity") in _AMENITIES
        or tags.get("residential") == "gated"
    ) and tags.get("building", "no") == "no"


def _is_enclosed(tags: Mapping[str, str]) -> bool:
    """Whether an area's outline is a wall or fence."""
    return (
        tags.get("barrier") in _CLOSED_WALLS
        and _is_wall(tags)
        and tags.get("building", "no") == "no"
    )


def _areas(source: Source) -> list[tuple[str, dict[str, str], Any]]:
    """Areas that may be walled: by their class, and closed walls around nothing else."""
    found = areas_of(source, _AREA_KEYS, lambda tags: _is_compound(tags) or _is_enclosed(tags))
    found.sort(key=lambda item: by_kind(item[0]))
    if not found:
        return []
    shapes = np.array([shape for _, _, shape in found], dtype=object)
    classed = np.array([_is_compound(tags) for _, tags, _ in found], dtype=np.bool_)
    areas_m2 = shapely.area(_in_metres(shapes))
    tree = shapely.STRtree(shapes[classed])
    kept = classed | (areas_m2 >= MIN_HA * 1e4)
    for row in np.flatnonzero(kept & ~classed):
        others = shapes[classed][tree.query(shapes[row], predicate="intersects")]
        common = shapely.area(shapely.intersection(others, shapes[row]))
        whole = shapely.area(others) + shapely.area(shapes[row]) - common
        kept[row] = not (common >= _SAME_OUTLINE * whole).any()
    return [item for item, keep in zip(found, kept, strict=True) if keep]


def _gate_nodes(source: Source) -> list[tuple[Any, ...]]:
    """Gates, bars and openings that are nodes."""
    nodes = [
        (node.id, tags_of(node), shapely.Point(node.lon, node.lat))
        for node in osmium.FileProcessor(source.file, osmium.osm.NODE).with_filter(
            osmium.filter.KeyFilter("barrier", "entrance")
        )
        if node.location.valid() and f"n{node.id}" not in source.deleted
    ]
    on_wall: set[int] = set()
    of_building: set[int] = set()
    if nodes:
        on_wall = vertices_of(source, ("barrier",), _is_wall)
        on_wall |= vertices_of(source, _AREA_KEYS, _is_compound)
        of_building = vertices_of(source, ("building",), lambda tags: tags["building"] != "no")
    rows = []
    for node_id, tags, point in sorted(nodes, key=lambda item: item[0]):
        on = node_id in on_wall
        gate = _gate(tags, on_wall=on, of_building=node_id in of_building)
        if gate is not None:
            rows.append((f"n{node_id}", *gate, point))
    return rows


def _gate_ways(source: Source) -> list[tuple[Any, ...]]:
    """Gates that are drawn as a line, by its middle."""
    ways = lines_of(source, ("barrier",), lambda tags: tags.get("barrier") in _GATES | _BARS)
    return [
        (way_id, *gate, line.interpolate(0.5, normalized=True))
        for way_id, tags, line in ways
        if (gate := _gate(tags, on_wall=False, of_building=False)) is not None
    ]


def _gate(
    tags: Mapping[str, str], *, on_wall: bool, of_building: bool
) -> tuple[str, str | None, bool, str, str] | None:
    """Name, who passes, whether that is known, hours and kind of a gate; ``None`` if it is none."""
    barrier, entrance = tags.get("barrier", ""), tags.get("entrance", "")
    said = gate_access(tags)
    known = bool(said)
    if barrier in _GATES:
        kind = barrier
    elif barrier in _BARS:
        kind, said = barrier, said or "open"
    elif barrier in _OPENINGS or (barrier in _NO_OBSTACLE and on_wall):
        kind, said, known = barrier, said or "open", True
    elif entrance and entrance not in _NO_ENTRANCES and on_wall and not of_building:
        kind = f"entrance={entrance}"
        if entrance in _ENTRANCES_SHUT:
            said, known = "closed", True
    else:
        return None
    return name_of(tags), said or None, known, tags.get("opening_hours", ""), kind


def _judged(
    areas: list[Any], walls: list[Any], gates: list[Any], streets: list[Any]
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Compounds with the evidence that they are walled, and the openings in those that are."""
    if not areas:
        return [], []
    shapes = np.array([shape for _, _, shape in areas], dtype=object)
    middle = shapely.get_coordinates(shapely.centroid(shapes)).mean(axis=0)
    outlines = shapely.boundary(_in_metres(shapes, middle))
    lines = _in_metres(np.array([line for *_, line in walls], dtype=object), middle)
    points = _in_metres(np.array([gate[-1] for gate in gates], dtype=object), middle)
    shows = np.array([gate[5] in _GATES | _BARS for gate in gates], dtype=np.bool_)
    ways = _in_metres(np.array([line for *_, line in streets], dtype=object), middle)
    wall_tree, gate_tree = shapely.STRtree(lines), shapely.STRtree(points)
    way_tree = shapely.STRtree(ways)
    compounds, passages = [], []
    for (area_id, tags, shape), outline in zip(areas, outlines, strict=True):
        near = lines[wall_tree.query(outline, predicate="dwithin", distance=WALL_M)]
        wall_share = _share_along(outline, near)
        crossing, way = _crossings(outline, ways, way_tree)
        at_gate = _near(crossing, points, gate_tree)
        stand = gate_tree.query(outline, predicate="dwithin", distance=WALL_M)
        gate_share = float(at_gate.mean()) if len(crossing) else 1.0
        gate_share *= bool(shows[stand].any())
        said = _is_enclosed(tags) or tags.get("residential") == "gated"
        shown = wall_share >= WALL_SHARE or gate_share >= GATE_SHARE
        walled = said or shown or wall_share + gate_share >= 1.0
        shares = (round(wall_share, 3), round(gate_share, 3))
        compounds.append((area_id, name_of(tags), walled, _class_of(tags), *shares, shape))
        if not walled:
            continue
        around = shapely.intersection(ways[way], shapely.buffer(crossing, GATE_M))
        free = ~at_gate
        free[wall_tree.query(around, predicate="intersects")[0]] = False
        for number, place in zip(way[free], _in_degrees(crossing[free], middle), strict=True):
            gate_id = f"{streets[number][0]}@{area_id}"
            passages.append((gate_id, "", None, False, "", "street", place))
    return compounds, _apart(passages)


def _apart(passages: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Openings with ids of their own: a way may cross an outline several times."""
    count: dict[str, int] = {}
    apart = []
    for gate_id, *rest in passages:
        count[gate_id] = count.get(gate_id, 0) + 1
        number = count[gate_id]
        apart.append((gate_id if number == 1 else f"{gate_id}.{number}", *rest))
    return apart


def _share_along(outline: Any, walls: Array) -> float:
    """Share of an outline that runs beside walls."""
    if not len(walls) or not outline.length:
        return 0.0
    beside = shapely.union_all(shapely.buffer(walls, WALL_M))
    return float(outline.intersection(beside).length / outline.length)


def _crossings(outline: Any, ways: Array, tree: Any) -> tuple[Array, Array]:
    """Points at which ways cross an outline, and the way of each."""
    found = np.sort(tree.query(outline, predicate="intersects"))
    parts, row = shapely.get_parts(shapely.intersection(ways[found], outline), return_index=True)
    single = shapely.get_type_id(parts) == 0
    return parts[single], found[row[single]]


def _near(points: Array, others: Array, tree: Any) -> NDArray[np.bool_]:
    """Whether each point lies within 10 m of any of others."""
    near = np.zeros(len(points), dtype=np.bool_)
    if len(points) and len(others):
        near[tree.query(points, predicate="dwithin", distance=GATE_M)[0]] = True
    return near


def _class_of(tags: Mapping[str, str]) -> str:
    """The tag by which an area was known."""
    for key, values in (("amenity", _AMENITIES), ("landuse", _LAND), ("residential", {"gated"})):
        if tags.get(key) in values:
            return f"{key}={tags[key]}"
    return f"barrier={tags['barrier']}"


def _in_metres(shapes: Array, middle: Any = None) -> Array:
    """Shapes in a metric system laid through their middle."""
    if not len(shapes):
        return np.empty(0, dtype=object)
    if middle is None:
        middle = shapely.get_coordinates(shapely.centroid(shapes)).mean(axis=0)
    plane = local_crs(float(middle[0]), float(middle[1]))
    return np.asarray(gpd.GeoSeries(shapes, crs=WGS84).to_crs(plane).to_numpy())


def _in_degrees(shapes: Array, middle: Any) -> Array:
    """Shapes of that metric system in degrees."""
    plane = local_crs(float(middle[0]), float(middle[1]))
    return np.asarray(gpd.GeoSeries(shapes, crs=plane).to_crs(WGS84).to_numpy())


def _table(rows: list[Any], columns: tuple[str, ...], name: str) -> gpd.GeoDataFrame:
    """Table of rows that a file holds, which may well be none."""
    table = pd.DataFrame(rows, columns=list(columns))
    frame = gpd.GeoDataFrame(table, geometry="geometry", crs=WGS84)
    frame.attrs["lifecircle"] = {"file": name, "told": {} if rows else {"empty": 1}}
    return frame
