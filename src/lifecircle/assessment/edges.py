"""Where the data ends: what lies beyond is unknown, not empty."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from lifecircle.assessment.study import Study
from lifecircle.errors import LifecircleWarning, some
from lifecircle.network.extent import margin_m


def street_margin_m(study: Study) -> NDArray[np.float64]:
    """How far the streets go beyond each unit.

    Parameters
    ----------
    study
        What is evaluated.

    Returns
    -------
    array, shape (units,)
        Metres from the unit to the convex hull of the streets, 0 where it sticks out.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> bool(street_margin_m(load_demo()).min() > 1080)
    True
    """
    return margin_m(study.network, study.units)


def facilities_around(study: Study, reach_m: float) -> NDArray[np.int64]:
    """Facilities outside each unit, but not further than the longest walk.

    Parameters
    ----------
    study
        What is evaluated.
    reach_m
        Longest walk, metres.

    Returns
    -------
    array, shape (units,)

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> bool(facilities_around(load_demo(), 1080).min() > 0)
    True
    """
    crs = study.network.crs
    units = np.asarray(study.units.geometry.to_crs(crs).array)
    tree = shapely.STRtree(np.asarray(study.facilities.geometry.to_crs(crs).array))
    near, _ = tree.query(units, predicate="dwithin", distance=reach_m)
    inside, _ = tree.query(units, predicate="intersects")
    count = np.bincount(near, minlength=len(units)) - np.bincount(inside, minlength=len(units))
    return count.astype(np.int64)


def tell_edges(study: Study, columns: Mapping[str, Any], reach_m: float) -> None:
    """Warn of units whose surroundings the data does not cover.

    Parameters
    ----------
    study
        What is evaluated.
    columns
        ``street_margin_m`` and ``facilities_around`` of each unit.
    reach_m
        Longest walk, metres.
    """
    longest, ids = study.minutes[-1], study.units["unit_id"]
    reached_m = columns["street_margin_m"]
    short = reached_m < reach_m
    if short.any():
        warnings.warn(
            f"streets: they reach less than {longest:g} minutes of walking ({reach_m:,.0f} m) "
            f"beyond {short.sum()} of {len(ids)} units ({some(ids[short])}; least "
            f"{reached_m.min():,.0f} m). What lies beyond is unknown, so coverage there may be too "
            "low. Take streets and facilities from a wider area.",
            LifecircleWarning,
            stacklevel=6,
        )
    alone = columns["facilities_around"] == 0
    if alone.any() and not study.nothing_given:
        warnings.warn(
            f"facilities: the table has none around {alone.sum()} of {len(ids)} units within "
            f"{longest:g} minutes ({some(ids[alone])}). Was it cut at the boundary? People cross "
            "it; coverage near the edge may be too low.",
            LifecircleWarning,
            stacklevel=6,
        )
