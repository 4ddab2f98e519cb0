"""A row of a standard as it is asked of all units, and what one check of it came to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lifecircle.assessment.compliance_words import Words
from lifecircle.assessment.unit_facts import Numbers, Rows, UnitFacts

MET, NOT_MET, UNKNOWN = "met", "not met", "unknown"
Texts = NDArray[np.object_]


@dataclass
class Checked:
    """One check of one row, for all units.

    Parameters
    ----------
    check
        Its name.
    figures
        Figures of the row that it rests on.
    unit
        Of the values.
    status, required, found, why
        Shapes (units,).
    required_value, found_value
        Shapes (units,).
    people, covered
        Of walks and radii, shapes (units,).
    minutes
        Of a walk.
    basis
        What each verdict rests on where it is not ``"facilities"`` alone, shape (units,).
    accepts
        Services that would do, joined by ``;``, where they are not the row's, shape (units,).
    below
        Site area from which facilities belong to the tier above and do not count, shape (units,).
    """

    check: str
    figures: tuple[str, ...]
    unit: str
    status: Texts
    required: Texts
    found: Texts
    why: Texts
    required_value: Numbers
    found_value: Numbers
    people: Numbers | None = None
    covered: Numbers | None = None
    minutes: float = math.nan
    basis: Texts | None = None
    accepts: Texts | None = None
    below: Numbers | None = None


@dataclass
class Asked:
    """A row of a standard and what its checks need.

    Parameters
    ----------
    row
        Row of :meth:`~lifecircle.standards.standard.Standard.rows`.
    facts
        Of the units.
    words
        Of the study's language.
    target_share
        That is enough where the row states none.
    top
        Units that are held against no tier above the row's, shape (units,).
    """

    row: Mapping[str, Any]
    facts: UnitFacts
    words: Words
    target_share: float
    top: Rows
    accepts: tuple[str, ...] = field(init=False)
    sure: Rows = field(init=False)
    possible: Rows = field(init=False)

    def __post_init__(self) -> None:
        self.accepts = tuple(self.row["accepts"])
        size = (self.row["counts_from_m2"], math.nan)
        self.sure, self.possible = self.facts.large_enough(self.accepts, size)

    def blank(self, text: str = "") -> Texts:
        """One text for all units."""
        return np.full(len(self.facts.units), text, dtype=object)

    @property
    def listed(self) -> bool:
        """Whether the facilities speak of the services at all."""
        return self.facts.listed(self.accepts)
