"""What is asked of siting: which model, within which limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lifecircle.errors import InputError, UnknownNameError, some
from lifecircle.tables.values import as_numbers

MODELS = ("MCLP", "CMCLP", "LSCP", "p-median", "p-center")
_SPELLINGS = {"pcentre": "p-center", **{name.lower().replace("-", ""): name for name in MODELS}}

Numbers = Mapping[Any, float] | pd.Series


@dataclass(frozen=True, eq=False)
class SitingModel:
    """A model of siting and its limits.

    Parameters
    ----------
    name
        ``"MCLP"``: most people within the minutes. ``"CMCLP"``: most people who find room within
        the minutes, where facilities take only so many; people of one place may go to several.
        ``"LSCP"``: fewest sites (cheapest, where costs are given) that bring everybody within the
        minutes. ``"p-median"``: least walking in all. ``"p-center"``: shortest longest walk.
    budget_cny
        Most that the sites may cost together, yuan.
    cost_cny
        Cost of each candidate, by its id, yuan.
    capacity_people
        People that each facility takes, by its id, for CMCLP: candidates and what stands already.
    segment
        Column of residents whose people count, such as ``"elderly"``; those the service is for if
        not given. Of use to :func:`lifecircle.site_facilities` only, as the next two.
    survey
        Whether a home counts as much as residents' answers say of the service in its unit
        (:func:`lifecircle.survey_weight`).
    floor_area_m2
        Floor area that a service takes of a site, by service, m²; what a standard asks if not
        given.
    skip_unreachable
        LSCP: leave out people whom no site reaches, with a warning, instead of an error.
    time_limit_s
        After so many seconds the best choice so far is taken, and told how far from the best it
        may be.
    exact
        False: greedy choice and exchanges at once, for very large tables.

    Raises
    ------
    UnknownNameError
        If there is no model of that name.
    InputError
        If a number cannot be.

    Examples
    --------
    >>> SitingModel("p-centre", budget_cny=3_000_000).name
    'p-center'
    """

    name: str = "MCLP"
    _: KW_ONLY
    budget_cny: float | None = None
    cost_cny: Numbers | None = None
    capacity_people: Numbers | None = None
    segment: str | None = None
    survey: bool = False
    floor_area_m2: Numbers | None = None
    skip_unreachable: bool = False
    time_limit_s: float = 120.0
    exact: bool = True

    def __post_init__(self) -> None:
        plain = "".join(sign for sign in str(self.name).lower() if sign.isalnum())
        if plain not in _SPELLINGS:
            raise UnknownNameError("model", self.name, MODELS)
        object.__setattr__(self, "name", _SPELLINGS[plain])
        problems: list[str] = []
        given: Any = self.segment
        if self.budget_cny is not None and not _is_number(self.budget_cny, 0.0):
            problems.append(f"budget_cny={self.budget_cny!r}: give yuan, 0 or more.")
        if not _is_number(self.time_limit_s, 0.0) or self.time_limit_s == 0:
            problems.append(f"time_limit_s={self.time_limit_s!r}: give seconds above 0.")
        for name in ("cost_cny", "capacity_people", "floor_area_m2"):
            problems += _number_problems(name, getattr(self, name))
        for name in ("survey", "skip_unreachable", "exact"):
            if not isinstance(getattr(self, name), bool | np.bool_):
                problems.append(f"{name}={getattr(self, name)!r}: give True or False.")
        if given is not None and not isinstance(given, str):
            problems.append(f"segment={self.segment!r}: give the name of a column of residents.")
        if problems:
            raise InputError("siting: " + " ".join(problems))


def model_of(model: str | SitingModel) -> SitingModel:
    """Model of a name.

    Parameters
    ----------
    model
        A name, or a model.

    Returns
    -------
    SitingModel

    Raises
    ------
    UnknownNameError
        If there is no model of that name.

    Examples
    --------
    >>> model_of("lscp").name
    'LSCP'
    """
    return model if isinstance(model, SitingModel) else SitingModel(model)


def numbers_by_id(values: Numbers | None, ids: pd.Index) -> NDArray[np.float64]:
    """Number of each id.

    Parameters
    ----------
    values
        By id.
    ids
        Ids, shape (n,).

    Returns
    -------
    array of float, shape (n,)
        Not a number where none is given.

    Examples
    --------
    >>> numbers_by_id({"S1": 5}, pd.Index(["S0", "S1"]))
    array([nan,  5.])
    """
    if values is None:
        return np.full(len(ids), np.nan)
    table = as_numbers(pd.Series(dict(values), dtype=object))
    return np.asarray(table.reindex(ids), dtype=np.float64)


def _is_number(value: Any, least: float) -> bool:
    """Whether a value is a finite number and large enough."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.number):
        return False
    return bool(np.isfinite(value) and value >= least)


def _number_problems(name: str, values: Any) -> list[str]:
    """What is wrong with numbers by id; nothing means unknown."""
    if values is None:
        return []
    if not isinstance(values, Mapping | pd.Series):
        return [f"{name}={values!r}: give a dict or a Series, id → number."]
    if isinstance(values, pd.Series) and not values.index.is_unique:
        return [f"{name}: ids stand twice ({some(values.index[values.index.duplicated()])})."]
    given = pd.Series(dict(values), dtype=object)
    numbers = as_numbers(given)
    wrong = (numbers.isna() & given.notna()) | (numbers < 0) | np.isinf(numbers)
    if not wrong.any():
        return []
    shown = some(f"{key}: {value!r}" for key, value in given[wrong].items())
    return [f"{name}: {wrong.sum()} are not numbers of 0 or more ({shown})."]
