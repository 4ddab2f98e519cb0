"""What people tick in a questionnaire → 1 to 5.

The words decide, not the number before them: ``1.非常满意`` and ``5.非常满意`` are both 5, for
forms list the best first as often as last. A bare number is taken as it stands; where 1 is the best
of a form that exports numbers, ``answers={"1": 5, "2": 4, "4": 2, "5": 1}`` turns it round.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from lifecircle.errors import InputError, some
from lifecircle.tables.survey import BEST, WORST
from lifecircle.tables.values import as_ids, is_blank

NO_ANSWER = "none"
BLANK = "(blank)"
_ROOTS = ("满意", "重要")
# Grades before the root. 基本满意 is the middle of the five grades of GB/T 39734-2020 (好差评).
_GRADES = {
    5: ("非常", "很", "十分", "特别", "极其", "极", "极为", "完全"),
    4: ("", "比较", "较", "较为"),
    3: ("基本", "一般"),
    2: ("不", "不太", "不大", "不很", "不是很", "不怎么", "较不", "比较不", "有点不"),
    1: ("非常不", "很不", "十分不", "特别不", "极不", "极其不", "极为不", "完全不", "毫不",
        "根本不", "一点不", "一点也不", "一点都不"),
}  # fmt: skip
_OTHERS = {
    5: ("非常好", "很好", "verysatisfied", "extremelysatisfied", "completelysatisfied",
        "veryimportant", "extremelyimportant", "excellent"),
    4: ("好", "较好", "比较好", "satisfied", "somewhatsatisfied", "fairlysatisfied", "important",
        "fairlyimportant", "good"),
    3: ("一般", "一般般", "中等", "普通", "中立", "neutral", "neither",
        "neithersatisfiednordissatisfied", "average", "fair", "moderatelyimportant"),
    2: ("差", "较差", "比较差", "不好", "不太好", "dissatisfied", "unsatisfied", "notsatisfied",
        "somewhatdissatisfied", "slightlyimportant", "unimportant", "notveryimportant", "poor"),
    1: ("非常差", "很差", "verydissatisfied", "veryunsatisfied", "extremelydissatisfied",
        "notatallsatisfied", "veryunimportant", "notatallimportant", "verypoor"),
}  # fmt: skip
WORDS = {
    **{word: float(grade) for grade, words in _OTHERS.items() for word in words},
    **{
        before + root: float(grade)
        for grade, all_before in _GRADES.items()
        for before in all_before
        for root in _ROOTS
    },
}
_NOTHING = frozenset({
    "不了解", "不清楚", "不知道", "未使用", "未使用过", "没用过", "没使用过", "没有使用过",
    "未用过", "从未使用", "无此设施", "没有此设施", "没有该设施", "无该设施", "没有这个设施",
    "跳过", "(跳过)", "空", "(空)", "未答", "未作答", "未填", "未填写", "不适用", "无法评价",
    "说不清", "不好说", "拒答", "拒绝回答", "notapplicable", "dontknow", "don'tknow", "noopinion",
    "noanswer", "skipped", "(skipped)", "neverused", "refused",
})  # fmt: skip
_NUMBER = re.compile(r"([+-]?\d+(?:\.\d+)?)(?:分|星|颗星|points?|stars?)?")
_BEFORE = re.compile(r"\(?(?:[a-h]|(?P<number>\d{1,2})分?)[).、．:,\-]*(?=\D)", re.IGNORECASE)
_BEHIND = re.compile(r"\((?P<inside>[^()]*)\)$")
SEGMENT_WORDS = {
    **dict.fromkeys(("老年人", "老人", "长者", "60岁以上", "60岁及以上", "60+"), "elderly"),
    **dict.fromkeys(("家长", "儿童家长", "学生家长", "孩子家长", "父母"), "parent"),
    **dict.fromkeys(("居民", "普通居民", "一般居民"), "resident"),
}


@dataclass
class Reading:
    """Answers of one kind of question, as numbers.

    Parameters
    ----------
    numbers
        1 to 5, not-a-number for no answer; what is not understood stays text.
    nothing
        Words that mean no answer → how often; :data:`BLANK` for empty cells.
    doubts
        What is told about the scale that the words belong to.
    """

    numbers: pd.Series[Any]
    nothing: Counter[str] = field(default_factory=Counter)
    doubts: list[str] = field(default_factory=list)


def answer_key(text: object) -> str:
    """Answer without what does not tell answers apart: width, case, blanks, a full stop.

    Parameters
    ----------
    text
        Such as ``" Ａ. 非常满意。"``.

    Returns
    -------
    str

    Examples
    --------
    >>> answer_key(" Ａ. 非常满意。")
    'a.非常满意'
    """
    plain = unicodedata.normalize("NFKC", str(text)).casefold().replace("’", "'")
    return re.sub(r"\s+", "", plain).rstrip("。.!")


def answer_words(answers: Mapping[str, Any] | None) -> dict[str, float | None]:
    """A form's own words, checked.

    Parameters
    ----------
    answers
        Word → 1 to 5, or ``"none"`` where it means that there is no answer.

    Returns
    -------
    dict
        :func:`answer_key` of each → number, or None for no answer.

    Raises
    ------
    InputError
        If a value is neither; all of them at once.

    Examples
    --------
    >>> answer_words({"凑合": 3, "没去过": "none"})
    {'凑合': 3.0, '没去过': None}
    """
    own, problem = known_words(answers)
    if problem:
        raise problem
    return own


def known_words(
    answers: Mapping[str, Any] | None,
) -> tuple[dict[str, float | None], InputError | None]:
    """A form's own words, and what is wrong with them.

    Parameters
    ----------
    answers
        As for :func:`answer_words`.

    Returns
    -------
    own
        As :func:`answer_words` gives it; words of wrong values stand for the middle, so
        that what else is wrong in their rows can be told with the problem.
    problem
        One error of all wrong values, or None.

    Examples
    --------
    >>> known_words({"凑合": 30})
    ({'凑合': 3.0}, InputError('survey: answers must be a number from 1 to 5, ...'))
    """
    own: dict[str, float | None] = {}
    wrong: list[str] = []
    for word, value in (answers or {}).items():
        if value == NO_ANSWER:
            own[answer_key(word)] = None
        elif _is_grade(value):
            own[answer_key(word)] = float(value)
        else:
            own[answer_key(word)] = (WORST + BEST) / 2
            wrong.append(f"{word!r} = {value!r}")
    if not wrong:
        return own, None
    return own, InputError(
        f'survey: answers must be a number from 1 to 5, or "{NO_ANSWER}" for no answer: '
        f"{some(wrong, 10)}."
    )


def read_answers(cells: pd.Series[Any], own: Mapping[str, float | None]) -> Reading:
    """Numbers of all answers to one kind of question.

    Parameters
    ----------
    cells
        As people ticked or typed them, shape (n,); all of one scale, for the words that occur
        together tell what some of them mean.
    own
        The form's own words, which go before the usual ones.

    Returns
    -------
    Reading

    Raises
    ------
    InputError
        If numbers stand before words in another order than 1 to 5 and elsewhere alone.

    Examples
    --------
    >>> ticked = pd.Series(["A.非常满意", "4分", "(跳过)", "凑合", "so-so"])
    >>> reading = read_answers(ticked, {"凑合": 3.0})
    >>> reading.numbers.to_list(), dict(reading.nothing)
    ([5.0, 4.0, nan, 3.0, 'so-so'], {'(跳过)': 1})
    """
    texts = as_ids(cells)
    blank = is_blank(cells)
    counts = Counter(texts[~blank])
    words = {text: _word(answer_key(text), own) for text in counts}
    scale, doubts = _scale(set(words.values()), own)
    _refuse_mixed(words, own, scale)
    meaning: dict[str, Any] = {}
    nothing: Counter[str] = Counter()
    for text, word in words.items():
        number = _NUMBER.fullmatch(word)
        if word in own:
            meaning[text] = own[word]
        elif word in _NOTHING:
            meaning[text] = None
        elif word in scale:
            meaning[text] = scale[word]
        else:
            meaning[text] = float(number[1]) if number else text
        if meaning[text] is None:
            nothing[word] += counts[text]
            meaning[text] = float("nan")
    if blank.any():
        nothing[BLANK] = int(blank.sum())
    values = [
        float("nan") if empty else meaning[text] for text, empty in zip(texts, blank, strict=True)
    ]
    return Reading(pd.Series(values, index=cells.index, dtype=object), nothing, doubts)


def _is_grade(value: Any) -> bool:
    """Whether a value is a number from 1 to 5."""
    return isinstance(value, int | float) and not isinstance(value, bool) and WORST <= value <= BEST


def _word(key: str, own: Mapping[str, float | None]) -> str:
    """The word of an answer, without the letter or number before it and brackets behind."""
    known = {*own, *WORDS, *_NOTHING}
    bare = _BEFORE.sub("", key, count=1)
    behind = _BEHIND.search(key)
    inside = behind["inside"] if behind else ""
    tried = (key, bare, _BEHIND.sub("", key), _BEHIND.sub("", bare), inside)
    return next((one for one in tried if one and one in known), key)


def _refuse_mixed(
    words: Mapping[str, str], own: Mapping[str, float | None], scale: Mapping[str, float]
) -> None:
    """See that no bare number means the reverse of the number that stands before a word."""
    other = {}
    for text, word in words.items():
        before = _BEFORE.match(answer_key(text))
        number = before["number"] if before and word not in own else None
        if number and word in scale and float(number) != scale[word]:
            other[text] = number
    bare = [text for text, word in words.items() if word not in own and _NUMBER.fullmatch(word)]
    if other and bare:
        raise InputError(
            f"survey: answers such as {some(map(repr, other), 3)} count otherwise than from 1 "
            f"(worst) to 5 (best), and others are numbers alone ({some(map(repr, bare), 5)}), so "
            "these may mean the reverse. Say what the numbers mean with answers= "
            "([survey.answers] in the study file), such as '1' = 5."
        )


def _scale(seen: set[str], own: Mapping[str, float | None]) -> tuple[dict[str, float], list[str]]:
    """Words → numbers, where the words of a form show which scale it has."""
    scale = dict(WORDS)
    doubts: list[str] = []

    def any_of(grade: int, root: str, *, without: tuple[str, ...] = ()) -> bool:
        return any(
            before + root in seen for before in _GRADES[grade] if before not in ("", *without)
        )

    def change(word: str, value: float, beside: str) -> None:
        if word in seen and word not in own and scale[word] != value:
            scale[word] = value
            doubts.append(
                f"survey: {word!r} counts {value:g}, since the form has {beside} beside it and "
                f"nothing beyond. If it does not, say so: [survey.answers] {word!r} = "
                f"{WORDS[word]:g}."
            )

    for root in _ROOTS:
        if any_of(2, root, without=("不",)) and not any_of(1, root):
            change("不" + root, WORST, f"'不太{root}' or the like")
        if any_of(4, root) and not any_of(5, root):
            change(root, BEST, f"'比较{root}' or the like")
        middle = "基本" + root
        if middle in seen and middle not in own and {"一般", "一般" + root} & seen:
            doubts.append(
                f"survey: {middle!r} and '一般' both count 3. If {middle!r} is better, say so: "
                f"[survey.answers] {middle!r} = 4."
            )
    for what in ("satisfied", "important"):
        if f"extremely{what}" in seen:
            change(f"very{what}", 4.0, f"'extremely {what}'")
    return scale, doubts
