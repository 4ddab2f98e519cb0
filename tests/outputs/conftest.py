"""A small town whose evaluation is written down, not computed: maps only hang what they are given.

::

    u2          u3            three units side by side (u1 west, u2 middle, u3 east) inside u0,
    +-----+-----+-----+       each 400 m square; streets every 200 m; one facility per service;
    | u1  | u2  | u3  |       residents on a lattice, people = 10 each.
    +-----+-----+-----+
"""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from browsing import open_map
from lifecircle.network.graph import Streets, WalkNetwork, build_network
from lifecircle.standards.standard import find_standard

WEST, SOUTH = 112.985, 28.160
STEP_LON, STEP_LAT = 0.00407, 0.00361  # about 400 m

HOSTILE_NAMES = [
    "{{7*7}}",
    "{% x",
    "{#",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "${alert(1)}",
    "`+alert(1)+`",
    '"\'"><b onmouseover=alert(1)>',
    "a\u2028b\u2029c",
    "🏥",
    "𠮷野家",
    "<!-- <script> &lt;amp&amp; &#39;",
]
"""Names that run code, or break the page, wherever text is taken for a template or for HTML."""

FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""A browser that asks nobody for anything of its own."""

REQUIRED = ("kindergarten", "food_market", "elderly_day_care")
GROUP = {"kindergarten": "child", "food_market": "daily", "elderly_day_care": "elderly"}


def network_of(edges: gpd.GeoDataFrame) -> WalkNetwork:
    """Network of a table of lines, which meet where their ends do."""
    lines = edges.geometry.to_numpy()
    ends = np.array([(line.coords[0], line.coords[-1]) for line in lines]).reshape(-1, 2)
    places, node = np.unique(ends, axis=0, return_inverse=True)
    counts = shapely.get_num_coordinates(lines)
    return build_network(
        Streets(
            node_ids=np.arange(len(places)),
            node_lonlat=places,
            ends=node.reshape(-1, 2),
            points_lonlat=shapely.get_coordinates(lines),
            first_point=np.concatenate([[0], np.cumsum(counts)]),
            highway=edges["highway"].fillna("").to_numpy(dtype=object),
            name=edges["name"].fillna("").to_numpy(dtype=object),
            osm_id=np.zeros(len(lines), dtype=np.int64),
        )
    )


def at(column: float, row: float) -> tuple[float, float]:
    return WEST + column * STEP_LON, SOUTH + row * STEP_LAT


def square(column: float, row: float, width: float = 1.0) -> shapely.Polygon:
    return shapely.box(*at(column, row), *at(column + width, row + 1))


def streets(names: list[str]) -> gpd.GeoDataFrame:
    lines = [shapely.LineString([at(-0.2, row), at(3.2, row)]) for row in (0, 0.5, 1)]
    lines += [shapely.LineString([at(column, -0.2), at(column, 1.2)]) for column in (0, 1, 2, 3)]
    highway = ["primary", "footway", "residential", "secondary", "residential", "service", ""]
    return gpd.GeoDataFrame(
        {"highway": highway, "name": (names * 7)[:7]}, geometry=lines, crs="EPSG:4326"
    )


def make_evaluation(
    names: list[str] | None = None,
    *,
    language: str = "zh",
    sample: bool = True,
    residents: int = 60,
    edges: gpd.GeoDataFrame | None = None,
) -> SimpleNamespace:
    """An evaluation with the contract that maps read; ``names`` go into every text column."""
    plain = names is None
    names = names or ["甲社区", "乙社区", "丙社区"]
    units = gpd.GeoDataFrame(
        {
            "unit_id": ["u0", "u1", "u2", "u3"],
            "name": ["砂子塘" if plain else names[0], *(names * 3)[:3]],
            "parent_id": ["", "u0", "u0", "u0"],
            "district": "雨花区" if plain else names[-1],
            "area_ha": [48.0, 16.0, 16.0, float("nan")],
            "people": [600.0, 200.0, 200.0, float("nan")],
            "boundary_source": "drawn from description" if plain else names[0],
            "completeness_mean_15min": [2.0, 3.0, 1.04, float("nan")],
        },
        geometry=[square(0, 0, 3), square(0, 0), square(1, 0), square(2, 0)],
        crs="EPSG:4326",
    )
    services = [*REQUIRED, "pharmacy"]
    facility_names = names if not plain else ["白沙幼儿园", "砂子塘菜市场", "野坡日照中心", ""]
    count = max(len(facility_names), 4)
    service = [services[row % 4] for row in range(count)]
    facilities = gpd.GeoDataFrame(
        {
            "facility_id": [f"f{row}" for row in range(count)],
            "name": (facility_names * 4)[:count],
            "service": service,
            "group": [GROUP.get(one, "health") for one in service],
        },
        geometry=[shapely.Point(at(0.3 + 2.4 * row / count, 0.7)) for row in range(count)],
        crs="EPSG:4326",
    )
    study = SimpleNamespace(
        units=units,
        facilities=facilities.assign(capacity=[180.0] + [float("nan")] * (count - 1)),
        residents=None,
        network=network_of(streets(names) if edges is None else edges),
        walkers={},
        name="砂子塘" if plain else names[0],
        minutes=(5.0, 10.0, 15.0),
        language=language,
        snap_m=100.0,
        sample=sample,
    )
    return SimpleNamespace(
        study=study,
        coverage=_coverage(units),
        units=units,
        residents=_residents(residents, names),
        facilities=facilities,
        isochrones=_bands(),
        required_services=REQUIRED,
        requirements=pd.DataFrame(
            {"service": REQUIRED, "accepts": [(one,) for one in REQUIRED], "listed": True}
        ),
        standard="GB50180-2018",
        rulebook=find_standard("GB50180-2018"),
        warnings=("12 residents are far from any street",) if plain else tuple(names),
    )


def _coverage(units: gpd.GeoDataFrame) -> pd.DataFrame:
    rows = []
    for unit_id in units["unit_id"]:
        for service in REQUIRED:
            usual = {"child": "child", "elderly": "elderly"}.get(GROUP[service], "adult")
            for walker in dict.fromkeys(["adult", usual]):
                for minutes in (5.0, 10.0, 15.0):
                    share = {"u1": 1.0, "u2": 0.834}.get(unit_id, float("nan"))
                    if walker != usual:
                        share = share / 2
                    rows.append((unit_id, service, GROUP[service], walker, minutes, share))
    frame = pd.DataFrame(
        rows, columns=["unit_id", "service", "group", "walker", "minutes", "covered_share"]
    )
    return frame.assign(people=1000.0, covered_people=frame["covered_share"] * 1000)


def _residents(count: int, names: list[str]) -> gpd.GeoDataFrame:
    columns = max(int(np.sqrt(3 * count)), 1)
    row, column = np.divmod(np.arange(count), columns)
    rows = row.max() + 1
    frame = gpd.GeoDataFrame(
        {
            "resident_id": [names[one % len(names)] + f" {one}" for one in range(count)],
            "people": 10.0,
            "elderly": 2.5,
            "children": np.where(np.arange(count) == 0, np.nan, 1.0),
            "completeness_15min_count": np.arange(count) % 4,
        },
        geometry=gpd.points_from_xy(
            WEST + (column + 0.5) / columns * 3 * STEP_LON, SOUTH + (row + 0.5) / rows * STEP_LAT
        ),
        crs="EPSG:4326",
    )
    for position, service in enumerate(REQUIRED):
        minutes = 4.96 + 3 * position + np.arange(count) % 5
        frame[f"nearest_{service}_min"] = np.where(np.arange(count) % 4 > position, minutes, np.nan)
    return frame


def _bands() -> gpd.GeoDataFrame:
    rows = [
        (group, minutes, area_ha, shapely.Point(at(middle, 0.5)).buffer(0.0004 * minutes))
        for group, middle in (("elderly", 0.5), ("child", 1.5), ("daily", 2.5))
        for minutes, area_ha in ((5.0, 4.04), (10.0, 16.0), (15.0, 36.0))
    ]
    frame = gpd.GeoDataFrame(
        rows, columns=["group", "minutes", "area_ha", "geometry"], crs="EPSG:4326"
    )
    return frame.assign(geometry=[shapely.MultiPolygon([one]) for one in frame.geometry])


@pytest.fixture(scope="session")
def chromium():
    """A browser without a window."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium on this machine")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def opened(chromium, tmp_path):
    """Opens a map from disk, offline; see :func:`browsing.open_map`."""
    contexts = []

    def opening(town, size=(1280, 800)):
        seen = open_map(chromium, town, tmp_path, size)
        contexts.append(seen.context)
        return seen

    yield opening
    for context in contexts:
        context.close()


@pytest.fixture
def evaluation_of():
    """Makes evaluations of the small town."""
    return make_evaluation


@pytest.fixture(scope="session")
def hostile_names():
    return HOSTILE_NAMES
