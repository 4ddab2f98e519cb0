"""Whose words a table speaks, a planner's own classes, and what is left out."""

import warnings

import pandas as pd
import pytest

from lifecircle.errors import (
    InputError,
    LifecircleWarning,
    MissingColumnError,
    UnknownServiceError,
)
from lifecircle.inputs.facilities import read_facilities

AMAP = pd.DataFrame(
    {
        "名称": ["白沙小学", "白沙小学教学楼", "白沙大厦", "红星早点"],
        "类型": [
            "科教文化服务;学校;小学",
            "科教文化服务;学校;小学",
            "商务住宅;楼宇;商务写字楼",
            "餐饮服务;快餐厅;快餐厅",
        ],
        "typecode": ["141203", "141203", "120201", "050300"],
        "经度": [112.990, 112.991, 112.992, 112.993],
        "纬度": [28.16, 28.16, 28.16, 28.16],
    }
)


def read(table, **options):
    """Facilities, and all that was told."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        facilities = read_facilities(table, **options)
    return facilities, [str(item.message) for item in caught]


@pytest.mark.parametrize("columns", [["类型"], ["typecode"], ["类型", "typecode"]])
def test_classes_of_amap_are_seen_in_any_of_their_columns(columns):
    kept = [name for name in AMAP if name not in {"类型", "typecode"} or name in columns]
    facilities, told = read(AMAP[kept])
    assert facilities["service"].to_list() == ["primary_school", "breakfast"]
    known = facilities.attrs["lifecircle"]
    assert known["taxonomy"] == "amap"
    assert known["noise"] == {"inside a school or university": 1}
    assert list(known["unknown_classes"].values()) == [1]
    assert len(told) == 1
    assert "Amap (高德)" in told[0]


def test_unknown_classes_are_listed_with_the_line_to_add():
    _, told = read(AMAP)
    assert "1 of 4 rows offer none of the services" in told[0]
    assert "'商务住宅;楼宇;商务写字楼' × 1" in told[0]
    assert "write a line such as '商务住宅;楼宇;商务写字楼,<service>'" in told[0]
    assert "taxonomy='that file.csv'" in told[0]
    assert "'inside a school or university' × 1" in told[0]


def test_the_class_of_the_file_stays_beside_the_service():
    facilities, _ = read(AMAP)
    assert facilities["amap_class"].to_list() == [
        "科教文化服务;学校;小学",
        "餐饮服务;快餐厅;快餐厅",
    ]
    assert facilities["typecode"].to_list() == ["141203", "050300"]


def test_a_gbk_table_of_amap_points_reads_with_its_coordinate_system_alone(tmp_path):
    AMAP.to_csv(tmp_path / "poi.csv", index=False, encoding="gbk")
    facilities, _ = read(tmp_path / "poi.csv", coordinates="GCJ-02")
    assert facilities["service"].to_list() == ["primary_school", "breakfast"]
    assert facilities.attrs["lifecircle"]["encoding"] == "gb18030"
    assert facilities.attrs["lifecircle"]["coordinates"] == "GCJ-02"


def test_codes_are_understood_as_spreadsheets_spoil_them():
    table = AMAP[["名称", "经度", "纬度"]].assign(typecode=[141203.0, 141203.0, 120201.0, 50300.0])
    facilities, _ = read(table)
    assert facilities["service"].to_list() == ["primary_school", "breakfast"]


def test_steps_in_three_columns_and_last_steps_alone_are_understood():
    steps = AMAP["类型"].str.split(";", expand=True).set_axis(["大类", "中类", "小类"], axis=1)
    facilities, _ = read(pd.concat([AMAP[["名称", "经度", "纬度"]], steps], axis=1))
    assert facilities["service"].to_list() == ["primary_school", "breakfast"]
    leaves = AMAP[["名称", "经度", "纬度"]].assign(类型=["中学", "中学", "商务写字楼", "快餐厅"])
    facilities, _ = read(leaves.assign(名称=["白沙初中", "白沙高中", "白沙大厦", "红星早点"]))
    assert facilities["service"].to_list() == ["junior_middle_school", "breakfast"]


def test_classes_of_baidu_are_seen_in_one_column_and_in_two():
    table = AMAP[["名称", "经度", "纬度"]]
    tags = ["教育培训;小学", "教育培训;小学", "房地产;写字楼", "美食;小吃快餐店"]
    facilities, told = read(table.assign(tag=tags))
    assert facilities["service"].to_list() == ["primary_school", "breakfast"]
    assert facilities.attrs["lifecircle"]["taxonomy"] == "baidu"
    assert "Baidu (百度)" in told[0]
    first, second = zip(*(tag.split(";") for tag in tags), strict=True)
    facilities, _ = read(table.assign(prim_ind=first, sec_ind=second))
    assert facilities["service"].to_list() == ["primary_school", "breakfast"]
    assert facilities["baidu_class"].to_list() == [tags[0], tags[3]]


def test_real_points_of_baidu_are_read(shared_data):
    facilities, told = read(shared_data / "baidu_aoi_bd09" / "POI.csv", coordinates="BD-09")
    assert facilities.attrs["lifecircle"]["taxonomy"] == "baidu"
    assert facilities["service"].to_list() == [
        "university",
        "hospital",
        "stadium_fitness_center",
        "park",
    ]
    assert any("3 of 7 rows offer none of the services" in text for text in told)


def test_own_words_are_seen_as_such():
    table = AMAP.drop(columns=["类型", "typecode"])
    facilities, told = read(table.assign(类别=["小学", "公园", "药店", "早餐"]))
    assert facilities.attrs["lifecircle"]["taxonomy"] == "lifecircle"
    assert len(facilities) == 4
    assert told == []


def test_a_column_that_is_named_goes_before_codes():
    facilities, _ = read(AMAP.assign(我的类别="公园"), columns={"我的类别": "service"})
    assert set(facilities["service"]) == {"park"}


@pytest.mark.parametrize("taxonomy", ["amap", "baidu"])
def test_a_provider_without_its_columns_is_told(taxonomy):
    table = AMAP[["名称", "经度", "纬度"]]
    with pytest.raises(
        MissingColumnError, match=r"no column with classes of .*Columns found: 名称"
    ):
        read_facilities(table, taxonomy=taxonomy)


# --- a planner's own table ----------------------------------------------------------------------


def own(tmp_path, text, encoding="gbk"):
    path = tmp_path / "我的分类.csv"
    path.write_text(text, encoding=encoding)
    return path


def test_a_planners_table_teaches_classes(tmp_path):
    path = own(
        tmp_path, "类别,名称包含,名称不含,设施\n120201,大厦,金茂,众创科普空间\n快餐厅,,,无\n"
    )
    facilities, told = read(AMAP, taxonomy=path)
    assert facilities["service"].to_list() == ["primary_school", "innovation_space"]
    assert facilities.attrs["lifecircle"]["noise"]["none of ours by 我的分类.csv"] == 1
    assert facilities.attrs["lifecircle"]["unknown_classes"] == {}
    assert "none of ours by 我的分类.csv" in told[0]
    facilities, _ = read(AMAP.assign(名称="金茂大厦"), taxonomy=str(path))
    assert "innovation_space" not in set(facilities["service"])


def test_a_planners_table_teaches_his_own_words_and_lists_what_is_still_unknown(tmp_path):
    path = own(tmp_path, "class,service\n小卖部,convenience_store\n", "utf-8-sig")
    table = AMAP.drop(columns=["类型", "typecode"]).assign(
        类别=["小学", "小卖部", "五金店", "公园"]
    )
    facilities, told = read(table, taxonomy=path)
    assert facilities["service"].to_list() == ["primary_school", "convenience_store", "park"]
    assert "1 of 4 rows offer none of the services" in told[0]
    assert "'五金店' × 1" in told[0]


def test_a_planners_table_teaches_tags_of_openstreetmap(tmp_path):
    path = own(tmp_path, "class,service\nshop=kiosk,newsstand\namenity=pharmacy,\n")
    table = pd.DataFrame({"name": ["a", "b"], "lon": [112.99, 112.991], "lat": 28.16})
    table = table.assign(shop=["kiosk", None], amenity=[None, "pharmacy"])
    facilities, told = read(table, taxonomy=path)
    assert facilities["service"].to_list() == ["newsstand"]
    assert "none of ours by" in told[0]
    (tmp_path / "town.osm").write_text(
        '<osm version="0.6"><node id="1" lon="112.99" lat="28.16"><tag k="shop" v="kiosk"/></node>'
        "</osm>",
        encoding="utf-8",
    )
    facilities, _ = read(tmp_path / "town.osm", taxonomy=path)
    assert facilities["service"].to_list() == ["newsstand"]


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        (
            "类别,设施\n小卖部,便历店\n",
            UnknownServiceError,
            r"'便历店' in line 2 \(did you mean conv",
        ),
        ("class,service\nx,librery\n", UnknownServiceError, r"'librery' in line 2 .*library"),
        ("class,servise\nx,library\n", InputError, r"'servise' are not understood.*'service'"),
        ("class,note\nx,y\n", MissingColumnError, r"no column 'service' \(服务\)"),
        ("service,note\npark,y\n", MissingColumnError, r"no column 'class'"),
        ("class,service\n,park\n", InputError, r"1 of 1 lines \(lines 2\) name neither"),
    ],
)
def test_a_wrong_table_is_told_in_one_message(tmp_path, text, kind, message):
    with pytest.raises(kind, match=message) as caught:
        read_facilities(AMAP, taxonomy=own(tmp_path, text))
    assert str(caught.value).startswith("我的分类.csv: ")


def test_a_table_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match=r"there is no file '没有\.csv'"):
        read_facilities(AMAP, taxonomy=tmp_path / "没有.csv")


def test_columns_that_have_slipped_are_told(shared_data):
    path = shared_data / "hangzhou_amap" / "amap_poi_hangzhou_gcj02.csv"
    table = pd.read_csv(path, dtype="str").rename(columns={"lng_gcj02": "lon", "lat_gcj02": "lat"})
    with pytest.warns(LifecircleWarning) as told:
        facilities = read_facilities(table, coordinates="GCJ-02")
    assert any("slipped against each other" in str(item.message) for item in told)
    assert len(facilities) > 6000
    known = facilities.attrs["lifecircle"]
    left = sum(known["unknown_classes"].values()) + sum(known["noise"].values())
    assert len(facilities) + left + len(known["merged"]["kept_id"]) == len(table)
