"""An inspection as short lines of text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lifecircle.inputs.header_names import DENSITY
from lifecircle.inputs.inspection_barrier_words import (
    access_words,
    built_words,
    osm_barriers_words,
    walled_words,
)
from lifecircle.inputs.inspection_street_words import (
    UNCHECKED,
    class_lengths,
    finding_sentences,
    link_words,
)
from lifecircle.inputs.inspection_words import (
    FORMATS,
    KINDS,
    LABELS,
    LANGUAGES,
    REASONS,
    SHAPES,
    listed,
    padded,
    sentence,
)
from lifecircle.inputs.text import column_key
from lifecircle.standards.catalog import service_name

_MOST_LETTERS = 300
_SHOWN_FINDINGS, _SHOWN_LINKS = 10, 7
# Ids, codes, heights, storeys, ratios, years and places do not add up.
_NO_AMOUNT = re.compile(
    r"id$|^id|code|^cod|postal|number|node|way$|bbx|bbox|height|levels?$|floors?$|rate|ratio|^far$"
    r"|^lon|^lat|^lng|lon$|lat$|lng$|^[xyz]$|year|rank|编号|编码|代码|邮编|序号|高度|楼高|层|率|年|经度|纬度|电话|号$"
)
_USES = {
    "units": "lc.read_units({0}{1})",
    "facilities": "lc.read_facilities({0}{1})",
    "residents": "lc.read_residents({0}{1})",
    "streets": "lc.read_walk_network({0}{1})",
    "buildings": "lc.residents_from_buildings({0}, units{1})",
    "compounds": "lc.read_compounds({0}{1})",
    "walls": "lc.read_walls({0}{1})",
    "gates": "lc.read_gates({0}{1})",
    "openstreetmap": "lc.read_walk_network({0}), lc.read_facilities({0}), "
    "lc.read_osm_buildings({0})",
}


def describe(found: Any, language: str) -> str:
    """Lines that say what a file is, what is wrong with it, and what to do.

    Parameters
    ----------
    found
        An :class:`lifecircle.inputs.inspection.Inspection`.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str

    Examples
    --------
    >>> from lifecircle.inputs.inspection import Inspection
    >>> print(describe(Inspection("poi.csv", ".csv", "facilities", rows=2), "zh"))
    poi.csv
      文件    CSV 表格，2 行
      看起来  设施
      用法    lc.read_facilities("poi.csv")
    """
    place = LANGUAGES.index(language)
    lines = _lines(found, language)
    labels = [LABELS[label][place] for label, _ in lines]
    width = max(_width(label) for label in labels)
    text = [_shown(found.file)]
    text += [
        f"  {padded(label, width)}  {line}" for label, (_, line) in zip(labels, lines, strict=True)
    ]
    told = [sentence(code, facts, language) for code, facts in found.problems]
    findings = finding_sentences(found.findings, language)
    told += findings[:_SHOWN_FINDINGS]
    for number, (what, remedy) in enumerate(told, 1):
        text += [f"  {number}. {_cut(what)}", f"     → {_cut(remedy)}"]
    if len(findings) > _SHOWN_FINDINGS:
        more = len(findings) - _SHOWN_FINDINGS
        text.append(f"  … 另有 {more:,} 条" if language == "zh" else f"  … and {more:,} more")
    for row in (found.repairs or ())[:_SHOWN_LINKS]:
        text.append(f"  + {_cut(link_words(row, language))}")
    if len(found.repairs or ()) > _SHOWN_LINKS:
        more = len(found.repairs) - _SHOWN_LINKS
        text.append(f"  … 另有 {more:,} 处" if language == "zh" else f"  … and {more:,} more")
    return "\n".join(text)


def _lines(found: Any, language: str) -> list[tuple[str, str]]:
    """Label and line of everything but the problems."""
    if found.error:
        return [("error", _shown(found.error))]
    chinese = language == "zh"
    unknown, noise = (found.reading.get(name, {}) for name in ("unknown_classes", "noise"))
    every = [
        ("file", _file(found, language)),
        ("kind", _kind(found, language)),
        ("extent", _extent(found, chinese=chinese)),
        ("system", _system(found, chinese=chinese)),
        ("layers", listed(map(_shown, found.layers), language)),
        ("columns", _columns(found.columns_taken, language)),
        ("others", listed(map(_shown, found.other_columns), language, 8)),
        ("classes", _tally(found.classes, language, 8)),
        ("numbers", _numbers(found, language)),
        ("counts", _counts(found.counts, language, measured=not found.streets)),
        ("access", access_words(found.reading.get("access", {}), language)),
        ("walled", walled_words(found.reading.get("walled", {}), language)),
        ("barriers", osm_barriers_words(found.counts.get("barriers", {}), language)),
        ("streets", _streets(found.streets, language)),
        ("read", "" if found.streets else _reading(found.reading, language)),
        ("unknown_classes", _tally(_said(unknown, language), language, 12)),
        ("noise", _tally(_said(noise, language), language, 8)),
        ("use", _use(found)),
        ("beside", listed(map(_shown, found.streets.get("beside", ())), language)),
        ("unchecked", _unchecked(found.streets, language)),
        ("built", built_words(found.streets.get("barriers", {}), language)),
        ("diagnosis", _diagnosis(found, chinese=chinese)),
        ("repairs", _repairs(found.repairs, chinese=chinese)),
        *(("notes", _cut(note)) for note in found.notes),
    ]  # fmt: skip
    return [(label, line) for label, line in every if line]


def _file(found: Any, language: str) -> str:
    """Format, encoding, rows."""
    chinese = language == "zh"
    name = FORMATS.get(found.format, (found.format, found.format))[LANGUAGES.index(language)]
    parts = [name]
    if found.encoding:
        parts.append(
            f"{found.encoding.upper()} 编码" if chinese else f"in {found.encoding.upper()}"
        )
    if found.rows is not None:
        parts.append(f"{found.rows:,} 行" if chinese else f"{found.rows:,} rows")
    return ("，" if chinese else ", ").join(part for part in parts if part)


def _kind(found: Any, language: str) -> str:
    """Kind of table, and its shapes."""
    if found.layers:
        return ""
    place = LANGUAGES.index(language)
    names = {kind: SHAPES.get(kind, (kind, kind))[place] for kind in found.shapes}
    shapes = listed((f"{names[kind]} {rows:,}" for kind, rows in found.shapes.items()), language)
    kind = KINDS[found.kind][place]
    return f"{kind}{'：' if language == 'zh' else ': '}{shapes}" if shapes else kind


def _extent(found: Any, *, chinese: bool) -> str:
    """Extent in degrees and kilometres, and whether it is in China."""
    if found.bounds is None:
        return ""
    west, south, east, north = found.bounds
    across, along = found.size_km
    size = " × ".join(_number(km) if km >= 100 else f"{km:.3g}" for km in (across, along))
    if chinese:
        where = "在中国境内" if found.in_china else "不在中国境内"
        lon, lat = f"经度 {west:.4f} 至 {east:.4f}", f"纬度 {south:.4f} 至 {north:.4f}"
        return f"{lon}，{lat}，约 {size} 公里，{where}"
    where = "in China" if found.in_china else "not in China"
    return f"lon {west:.4f} to {east:.4f}, lat {south:.4f} to {north:.4f}, about {size} km, {where}"


def _system(found: Any, *, chinese: bool) -> str:
    """System as stated and as it looks."""
    if found.bounds is None and not found.stated and not found.looks:
        return ""
    if chinese:
        stated = f"声明为 {found.stated}" if found.stated else "未声明"
        return f"{stated}；看起来是 {found.looks}" if found.looks else stated
    stated = f"stated as {found.stated}" if found.stated else "not stated"
    return f"{stated}; looks like {found.looks}" if found.looks else stated


def _columns(taken: Mapping[str, str], language: str) -> str:
    """Which column was taken for what."""
    return listed((f"{ours} ← {_shown(theirs)}" for ours, theirs in taken.items()), language)


def _tally(counts: Mapping[str, int], language: str, limit: int) -> str:
    """Names with how often they stand."""
    return listed(
        (f"{_shown(name)} × {count:,}" for name, count in counts.items()), language, limit
    )


def _said(counts: Mapping[str, int], language: str) -> dict[str, int]:
    """Services, and reasons alone or behind a class, in the language that is asked for."""
    if language != "zh":
        return dict(counts)
    said: dict[str, int] = {}
    for name, count in counts.items():
        whole, _, reason = name.partition(" (")
        if reason.removesuffix(")") in REASONS:
            text = f"{whole}（{REASONS[reason.removesuffix(')')]}）"
        else:
            text = REASONS.get(name, service_name(name))
        said[text] = said.get(text, 0) + count
    return said


def _numbers(found: Any, language: str) -> str:
    """Columns of numbers with how many, from where to where, and the sum of what adds up.

    Ids, heights and ratios do not add up, and of units of several levels nothing does.
    """
    numbers = found.numbers
    amounts = {column for column in numbers if not _NO_AMOUNT.search(column_key(column))}
    if found.kind == "units" and "level" in found.columns_taken:
        amounts = set()
    chinese = language == "zh"
    parts = []
    for column, one in list(numbers.items())[:5]:
        span = f"{_number(one['least'])}–{_number(one['most'])}"
        total = f"{one['sum']:,.0f}"
        both = (f"，合计 {total}", f", sum {total}") if column in amounts else ("", "")
        parts.append(
            f"{_shown(column)} {one['filled']:,} 个（{span}{both[0]}）"
            if chinese
            else f"{_shown(column)} {one['filled']:,} ({span}{both[1]})"
        )
    return listed(parts, language)


def _number(value: float) -> str:
    """Number as people write it."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _streets(streets: Mapping[str, Any], language: str) -> str:
    """How much street there is, and of which classes."""
    if not streets:
        return ""
    nodes, edges = streets["nodes"], streets["edges"]
    km, classes = streets["length_km"], class_lengths(streets["classes_km"], language)
    if language == "zh":
        return f"{edges:,} 段、{nodes:,} 个节点，共 {km:,.1f} 公里：{classes}"
    return f"{edges:,} edges between {nodes:,} nodes, {km:,.1f} km: {classes}"


def _unchecked(streets: Mapping[str, Any], language: str) -> str:
    """What nobody can know without the tables."""
    place = LANGUAGES.index(language)
    return listed((UNCHECKED[one][place] for one in streets.get("unchecked", ())), language)


def _diagnosis(found: Any, *, chinese: bool) -> str:
    """Whether anything is wrong with the streets."""
    if not found.streets:
        return ""
    count = len(finding_sentences(found.findings, "zh" if chinese else "en"))
    if chinese:
        return f"{count} 类问题，列在下面" if count else "没有发现问题"
    kinds = "1 kind of finding" if count == 1 else f"{count} kinds of findings"
    return f"{kinds}, listed below" if count else "nothing found"


def _repairs(repairs: Any, *, chinese: bool) -> str:
    """What repair would do."""
    if repairs is None:
        return ""
    metres = sum(row["length_m"] for row in repairs)
    if chinese:
        if not repairs:
            return "1 米以内没有可接的断头"
        return f"repair=True 会接上 {len(repairs):,} 处，共 {metres:,.1f} 米，列在最后"
    if not repairs:
        return "no street ends within 1 m of another"
    return f"repair=True would make {len(repairs):,}, together {metres:,.1f} m, listed last"


def _counts(counts: Mapping[str, Any], language: str, *, measured: bool) -> str:
    """What OpenStreetMap data or a raster holds."""
    chinese = language == "zh"
    parts = []
    if counts.get("streets"):
        ways = _tally(counts["streets"], language, 6)
        total = sum(counts["streets"].values())
        parts.append(
            f"可步行道路 {total:,} 条（{ways}）" if chinese else f"{total:,} walkable ways ({ways})"
        )
    if counts.get("street_km") and measured:
        parts.append(f"{counts['street_km']:,.1f} {'公里' if chinese else 'km'}")
    if "services" in counts:
        total = sum(counts["services"].values())
        kinds = (
            f"（{_tally(counts['services'], language, 5)}）"
            if chinese
            else f" ({_tally(counts['services'], language, 5)})"
        )
        parts.append(
            (f"设施 {total:,} 处" if chinese else f"{total:,} facilities")
            + (kinds if total else "")
        )
    if "buildings" in counts:
        with_levels = counts["buildings_with_levels"]
        parts.append(
            f"建筑 {counts['buildings']:,} 栋（{with_levels:,} 栋有层数）"
            if chinese
            else f"{counts['buildings']:,} buildings ({with_levels:,} with levels)"
        )
    if "width" in counts:
        parts.append(f"{counts['width']} × {counts['height']} {'像元' if chinese else 'cells'}")
    if "sum" in counts:
        span = f"{_number(counts['least'])}–{_number(counts['most'])}"
        parts.append(
            f"{span}，合计 {counts['sum']:,.0f}" if chinese else f"{span}, sum {counts['sum']:,.0f}"
        )
    return ("；" if chinese else "; ").join(parts)


def _reading(reading: Mapping[str, Any], language: str) -> str:
    """What the reader made of it."""
    chinese = language == "zh"
    parts = []
    if "rows" in reading:
        parts.append(f"{reading['rows']:,} 条" if chinese else f"{reading['rows']:,} rows")
    if "edges" in reading:
        parts.append(
            f"{reading['edges']:,} 段，{reading['length_km']:,.1f} 公里"
            if chinese
            else f"{reading['edges']:,} edges, {reading['length_km']:,.1f} km"
        )
    if "people" in reading:
        parts.append(
            f"{reading['people']:,.0f} 人" if chinese else f"{reading['people']:,.0f} people"
        )
    if reading.get("taxonomy"):
        parts.append(
            f"分类体系 {reading['taxonomy']}" if chinese else f"classes of {reading['taxonomy']}"
        )
    if reading.get("services"):
        parts.append(_tally(_said(reading["services"], language), language, 8))
    if reading.get("merged"):
        parts.append(
            f"合并 {_amount(reading['merged'])} 行"
            if chinese
            else f"{_amount(reading['merged'])} rows merged"
        )
    return ("，" if chinese else ", ").join(parts)


def _use(found: Any) -> str:
    """What to call next."""
    call = _USES.get(found.kind)
    if call is None:
        return ""
    option = f', coordinates="{found.looks}"' if found.looks else ""
    if found.kind == "compounds" and any(column_key(one) in DENSITY for one in found.other_columns):
        call += ", lc.residents_from_buildings({0}, units{1})"
    if any(found.counts.get("barriers", {}).get(role) for role in ("compounds", "walls", "gates")):
        call += ", lc.read_osm_barriers({0})"
    return call.format(f'"{_shown(found.file)}"', option)


def _amount(merged: Any) -> str:
    """How many rows were merged, whether it is told by rule or in one."""
    return f"{sum(merged.values()) if isinstance(merged, Mapping) else merged:,}"


def _width(label: str) -> int:
    """Width of a label; Chinese is two wide."""
    return len(label) if label.isascii() else 2 * len(label)


def _shown(text: Any) -> str:
    """Text of a file on one line, without what would move the cursor."""
    return "".join(char if char.isprintable() else " " for char in str(text))


def _cut(text: str) -> str:
    """Text on one line, at most so long."""
    line = _shown(text)
    return line if len(line) <= _MOST_LETTERS else line[:_MOST_LETTERS] + " …"
