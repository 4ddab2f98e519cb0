"""Residents on a map: minutes by service and group, and hexagons of many."""

from __future__ import annotations

import dataclasses
import itertools
import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from browsing import assert_silent, keep, painted, popup_text
from lifecircle.outputs.legend import minutes_classes, spread
from lifecircle.outputs.mapping.residents import (
    COMPLETENESS_COLOURS,
    LEAST_PEOPLE,
    residents_layer,
)
from lifecircle.outputs.mapping.shortfalls import PRIORITY_COLOURS, SHORT_COLOURS
from lifecircle.outputs.maps import map_evaluation
from lifecircle.outputs.page import write_map
from sample import sample_evaluation

GREY = "#aab0b7"


def data_of(town):
    return town.get_root().data


# ---- colours ----


def linear(colour):
    channels = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


# Machado, Oliveira and Fernandes 2009, severity 1; then sRGB to XYZ. Row by row.
DEUTERANOPIA = np.reshape(
    [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
    (3, 3),
)
PROTANOPIA = np.reshape(
    [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
    (3, 3),
)
XYZ = np.reshape(
    [0.4124564, 0.3575761, 0.1804375, 0.2126729, 0.7151522, 0.072175, 0.0193339, 0.119192,
     0.9503041],
    (3, 3),
)  # fmt: skip
WHITE = XYZ @ np.ones(3)


def lab(colour, sight=None):
    light = linear(colour)
    if sight is not None:
        light = np.clip(sight @ light, 0, 1)
    ratio = XYZ @ light / WHITE
    root = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


RAMPS = {
    "completeness": COMPLETENESS_COLOURS,
    "minutes": [one["colour"] for one in minutes_classes([5.0, 10.0, 15.0])],
    "minutes, two times": [one["colour"] for one in minutes_classes([10.0, 15.0])],
    "priority": spread(PRIORITY_COLOURS, 3),
    "people short": spread(SHORT_COLOURS, 4),
}


@pytest.mark.parametrize("name", RAMPS)
def test_classes_are_told_apart_in_grey_print_and_by_the_colour_blind(name):
    ramp = RAMPS[name]
    lightness = [lab(colour)[0] for colour in ramp]
    steps = np.diff(lightness)
    assert (steps > 8).all() or (steps < -8).all(), lightness
    for sight in (None, DEUTERANOPIA, PROTANOPIA):
        for one, other in itertools.combinations(ramp, 2):
            assert np.linalg.norm(lab(one, sight) - lab(other, sight)) > 12, (name, one, other)


@pytest.mark.parametrize("name", ["completeness", "minutes"])
def test_unknown_is_like_no_class(name):
    for sight in (None, DEUTERANOPIA, PROTANOPIA):
        for colour in RAMPS[name]:
            assert np.linalg.norm(lab(colour, sight) - lab(GREY, sight)) > 15, colour


# ---- minutes ----


def test_a_group_has_the_services_that_are_told(evaluation_of):
    layer = residents_layer(evaluation_of())
    assert [(one["label"], one["columns"]) for one in layer["groups"]] == [
        ("养老", [2]),
        ("教育托育", [0]),
        ("日常商业", [1]),
    ]


def test_residents_are_coloured_by_minutes_to_a_service_or_a_group(opened, evaluation_of, tmp_path):
    evaluation = evaluation_of()
    evaluation.residents["unsnapped"] = [True] + [False] * (len(evaluation.residents) - 1)
    evaluation.residents.loc[1:4, "nearest_kindergarten_min"] = [5.0, 5.02, 15.0, float("nan")]
    seen = opened(map_evaluation(evaluation))
    page = seen.page
    colours = [one["colour"] for one in minutes_classes([5.0, 10.0, 15.0])]

    def drawn():
        return page.evaluate(
            "() => lifecircleMap.layers.residents.getLayers().map(one => one.options.fillColor)"
        )

    page.locator('select[aria-label="按什么着色"]').select_option(label="幼儿园")
    # Unknown, exactly 5 min, 5.02 min (not within 5: 5.1), exactly 15 min, not at all.
    assert drawn()[:5] == [GREY, colours[0], colours[1], colours[2], colours[3]]
    legend = page.locator(".lc-classes").text_content()
    assert legend == "5 分钟以内5–10 分钟10–15 分钟15 分钟内未到达无数据"
    heading = page.locator('label:has(input[data-layer="residents"])').text_content()
    assert heading == "到最近的幼儿园（步行分钟）"
    keep(page, "residents-by-minutes", tmp_path)
    page.locator('select[aria-label="按什么着色"]').select_option(label="教育托育")
    assert drawn()[:5] == [GREY, colours[0], colours[1], colours[2], colours[3]]
    page.locator('select[aria-label="按什么着色"]').select_option(label="可达的规定服务数")
    assert drawn()[0] == GREY
    assert drawn()[1] not in colours
    assert_silent(seen)


# ---- hexagons ----


def test_hexagons_hold_all_people_and_tell_means_and_medians(evaluation_of):
    evaluation = evaluation_of(residents=200)
    residents = evaluation.residents
    residents["people"] = np.arange(200) % 7 + 5.0
    residents["elderly"] = 1.0
    residents["unsnapped"] = np.arange(200) % 11 == 0
    layer = residents_layer(evaluation, most=100)
    assert layer["id"] == []
    assert sum(layer["people"]) == residents["people"].sum()
    assert sum(layer["cells"]["places"]) == 200
    assert layer["children"] != []
    # Everything again, cell by cell, from the places that lie nearest each centre.
    lon, lat = np.cumsum(np.reshape(layer["points"], (-1, 2)), axis=0).T / 1e6
    x = (residents.geometry.x.to_numpy()[:, None] - lon) * math.cos(math.radians(28.16))
    cell = np.hypot(x, residents.geometry.y.to_numpy()[:, None] - lat).argmin(axis=1)
    known = ~residents["unsnapped"].to_numpy()
    for row in range(len(lon)):
        here = residents[(cell == row) & known]
        assert layer["people"][row] == residents["people"][cell == row].sum()
        if not len(here):
            assert layer["completeness"][row] is None
            continue
        mean = np.average(here["completeness_15min_count"], weights=here["people"])
        assert layer["completeness"][row] == pytest.approx(mean, abs=0.006)
        ordered = here.sort_values("nearest_kindergarten_min")
        half = (ordered["people"].cumsum() >= ordered["people"].sum() / 2).to_numpy().argmax()
        minutes = ordered["nearest_kindergarten_min"].iloc[half]
        expected = None if pd.isna(minutes) else round(float(minutes) * 10)
        assert layer["nearest"][0][row] == expected
    assert "200" not in layer["cells"]["note"]
    assert "居民点超过 100 个" in layer["cells"]["note"]


def test_hexagons_of_few_people_are_not_drawn_and_counted(evaluation_of):
    evaluation = evaluation_of(residents=60)
    evaluation.residents["people"] = [1.0] * 59 + [50.0]
    layer = residents_layer(evaluation, most=10)
    assert min(layer["people"]) >= LEAST_PEOPLE
    assert f"不足 {LEAST_PEOPLE} 人的" in layer["cells"]["note"]
    assert sum(layer["people"]) < 109


def test_a_hexagon_where_nobody_was_measured_is_unknown(evaluation_of):
    evaluation = evaluation_of(residents=60)
    evaluation.residents["unsnapped"] = True
    layer = residents_layer(evaluation, most=10)
    assert set(layer["completeness"]) == {None}
    assert layer["unmeasured"] == list(range(len(layer["people"])))
    assert layer["is_any_unknown"]


def test_more_residents_than_can_be_drawn_are_hexagons(opened, evaluation_of, tmp_path):
    seen = opened(map_evaluation(evaluation_of(residents=50_001)))
    page = seen.page
    assert 20 < page.evaluate("() => lifecircleMap.layers.residents.getLayers().length") < 5_000
    page.evaluate("() => void lifecircleMap.map.setZoom(17, { animate: false })")
    assert painted(page, "overlay") > 10_000
    card = popup_text(page, "residents", 0)
    assert card.startswith("格子（宽 100 米）人口")
    assert "15 分钟可达服务（按人口平均）" in card
    assert "最近设施的步行时间（半数居民不超过）" in card
    page.evaluate("() => lifecircleMap.colourResidents('group/0')")
    keep(page, "hexagons", tmp_path)
    assert_silent(seen)


def test_fifty_thousand_residents_are_drawn_one_by_one_in_less_than_four_megabytes(tmp_path):
    """Twenty required services and the walls of the sample, everybody at a place of his own."""
    today = sample_evaluation()
    rows = np.arange(50_000) % len(today.residents)
    many = today.residents.iloc[rows].reset_index(drop=True)
    random = np.random.default_rng(1).normal(0, 2e-4, (2, len(many)))
    places = gpd.points_from_xy(many.geometry.x + random[0], many.geometry.y + random[1])
    many = many.set_geometry(gpd.GeoSeries(places, crs=many.crs))
    many["resident_id"] = [f"B{row:05d}" for row in range(len(many))]
    town = map_evaluation(dataclasses.replace(today, residents=many))
    assert data_of(town)["residents"]["cells"] is None
    assert write_map(town, tmp_path / "map.html").stat().st_size < 4_000_000
