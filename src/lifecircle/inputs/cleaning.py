"""One facility, one row: places given several times, and the gates of one place.

Rows are put together only if they are of the same service and have the same name (whatever its
width, case, spaces and punctuation), and

same place
    lie within 50 m of each other. A branch in the name, as in 中国银行(文一路支行), is part of it.
both sides of a street
    are bus stops within 100 m of each other.
drawn twice
    are a point and an area of OpenStreetMap within 200 m of each other.
entrances
    are gates or exits of it by the end of their names (东门, 2号门, 出入口, A口), within
    500 m of the place itself, 1,000 m for parks, universities and hospitals, or of another gate
    where the place itself is not given.

The row of the place itself stays, or one of its gates without the word for the gate. The points of
the others become its ``entrances``, so that no way to it gets longer; where one of the rows has an
``outline``, that stays instead, and only gates become entrances. Which rows go together does
not depend on their order, and nothing more is merged if it is done twice.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from lifecircle.crs import to_wgs84
from lifecircle.errors import some
from lifecircle.inputs.entrances import points_of_text, rounded, text_of_points
from lifecircle.inputs.gates import base_of, spelled, without_gate
from lifecircle.tables.findings import Findings, origin, tell
from lifecircle.tables.values import Mask, as_ids, as_numbers, is_blank

SAME_PLACE_M = 50.0
STREET_M = 100.0
DRAWN_TWICE_M = 200.0
GATE_M = 500.0
LARGE_GATE_M = 1000.0
ENTRANCE_M = 1000.0  # an entrance further from its facility than this is not believed

_LARGE = frozenset({"park", "university", "hospital", "sports_ground_large"})
_APART_M = 1e5  # one group of names from another, as a fourth coordinate
_AXIS_M, _ECCENTRICITY_SQUARED = 6378137.0, 6.69437999014e-3  # WGS-84 ellipsoid
_UNNAMED_M = 0.2  # without a name, only the very same place is the same
_ONE_POINT_M = 1.0
_OSM_ID = re.compile(r"([nwr])\d+$")
_PAIR = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*")
_NUMBERS = ("capacity", "floor_area_m2", "site_area_m2")
_RULES = ("same place", "both sides of a street", "drawn twice", "entrances")


@dataclass(frozen=True)
class _Places:
    """What decides which rows go together, one entry per row in an order of its own."""

    order: NDArray[np.int64]  # rows, sorted by what stands in them
    group: NDArray[np.int64]  # rows of one service and name
    place_m: NDArray[np.float64]  # on the ellipsoid, shape (n, 3)
    is_gate: Mask
    within_m: NDArray[np.float64]  # how far apart one place may be given
    gate_m: NDArray[np.float64]
    drawn: NDArray[np.int64]  # 0 unknown, 1 point, 2 area of OpenStreetMap


def merge_facilities(facilities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Facilities with one row for each; see :mod:`lifecircle.inputs.cleaning` for the rule.

    Parameters
    ----------
    facilities
        Checked table: points in EPSG:4326 with ``facility_id``, ``name`` and ``service``. Not
        changed.

    Returns
    -------
    GeoDataFrame
        Kept rows in their order. Of numbers that differ the largest is kept. Text column
        ``entrances`` (WKT MULTIPOINT, degrees WGS-84) where there are several or one is known.
        ``attrs["lifecircle"]["merged"]`` lists what went where. One warning tells how many rows.

    Examples
    --------
    >>> from shapely import Point
    >>> gates = gpd.GeoDataFrame(
    ...     {"facility_id": ["1", "2"], "name": ["白沙小学(东门)", "白沙小学"], "service": "park"},
    ...     geometry=[Point(112.991, 28.16), Point(112.990, 28.16)],
    ...     crs=4326,
    ... )
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     merge_facilities(gates)[["name", "entrances"]].values.tolist()
    [['白沙小学', 'MULTIPOINT ((112.991 28.16))']]
    """
    findings = Findings("facilities", as_ids(facilities["facility_id"]).reset_index(drop=True))
    table = merged(facilities.reset_index(drop=True), findings)
    findings.warn()
    return table


def merged_table(facilities: gpd.GeoDataFrame) -> pd.DataFrame:
    """Which rows were merged into which.

    Parameters
    ----------
    facilities
        As :func:`lifecircle.read_facilities` returns them.

    Returns
    -------
    DataFrame
        One row per merged row: ``kept_id``, ``merged_id``, ``merged_name`` and ``rule``.

    Examples
    --------
    >>> merged_table(gpd.GeoDataFrame()).columns.to_list()
    ['kept_id', 'merged_id', 'merged_name', 'rule']
    """
    columns = ["kept_id", "merged_id", "merged_name", "rule"]
    return pd.DataFrame(origin(facilities).get("merged", {}), columns=columns, dtype="str")


def merged(table: gpd.GeoDataFrame, findings: Findings) -> gpd.GeoDataFrame:
    """Facilities with one row for each, while a table is being checked.

    Parameters
    ----------
    table
        Points in EPSG:4326 with a plain index, ``facility_id``, ``service`` and perhaps ``name``.
    findings
        Takes what was merged as a doubt.

    Returns
    -------
    GeoDataFrame

    Examples
    --------
    >>> merged(gpd.GeoDataFrame({"service": []}), Findings("facilities", pd.Series([]))).empty
    True
    """
    if table.empty:
        return table
    places = _places(table)
    cluster, rule = _clusters(places)
    keeper = _keepers(cluster, places.is_gate)
    gone = keeper != np.arange(len(table))
    if not gone.any():
        return table
    rows = places.order  # back from the order of the places to that of the table
    into = np.empty(len(table), dtype=np.int64)
    into[rows] = rows[keeper]
    rules = np.empty(len(table), dtype=object)
    rules[rows] = rule
    is_gate = np.empty(len(table), dtype=np.bool_)
    is_gate[rows] = places.is_gate
    return _put_together(table, into, rules, is_gate, findings)


def with_entrances(facilities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Facilities with the entrances that a provider gives, in degrees WGS-84.

    Parameters
    ----------
    facilities
        Placed table, perhaps with ``entr_location`` ("lon,lat" in the system that the table was
        given in, as Amap does). Not changed.

    Returns
    -------
    GeoDataFrame
        With the text column ``entrances`` (WKT MULTIPOINT) where one is known and lies within
        1,000 m of its facility; those further away are left out with a warning.

    Examples
    --------
    >>> from shapely import Point
    >>> school = gpd.GeoDataFrame(
    ...     {"entr_location": ["112.991,28.16"]}, geometry=[Point(112.99, 28.16)], crs=4326
    ... )
    >>> with_entrances(school)["entrances"].to_list()
    ['MULTIPOINT ((112.991 28.16))']
    """
    if "entr_location" not in facilities or "entrances" in facilities or facilities.crs is None:
        return facilities
    shapes = facilities.geometry.to_crs(4326).to_numpy()
    pairs = [_PAIR.match(str(cell)) for cell in facilities["entr_location"]]
    rows = np.array(
        [row for row, pair in enumerate(pairs) if pair and shapes[row] is not None], dtype=np.int64
    )
    if not len(rows):
        return facilities
    lonlat = np.array([pair.groups() for pair in (pairs[row] for row in rows) if pair], dtype=float)
    system = origin(facilities).get("coordinates")
    if system in {"GCJ-02", "BD-09"}:
        lonlat = np.column_stack(to_wgs84(lonlat[:, 0], lonlat[:, 1], system))
    middles = shapely.get_coordinates(shapely.centroid(shapes[rows]))
    near = np.linalg.norm(on_ellipsoid(lonlat) - on_ellipsoid(middles), axis=1) <= ENTRANCE_M
    if not near.all():
        ids = facilities.get("facility_id", pd.Series(facilities.index, index=facilities.index))
        tell(
            f"facilities: the entrances of {int((~near).sum())} of {len(near)} rows with one (ids "
            f"{some(ids.iloc[rows[~near]])}) lie more than {ENTRANCE_M:,.0f} m away from them and "
            "were left out. Are they in the coordinate system of the table?"
        )
    texts = np.full(len(facilities), None, dtype=object)
    texts[rows[near]] = [text_of_points([(lon, lat)]) for lon, lat in lonlat[near]]
    return facilities.assign(entrances=pd.Series(texts, index=facilities.index, dtype="str"))


def on_ellipsoid(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places in space, so that near ones are as far apart as on the ground.

    Parameters
    ----------
    lonlat
        Degrees WGS-84, shape (n, 2).

    Returns
    -------
    array of float, shape (n, 3)
        Metres from the middle of the Earth.

    Examples
    --------
    >>> one, two = on_ellipsoid(np.array([[112.99, 28.16], [112.99, 28.161]]))
    >>> round(float(np.linalg.norm(one - two)), 2)
    110.82
    """
    lon, lat = np.radians(lonlat).T
    normal_m = _AXIS_M / np.sqrt(1.0 - _ECCENTRICITY_SQUARED * np.sin(lat) ** 2)
    return np.column_stack(
        [
            normal_m * np.cos(lat) * np.cos(lon),
            normal_m * np.cos(lat) * np.sin(lon),
            normal_m * (1.0 - _ECCENTRICITY_SQUARED) * np.sin(lat),
        ]
    )


def _places(table: gpd.GeoDataFrame) -> _Places:
    """What decides of each row, sorted by what stands in it so that its place does not matter."""
    ids = as_ids(table["facility_id"]).to_numpy()
    services = table["service"].astype(str).to_numpy()
    lonlat = shapely.get_coordinates(table.geometry.to_numpy())
    names = _names(table, ids)
    bases, gates = _bases(names, services)
    length = [len(name) for name in names]
    frame = pd.DataFrame(
        {"length": length, "name": names, "lon": lonlat[:, 0], "lat": lonlat[:, 1], "id": ids}
    )
    order = frame.sort_values([str(key) for key in frame], kind="stable").index.to_numpy()
    keys = pd.Series([f"{service}\n{base}" for service, base in zip(services, bases, strict=True)])
    unnamed = np.array([not name for name in names], dtype=np.bool_)
    stops = np.isin(services, ["bus_stop"])
    within = np.where(unnamed, _UNNAMED_M, np.where(stops, STREET_M, SAME_PLACE_M))
    drawn = np.zeros(len(table), dtype=np.int64)
    if "osm_class" in table:
        kinds = [_OSM_ID.match(text) for text in ids]
        drawn = np.array([0 if kind is None else 1 + (kind[1] != "n") for kind in kinds])
        drawn[unnamed] = 0
    return _Places(
        order=order,
        group=pd.factorize(keys)[0][order].astype(np.int64),
        place_m=on_ellipsoid(lonlat)[order],
        is_gate=gates[order],
        within_m=within[order],
        gate_m=np.where(np.isin(services, list(_LARGE)), LARGE_GATE_M, GATE_M)[order],
        drawn=drawn[order],
    )


def _names(table: gpd.GeoDataFrame, ids: NDArray[Any]) -> list[str]:
    """Name of each row in one spelling; nothing where it has none but its id."""
    if "name" not in table:
        return [""] * len(table)
    blank = is_blank(table["name"])
    return [
        "" if nothing or str(name) == row_id else spelled(str(name))
        for name, nothing, row_id in zip(table["name"], blank, ids, strict=True)
    ]


def _bases(names: list[str], services: NDArray[Any]) -> tuple[list[str], Mask]:
    """Names without the word for a gate, and which had one."""
    known: dict[tuple[str, str], tuple[str, bool]] = {}
    for key in zip(names, services, strict=True):
        if key not in known:
            known[key] = base_of(*key)
    found = [known[key] for key in zip(names, services, strict=True)]
    return [base for base, _ in found], np.array([gate for _, gate in found], dtype=np.bool_)


def _clusters(places: _Places) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Which rows are one facility, and by which rule a row joined."""
    count = len(places.order)
    rule = np.full(count, _RULES[0], dtype=object)
    shared = np.bincount(places.group)[places.group] > 1
    space = np.column_stack([places.place_m, places.group * _APART_M])
    mains = np.flatnonzero(shared & ~places.is_gate)
    gates = np.flatnonzero(shared & places.is_gate)
    one, two = _near_pairs(space, mains, max(places.within_m.max(), DRAWN_TWICE_M))
    apart_m = np.linalg.norm(places.place_m[one] - places.place_m[two], axis=1)
    twice = (places.drawn[one] + places.drawn[two] == 3) & (apart_m <= DRAWN_TWICE_M)
    same = apart_m <= places.within_m[one]
    links = [(one[same | twice], two[same | twice])]
    drawn = np.unique(np.concatenate([one[twice & ~same], two[twice & ~same]]))
    rule[drawn] = _RULES[2]
    street = np.unique(np.concatenate([one[same], two[same]]))
    rule[street[places.within_m[street] == STREET_M]] = _RULES[1]
    rule[gates] = _RULES[3]
    if len(gates):
        alone = gates
        if len(mains):
            far_m, nearest = cKDTree(space[mains]).query(space[gates])
            reached = far_m <= places.gate_m[gates]
            links.append((gates[reached], mains[nearest[reached]]))
            alone = gates[~reached]
        one, two = _near_pairs(space, alone, LARGE_GATE_M)
        apart_m = np.linalg.norm(places.place_m[one] - places.place_m[two], axis=1)
        near = apart_m <= places.gate_m[one]
        links.append((one[near], two[near]))
    starts, ends = (np.concatenate(parts) for parts in zip(*links, strict=True))
    graph = coo_array((np.ones(len(starts), dtype=np.int8), (starts, ends)), shape=(count, count))
    return connected_components(graph, directed=False)[1].astype(np.int64), rule


def _near_pairs(
    space: NDArray[np.float64], rows: NDArray[np.int64], within_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of some rows that are of one group and near each other."""
    if len(rows) < 2:
        return rows[:0], rows[:0]
    pairs = cKDTree(space[rows]).query_pairs(within_m, output_type="ndarray")
    return rows[pairs[:, 0]], rows[pairs[:, 1]]


def _keepers(cluster: NDArray[np.int64], is_gate: Mask) -> NDArray[np.int64]:
    """Row that stays of each row's cluster: the first in order that is no gate, if there is one."""
    rank = np.arange(len(cluster)) + np.where(is_gate, len(cluster), 0)
    first = np.full(cluster.max() + 1, 2 * len(cluster), dtype=np.int64)
    np.minimum.at(first, cluster, rank)
    return np.asarray(first[cluster] % len(cluster))


def _put_together(
    table: gpd.GeoDataFrame,
    into: NDArray[np.int64],
    rules: NDArray[np.object_],
    is_gate: Mask,
    findings: Findings,
) -> gpd.GeoDataFrame:
    """Table of the kept rows with what is known of the others."""
    rows = np.arange(len(table))
    gone = into != rows
    ids = as_ids(table["facility_id"])
    known = origin(table)
    before = merged_table(table)
    names = table["name"].astype("str") if "name" in table else pd.Series("", index=table.index)
    now = pd.DataFrame(
        {
            "kept_id": ids.to_numpy()[into[gone]],
            "merged_id": ids.to_numpy()[gone],
            "merged_name": names.fillna("").to_numpy()[gone],
            "rule": rules[gone],
        }
    )
    everything = pd.concat([before, now], ignore_index=True)
    counts = Counter(rules[gone])
    listed = ", ".join(f"{rule} {counts[rule]:,}" for rule in _RULES if counts[rule])
    findings.doubt(
        gone,
        f"are of a facility that another row gives, and were merged into it ({listed}). "
        'lifecircle.inputs.cleaning.merged_table() lists them; duplicates="keep" keeps all rows.',
    )
    table = _with_largest(table.copy(), into, findings)
    if "outline" in table:
        table["outline"] = _outlines(table, into)
    table["entrances"] = _entrances(table, into, is_gate)
    if "name" in table:
        kept = np.unique(into[gone])
        for gate in kept[is_gate[kept]]:
            table.loc[gate, "name"] = without_gate(str(table.at[gate, "name"]))
    findings.keep(~gone)
    table = table[~gone].reset_index(drop=True)
    if table["entrances"].isna().all():
        table = table.drop(columns="entrances")
    table.attrs["lifecircle"] = {**known, "merged": everything.to_dict("list")}
    return table


def _with_largest(
    table: gpd.GeoDataFrame, into: NDArray[np.int64], findings: Findings
) -> gpd.GeoDataFrame:
    """Capacities and areas of the kept rows: the largest that is known."""
    for column in (name for name in _NUMBERS if name in table):
        values = as_numbers(table[column])
        grouped = values.groupby(into)
        most, least = grouped.max(), grouped.min()
        differing = np.isin(np.arange(len(table)), most.index[(most > least).to_numpy()])
        findings.doubt(
            differing,
            f"are given with several values of {column!r}; the largest was kept.",
        )
        table[column] = values.where(values.index.to_numpy() != into, most.reindex(values.index))
    return table


def _members(into: NDArray[np.int64]) -> dict[int, list[int]]:
    """Rows that are merged into each row that stays."""
    members: dict[int, list[int]] = {}
    for joined in np.flatnonzero(into != np.arange(len(into))):
        members.setdefault(int(into[joined]), []).append(int(joined))
    return members


def _outlines(table: gpd.GeoDataFrame, into: NDArray[np.int64]) -> pd.Series[str]:
    """Outline of each facility: the largest that is known."""
    texts = as_ids(table["outline"]).to_list()
    shapes = [shapely.from_wkt(text or None, on_invalid="ignore") for text in texts]
    sizes = [0.0 if shape is None else shape.area for shape in shapes]
    for kept, others in _members(into).items():
        texts[kept] = texts[max((kept, *others), key=lambda row: sizes[row])]
    return pd.Series(texts, index=table.index, dtype="str")


def _entrances(table: gpd.GeoDataFrame, into: NDArray[np.int64], is_gate: Mask) -> pd.Series[str]:
    """Entrances of each facility: those that are known, its gates, and the places it was given at.

    The place of the row that stays is one of them if it is a gate, or if there are others that are
    no gates: nobody knows which is truer. Where the outline is known, only gates count: the others
    are places inside it.
    """
    given = table["entrances"] if "entrances" in table else pd.Series(None, index=table.index)
    texts = given.astype("object").where(~is_blank(given), None).to_numpy(copy=True)
    lonlat = shapely.get_coordinates(table.geometry.to_numpy())
    place_m = on_ellipsoid(lonlat)
    outlined = ~is_blank(table["outline"]) if "outline" in table else np.zeros(len(table), bool)
    for kept, others in _members(into).items():
        points = set().union(*(points_of_text(texts[row]) for row in (kept, *others)))
        elsewhere, drawn = False, bool(outlined[kept])
        for row in others:
            away = not drawn and np.linalg.norm(place_m[row] - place_m[kept]) > _ONE_POINT_M
            elsewhere |= bool(away) and not is_gate[row]
            if is_gate[row] or away:
                points.add(rounded(*lonlat[row]))
        if is_gate[kept] or elsewhere:
            points.add(rounded(*lonlat[kept]))
        texts[kept] = text_of_points(points) if points else None
    return pd.Series(texts, index=table.index, dtype="str")
