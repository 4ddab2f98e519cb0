"""What is not known is told and kept apart from zero."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import lifecircle as lc
from assessment import village
from lifecircle.assessment.steps import Steps

pytestmark = pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")


def told(evaluation: lc.Evaluation, words: str) -> str:
    found = [text for text in evaluation.warnings if words in text]
    assert len(found) == 1, evaluation.warnings
    return found[0]


def test_a_service_whose_facilities_are_all_off_the_streets_is_unknown():
    places = village.facilities().assign(geometry=[village.at(0, 300), village.at(1000)])
    evaluation = lc.evaluate(village.study(facilities=places))
    assert "1 services" in told(evaluation, "is unknown, not 0")
    rows = evaluation.coverage.query("service == 'kindergarten'")
    assert rows["covered_share"].isna().all()
    assert rows["covered_people"].isna().all()
    assert evaluation.required_services == ("elderly_day_care",)
    assert evaluation.facilities.set_index("facility_id")["unsnapped"].to_dict() == {
        "K": True,
        "D": False,
    }


def test_the_distance_to_the_street_is_the_study_s():
    places = village.facilities().assign(geometry=[village.at(0, 150), village.at(1000)])
    units = village.units().assign(geometry=village.units().buffer(200))
    wide = lc.evaluate(village.study(facilities=places, units=units, snap_m=200))
    assert "kindergarten" in wide.required_services


def test_residents_without_a_street_have_no_completeness():
    units = village.units().assign(geometry=village.units().buffer(500))
    homes = village.residents().assign(geometry=[village.at(100), village.at(900, 200)])
    evaluation = lc.evaluate(village.study(units=units, residents=homes))
    table = evaluation.residents.set_index("resident_id")
    for column in ("completeness_15min_count", "completeness_standard_count"):
        assert table.loc["A", column] >= 1
        assert pd.isna(table.loc["B", column])
    circle = evaluation.units.set_index("unit_id").loc["C"]
    assert (circle["people"], circle["unsnapped_people"]) == (40, 10)


def test_completeness_by_the_standard_s_own_times():
    """GB 50180 gives kindergarten and day care 5 minutes: A has the one, B the other."""
    evaluation = lc.evaluate(village.study())
    table = evaluation.residents.set_index("resident_id")
    assert table["completeness_15min_count"].to_dict() == {"A": 2, "B": 2}
    assert table["completeness_standard_count"].to_dict() == {"A": 1, "B": 1}
    units = evaluation.units.set_index("unit_id")
    assert units.loc["C", "completeness_standard_mean"] == 1.0


def test_totals_that_units_state_are_kept_beside_those_counted():
    units = village.units().assign(people=[50_000, 30, 10], elderly=[10, 10, 0])
    evaluation = lc.evaluate(village.study(units=units))
    text = told(evaluation, "state other people")
    assert "1 of 3" in text
    assert "50,000 stated, 40 counted" in text
    table = evaluation.units.set_index("unit_id")
    assert table["people"].to_dict() == {"C": 40, "W": 30, "E": 10}
    assert table["stated_people"].to_dict() == {"C": 50_000, "W": 30, "E": 10}
    assert table["elderly"].to_dict() == {"C": 10, "W": 10, "E": 0}


def test_a_stated_unit_that_lies_elsewhere_or_nowhere_is_told():
    homes = village.residents().assign(unit_id=["E", "nowhere"])
    evaluation = lc.evaluate(village.study(residents=homes))
    assert "1 of 2 places lie outside the unit" in told(evaluation, "lie outside the unit")
    assert "(nowhere; units are C, W, E)" in told(evaluation, "names no unit")


def test_nobody_at_all_is_told():
    homes = village.residents().assign(people=0, elderly=0, children=0)
    evaluation = lc.evaluate(village.study(residents=homes))
    assert told(evaluation, "nobody lives at any place")
    assert evaluation.coverage["covered_share"].isna().all()


def test_residents_all_elsewhere_give_no_shares_and_a_warning():
    homes = village.residents().assign(geometry=[village.at(100, 80), village.at(900, 80)])
    evaluation = lc.evaluate(village.study(residents=homes))
    assert "2 of 2 places" in told(evaluation, "lie outside every unit")
    assert evaluation.coverage["covered_share"].isna().all()
    assert (evaluation.coverage["people"] == 0).all()


def test_walkers_of_one_pace_keep_their_own_sources():
    evaluation = lc.evaluate(village.study())
    assert evaluation.times["child"].walker == lc.CHILD
    assert evaluation.times["elderly"].walker == lc.ELDERLY
    assert np.array_equal(evaluation.times["child"].minutes, evaluation.times["elderly"].minutes)


def test_the_map_s_areas_are_of_the_walker_that_was_asked_for():
    evaluation = lc.evaluate(village.study(), walkers=["wheelchair"])
    assert set(evaluation.isochrones["walker"]) == {"wheelchair"}
    with pytest.raises(lc.InputError, match="the list is empty"):
        lc.evaluate(village.study(), walkers=[])


def test_lengths_in_kilometres_are_told():
    import networkx as nx

    graph = nx.MultiGraph(crs=village.CRS)
    graph.add_node(1, x=village.EAST, y=village.NORTH)
    graph.add_node(2, x=village.EAST + 500, y=village.NORTH)
    graph.add_edge(1, 2, length=0.5)
    with pytest.warns(lc.LifecircleWarning, match="look like kilometres"):
        lc.WalkNetwork.from_networkx(graph)


def test_warnings_told_before_an_error_are_not_lost(monkeypatch):
    def fail(*_: object) -> None:
        raise lc.InputError("later")

    monkeypatch.setattr(Steps, "_radius", fail)
    study = village.study(residents=village.residents().assign(unit_id=["E", "nowhere"]))
    with (
        pytest.warns(lc.LifecircleWarning, match="names no unit"),
        pytest.raises(lc.InputError, match="later"),
    ):
        lc.evaluate(study)


def test_columns_of_one_name_in_two_cases_can_be_written(tmp_path):
    homes = village.residents().assign(NAME="a", name="b", geom="c")
    assert isinstance(homes, gpd.GeoDataFrame)
    written = lc.write_evaluation(lc.evaluate(village.study(residents=homes)), tmp_path)
    layer = gpd.read_file(written["results.gpkg"], layer="residents")
    assert {"NAME", "name_", "geom_"} <= set(layer.columns) or {"name", "NAME_", "geom_"} <= set(
        layer.columns
    )
