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
from lifecircle.assessment.parts import PartData, StudyParts
from lifecircle.network.flat import FlatNetwork
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
            self.add(value.code, value.base, value.table)
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
    """Fingerprint of streets.

    Parameters
    ----------
    network
        Streets.

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
    made = Print()
    for name in (
        "node_xy_m", "edge_ends", "edge_length_m", "edge_points_m", "edge_first_point",
        "edge_link", "edge_rank", "edge_goes_on", "node_elevation_m",
    ):  # fmt: skip
        made.add(getattr(network, name))
    made.add("\1".join(network.edge_highway), "\1".join(map(str, network.edge_name)))
    made.add(dict(network.edge_tags))
    if network.walls is not None:
        walls = network.walls
        made.add(walls.gate_edge, walls.admitted, walls.node_zone, walls.sight.edge_zone)
        made.add(walls.sight.walls.points_m, walls.barriers.detour)
        for name in ("compounds", "walls", "gates"):
            made.add(getattr(walls.barriers, name))
    return made.text()


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
    kept = {name: value for name, value in settings.items() if name not in _BESIDE}
    return Print().add(data, print_of_network(network), kept, sorted(reports)).text()


def print_of_whole(parts: StudyParts, tables: Iterable[Any]) -> str:
    """Fingerprint of a whole study, without the reports that are asked for.

    Parameters
    ----------
    parts
        The study, ready to be cut.
    tables
        Its tables.

    Returns
    -------
    str
    """
    made = Print().add(dict(parts.settings), *tables)
    return made.add(_flat_print(parts.flat)).text()


def _flat_print(flat: FlatNetwork) -> str:
    made = Print().add(dict(flat.about), dict(flat.arrays), dict(flat.tables))
    if flat.plain is not None:
        made.add(_flat_print(flat.plain))
    return made.text()
