"""Choices of the planner: whose figure counts where standards disagree, which share is enough."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lifecircle.errors import InputError, UnknownNameError, did_you_mean, some
from lifecircle.inputs.own_classes import service_words, word_key
from lifecircle.inputs.own_standards import read_standard
from lifecircle.standards import catalog
from lifecircle.standards.standard import Standard, find_standard, standard_code, standards

# Figures that standards disagree about.
COMPARED = ("service_radius_m", "min_floor_area_m2", "min_site_area_m2")
_TABLE_ENDINGS = {".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls"}


def check_choices(choices: Mapping[str, str]) -> dict[str, str]:
    """Choices between standards, checked.

    Parameters
    ----------
    choices
        Service, by its word or its Chinese name, → code or alias of the standard whose figures
        count.

    Returns
    -------
    dict
        Service → code.

    Raises
    ------
    InputError
        If a service or a standard is not known, or the standard says nothing of the service; all
        problems at once.

    Examples
    --------
    >>> check_choices({"kindergarten": "JGJ 39"})
    {'kindergarten': 'JGJ39-2016'}
    """
    given: Any = choices
    if not isinstance(given, Mapping):
        raise InputError(
            "choices: give a dict of service → standard, such as {'kindergarten': 'JGJ39-2016'}."
        )
    checked: dict[str, str] = {}
    problems = []
    known = {*catalog.services().index, *catalog.items().index}
    for name, standard in given.items():
        service = name if name in known else service_words().get(word_key(name), str(name))
        if service not in known:
            hint = did_you_mean(str(name), [*known, *service_words()])
            problems.append(f"unknown service {name!r}{hint}")
            continue
        try:
            code = standard_code(str(standard))
        except UnknownNameError as error:
            problems.append(error.message)
            continue
        if service not in _services_of(code):
            saying = [c for c in standards().index if service in _services_of(c)]
            problems.append(
                f"{code} says nothing of the radius or areas of {service!r} "
                f"(these do: {some(saying, 9) or 'none'})"
            )
            continue
        checked[str(service)] = code
    if problems:
        raise InputError("choices: " + "; ".join(text.rstrip(".") for text in problems) + ".")
    return checked


def check_target(target_share: float | None) -> float:
    """Share of residents that counts as met where the clause states none.

    Parameters
    ----------
    target_share
        Above 0, at most 1; 1 if ``None``: a service radius is meant for every resident.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If it is no such share.

    Examples
    --------
    >>> check_target(None), check_target(0.85)
    (1.0, 0.85)
    """
    given: Any = target_share
    if given is None:
        return 1.0
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given <= 1:
        raise InputError(
            f"target_share={given!r}: give the share of residents that is enough as a number above "
            "0 and up to 1, such as 0.85."
        )
    return float(given)


def _services_of(code: str) -> set[str]:
    """Services of which a standard states a figure that others may state differently."""
    rows = find_standard(code).rows()
    return set(rows.loc[rows[list(COMPARED)].notna().any(axis=1), "service"])


def law_of(standard: str | Standard) -> Standard:
    """Standard of a code, of a path of a planner's own table, or as it is.

    Parameters
    ----------
    standard
        Such as ``"GB 50180"`` or ``"ours.csv"``.

    Returns
    -------
    Standard

    Raises
    ------
    UnknownNameError
        If there is no such standard.
    InputError
        If the table cannot be used.

    Examples
    --------
    >>> law_of("GB 50180").code
    'GB50180-2018'
    """
    if isinstance(standard, str) and is_table(standard):
        return read_standard(standard)
    return find_standard(standard)


def is_table(text: str) -> bool:
    """Whether a text is the path of a table, and not a code.

    Parameters
    ----------
    text
        Such as ``"ours.csv"``, ``"city.xlsx|layername=rules"`` or ``"GB50180-2018"``.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_table("ours.csv"), is_table("GB50180-2018")
    (True, False)
    """
    return Path(text.partition("|")[0]).suffix.lower() in _TABLE_ENDINGS
