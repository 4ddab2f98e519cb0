"""What is wrong or doubtful in a table, told at once."""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from lifecircle.errors import InputError, LifecircleWarning, some
from lifecircle.tables.values import Mask


@dataclass
class Findings:
    """Errors and doubts of one table, collected until all is looked at.

    Parameters
    ----------
    table
        Name of the table, for messages.
    ids
        Id of each row.
    found
        Columns of the table as it was given, for messages.
    told
        Doubts that stay in the table and of which the caller has already been warned: kind → rows.
    placed
        Whether all rows were found a place on Earth.
    errors, doubts, remaining
        What was found: errors, warnings, and doubts that stay in the table.

    Examples
    --------
    >>> findings = Findings("residents", pd.Series(["R1", "R2"]))
    >>> findings.wrong(InputError, pd.Series([True, False]).to_numpy(), "have no people.")
    >>> findings.stop()
    Traceback (most recent call last):
    lifecircle.errors.InputError: residents: 1 of 2 rows (ids R1) have no people.
    """

    table: str
    ids: pd.Series[str]
    found: str = ""
    told: dict[str, int] = field(default_factory=dict)
    placed: bool = True
    errors: list[InputError] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    remaining: dict[str, int] = field(default_factory=dict)

    def wrong(self, kind: type[InputError], mask: Mask, message: str) -> None:
        """Keep an error about the rows of a mask, if there are any."""
        if mask.any():
            self.errors.append(kind(self._about(mask, message)))

    def doubt(self, mask: Mask, message: str, *, stays: str = "") -> None:
        """Keep a warning about the rows of a mask; ``stays`` names a doubt to be told only once."""
        if not mask.any():
            return
        count = int(mask.sum())
        if stays:
            self.remaining[stays] = count
        if count > self.told.get(stays, 0):
            self.doubts.append(self._about(mask, message))

    def keep(self, mask: Mask) -> None:
        """Go on with the rows of a mask alone."""
        self.ids = self.ids[mask].reset_index(drop=True)

    def stop(self) -> None:
        """Raise all errors as one, of their common kind."""
        if not self.errors:
            return
        if len(self.errors) == 1:
            raise self.errors[0]
        kinds = {type(error) for error in self.errors}
        kind = kinds.pop() if len(kinds) == 1 else InputError
        lines = [f"{number}. {error}" for number, error in enumerate(self.errors, 1)]
        raise kind(f"{self.table}: {len(lines)} things are wrong.\n" + "\n".join(lines))

    def warn(self) -> None:
        """Tell all doubts."""
        for message in self.doubts:
            tell(message)

    def _about(self, mask: Mask, message: str) -> str:
        """Table, count and first ids before a message."""
        rows = f"{int(mask.sum())} of {len(mask)} rows"
        return f"{self.table}: {rows} (ids {some(self.ids[mask])}) {message}"


def tell(message: str) -> None:
    """Warn at the line that called lifecircle.

    Parameters
    ----------
    message
        What is doubtful, where, and what to do.

    Examples
    --------
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     tell("residents: 2 of 9 rows …")
    >>> str(caught[0].message)
    'residents: 2 of 9 rows …'
    """
    depth, caller = 1, sys._getframe(1)  # noqa: SLF001 - the one way to the caller's line
    while caller.f_back and str(caller.f_globals.get("__name__", "")).startswith("lifecircle."):
        depth, caller = depth + 1, caller.f_back
    warnings.warn(message, LifecircleWarning, stacklevel=depth + 1)


def origin(frame: Any) -> dict[str, Any]:
    """What is known of where a table comes from.

    Parameters
    ----------
    frame
        Any frame.

    Returns
    -------
    dict
        Copy of ``frame.attrs["lifecircle"]``; empty where there is none.

    Examples
    --------
    >>> origin(pd.DataFrame())
    {}
    """
    return dict(getattr(frame, "attrs", {}).get("lifecircle", {}))


def columns_found(frame: pd.DataFrame) -> str:
    """Columns that a table has, for messages about those it has not.

    Parameters
    ----------
    frame
        The table.

    Returns
    -------
    str
        Their names in the file.

    Examples
    --------
    >>> columns_found(pd.DataFrame(columns=["名称", "geometry"]))
    'Columns found: 名称.'
    """
    known = origin(frame).get("columns_taken", {})
    placed = [known[name] for name in ("lon", "lat") if name in known and name not in frame]
    names = [known.get(name, name) for name in frame.columns if name != "geometry"]
    return f"Columns found: {some([*names, *placed], limit=30) or 'none'}."
