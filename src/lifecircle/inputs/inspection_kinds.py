"""What kind of table a frame looks like, by its columns, shapes and words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.inputs import header_names
from lifecircle.inputs.text import column_key
from lifecircle.inputs.walkable import KNOWN_CLASSES
from lifecircle.tables.barriers import access_of
from lifecircle.tables.findings import origin
from lifecircle.tables.values import as_numbers, is_blank

KINDS = (
    "units", "facilities", "residents", "streets", "buildings", "compounds", "walls", "gates",
    "sites", "survey", "openstreetmap", "raster", "unknown",
)  # fmt: skip

_ROAD_WORDS = KNOWN_CLASSES | {
    "path", "major_road", "minor_road", "主干路", "次干路", "支路", "主干道", "次干道", "快速路",
    "省道", "县道", "国道", "人行道", "步行街", "高速公路",
}  # fmt: skip
# Columns of ids that tell a table by themselves.
_BY_ID = {
    ("wallid", "围墙编号"): "walls",
    ("gateid", "大门编号", "出入口编号"): "gates",
    ("siteid", "地块编号", "闲置资产编号"): "sites",
    ("satisfaction", "满意度"): "survey",
}
_OTHER_IDS = (
    "id", "building_id", "wall_id", "gate_id", "site_id", "answer_id", "road_id", "street_id",
    "compound_id", "region_id", "poi_id", "osm_id", "stop_id", "poiid", "uid", "编号", "小区编号",
    "建筑编号", "道路编号",
)  # fmt: skip
_NO_STREETS = re.compile(r"地铁|轨道|铁路|metro|subway|railway", re.IGNORECASE)
_WATER = re.compile(r"(江|河|湖|水库|river|lake)$", re.IGNORECASE)
_COMPOUNDS = re.compile(r"住宅小区|住宅区|小区|residential")
_UNITS = re.compile(r"(社区|街道|区|县|市|村|镇|乡|生活圈|居委会)$")
_GATE_NAMES = re.compile(r"(大门|院门|[东南西北正侧后]门|出入口|\bgates?)$", re.IGNORECASE)
_GATE_FILE = re.compile(r"大门|院门|出入口|(^|[^a-z])gates?([^a-z]|$)", re.IGNORECASE)
_WALL_FILE = re.compile(r"围墙|(^|[^a-z])walls?([^a-z]|$)", re.IGNORECASE)
_COMPOUND_FILE = re.compile(r"小区|院落|大院|(^|[^a-z])compounds?([^a-z]|$)", re.IGNORECASE)
_GATE_CLASS = re.compile(r"^\s*9914|临街院门")
# barrier=… of OpenStreetMap
_WALL_WORDS = frozenset({"wall", "fence", "hedge", "city_wall", "retaining_wall", "围墙", "栅栏",
                         "围栏", "实体围墙"})  # fmt: skip
_GATE_WORDS = frozenset({"gate", "lift_gate", "swing_gate", "wicket_gate", "sliding_gate",
                         "turnstile", "entrance", "大门", "院门"})  # fmt: skip
# Columns that name the compound that an area is.
_COMPOUND_NAMES = ("小区名称", "小区", "小区名", "住宅区名称", "院落名称", "楼盘名称", "楼盘")
_MOST, _SOME = 0.5, 0.3
_FEW_UNITS = 3000
_CELL_HA = 10.0  # homes are counted on cells and buildings below this, units are larger


def kind_of(frame: pd.DataFrame) -> str:
    """Kind of table that a frame looks like.

    Parameters
    ----------
    frame
        As it stands in the file; a GeoDataFrame where it has shapes.

    Returns
    -------
    str
        One of :data:`KINDS`; ``"unknown"`` where nothing tells.

    Examples
    --------
    >>> homes = gpd.GeoDataFrame({"人口": ["5"]}, geometry=[shapely.Point(112.9, 28.1)])
    >>> kind_of(homes)
    'residents'
    """
    shapes = _shape_kinds(frame)
    keys = {column_key(name) for name in frame.columns}
    for ids, kind in _BY_ID.items():
        if keys & set(ids) and (shapes or kind == "survey"):
            return kind
    if barrier := _barrier_kind(frame, shapes):
        return barrier
    if shapes.get("line", 0) > _MOST:
        return "streets" if _are_streets(frame) else "unknown"
    people, classes = column_of(frame, "people"), class_column(frame)
    areas = shapes.get("area", 0) > _MOST
    if people is None and shapes and _are_buildings(frame, classes, areas=areas):
        return "buildings"
    if areas:
        return _kind_of_areas(frame, people, classes)
    if people is not None and shapes:
        return "residents"
    return "facilities" if classes is not None and shapes.get("point", 0) > _MOST else "unknown"


def column_of(frame: pd.DataFrame, what: str) -> Any:
    """Column of a frame that is called like something, ``None`` if there is none.

    Parameters
    ----------
    frame
        Any frame.
    what
        ``"people"``, ``"elderly"``, ``"children"``, ``"households"``, ``"floors"``, ``"density"``,
        ``"name"`` or ``"address"``.

    Returns
    -------
    str or None

    Examples
    --------
    >>> column_of(pd.DataFrame(columns=["名称", "人口（人）"]), "people")
    '人口（人）'
    """
    return _first_of(frame, _SPELLINGS[what])


def id_column(frame: pd.DataFrame, kind: str) -> Any:
    """Column with the ids of the rows, ``None`` if there is none.

    Parameters
    ----------
    frame
        Any frame.
    kind
        Kind of table: 社区编号 is the id of a unit, but not that of a home.

    Returns
    -------
    str or None

    Examples
    --------
    >>> id_column(pd.DataFrame(columns=["社区编号", "楼栋编号"]), "residents")
    '楼栋编号'
    """
    own: dict[str, tuple[str, ...]] = {
        "units": ("unit_id", *header_names.UNITS["unit_id"]),
        "facilities": ("facility_id", *header_names.FACILITY_ID),
        "residents": ("resident_id", *header_names.RESIDENTS["resident_id"]),
    }
    return _first_of(frame, own.get(kind, _OTHER_IDS))


def _first_of(frame: pd.DataFrame, spellings: Iterable[str]) -> Any:
    """First column that is called in one of some ways, ``None`` if there is none."""
    columns = {column_key(name): name for name in reversed(frame.columns) if name != "geometry"}
    return next((columns[key] for key in map(column_key, spellings) if key in columns), None)


_SPELLINGS: dict[str, tuple[str, ...]] = {
    "people": ("people", *header_names.PEOPLE),
    "elderly": ("elderly", *header_names.ELDERLY),
    "children": ("children", *header_names.CHILDREN),
    "households": ("households", *header_names.UNITS["households"]),
    "floors": header_names.FLOORS,
    "density": header_names.DENSITY,
    "name": ("name", *header_names.FACILITY_NAME, *header_names.UNITS["name"]),
    "address": header_names.ADDRESSES,
}  # fmt: skip


def class_column(frame: pd.DataFrame) -> Any:
    """Column that says what each row is, ``None`` if there is none.

    Parameters
    ----------
    frame
        Any frame.

    Returns
    -------
    str or None

    Examples
    --------
    >>> class_column(pd.DataFrame(columns=["名称", "小类"]))
    '小类'
    """
    return _first_of(frame, ("service", "typecode", *header_names.CLASSES))


def _shape_kinds(frame: pd.DataFrame) -> dict[str, float]:
    """Share of the rows that are points, lines and areas."""
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        return {}
    kinds = frame.geometry.geom_type.str.removeprefix("Multi").value_counts(normalize=True)
    names = {"Point": "point", "LineString": "line", "LinearRing": "line", "Polygon": "area"}
    shares: dict[str, float] = {}
    for kind, share in kinds.items():
        name = names.get(str(kind), "other")
        shares[name] = shares.get(name, 0.0) + float(share)
    return shares


def _texts(frame: pd.DataFrame, column: Any) -> list[str]:
    """Words in a column."""
    if column is None:
        return []
    return [str(value) for value in frame[column][~is_blank(frame[column])]]


def _share(texts: Iterable[str], fits: Any) -> float:
    """Share of the words that fit."""
    listed = list(texts)
    return sum(bool(fits(text)) for text in listed) / len(listed) if listed else 0.0


def _file_of(frame: pd.DataFrame) -> str:
    """Name of the file of a frame, without its end."""
    return str(origin(frame).get("file", "")).rpartition(".")[0]


def _barrier_kind(frame: pd.DataFrame, shapes: dict[str, float]) -> str:
    """Walls, gates or compounds by what is said of them alone; ``""`` where nothing is."""
    tags = _texts(frame, _first_of(frame, ("barrier", "障碍类型")))
    area, line = (shapes.get(kind, 0) > _MOST for kind in ("area", "line"))
    if (area or line) and _share(tags, _WALL_WORDS.__contains__) > _MOST:
        return "walls"
    if line and _WALL_FILE.search(_file_of(frame)):
        return "walls"
    if area and _first_of(frame, ("walled", *header_names.COMPOUNDS["walled"])) is not None:
        return "compounds"
    if shapes.get("point", 0) > _MOST and column_of(frame, "people") is None:
        return "gates" if _are_gates(frame, tags) else ""
    return ""


def _are_gates(frame: pd.DataFrame, tags: list[str]) -> bool:
    """Whether points are gates: by their classes; where they have none, by who passes or names."""
    codes = _texts(frame, _first_of(frame, ("typecode", *header_names.GATES["typecode"])))
    column = class_column(frame)
    words = _texts(frame, column)
    if _share(tags, _GATE_WORDS.__contains__) > _MOST:
        return True
    if any(_share(texts, _GATE_CLASS.search) > _MOST for texts in (codes, words)):
        return True
    of_gates = column is not None and (
        _share(words, _GATE_NAMES.search) > _MOST or _share(words, access_of) > _MOST
    )
    if column is not None and not of_gates:
        return False
    said = _texts(frame, _first_of(frame, ("access", *header_names.GATES["access"])))
    names = ("name", *header_names.GATES["name"])
    return (
        bool(_GATE_FILE.search(_file_of(frame)))
        or _share(said, access_of) > _MOST
        or _share(_texts(frame, _first_of(frame, names)), _GATE_NAMES.search) > _MOST
    )


def _are_streets(frame: pd.DataFrame) -> bool:
    """Whether lines are streets: by their classes, else unless their names say railway or river."""
    keys = ("highway", "fclass", "kind_detail", "kind", "class", "type", "道路等级", "道路类型")
    columns = [name for name in frame.columns if column_key(name) in map(column_key, keys)]
    if columns:
        known = (_texts(frame, column) for column in columns)
        return any(_share(words, _ROAD_WORDS.__contains__) > _SOME for words in known)
    names = _texts(frame, column_of(frame, "name"))
    return _share(names, _NO_STREETS.search) < _MOST and _share(names, _WATER.search) < _MOST


def _are_buildings(frame: pd.DataFrame, classes: Any, *, areas: bool) -> bool:
    """Whether areas, or points without a class, are buildings."""
    keys = {column_key(name) for name in frame.columns}
    named = bool(keys & set(header_names.BUILDINGS)) or column_of(frame, "floors") is not None
    words = _texts(frame, classes)
    return _share(words, "building".__eq__) > _MOST or (named and (areas or classes is None))


def _kind_of_areas(frame: gpd.GeoDataFrame, people: Any, classes: Any) -> str:
    """Kind of a table of polygons that are no buildings."""
    words = _texts(frame, classes)
    keys = set(map(column_key, frame.columns))
    named = {"compoundid", "小区编号", *map(column_key, _COMPOUND_NAMES)}
    if people is None and keys & named:
        return "compounds"
    if column_of(frame, "density") is not None or _share(words, _COMPOUNDS.search) > _MOST:
        return "compounds"
    size_ha = _median_ha(frame)
    if people is not None and size_ha < _CELL_HA:
        return "residents"
    if people is None and "kind" in keys:
        return "unknown"
    if _share(_texts(frame, column_of(frame, "name")), _UNITS.search) > _MOST:
        return "units"
    if people is None and _COMPOUND_FILE.search(_file_of(frame)):
        return "compounds"
    if classes is not None and people is None:
        return "facilities"
    water = _share(_texts(frame, column_of(frame, "name")), _WATER.search) > _MOST
    return "units" if len(frame) <= _FEW_UNITS and size_ha >= 1 and not water else "unknown"


def _median_ha(frame: gpd.GeoDataFrame) -> float:
    """Rough area of the middle polygon, hectares."""
    shapes = frame.geometry.to_numpy()
    shapes = shapes[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
    if not len(shapes):
        return 0.0
    bounds = shapely.total_bounds(shapes)
    area = float(np.median(shapely.area(shapes)))
    if np.abs(bounds).max() > 360:
        return area / 1e4
    return area * 111_320**2 * float(np.cos(np.radians((bounds[1] + bounds[3]) / 2))) / 1e4


def filled_numbers(frame: pd.DataFrame, column: Any) -> dict[str, float]:
    """What stands in a column of numbers.

    Parameters
    ----------
    frame
        Any frame.
    column
        One of its columns.

    Returns
    -------
    dict
        ``filled`` cells that are numbers, ``blank`` and ``words`` that are not; of the numbers
        ``least``, ``most`` and ``sum``.

    Examples
    --------
    >>> filled_numbers(pd.DataFrame({"人口": ["5", "约 9", "", "1,000"]}), "人口")
    {'filled': 2, 'blank': 1, 'words': 1, 'least': 5.0, 'most': 1000.0, 'sum': 1005.0}
    """
    blank = is_blank(frame[column])
    numbers = as_numbers(frame[column])
    given = numbers.dropna()
    found: dict[str, float] = {
        "filled": len(given),
        "blank": int(blank.sum()),
        "words": int((numbers.isna().to_numpy() & ~blank).sum()),
    }
    if len(given):
        found.update(least=float(given.min()), most=float(given.max()), sum=float(given.sum()))
    return found
