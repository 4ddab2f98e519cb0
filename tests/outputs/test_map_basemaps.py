"""Basemaps: which hosts a page may ask, and where it draws what it holds."""

from __future__ import annotations

import re

import pytest

from browsing import painted
from lifecircle.crs.shifted import wgs84_to_gcj02
from lifecircle.errors import InputError, UnknownNameError
from lifecircle.outputs.mapping.basemaps import Tianditu, basemap_layers
from lifecircle.outputs.maps import map_evaluation
from lifecircle.outputs.words import words

KEY = "0123456789abcdef0123456789ABCDEF"
PLACE = (112.98763, 28.16597)


def policy_of(town):
    page = town.get_root().render()
    return re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]


def images_of(policy):
    return re.search(r"img-src ([^;]*);", policy)[1].split()


@pytest.mark.parametrize(
    ("basemap", "hosts"),
    [
        ("none", []),
        ("osm", ["https://tile.openstreetmap.org"]),
        (f"tianditu:{KEY}", [f"https://t{one}.tianditu.gov.cn" for one in range(8)]),
        (Tianditu(KEY), [f"https://t{one}.tianditu.gov.cn" for one in range(8)]),
        ("amap", [f"https://webrd0{one}.is.autonavi.com" for one in (1, 2, 3, 4)]),
    ],
)
def test_a_page_may_ask_for_pictures_of_its_basemap_and_for_nothing_else(
    evaluation_of, basemap, hosts
):
    policy = policy_of(map_evaluation(evaluation_of(), basemap=basemap))
    assert images_of(policy) == ["data:", *hosts]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "https:" not in policy.replace(" ".join(hosts), "")


def test_tianditu_is_asked_by_its_wmts_in_web_mercator_with_the_key():
    layers = basemap_layers(Tianditu(KEY), words("zh"), "zh")
    assert [re.search(r"/(\w+)/wmts\?", one)[1] for one in layers["tiles"]] == ["vec_w", "cva_w"]
    for address in layers["tiles"]:
        assert address.endswith(f"&tk={KEY}")
        for part in ("TILEMATRIXSET=w", "TILEMATRIX={z}", "TILEROW={y}", "TILECOL={x}"):
            assert part in address
    assert not layers["is_shifted"]
    assert "天地图" in layers["attribution"]


@pytest.mark.parametrize("key", ["", "a b", "x'onerror=", "密钥", "a" * 65, 'a"><script>', None])
def test_a_key_that_is_none_is_refused_and_not_told(key):
    with pytest.raises(InputError, match="letters and digits") as refused:
        Tianditu(key)
    assert not key or len(key) < 3 or key not in str(refused.value)
    with pytest.raises(InputError, match="letters and digits"):
        basemap_layers(f"tianditu:{key if key is not None else ''}" + " '", words("zh"), "zh")


def test_a_key_is_not_shown_by_its_value_object():
    assert KEY not in repr(Tianditu(KEY))


@pytest.mark.parametrize("basemap", ["google", "", "tianditv:abc", "http://tiles"])
def test_an_unknown_basemap_is_an_error_that_names_those_there_are(evaluation_of, basemap):
    with pytest.raises(UnknownNameError, match=r"basemap.*amap"):
        map_evaluation(evaluation_of(), basemap=basemap)


# ---- in the browser ----


def drawn_at(page):
    """Places of residents, facilities and units as the page draws them; lon and lat."""
    return page.evaluate(
        """() => {
            const at = one => { const place = one.getLatLng(); return [place.lng, place.lat]; };
            const layers = lifecircleMap.layers;
            let unit;
            layers.units.eachLayer(one => { unit = unit || one.getLatLngs()[0][0]; });
            while (Array.isArray(unit)) unit = unit[0];
            return { residents: layers.residents.getLayers().map(at),
                facility: at(layers["facilities/daily"].getLayers()[0]),
                gate: [unit.lng, unit.lat] };
        }"""
    )


def silent_but_for_tiles(seen):
    """Pictures do not come without a network; nothing else is asked for and nobody complains."""
    assert all("ERR_INTERNET_DISCONNECTED" in one for one in seen.complaints), seen.complaints
    return [url for url in seen.requests if url != seen.url and not url.startswith("data:")]


@pytest.mark.parametrize("basemap", ["none", "osm", f"tianditu:{KEY}", "amap"])
def test_only_below_amap_is_everything_shifted(opened, evaluation_of, basemap):
    evaluation = evaluation_of()
    seen = opened(map_evaluation(evaluation, basemap=basemap))
    drawn = drawn_at(seen.page)
    places = evaluation.residents.geometry
    lon, lat = places.x.to_numpy(), places.y.to_numpy()
    if basemap == "amap":
        lon, lat = wgs84_to_gcj02(lon, lat)
        moved = abs(lon - places.x.to_numpy()) * 98_000
        assert moved.min() > 200
    for (drawn_lon, drawn_lat), one, other in zip(drawn["residents"], lon, lat, strict=True):
        assert drawn_lon == pytest.approx(one, abs=6e-7)
        assert drawn_lat == pytest.approx(other, abs=6e-7)
    # What is clicked is told in the coordinates of the data.
    back = seen.page.evaluate(
        "([lon, lat]) => { const at = lifecircleMap.toWgs84(L.latLng(lat, lon));"
        " return [at.lng, at.lat]; }",
        [lon[0], lat[0]],
    )
    assert back == pytest.approx([places.x.iloc[0], places.y.iloc[0]], abs=1e-9)
    there = seen.page.evaluate(
        "([lon, lat]) => { const at = lifecircleMap.fromWgs84(L.latLng(lat, lon));"
        " return [at.lng, at.lat]; }",
        list(PLACE),
    )
    known = [float(one) for one in wgs84_to_gcj02(*PLACE)] if basemap == "amap" else list(PLACE)
    assert there == pytest.approx(known, abs=1e-9)
    asked = silent_but_for_tiles(seen)
    assert bool(asked) == (basemap != "none")


def test_without_a_network_the_streets_are_seen_and_nothing_is_said(opened, evaluation_of):
    seen = opened(map_evaluation(evaluation_of(), basemap="osm"))
    page = seen.page
    assert painted(page, "lifecircle-streets") > 500
    assert "OpenStreetMap" in page.text_content(".leaflet-control-attribution")
    assert not page.evaluate(
        "() => document.getElementById('lifecircle-map').querySelector('.lc-tiles') !== null"
    )
    shown = page.evaluate(
        """() => [...document.querySelectorAll(".leaflet-tile")].filter(tile =>
            tile.src.startsWith("http") && tile.complete && !tile.naturalWidth &&
            getComputedStyle(tile).visibility === "visible").length"""
    )
    assert shown == 0
    hosts = {url.split("/")[2] for url in silent_but_for_tiles(seen)}
    assert hosts == {"tile.openstreetmap.org"}
