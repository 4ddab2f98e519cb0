"""Growth: J1 and J2 on drawn cities of 62k, 250k and 1M crossings, all of the same density."""

from __future__ import annotations

import city
import common
import j1_nearest
import j2_reach

CITIES = tuple(city.SIDES)


def reach(case: str, clock: common.Clock) -> dict:
    """J2 beside J1: its processor time is not to be compared with that of J1."""
    answers = j2_reach.ours(case, clock)
    return {"facts": {**answers["facts"], "another question": True}}


ENGINES = {
    "lifecircle": j1_nearest.ours,
    "lifecircle, J2": reach,
    "scipy, J1": j1_nearest.scipy_nodes,
}


def growth(rows: list[dict]) -> str:
    """Processor time of a city over that of the city a quarter its size."""
    lines = [
        "| engine | city | processor s, without build | search alone | × the next smaller city |",
        "|---|---|---:|---:|---:|",
    ]
    for engine in ENGINES:
        before = None
        for case in city.SIDES:
            row = next((r for r in rows if (r["engine"], r["case"]) == (engine, case)), None)
            if row is None or "failed" in row:
                continue
            whole = row["processor_s"] - row.get("build", {}).get("processor_s", 0.0)
            search = sum(
                row[n]["processor_s"] for n in row["stages"] if n in ("search", "count", "query")
            )
            ratio = "" if before is None else f"{whole / before[0]:.1f}; {search / before[1]:.1f}"
            figures = f"{common.figure(whole)} | {common.figure(search)}"
            lines.append(f"| {engine} | {case} | {figures} | {ratio} |")
            before = whole, search
    return "\n".join(lines)


if __name__ == "__main__":
    found = common.run_job("growth", ENGINES, city.SIDES, prepare=city.make)
    if found:
        print(growth(found))
