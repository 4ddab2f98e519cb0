"""A province, simulated: thirty Las Palmas side by side, prepared and run on two small workers.

Streets, homes and facilities of one city are laid out in six columns and five rows that touch, so
that people walk from one to the next. Of the squares, 196 a city, every so many are done, spread
over all of it; ``--side 7 --every 1`` does all of 49 a city.
"""

from __future__ import annotations

import argparse
import json
import shutil
import threading
import time
import warnings
from dataclasses import replace
from typing import Any

import batch_las_palmas
import common
import geopandas as gpd
import numpy as np
import pandas as pd
import psutil
import shapely

COLUMNS, ROWS = 6, 5
WORKER_MEMORY = "3GB"


def province(columns: int, rows: int, every: int, side: int) -> Any:
    """Study of a city repeated; units to be done are circles, the others are not."""
    import lifecircle as lc
    from lifecircle.network.graph import Streets, build_network

    city = batch_las_palmas.study("las-palmas", side=side)
    network = city.network
    west, south, east, north = network.bounds_lonlat
    steps = [
        (column * (east - west), row * (north - south))
        for row in range(rows)
        for column in range(columns)
    ]
    edges = network.edges_frame()
    lonlat = shapely.get_coordinates(edges.geometry.to_numpy())
    to_degrees = gpd.points_from_xy(*network.node_xy_m.T, crs=network.crs).to_crs(4326)
    nodes = np.column_stack([to_degrees.x, to_degrees.y])
    count, points = network.node_count, len(lonlat)
    copies = range(len(steps))
    streets = Streets(
        np.concatenate([network.node_ids + 10**12 * copy for copy in copies]),
        np.concatenate([nodes + step for step in steps]),
        np.concatenate([network.edge_ends.astype(np.int64) + count * copy for copy in copies]),
        np.concatenate([lonlat + step for step in steps]),
        np.concatenate(
            [[0], *(network.edge_first_point[1:] + points * copy for copy in copies)]
        ).astype(np.int64),
        np.tile(network.edge_highway, len(steps)),
        np.tile(network.edge_name, len(steps)),
        np.tile(network.edge_osm_id, len(steps)),
        link=np.tile(network.edge_link, len(steps)),
    )

    def repeated(table: gpd.GeoDataFrame, column: str) -> gpd.GeoDataFrame:
        # doors and outlines are written down where the first city lies
        table = table.drop(columns=["entrances", "outline"], errors="ignore")
        parts = [
            table.assign(
                geometry=shapely.transform(table.geometry.to_numpy(), lambda xy, s=step: xy + s),
                **{column: [f"{one}-{number}" for one in table[column]]},
            )
            for number, step in enumerate(steps)
        ]
        return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=table.crs)

    units = repeated(city.units, "unit_id")
    units["district"] = [f"城{number // len(city.units) + 1}" for number in range(len(units))]
    units["level"] = np.where(np.arange(len(units)) % every == every // 2, "circle", "community")
    return lc.Study(
        units, repeated(city.facilities, "facility_id"), repeated(city.residents, "resident_id"),
        build_network(replace(streets)), name="省",
    )  # fmt: skip


def memory_mb() -> float:
    """Memory of this process."""
    return psutil.Process().memory_info().rss / 1e6


def main() -> None:
    """Print what was measured as JSON, a line for each step."""
    from distributed import LocalCluster

    import lifecircle as lc

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=47)
    parser.add_argument("--columns", type=int, default=COLUMNS)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--side", type=int, default=batch_las_palmas.SIDE, help="squares a side")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    begun = time.perf_counter()
    study = province(given.columns, given.rows, given.every, given.side)
    tell("made", begun, edges=study.network.edge_count, vertices=len(study.network.edge_points_m),
         homes=len(study.residents), facilities=len(study.facilities), units=len(study.units),
         people=float(study.residents["people"].sum()))  # fmt: skip
    begun = time.perf_counter()
    store = common.WORK / "province"
    shutil.rmtree(store, ignore_errors=True)
    lc.prepare_store(study, store)
    size = sum(path.stat().st_size for path in store.rglob("*"))
    tell("prepared", begun, store_mb=round(size / 1e6))
    units = study.units
    done = units[units["level"] == "circle"]
    inside = gpd.sjoin(study.residents, done[["unit_id", "geometry"]], predicate="within")
    del study
    out = common.WORK / "province-out"
    shutil.rmtree(out, ignore_errors=True)
    with LocalCluster(
        n_workers=2, threads_per_worker=1, memory_limit=WORKER_MEMORY, host="127.0.0.1",
        dashboard_address=None,
    ) as cluster:  # fmt: skip
        most = {"worker": 0.0}
        over = threading.Event()

        def watch() -> None:
            while not over.wait(0.25):
                for worker in list(cluster.workers.values()):
                    try:
                        found = psutil.Process(worker.pid).memory_full_info().uss / 1e6
                    except (psutil.Error, TypeError, AttributeError):
                        continue
                    most["worker"] = max(most["worker"], found)

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        begun = time.perf_counter()
        table = lc.run_districts(
            store, out, by="circle", scheduler=cluster.scheduler_address, reports=()
        )
        over.set()
        thread.join()
        tell("run", begun, units=len(table), failed=int((table["status"] == "failed").sum()),
             people=float(inside["people"].sum()), worker_mb=round(most["worker"]))  # fmt: skip


def tell(what: str, begun: float, **facts: Any) -> None:
    """One line."""
    line = {"what": what, "wall s": round(time.perf_counter() - begun, 1),
            "own MB": round(memory_mb()), **facts}  # fmt: skip
    print(json.dumps(line, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
