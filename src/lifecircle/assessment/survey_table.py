"""The survey in one table: what people say, what it means, and what the walk shows beside it."""

from __future__ import annotations

import pandas as pd

from lifecircle.assessment.evaluation import Evaluation
from lifecircle.assessment.survey import survey_summary
from lifecircle.assessment.survey_findings import importance_performance, survey_against_walk


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
        Columns of :func:`lifecircle.survey_summary`, then ``quadrant``, ``quadrant_name`` and
        ``certain`` of :func:`lifecircle.importance_performance`, and ``match``, ``match_name``,
        ``covered_share``, ``minutes`` and ``walker`` of :func:`lifecircle.survey_against_walk`.

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
    table = summary.merge(quadrants[[*key, "quadrant", "quadrant_name", "certain"]], on=key)
    shown = [*key, "match", "match_name", "covered_share", "minutes", "walker"]
    return table.merge(walk[shown], on=key)
