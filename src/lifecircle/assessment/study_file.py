"""A study written down: STUDY.toml, the tables it names, and where they came from."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lifecircle.assessment.study import Study
from lifecircle.assessment.study_settings import (
    STUDY_KEYS,
    choice_problems,
    own_tables,
    setting_problems,
)
from lifecircle.assessment.study_survey import read_study_survey, survey_problems
from lifecircle.assessment.study_walkers import study_walkers
from lifecircle.errors import (
    InputError,
    LifecircleError,
    MissingPackageError,
    UnknownNameError,
    collected_warnings,
)
from lifecircle.inputs.barriers import read_compounds, read_gates, read_walls
from lifecircle.inputs.boundaries import Fault, Faults, read_sound_units, read_units, with_faults
from lifecircle.inputs.documents import file_facts, parse_toml
from lifecircle.inputs.dwellings import residents_from_buildings
from lifecircle.inputs.facilities import read_facilities
from lifecircle.inputs.layers import open_table
from lifecircle.inputs.osm import fetch_walk_network
from lifecircle.inputs.osm_barriers import read_osm_barriers
from lifecircle.inputs.own_standards import read_standard
from lifecircle.inputs.population_raster import residents_from_raster
from lifecircle.inputs.records import read_records
from lifecircle.inputs.residents import read_residents
from lifecircle.inputs.sites import read_sites
from lifecircle.inputs.streets import read_walk_network
from lifecircle.inputs.totals import residents_from_totals
from lifecircle.network.barriers import Barriers, with_barriers
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.repair import repair_and_tell
from lifecircle.tables.findings import tell

_TEXT, _FLAG = (str, "text in quotes"), (bool, "true or false")
_NUMBER = ((int, float), "a number of metres")
_LIST, _TABLE = (list, "a list in [ ]"), (dict, "a table in { }")
_KEYS: dict[str, dict[str, tuple[Any, str]]] = {
    "study": STUDY_KEYS,
    "units": {"path": _TEXT, "id_column": _TEXT, "name_column": _TEXT, "coordinates": _TEXT},
    "network": {
        "path": _TEXT,
        "fetch": _FLAG,
        "coordinates": _TEXT,
        "snap_m": _NUMBER,
        "repair": _FLAG,
    },
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
        "method": _TEXT,
        "homes": _LIST,
        "shares": _TABLE,
        "assume": _TABLE,
        "band": (int, "a whole number"),
        "land": _TEXT,
        "spacing_m": _NUMBER,
    },
    "barriers": {
        "path": _TEXT,
        "unknown_access": _TEXT,
        "detour": ((int, float), "a number"),
        "gate_m": _NUMBER,
        "tolerance_m": _NUMBER,
    },
    "compounds": {"path": _TEXT, "columns": _TABLE, "coordinates": _TEXT},
    "walls": {"path": _TEXT, "columns": _TABLE, "coordinates": _TEXT},
    "gates": {"path": _TEXT, "columns": _TABLE, "coordinates": _TEXT, "unknown_access": _TEXT},
    "survey": {
        "path": _TEXT,
        "columns": _TABLE,
        "questions": _TABLE,
        "answers": _TABLE,
        "units": _TABLE,
        "segments": _TABLE,
    },
    "records": {"path": _TEXT, "columns": _TABLE},
    "sites": {"path": _TEXT, "columns": _TABLE, "coordinates": _TEXT},
}
_RESIDENTS: dict[str, Callable[..., Any]] = {
    "table": read_residents,
    "buildings": residents_from_buildings,
    "raster": residents_from_raster,
    "totals": residents_from_totals,
}
_BARRIERS: dict[str, Callable[..., Any]] = {
    "compounds": read_compounds,
    "walls": read_walls,
    "gates": read_gates,
}
_PLAIN = ("sites", "survey", "records", "projects")
_EXTRAS = ("barriers", *_BARRIERS, *_PLAIN)
_BARRIER_NUMBERS = ("detour", "gate_m", "tolerance_m")
_NEEDED = ("units", "network", "facilities", "residents")
_NOT_READER = {
    "fetch",
    "snap_m",
    "method",
}  # keys that are no parameters of the function that reads


def read_study(path: str | os.PathLike[str]) -> Study:
    """Study from a STUDY.toml.

    Keys equal the parameters of the functions that read each part; paths are relative to the
    file::

        [study]       name = "砂子塘"   standard = "GB50180-2018"   minutes = [5, 10, 15]
        [units]       path = "units.geojson"   id_column = "unit_id"
        [network]     path = "streets.osm.pbf"       # or fetch = true
        [facilities]  path = "poi.csv"   coordinates = "GCJ-02"
        [residents]   path = "buildings.gpkg"   people = "people"
        [walkers.grandma]   like = "elderly"   speed_m_s = 0.7       # as many as you like
        [choices]     kindergarten = "JGJ39-2016"    # whose figures count where standards disagree

    (one key per line in a real file). Where no table of residents exists, ``[residents] method``
    is ``"buildings"``, ``"raster"`` or ``"totals"``: the keys are then those of
    :func:`lifecircle.residents_from_buildings` and its sisters, ``path`` the buildings or the
    raster, ``land`` the residential land. A walker of the study's own takes any figure of
    :class:`lifecircle.Walker` and has the others from the walker it is ``like`` (the adult if that
    is left out); one named like a default walker takes its place in this study.
    ``standard`` and ``indicators`` are codes, or paths of the planner's own tables;
    ``target_share`` and ``year`` are those of :class:`lifecircle.Study`.

    What stands in the way goes to ``extras``: ``[compounds]``, ``[walls]`` and ``[gates]`` with
    ``path``, ``columns``, ``coordinates`` (gates also ``unknown_access``) are read by
    :func:`lifecircle.read_compounds` and its sisters; ``[barriers] path = "streets.osm.pbf"``
    reads all three by :func:`lifecircle.read_osm_barriers`, and a section of its own goes before
    that::

        [barriers]    path = "streets.osm.pbf"   unknown_access = "residents"
        [gates]       path = "gates.csv"   coordinates = "GCJ-02"   columns = {"管理" = "access"}

    So do residents' answers: the keys of ``[survey]`` are those of
    :func:`lifecircle.read_survey`, which knows the study's units by id and by name.

    ``[records] path = "records.csv"`` (and ``columns``) is read by :func:`lifecircle.read_records`,
    ``[sites]`` (``path``, ``columns``, ``coordinates``) by :func:`lifecircle.read_sites`.
    ``[projects] path = "projects.csv"`` is what is said of projects (cost, who pays, phase, …), as
    :func:`lifecircle.list_projects` takes it.

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
    return _noted(Path(path), read_units, {})


def read_sound_study(
    path: str | os.PathLike[str],
) -> tuple[Study, dict[str, Fault]]:
    """Study from a STUDY.toml with the units that can be used, and why the others cannot.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    study
        As :func:`read_study` gives it.
    faults
        Units that cannot be used, by id.

    Raises
    ------
    InputError
        As :func:`read_study`, but for what is wrong with single units.

    Examples
    --------
    >>> from lifecircle.assessment.demo import demo_folder
    >>> read_sound_study(demo_folder() / "study.toml")[1]
    {}
    """
    faults: dict[str, Fault] = {}

    def reader(
        source: Any,
        *,
        id_column: str | None = None,
        name_column: str | None = None,
        coordinates: str | None = None,
    ) -> Any:
        units, found = read_sound_units(
            source, id_column=id_column, name_column=name_column, coordinates=coordinates
        )
        faults.update(found)
        return units

    return _noted(Path(path), reader, faults), faults


def _noted(path: Path, units_reader: Callable[..., Any], faults: Faults) -> Study:
    """Study with everything that was told while it was read."""
    table = parse_toml(path)
    _check_keys(table, path)
    with collected_warnings() as notes:
        study = _read(table, path, units_reader, faults)
    object.__setattr__(study, "notes", tuple(notes))
    return study


def _read(
    table: Mapping[str, Any],
    path: Path,
    units_reader: Callable[..., Any],
    faults: Faults,
) -> Study:
    settings = dict(table.get("study", {}))
    snap_m = table["network"].get("snap_m", 100.0)
    tables = own_tables(table)
    if "standard" in tables:
        settings["standard"] = read_standard(path.parent / tables["standard"])
    if "indicators" in tables:
        settings["indicators"] = str(path.parent / tables["indicators"])
    (units, facilities, residents, network), extras = _tables(
        table, path.parent, units_reader, faults
    )
    return Study(
        units,
        facilities,
        residents,
        network,
        name=str(settings.pop("name", path.stem)),
        minutes=tuple(settings.pop("minutes", (5, 10, 15))),
        data_sources=tuple(str(text) for text in settings.pop("data_sources", ())),
        snap_m=snap_m,
        measured_for=tuple(str(name) for name in settings.pop("walkers", ())),
        sources={"study": file_facts(path)}
        | {
            role: file_facts(_file(path.parent, table[role]["path"]))
            for role in (*_NEEDED, *_EXTRAS)
            if "path" in table.get(role, {})
        }
        | {
            key: file_facts(_file(path.parent, file))
            for key, file in table["residents"].items()
            if key == "land"
        }
        | {key: file_facts(_file(path.parent, file)) for key, file in tables.items()}
        | (
            {"taxonomy": file_facts(_file(path.parent, own))}
            if (own := _own_classes(table))
            else {}
        ),
        extras=extras,
        walkers=study_walkers(table.get("walkers", {}))[0],
        choices=dict(table.get("choices", {})),
        **settings,
    )


def _tables(
    table: Mapping[str, Any],
    folder: Path,
    units_reader: Callable[..., Any],
    faults: Faults,
) -> tuple[list[Any], dict[str, Any]]:
    """Units, facilities, residents and streets, and the extras; all their problems in one error."""
    readers: dict[str, Callable[..., Any]] = {
        "units": units_reader,
        "facilities": read_facilities,
        "residents": read_residents,
        "network": read_walk_network,
    }
    read: list[Any] = []
    problems: list[LifecircleError] = []
    unit_problems = False
    for role, reader in readers.items():
        options = {key: value for key, value in table[role].items() if key not in _NOT_READER}
        method = str(table[role].get("method", "table"))
        if role == "facilities" and (own := _own_classes(table)):
            options["taxonomy"] = str(folder / own)
        try:
            if role == "residents" and method != "table":
                if unit_problems:
                    continue  # nowhere to put people
                read.append(_estimated(method, options, read[0], folder))
            elif "path" in options:
                read.append(reader(str(folder / options.pop("path")), **options))
            else:
                fetched = fetch_walk_network(read[0])
                repair = options.get("repair", False)
                read.append(repair_and_tell(fetched, "streets") if repair else fetched)
        except MissingPackageError:
            raise
        except LifecircleError as error:
            problems.append(error)
            unit_problems = unit_problems or role == "units"
            if role == "units" and "path" not in table["network"]:
                break  # nowhere to fetch streets for
    units = None if unit_problems else with_faults(read[0], faults)
    extras = _extras(table, folder, units, problems)
    for role in ("survey", "records"):
        if faults and role in extras:  # what is said of units that cannot be used says nothing
            kept = ~extras[role]["unit_id"].isin(list(faults))
            if kept.any():
                extras[role] = extras[role][kept].reset_index(drop=True)
            else:
                del extras[role]
                tell(f"{role}: speaks of units alone that cannot be used, and is left out.")
    if not problems:
        read[-1] = _walled(read[-1], extras, table.get("barriers", {}), problems)
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise InputError("\n".join(str(problem) for problem in problems))
    return read, extras


def _extras(
    table: Mapping[str, Any], folder: Path, units: Any, problems: list[LifecircleError]
) -> dict[str, Any]:
    """Further layers of the study by name; what is wrong with them is added to the problems."""
    extras: dict[str, Any] = {}
    for role in (name for name in _EXTRAS if name in table):
        options = dict(table[role])
        for name in _BARRIER_NUMBERS if role == "barriers" else ():
            options.pop(name, None)
        if "path" not in options:
            continue
        path = str(folder / options.pop("path"))
        try:
            if role == "barriers":
                read = read_osm_barriers(path, **options)
                extras |= {name: getattr(read, name) for name in _BARRIERS}
            elif role in _BARRIERS:
                extras[role] = _BARRIERS[role](path, **options)
            elif role == "survey":
                extras[role] = read_study_survey(path, options, units)
            elif role == "records":
                extras[role] = read_records(path, units=units, **options)
            elif role == "sites":
                extras[role] = read_sites(path, **options)
            else:
                extras[role] = open_table(path, table=role)
        except MissingPackageError:
            raise
        except LifecircleError as error:
            problems.append(error)
    return extras


def _walled(
    network: WalkNetwork,
    extras: Mapping[str, Any],
    options: Mapping[str, Any],
    problems: list[LifecircleError],
) -> WalkNetwork:
    """Streets with the walls and gates of the study built in."""
    tables = {name: extras[name] for name in _BARRIERS if name in extras}
    if not tables:
        return network
    numbers = {name: options[name] for name in _BARRIER_NUMBERS if name in options}
    try:
        return with_barriers(network, Barriers(**tables, **numbers))
    except LifecircleError as error:
        problems.append(error)
        return network


def _estimated(method: str, options: Mapping[str, Any], units: Any, folder: Path) -> Any:
    """Residents where no table of them exists."""
    options = dict(options)
    if "land" in options:
        options["land"] = str(folder / options["land"])
    if method == "totals":
        return residents_from_totals(units, **options)
    return _RESIDENTS[method](str(folder / options.pop("path")), units, **options)


def _own_classes(table: Mapping[str, Any]) -> str:
    """Path of the planner's own table of classes; ``""`` where a taxonomy is only named."""
    taxonomy = str(table["facilities"].get("taxonomy", ""))
    return taxonomy if Path(taxonomy.partition("|")[0]).suffix else ""


def _check_keys(table: Mapping[str, Any], path: Path) -> None:
    """Name every problem of the file at once."""
    problems = [f"section [{name}] is missing" for name in _NEEDED if name not in table]
    for name, section in table.items():
        if name == "walkers":
            problems += study_walkers(section)[1]
        elif name == "choices" and isinstance(section, Mapping):
            problems += choice_problems(section)
        elif name not in _KEYS and name not in _EXTRAS and name != "choices":
            known_sections = dict.fromkeys([*_KEYS, "walkers", "choices", *_EXTRAS])
            problems.append(UnknownNameError("section", name, known_sections).message)
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
            needs_path &= not (name == "residents" and section.get("method") == "totals")
            needs_path &= name != "barriers"
            if needs_path and not isinstance(section.get("path"), str):
                problems.append(f'[{name}] needs path = "…"')
    for name, key in (
        *((name, "path") for name in (*_NEEDED, *_EXTRAS)),
        ("residents", "land"),
        *(("study", key) for key in own_tables(table)),
    ):
        section = table.get(name)
        file = section.get(key) if isinstance(section, Mapping) else None
        if isinstance(file, str) and not _file(path.parent, file).exists():
            problems.append(f"[{name}] {key} {file!r} does not exist beside {path.name}")
    problems += _method_problems(table.get("residents", {}))
    problems += setting_problems(table.get("study", {}))
    problems += survey_problems(table.get("survey", {}))
    if problems:
        told = "; ".join(problem.rstrip(".") for problem in problems)
        raise InputError(f"{path}: {told}.")


def _method_problems(section: Any) -> list[str]:
    """Keys of [residents] that the chosen method does not take."""
    if not isinstance(section, Mapping):
        return []
    method = section.get("method", "table")
    if not isinstance(method, str):
        return []  # told already
    if method not in _RESIDENTS:
        return [f"[residents] {UnknownNameError('method', method, _RESIDENTS).message.rstrip('.')}"]
    taken = {"path", "method", *inspect.signature(_RESIDENTS[method]).parameters}
    taken -= {"buildings", "units"} | ({"path"} if method == "totals" else set())
    wrong = [key for key in section if key in _KEYS["residents"] and key not in taken]
    return [
        f"[residents] {key} means nothing to method = {method!r} (it takes "
        f"{', '.join(sorted(taken - {'method'}))})"
        for key in wrong
    ]


def _file(folder: Path, path: str) -> Path:
    """File of a path that may name a layer or sheet behind a bar."""
    return folder / path.split("|", maxsplit=1)[0]
