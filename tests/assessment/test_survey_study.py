"""The section [survey] of a study file."""

from pathlib import Path

import pandas as pd
import pytest

import lifecircle as lc
from assessment import village

STUDY = """
[study]
name = "村"
language = "en"
[units]
path = "units.gpkg"
[network]
path = "streets.geojson"
[facilities]
path = "facilities.csv"
[residents]
path = "residents.gpkg"
"""
SURVEY = """
[survey]
path = "问卷.xlsx"
columns = { "您所在的社区" = "unit_id", "您的身份" = "segment" }
[survey.questions]
"5、幼儿园—满意度" = { service = "kindergarten", asks = "satisfaction" }
"6、幼儿园—重要度" = { service = "幼儿园", asks = "importance" }
[survey.answers]
"凑合" = 3
"没去过" = "none"
[survey.units]
"村西头" = "W"
[survey.segments]
"60-69岁" = "elderly"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    village.units().to_file(tmp_path / "units.gpkg")
    village.residents().to_file(tmp_path / "residents.gpkg")
    streets = village.street().edges_frame()[["highway", "name", "geometry"]]
    streets.to_file(tmp_path / "streets.geojson", driver="GeoJSON")
    places = village.facilities().to_crs(4326)
    table = places.drop(columns="geometry").assign(lon=places.geometry.x, lat=places.geometry.y)
    table.to_csv(tmp_path / "facilities.csv", index=False)
    pd.DataFrame(
        {
            "序号": [1, 2, 3],
            "您所在的社区": ["村西头", "east", "W"],
            "您的身份": ["60-69岁", "家长", "家长"],
            "5、幼儿园—满意度": ["凑合", "没去过", "B.满意"],
            "6、幼儿园—重要度": ["重要", "非常重要", "不重要"],
        }
    ).to_excel(tmp_path / "问卷.xlsx", index=False)
    return tmp_path


def written(folder: Path, survey: str, before: str = "") -> Path:
    (folder / "study.toml").write_text(before + STUDY + survey, encoding="utf-8")
    return folder / "study.toml"


def test_a_questionnaire_is_read_through_the_mapping_of_the_study_file(folder):
    with pytest.warns(lc.LifecircleWarning, match="1 of 6 answers say that there is none"):
        study = lc.read_study(written(folder, SURVEY))
    answers = study.extras["survey"]
    columns = ["person_id", "unit_id", "service", "segment", "importance"]
    assert answers[columns].to_numpy().tolist() == [
        ["1", "W", "kindergarten", "elderly", 4.0],
        ["2", "E", "kindergarten", "parent", 5.0],
        ["3", "W", "kindergarten", "parent", 2.0],
    ]
    assert answers["satisfaction"].fillna(0).to_list() == [3.0, 0.0, 4.0]
    assert study.sources["survey"]["path"] == "问卷.xlsx"
    assert any("1 of 6 answers" in note for note in study.notes)


def test_mappings_are_checked_with_the_other_keys_before_anything_is_read(folder):
    bad = (
        SURVEY.replace("[survey.segments]", "[survey.segment]")
        .replace('"凑合" = 3', '"凑合" = 30')
        .replace('"W"', "7")
        .replace('asks = "importance"', 'asks = "importanc"')
        .replace('service = "kindergarten"', 'service = "kindergarden"')
        .replace("units.gpkg", "nowhere.gpkg")
    )
    with pytest.raises(lc.InputError) as told:
        lc.read_study(written(folder, bad))
    message = str(told.value)
    for words in (
        "unknown key in [survey] 'segment'. Did you mean 'segments'",
        "[survey.answers] must be a number from 1 to 5",
        "'凑合' = 30",
        "[survey.units] '村西头' = 7 must be text in quotes",
        "asks = 'importanc' must be 'satisfaction' or 'importance'",
        "service 'kindergarden' is not in the catalogue (did you mean kindergarten?)",
    ):
        assert words in message
    with pytest.raises(lc.InputError, match="questions = 3 must be a table"):
        lc.read_study(written(folder, '[survey]\npath = "问卷.xlsx"\nquestions = 3\n'))
    with pytest.raises(lc.InputError, match=r"\[survey\] needs path"):
        lc.read_study(written(folder, "[survey]\n[survey.answers]\n"))
    with pytest.raises(lc.InputError, match="'survey' must be a section"):
        lc.read_study(written(folder, "", before="survey = 3\n"))


@pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")
def test_typos_of_services_words_and_columns_are_told_in_one_round(folder):
    bad = (
        SURVEY.replace('"凑合" = 3', '"凑合" = 30')
        .replace('service = "kindergarten"', 'service = "kindergarden"')
        .replace("6、幼儿园—重要度", "6、幼儿园—重要")
        .replace("您的身份", "您的年龄段")
        .replace('"村西头" = "W"', '"村西头" = "weste"')
    )
    with pytest.raises(lc.InputError) as told:
        lc.read_study(written(folder, bad))
    message = str(told.value)
    for words in (
        "service 'kindergarden' is not in the catalogue (did you mean kindergarten?)",
        "there is no column '6、幼儿园—重要' (did you mean 6、幼儿园—重要度",
        "there is no column '您的年龄段'",
        "'凑合' = 30",
        "Columns found: 序号",
    ):
        assert words in message


@pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")
def test_problems_of_answers_are_told_with_those_of_the_other_tables(folder):
    (folder / "facilities.csv").write_text("service,lon,lat\nunheard-of,113,28\n")
    bad = SURVEY.replace('"W"', '"X"').replace('"凑合" = 3', "")
    with pytest.raises(lc.InputError) as told:
        lc.read_study(written(folder, bad))
    message = str(told.value)
    assert "unheard-of" in message
    assert "'X'" in message
    assert "(C), " in message
    assert "'凑合'" in message
    (folder / "units.gpkg").write_text("no layer")  # then no unit can be checked
    with pytest.raises(lc.InputError) as told:
        lc.read_study(written(folder, bad))
    assert "units.gpkg" in str(told.value)
    assert "'凑合'" in str(told.value)
    assert "do not exist" not in str(told.value)


def test_the_demo_carries_its_answers_checked():
    answers = lc.load_demo().extras["survey"]
    assert answers.columns.to_list() == [
        "answer_id", "unit_id", "service", "satisfaction", "importance", "segment", "weight",
        "source",
    ]  # fmt: skip
    assert len(answers) == 600
