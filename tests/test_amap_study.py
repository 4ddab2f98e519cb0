"""The sample as a planner has it: Amap's points in GCJ-02, GBK text, and one option."""

import shutil

import numpy as np
import pandas as pd
import pytest

from lifecircle.assessment.demo import demo_folder
from lifecircle.cli import main
from lifecircle.crs import wgs84_to_gcj02
from lifecircle.inputs.facilities import read_facilities

CLASSES = {
    "kindergarten": ("141204", "科教文化服务;学校;幼儿园", "幼儿园"),
    "primary_school": ("141203", "科教文化服务;学校;小学", "小学"),
    "pharmacy": ("090601", "医疗保健服务;医药保健销售店;药房", "大药房"),
    "food_market": ("060703", "购物服务;综合市场;农副产品市场", "菜市场"),
    "library": ("140500", "科教文化服务;图书馆;图书馆", "图书馆"),
    "elderly_day_care": ("070000", "生活服务;生活服务场所;生活服务场所", "日间照料中心"),
}


def export(path):
    """Amap's table of the sample's facilities, with a shop that is none of the services."""
    places = read_facilities(demo_folder() / "facilities.geojson", duplicates="keep")
    places = places[places["service"].isin(list(CLASSES))].reset_index(drop=True)
    lon, lat = wgs84_to_gcj02(places.geometry.x, places.geometry.y)
    codes, texts, words = zip(*(CLASSES[service] for service in places["service"]), strict=True)
    table = pd.DataFrame(
        {
            "名称": [f"{name}{row}号{word}" for row, (name, word) in enumerate(
                zip(["白沙"] * len(places), words, strict=True))],
            "typecode": codes,
            "类型": texts,
            "经度": np.round(lon, 7),
            "纬度": np.round(lat, 7),
        }
    )  # fmt: skip
    table.loc[len(table)] = ["红星汽修", "030000", "汽车维修;汽车维修;汽车维修", lon[0], lat[0]]
    table.to_csv(path, index=False, encoding="gbk")
    return places


def coverage_of(folder):
    table = pd.read_csv(folder / "coverage.csv", dtype={"unit_id": "str"})
    keys = ["unit_id", "service", "walker", "minutes"]
    return table[table["service"].isin(list(CLASSES))].set_index(keys).sort_index()


def test_points_of_amap_evaluate_with_no_option_but_their_coordinate_system(tmp_path, capsys):
    for name in ("units", "streets", "residents"):
        shutil.copy(demo_folder() / f"{name}.geojson", tmp_path)
    places = export(tmp_path / "高德.csv")
    places.drop(columns="group").to_file(tmp_path / "plain.gpkg")
    answers = {}
    for kind, facilities in (
        ("amap", 'path = "高德.csv"\ncoordinates = "GCJ-02"'),
        ("plain", 'path = "plain.gpkg"\nduplicates = "keep"'),
    ):
        study = tmp_path / f"{kind}.toml"
        study.write_text(
            '[units]\npath = "units.geojson"\n[network]\npath = "streets.geojson"\n'
            f'[residents]\npath = "residents.geojson"\n[facilities]\n{facilities}\n',
            encoding="utf-8",
        )
        assert main(["evaluate", str(study), "--out", str(tmp_path / kind)]) == 0
        answers[kind] = coverage_of(tmp_path / kind)
    told = capsys.readouterr().err
    assert "read as those of Amap" in told
    assert "汽车维修" in told
    assert "look like" not in told  # the streets agree with the system that was named
    assert len(answers["amap"]) == len(answers["plain"]) > 100
    for column in ("people", "covered_people", "covered_share"):
        assert answers["amap"][column].to_list() == pytest.approx(
            answers["plain"][column].to_list(), abs=1e-9
        )
    assert answers["amap"]["nearest_median_min"].to_list() == pytest.approx(
        answers["plain"]["nearest_median_min"].to_list(), abs=0.01, nan_ok=True
    )
