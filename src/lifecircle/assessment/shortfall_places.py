"""Where people are short: names of places, hexagons and hulls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from lifecircle.assessment.shortfall_counts import Counts, counted
from lifecircle.assessment.shortfall_needs import KEY, Checked
from lifecircle.assessment.shortfall_reach import Numbers
from lifecircle.assessment.shortfall_words import word
from lifecircle.assessment.study import Study
from lifecircle.crs import WGS84, local_crs
from lifecircle.errors import AlignmentError, InputError, some
from lifecircle.measures.hexagons import hexagon_of, hexagons
from lifecircle.tables.frames import check_columns

# As many places are named as fit a cell of a table.
NAMED_PLACES = 3
# Hulls are drawn this far around the homes; 0 follows them most closely, 1 is convex.
AROUND_M = 30.0
CONCAVE_RATIO = 0.4
AREA_COLUMNS = (
    "cell_id", "level", "service", "people_short", "residents_short", "places_short",
    "service_name",
)  # fmt: skip
HULL_COLUMNS = (
    "rank", *KEY, "level", "people_short", "residents_short", "places_short", "unit_name",
    "service_name", "priority", "severity", "survey_weight", "rank_holds", "check",
)  # fmt: skip


def place_names(study: Study) -> NDArray[Any]:
    """What each home is called: its compound, else its own name, else its id.

    Parameters
    ----------
    study
        Whose residents; ``extras["compounds"]`` holds the compounds, if any are known.

    Returns
    -------
    array of str, shape (homes,)
    """
    residents = study.residents
    names: NDArray[Any] = np.array(residents["resident_id"].astype(str), dtype=object)  # a copy
    if "name" in residents.columns:
        own = residents["name"].fillna("").astype(str).str.strip().to_numpy(dtype=object)
        names = np.where(own != "", own, names)
    compounds = study.extras.get("compounds")
    if not isinstance(compounds, gpd.GeoDataFrame) or len(compounds) == 0:
        return names
    called = compounds["name"].fillna("").astype(str).str.strip()
    called = called.where(called != "", compounds["compound_id"].astype(str))
    areas = np.asarray(compounds.geometry.to_crs(WGS84).array)
    homes = np.asarray(residents.geometry.array)
    home, area = shapely.STRtree(areas).query(homes, predicate="intersects")
    largest_first = np.argsort(-shapely.area(areas[area]), kind="stable")
    home, area = home[largest_first], area[largest_first]  # of nested ones the smallest names it
    names[home] = called.to_numpy(dtype=object)[area]
    return names


def places_text(
    names: pd.Categorical, home: NDArray[np.int64], people: Numbers, language: str
) -> str:
    """The few places where most people are short, in words.

    Parameters
    ----------
    names
        Name of the place of each home.
    home, people
        Homes where people are short and how many, shape (n,).
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str
        ``""`` where there are none; of equals those first whose homes come first.

    Examples
    --------
    >>> names = pd.Categorical(["A", "B", "A"])
    >>> places_text(names, np.arange(3), np.array([2.0, 5.0, 4.0]), "en")
    'A (6 people), B (5 people)'
    """
    code, first, at = np.unique(
        np.asarray(names.codes)[home], return_index=True, return_inverse=True
    )
    count = np.bincount(at, weights=people, minlength=len(code))
    most = np.lexsort((first, -count))[:NAMED_PLACES]
    called = names.categories[code[most]]
    told = [
        word("place", language).format(name=name, people=number)
        for name, number in zip(called, count[most], strict=True)
    ]
    return word("list", language).join(told)


def shortfall_areas(
    shortfalls: pd.DataFrame,
    health_check: Checked,
    *,
    cell_m: float = 100.0,
    by_unit: bool = False,
) -> gpd.GeoDataFrame:
    """Hexagons with the people who are short of each service.

    Parameters
    ----------
    shortfalls
        Rows of :func:`lifecircle.rank_shortfalls`, all or some of them.
    health_check
        The health check that they were ranked from.
    cell_m
        Width of a hexagon, from side to opposite side, metres.
    by_unit
        Keep the people of each unit apart, named in a last column ``unit_id``; a hexagon on a
        boundary then comes once for each side.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        One row per level × service × hexagon with somebody short: ``cell_id, level, service,
        people_short, residents_short`` (everybody in the homes concerned), ``places_short,
        service_name`` and the hexagon. Of a home that is short by several clauses of a service the
        most people count, once. Cells lie where they lie whatever is short; summed over the cells
        of a level and a service, people are those of its shortfalls.

    Raises
    ------
    InputError
        If ``cell_m`` is not a number of metres above 0.
    MissingColumnError, AlignmentError
        If the rows are no shortfalls, or not of this health check.

    Examples
    --------
    >>> from lifecircle import evaluate, health_check, load_demo, rank_shortfalls
    >>> found = health_check(evaluate(load_demo()))
    >>> first = rank_shortfalls(found, sensitivity=False).head(1)
    >>> cells = shortfall_areas(first, found)
    >>> float(cells["people_short"].sum()) == float(first["people_short"].sum())
    True
    """
    if isinstance(cell_m, bool) or not isinstance(cell_m, int | float) or not 0 < cell_m < 1e6:
        raise InputError(f"cell_m={cell_m!r}: give the width of a hexagon in metres, such as 100.")
    study = health_check.evaluation.study
    parts = [
        pd.DataFrame(
            {
                "home": home,
                "level": row["level"],
                "unit_id": row["unit_id"],
                "service": row["service"],
                "service_name": row["service_name"],
                "people_short": people,
            }
        )
        for row, home, people in _short_homes(shortfalls, health_check)
        if len(home)
    ]
    crs = _metres(study)
    columns = (*AREA_COLUMNS, "unit_id") if by_unit else AREA_COLUMNS
    if not parts:
        return _frame([], columns, [], crs)
    homes = pd.concat(parts, ignore_index=True)
    key = ["level", "service", "service_name", *(["unit_id"] if by_unit else [])]
    once = homes.groupby([*key, "home"], sort=False, as_index=False)["people_short"].max()
    points = study.residents.geometry.iloc[once["home"]].to_crs(crs)
    once["q"], once["r"] = hexagon_of(points.x.to_numpy(), points.y.to_numpy(), cell_m)
    once["residents_short"] = study.residents["people"].to_numpy(dtype=float)[once["home"]]
    grouped = once.groupby([*key, "q", "r"], sort=False)
    table = grouped[["people_short", "residents_short"]].sum().reset_index()
    table["places_short"] = grouped.size().to_numpy()
    cells = zip(table["q"], table["r"], strict=True)
    table["cell_id"] = [f"{cell_m:g}m:{q}:{r}" for q, r in cells]
    shapes = hexagons(table["q"].to_numpy(), table["r"].to_numpy(), cell_m)
    return _frame(table, columns, shapes, crs)


def shortfall_hulls(shortfalls: pd.DataFrame, health_check: Checked) -> gpd.GeoDataFrame:
    """One shape round the homes of each shortfall, within its unit.

    A concave hull of the homes where people are short, and 30 m around. It is for the eye: homes
    that are not short may lie in it. Rows with nobody short have none and are left out.

    Parameters
    ----------
    shortfalls
        Rows of :func:`lifecircle.rank_shortfalls`, all or some of them.
    health_check
        The health check that they were ranked from.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        ``rank, unit_id, standard, clause, service, tier, level, people_short, residents_short,
        places_short, unit_name, service_name, priority, severity, survey_weight, rank_holds,
        check`` and the shape. It is not clipped where the homes' own ``unit_id`` counts
        them to a unit that they lie outside of.

    Raises
    ------
    MissingColumnError, AlignmentError
        If the rows are no shortfalls, or not of this health check.

    Examples
    --------
    >>> from lifecircle import evaluate, health_check, load_demo, rank_shortfalls
    >>> found = health_check(evaluate(load_demo()))
    >>> first = rank_shortfalls(found, sensitivity=False).head(3)
    >>> shortfall_hulls(first, found).geom_type.to_list()
    ['Polygon', 'Polygon', 'Polygon']
    """
    study = health_check.evaluation.study
    crs = _metres(study)
    homes = np.asarray(study.residents.geometry.to_crs(crs).array)
    areas = dict(zip(study.units["unit_id"], study.units.geometry.to_crs(crs), strict=True))
    rows, shapes = [], []
    hulls: dict[bytes, Any] = {}
    for row, home, _ in _short_homes(shortfalls, health_check):
        if len(home) == 0:
            continue
        key = home.tobytes()  # where everybody is short, many rows are short of the same homes
        if key not in hulls:
            hulls[key] = _hull(homes[home])
        hull, unit = hulls[key], areas[row["unit_id"]]
        astray = not shapely.intersects(unit, homes[home]).all()
        shapes.append(hull if astray else _polygons(shapely.intersection(hull, unit)))
        rows.append(row)
    table = pd.DataFrame(rows, columns=shortfalls.columns).astype({"rank_holds": "boolean"})
    return _frame(table, HULL_COLUMNS, shapes, crs)


def _short_homes(
    shortfalls: pd.DataFrame, health_check: Checked
) -> Iterator[tuple[pd.Series[Any], NDArray[np.int64], Numbers]]:
    """Rows of shortfalls with the homes where people are short, and how many in each."""
    check_columns(shortfalls, HULL_COLUMNS, "shortfalls", "rank_shortfalls()")
    if len(shortfalls) == 0:
        return
    needs, counts = _counted(shortfalls, health_check)
    deciding = {} if counts is None else counts.deciding().to_dict()
    known = {key: at for at, key in enumerate(needs) if at in deciding}
    keys = [tuple(row) for row in shortfalls[list(KEY)].itertuples(index=False)]
    strange = [key for key in keys if key not in known]
    if strange or counts is None:
        raise AlignmentError(
            f"shortfalls: {len(strange)} of {len(keys)} rows are no shortfalls of this health "
            f"check ({some('/'.join(map(str, key)) for key in strange)}). Rank them from it again."
        )
    for (_, row), key in zip(shortfalls.iterrows(), keys, strict=True):
        yield row, *counts.short_homes(deciding[known[key]])


def _counted(
    shortfalls: pd.DataFrame, health_check: Checked
) -> tuple[list[tuple[Any, ...]], Counts | None]:
    """Keys of the requirements of the standards that some shortfalls are of, and their counts."""
    needs, counts = counted(health_check, list(shortfalls["standard"].unique()), optional=True)
    return [tuple(row) for row in needs.table[list(KEY)].itertuples(index=False)], counts


def _metres(study: Study) -> CRS:
    """Metric system through the middle of the units: cells do not move with what is short."""
    west, south, east, north = study.units.total_bounds
    return local_crs((west + east) / 2, (south + north) / 2)


def _hull(homes: NDArray[Any]) -> Any:
    """A shape that holds homes and some ground around."""
    hull = shapely.concave_hull(shapely.multipoints(homes), ratio=CONCAVE_RATIO)
    return shapely.buffer(hull, AROUND_M)


def _polygons(shape: Any) -> Any:
    """The areas of a shape; lines and points that clipping leaves are dropped."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.union_all(parts[shapely.area(parts) > 0])


def _frame(rows: Any, columns: tuple[str, ...], shapes: Any, crs: CRS) -> gpd.GeoDataFrame:
    table = pd.DataFrame(rows, columns=list(columns)).reset_index(drop=True)
    return gpd.GeoDataFrame(table, geometry=list(shapes), crs=crs).to_crs(WGS84)
