"""A planner's own standard: local rules in the columns of the packaged ones."""

from __future__ import annotations

import os
from pathlib import Path

from lifecircle.inputs.layers import open_table
from lifecircle.standards.rows import COLUMNS, check_rows
from lifecircle.standards.standard import Standard, standards
from lifecircle.tables.findings import tell
from lifecircle.tables.values import is_blank


def read_standard(path: str | os.PathLike[str], *, name: str = "") -> Standard:
    r"""Standard of a planner's own: a CSV or Excel table in the columns of the packaged ones.

    ``lifecircle standards show GB50180-2018 --out rows.csv`` writes a table to begin with.

    Parameters
    ----------
    path
        The table, one row per clause, tier and facility. The columns ``standard``, ``clause``,
        ``tier``, ``item_id``, ``mandatory``, ``walk_minutes``, ``service_radius_m``,
        ``min_floor_area_m2``, ``min_site_area_m2``, ``service_population``, ``per_1000``,
        ``confidence`` and ``source`` must be there, cells may be empty. Tiers named as those of
        GB 50180 (``block``, ``5min``, ``10min``, ``15min``) have its sizes; others concern every
        unit.
    name
        Title; that in the column ``standard``, else the name of the file, if not given.

    Returns
    -------
    Standard

    Raises
    ------
    MissingColumnError
        If columns are missing.
    UnknownServiceError
        If items are not in the catalogue; the nearest are offered.
    InputError
        If the file cannot be read, or something stands where a number belongs.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "ours.csv"
    >>> _ = path.write_text(
    ...     "standard,clause,tier,item_id,mandatory,walk_minutes,service_radius_m,"
    ...     "min_floor_area_m2,min_site_area_m2,service_population,per_1000,confidence,source\n"
    ...     "区导则,3.2,,park,mandatory,10,500,,400,,,seen,区政府公报\n", encoding="utf-8")
    >>> read_standard(path)
    Standard 区导则: 区导则, 1 rows
    """
    frame = open_table(path, table="standard")
    text = frame.reindex(columns=list(frame.columns)).astype(object)
    for column in text.columns:
        blank = is_blank(text[column])
        text[column] = [
            "" if nothing else _plain(value)
            for value, nothing in zip(text[column], blank, strict=True)
        ]
    file = Path(path).name.partition("|")[0]
    rows = check_rows(text, file)
    named = {one for one in rows["standard"] if one}
    code = name or (named.pop() if len(named) == 1 else Path(file).stem)
    rows["standard"] = rows["standard"].where(rows["standard"] != "", code)
    if code in standards().index:
        tell(
            f"{file}: its standard has the name of a packaged one ({code}); verdicts name it "
            f"{code}（{Path(file).stem}）."
        )
        code = f"{code}（{Path(file).stem}）"
        rows["standard"] = code
    return Standard(code, code, code, rows[list(COLUMNS)])


def _plain(value: object) -> str:
    """Text of a cell; a spreadsheet's 300.0 is 300."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
