"""Facilities on street fronts, in parks and schools, and beside footways inside compounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from drawing.circle import COMMUNITIES, Ring
from drawing.compounds import Compound
from drawing.district import JIANFENG, District
from drawing.place import Dice, Point
from drawing.plan import StreetPlan
from drawing.services import DOCUMENTED, KINDS, PLACED, SITES, Kind, Named, Range, Site
from drawing.shapes import box_axis, contains, distance, middle, rounded, to_ring, unturned

AROUND_M = 1450.0
INNER_APART_M = 24.0
_FRONT_M = {
    "primary": (19.0, 22.0),
    "secondary": (16.0, 19.0),
    "tertiary": (11.0, 14.0),
    "residential": (7.5, 9.5),
    "living_street": (6.0, 7.5),
    "service": (6.0, 7.5),
}
_MAIN = ("primary", "secondary", "tertiary")
# Shops gather on the busier streets.
_PULL = {
    "primary": 0.8,
    "secondary": 1.3,
    "tertiary": 1.3,
    "residential": 1.0,
    "living_street": 0.8,
    "service": 0.5,
}


@dataclass(frozen=True)
class Facility:
    """A facility as it is written."""

    service: str
    name: str
    point: Point
    source: str
    capacity: int | None
    floor_m2: int | None
    site_m2: int | None


class Fronts:
    """Finds free spots along the streets.

    Parameters
    ----------
    plan
        The finished street plan.
    district
        Its compounds, in which no shop front may stand.
    rings
        The communities.
    circle
        The circle.
    dice
        Chance.
    """

    def __init__(
        self,
        plan: StreetPlan,
        district: District,
        rings: dict[str, Ring],
        circle: Ring,
        dice: Dice,
    ) -> None:
        self.plan, self.rings, self.circle, self.dice = plan, rings, circle, dice
        edges = list(plan.streets)
        self._starts = np.array([plan.points[start] for start, _ in edges])
        self._ends = np.array([plan.points[end] for _, end in edges])
        self._walls = [c.ring for c in [*district.compounds, *district.special.values()] if c.ring]
        self.used: list[Point] = []
        self._edges: dict[tuple[str | None, bool], list[tuple[float, tuple[int, int], str]]] = {}

    def nearest_street(self, point: Point) -> tuple[float, Point]:
        """Metres to the nearest street, and where on it."""
        along = self._ends - self._starts
        length = (along * along).sum(axis=1)
        gap = np.array(point) - self._starts
        share = np.clip((gap * along).sum(axis=1) / length, 0.0, 1.0)
        off = gap - share[:, None] * along
        squares = (off * off).sum(axis=1)
        nearest = int(squares.argmin())
        x_m, y_m = (point[0] - off[nearest, 0], point[1] - off[nearest, 1])
        return float(np.sqrt(squares[nearest])), (float(x_m), float(y_m))

    def spot(self, unit: str | None, *, main: bool, apart: list[Point], apart_m: float) -> Point:
        """A free spot in a community, or around the circle for None."""
        fronts = self._fronts(unit, main=main)
        heaviest = fronts[-1][0]
        for attempt in range(4000):
            reach = self.dice.between(0.0, heaviest)
            _, (start, end), highway = next(front for front in fronts if front[0] >= reach)
            point = self._beside(self.plan.points[start], self.plan.points[end], highway)
            needed_m = apart_m * max(0.3, 1.0 - attempt / 2000.0)
            if (
                self._within(point, unit)
                and all(distance(point, other) >= needed_m for other in apart)
                and self.is_free(point)
                and self._outside_walls(point)
            ):
                self.used.append(point)
                return point
        message = f"no free spot in {unit or 'the surroundings'}"
        raise ValueError(message)

    def is_free(self, point: Point) -> bool:
        """Whether a point is 5 to 25 m from a street and clear of the other facilities."""
        return (
            5.0 <= self.nearest_street(point)[0] <= 25.0
            and min((distance(point, other) for other in self.used), default=99.0) >= 9.0
        )

    def _outside_walls(self, point: Point) -> bool:
        """Whether neither a point nor the street nearest to it lies inside a compound."""
        _, foot = self.nearest_street(point)
        return not any(contains(ring, point) or contains(ring, foot) for ring in self._walls)

    def _beside(self, start: Point, end: Point, highway: str) -> Point:
        """A point on one side of an edge, at the depth of its fronts."""
        length = distance(start, end)
        share, side = self.dice.between(0.02, 0.98), self.dice.pick((-1.0, 1.0))
        off = side * self.dice.between(*_FRONT_M[highway]) / length
        return rounded(
            start[0] + (end[0] - start[0]) * share - (end[1] - start[1]) * off,
            start[1] + (end[1] - start[1]) * share + (end[0] - start[0]) * off,
        )

    def _within(self, point: Point, unit: str | None) -> bool:
        """Whether a point lies in the community, or around the circle."""
        if unit is not None:
            return contains(self.rings[unit], point)
        return not contains(self.circle, point) and 8.0 < to_ring(point, self.circle) < AROUND_M

    def _fronts(self, unit: str | None, *, main: bool) -> list[tuple[float, tuple[int, int], str]]:
        """Edges of a zone with their running weight."""
        key = (unit, main)
        if key not in self._edges:
            total, found = 0.0, []
            for (start, end), street in self.plan.streets.items():
                if street.highway not in (_MAIN if main else _FRONT_M):
                    continue
                ends = self.plan.points[start], self.plan.points[end]
                centre = ((ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2)
                ring = self.circle if unit is None else self.rings[unit]
                near = to_ring(centre, ring) < (AROUND_M if unit is None else 30.0)
                if near or (unit is not None and contains(ring, centre)):
                    total += distance(*ends) * _PULL[street.highway]
                    found.append((total, (start, end), street.highway))
            self._edges[key] = found
        return self._edges[key]


def draw_facilities(fronts: Fronts, district: District) -> list[Facility]:
    """All facilities: those with a place of their own first, the ordinary ones after."""
    facilities = [
        _named(named, _place(named, fronts, district)) for named in (*PLACED, *DOCUMENTED)
    ]
    for kind in KINDS:
        facilities.extend(_ordinary(kind, fronts, facilities))
    return facilities


def draw_sites(fronts: Fronts, district: District) -> list[tuple[Site, Point]]:
    """Idle sites on street fronts; the flats of the documents inside a compound."""
    placed: list[tuple[Site, Point]] = []
    for site in SITES:
        if site.status == "reused":
            point = _inside_compound(fronts, district, site.unit)
        else:
            others = [other for _, other in placed]
            point = fronts.spot(site.unit, main=False, apart=others, apart_m=150.0)
        placed.append((site, point))
    return placed


def _ordinary(kind: Kind, fronts: Fronts, before: list[Facility]) -> list[Facility]:
    """The facilities of one kind, in the communities and around."""
    same = [facility.point for facility in before if facility.service == kind.service]
    found: list[Facility] = []
    zones = [
        unit for unit, count in zip(COMMUNITIES, kind.inside, strict=True) for _ in range(count)
    ]
    for unit in [*zones, *[None] * kind.around]:
        for _ in range(400):
            point = fronts.spot(unit, main=kind.main, apart=same, apart_m=kind.apart_m)
            clear_m = kind.away_m if unit is None else 0.6 * kind.away_m
            if not kind.away or distance(point, middle(fronts.rings[kind.away])) > clear_m:
                break
            fronts.used.pop()
        else:
            message = f"{kind.label}: no spot {kind.away_m:.0f} m clear of {kind.away}"
            raise ValueError(message)
        same.append(point)
        number = len(same) if kind.service != "metro_station" else len(found) + 1
        found.append(
            Facility(
                kind.service,
                f"{kind.label} {number}（示例）",
                point,
                "drawn",
                _size(kind.capacity, fronts.dice, 5),
                _size(kind.floor_m2, fronts.dice, 10),
                _size(kind.site_m2, fronts.dice, 10),
            )
        )
    return found


def _named(named: Named, point: Point) -> Facility:
    """A facility with a place of its own, as it is written."""
    return Facility(
        named.service,
        named.name,
        point,
        named.source,
        named.capacity,
        named.floor_m2,
        named.site_m2,
    )


def _place(named: Named, fronts: Fronts, district: District) -> Point:
    """Where a named facility stands."""
    if isinstance(named.place, tuple):
        if not fronts.is_free(named.place):
            message = f"{named.name}: {fronts.nearest_street(named.place)[0]:.1f} m from a street"
            raise ValueError(message)
        fronts.used.append(named.place)
        return named.place
    if named.place == "front":
        return fronts.spot("金科园", main=False, apart=[], apart_m=0.0)
    if named.place == "compound":
        return _inside_compound(fronts, district, "金科园")
    if named.place == "with previous":
        previous = fronts.used[-1]
        compound = next(c for c in district.compounds if contains(c.ring, previous))
    else:
        compound = district.special[named.place.removeprefix("special ")]
    point = _beside_footway(fronts, compound, 9.0)
    if point is None:
        message = f"{named.name}: no spot beside the footways of {compound.name}"
        raise ValueError(message)
    return point


def _inside_compound(fronts: Fronts, district: District, unit: str) -> Point:
    """A spot beside a footway in a compound of a community, a different compound each time."""
    compounds = [
        compound
        for compound in district.compounds
        if compound.unit == unit and compound.name != JIANFENG
    ]
    for compound in fronts.dice.shuffled(compounds):
        point = _beside_footway(fronts, compound, INNER_APART_M)
        if point:
            return point
    message = f"no spot left inside the compounds of {unit}"
    raise ValueError(message)


def _beside_footway(fronts: Fronts, compound: Compound, apart_m: float) -> Point | None:
    """A spot south of a footway, away from the buildings on its north; None if none is free."""
    axis = box_axis(compound.ring)
    for node in [node for _ in range(30) for node in fronts.dice.shuffled(compound.footways)]:
        start = fronts.plan.points[node]
        step = unturned((fronts.dice.between(-14.0, 14.0), -6.0), axis)
        point = rounded(start[0] + step[0], start[1] + step[1])
        if (
            contains(compound.ring, point)
            and to_ring(point, compound.ring) > 2.5
            and fronts.is_free(point)
            and all(distance(point, other) > apart_m for other in fronts.used)
            and all(distance(point, building.point) > 9.0 for building in compound.buildings)
        ):
            fronts.used.append(point)
            return point
    return None


def _size(limits: Range | None, dice: Dice, step: int) -> int | None:
    """A round number within limits."""
    if limits is None:
        return None
    return dice.whole(limits[0] // step, limits[1] // step) * step
