"""What is known beside an evaluation, on its map: the cells of the tables; nothing runs."""

from __future__ import annotations

import dataclasses
import json
import re

import pandas as pd
import pytest

import lifecircle as lc
from browsing import assert_silent, keep, painted, popup_text
from lifecircle.errors import InputError, MissingColumnError
from lifecircle.outputs.mapping import shortfalls
from lifecircle.outputs.mapping.findings import (
    findings_layers,
    openings_marks,
    projects_marks,
    sites_marks,
)
from lifecircle.outputs.mapping.marks import class_labels, class_of, round_breaks
from lifecircle.outputs.mapping.shortfalls import shortfalls_layer
from lifecircle.outputs.words import words
from sample import SAMPLE, sample_check

HOSTILE = [
    "{{7*7}}", "{% raw", "{#", "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "${7*7}", "`+alert(1)+`", '=HYPERLINK("http://x")', "@SUM(1)", "+1", "-1", "a\x01\x1fb",
    "\u202etxt.exe", "𠮷", "\"'", "a\u2028b", "x" * 2000,
]  # fmt: skip


@pytest.fixture(scope="module")
def tables():
    check = sample_check()
    return lc.Findings(
        check=check,
        shortfalls=lc.rank_shortfalls(check, sensitivity=False),
        openings=lc.rank_openings(SAMPLE, steps=2),
        sites=lc.site_facilities(SAMPLE, ["nursery", "elderly_day_care"], count=2),
        candidates=SAMPLE.extras["sites"],
        projects=lc.list_projects(check, budget_cny=5_000_000),
    )


@pytest.fixture(scope="module")
def layers(tables):
    return findings_layers(tables, sample_check().evaluation)


def marks_of(layers, key):
    return next(one for one in layers["marks"] if one["key"] == key)


def card_of(layer, row):
    facts = {
        label: values[row] for label, values in zip(layer["labels"], layer["values"], strict=True)
    }
    return {label: value for label, value in facts.items() if value}


# ---- the cells ----


def test_shortfalls_are_the_rows_of_the_ranking(layers, tables):
    drawn, rows = layers["shortfalls"], tables.shortfalls
    assert drawn["rank"] == rows["rank"].tolist()
    assert drawn["title"] == rows["service_name"].tolist()
    assert drawn["people"] == rows["people_short"].round().astype(int).tolist()
    for row in (0, 40, len(rows) - 1):
        card, cells = card_of(drawn, row), rows.iloc[row]
        assert card["短缺人数"] == f"{cells['people_short']:,.0f} 人"
        assert card["要求"] == cells["required"]
        assert card["优先度如何得来"] == cells["how"]
        assert card["标准条文"] == f"{cells['standard']} {cells['clause']}"


def test_hexagons_of_a_shortfall_hold_all_who_are_short(layers, tables):
    drawn = layers["shortfalls"]
    for row in (0, 5, 30):
        short = drawn["short"][drawn["short_of"][row]]
        # Rounded to people in each hexagon; several clauses of a service count once.
        people = tables.shortfalls["people_short"].iloc[row]
        assert sum(short[1::2]) >= people - len(short)
        if (tables.shortfalls["service"] == tables.shortfalls["service"].iloc[row]).sum() < 7:
            assert sum(short[1::2]) <= people + len(short)
        assert max(short[::2]) < len(drawn["cells"])


def test_classes_of_priority_are_told_with_their_numbers(layers, tables):
    drawn = layers["shortfalls"]
    labels = [one["label"] for one in drawn["classes"]]
    low = float(labels[-1].removeprefix("≥ ").replace(",", ""))
    expected = (tables.shortfalls["priority"] >= low).tolist()
    assert [one == len(labels) - 1 for one in drawn["class"]] == expected


def test_openings_are_the_first_of_the_ranking(layers, tables):
    drawn = marks_of(layers, "openings")
    rows = tables.openings.reset_index(drop=True)
    assert 50 < len(drawn["look"]) <= 102
    card, cells = card_of(drawn, 0), rows.iloc[0]
    assert card["受益人数"] == f"{cells['gaining_people']:,.0f} 人"
    assert card["每日少走"] == f"{cells['saved_people_min_per_day']:,.0f} 人·分钟"
    assert card["服务"] == cells["services"]
    assert card["顺序"] == "第 1 步"
    assert drawn["numbers"].count("1") == drawn["numbers"].count("2") == 1
    left_out = len(rows) - len(drawn["look"])
    assert any(f"另有 {left_out:,} 处" in note for note in drawn["notes"])
    lines = rows["lon_to"].notna()[: len(drawn["look"])]
    assert len(drawn["lines"]) == int(lines.sum())


def test_larger_marks_are_for_openings_of_which_more_people_gain(layers, tables):
    drawn = marks_of(layers, "openings")
    gain = [
        float(one.removesuffix(" 人").replace(",", ""))
        for one in drawn["values"][drawn["labels"].index("受益人数")]
    ]
    largest = max(drawn["radius"])
    smallest_of_large = min(g for g, r in zip(gain, drawn["radius"], strict=True) if r == largest)
    assert all(g < smallest_of_large for g, r in zip(gain, drawn["radius"], strict=True)
               if r < largest)  # fmt: skip


def test_projects_are_chosen_or_not_with_their_order_and_cost(layers, tables):
    chosen, waiting = marks_of(layers, "projects"), marks_of(layers, "projects_waiting")
    rows = tables.projects[tables.projects["chosen"]]
    assert chosen["titles"] == rows["what"].tolist()
    assert chosen["numbers"] == [f"{one}" for one in rows["step"]]
    card, cells = card_of(chosen, 0), rows.iloc[0]
    assert card["费用"] == f"{cells['cost_cny']:,.0f} 元"
    assert card["受益人数"] == f"{cells['gaining_people']:,.0f} 人"
    assert card["对应短板"] == cells["shortfalls"]
    assert chosen["is_shown"]
    assert not waiting["is_shown"]
    placed = tables.projects["lon"].notna() & ~tables.projects["chosen"]
    assert len(waiting["look"]) == int(placed.sum())
    unknown = tables.projects[placed]["cost_cny"].isna().to_numpy().nonzero()[0][0]
    assert card_of(waiting, int(unknown))["费用"] == "未知"


def test_a_site_with_two_services_is_one_mark_that_tells_of_both(layers, tables):
    drawn = marks_of(layers, "sites")
    ids = drawn["values"][drawn["labels"].index("编号")]
    assert sorted(ids) == sorted(SAMPLE.extras["sites"]["site_id"])
    chosen = set(tables.sites.sites["site_id"])
    hollow = [drawn["looks"][one]["isHollow"] for one in drawn["look"]]
    assert [one in chosen for one in ids] == [not one for one in hollow]
    both = tables.sites.sites[tables.sites.sites.duplicated("site_id", keep=False)]
    for site in both["site_id"].unique():
        said = card_of(drawn, ids.index(site))["时限内可达"]
        assert said.count("人") == 2


def test_candidates_alone_can_be_drawn():
    marks = sites_marks(None, SAMPLE.extras["sites"], SAMPLE)
    assert {marks.looks[one].label for one in marks.look} == {"候选"}
    assert not marks.is_shown


def test_the_tables_are_left_as_they_were(tables):
    before = {
        name: table.copy()
        for name in ("shortfalls", "openings", "candidates", "projects")
        if (table := getattr(tables, name)) is not None
    }
    findings_layers(tables, sample_check().evaluation)
    for name, table in before.items():
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(getattr(tables, name)))


def test_every_word_of_a_layer_is_in_the_language_of_the_study(tables):
    study = dataclasses.replace(SAMPLE, language="en")
    packed = [
        openings_marks(tables.openings, study).packed(),
        *(one.packed() for one in projects_marks(tables.projects, study)),
        sites_marks(tables.sites, tables.candidates, study).packed(),
    ]
    for layer in packed:
        ours = [*layer["labels"], *layer["notes"], layer["title"]]
        ours += [one["label"] for one in (*layer["looks"], *layer["sizes"])]
        assert not re.search(r"[\u4e00-\u9fff]", "".join(ours))


# ---- what cannot be drawn ----


def test_findings_of_another_evaluation_are_refused():
    other = lc.health_check(lc.evaluate(SAMPLE))
    with pytest.raises(InputError, match="of another evaluation"):
        lc.map_evaluation(sample_check().evaluation, findings=lc.Findings(check=other))


def test_shortfalls_without_their_check_are_refused(tables):
    with pytest.raises(InputError, match="hand in check"):
        lc.Findings(shortfalls=tables.shortfalls)


@pytest.mark.parametrize(("name", "column"), [("openings", "kind"), ("projects", "chosen")])
def test_a_table_that_lacks_a_column_is_named(tables, name, column):
    broken = getattr(tables, name).drop(columns=column)
    findings = dataclasses.replace(tables, **{name: broken})
    with pytest.raises(MissingColumnError, match=rf"{name}: column {column} is missing"):
        lc.map_evaluation(sample_check().evaluation, findings=findings)


def test_empty_tables_make_a_map(tables):
    empty = dataclasses.replace(
        tables,
        shortfalls=tables.shortfalls.iloc[:0],
        openings=tables.openings.iloc[:0],
        projects=tables.projects.iloc[:0],
        sites=None,
        candidates=SAMPLE.extras["sites"].iloc[:0],
    )
    layers = findings_layers(empty, sample_check().evaluation)
    assert layers["shortfalls"]["rank"] == []
    assert all(not one["look"] for one in layers["marks"])


# ---- classes ----


def test_breaks_are_round_and_within_the_numbers():
    assert round_breaks(pd.Series([1.0, 1.0, 1.0]), 3) == []
    assert round_breaks(pd.Series([], dtype=float), 3) == []
    assert round_breaks(pd.Series([float("nan"), 0.0]), 3) == []
    assert round_breaks(pd.Series(range(1, 1000)), 4) == [200.0, 500.0]
    assert class_labels([0.5, 2_000_000.0], words("en")) == [
        "below 0.5", "0.5 to 2,000,000", "2,000,000 or more",
    ]  # fmt: skip
    assert class_of(pd.Series([0.0, 200.0, 1e9]), [200.0, 500.0]) == [0, 1, 2]


# ---- in the browser ----


@pytest.fixture
def whole(opened, tables):
    return opened(lc.map_evaluation(sample_check().evaluation, findings=tables))


def test_every_layer_is_switched_and_its_cards_open(whole, tables, tmp_path):
    page = whole.page
    assert whole.path.stat().st_size < 1_500_000
    assert painted(page, "overlay") > 2_000
    assert page.evaluate("() => lifecircleMap.isShown('marks/projects')")
    for name in ("openings", "sites", "projects", "projects_waiting"):
        assert len(popup_text(page, name, 0)) > 20
        box = page.locator(f'input[data-layer="marks/{name}"]')
        assert box.is_checked()
        keep(page, f"layer-{name}", tmp_path)
        box.uncheck()
        assert not page.evaluate("name => lifecircleMap.isShown('marks/' + name)", name)
    keep(page, "evaluation", tmp_path)
    assert_silent(whole)


def test_marks_are_painted(whole):
    page = whole.page
    page.evaluate("() => { for (const name of Object.keys(lifecircleMap.layers))"
                  " lifecircleMap.map.removeLayer(lifecircleMap.layers[name]); }")  # fmt: skip
    assert painted(page, "overlay") == 0
    for name in ("gates", "facilities/health", "marks/openings", "marks/sites"):
        page.evaluate("name => void lifecircleMap.map.addLayer(lifecircleMap.layers[name])", name)
        assert painted(page, "overlay") > 100, name
        page.evaluate(
            "name => void lifecircleMap.map.removeLayer(lifecircleMap.layers[name])", name
        )
    assert_silent(whole)


def test_a_shortfall_is_chosen_from_the_list_and_put_away(whole, tables, tmp_path):
    page = whole.page
    first = tables.shortfalls[tables.shortfalls["level"] == tables.shortfalls["level"].iloc[0]]
    buttons = page.locator(".lc-shortfalls .lc-list-button")
    assert buttons.count() == len(first)
    buttons.nth(2).click()
    page.wait_for_selector(".leaflet-popup-content h3")
    assert page.text_content(".leaflet-popup-content h3") == f"3. {first['service_name'].iloc[2]}"
    count = "() => lifecircleMap.layers.shortfalls.getLayers().length"
    assert page.evaluate(count) > 50
    keep(page, "layer-shortfalls", tmp_path)
    page.locator('select[aria-label="级别"]').select_option(index=1)
    assert page.evaluate(count) == 0
    assert buttons.first.text_content().count("社区") >= 1
    assert_silent(whole)


@pytest.mark.parametrize(
    ("query", "kind", "title"),
    [
        ("金科园社区", "单元", "金科园社区"),
        ("ｙｈ－szt-01-3", "单元", None),
        ("金科园幼儿园", "幼儿园", "金科园幼儿园"),
        ("B0021", "居民点", "居民点 B0021"),
        ("G001", "大门", None),
        ("利用闲置空地", "入选项目", None),
        ("打通断头路 42", "可打开之处", "打通断头路 42"),
        ("中型多功能", "短板", "1. 中型多功能运动场地"),
    ],
)
def test_anything_is_found_by_its_name_and_gone_to(whole, query, kind, title):
    page = whole.page
    page.locator(".lc-find-input").fill(query)
    found = page.locator(".lc-found-one")
    assert found.first.locator(".lc-count").text_content() == kind
    page.locator(".lc-find-input").press("ArrowDown")
    assert found.first.get_attribute("aria-selected") == "true"
    page.locator(".lc-find-input").press("Enter")
    page.wait_for_selector(".leaflet-popup-content h3")
    if title is not None:
        assert page.text_content(".leaflet-popup-content h3") == title
    assert not page.locator(".lc-found").is_visible()
    assert_silent(whole)


def test_a_street_is_found_and_nothing_is_said_to_be_nothing(whole):
    page = whole.page
    before = page.evaluate("() => lifecircleMap.map.getZoom()")
    page.locator(".lc-find-input").fill("洞井")
    page.locator(".lc-found-one").first.click()
    assert page.evaluate("() => lifecircleMap.map.getZoom()") > before
    page.locator(".lc-find-input").fill("没有这样的名称")
    assert page.text_content(".lc-found") == "没有找到"
    page.locator(".lc-find-input").press("Enter")
    page.locator(".lc-find-input").press("Escape")
    assert not page.locator(".lc-found").is_visible()
    assert_silent(whole)


def test_fifty_thousand_names_are_searched(opened, evaluation_of):
    evaluation = evaluation_of(residents=20_000)
    many = pd.concat([evaluation.facilities] * 7_500, ignore_index=True)
    many["name"] = [f"第{row}号小店" for row in range(len(many))]
    evaluation.facilities = many
    seen = opened(lc.map_evaluation(evaluation))
    found = seen.page.evaluate(
        """() => {
            const found = lifecircleMap.find("号小店");
            return [found.count, found.shown.length];
        }"""
    )
    assert found == [30_000, 40]
    assert_silent(seen)


@pytest.fixture(scope="module")
def hostile_tables(tables):
    """Every text of every table is hostile."""

    def spoilt(table, keep=()):
        spoiled = table.copy()
        for column in spoiled.columns:
            is_text = spoiled[column].map(lambda one: isinstance(one, str)).all()
            if column not in keep and column != "geometry" and is_text:
                spoiled[column] = [HOSTILE[row % len(HOSTILE)] for row in range(len(spoiled))]
        return spoiled

    keys = ("unit_id", "service", "level", "standard", "clause", "tier", "check", "segment")
    return dataclasses.replace(
        tables,
        shortfalls=spoilt(tables.shortfalls, keys),
        openings=spoilt(tables.openings, ("kind", "access", "opening_id")),
        candidates=spoilt(tables.candidates),
        projects=spoilt(tables.projects, ("kind",)),
    )


def test_hostile_names_are_shown_to_the_letter_in_every_layer(opened, hostile_tables):
    seen = opened(lc.map_evaluation(sample_check().evaluation, findings=hostile_tables))
    page = seen.page
    assert "onerror=alert(1)>" not in seen.path.read_text(encoding="utf-8")

    def card(kind, row):
        return page.evaluate(
            """([kind, row]) => {
                lifecircleMap.openPopup(kind, row);
                const cards = document.querySelectorAll(".leaflet-popup-content");
                return cards[cards.length - 1].textContent;
            }""",
            [kind, row],
        )

    for row in range(len(HOSTILE)):
        assert HOSTILE[row] in card("shortfalls", row)
        assert HOSTILE[row] in card("openings", row)
    placed = hostile_tables.projects
    waiting = placed[~placed["chosen"] & placed["lon"].notna()]["what"]
    for row in range(len(HOSTILE)):
        assert waiting.iloc[row] in card("projects_waiting", row)
    for name in HOSTILE:
        page.locator(".lc-find-input").fill(name)
        names = page.locator(".lc-found-one .lc-label").all_text_contents()
        assert any(name in one for one in names), name[:20]
        page.locator(".lc-find-input").press("Enter")
    assert page.locator("#lifecircle-page img, #lifecircle-page script").count() == 0
    assert_silent(seen)


def test_the_data_holds_plain_numbers_and_text_alone(layers):
    json.dumps(layers, allow_nan=False)


def test_of_many_shortfalls_the_first_of_each_level_are_carried(tables, monkeypatch):
    monkeypatch.setattr(shortfalls, "MOST_SHORTFALLS", 3)
    layer = shortfalls_layer(tables.shortfalls, tables.check, SAMPLE)
    levels = tables.shortfalls["level"].nunique()
    assert len(layer["rank"]) == len(layer["title"]) == len(layer["outline_of"]) == 3 * levels
    assert f"{len(tables.shortfalls) - 3 * levels}" in layer["note"]
