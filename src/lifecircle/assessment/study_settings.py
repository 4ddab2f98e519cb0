"""The section [study] of STUDY.toml and [choices]: what they may say, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lifecircle.assessment.choices import check_choices, check_target, is_table
from lifecircle.errors import InputError, UnknownNameError
from lifecircle.network.travel_times import check_bands
from lifecircle.standards.indicators import find_indicators
from lifecircle.standards.standard import standard_code

_TEXT, _LIST = (str, "text in quotes"), (list, "a list in [ ]")
STUDY_KEYS: dict[str, tuple[Any, str]] = {
    "name": _TEXT,
    "standard": _TEXT,
    "target_share": (object, ""),  # told by its own check
    "indicators": _TEXT,
    "year": (int, "a whole number, such as 2024"),
    "minutes": (list, "a list of numbers, such as [5, 10, 15]"),
    "language": _TEXT,
    "sample": (bool, "true or false"),
    "walkers": _LIST,
    "data_sources": _LIST,
    "review_number": _TEXT,
}


def own_tables(table: Mapping[str, Any]) -> dict[str, str]:
    """Tables of the planner's own that [study] names: a standard, a system of indicators.

    Parameters
    ----------
    table
        The study file.

    Returns
    -------
    dict
        ``"standard"`` and ``"indicators"`` → path, where one is a file and not a code.

    Examples
    --------
    >>> own_tables({"study": {"standard": "ours.csv", "indicators": "rhyme-15"}})
    {'standard': 'ours.csv'}
    """
    section = table.get("study", {})
    if not isinstance(section, Mapping):
        return {}
    named = {key: str(section.get(key, "")) for key in ("standard", "indicators")}
    return {key: text for key, text in named.items() if is_table(text)}


def setting_problems(section: Any) -> list[str]:
    """Values of [study] that no study can have, told before any data is read.

    Parameters
    ----------
    section
        The section.

    Returns
    -------
    list of str

    Examples
    --------
    >>> setting_problems({"standard": "GB50180-2017", "language": "zh"})[0][:42]
    "[study] unknown standard 'GB50180-2017'. D"
    """
    if not isinstance(section, Mapping):
        return []
    own = own_tables({"study": section})
    problems = []

    def told(check: Any, *values: Any) -> None:
        try:
            check(*values)
        except (InputError, UnknownNameError) as error:
            problems.append(f"[study] {str(error).rstrip('.')}")

    if "standard" not in own:
        told(standard_code, str(section.get("standard", "GB50180-2018")))
    if "indicators" not in own:
        told(find_indicators, str(section.get("indicators", "complete-community-2020")))
    told(check_target, section.get("target_share"))
    told(check_bands, section.get("minutes", (5, 10, 15)))
    if section.get("language", "zh") not in {"zh", "en"}:
        problems.append(f'[study] language = {section["language"]!r} must be "zh" or "en"')
    return problems


def choice_problems(section: Mapping[str, Any]) -> list[str]:
    """What is wrong with [choices].

    Parameters
    ----------
    section
        The section.

    Returns
    -------
    list of str

    Examples
    --------
    >>> choice_problems({"park": "JGJ 39"})[0][:47]
    '[choices] JGJ39-2016 says nothing of the radius'
    """
    try:
        check_choices(section)
    except InputError as error:
        return [str(error).rstrip(".").replace("choices:", "[choices]", 1)]
    return []
