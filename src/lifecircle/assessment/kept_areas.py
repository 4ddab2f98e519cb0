"""Areas that a changed study has in common with the one before: they are not drawn again."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.assessment.study import Study

_PLACES = ("facility_id", "entrances", "outline")


def unchanged_services(before: Study, now: Study) -> frozenset[str]:
    """Services whose areas cannot have changed: the same facilities on the same streets.

    Parameters
    ----------
    before, now
        Two studies.

    Returns
    -------
    frozenset of str
        Empty where streets, units, minutes or the longest way to a street are others.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> study = load_demo()
    >>> "park" in unchanged_services(study, study)
    True
    """
    same = before.network is now.network and before.minutes == now.minutes
    same = same and before.snap_m == now.snap_m and _same_units(before.units, now.units)
    if not same:
        return frozenset()
    told = [_told(study.facilities) for study in (before, now)]
    return frozenset(name for name, rows in told[1].items() if told[0].get(name) == rows)


def _same_units(before: gpd.GeoDataFrame, now: gpd.GeoDataFrame) -> bool:
    return before["unit_id"].to_list() == now["unit_id"].to_list() and np.array_equal(
        np.asarray(before.geometry.array), np.asarray(now.geometry.array)
    )


def _told(facilities: gpd.GeoDataFrame) -> dict[str, list[Any]]:
    """What decides the areas of each service, facility by facility."""
    columns = [
        facilities[name].fillna("").astype(str).to_list()
        for name in _PLACES
        if name in facilities.columns
    ]
    places = facilities.geometry.to_wkb().to_list()
    rows = pd.Series(list(zip(*columns, places, strict=True)), index=facilities.index)
    return {
        str(name): part.to_list()
        for name, part in rows.groupby(facilities["service"].to_numpy(), sort=False)
    }


def kept_area_shares(
    coverage: pd.DataFrame, services: Collection[str]
) -> dict[tuple[Any, ...], float]:
    """Area shares of services in an earlier evaluation.

    Parameters
    ----------
    coverage
        Its coverage.
    services
        Which.

    Returns
    -------
    dict
        Unit, service, walker and minutes → share.

    Examples
    --------
    >>> rows = pd.DataFrame({"unit_id": ["U1"], "service": ["park"], "walker": ["adult"],
    ...                      "minutes": [5.0], "area_share": [0.25]})
    >>> kept_area_shares(rows, {"park"})
    {('U1', 'park', 'adult', 5.0): 0.25}
    """
    rows = coverage[coverage["service"].isin(services) & coverage["area_share"].notna()]
    keys = zip(rows["unit_id"], rows["service"], rows["walker"], rows["minutes"], strict=True)
    return dict(zip(keys, rows["area_share"].tolist(), strict=True))


def kept_group(
    since: Any, group: str, walker: str, services: Collection[str]
) -> gpd.GeoDataFrame | None:
    """Isochrones of a group in an earlier evaluation; ``None`` where they may be others.

    Parameters
    ----------
    since
        The evaluation.
    group
        Group of services.
    walker
        Name of who walks.
    services
        Services whose areas are those of before.

    Returns
    -------
    GeoDataFrame or None

    Examples
    --------
    >>> from lifecircle import evaluate, load_demo
    >>> kept_group(evaluate(load_demo()), "green", "adult", ()) is None
    True
    """
    before = since.study.facilities
    if not set(before.loc[before["group"] == group, "service"]).issubset(services):
        return None
    rows = since.isochrones
    return gpd.GeoDataFrame(rows[(rows["group"] == group) & (rows["walker"] == walker)])
