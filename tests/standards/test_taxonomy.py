"""What providers call things → services."""

import time

import pandas as pd
import pytest

from lifecircle.standards import catalog
from lifecircle.standards.class_lines import lines_of, packaged_lines
from lifecircle.standards.taxonomy import classify

# Where the mapping says something else than the list of codes, and why.
DIFFERS = {
    ("residential", "120302", ""): "where people live is no service",
    ("residential_gate", "991400", ""): "a gate is no facility of its own",
    ("residential_gate", "991401", ""): "a gate is no facility of its own",
    ("elderly_day_care", "070000", "居家养老"): "the catalogue calls it elderly_service_station",
    ("elderly_day_care", "070000", "养老服务站"): "the catalogue calls it elderly_service_station",
    ("elderly_day_care", "070000", "养老驿站"): "the catalogue calls it elderly_service_station",
    ("waste_collection_station", "200000", "垃圾中转站"): "the catalogue calls it waste_transfer",
}
GATES = {"图书馆门", "公园门"}  # entrances of the place, put together with it when it is cleaned


def one(name, **classes):
    """Service, noise and unknown class of one row."""
    given = {key: value for key, value in classes.items() if key in {"codes", "texts"}}
    rest = {key: value for key, value in classes.items() if key not in given}
    found = classify([name], **{key: [value] for key, value in given.items()}, **rest)
    return found.service[0], found.noise[0], found.unknown[0]


@pytest.fixture(scope="module")
def typecodes(shared_data):
    path = shared_data.parent / "standards" / "amap_typecodes.csv"
    return pd.read_csv(path, dtype="str", keep_default_na=False)


@pytest.mark.parametrize("given", ["code", "text", "both"])
def test_every_exact_code_is_the_service_it_says(typecodes, given):
    for row in typecodes[typecodes["match"] == "exact"].itertuples():
        text = f"{row.big_category_zh};{row.mid_category_zh};{row.sub_category_zh}"
        classes = {"codes": row.typecode} if given != "text" else {}
        classes |= {"texts": text} if given != "code" else {}
        differs = (row.item_id, row.typecode, "") in DIFFERS
        assert (one("白沙", **classes)[0] == row.item_id) != differs, row.typecode


def test_every_code_to_be_left_out_is_noise(typecodes):
    for row in typecodes[typecodes["match"] == "exclude"].itertuples():
        service, noise, _ = one("白沙", codes=row.typecode)
        assert (service, bool(noise)) == ("", True), row.typecode


def test_every_keyword_of_a_code_is_found_and_every_exclusion_kept_out(typecodes):
    for row in typecodes[typecodes["match"] == "keyword"].itertuples():
        for word in row.keyword_zh.split("、"):
            differs = (row.item_id, row.typecode, word) in DIFFERS
            found = one(f"白沙{word}", codes=row.typecode)[0]
            assert (found == row.item_id) != differs, (row.typecode, word)
    for row in typecodes[typecodes["exclude_keyword_zh"] != ""].itertuples():
        stem = row.keyword_zh.split("、")[0] if row.match == "keyword" else row.sub_category_zh
        for word in row.exclude_keyword_zh.split("、"):
            if stem + word not in GATES:
                assert one(f"白沙{stem}{word}", codes=row.typecode)[0] != row.item_id, stem + word


def test_every_tag_of_baidu_is_the_service_it_says(shared_data):
    path = shared_data.parent / "standards" / "baidu_tags.csv"
    tags = pd.read_csv(path, dtype="str", keep_default_na=False)
    differs = {("nursing_home", "日间照料"), ("residential", "")}
    for row in tags.itertuples():
        for word in row.keyword_zh.split("、"):
            service = one(f"白沙{word}", texts=row.baidu_tag, provider="baidu")[0]
            assert (service == row.item_id) != ((row.item_id, word) in differs), (row, word)


@pytest.mark.parametrize("name", ["amap_classes", "baidu_classes", "name_words"])
def test_every_line_names_a_service_of_the_catalogue_and_can_be_met(name):
    known = {*catalog.services().index, "", "?"}
    for line in packaged_lines(name):
        assert line.service in known
        assert not (line.service and line.noise)
        assert line.classes or line.contains


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("白沙镇初级中学", "junior_middle_school"),
        ("梨子山实验学校初中部", "junior_middle_school"),
        ("砂子塘九年一贯制学校", "junior_middle_school"),
        ("金科园实验学校", "junior_middle_school"),
        ("第十三中学", "junior_middle_school"),
        ("梨子山高级中学", ""),
        ("白沙外国语学校国际高中", ""),
        ("白沙职高", ""),
        ("白沙高级中学附属野坡中学", "junior_middle_school"),
        ("野坡中学教学楼2幢", ""),
        ("中学生作文培训", "training"),
    ],
)
def test_schools_for_ages_above_eleven_are_told_apart_by_name(name, service):
    assert one(name, codes="141202", texts="科教文化服务;学校;中学")[0] == service


def test_a_senior_middle_school_is_unknown_and_no_noise():
    service, noise, unknown = one("白沙高级中学", codes="141202")
    assert (service, noise) == ("", "")
    assert unknown == "141202 (senior middle school: no item in the standards)"


@pytest.mark.parametrize(
    ("name", "code", "reason"),
    [
        ("浙大教学楼", "141201", "inside a school or university"),
        ("白沙学院3号宿舍", "141201", "inside a school or university"),
        ("白沙大学图书馆", "140500", "inside a school or university"),
        ("校门", "141207", "inside a school or university"),
        ("白沙幼儿园配送入口", "141204", "part or delivery point of another place"),
        ("白沙公园停车场", "110101", "car park of another place"),
        ("白沙宠物诊所", "090300", "animals' clinic"),
        ("白沙药店(已停业)", "090601", "closed"),
        ("白沙超市（装修中）", "060400", "closed"),
        ("白沙小学(建设中)", "141203", "not there yet"),
        ("白沙府售楼处", "120302", "sales office"),
        ("白沙医院门诊楼", "090101", "inside a hospital"),
        ("白沙小区东门", "991400", "gate of a building or compound"),
    ],
)
def test_what_is_no_facility_of_its_own_has_a_reason(name, code, reason):
    assert one(name, codes=code) == ("", reason, "")


@pytest.mark.parametrize(
    ("name", "text", "service"),
    [
        ("幸福里养老院", "生活服务;生活服务场所;生活服务场所", "nursing_home"),
        ("金科园社区日间照料中心", "商务住宅;住宅区;社区中心", "elderly_day_care"),
        ("白沙养老服务站", "公司企业;公司;公司", "elderly_service_station"),
        ("阳光托育中心", "科教文化服务;学校;幼儿园", "nursery"),
        ("白沙社区食堂", "餐饮服务;中餐厅;中餐厅", "community_canteen"),
        ("好邻居家政", "公司企业;公司;公司", "housekeeping"),
        ("红星废品回收站", "", "recycling_point"),
        ("白沙垃圾站", "公共设施;公共设施;公共设施", "waste_collection_station"),
        ("白沙垃圾分类投放点", "", "waste_collection_point"),
        ("泰康养老保险", "公司企业;公司;公司", ""),
        ("夕阳红养老用品", "购物服务;专卖店;专营店", ""),
        ("养老院(公交站)", "交通设施服务;公交车站;普通公交站", "bus_stop"),
        ("敬老院小区", "商务住宅;住宅区;住宅小区", ""),
        ("白沙家政培训学校", "科教文化服务;学校;学校", "training"),
        ("梨子山幼儿园(白沙社区卫生服务站西南)", "科教文化服务;学校;幼儿园", "kindergarten"),
    ],
)
def test_services_without_a_class_are_known_by_their_words(name, text, service):
    assert one(name, texts=text)[0] == service


def test_of_several_codes_the_first_that_gives_a_service_wins():
    assert one("野坡广场", codes="120203|060102")[0] == "shopping_mall"
    assert one("白沙职工大学", codes="141205|141201")[0] == "adult_education"
    assert one("白沙职工大学", codes="141201|141205")[0] == "university"
    assert one("白沙早教", codes="141204|141400")[0] == "training"
    assert one("白沙小学教学楼", codes="141203|141400") == ("", "inside a school or university", "")
    assert one("白沙厂", codes="170300|190100") == ("", "", "170300|190100")


def test_the_deeper_of_code_and_text_counts_and_the_text_where_they_differ():
    deep = {"codes": "140000", "texts": "科教文化服务;学校;小学"}
    assert one("白沙", **deep)[0] == "primary_school"
    assert one("白沙", codes="141203", texts="科教文化服务;学校;学校")[0] == "primary_school"
    assert one("白沙", codes="060101", texts="科教文化服务;学校;小学")[0] == "primary_school"
    assert one("白沙幼儿园", **deep)[0] == "kindergarten"  # the name is asked before the text


def test_where_names_and_texts_have_slipped_the_name_alone_decides():
    names = [
        f"{place}{kind}" for place in "甲乙丙丁戊己庚辛" for kind in ("小学", "幼儿园", "图书馆")
    ]
    leaves = {"小学": "学校;小学", "幼儿园": "学校;幼儿园", "图书馆": "图书馆;图书馆"}
    texts = [f"科教文化服务;{leaves[name[1:]]}" for name in names]
    codes = ["140000"] * len(names)
    straight = classify([*names, "星光"], codes=[*codes, "140000"], texts=[*texts, texts[0]])
    assert (straight.doubtful_rows, straight.slipped) == (25, False)
    assert straight.service[-1] == "primary_school"
    slipped = classify(
        [*names, "星光"], codes=[*codes, "140000"], texts=[*texts[1:], texts[0], texts[0]]
    )
    assert slipped.slipped
    assert slipped.service[:-1].tolist() == straight.service[:-1].tolist()
    assert (slipped.service[-1], slipped.unknown[-1]) == ("", texts[0])


def test_a_planners_lines_go_before_the_others():
    rows = [
        {"class": "120201", "name_contains": "众创", "service": "innovation_space"},
        {"class": "幼儿园", "name_excludes": "幼儿园", "noise": "none of ours"},
    ]
    own = tuple(lines_of(rows))
    assert one("白沙众创", codes="120201", own=own)[0] == "innovation_space"
    assert one("白沙大厦", codes="120201", own=own)[0] == ""
    assert one("白沙", texts="科教文化服务;学校;幼儿园", own=own)[1] == "none of ours"
    assert one("白沙幼儿园", texts="科教文化服务;学校;幼儿园", own=own)[0] == "kindergarten"


def test_nothing_is_known_of_nothing():
    assert one(None, codes=None, texts=float("nan")) == ("", "", "(no class)")
    assert len(classify([]).service) == 0


def test_real_rows_of_amap_are_classified_in_time(shared_data):
    path = shared_data / "hangzhou_amap" / "amap_poi_hangzhou_gcj02.csv"
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    started = time.perf_counter()
    found = classify(
        table["name"].to_list(), codes=table["typecode"].to_list(), texts=table["type"].to_list()
    )
    assert time.perf_counter() - started < 5.0
    stops = (table["typecode"] == "150700").to_numpy()
    assert (found.service[stops] == "bus_stop").all()
    assert (found.service == "metro_station").sum() == 124
    assert (
        (found.service != "").astype(int) + (found.noise != "") + (found.unknown != "") == 1
    ).all()
    # in one of the sources of this table names, texts and codes stand in other rows
    assert found.slipped
