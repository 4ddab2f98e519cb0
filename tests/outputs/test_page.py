"""The page: one file, nothing from the web, nothing run that came as data."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import os
import re
import sys
from types import ModuleType

import folium
import pytest

from lifecircle.errors import InputError
from lifecircle.outputs.page import OfflineMap, script_json, write_map


def a_map(data=None, title="town"):
    return OfflineMap(data or {}, title=title, language="zh", centre=(28.166, 112.988))


def body_of(page):
    return page.partition("<body>")[2]


def scripts_of(page):
    found = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)
    return [text for attributes, text in found if "application/json" not in attributes]


def test_the_page_asks_the_web_for_nothing():
    page = a_map().get_root().render()
    assert not re.search(r"<(script|link|img)[^>]*(src|href)=", page)
    assert not re.search(r"url\(\s*[\"']?(https?:)?//", page)
    assert "cdn.jsdelivr.net" not in page
    assert "sourceMappingURL" not in page
    assert 'L.version="1.' in page.replace("t.version", "L.version")  # Leaflet itself is inside


def test_pictures_of_leaflets_style_sheet_are_inside():
    page = a_map().get_root().render()
    assert "url(images/" not in page
    assert page.count("url(data:image/png;base64,") == 3


def test_the_page_says_its_language_and_title():
    page = a_map(title="a < b {{7*7}}").get_root().render()
    assert '<html lang="zh-CN">' in page
    assert "<title>a &lt; b {{7*7}}</title>" in page


def test_save_render_and_notebook_show_the_same_page():
    town = a_map({"name": "砂子塘"})
    file = io.BytesIO()
    town.save(file, close_file=False)
    page = town.get_root().render()
    assert file.getvalue().decode("utf-8") == page
    assert html.escape(page) in town._repr_html_()
    assert '"name":"砂子塘"' in page


def test_the_same_map_gives_the_same_bytes():
    assert a_map().get_root().render() == a_map().get_root().render()


def test_only_scripts_of_the_page_may_run():
    page = a_map().get_root().render()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline" not in policy.partition("style-src")[0]
    scripts = scripts_of(page)
    assert len(scripts) >= 5
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_data_cannot_end_its_element_or_be_a_template():
    data = {"a": "</script><script>alert(1)</script>", "b": "{{7*7}}{% x {#", "c": "\u2028&<!--"}
    page = a_map(data).get_root().render()
    written = re.search(r'id="lifecircle-data">(.*?)</script>', page, re.DOTALL)[1]
    assert written == (
        '{"a":"\\u003c/script\\u003e\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",'
        '"b":"{{7*7}}{% x {#","c":"\\u2028\\u0026\\u003c!--"}'
    )


def test_numbers_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        script_json({"minutes": float("nan")})


def test_text_that_is_not_unicode_does_not_lose_the_file(tmp_path):
    path = write_map(a_map({"name": "a\ud800b"}), tmp_path / "map.html")
    assert '"name":"a\ufffdb"' in path.read_text(encoding="utf-8")


# ---- layers that somebody adds ----


def test_a_folium_layer_that_needs_nothing_is_kept():
    town = a_map()
    folium.CircleMarker((28.166, 112.988), radius=7).add_to(town)
    assert "L.circleMarker(" in body_of(town.get_root().render())


def test_text_of_a_folium_layer_is_not_compiled_a_second_time():
    town = a_map()
    folium.CircleMarker((28.166, 112.988), tooltip="{{7*7}} and {{ this }}").add_to(town)
    body = body_of(town.get_root().render())
    assert "{{7*7}} and {{ this }}" in body


def test_text_that_breaks_foliums_templates_is_an_error_that_says_so():
    town = a_map()
    folium.CircleMarker((28.166, 112.988), tooltip="{% x").add_to(town)
    with pytest.raises(InputError, match=r"takes for a template .*Take '\{%'"):
        town.get_root().render()
    assert not town.get_root().is_rendering


def test_text_of_a_folium_layer_cannot_end_the_script():
    town = a_map()
    folium.CircleMarker((28.166, 112.988), tooltip="</script><b>").add_to(town)
    assert "</script><b>" not in body_of(town.get_root().render())


def test_tiles_are_an_error_that_names_the_address():
    town = a_map()
    folium.TileLayer("OpenStreetMap").add_to(town)
    with pytest.raises(InputError, match=r"https://tile\.openstreetmap\.org/.*without a network"):
        town.get_root().render()


def test_a_plugin_from_the_web_is_an_error_that_names_the_address(tmp_path):
    town = a_map()
    town.add_js_link("plugin", "https://example.org/plugin.js")
    try:
        with pytest.raises(InputError, match=r"https://example\.org/plugin\.js"):
            write_map(town, tmp_path / "map.html")
    finally:
        town.default_js.remove(("plugin", "https://example.org/plugin.js"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "piece",
    [
        '<img src="https://example.org/x.png">',
        "<style>@import 'https://example.org/x.css';</style>",
        "<style>p { background: url(//example.org/x.png) }</style>",
        "<iframe src=https://example.org/></iframe>",
    ],
)
def test_html_that_would_fetch_something_is_an_error(piece):
    town = a_map()
    town.get_root().html.add_child(folium.Element(piece))
    with pytest.raises(InputError, match=r"//example\.org/"):
        town.get_root().render()


def test_a_link_that_is_only_clicked_is_no_error():
    town = a_map()
    town.get_root().html.add_child(folium.Element('<a href="https://example.org/">source</a>'))
    assert "https://example.org/" in town.get_root().render()


def test_a_marker_with_foliums_icon_is_an_error_that_says_what_to_use():
    town = a_map()
    folium.Marker((28.166, 112.988), icon=folium.Icon(color="red")).add_to(town)
    with pytest.raises(InputError, match=r"awesome-markers\.js.*folium\.CircleMarker"):
        town.get_root().render()


def test_jquery_is_taken_from_its_package_when_a_layer_needs_it(tmp_path, monkeypatch):
    package = ModuleType("xstatic.pkg.jquery")
    package.BASE_DIR = str(tmp_path)
    (tmp_path / "jquery.min.js").write_text("/* jquery is here */", encoding="utf-8")
    monkeypatch.setitem(sys.modules, "xstatic.pkg.jquery", package)
    town = a_map()
    assert "jquery is here" not in town.get_root().render()
    folium.CircleMarker((28.166, 112.988), popup="shop").add_to(town)
    assert "jquery is here" in town.get_root().render()


def test_jquery_without_its_package_is_an_error_that_names_both(monkeypatch):
    monkeypatch.setitem(sys.modules, "xstatic.pkg.jquery", None)
    town = a_map()
    folium.CircleMarker((28.166, 112.988), popup="shop").add_to(town)
    with pytest.raises(InputError, match=r"code\.jquery\.com.*pip install XStatic-jquery"):
        town.get_root().render()


def test_a_map_in_another_figure_is_an_error():
    town = a_map()
    figure = folium.Figure()
    town.add_to(figure)
    with pytest.raises(InputError, match="another figure"):
        figure.render()


# ---- the file ----


def test_a_map_is_written_and_its_folders_are_made(tmp_path):
    path = write_map(a_map(), tmp_path / "out" / "demo" / "map.html")
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert [one.name for one in path.parent.iterdir()] == ["map.html"]


def test_lines_end_alike_on_every_system(tmp_path):
    path = write_map(a_map({"name": "a\r\nb"}), tmp_path / "map.html")
    assert b"\r" not in path.read_bytes()


@pytest.mark.parametrize("name", ["map.pdf", "map", "map.html.txt"])
def test_another_suffix_is_refused(tmp_path, name):
    with pytest.raises(InputError, match=r"\.html file"):
        write_map(a_map(), tmp_path / name)


def test_a_map_that_is_not_ours_is_refused(tmp_path):
    with pytest.raises(InputError, match="not a map of map_evaluation"):
        write_map(folium.Map(), tmp_path / "map.html")


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "map.html"
    path.write_text("old", encoding="utf-8")

    def full_disk(_descriptor):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="no space left"):
        write_map(a_map(), path)
    assert path.read_text(encoding="utf-8") == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["map.html"]
