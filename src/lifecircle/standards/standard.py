"""Standards as data: which facilities, how near, how large, for how many people, by which clause.

Each row carries the clause it comes from, its source, and how sure our copy is of it: ``seen`` in a
published text, ``derived`` from other rows, ``memory_sure`` or ``memory_unsure`` until checked
against the printed standard, ``own`` in a planner's own table. Where one figure of a row is less
sure than the row, ``figures`` says so.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from lifecircle.errors import UnknownNameError
from lifecircle.standards import catalog
from lifecircle.standards.figures import bounds, least_sure
from lifecircle.standards.rows import FIGURES, MINIMA, check_rows


@dataclass(frozen=True, eq=False)
class Standard:
    """A standard: its rows, one per clause, tier and item, as text in the columns of its file.

    Parameters
    ----------
    code
        Such as ``"GB50180-2018"``.
    name_zh, name_en
        Its title.
    table
        Rows as they stand in the file, all columns of ``COLUMNS``; items that begin with ``_`` are
        remarks. Checked by :func:`read_standard` or :func:`find_standard`.
    note_zh, note_en
        What is to be known of our copy.
    base
        Packaged standard whose tiers a planner's own has.

    Examples
    --------
    >>> print(find_standard("GB 50180"))
    GB50180-2018
    """

    code: str
    name_zh: str
    name_en: str
    table: pd.DataFrame
    note_zh: str = ""
    note_en: str = ""
    base: str = ""

    def __str__(self) -> str:
        return self.code

    def __repr__(self) -> str:
        return f"Standard {self.code}: {self.name_zh}, {len(self.rows())} rows"

    def name(self, language: str = "zh") -> str:
        """Title for people.

        Parameters
        ----------
        language
            ``"zh"`` or ``"en"``.

        Returns
        -------
        str

        Examples
        --------
        >>> find_standard("GB50180-2018").name()
        '城市居住区规划设计标准 GB 50180-2018'
        """
        return self.name_zh if language == "zh" else self.name_en

    def note(self, language: str = "zh") -> str:
        """What is to be known of our copy, for people.

        Parameters
        ----------
        language
            ``"zh"`` or ``"en"``.

        Returns
        -------
        str

        Examples
        --------
        >>> find_standard("GB55013-2021").note("en")
        'A mandatory code.'
        """
        return self.note_zh if language == "zh" else self.note_en

    def rows(self) -> pd.DataFrame:
        """Rows with their figures as numbers, remarks left out.

        Returns
        -------
        DataFrame
            The columns of the file, with ``service`` for ``item_id``, ``accepts`` a tuple of the
            services that would do, ``figure_confidence`` a dict, and of each figure the end that
            counts as a float (of a range the most for minutes and metres, the least for areas and
            numbers per 1000), its lower end as ``<figure>_low``, NaN where nothing is stated.

        Examples
        --------
        >>> rows = find_standard("JGJ39-2016").rows()
        >>> rows.loc[0, ["service_radius_m_low", "service_radius_m"]].astype(float).to_list()
        [300.0, 500.0]
        """
        table = self.table[~self.table["item_id"].str.startswith("_")].reset_index(drop=True)
        ends = {name: [bounds(text) for text in table[name]] for name in FIGURES}
        return table.assign(
            service=table["item_id"],
            accepts=_objects(
                tuple(accepts.split(";")) if accepts else _DOES_FOR.get(item, (item,))
                for accepts, item in zip(table["accepts"], table["item_id"], strict=True)
            ),
            figure_confidence=_objects(_figure_confidence(text) for text in table["figures"]),
            **{f"{name}_text": table[name] for name in FIGURES},
            **{
                name: [lower if name in MINIMA else upper for lower, upper in pairs]
                for name, pairs in ends.items()
            },
            **{f"{name}_low": [lower for lower, _ in pairs] for name, pairs in ends.items()},
        ).drop(columns="item_id")


def confidence_of(row: Mapping[Any, Any], *figures: str) -> str:
    """How sure our copy is of what a verdict on some figures of a row rests on.

    Parameters
    ----------
    row
        Row of :meth:`Standard.rows`.
    *figures
        Names of the figures used, or ``"mandatory"``.

    Returns
    -------
    str
        The weakest of them; the row's own where nothing is said of a figure.

    Examples
    --------
    >>> rows = find_standard("GB50180-2018").rows().to_dict("records")
    >>> row = next(row for row in rows if row["service"] == "kindergarten")
    >>> confidence_of(row, "service_radius_m"), confidence_of(row, "min_floor_area_m2")
    ('seen', 'memory_sure')
    """
    own = str(row["confidence"])
    named = [str(row["figure_confidence"].get(name, own)) for name in figures]
    if "derived" in named:  # no surer than what it is derived from
        named.append(own)
    return least_sure(*named)


def standards() -> pd.DataFrame:
    """Standards that come packaged.

    Returns
    -------
    DataFrame, index ``standard``
        Columns ``name_zh``, ``name_en``, ``aliases`` (parted by ``;``), ``kind`` (``national``,
        ``local`` or ``other``), ``note_zh`` and ``note_en``.

    Examples
    --------
    >>> "GB50180-2018" in standards().index
    True
    """
    return catalog.table("standards").set_index("standard")


def find_standard(standard: str | Standard) -> Standard:
    """Standard of a code, in any of its spellings.

    Parameters
    ----------
    standard
        Such as ``"GB50180-2018"``, ``"gb 50180"`` or ``"complete-community-2020"``; a
        :class:`Standard` is handed back.

    Returns
    -------
    Standard

    Raises
    ------
    UnknownNameError
        With the codes that are known.

    Examples
    --------
    >>> find_standard("长政发〔2021〕2号").code
    'changsha-2021'
    """
    return standard if isinstance(standard, Standard) else _packaged(standard_code(standard))


def standard_code(standard: str | Standard) -> str:
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
    if isinstance(standard, Standard):
        return standard.code
    wanted, spellings = _squeeze(standard), _spellings()
    if wanted in spellings:
        return spellings[wanted]
    near = [spellings[one] for one in difflib.get_close_matches(wanted, spellings, n=3)]
    codes = [str(code) for code in standards().index]
    known = [*dict.fromkeys(near), *(code for code in codes if code not in near)]
    raise UnknownNameError("standard", standard, known)


def requirements(standard: str | Standard) -> pd.DataFrame:
    """Services that a standard requires within a walk: what makes a home complete.

    Parameters
    ----------
    standard
        Code or alias, as :func:`standard_code` takes it, or the standard itself.

    Returns
    -------
    DataFrame
        One row per mandatory service that people walk to: ``service``, ``accepts`` (tuple of
        services that satisfy it), ``clause``, ``tier``, ``walk_minutes`` (min),
        ``service_radius_m`` (m, NaN where the standard states none) and ``confidence`` of our
        copy. A service that several tiers require stands once, with its shortest walk.

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
    rows = find_standard(standard).rows()
    walked = rows[(rows["mandatory"] == "mandatory") & np.isfinite(rows["walk_minutes"])]
    shortest = walked.sort_values("walk_minutes", kind="stable").drop_duplicates("service")
    chosen: pd.DataFrame = shortest.sort_index().reset_index(drop=True)
    return chosen[
        ["service", "accepts", "clause", "tier", "walk_minutes", "service_radius_m", "confidence"]
    ]


def tiers(standard: str | Standard) -> pd.DataFrame:
    """Tiers of a standard: for how many people, over how much land, or for which level of units.

    Parameters
    ----------
    standard
        Code or alias, or the standard itself.

    Returns
    -------
    DataFrame
        ``tier``, ``clause``, ``minutes``, ``radius_m``, ``population_min``, ``population_max``,
        ``area_min_ha``, ``area_max_ha`` (NaN where nothing is said), ``levels`` (tuple of levels of
        units), ``confidence``, ``figure_confidence`` (dict) and ``source``, smallest first. Tiers
        that are not listed, such as times of a walk, concern every unit. A planner's own standard
        has the tiers of the packaged one that most of its rows come from, else those of GB 50180.

    Examples
    --------
    >>> tiers("GB50180-2018").set_index("tier")["population_min"].to_dict()
    {'block': 1000.0, '5min': 5000.0, '10min': 15000.0, '15min': 50000.0}
    """
    table = catalog.table("tiers")
    code = standard_code(standard)
    if isinstance(standard, Standard) and code not in standards().index:
        code = standard.base or "GB50180-2018"
    chosen = table[table["standard"] == code].reset_index(drop=True)
    numbers = ("minutes", "radius_m", *_SIZES)
    return chosen.assign(
        **{name: pd.to_numeric(chosen[name]).astype(float) for name in numbers},
        levels=_objects(tuple(text.split(";")) if text else () for text in chosen["levels"]),
        figure_confidence=_objects(_figure_confidence(text) for text in chosen["figures"]),
    ).drop(columns=["standard", "figures"])


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
    return _radii().get(float(minutes), float("nan"))


# What does for an item where its row says nothing: shops of any kind are community retail.
_DOES_FOR = {"community_retail": ("community_retail", "convenience_store", "supermarket")}
_SIZES = ("population_min", "population_max", "area_min_ha", "area_max_ha")


@cache
def _spellings() -> dict[str, str]:
    """Code of every spelling of a packaged standard."""
    return {
        _squeeze(spelling): str(code)
        for code, row in standards().iterrows()
        for spelling in (code, row["name_zh"], row["name_en"], *row["aliases"].split(";"))
        if _squeeze(spelling)
    }


@cache
def _radii() -> dict[float, float]:
    table = tiers("GB50180-2018").dropna(subset=["minutes"])
    return dict(zip(table["minutes"], table["radius_m"], strict=True))


@cache
def _packaged(code: str) -> Standard:
    table = catalog.table(f"clauses/{code}")
    name_zh, name_en, note_zh, note_en = (
        str(standards().at[code, name]) for name in ("name_zh", "name_en", "note_zh", "note_en")
    )
    return Standard(code, name_zh, name_en, check_rows(table, code), note_zh, note_en)


def _figure_confidence(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(";") if part]
    return {name.strip(): sure.strip() for name, _, sure in pairs}


def _objects(values: Iterable[Any]) -> Any:
    """Tuples and dicts as the cells of one column."""
    listed = list(values)
    cells = np.empty(len(listed), dtype=object)
    cells[:] = listed
    return cells


def _squeeze(text: str) -> str:
    return re.sub(r"[\s_\-/〔〕()（）]+", "", str(text)).lower()
