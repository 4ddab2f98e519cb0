"""Run every job, print its tables, and with ``--write`` put them into README.md.

``python run.py j3_isochrones growth`` runs some jobs, ``python run.py --tables`` none: it prints
what was measured last.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import subprocess
import sys
from typing import Any

import common
import growth
from common import HERE, OURS

JOBS = {
    "j1_nearest": "J1 nearest facility of each service",
    "j2_reach": "J2 facilities in reach",
    "j3_isochrones": "J3 isochrones",
    "j4_catchment": "J4 two-step floating catchment",
    "j5_siting": "J5 sites that reach most people",
    "j5_models": "J5 the other models, 10 of 300 sites for 5,000 homes",
    "j6_read": "J6 OpenStreetMap file to network",
    "j6_snap": "J6 300,000 points to the nearest street",
    "j7_cold_start": "J7 fresh process",
    "j8_build": "J8 streets with 2,000 compounds and 4,000 gates built in",
    "j8_search": "J8 searches through their gates",
    "growth": "Growth",
    "evaluate_las_palmas": "Whole evaluation of Las Palmas",
    "verdicts_las_palmas": "Verdicts over 196 squares of Las Palmas",
    "openings_las_palmas": "What to open first in Las Palmas",
    "map_5k": "Maps of 5,000 places",
    "map_50k": "Maps of 50,000 places",
}
PEERS = (
    "lifecircle", "numpy", "numba", "scipy", "pandas", "geopandas", "shapely", "pandana",
    "networkit", "networkx", "igraph", "rustworkx", "cityseer", "osmnx", "pyvalhalla-weekly",
    "pyrosm", "access", "spopt", "folium",
)  # fmt: skip
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def row(job: str, case: str, engine: str = OURS) -> dict[str, Any]:
    """Row of an engine, empty if it did not run."""
    for found in common.load(job):
        if (found["case"], found["engine"]) == (case, engine) and "failed" not in found:
            return found
    return {}


def spent(found: dict[str, Any], *stages: str) -> float:
    """Processor seconds of some stages, all if none is named, not a number if it did not run."""
    if not found:
        return float("nan")
    names = [name for name in found["stages"] if not stages or name in stages]
    return sum(found[name]["processor_s"] for name in names)


def targets() -> str:
    """Table of what should be reached, and what was."""
    city = "city-250k"
    one, two = row("j1_nearest", city), row("j2_reach", city)
    pandana_1 = spent(row("j1_nearest", city, "pandana"), "build", "precompute", "query")
    pandana_2 = spent(row("j2_reach", city, "pandana"), "precompute", "query")
    search = spent(one, "search")
    scipy = row("j1_nearest", city, "scipy")
    four, snapped = row("j4_catchment", city), row("j6_snap", city)
    five, spopt = (row("j5_siting", "30,000-homes", name) for name in (OURS, "spopt"))
    read = row("j6_read", "las-palmas-three-times")
    cold = row("j7_cold_start", "a-fresh-process", "lifecircle --help")
    palmas = row("evaluate_las_palmas", "las-palmas")
    lines = [
        ("J1, search after snapping, s", search, "≤", 1.5),
        ("J1, pandana's build + precompute + query over all of ours, build to search",
         pandana_1 / spent(one), "≥", 20),
        ("J1, scipy's search for the same question (exact) over ours",
         spent(row("j1_nearest", city, "scipy, exact")) / search, "≥", 1),
        ("J1, scipy's search from node to node over ours", spent(scipy, "search") / search,
         "≥", 1),
        ("J2, tables in to tables out, s", spent(two), "≤", 3),
        ("J2, peak memory of the process, MB", two.get("peak_mb", float("nan")), "≤", 500),
        ("J2, pandana's precompute + query over our search + count",
         pandana_2 / spent(two, "search", "count"), "≥", 10),
        ("J2, the same over all of ours, projection and snapping too", pandana_2 / spent(two),
         "≥", 10),
        *isochrone_targets(),
        ("J4, catchment, s", spent(four, "catchment"), "≤", 0.5),
        ("J4, share of the capacity lost", fact(four, "capacity lost"), "≤", 1e-9),
        ("J5, 300 sites and 30,000 homes, build and solve, s", spent(five), "≤", 10),
        ("J5, peak memory of the process, MB", five.get("peak_mb", float("nan")), "≤", 500),
        ("J5, spopt's build and solve over ours", spent(spopt) / spent(five), "≥", 50),
        ("J6, pbf of 10 MB read, s", spent(read), "≤", 5),
        ("J6, peak memory of the process, MB", read.get("peak_mb", float("nan")), "≤", 500),
        ("J6, 300,000 points snapped, s", spent(snapped), "≤", 1),
        ("J7, `lifecircle --help`, s", spent(cold), "≤", 0.3),
        *wall_targets(),
        *growth_targets(),
        ("Las Palmas evaluated from its tables, s", spent(palmas, "evaluate"), "≤", 20),
        ("Las Palmas, files read and evaluated, s", spent(palmas), "≤", 20),
        *opening_targets(),
        ("Las Palmas, peak memory of the process, MB", palmas.get("peak_mb", float("nan")), "≤",
         1500),
    ]  # fmt: skip
    text = ["| figure | measured | should be | |", "|---|---:|---:|---|"]
    for name, value, sign, bound in lines:
        good = value <= bound if sign == "≤" else value >= bound
        word = "not measured" if value != value else ("reached" if good else "**missed**")  # noqa: PLR0124
        text.append(f"| {name} | {common.figure(value)} | {sign} {bound:g} | {word} |")
    return "\n".join(text)


def isochrone_targets() -> list[tuple[str, float, str, float]]:
    lines = []
    for case in ("porto-alegre", "las-palmas"):
        found = row("j3_isochrones", case)
        rivals = [row("j3_isochrones", case, name) for name in ("valhalla", "valhalla, finest")]
        ms = fact(found, "ms a place, 50 places")
        lines.append((f"J3 {case}, ms a place", ms, "≤", 4.0))
        for band, bound in ((5, 0.95), (10, 0.98), (15, 0.985)):
            lines.append((f"J3 {case}, IoU {band} min", fact(found, f"IoU {band} min"), "≥", bound))
        fastest = min(fact(rival, "ms a place, 50 places") for rival in rivals)
        best = max(fact(rival, "IoU 15 min") for rival in rivals)
        lines += [
            (f"J3 {case}, Valhalla's time over ours", fastest / ms, "≥", 1.0),
            (f"J3 {case}, IoU at 15 min less Valhalla's", fact(found, "IoU 15 min") - best, "≥", 0),
        ]
    return lines


def wall_targets() -> list[tuple[str, float, str, float]]:
    city = "las-palmas"
    built = spent(row("j8_build", city, "with 2,000 compounds"))
    opened, own = (
        row("j8_search", city, name) for name in ("gates open to all", "gates for residents")
    )
    return [
        ("J8, read and build with walls over without", built / spent(row("j8_build", city)),
         "≤", 2),
        ("J8, searches with gates for residents over gates for all", spent(own) / spent(opened),
         "≤", 1.3),
        ("J8, the same over no walls at all", spent(own) / spent(row("j8_search", city)),
         "≤", 2),
    ]  # fmt: skip


def opening_targets() -> list[tuple[str, float, str, float]]:
    found = row("openings_las_palmas", "las-palmas")
    told = spent(found, "openings found and built in", "today's searches", "500 openings")
    return [
        ("Las Palmas, 500 openings, found and told, over one evaluation",
         told / spent(found, "one evaluation"), "≤", 20),
    ]  # fmt: skip


def growth_targets() -> list[tuple[str, float, str, float]]:
    lines = []
    for name, engine in (("J1", OURS), ("J2", f"{OURS}, J2")):
        whole = [
            spent(found, "project", "snap", "search", "count")
            for found in (row("growth", case, engine) for case in growth.CITIES)
        ]
        for index, (small, large) in enumerate((("62k", "250k"), ("250k", "1M"))):
            lines.append(
                (f"{name}, {large} over {small} crossings", whole[index + 1] / whole[index], "≤", 5)
            )
    return lines


def fact(found: dict[str, Any], name: str) -> float:
    return float(found.get("facts", {}).get(name, float("nan")))


def report() -> str:
    """Everything measured last, in Markdown."""
    day = f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}"
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    parts = [
        f"Measured {day} on {common.machine()}; load when this was written: {load}.",
        f"Versions: {common.versions(PEERS)}.",
        "### What should be reached",
        targets(),
    ]
    for job, title in JOBS.items():
        rows = common.load(job)
        if rows:
            parts += [f"### {title}", common.table(rows)]
        if rows and job == "growth":
            parts.append(growth.growth(rows))
    return "\n\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("jobs", nargs="*", help="files without .py; all if none is named")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--tables", action="store_true", help="run nothing")
    parser.add_argument("--write", action="store_true", help="put the tables into README.md")
    options = parser.parse_args()
    scripts = [name for name in JOBS if (HERE / f"{name}.py").exists()]
    scripts.insert(scripts.index("j5_siting") + 1, "j6_read_and_snap")
    scripts.insert(scripts.index("j7_cold_start") + 1, "j8_walls")
    scripts.append("map_size")
    if not options.tables:
        for name in options.jobs or scripts:
            command = [sys.executable, str(HERE / f"{name}.py")]
            if options.rounds:
                command += ["--rounds", str(options.rounds)]
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    text = report()
    print(text)
    if options.write:
        page = HERE / "README.md"
        before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
