"""What residents say of a service, as a weight of its shortfalls."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pandas as pd

from lifecircle.assessment.shortfall_reach import Numbers, quietly


def survey_weights(
    survey: pd.DataFrame | None, needs: pd.DataFrame, units: pd.DataFrame
) -> tuple[Numbers, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Importance × dissatisfaction of each requirement's service, 1 where it was not surveyed.

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
        answers = import_module("lifecircle.assessment.survey")

        with quietly():  # small samples were told with the summary
            weights = answers.survey_weight(answers.survey_summary(survey, units=units))
        table = weights.set_index(["unit_id", "service"])["survey_weight"]
        keys = pd.MultiIndex.from_frame(needs[["unit_id", "service"]])
        found = table.reindex(keys).to_numpy(dtype=float)
    surveyed = np.isfinite(found)
    return np.where(surveyed, found, 1.0), surveyed
