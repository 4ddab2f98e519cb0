"""A study written down: STUDY.toml, the tables it names, and where they came from."""

from __future__ import annotations

import hashlib
import os
import tomllib
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd

from lifecircle.assessment.study import Study
from lifecircle.errors import InputError, LifecircleWarning, UnknownNameError
from lifecircle.inputs.boundaries import read_units
from lifecircle.inputs.facilities import read_facilities
from lifecircle.inputs.layers import open_table
from lifecircle.inputs.osm import fetch_walk_network
from lifecircle.inputs.residents import read_residents
from lifecircle.inputs.streets import read_walk_network
from lifecircle.network.graph import WalkNetwork

_TEXT, _FLAG = (str, "text in quotes"), (bool, "true or false")
_LIST, _TABLE = (list, "a list in [ ]"), (dict, "a table in { }")
_KEYS: dict[str, dict[str, tuple[Any, str]]] = {
    "study": {
        "name": _TEXT,
        "standard": _TEXT,
        "minutes": (list, "a list of numbers, such as [5, 10, 15]"),
        "language": _TEXT,
        "sample": _FLAG,
        "data_sources": _LIST,
        "review_number": _TEXT,
    },
    "units": {"path": _TEXT, "id_column": _TEXT, "name_column": _TEXT, "coordinates": _TEXT},
    "network": {"path": _TEXT, "fetch": _FLAG, "coordinates": _TEXT},
    "facilities": {
        "path": _TEXT,
        "coordinates": _TEXT,
        "taxonomy": _TEXT,
        "columns": _TABLE,
        "duplicates": _TEXT,
    },
    "residents": {
        "path": _TEXT,
        "people": ((str, int, float), "the name of a column, or a number"),
        "groups": _TABLE,
        "coordinates": _TEXT,
        "columns": _TABLE,
        "duplicates": _TEXT,
    },
}
_EXTRAS = ("walls", "gates", "compounds", "sites", "survey", "records")
_NEEDED = ("units", "network", "facilities", "residents")


def read_study(path: str | os.PathLike[str]) -> Study:
    """Study from a STUDY.toml.

    Keys equal the parameters of the functions that read each part; paths are relative to the
    file::

        [study]       name = "砂子塘"   standard = "GB50180-2018"   minutes = [5, 10, 15]
        [units]       path = "units.geojson"   id_column = "unit_id"
        [network]     path = "streets.osm.pbf"       # or fetch = true
        [facilities]  path = "poi.csv"   coordinates = "GCJ-02"
        [residents]   path = "buildings.gpkg"   people = "people"

    (one key per line in a real file).

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    Study

    Raises
    ------
    InputError
        If the file or a table it names cannot be read; all problems of the file at once.

    Examples
    --------
    >>> from lifecircle.assessment.demo import demo_folder
    >>> read_study(demo_folder() / "study.toml").sample
    True
    """
    path = Path(path)
    table = _parsed(path)
    _check_keys(table, path)
    folder = path.parent
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", LifecircleWarning)
        study = _read(table, folder, path)
    notes = [str(told.message) for told in caught if issubclass(told.category, LifecircleWarning)]
    for told in caught:
        warnings.warn_explicit(told.message, told.category, told.filename, told.lineno)
    object.__setattr__(study, "notes", tuple(dict.fromkeys(notes)))
    return study


def _read(table: Mapping[str, Any], folder: Path, path: Path) -> Study:
    units_options, units_path = _options(table, "units", folder)
    facilities_options, facilities_path = _options(table, "facilities", folder)
    residents_options, residents_path = _options(table, "residents", folder)
    units = read_units(units_path, **units_options)
    settings = dict(table.get("study", {}))
    sources = {"study": _source(path)}
    for role in (*_NEEDED, *_EXTRAS):
        if "path" in table.get(role, {}):
            sources[role] = _source(folder / table[role]["path"])
    return Study(
        units,
        read_facilities(facilities_path, **facilities_options),
        read_residents(residents_path, **residents_options),
        _network(table["network"], folder, units),
        name=str(settings.pop("name", path.stem)),
        minutes=tuple(settings.pop("minutes", (5, 10, 15))),
        data_sources=tuple(str(text) for text in settings.pop("data_sources", ())),
        sources=sources,
        extras={
            role: open_table(folder / table[role]["path"], table=role)
            for role in _EXTRAS
            if role in table
        },
        **settings,
    )


def _network(options: Mapping[str, Any], folder: Path, units: gpd.GeoDataFrame) -> WalkNetwork:
    if "path" in options:
        coordinates = options.get("coordinates")
        return read_walk_network(folder / options["path"], coordinates=coordinates)
    return fetch_walk_network(units)


def _options(table: Mapping[str, Any], role: str, folder: Path) -> tuple[dict[str, Any], Path]:
    options = dict(table[role])
    return options, folder / options.pop("path")


def _parsed(path: Path) -> dict[str, Any]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file. Check the path.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}). Save it as UTF-8 text.") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"{path}: is not valid TOML ({error}). Text stands in quotes, one key per line; write "
            "Windows paths with / or in 'single quotes'."
        ) from error


def _check_keys(table: Mapping[str, Any], path: Path) -> None:
    """Name every problem of the file at once."""
    problems = [f"section [{name}] is missing" for name in _NEEDED if name not in table]
    for name, section in table.items():
        if name not in _KEYS and name not in _EXTRAS:
            problems.append(UnknownNameError("section", name, [*_KEYS, *_EXTRAS]).message)
        elif not isinstance(section, Mapping):
            problems.append(f"{name!r} must be a section: [{name}]")
        else:
            known = _KEYS.get(name, {"path": _TEXT})
            problems += [
                UnknownNameError(f"key in [{name}]", key, sorted(known)).message
                for key in section
                if key not in known
            ]
            problems += [
                f"[{name}] {key} = {value!r} must be {known[key][1]}"
                for key, value in section.items()
                if key in known and not isinstance(value, known[key][0])
            ]
            needs_path = name != "study" and not (name == "network" and section.get("fetch"))
            if needs_path and not isinstance(section.get("path"), str):
                problems.append(f'[{name}] needs path = "…"')
    for name in (*_NEEDED, *_EXTRAS):
        section = table.get(name)
        file = section.get("path") if isinstance(section, Mapping) else None
        if isinstance(file, str) and not (path.parent / file).exists():
            problems.append(f"[{name}] path {file!r} does not exist beside {path.name}")
    if problems:
        raise InputError(f"{path}: {'; '.join(problems)}.")


def _source(path: Path) -> dict[str, Any]:
    """What the manifest tells of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return {"path": path.name, "bytes": path.stat().st_size, "sha256": digest.hexdigest()}
