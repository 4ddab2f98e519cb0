"""What residents say of a service, as a weight of its shortfalls."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lifecircle.assessment.shortfall_reach import Numbers, quietly
from lifecircle.assessment.survey import survey_summary
from lifecircle.assessment.survey_findings import survey_weight


def survey_weights(
    survey: pd.DataFrame | None, needs: pd.DataFrame, units: pd.DataFrame
) -> tuple[Numbers, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Importance × dissatisfaction of each requirement's service, 1 where it was not surveyed.

    Of :func:`lifecircle.survey_weight`; satisfaction alone says it where importance was not asked.

    Parameters
    ----------
    survey
        Cleaned answers, or ``None``.
    needs
        ``unit_id`` and ``service`` of each requirement, shape (n,).
    units
        Units of the study; answers of communities count for the circle above them.

    Returns
    -------
    weight, surveyed
        Shape (n,).
    """
    found = np.full(len(needs), np.nan)
    if survey is not None and len(survey) and len(needs):
        with quietly():  # small samples were told with the summary
            weights = survey_weight(survey_summary(survey, units=units))
        weights = weights[weights["basis"] != "none"]
        table = weights.set_index(["unit_id", "service"])["survey_weight"]
        keys = pd.MultiIndex.from_frame(needs[["unit_id", "service"]])
        found = table.reindex(keys).to_numpy(dtype=float)
    surveyed = np.isfinite(found)
    return np.where(surveyed, found, 1.0), surveyed
