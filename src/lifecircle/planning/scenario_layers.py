"""Scenarios drawn on a map: layers and tables whose rows are actions.

A point is where something stands or is opened, a line leads from its first to its last vertex.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from lifecircle.crs import WGS84
from lifecircle.errors import InputError, MissingColumnError, did_you_mean
from lifecircle.inputs.layers import locate, open_table
from lifecircle.inputs.own_classes import word_key
from lifecircle.inputs.text import take_columns
from lifecircle.planning.actions import KINDS, Action
from lifecircle.tables.barriers import access_of
from lifecircle.tables.findings import columns_found
from lifecircle.tables.values import as_ids, as_numbers

COLUMNS = {
    "action": ("操作", "动作", "措施", "行动", "改造措施", "改造类型", "措施类型", "操作类型"),
    "service": ("服务", "设施类别", "设施类型", "服务类别", "服务类型", "类别"),
    "facility_id": ("设施编号", "设施id", "设施代码"),
    "gate_id": ("大门编号", "出入口编号", "门编号", "大门id"),
    "wall_id": ("围墙编号", "围墙id"),
    "compound_id": ("小区编号", "所属小区编号", "小区id", "院落编号"),
    "name": ("名称", "设施名称", "项目名称"),
    "capacity": ("容量", "规模", "床位", "床位数", "学位", "学位数"),
    "floor_area_m2": (
        "建筑面积", "建筑面积m2", "建筑面积(m2)", "建筑面积(平方米)", "建筑面积(平米)",
    ),
    "site_area_m2": (
        "用地面积", "用地面积m2", "用地面积(m2)", "用地面积(平方米)", "用地面积(平米)",
    ),
    "signals": ("信号灯", "红绿灯", "有无信号灯", "是否有信号灯"),
    "access": ("通行", "开放对象", "通行对象"),
}  # fmt: skip
"""What the columns of a drawn scenario are called."""
ACTION_WORDS = {
    "add_facility": (
        "新建设施", "新增设施", "增设设施", "新建", "新增", "增设", "添加设施",
    ),
    "close_facility": ("关闭设施", "撤销设施", "取消设施", "撤并设施", "关停设施", "拆除设施"),
    "move_facility": ("迁移设施", "搬迁设施", "迁建设施", "迁移", "搬迁", "迁建", "移动设施"),
    "extend_capacity": ("扩容", "扩建", "扩建设施", "设施扩容", "增容"),
    "open_gate": ("开放大门", "开门", "打开大门", "开放出入口", "开放", "大门开放"),
    "remove_wall": (
        "拆除围墙", "拆墙", "打开围墙", "围墙开口", "拆围墙", "破墙", "拆墙透绿", "打通围墙",
    ),
    "connect_streets": (
        "打通断头路", "打通道路", "连通道路", "新建道路", "新增道路", "连通", "打通", "新增步道",
        "新建步道",
    ),
    "add_crossing": (
        "新增过街", "人行横道", "新增人行横道", "过街", "新建过街", "过街设施", "斑马线",
        "新增斑马线", "增设人行横道", "增设过街",
    ),
}  # fmt: skip
"""Chinese words for the actions."""
_KIND_OF = {
    word_key(word): kind for kind, words in ACTION_WORDS.items() for word in (kind, *words)
} | {word_key(cls.__name__): kind for kind, cls in KINDS.items()}
_YES = frozenset({"1", "true", "yes", "y", "t", "是", "有", "signals"})
_NO = frozenset({"", "0", "false", "no", "n", "f", "否", "无", "没有"})
_NUMBERS = ("capacity", "floor_area_m2", "site_area_m2")
_POINT, _LINE, _MULTIPOINT, _MULTILINE = 0, 1, 4, 5


def read_layer(path: str | os.PathLike[str], *, coordinates: str | None) -> list[Action]:
    r"""Actions of a layer or table, one per row.

    Parameters
    ----------
    path, coordinates
        As for :func:`lifecircle.read_scenario`.

    Returns
    -------
    list
        In the order of the rows.

    Raises
    ------
    InputError
        If the file or rows of it cannot be used; all that is wrong in one error.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "方案.csv"
    >>> _ = path.write_text("操作,大门编号\n开放大门,G001\n", encoding="gbk")
    >>> read_layer(path, coordinates=None)
    [OpenGate(gate_id='G001', access='open', at=None)]
    """
    actions: list[Action] = []
    problems: list[str] = []
    for source, label in _parts(path):
        found, wrong = _actions(open_table(source, table="scenario"), coordinates)
        actions += found
        problems += [f"{label}{problem}" for problem in wrong]
    if problems:
        raise InputError(f"{Path(path).name}: " + "\n".join(problems))
    return actions


def _parts(path: str | os.PathLike[str]) -> Iterator[tuple[str, str]]:
    """The file; or, of a GeoPackage with several layers, each that has a column of actions."""
    text = os.fspath(path)
    plain = Path(text).expanduser()
    layers: list[str] = []
    if plain.suffix.lower() == ".gpkg" and plain.is_file():
        try:
            layers = [str(name) for name, _ in pyogrio.list_layers(plain)]
        except (pyogrio.errors.DataSourceError, RuntimeError, ValueError):
            layers = []  # told when it is opened
    named = [
        name
        for name in (layers if len(layers) > 1 else [])
        if "action" in _named(_head(plain, name)).columns
    ]
    if not named:
        yield text, ""
    for name in named:
        yield f"{text}|layername={name}", f"layer {name}, " if len(named) > 1 else ""


def _head(path: Path, layer: str) -> pd.DataFrame:
    """Columns of a layer, without rows."""
    names = [str(name) for name in pyogrio.read_info(path, layer=layer)["fields"]]
    return pd.DataFrame(columns=names)


def _named(table: pd.DataFrame) -> pd.DataFrame:
    """Table under our names, also where a Shapefile cut the names to ten bytes."""
    spelled = {
        ours: [*names, *(name.encode()[:10].decode(errors="ignore") for name in names)]
        for ours, names in COLUMNS.items()
    }
    return take_columns(table, spelled, table="scenario")


def _actions(table: pd.DataFrame, coordinates: str | None) -> tuple[list[Action], list[str]]:
    """Actions of the rows that make sense, and what is wrong with the others."""
    named = _named(table)
    if "action" not in named:
        raise InputError(
            "scenario: there is no column 'action' (操作), which says what each row does: "
            f"{', '.join(KINDS)}. {columns_found(table)}"
        )
    places, without = _places(named, coordinates)
    texts = {
        name: as_ids(named[name]).to_list() if name in named else [""] * len(named)
        for name in COLUMNS
    }
    numbers = {name: as_numbers(named[name]).to_list() for name in _NUMBERS if name in named}
    actions: list[Action] = []
    problems: list[str] = []
    for row in range(len(named)):
        cells = {name: column[row] for name, column in texts.items()}
        kind = _KIND_OF.get(word_key(cells["action"]))
        if kind is None:
            problems.append(f"row {row + 1}: {_unknown_action(cells['action'])}.")
            continue
        values, wrong = _values(kind, cells, {name: some[row] for name, some in numbers.items()})
        placed, misplaced = _placed(kind, places[row], values, without)
        wrong += misplaced
        if not wrong:
            try:
                actions.append(KINDS[kind](**values, **placed))
            except InputError as error:
                wrong.append(str(error).rstrip("."))
        problems += [f"row {row + 1} ({kind}): {problem}." for problem in wrong]
    if not len(named):
        problems.append("there are no rows, so nothing would change. Draw at least one action.")
    return actions, problems


def _unknown_action(word: str) -> str:
    if not word:
        return f"it says no action; write one of {', '.join(KINDS)} (新建设施, 开放大门 …)"
    words = {word: kind for kind, words in ACTION_WORDS.items() for word in (kind, *words)}
    return (
        f"unknown action {word!r}{did_you_mean(word, words, cutoff=0.4)}; actions are "
        f"{', '.join(KINDS)}"
    )


def _places(table: pd.DataFrame, coordinates: str | None) -> tuple[list[Any], str]:
    """Shape of each row in degrees WGS-84, ``None`` where there is none; and why all are not."""
    try:
        layer = locate(table, table="scenario", coordinates=coordinates, shapes_first=True)
    except MissingColumnError as error:  # rows may do without
        return [None] * len(table), str(error).removeprefix("scenario: ").rstrip(".")
    if layer.crs is None:
        raise InputError(
            "scenario: the layer does not say its coordinate system. Set it in the GIS, or say it "
            'with coordinates="WGS-84" (or GCJ-02, BD-09).'
        )
    shapes = gpd.GeoSeries(layer.geometry).to_crs(WGS84)
    return [_real(shape) for shape in shapes], ""


def _real(shape: Any) -> Any:
    """Shape without height, of one part where it has one; ``None`` for none."""
    if shape is None or shape.is_empty or not shapely.get_num_coordinates(shape):
        return None
    flat = shapely.force_2d(shape)
    kind = shapely.get_type_id(flat)
    if kind == _MULTILINE:
        flat = shapely.line_merge(flat)
    if kind in (_MULTIPOINT, _MULTILINE) and shapely.get_num_geometries(flat) == 1:
        flat = shapely.get_geometry(flat, 0)
    return flat if np.isfinite(shapely.get_coordinates(flat)).all() else None


def _values(
    kind: str, cells: Mapping[str, str], numbers: Mapping[str, float]
) -> tuple[dict[str, Any], list[str]]:
    """Values of an action by the names of its fields, and what is wrong with them."""
    values: dict[str, Any] = {}
    wrong = []
    for one in fields(KINDS[kind]):
        text = cells.get(one.name, "")
        if not text:
            if one.default is MISSING and one.name in COLUMNS:
                wrong.append(f"it needs {one.name} ({COLUMNS[one.name][0]})")
        elif one.name in _NUMBERS:
            values[one.name] = numbers[one.name]
            if np.isnan(values[one.name]):
                wrong.append(f"{one.name} {text!r} is no number")
        elif one.name == "signals":
            values[one.name] = text.casefold() in _YES
            if text.casefold() not in _YES | _NO:
                wrong.append(f"signals {text!r} is neither yes (是) nor no (否)")
        elif one.name == "access":
            values[one.name] = access_of(text) or text
        else:
            values[one.name] = text
    return values, wrong


def _placed(
    kind: str, shape: Any, values: Mapping[str, Any], without: str
) -> tuple[dict[str, Any], list[str]]:
    """Places of an action by the names of its fields, and what is wrong with them."""
    wanted = {one.name: one.default is MISSING for one in fields(KINDS[kind])}
    if "start" in wanted:
        if shape is None or shapely.get_type_id(shape) != _LINE:
            drawn = without or ("nothing is drawn" if shape is None else f"a {shape.geom_type} is")
            return {}, [f"it needs a line from one side to the other; {drawn}"]
        ends = shapely.get_coordinates(shape)
        return {"start": tuple(ends[0].tolist()), "end": tuple(ends[-1].tolist())}, []
    if "at" not in wanted:
        return {}, []
    if shape is not None and shapely.get_type_id(shape) == _POINT:
        return {"at": (shape.x, shape.y)}, []
    if shape is not None:
        return {}, [f"it needs a point; a {shape.geom_type} is drawn"]
    named = any(values.get(name) for name in ("gate_id", "wall_id", "compound_id"))
    if wanted["at"] or not named:
        return {}, [f"it needs a point; {without or 'nothing is drawn'}"]
    return {}, []
