"""How far in a straight line anything is looked for."""

from __future__ import annotations

import numpy as np

from lifecircle.assessment.choices import law_of
from lifecircle.assessment.health_check import find_system
from lifecircle.assessment.study import Study
from lifecircle.standards.standard import standards, tier_radius_m


def longest_straight_m(study: Study) -> float:
    """Longest radius that any clause or indicator which a study may be held against names.

    Parameters
    ----------
    study
        The study, with its own standard and indicators.

    Returns
    -------
    float
        Metres.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> longest_straight_m(load_demo()) >= 1000.0
    True
    """
    laws = [law_of(study.standard), *(law_of(code) for code in standards().index)]
    radii = [law.rows()["service_radius_m"].max() for law in laws]
    radii += [tier_radius_m(minutes) for minutes in study.minutes]
    system = find_system(study.indicators, study.target_share)
    parts = [part for groups in system.judged for group in groups for part in group]
    radii += [part.numbers["m"] for part in parts if "m" in part.numbers]
    return float(np.nanmax([float(radius) for radius in radii]))
