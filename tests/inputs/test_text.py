"""Text as Chinese users save it."""

import codecs

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecircle.errors import (
    InputError,
    LifecircleWarning,
    MissingColumnError,
    UnknownNameError,
)
from lifecircle.inputs.grids import parse_table
from lifecircle.inputs.text import column_key, decode, take_columns

CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1)


@settings(max_examples=100, deadline=None)
@given(CHINESE, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]))
def test_unicode_text_comes_back_as_it_was(text, encoding):
    mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    assert decode(mark.get(encoding, b"") + text.encode(encoding), "poi.csv")[0] == text


@pytest.mark.parametrize("text", ["名称,类别\n砂子塘小学,小学", "编号\n䶮社区", "年份,户数\n𠮷,1"])
def test_text_in_gb18030_comes_back_as_it_was(text):
    assert decode(text.encode("gb18030"), "poi.csv") == (text, "gb18030")


def test_plain_text_is_utf8():
    assert decode(b"lon,lat\n1,2", "poi.csv") == ("lon,lat\n1,2", "utf-8")


def test_utf8_that_is_cut_is_damaged_and_not_read_as_something_else():
    data = "名称,类别\n砂子塘小学,小学".encode()[:-1]
    with pytest.raises(InputError, match=r"poi.csv: the text is UTF-8 up to line 2 and damaged"):
        decode(data, "poi.csv")


def test_bytes_that_are_no_text_say_the_line_and_how_to_save():
    data = "名称\n白沙".encode("gb18030") + b"\n\xff\xff"
    with pytest.raises(InputError, match=r"poi.csv: line 3 is not text.*save it as 'CSV UTF-8'"):
        decode(data, "poi.csv")


def test_binary_is_no_text():
    with pytest.raises(InputError, match="not a text file"):
        decode(b"PK\x03\x04\0\0", "poi.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "，"])
def test_four_delimiters_are_understood(delimiter):
    lines = [["编号", "名称", "lon"], ["007", "白沙", "112.99"]]
    table = parse_table("\n".join(delimiter.join(line) for line in lines), "poi.csv")
    assert table.columns.to_list() == lines[0]
    assert table.iloc[0].to_list() == lines[1]


def test_a_full_width_header_over_plain_rows_is_understood():
    table = parse_table('编号，名称\n007,"白沙，东"\n008,砂子塘', "poi.csv")
    assert table.to_numpy().tolist() == [["007", "白沙，东"], ["008", "砂子塘"]]


def test_a_full_width_comma_in_a_cell_stays():
    assert parse_table("a,b\n1,甲，乙", "poi.csv")["b"].to_list() == ["甲，乙"]
    assert parse_table('a，b\n1，"甲，乙"', "poi.csv")["b"].to_list() == ["甲，乙"]


def test_cells_stay_text_and_empty_rows_go():
    table = parse_table("id,n\r\n007,NA\r\n,\r\n\r\n008,1e3\r\n", "poi.csv")
    assert table.to_numpy().tolist() == [["007", "NA"], ["008", "1e3"]]


def test_a_short_row_is_filled_and_a_column_without_name_is_counted():
    table = parse_table("a,,c\n1,2\n3,4,5", "poi.csv")
    assert table.columns.to_list() == ["a", "column 2", "c"]
    assert table.to_numpy().tolist() == [["1", "2", ""], ["3", "4", "5"]]


def test_a_long_row_is_an_error_that_names_its_line():
    with pytest.raises(InputError, match=r"poi.csv: the rows do not fit.*line 3, saw 3"):
        parse_table("a,b\n1,2\n1,2,3\n", "poi.csv")


def test_every_row_longer_than_the_header_is_an_error_too():
    with pytest.raises(InputError, match="do not fit the header"):
        parse_table("a,b\n1,2,3\n4,5,6\n", "poi.csv")


def test_a_file_without_text_is_an_error():
    with pytest.raises(InputError, match="do not fit the header"):
        parse_table("\n\n", "poi.csv")


def test_column_names_are_compared_by_what_they_say():
    spellings = [" Facility_ID", "facility id", "ＦＡＣＩＬＩＴＹ－ＩＤ", "facility-id"]
    assert {column_key(name) for name in spellings} == {"facilityid"}
    assert column_key("人口（人）") == "人口"
    assert column_key("人口(60岁以上)") == "人口(60岁以上)"
    assert column_key("人口(万人)") == "人口(万人)"


SYNONYMS = {"name": ("名称",), "people": ("常住人口", "人口"), "service": ("类别",)}


def test_columns_are_taken_in_the_order_of_their_synonyms():
    frame = pd.DataFrame({"名称 ": ["a"], "X": ["b"], "类别": ["c"]})
    taken = take_columns(frame, SYNONYMS, table="facilities")
    assert taken.columns.to_list() == ["name", "X", "service"]
    assert taken.attrs["lifecircle"]["columns_taken"] == {"name": "名称 ", "service": "类别"}
    assert frame.columns.to_list() == ["名称 ", "X", "类别"]


def test_two_columns_for_the_people_are_told():
    frame = pd.DataFrame({"人口": [1], "常住人口": [2]})
    with pytest.warns(LifecircleWarning, match=r"'常住人口', '人口'.*'常住人口' was taken"):
        assert take_columns(frame, SYNONYMS, table="t")["people"].to_list() == [2]


def test_the_very_name_goes_before_its_synonyms_in_silence():
    frame = pd.DataFrame({"人口": [1], "people": [2]})
    assert take_columns(frame, SYNONYMS, table="t")["people"].to_list() == [2]


def test_what_the_planner_says_goes_before_everything():
    frame = pd.DataFrame({"people": [1], "人口": [2], "小类": ["x"]})
    taken = take_columns(frame, SYNONYMS, table="t", columns={"人口": "people", "小类": "service"})
    assert taken.columns.to_list() == ["people in file", "people", "service"]
    assert taken["people"].to_list() == [2]


def test_a_column_that_is_not_there_lists_those_that_are():
    with pytest.raises(MissingColumnError, match=r"t: the table has no column '大类'.*found: 小类"):
        take_columns(pd.DataFrame({"小类": []}), SYNONYMS, table="t", columns={"大类": "service"})


def test_a_name_that_is_none_of_ours_lists_ours():
    with pytest.raises(UnknownNameError, match=r"'servce'. Did you mean 'service'"):
        take_columns(pd.DataFrame({"a": []}), SYNONYMS, table="t", columns={"a": "servce"})


def test_two_columns_cannot_be_one():
    with pytest.raises(InputError, match="one and the same"):
        take_columns(
            pd.DataFrame({"a": [], "b": []}),
            SYNONYMS,
            table="t",
            columns=dict.fromkeys("ab", "name"),
        )


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.lists(CHINESE, min_size=2, max_size=2), min_size=1, max_size=5),
    st.sampled_from(["utf-16-le", "utf-16-be"]),
)
def test_utf16_without_a_mark_is_told_by_the_order_in_which_it_is_text(rows, encoding):
    text = "名称,人口\n" + "\n".join(",".join(row) for row in rows)
    assert decode(text.encode(encoding), "poi.csv") == (text, "utf-16")


def test_utf16_without_a_mark_and_cut_is_an_error():
    with pytest.raises(
        InputError, match=r"poi\.csv: this is not a text file.*save it as 'CSV UTF-8'"
    ):
        decode("名称,人口\n白沙,1".encode("utf-16-le")[:-1], "poi.csv")


@pytest.mark.parametrize("spelling", ["*名称", "名称*", "名称：", " 名 称 ", '"名称"', "名称\n"])
def test_marks_around_a_name_do_not_matter(spelling):
    assert column_key(spelling) == "名称"


@pytest.mark.parametrize("spelling", ["人口（单位：人）", "人口/人", "人口\n(人)", "人口（人）*"])
def test_a_unit_behind_a_name_does_not_matter(spelling):
    assert column_key(spelling) == "人口"
