"""Numbers that a source states of its streets: refused where wrong, doubted where odd."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from lifecircle.errors import LifecircleWarning, NetworkError, some


def check_numbers(streets: Any) -> None:
    """Refuse what a search would silently get wrong.

    Parameters
    ----------
    streets
        Streets as a reader found them.

    Raises
    ------
    NetworkError
        If coordinates or lengths are not finite, or a length is negative.
    """
    problems = []
    for what, lonlat in (("nodes", streets.node_lonlat), ("vertices", streets.points_lonlat)):
        bad = np.flatnonzero(~np.isfinite(lonlat).all(axis=1))
        if len(bad):
            problems.append(
                f"{len(bad)} {what} have coordinates that are not numbers (positions {some(bad)})"
            )
    if streets.length_m is not None:
        wrong = np.flatnonzero(~(np.isfinite(streets.length_m) & (streets.length_m >= 0)))
        if len(wrong):
            problems.append(
                f"{len(wrong)} of {len(streets.length_m)} edges have a length that is negative or "
                f"not a number (edges {some(_edge_label(streets, edge) for edge in wrong[:6])})"
            )
    if problems:
        raise NetworkError(
            f"network: {'; '.join(problems)}. Mend them in the source or leave 'length' out: it "
            "is measured from the geometry then."
        )


def doubt_lengths(stated_m: float, measured_m: float) -> None:
    """Warn where lengths are a thousandth of the drawing (kilometres) or far less (degrees).

    Parameters
    ----------
    stated_m, measured_m
        Sum of all lengths as they are stated and as they are drawn, metres.
    """
    ratio = stated_m / measured_m if measured_m > 0 else 1.0
    unit = "kilometres" if 5e-4 < ratio < 2e-3 else "degrees" if 4e-6 < ratio < 2e-5 else None
    if unit:
        warnings.warn(
            f"network: the lengths stated for the streets add up to {stated_m:,.3f}, their drawing "
            f"to {measured_m:,.0f} m: they look like {unit}. Walking times follow the stated "
            "lengths; give metres, or leave 'length' out to have them measured.",
            LifecircleWarning,
            stacklevel=4,
        )


def _edge_label(streets: Any, edge: int) -> str:
    return "–".join(str(streets.node_ids[end]) for end in streets.ends[edge])
