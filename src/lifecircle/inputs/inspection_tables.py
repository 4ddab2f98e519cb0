"""Inspection of tables and layers: where they lie, what they hold, and what their reader says."""

from __future__ import annotations

import importlib
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.crs import WGS84
from lifecircle.errors import LifecircleError, LifecircleWarning
from lifecircle.inputs import header_names
from lifecircle.inputs.inspection_barriers import ROLES, SAID_HERE, words_of
from lifecircle.inputs.inspection_cells import check_cells, numbers_of
from lifecircle.inputs.inspection_checks import (
    Problem,
    check_doubles,
    check_far,
    check_numbers_of_places,
    check_shapes,
    check_twin_columns,
    in_china,
    place_columns,
    places_of,
    said_system,
)
from lifecircle.inputs.inspection_kinds import class_column, kind_of
from lifecircle.inputs.inspection_streets import elsewhere
from lifecircle.inputs.layers import locate
from lifecircle.inputs.text import column_key, take_columns
from lifecircle.tables.findings import origin
from lifecircle.tables.values import is_blank

# Problems that stop a reader, so that its own message would say the same again.
_STOPS = frozenset({"access_words", "metres_as_degrees", "no_coordinates", "no_system",
                    "number_blank", "number_negative", "number_words", "swapped",
                    "walled_words"})  # fmt: skip
_READERS = {
    "units": ("boundaries", "read_units"),
    "facilities": ("facilities", "read_facilities"),
    "residents": ("residents", "read_residents"),
    "streets": ("streets", "read_walk_network"),
    **{role: ("barriers", f"read_{role}") for role in ROLES},
}
_BARRIERS = {
    "compounds": header_names.COMPOUNDS,
    "walls": header_names.WALLS,
    "gates": header_names.GATES,
}
_PROVIDERS = {"amap": "GCJ-02", "baidu": "BD-09"}  # what their maps give
_KEPT = ("taxonomy", "unknown_classes", "noise", "merged")  # what readers know of classes
_SHOWN_CLASSES = 20


@contextmanager
def told() -> Iterator[list[str]]:
    """Collect what lifecircle tells meanwhile; other warnings are not for planners.

    Yields
    ------
    list of str
        Filled when the block ends.

    Examples
    --------
    >>> with told() as notes:
    ...     warnings.warn("2 of 9 rows …", LifecircleWarning, stacklevel=1)
    >>> notes
    ['2 of 9 rows …']
    """
    notes: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield notes
        finally:
            mine = [one for one in caught if issubclass(one.category, LifecircleWarning)]
            notes += dict.fromkeys(str(one.message) for one in mine)


def inspect_table(frame: pd.DataFrame, name: str, network: Any, notes: list[str]) -> dict[str, Any]:
    """What there is to say of a table or a layer.

    Parameters
    ----------
    frame
        As it stands in the file.
    name
        Name of the file.
    network
        Streets to compare its places with, or None.
    notes
        What was told while it was opened.

    Returns
    -------
    dict
        Fields of :class:`lifecircle.inputs.inspection.Inspection`.

    Examples
    --------
    >>> homes = pd.DataFrame({"lon": [112.99], "lat": [28.16], "people": [9]})
    >>> inspect_table(homes, "homes.csv", None, [])["kind"]
    'residents'
    """
    layer, problems = _placed(frame)
    said = None if layer is None else said_system(frame, name)
    stated = "" if layer is None or layer.crs is None else str(layer.crs.name)
    problems += _system_problems(frame, layer, said)
    kind = kind_of(frame if layer is None else layer)
    problems += check_twin_columns(frame)
    if layer is not None:
        problems += [*check_shapes(layer), *_kind_problems(layer, kind)]
    problems += check_doubles(frame, places_of(frame if layer is None else layer), kind)
    problems += check_cells(frame, kind)
    with told():
        words, strange = words_of(frame, kind)
    problems += strange
    looks = said[0] if said else _metric_system(problems)
    if network is not None and layer is not None:
        looks, compared = _beside_streets(layer, network, looks)
        problems = [one for one in problems if one.code != "shifted" or not looks] + compared
    reading, read_notes, taken, made = _read(frame, kind, looks, problems)
    degrees = None if layer is None else _in_degrees(layer)
    degrees = made if degrees is None and isinstance(made, gpd.GeoDataFrame) else degrees
    bounds = None
    provider = _PROVIDERS.get(str(reading.get("taxonomy")))
    if provider and not looks and network is None and not check_twin_columns(frame):
        problems.append(Problem("provider", {"provider": reading["taxonomy"], "system": provider}))
    if degrees is not None:
        problems += check_far(degrees)
        bounds = tuple(float(edge) for edge in degrees.total_bounds)
    problems += elsewhere(bounds, network)
    return {
        "kind": kind,
        "rows": len(frame),
        "shapes": {} if layer is None or not _has_shapes(layer) else _shape_counts(layer),
        "bounds": bounds,
        "in_china": None if bounds is None else _middle_in_china(bounds),
        "encoding": str(origin(frame).get("encoding", "")),
        "stated": stated,
        "looks": looks,
        "columns_taken": taken,
        "other_columns": _others(frame, taken),
        "classes": _class_counts(frame),
        "numbers": numbers_of(frame, kind),
        "reading": {**reading, **words},
        "problems": tuple(problems),
        "notes": tuple(dict.fromkeys([*notes, *read_notes])),
        "made": made,
    }


def _metric_system(problems: list[Problem]) -> str:
    """EPSG code of metres that tell their zone; ``""`` where there are none, or of two systems."""
    guesses = [str(one.facts["guess"]) for one in problems if one.code == "metres_as_degrees"]
    found = re.findall(r"EPSG:\d+", guesses[0]) if guesses else []
    return found[0] if len(found) == 1 else ""


def _has_shapes(frame: Any) -> bool:
    """Whether a frame has geometry of its own."""
    return isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name is not None


def _placed(frame: pd.DataFrame) -> tuple[gpd.GeoDataFrame | None, list[Problem]]:
    """Layer of a frame with its numbers as they stand, or why there is none."""
    if _has_shapes(frame):
        return frame, []
    xy = places_of(frame)
    if xy is not None:
        columns = frame.drop(columns="geometry", errors="ignore")
        known = np.isfinite(xy).all(axis=1)
        points = np.full(len(xy), None, dtype=object)
        points[known] = shapely.points(xy[known])
        return gpd.GeoDataFrame(columns, geometry=points), []
    shapes = [name for name in frame.columns if column_key(name) in header_names.SHAPE]
    if not shapes:
        return None, [Problem("no_places", {})]
    try:
        with told():
            drawn = locate(frame[shapes[:1]], table="table", shapes_first=True).geometry
    except LifecircleError as fault:
        return None, [Problem("cannot_be_read", {"kind": "unknown", "reason": str(fault)})]
    columns = frame.drop(columns=shapes[:1]).drop(columns="geometry", errors="ignore")
    return gpd.GeoDataFrame(columns, geometry=drawn.to_numpy()), []


def _system_problems(
    frame: pd.DataFrame, layer: gpd.GeoDataFrame | None, said: tuple[str, str] | None
) -> list[Problem]:
    """What is doubtful in the coordinates of a layer, as stated and as they look."""
    if layer is None or not len(layer):
        return []
    crs = layer.crs
    xy = next(one for one in (places_of(frame), places_of(layer)) if one is not None)
    problems = check_numbers_of_places(xy, degrees=crs is None or crs.is_geographic)
    if _has_shapes(frame):  # which has rows without a shape, told apart from blank cells
        problems = [one for one in problems if one.code != "no_coordinates"]
    wrong = any(one.code in ("metres_as_degrees", "swapped") for one in problems)
    if crs is None and _has_shapes(frame) and not wrong and said is None:
        problems.append(Problem("no_system", {}))
    if crs is not None and crs.is_projected and _is_geojson(frame):
        problems.append(Problem("metres_stated", {"system": crs.name, "format": "GeoJSON"}))
    if said and not wrong and (crs is None or crs.is_geographic):
        problems.append(Problem("shifted", {"system": said[0], "by": said[1]}))
    return problems


def _is_geojson(frame: pd.DataFrame) -> bool:
    """Whether a frame comes from a GeoJSON file."""
    return str(origin(frame).get("file", "")).lower().endswith((".geojson", ".json"))


def _kind_problems(layer: gpd.GeoDataFrame, kind: str) -> list[Problem]:
    """What a layer of points or lines lacks to be of any use."""
    shapes = set(layer.geom_type.dropna().str.removeprefix("Multi"))
    if kind != "unknown" or len(shapes) != 1 or not len(layer):
        return []
    codes = {"Point": "plain_points", "LineString": "other_lines"}
    return [Problem(codes[shape], {}) for shape in shapes if shape in codes]


def _in_degrees(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """Layer in degrees as far as it can be known, None where it cannot."""
    shapes = layer.geometry.to_numpy()
    finite = np.isfinite(shapely.bounds(shapes)).all(axis=1)
    if not finite.any():
        return None
    known = gpd.GeoDataFrame(geometry=np.where(finite, shapes, None), crs=layer.crs)
    if known.crs is not None and not known.crs.is_geographic:
        known = known.to_crs(WGS84)
    west, south, east, north = known.total_bounds
    return known if -180 <= west <= east <= 180 and -90 <= south <= north <= 90 else None


def _middle_in_china(bounds: tuple[float, ...]) -> bool:
    """Whether the middle of an extent lies in the box around China."""
    west, south, east, north = bounds
    return bool(in_china(np.array([(west + east) / 2]), np.array([(south + north) / 2]))[0])


def _shape_counts(layer: gpd.GeoDataFrame) -> dict[str, int]:
    """Kind of geometry → rows."""
    counts = layer.geom_type.dropna().value_counts()
    return {str(kind): int(count) for kind, count in counts.items()}


def _class_counts(frame: pd.DataFrame) -> dict[str, int]:
    """Most frequent classes; each of a cell with several counts."""
    column = class_column(frame)
    if column is None:
        return {}
    texts = frame[column][~is_blank(frame[column])].astype("str")
    counts = texts.str.split("|", regex=False).explode().str.strip().value_counts()
    return {str(name): int(count) for name, count in counts.head(_SHOWN_CLASSES).items()}


def _others(frame: pd.DataFrame, taken: dict[str, str]) -> tuple[str, ...]:
    """Columns of a file that were taken for nothing."""
    geometry = frame.active_geometry_name if _has_shapes(frame) else None
    used = {*taken.values(), geometry}
    return tuple(str(name) for name in frame.columns if name not in used)


def _beside_streets(layer: gpd.GeoDataFrame, network: Any, looks: str) -> tuple[str, list[Problem]]:
    """System that the streets tell, and what that means."""
    try:
        module = importlib.import_module("lifecircle.inputs.which_system")
    except ImportError:
        return looks, []
    places = layer if layer.crs is not None else layer.set_crs(WGS84)
    try:
        with told():
            found = module.which_coordinates(places[~places.geometry.isna()], network)
    except LifecircleError as fault:
        return looks, [Problem("network_failed", {"reason": str(fault)})]
    distances = ", ".join(
        f"{system} {metres:.0f} m" if np.isfinite(metres) else f"{system} > 150 m"
        for system, metres in found.distance_m.items()
    )
    facts = {"stated": found.stated, "count": found.places_count, "distances": distances}
    if found.streets != "WGS-84":
        return looks, [Problem("streets_shifted", {**facts, "system": found.streets})]
    if found.verdict is None:
        return looks, []
    if found.verdict == found.stated:
        return "", []
    return found.verdict, [Problem("looks_shifted", {**facts, "system": found.verdict})]


def _read(
    frame: pd.DataFrame, kind: str, looks: str, problems: list[Problem]
) -> tuple[dict[str, Any], list[str], dict[str, str], Any]:
    """What the reader of a kind makes of a table, what it tells, its columns, and the result."""
    taken = _columns_taken(frame, kind)
    if kind not in _READERS or not len(frame):
        return {}, [], taken, None
    home, name = _READERS[kind]
    reader = getattr(importlib.import_module(f"lifecircle.inputs.{home}"), name)
    shifted = bool(looks) and (
        not _has_shapes(frame) or frame.crs is None or frame.crs.is_geographic
    )
    with told() as notes:
        try:
            made = reader(frame, coordinates=looks if shifted else None)
        except LifecircleError as fault:
            if not _STOPS & {one.code for one in problems}:
                facts = {"kind": kind, "reason": str(fault)}
                problems.append(Problem("cannot_be_read", facts))
            return {}, [], taken, None
    if kind == "streets":
        length_km = round(float(np.sum(made.edge_length_m)) / 1000, 1)
        edges = {"edges": len(made.edge_length_m), "length_km": length_km}
        return edges, notes, taken, made
    notes = [note for note in notes if SAID_HERE not in note]
    known = origin(made)
    reading: dict[str, Any] = {"rows": len(made)}
    if "service" in made:
        counts = made["service"].value_counts()
        reading["services"] = {str(service): int(rows) for service, rows in counts.items()}
    if kind == "residents":
        reading["people"] = float(made["people"].sum())
    reading.update({key: known[key] for key in _KEPT if known.get(key)})
    rules = reading.get("merged")
    if isinstance(rules, Mapping) and "rule" in rules:
        reading["merged"] = dict(Counter(rules["rule"]).most_common())
    own = known.get("columns_taken", {})
    taken = {ours: theirs for ours, theirs in taken.items() if theirs not in own.values()}
    return reading, notes, {**taken, **own}, made if len(made) else None


def _columns_taken(frame: pd.DataFrame, kind: str) -> dict[str, str]:
    """Lifecircle's name → column of the file, for a kind of table and for the places."""
    synonyms: dict[str, tuple[str, ...]] = {}
    if kind == "units":
        synonyms = header_names.UNITS
    elif kind == "residents":
        synonyms = header_names.RESIDENTS
    elif kind in _BARRIERS:
        synonyms = _BARRIERS[kind]
    elif kind == "facilities":
        synonyms = {
            "facility_id": header_names.FACILITY_ID,
            "name": header_names.FACILITY_NAME,
        }
    taken: dict[str, str] = {}
    if synonyms:
        with told():
            try:
                named = take_columns(frame, synonyms, table=kind)
                taken = dict(origin(named)["columns_taken"])
            except LifecircleError:  # the reader's own message tells
                taken = {}
    classes = class_column(frame)
    if kind == "facilities" and classes is not None:
        taken["service"] = str(classes)
    return taken if _has_shapes(frame) else {**taken, **place_columns(frame)}
