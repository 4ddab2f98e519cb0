"""What a file is, what is wrong with it, and what to do: an inspection never stops at bad data."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio

from lifecircle.errors import LifecircleError, UnknownNameError
from lifecircle.inputs.file_heads import HEAD_BYTES, check_layer_head
from lifecircle.inputs.inspection_barriers import ROLES, barriers_beside
from lifecircle.inputs.inspection_checks import METRES_PER_DEGREE, Problem
from lifecircle.inputs.inspection_files import inspect_graphml, inspect_osm, inspect_raster
from lifecircle.inputs.inspection_street_words import finding_sentences
from lifecircle.inputs.inspection_streets import inspect_streets, tables_beside
from lifecircle.inputs.inspection_tables import inspect_table, told
from lifecircle.inputs.inspection_text import describe
from lifecircle.inputs.inspection_words import LANGUAGES, sentence
from lifecircle.inputs.layers import open_table
from lifecircle.network.graph import WalkNetwork

_OSM = (".osm", ".pbf", ".osm.gz", ".osm.bz2", ".osm.xml")
_OBJECTS = ("made", "barriers")  # of no use to JSON
_RASTERS = (".tif", ".tiff")
# An inspection of many files does not stop at one, not even by a fault of its own.
_UNFORESEEN = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
_LAYERED = (".gpkg", ".gdb", ".sqlite", ".kml", ".gpx", ".gml")


@dataclass(frozen=True)
class Inspection:
    """What was found in one file.

    ``print(inspection)`` says it in Chinese, ``inspection.describe("en")`` in English.

    Attributes
    ----------
    file
        Its name, with ``|layername=`` where one of several layers was looked at.
    format
        End of its name, which tells the format.
    kind
        ``"units"``, ``"facilities"``, ``"residents"``, ``"streets"``, ``"buildings"``,
        ``"compounds"``, ``"walls"``, ``"gates"``, ``"sites"``, ``"survey"``,
        ``"openstreetmap"``, ``"raster"`` or ``"unknown"``.
    rows
        How many rows; None where it has none.
    layers
        Names of its layers, where there are several.
    shapes
        Kind of geometry → rows.
    bounds
        West, south, east, north in degrees as far as they are known, nothing unshifted.
    in_china
        Whether its middle lies in the box around China; None where it has no place.
    encoding, stated
        Of its text; of its coordinates, as the file says. ``""`` where it says nothing.
    looks
        System that its coordinates seem to be in, where names or streets tell: ``"GCJ-02"``, …
    columns_taken, other_columns
        lifecircle's name → column of the file; columns that have no meaning to lifecircle.
    classes
        Class → rows, of the column that says what each row is: the most frequent.
    numbers
        Column → ``filled``, ``blank``, ``words``, ``least``, ``most``, ``sum``.
    counts
        What else it holds, such as streets by class in OpenStreetMap data.
    reading
        What the reader of its kind made of it: ``rows``, ``services``, ``taxonomy``,
        ``unknown_classes``, ``noise``, ``merged``, ``access`` of gates and ``walled`` of compounds
        (meaning → word → rows), as far as they apply.
    problems
        What is doubtful, as pairs of a word and its facts.
    notes
        What the reader told.
    error
        Why it could not be read at all; ``""`` if it could.
    streets
        Of streets: ``nodes``, ``edges``, ``length_km``, ``classes_km`` (class → kilometres),
        ``beside`` (files they were checked with), ``unchecked`` (what could not be) and
        ``barriers`` (how many compounds, walls and gates were built in).
    findings
        Of streets: rows of :func:`lifecircle.diagnose_network`, with ``lon`` and ``lat`` of each.
    repairs
        Of streets: links that :func:`lifecircle.repair_network` would make, if they were asked for.
    made
        What the reader of its kind gave: a table, or a :class:`lifecircle.WalkNetwork`; None
        where nothing was read. Not among :meth:`as_dict`.
    barriers
        Of an OpenStreetMap file: its :class:`lifecircle.Barriers`, None where there are none.
        Not among :meth:`as_dict`.
    """

    file: str
    format: str = ""
    kind: str = "unknown"
    rows: int | None = None
    layers: tuple[str, ...] = ()
    shapes: Mapping[str, int] = field(default_factory=dict)
    bounds: tuple[float, float, float, float] | None = None
    in_china: bool | None = None
    encoding: str = ""
    stated: str = ""
    looks: str = ""
    columns_taken: Mapping[str, str] = field(default_factory=dict)
    other_columns: tuple[str, ...] = ()
    classes: Mapping[str, int] = field(default_factory=dict)
    numbers: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    counts: Mapping[str, Any] = field(default_factory=dict)
    reading: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    error: str = ""
    streets: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Mapping[str, Any], ...] = ()
    repairs: tuple[Mapping[str, Any], ...] | None = None
    made: Any = field(default=None, repr=False, compare=False)
    barriers: Any = field(default=None, repr=False, compare=False)

    @property
    def size_km(self) -> tuple[float, float] | None:
        """Width and height of the extent, kilometres."""
        if self.bounds is None:
            return None
        west, south, east, north = self.bounds
        across = (east - west) * float(np.cos(np.radians((south + north) / 2)))
        return across * METRES_PER_DEGREE / 1000, (north - south) * METRES_PER_DEGREE / 1000

    def describe(self, language: str = "zh") -> str:
        """Few lines that say what the file is, what is wrong, and what to do.

        Parameters
        ----------
        language
            ``"zh"`` or ``"en"``.

        Returns
        -------
        str

        Raises
        ------
        UnknownNameError
            If the language is neither.

        Examples
        --------
        >>> print(Inspection("poi.csv", error="poi.csv: the file is empty.").describe("en"))
        poi.csv
          error  poi.csv: the file is empty.
        """
        if language not in LANGUAGES:
            raise UnknownNameError("language", language, LANGUAGES)
        return describe(self, language)

    def as_dict(self, language: str = "zh") -> dict[str, Any]:
        """Everything as plain values, for JSON.

        Parameters
        ----------
        language
            Of the sentences of the problems: ``"zh"`` or ``"en"``.

        Returns
        -------
        dict

        Raises
        ------
        UnknownNameError
            If the language is neither.

        Examples
        --------
        >>> Inspection("a.csv", problems=(Problem("no_places", {}),)).as_dict("en")["problems"]
        [{'code': 'no_places', 'facts': {}, 'what': 'no columns of coordinates and no shapes: ...
        """
        if language not in LANGUAGES:
            raise UnknownNameError("language", language, LANGUAGES)
        names = [name for name in self.__dataclass_fields__ if name not in _OBJECTS]
        plain = {name: _plain(getattr(self, name)) for name in names}
        plain["size_km"] = None if self.size_km is None else [round(km, 3) for km in self.size_km]
        plain["problems"] = [
            {
                "code": code,
                "facts": _plain(facts),
                **dict(zip(("what", "remedy"), sentence(code, facts, language), strict=True)),
            }
            for code, facts in self.problems
        ]
        plain["findings"] = [
            {
                **_plain(row),
                **dict(zip(("what", "advice"), finding_sentences([row], language)[0], strict=True)),
            }
            for row in self.findings
        ]
        return plain

    def __str__(self) -> str:
        return self.describe()


def inspect_file(
    path: str | os.PathLike[str], *, network: Any = None, repair: bool = False
) -> Inspection:
    r"""Look at a file of any kind: what it is, what is wrong with it, and what to do.

    Parameters
    ----------
    path
        Table, map layer, OpenStreetMap file, streets or raster. ``"city.gpkg|layername=units"``
        names one of several layers.
    network
        Streets of the place, a :class:`lifecircle.WalkNetwork`: its coordinates are compared with
        them under each coordinate system they may be in.
    repair
        Of streets: list the links that ``repair=True`` would make.

    Returns
    -------
    Inspection
        ``error`` says why where the file cannot be read at all; nothing is raised for bad data.

    Notes
    -----
    Streets are diagnosed alone, with walls and gates of the same OpenStreetMap file;
    :func:`lifecircle.inspect_files` does it beside the tables.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "homes.csv"
    >>> _ = path.write_text("楼栋,经度,纬度,人口\n1,112.99,28.16,120\n2,112.98,28.17,80")
    >>> found = inspect_file(path)
    >>> found.kind, found.rows, found.numbers["人口"]["sum"], found.problems
    ('residents', 2, 200.0, ())
    """
    return _diagnosed(_looked_at(path, network), [], repair=repair)


def inspect_files(
    paths: Iterable[str | os.PathLike[str]], *, network: Any = None, repair: bool = False
) -> list[Inspection]:
    """Look at files that belong together: tables beside the streets, streets beside the tables.

    Compounds, walls and gates among them are built into the streets before these are diagnosed.

    Parameters
    ----------
    paths
        Files as for :func:`lifecircle.inspect_file`; of a file with several layers each is looked
        at.
    network
        Streets of the place: a file, which is inspected too, or a
        :class:`lifecircle.WalkNetwork`. Where it is not given and one of the files is streets,
        these are compared with the others.
    repair
        List the links that ``repair=True`` would make in the streets.

    Returns
    -------
    list of Inspection
        In the order of the files, the streets of ``network`` last.

    Examples
    --------
    >>> from lifecircle.assessment.demo import demo_folder
    >>> homes, streets = inspect_files(
    ...     [demo_folder() / "residents.geojson", demo_folder() / "streets.geojson"])
    >>> streets.streets["beside"]
    ('residents.geojson',)
    """
    named = [os.fspath(path) for path in paths]
    streets: Inspection | None = None
    if network is not None and not isinstance(network, WalkNetwork):
        file = os.fspath(network)
        streets = _looked_at(file, None)
        named = [path for path in named if path != file]
        network = streets.made
    found: list[tuple[str, Inspection]] = []
    for path in named:
        whole = _looked_at(path, network)
        layers = [f"{path}|layername={one}" for one in whole.layers]
        found += [(path, whole), *((layer, _looked_at(layer, network)) for layer in layers)]
    own = [one.made for _, one in found if isinstance(one.made, WalkNetwork)]
    if network is None and len(own) == 1:
        (network,) = own
        found = [
            (path, one if one.made is network or one.rows is None else _looked_at(path, network))
            for path, one in found
        ]
    every = [one for _, one in found] + ([] if streets is None else [streets])
    return [_diagnosed(one, every if one.made is network else [], repair=repair) for one in every]


def _diagnosed(found: Inspection, every: Sequence[Inspection], *, repair: bool) -> Inspection:
    """Inspection of streets with their diagnosis beside tables; any other as it is."""
    if not isinstance(found.made, WalkNetwork):
        return found
    tables, names, problems = tables_beside(every)
    shifted = any(one.code == "look_shifted" for one in problems)
    barriers, files, failed = barriers_beside([] if shifted else every or [found])
    try:
        with told():
            fields = inspect_streets(found.made, tables, names, repair=repair, barriers=barriers)
    except _UNFORESEEN as fault:
        facts = {"reason": f"{type(fault).__name__}: {fault}"}
        return replace(found, problems=(*found.problems, Problem("not_diagnosed", facts)))
    if any(one.kind in ROLES and one.made is None for one in every):
        fields["streets"]["unchecked"] = (*fields["streets"]["unchecked"], "walls")
    if fields["streets"]["barriers"]:
        others = [file for file in files if file != found.file]
        fields["streets"]["beside"] = (*fields["streets"]["beside"], *others)
    fields["problems"] = (*found.problems, *problems, *failed, *fields["problems"])
    return replace(found, **fields)


def _looked_at(path: str | os.PathLike[str], network: Any) -> Inspection:
    """Inspection of one file; streets are not yet diagnosed."""
    text, _, layer = os.fspath(path).partition("|layername=")
    file = Path(text).expanduser()
    name = f"{file.name}|layername={layer}" if layer else file.name
    suffix = file.suffix.lower()
    try:
        if not file.is_file():
            open_table(path, table="file")  # says that it is not there, or a folder
        if file.name.lower().endswith(_OSM):
            return Inspection(name, suffix, "openstreetmap", **inspect_osm(file))
        if suffix == ".graphml":
            return Inspection(name, suffix, "streets", **inspect_graphml(file))
        if suffix in _RASTERS:
            return Inspection(name, suffix, "raster", **inspect_raster(file))
        layers = () if layer else _layers(file, suffix)
        if layers:
            facts = {
                "count": len(layers), "names": layers, "file": file.name, "first": layers[0]
            }  # fmt: skip
            return Inspection(name, suffix, layers=layers, problems=(Problem("layers", facts),))
        with told() as notes:
            frame = open_table(path, table="table")
        return Inspection(name, suffix, **inspect_table(frame, name, network, notes))
    except (LifecircleError, OSError) as fault:
        return Inspection(name, suffix, error=str(fault))
    except _UNFORESEEN as fault:
        reason = f"{type(fault).__name__}: {fault}"
        return Inspection(
            name,
            suffix,
            error=f"{name}: the inspection itself failed ({reason}); other files go on.",
        )


def _layers(file: Path, suffix: str) -> tuple[str, ...]:
    """Names of the layers with anything in them, of a file that holds several."""
    if suffix not in _LAYERED:
        return ()
    if file.is_file():
        with file.open("rb") as data:
            check_layer_head(data.read(HEAD_BYTES), suffix, file.name)
    try:
        rows = [
            (str(name), pyogrio.read_info(file, layer=place, force_feature_count=True)["features"])
            for place, (name, _) in enumerate(pyogrio.list_layers(file))
        ]
    except (RuntimeError, ValueError, OSError):
        return ()  # open_table says what is wrong with it
    names = tuple(name for name, count in rows if count)
    return names if len(names) > 1 else ()


def _plain(value: Any) -> Any:
    """Value of which JSON can be made."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)
