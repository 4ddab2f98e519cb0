"""Words of the survey's findings for people, in Chinese and in English."""

from __future__ import annotations

from lifecircle.errors import UnknownNameError

_WORDS = {
    # importance against performance (Martilla & James 1977)
    "concentrate here": ("优先改进", "concentrate here"),
    "keep up": ("继续保持", "keep up the good work"),
    "low priority": ("次要改进", "low priority"),
    "possible overkill": ("可维持（重要度较低）", "possible overkill"),
    # what people say against what the walk shows
    "both good": ("可达且满意", "within reach, and people are satisfied"),
    "both poor": ("可达不足、也不满意", "too few within reach, and people are not satisfied"),
    "reachable but unsatisfying": (
        "可达但不满意：问题在质量，不在距离",
        "within reach, but people are not satisfied: quality, not distance",
    ),
    "satisfied though far": ("可达不足但满意", "too few within reach, yet people are satisfied"),
    # change
    "better": ("提升", "better"),
    "worse": ("下降", "worse"),
    "unclear": ("不明确", "unclear"),
    "unknown": ("未知", "unknown"),
    # behind a quadrant that is not certain
    "uncertain": ("（不确定）", " (uncertain)"),
    # why it is not certain
    "small sample": ("样本不足 30", "fewer than 30 people"),
    "interval": ("区间跨越界线", "the interval lies across the line"),
    "no answers": ("无人作答", "nobody answered"),
    "no facility": ("设施表中没有此类设施", "no such facility in the table of facilities"),
    "no street": ("设施附近没有道路", "no street lies near any such facility"),
    "not measured": ("该步行时间未计算", "this walking time was not measured"),
    "nobody": ("该单元没有此类人口", "nobody of this segment lives in the unit"),
}
_LANGUAGES = ("zh", "en")


def survey_word(word: str, language: str) -> str:
    """Word of a finding for people.

    Parameters
    ----------
    word
        As it stands in the tables, such as ``"keep up"``.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str

    Raises
    ------
    UnknownNameError
        If there is no such word or language.

    Examples
    --------
    >>> survey_word("keep up", "zh"), survey_word("better", "en")
    ('继续保持', 'better')
    """
    if language not in _LANGUAGES:
        raise UnknownNameError("language", language, _LANGUAGES)
    if word not in _WORDS:
        raise UnknownNameError("finding", word, _WORDS)
    return _WORDS[word][_LANGUAGES.index(language)]
