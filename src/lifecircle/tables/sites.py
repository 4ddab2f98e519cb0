"""The column contract of candidate sites, and the check that holds it.

sites
    Places where a new facility may go, such as idle stock (闲置资产): ``site_id`` (unique text),
    ``name`` (the id where the data has none), ``floor_area_m2``, ``site_area_m2``, ``services``
    (those it may hold, joined by ``;``, ``""`` where the data does not say), ``cost_cny``,
    ``capacity`` (people it would serve), point. Numbers are there only where the data has them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.errors import (
    DuplicateIdError,
    InputError,
    MissingColumnError,
    UnknownServiceError,
    did_you_mean,
    some,
)
from lifecircle.tables import with_numbers
from lifecircle.tables.findings import Findings
from lifecircle.tables.frames import closed, fill_text, no_rows, started
from lifecircle.tables.places import in_degrees, to_points
from lifecircle.tables.values import as_ids

SITE_COLUMNS = (
    "site_id",
    "name",
    "floor_area_m2",
    "site_area_m2",
    "services",
    "cost_cny",
    "capacity",
)
_BETWEEN = re.compile(r"[;；、，,|/\n]+")


def check_sites(
    frame: gpd.GeoDataFrame, known_services: Collection[str] | Mapping[str, str] | None = None
) -> gpd.GeoDataFrame:
    """Candidate sites as siting expects them, or one error that says all that is wrong.

    Parameters
    ----------
    frame
        Points with a CRS and a column ``services``. A polygon counts as a point inside it. Not
        changed.
    known_services
        Services that may occur, or words → services, of which the words are named where one is
        misspelled; None: any.

    Returns
    -------
    GeoDataFrame
        Checked copy in EPSG:4326.

    Raises
    ------
    InputError
        Or its kinds ``CrsError``, ``GeometryError``, ``DuplicateIdError``, ``MissingColumnError``,
        ``UnknownServiceError``.

    Examples
    --------
    >>> place = gpd.points_from_xy([112.99], [28.16], crs=4326)
    >>> store = {"services": ["nursery、clinic"], "cost_cny": [9e5]}
    >>> store = gpd.GeoDataFrame(store, geometry=place)
    >>> check_sites(store)[["site_id", "services", "cost_cny"]].values.tolist()
    [['S0001', 'nursery;clinic', 900000.0]]
    """
    table, findings = started(frame, "sites", "site_id", "S{:04d}")
    if table.empty:
        findings.errors.append(InputError(no_rows("sites")))
        findings.stop()
    repeated = table.loc[table["site_id"].duplicated(), "site_id"].unique()
    if len(repeated):
        findings.errors.append(
            DuplicateIdError(
                f"sites: {len(repeated)} ids stand in more than one row ({some(repeated)}). Give "
                "each site an id of its own: a site is bought once, and one row lists all that it "
                "may hold."
            )
        )
    table = _with_services(table, known_services, findings)
    numbers = ("floor_area_m2", "site_area_m2", "cost_cny", "capacity")
    table = with_numbers(table, numbers, findings)
    table = in_degrees(table, findings)
    table, areas = to_points(table, findings)
    findings.stop()
    findings.doubt(
        areas,
        "are polygons; a point inside each stands for it. Walks end at entrances: give those as "
        "points where you know them.",
    )
    fill_text(table, "name", table["site_id"])
    return closed(table, SITE_COLUMNS, findings)


def listed(cell: object) -> list[str]:
    """Services of a cell, each once.

    Parameters
    ----------
    cell
        Such as ``"nursery；clinic"``.

    Returns
    -------
    list of str

    Examples
    --------
    >>> listed("托儿所、诊所,托儿所")
    ['托儿所', '诊所']
    """
    parts = (part.strip() for part in _BETWEEN.split(str(cell)))
    return list(dict.fromkeys(part for part in parts if part))


def _with_services(
    table: gpd.GeoDataFrame,
    known: Collection[str] | Mapping[str, str] | None,
    findings: Findings,
) -> gpd.GeoDataFrame:
    """Column ``services`` in one spelling; what is not known is wrong. Nothing stays ``""``."""
    if "services" not in table:
        findings.errors.append(
            MissingColumnError(
                "sites: there is no column 'services'. Name the column that says which services "
                f"each site may hold, such as columns={{'可设服务': 'services'}}. {findings.found}"
            )
        )
        return table
    cells = [listed(cell) for cell in as_ids(table["services"])]
    table["services"] = pd.Series([";".join(cell) for cell in cells], dtype="str")
    if known is None:
        return table
    right = set(known.values()) if isinstance(known, Mapping) else set(known)
    strange = Counter(name for cell in cells for name in cell if name not in right)
    wrong = np.array([any(name in strange for name in cell) for cell in cells], dtype=np.bool_)
    shown = some(
        (f"{name!r} × {count}{did_you_mean(name, known)}" for name, count in strange.items()),
        limit=20,
    )
    findings.wrong(
        UnknownServiceError,
        wrong,
        f"name {len(strange)} services that are not in the catalogue: {shown}. Write the "
        "catalogue's words, several with ; between them "
        "(lifecircle.standards.catalog.services() lists them, in Chinese and English).",
    )
    return table
