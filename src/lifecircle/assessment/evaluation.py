"""The main job: a study goes in, coverage comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from lifecircle.assessment.steps import Steps
from lifecircle.assessment.study import Study
from lifecircle.errors import collected_warnings
from lifecircle.network.travel_times import TravelTimes
from lifecircle.network.walkers import Walker
from lifecircle.standards.standard import Standard
from lifecircle.tables.showing import card


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation:
    """What :func:`lifecircle.evaluate` found: plain tables, ready to be looked at.

    Parameters
    ----------
    study
        What was evaluated.
    standard
        Code of the standard.
    rulebook
        The standard itself.
    coverage
        Coverage per unit × service × walker × minutes, the rows of ``coverage.csv``.
    units
        The units with people, mean completeness and how far the streets go beyond them.
    residents
        The residents with the nearest minutes per service and their completeness.
    facilities
        The facilities and whether a street is near.
    isochrones
        Area within so many minutes of any facility of a group.
    requirements
        Services that the standard requires; ``listed`` tells whether the facilities name any that
        would do. What is not listed is unknown and counts for nobody's completeness.
    times
        Travel times by name of walker.
    warnings
        Everything doubtful that was told on the way.
    seconds
        How long each step took.
    walkers
        Walkers for whom every service was measured; ``None``: each service for those it is for.
    """

    study: Study
    standard: str
    rulebook: Standard
    coverage: pd.DataFrame
    units: gpd.GeoDataFrame
    residents: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    isochrones: gpd.GeoDataFrame
    requirements: pd.DataFrame
    times: Mapping[str, TravelTimes]
    warnings: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    walkers: tuple[Walker, ...] | None = None

    @property
    def required_services(self) -> tuple[str, ...]:
        """Required services that the facilities table lists, the measure of completeness."""
        return tuple(self.requirements.loc[self.requirements["listed"], "service"])

    def __repr__(self) -> str:
        longest = self.study.minutes[-1]
        return (
            f"Evaluation of {self.study.name or 'a study'} by {self.standard}: "
            f"{len(self.units):,} units, {len(self.coverage):,} rows of coverage up to "
            f"{longest:g} min, {len(self.warnings)} warnings"
        )

    def _repr_html_(self) -> str:
        """Card for notebooks."""
        return card(self)


def evaluate(
    study: Study,
    *,
    standard: str | Standard | None = None,
    walkers: Iterable[Walker | str] | None = None,
    since: Evaluation | None = None,
) -> Evaluation:
    """Walk-time coverage of every unit, and what it needs to be looked at.

    Elderly services are measured over the elderly at their pace, children's services over children
    at theirs, the rest over everyone at an adult's; the adults' figure stands beside each.

    Parameters
    ----------
    study
        Units, facilities, residents and streets.
    standard
        Standard whose required services make up completeness; the study's own if not given.
    walkers
        Measure every service for these walkers over all people instead of by the rule above; names
        are looked up among the study's own walkers first.
    since
        Evaluation of the study as it was before something changed. The result is the same; walks
        that cannot have changed are taken from it and not searched again.

    Returns
    -------
    Evaluation

    Raises
    ------
    UnknownNameError
        If there is no such standard or walker.
    SnapError
        If no resident or no facility lies near a street.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> today = evaluate(load_demo())
    >>> bool(today.coverage["covered_share"].dropna().between(0, 1).all())
    True
    """
    with collected_warnings() as notes:
        result = Steps(study, standard, walkers, since).run()
    return Evaluation(**result, warnings=tuple(dict.fromkeys([*study.notes, *notes])))
