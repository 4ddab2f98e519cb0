"""Cards in notebooks: short, safe, with a map, and never in the way."""

from __future__ import annotations

import dataclasses
import html
import re
import time

import pandas as pd
import pytest

import lifecircle as lc
from lifecircle.outputs import cards

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}\"'`${1}\x07"


@pytest.fixture(scope="module")
def study():
    return lc.load_demo()


@pytest.fixture(scope="module")
def today(study):
    return lc.evaluate(study)


@pytest.fixture(scope="module")
def comparison(today):
    return lc.compare(today, lc.AddFacility("kindergarten", (112.9965, 28.1612), name="新园"))


def head(card):
    """The card before its map."""
    return re.split("<iframe|<img", card)[0]


def test_a_study_shows_its_figures_and_a_picture(study):
    card = study._repr_html_()
    assert 'src="data:image/png;base64,' in card
    for figure in ("26,822", "475", "581", "317.8", "5/10/15", "GB50180-2018", "示例数据"):
        assert figure in head(card)
    assert len(card) < 600_000


def test_an_evaluation_shows_cells_of_its_units_and_the_map(today):
    begin = time.perf_counter()
    card = today._repr_html_()
    assert time.perf_counter() - begin < 6  # 0.5 s on an idle machine
    assert "<iframe srcdoc=" in card
    assert len(card.encode()) < 1_200_000
    for row in today.units.to_dict("records"):
        cells = [f"{row['people']:,.0f}", f"{row['completeness_mean_15min']:.1f}",
                 f"{row['completeness_standard_mean']:.1f}"]  # fmt: skip
        shown = "".join(f"<td>{cell}</td>" for cell in [row["name"], *cells])
        assert shown in card


def test_a_comparison_shows_before_and_after(comparison):
    card = comparison._repr_html_()
    first = comparison.units.iloc[0]
    shown = [f"{first[f'completeness_mean_15min_{side}']:.2f}" for side in ("before", "after")]
    assert "".join(f"<td>{one}</td>" for one in shown) in card
    most = comparison.most_changed(1).iloc[0]
    assert f"<td>+{most['gained_people']:,.0f}</td>" in card
    assert "<iframe" in card or "<img" in card
    assert len(card.encode()) < 1_200_000


def test_cards_speak_the_language_of_the_study(study, today):
    english = dataclasses.replace(study, language="en", sample=False)
    card = dataclasses.replace(today, study=english)._repr_html_()
    assert "required services within 15 min (mean, of 20)" in card
    assert "示例数据" not in head(card).replace(study.name, "")
    assert "facilities" in english._repr_html_()


def test_hostile_names_are_shown_as_text(study, today, comparison):
    bad = dataclasses.replace(study, name=HOSTILE, data_sources=(HOSTILE,), notes=(HOSTILE,))
    found = dataclasses.replace(
        today, study=bad, units=today.units.assign(name=HOSTILE), warnings=(HOSTILE,) * 30
    )
    after = dataclasses.replace(comparison.after, evaluation=found)
    check = lc.health_check(today)
    check = dataclasses.replace(
        check, evaluation=found, indicators=check.indicators.assign(name=HOSTILE)
    )
    changed = dataclasses.replace(
        comparison,
        after=after,
        units=comparison.units.assign(name=HOSTILE),
        people=comparison.people.assign(name=HOSTILE),
        scenario=dataclasses.replace(comparison.scenario, name=HOSTILE),
    )
    for card in (bad._repr_html_(), found._repr_html_(), check._repr_html_(),
                 changed._repr_html_()):  # fmt: skip
        assert "<script" not in card
        assert card.count("<img") == card.count('<img style="max-width:100%" alt="map" src="data:')
        assert html.escape("</script><script>alert(1)")[:20] in card
        assert "\x07" not in head(card)
    assert "30 条" in found._repr_html_()
    assert found._repr_html_().count("<li>") <= 10


def test_many_residents_get_a_picture(today, monkeypatch):
    monkeypatch.setattr(cards, "MOST_RESIDENTS", 100)
    card = today._repr_html_()
    assert "<iframe" not in card
    assert "<img" in card


def test_a_map_that_is_too_large_becomes_a_picture(today, monkeypatch):
    monkeypatch.setattr(cards, "MOST_BYTES", 600_000)
    card = today._repr_html_()
    assert "<iframe" not in card
    assert "<img" in card


def test_many_units_are_counted(today):
    units = pd.concat([today.units] * 9, ignore_index=True)
    units = units.assign(unit_id=[f"U{row}" for row in range(len(units))])
    card = cards.card_of(dataclasses.replace(today, units=units))
    assert "共 54 个" in card
    assert head(card).count("<tr>") == 1 + 8 + 1


def test_a_map_that_fails_leaves_the_figures_and_says_why(today, monkeypatch):
    def broken(*_args, **_options):
        raise RuntimeError("no <b>room</b>")

    monkeypatch.setattr(cards, "map_evaluation", broken)
    assert "<img" in today._repr_html_()
    monkeypatch.setattr(cards, "plot_map", broken)
    card = today._repr_html_()
    assert "26,822" in card
    assert "地图未能绘制：RuntimeError: no &lt;b&gt;room" in card


def test_a_card_that_fails_is_text_and_says_why(today):
    broken = dataclasses.replace(today, units=today.units.drop(columns="people"))
    card = broken._repr_html_()
    assert card.startswith("<pre>Evaluation of")
    assert "KeyError" in card


def test_nothing_prints_a_wall_of_text(study, today, comparison):
    shown = [study, today, lc.health_check(today), comparison, study.network, today.times["adult"],
             today.rulebook, study.walker("adult"),
             lc.site_facilities(study, "community_canteen", count=1)]  # fmt: skip
    for one in shown:
        assert len(repr(one)) < 400, type(one)
        assert repr(one).count("\n") <= 1, type(one)


def test_cards_show_themselves_in_a_real_notebook(tmp_path, chromium):
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    code = (
        "import dataclasses, lifecircle as lc\n"
        f"study = dataclasses.replace(lc.load_demo(), name={HOSTILE!r})\n"
        "today = lc.evaluate(study)\n"
        "change = lc.compare(today, lc.AddFacility('kindergarten', (112.9965, 28.1612)))"
    )
    cells = [nbformat.v4.new_code_cell(text) for text in (code, "study", "today", "change")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3")
    client.execute()
    outputs = [cell["outputs"] for cell in notebook.cells[1:]]
    assert [len(one) for one in outputs] == [1, 1, 1]
    parts = [one[0]["data"]["text/html"] for one in outputs]
    assert all(len(one[0]["data"]["text/plain"]) < 500 for one in outputs)
    page = tmp_path / "notebook.html"
    body = "".join(f"<div>{part}</div>" for part in parts)
    page.write_text(f"<!DOCTYPE html><meta charset='utf-8'>{body}", encoding="utf-8")
    context = chromium.new_context(offline=True, viewport={"width": 1100, "height": 900})
    requests, problems = [], []
    tab = context.new_page()
    tab.on("request", lambda one: requests.append(one.url))
    tab.on("console", lambda one: problems.append(one.text) if one.type == "error" else None)
    tab.on("pageerror", lambda one: problems.append(str(one)))
    tab.on("dialog", lambda one: problems.append(f"dialog {one.message}"))
    tab.goto(page.as_uri())
    tab.wait_for_timeout(2500)
    frames = tab.frames[1:]
    assert frames
    for frame in frames:
        assert frame.locator(".leaflet-container").count() == 1
        assert frame.evaluate("document.querySelectorAll('canvas, path').length") > 0
    assert problems == []
    assert [one for one in requests if not one.startswith(("file:", "about:", "data:"))] == []
    tab.screenshot(path=str(tmp_path / "cards.png"), full_page=True)
    context.close()
