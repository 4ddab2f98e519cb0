"""Files above a batch, read back."""

from __future__ import annotations

import csv
import shutil
import subprocess
import warnings
import zipfile

import docx
import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest

import lifecircle as lc
from lifecircle.assessment.overview import About, overview_of
from lifecircle.outputs.overview_files import put_overview
from lifecircle.outputs.overviewing.page import page_data
from overviewed import REASON, batch_of, digest_of, digests_of, units_of


def put(overview, folder, **files):
    put_overview(overview, folder, folder_name=lambda name: name, **files)
    return folder


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return put(batch_of(sample=True), tmp_path_factory.mktemp("batch"))


def sheet(path, name):
    book = openpyxl.load_workbook(path)
    rows = [list(row) for row in book[name].iter_rows(values_only=True)]
    return pd.DataFrame(rows[2:], columns=rows[1])


def test_all_files_are_there(written):
    found = sorted(
        path.relative_to(written).as_posix() for path in written.rglob("*") if path.is_file()
    )
    assert found == [
        "districts/天心区/summary.docx",
        "districts/天心区/summary.html",
        "districts/天心区/summary.xlsx",
        "districts/雨花区/summary.docx",
        "districts/雨花区/summary.html",
        "districts/雨花区/summary.xlsx",
        "errors.csv",
        "index.html",
        "summary.csv",
        "summary.gpkg",
        "summary.xlsx",
    ]


def test_there_are_no_errors_where_nothing_failed(tmp_path):
    digests = digests_of()
    digests["c"] = digests["d"]
    overview = overview_of(units_of(), digests, {}, folders={}, about=About())
    put(overview, tmp_path)
    assert not (tmp_path / "errors.csv").exists()
    assert "未完成" not in openpyxl.load_workbook(tmp_path / "summary.xlsx").sheetnames


def test_errors_say_which_where_and_why(written):
    with (written / "errors.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [[row[name] for name in ("unit_id", "name", "folder", "reason")] for row in rows] == [
        ["c", "丙", "丙", REASON]
    ]


def test_the_workbook_has_a_sheet_for_each_question(written):
    book = openpyxl.load_workbook(written / "summary.xlsx")
    told = "总览 单元 体检得分 覆盖率15分钟 覆盖率5分钟 短板 分区 分区覆盖 未完成"
    assert book.sheetnames == told.split()
    assert all("示例数据" in str(one["A1"].value) for one in book)


def test_figures_of_units_are_numbers_and_what_is_unknown_is_a_word(written):
    units = sheet(written / "summary.xlsx", "单元")
    assert units["人口（人）"].to_list() == [1000, 500, "未知", 400]
    assert units["儿童（人）"].to_list() == ["未知"] * 4
    assert units["15 分钟内（项）"].to_list() == [2, 4, "未知", 1]
    assert units["达标（项）"].to_list() == [5, 5, "未知", 5]
    assert units["状态"].to_list() == ["完成", "完成", "未完成", "完成"]
    assert units["首要短板"].to_list() == ["公园", "公园", "未知", "诊所"]


def test_completeness_of_nobody_is_empty_and_of_people_off_all_streets_unknown(tmp_path):
    digests = digests_of()
    digests["a"] = digest_of(10.0, {"park": (0.0, 0.0)}, unsnapped=10.0, means=(None, None))
    digests["b"] = digest_of(0.0, {"park": (0.0, 0.0)}, means=(None, None))
    about = About(minutes=(5.0, 15.0))
    put(overview_of(units_of(), digests, {"c": REASON}, folders={}, about=about), tmp_path)
    units = sheet(tmp_path / "summary.xlsx", "单元")
    assert units["15 分钟内（项）"].to_list() == ["未知", None, "未知", 1]


def test_units_of_one_name_are_told_apart_in_documents(tmp_path):
    units = units_of(("新村", "新村", "丙", "丁"))
    put(overview_of(units, digests_of(), {"c": REASON}, folders={}, about=About()), tmp_path)
    short = sheet(tmp_path / "summary.xlsx", "短板")
    assert {"新村（a）", "新村（b）", "丁"} == set(short["单元"])
    assert "2 个单元" not in "".join(sheet(tmp_path / "summary.xlsx", "总览")["内容"])
    told = pd.read_csv(tmp_path / "summary.csv", encoding="utf-8-sig")
    assert told["name"].to_list() == ["新村", "新村", "丙", "丁"]  # as they were given


def test_a_level_of_ones_own_has_its_name(tmp_path):
    units = units_of().assign(level=["circle", "circle", "片区", "片区"])
    put(overview_of(units, digests_of(), {"c": REASON}, folders={}, about=About()), tmp_path)
    told = pd.read_csv(tmp_path / "summary.csv", encoding="utf-8-sig")
    assert told["level_name"].to_list() == ["生活圈", "生活圈", "片区", "片区"]


def test_page_and_documents_round_a_figure_alike(tmp_path):
    digests = digests_of()
    park = {"park": (100.0, 100.0)}
    for unit, mean in (("a", 13.247574), ("b", 15.549731), ("d", 0.25)):
        digests[unit] = digest_of(100.0, park, means=(1.0, mean))
        digests[unit]["coverage"]["nearest_median_min"] = [15.0375 if unit == "a" else 7.249] * 2
    about = About(minutes=(5.0, 15.0))
    overview = overview_of(units_of(), digests, {"c": REASON}, folders={}, about=about)
    figures = {
        one["key"]: one for one in page_data(overview, files={}, district_files={})["figures"]
    }
    assert figures["completeness_mean_15min"]["values"] == [13.2, 15.5, None, 0.2]
    assert figures["nearest_park_min"]["values"] == [15.01, 7.2, None, 7.2]  # 15.0, and beyond
    put(overview, tmp_path)
    book = docx.Document(tmp_path / "districts" / "雨花区" / "summary.docx")
    assert [row.cells[2].text for row in book.tables[0].rows][1:] == ["13.2", "15.5"]


def test_a_share_of_nobody_is_empty_and_an_unknown_one_a_word(written):
    shares = sheet(written / "summary.xlsx", "覆盖率15分钟").set_index("单元")
    assert shares["公园"].to_list() == [0.75, 1, "未知", 0.25]
    assert shares["养老院"].to_list() == [0.5, None, "未知", "未知"]
    assert shares["诊所"].to_list()[3] == "未知"


def test_districts_are_sums_and_say_how_many_units_are_missing(written):
    rows = sheet(written / "summary.xlsx", "分区").set_index("所属")
    assert rows["人口（人）"].to_list() == [1500, 400]
    assert rows["未完成（个）"].to_list() == [0, 1]
    assert rows.loc["天心区", "老年人（人）"] == "未知"
    whole = sheet(written / "summary.xlsx", "分区覆盖")
    clinic = whole[(whole["所属"] == "天心区") & (whole["服务"] == "诊所")]
    assert clinic["步行覆盖率"].to_list() == ["未知", "未知"]
    assert clinic["未知单元（个）"].to_list() == [1, 1]


def test_the_overview_sheet_says_what_must_be_known(written):
    told = sheet(written / "summary.xlsx", "总览")
    text = "\n".join(told["内容"])
    assert "共 4 个，已完成 3 个，未完成 1 个" in text
    assert "1,900 人" in text
    assert "1 个单元未完成" in text


def test_the_sheet_of_a_district_says_what_must_be_known_of_it_alone(written):
    doubts = {
        district: "\n".join(sheet(written / f"districts/{district}/summary.xlsx", "总览")["内容"])
        for district in ("雨花区", "天心区")
    }
    assert "1 个单元未完成" in doubts["天心区"]
    assert "1 个单元未完成" not in doubts["雨花区"]


def test_layers_are_read_back(written):
    names = pyogrio.list_layers(written / "summary.gpkg")[:, 0].tolist()
    assert names == ["units", "districts", "coverage", "shortfalls", "district_coverage"]
    units = gpd.read_file(written / "summary.gpkg", layer="units")
    assert units["people"].to_list()[:2] == [1000, 500]
    assert units["people"].isna().to_list() == [False, False, True, False]
    assert units.crs.to_epsg() == 4326
    districts = gpd.read_file(written / "summary.gpkg", layer="districts")
    assert districts.geometry.bounds.round(6).iloc[1].to_list() == [112.92, 28.1, 112.94, 28.11]
    table = pyogrio.read_dataframe(written / "summary.gpkg", layer="district_coverage")
    assert "geometry" not in table
    assert {"unknown_count", "note"} <= {*table.columns}


def test_the_table_of_units_is_one_row_each(written):
    table = pd.read_csv(written / "summary.csv", encoding="utf-8-sig")
    assert table["unit_id"].to_list() == ["a", "b", "c", "d"]
    assert table["status_name"].to_list() == ["完成", "完成", "未完成", "完成"]
    assert table["share_park_15min"].to_list()[:2] == [0.75, 1]
    assert table["note"].str.contains("示例数据").all()


def test_a_district_has_a_report_of_its_own_units(written):
    units = sheet(written / "districts/天心区/summary.xlsx", "单元")
    assert units["单元"].to_list() == ["丙", "丁"]
    page = (written / "districts/天心区/summary.html").read_text(encoding="utf-8")
    assert "天心区共有统计单元 2 个，已完成评价 1 个，未完成 1 个" in page
    assert "甲" not in page.replace("甲小区", "")
    assert REASON in page.replace("&#39;", "'")
    with zipfile.ZipFile(written / "districts/天心区/summary.docx") as archive:
        text = archive.read("word/document.xml").decode("utf-8")
    assert "示例数据，非实测" in text
    assert "400" in text


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no office on this machine")
def test_the_report_of_a_district_opens_in_an_office(written, tmp_path):
    done = subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'office').as_uri()}", "--headless",
         "--convert-to", "pdf", "--outdir", str(tmp_path),
         str(written / "districts/雨花区/summary.docx")],
        capture_output=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert (tmp_path / "summary.pdf").read_bytes().startswith(b"%PDF")


def test_english_words(tmp_path):
    overview = batch_of(language="en", name="Changsha")
    put(overview, tmp_path)
    book = openpyxl.load_workbook(tmp_path / "summary.xlsx")
    assert book.sheetnames[:2] == ["Overview", "Units"]
    page = (tmp_path / "districts/天心区/summary.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in page
    assert "2 units, 1 evaluated, 1 failed" in page


def test_districts_that_come_to_one_folder_stand_apart(tmp_path):
    put_overview(batch_of(), tmp_path, folder_name=lambda _: "区")
    assert sorted(path.name for path in (tmp_path / "districts").iterdir()) == ["区", "区-2"]


@pytest.mark.parametrize("folder", ["..", "../x", "a/b", "a\\b", "C:x", "."])
def test_a_folder_that_leads_elsewhere_is_an_error(tmp_path, folder):
    overview = overview_of(
        units_of(), digests_of(), {"c": ""}, folders={"a": folder}, about=About()
    )
    with pytest.raises(lc.InputError, match="no name of a folder"):
        put(overview, tmp_path)
    for name in (folder, ""):
        with pytest.raises(lc.InputError, match="no name of a folder"):
            put_overview(batch_of(), tmp_path, folder_name=lambda _, name=name: name)


def hostile_batch(names):
    """The batch with one name in every text there is."""
    digests = digests_of()
    for place, digest in enumerate(digests.values()):
        name = names[place % len(names)]
        digest["blocks"][0].update(block=name, block_name=name)
        for column in ("service_name", "where", "why"):
            digest["shortfalls"][column] = [name] * len(digest["shortfalls"][column])
    units = units_of(names=names[:4], districts=[*names[:2], *names[:2]])
    return overview_of(
        units, digests, {"c": names[3]}, folders=dict.fromkeys("abcd", "x"),
        about=About(name=names[0], data_sources=tuple(names)),
    )  # fmt: skip


@pytest.mark.parametrize(
    "names",
    [
        slice(0, 4),
        slice(4, 8),
        slice(8, 12),
        ["=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-2+3"],
        ["../../x", "名" * 300, "\u202eabc", "a\x00b\x1bc"],
    ],
)
def test_hostile_names_are_text_in_every_file(tmp_path, hostile_names, names):
    overview = hostile_batch(hostile_names[names] if isinstance(names, slice) else names)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        put_overview(overview, tmp_path, folder_name=lambda name: f"d{abs(hash(name))}")
    for path in tmp_path.rglob("*.xlsx"):
        for one in openpyxl.load_workbook(path):
            for row in one.iter_rows():
                assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)
    text = (tmp_path / "summary.csv").read_text(encoding="utf-8-sig")
    assert not [
        cell for row in csv.reader(text.splitlines()) for cell in row
        if cell.startswith(("=", "+", "@")) or (cell[:1] == "-" and not cell[1:2].isdigit())
    ]  # fmt: skip
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert page.count("</script>") == 4
    assert "<img src=x" not in page
