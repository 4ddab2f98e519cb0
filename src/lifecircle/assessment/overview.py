"""What stands above the units of a batch: all of them side by side, and sums by district."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.assessment.digest import (
    COMPLETENESS,
    COVERAGE_COLUMNS,
    SHORTFALL_COLUMNS,
    UNIT_FIGURES,
)
from lifecircle.assessment.overview_doubts import overlapping_units, overview_doubts
from lifecircle.assessment.overview_sums import (
    district_coverage,
    district_sums,
    of_level,
    wide_shares,
)
from lifecircle.assessment.shortfall_sensitivity import ranked
from lifecircle.crs import WGS84
from lifecircle.errors import (
    AlignmentError,
    CrsError,
    DuplicateIdError,
    MissingColumnError,
    some,
)

DONE, FAILED = "done", "failed"
"""What became of a unit."""

_NEEDED = ("unit_id", "name", "level", "district")
_WHOSE = ("unit_id", "name", "district", "level")
_TEXT = ("service", "group", "walker", "segment")
_TEXT_SHORT = (
    "service", "service_name", "standard", "clause", "check", "segment", "where", "why",
)  # fmt: skip

Digest = Mapping[str, Any]


@dataclass(frozen=True)
class About:
    """What a batch is, for the words around its figures.

    Parameters
    ----------
    name
        Of the batch; empty if it has none.
    language
        ``"zh"`` or ``"en"``.
    minutes
        Walking times that were looked at, min, rising.
    sample
        Whether the data is a drawing.
    data_sources
        Where the data comes from, one text per source.
    review_number
        Map review number (审图号); empty if there is none.
    level
        Level of the units that were done one by one, which alone are counted; empty: all.
    """

    name: str = ""
    language: str = "zh"
    minutes: tuple[float, ...] = (5.0, 10.0, 15.0)
    sample: bool = False
    data_sources: tuple[str, ...] = ()
    review_number: str = ""
    level: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Overview:
    """All units of a batch side by side: plain tables, ready to be shown.

    Parameters
    ----------
    about
        What the batch is.
    units
        One row per unit, in the order they were given. ``status`` is ``"done"`` or ``"failed"``,
        then with its ``cause`` and ``reason``; figures of failed units are unknown.
        ``overlapping`` tells whether another unit lies partly in it, ``overlapping_level`` one of
        its own level. Shares are 0–1, unknown where nobody is there whom a service is for, as
        where nothing is known: ``coverage`` tells.
    coverage
        One row per unit that is done, service and time: for whom it is measured by default.
    shortfalls
        Of all units, ranked together among the units of a level.
    districts
        One row per district: sums over its units that are done. A sum of which a part is unknown
        is unknown. No row if no unit names its district.
    district_coverage
        One row per district, service and time; ``unknown_count`` units have no figure.
    blocks
        Name of each block of the health check.
    doubts
        What must be said beside the figures, in the language of the batch.
    notes
        What was told of the data while it was read, in English.
    """

    about: About
    units: gpd.GeoDataFrame
    coverage: pd.DataFrame
    shortfalls: pd.DataFrame
    districts: gpd.GeoDataFrame
    district_coverage: pd.DataFrame
    blocks: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def language(self) -> str:
        """Language of the batch."""
        return self.about.language

    @property
    def counted(self) -> gpd.GeoDataFrame:
        """Units that were to be done; not those below them that cannot be used."""
        return of_level(self.units, self.about.level)

    @property
    def sample(self) -> bool:
        """Whether the data is a drawing."""
        return self.about.sample

    def __repr__(self) -> str:
        counted = self.counted
        failed = int((counted["status"] == FAILED).sum())
        return (
            f"Overview of {self.about.name or 'a batch'}: {len(counted):,} units, "
            f"{failed:,} of them failed, {len(self.districts):,} districts"
        )


def overview_of(
    units: gpd.GeoDataFrame,
    digests: Mapping[str, Digest],
    failures: Mapping[str, str],
    *,
    folders: Mapping[str, str],
    about: About,
    causes: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
) -> Overview:
    r"""All units of a batch side by side.

    Of a district the people, elderly and children of its units are added up; of a service

    .. math:: \text{covered share} = \sum_u \text{covered people}_u \Big/ \sum_u \text{people}_u

    and the means of completeness are weighted by the people who could be measured. Only units that
    are done are in these sums; where one of them has no figure, that of the district is unknown.

    Parameters
    ----------
    units
        ``unit_id, name, level, district`` (``""`` where unknown) and polygons, EPSG:4326; a unit
        may have none.
    digests
        Unit → what :func:`~lifecircle.assessment.digest.unit_digest` tells of it.
    failures
        Unit → why it was not evaluated. Each unit stands in either.
    folders
        Unit → name of the folder of its files.
    about
        What the batch is.
    causes
        Unit → kind of its failure: ``"boundary"``, ``"data"``, ``"files"``, ``"memory"``,
        ``"process"`` or ``"program"``.
    notes
        What was told of the data while it was read.

    Returns
    -------
    Overview

    Raises
    ------
    MissingColumnError, DuplicateIdError, CrsError
        If the table of units is not one.
    AlignmentError
        If a unit stands in neither of digests and failures, or in both, or is not in the table.

    Examples
    --------
    >>> from shapely import box
    >>> units = gpd.GeoDataFrame(
    ...     {"unit_id": ["a"], "name": ["甲"], "level": ["circle"], "district": ["雨花区"]},
    ...     geometry=[box(112.9, 28.1, 112.91, 28.11)], crs="EPSG:4326")
    >>> overview = overview_of(units, {}, {"a": "no street"}, folders={}, about=About("示例"))
    >>> overview
    Overview of 示例: 1 units, 1 of them failed, 1 districts
    >>> overview.districts[["units_count", "failed_count", "people"]].values.tolist()
    [[1.0, 1.0, nan]]
    """
    units = _checked(units, digests, failures)
    coverage = _coverage(units, digests)
    shortfalls = _shortfalls(units, digests)
    table = _with_overlaps(_units(units, digests, failures, folders, causes or {}))
    table = _joined(table, [_first_shortfalls(shortfalls), _blocks(digests), wide_shares(coverage)])
    of_districts = district_coverage(table, coverage)
    districts = district_sums(table, of_districts, about.level)
    return Overview(
        about,
        table,
        coverage,
        shortfalls,
        districts,
        of_districts,
        blocks={
            str(block["block"]): str(block["block_name"])
            for digest in digests.values()
            for block in digest["blocks"]
        },
        doubts=overview_doubts(table, coverage, about.language, about.level),
        notes=tuple(dict.fromkeys(notes)),
    )


def _checked(
    units: gpd.GeoDataFrame, digests: Mapping[str, Digest], failures: Mapping[str, str]
) -> gpd.GeoDataFrame:
    """Units with plain ids, each in one of the two."""
    missing = [name for name in _NEEDED if name not in units.columns]
    if missing:
        raise MissingColumnError(f"units: no column {some(missing)}. Hand over the batch's units.")
    if units.crs is None or not units.crs.equals(WGS84):
        raise CrsError("units: not in EPSG:4326. Convert them with units.to_crs('EPSG:4326').")
    ids = units["unit_id"].astype(str)
    if ids.duplicated().any():
        raise DuplicateIdError(
            f"units: {some(ids[ids.duplicated()])} stand(s) there twice. Make the ids unique."
        )
    problems = {
        "are neither done nor failed": ids[~ids.isin([*digests, *failures])],
        "are both done and failed": sorted({*digests} & {*failures}),
        "are not in the table": sorted({*digests, *failures} - {*ids}),
    }
    told = [
        f"{len(which)} {what} ({some(which)})" for what, which in problems.items() if len(which)
    ]
    if told:
        raise AlignmentError(f"units: {'; '.join(told)}. Give each unit a digest or a reason.")
    texts = {
        name: units[name].fillna("").astype(str)
        for name in (*_NEEDED, "parent_id")
        if name in units.columns
    }
    return gpd.GeoDataFrame(texts, geometry=units.geometry).reset_index(drop=True)


def _units(
    units: gpd.GeoDataFrame,
    digests: Mapping[str, Digest],
    failures: Mapping[str, str],
    folders: Mapping[str, str],
    causes: Mapping[str, str],
) -> gpd.GeoDataFrame:
    """Identity and figures of each unit."""
    ids = units["unit_id"]
    nothing: Digest = {"unit": {}, "indicators": {}, "warnings": None}
    found = [digests.get(unit_id, nothing) for unit_id in ids]
    means = dict.fromkeys(
        name for one in found for name in one["unit"] if name.startswith(COMPLETENESS)
    )
    figures = {name: [one["unit"].get(name) for one in found] for name in (*UNIT_FIGURES, *means)}
    for verdict in ("met", "not_met", "unknown"):
        figures[f"{verdict}_count"] = [one["indicators"].get(verdict) for one in found]
    figures["warnings_count"] = [one["warnings"] for one in found]
    geometry = units.geometry
    table = units.drop(columns=geometry.name).assign(
        status=[FAILED if unit_id in failures else DONE for unit_id in ids],
        cause=[str(causes.get(unit_id, "")) for unit_id in ids],
        reason=[str(failures.get(unit_id, "")) for unit_id in ids],
        folder=[str(folders.get(unit_id, "")) for unit_id in ids],
        **{name: pd.Series(cells, dtype="float64") for name, cells in figures.items()},
    )
    return gpd.GeoDataFrame(table, geometry=geometry, crs=units.crs)


def _with_overlaps(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Units, and whether each overlaps any other, and any of its own level."""
    pairs, level = overlapping_units(units), units["level"].to_numpy()
    alike = pairs[level[pairs[:, 0]] == level[pairs[:, 1]]]
    place = np.arange(len(units))
    return units.assign(overlapping=np.isin(place, pairs), overlapping_level=np.isin(place, alike))


def _joined(table: gpd.GeoDataFrame, parts: Sequence[pd.DataFrame]) -> gpd.GeoDataFrame:
    """Columns of parts beside the units, shapes last."""
    here = [part.reindex(table["unit_id"]).set_axis(table.index) for part in parts]
    geometry = table.geometry
    wide = pd.concat([pd.DataFrame(table.drop(columns=geometry.name)), *here], axis=1)
    return gpd.GeoDataFrame(wide, geometry=geometry, crs=table.crs)


def _blocks(digests: Mapping[str, Digest]) -> pd.DataFrame:
    """Scores of each unit, and what share of each is unknown."""
    rows = {
        unit_id: {
            name: value
            for block in digest["blocks"]
            for name, value in (
                (f"score_{block['block']}", block["score"]),
                (f"unknown_{block['block']}_share", block["unknown_share"]),
            )
        }
        for unit_id, digest in digests.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").astype("float64")


def _coverage(units: gpd.GeoDataFrame, digests: Mapping[str, Digest]) -> pd.DataFrame:
    """Coverage of all units that are done."""
    table = _stacked(units, digests, "coverage", COVERAGE_COLUMNS)
    numbers = [name for name in COVERAGE_COLUMNS if name not in _TEXT]
    return table.astype(dict.fromkeys(numbers, "float64"))


def _shortfalls(units: gpd.GeoDataFrame, digests: Mapping[str, Digest]) -> pd.DataFrame:
    """Shortfalls of all units by level and rank; those that rank alike in the order of units."""
    table = _stacked(units, digests, "shortfalls", SHORTFALL_COLUMNS)
    numbers = [name for name in SHORTFALL_COLUMNS if name not in (*_TEXT_SHORT, "is_sum")]
    table = table.astype({**dict.fromkeys(numbers, "float64"), "is_sum": bool})
    levels = table["level"].to_numpy()
    priority = table["priority"].to_numpy()[:, None]
    rank = ranked(priority, levels, table["is_sum"].to_numpy())[:, 0]
    order = pd.Index(units["level"].unique()).get_indexer(pd.Index(table["level"]))
    lost = rank == 0  # no priority is known
    table = table.rename(columns={"name": "unit_name"})
    table.insert(0, "rank", pd.Series(rank, dtype="Int64").mask(lost))
    return table.iloc[np.lexsort((rank, lost, order))].reset_index(drop=True)


def _first_shortfalls(shortfalls: pd.DataFrame) -> pd.DataFrame:
    """The first shortfall of each unit: what it is of, and how many people are short."""
    first = shortfalls.drop_duplicates("unit_id").set_index("unit_id")
    return pd.DataFrame(
        {"first_shortfall": first["service_name"], "first_shortfall_people": first["people_short"]}
    )


def _stacked(
    units: gpd.GeoDataFrame, digests: Mapping[str, Digest], key: str, columns: Sequence[str]
) -> pd.DataFrame:
    """Tables of all digests one below the other, with whose they are."""
    there = units[units["unit_id"].isin(digests)]
    found = [digests[unit_id][key] for unit_id in there["unit_id"]]
    lengths = [len(one[columns[0]]) for one in found]
    whose = {name: np.repeat(there[name].to_numpy(dtype=object), lengths) for name in _WHOSE}
    cells = {name: [cell for one in found for cell in one[name]] for name in columns}
    return pd.DataFrame({**whose, **cells})
