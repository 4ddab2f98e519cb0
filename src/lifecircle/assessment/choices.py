"""Choices of the planner: whose figure counts where standards disagree, which share is enough."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from lifecircle.errors import InputError, UnknownNameError, some
from lifecircle.standards import catalog
from lifecircle.standards.standard import find_standard, standard_code, standards


def check_choices(choices: Mapping[str, str]) -> dict[str, str]:
    """Choices between standards, checked.

    Parameters
    ----------
    choices
        Service → code or alias of the standard whose figures count.

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
    for service, standard in given.items():
        if service not in known:
            problems.append(UnknownNameError("service", service, _nearest(service, known)).message)
            continue
        try:
            code = standard_code(str(standard))
        except UnknownNameError as error:
            problems.append(error.message)
            continue
        if service not in set(find_standard(code).rows()["service"]):
            saying = [c for c in standards().index if service in set(_services_of(c))]
            problems.append(f"{code} says nothing of {service!r} (these do: {some(saying, 9)})")
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


def _services_of(code: str) -> list[str]:
    return [str(service) for service in find_standard(code).rows()["service"]]


def _nearest(service: object, known: set[str]) -> list[str]:
    near = difflib.get_close_matches(str(service), sorted(known), n=9, cutoff=0.4)
    return near or sorted(known)[:9]
