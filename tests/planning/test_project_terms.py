"""What planners say of projects, as they write it."""

import shutil
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import lifecircle as lc
from lifecircle.assessment.demo import demo_folder
from lifecircle.errors import InputError, LifecircleWarning, MissingColumnError
from lifecircle.planning.project_terms import ProjectTerms, check_project_terms
from sample import sample_check, sample_evaluation

KNOWN = ["B-S01", "B-S02", "G-G001", "W-wall-12", "H-U1-CC-09"]


def table(**columns):
    columns.setdefault("project_id", ["B-S01", "B-S02", "G-G001"])
    return pd.DataFrame(columns)


def test_chinese_headers_are_understood():
    said = check_project_terms(
        pd.DataFrame(
            {
                " 项目编号 ": ["B-S01", "B-S02"],
                "费用（元）": ["３，６００，０００", "—"],
                "出资方": ["街道", ""],
                "建设时序": ["", "2027 年"],
                "前置项目": ["B-S02、G-G001", None],
                "互斥项目": ["W-wall-12；H-U1-CC-09", "-"],
                "取舍": ["必选", "不选"],
                "备注": ["x", "y"],
            }
        )
    )
    assert said.cost_cny == {"B-S01": 3_600_000}
    assert said.payer == {"B-S01": "街道"}
    assert said.phase == {"B-S02": "2027 年"}
    assert said.requires == (("B-S01", "B-S02"), ("B-S01", "G-G001"))
    assert said.excludes == (("B-S01", "W-wall-12"), ("B-S01", "H-U1-CC-09"))
    assert (said.must, said.never) == (("B-S01",), ("B-S02",))


@pytest.mark.parametrize(
    ("word", "must"),
    [
        ("must", True), ("MUST ", True), ("必选", True), ("必须", True), ("是", True),
        ("yes", True),
        (1, True), (1.0, True), (True, True),
        ("never", False), ("不选", False), ("否", False), ("No", False), (0, False), (False, False),
        ("", None), (None, None), ("—", None), (np.nan, None),
    ],
)  # fmt: skip
def test_words_of_include(word, must):
    said = check_project_terms(table(include=[word, "", None]))
    assert said.must == (("B-S01",) if must else ())
    assert said.never == (("B-S01",) if must is False else ())


def test_all_that_is_wrong_is_said_at_once():
    frame = table(
        project_id=["B-S01", "B-S02", "G-G001", "B-S01"],
        cost_cny=["20万", "-5", "inf", "7"],
        include=["maybe", "", "", ""],
        requires=["", "B-S02", "", ""],
        excludes=["", "", "B-S01;G-G001", ""],
    )
    with pytest.raises(InputError) as caught:
        check_project_terms(frame)
    text = str(caught.value)
    assert "1 ids stand in more than one row (B-S01)" in text
    assert "3 of 4 rows have no number of yuan in 'cost_cny'" in text
    assert "B-S01: '20万'" in text
    assert "neither must (必选) nor never (不选): B-S01: maybe" in text
    assert "stand in their own 'requires' (B-S02)" in text
    assert "stand in their own 'excludes' (G-G001)" in text


def test_without_ids_nothing_can_be_said():
    with pytest.raises(MissingColumnError, match=r"项目编号.*found 造价"):
        check_project_terms(pd.DataFrame({"造价": [1]}))


@pytest.mark.parametrize("frame", [None, pd.DataFrame(), table(project_id=[]), table()])
def test_nothing_said_is_nothing_said(frame):
    said = check_project_terms(frame)
    assert (said.cost_cny, said.payer, said.requires, said.must) == ({}, {}, (), ())


def test_rows_without_an_id_are_passed_over():
    said = check_project_terms(table(project_id=["", "B-S02", None], cost_cny=["x", 5, 6]))
    assert said.cost_cny == {"B-S02": 5}


def test_ids_of_maps_keep_their_strokes():
    said = check_project_terms(table(requires=["G-way/12, G-node/3", "", ""]))
    assert said.requires == (("B-S01", "G-way/12"), ("B-S01", "G-node/3"))


@pytest.mark.parametrize(
    ("said", "near"),
    [
        (ProjectTerms(must=("B-S1",)), r"B-S1 \(did you mean B-S0"),
        (ProjectTerms(requires=(("B-S01", "G-G0001"),)), r"G-G0001 \(did you mean G-G001"),
        (ProjectTerms(must=("??",)), r"\(\?\?\)\. Projects are B-S01, B-S02"),
    ],
)
def test_ids_that_must_be_there_are_refused_with_the_nearest(said, near):
    with pytest.raises(InputError, match=near):
        said.check_ids(KNOWN)


@pytest.mark.parametrize(
    "said",
    [
        ProjectTerms(cost_cny={"B-S1": 5.0}),
        ProjectTerms(never=("B-S1",)),
        ProjectTerms(excludes=(("B-S1", "B-S02"),)),
        ProjectTerms(requires=(("B-S1", "B-S02"),)),  # what is no project requires nothing
        ProjectTerms(phase={"B-S1": "2027"}),
    ],
)
def test_other_ids_are_told_and_passed_over(said):
    with pytest.warns(LifecircleWarning, match=r"1 ids .*B-S1 \(did you mean B-S0"):
        said.check_ids(KNOWN)


def test_ids_that_are_there_are_not_told():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ProjectTerms({"B-S01": 1.0}, must=("B-S02",), never=("G-G001",)).check_ids(KNOWN)


def test_phases_that_follow_from_the_choice_are_not_said():
    """A list that was written back: two phases as they come, one that somebody wrote."""
    frame = table(
        chosen=["True", "False", "False"],
        closes_people=["10", "5", ""],
        phase=["近期", "mid term", "近期"],
    )
    assert check_project_terms(frame).phase == {"G-G001": "近期"}
    assert check_project_terms(frame.drop(columns="chosen")).phase == {
        "B-S01": "近期", "B-S02": "mid term", "G-G001": "近期",
    }  # fmt: skip


def test_a_table_of_an_office_is_read_by_the_study_file(tmp_path):
    """GBK, as Excel saves it in China; named in the study file it counts without being asked."""
    folder = tmp_path / "study"
    shutil.copytree(demo_folder(), folder)
    text = '项目编号,费用（元）,取舍,资金来源\nB-S06,"300,000",必选,街道自筹\nB-S08,,不选,\n'
    (folder / "项目.csv").write_text(text, encoding="gbk")
    file = folder / "study.toml"
    file.write_text(
        file.read_text(encoding="utf-8") + '\n[projects]\npath = "项目.csv"\n', encoding="utf-8"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        study = lc.read_study(file)
        check = replace(sample_check(), evaluation=replace(sample_evaluation(), study=study))
        found = lc.list_projects(check, openings=0, budget_cny=900_000).set_index("project_id")
    row = found.loc["B-S06"]
    assert row[["chosen", "cost_cny", "payer"]].to_list() == [True, 300_000, "街道自筹"]
    assert not found.loc["B-S08", "chosen"]
    assert found.loc[found["chosen"], "cost_cny"].sum() <= 900_000
