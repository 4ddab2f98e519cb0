"""Records of the five communities: what the documents say of 金科园, the rest drawn.

Some are left out on purpose, so that the sample's health check knows less than everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from drawing.circle import COMMUNITIES

YEAR, BEFORE = 2024, 2022
FACTS_OF = "金科园"


@dataclass(frozen=True)
class Record:
    """One record of one community."""

    unit: str
    record: str
    value: str
    kind: str
    year: int
    source: str


_CASES = "《湖南省绿色完整社区建设典型案例（第一批）》"
_REVIEW = "《长沙金科园社区建设完整社区试点经验综述》"
# The documents appeared in 2024; what they call new (新增) is no total.
_FACTS = (
    ("lifts", "22", "count", f"{_REVIEW}第4节；{_CASES}第9.2.3节"),
    ("parking_spaces_added", "161", "count", f"{_REVIEW}第4节；{_CASES}第9.2.3节"),
    ("ebike_sheds", "4", "count", f"{_REVIEW}第4节"),
    ("ev_chargers", "1", "count", f"{_REVIEW}第4节"),
    ("handrails_m", "365", "m", f"{_CASES}第9.2.2节（第9.2.3节为 373 m）"),
    ("rest_seats", "366", "count", f"{_CASES}第9.2.2节、第9.2.3节"),
    ("cctv_cameras", "60", "count", f"{_CASES}第9.2.4节"),
    ("party_branches", "6", "count", f"{_CASES}第9.2.5节"),
    ("property_management", "有", "yes/no", f"{_CASES}第9.2.5节"),
    ("property_platform", "有", "yes/no", f"{_CASES}第9.2.4节"),
    ("residents_council", "有", "yes/no", f"{_REVIEW}第5节"),
    ("governance", "有", "yes/no", f"{_REVIEW}第5节；{_CASES}第9.2.5节"),
)
# 野坡 白沙 砂子塘 梨子山 金科园; "" is not known
_DRAWN = (
    ("lifts", "count", YEAR, ("0", "3", "7", "2", "")),
    ("lifts", "count", BEFORE, ("0", "0", "2", "0", "")),
    ("handrails_m", "m", YEAR, ("40", "120", "95", "0", "")),
    ("parking_spaces", "count", YEAR, ("610", "905", "1130", "702", "")),
    ("ebike_sheds", "count", YEAR, ("2", "3", "5", "1", "")),
    ("ev_chargers", "count", YEAR, ("0", "6", "10", "2", "")),
    ("property_management", "yes/no", YEAR, ("无", "有", "有", "有", "")),
    ("property_management", "yes/no", BEFORE, ("无", "无", "有", "有", "")),
    ("property_platform", "yes/no", YEAR, ("无", "无", "有", "", "")),
    ("utilities", "yes/no", YEAR, ("无", "有", "有", "有", "有")),
    ("walking_system", "yes/no", YEAR, ("无", "有", "有", "有", "")),
    ("barrier_free_entrances", "yes/no", YEAR, ("无", "有", "", "无", "有")),
    ("waste_sorting", "yes/no", YEAR, ("", "有", "有", "有", "有")),
    ("governance", "yes/no", YEAR, ("有", "有", "有", "有", "")),
    ("comprehensive_management", "yes/no", YEAR, ("有", "有", "有", "", "有")),
    ("community_culture", "yes/no", YEAR, ("有", "有", "有", "有", "有")),
    ("compounds", "count", YEAR, ("9", "8", "9", "7", "8")),
    ("compounds_without_property", "count", YEAR, ("5", "1", "0", "2", "0")),
    ("illegal_buildings", "count", YEAR, ("12", "3", "0", "5", "0")),
    ("residential_buildings", "count", YEAR, ("62", "58", "60", "51", "")),
    ("risk_structure", "count", YEAR, ("3", "0", "0", "1", "")),
    ("broken_pipes", "count", YEAR, ("14", "5", "2", "8", "")),
)


def keep_records() -> Iterator[Record]:
    """All records, community by community."""
    for place, unit in enumerate(COMMUNITIES):
        if unit == FACTS_OF:
            for record, value, kind, source in _FACTS:
                yield Record(unit, record, value, kind, YEAR, source)
        for record, kind, year, values in _DRAWN:
            if values[place]:
                yield Record(unit, record, values[place], kind, year, "drawn")
