"""Figures of districts: sums over units, unknown where one of them is."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.assessment.digest import COMPLETENESS

_KEY = ["service", "group", "segment", "walker", "minutes"]
_SUMMED = ("area_ha", "households", "people", "elderly", "children", "unsnapped_people")


def wide_shares(coverage: pd.DataFrame, row: str = "unit_id") -> pd.DataFrame:
    """Covered shares side by side, one column for each service and time.

    Parameters
    ----------
    coverage
        ``service``, ``minutes`` (min), ``covered_share`` (0–1) and the column ``row``.
    row
        What the result has one row for each of.

    Returns
    -------
    DataFrame, index ``row``
        Columns ``share_<service>_<minutes>min``, 0–1, in the order in which they appear. Unknown
        where a service is measured for different people in one row: those are not one figure.

    Examples
    --------
    >>> wide_shares(pd.DataFrame({"unit_id": ["a"], "service": ["park"], "minutes": [15.0],
    ...                           "covered_share": [0.5]})).to_dict("index")
    {'a': {'share_park_15min': 0.5}}
    """
    names = pd.Series(
        [
            f"share_{service}_{minutes:g}min"
            for service, minutes in zip(coverage["service"], coverage["minutes"], strict=True)
        ],
        index=coverage.index,
        dtype=object,
    )
    shares = coverage["covered_share"].mask(
        coverage.assign(column=names).duplicated([row, "column"], keep=False)
    )
    table = pd.DataFrame({row: coverage[row], "column": names, "share": shares})
    table = table.drop_duplicates([row, "column"])
    wide = table.pivot(index=row, columns="column", values="share")  # noqa: PD010  no cell twice
    wide.columns.name = None
    return wide.reindex(columns=list(dict.fromkeys(names)))


def district_coverage(units: gpd.GeoDataFrame, coverage: pd.DataFrame) -> pd.DataFrame:
    """Coverage of districts: people reached of all people, over their units that are done.

    Parameters
    ----------
    units
        ``unit_id``, ``district`` and ``status`` of each unit.
    coverage
        Of the units that are done, each service for whom it is measured by default.

    Returns
    -------
    DataFrame
        ``district, service, group, segment, walker, minutes, people, covered_people,
        covered_share, done_count`` (units that are done) and ``unknown_count`` (those of them
        without a figure). If there are any, ``covered_people`` and ``covered_share`` are unknown.

    Examples
    --------
    >>> units = pd.DataFrame({"unit_id": ["a", "b"], "district": "雨花区", "status": "done"})
    >>> rows = pd.DataFrame({"unit_id": ["a", "b"], "district": "雨花区", "service": "park",
    ...     "group": "green", "segment": "people", "walker": "adult", "minutes": 15.0,
    ...     "people": [300.0, 100.0], "covered_people": [150.0, 100.0]})
    >>> float(district_coverage(units, rows)["covered_share"].iloc[0])
    0.625
    """
    named = coverage[coverage["district"] != ""] if _has_districts(units) else coverage.iloc[:0]
    nobody = named["people"] == 0  # nobody to be reached, so nothing is unknown
    covered = named["covered_people"].mask(nobody, 0.0)
    rows = named[["district", *_KEY, "people"]].assign(
        covered_people=covered,
        rows=1,
        unknown=(covered.isna() | named["people"].isna()).astype("int64"),
    )
    sums = rows.groupby(["district", *_KEY], sort=False, as_index=False).sum()
    done = units[units["status"] == "done"].groupby("district").size()
    sums["done_count"] = sums["district"].map(done).astype("int64")
    # A unit whose facilities name no such service has no row: unknown, not absent.
    sums["unknown_count"] = sums["unknown"] + sums["done_count"] - sums["rows"]
    sums["covered_people"] = sums["covered_people"].mask(sums["unknown_count"] > 0)
    sums["covered_share"] = sums["covered_people"] / sums["people"].where(sums["people"] > 0)
    figures = ["people", "covered_people", "covered_share", "done_count", "unknown_count"]
    return sums[["district", *_KEY, *figures]]


def district_sums(
    units: gpd.GeoDataFrame, coverage: pd.DataFrame, level: str = ""
) -> gpd.GeoDataFrame:
    """One row per district.

    Parameters
    ----------
    units
        Of an overview, with their figures.
    coverage
        From :func:`district_coverage`.
    level
        Level of the units that are counted, ``""`` for all.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        ``district`` (``""`` for units that name none, if others do), ``units_count``,
        ``done_count``, ``failed_count``, ``overlapping_count``; sums over the units that are done;
        ``required_count`` where all ask for as many, and the means of completeness over the people
        who could be measured, with ``completeness_unknown_count`` units that have people and no
        mean; ``share_<service>_<minutes>min``. A sum is unknown if a part of it is, or if no unit
        is done. The shapes are those of the units together, for the eye.

    Examples
    --------
    >>> units = gpd.GeoDataFrame(
    ...     {"unit_id": ["a", "b"], "district": "雨花区", "status": "done", "overlapping": False,
    ...      "people": [300.0, 100.0], "unsnapped_people": [0.0, 50.0],
    ...      "completeness_standard_mean": [4.0, 11.0]},
    ...     geometry=[shapely.box(0, 0, 1, 1), None], crs="EPSG:4326")
    >>> sums = district_sums(units, district_coverage(units, pd.DataFrame(
    ...     columns=["district", "service", "group", "segment", "walker", "minutes", "people",
    ...              "covered_people"])))
    >>> sums[["people", "completeness_standard_mean"]].values.tolist()
    [[400.0, 5.0]]
    """
    names = list(dict.fromkeys(units["district"])) if _has_districts(units) else []
    parts = [units[units["district"] == name] for name in names]
    table = pd.DataFrame([_sums(part, of_level(part, level)) for part in parts])
    table.insert(0, "district", pd.Series(names, dtype=object))
    shares = wide_shares(coverage, "district").reindex(names).set_axis(table.index)
    shapes = [_together(part.geometry) for part in parts]
    return gpd.GeoDataFrame(
        pd.concat([table, shares], axis=1), geometry=gpd.GeoSeries(shapes, crs=units.crs)
    )


def _has_districts(units: pd.DataFrame) -> bool:
    """Whether any unit names its district."""
    return bool((units["district"] != "").any())


def of_level(units: gpd.GeoDataFrame, level: str) -> gpd.GeoDataFrame:
    """Units of a level.

    Parameters
    ----------
    units
        Units of an overview.
    level
        Which; ``""`` for all.

    Returns
    -------
    GeoDataFrame

    Examples
    --------
    >>> units = gpd.GeoDataFrame({"level": ["circle", "community"]}, geometry=[None, None])
    >>> len(of_level(units, "circle")), len(of_level(units, ""))
    (1, 2)
    """
    return units[units["level"] == level] if level else units


def _sums(part: pd.DataFrame, counted: pd.DataFrame) -> dict[str, float]:
    """Figures of one district."""
    done = part[part["status"] == "done"]
    of_these = int((counted["status"] == "done").sum())
    told: dict[str, float] = {
        "units_count": len(counted),
        "done_count": of_these,
        "failed_count": len(counted) - of_these,
        "overlapping_count": int(part["overlapping"].sum()),
    }
    for name in _SUMMED:
        if name in part.columns:
            told[name] = float(done[name].sum(skipna=False)) if len(done) else np.nan
    if "required_count" in part.columns:
        counts = done["required_count"].unique()
        told["required_count"] = float(counts[0]) if len(counts) == 1 else np.nan
    measured = done["people"] - done["unsnapped_people"]
    lost = pd.Series(False, index=done.index)  # noqa: FBT003
    for name in [str(one) for one in part.columns if str(one).startswith(COMPLETENESS)]:
        unknown = measured.isna() | ((measured > 0) & done[name].isna())
        lost |= unknown
        told[name] = np.nan
        if not unknown.any() and (measured > 0).any():
            there = done[measured > 0]
            told[name] = float(np.average(there[name], weights=measured[measured > 0]))
    told["completeness_unknown_count"] = int(lost.sum())
    return told


def _together(shapes: gpd.GeoSeries) -> shapely.Geometry | None:
    """Shapes of a district's units as one; none if none has any."""
    there = shapes[shapes.notna() & ~shapes.is_empty].to_numpy()
    return shapely.union_all(shapely.make_valid(there)) if len(there) else None
