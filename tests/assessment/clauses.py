"""One street, one unit of every tier: what each clause finds there can be worked out by hand.

::

    K---A-------W---T-----------H------D---------W---B--N--J      x, metres
    0  100     200 350         500    610       800 900 900 1000

    A 40,000 people, 8,000 of them elderly, 4,000 children     13,000 households
    B 20,000 people, 4,000 of them elderly, 2,000 children      7,000 households

The unit is a square of 1.2 km, 144 ha. The elderly and children walk 1.0 m/s, adults 1.2 m/s.
At 500 m stand, besides H, everything that both homes reach alike: 400 m, 6 min 40 s for the
elderly and children, 5 min 33 s for adults.
"""

from __future__ import annotations

import geopandas as gpd
from shapely.geometry import box

import lifecircle as lc

from .village import CRS, EAST, NORTH, at, street

# service, x, floor, site, capacity
PLACES = [
    ("kindergarten", 0, 2300, 3600, 300),
    ("kindergarten", 500, 2000, 3000, 200),
    ("nursery", 0, 210, None, 120),
    ("primary_school", 500, None, 12000, 900),
    ("junior_middle_school", 1000, None, None, None),
    ("waste_collection_point", 200, None, None, None),
    ("waste_collection_point", 800, None, None, None),
    ("public_toilet", 350, None, None, None),
    ("health_station", 500, 130, None, None),
    ("elderly_day_care", 610, 400, None, 30),
    ("elderly_service_station", 500, 300, None, None),
    ("nursing_home", 900, None, 4000, 480),
    ("community_service_station", 500, 700, None, None),
    ("park", 500, None, 60000, None),
    ("convenience_store", 100, 60, None, None),
    ("convenience_store", 900, 60, None, None),
    ("food_market", 500, 1000, None, None),
    ("outdoor_fitness", 500, None, 140, None),
    ("car_parking", 500, None, None, 5000),
]


def facilities(places: list[tuple] = PLACES) -> gpd.GeoDataFrame:
    names = ["service", "x", "floor_area_m2", "site_area_m2", "capacity"]
    columns = {name: [place[k] for place in places] for k, name in enumerate(names)}
    shapes = [at(x) for x in columns.pop("x")]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def residents() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "resident_id": ["A", "B"],
            "people": [40000, 20000],
            "elderly": [8000, 4000],
            "children": [4000, 2000],
            "households": [13000, 7000],
        },
        geometry=[at(100), at(900)],
        crs=CRS,
    )


def unit(level: str = "district", half_m: float = 600.0) -> gpd.GeoDataFrame:
    middle = (EAST + 500, NORTH)
    shape = box(middle[0] - half_m, middle[1] - half_m, middle[0] + half_m, middle[1] + half_m)
    return gpd.GeoDataFrame(
        {"unit_id": ["U"], "name": ["town"], "level": [level]}, geometry=[shape], crs=CRS
    )


def study(places=PLACES, *, level: str = "district", **options) -> lc.Study:
    positions = tuple(float(x) for x in range(-300, 1400, 100))
    options.setdefault("language", "en")
    table = facilities(places) if isinstance(places, list) else places
    homes = options.pop("homes", None)
    half_m = options.pop("half_m", 600.0)
    return lc.Study(
        unit(level, half_m),
        table,
        residents() if homes is None else homes,
        street(positions),
        **options,
    )
