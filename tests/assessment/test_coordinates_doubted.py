"""A study whose tables do not fit its streets says so once, and moves nothing."""

from __future__ import annotations

import dataclasses
import time
import warnings

import geopandas as gpd
import numpy as np
import pytest
import shapely

import lifecircle as lc
from assessment import village
from lifecircle.crs import from_wgs84, to_wgs84


@pytest.fixture(scope="module")
def demo():
    return lc.load_demo()


def moved(table, convert, system):
    """Table whose every vertex is converted, and which still says WGS-84."""
    shapes = shapely.transform(
        table.geometry.to_numpy(), lambda xy: np.column_stack(convert(*xy.T, system))
    )
    return table.set_geometry(gpd.GeoSeries(shapes, index=table.index, crs=4326))


def rebuilt(study, **changes):
    """The study made anew with other tables, and what it told."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        made = dataclasses.replace(study, **changes)
    assert all(issubclass(item.category, lc.LifecircleWarning) for item in caught)
    assert all(
        item.filename.endswith("dataclasses.py") or __file__ in item.filename for item in caught
    )
    return made, [str(item.message) for item in caught]


def test_a_study_that_fits_its_streets_is_silent(demo):
    _, told = rebuilt(demo)
    assert told == []


@pytest.mark.parametrize("system", ["GCJ-02", "BD-09"])
@pytest.mark.parametrize("role", ["facilities", "units", "residents"])
def test_a_table_in_a_shifted_system_is_told_with_evidence(demo, role, system):
    table = moved(getattr(demo, role), from_wgs84, system)
    made, told = rebuilt(demo, **{role: table})
    assert len(told) == 1
    assert f"{role}: these look like {system} declared as WGS-84 (" in told[0]
    assert f"Read them with coordinates='{system}'." in told[0]
    kept = getattr(made, role).geometry.get_coordinates().to_numpy()
    assert np.abs(kept - table.geometry.get_coordinates().to_numpy()).max() < 1e-9
    assert made.notes == (told[0],)
    again, _ = rebuilt(made)
    assert again.notes == made.notes


def test_all_tables_against_shifted_streets_are_one_warning(demo):
    tables = {
        role: moved(getattr(demo, role), to_wgs84, "GCJ-02")
        for role in ("facilities", "units", "residents")
    }
    _, told = rebuilt(demo, **tables)
    assert len(told) == 1
    assert told[0].count("the streets look like GCJ-02 declared as WGS-84") == 1


def test_two_wrong_tables_are_one_warning_of_two_lines(demo):
    tables = {
        role: moved(getattr(demo, role), from_wgs84, "GCJ-02") for role in ("facilities", "units")
    }
    _, told = rebuilt(demo, **tables)
    (lines,) = (message.split("\n") for message in told)
    assert [line.partition(":")[0] for line in lines] == ["facilities", "units"]


@pytest.mark.filterwarnings("ignore:facilities. 1 of 475 points lie further")
@pytest.mark.filterwarnings("ignore:facilities. .* stand in compounds")  # once they are moved
def test_the_doubt_reaches_the_evaluation(demo):
    table = moved(demo.facilities, from_wgs84, "GCJ-02")
    made, told = rebuilt(demo, facilities=table)
    assert told[0] in lc.evaluate(made).warnings


def test_a_village_with_few_places_is_silent():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        village.study()


def test_the_comparison_costs_little_and_nothing_the_second_time(demo):
    demo.network.made.clear()
    lc.which_coordinates(demo.facilities, demo.network)  # the grid over the streets is made anyway
    for key in [key for key in demo.network.made if key[0] == "which coordinates"]:
        del demo.network.made[key]
    begin = time.process_time()
    lc.which_coordinates(demo.facilities, demo.network)
    assert time.process_time() - begin < 1.0
    begin = time.process_time()
    lc.which_coordinates(demo.facilities, demo.network)
    assert time.process_time() - begin < 0.1
