"""Residents' answers (民意): tables of answers, and questionnaires with a column a question."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

import geopandas as gpd
import pandas as pd

from lifecircle.errors import (
    InputError,
    LifecircleWarning,
    MissingColumnError,
    did_you_mean,
    some,
)
from lifecircle.inputs.header_names import QUESTIONNAIRE, SURVEY
from lifecircle.inputs.layers import Source, open_table
from lifecircle.inputs.own_classes import service_words, word_key
from lifecircle.inputs.survey_words import BLANK, SEGMENT_WORDS, known_words, read_answers
from lifecircle.inputs.text import column_key, take_columns
from lifecircle.standards import catalog
from lifecircle.tables.findings import columns_found, origin, tell
from lifecircle.tables.survey import QUESTIONS, check_survey
from lifecircle.tables.values import as_ids, is_blank

_ASKS = ("service", "asks")
_SUFFIX = re.compile(r"(社区居委会|社区居民委员会|居委会|社区|小区)$")
_ABOUT = {
    "satisfaction": re.compile(r"满意|satisf", re.IGNORECASE),
    "importance": re.compile(r"重要|importan", re.IGNORECASE),
}
_MOST_LINES = 8
_NEAR = 0.3  # headers are long: a few words in common are near


def read_survey(
    path: Source,
    *,
    columns: Mapping[str, str] | None = None,
    questions: Mapping[str, Mapping[str, str]] | None = None,
    answers: Mapping[str, float | str] | None = None,
    units: Mapping[str, str] | None = None,
    segments: Mapping[str, str] | None = None,
    study_units: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Residents' answers of a table, or of a questionnaire's export (问卷星, 腾讯问卷).

    Parameters
    ----------
    path
        ``.csv`` (UTF-8, GB18030 or UTF-16) or ``.xlsx``, or a DataFrame, which is not changed.
        Either one row an answer, with columns such as 社区, 设施, 满意度, 重要度; or, with
        ``questions``, one row a person and one column a question.
    columns
        Column of the file → lifecircle's name, such as ``{"您的身份": "segment"}``, where the
        names are not understood by themselves: ``unit_id``, ``segment``, ``weight``, ``wave``,
        ``person_id``; of a table of answers also ``answer_id``, ``service``, ``satisfaction``,
        ``importance``.
    questions
        Column of the file → what it asks, such as ``{"5、您对菜市场的满意程度": {"service":
        "food_market", "asks": "satisfaction"}}``. Each column of a matrix question is one. Several
        columns may ask the same, as where each group of people has its own questions.
    answers
        Word of the form → 1 to 5, or ``"none"`` for no answer, beside the usual words.
    units
        What the form calls a unit → ``unit_id`` or name, where it is neither by itself.
    segments
        What the form calls a group of people → its segment, such as ``{"60-69岁": "elderly"}``.
    study_units
        The study's units; answers name them by ``unit_id`` or ``name``. None: any unit.

    Returns
    -------
    DataFrame
        As :func:`lifecircle.tables.survey.check_survey` gives it. Of a questionnaire each row has
        the ``person_id`` of who answered, so that people and not answers are counted. Under
        ``attrs["lifecircle"]``: ``columns_taken``, ``form`` (``"long"`` or ``"wide"``),
        ``no_answer`` (words that mean no answer → how often).

    Raises
    ------
    InputError
        If the file, the mapping or the table cannot be used; all that is wrong with the mapping,
        and what is wrong in the columns that it gets right, in one error. Its kind is
        ``MissingColumnError`` where columns are missing, ``UnknownServiceError`` where services
        and ``AlignmentError`` where units do not exist.

    Notes
    -----
    Words decide before numbers: ``1.非常满意`` is 5. A bare number is taken as it stands. Exports
    of numbers may count the options from the first, which often is the best: then turn them with
    ``answers={"1": 5, "2": 4, "4": 2, "5": 1}``.

    Examples
    --------
    >>> form = pd.DataFrame({"社区": ["白沙"], "Q5 菜市场": ["B.满意"], "Q6 公园": ["（跳过）"]})
    >>> asked = {
    ...     "Q5 菜市场": {"service": "菜市场", "asks": "satisfaction"},
    ...     "Q6 公园": {"service": "park", "asks": "satisfaction"},
    ... }
    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as told:
    ...     warnings.simplefilter("always")
    ...     said = read_survey(form, questions=asked)
    >>> said[["person_id", "unit_id", "service", "satisfaction"]].values.tolist()
    [['P0001', '白沙', 'food_market', 4.0]]
    >>> str(told[0].message)
    'survey: 1 of 2 answers say that there is none ((跳过) 1). They count for nothing, not as 3.'
    """
    own, problem = known_words(answers)
    table = open_table(path, table="survey")
    if isinstance(table, gpd.GeoDataFrame) and table.active_geometry_name is not None:
        known = table.attrs
        table = pd.DataFrame(table.drop(columns=table.active_geometry_name))
        table.attrs = known
    form = _fitted(table, columns or {}, questions or {})
    words = _Words(own, units or {}, segments or {})
    problems = [one for one in (form.problem, problem) if one]
    if problems:
        _refuse_mapping(problems, table, form, words, study_units)
    table, nothing, asked = _understood(table, form, words, study_units)
    checked = check_survey(table, units=study_units, known_services=_service_names())
    if nothing:
        shown = some((f"{word} {times}" for word, times in nothing.most_common()), 8)
        tell(
            f"survey: {sum(nothing.values())} of {asked} answers say that there is none ({shown}). "
            "They count for nothing, not as 3."
        )
    checked.attrs["lifecircle"] |= {
        "form": "wide" if form.wide else "long",
        "no_answer": dict(nothing),
    }
    return checked


@dataclass(frozen=True)
class _Form:
    """What is said of the columns of a file, in its own spelling, and what is wrong with that."""

    columns: Mapping[str, str]
    questions: Mapping[str, Mapping[str, str]]
    problem: InputError | None
    wide: bool  # a column a question
    lost: frozenset[str]  # names whose column is not there


@dataclass(frozen=True)
class _Words:
    """What is said of the words of a form."""

    answers: Mapping[str, float | None]
    units: Mapping[str, str]
    segments: Mapping[str, str]


def _understood(
    table: pd.DataFrame, form: _Form, words: _Words, study_units: pd.DataFrame | None
) -> tuple[pd.DataFrame, Counter[str], int]:
    """Table of answers in lifecircle's words, words for no answer, and how many answers."""
    if form.wide:
        table = _long(table, form.columns, form.questions, study_units)
    else:
        table = _named(table, form.columns)
    table, nothing, asked = _with_numbers(table, words.answers)
    table = table.assign(
        unit_id=_unit_ids(table["unit_id"], words.units, study_units),
        service=_services(table["service"]),
    )
    if "segment" in table:
        table["segment"] = _segments(table["segment"], words.segments)
    if form.wide:  # cells that nobody filled are no rows
        table = table[~_silent(table)].reset_index(drop=True)
        if table.empty:
            raise InputError(
                "survey: nobody answered any question of the mapping. Are these the right columns?"
            )
    return table, nothing, asked


def _refuse_mapping(
    problems: list[InputError],
    table: pd.DataFrame,
    form: _Form,
    words: _Words,
    study_units: pd.DataFrame | None,
) -> NoReturn:
    """Refuse a mapping, and tell with it what is wrong in the columns that it gets right.

    What may follow from the mapping alone is not told: a column that is missing, no answers.
    """
    problems = list(problems)
    if "unit_id" in form.lost:  # who lives where is not known, what they ticked is
        table, study_units = table.assign(unit_id="?"), None
    if form.questions or not form.wide:
        with warnings.catch_warnings(), suppress(InputError):
            warnings.simplefilter("ignore", LifecircleWarning)
            read, *_ = _understood(table, form, words, study_units)
            try:
                check_survey(read, units=study_units, known_services=_service_names())
            except InputError as error:
                problems.append(error)
    kinds = {type(problem) for problem in problems}
    kind = kinds.pop() if len(kinds) == 1 else InputError
    raise kind("\n".join(map(str, problems)))


def mapping_problems(questions: Mapping[str, Any]) -> list[str]:
    """What is wrong with what the columns of a questionnaire are said to ask.

    Parameters
    ----------
    questions
        Column → ``{"service": …, "asks": …}``.

    Returns
    -------
    list of str

    Examples
    --------
    >>> mapping_problems({"Q5": {"service": "菜市埸", "asks": "satisfaction"}})
    ["'Q5': service '菜市埸' is not in the catalogue (did you mean food_market?)"]
    >>> mapping_problems({"Q5": {"service": "park", "asks": "joy"}})
    ["'Q5': asks = 'joy' must be 'satisfaction' or 'importance'"]
    """
    problems = []
    example = '{ service = "food_market", asks = "satisfaction" }'
    for column, asked in questions.items():
        if not isinstance(asked, Mapping) or not all(
            isinstance(asked.get(key), str) for key in _ASKS
        ):
            problems.append(f"{column!r} needs a service and what it asks, such as {example}")
            continue
        problems += [
            f"{column!r}: unknown key {key!r}{did_you_mean(key, _ASKS)}; it takes service and asks"
            for key in asked
            if key not in _ASKS
        ]
        if asked["asks"] not in QUESTIONS:
            problems.append(
                f"{column!r}: asks = {asked['asks']!r} must be 'satisfaction' or 'importance'"
            )
        if word_key(asked["service"]) not in service_words():
            problems.append(
                f"{column!r}: service {asked['service']!r} is not in the catalogue"
                f"{did_you_mean(asked['service'], _service_names())}"
            )
    return problems


def _fitted(
    table: pd.DataFrame, columns: Mapping[str, str], questions: Mapping[str, Mapping[str, str]]
) -> _Form:
    """Mappings with the names of columns as the file spells them; all their problems at once."""
    found: dict[str, str] = {}
    problems, strange = mapping_problems(questions), []
    for name in (*columns, *questions):
        header = _header(name, table)
        if header is None:
            headers = [str(column) for column in table.columns]
            strange.append(
                f"there is no column {name!r}{did_you_mean(name, headers, cutoff=_NEAR)}"
            )
        elif header in found.values():
            problems.append(f"column {header!r} is named twice")
        else:
            found[name] = header
    known = tuple(QUESTIONNAIRE if questions else SURVEY)
    problems += [
        f"{theirs!r} = {ours!r}: there is no such name{did_you_mean(ours, known)}; names are "
        f"{some(known, 12)}"
        for theirs, ours in columns.items()
        if ours not in known
    ]
    problem = None
    if problems or strange:
        kind = InputError if problems else MissingColumnError
        problem = kind(
            f"survey: {'; '.join([*strange, *problems])}. "
            f"{columns_found(table) if strange else ''}".rstrip()
        )
    return _Form(
        {found[name]: ours for name, ours in columns.items() if name in found and ours in known},
        {
            found[name]: asked
            for name, asked in questions.items()
            if name in found and not mapping_problems({name: asked})
        },
        problem,
        bool(questions),
        frozenset(str(ours) for name, ours in columns.items() if name not in found),
    )


def _header(name: str, table: pd.DataFrame) -> str | None:
    """Column of a name, whatever its width, case and blanks."""
    if name in table.columns:
        return name
    alike = [column for column in table.columns if column_key(column) == column_key(name)]
    return alike[0] if len(alike) == 1 else None


def _named(table: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """Table of answers with lifecircle's names."""
    named = take_columns(table, SURVEY, table="survey", columns=columns, places=())
    lacking = [name for name in ("unit_id", "service") if name not in named]
    if not set(QUESTIONS) & set(named.columns):
        lacking.append("satisfaction")
    if not lacking:
        return named
    guesses = _guesses(table)
    advice = (
        "For a form with a column a question, say what each asks with questions= (a section "
        "[survey.questions] in the study file):"
        + "".join(f"\n  {line}" for line in guesses or ['"5、…" = { service = "…", asks = "…" }'])
        if guesses or "service" in lacking
        else "Name them with columns=."
    )
    raise MissingColumnError(
        f"survey: there is no column {' and no '.join(map(repr, lacking))} (such as "
        f"{', '.join(SURVEY[name][0] for name in lacking)}). {columns_found(table)} {advice}"
    )


def _guesses(table: pd.DataFrame) -> list[str]:
    """Lines of a mapping for columns that look like questions, to be checked by who asked."""
    names = {word: service for word, service in _service_names().items() if len(word) > 1}
    lines = []
    for column in map(str, table.columns):
        asks = next((what for what, about in _ABOUT.items() if about.search(column)), None)
        inside = [word for word in names if word in column]
        if asks and inside:
            service = names[max(inside, key=len)]
            quoted = column.replace("\\", "\\\\").replace('"', '\\"')
            lines.append(f'"{quoted}" = {{ service = "{service}", asks = "{asks}" }}')
    more = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], *([f"… and {more} more"] if more > 0 else [])]


def _long(
    table: pd.DataFrame,
    columns: Mapping[str, str],
    questions: Mapping[str, Mapping[str, str]],
    study_units: pd.DataFrame | None,
) -> pd.DataFrame:
    """One row per person and service of a form with a column a question."""
    about = take_columns(
        table.drop(columns=list(questions)),
        QUESTIONNAIRE,
        table="survey",
        columns=columns,
        places=(),
    )
    about = about[[name for name in QUESTIONNAIRE if name in about]].reset_index(drop=True)
    if "unit_id" not in about:
        if study_units is None or len(study_units) != 1:
            raise MissingColumnError(
                "survey: no column says which unit people live in. Name it with columns=, such as "
                f"{{'您所在的社区': 'unit_id'}}. {columns_found(table)}"
            )
        only = str(study_units["unit_id"].iloc[0])
        tell(f"survey: no column names the unit; all answers count for the only one, {only!r}.")
        about["unit_id"] = only
    made = pd.Series([f"P{row:04d}" for row in range(1, len(about) + 1)], dtype="str")
    person = as_ids(about["person_id"]) if "person_id" in about else made
    about["person_id"] = person.where(person != "", made)
    asked: dict[tuple[str, int], dict[str, str]] = {}
    turns: Counter[tuple[str, str]] = Counter()
    for column, question in questions.items():
        service, asks = service_words()[word_key(question["service"])], question["asks"]
        asked.setdefault((service, turns[service, asks]), {})[asks] = column
        turns[service, asks] += 1
    every = sorted({question["asks"] for question in questions.values()}, reverse=True)
    parts = []
    for (service, turn), asks_of in asked.items():
        values = {
            asks: table[asks_of[asks]].to_numpy() if asks in asks_of else None for asks in every
        }
        end = f"#{turn + 1}" if turn else ""
        ids = [f"P{row:04d}/{service}{end}" for row in range(1, len(about) + 1)]
        asked_here = ",".join(asks_of)
        parts.append(about.assign(answer_id=ids, service=service, **values, _asked=asked_here))
    long = pd.concat(parts, ignore_index=True)
    taken = origin(about).get("columns_taken", {})
    long.attrs["lifecircle"] = {**origin(table), "columns_taken": taken}
    return long


def _with_numbers(
    table: pd.DataFrame, own: Mapping[str, float | None]
) -> tuple[pd.DataFrame, Counter[str], int]:
    """Answers as numbers where they are understood, words for no answer, and how many answers."""
    table = table.copy()
    nothing: Counter[str] = Counter()
    asked = 0
    of_row = table.pop("_asked") if "_asked" in table else None
    for name in (one for one in QUESTIONS if one in table):
        reading = read_answers(table[name], own)
        blank = is_blank(table[name])
        if of_row is None:
            here = ~blank
            reading.nothing.pop(BLANK, None)
        else:
            here = of_row.str.contains(name).to_numpy(dtype=bool)
            reading.nothing[BLANK] = int((here & blank).sum())
        asked += int(here.sum())
        nothing += reading.nothing
        table[name] = reading.numbers
        for doubt in reading.doubts:
            tell(doubt)
    return table, nothing, asked


def _silent(table: pd.DataFrame) -> pd.Series[bool]:
    """Rows without any answer."""
    return table[[name for name in QUESTIONS if name in table]].isna().all(axis=1)


def _unit_ids(
    values: pd.Series[Any], own: Mapping[str, str], study_units: pd.DataFrame | None
) -> pd.Series[str]:
    """Ids of the units that a form names by id, by name, or in its own words."""
    texts = as_ids(values)
    said = {word_key(word): str(unit) for word, unit in own.items()}
    ids: set[str] = set()
    exact: dict[str, set[str]] = {}
    short: dict[str, set[str]] = {}  # 白沙 for 白沙社区
    if study_units is not None:
        ids = {str(unit) for unit in study_units["unit_id"]}
        for unit, name in zip(study_units["unit_id"], study_units["name"], strict=True):
            exact.setdefault(word_key(name), set()).add(str(unit))
            short.setdefault(_SUFFIX.sub("", word_key(name)), set()).add(str(unit))

    def unit_of(text: str) -> str:
        meant = said.get(word_key(text), text)
        if meant in ids:
            return meant
        key = word_key(meant)
        for found in (exact.get(key, set()), short.get(_SUFFIX.sub("", key), set())):
            if len(found) == 1:
                return next(iter(found))
        return meant

    meaning = {text: unit_of(text) for text in texts.unique() if text}
    return texts.map(lambda text: meaning.get(text, ""))


def _services(values: pd.Series[Any]) -> pd.Series[str]:
    """Services of the catalogue by their word or any of their names; else as they stand."""
    texts = as_ids(values)
    words = service_words()
    meaning = {text: words.get(word_key(text), text) for text in texts.unique()}
    return texts.map(meaning)


def _segments(values: pd.Series[Any], own: Mapping[str, str]) -> pd.Series[Any]:
    """Segments in lifecircle's words where they are known; else as they stand."""
    said = {word_key(word): segment for word, segment in {**SEGMENT_WORDS, **own}.items()}
    return as_ids(values).map(lambda text: said.get(word_key(text), text))


def _service_names() -> dict[str, str]:
    """Names that people use → service, for hints."""
    table = catalog.services()
    names: dict[str, str] = {}
    for column in ("name_zh", "name_en", "aliases"):
        for service, cell in table[column].items():
            names |= dict.fromkeys(_parts(cell), str(service))
    return names | {str(service): str(service) for service in table.index}


def _parts(cell: str) -> Iterable[str]:
    """Names of a cell of the catalogue."""
    return [name for name in cell.split(";") if name]
