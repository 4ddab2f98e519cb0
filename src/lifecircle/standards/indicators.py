"""Systems of indicators for a health check (体检): packaged as data, or a planner's own table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from lifecircle.errors import (
    InputError,
    LifecircleError,
    MissingColumnError,
    UnknownNameError,
    some,
)
from lifecircle.standards import catalog
from lifecircle.standards.figures import CONFIDENCES
from lifecircle.standards.parts import Groups, read_parts
from lifecircle.tables.findings import tell
from lifecircle.tables.values import as_ids, as_numbers, is_blank

COLUMNS = (
    "system",
    "block",
    "block_zh",
    "block_en",
    "indicator_id",
    "indicator_zh",
    "indicator_en",
    "unit",
    "direction",
    "parts",
    "threshold",
    "clause",
    "confidence",
    "source",
    "note",
)
DIRECTIONS = ("higher_better", "lower_better")
_NEEDED = ("block", "indicator_id", "unit", "parts")
# What stands where a planner's own table says nothing of where a figure is from.
NOT_STATED = {
    "clause": "条款未写明 / clause not stated",
    "source": "来源未写明 / source not stated",
}
_Problems = list[LifecircleError]


@dataclass(frozen=True, eq=False)
class IndicatorSystem:
    """A system of indicators: blocks of indicators, and how each is judged.

    Parameters
    ----------
    code
        Such as ``"complete-community-2020"``.
    name_zh, name_en
        Its title.
    table
        One row per indicator, the columns of the packaged files and ``weight`` (1 where the table
        has none).
    judged
        Parts of each indicator, in the order of the rows.
    standard
        Code of the standard it belongs to; ``""`` where it has none.

    Examples
    --------
    >>> find_indicators("complete-community-2020")
    IndicatorSystem complete-community-2020: 20 indicators in 6 blocks
    """

    code: str
    name_zh: str
    name_en: str
    table: pd.DataFrame
    judged: tuple[Groups, ...]
    standard: str = ""

    def __repr__(self) -> str:
        blocks = self.table["block"].nunique()
        return f"IndicatorSystem {self.code}: {len(self.table)} indicators in {blocks} blocks"

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
        >>> find_indicators("柏枝林").name("en")
        'the four aspects of Baizhilin'
        """
        return self.name_zh if language == "zh" else self.name_en


@cache
def _systems() -> pd.DataFrame:
    return catalog.table("indicator_systems").set_index("system")


def indicator_systems() -> pd.DataFrame:
    """Packaged systems of indicators.

    Returns
    -------
    DataFrame, index ``system``
        Columns ``name_zh``, ``name_en``, ``aliases`` (parted by ``;``) and ``standard`` (the one it
        belongs to, else ``""``).

    Examples
    --------
    >>> indicator_systems().index.to_list()[:3]
    ['complete-community-2020', 'health-check-2023', 'baizhilin-4']
    """
    return _systems().copy()


def system_name(system: str, language: str) -> str:
    """Name of a system of indicators.

    Parameters
    ----------
    system
        Code of a packaged system, or a planner's own word.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str
        A planner's own word stands for itself.

    Examples
    --------
    >>> system_name("rhyme-15", "en") != "rhyme-15", system_name("我的体检", "zh")
    (True, '我的体检')
    """
    systems = _systems()
    return str(systems.at[system, f"name_{language}"]) if system in systems.index else system


@cache
def find_indicators(system: str) -> IndicatorSystem:
    """A packaged system of indicators.

    Parameters
    ----------
    system
        Code or alias.

    Returns
    -------
    IndicatorSystem

    Raises
    ------
    UnknownNameError
        If there is none of that name.

    Examples
    --------
    >>> find_indicators("rhyme-15").table["indicator_zh"].str.cat()
    '菜食住行购教科文卫体老幼站厕园'
    """
    table = _systems()
    for code, row in zip(table.index, table.to_dict("records"), strict=True):
        if system.strip().lower() in {code, *str(row["aliases"]).lower().split(";")}:
            found = check_indicators(catalog.table(f"indicators/{code}"), code=str(code))
            return IndicatorSystem(
                found.code,
                str(row["name_zh"]),
                str(row["name_en"]),
                found.table,
                found.judged,
                str(row["standard"]),
            )
    raise UnknownNameError("system of indicators", system, table.index)


def check_indicators(frame: pd.DataFrame, *, code: str = "") -> IndicatorSystem:
    """A system of indicators from a table, or one error that says all that is wrong.

    Parameters
    ----------
    frame
        Columns as in the packaged files; ``block``, ``indicator_id``, ``unit`` and ``parts`` are
        needed, and a name in one language. ``weight`` counts an indicator more or less. What
        ``parts`` may say stands in ``lifecircle.standards.parts.GRAMMAR``. Where no ``clause`` or
        ``source`` is stated, that is told and written there; a blank ``confidence`` is ``"own"``.
        A table with a clause and a source for each row comes back as it was. Not changed.
    code
        Code of the system, where the table has no column ``system``.

    Returns
    -------
    IndicatorSystem

    Raises
    ------
    MissingColumnError, InputError
        If columns are missing, or rows cannot be used; all problems at once.

    Examples
    --------
    >>> own = pd.DataFrame({"block": ["green"], "indicator_id": ["G1"], "indicator_zh": ["公园"],
    ...                     "unit": ["share"], "parts": ["covered:park minutes=5"],
    ...                     "threshold": ["0.9"], "clause": ["导则 3.2"], "source": ["某市导则"]})
    >>> check_indicators(own, code="own").judged[0][0][0].least
    0.9
    """
    missing = [name for name in _NEEDED if name not in frame.columns]
    if not {"indicator_zh", "indicator_en"} & set(frame.columns):
        missing.append("indicator_zh")
    if missing:
        raise MissingColumnError(
            f"indicators: there is no column {some(missing, 20)}. The columns are "
            f"{some(COLUMNS, 20)}; found {some(frame.columns, 20)}."
        )
    if frame.empty:
        raise InputError("indicators: the table has no rows.")
    table = _texts(frame, code)
    problems: _Problems = []
    _check_ids(table, problems)
    _check_words(table, problems)
    for name in ("threshold", "weight"):
        table[name] = _numbers(table, name, problems)
    judged = tuple(_judged(row, problems) for row in table.to_dict("records"))
    if problems:
        lines = "\n".join(f"{number}. {error}" for number, error in enumerate(problems, 1))
        raise InputError(f"indicators: {len(problems)} things are wrong.\n{lines}")
    table["weight"] = table["weight"].fillna(1.0)
    for column, words in NOT_STATED.items():
        _tell_blank(table, column, words)
    name = str(table["system"].iloc[0])
    return IndicatorSystem(name, name, name, table, judged)


def _texts(frame: pd.DataFrame, code: str) -> pd.DataFrame:
    """All columns as text, with what stands for what is not there."""
    columns = list(dict.fromkeys([*COLUMNS, "weight"]))
    table = pd.DataFrame(
        {
            name: as_ids(frame[name]).to_numpy() if name in frame else [""] * len(frame)
            for name in columns
        },
        dtype="str",
    )
    for name, other in (
        ("block_zh", "block_en"),
        ("block_en", "block_zh"),
        ("block_zh", "block"),
        ("block_en", "block"),
        ("indicator_zh", "indicator_en"),
        ("indicator_en", "indicator_zh"),
    ):
        table[name] = table[name].where(table[name] != "", table[other])
    table["direction"] = table["direction"].replace("", "higher_better")
    table["confidence"] = table["confidence"].replace("", "own")
    table["system"] = table["system"].replace("", code or "own")
    return table


def _tell_blank(table: pd.DataFrame, column: str, words: str) -> None:
    """Say which rows do not say where they are from, in the table and to the planner."""
    blank = table[column] == ""
    if blank.any():
        ids = some(table.loc[blank, "indicator_id"])
        tell(
            f"indicators: {int(blank.sum())} of {len(table)} rows ({ids}) have nothing in "
            f"{column!r}. Fill it in, so that whoever reads the figures can look them up."
        )
        table.loc[blank, column] = words


def _check_ids(table: pd.DataFrame, problems: _Problems) -> None:
    for name in ("block", "indicator_id", "indicator_zh", "parts"):
        empty = table.index[table[name] == ""]
        if len(empty):
            problems.append(InputError(f"rows {some(empty + 1)} have nothing in {name!r}."))
    ids = table["indicator_id"]
    again = ids[ids.duplicated() & (ids != "")].unique()
    if len(again):
        problems.append(InputError(f"{some(again)} stand more than once in 'indicator_id'."))
    if len(table["system"].unique()) > 1:
        problems.append(
            InputError(f"one table is one system, not {some(table['system'].unique())}.")
        )


def _check_words(table: pd.DataFrame, problems: _Problems) -> None:
    for name, known in (("direction", DIRECTIONS), ("confidence", CONFIDENCES)):
        for word in table.loc[~table[name].isin(known), name].unique():
            problems.append(UnknownNameError(name, word, known))


def _numbers(table: pd.DataFrame, name: str, problems: _Problems) -> pd.Series[float]:
    numbers = as_numbers(table[name])
    bad = np.isnan(numbers.to_numpy()) & ~is_blank(table[name])
    bad |= (numbers < 0).to_numpy() | np.isinf(numbers.to_numpy())
    if bad.any():
        problems.append(
            InputError(
                f"{some(table.loc[bad, 'indicator_id'])} have no number of 0 or more in {name!r} "
                f"but {some(repr(text) for text in table.loc[bad, name])}."
            )
        )
    return numbers


def _judged(row: Mapping[Any, Any], problems: _Problems) -> Groups:
    """Parts of one indicator; what is wrong with them is added to the problems."""
    threshold = row["threshold"]
    try:
        groups = read_parts(
            str(row["parts"]),
            threshold=float("nan") if not isinstance(threshold, float) else threshold,
            higher_better=row["direction"] != "lower_better",
        )
    except (ValueError, UnknownNameError) as error:
        if row["parts"]:
            problems.append(InputError(f"{row['indicator_id']}: {error}".rstrip(".") + "."))
        return ()
    unit = groups[0][0].unit
    if unit and row["unit"] != unit:
        problems.append(
            InputError(f"{row['indicator_id']}: its unit is {unit!r}, not {row['unit']!r}.")
        )
    return groups
