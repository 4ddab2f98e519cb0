"""A batch of 196 squares of Las Palmas: one worker and two, without reports and with.

Every building is a home, every service of OpenStreetMap a facility. Beside it the same with a
quarter of the city, to see what memory grows with.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import city
import common
import geopandas as gpd
import numpy as np
import psutil
import shapely

SIDE = 14
PEOPLE_IN_A_HOME = 4.0


def squares(network: Any, boundary: Path, side: int = SIDE) -> gpd.GeoDataFrame:
    """Squares that cover a city, as circles in four districts."""
    import lifecircle as lc

    west, south, east, north = lc.read_units(boundary).to_crs(network.crs).total_bounds
    xs, ys = np.linspace(west, east, side + 1), np.linspace(south, north, side + 1)
    boxes = [
        shapely.box(xs[i], ys[j], xs[i + 1], ys[j + 1]) for i in range(side) for j in range(side)
    ]
    table = {
        "unit_id": [f"u{number:03d}" for number in range(len(boxes))],
        "name": [f"单元{number}" for number in range(len(boxes))],
        "level": "circle",
        "district": [f"区{number * 4 // len(boxes) + 1}" for number in range(len(boxes))],
    }
    return gpd.GeoDataFrame(table, geometry=boxes, crs=network.crs).to_crs(4326)


def study(case: str, share: float = 1.0, side: int = SIDE) -> Any:
    """The city, or the south of it."""
    import lifecircle as lc

    path = city.osm_path(case)
    network = lc.read_walk_network(path)
    homes = lc.read_residents(lc.read_osm_buildings(path), people=PEOPLE_IN_A_HOME)
    units = squares(network, path.with_name("boundary.geojson"), side)
    if share < 1.0:
        south = np.quantile(homes.geometry.y, share)
        homes = homes[homes.geometry.y <= south]
        units = units[units.geometry.centroid.y <= south]
    return lc.Study(units, lc.read_osm_facilities(path), homes, network, name="城")


class Watch(threading.Thread):
    """Most memory of this process and of any that it started, MB."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.own_mb, self.worker_mb, self.over = 0.0, 0.0, threading.Event()

    def run(self) -> None:
        """Look four times a second."""
        me = psutil.Process()
        while not self.over.wait(0.25):
            self.own_mb = max(self.own_mb, me.memory_info().rss / 1e6)
            for child in me.children(recursive=True):
                try:
                    found = child.memory_full_info().uss / 1e6
                except psutil.Error:
                    continue
                self.worker_mb = max(self.worker_mb, found)


def measured(whole: Any, out: Path, *, workers: int, reports: tuple[str, ...]) -> dict[str, Any]:
    """One batch."""
    import lifecircle as lc

    shutil.rmtree(out, ignore_errors=True)
    watch = Watch()
    watch.start()
    begun, processor = time.perf_counter(), _processor_s()
    table = lc.run_districts(whole, out, by="circle", workers=workers, reports=reports)
    wall = time.perf_counter() - begun
    watch.over.set()
    watch.join()
    steps: dict[str, float] = {}
    for mark in (out / "units").glob("*/done.json"):
        told = json.loads(mark.read_text(encoding="utf-8"))
        for step, seconds in told["seconds"].items():
            steps[step] = steps.get(step, 0.0) + seconds
    return {
        "units": len(table),
        "workers": workers,
        "reports": len(reports),
        "wall s": round(wall, 1),
        "processor s": round(_processor_s() - processor, 1),
        "ms a unit": round(1000 * wall / len(table)),
        "own MB": round(watch.own_mb),
        "worker MB": round(watch.worker_mb),
        "MB written": round(sum(p.stat().st_size for p in out.rglob("*") if p.is_file()) / 1e6),
        "failed": int((table["status"] == "failed").sum()),
        "steps, s": {name: round(seconds, 1) for name, seconds in steps.items()},
    }


def _processor_s() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF,
                                                         resource.RUSAGE_CHILDREN))  # fmt: skip
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def main() -> None:
    """Print one line of JSON per batch."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--with-reports", action="store_true")
    parser.add_argument("--quarter", action="store_true")
    parser.add_argument("--rounds", type=int, default=1, help="both numbers of workers take turns")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    whole = study("las-palmas", 0.25 if given.quarter else 1.0)
    kinds = ("report.docx", "report.html", "report.xlsx") if given.with_reports else ()
    for workers in (1, 2) * given.rounds:
        print(
            json.dumps(
                measured(whole, common.WORK / f"batch-{workers}", workers=workers, reports=kinds),
                ensure_ascii=False,
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
