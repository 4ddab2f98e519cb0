"""The column contract of residents' answers (民意), and the checks that hold it.

A checked table has one row per answer: what one person thinks of one service in one unit.

``answer_id`` (always, text), ``person_id`` (who answered, where the form tells), ``unit_id``
(always), ``service`` (always), ``satisfaction`` and ``importance`` (1 to 5, not-a-number where
nothing was said; one of them always), ``segment`` (such as ``elderly``), ``weight`` (always; 1
where the data has none), ``wave`` (which round of asking). Further columns are kept behind them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.errors import (
    AlignmentError,
    InputError,
    MissingColumnError,
    UnknownServiceError,
    did_you_mean,
    some,
)
from lifecircle.tables.findings import Findings, columns_found, origin
from lifecircle.tables.frames import no_rows, with_unique_ids
from lifecircle.tables.values import Mask, as_ids, as_numbers, is_blank

ANSWER_COLUMNS = (
    "answer_id",
    "person_id",
    "unit_id",
    "service",
    "satisfaction",
    "importance",
    "segment",
    "weight",
    "wave",
)
QUESTIONS = ("satisfaction", "importance")
WORST, BEST = 1.0, 5.0
_TEXTS = ("person_id", "segment", "wave")
_NEAR = 0.6  # names of units that share no more than 社区 are not near


def check_survey(
    frame: pd.DataFrame,
    *,
    units: pd.DataFrame | Collection[str] | None = None,
    known_services: Collection[str] | Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Answers as everything else expects them, or one error that says all that is wrong.

    Parameters
    ----------
    frame
        One row per answer with ``unit_id``, ``service`` and ``satisfaction`` or ``importance`` or
        both, 1 to 5. Not changed.
    units
        Units that exist: a table with ``unit_id`` and perhaps ``name``, or ids. None: any.
    known_services
        Services that may occur, or words that people use for them → service, from which the
        nearest are offered. None: any.

    Returns
    -------
    DataFrame
        Checked copy. Rows that name no unit, and rows that say nothing, are left out with a
        warning. An id that stands twice has ``#2`` added, with a warning; that a person answered
        one question twice is told, and both answers stay.

    Raises
    ------
    InputError
        Or its kinds ``MissingColumnError``, ``UnknownServiceError``, ``AlignmentError`` (units
        that do not exist).

    Examples
    --------
    >>> said = pd.DataFrame({"unit_id": ["U1"], "service": ["park"], "satisfaction": ["４"]})
    >>> check_survey(said)[["answer_id", "satisfaction", "weight"]].values.tolist()
    [['A0001', 4.0, 1.0]]
    >>> check_survey(said.assign(satisfaction=7), units=["U2"])
    Traceback (most recent call last):
    lifecircle.errors.InputError: survey: 2 things are wrong.
    1. survey: 1 of 1 rows (ids A0001) have a 'satisfaction' outside 1 to 5 (7). Correct them...
    2. survey: 1 of 1 rows (ids A0001) name units that do not exist: 'U1' (did you mean U2?)...
    """
    table, findings = _started(frame)
    missing = [repr(name) for name in ("unit_id", "service") if name not in table]
    if not set(QUESTIONS) & set(table.columns):
        missing.append("'satisfaction' or 'importance'")
    if missing:
        findings.errors.append(
            MissingColumnError(
                f"survey: there is no column {' and no '.join(missing)}. "
                f"Rename the columns, or name them with columns=. {findings.found}"
            )
        )
    if table.empty:
        findings.errors.append(InputError(no_rows("survey")))
    for name in QUESTIONS:
        _take_scale(table, name, findings)
    _take_weights(table, findings)
    _take_services(table, known_services, findings)
    _take_units(table, units, findings)
    findings.stop()
    for name in _TEXTS:
        if name in table:
            texts = as_ids(table[name])
            table[name] = texts.astype(object).where(texts != "", None)
    table = _without_silence(table, findings)
    table = with_unique_ids(table, "answer_id", findings)
    _doubt_twice(table, findings)
    findings.warn()
    first = [name for name in ANSWER_COLUMNS if name in table]
    rest = [name for name in table.columns if name not in first]
    known = origin(frame)
    checked: pd.DataFrame = table[[*first, *rest]].reset_index(drop=True)
    checked.attrs["lifecircle"] = {**known, "told": dict(findings.remaining)}
    return checked


def _started(frame: Any) -> tuple[pd.DataFrame, Findings]:
    """Copy with text ids and a plain index."""
    if not isinstance(frame, pd.DataFrame):
        raise InputError(
            f"survey: expected a DataFrame of answers, not a {type(frame).__name__}. "
            "read_survey(path) makes one of a file."
        )
    if isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name is not None:
        frame = pd.DataFrame(frame.drop(columns=frame.active_geometry_name))
    table = frame.reset_index(drop=True).copy()
    if not table.columns.is_unique:
        twice = table.columns[table.columns.duplicated()].unique()
        raise InputError(f"survey: columns stand twice ({some(twice)}). Rename one of each.")
    made = pd.Series([f"A{row:04d}" for row in range(1, len(table) + 1)], dtype="str")
    ids = as_ids(table["answer_id"]) if "answer_id" in table else made
    table["answer_id"] = ids.where(ids != "", made)
    told = origin(frame).get("told", {})
    return table, Findings("survey", table["answer_id"], columns_found(frame), told)


def _take_scale(table: pd.DataFrame, name: str, findings: Findings) -> None:
    """Answers from 1 to 5 as numbers."""
    if name not in table:
        return
    numbers, blank = as_numbers(table[name]), is_blank(table[name])
    worded = numbers.isna().to_numpy() & ~blank
    shown = some((repr(str(value)) for value in table.loc[worded, name].unique()), 10)
    findings.wrong(
        InputError,
        worded,
        f"have words in {name!r} that are not understood ({shown}). Say what they mean with "
        "answers= ([survey.answers] in the study file), such as '凑合' = 3, or \"none\" for no "
        "answer.",
    )
    outside = ~numbers.between(WORST, BEST).to_numpy() & numbers.notna().to_numpy()
    shown = some((f"{value:g}" for value in numbers[outside].unique()), 10)
    findings.wrong(
        InputError,
        outside,
        f"have a {name!r} outside 1 to 5 ({shown}). Correct them, leave them blank where nobody "
        "answered, or say what they mean with answers= ([survey.answers] in the study file).",
    )
    table[name] = numbers.astype(float)


def _take_weights(table: pd.DataFrame, findings: Findings) -> None:
    """Weights as numbers, 1 where there are none."""
    if "weight" not in table:
        table["weight"] = 1.0
        return
    numbers, blank = as_numbers(table["weight"]), is_blank(table["weight"])
    with np.errstate(invalid="ignore"):
        wrong = ~blank & ~(np.isfinite(numbers.to_numpy()) & (numbers.to_numpy() >= 0))
    shown = some((repr(str(value)) for value in table.loc[wrong, "weight"].unique()), 10)
    findings.wrong(
        InputError, wrong, f"have a 'weight' that is no number of 0 or more ({shown}). Correct it."
    )
    if not blank.all():
        findings.doubt(blank, "have no 'weight' where others have one, and count as 1.")
    table["weight"] = numbers.where(~blank, 1.0).astype(float)


def _take_services(
    table: pd.DataFrame,
    known: Collection[str] | Mapping[str, str] | None,
    findings: Findings,
) -> None:
    """Services as text, each of them known."""
    if "service" not in table:
        return
    service = as_ids(table["service"])
    table["service"] = service
    nothing = (service == "").to_numpy()
    findings.wrong(UnknownServiceError, nothing, "do not say which service they are about.")
    if known is None:
        return
    names = set(known.values()) if isinstance(known, Mapping) else set(known)
    strange = ~service.isin(names).to_numpy() & ~nothing
    words = service[strange].unique()
    shown = some((f"{word!r}{did_you_mean(word, known)}" for word in words), 10)
    findings.wrong(
        UnknownServiceError,
        strange,
        f"name services that are not in the catalogue: {shown}. "
        "lifecircle.standards.catalog.services() lists those that are.",
    )


def _take_units(
    table: pd.DataFrame,
    units: pd.DataFrame | Collection[str] | None,
    findings: Findings,
) -> None:
    """Units as text, each of them there."""
    if "unit_id" not in table:
        return
    unit = as_ids(table["unit_id"])
    table["unit_id"] = unit
    if units is None:
        return
    ids, names = _unit_words(units)
    strange = ~unit.isin(set(ids)).to_numpy() & (unit != "").to_numpy()
    words = [*ids, *names]  # the nearest is offered as people write it: a name beside names
    shown = some(
        (
            f"{name!r}{did_you_mean(name, words, cutoff=_NEAR) or did_you_mean(name, ids)}"
            for name in unit[strange].unique()
        ),
        10,
    )
    called = [
        f"{name} ({one})" if name and name != one else one
        for one, name in zip(ids, names or ids, strict=True)
    ]
    findings.wrong(
        AlignmentError,
        strange,
        f"name units that do not exist: {shown}. Units are {some(called)}. "
        "Say which they are with units= ([survey.units] in the study file), or take the answers "
        "out.",
    )


def _unit_words(units: pd.DataFrame | Collection[str]) -> tuple[list[str], list[str]]:
    """Ids of the units, and their names where they have any."""
    if not isinstance(units, pd.DataFrame):
        return list(dict.fromkeys(str(value) for value in units)), []
    ids = [str(value) for value in units["unit_id"]]
    return ids, as_ids(units["name"]).to_list() if "name" in units else []


def _without_silence(table: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """Answers without a unit, or that say nothing, left out with a doubt."""
    nowhere: Mask = (table["unit_id"] == "").to_numpy(dtype=np.bool_)
    if nowhere.all():
        findings.errors.append(
            InputError("survey: 'unit_id' is blank in every row. Is it the right column?")
        )
        findings.stop()
    findings.doubt(nowhere, "name no unit and were left out.")
    table = table[~nowhere].reset_index(drop=True)
    findings.keep(~nowhere)
    asked = [name for name in QUESTIONS if name in table]
    silent: Mask = table[asked].isna().all(axis=1).to_numpy(dtype=np.bool_)
    if silent.all():
        findings.errors.append(
            InputError(f"survey: nobody answered: {' and '.join(asked)} are blank in every row.")
        )
        findings.stop()
    findings.doubt(silent, f"say nothing ({' and '.join(asked)} blank) and were left out.")
    findings.keep(~silent)
    return table[~silent].reset_index(drop=True)


def _doubt_twice(table: pd.DataFrame, findings: Findings) -> None:
    """Doubt people who answered one question twice."""
    if "person_id" not in table:
        return
    key = [name for name in ("person_id", "unit_id", "service", "wave") if name in table]
    named = table["person_id"].notna()
    again = np.zeros(len(table), dtype=np.bool_)
    for name in (one for one in QUESTIONS if one in table):
        said = table[named & table[name].notna()]
        again[said.index[said.duplicated(key)]] = True
    findings.doubt(
        again,
        "answer a question that the same person ('person_id') answered before. Each person counts "
        "once, with the mean of the answers.",
        stays="answered twice",
    )
