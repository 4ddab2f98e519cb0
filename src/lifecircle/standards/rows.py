"""The columns of a table of a standard, and its checks: all problems in one message."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lifecircle.errors import (
    InputError,
    MissingColumnError,
    UnknownServiceError,
    did_you_mean,
    some,
)
from lifecircle.standards import catalog
from lifecircle.standards.figures import CONFIDENCES, bounds
from lifecircle.tables.findings import Findings, tell
from lifecircle.tables.values import Mask

# Columns that hold a figure: a number, a range such as 300-500, or a bound such as >5000.
FIGURES = (
    "walk_minutes",
    "service_radius_m",
    "min_floor_area_m2",
    "max_floor_area_m2",
    "min_site_area_m2",
    "max_site_area_m2",
    "counts_from_m2",
    "counts_below_m2",
    "service_population",
    "per_1000",
    "target_share",
)
# Of a range the least counts for these, of the others the most.
MINIMA = (
    "min_floor_area_m2",
    "min_site_area_m2",
    "counts_from_m2",
    "per_1000",
    "target_share",
)
# Without these a verdict could not name its clause, or a misspelt header would hide a figure.
NEEDED = (
    "standard",
    "clause",
    "tier",
    "item_id",
    "mandatory",
    "walk_minutes",
    "service_radius_m",
    "min_floor_area_m2",
    "min_site_area_m2",
    "service_population",
    "per_1000",
    "confidence",
    "source",
)
COLUMNS = (
    *NEEDED[:4],
    "item_zh",
    "item_en",
    "domain",
    "mandatory",
    "accepts",
    *FIGURES,
    "area_of",
    "per_1000_of",
    "per_1000_in",
    "alternative",
    "siting",
    "confidence",
    "figures",
    "note_zh",
    "source",
)
NO_CLAUSE = "条款未写明 / clause not stated"
_WORDS = {
    "mandatory": ("mandatory", "optional", ""),
    "area_of": ("single", "total", ""),
    "per_1000_of": ("people", "elderly", "children", "households", ""),
    "per_1000_in": ("capacity", "floor_area_m2", "site_area_m2", "facilities", ""),
    "confidence": (*CONFIDENCES, ""),
}


def check_rows(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Rows of a standard, checked.

    Parameters
    ----------
    table
        Columns of ``NEEDED``, and as many of ``COLUMNS`` as there is something to say in; text.
    name
        Of the table, for messages.

    Returns
    -------
    DataFrame of str
        All columns of ``COLUMNS``, empty where nothing is said.

    Raises
    ------
    MissingColumnError
        If columns are missing.
    UnknownServiceError
        If items are neither services nor items of the catalogue; the nearest are offered.
    InputError
        If something stands where a number or one of a few words belongs.

    Examples
    --------
    >>> row = dict.fromkeys(NEEDED, "") | {"standard": "OWN", "clause": "1", "item_id": "park"}
    >>> check_rows(pd.DataFrame([row | {"service_radius_m": "500"}]), "own")["confidence"].to_list()
    ['own']
    """
    missing = [column for column in NEEDED if column not in table.columns]
    if missing:
        shown = some((f"{one}{did_you_mean(one, table.columns)}" for one in missing), 13)
        raise MissingColumnError(
            f"{name}: the table of a standard lacks {len(missing)} columns: {shown}. Columns may "
            "be empty, not missing; `lifecircle standards show GB50180-2018 --out rows.csv` writes "
            "a table to begin with."
        )
    strange = [column for column in table.columns if column not in COLUMNS]
    if strange:
        shown = some(f"{one}{did_you_mean(str(one), COLUMNS)}" for one in strange)
        tell(f"{name}: columns mean nothing in a standard and are left out: {shown}.")
    rows = pd.DataFrame(
        {
            column: ["" if pd.isna(cell) else str(cell).strip() for cell in table[column]]
            if column in table.columns
            else [""] * len(table)
            for column in COLUMNS
        },
        dtype="str",
    )
    if len(rows) == 0:
        raise InputError(f"{name}: the table of a standard has no rows.")
    lines = pd.Series([f"line {row}" for row in range(2, len(rows) + 2)], dtype="str")
    findings = Findings(name, lines)
    _check_items(rows, findings)
    for column in FIGURES:
        wrong = ~rows[column].map(_is_figure).to_numpy(dtype=bool)
        findings.wrong(
            InputError,
            wrong,
            f"hold no number in {column!r} ({some(rows.loc[wrong, column].unique())}). Write a "
            "number of 0 or more, a range such as 300-500, or leave the cell empty.",
        )
    for column, words in _WORDS.items():
        wrong = ~rows[column].isin(words).to_numpy(dtype=bool)
        listed = ", ".join(word for word in words if word)
        findings.wrong(
            InputError,
            wrong,
            f"hold an unknown word in {column!r} ({some(rows.loc[wrong, column].unique())}); use "
            f"{listed}.",
        )
    _check_sense(rows, findings)
    findings.stop()
    findings.warn()
    stated = rows["per_1000"] != ""
    rows["confidence"] = rows["confidence"].mask(rows["confidence"] == "", "own")
    rows["clause"] = rows["clause"].mask(rows["clause"] == "", NO_CLAUSE)
    for column, usual in (("per_1000_of", "people"), ("per_1000_in", "capacity")):
        rows[column] = rows[column].mask(stated & (rows[column] == ""), usual)
    return rows


def _check_items(rows: pd.DataFrame, findings: Findings) -> None:
    """Items and what may stand for them."""
    known = {*catalog.services().index, *catalog.items().index}
    remark = rows["item_id"].str.startswith("_")
    nameless = (rows["item_id"] == "").to_numpy(dtype=bool)
    findings.wrong(InputError, nameless, "have no item_id.")
    for column in ("item_id", "accepts"):
        parts = rows[column].map(lambda text: [part for part in text.split(";") if part])
        unknown = parts.map(lambda names: [one for one in names if one not in known])
        wrong = (unknown.map(len) > 0) & ~remark
        names = sorted({one for some_names in unknown[wrong] for one in some_names})
        findings.wrong(
            UnknownServiceError,
            wrong.to_numpy(dtype=bool),
            f"name services in {column!r} that are not in the catalogue: "
            f"{some(f'{one!r}{did_you_mean(one, known)}' for one in names)}.",
        )


def _check_sense(rows: pd.DataFrame, findings: Findings) -> None:
    """Figures that need another cell to mean something."""
    lone = (rows["per_1000"] != "") & ((rows["per_1000_of"] == "") | (rows["per_1000_in"] == ""))
    findings.doubt(
        lone.to_numpy(dtype=bool),
        "state a figure per 1000 but not of whom or in what: taken as capacity per 1000 people. "
        "Fill per_1000_of (people, elderly, children, households) and per_1000_in (capacity, "
        "floor_area_m2, site_area_m2, facilities).",
    )
    remark = rows["item_id"].str.startswith("_")
    clauseless = (rows["clause"] == "") & ~remark
    findings.doubt(
        clauseless.to_numpy(dtype=bool),
        f"have no clause: verdicts on them name {NO_CLAUSE!r}. Write where the figure stands.",
    )
    for column in FIGURES:
        ends = [bounds(text) if text and _is_figure(text) else (1.0, 1.0) for text in rows[column]]
        nothing = np.array([not high > 0 for _, high in ends]) & ~remark.to_numpy(dtype=bool)
        findings.wrong(
            InputError,
            nothing,
            f"state 0 in {column!r}; leave the cell empty where nothing is stated.",
        )
        vague = np.array([_is_open(end, column) for end in ends]) & ~remark.to_numpy(dtype=bool)
        findings.doubt(
            vague & ~nothing,
            f"state no figure in {column!r} that can be held against "
            f"({some(rows.loc[vague, column].unique())}), so it is not checked.",
        )
    known = {*FIGURES, "mandatory"}
    parts = rows["figures"].map(lambda text: [one for one in text.split(";") if one])
    wrong = parts.map(
        lambda listed: any(
            one.partition("=")[0].strip() not in known
            or one.partition("=")[2].strip() not in CONFIDENCES
            for one in listed
        )
    )
    findings.wrong(
        InputError,
        wrong.to_numpy(dtype=bool),
        "hold something in 'figures' that is not understood: write figure=confidence, parted by ;, "
        f"such as walk_minutes=derived (confidences: {', '.join(CONFIDENCES)}).",
    )
    share = rows["target_share"].map(lambda text: bounds(text)[1] if _is_figure(text) else 0.0)
    over: Mask = (share > 1).to_numpy(dtype=bool)
    findings.wrong(InputError, over, "state a target_share above 1: write 85 % as 0.85.")
    odd = rows["alternative"].map(lambda text: bool(text) and not _is_alternative(text))
    findings.wrong(
        InputError,
        odd.to_numpy(dtype=bool),
        "hold an alternative that is not understood: write service:count:floor area, such as "
        "convenience_store:2:50.",
    )


def _is_open(ends: tuple[float, float], column: str) -> bool:
    """Whether a bound leaves open what counts: more than 5 minutes, less than 300 m² of floor."""
    if column in MINIMA:
        return not ends[0] > 0
    return column != "service_population" and not np.isfinite(ends[1])


def _is_figure(text: str) -> bool:
    try:
        bounds(text)
    except ValueError:
        return False
    return True


def _is_alternative(text: str) -> bool:
    parts = text.split(":")
    return (
        len(parts) == 3
        and parts[0] in catalog.services().index
        and all(part.replace(".", "", 1).isdigit() for part in parts[1:])
    )
