"""Records: what offices count on the spot, from a long table or one with a column a record."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from lifecircle.errors import InputError, some
from lifecircle.inputs.layers import Source, open_table
from lifecircle.inputs.text import take_columns
from lifecircle.standards.records import known_records
from lifecircle.tables.findings import origin, tell
from lifecircle.tables.records import RECORD_COLUMNS, check_records, find_name, nearest_names

_SYNONYMS = {
    "unit_id": (
        "单元编号", "社区编号", "单元代码", "社区代码", "编号", "id", "单元", "社区", "社区名称",
        "单元名称", "生活圈", "名称", "name",
    ),
    "record": ("指标", "项目", "记录", "指标名称", "项目名称", "记录名称", "item"),
    "value": ("数值", "值", "数量", "结果", "情况"),
    "unit": ("单位", "计量单位"),
    "year": ("年份", "年度", "年"),
    "source": ("来源", "数据来源", "备注来源"),
}  # fmt: skip
_BRACKETS = re.compile(r"(.+?)\s*[（(]([^（()）]+)[)）]")


def read_records(
    path: Source,
    *,
    units: pd.DataFrame | None = None,
    columns: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Records of a table: parking spaces, lifts, property service and the like.

    Parameters
    ----------
    path
        ``.csv`` or ``.xlsx``, or a frame, which is not changed. Long: one row per unit and record,
        with ``unit_id``, ``record``, ``value`` and, where known, ``unit``, ``year`` and ``source``.
        Wide: one row per unit (and year), one column per record; columns that are no records are
        left out and told. Chinese names of columns and records are understood; yes and no may be
        有/无 or 是/否.
    units
        Units of the study; rows may then name a unit by its id or its name, and no other.
    columns
        Column of the table → lifecircle's name, where the names do not say it.

    Returns
    -------
    DataFrame
        One row per unit, record and year: ``unit_id``, ``record``, ``value`` (1 and 0 for yes and
        no), ``unit``, ``year``, ``source``. Cells in which nothing stands are left out: unknown.

    Raises
    ------
    InputError
        Or its kinds; all problems of the table at once.

    Examples
    --------
    >>> wide = pd.DataFrame({"社区": ["U1", "U2"], "电梯": [22, ""], "物业服务": ["有", "无"]})
    >>> read_records(wide)[["unit_id", "record", "value"]].values.tolist()
    [['U1', 'lifts', 22.0], ['U1', 'property_management', 1.0], ['U2', 'property_management', 0.0]]
    """
    raw = open_table(path, table="records")
    known = known_records()
    synonyms = {
        ours: tuple(name for name in others if name not in (columns or {}))
        for ours, others in _SYNONYMS.items()
    }
    table = take_columns(raw, synonyms, table="records", columns=columns, places=())
    problems: list[InputError] = []
    if "record" not in table or "value" not in table:
        table = _long(table, known, problems)
    try:
        checked = check_records(table, units=units, known=known)
    except InputError as error:
        if not problems:
            raise
        problems.append(error)
    if problems:
        told = "\n".join(str(error) for error in problems)
        raise problems[0] if len(problems) == 1 else InputError(told)
    return checked


def _long(table: pd.DataFrame, known: pd.DataFrame, problems: list[InputError]) -> pd.DataFrame:
    """One row per record of a table with one column per record; others are left out and told."""
    kept = [name for name in ("unit_id", "year", "source") if name in table]
    names = {*RECORD_COLUMNS, "geometry", *_SYNONYMS["unit_id"]}
    others = [name for name in table.columns if name not in names]
    parted = {name: _without_unit(str(name)) for name in others}
    found = {name: find_name(name, known) or find_name(parted[name][0], known) for name in others}
    strange = [name for name, record in found.items() if not record]
    taken = [name for name, record in found.items() if record]
    if not taken:
        hint = "" if not strange else f" Not known: {nearest_names(strange, known)}."
        raise InputError(
            "records: give a column record and a column value, or one column per record under a "
            f"name of the catalogue. Columns found: {some(table.columns, 30)}.{hint} "
            "lifecircle.standards.records.known_records() lists the names, in Chinese and English."
        )
    if strange:
        tell(
            f"records: {len(strange)} of {len(others)} columns are no records and are left out: "
            f"{nearest_names(strange, known)}. Rename those that are meant; "
            "lifecircle.standards.records.known_records() lists the names."
        )
    twice = pd.Series([found[name] for name in taken])
    if twice.duplicated().any():
        again = [name for name in taken if (twice == found[name]).sum() > 1]
        problems.append(
            InputError(
                f"records: the columns {some(again)} are one and the same record. Keep one of them."
            )
        )
        taken = [name for name, more in zip(taken, twice.duplicated(), strict=True) if not more]
    parts = [
        table[kept].assign(record=found[name], value=table[name], unit=parted[name][1])
        for name in taken
    ]
    long = pd.concat([part.astype({"value": object}) for part in parts], ignore_index=True)
    long.attrs["lifecircle"] = origin(table)
    return long


def _without_unit(name: str) -> tuple[str, str]:
    """Name of a column and the unit that stands behind it in brackets."""
    found = _BRACKETS.fullmatch(name.strip())
    return (found[1], found[2]) if found else (name, "")
