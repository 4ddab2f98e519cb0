"""Before and after, one group of people and the others: what differs, and what is only chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lifecircle.assessment.survey import SMALL_SAMPLE, people_by_cell, sample_of
from lifecircle.assessment.survey_intervals import Interval, Sample, difference
from lifecircle.assessment.survey_text import survey_word
from lifecircle.errors import InputError, MissingColumnError, UnknownNameError, some
from lifecircle.tables.findings import tell
from lifecircle.tables.survey import check_survey

_INTERVALS = ("welch", "bootstrap")
_SEED = 20180701
_EMPTY = Sample(np.empty(0), np.empty(0))
_CHANGES = (
    "answers_before", "answers_after", "satisfaction_before", "satisfaction_after", "difference",
    "difference_low", "difference_high", "change", "change_name", "satisfied_before",
    "satisfied_after", "small_sample",
)  # fmt: skip
_COMPARISONS = (
    "answers", "answers_others", "satisfaction_mean", "satisfaction_others", "difference",
    "difference_low", "difference_high", "finding", "satisfied_share", "satisfied_others",
    "small_sample",
)  # fmt: skip


def compare_surveys(
    before: pd.DataFrame,
    after: pd.DataFrame | None = None,
    *,
    by: Sequence[str] = ("unit_id", "service"),
    waves: tuple[str, str] | None = None,
    units: pd.DataFrame | None = None,
    interval: str = "welch",
    language: str = "zh",
) -> pd.DataFrame:
    """Satisfaction after a project against that before it, per unit and service.

    Parameters
    ----------
    before
        Answers as :func:`lifecircle.read_survey` gives them; of both waves where ``after`` is
        None.
    after
        Answers of the later survey. None: both are told apart by the column ``wave``.
    by
        Columns that make a row: any of ``unit_id``, ``service``, ``segment``.
    waves
        The earlier and the later wave, where one table holds both. None: the only two, in the
        order of their numbers or else of their names.
    units
        The study's units, so that answers of communities count for the circle above them.
    interval
        ``"welch"``: Welch's t. ``"bootstrap"``: percentiles of 2000 samples of both.
    language
        ``"zh"`` or ``"en"``, of ``change_name``.

    Returns
    -------
    DataFrame
        The columns of ``by``, ``answers_before``, ``answers_after``, ``satisfaction_before``,
        ``satisfaction_after``, ``difference`` (after less before), ``difference_low``,
        ``difference_high`` (95 %), ``change`` (``"better"``, ``"worse"``, or ``"unclear"`` where
        the interval holds 0 or one side was not asked), ``change_name``, ``satisfied_before``,
        ``satisfied_after`` (shares), ``small_sample`` (either below 30).

    Raises
    ------
    InputError
        If the answers cannot be used or the waves are not two; ``MissingColumnError`` if there is
        no column ``wave``.
    UnknownNameError
        If there is no such wave, interval or column of ``by``.

    Notes
    -----
    Both surveys count as answered by different people. Where the same were asked again the
    intervals are wider than need be. Of twenty rows in which nothing changed, one looks better or
    worse by chance. What else changed meanwhile, and who answered this time, no interval tells.

    Examples
    --------
    >>> import pandas as pd
    >>> first = pd.DataFrame({"unit_id": "U", "service": "park", "satisfaction": [1, 2, 3] * 12})
    >>> later = first.assign(satisfaction=[4, 5, 3] * 12)
    >>> row = compare_surveys(first, later).iloc[0]
    >>> float(row["difference"]), round(float(row["difference_low"]), 2), row["change"]
    (2.0, 1.61, 'better')
    """
    if interval not in _INTERVALS:
        raise UnknownNameError("interval", interval, _INTERVALS)
    survey_word("better", language)
    if after is None:
        before, after = _two_waves(before, waves)
    elif waves is not None:
        raise InputError("survey: waves= is for one table with both; two tables were given.")
    if "wave" in by:
        raise UnknownNameError("column to compare by", "wave", ("unit_id", "service", "segment"))
    first, second = people_by_cell(before, by, units), people_by_cell(after, by, units)
    rows = []
    for key in sorted({*first, *second}):
        cells = (first.get(key), second.get(key))
        old, new = (_sample(cell, "satisfaction") for cell in cells)
        change, ends = difference(old, new, interval, _SEED)
        word = _word(ends, "better", "worse")
        rows.append((
            *key,
            *(0 if cell is None else int(cell["answers"].sum()) for cell in cells),
            old.mean, new.mean, change, *ends, word, survey_word(word, language),
            *(_sample(cell, "satisfied").mean for cell in cells),
            min(old.effective, new.effective) < SMALL_SAMPLE,
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=[*by, *_CHANGES]).astype({"small_sample": bool})


def compare_segments(
    answers: pd.DataFrame,
    *,
    by: Sequence[str] = ("unit_id", "service"),
    units: pd.DataFrame | None = None,
    interval: str = "welch",
) -> pd.DataFrame:
    """Satisfaction of each segment, such as the elderly, against that of everyone else.

    Parameters
    ----------
    answers
        As :func:`lifecircle.read_survey` gives them, with a column ``segment``.
    by
        Columns that make a row, beside the segment: any of ``unit_id``, ``service``, ``wave``.
    units
        The study's units, so that answers of communities count for the circle above them.
    interval
        ``"welch"`` or ``"bootstrap"``, as in :func:`lifecircle.compare_surveys`.

    Returns
    -------
    DataFrame
        The columns of ``by``, ``segment``, ``answers``, ``answers_others``,
        ``satisfaction_mean``, ``satisfaction_others``, ``difference`` (the segment's less the
        others'), ``difference_low``, ``difference_high`` (95 %), ``finding``
        (``"more satisfied"``, ``"less satisfied"``, ``"unclear"``), ``satisfied_share``,
        ``satisfied_others``, ``small_sample`` (either below 30).

    Raises
    ------
    MissingColumnError
        If the answers have no ``segment``.
    UnknownNameError
        If there is no such interval or column of ``by``.
    InputError
        If the answers cannot be used.

    Examples
    --------
    >>> said = pd.DataFrame({"unit_id": "U", "service": "park", "segment": ["elderly", "x"] * 40})
    >>> said = said.assign(satisfaction=[1, 4, 2, 5] * 20)
    >>> table = compare_segments(said)
    >>> table[["segment", "difference", "finding"]].values.tolist()
    [['elderly', -3.0, 'less satisfied'], ['x', 3.0, 'more satisfied']]
    """
    if interval not in _INTERVALS:
        raise UnknownNameError("interval", interval, _INTERVALS)
    if "segment" in by:
        raise UnknownNameError("column to compare by", "segment", ("unit_id", "service", "wave"))
    cells = people_by_cell(answers, [*by, "segment"], units)
    rows = []
    for key, cell in cells.items():
        apart = [other for one, other in cells.items() if one[:-1] == key[:-1] and one != key]
        others = pd.concat(apart) if apart else None
        mine, theirs = _sample(cell, "satisfaction"), _sample(others, "satisfaction")
        change, ends = difference(theirs, mine, interval, _SEED)
        rows.append((
            *key,
            int(cell["answers"].sum()),
            0 if others is None else int(others["answers"].sum()),
            mine.mean, theirs.mean, change, *ends,
            _word(ends, "more satisfied", "less satisfied"),
            _sample(cell, "satisfied").mean, _sample(others, "satisfied").mean,
            min(mine.effective, theirs.effective) < SMALL_SAMPLE,
        ))  # fmt: skip
    columns = [*by, "segment", *_COMPARISONS]
    return pd.DataFrame(rows, columns=columns).astype({"small_sample": bool})


def _sample(cell: pd.DataFrame | None, column: str) -> Sample:
    """Sample of a cell; an empty one where nobody was asked."""
    return _EMPTY if cell is None else sample_of(cell, column)


def _word(ends: Interval, above: str, below: str) -> str:
    """What an interval of a difference says."""
    return above if ends.low > 0 else below if ends.high < 0 else "unclear"


def _two_waves(
    answers: pd.DataFrame, waves: tuple[str, str] | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Answers of the earlier and of the later wave of one table."""
    table = check_survey(answers)
    if "wave" not in table:
        raise MissingColumnError(
            "survey: there is no column 'wave' to tell before from after. Name it with "
            "columns={'批次': 'wave'}, or hand in two tables."
        )
    found = sorted(table["wave"].dropna().unique(), key=_order)
    chosen = [str(wave) for wave in (found if waves is None else waves)]
    for wave in chosen:
        if wave not in found:
            raise UnknownNameError("wave", wave, found)
    if len(chosen) != 2 or chosen[0] == chosen[1]:
        raise InputError(
            f"survey: two waves are compared, and there are {len(found)} ({some(found, 10)}). Name "
            "the earlier and the later with waves=('2023', '2025')."
        )
    lost = int(table["wave"].isna().sum())
    if lost:
        tell(f"survey: {lost} of {len(table)} answers name no wave and were left out.")
    parts = [table[table["wave"] == wave].drop(columns="wave") for wave in chosen]
    return parts[0], parts[1]


def _order(wave: str) -> tuple[float, str]:
    """Order of waves: numbers by size, before names."""
    try:
        return float(wave), wave
    except ValueError:
        return float("inf"), wave
