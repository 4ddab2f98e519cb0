"""Before and after on one map: the line between them, what changes, and figures of both sides."""

from __future__ import annotations

import dataclasses
import re

import pytest

import lifecircle as lc
from browsing import assert_silent, keep, painted, popup_text
from lifecircle.outputs.maps import map_evaluation
from sample import SAMPLE, sample_check

CANTEEN, CLINIC = (112.9910, 28.1655), (112.9925, 28.1641)


@pytest.fixture(scope="module")
def compared():
    closed = SAMPLE.facilities.loc[SAMPLE.facilities["service"] == "kindergarten", "facility_id"]
    actions = [
        lc.AddFacility("community_canteen", CANTEEN, name="</script><script>alert(1)</script>"),
        lc.AddFacility("nursery", CLINIC, name="{{7*7}}"),
        lc.CloseFacility(closed.iloc[0]),
        lc.OpenGate("G001"),
        lc.ConnectStreets((112.991315, 28.159657), (112.991046, 28.159668)),
    ]
    return lc.compare(sample_check(), lc.Scenario(actions, name="${方案}"))


@pytest.fixture(scope="module")
def data(compared):
    return lc.map_comparison(compared).get_root().data


def test_both_sides_are_those_of_the_evaluations(data, compared):
    for side, evaluation in (
        (data["residents"]["before"], compared.before.evaluation),
        (data["residents"], compared.after.evaluation),
    ):
        alone = map_evaluation(evaluation).get_root().data["residents"]
        assert side["completeness"] == alone["completeness"]
        for service, column in zip(alone["services"], alone["nearest"], strict=True):
            assert side["nearest"][data["residents"]["services"].index(service)] == column


def test_residents_in_another_order_are_brought_together(compared):
    before = compared.before.evaluation
    turned = before.residents.iloc[::-1].reset_index(drop=True)
    other = dataclasses.replace(
        compared,
        before=dataclasses.replace(
            compared.before, evaluation=dataclasses.replace(before, residents=turned)
        ),
    )
    one = lc.map_comparison(compared).get_root().data["residents"]
    two = lc.map_comparison(other).get_root().data["residents"]
    assert one["before"] == two["before"]


def test_what_changes_is_marked(data, compared):
    marks = data["marks"][0]
    assert marks["key"] == "changes"
    counted = {one["label"]: one["count"] for one in marks["looks"]}
    assert counted == {
        "新增设施": 2,
        "关闭设施": 1,
        "大门、围墙口通行变化": 1,
        "新建步行路": len(compared.changes["new_ways"]),
    }
    assert marks["titles"][0].startswith(("</script>", "{{7*7}}", "幼儿园", "金科园", "砂子塘"))
    assert len(marks["lines"]) == len(compared.changes["new_ways"])
    gate = marks["looks"].index(next(o for o in marks["looks"] if o["label"].startswith("大门")))
    row = marks["look"].index(gate)
    said = marks["values"][marks["labels"].index("通行")][row]
    assert said.endswith("→ 开放")


def test_what_stands_on_both_sides_is_drawn_once(data, compared):
    changed = set(compared.changes["facilities"]["facility_id"])
    after = compared.after.evaluation.facilities
    assert len(data["facilities"]["name"]) == int((~after["facility_id"].isin(changed)).sum())


def test_units_tell_before_after_and_the_change(data, compared):
    unit = next(one for one in data["units"] if one["id"] == "YH-SZT-01")
    row = compared.units.set_index("unit_id").loc["YH-SZT-01"]
    said = dict(fact for fact in unit["facts"] if len(fact) == 2)["15 分钟可达服务（人均）"]
    before, after = (row[f"completeness_mean_15min_{one}"] for one in ("before", "after"))
    assert said.startswith(f"{before:.2f} → {after:.2f} 项")
    people = compared.people
    moved = people[
        (people["unit_id"] == "YH-SZT-01")
        & (people["segment"] == "people")
        & (people["gained_people"].fillna(0) + people["lost_people"].fillna(0) > 0)
    ]
    assert [one[1:3] for one in unit["coverage"]] == [
        [f"{one.within_people_before:,.0f}", f"{one.within_people_after:,.0f}"]
        for one in moved.itertuples()
    ]


def test_a_comparison_in_english_has_no_chinese_of_ours(compared):
    english = lc.compare(
        lc.evaluate(dataclasses.replace(SAMPLE, language="en")),
        lc.OpenGate("G001"),
    )
    shown = lc.map_comparison(english).get_root().data
    assert shown["title"].endswith("before and after")
    texts = [one["label"] for mark in shown["marks"] for one in mark["looks"]]
    assert not re.search(r"[\u4e00-\u9fff]", "".join(texts + shown["coverage_heads"]))


# ---- in the browser ----


@pytest.fixture
def seen(opened, compared):
    return opened(lc.map_comparison(compared))


def clipped(page):
    """Left and right of what is seen of each side, pixels within the map."""
    return page.evaluate(
        """() => ["before", "after"].map(side => {
            const map = lifecircleMap.map, pane = map.getPane("lifecircle-" + side);
            const [top, right, bottom, left] = pane.style.clip.match(/-?[\\d.]+/g).map(Number);
            const at = map.layerPointToContainerPoint([0, 0]).x;
            return [left + at, right + at];
        })"""
    )


def test_the_line_is_dragged_and_both_sides_follow(seen, tmp_path):
    page = seen.page
    box = page.locator("#lifecircle-map").bounding_box()
    width = box["width"]
    assert clipped(page) == [[0, pytest.approx(width / 2, abs=1)], [pytest.approx(width / 2, abs=1),
                             pytest.approx(width, abs=1)]]  # fmt: skip
    keep(page, "comparison", tmp_path)
    line = page.locator(".lc-swipe")
    grip = line.locator(".lc-grip").bounding_box()
    centre = page.evaluate("() => lifecircleMap.map.getCenter().lng")
    page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, grip["y"] + 40, steps=5)
    page.mouse.up()
    assert clipped(page)[0][1] == pytest.approx(200, abs=3)
    assert page.evaluate("() => lifecircleMap.map.getCenter().lng") == centre
    page.mouse.move(box["x"] + 600, 400)
    assert clipped(page)[0][1] == pytest.approx(200, abs=3)
    # The map moves below it.
    page.evaluate("() => void lifecircleMap.map.panBy([150, 60], { animate: false })")
    assert clipped(page)[0][1] == pytest.approx(200, abs=3)
    page.evaluate("() => void lifecircleMap.map.setZoom(16, { animate: false })")
    assert clipped(page)[1][0] == pytest.approx(200, abs=3)
    assert line.bounding_box()["x"] + 12 == pytest.approx(box["x"] + 200, abs=3)
    assert_silent(seen)


def test_the_line_is_moved_with_the_keyboard_and_says_where_it_is(seen):
    line = seen.page.locator(".lc-swipe")
    assert line.get_attribute("role") == "slider"
    assert line.get_attribute("aria-valuenow") == "50"
    line.focus()
    for key, share in [("ArrowRight", "52"), ("PageUp", "62"), ("ArrowLeft", "60"), ("End", "100"),
                       ("Home", "0")]:  # fmt: skip
        seen.page.keyboard.press(key)
        assert line.get_attribute("aria-valuenow") == share
    assert line.get_attribute("aria-valuetext") == "现状占图幅 0 %"
    assert_silent(seen)


def test_each_side_is_coloured_by_its_own_figures(seen, data):
    page = seen.page
    for side in ("lifecircle-before", "lifecircle-after", "overlay"):
        assert painted(page, side) > 300
    # Residents, not clickable in their panes, are clicked on the canvas of all others.
    card = popup_text(page, "residents", 20)
    assert "现状方案后变化" in card
    changed = data["residents"]["services"].index("幼儿园")
    page.evaluate("at => lifecircleMap.colourResidents('service/' + at)", changed)
    differ = [
        row
        for row, (one, two) in enumerate(
            zip(
                data["residents"]["before"]["nearest"][changed],
                data["residents"]["nearest"][changed],
                strict=True,
            )
        )
        if one is not None and two is None
    ]
    assert differ
    assert "15 分钟内未到达" in popup_text(page, "residents", differ[0])
    assert_silent(seen)


def test_hostile_names_of_changes_are_shown_to_the_letter(seen, data):
    page = seen.page
    for row, title in enumerate(data["marks"][0]["titles"]):
        assert popup_text(page, "changes", row).startswith(title)
    assert "方案：${方案}" in page.text_content(".lc-titles p")
    assert page.locator("#lifecircle-page script").count() == 0
    assert_silent(seen)
