"""Facilities: what serves people, and where it is."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.crs import coordinates_name
from lifecircle.errors import CrsError, MissingColumnError, UnknownNameError
from lifecircle.inputs.header_names import FACILITY_ID, FACILITY_NAME
from lifecircle.inputs.layers import Source, locate, open_table
from lifecircle.inputs.osm_tags import service_of, tag_keys
from lifecircle.inputs.text import take_columns
from lifecircle.standards import catalog
from lifecircle.tables import check_facilities
from lifecircle.tables.findings import columns_found, origin, tell
from lifecircle.tables.values import is_blank

TAXONOMIES = ("auto", "lifecircle", "osm")

SYNONYMS = {
    "facility_id": FACILITY_ID,
    "name": FACILITY_NAME,
    "service": ("设施类型", "设施类别", "服务", "类别", "类型", "category", "type"),
    "capacity": ("容量", "规模", "床位", "床位数", "学位", "学位数"),
    "floor_area_m2": ("建筑面积", "建筑面积(m2)", "建筑面积(平方米)", "建筑面积(㎡)"),
    "site_area_m2": ("用地面积", "用地面积(m2)", "用地面积(平方米)", "用地面积(㎡)"),
    "source": ("来源", "数据来源"),
}

_OSM_SUFFIXES = (".osm", ".pbf", ".osm.gz", ".osm.bz2")
_HSTORE = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')


def read_facilities(
    path: Source,
    *,
    coordinates: str | None = None,
    taxonomy: str = "auto",
    columns: Mapping[str, str] | None = None,
    duplicates: str = "keep",
) -> gpd.GeoDataFrame:
    """Facilities of a table, a map layer, or an OpenStreetMap file.

    Parameters
    ----------
    path
        ``.csv`` (UTF-8, GB18030 or UTF-16) or ``.xlsx`` with longitude and latitude; any layer
        that GDAL reads; ``.osm`` and ``.osm.pbf``. ``"city.gpkg|layername=poi"`` names one of
        several layers. Or a (Geo)DataFrame, which is not changed.
    coordinates
        None: the layer's own reference system; for longitude and latitude in a table WGS-84.
        ``"GCJ-02"`` (高德, 腾讯) and ``"BD-09"`` (百度) are converted to WGS-84. An EPSG code, such
        as ``"EPSG:4547"``: the system of a table's x and y, or of a layer that states none.
    taxonomy
        What the classes of the file are: ``"lifecircle"``, services of the catalogue by their
        word, Chinese or English name; ``"osm"``, OpenStreetMap tags in columns such as
        ``amenity`` and ``shop``; ``"auto"``, whichever of the two fits.
    columns
        Column of the file → lifecircle's name, such as ``{"小类": "service"}``, where the names
        are not understood by themselves.
    duplicates
        Rows of the same service, name and place: ``"keep"`` them, or ``"drop"`` all but the first.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        ``facility_id``, ``name``, ``service``, ``group``, further columns of the contract where
        the file has them, then its other columns. ``attrs["lifecircle"]["columns_taken"]`` tells
        which column was taken for what.

    Raises
    ------
    InputError
        If the file cannot be read or the table cannot be used; all that is wrong in one error.
        Its kind is ``MissingColumnError`` where nothing says what the facilities are, and
        ``UnknownServiceError`` where services are not in the catalogue.
    UnknownNameError
        If an option is not one of those above.

    Examples
    --------
    >>> poi = pd.DataFrame({"类别": ["幼儿园"], "lng": [112.99], "lat": [28.16]})
    >>> read_facilities(poi)[["facility_id", "service", "group"]].values.tolist()
    [['F0001', 'kindergarten', 'child']]
    """
    if taxonomy not in TAXONOMIES:
        raise UnknownNameError("taxonomy", taxonomy, TAXONOMIES)
    if isinstance(path, str | os.PathLike) and os.fspath(path).lower().endswith(_OSM_SUFFIXES):
        located = _read_osm(Path(path), coordinates)
    else:
        table = open_table(path, table="facilities")
        named = take_columns(table, SYNONYMS, table="facilities", columns=columns)
        located = locate(
            _with_services(named, taxonomy), table="facilities", coordinates=coordinates
        )
    services = catalog.services().index
    facilities = check_facilities(located, services, duplicates=duplicates)
    facilities = facilities.drop(columns="group", errors="ignore")
    place = facilities.columns.get_loc("service") + 1
    facilities.insert(place, "group", catalog.group_of(facilities["service"]))
    return facilities


def _read_osm(path: Path, coordinates: str | None) -> gpd.GeoDataFrame:
    """Facilities of an OpenStreetMap file, which is always in WGS-84."""
    from lifecircle.inputs.osm import read_osm_facilities  # noqa: PLC0415 - osmium loads slowly

    if coordinates is not None and coordinates_name(coordinates) != "WGS-84":
        raise CrsError(
            f"{path.name}: OpenStreetMap is WGS-84, coordinates={coordinates!r} cannot be right."
        )
    facilities = read_osm_facilities(path)
    facilities.attrs["lifecircle"] = {"file": path.name, **origin(facilities)}
    return facilities


def _with_services(table: pd.DataFrame, taxonomy: str) -> pd.DataFrame:
    """Table with the catalogue's services, as far as its classes are understood."""
    classed = "service" in table
    services = _from_names(table["service"]) if classed else None
    keys = [key for key in (*tag_keys(), "other_tags") if key in table]
    if "service" in keys and not classed:
        keys.remove("service")
    known = services is not None and services.isin(catalog.services().index).any()
    if taxonomy == "osm" or (taxonomy == "auto" and not known and keys and len(table)):
        if not keys:
            raise MissingColumnError(
                "facilities: there are no columns of OpenStreetMap tags, such as amenity or shop. "
                f"{columns_found(table)}"
            )
        return _from_tags(table)
    return table if services is None else table.assign(service=services)


def _from_names(classes: pd.Series[Any]) -> pd.Series[Any]:
    """Services by their word or name in the catalogue; what is not known stays as it is."""
    names = _names()
    keys = {value: names.get(_key(value), value) for value in classes.dropna().unique()}
    return classes.map(lambda value: keys.get(value, value))


@cache
def _names() -> dict[str, str]:
    """Words and names of the catalogue → service; a name of two services names neither."""
    services = catalog.services()
    found: dict[str, set[str]] = {}
    for column in ("name_zh", "name_en", "aliases"):
        for service, names in services[column].items():
            spellings = [name for name in names.split(";") if name]
            for spelling in [
                *spellings,
                *(re.sub(r"[(（].*?[)）]", "", name) for name in spellings),
            ]:
                found.setdefault(_key(spelling), set()).add(str(service))
    single = {key: next(iter(named)) for key, named in found.items() if len(named) == 1}
    return {**single, **{_key(service): str(service) for service in services.index}}


def _key(name: object) -> str:
    """Name without what does not tell names apart: width, case, spaces and dashes."""
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", str(name)).casefold())


def _from_tags(table: pd.DataFrame) -> pd.DataFrame:
    """Rows that offer a service by their OpenStreetMap tags; the others are left out."""
    texts = {
        str(name): table[name].where(~is_blank(table[name]), None).to_list()
        for name in table.columns
        if name != "geometry"
    }
    classes = []
    for row in range(len(table)):
        tags = {key: str(cells[row]) for key, cells in texts.items() if not pd.isna(cells[row])}
        tags.update(_HSTORE.findall(tags.pop("other_tags", "")))
        classes.append(service_of(tags))
    known = np.array([item is not None for item in classes], dtype=np.bool_)
    if not known.all():
        tell(
            f"facilities: {int((~known).sum())} of {len(known)} rows offer none of the services "
            "by their OpenStreetMap tags and were left out."
        )
    kept = table[known].reset_index(drop=True)
    return kept.assign(
        service=[item[0] for item in classes if item is not None],
        osm_class=[item[1] for item in classes if item is not None],
    )
