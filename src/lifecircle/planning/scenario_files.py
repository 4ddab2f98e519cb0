"""Scenarios written down: SCENARIO.toml, or a layer drawn in a GIS."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import numpy as np

from lifecircle.crs import coordinates_name, to_wgs84
from lifecircle.errors import CrsError, InputError, UnknownNameError
from lifecircle.inputs.documents import file_facts, parse_toml
from lifecircle.planning.actions import KINDS, WORDS, Action
from lifecircle.planning.scenario_layers import read_layer
from lifecircle.planning.scenarios import Scenario

_PLACES = ("at", "start", "end")
_KEYS = ("name", "coordinates")


def read_scenario(path: str | os.PathLike[str], *, coordinates: str | None = None) -> Scenario:
    r"""Scenario from a SCENARIO.toml or from a layer drawn in a GIS.

    Sections of a TOML file are actions, keys the names of their fields, as often as wanted::

        [scenario]           name = "打开围墙"   coordinates = "GCJ-02"     # WGS-84 if left out
        [[add_facility]]     service = "社区食堂"   at = [112.991, 28.1655]   capacity = 80
        [[close_facility]]   facility_id = "F0001"
        [[move_facility]]    facility_id = "F0002"   at = [112.992, 28.1650]
        [[extend_capacity]]  facility_id = "F0003"   capacity = 60
        [[open_gate]]        gate_id = "G001"         # or at = […], the nearest gate within 15 m
        [[remove_wall]]      at = [112.990, 28.1660]  # or wall_id, compound_id
        [[connect_streets]]  start = [112.990, 28.166]   end = [112.991, 28.166]
        [[add_crossing]]     start = […]   end = […]   signals = true

    (one key per line in a real file). In a layer each row is an action: the column ``action``
    (操作) says which, in these words or in Chinese (新建设施, 关闭设施, 迁移设施, 扩容,
    开放大门, 拆除围墙, 打通断头路, 新增过街); the other columns are named as the keys, or 服务,
    设施编号, 大门编号, 围墙编号, 小区编号, 名称, 容量, 建筑面积, 用地面积, 信号灯. A point is
    the place, a line leads from ``start`` to ``end``.

    Parameters
    ----------
    path
        ``.toml``; or any layer or table that :func:`lifecircle.read_gates` reads. Of a GeoPackage
        all layers with such a column are taken; ``"city.gpkg|layername=plan"`` names one.
    coordinates
        System of the places, ``"WGS-84"``, ``"GCJ-02"`` or ``"BD-09"``; goes before what the file
        says. For a layer as for :func:`lifecircle.read_gates`.

    Returns
    -------
    Scenario
        ``source`` tells the file and its sha256.

    Raises
    ------
    InputError
        If the file cannot be read or actions in it cannot be; all that is wrong in one error.
        Whether places, ids and services are there is told when it is applied to a study.

    Examples
    --------
    >>> path = Path(tempfile.mkdtemp()) / "方案.toml"
    >>> _ = path.write_text('[[open_gate]]\ngate_id = "G001"', encoding="utf-8")
    >>> read_scenario(path)
    Scenario 方案: 1 open_gate
    """
    plain = Path(os.fspath(path).partition("|")[0]).expanduser()
    if plain.suffix.lower() == ".toml":
        name, actions, coordinates = _of_toml(plain, coordinates)
    else:
        name, actions = plain.stem, read_layer(path, coordinates=coordinates)
    source = {**file_facts(plain), **({"coordinates": coordinates} if coordinates else {})}
    return Scenario(actions, name=name, source=source)


def write_scenario(scenario: Scenario, path: str | os.PathLike[str]) -> Path:
    """Write a scenario as TOML that :func:`lifecircle.read_scenario` reads.

    Actions of one kind stand together, in their order; places are degrees WGS-84.

    Parameters
    ----------
    scenario
        What changes.
    path
        File to write, ``.toml``; replaced if it is there, whole or not at all.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        If the ending is another, or the file cannot be written.

    Examples
    --------
    >>> from lifecircle.planning.actions import OpenGate
    >>> scenario = Scenario(OpenGate("G001"), name="开放北门")
    >>> path = write_scenario(scenario, Path(tempfile.mkdtemp()) / "a.toml")
    >>> read_scenario(path).actions == scenario.actions
    True
    """
    target = Path(path)
    if target.suffix.lower() != ".toml":
        raise InputError(f"{target}: end the name of the file in .toml.")
    try:
        content = scenario_text(scenario).encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            f"{target}: {error.object[error.start]!r} is half a letter that no file can hold. "
            "Mend the name it stands in."
        ) from error
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".partial-", dir=target.parent) as folder:
            partial = Path(folder) / target.name
            partial.write_bytes(content)
            return partial.replace(target)
    except OSError as error:
        raise InputError(f"{target}: cannot be written ({error.strerror or error}).") from error


def scenario_text(scenario: Scenario) -> str:
    """Scenario as TOML.

    Parameters
    ----------
    scenario
        What changes.

    Returns
    -------
    str

    Examples
    --------
    >>> from lifecircle.planning.actions import OpenGate
    >>> print(scenario_text(Scenario(OpenGate("G001"), name="北门")))
    [scenario]
    name = "北门"
    <BLANKLINE>
    [[open_gate]]
    gate_id = "G001"
    <BLANKLINE>
    """
    parts = [f"[scenario]\nname = {_value(scenario.name)}\n"]
    for kind, word in WORDS.items():
        for action in scenario.actions:
            if type(action) is kind:
                keys = [
                    f"{one.name} = {_value(getattr(action, one.name))}\n"
                    for one in fields(kind)
                    if getattr(action, one.name) != one.default
                ]
                parts.append(f"[[{word}]]\n{''.join(keys)}")
    return "\n".join(parts)


def _value(value: Any) -> str:
    """A value in TOML."""
    if isinstance(value, str):  # as in JSON, but for one letter more
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(_value(part) for part in value)}]"
    number = value.item() if hasattr(value, "item") else value
    return repr(number) if isinstance(number, int) else repr(float(number))


def _of_toml(path: Path, coordinates: str | None) -> tuple[str, list[Action], str | None]:
    """Name, actions and system of a TOML file."""
    table = parse_toml(path)
    problems: list[str] = []
    about = table.pop("scenario", {})
    if not isinstance(about, Mapping):
        about, problems = {}, ["'scenario' must be a section: [scenario]"]
    for key, value in about.items():
        if key not in _KEYS:
            problems.append(UnknownNameError("key in [scenario]", key, _KEYS).message)
        elif not isinstance(value, str):
            problems.append(f"[scenario] {key} = {value!r} must be text in quotes")
    stated = coordinates if coordinates is not None else about.get("coordinates")
    system = "WGS-84"
    try:
        system = coordinates_name(stated) if isinstance(stated, str) else system
    except CrsError as error:
        problems.append(f"coordinates: {error}")
    actions: list[Action] = []
    for kind, section in table.items():
        if kind not in KINDS:
            problems.append(UnknownNameError("section", kind, ["scenario", *KINDS]).message)
            continue
        several = section if isinstance(section, list) else [section]
        for number, one in enumerate(several, start=1):
            label = f"[[{kind}]] {number}" if len(several) > 1 else f"[[{kind}]]"
            found = _action(kind, one, system, label, problems)
            actions += [] if found is None else [found]
    if not table and not problems:
        problems.append(
            f"there is no action in it, so nothing would change. Write [[{']], [['.join(KINDS)}]]"
        )
    if problems:
        raise InputError(f"{path}: " + "\n".join(f"{text.rstrip('.')}." for text in problems))
    return str(about.get("name", path.stem)), actions, stated


def _action(kind: str, values: Any, system: str, label: str, problems: list[str]) -> Action | None:
    """Action of a section; ``None``, and what is wrong noted, if it is none."""
    if not isinstance(values, Mapping):
        problems.append(f"{label} = {values!r} must be a section: [[{kind}]]")
        return None
    known = {one.name: one.default is MISSING for one in fields(KINDS[kind])}
    wrong = [
        UnknownNameError(f"key in {label}", key, sorted(known)).message
        for key in values
        if key not in known
    ]
    absent = [name for name, needed in known.items() if needed and name not in values]
    if absent:
        wrong.append(f"{label} needs {' and '.join(absent)}")
    if not wrong:
        given = {
            key: _converted(value, system) if key in _PLACES else value
            for key, value in values.items()
        }
        try:
            made: Action = KINDS[kind](**given)
        except InputError as error:
            wrong.append(f"{label}: {error}")
        else:
            return made
    problems += wrong
    return None


def _converted(place: Any, system: str) -> Any:
    """Place in degrees WGS-84; what is none is left to the action to tell."""
    good = isinstance(place, list | tuple) and len(place) == 2
    good = good and all(type(part) in (int, float) for part in place)
    if not good or system == "WGS-84" or not all(abs(part) <= 180 for part in place):
        return place
    if system == "CGCS2000":  # to a centimetre the same degrees
        return place
    lon, lat = to_wgs84(np.array([place[0]]), np.array([place[1]]), system)
    return float(lon[0]), float(lat[0])
