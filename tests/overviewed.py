"""A small batch whose digests are written down: four units in two districts, one failed.

::

    +-----+-----+-----+-----+
    |  a  |  b  |  c  |  d  |     a, b: 雨花区; c (failed), d: 天心区; squares of 0.01 degrees
    +-----+-----+-----+-----+
"""

from __future__ import annotations

import json

import geopandas as gpd
import shapely

from lifecircle.assessment.digest import COVERAGE_COLUMNS, SHORTFALL_COLUMNS
from lifecircle.assessment.overview import About, overview_of

SERVICES = {"park": ("green", "people", "adult"), "clinic": ("health", "people", "adult"),
            "nursing_home": ("elderly", "elderly", "elderly")}  # fmt: skip
LIMITS = (5.0, 15.0)


def square(column, row=0, width=1.0):
    west, south = 112.9 + 0.01 * column, 28.1 + 0.01 * row
    return shapely.box(west, south, west + 0.01 * width, south + 0.01)


def units_of(names=("甲", "乙", "丙", "丁"), districts=("雨花区", "雨花区", "天心区", "天心区")):
    return gpd.GeoDataFrame(
        {
            "unit_id": ["a", "b", "c", "d"][: len(names)],
            "name": list(names),
            "level": "circle",
            "district": list(districts),
        },
        geometry=[square(column) for column in range(len(names))],
        crs="EPSG:4326",
    )


def digest_of(people, covered, *, unsnapped=0.0, means=(2.0, 3.0), elderly=None, shortfalls=()):
    """A digest; ``covered`` is service → people reached in 5 and 15 min, None where unknown."""
    rows = []
    for service, reached in covered.items():
        group, segment, walker = SERVICES[service]
        whom = elderly if segment == "elderly" else people - unsnapped
        for limit, count in zip(LIMITS, reached, strict=True):
            share = None if count is None or not whom else count / whom
            nearest = 7.3 if count else None
            whose = (service, group, walker, segment, limit)
            rows.append((*whose, float(whom), count, share, unsnapped, nearest, 0.5))
    short = [
        (name, name, "GB50180-2018", "B.0.1", "walk", "people", float(count), 1.0, 1.0,
         float(count), is_sum, "甲小区", "太远")
        for name, count, is_sum in shortfalls
    ]  # fmt: skip
    return {
        "unit": {
            "unit_id": "x", "name": "x", "level": "circle", "area_ha": 100.0, "people": people,
            "elderly": elderly, "children": None, "unsnapped_people": unsnapped, "places": 3,
            "required_count": 4, "completeness_mean_5min": means[0],
            "completeness_mean_15min": means[1], "completeness_standard_mean": means[0],
        },
        "indicators": {"met": 5, "not_met": 2, "unknown": 1},
        "blocks": [
            {"block": "services", "block_name": "公共服务", "score": 81.25, "unknown_share": 0.1},
            {"block": "space", "block_name": "公共空间", "score": None, "unknown_share": 0.75},
        ],
        "coverage": {
            name: [row[place] for row in rows] for place, name in enumerate(COVERAGE_COLUMNS)
        },
        "shortfalls": {
            name: [row[place] for row in short] for place, name in enumerate(SHORTFALL_COLUMNS)
        },
        "warnings": 2,
    }  # fmt: skip


def digests_of():
    """a: 1000 people, 200 not measured; b: 500; d: 400, the clinic unknown. c failed."""
    made = {
        "a": digest_of(1000.0, {"park": (200.0, 600.0), "clinic": (100.0, 799.0),
                                "nursing_home": (10.0, 50.0)},
                       unsnapped=200.0, elderly=100.0, means=(1.0, 2.0),
                       shortfalls=[("公园", 200.0, False), ("诊所", 100.0, False),
                                   ("全部设施", 900.0, True)]),
        "b": digest_of(500.0, {"park": (100.0, 500.0), "clinic": (50.0, 100.0),
                               "nursing_home": (0.0, 0.0)},
                       elderly=0.0, means=(2.3, 4.0), shortfalls=[("公园", 100.0, False)]),
        "d": digest_of(400.0, {"park": (40.0, 100.0), "clinic": (None, None)},
                       elderly=None, means=(0.5, 1.0), shortfalls=[("诊所", 400.0, False)]),
    }  # fmt: skip
    return json.loads(json.dumps(made))  # as they come back from their files


REASON = "streets: no street is near any of the residents."


def batch_of(*, notes=(), **about):
    """The whole batch."""
    told = {"name": "长沙市", "minutes": LIMITS, **about}
    return overview_of(
        units_of(),
        digests_of(),
        {"c": REASON},
        folders={"a": "甲", "b": "乙 b", "c": "丙", "d": "丁#1%"},
        about=About(**told),
        causes={"c": "data"},
        notes=notes,
    )
