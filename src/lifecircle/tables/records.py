"""The column contract of records: what offices count on the spot, by unit, record and year.

records
    ``unit_id`` (always, text), ``record`` (always, a name of the catalogue of records), ``value``
    (always, a number; 1 and 0 where the record is a yes or a no), ``unit`` (always, that of the
    catalogue), ``year`` (whole, ``<NA>`` where it is not known), ``source`` (``""`` where it is not
    known). A row without a value says that nothing is known, and is left out.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from lifecircle.errors import (
    InputError,
    MissingColumnError,
    did_you_mean,
    some,
)
from lifecircle.tables.findings import Findings, columns_found, origin
from lifecircle.tables.values import Mask, as_ids, as_numbers, is_blank

RECORD_COLUMNS = ("unit_id", "record", "value", "unit", "year", "source")
_YES = frozenset({"有", "是", "已", "已建", "已有", "√", "✓", "yes", "y", "true", "1", "1.0"})
_NO = frozenset({"无", "否", "没有", "未", "未建", "×", "x", "no", "n", "false", "0", "0.0"})
_UNITS = {
    "count": {
        "count",
        "个",
        "处",
        "台",
        "条",
        "栋",
        "辆",
        "项",
        "位",
        "座",
        "户",
        "所",
        "幢",
        "根",
    },
    "m": {"m", "米"},
    "m2": {"m2", "m²", "㎡", "平方米", "平米"},
    "km": {"km", "公里", "千米"},
    "yes/no": {"yes/no", "是/否", "有/无", "是否", "有无"},
}
_SPACES = re.compile(r"[\s_]+")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


def check_records(
    frame: pd.DataFrame,
    *,
    units: pd.DataFrame | None = None,
    known: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Records as everything else expects them, or one error that says all that is wrong.

    Parameters
    ----------
    frame
        One row per unit and record (and year), with ``unit_id``, ``record`` and ``value``;
        ``unit``, ``year`` and ``source`` where they are known. Not changed.
    units
        Units of the study: a row may name one by its id or, where only one has it, by its name.
        Without: any may be named.
    known
        Catalogue of records as :func:`lifecircle.standards.records.known_records` gives it; a row
        may use any name it lists. Without: any record that is a number.

    Returns
    -------
    DataFrame
        Checked copy with the columns of the contract, sorted by unit, record and year.

    Raises
    ------
    InputError
        Or its kind ``MissingColumnError``.

    Examples
    --------
    >>> lifts = pd.DataFrame({"unit_id": ["U1"], "record": ["lifts"], "value": ["２２"]})
    >>> check_records(lifts)[["unit_id", "record", "value"]].values.tolist()
    [['U1', 'lifts', 22.0]]
    """
    missing = [name for name in RECORD_COLUMNS[:3] if name not in frame.columns]
    if missing:
        raise MissingColumnError(
            f"records: there is no column {some(missing)}. Give one row per unit and record with "
            f"unit_id, record and value. {columns_found(frame)}"
        )
    table = pd.DataFrame(frame).reset_index(drop=True)
    if not table.columns.is_unique:
        twice = table.columns[table.columns.duplicated()].unique()
        raise InputError(f"records: columns stand twice ({some(twice)}). Rename one of each.")
    texts = {
        name: as_ids(table[name]) if name in table else pd.Series([""] * len(table), dtype="str")
        for name in ("unit_id", "record", "unit", "source")
    }
    labels = (texts["unit_id"] + " " + texts["record"]).str.strip()
    findings = Findings("records", labels, columns_found(frame))
    taken = pd.DataFrame(texts).assign(year=_years(table, findings))
    taken["unit_id"] = _unit_ids(taken["unit_id"], units, findings)
    taken["record"] = _record_names(taken["record"], known, findings)
    taken["value"] = _values(table["value"], taken["record"], known, findings)
    taken["unit"] = _units(taken, known, findings)
    told = ~is_blank(table["value"])
    again = taken.duplicated(["unit_id", "record", "year"], keep=False) & told
    named = (taken["unit_id"] != "") & (taken["record"] != "")
    findings.wrong(
        InputError,
        _mask(again & named),
        "stand more than once for one unit and year. Keep one row of each.",
    )
    findings.stop()
    order = ["unit_id", "record", "year"]
    result = taken[told].sort_values(order)[list(RECORD_COLUMNS)].reset_index(drop=True)
    result.attrs["lifecircle"] = origin(frame)
    return result


def find_name(name: object, known: pd.DataFrame) -> str:
    """Record that a word stands for.

    Parameters
    ----------
    name
        Id, Chinese or English name, or another everyday name.
    known
        Catalogue of records.

    Returns
    -------
    str
        Id of the record; ``""`` if the catalogue has none.

    Examples
    --------
    >>> known = pd.DataFrame({"name_zh": ["加装电梯"], "name_en": ["lifts added"],
    ...                       "aliases": ["电梯"]}, index=["lifts"])
    >>> find_name("电梯", known), find_name("Lifts added", known), find_name("梯", known)
    ('lifts', 'lifts', '')
    """
    return _names(known).get(_squeeze(name), "")


def nearest_names(names: Iterable[object], known: pd.DataFrame) -> str:
    """Words for what may have been meant.

    Parameters
    ----------
    names
        Names that the catalogue does not have.
    known
        Catalogue of records.

    Returns
    -------
    str
        Such as ``"'lift' (did you mean 'lifts'?)"``, parted by commas.

    Examples
    --------
    >>> known = pd.DataFrame({"name_zh": ["加装电梯"], "name_en": [""], "aliases": [""]},
    ...                      index=["lifts"])
    >>> nearest_names(["lift", "zzz"], known)
    "'lift' (did you mean 'lifts'?), 'zzz'"
    """
    words = _names(known)
    shown = []
    for name in names:
        near = difflib.get_close_matches(_squeeze(name), words, n=2)
        meant = list(dict.fromkeys(words[word] for word in near))
        hint = f" (did you mean {' or '.join(map(repr, meant))}?)" if meant else ""
        shown.append(f"{str(name)!r}{hint}")
    return some(shown, 20)


def _names(known: pd.DataFrame) -> dict[str, str]:
    """Every word for a record."""
    words: dict[str, str] = {}
    rows = known[["name_zh", "name_en", "aliases"]].itertuples(name=None)
    for record, name_zh, name_en, aliases in rows:
        for word in (record, name_zh, name_en, *str(aliases).split(";")):
            if word:
                words.setdefault(_squeeze(word), str(record))
    return words


def _squeeze(name: object) -> str:
    return _SPACES.sub("", str(name)).lower()


def _mask(values: Any) -> Mask:
    return np.asarray(values, dtype=np.bool_)


def _years(table: pd.DataFrame, findings: Findings) -> pd.Series[Any]:
    if "year" not in table:
        return pd.Series(pd.NA, index=table.index, dtype="Int64")
    given = pd.Series([re.sub(r"年(度)?$", "", one) for one in as_ids(table["year"])], dtype=object)
    numbers = as_numbers(given).to_numpy()
    with np.errstate(invalid="ignore"):
        whole = (numbers % 1 == 0) & (numbers >= _FIRST_YEAR) & (numbers <= _LAST_YEAR)
    bad = ~is_blank(given) & ~whole
    findings.wrong(
        InputError, bad, f"have no year in 'year' but {some(map(repr, given[bad].unique()))}."
    )
    return pd.Series(
        [int(n) if ok else pd.NA for n, ok in zip(numbers, whole, strict=True)]
    ).astype("Int64")


def _unit_ids(
    given: pd.Series[str], units: pd.DataFrame | None, findings: Findings
) -> pd.Series[str]:
    findings.wrong(InputError, _mask(given == ""), "have no 'unit_id'. Fill it in.")
    if units is None:
        return given
    ids = units["unit_id"].to_list()
    names = units["name"] if "name" in units else pd.Series([""] * len(units), dtype="str")
    alone = (~names.duplicated(keep=False) & (names != "")).to_numpy()
    by_name = dict(zip(names[alone], units["unit_id"][alone], strict=True))
    found = given.where(given.isin(ids), given.map(by_name)).fillna("")
    strange = _mask((found == "") & (given != ""))
    labels = [f"{name} ({one})" if name else one for one, name in zip(ids, names, strict=True)]
    by_id = dict(zip(ids, labels, strict=True))
    words = {**by_id, **{name: by_id[one] for name, one in by_name.items()}}
    shown = [f"{name!r}{did_you_mean(name, words)}" for name in given[strange].unique()]
    findings.wrong(
        InputError,
        strange,
        f"name units that the study does not have: {some(shown, 20)}. Units are "
        f"{some(labels, 30)}.",
    )
    return found.where(found != "", given)


def _record_names(
    given: pd.Series[str], known: pd.DataFrame | None, findings: Findings
) -> pd.Series[str]:
    findings.wrong(InputError, _mask(given == ""), "have no 'record'. Fill it in.")
    if known is None:
        return given
    words = _names(known)
    found = given.map(lambda name: words.get(_squeeze(name), ""))
    strange = _mask((found == "") & (given != ""))
    findings.wrong(
        InputError,
        strange,
        f"name records that are not known: {nearest_names(given[strange].unique(), known)}. "
        "lifecircle.standards.records.known_records() lists them, in Chinese and English.",
    )
    return found


def _values(
    given: pd.Series[Any],
    record: pd.Series[str],
    known: pd.DataFrame | None,
    findings: Findings,
) -> pd.Series[float]:
    """Numbers, and 1 or 0 for yes or no."""
    blank = is_blank(given)
    kind = record.map(known["kind"]) if known is not None else pd.Series("", index=record.index)
    numbers = as_numbers(given)
    yesno = _mask(kind == "yesno")
    words = given.map(lambda one: str(one).strip().lower())
    answers = pd.Series(np.where(words.isin(_YES), 1.0, np.where(words.isin(_NO), 0.0, np.nan)))
    bad = yesno & ~blank & np.isnan(answers.to_numpy())
    findings.wrong(
        InputError, bad, f"need a yes or a no (有/无, 是/否), not {some(map(repr, given[bad]))}."
    )
    values = numbers.to_numpy()
    text = ~yesno & ~blank & np.isnan(values)
    shown = some(repr(one) for one in given[text])
    findings.wrong(InputError, text, f"have no number in 'value' but {shown}.")
    with np.errstate(invalid="ignore"):
        below = ~yesno & ((values < 0) | np.isinf(values))
        broken = _mask(kind == "count") & ~below & (values % 1 != 0) & ~np.isnan(values)
    shown = some(f"{one:g}" for one in values[below])
    findings.wrong(InputError, below, f"have a negative or infinite 'value' ({shown}).")
    shown = some(f"{one:g}" for one in values[broken])
    findings.wrong(InputError, broken, f"count whole things, not {shown}.")
    return pd.Series(np.where(yesno, answers, values), index=given.index)


def _units(table: pd.DataFrame, known: pd.DataFrame | None, findings: Findings) -> pd.Series[str]:
    """Unit of the catalogue; another one is wrong, because values are not converted."""
    if known is None:
        return table["unit"]
    expected = table["record"].map(known["unit"]).fillna("")
    fits = [
        not unit or not right or unit.strip().lower() in _UNITS.get(right, {right})
        for unit, right in zip(table["unit"], expected, strict=True)
    ]
    bad = ~np.array(fits, dtype=np.bool_)
    pairs = dict.fromkeys(
        f"{unit!r} where {right!r} is meant"
        for unit, right in zip(table["unit"][bad], expected[bad], strict=True)
    )
    findings.wrong(InputError, bad, f"have another unit: {some(pairs)}. Convert the values.")
    return expected
