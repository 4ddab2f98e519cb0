"""What is doubtful in the figures of a unit: those that look computed, and those that cannot be."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.errors import some
from lifecircle.tables.findings import Findings, origin
from lifecircle.tables.values import Mask, as_ids

Array = NDArray[np.float64]

# People a household. The 2020 census counts 2.62 in China and 2.2 to 3.7 in its provinces; the
# published cases lie between 2.2 and 4.5, but for one with 4.95 that they contradict themselves.
_FEWEST_PER_HOUSEHOLD, _MOST_PER_HOUSEHOLD = 1.5, 4.5
_ROUND_STEPS = (0.5, 0.1)  # 3 or 3.5 a household; 3.2 a household
_CHANCE = 0.01  # a multiple that comes about by chance more often than so says nothing
_SAME_ROWS = 3  # so many rows with one and the same multiple are told, however small
_SAME_HOUSEHOLDS = 10
_MOST_ELDERLY_SHARE = 0.6
_MOST_PEOPLE_PER_KM2 = 100_000
_MOST_IN_BLOCKS_PER_KM2 = 200_000  # a single compound of towers: floor-area ratio 5, 25 m² each
_BLOCK_HA = 10.0
_FEWEST_PEOPLE_PER_KM2 = 50
_URBAN = frozenset({"circle", "community", "compound", "生活圈", "社区", "小区"})
_AREA_UNITS = {"km²": 0.01, "m²": 10_000.0, "mu (亩)": 15.0}  # so many of them a hectare
_AREA_SLACK = 1.25


def doubt_figures(table: gpd.GeoDataFrame, findings: Findings) -> None:
    """Doubt units whose people, households, ages and area do not go together.

    Parameters
    ----------
    table
        Units with measured ``area_ha`` and numbers in ``households``, ``people``, ``elderly``,
        ``children``, ``stated_area_ha``, as far as they are there. Nothing stated, no doubt.
    findings
        Takes the doubts, each told once however often the table is checked.

    Notes
    -----
    ``people = k × households`` with a round ``k`` is told where chance would hardly do it. Of the
    2 H or so numbers of people that H households may have, one is k H: a k among 2, 2.5, 3, 3.5, 4
    turns up by chance in about 1 of H / 2 units, a k in tenths in about 1 of H / 10; ten times as
    often where both figures are rounded to tens.

    Examples
    --------
    >>> from shapely import box
    >>> unit = gpd.GeoDataFrame(geometry=[box(0, 0, 0.005, 0.005)], crs=4326)
    >>> unit = unit.assign(households=3196.0, people=9588.0, area_ha=30.8)
    >>> findings = Findings("units", pd.Series(["C02"]))
    >>> doubt_figures(unit, findings)
    >>> findings.doubts[0][:83]
    'units: 1 of 1 rows (ids C02) have exactly 3 people a household (9588 = 3 × 3196), w'
    """
    people, households = _numbers(table, "people"), _numbers(table, "households")
    elderly, children = _numbers(table, "elderly"), _numbers(table, "children")
    _doubt_multiples(people, households, findings)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(households > 0, people / households, np.nan)
        strange = (people > 0) & ((size < _FEWEST_PER_HOUSEHOLD) | (size > _MOST_PER_HOUSEHOLD))
        parts = np.nan_to_num(elderly) + np.nan_to_num(children)
        over = parts > people
        old = (elderly > _MOST_ELDERLY_SHARE * people) & (elderly <= people) & ~over
    lone = (households > 0) & (people == 0)
    shown = some(f"{value:.2f}" for value in size[strange])
    findings.doubt(
        strange,
        f"have {shown} people a household, outside {_FEWEST_PER_HOUSEHOLD:g} to "
        f"{_MOST_PER_HOUSEHOLD:g}. Do both figures speak of the same area and year, and of "
        "registered or of resident people?",
        stays="household size",
    )
    findings.doubt(
        lone, "have households but 0 people. Leave 'people' blank where unknown.", stays="nobody"
    )
    pairs = zip(parts[over], people[over], strict=True)
    shown = some(f"{part:g} of {everyone:g}" for part, everyone in pairs)
    findings.doubt(
        over,
        f"have more elderly and children than people ({shown}). Are these the right columns, and "
        "of the same year?",
        stays="parts over people",
    )
    shown = some(f"{share:.0%}" for share in elderly[old] / people[old])
    findings.doubt(
        old,
        f"have more than {_MOST_ELDERLY_SHARE:.0%} elderly ({shown}). Is that a share of all "
        "people, or of those who were asked?",
        stays="elderly share",
    )
    _doubt_density(table, people, findings)
    _doubt_stated_area(table, findings)


def _doubt_multiples(people: Array, households: Array, findings: Findings) -> None:
    """Doubt people that are a round number times the households."""
    told = np.zeros(len(people), dtype=np.bool_)
    multiple = np.full(len(people), np.nan)
    counted = (people > 0) & (households > 0)
    grain = np.ones(len(people))
    for rounded in (10.0, 100.0, 1000.0):
        grain[(people % rounded == 0) & (households % rounded == 0)] = rounded
    for step in _ROUND_STEPS:
        with np.errstate(divide="ignore", invalid="ignore"):
            nearest = np.round(np.where(counted, people / households, np.nan) / step) * step
            usual = (nearest >= _FEWEST_PER_HOUSEHOLD) & (nearest <= _MOST_PER_HOUSEHOLD)
            exact = usual & (np.round(np.round(nearest, 1) * households) == people)
            chance = grain / (step * households)
        rare = exact & (chance < _CHANCE)
        for value in np.unique(nearest[exact & (households >= _SAME_HOUSEHOLDS)]):
            alike = exact & (nearest == value) & (households >= _SAME_HOUSEHOLDS)
            if alike.sum() >= max(_SAME_ROWS, counted.sum() / 2):
                rare |= alike
        multiple[rare & ~told] = nearest[rare & ~told]
        told |= rare
    sizes = some(f"{value:.3g}" for value in dict.fromkeys(multiple[told]))
    shown = some(
        (
            f"{everyone:.0f} = {size:.3g} × {homes:.0f}"
            for everyone, size, homes in zip(
                people[told], multiple[told], households[told], strict=True
            )
        ),
        limit=3,
    )
    findings.doubt(
        told,
        f"have exactly {sizes} people a household ({shown}), which looks computed, not counted. "
        "Shares of people then stand on the households; ask for the count.",
        stays="computed people",
    )


def _doubt_density(table: gpd.GeoDataFrame, people: Array, findings: Findings) -> None:
    """Doubt units that hold more or fewer people than their area can, or would."""
    area_ha = _numbers(table, "area_ha")
    with np.errstate(divide="ignore", invalid="ignore"):
        density = people / (area_ha / 100.0)
    most = np.where(area_ha < _BLOCK_HA, _MOST_IN_BLOCKS_PER_KM2, _MOST_PEOPLE_PER_KM2)
    urban: Mask = np.zeros(len(table), dtype=np.bool_)
    if "level" in table:
        urban = as_ids(table["level"]).str.lower().isin(_URBAN).to_numpy(dtype=np.bool_)
    dense = density > most
    thin = (people > 0) & (density < _FEWEST_PEOPLE_PER_KM2) & urban
    shown = some(f"{value:,.0f}" for value in density[dense])
    findings.doubt(
        dense,
        f"would hold {shown} people a square kilometre, more than any {_MOST_PEOPLE_PER_KM2:,} "
        f"({_MOST_IN_BLOCKS_PER_KM2:,} below {_BLOCK_HA:g} ha) that are lived in. Are the people "
        "those of a larger area, or is the outline too small?",
        stays="dense",
    )
    shown = some(f"{value:.1f}" for value in density[thin])
    findings.doubt(
        thin,
        f"would hold {shown} people a square kilometre, fewer than {_FEWEST_PEOPLE_PER_KM2} in a "
        "unit of a town. Are the people in thousands or 万, or is the outline too large?",
        stays="thin",
    )


def _doubt_stated_area(table: gpd.GeoDataFrame, findings: Findings) -> None:
    """Doubt stated hectares that are another unit's number."""
    if "stated_area_ha" not in table:
        return
    stated, measured = _numbers(table, "stated_area_ha"), _numbers(table, "area_ha")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = stated / measured
    header = origin(table).get("columns_taken", {}).get("area_ha")
    known = ratio[np.isfinite(ratio)]
    if header == "面积" and len(known) and not 0.5 < np.median(known) < 2:
        return  # a header without a unit claims no hectares
    for unit, factor in _AREA_UNITS.items():
        alike = (ratio > factor / _AREA_SLACK) & (ratio < factor * _AREA_SLACK)
        pairs = zip(stated[alike], measured[alike], strict=True)
        shown = some((f"{said:g} for {ha:.2f} ha" for said, ha in pairs), limit=3)
        findings.doubt(
            alike,
            f"state an area that looks like {unit}, not hectares ({shown}). The measured area is "
            "used; write hectares there.",
            stays=f"area in {unit}",
        )


def _numbers(table: gpd.GeoDataFrame, column: str) -> Array:
    """Numbers of a column, not-a-number where it is not there."""
    values = table[column] if column in table else pd.Series(np.nan, index=table.index)
    return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))
