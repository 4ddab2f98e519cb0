"""Coverage: the share of people who have a service within so many minutes."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from lifecircle.crs import WGS84, local_crs
from lifecircle.errors import (
    AlignmentError,
    CrsError,
    DuplicateIdError,
    InputError,
    LifecircleWarning,
    MissingColumnError,
    some,
)
from lifecircle.network.travel_times import (
    BY_POSITION,
    TravelTimes,
    check_bands,
    point_ids,
)


def coverage(
    times: TravelTimes,
    residents: pd.DataFrame,
    facilities: pd.DataFrame,
    *,
    minutes: Iterable[float] = (5, 10, 15),
    by: Sequence[str] = ("unit_id", "service"),
    people: str = "people",
) -> pd.DataFrame:
    r"""Share of people with a facility within so many minutes.

    .. math:: \text{covered share} = \sum_{i: \min_j t_{ij} \le T} P_i \Big/ \sum_i P_i

    over the residents :math:`i` of a unit whose home lies near a street, and the facilities
    :math:`j` of a service, wherever they stand: a facility outside the unit counts.

    Parameters
    ----------
    times
        Walking minutes, residents → facilities.
    residents
        Table with ``resident_id`` (else the index; a resident of nested units may stand in
        several rows), the people's column, and the columns of ``by``
        that speak of people; rows without a unit are left out.
    facilities
        Table with ``facility_id`` (else the index) and the columns of ``by`` that speak of
        facilities; may be fewer than in ``times``.
    minutes
        Times, minutes; exactly at a time counts as reached.
    by
        Columns that the result has one row for each combination of. ``("service",)`` gives the
        whole area, ``("unit_id", "group")`` any facility of a group.
    people
        Column with the number of people of each row, such as ``"elderly"``.

    Returns
    -------
    DataFrame
        The columns of ``by``, then ``minutes``, ``people``, ``covered_people``, ``covered_share``
        (0–1, NaN where nobody lives, or where no facility of the service is near a street),
        ``nearest_median_min`` (half of the people have a shorter way, minutes; NaN where that lies
        beyond ``times.limit_min``) and ``unsnapped_people``, who live too far from any street to
        say, and are in neither people nor share.

    Raises
    ------
    MissingColumnError
        If a column of ``by`` or ``people`` is in neither table.
    AlignmentError
        If the tables have ids that ``times`` does not know.
    InputError
        If minutes go beyond the limit, or people are negative or not numbers.

    Examples
    --------
    >>> times = TravelTimes.from_frame(
    ...     pd.DataFrame({"origin_id": ["a", "b"], "destination_id": ["F1", "F1"],
    ...                   "minutes": [4.0, 12.0]}), limit_min=15)
    >>> homes = pd.DataFrame({"resident_id": ["a", "b"], "unit_id": "U1", "people": [30, 10]})
    >>> schools = pd.DataFrame({"facility_id": ["F1"], "service": ["primary_school"]})
    >>> coverage(times, homes, schools, minutes=[5])[["covered_people", "covered_share"]].values
    array([[30.  ,  0.75]])
    """
    limits = check_bands(minutes)
    times.check_limit(limits)
    by = (by,) if isinstance(by, str) else tuple(by)
    if len(set(by)) < len(by) or {*by} & {*_FIGURES}:
        raise InputError(f"by={by!r}: name each column once, and none of {some(_FIGURES, 9)}.")
    homes_by = [name for name in by if name in residents.columns]
    places_by = [name for name in by if name not in residents.columns]
    missing = [name for name in places_by if name not in facilities.columns]
    if missing or people not in residents.columns:
        lacking = [*missing, *([people] if people not in residents.columns else [])]
        raise MissingColumnError(
            f"coverage: no column {some(lacking)} in residents ({some(residents.columns, 12)}) "
            f"or facilities ({some(facilities.columns, 12)})."
        )
    nearest, labels, lost = _nearest(times, residents, facilities, places_by)
    count = people_numbers(residents, people)
    units, unit = _combinations(residents, homes_by)
    known = (unit >= 0) & ~lost
    total = np.bincount(unit[known], weights=count[known], minlength=len(units))
    unsnapped = np.bincount(
        unit[(unit >= 0) & lost], weights=count[(unit >= 0) & lost], minlength=len(units)
    )
    parts = []
    off = _off_the_streets(times, facilities, places_by)
    for column in range(len(labels)):
        minutes_here = nearest[:, column]
        median = _medians(minutes_here[known], count[known], unit[known], len(units))
        for limit in limits:
            inside = known & (minutes_here <= np.float32(limit))
            covered = np.bincount(unit[inside], weights=count[inside], minlength=len(units))
            part = units.assign(
                **dict(labels.iloc[column]),
                minutes=limit,
                people=total,
                covered_people=np.where(off[column], np.nan, covered),
                covered_share=np.where(off[column], np.nan, share(covered, total)),
                nearest_median_min=median,
                unsnapped_people=unsnapped,
            )
            parts.append(part)
    columns = [*by, *_FIGURES]
    if not parts:
        return pd.DataFrame(columns=columns)
    table = pd.concat(parts, ignore_index=True)[columns]
    table["_unit"] = np.tile(np.arange(len(units)), len(parts))
    table["_label"] = np.repeat(np.arange(len(parts)) // len(limits), len(units))
    return table.sort_values(["_unit", "_label", "minutes"], ignore_index=True)[columns]


def radius_shares(
    residents: gpd.GeoDataFrame,
    facilities: gpd.GeoDataFrame,
    *,
    radii_m: Iterable[float] = (300, 500, 1000),
    by: Sequence[str] = ("unit_id", "service"),
    people: str = "people",
    crs: Any = None,
) -> pd.DataFrame:
    """Share of people who live within a straight-line radius of a facility.

    This is how the design standards draw service radii; it knows no streets and is never mixed with
    walking times. The difference between the two is itself a finding.

    Parameters
    ----------
    residents, facilities
        Points in any reference system, with the columns of ``by``.
    radii_m
        Radii, metres.
    by
        One column of residents and one of facilities.
    people
        Column with the number of people.
    crs
        Metric system that distances are taken in; one laid through the homes if not given.

    Returns
    -------
    DataFrame
        The columns of ``by``, ``radius_m`` and ``radius_share`` (0–1, NaN where nobody lives).

    Raises
    ------
    MissingColumnError, CrsError
        If a column or a reference system is missing.
    InputError
        If people are negative or not numbers.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> study = load_demo()
    >>> shares = radius_shares(study.residents, study.facilities, radii_m=[500])
    >>> bool(shares["radius_share"].between(0, 1).all())
    True
    """
    unit_column, label_column = by
    for what, table, needed in (
        ("residents", residents, (unit_column, people)),
        ("facilities", facilities, (label_column,)),
    ):
        missing = [name for name in needed if name not in table.columns]
        if missing:
            raise MissingColumnError(
                f"{what}: there is no column {some(missing)}; found {some(table.columns, 12)}."
            )
        if table.crs is None:
            raise CrsError(
                f"{what}: the points have no coordinate reference system. Say which with "
                "set_crs('EPSG:4326') if these are degrees WGS-84."
            )
    count = people_numbers(residents, people)
    distance_m, labels = straight_distances_m(residents, facilities, label_column, crs)
    units, unit = _combinations(residents, [unit_column])
    known = unit >= 0
    total = np.bincount(unit[known], weights=count[known], minlength=len(units))
    parts = []
    for radius_m in radii_m:
        for column, label in enumerate(labels):
            inside = known & (distance_m[:, column] <= radius_m)
            covered = np.bincount(unit[inside], weights=count[inside], minlength=len(units))
            parts.append(
                units.assign(
                    **{label_column: label},
                    radius_m=float(radius_m),
                    radius_share=share(covered, total),
                )
            )
    columns = [unit_column, label_column, "radius_m", "radius_share"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def straight_distances_m(
    residents: gpd.GeoDataFrame, facilities: gpd.GeoDataFrame, label_column: str, crs: Any = None
) -> tuple[NDArray[np.float64], list[str]]:
    """Straight distance from each home to the nearest facility of each label.

    Parameters
    ----------
    residents, facilities
        Points in any reference system.
    label_column
        Column of ``facilities``, such as ``"service"``.
    crs
        Metric system that distances are taken in; one laid through the homes if not given.

    Returns
    -------
    distance_m
        Metres, infinite where there is none, shape (n, labels).
    labels
        In alphabetical order.
    """
    if len(facilities) == 0:
        return np.empty((len(residents), 0)), []
    homes = residents.geometry.to_crs(WGS84)
    if crs is None:
        west, south, east, north = homes.total_bounds
        crs = local_crs((west + east) / 2, (south + north) / 2)
    homes, places = homes.to_crs(crs), facilities.geometry.to_crs(crs)
    here = np.column_stack([homes.x, homes.y])
    there = np.column_stack([places.x, places.y])
    rows = facilities.groupby(label_column, observed=True).indices
    labels = sorted(rows)
    columns = [cKDTree(there[rows[label]]).query(here)[0] for label in labels]
    return np.column_stack(columns), [str(label) for label in labels]


def rows_in(
    known: pd.Index, table: pd.DataFrame, column: str, *, complete: bool
) -> NDArray[np.int64]:
    """Position of each row's id in the travel times.

    Parameters
    ----------
    known
        Ids of the travel times.
    table
        Residents or facilities.
    column
        Its column of ids.
    complete
        Whether the travel times name every id that was asked for.

    Returns
    -------
    array, shape (n,)
        -1 where a table from elsewhere lacks the id; a warning tells how many.

    Raises
    ------
    AlignmentError
        If ids are missing that should be there.
    """
    what = "residents" if column == "resident_id" else "facilities"
    ids = point_ids(table, column, unique=False)
    if known.name == BY_POSITION and not ids.is_unique:
        raise AlignmentError(
            f"{what}: the index labels repeat and there is no column of ids, so its {len(table)} "
            f"rows cannot be told among the {len(known)} that were searched. Give each row an id "
            f"({column}), or reset_index(drop=True), before the travel times are computed."
        )
    position = np.asarray(known.get_indexer(ids), dtype=np.int64)
    lost = position < 0
    if lost.any() and (complete or (lost.all() and len(known))):
        raise AlignmentError(
            f"{what}: {lost.sum()} of {len(ids)} ids are not in the travel times "
            f"({some(ids[lost])}; the travel times know {some(known)}). Compute the travel times "
            f"from this very table; ids are taken from {column!r}, else from the index."
        )
    if lost.any():
        warnings.warn(
            f"{what}: {lost.sum()} of {len(ids)} ids do not appear in the travel times "
            f"({some(ids[lost])}) and count as reaching nothing.",
            LifecircleWarning,
            stacklevel=4,
        )
    return position


def share(part: NDArray[Any], whole: NDArray[Any]) -> NDArray[np.float64]:
    """Part of a whole, NaN where the whole is 0: nobody is not nothing.

    Parameters
    ----------
    part, whole
        Numbers, same shape.

    Returns
    -------
    array, same shape
        0–1.

    Examples
    --------
    >>> share(np.array([1.0, 0.0]), np.array([4.0, 0.0]))
    array([0.25,  nan])
    """
    unknown = np.full(len(whole), np.nan)
    return np.asarray(np.divide(part, whole, out=unknown, where=whole > 0))


def people_numbers(residents: pd.DataFrame, people: str) -> NDArray[np.float64]:
    """Numbers of people, checked.

    Parameters
    ----------
    residents
        Table.
    people
        Its column of people.

    Returns
    -------
    array, shape (n,)

    Raises
    ------
    InputError
        If some are negative, missing or not numbers; lists the rows.

    Examples
    --------
    >>> people_numbers(pd.DataFrame({"people": [3, 4]}), "people")
    array([3., 4.])
    """
    column = pd.to_numeric(residents[people], errors="coerce")
    numbers: NDArray[np.float64] = column.to_numpy(dtype=float)
    bad = ~(np.isfinite(numbers) & (numbers >= 0))
    if bad.any():
        raise InputError(
            f"residents: {bad.sum()} of {len(numbers)} rows have no number of people above or "
            f"equal to 0 in {people!r} (rows {some(residents.index[bad])}). Fill them in, or drop "
            "rows whose people are not known."
        )
    return numbers


_FIGURES = (
    "minutes",
    "people",
    "covered_people",
    "covered_share",
    "nearest_median_min",
    "unsnapped_people",
)


def _nearest(
    times: TravelTimes, residents: pd.DataFrame, facilities: pd.DataFrame, places_by: list[str]
) -> tuple[NDArray[np.float32], pd.DataFrame, NDArray[np.bool_]]:
    """Minutes from each home (row) to the nearest facility of each label (column), inf if none.

    And whether a home is too far from any street to say.
    """
    labels, code = _combinations(facilities, places_by)
    column = rows_in(times.destinations, facilities, "facility_id", complete=times.complete)
    twice = column[column >= 0]
    if len(np.unique(twice)) < len(twice):
        raise DuplicateIdError(
            "facilities: some ids stand in more than one row. Give each row its own id, also the "
            "services of one place, and compute the travel times again."
        )
    label = np.full(len(times.destinations) + 1, -1, dtype=np.int64)
    label[column] = code  # a facility unknown to an incomplete table lands on the spare place
    label[-1] = -1
    best = np.full((len(times.origins) + 1, len(labels)), np.inf, dtype=np.float32)
    best[:-1] = times.nearest_by_code(label[:-1], len(labels))
    row = rows_in(times.origins, residents, "resident_id", complete=times.complete)
    off = np.zeros(len(times.origins) + 1, dtype=bool)
    off[:-1] = times.origins.isin(times.unsnapped_origins)
    return best[row], labels, off[row]


def _off_the_streets(
    times: TravelTimes, facilities: pd.DataFrame, places_by: list[str]
) -> NDArray[np.bool_]:
    """Labels none of whose facilities lies near a street: nothing is known of them."""
    labels, code = _combinations(facilities, places_by)
    lost = point_ids(facilities, "facility_id", unique=False).isin(times.unsnapped_destinations)
    if len(lost) == 0 or times.destinations.name == BY_POSITION:
        return np.zeros(len(labels), dtype=bool)
    near = np.bincount(code[(code >= 0) & ~lost], minlength=len(labels))
    return np.asarray(near == 0)


def _combinations(
    table: pd.DataFrame, columns: list[str]
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Distinct combinations of some columns, sorted, and which of them each row is (-1: none)."""
    if not columns:
        return pd.DataFrame(index=[0]), np.zeros(len(table), dtype=np.int64)
    groups = table.groupby(columns, sort=True, dropna=True, observed=True)
    code = groups.ngroup().fillna(-1).to_numpy(dtype=np.int64)  # a gap belongs to no group
    rows = np.flatnonzero(code >= 0)
    order, at = np.unique(code[rows], return_index=True)
    distinct = pd.DataFrame(table[columns]).iloc[rows[at]].reset_index(drop=True)
    return distinct, np.searchsorted(order, code) * (code >= 0) - (code < 0)


def _medians(
    minutes: NDArray[np.float32],
    count: NDArray[np.float64],
    unit: NDArray[np.int64],
    units: int,
) -> NDArray[np.float64]:
    """Minutes that half of each unit's people do not exceed, NaN where more than half do."""
    order = np.lexsort((minutes, unit))
    sorted_unit, weight = unit[order], count[order]
    first = np.searchsorted(sorted_unit, np.arange(units + 1))
    result = np.full(units, np.nan)
    for row in range(units):
        begin, end = first[row], first[row + 1]
        run = np.cumsum(weight[begin:end])
        if len(run) and run[-1] > 0:
            at = begin + int(np.searchsorted(run, run[-1] / 2 * (1 - 1e-12)))
            value = float(minutes[order[at]])
            result[row] = value if np.isfinite(value) else np.nan
    return result
