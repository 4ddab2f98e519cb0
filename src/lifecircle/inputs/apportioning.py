"""Totals shared out among places to the person, each place with a plausible range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.crs import WGS84
from lifecircle.errors import InputError, some
from lifecircle.tables import SEGMENTS, check_residents
from lifecircle.tables.findings import origin, tell

Array = NDArray[np.float64]
Positions = NDArray[np.int64]

OWN = (
    "resident_id",
    "people",
    *SEGMENTS,
    "unit_id",
    "people_low",
    "people_high",
    "method",
)
_GRAIN = 9  # decimals of a person below which two remainders are one


def share_out(weights: Array, group: Positions, totals: Array) -> tuple[Array, Array]:
    """Whole people in proportion to weights, by the largest remainder within each group.

    Parameters
    ----------
    weights
        0 or more, shape (n,), in an order that does not depend on the caller's.
    group
        Group of each, shape (n,), from 0.
    totals
        Whole people of each group. Given to nobody where a group has no weight.

    Returns
    -------
    people, quota
        Shape (n,): whole people that sum to the total of each group, and the exact proportion.

    Examples
    --------
    >>> people, quota = share_out(np.ones(3), np.zeros(3, dtype=np.int64), np.array([10.0]))
    >>> people.tolist(), quota.round(2).tolist()
    ([4.0, 3.0, 3.0], [3.33, 3.33, 3.33])
    """
    sums = np.bincount(group, weights=weights, minlength=len(totals))
    with np.errstate(divide="ignore", invalid="ignore"):
        quota = np.where(sums[group] > 0, weights / sums[group] * totals[group], 0.0)
    people = np.floor(quota + 10.0**-_GRAIN)
    remainder = np.round(quota - people, _GRAIN)
    given = np.bincount(group, weights=people, minlength=len(totals))
    missing = np.where(sums > 0, totals - given, 0.0)
    order = np.lexsort((np.arange(len(group)), -remainder, group))
    starts = np.searchsorted(group[order], np.arange(len(totals)))
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = np.arange(len(group)) - starts[group[order]]
    return people + (rank < missing[group]), quota


def whole_totals(sums: Array) -> Array:
    """Whole people of each group, that sum to those of all.

    Parameters
    ----------
    sums
        People, shape (n,), in a settled order.

    Returns
    -------
    array of float, shape (n,)
        Each is its sum rounded up or down.

    Examples
    --------
    >>> whole_totals(np.array([1.4, 1.4, 1.4])).tolist()
    [2.0, 1.0, 1.0]
    """
    one = np.zeros(len(sums), dtype=np.int64)
    return share_out(sums, one, np.array([np.round(sums.sum())]))[0]


def canonical_order(frame: pd.DataFrame, group: Positions, weights: Array) -> Positions:
    """Order of rows that follows from what they hold, not from how they were handed in.

    Parameters
    ----------
    frame
        With ``lon``, ``lat`` and ``resident_id``, n rows.
    group, weights
        Shape (n,).

    Returns
    -------
    array of int, shape (n,)

    Examples
    --------
    >>> rows = pd.DataFrame({"lon": [2.0, 1.0], "lat": [0.0, 0.0], "resident_id": ["a", "b"]})
    >>> canonical_order(rows, np.zeros(2, dtype=np.int64), np.ones(2)).tolist()
    [1, 0]
    """
    ids = np.unique(frame["resident_id"].to_numpy(dtype=str), return_inverse=True)[1]
    lon, lat = frame["lon"].to_numpy(), frame["lat"].to_numpy()
    return np.lexsort((ids, weights, lat, lon, group)).astype(np.int64)


def residents_of(
    places: pd.DataFrame, regions: pd.DataFrame, shares: Mapping[str, float]
) -> gpd.GeoDataFrame:
    """Residents of weighted places, to the person of each region's totals.

    Parameters
    ----------
    places
        ``resident_id``, ``lon``, ``lat`` (degrees), ``region`` (position in ``regions``),
        ``weight`` (0 or more), ``low_factor`` and ``high_factor`` (range of the people as multiples
        of their exact proportion), ``method``; further columns are kept.
    regions
        ``unit_id``, ``people``, ``elderly``, ``children`` (whole, or NaN where not known).
    shares
        Share of an age group where a region has no count of it.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        In the order of ``places``. Elderly and children together are never more than the people of
        a place. An age group that is not known in every region with people is left out and told.

    Raises
    ------
    InputError
        If no region has anybody.

    Examples
    --------
    >>> homes = pd.DataFrame({"resident_id": ["a", "b"], "lon": [0, 1], "lat": [0, 0],
    ...     "region": 0, "weight": [1, 2], "low_factor": 0.8, "high_factor": 1.2, "method": "x"})
    >>> town = pd.DataFrame({"unit_id": ["U"], "people": [10], "elderly": [3], "children": [None]})
    >>> made = residents_of(homes, town, {})
    >>> made[["people", "people_low", "people_high", "elderly"]].values.tolist()
    [[3.0, 2.0, 4.0, 1.0], [7.0, 5.0, 8.0, 2.0]]
    """
    totals = regions["people"].to_numpy(dtype=np.float64)
    if not totals.sum() > 0:
        raise InputError(
            "residents: no unit has anybody, so that there is nothing to share out. Are the people "
            "of the units in another column?"
        )
    region = places["region"].to_numpy(dtype=np.int64)
    weights = places["weight"].to_numpy(dtype=np.float64)
    order = canonical_order(places, region, weights)
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.arange(len(order))
    ordered = region[order]
    people, quota = share_out(weights[order], ordered, totals)
    table = {
        name: places[name] for name in places if name not in ("lon", "lat", "region", "weight")
    }
    columns: dict[str, Any] = {"resident_id": table.pop("resident_id"), "people": people[back]}
    left, left_total = people, totals
    for name, stated in _age_totals(regions, totals, shares).items():
        part = np.minimum(stated, left_total)
        counted, _ = share_out(left, ordered, part)
        left, left_total = left - counted, left_total - part
        columns[name] = counted[back]
    columns["unit_id"] = regions["unit_id"].to_numpy()[region]
    low = np.floor(quota[back] * table.pop("low_factor").to_numpy() + 10.0**-_GRAIN)
    high = np.ceil(quota[back] * table.pop("high_factor").to_numpy() - 10.0**-_GRAIN)
    columns["people_low"] = np.minimum(low, columns["people"])
    columns["people_high"] = np.maximum(np.minimum(high, totals[region]), columns["people"])
    columns["method"] = table.pop("method")
    points = gpd.points_from_xy(places["lon"], places["lat"])
    for label, column in table.items():
        columns[f"{label} in file" if label in OWN else str(label)] = column
    return gpd.GeoDataFrame(columns, geometry=points, crs=WGS84)


def close_residents(
    made: gpd.GeoDataFrame, known: Mapping[str, Any], *, method: str, uncertainty: str
) -> gpd.GeoDataFrame:
    """Checked residents that say how they were made, and how far they can be trusted.

    Parameters
    ----------
    made
        As :func:`residents_of` gives them.
    known
        What else is known of them, for ``attrs["lifecircle"]``.
    method
        ``"buildings"``, ``"raster"`` or ``"totals"``.
    uncertainty
        One sentence for planners; told.

    Returns
    -------
    GeoDataFrame, EPSG:4326

    Examples
    --------
    >>> import warnings; warnings.simplefilter("ignore")
    >>> home = gpd.GeoDataFrame({"people": [1]}, geometry=gpd.points_from_xy([1], [1]), crs=4326)
    >>> close_residents(home, {}, method="totals", uncertainty="…").attrs["lifecircle"]["method"]
    'totals'
    """
    residents = check_residents(made)
    residents.attrs["lifecircle"] = {
        **origin(residents),
        **known,
        "method": method,
        "uncertainty": uncertainty,
    }
    tell(f"residents: {uncertainty}")
    return residents


def numbered(names: Sequence[str] | pd.Series[str]) -> list[str]:
    """Ids of places: that of their unit and a number within it.

    Parameters
    ----------
    names
        Unit of each place, in a settled order.

    Returns
    -------
    list of str

    Examples
    --------
    >>> numbered(["U1", "U1", "U2"])
    ['U1-00001', 'U1-00002', 'U2-00001']
    """
    counts: dict[str, int] = {}
    ids = []
    for name in names:
        counts[name] = counts.get(name, 0) + 1
        ids.append(f"{name}-{counts[name]:05d}")
    return ids


def _age_totals(
    regions: pd.DataFrame, people: Array, shares: Mapping[str, float]
) -> dict[str, Array]:
    """Whole people of each age group in each region, of the groups known everywhere."""
    found = {}
    lived = people > 0
    for name in SEGMENTS:
        stated = regions[name].to_numpy(dtype=np.float64, na_value=np.nan)
        if name in shares:
            stated = np.where(np.isnan(stated), np.round(shares[name] * people), stated)
        missing = np.isnan(stated) & lived
        if not missing.any():
            found[name] = np.where(lived, stated, 0.0)
        elif not missing[lived].all():
            ids = regions["unit_id"][missing]
            tell(
                f"units: {int(missing.sum())} of {len(regions)} (ids {some(ids)}) do not say how "
                f"many {name} they hold, so that no residents carry {name!r}. Add them, or a share "
                f"for those units: shares={{{name!r}: …}}."
            )
    return found
