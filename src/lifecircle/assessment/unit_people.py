"""How many people live in each unit, by two counts."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.assessment.study import Study
from lifecircle.errors import LifecircleWarning, some


def people_columns(
    study: Study, home: NDArray[np.int64], unit: NDArray[np.int64]
) -> dict[str, Any]:
    """People of each unit as the residents add up, beside what the units table states.

    Parameters
    ----------
    study
        Whose units and residents.
    home, unit
        Who belongs to which unit, as :meth:`lifecircle.Study.members` gives it.

    Returns
    -------
    dict
        ``people``, ``elderly``, ``children`` and ``households``, where the residents count them,
        and ``stated_…`` where the units state them, each of shape (units,).

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> study = load_demo()
    >>> people_columns(study, *study.members())["people"][0]
    np.float64(26822.0)
    """
    units, residents = study.units, study.residents
    columns: dict[str, Any] = {}
    for name in ("people", "elderly", "children", "households"):
        if name not in residents.columns:
            continue
        weight = pd.to_numeric(residents[name]).to_numpy(dtype=float)[home]
        columns[name] = np.bincount(unit, weights=weight, minlength=len(units)).astype(float)
        if name not in units.columns:
            continue
        stated = pd.to_numeric(units[name], errors="coerce").to_numpy(dtype=float)
        columns[f"stated_{name}"] = stated
        off = np.abs(stated - columns[name]) > np.maximum(0.01 * stated, 1.0)
        if off.any():
            at = int(np.flatnonzero(off)[0])
            warnings.warn(
                f"units: {off.sum()} of {len(units)} state other {name} than their residents "
                f"add up to ({some(units.loc[off, 'unit_id'])}; {units['unit_id'].iloc[at]}: "
                f"{stated[at]:,.0f} stated, {columns[name][at]:,.0f} counted). All shares are "
                "of the residents counted.",
                LifecircleWarning,
                stacklevel=8,
            )
    return columns


def tell_of_homeless(study: Study, home: NDArray[np.int64]) -> None:
    """Warn of people who live outside every unit, and where nobody lives at all.

    Parameters
    ----------
    study
        Whose units and residents.
    home
        Homes that belong to units.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> study = load_demo()
    >>> tell_of_homeless(study, study.members()[0])
    """
    outside = np.setdiff1d(np.arange(len(study.residents)), home)
    if len(outside):
        people = study.residents["people"].iloc[outside].sum()
        ids = study.residents["resident_id"].iloc[outside]
        warnings.warn(
            f"residents: {len(outside)} of {len(study.residents)} places with "
            f"{people:,.0f} people lie outside every unit and are not counted ({some(ids)}).",
            LifecircleWarning,
            stacklevel=7,
        )
    if not study.residents["people"].sum() > 0:
        warnings.warn(
            "residents: nobody lives at any place (people is 0 everywhere), so there are no "
            "shares. Is it the right column?",
            LifecircleWarning,
            stacklevel=7,
        )
