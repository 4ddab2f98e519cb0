"""The HTML report in a real browser without a network, and the user's own template."""

import json
import re
from types import SimpleNamespace

import pytest

from browsing import assert_silent
from lifecircle.errors import InputError
from lifecircle.outputs.reporting.html_file import html_text
from lifecircle.outputs.reporting.model import Table
from lifecircle.outputs.reporting.text import shown
from outputs.reported import HOSTILE, hostile_report, report


@pytest.fixture
def shows(chromium, tmp_path):
    """Opens a page from disk, offline."""

    def show(text):
        path = tmp_path / "report.html"
        path.write_bytes(text.encode("utf-8", "replace"))
        context = chromium.new_context(viewport={"width": 1100, "height": 1000})
        context.set_offline(offline=True)
        page = context.new_page()
        seen = SimpleNamespace(page=page, url=path.as_uri(), requests=[], complaints=[])
        page.on("request", lambda request: seen.requests.append(request.url))
        page.on("console", lambda message: seen.complaints.append(message.text))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (seen.complaints.append("dialog"), dialog.dismiss()))
        page.goto(seen.url)
        made.append(context)
        return seen

    made = []
    yield show
    for context in made:
        context.close()


def cells(page, key):
    return page.evaluate(
        "key => Array.from(document.querySelectorAll(`#${key} tbody tr`),"
        " row => Array.from(row.cells, cell => cell.textContent))",
        key,
    )


def test_the_page_opens_offline_with_every_cell_and_every_picture(shows):
    seen = shows(html_text(report()))
    page = seen.page
    assert page.evaluate("() => document.documentElement.lang") == "zh-CN"
    assert page.title() == report().title
    for table in report().blocks():
        if isinstance(table, Table):
            assert cells(page, table.key) == [
                [shown(cell, one.kind) for cell, one in zip(row, table.columns, strict=True)]
                for row in table.rows
            ]
    pictures = page.evaluate("() => Array.from(document.images, one => one.naturalWidth)")
    assert len(pictures) == 8
    assert min(pictures) > 500
    links = page.evaluate(
        "() => Array.from(document.querySelectorAll('a'), a => a.getAttribute('href'))"
    )
    assert links
    assert all(page.locator(f"[id='{link[1:]}']").count() == 1 for link in set(links))
    assert page.locator(".sample").is_visible()
    assert_silent(seen)


def test_tables_sort_by_click_and_by_key_numbers_as_numbers(shows):
    seen = shows(html_text(report()))
    page = seen.page
    head = page.locator("#projects_left th", has_text="费用（元）").locator("span")
    place = 2
    before = [row[place] for row in cells(page, "projects_left")]

    def numbers(column):
        known = [float(one.replace(",", "")) for one in column if one != "未知"]
        return known, column[len(known) :]

    head.click()
    known, rest = numbers([row[place] for row in cells(page, "projects_left")])
    assert known == sorted(known)
    assert set(rest) == {"未知"}  # unknown is last
    head.press("Enter")
    column = [row[place] for row in cells(page, "projects_left")]
    known, rest = numbers(column)
    assert known == sorted(known, reverse=True)
    assert set(rest) == {"未知"}
    assert sorted(column) == sorted(before)
    th = page.locator("#projects_left th", has_text="费用（元）")
    assert th.get_attribute("aria-sort") == "descending"
    shares = page.locator("#coverage th", has_text="步行覆盖率").locator("span")
    shares.focus()
    page.keyboard.press(" ")
    first = [row[5] for row in cells(page, "coverage")]
    values = [float(one.removesuffix("%")) for one in first]
    assert values == sorted(values)
    assert_silent(seen)


def test_it_prints_on_a4_with_headings_of_tables_on_each_page(shows, tmp_path):
    page = shows(html_text(report("en"))).page
    path = tmp_path / "report.pdf"
    page.pdf(path=path, prefer_css_page_size=True)
    assert path.read_bytes().startswith(b"%PDF")
    page.emulate_media(media="print")
    style = "e => getComputedStyle(document.querySelector(e))"
    assert page.evaluate(f"({style})('thead').display") == "table-header-group"
    assert page.evaluate(f"({style})('tr').breakInside") == "avoid"
    assert page.evaluate("() => document.documentElement.lang") == "en"


def test_hostile_names_are_shown_as_they_are_and_run_nothing(shows):
    text = html_text(hostile_report())
    seen = shows(text)
    told = seen.page.evaluate("() => document.body.textContent")
    for name in HOSTILE:
        assert shown(name, "text") in told
    assert seen.page.evaluate("() => document.scripts.length") == 1
    assert (
        seen.page.evaluate("() => document.querySelectorAll('[onerror], [onmouseover]').length")
        == 0
    )
    assert_silent(seen)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline" not in policy.split("style-src")[0]


# the user's own template


def own(tmp_path, text):
    path = tmp_path / "mine.html"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_template_of_the_users_own_shows_what_it_asks_for(tmp_path, shows):
    path = own(
        tmp_path,
        "<h1>{{ title }}</h1>{% for chapter in chapters %}<h2>{{ chapter.heading }}</h2>"
        "{% for block in chapter.blocks if block.kind == 'table' %}<table>"
        "{% for row in block.rows %}<tr>{% for cell in row %}<td>{{ cell.text }}</td>{% endfor %}"
        "</tr>{% endfor %}</table>{% endfor %}{% endfor %}",
    )
    seen = shows(html_text(hostile_report(), path))
    told = seen.page.evaluate("() => document.body.textContent")
    assert "七、短板" in told
    for name in HOSTILE:
        assert shown(name, "text") in told
    assert_silent(seen)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<p>\n{% for %}", r"mine\.html, line 2: "),
        ("<p>\n\n{{ nothing_such }}", r"mine\.html, line 3: .*nothing_such"),
        ("{{ title.__class__.__mro__ }}", "unsafe"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{% include 'a' %}", "no loader"),
        ("{{ title() }}", "not callable"),
    ],
)
def test_a_template_that_cannot_be_filled_is_one_message(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        html_text(report(), own(tmp_path, text))


def test_a_template_in_another_encoding_is_one_message(tmp_path):
    path = tmp_path / "mine.html"
    path.write_bytes("报告".encode("gb18030"))
    with pytest.raises(InputError, match="UTF-8"):
        html_text(report(), path)


def test_the_page_is_the_same_for_the_same_report():
    first, second = html_text(report()), html_text(report())
    assert json.dumps(first) == json.dumps(second)
