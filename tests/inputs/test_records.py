"""Records as offices keep them: long and wide, Chinese, from files."""

from __future__ import annotations

import pandas as pd
import pytest

import lifecircle as lc

LONG = pd.DataFrame(
    {
        "社区": ["野坡", "野坡", "白沙"],
        "指标名称": ["电梯", "物业服务", "停车位"],
        "数值": ["3", "有", "1,130"],
        "单位": ["台", "", "个"],
        "年份": ["2024", "2024", "2023"],
        "来源": ["街道办", "", "普查"],
    }
)
WIDE = pd.DataFrame(
    {
        "社区": ["野坡", "白沙"],
        "年份": [2024, 2024],
        "电梯": ["3", None],
        "扶手（米）": [40, 12.5],
        "物业服务": ["无", "有"],
    }
)


def found(path) -> list[list[object]]:
    return lc.read_records(path)[["unit_id", "record", "value"]].to_numpy().tolist()


def test_a_long_table_in_chinese():
    assert found(LONG) == [
        ["白沙", "parking_spaces", 1130.0],
        ["野坡", "lifts", 3.0],
        ["野坡", "property_management", 1.0],
    ]
    assert lc.read_records(LONG)["source"].to_list() == ["普查", "街道办", ""]


def test_a_wide_table_has_one_column_per_record():
    assert found(WIDE) == [
        ["白沙", "handrails_m", 12.5],
        ["白沙", "property_management", 1.0],
        ["野坡", "handrails_m", 40.0],
        ["野坡", "lifts", 3.0],
        ["野坡", "property_management", 0.0],
    ]
    assert set(lc.read_records(WIDE)["year"]) == {2024}


@pytest.mark.parametrize("frame", [LONG, WIDE])
def test_files_say_the_same(tmp_path, frame):
    frame.to_csv(tmp_path / "a.csv", index=False, encoding="gb18030")
    frame.to_excel(tmp_path / "a.xlsx", index=False)
    for name in ("a.csv", "a.xlsx"):
        pd.testing.assert_frame_equal(
            lc.read_records(tmp_path / name), lc.read_records(frame), check_exact=False
        )


def test_reading_twice_changes_nothing():
    once = lc.read_records(WIDE)
    pd.testing.assert_frame_equal(lc.read_records(once), once)


def test_units_are_known_by_id_or_name():
    units = pd.DataFrame({"unit_id": ["U1", "U2"], "name": ["野坡", "白沙"]})
    assert set(lc.read_records(WIDE, units=units)["unit_id"]) == {"U1", "U2"}
    with pytest.raises(
        lc.InputError, match=r"did you mean 野坡 \(U1\).*Units are 野坡 \(U1\), 白沙 \(U2\)"
    ):
        lc.read_records(WIDE.assign(社区=["野坡村", "白沙"]), units=units)


def test_columns_may_be_named():
    other = LONG.rename(columns={"指标名称": "甲", "数值": "乙"})
    given = lc.read_records(other, columns={"甲": "record", "乙": "value"})
    assert given["record"].to_list() == ["parking_spaces", "lifts", "property_management"]


def test_a_column_that_is_no_record_is_left_out_and_told_with_the_nearest():
    more = WIDE.rename(columns={"电梯": "电梯台数"}).assign(户数=[900, 800], 备注=["", "已核"])
    told = r"3 of 5 columns .* left out: '电梯台数' \(did you mean 'lifts'\?\), '户数', '备注'"
    with pytest.warns(lc.LifecircleWarning, match=told):
        found_ = lc.read_records(more)
    pd.testing.assert_frame_equal(found_, lc.read_records(WIDE.drop(columns="电梯")))


def test_a_table_without_any_record_is_refused():
    with pytest.raises(lc.InputError, match=r"one column per record.*'备注'"):
        lc.read_records(pd.DataFrame({"社区": ["野坡"], "备注": ["x"]}))


def test_two_columns_of_one_record_are_told_with_wrong_cells():
    with pytest.raises(lc.InputError, match="电梯, 加装电梯"):
        lc.read_records(WIDE.assign(加装电梯=[1, 2]))
    with (
        pytest.warns(lc.LifecircleWarning, match="备注"),
        pytest.raises(lc.InputError, match=r"(?s)电梯, 加装电梯.*'也许'"),
    ):
        lc.read_records(WIDE.assign(加装电梯=[1, 2], 物业服务=["有", "也许"], 备注="x"))


def test_a_unit_in_a_header_is_heeded():
    with pytest.raises(lc.InputError, match="'公里' where 'm' is meant"):
        lc.read_records(WIDE.rename(columns={"扶手（米）": "扶手（公里）"}))


def test_the_sample_tells_the_facts_of_the_documents():
    records = lc.load_demo().extras["records"]
    told = records[records["source"].str.startswith("《")]
    assert set(told["unit_id"]) == {"YH-SZT-01-5"}
    facts = told.set_index("record")["value"]
    assert facts[["lifts", "parking_spaces_added", "ebike_sheds", "ev_chargers"]].to_list() == [
        22,
        161,
        4,
        1,
    ]
    assert facts["handrails_m"] == 365
    # a total of its parking spaces is not among them
    assert "parking_spaces" not in set(records.loc[records["unit_id"] == "YH-SZT-01-5", "record"])


def test_a_study_file_reads_them_and_tells_their_problems_with_the_others(tmp_path):
    from lifecircle.assessment.demo import demo_folder

    text = (demo_folder() / "study.toml").read_text(encoding="utf-8")
    for name in ("units", "streets", "facilities", "residents", "compounds", "walls", "gates"):
        file = f"{name}.geojson"
        text = text.replace(f'"{file}"', f"'{(demo_folder() / file).as_posix()}'")
    for file in ("sites.geojson", "survey.csv"):
        text = text.replace(f'"{file}"', f"'{(demo_folder() / file).as_posix()}'")
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    records = tmp_path / "records.csv"
    records.write_text("社区,电梯\n金科园社区,22\n", encoding="utf-8")
    study = lc.read_study(tmp_path / "study.toml")
    assert study.extras["records"]["unit_id"].to_list() == ["YH-SZT-01-5"]
    assert study.sources["records"]["sha256"]
    records.write_text("社区,电梯\n金科院社区,-1\n", encoding="utf-8")
    with pytest.raises(lc.InputError, match=r"(?s)金科园社区.*negative"):
        lc.read_study(tmp_path / "study.toml")
