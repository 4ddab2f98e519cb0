"""The map of a comparison: before and after in one frame, parted by a line that is dragged."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.crs import WGS84
from lifecircle.outputs.findings import Findings
from lifecircle.outputs.legend import number_text
from lifecircle.outputs.mapping.basemaps import Tianditu, basemap_layers
from lifecircle.outputs.mapping.findings import findings_layers
from lifecircle.outputs.mapping.layers import facilities_layer, units_layer
from lifecircle.outputs.mapping.marks import Look, Marks
from lifecircle.outputs.mapping.residents import residents_layer
from lifecircle.outputs.maps import bounds_of, evaluation_subtitle, frame_data, offline_map
from lifecircle.outputs.packing import texts
from lifecircle.outputs.streets import streets_layer
from lifecircle.outputs.walls import walls_layer
from lifecircle.outputs.words import fill, words
from lifecircle.standards import catalog

if TYPE_CHECKING:
    from lifecircle.assessment.evaluation import Evaluation
    from lifecircle.planning.comparison import Comparison

_SIDES = ("completeness", "nearest", "group_nearest", "unmeasured", "is_any_unknown")
_COLOUR = "#6a1b9a"
_SHAPES = {"added": "square", "closed": "cross", "moved": "arrow", "changed": "ring"}


def map_comparison(
    comparison: Comparison,
    *,
    findings: Findings | None = None,
    title: str | None = None,
    data_sources: Sequence[str] = (),
    review_number: str = "",
    basemap: str | Tianditu = "none",
) -> folium.Map:
    """Map of a comparison: residents before on the left, after on the right of a line to drag.

    The line is moved with the mouse, a finger or the arrow keys. Residents are coloured by the
    required services within reach or by the minutes to the nearest of a service, on both sides
    alike; what the scenario changes is marked. Cards of units and residents show before, after and
    the change. It opens without a network, as :func:`lifecircle.map_evaluation`'s map does.

    Parameters
    ----------
    comparison
        From :func:`lifecircle.compare`.
    findings
        Sites, projects and openings to be drawn beside it. Its health check and shortfalls, if
        any, are those of the side before.
    title
        Above the map. Default: the name of the study.
    data_sources, review_number, basemap
        As :func:`lifecircle.map_evaluation` takes them.

    Returns
    -------
    folium.Map

    Raises
    ------
    UnknownNameError
        If the study's language is not ``"zh"`` or ``"en"``, or there is no such basemap.
    InputError
        If findings are of another evaluation, or a key of Tianditu is not one.

    Examples
    --------
    >>> import lifecircle as lc
    >>> canteen = lc.AddFacility("community_canteen", (112.9910, 28.1655))
    >>> page = map_comparison(lc.compare(lc.load_demo(), canteen)).get_root().render()
    >>> "方案前后对比" in page
    True
    """
    before, after = comparison.before.evaluation, comparison.after.evaluation
    study = after.study
    text = words(study.language)
    name = study.name.strip()
    key = "comparison_title" if name else "comparison_title_unnamed"
    bounds = bounds_of(after.units)
    sample = text["sample"] if study.sample else ""
    layers = findings_layers(findings, before)
    changes = _changes(comparison, text)
    data = {
        **frame_data(
            study.language,
            title or fill(text[key], {"name": name}),
            bounds,
            data_sources or [sample],
            review_number,
        ),
        "subtitle": _subtitle(comparison, text),
        "sample": sample,
        "warnings": [str(warning) for warning in comparison.warnings],
        **streets_layer(study.network.edges_frame(), bounds, text),
        **walls_layer(study.network, text),
        "units": _units(comparison, text),
        "coverage_title": text["within_both"],
        "coverage_heads": [text["service"], text["before"], text["after"], text["change"]],
        "facilities": facilities_layer(_unchanged(after, comparison)),
        "residents": _residents(before, after, text),
        "swipe": True,
        **layers,
        "marks": [*([changes.packed()] if changes is not None else []), *layers["marks"]],
        "basemap": basemap_layers(basemap, text, study.language),
    }
    return offline_map(data)


def _subtitle(comparison: Comparison, text: Mapping[str, str]) -> str:
    """The scenario, then what the subtitle of an evaluation says."""
    scenario = comparison.scenario
    name = scenario.name.strip() if scenario is not None else ""
    said = [fill(text["scenario"], {"name": name})] if name else []
    return " · ".join([*said, evaluation_subtitle(comparison.after.evaluation)])


def _unchanged(after: Evaluation, comparison: Comparison) -> Evaluation:
    """What stands on both sides alike; the rest is marked as a change."""
    changed = comparison.changes.get("facilities")
    if changed is None:
        return after
    is_same = ~after.facilities["facility_id"].isin(changed["facility_id"]).to_numpy()
    kept = after.facilities[is_same].reset_index(drop=True)
    return dataclasses.replace(after, facilities=kept)


# ---- residents on both sides ----


def _residents(before: Evaluation, after: Evaluation, text: Mapping[str, str]) -> dict[str, Any]:
    """Residents after, and beside them the figures before, row by row."""
    services = list(dict.fromkeys([*after.required_services, *before.required_services]))
    ids = after.residents["resident_id"]
    rows = pd.Index(before.residents["resident_id"]).get_indexer(pd.Index(ids))
    aligned = before.residents.iloc[rows].reset_index(drop=True)
    old = residents_layer(dataclasses.replace(before, residents=aligned), services=services)
    layer = residents_layer(after, services=services)
    layer["before"] = {name: old[name] for name in _SIDES}
    if old["total"] != layer["total"]:
        totals = {"before": old["total"], "after": layer["total"]}
        layer["note"] = text["sentence_separator"].join(
            one for one in (fill(text["totals_differ"], totals), layer["note"]) if one
        )
    return layer


# ---- units ----


def _units(comparison: Comparison, text: Mapping[str, str]) -> list[dict[str, Any]]:
    """Units with figures of both sides."""
    units = units_layer(comparison.after.evaluation)
    rows = {str(row["unit_id"]): row for row in comparison.units.to_dict("records")}
    people = _people_rows(comparison, text)
    minutes = max(comparison.after.evaluation.study.minutes)
    mean = fill(text["completeness_mean"], {"minutes": f"{minutes:g}"})
    columns = {
        mean: f"completeness_mean_{minutes:g}min",
        text["completeness_standard_mean"]: "completeness_standard_mean",
    }
    for unit in units:
        row = rows.get(unit["id"], {})
        facts = [fact for fact in unit["facts"] if fact[0] not in columns]
        both = [
            [label, _both(row, column, text)]
            for label, column in columns.items()
            if f"{column}_after" in row
        ]
        unit["facts"] = [*facts, *both]
        unit["coverage"] = people.get(unit["id"], [])
        unit["remark"] = "" if unit["coverage"] else text["nothing_changes"]
    return units


def _both(row: Mapping[Any, Any], column: str, text: Mapping[str, str]) -> str:
    """Before, after and the change of a figure."""
    before, after, change = (
        number_text(row[f"{column}_{side}"], text["unknown"], digits=2)
        for side in ("before", "after", "change")
    )
    change = change if change.startswith("-") or change == text["unknown"] else f"+{change}"
    return fill(text["arrow_services"], {"before": before, "after": after, "change": change})


def _people_rows(comparison: Comparison, text: Mapping[str, str]) -> dict[str, list[list[str]]]:
    """Services of which other people are within the walk than before, by unit."""
    table = comparison.people
    moved = (table["gained_people"].fillna(0) + table["lost_people"].fillna(0)) > 0
    language = comparison.after.evaluation.study.language
    rows: dict[str, list[list[str]]] = {}
    for row in table[moved & (table["segment"] == "people")].to_dict("records"):
        change = row["within_people_change"]
        sign = "+" if math.isfinite(change) and change >= 0 else ""
        rows.setdefault(str(row["unit_id"]), []).append(
            [
                catalog.service_name(str(row["service"]), language),
                number_text(row["within_people_before"], text["unknown"]),
                number_text(row["within_people_after"], text["unknown"]),
                sign + number_text(change, text["unknown"]),
            ]
        )
    return rows


# ---- what changes ----


def _changes(comparison: Comparison, text: Mapping[str, str]) -> Marks | None:
    """Facilities, gates and ways that are not as before."""
    rows: list[dict[str, Any]] = []
    language = comparison.after.evaluation.study.language
    for row in _records(comparison.changes.get("facilities")):
        service = catalog.service_name(str(row["service"]), language)
        facts = {text["service"]: service, text["capacity_change"]: _sizes(row, text)}
        title = " · ".join(one for one in (row["name"], service) if one)
        rows.append({"look": f"change_{row['change']}", "title": title}
                    | {"at": row["geometry"], "facts": facts})  # fmt: skip
    for row in _records(comparison.changes.get("gates")):
        access = {
            side: text.get(f"gate_{row.get(f'access_{side}')}", text["share_of_nobody"])
            for side in ("before", "after")
        }
        facts = {text["gate_access"]: fill(text["arrow"], access)}
        title = row.get("name") or row.get("gate_id") or text["change_gate"]
        rows.append({"look": "change_gate", "title": title, "at": row["geometry"], "facts": facts})
    for row in _records(comparison.changes.get("new_ways")):
        middle = row["geometry"].interpolate(0.5, normalized=True)
        rows.append({"look": "change_way", "title": row.get("name") or text["change_way"]}
                    | {"at": middle, "line": row["geometry"], "facts": {}})  # fmt: skip
    if not rows:
        return None
    looks = [
        *(Look(text[f"change_{word}"], shape, _COLOUR) for word, shape in _SHAPES.items()),
        Look(text["change_gate"], "arch", _COLOUR),
        Look(text["change_way"], "bar", _COLOUR, is_line=True),
    ]
    order = [*(f"change_{word}" for word in _SHAPES), "change_gate", "change_way"]
    labels = list(dict.fromkeys(label for row in rows for label in row["facts"]))
    return Marks(
        key="changes",
        title=text["changes"],
        looks=looks,
        look=[order.index(row["look"]) for row in rows],
        places=gpd.GeoSeries([row["at"] for row in rows], crs=WGS84),
        titles=[str(row["title"]) for row in rows],
        facts=[(label, [row["facts"].get(label, "") for row in rows]) for label in labels],
        radius=[7.5] * len(rows),
        lines=[(at, row["line"]) for at, row in enumerate(rows) if "line" in row],
        listed=list(range(min(len(rows), 60))),
        is_shown=True,
    )


def _records(table: gpd.GeoDataFrame | None) -> list[dict[Any, Any]]:
    """Rows of a layer in degrees, with empty text where there is none."""
    if table is None or not len(table):
        return []
    shown = table.to_crs(WGS84)
    named = {name: texts(shown, name) for name in ("name", "gate_id") if name in shown.columns}
    rows: list[dict[Any, Any]] = shown.assign(**named).to_dict("records")
    return rows


def _sizes(row: Mapping[Any, Any], text: Mapping[str, str]) -> str:
    """Capacity before and after, where it is known on a side."""
    sides = [float(row.get(f"capacity_{side}", math.nan)) for side in ("before", "after")]
    if not np.isfinite(sides).any():
        return ""
    before, after = (number_text(one, text["unknown"]) for one in sides)
    return fill(text["arrow"], {"before": before, "after": after})
