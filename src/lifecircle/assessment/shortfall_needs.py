"""Which requirements are looked at for shortfalls, and what was found of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np
import pandas as pd

from lifecircle.assessment.evaluation import Evaluation
from lifecircle.errors import (
    AlignmentError,
    InputError,
    UnknownNameError,
    some,
)
from lifecircle.standards.standard import Standard, standard_code
from lifecircle.tables.frames import check_columns

# Checks of a requirement. A shortfall is counted by the first of them that is not met: a walk says
# who is short and by how much, a size only that all of them share too little. Where nothing stands
# no area is lacking by itself: that it is not there comes first.
CHECKS = ("walk", "radius", "capacity", "count", "presence", "floor_area", "site_area")
BY_DISTANCE = ("walk", "radius")
AREAS = ("floor_area", "site_area")
Standards = Iterable[str | Standard] | str | Standard | None
KEY = ("unit_id", "standard", "clause", "service", "tier")
NEEDED = (
    *KEY,
    "status",
    "required",
    "found",
    "confidence",
    "check",
    "mandatory",
    "why",
    "verify",
    "segment",
    "walker",
    "minutes",
    "required_value",
    "found_value",
    "value_unit",
    "people",
    "covered_people",
    "accepts",
)


# What a table of compliance may say beside: radius in metres, from and below which site area
# facilities count, what is counted per 1000 people.
FIGURES = ("radius_m", "counts_from_m2", "counts_below_m2", "per_1000_in")


@dataclass(frozen=True)
class Accepted:
    """Which facilities would do.

    Parameters
    ----------
    services
        Any of these.
    least_m2, below_m2
        Of the site area, 0 and infinite where there is no such bound. Those of unknown area do not
        count where there is one.
    """

    services: tuple[str, ...]
    least_m2: float = 0.0
    below_m2: float = np.inf

    @property
    def any_size(self) -> bool:
        """Whether the site area does not matter."""
        return self.least_m2 == 0.0 and np.isinf(self.below_m2)


class Checked(Protocol):
    """What shortfalls are read from: a :class:`~lifecircle.HealthCheck`, or one in its shape."""

    @property
    def evaluation(self) -> Evaluation:
        """The evaluation that was checked."""

    @property
    def compliance(self) -> pd.DataFrame:
        """Verdicts per unit, clause, service and check."""

    @property
    def survey(self) -> pd.DataFrame | None:
        """Cleaned answers of residents, if there are any."""


@dataclass(frozen=True, eq=False)
class Needs:
    """Requirements of the units and the checks that say whether they are met.

    Parameters
    ----------
    table
        One row per requirement: the columns of ``KEY``, ``unit`` (position) and ``level``.
    checks
        Their checks that could be decided, with ``need`` (position in ``table``), ``unit``,
        ``level``, ``order`` (among ``CHECKS``) and ``accepted``.
    """

    table: pd.DataFrame
    checks: pd.DataFrame

    def accepted(self, row: int) -> Accepted:
        """Which facilities would do for a check."""
        found: Any = self.checks["accepted"].iloc[row]
        return cast("Accepted", found)


def needs_of(health_check: Checked, standards: Standards, *, optional: bool) -> Needs:
    """Requirements that were decided, met or not.

    Parameters
    ----------
    health_check
        What was found.
    standards
        Codes or standards; that of the evaluation if ``None``.
    optional
        Whether what a standard leaves to the planner counts too.

    Returns
    -------
    Needs
        In the order of the units, then of the compliance table.
    """
    rows = chosen_rows(health_check, standards, optional=optional)
    rows = rows[rows["status"] != "unknown"]
    units = health_check.evaluation.study.units
    strange = ~rows["unit_id"].isin(units["unit_id"])
    if strange.any():
        raise AlignmentError(
            f"compliance: {strange.sum()} of {len(rows)} rows speak of units that the study does "
            f"not have ({some(rows.loc[strange, 'unit_id'].unique())}). Check the compliance of "
            "this very evaluation."
        )
    place = pd.Index(units["unit_id"]).get_indexer(pd.Index(rows["unit_id"]))
    rows = rows.assign(
        unit=place,
        order=[CHECKS.index(check) for check in rows["check"]],
        accepted=_accepted(rows),
    )
    rows = rows.sort_values("unit", kind="stable").reset_index(drop=True)
    rows["need"] = rows.groupby(list(KEY), sort=False, dropna=False).ngroup()
    rows["level"] = units["level"].to_numpy()[rows["unit"]]
    table = rows.drop_duplicates("need")[[*KEY, "unit", "level"]].reset_index(drop=True)
    return Needs(table, rows)


def chosen_rows(health_check: Checked, standards: Standards, *, optional: bool) -> pd.DataFrame:
    """Rows of compliance by some standards, also those that nothing is known of.

    Parameters
    ----------
    health_check
        What was found.
    standards
        Codes or standards; that of the evaluation if ``None``.
    optional
        Whether rows that a standard leaves to the planner are among them.

    Returns
    -------
    DataFrame

    Raises
    ------
    MissingColumnError
        If the compliance table lacks a column.
    UnknownNameError
        If nothing was checked by one of the standards.
    InputError
        If a check or a status is none, or a walk has no minutes.
    """
    rows = health_check.compliance
    check_columns(rows, NEEDED, "compliance", "check_compliance()")
    if len(rows) == 0:
        return rows
    codes = rows["standard"].map({name: _code(name) for name in rows["standard"].unique()})
    asked: list[str | Standard]
    if standards is None:
        asked = list(dict.fromkeys(health_check.evaluation.rulebook.table["standard"]))
    elif isinstance(standards, str | Standard):
        asked = [standards]
    else:
        asked = list(standards)
    wanted = [_code(name) for name in asked]
    known = list(dict.fromkeys(codes))
    for name, code in zip(asked, wanted, strict=True):
        if code not in known and standards is not None:
            raise UnknownNameError("standard", name, known)
    chosen = codes.isin(wanted)
    if not optional:
        chosen &= rows["mandatory"] != "optional"
    rows = rows[chosen]
    _refuse(rows)
    return _once(rows)


def _once(rows: pd.DataFrame) -> pd.DataFrame:
    """One requirement of what several tiers ask alike; ``tier`` names them all."""
    place = ["unit_id", "standard", "clause", "service", "mandatory"]
    figures = ["check", "accepts", "required_value"]
    figures += [name for name in ("minutes", *FIGURES) if name in rows.columns]
    cells = rows[figures].to_numpy(dtype=object)
    told = pd.Series(["|".join(map(str, row)) for row in cells], index=rows.index, dtype="str")
    asked = told.groupby([rows[name] for name in (*place, "tier")], dropna=False)
    alike = [*(rows[name] for name in place), asked.transform("\n".join).rename("alike")]
    tiers = rows.groupby(alike, sort=False, dropna=False)["tier"]
    named = tiers.transform(lambda listed: ";".join(dict.fromkeys(listed)))
    first = tiers.transform("first")
    return rows.assign(tier=named)[rows["tier"] == first]


def _refuse(rows: pd.DataFrame) -> None:
    """What no shortfall can be counted from, all of it at once."""
    words = {"status": ("met", "not met", "unknown"), "check": CHECKS}
    problems = []
    for column, known in words.items():
        bad = ~rows[column].isin(known)
        if bad.any():
            problems.append(
                f"{column} is none of {some(known, 9)} in {bad.sum()} of {len(rows)} rows "
                f"({some(rows.loc[bad, column].unique())})"
            )
    told = rows["status"] != "unknown"
    blank = told & (rows["check"] == "walk") & ~(pd.to_numeric(rows["minutes"]) > 0)
    if blank.any():
        problems.append(
            f"{blank.sum()} walk checks that are decided have no minutes "
            f"(services {some(rows.loc[blank, 'service'].unique())})"
        )
    if problems:
        raise InputError(
            f"compliance: {'; '.join(problems)}. Take the table that check_compliance() makes."
        )


def _code(name: Any) -> str:
    """Code of a standard in any spelling; a study's own standard keeps its name."""
    try:
        return standard_code(name if isinstance(name, Standard) else str(name))
    except UnknownNameError:
        return str(name)


def _accepted(rows: pd.DataFrame) -> pd.Series[Any]:
    """Which facilities would do for each row: services, and from and below which site area."""
    nothing = pd.Series(np.nan, index=rows.index)
    least = numbers(rows.get("counts_from_m2", nothing))
    below = numbers(rows.get("counts_below_m2", nothing))
    found = [
        Accepted(
            _services(accepts, service),
            0.0 if np.isnan(low) else float(low),
            np.inf if np.isnan(high) else float(high),
        )
        for accepts, service, low, high in zip(
            rows["accepts"], rows["service"], least, below, strict=True
        )
    ]
    return pd.Series(found, index=rows.index, dtype=object)


def _services(accepts: Any, service: Any) -> tuple[str, ...]:
    """Services that would do; the required one alone where the row names none."""
    if isinstance(accepts, str) and accepts:
        return tuple(dict.fromkeys(part.strip() for part in accepts.split(";") if part.strip()))
    return (str(service),)


def numbers(column: pd.Series) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Numbers of a column, NaN where there is none.

    Parameters
    ----------
    column
        Of a table.

    Returns
    -------
    array, shape (n,)

    Examples
    --------
    >>> numbers(pd.Series([1, None, ""]))
    array([ 1., nan, nan])
    """
    found = pd.to_numeric(column, errors="coerce")
    return np.asarray(found, dtype=np.float64)
