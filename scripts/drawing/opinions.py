"""Survey answers: less content where the facilities lack."""

from __future__ import annotations

from dataclasses import dataclass

from drawing.circle import COMMUNITIES, Ring
from drawing.facilities import Facility
from drawing.place import Dice, shares
from drawing.residents import TOTALS
from drawing.shapes import contains

ANSWERS = 600
_SEGMENTS = (("resident", 0.5), ("elderly", 0.28), ("parent", 0.22))
_ASKED = {
    "resident": (
        "food_market",
        "supermarket",
        "convenience_store",
        "parcel_delivery",
        "park",
        "outdoor_fitness",
        "bus_stop",
        "public_toilet",
        "community_service_station",
        "pharmacy",
    ),
    "elderly": (
        "elderly_day_care",
        "community_canteen",
        "health_station",
        "food_market",
        "park",
        "outdoor_fitness",
        "elderly_service_station",
    ),
    "parent": ("kindergarten", "nursery", "primary_school", "playground", "park", "health_station"),
}
# One of these does for the other in the eyes of the people asked.
_ALSO = {"health_station": ("health_center",), "outdoor_fitness": ("stadium_fitness_center",)}


@dataclass(frozen=True)
class Answer:
    """One answer."""

    unit: str
    service: str
    satisfaction: int
    importance: int
    segment: str


def ask(facilities: list[Facility], rings: dict[str, Ring], dice: Dice) -> list[Answer]:
    """Draw the answers, in each community in proportion to its people."""
    counts = shares(ANSWERS, [float(TOTALS[unit].people) for unit in COMMUNITIES])
    answers = []
    for unit, count in zip(COMMUNITIES, counts, strict=True):
        there = [f.service for f in facilities if contains(rings[unit], f.point)]
        for _ in range(count):
            segment = _segment(dice)
            service = dice.pick(_ASKED[segment])
            found = sum(there.count(name) for name in (service, *_ALSO.get(service, ())))
            content = (1.7, 3.2, 3.8)[min(found, 2)] + dice.between(-1.3, 1.3)
            matters = (3.6 if segment == "resident" else 4.3) + dice.between(-1.2, 1.2)
            answers.append(Answer(unit, service, _grade(content), _grade(matters), segment))
    return answers


def _segment(dice: Dice) -> str:
    """Who is asked."""
    level = dice.between(0.0, 1.0)
    for segment, share in _SEGMENTS:
        level -= share
        if level < 0.0:
            return segment
    return _SEGMENTS[-1][0]


def _grade(value: float) -> int:
    """A grade from 1 to 5."""
    return min(max(int(value + 0.5), 1), 5)
