"""Which gate, wall or dead end of Las Palmas to open first, beside evaluations of each.

Every building a home of four people, every service of OpenStreetMap that complete-community-2020
requires; compounds, walls and gates as OpenStreetMap knows them. `rank_openings` looks at all
openings; 500 are those it is held to. The alternative is a scenario and an evaluation for each.
"""

from __future__ import annotations

from typing import Any

import city
import common
from common import OURS, Clock

OPENINGS, BY_SCENARIO = 500, 3


def study_of(case: str) -> Any:
    """The city with its walls built in."""
    import lifecircle as lc
    from lifecircle.network.barriers import with_barriers

    city.warm()
    path = city.osm_path(case)
    net = with_barriers(lc.read_walk_network(path), lc.read_osm_barriers(path))
    homes = lc.read_residents(lc.read_osm_buildings(path), people=4.0)
    return lc.Study(
        lc.read_units(path.with_name("boundary.geojson")),
        lc.read_osm_facilities(path),
        homes,
        net,
        language="en",
        standard="complete-community-2020",
    )


def ours(case: str, clock: Clock) -> dict[str, Any]:
    """Each opening told by what changes around it."""
    import lifecircle as lc
    from lifecircle.planning.opening_gains import Meter
    from lifecircle.planning.opening_places import opening_places

    study = study_of(case)
    small = lc.load_demo()
    lc.rank_openings(small, steps=1)  # compiles
    lc.evaluate(small)
    with clock.stage("one evaluation"):
        lc.evaluate(study)
    with clock.stage("openings found and built in"):
        places = opening_places(study)
    with clock.stage("today's searches"):
        meter = Meter(study, None)
        whats = meter.what_ifs(places)
    rows = [row for row in range(len(places.table)) if places.alone[row]]
    rows = rows[:: max(1, len(rows) // OPENINGS)][:OPENINGS]
    with clock.stage("500 openings"):
        for row in rows:
            meter.gains([what.nearer([openings[row]]) for what, openings in whats])
    kinds = places.table["kind"].value_counts()
    return {
        "facts": {
            "homes": len(study.residents),
            "services": len(meter.services),
            "openings looked at": len(rows),
            "openings in the city": len(places.table),
            **{kind: int(count) for kind, count in kinds.items()},
            "not told from their edges": int((~places.alone).sum()),
        }
    }


def whole(case: str, clock: Clock) -> dict[str, Any]:
    """The whole ranking, five steps, as a planner asks for it."""
    import lifecircle as lc

    study = study_of(case)
    lc.rank_openings(lc.load_demo(), steps=1)  # compiles
    with clock.stage("rank_openings"):
        ranked = lc.rank_openings(study)
    return {"facts": {"rows": len(ranked), "steps": int(ranked["step"].notna().sum())}}


def scenarios(case: str, clock: Clock) -> dict[str, Any]:
    """Three openings by a scenario and an evaluation each, searching only what can be different."""
    import lifecircle as lc
    from lifecircle.planning.opening_places import opening_places

    study = study_of(case)
    table = opening_places(study).table
    before = lc.evaluate(study)
    with clock.stage("3 openings"):
        for kind in ("open_gate", "remove_wall", "connect_streets")[:BY_SCENARIO]:
            of_kind = table[table["kind"] == kind]
            scenario = lc.openings_scenario(of_kind.iloc[[len(of_kind) // 2]])
            lc.evaluate(lc.apply_scenario(study, scenario), since=before)
    return {"facts": {"openings": BY_SCENARIO}}


ENGINES = {
    OURS: ours,
    "rank_openings": whole,
    "scenario and evaluation": scenarios,
}

if __name__ == "__main__":
    common.run_job("openings_las_palmas", ENGINES, ("las-palmas",))
