"""Maps in a real browser, from disk, without a network."""

from __future__ import annotations

import folium
import geopandas as gpd
import pandas as pd
import pytest
import shapely

from browsing import assert_silent, painted, popup_text
from lifecircle.outputs.maps import map_evaluation, map_isochrones


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_map_opens_offline_and_draws_its_layers(opened, evaluation_of, language):
    seen = opened(map_evaluation(evaluation_of(language=language)))
    page = seen.page
    assert (
        page.evaluate("() => document.documentElement.lang")
        == {"zh": "zh-CN", "en": "en"}[language]
    )
    layers = page.evaluate("() => Object.keys(lifecircleMap.layers).sort()")
    assert layers == [
        "bands/child",
        "bands/daily",
        "bands/elderly",
        "facilities/child",
        "facilities/daily",
        "facilities/elderly",
        "facilities/health",
        "names",
        "residents",
        "streets",
        "units",
    ]
    for pane in ("lifecircle-bands", "lifecircle-streets", "lifecircle-outlines", "overlay"):
        assert painted(page, pane) > 500, pane
    assert page.locator(".leaflet-control-scale-line").text_content().endswith("m")
    assert page.locator(".lc-north").is_visible()
    assert page.locator(".lc-sample").count() == 2
    assert page.locator(".leaflet-control-attribution").text_content() == "Leaflet"
    assert_silent(seen)


def test_names_of_units_stand_on_the_map(opened, evaluation_of):
    page = opened(map_evaluation(evaluation_of())).page
    names = page.locator(".lc-unit-name")
    assert names.all_text_contents() == ["砂子塘", "甲社区", "乙社区", "丙社区"]
    assert all(names.nth(row).is_visible() for row in range(4))


def card_title(page):
    """Title of the card that is open, once the one before has faded."""
    page.wait_for_selector(".leaflet-popup h3")
    page.locator(".leaflet-popup").nth(1).wait_for(state="detached")
    return page.text_content(".leaflet-popup-content h3")


def test_every_unit_is_reached_from_the_list_and_a_parent_from_its_children(opened, evaluation_of):
    seen = opened(map_evaluation(evaluation_of()))
    page = seen.page
    listed = page.locator(".lc-units button")
    assert listed.all_text_contents() == ["砂子塘", "甲社区", "乙社区", "丙社区"]
    indents = page.locator(".lc-units li").evaluate_all(
        "rows => rows.map(r => r.style.paddingLeft)"
    )
    assert indents == ["0px", "14px", "14px", "14px"]
    before = page.evaluate("() => lifecircleMap.map.getZoom()")
    listed.nth(2).click()
    assert card_title(page) == "乙社区"
    assert page.evaluate("() => lifecircleMap.map.getZoom()") > before
    at = page.evaluate(
        "() => { const at = lifecircleMap.map.getCenter(); return [at.lat, at.lng]; }"
    )
    assert at == pytest.approx([28.1618, 112.9911], abs=0.003)
    page.locator(".lc-card .lc-unit").click()
    assert card_title(page) == "砂子塘"
    assert page.locator(".lc-card .lc-unit").count() == 0
    assert_silent(seen)


def test_the_name_of_a_unit_with_children_opens_its_card(opened, evaluation_of):
    seen = opened(map_evaluation(evaluation_of()))
    seen.page.locator(".lc-parent-name").click()
    assert card_title(seen.page) == "砂子塘"
    assert_silent(seen)


def many_units(evaluation, count):
    """Two circles with so many communities in all."""
    unit = [evaluation.units.iloc[[0, 0]], *[evaluation.units.iloc[[1]]] * count]
    units = pd.concat(unit, ignore_index=True)
    units["unit_id"] = ["c0", "c1", *(f"x{row}" for row in range(count))]
    units["name"] = ["甲圈", "乙圈", *(f"社区 {row}" for row in range(count))]
    units["parent_id"] = ["", "", *(f"c{row % 2}" for row in range(count))]
    evaluation.units = units


def test_of_very_many_units_the_upper_levels_are_listed_and_the_rest_is_found(
    opened, evaluation_of
):
    evaluation = evaluation_of()
    many_units(evaluation, 300)
    seen = opened(map_evaluation(evaluation))
    page = seen.page
    listed = page.locator(".lc-units button")
    note = page.locator(".lc-units + .lc-note")
    assert listed.all_text_contents() == ["甲圈", "乙圈"]
    assert note.text_content() == "列出 2 个，共 302 个；其余请查找"
    page.locator(".lc-search").fill("社区 29")
    assert listed.count() == 11
    assert note.text_content() == ""
    page.locator(".lc-search").fill("X299")
    assert listed.all_text_contents() == ["社区 299"]
    page.locator(".lc-search").fill("社区")
    assert listed.count() == 200
    page.locator(".lc-search").fill("没有的")
    assert note.text_content() == "没有这样的单元"
    assert_silent(seen)


def test_two_hundred_units_are_all_listed_in_a_box_that_scrolls(opened, evaluation_of):
    evaluation = evaluation_of()
    many_units(evaluation, 198)
    page = opened(map_evaluation(evaluation)).page
    assert page.locator(".lc-units button").count() == 200
    assert page.locator(".lc-search").count() == 0
    assert page.locator(".lc-units").bounding_box()["height"] <= 270


def test_facilities_that_are_not_counted_are_hollow_and_counted_apart(opened, evaluation_of):
    evaluation = evaluation_of()
    evaluation.facilities["group"] = "elderly"
    evaluation.facilities["unsnapped"] = [False, True, True, True]
    seen = opened(map_evaluation(evaluation))
    page = seen.page
    row = page.locator('label:has(input[data-layer="facilities/elderly"])')
    assert row.text_content() == "养老1 处（另 3 处未计入）"
    assert page.text_content(".lc-off-street") == "距道路超过 100 米，未计入"
    assert "未计入" not in popup_text(page, "facilities", 0)
    assert popup_text(page, "facilities", 1).endswith("距道路超过 100 米，未计入")
    colours = page.evaluate(
        """() => lifecircleMap.layers["facilities/elderly"].getLayers()
            .map(dot => [dot.options.fillColor, dot.options.color])"""
    )
    assert colours[0] == ["#CC3311", "#ffffff"]
    assert colours[1:] == [["#ffffff", "#7d7d7d"]] * 3
    assert_silent(seen)


def test_what_is_drawn_around_facilities_is_not_taken_for_a_units_area(opened, evaluation_of):
    page = opened(map_evaluation(evaluation_of())).page
    assert page.text_content(".lc-heading") == "图示总面积（含单元以外）"
    page.locator(".lc-bands-choice").select_option(label="不显示")
    assert page.locator(".lc-heading").count() == 0


def test_people_far_from_any_street_stand_on_a_line_of_their_own(opened, evaluation_of):
    evaluation = evaluation_of()
    evaluation.units["unsnapped_people"] = 30.0
    card = popup_text(opened(map_evaluation(evaluation)).page, "units", 0)
    assert "人口600 人其中 30 人住处离道路超过 100 米，未计入覆盖率15 分钟" in card


@pytest.mark.parametrize(
    ("language", "title"), [("zh", "数据提示（1 条，英文）"), ("en", "Data notes (1)")]
)
def test_notes_on_the_data_are_folded_away(opened, evaluation_of, language, title):
    page = opened(map_evaluation(evaluation_of(language=language))).page
    assert page.text_content(".lc-warnings summary") == title
    assert not page.locator(".lc-warnings li").is_visible()
    page.locator(".lc-warnings summary").click()
    assert page.locator(".lc-warnings li").is_visible()
    long = page.evaluate(
        """() => {
            const row = document.querySelector(".lc-warnings li");
            row.textContent = "x".repeat(500);
            return row.scrollWidth > row.parentNode.clientWidth;
        }"""
    )
    assert not long


def test_popups_say_what_the_tables_say(opened, evaluation_of):
    seen = opened(map_evaluation(evaluation_of()))
    unit = popup_text(seen.page, "units", 2)
    assert "乙社区" in unit
    assert "菜市场或生鲜超市成年人834 / 1,00083.4 %" in unit
    facility = popup_text(seen.page, "facilities", 0)
    assert facility == "白沙幼儿园设施服务幼儿园类别教育托育容量180"
    resident = popup_text(seen.page, "residents", 2)
    assert "人口10 人" in resident
    assert "老年人2.5 人" in resident
    assert "15 分钟可达服务2 项（共 3 项）" in resident
    # Row 2: kindergarten 4.96 + 2, food market 7.96 + 2, the third is not reached; in that order.
    assert resident.endswith(
        "幼儿园7.0 分钟菜市场或生鲜超市10.0 分钟老年人日间照料中心15 分钟内未到达"
    )
    assert "儿童无数据" in popup_text(seen.page, "residents", 0)
    assert_silent(seen)


def test_a_click_on_the_map_opens_what_lies_there(opened, evaluation_of):
    seen = opened(map_evaluation(evaluation_of()))
    box = seen.page.locator("#lifecircle-map").bounding_box()
    at = seen.page.evaluate(
        """() => {
            const dot = lifecircleMap.layers["facilities/elderly"].getLayers()[0];
            const point = lifecircleMap.map.latLngToContainerPoint(dot.getLatLng());
            return [point.x, point.y];
        }"""
    )
    seen.page.mouse.click(box["x"] + at[0], box["y"] + at[1])
    seen.page.wait_for_selector(".leaflet-popup-content h3")
    assert seen.page.text_content(".leaflet-popup-content h3") == "野坡日照中心"
    assert_silent(seen)


def test_the_panel_switches_layers(opened, evaluation_of):
    seen = opened(map_evaluation(evaluation_of()))
    page = seen.page
    for name in ("residents", "units", "streets", "names", "facilities/elderly"):
        box = page.locator(f'input[data-layer="{name}"]')
        assert box.is_checked()
        box.uncheck()
        assert not page.evaluate("name => lifecircleMap.isShown(name)", name)
        box.check()
        assert page.evaluate("name => lifecircleMap.isShown(name)", name)
    page.locator(".lc-buttons button").first.click()
    assert page.evaluate("() => lifecircleMap.isShown('facilities/health')")
    page.locator(".lc-buttons button").last.click()
    assert not page.evaluate("() => lifecircleMap.isShown('facilities/health')")
    assert_silent(seen)


def test_one_groups_bands_are_shown_at_a_time_and_its_facilities_with_them(opened, evaluation_of):
    seen = opened(map_evaluation(evaluation_of()))
    page = seen.page

    def shown():
        return page.evaluate(
            "() => Object.keys(lifecircleMap.layers).filter(lifecircleMap.isShown)"
            ".filter(name => name.includes('/')).sort()"
        )

    assert shown() == ["bands/elderly", "facilities/elderly"]
    page.locator(".lc-bands-choice").select_option(label="教育托育")
    assert shown() == ["bands/child", "facilities/child"]
    assert page.locator(".lc-legend .lc-count").all_text_contents() == [
        "4.0 公顷",
        "16.0 公顷",
        "36.0 公顷",
    ]
    page.locator(".lc-bands-choice").select_option(label="不显示")
    assert shown() == []
    assert painted(page, "lifecircle-bands") == 0
    assert_silent(seen)


def test_a_resident_far_from_any_street_is_shown_as_unknown(opened, evaluation_of):
    evaluation = evaluation_of()
    evaluation.residents["unsnapped"] = [True] + [False] * (len(evaluation.residents) - 1)
    count = evaluation.residents["completeness_15min_count"].astype("Int64")
    evaluation.residents["completeness_standard_count"] = count
    seen = opened(map_evaluation(evaluation))
    resident = popup_text(seen.page, "residents", 0)
    assert "未接入道路，无数据按标准各自时限无数据" in resident
    assert "按标准各自时限1 项（共 3 项）" in popup_text(seen.page, "residents", 1)
    colours = seen.page.evaluate(
        "() => lifecircleMap.layers.residents.getLayers().map(one => one.options.fillColor)"
    )
    assert colours[0] == "#aab0b7"
    assert "#aab0b7" not in colours[1:]
    assert "未到达" not in resident
    assert seen.page.locator(".lc-classes").text_content() == "0 项1 项2 项3 项未接入道路，无数据"
    assert_silent(seen)


def test_the_panel_can_be_put_away(opened, evaluation_of):
    page = opened(map_evaluation(evaluation_of())).page
    before = page.locator("#lifecircle-map").bounding_box()["width"]
    page.locator('[aria-controls="lifecircle-panel"]').click()
    assert not page.locator("#lifecircle-panel").is_visible()
    assert page.locator("#lifecircle-map").bounding_box()["width"] > before + 200


def test_on_a_phone_the_panel_lies_below_the_map(opened, evaluation_of):
    seen = opened(map_evaluation(evaluation_of()), size=(390, 800))
    page = seen.page
    whole, panel = (page.locator(f"#lifecircle-{one}").bounding_box() for one in ("map", "panel"))
    assert whole["width"] == panel["width"] == 390
    assert whole["height"] > 300
    assert panel["y"] >= whole["y"] + whole["height"]
    page.locator('[aria-controls="lifecircle-panel"]').click()
    assert page.locator("#lifecircle-map").bounding_box()["height"] > whole["height"] + 150
    assert page.evaluate("() => document.documentElement.scrollWidth") == 390
    assert_silent(seen)


def test_hostile_names_are_shown_to_the_letter_and_nothing_runs(
    opened, evaluation_of, hostile_names
):
    hostile_title = "</title><script>alert(1)</script>{{7*7}}"
    seen = opened(
        map_evaluation(
            evaluation_of(hostile_names),
            title=hostile_title,
            data_sources=hostile_names,
            review_number="<img src=x onerror=alert(1)>",
        )
    )
    page = seen.page
    assert page.title() == hostile_title
    assert page.text_content("h1") == hostile_title
    for row, name in enumerate(hostile_names):
        assert popup_text(page, "facilities", row).startswith(f"{name}设施服务")
        resident = popup_text(page, "residents", row)
        assert resident.startswith(f"居民点 {name} {row}")
    assert popup_text(page, "units", 1).startswith(hostile_names[0])
    assert hostile_names[0] in page.locator(".lc-unit-name").all_text_contents()
    assert page.locator(".lc-warnings li").all_text_contents() == hostile_names
    assert page.text_content(".lc-sources").endswith("；".join(hostile_names))
    assert page.text_content(".lc-review") == "审图号：<img src=x onerror=alert(1)>"
    assert page.locator("#lifecircle-page img, #lifecircle-page b").count() == 0
    assert_silent(seen)


def test_isochrones_alone_are_drawn_and_chosen_by_origin(opened):
    bands = gpd.GeoDataFrame(
        {"origin_id": ["<i>", "<i>", "b"], "minutes": [5, 10, 5], "area_ha": [1.2, 4.0, 1.0]},
        geometry=[shapely.Point(x, 28.16).buffer(r) for x, r in [(1, 0.1), (1, 0.2), (2, 0.1)]],
        crs="EPSG:4326",
    )
    points = gpd.GeoDataFrame(
        {"name": ["${alert(1)}"]}, geometry=[shapely.Point(1, 28.16)], crs="EPSG:4326"
    )
    seen = opened(map_isochrones(bands, points=points, language="en"))
    page = seen.page
    assert page.locator(".lc-bands-choice option").all_text_contents() == [
        "All origins",
        "<i>",
        "b",
        "Not shown",
    ]
    everything = painted(page, "lifecircle-bands")
    page.locator(".lc-bands-choice").select_option(label="b")
    assert 0 < painted(page, "lifecircle-bands") < everything
    assert popup_text(page, "points", 0) == "${alert(1)}"
    assert_silent(seen)


def test_folium_layers_of_ones_own_are_drawn_beside_ours(opened, evaluation_of):
    town = map_evaluation(evaluation_of())
    folium.Marker((28.161, 112.987), tooltip="<b onmouseover=alert(1)>{{7*7}}</b>").add_to(town)
    folium.GeoJson(
        {"type": "Point", "coordinates": [112.99, 28.162]},
        marker=folium.CircleMarker(radius=9),
        name="{{7*7}}",
    ).add_to(town)
    seen = opened(town)
    marker = seen.page.locator(".leaflet-marker-icon:not(.lc-name-icon)")
    assert marker.evaluate("icon => icon.complete && icon.naturalWidth > 0")
    marker.hover()
    seen.page.wait_for_selector(".leaflet-tooltip b")
    assert seen.page.text_content(".leaflet-tooltip b") == "{{7*7}}"
    assert_silent_but_for_handlers(seen)


def assert_silent_but_for_handlers(seen):
    """A handler in somebody's own HTML is refused by the page's policy, and never runs."""
    assert "dialog" not in seen.complaints
    assert [url for url in seen.requests if not url.startswith("data:")] == [seen.url]
    assert all("Content Security Policy" in complaint for complaint in seen.complaints)


def test_fifty_thousand_residents_open_and_zoom(opened, evaluation_of):
    seen = opened(map_evaluation(evaluation_of(residents=50_000)))
    assert seen.page.evaluate("() => lifecircleMap.layers.residents.getLayers().length") == 50_000
    seen.page.evaluate("() => void lifecircleMap.map.setZoom(17, { animate: false })")
    assert painted(seen.page, "overlay") > 10_000
    assert_silent(seen)
