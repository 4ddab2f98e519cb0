"""Floor area of buildings and estates, each by the best that its row tells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lifecircle.errors import InputError, some
from lifecircle.tables.findings import tell
from lifecircle.tables.values import Mask, as_numbers, is_blank

Array = NDArray[np.float64]

# How far the floor area may be off, by what it was made of. Set by judgement but for the last: of
# 826 buildings with storeys in one city eight in ten have 0.5 to 1.75 times the median.
FLOOR_AREA_ERROR = {
    "households": 0.10,
    "floor_area_m2": 0.10,
    "footprint × floors": 0.15,
    "footprint × height": 0.25,
    "site × floor-area ratio": 0.25,
    "default floors": 0.75,
    "default floor-area ratio": 0.60,
}
_EQUAL_AREA = "EPSG:6933"
_FEWEST_KNOWN = 10  # rows whose median is a better guess than the assumption
_MOST_FLOORS, _MOST_HEIGHT_M = 160.0, 830.0  # the tallest building that stands
_LEAST_RATIO = 0.05
_NUMBER = re.compile(
    r"约?(\d+(?:\.\d+)?)\s*(万)?\s*(m|米|m2|平方米|平米|㎡|层|f|楼|户|套)?[左右余多]*",
    re.IGNORECASE,
)


def figures(values: pd.Series[Any], name: str, most: float, *, none: bool = False) -> Array:
    """Numbers of a column of buildings; what is none, or cannot be, is unknown and told.

    Parameters
    ----------
    values
        Numbers or text, shape (n,), with the ids of the rows as index: ``"6"``, ``"６层"``,
        ``"20米"``, ``"1.2万平方米"``.
    name
        What they are, for the message.
    most
        Largest that can be.
    none
        Whether 0 is a figure too.

    Returns
    -------
    array of float, shape (n,)
        Above 0 up to ``most``; NaN where unknown.

    Examples
    --------
    >>> figures(pd.Series(["6层", "20", "1.2万㎡", None]), "floors", 20_000).tolist()
    [6.0, 20.0, 12000.0, nan]
    """
    blank = is_blank(values)
    if pd.api.types.is_numeric_dtype(values.dtype):
        numbers = as_numbers(values).to_numpy().copy()
    else:
        known = {value: _number(value) for value in values[~blank].unique()}
        cells = zip(values, blank, strict=True)
        numbers = np.array([np.nan if nothing else known[value] for value, nothing in cells])
    with np.errstate(invalid="ignore"):
        usual = (numbers > 0) & (numbers <= most) | (numbers == 0) & none
    strange = ~blank & ~usual
    if strange.any():
        shown = some(dict.fromkeys(f"{value}" for value in values[strange]))
        tell(
            f"buildings: {int(strange.sum())} of {len(values)} rows (ids "
            f"{some(values.index[strange])}) have no usable {name} but {shown}: above 0 up to "
            f"{most:,g} is believed. They count as not told."
        )
    return np.where(strange, np.nan, numbers)


def measured_m2(table: gpd.GeoDataFrame) -> Array:
    """Area of outlines on the ellipsoid.

    Parameters
    ----------
    table
        Points and polygons with a CRS, n rows.

    Returns
    -------
    array of float, shape (n,)
        Square metres; NaN of points.

    Examples
    --------
    >>> house = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 0.0001, 0.0001)], crs=4326)
    >>> measured_m2(house).round(1).tolist()
    [123.1]
    """
    shapes = table.geometry.to_crs(_EQUAL_AREA).to_numpy()
    crossing = (shapely.get_dimensions(shapes) == 2) & ~shapely.is_valid(shapes)
    shapes[crossing] = shapely.make_valid(shapes[crossing], method="structure")
    areas = shapely.area(shapes)
    return np.where(areas > 0, areas, np.nan)


def floor_areas(
    table: gpd.GeoDataFrame, area_m2: Array, assume: Mapping[str, float]
) -> tuple[Array, pd.Series[str]]:
    """Floor area of each row, and what it was made of.

    Parameters
    ----------
    table
        Buildings with ``floor_area_m2``, ``floors``, ``height_m``, ``footprint_m2``, as far as
        they are there; or estates, which have a column ``floor_area_ratio``: their outline is the
        site, and storeys count only with a ``footprint_m2``.
    area_m2
        Measured area of the outlines, shape (n,); NaN of points.
    assume
        As :func:`lifecircle.inputs.unit_totals.assumed` gives it.

    Returns
    -------
    tuple of array and Series, shape (n,)
        Square metres, NaN where a point says nothing; keys of ``FLOOR_AREA_ERROR``.

    Raises
    ------
    InputError
        If no row at all has a floor area.

    Examples
    --------
    >>> from lifecircle.inputs.unit_totals import assumed
    >>> house = gpd.GeoDataFrame({"floors": [6]}, geometry=gpd.points_from_xy([0], [0]), crs=4326)
    >>> area, made_of = floor_areas(house, np.array([200.0]), assumed(None))
    >>> area.tolist(), made_of.to_list()
    ([1200.0], ['footprint × floors'])
    """
    estates = "floor_area_ratio" in table
    given = {
        "floors": ("floors", _MOST_FLOORS),
        "height_m": ("height in metres", _MOST_HEIGHT_M),
        "footprint_m2": ("footprint in m²", 1e6),
        "site_area_m2": ("site area in m²", 1e8),
        "floor_area_m2": ("floor area in m²", 1e7),
        "floor_area_ratio": ("floor-area ratio", assume["most_floor_area_ratio"]),
    }
    known = {
        name: figures(table[name], words, most) if name in table else np.full(len(table), np.nan)
        for name, (words, most) in given.items()
    }
    outline = np.full(len(table), np.nan) if estates else area_m2
    footprint = np.where(np.isnan(known["footprint_m2"]), outline, known["footprint_m2"])
    site = np.where(np.isnan(area_m2), known["site_area_m2"], area_m2)
    if not estates:
        footprint = np.where(np.isnan(footprint), known["site_area_m2"], footprint)
    most = assume["most_floor_area_ratio"] if estates else _MOST_FLOORS
    storeyed = ~np.isnan(known["floors"]) | ~np.isnan(known["height_m"])
    if estates and (idle := storeyed & np.isnan(footprint)).any():
        tell(
            f"buildings: storeys of {int(idle.sum())} of {len(table)} rows are not used: the table "
            "has a floor-area ratio, so that its outlines are sites. If they are buildings, leave "
            "that column out; if the footprint is known, name it with columns={'…': "
            "'footprint_m2'}."
        )
    stated = pd.Series(known["floor_area_m2"], index=table.index)
    stated_m2 = _believed(stated, site if estates else footprint, most)
    storeys = np.maximum(known["height_m"] / assume["storey_m"], 1.0)
    candidates = [
        (stated_m2, "floor_area_m2"),
        (footprint * known["floors"], "footprint × floors"),
        (footprint * storeys, "footprint × height"),
        (site * known["floor_area_ratio"], "site × floor-area ratio"),
    ]
    if estates:
        default = _default(known["floor_area_ratio"], assume["floor_area_ratio"])
        candidates.append((site * default[0], "default floor-area ratio"))
    else:
        storeys = np.where(np.isnan(known["floors"]), storeys, known["floors"])
        default = _default(storeys, assume["floors"])
        candidates.append((footprint * default[0], "default floors"))
    area = np.full(len(table), np.nan)
    made_of = np.full(len(table), "", dtype=object)
    for values, words in candidates:
        fresh = np.isnan(area) & ~np.isnan(values)
        area[fresh], made_of[fresh] = values[fresh], words
    if np.isnan(area).all() and "households" not in table:
        raise InputError(
            "buildings: no row has an outline, a floor area or a footprint. Hand in outlines "
            "(polygons), or name the column with columns={'…': 'floor_area_m2'}."
        )
    _tell_of_default(made_of, default, estates=estates)
    return area, pd.Series(made_of, index=table.index, dtype="str")


def _number(value: Any) -> float:
    """Number of a cell, with its unit or not."""
    text = unicodedata.normalize("NFKC", str(value)).strip().replace(",", "")
    found = _NUMBER.fullmatch(text)
    if found is None:
        return float("nan")
    return float(found[1]) * (10_000.0 if found[2] else 1.0)


def _believed(stated: pd.Series[float], ground: Array, most: float) -> Array:
    """Stated floor areas, without those that cannot stand on their ground."""
    with np.errstate(invalid="ignore"):
        ratio = stated.to_numpy() / ground
        refused: Mask = (ratio < _LEAST_RATIO) | (ratio > most)
    if refused.any():
        shown = some(f"{value:.3g}" for value in ratio[refused])
        tell(
            f"buildings: {int(refused.sum())} of {len(stated)} rows (ids "
            f"{some(stated.index[refused])}) state a floor area {shown} times their ground "
            f"({_LEAST_RATIO:g} to {most:g} is believed). They count as not told."
        )
    return np.where(refused, np.nan, stated)


def _default(known: Array, assumed: float) -> tuple[float, str]:
    """Median of what is known in the table, if that is enough, else the assumption; and which."""
    told = known[~np.isnan(known)]
    if len(told) >= _FEWEST_KNOWN:
        return float(np.median(told)), f"the median of the {len(told)} that do"
    return assumed, "an assumption: assume={{{what}: …}} says better"


def _tell_of_default(made_of: NDArray[Any], default: tuple[float, str], *, estates: bool) -> None:
    """Tell how many rows got a default."""
    what = "floor-area ratio" if estates else "floors"
    rows = int((made_of == f"default {what}").sum())
    if rows:
        value, origin = default
        origin = origin.format(what="'floor_area_ratio'" if estates else "'floors'")
        tell(
            f"buildings: {rows} of {len(made_of)} rows tell neither floor area nor {what}: "
            f"{value:.3g} was taken, {origin}."
        )
