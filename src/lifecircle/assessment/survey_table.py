"""The survey in one table: what people say, what it means, and what the walk shows beside it."""

from __future__ import annotations

import pandas as pd

from lifecircle.assessment.evaluation import Evaluation
from lifecircle.assessment.survey import survey_summary
from lifecircle.assessment.survey_findings import importance_performance, survey_against_walk
from lifecircle.standards import catalog


def survey_table(answers: pd.DataFrame, evaluation: Evaluation) -> pd.DataFrame:
    """Summary, quadrants and the walk of every unit and service that people were asked about.

    Parameters
    ----------
    answers
        Residents' answers, as :func:`lifecircle.read_survey` gives them.
    evaluation
        What :func:`lifecircle.evaluate` found of the same study.

    Returns
    -------
    DataFrame
        Columns of :func:`lifecircle.survey_summary`, then ``quadrant``, ``quadrant_name``,
        ``certain``, ``why`` (it is not), ``satisfaction_cut`` and ``importance_cut`` of
        :func:`lifecircle.importance_performance`, ``match``, ``match_name``, ``match_why`` (it is
        unclear), ``covered_share``, ``minutes``, ``minutes_from`` and ``walker`` of
        :func:`lifecircle.survey_against_walk`, the unit's ``name`` and ``service_name``.

    Examples
    --------
    >>> from lifecircle import evaluate, load_demo
    >>> study = load_demo()
    >>> table = survey_table(study.extras["survey"], evaluate(study))
    >>> table.set_index(["unit_id", "service"]).loc[("YH-SZT-01", "park"), "quadrant"]
    'concentrate here'
    """
    study = evaluation.study
    summary = survey_summary(answers, units=study.units)
    key = ["unit_id", "service"]
    quadrants = importance_performance(summary, language=study.language)
    walk = survey_against_walk(summary, evaluation)
    told = ["quadrant", "quadrant_name", "certain", "why", "satisfaction_cut", "importance_cut"]
    table = summary.merge(quadrants[[*key, *told]], on=key)
    walk = walk.rename(columns={"why": "match_why"})
    told = [
        "match", "match_name", "match_why", "covered_share", "minutes", "minutes_from", "walker",
    ]  # fmt: skip
    table = table.merge(walk[[*key, *told]], on=key)
    table["name"] = table["unit_id"].map(study.units.set_index("unit_id")["name"]).fillna("")
    table["service_name"] = [
        catalog.service_name(service, study.language) for service in table["service"]
    ]
    return table
