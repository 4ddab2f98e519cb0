"""What is written beside coverage: verdicts, scores, the survey, shortfalls, and a few lines."""

import warnings
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest

import lifecircle as lc
from assessment import village
from lifecircle.errors import InputError, LifecircleWarning
from lifecircle.outputs.csv_tables import write_csv
from lifecircle.outputs.standard_text import describe_standard, list_standards, write_standard
from lifecircle.outputs.summary import summary
from sample import sample_check

FIXED = {
    "compliance.csv": "unit_id standard clause service status required found confidence",
    "health_check.csv": "unit_id block indicator_id indicator value unit threshold status source",
    "shortfalls.csv": "rank unit_id service people_short severity survey_weight priority",
}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    check = sample_check()
    folder = tmp_path_factory.mktemp("written")
    shortfalls = lc.rank_shortfalls(check, sensitivity=False)
    return lc.write_evaluation(check.evaluation, folder, check=check, shortfalls=shortfalls)


@pytest.mark.parametrize("name", FIXED)
def test_the_first_columns_are_those_of_the_blueprint(written, name):
    assert written[name].read_bytes().startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(written[name])
    first = FIXED[name].split()
    assert list(table.columns[: len(first)]) == first
    assert table["note" if name != "health_check.csv" else "sample_note"].str.contains("示例").all()


def test_every_verdict_that_is_written_names_its_clause_and_confidence(written):
    table = pd.read_csv(written["compliance.csv"])
    assert table[["standard", "clause", "confidence", "required", "found"]].notna().all(axis=None)
    assert set(table["status"]) == {"met", "not met", "unknown"}
    assert set(table["status_name"]) == {"达标", "不达标", "未知"}
    unsure = table["confidence"] != "seen"
    assert table.loc[unsure, "verify"].eq("待核 / to be verified").all()


def test_twenty_items_of_six_blocks_are_written_for_each_unit(written):
    table = pd.read_csv(written["health_check.csv"])
    per_unit = table.groupby("unit_id").agg({"indicator_id": "nunique", "block": "nunique"})
    assert (per_unit["indicator_id"] == 20).all()
    assert (per_unit["block"] == 6).all()
    unknown = table["status"] == "unknown"
    assert table.loc[unknown, "why"].notna().all()
    blocks = pd.read_csv(written["health_blocks.csv"])
    assert blocks.loc[blocks["unknown_share"] > 0.5, "score"].isna().all()
    assert blocks["score"].dropna().between(0, 100).all()


def test_shortfalls_that_are_written_follow_from_the_coverage_that_is(written):
    cover = pd.read_csv(written["coverage.csv"])
    cover = cover.set_index(["unit_id", "service", "walker", "minutes"])
    table = pd.read_csv(written["shortfalls.csv"])
    assert (table["rank"] > 0).all()
    walks = table[(table["check"] == "walk") & (table["service"] != "community_retail")]
    assert len(walks) > 20
    for row in walks.to_dict("records"):
        there = cover.loc[(row["unit_id"], row["service"], row["walker"], row["minutes"])]
        assert row["people_short"] == pytest.approx(there["people"] - there["covered_people"])
        product = row["people_short"] * row["severity"] * row["survey_weight"]
        assert row["priority"] == pytest.approx(product, rel=1e-5)


def test_layers_say_where_people_are_short(written):
    hulls = gpd.read_file(written["results.gpkg"], layer="shortfalls")
    cells = gpd.read_file(written["results.gpkg"], layer="shortfall_cells")
    assert hulls.geometry.is_valid.all()
    school = hulls[(hulls["service"] == "primary_school") & (hulls["level"] == "circle")].iloc[0]
    mine = cells[(cells["service"] == "primary_school") & (cells["level"] == "circle")]
    assert mine["people_short"].sum() == pytest.approx(school["people_short"])


def test_shortfalls_come_with_the_check_they_were_ranked_from(tmp_path):
    check = sample_check()
    table = lc.rank_shortfalls(check, sensitivity=False)
    with pytest.raises(InputError, match="hand in check"):
        lc.write_evaluation(check.evaluation, tmp_path, shortfalls=table)
    with pytest.raises(InputError, match="of another evaluation"):
        lc.write_evaluation(replace(check.evaluation), tmp_path, check=check)
    assert list(tmp_path.iterdir()) == []


def test_hostile_names_are_shown_and_not_run(tmp_path):
    names = ["=HYPERLINK(1)", "@SUM(A1)", "{{7*7}}</script>"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        today = lc.evaluate(village.study(units=village.units().assign(name=names)))
        check = lc.health_check(today)
        table = lc.rank_shortfalls(check)
        files = lc.write_evaluation(today, tmp_path, check=check, shortfalls=table)
    for name in ("compliance.csv", "health_check.csv", "health_blocks.csv", "shortfalls.csv"):
        found = pd.read_csv(files[name])
        column = "unit_name" if name == "shortfalls.csv" else "name"
        assert set(found[column]) <= {"'=HYPERLINK(1)", "'@SUM(A1)", "{{7*7}}</script>"}
    assert "{{7*7}}" in summary(check, table)


def test_words_have_their_names_beside_them_in_the_studys_language(tmp_path):
    table = pd.DataFrame({"service": ["park"], "status": ["not met"], "checks": ["walk;radius"]})
    write_csv(table, tmp_path / "zh.csv", village.study(language="zh"))
    write_csv(table, tmp_path / "en.csv", village.study(language="en"))
    chinese = pd.read_csv(tmp_path / "zh.csv").iloc[0]
    assert chinese[["service_name", "status_name"]].to_list() == ["公园", "不达标"]
    assert chinese["checks_name"] == "步行覆盖、半径覆盖"
    english = pd.read_csv(tmp_path / "en.csv")
    assert english.columns.to_list() == ["service", "status", "checks", "service_name"]


# The terminal


def test_the_summary_tells_tiers_side_by_side_verdicts_scores_and_the_first_shortfalls():
    check = sample_check()
    shortfalls = lc.rank_shortfalls(check, sensitivity=False)
    text = summary(check, shortfalls)
    assert "按人口为十分钟级与十五分钟级之间，按用地（136.8 公顷）为十五分钟级" in text
    rows = check.compliance
    mine = rows[(rows["unit_id"] == "YH-SZT-01") & (rows["standard"] == "GB50180-2018")]
    mine = mine[mine["mandatory"] != "optional"]["status"].value_counts()
    told = f"达标 {mine['met']} 项，不达标 {mine['not met']} 项，未知 {mine['unknown']} 项"
    assert told in text
    assert "物业管理全覆盖 100（50%）" in text
    bare = check.blocks.assign(score=float("nan"), unknown_share=0.75)
    silent = summary(replace(check, blocks=bare), shortfalls)
    assert "物业管理全覆盖 —（75%）" in silent  # mostly unknown has no score
    assert "短板前 5 项（生活圈）：" in text
    assert max(len(line) for line in text.splitlines()) < 200


def test_the_summary_speaks_english_too():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        check = lc.health_check(lc.evaluate(village.study(language="en")))
    text = summary(check, lc.rank_shortfalls(check))
    assert "by people below block" in text
    assert "checks of what is mandatory: " in text


def test_a_standard_without_walks_or_without_clauses_for_a_unit_says_so():
    for standard, told in (
        ("GB55013-2021", "the standard requires nothing within a walk"),
        ("GB55014-2021", "GB55014-2021: no clause concerns this unit"),
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", LifecircleWarning)
            check = lc.health_check(lc.evaluate(village.study(), standard=standard))
        text = summary(check, lc.rank_shortfalls(check))
        assert told in text
        assert "of 0 required" not in text


# A standard as text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_figures_that_were_not_seen_carry_the_mark_and_no_others_do(language):
    for code in ("GB50180-2018", "complete-community-2020", "GB55013-2021"):
        text = describe_standard(code, language=language)
        rows = lc.find_standard(code).rows()
        lines = [line for line in text.splitlines() if line.startswith("  ") and " · " in line]
        assert len(lines) == len(rows)
    assert "待核" not in "".join(describe_standard("GB55013-2021").splitlines()[:-1])


def test_sources_are_told_when_asked_for():
    text = describe_standard("GB55013-2021", sources=True)
    assert "来源：jianbiaoku.com" in text
    assert "一个居住街坊至少1个" in text


def test_all_standards_are_listed_and_can_be_written_and_read_again(tmp_path):
    for line in list_standards().splitlines()[:-1]:
        code = line.split()[0]
        path = write_standard(code, tmp_path / f"{code}.csv")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", LifecircleWarning)  # its name is taken
            again = lc.read_standard(path)
        assert len(again.rows()) == len(lc.find_standard(code).rows())


def test_tables_of_an_earlier_run_are_told_and_left(tmp_path):
    (tmp_path / "survey.csv").write_text("old", encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        today = lc.evaluate(village.study())
    with pytest.warns(LifecircleWarning, match="survey.csv is of an earlier run"):
        lc.write_evaluation(today, tmp_path)
    assert (tmp_path / "survey.csv").read_text(encoding="utf-8") == "old"
