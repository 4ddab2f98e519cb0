"""Figures of a unit that look computed, and figures that cannot be."""

import csv
import warnings

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lifecircle as lc
from frames import LAT, LON, squares
from lifecircle.errors import LifecircleWarning
from lifecircle.tables import check_units


def told(table):
    """What is told of a table of units."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        check_units(table)
    return [str(item.message) for item in caught]


def unit(side_m=1000.0, **columns):
    """One square, given its side in metres."""
    return squares(side_m / 104_600, unit_id=["U"], **columns)  # halfway between the two axes


def documents(shared_data):
    """The communities of the documents, each a square of the stated size, side by side."""
    file = shared_data.parent / "standards" / "seeds_communities.csv"
    with file.open(encoding="utf-8-sig") as opened:
        rows = [row for row in csv.DictReader(opened) if row["area_ha"] and row["households"]]
    number = [float(row["area_ha"]) ** 0.5 * 100 / 104_600 for row in rows]

    def column(name):
        return [float(row[name]) if row[name] else np.nan for row in rows]

    return squares(
        *number,
        unit_id=[row["community_id"] for row in rows],
        people=column("population"),
        households=column("households"),
        elderly=column("elderly_count"),
    )


def test_the_documents_contradictions_are_told_and_nothing_else(shared_data):
    first, second = told(documents(shared_data))
    assert first.startswith("units: 2 of 9 rows (ids C02, C07) have exactly 3 people a household")
    assert "9588 = 3 × 3196, 10164 = 3 × 3388" in first
    assert "looks computed, not counted" in first
    assert "ask for the count" in first
    assert second.startswith("units: 1 of 9 rows (ids C04) have 4.95 people a household")
    assert "registered or of resident people?" in second


def test_the_packaged_cases_tell_the_same_and_the_demo_nothing():
    with pytest.warns(LifecircleWarning) as caught:
        nine = lc.cases()
    texts = [str(item.message) for item in caught]
    assert ["HN-02, HN-07" in texts[0], "HN-04" in texts[1], len(texts)] == [True, True, 2]
    assert nine.loc[nine["unit_id"] == "HN-02", "note"].str.contains("K08").all()
    lc.load_demo()


def test_a_doubt_is_told_once_however_often_the_table_is_checked():
    table = unit(households=[3196], people=[9588])
    with pytest.warns(LifecircleWarning, match="exactly 3 people"):
        once = check_units(table)
    assert told(once) == []
    assert told(check_units(once)) == []


@pytest.mark.parametrize(
    ("households", "people", "said"),
    [
        (3196, 9588, "3"),
        (3196, 9587, None),
        (3196, 9589, None),
        (2001, 7004, "3.5"),  # 7003.5, rounded to the even
        (1501, 4803, "3.2"),  # 4803.2
        (501, 1603, None),  # 3.2 turns up among 501 households by chance once in fifty
        (501, 1503, "3"),
        (101, 303, None),  # 3 turns up among 101 households by chance once in fifty
        (2000, 6000, None),  # both rounded to thousands
        (21_000, 63_000, None),
        (3190, 9570, "3"),  # rounded to tens, and still once in 160
        (4934, 22000, None),
        (0, 0, None),
    ],
)
def test_a_round_multiple_is_told_where_chance_would_not_do_it(households, people, said):
    messages = [text for text in told(unit(households=[households], people=[people]))]
    found = [text for text in messages if "looks computed" in text]
    assert len(found) == (said is not None)
    if said:
        assert f"exactly {said} people a household" in found[0]


def test_many_small_units_with_one_multiple_are_told_together():
    sizes = [0.003] * 4
    table = squares(*sizes, households=[40, 55, 62, 71], people=[128, 176, 198, 227])
    (text,) = told(table)
    assert text.startswith("units: 4 of 4 rows")
    assert "exactly 3.2 people a household" in text
    assert told(table.assign(people=[128, 170, 190, 227])) == []


@given(st.integers(150, 20_000), st.sampled_from([-1, 0, 0, 1]))
def test_a_multiple_of_three_is_told_if_and_only_if_it_is_one(households, off):
    people = 3 * households + off
    messages = told(unit(10_000, households=[households], people=[people]))
    exact = any("exactly 3 people" in text for text in messages)
    assert not exact or people == 3 * households
    if people == 3 * households and households % 10:
        assert exact == (households > 200)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"households": [1000], "people": [1400]}, "have 1.40 people a household, outside 1.5"),
        ({"households": [1000], "people": [4501]}, "have 4.50 people a household, outside 1.5"),
        ({"households": [1000], "people": [0]}, "have households but 0 people. Leave 'people'"),
        (
            {"people": [100], "elderly": [60], "children": [50]},
            r"more elderly and children than people (110 of 100). Are these the right columns",
        ),
        ({"people": [100], "elderly": [101]}, "more elderly and children than people (101 of"),
        ({"people": [2000], "elderly": [1600]}, "more than 60% elderly (80%). Is that a share of"),
        ({"people": [123_456]}, "would hold 124,"),
        ({"people": [49], "level": ["community"]}, "fewer than 50 in a unit of a town"),
    ],
)
def test_figures_that_cannot_be_are_told_with_the_row_and_what_to_do(columns, words):
    (text,) = told(unit(**columns))
    assert text.startswith("units: 1 of 1 rows (ids U)")
    assert words in text
    assert text.endswith(("?", "."))


@pytest.mark.parametrize(
    "columns",
    [
        {"households": [1000], "people": [1501]},
        {"households": [1000], "people": [4499]},
        {"people": [100], "elderly": [60], "children": [40]},
        {"people": [90_000]},
        {"people": [49]},  # a unit of no stated kind may lie in the country
        {"people": [0], "level": ["community"]},
        {"people": [np.nan], "households": [np.nan]},
    ],
)
def test_what_may_be_is_not_doubted(columns):
    assert told(unit(**columns)) == []


def test_a_block_of_towers_may_be_denser_than_a_district():
    assert told(unit(200, people=[7000])) == []  # 175,000 a km² on 4 ha
    assert "would hold" in told(unit(200, people=[9000]))[0]


@pytest.mark.parametrize(
    ("factor", "named"), [(0.01, "km²"), (10_000, "m²"), (15, "mu (亩)"), (1.02, ""), (3, "")]
)
def test_an_area_in_another_unit_is_told(factor, named):
    hectares = float(check_units(unit())["area_ha"].iloc[0])
    messages = told(unit(area_ha=[hectares * factor]))
    assert len(messages) == bool(named)
    if named:
        assert f"looks like {named}, not hectares" in messages[0]
        assert "The measured area is used; write hectares there." in messages[0]


def test_areas_of_mixed_units_are_told_row_by_row():
    """1.8 km² beside 28.33 ha and 27.18 万m², as three documents write it."""
    sides = [(ha * 10_000) ** 0.5 / 104_600 for ha in (180, 28.33, 27.18)]
    table = squares(*sides, unit_id=["C01", "C02", "C07"], area_ha=[1.8, 28.33, 27.18])
    (text,) = told(table)
    assert text.startswith("units: 1 of 3 rows (ids C01) state an area that looks like km²")
    assert "(1.8 for 180." in text or "(1.8 for 179." in text


def test_an_area_header_without_a_unit_claims_no_hectares():
    shape = gpd.GeoDataFrame(geometry=squares(0.01).geometry, crs=4326)
    west = shape.bounds["minx"].iloc[0]
    assert (west, LAT) == (LON, 28.16)
    units = lc.read_units(shape.assign(面积=[1_090_000]))
    assert "stated_area_ha" not in units
