"""Before and after: what a scenario changes, for whom, and what it costs others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.assessment.evaluation import Evaluation
from lifecircle.assessment.health_check import HealthCheck
from lifecircle.assessment.health_compare import compare_health_checks
from lifecircle.assessment.study import Study
from lifecircle.errors import collected_warnings
from lifecircle.planning.actions import Action
from lifecircle.planning.compared_people import ComparedPeople
from lifecircle.planning.compared_sides import both_sides
from lifecircle.planning.compared_tables import (
    changed_places,
    compared_compliance,
    compared_coverage,
    compared_units,
)
from lifecircle.planning.scenarios import Scenario
from lifecircle.tables import SEGMENTS
from lifecircle.tables.showing import card


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """What :func:`lifecircle.compare` found: plain tables, ready to be looked at.

    Key columns come first, then each figure as ``…_before``, ``…_after`` and ``…_change``. What is
    unknown on one side has no change (NaN).

    Parameters
    ----------
    before, after
        Health checks of both sides.
    scenario
        What changes; ``None`` where two studies were compared.
    coverage
        Coverage per unit × service × walker × minutes × segment.
    compliance
        Verdicts per unit and clause; ``change`` is ``better``, ``worse``, ``same``, ``unknown``.
    health_check
        What :func:`lifecircle.compare_health_checks` makes of both sides.
    people
        Per unit × service × segment: who is within the walk that the standard asks for (else the
        longest), who gains it, who loses it, and person-minutes saved by those with a walk on both
        sides.
    losers
        Residents whose walk is longer than before; ``out_of_reach`` where it is too long now.
    units
        Mean completeness per unit.
    residents
        Residents with the minutes to services whose walks changed, and how many services each has
        ``gained`` and ``lost``.
    changes
        Layers of what changed: ``facilities``, ``gates``, ``new_ways``.
    warnings
        Everything doubtful that was told on the way, also by both health checks.
    """

    before: HealthCheck
    after: HealthCheck
    scenario: Scenario | None
    coverage: pd.DataFrame
    compliance: pd.DataFrame
    health_check: pd.DataFrame
    people: pd.DataFrame
    losers: pd.DataFrame
    units: pd.DataFrame
    residents: gpd.GeoDataFrame
    changes: Mapping[str, gpd.GeoDataFrame]
    warnings: tuple[str, ...] = field(default=())

    def __repr__(self) -> str:
        turned = self.compliance["change"].value_counts()
        out = self.losers[self.losers["out_of_reach"].astype(bool)]
        title = self.scenario.name if self.scenario is not None else ""
        return (
            f"Comparison of {self.before.evaluation.study.name or 'a study'}"
            f"{' with ' + title if title else ''}: {len(self.units):,} units; verdicts "
            f"{int(turned.get('better', 0)):,} better, {int(turned.get('worse', 0)):,} worse; "
            f"{out['resident_id'].nunique():,} residents' places lose a service"
        )

    def _repr_html_(self) -> str:
        """Card for notebooks."""
        return card(self)

    def most_changed(self, count: int = 8) -> pd.DataFrame:
        """Rows of ``people`` in which most people gain or lose.

        Parameters
        ----------
        count
            How many rows at most.

        Returns
        -------
        DataFrame

        Examples
        --------
        >>> from lifecircle import load_demo
        >>> study = load_demo()
        >>> len(compare(study, study).most_changed())
        0
        """
        table = self.people
        moved = (table["gained_people"] + table["lost_people"]).fillna(0.0)
        order = np.argsort(-moved.to_numpy(dtype=float), kind="stable")[:count]
        return table.iloc[order[moved.to_numpy(dtype=float)[order] > 0]].reset_index(drop=True)


def compare(
    before: Study | Evaluation | HealthCheck,
    after: Study | Evaluation | HealthCheck | Scenario | Action | Iterable[Action],
    *,
    segments: Sequence[str] | None = None,
) -> Comparison:
    """Today and a scenario side by side: who gains, who loses, which verdicts turn.

    Whatever is not evaluated or checked yet is: what comes after by the standard, walkers, system
    of indicators, year, records and answers of before.

    Parameters
    ----------
    before
        Today.
    after
        The same place and people with other facilities, gates, walls or streets; or a scenario,
        which is applied to the study of before.
    segments
        Columns of residents that are looked at beside all people; ``elderly`` and ``children``
        where they are there if not given.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        If the sides are of other units, residents, minutes or standards, or the scenario cannot be
        applied; all the problems at once.
    MissingColumnError
        If a segment is no column of residents.

    Notes
    -----
    A service that no table lists before is unknown, not absent: what people gain by the first of
    its kind is unknown too. A service whose last facility is closed is known to be lost.
    Homes that join the streets on one side only are told and left out of ``people``.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> from lifecircle.planning.actions import OpenGate
    >>> gate = load_demo().extras["gates"]["gate_id"].iloc[0]
    >>> found = compare(load_demo(), OpenGate(gate))
    >>> float(found.people["lost_people"].max())
    0.0
    """
    with collected_warnings() as notes:
        first, second, scenario = both_sides(before, after)
        old, new = first.evaluation, second.evaluation
        known = old.study.residents.columns
        chosen = [name for name in SEGMENTS if name in known] if segments is None else segments
        people = ComparedPeople(old, new, [chosen] if isinstance(chosen, str) else list(chosen))
        tables = {
            "coverage": compared_coverage(old, new),
            "compliance": compared_compliance(first, second),
            "health_check": compare_health_checks(first, second),
            "people": people.people(),
            "losers": people.losers(),
            "units": compared_units(old, new),
        }
    told = dict.fromkeys([*first.warnings, *second.warnings, *notes])
    return Comparison(
        first,
        second,
        scenario,
        **tables,
        residents=people.residents(),
        changes=changed_places(old.study, new.study),
        warnings=tuple(told),
    )
