"""Files above the units of a batch: a page, a workbook, layers, and reports of districts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pyogrio

from lifecircle.assessment.overview import FAILED, Overview
from lifecircle.errors import InputError, some
from lifecircle.outputs.csv_tables import SAMPLE_MARK, write_csv
from lifecircle.outputs.overviewing.documents import district_report, workbook
from lifecircle.outputs.overviewing.page import page_text
from lifecircle.outputs.reporting.docx_file import docx_bytes
from lifecircle.outputs.reporting.html_file import html_text
from lifecircle.outputs.reporting.xlsx_file import xlsx_bytes
from lifecircle.outputs.whole_files import put_layers

DISTRICT_FILES = ("summary.docx", "summary.html", "summary.xlsx")
"""Files of a district, below ``districts``."""

_NO_FILES: Mapping[str, Sequence[str]] = MappingProxyType({})


def put_overview(
    overview: Overview,
    folder: Path,
    *,
    folder_name: Callable[[str], str],
    files: Mapping[str, Sequence[str]] = _NO_FILES,
) -> None:
    """Put the overview of a batch into a folder.

    ``index.html``, ``summary.xlsx``, ``summary.csv`` and ``summary.gpkg``; ``errors.csv`` if a unit
    failed; and ``summary.docx``, ``summary.html`` and ``summary.xlsx`` of each district that has a
    name, in ``districts``.

    Parameters
    ----------
    overview
        What is shown.
    folder
        Folder that is there; see :func:`~lifecircle.outputs.whole_files.whole_files`.
    folder_name
        Name of a folder for the name of a district. Where two districts come to the same, the
        later gets a number.
    files
        Unit → names of the files that are in its folder below ``units``; the page links to no
        others.

    Raises
    ------
    InputError
        If the folder of a unit is no name of a folder.
    MissingPackageError
        If Leaflet is not installed.

    Examples
    --------
    >>> import tempfile, geopandas as gpd
    >>> from shapely import box
    >>> from lifecircle.assessment.overview import About, overview_of
    >>> units = gpd.GeoDataFrame(
    ...     {"unit_id": ["a"], "name": ["甲"], "level": ["circle"], "district": [""]},
    ...     geometry=[box(112.9, 28.1, 112.91, 28.11)], crs="EPSG:4326")
    >>> overview = overview_of(units, {}, {"a": "no street"}, folders={}, about=About("示例"))
    >>> folder = Path(tempfile.mkdtemp())
    >>> put_overview(overview, folder, folder_name=str)
    >>> sorted(path.name for path in folder.iterdir())
    ['errors.csv', 'index.html', 'summary.csv', 'summary.gpkg', 'summary.xlsx']
    """
    _check_folders(overview.units["folder"])
    today = date.today()  # noqa: DTZ011
    folders = district_folders(overview, folder_name)
    for district, name in folders.items():
        inside = folder / "districts" / name
        inside.mkdir(parents=True)
        report = district_report(overview, district, today)
        (inside / "summary.docx").write_bytes(docx_bytes(report))
        (inside / "summary.html").write_bytes(html_text(report).encode("utf-8", "replace"))
        (inside / "summary.xlsx").write_bytes(xlsx_bytes(report))
    links = {
        district: [("districts", name, file) for file in DISTRICT_FILES]
        for district, name in folders.items()
    }
    page = page_text(overview, files=files, district_files=links)
    (folder / "index.html").write_bytes(page.encode("utf-8"))
    (folder / "summary.xlsx").write_bytes(xlsx_bytes(workbook(overview, today)))
    units = pd.DataFrame(overview.units.drop(columns="geometry"))
    write_csv(units, folder / "summary.csv", overview)
    failed = units.loc[units["status"] == FAILED, ["unit_id", "name", "folder", "cause", "reason"]]
    if len(failed):
        write_csv(failed, folder / "errors.csv", overview)
    _put_layers(overview, folder / "summary.gpkg")


def district_folders(overview: Overview, folder_name: Callable[[str], str]) -> dict[str, str]:
    """Folder of each district that has a name.

    Parameters
    ----------
    overview
        What is shown.
    folder_name
        As :func:`put_overview` takes it.

    Returns
    -------
    dict of str → str
        District → folder; no two are the same, also where capitals do not count.

    Raises
    ------
    InputError
        If a folder is no name of a folder.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> overview = SimpleNamespace(districts=pd.DataFrame({"district": ["A", "a", ""]}))
    >>> district_folders(overview, str)
    {'A': 'A', 'a': 'a-2'}
    """
    folders: dict[str, str] = {}
    taken: set[str] = set()
    for district in overview.districts["district"]:
        if not district:
            continue
        wished = name = folder_name(district)
        number = 1
        while name.lower() in taken:
            number += 1
            name = f"{wished}-{number}"
        taken.add(name.lower())
        folders[district] = name
    _check_folders(one or "." for one in folders.values())  # each has files
    return folders


def _check_folders(names: Iterable[str]) -> None:
    """Raise for what would lead out of the folder; a unit without a folder has no links."""
    wrong = [
        one
        for one in names
        if one and (one != one.strip() or {*one} & {*"/\\:"} or not one.strip("."))
    ]
    if wrong:
        raise InputError(
            f"folders: {some(map(repr, wrong))} is no name of a folder. Hand over names without "
            "slashes."
        )


def _put_layers(overview: Overview, path: Path) -> None:
    """Units, districts and tables."""
    layers = {"units": overview.units}
    if len(overview.districts):
        layers["districts"] = overview.districts
    put_layers(layers, path, overview)
    tables = {
        "coverage": overview.coverage.drop(columns=["district", "level"]),
        "shortfalls": overview.shortfalls,
        "district_coverage": overview.district_coverage,
    }
    for name, table in tables.items():
        marked = table.assign(note=SAMPLE_MARK) if overview.sample else table
        pyogrio.write_dataframe(marked, path, layer=name, driver="GPKG")
