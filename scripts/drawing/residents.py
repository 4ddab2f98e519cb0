"""People in the buildings, so that every community's totals come out exactly."""

from __future__ import annotations

from dataclasses import dataclass

from drawing.compounds import Building, Compound
from drawing.place import Dice, shares


@dataclass(frozen=True)
class Totals:
    """People of a community: the circle's 26,822 in 11,937 households, 金科园's 5,125, are given.

    The split of the rest among four communities, and all ages but 金科园's 60+, are drawn.
    """

    households: int
    people: int
    elderly: int
    children: int
    infants: int


TOTALS = {
    "野坡": Totals(2545, 5873, 1145, 852, 126),
    "白沙": Totals(2410, 5486, 1174, 741, 104),
    "砂子塘": Totals(2504, 5512, 1290, 695, 98),
    "梨子山": Totals(2148, 4826, 1042, 632, 91),
    "金科园": Totals(2330, 5125, 1535, 517, 68),
}


@dataclass(frozen=True)
class Household:
    """A building with the people in it."""

    building: Building
    compound: Compound
    households: int
    people: int
    elderly: int
    children: int
    infants: int


def settle(compounds: list[Compound], dice: Dice) -> list[Household]:
    """Share each community's people among its buildings."""
    settled: list[Household] = []
    for unit, totals in TOTALS.items():
        pairs = [
            (compound, building)
            for compound in compounds
            if compound.unit == unit
            for building in compound.buildings
        ]
        size = [_flats(building, dice) for _, building in pairs]
        households = shares(totals.households, size)
        crowd = [count * dice.between(0.86, 1.14) for count in households]
        people = shares(totals.people, crowd)
        old = [
            count * _elderly_weight(building) * dice.between(0.75, 1.25)
            for count, (_, building) in zip(people, pairs, strict=True)
        ]
        elderly = shares(totals.elderly, old, [int(count * 0.5) for count in people])
        young = [
            count / _elderly_weight(building) * dice.between(0.7, 1.3)
            for count, (_, building) in zip(people, pairs, strict=True)
        ]
        children = shares(totals.children, young, [int(count * 0.35) for count in people])
        infants = shares(totals.infants, [count + 0.01 for count in children], children)
        rows = zip(pairs, households, people, elderly, children, infants, strict=True)
        settled.extend(
            Household(building, compound, *numbers) for (compound, building), *numbers in rows
        )
    return settled


def _flats(building: Building, dice: Dice) -> float:
    """Relative number of flats: floors times flats on a floor; high towers house fewer a floor."""
    floors = building.floors if building.floors <= 12 else 12 + (building.floors - 12) * 0.6
    return floors * dice.between(0.8, 1.2)


def _elderly_weight(building: Building) -> float:
    """The older the building, the more of its people are 60 and over."""
    return 1.6 - (building.built_year - 1963) / 57.0
