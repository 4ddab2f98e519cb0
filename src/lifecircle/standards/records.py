"""The catalogue of records: what is counted on the spot, because no map shows it."""

from __future__ import annotations

from functools import cache

import pandas as pd

from lifecircle.standards import catalog

KINDS = ("count", "amount", "yesno")


@cache
def _records() -> pd.DataFrame:
    return catalog.table("records").set_index("record")


def known_records() -> pd.DataFrame:
    """All records that lifecircle has a word for.

    Returns
    -------
    DataFrame, index ``record``
        Columns ``name_zh``, ``name_en``, ``unit`` (``count``, ``m``, ``m2``, ``km`` or
        ``yes/no``), ``kind`` (``count`` and ``amount`` add up over communities, ``yesno`` is yes
        where all say yes) and ``aliases`` (other everyday names, parted by ``;``).

    Examples
    --------
    >>> known_records().loc["lifts", ["name_zh", "unit", "kind"]].to_list()
    ['加装电梯', 'count', 'count']
    """
    return _records().copy()


def record_name(record: str, language: str = "zh") -> str:
    """Name of a record for people.

    Parameters
    ----------
    record
        Such as ``"lifts"``.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str
        The record itself if the catalogue does not know it.

    Examples
    --------
    >>> record_name("parking_spaces"), record_name("parking_spaces", "en")
    ('机动车停车位', 'car parking spaces')
    """
    table = _records()
    if record not in table.index:
        return record
    return str(table.at[record, "name_zh" if language == "zh" else "name_en"])
