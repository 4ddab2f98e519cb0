"""What an inspection says of compounds, walls and gates, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

from lifecircle.inputs.inspection_words import LANGUAGES, listed

_WHO = {
    "open": ("开放", "open"),
    "residents": ("仅住户", "residents"),
    "closed": ("关闭", "closed"),
    "": ("未写", "not said"),
}
_WALLED = {
    "True": ("封闭", "walled"),
    "False": ("不封闭", "not walled"),
    "": ("未写（按封闭）", "not said (taken as walled)"),
}

Tally = Mapping[str, Mapping[str, int]]


def access_words(tally: Tally, language: str) -> str:
    """Who passes the gates of a table, with the words that say so.

    Parameters
    ----------
    tally
        ``open``, ``residents``, ``closed`` or ``""`` → word → rows.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str

    Examples
    --------
    >>> access_words({"open": {"是": 3}, "residents": {"刷卡": 8, "业主": 1}}, "zh")
    '开放 3（是）、仅住户 9（刷卡 8、业主 1）'
    """
    return _tallied(tally, _WHO, language)


def walled_words(tally: Tally, language: str) -> str:
    """How many compounds of a table are walled, with the words that say so.

    Parameters
    ----------
    tally
        ``True``, ``False`` or ``""`` → word → rows.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str

    Examples
    --------
    >>> walled_words({"True": {"封闭": 72}, "False": {"开放": 9}}, "en")
    'walled 72, not walled 9 (开放)'
    """
    return _tallied(tally, _WALLED, language)


def osm_barriers_words(counts: Mapping[str, object], language: str) -> str:
    """How many walls, gates and compounds OpenStreetMap holds.

    Parameters
    ----------
    counts
        ``walls``, ``gates``, ``compounds``, ``walled`` and ``access`` (who passes → gates).
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str
        ``""`` where there are none.

    Examples
    --------
    >>> counts = {"walls": 30, "gates": 2, "compounds": 7, "walled": 3, "access": {"open": 2}}
    >>> osm_barriers_words(counts, "en")
    'walls × 30, gates × 2 (open 2), compounds × 7 (walled 3)'
    """
    if not any(counts.get(role) for role in ("walls", "gates", "compounds")):
        return ""
    chinese = language == "zh"
    access = counts.get("access")
    who = ""
    if isinstance(access, Mapping) and access:
        place = LANGUAGES.index(language)
        who = listed((f"{_WHO[word][place]} {n:,}" for word, n in access.items()), language)
        who = f"（{who}）" if chinese else f" ({who})"
    walls, gates, compounds, walled = (
        f"{counts[role]:,}" for role in ("walls", "gates", "compounds", "walled")
    )
    if chinese:
        return f"围墙 {walls} 段，大门 {gates} 个{who}，小区院落 {compounds} 处（封闭 {walled}）"
    return f"walls × {walls}, gates × {gates}{who}, compounds × {compounds} (walled {walled})"


def built_words(counts: Mapping[str, int], language: str) -> str:
    """What was built into the streets before they were diagnosed.

    Parameters
    ----------
    counts
        ``compounds`` that are walled, ``walls`` and ``gates``.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    str
        ``""`` where nothing was.

    Examples
    --------
    >>> built_words({"compounds": 3, "walls": 30, "gates": 36}, "zh")
    '封闭小区 3、围墙 30、大门 36'
    """
    if not counts:
        return ""
    chinese = language == "zh"
    names = {
        "compounds": ("封闭小区", "walled compounds"),
        "walls": ("围墙", "walls"),
        "gates": ("大门", "gates"),
    }
    return listed(
        (
            f"{names[role][0]} {count:,}" if chinese else f"{count:,} {names[role][1]}"
            for role, count in counts.items()
        ),
        language,
    )


def _tallied(tally: Tally, names: Mapping[str, tuple[str, str]], language: str) -> str:
    """Meanings with their rows, each with the words of the table where these are others."""
    place, parts = LANGUAGES.index(language), []
    for meaning, said in names.items():
        words = tally.get(meaning, {})
        if not words:
            continue
        known = {meaning.casefold(), *(name.casefold() for name in said)}
        shown = list(words)
        if len(words) > 1:
            shown = [f"{word} {rows:,}" for word, rows in words.items()]
        own = "" if {word.casefold() for word in words} <= {*known, "", "1", "0"} else listed(
            shown, language, 6
        )  # fmt: skip
        own = own and (f"（{own}）" if language == "zh" else f" ({own})")
        parts.append(f"{said[place]} {sum(words.values()):,}{own}")
    return listed(parts, language)
