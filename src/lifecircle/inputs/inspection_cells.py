"""Inspection of what stands in the cells: numbers and classes."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from lifecircle.inputs.header_names import COMPOUNDS
from lifecircle.inputs.inspection_checks import Problem, about, place_columns
from lifecircle.inputs.inspection_kinds import class_column, column_of, filled_numbers, id_column
from lifecircle.inputs.text import column_key
from lifecircle.tables.values import as_numbers, is_blank

_MOST_DENSITY = 8.0
_WALLED = {"walled", *COMPOUNDS["walled"]}
_CODES = re.compile(
    r"(id|code|编号|代码|序号|电话|邮编|newtype|lng|lon|lat|wgs84|gcj02|bd09|tile)$"
)


def check_cells(frame: pd.DataFrame, kind: str) -> list[Problem]:
    """Numbers that are none, negative or out of the way; classes that are missing or several.

    Parameters
    ----------
    frame
        As it stands in the file.
    kind
        Kind of table that it looks like.

    Returns
    -------
    list of Problem

    Examples
    --------
    >>> cells = pd.DataFrame({"人口": ["5", "约 9"]})
    >>> check_cells(cells, "residents")[0].facts
    {'rows': 1, 'first': ['2'], 'column': '人口', 'words': ['约 9']}
    """
    found = []
    for what in ("people", "elderly", "children", "households", "floors", "density"):
        column = column_of(frame, what)
        if column is None:
            continue
        numbers, blank = as_numbers(frame[column]).to_numpy(), is_blank(frame[column])
        words = np.isnan(numbers) & ~blank
        if words.any():
            shown = [str(value) for value in frame[column][words].unique()[:3]]
            found.append(about("number_words", words, {"column": str(column), "words": shown}))
        if blank.any() and what == "people" and kind == "residents":
            found.append(about("number_blank", blank, {"column": str(column)}))
        with np.errstate(invalid="ignore"):
            below = numbers < 0
            over = numbers > _MOST_DENSITY if what == "density" else np.zeros_like(below)
        zero = numbers == 0
        if what in ("floors", "density") and zero.any():
            found.append(about("number_zero", zero, {"column": str(column)}))
        if below.any():
            found.append(about("number_negative", below, {"column": str(column)}))
        if over.any():
            most = float(np.nanmax(numbers))
            found.append(about("density_over", over, {"column": str(column), "most": most}))
    classes = class_column(frame) if kind == "facilities" else None
    if classes is not None:
        texts = frame[classes].astype("str")
        several = texts.str.contains("|", regex=False, na=False).to_numpy(dtype=np.bool_)
        if several.any():
            found.append(about("several_classes", several, {"column": str(classes)}))
        blank = is_blank(frame[classes])
        if blank.any():
            found.append(about("no_class", blank, {"column": str(classes)}))
    return found


def numbers_of(frame: pd.DataFrame, kind: str, limit: int = 12) -> dict[str, dict[str, float]]:
    """What stands in the columns that hold numbers.

    Parameters
    ----------
    frame
        As it stands in the file.
    kind
        Kind of table that it looks like.
    limit
        At most so many columns, those that are known by their name first.

    Returns
    -------
    dict
        Column → ``filled``, ``blank``, ``words``, ``least``, ``most``, ``sum``.

    Examples
    --------
    >>> homes = pd.DataFrame({"编号": ["1"], "人口": ["12"], "名称": ["a"]})
    >>> numbers_of(homes, "residents")["人口"]["sum"]
    12.0
    """
    known = [column_of(frame, what) for what in ("people", "elderly", "children", "households")]
    known += [column_of(frame, what) for what in ("floors", "density")]
    ids = (id_column(frame, kind), id_column(frame, ""))
    out = {*place_columns(frame).values(), *ids, class_column(frame), "geometry"}
    if kind == "compounds":  # whether it is walled may be 0 or 1
        out |= {name for name in frame.columns if column_key(name) in _WALLED}
    rest = [
        name
        for name in frame.columns
        if name not in known and name not in out and not _CODES.search(column_key(name))
    ]
    found: dict[str, dict[str, float]] = {}
    for name in (*dict.fromkeys(known), *rest):
        if name is None or name in out or len(found) == limit:
            continue
        numbers = filled_numbers(frame, name)
        if numbers["filled"] and (name in known or numbers["words"] * 20 < numbers["filled"]):
            found[str(name)] = numbers
    return found
