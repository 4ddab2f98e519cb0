"""What must be said beside the figures of a batch, lest they are read for more than they are."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lifecircle.crs import local_crs
from lifecircle.errors import some

OVERLAP_SHARE = 0.01
"""Units overlap if more than this share of the smaller lies in the other; less is how boundaries
are drawn."""

_WORDS: dict[str, tuple[str, str]] = {
    "failed": (
        "{count} 个单元未完成，人口与各项数值未知，不在任何合计之内：{names}。",
        "{count} unit(s) failed; their people and figures are unknown and in no sum: {names}.",
    ),
    "below": (
        "{count} 个下级单元不能用，所在单元的结果中没有它：{names}。",
        "{count} unit(s) below these cannot be used and are in no file: {names}.",
    ),
    "overlapping": (
        ("{count} 个单元与其他单元重叠（超过较小者面积的 1 %），合计中重叠处的人口被重复计算："
        "{names}。"),
        ("{count} unit(s) overlap others by more than 1 % of the smaller; sums count the people "
        "there more than once: {names}."),
    ),
    "shapeless": (
        "{count} 个单元没有可用的边界，图上不显示，也未检查是否重叠：{names}。",
        ("{count} unit(s) have no usable boundary; they are not drawn nor checked for overlaps: "
        "{names}."),
    ),
    "required": (
        "各单元计入完整度的必备设施项数不同（{least}–{most} 项），完整度均值不宜直接比较。",
        ("Completeness counts {least} to {most} required services, not the same in every unit; "
        "means are not alike."),
    ),
    "segments": (
        "{count} 类服务在不同单元按不同人群或步行者计算，区合计未知：{names}。",
        ("{count} service(s) are measured for other people or walkers in some units; figures of "
        "districts are unknown: {names}."),
    ),
    "nowhere": (
        "{count} 个单元未注明所属区，不在任何一个区内。",
        "{count} unit(s) name no district.",
    ),
}  # fmt: skip


def overlapping_units(units: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Pairs of units of which more than a hundredth of the smaller lies in the other.

    Parameters
    ----------
    units
        Polygons, EPSG:4326; a row may have none.

    Returns
    -------
    array of int, shape (pairs, 2)
        Positions, the lower first.

    Examples
    --------
    >>> sides = [0.0, 0.01, 0.0199]  # the third lies 1 % of its width over the second
    >>> squares = [shapely.box(113 + one, 28, 113.01 + one, 28.01) for one in sides]
    >>> overlapping_units(gpd.GeoDataFrame(geometry=squares, crs="EPSG:4326")).tolist()
    []
    >>> squares[2] = shapely.box(113.0197, 28, 113.0297, 28.01)
    >>> overlapping_units(gpd.GeoDataFrame(geometry=squares, crs="EPSG:4326")).tolist()
    [[1, 2]]
    """
    there = np.flatnonzero(usable(units.geometry))
    if len(there) < 2:
        return np.empty((0, 2), dtype=np.int64)
    shapes = units.geometry.iloc[there]
    west, south, east, north = shapes.total_bounds
    flat = shapes.to_crs(local_crs((west + east) / 2, (south + north) / 2)).to_numpy()
    flat = shapely.make_valid(flat)
    area = shapely.area(flat)
    one, other = shapely.STRtree(flat).query(flat, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.area(shapely.intersection(flat[one], flat[other]))
    over = shared > OVERLAP_SHARE * np.minimum(area[one], area[other]) * (1 + 1e-6)
    return np.column_stack([there[one[over]], there[other[over]]])


def usable(shapes: gpd.GeoSeries) -> NDArray[np.bool_]:
    """Which shapes are polygons that can be drawn.

    Parameters
    ----------
    shapes
        Shapes, shape (n,); any may be missing.

    Returns
    -------
    array of bool, shape (n,)

    Examples
    --------
    >>> usable(gpd.GeoSeries([shapely.box(0, 0, 1, 1), None, shapely.Polygon()])).tolist()
    [True, False, False]
    """
    here = shapes.to_numpy()
    bounds = shapely.bounds(here)
    return np.asarray(
        ~shapely.is_missing(here)
        & ~shapely.is_empty(here)
        & (shapely.get_dimensions(here) == 2)
        & np.isfinite(bounds).all(axis=1)
    )


def overview_doubts(
    units: gpd.GeoDataFrame, coverage: pd.DataFrame, language: str, level: str = ""
) -> tuple[str, ...]:
    """What is doubtful about a batch as a whole.

    Parameters
    ----------
    units
        Of an overview, with their figures.
    coverage
        Of its units.
    language
        ``"zh"`` or ``"en"``.
    level
        Level of the units that were done one by one, ``""`` for all.

    Returns
    -------
    tuple of str
        Sentences.

    Examples
    --------
    >>> units = gpd.GeoDataFrame(
    ...     {"name": ["甲"], "district": "", "status": "failed", "overlapping": False,
    ...      "required_count": np.nan}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:4326")
    >>> overview_doubts(units, pd.DataFrame(
    ...     columns=["unit_id", "service", "segment", "walker"]), "en")
    ('1 unit(s) failed; their people and figures are unknown and in no sum: 甲.',)
    """
    names = units["name"]
    failed = units["status"] == "failed"
    own = units["level"] == level if level else pd.Series(data=True, index=units.index)
    told = [
        _told("failed", language, names[failed & own]),
        _told("below", language, names[failed & ~own]),
        _told("overlapping", language, names[units["overlapping"]]),
        _told("shapeless", language, names[~usable(units.geometry)]),
    ]
    counts = units["required_count"].dropna()
    if len(counts) and counts.min() < counts.max():
        span = {"least": f"{counts.min():.0f}", "most": f"{counts.max():.0f}"}
        told.append(_words("required", language, span))
    whom = coverage[["service", "segment", "walker"]].drop_duplicates()
    several = whom.loc[whom["service"].duplicated(), "service"].drop_duplicates()
    told.append(_told("segments", language, several))
    if (units["district"] != "").any():
        told.append(_told("nowhere", language, names[units["district"] == ""]))
    return tuple(one for one in told if one)


def _told(key: str, language: str, names: pd.Series) -> str:
    """A sentence about some units; nothing if there are none."""
    if not len(names):
        return ""
    return _words(key, language, {"count": f"{len(names):,}", "names": some(names)})


def _words(key: str, language: str, values: dict[str, str]) -> str:
    """A sentence with its places filled; braces in a name stay what they are."""
    return _WORDS[key][0 if language == "zh" else 1].format(**values)
