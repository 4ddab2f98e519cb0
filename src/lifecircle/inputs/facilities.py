"""Facilities: what serves people, and where it is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd

from lifecircle.crs import coordinates_name
from lifecircle.errors import CrsError, UnknownNameError
from lifecircle.inputs.class_columns import TAXONOMIES, taught, with_services
from lifecircle.inputs.cleaning import merged, with_entrances
from lifecircle.inputs.header_names import FACILITY_ID, FACILITY_NAME
from lifecircle.inputs.layers import Source, locate, open_table
from lifecircle.inputs.own_classes import OwnClasses, read_own_classes
from lifecircle.inputs.text import take_columns
from lifecircle.standards import catalog
from lifecircle.tables import check_facilities
from lifecircle.tables.findings import origin

SYNONYMS = {
    "facility_id": FACILITY_ID,
    "name": FACILITY_NAME,
    "service": (
        "设施类型",
        "设施类别",
        "服务",
        "类别",
        "类型",
        "category",
        "type",
        "poi类型",
        "poi类别",
        "poitype",
        "分类",
        "标签",
        "stdtag",
        "tag",
    ),
    "typecode": ("类型编码", "类型代码", "分类编码", "分类代码", "poi编码", "poicode"),
    "entr_location": ("入口坐标", "出入口坐标", "入口位置"),
    "capacity": ("容量", "规模", "床位", "床位数", "学位", "学位数"),
    "floor_area_m2": ("建筑面积", "建筑面积(m2)", "建筑面积(平方米)", "建筑面积(㎡)"),
    "site_area_m2": ("用地面积", "用地面积(m2)", "用地面积(平方米)", "用地面积(㎡)"),
    "source": ("来源", "数据来源"),
}

DUPLICATES = ("merge", "keep", "drop")

_OSM_SUFFIXES = (".osm", ".pbf", ".osm.gz", ".osm.bz2")
_OWN_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".xlsm")


def read_facilities(
    path: Source,
    *,
    coordinates: str | None = None,
    taxonomy: str | os.PathLike[str] = "auto",
    columns: Mapping[str, str] | None = None,
    duplicates: str = "merge",
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
        ``"GCJ-02"`` (高德, 腾讯) and ``"BD-09"`` (百度) are converted to WGS-84. ``"CGCS2000"``
        (eastings with their zone), ``"CGCS2000 114E"``, or an EPSG code such as ``"EPSG:4547"``:
        the system of a table's x and y, or of a layer that states none.
    taxonomy
        Whose words the classes of the file are: ``"amap"`` (高德), codes such as ``141203`` and
        text such as ``科教文化服务;学校;小学``; ``"baidu"`` (百度), such as ``教育培训;小学``;
        ``"lifecircle"``, services of the catalogue by their word, Chinese or English name;
        ``"osm"``, OpenStreetMap tags in columns such as ``amenity`` and ``shop``; ``"auto"``,
        whichever of them is seen. Or a table of your own, ``"我的分类.csv"``, with columns
        ``class`` (类别), ``service`` (设施) and, where wanted, ``name_contains`` (名称包含) and
        ``name_excludes`` (名称不含): its lines go before the built-in ones.
    columns
        Column of the file → lifecircle's name, such as ``{"小类": "service"}``, where the names
        are not understood by themselves.
    duplicates
        ``"merge"`` what is one place given several times, and the gates of one place, into one row
        (:func:`lifecircle.inputs.cleaning.merge_facilities` tells the rule); ``"keep"`` all rows;
        or ``"drop"`` rows of the same service, name and place but for the first.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        ``facility_id``, ``name``, ``service``, ``group``, further columns of the contract where
        the file has them, then its other columns; ``entrances`` (WKT, degrees WGS-84) where they
        are known, and ``outline`` (likewise) of areas of 1,000 m² or more. Under
        ``attrs["lifecircle"]``: ``columns_taken`` tells which column was taken for what,
        ``taxonomy`` whose words were seen, ``unknown_classes`` and ``noise`` how many rows of what
        were left out, ``merged`` which rows were merged.

    Raises
    ------
    InputError
        If the file cannot be read or the table cannot be used; all that is wrong in one error.
        Its kind is ``MissingColumnError`` where nothing says what the facilities are, and
        ``UnknownServiceError`` where services are not in the catalogue.
    UnknownNameError
        If an option is not one of those above.

    Notes
    -----
    Rows whose class is none of the services, and rows that are no facility at all (a building
    inside a school, a closed shop), are left out with one warning that lists them by class.

    Examples
    --------
    >>> import pandas as pd
    >>> poi = pd.DataFrame({"类别": ["幼儿园"], "lng": [112.99], "lat": [28.16]})
    >>> read_facilities(poi)[["facility_id", "service", "group"]].values.tolist()
    [['F0001', 'kindergarten', 'child']]
    """
    if duplicates not in DUPLICATES:
        raise UnknownNameError("choice for duplicates", duplicates, DUPLICATES)
    words, own = _taxonomy(taxonomy)
    if isinstance(path, str | os.PathLike) and os.fspath(path).lower().endswith(_OSM_SUFFIXES):
        located = _read_osm(Path(path), coordinates, own)
    else:
        table = open_table(path, table="facilities")
        named = take_columns(table, SYNONYMS, table="facilities", columns=columns)
        said = "service" in (columns or {}).values()
        classed = with_services(named, words, own, named=said)
        located = with_entrances(locate(classed, table="facilities", coordinates=coordinates))
    services = catalog.services().index
    facilities = check_facilities(
        located, services, duplicates=merged if duplicates == "merge" else duplicates
    )
    facilities = facilities.drop(columns="group", errors="ignore")
    place = facilities.columns.get_loc("service") + 1
    facilities.insert(place, "group", catalog.group_of(facilities["service"]))
    return facilities


def _taxonomy(taxonomy: str | os.PathLike[str]) -> tuple[str, OwnClasses | None]:
    """Whose words the classes are, and the planner's own table of them."""
    text = os.fspath(taxonomy)
    if text in TAXONOMIES:
        return text, None
    if isinstance(taxonomy, os.PathLike) or text.lower().endswith(_OWN_SUFFIXES):
        return "auto", read_own_classes(text)
    raise UnknownNameError("taxonomy", text, (*TAXONOMIES, "the path of a table of your own"))


def _read_osm(
    path: Path, coordinates: str | None, own: OwnClasses | None = None
) -> gpd.GeoDataFrame:
    """Facilities of an OpenStreetMap file, which is always in WGS-84."""
    from lifecircle.inputs.osm import read_osm_facilities  # noqa: PLC0415 - osmium loads slowly

    if coordinates is not None and coordinates_name(coordinates) != "WGS-84":
        raise CrsError(
            f"{path.name}: OpenStreetMap is WGS-84, coordinates={coordinates!r} cannot be right."
        )
    facilities = read_osm_facilities(path)
    facilities.attrs["lifecircle"] = {"file": path.name, **origin(facilities), "taxonomy": "osm"}
    return facilities if own is None else taught(facilities, own)
