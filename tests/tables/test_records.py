"""The contract of records: one message for all that is wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lifecircle as lc
from lifecircle.standards.records import known_records
from lifecircle.tables.records import RECORD_COLUMNS, check_records

KNOWN = known_records()
UNITS = pd.DataFrame({"unit_id": ["U1", "U2", "U3"], "name": ["野坡社区", "白沙社区", "白沙社区"]})


def table(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["unit_id", "record", "value", "unit", "year", "source"])


def test_what_is_right_passes_and_passes_again():
    given = table(
        ("野坡社区", "加装电梯", "２", "台", "2024年", "街道办"),
        ("U2", "lifts", 3, "", 2023.0, None),
        ("U2", "property_management", "有", "", "", ""),
        ("U2", "handrails_m", "12.5", "米", 2024, ""),
        ("U3", "lifts", "—", "", 2024, ""),
    )
    found = check_records(given, units=UNITS, known=KNOWN)
    assert found.columns.to_list() == list(RECORD_COLUMNS)
    assert found[["unit_id", "record", "value", "unit"]].to_numpy().tolist() == [
        ["U1", "lifts", 2.0, "count"],
        ["U2", "handrails_m", 12.5, "m"],
        ["U2", "lifts", 3.0, "count"],
        ["U2", "property_management", 1.0, "yes/no"],
    ]
    assert found["year"].to_list()[:3] == [2024, 2024, 2023]
    assert found["year"].isna().sum() == 1
    pd.testing.assert_frame_equal(check_records(found, units=UNITS, known=KNOWN), found)
    assert given["value"].to_list()[0] == "２"  # not changed


@pytest.mark.parametrize(
    ("word", "value"),
    [("有", 1), ("是", 1), ("Yes", 1), (True, 1), (1, 1), ("无", 0), ("否", 0), (0, 0)],
)
def test_yes_and_no_in_many_words(word, value):
    given = pd.DataFrame({"unit_id": ["U1"], "record": ["governance"]})
    given["value"] = pd.Series([word], dtype=object)
    assert check_records(given, known=KNOWN)["value"].to_list() == [value]


def test_all_that_is_wrong_is_one_message():
    given = table(
        ("U1", "lift", 1, "", 2024, ""),
        ("U9", "lifts", 1, "", 2024, ""),
        ("野破社区", "lifts", 1, "", 2024, ""),
        ("U1", "parking_spaces", -4, "", 2024, ""),
        ("U1", "ebike_sheds", "many", "", 2024, ""),
        ("U1", "compounds", 2.5, "", 2024, ""),
        ("U1", "governance", "perhaps", "", 2024, ""),
        ("U1", "handrails_m", 3, "km", 2024, ""),
        ("U2", "lifts", 1, "", 2024, ""),
        ("U2", "电梯", 2, "", 2024, ""),
        ("U1", "ev_chargers", 1, "", 20, ""),
        ("", "ev_ready", "有", "", "", ""),
        ("U1", "", 1, "", "", ""),
    )
    with pytest.raises(lc.InputError) as error:
        check_records(given, units=UNITS, known=KNOWN)
    message = str(error.value)
    for text in (
        "1 of 13 rows (ids U1 lift) name records that are not known: 'lift' (did you mean",
        "2 of 13 rows (ids U9 lifts, 野破社区 lifts) name units",
        "'野破社区' (did you mean 野坡社区 (U1)?)",
        "Units are 野坡社区 (U1), 白沙社区 (U2), 白沙社区 (U3).",
        "negative or infinite 'value' (-4)",
        "no number in 'value' but 'many'",
        "count whole things, not 2.5",
        "need a yes or a no (有/无, 是/否), not 'perhaps'",
        "'km' where 'm' is meant",
        "2 of 13 rows (ids U2 lifts, U2 电梯) stand more than once",
        "no year in 'year' but '20'",
        "have no 'unit_id'",
        "have no 'record'",
    ):
        assert text in message, text


def test_a_name_that_two_units_have_names_none():
    with pytest.raises(lc.InputError, match="白沙社区"):
        check_records(table(("白沙社区", "lifts", 1, "", "", "")), units=UNITS, known=KNOWN)


def test_the_same_record_of_another_year_is_another():
    both = table(("U1", "lifts", 1, "", 2022, ""), ("U1", "lifts", 2, "", 2024, ""))
    assert check_records(both, known=KNOWN)["value"].to_list() == [1, 2]
    with pytest.raises(lc.InputError, match="more than once"):
        check_records(both.assign(year=np.nan), known=KNOWN)


def test_columns_that_are_needed():
    with pytest.raises(lc.MissingColumnError, match="record, value"):
        check_records(pd.DataFrame({"unit_id": ["U1"], "电梯": [3]}))


def test_columns_that_stand_twice():
    twice = pd.concat([table(("U1", "lifts", 1, "", "", ""))] * 2, axis=1)
    with pytest.raises(lc.InputError, match="stand twice"):
        check_records(twice)


def test_an_empty_table_is_one_that_knows_nothing():
    assert check_records(table(), known=KNOWN).empty
