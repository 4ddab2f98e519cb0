"""The catalogue: services, the groups they belong to, and what else standards speak of."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import pandas as pd

from lifecircle.errors import UnknownServiceError, some


@cache
def table(name: str) -> pd.DataFrame:
    """Packaged table of a name, as text; not to be changed.

    Parameters
    ----------
    name
        File name without its ending, with its folder, such as ``"clauses/JGJ39-2016"``.

    Returns
    -------
    DataFrame of str

    Examples
    --------
    >>> table("groups")["group"].to_list()[:2]
    ['elderly', 'child']
    """
    with (files(__package__) / f"{name}.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype="str", keep_default_na=False)


@cache
def _services() -> pd.DataFrame:
    return table("services").set_index("service")


@cache
def _groups() -> pd.DataFrame:
    return table("groups").set_index("group")


@cache
def _items() -> pd.DataFrame:
    return table("items").set_index("item")


def services() -> pd.DataFrame:
    """All services that lifecircle has a word for.

    Returns
    -------
    DataFrame, index ``service``
        Columns ``name_zh``, ``name_en``, ``group`` and ``aliases`` (other everyday names, parted by
        ``;``).

    Examples
    --------
    >>> services().loc["kindergarten", ["name_zh", "group"]].to_list()
    ['幼儿园', 'child']
    """
    return _services().copy()


def items() -> pd.DataFrame:
    """Items of standards that are no service one walks to, such as property platforms.

    Returns
    -------
    DataFrame, index ``item``
        Columns ``name_zh`` and ``name_en``.

    Examples
    --------
    >>> items().loc["utilities", "name_en"]
    'utilities'
    """
    return _items().copy()


def service_groups() -> pd.DataFrame:
    """Eight groups of services, in the order in which they are shown.

    Returns
    -------
    DataFrame, index ``group``
        Columns ``name_zh``, ``name_en``, ``colour`` (hex), ``segment`` (whose coverage is measured
        by default: ``people``, ``elderly`` or ``children``) and ``walker`` (who walks by default).

    Examples
    --------
    >>> service_groups().index.to_list()[:3]
    ['elderly', 'child', 'health']
    """
    return _groups().copy()


def group_of(service: pd.Series) -> pd.Series:
    """Group of each service.

    Parameters
    ----------
    service
        Service of each row, shape (n,).

    Returns
    -------
    Series, shape (n,), index of ``service``, name ``group``

    Raises
    ------
    UnknownServiceError
        If a service is not in the catalogue.

    Examples
    --------
    >>> group_of(pd.Series(["kindergarten", "park"])).to_list()
    ['child', 'green']
    """
    group = service.map(_services()["group"])
    unknown = service[group.isna()]
    if len(unknown):
        names = sorted({str(name) for name in unknown})
        raise UnknownServiceError(
            f"service: {len(unknown)} of {len(service)} rows name a service that is not in the "
            f"catalogue ({some(names)}). lifecircle.standards.catalog.services() lists those "
            "that are."
        )
    return group.astype("str").rename("group")


def service_name(service: str, language: str = "zh") -> str:
    """Name of a service for people.

    Parameters
    ----------
    service
        Such as ``"kindergarten"``, or an item of a standard.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str
        The service itself if the catalogue does not know it.

    Examples
    --------
    >>> service_name("food_market"), service_name("food_market", "en")
    ('菜市场或生鲜超市', 'food market')
    """
    column = "name_zh" if language == "zh" else "name_en"
    for known in (_services(), _items()):
        if service in known.index:
            return str(known.at[service, column])
    return service
