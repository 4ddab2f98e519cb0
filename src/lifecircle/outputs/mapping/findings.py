"""Openings, sites and projects as layers of a map: the cells of their tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.crs import WGS84
from lifecircle.outputs.csv_tables import services_names
from lifecircle.outputs.findings import Findings
from lifecircle.outputs.mapping.marks import (
    Look,
    Marks,
    class_labels,
    class_of,
    counts,
    round_breaks,
)
from lifecircle.outputs.mapping.shortfalls import shortfalls_layer
from lifecircle.outputs.packing import flags, texts
from lifecircle.outputs.words import fill, words
from lifecircle.planning.openings import OPENING_COLUMNS
from lifecircle.planning.project_table import PROJECT_COLUMNS
from lifecircle.tables.frames import check_columns

if TYPE_CHECKING:
    from lifecircle.assessment.evaluation import Evaluation
    from lifecircle.assessment.study import Study
    from lifecircle.planning.siting import SitingResult

_OPENING_COLOUR, _SITE_COLOUR, _PROJECT_COLOUR = "#00695c", "#8a4b08", "#6a1b9a"
_OPENING_SHAPES = {"open_gate": "arch", "remove_wall": "gap", "connect_streets": "diamond"}
_PROJECT_SHAPES = {
    "add_facility": "square",
    **_OPENING_SHAPES,
    "extend_capacity": "arrow",
    "improve": "hexagon",
    "find_site": "ring",
}
_RADII = (3.5, 5.5, 8.0)
_MOST_LISTED = 30
_MOST_OPENINGS = 100


def findings_layers(findings: Findings | None, evaluation: Evaluation) -> dict[str, Any]:
    """All that is known beside an evaluation.

    Parameters
    ----------
    findings
        Tables beside the evaluation.
    evaluation
        From ``evaluate``.

    Returns
    -------
    dict
        ``shortfalls`` and ``marks`` (openings, sites and projects), as far as they are given.

    Raises
    ------
    InputError
        If the findings are of another evaluation.
    MissingColumnError
        If a table is not what it should be.

    Examples
    --------
    >>> import lifecircle as lc
    >>> findings_layers(None, lc.evaluate(lc.load_demo()))
    {'marks': []}
    """
    if findings is None:
        return {"marks": []}
    given, study = findings.of(evaluation), evaluation.study
    marks = [
        None if given.openings is None else openings_marks(given.openings, study),
        sites_marks(given.sites, given.candidates, study),
        *([] if given.projects is None else projects_marks(given.projects, study)),
    ]
    layers: dict[str, Any] = {"marks": [one.packed() for one in marks if one is not None]}
    if given.shortfalls is not None and given.check is not None:
        layers["shortfalls"] = shortfalls_layer(given.shortfalls, given.check, study)
    return layers


# ---- openings ----


def openings_marks(openings: pd.DataFrame, study: Study) -> Marks:
    """Gates, walls and dead ends of which people gain if they are opened.

    Parameters
    ----------
    openings
        From ``rank_openings``.
    study
        Whose language it is.

    Returns
    -------
    Marks
        The larger, the more people gain; the first hundred and those of the sequence.

    Raises
    ------
    MissingColumnError
        If a column is missing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> study = lc.load_demo()
    >>> found = lc.rank_openings(study, kinds=["open_gate"], steps=1)
    >>> openings_marks(found, study).looks[0].label
    '开放大门'
    """
    text = words(study.language)
    check_columns(openings, OPENING_COLUMNS, "openings", "rank_openings()")
    gaining = pd.to_numeric(openings["gaining_people"], errors="coerce").fillna(0.0)
    is_drawn = (gaining > 0) & (
        (np.arange(len(openings)) < _MOST_OPENINGS) | openings["step"].notna()
    )
    rows = openings[is_drawn.to_numpy()].reset_index(drop=True)
    kinds = list(_OPENING_SHAPES)
    breaks = round_breaks(rows["gaining_people"], len(_RADII))
    radii = _RADII[: len(breaks) + 1]
    steps = _steps(rows)
    wheres = [  # a dead end has a number instead
        where or one.rpartition(" ")[2]
        for where, one in zip(texts(rows, "where"), texts(rows, "opening_id"), strict=True)
    ]
    idle = len(openings) - len(rows)
    return Marks(
        key="openings",
        title=text["openings"],
        looks=[Look(text[kind], _OPENING_SHAPES[kind], _OPENING_COLOUR) for kind in kinds],
        look=[kinds.index(kind) for kind in rows["kind"]],
        places=_places(rows),
        titles=[f"{text[kind]} {where}" for kind, where in zip(rows["kind"], wheres, strict=True)],
        facts=_opening_facts(rows, steps, text),
        radius=[radii[at] for at in class_of(rows["gaining_people"], breaks)],
        numbers=steps,
        lines=_new_ways(rows),
        listed=list(range(min(len(rows), _MOST_LISTED))),
        notes=[
            text["openings_note"],
            fill(text["openings_idle"], {"count": f"{idle:,}"}) if idle else "",
        ],
        sizes=[
            (f"{text['gaining_people']} {label}", radius)
            for label, radius in zip(class_labels(breaks, text), radii, strict=True)
        ],
    )


def _opening_facts(
    rows: pd.DataFrame, steps: list[str], text: Mapping[str, str]
) -> list[tuple[str, list[str]]]:
    unknown, people = text["unknown"], text["people_value"]
    access = [text.get(f"gate_{one}", one) if one else "" for one in texts(rows, "access")]
    return [
        (text["access_today"], access),
        (text["length"], counts(rows["length_m"], text["length_value"], "")),
        (text["gaining_people"], counts(rows["gaining_people"], people, unknown)),
        (text["gaining_elderly"], counts(rows["gaining_elderly"], people, unknown)),
        (text["gaining_children"], counts(rows["gaining_children"], people, unknown)),
        (text["gains_people"], counts(rows["gains_people"], text["gains_value"], unknown)),
        (
            text["saved"],
            counts(rows["saved_people_min_per_day"], text["saved_value"], unknown),
        ),
        (text["services"], texts(rows, "services")),
        (text["step"], _step_texts(steps, text)),
    ]


def _steps(rows: pd.DataFrame) -> list[str]:
    """Place in the sequence, as text; empty for what is in none."""
    return ["" if pd.isna(one) else f"{int(one)}" for one in rows["step"]]


def _step_texts(steps: list[str], text: Mapping[str, str]) -> list[str]:
    return [fill(text["step_value"], {"step": one}) if one else "" for one in steps]


def _places(rows: pd.DataFrame) -> gpd.GeoSeries:
    """Points of ``lon`` and ``lat``."""
    return gpd.GeoSeries.from_xy(rows["lon"], rows["lat"], crs=WGS84)


def _new_ways(rows: pd.DataFrame) -> list[tuple[int, Any]]:
    """The line of each new way, with its row."""
    ends = rows[["lon", "lat", "lon_to", "lat_to"]].to_numpy(dtype=np.float64)
    return [
        (row, shapely.LineString(end.reshape(2, 2)))
        for row, end in enumerate(ends)
        if np.isfinite(end).all()
    ]


# ---- sites ----


def sites_marks(
    result: SitingResult | None, candidates: gpd.GeoDataFrame | None, study: Study
) -> Marks | None:
    """Sites that were chosen, and candidates that were not.

    Parameters
    ----------
    result
        From ``site_facilities``.
    candidates
        From ``read_sites``.
    study
        Whose language it is.

    Returns
    -------
    Marks or None
        None where neither is given.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> study = lc.load_demo()
    >>> sites_marks(None, study.extras["sites"], study).looks[1].label
    '候选'
    """
    if result is None and candidates is None:
        return None
    text = words(study.language)
    sited, others = _sited(result), _candidates(candidates)
    others = others[~others["site_id"].isin(set(sited["site_id"]))]
    rows = pd.concat([one for one in (sited, others) if len(one)] or [others], ignore_index=True)
    # A site with several services is one mark, whose card tells of each.
    members = [*rows.groupby("site_id", sort=False).indices.values()]
    first = rows.iloc[[one[0] for one in members]].reset_index(drop=True)
    picked = flags(first, "is_chosen")
    ids = texts(first, "site_id")
    return Marks(
        key="sites",
        title=text["sites"],
        looks=[
            Look(text["site_chosen"], "flag", _SITE_COLOUR),
            Look(text["site_candidate"], "flag", _SITE_COLOUR, is_hollow=True),
        ],
        look=[0 if one else 1 for one in picked],
        places=gpd.GeoSeries(first["geometry"], crs=WGS84),
        titles=[
            name or f"{text['site']} {one}"
            for name, one in zip(texts(first, "name"), ids, strict=True)
        ],
        facts=[(text["project_id"], ids), *_site_facts(rows, members, study)],
        radius=[8.0 if one else 6.0 for one in picked],
        listed=[row for row, one in enumerate(picked) if one][:_MOST_LISTED],
        is_shown=result is not None,
    )


def _sited(result: SitingResult | None) -> pd.DataFrame:
    """Rows of the chosen sites with what their table of facilities says of them."""
    if result is None or result.additions is None:
        return pd.DataFrame({"site_id": []})
    sites = result.sites.reset_index(drop=True)
    more = [name for name in result.additions.columns if name not in sites.columns]
    added = pd.DataFrame(result.additions.to_crs(WGS84)[more]).reset_index(drop=True)
    added = added.rename(columns={result.additions.geometry.name: "geometry"})
    rows = pd.concat([sites, added], axis="columns")
    return rows.assign(site_id=rows["site_id"].astype("str"), is_chosen=True)


def _candidates(candidates: gpd.GeoDataFrame | None) -> pd.DataFrame:
    if candidates is None:
        return pd.DataFrame({"site_id": []})
    rows = candidates.to_crs(WGS84)
    table = pd.DataFrame(rows).rename(columns={rows.geometry.name: "geometry"})
    return table.assign(site_id=table["site_id"].astype("str"), is_chosen=False)


def _site_facts(
    rows: pd.DataFrame, members: list[Any], study: Study
) -> list[tuple[str, list[str]]]:
    """Cells of each site; where it gets several services, of each by name."""
    text = words(study.language)
    people, area = text["people_value"], text["square_metres"]
    services = rows["services"] if "services" in rows else pd.Series("", index=rows.index)
    if "service" in rows:
        services = rows["service"].where(rows["service"].notna(), services)
    names = services_names(services, study.language).tolist()
    nothing = pd.Series(float("nan"), index=rows.index)

    def once(cells: list[str]) -> list[str]:
        return [cells[one[0]] for one in members]

    def each(column: str) -> list[str]:
        cells = counts(rows.get(column, nothing), people, "")
        return [
            cells[one[0]]
            if len(one) == 1
            else text["sentence_separator"].join(
                f"{names[row]} {cells[row]}" for row in one if cells[row]
            )
            for one in members
        ]

    def cells(column: str, template: str, unknown: str = "") -> list[str]:
        return once(counts(rows.get(column, nothing), template, unknown))

    return [
        (
            text["services"],
            [text["list_separator"].join(names[row] for row in one) for one in members],
        ),
        (text["reached_people"], each("reached_people")),
        (text["added_people"], each("added_people")),
        (text["served_people"], each("served_people")),
        (text["cost"], cells("cost_cny", text["cost_value"], text["cost_unknown"])),
        (text["floor_area"], cells("floor_area_m2", area)),
        (text["site_area"], cells("site_area_m2", area)),
        (text["capacity"], cells("capacity", "{count}")),
        (text["status"], once(texts(rows, "status"))),
        (text["note"], once(texts(rows, "note"))),
    ]


# ---- projects ----


def projects_marks(projects: gpd.GeoDataFrame, study: Study) -> list[Marks]:
    """Projects by kind: those that were chosen, numbered, and the others.

    Parameters
    ----------
    projects
        From ``list_projects``.
    study
        Whose language and units they are.

    Returns
    -------
    list of Marks
        ``projects`` and ``projects_waiting``, those that there are.

    Raises
    ------
    MissingColumnError
        If a column is missing.

    Examples
    --------
    >>> import lifecircle as lc
    >>> check = lc.health_check(lc.evaluate(lc.load_demo()))
    >>> listed = lc.list_projects(check, openings=0)
    >>> [one.title for one in projects_marks(listed, check.evaluation.study)]
    ['入选项目', '未入选项目']
    """
    text = words(study.language)
    check_columns(projects, PROJECT_COLUMNS, "projects", "list_projects()")
    is_placed = (projects["lon"].notna() & projects["lat"].notna()).to_numpy()
    placed = pd.DataFrame(projects.drop(columns=projects.geometry.name))[is_placed]
    chosen = np.array(flags(placed, "chosen"), dtype=bool)
    kinds = list(_PROJECT_SHAPES)
    layers = []
    for is_chosen in (True, False):
        rows = placed[chosen == is_chosen].reset_index(drop=True)
        steps = _steps(rows)
        layers.append(
            Marks(
                key="projects" if is_chosen else "projects_waiting",
                title=text["projects" if is_chosen else "projects_waiting"],
                looks=[
                    Look(text[f"project_{kind}"], shape, _PROJECT_COLOUR, is_hollow=not is_chosen)
                    for kind, shape in _PROJECT_SHAPES.items()
                ],
                look=[kinds.index(kind) for kind in rows["kind"]],
                places=_places(rows),
                titles=texts(rows, "what"),
                facts=_project_facts(rows, steps, study),
                radius=[8.0 if is_chosen else 6.0] * len(rows),
                numbers=steps,
                lines=_new_ways(rows),
                listed=list(range(len(rows))) if is_chosen else [],
                notes=[text["projects_note"]] if is_chosen else [],
                is_shown=is_chosen,
            )
        )
    return [one for one in layers if len(one.look)]


def _project_facts(
    rows: pd.DataFrame, steps: list[str], study: Study
) -> list[tuple[str, list[str]]]:
    text = words(study.language)
    people, times = text["people_value"], text["gains_value"]
    units = study.units.set_index("unit_id")["name"]
    return [
        (text["kind"], [text.get(f"project_{kind}", str(kind)) for kind in rows["kind"]]),
        (text["project_id"], texts(rows, "project_id")),
        (text["services"], services_names(rows["services"], study.language).tolist()),
        (text["unit"], [str(one) for one in rows["unit_id"].map(units).fillna("")]),
        (text["where"], texts(rows, "where")),
        (text["cost"], counts(rows["cost_cny"], text["cost_value"], text["cost_unknown"])),
        (text["gaining_people"], counts(rows["gaining_people"], people, "")),
        (text["gaining_elderly"], counts(rows["gaining_elderly"], people, "")),
        (text["gaining_children"], counts(rows["gaining_children"], people, "")),
        (text["closes_people"], counts(rows["closes_people"], times, "")),
        (text["project_added"], counts(rows["added_people"], times, "")),
        (text["walk_served"], counts(rows["served_people"], people, "")),
        (text["step"], _step_texts(steps, text)),
        (text["phase"], texts(rows, "phase")),
        (text["payer"], texts(rows, "payer")),
        (text["answers"], texts(rows, "shortfalls")),
        (text["clauses"], texts(rows, "clauses")),
        (text["requires"], texts(rows, "requires")),
        (text["excludes"], texts(rows, "excludes")),
        (text["note"], texts(rows, "note")),
        (text["verify"], texts(rows, "verify")),
    ]
