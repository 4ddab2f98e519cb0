"""What the records say of a unit: its own, or those of its communities added up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from lifecircle.assessment.health_words import say
from lifecircle.errors import some
from lifecircle.standards.records import known_records, record_name
from lifecircle.tables.records import RECORD_COLUMNS


@dataclass(frozen=True)
class Reading:
    """One record of one unit.

    Parameters
    ----------
    value
        The number, 1 or 0 for yes or no; NaN where nothing is known.
    years
        Years of the records it was taken from; empty where they state none.
    sources
        What the records themselves name as their source.
    why
        Why nothing is known; of a no which communities say so.
    below
        Of a yes or no put together from the units below: how many say yes, say no, and do not say.

    Examples
    --------
    >>> Reading(22.0, (2023, 2024), ("survey",)).origin()
    'records 2023–2024 (survey)'
    """

    value: float
    years: tuple[int, ...] = ()
    sources: tuple[str, ...] = ()
    why: str = ""
    below: tuple[int, int, int] = (0, 0, 0)

    def origin(self, language: str = "") -> str:
        """Where the value comes from, with year and source.

        Parameters
        ----------
        language
            ``"zh"`` or ``"en"``: in words; else as the column ``source`` has it.

        Returns
        -------
        str

        Examples
        --------
        >>> Reading(22.0, (2024,), ("普查",)).origin("zh")
        '台账 2024（普查）'
        """
        span = "–".join(dict.fromkeys(str(year) for year in (*self.years[:1], *self.years[-1:])))
        named = some(self.sources, 6)
        if language == "zh":
            several = "、".join([*self.sources[:6], *["…"][: len(self.sources) > 6]])
            return f"台账 {span}".strip() + (f"（{several}）" if several else "")
        return " ".join(one for one in ("records", span, f"({named})" if named else "") if one)


class RecordBook:
    """Records of all units, looked up by unit and name.

    Parameters
    ----------
    records
        Checked records, or ``None``.
    units
        Units of the study.
    year
        Year that is looked at: the latest record up to it counts, and one that states no year does
        not. Without: the latest of all; one without a year counts where there is no other.
    language
        Of the words.

    Examples
    --------
    >>> units = pd.DataFrame({"unit_id": ["C", "W", "E"], "name": ["C", "W", "E"],
    ...                       "parent_id": ["", "C", "C"]})
    >>> records = pd.DataFrame({"unit_id": ["W", "E"], "record": "lifts", "value": [2.0, 3.0],
    ...                         "unit": "count", "year": [2023, 2024], "source": ""})
    >>> book = RecordBook(records.astype({"year": "Int64"}), units, None, "en")
    >>> book.read("C", "lifts").value, book.read("C", "lifts").years
    (5.0, (2023, 2024))
    """

    def __init__(
        self, records: pd.DataFrame | None, units: pd.DataFrame, year: int | None, language: str
    ) -> None:
        self._year, self._language = year, language
        self._rows: dict[tuple[str, str], list[tuple[int | None, float, str]]] = {}
        for row in () if records is None else records.to_dict("records"):
            when = None if pd.isna(row["year"]) else int(row["year"])
            key = (str(row["unit_id"]), str(row["record"]))
            self._rows.setdefault(key, []).append((when, float(row["value"]), str(row["source"])))
        self._name = dict(zip(units["unit_id"], units["name"], strict=True))
        self._children: dict[str, list[str]] = {}
        if "parent_id" in units:
            for unit_id, parent in zip(units["unit_id"], units["parent_id"], strict=True):
                if parent in self._name and parent != unit_id:
                    self._children.setdefault(parent, []).append(unit_id)
        known = known_records()
        self._kinds, self._units = known["kind"].to_dict(), known["unit"].to_dict()

    def read(self, unit_id: str, record: str) -> Reading:
        """What is known of a record of a unit.

        Counts and amounts of communities add up where all of them have one; a yes or no is yes
        where all say yes, and no where one says no.

        Parameters
        ----------
        unit_id
            The unit.
        record
            The record.

        Returns
        -------
        Reading
        """
        return self._read(unit_id, record, frozenset())

    def frame(self) -> pd.DataFrame:
        """What is known of every record of every unit, in the columns of records.

        Returns
        -------
        DataFrame
            One row per unit and record that is known, also where it is that of its communities.
        """
        names = list(dict.fromkeys(record for _, record in self._rows))
        rows = []
        for unit_id in self._name:
            for record in names:
                found = self.read(unit_id, record)
                if not math.isnan(found.value):
                    year = found.years[-1] if found.years else pd.NA
                    named = some(found.sources, 6)
                    rows.append((unit_id, record, found.value, self._units[record], year, named))
        table = pd.DataFrame(rows, columns=list(RECORD_COLUMNS))
        return table.astype({"year": "Int64"})

    def _read(self, unit_id: str, record: str, above: frozenset[str]) -> Reading:
        own = self._own(unit_id, record)
        children = [one for one in self._children.get(unit_id, ()) if one not in above]
        if not children:
            return own
        added = self._added(record, children, above | {unit_id})
        if added is None:
            return own
        # what all communities say newly goes before what the circle said in an earlier year
        newer = not math.isnan(added.value) and bool(added.years and own.years)
        if math.isnan(own.value) or (newer and added.years[0] > own.years[-1]):
            return added
        return own

    def _added(self, record: str, children: list[str], below: frozenset[str]) -> Reading | None:
        """What communities say together; ``None`` where none of them says anything."""
        found = {child: self._read(child, record, below) for child in children}
        known = [one for one in found.values() if not math.isnan(one.value)]
        if not known:
            return None
        years = tuple(sorted({year for one in known for year in one.years}))
        sources = tuple(dict.fromkeys(name for one in known for name in one.sources))
        values = [one.value for one in known]
        missing = [self._name[child] for child, one in found.items() if math.isnan(one.value)]
        if self._kinds.get(record) == "yesno":
            said = _said(found.values())
            if 0.0 in values:
                return Reading(0.0, years, sources, self._saying_no(record, found), said)
            if not missing:
                return Reading(1.0, years, sources, "", said)
            return Reading(math.nan, (), (), self._lacking(record, missing), said)
        if not missing:
            return Reading(math.fsum(values), years, sources)
        return Reading(math.nan, (), (), self._lacking(record, missing))

    def _own(self, unit_id: str, record: str) -> Reading:
        """The unit's own record of the year that is looked at."""
        rows = self._rows.get((unit_id, record), [])
        dated = [row for row in rows if row[0] is not None]
        if self._year is not None:
            dated = [row for row in dated if row[0] is not None and row[0] <= self._year]
        usable: Sequence[tuple[int | None, float, str]] = dated
        if not dated and self._year is None:
            usable = rows
        if not usable:
            values = {"what": record_name(record, self._language), "year": self._year}
            key = "no record" if self._year is None else "no record yet"
            return Reading(math.nan, (), (), say(key, self._language, values))
        year, value, source = max(usable, key=lambda row: row[0] or 0)
        return Reading(value, (year,) if year else (), (source,) if source else ())

    def _saying_no(self, record: str, found: Mapping[str, Reading]) -> str:
        no = [self._name[child] for child, one in found.items() if one.value == 0.0]
        named = {"what": record_name(record, self._language), "units": some(no, 20)}
        return say("saying no", self._language, {**named, "count": len(no), "all": len(found)})

    def _lacking(self, record: str, missing: list[str]) -> str:
        values = {"what": record_name(record, self._language), "units": some(missing, 20)}
        return say("some communities", self._language, values)


def _said(found: Iterable[Reading]) -> tuple[int, int, int]:
    """Units that say yes, say no, and do not say; each at the lowest level that has a record."""
    counts = [0, 0, 0]
    for one in found:
        own = 2 if math.isnan(one.value) else 0 if one.value else 1
        for place, many in enumerate(one.below):
            counts[place] += many
        counts[own] += 0 if any(one.below) else 1
    return counts[0], counts[1], counts[2]
