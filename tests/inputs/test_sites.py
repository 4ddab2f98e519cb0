"""Candidate sites from files as offices save them."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import lifecircle as lc
from lifecircle.crs import local_crs
from lifecircle.inputs.sites import read_sites

TEXT = (
    "资产编号,资产名称,建筑面积（㎡）,用地面积,可设服务,改造费用（元）,服务人数,经度,纬度\n"
    "007,老仓库,1200,,托儿所、社区食堂,３６０万,,112.99323,28.16258\n"
)


def test_a_chinese_table_in_gbk_and_gcj02_is_read(tmp_path):
    path = tmp_path / "闲置资产.csv"
    path.write_text(TEXT.replace("３６０万", "３６０００００"), encoding="gbk")
    table = read_sites(path, coordinates="GCJ-02")
    assert table["site_id"].to_list() == ["007"]
    assert table["name"].to_list() == ["老仓库"]
    assert table["services"].to_list() == ["nursery;community_canteen"]
    assert table.loc[0, ["floor_area_m2", "cost_cny"]].to_list() == [1200, 3_600_000]
    assert "capacity" not in table
    metric = local_crs(112.99, 28.16)
    there = gpd.GeoSeries([shapely.Point(112.987618, 28.165967)], crs=4326).to_crs(metric)
    assert table.to_crs(metric).distance(there.iloc[0]).max() < 20


def test_numbers_in_ten_thousands_are_no_numbers(tmp_path):
    path = tmp_path / "sites.csv"
    path.write_text(TEXT, encoding="utf-8-sig")
    with pytest.raises(lc.InputError, match="have no number in 'cost_cny'"):
        read_sites(path)


@pytest.mark.parametrize("suffix", ["xlsx", "gpkg"])
def test_a_workbook_and_a_layer_say_the_same(tmp_path, suffix):
    path = tmp_path / f"sites.{suffix}"
    frame = pd.DataFrame(
        {"编号": ["A", "B"], "改造方向": ["老年大学/成人教育", "儿童、老年人活动场地|诊所"],
         "cost": [1, 2], "lon": [112.99, 112.991], "lat": [28.16, 28.161]}
    )  # fmt: skip
    if suffix == "xlsx":
        frame.to_excel(path, index=False)
    else:
        shapes = gpd.points_from_xy(frame["lon"], frame["lat"], crs=4326)
        gpd.GeoDataFrame(frame.drop(columns=["lon", "lat"]), geometry=shapes).to_file(path)
    with pytest.raises(lc.UnknownServiceError, match="did you mean child_elder_playground"):
        read_sites(path, columns={"改造方向": "services"})
    frame = frame.assign(改造方向=["老年大学/成人教育", "诊所"])
    table = read_sites(frame, columns={"改造方向": "services"})
    assert table["services"].to_list() == ["adult_education", "clinic"]
    assert table["cost_cny"].to_list() == [1, 2]


def test_the_sample_has_checked_sites():
    table = lc.load_demo().extras["sites"]
    assert table["services"].iloc[0] == "elderly_day_care;community_canteen;cultural_station"
    assert table.loc[table["site_id"] == "S10", "services"].to_list() == [""]


def test_a_study_file_names_sites_and_refuses_what_it_does_not_know(tmp_path):
    from lifecircle.assessment.demo import demo_folder

    text = (demo_folder() / "study.toml").read_text(encoding="utf-8")
    for name in ("units", "streets", "facilities", "residents", "compounds", "walls", "gates"):
        text = text.replace(f'"{name}.geojson"', f'"{(demo_folder() / name).as_posix()}.geojson"')
    for name in ("survey", "records"):
        text = text.replace(f'"{name}.csv"', f'"{(demo_folder() / name).as_posix()}.csv"')
    sites = (
        '[sites]\npath = "sites.csv"\ncolumns = {"改造方向" = "services"}\ncoordinates = "GCJ-02"'
    )
    (tmp_path / "sites.csv").write_text("编号,改造方向,lon,lat\nA,托儿所,112.99,28.16", "utf-8")
    path = tmp_path / "study.toml"
    path.write_text(text.replace('[sites]\npath = "sites.geojson"', sites), encoding="utf-8")
    assert lc.read_study(path).extras["sites"]["services"].to_list() == ["nursery"]
    wrong = sites.replace("coordinates", "coordinate")
    path.write_text(text.replace('[sites]\npath = "sites.geojson"', wrong), encoding="utf-8")
    with pytest.raises(lc.InputError, match=r"key in \[sites\] 'coordinate'.*'coordinates'"):
        lc.read_study(path)
