"""Records of units and of their communities, by year."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lifecircle.assessment.health_records import RecordBook
from lifecircle.standards.records import known_records
from lifecircle.tables.records import check_records

UNITS = pd.DataFrame(
    {"unit_id": ["C", "W", "E"], "name": ["圈", "西", "东"], "parent_id": ["", "C", "C"]}
)


def book(rows: list[tuple[object, ...]], year: int | None = None, units=UNITS) -> RecordBook:
    columns = ["unit_id", "record", "value", "year", "source"]
    table = check_records(pd.DataFrame(rows, columns=columns), known=known_records())
    return RecordBook(table, units, year, "en")


def test_counts_of_all_communities_add_up():
    found = book([("W", "lifts", 2, 2023, "a"), ("E", "lifts", 3, 2024, "b")]).read("C", "lifts")
    assert (found.value, found.years, found.sources) == (5.0, (2023, 2024), ("a", "b"))
    assert found.origin() == "records 2023–2024 (a, b)"
    assert found.origin("en") == found.origin()
    assert found.origin("zh") == "台账 2023–2024（a、b）"


def test_one_community_without_a_record_leaves_the_circle_unknown():
    found = book([("W", "lifts", 2, 2023, "")]).read("C", "lifts")
    assert np.isnan(found.value)
    assert found.why == "no record of lifts added: 东"


def test_the_circles_own_record_goes_before_its_communities():
    rows = [("C", "lifts", 9, None, ""), ("W", "lifts", 2, None, ""), ("E", "lifts", 3, None, "")]
    assert book(rows).read("C", "lifts").value == 9


@pytest.mark.parametrize(
    ("west", "east", "circle"),
    [("有", "有", 1), ("有", "无", 0), ("无", None, 0), ("有", None, np.nan), (None, None, np.nan)],
)
def test_a_yes_is_one_of_all(west, east, circle):
    given = [("W", "governance", west, None, ""), ("E", "governance", east, None, "")]
    found = book(given).read("C", "governance").value
    assert found == circle or (np.isnan(found) and np.isnan(circle))


@pytest.mark.parametrize(
    ("west", "east", "below"),
    [("有", "有", (2, 0, 0)), ("有", "无", (1, 1, 0)), ("无", None, (0, 1, 1)), (None, None, ())],
)
def test_a_circle_says_how_many_of_its_communities_say_yes(west, east, below):
    given = [("W", "governance", west, None, ""), ("E", "governance", east, None, "")]
    assert book(given).read("C", "governance").below == (below or (0, 0, 0))


def test_communities_of_communities_are_counted_at_the_level_that_has_a_record():
    """W itself says yes; E has none of its own, but E1 yes, E2 no, and E3 says nothing."""
    units = pd.DataFrame(
        {
            "unit_id": ["C", "W", "E", "E1", "E2", "E3"],
            "name": ["圈", "西", "东", "东一", "东二", "东三"],
            "parent_id": ["", "C", "C", "E", "E", "E"],
        }
    )
    rows = [(one, "governance", word, None, "") for one, word in zip("W", ["有"], strict=True)]
    rows += [("E1", "governance", "有", None, ""), ("E2", "governance", "无", None, "")]
    found = book(rows, units=units)
    assert found.read("E", "governance").below == (1, 1, 1)
    assert found.read("C", "governance").below == (2, 1, 1)
    assert found.read("C", "governance").value == 0
    assert found.read("W", "governance").below == (0, 0, 0)  # its own word


def test_the_latest_year_up_to_the_one_that_is_looked_at():
    rows = [("W", "lifts", 1, 2020, ""), ("W", "lifts", 4, 2023, ""), ("W", "lifts", 7, None, "")]
    assert book(rows).read("W", "lifts").value == 4
    assert book(rows, 2022).read("W", "lifts").value == 1
    assert book(rows, 2023).read("W", "lifts").years == (2023,)
    early = book(rows, 2019).read("W", "lifts")
    assert np.isnan(early.value)
    assert early.why == "there is no record of lifts added of 2019 or before"


def test_a_record_without_a_year_counts_where_no_year_is_asked_for():
    rows = [("W", "lifts", 7, None, "survey")]
    assert book(rows).read("W", "lifts").origin() == "records (survey)"
    assert np.isnan(book(rows, 2024).read("W", "lifts").value)


def test_units_that_are_each_others_parents_end():
    round_about = UNITS.assign(parent_id=["E", "C", "C"])
    found = book([("W", "lifts", 1, None, "")], units=round_about).read("C", "lifts")
    assert np.isnan(found.value)


def test_the_frame_holds_what_is_known_of_all_units():
    rows = [
        ("W", "lifts", 2, 2023, "a"),
        ("E", "lifts", 3, 2024, "b"),
        ("W", "compounds", 4, 2024, ""),
    ]
    table = book(rows).frame()
    found = table.set_index(["unit_id", "record"])["value"].to_dict()
    assert found == {
        ("C", "lifts"): 5,
        ("W", "lifts"): 2,
        ("E", "lifts"): 3,
        ("W", "compounds"): 4,
    }
    assert RecordBook(None, UNITS, None, "en").frame().empty


@pytest.mark.parametrize(
    ("years", "expected"),
    [((2020, 2024, 2024), 12.0), ((2024, 2024, 2024), 1.0), ((2024, 2020, 2024), 1.0)],
)
def test_what_all_communities_say_newly_goes_before_what_the_circle_said(years, expected):
    units = pd.DataFrame({"unit_id": ["C", "W", "E"], "name": "x", "parent_id": ["", "C", "C"]})
    rows = pd.DataFrame(
        {"unit_id": ["C", "W", "E"], "record": "lifts", "value": [1.0, 5.0, 7.0], "year": years}
    )
    book = RecordBook(check_records(rows, known=known_records()), units, None, "en")
    assert book.read("C", "lifts").value == expected
