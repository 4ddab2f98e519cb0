"""Walls and gates in what an evaluation leaves behind: the map, the layers and the record."""

from __future__ import annotations

import json
import warnings

import geopandas as gpd
import pyogrio
import pytest
import shapely

import lifecircle as lc
from assessment import village
from browsing import assert_silent, popup_text
from lifecircle.outputs.maps import map_evaluation
from lifecircle.outputs.walls import wall_facts, wall_layers, walls_layer
from lifecircle.outputs.words import words

pytestmark = pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")

HOSTILE = "<img src=x onerror=alert(1)>"


def walled_study(**changes):
    """The village with a wall around A: its people leave by the gate to the east.

    ::

        +----------+
        x     A    r---------- ...    x closed, r for residents, one gate adrift at (700, 40)
        +----------+
       50         150
    """
    compounds = gpd.GeoDataFrame(
        {"compound_id": ["C1"], "name": ["Court"], "walled": [True]},
        geometry=[shapely.box(*village.at(50, -30).coords[0], *village.at(150, 30).coords[0])],
        crs=village.CRS,
    )
    gates = gpd.GeoDataFrame(
        {
            "gate_id": ["west", "east", "lost"],
            "name": ["", HOSTILE, ""],
            "access": ["closed", "residents", "open"],
            "access_known": [True, False, True],
            "compound_id": ["C1", "C1", None],
            "hours": ["", "06:00-22:00", ""],
        },
        geometry=[village.at(50), village.at(150), village.at(700, 40)],
        crs=village.CRS,
    )
    barriers = lc.Barriers(compounds, None, gates, detour=1.5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", lc.LifecircleWarning)
        network = lc.with_barriers(village.street(), barriers)
    return village.study(network=network, **changes)


def test_the_files_tell_walls_gates_and_what_is_doubtful(tmp_path):
    written = lc.write_evaluation(lc.evaluate(walled_study()), tmp_path)
    names = {name for name, _ in pyogrio.list_layers(written["results.gpkg"])}
    assert {"compounds", "gates", "wall_findings"} <= names
    assert "walls" not in names  # there are no lone walls
    gates = gpd.read_file(written["results.gpkg"], layer="gates").set_index("gate_id")
    assert gates["admits"].to_dict() == {
        "west": "nobody",
        "east": "residents of C1",
        "lost": "everybody",
    }
    assert gates["in_network"].to_dict() == {"west": True, "east": True, "lost": False}
    assert gates["street_passes"].to_dict() == {"west": True, "east": True, "lost": False}
    assert gates.crs == "EPSG:4326"
    findings = gpd.read_file(written["results.gpkg"], layer="wall_findings")
    assert findings["finding"].to_list() == ["gate without wall"]
    manifest = json.loads(written["manifest.json"].read_text(encoding="utf-8"))
    assert manifest["walls_and_gates"] == {
        "compounds": 1,
        "walls": 0,
        "gates": {"open": 1, "residents": 1, "closed": 1},
        "detour": 1.5,
        "gate_m": 15.0,
        "tolerance_m": 6.0,
    }


def test_without_walls_nothing_is_said_of_them(tmp_path):
    study = village.study()
    assert walls_layer(study.network, words("en")) == {}
    assert wall_layers(study.network) == {}
    assert wall_facts(study.network) is None
    written = lc.write_evaluation(lc.evaluate(study), tmp_path)
    assert (
        json.loads(written["manifest.json"].read_text(encoding="utf-8"))["walls_and_gates"] is None
    )


def test_a_gate_that_no_street_passes_is_told_from_one_in_a_street():
    layers = wall_layers(lc.load_demo().network)
    gates = layers["gates"]
    assert gates["in_network"].all()
    assert 0 < gates["street_passes"].sum() < len(gates)
    shown = gates[gates["street_passes"]]
    streets = lc.load_demo().network.plain.edges_frame().to_crs(4547)
    away_m = [streets.distance(point).min() for point in shown.to_crs(4547).geometry.head(10)]
    assert max(away_m) < 15


@pytest.mark.parametrize(
    ("language", "labels", "access"),
    [("zh", ["开放", "仅限住户", "关闭"], "仅限住户"),
     ("en", ["open to everybody", "residents only", "closed"], "residents only")],
)  # fmt: skip
def test_the_map_draws_walls_and_gates_with_a_legend(opened, language, labels, access):
    seen = opened(map_evaluation(lc.evaluate(walled_study(language=language))))
    page = seen.page
    assert page.evaluate("() => lifecircleMap.isShown('walls') && lifecircleMap.isShown('gates')")
    rows = page.locator(".lc-gates .lc-row")
    assert rows.locator(".lc-label").all_text_contents() == labels
    pictures = rows.locator("svg path").evaluate_all(
        "paths => paths.map(path => path.getAttribute('d'))"
    )
    assert len(set(pictures)) == 3  # told apart without colour
    card = popup_text(page, "gates", 1)
    assert HOSTILE in card
    assert access in card
    assert "06:00-22:00" in card
    assert "Court" in card
    assert words(language)["gate_unknown"] in card
    assert words(language)["gate_unknown"] not in popup_text(page, "gates", 0)
    for name in ("walls", "gates"):
        page.locator(f"input[data-layer={name}]").uncheck()
        assert not page.evaluate("name => lifecircleMap.isShown(name)", name)
    assert_silent(seen)


def test_gates_can_be_clicked_where_they_stand(opened):
    page = opened(map_evaluation(lc.evaluate(walled_study(language="en")))).page
    place = page.evaluate(
        """() => {
            const gate = lifecircleMap.layers.gates.getLayers()[0];
            lifecircleMap.map.setView(gate.getLatLng(), 17, { animate: false });
            const at = lifecircleMap.map.latLngToContainerPoint(gate.getLatLng());
            const box = lifecircleMap.map.getContainer().getBoundingClientRect();
            return [box.left + at.x, box.top + at.y];
        }"""
    )
    page.mouse.click(*place)
    page.wait_for_selector(".leaflet-popup h3")
    assert page.text_content(".leaflet-popup-content h3") == "Gate west"


def test_a_map_without_walls_has_no_legend_for_them(opened, evaluation_of):
    page = opened(map_evaluation(evaluation_of())).page
    assert page.locator(".lc-gates").count() == 0
    assert page.locator("input[data-layer=walls]").count() == 0
