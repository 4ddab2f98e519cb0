"""The page of a batch in a real browser, from disk, without a network."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas as gpd
import pytest

from browsing import assert_silent
from lifecircle.assessment.overview import About, overview_of
from lifecircle.outputs.overviewing.page import page_text
from overviewed import REASON, batch_of, digest_of, digests_of, square, units_of

FILES = {
    "a": ["map.html", "report.docx"],
    "b": ["map.html"],
    "c": ["report.xlsx"],
    "d": ["map.html"],
}
DISTRICTS = {"雨花区": [("districts", "雨花区", "summary.xlsx")]}
CELLS = "rows => rows.map(row => Array.from(row.cells, cell => cell.textContent))"


@pytest.fixture
def opened(chromium, tmp_path):
    contexts = []

    def opening(overview, size=(1280, 900), files=FILES):
        path = tmp_path / "index.html"
        page = page_text(overview, files=files, district_files=DISTRICTS)
        path.write_text(page, encoding="utf-8", newline="\n")
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]})
        contexts.append(context)
        context.set_offline(offline=True)
        tab = context.new_page()
        seen = SimpleNamespace(page=tab, url=path.as_uri(), requests=[], complaints=[])
        tab.on("request", lambda request: seen.requests.append(request.url))
        tab.on("console", lambda message: seen.complaints.append(message.text))
        tab.on("pageerror", lambda error: seen.complaints.append(str(error)))
        tab.on("dialog", lambda dialog: (seen.complaints.append("dialog"), dialog.dismiss()))
        tab.goto(seen.url)
        tab.wait_for_function("window.lifecircleOverviewPage !== undefined")
        return seen

    yield opening
    for context in contexts:
        context.close()


def cells(page, table="#ov-units"):
    return page.locator(f"{table} tbody tr").evaluate_all(CELLS)


def column(page, label, table="#ov-units"):
    heads = page.locator(f"{table} th").all_text_contents()
    return [row[heads.index(label)] for row in cells(page, table)]


def sort(page, label, table="#ov-units"):
    page.locator(f"{table} th button", has_text=label).first.click()


def legend(page):
    return [
        tuple(one.split("\n"))
        for one in page.locator(".ov-legend li").evaluate_all(
            "rows => rows.map(r => r.querySelector('.ov-class').textContent + '\\n'"
            " + r.querySelector('.ov-many').textContent)"
        )
    ]


def colour(page, row):
    return page.evaluate("row => lifecircleOverviewPage.map.layers[row].options.fillColor", row)


def choose(page, key):
    page.locator(".ov-figure-select").select_option(key)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_opens_offline_and_counts(opened, language):
    seen = opened(batch_of(language=language, sample=True))
    page = seen.page
    tag = {"zh": "zh-CN", "en": "en"}[language]
    assert page.evaluate("() => document.documentElement.lang") == tag
    assert page.locator(".ov-counts dd").all_text_contents() == ["4", "3", "1", "1,900"]
    assert page.locator(".ov-sample").count() == 1
    assert page.locator(".ov-errors").get_attribute("href") == "errors.csv"
    assert page.locator(".ov-doubts li").count() >= 1
    assert_silent(seen)


def test_a_row_says_what_was_found_of_a_unit(opened):
    page = opened(batch_of()).page
    first = cells(page)[0]
    assert first == [
        "甲",
        "雨花区",
        "1,000",
        "2.0",
        "5",
        "2",
        "1",
        "公园（短缺 200 人）",
        "地图Word",
    ]
    assert cells(page)[2] == [
        "丙未完成",
        "天心区",
        "—",
        "未完成",
        "—",
        "—",
        "—",
        f"未完成：数据有误：{REASON}",
        "Excel",
    ]


def test_rows_sort_as_numbers_by_click_and_keyboard_and_unknown_is_last(opened):
    seen = opened(batch_of())
    page = seen.page
    sort(page, "人口（人）")
    assert column(page, "人口（人）") == ["1,000", "500", "400", "—"]
    sort(page, "人口（人）")
    assert column(page, "人口（人）") == ["400", "500", "1,000", "—"]
    head = page.locator("#ov-units th[data-key=people]")
    assert head.get_attribute("aria-sort") == "ascending"
    head.locator("button").focus()
    page.keyboard.press("Enter")
    assert column(page, "人口（人）") == ["1,000", "500", "400", "—"]
    sort(page, "首要短板")
    assert [one[:2] for one in column(page, "首要短板")] == ["诊所", "公园", "公园", "未完"]
    assert_silent(seen)


def test_rows_are_found_by_text_and_by_district(opened):
    page = opened(batch_of()).page
    page.locator(".ov-search").fill("乙")
    assert [row[0] for row in cells(page)] == ["乙"]
    page.locator(".ov-search").fill("没有的")
    assert cells(page) == []
    assert page.locator("#ov-units .ov-count").text_content() == "没有符合条件的单元"
    page.locator(".ov-filters button").click()
    page.locator(".ov-by-district").select_option(label="天心区")
    assert [row[0] for row in cells(page)] == ["丙未完成", "丁"]
    hidden = page.evaluate("() => lifecircleOverviewPage.map.layers.map(l => l.options.fill)")
    assert hidden == [False, False, True, True]
    assert ("未完成", "1") in legend(page)


def test_a_figure_changes_colours_legend_and_table(opened):
    seen = opened(batch_of())
    page = seen.page
    before = [colour(page, row) for row in range(4)]
    choose(page, "share_park_15min")
    assert [colour(page, row) for row in range(4)] != before
    assert colour(page, 0) != colour(page, 1)
    assert legend(page)[:5] == [
        ("80–100 %", "1"), ("60–80 %", "1"), ("40–60 %", "0"), ("20–40 %", "1"), ("0–20 %", "0"),
    ]  # fmt: skip
    assert column(page, "公园，15 分钟") == ["75.0 %", "100 %", "未完成", "25.0 %"]
    assert column(page, "公园，15 分钟", "#ov-districts") == ["84.6 %", "25.0 %"]
    groups = page.locator("optgroup").evaluate_all("all => all.map(one => one.label)")
    assert groups[:3] == ["总体", "体检得分", "步行覆盖率 · 15 分钟"]
    assert groups[3:] == ["步行覆盖率 · 5 分钟", "最近一处的步行时间（中位数）"]
    assert_silent(seen)


def test_unknown_is_hatched_and_said_and_nobody_is_not_unknown(opened):
    page = opened(batch_of()).page
    choose(page, "share_nursing_home_15min")
    assert column(page, "养老院，15 分钟") == ["50.0 %", "无此类人口", "未完成", "未知"]
    hatches = page.evaluate("() => lifecircleOverviewPage.map.layers.map(l => l.options.hatch)")
    assert hatches == ["", "unknown", "failed", "unknown"]
    choose(page, "share_clinic_15min")
    assert column(page, "诊所，15 分钟", "#ov-districts")[1] == "未知1 个单元未知"
    choose(page, "score_space")
    assert column(page, "公共空间") == ["未知", "未知", "未完成", "未知"]
    assert ("未知", "3") in legend(page)


def test_where_nobody_lives_completeness_is_no_unknown(opened):
    digests = digests_of()
    digests["b"] = digest_of(0.0, {"park": (0.0, 0.0)}, means=(None, None))
    overview = overview_of(
        units_of(), digests, {"c": REASON}, folders={}, about=About(minutes=(5.0, 15.0))
    )
    page = opened(overview).page
    assert column(page, "15 分钟可达（项）") == ["2.0", "无人居住", "未完成", "1.0"]
    assert ("无人居住", "1") in legend(page)
    assert ("未知", "0") in legend(page)


def test_units_of_one_name_are_told_apart_by_their_ids(opened):
    overview = overview_of(
        units_of(("新村", "新村", "丙", "")), digests_of(), {"c": REASON}, folders={}, about=About()
    )
    page = opened(overview).page
    assert column(page, "单元") == ["新村（a）", "新村（b）", "丙未完成", "d"]
    assert "新村（a）" in page.locator(".ov-name").all_text_contents()


def test_a_district_that_is_the_unit_itself_has_no_column(opened):
    names = ("雨花区", "天心区", "望城区", "岳麓区")
    overview = overview_of(
        units_of(names, names), digests_of(), {"c": REASON}, folders={}, about=About()
    )
    page = opened(overview).page
    assert "所属" not in page.locator("#ov-units th").all_text_contents()
    assert len(cells(page, "#ov-districts")) == 4


def test_the_kind_of_a_failure_is_said_in_chinese_before_the_reason(opened):
    page = opened(batch_of(notes=["facilities: 3 rows are far from any street."])).page
    assert f"未完成：数据有误：{REASON}" in cells(page)[2]
    assert page.locator(".ov-notes summary").text_content() == "数据提示（1 条，英文）"
    page.locator(".ov-notes summary").click()
    assert "far from any street" in page.locator(".ov-notes li").text_content()
    english = opened(batch_of(language="en")).page
    assert f"failed: {REASON}" in cells(english)[2]


def test_minutes_are_dark_where_they_are_few_and_beyond_is_said(opened):
    page = opened(batch_of()).page
    choose(page, "nearest_park_min")
    assert legend(page)[0] == ("0–5", "0")
    assert column(page, "公园") == ["7.3", "7.3", "未完成", "7.3"]
    assert ("超过 15 分钟，或未到达", "0") in legend(page)


def test_a_click_on_the_map_marks_the_row_and_shows_its_files(opened):
    seen = opened(batch_of())
    page = seen.page
    at = page.evaluate(
        """() => {
            const shown = lifecircleOverviewPage.map, box = shown.map.getContainer();
            const spot = shown.map.latLngToContainerPoint(shown.layers[3].getCenter());
            const corner = box.getBoundingClientRect();
            return [corner.left + spot.x, corner.top + spot.y];
        }"""
    )
    page.mouse.move(*at)
    page.wait_for_selector(".ov-hint")
    assert page.locator(".ov-hint").text_content() == "丁15 分钟内可达必备设施（人均） 1.0"
    page.mouse.click(*at)
    assert page.locator("tr.ov-chosen td").first.text_content() == "丁"
    assert page.locator(".ov-card h2").text_content() == "丁"
    href = page.locator(".ov-card a").first.get_attribute("href")
    assert href == "units/%E4%B8%81%231%25/map.html"
    assert_silent(seen)


def test_a_click_on_a_row_marks_the_unit_on_the_map(opened):
    page = opened(batch_of()).page
    page.locator("#ov-units tbody tr").nth(2).locator("button").click()
    assert page.locator(".ov-card h2").text_content() == "丙"
    assert REASON in page.locator(".ov-card").text_content()
    assert page.evaluate("() => lifecircleOverviewPage.map.chosen !== null")


def test_links_are_those_that_are_there_and_lead_to_the_folders(opened):
    page = opened(batch_of()).page
    links = page.locator("#ov-units tbody a").evaluate_all(
        "all => all.map(one => one.getAttribute('href'))"
    )
    assert links == [
        "units/%E7%94%B2/map.html",
        "units/%E7%94%B2/report.docx",
        "units/%E4%B9%99%20b/map.html",
        "units/%E4%B8%99/report.xlsx",
        "units/%E4%B8%81%231%25/map.html",
    ]
    district = page.locator("#ov-districts a")
    assert district.get_attribute("href") == "districts/%E9%9B%A8%E8%8A%B1%E5%8C%BA/summary.xlsx"


def test_a_link_opens_the_file_in_the_folder(opened, tmp_path):
    seen = opened(batch_of())
    (tmp_path / "units" / "丁#1%").mkdir(parents=True)
    (tmp_path / "units" / "丁#1%" / "map.html").write_text("<title>there</title>", encoding="utf-8")
    seen.page.locator("#ov-units tbody a").last.click()
    seen.page.wait_for_function("document.title === 'there'")


def test_a_district_that_is_clicked_keeps_its_units(opened):
    page = opened(batch_of()).page
    assert cells(page, "#ov-districts")[0][:4] == ["雨花区", "2", "0", "1,500"]
    page.locator("#ov-districts tbody tr").first.click()
    assert [row[0] for row in cells(page)] == ["甲", "乙"]
    page.locator("#ov-districts tbody tr").first.click()
    assert len(cells(page)) == 4


def test_levels_are_told_apart_and_not_added_up(opened):
    units = units_of().assign(level=["street", "circle", "circle", "circle"])
    units.loc[0, "geometry"] = square(0, width=4)
    overview = overview_of(units, digests_of(), {"c": ""}, folders={}, about=About(language="en"))
    page = opened(overview).page
    assert page.locator(".ov-counts dt").all_text_contents()[3:] == [
        "street: People (units done)",
        "circle: People (units done)",
    ]
    assert page.locator(".ov-counts dd").all_text_contents()[3:] == ["1,000", "900"]
    page.locator(".ov-by-level").select_option(label="street")
    assert len(cells(page)) == 1


def test_a_unit_without_a_boundary_stands_in_the_table_alone(opened):
    units = units_of()
    units.loc[1, "geometry"] = None
    overview = overview_of(units, digests_of(), {"c": ""}, folders={}, about=About())
    seen = opened(overview)
    seen.page.locator("#ov-units tbody tr").nth(1).click()
    assert "没有可用的边界" in seen.page.locator(".ov-card").text_content()
    assert_silent(seen)


def test_without_any_boundary_the_page_still_opens(opened):
    units = units_of()
    units["geometry"] = gpd.GeoSeries([None] * 4, crs="EPSG:4326")
    overview = overview_of(units, {}, dict.fromkeys("abcd", REASON), folders={}, about=About())
    seen = opened(overview)
    assert seen.page.locator(".ov-counts dd").all_text_contents() == ["4", "0", "4", "未知"]
    assert_silent(seen)


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)])
def test_nothing_is_wider_than_the_window(opened, size):
    names = ("名" * 300, "W" * 300, "\u202eabc", "丁")
    overview = overview_of(
        units_of(names=names), digests_of(), {"c": "x" * 500}, folders={}, about=About("名" * 300)
    )
    seen = opened(overview, size)
    assert seen.page.evaluate("() => document.documentElement.scrollWidth") <= size[0]
    assert seen.page.locator("#ov-map").bounding_box()["width"] > 0.5 * min(size[0], 700)
    assert_silent(seen)


def test_hostile_names_do_nothing(opened, hostile_names):
    names = [*hostile_names, "=cmd", "../../x", "\u202eabc", "constructor", "__proto__"]
    count = len(names)
    units = gpd.GeoDataFrame(
        {"unit_id": names, "name": names, "level": names, "district": names},
        geometry=[square(place % 5, place // 5) for place in range(count)],
        crs="EPSG:4326",
    )
    digests = {}
    for name in names[1:]:
        digest = digest_of(100.0, {"park": (10.0, 20.0)}, shortfalls=[(name, 5.0, False)])
        digest["blocks"][0].update(block=name, block_name=name)
        digests[name] = digest
    folders = {name: name.replace("/", "") for name in names}
    overview = overview_of(
        units, digests, {names[0]: names[4]}, folders=folders,
        about=About(name=names[4], data_sources=tuple(names), review_number=names[3]),
    )  # fmt: skip
    seen = opened(overview, files={name: ["map.html"] for name in names})
    page = seen.page
    for key in page.locator(".ov-figure-select option").evaluate_all(
        "all => all.map(o => o.value)"
    ):
        choose(page, key)
    for place in range(count):
        page.locator("#ov-units tbody tr").nth(place).click(position={"x": 5, "y": 5})
    assert page.locator("img[src=x]").count() == 0
    links = page.locator("#ov-units tbody a").evaluate_all("all => all.map(a => a.href)")
    assert all(one.startswith(seen.url.replace("index.html", "units/")) for one in links)
    assert_silent(seen)


def many(count):
    side = int(count**0.5) + 1
    names = [f"单元{place}" for place in range(count)]
    units = gpd.GeoDataFrame(
        {"unit_id": names, "name": names, "level": "circle", "district": "雨花区"},
        geometry=[square(place % side, place // side) for place in range(count)],
        crs="EPSG:4326",
    )
    digests = {
        name: digest_of(100.0 + place, {"park": (10.0, 20.0), "clinic": (5.0, 99.0)})
        for place, name in enumerate(names)
    }
    return overview_of(units, digests, {}, folders={name: name for name in names}, about=About())


def test_very_many_units_stand_in_pages(opened):
    overview = many(6000)
    text = page_text(overview, files={}, district_files={})
    assert len(text.encode("utf-8")) < 4_000_000
    seen = opened(overview)
    page = seen.page
    assert page.locator("#ov-units .ov-count").text_content() == "第 1–100 行，共 6,000 行"
    page.locator("#ov-units .ov-pager button").nth(1).click()
    assert cells(page)[0][0] == "单元100"
    sort(page, "人口（人）")
    assert cells(page)[0][0] == "单元5999"
    page.evaluate("() => lifecircleOverviewPage.select(3, 'map')")
    assert page.locator("tr.ov-chosen td").first.text_content() == "单元3"
    assert page.locator("#ov-units .ov-count").text_content() == "第 5,901–6,000 行，共 6,000 行"
    assert_silent(seen)


def test_it_prints_all_rows_on_wide_pages(opened, tmp_path):
    seen = opened(many(250))
    path = tmp_path / "page.pdf"
    seen.page.pdf(path=str(path), prefer_css_page_size=True)
    content = path.read_bytes()
    box = content.partition(b"/MediaBox [")[2].partition(b"]")[0].split()
    assert float(box[2]) > float(box[3])
    assert len(seen.page.locator("#ov-units tbody tr").all()) == 100
    assert content.count(b"/Type /Page\n") + content.count(b"/Type /Page ") >= 4
    assert_silent(seen)
