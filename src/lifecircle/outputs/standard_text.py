"""A standard as text: each row with its clause and figures; those to be verified are marked."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from lifecircle.errors import InputError
from lifecircle.outputs.whole_files import write_text
from lifecircle.standards.catalog import service_name
from lifecircle.standards.figures import verify_mark
from lifecircle.standards.indicators import find_indicators, indicator_systems
from lifecircle.standards.parts import GRAMMAR
from lifecircle.standards.standard import Standard, confidence_of, find_standard, standards, tiers

_ZH = {
    "mandatory": "应配（必备）",
    "optional": "可选",
    "": "",
    "walk_minutes": "步行 {} 分钟",
    "service_radius_m": "服务半径 {} m",
    "min_floor_area_m2": "建筑面积 ≥ {} ㎡",
    "min_site_area_m2": "用地 ≥ {} ㎡",
    "floor_area_m2_range": "建筑面积 {}~{} ㎡",
    "site_area_m2_range": "用地 {}~{} ㎡",
    "counts_from_m2": "只计用地 ≥ {} ㎡ 的",
    "counts_below_m2": "其中 ≥ {} ㎡ 的属上一级",
    "service_population": "每 {} 人 1 处",
    "only_above": "{} 人以上的 1 处",
    "per_1000": "每千{} ≥ {} {}",
    "target_share": "覆盖 ≥ {} %",
    "people": "人",
    "elderly": "老人",
    "children": "儿童",
    "households": "户",
    "capacity": "个（床位、座位、车位）",
    "floor_area_m2": "㎡建筑面积",
    "site_area_m2": "㎡用地",
    "facilities": "处",
    "total": "（合计）",
    "no_figure": "无数值规定",
    "tier": "{} 级",
    "every": "不分级",
    "remarks": "说明",
    "tiers": "分级（按人口与按用地各自判断；各级设施非包含，上级须同时配齐下级）",
    "population": "{:,.0f}~{:,.0f} 人",
    "area": "用地 {:g}~{:g} 公顷",
    "minutes": "步行 {:g} 分钟（{:g} m）",
    "sources": "来源：{}",
    "seen": "",
    "derived": "推导",
    "memory_sure": "凭记忆",
    "memory_unsure": "凭记忆，不确定",
    "own": "自定",
    "legend": "未标“待核”的数字已见于所列来源；标“待核 / to be verified”的须对照正式出版的标准"
    "核实后才能作为依据。",
    "list": "其余用法：lifecircle standards show 代号 [--sources] [--out 表.csv]",
    "separator": "、",
}
_EN = {
    "mandatory": "mandatory",
    "optional": "optional",
    "": "",
    "walk_minutes": "walk of {} min",
    "service_radius_m": "radius {} m",
    "min_floor_area_m2": "floor ≥ {} m²",
    "min_site_area_m2": "site ≥ {} m²",
    "floor_area_m2_range": "floor {}–{} m²",
    "site_area_m2_range": "site {}–{} m²",
    "counts_from_m2": "only sites of {} m² or more count",
    "counts_below_m2": "those of {} m² or more for the tier above",
    "service_population": "1 per {} people",
    "only_above": "1 where more than {} people live",
    "per_1000": "per 1000 {} ≥ {} {}",
    "target_share": "coverage ≥ {} %",
    "people": "people",
    "elderly": "elderly",
    "children": "children",
    "households": "households",
    "capacity": "places",
    "floor_area_m2": "m² of floor",
    "site_area_m2": "m² of site",
    "facilities": "facilities",
    "total": " (in all)",
    "no_figure": "no figure",
    "tier": "tier {}",
    "every": "any size",
    "remarks": "Remarks",
    "tiers": "Tiers (by people and by land, each for itself; not inclusive: the upper asks for the "
    "lower ones' facilities too)",
    "population": "{:,.0f}–{:,.0f} people",
    "area": "{:g}–{:g} ha",
    "minutes": "walk of {:g} min ({:g} m)",
    "sources": "Source: {}",
    "seen": "",
    "derived": "derived",
    "memory_sure": "from memory",
    "memory_unsure": "from memory, unsure",
    "own": "own",
    "legend": "Figures without a mark were seen in the sources listed; those marked 待核 / to be "
    "verified must be checked against the printed standard before they decide anything.",
    "list": "More: lifecircle standards show CODE [--sources] [--out rows.csv]",
    "separator": ", ",
}
_SHOWN = (
    "walk_minutes",
    "service_radius_m",
    "min_floor_area_m2",
    "min_site_area_m2",
    "counts_from_m2",
    "counts_below_m2",
    "service_population",
    "per_1000",
    "target_share",
)


def list_standards(language: str = "zh") -> str:
    """Codes and titles of the packaged standards.

    Parameters
    ----------
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str
        One line each.

    Examples
    --------
    >>> list_standards("en").splitlines()[0].split()[0]
    'GB50180-2018'
    """
    table = standards()
    wide = max(len(code) for code in table.index)
    names = table["name_zh" if language == "zh" else "name_en"]
    lines = [f"{code:<{wide}}  {name}" for code, name in names.items()]
    return "\n".join([*lines, (_ZH if language == "zh" else _EN)["list"]])


def describe_standard(
    standard: str | Standard, *, language: str = "zh", sources: bool = False
) -> str:
    """All rows of a standard as text, one line each.

    Parameters
    ----------
    standard
        Code or alias, or a planner's own.
    language
        ``"zh"`` or ``"en"``.
    sources
        Tell where each row was seen.

    Returns
    -------
    str
        Every figure whose confidence is not ``seen`` carries the mark 待核 / to be verified.

    Raises
    ------
    UnknownNameError
        If there is no such standard.

    Examples
    --------
    >>> print(describe_standard("GB55013-2021", language="en").splitlines()[4])
      public toilet · mandatory · radius 300 m  [5.0.1]
    """
    law = find_standard(standard)
    text = _ZH if language == "zh" else _EN
    lines = [
        f"{law.code}  {law.name(language)}",
        *([f"  {note}"] if (note := law.note(language)) else []),
    ]
    lines += _tier_lines(law, text)
    rows = law.rows().to_dict("records")
    for tier in dict.fromkeys(str(row["tier"]) for row in rows):
        lines.append(text["tier"].format(tier) if tier else text["every"])
        for row in rows:
            if row["tier"] != tier:
                continue
            lines.append(f"  {_row_line(row, text, language)}")
            if sources:
                lines += [f"      {part}" for part in _sources(row, text, language)]
    remarks = law.table[law.table["item_id"].str.startswith("_")]
    if len(remarks):
        lines.append(text["remarks"])
        lines += [f"  {_remark(row)}" for row in remarks.to_dict("records")]
    return "\n".join([*lines, text["legend"]])


def write_standard(standard: str | Standard, path: str | os.PathLike[str]) -> Path:
    """Rows of a standard as a CSV that a planner can edit and hand in as his own.

    Parameters
    ----------
    standard
        Code or alias.
    path
        File that ends in ``.csv`` and is not there yet: what was edited is not written over.

    Returns
    -------
    Path

    Raises
    ------
    UnknownNameError
        If there is no such standard.
    InputError
        If the file is there, has another ending, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> path = write_standard("GB55013-2021", Path(tempfile.mkdtemp()) / "rows.csv")
    >>> len(path.read_text(encoding="utf-8-sig").splitlines())
    3
    """
    return _write_rows(find_standard(standard).table, path)


def list_indicator_systems(language: str = "zh") -> str:
    """Codes and titles of the packaged systems of indicators, and how their parts are written.

    Parameters
    ----------
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str

    Examples
    --------
    >>> list_indicator_systems("en").splitlines()[0].split()[0]
    'complete-community-2020'
    """
    names = indicator_systems()[f"name_{language}"].astype("str")
    wide = max(len(code) for code in names.index)
    lines = [f"{code!s:<{wide}}  {name!s}" for code, name in names.items()]
    return "\n".join([*lines, "", GRAMMAR.rstrip()])


def describe_indicators(system: str, *, language: str = "zh") -> str:
    """A system of indicators as text, block by block.

    Parameters
    ----------
    system
        Code.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str
        Every indicator whose figures were not seen carries the mark 待核 / to be verified.

    Raises
    ------
    UnknownNameError
        If there is no such system.

    Examples
    --------
    >>> print(describe_indicators("rhyme-15").splitlines()[1])
    菜食住行购
    """
    found = find_indicators(system)
    text = _ZH if language == "zh" else _EN
    lines = [f"{found.code}  {indicator_systems().at[found.code, f'name_{language}']!s}"]
    table = found.table
    for block in dict.fromkeys(str(name) for name in table[f"block_{language}"]):
        lines.append(block)
        for row in table[table[f"block_{language}"] == block].to_dict("records"):
            mark = _mark(str(row["confidence"]), text)
            lines.append(
                f"  {row['indicator_id']}  {row[f'indicator_{language}']} · {row['parts']}"
                f"  [{row['clause']}]{mark}"
            )
    return "\n".join(lines)


def write_indicators(system: str, path: str | os.PathLike[str]) -> Path:
    """A system of indicators as a CSV that a planner can edit and hand in as his own.

    Parameters
    ----------
    system
        Code.
    path
        File that ends in ``.csv`` and is not there yet.

    Returns
    -------
    Path

    Raises
    ------
    UnknownNameError
        If there is no such system.
    InputError
        If the file is there, has another ending, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> path = write_indicators("rhyme-15", Path(tempfile.mkdtemp()) / "ours.csv")
    >>> len(path.read_text(encoding="utf-8-sig").splitlines())
    16
    """
    return _write_rows(find_indicators(system).table, path)


def _write_rows(table: pd.DataFrame, path: str | os.PathLike[str]) -> Path:
    """Rows to edit; never over what was edited."""
    target = Path(path)
    if target.suffix.lower() != ".csv":
        raise InputError(f"{target}: end the name of the file in .csv; Excel opens it.")
    if target.exists():
        raise InputError(
            f"{target}: is there already, and perhaps edited. Choose another name, or delete it."
        )
    return write_text(table.to_csv(index=False, lineterminator="\r\n"), path)


def _tier_lines(law: Standard, text: Mapping[str, str]) -> list[str]:
    sized = tiers(law)
    sized = sized[sized["population_min"].notna()]
    lines = [text["tiers"]] if len(sized) else []
    for row in sized.to_dict("records"):
        sure = row["figure_confidence"].get("area_min_ha", row["confidence"])
        parts = [text["population"].format(row["population_min"], row["population_max"])]
        if not math.isnan(row["minutes"]):
            parts.insert(0, text["minutes"].format(row["minutes"], row["radius_m"]))
        if not math.isnan(row["area_min_ha"]):
            area = text["area"].format(row["area_min_ha"], row["area_max_ha"])
            parts.append(_marked(area, str(sure), text))
        lines.append(f"  {row['tier']}  {text['separator'].join(parts)}  [{row['clause']}]")
    return lines


def _row_line(row: Mapping[Any, Any], text: Mapping[str, str], language: str) -> str:
    name = str(row["item_zh" if language == "zh" else "item_en"])
    name = name or service_name(str(row["service"]), language)
    figures = [_figure(row, figure, text) for figure in _SHOWN if row[f"{figure}_text"]]
    sure = {one: confidence_of(row, one) for one in _SHOWN if row[f"{one}_text"]}
    alike = len(set(sure.values())) <= 1
    marked = [
        figure if alike else _marked(figure, confidence, text)
        for figure, confidence in zip(figures, sure.values(), strict=True)
    ]
    whole = next(iter(sure.values()), confidence_of(row, "mandatory"))
    parts = [name, text[str(row["mandatory"])], text["separator"].join(marked) or text["no_figure"]]
    line = " · ".join(part for part in parts if part) + f"  [{row['clause']}]"
    return f"{line}{_mark(whole, text)}" if alike else line


def _figure(row: Mapping[Any, Any], figure: str, text: Mapping[str, str]) -> str:
    shown = str(row[f"{figure}_text"])
    if figure == "per_1000":
        of, unit = text[row["per_1000_of"]], text[row["per_1000_in"]]
        return text["per_1000"].format(of, f"{row['per_1000']:g}", unit)
    if figure == "target_share":
        return text["target_share"].format(f"{row['target_share'] * 100:g}")
    in_all = row["area_of"] == "total" and figure.startswith("min_")
    largest = str(row.get(f"{figure.replace('min_', 'max_')}_text", ""))
    if figure.startswith("min_") and largest:
        return text[f"{figure.removeprefix('min_')}_range"].format(shown, largest)
    if figure == "service_population" and shown.startswith(">"):
        return text["only_above"].format(shown.lstrip(">= "))
    return text[figure].format(shown) + (text["total"] if in_all else "")


def _marked(figure: str, confidence: str, text: Mapping[str, str]) -> str:
    return f"{figure}{_mark(confidence, text)}"


def _mark(confidence: str, text: Mapping[str, str]) -> str:
    mark = verify_mark(confidence)
    return f"（{mark}：{text[confidence]}）" if mark else ""


def _sources(row: Mapping[Any, Any], text: Mapping[str, str], language: str) -> list[str]:
    note = [str(row["note_zh"])] if language == "zh" and row["note_zh"] else []
    return [*note, text["sources"].format(row["source"] or "—")]


def _remark(row: Mapping[Any, Any]) -> str:
    line = f"{row['item_zh']}：{row['note_zh'] or row['walk_minutes'] or row['service_radius_m']}"
    mark = verify_mark(str(row["confidence"]))
    return line + (f"（{mark}）" if mark else "")
