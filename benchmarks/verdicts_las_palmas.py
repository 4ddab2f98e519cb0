"""Verdicts over Las Palmas cut into squares: clauses, health check, ranked shortfalls.

Every building a home of four people, every service of OpenStreetMap, by GB 50180-2018.
"""

from __future__ import annotations

from typing import Any

import city
import common
from common import OURS, Clock

SQUARES = 14  # a side


def ours(case: str, clock: Clock) -> dict[str, Any]:
    import geopandas as gpd
    import numpy as np
    import shapely

    import lifecircle as lc

    city.warm()
    path = city.osm_path(case)
    net = lc.read_walk_network(path)
    outline = lc.read_units(path.with_name("boundary.geojson")).to_crs(net.crs)
    west, south, east, north = outline.total_bounds
    wide, high = (east - west) / SQUARES, (north - south) / SQUARES
    boxes = [
        shapely.box(x, y, x + wide, y + high)
        for x in west + wide * np.arange(SQUARES)
        for y in south + high * np.arange(SQUARES)
    ]
    units = gpd.GeoDataFrame(
        {"unit_id": [f"U{number}" for number in range(len(boxes))]}, geometry=boxes, crs=net.crs
    )
    homes = lc.read_residents(lc.read_osm_buildings(path), people=4.0)
    study = lc.Study(units, lc.read_osm_facilities(path), homes, net, language="en")
    with clock.stage("evaluate"):
        today = lc.evaluate(study)
    with clock.stage("compliance"):
        verdicts = lc.check_compliance(today)
    with clock.stage("health check"):
        check = lc.health_check(today)
    with clock.stage("shortfalls"):
        ranked = lc.rank_shortfalls(check)
    return {
        "facts": {
            "homes": len(homes),
            "units": len(units),
            "verdicts": len(verdicts),
            "shortfalls, each with 200 draws": len(ranked),
        }
    }


ENGINES = {OURS: ours}

if __name__ == "__main__":
    common.run_job("verdicts_las_palmas", ENGINES, ("las-palmas",))
