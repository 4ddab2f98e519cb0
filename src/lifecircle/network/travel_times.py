"""Walking minutes from people to facilities: the one table that every number is read from."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.errors import (
    AlignmentError,
    DuplicateIdError,
    InputError,
    MissingColumnError,
    some,
)
from lifecircle.network import pairs
from lifecircle.network.walkers import Walker

# Name of the ids of a table that has none of its own and whose index labels repeat.
BY_POSITION = "row by position"
ID_COLUMNS = ("resident_id", "facility_id", "site_id", "origin_id", "destination_id")


@dataclass(frozen=True, eq=False, repr=False)
class TravelTimes:
    """Walking minutes, people → facilities, sparse: what lies beyond the limit is absent.

    Made by :func:`lifecircle.travel_times` or :meth:`TravelTimes.from_frame`.

    Parameters
    ----------
    origins, destinations
        Ids of people's places (o,) and of facilities (d,).
    limit_min
        Pairs further apart than this are absent, minutes. Exactly at the limit counts as reached.
    first
        Where the pairs of each origin begin, shape (o + 1,).
    destination
        Position of the destination of each pair, ascending within an origin, shape (p,).
    minutes
        Minutes of each pair, shape (p,).
    unsnapped_origins, unsnapped_destinations
        Ids of points that lie too far from any street; nothing is known of their times.
    walker
        Who walks; ``None`` for a table from elsewhere.
    complete
        Whether ``origins`` and ``destinations`` are all that were asked for. A table from elsewhere
        names only those that reach something.
    """

    origins: pd.Index
    destinations: pd.Index
    limit_min: float
    first: NDArray[np.int64]
    destination: NDArray[np.int32]
    minutes: NDArray[np.float32]
    unsnapped_origins: pd.Index = field(default_factory=lambda: pd.Index([]))
    unsnapped_destinations: pd.Index = field(default_factory=lambda: pd.Index([]))
    walker: Walker | None = None
    complete: bool = True

    def __repr__(self) -> str:
        who = f" for {self.walker.name} ({self.walker.speed_m_s} m/s)" if self.walker else ""
        return (
            f"TravelTimes{who}: {len(self.minutes):,} pairs within {self.limit_min:g} min, "
            f"{len(self.origins):,} origins → {len(self.destinations):,} destinations; "
            f"unsnapped {len(self.unsnapped_origins):,} and {len(self.unsnapped_destinations):,}"
        )

    @property
    def origin(self) -> NDArray[np.int32]:
        """Position of the origin of each pair, shape (p,)."""
        return np.repeat(np.arange(len(self.origins), dtype=np.int32), np.diff(self.first))

    def within(self, minutes: float) -> TravelTimes:
        """Pairs that are at most so far apart.

        Parameters
        ----------
        minutes
            Limit, at most ``limit_min``; a pair exactly at it stays.

        Returns
        -------
        TravelTimes

        Raises
        ------
        InputError
            If more is asked than was searched.

        Examples
        --------
        >>> frame = pd.DataFrame({"origin_id": ["a", "a"], "destination_id": ["x", "y"],
        ...                       "minutes": [5.0, 9.0]})
        >>> len(TravelTimes.from_frame(frame, limit_min=15).within(5).minutes)
        1
        """
        self.check_limit([minutes])
        kept = self.minutes <= np.float32(minutes)
        first = np.concatenate([[0], np.cumsum(kept)])[self.first].astype(np.int64)
        return TravelTimes(
            self.origins,
            self.destinations,
            float(minutes),
            first,
            self.destination[kept],
            self.minutes[kept],
            self.unsnapped_origins,
            self.unsnapped_destinations,
            self.walker,
            self.complete,
        )

    def nearest(self, labels: Iterable[Hashable] | None = None) -> pd.DataFrame:
        """Minutes to the nearest destination, or to the nearest of each label.

        Parameters
        ----------
        labels
            Label of each destination, such as its service, shape (d,). Without: all are alike.

        Returns
        -------
        DataFrame, index ``origins``, one float32 column per label, sorted (``minutes`` without)
            NaN where none lies within ``limit_min``.

        Raises
        ------
        AlignmentError
            If there is not one label per destination.

        Examples
        --------
        >>> frame = pd.DataFrame({"origin_id": ["a", "a"], "destination_id": ["x", "y"],
        ...                       "minutes": [5.0, 9.0]})
        >>> times = TravelTimes.from_frame(frame, limit_min=15)
        >>> times.nearest(["shop", "park"]).loc["a"].to_dict()
        {'park': 9.0, 'shop': 5.0}
        """
        codes, columns = self._codes(labels)
        table = self.nearest_by_code(codes, len(columns))
        table[np.isinf(table)] = np.nan
        return pd.DataFrame(table, index=self.origins, columns=columns, copy=False)

    def counts(
        self, minutes: float | None = None, labels: Iterable[Hashable] | None = None
    ) -> pd.DataFrame:
        """How many destinations each origin reaches.

        Parameters
        ----------
        minutes
            Limit; ``limit_min`` if not given.
        labels
            Label of each destination, as in :meth:`nearest`.

        Returns
        -------
        DataFrame, index ``origins``, one integer column per label (``count`` without labels)

        Raises
        ------
        InputError, AlignmentError
            As :meth:`within` and :meth:`nearest`.

        Examples
        --------
        >>> frame = pd.DataFrame({"origin_id": ["a", "a"], "destination_id": ["x", "y"],
        ...                       "minutes": [5.0, 9.0]})
        >>> int(TravelTimes.from_frame(frame, limit_min=15).counts(10).loc["a", "count"])
        2
        """
        times = self if minutes is None else self.within(minutes)
        codes, columns = times._codes(labels, "count")  # noqa: SLF001
        table = pairs.counts_by_label(times.first, times.destination, codes, len(columns))
        return pd.DataFrame(table, index=times.origins, columns=columns, copy=False)

    def to_frame(self) -> pd.DataFrame:
        """All pairs as a plain table.

        Returns
        -------
        DataFrame
            ``origin_id``, ``destination_id`` and ``minutes``, one row per pair within the limit.

        Examples
        --------
        >>> frame = pd.DataFrame({"origin_id": ["a"], "destination_id": ["x"], "minutes": [5.0]})
        >>> TravelTimes.from_frame(frame, limit_min=15).to_frame().values.tolist()
        [['a', 'x', 5.0]]
        """
        return pd.DataFrame(
            {
                "origin_id": self.origins[self.origin],
                "destination_id": self.destinations[self.destination],
                "minutes": self.minutes,
            }
        )

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        limit_min: float,
        origins: Iterable[Hashable] | None = None,
        destinations: Iterable[Hashable] | None = None,
    ) -> TravelTimes:
        """Travel times from elsewhere, such as a routing service.

        Parameters
        ----------
        frame
            ``origin_id``, ``destination_id`` and ``minutes``; a pair named twice keeps its
            shortest time; pairs beyond ``limit_min`` or with no minutes are left out.
        limit_min
            Up to where the table is whole, minutes.
        origins, destinations
            All ids that were asked for. Without them, ids that reach nothing are unknown to the
            table and count as not reached.

        Returns
        -------
        TravelTimes

        Raises
        ------
        MissingColumnError, InputError
            If a column is missing, minutes are negative or not numbers, or the limit is not.
        AlignmentError
            If the table names an id that is not in ``origins`` or ``destinations``.

        Examples
        --------
        >>> frame = pd.DataFrame({"origin_id": ["a"], "destination_id": ["x"], "minutes": [20.0]})
        >>> TravelTimes.from_frame(frame, limit_min=15, origins=["a"]).minutes.size
        0
        """
        limit_min = check_limit_min(limit_min)
        table = _checked_pairs(frame)
        from_ids = _index(origins, table["origin_id"], "origins")
        to_ids = _index(destinations, table["destination_id"], "destinations")
        limit32 = np.float32(limit_min)
        table = table[table["minutes"].to_numpy(dtype=np.float32) <= limit32]
        row = from_ids.get_indexer(pd.Index(table["origin_id"]))
        column = to_ids.get_indexer(pd.Index(table["destination_id"]))
        order = np.lexsort((table["minutes"].to_numpy(), column, row))
        row, column = row[order], column[order]
        fresh = np.ones(len(row), dtype=bool)
        fresh[1:] = (row[1:] != row[:-1]) | (column[1:] != column[:-1])
        row, column = row[fresh], column[fresh]
        return cls(
            from_ids,
            to_ids,
            limit_min,
            np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(from_ids)))]),
            column.astype(np.int32),
            table["minutes"].to_numpy(dtype=np.float32)[order][fresh],
            complete=origins is not None and destinations is not None,
        )

    def check_limit(self, minutes: Iterable[float]) -> None:
        """Refuse to answer for longer walks than were searched.

        Parameters
        ----------
        minutes
            Limits that are asked for.

        Raises
        ------
        InputError
            If one is above ``limit_min``, not above 0 or not a number.

        Examples
        --------
        >>> frame = pd.DataFrame({"origin_id": ["a"], "destination_id": ["x"], "minutes": [5.0]})
        >>> TravelTimes.from_frame(frame, limit_min=15).check_limit([5, 10, 15])
        """
        for value in minutes:
            if not check_limit_min(value) <= self.limit_min + 1e-9:
                raise InputError(
                    f"minutes={value:g} is beyond the {self.limit_min:g} minutes that were "
                    f"searched. Compute the travel times with limit_min={value:g}."
                )

    def nearest_by_code(self, code: NDArray[np.int64], codes: int) -> NDArray[np.float32]:
        """Minutes to the nearest destination of each code.

        Parameters
        ----------
        code
            Code of each destination, 0 to ``codes`` - 1, or -1 for one that does not count,
            shape (d,).
        codes
            How many codes there are.

        Returns
        -------
        array of float32, shape (o, codes)
            Infinite where none lies within ``limit_min``.

        Examples
        --------
        >>> frame = pd.DataFrame({"origin_id": ["a"], "destination_id": ["x"], "minutes": [5.0]})
        >>> times = TravelTimes.from_frame(frame, limit_min=15)
        >>> times.nearest_by_code(np.array([1]), 2).tolist()
        [[inf, 5.0]]
        """
        return np.asarray(
            pairs.nearest_by_label(self.first, self.destination, self.minutes, code, codes)
        )

    def _codes(
        self, labels: Iterable[Hashable] | None, name: str = "minutes"
    ) -> tuple[NDArray[np.int64], pd.Index]:
        if labels is None:
            return np.zeros(len(self.destinations), dtype=np.int64), pd.Index([name])
        listed = pd.Index(list(labels))
        if len(listed) != len(self.destinations):
            raise AlignmentError(
                f"labels: {len(listed)} for {len(self.destinations)} destinations; give one each."
            )
        columns = listed.unique().sort_values()
        return np.asarray(columns.get_indexer(listed), dtype=np.int64), columns


def check_limit_min(minutes: float) -> float:
    """A walking time that can be asked for.

    Parameters
    ----------
    minutes
        Minutes.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If it is not a finite number above 0.

    Examples
    --------
    >>> check_limit_min(15)
    15.0
    """
    if isinstance(minutes, bool) or not isinstance(minutes, int | float | np.number):
        raise InputError(f"minutes={minutes!r}: give a number of minutes, such as 15.")
    if not (np.isfinite(minutes) and minutes > 0):
        raise InputError(f"minutes={minutes!r}: give a number of minutes above 0, such as 15.")
    return float(minutes)


def check_bands(minutes: Iterable[float]) -> list[float]:
    """Walking times that can be asked for, sorted.

    Parameters
    ----------
    minutes
        Minutes, in any order.

    Returns
    -------
    list of float

    Raises
    ------
    InputError
        If there is none, or one is not a finite number above 0.

    Examples
    --------
    >>> check_bands((15, 5, 10))
    [5.0, 10.0, 15.0]
    """
    given: Any = minutes
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise InputError(f"minutes={minutes!r}: give a list of minutes, such as (5, 10, 15).")
    bands = sorted({check_limit_min(value) for value in minutes})
    if not bands:
        raise InputError("minutes: give at least one walking time, such as (5, 10, 15).")
    return bands


def point_ids(points: pd.DataFrame, column: str, *, unique: bool = True) -> pd.Index:
    """Ids of the rows of a table of points.

    Parameters
    ----------
    points
        Table.
    column
        Column that holds ids; others that do are tried after it, then the index. Where index labels
        repeat, rows are named by their position.
    unique
        Whether each id may stand once only.

    Returns
    -------
    Index, shape (n,)

    Raises
    ------
    DuplicateIdError
        If a column of ids repeats some, or lacks some.

    Examples
    --------
    >>> point_ids(pd.DataFrame({"facility_id": ["F1", "F2"]}), "facility_id").to_list()
    ['F1', 'F2']
    """
    for name in (column, *ID_COLUMNS):
        if name not in points.columns:
            continue
        ids = points[name]
        bad = ids.isna() | (ids.duplicated(keep=False) if unique else False)
        if bad.any():
            raise DuplicateIdError(
                f"{name}: {bad.sum()} of {len(ids)} rows have no id or one that stands more than "
                f"once ({some(ids[bad].unique())}). Give each row its own, or drop the column and "
                "the rows are named by the index."
            )
        found: pd.Index = pd.Index(ids)
        return found
    labels: pd.Index = points.index
    if labels.is_unique or not unique:
        return labels
    return pd.RangeIndex(len(points), name=BY_POSITION)


def _checked_pairs(frame: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in ("origin_id", "destination_id", "minutes") if name not in frame]
    if missing:
        raise MissingColumnError(
            f"travel times: column {some(missing)} is missing; found {some(frame.columns, 12)}. "
            "Rename yours to origin_id, destination_id and minutes."
        )
    minutes = pd.to_numeric(frame["minutes"], errors="coerce")
    bad = (minutes < 0) | (minutes.isna() & frame["minutes"].notna())
    if bad.any():
        raise InputError(
            f"travel times: {bad.sum()} of {len(frame)} rows have minutes that are negative or not "
            f"numbers (rows {some(frame.index[bad])}). Leave a pair out where there is no way."
        )
    kept = frame[["origin_id", "destination_id"]].assign(minutes=minutes)
    usable: pd.DataFrame = kept[minutes.notna() & np.isfinite(minutes)]
    return usable


def _index(ids: Iterable[Hashable] | None, named: pd.Series, what: str) -> pd.Index:
    index: pd.Index = pd.Index(named.unique() if ids is None else list(ids))
    if not index.is_unique:
        raise DuplicateIdError(
            f"{what}: some ids are asked for more than once ({some(index[index.duplicated()])})."
        )
    strange = pd.Index(named.unique()).difference(index)
    if len(strange):
        raise AlignmentError(
            f"travel times: {len(strange)} ids are not in {what} ({some(strange)}). Are they text "
            "in one table and numbers in the other?"
        )
    return index
