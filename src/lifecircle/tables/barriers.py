"""The column contract of walled compounds, walls and gates, and the checks that hold it.

compounds
    Areas that a wall encloses: ``compound_id`` (unique text), ``name`` (``""`` where unknown),
    ``walled`` (only a word that says so opens one), (Multi)Polygon. They may lie in one another.
walls
    ``wall_id``, ``compound_id`` (``None`` where unknown), line. A polygon stands for its
    rings.
gates
    ``gate_id``, ``name`` (``""`` where unknown), ``access``: who passes, ``"open"`` everybody,
    ``"residents"`` those who belong there, ``"closed"`` nobody; ``access_known`` (false where the
    data does not say), ``compound_id`` (``None`` where unknown), ``hours`` (as given), point.

All columns are always there. A checked table may be empty, with a warning.
"""

from __future__ import annotations

import unicodedata
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.errors import DuplicateIdError, GeometryError, InputError, UnknownNameError, some
from lifecircle.tables.findings import Findings
from lifecircle.tables.frames import (
    all_gone,
    closed,
    fill_text,
    no_rows,
    started,
    told_apart,
    with_unique_ids,
)
from lifecircle.tables.places import geodesic_area_m2, in_degrees
from lifecircle.tables.values import Mask, as_ids

COMPOUND_COLUMNS = ("compound_id", "name", "walled")
WALL_COLUMNS = ("wall_id", "compound_id")
GATE_COLUMNS = ("gate_id", "name", "access", "access_known", "compound_id", "hours")
ACCESS = ("open", "residents", "closed")

# Words of planners' tables, in one spelling: half width, lower case, without spaces.
ACCESS_WORDS = {
    "open": (
        "open", "开放", "对外开放", "全开放", "完全开放", "公共", "公众", "公开", "对外", "可通行",
        "通行", "允许", "允许通行", "自由通行", "自由", "常开", "全天开放", "无门禁", "开",
        "可以通行", "可进出", "是", "yes", "y", "true", "1", "public", "permissive",
        "designated", "destination", "official", "free", "everyone", "everybody", "all",
    ),
    "residents": (
        "residents", "resident", "住户", "业主", "居民", "内部", "仅业主", "仅住户", "仅居民",
        "本小区", "本小区居民", "内部通行", "仅内部", "内部人员", "刷卡", "刷卡进入", "刷脸",
        "人脸识别", "门禁", "有门禁", "门禁卡", "门禁系统", "凭证", "凭证进入",
        "不对外开放", "不对外", "非开放", "private", "permit", "customers", "members",
        "staff", "restricted", "card", "keycard",
    ),
    "closed": (
        "closed", "close", "关闭", "关", "封闭", "已封闭", "锁", "锁闭", "上锁", "常锁", "常闭",
        "常年关闭", "长期关闭", "停用", "封堵", "封", "禁止", "禁止通行", "不可通行", "不通行",
        "不通", "不开放", "未开放", "否", "消防", "应急", "消防通道", "no", "n", "false",
        "0", "locked", "forbidden", "blocked", "emergency", "disused",
    ),
}  # fmt: skip
WALLED_WORDS = {
    True: (
        "true", "yes", "y", "t", "1", "是", "有", "封闭", "封闭式", "全封闭", "半封闭", "已封闭",
        "围合", "全围合", "半围合", "围墙", "有围墙", "封闭小区", "封闭管理", "实体围墙", "栅栏",
        "围栏", "walled", "gated", "closed", "fenced", "enclosed", "wall", "fence",
    ),
    False: (
        "false", "no", "n", "f", "0", "否", "无", "没有", "开放", "开放式", "全开放",
        "不封闭", "未封闭", "非封闭", "不围合", "未围合", "无围墙", "没有围墙", "开放小区", "open",
        "ungated", "unwalled",
    ),
}  # fmt: skip
_OF_ACCESS = {word: access for access, words in ACCESS_WORDS.items() for word in words}
_OF_WALLED = {word: walled for walled, words in WALLED_WORDS.items() for word in words}
_MIN_AREA_M2 = 1.0
_POINT, _LINE, _RING, _POLYGON, _MULTIPOINT, _MULTILINE, _MULTIPOLYGON = 0, 1, 2, 3, 4, 5, 6


def check_compounds(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Walled compounds as everything else expects them, or one error that says all that is wrong.

    Parameters
    ----------
    frame
        Polygons with a CRS. Not changed.

    Returns
    -------
    GeoDataFrame
        Checked copy in EPSG:4326. Self-crossing polygons are mended, with a warning.

    Raises
    ------
    InputError
        Or its kinds ``CrsError``, ``GeometryError``, ``DuplicateIdError``, ``MissingColumnError``.

    Examples
    --------
    >>> square = gpd.GeoSeries([shapely.box(0, 0, 0.01, 0.01)], crs=4326)
    >>> estate = check_compounds(gpd.GeoDataFrame({"name": ["明珠公寓"]}, geometry=square))
    >>> estate[["compound_id", "name", "walled"]].values.tolist()
    [['C0001', '明珠公寓', True]]
    """
    table, findings = started(frame, "compounds", "compound_id", "C{:04d}")
    _doubt_empty(table, findings)
    repeated = table.loc[table["compound_id"].duplicated(), "compound_id"].unique()
    if len(repeated):
        findings.errors.append(
            DuplicateIdError(
                f"compounds: {len(repeated)} ids stand in more than one row ({some(repeated)}). "
                "Give each compound an id of its own; parts of one compound make one multipolygon."
            )
        )
    table["walled"] = _walled(table, findings)
    fill_text(table, "name", pd.Series("", index=table.index))
    gone = (table.geometry.isna() | table.geometry.is_empty).to_numpy(dtype=np.bool_)
    findings.wrong(GeometryError, gone, "have no geometry. Draw them, or delete the rows.")
    table = _mended(in_degrees(table, findings), findings)
    findings.stop()
    return closed(table, COMPOUND_COLUMNS, findings)


def check_walls(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Walls as everything else expects them, or one error that says all that is wrong.

    Parameters
    ----------
    frame
        Lines with a CRS. Lines of several parts are taken apart; of polygons the rings are taken.
        Not changed.

    Returns
    -------
    GeoDataFrame
        Checked copy in EPSG:4326, one row per line.

    Raises
    ------
    InputError
        Or its kinds ``CrsError``, ``GeometryError``, ``MissingColumnError``.

    Examples
    --------
    >>> fence = gpd.GeoSeries([shapely.LineString([(0, 0), (0.01, 0)])], crs=4326)
    >>> check_walls(gpd.GeoDataFrame(geometry=fence))["wall_id"].to_list()
    ['W0001']
    """
    table, findings = started(frame, "walls", "wall_id", "W{:04d}")
    table = _placed(table, findings)
    kinds = shapely.get_type_id(table.geometry.to_numpy())
    other = ~np.isin(kinds, (_LINE, _RING, _POLYGON, _MULTILINE, _MULTIPOLYGON))
    names = some(dict.fromkeys(table.geometry[other].geom_type))
    findings.wrong(
        GeometryError, other, f"are neither lines nor polygons ({names}). Walls are lines."
    )
    findings.stop()
    table = with_unique_ids(table, "wall_id", findings)
    table["compound_id"] = _ids_or_none(table, "compound_id")
    table = _lines(table)
    lengths = shapely.length(table.geometry.to_numpy())
    short = ~(lengths > 0)
    findings.ids = table["wall_id"]
    findings.doubt(short, "have no length and were left out.")
    table = table[~short].reset_index(drop=True)
    table["wall_id"] = pd.Series(told_apart(table["wall_id"].to_list()), dtype="str")
    return closed(table, WALL_COLUMNS, findings)


def check_gates(frame: gpd.GeoDataFrame, *, unknown_access: str = "open") -> gpd.GeoDataFrame:
    """Gates as everything else expects them, or one error that says all that is wrong.

    Parameters
    ----------
    frame
        Points with a CRS. Not changed.
    unknown_access
        Who passes where nothing is said: ``"open"``, ``"residents"`` or ``"closed"``.

    Returns
    -------
    GeoDataFrame
        Checked copy in EPSG:4326. One warning tells of how many gates nothing is said.

    Raises
    ------
    InputError
        Or its kinds ``CrsError``, ``GeometryError``, ``MissingColumnError``.
    UnknownNameError
        If ``unknown_access`` is none of the three.

    Examples
    --------
    >>> place = gpd.points_from_xy([112.99, 112.991], [28.16, 28.16], crs=4326)
    >>> gates = gpd.GeoDataFrame({"access": ["开放", "刷卡"]}, geometry=place)
    >>> check_gates(gates)["access"].to_list()
    ['open', 'residents']
    """
    if unknown_access not in ACCESS:
        raise UnknownNameError("access of gates", unknown_access, ACCESS)
    table, findings = started(frame, "gates", "gate_id", "G{:04d}")
    table = _placed(table, findings)
    shapes = table.geometry.to_numpy()
    kinds = shapely.get_type_id(shapes)
    single = (kinds == _MULTIPOINT) & (shapely.get_num_geometries(shapes) == 1)
    other = ~(single | (kinds == _POINT))
    names = some(dict.fromkeys(shape.geom_type for shape in shapes[other]))
    findings.wrong(
        GeometryError,
        other,
        f"are not points ({names}). Gates are points in a wall; areas are read with "
        "read_compounds, lines with read_walls.",
    )
    table = _with_access(table, unknown_access, findings)
    findings.stop()
    points = shapes.copy()
    points[single] = shapely.get_geometry(shapes[single], 0)
    table = table.set_geometry(gpd.GeoSeries(points, index=table.index, crs=table.crs))
    table["compound_id"] = _ids_or_none(table, "compound_id")
    for column in ("name", "hours"):
        fill_text(table, column, pd.Series("", index=table.index))
    table = with_unique_ids(table, "gate_id", findings)
    return closed(table, GATE_COLUMNS, findings)


def access_of(word: Any) -> str | None:
    """Who passes a gate, by the word that a table has for it.

    Parameters
    ----------
    word
        In Chinese or English, or OpenStreetMap's.

    Returns
    -------
    str or None
        ``"open"``, ``"residents"``, ``"closed"``; ``None`` if the word is not understood.

    Examples
    --------
    >>> access_of("对外开放"), access_of(" 业主 "), access_of("locked"), access_of("蓝色")
    ('open', 'residents', 'closed', None)
    """
    return _OF_ACCESS.get(_spelled(word))


def walled_of(word: Any) -> bool | None:
    """Whether a compound is walled, by the word that a table has for it.

    Parameters
    ----------
    word
        In Chinese or English.

    Returns
    -------
    bool or None
        ``None`` if the word is not understood.

    Examples
    --------
    >>> walled_of("封闭式"), walled_of("开放"), walled_of("蓝色")
    (True, False, None)
    """
    return _OF_WALLED.get(_spelled(word))


def _spelled(word: Any) -> str:
    """Word in one spelling."""
    return "".join(unicodedata.normalize("NFKC", str(word)).casefold().split())


def _doubt_empty(table: gpd.GeoDataFrame, findings: Findings) -> None:
    """Doubt a table without rows; once."""
    if table.empty and not findings.told.get("empty"):
        findings.doubts.append(no_rows(findings.table))
    findings.remaining.update({"empty": 1} if table.empty else {})


def _placed(table: gpd.GeoDataFrame, findings: Findings) -> gpd.GeoDataFrame:
    """Rows with a geometry, in degrees; an error where a table had rows and none has one."""
    _doubt_empty(table, findings)
    before = len(table)
    table = in_degrees(table, findings)
    return all_gone(table, findings) if before and table.empty else table


def _mended(table: gpd.GeoDataFrame, findings: Findings) -> gpd.GeoDataFrame:
    """Valid polygons with an inside."""
    shapes = table.geometry.to_numpy()
    kinds = shapely.get_type_id(shapes)
    other = (kinds != _POLYGON) & (kinds != _MULTIPOLYGON)
    names = some(dict.fromkeys(shape.geom_type for shape in shapes[other]))
    findings.wrong(
        GeometryError,
        other,
        f"are not polygons ({names}). Compounds are areas; lines are read with read_walls.",
    )
    if other.any() or not findings.placed or table.empty:
        return table
    crossing = ~shapely.is_valid(shapes)
    mended = shapes.copy()
    mended[crossing] = shapely.make_valid(
        shapes[crossing], method="structure", keep_collapsed=False
    )
    flat = np.array([geodesic_area_m2(shape) < _MIN_AREA_M2 for shape in mended], dtype=np.bool_)
    findings.wrong(GeometryError, flat, "have no area. Draw them anew, or delete the rows.")
    findings.doubt(crossing & ~flat, "crossed themselves and were mended. See whether that is so.")
    return table.set_geometry(gpd.GeoSeries(mended, index=table.index, crs=table.crs))


def _walled(table: gpd.GeoDataFrame, findings: Findings) -> pd.Series[bool]:
    """Whether each compound is walled; nothing said is yes."""
    if "walled" not in table:
        return pd.Series(data=True, index=table.index, dtype=np.bool_)
    words = [_spelled(word) for word in as_ids(table["walled"])]
    values = [_OF_WALLED.get(word, True) for word in words]
    unknown = np.array([bool(word) and word not in _OF_WALLED for word in words], dtype=np.bool_)
    _unknown_words(table, "walled", unknown, WALLED_WORDS, findings)
    return pd.Series(values, index=table.index, dtype=np.bool_)


def _with_access(
    table: gpd.GeoDataFrame, unknown_access: str, findings: Findings
) -> gpd.GeoDataFrame:
    """Gates with who passes, and whether that is known."""
    given = table["access"] if "access" in table else pd.Series(None, index=table.index)
    words = as_ids(given).to_list()
    found = [access_of(word) if word else None for word in words]
    silent = np.array([not word for word in words], dtype=np.bool_)
    strange = ~silent & np.array([access is None for access in found], dtype=np.bool_)
    _unknown_words(table, "access", strange, ACCESS_WORDS, findings)
    known = ~silent
    if "access_known" in table:
        said = [_OF_WALLED.get(_spelled(word), True) for word in as_ids(table["access_known"])]
        known &= np.array(said, dtype=np.bool_)
    findings.doubt(
        silent,
        f"do not say who passes; they count as {unknown_access!r}. Fill in 'access' (open, "
        "residents, closed), or choose with unknown_access=.",
    )
    access = [unknown_access if one is None else one for one in found]
    table["access"] = pd.Series(access, index=table.index, dtype="str")
    table["access_known"] = known
    return table


def _unknown_words(
    table: gpd.GeoDataFrame, column: str, unknown: Mask, words: Any, findings: Findings
) -> None:
    """Note words that are not understood, with those that are."""
    found = (
        dict.fromkeys(repr(str(word)) for word in table[column][unknown]) if unknown.any() else ()
    )
    listed = some(found, limit=10)
    understood = "; ".join(
        f"{meaning!s}: {some(spellings, limit=60)}" for meaning, spellings in words.items()
    )
    findings.wrong(
        InputError,
        unknown,
        f"have words in {column!r} that are not understood: {listed}. Understood are {understood}. "
        "Write one of these there, or name another column with columns=.",
    )


def _ids_or_none(table: gpd.GeoDataFrame, column: str) -> pd.Series[Any]:
    """Ids as text, ``None`` where there is none."""
    ids = as_ids(table[column]).to_list() if column in table else [""] * len(table)
    values = np.array([*(one or None for one in ids), None], dtype=object)[:-1]
    return pd.Series(values, index=table.index, dtype="object")


def _lines(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One row per line: parts taken apart, polygons as their rings."""
    parts, row = shapely.get_parts(table.geometry.to_numpy(), return_index=True)
    areas = shapely.get_type_id(parts) == _POLYGON
    rings, of_area = shapely.get_rings(parts[areas], return_index=True)
    xy, of_ring = shapely.get_coordinates(rings, return_index=True)
    lines = np.concatenate([parts[~areas], shapely.linestrings(xy, indices=of_ring)])
    rows = np.concatenate([row[~areas], row[areas][of_area]])
    order = np.argsort(rows, kind="stable")
    taken = table.iloc[rows[order]].reset_index(drop=True)
    taken = taken.set_geometry(gpd.GeoSeries(lines[order], crs=table.crs))
    taken.attrs = table.attrs
    return taken
