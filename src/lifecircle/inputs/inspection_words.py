"""What an inspection says, in Chinese and in English: short lines, each problem with its remedy."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

LANGUAGES = ("zh", "en")

LABELS = {
    "file": ("文件", "file"),
    "kind": ("看起来", "looks like"),
    "extent": ("范围", "extent"),
    "system": ("坐标", "coordinates"),
    "columns": ("取用列", "columns taken"),
    "others": ("其他列", "other columns"),
    "classes": ("类别", "classes"),
    "numbers": ("数字", "numbers"),
    "counts": ("内容", "holds"),
    "access": ("通行", "who passes"),
    "walled": ("围墙", "walled"),
    "barriers": ("围墙大门", "walls, gates"),
    "streets": ("路网", "streets"),
    "built": ("已建入", "built in"),
    "read": ("读取", "reads as"),
    "unknown_classes": ("未知类别", "unknown"),
    "noise": ("剔除", "noise"),
    "layers": ("图层", "layers"),
    "use": ("用法", "use"),
    "beside": ("一并检查", "beside"),
    "unchecked": ("未检查", "not checked"),
    "diagnosis": ("路网检查", "diagnosis"),
    "repairs": ("可补线", "links"),
    "notes": ("提示", "notes"),
    "error": ("错误", "error"),
}
KINDS = {
    "units": ("单元（面）", "units (areas)"),
    "facilities": ("设施", "facilities"),
    "residents": ("居民（带人口）", "residents (with people)"),
    "streets": ("道路", "streets"),
    "buildings": ("建筑", "buildings"),
    "compounds": ("小区院落（面）", "compounds (areas)"),
    "walls": ("围墙（线）", "walls (lines)"),
    "gates": ("大门（点）", "gates (points)"),
    "sites": ("备选用地", "candidate sites"),
    "survey": ("居民问卷", "survey answers"),
    "openstreetmap": ("OpenStreetMap 数据", "OpenStreetMap data"),
    "raster": ("栅格", "raster"),
    "unknown": ("无法判断用途的表", "a table of unknown use"),
}
# Why rows of a provider's table are no facilities, as the tables of classes say it.
REASONS = {
    "a school, not a university": "是学校，不是大学",
    "an event": "事件活动",
    "animals' clinic": "宠物诊所",
    "car park of another place": "附属停车场",
    "closed": "已停业或搬迁",
    "cosmetic practice": "医疗美容",
    "cosmetic surgery: no item in the standards": "整形美容，标准无此项",
    "driving school: no item in the standards": "驾校，标准无此项",
    "early education or play: no item in the standards": "早教或游乐，标准无此项",
    "gate of a building or compound": "建筑或小区的门",
    "inside a building": "室内设施",
    "inside a hospital": "医院内部设施",
    "inside a park": "公园内部设施",
    "inside a school or university": "学校内部设施",
    "market of other goods": "其他商品市场",
    "not a place of training for residents": "非面向居民的培训",
    "not a school for children": "非中小学",
    "not a university": "不是大学",
    "not run by the residents": "非居民自治组织",
    "not there yet": "在建或筹建",
    "part of a university": "大学的院系",
    "part or delivery point of another place": "附属点或取送点",
    "sales office": "售楼处",
    "senior middle school: no item in the standards": "高中，标准无此项",
    "shop for body care": "个人护理店",
    "the name is of something else": "名称与类别不符",
    "vocational or special school: no item in the standards": "职业或专门学校，标准无此项",
    "vocational school: no item in the standards": "职业学校，标准无此项",
    "warehouse": "仓储",
    "way into a car park": "停车场出入口",
}
FORMATS = {
    ".csv": ("CSV 表格", "CSV table"), ".tsv": ("TSV 表格", "TSV table"),
    ".txt": ("文本表格", "text table"), ".xlsx": ("Excel 工作簿", "Excel workbook"),
    ".xlsm": ("Excel 工作簿", "Excel workbook"),
    ".xls": ("Excel 2003 工作簿", "Excel 2003 workbook"),
    ".et": ("WPS 表格", "WPS workbook"), ".shp": ("Shapefile", "Shapefile"),
    ".gpkg": ("GeoPackage", "GeoPackage"), ".geojson": ("GeoJSON", "GeoJSON"),
    ".json": ("GeoJSON", "GeoJSON"), ".kml": ("KML", "KML"), ".kmz": ("KMZ", "KMZ"),
    ".gml": ("GML", "GML"), ".gpx": ("GPX", "GPX"), ".fgb": ("FlatGeobuf", "FlatGeobuf"),
    ".zip": ("ZIP 压缩包", "ZIP archive"), ".graphml": ("GraphML 路网", "GraphML streets"),
    ".osm": ("OpenStreetMap XML", "OpenStreetMap XML"),
    ".pbf": ("OpenStreetMap PBF", "OpenStreetMap PBF"),
    ".gz": ("OpenStreetMap XML（gz）", "OpenStreetMap XML (gz)"),
    ".bz2": ("OpenStreetMap XML（bz2）", "OpenStreetMap XML (bz2)"),
    ".tif": ("GeoTIFF 栅格", "GeoTIFF raster"), ".tiff": ("GeoTIFF 栅格", "GeoTIFF raster"),
    ".parquet": ("Parquet", "Parquet"), ".dxf": ("DXF 图纸", "DXF drawing"),
}  # fmt: skip
SHAPES = {
    "Point": ("点", "points"), "LineString": ("线", "lines"), "Polygon": ("面", "polygons"),
    "MultiPoint": ("多点", "multipoints"), "MultiLineString": ("多线", "multilines"),
    "MultiPolygon": ("多面", "multipolygons"), "GeometryCollection": ("集合", "collections"),
}  # fmt: skip
SAID_BY = {
    "columns": ("列名", "the names of its columns"), "file": ("文件名", "its file name"),
    "source": ("来源列", "its column of sources"),
    "amap_ids": ("高德编号（B0…）", "ids of Amap (B0…)"),
}  # fmt: skip

# code → sentence and remedy in Chinese, sentence and remedy in English
PROBLEMS = {
    "shifted": (
        "{by}表明是 {system}；按 WGS-84 读会偏移约 500 米",
        '读取时写 coordinates="{system}"',
        "{by} says {system}; read as WGS-84 it lies about 500 m off",
        'read it with coordinates="{system}"',
    ),
    "provider": (
        "类别是 {provider} 的，它的坐标是 {system}；文件没有写明",
        'coordinates="{system}"；不确定时用 --network 与道路比对',
        "its classes are those of {provider}, which gives {system}; the file does not say",
        'coordinates="{system}"; if in doubt compare it with streets by --network',
    ),
    "looks_shifted": (
        "与道路比对：坐标像 {system}，不像 {stated}（{count} 个点，距道路中位数：{distances}）",
        '核对后读取时写 coordinates="{system}"',
        ("beside the streets it looks like {system}, not {stated} ({count} places, median distance "
        "to a street: {distances})"),
        'check, then read it with coordinates="{system}"',
    ),
    "streets_shifted": (
        "与道路比对：像是道路数据在 {system}（{count} 个点，距道路中位数：{distances}）",
        '核对后读取道路时写 coordinates="{system}"',
        ("beside the streets it looks as if the streets were in {system} ({count} places, median "
        "distance to a street: {distances})"),
        'check, then read the streets with coordinates="{system}"',
    ),
    "look_shifted": (
        "与 {table} 比对：这份道路像是 {system}（{count} 个点，距道路中位数：{distances}）",
        '核对后读取时写 coordinates="{system}"；居民、设施离道路多远要在改正后才能检查',
        ("beside {table} these streets look like {system} ({count} places, median distance to a "
        "street: {distances})"),
        ('check, then read them with coordinates="{system}"; how far people and facilities are '
        "from them can be told only then"),
    ),
    "elsewhere": (
        "离道路 {km} 公里，不在同一个地方", "换同一地方的道路，或核对坐标",
        "lies {km} km from the streets: another place",
        "take streets of the same place, or check the coordinates",
    ),
    "tables_elsewhere": (
        "{names} 不在这份道路的范围里，最近也有 {km} 公里", "换同一地方的道路，或核对坐标",
        "{names} lie in another place, {km} km away at the nearest",
        "take streets of the same place, or check the coordinates",
    ),
    "not_diagnosed": (
        "路网检查自身出错（{reason}）", "其余内容不受影响",
        "the diagnosis of the streets itself failed ({reason})", "all else still holds",
    ),
    "not_beside": (
        "无法与居民、设施、单元一并检查：{reason}", "先改正那张表",
        "it could not be checked beside the tables: {reason}", "mend that table first",
    ),
    "not_converted": (
        "{stated} 与 {plain} 数值相同：并未转换",
        "先弄清来源的坐标系，再写 coordinates=",
        "{stated} are the same numbers as {plain}: nothing was converted",
        "find out the system of the source, then say coordinates=",
    ),
    "twin_system": (
        "{plain} 是 {system}，{stated} 是其 WGS-84 换算",
        '会取 {stated}；要用前者则写 coordinates="{system}"',
        "{plain} are {system}, {stated} the same places in WGS-84",
        '{stated} will be taken; for the former say coordinates="{system}"',
    ),
    "swapped": (
        "{rows} 行经纬度颠倒（第 {first} 行，如 {example}）",
        "对调两列，或用 columns= 指明经度、纬度列",
        "{rows} rows have longitude and latitude swapped (rows {first}, such as {example})",
        "exchange the two columns, or name them with columns=",
    ),
    "metres_as_degrees": (
        "{rows} 行数值是米不是度（第 {first} 行，如 {example}）",
        "写明投影坐标系：coordinates={guess}",
        "{rows} rows hold metres, not degrees (rows {first}, such as {example})",
        "name the projected system: coordinates={guess}",
    ),
    "no_system": (
        "图层没有坐标系（如缺 .prj 文件）",
        '写明 coordinates=，如 "EPSG:4547" 或 "GCJ-02"',
        "the layer states no coordinate system (such as a missing .prj file)",
        'name it with coordinates=, such as "EPSG:4547" or "GCJ-02"',
    ),
    "metres_stated": (
        "数值是米（{system}），{format} 通常是经纬度",
        "无需处理：按文件声明的坐标系换算",
        "holds metres ({system}), where {format} usually holds degrees",
        "nothing to do: it is converted as the file states",
    ),
    "no_places": (
        "没有坐标列，也没有几何：不能上图",
        "补经度、纬度两列，或按编号连接到有坐标的表",
        "no columns of coordinates and no shapes: it has no place on a map",
        "add longitude and latitude, or join it by id to a table that has them",
    ),
    "no_coordinates": (
        "{rows} 行坐标为空或不是数字（第 {first} 行）", "补上，或删去这些行",
        "{rows} rows have no coordinates, or no numbers there (rows {first})",
        "fill them in, or delete the rows",
    ),
    "at_zero": (
        "{rows} 行坐标是 0,0（第 {first} 行）", "未定位的点：补上，或删去这些行",
        "{rows} rows lie at 0,0 (rows {first})", "they were never located: fill them in, or delete",
    ),
    "null_geometry": (
        "{rows} 行没有几何（第 {first} 行）", "读取时略去并提示；需要时在 GIS 中补画",
        "{rows} rows have no geometry (rows {first})",
        "they are left out and told; draw them in a GIS if they matter",
    ),
    "empty_geometry": (
        "{rows} 行几何为空（第 {first} 行）", "读取时略去并提示；需要时在 GIS 中补画",
        "{rows} rows have an empty geometry (rows {first})",
        "they are left out and told; draw them in a GIS if they matter",
    ),
    "invalid_geometry": (
        "{rows} 个图形自相交（第 {first} 行）",
        "读取时自动修复；面积变化超过 1 % 的须在 GIS 中重画（“检查有效性”）",
        "{rows} shapes cross themselves (rows {first})",
        "they are mended; where that changes an area by over 1 %, draw it anew in a GIS",
    ),
    "mixed_shapes": (
        "几何类型混杂（{kinds}）", "按类型分成几个图层，或先筛选",
        "shapes of several kinds ({kinds})", "split them into layers, or filter first",
    ),
    "far_away": (
        "{rows} 行伸到其余数据之外很远（第 {first} 行，最远 {km} 公里）",
        "核对这些行；道路可用 within= 限定范围",
        "{rows} rows reach far beyond the others (rows {first}, up to {km} km)",
        "check them; streets are cut to a place with within=",
    ),
    "double_ids": (
        "{rows} 行编号重复（{column}：{ids}）", "读取时加 #2、#3 区分；应当唯一则先改正",
        "{rows} rows repeat an id ({column}: {ids})",
        "'#2', '#3' is added to them; correct them where ids must be unique",
    ),
    "tiles": (
        "{rows} 行与前面的行同编号（{column}）：按瓦片切开的数据",
        "先按编号合并（GIS 中“融合”），再读取",
        "{rows} rows repeat an id ({column}): the data is cut into tiles",
        "unite it by id first ('dissolve' in a GIS)",
    ),
    "double_rows": (
        "{rows} 行与前面的行同名同处（{columns}，第 {first} 行）",
        "核对是否重复；读取时 duplicates= 决定去留",
        "{rows} rows have the name and place of a row before ({columns}, rows {first})",
        "see whether they are the same; duplicates= decides what is done",
    ),
    "number_words": (
        "“{column}”有 {rows} 行不是数字（{words}）", "只写数字",
        "{rows} rows have no number in '{column}' but {words}", "write plain digits there",
    ),
    "number_blank": (
        "“{column}”有 {rows} 行为空（第 {first} 行）", "是 0 就写 0，未知则删去这些行",
        "{rows} rows have nothing in '{column}' (rows {first})",
        "write 0 where it is 0, delete the rows where it is unknown",
    ),
    "number_negative": (
        "“{column}”有 {rows} 行为负（第 {first} 行）", "改正",
        "{rows} rows are negative in '{column}' (rows {first})", "correct them",
    ),
    "density_over": (
        "“{column}”有 {rows} 行超过 8，最大 {most:g}", "容积率不会这样高：核对，读取时不采信",
        "{rows} rows are over 8 in '{column}', up to {most:g}",
        "no floor-area ratio is so high: check them; they are not believed",
    ),
    "number_zero": (
        "“{column}”有 {rows} 行为 0（第 {first} 行）", "0 当作未知处理：知道的补上",
        "{rows} rows are 0 in '{column}' (rows {first})",
        "0 is taken for not known: fill in what is known",
    ),
    "several_classes": (
        "“{column}”有 {rows} 行一格多类（用 | 分隔）", "无需处理：逐类判断",
        "{rows} rows hold several classes in '{column}', joined by |",
        "nothing to do: each is looked at",
    ),
    "no_class": (
        "“{column}”有 {rows} 行没有类别（第 {first} 行）", "补上，或删去这些行",
        "{rows} rows have no class in '{column}' (rows {first})", "fill it in, or delete the rows",
    ),
    "access_words": (
        "“{column}”有 {rows} 行的词看不懂，不知谁可以通行：{words}",
        "改成 开放、业主、关闭 之一；或用 columns= 指明写通行的列",
        "{rows} rows have words in '{column}' that do not tell who passes: {words}",
        "write open, residents or closed there, or name another column with columns=",
    ),
    "access_unsaid": (
        "{rows} 个大门（共 {of} 个）没有写谁可以通行，按“开放”计算",
        '补一列“通行”（开放、业主、关闭）；或读取时写 unknown_access="residents"',
        "{rows} of {of} gates do not say who passes; they count as open",
        'add a column access (open, residents, closed), or read with unknown_access="residents"',
    ),
    "osm_access_unsaid": (
        "{rows} 个大门（共 {of} 个）地图上没有写谁可以通行，按“开放”计算",
        '在 OpenStreetMap 上补 access；或 lc.read_osm_barriers(…, unknown_access="residents")',
        "the map does not say of {rows} of {of} gates who passes; they count as open",
        ('add access on OpenStreetMap, or lc.read_osm_barriers(…, unknown_access="residents")'),
    ),
    "walled_words": (
        "“{column}”有 {rows} 行的词看不懂，不知是否封闭：{words}",
        "改成 封闭、开放 之一；或用 columns= 指明写围墙的列",
        "{rows} rows have words in '{column}' that do not tell whether they are walled: {words}",
        "write yes or no there, or name another column with columns=",
    ),
    "walls_failed": (
        "围墙和大门无法建入路网：{reason}", "按其中的办法处理",
        "walls and gates could not be built into the streets: {reason}",
        "do what the message says",
    ),
    "plain_points": (
        "只有点，没有人口列，也没有类别列",
        "作设施：补一列类别（service）；作居民：补一列人口",
        "points without people and without classes",
        "as facilities they need a column of classes (service), as residents one of people",
    ),
    "other_lines": (
        "是线，但不像道路", "作道路：选中心线图层，或写明道路等级",
        "lines that do not look like streets",
        "for streets take the layer of centre lines, or give their class",
    ),
    "layers": (
        "有 {count} 个图层（{names}）", '读取时指明一个，如 "{file}|layername={first}"',
        "holds {count} layers ({names})", 'name one, such as "{file}|layername={first}"',
    ),
    "raster_extra": (
        "读取像元需要附加组件", "pip install 'lifecircle[raster]'",
        "reading its cells needs an extra", "pip install 'lifecircle[raster]'",
    ),
    "raster_people": (
        "像元若是人口，可由它推算居民", "lc.residents_from_raster(文件, 单元)",
        "if its cells count people, residents can be made of it",
        "lc.residents_from_raster(file, units)",
    ),
    "network_failed": (
        "无法与道路比对：{reason}", "换一个覆盖此地的道路文件",
        "it could not be compared with the streets: {reason}",
        "take a file of streets that covers the place",
    ),
    "cannot_be_read": (
        "读作{kind}时出错：{reason}", "按其中的办法处理",
        "read as {kind} it stops: {reason}", "do what the message says",
    ),
}  # fmt: skip


def sentence(code: str, facts: Mapping[str, Any], language: str) -> tuple[str, str]:
    """What a problem is, and what to do.

    Parameters
    ----------
    code
        Word for the problem.
    facts
        What its sentence names.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> sentence("null_geometry", {"rows": 2, "first": ["3", "9"]}, "en")[0]
    '2 rows have no geometry (rows 3, 9)'
    """
    texts = PROBLEMS[code][:2] if language == "zh" else PROBLEMS[code][2:]
    shown = {name: _shown(name, value, language) for name, value in facts.items()}
    what, remedy = (text.format(**shown) for text in texts)
    return what, remedy


def _shown(name: str, value: Any, language: str) -> Any:
    """A fact as it stands in a sentence."""
    place = LANGUAGES.index(language)
    if name == "by":
        return SAID_BY[value][place]
    if name == "kind":
        return KINDS[value][place]
    if name == "distances":
        return value if language == "en" else value.replace("streets in ", "道路为 ")
    if name == "guess":
        return _system_words(value, language)
    if name == "kinds":
        return listed(
            (f"{SHAPES.get(kind, (kind, kind))[place]} {count:,}" for kind, count in value.items()),
            language,
        )
    if isinstance(value, list | tuple):
        more = " …" if name == "first" and len(value) == 5 else ""
        return listed(map(str, value), language) + more
    return f"{value:,}" if isinstance(value, int) else value


def _system_words(guess: str, language: str) -> str:
    """How to name a system that was guessed from metres."""
    chinese = language == "zh"
    name = guess.removesuffix(" XY")
    turned = ("，且 X、Y 颠倒" if chinese else ", X and Y exchanged") if name != guess else ""
    if name.startswith("CGCS2000 EPSG:"):
        code = name.removeprefix("CGCS2000 ")
        told = (
            "（带号东坐标的 CGCS2000）" if chinese else " (CGCS2000, the easting carries its zone)"
        )
        return f'"{code}"{told}{turned}'
    if name == "CGCS2000":
        told = (
            '"EPSG:4547" 之类（像 CGCS2000，不带带号：问清中央经线）'
            if chinese
            else '"EPSG:4547" or its like (CGCS2000 without a zone: ask for its central meridian)'
        )
        return told + turned
    if name:
        return f'"{name}"'
    return "EPSG 编号（问数据来源）" if chinese else "an EPSG code (ask where it was made)"


def listed(words: Iterable[str], language: str, limit: int = 12) -> str:
    """Words one after the other.

    Parameters
    ----------
    words
        Any number.
    language
        ``"zh"`` or ``"en"``.
    limit
        So many are spelled out.

    Returns
    -------
    str

    Examples
    --------
    >>> listed(["a", "b", "c"], "zh", 2)
    'a、b …'
    """
    every = list(words)
    mark = "、" if language == "zh" else ", "
    return mark.join(every[:limit]) + (" …" if len(every) > limit else "")


def padded(label: str, width: int) -> str:
    """Label filled up to a width; Chinese is two wide.

    Parameters
    ----------
    label
        A word.
    width
        In half-width characters.

    Returns
    -------
    str

    Examples
    --------
    >>> padded("文件", 6) + "|"
    '文件  |'
    """
    wide = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in label)
    return label + " " * (width - wide)
