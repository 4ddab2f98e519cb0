"""Systems of indicators: those packaged are whole, a planner's own are checked."""

from __future__ import annotations

import math
import re
from importlib.resources import files

import pandas as pd
import pytest

import lifecircle as lc
from lifecircle.standards import parts
from lifecircle.standards.indicators import (
    COLUMNS,
    check_indicators,
    find_indicators,
    indicator_systems,
)
from lifecircle.standards.parts import GRAMMAR, read_parts
from lifecircle.standards.records import KINDS, known_records, record_name

SYSTEMS = indicator_systems().index.to_list()
OWN = pd.DataFrame(
    {
        "block": ["green", "green"],
        "indicator_id": ["G1", "G2"],
        "indicator_zh": ["公园", "电梯"],
        "unit": ["share", "count"],
        "direction": ["higher_better", "higher_better"],
        "parts": ["covered:park minutes=5", "record:lifts"],
        "threshold": ["0.9", "1"],
        "clause": ["3.1", "3.2"],
        "source": ["ours", "ours"],
    }
)


@pytest.mark.parametrize("code", SYSTEMS)
def test_packaged_systems_are_whole(code):
    system = find_indicators(code)
    table = system.table
    assert system.code == code
    assert system.name("zh")
    assert system.name("en")
    assert table["indicator_id"].is_unique
    for column in ("block_zh", "block_en", "indicator_zh", "indicator_en", "clause", "source"):
        assert (table[column] != "").all(), column
    assert set(table["confidence"]) <= {"seen", "memory_sure", "memory_unsure", "derived"}
    # what is only derived says what was read into it
    assert (table.loc[table["confidence"] == "derived", "note"] != "").all()
    assert table.groupby("block")["block_zh"].nunique().eq(1).all()
    assert len(system.judged) == len(table)
    for groups in system.judged:
        for part in (part for group in groups for part in group):
            assert math.isfinite(part.threshold)


@pytest.mark.parametrize("code", SYSTEMS)
def test_packaged_files_have_the_columns_that_a_planners_own_has(code):
    path = files("lifecircle.standards") / "indicators" / f"{code}.csv"
    text = path.read_text(encoding="utf-8")
    assert text.splitlines()[0] == ",".join(COLUMNS)
    assert "\r" not in text


def test_the_default_has_six_blocks_and_the_items_one_to_twenty():
    table = find_indicators("complete-community-2020").table
    assert table["block"].nunique() == 6
    numbers = table["clause"].str.extract(r"目标(\d)·第(\d+)项")
    assert numbers[1].astype(int).to_list() == list(range(1, 21))
    # the goals of the standard: items 1-5, 6-8, 9-13, 14-15, 16-17, 18-20
    assert numbers[0].astype(int).value_counts(sort=False).to_list() == [5, 3, 5, 2, 2, 3]


def test_the_others_have_the_blocks_of_their_names():
    blocks = {code: find_indicators(code).table["block_zh"].unique().tolist() for code in SYSTEMS}
    assert blocks["baizhilin-4"] == ["服务设施", "居住环境", "智能服务", "治理机制"]
    assert blocks["renminlu-3"] == ["住房", "小区", "社区"]
    assert blocks["health-check-2023"] == ["住房", "小区（社区）", "街区"]
    assert blocks["kaiyuanlu-6"] == ["三类场地", "三类设施"]
    assert blocks["rhyme-15"] == ["菜食住行购", "教科文卫体", "老幼站厕园"]
    assert find_indicators("kaiyuanlu-6").table.groupby("block").size().to_list() == [3, 3]


def test_the_rhyme_counts_kindergartens_once():
    system = find_indicators("rhyme-15")
    assert len(system.table) == 15
    holding = [
        word
        for word, groups in zip(system.table["indicator_zh"], system.judged, strict=True)
        if any("kindergarten" in part.names for group in groups for part in group)
    ]
    assert holding == ["幼"]


@pytest.mark.parametrize("name", ["完整社区", "Complete-Community-2020", " rhyme "])
def test_other_names_are_understood(name):
    assert find_indicators(name).code in SYSTEMS


def test_what_the_first_part_does_not_say_is_the_threshold():
    system = check_indicators(OWN, code="ours")
    assert system.code == "ours"
    assert [groups[0][0].least for groups in system.judged] == [0.9, 1.0]
    assert system.table["weight"].to_list() == [1, 1]
    assert set(system.table["confidence"]) == {"own"}
    lower = OWN.assign(parts="record:lifts", unit="count", direction="lower_better")
    part = check_indicators(lower).judged[0][0][0]
    assert math.isnan(part.least)
    assert part.most == 0.9


def test_all_that_is_wrong_is_told_at_once():
    bad = pd.concat([OWN] * 4, ignore_index=True)
    bad["indicator_id"] = ["G1", "G1", "G3", "G4", "G5", "G6", "G7", ""]
    bad["direction"] = ["up", *bad["direction"][1:]]
    bad["threshold"] = ["many", *bad["threshold"][1:]]
    bad["confidence"] = ["seen", "sure", *[""] * 6]
    bad["parts"] = [
        "covered:park minutes=5 min=0.5",
        "record:lifts",
        "covred:park minutes=5",
        "covered:prk minutes=5",
        "record:lift min=1",
        "covered:park",
        "covered:park minutes=5",
        "record:lifts",
    ]
    with pytest.raises(lc.InputError) as error:
        check_indicators(bad)
    message = str(error.value)
    for text in (
        "things are wrong",
        "rows 8 have nothing in 'indicator_id'",
        "G1 stand more than once",
        "unknown direction 'up'",
        "unknown confidence 'sure'",
        "G1 have no number of 0 or more in 'threshold' but 'many'",
        "G3: unknown kind of part 'covred'. Did you mean 'covered'",
        "G4: unknown service 'prk'. Did you mean 'park'",
        "G5: unknown record 'lift'. Did you mean 'lifts'",
        "G6: 'covered:park' needs minutes=",
    ):
        assert text in message, text


def test_the_unit_is_that_of_the_first_part():
    with pytest.raises(lc.InputError, match="G1: its unit is 'share', not 'm2'"):
        check_indicators(OWN.assign(unit=["m2", "count"]))


@pytest.mark.parametrize("code", SYSTEMS)
def test_a_packaged_system_written_down_comes_back_as_it_was(code, tmp_path):
    system = find_indicators(code)
    path = tmp_path / "own.csv"
    system.table.to_csv(path, index=False, encoding="utf-8-sig")
    again = check_indicators(pd.read_csv(path, encoding="utf-8-sig"))
    pd.testing.assert_frame_equal(again.table, system.table)
    assert repr(again.judged) == repr(system.judged)
    assert again.code == code


def test_what_has_no_clause_or_source_is_told_and_says_so_itself():
    own = OWN.drop(columns="source").assign(clause=["3.1", " "])
    with pytest.warns(lc.LifecircleWarning) as told:
        table = check_indicators(own).table
    assert [str(one.message).partition(" Fill")[0] for one in told] == [
        "indicators: 1 of 2 rows (G2) have nothing in 'clause'.",
        "indicators: 2 of 2 rows (G1, G2) have nothing in 'source'.",
    ]
    assert table["clause"].to_list() == ["3.1", "条款未写明 / clause not stated"]
    assert set(table["source"]) == {"来源未写明 / source not stated"}
    assert set(table["confidence"]) == {"own"}


def test_every_column_that_is_missing_is_told_at_once():
    with pytest.raises(lc.MissingColumnError) as error:
        check_indicators(pd.DataFrame({"指标": ["公园"]}))
    assert "no column block, indicator_id, unit, parts, indicator_zh." in str(error.value)


def test_the_grammar_tells_every_kind_and_its_examples_are_read():
    lines = [line for line in GRAMMAR.splitlines() if re.match(r"[a-z_]+:\S", line)]
    examples = [line for line in lines if not line.startswith("direction")]
    read = [read_parts(line)[0][0] for line in examples]
    assert {part.kind for part in read} == set(parts._KINDS)
    for word in {*parts._NUMBERS, *parts._TEXTS, *parts.DIVISORS} - {"site_m2", "m"}:
        assert word in GRAMMAR, word
    assert {part.unit for part in read if part.unit} <= set(re.findall(r"[a-z_0-9/]+", GRAMMAR))


def test_no_figure_for_new_estates_alone_decides_an_indicator():
    """120 m² of a waste station, one space per household, a property room of 50 m²."""
    for code in SYSTEMS:
        for groups in find_indicators(code).judged:
            for part in (part for group in groups for part in group):
                assert part.names != ("property_room_m2",)
                assert not (part.names == ("parking_spaces",) and "per" in part.texts)
                assert part.kind != "largest_site" or "waste_collection_station" not in part.names


def test_columns_that_are_needed():
    with pytest.raises(lc.MissingColumnError, match="parts, indicator_zh"):
        check_indicators(OWN.drop(columns=["parts", "indicator_zh"]))
    with pytest.raises(lc.InputError, match="no rows"):
        check_indicators(OWN.iloc[:0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no parts"),
        ("covered: minutes=5 min=1", "say what it is about"),
        ("covered:park minutes=five min=1", "number of 0 or more"),
        ("covered:park minutes=0 min=1", "above 0"),
        ("covered:park minutes=5", "one of min="),
        ("covered:park minutes=5 max=1", "unknown word in a part"),
        ("below:park max=0", "floor_m2=… or site_m2=…"),
        ("record:lifts min=1 max=2", "one of min="),
        ("record:lifts|compounds min=1", "only services"),
        ("record:lifts per=hose min=1", "unknown divisor 'hose'"),
        ("record:lifts show=hose min=1", "unknown divisor 'hose'"),
        ("record:lifts of=house max=0", "unknown record 'house'"),
        ("compliance:GB service=park", "unknown standard"),
        ("compliance:GB50180-2018 service=prk", "unknown service 'prk'"),
        ("record:lifts min=1 or ", "before or after 'or'"),
    ],
)
def test_parts_that_cannot_be_read_are_told(text, message):
    with pytest.raises((ValueError, lc.UnknownNameError), match=message):
        read_parts(text)


def test_a_bound_of_the_wrong_side_is_told():
    with pytest.raises(ValueError, match="is it higher_better"):
        read_parts("covered:park minutes=5", threshold=0.8, higher_better=False)


def test_alternatives_and_yes_or_no():
    groups = read_parts(
        "count:supermarket min=1 or record:governance; record:lifts per=compounds min=2"
    )
    assert [[part.kind for part in group] for group in groups] == [["count", "record"], ["record"]]
    assert groups[0][1].least == 1
    assert groups[0][1].unit == "yes/no"
    assert groups[1][0].unit == "per_compounds"


def test_the_catalogue_of_records_is_whole():
    known = known_records()
    assert known.index.is_unique
    assert set(known["kind"]) <= set(KINDS)
    assert (known["kind"] == "yesno").eq(known["unit"] == "yes/no").all()
    words = [
        word
        for record, row in known.iterrows()
        for word in {str(record), row["name_zh"], row["name_en"], *row["aliases"].split(";")}
        if word
    ]
    assert len(words) == len(set(words)), "one word for two records"
    assert record_name("no_such_record") == "no_such_record"
