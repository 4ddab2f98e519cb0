"""The walking network in a page: what is packed is what was there, in few bytes."""

from __future__ import annotations

import base64
import dataclasses
import json

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lifecircle as lc
from lifecircle.network.snapping import transform_between
from lifecircle.outputs.mapping import live
from lifecircle.outputs.mapping.live import live_layer
from lifecircle.outputs.mapping.live_places import page_places
from lifecircle.outputs.number_bytes import Packed, with_packed_lists


def read_unsigned(text: str) -> list[int]:
    """As the page reads them."""
    numbers, value, scale = [], 0, 1
    for byte in base64.b64decode(text):
        value += (byte % 128) * scale
        scale *= 128
        if byte < 128:
            numbers.append(value)
            value, scale = 0, 1
    return numbers


@given(st.lists(st.integers(0, 2**50)))
def test_numbers_are_read_back_as_they_were(numbers):
    packed = Packed()
    packed.unsigned(numbers)
    assert read_unsigned(packed.text()) == numbers


@given(st.lists(st.integers(-(2**49), 2**49)))
def test_numbers_of_either_sign_are_read_back_as_they_were(numbers):
    packed = Packed()
    packed.signed(numbers)
    folded = read_unsigned(packed.text())
    assert [-(one + 1) // 2 if one % 2 else one // 2 for one in folded] == numbers


def test_negative_numbers_are_refused_where_none_may_be():
    with pytest.raises(ValueError, match="negative"):
        Packed().unsigned([1, -1])


def evaluated(polynomial, first, second):
    u, v = (
        (value - middle) / half
        for value, middle, half in zip(
            (first, second), polynomial["middle"], polynomial["half"], strict=True
        )
    )
    terms = np.array([u**i * v**j for i, j in polynomial["powers"]])
    return np.asarray(polynomial["x"]) @ terms, np.asarray(polynomial["y"]) @ terms


def test_polynomials_follow_the_projection_to_a_centimetre():
    network = lc.load_demo().network
    low_m = np.asarray(network.bounds_m[:2])
    places = page_places(network, low_m, np.arange(network.edge_count))
    west, south, east, north = network.bounds_lonlat
    random = np.random.default_rng(3)
    lon, lat = random.uniform(west, east, 200), random.uniform(south, north, 200)
    to_m = transform_between(gpd.GeoSeries([], crs=4326).crs, network.crs)
    expected = np.array(to_m(lon, lat)) - low_m[:, None]
    found = np.array([evaluated(places["to_m"], *at) for at in zip(lon, lat, strict=True)]).T
    assert np.abs(found - expected).max() < 0.01
    back = np.array([evaluated(places["to_degrees"], *at) for at in found.T])
    assert np.abs(back - np.column_stack([lon, lat])).max() * 111_320 < 0.02


def test_the_sample_takes_little_room():
    text = json.dumps(live_layer(lc.load_demo()))
    assert len(text) < 90_000


def test_walkers_of_the_study_can_be_chosen_after_the_defaults():
    own = lc.Walker("grandma", 0.6)
    study = dataclasses.replace(lc.load_demo(), walkers={"grandma": own})
    walkers = live_layer(study)["walkers"]
    assert [one["key"] for one in walkers[:2]] == ["adult", "elderly"]
    assert walkers[-1]["key"] == "grandma"
    assert walkers[-1]["label"] == "grandma（0.6 米/秒）"


def test_too_many_streets_are_left_out_and_it_is_said(monkeypatch):
    monkeypatch.setattr(live, "MOST_EDGES", 100)
    layer = live_layer(lc.load_demo())
    assert set(layer) == {"words", "left_out"}
    assert "未内嵌" in layer["left_out"]


def test_of_many_streets_those_around_the_units_are_carried(monkeypatch):
    study = lc.load_demo()
    community = study.units[study.units["name"].str.startswith("金科园")]
    study = dataclasses.replace(study, units=community.assign(parent_id=""), minutes=(3.0,))
    monkeypatch.setattr(live, "MOST_EDGES", 2_000)
    layer = live_layer(study)
    assert 200 < layer["counts"][1] < study.network.edge_count / 2
    west, south, east, north = layer["exact_m"]
    low = np.floor(np.asarray(study.network.bounds_m[:2]) / live.CELL_M) * live.CELL_M
    inside = community.to_crs(study.network.crs).total_bounds - np.tile(low, 2)
    assert np.allclose(
        [west, south, east, north], inside + np.array([-100, -100, 100, 100]), atol=1
    )


def test_a_study_without_facilities_has_shapes_all_the_same():
    study = lc.load_demo()
    with pytest.warns(lc.LifecircleWarning, match="no rows"):
        empty = dataclasses.replace(study, facilities=study.facilities.iloc[:0])
    layer = live_layer(empty)
    assert layer["ways"]
    assert layer["network"]


def test_what_would_make_a_page_too_heavy_is_left_out_and_it_is_said(monkeypatch):
    whole = len(json.dumps(live_layer(lc.load_demo())))
    monkeypatch.setattr(live, "MOST_CHARACTERS", whole)
    assert "network" in live_layer(lc.load_demo())
    monkeypatch.setattr(live, "MOST_CHARACTERS", whole // 2)
    assert "未内嵌" in live_layer(lc.load_demo())["left_out"]


@given(
    st.lists(
        st.one_of(st.none(), st.integers(-(10**9), 10**9).map(lambda one: one / 100)),
        min_size=200,
        max_size=260,
    )
)
def test_long_lists_of_numbers_are_read_back_as_they_were(values):
    packed = with_packed_lists([1, values])[1]
    back = [
        None if one == 0 else (one - 1 + packed["least"]) / 10 ** packed["digits"]
        for one in read_unsigned(packed["bytes"])
    ]
    assert back == pytest.approx(values)
    assert packed["count"] == len(values)


def test_numbers_with_more_digits_stay_as_they_are():
    values = [row / 7 for row in range(300)]
    assert with_packed_lists({"a": values}) == {"a": values}
