"""Polynomials between degrees and a network's metres.

Within the few kilometres of a study the projection is smooth enough for a polynomial to follow it
to the millimetre, so that the page needs no library of projections.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyproj
from numpy.typing import NDArray

from lifecircle.network.graph import WalkNetwork

Floats = NDArray[np.float64]

_GRID = 25
_CLOSE_ENOUGH_M = 0.01
_DEGREES = (3, 5, 7, 9)


def page_places(network: WalkNetwork, low_m: Floats, edges: NDArray[np.int64]) -> dict[str, Any]:
    """Polynomials from degrees WGS-84 to metres and back.

    Parameters
    ----------
    network
        Whose metric system is meant.
    low_m
        Corner that metres are counted from in the page, shape (2,).
    edges
        Edges that the page carries; the polynomials hold around them.

    Returns
    -------
    dict
        ``to_m`` and ``to_degrees``, each with ``middle`` and ``half`` (of what goes in, by which it
        is brought to -1 … 1), ``powers`` (of the first and second of both) and ``x`` and ``y``
        (coefficients); ``off_m`` (how far the two are off at most, metres).

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> network = load_demo().network
    >>> low_m = np.asarray(network.bounds_m[:2])
    >>> page_places(network, low_m, np.arange(network.edge_count))["off_m"] < 0.01
    True
    """
    first = network.edge_first_point
    points = network.edge_points_m[np.concatenate([first[edges], first[edges + 1] - 1])]
    west, south = points.min(axis=0) - 500.0
    east, north = points.max(axis=0) + 500.0
    # Closer together towards the rim, where polynomials run wild otherwise.
    nodes = np.cos(np.linspace(np.pi, 0.0, _GRID))
    x = (west + east) / 2 + (east - west) / 2 * nodes
    y = (south + north) / 2 + (north - south) / 2 * nodes
    metres = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    back = pyproj.Transformer.from_crs(network.crs, "EPSG:4326", always_xy=True).transform
    degrees = np.column_stack(back(metres[:, 0], metres[:, 1]))
    local_m = metres - low_m
    degree_m = 111_320.0
    for power in _DEGREES:
        to_m, one_m = _fitted(degrees, local_m, power, 1.0)
        to_degrees, two_m = _fitted(local_m, degrees, power, degree_m)
        if max(one_m, two_m) < _CLOSE_ENOUGH_M:
            break
    return {"to_m": to_m, "to_degrees": to_degrees, "off_m": max(one_m, two_m)}


def _fitted(given: Floats, wanted: Floats, power: int, unit_m: float) -> tuple[dict[str, Any], Any]:
    """Polynomial from one pair to another, and how far it is off at most, metres."""
    low, high = given.min(axis=0), given.max(axis=0)
    middle, half = (low + high) / 2, (high - low) / 2
    u, v = ((given - middle) / half).T
    powers = [(i, total - i) for total in range(power + 1) for i in range(total + 1)]
    terms = np.column_stack([u**i * v**j for i, j in powers])
    found = [np.linalg.lstsq(terms, wanted[:, axis], rcond=None)[0] for axis in (0, 1)]
    off = max(float(np.abs(terms @ found[axis] - wanted[:, axis]).max()) for axis in (0, 1))
    polynomial = {
        "middle": middle.tolist(),
        "half": half.tolist(),
        "powers": powers,
        "x": found[0].tolist(),
        "y": found[1].tolist(),
    }
    return polynomial, off * unit_m
