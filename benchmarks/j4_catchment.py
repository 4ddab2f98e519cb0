"""J4: Gaussian two-step floating catchment of one service, 500 facilities in the drawn city."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import city
import common
import engines
import numpy as np
from common import LIMIT_M, LIMIT_MIN, OURS, WORK, Clock

SERVICE = 0


def prepare(case: str) -> None:
    city.make(case)
    if not (WORK / f"{case}-pairs.npz").exists():
        subprocess.run([sys.executable, __file__, "--prepare", case], check=True)


def make_pairs(case: str) -> None:
    """The pairs within the limit, so that all engines share one table of minutes."""
    times, _, _ = searched(case, Clock())
    np.savez(
        WORK / f"{case}-pairs.npz",
        origin=times.origin,
        destination=times.destination,
        minutes=times.minutes,
    )


def searched(case: str, clock: Clock) -> tuple[Any, Any, Any]:
    import lifecircle as lc

    homes, places = city.tables(case)
    places = places[places["service"] == SERVICE].reset_index(drop=True)
    net = city.network(case)
    with clock.stage("travel times, with snapping"):
        times = lc.travel_times(net, homes, places, walker=common.walker(), limit_min=LIMIT_MIN)
    return times, homes, places


def ours(case: str, clock: Clock) -> dict[str, Any]:
    import lifecircle as lc

    city.warm("catchment")
    times, homes, places = searched(case, clock)
    with clock.stage("catchment"):
        access = lc.two_step_fca(times, homes, places, decay=lc.gaussian(LIMIT_MIN))
    people = homes["people"].to_numpy()
    given = float(np.nansum(access.to_numpy() * people))
    # a facility whose homes all lie exactly at the limit gives nothing: weight 0
    near = np.unique(times.destination[times.minutes < LIMIT_MIN])
    offered = float(places["capacity"].to_numpy()[near].sum())
    return {
        "access": access.fillna(0.0).to_numpy(),
        "facts": {"pairs": len(times.minutes), "capacity lost": abs(given - offered) / offered},
    }


def pysal(case: str, clock: Clock) -> dict[str, Any]:
    import pandas as pd
    from access import Access
    from scipy.sparse import csgraph

    arrays = city.load(case)
    chosen = arrays["service"] == SERVICE
    graph = engines.csr(arrays["ends"], arrays["length_m"], len(arrays["node_xy"]))
    home, place = engines.nearest_nodes(arrays)
    with clock.stage("cost table by scipy, node to node"):
        order = np.argsort(home, kind="stable")
        begin = np.searchsorted(home[order], np.arange(len(arrays["node_xy"]) + 1))
        parts = []
        for rows in np.array_split(np.flatnonzero(chosen), 10):
            metres = csgraph.dijkstra(graph, indices=place[rows], limit=LIMIT_M)
            source, node = np.nonzero(np.isfinite(metres))
            count = begin[node + 1] - begin[node]
            at = np.repeat(begin[node] - np.cumsum(count) + count, count) + np.arange(count.sum())
            parts.append(
                pd.DataFrame(
                    {
                        "origin": order[at],
                        "dest": np.repeat(rows[source], count),
                        "cost": np.repeat(metres[source, node], count),
                    }
                )
            )
        pd.concat(parts)
    with np.load(WORK / f"{case}-pairs.npz") as pairs:
        cost = pd.DataFrame(
            {
                "origin": pairs["origin"].astype(np.int64),
                "dest": pairs["destination"].astype(np.int64),
                "cost": pairs["minutes"].astype(float),
            }
        )
    demand = pd.DataFrame({"id": np.arange(len(home)), "people": arrays["people"]})
    supply = pd.DataFrame({"id": np.arange(chosen.sum()), "beds": arrays["capacity"][chosen]})
    floor = np.exp(-0.5)

    def gaussian(minutes: Any) -> Any:
        share = minutes / LIMIT_MIN
        return max((np.exp(-0.5 * share * share) - floor) / (1 - floor), 0.0)

    with clock.stage("catchment"):
        model = Access(
            demand_df=demand, demand_index="id", demand_value="people",
            supply_df=supply, supply_index="id", supply_value="beds",
            cost_df=cost, cost_origin="origin", cost_dest="dest", cost_name="cost",
        )  # fmt: skip
        table = model.two_stage_fca(name="fca", weight_fn=gaussian, max_cost=LIMIT_MIN)
    column = table["fca_beds"].reindex(np.arange(len(home))).fillna(0.0)
    return {"access": column.to_numpy()}


ENGINES = {OURS: ours, "PySAL access, our minutes": pysal}

if __name__ == "__main__":
    if "--prepare" in sys.argv:
        make_pairs(sys.argv[2])
    else:
        common.run_job("j4_catchment", ENGINES, ("city-250k",), prepare=prepare)
