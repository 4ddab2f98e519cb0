"""On paper: A4 and A3, upright and across, one sheet each, with all that a printed map needs."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

import lifecircle as lc
from browsing import assert_silent, keep
from sample import SAMPLE, sample_check, sample_evaluation

MM_POINTS = 72 / 25.4
PAPERS = [("A4", True), ("A4", False), ("A3", False)]
SIZES = {"A4": (210, 297), "A3": (297, 420)}


@pytest.fixture(scope="module")
def town():
    return lc.map_evaluation(
        sample_evaluation(),
        findings=lc.Findings(
            check=sample_check(), projects=lc.list_projects(sample_check(), openings=0)
        ),
        review_number="湘S(2024)001号",
        data_sources=["示例"],
    )


def told(pdf, *command):
    if shutil.which(command[0]) is None:
        pytest.skip(f"no {command[0]} on this machine")
    done = subprocess.run([*command, pdf, "-"] if command[0] == "pdftotext" else [*command, pdf],
                          capture_output=True, text=True, check=True)  # fmt: skip
    return done.stdout


@pytest.mark.parametrize(("paper", "is_across"), PAPERS)
def test_a_map_fills_one_sheet_with_all_that_belongs_to_it(
    opened, town, tmp_path, paper, is_across
):
    seen = opened(town)
    page = seen.page
    page.evaluate(
        "([paper, across]) => lifecircleMap.enterPrint(paper, across)", [paper, is_across]
    )
    finer = page.evaluate(
        """() => [...document.querySelectorAll("#lifecircle-map canvas")].map(canvas =>
            canvas.width / parseFloat(canvas.style.width))"""
    )
    assert min(finer) > 2.4
    hidden = ".lc-find, .lc-print-button, .leaflet-control-zoom, #lifecircle-panel select"
    assert page.locator(hidden).evaluate_all(
        "all => all.every(one => getComputedStyle(one).display === 'none' || !one.offsetParent)"
    )
    cut = page.evaluate(
        """() => { const panel = document.getElementById("lifecircle-panel");
            return panel.scrollHeight - panel.clientHeight; }"""
    )
    assert cut <= 1
    folder = keep(page, f"print-{paper}-{'across' if is_across else 'upright'}", tmp_path).parent
    pdf = folder / f"print-{paper}-{'across' if is_across else 'upright'}.pdf"
    page.pdf(path=pdf, prefer_css_page_size=True, print_background=True)
    facts = dict(line.split(":", 1) for line in told(pdf, "pdfinfo").splitlines() if ":" in line)
    assert facts["Pages"].strip() == "1"
    wide, high = (float(one) for one in facts["Page size"].split("(")[0].split("pts")[0].split("x"))
    low, long = SIZES[paper]
    expected = (long, low) if is_across else (low, long)
    assert (wide, high) == pytest.approx([one * MM_POINTS for one in expected], abs=1.5)
    text = told(pdf, "pdftotext").replace("\n", "")
    for word in ("生活圈步行可达性", "数据来源", "湘S(2024)001号", "制图日期", "示例数据",
                 "单元边界", "步行等时圈", "入选项目", "北"):  # fmt: skip
        assert word in text, word
    assert_silent(seen)


def test_the_page_is_as_before_when_it_was_printed(opened, town):
    seen = opened(town)
    page = seen.page
    state = """() => [lifecircleMap.map.getZoom(), lifecircleMap.map.getCenter().lat,
        document.getElementById("lifecircle-page").className,
        document.getElementById("lifecircle-map").offsetWidth,
        document.querySelectorAll(".lc-off").length,
        document.querySelector(".leaflet-overlay-pane canvas").width]"""
    before = page.evaluate(state)
    page.evaluate("() => lifecircleMap.enterPrint('A3', false)")
    assert page.evaluate(state) != before
    page.evaluate("() => lifecircleMap.leavePrint()")
    after = page.evaluate(state)
    assert after[1] == pytest.approx(before[1], abs=1e-4)
    assert [*after[:1], *after[2:]] == [*before[:1], *before[2:]]
    assert_silent(seen)


def test_the_browsers_own_print_command_lays_the_page_out_too(opened, town):
    seen = opened(town)
    page = seen.page
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("() => document.querySelector('.lc-printing') !== null")
    page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("() => document.querySelector('.lc-printing') === null")
    assert_silent(seen)


def test_nothing_of_the_map_is_lost_by_the_browsers_own_print_command(opened, town, tmp_path):
    """Bands, streets and outlines lie on canvases of their own, below the residents'."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("no pdftoppm on this machine")
    page = opened(town).page
    page.pdf(path=tmp_path / "map.pdf", prefer_css_page_size=True, print_background=True)
    command = [
        "pdftoppm",
        "-r",
        "40",
        "-png",
        "-singlefile",
        tmp_path / "map.pdf",
        tmp_path / "map",
    ]
    subprocess.run(command, check=True)
    with Image.open(tmp_path / "map.png") as picture:
        dots = np.asarray(picture.convert("RGB")).astype(int)
    is_band = dots[..., 2] > dots[..., 0] + 20
    assert is_band.mean() > 0.2


def test_paper_is_chosen_and_the_printer_asked_for(opened, town):
    seen = opened(town)
    page = seen.page
    page.evaluate("() => { window.print = () => { window.asked = true; }; }")
    page.locator(".lc-print-button").click()
    choices = page.locator(".lc-print-choices option").all_text_contents()
    assert choices == ["A4 横向", "A4 纵向", "A3 横向", "A3 纵向"]
    page.locator(".lc-print-choices select").select_option(label="A3 纵向")
    page.locator(".lc-print-go").click()
    page.wait_for_timeout(700)
    assert page.evaluate("() => window.asked")
    rules = page.evaluate(
        "() => [...document.querySelectorAll('style')].map(one => one.textContent)"
        ".filter(one => one.startsWith('@page'))"
    )
    assert rules == ["@page { size: A3 portrait; margin: 9mm; }"]
    assert_silent(seen)


def test_the_part_of_the_map_that_was_seen_is_printed(opened, town):
    seen = opened(town)
    page = seen.page
    page.evaluate("() => lifecircleMap.openUnit(2)")
    page.wait_for_function(  # the card moves the map until it is seen
        """() => {
            const now = lifecircleMap.map.getBounds().toBBoxString();
            const rests = now === window.boundsBefore;
            window.boundsBefore = now;
            return rests;
        }""",
        polling=300,
    )
    before = page.evaluate("() => lifecircleMap.map.getBounds().toBBoxString()")
    page.evaluate("() => lifecircleMap.enterPrint('A4', true)")
    after = page.evaluate("() => lifecircleMap.map.getBounds().toBBoxString()")
    west, south, east, north = (float(one) for one in before.split(","))
    other = [float(one) for one in after.split(",")]
    assert other[0] <= west + 1e-5
    assert other[2] >= east - 1e-5
    assert other[1] <= south + 1e-5
    assert other[3] >= north - 1e-5
    assert page.locator(".leaflet-popup").count() == 0
    assert_silent(seen)


def test_a_print_in_english_has_no_chinese_of_ours(opened, tmp_path):
    evaluation = lc.evaluate(dataclasses.replace(SAMPLE, language="en"))
    seen = opened(lc.map_evaluation(evaluation), size=(1920, 1080))
    keep(seen.page, "evaluation-en", tmp_path)
    seen.page.evaluate("() => lifecircleMap.enterPrint('A4', true)")
    legend = seen.page.locator("#lifecircle-panel").inner_text()
    assert "Walking isochrones" in legend
    assert not any("\u4e00" <= one <= "\u9fff" for one in legend)
    keep(seen.page, "print-en", tmp_path)
    assert_silent(seen)
