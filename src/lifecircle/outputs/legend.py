"""Classes, colours and figures as a legend shows them."""

from __future__ import annotations

import itertools
import math

import numpy as np


def completeness_classes(total: int) -> list[tuple[int, int]]:
    """Classes of the number of services within reach, from none to all.

    All services is a class of its own; fewer are split into four even classes.

    Parameters
    ----------
    total
        Number of required services.

    Returns
    -------
    list of tuple
        Lowest and highest count of each class, both included; together 0 to ``total``.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> completeness_classes(10)
    [(0, 2), (3, 4), (5, 7), (8, 9), (10, 10)]
    >>> completeness_classes(2)
    [(0, 0), (1, 1), (2, 2)]
    """
    if total <= 0:
        return [(0, 0)]
    count = min(4, total)
    edges = [math.ceil(total * step / count) for step in range(count + 1)]
    return [(low, high - 1) for low, high in itertools.pairwise(edges)] + [(total, total)]


def share_text(share: float, unknown: str) -> str:
    """A share as per cent; 100 % only if it is all, 0 % only if it is none.

    Parameters
    ----------
    share
        0–1, or NaN.
    unknown
        What stands for NaN.

    Returns
    -------
    str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> [share_text(share, "–") for share in (0.0, 0.0001, 0.8344, 0.9999, 1.0, float("nan"))]
    ['0 %', '0.1 %', '83.4 %', '99.9 %', '100 %', '–']
    """
    if not math.isfinite(share):
        return unknown
    if share in (0.0, 1.0):
        return f"{share:.0%}".replace("%", " %")
    return f"{min(max(100 * share, 0.1), 99.9):.1f} %"


def spread(colours: list[str], count: int) -> list[str]:
    """As many colours of a ramp as are needed, as far apart as can be.

    Parameters
    ----------
    colours
        The ramp, ``#rrggbb``.
    count
        How many are needed.

    Returns
    -------
    list of str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> spread(["#000000", "#ffffff"], 3)
    ['#000000', '#808080', '#ffffff']
    """
    ramp = np.array([[int(one[at : at + 2], 16) for at in (1, 3, 5)] for one in colours])
    steps = np.linspace(0, len(colours) - 1, max(count, 1))
    rgb = [np.interp(steps, range(len(colours)), ramp[:, channel]) for channel in range(3)]
    return ["#" + "".join(f"{round(value):02x}" for value in one) for one in zip(*rgb, strict=True)]
