"""A digest tells what the tables tell, and nothing of other units."""

from __future__ import annotations

import json
import math

import pytest

import lifecircle as lc
from lifecircle.assessment.digest import SHORTFALL_COLUMNS, unit_digest
from sample import sample_check, sample_evaluation

UNIT = "YH-SZT-01"
CHILD = "YH-SZT-01-3"


@pytest.fixture(scope="module")
def shortfalls():
    return lc.rank_shortfalls(sample_check(), sensitivity=False)


def test_a_digest_survives_a_json_file(shortfalls):
    digest = unit_digest(sample_check(), shortfalls, UNIT)
    assert json.loads(json.dumps(digest, allow_nan=False)) == digest


@pytest.mark.parametrize("unit_id", [UNIT, CHILD])
def test_figures_are_cells_of_the_units(shortfalls, unit_id):
    told = unit_digest(sample_check(), shortfalls, unit_id)["unit"]
    row = sample_evaluation().units.set_index("unit_id").loc[unit_id]
    assert told.pop("unit_id") == unit_id
    assert {name for name in told if name.startswith("completeness_")} == {
        "completeness_mean_5min",
        "completeness_mean_10min",
        "completeness_mean_15min",
        "completeness_standard_mean",
    }
    assert told == {name: row[name] for name in told}
    assert {type(value) for value in told.values()} <= {str, int, float}


def test_coverage_is_of_those_whom_a_service_is_for(shortfalls):
    told = unit_digest(sample_check(), shortfalls, UNIT)["coverage"]
    table = sample_evaluation().coverage
    here = table[table["unit_id"] == UNIT]
    kept = set(zip(told["service"], told["walker"], told["segment"], strict=True))
    assert ("nursing_home", "elderly", "elderly") in kept
    assert ("kindergarten", "child", "children") in kept
    assert ("park", "adult", "people") in kept
    assert len(kept) == here["service"].nunique()
    assert len(told["service"]) == 3 * len(kept)
    keys = ["service", "walker", "segment", "minutes"]
    shares = here.set_index(keys)["covered_share"]
    for *key, share in zip(*(told[key] for key in keys), told["covered_share"], strict=True):
        cell = shares[tuple(key)]
        assert share == cell or (share is None and math.isnan(cell))


def test_shortfalls_are_all_of_the_unit_and_none_of_its_children(shortfalls):
    told = unit_digest(sample_check(), shortfalls, UNIT)["shortfalls"]
    here = shortfalls[shortfalls["unit_id"] == UNIT]
    assert list(told) == list(SHORTFALL_COLUMNS)
    assert told["service"] == here["service"].to_list()
    assert told["priority"] == here["priority"].to_list()
    assert {type(one) for one in told["is_sum"]} == {bool}


def test_verdicts_and_scores_are_of_the_unit(shortfalls):
    check = sample_check()
    digest = unit_digest(check, shortfalls, CHILD)
    status = check.indicators.loc[check.indicators["unit_id"] == CHILD, "status"]
    assert digest["indicators"] == {
        "met": int((status == "met").sum()),
        "not_met": int((status == "not met").sum()),
        "unknown": int((status == "unknown").sum()),
    }
    blocks = check.blocks[check.blocks["unit_id"] == CHILD]
    assert [one["block"] for one in digest["blocks"]] == blocks["block"].to_list()
    assert digest["warnings"] == len(check.warnings)


def test_another_unit_is_an_error(shortfalls):
    with pytest.raises(lc.UnknownNameError, match="YH-SZT-01-3"):
        unit_digest(sample_check(), shortfalls, "YH-SZT-01-33")
