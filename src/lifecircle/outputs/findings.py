"""What is known of a place beside its evaluation, to be drawn on its map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecircle.errors import InputError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from lifecircle.assessment.evaluation import Evaluation
    from lifecircle.assessment.health_check import HealthCheck
    from lifecircle.planning.siting import SitingResult


@dataclass(frozen=True, eq=False, repr=False)
class Findings:
    """Tables beside an evaluation that a map draws as layers with cards.

    Parameters
    ----------
    check
        What :func:`lifecircle.health_check` found; shortfalls need it.
    shortfalls
        What :func:`lifecircle.rank_shortfalls` made of it, all rows or some.
    openings
        What :func:`lifecircle.rank_openings` gives.
    sites
        What :func:`lifecircle.site_facilities` found: its sites are the chosen ones.
    candidates
        Candidate sites, from :func:`lifecircle.read_sites`.
    projects
        What :func:`lifecircle.list_projects` gives.

    Raises
    ------
    InputError
        If shortfalls come without the health check that they were ranked from, or sites have no
        places.

    Examples
    --------
    >>> Findings()
    Findings(nothing)
    """

    check: HealthCheck | None = None
    shortfalls: pd.DataFrame | None = None
    openings: pd.DataFrame | None = None
    sites: SitingResult | None = None
    candidates: gpd.GeoDataFrame | None = None
    projects: gpd.GeoDataFrame | None = None

    def __post_init__(self) -> None:
        if self.shortfalls is not None and self.check is None:
            raise InputError(
                "shortfalls: hand in check, the health check they were ranked from, beside them."
            )
        if self.sites is not None and self.sites.additions is None:
            raise InputError(
                "sites: these sites have no places. Take what site_facilities() found."
            )

    def __repr__(self) -> str:
        given = [name for name, value in vars(self).items() if value is not None]
        return f"Findings({', '.join(given) or 'nothing'})"

    def of(self, evaluation: Evaluation) -> Findings:
        """These findings, if they are of an evaluation.

        Parameters
        ----------
        evaluation
            The one that is drawn.

        Returns
        -------
        Findings

        Raises
        ------
        InputError
            If the health check is of another one.

        Examples
        --------
        >>> import lifecircle as lc
        >>> Findings().of(lc.evaluate(lc.load_demo()))
        Findings(nothing)
        """
        if self.check is not None and self.check.evaluation is not evaluation:
            raise InputError("check: this health check is of another evaluation. Check this one.")
        return self
