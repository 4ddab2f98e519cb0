"""Office tables: titles, headers in two rows, totals, and what stands between."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecircle.errors import InputError, LifecircleWarning
from lifecircle.inputs.grids import has_coordinates, parse_table

PLAIN = "名称,经度,纬度,人口\n白沙,112.99,28.16,120\n野坡,113,28.2,80\n"


def same_as_plain(text):
    pd.testing.assert_frame_equal(parse_table(text, "poi.csv"), parse_table(PLAIN, "poi.csv"))


@pytest.mark.parametrize(
    "above",
    [
        "砂子塘社区设施一览表,,,\n",
        "砂子塘社区设施一览表\n",
        "砂子塘社区，2023 年设施一览表\n",
        "\n砂子塘社区设施一览表,,,\n,,,\n",
        "砂子塘社区设施一览表,,,\n填报单位：街道办,,2023-05-01,\n",
    ],
)
def test_a_title_above_the_header_is_told_and_left_out(above):
    with pytest.warns(LifecircleWarning, match=r"poi\.csv: .* above the header \('砂子塘社区"):
        same_as_plain(above + PLAIN)


@pytest.mark.parametrize("word", ["合计", "总计", "合  计", "小计：", "Total", "ＴＯＴＡＬ"])
def test_a_row_of_totals_at_the_end_is_told_and_left_out(word):
    with pytest.warns(LifecircleWarning, match="1 row of totals or notes at the end"):
        same_as_plain(f"{PLAIN}{word},,,200\n")


def test_totals_and_notes_at_the_end_are_left_out_together():
    with pytest.warns(LifecircleWarning, match=r"2 rows of totals .*'合计', '注：数据截至"):
        same_as_plain(f"{PLAIN}合计,,,200\n注：数据截至 2023 年底,,,\n")


def test_a_total_between_rows_stays_to_be_told_by_the_checks():
    table = parse_table(PLAIN.replace("野坡", "小计,,,120\n野坡"), "poi.csv")
    assert table["名称"].to_list() == ["白沙", "小计", "野坡"]


def test_a_place_that_is_called_like_a_note_stays():
    table = parse_table(PLAIN + "说明书店,112,28,3\n", "poi.csv")
    assert table["名称"].to_list()[-1] == "说明书店"


def test_empty_rows_and_columns_go_without_a_word():
    same_as_plain("\n".join(f",{line}," for line in PLAIN.replace("\n", "\n\n").split("\n")))


def test_a_header_in_two_rows_is_one():
    table = parse_table(
        "名称,坐标,,人口（人）,,备注\n,经度,纬度,常住,60岁以上,\n白沙,112.99,28.16,120,30,无\n",
        "poi.csv",
    )
    assert table.columns.to_list() == ["名称", "经度", "纬度", "常住人口（人）", "60岁以上", "备注"]
    assert table.iloc[0].to_list() == ["白沙", "112.99", "28.16", "120", "30", "无"]


@pytest.mark.parametrize(
    "text",
    [
        "a,b,c\n1,2,3\n4,5,6",
        "name,\nx,1",
        "坐标\n无\n白沙",
        "2019,2020\n1,2",
        "备注,x,y\n名称,类别,人口\n1,2,3",
    ],
)
def test_the_first_row_of_a_plain_table_is_its_header(text):
    first = [
        cell or f"column {place}" for place, cell in enumerate(text.split("\n")[0].split(","), 1)
    ]
    assert parse_table(text, "poi.csv").columns.to_list() == first


@given(
    st.lists(
        st.tuples(*[st.text("甲乙丙丁abc 0123456789.", min_size=1, max_size=6)] * 3),
        min_size=1,
        max_size=6,
    )
)
def test_no_row_is_lost_where_the_header_is_known(rows):
    rows = [tuple(cell.strip() or "甲" for cell in row) for row in rows]
    text = "\n".join(",".join(row) for row in [("名称", "类别", "地址"), *rows])
    assert [tuple(row) for row in parse_table(text, "a.csv").to_numpy()] == rows


def test_a_table_with_nothing_in_it_is_an_error():
    with pytest.raises(InputError, match=r"poi\.csv: there is nothing in the table"):
        parse_table(",,\n,,\n", "poi.csv")


def test_the_line_of_a_row_that_is_too_long_counts_the_title():
    with pytest.raises(InputError, match=r"line 3, saw 3"):
        parse_table("一览表\na,b\n1,2,3\n", "poi.csv")


def test_excels_own_line_about_the_delimiter_is_no_title():
    assert parse_table("sep=;\na;b\n1;2", "poi.csv").columns.to_list() == ["a", "b"]


@pytest.mark.parametrize(
    ("columns", "there"),
    [
        (["名称", "经度", "纬度"], True),
        (["lng_gcj02", "lat_gcj02"], True),
        (["WKT"], True),
        (["location"], True),
        (["经度", "名称"], False),
    ],
)
def test_columns_of_coordinates_are_seen_by_their_names(columns, there):
    assert has_coordinates(pd.DataFrame(columns=columns)) is there
