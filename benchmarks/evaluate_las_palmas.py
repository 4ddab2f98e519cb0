"""Whole evaluation of Las Palmas: every building a home, every service of OpenStreetMap, 3 walkers.

From the files to the tables of an evaluation, without map or report.
"""

from __future__ import annotations

from typing import Any

import city
import common
from common import OURS, Clock


def ours(case: str, clock: Clock) -> dict[str, Any]:
    import lifecircle as lc

    city.warm()
    path = city.osm_path(case)
    with clock.stage("read"):
        net = lc.read_walk_network(path)
        facilities = lc.read_osm_facilities(path)
        buildings = lc.read_osm_buildings(path)
        units = lc.read_units(path.with_name("boundary.geojson"))
        study = lc.Study(
            units, facilities, lc.read_residents(buildings, people=1.0), net, language="en"
        )
    with clock.stage("evaluate"):
        found = lc.evaluate(study, walkers=("adult", "elderly", "wheelchair"))
    return {
        "facts": {
            "homes": len(study.residents),
            "facilities": len(study.facilities),
            "services": int(study.facilities["service"].nunique()),
            "rows of coverage": len(found.coverage),
            **{f"{name}, wall s": float(value) for name, value in found.seconds.items()},
        }
    }


ENGINES = {OURS: ours}

if __name__ == "__main__":
    common.run_job("evaluate_las_palmas", ENGINES, ("las-palmas",))
