"""How many people each check leaves short, and how far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.assessment.shortfall_needs import (
    AREAS,
    BY_DISTANCE,
    CHECKS,
    Accepted,
    Checked,
    Needs,
    Standards,
    needs_of,
    numbers,
)
from lifecircle.assessment.shortfall_pairs import Minutes
from lifecircle.assessment.shortfall_reach import Numbers, Reach, overshoot
from lifecircle.errors import AlignmentError, InputError, some

# Shares are compared to this; people of a table that was read back from a file to half a person.
TOLERANCE_SHARE = 1e-9
TOLERANCE_PEOPLE = 0.5


@dataclass(frozen=True)
class Way:
    """What a check measures a way by; checks of one kind of way share its search.

    Parameters
    ----------
    check
        ``"walk"`` or ``"radius"``.
    walker
        Name, ``""`` for a radius.
    accepted
        Facilities that would do.
    limit
        Minutes or metres.
    segment
        Column of people.
    """

    check: str
    walker: str
    accepted: Accepted
    limit: float
    segment: str


class Counts:
    """People short by each check today.

    Parameters
    ----------
    reach
        Homes and facilities.
    needs
        Requirements and their checks.

    Raises
    ------
    AlignmentError
        If the table of compliance and the travel times count other people.
    InputError
        If a radius is not known, or a size that is not met has no figures.
    """

    def __init__(self, reach: Reach, needs: Needs) -> None:
        self.reach, self.needs = reach, needs
        self.rows = rows = needs.checks
        self.unit = rows["unit"].to_numpy(dtype=np.int64)
        self.unmet = (rows["status"] == "not met").to_numpy()
        pairs = zip(rows["segment"], rows["accepted"], strict=True)
        self.segments = [reach.segment(told, accepted) for told, accepted in pairs]
        self.required = numbers(rows["required_value"])
        self.found = numbers(rows["found_value"])
        self.limit = self._limits()
        shares = (rows["value_unit"] == "share").to_numpy() & np.isfinite(self.required)
        self.target = np.where(shares, self.required, 1.0)
        self.keys = [self._way(row) for row in range(len(rows))]
        self.measured = np.array([key is not None for key in self.keys], dtype=bool)
        self._lend_ways()
        self.people = np.zeros(len(rows))
        self.severity = np.zeros(len(rows))
        self.covered_share = np.full(len(rows), np.nan)
        self._today: dict[tuple[Any, ...], Minutes] = {}
        self.spared = self._spared()
        self._count_ways()
        self._count_sizes()

    def way_today(self, key: Way) -> Minutes:
        """Minutes or metres from each home to the nearest that would do, as they are today.

        Parameters
        ----------
        key
            What is measured.

        Returns
        -------
        array, shape (homes,)
            Infinite where there is none.
        """
        short = (key.check, key.walker, key.accepted, key.limit)
        if short not in self._today:
            self._today[short] = (
                self.reach.minutes_today(key.walker, key.accepted, key.limit)
                if key.check == "walk"
                else self.reach.metres(key.accepted)
            )
        return self._today[short]

    def groups(self) -> Iterator[tuple[Way, NDArray[np.int64]]]:
        """Each way that is measured, with the checks that are counted by it.

        Yields
        ------
        key, rows
            The way, and the positions of the checks.
        """
        rows: dict[Way, list[int]] = {}
        for row, key in enumerate(self.keys):
            if key is not None:
                rows.setdefault(key, []).append(row)
        for key, listed in rows.items():
            yield key, np.array(listed, dtype=np.int64)

    def weights(self, key: Way) -> Any:
        """People of each home in each unit who count for a way.

        Parameters
        ----------
        key
            The way.

        Returns
        -------
        sparse array, shape (units, homes)
        """
        return self.reach.weights(key.segment, key.walker)

    def deciding(self) -> pd.Series[int]:
        """The check that each unmet requirement is counted by.

        Returns
        -------
        Series
            Position of the check, index position of the requirement.
        """
        open_rows = np.flatnonzero(self.unmet)
        table = pd.DataFrame(
            {
                "need": self.rows["need"].to_numpy()[open_rows],
                "order": self.rows["order"].to_numpy()[open_rows],
                "score": -(self.people * self.severity)[open_rows],
                "row": open_rows,
            }
        ).sort_values(["need", "order", "score", "row"])
        first: pd.Series[int] = table.groupby("need")["row"].first()
        return first

    def short_homes(self, row: int) -> tuple[NDArray[np.int64], Numbers]:
        """Homes in which people are short by a check, and how many people each.

        Parameters
        ----------
        row
            Position of the check.

        Returns
        -------
        home
            Positions.
        people
            Of the check's segment.
        """
        homes = self.reach.members(int(self.unit[row]))
        people = np.nan_to_num(self.reach.count(self.segments[row]))[homes]
        key = self.keys[row]
        short = people > 0
        if row in self.spared:
            short &= ~self.spared[row][homes]
        if key is not None:
            short &= self.way_today(key)[homes] > np.float32(key.limit)
            if key.check == "walk":
                short &= self.reach.near_street(key.walker)[0][homes]
        return homes[short], people[short]

    def _way(self, row: int) -> Way | None:
        check = str(self.rows["check"].iloc[row])
        if check not in BY_DISTANCE:
            return None
        walker = str(self.rows["walker"].iloc[row]) if check == "walk" else ""
        accepted = self.needs.accepted(row)
        return Way(check, walker, accepted, float(self.limit[row]), self.segments[row])

    def _lend_ways(self) -> None:
        """Who is short where nothing stands inside the unit: those who reach none elsewhere.

        A requirement of something that must be there and be near takes the people of its walk, or
        of its radius: a kindergarten across the street leaves nobody short. So does one of an area
        of which there is nothing inside at all.
        """
        need, order = self.rows["need"].to_numpy(), self.rows["order"].to_numpy()
        nearest: dict[int, int] = {}
        for row in np.flatnonzero(self.measured).tolist():
            best = nearest.get(int(need[row]))
            if best is None or order[row] < order[best]:
                nearest[int(need[row])] = row
        absent = (order == CHECKS.index("presence")) | self._nothing_inside()
        for row in np.flatnonzero(absent).tolist():
            lender = nearest.get(int(need[row]))
            if lender is not None:
                self.keys[row], self.limit[row] = self.keys[lender], self.limit[lender]
                self.segments[row] = self.segments[lender]

    def _nothing_inside(self) -> NDArray[np.bool_]:
        """Areas that are not met because none of the facilities stands inside the unit."""
        areas = self.unmet & self.rows["check"].isin(AREAS).to_numpy() & ~(self.found > 0)
        empty = np.zeros(len(areas), dtype=bool)
        unit, place = self.reach.inside()
        held: dict[Accepted, set[int]] = {}
        for row in np.flatnonzero(areas).tolist():
            accepted = self.needs.accepted(row)
            if accepted not in held:
                fits = np.isin(place, self.reach.places(accepted, unsized=True))
                held[accepted] = set(unit[fits].tolist())
            empty[row] = int(self.unit[row]) not in held[accepted]
        return empty

    def _count_ways(self) -> None:
        for key, rows in self.groups():
            way, weights = self.way_today(key), self.weights(key)
            short = np.asarray(weights @ (way > np.float32(key.limit)).astype(float))
            over = np.asarray(weights @ overshoot(way, key.limit))
            total = np.asarray(weights.sum(axis=1)).ravel()
            unit = self.unit[rows]
            self.people[rows] = short[unit]
            self.severity[rows] = _ratio(over, short, 0.0)[unit]
            self.covered_share[rows] = 1.0 - _ratio(short, total, np.nan)[unit]
        self._compare()

    def _compare(self) -> None:
        """Refuse verdicts that count other people than the travel times do."""
        stated = numbers(self.rows["people"]) - numbers(self.rows["covered_people"])
        measured = self.measured
        off = measured & (np.abs(stated - self.people) > TOLERANCE_PEOPLE)
        if off.any():
            at = int(np.flatnonzero(off)[0])
            row = self.rows.iloc[at]
            raise AlignmentError(
                f"compliance: {off.sum()} of {measured.sum()} checks of ways count other people "
                f"than the evaluation's travel times (units {some(self.rows.loc[off, 'unit_id'])}; "
                f"{row['service']} of {row['unit_id']}: {stated[at]:,.1f} people short in the "
                f"table, {self.people[at]:,.1f} by the travel times). Check the compliance of this "
                "very evaluation."
            )

    def _count_sizes(self) -> None:
        """Checks of no way: everybody of the segment is short, by as much as the size is."""
        plain = np.array([key is None for key in self.keys], dtype=bool)
        for segment in {self.segments[row] for row in np.flatnonzero(plain)}:
            total = np.asarray(self.reach.weights(segment).sum(axis=1)).ravel()
            rows = plain & np.array([name == segment for name in self.segments], dtype=bool)
            self.people[rows] = total[self.unit[rows]]
        for row, spared in self.spared.items():
            weights = self.reach.weights(self.segments[row])
            self.people[row] = float((weights @ (~spared).astype(float))[self.unit[row]])
        self.severity[plain] = self.lack(self.found[plain], plain)

    def _spared(self) -> dict[int, NDArray[np.bool_]]:
        """Homes of communities that have what the records of their circle lack.

        A record of yes or no is no for a circle as soon as one of its communities says no; who is
        short are the people of those that do, not everybody.
        """
        rows = self.rows
        if "basis" not in rows.columns:
            return {}
        told = (rows["basis"] == "records").to_numpy() & (rows["check"] == "presence").to_numpy()
        same = rows.groupby(["standard", "clause", "service", "tier"], dropna=False).ngroup()
        found: dict[int, NDArray[np.bool_]] = {}
        for row in np.flatnonzero(told & self.unmet).tolist():
            if self.keys[row] is not None:
                continue
            met = told & ~self.unmet & (same == same.iloc[row]).to_numpy()
            spared = np.zeros(self.reach.homes, dtype=bool)
            for unit in self.unit[met].tolist():
                spared[self.reach.members(unit)] = True
            if spared[self.reach.members(int(self.unit[row]))].any():
                found[row] = spared
        return found

    def lack(self, found: NDArray[Any], rows: NDArray[Any]) -> NDArray[Any]:
        """How far some checks of sizes and numbers are short, 0–1.

        Parameters
        ----------
        found
            What was found for each of them, shape (n, …).
        rows
            Which checks, n of them.

        Returns
        -------
        array, shape of ``found``
            1 where nothing at all is there of what must be; 1 - found / required of the rest.
        """
        required = self.required[rows].reshape((-1, *[1] * (found.ndim - 1)))
        presence = (self.rows["order"] == CHECKS.index("presence")).to_numpy()[rows]
        with np.errstate(divide="ignore", invalid="ignore"):
            lack = np.clip(1.0 - found / required, 0.0, 1.0)
        lack[presence] = 1.0
        return np.asarray(lack)

    def _limits(self) -> Numbers:
        """Minutes of walks, metres of radii, NaN for the rest."""
        rows = self.rows
        kind = rows["check"].to_numpy()
        limit = np.where(kind == "walk", numbers(rows["minutes"]), np.nan)
        radius = kind == "radius"
        if "radius_m" in rows.columns:
            limit[radius] = numbers(rows["radius_m"])[radius]
        lost = radius & ~(limit > 0)
        sized = self.unmet & ~np.isin(kind, [*BY_DISTANCE, "presence"])
        blank = sized & ~((self.required > 0) & np.isfinite(self.found))
        problems = [
            f"{mask.sum()} of {len(rows)} checks {what} "
            f"(services {some(rows.loc[mask, 'service'].unique())})"
            for mask, what in (
                (lost, "of a radius do not say how many metres it has"),
                (blank, "of a size are not met but lack what is required or found"),
            )
            if mask.any()
        ]
        if problems:
            raise InputError(
                f"compliance: {'; '.join(problems)}. Take the table that check_compliance() makes."
            )
        return limit


def counted(
    health_check: Checked, standards: Standards, *, optional: bool
) -> tuple[Needs, Counts | None]:
    """Requirements of units where somebody lives, and how many people they leave short.

    Parameters
    ----------
    health_check, standards, optional
        As for :func:`rank_shortfalls`.

    Returns
    -------
    needs, counts
        ``None`` for counts where nothing could be decided.
    """
    try:
        held = _COUNTED.setdefault(health_check, {})
    except TypeError:  # in the shape of a health check, and not to be looked up by
        return _counted(health_check, standards, optional=optional)
    key = (str(standards), optional, _told(health_check.compliance))
    if key not in held:
        held.clear()
        held[key] = _counted(health_check, standards, optional=optional)
    return held[key]


# What was counted last of a health check, as long as somebody holds that: ranks, hulls and hexagons
# ask for the same.
_COUNTED: WeakKeyDictionary[Any, dict[Any, tuple[Needs, Counts | None]]] = WeakKeyDictionary()


def _told(compliance: pd.DataFrame) -> str:
    """Fingerprint of verdicts, which somebody may have changed."""
    cells = compliance.astype(str).to_numpy().tolist()
    return blake2b(repr((list(compliance.columns), cells)).encode(), digest_size=16).hexdigest()


def _counted(
    health_check: Checked, standards: Standards, *, optional: bool
) -> tuple[Needs, Counts | None]:
    needs = needs_of(health_check, standards, optional=optional)
    if len(needs.table) == 0:
        return needs, None
    reach = Reach(health_check.evaluation)
    living = np.asarray(reach.weights("people").sum(axis=1)).ravel() > 0
    kept = living[needs.table["unit"].to_numpy()]
    if not kept.all():
        number = np.cumsum(kept) - 1
        checks = needs.checks[kept[needs.checks["need"]]].reset_index(drop=True)
        checks["need"] = number[checks["need"]]
        needs = Needs(needs.table[kept].reset_index(drop=True), checks)
    return (needs, Counts(reach, needs)) if len(needs.table) else (needs, None)


def _ratio(part: Numbers, whole: Numbers, otherwise: float) -> Numbers:
    """Part of a whole; something else where the whole is nothing."""
    result = np.full(len(whole), otherwise)
    return np.asarray(np.divide(part, whole, out=result, where=whole > 0))
