"""Rows of coverage where nobody lives or nothing stands: known to be none, not missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.assessment.study import Study
from lifecircle.network.travel_times import TravelTimes


def people_by_street(
    times: TravelTimes, members: pd.DataFrame, people: str
) -> dict[str, pd.Series[float]]:
    """People of each unit whom a street is near to, and whom none is.

    Parameters
    ----------
    times
        Travel times of a walker.
    members
        Residents with the ``unit_id`` they belong to.
    people
        Column that counts them.

    Returns
    -------
    dict
        ``"people"`` and ``"unsnapped_people"``, by unit.

    Examples
    --------
    >>> none = pd.DataFrame({"origin_id": ["a"], "destination_id": ["x"], "minutes": [5.0]})
    >>> homes = pd.DataFrame({"resident_id": ["a"], "unit_id": ["U1"], "people": [4]})
    >>> times = TravelTimes.from_frame(none, limit_min=15)
    >>> people_by_street(times, homes, "people")["people"].to_dict()
    {'U1': 4.0}
    """
    lost = members["resident_id"].isin(times.unsnapped_origins).to_numpy()
    count = pd.to_numeric(members[people]).to_numpy(dtype=float)
    unit, ids = pd.factorize(members["unit_id"])

    def added(rows: NDArray[np.bool_]) -> pd.Series[float]:
        # one after another, as coverage adds them up
        total = np.bincount(unit[rows], weights=count[rows], minlength=len(ids))
        return pd.Series(total, index=ids)

    return {"people": added(~lost), "unsnapped_people": added(lost)}


def every_row(
    table: pd.DataFrame,
    study: Study,
    services: Sequence[str],
    living: Mapping[str, pd.Series[float]],
) -> pd.DataFrame:
    """Every unit × service × minutes.

    Parameters
    ----------
    table
        Rows that :func:`lifecircle.coverage` gives.
    study
        Whose units and minutes.
    services
        Services that were measured.
    living
        As :func:`people_by_street` gives it.

    Returns
    -------
    DataFrame
        Where nothing stands, 0 people are covered; the share is 0 where anybody lives.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> none = pd.DataFrame(columns=["unit_id", "service", "minutes", "people", "covered_people",
    ...                              "covered_share", "nearest_median_min", "unsnapped_people"])
    >>> living = {"people": pd.Series({"YH-SZT-01": 4.0})}
    >>> rows = every_row(none, load_demo(), ["park"], living)
    >>> rows.loc[:0, ["people", "covered_people", "covered_share"]].values.tolist()
    [[4.0, 0.0, 0.0]]
    """
    index = pd.MultiIndex.from_product(
        [study.units["unit_id"], list(services), study.minutes],
        names=["unit_id", "service", "minutes"],
    )
    full = table.set_index(index.names).reindex(index).reset_index()
    for name, total in living.items():
        full[name] = full[name].astype(float).fillna(full["unit_id"].map(total)).fillna(0.0)
    full["covered_people"] = full["covered_people"].astype(float).fillna(0.0)
    empty = full["covered_share"].isna() & (full["people"] > 0)
    full["covered_share"] = full["covered_share"].astype(float).where(~empty, 0.0)
    return full
