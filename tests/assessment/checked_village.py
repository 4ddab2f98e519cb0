"""A village with everything in one place, so that every verdict can be worked out by hand.

::

         A ---- F --------------------------- B
    0   100    200                           900  1000   metres

    A 75 people (15 elderly, 8 children, 30 households), B 25 people (5, 2, 10): unit U
    F all facilities

Adults walk 1.2 m/s: A → F 100 m, B → F 700 m 9 min 43 s. Children and the elderly walk 1.0 m/s:
B → F 11 min 40 s. So within 10 min all adults have everything, but 15 of 20 elders (0.75) and 8 of
10 children (0.8); within 15 min all have all.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import box

import lifecircle as lc
from assessment import village

# service: floor and site of each facility of it
FACILITIES: dict[str, list[tuple[float | None, float | None]]] = {
    "community_service_station": [(800, None)],
    "kindergarten": [(2200, 3500)],
    "nursery": [(200, None)],
    "elderly_service_station": [(None, None)],
    "health_station": [(100, None)],  # less than 120 m²
    "supermarket": [(300, None)],
    "parcel_delivery": [(None, None), (None, None)],
    "pharmacy": [(None, None)],
    "hairdresser": [(None, None)],
    "laundry": [(None, None)],
    "repair": [(None, None)],
    "housekeeping": [(None, None)],
    "restaurant": [(None, None)],
    "bus_stop": [(None, None)],
    "waste_collection_point": [(None, None), (None, None)],
    "waste_collection_station": [(None, 120)],
    "public_toilet": [(20, None)],  # less than 30 m²
    "outdoor_fitness": [(None, 100)],  # less than 150 m²
    "public_green": [(None, 900)],
}
RECORDS: dict[str, Any] = {
    "parking_spaces": 20,  # for 40 households
    "ev_ready": "有",
    "ebike_sheds": 1,
    "lifts": 2,
    "handrails_m": 12.5,
    "barrier_free_entrances": "是",
    "property_management": "有",
    "property_room_m2": 60,
    "property_platform": "有",
    "waste_sorting": "有",
    "utilities": "有",
    "walking_system": "有",
    "governance": "无",
    "comprehensive_management": "有",
    "community_culture": "有",
    "residents_council": "有",
    "illegal_buildings": 3,
    "compounds": 4,
    "compounds_without_property": 1,
    "residential_buildings": 10,
    "risk_structure": 2,
    "risk_gas": 0,
    "primary_place_gap": 5,
    "parking_gap": 0,
    "bad_paths_km": 0.4,
    "roads_bad_parking": 0,
}


def records(**changes: Any) -> pd.DataFrame:
    """Records of U of 2024, some of them changed; None leaves one out."""
    kept = {name: value for name, value in (RECORDS | changes).items() if value is not None}
    return pd.DataFrame(
        {
            "unit_id": "U",
            "record": list(kept),
            "value": pd.Series(list(kept.values()), dtype=object),
            "year": 2024,
            "source": "by hand",
        }
    )


def facilities(without: tuple[str, ...] = (), **changes: Any) -> gpd.GeoDataFrame:
    """All facilities at F but those of some services, some of them changed."""
    listed = [
        (service, floor_m2, site_m2)
        for service, places in (FACILITIES | changes).items()
        if service not in without
        for floor_m2, site_m2 in places
    ]
    table = pd.DataFrame(listed, columns=["service", "floor_area_m2", "site_area_m2"])
    table.insert(0, "facility_id", [f"F{row:02d}" for row in range(len(table))])
    return gpd.GeoDataFrame(table, geometry=[village.at(200)] * len(table), crs=village.CRS)


def residents(**changes: Any) -> gpd.GeoDataFrame:
    columns = {
        "resident_id": ["A", "B"],
        "people": [75, 25],
        "elderly": [15, 5],
        "children": [8, 2],
        "households": [30, 10],
    } | changes
    return gpd.GeoDataFrame(columns, geometry=[village.at(100), village.at(900)], crs=village.CRS)


def unit() -> gpd.GeoDataFrame:
    shape = box(village.EAST - 10, village.NORTH - 50, village.EAST + 1010, village.NORTH + 50)
    columns = {"unit_id": ["U"], "name": ["village"], "level": ["community"]}
    return gpd.GeoDataFrame(columns, geometry=[shape], crs=village.CRS)


def study(**changes: Any) -> lc.Study:
    return village.study(
        **{
            "units": unit(),
            "facilities": facilities(),
            "residents": residents(),
            "network": village.street((0, 100, 200, 900, 1000)),
        }
        | changes
    )
