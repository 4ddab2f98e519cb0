"""What a report says: its chapters, and that each figure is a cell of the tables."""

import re
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import lifecircle as lc
from assessment import village
from lifecircle.errors import InputError, LifecircleWarning, MissingColumnError
from lifecircle.outputs.reporting.content import report_of
from lifecircle.outputs.reporting.material import material
from lifecircle.outputs.reporting.model import Bullets, Figure, Paragraph, Section, Table
from lifecircle.outputs.reporting.sentences import findings
from lifecircle.outputs.reporting.text import close_percent, shown, visible
from lifecircle.outputs.reports import write_report
from outputs.reported import DAY, found, report
from sample import sample_check, sample_evaluation

CHAPTERS = "概况 数据与方法 覆盖情况 达标情况 体检评分 民意 短板 项目建议 附表".split()
HAN = re.compile(r"[\u4e00-\u9fff]")


def tables(language="zh"):
    return {one.key: one for one in report(language).blocks() if isinstance(one, Table)}


def sentences(language="zh"):
    blocks = [*report(language).blocks()]
    told = [one.text for one in blocks if isinstance(one, Paragraph)]
    return told + [item for one in blocks if isinstance(one, Bullets) for item in one.items]


def test_the_chapters_are_those_of_an_official_report():
    assert [chapter.title for chapter in report().chapters] == CHAPTERS
    assert report().heading(6) == "七、短板"
    assert report().heading(0, 2) == "（二）主要结论"
    assert report().heading(8) == "附表"
    assert report("en").heading(6, 1) == "7.1 Shortfalls, level circle"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_tables_and_figures_are_numbered_in_order_and_all_that_is_referred_to_is_there(language):
    labels = report(language).labels()
    for word in {"zh": ("表", "图", "附表"), "en": ("Table ", "Figure ", "Table A")}[language]:
        numbers = [
            int(m[1]) for one in labels.values() if (m := re.fullmatch(rf"{word}(\d+)", one))
        ]
        assert numbers == list(range(1, len(numbers) + 1))
        assert numbers
    see = [
        key for one in report(language).blocks() if isinstance(one, Paragraph) for key in one.see
    ]
    assert set(see) <= set(labels)
    assert len(labels) == len(set(labels.values()))


def test_a_main_table_is_told_of_in_the_text():
    told = {key for one in report().blocks() if isinstance(one, Paragraph) for key in one.see}
    untold = {one.key for one in report().blocks() if isinstance(one, Table)} - told
    assert {key for key in untold if not key.startswith("all_")} == set()


def column(table, name):
    place = [one.name for one in table.columns].index(name)
    return [row[place] for row in table.rows]


def test_cells_of_coverage_are_those_of_the_evaluation():
    coverage = sample_evaluation().coverage
    mine = coverage[(coverage["unit_id"] == "YH-SZT-01") & (coverage["minutes"] == 15)]
    table = tables()["all_coverage_0"]
    for name in ("people", "covered_people", "covered_share", "radius_share"):
        np.testing.assert_array_equal(column(table, name), mine[name].to_numpy())
    medians = [np.nan if one is None else one for one in column(table, "nearest_median_min")]
    np.testing.assert_array_equal(medians, mine["nearest_median_min"].to_numpy())


def test_the_coverage_of_required_services_is_at_the_time_of_the_standard():
    coverage = sample_evaluation().coverage.set_index(["unit_id", "service", "minutes"])
    table = tables()["coverage"]
    row = dict(zip((one.name for one in table.columns), table.rows[1], strict=True))
    assert (row["service"], row["minutes"]) == ("小学", 10)
    cells = coverage.loc[("YH-SZT-01", "primary_school", 10)].iloc[0]
    for name in ("people", "covered_people", "covered_share", "radius_m", "radius_share"):
        assert row[name] == cells[name]


def test_cells_of_verdicts_are_those_of_the_health_check():
    rows = sample_check().compliance
    mine = rows[rows["unit_id"] == "YH-SZT-01"]
    table = tables()["all_compliance_0"]
    assert len(table.rows) == len(mine)
    for name in ("required", "found"):
        assert column(table, name) == [close_percent(one) for one in mine[name]]
    counted = pd.Series(column(table, "status")).value_counts()
    assert counted["不达标"] == (mine["status"] == "not met").sum()
    unsure = [("待核" in cell) for cell in column(table, "confidence")]
    assert unsure == (mine["verify"] != "").to_list()


def test_counts_of_verdicts_are_counts_of_rows():
    rows = sample_check().compliance
    table = tables()["counts"]
    first = dict(zip((one.name for one in table.columns), table.rows[0], strict=True))
    mine = rows[(rows["unit_id"] == "YH-SZT-01") & (rows["standard"] == first["standard"])]
    must = mine[mine["mandatory"] != "optional"]["status"].value_counts()
    assert first["mandatory_met"] == must["met"]
    assert first["mandatory_not_met"] == must["not met"]
    assert first["mandatory_unknown"] == must["unknown"]


def test_shortfalls_and_projects_are_rows_of_their_tables():
    ranked = found().shortfalls
    circle = ranked[ranked["level"] == "circle"].head(20)
    table = tables()["shortfalls_0"]
    assert column(table, "rank") == circle["rank"].to_list()
    assert column(table, "people_short") == circle["people_short"].to_list()
    assert column(table, "where") == circle["where"].to_list()
    projects = found().projects
    chosen = projects[projects["chosen"]]
    assert column(tables()["projects"], "what") == chosen["what"].to_list()
    assert column(tables()["projects"], "cost_cny") == chosen["cost_cny"].to_list()
    left = projects[~projects["chosen"]].head(40)
    unknown = left["cost_cny"].isna().to_numpy()
    costs = column(tables()["projects_left"], "cost_cny")
    assert [cost == "未知" for cost in costs] == unknown.tolist()


def test_before_and_after_are_those_of_the_comparison():
    compared = found().comparison.units
    table = tables()["compare_units"]
    name = "completeness_mean_15min_after"
    np.testing.assert_array_equal(column(table, name), compared[name].to_numpy())
    needs = lc.needs_found(found().comparison)
    assert (
        column(tables()["compare_needs"], "met_people_after") == needs["met_people_after"].to_list()
    )


def test_the_findings_say_the_cells():
    told = "".join(sentences())
    unit = sample_evaluation().units.iloc[0]
    assert f"面积 {shown(unit['area_ha'], 'area')} 公顷" in told
    assert f"常住人口 {shown(unit['people'], 'people')} 人" in told
    mean = shown(unit["completeness_mean_15min"], "mean")
    assert f"居民步行 15 分钟内平均可达 {mean} 项" in told
    first = found().shortfalls.iloc[0]
    assert f"{first['service_name']}（短缺 {shown(first['people_short'], 'people')} 人）" in told
    counts = tables()["counts"].rows[0]
    assert f"达标 {counts[2]:.0f} 项，不达标 {counts[3]:.0f} 项，未知 {counts[4]:.0f} 项" in told
    chosen = found().projects[found().projects["chosen"]]
    cost = shown(float(chosen["cost_cny"].sum()), "cny")
    assert f"入选 {len(chosen)} 项，已知费用合计 {cost} 元" in told


def test_an_english_report_has_no_chinese_but_names_and_clauses():
    english = report("en")
    words = [*english.text.values(), english.subtitle]
    words += [one.title for chapter in english.chapters for one in chapter.blocks
              if isinstance(one, Section)]  # fmt: skip
    words += [column.title for table in tables("en").values() for column in table.columns]
    words += [one.title for table in english.sheets.values() for one in table.columns]
    assert [word for word in words if HAN.search(word)] == []
    free = {"service", "segment", "walker", "group", "check", "status", "mandatory", "required",
            "confidence", "kind", "phase", "quadrant_name", "match_name", "block_name", "use",
            "service_name", "checks", "level", "rank_holds", "services", "role"}  # fmt: skip
    mixed = [
        (table.key, one.name, cell)
        for table in (*tables("en").values(), *english.sheets.values())
        for place, one in enumerate(table.columns)
        if one.name in free
        for cell in {row[place] for row in table.rows}
        if isinstance(cell, str) and HAN.search(cell)
    ]
    assert mixed == []


def test_a_chinese_report_has_no_codes_left():
    words = (
        "met|not met|unknown|adult|elderly|children|people|mandatory|optional|floor_area|site_area|"
        "presence|circle|community|computed|complete-community-2020|凭记忆"
    )
    code = re.compile(rf"\b(?:{words}|memory_\w+)\b")
    free = {"code", "path", "sha256", "unit_id", "project_id", "source", "source_name", "fact",
            "told", "choice"}  # codes are what is written into [choices]  # fmt: skip
    left = [
        (table.key, one.name, cell)
        for table in (*tables().values(), *report().sheets.values())
        for place, one in enumerate(table.columns)
        if one.name not in free and one.kind == "text"
        for cell in {row[place] for row in table.rows}
        if isinstance(cell, str) and code.search(cell)
    ]
    assert left == []


def test_sheets_hold_every_row_in_full():
    sheets = report().sheets
    assert list(sheets) == ["概况", "统计单元", "覆盖情况", "达标情况", "体检指标", "体检评分",
                            "民意", "短板", "项目建议", "方案对比", "方案需求",
                            "数据与方法"]  # fmt: skip
    units = sample_evaluation().units
    assert column(sheets["统计单元"], "people") == units["people"].to_list()
    assert column(sheets["统计单元"], "completeness_mean_15min") == (
        units["completeness_mean_15min"].to_list()
    )
    assert len(sheets["覆盖情况"].rows) == len(sample_evaluation().coverage)
    assert len(sheets["达标情况"].rows) == len(sample_check().compliance)
    values = column(sheets["体检指标"], "value")
    raw = sample_check().indicators["value"].to_list()
    assert [one if isinstance(one, float) else None for one in values] == [
        None if np.isnan(one) else one for one in raw
    ]


# what is of another evaluation, or nothing at all


def test_what_is_of_another_evaluation_is_refused(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        other = lc.health_check(lc.evaluate(village.study()))
    today = sample_evaluation()
    path = tmp_path / "a.docx"
    with pytest.raises(InputError, match="another evaluation"):
        write_report(today, path, check=other)
    with pytest.raises(InputError, match="two health checks"):
        write_report(sample_check(), path, check=other)
    with pytest.raises(InputError, match=r"shortfalls: \d+ of \d+ rows"):
        write_report(other, path, shortfalls=found().shortfalls)
    with pytest.raises(InputError, match=r"projects: \d+ of"):
        write_report(other, path, projects=found().projects)
    with pytest.raises(InputError, match="comparison: what it calls before"):
        write_report(other, path, comparison=found().comparison)
    with pytest.raises(InputError, match="expected what evaluate"):
        write_report(village.study(), path)
    with pytest.raises(MissingColumnError, match="rank_shortfalls"):
        write_report(sample_check(), path, shortfalls=pd.DataFrame({"rank": [1]}))
    with pytest.raises(InputError, match="list_projects"):
        write_report(sample_check(), path, projects=pd.DataFrame())
    with pytest.raises(InputError, match="expected what compare"):
        write_report(sample_check(), path, comparison=1)
    assert not path.exists()


def test_a_village_without_survey_records_or_projects_has_a_report():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        check = lc.health_check(lc.evaluate(village.study(language="zh")))
        made = report_of(material(check), written_on=DAY)
    told = "".join(one.text for one in made.blocks() if isinstance(one, Paragraph))
    assert "没有居民问卷数据" in told
    assert "没有编制项目清单" in told
    assert "面积未知" not in told
    assert "户数未知" in told
    notes = [one for one in made.blocks() if isinstance(one, Bullets)]
    assert len(notes[-1].items) == len(dict.fromkeys([*check.warnings]))
    assert made.sample_mark == ""
    assert "示例" not in told


def test_one_unit_in_which_nobody_lives_has_a_report():
    study = village.study(language="zh")
    units = study.units.iloc[:1]
    empty = study.residents.assign(people=0.0, elderly=0.0, children=0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        check = lc.health_check(lc.evaluate(replace(study, units=units, residents=empty)))
        made = report_of(material(check), written_on=DAY)
    cover = next(one for one in made.blocks() if isinstance(one, Table) and one.key == "coverage")
    place = [one.name for one in cover.columns].index("covered_share")
    # a share of nobody is neither none nor unknown
    assert {row[place] for row in cover.rows if row[place] != "未知"} <= {None}
    assert any(isinstance(one, Figure) for one in made.blocks())


def test_many_units_at_the_top_are_told_in_tables():
    study = village.study(language="zh")
    units = pd.concat(
        [study.units.iloc[1:].assign(unit_id=[f"{number}a", f"{number}b"], parent_id="",
                                     level=f"level {number}") for number in range(3)]
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        check = lc.health_check(lc.evaluate(replace(study, units=units)))
        made = report_of(material(check), written_on=DAY)
    keys = {one.key for one in made.blocks() if isinstance(one, Table)}
    assert "completeness" in keys
    assert "coverage" not in keys  # rows of the first few units would stand for all
    assert not any(
        isinstance(one, Figure) and one.key.startswith("coverage") for one in made.blocks()
    )


def test_shortfalls_of_several_units_are_told_with_their_units():
    study = lc.load_demo()
    alone = replace(study, units=study.units.iloc[1:].assign(parent_id=""))
    check = lc.health_check(lc.evaluate(alone))
    ranked = lc.rank_shortfalls(check, sensitivity=False)
    first = ranked.iloc[0]
    told = findings(material(check, shortfalls=ranked))[-1]
    assert f"短板是{first['unit_name']}{first['service_name']}（" in told


def test_what_turns_the_line_is_closed_and_what_has_no_shape_has_one():
    assert visible("\u202eabc") == "\u2068\u202eabc\u202c\u2069"
    assert visible("\x00\ud800𠮷\ufffe") == "␀\ufffd𠮷\ufffd"
    assert shown((-0.0), "minutes") == "0.0"
    assert shown(-1234.0, "people") == "-1,234"
