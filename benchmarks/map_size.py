"""Maps of 5,000 and 50,000 residents' places: size, time to write, time to load and to zoom.

The places are those of the sample, each repeated with a jitter of about 20 m and evaluated like any
others. Peers are plain folium as a planner would write it: a marker or a circle with a pop-up of
eight fields for each place, and the outlines of the units. lifecircle's page holds more: streets,
walls, isochrones, facilities, the minutes to every service, search and the live circle.

Pages are opened in headless Chromium without a network. Plain folium's page stays blank there, so
Leaflet and jQuery are put into it before it is timed (not counted as writing); other scripts and
styles that it links to are taken out. Load and zoom are by the clock, up to two frames after the
last change, and by processor time of the page's own process; memory is the highest of that process.
"""

from __future__ import annotations

import dataclasses
import importlib
import pickle
import re
import shutil
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import common
import numpy as np
from common import OURS, WORK, Clock

CASES = {"places-5k": 5_000, "places-50k": 50_000}
FIELDS = ("resident_id", "people", "elderly", "children", "completeness_15min_count")
NEAREST = ("nearest_kindergarten_min", "nearest_food_market_min", "nearest_bus_stop_min")
_TAG = re.compile(r"<(script|link)\b[^>]*?(?:src|href)=\"(https?:[^\"]+)\"[^>]*>(?:</script>)?")
_PACKAGED = (
    (r"/leaflet(?:\.min)?\.js$", "leaflet", "leaflet.js"),
    (r"/leaflet(?:\.min)?\.css$", "leaflet", "leaflet.css"),
    (r"/jquery(?:-[\d.]+)?(?:\.min)?\.js$", "jquery", "jquery.min.js"),
)
_CHROMIUM = ["--no-sandbox", "--disable-gpu"]
_TIMED = """async (step) => {
  const frames = () => new Promise(done =>
    requestAnimationFrame(() => requestAnimationFrame(done)));
  const name = Object.keys(window).find(key => key.startsWith("map_") && window[key].setZoom);
  const map = window[name], begin = performance.now();
  map.setZoom(map.getZoom() + step, {animate: false});
  await frames();
  return (performance.now() - begin) / 1000;
}"""


def prepare(case: str) -> None:
    """Evaluate the sample with so many places."""
    path = _path(case)
    if path.exists():
        return
    import geopandas as gpd

    import lifecircle as lc

    print(f"  evaluating {case}", file=sys.stderr, flush=True)
    study = lc.load_demo()
    random = np.random.default_rng(20180701)
    homes = study.residents.sample(CASES[case], replace=True, random_state=20180701)
    homes = homes.reset_index(drop=True)
    east, north = random.normal(0.0, 2e-4, (2, len(homes)))
    homes = homes.assign(
        resident_id=[f"H{row:05d}" for row in range(len(homes))],
        geometry=gpd.points_from_xy(homes.geometry.x + east, homes.geometry.y + north, crs=4326),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", lc.LifecircleWarning)  # of many more people than there are
        today = lc.evaluate(dataclasses.replace(study, residents=homes))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(dataclasses.replace(today, times={})))
    columns = [*FIELDS, *NEAREST, "geometry"]
    tables = (today.residents[columns], today.units[["name", "geometry"]])
    path.with_suffix(".peers").write_bytes(pickle.dumps(tables))


def _path(case: str) -> Path:
    return WORK / f"map-{case}.pickle"


def ours(case: str, clock: Clock) -> dict[str, Any]:
    import lifecircle as lc

    today = pickle.loads(_path(case).read_bytes())
    return our_page(today, clock, lambda: lc.map_evaluation(today))


def places_alone(case: str, clock: Clock) -> dict[str, Any]:
    """What the peers draw and no more, but for the minutes to every service."""
    from lifecircle.outputs.mapping.layers import units_layer
    from lifecircle.outputs.mapping.residents import residents_layer
    from lifecircle.outputs.maps import bounds_of, frame_data, offline_map

    today = pickle.loads(_path(case).read_bytes())
    frame = frame_data("zh", "places", bounds_of(today.units))
    return our_page(
        today,
        clock,
        lambda: offline_map(
            {**frame, "units": units_layer(today), "residents": residents_layer(today)}
        ),
    )


def our_page(today: Any, clock: Clock, draw: Any) -> dict[str, Any]:
    import lifecircle as lc
    from lifecircle.outputs.mapping.residents import MOST_PLACES

    with tempfile.TemporaryDirectory() as folder:
        with clock.stage("draw"):
            page = draw()
        with clock.stage("write"):
            path = lc.write_map(page, Path(folder) / "map.html")
        facts = {"page MB": path.stat().st_size / 1e6, **browsed(path)}
    is_each = len(today.residents) <= MOST_PLACES
    return {"facts": {**facts, "drawn": "each place" if is_each else "hexagons of places"}}


def markers(case: str, clock: Clock) -> dict[str, Any]:
    import folium

    return folium_page(case, clock, lambda at, text: folium.Marker(at, popup=text))


def circles(case: str, clock: Clock) -> dict[str, Any]:
    import folium

    return folium_page(
        case, clock, lambda at, text: folium.CircleMarker(at, radius=4, fill=True, popup=text)
    )


def folium_page(case: str, clock: Clock, make: Any) -> dict[str, Any]:
    """One element of folium for each place."""
    import folium

    homes, units = _tables(case)
    with clock.stage("draw"):
        page = folium.Map(
            [homes.geometry.y.mean(), homes.geometry.x.mean()],
            zoom_start=16,
            tiles=None,
            max_zoom=19,
            prefer_canvas=True,
        )
        folium.GeoJson(units).add_to(page)
        rows = homes.drop(columns="geometry").to_dict("records")
        for lon, lat, row in zip(homes.geometry.x, homes.geometry.y, rows, strict=True):
            make([lat, lon], "<br>".join(f"{key}: {cell}" for key, cell in row.items())).add_to(
                page
            )
    return _written(page, clock)


def geojson(case: str, clock: Clock) -> dict[str, Any]:
    import folium

    homes, units = _tables(case)
    fields = [*FIELDS, *NEAREST]
    with clock.stage("draw"):
        page = folium.Map(
            [homes.geometry.y.mean(), homes.geometry.x.mean()],
            zoom_start=16,
            tiles=None,
            max_zoom=19,
            prefer_canvas=True,
        )
        folium.GeoJson(units).add_to(page)
        folium.GeoJson(
            homes,
            marker=folium.CircleMarker(radius=4, fill=True),
            popup=folium.GeoJsonPopup(fields),
        ).add_to(page)
    return _written(page, clock)


def _tables(case: str) -> tuple[Any, Any]:
    content = _path(case).with_suffix(".peers").read_bytes()
    homes, units = pickle.loads(content)
    return homes, units


def _written(page: Any, clock: Clock) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.html"
        with clock.stage("write"):
            page.save(str(path))
        size_mb = path.stat().st_size / 1e6
        path.write_text(_offline(path.read_text(encoding="utf-8")), encoding="utf-8")
        return {"facts": {"page MB": size_mb, **browsed(path), "drawn": "each place"}}


def _offline(page: str) -> str:
    """Folium's page with Leaflet and jQuery in it, and nothing else from the web."""

    def inlined(found: re.Match[str]) -> str:
        for pattern, package, file in _PACKAGED:
            if re.search(pattern, found.group(2)):
                folder = Path(importlib.import_module(f"xstatic.pkg.{package}").BASE_DIR)
                text = next(folder.rglob(file)).read_text(encoding="utf-8")
                tag = "style" if file.endswith(".css") else "script"
                return f"<{tag}>{text}</{tag}>"
        return ""

    return _TAG.sub(inlined, page)


def browsed(path: Path) -> dict[str, Any]:
    """Seconds to load and to zoom, and memory of the page, without a network."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=_CHROMIUM
        )
        context = browser.new_context(offline=True, viewport={"width": 1280, "height": 800})
        tab = context.new_page()
        tab.set_default_timeout(600_000)
        problems: list[str] = []
        tab.on("pageerror", lambda error: problems.append(str(error)))
        begin = time.perf_counter()
        tab.goto(path.as_uri(), wait_until="load")
        tab.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        load_s = time.perf_counter() - begin
        session = browser.new_browser_cdp_session()
        loaded_s = _page(session)["cpuTime"]
        zoom_s = [float(tab.evaluate(_TIMED, step)) for step in (1, 1, -1, -1)]
        zoomed_s = _page(session)["cpuTime"]
        peak_mb = _peak_mb(_page(session)["id"])
        browser.close()
    if problems:
        raise RuntimeError(f"the page does not work: {problems[0]}")
    return {
        "load s": load_s,
        "load, processor s": loaded_s,
        "zoom s": float(np.median(zoom_s)),
        "zoom, processor s": (zoomed_s - loaded_s) / len(zoom_s),
        "browser MB": peak_mb,
    }


def _page(session: Any) -> dict[str, Any]:
    """The process that shows the page, which is the busiest of its kind."""
    running = session.send("SystemInfo.getProcessInfo")["processInfo"]
    pages = [one for one in running if one["type"] == "renderer"]
    return dict(max(pages, key=lambda one: float(one["cpuTime"])))


def _peak_mb(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024.0


ENGINES = {
    OURS: ours,
    "lifecircle, places and units alone": places_alone,
    "folium, circle and pop-up": circles,
    "folium, GeoJson on canvas": geojson,
}
SLOW = {"folium, marker and pop-up": markers}

if __name__ == "__main__":
    common.run_job("map_5k", ENGINES | SLOW, ("places-5k",), prepare=prepare, script="map_size")
    common.run_job(
        "map_50k",
        ENGINES,
        ("places-50k",),
        prepare=prepare,
        once=("folium, circle and pop-up",),
        script="map_size",
    )
