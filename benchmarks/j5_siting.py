"""J5: the 10 of 300 sites that most people reach within 1,250 m, proven best (MCLP).

The other models choose among the same sites, for 5,000 homes that walk up to four times as far.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import city
import common
import numpy as np
from common import LIMIT_MIN, OURS, WORK, Clock

PLACES = {"5,000-homes": 5_000, "30,000-homes": 30_000}
SITES, CHOSEN, TOWN = 300, 10, "city-62k"
FAR = "5,000-homes-60-min"
MODELS = ("MCLP", "CMCLP", "LSCP", "p-median", "p-center")
MODEL_S = 60.0
CENTERS = 20  # with 10 some homes have none within an hour
UNREACHED_MIN = 1e6  # spopt wants a number for every pair


def prepare(case: str) -> None:
    city.make(TOWN)
    if not (WORK / f"{case}-sites.npz").exists():
        subprocess.run([sys.executable, __file__, "--prepare", case], check=True)


def make_times(case: str) -> None:
    """One table of minutes for all engines: homes and sites drawn along the streets of a city."""
    import geopandas as gpd

    import lifecircle as lc

    homes_count, limit_min = PLACES.get(case, 5_000), LIMIT_MIN * (4 if case == FAR else 1)
    net, rng = city.network(TOWN), np.random.default_rng(5)
    homes, sites = (
        gpd.GeoDataFrame(
            geometry=gpd.GeoSeries.from_xy(*city.places_along(net, count, rng).T, crs=net.crs)
        )
        for count in (homes_count, SITES)
    )
    times = lc.travel_times(net, homes, sites, walker=common.walker(), limit_min=limit_min)
    np.savez(
        WORK / f"{case}-sites.npz",
        first=times.first,
        destination=times.destination,
        minutes=times.minutes,
        people=rng.integers(1, 200, homes_count).astype(float),
    )


def loaded(case: str) -> dict[str, Any]:
    with np.load(WORK / f"{case}-sites.npz") as arrays:
        return {name: arrays[name] for name in arrays.files}


def ours(case: str, clock: Clock) -> dict[str, Any]:
    import pandas as pd

    import lifecircle as lc

    table = loaded(case)
    times = lc.TravelTimes(
        pd.RangeIndex(PLACES[case]), pd.RangeIndex(SITES), LIMIT_MIN,
        table["first"], table["destination"], table["minutes"],
    )  # fmt: skip
    lc.locate(times.within(1.0), table["people"], count=1)  # loads the solver
    with clock.stage("build and solve"):
        found = lc.locate(times, table["people"], count=CHOSEN)
    return {
        "covered people": np.array([found.covered_people]),
        "facts": {"pairs": len(times.minutes), "gap": found.gap_share},
    }


def spopt(case: str, clock: Clock) -> dict[str, Any]:
    import pulp
    from spopt.locate import MCLP

    table = loaded(case)
    cost = np.full((PLACES[case], SITES), UNREACHED_MIN)
    row = np.repeat(np.arange(PLACES[case]), np.diff(table["first"]))
    cost[row, table["destination"]] = table["minutes"]
    with clock.stage("build"):
        model = MCLP.from_cost_matrix(
            cost, table["people"], service_radius=LIMIT_MIN, p_facilities=CHOSEN
        )
    with clock.stage("solve"):
        model.solve(pulp.PULP_CBC_CMD(msg=False))
    return {"covered people": np.array([float(pulp.value(model.problem.objective))])}


def of_model(name: str) -> Any:
    """Engine of one of our models, on the longer walks."""

    def engine(case: str, clock: Clock) -> dict[str, Any]:
        import pandas as pd

        import lifecircle as lc

        table, people = loaded(case), loaded(case)["people"]
        ids = pd.RangeIndex(len(people)), pd.RangeIndex(SITES)
        times = lc.TravelTimes(
            *ids, 4 * LIMIT_MIN, table["first"], table["destination"], table["minutes"]
        )
        lc.locate(times.within(1.0), people, count=1)  # loads the solver
        rooms = dict.fromkeys(range(SITES), people.sum() / CHOSEN)
        count = {"LSCP": None, "p-center": CENTERS}.get(name, CHOSEN)
        model = lc.SitingModel(
            name, capacity_people=rooms, skip_unreachable=True, time_limit_s=MODEL_S
        )
        with clock.stage("build and solve"):
            found = lc.locate(times, people, count=count, model=model)
        facts = {
            "pairs": len(times.minutes),
            "chosen": len(found.sites),
            found.unit: found.objective,
            "gap": found.gap_share,
            "method": found.method,
        }
        return {"facts": facts}

    return engine


ENGINES = {OURS: ours, "spopt": spopt}
OUR_MODELS = {f"{OURS}, {name}": of_model(name) for name in MODELS}

if __name__ == "__main__":
    if "--prepare" in sys.argv:
        make_times(sys.argv[2])
    else:
        common.run_job("j5_siting", ENGINES, tuple(PLACES), prepare=prepare, once=("spopt",))
        common.run_job(
            "j5_models", OUR_MODELS, (FAR,), prepare=prepare, rounds=1, script="j5_siting"
        )
