"""Residents' answers as offices have them: tables of answers, exports of questionnaires."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lifecircle as lc
from lifecircle.assessment.demo import demo_folder
from lifecircle.inputs.survey_words import WORDS, answer_key, answer_words, read_answers

UNITS = pd.DataFrame(
    {"unit_id": ["YH", "YH-1", "YH-2"], "name": ["沙子塘生活圈", "白沙社区", "野坡社区"]}
)
FOOD, PARK = "5、您对菜市场的满意程度", "7(公园)"
QUESTIONS = {
    FOOD: {"service": "food_market", "asks": "satisfaction"},
    "6、菜市场对您的重要程度": {"service": "菜市场", "asks": "importance"},
    PARK: {"service": "park", "asks": "satisfaction"},
}


def form(**columns):
    given = {
        "序号": [1, 2, 3],
        "提交答卷时间": ["2025/5/1 10:00"] * 3,
        "您所在的社区": ["白沙社区", "野坡", "YH-1"],
        "您的身份": ["老年人", "学生家长", "租户"],
        "权重": [1, 0.5, 2],
        FOOD: ["非常满意", "满意", "不满意"],
        "6、菜市场对您的重要程度": ["重要", "非常重要", "一般"],
        PARK: ["5分", "２", "（空）"],
    }
    return pd.DataFrame(given | columns)


def read(table, **options):
    """Read, with what is told as text."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        answers = lc.read_survey(table, **options)
    return answers, [str(one.message) for one in caught]


def message(table, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(lc.LifecircleError) as error:
            lc.read_survey(table, **options)
    return str(error.value)


# --- tables of answers ------------------------------------------------------------------------


def test_the_packaged_answers_are_read_without_a_warning():
    study = lc.load_demo()
    answers, told = read(demo_folder() / "survey.csv", study_units=study.units)
    assert told == []
    assert len(answers) == 600
    assert answers.equals(study.extras["survey"])
    assert set(answers["segment"]) == {"elderly", "parent", "resident"}
    assert answers["weight"].eq(1).all()
    raw = pd.read_csv(demo_folder() / "survey.csv", encoding="utf-8-sig")
    assert answers["satisfaction"].to_list() == raw["satisfaction"].to_list()
    assert answers["service"].to_list() == raw["service"].to_list()


def test_answers_that_were_read_may_be_read_again():
    answers, _ = read(form(), questions=QUESTIONS, study_units=UNITS)
    again, told = read(answers, study_units=UNITS)
    pd.testing.assert_frame_equal(again, answers)
    assert told == []


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig", "utf-16"])
def test_chinese_headers_and_names_are_understood(tmp_path, encoding):
    path = tmp_path / "问卷.csv"
    text = (
        "编号,社区,设施,满意度,重要性,人群,权重,批次\n"
        "a,白沙社区,菜市场,4,比较重要,老人,1.5,2023\n"
        "b,野坡,公园,非常不满意,,居民,,2025\n"
    )
    path.write_text(text, encoding=encoding)
    answers, told = read(path, study_units=UNITS)
    assert answers.drop(columns="importance").to_numpy().tolist() == [
        ["a", "YH-1", "food_market", 4.0, "elderly", 1.5, "2023"],
        ["b", "YH-2", "park", 1.0, "resident", 1.0, "2025"],
    ]
    assert answers["importance"][0] == 4.0
    assert np.isnan(answers["importance"][1])
    assert len(told) == 1
    assert "have no 'weight' where others have one" in told[0]


def test_a_workbook_with_a_title_above_is_read(tmp_path):
    path = tmp_path / "问卷.xlsx"
    table = form()
    rows = [
        ["2025 年社区居民满意度调查", *[""] * (len(table.columns) - 1)],
        table.columns.to_list(),
    ]
    cells = pd.DataFrame([*rows, *table.to_numpy().tolist()])
    cells.to_excel(path, header=False, index=False)
    answers, told = read(path, questions=QUESTIONS, study_units=UNITS)
    frame, _ = read(form(), questions=QUESTIONS, study_units=UNITS)
    pd.testing.assert_frame_equal(answers, frame)
    assert any("above the header" in one for one in told)


def test_columns_may_be_named_and_an_unknown_name_or_header_offers_the_nearest():
    table = pd.DataFrame({"片区": ["甲"], "项目": ["公园"], "得分": [3]})
    named = {"片区": "unit_id", "项目": "service", "得分": "satisfaction"}
    answers, told = read(table, columns=named)
    assert answers.loc[0, ["unit_id", "service", "satisfaction"]].to_list() == ["甲", "park", 3.0]
    assert told == []
    assert "(did you mean satisfaction?)" in message(table, columns=named | {"得分": "satisfacton"})
    assert "no column '片 区域' (did you mean 片区?)" in message(
        table, columns={"片 区域": "unit_id"}
    )
    assert "column '片区' is named twice" in message(
        table, columns={"片区": "unit_id", "片 区": "segment"}
    )


def test_a_form_without_a_mapping_is_told_and_shown_one():
    text = message(form())
    assert "there is no column 'service' and no 'satisfaction'" in text
    assert f'"{FOOD}" = {{ service = "food_market", asks = "satisfaction" }}' in text
    assert '"6、菜市场对您的重要程度" = { service = "food_market", asks = "importance" }' in text
    assert "Columns found: 序号" in text
    plain = message(pd.DataFrame({"社区": ["甲"], "a": [1]}))
    assert '"5、…" = { service = "…", asks = "…" }' in plain
    only = message(pd.DataFrame({"社区": ["甲"], "设施": ["公园"]}))
    assert only.endswith("Name them with columns=.")


def test_what_is_wrong_in_the_table_is_told_in_one_message():
    table = pd.DataFrame(
        {
            "社区": ["白沙社区", "白砂社区", "野坡"],
            "设施": ["菜市埸", "公园", "公园"],
            "满意度": ["凑合", 7, 3],
            "权重": [1, -1, 1],
        }
    )
    text = message(table, study_units=UNITS)
    assert "5 things are wrong" in text
    for words in ("'凑合'", "outside 1 to 5 (7)", "food_market", "'weight'",
                  "'白砂社区' (did you mean 白沙社区?)"):  # fmt: skip
        assert words in text


# --- questionnaires ---------------------------------------------------------------------------


def test_a_form_is_read_as_one_row_per_person_and_service():
    answers, told = read(form(), questions=QUESTIONS, study_units=UNITS)
    columns = ["person_id", "unit_id", "service", "satisfaction", "segment", "weight"]
    assert answers[columns].to_numpy().tolist() == [
        ["1", "YH-1", "food_market", 5.0, "elderly", 1.0],
        ["2", "YH-2", "food_market", 4.0, "parent", 0.5],
        ["3", "YH-1", "food_market", 2.0, "租户", 2.0],
        ["1", "YH-1", "park", 5.0, "elderly", 1.0],
        ["2", "YH-2", "park", 2.0, "parent", 0.5],
    ]
    assert answers["importance"].to_list()[:3] == [4.0, 5.0, 3.0]
    assert answers["importance"][3:].isna().all()
    assert answers["answer_id"].is_unique
    assert told == [
        "survey: 1 of 9 answers say that there is none ((空) 1). They count for nothing, not as 3."
    ]
    origin = answers.attrs["lifecircle"]
    assert (origin["form"], origin["no_answer"]) == ("wide", {"(空)": 1})
    assert origin["columns_taken"]["segment"] == "您的身份"


def test_the_form_and_a_table_of_the_same_answers_give_the_same_summary():
    wide, _ = read(form(), questions=QUESTIONS, study_units=UNITS)
    long, _ = read(
        pd.DataFrame(
            {
                "问卷编号": [1, 2, 3, 1, 2, 3],
                "社区": ["白沙社区", "野坡社区", "白沙社区"] * 2,
                "设施": ["菜市场"] * 3 + ["公园"] * 3,
                "满意度": [5, 4, 2, 5, 2, None],
                "重要度": [4, 5, 3, None, None, None],
                "权重": [1, 0.5, 2] * 2,
            }
        ),
        study_units=UNITS,
    )
    units = UNITS.assign(parent_id=[None, "YH", "YH"])
    for by in (("unit_id", "service"), ("service",), ("unit_id",)):
        pd.testing.assert_frame_equal(
            lc.survey_summary(wide, units=units, by=by), lc.survey_summary(long, units=units, by=by)
        )


def test_columns_of_the_mapping_are_found_whatever_their_width_and_blanks():
    renamed = form().rename(columns={FOOD: "5、您对 菜市场的满意程度 "})
    answers, _ = read(renamed, questions=QUESTIONS, study_units=UNITS)
    assert len(answers) == 5


def test_all_that_is_wrong_with_a_mapping_is_told_at_once():
    asked = {
        "5、您对菜场的满意程度": {"service": "food_market", "asks": "satisfaction"},
        FOOD: {"service": "菜市埸", "asks": "happiness"},
        PARK: {"service": "park"},
        "序号": {"service": "park", "asks": "importance", "ask": "x"},
        "权重": "park",
    }
    text = message(form(), questions=asked, columns={"您的身份": "who"})
    for words in (
        f"no column '5、您对菜场的满意程度' (did you mean {FOOD}",
        "service '菜市埸' is not in the catalogue (did you mean food_market?)",
        "asks = 'happiness' must be 'satisfaction' or 'importance'",
        f"'{PARK}' needs a service and what it asks",
        "unknown key 'ask' (did you mean asks?)",
        "'权重' needs a service",
        "'您的身份' = 'who': there is no such name",
        "Columns found: 序号",
    ):
        assert words in text


def test_typos_of_services_words_and_columns_are_one_message():
    asked = {
        FOOD: {"service": "food_market", "asks": "satisfaction"},
        PARK: {"service": "parc", "asks": "satisfaction"},
        "6、菜市场对您的重要程": {"service": "food_market", "asks": "importance"},
    }
    table = form()
    table[FOOD] = ["凑合", "还行吧", "满意"]
    table["您所在的社区"] = ["野破社区", "白沙社区", "YH-1"]  # of who ticks the wrong word
    wrong = {"questions": asked, "answers": {"凑合": 30}, "study_units": UNITS}
    text = message(table, **wrong)
    for words in (
        "no column '6、菜市场对您的重要程' (did you mean 6、菜市场对您的重要程度",
        "service 'parc' is not in the catalogue (did you mean park",
        "'凑合' = 30",
        "words in 'satisfaction' that are not understood ('还行吧')",
        "'野破社区' (did you mean 野坡社区?)",
    ):
        assert words in text
    assert "'凑合'," not in text  # what follows from a typo is not told again
    lost = message(table, **wrong, columns={"您的社区": "unit_id"})  # nor who lives where
    assert "there is no column '您的社区' (did you mean 您所在的社区" in lost
    assert "not understood ('还行吧')" in lost
    assert "do not exist" not in lost
    assert "no column says which unit" not in lost
    none = message(table, questions={PARK: asked[PARK]}, answers={"凑合": 30})
    assert len(none.splitlines()) == 2  # no question is left to be looked at
    alone = message(table, answers={"凑合": 30}, questions={FOOD: asked[FOOD]}, study_units=UNITS)
    assert alone.startswith("survey: answers must be a number from 1 to 5")
    assert "'还行吧'" in alone


def test_typos_of_a_table_of_answers_are_one_message():
    table = pd.DataFrame({"社区": ["白沙"], "项目": ["公圆"], "得分": [3], "满意": ["好极"]})
    columns = {"项目": "service", "得分": "satisfact", "满意": "satisfaction"}
    text = message(table, columns=columns, study_units=UNITS)
    assert "'得分' = 'satisfact': there is no such name (did you mean satisfaction?)" in text
    assert "words in 'satisfaction' that are not understood ('好极')" in text
    assert "'公圆' (did you mean park" in text


def test_a_column_that_is_not_there_is_a_missing_column():
    with pytest.raises(lc.MissingColumnError, match="there is no column 'Q99'"):
        lc.read_survey(form(), questions={"Q99": {"service": "park", "asks": "satisfaction"}})


def test_several_columns_may_ask_the_same_of_different_people():
    branches = pd.DataFrame(
        {
            "社区": ["白沙社区"] * 3,
            "老人：公园": ["满意", "", "很满意"],
            "家长：公园": ["", "不满意", "一般"],
        }
    )
    asks = {"service": "park", "asks": "satisfaction"}
    answers, told = read(
        branches, questions={"老人：公园": asks, "家长：公园": asks}, study_units=UNITS
    )
    assert answers[["person_id", "satisfaction"]].to_numpy().tolist() == [
        ["P0001", 4.0], ["P0003", 5.0], ["P0002", 2.0], ["P0003", 3.0],
    ]  # fmt: skip
    assert "1 of 4 rows (ids P0003/park#2) answer a question that the same person" in told[0]
    assert "2 of 6 answers say that there is none ((blank) 2)" in told[1]
    summary = lc.survey_summary(answers).iloc[0]
    assert (summary["answers"], summary["persons"]) == (4, 3)
    assert summary["satisfaction_mean"] == pytest.approx((4 + 2 + (5 + 3) / 2) / 3)


def test_own_words_units_and_segments_go_before_the_usual_ones():
    table = form().assign(**{
        FOOD: ["凑合", "不了解", "满意"],
        "您所在的社区": ["沙塘", "沙塘", "白沙社区"],
    })  # fmt: skip
    answers, told = read(
        table,
        questions={FOOD: QUESTIONS[FOOD]},
        answers={"凑合": 3, "满意": 5, "不了解": 2},
        units={"沙塘": "野坡社区", "白沙社区": "YH"},
        segments={"租户": "tenant", "老年人": "elder"},
        study_units=UNITS,
    )
    assert answers[["unit_id", "satisfaction", "segment"]].to_numpy().tolist() == [
        ["YH-2", 3.0, "elder"],
        ["YH-2", 2.0, "parent"],
        ["YH", 5.0, "tenant"],
    ]
    assert told == []


def test_a_form_of_one_unit_needs_no_column_of_units():
    table = form().drop(columns="您所在的社区")
    answers, told = read(table, questions=QUESTIONS, study_units=UNITS.tail(1))
    assert set(answers["unit_id"]) == {"YH-2"}
    assert "no column names the unit; all answers count for the only one, 'YH-2'" in told[0]
    assert "no column says which unit" in message(table, questions=QUESTIONS, study_units=UNITS)
    assert "no column says which unit" in message(table, questions=QUESTIONS)


def test_a_form_that_nobody_filled_in_is_told():
    table = form().assign(**dict.fromkeys(QUESTIONS, ""))
    assert "nobody answered any question" in message(table, questions=QUESTIONS)


def test_the_form_that_was_handed_in_is_not_changed():
    table = form()
    before = table.copy(deep=True)
    read(table, questions=QUESTIONS, study_units=UNITS)
    pd.testing.assert_frame_equal(table, before)


def test_two_units_of_one_short_name_are_not_guessed_between():
    twins = pd.DataFrame({"unit_id": ["a", "b", "c"], "name": ["白沙社区", "白沙小区", "白沙"]})
    named = form()
    named["您所在的社区"] = ["白沙社区", "白沙小区", "白沙"]
    answers, _ = read(named, questions=QUESTIONS, study_units=twins)
    assert answers["unit_id"].to_list()[:3] == ["a", "b", "c"]
    text = message(named, questions=QUESTIONS, study_units=twins.head(2))
    assert "1 of 5 rows (ids P0003/food_market) name units that do not exist: '白沙'" in text


# --- words ------------------------------------------------------------------------------------


def numbers(*cells, own=None):
    return read_answers(pd.Series(cells, dtype=object), answer_words(own)).numbers.to_list()


@pytest.mark.parametrize(
    ("words", "grade"),
    [
        ("非常满意 很满意 十分满意 非常重要 A.非常满意 1.非常满意 5分（非常满意） Ａ、非常满意", 5),
        ("满意 比较满意 较满意 重要 比较重要 4.满意 B.满意 满意（4分） ④满意 Satisfied", 4),
        ("一般 基本满意 一般满意 一般重要 3、一般 Neutral", 3),
        ("不满意 不太满意 不重要 不太重要 2.不满意 dissatisfied", 2),
        ("非常不满意 很不满意 非常不重要 完全不重要 E.非常不满意 非常不满意。", 1),
        ("5 ５ 5分 5星 5.0 ⑤", 5),
    ],
)
def test_usual_words_and_numbers_are_understood(words, grade):
    for word in words.split():  # each alone: together they would be another scale
        assert numbers(word) == [float(grade)], word
    assert numbers("very satisfied", "Very Dissatisfied", 4, 3.0) == [5.0, 1.0, 4.0, 3.0]


@pytest.mark.parametrize(
    "word",
    [
        "不了解",
        "未使用",
        "无此设施",
        "跳过",
        "(跳过)",
        "（空）",
        "N/A",
        "",
        None,
        " — ",
        "A.不了解",
    ],
)
def test_no_answer_is_no_answer(word):
    reading = read_answers(pd.Series([word, "满意"], dtype=object), {})
    assert np.isnan(reading.numbers[0])
    assert sum(reading.nothing.values()) == 1


@pytest.mark.parametrize("word", ["A", "凑合", "满", "非常", "满意 不满意", "还行"])
def test_what_is_not_known_stays_a_word(word):
    assert numbers(word) == [word.strip()]


def test_numbers_outside_stay_numbers_to_be_told():
    assert numbers("7", "0分", "-3") == [7.0, 0.0, -3.0]


def test_every_word_means_one_thing_and_is_spelled_as_it_is_looked_up():
    assert all(answer_key(word) == word for word in WORDS)
    assert set(WORDS.values()) == {1.0, 2.0, 3.0, 4.0, 5.0}


def test_the_words_of_a_form_show_its_scale():
    scale = ["不满意", "不太满意", "一般", "比较满意", "满意"]
    reading = read_answers(pd.Series(scale), {})
    assert reading.numbers.to_list() == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert [doubt.partition(",")[0] for doubt in reading.doubts] == [
        "survey: '不满意' counts 1",
        "survey: '满意' counts 5",
    ]
    assert numbers("不重要", "不太重要", "非常不重要") == [2.0, 2.0, 1.0]
    assert numbers(*scale, own={"满意": 4, "不满意": 2}) == [2.0, 2.0, 3.0, 4.0, 4.0]
    assert numbers("very important", "extremely important") == [4.0, 5.0]
    beside = read_answers(pd.Series(["基本满意", "一般"]), {})
    assert beside.numbers.to_list() == [3.0, 3.0]
    assert "both count 3" in beside.doubts[0]


def test_numbers_that_may_be_turned_round_are_refused_until_explained():
    cells = pd.Series(["1.非常满意", "2.满意", "1", "5"])
    with pytest.raises(lc.InputError, match="may mean the reverse"):
        read_answers(cells, {})
    turned = answer_words({"1": 5, "2": 4, "4": 2, "5": 1})
    assert read_answers(cells, turned).numbers.to_list() == [5.0, 4.0, 5.0, 1.0]
    assert numbers("5.非常满意", "1") == [5.0, 1.0]
    assert numbers("1.非常满意", "A.满意") == [5.0, 4.0]


def test_own_words_must_be_a_grade_or_none():
    assert answer_words({" 没去过 ": "none", "凑 合": 3}) == {"没去过": None, "凑合": 3.0}
    with pytest.raises(lc.InputError) as error:
        answer_words({"a": 6, "b": "drei", "c": True, "d": 2})
    assert "'a' = 6, 'b' = 'drei', 'c' = True" in str(error.value)


@given(st.lists(st.sampled_from([*sorted(WORDS), "4", "跳过", ""]), min_size=1, max_size=30))
def test_every_usual_word_becomes_a_grade_or_none(cells):
    found = read_answers(pd.Series(cells, dtype=object), {}).numbers.astype(float)
    assert (found.dropna().between(1, 5)).all()
    assert found.isna().sum() == sum(cell in {"跳过", ""} for cell in cells)
