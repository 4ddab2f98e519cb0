"""J8: what 2,000 walled compounds with 4,000 gates cost, beside the same city without any.

Compounds are boxes of 80 to 170 m, one in every square of 200 m that has a crossing, until there
are 2,000; each has two gates, where a street crosses its wall or else anywhere in it.
"""

from __future__ import annotations

from typing import Any

import city
import common
import numpy as np
import shapely
from common import OURS, Clock

COMPOUNDS = 2000
BLOCK_M = 200.0
FACILITIES = 3000
SERVICES = 12


def barriers(net: Any, access: str) -> Any:
    """Compounds and gates, drawn with a fixed seed."""
    import geopandas as gpd

    from lifecircle.network.barriers import Barriers

    rng = np.random.default_rng(1)
    blocks = np.unique((net.node_xy_m // BLOCK_M).astype(int), axis=0)
    blocks = blocks[rng.permutation(len(blocks))[:COMPOUNDS]]
    middle, half = (blocks + 0.5) * BLOCK_M, rng.uniform(40.0, 85.0, (len(blocks), 2))
    boxes = shapely.box(*(middle - half).T, *(middle + half).T)
    vertex = np.repeat(np.arange(net.edge_count), np.diff(net.edge_first_point))
    tree = shapely.STRtree(shapely.linestrings(net.edge_points_m, indices=vertex))
    places, owners = [], []
    for number, wall in enumerate(shapely.boundary(boxes)):
        near = tree.geometries[tree.query(wall, predicate="intersects")]
        met = shapely.get_parts(shapely.intersection(near, wall))
        met = [place for place in met if place.geom_type == "Point" and not place.is_empty]
        rng.shuffle(met)
        while len(met) < 2:
            met.append(wall.interpolate(rng.uniform(), normalized=True))
        places += met[:2]
        owners += [f"C{number}"] * 2
    ids = {"compound_id": [f"C{number}" for number in range(len(boxes))]}
    compounds = gpd.GeoDataFrame(ids, geometry=boxes, crs=net.crs)
    gates = {"gate_id": [f"G{i}" for i in range(len(places))], "access": access}
    gates |= {"compound_id": owners}
    return Barriers(compounds, None, gpd.GeoDataFrame(gates, geometry=places, crs=net.crs))


def build(case: str, clock: Clock, access: str | None) -> dict[str, Any]:
    import lifecircle as lc
    from lifecircle.network.barriers import with_barriers

    city.warm()
    drawn = barriers(city.network(case), "open")
    with_barriers(city.network(case), drawn)  # compiles
    with clock.stage("read and build"):
        net = lc.read_walk_network(city.osm_path(case))
    facts = {"edges": net.edge_count}
    if access:
        drawn = barriers(net, access)
        with clock.stage("walls"):
            net = with_barriers(net, drawn)
        facts |= {"edges with walls": net.edge_count, "gates": len(net.walls.gate_edge)}
    return {"facts": facts}


def search(case: str, clock: Clock, access: str | None) -> dict[str, Any]:
    import lifecircle as lc
    from lifecircle.network.barriers import with_barriers

    city.warm()
    net = city.network(case)
    if access:
        net = with_barriers(net, barriers(net, access))
    homes, _ = city.tables(case)
    rng = np.random.default_rng(2)
    rows = rng.permutation(len(homes))[:FACILITIES]
    places = homes.iloc[rows, [homes.columns.get_loc("geometry")]].reset_index(drop=True)
    places["service"] = (np.arange(len(places)) % SERVICES).astype(str)
    options = {"walker": common.walker(), "limit_min": common.LIMIT_MIN}
    few = homes.head(10), places.head(10)
    lc.travel_times(net, *few, walker=lc.Walker("compiles", 1.0))
    with clock.stage("travel times"):
        times = lc.travel_times(net, homes, places, **options)
    with clock.stage("nearest"):
        lc.nearest_minutes(net, homes, places, **options)
    return {"facts": {"homes": len(homes), "pairs": len(times.minutes)}}


def engines(work: Any, names: dict[str, str | None]) -> dict[str, Any]:
    return {
        name: (lambda case, clock, access=access: work(case, clock, access))
        for name, access in names.items()
    }


BUILD = engines(build, {OURS: None, "with 2,000 compounds": "residents"})
SEARCH = engines(
    search, {OURS: None, "gates open to all": "open", "gates for residents": "residents"}
)

if __name__ == "__main__":
    name = "j8_walls"
    common.run_job("j8_build", BUILD, ("las-palmas",), script=name, rounds=5)
    common.run_job("j8_search", SEARCH, ("las-palmas",), script=name, rounds=5, prepare=city.make)
