"""The catalogue: services, the groups they belong to, and what each standard requires.

Rows of standards carry the clause they come from and how sure our copy is of them: ``seen`` in a
published text, ``memory_sure`` or ``memory_unsure`` until checked against the printed standard.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import pandas as pd

from lifecircle.errors import UnknownNameError, UnknownServiceError, some


@cache
def _table(name: str) -> pd.DataFrame:
    with (files(__package__) / f"{name}.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype="str", keep_default_na=False)


@cache
def _services() -> pd.DataFrame:
    return _table("services").set_index("service")


@cache
def _groups() -> pd.DataFrame:
    return _table("groups").set_index("group")


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
        Such as ``"kindergarten"``.
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
    table = _services()
    if service not in table.index:
        return service
    return str(table.at[service, "name_zh" if language == "zh" else "name_en"])


def standard_code(standard: str) -> str:
    """Code of a standard from any of its spellings.

    Parameters
    ----------
    standard
        Such as ``"GB50180-2018"``, ``"gb 50180"`` or ``"complete-community-2020"``.

    Returns
    -------
    str

    Raises
    ------
    UnknownNameError
        With the codes that are known.

    Examples
    --------
    >>> standard_code("GB 50180")
    'GB50180-2018'
    """
    table = _table("standards")
    wanted = _squeeze(standard)
    for code, aliases in zip(table["standard"], table["aliases"], strict=True):
        if wanted in {_squeeze(alias) for alias in [code, *aliases.split(";")]}:
            return str(code)
    raise UnknownNameError("standard", standard, table["standard"])


def standard_name(standard: str, language: str = "zh") -> str:
    """Title of a standard for people.

    Parameters
    ----------
    standard
        Code or alias.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str

    Raises
    ------
    UnknownNameError
        If there is no such standard.

    Examples
    --------
    >>> standard_name("GB50180-2018")
    '城市居住区规划设计标准 GB 50180-2018'
    """
    row = _table("standards").set_index("standard").loc[standard_code(standard)]
    return str(row["name_zh" if language == "zh" else "name_en"])


def requirements(standard: str) -> pd.DataFrame:
    """Services that a standard requires within walking distance.

    Parameters
    ----------
    standard
        Code or alias, as :func:`standard_code` takes it.

    Returns
    -------
    DataFrame
        One row per required service: ``service``, ``accepts`` (tuple of services that satisfy
        it), ``clause``, ``tier``, ``walk_minutes`` (min), ``service_radius_m`` (m, NaN where the
        standard states none) and ``confidence`` of our copy.

    Raises
    ------
    UnknownNameError
        If there is no such standard.

    Examples
    --------
    >>> table = requirements("GB50180-2018").set_index("service")
    >>> float(table.loc["kindergarten", "service_radius_m"])
    300.0
    >>> table.loc["community_retail", "accepts"]
    ('community_retail', 'convenience_store', 'supermarket')
    """
    table = _table("requirements")
    chosen = table[table["standard"] == standard_code(standard)].reset_index(drop=True)
    return chosen.assign(
        accepts=chosen["accepts"].map(lambda text: tuple(text.split(";"))),
        walk_minutes=pd.to_numeric(chosen["walk_minutes"]),
        service_radius_m=pd.to_numeric(chosen["service_radius_m"]),
    )[["service", "accepts", "clause", "tier", "walk_minutes", "service_radius_m", "confidence"]]


def tier_radius_m(minutes: float) -> float:
    """Straight-line radius that GB 50180-2018 sets beside a walking time (3.0.4).

    Parameters
    ----------
    minutes
        Walking time, min.

    Returns
    -------
    float
        300, 500 or 1000 m for 5, 10 or 15 min; NaN for any other time: the standard names none.

    Examples
    --------
    >>> tier_radius_m(15)
    1000.0
    >>> tier_radius_m(7)
    nan
    """
    table = _table("tiers")
    for tier_minutes, radius_m in zip(table["minutes"], table["radius_m"], strict=True):
        if float(tier_minutes) == float(minutes):
            return float(radius_m)
    return float("nan")


def _squeeze(text: str) -> str:
    return re.sub(r"[\s_\-]+", "", str(text)).lower()
