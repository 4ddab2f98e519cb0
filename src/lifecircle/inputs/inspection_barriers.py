"""Inspection of compounds, walls and gates: what they say, and what they do to the streets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lifecircle.errors import LifecircleError
from lifecircle.inputs.barriers import gate_rows
from lifecircle.inputs.header_names import COMPOUNDS
from lifecircle.inputs.inspection_checks import Problem, about
from lifecircle.inputs.text import take_columns
from lifecircle.network.barriers import Barriers, with_barriers
from lifecircle.network.graph import WalkNetwork
from lifecircle.tables.barriers import ACCESS, access_of, walled_of
from lifecircle.tables.findings import origin
from lifecircle.tables.values import as_ids

ROLES = ("compounds", "walls", "gates")
# Warnings of the readers that an inspection says in its own words.
SAID_HERE = "do not say who passes"


def words_of(frame: pd.DataFrame, kind: str) -> tuple[dict[str, Any], list[Problem]]:
    """What gates say of who passes, and compounds of whether they are walled.

    Parameters
    ----------
    frame
        As it stands in the file.
    kind
        Kind of table that it looks like.

    Returns
    -------
    tallies
        ``access`` of gates, ``walled`` of compounds: meaning → word → rows; ``""`` → rows that say
        nothing.
    problems
        Words that are not understood, and gates that say nothing.

    Examples
    --------
    >>> words_of(pd.DataFrame({"大门": ["东", "西"], "通行": ["刷卡", "蓝"]}), "gates")[0]
    {'access': {'residents': {'刷卡': 1}}}
    """
    if kind not in ("gates", "compounds") or not len(frame):
        return {}, []
    column, meaning = ("access", access_of) if kind == "gates" else ("walled", walled_of)
    try:
        named = (
            gate_rows(frame)
            if kind == "gates"
            else take_columns(frame, COMPOUNDS, table="compounds")
        )
    except LifecircleError:  # the reader's own message tells
        return {}, []
    words = as_ids(named[column]) if column in named else pd.Series("", index=named.index)
    tally: dict[str, dict[str, int]] = {}
    for word, rows in words.value_counts().items():
        what = meaning(word) if word else ""
        if what is not None:
            tally.setdefault(str(what), {})[str(word)] = int(rows)
    problems = []
    strange = np.array([bool(word) and meaning(word) is None for word in words], dtype=np.bool_)
    if strange.any():
        theirs = origin(named).get("columns_taken", {}).get(column, column)
        shown = words[strange].value_counts()
        facts = {"column": str(theirs), "words": [f"{word} × {n:,}" for word, n in shown.items()]}
        problems.append(about(f"{column}_words", strange, facts))
    silent = int((words == "").sum())
    if kind == "gates" and silent:
        problems.append(Problem("access_unsaid", {"rows": silent, "of": len(words)}))
    return {column: tally}, problems


def inspect_osm_barriers(path: Path) -> tuple[Barriers | None, dict[str, Any], list[Problem]]:
    """Compounds, walls and gates of an OpenStreetMap file, and how many there are.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    barriers
        None where there are none.
    counts
        ``walls``, ``gates``, ``compounds``, ``walled`` and ``access`` (who passes → gates, those of
        which the map says nothing apart).
    problems

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "town.osm"
    >>> _ = path.write_text('<osm version="0.6"/>')
    >>> inspect_osm_barriers(path)
    (None, {'walls': 0, 'gates': 0, 'compounds': 0, 'walled': 0, 'access': {}}, [])
    """
    from lifecircle.inputs.osm_barriers import (  # noqa: PLC0415 - osmium loads slowly
        read_osm_barriers,
    )

    found = read_osm_barriers(path)
    compounds, walls, gates = (
        pd.DataFrame() if table is None else table
        for table in (found.compounds, found.walls, found.gates)
    )
    counts: dict[str, Any] = {
        "walls": len(walls),
        "gates": len(gates),
        "compounds": len(compounds),
        "walled": int(compounds["walled"].sum()) if len(compounds) else 0,
        "access": {},
    }
    problems = []
    if len(gates):
        known = gates["access_known"].to_numpy(dtype=bool)
        said = gates["access"].where(known, "").value_counts()
        counts["access"] = {word: int(said[word]) for word in (*ACCESS, "") if word in said.index}
        if not known.all():
            facts = {"rows": int((~known).sum()), "of": len(known)}
            problems.append(Problem("osm_access_unsaid", facts))
    return (found if len(walls) + len(gates) + len(compounds) else None), counts, problems


def barriers_beside(every: Sequence[Any]) -> tuple[Barriers | None, list[str], list[Problem]]:
    """Compounds, walls and gates among files that belong together.

    Parameters
    ----------
    every
        Inspections of the files. Where a layer of them is given, those of OpenStreetMap are left
        out: they would draw the same walls twice.

    Returns
    -------
    barriers, names
        None where there are none; and the files that they are from.
    problems
        Why they cannot be used.

    Examples
    --------
    >>> barriers_beside([])
    (None, [], [])
    """
    away = {one.file for one in every for code, _ in one.problems if code == "elsewhere"}
    layers = [
        one for one in every if one.kind in ROLES and one.made is not None and one.file not in away
    ]
    if any(one.kind in ROLES and one.made is None for one in every):
        return None, [], []  # half of them would tell of compounds whose gates were not read
    if not layers:
        maps = [one for one in every if one.barriers is not None]
        return (maps[0].barriers, [maps[0].file], []) if maps else (None, [], [])
    tables: list[Any] = []
    for role in ROLES:
        these = [one.made for one in layers if one.kind == role]
        tables.append(pd.concat(these, ignore_index=True) if len(these) > 1 else [*these, None][0])
    try:
        return Barriers(*tables), [one.file for one in layers], []
    except LifecircleError as fault:
        return None, [], [Problem("walls_failed", {"reason": str(fault)})]


def walled_network(
    network: WalkNetwork, barriers: Barriers | None
) -> tuple[WalkNetwork, dict[str, int], list[Problem]]:
    """Streets with walls built in, for their diagnosis.

    Parameters
    ----------
    network
        Streets.
    barriers
        What stands between them, or None.

    Returns
    -------
    network
        As it was given where nothing can be built in.
    counts
        Walled ``compounds``, ``walls`` and ``gates`` that were.
    problems
        Why they could not be built in.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> walled_network(load_demo().network.plain, None)[1:]
    ({}, [])
    """
    if barriers is None:
        return network, {}, []
    try:
        walled = with_barriers(network, barriers)
    except LifecircleError as fault:
        return network, {}, [Problem("walls_failed", {"reason": str(fault)})]
    tables = (barriers.compounds, barriers.walls, barriers.gates)
    compounds, walls, gates = (0 if table is None else len(table) for table in tables)
    if compounds:
        compounds = int(tables[0]["walled"].sum())  # type: ignore[index]
    return walled, {"compounds": compounds, "walls": walls, "gates": gates}, []
