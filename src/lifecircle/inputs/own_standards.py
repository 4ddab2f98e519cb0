"""A planner's own standard: local rules in the columns of the packaged ones."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from lifecircle.errors import did_you_mean, some
from lifecircle.inputs.layers import open_table
from lifecircle.inputs.own_classes import service_words, word_key
from lifecircle.standards import catalog
from lifecircle.standards.rows import COLUMNS, FIGURES, check_rows
from lifecircle.standards.standard import Standard, find_standard, standards
from lifecircle.tables.findings import tell
from lifecircle.tables.values import is_blank

_MANDATORY = dict.fromkeys(("应配", "应配建", "必配", "必备", "应配（必备）", "▲"), "mandatory")
_MANDATORY |= dict.fromkeys(("可选", "选配", "宜配", "△"), "optional")


def read_standard(path: str | os.PathLike[str], *, name: str = "") -> Standard:
    r"""Standard of a planner's own: a CSV or Excel table in the columns of the packaged ones.

    ``lifecircle standards show GB50180-2018 --out rows.csv`` writes a table to begin with.

    Parameters
    ----------
    path
        The table, one row per clause, tier and facility. The columns ``standard``, ``clause``,
        ``tier``, ``item_id``, ``mandatory``, ``walk_minutes``, ``service_radius_m``,
        ``min_floor_area_m2``, ``min_site_area_m2``, ``service_population``, ``per_1000``,
        ``confidence`` and ``source`` must be there, cells may be empty. Tiers have the sizes of
        the packaged standard that most rows come from, else those named as in GB 50180 (``block``,
        ``5min``, ``10min``, ``15min``) its sizes; others concern every unit. Services may have
        their Chinese names, ``mandatory`` may be 应配 or 可选. A figure that differs from the
        packaged row of the same clause and source is the planner's own.
    name
        Title; that in the column ``standard``, else the name of the file, if not given.

    Returns
    -------
    Standard

    Raises
    ------
    MissingColumnError
        If columns are missing.
    UnknownServiceError
        If items are not in the catalogue; the nearest are offered.
    InputError
        If the file cannot be read, or something stands where a number belongs.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "ours.csv"
    >>> _ = path.write_text(
    ...     "standard,clause,tier,item_id,mandatory,walk_minutes,service_radius_m,"
    ...     "min_floor_area_m2,min_site_area_m2,service_population,per_1000,confidence,source\n"
    ...     "区导则,3.2,,park,mandatory,10,500,,400,,,seen,区政府公报\n", encoding="utf-8")
    >>> read_standard(path)
    Standard 区导则: 区导则, 1 rows
    """
    frame = open_table(path, table="standard")
    text = frame.reindex(columns=list(frame.columns)).astype(object)
    for column in text.columns:
        blank = is_blank(text[column])
        text[column] = [
            "" if nothing else _plain(value)
            for value, nothing in zip(text[column], blank, strict=True)
        ]
    file = Path(path).name.partition("|")[0]
    rows, base = _changed(check_rows(_in_our_words(text), file), file)
    _doubt_tiers(rows, file)
    named = {one for one in rows["standard"] if one}
    code = name or (named.pop() if len(named) == 1 else Path(file).stem)
    rows["standard"] = rows["standard"].where(rows["standard"] != "", code)
    if code in standards().index:
        tell(
            f"{file}: its standard has the name of a packaged one ({code}); verdicts name it "
            f"{code}（{Path(file).stem}）."
        )
        code = f"{code}（{Path(file).stem}）"
        rows["standard"] = code
    return Standard(code, code, code, rows[list(COLUMNS)], base=base)


def _in_our_words(table: pd.DataFrame) -> pd.DataFrame:
    """Services and words as planners write them: 幼儿园, 应配."""
    words = service_words() | {word_key(name): item for item, name in _item_names().items()}
    known = {*catalog.services().index, *catalog.items().index}
    for column in ("item_id", "accepts"):
        if column in table:
            table[column] = [
                ";".join(
                    part
                    if part in known or part.startswith("_")
                    else words.get(word_key(part), part)
                    for part in re.split(r"\s*[;；]\s*", str(cell))
                )
                for cell in table[column]
            ]
    if "mandatory" in table:
        table["mandatory"] = [
            _MANDATORY.get(str(cell).strip(), cell) for cell in table["mandatory"]
        ]
    return table


def _item_names() -> dict[str, str]:
    return {str(item): str(name) for item, name in catalog.items()["name_zh"].items()}


def _changed(rows: pd.DataFrame, file: str) -> tuple[pd.DataFrame, str]:
    """Rows whose changed figures are the planner's own, and the standard that most come from."""
    packaged: dict[tuple[str, ...], list[dict[str, str]]] = {}
    origins: Counter[str] = Counter()
    for code in standards().index:
        for row in find_standard(code).table.to_dict("records"):
            packaged.setdefault(_place(row), []).append({str(k): str(v) for k, v in row.items()})
    told = []
    for place in range(len(rows)):
        row = {str(name): str(rows.at[place, name]) for name in rows.columns}
        alike = packaged.get(_place(row), [])
        if not alike:
            continue
        best = min(alike, key=lambda other: sum(row[name] != other[name] for name in FIGURES))
        origins[best["standard"]] += 1
        changed = [name for name in FIGURES if row[name] and row[name] != best[name]]
        if changed:
            kept = [part for part in row["figures"].split(";") if part]
            kept = [part for part in kept if part.partition("=")[0] not in changed]
            rows.loc[place, "figures"] = ";".join([*kept, *(f"{name}=own" for name in changed)])
            told.append(f"{row['item_id']} {', '.join(changed)}")
    if told:
        tell(
            f"{file}: {len(told)} rows have other figures than the packaged rows of the same "
            f"clause and source ({some(told)}). These figures count as the planner's own."
        )
    base, count = origins.most_common(1)[0] if origins else ("", 0)
    return rows, base if 2 * count >= len(rows) else ""


def _place(row: Mapping[Any, Any]) -> tuple[str, ...]:
    """What tells a row among all: clause, tier, item and source."""
    return tuple(str(row[name]) for name in ("clause", "tier", "item_id", "source"))


def _doubt_tiers(rows: pd.DataFrame, file: str) -> None:
    known = {tier for code in standards().index for tier in find_standard(code).table["tier"]}
    strange = rows.loc[~rows["tier"].isin(known), "tier"]
    if len(strange):
        shown = some(f"{tier!r}{did_you_mean(tier, known)}" for tier in strange.unique())
        tell(
            f"{file}: {len(strange)} rows are of tiers without a size ({shown}): they concern "
            "every unit. Tiers with sizes are block, 5min, 10min and 15min."
        )


def _plain(value: object) -> str:
    """Text of a cell; a spreadsheet's 300.0 is 300."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
