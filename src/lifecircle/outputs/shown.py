"""What is shown of the part of a study: what people there may walk to, and no more."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np

from lifecircle.assessment.evaluation import Evaluation
from lifecircle.assessment.study import Study
from lifecircle.assessment.whole import Whole


def whole_of(study: Study) -> Whole | None:
    """What a study knows of the whole that it is a part of.

    Parameters
    ----------
    study
        A study, or what a page takes for one.

    Returns
    -------
    Whole or None
        ``None`` where it is a part of nothing.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> whole_of(load_demo()) is None
    True
    """
    found: Whole | None = getattr(study, "whole", None)
    return found


def streets_shown(study: Study) -> gpd.GeoDataFrame:
    """Streets of a study; of a part those that walks from its units may lead along.

    Parameters
    ----------
    study
        The study.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        As :meth:`lifecircle.WalkNetwork.edges_frame` gives them.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> study = load_demo()
    >>> len(streets_shown(study)) == study.network.edge_count
    True
    """
    network = study.network
    edges = network.edges_frame()
    whole = whole_of(study)
    if whole is None:
        return edges
    west, south, east, north = whole.frame_m
    points, first = network.edge_points_m, network.edge_first_point[:-1]
    low, high = np.minimum.reduceat(points, first), np.maximum.reduceat(points, first)
    inside = (high >= [west, south]).all(axis=1) & (low <= [east, north]).all(axis=1)
    found: gpd.GeoDataFrame = edges[inside].reset_index(drop=True)
    return found


def evaluation_shown(evaluation: Evaluation) -> Evaluation:
    """An evaluation; of a part with the places alone that are shown.

    Parameters
    ----------
    evaluation
        What was found.

    Returns
    -------
    Evaluation
        For layers and maps: rows of its tables of places no longer are those of its travel times.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> from lifecircle import evaluate, load_demo
    >>> today = evaluate(load_demo())
    >>> evaluation_shown(today) is today
    True
    """
    whole = whole_of(evaluation.study)
    if whole is None:
        return evaluation
    living = np.unique(whole.members[0])
    return replace(
        evaluation,
        facilities=evaluation.facilities[whole.around].reset_index(drop=True),
        residents=evaluation.residents.iloc[living].reset_index(drop=True),
    )
