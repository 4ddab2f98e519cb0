"""Streets from any file: OpenStreetMap, a graph of osmnx, or road lines from a GIS."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from numpy.typing import NDArray

from lifecircle.errors import EmptyNetworkError, GeometryError, InputError
from lifecircle.inputs.barriers import read_compounds, read_gates, read_walls
from lifecircle.inputs.file_heads import HEAD_BYTES, check_layer_head
from lifecircle.inputs.layers import locate, open_table
from lifecircle.inputs.noding import Bounds, Lines, bounds_of, cut_at_junctions, keep_within
from lifecircle.inputs.osm import read_graphml, read_osm_streets
from lifecircle.inputs.text import column_key
from lifecircle.inputs.walkable import KEYS, KNOWN_CLASSES, walkable
from lifecircle.network.barriers import Barriers, with_barriers
from lifecircle.network.graph import Streets, WalkNetwork, build_network
from lifecircle.network.repair import repair_and_tell
from lifecircle.network.street_tags import tag_columns
from lifecircle.tables.findings import Findings, tell
from lifecircle.tables.places import in_degrees

_OSM_SUFFIXES = (".osm", ".pbf", ".osm.gz", ".osm.bz2", ".osm.xml")
_CLASS_COLUMNS = (
    "highway", "fclass", "class", "roadclass", "type", "kind", "道路等级", "道路类型", "等级",
)  # fmt: skip
_NAME_COLUMNS = ("name", "名称", "道路名称", "路名", "道路名", "roadname")
_OSM_ID_COLUMNS = ("osmid", "osmwayid", "wayid")
# What is kept of a road beside class and name: key of OpenStreetMap → how columns spell it.
_TAG_COLUMNS = {
    "wheelchair": ("wheelchair",),
    "surface": ("surface", "路面材质", "铺装"),
    "lit": ("lit", "照明"),
    "incline": ("incline",),
    "width": ("width", "widthm", "宽度", "路宽", "路面宽度"),
}
# What Chinese road layers and Geofabrik's extracts call classes of roads.
_CLASSES = {
    "高速公路": "motorway", "高速": "motorway", "快速路": "trunk", "国道": "trunk",
    "主干路": "primary", "主干道": "primary", "省道": "primary", "次干路": "secondary",
    "次干道": "secondary", "县道": "secondary", "支路": "tertiary", "街坊路": "residential",
    "小区路": "residential", "步行街": "pedestrian", "人行道": "footway", "步行道": "footway",
    "绿道": "path", "台阶": "steps", "天桥": "footway", "地下通道": "footway",
    "unknown": "road", "track_grade1": "track", "track_grade2": "track", "track_grade3": "track",
    "track_grade4": "track", "track_grade5": "track", "repair": "footway",
}  # fmt: skip
# A column tells the class of roads if this share of its cells are classes.
_CLASS_SHARE = 0.8
# Places are the same when they agree to 1e-8 degrees (1 mm); lines meet when this near.
_GRID_PER_DEGREE = 1e8
_MEETING_DEGREES = 2e-8
_UNJOINED_SHARE = 0.2


def read_walk_network(
    path: Any,
    *,
    within: Any = None,
    coordinates: str | None = None,
    repair: bool = False,
    compounds: Any = None,
    walls: Any = None,
    gates: Any = None,
) -> WalkNetwork:
    """Walking network of a file.

    Parameters
    ----------
    path
        ``.osm`` ``.osm.pbf`` (also packed: ``.osm.gz`` ``.osm.bz2``); ``.graphml`` as osmnx saves
        it; or road lines in any format of GIS: ``.gpkg`` ``.shp`` ``.geojson``, zip archives with
        one. A GeoDataFrame of road lines is taken too.
    within
        GeoDataFrame, polygon in degrees WGS-84, or west, south, east, north: streets that touch
        its bounding box are kept, whole. Give the surroundings too: people walk 15 minutes
        beyond the edge of a unit.
    coordinates
        For road lines only: ``"GCJ-02"`` or ``"BD-09"`` where a Chinese map shifted them;
        ``"CGCS2000"`` (also ``"CGCS2000 114E"``) or the EPSG code of a layer that does not state
        its system.
    repair
        Join streets that end less than a metre short of another, as
        :func:`lifecircle.repair_network` does; the links are told and kept as ``repairs``.
    compounds, walls, gates
        Files or tables of walled compounds, walls and gates, as :func:`lifecircle.read_compounds`
        and its sisters read them, to build into the streets (:func:`lifecircle.with_barriers`).

    Returns
    -------
    WalkNetwork

    Raises
    ------
    InputError
        If the file is missing, cut short, hostile, or of no known format.
    CrsError
        If road lines have no reference system or cannot be in the one they state.
    GeometryError
        If there are no lines, or coordinates that are not numbers.
    EmptyNetworkError
        If there is no street to walk on.

    Notes
    -----
    Which OpenStreetMap ways are walked: :mod:`lifecircle.inputs.walkable`. The same rule holds
    for road lines with a column of road classes (``highway``, ``fclass``, ``type``, 道路等级 …);
    without one every line is walked.

    Road lines meet where they have a vertex in common, to the millimetre. Lines that cross
    without one do not (a flyover); where a fifth of all crossings are so, a warning tells it.

    Examples
    --------
    >>> lines = gpd.GeoDataFrame({"name": ["韶山中路"]}, geometry=gpd.GeoSeries.from_wkt(
    ...     ["LINESTRING (112.990 28.160, 112.990 28.162)"], crs="EPSG:4326"))
    >>> read_walk_network(lines).edge_length_m.round()
    array([222.])
    """
    if not isinstance(path, pd.DataFrame):
        name = str(path).partition("|layername=")[0].lower()
        reader = _reader(name)
        if reader is not None:
            if coordinates is not None:
                raise InputError(
                    f"{Path(name).name}: coordinates={coordinates!r} is for road lines; this kind "
                    "of file states its coordinates itself. Leave it out."
                )
            streets = reader(path, within=within)
            return _finished(streets, path, repair, (compounds, walls, gates))
    streets = read_road_lines(path, within=within, coordinates=coordinates)
    return _finished(streets, path, repair, (compounds, walls, gates))


def _finished(
    streets: Streets, path: Any, repair: Any, barriers: tuple[Any, Any, Any]
) -> WalkNetwork:
    """Network of streets, repaired and with walls as far as is asked for."""
    network = build_network(streets)
    if repair:
        network = repair_and_tell(network, _title(path))
    if all(table is None for table in barriers):
        return network
    read = (read_compounds, read_walls, read_gates)
    tables = [
        None if table is None else reader(table)
        for reader, table in zip(read, barriers, strict=True)
    ]
    return with_barriers(network, Barriers(*tables))


def read_road_lines(source: Any, *, within: Any = None, coordinates: str | None = None) -> Streets:
    """Streets of a layer of road lines.

    Parameters
    ----------
    source, within, coordinates
        As for :func:`read_walk_network`.

    Returns
    -------
    Streets
        Lines cut where they share a vertex. Lines that repeat another are taken once.

    Raises
    ------
    InputError, CrsError, GeometryError, EmptyNetworkError
        As for :func:`read_walk_network`.

    Examples
    --------
    >>> crossing = gpd.GeoSeries.from_wkt(["LINESTRING (0 0, 1 0, 2 0)", "LINESTRING (1 -1, 1 0)"])
    >>> len(read_road_lines(gpd.GeoDataFrame(geometry=crossing, crs="EPSG:4326")).ends)
    3
    """
    bounds: Bounds | None = None if within is None else bounds_of(within)
    name = _title(source)
    if not isinstance(source, pd.DataFrame):
        source = _line_layer(str(source))
    frame = locate(
        open_table(source, table="streets"),
        table="streets",
        coordinates=coordinates,
        shapes_first=True,
    )
    table = _walkable_rows(_line_rows(frame, name), name)
    streets = cut_at_junctions(_lines(table), name)
    _warn_of_crossings(streets, name)
    return keep_within(streets, bounds, name)


def _title(source: Any) -> str:
    """Name of what streets are read from, for messages."""
    if isinstance(source, pd.DataFrame):
        return "streets"
    return Path(str(source)).name.partition("|layername=")[0]


def _reader(name: str) -> Any:
    """What reads a file that is not road lines, by the end of its name."""
    if name.endswith(_OSM_SUFFIXES):
        return read_osm_streets
    return read_graphml if name.endswith(".graphml") else None


def _line_layer(source: str) -> str:
    """Path with the one layer of lines named, where a file has layers of several kinds."""
    path = Path(source)
    if "|layername=" in source or path.suffix.lower() not in (".gpkg", ".gdb", ".sqlite"):
        return source
    if path.is_file():
        with path.open("rb") as file:
            check_layer_head(file.read(HEAD_BYTES), path.suffix.lower(), path.name)
    try:
        layers = pyogrio.list_layers(path)
    except (RuntimeError, ValueError, OSError):
        return source  # open_table says what is wrong with it
    names = [str(title) for title, kind in layers if "LineString" in str(kind)]
    return f"{source}|layername={names[0]}" if len(layers) > 1 and len(names) == 1 else source


def _line_rows(frame: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """Rows that are lines, in degrees; each part of a MultiLineString is a row."""
    if frame.empty:
        raise EmptyNetworkError(f"{name}: the layer is empty: there is no street to walk on.")
    rows = pd.Series(np.arange(1, len(frame) + 1).astype(str))
    findings = Findings(name, rows)
    table = in_degrees(frame.reset_index(drop=True), findings)
    findings.stop()
    findings.warn()
    kinds = table.geometry.geom_type
    is_line = kinds.isin(["LineString", "LinearRing", "MultiLineString"]).to_numpy()
    if not is_line.any():
        if table.empty:
            raise EmptyNetworkError(f"{name}: no row has a geometry. Is it the right layer?")
        raise GeometryError(
            f"{name}: streets must be lines, but the layer holds "
            f"{', '.join(sorted(set(kinds)))}. Take the layer of road centre lines."
        )
    if not is_line.all():
        others = ", ".join(sorted(set(kinds[~is_line])))
        tell(
            f"{name}: {int((~is_line).sum())} of {len(table)} rows are no lines ({others}) and "
            "were left out."
        )
    lines = table[is_line].explode(index_parts=False, ignore_index=True)
    # osmnx writes both directions of a street, tiles repeat what lies on their edge.
    again = pd.Series(shapely.to_wkb(shapely.normalize(lines.geometry.to_numpy()))).duplicated()
    return lines[~again.to_numpy()].reset_index(drop=True)


def _walkable_rows(table: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """Rows that may be walked, with ``highway``, ``name``, ``osm_id`` and tags of ours."""
    columns: dict[str, Any] = {}
    for column in table.columns:
        columns.setdefault(column_key(column), column)
    cells = _class_cells(table, columns)
    osm_id = pd.to_numeric(pd.Series(_texts(table, columns, _OSM_ID_COLUMNS)), errors="coerce")
    ours = gpd.GeoDataFrame(
        {
            "highway": _texts(table, columns, _CLASS_COLUMNS) if cells is None else cells,
            "name": _texts(table, columns, _NAME_COLUMNS),
            "osm_id": osm_id.fillna(0).astype("int64"),
            **{key: _texts(table, columns, names) for key, names in _TAG_COLUMNS.items()},
        },
        geometry=table.geometry.to_numpy(),
        crs=table.crs,
    )
    if cells is None:
        return ours
    keys = [key for key in KEYS if key in table.columns and key != "highway"]
    tags = [_clean(table[key]) for key in keys]
    kinds = [
        _walked_class(cell, dict(zip(keys, values, strict=True)))
        for cell, *values in zip(cells, *tags, strict=True)
    ]
    walked = np.array([kind is not None for kind in kinds])
    _tell_of_classes(cells[~walked], len(ours), name)
    if not walked.any():
        counts = Counter(cells).most_common(6)
        raise EmptyNetworkError(
            f"{name}: none of its {len(ours)} lines may be walked "
            f"({', '.join(f'{count} {kind}' for kind, count in counts)}). Check that the layer "
            "holds streets, not only motorways or roads under construction."
        )
    return ours.assign(highway=kinds)[walked].reset_index(drop=True)


def _walked_class(cell: str, tags: dict[str, str]) -> str | None:
    """First class of a cell that may be walked under the row's tags, ``None`` if there is none."""
    return next((kind for kind in _parts(cell) if walkable({**tags, "highway": kind})), None)


def _class_cells(table: gpd.GeoDataFrame, columns: dict[str, Any]) -> NDArray[np.object_] | None:
    """Cells of the first column that holds classes of roads, ``None`` if there is none."""
    for key in _CLASS_COLUMNS:
        if key not in columns:
            continue
        cells = _clean(table[columns[key]])
        known = [not KNOWN_CLASSES.isdisjoint(_parts(cell)) for cell in cells if cell]
        if known and sum(known) >= _CLASS_SHARE * len(known):
            return cells
    return None


def _parts(text: str) -> list[str]:
    """Classes that a cell names, in OpenStreetMap's words; ``road`` where it names none."""
    parts = [part.strip(" '\"[]") for part in text.replace(";", ",").split(",")]
    return [_CLASSES.get(part, part) for part in parts if part] or ["road"]


def _tell_of_classes(left_out: Iterable[str], total: int, name: str) -> None:
    """Warn of lines whose class is none that the walk rule knows."""
    strange = Counter(kind for kind in left_out if not KNOWN_CLASSES.intersection(_parts(kind)))
    if strange:
        shown = ", ".join(f"{count} {kind}" for kind, count in strange.most_common(6))
        tell(
            f"{name}: {strange.total()} of {total} lines are left out, their class is not known "
            f"({shown}). Write a class of OpenStreetMap, such as residential or footway."
        )


def _texts(
    table: gpd.GeoDataFrame, columns: dict[str, Any], spellings: Sequence[str]
) -> NDArray[np.object_]:
    """Text of the first column with one of some names, ``""`` where nothing stands."""
    for key in spellings:
        if key in columns:
            return _clean(table[columns[key]])
    return np.full(len(table), "", dtype=object)


def _clean(values: Iterable[Any]) -> NDArray[np.object_]:
    """Cells as text, ``""`` for nothing."""
    texts = [
        "" if value is None or value is pd.NA or value != value else str(value).strip()  # noqa: PLR0124 - only not-a-number differs from itself
        for value in values
    ]
    return np.array([*texts, None], dtype=object)[:-1]


def _lines(table: gpd.GeoDataFrame) -> Lines:
    """Lines as runs of places; vertices that agree to a millimetre are one place."""
    shapes = table.geometry.to_numpy()
    lonlat = shapely.get_coordinates(shapes)
    on_grid = np.round(lonlat * _GRID_PER_DEGREE)
    _, place = np.unique(on_grid[:, 0] + 1j * on_grid[:, 1], return_inverse=True)
    return Lines(
        place_ids=place.astype(np.int64),
        first_place=np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(shapes))]),
        lonlat=lonlat,
        highway=table["highway"].to_numpy(dtype=object),
        name=table["name"].to_numpy(dtype=object),
        osm_id=table["osm_id"].to_numpy(dtype=np.int64),
        tags=tag_columns({key: dict(enumerate(table[key])) for key in _TAG_COLUMNS}, len(table)),
    )


def _warn_of_crossings(streets: Streets, name: str) -> None:
    """Warn if many lines cross or touch without a common vertex."""
    edge = np.repeat(np.arange(len(streets.ends)), np.diff(streets.first_point))
    shapes = shapely.linestrings(streets.points_lonlat, indices=edge)
    tree = shapely.STRtree(shapes)
    one, two = tree.query(shapes, predicate="dwithin", distance=_MEETING_DEGREES)
    one, two = one[one < two], two[one < two]
    ends_one, ends_two = streets.ends[one], streets.ends[two]
    joined = (ends_one[:, :, None] == ends_two[:, None, :]).any(axis=(1, 2))
    one, two = one[~joined], two[~joined]
    if not len(one):
        return
    meeting = shapely.get_coordinates(
        shapely.get_point(shapely.shortest_line(shapes[one], shapes[two]), 0)
    )
    places = len(np.unique(meeting.round(5), axis=0))
    junctions = int((np.bincount(streets.ends.ravel()) > 2).sum())
    share = places / (places + junctions)
    if share > _UNJOINED_SHARE:
        tell(
            f"{name}: lines cross or touch without a common vertex at {places:,} places "
            f"({share:.0%} of all crossings), such as lon {meeting[0, 0]:.5f}, lat "
            f"{meeting[0, 1]:.5f}; the streets are not joined there, and walks come out too long. "
            "If these are not flyovers, cut the lines where they cross (QGIS: Split with lines)."
        )
