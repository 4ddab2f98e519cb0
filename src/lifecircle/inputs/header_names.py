"""What columns are called in the tables that planners have.

Compared by :func:`lifecircle.inputs.text.column_key`: width, case, spaces, underscores and a unit
in brackets do not tell names apart. The first name of a list goes before the others.

Left out on purpose: 户籍人口 (registered, not living here), 65岁以上 (another age), 万人 (another
unit). They are named with ``columns=`` where they are meant.
"""

from __future__ import annotations

PEOPLE = (
    "常住人口", "常住人", "人口", "population", "总人口", "人口数", "pop", "人口总数", "人口数量",
    "居住人口", "现状人口", "实有人口", "居民数", "居民人数", "居住人数", "常住人口数", "总人数",
    "residentpopulation",
)  # fmt: skip
ELDERLY = (
    "老年人", "老年人口", "老人", "60岁以上", "60岁及以上", "60岁以上人口", "60岁及以上人口",
    "60岁以上老人", "60岁以上老年人", "老年人数", "老年人口数", "60+",
)  # fmt: skip
CHILDREN = ("儿童", "儿童人口", "儿童数", "儿童人数", "儿童人口数")
UNITS = {
    "unit_id": (
        "id", "编号", "单元编号", "社区编号", "代码", "code", "adcode", "gid", "单元代码",
        "社区代码", "区划代码", "行政区划代码", "统计用区划代码", "圈编号", "生活圈编号",
        "unitcode",
    ),
    "name": (
        "名称", "单元名称", "社区名称", "社区", "生活圈", "街道", "name_zh", "社区(村)",
        "村(社区)", "村社区", "村居", "居委会", "居委会名称", "生活圈名称", "街道名称",
        "网格名称", "行政区名称", "区域名称", "nameunit",
    ),
    "level": ("层级", "级别"),
    "parent_id": ("上级编号", "parent", "上级代码"),
    "district": ("区", "区县", "所属区", "行政区", "区县名称", "所属区县", "所在区"),
    "area_ha": (
        "面积(公顷)", "面积公顷", "面积(ha)", "用地面积(公顷)", "area(ha)", "面积",
        "总面积(公顷)",
    ),
    "stated_area_ha": (),
    "households": ("户数", "总户数", "家庭户数", "住户数", "居民户数", "户"),
    "people": PEOPLE,
    "elderly": ELDERLY,
    "children": CHILDREN,
    "boundary_source": ("边界来源", "数据来源"),
}  # fmt: skip
FACILITY_ID = (
    "id", "编号", "设施编号", "poiid", "uid", "设施id", "poi编号", "设施代码", "代码", "统一编号",
)  # fmt: skip
FACILITY_NAME = (
    "名称", "设施名称", "项目名称", "机构名称", "单位名称", "设施名", "poi名称", "poiname",
    "场所名称", "学校名称", "学校", "站点名称", "点位名称", "名字", "title",
)  # fmt: skip
RESIDENTS = {
    "resident_id": (
        "id", "编号", "楼栋编号", "小区编号", "网格编号", "楼栋号", "楼号", "建筑编号", "楼栋",
        "楼栋id",
    ),
    "people": (
        *PEOPLE[:6], "人数", *PEOPLE[6:],
    ),
    "elderly": ELDERLY,
    "children": CHILDREN,
    "unit_id": ("单元编号", "社区编号", "单元代码", "社区代码", "所属单元编号"),
}  # fmt: skip
_OF_COMPOUND = (
    "小区编号", "所属小区编号", "小区id", "小区代码", "院落编号", "围合编号", "aoiid",
)  # fmt: skip
COMPOUNDS = {
    "compound_id": (*_OF_COMPOUND, "id", "编号", "regionid", "gid", "代码", "地块编号", "uid"),
    "name": (
        "小区名称", "名称", "小区", "小区名", "院落名称", "楼盘名称", "楼盘", "住宅区名称",
        "单位名称", "地块名称", "名字", "title",
    ),
    "walled": (
        "围墙", "是否围合", "是否封闭", "封闭", "围合", "有无围墙", "是否有围墙", "封闭小区",
        "封闭情况", "围合情况", "是否封闭小区", "gated", "iswalled",
    ),
}  # fmt: skip
WALLS = {
    "wall_id": ("围墙编号", "id", "编号", "gid", "代码"),
    "compound_id": _OF_COMPOUND,
}
GATES = {
    "gate_id": (
        "大门编号", "出入口编号", "门编号", "大门id", "出入口id", "id", "编号", "poiid", "uid",
        "poi编号", "gid", "代码",
    ),
    "name": (
        "大门名称", "出入口名称", "大门", "出入口", "门名称", "名称", "poi名称", "poiname",
        "名字", "title", "小区名称", "所属小区", "小区",
    ),
    "access": (
        "通行", "通行情况", "通行方式", "通行权限", "通行条件", "通行类型", "开放情况",
        "开放状态", "开放类型", "开放方式", "是否开放", "是否对外开放", "对外开放", "开放",
        "准入", "是否通行",
    ),
    "access_known": (),
    "compound_id": _OF_COMPOUND,
    "hours": (
        "开放时间", "开门时间", "开放时段", "开闭时间", "通行时间", "营业时间", "openinghours",
        "opentime",
    ),
    "typecode": ("类型编码", "类型代码", "分类编码", "分类代码", "poi编码", "poicode"),
}  # fmt: skip
_OF_SURVEY = {
    "person_id": (
        "问卷编号", "答卷编号", "受访者编号", "受访者", "样本编号", "答卷id", "用户id", "填写者",
        "respondentid", "respondent",
    ),
    "unit_id": (
        "单元编号", "社区编号", "单元代码", "社区代码", "社区", "单元", "小区", "社区名称",
        "单元名称", "小区名称", "所在社区", "所属社区", "所在小区", "您所在的社区",
        "您所在的小区", "您所在社区", "生活圈", "unit", "community",
    ),
    "segment": (
        "人群", "身份", "群体", "人群类别", "人群类型", "居民类型", "受访者身份", "您的身份",
        "所属人群",
    ),
    "weight": ("权重", "抽样权重", "样本权重", "加权系数"),
    "wave": (
        "批次", "轮次", "期次", "调查批次", "调查轮次", "调查年份", "年份", "年度", "year",
        "round",
    ),
}  # fmt: skip
SURVEY = {
    "answer_id": ("id", "编号", "序号", "答案编号", "记录编号"),
    **_OF_SURVEY,
    "service": (
        "设施", "服务", "设施类型", "服务设施", "设施/服务", "设施名称", "服务名称", "服务类型",
        "设施类别",
    ),
    "satisfaction": ("满意度", "满意程度", "满意度评分", "满意度得分", "满意情况"),
    "importance": ("重要度", "重要性", "重要程度", "重要度评分", "重要性评分", "重要度得分"),
}  # fmt: skip
# One row a person: what numbers the rows numbers the people.
QUESTIONNAIRE = {
    **_OF_SURVEY,
    "person_id": (*_OF_SURVEY["person_id"], "序号", "编号", "id", "答题序号", "answerid"),
}
# Columns that hold who passes a gate in one table and what kind of gate it is in another.
PERHAPS_ACCESS = ("类型", "type", "大门类型", "出入口类型", "门类型", "状态", "管理方式")
# Columns that say what a facility is, whoever wrote them; for telling tables apart.
CLASSES = (
    "service", "设施类型", "设施类别", "服务", "类别", "类型", "category", "type", "typecode",
    "小类", "中类", "大类", "设施小类", "设施分类", "分类", "行业", "行业分类", "tag", "stdtag",
    "typename", "amenity", "shop", "leisure", "poi类型", "类型编码", "服务类型", "primind",
    "secind", "elementtype", "kind",
)  # fmt: skip
FLOORS = (
    "levels", "buildinglevels", "floors", "层数", "建筑层数", "地上层数",
    "总层数", "numfloors", "height", "高度", "建筑高度", "楼高", "房屋层数",
)  # fmt: skip
BUILDINGS = ("building", "建筑", "房屋", "buildingid", "建筑类型", "房屋类型", "buildingtype")
DENSITY = ("volumerate", "容积率", "far", "plotratio", "floorarearatio")
ADDRESSES = ("地址", "address", "详细地址", "所在地址", "addr", "位置")
ROADS = (
    "highway",
    "fclass",
    "道路等级",
    "道路类型",
    "道路名称",
    "路名",
    "道路名",
    "roadid",
    "roadname",
)

LON = (
    "lon", "lng", "long", "longitude", "经度", "东经", "经度坐标", "gps经度", "中心经度",
    "经度值", "经度e", "经度x", "x经度", "经度(x)", "经度(e)", "经度(度)", "经度(十进制)",
    "中心点经度", "longitute", "lonx", "lngx", "stoplon", "coordlon", "centerlon", "centerlng",
    "lon(e)", "intptlon", "质心经度",
)  # fmt: skip
LAT = (
    "lat", "latitude", "纬度", "北纬", "纬度坐标", "gps纬度", "中心纬度", "纬度值", "纬度n",
    "纬度y", "y纬度", "纬度(y)", "纬度(n)", "纬度(度)", "纬度(十进制)", "中心点纬度", "laty",
    "stoplat", "coordlat", "centerlat", "lat(n)", "intptlat", "质心纬度",
)  # fmt: skip
EAST = (
    "x", "pointx", "x坐标", "东坐标", "easting", "xcoord", "coordx", "坐标x", "centroidx",
    "centerx", "中心点x", "质心x", "x(m)", "x(米)", "x坐标(m)", "x坐标(米)", "东向坐标",
    "xcoordinate", "横坐标", "横坐标y", "y横坐标", "横坐标(y)", "y(横坐标)", "横坐标x", "x横坐标",
    "横坐标(x)", "x(横坐标)",
)  # fmt: skip
NORTH = (
    "y", "pointy", "y坐标", "北坐标", "northing", "ycoord", "coordy", "坐标y", "centroidy",
    "centery", "中心点y", "质心y", "y(m)", "y(米)", "y坐标(m)", "y坐标(米)", "北向坐标",
    "ycoordinate", "纵坐标", "纵坐标x", "x纵坐标", "纵坐标(x)", "x(纵坐标)", "纵坐标y", "y纵坐标",
    "纵坐标(y)", "y(纵坐标)",
)  # fmt: skip
SHAPE = ("geometry", "wkt", "geom", "wktgeom", "thegeom", "几何", "shape", "图形", "边界")
LOCATION = (
    "location", "坐标", "经纬度", "经纬度坐标", "lnglat", "lonlat", "gps坐标", "gps", "位置坐标",
    "地理坐标", "点坐标", "空间坐标", "coordinates", "coordinate", "coord", "坐标点",
    "坐标(经度,纬度)", "经度纬度", "经度,纬度", "地理位置", "位置",
)  # fmt: skip
LOCATION_LAT_FIRST = ("latlng", "latlon", "纬经度", "纬度经度", "纬度,经度")

# Columns that name their system. What they say goes before names that say nothing.
STATED = {
    "WGS-84": (
        ("wgs84lng", "wgs84lon", "lngwgs84", "lonwgs84", "wgslng", "wgslon", "lngwgs", "lonwgs",
         "wgs84经度", "经度wgs84", "经度(wgs84)", "84经度", "wgs84x"),
        ("wgs84lat", "latwgs84", "wgslat", "latwgs", "wgs84纬度", "纬度wgs84", "纬度(wgs84)",
         "84纬度", "wgs84y"),
    ),
    "GCJ-02": (
        ("lnggcj02", "longcj02", "gcj02lng", "gcj02lon", "lnggcj", "longcj", "gcjlng", "gcjlon",
         "gcj02经度", "经度gcj02", "经度(gcj02)", "高德经度", "经度(高德)", "高德x", "火星经度",
         "amaplng", "amaplon", "gdlng", "gdlon", "腾讯经度", "gcj02x"),
        ("latgcj02", "gcj02lat", "latgcj", "gcjlat", "gcj02纬度", "纬度gcj02", "纬度(gcj02)",
         "高德纬度", "纬度(高德)", "高德y", "火星纬度", "amaplat", "gdlat", "腾讯纬度", "gcj02y"),
    ),
    "BD-09": (
        ("lngbd09", "lonbd09", "bd09lng", "bd09lon", "lngbd", "lonbd", "bdlng", "bdlon",
         "bd09经度", "经度bd09", "经度(bd09)", "百度经度", "经度(百度)", "百度x", "baidulng",
         "baidulon", "bd09x"),
        ("latbd09", "bd09lat", "latbd", "bdlat", "bd09纬度", "纬度bd09", "纬度(bd09)", "百度纬度",
         "纬度(百度)", "百度y", "baidulat", "bd09y"),
    ),
}  # fmt: skip
