"""A valley of hamlets in a row: many small units, whose people walk to the next ones too.

Each hamlet has a grid of streets, homes, and a few facilities of those that are handed out in turn;
one road leads through all of them.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import towns

SPACING_M = 450.0
SIDE_M = 300.0
BLOCK_M = 100.0
SERVICES = (
    "kindergarten", "food_market", "clinic", "park", "pharmacy", "primary_school", "bus_stop",
    "elderly_day_care",
)  # fmt: skip
# What nobody should be able to do by naming a circle.
HOSTILE = (
    "../../escaped", "..", "CON", "a/b\\c", "=cmd|' /C calc'!A0",
    "</script><script>alert(1)</script>", "{{7*7}}", "x" * 300, "相同", "相同", "trailing. ",
    "\u202egpj.exe",
)  # fmt: skip


def _corner(number: int) -> tuple[float, float]:
    return number * SPACING_M, 0.0


def streets(count: int) -> gpd.GeoDataFrame:
    """Streets of all hamlets and the road between them."""
    lines = []
    steps = np.arange(0.0, SIDE_M + 1.0, BLOCK_M)
    for number in range(count):
        x, y = _corner(number)
        for at in steps:
            lines.append([(x + at, y + one) for one in steps])
            lines.append([(x + one, y + at) for one in steps])
        if number + 1 < count:
            lines.append([(x + SIDE_M, y), (x + SPACING_M, y)])
    kinds = ["residential" if i % 3 else "footway" for i in range(len(lines))]
    shapes = [shapely.LineString(line) for line in lines]
    return gpd.GeoDataFrame({"highway": kinds}, geometry=shapes, crs=towns.TOWN).to_crs(4326)


def homes(count: int, each: int = 8) -> gpd.GeoDataFrame:
    """People's places beside the streets."""
    rng = np.random.default_rng(7)
    places, people = [], []
    for number in range(count):
        x, y = _corner(number)
        places += [shapely.Point(x + a, y + b) for a, b in rng.uniform(5, SIDE_M - 5, (each, 2))]
        people += rng.integers(5, 60, each).tolist()
    table = {"people": people, "elderly": [one // 4 for one in people],
             "children": [one // 5 for one in people]}  # fmt: skip
    return gpd.GeoDataFrame(table, geometry=places, crs=towns.TOWN).to_crs(4326)


def facilities(count: int, each: int = 3) -> gpd.GeoDataFrame:
    """Facilities, each service in every few hamlets."""
    rng = np.random.default_rng(11)
    turn = itertools.cycle(SERVICES)
    places, services = [], []
    for number in range(count):
        x, y = _corner(number)
        places += [shapely.Point(x + a, y + b) for a, b in rng.uniform(0, SIDE_M, (each, 2))]
        services += [next(turn) for _ in range(each)]
    names = [f"{name} {number}" for number, name in enumerate(services)]
    table = {"service": services, "name": names}
    return gpd.GeoDataFrame(table, geometry=places, crs=towns.TOWN).to_crs(4326)


def units(count: int, names: tuple[str, ...] = ()) -> gpd.GeoDataFrame:
    """One square for each hamlet, in two districts."""
    shapes = [
        shapely.box(x - 20.0, y - 20.0, x + SIDE_M + 20.0, y + SIDE_M + 20.0)
        for x, y in map(_corner, range(count))
    ]
    table = pd.DataFrame(
        {
            "unit_id": [f"H{number:02d}" for number in range(count)],
            "name": [names[i] if i < len(names) else f"村{i}" for i in range(count)],
            "level": "circle",
            "district": ["东区" if i < count / 2 else "西区" for i in range(count)],
        }
    )
    return gpd.GeoDataFrame(table, geometry=shapes, crs=towns.TOWN).to_crs(4326)


def write(folder: Path, count: int, *, names: tuple[str, ...] = (), study: str = "") -> Path:
    """Files of a valley and its ``STUDY.toml``; the path of that."""
    folder.mkdir(parents=True, exist_ok=True)
    streets(count).to_file(folder / "streets.gpkg", engine="pyogrio")
    homes(count).to_file(folder / "homes.gpkg", engine="pyogrio")
    facilities(count).to_file(folder / "places.gpkg", engine="pyogrio")
    units(count, names).to_file(folder / "units.gpkg", engine="pyogrio")
    path = folder / "study.toml"
    path.write_text(
        f'[study]\nname = "山谷"\nminutes = [5]\n{study}\n'
        '[units]\npath = "units.gpkg"\n[network]\npath = "streets.gpkg"\n'
        '[facilities]\npath = "places.gpkg"\n[residents]\npath = "homes.gpkg"\n',
        encoding="utf-8",
    )
    return path
