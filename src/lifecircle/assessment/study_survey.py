"""The residents' survey of a study, as STUDY.toml writes it.

::

    [survey]
    path = "问卷.xlsx"
    columns = { "您所在的社区" = "unit_id", "您的身份" = "segment", "权重" = "weight" }

    [survey.questions]                       # a column of the form → what it asks
    "5、您对菜市场的满意程度" = { service = "food_market", asks = "satisfaction" }
    "6、菜市场对您的重要程度" = { service = "food_market", asks = "importance" }

    [survey.answers]                         # words → 1 to 5, beside the usual ones
    "凑合" = 3
    "没去过" = "none"

    [survey.units]                           # what the form calls a unit → unit_id
    "沙子塘" = "YH-SZT-01-3"

    [survey.segments]                        # what the form calls a group of people
    "60-69岁" = "elderly"
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from lifecircle.errors import InputError
from lifecircle.inputs.survey import mapping_problems, read_survey
from lifecircle.inputs.survey_words import answer_words

_TEXTS = ("columns", "units", "segments")


def survey_problems(section: Any) -> list[str]:
    """Values of the section ``[survey]`` that are not even text, told before data is read.

    Typos are told with the file's own columns, by :func:`lifecircle.read_survey`: those of
    services, answers and columns in one message. Only where something is told here already they
    are told beside it.

    Parameters
    ----------
    section
        Its keys.

    Returns
    -------
    list of str
        Each with the section it stands in.

    Examples
    --------
    >>> survey_problems({"units": {"沙子塘": 3}})
    ["[survey.units] '沙子塘' = 3 must be text in quotes"]
    >>> print(*survey_problems({"units": {"沙子塘": 3}, "answers": {"凑合": 9}})[1:])
    [survey.answers] must be a number from 1 to 5, or "none" for no answer: '凑合' = 9
    >>> survey_problems({"answers": {"凑合": 9}})
    []
    """
    if not isinstance(section, Mapping):
        return []  # told already
    problems = [
        f"[survey.{name}] {word!r} = {value!r} must be text in quotes"
        for name in _TEXTS
        for word, value in _mapping(section, name).items()
        if not isinstance(value, str)
    ]
    if not problems:
        return []
    problems += [
        f"[survey.questions] {problem}"
        for problem in mapping_problems(_mapping(section, "questions"))
    ]
    try:
        answer_words(_mapping(section, "answers"))
    except InputError as error:
        about = str(error).removeprefix("survey: answers ").rstrip(".")
        problems.append(f"[survey.answers] {about}")
    return problems


def read_study_survey(
    path: str, options: Mapping[str, Any], units: pd.DataFrame | None
) -> pd.DataFrame:
    """Answers of the file that ``[survey]`` names, about the units of the study.

    Parameters
    ----------
    path
        The file.
    options
        The section's other keys.
    units
        The study's units; None where they could not be read.

    Returns
    -------
    DataFrame

    Raises
    ------
    InputError
        If the file or its table cannot be used.

    Examples
    --------
    >>> from lifecircle.assessment.demo import demo_folder
    >>> len(read_study_survey(str(demo_folder() / "survey.csv"), {}, None))
    600
    """
    return read_survey(path, **dict(options), study_units=units)


def _mapping(section: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A mapping of the section; none where it is something else, which is told already."""
    value = section.get(name, {})
    return value if isinstance(value, Mapping) else {}
