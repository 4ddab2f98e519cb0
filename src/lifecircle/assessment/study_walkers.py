"""A study's own walkers, as STUDY.toml writes them.

::

    [walkers.grandma]
    like = "elderly"       # the figures that are not given here; "adult" if left out
    speed_m_s = 0.7
    seat_every_m = 200
    source = "timed on Shaoshan Road, May 2025, 40 people"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lifecircle.errors import InputError, UnknownNameError
from lifecircle.network.walkers import FIGURES, Walker, find_walker

_TEXTS = ("like", "source", "confidence")
# What may be switched off where it is taken from another walker; TOML has no word for nothing.
_NONE = "none"
_MAY_BE_NONE = ("steepest_slope", "seat_every_m")


def study_walkers(section: Any) -> tuple[dict[str, Walker], list[str]]:
    """Walkers of the section ``[walkers]``, and all that is wrong with it.

    Parameters
    ----------
    section
        Name of each walker → its keys: figures of :class:`lifecircle.Walker`, ``like``, ``source``
        and ``confidence``. ``"none"`` takes a limit away that the other walker has.

    Returns
    -------
    walkers
        Those without problems, by name.
    problems
        What is wrong, each with the section it stands in.

    Examples
    --------
    >>> walkers, problems = study_walkers({"grandma": {"like": "elderly", "speed_m_s": 0.7}})
    >>> walkers["grandma"].speed_m_s, walkers["grandma"].steps_factor, problems
    (0.7, 3.0, [])
    >>> study_walkers({"grandma": {"speed": 0.7}})[1]
    ["[walkers.grandma] unknown key 'speed'. Did you mean 'speed_m_s' or ..."]
    """
    if not isinstance(section, Mapping):
        return {}, ["'walkers' must be sections, one a walker: [walkers.grandma]"]
    walkers: dict[str, Walker] = {}
    problems: list[str] = []
    for name, keys in section.items():
        if not isinstance(keys, Mapping):
            problems.append(f"[walkers] {name} must be a section of its own: [walkers.{name}]")
            continue
        wrong = _wrong_keys(keys)
        try:
            # one that is defined above may be taken, and a default that is being replaced
            model = find_walker(str(keys.get("like", "adult")), walkers)
            if not wrong:
                walkers[name] = _like(model, name, keys)
        except UnknownNameError as error:
            wrong.append(f"like: {error.message.rstrip('.')}")
        except InputError as error:
            wrong.append(str(error).removeprefix(f"walker {name!r}: ").rstrip("."))
        problems += [f"[walkers.{name}] {problem}" for problem in wrong]
    return walkers, problems


def _wrong_keys(keys: Mapping[str, Any]) -> list[str]:
    """Keys that no walker has, and texts that are none."""
    known = (*FIGURES, *_TEXTS)
    problems = [UnknownNameError("key", key, known).message for key in keys if key not in known]
    return problems + [
        f"{key} = {keys[key]!r} must be text in quotes"
        for key in _TEXTS
        if key in keys and not isinstance(keys[key], str)
    ]


def _like(model: Walker, name: str, keys: Mapping[str, Any]) -> Walker:
    """Walker that differs from another in what its keys say."""
    figures = {key: value for key, value in keys.items() if key not in _TEXTS}
    for key in _MAY_BE_NONE:
        if figures.get(key) == _NONE:
            figures[key] = None
    told = {
        "source": keys.get("source", "set by the study"),
        "confidence": keys.get("confidence", "own"),
    }
    basis = {**model.basis, **dict.fromkeys(set(figures) - {"speed_m_s"}, told)}
    about = told if "speed_m_s" in figures else {}
    return replace(model, name=name, basis=basis, **about, **figures)
