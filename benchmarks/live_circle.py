"""The live circle of a page over real streets: bytes, milliseconds a click, and its minutes.

``python live_circle.py``: streets, walls and services of Las Palmas, cut to a square around its
middle; 200 clicks near services in headless Chromium, each with its search and its shapes, held
against ``travel_times``. Needs playwright and a chromium on the path.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import warnings
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import city
import numpy as np

MIDDLE, CLICKS = (-15.43, 28.125), 200
SCRIPTS = ("reader.js", "live_network.js", "live_shape.js")
CLICK = """([layer, places]) => {
  const clock = () => performance.now();
  let begun = clock();
  const network = new lifecircleNetwork.Network(layer), to = layer.places.to_m;
  const metres = ([lon, lat]) => {
    const u = (lon - to.middle[0]) / to.half[0], v = (lat - to.middle[1]) / to.half[1];
    const terms = to.powers.map(([i, j]) => u ** i * v ** j);
    return [to.x, to.y].map((one) => one.reduce((sum, part, at) => sum + part * terms[at], 0));
  };
  // As the page does when its button is pressed: a first walk, in the middle of the map.
  const first = network.walk(...metres(layer.middle), 0, 15);
  if (first) network.shapes(first, layer.minutes);
  const read = clock() - begun;
  return { read, clicks: places.map((place) => {
    begun = clock();
    const walk = network.walk(...metres(place), 0, 15);
    const searched = clock() - begun;
    if (walk) network.shapes(walk, layer.minutes);
    return { searched, all: clock() - begun, minutes: walk && walk.minutes };
  }) };
}"""


@dataclass(frozen=True)
class Town:
    """What the layer reads of a study."""

    network: Any
    facilities: Any
    units: Any
    walkers: dict[str, Any] = field(default_factory=dict)
    minutes: tuple[float, ...] = (5.0, 10.0, 15.0)
    snap_m: float = 100.0
    language: str = "en"


def town(half_degrees: float) -> Town:
    """Square of Las Palmas with its walls."""
    import geopandas as gpd
    import shapely

    import lifecircle as lc

    path = city.osm_path("las-palmas")
    lon, lat = MIDDLE
    box = shapely.box(
        lon - half_degrees, lat - half_degrees, lon + half_degrees, lat + half_degrees
    )
    units = gpd.GeoDataFrame({"unit_id": ["a"]}, geometry=[box], crs=4326)
    streets = lc.read_walk_network(path, within=units)
    network = lc.with_barriers(streets, lc.read_osm_barriers(path))
    services = lc.read_osm_facilities(path)
    return Town(network, services[services.within(box)].reset_index(drop=True), units)


def clicks(layer: dict[str, Any], places: list[list[float]]) -> Any:
    """Walks from places, in a page that holds the scripts alone."""
    from playwright.sync_api import sync_playwright

    scripts = files("lifecircle.outputs") / "templates"
    page_text = "".join(f"<script>{(scripts / name).read_text()}</script>" for name in SCRIPTS)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "page.html"
        path.write_text(page_text, encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.goto(path.as_uri())
        found = page.evaluate(CLICK, [layer, places])
        browser.close()
    return found


def worst_minutes(study: Town, places: list[list[float]], found: Any) -> tuple[int, float]:
    """Minutes compared, and how far the page is off at most."""
    import geopandas as gpd

    import lifecircle as lc

    points = gpd.GeoDataFrame(
        {"origin_id": range(len(places))},
        geometry=gpd.points_from_xy(*np.array(places).T),
        crs=4326,
    )
    times = lc.travel_times(study.network, points, study.facilities)
    row = {name: at for at, name in enumerate(study.facilities["facility_id"])}
    count, worst = 0, 0.0
    for place, facility, minutes in times.to_frame().itertuples(index=False):
        walk = found["clicks"][place]["minutes"]
        count += 1
        if minutes < study.minutes[-1] - 0.01:  # at the limit either may leave it out
            worst = max(worst, abs(walk[str(row[facility])] - minutes))
    return count, worst


def main() -> None:
    """Measure two squares."""
    from lifecircle.outputs.mapping.live import live_layer

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half-degrees", type=float, nargs="*", default=[0.010, 0.022, 0.030])
    warnings.simplefilter("ignore")
    print(
        "| edges | compounds | services | kB in the page | button ms | first click ms | "
        "click ms, median | 95 % | most | minutes compared | off at most, min |"
    )
    print("|---:|" + "---:|" * 10)
    for half in parser.parse_args().half_degrees:
        study = town(half)
        layer = live_layer(study)  # type: ignore[arg-type]
        random = np.random.default_rng(1)
        points = study.facilities.geometry.iloc[random.integers(0, len(study.facilities), CLICKS)]
        places = np.column_stack([points.x, points.y]) + random.normal(0, 3e-4, (CLICKS, 2))
        found = clicks({**layer, "middle": MIDDLE}, places.tolist())
        took = np.array([one["all"] for one in found["clicks"]])
        count, worst = worst_minutes(study, places.tolist(), found)
        compounds = len(study.network.walls.sight.zones.shapes_m)
        print(
            f"| {layer['counts'][1]:,} | {compounds} | {len(study.facilities):,} | "
            f"{len(json.dumps(layer)) / 1000:,.0f} | {found['read']:.0f} | {took[0]:.0f} | "
            f"{np.median(took):.1f} | {np.quantile(took, 0.95):.0f} | {took.max():.0f} | "
            f"{count:,} | {worst:.4f} |"
        )


if __name__ == "__main__":
    main()
