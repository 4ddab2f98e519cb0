"""Candidate sites: where a new facility may go."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from lifecircle.inputs.layers import Source, locate, open_table
from lifecircle.inputs.own_classes import service_words, word_key
from lifecircle.inputs.text import take_columns
from lifecircle.standards import catalog
from lifecircle.tables.sites import check_sites, listed
from lifecircle.tables.values import as_ids

SYNONYMS = {
    "site_id": (
        "编号", "地块编号", "闲置资产编号", "资产编号", "用地编号", "备选点编号", "点位编号",
        "id", "代码", "序号",
    ),
    "name": (
        "名称", "地块名称", "资产名称", "闲置资产名称", "用地名称", "备选点名称", "点位名称",
        "项目名称", "地址", "title",
    ),
    "floor_area_m2": (
        "建筑面积", "建筑面积(m2)", "建筑面积(平方米)", "建筑面积(㎡)", "可用建筑面积", "可用面积",
    ),
    "site_area_m2": (
        "用地面积", "用地面积(m2)", "用地面积(平方米)", "用地面积(㎡)", "占地面积",
    ),
    "services": (
        "可设服务", "可用作", "可设设施", "可设", "可改造为", "可用途", "适宜用途", "拟设服务",
        "拟设设施", "可配置设施", "服务", "设施", "service", "设施类型", "用途",
    ),
    "cost_cny": (
        "费用(元)", "造价(元)", "造价", "费用", "投资(元)", "成本(元)", "成本", "改造费用",
        "改造费用(元)", "投资额(元)", "估算投资(元)", "cost",
    ),
    "capacity": ("容量", "服务人数", "服务人口", "可服务人数", "可容纳人数", "规模"),
}  # fmt: skip


def read_sites(
    path: Source, *, columns: Mapping[str, str] | None = None, coordinates: str | None = None
) -> gpd.GeoDataFrame:
    """Candidate sites (备选用地, 闲置资产) of a table or a map layer.

    Parameters
    ----------
    path
        Points: ``.csv`` or ``.xlsx`` with longitude and latitude, or any layer that GDAL reads; or
        a (Geo)DataFrame, which is not changed.
    columns
        Column of the file → lifecircle's name, such as ``{"改造方向": "services"}``: ``site_id``,
        ``name``, ``floor_area_m2``, ``site_area_m2``, ``services``, ``cost_cny``, ``capacity``.
    coordinates
        None: the layer's own reference system; for longitude and latitude in a table WGS-84.
        ``"GCJ-02"`` (高德, 腾讯) and ``"BD-09"`` (百度) are converted to WGS-84. Or as for
        :func:`lifecircle.read_facilities`.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        ``site_id``, ``name``, ``floor_area_m2``, ``site_area_m2``, ``services`` (words of the
        catalogue joined by ``;``), ``cost_cny`` (yuan; 万元 is not understood), ``capacity``
        (people), then the file's other columns. What the file does not say is unknown, not 0.

    Raises
    ------
    InputError
        If the file cannot be read or the table cannot be used; all that is wrong in one error.
        Its kind is ``UnknownServiceError`` where only services are not in the catalogue.

    Examples
    --------
    >>> shop = pd.DataFrame({"编号": ["A7"], "可设服务": ["托儿所、社区食堂"], "造价": ["850,000"],
    ...                      "lng": [112.99], "lat": [28.16]})
    >>> read_sites(shop)[["site_id", "services", "cost_cny"]].values.tolist()
    [['A7', 'nursery;community_canteen', 850000.0]]
    """
    table = open_table(path, table="sites")
    named = take_columns(table, SYNONYMS, table="sites", columns=columns)
    if "services" in named:
        cells = [";".join(map(_service, _words(cell))) for cell in as_ids(named["services"])]
        named["services"] = pd.Series(cells, index=named.index, dtype="str")
    located = locate(named, table="sites", coordinates=coordinates)
    return check_sites(located, _spellings())


def _words(cell: str) -> list[str]:
    """Services of a cell; one whose name holds a mark that parts others is one."""
    return [cell] if word_key(cell) in service_words() else listed(cell)


def _service(word: str) -> str:
    """Service of a word; the word itself where it is none."""
    return service_words().get(word_key(word), word)


def _spellings() -> dict[str, str]:
    """Words that services are known by, as they are written, → service."""
    services = catalog.services()
    names = {
        name: str(service)
        for column in ("name_zh", "name_en", "aliases")
        for service, cell in services[column].items()
        for name in cell.split(";")
        if name
    }
    return names | {str(service): str(service) for service in services.index}
