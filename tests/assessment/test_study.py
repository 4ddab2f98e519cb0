"""What a study refuses, and with which words."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely.affinity import translate

import lifecircle as lc
from assessment import village


def test_streets_elsewhere_are_refused():
    away = village.units()
    away["geometry"] = [translate(shape, 500_000) for shape in away.geometry]
    with pytest.raises(lc.NetworkError, match="touch none of the 3 units"):
        village.study(units=away)


def test_a_network_that_is_no_network_is_refused():
    with pytest.raises(lc.InputError, match=r"expected a WalkNetwork, got str"):
        village.study(network="streets.osm.pbf")


@pytest.mark.parametrize("minutes", [(0,), (-5,), (float("nan"),), ("15",), ()])
def test_times_that_are_no_times_are_refused(minutes):
    with pytest.raises(lc.InputError, match="minutes"):
        village.study(minutes=minutes)


def test_times_are_sorted_and_unique():
    assert village.study(minutes=[15, 5, 15]).minutes == (5.0, 15.0)


def test_a_language_that_is_not_there_is_refused():
    with pytest.raises(lc.InputError, match="use 'zh' or 'en'"):
        village.study(language="fr")


def test_a_table_without_reference_system_is_refused():
    bare = village.residents().set_crs(None, allow_override=True)
    with pytest.raises(lc.CrsError, match="residents"):
        village.study(residents=bare)


def test_members_are_one_per_level():
    resident, unit = village.study().members()
    assert sorted(zip(resident.tolist(), unit.tolist(), strict=True)) == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 2),
    ]


def test_a_study_shows_what_it_holds():
    text = repr(village.study())
    assert "3 units" in text
    assert "40 people" in text


def test_an_unknown_service_is_refused_with_its_name():
    strange = village.facilities().assign(service=["kindergarten", "teleporter"])
    with pytest.raises(lc.UnknownServiceError, match="teleporter"):
        village.study(facilities=strange)


def test_plain_frames_without_points_are_refused():
    with pytest.raises(lc.InputError):
        village.study(residents=gpd.GeoDataFrame({"people": [1]}))
