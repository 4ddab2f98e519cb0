"""Which coordinate system is a table in? Told by the streets beside which its places stand.

Shops, schools and outlines stand at a usual distance from the streets. Read in the wrong system
they lie half a kilometre off, where the distance is that of any place. So the places are moved to
where they would be under each hypothesis and the distances to the nearest street are compared.

For each hypothesis the evidence is a sum over the places: the logarithm of how much likelier a
distance is for a place along these very streets (drawn beside them at four kinds of set-back) than
for any place (the table, shifted as a whole in some hundred random directions). A verdict needs

- a margin over every other hypothesis that holds in 99 of 100 bootstrap samples, and in 998 of
  1,000 where it says that something is wrong. Samples are drawn by blocks of 100 m, since
  neighbours say the same twice; and
- that none of the random shifts fits as well: else the streets agree with much, or the table with
  none of the hypotheses.

Nothing is ever moved by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from lifecircle.crs import WGS84, from_wgs84, in_shifted_area, to_wgs84
from lifecircle.errors import CrsError, InputError
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.snapping import snap
from lifecircle.network.walkers import ADULT
from lifecircle.tables.findings import origin

Floats = NDArray[np.float64]

SYSTEMS = ("WGS-84", "GCJ-02", "BD-09")

_FEWEST_PLACES = 15
_MOST_PLACES = 200
_NEAR_M = 150.0  # a place further from every street says nothing of them
_APART_M = 20.0  # places nearer to each other count once
_BLOCK_M = 100.0
_REACH_M = 1300.0  # no hypothesis moves a place further
_SHIFTS = 300
_CLEAR_OF_HYPOTHESES_M = 90.0
# Share of the bootstrap samples in which a verdict may fail: that all is as stated, or that not.
_SAMPLES, _DOUBT, _DOUBT_OF_ALARM = 2000, 0.01, 0.002
_DRAWN, _FEWEST_DISTANCES = 1500, 500
_BOUNDS_M = np.array([0, 3, 6, 9, 12, 15, 18, 22, 26, 30, 36, 44, 54, 66, 82, 105, _NEAR_M])
# Share of the places that may stand anywhere, whatever the set-back.
_ANYWHERE = 0.15
_SEED = 20160901


@dataclass(frozen=True)
class CoordinatesVerdict:
    """What the streets say of the coordinate system of a table.

    Parameters
    ----------
    stated
        System that the table is read in.
    verdict
        System that its coordinates are in: ``"WGS-84"``, ``"GCJ-02"`` or ``"BD-09"``; ``stated``
        where they are what they are said to be; None where the streets do not tell.
    streets
        System that the streets are in; ``"WGS-84"`` unless it is they that do not fit.
    places_count
        Places that were compared: at most 200, no two within 20 m.
    distance_m
        Hypothesis → median distance of the places to the nearest street, metres; infinite beyond
        150 m.
    message
        What is wrong and what to do; ``""`` where nothing is, or nothing is told.
    """

    stated: str
    verdict: str | None
    streets: str
    places_count: int
    distance_m: dict[str, float]
    message: str


@dataclass(frozen=True)
class _Hypothesis:
    """One system for the table, and one for the streets."""

    places: str
    streets: str
    xy_m: Floats

    @property
    def name(self) -> str:
        return self.places if self.streets == "WGS-84" else f"streets in {self.streets}"


def which_coordinates(
    layer: gpd.GeoDataFrame, network: WalkNetwork, *, table: str = "facilities"
) -> CoordinatesVerdict:
    """Compare a table with the streets under each coordinate system it may be in.

    Parameters
    ----------
    layer
        Facilities, homes or other places (points), or units (polygons, of which the outlines are
        compared), as a reader gave them: ``attrs["lifecircle"]["coordinates"]`` says what they
        were read as; WGS-84 where it says nothing.
    network
        Streets, which should lie all around the places.
    table
        Name of the table in the message.

    Returns
    -------
    CoordinatesVerdict
        With ``verdict`` None where fewer than 15 places stand near streets, outside China, and
        wherever the margin does not hold. Two tables in the same wrong system agree with each
        other: that cannot be seen.

    Raises
    ------
    InputError
        If ``layer`` is no layer.
    CrsError
        If it has no reference system.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> study = load_demo()
    >>> which_coordinates(study.facilities, study.network).message
    ''
    """
    stated = _stated(layer, table)
    xy = _places(layer, network)
    key = ("which coordinates", table, stated, xy.tobytes())
    if key not in network.made:  # studies are made anew from the same tables
        network.made[key] = _compared(xy, network, stated, table)
    verdict: CoordinatesVerdict = network.made[key]
    return verdict


def _compared(xy: Floats, network: WalkNetwork, stated: str, table: str) -> CoordinatesVerdict:
    """Verdict on places that are read in a stated system."""
    silent = CoordinatesVerdict(stated, None, "WGS-84", len(xy), {}, "")
    if len(xy) < _FEWEST_PLACES or not in_shifted_area(*_middle(network)):
        return silent
    rng = np.random.default_rng(_SEED)
    hypotheses = list(_hypotheses(xy, network, stated))
    away = [_away(network, hypothesis.xy_m) for hypothesis in hypotheses]
    near = {
        hypothesis.name: float(np.median(distance))
        for hypothesis, distance in zip(hypotheses, away, strict=True)
    }
    silent = CoordinatesVerdict(stated, None, "WGS-84", len(xy), near, "")
    shifted = _away(network, _shifted(xy, hypotheses, rng).reshape(-1, 2)).reshape(-1, len(xy))
    kinds = _evidence(network, hypotheses, shifted, rng)
    if kinds is None:
        return silent
    scores = [_score(distance, kinds) for distance in away]
    best = int(np.argmax([score.sum() for score in scores]))
    by_chance = max(float(_sums(shifted, kind).max()) for kind in kinds)
    if np.isfinite(away[best]).sum() < _FEWEST_PLACES or scores[best].sum() <= max(by_chance, 0.0):
        return silent
    margins = np.array([scores[best] - score for row, score in enumerate(scores) if row != best])
    if not _holds(margins, xy, _DOUBT_OF_ALARM if best else _DOUBT, rng):
        return silent
    found = hypotheses[best]
    message = "" if best == 0 else _message(found, hypotheses[0], silent, table)
    return CoordinatesVerdict(stated, found.places, found.streets, len(xy), near, message)


def _stated(layer: Any, table: str) -> str:
    """System that a layer was read in."""
    if not isinstance(layer, gpd.GeoDataFrame) or layer.active_geometry_name is None:
        raise InputError(
            f"{table}: expected a GeoDataFrame with points or polygons, got "
            f"{type(layer).__name__}. Read the table with read_facilities or read_units."
        )
    if layer.crs is None:
        raise CrsError(
            f"{table}: {len(layer)} rows have no coordinate reference system. Say which with "
            "set_crs('EPSG:4326') if these are degrees WGS-84."
        )
    known = str(origin(layer).get("coordinates"))
    return known if known in SYSTEMS else "WGS-84"


def _middle(network: WalkNetwork) -> tuple[float, float]:
    """Longitude and latitude of the middle of the streets."""
    west, south, east, north = network.bounds_lonlat
    return (west + east) / 2, (south + north) / 2


def _places(layer: gpd.GeoDataFrame, network: WalkNetwork) -> Floats:
    """Places of a layer around the streets, metres, no two of them near each other.

    The same whatever the order of the rows.
    """
    shapes = layer.geometry.to_crs(network.crs).to_numpy()
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    west, south, east, north = network.bounds_m
    box = (west - _REACH_M, south - _REACH_M, east + _REACH_M, north + _REACH_M)
    flat = shapely.get_dimensions(shapes) == 2
    xy = shapely.get_coordinates(shapely.centroid(shapes[~flat]))
    if flat.any():
        xy = np.vstack([xy, _along_outlines(shapes[flat], box)])
    xy = xy[np.isfinite(xy).all(axis=1)]
    xy = xy[((xy >= box[:2]) & (xy <= box[2:])).all(axis=1)]
    xy = xy[np.lexsort(xy.T)]
    _, first = np.unique(np.floor(xy / _APART_M), axis=0, return_index=True)
    xy = xy[np.sort(first)]
    if len(xy) > _MOST_PLACES:
        rng = np.random.default_rng(_SEED)
        xy = xy[np.sort(rng.choice(len(xy), _MOST_PLACES, replace=False))]
    return np.asarray(xy)


def _along_outlines(shapes: NDArray[Any], box: tuple[float, float, float, float]) -> Floats:
    """Places along the outlines of polygons within a box; a common border counts once."""
    rings = shapely.boundary(shapes[shapely.is_valid(shapes)])
    lines = shapely.clip_by_rect(shapely.union_all(rings), *box)
    parts = shapely.get_parts(shapely.line_merge(lines))
    lengths_m = shapely.length(parts)
    parts, lengths_m = parts[lengths_m > 0], lengths_m[lengths_m > 0]
    step_m = max(2 * _APART_M, float(lengths_m.sum()) / _MOST_PLACES)
    counts = np.maximum(lengths_m // step_m, 1).astype(int)
    line = np.repeat(np.arange(len(parts)), counts)
    order = np.arange(len(line)) - np.repeat(np.cumsum(counts) - counts, counts)
    along = shapely.line_interpolate_point(parts[line], (order + 0.5) * step_m)
    return np.asarray(shapely.get_coordinates(along))


def _hypotheses(xy: Floats, network: WalkNetwork, stated: str) -> Iterator[_Hypothesis]:
    """As stated first, then what else table or streets may be in; each move only once."""
    degrees = Transformer.from_crs(network.crs, WGS84, always_xy=True)
    metres = Transformer.from_crs(WGS84, network.crs, always_xy=True)
    given = from_wgs84(*degrees.transform(*xy.T), stated)
    others = [system for system in SYSTEMS if system != stated]
    pairs = [
        (stated, "WGS-84"),
        *((places, "WGS-84") for places in others),
        *((stated, streets) for streets in SYSTEMS[1:]),
    ]
    made: list[Floats] = []
    for places, streets in pairs:
        there = from_wgs84(*to_wgs84(*given, places), streets)
        moved = np.column_stack(metres.transform(*there))
        if all(np.abs(moved - other).max() > 1.0 for other in made):
            made.append(moved)
            yield _Hypothesis(places, streets, moved)


def _away(network: WalkNetwork, xy: Floats) -> Floats:
    """Metres to the nearest street, infinite beyond 150 m, shape (n,)."""
    return snap(network.plain, xy, walker=ADULT, snap_m=_NEAR_M).access_m


def _shifted(xy: Floats, hypotheses: list[_Hypothesis], rng: np.random.Generator) -> Floats:
    """Places shifted as a whole in random ways that no hypothesis explains, shape (k, n, 2)."""
    shifts = rng.uniform(-_REACH_M, _REACH_M, (4 * _SHIFTS, 2))
    explained = np.array([(hypothesis.xy_m - xy).mean(axis=0) for hypothesis in hypotheses])
    gap = np.hypot(*(shifts[:, None] - explained[None]).transpose(2, 0, 1)).min(axis=1)
    free = (gap > _CLEAR_OF_HYPOTHESES_M) & (np.hypot(*shifts.T) < _REACH_M)
    return np.asarray(xy[None] + shifts[free][:_SHIFTS, None])


def _evidence(
    network: WalkNetwork,
    hypotheses: list[_Hypothesis],
    shifted: Floats,
    rng: np.random.Generator,
) -> list[Floats] | None:
    """Logarithm of the likelihoods of each class of distance, for each kind of set-back.

    The last class, of places far from every street, says nothing: 0.
    """
    everywhere = np.vstack([hypothesis.xy_m for hypothesis in hypotheses])
    drawn = _beside_streets(network, everywhere.min(axis=0), everywhere.max(axis=0), rng)
    if drawn is None or np.isfinite(shifted).sum() < _FEWEST_DISTANCES:
        return None
    spots, aside = drawn
    # On a street or its kerb; a shop's set-back; a building's within its plot, or a large block.
    kinds_m = (
        np.abs(rng.normal(0.0, 6.0, _DRAWN)),
        rng.uniform(6.0, 28.0, _DRAWN),
        rng.uniform(6.0, 60.0, _DRAWN),
        rng.uniform(6.0, 120.0, _DRAWN),
    )
    anywhere = _frequency(shifted)
    evidence = []
    for kind, set_back_m in enumerate(kinds_m):
        distance = _away(network, spots + aside * set_back_m[:, None])
        # Whether other streets may pass nearer than the one that a place faces is not known.
        for kept in (distance, distance[distance > 5.0])[: 2 if kind else 1]:
            along = (1 - _ANYWHERE) * _frequency(kept) + _ANYWHERE * anywhere
            evidence.append(np.append(np.log(along / anywhere), 0.0))
    return evidence


def _beside_streets(
    network: WalkNetwork, low: Floats, high: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats] | None:
    """Random spots on the streets of a box, and the direction aside at each."""
    points, first = network.edge_points_m, network.edge_first_point
    along = np.ones(len(points) - 1, dtype=bool)
    along[first[1:-1] - 1] = False
    middle = (points[:-1] + points[1:]) / 2
    along &= ((middle > low - _NEAR_M) & (middle < high + _NEAR_M)).all(axis=1)
    start, way = points[:-1][along], (points[1:] - points[:-1])[along]
    length_m = np.hypot(*way.T)
    if not length_m.sum() > 0:
        return None
    chosen = rng.choice(len(start), _DRAWN, p=length_m / length_m.sum())
    ahead = way[chosen] / length_m[chosen][:, None]
    side = rng.choice([-1.0, 1.0], _DRAWN)[:, None]
    spots = start[chosen] + rng.random(_DRAWN)[:, None] * way[chosen]
    return spots, np.column_stack([-ahead[:, 1], ahead[:, 0]]) * side


def _frequency(distance_m: Floats) -> Floats:
    """Share of each class of distance among those near streets; no class is impossible."""
    counts = np.histogram(distance_m[np.isfinite(distance_m)], _BOUNDS_M)[0] + 0.5
    return np.asarray(counts / counts.sum())


def _classes(distance_m: Floats) -> NDArray[np.int64]:
    """Class of each distance; the last where no street is near."""
    return np.searchsorted(_BOUNDS_M[1:], distance_m, side="right")


def _score(distance_m: Floats, kinds: list[Floats]) -> Floats:
    """Evidence of each place, by the kind of set-back that fits all of them best, shape (n,)."""
    return max((kind[_classes(distance_m)] for kind in kinds), key=lambda each: float(each.sum()))


def _sums(shifted: Floats, kind: Floats) -> Floats:
    """Evidence of each of the shifted tables, shape (k,)."""
    return np.asarray(kind[_classes(shifted)].sum(axis=1))


def _holds(margins: Floats, xy: Floats, doubt: float, rng: np.random.Generator) -> bool:
    """Whether evidence stays ahead of all other hypotheses when blocks are drawn anew."""
    _, block = np.unique(np.floor(xy / _BLOCK_M), axis=0, return_inverse=True)
    block = block.ravel()
    sums = np.stack([np.bincount(block, weights=margin) for margin in margins])
    count = sums.shape[1]
    drawn = rng.multinomial(count, np.full(count, 1 / count), _SAMPLES)
    return bool(((drawn @ sums.T <= 0).mean(axis=0) <= doubt).all())


def _message(
    found: _Hypothesis, as_stated: _Hypothesis, seen: CoordinatesVerdict, table: str
) -> str:
    """What is wrong, by what evidence, and what to do."""
    near, far = (_metres(seen.distance_m[item.name]) for item in (found, as_stated))
    evidence = (
        f"({seen.places_count} places, median distance to the nearest street {near} against {far}; "
        f"none of {_SHIFTS} other shifts fits as well)"
    )
    if found.streets != "WGS-84":
        twice = f", or the {table} were converted from {found.streets} a second time"
        return (
            f"{table}: the streets look like {found.streets} declared as WGS-84 {evidence}{twice}. "
            f"Read the streets with coordinates='{found.streets}', or the {table} from their "
            "first source."
        )
    if found.places == "WGS-84":
        return (
            f"{table}: these look like WGS-84 that was converted from {seen.stated} all the same "
            f"{evidence}, or the streets are {seen.stated}. Read them without "
            f"coordinates='{seen.stated}'; or the streets with it."
        )
    return (
        f"{table}: these look like {found.places} declared as {seen.stated} {evidence}. Read them "
        f"with coordinates='{found.places}'."
    )


def _metres(distance_m: float) -> str:
    """Distance in words."""
    return f"{distance_m:.0f} m" if np.isfinite(distance_m) else f"over {_NEAR_M:.0f} m"
