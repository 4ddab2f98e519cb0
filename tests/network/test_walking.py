"""Searches that are not one table of all pairs, and tables that are too large to make."""

from __future__ import annotations

import pandas as pd
import pytest

import lifecircle as lc
from lifecircle.network import walking


def test_a_table_that_cannot_fit_is_refused_before_it_is_made(monkeypatch):
    study = lc.load_demo()
    monkeypatch.setattr(walking, "MAX_PAIRS", 1000)
    with pytest.raises(lc.InputError, match=r"billion pairs .* GB.*one district at a time"):
        lc.travel_times(study.network, study.residents, study.facilities)


def test_the_nearest_by_one_search_are_those_of_the_table():
    study = lc.load_demo()
    for walker in (lc.ADULT, lc.ELDERLY):
        table = lc.travel_times(study.network, study.residents, study.facilities, walker=walker)
        right = table.nearest(study.facilities["service"])
        found = lc.nearest_minutes(study.network, study.residents, study.facilities, walker=walker)
        pd.testing.assert_frame_equal(found, right, check_names=False, atol=1e-5)


def test_the_nearest_need_their_column():
    study = lc.load_demo()
    with pytest.raises(lc.MissingColumnError, match="'kind'"):
        lc.nearest_minutes(study.network, study.residents, study.facilities, by="kind")
