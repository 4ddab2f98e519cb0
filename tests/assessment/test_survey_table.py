"""The survey in one table, held against the tables that it is made of."""

from __future__ import annotations

import pandas as pd
import pytest

import lifecircle as lc
from lifecircle.assessment.survey_table import survey_table
from lifecircle.standards import catalog
from sample import sample_check

pytestmark = pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")
KEY = ["unit_id", "service"]


def test_the_table_keeps_lines_reasons_and_names_beside_the_verdicts():
    check = sample_check()
    study = check.evaluation.study
    table = survey_table(check.survey, check.evaluation)
    summary = lc.survey_summary(check.survey, units=study.units)
    assert list(table.columns[: len(summary.columns)]) == list(summary.columns)
    table = table.set_index(KEY)
    quadrants = lc.importance_performance(summary).set_index(KEY)
    walk = lc.survey_against_walk(summary, check.evaluation).set_index(KEY)
    same = [(name, quadrants[name]) for name in
            ("quadrant_name", "certain", "why", "satisfaction_cut", "importance_cut")]  # fmt: skip
    same += [(name, walk[name]) for name in ("match_name", "minutes", "minutes_from", "walker")]
    same += [("match_why", walk["why"])]
    for name, wanted in same:
        pd.testing.assert_series_equal(table[name], wanted, check_names=False)
    doubtful = ~table["certain"] & (table["quadrant"] != "unknown")
    assert doubtful.any()
    assert table.loc[doubtful, "quadrant_name"].str.endswith("（不确定）").all()
    assert not table.loc[table["certain"], "quadrant_name"].str.contains("不确定").any()
    assert (table.loc[doubtful, "why"] != "").all()
    for unit, service in table.index:
        row = table.loc[(unit, service)]
        assert row["name"] == study.units.set_index("unit_id").loc[unit, "name"]
        assert row["service_name"] == catalog.service_name(service, "zh")
