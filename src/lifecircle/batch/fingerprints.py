"""Fingerprints: whether anything that a result rests on is another than it was."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

import lifecircle
from lifecircle.assessment.health_check import find_system
from lifecircle.assessment.parts import FURTHER, PartData, StudyParts
from lifecircle.assessment.study import Study
from lifecircle.network.flat import FlatNetwork, flat_network
from lifecircle.network.graph import WalkNetwork
from lifecircle.standards.standard import Standard

# What is told of a study, and changes no figure and no page of a unit.
_BESIDE = ("sources",)


class Print:
    """A fingerprint in the making."""

    def __init__(self) -> None:
        self._hash = hashlib.blake2b(digest_size=16)
        self.add(lifecircle.__version__)

    def add(self, *values: Any) -> Print:
        """Take in numbers, text, tables, arrays, and what is made of them."""
        for value in values:
            self._take(value)
        return self

    def text(self) -> str:
        """The fingerprint."""
        return self._hash.hexdigest()

    def _take(self, value: Any) -> None:
        self._hash.update(type(value).__name__.encode())
        if isinstance(value, pd.DataFrame):
            self._table(value)
        elif isinstance(value, np.ndarray) and value.dtype != object:
            self._hash.update(f"{value.dtype.str}{value.shape}".encode())
            self._hash.update(np.ascontiguousarray(value).tobytes())
        elif isinstance(value, Standard):
            self.add(*(getattr(value, one.name) for one in dataclasses.fields(value)))
        elif dataclasses.is_dataclass(value):
            for field in dataclasses.fields(value):
                self.add(field.name, getattr(value, field.name))
        elif isinstance(value, Mapping):
            for key in value:
                self.add(key, value[key])
        elif isinstance(value, frozenset | set):
            self.add(*sorted(value))
        elif isinstance(value, np.ndarray | list | tuple):
            self._hash.update(str(len(value)).encode())
            self.add(*value)
        else:
            text = repr(value.item() if isinstance(value, np.generic) else value)
            self._hash.update(f"{len(text)}:{text}".encode("utf-8", "surrogatepass"))

    def _table(self, table: pd.DataFrame) -> None:
        self.add(len(table))
        for name in table.columns:
            column = table[name]
            self.add(str(name))
            if isinstance(column, gpd.GeoSeries):
                self.add(*column.to_wkb().to_list())
            elif column.dtype.kind in "biuf":
                self.add(column.to_numpy())
            else:
                cells = ["\0" if pd.isna(one) is True else repr(one) for one in column]
                self.add("\1".join(cells))


def print_of_network(network: WalkNetwork) -> str:
    """Fingerprint of streets, with their walls and gates and what they know of the whole.

    Parameters
    ----------
    network
        Streets, or a part of them.

    Returns
    -------
    str

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> network = load_demo().network
    >>> print_of_network(network) == print_of_network(load_demo().network)
    True
    """
    return _flat_print(flat_network(network))


def print_of_part(
    data: PartData, network: WalkNetwork, settings: Mapping[str, Any], reports: Iterable[str]
) -> str:
    """Fingerprint of all that the results of a part rest on.

    Parameters
    ----------
    data
        Its tables.
    network
        Its streets.
    settings
        Its other fields.
    reports
        Which reports are written.

    Returns
    -------
    str
    """
    streets = print_of_network(network)
    return Print().add(data, streets, _settings(settings), sorted(reports)).text()


def print_of_whole(parts: StudyParts, study: Study) -> str:
    """Fingerprint of a whole study, without the reports that are asked for.

    Parameters
    ----------
    parts
        The study, ready to be cut.
    study
        The study.

    Returns
    -------
    str
    """
    made = Print().add(_settings(parts.settings), dict(parts.settings["sources"]))
    made.add(study.units, study.facilities, study.residents)
    made.add({name: parts.tables.table(name) for name in FURTHER})
    return made.add(_flat_print(parts.flat)).text()


def _settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings that results rest on; a planner's own indicators by what stands in them."""
    kept = {name: value for name, value in settings.items() if name not in _BESIDE}
    system = find_system(kept["indicators"], kept["target_share"])
    return {**kept, "indicators": (system.code, system.table)}


def _flat_print(flat: FlatNetwork) -> str:
    arrays = dict(flat.arrays)
    # which of equally near streets counts, not how many stand before them in the file
    arrays["edge_rank"] = np.argsort(np.argsort(arrays["edge_rank"], kind="stable"))
    made = Print().add(dict(flat.about), arrays, dict(flat.tables))
    if flat.plain is not None:
        made.add(_flat_print(flat.plain))
    return made.text()
